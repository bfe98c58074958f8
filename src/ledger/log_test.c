/*
 * The log of a node: records become leaves, checkpoints are signed once and for all, whoever
 * copies a home, and many callers share one sync.  What disks and crashes do to it is in
 * log_crash_test, what rots in log_damage_test.
 */
#include "ledger/log_kit.h"

static void
records_become_leaves_in_order(void **state)
{
	struct node n = node_new(1);
	uint8_t leaf[LEAF_BYTES], want[LEAF_BYTES], salt[RECORD_SALT];
	uint64_t at = 0, index = 0;
	struct buf b;

	(void)state;
	buf_init(&b, RECORD_MAX);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 0);
	add(&n, 700);
	root_holds(&n);
	for (uint64_t i = 0; i < 700; i += 13) {
		OK(log_offset(n.l, i, &at, &last));
		OK(log_index(n.l, at, &index, &last));
		assert_int_equal(index, i);
		buf_reset(&b);
		OK(journal_read(log_journal(n.l), at, &b, salt, &last));
		OK(leaf_of(salt, buf_span(&b), want, &last));
		OK(log_leaf(n.l, i, leaf, &last));
		assert_memory_equal(leaf, want, LEAF_BYTES);
		FAILS(log_index(n.l, at + 1, &index, &last), ERR_ABSENT,
		    "journal.absent");
	}
	FAILS(log_offset(n.l, 700, &at, &last), ERR_USE, "merkle.range");
	FAILS(log_leaf(n.l, 700, leaf, &last), ERR_USE, "merkle.range");
	FAILS(log_index(n.l, 0, &index, &last), ERR_ABSENT, "journal.absent");
	FAILS(log_index(n.l, UINT64_MAX, &index, &last), ERR_ABSENT, "journal.absent");
	buf_clear(&b);
	node_free(&n);
}

static void
it_opens_again_with_the_same_tree(void **state)
{
	struct node n = node_new(2);

	(void)state;
	for (uint64_t size = 0; size < 5000; size += 831) {
		OK(node_open(&n));
		assert_int_equal(log_size(n.l), size);
		root_holds(&n);
		add(&n, 831);
		root_holds(&n);
		OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
		node_close(&n);
	}
	node_free(&n);
}

/* ---- checkpoints ---- */

static void
a_checkpoint_is_signed_over_all_leaves_and_only_once(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c, again;
	struct node n = node_new(3);
	struct buf note, note2;
	bool found;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_init(&note2, NOTE_MAX);
	OK(node_open(&n));
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.empty");
	OK(log_checkpoint(n.l, &note, &c, &found, &last));
	assert_false(found);
	add(&n, 5);
	OK(log_publish(n.l, &s, &c, &last));
	assert_int_equal(c.size, 5);
	assert_int_equal(log_signed(n.l), 5);
	OK(log_checkpoint(n.l, &note, &again, &found, &last));
	assert_true(found);
	assert_int_equal(again.size, 5);
	assert_true(digest_eq(&c.root, &again.root));
	assert_string_equal(again.origin, "comity-ledger/XA-TEST/1");
	uint64_t before = world_syncs(n.w);

	OK(log_publish(n.l, &s, &again, &last));
	assert_int_equal(world_syncs(n.w), before);
	OK(log_checkpoint(n.l, &note2, &again, &found, &last));
	assert_true(span_eq(buf_span(&note), buf_span(&note2)));
	add(&n, 1);
	OK(log_publish(n.l, &s, &again, &last));
	add(&n, 1);
	before = world_syncs(n.w);
	OK(log_publish(n.l, &s, &again, &last));
	assert_int_equal(world_syncs(n.w) - before, 8);
	buf_clear(&note);
	buf_clear(&note2);
	node_free(&n);
}

