/*
 * A log whose power fails, whose disk fails, and that lost a part: whatever happens, what was
 * promised is there and no two trees of one size are ever signed.
 */
#include "ledger/log_kit.h"

/* ---- lost power, faults, memory ---- */

struct story {
	struct node n;
	uint64_t promised, tried;	/* records */
	struct checkpoint seen[16];	/* that left the log */
	size_t seen_n;
	bool cosigned, ended;
	uint64_t cosigned_size;
};

static bool
story_append(struct story *s, size_t count)
{
	uint64_t index;

	s->tried = s->promised + count;
	if (!append(&s->n, count, &index))
		return false;
	assert_int_equal(index, s->promised);
	s->promised = s->tried;
	return true;
}

static bool
story_publish(struct story *s)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");

	if (!log_publish(s->n.l, &key, &s->seen[s->seen_n], &last))
		return false;
	assert_int_equal(s->seen[s->seen_n].size, s->promised);
	s->seen_n++;
	return true;
}

/* Cosigned beforehand, so that the story has the same allocations each time. */
static bool
story_cosigned(struct story *s, const struct buf *line)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;
	struct buf note;
	bool found = false, ok;

	buf_init(&note, NOTE_MAX);
	ok = log_checkpoint(s->n.l, &note, &c, &found, &last);
	if (ok && found)
		ok = buf_add(&note, buf_span(line), &last) &&
		    log_cosigned_put(s->n.l, &key.vkey, buf_span(&note), &last);
	buf_clear(&note);
	s->cosigned = s->cosigned || (ok && found);
	if (s->cosigned)
		s->cosigned_size = s->promised;
	return ok;
}

static struct buf the_line;

static void
story_run(struct story *s)
{
	if (!node_open(&s->n) || !story_append(s, 3) || !story_publish(s) ||
	    !story_cosigned(s, &the_line) || !story_append(s, 1) || !story_publish(s))
		return;
	node_close(&s->n);
	if (!node_open(&s->n) || !story_append(s, 251) || !story_append(s, 2) ||
	    !story_publish(s) || !story_append(s, 1))
		return;
	s->ended = true;
}

static void
story_check(struct story *s, const char *how, uint64_t nth, uint64_t seed)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;
	struct digest root;
	struct buf b;
	bool found;

	buf_init(&b, NOTE_MAX);
	node_close(&s->n);
	last = (struct err)ERR_INIT;
	if (!node_open(&s->n))
		fail_msg("%s at call %d, seed %d: %s: %s", how, (int)nth, (int)seed,
		    last.reason, last.text);
	if (log_size(s->n.l) < s->promised || log_size(s->n.l) > s->tried)
		fail_msg("%s at call %d, seed %d: %d leaves of %d", how, (int)nth,
		    (int)seed, (int)log_size(s->n.l), (int)s->promised);
	root_holds(&s->n);
	OK(log_checkpoint(s->n.l, &b, &c, &found, &last));
	if (found)
		s->seen[s->seen_n++] = c;
	if (log_size(s->n.l) > 0)
		OK(log_publish(s->n.l, &key, &s->seen[s->seen_n++], &last));
	for (size_t i = 0; i < s->seen_n; i++) {
		assert_true(s->seen[i].size <= log_size(s->n.l));
		OK(log_root(s->n.l, s->seen[i].size, &root, &last));
		if (!digest_eq(&root, &s->seen[i].root))
			fail_msg("%s at call %d, seed %d: another tree of %d", how,
			    (int)nth, (int)seed, (int)s->seen[i].size);
	}
	if (s->cosigned) {
		buf_reset(&b);
		OK(log_cosigned_note(s->n.l, 3, &b, &last));
		assert_true(note_names(buf_span(&b), "w.example/one"));
	}
	OK(log_scrub(s->n.l, must_not, NULL, NULL, &last));
	add(&s->n, 2);
	OK(log_publish(s->n.l, &key, &c, &last));
	OK(world_sim_crash(s->n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&s->n);
	OK(node_open(&s->n));
	assert_int_equal(log_signed(s->n.l), c.size);
	assert_int_equal(log_size(s->n.l), c.size);
	root_holds(&s->n);
	buf_clear(&b);
}

