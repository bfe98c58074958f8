/*
 * Every inclusion and consistency proof of all sizes up to 2,048, and that no altered one
 * holds.  merkle.c is built in here over a hasher that remembers: SHA-256 works out each
 * node once, and the four million proofs ask for the same few thousand nodes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/digest.h"

/* ---- the hasher that remembers ---- */

#define NODE 65			/* 01, left, right */
#define MEMO (1u << 16)		/* about 23,000 nodes are asked for */
static struct {
	bool used;
	uint8_t node[NODE - 1];
	struct digest is;
} memo[MEMO];
static size_t memo_used;
static bool learning = true;	/* altered proofs are not worth remembering */

static uint8_t fed[256];
static size_t fed_n;

static void
memo_add(struct hasher *h, struct span s)
{
	assert_true(fed_n + s.n <= sizeof fed);
	if (s.n > 0)
		memcpy(fed + fed_n, s.p, s.n);
	fed_n += s.n;
}

static bool
memo_end(struct hasher *h, struct digest *out, struct err *err)
{
	size_t n = fed_n, at;
	uint64_t a, b;

	fed_n = 0;
	if (n != NODE || fed[0] != 1)
		return digest_of(span_of(fed, n), out, err);
	memcpy(&a, fed + 1, 8);
	memcpy(&b, fed + 33, 8);
	for (at = (a ^ b * 3) % MEMO; memo[at].used; at = (at + 1) % MEMO)
		if (memcmp(memo[at].node, fed + 1, NODE - 1) == 0) {
			*out = memo[at].is;
			return true;
		}
	if (!digest_of(span_of(fed, n), out, err))
		return false;
	if (learning) {
		assert_true(memo_used++ < MEMO / 2);
		memo[at].used = true;
		memcpy(memo[at].node, fed + 1, NODE - 1);
		memo[at].is = *out;
	}
	return true;
}

static bool
memo_digest(struct hasher *h, struct span s, struct digest *out, struct err *err)
{
	fed_n = 0;
	memo_add(h, s);
	return memo_end(h, out, err);
}

#define hasher_add memo_add
#define hasher_end memo_end
#define hasher_digest memo_digest
#include "crypto/merkle.c"

/* ---- a tree in memory ---- */

#define LEVELS 11
#define SIZES (1u << LEVELS)
static struct digest level_of[LEVELS + 1][SIZES];
static struct digest root_of[SIZES + 1];
static uint64_t asked_within;

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

static bool
tree_hash(void *arg, unsigned level, uint64_t index, struct digest *out, struct err *err)
{
	if (level > LEVELS || (index + 1) << level > asked_within)
		fail_msg("asked for %u/%llu", level, (unsigned long long)index);
	*out = level_of[level][index];
	return true;
}
static const struct merkle_tree tree = { tree_hash, NULL };

