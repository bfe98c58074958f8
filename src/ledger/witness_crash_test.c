/*
 * A witness keeps its word whatever fails: power at every disk call, with every kind of loss;
 * disk errors; allocations; a flipped bit in any file; and over many days of honest, lying and
 * rolled-back logs it never cosigns two histories.  COMITY_LONG=1 leaves out nothing.
 */
#include "ledger/witness_kit.h"

#define ORIGIN "comity-ledger/XA-TEST/1"
#define OTHER "comity-ledger/XB-TEST/1"

static struct key *log_key, *other_key, *self_key;
static struct tale honest, forked, other;

static int
keys_make(void **state)
{
	(void)state;
	log_key = key_of_seed(0);
	other_key = key_of_seed(64);
	self_key = key_of_seed(32);
	honest = tale_of(log_key, ORIGIN, UINT64_MAX, 'a');
	forked = tale_of(log_key, ORIGIN, 5, 'b');
	other = tale_of(other_key, OTHER, UINT64_MAX, 'a');
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

static bool
whole(void)
{
	return getenv("COMITY_LONG") != NULL;
}

/* ---- a story, from wherever it stands ---- */

/* What was acknowledged. */
struct acked {
	bool followed;
	uint64_t cosigned, mirrored, split;
	bool waits;			/* the note of 12 was said to wait */
};

#define FIRST 7
#define NEXT 12
#define LAST 260			/* a full tile and some */

struct finding {
	struct witness_log *out;
	bool found;
};

static bool
find_one(void *arg, const struct witness_log *l, struct err *err)
{
	struct finding *f = arg;

	(void)err;
	if (strcmp(l->key.name, ORIGIN) == 0) {
		*f->out = *l;
		f->found = true;
	}
	return true;
}

static bool
known_now(struct node *n, struct witness_log *out, bool *found)
{
	struct finding f = { out, false };

	memset(out, 0, sizeof *out);
	*found = false;
	if (!witness_each(n->x, find_one, &f, &last))
		return false;
	*found = f.found;
	return true;
}

/* As a log does that may have lost answers: a 409 says from where. */
static bool
get_cosigned(struct node *n, uint64_t size, struct acked *k)
{
	struct witness_answer a;
	struct witness_log l;
	bool ok, found = false;

	if (!known_now(n, &l, &found))
		return false;
	if (l.has_checkpoint && l.checkpoint.size > size)
		return true;
	witness_answer_init(&a);
	ok = ask(n, &honest, k->cosigned, size, &a);
	if (ok && a.status == 409) {
		char *end;

		OK(buf_add_byte(&a.body, 0, &last));
		ok = ask(n, &honest, strtoull((char *)a.body.p, &end, 10), size, &a);
	}
	if (ok && a.status == 200) {
		cosigned(n, &honest, size, &a);
		k->cosigned = size;
	} else if (ok) {
		/* Only after it is known to lie. */
		assert_int_equal(a.status, 403);
		assert_true(l.misbehaviour > 0);
	}
	witness_answer_clear(&a);
	return ok;
}

static bool
get_mirrored(struct node *n, uint64_t size, uint64_t step, struct acked *k)
{
	uint64_t have = 0, taken = 0;
	bool bad;

	if (!witness_mirrored(n->x, ORIGIN, &have, &last))
		return false;
	assert_true(have >= k->mirrored);
	while (have < size) {
		uint64_t to = have + step < size ? have + step : size;

		if (!hand(n, &honest, have, to, size, &taken, &bad))
			return false;
		assert_false(bad);
		have = to;
	}
	k->mirrored = size > k->mirrored ? size : k->mirrored;
	return true;
}

static bool
run_on(struct node *n, struct acked *k)
{
	enum witness_seen s;
	char text[400];

	if (!node_open(n) || !witness_follow(n->x, &honest.vkey, &last) ||
	    !witness_follow(n->x, &other.vkey, &last))
		return false;
	k->followed = true;
	if (!get_cosigned(n, FIRST, k) || !get_mirrored(n, FIRST - 3, 100, k) ||
	    !see_note(n, &honest, NEXT, FIRST, &s, text))
		return false;
	assert_int_equal(s, SEEN_SAME);
	k->waits = true;
	if (!get_mirrored(n, LAST - 20, 90, k) || !get_cosigned(n, NEXT, k) ||
	    !get_mirrored(n, LAST, 100, k) || !get_cosigned(n, LAST + 3, k) ||
	    !see_note(n, &forked, 20, 0, &s, text))
		return false;
	assert_int_equal(s, SEEN_SPLIT);
	k->split = 1;
	return see_note(n, &honest, LAST + 30, 0, &s, text);
}

/* Opened anew, it stands where it said, or further. */
static void
stands(struct node *n, const struct acked *k)
{
	struct witness_log l;
	bool found = false;

	node_close(n);
	OK(node_open(n));
	OK(known_now(n, &l, &found));
	if (!k->followed)
		return;
	assert_true(found);
	assert_true(k->cosigned == 0 || l.has_checkpoint);
	assert_true(!l.has_checkpoint || l.checkpoint.size >= k->cosigned);
	assert_true(l.mirrored >= k->mirrored);
	assert_true(l.misbehaviour >= k->split);
	assert_true(!k->waits || l.seen > 0 || l.mirrored >= NEXT);
	if (k->cosigned > 5 && l.misbehaviour == 0) {
		/* The other history gets nothing, whatever it asks from. */
		for (uint64_t old = 0; old <= LAST + 3; old += old < 12 ? 1 : 50)
			if (old >= 6)
				assert_int_not_equal(status(n, &forked, old, old + 1), 200);
	}
}

static void
ends_well(struct node *n)
{
	struct acked k = { .followed = false };
	struct witness_log l;
	bool found;

	node_close(n);
	OK(run_on(n, &k));
	OK(known_now(n, &l, &found));
	assert_true(found && l.has_checkpoint);
	assert_true(l.misbehaviour >= 1);
	assert_int_equal(l.mirrored, LAST);
	assert_true(proofs_hold(n, &honest) >= 1);
	node_close(n);
}

/* ---- power ---- */

static bool
until(struct node *n, uint64_t at, struct acked *k)
{
	uint64_t before = world_sim_calls(n->w);
	bool cut;

	world_sim_fail(n->w, SIM_FAULT_POWER, at, true);
	(void)!run_on(n, k);
	node_close(n);
	cut = world_sim_calls(n->w) - before >= at;
	world_sim_fail(n->w, SIM_FAULT_NONE, 0, false);
	return cut;
}

static bool
cut_once(uint64_t at, enum sim_crash how, uint64_t seed)
{
	struct node n = node_new(9, self_key);
	struct acked k = { .followed = false };
	bool cut = until(&n, at, &k);

	OK(world_sim_crash(n.w, how, seed, &last));
	stands(&n, &k);
	/* What stands() asked of the liar may have been kept: that is right. */
	if (at % 3 == 0 || whole())
		ends_well(&n);
	node_free(&n);
	return cut;
}

static void
power_may_fail_at_any_disk_call(void **state)
{
	uint64_t step = whole() ? 1 : 11, n = 0;

	(void)state;
	for (uint64_t at = 1; cut_once(at, SIM_CRASH_KEEP_NONE, 0); at += step)
		n++;
	for (uint64_t at = 2; cut_once(at, SIM_CRASH_KEEP_ALL, 0); at += step)
		n++;
	for (uint64_t at = 3; cut_once(at, SIM_CRASH_KEEP_SOME, at); at += step)
		n++;
	for (uint64_t at = 4; cut_once(at, SIM_CRASH_LOSE_ONE, at % 5); at += step)
		n++;
	print_message("%" PRIu64 " cuts\n", n);
}

/* ---- disk and memory ---- */

static bool
fault_once(enum sim_fault fault, uint64_t at, bool on)
{
	struct node n = node_new(9, self_key);
	struct acked k = { .followed = false };
	uint64_t before = world_sim_calls(n.w);
	bool met;

	world_sim_fail(n.w, fault, at, on);
	(void)!run_on(&n, &k);
	met = world_sim_calls(n.w) - before >= at;
	world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
	if (at % 2 == 0) {
		node_close(&n);
		OK(world_sim_crash(n.w, SIM_CRASH_KEEP_SOME, at, &last));
	}
	stands(&n, &k);
	if (at % 3 == 0 || whole())
		ends_well(&n);
	node_free(&n);
	return met;
}

static void
the_disk_may_fail_at_any_call(void **state)
{
	uint64_t step = whole() ? 1 : 17;

	(void)state;
	for (uint64_t at = 1; fault_once(SIM_FAULT_IO, at, false); at += step)
		;
	for (uint64_t at = 2; fault_once(SIM_FAULT_IO, at, true); at += step * 2)
		;
	for (uint64_t at = 3; fault_once(SIM_FAULT_FULL, at, true); at += step * 2)
		;
}

/*
 * A run is cut between a name and its being durable; the next one tells what it finds, and
 * then the power fails.
 */
static bool
told_once(uint64_t at)
{
	struct node n = node_new(9, self_key);
	struct acked k = { .followed = false };
	struct witness_log before, after;
	uint64_t calls;
	bool found, met;

	OK(node_open(&n));
	OK(witness_follow(n.x, &honest.vkey, &last));
	OK(get_cosigned(&n, FIRST, &k));
	calls = world_sim_calls(n.w);
	world_sim_fail(n.w, SIM_FAULT_IO, at, true);
	(void)!get_cosigned(&n, NEXT, &k);
	met = world_sim_calls(n.w) - calls >= at;
	world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
	node_close(&n);
	OK(node_open(&n));
	OK(known_now(&n, &before, &found));
	OK(witness_sure(n.x, ORIGIN, &last));
	node_close(&n);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	OK(node_open(&n));
	OK(known_now(&n, &after, &found));
	assert_true(found && after.checkpoint.size >= before.checkpoint.size);
	node_close(&n);
	node_free(&n);
	return met;
}

static void
what_is_told_is_durable_first(void **state)
{
	(void)state;
	for (uint64_t at = 1; told_once(at); at++)
		;
}

/* Bodies made beforehand, so that only the witness lacks memory. */
struct prepared {
	struct buf body[3], note[3], liar;
	uint8_t bytes[64][KIT_ENTRY];
	struct span spans[64];
};

static void
prepare(struct prepared *p)
{
	static const uint64_t sizes[4] = { 0, 6, 11, 40 };

	for (unsigned i = 0; i < 3; i++) {
		buf_init(&p->body[i], PROOF_MAX);
		buf_init(&p->note[i], NOTE_MAX);
		tale_body(&honest, sizes[i], sizes[i + 1], &p->body[i]);
		tale_note(&honest, sizes[i + 1], &p->note[i]);
	}
	buf_init(&p->liar, NOTE_MAX);
	tale_note(&forked, 9, &p->liar);
	for (unsigned i = 0; i < 64; i++) {
		tale_entry(&honest, i, p->bytes[i]);
		p->spans[i] = span_of(p->bytes[i], KIT_ENTRY);
	}
}

static void
prepared_clear(struct prepared *p)
{
	for (unsigned i = 0; i < 3; i++) {
		buf_clear(&p->body[i]);
		buf_clear(&p->note[i]);
	}
	buf_clear(&p->liar);
}

static bool
post(struct node *n, struct span body, struct acked *k, uint64_t size)
{
	struct witness_answer a;
	bool ok;

	witness_answer_init(&a);
	ok = witness_add_checkpoint(n->x, body, &n->self, n->now++, &a, &last);
	if (ok && a.status == 200)
		k->cosigned = size;
	witness_answer_clear(&a);
	return ok;
}

static bool
lean_run(struct node *n, const struct prepared *p, struct acked *k)
{
	enum witness_seen s;
	char text[400];
	uint64_t taken = 0;
	bool bad;

	if (!node_open(n) || !witness_follow(n->x, &honest.vkey, &last))
		return false;
	k->followed = true;
	if (!post(n, buf_span(&p->body[0]), k, 6) ||
	    !witness_see(n->x, buf_span(&p->note[1]), NULL, 0, &s, text, &last) ||
	    !witness_entries(n->x, buf_span(&p->note[1]), 0, p->spans, 6, &taken, &bad,
	    &last) ||
	    !witness_entries(n->x, buf_span(&p->note[1]), 6, p->spans + 6, 5, &taken, &bad,
	    &last))
		return false;
	k->mirrored = 11;
	if (!post(n, buf_span(&p->body[1]), k, 11) ||
	    !post(n, buf_span(&p->body[2]), k, 40) ||
	    !witness_see(n->x, buf_span(&p->liar), NULL, 0, &s, text, &last))
		return false;
	k->split = 1;
	return true;
}

static void
no_lack_of_memory_makes_it_break_its_word(void **state)
{
	uint64_t step = whole() ? 1 : 13, before;
	struct prepared p;

	(void)state;
	prepare(&p);
	for (uint64_t at = 1;; at += step) {
		struct node n = node_new(9, self_key);
		struct acked k = { .followed = false };
		struct witness_log l;
		bool found = false, ok;

		before = mem_count();
		mem_fail(at, at % 2 == 0);
		ok = lean_run(&n, &p, &k);
		mem_fail(0, false);
		node_close(&n);
		OK(node_open(&n));
		OK(known_now(&n, &l, &found));
		assert_true(!k.followed || found);
		if (found) {
			assert_true(k.cosigned == 0 || l.checkpoint.size >= k.cosigned);
			assert_true(l.mirrored >= k.mirrored);
			assert_true(l.misbehaviour >= k.split);
		}
		node_free(&n);
		if (ok && mem_count() - before < at)
			break;
	}
	prepared_clear(&p);
}

/* ---- a flipped bit ---- */

#define FILES_MAX 64
struct files {
	char path[FILES_MAX][700];
	size_t n;
};

static void
walk(struct node *n, const char *folder, struct files *out)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;

	OK(listing_open(n->w, n->home, folder, &l, &last));
	for (;;) {
		char path[600];

		OK(listing_next(l, &e, &more, &last));
		if (!more)
			break;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		if (e.type == FILE_DIR) {
			walk(n, path, out);
			continue;
		}
		assert_true(out->n < FILES_MAX);
		(void)snprintf(out->path[out->n++], sizeof out->path[0], "%s", path);
	}
	listing_close(l);
}

