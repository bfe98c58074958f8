/*
 * Replay, reflection, reorder and splice (threat-model D18): every act of a story is
 * put before every home in every state.  Nothing that is not the next lawful step
 * changes a thread, and the sentence says why.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)

/* ---- a story in stages: each is one act that goes over ---- */

static void
stage_ask(struct job *j)
{
	struct sent sent;

	OK(ask(&j->a, ACT_STORED_DATA, "XB", &sent, &err));
	OK(bring(&j->a, &j->b, "XB", "r1", &err));
}

static void
stage_question(struct job *j)
{
	struct sent sent;

	OK(reply_with(&j->b, 1, ACT_QUESTION, &sent, &err));
	OK(bring(&j->b, &j->a, "XA", "r2", &err));
}

static void
stage_reply(struct job *j)
{
	struct sent sent;

	OK(reply_with(&j->a, 1, ACT_REPLY, &sent, &err));
	OK(bring(&j->a, &j->b, "XB", "r3", &err));
}

static void
stage_grant(struct job *j)
{
	struct sent sent;

	OK(reply_with(&j->b, 1, ACT_GRANTED, &sent, &err));
	OK(bring(&j->b, &j->a, "XA", "r4", &err));
}

static void
stage_deliver(struct job *j)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	OK(add(&j->b, &e, &err));
	OK(SECONDED(&j->b, &err, flow_request_deliver(&j->b.flow, 1, &w, &sealed, &sent, &err)));
	OK(bring(&j->b, &j->a, "XA", "r5", &err));
}

static void
stage_withdraw(struct job *j)
{
	struct sent sent;

	OK(reply_with(&j->a, 1, ACT_WITHDRAWN, &sent, &err));
	OK(bring(&j->a, &j->b, "XB", "r6", &err));
}

static void (*const stages[])(struct job *j) = { stage_ask, stage_question,
	stage_reply, stage_grant, stage_deliver, stage_withdraw };
#define STAGES (sizeof stages / sizeof stages[0])

static void
story(struct job *j, size_t end)
{
	job_begin(j, 600);
	run_up_to(j, AFTER_PAIR);
	OK(third_begin(j, &err));
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	OK(site_again(&j->c, &err));
	for (size_t i = 0; i < end; i++) {
		/* A minute for each, so that their order is told by their dates. */
		world_sim_set_now(j->world, NOW + 60 * (int64_t)(i + 1));
		stages[i](j);
	}
	if (end == STAGES)
		OK(bring(&j->b, &j->a, "XA", "r7", &err));	/* the last receipt */
}

/* ---- what was recorded on the way ---- */

#define RECORDED_MAX 64

struct recorded {
	struct buf bytes[RECORDED_MAX];
	bool from_a[RECORDED_MAX];
	size_t n;
};

static void
record_home(struct job *j, const char *folder, bool a, struct recorded *r)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct docket *d = NULL;
	bool more = true;
	struct site *s = a ? &j->a : &j->b;

	OK(listing_open(j->world, NULL, folder, &l, &err));
	for (;;) {
		struct docket_act row;
		struct digest act;
		bool found;

		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		assert_true(digest_parse(span_of(e.name, 64), &act));
		OK(home_docket(s->flow.home, &d, &err));
		OK(docket_act_get(d, &act, &row, &found, &err));
		home_docket_done(s->flow.home);
		assert_true(found);
		if (row.direction != ACT_OUT)
			continue;
		assert_true(r->n < RECORDED_MAX);
		buf_init(&r->bytes[r->n], 1u << 20);
		OK(parcel_load(s, &act, &r->bytes[r->n], &err));
		r->from_a[r->n++] = a;
	}
	listing_close(l);
}

static void
record_story(struct recorded *r)
{
	struct job j;

	r->n = 0;
	story(&j, STAGES);
	record_home(&j, "aldora/parcels", true, r);
	record_home(&j, "berun/parcels", false, r);
	/* Six acts, and the receipts of each. */
	assert_true(r->n >= 2 * STAGES - 1);
	job_end(&j);
}

static struct taken
put_before(struct job *j, struct site *s, struct buf *bytes)
{
	struct taken t;

	OK(file_save(j->world, NULL, "replayed", buf_span(bytes), true, &err));
	OK(flow_take(&s->flow, "replayed", &t, &err));
	return t;
}

