/* What stands between a request and a yes; what is owed after a secrecy. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "law/law.h"
#include "policy/guard.h"

#define NOW 1795000000
#define DAY ((int64_t)86400)
#define YEARS_10 (3652 * DAY)

/* An emergency of theirs that everything was done for. */
static struct guard_facts
ready(void)
{
	return (struct guard_facts){ .kind = ACT_EMERGENCY_DATA, .call_wanted = true,
		.call = CALL_YES, .emergencies = 1 };
}

static void
decided(enum guard_step step, const struct guard_facts *f, const char *reason)
{
	struct verdict v = guard_decide(step, f);

	assert_string_equal(v.reason, reason);
	assert_int_equal(v.allow, strcmp(reason, "guard.passed") == 0);
}

static bool
found(const struct guard_facts *f, const char *reason)
{
	static struct request_findings out;

	out.n = out.stops = out.more = 0;
	guard_check(f, &out);
	for (size_t i = 0; i < out.n; i++)
		if (strcmp(out.list[i].reason, reason) == 0)
			return true;
	return false;
}

/* ---- S15 ---- */

static void
an_emergency_waits_for_the_call(void **state)
{
	struct guard_facts f = ready();

	(void)state;
	decided(GUARD_YES, &f, "guard.passed");
	assert_false(found(&f, "guard.call-back"));
	f.call = CALL_NONE;
	decided(GUARD_YES, &f, "guard.call-back");
	decided(GUARD_WORK, &f, "guard.call-back");
	assert_true(found(&f, "guard.call-back"));
	f.call = CALL_NOBODY;
	decided(GUARD_WORK, &f, "guard.call-back");
	f.call_wanted = false;
	decided(GUARD_YES, &f, "guard.passed");
}

static void
a_no_on_the_telephone_stands_for_good(void **state)
{
	struct guard_facts f = ready();

	(void)state;
	assert_int_equal(call_result_next(CALL_NONE, CALL_NOBODY), CALL_NOBODY);
	assert_int_equal(call_result_next(CALL_NOBODY, CALL_YES), CALL_YES);
	assert_int_equal(call_result_next(CALL_YES, CALL_NOBODY), CALL_YES);
	assert_int_equal(call_result_next(CALL_YES, CALL_NO), CALL_NO);
	assert_int_equal(call_result_next(CALL_NO, CALL_YES), CALL_NO);
	f.call = CALL_NO;
	decided(GUARD_YES, &f, "guard.forgery");
	assert_true(found(&f, "guard.forgery"));
}

static void
a_life_at_risk_in_another_request_is_called_about_too(void **state)
{
	struct err err = ERR_INIT;
	struct act a;

	(void)state;
	act_init(&a, ACT_EMERGENCY_DATA);
	assert_true(call_is_wanted(&a));
	act_clear(&a);
	act_init(&a, ACT_SUBSCRIBER);
	assert_false(call_is_wanted(&a));
	assert_true(fields_set(&a.body.request.fields, "urgency.codes", "volatile_data", "en",
	    &err));
	assert_false(call_is_wanted(&a));
	assert_true(fields_set(&a.body.request.fields, "urgency.codes",
	    "volatile_data;threat_to_life", "en", &err));
	assert_true(call_is_wanted(&a) && life_is_at_risk(&a.body.request.fields));
	/* data are only held: that cannot wait for a call */
	a.kind = ACT_PRESERVE;
	assert_false(call_is_wanted(&a));
	a.kind = ACT_SUBSCRIBER;
	act_clear(&a);
}

static void
a_number_is_the_same_however_it_is_written(void **state)
{
	(void)state;
	assert_true(call_number_same("+1 (555) 01-00", "+15550100"));
	assert_true(call_number_same("+1 555 0100", "001 555 0100"));
	assert_false(call_number_same("+1 555 0100", "+1 555 0101"));
	assert_false(call_number_same("+1 555 0100", "+1 555 010"));
	assert_false(call_number_same("+1 555 0100", "1 555 0100"));
	assert_false(call_number_same("", ""));
	assert_false(call_number_same("+", "+"));
}