/* All a node says about the log, as one digest; false: something is damaged. */
struct saying {
	struct hasher *h;
	bool ours;			/* when we cosigned, too */
};

static bool
say_entry(void *arg, uint64_t index, struct span entry, struct err *err)
{
	struct saying *s = arg;

	(void)index;
	(void)err;
	hasher_add(s->h, entry);
	return true;
}

static bool
say_log(void *arg, const struct witness_log *l, struct err *err)
{
	struct saying *s = arg;

	(void)err;
	hasher_add(s->h, span_of(&l->key, sizeof l->key));
	hasher_add(s->h, digest_span(&l->checkpoint.root));
	hasher_add(s->h, span_of(&l->checkpoint.size, sizeof l->checkpoint.size));
	if (s->ours)
		hasher_add(s->h, span_of(&l->cosigned_at, sizeof l->cosigned_at));
	hasher_add(s->h, span_of(&l->mirrored, sizeof l->mirrored));
	hasher_add(s->h, span_of(&l->seen, sizeof l->seen));
	hasher_add(s->h, span_of(&l->misbehaviour, sizeof l->misbehaviour));
	return true;
}

static void
bad_file(void *arg, const char *path, const char *why)
{
	unsigned *bad = arg;

	assert_true(path[0] != '\0' && why[0] != '\0');
	++*bad;
}