static void
unchanged_unless_taken(struct job *j, struct site *s, struct buf *bytes, bool for_it,
    bool early)
{
	struct digest before, after;
	struct taken t;

	OK(docket_digest(s, &before, &err));
	t = put_before(j, s, bytes);
	OK(docket_digest(s, &after, &err));
	if (!for_it) {
		assert_int_equal(t.as, TAKEN_NOT);
		assert_true(t.text[0] != '\0');
	}
	if (!early && for_it)
		assert_int_equal(t.as, TAKEN_AGAIN);
	if (t.as != TAKEN)
		assert_true(digest_eq(&before, &after));
}

static void
nothing_that_was_recorded_changes_a_state_when_it_comes_again(void **state)
{
	struct recorded *r = calloc(1, sizeof *r);
	struct job warm;

	(void)state;
	/*
	 * The stories below are the same acts because they have the same seed; the first of
	 * a process also pays for what OpenSSL sets up once, out of the same randomness.
	 */
	story(&warm, STAGES);
	job_end(&warm);
	record_story(r);
	for (size_t end = 0; end <= STAGES; end++) {
		struct job j;

		story(&j, end);
		/* The latest first: in an order that nobody meant. */
		for (size_t i = r->n; i-- > 0;) {
			unchanged_unless_taken(&j, &j.a, &r->bytes[i], !r->from_a[i],
			    end < STAGES);
			unchanged_unless_taken(&j, &j.b, &r->bytes[i], r->from_a[i],
			    end < STAGES);
			unchanged_unless_taken(&j, &j.c, &r->bytes[i], false, true);
		}
		job_end(&j);
	}
	for (size_t i = 0; i < r->n; i++)
		buf_clear(&r->bytes[i]);
	free(r);
}

/* Receipt, yes and evidence of one thread, in every order: one by one, or at once. */
static void
answers_in_any_order_end_the_same(void **state)
{
	static const unsigned orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	(void)state;
	for (unsigned k = 0; k < 12; k++) {
		struct recorded *r = calloc(1, sizeof *r);
		struct docket_request row;
		struct deliver_wish w = { .evidence = 1, .authorisation = KIT_ORDER };
		struct sealed sealed;
		struct evidence e;
		struct sent sent;
		struct taken t;
		struct job j;
		size_t n;

		story(&j, 1);
		OK(reply_with(&j.b, 1, ACT_GRANTED, &sent, &err));
		OK(add(&j.b, &e, &err));
		OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent,
	    &err)));
		record_home(&j, "berun/parcels", false, r);
		assert_int_equal(r->n, 3);
		for (unsigned i = 0; i < 3; i++) {
			struct buf *bytes = &r->bytes[orders[k % 6][i]];
			char name[64];

			if (k < 6) {
				t = put_before(&j, &j.a, bytes);
				assert_int_equal(t.as, TAKEN);
				continue;
			}
			(void)snprintf(name, sizeof name, "aldora/inbox/%u.comity", i);
			OK(file_save(j.world, NULL, name, buf_span(bytes), true, &err));
		}
		OK(take_all_in(&j.a, NULL, &n, &err));
		assert_int_equal(n, k < 6 ? 0 : 3);
		OK(row_of(&j.a, 1, &row, &err));
		assert_string_equal(row.state, "delivered");
		assert_true(row.receipted_at != 0 && row.answered_at != 0);
		OK(evidence_load(j.a.flow.home, 1, &e, &err));
		for (size_t i = 0; i < r->n; i++)
			buf_clear(&r->bytes[i]);
		free(r);
		job_end(&j);
	}
}

/* ---- splice ---- */

static void
answer_fill(struct act *a, const void *arg)
{
	const char *number = arg;

	(void)snprintf(a->body.answer.number, sizeof a->body.answer.number, "%s",
	    number);
}

static struct taken
forged(struct job *j, struct site *from, struct site *to, const char *peer,
    const struct forgery *what)
{
	struct digest before, after, act;
	struct taken t;
	char path[200];

	(void)j;
	OK(docket_digest(to, &before, &err));
	OK(forge(from, peer, what, path, &act, &err));
	OK(flow_take(&to->flow, path, &t, &err));
	OK(docket_digest(to, &after, &err));
	if (t.as != TAKEN)
		assert_true(digest_eq(&before, &after));
	return t;
}