static int
fill(void **state)
{
	struct merkle_edge edge = { 0 };

	for (unsigned i = 0; i < SIZES; i++) {
		uint8_t entry[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		if (!merkle_leaf(NULL, span_of(entry, 2), &level_of[0][i], &last) ||
		    !merkle_edge_root(NULL, &edge, &root_of[i], &last) ||
		    !merkle_edge_add(NULL, &edge, &level_of[0][i], &last))
			return -1;
		for (unsigned l = 1, k = i; (k & 1) != 0; l++, k >>= 1)
			if (!merkle_node(NULL, &level_of[l - 1][k - 1],
			    &level_of[l - 1][k], &level_of[l][k / 2], &last))
				return -1;
	}
	return merkle_edge_root(NULL, &edge, &root_of[SIZES], &last) ? 0 : -1;
}

/* ---- every proof ---- */

static void
the_edge_and_the_levels_give_the_same_root_at_every_size(void **state)
{
	struct digest root;

	for (uint64_t n = 0; n <= SIZES; n++) {
		asked_within = n;
		OK(merkle_root(NULL, &tree, n, &root, &last));
		assert_true(digest_eq(&root, &root_of[n]));
	}
}

static void
every_inclusion_proof_up_to_2048_holds(void **state)
{
	struct merkle_proof p;
	size_t proofs = 0;
	bool holds;

	for (uint64_t n = 1; n <= SIZES; n++) {
		asked_within = n;
		for (uint64_t i = 0; i < n; i++, proofs++) {
			OK(merkle_inclusion(NULL, &tree, i, n, &p, &last));
			OK(merkle_inclusion_check(NULL, &level_of[0][i], i, n, &p,
			    &root_of[n], &holds, &last));
			if (!holds)
				fail_msg("inclusion %llu of %llu",
				    (unsigned long long)i, (unsigned long long)n);
		}
	}
	assert_int_equal(proofs, SIZES * (SIZES + 1) / 2);
}

static void
every_consistency_proof_up_to_2048_holds(void **state)
{
	struct merkle_proof p;
	size_t proofs = 0;
	bool holds;

	for (uint64_t n = 0; n <= SIZES; n++) {
		asked_within = n;
		for (uint64_t m = 0; m <= n; m++, proofs++) {
			OK(merkle_consistency(NULL, &tree, m, n, &p, &last));
			OK(merkle_consistency_check(NULL, m, &root_of[m], n, &root_of[n],
			    &p, &holds, &last));
			if (!holds)
				fail_msg("consistency %llu of %llu",
				    (unsigned long long)m, (unsigned long long)n);
		}
	}
	assert_int_equal(proofs, (SIZES + 1) * (SIZES + 2) / 2);
}

/* ---- against the definitions of RFC 6962 2.1, word for word ---- */

static struct digest
mth(uint64_t from, uint64_t to)
{
	struct digest d, left, right;

	if (to - from == 1)
		return level_of[0][from];
	left = mth(from, from + left_part(to - from));
	right = mth(from + left_part(to - from), to);
	OK(merkle_node(NULL, &left, &right, &d, &last));
	return d;
}

static void
path(uint64_t m, uint64_t from, uint64_t to, struct merkle_proof *p)
{
	uint64_t k = to - from == 1 ? 0 : left_part(to - from);

	if (k == 0)
		return;
	if (m < k) {
		path(m, from, from + k, p);
		p->hash[p->n++] = mth(from + k, to);
	} else {
		path(m - k, from + k, to, p);
		p->hash[p->n++] = mth(from, from + k);
	}
}

static void
subproof(uint64_t m, uint64_t from, uint64_t to, bool known, struct merkle_proof *p)
{
	uint64_t k;

	if (m == to - from) {
		if (!known)
			p->hash[p->n++] = mth(from, to);
		return;
	}
	k = left_part(to - from);
	if (m <= k) {
		subproof(m, from, from + k, known, p);
		p->hash[p->n++] = mth(from + k, to);
	} else {
		subproof(m - k, from + k, to, false, p);
		p->hash[p->n++] = mth(from, from + k);
	}
}

static void
same_proof(const struct merkle_proof *a, const struct merkle_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->hash, b->hash, a->n * sizeof a->hash[0]);
}

static void
proofs_are_those_of_the_definition_of_rfc_6962(void **state)
{
	struct merkle_proof p, defined;

	for (uint64_t n = 1; n <= 130; n++) {
		asked_within = n;
		for (uint64_t i = 0; i < n; i++) {
			OK(merkle_inclusion(NULL, &tree, i, n, &p, &last));
			defined.n = 0;
			path(i, 0, n, &defined);
			same_proof(&p, &defined);
			OK(merkle_consistency(NULL, &tree, i + 1, n, &p, &last));
			defined.n = 0;
			subproof(i + 1, 0, n, true, &defined);
			same_proof(&p, &defined);
		}
	}
}

/* ---- no other proof holds ---- */

struct claim {
	bool inclusion;
	uint64_t a, size;		/* place of the leaf, or older size */
	struct digest first, root;	/* leaf, or older root; root */
	struct merkle_proof p;
};

static bool
claim_holds(const struct claim *c)
{
	bool holds;

	if (c->inclusion)
		OK(merkle_inclusion_check(NULL, &c->first, c->a, c->size, &c->p,
		    &c->root, &holds, &last));
	else
		OK(merkle_consistency_check(NULL, c->a, &c->first, c->size, &c->root,
		    &c->p, &holds, &last));
	return holds;
}

static void
refuse(const struct claim *c, const char *what)
{
	if (claim_holds(c))
		fail_msg("%s %llu of %llu holds with %s",
		    c->inclusion ? "inclusion" : "consistency",
		    (unsigned long long)c->a, (unsigned long long)c->size, what);
}

static void
altered_hashes_are_refused(const struct claim *good)
{
	struct claim c;

	for (size_t i = 0; i < good->p.n; i++) {
		c = *good;
		c.p.hash[i].b[(i * 7 + good->a) % 32] ^= (uint8_t)(1 << (i + good->size) % 8);
		refuse(&c, "a flipped hash");
		c = *good;
		c.p.n--;
		memmove(&c.p.hash[i], &c.p.hash[i + 1], (c.p.n - i) * sizeof *c.p.hash);
		refuse(&c, "a hash left out");
		c = *good;
		memmove(&c.p.hash[i + 1], &c.p.hash[i], (c.p.n - i) * sizeof *c.p.hash);
		c.p.n++;
		refuse(&c, "a hash twice");
		if (i == 0)
			continue;
		c = *good;
		c.p.hash[i] = good->p.hash[i - 1];
		c.p.hash[i - 1] = good->p.hash[i];
		refuse(&c, "two hashes swapped");
	}
	c = *good;
	c.p.hash[c.p.n++] = good->root;
	refuse(&c, "a hash behind the last");
	c = *good;
	c.p.n = 0;
	if (good->p.n > 0)
		refuse(&c, "no hash at all");
}

