/* Do the proofs of a custody file tell one history of each log? */
#include <stdlib.h>
#include <string.h>

#include "ledger/custody_internal.h"

bool
histories_init(struct histories *h, struct err *err)
{
	memset(h, 0, sizeof *h);
	return hasher_new(&h->hasher, err);
}

void
histories_clear(struct histories *h)
{
	for (size_t i = 0; i < h->origins_n; i++)
		mem_free(h->origins[i]);
	mem_free(h->origins);
	mem_free(h->list);
	hasher_free(h->hasher);
	memset(h, 0, sizeof *h);
}

/* The one copy of a log's name: files of one case name few logs. */
static bool
origin_of(struct histories *h, const char *name, const char **out, struct err *err)
{
	char **more;

	for (size_t i = 0; i < h->origins_n; i++)
		if (strcmp(h->origins[i], name) == 0) {
			*out = h->origins[i];
			return true;
		}
	more = mem_resize(h->origins, (h->origins_n + 1) * sizeof *more, err);
	if (more == NULL)
		return false;
	h->origins = more;
	h->origins[h->origins_n] = mem_text_of(name, err);
	if (h->origins[h->origins_n] == NULL)
		return false;
	*out = h->origins[h->origins_n++];
	return true;
}

static bool
node_add(struct histories *h, const struct history_node *node, unsigned level,
    uint64_t index, const struct digest *hash, struct err *err)
{
	struct history_node *more = mem_grow(h->list, h->n, sizeof *more, err);

	if (more == NULL)
		return false;
	h->list = more;
	h->list[h->n] = *node;
	h->list[h->n].level = level;
	h->list[h->n].index = index;
	h->list[h->n++].hash = *hash;
	return true;
}

/* All 2^level leaves of the subtree are within the size: it never changes again. */
static bool
perfect(unsigned level, uint64_t index, uint64_t size)
{
	return index + 1 <= size >> level;
}

/* The climb of merkle_inclusion_check, which held: every perfect subtree it names. */
static bool
path_add(struct histories *h, const struct history_node *node, struct digest r,
    const struct tlog_proof *p, uint64_t size, struct err *err)
{
	uint64_t fn = p->index, sn = size - 1;
	unsigned level = 0;

	for (size_t i = 0; i < p->path.n; i++, level++, fn >>= 1, sn >>= 1) {
		const struct digest *other = &p->path.hash[i];
		uint64_t beside;
		bool left;

		/* The last node of a level without a sibling goes up as it is. */
		for (; fn == sn && (fn & 1) == 0 && fn != 0; level++) {
			fn >>= 1;
			sn >>= 1;
		}
		left = (fn & 1) == 1;
		beside = left ? fn - 1 : fn + 1;
		if ((perfect(level, beside, size) &&
		    !node_add(h, node, level, beside, other, err)) ||
		    (perfect(level, fn, size) &&
		    !node_add(h, node, level, fn, &r, err)))
			return false;
		if (!merkle_node(h->hasher, left ? other : &r, left ? &r : other, &r, err))
			return false;
	}
	return true;
}

bool
histories_add(struct histories *h, size_t link, const uint8_t leaf[LEAF_BYTES],
    const struct tlog_proof *p, const struct checkpoint *c, struct err *err)
{
	struct history_node node = { .link = (uint32_t)link };
	struct digest hash;

	return origin_of(h, c->origin, &node.origin, err) &&
	    merkle_leaf(h->hasher, span_of(leaf, LEAF_BYTES), &hash, err) &&
	    node_add(h, &node, 0, p->index, &hash, err) &&
	    node_add(h, &node, HISTORY_ROOT, c->size, &c->root, err) &&
	    path_add(h, &node, hash, p, c->size, err);
}

static int
node_cmp(const void *x, const void *y)
{
	const struct history_node *a = x, *b = y;

	if (a->origin != b->origin)
		return strcmp(a->origin, b->origin);
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	return memcmp(a->hash.b, b->hash.b, sizeof a->hash.b);
}

void
histories_conflicts(struct histories *h,
    void (*each)(void *arg, size_t a, size_t b, const char *origin), void *arg)
{
	if (h->n == 0)
		return;
	qsort(h->list, h->n, sizeof *h->list, node_cmp);
	for (size_t i = 1; i < h->n; i++) {
		const struct history_node *a = &h->list[i - 1], *b = &h->list[i];

		if (a->origin == b->origin && a->level == b->level &&
		    a->index == b->index && !digest_eq(&a->hash, &b->hash))
			each(arg, a->link, b->link, a->origin);
	}
}
