#include "package/folder.h"

#include <stdio.h>
#include <string.h>

#include "form/tar.h"

#define MANIFEST_LINE_MAX (64 + 2 + ORDER_PATH_MAX + 1)
#define MANIFEST_READ 65536

/* The manifest, a line at a time and from any place. */
struct manifest {
	struct file *file;
	uint64_t size;
	uint64_t at;			/* of the next line */
	uint8_t *part;			/* MANIFEST_READ bytes of it */
	uint64_t part_at;
	size_t part_n;
};

struct entry {
	char path[PIECE_PATH_ROOM];
	enum place place;
	uint64_t size, done;
	bool missing, wrong, has_listed;
	struct digest listed;
};

struct folder {
	struct world *world;
	struct dir *bag;
	struct manifest manifest;
	struct order order;
	unsigned place;			/* what to look at next */
	bool open;			/* entry is not laid in full yet */
	struct entry entry;
	uint64_t present;		/* payload names that are there */
	bool broken;
	struct err why;
};

/* ---- the manifest ---- */

/*
 * The line at offset `at` without its LF; *good false: no whole line is there.
 * ahead: how much to read when it is not at hand, MANIFEST_READ at most.
 */
static bool
manifest_line(struct manifest *m, uint64_t at, size_t ahead, struct span *line,
    bool *good, struct err *err)
{
	const uint8_t *p, *lf;
	size_t have;

	if (m->part_n == 0 || at < m->part_at || (at + MANIFEST_LINE_MAX >
	    m->part_at + m->part_n && m->part_at + m->part_n < m->size)) {
		if (!file_read_at(m->file, m->part, ahead, at, &m->part_n, err))
			return false;
		m->part_at = at;
	}
	*good = false;
	if (at >= m->part_at + m->part_n)
		return true;
	p = m->part + (at - m->part_at);
	have = m->part_n - (size_t)(at - m->part_at);
	if (have > MANIFEST_LINE_MAX)
		have = MANIFEST_LINE_MAX;
	lf = memchr(p, '\n', have);
	if (lf == NULL)
		return true;
	*line = span_of(p, (size_t)(lf - p));
	*good = true;
	return true;
}

static bool
line_read(struct span line, struct digest *d, char path[PIECE_PATH_ROOM])
{
	if (line.n < 67 || !digest_parse(span_part(line, 0, 64), d) ||
	    line.p[64] != ' ' || line.p[65] != ' ' ||
	    memchr(line.p, '\0', line.n) != NULL)
		return false;
	memcpy(path, line.p + 66, line.n - 66);
	path[line.n - 66] = '\0';
	return true;
}

static bool
manifest_open(struct folder *f, struct err *err)
{
	struct manifest *m = &f->manifest;
	struct file_info info;
	struct err why = ERR_INIT;

	if (!file_open(f->world, f->bag, place_rule(PLACE_MANIFEST)->path,
	    FILE_READ, &m->file, &why)) {
		if (why.kind != ERR_ABSENT && why.kind != ERR_INPUT) {
			*err = why;
			return false;
		}
		f->broken = true;
		(void)err_set(&f->why, ERR_INPUT, "order.missing",
		    "manifest-sha256.txt is missing or is no plain file");
		return true;
	}
	m->part = mem_new(MANIFEST_READ, err);
	if (m->part == NULL || !file_info(m->file, &info, err))
		return false;
	m->size = info.size;
	return true;
}

/* ---- opening ---- */

bool
folder_open(struct folder **out, const struct package_reading *in,
    bool *is_package, struct err *err)
{
	static const enum place marks[] = { PLACE_BAGIT, PLACE_ACT,
	    PLACE_TAG_MANIFEST, PLACE_P7S };
	struct folder *f = mem_new(sizeof *f, err);

	if (f == NULL)
		return false;
	f->world = in->world;
	order_init(&f->order);
	if (!dir_open(in->world, in->at, in->path, &f->bag, err)) {
		folder_close(f);
		return false;
	}
	*is_package = false;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		*is_package |= path_exists(f->world, f->bag,
		    place_rule(marks[i])->path);
	*out = f;
	return true;
}

void
folder_close(struct folder *f)
{
	if (f == NULL)
		return;
	file_close(f->manifest.file);
	mem_free(f->manifest.part);
	dir_close(f->bag);
	mem_free(f);
}

const struct err *
folder_why(const struct folder *f)
{
	return f->broken ? &f->why : NULL;
}

/* ---- which entry is next ---- */

/* What lies at the entry's path; one that is absent or no plain file says so. */
static bool
entry_look(struct folder *f, struct entry *e, struct err *err)
{
	struct file_info info;
	struct err why = ERR_INIT;

	if (path_info(f->world, f->bag, e->path, &info, &why)) {
		e->wrong = info.type != FILE_REGULAR;
		e->size = e->wrong ? 0 : info.size;
		return true;
	}
	/* ERR_INPUT: a link or a file stands where a folder should be. */
	if (why.kind == ERR_ABSENT || why.kind == ERR_INPUT) {
		e->missing = true;
		return true;
	}
	*err = why;
	return false;
}

