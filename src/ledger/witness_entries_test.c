/* Mirrors, notes that came by others, and proofs of two histories. */
#include "ledger/witness_kit.h"

#define ORIGIN "comity-ledger/XA-TEST/1"

static struct key *log_key, *other_key, *self_key;
static struct tale honest, forked, stranger;

static int
keys_make(void **state)
{
	(void)state;
	log_key = key_of_seed(0);
	other_key = key_of_seed(64);
	self_key = key_of_seed(32);
	honest = tale_of(log_key, ORIGIN, UINT64_MAX, 'a');
	forked = tale_of(log_key, ORIGIN, 5, 'b');
	stranger = tale_of(other_key, ORIGIN, UINT64_MAX, 'a');
	return 0;
}

static int
keys_free(void **state)
{
	(void)state;
	key_free(log_key);
	key_free(other_key);
	key_free(self_key);
	return 0;
}

/* A node that follows the log and mirrors `size` entries of it. */
static struct node
mirroring(uint64_t size)
{
	struct node n = node_new(1, self_key);
	uint64_t taken = 0;
	bool bad;

	OK(node_open(&n));
	OK(witness_follow(n.x, &honest.vkey, &last));
	if (size > 0) {
		OK(hand(&n, &honest, 0, size, size, &taken, &bad));
		assert_int_equal(taken, size);
		assert_false(bad);
	}
	return n;
}

static uint64_t
mirrored(struct node *n)
{
	uint64_t size = 0;

	OK(witness_mirrored(n->x, ORIGIN, &size, &last));
	return size;
}

/* These entries with the note of another tale. */
static bool
hand_mixed(struct node *n, const struct tale *entries, const struct tale *note,
    uint64_t from, uint64_t to, uint64_t size, bool *bad)
{
	struct span spans[300];
	uint8_t bytes[300][KIT_ENTRY];
	struct buf b;
	uint64_t taken = 0;
	bool ok;

	assert_true(to - from <= 300);
	for (uint64_t i = from; i < to; i++) {
		tale_entry(entries, i, bytes[i - from]);
		spans[i - from] = span_of(bytes[i - from], KIT_ENTRY);
	}
	buf_init(&b, NOTE_MAX);
	tale_note(note, size, &b);
	last = (struct err)ERR_INIT;
	ok = witness_entries(n->x, buf_span(&b), from, spans, (size_t)(to - from), &taken,
	    bad, &last);
	buf_clear(&b);
	return ok;
}

/* ---- the mirror ---- */

struct reader {
	const struct tale *t;
	uint64_t next;
};

static bool
is_next(void *arg, uint64_t index, struct span entry, struct err *err)
{
	struct reader *r = arg;
	uint8_t want[KIT_ENTRY];

	(void)err;
	assert_int_equal(index, r->next++);
	tale_entry(r->t, index, want);
	assert_true(span_eq(entry, span_of(want, sizeof want)));
	return true;
}

static void
entries_that_make_the_signed_tree_are_mirrored(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 5, 200, 256, 257, 600 };
	struct node n = mirroring(0);
	uint64_t from = 0, taken = 0;
	bool bad;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct reader r = { &honest, from / 2 };

		OK(hand(&n, &honest, from, sizes[i], sizes[i], &taken, &bad));
		assert_int_equal(taken, sizes[i]);
		assert_false(bad);
		OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
		node_close(&n);
		OK(node_open(&n));
		assert_int_equal(mirrored(&n), sizes[i]);
		OK(witness_entries_each(n.x, ORIGIN, from / 2, sizes[i], is_next, &r,
		    &last));
		assert_int_equal(r.next, sizes[i]);
		from = sizes[i];
	}
	FAILS(witness_entries_each(n.x, ORIGIN, 0, 601, is_next, NULL, &last), ERR_ABSENT,
	    "witness.gap");
	FAILS(witness_entries_each(n.x, ORIGIN, 3, 2, is_next, NULL, &last), ERR_USE,
	    "witness.range");
	OK(witness_entries_each(n.x, ORIGIN, 600, 600, is_next, NULL, &last));
	FAILS(witness_entries_each(n.x, "none", 0, 0, is_next, NULL, &last), ERR_ABSENT,
	    "witness.log");
	node_free(&n);
}

