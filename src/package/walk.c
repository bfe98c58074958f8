/*
 * The walk: depth first, a folder's names sorted before anything in it is entered,
 * no recursion, no descriptor kept for a folder above.  The lists of the folders we
 * are in lie in a spool used as a stack; memory holds a few numbers a level.
 */
#include <assert.h>
#include <string.h>

#include "package/names.h"
#include "package/payload.h"
#include "package/read_order.h"
#include "package/sort.h"

#define WALK_DEPTH_MAX (PAYLOAD_NAME_MAX / 2 + 1)	/* "a/a/a/..." */
#define WALK_TELL_TICKS 100000000ull			/* ns between two words */
/* Any bag folder is as long as this one. */
#define WALK_FOLDER "comity-00000000000000000000000000000000"

struct frame {
	uint64_t at, end;		/* records in the stack, not yet taken */
	uint64_t start;
	size_t name_n, path_n;		/* of this folder, in the walk's two buffers */
};

struct walk {
	struct payload *p;
	const struct payload_options *options;
	bool *found;			/* one for each path to be left out */
	struct progress *progress;
	uint64_t told, seen;
	size_t memory;			/* of one sorter */
	struct spool *stack;
	struct spool_reader reader;	/* of the top frame's records */
	struct sorter *names, *renamed, *others;
	struct frame *frames;
	size_t frames_n, frames_cap;
	char name[PAYLOAD_NAME_MAX + 1];	/* the folder we are in, no '/' at the end */
	size_t name_n;
	char path[2 * NAME_PATH_MAX + 2];	/* its path in the package, with '/' */
	size_t path_n;				/* > NAME_PATH_MAX: all below is long */
	char before[NAME_PATH_MAX + 1];		/* last path of the main list */
	bool split;				/* past the place of _long and _salt */
	uint32_t longs;
};

/* ---- names on the way ---- */

/* folder/name in out; ERR_LIMIT when no system call could take it. */
static bool
full_name(const struct walk *w, const char *name, size_t n,
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

static void
entry_take(struct entry *e, const struct file_info *info)
{
	e->size = info->size;
	e->mtime = info->mtime;
	e->mtime_ns = info->mtime_ns;
	e->ctime = info->ctime;
	e->ctime_ns = info->ctime_ns;
	e->inode = info->inode;
	e->on = info->device;
}

/* A line that is no payload; name is the whole original path. */
static bool
add_other(struct walk *w, struct entry *e, enum entry_kind kind,
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

/* A person asked to leave this path out. */
static bool
asked(struct walk *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->options->leave_out_n; i++)
		if (strcmp(w->options->leave_out[i], name) == 0) {
			w->found[i] = true;
			return true;
		}
	return false;
}

/* What the disk would not give us, as against what is wrong with the disk. */
static bool
unreadable(const struct err *err)
{
	return err->kind == ERR_IO && (strcmp(err->reason, "disk.denied") == 0 ||
	    strcmp(err->reason, "disk.io") == 0);
}

static bool
walk_error(struct span name, struct err *err)
{
	if (name.n == 0)
		name = span_text("the folder");
	if (err->kind == ERR_ABSENT || err->kind == ERR_CONFLICT ||
	    err->kind == ERR_INPUT)
		return err_set(err, ERR_CONFLICT, "payload.changed",
		    "%s was moved or removed while the folder was read",
		    shown(name).s);
	if (unreadable(err))
		return err_set(err, ERR_IO, "payload.unreadable",
		    "%s cannot be read (leave it out, or ask for the right to "
		    "read it)", shown(name).s);
	return err_wrap(err, "%s", shown(name).s);
}

/* ---- one folder: looking at what is in it ---- */

/* Files that everyone may read need no trial. */
static bool
may_read(struct walk *w, struct dir *d, const char *name,
    const struct file_info *info, struct err *err)
{
	struct file *f;

	if ((info->mode & 0444) == 0444)
		return true;
	if (!file_open(w->p->w, d, name, FILE_READ, &f, err))
		return false;
	file_close(f);
	return true;
}

/* Into the sorter of names, in key order; a tie of case goes by the bytes. */
static bool
add_name(struct walk *w, struct entry *e, enum entry_kind kind,
    const char *name, size_t n, struct err *err)
{
	uint8_t record[ENTRY_BYTES_MAX], key[2 * PAYLOAD_NAME_MAX + 1];
	size_t i;

	for (i = 0; i < n; i++)
		key[i] = name_lower((uint8_t)name[i]);
	key[n] = 0;
	memcpy(key + n + 1, name, n);
	e->kind = kind;
	e->name = span_of(name, n);
	return sorter_add(w->names, span_of(key, 2 * n + 1),
	    span_of(record, entry_encode(e, record)), err);
}

static bool
add_link(struct walk *w, struct dir *d, struct entry *e, const char *name,
    struct span full, struct err *err)
{
	struct buf target;
	bool ok;

	buf_init(&target, PAYLOAD_NAME_MAX);
	ok = path_link_text(w->p->w, d, name, &target, err) ||
	    walk_error(full, err);
	e->target = buf_span(&target);
	ok = ok && add_other(w, e, ENTRY_LINK, LEFT_OUT_NOT, full, err);
	buf_clear(&target);
	return ok;
}

static bool
look_at(struct walk *w, struct dir *d, struct entry *e,
    const struct file_info *info, const char *name, struct span full,
    struct err *err)
{
	switch (info->type) {
	case FILE_REGULAR:
		if (may_read(w, d, name, info, err))
			return add_name(w, e, ENTRY_FILE, name, strlen(name), err);
		if (unreadable(err) && w->options->leave_out_unreadable)
			return add_other(w, e, ENTRY_LEFT_OUT,
			    LEFT_OUT_UNREADABLE, full, err);
		return walk_error(full, err);
	case FILE_DIR:
		return add_name(w, e, ENTRY_FOLDER, name, strlen(name), err);
	case FILE_LINK:
		return add_link(w, d, e, name, full, err);
	case FILE_SOCKET:
		return add_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_SOCKET, full, err);
	case FILE_FIFO:
		return add_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_FIFO, full, err);
	case FILE_DEVICE:
	case FILE_OTHER:
	default:
		return add_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_DEVICE, full, err);
	}
}

