#include "package/payload_content.h"

#include <assert.h>
#include <string.h>

#include "package/read_order.h"

/* Entries in one slab: each takes a block at least. */
#define IN_SLAB_MAX (SLAB_BYTES / TAR_BLOCK)

/* An entry that does not lie in one slab; owned by the run until its last slab. */
struct crossing {
	struct crossing *next;		/* all that are open */
	struct entry e;			/* its spans point behind this structure */
	uint64_t index;
	uint64_t at;			/* of its header, in the run */
	struct file *f;			/* NULL: bytes of ours */
};

/* What one slab holds: the end of one entry, whole ones, the beginning of another. */
struct plan {
	struct crossing *head;
	bool head_ends;			/* in this slab */
	struct payload_place start;	/* the first whole one */
	uint64_t start_at;
	size_t whole;			/* how many */
	struct crossing *tail;
};

/* Opening files smaller than this (on average) takes longer than reading them. */
#define SMALL_FILE ((uint64_t)256 << 10)

/* One thread's own things. */
struct reading_hand {
	struct payload_reader reader;
	struct hasher *hasher;
	struct digest digests[IN_SLAB_MAX], pinned[IN_SLAB_MAX];
};

struct run {
	const struct content *c;
	struct slabs *slabs;
	struct plan plans[SLAB_RING_MAX];
	struct reading_hand *hands[SLAB_HANDS_MAX];
	/* Of plan, which is called in order. */
	struct payload_reader reader;
	uint64_t at;
	struct crossing *open;		/* goes on in the next slab */
	struct crossing *all;		/* freed by follow, or at the end */
	struct gate *gate;		/* over `all` */
	/* Of follow, in order. */
	struct hasher *chain;
};

bool
content_not_pinned(struct span name, struct err *err)
{
	return err_set(err, ERR_CONFLICT, "payload.changed_since_added",
	    "%s is no longer what it was when it was added; nothing was sealed",
	    shown(name).s);
}

/* ---- what overlaps ---- */

/* The bytes [from, from + n) of the run that lie in a part; n may become 0. */
struct overlap {
	uint8_t *p;		/* in the part */
	uint64_t skip;		/* bytes of the range before them */
	size_t n;
};

static struct overlap
overlap(const struct slab_part *part, uint64_t from, uint64_t n)
{
	uint64_t a = from > part->at ? from : part->at;
	uint64_t b = from + n < part->at + part->n ? from + n : part->at + part->n;

	if (a >= b)
		return (struct overlap){ NULL, 0, 0 };
	return (struct overlap){ part->p + (a - part->at), a - from,
		(size_t)(b - a) };
}

/* ---- bytes of one entry ---- */

/* Bytes that are ours and in memory; p NULL: they are in a file. */
static struct span
own_bytes(const struct content *c, const struct entry *e)
{
	if (e->kind == ENTRY_SALT)
		return span_of(c->salt, sizeof c->salt);
	return e->item > 0 ? c->p->items[e->item - 1].bytes : span_of(NULL, 0);
}

static bool
is_ours(const struct entry *e)
{
	return e->kind == ENTRY_SALT || e->item > 0;
}

static bool
read_part(const struct entry *e, struct file *f, uint8_t *p, size_t n,
    uint64_t offset, struct err *err)
{
	size_t got;

	if (!file_read_at(f, p, n, offset, &got, err))
		return err_wrap(err, "%s", shown(e->name).s);
	return got == n || payload_changed(e, "became shorter", err);
}

/*
 * The same file as ever, and nothing behind its end.  A size that still holds says
 * that already, but for the files of no size that a kernel makes up as they are read.
 */
static bool
read_end(const struct entry *e, struct file *f, struct err *err)
{
	uint8_t byte;
	size_t got;

	if (e->size > 0)
		return payload_unchanged(e, f, err);
	if (!file_read_at(f, &byte, 1, e->size, &got, err))
		return err_wrap(err, "%s", shown(e->name).s);
	if (got != 0)
		return payload_changed(e, "became longer", err);
	return payload_unchanged(e, f, err);
}

static bool
header_of(const struct content *c, const struct entry *e,
    uint8_t out[TAR_HEADER_MAX], size_t *n, struct err *err)
{
	return tar_header(out, n, c->folder, e->path, e->size, c->mtime, err);
}

/* ---- entries that lie in one slab ---- */

static bool
read_whole(const struct content *c, const struct entry *e, uint8_t *p,
    struct err *err)
{
	struct file *f;
	bool ok;

	if (is_ours(e)) {
		if (e->size > 0)
			memcpy(p, own_bytes(c, e).p, (size_t)e->size);
		return true;
	}
	if (!payload_open(c->p, e, &f, err))
		return false;
	ok = (e->size == 0 ||
	    read_part(e, f, p, (size_t)e->size, 0, err)) &&
	    read_end(e, f, err);
	file_close(f);
	return ok;
}

