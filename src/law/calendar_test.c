/* Zones, days and working days.  Dates were looked up in tzdata 2025b with zdump. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "law/status.h"

static int64_t
at(const char *text)
{
	int64_t out = 0;

	assert_true(when_parse(span_text(text), &out));
	return out;
}

static struct calendar
in_zone(const char *name)
{
	struct calendar c;

	calendar_init(&c);
	assert_true(zone_find(name, &c.zone));
	return c;
}

static void
is_then(int64_t got, const char *text)
{
	assert_string_equal(when_rfc3339(got).s, text);
}

static void
every_zone_of_the_table_has_a_rule_that_is_read(void **state)
{
	size_t n = 0;
	struct zone z;

	for (; zone_name(n) != NULL; n++) {
		assert_true(zone_find(zone_name(n), &z));
		assert_true(z.rule.standard >= -12 * 3600 && z.rule.standard <= 14 * 3600);
		assert_true(strlen(z.name) < ZONE_NAME_MAX);
		assert_true(n == 0 || strcmp(zone_name(n - 1), z.name) < 0);
	}
	assert_true(n > 400);
	assert_false(zone_find("Europe/Atlantis", &z));
}

static void
a_rule_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = { "", "CET", "C-1", "CET-25", "CET-1:60", "CET-1CEST",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/168",
		"CET-1CEST,M3.5.0,M10.5.0/3 ", "<+0>0", "<+01-1", "CET-1CEST,J60,J300", "CET-" };
	struct zone_rule r;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(zone_rule_parse(&r, bad[i]));
	assert_true(zone_rule_parse(&r, "CET-1CEST,M3.5.0,M10.5.0/167"));
	assert_int_equal(r.to_standard.seconds, 167 * 3600);
	assert_true(zone_rule_parse(&r, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"));
	assert_int_equal(r.standard, -7200);
	assert_int_equal(r.to_summer.seconds, -3600);
}

static void
clocks_turn_at_the_second_their_rule_says(void **state)
{
	static const struct { const char *zone, *before; int32_t was, is; } turns[] = {
		{ "Europe/Paris", "2027-03-28T00:59:59Z", 3600, 7200 },
		{ "Europe/Paris", "2027-10-31T00:59:59Z", 7200, 3600 },
		{ "America/New_York", "2027-03-14T06:59:59Z", -18000, -14400 },
		{ "America/New_York", "2026-11-01T05:59:59Z", -14400, -18000 },
		{ "Australia/Sydney", "2027-04-03T15:59:59Z", 39600, 36000 },
		{ "Australia/Sydney", "2026-10-03T15:59:59Z", 36000, 39600 },
		{ "Australia/Lord_Howe", "2027-04-03T14:59:59Z", 39600, 37800 },
		{ "Europe/Dublin", "2027-03-28T00:59:59Z", 0, 3600 },
		{ "Africa/Cairo", "2027-10-28T20:59:59Z", 10800, 7200 },
		{ "Africa/Casablanca", "2027-02-07T01:59:59Z", 3600, 0 },
		{ "Africa/Casablanca", "2027-03-14T01:59:59Z", 0, 3600 },
	};

	for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
		struct calendar c = in_zone(turns[i].zone);

		assert_int_equal(zone_offset(&c.zone, at(turns[i].before)), turns[i].was);
		assert_int_equal(zone_offset(&c.zone, at(turns[i].before) + 1), turns[i].is);
	}
}

static void
a_day_ends_where_its_office_is(void **state)
{
	struct calendar dakar = in_zone("Africa/Dakar"), auckland = in_zone("Pacific/Auckland");
	struct calendar honolulu = in_zone("Pacific/Honolulu");
	int64_t noon = at("2026-12-01T12:00:00Z");

	is_then(calendar_day_end(&dakar, noon), "2026-12-01T23:59:59Z");
	is_then(calendar_day_end(&auckland, noon), "2026-12-02T10:59:59Z");
	is_then(calendar_day_end(&honolulu, noon), "2026-12-02T09:59:59Z");
	/* The last second belongs to the day, and the next one to the next. */
	is_then(calendar_day_end(&dakar, at("2026-12-01T23:59:59Z")), "2026-12-01T23:59:59Z");
	is_then(calendar_day_end(&dakar, at("2026-12-02T00:00:00Z")), "2026-12-02T23:59:59Z");
}

