/*
 * What was committed is there, what was not is not, whatever fails: power at every disk
 * call, with every kind of loss, and again while it recovers; every disk error; every
 * allocation.  COMITY_LONG=1 leaves out nothing.
 */
#include "base/part_kit.h"
#include "store/testkit.h"

#include "store/sql.h"

#define COMMITS 5
#define OLD 2			/* pieces of evidence from before the docket */
#define WAL_PAGES 12		/* so that the log is written back on the way */

struct site {
	struct world *w;
	struct home *h;
	struct docket *d;
	unsigned acked;		/* commits that returned true */
};

static bool
whole(void)
{
	return getenv("COMITY_LONG") != NULL;
}

static void
site_begin(struct site *s)
{
	struct aead_key key = kit_key();

	memset(s, 0, sizeof *s);
	s->w = kit_world(5);
	s->h = kit_home(s->w);
	for (unsigned i = 1; i <= OLD; i++)
		kit_old_record(s->h, i, 2);
	home_close(s->h);
	s->h = NULL;
	aead_key_wipe(&key);
}

static void
site_close(struct site *s)
{
	docket_close(s->d);
	s->d = NULL;
	home_close(s->h);
	s->h = NULL;
}

static void
site_end(struct site *s)
{
	site_close(s);
	world_free(s->w);
}

static bool
site_open(struct site *s, struct err *err)
{
	struct aead_key key = kit_key();

	if (!home_open(s->w, "office", &s->h, err) || !docket_open(s->h, &s->d, err))
		return false;
	s->d->wal_max = WAL_PAGES;
	docket_key(s->d, &key);
	return true;
}

/* The i-th change: a request with its text, an act, evidence and a record. */
static bool
change(struct site *s, unsigned i, struct err *err)
{
	struct docket_request r = kit_request(i % 2 == 0);
	struct docket_record record = { .at = i * 100, .event = "made", .request = i };
	struct docket_act a = kit_act(i);
	struct evidence e = { .number = 100 + i, .added_at = NOW, .parcels_n = 1 };
	char text[3000];

	memset(text, 'a' + (int)i, sizeof text);
	e.parcels[0].act_id = kit_digest(500 + i);
	e.parcels[0].package_id = kit_digest(600 + i);
	if (!docket_request_new(s->d, &r, span_of(text, sizeof text), err))
		return false;
	assert_int_equal(r.number, i);
	a.request = i;
	r.has_act = true;
	r.act = a.act;
	return docket_request_put(s->d, &r, err) && docket_act_put(s->d, &a, err) &&
	    evidence_save(s->h, &e, err) && docket_record_put(s->d, &record, err) &&
	    docket_records_end_put(s->d, i * 100 + 50, err);
}

static bool
requests_count(void *arg, const struct docket_request *r, struct err *err)
{
	unsigned *n = arg;

	(void)err;
	assert_int_equal(r->number, ++*n);
	return true;
}

static bool
kept(struct site *s, unsigned *out, struct err *err)
{
	struct docket_filter all = { .limit = 0 };

	*out = 0;
	return docket_requests(s->d, &all, requests_count, out, err);
}

/* From where it stands to the last commit, or to the first failure. */
static bool
run_on(struct site *s, struct err *err)
{
	unsigned have;

	if (!site_open(s, err) || !kept(s, &have, err))
		return false;
	s->acked = have;
	while (s->acked < COMMITS) {
		if (!docket_begin(s->d, err))
			return false;
		if (!change(s, s->acked + 1, err)) {
			docket_rollback(s->d);
			return false;
		}
		if (!docket_commit(s->d, err))
			return false;
		s->acked++;
	}
	/* One that was thought better of. */
	if (!docket_begin(s->d, err))
		return false;
	if (!change(s, COMMITS + 1, err)) {
		docket_rollback(s->d);
		return false;
	}
	docket_rollback(s->d);
	return true;
}

