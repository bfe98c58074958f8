/*
 * Evidence over two borders: from Berun to Aldora, and on to Cascada.  It needs the
 * consent of who sent it, and shows both hand-overs with both sets of limits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/disclose.h"
#include "flow/places_kit.h"
#include "flow/requests.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

/* ---- the story so far ---- */

/* Evidence 1 of Aldora came from Berun, under limits, as the answer to request 1. */
static void
received(struct job *j, uint64_t seed)
{
	static const struct field_setting limits[] = {
		{ "conditions[0].code", "case_only" },
		{ "conditions[0].text", "For the trial in Aldora alone." },
	};
	static const struct field_setting more[] = {
		{ "languages.request", "en" }, { "languages.accepts", "en" },
		{ "human_rights.statements",
		    "not_political;not_discriminatory;dual_criminality" },
		{ "human_rights.by", "Prosecutor of Aldora" },
	};
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.limits = limits, .limits_n = COUNT(limits),
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	job_begin(j, seed);
	run_up_to(j, AFTER_PAIR);
	OK(third_begin(j, &err));
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	OK(ask_with(&j->a, ACT_STORED_DATA, "XB", 0, more, COUNT(more), &sent, &err));
	OK(bring_now(&j->a, &j->b, "XB", &err));
	OK(add(&j->b, &e, &err));
	OK(SECONDED(&j->b, &err, flow_request_deliver(&j->b.flow, 1, &w, &sealed, &sent, &err)));
	OK(bring_now(&j->b, &j->a, "XA", &err));
	OK(evidence_load(j->a.flow.home, 1, &e, &err));
	assert_int_equal(e.origin, EVIDENCE_RECEIVED);
}

/* Request 2 of Aldora: may Cascada have it? */
static void
asked_consent(struct job *j, const char *state)
{
	const struct field_setting use[] = {
		{ "new_use.recipient_state", state },
		{ "new_use.purpose", "To find who ran the page." },
	};
	struct sent sent;

	OK(ask_with(&j->a, ACT_USE_CONSENT, "XB", 1, use, COUNT(use), &sent, &err));
	OK(bring_now(&j->a, &j->b, "XB", &err));
}

static void
granted(struct job *j, const char *until)
{
	const struct field_setting set[] = {
		{ "conditions[0].code", "no_death_penalty" },
		{ "conditions[0].text", "Not where death is the penalty." },
		{ "conditions[0].until", until },
	};
	struct answer_wish w = { .kind = ACT_GRANTED_WITH_CONDITIONS, .set = set,
		.set_n = COUNT(set) };
	struct sent sent;

	OK(flow_request_answer(&j->b.flow, 2, &w, &sent, &err));
	OK(bring_now(&j->b, &j->a, "XA", &err));
}

static void
consented(struct job *j, uint64_t seed)
{
	received(j, seed);
	asked_consent(j, "XC");
	granted(j, "2027-06-01");
}

static bool
on(struct job *j, const char *to, struct evidence *out, struct err *err)
{
	return site_again(&j->a, err) &&
	    SECONDED(&j->a, err, flow_evidence_onward(&j->a.flow, 1, to, out, err));
}

/* ---- consent ---- */

static void
nothing_goes_on_without_the_consent_of_who_sent_it(void **state)
{
	struct evidence e;
	struct job j;

	(void)state;
	received(&j, 1);
	NO(on(&j, "XC", &e, &err), "onward.no-consent");
	asked_consent(&j, "XC");
	NO(on(&j, "XC", &e, &err), "onward.no-consent");
	NO(on(&j, "XD", &e, &err), "request.to");
	granted(&j, "2027-06-01");
	OK(on(&j, "XC", &e, &err));
	job_end(&j);
}

static bool
copied(struct job *j, unsigned number, struct err *err)
{
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = flow_evidence_export(&j->a.flow, number, SIZE_MAX, "copied", false, &report, err);
	package_report_clear(&report);
	return ok && dir_remove_all(j->world, NULL, "copied", err);
}

