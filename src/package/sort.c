#include "package/sort.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * Runs of the first level hold one memory full of records each; when FAN of them
 * are there they are merged into one run of the second level: FAN * FAN memories
 * (128 GiB of records) is the greatest amount, far over the limits of a package.
 */
#define FAN 256
#define RUN_BUFFER (2 * SORT_RECORD_MAX)
#define WRITE_BUFFER ((size_t)64 << 10)
#define ARENA_FIRST ((size_t)64 << 10)

/* In memory a record is two lengths, the key, the value. */
#define RECORD_HEAD 4

struct item {
	uint64_t prefix;	/* the key's first 8 bytes, big-endian, zero-filled */
	uint32_t at;		/* of the record in the arena */
};

struct run {
	unsigned level;
	uint64_t at, end;	/* in the level's file: what is not yet in bytes */
	uint8_t *bytes;		/* while merging: RUN_BUFFER of them */
	size_t from, n;		/* the current record begins at bytes + from */
};

/* Sorted bytes of one level; runs follow each other. */
struct level {
	struct file *file;
	uint64_t size;
	struct { uint64_t at, end; } runs[FAN];
	unsigned n;
};

struct sorter {
	struct world *w;
	struct dir *tmp;
	size_t memory;
	uint8_t *arena;
	size_t arena_n, arena_cap;
	struct item *items;
	size_t items_n, items_cap;
	bool sorted;			/* the items are in order */
	size_t next;			/* item to hand out, when all is in memory */
	struct level levels[2];
	/* Merging: a heap of runs, the least record on top. */
	struct run *heap[2 * FAN];
	unsigned heap_n;
	bool advance;			/* the top run's record was handed out */
};

bool
sorter_new(struct world *w, struct dir *tmp, size_t memory, struct sorter **out,
    struct err *err)
{
	struct sorter *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	s->w = w;
	s->tmp = tmp;
	s->memory = memory;
	*out = s;
	return true;
}

static void
run_free(struct run *r)
{
	if (r != NULL)
		mem_free(r->bytes);
	mem_free(r);
}

static void
merge_stop(struct sorter *s)
{
	while (s->heap_n > 0)
		run_free(s->heap[--s->heap_n]);
	s->advance = false;
}

void
sorter_restart(struct sorter *s)
{
	unsigned i;

	merge_stop(s);
	for (i = 0; i < 2; i++) {
		file_close(s->levels[i].file);
		s->levels[i].file = NULL;
		s->levels[i].size = 0;
		s->levels[i].n = 0;
	}
	s->arena_n = s->items_n = s->next = 0;
}

void
sorter_free(struct sorter *s)
{
	if (s == NULL)
		return;
	sorter_restart(s);
	mem_free(s->arena);
	mem_free(s->items);
	mem_free(s);
}

/* ---- records ---- */

static struct span
record_key(const uint8_t *r)
{
	return span_of(r + RECORD_HEAD, (size_t)r[0] << 8 | r[1]);
}

static struct span
record_value(const uint8_t *r)
{
	struct span key = record_key(r);

	return span_of(key.p + key.n, (size_t)r[2] << 8 | r[3]);
}

static size_t
record_size(const uint8_t *r)
{
	return RECORD_HEAD + record_key(r).n + record_value(r).n;
}

static uint64_t
key_prefix(struct span key)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		v = v << 8 | (i < key.n ? key.p[i] : 0);
	return v;
}

static int
item_compare(const void *a, const void *b, void *arena)
{
	const struct item *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return span_cmp(record_key((uint8_t *)arena + x->at),
	    record_key((uint8_t *)arena + y->at));
}

static void
sort_memory(struct sorter *s)
{
	if (s->items_n > 1 && !s->sorted)
		qsort_r(s->items, s->items_n, sizeof *s->items, item_compare,
		    s->arena);
	s->sorted = true;
}

static bool
grow(void **p, size_t *cap, size_t need, size_t first, size_t unit,
    struct err *err)
{
	size_t to = *cap == 0 ? first : *cap;
	void *q;

	if (need <= *cap)
		return true;
	while (to < need)
		to *= 2;
	q = mem_resize(*p, to * unit, err);
	if (q == NULL)
		return false;
	*p = q;
	*cap = to;
	return true;
}

/* ---- putting runs aside ---- */