static bool
fill_whole(struct run *r, struct reading_hand *h, const struct entry *e,
    uint8_t *p, struct digest *d, struct err *err)
{
	size_t head;

	if (!header_of(r->c, e, p, &head, err) ||
	    !read_whole(r->c, e, p + head, err))
		return false;
	memset(p + head + e->size, 0, tar_padding(e->size));
	if (e->kind == ENTRY_SALT)
		return true;
	slabs_done(r->slabs, e->size);
	hasher_add(h->hasher, span_of(p + head, (size_t)e->size));
	return hasher_end(h->hasher, d, err);
}

/* All n are there: they were put before the run. */
static bool
load_digests(const struct digests *from, uint64_t first, struct digest *d, size_t n,
    struct err *err)
{
	size_t got;

	if (!digests_take(from, first, d, n, &got, err))
		return false;
	return got == n || err_set(err, ERR_IO, "disk.io",
	    "a temporary file lost its end");
}

static bool
fill_wholes(struct run *r, struct reading_hand *h, const struct plan *plan,
    const struct slab_part *part, struct err *err)
{
	uint64_t index = 0, first = plan->start.index, at = plan->start_at;
	size_t i, n = 0;
	struct entry e;
	bool more;

	payload_reader_go(&h->reader, plan->start);
	if (r->c->pinned != NULL && plan->whole > 0) {
		uint64_t left = r->c->p->files - first;

		if (left > 0 && !load_digests(r->c->pinned, first, h->pinned,
		    left < plan->whole ? (size_t)left : plan->whole, err))
			return false;
	}
	for (i = 0; i < plan->whole; i++) {
		if (!payload_next(&h->reader, &e, &index, &more, err) ||
		    !fill_whole(r, h, &e, part->p + (at - part->at),
		    &h->digests[n], err))
			return false;
		at += entry_tar_size(&e);
		if (e.kind == ENTRY_SALT)
			continue;
		if (r->c->pinned != NULL &&
		    !digest_eq(&h->digests[n], &h->pinned[n]))
			return content_not_pinned(e.name, err);
		n++;
	}
	return digests_put(r->c->digests, first, h->digests, n, err);
}

/* ---- entries that cross ---- */

static void
crossing_free(struct crossing *x)
{
	file_close(x->f);
	mem_free(x);
}

static bool
crossing_new(struct run *r, const struct entry *e, uint64_t index,
    struct crossing **out, struct err *err)
{
	struct crossing *x = mem_new(sizeof *x + e->name.n + e->path.n, err);
	uint8_t *text = (uint8_t *)(x + 1);

	if (x == NULL)
		return false;
	x->e = *e;
	if (e->name.n > 0)
		memcpy(text, e->name.p, e->name.n);
	memcpy(text + e->name.n, e->path.p, e->path.n);
	x->e.name.p = text;
	x->e.path.p = text + e->name.n;
	x->e.target = span_of(NULL, 0);
	x->index = index;
	x->at = r->at;
	if (!is_ours(e)) {
		/* What changed already is told before a long file is read. */
		if (!payload_open(r->c->p, &x->e, &x->f, err) ||
		    !payload_unchanged(&x->e, x->f, err)) {
			crossing_free(x);
			return false;
		}
		file_sequential(x->f);
	}
	gate_lock(r->gate);
	x->next = r->all;
	r->all = x;
	gate_unlock(r->gate);
	*out = x;
	return true;
}

static void
crossing_end(struct run *r, struct crossing *x)
{
	struct crossing **at;

	gate_lock(r->gate);
	for (at = &r->all; *at != x; at = &(*at)->next)
		continue;
	*at = x->next;
	gate_unlock(r->gate);
	crossing_free(x);
}

static struct overlap
crossing_content(const struct crossing *x, const struct slab_part *part)
{
	return overlap(part, x->at + entry_header_size(&x->e), x->e.size);
}

static bool
fill_crossing(struct run *r, const struct crossing *x,
    const struct slab_part *part, struct err *err)
{
	uint64_t head_n = entry_header_size(&x->e);
	uint8_t header[TAR_HEADER_MAX];
	struct overlap o = overlap(part, x->at, head_n);
	size_t n;

	if (o.n > 0) {
		if (!header_of(r->c, &x->e, header, &n, err))
			return false;
		memcpy(o.p, header + o.skip, o.n);
	}
	o = overlap(part, x->at + head_n + x->e.size, tar_padding(x->e.size));
	if (o.n > 0)
		memset(o.p, 0, o.n);
	o = crossing_content(x, part);
	if (o.n == 0)
		return true;
	if (x->e.kind != ENTRY_SALT)
		slabs_done(r->slabs, o.n);
	if (x->f != NULL)
		return read_part(&x->e, x->f, o.p, o.n, o.skip, err);
	memcpy(o.p, own_bytes(r->c, &x->e).p + o.skip, o.n);
	return true;
}

/* The last of its bytes went into the chain. */
static bool
crossing_finish(struct run *r, struct crossing *x, struct err *err)
{
	struct digest d, pinned;

	if (!hasher_end(r->chain, &d, err))
		return false;
	if (x->e.kind == ENTRY_SALT)
		return true;
	if (x->f != NULL && !read_end(&x->e, x->f, err))
		return false;
	if (r->c->pinned != NULL) {
		if (!load_digests(r->c->pinned, x->index, &pinned, 1, err))
			return false;
		if (!digest_eq(&d, &pinned))
			return content_not_pinned(x->e.name, err);
	}
	return digests_put(r->c->digests, x->index, &d, 1, err);
}