static void
what_is_restricted_is_so_in_what_was_passed_on(void **state)
{
	struct disclose_names none = { .n = 0 };
	struct evidence e;
	uint64_t lines;
	struct job j;

	(void)state;
	consented(&j, 12);
	OK(flow_evidence_restrict(&j.a.flow, 1, RESTRICT_ALL, &none, &lines, &err));
	OK(on(&j, "XC", &e, &err));
	assert_int_equal(e.number, 2);
	NO(copied(&j, 1, &err), "restrict.copied");
	NO(copied(&j, 2, &err), "restrict.copied");
	OK(SECONDED(&j.a, &err, flow_evidence_restrict(&j.a.flow, 2, RESTRICT_NONE, &none,
	    &lines, &err)));
	OK(copied(&j, 2, &err));
	NO(copied(&j, 1, &err), "restrict.copied");
	job_end(&j);
}

/* Nobody decided: it is so by what was asked when it came here. */
static void
what_was_passed_on_answers_what_it_answered_when_it_came(void **state)
{
	struct docket_request row;
	struct evidence e;
	struct job j;

	(void)state;
	consented(&j, 13);
	OK(on(&j, "XC", &e, &err));
	OK(copied(&j, 2, &err));
	OK(row_of(&j.a, 1, &row, &err));
	OK(path_remove(j.world, home_dir(j.a.flow.home), parcel_path(&row.act).s, &err));
	OK(site_again(&j.a, &err));
	NO(copied(&j, 2, &err), "restrict.copied");
	job_end(&j);
}

static void
a_consent_is_for_the_receiver_it_names(void **state)
{
	struct evidence e;
	struct job j;

	(void)state;
	received(&j, 2);
	asked_consent(&j, "XD");
	granted(&j, "2027-06-01");
	NO(on(&j, "XC", &e, &err), "onward.consent-for-someone-else");
	job_end(&j);
}

/* Paper bears our signature: what one person notes here is no consent of another State. */
static void
a_consent_noted_on_paper_sends_nothing_on(void **state)
{
	static const char *const scans[] = { "scan.pdf" };
	struct record_wish w = { .number = 2, .kind = "granted", .by = BY_LETTER,
		.files = scans, .files_n = 1 };
	struct docket_request row;
	struct evidence e;
	struct job j;

	(void)state;
	received(&j, 6);
	asked_consent(&j, "XC");
	OK(file_save(j.world, NULL, "scan.pdf", span_text("%PDF scan"), true, &err));
	OK(site_again(&j.a, &err));
	OK(flow_request_record(&j.a.flow, &w, &row, &err));
	NO(on(&j, "XC", &e, &err), "onward.consent-on-paper");
	granted(&j, "2027-06-01");
	OK(on(&j, "XC", &e, &err));
	job_end(&j);
}

static void
a_consent_that_has_ended_is_none(void **state)
{
	struct evidence e;
	struct job j;

	(void)state;
	consented(&j, 3);
	world_sim_set_now(j.world, NOW + 400 * 86400);
	NO(on(&j, "XC", &e, &err), "onward.consent-over");
	job_end(&j);
}

static void
a_consent_that_was_taken_back_is_none(void **state)
{
	struct docket_act act = { .bytes = 0 };
	struct docket *d = NULL;
	struct digest grant;
	struct digest followers[8];
	struct docket_request row;
	struct evidence e;
	struct job j;
	size_t n;
	bool found = false;

	(void)state;
	consented(&j, 4);
	OK(row_of(&j.b, 2, &row, &err));
	OK(docket_open(j.b.flow.home, &d, &err));
	OK(docket_followers(d, &row.act, followers, COUNT(followers), &n, &err));
	for (size_t i = 0; i < n && !found; i++) {
		OK(docket_act_get(d, &followers[i], &act, &found, &err));
		found = strcmp(act.kind, "granted_with_conditions") == 0;
		grant = followers[i];
	}
	docket_close(d);
	assert_true(found);
	OK(flow_revoke(&j.b.flow, REVOKED_CONSENT, &grant, "new facts", &err));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	NO(on(&j, "XC", &e, &err), "onward.consent-revoked");
	job_end(&j);
}