static void
a_day_whose_midnight_comes_twice_ends_with_the_second(void **state)
{
	struct calendar beirut = in_zone("Asia/Beirut"), cairo = in_zone("Africa/Cairo");
	struct calendar havana = in_zone("America/Havana"), nuuk = in_zone("America/Nuuk");
	struct calendar easter = in_zone("Pacific/Easter");

	/* 31 Oct 2027 0:00 in Beirut becomes 30 Oct 23:00 again. */
	is_then(calendar_day_end(&beirut, at("2027-10-30T12:00:00Z")), "2027-10-30T21:59:59Z");
	/* 28 March 2027 has no 0:00 there. */
	is_then(calendar_day_end(&beirut, at("2027-03-27T12:00:00Z")), "2027-03-27T21:59:59Z");
	is_then(calendar_day_end(&beirut, at("2027-03-28T12:00:00Z")), "2027-03-28T20:59:59Z");
	is_then(calendar_day_end(&cairo, at("2027-10-28T12:00:00Z")), "2027-10-28T21:59:59Z");
	is_then(calendar_day_end(&cairo, at("2027-04-29T12:00:00Z")), "2027-04-29T21:59:59Z");
	/* Havana turns at 1:00 of the new day: the day before is not longer. */
	is_then(calendar_day_end(&havana, at("2026-10-31T12:00:00Z")), "2026-11-01T03:59:59Z");
	is_then(calendar_day_end(&havana, at("2026-11-01T12:00:00Z")), "2026-11-02T04:59:59Z");
	/* Nuuk in March: an hour before midnight, 23:00 becomes 0:00 of the next day. */
	is_then(calendar_day_end(&nuuk, at("2027-03-27T12:00:00Z")), "2027-03-28T00:59:59Z");
	is_then(calendar_day_end(&nuuk, at("2027-10-30T12:00:00Z")), "2027-10-31T01:59:59Z");
	is_then(calendar_day_end(&easter, at("2027-04-03T18:00:00Z")), "2027-04-04T05:59:59Z");
}

static void
each_day_of_each_zone_ends_once_and_begins_the_next(void **state)
{
	/* Every zone around its turns would be 420 x 4000 days; a year of all is enough. */
	for (size_t i = 0; zone_name(i) != NULL; i++) {
		struct calendar c = in_zone(zone_name(i));
		int64_t end = calendar_day_end(&c, at("2027-01-01T12:00:00Z"));

		for (unsigned day = 0; day < 366; day++) {
			int64_t next = calendar_day_end(&c, end + 1);
			struct civil a, b;

			assert_true(next - end >= 22 * 3600 && next - end <= 26 * 3600);
			assert_true(calendar_local(&c, end, &a) && calendar_local(&c, end + 1, &b));
			assert_int_not_equal(a.day, b.day);
			end = next;
		}
	}
}

static void
a_date_without_a_time_is_the_end_of_that_day_there(void **state)
{
	struct calendar tokyo = in_zone("Asia/Tokyo");
	struct err err = ERR_INIT;
	int64_t got;

	assert_true(calendar_parse_due(&tokyo, span_text("2026-12-01"), &got, &err));
	is_then(got, "2026-12-01T14:59:59Z");
	assert_true(calendar_parse_due(&tokyo, span_text("2026-12-01T10:00:00Z"), &got, &err));
	is_then(got, "2026-12-01T10:00:00Z");
	assert_true(calendar_parse_due(&tokyo, span_text("@1764547200"), &got, &err));
	assert_int_equal(got, 1764547200);
	assert_false(calendar_parse_due(&tokyo, span_text("2026-02-30"), &got, &err));
	assert_false(calendar_parse_due(&tokyo, span_text("next week"), &got, &err));
	assert_true(calendar_date_end(&tokyo, &(struct civil){ .year = 9999, .month = 12,
	    .day = 31 }, &got));
	assert_int_equal(got, WHEN_MAX - 9 * 3600);
	assert_false(calendar_date_end(&tokyo, &(struct civil){ .year = 2026, .month = 13,
	    .day = 1 }, &got));
}