static bool
story_of_power(enum sim_crash how, uint64_t nth, uint64_t seed, uint64_t *unsynced)
{
	struct story s = { .n = node_new(77) };
	bool reached;

	world_sim_fail(s.n.w, SIM_FAULT_POWER, nth, true);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	*unsynced = world_sim_unsynced(s.n.w);
	OK(world_sim_crash(s.n.w, how, seed, &last));
	story_check(&s, "power", nth, seed);
	node_free(&s.n);
	return reached;
}

/* A line that fits the story's checkpoint of three leaves, which is always the same. */
static void
line_make(void)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(77);
	struct checkpoint c;
	struct note note;
	struct buf b;

	buf_init(&b, NOTE_MAX);
	buf_init(&the_line, NOTE_MAX);
	OK(node_open(&n));
	add(&n, 3);
	OK(log_publish(n.l, &key, &c, &last));
	cosign(&n, "w.example/one", &b);
	OK(note_parse(buf_span(&b), &note, &last));
	OK(note_line_copy(&note, note.lines_n - 1, &the_line, &last));
	note_clear(&note);
	buf_clear(&b);
	node_free(&n);
}

static void
power_lost_at_any_call_loses_nothing_promised_and_signs_no_two_trees(void **state)
{
	uint64_t unsynced = 0, nth, stories = 0;

	(void)state;
	line_make();
	for (nth = 1; story_of_power(SIM_CRASH_KEEP_NONE, nth, 0, &unsynced);
	    nth += stride(2)) {
		if (nth / 2 % stride(5) != 0)
			continue;
		(void)story_of_power(SIM_CRASH_KEEP_ALL, nth, 0, &unsynced);
		for (uint64_t one = 1; one <= unsynced; one += stride(7), stories++)
			(void)story_of_power(SIM_CRASH_LOSE_ONE, nth, one, &unsynced);
		for (uint64_t seed = 1; seed <= 8; seed += stride(7), stories++)
			(void)story_of_power(SIM_CRASH_KEEP_SOME, nth, seed, &unsynced);
	}
	assert_true(nth > 150 && stories > 60);
	buf_clear(&the_line);
}

static bool
story_of_fault(enum sim_fault fault, uint64_t nth, bool on)
{
	struct story s = { .n = node_new(77) };
	bool reached;

	world_sim_fail(s.n.w, fault, nth, on);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	if (fault == SIM_FAULT_SHORT)
		assert_true(s.ended);
	story_check(&s, "fault", nth, fault);
	node_free(&s.n);
	return reached;
}

static void
a_fault_at_any_call_loses_nothing_promised_and_signs_no_two_trees(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_IO, SIM_FAULT_FULL,
		SIM_FAULT_INTR, SIM_FAULT_SHORT };

	(void)state;
	line_make();
	for (size_t i = 0; i < 8; i++) {
		uint64_t nth;

		for (nth = 1 + i % stride(4); story_of_fault(faults[i % 4], nth, i / 4 == 1);
		    nth += stride(17))
			;
		assert_true(nth > 100);
	}
	buf_clear(&the_line);
}

static void
every_failed_allocation_is_an_error_and_signs_no_two_trees(void **state)
{
	uint64_t nth = 0, before, used;

	(void)state;
	line_make();
	do {
		struct story s = { .n = node_new(77) };

		nth += nth == 0 ? 1 : stride(23);
		before = mem_count();
		mem_fail(nth, false);
		last = (struct err)ERR_INIT;
		story_run(&s);
		mem_fail(0, false);
		used = mem_count() - before;
		story_check(&s, "memory", nth, 0);
		node_free(&s.n);
	} while (used >= nth);
	assert_true(nth > 200);
	buf_clear(&the_line);
}

/* ---- recovery ---- */

struct leaves {
	uint8_t leaf[400][LEAF_BYTES];
	uint64_t wrong;			/* this one is altered; 0 none */
};

static bool
leaf_give(void *arg, uint64_t i, uint8_t out[LEAF_BYTES], struct err *err)
{
	struct leaves *k = arg;

	(void)err;
	memcpy(out, k->leaf[i], LEAF_BYTES);
	out[5] ^= k->wrong != 0 && k->wrong == i;
	return true;
}