static void
altered_places_and_roots_are_refused(const struct claim *good)
{
	struct claim c = *good;

	c.root.b[31] ^= 0x80;
	refuse(&c, "another root");
	c = *good;
	c.first.b[0] ^= 1;
	refuse(&c, "another leaf or older root");
	c = *good;
	c.first = good->root;
	c.root = good->first;
	if (!digest_eq(&c.first, &c.root))
		refuse(&c, "both roots swapped");
	for (unsigned bit = 0; bit < 64; bit++) {
		c = *good;
		c.a ^= (uint64_t)1 << bit;
		/* From no leaves on, everything is consistent, with no proof. */
		if (good->inclusion || c.a != 0 || c.p.n != 0)
			refuse(&c, "another place");
	}
}

/*
 * A root does not say of how many leaves it is, so a proof can hold for a size beside the
 * true one and the root of the true one: sizes are bound to roots by checkpoints.  With
 * the root that the other size has, or the older root, nothing holds.
 */
static void
other_sizes_with_their_roots_are_refused(const struct claim *good)
{
	const uint64_t others[] = { 1, good->size / 2, good->size - 1, good->size + 1,
		good->size * 2, good->size ^ 2, SIZES };
	struct claim c;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (others[i] == good->size || others[i] == 0 || others[i] > SIZES)
			continue;
		c = *good;
		c.size = others[i];
		c.root = root_of[others[i]];
		if (good->inclusion || good->p.n > 0 || others[i] != good->a)
			refuse(&c, "another size and its root");
		c = *good;
		c.root = root_of[others[i]];
		refuse(&c, "the root of another size");
		if (good->inclusion)
			continue;
		c = *good;
		c.first = root_of[others[i]];
		if (others[i] != good->a)
			refuse(&c, "the older root of another size");
	}
}

static void
alter(const struct claim *good)
{
	assert_true(claim_holds(good));
	altered_hashes_are_refused(good);
	altered_places_and_roots_are_refused(good);
	other_sizes_with_their_roots_are_refused(good);
}

static void
no_altered_proof_holds(void **state)
{
	/* Each pair of small sizes, and ever fewer of larger ones. */
	unsigned each = getenv("COMITY_LONG") == NULL ? 48 : 400, altered = 0;

	learning = false;
	for (uint64_t n = 1; n <= SIZES; n += n < each ? 1 : n / 7) {
		for (uint64_t i = 0; i < n; i += n < each ? 1 : 1 + n / 23, altered += 2) {
			struct claim c = { .inclusion = true, .a = i, .size = n,
				.first = level_of[0][i], .root = root_of[n] };

			asked_within = n;
			OK(merkle_inclusion(NULL, &tree, i, n, &c.p, &last));
			alter(&c);
			c.inclusion = false;
			c.a = i + 1;
			c.first = root_of[i + 1];
			OK(merkle_consistency(NULL, &tree, i + 1, n, &c.p, &last));
			alter(&c);
		}
	}
	assert_true(altered > 2000);
}

/* Or the root of a part would pass for that of the whole. */
static void
a_walk_that_ends_below_the_top_proves_nothing(void **state)
{
	for (unsigned level = 0; level < LEVELS; level++)
		for (uint64_t i = 0; i < 1u << level && i < 64; i++) {
			uint64_t part = 1u << level;
			struct claim c = { .inclusion = true, .a = i, .size = part,
				.first = level_of[0][i], .root = root_of[part] };

			asked_within = SIZES;
			OK(merkle_inclusion(NULL, &tree, i, part, &c.p, &last));
			assert_true(claim_holds(&c));
			for (c.size = part + 1; c.size <= 4 * part + 2; c.size++)
				refuse(&c, "the root of a part");
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_edge_and_the_levels_give_the_same_root_at_every_size),
		cmocka_unit_test(every_inclusion_proof_up_to_2048_holds),
		cmocka_unit_test(every_consistency_proof_up_to_2048_holds),
		cmocka_unit_test(proofs_are_those_of_the_definition_of_rfc_6962),
		cmocka_unit_test(no_altered_proof_holds),
		cmocka_unit_test(a_walk_that_ends_below_the_top_proves_nothing),
	};

	return cmocka_run_group_tests_name("merkle_pairs", tests, fill, NULL);
}
