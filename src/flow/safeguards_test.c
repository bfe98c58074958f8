/*
 * Each safeguard of data/law/safeguards.tsv by the test its row names, through the doors
 * where there are doors.  A function begins with the row's number: doc/safeguards.md
 * names it, and fails when it is gone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/execute.h"
#include "flow/people.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	if (strcmp(err.reason, why) != 0) print_message("%s\n", err.text); \
	assert_string_equal(err.reason, why); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static struct job j;

/* ---- the story so far ---- */

static void
carry(struct site *from, struct site *to, const char *state)
{
	static unsigned n;
	char folder[32];

	(void)snprintf(folder, sizeof folder, "stick-%u", n++);
	OK(bring(from, to, state, folder, &err));
}

static int
paired(void **state)
{
	(void)state;
	job_begin(&j, 41);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	return 0;
}

static int
ended(void **state)
{
	(void)state;
	job_end(&j);
	return 0;
}

/* Evidence 1 of Aldora came from Berun, as the answer to request 1 of it. */
static void
received_under(const struct field_setting *more, size_t more_n,
    const struct field_setting *limits, size_t limits_n)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "Case 12 only",
		.limits = limits, .limits_n = limits_n, .authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, more, more_n, &sent, &err));
	carry(&j.a, &j.b, "XB");
	OK(add(&j.b, &e, &err));
	OK(flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent, &err));
	carry(&j.b, &j.a, "XA");
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.origin, EVIDENCE_RECEIVED);
}

static void
later(unsigned days)
{
	world_sim_set_now(j.world, world_now(j.world) + (int64_t)days * 86400);
}

/* ---- opening ---- */

static bool
opened(const char *purpose, const char *folder, struct err *err)
{
	bool ok = site_again(&j.a, err);

	j.a.flow.purpose = purpose;
	package_report_clear(&j.opened);
	package_report_init(&j.opened);
	return ok && flow_evidence_open(&j.a.flow, 1, SIZE_MAX, folder, false, 0, &j.opened,
	    err);
}

static bool
exported(const char *purpose, const char *folder, struct err *err)
{
	bool ok = site_again(&j.a, err);

	j.a.flow.purpose = purpose;
	package_report_clear(&j.opened);
	package_report_init(&j.opened);
	return ok && flow_evidence_export(&j.a.flow, 1, SIZE_MAX, folder, false, &j.opened,
	    err);
}

static void
asked_use(const char *purpose)
{
	const struct field_setting use[] = { { "new_use.purpose", purpose } };
	struct sent sent;

	OK(site_again(&j.a, &err));
	OK(ask_with(&j.a, ACT_USE_CONSENT, "XB", 1, use, COUNT(use), &sent, &err));
	carry(&j.a, &j.b, "XB");
}

static void
use_granted(unsigned number, const char *until)
{
	const struct field_setting set[] = {
		{ "conditions[0].code", "use_limit" }, { "conditions[0].until", until },
	};
	struct answer_wish w = { .kind = ACT_GRANTED_WITH_CONDITIONS, .set = set,
		.set_n = COUNT(set) };
	struct sent sent;

	OK(flow_request_answer(&j.b.flow, number, &w, &sent, &err));
	carry(&j.b, &j.a, "XA");
}

static void
s11_opening_for_another_purpose_stops_and_asks(void **state)
{
	(void)state;
	received_under(NULL, 0, NULL, 0);
	OK(opened(NULL, "one", &err));
	OK(opened(" case 12  ONLY", "two", &err));
	NO(opened("A tax case", "three", &err), "use.other-purpose");
	NO(exported("A tax case", "three", &err), "use.other-purpose");
	assert_false(path_exists(j.world, NULL, "three"));
	/* Asking is not having; another purpose than the one agreed to is a third. */
	asked_use("A tax case");
	NO(opened("A tax case", "three", &err), "use.other-purpose");
	use_granted(2, "2027-06-01");
	OK(opened("A tax case", "three", &err));
	NO(opened("A civil case", "four", &err), "use.other-purpose");
	later(300);
	NO(opened("A tax case", "four", &err), "use.consent-over");
	OK(opened(NULL, "four", &err));
}

static void
s11_an_item_past_retention_is_flagged(void **state)
{
	static const struct field_setting keep[] = {
		{ "conditions[0].code", "retention" }, { "conditions[0].until", "2027-01-01" },
	};
	(void)state;
	received_under(NULL, 0, keep, COUNT(keep));
	OK(opened(NULL, "one", &err));
	later(60);
	NO(opened(NULL, "two", &err), "use.kept-too-long");
	NO(exported(NULL, "two", &err), "use.kept-too-long");
}

static void
s10_a_sealed_part_opens_only_with_two_roles(void **state)
{
	static const struct field_setting lawyer[] = {
		{ "protected_persons.codes", "lawyer" },
	};
	(void)state;
	received_under(lawyer, COUNT(lawyer), NULL, 0);
	NO(opened(NULL, "one", &err), "use.protected");
	NO(exported(NULL, "one", &err), "use.protected");
	assert_false(path_exists(j.world, NULL, "one"));
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, paired, ended)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(s10_a_sealed_part_opens_only_with_two_roles),
		EACH(s11_opening_for_another_purpose_stops_and_asks),
		EACH(s11_an_item_past_retention_is_flagged),
	};

	return cmocka_run_group_tests_name("safeguards", tests, NULL, NULL);
}