/* A whole log of 300 leaves, what its leaves and roots were, and an old copy of 200. */
struct restored {
	struct leaves leaves;
	struct digest root300;
	struct node old;		/* with 5 records more of its own */
};

static void
restored_make(struct restored *r)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(21);
	struct checkpoint c;

	memset(&r->leaves, 0, sizeof r->leaves);
	OK(node_open(&n));
	add(&n, 190);
	OK(log_publish(n.l, &s, &c, &last));
	add(&n, 10);
	r->old = node_copy(&n, 22, NULL);
	add(&n, 100);
	OK(log_publish(n.l, &s, &c, &last));
	r->root300 = c.root;
	for (uint64_t i = 0; i < 300; i++)
		OK(log_leaf(n.l, i, r->leaves.leaf[i], &last));
	node_free(&n);
	OK(node_open(&r->old));
	add(&r->old, 5);
	for (uint64_t i = 0; i < 5; i++)
		OK(log_leaf(r->old.l, 200 + i, r->leaves.leaf[300 + i], &last));
	node_close(&r->old);
}

static bool
recover(struct restored *r, struct node *n)
{
	struct log_leaves source = { leaf_give, &r->leaves };

	return log_recover(n->l, 200, 100, &source, &r->root300, &last);
}

/* 305 leaves: the old ones, those that came back, and those of this copy behind them. */
static void
is_recovered(struct restored *r, struct node *n)
{
	uint8_t leaf[LEAF_BYTES], salt[RECORD_SALT];
	struct digest root;
	uint64_t at, index;
	struct buf b;

	buf_init(&b, RECORD_MAX);
	assert_int_equal(log_size(n->l), 305);
	OK(log_root(n->l, 300, &root, &last));
	assert_true(digest_eq(&root, &r->root300));
	for (uint64_t i = 0; i < 305; i += i < 195 ? 13 : 1) {
		OK(log_leaf(n->l, i, leaf, &last));
		assert_memory_equal(leaf, r->leaves.leaf[i], LEAF_BYTES);
		OK(log_offset(n->l, i, &at, &last));
		OK(log_index(n->l, at, &index, &last));
		assert_int_equal(index, i);
		buf_reset(&b);
		OK(journal_read(log_journal(n->l), at, &b, salt, &last));
		assert_int_equal(journal_lost(buf_span(&b)), i >= 200 && i < 300);
	}
	root_holds(n);
	buf_clear(&b);
}

static void
leaves_that_a_peer_kept_come_back_and_what_is_new_stands_behind_them(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	static struct restored r;
	struct checkpoint c;
	struct node n;

	(void)state;
	restored_make(&r);
	n = node_copy(&r.old, 23, NULL);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 205);
	OK(recover(&r, &n));
	is_recovered(&r, &n);
	OK(log_publish(n.l, &s, &c, &last));
	assert_int_equal(c.size, 305);
	OK(log_scrub(n.l, must_not, NULL, NULL, &last));
	add(&n, 3);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 308);
	FAILS(recover(&r, &n), ERR_REFUSED, "ledger.signed");
	node_free(&n);
	node_free(&r.old);
}

static void
leaves_that_do_not_make_the_signed_tree_change_nothing(void **state)
{
	static struct restored r;
	struct digest before, after;
	struct node n;

	(void)state;
	restored_make(&r);
	n = node_copy(&r.old, 24, NULL);
	OK(node_open(&n));
	OK(log_root(n.l, 205, &before, &last));
	for (r.leaves.wrong = 200; r.leaves.wrong < 300; r.leaves.wrong += 33)
		FAILS(recover(&r, &n), ERR_UNPROVEN, "ledger.split");
	OK(log_root(n.l, 205, &after, &last));
	assert_true(digest_eq(&before, &after));
	assert_int_equal(log_size(n.l), 205);
	add(&n, 1);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 206);
	root_holds(&n);
	node_free(&n);
	node_free(&r.old);
}