static bool
scrubbed(struct node *n)
{
	unsigned bad = 0;

	OK(witness_scrub(n->x, bad_file, &bad, NULL, &last));
	return bad == 0 || err_set(&last, ERR_UNPROVEN, "test.bad", "%u are bad", bad);
}

static bool
says(struct node *n, bool ours, struct digest *out)
{
	struct saying s = { NULL, ours };
	struct misbehaviour m;
	enum witness_seen seen;
	char text[400];
	bool ok;

	misbehaviour_init(&m);
	OK(hasher_new(&s.h, &last));
	node_close(n);
	ok = node_open(n) && witness_each(n->x, say_log, &s, &last) &&
	    witness_entries_each(n->x, ORIGIN, 0, LAST, say_entry, &s, &last) &&
	    see_note(n, &honest, LAST + 30, 0, &seen, text) &&
	    scrubbed(n);
	for (unsigned i = 0; ok && i < look(n, ORIGIN).misbehaviour; i++) {
		ok = witness_misbehaviour(n->x, ORIGIN, i, &m, &last);
		if (ok) {
			hasher_add(s.h, buf_span(&m.first));
			hasher_add(s.h, buf_span(&m.second));
			hasher_add(s.h, buf_span(&m.proof));
			hasher_add(s.h, span_text(m.text));
		}
	}
	ok = ok && hasher_end(s.h, out, &last);
	hasher_free(s.h);
	misbehaviour_clear(&m);
	return ok;
}