static void
it_goes_on_from_any_size(void **state)
{
	struct node n = mirroring(600);
	struct merkle_edge plain = { 0 }, e;
	struct known *k;
	struct digest leaf;
	uint8_t entry[KIT_ENTRY];

	(void)state;
	OK(known_find(n.x, ORIGIN, &k, &last));
	OK(mirror_open(n.x, k, &last));
	for (uint64_t size = 0; size <= 600; size++) {
		OK(mirror_edge(n.x, size, &e, &last));
		assert_int_equal(e.size, plain.size);
		for (unsigned l = 0; l < 62; l++)
			if (size >> l & 1)
				assert_true(digest_eq(&e.hash[l], &plain.hash[l]));
		tale_entry(&honest, size, entry);
		OK(merkle_leaf(n.x->hasher, span_of(entry, sizeof entry), &leaf, &last));
		OK(merkle_edge_add(n.x->hasher, &plain, &leaf, &last));
	}
	node_free(&n);
}

static void
proofs_between_its_sizes_lead_there(void **state)
{
	struct node n = mirroring(40);
	struct merkle_proof p;
	struct digest a, b;
	bool holds;

	(void)state;
	for (uint64_t old = 0; old <= 40; old += 3)
		for (uint64_t size = old; size <= 40; size += 2) {
			a = tale_root(&honest, old);
			b = tale_root(&honest, size);
			OK(witness_consistency(n.x, ORIGIN, old, size, &p, &last));
			OK(merkle_consistency_check(n.x->hasher, old, &a, size, &b, &p,
			    &holds, &last));
			assert_true(holds);
		}
	FAILS(witness_consistency(n.x, ORIGIN, 3, 41, &p, &last), ERR_ABSENT,
	    "witness.gap");
	node_free(&n);
}

static void
entries_from_before_are_compared_and_a_gap_is_told(void **state)
{
	struct node n = mirroring(10);
	uint64_t taken = 0;
	bool bad;

	(void)state;
	OK(hand(&n, &honest, 0, 10, 10, &taken, &bad));
	OK(hand(&n, &honest, 4, 7, 7, &taken, &bad));
	assert_int_equal(taken, 10);
	OK(hand(&n, &honest, 10, 10, 10, &taken, &bad));
	FAILS(hand(&n, &honest, 11, 14, 14, &taken, &bad), ERR_ABSENT, "witness.gap");
	OK(hand(&n, &honest, 3, 14, 14, &taken, &bad));
	assert_int_equal(taken, 14);
	assert_false(bad);
	FAILS(hand(&n, &honest, 14, 20, 19, &taken, &bad), ERR_USE, "witness.range");
	FAILS(hand(&n, &honest, 21, 21, 20, &taken, &bad), ERR_USE, "witness.range");
	FAILS(hand(&n, &stranger, 14, 20, 20, &taken, &bad), ERR_UNPROVEN,
	    "checkpoint.unsigned");
	assert_int_equal(mirrored(&n), 14);
	node_free(&n);
}

static void
what_only_the_bearer_made_up_is_not_kept(void **state)
{
	struct node n = mirroring(10);
	bool bad;

	(void)state;
	/* Wrong behind what is mirrored, wrong within it, wrong where it is known. */
	FAILS(hand_mixed(&n, &forked, &honest, 10, 20, 20, &bad), ERR_UNPROVEN,
	    "witness.entries");
	assert_false(bad);
	FAILS(hand_mixed(&n, &forked, &honest, 0, 20, 20, &bad), ERR_UNPROVEN,
	    "witness.entries");
	assert_false(bad);
	FAILS(hand_mixed(&n, &forked, &honest, 4, 9, 9, &bad), ERR_UNPROVEN,
	    "witness.entries");
	assert_false(bad);
	/* Another history's, from where it cannot be shown. */
	FAILS(hand_mixed(&n, &forked, &forked, 10, 20, 20, &bad), ERR_UNPROVEN,
	    "witness.entries");
	assert_false(bad);
	assert_int_equal(look(&n, ORIGIN).misbehaviour, 0);
	assert_int_equal(look(&n, ORIGIN).seen, 0);
	assert_int_equal(mirrored(&n), 10);
	OK(hand_mixed(&n, &honest, &honest, 10, 20, 20, &bad));
	assert_int_equal(mirrored(&n), 20);
	node_free(&n);
}

