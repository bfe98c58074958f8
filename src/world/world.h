/*
 * world: the only way to the outside: clock, random, disk, terminal, signals,
 * threads.  Two bodies behind one header: the real one (world_real) and a
 * simulated one (world_sim: a clock that moves when told, seeded random, a disk
 * in memory that can fail at any call).  One contract test runs over both.
 *
 * A `struct world` may be used by any thread.  A `struct file`, `struct dir` or
 * `struct listing` by one thread at a time, except that any number of threads at
 * once may look up, open and ask about names beneath one dir, and call file_read_at
 * and file_write_at on one file.
 *
 * Times are seconds since 1970-01-01 UTC, ticks are nanoseconds of a clock that
 * never goes back, sizes and offsets are bytes.
 *
 * Durability: what was written is only promised after file_sync; a name (new,
 * renamed, removed) only after dir_sync of its folder.  A failed sync is never
 * tried again (D26): the caller gives up the file.
 */
#ifndef COMITY_WORLD_H
#define COMITY_WORLD_H

#include "base/base.h"

struct world;
struct file;
struct dir;
struct listing;

/* ---- making one ---- */

/* The real machine.  One per process. */
MUST bool world_real(struct world **out, struct err *err);

struct world_sim_options {
	uint64_t seed;
	int64_t now;		/* clock at the start */
	uint64_t disk_bytes;	/* room on its disk; 0 = SIM_DISK_BYTES */
};

/* A simulated disk's usual size: enough for tests, little enough for memory. */
#define SIM_DISK_BYTES ((uint64_t)512 << 20)

MUST bool world_sim(struct world **out, struct world_sim_options opt,
    struct err *err);
void world_free(struct world *w);

/* ---- clock ---- */

int64_t world_now(struct world *w);
/* In a simulated world every call moves the ticks on by a microsecond. */
uint64_t world_ticks(struct world *w);
/*
 * Come back after so many milliseconds, or as soon as a caught signal asks to stop
 * (world_catch_signals), also one that came before.  In a simulated world nobody
 * waits: the ticks move on, the clock stays until it is set.
 */
void world_sleep(struct world *w, uint64_t milliseconds);
/* Simulated worlds only: set the clock, or move it forward. */
void world_sim_set_now(struct world *w, int64_t now);

/* ---- random ---- */

/* Bytes fit for keys and salts; from the seed in a simulated world. */
MUST bool world_random(struct world *w, void *p, size_t n, struct err *err);
bool world_is_sim(struct world *w);

/* ---- threads ---- */

/* How many threads heavy work should use: 1 in a simulated world. */
unsigned world_cores(struct world *w);

/*
 * Run work(arg, i) for i in 0..n-1 on n threads (i = 0 in this one) and come
 * back when all have returned.  When a thread cannot be started the others do
 * the work: only i < *started run, at least one when n > 0.  *started is set
 * before any work begins, so that work may read it through arg.  In a simulated
 * world all run on this thread, one after the other.
 */
void world_run(struct world *w, unsigned n, void (*work)(void *arg, unsigned i),
    void *arg, unsigned *started);

/* A lock with a condition.  In a simulated world's run gate_wait is a bug (asserted). */
struct gate;
MUST bool gate_new(struct gate **out, struct err *err);
void gate_free(struct gate *g);
void gate_lock(struct gate *g);
void gate_unlock(struct gate *g);
void gate_wait(struct gate *g);		/* holding the lock */
void gate_wake(struct gate *g);		/* everyone */

/* ---- disk ----
 *
 * A path is relative to a `struct dir`, with `/` between components.  `dir` NULL
 * is the working folder with the system's usual rules (absolute paths and links
 * allowed): for paths a person typed.  With a dir, a path stays beneath it: an
 * absolute path, "..", or a symbolic link in any component is refused
 * (ERR_INPUT "disk.outside"), by openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
 * RESOLVE_NO_MAGICLINKS) or, on a kernel without it, one component at a time.
 *
 * Where a link may lie at the end (path_info, path_link_text, path_rename,
 * path_remove) the call is about the link itself and does not follow it.
 *
 * Errors: ERR_ABSENT "disk.absent" no such name; ERR_CONFLICT "disk.exists" it is
 * there already; ERR_CONFLICT "disk.not-empty" a folder with entries;
 * ERR_CONFLICT "disk.locked" another holds the file; ERR_INPUT "disk.kind" it is
 * something else than the call is for (a folder where a file should be, a file in
 * the middle of a path, a FIFO); ERR_INPUT "disk.name" a name over 255 or a path
 * over 4095 bytes; ERR_IO "disk.full" no space; ERR_IO "disk.denied" permissions;
 * ERR_IO "disk.across" a rename between file systems; ERR_LIMIT "disk.offset" an
 * offset past 2^63 - 1; ERR_IO "disk.io" the rest.  The text names the path as
 * given, invisible characters spelt out; calls on an open file name none.
 */

