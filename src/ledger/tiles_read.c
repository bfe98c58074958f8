/*
 * Hashes, proofs and entries.  What comes from a file is believed only when it has the
 * hash that the tile above says, up to the last tiles in memory.
 */
#include <string.h>

#include "ledger/tiles_internal.h"

struct digest *
tile_tree_hashes(struct tile_tree *t)
{
	return t->node + TILE_WIDTH - 1;
}

bool
tile_tree_make(struct hasher *h, struct tile_tree *t, struct err *err)
{
	for (size_t i = TILE_WIDTH - 1; i-- > 0; )
		if (!merkle_node(h, &t->node[2 * i + 1], &t->node[2 * i + 2],
		    &t->node[i], err))
			return false;
	return true;
}

bool
tile_tree_complete(struct hasher *h, struct tile_tree *t, size_t i, struct err *err)
{
	/* A right child has an even place: it is the later one of its parent. */
	for (size_t at = TILE_WIDTH - 1 + i; at > 0 && at % 2 == 0; at = (at - 1) / 2)
		if (!merkle_node(h, &t->node[at - 1], &t->node[at],
		    &t->node[(at - 1) / 2], err))
			return false;
	return true;
}

/* A full tile that the tile above vouches for. */
static bool
tile_checked(struct tiles *t, unsigned level, uint64_t n, struct tile_tree **out,
    struct err *err)
{
	struct tile_tree *tree = &t->cache[level];
	struct digest want;

	*out = tree;
	if (tree->valid && tree->n == n)
		return true;
	if (!tiles_hash(t, level + 1, n, &want, err))
		return false;
	tree->valid = false;
	if (!tile_load(&t->reader, level, n, TILE_WIDTH, tile_tree_hashes(tree), err) ||
	    !tile_tree_make(t->hasher, tree, err))
		return false;
	if (!digest_eq(&tree->node[0], &want))
		return tiles_damaged(t->name, tile_path((int)level, n, TILE_WIDTH).s,
		    "is not what the tile over it says", err);
	tree->valid = true;
	tree->n = n;
	return true;
}

static bool
subtree(void *arg, unsigned level, uint64_t index, struct digest *out,
    struct err *err)
{
	struct tiles *t = arg;
	unsigned tile_level = level / 8, k = level % 8;
	uint64_t first = index << k, n = first / TILE_WIDTH;
	struct tile_tree *tree = &t->edge[tile_level];

	if (n != tiles_last(t->size, tile_level) &&
	    !tile_checked(t, tile_level, n, &tree, err))
		return false;
	*out = tree->node[((size_t)TILE_WIDTH >> k) - 1 + (first % TILE_WIDTH >> k)];
	return true;
}

bool
tiles_hash(struct tiles *t, unsigned level, uint64_t i, struct digest *out,
    struct err *err)
{
	return subtree(t, 8 * level, i, out, err);
}

struct merkle_tree
tiles_tree(struct tiles *t)
{
	return (struct merkle_tree){ subtree, t };
}

static bool
size_check(const struct tiles *t, uint64_t size, struct err *err)
{
	return size <= t->size || err_set(err, ERR_USE, "merkle.range",
	    "the ledger is smaller than that");
}

bool
tiles_root(struct tiles *t, uint64_t size, struct digest *out, struct err *err)
{
	struct merkle_tree tree = tiles_tree(t);

	return size_check(t, size, err) && merkle_root(t->hasher, &tree, size, out, err);
}

bool
tiles_inclusion(struct tiles *t, uint64_t index, uint64_t size,
    struct merkle_proof *out, struct err *err)
{
	struct merkle_tree tree = tiles_tree(t);

	return size_check(t, size, err) &&
	    merkle_inclusion(t->hasher, &tree, index, size, out, err);
}

bool
tiles_consistency(struct tiles *t, uint64_t old, uint64_t size,
    struct merkle_proof *out, struct err *err)
{
	struct merkle_tree tree = tiles_tree(t);

	return size_check(t, size, err) &&
	    merkle_consistency(t->hasher, &tree, old, size, out, err);
}

/* ---- entries ---- */

static bool
bundle_of(struct tiles *t, uint64_t n, struct span *out, struct err *err)
{
	if (n != tiles_last(t->size, 0))
		return bundle_load(&t->reader, n, TILE_WIDTH, out, err);
	*out = buf_span(&t->bundle);
	return true;
}

/* One entry of a bundle against its leaf hash. */
static bool
entry_check(struct tiles *t, uint64_t index, struct span entry, struct err *err)
{
	struct digest is, want;

	if (!merkle_leaf(t->hasher, entry, &is, err))
		return false;
	if (!subtree(t, 0, index, &want, err))
		return false;
	return digest_eq(&is, &want) || tiles_damaged(t->name,
	    tile_path(-1, index / TILE_WIDTH, TILE_WIDTH).s,
	    "is not what the tile over it says", err);
}

/*
 * Copied out of scratch: checking an entry may load a tile, and `each` may ask us for
 * something else.
 */
static bool
bundle_each(struct tiles *t, uint64_t n, uint64_t from, uint64_t to, struct buf *copy,
    bool (*each)(void *arg, uint64_t index, struct span entry, struct err *err),
    void *arg, struct err *err)
{
	struct span all, entry;
	struct cursor c;

	buf_reset(copy);
	if (!bundle_of(t, n, &all, err) || !buf_add(copy, all, err))
		return false;
	c = cursor_of(buf_span(copy));
	for (uint64_t i = n * TILE_WIDTH; i < to && bundle_next(&c, &entry); i++)
		if (i >= from && (!entry_check(t, i, entry, err) ||
		    !each(arg, i, entry, err)))
			return false;
	return true;
}

bool
tiles_entries(struct tiles *t, uint64_t from, uint64_t to,
    bool (*each)(void *arg, uint64_t index, struct span entry, struct err *err),
    void *arg, struct err *err)
{
	struct buf copy;
	bool ok = true;

	if (from > to || !size_check(t, to, NULL))
		return err_set(err, ERR_USE, "merkle.range",
		    "the ledger has no such entries");
	buf_init(&copy, BUNDLE_MAX);
	for (uint64_t n = from / TILE_WIDTH; ok && from < to && n <= (to - 1) / TILE_WIDTH;
	    n++)
		ok = bundle_each(t, n, from, to, &copy, each, arg, err);
	buf_clear(&copy);
	return ok;
}

static bool
entry_take(void *arg, uint64_t index, struct span entry, struct err *err)
{
	(void)index;
	return buf_add(arg, entry, err);
}

bool
tiles_entry(struct tiles *t, uint64_t index, struct buf *out, struct err *err)
{
	if (index >= t->size)
		return err_set(err, ERR_USE, "merkle.range",
		    "the ledger has no such entry");
	return tiles_entries(t, index, index + 1, entry_take, out, err);
}
