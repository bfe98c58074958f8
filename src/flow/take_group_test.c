/*
 * Acts that are kept in groups: that they are, that they end as each alone would, and
 * that a group which is cut anywhere loses nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/take_group.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define COUNT(a) (sizeof (a) / sizeof *(a))
#define ACTS 3		/* in a group: first, middle, last */

/* Receipts: the acts went to Berun, and three receipts wait in the inbox of Aldora. */
enum what { REQUESTS, RECEIPTS };

static struct site *
taker(struct job *j, enum what what)
{
	return what == REQUESTS ? &j->b : &j->a;
}

static void
carried(struct site *from, struct site *to, const char *state, const char *folder)
{
	struct bundle_result r;

	OK(flow_bundle_write(&from->flow, folder, state, &r, &err));
	assert_int_equal(r.parcels, ACTS);
	OK(flow_bundle_read(&to->flow, folder, &r, &err));
}

static void
waiting(struct job *j, enum what what)
{
	struct sent sent;
	size_t n;

	job_begin(j, 900 + (uint64_t)what);
	run_up_to(j, AFTER_PAIR);
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	for (unsigned i = 0; i < ACTS; i++)
		OK(ask(&j->a, ACT_PRESERVE, "XB", &sent, &err));
	carried(&j->a, &j->b, "XB", "s1");
	if (what == RECEIPTS) {
		OK(take_all_in(&j->b, NULL, &n, &err));
		carried(&j->b, &j->a, "XA", "s2");
	}
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
}

static bool
run(struct job *j, enum what what, size_t *n, struct err *err)
{
	*n = 0;
	return take_all_in(taker(j, what), NULL, n, err);
}

/* ---- how it has to end ---- */

static size_t
names_in(struct job *j, const char *home, const char *folder)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;
	char path[64];
	size_t n = 0;

	(void)snprintf(path, sizeof path, "%s/%s", home, folder);
	OK(listing_open(j->world, NULL, path, &l, &err));
	for (;;) {
		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		n++;
	}
	listing_close(l);
	return n;
}

struct rows {
	struct site *site;
	size_t in, out;
};

static bool
row_whole(void *arg, const struct docket_act *a, struct err *err)
{
	struct rows *r = arg;
	struct file_info info;
	char path[200];

	(void)snprintf(path, sizeof path, "%s/%s", r->site->path,
	    parcel_path(&a->act).s);
	if (!path_info_follow(r->site->flow.world, path, &info, err))
		return false;
	assert_int_equal(info.size, a->bytes);
	r->in += a->direction == ACT_IN;
	r->out += a->direction == ACT_OUT;
	return true;
}

static bool
event_count(void *arg, const struct journal_entry *e, struct err *err)
{
	size_t *n = arg;
	struct record r;

	if (!record_decode(&r, e->record, err))
		return false;
	n[r.event]++;
	return true;
}

static void
records_right(struct job *j, struct site *s, enum what what)
{
	size_t n[RECORD_EVENTS] = { 0 };
	struct journal *journal = NULL;

	OK(site_again(s, &err));
	OK(journal_open(j->world, home_dir(s->flow.home), &journal, &err));
	OK(journal_each(journal, 0, event_count, n, &err));
	journal_close(journal);
	assert_int_equal(n[EVENT_RECEIVED], ACTS);
	/* A receipt that was cut is destroyed, with a record, and made again. */
	assert_int_equal(n[EVENT_MADE] - n[EVENT_DESTROYED], ACTS);
	if (what == RECEIPTS)
		assert_int_equal(n[EVENT_DESTROYED], 0);
	OK(site_again(s, &err));
}