/* A run being written at the end of a level, through one buffer. */
struct writer {
	struct level *to;
	uint8_t *bytes;
	size_t n;
};

static bool
level_open(struct sorter *s, struct level *l, struct err *err)
{
	if (l->file == NULL && !file_open(s->w, s->tmp, ".", FILE_TEMPORARY,
	    &l->file, err))
		return err_wrap(err, "make a temporary file");
	assert(l->n < FAN);
	l->runs[l->n].at = l->size;
	return true;
}

static bool
writer_flush(struct writer *w, struct err *err)
{
	if (!file_write_at(w->to->file, span_of(w->bytes, w->n), w->to->size, err))
		return err_wrap(err, "write a temporary file");
	w->to->size += w->n;
	w->n = 0;
	return true;
}

static bool
writer_put(struct writer *w, const uint8_t *record, struct err *err)
{
	size_t n = record_size(record);

	if (w->n + n > WRITE_BUFFER && !writer_flush(w, err))
		return false;
	memcpy(w->bytes + w->n, record, n);
	w->n += n;
	return true;
}

static bool
writer_end(struct writer *w, struct err *err)
{
	if (!writer_flush(w, err))
		return false;
	w->to->runs[w->to->n].end = w->to->size;
	w->to->n++;
	return true;
}

static bool merge_levels(struct sorter *s, struct err *err);

/* The memory's records become a run of the first level. */
static bool
put_aside(struct sorter *s, struct err *err)
{
	struct writer w = { &s->levels[0], NULL, 0 };
	bool ok = false;
	size_t i;

	if (s->levels[0].n == FAN && !merge_levels(s, err))
		return false;
	w.bytes = mem_new(WRITE_BUFFER, err);
	if (w.bytes == NULL || !level_open(s, w.to, err))
		goto out;
	sort_memory(s);
	for (i = 0; i < s->items_n; i++)
		if (!writer_put(&w, s->arena + s->items[i].at, err))
			goto out;
	if (!writer_end(&w, err))
		goto out;
	s->arena_n = s->items_n = 0;
	ok = true;
out:
	mem_free(w.bytes);
	return ok;
}

bool
sorter_add(struct sorter *s, struct span key, struct span value, struct err *err)
{
	size_t n = RECORD_HEAD + key.n + value.n;
	void *arena = s->arena, *items = s->items;
	uint8_t *r;

	assert(n <= SORT_RECORD_MAX);
	if (s->items_n > 0 && s->arena_n + n > s->memory && !put_aside(s, err))
		return false;
	if (!grow(&arena, &s->arena_cap, s->arena_n + n, ARENA_FIRST, 1, err))
		return false;
	s->arena = arena;
	if (!grow(&items, &s->items_cap, s->items_n + 1, 256, sizeof *s->items, err))
		return false;
	s->items = items;
	r = s->arena + s->arena_n;
	r[0] = (uint8_t)(key.n >> 8);
	r[1] = (uint8_t)key.n;
	r[2] = (uint8_t)(value.n >> 8);
	r[3] = (uint8_t)value.n;
	memcpy(r + RECORD_HEAD, key.p, key.n);
	if (value.n > 0)
		memcpy(r + RECORD_HEAD + key.n, value.p, value.n);
	s->items[s->items_n++] = (struct item){ key_prefix(key),
		(uint32_t)s->arena_n };
	s->arena_n += n;
	s->sorted = false;
	return true;
}

/* ---- merging ---- */

/* The next record of a run to bytes + from; *more false when there is none. */
static bool
run_advance(struct sorter *s, struct run *r, bool *more, struct err *err)
{
	size_t got, take;

	if (r->n - r->from > 0)
		r->from += record_size(r->bytes + r->from);
	/* Whole records only: move what is cut to the front and read on. */
	if (r->at < r->end && (r->n - r->from < RECORD_HEAD ||
	    r->n - r->from < record_size(r->bytes + r->from))) {
		memmove(r->bytes, r->bytes + r->from, r->n - r->from);
		r->n -= r->from;
		r->from = 0;
		take = RUN_BUFFER - r->n;
		if (take > r->end - r->at)
			take = (size_t)(r->end - r->at);
		if (!file_read_at(s->levels[r->level].file, r->bytes + r->n, take,
		    r->at, &got, err))
			return err_wrap(err, "read a temporary file");
		if (got != take)
			return err_set(err, ERR_IO, "disk.io",
			    "a temporary file lost its end");
		r->n += take;
		r->at += take;
	}
	*more = r->n > r->from;
	return true;
}

