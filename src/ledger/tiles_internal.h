/*
 * Private to the room: the state of a tree as files.
 *
 * FOLDER/tree: two slots of TREE_SLOT bytes at 0 and TREE_STRIDE, written in turn, so
 * that one write and one sync bring a new size and a torn one leaves the old.  A slot:
 *	16 bytes	"comity-tree/1" and zeros
 *	u64		number of the writing, from 1: the larger one counts
 *	u64		size
 *	32 bytes	root
 *	u16, 256 bytes	aside: length, then the bytes and zeros
 *	32 bytes	SHA-256 of all before
 * A slot of zeros was never written.
 */
#ifndef COMITY_LEDGER_TILES_INTERNAL_H
#define COMITY_LEDGER_TILES_INTERNAL_H

#include "ledger/tiles.h"

#define TILES_LEVELS 8			/* 256^8 is more than MERKLE_SIZE_MAX */
#define TILE_BYTES (TILE_WIDTH * 32)
#define BUNDLE_MAX (TILE_WIDTH * (2 + TILES_ENTRY_MAX))
#define TREE_MAGIC "comity-tree/1\0\0"	/* 16 bytes with its last NUL */
#define TREE_SLOT 512			/* a sector: written whole or not at all */
#define TREE_STRIDE 4096		/* no sector of any disk holds both */
#define TREE_PATH "tree"
#define TILES_TEMPORARY DISK_TEMPORARY_PREFIX "tile"
/* Unsynced files and folders that are remembered one by one; past it syncfs takes all. */
#define TILES_FILES 32
#define TILES_FOLDERS 32
/*
 * More syncs than this, one after the other, cost more than one of everything.  A checkpoint
 * over a few records needs four; one over a tile that became full, eleven.
 */
#define TILES_SYNCS_EACH 6

struct tree_state {
	uint64_t number;		/* of the writing; 0: there is none */
	uint64_t size;
	struct digest root;
	uint8_t aside[TILES_ASIDE_MAX];
	size_t aside_n;
};

/*
 * Hashes of a tile and all nodes over them, as in a heap: node[0] is the root of a full one;
 * of one that is not, those nodes are there whose leaves are.
 */
struct tile_tree {
	bool valid;
	uint64_t n;
	struct digest node[2 * TILE_WIDTH - 1];
};

/* What reading files of a tree takes; each thread has its own. */
struct tile_reader {
	struct world *w;
	struct dir *folder;
	const char *name;		/* of the folder, for errors */
	struct hasher *hasher;
	struct buf scratch;		/* the bytes of one file */
};

struct tiles_folder {
	char path[64];
	bool dirty;			/* names in it are not synced */
	bool known;			/* its own name is durable */
};

/*
 * 1. edge[L] holds the last hashes of level L: (size >> 8L) % 256 of them; bundle the last
 *    size % 256 entries as in their file.
 * 2. Every full tile up to size lies in its file, synced or not.
 * 3. Files up to state.size are durable.
 */
struct tiles {
	struct world *w;
	struct dir *folder;
	char *name;			/* of the folder, for errors */
	struct hasher *hasher;		/* the reader's */
	struct tile_reader reader;
	uint64_t size;
	struct tree_state state;	/* as on the disk */
	bool written;			/* state, by this process */
	bool swept;			/* what a crash left was looked for */
	bool dead;
	struct tile_tree edge[TILES_LEVELS];
	struct buf bundle;
	struct tile_tree cache[TILES_LEVELS];
	struct file *files[TILES_FILES];
	size_t files_n;
	struct tiles_folder folders[TILES_FOLDERS];
	size_t folders_n;
	bool many;			/* too many for the lists */
};

static inline unsigned
tiles_width(uint64_t size, unsigned level)
{
	return (unsigned)(size >> (8 * level)) % TILE_WIDTH;
}
/* Number of the last tile of a level, which may be empty. */
static inline uint64_t
tiles_last(uint64_t size, unsigned level)
{
	return level == TILES_LEVELS - 1 ? 0 : size >> (8 * (level + 1));
}

/* ---- tiles_file.c ---- */

