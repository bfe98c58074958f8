/*
 * world: the only way to the outside: clock, random, disk, terminal, signals,
 * threads.  Two bodies behind one header: the real one (world_real) and a
 * simulated one (world_sim: a clock that moves when told, seeded random, a disk
 * in memory that can fail at any call).  One contract test runs over both.
 *
 * A `struct world` may be used by any thread.  A `struct file`, `struct dir` or
 * `struct listing` by one thread at a time, except file_read_at and file_write_at,
 * which any number of threads may call on one file at once.
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
};
MUST bool world_sim(struct world **out, struct world_sim_options opt,
    struct err *err);
void world_free(struct world *w);

/* ---- clock ---- */

int64_t world_now(struct world *w);
uint64_t world_ticks(struct world *w);
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
 * Run work(arg, i) for i in 0..n-1 on n threads (n = 1: in this one) and come
 * back when all have returned.  When a thread cannot be started the others do
 * the work: i values that were not started are reported by *started.
 */
void world_run(struct world *w, unsigned n, void (*work)(void *arg, unsigned i),
    void *arg, unsigned *started);

/* A lock with a condition.  In a simulated world gate_wait is a bug (asserted). */
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
 * Errors: ERR_ABSENT "disk.absent" no such name; ERR_CONFLICT "disk.exists" it is
 * there already; ERR_IO "disk.full" no space; ERR_IO "disk.denied" permissions;
 * ERR_IO "disk.io" the rest.  The text names the path as given.
 */
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
	uint64_t size;
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
	FILE_UPDATE,		/* must exist; read and write */
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
/* What a name typed by a person leads to (links followed).  at must be NULL. */
MUST bool path_info_follow(struct world *w, const char *path,
    struct file_info *out, struct err *err);
bool path_exists(struct world *w, struct dir *at, const char *path);
MUST bool path_link_text(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err);
/* Rename within or between folders; replaces a file only if told to. */
MUST bool path_rename(struct world *w, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, bool replace, struct err *err);
MUST bool path_remove(struct world *w, struct dir *at, const char *path,
    struct err *err);				/* not a folder */

MUST bool file_open(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct file **out, struct err *err);
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
/* Begin to write this range out, without waiting: a hint, no promise. */
void file_sync_begin(struct file *f, uint64_t offset, uint64_t n);
/* Will be read from start to end: a hint. */
void file_sequential(struct file *f);
/* Give a FILE_TEMPORARY its name (must not exist yet). */
MUST bool file_name(struct file *f, struct dir *at, const char *path,
    struct err *err);
/* Permission bits of a file of ours (0644 for what others may read). */
MUST bool file_mode_set(struct file *f, uint32_t mode, struct err *err);
/* One process holds it until file_close; ERR_CONFLICT when another does. */
MUST bool file_lock(struct file *f, struct err *err);

/* Small files at once; write is temporary name, sync, rename, sync of the folder. */
MUST bool file_load(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err);		/* ERR_LIMIT past out->max */
MUST bool file_save(struct world *w, struct dir *at, const char *path,
    struct span bytes, bool replace, struct err *err);

/* Streams over files: reading from offset to end; writing on from offset. */
MUST bool file_source(struct file *f, uint64_t offset, struct source **out,
    struct err *err);
MUST bool file_sink(struct file *f, uint64_t offset, struct sink **out,
    struct err *err);
/* Standard input as a source (fd 0), or any descriptor a person named. */
MUST bool descriptor_source(struct world *w, int fd, struct source **out,
    struct err *err);

/* ---- terminal, environment, signals (real worlds; a simulated one has none) ---- */

enum world_stream { WORLD_OUT, WORLD_ERR };
/* Standard output or error; a closed pipe is ERR_IO. */
MUST bool world_write(struct world *w, enum world_stream to, struct span s,
    struct err *err);
bool world_is_terminal(struct world *w, enum world_stream which);
bool world_input_is_terminal(struct world *w);
unsigned world_columns(struct world *w);	/* 80 when unknown */
const char *world_env(struct world *w, const char *name);	/* NULL when unset */
/* One line from standard input, without echo when secret; without its LF. */
MUST bool world_ask(struct world *w, const char *prompt, bool secret,
    struct buf *answer, struct err *err);
/* Set by SIGINT and SIGTERM after world_catch_signals; checked by long work. */
void world_catch_signals(struct world *w);
bool world_stop_wanted(struct world *w);
bool world_progress_wanted(struct world *w);	/* SIGUSR1 since the last call */
/* Where the running program lies, for files installed beside it. */
MUST bool world_program_path(struct world *w, struct buf *out, struct err *err);
/* Greatest resident size of this process so far, bytes (0 when unknown). */
uint64_t world_peak_memory(struct world *w);

/* ---- a simulated disk that fails (tests) ---- */

enum sim_fault { SIM_FAULT_NONE, SIM_FAULT_IO, SIM_FAULT_FULL, SIM_FAULT_INTR,
	SIM_FAULT_SHORT };
/* The nth disk call from now fails so (1 = the next), and later ones if told. */
void world_sim_fail(struct world *w, enum sim_fault fault, uint64_t nth,
    bool from_then_on);
uint64_t world_sim_calls(struct world *w);	/* disk calls so far */

#endif
