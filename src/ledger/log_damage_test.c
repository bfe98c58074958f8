/*
 * Files of a log with altered bits, or missing: told by their names or made again, and no
 * other tree is signed.  A scrub reads all of them, by one thread or many.
 */
#include "ledger/log_kit.h"

/* ---- altered bits ---- */

static const char *const all_files[] = { "journal/records", "journal/offsets",
	"ledger/tree", "ledger/tile/0/000.p/10", "ledger/tile/0/000.p/7",
	"ledger/tile/entries/000.p/10", "ledger/tile/entries/000.p/7",
	"ledger/checkpoint", "ledger/signed", "ledger/standing", "ledger/vkey",
	"ledger/cosigned/7" };

/*
 * One flipped bit: whatever was told, the tree is the one of before, and so is all that
 * is signed.  *told counts.
 */
static void
flipped(struct node *whole, const char *path, uint64_t bit, const struct checkpoint *was,
    unsigned *told)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_copy(whole, 50, NULL);
	struct found f = { .n = 0 };
	struct checkpoint c;
	struct digest root;
	uint64_t at;

	flip(&n, path, bit);
	last = (struct err)ERR_INIT;
	if (!node_open(&n)) {
		if (last.kind != ERR_UNPROVEN || (strstr(last.text, path) == NULL &&
		    strstr(last.text, "journal is damaged") == NULL))
			fail_msg("%s bit %d: %s", path, (int)bit, last.text);
		++*told;
		node_free(&n);
		return;
	}
	assert_int_equal(log_size(n.l), 10);
	OK(log_root(n.l, 10, &root, &last));
	assert_true(digest_eq(&root, &was->root));
	OK(log_scrub(n.l, find, &f, NULL, &last));
	*told += f.n > 0 && strcmp(f.path, path) == 0;
	if (f.n > 0 && strcmp(f.path, path) != 0)
		fail_msg("%s bit %d: %s was blamed", path, (int)bit, f.path);
	last = (struct err)ERR_INIT;
	if (log_publish(n.l, &s, &c, &last)) {
		assert_int_equal(c.size, 10);
		assert_true(digest_eq(&c.root, &was->root));
	} else if (last.kind != ERR_UNPROVEN || strstr(last.text, path) == NULL) {
		fail_msg("%s bit %d: %s", path, (int)bit, last.text);
	} else {
		++*told;
	}
	for (uint64_t i = 0; i < 10; i++) {
		last = (struct err)ERR_INIT;
		if (log_offset(n.l, i, &at, &last))
			OK(log_index(n.l, at, &(uint64_t){ 0 }, &last));
		else if (strcmp(last.reason, "journal.damaged") != 0 || f.n == 0)
			fail_msg("%s bit %d: %s", path, (int)bit, last.text);
	}
	node_free(&n);
}

static void
any_altered_bit_is_told_or_mended_and_no_other_tree_signed(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state put = { .standing = LOG_GOOD };
	struct node n = node_new(11);
	struct checkpoint c;
	struct buf note;

	(void)state;
	buf_init(&note, NOTE_MAX);
	OK(node_open(&n));
	add(&n, 7);
	OK(log_publish(n.l, &s, &c, &last));
	cosign(&n, "w.example/one", &note);
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&note), &last));
	OK(log_state_put(n.l, &put, &last));
	add(&n, 3);
	OK(log_publish(n.l, &s, &c, &last));
	OK(log_scrub(n.l, must_not, NULL, NULL, &last));
	for (size_t i = 0; i < sizeof all_files / sizeof all_files[0]; i++) {
		unsigned told = 0, flips = 0;
		struct file_info info;

		OK(path_info(n.w, NULL, all_files[i], &info, &last));
		assert_true(info.size > 0);
		for (uint64_t bit = 0; bit < 8 * info.size;
		    bit += stride(info.size / 5 + 3)) {
			if (strcmp(all_files[i], "ledger/tree") == 0 &&
			    bit / 8 % 4096 >= 512)
				continue;
			flipped(&n, all_files[i], bit, &c, &told);
			flips++;
		}
		/* What is made again from the journal when it is opened tells nobody. */
		if (strcmp(all_files[i], "ledger/tree") != 0 && told * 2 < flips &&
		    strcmp(all_files[i], "ledger/cosigned/7") != 0 &&
		    strcmp(all_files[i], "journal/offsets") != 0 &&
		    strstr(all_files[i], "p/10") == NULL)
			fail_msg("%s: %u of %u told", all_files[i], told, flips);
	}
	buf_clear(&note);
	node_free(&n);
}

