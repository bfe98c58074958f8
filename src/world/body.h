/*
 * Private to the room: the two bodies behind world.h, as tables of functions, and
 * what both share.  Paths that reach a body have passed path_rules.
 */
#ifndef COMITY_WORLD_BODY_H
#define COMITY_WORLD_BODY_H

#include <stdatomic.h>

#include "world/world.h"

/* PATH_MAX and NAME_MAX of Linux; a longer one is refused before the system. */
#define WORLD_PATH_MAX 4095	/* bytes without the NUL */
#define WORLD_NAME_MAX 255

struct world_body {
	bool simulated;
	void (*free)(struct world *w);
	int64_t (*now)(struct world *w);
	uint64_t (*ticks)(struct world *w);
	void (*sleep)(struct world *w, uint64_t milliseconds);
	void (*sync_floor)(struct world *w, uint64_t microseconds);
	bool (*random)(struct world *w, void *p, size_t n, struct err *err);
	unsigned (*cores)(struct world *w);
	void (*run)(struct world *w, unsigned n,
	    void (*work)(void *arg, unsigned i), void *arg, unsigned *started);

	bool (*dir_open)(struct world *w, struct dir *at, const char *path,
	    struct dir **out, struct err *err);
	bool (*dir_make)(struct world *w, struct dir *at, const char *path,
	    struct err *err);
	bool (*remove)(struct world *w, struct dir *at, const char *path,
	    bool folder, struct err *err);
	bool (*listing_open)(struct world *w, struct dir *at, const char *path,
	    struct listing **out, struct err *err);
	bool (*path_info)(struct world *w, struct dir *at, const char *path,
	    bool follow, struct file_info *out, struct err *err);
	bool (*path_link_text)(struct world *w, struct dir *at, const char *path,
	    struct buf *out, struct err *err);
	bool (*path_rename)(struct world *w, struct dir *from_at, const char *from,
	    struct dir *to_at, const char *to, bool replace, struct err *err);
	/* info may be NULL */
	bool (*file_open)(struct world *w, struct dir *at, const char *path,
	    enum file_mode mode, struct file **out, struct file_info *info,
	    struct err *err);

	bool (*read_descriptor)(struct world *w, int fd, void *p, size_t n,
	    size_t *got, struct err *err);
	bool (*write)(struct world *w, enum world_stream to, struct span s,
	    struct err *err);
	bool (*is_terminal)(struct world *w, int fd);
	unsigned (*columns)(struct world *w);
	const char *(*env)(struct world *w, const char *name);
	bool (*ask)(struct world *w, const char *prompt, bool secret,
	    struct buf *answer, struct err *err);
	void (*catch_signals)(struct world *w);
	bool (*stop_wanted)(struct world *w);
	bool (*progress_wanted)(struct world *w);
	bool (*program_path)(struct world *w, struct buf *out, struct err *err);
	uint64_t (*peak_memory)(struct world *w);
};
struct world {
	const struct world_body *body;
	_Atomic uint64_t syncs;
};

struct dir_body {
	void (*close)(struct dir *d);
	bool (*sync)(struct dir *d, struct err *err);
	bool (*sync_all)(struct dir *d, struct err *err);
	bool (*free_bytes)(struct dir *d, uint64_t *out, struct err *err);
};
struct dir {
	const struct dir_body *body;
	struct world *w;
};

struct listing_body {
	bool (*next)(struct listing *l, struct listing_entry *out, bool *more,
	    struct err *err);
	void (*close)(struct listing *l);
};
struct listing {
	const struct listing_body *body;
};

struct file_body {
	void (*close)(struct file *f);
	bool (*info)(struct file *f, struct file_info *out, struct err *err);
	bool (*read_at)(struct file *f, void *p, size_t n, uint64_t offset,
	    size_t *got, struct err *err);
	bool (*write_at)(struct file *f, struct span s, uint64_t offset,
	    struct err *err);
	bool (*truncate)(struct file *f, uint64_t size, struct err *err);
	bool (*sync)(struct file *f, struct err *err);
	void (*sync_begin)(struct file *f, uint64_t offset, uint64_t n);
	void (*sequential)(struct file *f);
	void (*will_read)(struct file *f, uint64_t offset, uint64_t n);
	bool (*name)(struct file *f, struct dir *at, const char *path,
	    struct err *err);
	bool (*mode_set)(struct file *f, uint32_t mode, struct err *err);
	bool (*lock)(struct file *f, struct err *err);
};
struct file {
	const struct file_body *body;
	struct world *w;
};

/* ---- path.c ---- */

/*
 * A path may go to a body: not too long and, beneath a dir, neither absolute nor
 * with a ".." component.  (Links are for the body to find.)
 */
MUST bool path_rules(const struct dir *at, const char *path, struct err *err);

/* A path cut before its last component; parent "." when there is none. */
struct path_parts {
	char parent[WORLD_PATH_MAX + 1];
	char name[WORLD_PATH_MAX + 1];	/* without slashes at its end */
};
void path_split(const char *path, struct path_parts *out);

/*
 * The error for one of the system's numbers, said as "DOING PATH: why"; path may
 * be NULL.  beneath: the path was looked up beneath a dir, where EXDEV and ELOOP
 * mean that it leads outside.  Always false.
 */
bool disk_error(struct err *err, int number, bool beneath, const char *doing,
    const char *path);
/* "cannot DOING PATH: " before the text that is there; false. */
bool disk_wrap(struct err *err, const char *doing, const char *path);
/* "disk.kind": it is there and something else than the call is for. */
bool disk_error_kind(struct err *err, const char *path, const char *why);

/* A name for a temporary file: DISK_TEMPORARY_PREFIX and 32 hex digits. */
struct temporary_name {
	char s[64];
};
MUST bool temporary_name(struct world *w, struct temporary_name *out,
    struct err *err);

/* ---- thread.c ---- */

/* The same for every i in turn on this thread, where gate_wait is a bug. */
void run_in_turn(unsigned n, void (*work)(void *arg, unsigned i), void *arg,
    unsigned *started);
/* On n threads, with the signals left to the thread that calls. */
void run_on_threads(unsigned n, void (*work)(void *arg, unsigned i), void *arg,
    unsigned *started);

#endif