/* Each act is one thread, whole on the disk, with its receipt; nothing else is left. */
static void
holds(struct job *j, enum what what)
{
	struct site *s = taker(j, what);
	struct rows rows = { .site = s };
	struct docket *d;

	assert_int_equal(names_in(j, s->path, "inbox"), 0);
	assert_int_equal(names_in(j, s->path, "parcels"), 2 * ACTS);
	OK(home_docket(s->flow.home, &d, &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		struct docket_request r;

		OK(docket_request_get(d, i, &r, &err));
		assert_string_equal(r.state, "received");
		assert_true(what == REQUESTS || r.receipted_at != 0);
		OK(docket_request_acts(d, i, row_whole, &rows, &err));
	}
	home_docket_done(s->flow.home);
	assert_int_equal(rows.in, ACTS);
	assert_int_equal(rows.out, ACTS);
	assert_false(home_has(s->flow.home, "making"));
	records_right(j, s, what);
}

/* The second try ends it, and what it made can be carried on. */
static void
again(struct job *j, enum what what)
{
	struct site *s = taker(j, what);
	size_t n;

	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	OK(run(j, what, &n, &err));
	/* `making` of a cut after the end goes with the next act that is made. */
	if (home_has(s->flow.home, "making")) {
		struct sent sent;

		OK(reply_with(s, 1, what == REQUESTS ? ACT_GRANTED : ACT_WITHDRAWN,
		    &sent, &err));
		assert_false(home_has(s->flow.home, "making"));
		return;
	}
	holds(j, what);
	if (what != REQUESTS)
		return;
	OK(bring(&j->b, &j->a, "XA", "s2", &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		struct docket_request r;

		OK(row_of(&j->a, i, &r, &err));
		assert_string_equal(r.state, "received");
		assert_true(r.receipted_at != 0);
	}
}

static void
acts_that_wait_together_are_kept_together(void **state)
{
	(void)state;
	for (enum what what = REQUESTS; what <= RECEIPTS; what++) {
		struct inbox_name names[ACTS];
		struct take_group g = { 0 };
		struct job j;
		size_t n;

		waiting(&j, what);
		g.flow = &taker(&j, what)->flow;
		OK(home_lock(g.flow->home, &err));
		OK(flow_inbox(g.flow, names, ACTS, &n, &err));
		assert_int_equal(n, ACTS);
		for (size_t i = 0; i < ACTS; i++) {
			bool joined;

			OK(take_group_join(&g, names[i].s, "stick", i, &joined, &err));
			assert_true(joined);
			/* The same bytes twice are not two acts. */
			OK(take_group_join(&g, names[i].s, "stick", i, &joined, &err));
			assert_false(joined);
		}
		OK(take_group_flush(&g, &err));
		assert_int_equal(g.n, ACTS);
		take_group_clear(&g);
		holds(&j, what);
		job_end(&j);
	}
}

static void
a_withdrawal_goes_alone_after_the_request_that_waits_with_it(void **state)
{
	struct docket_request r;
	struct sent sent;
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 905);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
		if (i < ACTS)
			OK(reply_with(&j.a, i, ACT_WITHDRAWN, &sent, &err));
	}
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		OK(row_of(&j.b, i, &r, &err));
		n = strcmp(r.state, "withdrawn") == 0;
		assert_true(n == 1 || strcmp(r.state, "received") == 0);
	}
	assert_int_equal(names_in(&j, "berun", "inbox"), 0);
	assert_int_equal(names_in(&j, "berun", "parcels"), 10);
	job_end(&j);
}

/* ---- cut anywhere ---- */

static void
size_of(enum what what, uint64_t *calls, uint64_t *allocations)
{
	struct job j;
	size_t n;

	waiting(&j, what);
	*calls = world_sim_calls(j.world);
	*allocations = mem_count();
	OK(run(&j, what, &n, &err));
	*calls = world_sim_calls(j.world) - *calls;
	*allocations = mem_count() - *allocations;
	holds(&j, what);
	job_end(&j);
}

static uint64_t
stride(uint64_t calls, unsigned places)
{
	return getenv("COMITY_LONG") != NULL || calls < places ? 1 : calls / places;
}