static void
the_sixth_emergency_of_a_day_needs_two_persons_and_is_shown(void **state)
{
	struct guard_facts f = ready();

	(void)state;
	f.emergencies = EMERGENCIES_A_DAY;
	decided(GUARD_YES, &f, "guard.passed");
	assert_false(found(&f, "guard.rate"));
	f.emergencies = EMERGENCIES_A_DAY + 1;
	decided(GUARD_YES, &f, "guard.rate");
	assert_true(found(&f, "guard.rate"));
	f.signed_by_two = true;
	decided(GUARD_YES, &f, "guard.passed");
	assert_true(found(&f, "guard.rate"));
}

/* ---- the profile of a State ---- */

static void
of_two_levels_the_stricter_counts(void **state)
{
	(void)state;
	for (int a = 0; a < RISK_LEVELS; a++)
		for (int b = 0; b < RISK_LEVELS; b++) {
			enum risk_level l = risk_level_of((enum risk_level)a,
			    (enum risk_level)b);

			assert_true((int)l >= a && (int)l >= b);
		}
}

static void
heightened_care_asks_for_dual_criminality_and_an_assurance(void **state)
{
	struct guard_facts f = { .kind = ACT_STORED_DATA, .risk = RISK_HEIGHTENED };

	(void)state;
	decided(GUARD_YES, &f, "guard.dual-criminality");
	assert_true(found(&f, "guard.heightened"));
	f.dual_said = true;
	decided(GUARD_YES, &f, "guard.assurance");
	f.assurance_asked = true;
	decided(GUARD_YES, &f, "guard.passed");
	/* data are only held: Article 42(4) */
	f = (struct guard_facts){ .kind = ACT_PRESERVE, .risk = RISK_HEIGHTENED };
	decided(GUARD_YES, &f, "guard.passed");
}

static void
evidence_that_nobody_asked_for_goes_to_a_state_without_a_level_only(void **state)
{
	(void)state;
	assert_true(guard_unasked_decide(RISK_NORMAL).allow);
	assert_string_equal(guard_unasked_decide(RISK_HEIGHTENED).reason, "guard.assurance");
	assert_string_equal(guard_unasked_decide(RISK_BLOCKED).reason, "guard.blocked");
}

static void
a_blocked_measure_gets_no_yes(void **state)
{
	struct guard_facts f = { .kind = ACT_PRESERVE, .risk = RISK_BLOCKED };

	(void)state;
	decided(GUARD_YES, &f, "guard.blocked");
	decided(GUARD_WORK, &f, "guard.blocked");
	assert_true(found(&f, "guard.blocked"));
	/* ours leaves: it is their answer that counts */
	f.ours = true;
	decided(GUARD_SEND, &f, "guard.passed");
}

/* Whatever stands in the way without a profile does so with each of them. */
static void
no_level_lets_through_what_normal_stops(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 128; bits++)
		for (int kind = 0; kind < ACT_KINDS; kind++) {
			struct guard_facts f = { .kind = (enum act_kind)kind,
				.call_wanted = bits & 1, .call = bits & 2 ? CALL_YES : CALL_NONE,
				.emergencies = bits & 4 ? 6 : 1, .realtime_on = bits & 8,
				.unseen = bits & 16 ? 1 : 0, .dual_said = bits & 32,
				.assurance_asked = bits & 64 };
			bool before = true;

			if (act_kind_class(f.kind) != ACT_IS_REQUEST)
				continue;
			for (int l = 0; l < RISK_LEVELS; l++) {
				bool now;

				f.risk = (enum risk_level)l;
				now = guard_decide(GUARD_YES, &f).allow;
				assert_true(before || !now);
				before = now;
			}
		}
}

/* ---- S13 ---- */

static void
collection_in_real_time_is_off_until_it_is_set(void **state)
{
	static const enum act_kind kinds[] = { ACT_REALTIME_TRAFFIC, ACT_INTERCEPT_CONTENT };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct guard_facts f = { .kind = kinds[i], .ours = true };

		decided(GUARD_SEND, &f, "guard.realtime");
		assert_true(found(&f, "guard.realtime"));
		f.ours = false;
		decided(GUARD_YES, &f, "guard.realtime");
		decided(GUARD_WORK, &f, "guard.realtime");
		f.realtime_on = true;
		decided(GUARD_WORK, &f, "guard.passed");
		decided(GUARD_SEND, &f, "guard.passed");
	}
}