/*
 * Why a read failed: the disk does not give the bytes back ("disk.io").  For who can do
 * without that file, it is as one that rots.
 */
bool disk_unreadable(const struct err *why);

/*
 * Names of temporary files that a crash can leave behind begin so (file_save, and
 * FILE_TEMPORARY on file systems without nameless files): the owner of a folder
 * removes them at its next start.
 */
#define DISK_TEMPORARY_PREFIX ".comity-temporary-"

/*
 * dir_remove_all goes no deeper: each level holds two descriptors, of which a
 * process usually has 1024 (ERR_LIMIT "disk.depth").
 */
#define DISK_DEPTH_MAX 256

enum file_type {
	FILE_REGULAR,
	FILE_DIR,
	FILE_LINK,
	FILE_DEVICE,		/* block or character */
	FILE_SOCKET,
	FILE_FIFO,
	FILE_OTHER,
};

struct file_info {
	enum file_type type;
	uint64_t size;		/* of a block device only from an open file, else 0 */
	int64_t mtime;
	uint32_t mtime_ns;	/* 0..999999999 */
	int64_t ctime;
	uint32_t ctime_ns;
	uint64_t inode;
	uint64_t device;
	uint32_t mode;		/* permission bits */
};

enum file_mode {
	FILE_READ,		/* must exist and be a regular file or block device */
	FILE_CREATE,		/* must not exist; made with 0600; read and write */
	FILE_UPDATE,		/* the same, to read and write */
	FILE_TEMPORARY,		/* path is a folder; a file with no name, 0600 */
};

MUST bool dir_open(struct world *w, struct dir *at, const char *path,
    struct dir **out, struct err *err);
void dir_close(struct dir *d);			/* NULL is quiet */
/* Make one folder (0700).  ERR_CONFLICT when it is there. */
MUST bool dir_make(struct world *w, struct dir *at, const char *path,
    struct err *err);
/* Make a folder and those above it that are missing; existing ones are fine. */
MUST bool dir_make_all(struct world *w, struct dir *at, const char *path,
    struct err *err);
MUST bool dir_remove(struct world *w, struct dir *at, const char *path,
    struct err *err);				/* must be empty */
/* Remove a folder and all below it, never following links. */
MUST bool dir_remove_all(struct world *w, struct dir *at, const char *path,
    struct err *err);
/* Names in this folder become durable. */
MUST bool dir_sync(struct dir *d, struct err *err);
/* Everything on the file system that holds d becomes durable (syncfs). */
MUST bool dir_sync_all(struct dir *d, struct err *err);
/* Free bytes an ordinary user may fill. */
MUST bool dir_free_bytes(struct dir *d, uint64_t *out, struct err *err);

/* Entries in no particular order, without "." and "..". */
struct listing_entry {
	const char *name;	/* valid until the next call; up to 255 bytes, any but NUL and / */
	enum file_type type;	/* FILE_OTHER when the system does not say: ask path_info */
};
MUST bool listing_open(struct world *w, struct dir *at, const char *path,
    struct listing **out, struct err *err);
MUST bool listing_next(struct listing *l, struct listing_entry *out, bool *more,
    struct err *err);
void listing_close(struct listing *l);

/* About the name itself (a link is a link). */
MUST bool path_info(struct world *w, struct dir *at, const char *path,
    struct file_info *out, struct err *err);
/* What a name typed by a person leads to (links followed). */
MUST bool path_info_follow(struct world *w, const char *path,
    struct file_info *out, struct err *err);
/*
 * A disk that does not answer, or does not let us look, has not said that nothing is there:
 * then this is true, and who reads it next is told.
 */
bool path_exists(struct world *w, struct dir *at, const char *path);
/* Is anything there?  Whatever else the disk says than yes or no is an error. */
MUST bool path_look(struct world *w, struct dir *at, const char *path, bool *there,
    struct err *err);