static void
whatever_is_missing_is_made_again_or_told(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(12);
	struct checkpoint c, again;
	struct found f;

	(void)state;
	OK(node_open(&n));
	add(&n, 10);
	OK(log_publish(n.l, &s, &c, &last));
	for (size_t i = 1; i < 9; i++) {
		struct node copy = node_copy(&n, 60, NULL);

		if (!path_exists(copy.w, NULL, all_files[i])) {
			node_free(&copy);
			continue;
		}
		OK(path_remove(copy.w, NULL, all_files[i], &last));
		OK(node_open(&copy));
		root_holds(&copy);
		OK(log_publish(copy.l, &s, &again, &last));
		assert_true(digest_eq(&c.root, &again.root));
		f.n = 0;
		OK(log_scrub(copy.l, find, &f, NULL, &last));
		/* Told once, by whoever found and mended it; then all is well. */
		assert_true(f.n == 0 || strcmp(f.path, all_files[i]) == 0);
		node_close(&copy);
		OK(node_open(&copy));
		OK(log_scrub(copy.l, must_not, NULL, NULL, &last));
		node_free(&copy);
	}
	node_free(&n);
}

/* With its own SHA-256 right: no rot, but somebody's hand. */
static void
a_tree_file_that_fits_no_place_in_the_journal_is_told_and_made_again(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(14);
	struct checkpoint c, again;
	struct found f = { .n = 0 };
	struct tree_state t;
	struct dir *d = NULL;

	(void)state;
	OK(node_open(&n));
	add(&n, 10);
	OK(log_publish(n.l, &s, &c, &last));
	node_close(&n);
	OK(dir_open(n.w, NULL, "ledger", &d, &last));
	OK(tree_load(n.w, d, "ledger", &t, &last));
	t.size--;
	t.number++;
	OK(tree_save(n.w, d, &t, &last));
	dir_close(d);
	OK(node_open(&n));
	OK(log_scrub(n.l, find, &f, NULL, &last));
	assert_int_equal(f.n, 1);
	assert_string_equal(f.path, "ledger/tree");
	OK(log_publish(n.l, &s, &again, &last));
	assert_true(digest_eq(&c.root, &again.root));
	node_close(&n);
	OK(node_open(&n));
	OK(log_scrub(n.l, must_not, NULL, NULL, &last));
	node_free(&n);
}

static void
a_damaged_signed_or_standing_stops_signing_until_a_person_says_so(void **state)
{
	static const char *const files[] = { "ledger/signed", "ledger/standing" };
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state is, good = { .standing = LOG_GOOD };
	struct node n = node_new(13);
	struct checkpoint c, was;

	(void)state;
	OK(node_open(&n));
	add(&n, 10);
	OK(log_publish(n.l, &s, &was, &last));
	OK(log_state_put(n.l, &good, &last));
	for (size_t i = 0; i < 2; i++) {
		flip(&n, files[i], 8 * 20);
		node_close(&n);
		OK(node_open(&n));
		log_state(n.l, &is);
		assert_int_equal(is.standing, LOG_RECOVERING);
		assert_string_equal(is.reason, "ledger.damaged");
		FAILS(log_publish(n.l, &s, &c, &last), ERR_UNPROVEN, "ledger.damaged");
		assert_non_null(strstr(last.text, files[i]));
		add(&n, 1);
		OK(log_state_put(n.l, &good, &last));
		OK(log_publish(n.l, &s, &c, &last));
		root_holds(&n);
		node_close(&n);
		OK(node_open(&n));
		OK(log_publish(n.l, &s, &c, &last));
	}
	node_free(&n);
}