static void
what_may_not_be_signed_is_refused(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state put = { .standing = LOG_RECOVERING, .reason = "ledger.restored" };
	struct log_state is;
	struct checkpoint c;
	struct node n = node_new(4);

	(void)state;
	OK(node_open(&n));
	add(&n, 3);
	log_state(n.l, &is);
	assert_int_equal(is.standing, LOG_GOOD);
	OK(log_state_put(n.l, &put, &last));
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.recovering");
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	log_state(n.l, &is);
	assert_int_equal(is.standing, LOG_RECOVERING);
	assert_string_equal(is.reason, "ledger.restored");
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.recovering");
	put.standing = LOG_GOOD;
	OK(log_state_put(n.l, &put, &last));
	OK(log_publish(n.l, &s, &c, &last));
	put = (struct log_state){ .standing = LOG_FROZEN, .reason = "ledger.split",
		.known_size = 77 };
	OK(log_state_put(n.l, &put, &last));
	put.standing = LOG_GOOD;
	FAILS(log_state_put(n.l, &put, &last), ERR_REFUSED, "ledger.frozen");
	put.standing = LOG_RECOVERING;
	FAILS(log_state_put(n.l, &put, &last), ERR_REFUSED, "ledger.frozen");
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	node_close(&n);
	OK(node_open(&n));
	log_state(n.l, &is);
	assert_int_equal(is.standing, LOG_FROZEN);
	assert_int_equal(is.known_size, 77);
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	add(&n, 1);				/* the work goes on */
	node_free(&n);
}

static void
another_key_than_the_one_named_signs_nothing(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;
	struct node n = node_new(5);
	struct key *other = NULL;

	(void)state;
	OK(key_new(&other, KEY_ED25519, &last));
	OK(node_open(&n));
	add(&n, 1);
	s.key = other;
	FAILS(log_publish(n.l, &s, &c, &last), ERR_USE, "note.key");
	assert_false(path_exists(n.w, n.home, "ledger/checkpoint"));
	key_free(other);
	node_free(&n);
}

/* D8: of three ways to the root one goes wrong each time; what is signed is right. */
static void
a_root_that_memory_or_disk_spoilt_is_not_signed(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(55);
	struct checkpoint c;
	struct digest want;
	struct file *f = NULL;

	(void)state;
	OK(node_open(&n));
	for (int how = 0; how < 5; how++) {
		add(&n, how == 0 ? 300 : 7);
		if (how == 1)			/* the tiles in memory, signed part */
			tile_tree_hashes(&n.l->t->edge[0])[3].b[9] ^= 1;
		if (how == 2)			/* what was added since */
			tile_tree_hashes(&n.l->t->edge[0])[60].b[9] ^= 1;
		if (how == 3)			/* the journal's edge */
			n.l->edge.hash[8].b[0] ^= 1;
		if (how == 4) {			/* a tile on the disk */
			OK(file_open(n.w, n.home, "ledger/tile/0/000", FILE_UPDATE, &f,
			    &last));
			OK(file_write_at(f, span_text("x"), 77, &last));
			file_close(f);
			n.l->t->cache[0].valid = false;
			FAILS(log_root(n.l, 5, &want, &last), ERR_UNPROVEN,
			    "tiles.damaged");
			assert_non_null(strstr(last.text, "ledger/tile/0/000 "));
		}
		OK(log_publish(n.l, &s, &c, &last));
		want = root_of_journal(&n);
		assert_true(digest_eq(&c.root, &want));
		assert_int_equal(c.size, log_size(n.l));
	}
	node_free(&n);
}

/* ---- cosignatures ---- */

static void
cosignatures_are_kept_for_good_and_stand_in_the_checkpoint(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(6);
	struct buf one, two, got;
	uint64_t *sizes = NULL;
	struct checkpoint c;
	size_t count = 0;
	bool found;

	(void)state;
	buf_init(&one, NOTE_MAX);
	buf_init(&two, NOTE_MAX);
	buf_init(&got, NOTE_MAX);
	OK(node_open(&n));
	OK(log_cosigned(n.l, &sizes, &count, &last));
	assert_int_equal(count, 0);
	mem_free(sizes);
	add(&n, 9);
	OK(log_publish(n.l, &s, &c, &last));
	cosign(&n, "w.example/one", &one);
	cosign(&n, "w.example/two", &two);
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&one), &last));
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&two), &last));
	OK(log_checkpoint(n.l, &got, &c, &found, &last));
	assert_true(note_names(buf_span(&got), "w.example/one"));
	assert_true(note_names(buf_span(&got), "w.example/two"));
	add(&n, 3);
	OK(log_publish(n.l, &s, &c, &last));
	buf_reset(&got);
	OK(log_checkpoint(n.l, &got, &c, &found, &last));
	assert_false(note_names(buf_span(&got), "w.example/one"));
	buf_reset(&got);
	OK(log_cosigned_note(n.l, 9, &got, &last));
	assert_true(note_names(buf_span(&got), "w.example/two"));
	buf_reset(&two);
	cosign(&n, "w.example/two", &two);
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&two), &last));
	OK(log_cosigned(n.l, &sizes, &count, &last));
	assert_int_equal(count, 2);
	assert_int_equal(sizes[0], 9);
	assert_int_equal(sizes[1], 12);
	mem_free(sizes);
	FAILS(log_cosigned_note(n.l, 10, &got, &last), ERR_ABSENT, "ledger.absent");
	/* A proof from the smaller one still holds. */
	struct buf proof;
	uint8_t leaf[LEAF_BYTES];

	buf_init(&proof, PROOF_MAX);
	OK(log_leaf(n.l, 4, leaf, &last));
	OK(log_proof(n.l, 4, buf_span(&one), &proof, &last));
	OK(tlog_proof_check(buf_span(&proof), leaf, &c, &found, &last));
	assert_true(found && c.size == 9);
	FAILS(log_proof(n.l, 9, buf_span(&one), &proof, &last), ERR_USE, "merkle.range");
	buf_clear(&proof);
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&got);
	node_free(&n);
}

