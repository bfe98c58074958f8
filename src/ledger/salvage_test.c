/*
 * What can be proven of a damaged journal goes on in a new one, with all numbers as they
 * were; what cannot is its leaf alone.  The old file stays as it is.
 */
#include "ledger/log_kit.h"

#define SIGNED 7u
#define ALL 10u

/* Ten records, seven of them signed, and the tiles of all ten on the disk. */
static struct node
whole_new(struct checkpoint *c)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(31);

	OK(node_open(&n));
	add(&n, SIGNED);
	OK(log_publish(n.l, &s, c, &last));
	add(&n, ALL - SIGNED);
	node_close(&n);
	return n;
}

struct texts {
	uint64_t n;			/* of those that are kept */
	bool there[ALL];
};

static bool
text_look(void *arg, const struct journal_entry *e, struct err *err)
{
	struct texts *t = arg;
	unsigned n = ALL;

	(void)err;
	/* What was added behind them is none of these. */
	if (e->record.n < 6 || e->record.p[2] != 'n')
		return true;
	n = e->record.p[5] - (unsigned)'0';
	assert_true(n < ALL && !t->there[n] && (n >= SIGNED || n == e->number));
	t->there[n] = true;
	t->n++;
	return true;
}

static uint64_t
file_bytes(struct node *n, const char *path, struct digest *sha256)
{
	struct buf b;
	uint64_t size;

	buf_init(&b, 1 << 20);
	OK(file_load(n->w, NULL, path, &b, &last));
	OK(digest_of(buf_span(&b), sha256, &last));
	size = b.n;
	buf_clear(&b);
	return size;
}

/* What is left goes on: the tree that was signed, and texts that are the old ones. */
static void
salvaged_as(struct node *n, const struct checkpoint *c, bool has_old, struct salvaged *said,
    struct texts *t)
{
	struct salvage *s = NULL;
	struct digest root, old;
	uint64_t bytes = 0;

	memset(t, 0, sizeof *t);
	if (has_old)
		bytes = file_bytes(n, JOURNAL_PATH, &old);
	OK(dir_open(n->w, NULL, "/", &n->home, &last));
	OK(log_salvage(n->w, n->home, 0, NULL, NULL, &s, said, &last));
	assert_int_equal(said->has_old, has_old);
	if (!said->sound) {
		OK(salvage_add(s, span_text("{\"more\":1}"), &last));
		OK(salvage_take(s, &last));
	}
	salvage_free(s);
	dir_close(n->home);
	if (has_old && !said->sound) {
		struct digest kept;

		assert_int_equal(file_bytes(n, said->old, &kept), bytes);
		assert_true(digest_eq(&kept, &old) && digest_eq(&kept, &said->old_sha256));
	}
	OK(node_open(n));
	assert_true(log_size(n->l) >= SIGNED + !said->sound);
	OK(log_root(n->l, SIGNED, &root, &last));
	assert_true(digest_eq(&root, &c->root));
	root_holds(n);
	OK(journal_check(log_journal(n->l), NULL, &last));
	OK(journal_each(log_journal(n->l), 0, text_look, t, &last));
	assert_int_equal(t->n, said->kept);
}

static void
one_turned_bit_anywhere_loses_nothing(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct file_info info;

	(void)state;
	OK(path_info(whole.w, NULL, JOURNAL_PATH, &info, &last));
	for (uint64_t bit = 0; bit < 8 * info.size; bit += stride(13)) {
		struct node n = node_copy(&whole, 32, NULL);
		struct salvaged said;
		struct texts t;

		flip(&n, JOURNAL_PATH, bit);
		salvaged_as(&n, &c, true, &said, &t);
		if (said.sound || said.lost > 0 || said.kept != ALL ||
		    said.mended != (bit >= 8 * JOURNAL_FIRST))
			fail_msg("bit %d: %d kept, %d lost, %d mended", (int)bit,
			    (int)said.kept, (int)said.lost, (int)said.mended);
		node_free(&n);
	}
	node_free(&whole);
}