/* ---- a scrub of a journal of several runs ---- */

#define RUNS_RECORDS 9000		/* more than two runs of 4,096 */

struct said {
	unsigned n;
	char path[80], why[200];
};

static void
say(void *arg, const char *path, const char *why)
{
	struct said *k = arg;

	k->n++;
	(void)snprintf(k->path, sizeof k->path, "%s", path);
	(void)snprintf(k->why, sizeof k->why, "%s", why);
}

/* The bytes of a file of the home from `at` on become others, whoever has it open. */
static void
put_bytes(struct node *n, const char *path, uint64_t at, struct span bytes)
{
	struct file *f = NULL;

	OK(file_open(n->w, n->home, path, FILE_UPDATE, &f, &last));
	OK(file_write_at(f, bytes, at, &last));
	file_close(f);
}

static void
scrub_says(struct node *n, const char *path, const char *why)
{
	struct said k = { .n = 0 };

	OK(log_scrub(n->l, say, &k, NULL, &last));
	if (k.n != 1 || strcmp(k.path, path) != 0 || strstr(k.why, why) == NULL)
		fail_msg("%u told: %s %s; wanted %s", k.n, k.path, k.why, why);
}

/* One altered byte in each run, told as the reader from the first byte tells it. */
static void
each_run_is_read(struct node *n, struct span journal)
{
	for (uint64_t number = 100; number < RUNS_RECORDS; number += 3333) {
		char where[40];
		uint64_t at;
		uint8_t b;

		OK(log_offset(n->l, number, &at, &last));
		b = (uint8_t)(journal.p[at + 8] ^ 1);
		put_bytes(n, "journal/records", at + 8, span_of(&b, 1));
		(void)snprintf(where, sizeof where, "damaged at byte %llu:",
		    (unsigned long long)at);
		scrub_says(n, "journal/records", where);
		put_bytes(n, "journal/records", at + 8,
		    span_part(journal, (size_t)at + 8, 1));
	}
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
}

static void
runs_story(struct node *n)
{
	static const uint8_t junk[8] = { 0, 0, 0, 0, 0, 1, 2, 3 };
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node other = node_new(1999);
	struct buf ours, theirs;
	struct checkpoint c;

	add(n, RUNS_RECORDS);
	OK(log_publish(n->l, &s, &c, &last));
	OK(node_open(&other));
	add(&other, RUNS_RECORDS);
	buf_init(&ours, 4 << 20);
	buf_init(&theirs, 4 << 20);
	OK(file_load(n->w, n->home, "journal/records", &ours, &last));
	OK(file_load(other.w, other.home, "journal/records", &theirs, &last));
	assert_int_equal(ours.n, theirs.n);
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
	each_run_is_read(n, buf_span(&ours));
	/* Another's journal holds by itself, and is as long. */
	put_bytes(n, "journal/records", 0, buf_span(&theirs));
	scrub_says(n, "journal/records", "its records are not the leaves of the tree");
	put_bytes(n, "journal/records", 0, buf_span(&ours));
	/* Offsets are a hint: a wrong one costs time, nothing else. */
	put_bytes(n, "journal/offsets", 8 * 4096, span_of(junk, sizeof junk));
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
	buf_clear(&ours);
	buf_clear(&theirs);
	node_free(&other);
}

static void
a_journal_of_several_runs_is_scrubbed_to_its_last_byte(void **state)
{
	struct node n = node_new(2000);

	(void)state;
	OK(node_open(&n));
	runs_story(&n);
	node_free(&n);
}

static void
threads_scrub_a_journal_as_one_does(void **state)
{
	char at[] = "/tmp/comity-log-XXXXXX";
	struct node n = { .w = NULL };

	(void)state;
	assert_non_null(mkdtemp(at));
	OK(world_real(&n.w, &last) && dir_open(n.w, NULL, at, &n.home, &last) &&
	    log_open(n.w, n.home, 0, &n.l, &last));
	runs_story(&n);
	node_close(&n);
	OK(dir_remove_all(n.w, NULL, at, &last));
	world_free(n.w);
}