static void
a_checkpoint_of_another_history_with_our_key_is_told(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(7), other = node_new(8);
	struct checkpoint c;
	struct buf note, proof;
	bool found;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_init(&proof, PROOF_MAX);
	OK(node_open(&n) && node_open(&other));
	add(&n, 9);
	add(&other, 7);
	OK(log_publish(other.l, &s, &c, &last));
	OK(log_checkpoint(other.l, &note, &c, &found, &last));
	FAILS(log_cosigned_put(n.l, &s.vkey, buf_span(&note), &last), ERR_UNPROVEN,
	    "ledger.split");
	FAILS(log_proof(n.l, 2, buf_span(&note), &proof, &last), ERR_UNPROVEN,
	    "ledger.split");
	add(&other, 5);
	OK(log_publish(other.l, &s, &c, &last));
	buf_reset(&note);
	OK(log_checkpoint(other.l, &note, &c, &found, &last));
	FAILS(log_cosigned_put(n.l, &s.vkey, buf_span(&note), &last), ERR_REFUSED,
	    "ledger.shorter");
	assert_false(path_exists(n.w, n.home, "ledger/cosigned"));
	buf_clear(&note);
	buf_clear(&proof);
	node_free(&n);
	node_free(&other);
}

/* ---- copies of a home ---- */

/*
 * An older copy of all but what was signed last: in recovery from the first look, and
 * when a person says it is well although it is not, frozen rather than signed.
 */