/* A sector or two of zeros, wherever they begin. */
static void
a_stretch_that_is_gone_leaves_the_others_with_their_numbers(void **state)
{
	static const size_t sizes[] = { 2, 64, 200 };
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct file_info info;

	(void)state;
	OK(path_info(whole.w, NULL, JOURNAL_PATH, &info, &last));
	for (size_t k = 0; k < 3; k++)
		for (uint64_t at = 0; at + sizes[k] < info.size; at += stride(5)) {
			struct node n = node_copy(&whole, 33, NULL);
			static const uint8_t zeros[200];
			struct salvaged said;
			struct file *f = NULL;
			struct texts t;

			OK(file_open(n.w, NULL, JOURNAL_PATH, FILE_UPDATE, &f, &last));
			OK(file_write_at(f, span_of(zeros, sizes[k]), at, &last));
			file_close(f);
			salvaged_as(&n, &c, true, &said, &t);
			/* 200 bytes touch four entries at most; behind the signed ones nothing is promised. */
			if (said.kept + 4 < ALL || said.kept > ALL ||
			    (said.kept < ALL && said.lost == 0 && at < info.size - 400))
				fail_msg("%d zeros at %d: %d kept, %d lost", (int)sizes[k],
				    (int)at, (int)said.kept, (int)said.lost);
			node_free(&n);
		}
	node_free(&whole);
}

static void
what_was_cut_off_is_there_as_leaves(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct file_info info;

	(void)state;
	OK(path_info(whole.w, NULL, JOURNAL_PATH, &info, &last));
	for (uint64_t size = 0; size <= info.size; size += stride(29)) {
		struct node n = node_copy(&whole, 34, NULL);
		struct salvaged said;
		struct file *f = NULL;
		struct texts t;

		OK(file_open(n.w, NULL, JOURNAL_PATH, FILE_UPDATE, &f, &last));
		OK(file_truncate(f, size, &last));
		file_close(f);
		salvaged_as(&n, &c, true, &said, &t);
		assert_true(said.kept >= SIGNED ? said.lost == 0 : said.kept + said.lost == SIGNED);
		for (uint64_t i = 0; i < ALL; i++)
			assert_int_equal(t.there[i], i < said.kept);
		node_free(&n);
	}
	node_free(&whole);
}

static void
a_journal_that_was_removed_is_there_as_leaves(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct node n = node_copy(&whole, 35, "/" JOURNAL_PATH), m;
	struct salvaged said;
	struct texts t;

	(void)state;
	salvaged_as(&n, &c, false, &said, &t);
	assert_int_equal(said.lost, SIGNED);
	assert_int_equal(said.kept, 0);
	/* Folder and all. */
	m = node_copy(&whole, 36, "/journal");
	salvaged_as(&m, &c, false, &said, &t);
	assert_int_equal(said.lost, SIGNED);
	node_free(&m);
	node_free(&n);
	node_free(&whole);
}

/* The tiles lost their size; what was signed says how far they went. */
static void
tiles_without_their_tree_still_give_their_leaves(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct node n = node_copy(&whole, 37, "/" JOURNAL_PATH);
	struct salvaged said;
	struct texts t;

	(void)state;
	OK(path_remove(n.w, NULL, "ledger/tree", &last));
	salvaged_as(&n, &c, false, &said, &t);
	assert_int_equal(said.lost, SIGNED);
	node_free(&n);
	node_free(&whole);
}

/* Somebody wrote another record with a chain of its own: its leaf was signed, and is another. */
static void
a_record_that_was_written_over_is_lost_not_believed(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct node n = node_copy(&whole, 38, NULL);
	struct digest chain = { { 0 } };
	struct hasher *h = NULL;
	struct salvaged said;
	struct texts t;
	struct buf b;
	size_t len = strlen("{\"n\":0}"), at = JOURNAL_FIRST;

	(void)state;
	buf_init(&b, 1 << 20);
	OK(file_load(n.w, NULL, JOURNAL_PATH, &b, &last));
	b.p[at + ENTRY_HEAD + 5] = '9';
	OK(hasher_new(&h, &last));
	hasher_add(h, digest_span(&chain));
	hasher_add(h, span_of(b.p + at, ENTRY_HEAD + len + RECORD_SALT));
	OK(hasher_end(h, &chain, &last));
	hasher_free(h);
	memcpy(b.p + at + ENTRY_HEAD + len + RECORD_SALT, chain.b, sizeof chain.b);
	OK(file_save(n.w, NULL, JOURNAL_PATH, buf_span(&b), true, &last));
	buf_clear(&b);
	salvaged_as(&n, &c, true, &said, &t);
	assert_int_equal(said.lost, 1);
	assert_int_equal(said.kept, ALL - 1);
	assert_false(t.there[0]);
	node_free(&n);
	node_free(&whole);
}