/*
 * No other history is cosigned, whatever the file says now.  bare: the proofs that are
 * kept then go again, as they alone would refuse everything after.
 */
static void
holds_its_word(struct node *n, uint64_t at, bool bare)
{
	struct known of = { .damaged = false };
	struct witness_answer a;
	struct digest d;

	node_close(n);
	if (!node_open(n))
		return;
	witness_answer_init(&a);
	if (ask(n, &forked, at, at + 1, &a))
		assert_int_not_equal(a.status, 200);
	if (ask(n, &forked, 0, 9, &a))
		assert_int_not_equal(a.status, 200);
	witness_answer_clear(&a);
	OK(digest_of(span_text(ORIGIN), &d, &last));
	of.hex = digest_hex(&d);
	if (bare && path_exists(n->w, n->home, known_path(&of, "misbehaviour").s))
		OK(dir_remove_all(n->w, n->home, known_path(&of, "misbehaviour").s,
		    &last));
}

/* The name of our own line was hit: it is another's then, and ours is missing. */
static bool
line_lost(struct node *n, const char *path, const struct digest *without)
{
	const char *name = strrchr(path, '/');
	struct digest now;

	return name != NULL && strcmp(name, "/checkpoint") == 0 &&
	    look(n, ORIGIN).cosigned_at == 0 && says(n, false, &now) &&
	    digest_eq(without, &now);
}