MUST bool path_link_text(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err);
/*
 * Rename within or between folders.  ERR_CONFLICT when the new name is there,
 * unless told to replace (a file by a file, an empty folder by a folder).
 */
MUST bool path_rename(struct world *w, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, bool replace, struct err *err);
MUST bool path_remove(struct world *w, struct dir *at, const char *path,
    struct err *err);				/* not a folder */
/* Nothing is at path afterwards; that nothing was there is no error.  Not a folder. */
MUST bool path_clear(struct world *w, struct dir *at, const char *path,
    struct err *err);

MUST bool file_open(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct file **out, struct err *err);
/*
 * FILE_READ and file_info in one, from the same look at the file: for those who
 * open many.
 */
MUST bool file_open_info(struct world *w, struct dir *at, const char *path,
    struct file **out, struct file_info *info, struct err *err);
void file_close(struct file *f);		/* NULL is quiet */
MUST bool file_info(struct file *f, struct file_info *out, struct err *err);
/*
 * Up to n bytes from offset; *got is less than n only at the end of the file
 * (short reads and EINTR are repeated inside).
 */
MUST bool file_read_at(struct file *f, void *p, size_t n, uint64_t offset,
    size_t *got, struct err *err);
/* All of s at offset (short writes and EINTR are repeated inside). */
MUST bool file_write_at(struct file *f, struct span s, uint64_t offset,
    struct err *err);
MUST bool file_truncate(struct file *f, uint64_t size, struct err *err);
MUST bool file_sync(struct file *f, struct err *err);
/* Calls of file_sync, dir_sync and dir_sync_all in this world so far. */
uint64_t world_syncs(struct world *w);
/*
 * Benches only: each file_sync of the real machine takes at least so long, as on a
 * slower disk.  A simulated world takes no notice.
 */
void world_sync_floor(struct world *w, uint64_t microseconds);
/* Begin to write this range out, without waiting: a hint, no promise. */
void file_sync_begin(struct file *f, uint64_t offset, uint64_t n);
/* Will be read from start to end: a hint. */
void file_sequential(struct file *f);
/* This range will be read soon: fetch it, without waiting; a hint. */
void file_will_read(struct file *f, uint64_t offset, uint64_t n);
/* Give a FILE_TEMPORARY its name (must not exist yet); once. */
MUST bool file_name(struct file *f, struct dir *at, const char *path,
    struct err *err);
/* Permission bits of a file of ours (0644 for what others may read). */
MUST bool file_mode_set(struct file *f, uint32_t mode, struct err *err);
/* One process holds it until file_close; ERR_CONFLICT when another does. */
MUST bool file_lock(struct file *f, struct err *err);

/*
 * A file to read whose first head.n bytes are these (copied) whatever is under them; it
 * must be at least as long.  On success `under` is its own, and closed with it.
 */
MUST bool file_headed(struct file *under, struct span head, struct file **out,
    struct err *err);

/* Small files at once; write is temporary name, sync, rename, sync of the folder. */
MUST bool file_load(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err);		/* added; ERR_LIMIT past out->max */
MUST bool file_save(struct world *w, struct dir *at, const char *path,
    struct span bytes, bool replace, struct err *err);

/*
 * Streams over files, which must outlive them: reading from offset to the end;
 * writing on from offset.
 */
MUST bool file_source(struct file *f, uint64_t offset, struct source **out,
    struct err *err);
MUST bool file_sink(struct file *f, uint64_t offset, struct sink **out,
    struct err *err);
/*
 * Standard input as a source (fd 0), or any descriptor a person named; it stays
 * open.  ERR_STOPPED when a signal that was caught ends the waiting.
 */
MUST bool descriptor_source(struct world *w, int fd, struct source **out,
    struct err *err);

/* ---- terminal, environment, signals ----
 *
 * A simulated world has none: ERR_IO "world.none", no terminal, no variable, no
 * signal.
 */

enum world_stream { WORLD_OUT, WORLD_ERR };
/* Standard output or error; a closed pipe is ERR_IO. */
MUST bool world_write(struct world *w, enum world_stream to, struct span s,
    struct err *err);
bool world_is_terminal(struct world *w, enum world_stream which);
bool world_input_is_terminal(struct world *w);
unsigned world_columns(struct world *w);	/* 80 when unknown */
const char *world_env(struct world *w, const char *name);	/* NULL when unset */
/*
 * One line from standard input, without its LF; at a terminal after the prompt
 * (on standard error) and without echo when secret.  The terminal is as before
 * afterwards, also when a signal comes.  ERR_ABSENT "world.no-answer": the input
 * has ended.  ERR_LIMIT: longer than answer->max.  ERR_STOPPED: a signal.
 */
