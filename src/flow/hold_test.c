/*
 * A hold between two homes: what each act means for the data, on both sides; its two
 * clocks; and that a docket made anew has it again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "flow/hold.h"
#include "flow/ledger.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)
#define DAYS(n) ((int64_t)(n) * 86400)

/* XA asked XB to preserve (1), and both have it. */
static void
asked(struct job *j, uint64_t seed)
{
	struct sent sent;

	job_begin(j, seed);
	run_up_to(j, AFTER_PAIR);
	OK(ask(&j->a, ACT_PRESERVE, "XB", &sent, &err));
	OK(bring(&j->a, &j->b, "XB", "ask", &err));
}

static void
granted(struct job *j, uint64_t seed)
{
	struct sent sent;

	asked(j, seed);
	OK(reply_with(&j->b, 1, ACT_GRANTED, &sent, &err));
	OK(bring(&j->b, &j->a, "XA", "yes", &err));
}

static struct hold_view
hold(struct site *s)
{
	struct hold_view v;

	OK(flow_hold_show(&s->flow, 1, &v, &err));
	return v;
}

static void
both_are(struct job *j, const char *state)
{
	assert_string_equal(hold(&j->b).hold.state, state);
	assert_string_equal(hold(&j->a).hold.state, state);
}

/* The request for the data that were preserved: 2 on both sides, related to 1. */
static void
bound(struct job *j)
{
	struct field_setting related[1] = { { "related_request.act", NULL } };
	struct docket_request r;
	struct sent sent;
	char act[65];

	OK(row_of(&j->a, 1, &r, &err));
	(void)snprintf(act, sizeof act, "%s", digest_hex(&r.act).s);
	related[0].value = act;
	OK(ask_with(&j->a, ACT_STORED_DATA, "XB", 0, related, 1, &sent, &err));
	OK(bring(&j->a, &j->b, "XB", "formal", &err));
}

static void
a_preservation_is_asked_then_effective_on_both_sides(void **state)
{
	struct hold_view v;
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 61);
	both_are(&j, "asked");
	OK(reply_with(&j.b, 1, ACT_GRANTED, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "yes", &err));
	both_are(&j, "effective");
	v = hold(&j.a);
	assert_true(v.hold.ours);
	assert_int_equal(v.hold.until, v.hold.effected_at + DAYS(60));
	assert_int_equal(v.ends_at, v.hold.until);
	job_end(&j);
}

static void
a_preservation_that_is_withdrawn_before_the_yes_held_nothing(void **state)
{
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 62);
	OK(reply_with(&j.a, 1, ACT_WITHDRAWN, &sent, &err));
	OK(bring(&j.a, &j.b, "XB", "no-more", &err));
	both_are(&j, "released");
	assert_string_equal(hold(&j.b).hold.ended_by, "deny");
	job_end(&j);
}

static void
a_withdrawal_and_a_yes_that_cross_leave_what_they_hold_to_be_let_go(void **state)
{
	struct docket_request r;
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 73);
	OK(reply_with(&j.a, 1, ACT_WITHDRAWN, &sent, &err));
	OK(reply_with(&j.b, 1, ACT_GRANTED, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "yes", &err));
	OK(bring(&j.a, &j.b, "XB", "no-more", &err));
	assert_string_equal(hold(&j.b).hold.state, "effective");
	assert_string_equal(hold(&j.a).hold.state, "released");
	/* It says until when they may hold; the desk has no end without a beginning. */
	assert_int_equal(hold(&j.a).hold.until, hold(&j.b).hold.until);
	OK(row_of(&j.a, 1, &r, &err));
	assert_int_equal(r.hold_effected_at, 0);
	assert_int_equal(r.hold_until, 0);
	job_end(&j);
}

static void
a_hold_that_a_later_request_names_is_kept_until_that_is_decided(void **state)
{
	struct answer_wish let_go = { .kind = ACT_RELEASED, .text = "Not needed" };
	struct sent sent;
	struct job j;

	(void)state;
	granted(&j, 63);
	bound(&j);
	both_are(&j, "bound_to_request");
	assert_int_equal(hold(&j.b).pending, 1);
	assert_int_equal(hold(&j.b).ends_at, 0);
	NO(flow_request_answer(&j.b.flow, 1, &let_go, &sent, &err), "hold.bound");
	/* the time it was granted for passes: Article 42(9) */
	world_sim_set_now(j.world, NOW + DAYS(61));
	both_are(&j, "bound_to_request");
	OK(reply_with(&j.b, 2, ACT_REFUSED, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "no", &err));
	/* decided, and its own time is over: it lapses, and says so */
	both_are(&j, "lapsed");
	assert_string_equal(hold(&j.a).hold.ended_by, "foreign_ends");
	job_end(&j);
}