static unsigned
flip_all(struct node *n, uint64_t at, bool bare)
{
	struct digest plain, without, now;
	struct files f = { .n = 0 };
	struct buf b;
	unsigned told = 0;
	size_t step;

	OK(node_open(n));
	holds_its_word(n, at, bare);
	OK(says(n, true, &plain));
	/* What that itself brought counts as well. */
	OK(says(n, true, &plain));
	OK(says(n, false, &without));
	walk(n, "ledger/others", &f);
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < f.n; i++) {
		buf_reset(&b);
		OK(file_load(n->w, n->home, f.path[i], &b, &last));
		/* Nine of each file, never at the same places. */
		step = whole() ? 1 : b.n / 9 + 1;
		for (size_t k = i * 7 % step; k < b.n; k += step) {
			uint8_t bit = (uint8_t)(1u << (k + i) % 8);

			b.p[k] ^= bit;
			OK(file_save(n->w, n->home, f.path[i], buf_span(&b), true, &last));
			last = (struct err)ERR_INIT;
			if (!says(n, true, &now)) {
				/*
				 * A mirror whose last size does not hold is that of
				 * the sync before, and its entries come again.
				 */
				if (last.kind != ERR_UNPROVEN &&
				    strcmp(last.reason, "witness.gap") != 0)
					fail_msg("%s, byte %zu: %s", f.path[i], k, last.text);
				told++;
			} else if (!digest_eq(&plain, &now) &&
			    !line_lost(n, f.path[i], &without)) {
				fail_msg("%s, byte %zu: another story", f.path[i], k);
			}
			holds_its_word(n, at, bare);
			b.p[k] ^= bit;
		}
		OK(file_save(n->w, n->home, f.path[i], buf_span(&b), true, &last));
	}
	buf_clear(&b);
	OK(says(n, true, &now));
	assert_true(digest_eq(&plain, &now));
	return told;
}