static bool
run_before(const struct run *a, const struct run *b)
{
	return span_cmp(record_key(a->bytes + a->from),
	    record_key(b->bytes + b->from)) < 0;
}

static void
heap_down(struct sorter *s)
{
	unsigned i = 0, child;
	struct run *top = s->heap[0];

	for (;;) {
		child = 2 * i + 1;
		if (child >= s->heap_n)
			break;
		if (child + 1 < s->heap_n &&
		    run_before(s->heap[child + 1], s->heap[child]))
			child++;
		if (!run_before(s->heap[child], top))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = top;
}

static void
heap_add(struct sorter *s, struct run *r)
{
	unsigned i = s->heap_n++;

	while (i > 0 && run_before(r, s->heap[(i - 1) / 2])) {
		s->heap[i] = s->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	s->heap[i] = r;
}

static bool
run_open(struct sorter *s, unsigned level, unsigned i, struct err *err)
{
	struct run *r = mem_new(sizeof *r, err);
	bool more = false;

	if (r == NULL)
		return false;
	*r = (struct run){ .level = level, .at = s->levels[level].runs[i].at,
		.end = s->levels[level].runs[i].end };
	r->bytes = mem_new(RUN_BUFFER, err);
	if (r->bytes == NULL || !run_advance(s, r, &more, err) || !more) {
		run_free(r);
		return more;
	}
	heap_add(s, r);
	return true;
}

static bool
merge_start(struct sorter *s, unsigned levels, struct err *err)
{
	unsigned level, i;

	merge_stop(s);
	for (level = 0; level < levels; level++)
		for (i = 0; i < s->levels[level].n; i++)
			if (!run_open(s, level, i, err))
				return false;
	return true;
}

static bool
merge_next(struct sorter *s, const uint8_t **record, struct err *err)
{
	bool more = true;

	if (s->advance) {
		if (!run_advance(s, s->heap[0], &more, err))
			return false;
		if (!more) {
			run_free(s->heap[0]);
			s->heap[0] = s->heap[--s->heap_n];
		}
		if (s->heap_n > 0)
			heap_down(s);
	}
	s->advance = s->heap_n > 0;
	*record = s->heap_n == 0 ? NULL : s->heap[0]->bytes + s->heap[0]->from;
	return true;
}

/* All runs of the first level become one of the second. */
static bool
merge_levels(struct sorter *s, struct err *err)
{
	struct writer w = { &s->levels[1], NULL, 0 };
	const uint8_t *record;
	bool ok = false;

	if (s->levels[1].n == FAN)
		return err_set(err, ERR_LIMIT, "sort.limit",
		    "there are more names than a package can hold");
	w.bytes = mem_new(WRITE_BUFFER, err);
	if (w.bytes == NULL || !level_open(s, w.to, err) ||
	    !merge_start(s, 1, err))
		goto out;
	do {
		if (!merge_next(s, &record, err) ||
		    (record != NULL && !writer_put(&w, record, err)))
			goto out;
	} while (record != NULL);
	if (!writer_end(&w, err) ||
	    !file_truncate(s->levels[0].file, 0, err))
		goto out;
	s->levels[0].size = 0;
	s->levels[0].n = 0;
	ok = true;
out:
	merge_stop(s);
	mem_free(w.bytes);
	return ok;
}

/* ---- handing out ---- */

bool
sorter_rewind(struct sorter *s, struct err *err)
{
	s->next = 0;
	if (s->levels[0].n == 0 && s->levels[1].n == 0) {
		sort_memory(s);
		return true;
	}
	if (s->items_n > 0 && !put_aside(s, err))
		return false;
	return merge_start(s, 2, err);
}

bool
sorter_next(struct sorter *s, struct span *key, struct span *value, bool *more,
    struct err *err)
{
	const uint8_t *record = NULL;

	if (s->levels[0].n == 0 && s->levels[1].n == 0) {
		if (s->next < s->items_n)
			record = s->arena + s->items[s->next++].at;
	} else if (!merge_next(s, &record, err)) {
		return false;
	}
	*more = record != NULL;
	if (*more) {
		*key = record_key(record);
		*value = record_value(record);
	}
	return true;
}