static void
what_is_not_checked_never_reaches_the_tiles(void **state)
{
	struct node n = mirroring(10);
	struct known *k;
	bool bad;

	(void)state;
	OK(known_find(n.x, ORIGIN, &k, &last));
	FAILS(hand_mixed(&n, &forked, &honest, 10, 300, 300, &bad), ERR_UNPROVEN,
	    "witness.entries");
	OK(hand_mixed(&n, &forked, &honest, 10, 299, 300, &bad));
	FAILS(hand_mixed(&n, &forked, &honest, 299, 300, 300, &bad), ERR_UNPROVEN,
	    "witness.entries");
	/* A full tile would be there under its name already. */
	assert_false(path_exists(n.w, n.home, known_path(k, "tile/0/000").s));
	assert_false(path_exists(n.w, n.home, known_path(k, "tile/entries/000").s));
	assert_true(path_exists(n.w, n.home, known_path(k, "tile/0/000.p/10").s));
	OK(hand_mixed(&n, &honest, &honest, 10, 300, 300, &bad));
	assert_true(path_exists(n.w, n.home, known_path(k, "tile/0/000").s));
	assert_int_equal(mirrored(&n), 300);
	node_free(&n);
}

static void
another_history_with_its_entries_is_proven(void **state)
{
	(void)state;
	/* From anywhere before the fork on, to sizes around ours. */
	for (uint64_t from = 0; from <= 5; from++)
		for (uint64_t size = 6; size <= 20; size++) {
			struct node n = mirroring(10);
			bool bad;

			FAILS(hand_mixed(&n, &forked, &forked, from, size, size, &bad),
			    ERR_UNPROVEN, "witness.entries");
			assert_true(bad);
			assert_int_equal(mirrored(&n), 10);
			assert_int_equal(proofs_hold(&n, &honest), 1);
			/* The same again is not kept twice. */
			FAILS(hand_mixed(&n, &forked, &forked, from, size, size, &bad),
			    ERR_UNPROVEN, "witness.entries");
			assert_false(bad);
			assert_int_equal(look(&n, ORIGIN).misbehaviour, 1);
			assert_int_equal(status(&n, &honest, 0, 10), 403);
			node_free(&n);
		}
}

static void
another_history_is_proven_over_several_calls(void **state)
{
	struct node n = mirroring(40);
	uint64_t taken = 99;
	bool bad;

	(void)state;
	for (uint64_t from = 0; from < 90; from += 10) {
		OK(hand(&n, &forked, from, from + 10, 100, &taken, &bad));
		assert_int_equal(taken, 40);
		assert_false(bad);
	}
	FAILS(hand(&n, &forked, 90, 100, 100, &taken, &bad), ERR_UNPROVEN,
	    "witness.entries");
	assert_true(bad);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	assert_int_equal(mirrored(&n), 40);
	node_free(&n);
}

static void
more_than_one_call_holds_waits_for_the_note(void **state)
{
	struct node n = mirroring(3);
	uint64_t taken = 99;
	bool bad;

	(void)state;
	OK(hand(&n, &honest, 0, 100, 300, &taken, &bad));
	assert_int_equal(taken, 3);
	OK(hand(&n, &honest, 100, 300, 300, &taken, &bad));
	assert_int_equal(taken, 300);
	/* One that does not go on begins anew, with a gap or without. */
	OK(hand(&n, &honest, 300, 310, 350, &taken, &bad));
	FAILS(hand(&n, &honest, 320, 350, 350, &taken, &bad), ERR_ABSENT, "witness.gap");
	FAILS(hand(&n, &honest, 310, 350, 350, &taken, &bad), ERR_ABSENT, "witness.gap");
	OK(hand(&n, &honest, 300, 310, 350, &taken, &bad));
	FAILS(hand(&n, &honest, 310, 340, 340, &taken, &bad), ERR_ABSENT, "witness.gap");
	OK(hand(&n, &honest, 300, 310, 350, &taken, &bad));
	OK(hand(&n, &honest, 290, 310, 350, &taken, &bad));
	OK(hand(&n, &honest, 310, 320, 350, &taken, &bad));
	node_close(&n);
	OK(node_open(&n));
	FAILS(hand(&n, &honest, 320, 350, 350, &taken, &bad), ERR_ABSENT, "witness.gap");
	OK(hand(&n, &honest, 300, 349, 350, &taken, &bad));
	OK(hand(&n, &honest, 349, 350, 350, &taken, &bad));
	assert_int_equal(taken, 350);
	assert_int_equal(look(&n, ORIGIN).mirrored, 350);
	node_free(&n);
}

