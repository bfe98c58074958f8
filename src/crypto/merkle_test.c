/*
 * The tree: its roots, its proofs, and that no other proof holds.  All sizes up to 2,048
 * are in merkle_pairs_test.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/merkle.h"

#ifndef VECTORS_DIR
#define VECTORS_DIR "tests/vectors/merkle"
#endif

static struct err last;
static struct hasher *hasher;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

static int
start(void **state)
{
	return hasher_new(&hasher, &last) ? 0 : -1;
}

static int
end(void **state)
{
	hasher_free(hasher);
	return 0;
}

/* The leaves and roots that other implementations use too (formats of RFC 6962 logs). */
static const char *const entries[8] = { "", "00", "10", "2021", "3031", "40414243",
	"5051525354555657", "606162636465666768696a6b6c6d6e6f" };
static const char *const roots[9] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

/* ---- a tree in memory ---- */

#define LEVELS 3
static struct digest level_of[LEVELS + 1][1 << LEVELS];
static uint64_t asked_within;	/* a tree is asked only for what lies within this */

static bool
tree_hash(void *arg, unsigned level, uint64_t index, struct digest *out, struct err *err)
{
	assert_true(level <= LEVELS);
	assert_true((index + 1) << level <= asked_within);
	*out = level_of[level][index];
	return true;
}
static const struct merkle_tree tree = { tree_hash, NULL };

/* ---- roots ---- */

static void
the_roots_of_rfc_6962_trees_are_those_of_others(void **state)
{
	struct merkle_edge edge = { 0 };
	struct digest root, leaf;
	uint8_t bytes[16];

	for (size_t n = 0; n <= 8; n++) {
		OK(merkle_edge_root(hasher, &edge, &root, &last));
		assert_string_equal(digest_hex(&root).s, roots[n]);
		asked_within = n;
		OK(merkle_root(hasher, &tree, n, &root, &last));
		if (n > 0)
			assert_string_equal(digest_hex(&root).s, roots[n]);
		if (n == 8)
			break;
		assert_true(hex_decode(span_text(entries[n]), bytes,
		    strlen(entries[n]) / 2));
		OK(merkle_leaf(hasher, span_of(bytes, strlen(entries[n]) / 2), &leaf,
		    &last));
		OK(merkle_edge_add(hasher, &edge, &leaf, &last));
		/* The same tree by levels, for merkle_root. */
		level_of[0][n] = leaf;
		for (size_t l = 1, i = n; (i & 1) != 0; l++, i >>= 1)
			OK(merkle_node(hasher, &level_of[l - 1][i - 1],
			    &level_of[l - 1][i], &level_of[l][i / 2], &last));
	}
}

/* Around 63 bytes, which short ones are put together up to. */
static void
a_leaf_of_any_length_is_the_digest_of_a_zero_and_its_bytes(void **state)
{
	uint8_t all[1 + 130];
	struct digest want, is;

	(void)state;
	memset(all, 'e', sizeof all);
	all[0] = 0;
	for (size_t n = 0; n < sizeof all; n++) {
		OK(digest_of(span_of(all, 1 + n), &want, &last));
		OK(merkle_leaf(hasher, span_of(all + 1, n), &is, &last));
		assert_true(digest_eq(&is, &want));
	}
}

static void
a_leaf_and_a_node_of_the_same_bytes_differ(void **state)
{
	struct digest a = { { 1 } }, b = { { 2 } }, node, leaf;
	uint8_t both[64];

	memcpy(both, a.b, 32);
	memcpy(both + 32, b.b, 32);
	OK(merkle_node(hasher, &a, &b, &node, &last));
	OK(merkle_leaf(hasher, span_of(both, 64), &leaf, &last));
	assert_false(digest_eq(&node, &leaf));
}

static void
a_full_tree_takes_no_more_and_one_before_takes_one(void **state)
{
	struct merkle_edge edge = { .size = MERKLE_SIZE_MAX - 1 };
	struct digest leaf = { { 7 } }, root;

	OK(merkle_edge_add(hasher, &edge, &leaf, &last));
	assert_true(edge.size == MERKLE_SIZE_MAX);
	OK(merkle_edge_root(hasher, &edge, &root, &last));
	assert_true(digest_eq(&root, &edge.hash[62]));
	assert_false(merkle_edge_add(hasher, &edge, &leaf, &last));
	assert_int_equal(last.kind, ERR_LIMIT);
	assert_string_equal(last.reason, "merkle.size");
}

/* Every hash of this tree is the same: it can be as large as one likes. */
static bool
same_hash(void *arg, unsigned level, uint64_t index, struct digest *out, struct err *err)
{
	const struct digest *by_level = arg;

	assert_true(level <= 62 && (index + 1) << level <= MERKLE_SIZE_MAX);
	*out = by_level[level];
	return true;
}