/* ---- refused before ---- */

static void
what_was_refused_before_is_read_first(void **state)
{
	struct guard_facts f = { .kind = ACT_STORED_DATA, .earlier = 1, .unseen = 1,
		.earlier_text = "XA-2026-000003 of XB (R08)" };

	(void)state;
	decided(GUARD_YES, &f, "guard.refused-before");
	assert_true(found(&f, "guard.refused-before"));
	f.unseen = 0;
	decided(GUARD_YES, &f, "guard.passed");
	assert_true(found(&f, "guard.refused-before"));
}

static void
same(const char *type, const char *value, const char *other_type, const char *other,
    bool is)
{
	struct err err = ERR_INIT;
	struct buf a, b;

	buf_init(&a, SUBJECT_MAX);
	buf_init(&b, SUBJECT_MAX);
	assert_true(subject_print(type, value, &a, &err));
	assert_true(subject_print(other_type, other, &b, &err));
	assert_int_equal(span_eq(buf_span(&a), buf_span(&b)), is);
	buf_clear(&a);
	buf_clear(&b);
}

static void
a_subject_is_the_same_in_other_spellings(void **state)
{
	(void)state;
	same("email", "Lena.V@Example.ORG", "email", "lena.v@example.org", true);
	same("email", "lena.v@example.org", "account", "lena.v@example.org", true);
	same("email", "lena.v@example.org", "email", "lenav@example.org", false);
	same("phone", "+1 (555) 0100", "phone", "001555-0100", true);
	same("phone", "+1 555 0100", "phone", "+1 555 0101", false);
	same("account", "@Lena_V", "account", "lena_v", true);
	same("account", "lena_v", "account", "lena_w", false);
	same("url", "https://www.example.org/a/", "url", "http://example.org/a", true);
	same("url", "https://example.org/a", "url", "https://example.org/b", false);
	same("imei", "49-015420-323751-8", "imei", "490154203237518", true);
}

/* ---- notices ---- */

static struct notice_facts
secret(void)
{
	return (struct notice_facts){ .since = NOW, .until = NOW + 30 * DAY,
		.now = NOW + DAY };
}

static void
a_notice_is_due_when_the_secrecy_is_over_and_done_by_a_person_only(void **state)
{
	struct notice_facts f = secret();

	(void)state;
	assert_int_equal(notice_state_of(&f), NOTICE_SECRET);
	f.now = f.until;
	assert_int_equal(notice_state_of(&f), NOTICE_SECRET);
	f.now = f.until + 1;
	assert_int_equal(notice_state_of(&f), NOTICE_DUE);
	f.now = f.until + YEARS_10;
	assert_int_equal(notice_state_of(&f), NOTICE_DUE);
	f.done_at = NOW;
	assert_int_equal(notice_state_of(&f), NOTICE_DONE);
}

static void
a_clock_that_ran_ten_years_ahead_is_doubted_when_it_is_right_again(void **state)
{
	struct notice_facts f = secret();

	(void)state;
	f.since += YEARS_10;
	f.until += YEARS_10;
	assert_int_equal(notice_state_of(&f), NOTICE_DOUBT);
	f.code = "letter";
	assert_string_equal(notice_done_decide(&f).reason, "notice.doubt");
	/* ten years behind: due at once, and no more than due */
	f = secret();
	f.since -= YEARS_10;
	f.until -= YEARS_10;
	assert_int_equal(notice_state_of(&f), NOTICE_DUE);
	/* offices differ by a day */
	f = secret();
	f.now = f.since - DAY;
	assert_int_equal(notice_state_of(&f), NOTICE_SECRET);
	f.now--;
	assert_int_equal(notice_state_of(&f), NOTICE_DOUBT);
}

static void
secrecy_ends_by_the_day_asked_for_and_after_90_days_at_most(void **state)
{
	(void)state;
	assert_int_equal(notice_end(NOW + 30 * DAY, NOW, NOW), NOW + 30 * DAY);
	assert_int_equal(notice_end(NOW + 200 * DAY, NOW, NOW), NOW + 90 * DAY);
	assert_int_equal(notice_end(0, NOW, NOW), NOW + 90 * DAY);
	/* a clock here that is ten years behind does not shorten what was asked for */
	assert_int_equal(notice_end(NOW + 30 * DAY, NOW, NOW - YEARS_10), NOW + 30 * DAY);
}