static bool
payload_next(struct folder *f, bool *got, struct err *err)
{
	struct manifest *m = &f->manifest;
	struct entry *e = &f->entry;
	struct span line = { NULL, 0 };
	uint64_t size;
	bool good;

	*got = false;
	if (m->at == m->size) {
		f->place = PLACE_MANIFEST;
		return true;
	}
	if (!manifest_line(m, m->at, MANIFEST_READ, &line, &good, err))
		return false;
	if (!good || !line_read(line, &e->listed, e->path)) {
		f->broken = true;
		(void)err_set(&f->why, ERR_INPUT, "manifest.line",
		    "manifest-sha256.txt is not built as it must be at byte %llu",
		    (unsigned long long)m->at);
		return true;
	}
	m->at += line.n + 1;
	e->has_listed = true;
	if (!entry_look(f, e, err))
		return false;
	size = e->missing || e->wrong ? ORDER_SALT_BYTES : e->size;
	if (place_of(e->path) != PLACE_DATA) {
		f->broken = true;
		(void)err_set(&f->why, ERR_INPUT, "manifest.line",
		    "manifest-sha256.txt lists %s, which is no payload",
		    shown_text(e->path).s);
		return true;
	}
	if (!order_next(&f->order, e->path, size, &e->place, &f->why)) {
		f->broken = true;
		return true;
	}
	f->present += !e->missing;
	*got = true;
	return true;
}

static bool
tag_next(struct folder *f, bool *got, struct err *err)
{
	struct entry *e = &f->entry;

	(void)snprintf(e->path, sizeof e->path, "%s",
	    place_rule((enum place)f->place)->path);
	f->place++;
	*got = false;
	if (!entry_look(f, e, err))
		return false;
	if (e->missing)			/* the order says so if it had to be there */
		return true;
	if (e->wrong) {
		f->broken = true;
		(void)err_set(&f->why, ERR_INPUT, "folder.kind",
		    "%s is no plain file", e->path);
		return true;
	}
	if (!order_next(&f->order, e->path, e->size, &e->place, &f->why)) {
		f->broken = true;
		return true;
	}
	*got = true;
	return true;
}

/* Find the entry to lay; *over when there is none left, or one is broken. */
static bool
entry_next(struct folder *f, bool *over, struct err *err)
{
	bool got = false;

	*over = false;
	while (!got && !f->broken) {
		memset(&f->entry, 0, sizeof f->entry);
		if (f->place == PLACES) {
			*over = true;
			f->broken = !order_end(&f->order, &f->why);
			return true;
		}
		if (f->place == PLACE_DATA && f->manifest.file == NULL &&
		    !manifest_open(f, err))
			return false;
		if (f->broken)
			break;
		if (!(f->place == PLACE_DATA ? payload_next(f, &got, err) :
		    tag_next(f, &got, err)))
			return false;
	}
	*over = f->broken;
	f->open = !f->broken;
	return true;
}

/* ---- steps of a run ---- */

/* Lay what fits of the open entry; false: the slab is full. */
static bool
entry_lay(struct folder *f, struct slab *s)
{
	struct entry *e = &f->entry;
	uint64_t left = e->size - e->done;
	size_t room = SLAB_BYTES - s->n;
	struct piece *p;

	if (left > 0 && room == 0)
		return false;
	p = slab_piece(s, e->path);
	if (p == NULL)
		return false;
	p->at = (uint32_t)s->n;
	p->n = (uint32_t)(left < room ? left : room);
	p->place = e->place;
	p->size = e->size;
	p->begin = e->done;
	p->first = e->done == 0;
	p->last = p->n == left;
	p->missing = e->missing;
	p->wrong = e->wrong;
	p->has_listed = e->has_listed;
	p->listed = e->listed;
	e->done += p->n;
	s->n += p->n;
	f->open = !p->last;
	return true;
}

bool
folder_lay(struct folder *f, struct slab *s, bool *last,
    bool (*opened)(void *arg, const char *path, struct err *err), void *arg,
    struct err *err)
{
	bool over = false;

	for (;;) {
		if (!f->open) {
			if (!entry_next(f, &over, err))
				return false;
			if (over)
				break;
			if (opened != NULL && !f->entry.missing &&
			    !f->entry.wrong && !opened(arg, f->entry.path, err))
				return false;
		}
		if (!entry_lay(f, s))
			break;
	}
	*last = over;
	return true;
}

static bool
moved(const char *path, struct err *err)
{
	return err_set(err, ERR_CONFLICT, "package.moved",
	    "%s changed while the package was read; close what writes to it and "
	    "check again", shown_text(path).s);
}

