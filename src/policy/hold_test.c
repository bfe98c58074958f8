/*
 * Every (state, event, side, made or come in, with and without a request that names it)
 * there is: what the list allows is allowed and leads where it says, all else is refused
 * with a sentence.  The list is written by hand, not from the table.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "policy/hold.h"

#define OVER 50		/* clocks that have run out, and that have not; now is 100 */
#define RUNS 150

/* One line a state: each event by its name, then the state after; "!" refused. */
static const char *const lines[HOLD_STATES] = {
	[HOLD_ASKED] = "grant>effective deny>released longer>asked name>asked "
	    "decide>asked release>released renew! foreign_ends! domestic_ends! resume!",
	[HOLD_EFFECTIVE] = "grant>effective deny>effective longer>extended "
	    "name>bound_to_request decide>effective release>released renew>effective "
	    "foreign_ends>lapsed domestic_ends>lapsed resume!",
	[HOLD_EXTENDED] = "grant>extended deny>extended longer>extended "
	    "name>bound_to_request decide>extended release>released renew>extended "
	    "foreign_ends>lapsed domestic_ends>lapsed resume!",
	[HOLD_BOUND] = "grant>bound_to_request deny>bound_to_request "
	    "longer>bound_to_request name>bound_to_request decide>effective "
	    "release>released renew>bound_to_request foreign_ends! domestic_ends>lapsed resume!",
	[HOLD_RELEASED] = "grant>released deny>released longer>released name>released "
	    "decide>released release>released renew! foreign_ends! domestic_ends! resume!",
	[HOLD_LAPSED] = "grant>lapsed deny>lapsed longer>extended name>lapsed "
	    "decide>lapsed release>released renew>effective foreign_ends! domestic_ends! "
	    "resume>effective",
};

static const char *
expected(enum hold_state s, enum hold_event e)
{
	static char word[40];
	const char *name = hold_event_name(e);
	size_t n = strlen(name);

	for (const char *p = lines[s]; p != NULL; p = strchr(p, ' ')) {
		p += *p == ' ';
		if (strncmp(p, name, n) != 0 || (p[n] != '>' && p[n] != '!'))
			continue;
		if (p[n] == '!')
			return NULL;
		(void)snprintf(word, sizeof word, "%.*s", (int)strcspn(p + n + 1, " "),
		    p + n + 1);
		return word;
	}
	fail_msg("%s is not in the list of %s", name, hold_state_name(s));
	return NULL;
}

static void
look(const struct hold_facts *f)
{
	const char *want = expected(f->state, f->event);
	struct hold_step got = hold_decide(f);
	enum hold_state to = HOLD_ASKED;
	bool clock = f->event == HOLD_FOREIGN_ENDS || f->event == HOLD_DOMESTIC_ENDS;

	if ((f->event == HOLD_RENEW && f->state == HOLD_LAPSED && f->pending == 0 &&
	    f->until == OVER) || (f->event == HOLD_RESUME && f->until == OVER) || (clock && f->until == RUNS) || (f->event == HOLD_RENEW && f->ours) ||
	    (f->event == HOLD_RELEASE && !f->incoming && (f->ours || f->pending > 0)))
		want = NULL;
	if (want == NULL) {
		assert_false(got.verdict.allow);
		assert_int_equal(got.next, f->state);
		assert_true(strlen(got.verdict.text) > 20);
		return;
	}
	assert_true(hold_state_parse(want, &to));
	if (f->pending > 0 && hold_state_holds(to))
		to = HOLD_BOUND;
	assert_true(got.verdict.allow);
	assert_string_equal(hold_state_name(got.next), hold_state_name(to));
}

static void
what_the_list_allows_is_allowed_and_all_else_is_refused(void **state)
{
	(void)state;
	for (int s = 0; s < HOLD_STATES; s++)
		for (int e = 0; e < HOLD_EVENTS; e++)
			for (int i = 0; i < 16; i++) {
				struct hold_facts f = { .ours = (i & 1) != 0,
					.state = (enum hold_state)s,
					.event = (enum hold_event)e,
					.incoming = (i & 2) != 0, .now = 100,
					.pending = (i & 4) != 0 ? 2 : 0,
					.until = (i & 8) != 0 ? OVER : RUNS,
					.domestic_until = (i & 8) != 0 ? OVER : RUNS,
					.wished = RUNS };

				look(&f);
			}
}

