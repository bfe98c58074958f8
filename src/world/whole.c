/* What is made of the primitives alone, the same over both bodies. */
#include <errno.h>
#include <string.h>

#include "world/body.h"

bool
disk_unreadable(const struct err *why)
{
	return why->kind == ERR_IO && strcmp(why->reason, "disk.io") == 0;
}

/* ---- small files at once ---- */

/* The rest of f from its start, after what is in out. */
static bool
load_all(struct file *f, uint64_t size, struct buf *out, struct err *err)
{
	uint64_t at = 0;
	uint8_t more;
	size_t got, want;

	for (;;) {
		/*
		 * The size may be old, or 0 where the system does not know it.  One byte
		 * more than it says, so that the end is seen by the same read.
		 */
		want = at < size ? (size_t)(size - at) + 1 : 4096;
		if (want > out->max - out->n)
			want = out->max - out->n;
		if (want == 0)
			break;
		if (!buf_room(out, want, err) ||
		    !file_read_at(f, out->p + out->n, want, at, &got, err))
			return false;
		out->n += got;
		at += got;
		if (got < want)
			return true;
	}
	if (!file_read_at(f, &more, 1, at, &got, err))
		return false;
	return got == 0 || buf_room(out, 1, err);	/* its error: one too many */
}

bool
file_load(struct world *w, struct dir *at, const char *path, struct buf *out,
    struct err *err)
{
	struct file_info info;
	struct file *f = NULL;
	size_t before = out->n;
	bool ok = false;

	if (!file_open_info(w, at, path, &f, &info, err))
		return false;
	if (info.size > out->max - out->n)
		(void)err_set(err, ERR_LIMIT, "buf.limit",
		    "more than the %zu bytes allowed here", out->max);
	else
		ok = load_all(f, info.size, out, err);
	file_close(f);
	if (!ok) {
		out->n = before;
		(void)disk_wrap(err, "read", path);
	}
	return ok;
}

/* The bytes under a temporary name in d, down on the disk. */
static bool
save_temporary(struct world *w, struct dir *d, const char *name,
    struct span bytes, struct err *err)
{
	struct file *f = NULL;
	bool ok;

	if (!file_open(w, d, name, FILE_CREATE, &f, err))
		return false;
	ok = file_write_at(f, bytes, 0, err) && file_sync(f, err);
	file_close(f);
	if (!ok)
		(void)!path_remove(w, d, name, NULL);	/* best effort: it is swept later */
	return ok;
}

bool
file_save(struct world *w, struct dir *at, const char *path,
    struct span bytes, bool replace, struct err *err)
{
	struct path_parts parts;
	struct temporary_name temp;
	struct dir *d = NULL;
	bool ok = false;

	if (!path_rules(at, path, err))
		return false;
	if (path[0] == '\0')
		return disk_error(err, ENOENT, false, "save", path);
	path_split(path, &parts);
	if (!temporary_name(w, &temp, err) ||
	    !dir_open(w, at, parts.parent, &d, err) ||
	    !save_temporary(w, d, temp.s, bytes, err))
		goto out;
	if (!path_rename(w, d, temp.s, d, parts.name, replace, err)) {
		(void)!path_remove(w, d, temp.s, NULL);
		goto out;
	}
	ok = dir_sync(d, err);
out:
	dir_close(d);
	return ok || disk_wrap(err, "save", path);
}

/* ---- folders with what is above or below them ---- */

static bool
is_folder(struct world *w, struct dir *at, const char *path, struct err *err)
{
	struct file_info info;

	/* With a dir a link is no folder; for a person's path it may lead to one. */
	if (at == NULL ? !path_info_follow(w, path, &info, err) :
	    !path_info(w, at, path, &info, err))
		return false;
	return info.type == FILE_DIR ||
	    disk_error_kind(err, path, "it is not a folder");
}

