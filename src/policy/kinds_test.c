/*
 * Each kind of request, made whole from the law's tables: nothing stops it; without any
 * one field that it needs it is stopped, with the field's name; and each rule of a kind
 * is broken once, by one change.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "policy/check.h"
#include "policy/fields_kit.h"

#define NOW INT64_C(1795000000)		/* 18 Nov 2026 */

static struct act ask;
static struct request_facts facts;
static struct request_findings found;

static void
set(const char *name, const char *value)
{
	struct err err = ERR_INIT;

	if (!fields_set(&ask.body.request.fields, name, value, "en", &err))
		fail_msg("%s: %s", name, err.text);
}

/* From Aldora to Berun, an exercise; an order stays in Aldora. */
static void
whole(enum act_kind kind)
{
	const struct law_measure *m = act_kind_measure(kind);
	struct field_value values[FIELDS_WHOLE_MAX];
	size_t n;

	act_clear(&ask);
	act_init(&ask, kind);
	ask.exercise = true;
	if (!law_measure_is_domestic(m))
		(void)snprintf(ask.instrument, sizeof ask.instrument, "UNCAC-CYBER");
	facts = (struct request_facts){ .now = NOW, .from_state = "XA", .to_state = "XB",
		.exercise = true };
	if (kind == ACT_DOMESTIC_ORDER)
		memcpy(facts.to_state, "XA", 3);
	n = fields_whole(kind, values);
	for (size_t i = 0; i < n; i++)
		set(values[i].name, values[i].value);
}

static const struct request_finding *
finding(const char *reason)
{
	request_check(&ask, &facts, &found);
	for (size_t i = 0; i < found.n; i++)
		if (strcmp(found.list[i].reason, reason) == 0)
			return &found.list[i];
	return NULL;
}

static bool
is_request(unsigned kind)
{
	return act_kind_class((enum act_kind)kind) == ACT_IS_REQUEST;
}

static void
print_findings(enum act_kind kind)
{
	for (size_t i = 0; i < found.n; i++)
		print_message("%s: %s: %s\n", act_kind_name(kind), found.list[i].reason,
		    found.list[i].text);
}

static void
a_whole_request_of_every_kind_is_stopped_by_nothing(void **state)
{
	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		if (!is_request(k))
			continue;
		whole((enum act_kind)k);
		request_check(&ask, &facts, &found);
		if (found.stops > 0)
			print_findings((enum act_kind)k);
		assert_int_equal(found.stops, 0);
	}
}

static void
whatever_a_kind_needs_is_missed_by_name_and_place(void **state)
{
	size_t n, missed = 0;
	const struct law_field *all = law_fields(&n);

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++)
		for (size_t i = 0; i < n && is_request(k); i++) {
			const struct request_finding *r;

			whole((enum act_kind)k);
			if (!fields_remove(&ask.body.request.fields, all[i].name))
				continue;
			request_check(&ask, &facts, &found);
			r = finding("request.missing");
			if (r == NULL)		/* names the group, by its first */
				r = finding("request.missing-one-of");
			else
				assert_string_equal(r->field->id, all[i].id);
			if (r == NULL && k == ACT_EMERGENCY_DATA)
				r = finding("request.no-identifier");
			if (r == NULL)
				fail_msg("%s without %s", act_kind_name(k), all[i].name);
			assert_int_equal(r->weight, FINDING_STOPS);
			assert_non_null(strchr(r->text, '('));
			missed++;
		}
	print_message("%zu fields missed\n", missed);
	assert_true(missed > 120);
}