static void
proofs_in_the_largest_tree_have_their_greatest_length_and_hold(void **state)
{
	struct digest by_level[63] = { { { 9 } } }, old, root;
	const struct merkle_tree t = { same_hash, by_level };
	static const uint64_t sizes[] = { MERKLE_SIZE_MAX, MERKLE_SIZE_MAX - 1,
		MERKLE_SIZE_MAX / 2 + 1, MERKLE_SIZE_MAX - 12345 };
	struct merkle_proof p;
	size_t longest = 0;
	bool holds;

	for (size_t l = 1; l <= 62; l++)
		OK(merkle_node(hasher, &by_level[l - 1], &by_level[l - 1],
		    &by_level[l], &last));
	for (size_t i = 0; i < 4; i++) {
		uint64_t size = sizes[i], places[] = { 0, 1, size / 2, size / 3,
			size - 2, size - 1 };

		OK(merkle_root(hasher, &t, size, &root, &last));
		for (size_t k = 0; k < 6; k++) {
			OK(merkle_inclusion(hasher, &t, places[k], size, &p, &last));
			assert_true(p.n <= 62);
			OK(merkle_inclusion_check(hasher, &by_level[0], places[k], size,
			    &p, &root, &holds, &last));
			assert_true(holds);
			OK(merkle_consistency(hasher, &t, places[k], size, &p, &last));
			longest = p.n > longest ? p.n : longest;
			OK(merkle_root(hasher, &t, places[k], &old, &last));
			OK(merkle_consistency_check(hasher, places[k], &old, size, &root,
			    &p, &holds, &last));
			assert_true(holds);
		}
	}
	assert_int_equal(longest, MERKLE_PROOF_MAX);
}

static void
nothing_is_proven_outside_of_the_tree(void **state)
{
	struct digest d = { { 0 } };
	struct merkle_proof p = { .n = 0 };
	bool holds = true;

	assert_false(merkle_inclusion(hasher, &tree, 5, 5, &p, &last));
	assert_int_equal(last.kind, ERR_USE);
	assert_string_equal(last.reason, "merkle.range");
	assert_false(merkle_inclusion(hasher, &tree, 0, 0, &p, &last));
	assert_false(merkle_inclusion(hasher, &tree, 0, MERKLE_SIZE_MAX + 1, &p, &last));
	assert_false(merkle_consistency(hasher, &tree, 6, 5, &p, &last));
	assert_string_equal(last.reason, "merkle.range");
	assert_false(merkle_consistency(hasher, &tree, 1, MERKLE_SIZE_MAX + 1, &p,
	    &last));
	assert_false(merkle_root(hasher, &tree, UINT64_MAX, &d, &last));
	OK(merkle_inclusion_check(hasher, &d, 0, 0, &p, &d, &holds, &last));
	assert_false(holds);
	OK(merkle_inclusion_check(hasher, &d, 0, UINT64_MAX, &p, &d, &holds, &last));
	assert_false(holds);
	OK(merkle_consistency_check(hasher, 3, &d, 2, &d, &p, &holds, &last));
	assert_false(holds);
	OK(merkle_consistency_check(hasher, UINT64_MAX, &d, UINT64_MAX, &d, &p, &holds,
	    &last));
	assert_false(holds);
}

static void
a_tree_of_one_leaf_is_its_leaf(void **state)
{
	struct digest a = { { 1 } }, b = { { 2 } };
	struct merkle_proof p = { .n = 0 };
	bool holds;

	OK(merkle_inclusion_check(hasher, &a, 0, 1, &p, &a, &holds, &last));
	assert_true(holds);
	OK(merkle_inclusion_check(hasher, &a, 0, 1, &p, &b, &holds, &last));
	assert_false(holds);
}

static void
no_growth_needs_no_hash_and_bears_none(void **state)
{
	struct digest a = { { 1 } }, b = { { 2 } };
	struct merkle_proof none = { .n = 0 }, one = { .n = 1 };
	bool holds;

	OK(merkle_consistency_check(hasher, 5, &a, 5, &a, &none, &holds, &last));
	assert_true(holds);
	OK(merkle_consistency_check(hasher, 5, &a, 5, &b, &none, &holds, &last));
	assert_false(holds);
	OK(merkle_consistency_check(hasher, 5, &a, 5, &a, &one, &holds, &last));
	assert_false(holds);
	OK(merkle_consistency_check(hasher, 0, &a, 5, &b, &none, &holds, &last));
	assert_true(holds);
	OK(merkle_consistency_check(hasher, 0, &a, 5, &b, &one, &holds, &last));
	assert_false(holds);
}

