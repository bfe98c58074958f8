/* Proof files and requests to witnesses: one spelling, and no flipped bit proves anything. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/note_kit.h"
#include "ledger/proof.h"

#define LEAVES 7
#define PLACE 4

static struct err last;
static struct key *log_key, *witness_key;
static struct vkey keys[2];
static uint8_t leaves[LEAVES][LEAF_BYTES];
static struct digest level_of[3][LEAVES];
static struct buf note, proof;		/* of all leaves; of the leaf at PLACE */

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

#define REFUSED(call, kind_, reason_) do { \
	err_clear(&last); \
	assert_false(call); \
	assert_string_equal(last.reason, reason_); \
	assert_int_equal(last.kind, kind_); \
} while (0)

static bool
tree_hash(void *arg, unsigned level, uint64_t index, struct digest *out, struct err *err)
{
	*out = level_of[level][index];
	return true;
}
static const struct merkle_tree tree = { tree_hash, NULL };

static bool
tree_made(struct hasher *h)
{
	for (uint8_t i = 0; i < LEAVES; i++) {
		leaves[i][1] = 1;
		leaves[i][33] = i;
		if (!merkle_leaf(h, span_of(leaves[i], LEAF_BYTES), &level_of[0][i],
		    &last))
			return false;
		for (unsigned l = 1, k = i; (k & 1) != 0 && l < 3; l++, k >>= 1)
			if (!merkle_node(h, &level_of[l - 1][k - 1], &level_of[l - 1][k],
			    &level_of[l][k / 2], &last))
				return false;
	}
	return true;
}

static int
start(void **state)
{
	struct checkpoint c = { .origin = "node.example/ledger", .size = LEAVES };
	struct tlog_proof p = { .index = PLACE };
	struct hasher *h = NULL;
	struct buf text;
	bool ok;

	log_key = key_of_seed(0x00);
	witness_key = key_of_seed(0x20);
	if (log_key == NULL || witness_key == NULL)
		return -1;
	keys[0] = vkey_of(log_key, "node.example/ledger", NOTE_ED25519);
	keys[1] = vkey_of(witness_key, "witness.example/w1", NOTE_COSIGNATURE);
	buf_init(&note, NOTE_MAX);
	buf_init(&proof, PROOF_MAX);
	buf_init(&text, NOTE_MAX);
	ok = hasher_new(&h, &last) && tree_made(h) &&
	    merkle_root(h, &tree, LEAVES, &c.root, &last) &&
	    checkpoint_text(&c, &text, &last) && buf_add(&note, buf_span(&text), &last) &&
	    buf_add_byte(&note, '\n', &last) &&
	    note_sign(log_key, &keys[0], buf_span(&text), &note, &last) &&
	    note_cosign(witness_key, &keys[1], buf_span(&text), NOTE_TIME, &note,
	    &last) && merkle_inclusion(h, &tree, PLACE, LEAVES, &p.path, &last);
	p.note = buf_span(&note);
	ok = ok && tlog_proof_write(&p, &proof, &last);
	hasher_free(h);
	buf_clear(&text);
	return ok ? 0 : -1;
}

static int
end(void **state)
{
	key_free(log_key);
	key_free(witness_key);
	buf_clear(&note);
	buf_clear(&proof);
	return 0;
}

/* The leaf is proven under the log's key. */
static bool
proven(struct span file, const uint8_t leaf[LEAF_BYTES], struct checkpoint *c)
{
	struct checkpoint opened;
	struct tlog_proof p;
	bool holds = false;

	return tlog_proof_check(file, leaf, c, &holds, &last) && holds &&
	    tlog_proof_read(file, &p, &last) &&
	    checkpoint_open(p.note, &keys[0], &opened, &last);
}

static void
a_proof_file_proves_its_leaf_and_no_other(void **state)
{
	struct tlog_proof p;
	struct checkpoint c;
	struct buf again;

	OK(proven(buf_span(&proof), leaves[PLACE], &c));
	assert_int_equal(c.size, LEAVES);
	assert_string_equal(c.origin, "node.example/ledger");
	for (size_t i = 0; i < LEAVES; i++)
		if (i != PLACE)
			assert_false(proven(buf_span(&proof), leaves[i], &c));
	OK(tlog_proof_read(buf_span(&proof), &p, &last));
	assert_int_equal(p.index, PLACE);
	assert_int_equal(p.path.n, 3);
	buf_init(&again, PROOF_MAX);
	OK(tlog_proof_write(&p, &again, &last));
	assert_true(span_eq(buf_span(&again), buf_span(&proof)));
	buf_clear(&again);
}

