/*
 * Private to the room: the real body's state.  disk_real.c, file_real.c and
 * term_real.c each fill their part of the one table in world_real.c.
 */
#ifndef COMITY_WORLD_REAL_H
#define COMITY_WORLD_REAL_H

#include <stdatomic.h>

#include "world/body.h"

/* What this kernel or file system lacks; tests set them to walk the other way. */
enum real_lack {
	REAL_LACKS_OPENAT2 = 1,		/* before Linux 5.6, or forbidden by seccomp */
	REAL_LACKS_TMPFILE = 2,
	REAL_LACKS_RENAMEAT2 = 4,
};

struct real {
	struct world world;
	_Atomic unsigned lacks;		/* of enum real_lack */
	_Atomic uint64_t sync_floor;	/* microseconds */
};

struct real_dir {
	struct dir dir;
	int fd;
};

/* ---- disk_real.c ---- */

bool real_dir_open(struct world *w, struct dir *at, const char *path,
    struct dir **out, struct err *err);
bool real_dir_make(struct world *w, struct dir *at, const char *path,
    struct err *err);
bool real_remove(struct world *w, struct dir *at, const char *path, bool folder,
    struct err *err);
bool real_listing_open(struct world *w, struct dir *at, const char *path,
    struct listing **out, struct err *err);
bool real_path_info(struct world *w, struct dir *at, const char *path,
    bool follow, struct file_info *out, struct err *err);
bool real_path_link_text(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err);
bool real_path_rename(struct world *w, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, bool replace, struct err *err);

/* ---- place_real.c: from a path to a descriptor ---- */

/* Is openat2 there?  Asked once. */
void real_probe(struct real *r);

/*
 * A descriptor for a path, or -1 and errno (ELOOP and EXDEV beneath a dir: it
 * leads outside).  O_CLOEXEC is added.
 */
int real_open(struct world *w, struct dir *at, const char *path, int flags,
    unsigned mode);

/*
 * The folder that holds the last component, and that component; beneath a dir
 * without a slash at its end, which would make the system follow a link.
 */
struct real_place {
	int fd;
	bool ours;
	const char *name;		/* in parts, or the path itself */
	struct path_parts parts;
};
/* False and errno when the folder cannot be opened. */
bool real_place_open(struct world *w, struct dir *at, const char *path,
    struct real_place *out);
void real_place_close(struct real_place *p);	/* keeps errno */

/* Rename that refuses to replace; 0 or an error number. */
int real_rename_new(struct real *r, int from_fd, const char *from, int to_fd,
    const char *to);

struct stat;
void real_info_of(const struct stat *st, struct file_info *out);

/* ---- file_real.c ---- */

bool real_file_open(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct file **out, struct file_info *info,
    struct err *err);

/* ---- term_real.c ---- */

bool real_read_descriptor(struct world *w, int fd, void *p, size_t n,
    size_t *got, struct err *err);
bool real_write(struct world *w, enum world_stream to, struct span s,
    struct err *err);
bool real_is_terminal(struct world *w, int fd);
unsigned real_columns(struct world *w);
const char *real_env(struct world *w, const char *name);
bool real_ask(struct world *w, const char *prompt, bool secret,
    struct buf *answer, struct err *err);
void real_catch_signals(struct world *w);
void real_sleep(struct world *w, uint64_t milliseconds);
bool real_stop_wanted(struct world *w);
bool real_progress_wanted(struct world *w);
bool real_program_path(struct world *w, struct buf *out, struct err *err);
uint64_t real_peak_memory(struct world *w);
/* A closed pipe becomes EPIPE instead of the end of the process. */
void real_mute_pipes(void);
MUST bool real_hold_streams(struct err *err);

#endif