static const enum sim_crash crashes[] = { SIM_CRASH_KEEP_NONE, SIM_CRASH_KEEP_ALL,
	SIM_CRASH_KEEP_SOME, SIM_CRASH_LOSE_ONE };

static void
cut(enum what what, uint64_t n, enum sim_crash how)
{
	struct err why = ERR_INIT;
	struct job j;
	size_t taken;

	waiting(&j, what);
	world_sim_fail(j.world, SIM_FAULT_POWER, n, true);
	(void)!run(&j, what, &taken, &why);
	world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
	site_end(&j.a);
	site_end(&j.b);
	OK(world_sim_crash(j.world, how, how == SIM_CRASH_LOSE_ONE ?
	    1 + n % (world_sim_unsynced(j.world) + 1) : n, &err));
	/* What was said to be taken in is there, before anything is done again. */
	if (taken > 0) {
		struct docket_request r;

		OK(site_again(&j.a, &err));
		OK(site_again(&j.b, &err));
		for (unsigned i = 1; i <= taken; i++) {
			OK(row_of(taker(&j, what), i, &r, &err));
			assert_string_equal(r.state, "received");
		}
	}
	again(&j, what);
	job_end(&j);
}

static void
a_power_cut_at_any_call_of_a_group_loses_nothing(void **state)
{
	bool all = getenv("COMITY_LONG") != NULL;

	(void)state;
	for (enum what what = REQUESTS; what <= RECEIPTS; what++) {
		uint64_t calls, allocations;

		size_of(what, &calls, &allocations);
		for (uint64_t n = 1; n <= calls + 1; n += stride(calls, 12))
			for (size_t k = 0; k < COUNT(crashes); k++)
				if (all || k == n % COUNT(crashes))
					cut(what, n, crashes[k]);
	}
}

static void
each_failing_disk_call_of_a_group_is_told_and_the_second_try_ends_the_same(void **state)
{
	(void)state;
	for (enum what what = REQUESTS; what <= RECEIPTS; what++) {
		uint64_t calls, allocations;

		size_of(what, &calls, &allocations);
		for (uint64_t n = 1; n <= calls; n += stride(calls, 10)) {
			struct err why = ERR_INIT;
			struct job j;
			size_t taken;

			waiting(&j, what);
			world_sim_fail(j.world, n % 2 == 0 ? SIM_FAULT_FULL :
			    SIM_FAULT_IO, n, n % 3 == 0);
			if (!run(&j, what, &taken, &why))
				assert_true(why.text[0] != '\0');
			world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
			again(&j, what);
			job_end(&j);
		}
	}
}

static void
each_failing_allocation_of_a_group_is_told_and_the_second_try_ends_the_same(void **state)
{
	(void)state;
	for (enum what what = REQUESTS; what <= RECEIPTS; what++) {
		uint64_t calls, allocations;
		uint64_t step;

		size_of(what, &calls, &allocations);
		step = stride(allocations, getenv("COMITY_LONG") != NULL ? 400 : 10);
		if (step == 1 && allocations > 400)
			step = allocations / 400;	/* there are many thousands */
		for (uint64_t n = 1; n <= allocations; n += step) {
			struct err why = ERR_INIT;
			struct job j;
			size_t taken;

			waiting(&j, what);
			mem_fail(n, n % 3 == 0);
			(void)!run(&j, what, &taken, &why);
			mem_fail(0, false);
			again(&j, what);
			job_end(&j);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acts_that_wait_together_are_kept_together),
		cmocka_unit_test(a_withdrawal_goes_alone_after_the_request_that_waits_with_it),
		cmocka_unit_test(a_power_cut_at_any_call_of_a_group_loses_nothing),
		cmocka_unit_test(each_failing_disk_call_of_a_group_is_told_and_the_second_try_ends_the_same),
		cmocka_unit_test(each_failing_allocation_of_a_group_is_told_and_the_second_try_ends_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
