/* Reading back single files, and the plain tar, of a package that was checked. */
#include <string.h>

#include "package/extract.h"
#include "package/folder.h"
#include "package/read_tar.h"

bool
extract_open(struct plain *p, enum plain_kind *kind,
    const struct package_reading *in, struct err *err)
{
	char text[400];

	if (!plain_open(p, kind, text, in, err))
		return false;
	if (*kind == PLAIN_PARCEL || *kind == PLAIN_TAR || *kind == PLAIN_FOLDER)
		return true;
	plain_close(p);
	return err_set(err, *kind == PLAIN_WRONG_IDENTITY ? ERR_DENIED :
	    *kind == PLAIN_NO_IDENTITY ? ERR_USE : ERR_INPUT,
	    *kind == PLAIN_WRONG_IDENTITY ? "package.wrong_identity" :
	    *kind == PLAIN_NO_IDENTITY ? "package.no_identity" :
	    *kind == PLAIN_BROKEN_HEADER ? "parcel.header" : "package.foreign",
	    "%s", text);
}

static bool
absent(const char *name, struct err *err)
{
	return err_set(err, ERR_ABSENT, "package.absent",
	    "the package holds no %s", shown_text(name).s);
}

bool
extract_read(const struct plain *p, struct plain_reader *r, uint64_t at,
    uint64_t size, struct buf *out, struct err *err)
{
	size_t got;

	if (size > out->max - out->n)
		return err_set(err, ERR_LIMIT, "package.size",
		    "it is %llu bytes long, and only %zu were asked for",
		    (unsigned long long)size, out->max - out->n);
	if (!buf_room(out, (size_t)size, err) ||
	    !plain_read_at(p, r, at, out->p + out->n, (size_t)size, &got, err))
		return false;
	if (got < size)
		return err_set(err, ERR_INPUT, "tar.cut", "the package is cut");
	out->n += got;
	return true;
}

bool
extract_step(const struct plain *p, struct plain_reader *r, struct extract_at *at,
    bool *more, struct err *err)
{
	uint8_t header[TAR_HEADER_MAX];
	struct tar_claim *c = &at->claim;
	size_t got;

	*more = false;
	if (at->next >= p->size)
		return true;
	if (!plain_read_at(p, r, at->next, header, sizeof header, &got, err) ||
	    !tar_claim_read(span_of(header, got), c, err))
		return false;
	if (c->end)
		return true;
	at->content = at->next + c->header_n;
	if (c->size > p->size - at->content)
		return err_set(err, ERR_INPUT, "tar.cut", "the package is cut");
	at->next = at->content + c->size + tar_padding(c->size);
	*more = true;
	return true;
}

static bool
tar_find(const struct plain *p, struct plain_reader *r, const char *name,
    struct buf *out, struct err *err)
{
	struct extract_at at = { 0 };
	bool more;

	for (;;) {
		if (!extract_step(p, r, &at, &more, err))
			return false;
		if (!more)
			return absent(name, err);
		if (strcmp(at.claim.path, name) == 0)
			return extract_read(p, r, at.content, at.claim.size, out, err);
	}
}

static bool
folder_find(const struct package_reading *in, const char *name, struct buf *out,
    struct err *err)
{
	struct dir *bag = NULL;
	bool ok;

	if (!dir_open(in->world, in->at, in->path, &bag, err))
		return false;
	ok = file_load(in->world, bag, name, out, err);
	dir_close(bag);
	return ok;
}

bool
package_extract(const struct package_reading *in, const char *name,
    struct buf *out, struct err *err)
{
	struct plain_reader r;
	struct plain p;
	enum plain_kind kind;
	bool ok;

	if (place_of(name) == PLACES ||
	    (place_of(name) == PLACE_DATA && !order_path_good(name)))
		return absent(name, err);
	if (!extract_open(&p, &kind, in, err))
		return false;
	if (kind == PLAIN_FOLDER) {
		plain_close(&p);
		return folder_find(in, name, out, err);
	}
	ok = plain_reader_init(&r, &p, err) && tar_find(&p, &r, name, out, err);
	plain_reader_clear(&r);
	plain_close(&p);
	return ok;
}

/* ---- the plain tar ---- */

struct export {
	const struct package_reading *in;
	struct plain plain;
	struct file *out;
	uint64_t told_at;
};

static bool
export_fetch(void *arg, struct worker *w, struct slab *s, struct err *err)
{
	struct export *e = arg;

	if (!plain_fetch(&e->plain, &w->reader, s->index * SLAB_BYTES, s->bytes,
	    SLAB_BYTES, &s->n, &s->brk, err))
		return false;
	if (s->brk.met)
		return err_set(err, ERR_INPUT, "package.chunk",
		    "the parcel does not open at byte %llu: it was changed or cut",
		    (unsigned long long)s->brk.file_from);
	return true;
}

static bool
export_lay(void *arg, struct slab *s, bool *last, struct err *err)
{
	struct export *e = arg;

	(void)err;
	*last = (s->index + 1) * SLAB_BYTES >= e->plain.size;
	return true;
}

static bool
export_write(void *arg, struct worker *w, struct slab *s, struct err *err)
{
	struct export *e = arg;

	(void)w;
	return s->n == 0 || file_write_at(e->out, span_of(s->bytes, s->n),
	    s->index * SLAB_BYTES, err);
}

static bool
export_finish(void *arg, struct slab *s, bool *stop, struct err *err)
{
	struct export *e = arg;
	struct progress *progress = e->in->progress;
	uint64_t done = s->index * SLAB_BYTES + s->n;
	uint64_t now = world_ticks(e->in->world);

	(void)err;
	*stop = false;
	if (progress != NULL && (done >= e->plain.size ||
	    now - e->told_at >= 100000000u)) {
		e->told_at = now;
		progress->tell(progress, "writing", done, e->plain.size);
	}
	return true;
}

bool
package_plain_tar(const struct package_reading *in, struct file *out,
    struct err *err)
{
	static const struct run_ops ops = { export_fetch, export_lay, export_write,
		NULL, export_finish };
	struct export e = { .in = in, .out = out };
	struct run_options opt = { .world = in->world, .plain = &e.plain,
		.ops = &ops, .arg = &e };
	enum plain_kind kind;
	bool ok;

	if (!extract_open(&e.plain, &kind, in, err))
		return false;
	if (kind == PLAIN_FOLDER)
		return err_set(err, ERR_USE, "package.folder",
		    "a folder has no tar of its own");
	ok = run_slabs(&opt, err) && file_sync(out, err);
	plain_close(&e.plain);
	return ok;
}
