/*
 * journal: what an unpacking has safely on the disk, as lines of text:
 *
 *     comity.quarantine/1 FILE-SIZE MARK          which parcel this is about
 *     done SIZE SHA256 PATH                       in entry order, from bagit.txt on
 *     part SIZE WRITTEN PATH                      the file that was being written
 *     safe                                        all lines before this one hold
 *
 * Lines behind the last "safe" do not count: the power may have gone meanwhile.
 * A part line counts only right before the last "safe".  Inside the room only.
 */
#ifndef COMITY_PACKAGE_UNPACK_JOURNAL_H
#define COMITY_PACKAGE_UNPACK_JOURNAL_H

#include "package/unpack.h"

struct journal;

/* *going_on: an earlier journal is about this file and will be replayed. */
MUST bool unpack_journal_open(struct journal **out, struct world *w, struct dir *into,
    const char *quarantine, uint64_t file_size, const struct digest *mark,
    bool resume, bool *going_on, struct err *err);
void unpack_journal_free(struct journal *j);		/* NULL is quiet; the file stays */
void unpack_journal_remove(struct journal *j);		/* and frees; NULL is quiet */

MUST bool unpack_journal_next(struct journal *j, struct unpack_done *out, bool *more,
    struct err *err);
MUST bool unpack_journal_restart(struct journal *j, struct err *err);

/* Keep a line back; *due: enough are kept, flush soon. */
MUST bool unpack_journal_note(struct journal *j, const struct unpack_done *d, bool *due,
    struct err *err);
/* Write what was kept back, durably.  part may be NULL. */
MUST bool unpack_journal_flush(struct journal *j, const struct unpack_done *part,
    struct err *err);

#endif
