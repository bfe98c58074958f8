/* What is due, rule by rule, at the instants where it changes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "law/status.h"
#include "policy/due.h"

#define NOON 1795348800LL	/* 22 Nov 2026 12:00:00 UTC, a Sunday */
#define H 3600LL
#define D 86400LL

static struct calendar utc, dakar;
static struct dues dues;

static int
calendars_make(void **state)
{
	(void)state;
	calendar_init(&utc);
	law_calendar(NULL, "SN", NULL, &dakar);
	return 0;
}

static struct due_facts
request_of(enum act_kind kind)
{
	return (struct due_facts){ .kind = kind, .ours = false, .state = STATE_RECEIVED,
		.number = 31, .now = NOON, .opened_at = NOON, .us = &dakar, .them = &utc };
}

static const struct due *
due_find(enum due_what what)
{
	for (size_t i = 0; i < dues.n; i++)
		if (dues.list[i].what == what)
			return &dues.list[i];
	return NULL;
}

static const struct due *
look(const struct due_facts *f, enum due_what what)
{
	due_request(f, &dues);
	return due_find(what);
}

static void
every_row_of_the_law_is_a_clock_or_said_to_be_none(void **state)
{
	const struct law_deadline *all;
	size_t n;

	(void)state;
	all = law_deadlines(&n);
	assert_true(n > 40);
	for (size_t i = 0; i < n; i++)
		if (due_use_of(all[i].id) == USE_UNKNOWN)
			fail_msg("%s is not in the table", all[i].id);
	assert_int_equal(due_use_of("D61"), USE_CLOCK);
	assert_int_equal(due_use_of("D6"), USE_UNKNOWN);
}

static void
stages_turn_at_half_a_day_two_hours_and_after_the_end(void **state)
{
	int64_t at = NOON + 10 * D;

	(void)state;
	assert_int_equal(due_stage_of(NOON, at, NOON - 3650 * D), STAGE_ARRIVAL);
	assert_int_equal(due_stage_of(NOON, at, NOON), STAGE_ARRIVAL);
	assert_int_equal(due_stage_of(NOON, at, NOON + 5 * D - 1), STAGE_ARRIVAL);
	assert_int_equal(due_stage_of(NOON, at, NOON + 5 * D), STAGE_HALF);
	assert_int_equal(due_stage_of(NOON, at, at - D - 1), STAGE_HALF);
	assert_int_equal(due_stage_of(NOON, at, at - D), STAGE_DAY);
	assert_int_equal(due_stage_of(NOON, at, at - 2 * H - 1), STAGE_DAY);
	assert_int_equal(due_stage_of(NOON, at, at - 2 * H), STAGE_TWO_HOURS);
	assert_int_equal(due_stage_of(NOON, at, at), STAGE_TWO_HOURS);
	assert_int_equal(due_stage_of(NOON, at, at + 1), STAGE_OVERDUE);
	assert_int_equal(due_stage_of(NOON, at, at + 3650 * D), STAGE_OVERDUE);
}

static void
what_lasts_a_day_begins_as_an_arrival(void **state)
{
	(void)state;
	assert_int_equal(due_stage_of(NOON, NOON + D, NOON), STAGE_ARRIVAL);
	assert_int_equal(due_stage_of(NOON, NOON + D, NOON + 12 * H), STAGE_HALF);
	assert_int_equal(due_stage_of(NOON, NOON + D, NOON + 22 * H), STAGE_TWO_HOURS);
}

static void
reminders_stand_in_order_and_end_at_the_end(void **state)
{
	struct due d = due_one(DUE_ANSWER, NOON, NOON + 10 * D, true, NOON);

	(void)state;
	assert_int_equal(d.alarms_n, 4);
	assert_int_equal(d.alarms[0], NOON + 5 * D);
	assert_int_equal(d.alarms[1], NOON + 9 * D);
	assert_int_equal(d.alarms[2], NOON + 10 * D - 2 * H);
	assert_int_equal(d.alarms[3], NOON + 10 * D);
	d = due_one(DUE_EMERGENCY, NOON, NOON + 1800, true, NOON);
	assert_int_equal(d.alarms_n, 2);	/* half, and the end */
}

static void
a_first_answer_is_owed_by_who_was_asked(void **state)
{
	struct due_facts f = request_of(ACT_PRESERVE);
	const struct due *d;

	(void)state;
	f.owed_at = NOON + D;
	f.owed_ours = true;
	d = look(&f, DUE_ACKNOWLEDGE);
	assert_non_null(d);
	assert_string_equal(d->rule->id, "D61");
	assert_int_equal(d->from, NOON);
	assert_true(d->ours);
	assert_int_equal(d->request, 31);
	f.owed_by_day = true;
	f.owed_at = NOON + 5 * H;
	d = look(&f, DUE_ANSWER);
	assert_non_null(d);
	assert_int_equal(d->at, NOON + 5 * H);
	assert_null(due_find(DUE_ACKNOWLEDGE));
}

