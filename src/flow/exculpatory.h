/*
 * flow/exculpatory: what in a piece of evidence may clear an accused (Article 40(5), (19);
 * S21).  Anybody who may read it notes it; nothing takes a note back, it is only answered.
 * Sealed notes beside the evidence, HOME/evidence/NNNN/clears-N.age, and a leaf each; they
 * go along in the act with which the evidence leaves, and in each after it.
 */
#ifndef COMITY_FLOW_EXCULPATORY_H
#define COMITY_FLOW_EXCULPATORY_H

#include "flow/flow.h"

/*
 * A note, or (answer) what is said to those that are there.  ERR_USE "clears.text";
 * ERR_ABSENT "clears.nothing": nothing to answer; ERR_LIMIT "clears.long": all of them
 * together are longer than a text of an act.
 */
MUST bool flow_evidence_clears(struct flow *f, unsigned evidence, bool answer,
    const char *text, unsigned *number, struct err *err);

/* ---- inside flow ---- */

/*
 * All notes of a piece, a line each; *out stays absent when there are none.  said not
 * NULL: what came with it, before ours; too long together: it is told where it stands.
 */
MUST bool exculpatory_put(struct flow *f, unsigned evidence,
    const struct marked_text *said, struct marked_text *out, struct err *err);
/* Sealed to ourselves as WHAT-N.age, under the first number that is free. */
MUST bool evidence_note_save(struct flow *f, unsigned evidence, const char *what,
    struct span plain, unsigned *number, struct err *err);

#endif