static void
an_old_copy_with_a_new_signed_never_signs_another_tree(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state is, good = { .standing = LOG_GOOD };
	struct node n = node_new(9), old;
	struct checkpoint c;

	(void)state;
	OK(node_open(&n));
	add(&n, 5);
	OK(log_publish(n.l, &s, &c, &last));
	old = node_copy(&n, 99, NULL);
	add(&n, 4);
	OK(log_publish(n.l, &s, &c, &last));
	one_file(&n, &old, "/ledger/signed");
	OK(node_open(&old));
	log_state(old.l, &is);
	assert_int_equal(is.standing, LOG_RECOVERING);
	assert_string_equal(is.reason, "ledger.shorter");
	assert_int_equal(is.known_size, 9);
	assert_true(digest_eq(&is.known_root, &c.root));
	FAILS(log_publish(old.l, &s, &c, &last), ERR_REFUSED, "ledger.recovering");
	OK(log_state_put(old.l, &good, &last));
	FAILS(log_publish(old.l, &s, &c, &last), ERR_REFUSED, "ledger.shorter");
	add(&old, 10);
	FAILS(log_publish(old.l, &s, &c, &last), ERR_UNPROVEN, "ledger.damaged");
	log_state(old.l, &is);
	assert_int_equal(is.standing, LOG_FROZEN);
	assert_int_equal(is.known_size, 9);
	FAILS(log_publish(old.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	node_free(&old);
	node_free(&n);
}

static void
an_old_signed_beside_a_new_ledger_signs_only_the_same_tree(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(10), old, older;
	struct checkpoint c, first;

	(void)state;
	OK(node_open(&n));
	add(&n, 5);
	OK(log_publish(n.l, &s, &first, &last));
	old = node_copy(&n, 98, NULL);
	add(&n, 4);
	OK(log_publish(n.l, &s, &c, &last));
	/* The checkpoint alone is new: it tells as much as `signed`. */
	older = node_copy(&old, 97, NULL);
	one_file(&n, &older, "/ledger/checkpoint");
	OK(node_open(&older));
	FAILS(log_publish(older.l, &s, &first, &last), ERR_REFUSED, "ledger.shorter");
	add(&older, 9);
	FAILS(log_publish(older.l, &s, &first, &last), ERR_UNPROVEN, "ledger.damaged");
	node_free(&older);
	one_file(&old, &n, "/ledger/signed");
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_signed(n.l), 5);
	OK(log_publish(n.l, &s, &first, &last));
	assert_int_equal(first.size, 9);
	assert_true(digest_eq(&first.root, &c.root));
	add(&n, 1);
	OK(log_publish(n.l, &s, &c, &last));
	root_holds(&n);
	node_free(&old);
	node_free(&n);
}

/* ---- the queue ---- */

static void
a_queue_appends_in_order_and_in_two_steps(void **state)
{
	struct node n = node_new(41);
	struct log_queue *q = NULL;
	uint64_t index = 0, before;
	static char big[RECORD_MAX];

	(void)state;
	OK(node_open(&n));
	OK(queue_new(n.l, &q, &last));
	OK(queue_append(q, span_text("{}"), &index, &last));
	assert_int_equal(index, 0);
	FAILS(queue_append(q, span_text("\n"), &index, &last), ERR_INPUT,
	    "journal.ascii");
	FAILS(queue_flush(q, &index, &last), ERR_USE, "log.queue");
	FAILS(queue_put(q, span_text(""), &last), ERR_LIMIT, "journal.size");
	for (int i = 0; i < LOG_QUEUE_MAX; i++)
		OK(queue_put(q, span_text("{\"x\":1}"), &last));
	FAILS(queue_put(q, span_text("{}"), &last), ERR_LIMIT, "log.queue");
	before = world_syncs(n.w);
	OK(queue_flush(q, &index, &last));
	assert_int_equal(index, 1);
	assert_int_equal(world_syncs(n.w) - before, 1);
	assert_int_equal(log_size(n.l), 1 + LOG_QUEUE_MAX);
	memset(big, 'x', sizeof big);
	for (int i = 0; i < 100; i++)
		OK(queue_put(q, span_of(big, sizeof big), &last));
	OK(queue_flush(q, &index, &last));
	assert_int_equal(index, 1 + LOG_QUEUE_MAX);
	root_holds(&n);
	world_sim_fail(n.w, SIM_FAULT_IO, 2, false);
	FAILS(queue_append(q, span_text("{}"), &index, &last), ERR_IO, "disk.io");
	FAILS(queue_append(q, span_text("{}"), &index, &last), ERR_IO, "ledger.dead");
	queue_free(q);
	queue_free(NULL);
	node_free(&n);
}

#define CALLERS 64
#define EACH 10

struct callers {
	struct log_queue *q;
	uint64_t index[CALLERS][EACH];
	bool failed[CALLERS];
};

static void
call(void *arg, unsigned i)
{
	struct callers *c = arg;
	struct err err = ERR_INIT;

	for (int k = 0; k < EACH; k++) {
		char text[40];

		(void)snprintf(text, sizeof text, "{\"by\":%u,\"n\":%d}", i, k);
		if (!queue_append(c->q, span_text(text), &c->index[i][k], &err))
			c->failed[i] = true;
	}
}

static void
many_callers_share_syncs_and_each_gets_its_own_place(void **state)
{
	char folder[] = "/tmp/comity-log-XXXXXX";
	struct node n = { NULL, NULL, NULL, 0 };
	static struct callers c;
	uint64_t before, at;
	uint8_t salt[RECORD_SALT];
	unsigned started = 0;
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(folder));
	buf_init(&b, RECORD_MAX);
	OK(world_real(&n.w, &last));
	OK(dir_open(n.w, NULL, folder, &n.home, &last));
	OK(log_open(n.w, n.home, 0, &n.l, &last));
	OK(queue_new(n.l, &c.q, &last));
	world_sync_floor(n.w, 2000);
	before = world_syncs(n.w);
	world_run(n.w, CALLERS, call, &c, &started);
	assert_int_equal(started, CALLERS);
	assert_int_equal(log_size(n.l), CALLERS * EACH);
	assert_true((world_syncs(n.w) - before) * 16 <= CALLERS * EACH);
	for (unsigned i = 0; i < CALLERS; i++) {
		assert_false(c.failed[i]);
		for (int k = 0; k < EACH; k++) {
			char text[40];

			(void)snprintf(text, sizeof text, "{\"by\":%u,\"n\":%d}", i, k);
			OK(log_offset(n.l, c.index[i][k], &at, &last));
			buf_reset(&b);
			OK(journal_read(log_journal(n.l), at, &b, salt, &last));
			assert_true(span_is(buf_span(&b), text));
		}
	}
	root_holds(&n);
	queue_free(c.q);
	buf_clear(&b);
	log_close(n.l);
	dir_close(n.home);
	OK(dir_remove_all(n.w, NULL, folder, &last));
	world_free(n.w);
}