/* As it is printed in doc/format/ledger.md: nobody else's file looks otherwise. */
static void
a_proof_file_begins_as_c2sp_says(void **state)
{
	assert_true(span_starts(buf_span(&proof), "c2sp.org/tlog-proof@v1\nindex 4\n"));
}

static void
no_flipped_bit_of_a_proof_file_proves_anything_else(void **state)
{
	struct span own = span_text("\xE2\x80\x94 witness.example/w1 ");
	const uint8_t *line = memmem(proof.p, proof.n, own.p, own.n);
	struct checkpoint was, c;
	struct tlog_proof p;
	uint8_t file[2048];

	assert_true(line != NULL && proof.n <= sizeof file);
	OK(proven(buf_span(&proof), leaves[PLACE], &was));
	for (size_t bit = 0; bit < 8 * proof.n; bit++) {
		memcpy(file, proof.p, proof.n);
		file[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (!proven(span_of(file, proof.n), leaves[PLACE], &c))
			continue;
		/* Only in the cosignature, which was not asked for here. */
		assert_true(bit / 8 >= (size_t)(line - proof.p));
		assert_memory_equal(&c, &was, sizeof c);
		OK(tlog_proof_read(span_of(file, proof.n), &p, &last));
		assert_int_equal(p.index, PLACE);
	}
}

static void
a_proof_for_another_place_or_of_other_hashes_does_not_hold(void **state)
{
	struct tlog_proof good, p;
	struct checkpoint c;
	bool holds = true;
	struct buf b;

	OK(tlog_proof_read(buf_span(&proof), &good, &last));
	buf_init(&b, PROOF_MAX);
	for (unsigned i = 0; i < 12; i++) {
		p = good;
		if (i < 8)
			p.index = i == PLACE ? 1000 : i;
		else if (i == 8)
			p.path.n--;
		else if (i == 9)
			p.path.hash[p.path.n++] = good.path.hash[0];
		else if (i == 10)
			p.path.hash[0] = good.path.hash[1];
		else
			p.path.n = 0;
		buf_reset(&b);
		OK(tlog_proof_write(&p, &b, &last));
		OK(tlog_proof_check(buf_span(&b), leaves[PLACE], &c, &holds, &last));
		assert_false(holds);
	}
	buf_clear(&b);
}

/* ---- the examples of doc/format/ledger.md ---- */

static void
the_examples_of_the_page_hold(void **state)
{
	static const char hashes[] = "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n"
	    "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n\n" NOTE_WHOLE;
	struct digest leaf, six;
	struct hasher *h = NULL;
	struct add_checkpoint a;
	struct checkpoint c;
	struct tlog_proof p;
	char file[2048];
	bool holds;

	OK(hasher_new(&h, &last));
	(void)snprintf(file, sizeof file, "c2sp.org/tlog-proof@v1\nindex 5\n"
	    "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n%s", hashes);
	OK(tlog_proof_read(span_text(file), &p, &last));
	OK(checkpoint_open(p.note, &keys[0], &c, &last));
	OK(merkle_leaf(h, span_text("@ABC"), &leaf, &last));	/* 40 41 42 43 */
	OK(merkle_inclusion_check(h, &leaf, p.index, c.size, &p.path, &c.root, &holds,
	    &last));
	assert_true(holds);
	(void)snprintf(file, sizeof file, "old 6\n"
	    "DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=\n%s", hashes);
	OK(add_checkpoint_read(span_text(file), &a, &last));
	assert_true(digest_parse(span_text("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce7527"
	    "7b5232a127f2087ef"), &six));
	OK(merkle_consistency_check(h, a.old, &six, c.size, &c.root, &a.path, &holds,
	    &last));
	assert_true(holds);
	hasher_free(h);
}

/* ---- spellings and limits ---- */

#define HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"

static void
a_proof_file_has_one_spelling(void **state)
{
	static const char *const wrong[] = {
		"", "\n", HEAD, HEAD "index 4\n", HEAD "index 4\n\n", HEAD "\n" NOTE_WHOLE,
		"c2sp.org/tlog-proof@v2\nindex 4\n\n" NOTE_WHOLE,
		"c2sp.org/tlog-proof@v1 \nindex 4\n\n" NOTE_WHOLE,
		"c2sp.org/tlog-proof@v1\r\nindex 4\n\n" NOTE_WHOLE,
		"\n" HEAD "index 4\n\n" NOTE_WHOLE,
		HEAD "index 4\n" NOTE_WHOLE,
		HEAD "index 04\n\n" NOTE_WHOLE,
		HEAD "index +4\n\n" NOTE_WHOLE,
		HEAD "index  4\n\n" NOTE_WHOLE,
		HEAD "index 4 \n\n" NOTE_WHOLE,
		HEAD "index\n\n" NOTE_WHOLE,
		HEAD "Index 4\n\n" NOTE_WHOLE,
		HEAD "index 4\nindex 4\n\n" NOTE_WHOLE,
		HEAD "index 4611686018427387904\n\n" NOTE_WHOLE,
		HEAD "index 18446744073709551620\n\n" NOTE_WHOLE,
		HEAD "index 4\n" HASH HASH "x" HASH "\n" NOTE_WHOLE,
		HEAD "index 4\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n\n" NOTE_WHOLE,
		HEAD "index 4\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n\n" NOTE_WHOLE,
		HEAD "index 4\nXcna\n\n" NOTE_WHOLE,
		HEAD "index 4\nextra AAAA\n\n" NOTE_WHOLE,
		HEAD "extra AAAA\nextra AAAA\nindex 4\n\n" NOTE_WHOLE,
		HEAD "extra \nindex 4\n\n" NOTE_WHOLE,
		HEAD "extra AAA\nindex 4\n\n" NOTE_WHOLE,
		HEAD "extra AAB=\nindex 4\n\n" NOTE_WHOLE,
	};
	struct tlog_proof p;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		err_clear(&last);
		if (tlog_proof_read(span_text(wrong[i]), &p, &last))
			fail_msg("read as a proof: %s", wrong[i]);
		assert_int_equal(last.kind, ERR_INPUT);
		assert_string_equal(last.reason, "proof.form");
		assert_non_null(strstr(last.text, "line "));
	}
	OK(tlog_proof_read(span_text(HEAD "extra AAAA\nindex 4\n" HASH "\n" NOTE_WHOLE),
	    &p, &last));
	assert_int_equal(p.path.n, 1);
	assert_true(span_is(p.note, NOTE_WHOLE));
	OK(tlog_proof_read(span_text(HEAD "index 0\n\n" NOTE_WHOLE), &p, &last));
	assert_int_equal(p.path.n, 0);
}

