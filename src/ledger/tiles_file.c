/* Tiles and bundles of entries as files: names, reading, writing, what is not synced. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/tiles_internal.h"

struct tile_path
tile_path(int level, uint64_t n, unsigned width)
{
	uint64_t groups[8];
	struct tile_path p;
	size_t g = 0, at;

	do {
		groups[g++] = n % 1000;
		n /= 1000;
	} while (n > 0);
	at = level < 0 ? (size_t)snprintf(p.s, sizeof p.s, "tile/entries/") :
	    (size_t)snprintf(p.s, sizeof p.s, "tile/%d/", level);
	while (g-- > 0)
		at += (size_t)snprintf(p.s + at, sizeof p.s - at, "%s%03" PRIu64 "%s",
		    g > 0 ? "x" : "", groups[g], g > 0 ? "/" : "");
	if (width % TILE_WIDTH != 0)
		(void)snprintf(p.s + at, sizeof p.s - at, ".p/%u", width);
	return p;
}

bool
tiles_damaged(const char *name, const char *path, const char *why,
    struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "tiles.damaged", "%s/%s %s", name, path,
	    why);
}

/* ---- reading ---- */

bool
tile_reader_init(struct tile_reader *r, const struct tiles *t, struct err *err)
{
	*r = (struct tile_reader){ .w = t->w, .folder = t->folder, .name = t->name };
	buf_init(&r->scratch, BUNDLE_MAX);
	return hasher_new(&r->hasher, err);
}

void
tile_reader_clear(struct tile_reader *r)
{
	hasher_free(r->hasher);
	buf_clear(&r->scratch);
	*r = (struct tile_reader){ .w = NULL };
}

/* The bytes of one file into scratch; *found false: there is none. */
static bool
bytes_load(struct tile_reader *r, const char *path, bool *found, struct err *err)
{
	struct err why = ERR_INIT;

	buf_reset(&r->scratch);
	*found = file_load(r->w, r->folder, path, &r->scratch, &why);
	if (*found || why.kind == ERR_ABSENT)
		return true;
	if (why.kind == ERR_LIMIT || why.kind == ERR_INPUT)
		return tiles_damaged(r->name, path, "is no tile", err);
	if (disk_unreadable(&why))
		return tiles_damaged(r->name, path, "cannot be read", err);
	if (err != NULL)
		*err = why;
	return false;
}

/* The partial file of that width, else the full one; path is what was read. */
static bool
either_load(struct tile_reader *r, int level, uint64_t n, unsigned width,
    struct tile_path *path, struct err *err)
{
	bool found = false;

	*path = tile_path(level, n, width);
	if (!bytes_load(r, path->s, &found, err))
		return false;
	if (!found && width < TILE_WIDTH) {
		struct tile_path full = tile_path(level, n, TILE_WIDTH);

		if (!bytes_load(r, full.s, &found, err))
			return false;
		if (found)
			*path = full;
	}
	return found || tiles_damaged(r->name, path->s, "is missing", err);
}

bool
tile_load(struct tile_reader *r, unsigned level, uint64_t n, unsigned width,
    struct digest *out, struct err *err)
{
	struct tile_path path;
	size_t want;

	if (!either_load(r, (int)level, n, width, &path, err))
		return false;
	want = strstr(path.s, ".p/") != NULL ? width * sizeof *out : TILE_BYTES;
	if (r->scratch.n != want)
		return tiles_damaged(r->name, path.s, "has another length than a tile", err);
	memcpy(out, r->scratch.p, width * sizeof *out);
	return true;
}

bool
bundle_load(struct tile_reader *r, uint64_t n, unsigned width, struct span *out,
    struct err *err)
{
	struct tile_path path;
	struct cursor c;
	struct span entry;
	size_t end = 0;
	unsigned count = 0;

