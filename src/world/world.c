/* The public calls: arguments checked, then on to the body. */
#include "world/world.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "world/body.h"

/* A path for this world and, where given, this dir of it. */
static bool
usable(struct world *w, struct dir *at, const char *path, struct err *err)
{
	assert(at == NULL || at->w == w);
	(void)w;
	return path_rules(at, path, err);
}

/* The same for a path to something that is no folder, or not yet. */
static bool
usable_name(struct world *w, struct dir *at, const char *path, struct err *err)
{
	size_t n = strlen(path);

	if (!usable(w, at, path, err))
		return false;
	if (at != NULL && n > 0 && path[n - 1] == '/')
		return disk_error(err, ENOTDIR, true, "use", path);
	return true;
}

void
world_free(struct world *w)
{
	if (w != NULL)
		w->body->free(w);
}

int64_t
world_now(struct world *w)
{
	return w->body->now(w);
}

uint64_t
world_ticks(struct world *w)
{
	return w->body->ticks(w);
}

void
world_sleep(struct world *w, uint64_t milliseconds)
{
	w->body->sleep(w, milliseconds);
}

bool
world_random(struct world *w, void *p, size_t n, struct err *err)
{
	return w->body->random(w, p, n, err);
}

bool
world_is_sim(struct world *w)
{
	return w->body->simulated;
}

unsigned
world_cores(struct world *w)
{
	return w->body->cores(w);
}

void
world_run(struct world *w, unsigned n, void (*work)(void *arg, unsigned i),
    void *arg, unsigned *started)
{
	w->body->run(w, n, work, arg, started);
}

/* ---- folders ---- */

bool
dir_open(struct world *w, struct dir *at, const char *path, struct dir **out,
    struct err *err)
{
	return usable(w, at, path, err) &&
	    w->body->dir_open(w, at, path, out, err);
}

void
dir_close(struct dir *d)
{
	if (d != NULL)
		d->body->close(d);
}

bool
dir_make(struct world *w, struct dir *at, const char *path, struct err *err)
{
	return usable(w, at, path, err) && w->body->dir_make(w, at, path, err);
}

bool
dir_remove(struct world *w, struct dir *at, const char *path, struct err *err)
{
	return usable(w, at, path, err) &&
	    w->body->remove(w, at, path, true, err);
}

bool
dir_sync(struct dir *d, struct err *err)
{
	atomic_fetch_add(&d->w->syncs, 1);
	return d->body->sync(d, err);
}

bool
dir_sync_all(struct dir *d, struct err *err)
{
	atomic_fetch_add(&d->w->syncs, 1);
	return d->body->sync_all(d, err);
}

bool
dir_free_bytes(struct dir *d, uint64_t *out, struct err *err)
{
	return d->body->free_bytes(d, out, err);
}

bool
listing_open(struct world *w, struct dir *at, const char *path,
    struct listing **out, struct err *err)
{
	return usable(w, at, path, err) &&
	    w->body->listing_open(w, at, path, out, err);
}

bool
listing_next(struct listing *l, struct listing_entry *out, bool *more,
    struct err *err)
{
	return l->body->next(l, out, more, err);
}

void
listing_close(struct listing *l)
{
	if (l != NULL)
		l->body->close(l);
}

/* ---- names ---- */

bool
path_info(struct world *w, struct dir *at, const char *path,
    struct file_info *out, struct err *err)
{
	return usable(w, at, path, err) &&
	    w->body->path_info(w, at, path, false, out, err);
}

bool
path_info_follow(struct world *w, const char *path, struct file_info *out,
    struct err *err)
{
	return usable(w, NULL, path, err) &&
	    w->body->path_info(w, NULL, path, true, out, err);
}

bool
path_exists(struct world *w, struct dir *at, const char *path)
{
	struct err why = ERR_INIT;
	struct file_info info;

	return path_info(w, at, path, &info, &why) || why.kind == ERR_IO ||
	    why.kind == ERR_DENIED || why.kind == ERR_MEMORY;
}