static void
a_lapse_is_recorded_once(void **state)
{
	size_t before[RECORD_EVENTS], after[RECORD_EVENTS], lapsed = 0;
	struct job j;

	(void)state;
	granted(&j, 64);
	OK(site_again(&j.b, &err));
	records_count(&j.b, before);
	world_sim_set_now(j.world, NOW + DAYS(61));
	OK(flow_holds_look(&j.b.flow, &lapsed, &err));
	assert_int_equal(lapsed, 1);
	OK(flow_holds_look(&j.b.flow, &lapsed, &err));
	assert_int_equal(lapsed, 0);
	OK(site_again(&j.b, &err));
	records_count(&j.b, after);
	assert_int_equal(after[EVENT_ADMINISTRATION], before[EVENT_ADMINISTRATION] + 1);
	job_end(&j);
}

/* Ten years ahead, somebody looks; the clock is set right: the hold goes on, both are seen. */
static void
a_lapse_noted_by_a_clock_that_ran_ahead_is_taken_back_by_a_record(void **state)
{
	size_t before[RECORD_EVENTS], after[RECORD_EVENTS];
	const int64_t ahead = NOW + DAYS(3653);
	struct hold_view v;
	struct desk desk;
	struct job j;

	(void)state;
	granted(&j, 68);
	world_sim_set_now(j.world, ahead);
	both_are(&j, "lapsed");
	OK(flow_desk(&j.b.flow, &desk, &err));
	assert_int_equal(desk.counts.holds_over, 1);
	OK(site_again(&j.b, &err));
	OK(site_again(&j.a, &err));
	records_count(&j.b, before);
	world_sim_set_now(j.world, NOW + DAYS(3));
	OK(flow_desk(&j.b.flow, &desk, &err));
	assert_int_equal(desk.counts.holds_over, 0);
	both_are(&j, "effective");
	v = hold(&j.b);
	assert_int_equal(v.hold.misnoted_at, ahead);
	assert_int_equal(v.hold.resumed_at, NOW + DAYS(3));
	assert_int_equal(v.hold.ended_at, 0);
	assert_int_equal(v.ends_at, v.hold.until);
	OK(site_again(&j.b, &err));
	records_count(&j.b, after);
	/* The jump, and that it holds: nothing that was written is written anew. */
	assert_int_equal(after[EVENT_CLOCK_JUMP], before[EVENT_CLOCK_JUMP] + 1);
	assert_int_equal(after[EVENT_ADMINISTRATION], before[EVENT_ADMINISTRATION] + 1);
	/* And it lapses in its time. */
	world_sim_set_now(j.world, NOW + DAYS(61));
	both_are(&j, "lapsed");
	assert_int_equal(hold(&j.b).hold.misnoted_at, ahead);
	OK(flow_desk(&j.a.flow, &desk, &err));
	assert_int_equal(desk.counts.holds_over, 1);
	job_end(&j);
}

/* It lapsed in truth; who sets the clock back does not bring the data back. */
static void
a_clock_that_is_behind_what_others_vouch_for_takes_nothing_back(void **state)
{
	struct answer_wish w = { .kind = ACT_CONSULTATION, .text = "Is it still needed?" };
	struct sent sent;
	struct job j;

	(void)state;
	granted(&j, 69);
	world_sim_set_now(j.world, NOW + DAYS(61));
	both_are(&j, "lapsed");
	OK(flow_request_answer(&j.b.flow, 1, &w, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "later", &err));
	world_sim_set_now(j.world, NOW + DAYS(3));
	assert_string_equal(hold(&j.a).hold.state, "lapsed");
	job_end(&j);
}

static void
the_domestic_order_ends_a_hold_that_was_promised_for_longer(void **state)
{
	struct hold_view v;
	struct job j;

	(void)state;
	granted(&j, 65);
	NO(flow_hold_renew(&j.a.flow, 1, "12 Gs 31/26", NOW + DAYS(30), &v, &err),
	    "hold.theirs");
	NO(flow_hold_renew(&j.b.flow, 1, "12 Gs 31/26", NOW + DAYS(91), &v, &err),
	    "hold.order-long");
	OK(flow_hold_renew(&j.b.flow, 1, "12 Gs 31/26", NOW + DAYS(30), &v, &err));
	assert_int_equal(v.ends_at, NOW + DAYS(30));
	assert_string_equal(v.hold.order, "12 Gs 31/26");
	world_sim_set_now(j.world, NOW + DAYS(31));
	assert_string_equal(hold(&j.b).hold.state, "lapsed");
	assert_string_equal(hold(&j.b).hold.ended_by, "domestic_ends");
	/* the provider still had them, and the order goes on */
	OK(flow_hold_renew(&j.b.flow, 1, "12 Gs 40/26", NOW + DAYS(80), &v, &err));
	assert_string_equal(v.hold.state, "effective");
	job_end(&j);
}