static void
a_notice_is_put_off_with_a_reason_and_for_90_days_at_most(void **state)
{
	struct notice_facts f = secret();

	(void)state;
	f.wished = f.now + 90 * DAY;
	f.code = "danger";
	assert_string_equal(notice_defer_decide(&f).reason, "notice.step");
	f.wished++;
	assert_string_equal(notice_defer_decide(&f).reason, "notice.long");
	f.wished = f.now;
	assert_string_equal(notice_defer_decide(&f).reason, "notice.past");
	f.wished = f.now + 1;
	f.code = NULL;
	assert_string_equal(notice_defer_decide(&f).reason, "notice.reason");
	f.code = "because";
	assert_string_equal(notice_defer_decide(&f).reason, "notice.reason");
	f.code = "danger";
	f.done_at = NOW;
	assert_string_equal(notice_defer_decide(&f).reason, "notice.done");
}

static void
a_person_is_told_when_the_secrecy_is_over(void **state)
{
	struct notice_facts f = secret();

	(void)state;
	f.code = "letter";
	assert_string_equal(notice_done_decide(&f).reason, "notice.secret");
	f.now = f.until + 1;
	assert_string_equal(notice_done_decide(&f).reason, "notice.step");
	f.code = "somehow";
	assert_string_equal(notice_done_decide(&f).reason, "notice.way");
	f.code = "nothing_done";
	assert_string_equal(notice_done_decide(&f).reason, "notice.measure");
	f.nothing_done = true;
	assert_string_equal(notice_done_decide(&f).reason, "notice.step");
	f.done_at = NOW;
	assert_string_equal(notice_done_decide(&f).reason, "notice.done");
}

static void
each_person_that_is_named_is_told(void **state)
{
	struct err err = ERR_INIT;
	struct fields fs;

	(void)state;
	fields_init(&fs);
	assert_int_equal(notice_persons(&fs), 1);
	for (unsigned i = 0; i < 3; i++) {
		char name[40];

		(void)snprintf(name, sizeof name, "identifiers[%u].type", i);
		assert_true(fields_set(&fs, name, "account", "en", &err));
	}
	assert_int_equal(notice_persons(&fs), 3);
	assert_true(fields_set(&fs, "persons[0].name", "A. Example", "en", &err));
	assert_int_equal(notice_persons(&fs), 1);
	fields_clear(&fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_emergency_waits_for_the_call),
		cmocka_unit_test(a_no_on_the_telephone_stands_for_good),
		cmocka_unit_test(a_life_at_risk_in_another_request_is_called_about_too),
		cmocka_unit_test(a_number_is_the_same_however_it_is_written),
		cmocka_unit_test(the_sixth_emergency_of_a_day_needs_two_persons_and_is_shown),
		cmocka_unit_test(of_two_levels_the_stricter_counts),
		cmocka_unit_test(heightened_care_asks_for_dual_criminality_and_an_assurance),
		cmocka_unit_test(evidence_that_nobody_asked_for_goes_to_a_state_without_a_level_only),
		cmocka_unit_test(a_blocked_measure_gets_no_yes),
		cmocka_unit_test(no_level_lets_through_what_normal_stops),
		cmocka_unit_test(collection_in_real_time_is_off_until_it_is_set),
		cmocka_unit_test(what_was_refused_before_is_read_first),
		cmocka_unit_test(a_subject_is_the_same_in_other_spellings),
		cmocka_unit_test(a_notice_is_due_when_the_secrecy_is_over_and_done_by_a_person_only),
		cmocka_unit_test(a_clock_that_ran_ten_years_ahead_is_doubted_when_it_is_right_again),
		cmocka_unit_test(secrecy_ends_by_the_day_asked_for_and_after_90_days_at_most),
		cmocka_unit_test(a_notice_is_put_off_with_a_reason_and_for_90_days_at_most),
		cmocka_unit_test(a_person_is_told_when_the_secrecy_is_over),
		cmocka_unit_test(each_person_that_is_named_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