bool
path_look(struct world *w, struct dir *at, const char *path, bool *there,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct file_info info;

	*there = path_info(w, at, path, &info, &why);
	if (*there || why.kind == ERR_ABSENT)
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

bool
path_link_text(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err)
{
	return usable(w, at, path, err) &&
	    w->body->path_link_text(w, at, path, out, err);
}

bool
path_rename(struct world *w, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, bool replace, struct err *err)
{
	return usable_name(w, from_at, from, err) &&
	    usable_name(w, to_at, to, err) &&
	    w->body->path_rename(w, from_at, from, to_at, to, replace, err);
}

bool
path_remove(struct world *w, struct dir *at, const char *path, struct err *err)
{
	return usable_name(w, at, path, err) &&
	    w->body->remove(w, at, path, false, err);
}

bool
path_clear(struct world *w, struct dir *at, const char *path, struct err *err)
{
	struct err why = ERR_INIT;

	if (path_remove(w, at, path, &why) || why.kind == ERR_ABSENT)
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

/* ---- files ---- */

bool
file_open(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct file **out, struct err *err)
{
	return usable(w, at, path, err) &&
	    w->body->file_open(w, at, path, mode, out, NULL, err);
}

bool
file_open_info(struct world *w, struct dir *at, const char *path,
    struct file **out, struct file_info *info, struct err *err)
{
	return usable(w, at, path, err) &&
	    w->body->file_open(w, at, path, FILE_READ, out, info, err);
}

void
file_close(struct file *f)
{
	if (f != NULL)
		f->body->close(f);
}

bool
file_info(struct file *f, struct file_info *out, struct err *err)
{
	return f->body->info(f, out, err);
}

/* Offsets are the system's off_t: the end of what is touched must be one too. */
static bool
range_fits(uint64_t offset, uint64_t n, struct err *err)
{
	uint64_t end;

	if (u64_add(offset, n, &end) && end <= INT64_MAX)
		return true;
	return err_set(err, ERR_LIMIT, "disk.offset",
	    "no file is as long as offset %llu", (unsigned long long)offset);
}

bool
file_read_at(struct file *f, void *p, size_t n, uint64_t offset, size_t *got,
    struct err *err)
{
	return range_fits(offset, n, err) &&
	    f->body->read_at(f, p, n, offset, got, err);
}

bool
file_write_at(struct file *f, struct span s, uint64_t offset, struct err *err)
{
	return range_fits(offset, s.n, err) && f->body->write_at(f, s, offset, err);
}

bool
file_truncate(struct file *f, uint64_t size, struct err *err)
{
	return range_fits(size, 0, err) && f->body->truncate(f, size, err);
}

bool
file_sync(struct file *f, struct err *err)
{
	atomic_fetch_add(&f->w->syncs, 1);
	return f->body->sync(f, err);
}

uint64_t
world_syncs(struct world *w)
{
	return atomic_load(&w->syncs);
}

void
world_sync_floor(struct world *w, uint64_t microseconds)
{
	w->body->sync_floor(w, microseconds);
}

void
file_sync_begin(struct file *f, uint64_t offset, uint64_t n)
{
	f->body->sync_begin(f, offset, n);
}

void
file_sequential(struct file *f)
{
	f->body->sequential(f);
}

void
file_will_read(struct file *f, uint64_t offset, uint64_t n)
{
	f->body->will_read(f, offset, n);
}

bool
file_name(struct file *f, struct dir *at, const char *path, struct err *err)
{
	return usable_name(f->w, at, path, err) && f->body->name(f, at, path, err);
}

bool
file_mode_set(struct file *f, uint32_t mode, struct err *err)
{
	return f->body->mode_set(f, mode & 0777, err);
}

bool
file_lock(struct file *f, struct err *err)
{
	return f->body->lock(f, err);
}

/* ---- terminal, environment, signals ---- */

bool
world_write(struct world *w, enum world_stream to, struct span s,
    struct err *err)
{
	return w->body->write(w, to, s, err);
}

bool
world_is_terminal(struct world *w, enum world_stream which)
{
	return w->body->is_terminal(w, which == WORLD_OUT ? 1 : 2);
}

bool
world_input_is_terminal(struct world *w)
{
	return w->body->is_terminal(w, 0);
}

unsigned
world_columns(struct world *w)
{
	return w->body->columns(w);
}

const char *
world_env(struct world *w, const char *name)
{
	return w->body->env(w, name);
}

bool
world_ask(struct world *w, const char *prompt, bool secret, struct buf *answer,
    struct err *err)
{
	return w->body->ask(w, prompt, secret, answer, err);
}

void
world_catch_signals(struct world *w)
{
	w->body->catch_signals(w);
}

bool
world_stop_wanted(struct world *w)
{
	return w->body->stop_wanted(w);
}

bool
world_progress_wanted(struct world *w)
{
	return w->body->progress_wanted(w);
}

bool
world_program_path(struct world *w, struct buf *out, struct err *err)
{
	return w->body->program_path(w, out, err);
}

uint64_t
world_peak_memory(struct world *w)
{
	return w->body->peak_memory(w);
}
