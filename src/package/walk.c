/*
 * The walk: depth first, a folder's names sorted before anything in it is entered,
 * no recursion, no descriptor kept for a folder above.  The lists of the folders we
 * are in lie in a spool used as a stack; memory holds a few numbers a level.
 */
#include "package/walk.h"

#include <assert.h>
#include <string.h>

#include "package/read_order.h"

#define WALK_DEPTH_MAX (PAYLOAD_NAME_MAX / 2 + 1)	/* "a/a/a/..." */
/* Any bag folder is as long as this one. */
#define WALK_FOLDER "comity-00000000000000000000000000000000"

/* ---- names on the way ---- */

bool
walk_name(const struct walk *w, const char *name, size_t n,
    char out[PAYLOAD_NAME_MAX + 1], size_t *out_n, struct err *err)
{
	size_t at = w->name_n;

	if (n > PAYLOAD_NAME_MAX - 1 || at > PAYLOAD_NAME_MAX - 1 - n)
		return err_set(err, ERR_LIMIT, "payload.name",
		    "the path of %s in %s is longer than %d bytes",
		    shown(span_of(name, n)).s, shown(span_of(w->name, at)).s,
		    PAYLOAD_NAME_MAX);
	memcpy(out, w->name, at);
	if (at > 0)
		out[at++] = '/';
	memcpy(out + at, name, n);
	out[at + n] = '\0';
	*out_n = at + n;
	return true;
}

void
walk_take_info(struct entry *e, const struct file_info *info)
{
	e->size = info->size;
	e->mtime = info->mtime;
	e->mtime_ns = info->mtime_ns;
	e->ctime = info->ctime;
	e->ctime_ns = info->ctime_ns;
	e->inode = info->inode;
	e->on = info->device;
}

bool
walk_other(struct walk *w, struct entry *e, enum entry_kind kind,
    enum left_out why, struct span name, struct err *err)
{
	uint8_t record[ENTRY_BYTES_MAX];

	e->kind = kind;
	e->why = why;
	e->name = name;
	e->path = span_of(NULL, 0);
	return sorter_add(w->others, name,
	    span_of(record, entry_encode(e, record)), err);
}

bool
walk_unreadable(const struct err *err)
{
	return err->kind == ERR_IO && (strcmp(err->reason, "disk.denied") == 0 ||
	    strcmp(err->reason, "disk.io") == 0);
}

bool
walk_error(struct span name, struct err *err)
{
	if (name.n == 0)
		name = span_text("the folder");
	if (err->kind == ERR_ABSENT || err->kind == ERR_CONFLICT ||
	    err->kind == ERR_INPUT)
		return err_set(err, ERR_CONFLICT, "payload.changed",
		    "%s was moved or removed while the folder was read",
		    shown(name).s);
	if (walk_unreadable(err))
		return err_set(err, ERR_IO, "payload.unreadable",
		    "%s cannot be read (leave it out, or ask for the right to "
		    "read it)", shown(name).s);
	return err_wrap(err, "%s", shown(name).s);
}

/* ---- going in and out ---- */

static bool
frame_push(struct walk *w, uint64_t start, struct err *err)
{
	size_t cap = w->frames_cap == 0 ? 16 : 2 * w->frames_cap;
	struct walk_frame *frames;

	assert(w->frames_n < WALK_DEPTH_MAX);
	if (w->frames_n == w->frames_cap) {
		frames = mem_resize(w->frames, cap * sizeof *frames, err);
		if (frames == NULL)
			return false;
		w->frames = frames;
		w->frames_cap = cap;
	}
	w->frames[w->frames_n++] = (struct walk_frame){ .at = start, .start = start,
		.end = spool_size(w->stack), .name_n = w->name_n,
		.path_n = w->path_n };
	spool_reader_set(&w->reader, w->stack, start, spool_size(w->stack));
	return true;
}

/* Remembered, to look at its time again when all content was read. */
static bool
note_folder(struct walk *w, const struct entry *e, struct err *err)
{
	uint8_t record[ENTRY_BYTES_MAX];
	struct entry noted = *e;

	noted.kind = ENTRY_FOLDER;
	noted.name = span_of(w->name, w->name_n);
	noted.path = noted.target = span_of(NULL, 0);
	return spool_add_record(w->p->folders,
	    span_of(record, entry_encode(&noted, record)), err);
}