/* ERR_UNPROVEN "tiles.damaged": "NAME/PATH WHY"; name is the folder's. */
bool tiles_damaged(const char *name, const char *path, const char *why,
    struct err *err);
/* One more reader of these files, for a thread of its own; clear is for it alone. */
MUST bool tile_reader_init(struct tile_reader *r, const struct tiles *t, struct err *err);
void tile_reader_clear(struct tile_reader *r);	/* also after a failed init */
/*
 * A tile of this width from its file; when that is not there, from the full one.  bundle
 * likewise: the entries as in the file, their form checked; borrowed from r->scratch.
 */
MUST bool tile_load(struct tile_reader *r, unsigned level, uint64_t n, unsigned width,
    struct digest *out, struct err *err);
MUST bool bundle_load(struct tile_reader *r, uint64_t n, unsigned width, struct span *out,
    struct err *err);
/*
 * The entries of a bundle, one after the other; false at a form that is none.  Here, as a
 * scrub asks it for each leaf more than once.
 */
MUST static inline bool
bundle_next(struct cursor *c, struct span *entry)
{
	struct span s = c->left;
	size_t n;

	if (s.n < 2)
		return false;
	n = (size_t)s.p[0] << 8 | s.p[1];
	if (n > TILES_ENTRY_MAX || n > s.n - 2)
		return false;
	*entry = (struct span){ s.p + 2, n };
	c->left = (struct span){ s.p + 2 + n, s.n - 2 - n };
	c->at += 2 + n;
	return true;
}
/* Under its name, not yet durable. */
MUST bool tile_write(struct tiles *t, const char *path, struct span bytes,
    struct err *err);
MUST bool tiles_files_sync(struct tiles *t, struct err *err);
void tiles_files_forget(struct tiles *t);
/* Partial tiles of full tiles [from, to) go: best effort. */
void partials_remove(struct tiles *t, int level, uint64_t from, uint64_t to);
/* What a crash left of partial tiles beside the last one goes or is written anew. */
MUST bool partials_sweep(struct tiles *t, int level, uint64_t n, unsigned before,
    struct span bytes, struct err *err);

/* ---- tiles_scrub.c ---- */

/*
 * Who has something of his own to hold against the entries: ready for so many threads
 * before any of them begins, then each full bundle that holds, by thread i; borrowed.
 */
struct tiles_beside {
	bool (*ready)(void *arg, unsigned threads, struct err *err);
	void (*bundle)(void *arg, unsigned i, uint64_t n, struct span entries);
	void *arg;
};
/* As tiles_scrub. */
MUST bool tiles_scrub_beside(struct tiles *t, const struct tiles_beside *beside,
    void (*bad)(void *arg, const char *path, const char *why), void *arg,
    struct progress *progress, struct err *err);

/* ---- tiles_state.c ---- */

/* out->number 0: no tree.  ERR_UNPROVEN "tiles.damaged". */
MUST bool tree_load(struct world *w, struct dir *folder, const char *name,
    struct tree_state *out, struct err *err);
/* The same below `at`, where the folder may be missing too. */
MUST bool tree_peek(struct world *w, struct dir *at, const char *folder,
    struct tree_state *out, struct err *err);
MUST bool tree_save(struct world *w, struct dir *folder, const struct tree_state *s,
    struct err *err);

/* ---- tiles_read.c ---- */

/* The root of 256 hashes, with all nodes below it. */
MUST bool tile_tree_make(struct hasher *h, struct tile_tree *t, struct err *err);
struct digest *tile_tree_hashes(struct tile_tree *t);	/* 256 of them */
/* Hash i, which is there already, and the nodes that it completes. */
MUST bool tile_tree_complete(struct hasher *h, struct tile_tree *t, size_t i,
    struct err *err);
/* Hash i of a level, from memory or from a tile that was checked. */
MUST bool tiles_hash(struct tiles *t, unsigned level, uint64_t i, struct digest *out,
    struct err *err);
/* Where the hashes of t are. */
struct merkle_tree tiles_tree(struct tiles *t);

#endif