/* ---- the three calls of a run ---- */

static bool
plan_entries(struct run *r, struct plan *plan, uint64_t end, struct err *err)
{
	struct entry e;
	uint64_t index, size;
	bool more;

	plan->start = r->reader.place;
	plan->start_at = r->at;
	while (r->at < end) {
		if (!payload_next(&r->reader, &e, &index, &more, err))
			return false;
		assert(more);	/* tar_bytes is the sum of all of them */
		size = entry_tar_size(&e);
		if (size > end - r->at)
			return crossing_new(r, &e, index, &plan->tail, err);
		r->at += size;
		plan->whole++;
	}
	return true;
}

static bool
content_plan(void *arg, const struct slab_part *part, struct err *err)
{
	struct run *r = arg;
	struct plan *plan = &r->plans[part->slot];
	uint64_t end = part->at + part->n, ends;

	*plan = (struct plan){ .head = r->open };
	if (r->open != NULL) {
		ends = r->open->at + entry_tar_size(&r->open->e);
		plan->head_ends = ends <= end;
		if (!plan->head_ends)
			return true;
		r->at = ends;
		r->open = NULL;
	}
	if (!plan_entries(r, plan, end, err))
		return false;
	r->open = plan->tail;
	return true;
}

static bool
content_fill(void *arg, const struct slab_part *part, unsigned hand,
    struct err *err)
{
	struct run *r = arg;
	const struct plan *plan = &r->plans[part->slot];

	return (plan->head == NULL || fill_crossing(r, plan->head, part, err)) &&
	    fill_wholes(r, r->hands[hand], plan, part, err) &&
	    (plan->tail == NULL || fill_crossing(r, plan->tail, part, err));
}

static void
chain_add(struct run *r, const struct crossing *x, const struct slab_part *part)
{
	struct overlap o = crossing_content(x, part);

	if (o.n > 0)
		hasher_add(r->chain, span_of(o.p, o.n));
}

static bool
content_follow(void *arg, const struct slab_part *part, struct err *err)
{
	struct run *r = arg;
	const struct plan *plan = &r->plans[part->slot];

	if (plan->head != NULL)
		chain_add(r, plan->head, part);
	if (plan->head != NULL && plan->head_ends) {
		if (!crossing_finish(r, plan->head, err))
			return false;
		crossing_end(r, plan->head);
	}
	if (plan->tail != NULL)
		chain_add(r, plan->tail, part);
	return true;
}

/* ---- the run ---- */

static bool
hand_new(struct run *r, unsigned i, struct err *err)
{
	/* Not zeroed: no digest is read that was not written. */
	struct reading_hand *h = mem_resize(NULL, sizeof *h, err);

	r->hands[i] = h;
	if (h == NULL)
		return false;
	memset(&h->reader, 0, sizeof h->reader);
	h->hasher = NULL;
	return payload_reader_init(&h->reader, r->c->p, err) &&
	    hasher_new(&h->hasher, err);
}

static void
run_free(struct run *r)
{
	unsigned i;

	if (r == NULL)
		return;
	while (r->all != NULL)
		crossing_end(r, r->all);
	for (i = 0; i < SLAB_HANDS_MAX; i++)
		if (r->hands[i] != NULL) {
			payload_reader_clear(&r->hands[i]->reader);
			hasher_free(r->hands[i]->hasher);
			mem_free(r->hands[i]);
		}
	payload_reader_clear(&r->reader);
	hasher_free(r->chain);
	gate_free(r->gate);
	mem_free(r);
}

static bool
run_new(const struct content *c, struct slabs *slabs, struct run **out,
    struct err *err)
{
	struct run *r = mem_new(sizeof *r, err);
	unsigned i;

	if (r == NULL)
		return false;
	r->c = c;
	r->slabs = slabs;
	if (!gate_new(&r->gate, err) ||
	    !payload_reader_init(&r->reader, c->p, err) ||
	    !hasher_new(&r->chain, err))
		goto fail;
	for (i = 0; i < slabs_hands(slabs); i++)
		if (!hand_new(r, i, err))
			goto fail;
	*out = r;
	return true;
fail:
	run_free(r);
	return false;
}

bool
content_waits(const struct payload *p)
{
	return p->files > 1 && p->bytes / p->files < SMALL_FILE;
}

bool
content_run(const struct content *c, struct slabs *slabs, struct err *err)
{
	struct run *r;
	struct slab_work work = { .plan = content_plan, .fill = content_fill,
		.follow = content_follow, .waits = content_waits(c->p) };
	bool ok;

	if (!run_new(c, slabs, &r, err))
		return false;
	work.arg = r;
	ok = slabs_run(slabs, c->p->tar_bytes, &work, err) &&
	    payload_folders_unchanged(c->p, err);
	run_free(r);
	return ok;
}