/* The folder we are now in (w->name, w->path), whose entry is e. */
static bool
enter(struct walk *w, struct entry *e, struct err *err)
{
	struct span name = span_of(w->name, w->name_n);
	uint64_t start = spool_size(w->stack);
	struct dir *d = NULL;
	bool empty, ok = false;

	if (!dir_open(w->p->w, w->p->root, w->name_n == 0 ? "." : w->name, &d,
	    err)) {
		if (!walk_unreadable(err) || !w->options->leave_out_unreadable)
			return walk_error(name, err);
		return walk_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_UNREADABLE, name,
		    err) && frame_push(w, start, err);
	}
	sorter_restart(w->names);
	if (!note_folder(w, e, err) || !walk_list(w, d, &empty, err) ||
	    !walk_order(w, err))
		goto out;
	if (empty && w->name_n > 0 &&
	    !walk_other(w, e, ENTRY_FOLDER, LEFT_OUT_NOT, name, err))
		goto out;
	ok = frame_push(w, start, err);
out:
	dir_close(d);
	return ok;
}

static bool
enter_child(struct walk *w, struct entry *e, struct err *err)
{
	char full[PAYLOAD_NAME_MAX + 1];
	size_t n;

	if (!walk_name(w, (const char *)e->name.p, e->name.n, full, &n, err))
		return false;
	memcpy(w->name, full, n + 1);
	w->name_n = n;
	if (w->path_n <= NAME_PATH_MAX) {
		memcpy(w->path + w->path_n, e->path.p, e->path.n);
		w->path_n += e->path.n;
		w->path[w->path_n++] = '/';
	}
	return enter(w, e, err);
}

static void
leave(struct walk *w)
{
	struct walk_frame *top = &w->frames[--w->frames_n];

	spool_cut(w->stack, top->start);
	if (w->frames_n == 0)
		return;
	top = &w->frames[w->frames_n - 1];
	w->name_n = top->name_n;
	w->name[w->name_n] = '\0';
	w->path_n = top->path_n;
	spool_reader_set(&w->reader, w->stack, top->at, top->end);
}

/* ---- payload ---- */

static bool
take_long(struct walk *w, struct entry *e, struct span base, struct err *err)
{
	char path[NAME_PATH_MAX + 1] = NAME_LONG_FOLDER;
	struct name_made made;

	if (w->longs++ == NAME_NUMBER_MAX)
		return err_set(err, ERR_LIMIT, "payload.names",
		    "more long paths than a package can hold");
	made = name_long(w->longs, base);
	memcpy(path + strlen(path), made.s, strlen(made.s) + 1);
	e->path = span_text(path);
	return payload_put(w->p, w->p->longs, e, err);
}

/* Keys that rise are what the reader checks the closed list by (D4). */
static void
check_order(struct walk *w, const char *path)
{
	assert(w->before[0] == '\0' || order_compare(w->before, path) < 0);
	memcpy(w->before, path, strlen(path) + 1);
	if (!w->split && order_compare(path, NAME_LONG_FOLDER) > 0) {
		w->split = true;
		w->p->split = spool_size(w->p->main);
	}
}

static bool
take_file(struct walk *w, struct entry *e, struct err *err)
{
	char full[PAYLOAD_NAME_MAX + 1], path[sizeof w->path + NAME_SAFE_MAX];
	struct span base = e->name;
	size_t n;

	if (!walk_name(w, (const char *)base.p, base.n, full, &n, err))
		return false;
	e->name = span_of(full, n);
	memcpy(path, w->path, w->path_n);
	memcpy(path + w->path_n, e->path.p, e->path.n);
	n = w->path_n + e->path.n;
	path[n] = '\0';
	if (n > NAME_PATH_MAX || !tar_path_fits(span_text(WALK_FOLDER),
	    span_of(path, n)))
		return take_long(w, e, base, err);
	e->path = span_of(path, n);
	check_order(w, path);
	return payload_put(w->p, w->p->main, e, err);
}

static bool
walk_tree(struct walk *w, struct entry *root, struct err *err)
{
	struct span record;
	struct entry e;
	bool more;

	memcpy(w->path, "data/", 5);
	w->path_n = 5;
	if (!enter(w, root, err))
		return false;
	while (w->frames_n > 0) {
		if (!spool_next(&w->reader, &record, &more, err))
			return false;
		if (!more) {
			leave(w);
			continue;
		}
		w->frames[w->frames_n - 1].at = w->reader.at;
		entry_decode(record, &e);
		if (!(e.kind == ENTRY_FILE ? take_file(w, &e, err) :
		    enter_child(w, &e, err)))
			return false;
	}
	return true;
}

/* ---- the whole ---- */