/* Neither journal nor tiles: nothing of them is known, and there is a way on. */
static void
without_tiles_what_holds_is_kept_and_the_rest_is_told(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct node n = node_copy(&whole, 39, "/ledger/tile");
	struct salvage *s = NULL;
	struct salvaged said;

	(void)state;
	for (uint64_t bit = 0; bit < 64; bit++)
		flip(&n, JOURNAL_PATH, 8 * (JOURNAL_FIRST + ENTRY_HEAD) + 2 * bit);
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	OK(log_salvage(n.w, n.home, 0, NULL, NULL, &s, &said, &last));
	assert_int_equal(said.kept, ALL - 1);
	assert_true(said.lost >= 1);
	OK(salvage_take(s, &last));
	salvage_free(s);
	dir_close(n.home);
	OK(node_open(&n));
	assert_int_equal(journal_count(log_journal(n.l)), ALL);
	node_free(&n);
	node_free(&whole);
}

/* The unsigned end is gone, and the docket knew of it; what it moves is counted. */
static void
an_end_that_somebody_knew_of_is_lost_and_what_moves_is_counted(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct node n = node_copy(&whole, 41, NULL);
	struct salvage *s = NULL;
	struct salvaged said;
	struct file_info info;
	struct file *f = NULL;

	(void)state;
	OK(path_info(n.w, NULL, JOURNAL_PATH, &info, &last));
	OK(file_open(n.w, NULL, JOURNAL_PATH, FILE_UPDATE, &f, &last));
	OK(file_truncate(f, info.size - 7 - ENTRY_EXTRA, &last));
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	OK(log_salvage(n.w, n.home, info.size, NULL, NULL, &s, &said, &last));
	assert_true(!said.sound && said.lost == 1 && said.kept == ALL - 1 && said.moved == 0);
	salvage_free(s);
	/* three bits of the second one: the eight behind it move */
	for (uint64_t bit = 0; bit < 3; bit++)
		flip(&n, JOURNAL_PATH, 8 * (JOURNAL_FIRST + 7 + ENTRY_EXTRA + 6) + bit);
	OK(log_salvage(n.w, n.home, info.size - 7 - ENTRY_EXTRA, NULL, NULL, &s, &said, &last));
	assert_int_equal(said.lost, 1);
	assert_int_equal(said.same_to, JOURNAL_FIRST + 7 + ENTRY_EXTRA);
	assert_int_equal(said.moved, ALL - 3);
	salvage_free(s);
	file_close(f);
	node_free(&n);
	node_free(&whole);
}

static void
a_journal_that_holds_needs_nothing(void **state)
{
	struct checkpoint c;
	struct node whole = whole_new(&c);
	struct salvaged said;
	struct texts t;

	(void)state;
	salvaged_as(&whole, &c, true, &said, &t);
	assert_true(said.sound);
	assert_int_equal(said.kept, ALL);
	node_free(&whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_turned_bit_anywhere_loses_nothing),
		cmocka_unit_test(a_stretch_that_is_gone_leaves_the_others_with_their_numbers),
		cmocka_unit_test(what_was_cut_off_is_there_as_leaves),
		cmocka_unit_test(a_journal_that_was_removed_is_there_as_leaves),
		cmocka_unit_test(tiles_without_their_tree_still_give_their_leaves),
		cmocka_unit_test(a_record_that_was_written_over_is_lost_not_believed),
		cmocka_unit_test(without_tiles_what_holds_is_kept_and_the_rest_is_told),
		cmocka_unit_test(an_end_that_somebody_knew_of_is_lost_and_what_moves_is_counted),
		cmocka_unit_test(a_journal_that_holds_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