static void
a_note_without_a_form_makes_no_proof(void **state)
{
	static const struct {
		const char *reason, *file;
	} wrong[] = {
		{ "note.form", HEAD "index 4\n\nx" },
		{ "note.form", HEAD "index 4\n\n\n" NOTE_WHOLE "\n" },
		{ "note.form", HEAD "index 4\n\n" NOTE_TEXT "\n" },
		{ "checkpoint.form", HEAD "index 4\n\nx\n\n" NOTE_LOG_LINE },
		{ "checkpoint.form", HEAD "index 4\n\n\n" NOTE_WHOLE },
	};
	struct checkpoint c;
	bool holds;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		REFUSED(tlog_proof_check(span_text(wrong[i].file), leaves[0], &c, &holds,
		    &last), ERR_INPUT, wrong[i].reason);
}

static void
sixty_three_hashes_are_read_and_one_more_is_not(void **state)
{
	struct tlog_proof p;
	struct buf b;

	buf_init(&b, PROOF_MAX);
	for (unsigned n = MERKLE_PROOF_MAX; n <= MERKLE_PROOF_MAX + 1; n++) {
		buf_reset(&b);
		OK(buf_add_text(&b, HEAD "index 4\n", &last));
		for (unsigned i = 0; i < n; i++)
			OK(buf_add_text(&b, HASH, &last));
		OK(buf_add_text(&b, "\n" NOTE_WHOLE, &last));
		assert_int_equal(tlog_proof_read(buf_span(&b), &p, &last),
		    n == MERKLE_PROOF_MAX);
	}
	assert_int_equal(p.path.n, MERKLE_PROOF_MAX);
	p.path.n++;
	REFUSED(tlog_proof_write(&p, &b, &last), ERR_USE, "proof.form");
	buf_clear(&b);
}