static void
as_many_entries_at_once_as_are_allowed(void **state)
{
	struct node n = mirroring(0);
	uint64_t taken = 0;
	bool bad;

	(void)state;
	FAILS(hand(&n, &honest, 0, WITNESS_ENTRIES_MAX + 1, WITNESS_ENTRIES_MAX + 1,
	    &taken, &bad), ERR_LIMIT, "witness.batch");
	OK(hand(&n, &honest, 0, WITNESS_ENTRIES_MAX, WITNESS_ENTRIES_MAX, &taken, &bad));
	assert_int_equal(taken, WITNESS_ENTRIES_MAX);
	node_free(&n);
}

static void
as_many_bytes_wait_as_are_allowed(void **state)
{
	struct node n = mirroring(2);
	uint64_t taken = 0;
	bool bad;

	(void)state;
	n.x->staged_max = 10 * (KIT_ENTRY + 2);
	OK(hand(&n, &honest, 2, 9, 30, &taken, &bad));
	FAILS(hand(&n, &honest, 9, 13, 30, &taken, &bad), ERR_LIMIT, "witness.staged");
	OK(hand(&n, &honest, 2, 9, 30, &taken, &bad));
	OK(hand(&n, &honest, 9, 12, 30, &taken, &bad));
	/* The last ones need not wait. */
	OK(hand(&n, &honest, 12, 30, 30, &taken, &bad));
	assert_int_equal(taken, 30);
	node_free(&n);
}

static void
an_entry_may_be_as_long_as_a_tile_takes(void **state)
{
	struct node n = mirroring(0);
	uint8_t *bytes = calloc(1, TILES_ENTRY_MAX + 1);
	struct span e = span_of(bytes, TILES_ENTRY_MAX + 1);
	struct checkpoint c = { .origin = ORIGIN, .size = 1 };
	struct buf text, note;
	uint64_t taken = 0;
	bool bad;

	(void)state;
	assert_non_null(bytes);
	buf_init(&text, NOTE_MAX);
	buf_init(&note, NOTE_MAX);
	for (unsigned i = 0; i < 2; i++, e.n--) {
		buf_reset(&text);
		buf_reset(&note);
		OK(merkle_leaf(n.x->hasher, e, &c.root, &last));
		OK(checkpoint_text(&c, &text, &last));
		OK(buf_add(&note, buf_span(&text), &last));
		OK(buf_add_byte(&note, '\n', &last));
		OK(note_sign(log_key, &honest.vkey, buf_span(&text), &note, &last));
		if (e.n > TILES_ENTRY_MAX)
			FAILS(witness_entries(n.x, buf_span(&note), 0, &e, 1, &taken, &bad,
			    &last), ERR_LIMIT, "witness.entry");
		else
			OK(witness_entries(n.x, buf_span(&note), 0, &e, 1, &taken, &bad,
			    &last));
	}
	assert_int_equal(taken, 1);
	free(bytes);
	buf_clear(&text);
	buf_clear(&note);
	node_free(&n);
}

static void
a_checkpoint_against_the_mirror_is_422_and_kept(void **state)
{
	(void)state;
	for (uint64_t size = 6; size <= 10; size++) {
		struct node n = mirroring(10);
		struct witness_answer a;

		witness_answer_init(&a);
		OK(ask(&n, &forked, 0, size, &a));
		assert_int_equal(a.status, 422);
		assert_true(a.misbehaviour);
		witness_answer_clear(&a);
		assert_int_equal(proofs_hold(&n, &honest), 1);
		assert_false(look(&n, ORIGIN).has_checkpoint);
		node_free(&n);
	}
}