static void
our_own_evidence_is_sealed_and_back_to_its_sender_needs_no_consent(void **state)
{
	struct evidence e;
	struct job j;

	(void)state;
	received(&j, 5);
	OK(add(&j.a, &e, &err));
	NO(flow_evidence_onward(&j.a.flow, e.number, "XC", &e, &err),
	    "onward.our-own");
	OK(on(&j, "XB", &e, &err));
	assert_int_equal(e.files, 1);
	job_end(&j);
}

/* ---- what its receiver sees ---- */

static void
sent_on(struct job *j)
{
	struct evidence e;
	size_t parcel;
	bool found;

	OK(on(j, "XC", &e, &err));
	assert_int_equal(e.number, 2);
	assert_int_equal(e.origin, EVIDENCE_OWN);
	assert_int_equal(e.files, 3);
	OK(flow_evidence_send(&j->a.flow, e.number, "XC", &e, &parcel, &found, &err));
	assert_true(found);
	OK(bring_now(&j->a, &j->c, "XC", &err));
}

static void
act_load(struct job *j, const char *path, struct act *a)
{
	struct buf b;

	buf_init(&b, ACT_BYTES_MAX);
	OK(file_load(j->world, NULL, path, &b, &err));
	OK(act_decode(a, buf_span(&b), &err));
	buf_clear(&b);
}

/* A plain package, checked with the roots of who made it and nothing else. */
static void
inner_holds(struct job *j, struct site *maker, const char *path, enum act_kind kind)
{
	struct verify_wish w = { .path = path };
	struct package_report report;
	struct flow bare = { .world = j->world };
	struct buf roots;

	buf_init(&roots, SMALL_FILE_MAX);
	OK(flow_roots(&maker->flow, NULL, &roots, &err));
	w.roots = buf_span(&roots);
	package_report_init(&report);
	OK(flow_verify(&bare, &w, &report, &err));
	assert_int_equal(report.unchanged, UNCHANGED_YES);
	assert_int_equal(report.who, WHO_KNOWN);
	assert_int_equal(report.act.kind, kind);
	assert_string_equal(report.act.from.s,
	    home_settings(maker->flow.home)->authority.s);
	package_report_clear(&report);
	buf_clear(&roots);
}

static void
both_hand_overs_and_both_sets_of_limits_are_seen_over_two_borders(void **state)
{
	struct package_report report;
	const struct field_part *code;
	const struct origin *o;
	struct act a;
	struct evidence e;
	struct job j;

	(void)state;
	consented(&j, 10);
	sent_on(&j);
	OK(evidence_load(j.c.flow.home, 1, &e, &err));
	assert_int_equal(e.origin, EVIDENCE_RECEIVED);
	package_report_init(&report);
	OK(flow_evidence_open(&j.c.flow, 1, SIZE_MAX, "bag", false, 0, &report, &err));
	assert_true(report.unpacked);
	package_report_clear(&report);
	act_load(&j, "bag/act.json", &a);
	/* Of the second hand-over: the consent's purpose and conditions. */
	assert_string_equal(a.body.delivered.purpose.text, "To find who ran the page.");
	code = fields_part(&a.body.delivered.limits, "conditions", 0, "code");
	assert_non_null(code);
	assert_string_equal(code->text, "no_death_penalty");
	/* Of the first: purpose and conditions as they came. */
	assert_int_equal(a.body.delivered.origins_n, 1);
	o = &a.body.delivered.origins[0];
	assert_string_equal(o->from.s, home_settings(j.b.flow.home)->authority.s);
	assert_string_equal(o->to.s, home_settings(j.a.flow.home)->authority.s);
	assert_true(o->has_consent);
	assert_string_equal(o->limits.text,
	    "case 12 only\n[case_only] For the trial in Aldora alone.");
	inner_holds(&j, &j.b, "bag/data/hand-over-1.tar", ACT_DELIVERED);
	inner_holds(&j, &j.a, "bag/data/question-1.tar", ACT_USE_CONSENT);
	inner_holds(&j, &j.b, "bag/data/consent-1.tar", ACT_GRANTED_WITH_CONDITIONS);
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_true(digest_eq(&o->act, &e.parcels[0].act_id));
	act_clear(&a);
	job_end(&j);
}