static void
working_days_leave_out_the_weekend_of_that_place_and_its_holidays(void **state)
{
	struct calendar a, c;

	law_calendar(NULL, "XA", NULL, &a);
	law_calendar(NULL, "XC", "", &c);
	assert_true(a.known && c.known);
	/* Friday 20 Nov 2026; Monday 23 is a holiday of Aldora. */
	is_then(calendar_working_days_add(&a, at("2026-11-20T09:00:00Z"), 1),
	    "2026-11-24T23:59:59Z");
	is_then(calendar_working_days_add(&a, at("2026-11-20T09:00:00Z"), 0),
	    "2026-11-20T23:59:59Z");
	is_then(calendar_working_days_add(&a, at("2026-11-21T09:00:00Z"), 0),
	    "2026-11-24T23:59:59Z");
	is_then(calendar_working_days_add(&a, at("2026-11-20T09:00:00Z"), 5),
	    "2026-11-30T23:59:59Z");
	/* Cascada rests on Friday and Saturday, and on Thursday 26; its day ends at 21:00 UTC. */
	assert_true(calendar_works(&c, at("2026-11-22T09:00:00Z")));
	assert_false(calendar_works(&c, at("2026-11-20T09:00:00Z")));
	assert_false(calendar_works(&c, at("2026-11-26T09:00:00Z")));
	is_then(calendar_working_days_add(&c, at("2026-11-25T09:00:00Z"), 1),
	    "2026-11-29T20:59:59Z");
	/* A day of every year. */
	assert_false(calendar_works(&c, at("2030-12-18T09:00:00Z")));
	assert_false(calendar_works(&a, at("2041-04-04T09:00:00Z")));
	assert_int_equal(calendar_working_days_between(&a, at("2026-11-20T23:00:00Z"),
	    at("2026-11-30T01:00:00Z")), 5);
	assert_int_equal(calendar_working_days_between(&a, at("2026-11-30T01:00:00Z"),
	    at("2026-11-20T23:00:00Z")), 0);
}

static void
a_calendar_in_which_nobody_works_comes_to_an_end(void **state)
{
	struct calendar c;

	calendar_init(&c);
	c.working = 0;
	assert_int_equal(calendar_working_days_add(&c, 0, 1), WHEN_MAX);
	assert_int_equal(calendar_working_before(&c, 0), 0);
	calendar_init(&c);
	assert_int_equal(calendar_working_days_add(&c, WHEN_MAX, 1000), WHEN_MAX);
	assert_int_equal(calendar_day_end(&c, INT64_MAX), WHEN_MAX);
	assert_int_equal(calendar_day_end(&c, INT64_MIN), WHEN_MIN + 86399);
}

static void
a_warning_for_a_day_off_comes_on_the_working_day_before(void **state)
{
	struct calendar a, b;

	law_calendar(NULL, "XA", NULL, &a);
	law_calendar(NULL, "XB", NULL, &b);
	is_then(calendar_working_before(&a, at("2026-11-23T10:00:00Z")), "2026-11-20T10:00:00Z");
	is_then(calendar_working_before(&a, at("2026-11-24T10:00:00Z")), "2026-11-24T10:00:00Z");
	/* Over the end of summer time the hour by the clock stays: 12:00 in Berun. */
	is_then(calendar_working_before(&b, at("2027-10-31T11:00:00Z")), "2027-10-29T10:00:00Z");
	is_then(calendar_days_add(&b, at("2027-03-27T10:00:00Z"), 1), "2027-03-28T09:00:00Z");
	is_then(calendar_days_add(&b, at("2027-03-27T01:30:00Z"), 1), "2027-03-28T01:30:00Z");
	is_then(calendar_days_add(&b, at("2027-03-28T09:00:00Z"), -1), "2027-03-27T10:00:00Z");
}

static void
a_state_that_nobody_spoke_of_works_from_monday_to_friday_in_utc(void **state)
{
	struct calendar c;

	law_calendar(NULL, "XZ", NULL, &c);
	assert_false(c.known);
	assert_string_equal(c.zone.name, "UTC");
	assert_int_equal(c.working, WORKING_USUAL);
	assert_int_equal(c.certainty, LAW_UNKNOWN);
	law_calendar(NULL, "EG", NULL, &c);
	assert_true(c.known);
	assert_string_equal(c.zone.name, "Africa/Cairo");
	assert_true(calendar_works(&c, at("2026-11-22T09:00:00Z")));	/* a Sunday */
	assert_false(calendar_works(&c, at("2026-11-20T09:00:00Z")));
}