MUST bool world_ask(struct world *w, const char *prompt, bool secret,
    struct buf *answer, struct err *err);
/* Set by SIGINT and SIGTERM after world_catch_signals; checked by long work. */
void world_catch_signals(struct world *w);
bool world_stop_wanted(struct world *w);
bool world_progress_wanted(struct world *w);	/* SIGUSR1 since the last call */
/*
 * A path a person typed as one that holds from any folder: the working folder put
 * before it; links are left as they are.
 */
MUST bool world_absolute(struct world *w, const char *path, struct buf *out,
    struct err *err);
/* Where the running program lies, for files installed beside it. */
MUST bool world_program_path(struct world *w, struct buf *out, struct err *err);
/* Greatest resident size of this process so far, bytes (0 when unknown). */
uint64_t world_peak_memory(struct world *w);

/* ---- a simulated disk that fails (tests) ----
 *
 * A tree in memory; its files keep only the pages (4 KiB) that were written, so
 * that large offsets cost nothing.  The working folder is its root.
 */

/* Put what this room never makes itself: a link, FIFO, socket or device. */
MUST bool world_sim_put(struct world *w, const char *path, enum file_type type,
    const char *link_text, struct err *err);

/* From now on reads of the file at this path fail, as where a disk has a bad spot. */
MUST bool world_sim_unreadable(struct world *w, const char *path, struct err *err);

enum sim_fault { SIM_FAULT_NONE, SIM_FAULT_IO, SIM_FAULT_FULL, SIM_FAULT_INTR,
	SIM_FAULT_SHORT, SIM_FAULT_POWER };
/*
 * The nth disk call from now fails so (1 = the next; 0 = none), and later ones if
 * told.  IO and FULL come back to the caller (FULL only from calls that need
 * space).  INTR and SHORT are met inside, as by the real body, by calling again,
 * which counts as one more disk call; after an INTR the next call is spared.
 * POWER: that call and all later ones fail with ERR_IO and do nothing, a file_sync
 * too: what was not synced before waits for world_sim_crash to keep or lose it.
 */
void world_sim_fail(struct world *w, enum sim_fault fault, uint64_t nth,
    bool from_then_on);
uint64_t world_sim_calls(struct world *w);	/* disk calls so far */
/*
 * The same, asked for: at each disk call, until it names a fault, which begins with that
 * call (set *from_then_on: and goes on).  It uses no world.  NULL: no more.
 */
void world_sim_fail_ask(struct world *w, enum sim_fault (*ask)(bool *from_then_on));

/*
 * The power fails.  What was synced is there again; of what was not, nothing, all,
 * or a part chosen by the seed: each write, each size, each change of names is
 * kept or lost by itself (a rename whole), and the last write kept to a file may
 * be torn at a multiple of 512 bytes.  Everything open is dead: its calls fail
 * with ERR_IO, closing is fine.  Locks are gone.  After a failed file_sync what it
 * was to write is lost even if a later one succeeds, as on Linux.
 *
 * LOSE_ONE keeps all but one operation, and the changes of names that build on it:
 * the oldest for seed 1, the latest for seed world_sim_unsynced(w); for 0 and past
 * the last all is kept.
 */
enum sim_crash { SIM_CRASH_KEEP_NONE, SIM_CRASH_KEEP_ALL, SIM_CRASH_KEEP_SOME,
	SIM_CRASH_LOSE_ONE };
MUST bool world_sim_crash(struct world *w, enum sim_crash how, uint64_t seed,
    struct err *err);
/* Operations that no sync has made durable: writes, new sizes, changes of names. */
uint64_t world_sim_unsynced(struct world *w);

/*
 * The run hash: SHA-256 over the disk as it is now (folder by folder, names in
 * byte order: name, type, size, bytes; no times, no inodes), the clock, the ticks
 * and the number of disk calls.  Two runs that did the same have the same one.  It
 * is no disk call itself and leaves nothing changed.
 */
MUST bool world_sim_digest(struct world *w, struct digest *out, struct err *err);
/*
 * The disk alone, marked quickly and not against an opponent: two that differ have
 * different marks, but for a chance nobody meets.
 */
MUST bool world_sim_disk_mark(struct world *w, uint64_t out[4], struct err *err);

#endif