	if (!either_load(r, -1, n, width, &path, err))
		return false;
	c = cursor_of(buf_span(&r->scratch));
	while (count < TILE_WIDTH && bundle_next(&c, &entry))
		if (++count == width)
			end = c.at;
	if (!cursor_done(&c) || count < width ||
	    count != (strstr(path.s, ".p/") != NULL ? width : TILE_WIDTH))
		return tiles_damaged(r->name, path.s, "holds other than its entries", err);
	*out = span_part(buf_span(&r->scratch), 0, end);
	return true;
}

/* ---- what is not synced ---- */

static struct tiles_folder *
folder_note(struct tiles *t, const char *path)
{
	struct tiles_folder *f = NULL;

	for (size_t i = 0; i < t->folders_n; i++)
		if (strcmp(t->folders[i].path, path) == 0)
			return &t->folders[i];
	if (t->folders_n < TILES_FOLDERS)
		f = &t->folders[t->folders_n++];
	for (size_t i = 0; f == NULL && i < TILES_FOLDERS; i++)
		if (!t->folders[i].dirty)
			f = &t->folders[i];
	if (f == NULL) {
		/* All of them are dirty: one sync for everything, and the list anew. */
		t->many = true;
		t->folders_n = 1;
		f = &t->folders[0];
	}
	*f = (struct tiles_folder){ .known = strcmp(path, ".") == 0 };
	(void)snprintf(f->path, sizeof f->path, "%s", path);
	return f;
}

/* The folder that holds a path; "." at the top. */
static struct tile_path
folder_of(const char *path)
{
	const char *end = strrchr(path, '/');
	struct tile_path p = { "." };

	if (end != NULL)
		(void)snprintf(p.s, sizeof p.s, "%.*s", (int)(end - path), path);
	return p;
}

/* A name in this folder is new, and perhaps those of folders above it. */
static void
folder_dirty(struct tiles *t, const char *path)
{
	struct tile_path at = folder_of(path);

	for (;;) {
		struct tiles_folder *f = folder_note(t, at.s);

		f->dirty = true;
		if (f->known)
			return;
		at = folder_of(at.s);
	}
}

void
tiles_files_forget(struct tiles *t)
{
	for (size_t i = 0; i < t->files_n; i++)
		file_close(t->files[i]);
	t->files_n = 0;
}

static void
file_keep(struct tiles *t, struct file *f)
{
	if (t->files_n == TILES_FILES)
		t->many = true;
	if (t->many) {
		tiles_files_forget(t);
		file_close(f);
		return;
	}
	t->files[t->files_n++] = f;
}

static bool
folder_ready(struct tiles *t, const char *path, struct err *err)
{
	struct tile_path folder = folder_of(path);

	for (size_t i = 0; i < t->folders_n; i++)
		if (strcmp(t->folders[i].path, folder.s) == 0)
			return true;
	return dir_make_all(t->w, t->folder, folder.s, err);
}

bool
tile_write(struct tiles *t, const char *path, struct span bytes, struct err *err)
{
	struct file *f = NULL;

	if (!folder_ready(t, path, err) ||
	    !file_open(t->w, t->folder, TILES_TEMPORARY, FILE_CREATE, &f, err))
		return false;
	if (!file_write_at(f, bytes, 0, err) ||
	    !path_rename(t->w, t->folder, TILES_TEMPORARY, t->folder, path, true, err)) {
		file_close(f);
		return false;
	}
	folder_dirty(t, path);
	file_keep(t, f);
	return true;
}

static bool
folder_sync(struct tiles *t, const char *path, struct err *err)
{
	struct dir *d = NULL;
	bool ok;

	if (strcmp(path, ".") == 0)
		return dir_sync(t->folder, err);
	ok = dir_open(t->w, t->folder, path, &d, err) && dir_sync(d, err);
	dir_close(d);
	return ok;
}

