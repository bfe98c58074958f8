/*
 * crypto/merkle: the tree of RFC 6962 section 2.1 over SHA-256, as values: hashes of
 * leaves and nodes, roots, inclusion and consistency proofs and their checks.  No disk.
 *
 * leaf(d) = SHA-256(0x00 || d), node(l, r) = SHA-256(0x01 || l || r), the root of no
 * leaves is SHA-256("").  Sizes and indices count leaves, from 0; a size is at most
 * MERKLE_SIZE_MAX, so that no arithmetic here overflows.
 */
#ifndef COMITY_CRYPTO_MERKLE_H
#define COMITY_CRYPTO_MERKLE_H

#include "crypto/digest.h"

#define MERKLE_SIZE_MAX ((uint64_t)1 << 62)
#define MERKLE_PROOF_MAX 63	/* hashes of any proof (C2SP tlog-proof) */

struct merkle_proof {
	struct digest hash[MERKLE_PROOF_MAX];
	size_t n;
};

MUST bool merkle_leaf(struct hasher *h, struct span entry, struct digest *out,
    struct err *err);
MUST bool merkle_node(struct hasher *h, const struct digest *left,
    const struct digest *right, struct digest *out, struct err *err);

/*
 * The right edge: what has to be remembered to go on.  hash[l] is the root of the
 * perfect subtree of 2^l leaves that ends there, valid when bit l of size is set.
 * All zeros is the empty tree.
 */
struct merkle_edge {
	uint64_t size;
	struct digest hash[63];
};
/* ERR_LIMIT "merkle.size" at MERKLE_SIZE_MAX. */
MUST bool merkle_edge_add(struct hasher *h, struct merkle_edge *e,
    const struct digest *leaf, struct err *err);
MUST bool merkle_edge_root(struct hasher *h, const struct merkle_edge *e,
    struct digest *out, struct err *err);

/*
 * Where the hashes of a tree are: the root of the perfect subtree of 2^level leaves
 * that begins at leaf index << level; asked only for what lies within the size.
 */
struct merkle_tree {
	bool (*hash)(void *arg, unsigned level, uint64_t index, struct digest *out,
	    struct err *err);
	void *arg;
};
MUST bool merkle_root(struct hasher *h, const struct merkle_tree *t, uint64_t size,
    struct digest *out, struct err *err);
/* ERR_USE "merkle.range": index >= size, or old > size, or a size too large. */
MUST bool merkle_inclusion(struct hasher *h, const struct merkle_tree *t,
    uint64_t index, uint64_t size, struct merkle_proof *out, struct err *err);
MUST bool merkle_consistency(struct hasher *h, const struct merkle_tree *t,
    uint64_t old, uint64_t size, struct merkle_proof *out, struct err *err);

/*
 * The checks of RFC 6962 sections 2.1.1 and 2.1.2 (the procedures of RFC 9162), written
 * apart from the makers above.  *holds is the answer, false also for an index or sizes
 * that cannot be; false comes back only when it could not be computed.
 * Consistency: old = 0 holds with an empty proof whatever the root of size is (a caller
 * that has to know the root of no leaves checks it); old = size with an empty proof and
 * equal roots.
 */
MUST bool merkle_inclusion_check(struct hasher *h, const struct digest *leaf,
    uint64_t index, uint64_t size, const struct merkle_proof *p,
    const struct digest *root, bool *holds, struct err *err);
MUST bool merkle_consistency_check(struct hasher *h, uint64_t old,
    const struct digest *old_root, uint64_t size, const struct digest *root,
    const struct merkle_proof *p, bool *holds, struct err *err);

#endif
