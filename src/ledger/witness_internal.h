/*
 * Private to the room: a witness from the inside.
 *
 * Everything is read from the disk for each call and held against its signature; in memory
 * are only the keys that are believed, one open mirror, and entries that wait for the rest of
 * theirs.
 */
#ifndef COMITY_LEDGER_WITNESS_INTERNAL_H
#define COMITY_LEDGER_WITNESS_INTERNAL_H

#include "ledger/witness.h"

#define NOTE_SIGNATURE_BYTES 64		/* Ed25519 */

/* A log we follow. */
struct known {
	struct vkey key;		/* its name is the origin */
	struct digest_hex hex;		/* of the origin: its folder */
	bool damaged;			/* HEX/log does not hold: key is empty */
	bool ready;			/* swept, synced and compared by this witness */
};

/* The copy of one log's entries that is open just now. */
struct mirror {
	struct known *log;		/* NULL: none is open */
	struct tiles *tiles;		/* NULL: nothing is mirrored */
	uint64_t size;
	struct digest root;
	uint8_t signature[NOTE_SIGNATURE_BYTES];	/* the log's, on exactly this tree */
};

/*
 * Entries that came and whose note's size is not reached: [base, at) are staged.
 * Before `base` they are what is mirrored; base is less than the mirror's size when they
 * differ from it from there on.
 */
struct pending {
	struct known *log;		/* NULL: none */
	struct checkpoint target;
	uint8_t signature[NOTE_SIGNATURE_BYTES];
	uint64_t base, at;
	bool based;			/* base is known and edge is that of the tree of size at */
	struct merkle_edge edge;
	struct file *file;		/* u16 length and entry each; NULL: none staged */
	uint64_t bytes;			/* in it */
};

struct witness {
	struct world *w;
	struct dir *home;
	struct hasher *hasher;
	struct known **logs;		/* in order of origin, damaged ones first */
	size_t n;
	bool has_cosigner;
	struct vkey cosigner;
	struct mirror mirror;
	struct pending pending;
	uint64_t staged_max;		/* WITNESS_STAGED_MAX; tests have less patience */
};

/* ---- witness_file.c: names, notes and folders on the disk ---- */

struct known_path { char s[256]; };
/* HEX/name below the home; "" is the folder. */
struct known_path known_path(const struct known *k, const char *name);
/* Is this failure about the bytes (damage), not about us? */
bool bytes_fault(const struct err *why);
/* ERR_UNPROVEN "witness.damaged". */
bool damaged(const char *path, const struct err *why, struct err *err);
bool witness_unknown(const char *origin, struct err *err);
/* A name of theirs for a sentence: what cannot be seen is spelt out, cut at the end. */
struct name_shown { char s[120]; };
struct name_shown name_shown(const char *name);

/* A signed note and what it says. */
struct held {
	bool found;
	struct buf note;
	struct checkpoint checkpoint;
	int64_t cosigned_at;		/* our line in it; 0 none (held_checkpoint) */
};
void held_init(struct held *h);
void held_clear(struct held *h);
/* HEX/name, signed by the log; found false when it is not there. */
MUST bool held_load(struct witness *w, const struct known *k, const char *name,
    struct held *out, struct err *err);
/* HEX/checkpoint; a line of ours on it has to hold too. */
MUST bool held_checkpoint(struct witness *w, const struct known *k, struct held *out,
    struct err *err);
/* The folder HEX/name, made when it is not there; its name is durable. */
MUST bool folder_sure(struct witness *w, const struct known *k, const char *name,
    struct err *err);
/* Is it there?  A disk that does not answer is no "no". */
MUST bool path_there(struct witness *w, const char *path, bool *there, struct err *err);
MUST bool folder_gone(struct witness *w, const char *path, struct err *err);
MUST bool sync_path(struct witness *w, const char *path, struct err *err);
/* Names in a folder, told one by one; a missing folder has none. */
MUST bool folder_each(struct witness *w, const char *path,
    bool (*each)(void *arg, const char *name, struct err *err), void *arg,
    struct err *err);
/* Temporaries that a crash left go, and the names above are durable. */
MUST bool known_settle(struct witness *w, struct known *k, struct err *err);
/* The log's own signature in a note that is known to hold. */
MUST bool log_signature(const struct vkey *key, struct span note,
    uint8_t out[NOTE_SIGNATURE_BYTES], struct err *err);

