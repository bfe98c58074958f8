/*
 * Private to the room: the state of a log.
 *
 * What FOLDER/tree keeps beside the size: u64 offset and u64 number of the journal's
 * entry behind the last leaf, its chain, u64 number of leaf 0, and the digest of the right
 * edge made of the journal's leaves.
 */
#ifndef COMITY_LEDGER_LOG_INTERNAL_H
#define COMITY_LEDGER_LOG_INTERNAL_H

#include "ledger/journal_internal.h"
#include "ledger/log.h"
#include "ledger/tiles_internal.h"

#define OFFSETS_PATH JOURNAL_FOLDER "/offsets"
#define BEFORE_PATH LOG_PATH "/before"
#define CHECKPOINT_NAME "checkpoint"
#define COSIGNED_NAME "cosigned"
#define SIGNED_NAME "signed"
#define STANDING_NAME "standing"
#define VKEY_NAME "vkey"

struct log_place {
	uint64_t at;			/* in the journal: behind the last leaf */
	uint64_t count;			/* entries before it */
	struct digest chain;
	uint64_t first;			/* number of leaf 0 */
	struct digest edge;		/* log_edge_digest */
};

struct log_signed {
	bool damaged;			/* the file does not hold */
	uint64_t size;
	struct digest root;
};

/* The checkpoint whose signature held last, by its bytes and the key; size 0: none. */
struct log_opened {
	struct digest note;
	struct vkey key;
	struct checkpoint c;
};

/*
 * 1. Leaf i is that of entry first + i; size == tiles_size == edge.size, and all entries of
 *    the journal from first on (to `end` for a closed log) are leaves.
 * 2. The offsets file has the offset of every entry before number + its buffer.
 */
struct log {
	struct world *w;
	struct dir *home;		/* borrowed */
	struct dir *folder;
	char path[64];			/* of the folder, below the home */
	struct journal *j;
	struct log *after;		/* of a closed one: the open log, whose journal it reads */
	bool closed;
	bool dead;
	uint64_t first, end;		/* end: UINT64_MAX unless closed */
	struct tiles *t;
	struct hasher *hasher;
	struct merkle_edge edge;	/* of the journal's leaves */
	struct file *offsets;
	struct buf offsets_wait;	/* 8 bytes an entry */
	uint64_t offsets_n;		/* in the file */
	struct log_signed signed_;
	struct log_opened opened;
	bool standing_damaged;
	char remade[ERR_TEXT_MAX];	/* what was wrong with tiles made anew at opening; "" nothing */
	struct log_state state;
};

/* ---- log.c ---- */

/* Where leaf `size` would be, for FOLDER/tree. */
MUST bool log_tiles_sync(struct log *l, struct err *err);
/* Tiles, edge and offsets anew from the journal's first entry. */
MUST bool log_remake(struct log *l, struct err *err);
/* The right edge of the first `size` leaves, from the tiles. */
MUST bool log_edge_at(struct log *l, uint64_t size, struct merkle_edge *out,
    struct err *err);
MUST bool log_alive(const struct log *l, struct err *err);

/* ---- log_offsets.c ---- */

/*
 * Ready for entries from number `from` on, which lies at `at`; *all: what is there does
 * not reach so far or does not hold, and has to be made from the first entry.
 */
MUST bool offsets_open(struct log *l, uint64_t from, uint64_t at, bool *all,
    struct err *err);
MUST bool offsets_add(struct log *l, uint64_t number, uint64_t at, struct err *err);
MUST bool offsets_flush(struct log *l, struct err *err);

/* ---- log_state.c ---- */

/* Text lines, then their SHA-256 in hex: what does not hold is told. */
MUST bool sealed_save(struct log *l, const char *name, struct buf *lines,
    struct err *err);
MUST bool sealed_write(struct world *w, struct dir *folder, const char *name,
    struct buf *lines, struct err *err);
/* *found false: no file.  *holds false: it is damaged. */
MUST bool sealed_load(struct world *w, struct dir *folder, const char *name,
    struct buf *lines, bool *found, bool *holds, struct err *err);
MUST bool log_signed_load(struct log *l, struct err *err);
MUST bool log_signed_save(struct log *l, uint64_t size, const struct digest *root,
    struct err *err);
MUST bool log_state_load(struct log *l, struct err *err);
/* "FOLDER/NAME is damaged": ERR_UNPROVEN "ledger.damaged". */
bool log_damaged(const struct log *l, const char *name, const char *why,
    struct err *err);

/* ---- log_checkpoint.c ---- */

/*
 * FOLDER/checkpoint when a key whose vkey is beside it signed it; *found false when not.
 */
/* The latest, which is of this size, with the cosignatures that cosigned/SIZE has. */
MUST bool checkpoint_cosigned(struct log *l, uint64_t size, struct err *err);
MUST bool checkpoint_load(struct log *l, struct buf *note, struct checkpoint *out,
    bool *found, struct err *err);
MUST bool vkey_save(struct log *l, const struct vkey *k, struct err *err);

/* ---- log_succeed.c ---- */

/* A closing that was begun is ended; then the number of leaf 0 of the open log. */
MUST bool closing_end(struct world *w, struct dir *home, struct err *err);
/* Log number n of those before: from its leaf 0 to behind its last. */
MUST bool closed_range(struct world *w, struct dir *home, unsigned n, uint64_t *first,
    uint64_t *end, struct err *err);

/* ---- journal_recover.c ---- */

/*
 * The journal anew: entries before `at` as they are, n lost ones (leaf(arg, i)), then those
 * from `at` on, with new chains.  Not yet in its place: journal_new_take, or _drop.
 */
struct journal_new;
MUST bool journal_new_make(struct journal *j, struct dir *home, uint64_t at,
    uint64_t number, uint64_t n, bool (*leaf)(void *arg, uint64_t i,
    uint8_t out[LEAF_BYTES], struct err *err), void *arg, struct journal_new **out,
    struct err *err);
/* One with no entry yet, beside one that nobody has open; entries are added. */
MUST bool journal_new_begin(struct world *w, struct dir *home, struct journal_new **out,
    struct err *err);
MUST bool journal_new_entry(struct journal_new *n, struct span record,
    const uint8_t salt[RECORD_SALT], struct err *err);
MUST bool journal_new_lost(struct journal_new *n, const uint8_t leaf[LEAF_BYTES],
    struct err *err);
/* Durable, and j is it from now on.  False: which of the two is there is not known. */
MUST bool journal_new_take(struct journal_new *n, struct err *err);
void journal_new_drop(struct journal_new *n);	/* NULL is quiet */
/* What a recovery that was cut short left beside the journal. */
MUST bool journal_new_sweep(struct world *w, struct dir *home, struct err *err);

#endif