static void
a_flipped_bit_is_told_and_wins_no_cosignature(void **state)
{
	struct acked k = { .followed = false };
	struct node n = node_new(9, self_key);
	unsigned told;
	uint64_t taken = 0;
	bool bad;

	(void)state;
	/* Without a proof of misbehaviour first: that alone would refuse everything. */
	OK(node_open(&n));
	OK(witness_follow(n.x, &honest.vkey, &last));
	OK(get_cosigned(&n, 7, &k));
	OK(hand(&n, &honest, 0, LAST, LAST, &taken, &bad));
	OK(get_cosigned(&n, 12, &k));
	node_close(&n);
	told = flip_all(&n, 12, true);
	assert_true(told > 0);
	node_free(&n);
	n = node_new(9, self_key);
	k = (struct acked){ .followed = false };
	OK(run_on(&n, &k));
	node_close(&n);
	told += flip_all(&n, LAST + 3, false);
	print_message("%u flips told\n", told);
	node_free(&n);
}

/* ---- many days ---- */

#define SAID_MAX 400
struct said {
	const struct tale *t;
	uint64_t size;
};

struct days {
	struct node n;
	uint64_t seed;
	struct tale tales[3];		/* the same, a liar's, a rolled-back copy's */
	struct said said[SAID_MAX];
	size_t said_n;
	uint64_t honest_size;		/* of the other log, which never lies */
};

static uint64_t
chance(struct days *d, uint64_t n)
{
	d->seed = d->seed * 6364136223846793005u + 1442695040888963407u;
	return (d->seed >> 33) % n;
}

/* Were these of one history?  Tales differ from the first fork on. */
static bool
agree(const struct said *a, const struct said *b)
{
	uint64_t size = a->size < b->size ? a->size : b->size;
	uint64_t fork = a->t->fork < b->t->fork ? a->t->fork : b->t->fork;

	return a->t == b->t || size <= fork;
}

static void
day_ask(struct days *d, const struct tale *t, uint64_t size)
{
	struct witness_answer a;
	struct buf b;
	struct checkpoint c;
	bool found = false;
	uint64_t old = 0;

	buf_init(&b, NOTE_MAX);
	if (witness_checkpoint(d->n.x, t->vkey.name, &b, &c, &found, &last) && found &&
	    chance(d, 4) > 0)
		old = c.size;
	else
		old = chance(d, size + 1);
	buf_clear(&b);
	if (old > size)
		size = old + chance(d, 3);
	witness_answer_init(&a);
	if (ask(&d->n, t, old, size, &a) && a.status == 200) {
		cosigned(&d->n, t, size, &a);
		assert_true(d->said_n < SAID_MAX);
		d->said[d->said_n++] = (struct said){ t, size };
	}
	witness_answer_clear(&a);
}

