/*
 * Inside the rebuild: the entries of the journal done again, one by one.  What the files of
 * the replay share; rebuild_replay.c holds them together.
 */
#ifndef COMITY_FLOW_REBUILD_REPLAY_H
#define COMITY_FLOW_REBUILD_REPLAY_H

#include "flow/rebuild.h"
#include "flow/take.h"

struct replaying {
	struct rebuilding *r;
	struct flow *f;
	struct docket *d;
	struct node_trust trust;
	struct certs stamp_roots;
	unsigned *folders;		/* of evidence, ascending */
	size_t folders_n;
	size_t folder_next;		/* behind the last that was found: they come in order */
};

/*
 * The package of an entry `made` or `received` is not here, or is not what it was (why):
 * counted, and a row where records and folders tell its kind and where it belongs
 * (rebuild_missing.c).
 */
MUST bool replay_missing(struct replaying *p, const struct entry *e, struct err *why,
    struct err *err);

/* ---- rebuild_evidence.c: folders have the numbers ---- */

MUST bool replay_folders(struct replaying *p, struct err *err);
/* Which folder each record `evidence_added` is of. */
MUST bool replay_added(struct replaying *p, struct err *err);
MUST bool replay_evidence_there(struct replaying *p, unsigned number, bool *there,
    struct err *err);
MUST bool replay_evidence_row(struct replaying *p, unsigned number,
    enum evidence_origin origin, int64_t at, uint64_t files, uint64_t bytes,
    struct err *err);
/* The folder that keeps the signature of this act, in the act's own name. */
MUST bool replay_signed_folder(struct replaying *p, const struct digest *act,
    unsigned *number, bool *found, struct err *err);
/* Of one that comes in: that folder when it has no row yet, else a number behind all. */
MUST bool replay_received_number(struct replaying *p, const struct docket_act *row,
    unsigned *out, struct err *err);

/* ---- an entry `received` (rebuild_received.c), an entry `made` (rebuild_made.c) ---- */

MUST bool replay_received(struct replaying *p, const struct entry *e, struct err *err);
MUST bool replay_made(struct replaying *p, const struct entry *e, struct err *err);
/* What we found when it came in. */
void replay_words(struct docket_act *x, const struct receipt_seen *s);
/* The step of its thread; false: none that the rules have. */
bool replay_step(const struct docket_request *r, const struct act *a, bool by_us,
    struct thread_step *out);
/* The date that the request asked for; 0 when it cannot be read. */
MUST bool replay_answer_by(struct replaying *p, const struct docket_request *r,
    int64_t *out, struct err *err);
/* The stamp of one that waits: has it come meanwhile? */
MUST bool replay_stamp_look(struct replaying *p, struct docket_act *row, struct err *err);

#endif
