/*
 * ledger/witness: what this node knows of other logs, and its cosignature on them (C2SP
 * tlog-witness v1, and a mirror of their entries).  Below HOME/ledger/others/, a folder a
 * log, named by the SHA-256 of its origin in hex:
 *
 *	checkpoint	the largest one we cosigned: log's signature, ours, others' we know
 *	log		its verifier key, a line: the first key we were told for this origin
 *	tile/..., tree	mirror of its entries, as far as they came
 *	seen/SIZE-ROOT	signed checkpoints of it that came by others and could not be compared yet
 *	misbehaviour/N/	proof that its key signed two histories: both notes, and a sentence
 *
 * Rule (D9): consistency is checked and the new size is durable before the cosignature
 * leaves; the old size must match.  A log with proof of misbehaviour gets no cosignature any
 * more; what was proven before stays.
 *
 * One writer, under the home's lock.
 */
#ifndef COMITY_LEDGER_WITNESS_H
#define COMITY_LEDGER_WITNESS_H

#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/tiles.h"

#define WITNESS_PATH "ledger/others"	/* below the home */
#define WITNESS_LOGS_MAX 1024		/* logs followed: five of each State */
#define WITNESS_SEEN_MAX 64		/* notes of one log that wait to be compared */
#define WITNESS_ENTRIES_MAX 8192	/* of one hand-over of entries: 32 packages of 256 */

struct witness;
MUST bool witness_open(struct world *w, struct dir *home, struct witness **out,
    struct err *err);
void witness_close(struct witness *w);		/* NULL is quiet */

/*
 * Believe this key for its origin.  The same again is fine.  ERR_CONFLICT
 * "witness.key": another key is believed for the origin; a new key needs a new log.
 */
MUST bool witness_follow(struct witness *w, const struct vkey *log, struct err *err);

struct witness_key {
	const struct key *key;		/* Ed25519; NULL: look, do not cosign */
	struct vkey vkey;		/* NOTE_COSIGNATURE */
};

/* The answer of the protocol; of another log than ours only what its key signed counts. */
struct witness_answer {
	int status;			/* 200, 400, 403, 404, 409, 422 */
	const char *type;		/* Content-Type; "" none */
	struct buf body;		/* 200: our signature lines; 409: "SIZE\n" */
	struct checkpoint checkpoint;	/* as far as it was read */
	bool misbehaviour;		/* kept now: say it aloud */
	char text[400];			/* a sentence for people, with what to do */
};
void witness_answer_init(struct witness_answer *a);
void witness_answer_clear(struct witness_answer *a);
/*
 * POST add-checkpoint, its rows in the order of formats/tlog section 6:
 * 404 origin unknown; 403 not signed by the log's key, or that signature does not hold;
 * 400 old > size (and a body without a form); 409 old is not what we cosigned last; 422
 * proof wrong, proof not empty with old = 0, or equal sizes with different roots (kept as
 * misbehaviour).  200 after the new checkpoint is durable.  Also 403 for a log with proof
 * of misbehaviour.  false: our own trouble, nothing was signed.
 */
MUST bool witness_add_checkpoint(struct witness *w, struct span body,
    const struct witness_key *self, int64_t now, struct witness_answer *out,
    struct err *err);

/* The last one we cosigned or know, whole; *found false: none. */
MUST bool witness_checkpoint(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err);
/* Largest size we hold every entry of. */
MUST bool witness_mirrored(struct witness *w, const char *origin, uint64_t *size,
    struct err *err);

/*
 * Entries [from, to) of a log, as they came; believed only when the tree they make has the
 * root of a signed checkpoint of size `to` (the note).  from may be less than what is
 * mirrored: those are compared.  *taken: mirrored size afterwards.  ERR_ABSENT
 * "witness.gap": from is more than what is mirrored.  ERR_UNPROVEN "witness.entries": they are
 * not what the note says; if they contradict what is mirrored and signed, that is kept as
 * misbehaviour and *misbehaviour is set.
 */
MUST bool witness_entries(struct witness *w, struct span note, uint64_t from,
    const struct span *entries, size_t n, uint64_t *taken, bool *misbehaviour,
    struct err *err);
/* Entries we mirror, for who lost them: as tiles_entries. */
MUST bool witness_entries_each(struct witness *w, const char *origin, uint64_t from,
    uint64_t to, bool (*each)(void *arg, uint64_t index, struct span entry,
    struct err *err), void *arg, struct err *err);

/*
 * A signed checkpoint of some log that came by a third: compared with all we know of it.
 * proof (may be NULL): from our size to its size.
 */
enum witness_seen {
	SEEN_SAME,			/* we have it, or it agrees with our mirror */
	SEEN_AHEAD,			/* larger than what can be compared: kept in seen/ */
	SEEN_SPLIT,			/* another history: kept as misbehaviour */
	SEEN_UNKNOWN,			/* a log we do not follow */
	SEEN_UNSIGNED,			/* not signed by the log's key: nothing is kept */
};
MUST bool witness_see(struct witness *w, struct span note,
    const struct merkle_proof *proof, uint64_t proof_old, enum witness_seen *out,
    char text[400], struct err *err);

/* What is followed, in order of origin. */
struct witness_log {
	struct vkey key;
	bool has_checkpoint;
	struct checkpoint checkpoint;
	int64_t cosigned_at;		/* our cosignature; 0 none */
	uint64_t mirrored;
	size_t seen;			/* notes that wait */
	unsigned misbehaviour;		/* proofs kept */
};
MUST bool witness_each(struct witness *w, bool (*each)(void *arg,
    const struct witness_log *l, struct err *err), void *arg, struct err *err);
/* One proof of misbehaviour, for who has to be told: both notes and why. */
struct misbehaviour {
	struct buf first, second;	/* signed notes */
	struct buf proof;		/* entries or consistency proof that shows it; may be empty */
	char text[400];
};
void misbehaviour_init(struct misbehaviour *m);
void misbehaviour_clear(struct misbehaviour *m);
MUST bool witness_misbehaviour(struct witness *w, const char *origin, unsigned i,
    struct misbehaviour *out, struct err *err);
/*
 * A proof that another node kept.  Only one that shows by itself that the key signed two
 * histories is kept: two notes of one size with different roots; or of two sizes with the entries
 * up to the larger (36 bytes each: u16 length and entry), whose tree has the root of one
 * note and not that of the other.  *fresh: it was not known here.
 */
MUST bool witness_misbehaviour_add(struct witness *w, const struct misbehaviour *m,
    bool *proven, bool *fresh, struct err *err);

#endif