static void
an_answer_cannot_belong_to_two_requests_or_to_another_ones(void **state)
{
	struct forgery f = { .kind = ACT_GRANTED, .fill = answer_fill,
		.arg = "XB-2026-000001" };
	struct digest follows[2];
	struct sent one, two, third;
	struct taken t;
	struct job j;

	(void)state;
	story(&j, 0);
	OK(ask(&j.a, ACT_STORED_DATA, "XB", &one, &err));
	OK(ask(&j.a, ACT_STORED_DATA, "XB", &two, &err));
	OK(ask(&j.a, ACT_STORED_DATA, "XC", &third, &err));
	OK(bring(&j.a, &j.b, "XB", "r1", &err));
	follows[0] = one.act.act;
	follows[1] = two.act.act;
	f.follows = follows;
	f.follows_n = 2;
	t = forged(&j, &j.b, &j.a, "XA", &f);
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, "thread.splice");
	/* Cascada answers what Berun was asked. */
	f.follows_n = 1;
	t = forged(&j, &j.c, &j.a, "XA", &f);
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, "thread.other-parties");
	/* Berun says yes to itself: who asked cannot answer. */
	t = forged(&j, &j.a, &j.b, "XB", &f);
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, "thread.not-by-this-side");
	/* Nobody knows what it follows. */
	memset(&follows[0], 0x5a, sizeof follows[0]);
	t = forged(&j, &j.b, &j.a, "XA", &f);
	assert_int_equal(t.as, TAKEN_WAITS);
	job_end(&j);
}

static void
a_second_answer_does_not_replace_the_first(void **state)
{
	struct forgery f = { .kind = ACT_GRANTED, .fill = answer_fill,
		.arg = "XB-2026-000001", .follows_n = 1 };
	struct docket_request r;
	struct sent sent;
	struct taken t;
	struct job j;

	(void)state;
	story(&j, 1);
	OK(reply_with(&j.b, 1, ACT_REFUSED, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "r2", &err));
	OK(row_of(&j.a, 1, &r, &err));
	f.follows = &r.act;
	t = forged(&j, &j.b, &j.a, "XA", &f);
	OK(row_of(&j.a, 1, &r, &err));
	assert_string_equal(r.state, "refused");
	assert_true(t.as == TAKEN_NOT || t.as == TAKEN);
	job_end(&j);
}

/* ---- another package of a known act ---- */

static void
a_signed_anew_copy_is_kept_beside_and_never_replaces(void **state)
{
	struct docket_act row;
	struct docket *d;
	struct sent sent;
	struct taken t;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 601);
	run_up_to(&j, AFTER_PAIR);
	OK(third_begin(&j, &err));
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	OK(site_again(&j.c, &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	OK(bring(&j.a, &j.b, "XB", "r1", &err));
	(void)snprintf(path, sizeof path, "aldora/%s", parcel_path(&sent.act.act).s);
	for (unsigned i = 0; i < 2; i++) {
		struct digest before, after;
		bool found;

		/* By its own signer, a moment later; then by a stranger to it. */
		OK(resign(&j.a, path, i == 0 ? &j.a : &j.c, "XB", "again", &err));
		OK(flow_take(&j.b.flow, "again", &t, &err));
		assert_int_equal(t.as, TAKEN_OTHER_PACKAGE);
		assert_true(digest_eq(&t.act, &sent.act.act));
		OK(home_docket(j.b.flow.home, &d, &err));
		OK(docket_act_get(d, &sent.act.act, &row, &found, &err));
		home_docket_done(j.b.flow.home);
		assert_true(found && !row.other);
		assert_true(digest_eq(&row.package, &sent.act.package));
		OK(docket_digest(&j.b, &before, &err));
		OK(flow_take(&j.b.flow, "again", &t, &err));
		assert_int_equal(t.as, TAKEN_AGAIN);
		OK(docket_digest(&j.b, &after, &err));
		assert_true(digest_eq(&before, &after));
	}
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_was_recorded_changes_a_state_when_it_comes_again),
		cmocka_unit_test(answers_in_any_order_end_the_same),
		cmocka_unit_test(an_answer_cannot_belong_to_two_requests_or_to_another_ones),
		cmocka_unit_test(a_second_answer_does_not_replace_the_first),
		cmocka_unit_test(a_signed_anew_copy_is_kept_beside_and_never_replaces),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