static bool
walk_tell(struct walk *w, struct err *err)
{
	uint64_t now;

	if (w->seen++ % 256 != 0)
		return true;
	if (world_stop_wanted(w->p->w))
		return err_set(err, ERR_STOPPED, "stopped", "stopped as asked");
	if (w->progress == NULL)
		return true;
	now = world_ticks(w->p->w);
	if (now - w->told >= WALK_TELL_TICKS) {
		w->told = now;
		w->progress->tell(w->progress, "walk", w->p->bytes, 0);
	}
	return true;
}

static bool
look(struct walk *w, struct dir *d, const char *name, struct err *err)
{
	char full[PAYLOAD_NAME_MAX + 1];
	struct entry e = { .kind = ENTRY_FILE };
	struct file_info info;
	struct span whole;
	size_t n;

	if (!walk_tell(w, err) ||
	    !full_name(w, name, strlen(name), full, &n, err))
		return false;
	whole = span_of(full, n);
	if (!path_info(w->p->w, d, name, &info, err))
		return walk_error(whole, err);
	entry_take(&e, &info);
	if (asked(w, full))
		return add_other(w, &e, ENTRY_LEFT_OUT, LEFT_OUT_ASKED, whole, err);
	return look_at(w, d, &e, &info, name, whole, err);
}

static bool
list_folder(struct walk *w, struct dir *d, bool *empty, struct err *err)
{
	struct listing_entry at;
	struct listing *l;
	bool more, ok = false;

	*empty = true;
	if (!listing_open(w->p->w, d, ".", &l, err))
		return walk_error(span_of(w->name, w->name_n), err);
	for (;;) {
		if (!listing_next(l, &at, &more, err)) {
			ok = walk_error(span_of(w->name, w->name_n), err);
			break;
		}
		if (!more) {
			ok = true;
			break;
		}
		*empty = false;
		if (!look(w, d, at.name, err))
			break;
	}
	listing_close(l);
	return ok;
}

/* ---- one folder: its names in the package, in their order ---- */

static bool
stack_add(struct walk *w, struct span value, struct span path, struct err *err)
{
	uint8_t record[ENTRY_BYTES_MAX];
	struct entry e;

	entry_decode(value, &e);
	e.path = path;
	return spool_add_record(w->stack,
	    span_of(record, entry_encode(&e, record)), err);
}

/* lower(name), NUL, name */
static struct span
key_name(struct span key)
{
	return span_from(key, (key.n + 1) / 2);
}

/*
 * First pass: which names cannot stay?  Under the key, names that are the same but
 * for case stand side by side, the bytewise first of them first: only that one stays.
 */