static void
a_mirror_that_grew_against_the_checkpoint_shows_the_split(void **state)
{
	struct node n = mirroring(0);
	uint64_t taken = 0;
	bool bad;

	(void)state;
	assert_int_equal(status(&n, &honest, 0, 10), 200);
	OK(hand(&n, &forked, 0, 14, 14, &taken, &bad));
	assert_true(bad);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	assert_int_equal(status(&n, &honest, 10, 14), 403);
	node_free(&n);
}

static void
a_damaged_mirror_can_be_made_anew(void **state)
{
	struct node n = mirroring(10);
	struct known *k;
	uint64_t taken = 0, size;
	bool bad;

	(void)state;
	assert_int_equal(status(&n, &honest, 0, 10), 200);
	OK(known_find(n.x, ORIGIN, &k, &last));
	OK(file_save(n.w, n.home, known_path(k, "tree").s, span_text("rubbish"), true,
	    &last));
	node_close(&n);
	OK(node_open(&n));
	assert_false(witness_mirrored(n.x, ORIGIN, &size, &last));
	assert_int_equal(last.kind, ERR_UNPROVEN);
	assert_false(hand(&n, &honest, 0, 12, 12, &taken, &bad));
	OK(witness_mirror_forget(n.x, ORIGIN, &last));
	assert_int_equal(mirrored(&n), 0);
	OK(hand(&n, &honest, 0, 12, 12, &taken, &bad));
	assert_int_equal(taken, 12);
	assert_int_equal(status(&n, &honest, 10, 12), 200);
	FAILS(witness_mirror_forget(n.x, "none", &last), ERR_ABSENT, "witness.log");
	node_free(&n);
}

/* ---- what others show ---- */

static enum witness_seen
seen(struct node *n, const struct tale *t, uint64_t size, uint64_t proof_old)
{
	enum witness_seen s = SEEN_UNKNOWN;
	char text[400] = "";

	OK(see_note(n, t, size, proof_old, &s, text));
	assert_true(text[0] != '\0');
	return s;
}

static void
a_note_is_compared_with_checkpoint_and_mirror(void **state)
{
	struct node n = mirroring(10);

	(void)state;
	assert_int_equal(status(&n, &honest, 0, 12), 200);
	assert_int_equal(seen(&n, &honest, 12, 0), SEEN_SAME);
	for (uint64_t size = 1; size <= 10; size++)
		assert_int_equal(seen(&n, &honest, size, 0), SEEN_SAME);
	assert_int_equal(seen(&n, &stranger, 9, 0), SEEN_UNSIGNED);
	assert_int_equal(look(&n, ORIGIN).seen, 0);
	assert_int_equal(look(&n, ORIGIN).misbehaviour, 0);
	assert_int_equal(seen(&n, &forked, 9, 0), SEEN_SPLIT);
	assert_int_equal(seen(&n, &forked, 9, 0), SEEN_SPLIT);
	assert_int_equal(look(&n, ORIGIN).misbehaviour, 1);
	assert_int_equal(seen(&n, &forked, 12, 0), SEEN_SPLIT);
	assert_int_equal(seen(&n, &forked, 10, 0), SEEN_SPLIT);
	assert_int_equal(proofs_hold(&n, &honest), 3);
	assert_int_equal(look(&n, ORIGIN).seen, 0);
	node_free(&n);
}

static void
a_log_that_is_not_followed_is_passed_over(void **state)
{
	struct node n = mirroring(3);
	struct tale t = tale_of(other_key, "comity-ledger/XB-TEST/1", UINT64_MAX, 'a');
	enum witness_seen s;
	char text[400];

	(void)state;
	assert_int_equal(seen(&n, &t, 3, 0), SEEN_UNKNOWN);
	FAILS(witness_see(n.x, span_text("x"), NULL, 0, &s, text, &last), ERR_INPUT,
	    "note.form");
	node_free(&n);
}