/* ---- witness.c ---- */

/* *out NULL: not followed. */
MUST bool known_find(struct witness *w, const char *origin, struct known **out,
    struct err *err);
/* The failure of a log whose key file does not hold. */
bool known_damaged(const struct known *k, struct err *err);
/*
 * Ready to be written: swept, synced, and all it holds compared, once a witness; *out (set)
 * is what that found.
 */
struct split_told;
MUST bool known_ready(struct witness *w, struct known *k, struct split_told *out,
    struct err *err);

/* Our own key is in `cosigner`, durably. */
MUST bool cosigner_sure(struct witness *w, const struct vkey *self, struct err *err);

/* ---- witness_mirror.c ---- */

/* w->mirror is that of k. */
MUST bool mirror_open(struct witness *w, struct known *k, struct err *err);
void mirror_close(struct witness *w);
/* For writing: an empty one is made when there is none. */
MUST bool mirror_begin(struct witness *w, struct known *k, struct err *err);
/* The signed note of exactly what is mirrored, made again from the signature beside it. */
MUST bool mirror_note(const struct known *k, uint64_t size, const struct digest *root,
    const uint8_t signature[NOTE_SIGNATURE_BYTES], struct buf *out, struct err *err);
/* What has to be remembered to go on from this size. */
MUST bool mirror_edge(struct witness *w, uint64_t size, struct merkle_edge *out,
    struct err *err);
/* What a comparison found. */
struct split_told {
	bool split;			/* another history, and that is proven */
	bool kept;			/* new, and durable now */
	char text[400];
};
/* A note of at most the mirrored size, by the log's key. */
MUST bool mirror_compare(struct witness *w, struct known *k, struct span note,
    const struct checkpoint *c, struct split_told *out, struct err *err);

/* ---- witness_split.c: two histories ---- */

/* Proof of two sizes, as it is kept. */
MUST bool split_write(const struct digest *root, const struct merkle_proof *path,
    struct buf *out, struct err *err);
/*
 * Does it hold by itself for this key?  Either order; *swap: b is the smaller.  Bytes without
 * a form do not hold.
 */
MUST bool split_holds(struct witness *w, const struct known *k, struct span a,
    struct span b, struct span proof, bool *holds, bool *swap, char text[400],
    struct err *err);
/* Keeps it when it holds and is new; out->split says whether it holds. */
MUST bool split_keep(struct witness *w, struct known *k, struct span a, struct span b,
    struct span proof, struct split_told *out, struct err *err);
/* Number n, from 1; whole, or ERR_UNPROVEN. */
MUST bool split_load(struct witness *w, const struct known *k, unsigned n,
    struct misbehaviour *out, struct err *err);
/* How many are kept. */
MUST bool split_count(struct witness *w, const struct known *k, unsigned *out,
    struct err *err);
/*
 * A proof from `old` that does not lead from old's root to note's: does it lead from another
 * root?  Then the two notes and the proof are a split.
 */
MUST bool split_by_path(struct witness *w, struct known *k, const struct held *old,
    struct span note, const struct checkpoint *c, const struct merkle_proof *path,
    struct split_told *out, struct err *err);

/* ---- witness_seen.c ---- */

struct seen_list {
	struct { uint64_t size; struct digest root; } list[WITNESS_SEEN_MAX];
	size_t n;			/* by size, then root */
};
MUST bool seen_read(struct witness *w, const struct known *k, struct seen_list *out,
    struct err *err);
/* Another note of this size waits: a split.  The same: *same. */
MUST bool seen_compare(struct witness *w, struct known *k, struct span note,
    const struct checkpoint *c, bool *same, struct split_told *out, struct err *err);
void told_add(struct split_told *all, const struct split_told *one);
/*
 * All we hold of a log against its mirror and checkpoint, after one of them grew: what is
 * compared waits no longer.
 */
MUST bool known_compare(struct witness *w, struct known *k, struct split_told *out,
    struct err *err);

/* The note that waits under this name, which says what it is. */
MUST bool seen_load(struct witness *w, const struct known *k, uint64_t size,
    const struct digest *root, struct held *out, struct err *err);

/* ---- witness_entries.c ---- */

void pending_drop(struct witness *w);

#endif