static bool
put_others(struct walk *w, struct err *err)
{
	struct span key, value;
	struct entry e;
	bool more;

	if (!sorter_rewind(w->others, err))
		return false;
	for (;;) {
		if (!sorter_next(w->others, &key, &value, &more, err))
			return false;
		if (!more)
			return true;
		entry_decode(value, &e);
		if (!payload_put(w->p, w->p->others, &e, err))
			return false;
	}
}

/* A path that was to be left out and is not there: most likely a slip. */
static bool
check_asked(const struct walk *w, struct err *err)
{
	size_t i;

	for (i = 0; i < w->options->leave_out_n; i++)
		if (!w->found[i])
			return err_set(err, ERR_USE, "payload.leave_out",
			    "%s was to be left out but is not there",
			    shown_text(w->options->leave_out[i]).s);
	return true;
}

static bool
walk_folder(struct walk *w, struct entry *root, struct err *err)
{
	struct payload *p = w->p;

	w->found = mem_array(w->options->leave_out_n + 1, sizeof *w->found, err);
	if (w->found == NULL || !walk_batch_new(&w->batch, err) ||
	    !spool_new(p->w, p->tmp, SPOOL_KEEP, &w->stack, err) ||
	    !spool_reader_init(&w->reader, err) ||
	    !sorter_new(p->w, p->tmp, w->memory, &w->names, err) ||
	    !sorter_new(p->w, p->tmp, w->memory, &w->renamed, err) ||
	    !sorter_new(p->w, p->tmp, w->memory, &w->others, err))
		return false;
	if (!walk_tree(w, root, err))
		return false;
	if (!w->split)
		p->split = spool_size(p->main);
	return check_asked(w, err) && put_others(w, err);
}

static void
walk_clear(struct walk *w)
{
	mem_free(w->found);
	walk_batch_free(w->batch);
	spool_free(w->stack);
	spool_reader_clear(&w->reader);
	sorter_free(w->names);
	sorter_free(w->renamed);
	sorter_free(w->others);
	mem_free(w->frames);
}

/* The last component of what a person typed. */
static struct span
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_text(slash == NULL ? path : slash + 1);
}

/* One file or block device: it stands alone in data/. */
static bool
walk_file(struct payload *p, const char *path, struct entry *e, struct err *err)
{
	char inside[NAME_PATH_MAX + 1];
	struct name_made made;
	struct file_info info;
	struct file *f = NULL;
	struct span base = base_name(path);
	bool ok;

	p->file = mem_text_of(path, err);
	if (p->file == NULL)
		return false;
	/* A device says its size only when it is open. */
	ok = file_open(p->w, NULL, path, FILE_READ, &f, err) &&
	    file_info(f, &info, err);
	file_close(f);
	if (!ok)
		return err_wrap(err, "read %s", shown_text(path).s);
	walk_take_info(e, &info);
	e->device = info.type == FILE_DEVICE;
	e->name = base;
	made = name_numbered(1, base, true);
	if (!name_safe(base))
		base = span_text(made.s);
	memcpy(inside, "data/", 5);
	memcpy(inside + 5, base.p, base.n);
	e->path = span_of(inside, 5 + base.n);
	if (!payload_put(p, p->main, e, err))
		return false;
	if (ascii_lower(base.p[0]) < 'a')
		p->split = spool_size(p->main);
	return true;
}

bool
payload_walk_within(struct world *world, struct dir *tmp, const char *path,
    const struct payload_options *options, size_t memory, struct payload **out,
    struct progress *progress, struct err *err)
{
	static const struct payload_options none = { 0 };
	struct entry root = { .kind = ENTRY_FILE };
	struct file_info info;
	struct payload *p;
	struct walk *w = NULL;
	bool ok = false;

	if (!path_info_follow(world, path, &info, err) ||
	    !payload_new(world, tmp, &p, err))
		return false;
	walk_take_info(&root, &info);
	if (info.type != FILE_DIR) {
		ok = walk_file(p, path, &root, err) && payload_close(p, err);
		goto out;
	}
	w = mem_new(sizeof *w, err);
	if (w == NULL || !dir_open(world, NULL, path, &p->root, err))
		goto out;
	w->p = p;
	w->options = options == NULL ? &none : options;
	w->progress = progress;
	w->memory = memory;
	ok = walk_folder(w, &root, err) && payload_close(p, err);
out:
	if (w != NULL)
		walk_clear(w);
	mem_free(w);
	if (!ok)
		payload_free(p);
	else
		*out = p;
	return ok;
}

bool
payload_walk(struct world *world, struct dir *tmp, const char *path,
    const struct payload_options *options, struct payload **out,
    struct progress *progress, struct err *err)
{
	return payload_walk_within(world, tmp, path, options, SORT_MEMORY, out,
	    progress, err);
}