/* Each a rule of its kind: one change, one sentence. */
static const struct {
	enum act_kind kind;
	const char *name, *value;	/* value NULL: taken away */
	const char *reason;
	enum finding_weight weight;
} broken[] = {
	{ ACT_PRESERVE_EXTEND, "F21.until", "2026-11-01", "request.extend-past", FINDING_STOPS },
	{ ACT_PROVIDER_LOCATE, "F11.text", "All mails", "request.locate-content", FINDING_STOPS },
	{ ACT_REALTIME_TRAFFIC, "F28.to", "2026-12-31", "request.collection-long", FINDING_STOPS },
	{ ACT_REALTIME_TRAFFIC, "F28.to", "2026-11-01", "request.collection-over", FINDING_STOPS },
	{ ACT_REALTIME_TRAFFIC, "F28.from", "2026-11-29", "request.collection", FINDING_STOPS },
	{ ACT_REALTIME_TRAFFIC, "F67.statements", "not_political", "request.assurance",
	    FINDING_STOPS },
	{ ACT_REALTIME_TRAFFIC, "F66.request", "en", "request.no-authorisation", FINDING_WARNS },
	{ ACT_INTERCEPT_CONTENT, "F25.issuer", NULL, "request.order-by-whom", FINDING_STOPS },
	{ ACT_INTERCEPT_CONTENT, "F25.sha256", NULL, "request.order-not-attached",
	    FINDING_WARNS },
	{ ACT_INTERCEPT_CONTENT, "F03.max_penalty_months", NULL, "request.intercept-penalty",
	    FINDING_WARNS },
	{ ACT_INTERCEPT_CONTENT, "F68.codes", "lawyer", "request.protected-person",
	    FINDING_WARNS },
	{ ACT_EMERGENCY_DATA, "F61.phone", NULL, "request.no-call-back", FINDING_STOPS },
	{ ACT_EMERGENCY_DATA, "F29.when", "2026-12-24", "request.emergency-far", FINDING_WARNS },
	{ ACT_EMERGENCY_DATA, "F06", NULL, "request.no-identifier", FINDING_STOPS },
	{ ACT_TECH_LEGAL_ADVICE, "F05.name", "Witness 4", "request.advice-person",
	    FINDING_STOPS },
	{ ACT_LOCATE_SUSPECT, "F67.statements", "not_political", "request.assurance",
	    FINDING_STOPS },
	{ ACT_LOCATE_SUSPECT, "F67.by", "Somebody", "request.locate-read", FINDING_WARNS },
	{ ACT_HEARING_VIDEO, "F32.at", "2026-11-01", "request.hearing-past", FINDING_STOPS },
	{ ACT_HEARING_VIDEO, "F32.presides", NULL, "request.hearing-presides", FINDING_WARNS },
	{ ACT_SPONTANEOUS, "F23.sha256", NULL, "request.item-without-digest", FINDING_WARNS },
	{ ACT_SPONTANEOUS, "F35.code", "other", "request.limit-empty", FINDING_STOPS },
	{ ACT_POLICE_INFO, "F84.what", "An image", "request.police-evidence", FINDING_STOPS },
	{ ACT_POLICE_INFO, "F31.text", "Look at it", "request.intelligence", FINDING_WARNS },
	{ ACT_JOINT_TEAM, "F36.sha256", NULL, "request.agreement", FINDING_WARNS },
	{ ACT_FREEZE, "F39.codes", "freeze;confiscate", "request.freeze-confiscates",
	    FINDING_STOPS },
	{ ACT_FREEZE, "F37.reference", NULL, "request.property-where", FINDING_STOPS },
	{ ACT_FREEZE, "F37.amount", "a lot", "request.amount", FINDING_STOPS },
	{ ACT_FREEZE, "F37.amount", "12", "request.amount-of-what", FINDING_STOPS },
	{ ACT_FREEZE, "F97.yes", "yes", "request.missing-if", FINDING_STOPS },
	{ ACT_FREEZE, "F03.articles", NULL, "request.offence-scope", FINDING_STOPS },
	{ ACT_FREEZE_ALERT, "F94.by", "2026-11-30", "request.follow-late", FINDING_STOPS },
	{ ACT_FREEZE_ALERT, "F94.by", "2026-11-01", "request.follow-past", FINDING_STOPS },
	{ ACT_FREEZE_ALERT, "F90.at", "2026-11-25", "request.transfer-future", FINDING_STOPS },
	{ ACT_FREEZE_ALERT, "F90.at", "2026-11-01", "request.transfer-old", FINDING_WARNS },
	{ ACT_FREEZE_ALERT, "F89.amount", "1,250", "request.amount", FINDING_STOPS },
	{ ACT_CONFISCATE, "F96.codes", "enforce_foreign_order", "request.missing-if",
	    FINDING_STOPS },
	{ ACT_CONFISCATE, "F96.codes", "enforce_foreign_order;new_order", "request.two-limbs",
	    FINDING_STOPS },
	{ ACT_RETURN_ASSETS, "F43.pseudonym", "Maria Kovacs", "request.victim-named",
	    FINDING_STOPS },
	{ ACT_REMOVE_CONTENT, "F50.codes", "article_14;article_16", "request.removal-class",
	    FINDING_STOPS },
	{ ACT_REMOVE_CONTENT, "F50.codes", "article_14", "request.restricted", FINDING_WARNS },
	{ ACT_REMOVE_CONTENT, "F47.url", "example", "request.removal-address", FINDING_STOPS },
	{ ACT_VICTIM_SUPPORT, "F46.pseudonym", "m.k@example.org", "request.victim-named",
	    FINDING_STOPS },
	{ ACT_VICTIM_SUPPORT, "F46.consent", "none", "request.victim-consent", FINDING_WARNS },
	{ ACT_DOMESTIC_ORDER, "F91.data_class", "content", "request.missing-if",
	    FINDING_STOPS },
	{ ACT_DOMESTIC_ORDER, "F91.kind", "collect", "request.order-period", FINDING_STOPS },
	{ ACT_DOMESTIC_ORDER, "F93.by", "2026-11-01", "request.order-late", FINDING_STOPS },
	{ ACT_DOMESTIC_ORDER, "F93.by", "2026-11-18T23:00:00Z", "request.order-hurry",
	    FINDING_WARNS },
};