static void
a_deadline_of_days_ends_with_its_day_at_the_place(void **state)
{
	struct calendar tokyo = in_zone("Asia/Tokyo"), vienna = in_zone("Europe/Vienna");
	int64_t start = at("2026-11-22T20:00:00Z");	/* the 23rd in Tokyo */

	is_then(law_deadline_end(law_deadline("D02"), start, &tokyo), "2027-01-22T14:59:59Z");
	is_then(law_deadline_end(law_deadline("D02"), start, &vienna), "2027-01-21T22:59:59Z");
	assert_true(law_deadline_end(law_deadline("D02"), start, &tokyo) >=
	    law_deadline_at(law_deadline("D02"), start));
	is_then(law_deadline_end(law_deadline("D61"), start, &tokyo), "2026-11-23T20:00:00Z");
	/* Over the beginning of summer time: not an hour less than sixty days. */
	is_then(law_deadline_end(law_deadline("D02"), at("2027-02-10T22:30:00Z"), &vienna),
	    "2027-04-12T21:59:59Z");
	/* 21 days before, the same hour by the clock, over the end of summer time. */
	is_then(law_deadline_end(law_deadline("D63"), at("2027-11-10T11:00:00Z"), &vienna),
	    "2027-10-20T10:00:00Z");
	is_then(law_deadline_end(law_deadline("D19"), at("2026-08-31T20:00:00Z"), &tokyo),
	    "2027-03-01T14:59:59Z");
	is_then(law_deadline_end(law_deadline("D19"), at("2026-08-31T10:00:00Z"), &vienna),
	    "2027-02-28T22:59:59Z");
	is_then(law_deadline_end(law_deadline("D13"), 0, &tokyo), "2026-12-31T14:59:59Z");
	assert_int_equal(law_deadline_end(law_deadline("D04"), start, &tokyo), 0);
	assert_int_equal(law_deadline_end(law_deadline("D11"), start, &tokyo), 0);
}

/* The machine's own zones may be of another release: looked at when told so. */
static void
our_zones_agree_with_those_of_the_machine(void **state)
{
	int64_t from = at("2024-01-01T00:00:00Z"), to = at("2037-12-31T00:00:00Z");

	if (getenv("COMITY_LONG") == NULL) {
		print_message("COMITY_LONG is not set\n");
		skip();
	}
	for (size_t i = 0; zone_name(i) != NULL; i++) {
		struct calendar c = in_zone(zone_name(i));

		assert_int_equal(setenv("TZ", zone_name(i), 1), 0);
		tzset();
		for (int64_t t = from; t < to; t += 7 * 3600) {
			time_t seconds = (time_t)t;
			struct tm tm;

			assert_non_null(localtime_r(&seconds, &tm));
			if (tm.tm_gmtoff != zone_offset(&c.zone, t))
				fail_msg("%s at %s: %ld, and %d here", zone_name(i),
				    when_rfc3339(t).s, tm.tm_gmtoff, zone_offset(&c.zone, t));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_zone_of_the_table_has_a_rule_that_is_read),
		cmocka_unit_test(a_rule_that_is_none_is_refused),
		cmocka_unit_test(clocks_turn_at_the_second_their_rule_says),
		cmocka_unit_test(a_day_ends_where_its_office_is),
		cmocka_unit_test(a_day_whose_midnight_comes_twice_ends_with_the_second),
		cmocka_unit_test(each_day_of_each_zone_ends_once_and_begins_the_next),
		cmocka_unit_test(a_date_without_a_time_is_the_end_of_that_day_there),
		cmocka_unit_test(
		    working_days_leave_out_the_weekend_of_that_place_and_its_holidays),
		cmocka_unit_test(a_calendar_in_which_nobody_works_comes_to_an_end),
		cmocka_unit_test(a_warning_for_a_day_off_comes_on_the_working_day_before),
		cmocka_unit_test(
		    a_state_that_nobody_spoke_of_works_from_monday_to_friday_in_utc),
		cmocka_unit_test(a_deadline_of_days_ends_with_its_day_at_the_place),
		cmocka_unit_test(our_zones_agree_with_those_of_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