static void
an_extension_and_a_release_are_followed_on_both_sides(void **state)
{
	struct answer_wish longer = { .kind = ACT_EXTENSION, .text = "As you asked",
		.has_hold_until = true, .hold_until = NOW + DAYS(150) };
	struct answer_wish let_go = { .kind = ACT_RELEASED, .text = "Not needed" };
	struct docket_request r;
	struct sent sent;
	struct job j;

	(void)state;
	granted(&j, 66);
	OK(flow_request_answer(&j.b.flow, 1, &longer, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "longer", &err));
	both_are(&j, "extended");
	assert_int_equal(hold(&j.a).hold.until, NOW + DAYS(150));
	NO(flow_request_answer(&j.b.flow, 1, &let_go, &sent, &err), "people.nobody");
	both_are(&j, "extended");
	OK(SECONDED(&j.b, &err, flow_request_answer(&j.b.flow, 1, &let_go, &sent, &err)));
	OK(bring(&j.b, &j.a, "XA", "gone", &err));
	both_are(&j, "released");
	OK(row_of(&j.a, 1, &r, &err));
	assert_true(r.hold_until <= NOW + DAYS(1));
	job_end(&j);
}

/* Every hold of the home, as its docket has it; without the number of the order. */
static bool
told(void *arg, const struct docket_hold *h, struct err *err)
{
	return buf_printf(arg, err, "%u %d %s %lld %lld %lld %lld %s %lld %lld\n", h->request,
	    h->ours, h->state, (long long)h->effected_at, (long long)h->until,
	    (long long)h->order_until, (long long)h->ended_at, h->ended_by,
	    (long long)h->misnoted_at, (long long)h->resumed_at);
}

static void
tell(struct site *s, struct buf *out)
{
	struct docket *d = NULL;

	OK(home_docket(s->flow.home, &d, &err));
	OK(docket_holds(d, false, told, out, &err));
	home_docket_done(s->flow.home);
}

static void
a_docket_made_anew_has_its_holds_again(void **state)
{
	struct buf before[2], after[2];
	struct rebuilt r;
	struct hold_view v;
	struct site *sites[2];
	struct job j;

	(void)state;
	granted(&j, 67);
	OK(flow_hold_renew(&j.b.flow, 1, "12 Gs 31/26", NOW + DAYS(30), &v, &err));
	bound(&j);
	world_sim_set_now(j.world, NOW + DAYS(3653));
	OK(flow_holds_look(&j.b.flow, NULL, &err));
	world_sim_set_now(j.world, NOW + DAYS(2));
	OK(flow_holds_look(&j.b.flow, NULL, &err));	/* the clock had run ahead */
	assert_int_equal(hold(&j.b).hold.resumed_at, NOW + DAYS(2));
	world_sim_set_now(j.world, NOW + DAYS(31));
	OK(flow_holds_look(&j.b.flow, NULL, &err));	/* its order ended */
	sites[0] = &j.a;
	sites[1] = &j.b;
	for (size_t i = 0; i < 2; i++) {
		buf_init(&before[i], 4096);
		buf_init(&after[i], 4096);
		tell(sites[i], &before[i]);
		assert_true(before[i].n > 10);
		OK(site_again(sites[i], &err));
		OK(flow_rebuild(&sites[i]->flow, &r, &err));
		OK(site_again(sites[i], &err));
		tell(sites[i], &after[i]);
		assert_int_equal(before[i].n, after[i].n);
		assert_memory_equal(before[i].p, after[i].p, before[i].n);
		buf_clear(&before[i]);
		buf_clear(&after[i]);
	}
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_preservation_is_asked_then_effective_on_both_sides),
		cmocka_unit_test(a_preservation_that_is_withdrawn_before_the_yes_held_nothing),
		cmocka_unit_test(a_withdrawal_and_a_yes_that_cross_leave_what_they_hold_to_be_let_go),
		cmocka_unit_test(
		    a_hold_that_a_later_request_names_is_kept_until_that_is_decided),
		cmocka_unit_test(a_lapse_is_recorded_once),
		cmocka_unit_test(
		    a_lapse_noted_by_a_clock_that_ran_ahead_is_taken_back_by_a_record),
		cmocka_unit_test(
		    a_clock_that_is_behind_what_others_vouch_for_takes_nothing_back),
		cmocka_unit_test(the_domestic_order_ends_a_hold_that_was_promised_for_longer),
		cmocka_unit_test(an_extension_and_a_release_are_followed_on_both_sides),
		cmocka_unit_test(a_docket_made_anew_has_its_holds_again),
	};

	return cmocka_run_group_tests_name("holds", tests, NULL, NULL);
}
