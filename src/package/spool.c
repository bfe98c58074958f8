#include "package/spool.h"

#include <assert.h>
#include <string.h>

/*
 * Invariants: (1) bytes [0, base) are in the file, [base, size) in tail;
 * (2) size - base <= keep; (3) file is NULL only while base is 0.
 */
struct spool {
	struct world *w;
	struct dir *tmp;
	struct file *file;
	uint8_t *tail;
	size_t keep;
	uint64_t base, size;
};

/*
 * A reader that is set to and fro takes little at first, one that goes on takes
 * more each time.  The greatest step holds any record.
 */
#define READER_STEP ((size_t)4 << 10)
#define READER_BYTES ((size_t)64 << 10)

bool
spool_new(struct world *w, struct dir *tmp, size_t keep, struct spool **out,
    struct err *err)
{
	struct spool *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	*s = (struct spool){ .w = w, .tmp = tmp, .keep = keep };
	s->tail = mem_resize(NULL, keep, err);	/* not zeroed: written, then read */
	if (s->tail == NULL) {
		mem_free(s);
		return false;
	}
	*out = s;
	return true;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	file_close(s->file);
	mem_free(s->tail);
	mem_free(s);
}

uint64_t
spool_size(const struct spool *s)
{
	return s->size;
}

static bool
spool_settle(struct spool *s, struct err *err)
{
	if (s->file == NULL && !file_open(s->w, s->tmp, ".", FILE_TEMPORARY,
	    &s->file, err))
		return err_wrap(err, "make a temporary file");
	if (!file_write_at(s->file, span_of(s->tail, (size_t)(s->size - s->base)),
	    s->base, err))
		return err_wrap(err, "write a temporary file");
	s->base = s->size;
	return true;
}

bool
spool_add(struct spool *s, struct span bytes, struct err *err)
{
	while (bytes.n > 0) {
		size_t held = (size_t)(s->size - s->base);
		size_t n = s->keep - held;

		if (n == 0) {
			if (!spool_settle(s, err))
				return false;
			continue;
		}
		if (n > bytes.n)
			n = bytes.n;
		memcpy(s->tail + held, bytes.p, n);
		s->size += n;
		bytes = span_from(bytes, n);
	}
	return true;
}

void
spool_cut(struct spool *s, uint64_t size)
{
	assert(size <= s->size);
	s->size = size;
	if (s->base > size)
		s->base = size;
}

bool
spool_read(struct spool *s, uint64_t offset, void *p, size_t n, struct err *err)
{
	size_t before = 0, got;

	assert(offset <= s->size && n <= s->size - offset);
	if (offset < s->base) {
		before = s->base - offset < n ? (size_t)(s->base - offset) : n;
		if (!file_read_at(s->file, p, before, offset, &got, err))
			return err_wrap(err, "read a temporary file");
		if (got != before)
			return err_set(err, ERR_IO, "disk.io",
			    "a temporary file lost its end");
	}
	if (n > before)
		memcpy((uint8_t *)p + before,
		    s->tail + (offset + before - s->base), n - before);
	return true;
}

/* ---- records ---- */

bool
spool_add_record(struct spool *s, struct span record, struct err *err)
{
	uint8_t length[2] = { (uint8_t)(record.n >> 8), (uint8_t)record.n };

	assert(record.n <= SPOOL_RECORD_MAX);
	return spool_add(s, span_of(length, 2), err) && spool_add(s, record, err);
}

bool
spool_reader_init(struct spool_reader *r, struct err *err)
{
	*r = (struct spool_reader){ 0 };
	r->bytes = mem_resize(NULL, READER_BYTES, err);
	return r->bytes != NULL;
}

void
spool_reader_clear(struct spool_reader *r)
{
	mem_free(r->bytes);
	*r = (struct spool_reader){ 0 };
}

void
spool_reader_set(struct spool_reader *r, struct spool *from, uint64_t at,
    uint64_t end)
{
	r->have_n = 0;
	r->step = READER_STEP;
	r->from = from;
	r->at = at;
	r->end = end;
}

/* At least n bytes from r->at on in memory. */
static bool
reader_need(struct spool_reader *r, size_t n, struct err *err)
{
	size_t take = r->step > n ? r->step : n;

	if (r->have_n > 0 && r->at >= r->have_at &&
	    r->at + n <= r->have_at + r->have_n)
		return true;
	if (take > r->end - r->at)
		take = (size_t)(r->end - r->at);
	assert(take >= n);
	r->have_n = 0;
	if (!spool_read(r->from, r->at, r->bytes, take, err))
		return false;
	r->have_at = r->at;
	r->have_n = take;
	if (r->step < READER_BYTES)
		r->step *= 2;
	return true;
}

bool
spool_next(struct spool_reader *r, struct span *record, bool *more,
    struct err *err)
{
	const uint8_t *p;
	size_t n;

	*more = r->at < r->end;
	if (!*more)
		return true;
	if (!reader_need(r, 2, err))
		return false;
	p = r->bytes + (r->at - r->have_at);
	n = (size_t)p[0] << 8 | p[1];
	if (!reader_need(r, 2 + n, err))
		return false;
	*record = span_of(r->bytes + (r->at - r->have_at) + 2, n);
	r->at += 2 + n;
	return true;
}