static void
extra_of_2048_bytes_is_passed_over_and_one_more_is_not(void **state)
{
	static const uint8_t extra[PROOF_EXTRA_MAX + 1];
	struct tlog_proof p;
	struct buf b;

	buf_init(&b, PROOF_MAX);
	for (size_t n = PROOF_EXTRA_MAX; n <= PROOF_EXTRA_MAX + 1; n++) {
		buf_reset(&b);
		OK(buf_add_text(&b, HEAD "extra ", &last));
		OK(base64_encode(&b, span_of(extra, n), true, &last));
		OK(buf_add_text(&b, "\nindex 4\n\n" NOTE_WHOLE, &last));
		assert_int_equal(tlog_proof_read(buf_span(&b), &p, &last),
		    n == PROOF_EXTRA_MAX);
	}
	buf_clear(&b);
}

static void
a_longer_file_is_not_looked_at(void **state)
{
	static const uint8_t file[PROOF_MAX + 1];
	struct add_checkpoint a;
	struct tlog_proof p;
	struct buf b;

	REFUSED(tlog_proof_read(span_of(file, PROOF_MAX), &p, &last), ERR_INPUT,
	    "proof.form");
	REFUSED(tlog_proof_read(span_of(file, PROOF_MAX + 1), &p, &last), ERR_LIMIT,
	    "proof.size");
	REFUSED(add_checkpoint_read(span_of(file, PROOF_MAX), &a, &last), ERR_INPUT,
	    "add-checkpoint.form");
	REFUSED(add_checkpoint_read(span_of(file, PROOF_MAX + 1), &a, &last), ERR_LIMIT,
	    "add-checkpoint.size");
	buf_init(&b, PROOF_MAX);
	OK(buf_add_text(&b, "old 4\n\n", &last));
	OK(buf_add(&b, span_of(file, NOTE_MAX), &last));
	OK(add_checkpoint_read(buf_span(&b), &a, &last));
	OK(buf_add_byte(&b, 0, &last));
	REFUSED(add_checkpoint_read(buf_span(&b), &a, &last), ERR_LIMIT, "note.size");
	buf_clear(&b);
}

/* ---- requests to a witness ---- */

static void
a_request_to_a_witness_has_one_spelling(void **state)
{
	static const char *const wrong[] = {
		"", "old 4", "old 4\n", "old 4\n\n", "old 4\n" HASH, "old 4\n" NOTE_WHOLE,
		"old  4\n\n" NOTE_WHOLE, "old 04\n\n" NOTE_WHOLE, "old -1\n\n" NOTE_WHOLE,
		"old 4\r\n\n" NOTE_WHOLE, "Old 4\n\n" NOTE_WHOLE, "4\n\n" NOTE_WHOLE,
		"\nold 4\n\n" NOTE_WHOLE, "old 4\nold 4\n\n" NOTE_WHOLE,
		"old 4611686018427387905\n\n" NOTE_WHOLE,
		"old 4\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n\n" NOTE_WHOLE,
		"old 4\n " HASH "\n" NOTE_WHOLE,
	};
	struct add_checkpoint a;
	struct buf b;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		err_clear(&last);
		if (add_checkpoint_read(span_text(wrong[i]), &a, &last))
			fail_msg("read as a request: %s", wrong[i]);
		assert_int_equal(last.kind, ERR_INPUT);
		assert_string_equal(last.reason, "add-checkpoint.form");
	}
	buf_init(&b, PROOF_MAX);
	OK(add_checkpoint_read(span_text("old 4611686018427387904\n" HASH HASH "\n"
	    NOTE_WHOLE), &a, &last));
	assert_true(a.old == MERKLE_SIZE_MAX && a.path.n == 2);
	assert_true(span_is(a.note, NOTE_WHOLE));
	OK(add_checkpoint_write(&a, &b, &last));
	assert_true(span_is(buf_span(&b), "old 4611686018427387904\n" HASH HASH "\n"
	    NOTE_WHOLE));
	buf_clear(&b);
}