static void
again_for_the_same_receiver_is_the_same_piece_and_it_is_not_sealed_otherwise(
    void **state)
{
	struct seal_wish w = { .number = 2, .to = "XB" };
	struct evidence e, again;
	struct sealed sealed;
	struct job j;

	(void)state;
	consented(&j, 11);
	OK(on(&j, "XC", &e, &err));
	OK(on(&j, "XC", &again, &err));
	assert_int_equal(again.number, e.number);
	assert_int_equal(again.parcels_n, 1);
	NO(flow_evidence_seal(&j.a.flow, &w, &sealed, &err), "seal.onward");
	w.number = 1;
	NO(flow_evidence_seal(&j.a.flow, &w, &sealed, &err), "seal.received");
	job_end(&j);
}

/* ---- cut ---- */

static void
nothing_lies_in_the_clear(struct job *j)
{
	assert_false(path_exists(j->world, NULL, "aldora/tmp/onward"));
}

static void
on_whole(void *arg)
{
	struct evidence e;

	OK(on(arg, "XC", &e, &err));
	nothing_lies_in_the_clear(arg);
}

/* The next command of any kind takes away what lay in the clear; it goes on once. */
static void
on_again(struct job *j, bool ok, const struct err *why)
{
	struct evidence e;
	unsigned *list;
	size_t pieces;

	assert_true(ok || why->text[0] != '\0');
	nothing_fails(j->world);
	site_end(&j->a);
	place_known(j->world, ok);
	OK(site_again(&j->a, &err));
	OK(home_lock(j->a.flow.home, &err));
	nothing_lies_in_the_clear(j);
	if (ok)
		OK(evidence_load(j->a.flow.home, 2, &e, &err));
	OK(on(j, "XC", &e, &err));
	assert_int_equal(e.number, 2);
	assert_int_equal(e.parcels_n, 1);
	OK(evidence_numbers(j->a.flow.home, &list, &pieces, &err));
	assert_int_equal(pieces, 2);
	mem_free(list);
	nothing_lies_in_the_clear(j);
	sent_on(j);
	job_end(j);
}

static void
on_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;
	struct evidence e;
	bool ok;

	power_fails(j->world);
	ok = on(j, "XC", &e, &why);
	site_end(&j->a);
	power_back(j->world);
	on_again(j, ok, &why);
}

static void
on_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;
	struct evidence e;

	disk_fails(j->world);
	on_again(j, on(j, "XC", &e, &why), &why);
}

static void
on_memory(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;
	struct evidence e;

	memory_fails();
	on_again(j, on(j, "XC", &e, &why), &why);
}

static void
whatever_fails_it_is_passed_on_once_and_nothing_stays_in_the_clear(void **state)
{
	struct places_size size;
	struct job j;

	(void)state;
	consented(&j, 20);
	OK(site_again(&j.a, &err));
	size = places_size(j.world, on_whole, &j);
	places_try(&(struct places){ "passing on, a cut", size.calls + 1, POWER_WAYS,
		6, on_cut, &j });
	places_try(&(struct places){ "passing on, a disk error", size.calls,
		DISK_WAYS, 6, on_disk, &j });
	places_try(&(struct places){ "passing on, no memory", size.allocations,
		MEMORY_WAYS, 6, on_memory, &j });
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_goes_on_without_the_consent_of_who_sent_it),
		cmocka_unit_test(what_is_restricted_is_so_in_what_was_passed_on),
		cmocka_unit_test(what_was_passed_on_answers_what_it_answered_when_it_came),
		cmocka_unit_test(a_consent_is_for_the_receiver_it_names),
		cmocka_unit_test(a_consent_noted_on_paper_sends_nothing_on),
		cmocka_unit_test(a_consent_that_has_ended_is_none),
		cmocka_unit_test(a_consent_that_was_taken_back_is_none),
		cmocka_unit_test(our_own_evidence_is_sealed_and_back_to_its_sender_needs_no_consent),
		cmocka_unit_test(both_hand_overs_and_both_sets_of_limits_are_seen_over_two_borders),
		cmocka_unit_test(again_for_the_same_receiver_is_the_same_piece_and_it_is_not_sealed_otherwise),
		cmocka_unit_test(whatever_fails_it_is_passed_on_once_and_nothing_stays_in_the_clear),
	};

	return cmocka_run_group_tests_name("onward", tests, NULL, NULL);
}