static void
a_note_ahead_waits_and_is_compared_when_the_mirror_grows(void **state)
{
	struct node n = mirroring(4);
	uint64_t taken = 0;
	bool bad;

	(void)state;
	assert_int_equal(seen(&n, &honest, 9, 0), SEEN_AHEAD);
	assert_int_equal(seen(&n, &honest, 20, 0), SEEN_AHEAD);
	assert_int_equal(seen(&n, &honest, 9, 0), SEEN_AHEAD);
	assert_int_equal(look(&n, ORIGIN).seen, 2);
	OK(hand(&n, &honest, 4, 10, 10, &taken, &bad));
	assert_false(bad);
	assert_int_equal(look(&n, ORIGIN).seen, 1);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(seen(&n, &forked, 15, 0), SEEN_AHEAD);
	OK(hand(&n, &honest, 10, 22, 22, &taken, &bad));
	assert_true(bad);
	assert_int_equal(look(&n, ORIGIN).seen, 0);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	node_free(&n);
}

static void
a_note_ahead_is_compared_when_the_checkpoint_gets_there(void **state)
{
	struct node n = mirroring(0);
	struct witness_answer a;

	(void)state;
	assert_int_equal(status(&n, &honest, 0, 3), 200);
	assert_int_equal(seen(&n, &honest, 7, 0), SEEN_AHEAD);
	assert_int_equal(seen(&n, &forked, 9, 0), SEEN_AHEAD);
	assert_int_equal(status(&n, &honest, 3, 7), 200);
	assert_int_equal(look(&n, ORIGIN).seen, 1);
	witness_answer_init(&a);
	OK(ask(&n, &honest, 7, 9, &a));
	assert_int_equal(a.status, 422);
	assert_true(a.misbehaviour);
	witness_answer_clear(&a);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	assert_int_equal(look(&n, ORIGIN).checkpoint.size, 7);
	node_free(&n);
}

static void
two_notes_of_one_size_never_wait_together(void **state)
{
	struct node n = mirroring(2);

	(void)state;
	assert_int_equal(seen(&n, &honest, 30, 0), SEEN_AHEAD);
	assert_int_equal(seen(&n, &forked, 30, 0), SEEN_SPLIT);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	node_free(&n);
}

static void
a_proof_from_our_size_tells(void **state)
{
	struct node n = mirroring(6);

	(void)state;
	/* From the mirror. */
	assert_int_equal(seen(&n, &honest, 9, 6), SEEN_SAME);
	assert_int_equal(look(&n, ORIGIN).seen, 1);
	assert_int_equal(seen(&n, &forked, 11, 6), SEEN_SPLIT);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	node_free(&n);
	/* From the checkpoint. */
	n = mirroring(0);
	assert_int_equal(status(&n, &honest, 0, 7), 200);
	assert_int_equal(seen(&n, &honest, 9, 7), SEEN_SAME);
	/* From another size it says nothing; from a power of two it is not proven. */
	assert_int_equal(seen(&n, &forked, 10, 6), SEEN_AHEAD);
	assert_int_equal(seen(&n, &forked, 12, 7), SEEN_SPLIT);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	node_free(&n);
	n = mirroring(8);
	assert_int_equal(seen(&n, &forked, 12, 8), SEEN_AHEAD);
	node_free(&n);
}

static void
as_many_notes_wait_as_are_allowed_the_smallest(void **state)
{
	struct node n = mirroring(4);
	struct known *k;
	struct seen_list l;

	(void)state;
	for (uint64_t i = 0; i < WITNESS_SEEN_MAX; i++)
		assert_int_equal(seen(&n, &honest, 100 + i, 0), SEEN_AHEAD);
	assert_int_equal(look(&n, ORIGIN).seen, WITNESS_SEEN_MAX);
	assert_int_equal(seen(&n, &honest, 164, 0), SEEN_AHEAD);
	assert_int_equal(look(&n, ORIGIN).seen, WITNESS_SEEN_MAX);
	OK(known_find(n.x, ORIGIN, &k, &last));
	OK(seen_read(n.x, k, &l, &last));
	assert_int_equal(l.list[WITNESS_SEEN_MAX - 1].size, 163);
	assert_int_equal(seen(&n, &honest, 50, 0), SEEN_AHEAD);
	OK(seen_read(n.x, k, &l, &last));
	assert_int_equal(l.n, WITNESS_SEEN_MAX);
	assert_int_equal(l.list[0].size, 50);
	assert_int_equal(l.list[WITNESS_SEEN_MAX - 1].size, 162);
	node_free(&n);
}