/* `signed` was not restored, only the rest: what comes back must be what it says. */
static void
a_signed_that_outlived_the_rest_is_held_against_what_comes_back(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state good = { .standing = LOG_GOOD };
	static struct restored r;
	struct digest other = { { 1 } };
	struct checkpoint c;
	struct node n;

	(void)state;
	restored_make(&r);
	for (int i = 0; i < 3; i++) {
		n = node_copy(&r.old, 25, NULL);
		OK(node_open(&n));
		OK(log_signed_save(n.l, i == 2 ? 301 : 300, i == 1 ? &other : &r.root300,
		    &last));
		node_close(&n);
		OK(node_open(&n));
		if (i == 1)
			FAILS(recover(&r, &n), ERR_UNPROVEN, "ledger.split");
		if (i == 2)
			FAILS(recover(&r, &n), ERR_REFUSED, "ledger.signed");
		if (i == 0) {
			OK(recover(&r, &n));
			is_recovered(&r, &n);
			OK(log_state_put(n.l, &good, &last));
			OK(log_publish(n.l, &s, &c, &last));
		}
		node_free(&n);
	}
	node_free(&r.old);
}

/* How a recovery ended: the old ledger or the new one, whole; and it goes on. */
static void
recovery_check(struct restored *r, struct node *n, bool was, uint64_t nth, uint64_t how)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;

	node_close(n);
	last = (struct err)ERR_INIT;
	if (!node_open(n))
		fail_msg("recovery, call %d, %d: %s", (int)nth, (int)how, last.text);
	assert_true(log_size(n->l) == 305 || (log_size(n->l) == 205 && !was));
	if (log_size(n->l) == 205) {
		root_holds(n);
		OK(recover(r, n));
	}
	is_recovered(r, n);
	OK(log_publish(n->l, &s, &c, &last));
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
	assert_false(path_exists(n->w, NULL, "journal/.comity-temporary-records"));
}

static bool
recovery_of_power(struct restored *r, enum sim_crash how, uint64_t nth, uint64_t seed)
{
	struct node n = node_copy(&r->old, 26, NULL);
	struct dir *root = NULL;
	bool was = false, reached;

	OK(dir_open(n.w, NULL, "/", &root, &last));
	OK(dir_sync_all(root, &last));
	dir_close(root);
	uint64_t before = world_sim_calls(n.w);

	world_sim_fail(n.w, SIM_FAULT_POWER, nth, true);
	if (node_open(&n))
		was = recover(r, &n);
	reached = world_sim_calls(n.w) - before >= nth;
	world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
	OK(world_sim_crash(n.w, how, seed, &last));
	/* And again, at some call of the way back. */
	if (nth % 4 == 0) {
		node_close(&n);
		world_sim_fail(n.w, SIM_FAULT_POWER, 3 + nth % 23, true);
		if (node_open(&n) && log_size(n.l) == 205)
			was = recover(r, &n) || was;
		world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
		OK(world_sim_crash(n.w, how, seed, &last));
	}
	recovery_check(r, &n, was, nth, (uint64_t)how);
	node_free(&n);
	return reached;
}

static void
a_recovery_cut_short_leaves_the_old_ledger_or_the_new(void **state)
{
	static struct restored r;
	uint64_t nth;

	(void)state;
	restored_make(&r);
	for (nth = 1; recovery_of_power(&r, SIM_CRASH_KEEP_NONE, nth, 0);
	    nth += stride(2)) {
		if (nth % stride(3) != 0)
			continue;
		(void)recovery_of_power(&r, SIM_CRASH_KEEP_ALL, nth, 0);
		for (uint64_t seed = 1; seed < 8; seed += stride(4)) {
			(void)recovery_of_power(&r, SIM_CRASH_KEEP_SOME, nth, seed);
			(void)recovery_of_power(&r, SIM_CRASH_LOSE_ONE, nth, seed);
		}
	}
	assert_true(nth > 40);
	node_free(&r.old);
}