bool
folder_fill(struct folder *f, struct slab *s, struct err *err)
{
	for (size_t i = 0; i < s->pieces_n; i++) {
		const struct piece *p = &s->pieces[i];
		const char *path = piece_path(s, p);
		struct file *file = NULL;
		struct file_info info;
		size_t got = 0;
		bool ok;

		if (p->missing || p->wrong)
			continue;
		if (!file_open(f->world, f->bag, path, FILE_READ, &file, err))
			return err != NULL && (err->kind == ERR_ABSENT ||
			    err->kind == ERR_INPUT) ? moved(path, err) : false;
		ok = file_info(file, &info, err) && file_read_at(file,
		    s->bytes + p->at, p->n, p->begin, &got, err);
		file_close(file);
		if (!ok)
			return false;
		if (info.size != p->size || got != p->n)
			return moved(path, err);
	}
	return true;
}

/* ---- what else lies there ---- */

struct closed {
	struct folder *f;
	void (*added)(void *arg, const char *path);
	void *arg;
	uint64_t found;			/* payload names */
	bool naming;			/* tell the ones that are not listed */
};

/*
 * Is the path in the manifest?  A search by halves over its bytes: the lines are
 * sorted, as the run has shown.
 */
static bool
manifest_has(struct manifest *m, const char *path, bool *has, struct err *err)
{
	uint64_t lo = 0, hi = m->size;

	*has = false;
	while (lo < hi && !*has) {
		uint64_t mid = lo + (hi - lo) / 2, from, start;
		uint8_t back[MANIFEST_LINE_MAX];
		char there[PIECE_PATH_ROOM];
		struct digest d;
		struct span line;
		bool good;
		size_t got;
		int order;

		from = mid - lo > sizeof back ? mid - sizeof back : lo;
		if (!file_read_at(m->file, back, (size_t)(mid - from), from, &got,
		    err))
			return false;
		for (start = mid; start > from && back[start - from - 1] != '\n';)
			start--;
		if (!manifest_line(m, start, MANIFEST_LINE_MAX, &line, &good, err))
			return false;
		if (!good || !line_read(line, &d, there))
			return err_set(err, ERR_CONFLICT, "package.moved",
			    "manifest-sha256.txt changed while it was read");
		order = order_compare(path, there);
		*has = order == 0 && strcmp(path, there) == 0;
		if (order < 0)
			hi = start;
		else
			lo = start + line.n + 1;
	}
	return true;
}

static bool
closed_name(struct closed *c, const char *path, struct err *err)
{
	bool has = false;

	c->found++;
	if (!c->naming)
		return true;
	if (order_path_good(path) &&
	    !manifest_has(&c->f->manifest, path, &has, err))
		return false;
	if (!has)
		c->added(c->arg, path);
	return true;
}

static bool
entry_type(struct folder *f, const char *path, const struct listing_entry *e,
    enum file_type *type, struct err *err)
{
	struct file_info info;

	*type = e->type;
	if (e->type != FILE_OTHER)
		return true;
	if (!path_info(f->world, f->bag, path, &info, err))
		return false;
	*type = info.type;
	return true;
}

/*
 * Every name below data/.  No package has more levels than its longest path has
 * bytes, so the depth is bounded; a folder with nothing in it was added.
 */
static bool
closed_walk(struct closed *c, const char *folder, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more, ok, empty = true;

	if (!listing_open(c->f->world, c->f->bag, folder, &l, err))
		return false;
	while ((ok = listing_next(l, &e, &more, err)) && more) {
		char path[ORDER_PATH_MAX + 1 + 256];
		enum file_type type;

		empty = false;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		ok = entry_type(c->f, path, &e, &type, err);
		if (ok && type == FILE_DIR && strlen(path) < ORDER_PATH_MAX)
			ok = closed_walk(c, path, err);
		else if (ok)
			ok = closed_name(c, path, err);
		if (!ok)
			break;
	}
	listing_close(l);
	if (ok && empty)
		ok = closed_name(c, folder, err);
	return ok;
}

/* Names beside data/: those of section 1, and no other. */
static bool
closed_top(struct closed *c, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more, ok;

	if (!listing_open(c->f->world, c->f->bag, ".", &l, err))
		return false;
	while ((ok = listing_next(l, &e, &more, err)) && more)
		if (strcmp(e.name, "data") != 0 && place_of(e.name) == PLACES)
			c->added(c->arg, e.name);
	listing_close(l);
	return ok;
}

bool
folder_closed(struct folder *f, void (*added)(void *arg, const char *path),
    void *arg, struct err *err)
{
	struct closed c = { .f = f, .added = added, .arg = arg };
	struct file_info info;

	if (!closed_top(&c, err))
		return false;
	/* A link in place of data/: every file is missing and told so already. */
	if (!path_info(f->world, f->bag, "data", &info, err))
		return err != NULL && err->kind == ERR_ABSENT;
	if (info.type != FILE_DIR)
		return true;
	if (!closed_walk(&c, "data", err))
		return false;
	if (c.found == f->present)
		return true;
	c.naming = true;
	return closed_walk(&c, "data", err);
}