/* All of change i, or nothing of it. */
static void
change_is(struct site *s, unsigned i, bool there)
{
	struct digest act = kit_digest(i);
	struct docket_act a;
	struct docket_record r;
	struct evidence e;
	struct buf b;
	bool found;

	OK(docket_act_get(s->d, &act, &a, &found, &err));
	assert_int_equal(found, there);
	OK(docket_record_last(s->d, i, &r, &found, &err));
	assert_int_equal(found, there);
	if (!there) {
		NO(evidence_load(s->h, 100 + i, &e, &err), "evidence.absent");
		return;
	}
	OK(evidence_load(s->h, 100 + i, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	buf_init(&b, 4096);
	OK(docket_request_text(s->d, i, &b, &err));
	assert_int_equal(b.n, 3000);
	assert_int_equal(b.p[2999], 'a' + i);
	buf_clear(&b);
}

/* Opens it anew: at least `least` changes are there, at most `most`. */
static unsigned
look(struct site *s, unsigned least, unsigned most)
{
	struct evidence e;
	unsigned have;

	site_close(s);
	OK(site_open(s, &err));
	OK(docket_check(s->d, &err));
	OK(kept(s, &have, &err));
	if (have < least || have > most)
		fail_msg("%u changes are there, of %u to %u", have, least, most);
	for (unsigned i = 1; i <= COMMITS + 1; i++)
		change_is(s, i, i <= have);
	for (unsigned i = 1; i <= OLD; i++) {
		OK(evidence_load(s->h, i, &e, &err));
		assert_int_equal(e.parcels_n, 2);
	}
	site_close(s);
	return have;
}

static unsigned
more(unsigned acked)
{
	return acked < COMMITS ? acked + 1 : COMMITS;
}

/* The second try ends as an undisturbed first one. */
static void
ends_the_same(struct site *s)
{
	OK(run_on(s, &err));
	(void)look(s, COMMITS, COMMITS);
	OK(home_open(s->w, "office", &s->h, &err));
	for (unsigned i = 1; i <= OLD; i++)
		assert_false(home_has(s->h, evidence_path(i, "record.json").s));
	assert_false(home_has(s->h, DOCKET_NEW));
	assert_true(home_has(s->h, VFS_SURE));
	home_close(s->h);
	s->h = NULL;
}

/* ---- power ---- */

/* Runs until the power goes at disk call n; false: it came to the end before. */
static bool
until(struct site *s, uint64_t n)
{
	struct err why = ERR_INIT;
	uint64_t before = world_sim_calls(s->w);
	bool cut;

	world_sim_fail(s->w, SIM_FAULT_POWER, n, true);
	(void)!run_on(s, &why);
	site_close(s);
	cut = world_sim_calls(s->w) - before >= n;
	world_sim_fail(s->w, SIM_FAULT_NONE, 0, false);
	return cut;
}

/* One cut and one kind of loss, and a second cut while that is mended. */
static bool
cut_once(uint64_t n, enum sim_crash how, uint64_t seed, uint64_t again)
{
	struct site s;
	unsigned acked, have;
	bool cut;

	site_begin(&s);
	cut = until(&s, n);
	acked = s.acked;
	OK(world_sim_crash(s.w, how, seed, &err));
	if (again > 0) {
		s.acked = 0;
		(void)until(&s, again);
		acked = s.acked > acked ? s.acked : acked;
		OK(world_sim_crash(s.w, SIM_CRASH_KEEP_SOME, seed + again, &err));
	}
	have = look(&s, acked, more(acked));
	assert_true(cut || have == COMMITS);
	ends_the_same(&s);
	site_end(&s);
	return cut;
}

/* How much is unsynced when the power goes at call n. */
static uint64_t
unsynced_at(uint64_t n)
{
	struct site s;
	uint64_t u;

	site_begin(&s);
	(void)until(&s, n);
	u = world_sim_unsynced(s.w);
	site_end(&s);
	return u;
}

static void
lost_power_takes_nothing_that_was_committed(void **state)
{
	bool cut = true;

	(void)state;
	for (uint64_t n = 1, k = 0; cut; n += whole() ? 1 : 7) {
		if (!part_has(k++))
			continue;
		cut = cut_once(n, SIM_CRASH_KEEP_NONE, 0, 0);
		(void)cut_once(n, SIM_CRASH_KEEP_ALL, 0, 0);
		for (uint64_t seed = 1; seed <= (whole() ? 8 : 2); seed++)
			(void)cut_once(n, SIM_CRASH_KEEP_SOME, n * 100 + seed, 0);
	}
}

static void
the_loss_of_any_one_write_takes_nothing_that_was_committed(void **state)
{
	bool cut = true;

	(void)state;
	for (uint64_t n = 1, k = 0; cut; n += whole() ? 1 : 23) {
		uint64_t u;

		if (!part_has(k++))
			continue;
		u = unsynced_at(n);
		for (uint64_t i = 1; i <= u; i += whole() ? 1 : 1 + u / 3)
			(void)cut_once(n, SIM_CRASH_LOSE_ONE, i, 0);
		cut = cut_once(n, SIM_CRASH_LOSE_ONE, 0, 0);
	}
}

static void
power_may_go_again_while_the_docket_recovers(void **state)
{
	bool cut = true;

	(void)state;
	for (uint64_t n = 1, k = 0; cut; n += whole() ? 3 : 29)
		for (uint64_t again = 1; again < 60; again += whole() ? 3 : 13)
			if (part_has(k++))
				cut = cut_once(n, SIM_CRASH_KEEP_SOME, n + again, again);
}

/* Somebody put the docket back without its log: the new one has its name for good. */
static void
a_log_that_is_made_anew_is_found_after_lost_power(void **state)
{
	struct site s;

	(void)state;
	site_begin(&s);
	OK(site_open(&s, &err));
	OK(docket_checkpoint(s.d, &err));
	site_close(&s);
	OK(path_remove(s.w, NULL, "office/docket.sqlite-wal", &err));
	OK(run_on(&s, &err));
	site_close(&s);
	OK(world_sim_crash(s.w, SIM_CRASH_KEEP_NONE, 0, &err));
	(void)look(&s, COMMITS, COMMITS);
	site_end(&s);
}

/* ---- disk errors ---- */

/*
 * A failure at call n, and then all is well again: what was told is there; a commit
 * that failed is there whole or not at all; and what is committed afterwards stays,
 * though the kernel may only pretend to have written what came before it (D26).
 */
static bool
fail_once(enum sim_fault fault, uint64_t n, bool on)
{
	struct err why = ERR_INIT;
	struct site s;
	uint64_t before;
	unsigned have;
	bool hit, ok;

	site_begin(&s);
	before = world_sim_calls(s.w);
	world_sim_fail(s.w, fault, n, on);
	ok = run_on(&s, &why);
	hit = world_sim_calls(s.w) - before >= n;
	site_close(&s);
	world_sim_fail(s.w, SIM_FAULT_NONE, 0, false);
	/* A machine whose disk answers nothing any more is started again. */
	if (fault == SIM_FAULT_IO && on)
		OK(world_sim_crash(s.w, SIM_CRASH_KEEP_SOME, n, &err));
	if (!ok && why.kind != ERR_IO)
		fail_msg("call %llu: %s", (unsigned long long)n, why.text);
	have = look(&s, s.acked, more(s.acked));
	OK(site_open(&s, &err));
	if (have < COMMITS) {
		OK(docket_begin(s.d, &err));
		OK(change(&s, have + 1, &err));
		OK(docket_commit(s.d, &err));
		have++;
	} else {
		OK(docket_records_end_put(s.d, 1, &err));
	}
	site_close(&s);
	OK(world_sim_crash(s.w, SIM_CRASH_KEEP_NONE, 0, &err));
	(void)look(&s, have, have);
	ends_the_same(&s);
	site_end(&s);
	return hit;
}

static void
a_disk_error_at_any_call_takes_nothing_that_was_committed(void **state)
{
	bool hit = true;

	(void)state;
	for (uint64_t n = 1, k = 0; hit; n += whole() ? 1 : 5) {
		if (!part_has(k++))
			continue;
		hit = fail_once(SIM_FAULT_IO, n, false);
		if (whole() || n % 2 == 0)
			(void)fail_once(SIM_FAULT_IO, n, true);
	}
}

static void
a_full_disk_at_any_call_takes_nothing_that_was_committed(void **state)
{
	bool hit = true;

	(void)state;
	for (uint64_t n = 1, k = 0; hit; n += whole() ? 1 : 11) {
		if (!part_has(k++))
			continue;
		hit = fail_once(SIM_FAULT_FULL, n, false);
		(void)fail_once(SIM_FAULT_FULL, n, true);
	}
}

static void
short_reads_and_writes_are_not_seen(void **state)
{
	struct site s;

	(void)state;
	site_begin(&s);
	world_sim_fail(s.w, SIM_FAULT_SHORT, 1, true);
	OK(run_on(&s, &err));
	world_sim_fail(s.w, SIM_FAULT_NONE, 0, false);
	(void)look(&s, COMMITS, COMMITS);
	site_end(&s);
}

/* Of all calls a sync alone is not made again: then it failed. */
static void
an_interrupted_sync_is_a_failed_one(void **state)
{
	bool hit = true;

	(void)state;
	for (uint64_t n = 1; hit; n += whole() ? 1 : 13)
		hit = fail_once(SIM_FAULT_INTR, n, false);
}

/* ---- memory ---- */

static bool
starve(uint64_t n, bool on)
{
	struct err why = ERR_INIT;
	struct site s;
	uint64_t before;
	bool ok, hit;

	site_begin(&s);
	before = mem_count();
	mem_fail(n, on);
	ok = run_on(&s, &why);
	hit = mem_count() - before >= n;
	mem_fail(0, false);
	site_close(&s);
	/* In the simulated disk a sync may want memory too: then it is a failed one. */
	if (!ok && why.kind != ERR_MEMORY && strcmp(why.reason, "docket.dead") != 0)
		fail_msg("allocation %llu: %s", (unsigned long long)n, why.text);
	(void)look(&s, s.acked, more(s.acked));
	ends_the_same(&s);
	site_end(&s);
	return hit;
}

static void
an_allocation_that_fails_takes_nothing_that_was_committed(void **state)
{
	bool hit = true;

	(void)state;
	/* The first steps one by one, then with growing strides. */
	for (uint64_t n = 1, k = 0; hit; n += whole() ? 1 : 1 + n / 40) {
		if (!part_has(k++))
			continue;
		hit = starve(n, false);
		(void)starve(n, true);
	}
}

/* ---- the same seed ---- */

static void
the_same_seed_gives_the_same_files(void **state)
{
	struct digest first = { { 0 } }, digest;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct site s;

		site_begin(&s);
		OK(run_on(&s, &err));
		site_close(&s);
		OK(world_sim_digest(s.w, &digest, &err));
		if (i == 0)
			first = digest;
		assert_memory_equal(&digest, &first, sizeof digest);
		site_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_files),
		cmocka_unit_test(lost_power_takes_nothing_that_was_committed),
		cmocka_unit_test(the_loss_of_any_one_write_takes_nothing_that_was_committed),
		cmocka_unit_test(power_may_go_again_while_the_docket_recovers),
		cmocka_unit_test(a_log_that_is_made_anew_is_found_after_lost_power),
		cmocka_unit_test(a_disk_error_at_any_call_takes_nothing_that_was_committed),
		cmocka_unit_test(a_full_disk_at_any_call_takes_nothing_that_was_committed),
		cmocka_unit_test(short_reads_and_writes_are_not_seen),
		cmocka_unit_test(an_interrupted_sync_is_a_failed_one),
		cmocka_unit_test(an_allocation_that_fails_takes_nothing_that_was_committed),
	};

	return cmocka_run_group_tests_name("docket_crash", tests, NULL, NULL);
}
