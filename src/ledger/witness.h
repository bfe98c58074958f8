/*
 * ledger/witness: what this node knows of other logs, and its cosignature on them (C2SP
 * tlog-witness v1, and a mirror of their entries).  Below HOME/ledger/others/, a folder a
 * log, named by the SHA-256 of its origin in hex:
 *
 *	checkpoint	the largest one we cosigned: log's signature, ours, others' we know
 *	log		its verifier key, a line: the first key we were told for this origin
 *	tile/..., tree	mirror of its entries, as far as they came; beside the size the log's
 *			signature on that very tree
 *	seen/SIZE-ROOT	signed checkpoints of it that came by others and could not be compared yet
 *	misbehaviour/N/	proof that its key signed two histories, N from 1: first, second (the
 *			notes), proof, text (a sentence); whole and durable before it is told
 *
 * and beside them `cosigner`, our own verifier key, by which our lines are known again.
 * Names here are hex and decimal only, whatever an origin says.
 *
 * Rule (D9): consistency is checked and the new size is durable before the cosignature
 * leaves; the old size must match.  A log with proof of misbehaviour gets no cosignature any
 * more; what was proven before stays.
 *
 * Every file proves itself: by a signature, by the digest of its name, or by the tree.  One
 * that does not hold is ERR_UNPROVEN "witness.damaged" (the mirror's: "tiles.damaged") with its
 * name, for calls about that log, and nothing is cosigned on it.  Not seen: damage to the
 * cosignatures of others, which who knows their keys will see, and to the name or key id in
 * our own, which is missing then (asked for again, it is made anew); and to the newest half of
 * the mirror's `tree`, which makes the mirror as small as at the sync before.
 *
 * One writer, under the home's lock.  home outlives it.
 */
#ifndef COMITY_LEDGER_WITNESS_H
#define COMITY_LEDGER_WITNESS_H

#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/tiles.h"

#define WITNESS_PATH "ledger/others"	/* below the home */
#define WITNESS_LOGS_MAX 1024		/* logs followed: five of each State */
/*
 * Notes of one log that wait to be compared.  One more: the largest is dropped, as the
 * smaller can be compared sooner; two of one size never wait, they are a proof.
 */
#define WITNESS_SEEN_MAX 64
#define WITNESS_ENTRIES_MAX 8192	/* of one hand-over of entries: 32 packages of 256 */
#define WITNESS_STAGED_MAX ((uint64_t)1 << 30)	/* bytes that wait for their note's size */
#define WITNESS_MISBEHAVIOUR_MAX 16	/* proofs of one log; one is enough */
#define MISBEHAVIOUR_PROOF_MAX 4096	/* bytes: 64 lines of base64 */

struct witness;
MUST bool witness_open(struct world *w, struct dir *home, struct witness **out,
    struct err *err);
void witness_close(struct witness *w);		/* NULL is quiet */