static void
a_fault_in_a_recovery_leaves_the_old_ledger_or_the_new(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_IO, SIM_FAULT_FULL };
	static struct restored r;

	(void)state;
	restored_make(&r);
	for (size_t i = 0; i < 2; i++) {
		bool reached = true;

		for (uint64_t nth = 1; reached; nth += stride(2)) {
			struct node n = node_copy(&r.old, 27, NULL);
			uint64_t before = world_sim_calls(n.w);
			bool was = false;

			world_sim_fail(n.w, faults[i], nth, false);
			if (node_open(&n))
				was = recover(&r, &n);
			reached = world_sim_calls(n.w) - before >= nth;
			world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
			recovery_check(&r, &n, was, nth, i);
			node_free(&n);
		}
	}
	for (uint64_t nth = 1, used = 1; used >= nth; nth += stride(17)) {
		struct node n = node_copy(&r.old, 28, NULL);
		uint64_t before = mem_count();
		bool was = false;

		mem_fail(nth, false);
		if (node_open(&n))
			was = recover(&r, &n);
		mem_fail(0, false);
		used = mem_count() - before;
		recovery_check(&r, &n, was, nth, 9);
		node_free(&n);
	}
	node_free(&r.old);
}

/* ---- a successor ---- */

static void
a_successor_begins_behind_the_last_record_and_the_closed_one_still_proves(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_signer s2 = signer_of("comity-ledger/XA-TEST/2");
	struct log *before = NULL;
	struct node n = node_new(31);
	struct checkpoint c, c2;
	struct file *f = NULL;
	struct buf note, proof;
	uint64_t at, index;
	unsigned count = 9;
	bool found;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_init(&proof, PROOF_MAX);
	OK(node_open(&n));
	add(&n, 300);
	OK(log_publish(n.l, &s, &c, &last));
	add(&n, 2);
	OK(log_succeed(n.l, 1, &n.first, &last));
	assert_int_equal(n.first, 302);
	FAILS(append(&n, 1, &index), ERR_IO, "ledger.dead");
	node_close(&n);
	n.first = 0;
	FAILS(node_open(&n), ERR_CONFLICT, "ledger.first");
	OK(log_first(n.w, n.home, &n.first, &count, &last));
	assert_int_equal(n.first, 302);
	assert_int_equal(count, 1);
	OK(log_open(n.w, n.home, n.first, &n.l, &last));
	assert_int_equal(log_size(n.l), 0);
	assert_int_equal(log_signed(n.l), 0);
	add(&n, 20);
	OK(log_publish(n.l, &s2, &c2, &last));
	assert_int_equal(c2.size, 20);
	root_holds(&n);
	OK(log_offset(n.l, 0, &at, &last));
	OK(log_index(n.l, at, &index, &last));
	assert_int_equal(index, 0);
	FAILS(log_index(n.l, 16, &index, &last), ERR_ABSENT, "ledger.absent");
	FAILS(log_open_before(n.l, 2, &before, &last),
	    ERR_ABSENT, "ledger.absent");
	OK(log_open_before(n.l, 1, &before, &last));
	assert_int_equal(log_size(before), 302);
	OK(log_checkpoint(before, &note, &c2, &found, &last));
	assert_true(found && digest_eq(&c.root, &c2.root));
	OK(log_proof(before, 7, buf_span(&note), &proof, &last));
	OK(log_offset(before, 301, &at, &last));
	OK(log_index(before, at, &index, &last));
	assert_int_equal(index, 301);
	/* The offsets it reads are the open one's, and may be wrong. */
	OK(file_open(n.w, NULL, "journal/offsets", FILE_UPDATE, &f, &last));
	OK(file_write_at(f, span_of("wrong...", 8), 8 * 301, &last));
	file_close(f);
	OK(log_index(before, at, &index, &last));
	assert_int_equal(index, 301);
	FAILS(log_index(n.l, at, &index, &last), ERR_ABSENT, "ledger.absent");
	OK(log_offset(n.l, 3, &at, &last));
	FAILS(log_index(before, at, &index, &last), ERR_ABSENT, "ledger.absent");
	FAILS(log_publish(before, &s, &c2, &last), ERR_REFUSED, "ledger.closed");
	FAILS(log_append(before, &(struct span){ note.p, 3 }, 1, &index, &last),
	    ERR_REFUSED, "ledger.closed");
	OK(log_scrub(before, must_not, NULL, NULL, &last));
	log_close(before);
	/* Its tiles can be lost: the journal has them. */
	OK(dir_remove_all(n.w, NULL, "ledger/before/1/tile", &last));
	OK(log_open_before(n.l, 1, &before, &last));
	assert_int_equal(log_size(before), 302);
	buf_reset(&proof);
	OK(log_proof(before, 7, buf_span(&note), &proof, &last));
	log_close(before);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 20);
	root_holds(&n);
	buf_clear(&note);
	buf_clear(&proof);
	node_free(&n);
}

