/*
 * ledger/quorum: whom a relying party believes about logs (C2SP tlog-policy): logs,
 * witnesses, groups of them, and which must have cosigned.  Its file is `policy` to
 * C2SP; here the room policy has that name.
 *
 *	# comment
 *	log VKEY [URL]
 *	witness NAME VKEY [URL]
 *	group NAME all|any|K MEMBER...
 *	quorum NAME|none
 *
 * Blanks and tabs between words; names are defined before they are used; a member is of
 * one group at most; no key twice; exactly one quorum line, anywhere.
 *
 * A "#" at the beginning of a word begins a comment.
 *
 * Cosigners of one State count once (D12): in a group of K, members that are witnesses
 * of the same State (note_state of the name in their vkey) together count as one, and so
 * does a group all of whose cosigners are of that State.  A witness whose name says no
 * State counts alone.  `all` asks for each member, whatever its State.  A group of K that
 * could never be reached so is refused.
 *
 * A key of a type that this version does not judge keeps its place: as witness it never
 * cosigns, as log it is passed over.
 */
#ifndef COMITY_LEDGER_QUORUM_H
#define COMITY_LEDGER_QUORUM_H

#include "ledger/note.h"

#define QUORUM_FILE_MAX (256u * 1024)
#define QUORUM_LOGS_MAX 256
#define QUORUM_WITNESSES_MAX 256
#define QUORUM_GROUPS_MAX 256
#define QUORUM_WORD_MAX 63		/* bytes of a NAME */

struct quorum;
/* ERR_INPUT "quorum.*" names the line; ERR_LIMIT "quorum.size", "quorum.limit". */
MUST bool quorum_read(struct span file, struct quorum **out, struct err *err);
void quorum_free(struct quorum *q);		/* NULL is quiet */
size_t quorum_witnesses(const struct quorum *q);
const struct vkey *quorum_witness(const struct quorum *q, size_t i);
const struct vkey *quorum_log(const struct quorum *q, const char *origin); /* NULL none */
/*
 * seen[i]: witness i cosigned.  Reached: the quorum line holds.  With `quorum none`
 * always true.  out (may be NULL) gets in words what is missing; never[i] (NULL: none): witness
 * i could not count there whatever it signs, so that nobody is sent to ask for it.
 */
bool quorum_reached(const struct quorum *q, const bool *seen, const bool *never, char *out,
    size_t room);

/*
 * One signed checkpoint against it: the log is known and signed (ERR_UNPROVEN
 * "quorum.log", "checkpoint.*", "note.signature"); seen[] and at[] are raised for each
 * witness that cosigned it (at: its earliest time so far; 0 none), so that several
 * checkpoints over the same leaf add up.
 */
MUST bool quorum_note(const struct quorum *q, struct span note, bool *seen, int64_t *at,
    struct checkpoint *out, struct err *err);

#endif