static bool
syncs_are_many(const struct tiles *t)
{
	size_t n = t->files_n;

	for (size_t i = 0; i < t->folders_n; i++)
		n += t->folders[i].dirty;
	return t->many || n > TILES_SYNCS_EACH;
}

bool
tiles_files_sync(struct tiles *t, struct err *err)
{
	bool all = syncs_are_many(t);

	if (all && !dir_sync_all(t->folder, err))
		return false;
	for (size_t i = 0; !all && i < t->files_n; i++)
		if (!file_sync(t->files[i], err))
			return false;
	for (size_t i = 0; !all && i < t->folders_n; i++)
		if (t->folders[i].dirty && !folder_sync(t, t->folders[i].path, err))
			return false;
	for (size_t i = 0; i < t->folders_n; i++) {
		t->folders[i].dirty = false;
		t->folders[i].known = true;
	}
	tiles_files_forget(t);
	t->many = false;
	return true;
}

/* ---- partial tiles ---- */

/* "tile/0/x001/234.p" */
static struct tile_path
partial_folder(int level, uint64_t n)
{
	return folder_of(tile_path(level, n, 1).s);
}

void
partials_remove(struct tiles *t, int level, uint64_t from, uint64_t to)
{
	for (uint64_t n = from; n < to; n++) {
		struct tile_path p = partial_folder(level, n);

		if (!path_exists(t->w, t->folder, p.s))
			continue;
		(void)!dir_remove_all(t->w, t->folder, p.s, NULL);
		/* If that number comes again, its folder is a new one. */
		for (size_t i = 0; i < t->folders_n; i++)
			if (strcmp(t->folders[i].path, p.s) == 0)
				t->folders[i] = t->folders[--t->folders_n];
	}
}

static bool
widths_list(struct tiles *t, const char *folder, bool there[TILE_WIDTH],
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct err why = ERR_INIT;
	bool more = false, ok;

	memset(there, 0, TILE_WIDTH);
	if (!listing_open(t->w, t->folder, folder, &l, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		if (err != NULL)
			*err = why;
		return false;
	}
	while ((ok = listing_next(l, &e, &more, err)) && more) {
		const char *c = e.name;
		unsigned w = 0;

		for (; *c >= '0' && *c <= '9' && w < 1000; c++)
			w = w * 10 + (unsigned)(*c - '0');
		if (*c == '\0' && e.name[0] != '0' && w > 0 && w < TILE_WIDTH)
			there[w] = true;
	}
	listing_close(l);
	return ok;
}

/* How many bytes of a partial tile of this width, of the last one's bytes. */
static size_t
prefix_bytes(int level, unsigned width, struct span bytes)
{
	struct cursor c = cursor_of(bytes);
	struct span entry;

	if (level >= 0)
		return width * sizeof(struct digest);
	for (unsigned i = 0; i < width && bundle_next(&c, &entry); i++)
		;
	return c.at;
}

bool
partials_sweep(struct tiles *t, int level, uint64_t n, unsigned before,
    struct span bytes, struct err *err)
{
	unsigned width = tiles_width(t->size, level < 0 ? 0 : (unsigned)level);
	struct tile_path folder = partial_folder(level, n);
	bool there[TILE_WIDTH], found;

	if (!widths_list(t, folder.s, there, err))
		return false;
	for (unsigned i = before + 1; i < TILE_WIDTH; i++) {
		struct tile_path p = tile_path(level, n, i);
		struct span want = i < width ?
		    span_part(bytes, 0, prefix_bytes(level, i, bytes)) : bytes;

		if (!there[i] || i == width)
			continue;
		if (i > width && !path_remove(t->w, t->folder, p.s, err))
			return false;
		if (i > width)
			continue;
		if (!bytes_load(&t->reader, p.s, &found, NULL))
			buf_reset(&t->reader.scratch);
		if (!span_eq(buf_span(&t->reader.scratch), want) &&
		    !tile_write(t, p.s, want, err))
			return false;
	}
	return true;
}