static void
an_ended_request_owes_nothing(void **state)
{
	struct due_facts f = request_of(ACT_EMERGENCY_DATA);

	(void)state;
	f.owed_at = NOON;
	f.owed_ours = f.written_owed = true;
	f.secrecy_from = NOON;
	f.state = STATE_CLOSED;
	due_request(&f, &dues);
	assert_int_equal(dues.n, 0);
	f.state = STATE_WITHDRAWN;
	due_request(&f, &dues);
	assert_int_equal(dues.n, 0);
}

static void
an_emergency_has_half_an_hour_then_a_review(void **state)
{
	struct due_facts f = request_of(ACT_EMERGENCY_DATA);
	const struct due *d = look(&f, DUE_EMERGENCY);

	(void)state;
	assert_int_equal(d->at, NOON + 1800);
	assert_true(d->ours);
	assert_null(due_find(DUE_REVIEW));
	f.answered_at = NOON + 600;
	f.state = STATE_DELIVERED;
	d = look(&f, DUE_REVIEW);
	assert_int_equal(d->at, NOON + 600 + 72 * H);
	assert_string_equal(d->rule->id, "D64");
	assert_null(due_find(DUE_EMERGENCY));
	f.ours = true;
	f.sent_at = NOON;
	assert_false(look(&f, DUE_REVIEW)->ours);
}

static void
an_oral_request_is_late_until_it_is_written(void **state)
{
	struct due_facts f = request_of(ACT_STORED_DATA);

	(void)state;
	f.ours = f.written_owed = f.written_ours = true;
	f.spoken_at = NOON;
	f.state = STATE_SENT;
	f.sent_at = NOON;
	f.now = NOON + 1;
	assert_int_equal(look(&f, DUE_WRITTEN)->stage, STAGE_OVERDUE);
	assert_string_equal(due_find(DUE_WRITTEN)->rule->article, "40(13)");
	f.written_owed = false;
	assert_null(look(&f, DUE_WRITTEN));
}

static void
secrecy_ends_at_ninety_days_or_sooner(void **state)
{
	struct due_facts f = request_of(ACT_SUBSCRIBER);
	int64_t last = calendar_day_end(&utc, NOON + 90 * D);

	(void)state;
	f.secrecy_from = NOON;
	assert_int_equal(look(&f, DUE_SECRECY)->at, last);
	f.secrecy_until = NOON + 400 * D;
	assert_int_equal(look(&f, DUE_SECRECY)->at, last);
	f.secrecy_until = NOON + 30 * D;
	assert_int_equal(look(&f, DUE_SECRECY)->at, NOON + 30 * D);
	assert_false(due_find(DUE_SECRECY)->ours);
}

static void
a_freeze_alert_owes_its_request_though_it_is_closed(void **state)
{
	struct due_facts f = request_of(ACT_FREEZE_ALERT);
	int64_t at = NOON + 72 * H;

	(void)state;
	f.state = STATE_CLOSED;
	assert_int_equal(look(&f, DUE_FREEZE_REQUEST)->at, at);
	assert_false(due_find(DUE_FREEZE_REQUEST)->ours);
	f.now = at + DUE_LAPSED_SHOWN;
	assert_int_equal(look(&f, DUE_FREEZE_REQUEST)->stage, STAGE_OVERDUE);
	f.now++;
	assert_null(look(&f, DUE_FREEZE_REQUEST));
	f.now = NOON;
	f.followed = true;
	assert_null(look(&f, DUE_FREEZE_REQUEST));
	f.followed = false;
	f.state = STATE_WITHDRAWN;
	assert_null(look(&f, DUE_FREEZE_REQUEST));
}

static void
a_removal_is_checked_sent_receipted_and_answered(void **state)
{
	struct due_facts f = request_of(ACT_REMOVE_CONTENT);

	(void)state;
	f.ours = true;
	f.state = STATE_DRAFT;
	assert_int_equal(look(&f, DUE_REMOVE_CHECK)->at, NOON + 24 * H);
	assert_int_equal(due_find(DUE_REMOVE_SEND)->at, NOON + 48 * H);
	f.urgent = true;
	assert_int_equal(look(&f, DUE_REMOVE_CHECK)->at, NOON + 2 * H);
	assert_null(due_find(DUE_REMOVE_SEND));
	f.state = STATE_SENT;
	f.sent_at = NOON;
	assert_int_equal(look(&f, DUE_REMOVE_RECEIPT)->at, NOON + H);
	f.receipted_at = NOON + 60;
	assert_null(look(&f, DUE_REMOVE_RECEIPT));
	assert_int_equal(due_find(DUE_REMOVE_ANSWER)->at, NOON + 60 + 48 * H);
	assert_false(due_find(DUE_REMOVE_ANSWER)->ours);
}

static struct due_hold_facts
hold_of(enum hold_state s)
{
	return (struct due_hold_facts){ .hold = { .state = s, .now = NOON,
		.until = NOON + 60 * D, .domestic_until = NOON + 90 * D },
		.number = 7, .rule = law_deadline("D02"), .effected_at = NOON, .us = &utc,
		.them = &dakar };
}

