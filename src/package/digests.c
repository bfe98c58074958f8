#include "package/digests.h"

#include <assert.h>
#include <string.h>

struct digests {
	uint64_t files;
	struct digest *few;		/* NULL: in the file */
	struct file *many;
};

bool
digests_new(struct world *w, struct dir *tmp, uint64_t files, struct digests **out,
    struct err *err)
{
	struct digests *d = mem_new(sizeof *d, err);
	bool ok;

	if (d == NULL)
		return false;
	d->files = files;
	if (files <= DIGESTS_FEW) {
		d->few = mem_array((size_t)files, sizeof *d->few, err);
		ok = d->few != NULL;
	} else {
		ok = file_open(w, tmp, ".", FILE_TEMPORARY, &d->many, err) ||
		    err_wrap(err, "make a temporary file");
	}
	if (!ok) {
		mem_free(d);
		return false;
	}
	*out = d;
	return true;
}

void
digests_free(struct digests *d)
{
	if (d == NULL)
		return;
	file_close(d->many);
	mem_free(d->few);
	mem_free(d);
}

bool
digests_put(struct digests *d, uint64_t first, const struct digest *list, size_t n,
    struct err *err)
{
	assert(first <= d->files && n <= d->files - first);
	if (n == 0)
		return true;
	if (d->few != NULL) {
		memcpy(d->few + first, list, n * sizeof *list);
		return true;
	}
	return file_write_at(d->many, span_of(list, n * sizeof *list),
	    first * sizeof *list, err) || err_wrap(err, "write a temporary file");
}

bool
digests_take(const struct digests *d, uint64_t first, struct digest *list, size_t n,
    size_t *got, struct err *err)
{
	uint64_t left = d->files - first;

	assert(first < d->files && n > 0);
	if (left < n)
		n = (size_t)left;
	if (d->few != NULL) {
		memcpy(list, d->few + first, n * sizeof *list);
		*got = n;
		return true;
	}
	if (!file_read_at(d->many, list, n * sizeof *list, first * sizeof *list, got,
	    err))
		return err_wrap(err, "read a temporary file");
	*got /= sizeof *list;
	return *got > 0 || err_set(err, ERR_IO, "disk.io",
	    "a temporary file lost its end");
}

/* ---- in order ---- */

bool
digests_reader_init(struct digests_reader *r, const struct digests *from,
    struct err *err)
{
	size_t room = from->files < DIGESTS_AT_ONCE ? (size_t)from->files :
	    DIGESTS_AT_ONCE;

	*r = (struct digests_reader){ .from = from };
	r->many = mem_array(room, sizeof *r->many, err);
	return r->many != NULL;
}

void
digests_reader_clear(struct digests_reader *r)
{
	mem_free(r->many);
	*r = (struct digests_reader){ 0 };
}

bool
digests_get(struct digests_reader *r, uint64_t index, struct digest *out,
    struct err *err)
{
	if (index < r->first || index - r->first >= r->n) {
		r->n = 0;
		if (!digests_take(r->from, index, r->many, DIGESTS_AT_ONCE, &r->n, err))
			return false;
		r->first = index;
	}
	*out = r->many[index - r->first];
	return true;
}