static void
each_rule_of_a_kind_is_broken_by_one_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		const struct request_finding *r;

		whole(broken[i].kind);
		if (broken[i].value == NULL)
			assert_true(fields_remove(&ask.body.request.fields, broken[i].name));
		else
			set(broken[i].name, broken[i].value);
		r = finding(broken[i].reason);
		if (r == NULL) {
			print_findings(broken[i].kind);
			fail_msg("%s with %s: no %s", act_kind_name(broken[i].kind),
			    broken[i].name, broken[i].reason);
		}
		assert_int_equal(r->weight, broken[i].weight);
		assert_true(strlen(r->text) > 40 && strlen(r->text) < sizeof r->text - 1);
	}
}

/* What only the facts around the act can tell. */
static void
files_states_and_holds_are_looked_at(void **state)
{
	(void)state;
	whole(ACT_REMOVE_CONTENT);
	facts.files = 1;
	assert_non_null(finding("request.removal-files"));
	whole(ACT_POLICE_INFO);
	facts.files = 1;
	assert_non_null(finding("request.police-files"));
	whole(ACT_DOMESTIC_ORDER);
	memcpy(facts.to_state, "XB", 3);
	assert_non_null(finding("request.order-abroad"));
	whole(ACT_PRESERVE_EXTEND);
	facts.hold_until = NOW - 1;
	assert_non_null(finding("request.extend-late"));
	facts.hold_until = NOW + 400 * DAY;
	assert_non_null(finding("request.extend-shorter"));
	facts.hold_until = NOW + 3 * DAY;
	assert_null(finding("request.extend-shorter"));
}

/* What came in and breaks a rule is told the same; and some things are said only then. */
static void
the_receiver_runs_every_rule_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		whole(broken[i].kind);
		facts.incoming = true;
		if (broken[i].value == NULL)
			assert_true(fields_remove(&ask.body.request.fields, broken[i].name));
		else
			set(broken[i].name, broken[i].value);
		assert_non_null(finding(broken[i].reason));
	}
	whole(ACT_EMERGENCY_DATA);
	facts.incoming = true;
	assert_non_null(finding("request.call-back"));
	whole(ACT_FREEZE_ALERT);
	facts.incoming = true;
	assert_non_null(finding("request.alert-no-duty"));
}

static void
enforcement_of_a_foreign_order_brings_its_fields(void **state)
{
	(void)state;
	whole(ACT_CONFISCATE);
	set("F96.codes", "enforce_foreign_order");
	set("F39.codes", "enforce");
	set("F40.title", "Order of 2 May");
	set("F41.text", "Published, and sent to the bank");
	assert_non_null(finding("request.missing-if"));
	assert_string_equal(finding("request.missing-if")->field->id, "F42");
	assert_true(finding("request.missing-if")->treaty);
	assert_non_null(strstr(finding("request.missing-if")->text, "Art 50(3)(b)"));
	set("F42.yes", "no");
	assert_null(finding("request.missing-if"));
	assert_non_null(finding("request.order-not-final"));
	set("F42.yes", "yes");
	request_check(&ask, &facts, &found);
	assert_int_equal(found.stops, 0);
}

static void
a_domestic_kind_names_no_treaty(void **state)
{
	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		if (!is_request(k) || !law_measure_is_domestic(act_kind_measure(k)))
			continue;
		whole((enum act_kind)k);
		(void)snprintf(ask.instrument, sizeof ask.instrument, "UNCAC-CYBER");
		assert_int_equal(finding("request.basis-domestic")->weight, FINDING_STOPS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_request_of_every_kind_is_stopped_by_nothing),
		cmocka_unit_test(whatever_a_kind_needs_is_missed_by_name_and_place),
		cmocka_unit_test(each_rule_of_a_kind_is_broken_by_one_change),
		cmocka_unit_test(files_states_and_holds_are_looked_at),
		cmocka_unit_test(the_receiver_runs_every_rule_again),
		cmocka_unit_test(enforcement_of_a_foreign_order_brings_its_fields),
		cmocka_unit_test(a_domestic_kind_names_no_treaty),
	};

	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