static void
day(struct days *d)
{
	const struct tale *t = &d->tales[chance(d, 3)];
	uint64_t size = 1 + chance(d, 40), have = 0, taken;
	enum witness_seen s;
	char text[400];
	bool bad;

	switch (chance(d, 6)) {
	case 0:
		world_sim_fail(d->n.w, SIM_FAULT_POWER, 1 + chance(d, 60), true);
		day_ask(d, t, size);
		node_close(&d->n);
		world_sim_fail(d->n.w, SIM_FAULT_NONE, 0, false);
		OK(world_sim_crash(d->n.w, SIM_CRASH_KEEP_SOME, chance(d, 1000), &last));
		OK(node_open(&d->n));
		break;
	case 1:
		OK(witness_mirrored(d->n.x, ORIGIN, &have, &last));
		have = chance(d, 2) == 0 ? 0 : have;
		if (size >= have)
			(void)!hand(&d->n, t, have, size, size, &taken, &bad);
		break;
	case 2:
		OK(see_note(&d->n, t, size, chance(d, size), &s, text));
		break;
	case 3:
		d->honest_size += chance(d, 5) + (d->honest_size == 0);
		day_ask(d, &other, d->honest_size);
		OK(see_note(&d->n, &other, 1 + chance(d, d->honest_size), 0, &s, text));
		assert_int_not_equal(s, SEEN_SPLIT);
		break;
	default:
		day_ask(d, t, size);
		break;
	}
}

static unsigned
days(uint64_t seed)
{
	struct days d = { .seed = seed * 7919 + 1 };
	unsigned proven;

	d.n = node_new(seed, self_key);
	d.tales[0] = honest;
	d.tales[1] = tale_of(log_key, ORIGIN, 1 + chance(&d, 12), 'b');
	d.tales[2] = tale_of(log_key, ORIGIN, 1 + chance(&d, 30), 'c');
	OK(node_open(&d.n));
	OK(witness_follow(d.n.x, &honest.vkey, &last));
	OK(witness_follow(d.n.x, &other.vkey, &last));
	for (unsigned i = 0; i < 30; i++)
		day(&d);
	for (size_t i = 0; i < d.said_n; i++)
		for (size_t k = 0; k < i; k++)
			if (d.said[i].t->key == d.said[k].t->key &&
			    !agree(&d.said[i], &d.said[k]))
				fail_msg("seed %" PRIu64 ": two histories are cosigned: %c "
				    "%" PRIu64 " and %c %" PRIu64, seed, d.said[i].t->tag,
				    d.said[i].size, d.said[k].t->tag, d.said[k].size);
	assert_int_equal(look(&d.n, OTHER).misbehaviour, 0);
	assert_int_not_equal(status(&d.n, &other, look(&d.n, OTHER).checkpoint.size,
	    d.honest_size + 9), 403);
	proven = proofs_hold(&d.n, &honest);
	node_free(&d.n);
	return proven > 0;
}

static void
two_histories_are_never_cosigned(void **state)
{
	uint64_t seeds = whole() ? 2000 : 200;
	unsigned proven = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds; seed++)
		proven += days(seed);
	print_message("%u of %" PRIu64 " liars proven\n", proven, seeds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(power_may_fail_at_any_disk_call),
		cmocka_unit_test(the_disk_may_fail_at_any_call),
		cmocka_unit_test(what_is_told_is_durable_first),
		cmocka_unit_test(no_lack_of_memory_makes_it_break_its_word),
		cmocka_unit_test(a_flipped_bit_is_told_and_wins_no_cosignature),
		cmocka_unit_test(two_histories_are_never_cosigned),
	};

	return cmocka_run_group_tests(tests, keys_make, keys_free);
}