/* What a witness would cosign: a consistent tree that the log signed. */
static bool
would_be_cosigned(struct span body, struct hasher *h, const struct digest *old_root,
    struct checkpoint *c)
{
	struct add_checkpoint a;
	bool holds;

	return add_checkpoint_read(body, &a, &last) && a.old == 3 &&
	    checkpoint_open(a.note, &keys[0], c, &last) &&
	    merkle_consistency_check(h, a.old, old_root, c->size, &c->root, &a.path,
	    &holds, &last) && holds;
}

static void
no_flipped_bit_of_a_request_has_another_tree_cosigned(void **state)
{
	struct add_checkpoint a = { .old = 3, .note = buf_span(&note) };
	struct checkpoint was, c;
	struct hasher *h = NULL;
	struct digest old_root;
	uint8_t body[2048];
	struct buf b;

	buf_init(&b, PROOF_MAX);
	OK(hasher_new(&h, &last));
	OK(merkle_root(h, &tree, 3, &old_root, &last));
	OK(merkle_consistency(h, &tree, 3, LEAVES, &a.path, &last));
	OK(add_checkpoint_write(&a, &b, &last));
	assert_true(b.n <= sizeof body);
	OK(would_be_cosigned(buf_span(&b), h, &old_root, &was));
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		memcpy(body, b.p, b.n);
		body[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (would_be_cosigned(span_of(body, b.n), h, &old_root, &c))
			assert_memory_equal(&c, &was, sizeof c);
	}
	hasher_free(h);
	buf_clear(&b);
}

static void
what_would_not_be_read_is_not_written(void **state)
{
	struct add_checkpoint a = { .old = MERKLE_SIZE_MAX + 1,
		.note = span_text(NOTE_WHOLE) };
	struct tlog_proof p = { .index = MERKLE_SIZE_MAX, .note = span_text(NOTE_WHOLE) };
	struct buf b;

	buf_init(&b, PROOF_MAX);
	REFUSED(add_checkpoint_write(&a, &b, &last), ERR_USE, "proof.form");
	REFUSED(tlog_proof_write(&p, &b, &last), ERR_USE, "proof.form");
	a.old = 0;
	a.note = span_of("", 0);
	REFUSED(add_checkpoint_write(&a, &b, &last), ERR_USE, "proof.form");
	assert_int_equal(b.n, 0);
	buf_clear(&b);
}

static void
no_memory_is_an_error_and_no_answer(void **state)
{
	struct checkpoint c;
	bool ok = false, holds = false;
	uint64_t n;

	for (n = 1; !ok && n < 50; n++) {
		holds = false;
		mem_fail(n, false);
		ok = tlog_proof_check(buf_span(&proof), leaves[PLACE], &c, &holds, &last);
		mem_fail(0, false);
		if (!ok) {
			assert_int_equal(last.kind, ERR_MEMORY);
			assert_false(holds);
		}
	}
	assert_true(ok && holds && n > 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_file_proves_its_leaf_and_no_other),
		cmocka_unit_test(a_proof_file_begins_as_c2sp_says),
		cmocka_unit_test(no_flipped_bit_of_a_proof_file_proves_anything_else),
		cmocka_unit_test(
		    a_proof_for_another_place_or_of_other_hashes_does_not_hold),
		cmocka_unit_test(the_examples_of_the_page_hold),
		cmocka_unit_test(a_proof_file_has_one_spelling),
		cmocka_unit_test(a_note_without_a_form_makes_no_proof),
		cmocka_unit_test(sixty_three_hashes_are_read_and_one_more_is_not),
		cmocka_unit_test(extra_of_2048_bytes_is_passed_over_and_one_more_is_not),
		cmocka_unit_test(a_longer_file_is_not_looked_at),
		cmocka_unit_test(a_request_to_a_witness_has_one_spelling),
		cmocka_unit_test(no_flipped_bit_of_a_request_has_another_tree_cosigned),
		cmocka_unit_test(what_would_not_be_read_is_not_written),
		cmocka_unit_test(no_memory_is_an_error_and_no_answer),
	};

	return cmocka_run_group_tests_name("proof", tests, start, end);
}
