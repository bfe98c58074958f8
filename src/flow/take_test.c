/* Requests, answers, evidence and receipts come in, and move their threads. */
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
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

static void
state_is(struct site *s, unsigned number, const char *state)
{
	struct docket_request r;

	OK(row_of(s, number, &r, &err));
	assert_string_equal(r.state, state);
}

static bool
outbox_count(void *arg, const struct docket_act *a, struct err *err)
{
	(void)a;
	(void)err;
	++*(size_t *)arg;
	return true;
}

static size_t
outbox_of(struct site *s)
{
	struct docket *d;
	size_t n = 0;

	OK(home_docket(s->flow.home, &d, &err));
	OK(docket_outbox(d, NULL, outbox_count, &n, &err));
	home_docket_done(s->flow.home);
	return n;
}

static void
a_request_and_its_answer_go_there_and_back(void **state)
{
	struct docket_request r;
	struct sent sent;
	struct job j;

	(void)state;
	job_begin(&j, 500);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	state_is(&j.a, 1, "sent");
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	OK(row_of(&j.b, 1, &r, &err));
	assert_string_equal(r.state, "received");
	assert_string_equal(r.kind, "preserve");
	assert_false(r.ours);
	assert_string_equal(r.due_rule, "D61");
	assert_true(r.due_ours);
	assert_int_equal(r.due_at, NOW + 86400);
	/* Its receipt alone goes back first. */
	assert_int_equal(outbox_of(&j.b), 1);
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	state_is(&j.a, 1, "received");
	assert_int_equal(outbox_of(&j.a), 0);
	OK(reply_with(&j.b, 1, ACT_GRANTED, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "s3", &err));
	OK(row_of(&j.a, 1, &r, &err));
	assert_string_equal(r.state, "accepted");
	assert_int_equal(r.answered_at, NOW);
	assert_int_equal(r.hold_until, NOW + 60 * 86400);
	assert_string_equal(r.due_rule, "hold");
	OK(bring(&j.a, &j.b, "XB", "s4", &err));
	state_is(&j.b, 1, "accepted");
	assert_int_equal(outbox_of(&j.b), 0);
	/* The receipt was carried: it is not answered by a receipt. */
	assert_int_equal(outbox_of(&j.a), 0);
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_and_its_answer_go_there_and_back),
	};

	return cmocka_run_group_tests_name("take", tests, NULL, NULL);
}
