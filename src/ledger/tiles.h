/*
 * ledger/tiles: a tree as plain files in the C2SP tlog-tiles layout: tile/L/N[.p/W],
 * tile/entries/N[.p/W], full tiles of 256, only full tiles hashed upwards.  Used for our
 * own log and for the mirrors of other logs.
 *
 * What is added waits in memory, at most a tile of each level and a bundle of entries;
 * full tiles go to their files at once (unsynced), under temporary names.  tiles_sync
 * makes all of it durable: the files, their folders, then FOLDER/tree, which says how far
 * the tree goes and proves itself by a digest at its end.  After a crash tiles_open goes
 * on from FOLDER/tree; files beyond it are written over.  A partial tile of a size that
 * was synced stays until its full tile is durable.
 *
 * Sizes: a full tile 8,192 bytes; an entry at most TILES_ENTRY_MAX.  Memory: under 1 MiB
 * for any size; while it is scrubbed, for each of up to TILES_THREADS_MAX threads 32 KiB
 * and the largest bundle besides (9 KiB where entries have 34 bytes, never more than
 * 257 KiB).  Called by one thread.
 */
#ifndef COMITY_LEDGER_TILES_H
#define COMITY_LEDGER_TILES_H

#include "crypto/merkle.h"
#include "world/world.h"

#define TILE_WIDTH 256
#define TILES_ENTRY_MAX 1024		/* ours have 34; the format allows 65,535 */
#define TILES_ASIDE_MAX 256
#define TILES_THREADS_MAX 32		/* of a scrub: more only wait for the disk */

struct tiles;
/*
 * In this folder below `at`, which is made when it is not there.  ERR_UNPROVEN
 * "tiles.damaged": FOLDER/tree is there and does not hold, or a file of the right edge is
 * missing or disagrees (who has the entries elsewhere calls tiles_forget and adds anew).
 */
MUST bool tiles_open(struct world *w, struct dir *at, const char *folder,
    struct tiles **out, struct err *err);
void tiles_close(struct tiles *t);		/* NULL is quiet; what was not synced is gone */
/* Removes FOLDER/tree, durably: the next tiles_open begins empty. */
MUST bool tiles_forget(struct world *w, struct dir *at, const char *folder,
    struct err *err);
uint64_t tiles_size(const struct tiles *t);	/* with what is not synced yet */
uint64_t tiles_synced(const struct tiles *t);
struct digest tiles_root_synced(const struct tiles *t);
/* What was kept beside the size by the last tiles_sync. */
struct span tiles_aside(const struct tiles *t);

MUST bool tiles_add(struct tiles *t, struct span entry, struct err *err);
/* Durable up to here; aside (up to TILES_ASIDE_MAX bytes) is kept with it. */
MUST bool tiles_sync(struct tiles *t, struct span aside, struct err *err);

/* For any size up to tiles_size; hashes come from files and memory. */
MUST bool tiles_root(struct tiles *t, uint64_t size, struct digest *out,
    struct err *err);
MUST bool tiles_inclusion(struct tiles *t, uint64_t index, uint64_t size,
    struct merkle_proof *out, struct err *err);
MUST bool tiles_consistency(struct tiles *t, uint64_t old, uint64_t size,
    struct merkle_proof *out, struct err *err);
MUST bool tiles_entry(struct tiles *t, uint64_t index, struct buf *out,
    struct err *err);			/* added */
MUST bool tiles_entries(struct tiles *t, uint64_t from, uint64_t to,
    bool (*each)(void *arg, uint64_t index, struct span entry, struct err *err),
    void *arg, struct err *err);

/*
 * D8: read from the files again, nothing from memory: entries [from, synced), their
 * leaf hashes against tile level 0, each full tile against the one above, and the root,
 * computed by code that shares nothing with tiles_root but the hash.
 * ERR_UNPROVEN "tiles.damaged" names the file.
 */
MUST bool tiles_read_back(struct tiles *t, uint64_t from, struct digest *root,
    struct err *err);

/*
 * Scrub: every file from the first on, on all cores, at the disk's or SHA-256's rate;
 * bad(arg, path) for each that is missing, cannot be read or does not hold (the path is
 * below the folder).  bad and progress are called by the calling thread, bad always in the same order: a tile,
 * its bundle, the next tile; a tile before those below it.  True when all was read,
 * whatever was found.  ERR_STOPPED "stopped": world_stop_wanted.
 */
MUST bool tiles_scrub(struct tiles *t, void (*bad)(void *arg, const char *path,
    const char *why), void *arg, struct progress *progress, struct err *err);

/* "tile/0/x001/234.p/17" for level -1: entries. */
struct tile_path { char s[64]; };
struct tile_path tile_path(int level, uint64_t n, unsigned width);

#endif