/* ---- proofs ---- */

/* Is it a proof for a node that has the log's key and nothing else? */
static bool
convinces(const struct misbehaviour *m)
{
	struct node n = mirroring(0);
	bool proven = true, fresh = true;

	OK(witness_misbehaviour_add(n.x, m, &proven, &fresh, &last));
	assert_int_equal(proven, fresh);
	assert_int_equal(look(&n, ORIGIN).misbehaviour, proven);
	node_free(&n);
	return proven;
}

/* What is said about `small` and `large` by the tree of a third tale. */
static bool
accuses(const struct tale *small, uint64_t s, const struct tale *large, uint64_t l,
    const struct tale *by)
{
	struct digest root = tale_root(by, s);
	struct misbehaviour m;
	struct merkle_proof path;
	bool proven;

	misbehaviour_init(&m);
	tale_note(small, s, &m.first);
	tale_note(large, l, &m.second);
	tale_path(by, s, l, &path);
	if (s != l)
		OK(split_write(&root, &path, &m.proof, &last));
	proven = convinces(&m);
	misbehaviour_clear(&m);
	return proven;
}

static void
only_what_shows_two_histories_by_itself_is_believed(void **state)
{
	struct tale late = tale_of(log_key, ORIGIN, 9, 'c');

	(void)state;
	assert_true(accuses(&honest, 8, &forked, 8, &honest));
	assert_true(accuses(&honest, 8, &forked, 11, &forked));
	assert_true(accuses(&forked, 8, &honest, 11, &honest));
	/* An honest log, whatever is made up around it. */
	for (uint64_t s = 1; s <= 12; s++)
		for (uint64_t l = s; l <= 12; l++) {
			assert_false(accuses(&honest, s, &honest, l, &honest));
			assert_false(accuses(&honest, s, &honest, l, &forked));
			assert_false(accuses(&honest, s, &honest, l, &late));
		}
	/* A wrong end behind a right beginning proves nothing of who signed both. */
	assert_false(accuses(&honest, 8, &honest, 11, &late));
	assert_false(accuses(&honest, 8, &forked, 11, &late));
	/* Notes of others. */
	assert_false(accuses(&honest, 8, &stranger, 11, &forked));
	assert_false(accuses(&stranger, 8, &honest, 8, &honest));
}

static void
any_change_of_a_proof_undoes_it(void **state)
{
	struct node n = mirroring(10);
	struct misbehaviour m;
	bool proven, fresh;

	(void)state;
	assert_int_equal(seen(&n, &forked, 7, 0), SEEN_SPLIT);
	misbehaviour_init(&m);
	OK(witness_misbehaviour(n.x, ORIGIN, 0, &m, &last));
	assert_true(convinces(&m));
	node_free(&n);
	n = mirroring(0);
	for (size_t i = 0; i < m.proof.n; i++) {
		m.proof.p[i] ^= 1;
		OK(witness_misbehaviour_add(n.x, &m, &proven, &fresh, &last));
		assert_false(proven || fresh);
		m.proof.p[i] ^= 1;
	}
	for (size_t cut = m.proof.n; cut-- > 0;) {
		m.proof.n = cut;
		OK(witness_misbehaviour_add(n.x, &m, &proven, &fresh, &last));
		assert_false(proven || fresh);
	}
	assert_int_equal(look(&n, ORIGIN).misbehaviour, 0);
	misbehaviour_clear(&m);
	node_free(&n);
}

