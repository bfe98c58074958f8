#include "package/disclose_tree.h"

#include <string.h>

bool
disclose_tree_init(struct disclose_tree *t, struct world *w, struct dir *tmp,
    struct err *err)
{
	memset(t, 0, sizeof *t);
	return hasher_new(&t->hasher, err) &&
	    spool_new(w, tmp, SPOOL_KEEP, &t->nodes, err);
}

void
disclose_tree_clear(struct disclose_tree *t)
{
	hasher_free(t->hasher);
	spool_free(t->nodes);
	memset(t, 0, sizeof *t);
}

static uint64_t
ones(uint64_t v)
{
	uint64_t n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

/* The leaf, and every subtree that becomes whole with it. */
bool
disclose_tree_add(struct disclose_tree *t, struct span line, struct err *err)
{
	struct digest node, up;
	unsigned l;

	if (!merkle_leaf(t->hasher, line, &node, err) ||
	    !spool_add(t->nodes, digest_span(&node), err))
		return false;
	for (l = 0; (t->edge.size >> l & 1) != 0; l++) {
		if (!merkle_node(t->hasher, &t->edge.hash[l], &node, &up, err) ||
		    !spool_add(t->nodes, digest_span(&up), err))
			return false;
		node = up;
	}
	t->edge.hash[l] = node;		/* the highest subtree that ends here */
	t->edge.size++;
	return true;
}

static bool
node_at(void *arg, unsigned level, uint64_t index, struct digest *out, struct err *err)
{
	struct disclose_tree *t = arg;
	uint64_t last = ((index + 1) << level) - 1;

	return spool_read(t->nodes, (2 * last - ones(last) + level) * sizeof out->b,
	    out->b, sizeof out->b, err);
}

bool
disclose_tree_root(struct disclose_tree *t, struct digest *out, struct err *err)
{
	return merkle_edge_root(t->hasher, &t->edge, out, err);
}

bool
disclose_tree_path(struct disclose_tree *t, uint64_t n, struct merkle_proof *out,
    struct err *err)
{
	struct merkle_tree tree = { node_at, t };

	return merkle_inclusion(t->hasher, &tree, n - 1, t->edge.size, out, err);
}
