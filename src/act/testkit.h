/* What tests of act share: one good act of each kind, filled as full as it may be. */
#ifndef COMITY_ACT_TESTKIT_H
#define COMITY_ACT_TESTKIT_H

#include "act/act.h"

/* Good, for the caller to change; act_clear it. */
struct act kit_act(enum act_kind kind);
/* Set a field or fail the test; texts are English. */
void kit_set(struct fields *fs, const char *name, const char *value);
void kit_mark(struct marked_text *m, const char *text);
/* Must be written; the bytes are in *out, to buf_clear. */
void kit_encode(const struct act *a, struct buf *out);
/* Must be refused when it is written; the act is cleared. */
void kit_refused(struct act *a, const char *reason);

#endif