struct places {
	uint64_t at[6100];
	size_t n;
};

static bool
place_note(void *arg, const struct journal_entry *e, struct err *err)
{
	struct places *p = arg;

	(void)err;
	p->at[p->n++] = e->at;
	return true;
}

/*
 * Entries of the closed ledger, of the open one's first bundle and last, and those behind:
 * each is read.
 */
static void
a_successor_is_scrubbed_with_all_that_came_before_it(void **state)
{
	static const uint64_t numbers[] = { 0, 4095, 4096, 4999, 5000, 5255, 5256, 5999, 6050 };
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(2100);
	static struct places places;
	struct log *before = NULL;
	struct checkpoint c;
	struct buf journal;

	(void)state;
	OK(node_open(&n));
	add(&n, 5000);
	OK(log_publish(n.l, &s, &c, &last));
	OK(log_succeed(n.l, 1, &n.first, &last));
	node_close(&n);
	OK(node_open(&n));
	add(&n, 1000);
	s = signer_of("comity-ledger/XA-TEST/2");
	OK(log_publish(n.l, &s, &c, &last));
	add(&n, 60);
	OK(log_publish(n.l, &s, &c, &last));
	buf_init(&journal, 4 << 20);
	OK(file_load(n.w, n.home, "journal/records", &journal, &last));
	OK(journal_each(log_journal(n.l), 0, place_note, &places, &last));
	assert_int_equal(places.n, 6060);
	OK(log_open_before(n.l, 1, &before, &last));
	OK(log_scrub(n.l, must_not, NULL, NULL, &last) &&
	    log_scrub(before, must_not, NULL, NULL, &last));
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		uint64_t at = places.at[numbers[i]] + 6;
		uint8_t b = (uint8_t)(journal.p[at] ^ 4);
		char where[40];

		put_bytes(&n, "journal/records", at, span_of(&b, 1));
		(void)snprintf(where, sizeof where, "damaged at byte %llu:",
		    (unsigned long long)at - 6);
		scrub_says(&n, "journal/records", where);
		put_bytes(&n, "journal/records", at, span_of(journal.p + at, 1));
	}
	OK(log_scrub(n.l, must_not, NULL, NULL, &last));
	log_close(before);
	buf_clear(&journal);
	node_free(&n);
}

/* Of records that are not these, as nobody but this ledger's key can make it. */
static void
a_checkpoint_over_other_records_is_told_as_one(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node signed_ = node_new(21), here = node_new(22);
	struct checkpoint c;

	(void)state;
	OK(node_open(&signed_));
	add(&signed_, 10);
	OK(log_publish(signed_.l, &s, &c, &last));
	OK(node_open(&here));
	add(&here, 10);
	one_file(&signed_, &here, "ledger/checkpoint");
	one_file(&signed_, &here, "ledger/vkey");
	scrub_says(&here, "ledger/checkpoint", LOG_OTHER_ROOT);
	node_free(&signed_);
	node_free(&here);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    any_altered_bit_is_told_or_mended_and_no_other_tree_signed),
		cmocka_unit_test(whatever_is_missing_is_made_again_or_told),
		cmocka_unit_test(
		    a_tree_file_that_fits_no_place_in_the_journal_is_told_and_made_again),
		cmocka_unit_test(
		    a_damaged_signed_or_standing_stops_signing_until_a_person_says_so),
		cmocka_unit_test(a_checkpoint_over_other_records_is_told_as_one),
		cmocka_unit_test(a_journal_of_several_runs_is_scrubbed_to_its_last_byte),
		cmocka_unit_test(threads_scrub_a_journal_as_one_does),
		cmocka_unit_test(a_successor_is_scrubbed_with_all_that_came_before_it),
	};

	return cmocka_run_group_tests_name("log, damage", tests, NULL, NULL);
}
