/*
 * Inside of the room: SQLite's way to the disk, through `struct world`, below the
 * folder of one home.  One docket has one of these, and one connection.
 *
 * No locks (the docket's own lock keeps others out), no shared memory (the WAL index is
 * in the heap, as locking_mode=EXCLUSIVE asks) and no temporary files.  The database is
 * kept in pages of VFS_PAGE bytes of which the last VFS_SUM are a sum over the rest:
 * rot is found when a page is read, whatever SQLite would make of its bytes (D28).
 * SQLite's own tool reads the file (it leaves those bytes alone) but must not write it.
 *
 * A failed sync is never tried again (D26): everything opened here is dead from then
 * on, and VFS_SURE is removed from the home, which needs no space.  The removal is
 * never synced, so it lives as long as what the kernel pretends to have written:
 * whoever opens the docket next finds it gone and writes everything anew, or the power
 * fails and takes both.
 */
#ifndef COMITY_STORE_VFS_H
#define COMITY_STORE_VFS_H

#include "world/world.h"

#define VFS_PAGE 4096		/* as the pages of the machines we know */
#define VFS_SUM 8
#define VFS_SURE "docket.sure"	/* empty */

/* Our allocator and no hidden reserves, so that each allocation can fail in a test. */
MUST bool sqlite_ready(struct err *err);

struct vfs;
MUST bool vfs_new(struct world *w, struct dir *home, struct vfs **out,
    struct err *err);
void vfs_free(struct vfs *v);			/* NULL is quiet; after its connection */
const char *vfs_name(const struct vfs *v);	/* for sqlite3_open_v2 */
/* What the disk said last when something failed; ERR_NONE nothing did. */
const struct err *vfs_last(const struct vfs *v);
void vfs_forget(struct vfs *v);			/* vfs_last is ERR_NONE again */
bool vfs_dead(const struct vfs *v);
/* A folder of names becomes durable; a failure is as one of a file. */
MUST bool vfs_sync_names(struct vfs *v, struct err *err);

#endif