static bool
make_or_find(struct world *w, struct dir *at, const char *path, struct err *err)
{
	struct err why = ERR_INIT;

	if (dir_make(w, at, path, &why))
		return true;
	if (why.kind == ERR_CONFLICT)
		return is_folder(w, at, path, err);
	/* "/", or a mount point's parent we may not write to, may well be there. */
	if (why.kind == ERR_IO && is_folder(w, at, path, NULL))
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

bool
dir_make_all(struct world *w, struct dir *at, const char *path, struct err *err)
{
	char part[WORLD_PATH_MAX + 1];
	size_t n = strlen(path);

	if (!path_rules(at, path, err))
		return false;
	memcpy(part, path, n + 1);
	for (size_t i = 1; i < n; i++) {
		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		if (!make_or_find(w, at, part, err))
			return false;
		part[i] = '/';
	}
	return make_or_find(w, at, path, err);
}

static bool remove_below(struct world *w, struct dir *d, unsigned depth,
    struct err *err);

static bool
remove_entry(struct world *w, struct dir *d, const struct listing_entry *e,
    unsigned depth, struct err *err)
{
	struct file_info info = { .type = e->type };
	struct dir *sub = NULL;
	bool ok;

	if (e->type == FILE_OTHER && !path_info(w, d, e->name, &info, err))
		return false;
	if (info.type != FILE_DIR)
		return path_remove(w, d, e->name, err);
	if (depth == DISK_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "disk.depth",
		    "folders lie more than %d deep", DISK_DEPTH_MAX);
	if (!dir_open(w, d, e->name, &sub, err))
		return false;
	ok = remove_below(w, sub, depth + 1, err);
	dir_close(sub);
	return ok && dir_remove(w, d, e->name, err);
}

/* One pass over the folder; *found is how many entries there were. */
static bool
remove_pass(struct world *w, struct dir *d, unsigned depth, uint64_t *found,
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = false, ok;

	*found = 0;
	if (!listing_open(w, d, ".", &l, err))
		return false;
	while ((ok = listing_next(l, &e, &more, err)) && more) {
		(*found)++;
		if (!(ok = remove_entry(w, d, &e, depth, err)))
			break;
	}
	listing_close(l);
	return ok;
}

/*
 * Until a pass finds nothing: some file systems skip names when others go away
 * while they are listed.
 */
static bool
remove_below(struct world *w, struct dir *d, unsigned depth, struct err *err)
{
	uint64_t found;

	do {
		if (!remove_pass(w, d, depth, &found, err))
			return false;
	} while (found > 0);
	return true;
}

bool
dir_remove_all(struct world *w, struct dir *at, const char *path,
    struct err *err)
{
	struct file_info info;
	struct dir *d = NULL;
	bool ok;

	if (!path_info(w, at, path, &info, err))
		return false;
	if (info.type != FILE_DIR)
		return disk_error_kind(err, path, "it is not a folder");
	if (!dir_open(w, at, path, &d, err))
		return false;
	ok = remove_below(w, d, 1, err);
	dir_close(d);
	return ok && dir_remove(w, at, path, err);
}

/* ---- streams over files ---- */

struct file_stream {
	union {
		struct source source;
		struct sink sink;
	} as;
	struct file *f;
	uint64_t at;
};

static bool
file_stream_read(struct source *src, void *p, size_t n, size_t *got,
    struct err *err)
{
	struct file_stream *s = (struct file_stream *)src;

	if (!file_read_at(s->f, p, n, s->at, got, err))
		return false;
	s->at += *got;
	return true;
}

static void
file_stream_free_source(struct source *src)
{
	mem_free(src);
}

bool
file_source(struct file *f, uint64_t offset, struct source **out,
    struct err *err)
{
	struct file_stream *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	s->as.source = (struct source){ file_stream_read, file_stream_free_source };
	s->f = f;
	s->at = offset;
	*out = &s->as.source;
	return true;
}

static bool
file_stream_write(struct sink *to, struct span bytes, struct err *err)
{
	struct file_stream *s = (struct file_stream *)to;

	if (!file_write_at(s->f, bytes, s->at, err))
		return false;
	s->at += bytes.n;
	return true;
}

static void
file_stream_free_sink(struct sink *to)
{
	mem_free(to);
}

bool
file_sink(struct file *f, uint64_t offset, struct sink **out, struct err *err)
{
	struct file_stream *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	s->as.sink = (struct sink){ file_stream_write, file_stream_free_sink };
	s->f = f;
	s->at = offset;
	*out = &s->as.sink;
	return true;
}

struct descriptor_stream {
	struct source source;
	struct world *w;
	int fd;
};

static bool
descriptor_read(struct source *src, void *p, size_t n, size_t *got,
    struct err *err)
{
	struct descriptor_stream *s = (struct descriptor_stream *)src;

	return s->w->body->read_descriptor(s->w, s->fd, p, n, got, err);
}

static void
descriptor_free(struct source *src)
{
	mem_free(src);
}

bool
descriptor_source(struct world *w, int fd, struct source **out, struct err *err)
{
	struct descriptor_stream *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	s->source = (struct source){ descriptor_read, descriptor_free };
	s->w = w;
	s->fd = fd;
	*out = &s->source;
	return true;
}