/*
 * Believe this key (NOTE_ED25519) for its origin; durable.  The same again is fine.
 * ERR_CONFLICT "witness.key": another key is believed for the origin; a new key needs a new
 * log.  ERR_LIMIT "witness.logs".
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
	bool misbehaviour;		/* kept now, whatever the status: say it aloud */
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
 * of misbehaviour.  false: our own trouble, no cosignature left.
 *
 * Also 422 for a root that is not the one our mirror has at that size, or that another
 * signed checkpoint in seen/ has.  Whatever the status, what the log signed is
 * compared with all we hold of it, and a contradiction is kept.  A proof that does not lead
 * from our root, but does from another one at our size, is itself such a contradiction
 * (RFC 9162's check gives that root unless our size is a power of two).
 *
 * The same again after a lost answer: 409 and the size; asked with that size, a fresh
 * cosignature.  self->key NULL: the checkpoint is checked and kept, 200 with no line.
 *
 * Lines of other witnesses on the note are not kept: witness_join takes those that hold
 * under keys the caller believes.
 */
MUST bool witness_add_checkpoint(struct witness *w, struct span body,
    const struct witness_key *self, int64_t now, struct witness_answer *out,
    struct err *err);

/* The last one we cosigned or know, whole; *found false: none (also of a log not followed). */
MUST bool witness_checkpoint(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err);
/*
 * The names of what is kept of that log are durable: asked before it is told to others, as a
 * run that was cut may have left a cosignature that only its cache has.  Told and then lost in
 * a power cut, another tree of that size could be cosigned.
 */
MUST bool witness_sure(struct witness *w, const char *origin, struct err *err);
/*
 * The largest one we know its key signed: what we cosigned, what our mirror ends at, or what
 * waits in seen/.  And the one our mirror ends at.  *found false: none.
 */
MUST bool witness_largest(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err);
MUST bool witness_mirror_note(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err);
MUST bool witness_follows(struct witness *w, const char *origin, bool *follows,
    struct err *err);
/* Largest size we hold every entry of; 0 also for a log that is not followed. */
MUST bool witness_mirrored(struct witness *w, const char *origin, uint64_t *size,
    struct err *err);

/*
 * Entries [from, to) of a log, as they came; believed only when the tree they make has the
 * root of a signed checkpoint of size `to` (the note).  from may be less than what is
 * mirrored: those are compared.  *taken: mirrored size afterwards.  ERR_ABSENT
 * "witness.gap": from is more than what is mirrored.  ERR_UNPROVEN "witness.entries": they are
 * not what the note says; if they contradict what is mirrored and signed, that is kept as
 * misbehaviour and *misbehaviour is set, also when the call returns false.
 *
 * More than WITNESS_ENTRIES_MAX (ERR_LIMIT "witness.batch") come in several calls one after
 * the other with the same note: while to is less than the note's size the entries wait in a
 * nameless file and *taken stays what is mirrored; the call that reaches the size checks them
 * all and adds them.  A call that does not go on where the last one ended, or any failure,
 * drops what waits; so does witness_close.  ERR_LIMIT "witness.staged".
 *
 * ERR_USE "witness.range": more entries than the note has.  ERR_ABSENT "witness.log": a log
 * we do not follow.  ERR_UNPROVEN of checkpoint_open: not signed by its key.
 *
 * A tree that grew is compared with our checkpoint and with what waits in seen/; a split
 * found there sets *misbehaviour with true returned.
 *
 * Entries that contradict our mirror from somewhere below its size prove a split only
 * together with those before them: who gets ERR_UNPROVEN asks for them from 0.
 */
MUST bool witness_entries(struct witness *w, struct span note, uint64_t from,
    const struct span *entries, size_t n, uint64_t *taken, bool *misbehaviour,
    struct err *err);
/* A proof between two sizes of its tree, both at most what is mirrored (ERR_ABSENT "witness.gap"). */
MUST bool witness_consistency(struct witness *w, const char *origin, uint64_t old,
    uint64_t size, struct merkle_proof *out, struct err *err);
/* That entry `index` is in its tree of that size, likewise. */
MUST bool witness_inclusion(struct witness *w, const char *origin, uint64_t index,
    uint64_t size, struct merkle_proof *out, struct err *err);
/*
 * Entries we mirror, for who lost them: as tiles_entries.  They are checked against what the
 * log signed before the first is given.  ERR_ABSENT "witness.gap": more than we have.
 */
MUST bool witness_entries_each(struct witness *w, const char *origin, uint64_t from,
    uint64_t to, bool (*each)(void *arg, uint64_t index, struct span entry,
    struct err *err), void *arg, struct err *err);

/*
 * A signed checkpoint of some log that came by a third: compared with all we know of it.
 * proof (may be NULL): from our size (of the checkpoint, or what is mirrored) to its size.
 * One that such a proof shows to agree is SEEN_SAME and waits in seen/ all the same, so that
 * the mirror is held against it.  ERR_INPUT: no note, or no checkpoint.  What waits is compared
 * again whenever checkpoint or mirror grow.
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

/*
 * A note over the very checkpoint we cosigned last: the cosignatures of these keys that hold
 * join ours, durably, as far as a note has room; a key that has one there keeps it.  What is
 * of another checkpoint, key or log is passed over.  *joined: how many were new.
 */
MUST bool witness_join(struct witness *w, struct span note, const struct vkey *keys,
    size_t n, size_t *joined, struct err *err);

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
/*
 * The same, and a log whose files do not hold is told to bad and is no failure: its folder,
 * and what is wrong, with the file's name.
 */
MUST bool witness_each_known(struct witness *w, bool (*each)(void *arg,
    const struct witness_log *l, struct err *err),
    void (*bad)(void *arg, const char *hash, const struct err *why), void *arg,
    struct err *err);
/*
 * One proof of misbehaviour, for who has to be told; it convinces whoever has the log's key
 * and nothing else.
 *
 * Two notes of one size with different roots need no more.  Of two sizes, `first` is the
 * smaller, and proof shows what the tree of `second` has at that size:
 *
 *	comity.split/1
 *	BASE64		the root it has there, which is not the root of `first`
 *	BASE64 ...	RFC 6962 consistency proof from that root to `second`
 *
 * It has to lead to the larger note.  Entries that agree with the smaller one and not with the
 * larger would show nothing: anyone can write a wrong end behind a right beginning.
 */
struct misbehaviour {
	struct buf first, second;	/* signed notes */
	struct buf proof;		/* empty for notes of one size */
	char text[400];
};
void misbehaviour_init(struct misbehaviour *m);
void misbehaviour_clear(struct misbehaviour *m);
/* i from 0.  ERR_ABSENT "witness.log", "witness.misbehaviour": there is none such. */
MUST bool witness_misbehaviour(struct witness *w, const char *origin, unsigned i,
    struct misbehaviour *out, struct err *err);
/*
 * A proof that another node kept (text is not read).  Kept when it holds by itself for the key
 * of a log we follow: *proven.  *fresh: it was not known here and is kept now; never more than
 * WITNESS_MISBEHAVIOUR_MAX.
 */
MUST bool witness_misbehaviour_add(struct witness *w, const struct misbehaviour *m,
    bool *proven, bool *fresh, struct err *err);
/*
 * Every file of every log, as tiles_scrub: bad(arg, path, why) for each that does not hold;
 * the path is below the home.  True when all was read, whatever was found.
 */
MUST bool witness_scrub(struct witness *w, void (*bad)(void *arg, const char *path,
    const char *why), void *arg, struct progress *progress, struct err *err);
/*
 * Forgets a mirror that is damaged, so that its entries can come again from 0; checkpoint,
 * key and proofs stay.
 */
MUST bool witness_mirror_forget(struct witness *w, const char *origin, struct err *err);
/* The same by the name of its folder, 64 hex digits; one that is not there is no failure. */
MUST bool witness_mirror_drop(struct witness *w, const char *hash, struct err *err);

#endif
