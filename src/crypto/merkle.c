#include "crypto/merkle.h"

#include <string.h>

/* A short entry is put together here, which costs less than handing over its parts. */
#define SHORT_MAX 63

bool
merkle_leaf(struct hasher *h, struct span entry, struct digest *out, struct err *err)
{
	uint8_t all[1 + SHORT_MAX];

	if (entry.n > 0 && entry.n <= SHORT_MAX) {
		all[0] = 0;
		memcpy(all + 1, entry.p, entry.n);
		return hasher_digest(h, span_of(all, 1 + entry.n), out, err);
	}
	hasher_restart(h);
	hasher_add(h, span_of("\x00", 1));
	hasher_add(h, entry);
	return hasher_end(h, out, err);
}

bool
merkle_node(struct hasher *h, const struct digest *left, const struct digest *right,
    struct digest *out, struct err *err)
{
	uint8_t both[65];

	both[0] = 1;
	memcpy(both + 1, left->b, 32);
	memcpy(both + 33, right->b, 32);
	return hasher_digest(h, span_of(both, sizeof both), out, err);
}

/* The root of no leaves: the digest of no bytes. */
static bool
empty_root(struct hasher *h, struct digest *out, struct err *err)
{
	return hasher_digest(h, span_of(NULL, 0), out, err);
}

/* ---- the right edge ---- */

bool
merkle_edge_add(struct hasher *h, struct merkle_edge *e, const struct digest *leaf,
    struct err *err)
{
	struct digest up = *leaf;
	unsigned level = 0;

	if (e->size >= MERKLE_SIZE_MAX)
		return err_set(err, ERR_LIMIT, "merkle.size",
		    "a tree of 2^62 leaves takes no more");
	/* As in counting: each full subtree that ends here joins its right neighbour. */
	for (uint64_t n = e->size; (n & 1) != 0; n >>= 1, level++)
		if (!merkle_node(h, &e->hash[level], &up, &up, err))
			return false;
	e->hash[level] = up;
	e->size++;
	return true;
}

bool
merkle_edge_root(struct hasher *h, const struct merkle_edge *e, struct digest *out,
    struct err *err)
{
	struct digest root;
	bool any = false;

	if (e->size == 0)
		return empty_root(h, out, err);
	for (unsigned level = 0; e->size >> level != 0; level++) {
		if ((e->size >> level & 1) == 0)
			continue;
		if (!any)
			root = e->hash[level];
		else if (!merkle_node(h, &e->hash[level], &root, &root, err))
			return false;
		any = true;
	}
	*out = root;
	return true;
}

/* ---- a tree whose hashes are somewhere ---- */

/*
 * The root of leaves [from, to), where from is a multiple of a power of two that is not
 * less than to - from: perfect subtrees side by side, the greatest first.
 */
static bool
range_root(struct hasher *h, const struct merkle_tree *t, uint64_t from, uint64_t to,
    struct digest *out, struct err *err)
{
	struct digest root, left;
	uint64_t at = to;

	for (unsigned level = 0; at > from; level++) {
		if (((to - from) >> level & 1) == 0)
			continue;
		at -= (uint64_t)1 << level;
		if (!t->hash(t->arg, level, at >> level, &left, err))
			return false;
		if (at + ((uint64_t)1 << level) == to)
			root = left;
		else if (!merkle_node(h, &left, &root, &root, err))
			return false;
	}
	*out = root;
	return true;
}

static bool
range_wrong(struct err *err, uint64_t index, uint64_t size)
{
	return err_set(err, ERR_USE, "merkle.range",
	    "there is no proof for place %llu in a tree of %llu leaves",
	    (unsigned long long)index, (unsigned long long)size);
}

bool
merkle_root(struct hasher *h, const struct merkle_tree *t, uint64_t size,
    struct digest *out, struct err *err)
{
	if (size > MERKLE_SIZE_MAX)
		return range_wrong(err, 0, size);
	if (size == 0)
		return empty_root(h, out, err);
	return range_root(h, t, 0, size, out, err);
}

/* The greatest power of two that is less than n; n >= 2. */
static uint64_t
left_part(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/*
 * One step down towards a leaf or an older end: the sibling of the half that is entered
 * is put into the proof.  [*from, *to) holds two leaves or more.
 */
static bool
step_down(struct hasher *h, const struct merkle_tree *t, bool left, uint64_t *from,
    uint64_t *to, struct merkle_proof *p, struct err *err)
{
	uint64_t middle = *from + left_part(*to - *from);

	if (left) {
		if (!range_root(h, t, middle, *to, &p->hash[p->n], err))
			return false;
		*to = middle;
	} else {
		if (!range_root(h, t, *from, middle, &p->hash[p->n], err))
			return false;
		*from = middle;
	}
	p->n++;
	return true;
}

/* Found from the top; a proof begins at the bottom. */
static void
turn_over(struct merkle_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		struct digest d = p->hash[i];

		p->hash[i] = p->hash[p->n - 1 - i];
		p->hash[p->n - 1 - i] = d;
	}
}