/* ---- what fails below is told ---- */

static bool
no_hash(void *arg, unsigned level, uint64_t index, struct digest *out, struct err *err)
{
	return err_set(err, ERR_IO, "test.disk", "the disk is gone");
}

static void
a_hash_that_cannot_be_had_is_an_error_and_no_proof(void **state)
{
	const struct merkle_tree gone = { no_hash, NULL };
	struct merkle_proof p;
	struct digest d;

	assert_false(merkle_root(hasher, &gone, 7, &d, &last));
	assert_string_equal(last.reason, "test.disk");
	assert_false(merkle_inclusion(hasher, &gone, 3, 7, &p, &last));
	assert_string_equal(last.reason, "test.disk");
	assert_false(merkle_consistency(hasher, &gone, 3, 7, &p, &last));
	assert_string_equal(last.reason, "test.disk");
}

/* ---- vectors of others ---- */

/* False when these are no 32 bytes: no reader of ours lets such a hash in. */
static bool
hash_of(struct span text, struct digest *out)
{
	struct buf b;
	bool ok;

	memset(out, 0, sizeof *out);
	if (span_is(text, "-"))
		return false;
	buf_init(&b, 256);
	OK(base64_decode(&b, text, true, &last));
	ok = b.n == 32;
	if (ok)
		memcpy(out->b, b.p, 32);
	buf_clear(&b);
	return ok;
}

static bool
proof_of(struct span text, struct merkle_proof *p)
{
	p->n = 0;
	if (span_is(text, "-"))
		return true;
	for (;;) {
		const uint8_t *comma = memchr(text.p, ',', text.n);
		size_t n = comma == NULL ? text.n : (size_t)(comma - text.p);

		assert_true(p->n < MERKLE_PROOF_MAX);
		if (!hash_of(span_part(text, 0, n), &p->hash[p->n++]))
			return false;
		if (comma == NULL)
			return true;
		text = span_from(text, n + 1);
	}
}

static bool
vector_holds(struct span f[8])
{
	uint64_t a = strtoull((const char *)f[1].p, NULL, 10);
	uint64_t b = strtoull((const char *)f[2].p, NULL, 10);
	struct digest one, two;
	struct merkle_proof p;
	bool holds = false;

	if (!hash_of(f[3], &one) || !hash_of(f[4], &two) || !proof_of(f[5], &p))
		return false;
	if (span_is(f[0], "inclusion"))
		OK(merkle_inclusion_check(hasher, &one, a, b, &p, &two, &holds, &last));
	else
		OK(merkle_consistency_check(hasher, a, &one, b, &two, &p, &holds, &last));
	return holds;
}

static void
the_proofs_of_another_implementation_are_judged_as_it_does(void **state)
{
	static const char short_roots[] = "additional_sizes-are-equal-one-and-proof-is-empty";
	FILE *f = fopen(VECTORS_DIR "/cases.tsv", "r");
	size_t n = 0, held = 0;
	char line[8192];

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		struct span field[8];
		char *rest = line, *word;

		for (size_t i = 0; i < 8; i++) {
			word = strsep(&rest, "\t\n");
			assert_non_null(word);
			field[i] = span_text(word);
		}
		n++;
		if (vector_holds(field)) {
			held++;
			if (!span_is(field[6], "holds"))
				fail_msg("holds here: %s", (const char *)field[7].p);
		} else if (span_is(field[6], "holds")) {
			/* Two equal roots of 12 bytes. */
			assert_string_equal((const char *)field[7].p, short_roots);
		}
	}
	(void)fclose(f);
	assert_int_equal(n, 132);
	assert_true(held > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_roots_of_rfc_6962_trees_are_those_of_others),
		cmocka_unit_test(a_leaf_of_any_length_is_the_digest_of_a_zero_and_its_bytes),
		cmocka_unit_test(a_leaf_and_a_node_of_the_same_bytes_differ),
		cmocka_unit_test(a_full_tree_takes_no_more_and_one_before_takes_one),
		cmocka_unit_test(
		    proofs_in_the_largest_tree_have_their_greatest_length_and_hold),
		cmocka_unit_test(nothing_is_proven_outside_of_the_tree),
		cmocka_unit_test(a_tree_of_one_leaf_is_its_leaf),
		cmocka_unit_test(no_growth_needs_no_hash_and_bears_none),
		cmocka_unit_test(a_hash_that_cannot_be_had_is_an_error_and_no_proof),
		cmocka_unit_test(
		    the_proofs_of_another_implementation_are_judged_as_it_does),
	};

	return cmocka_run_group_tests_name("merkle", tests, start, end);
}