static void
a_proof_is_known_again_in_either_order(void **state)
{
	struct node n = mirroring(0);
	struct misbehaviour m, back;
	struct digest root = tale_root(&forked, 8);
	struct merkle_proof path;
	bool proven, fresh;

	(void)state;
	misbehaviour_init(&m);
	misbehaviour_init(&back);
	tale_note(&honest, 8, &m.second);
	tale_note(&forked, 11, &m.first);
	tale_path(&forked, 8, 11, &path);
	OK(split_write(&root, &path, &m.proof, &last));
	OK(witness_misbehaviour_add(n.x, &m, &proven, &fresh, &last));
	assert_true(proven && fresh);
	OK(witness_misbehaviour(n.x, ORIGIN, 0, &back, &last));
	assert_true(span_eq(buf_span(&back.first), buf_span(&m.second)));
	assert_true(span_eq(buf_span(&back.second), buf_span(&m.first)));
	assert_non_null(strstr(back.text, "8 entries that is not the beginning"));
	OK(witness_misbehaviour_add(n.x, &back, &proven, &fresh, &last));
	assert_true(proven && !fresh);
	FAILS(witness_misbehaviour(n.x, ORIGIN, 1, &back, &last), ERR_ABSENT,
	    "witness.misbehaviour");
	misbehaviour_clear(&m);
	misbehaviour_clear(&back);
	node_free(&n);
}

static void
a_proof_about_another_log_is_not_ours(void **state)
{
	struct node n = node_new(3, self_key);
	struct misbehaviour m;
	bool proven, fresh;

	(void)state;
	OK(node_open(&n));
	misbehaviour_init(&m);
	OK(witness_misbehaviour_add(n.x, &m, &proven, &fresh, &last));
	assert_false(proven || fresh);
	tale_note(&honest, 8, &m.first);
	tale_note(&forked, 8, &m.second);
	OK(witness_misbehaviour_add(n.x, &m, &proven, &fresh, &last));
	assert_false(proven || fresh);
	misbehaviour_clear(&m);
	node_free(&n);
}

static void
as_many_proofs_as_are_allowed_and_not_one_more(void **state)
{
	struct node n = mirroring(30);
	enum witness_seen s;
	char text[400];

	(void)state;
	for (uint64_t i = 0; i < WITNESS_MISBEHAVIOUR_MAX + 3; i++) {
		OK(see_note(&n, &forked, 6 + i, 0, &s, text));
		assert_int_equal(s, SEEN_SPLIT);
	}
	assert_int_equal(proofs_hold(&n, &honest), WITNESS_MISBEHAVIOUR_MAX);
	node_free(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_that_make_the_signed_tree_are_mirrored),
		cmocka_unit_test(it_goes_on_from_any_size),
		cmocka_unit_test(proofs_between_its_sizes_lead_there),
		cmocka_unit_test(entries_from_before_are_compared_and_a_gap_is_told),
		cmocka_unit_test(what_only_the_bearer_made_up_is_not_kept),
		cmocka_unit_test(what_is_not_checked_never_reaches_the_tiles),
		cmocka_unit_test(another_history_with_its_entries_is_proven),
		cmocka_unit_test(another_history_is_proven_over_several_calls),
		cmocka_unit_test(more_than_one_call_holds_waits_for_the_note),
		cmocka_unit_test(as_many_entries_at_once_as_are_allowed),
		cmocka_unit_test(as_many_bytes_wait_as_are_allowed),
		cmocka_unit_test(an_entry_may_be_as_long_as_a_tile_takes),
		cmocka_unit_test(a_checkpoint_against_the_mirror_is_422_and_kept),
		cmocka_unit_test(a_mirror_that_grew_against_the_checkpoint_shows_the_split),
		cmocka_unit_test(a_damaged_mirror_can_be_made_anew),
		cmocka_unit_test(a_note_is_compared_with_checkpoint_and_mirror),
		cmocka_unit_test(a_log_that_is_not_followed_is_passed_over),
		cmocka_unit_test(a_note_ahead_waits_and_is_compared_when_the_mirror_grows),
		cmocka_unit_test(a_note_ahead_is_compared_when_the_checkpoint_gets_there),
		cmocka_unit_test(two_notes_of_one_size_never_wait_together),
		cmocka_unit_test(a_proof_from_our_size_tells),
		cmocka_unit_test(as_many_notes_wait_as_are_allowed_the_smallest),
		cmocka_unit_test(only_what_shows_two_histories_by_itself_is_believed),
		cmocka_unit_test(any_change_of_a_proof_undoes_it),
		cmocka_unit_test(a_proof_is_known_again_in_either_order),
		cmocka_unit_test(a_proof_about_another_log_is_not_ours),
		cmocka_unit_test(as_many_proofs_as_are_allowed_and_not_one_more),
	};

	return cmocka_run_group_tests(tests, keys_make, keys_free);
}