static void
each_clock_of_a_hold_is_shown_where_it_runs(void **state)
{
	struct due_hold_facts f = hold_of(HOLD_EFFECTIVE);

	(void)state;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 2);
	assert_false(due_find(DUE_HOLD_FOREIGN)->ours);
	assert_true(due_find(DUE_HOLD_DOMESTIC)->ours);
	f.hold.state = HOLD_BOUND;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 1);
	assert_non_null(due_find(DUE_HOLD_DOMESTIC));
	f.hold.ours = true;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 0);
	f.hold.state = HOLD_EXTENDED;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 1);
	assert_true(due_find(DUE_HOLD_FOREIGN)->ours);
	f.hold.state = HOLD_RELEASED;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 0);
}

static void
a_lapse_noted_by_a_fast_clock_hides_no_deadline(void **state)
{
	struct due_hold_facts f = hold_of(HOLD_LAPSED);

	(void)state;
	f.hold.now = f.hold.until;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 2);
	f.hold.now++;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 0);
	f.hold.now = f.hold.domestic_until = NOON + D;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 2);
	f.hold.now++;
	due_hold(&f, &dues);
	assert_int_equal(dues.n, 0);
}

static const char *
warned_at(struct due_hold_facts *f, int64_t now)
{
	f->hold.now = now;
	due_hold(f, &dues);
	return dues.list[0].warning == NULL ? "" : dues.list[0].warning->id;
}

static void
a_hold_warns_at_21_7_and_2_days_on_a_working_day(void **state)
{
	struct due_hold_facts f = hold_of(HOLD_EFFECTIVE);
	int64_t end = NOON + 60 * D;	/* Thursday 21 Jan 2027 */

	(void)state;
	assert_string_equal(warned_at(&f, end - 21 * D - 1), "");
	assert_string_equal(warned_at(&f, end - 21 * D), "D63");
	assert_string_equal(warned_at(&f, end - 7 * D), "D76");
	assert_string_equal(warned_at(&f, end - 2 * D - 1), "D76");
	assert_string_equal(warned_at(&f, end - 2 * D), "D77");
	assert_string_equal(warned_at(&f, end + 3650 * D), "D77");
	f.hold.until = end + 3 * D;	/* a Sunday: warned on the Friday before */
	assert_string_equal(warned_at(&f, end + 3 * D - 4 * D - 1), "D76");
	assert_string_equal(warned_at(&f, end + 3 * D - 23 * D), "D63");
	assert_string_equal(warned_at(&f, end + 3 * D - 23 * D - 1), "");
}

static void
a_hold_shorter_than_its_warning_warns_at_once(void **state)
{
	struct due_hold_facts f = hold_of(HOLD_EFFECTIVE);

	(void)state;
	f.hold.until = NOON + D;
	assert_string_equal(warned_at(&f, NOON), "D77");
	assert_true(dues.list[0].alarms_n <= DUE_ALARMS_MAX);
	assert_int_equal(dues.list[0].alarms[0], NOON);
}

static void
an_instant_is_never_printed_without_its_zone(void **state)
{
	struct calendar paris;

	(void)state;
	law_calendar(NULL, "FR", NULL, &paris);
	assert_string_equal(calendar_people(&paris, NOON).s,
	    "22 Nov 2026 13:00:00 Europe/Paris");
	assert_string_equal(calendar_people(&utc, NOON).s, "22 Nov 2026 12:00:00 UTC");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_law_is_a_clock_or_said_to_be_none),
		cmocka_unit_test(stages_turn_at_half_a_day_two_hours_and_after_the_end),
		cmocka_unit_test(what_lasts_a_day_begins_as_an_arrival),
		cmocka_unit_test(reminders_stand_in_order_and_end_at_the_end),
		cmocka_unit_test(a_first_answer_is_owed_by_who_was_asked),
		cmocka_unit_test(an_ended_request_owes_nothing),
		cmocka_unit_test(an_emergency_has_half_an_hour_then_a_review),
		cmocka_unit_test(an_oral_request_is_late_until_it_is_written),
		cmocka_unit_test(secrecy_ends_at_ninety_days_or_sooner),
		cmocka_unit_test(a_freeze_alert_owes_its_request_though_it_is_closed),
		cmocka_unit_test(a_removal_is_checked_sent_receipted_and_answered),
		cmocka_unit_test(each_clock_of_a_hold_is_shown_where_it_runs),
		cmocka_unit_test(a_lapse_noted_by_a_fast_clock_hides_no_deadline),
		cmocka_unit_test(a_hold_warns_at_21_7_and_2_days_on_a_working_day),
		cmocka_unit_test(a_hold_shorter_than_its_warning_warns_at_once),
		cmocka_unit_test(an_instant_is_never_printed_without_its_zone),
	};

	return cmocka_run_group_tests(tests, calendars_make, NULL);
}