/* ---- offsets ---- */

static void
offsets_that_are_wrong_in_the_middle_are_made_again(void **state)
{
	struct node n = node_new(51);
	uint64_t at[40], got, index;
	struct file *f = NULL;

	(void)state;
	OK(node_open(&n));
	add(&n, 40);
	for (uint64_t i = 0; i < 40; i++)
		OK(log_offset(n.l, i, &at[i], &last));
	node_close(&n);
	for (int how = 0; how < 3; how++) {
		uint8_t wrong[8] = { 0 };

		if (how > 0)
			u64_put(wrong, at[how == 1 ? 3 : 12]);
		OK(file_open(n.w, NULL, "journal/offsets", FILE_UPDATE, &f, &last));
		OK(file_write_at(f, span_of(wrong, 8), 8 * 11, &last));
		file_close(f);
		OK(node_open(&n));
		for (uint64_t i = 40; i-- > 0; ) {
			OK(log_index(n.l, at[i], &index, &last));
			assert_int_equal(index, i);
			OK(log_offset(n.l, i, &got, &last));
			assert_int_equal(got, at[i]);
		}
		node_close(&n);
	}
	node_free(&n);
}

static void
opening_costs_what_was_written_since(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(52);
	uint64_t few, many, memory;
	struct checkpoint c;

	(void)state;
	OK(node_open(&n));
	add(&n, 2);
	OK(log_publish(n.l, &s, &c, &last));
	add(&n, 2);
	OK(log_publish(n.l, &s, &c, &last));
	node_close(&n);
	few = world_sim_calls(n.w);
	OK(node_open(&n));
	few = world_sim_calls(n.w) - few;
	add(&n, 20000);
	OK(log_publish(n.l, &s, &c, &last));
	node_close(&n);
	many = world_sim_calls(n.w);
	memory = mem_count();
	OK(node_open(&n));
	many = world_sim_calls(n.w) - many;
	assert_true(many < few + 10);
	assert_true(mem_count() - memory < 200);
	root_holds(&n);
	node_free(&n);
}

static void
one_process_has_it_open(void **state)
{
	struct node n = node_new(53);
	struct log *other = NULL;

	(void)state;
	OK(node_open(&n));
	FAILS(log_open(n.w, n.home, 0, &other, &last), ERR_CONFLICT, "disk.locked");
	add(&n, 1);
	node_free(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_become_leaves_in_order),
		cmocka_unit_test(it_opens_again_with_the_same_tree),
		cmocka_unit_test(a_checkpoint_is_signed_over_all_leaves_and_only_once),
		cmocka_unit_test(what_may_not_be_signed_is_refused),
		cmocka_unit_test(another_key_than_the_one_named_signs_nothing),
		cmocka_unit_test(a_root_that_memory_or_disk_spoilt_is_not_signed),
		cmocka_unit_test(
		    cosignatures_are_kept_for_good_and_stand_in_the_checkpoint),
		cmocka_unit_test(a_checkpoint_of_another_history_with_our_key_is_told),
		cmocka_unit_test(an_old_copy_with_a_new_signed_never_signs_another_tree),
		cmocka_unit_test(
		    an_old_signed_beside_a_new_ledger_signs_only_the_same_tree),
		cmocka_unit_test(a_queue_appends_in_order_and_in_two_steps),
		cmocka_unit_test(many_callers_share_syncs_and_each_gets_its_own_place),
		cmocka_unit_test(offsets_that_are_wrong_in_the_middle_are_made_again),
		cmocka_unit_test(opening_costs_what_was_written_since),
		cmocka_unit_test(one_process_has_it_open),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