/* A succession cut short is ended by whoever comes next, or had not begun. */
static bool
succession_of_power(struct node *whole, enum sim_crash how, uint64_t nth, uint64_t seed)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_copy(whole, 32, NULL);
	struct log *before = NULL;
	struct dir *root = NULL;
	struct log_state is;
	struct checkpoint c;
	uint64_t first = 0, index;
	bool reached, was = false;

	OK(dir_open(n.w, NULL, "/", &root, &last));
	OK(dir_sync_all(root, &last));
	dir_close(root);
	uint64_t calls = world_sim_calls(n.w);

	world_sim_fail(n.w, SIM_FAULT_POWER, nth, true);
	if (node_open(&n))
		was = log_succeed(n.l, 1, &first, &last);
	reached = world_sim_calls(n.w) - calls >= nth;
	world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
	OK(world_sim_crash(n.w, how, seed, &last));
	node_close(&n);
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	OK(log_first(n.w, n.home, &n.first, NULL, &last));
	assert_true(n.first == 260 || (n.first == 0 && !was));
	OK(log_open(n.w, n.home, n.first, &n.l, &last));
	log_state(n.l, &is);
	if (n.first == 0) {
		assert_int_equal(is.standing, LOG_FROZEN);
		FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	} else {
		assert_int_equal(log_size(n.l), 0);
		assert_int_equal(is.standing, LOG_GOOD);
		OK(append(&n, 1, &index));
		OK(log_open_before(n.l, 1, &before, &last));
		assert_int_equal(log_size(before), 260);
		log_state(before, &is);
		assert_int_equal(is.standing, LOG_FROZEN);
		OK(log_scrub(before, must_not, NULL, NULL, &last));
		log_close(before);
	}
	node_free(&n);
	return reached;
}

static void
a_succession_cut_short_is_ended_or_had_not_begun(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state frozen = { .standing = LOG_FROZEN, .reason = "ledger.split" };
	struct node n = node_new(33);
	struct checkpoint c;
	uint64_t nth;

	(void)state;
	OK(node_open(&n));
	add(&n, 260);
	OK(log_publish(n.l, &s, &c, &last));
	OK(log_state_put(n.l, &frozen, &last));
	for (nth = 1; succession_of_power(&n, SIM_CRASH_KEEP_NONE, nth, 0); nth++) {
		(void)succession_of_power(&n, SIM_CRASH_KEEP_ALL, nth, 0);
		for (uint64_t seed = 1; seed < 8; seed += stride(3)) {
			(void)succession_of_power(&n, SIM_CRASH_KEEP_SOME, nth, seed);
			(void)succession_of_power(&n, SIM_CRASH_LOSE_ONE, nth, seed);
		}
	}
	assert_true(nth > 40);
	node_free(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    power_lost_at_any_call_loses_nothing_promised_and_signs_no_two_trees),
		cmocka_unit_test(
		    a_fault_at_any_call_loses_nothing_promised_and_signs_no_two_trees),
		cmocka_unit_test(
		    every_failed_allocation_is_an_error_and_signs_no_two_trees),
		cmocka_unit_test(
		    leaves_that_a_peer_kept_come_back_and_what_is_new_stands_behind_them),
		cmocka_unit_test(leaves_that_do_not_make_the_signed_tree_change_nothing),
		cmocka_unit_test(
		    a_signed_that_outlived_the_rest_is_held_against_what_comes_back),
		cmocka_unit_test(a_recovery_cut_short_leaves_the_old_ledger_or_the_new),
		cmocka_unit_test(a_fault_in_a_recovery_leaves_the_old_ledger_or_the_new),
		cmocka_unit_test(
		    a_successor_begins_behind_the_last_record_and_the_closed_one_still_proves),
		cmocka_unit_test(a_succession_cut_short_is_ended_or_had_not_begun),
	};

	return cmocka_run_group_tests_name("log, lost power and recovery", tests, NULL, NULL);
}