static bool
find_renamed(struct walk *w, bool *any, struct err *err)
{
	uint8_t before[PAYLOAD_NAME_MAX];
	size_t before_n = 0;
	struct span key, value, name;
	bool more, twin;

	*any = false;
	sorter_restart(w->renamed);
	if (!sorter_rewind(w->names, err))
		return false;
	for (;;) {
		if (!sorter_next(w->names, &key, &value, &more, err))
			return false;
		if (!more)
			return !*any || sorter_rewind(w->renamed, err);
		name = key_name(key);
		twin = name.n == before_n && memcmp(key.p, before, name.n) == 0;
		memcpy(before, key.p, name.n);
		before_n = name.n;
		if (name_safe(name) && !twin)
			continue;
		*any = true;
		if (!sorter_add(w->renamed, name, value, err))
			return false;
	}
}

static bool
add_renamed(struct walk *w, struct err *err)
{
	struct span name, value;
	struct name_made made;
	uint32_t number = 0;
	struct entry e;
	bool more;

	for (;;) {
		if (!sorter_next(w->renamed, &name, &value, &more, err))
			return false;
		if (!more)
			return true;
		if (number++ == NAME_NUMBER_MAX)
			return err_set(err, ERR_LIMIT, "payload.names",
			    "%s holds more names than a package can",
			    shown(span_of(w->name, w->name_n)).s);
		entry_decode(value, &e);
		made = name_numbered(number, e.name, e.kind == ENTRY_FILE);
		if (!stack_add(w, value, span_text(made.s), err))
			return false;
	}
}

/*
 * Second pass, into the stack in key order: digits, then all that begins with '_'
 * (ours), then letters.
 */
static bool
stack_names(struct walk *w, bool any, struct err *err)
{
	uint8_t before[PAYLOAD_NAME_MAX];
	size_t before_n = 0;
	struct span key, value, name;
	bool more, twin, numbered = !any;

	if (!sorter_rewind(w->names, err))
		return false;
	for (;;) {
		if (!sorter_next(w->names, &key, &value, &more, err))
			return false;
		name = more ? key_name(key) : span_of(NULL, 0);
		if (!numbered && (!more || (name_safe(name) && key.p[0] > '9'))) {
			numbered = true;
			if (!add_renamed(w, err))
				return false;
		}
		if (!more)
			return true;
		twin = name.n == before_n && memcmp(key.p, before, name.n) == 0;
		memcpy(before, key.p, name.n);
		before_n = name.n;
		if (name_safe(name) && !twin && !stack_add(w, value, name, err))
			return false;
	}
}

static bool
frame_push(struct walk *w, uint64_t start, struct err *err)
{
	size_t cap = w->frames_cap == 0 ? 16 : 2 * w->frames_cap;
	struct frame *frames;

	assert(w->frames_n < WALK_DEPTH_MAX);
	if (w->frames_n == w->frames_cap) {
		frames = mem_resize(w->frames, cap * sizeof *frames, err);
		if (frames == NULL)
			return false;
		w->frames = frames;
		w->frames_cap = cap;
	}
	w->frames[w->frames_n++] = (struct frame){ .at = start, .start = start,
		.end = spool_size(w->stack), .name_n = w->name_n,
		.path_n = w->path_n };
	spool_reader_set(&w->reader, w->stack, start, spool_size(w->stack));
	return true;
}

/* ---- going in and out ---- */

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
	bool empty, any, ok = false;

	if (!dir_open(w->p->w, w->p->root, w->name_n == 0 ? "." : w->name, &d,
	    err)) {
		if (!unreadable(err) || !w->options->leave_out_unreadable)
			return walk_error(name, err);
		return add_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_UNREADABLE, name,
		    err) && frame_push(w, start, err);
	}
	sorter_restart(w->names);
	if (!note_folder(w, e, err) || !list_folder(w, d, &empty, err) ||
	    !find_renamed(w, &any, err) || !stack_names(w, any, err))
		goto out;
	if (empty && w->name_n > 0 &&
	    !add_other(w, e, ENTRY_FOLDER, LEFT_OUT_NOT, name, err))
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

	if (!full_name(w, (const char *)e->name.p, e->name.n, full, &n, err))
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
	struct frame *top = &w->frames[--w->frames_n];

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

	if (!full_name(w, (const char *)base.p, base.n, full, &n, err))
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
	if (w->found == NULL ||
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
	entry_take(e, &info);
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
	if (name_lower(base.p[0]) < 'a')
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
	entry_take(&root, &info);
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
