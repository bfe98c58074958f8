/*
 * disclose_tree: the tree over lines that flow by, kept so that the path of any of them
 * can be told afterwards.  Nodes of perfect subtrees lie in a nameless file in the order
 * in which they became whole: node (level, index) at 2e - ones(e) + level, where
 * e = (index + 1 << level) - 1 is its last leaf.  64 bytes a line on the disk, constant
 * memory.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_DISCLOSE_TREE_H
#define COMITY_PACKAGE_DISCLOSE_TREE_H

#include "crypto/merkle.h"
#include "package/spool.h"

struct disclose_tree {
	struct hasher *hasher;
	struct spool *nodes;
	struct merkle_edge edge;
};
MUST bool disclose_tree_init(struct disclose_tree *t, struct world *w,
    struct dir *tmp, struct err *err);
void disclose_tree_clear(struct disclose_tree *t);	/* a zeroed one is fine */
/* One more line, with its LF. */
MUST bool disclose_tree_add(struct disclose_tree *t, struct span line, struct err *err);
MUST bool disclose_tree_root(struct disclose_tree *t, struct digest *out,
    struct err *err);
/* Of line n, counted from 1; nothing is added any more. */
MUST bool disclose_tree_path(struct disclose_tree *t, uint64_t n,
    struct merkle_proof *out, struct err *err);

#endif