bool
merkle_inclusion(struct hasher *h, const struct merkle_tree *t, uint64_t index,
    uint64_t size, struct merkle_proof *out, struct err *err)
{
	uint64_t from = 0, to = size;

	if (index >= size || size > MERKLE_SIZE_MAX)
		return range_wrong(err, index, size);
	out->n = 0;
	while (to - from > 1)
		if (!step_down(h, t, index - from < left_part(to - from), &from, &to,
		    out, err))
			return false;
	turn_over(out);
	return true;
}

/* RFC 6962 2.1.2: PROOF(m, D[n]), which is empty where there is nothing to prove. */
bool
merkle_consistency(struct hasher *h, const struct merkle_tree *t, uint64_t old,
    uint64_t size, struct merkle_proof *out, struct err *err)
{
	uint64_t from = 0, to = size;

	if (old > size || size > MERKLE_SIZE_MAX)
		return range_wrong(err, old, size);
	out->n = 0;
	if (old == 0)
		return true;
	while (to != old)
		if (!step_down(h, t, old - from <= left_part(to - from), &from, &to,
		    out, err))
			return false;
	/* What ends the old tree is known to the asker only when it is all of it. */
	if (from != 0) {
		if (!range_root(h, t, from, to, &out->hash[out->n], err))
			return false;
		out->n++;
	}
	turn_over(out);
	return true;
}

/* ---- checks ---- */

/* RFC 9162 2.1.3.2; fn and sn are the place of the node and of the last one, by level. */
bool
merkle_inclusion_check(struct hasher *h, const struct digest *leaf, uint64_t index,
    uint64_t size, const struct merkle_proof *p, const struct digest *root, bool *holds,
    struct err *err)
{
	uint64_t fn = index, sn = size - 1;
	struct digest r = *leaf;

	*holds = false;
	if (index >= size || size > MERKLE_SIZE_MAX || p->n > MERKLE_PROOF_MAX)
		return true;
	for (size_t i = 0; i < p->n; i++) {
		if (sn == 0)
			return true;
		if ((fn & 1) != 0 || fn == sn) {
			if (!merkle_node(h, &p->hash[i], &r, &r, err))
				return false;
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else if (!merkle_node(h, &r, &p->hash[i], &r, err)) {
			return false;
		}
		fn >>= 1;
		sn >>= 1;
	}
	*holds = sn == 0 && digest_eq(&r, root);
	return true;
}

/* RFC 9162 2.1.4.2, from the first hash on: fr becomes the old root, sr the new. */
static bool
consistency_walk(struct hasher *h, uint64_t fn, uint64_t sn, struct digest *fr,
    struct digest *sr, const struct digest *hash, size_t n, bool *walked,
    struct err *err)
{
	*walked = false;
	for (size_t i = 0; i < n; i++) {
		if (sn == 0)
			return true;
		if ((fn & 1) != 0 || fn == sn) {
			if (!merkle_node(h, &hash[i], fr, fr, err) ||
			    !merkle_node(h, &hash[i], sr, sr, err))
				return false;
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else if (!merkle_node(h, sr, &hash[i], sr, err)) {
			return false;
		}
		fn >>= 1;
		sn >>= 1;
	}
	*walked = sn == 0;
	return true;
}

bool
merkle_consistency_check(struct hasher *h, uint64_t old, const struct digest *old_root,
    uint64_t size, const struct digest *root, const struct merkle_proof *p, bool *holds,
    struct err *err)
{
	bool whole = (old & (old - 1)) == 0, walked;
	uint64_t fn = old - 1, sn = size - 1;
	struct digest fr, sr;

	*holds = false;
	if (old > size || size > MERKLE_SIZE_MAX || p->n > MERKLE_PROOF_MAX)
		return true;
	if (old == 0 || old == size) {
		*holds = p->n == 0 && (old == 0 || digest_eq(old_root, root));
		return true;
	}
	if (p->n == 0)
		return true;
	/* The old root stands for the first hash where the old tree is one subtree. */
	fr = sr = whole ? *old_root : p->hash[0];
	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	if (!consistency_walk(h, fn, sn, &fr, &sr, p->hash + !whole, p->n - !whole,
	    &walked, err))
		return false;
	*holds = walked && digest_eq(&fr, old_root) && digest_eq(&sr, root);
	return true;
}