static void
a_hold_lapses_one_second_after_its_end_and_never_while_a_request_binds_it(void **state)
{
	struct hold_facts f = { .state = HOLD_EXTENDED, .now = 100, .until = 100 };
	enum hold_event which = HOLD_GRANT;

	(void)state;
	assert_false(hold_over(&f, &which));
	f.now = 101;
	assert_true(hold_over(&f, &which));
	assert_int_equal(which, HOLD_FOREIGN_ENDS);
	f.state = HOLD_BOUND;
	f.pending = 1;
	assert_false(hold_over(&f, &which));
	/* the order the provider obeys is another matter */
	f.domestic_until = 100;
	assert_true(hold_over(&f, &which));
	assert_int_equal(which, HOLD_DOMESTIC_ENDS);
	f.state = HOLD_RELEASED;
	assert_false(hold_over(&f, &which));
}

static void
the_clock_that_ends_first_is_the_end(void **state)
{
	struct hold_facts f = { .state = HOLD_EFFECTIVE, .until = 60 };

	(void)state;
	assert_int_equal(hold_ends_at(&f), 60);
	f.domestic_until = 50;
	assert_int_equal(hold_ends_at(&f), 50);
	f.domestic_until = 90;
	assert_int_equal(hold_ends_at(&f), 60);
	f.state = HOLD_BOUND;
	assert_int_equal(hold_ends_at(&f), 90);
	f.domestic_until = 0;
	assert_int_equal(hold_ends_at(&f), 0);
	f.state = HOLD_LAPSED;
	f.domestic_until = 90;
	assert_int_equal(hold_ends_at(&f), 0);
}

static void
a_yes_that_comes_after_the_request_that_names_it_binds_at_once(void **state)
{
	struct hold_facts f = { .state = HOLD_ASKED, .event = HOLD_GRANT, .pending = 1 };

	(void)state;
	assert_int_equal(hold_decide(&f).next, HOLD_BOUND);
}

static void
only_the_end_of_a_request_decides_it(void **state)
{
	(void)state;
	assert_true(hold_request_decided("delivered"));
	assert_true(hold_request_decided("refused"));
	assert_true(hold_request_decided("withdrawn"));
	assert_true(hold_request_decided("closed"));
	assert_false(hold_request_decided("received"));
	assert_false(hold_request_decided("accepted"));
	assert_false(hold_request_decided("nonsense"));
}

static void
an_order_is_renewed_into_the_future_only(void **state)
{
	struct hold_facts f = { .state = HOLD_EFFECTIVE, .event = HOLD_RENEW, .now = 100,
		.wished = 100 };

	(void)state;
	assert_string_equal(hold_decide(&f).verdict.reason, "hold.renewed-past");
	f.wished = 101;
	assert_true(hold_decide(&f).verdict.allow);
}

static void
names_are_read_back(void **state)
{
	enum hold_state s = HOLD_ASKED;

	(void)state;
	for (int i = 0; i < HOLD_STATES; i++) {
		assert_true(hold_state_parse(hold_state_name((enum hold_state)i), &s));
		assert_int_equal(s, i);
	}
	assert_false(hold_state_parse("lost", &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_list_allows_is_allowed_and_all_else_is_refused),
		cmocka_unit_test(
		    a_hold_lapses_one_second_after_its_end_and_never_while_a_request_binds_it),
		cmocka_unit_test(the_clock_that_ends_first_is_the_end),
		cmocka_unit_test(
		    a_yes_that_comes_after_the_request_that_names_it_binds_at_once),
		cmocka_unit_test(only_the_end_of_a_request_decides_it),
		cmocka_unit_test(an_order_is_renewed_into_the_future_only),
		cmocka_unit_test(names_are_read_back),
	};

	return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
