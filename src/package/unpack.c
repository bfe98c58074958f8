#include "package/unpack.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "package/unpack_journal.h"

struct unpack {
	struct world *world;
	struct dir *into;		/* the caller's */
	struct dir *quarantine;
	char name[UNPACK_NAME_MAX + 1];
	char place[sizeof UNPACK_PREFIX + UNPACK_NAME_MAX];
	struct journal *journal;	/* NULL: nothing to go on with (a folder) */
	bool resumed;			/* files of an earlier run may be in the way */
	char folder[PIECE_PATH_ROOM];	/* the last one that was made */
	/* The file that spans slabs. */
	struct file *open;
	char open_path[PIECE_PATH_ROOM];
	uint64_t open_size, open_n;
	uint64_t batch_bytes, batch_ticks;
};

#define SYNC_BEGIN_EVERY ((uint64_t)8 << 20)	/* keep the disk busy meanwhile */

static bool
name_good(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= UNPACK_NAME_MAX && strchr(name, '/') == NULL &&
	    strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool
fresh(struct unpack *u, struct err *err)
{
	dir_close(u->quarantine);
	u->quarantine = NULL;
	u->resumed = false;
	u->folder[0] = '\0';
	if (path_exists(u->world, u->into, u->place) &&
	    !dir_remove_all(u->world, u->into, u->place, err))
		return false;
	return dir_make(u->world, u->into, u->place, err) &&
	    dir_open(u->world, u->into, u->place, &u->quarantine, err);
}

static bool
begin(struct unpack *u, const struct package_reading *in,
    const struct plain *plain, struct err *err)
{
	bool going_on = false;

	if (plain->file != NULL && !unpack_journal_open(&u->journal, in->world, in->unpack_into,
	    u->place, plain->file_size, &plain->mark,
	    in->resume && path_exists(in->world, in->unpack_into, u->place),
	    &going_on, err))
		return false;
	u->resumed = going_on;
	u->batch_ticks = world_ticks(u->world);
	if (!going_on)
		return fresh(u, err);
	return dir_open(u->world, u->into, u->place, &u->quarantine, err);
}

bool
unpack_begin(struct unpack **out, const struct package_reading *in,
    const struct plain *plain, struct err *err)
{
	struct unpack *u;

	if (!name_good(in->unpack_name))
		return err_set(err, ERR_USE, "unpack.name",
		    "%s is no name for a folder", shown_text(in->unpack_name).s);
	if (path_exists(in->world, in->unpack_into, in->unpack_name))
		return err_set(err, ERR_CONFLICT, "unpack.exists",
		    "%s is there already; nothing was touched: choose another name "
		    "or move it away", shown_text(in->unpack_name).s);
	u = mem_new(sizeof *u, err);
	if (u == NULL)
		return false;
	u->world = in->world;
	u->into = in->unpack_into;
	(void)snprintf(u->name, sizeof u->name, "%s", in->unpack_name);
	(void)snprintf(u->place, sizeof u->place, UNPACK_PREFIX "%s", u->name);
	if (!begin(u, in, plain, err)) {
		unpack_free(u);
		return false;
	}
	*out = u;
	return true;
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	file_close(u->open);
	unpack_journal_free(u->journal);
	dir_close(u->quarantine);
	mem_free(u);
}

/* ---- what an earlier run finished ---- */

bool
unpack_replay(struct unpack *u, struct unpack_done *out, bool *more,
    struct err *err)
{
	*more = false;
	return !u->resumed || unpack_journal_next(u->journal, out, more, err);
}

bool
unpack_load(struct unpack *u, const char *path, struct buf *out, struct err *err)
{
	return file_load(u->world, u->quarantine, path, out, err);
}

bool
unpack_part(struct unpack *u, const struct unpack_done *part, struct source **out,
    struct err *err)
{
	if (!file_open(u->world, u->quarantine, part->path, FILE_UPDATE, &u->open,
	    err))
		return false;
	(void)snprintf(u->open_path, sizeof u->open_path, "%s", part->path);
	u->open_size = part->size;
	u->open_n = part->written;
	return file_source(u->open, 0, out, err);
}

bool
unpack_anew(struct unpack *u, struct err *err)
{
	file_close(u->open);
	u->open = NULL;
	return unpack_journal_restart(u->journal, err) && fresh(u, err);
}

/* ---- filling ---- */

bool
unpack_opened(void *arg, const char *path, struct err *err)
{
	struct unpack *u = arg;
	const char *slash = strrchr(path, '/');
	size_t n;

	if (slash == NULL)
		return true;
	n = (size_t)(slash - path);
	if (strlen(u->folder) == n && memcmp(u->folder, path, n) == 0)
		return true;
	memcpy(u->folder, path, n);
	u->folder[n] = '\0';
	return dir_make_all(u->world, u->quarantine, u->folder, err);
}

static bool
create(struct unpack *u, const char *path, struct file **out, struct err *err)
{
	struct err why = ERR_INIT;

	if (file_open(u->world, u->quarantine, path, FILE_CREATE, out, &why))
		return true;
	/* From an earlier run that did not get as far as noting it. */
	if (why.kind == ERR_CONFLICT && u->resumed)
		return path_remove(u->world, u->quarantine, path, err) &&
		    file_open(u->world, u->quarantine, path, FILE_CREATE, out, err);
	*err = why;
	return false;
}

bool
unpack_add(struct unpack *u, const char *name, struct span bytes, struct err *err)
{
	struct file *f = NULL;
	bool ok;

	if (!create(u, name, &f, err))
		return false;
	ok = bytes.n == 0 || file_write_at(f, bytes, 0, err);
	file_close(f);
	return ok;
}

bool
unpack_whole(struct unpack *u, struct slab *s, struct err *err)
{
	for (size_t i = 0; i < s->pieces_n; i++) {
		const struct piece *p = &s->pieces[i];

		if (!p->first || !p->last || p->missing || p->wrong)
			continue;
		if (!unpack_add(u, piece_path(s, p),
		    span_of(s->bytes + p->at, p->n), err))
			return false;
	}
	return true;
}

static bool
part_write(struct unpack *u, const struct piece *p, const char *path,
    struct span bytes, struct err *err)
{
	uint64_t end = p->begin + p->n;

	if (p->first) {
		file_close(u->open);
		u->open = NULL;
		if (!create(u, path, &u->open, err))
			return false;
		(void)snprintf(u->open_path, sizeof u->open_path, "%s", path);
		u->open_size = p->size;
	}
	assert(u->open != NULL);
	if (!file_write_at(u->open, bytes, p->begin, err))
		return false;
	u->open_n = end;
	if (end / SYNC_BEGIN_EVERY != p->begin / SYNC_BEGIN_EVERY)
		file_sync_begin(u->open, end / SYNC_BEGIN_EVERY * SYNC_BEGIN_EVERY -
		    SYNC_BEGIN_EVERY, SYNC_BEGIN_EVERY);
	if (p->last) {
		file_close(u->open);
		u->open = NULL;
	}
	return true;
}

/* What is on the disk is on the disk; then the journal may say so. */
static bool
batch(struct unpack *u, struct err *err)
{
	struct unpack_done part = { .path = u->open_path, .size = u->open_size,
		.part = true, .written = u->open_n };

	u->batch_bytes = 0;
	u->batch_ticks = world_ticks(u->world);
	return dir_sync_all(u->quarantine, err) &&
	    unpack_journal_flush(u->journal, u->open != NULL ? &part : NULL, err);
}

bool
unpack_piece(struct unpack *u, const struct piece *p, const char *path,
    struct span bytes, struct err *err)
{
	bool due;

	if (p->missing || p->wrong)
		return true;
	if (!(p->first && p->last) && !part_write(u, p, path, bytes, err))
		return false;
	if (u->journal == NULL || p->place > PLACE_DATA)
		return true;
	if (p->last) {
		struct unpack_done d = { .path = path, .size = p->size,
			.digest = p->digest };

		if (!unpack_journal_note(u->journal, &d, &due, err))
			return false;
	} else {
		due = false;
	}
	u->batch_bytes += p->n;
	due = due || u->batch_bytes >= UNPACK_BATCH_BYTES ||
	    world_ticks(u->world) - u->batch_ticks >= UNPACK_BATCH_TICKS;
	return !due || batch(u, err);
}

/* ---- the end ---- */

bool
unpack_commit(struct unpack *u, struct err *err)
{
	assert(u->open == NULL);
	if (!dir_sync_all(u->quarantine, err) ||
	    !path_rename(u->world, u->into, u->place, u->into, u->name, false, err) ||
	    !dir_sync(u->into, err))
		return false;
	unpack_journal_remove(u->journal);
	u->journal = NULL;
	return true;
}

void
unpack_abandon(struct unpack *u, bool keep)
{
	struct err quiet = ERR_INIT;

	/* What cannot be synced now is simply read again by the next run. */
	if (keep && u->journal != NULL && u->quarantine != NULL) {
		(void)!batch(u, &quiet);
		return;
	}
	file_close(u->open);
	u->open = NULL;
	dir_close(u->quarantine);
	u->quarantine = NULL;
	(void)!dir_remove_all(u->world, u->into, u->place, &quiet);
	unpack_journal_remove(u->journal);
	u->journal = NULL;
}
