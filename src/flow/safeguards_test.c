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

#include "flow/disclose.h"
#include "flow/exculpatory.h"
#include "flow/execute.h"
#include "flow/figures.h"
#include "flow/guards.h"
#include "flow/journey.h"
#include "flow/notices.h"
#include "flow/people.h"
#include "flow/rebuild.h"
#include "flow/testkit.h"
#include "flow/violations_kit.h"
#include "policy/fields_kit.h"
#include "policy/safeguard_table.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	if (strcmp(err.reason, why) != 0) print_message("%s\n", err.text); \
	assert_string_equal(err.reason, why); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static struct job j;

/* ---- the story so far ---- */

static int
paired(void **state)
{
	*state = &j;
	job_begin(&j, 41);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
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
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(add(&j.b, &e, &err));
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent,
	    &err)));
	OK(bring_now(&j.b, &j.a, "XA", &err));
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
	OK(bring_now(&j.a, &j.b, "XB", &err));
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
	OK(bring_now(&j.b, &j.a, "XA", &err));
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
	NO(opened(NULL, "one", &err), "people.second");
	NO(exported(NULL, "one", &err), "people.second");
	assert_false(path_exists(j.world, NULL, "one"));
	OK(SECONDED(&j.a, &err, opened(NULL, "one", &err)));
	NO(opened(NULL, "two", &err), "people.second");
}

static const struct field_setting protects[] = { { "protected_persons.codes", "lawyer" } };

/* A file where the folder of what is being made would be: nothing can be written. */
static void
barred(const char *name)
{
	OK(file_save(j.world, NULL, name, span_text("here\n"), true, &err));
}

static void
s10_an_approval_is_used_before_anything_is_in_the_clear(void **state)
{
	struct err why = ERR_INIT;

	(void)state;
	received_under(protects, COUNT(protects), NULL, 0);
	NO(opened(NULL, "one", &err), "people.second");
	barred(".comity-quarantine-one");
	/* Approved, and cut by what lies in the way. */
	assert_false(SECONDED(&j.a, &why, opened(NULL, "one", &why)));
	assert_string_not_equal(why.reason, "people.second");
	NO(opened(NULL, "two", &err), "people.used");
	barred(".comity-export-three");
	why = (struct err)ERR_INIT;
	assert_false(SECONDED(&j.a, &why, exported(NULL, "three", &why)));
	NO(exported(NULL, "four", &err), "people.used");
	assert_false(path_exists(j.world, NULL, "four"));
}

/* The parcel of that act in the home of a; taken away, or with a bit of its end changed. */
static void
request_spoiled(bool away)
{
	struct docket_request row;
	char path[200];
	struct buf b;

	OK(site_again(&j.a, &err));
	OK(row_of(&j.a, 1, &row, &err));
	(void)snprintf(path, sizeof path, "aldora/%s", parcel_path(&row.act).s);
	site_end(&j.a);
	buf_init(&b, 1u << 20);
	OK(file_load(j.world, NULL, path, &b, &err));
	b.p[b.n - 200] ^= 1;
	if (away)
		OK(path_remove(j.world, NULL, path, &err));
	else
		OK(file_save(j.world, NULL, path, buf_span(&b), true, &err));
	buf_clear(&b);
}

static void
s10_limits_that_cannot_be_read_unpack_nothing(void **state)
{
	struct request_exported out;

	(void)state;
	received_under(protects, COUNT(protects), NULL, 0);
	request_spoiled(false);
	/* It would be told of what lies in the way if it began to unpack. */
	barred(".comity-quarantine-one");
	NO(opened(NULL, "one", &err), "use.unread");
	barred(".comity-export-two");
	NO(exported(NULL, "two", &err), "use.unread");
	OK(site_again(&j.a, &err));
	NO(flow_request_export(&j.a.flow, 1, "three", &out, &err), "use.unread");
	assert_false(path_exists(j.world, NULL, "three"));
	assert_false(path_exists(j.world, NULL, "one"));
	assert_false(path_exists(j.world, NULL, "two"));
}

static void
s10_evidence_whose_request_is_gone_is_opened_by_two(void **state)
{
	struct err why = ERR_INIT;
	uint64_t lines;

	(void)state;
	received_under(NULL, 0, NULL, 0);
	OK(opened(NULL, "one", &err));
	request_spoiled(true);
	OK(site_again(&j.a, &err));
	OK(docket_by_hand(&j.a, "UPDATE acts SET request = NULL WHERE evidence = 1", &err));
	assert_false(opened(NULL, "two", &why));
	assert_string_equal(why.reason, "people.second");
	assert_non_null(strstr(why.text, "does not lie here"));
	OK(SECONDED(&j.a, &err, opened(NULL, "two", &err)));
	/* What was asked cannot be told, so it may be of Article 14: never copied. */
	assert_false(exported(NULL, "three", &why));
	assert_string_equal(why.reason, "restrict.copied");
	assert_non_null(strstr(why.text, "does not lie here"));
	OK(SECONDED(&j.a, &err, flow_evidence_restrict(&j.a.flow, 1, RESTRICT_NONE,
	    &(struct disclose_names){ .n = 0 }, &lines, &err)));
	NO(exported(NULL, "three", &err), "people.second");
	OK(SECONDED(&j.a, &err, exported(NULL, "three", &err)));
}


/* ---- a sender whose own policy always says yes ---- */

static bool
grant(unsigned number, struct err *err)
{
	struct answer_wish w = { .kind = ACT_GRANTED, .text = "Yes", .lang = "en" };
	struct sent sent;

	return site_again(&j.b, err) &&
	    flow_request_answer(&j.b.flow, number, &w, &sent, err);
}

static bool
execute(unsigned number, const char *order, const char *waiver, bool assured,
    struct err *err)
{
	struct execute_wish w = { .authorisation = order, .waiver = waiver,
		.assured = assured };
	struct docket_request row;

	return site_again(&j.b, err) &&
	    flow_request_execute(&j.b.flow, number, &w, &row, err);
}

static bool
deliver(unsigned number, struct err *err)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "Case 12 only" };
	struct sealed sealed;
	struct sent sent;

	return site_again(&j.b, err) &&
	    flow_request_deliver(&j.b.flow, number, &w, &sealed, &sent, err);
}

/* To a receiver on paper the same goes: a passphrase is no way round. */
static bool
secret(void *arg, struct buf *out, struct err *err)
{
	(void)arg;
	return buf_add_text(out, "a phrase of many words", err);
}

static bool
deliver_alone(unsigned number, struct err *err)
{
	struct seal_alone_wish w = { .number = 1, .request = number,
		.how = SEAL_PASSPHRASE, .passphrase = secret, .purpose = "Case 12 only",
		.out_path = "round.age" };
	struct sealed sealed;

	return site_again(&j.b, err) &&
	    flow_evidence_seal_alone(&j.b.flow, &w, &sealed, err);
}

#define REFUSED(call, want) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s: %s is done", v->row, #call); \
	if (strcmp(err.reason, want) != 0) \
		fail_msg("%s: %s: %s (%s)", v->row, #call, err.reason, err.text); } while (0)

static bool
hands_over(enum act_kind kind)
{
	return kind == ACT_STORED_DATA || kind == ACT_SUBSCRIBER ||
	    kind == ACT_REALTIME_TRAFFIC || kind == ACT_INTERCEPT_CONTENT ||
	    kind == ACT_EMERGENCY_DATA;
}

/* What this node set, or somebody has to do first, is asked before what the act says. */
static const char *
at_hand_over(const struct violation *v)
{
	if (v->kind == ACT_REALTIME_TRAFFIC || v->kind == ACT_INTERCEPT_CONTENT)
		return "guard.realtime";
	if (v->kind == ACT_EMERGENCY_DATA)
		return "guard.call-back";
	return v->bars != NULL ? v->bars : v->stops_work;
}

/* It is here and can be read; no door lets it pass, and each says the same reason. */
static void
gets_nothing(const struct violation *v)
{
	unsigned number = violation_comes(&j, v);
	struct request_view *view = mem_new(sizeof *view, NULL);

	assert_non_null(view);
	OK(site_again(&j.b, &err));
	OK(flow_request_view(&j.b.flow, number, view, &err));
	assert_int_equal(view->draft.act.kind, v->kind);
	assert_true(v->bars == NULL || view->findings.stops > 0);
	request_view_clear(view);
	mem_free(view);
	if (v->bars != NULL)
		REFUSED(grant(number, &err), v->bars);
	else
		OK(grant(number, &err));
	if (v->bars == NULL)
		REFUSED(execute(number, NULL, NULL, false, &err), v->stops_work);
	else
		REFUSED(execute(number, KIT_ORDER, NULL, true, &err),
		    strcmp(v->bars, "thread.notice") == 0 ? "execute.kind" :
		    v->kind == ACT_PRESERVE ? "execute.kind" : "execute.state");
	if (!hands_over(v->kind))
		return;
	REFUSED(deliver(number, &err), at_hand_over(v));
	REFUSED(deliver_alone(number, &err), at_hand_over(v));
}

/* An honest sender's own rules stop it before it leaves. */
static bool
tried(const struct violation *v, struct err *err)
{
	struct field_setting set[FIELDS_WHOLE_MAX + 4];
	struct field_value whole[FIELDS_WHOLE_MAX];
	struct request_wish w = { .kind = act_kind_name(v->kind), .to = "XB", .set = set,
		.lang = "en", .instrument = v->instrument };
	struct request_view *view = mem_new(sizeof *view, err);
	struct sent sent;
	unsigned number;
	bool ok;

	w.set_n = fields_whole(v->kind, whole);
	for (size_t i = 0; i < w.set_n; i++)
		set[i] = (struct field_setting){ whole[i].name, whole[i].value };
	for (size_t i = 0; i < COUNT(v->set) && v->set[i].name != NULL; i++)
		if (v->set[i].value != NULL || strcmp(v->set[i].name, "F13") != 0)
			set[w.set_n++] = v->set[i];
	ok = view != NULL && site_again(&j.a, err) &&
	    flow_request_new(&j.a.flow, &w, view, err);
	number = ok ? view->row.number : 0;
	if (ok)
		request_view_clear(view);
	mem_free(view);
	return ok && SECONDED(&j.a, err, flow_request_send(&j.a.flow, number, BY_COMITY,
	    &sent, err));
}

/* All rows of one safeguard, at both ends. */
static void
both_ends(const char *row)
{
	struct evidence e;
	size_t n = 0;

	OK(site_again(&j.b, &err));
	OK(add(&j.b, &e, &err));
	for (size_t i = 0; i < VIOLATIONS; i++) {
		const struct violation *v = &violations[i];

		if (strcmp(v->row, row) != 0)
			continue;
		n++;
		if (v->bars != NULL)
			REFUSED(tried(v, &err), "request.incomplete");
		gets_nothing(v);
	}
	assert_true(n > 0);
}

static void
s01_a_serious_crime_without_its_statute_is_rejected(void **state)
{
	(void)state;
	both_ends("S01");
}

static void
s02_an_unmapped_offence_stops_a_disclosure_until_an_officer_waives_it(void **state)
{
	size_t n[RECORD_EVENTS], after[RECORD_EVENTS];
	unsigned number;

	(void)state;
	both_ends("S02");
	number = violation_comes(&j, violation_of("S02"));
	OK(grant(number, &err));
	OK(file_save(j.world, NULL, "empty.txt", span_of(NULL, 0), true, &err));
	NO(execute(number, NULL, "empty.txt", false, &err), "execute.authorisation-empty");
	OK(file_save(j.world, NULL, "why.txt", span_text("Judge Ek, 22 November: the conduct "
	    "is fraud here too (section 12).\n"), true, &err));
	OK(site_again(&j.b, &err));
	records_count(&j.b, n);
	OK(execute(number, NULL, "why.txt", false, &err));
	OK(site_again(&j.b, &err));
	records_count(&j.b, after);
	assert_int_equal(after[EVENT_DECIDED], n[EVENT_DECIDED] + 1);
	OK(SECONDED(&j.b, &err, deliver(number, &err)));
}

static void
s03_a_flagged_request_is_not_executed_with_one_signature(void **state)
{
	(void)state;
	both_ends("S03");
}

static void
s04_no_secrecy_without_an_end_is_accepted(void **state)
{
	(void)state;
	both_ends("S04");
}

struct not_told { size_t n; char why[2][80]; };

static bool
not_told_look(void *arg, const struct notice_view *v, struct err *err)
{
	struct not_told *l = arg;

	(void)err;
	assert_true(l->n < COUNT(l->why));
	(void)snprintf(l->why[l->n++], sizeof l->why[0], "%s:%s",
	    notice_state_name(v->state), v->notice.reason);
	return true;
}

/* Two persons that a secret request was about: both stand there until somebody told them. */
static void
s05_all_who_were_not_told_are_listed_and_why(void **state)
{
	static const struct field_setting two[] = {
		{ "secrecy.wanted", "yes" }, { "secrecy.until", "2026-12-10T00:00:00Z" },
		{ "secrecy.reasons", "She would delete it." },
		{ "identifiers[0].type", "email" }, { "identifiers[0].value", "ines@example.org" },
		{ "identifiers[1].type", "email" }, { "identifiers[1].value", "jo@example.org" },
	};
	struct not_told all = { .n = 0 }, later_on = { .n = 0 }, left = { .n = 0 };
	struct notice_view v;
	struct sent sent;

	(void)state;
	OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, two, COUNT(two), &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(flow_notices(&j.b.flow, false, not_told_look, &all, &err));
	assert_int_equal(all.n, 2);
	assert_string_equal(all.why[0], "secret:");
	later(40);
	OK(site_again(&j.b, &err));
	OK(flow_notice_defer(&j.b.flow, 1, world_now(j.world) + 30 * (int64_t)86400, "danger",
	    &v, &err));
	OK(flow_notices(&j.b.flow, false, not_told_look, &later_on, &err));
	/* The soonest first: who is due now, then who is kept from knowing, and why. */
	assert_int_equal(later_on.n, 2);
	assert_string_equal(later_on.why[0], "due:");
	assert_string_equal(later_on.why[1], "secret:danger");
	OK(flow_notice_done(&j.b.flow, 2, "letter", false, &v, &err));
	OK(flow_notices(&j.b.flow, false, not_told_look, &left, &err));
	assert_int_equal(left.n, 1);
	assert_string_equal(left.why[0], "secret:danger");
}

static void
s06_content_is_not_executed_without_an_order_of_the_requested_state(void **state)
{
	unsigned number;

	(void)state;
	both_ends("S06");
	number = violation_comes(&j, violation_of("S06"));
	OK(grant(number, &err));
	OK(execute(number, KIT_ORDER, NULL, false, &err));
}

static const struct field_setting told[] = { { "message", "A sale is planned for Friday." },
	{ "facts_and_offence.articles", "13" }, { "facts_and_offence.facts", "False shops." } };

static void
s07_police_information_is_not_exported_as_evidence(void **state)
{
	struct field_setting formal[FIELDS_WHOLE_MAX];
	struct field_value whole[FIELDS_WHOLE_MAX];
	struct request_exported written;
	size_t n = fields_whole(ACT_MLA_GENERAL, whole);
	struct sent sent, ask;

	(void)state;
	both_ends("S07");
	OK(site_again(&j.b, &err));
	OK(ask_with(&j.b, ACT_POLICE_INFO, "XA", 0, told, COUNT(told), &sent, &err));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	/* Request 1 of Aldora is the draft that its own rules stopped. */
	NO(flow_request_export(&j.a.flow, 2, "court", &written, &err),
	    "export.police-information");
	assert_false(path_exists(j.world, NULL, "court"));
	/* Converted by a formal request that names it, once that is granted. */
	for (size_t i = 0; i < n; i++)
		formal[i] = (struct field_setting){ whole[i].name, whole[i].value };
	formal[n++] = (struct field_setting){ "related_request.act",
		digest_hex(&sent.act.act).s };
	OK(site_again(&j.a, &err));
	OK(ask_with(&j.a, ACT_MLA_GENERAL, "XB", 0, formal, n, &ask, &err));
	NO(flow_request_export(&j.a.flow, 2, "court", &written, &err),
	    "export.police-information");
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(grant(3, &err));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	OK(flow_request_export(&j.a.flow, 2, "court", &written, &err));
	assert_true(path_exists(j.world, NULL, "court"));
}

static void
s08_no_field_takes_a_credential_and_text_that_asks_for_one_is_marked(void **state)
{
	static const char *const words[] = { "password", "credential", "private_key",
		"passphrase", "login", "pin" };
	struct violation v = { "S08", ACT_STORED_DATA, NULL,
		{ { "F11.text", "The password of the account" } }, NULL, NULL };
	struct request_view *view = mem_new(sizeof *view, NULL);
	struct fields fs;
	bool marked = false;

	(void)state;
	assert_non_null(view);
	for (size_t s = 0; s < LAW_SHAPES; s++)
		for (size_t p = 0; p < law_shapes[s].parts_n; p++)
			for (size_t w = 0; w < COUNT(words); w++) {
				const struct law_part *part = &law_shapes[s].parts[p];

				assert_null(strstr(part->name, words[w]));
				assert_true(part->codes == NULL ||
				    !law_list_has(part->codes, words[w]));
			}
	fields_init(&fs);
	NO(fields_set(&fs, "identifiers.type", "password", "en", &err), "fields.value");
	fields_clear(&fs);
	OK(site_again(&j.b, &err));
	OK(flow_request_view(&j.b.flow, violation_comes(&j, &v), view, &err));
	for (size_t i = 0; i < view->findings.n; i++)
		marked = marked || strcmp(view->findings.list[i].reason,
		    "request.asks-for-keys") == 0;
	assert_true(marked);
	request_view_clear(view);
	mem_free(view);
}

/* The reviewer of that request sees a finding of this reason. */
static bool
seen(const struct violation *v, const char *reason)
{
	struct request_view *view = mem_new(sizeof *view, NULL);
	unsigned number = violation_comes(&j, v);
	bool there = false;

	assert_non_null(view);
	OK(flow_request_view(&j.b.flow, number, view, &err));
	for (size_t i = 0; i < view->findings.n; i++)
		there = there || strcmp(view->findings.list[i].reason, reason) == 0;
	request_view_clear(view);
	mem_free(view);
	return there;
}

static void
s09_a_flagged_case_shows_the_research_checklist(void **state)
{
	const struct violation flag = { "S09", ACT_STORED_DATA, NULL,
		{ { "F68.codes", "researcher" } }, NULL, NULL };
	const struct violation words = { "S09", ACT_SUBSCRIBER, NULL,
		{ { "F03.facts", "A report under coordinated disclosure was sent." } }, NULL, NULL };
	const struct violation plain = { "S09", ACT_SUBSCRIBER, NULL, { { NULL, NULL } },
		NULL, NULL };

	(void)state;
	assert_true(seen(&flag, "request.research"));
	assert_true(seen(&words, "request.research"));
	assert_false(seen(&plain, "request.research"));
}

static void
s12_a_request_without_identifier_or_period_is_rejected(void **state)
{
	(void)state;
	both_ends("S12");
}

static void
s13_collection_in_real_time_has_an_end_and_is_only_a_form(void **state)
{
	const struct violation whole = { "S13", ACT_REALTIME_TRAFFIC, NULL, { { NULL, NULL } },
		NULL, NULL };
	const struct violation *v = &whole;

	(void)state;
	both_ends("S13");
	/* A whole one too: off between two States until a person sets it. */
	REFUSED(grant(violation_comes(&j, &whole), &err), "guard.realtime");
}

/* A provider of Aldora with a node of its own: Cascada's place, in another State. */
static void
s14_an_objection_stops_the_deadline_and_tells_both_sides(void **state)
{
	static const struct field_setting objection[] = {
		{ "outcome.codes", "conflict_of_laws" },
		{ "conflict_of_laws.text", "The law of the seat forbids it; ask there." },
		{ "provider.name", "Mail of Aldora" },
	};
	struct answer_wish w = { .kind = ACT_PROVIDER_ANSWER, .set = objection,
		.set_n = COUNT(objection), .text = "We object", .lang = "en" };
	struct field_setting order[FIELDS_WHOLE_MAX];
	struct field_value whole[FIELDS_WHOLE_MAX];
	size_t n = fields_whole(ACT_DOMESTIC_ORDER, whole), got;
	struct docket_request row;
	struct bundle_result r;
	struct taken last;
	struct sent sent;

	(void)state;
	for (size_t i = 0; i < n; i++)
		order[i] = (struct field_setting){ whole[i].name, whole[i].value };
	OK(site_init(&j.c, "XA", &err));
	OK(site_again(&j.a, &err));
	OK(pair(&j.a, "cascada/card.card", "cascada", &err));
	OK(site_again(&j.c, &err));
	OK(pair(&j.c, "aldora/card.card", "aldora", &err));
	OK(ask_with(&j.a, ACT_DOMESTIC_ORDER, home_settings(j.c.flow.home)->authority.s, 0,
	    order, n, &sent, &err));
	OK(bring_now(&j.a, &j.c, "XA", &err));
	OK(row_of(&j.c, 1, &row, &err));
	assert_true(row.due_at != 0 && row.due_ours);
	OK(SECONDED(&j.c, &err, flow_request_answer(&j.c.flow, 1, &w, &sent, &err)));
	assert_non_null(strstr(sent.note, "stands still"));
	assert_int_equal(sent.row.due_at, 0);
	OK(site_again(&j.c, &err));
	OK(flow_bundle_write(&j.c.flow, "objection", "XA", &r, &err));
	OK(site_again(&j.a, &err));
	OK(flow_bundle_read(&j.a.flow, "objection", &r, &err));
	OK(take_all_in(&j.a, &last, &got, &err));
	assert_non_null(strstr(last.text, "objects: a conflict of laws"));
	OK(row_of(&j.a, 1, &row, &err));
	assert_int_equal(row.due_at, 0);
}

static void
s15_an_emergency_of_an_unknown_key_is_set_aside(void **state)
{
	const struct violation v = { "S15", ACT_EMERGENCY_DATA, NULL, { { NULL, NULL } },
		NULL, NULL };
	struct forgery what = { .kind = v.kind, .fill = violation_fill, .arg = &v };
	struct digest act;
	struct taken t;
	char path[200];

	(void)state;
	both_ends("S15");
	/* Whole, and by a key that is known: nobody called back. */
	NO(grant(violation_comes(&j, &v), &err), "guard.call-back");
	/* Cascada knows Berun; nobody in Berun has compared Cascada's words. */
	OK(site_init(&j.c, "XC", &err));
	OK(site_again(&j.c, &err));
	OK(pair(&j.c, "berun/card.card", "berun", &err));
	OK(forge(&j.c, "XB", &what, path, &act, &err));
	site_end(&j.c);
	OK(site_again(&j.b, &err));
	OK(flow_take(&j.b.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, "receive.sender-unknown");
}

/* As a form that was filled in and sealed to this office, and signed by nobody. */
static void
s15_an_unsigned_emergency_is_set_aside(void **state)
{
	const struct violation v = { "S15", ACT_EMERGENCY_DATA, NULL, { { NULL, NULL } },
		NULL, NULL };
	struct forgery what = { .kind = v.kind, .fill = violation_fill, .arg = &v };
	struct docket_request row;
	struct digest act;
	struct taken t;
	char path[200];

	(void)state;
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	OK(forge(&j.a, "XB", &what, path, &act, &err));
	OK(resign(&j.a, path, NULL, "XB", "bare", &err));
	OK(flow_take(&j.b.flow, "bare", &t, &err));
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, "take.not-sound");
	NO(row_of(&j.b, 1, &row, &err), "request.absent");
}

static void
figures_bytes(struct buf *out)
{
	struct figures_wish w = { .has_to = true, .to = NOW + 5 * 86400 };
	struct figures f;

	figures_init(&f);
	OK(site_again(&j.a, &err));
	OK(flow_figures(&j.a.flow, &w, &f, &err));
	OK(figures_csv(&f, out, &err));
	figures_clear(&f);
}

static void
s16_figures_are_the_same_when_the_docket_is_made_anew_from_the_ledger(void **state)
{
	struct buf before, after;
	struct rebuilt r;

	(void)state;
	buf_init(&before, 1u << 20);
	buf_init(&after, 1u << 20);
	received_under(NULL, 0, NULL, 0);
	figures_bytes(&before);
	assert_true(before.n > 0);
	site_end(&j.a);
	OK(path_remove(j.world, NULL, "aldora/docket.sqlite", &err));
	OK(site_again(&j.a, &err));
	OK(flow_rebuild(&j.a.flow, &r, &err));
	figures_bytes(&after);
	assert_true(span_eq(buf_span(&before), buf_span(&after)));
	buf_clear(&before);
	buf_clear(&after);
}

static void
s17_a_minor_who_made_it_is_no_suspect(void **state)
{
	const struct violation help = { "S17", ACT_VICTIM_SUPPORT, NULL,
		{ { "F98.yes", "yes" } }, NULL, NULL };

	(void)state;
	both_ends("S17");
	assert_false(seen(&help, "request.minor-suspect"));
}

static void
s18_other_legal_classes_cannot_be_chosen(void **state)
{
	(void)state;
	both_ends("S18");
}

static void
s19_a_reviewer_sees_the_ground_of_jurisdiction(void **state)
{
	const struct violation passive = { "S19", ACT_STORED_DATA, NULL,
		{ { "F03.jurisdiction", "passive_personality" } }, NULL, NULL };
	const struct violation plain = { "S19", ACT_STORED_DATA, NULL,
		{ { "F03.jurisdiction", "territory" } }, NULL, NULL };
	const struct violation none = { "S19", ACT_STORED_DATA, NULL, { { NULL, NULL } },
		NULL, NULL };

	(void)state;
	assert_true(seen(&passive, "request.jurisdiction-passive"));
	assert_true(seen(&none, "request.jurisdiction"));
	assert_false(seen(&plain, "request.jurisdiction"));
	assert_false(seen(&plain, "request.jurisdiction-passive"));
}

static void
delivered_fill(struct act *a, const void *arg)
{
	(void)arg;
	(void)snprintf(a->body.delivered.number, sizeof a->body.delivered.number,
	    "XA-2026-000009");
}

static void
s20_a_delivery_without_its_collection_record_is_refused(void **state)
{
	struct payload_item item = { .name = "a.txt", .bytes = span_text("first\n") };
	struct forgery what = { .kind = ACT_DELIVERED, .fill = delivered_fill,
		.items = &item, .items_n = 1 };
	struct digest act;
	struct taken t;
	char path[200];

	(void)state;
	OK(site_again(&j.a, &err));
	OK(forge(&j.a, "XB", &what, path, &act, &err));
	OK(site_again(&j.b, &err));
	OK(flow_take(&j.b.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, "receive.no-collection-record");
}

/* As it stands in the act of the newest parcel of that evidence. */
static bool
told_in(struct site *s, unsigned number, const char *what)
{
	struct evidence *e = mem_new(sizeof *e, NULL);
	struct act a;
	bool there;

	assert_non_null(e);
	OK(evidence_load(s->flow.home, number, e, &err));
	OK(act_read_at(&s->flow, parcel_file(&e->parcels[e->parcels_n - 1]), &a, &err));
	there = a.body.delivered.exculpatory.text != NULL &&
	    strstr(a.body.delivered.exculpatory.text, what) != NULL;
	act_clear(&a);
	mem_free(e);
	return there;
}

static void
s21_the_flag_survives_re_export_and_can_only_be_answered(void **state)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "Case 12 only",
		.authorisation = KIT_ORDER };
	const struct field_setting use[] = { { "new_use.recipient_state", "XC" } };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;
	unsigned number;

	(void)state;
	OK(third_begin(&j, &err));
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, NULL, 0, &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(add(&j.b, &e, &err));
	NO(flow_evidence_clears(&j.b.flow, 1, true, "It does not", &number, &err),
	    "clears.nothing");
	NO(flow_evidence_clears(&j.b.flow, 1, false, "", &number, &err), "clears.text");
	OK(flow_evidence_clears(&j.b.flow, 1, false, "Mail 12: he was abroad", &number,
	    &err));
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent,
	    &err)));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	assert_true(told_in(&j.a, 1, "Mail 12: he was abroad"));
	/* Answered, and passed on: both stay. */
	OK(site_again(&j.a, &err));
	OK(flow_evidence_clears(&j.a.flow, 1, false, "Mail 13 says so too", &number, &err));
	OK(flow_evidence_clears(&j.a.flow, 1, true, "The mail is of 2024", &number, &err));
	assert_int_equal(number, 2);
	OK(ask_with(&j.a, ACT_USE_CONSENT, "XB", 1, use, COUNT(use), &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(grant(2, &err));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	OK(SECONDED(&j.a, &err, flow_evidence_onward(&j.a.flow, 1, "XC", &e, &err)));
	number = e.number;
	OK(site_again(&j.a, &err));
	assert_true(told_in(&j.a, number, "Mail 12: he was abroad"));
	assert_true(told_in(&j.a, number, "Mail 13 says so too"));
	assert_true(told_in(&j.a, number, "[answer, "));
}

static const struct field_setting life[] = { { "conditions[0].code", "no_death_penalty" } };

/* Berun says yes to a plain request, with that condition; its number there. */
static unsigned
promised(void)
{
	struct answer_wish w = { .kind = ACT_GRANTED_WITH_CONDITIONS, .set = life,
		.set_n = COUNT(life), .text = "Yes, if nobody dies for it", .lang = "en" };
	const struct violation plain = { "S22", ACT_SUBSCRIBER, NULL, { { NULL, NULL } },
		NULL, NULL };
	unsigned number = violation_comes(&j, &plain);
	struct sent sent;

	OK(flow_request_answer(&j.b.flow, number, &w, &sent, &err));
	return number;
}

static void
s22_release_waits_for_the_accepted_assurance(void **state)
{
	struct evidence e;
	unsigned number;

	(void)state;
	OK(site_again(&j.b, &err));
	OK(add(&j.b, &e, &err));
	number = promised();
	NO(execute(number, NULL, NULL, false, &err), "execute.assurance");
	/* That somebody says it was read is no reply. */
	NO(execute(number, NULL, NULL, true, &err), "execute.assurance");
	NO(deliver(number, &err), "execute.assurance");
	NO(deliver_alone(number, &err), "execute.assurance");
}

/* Though a hand in the docket called it a plain yes: its file was not read, not absent. */
static void
s22_a_disk_that_does_not_answer_forgets_no_promise(void **state)
{
	struct docket_request row;
	struct keyring *ring;
	struct promise p;
	uint64_t calls, before;

	(void)state;
	OK(row_of(&j.b, promised(), &row, &err));
	OK(docket_by_hand(&j.b, "UPDATE acts SET kind = 'granted'"
	    " WHERE kind = 'granted_with_conditions'", &err));
	OK(flow_keyring(&j.b.flow, &ring, &err));
	promise_init(&p);
	before = world_sim_calls(j.world);
	OK(promise_find(&j.b.flow, &row, &p, &err));
	calls = world_sim_calls(j.world) - before;
	assert_true(p.made && calls > 0);
	for (uint64_t n = 1; n <= calls; n++) {
		struct err why = ERR_INIT;

		promise_clear(&p);
		world_sim_fail(j.world, SIM_FAULT_IO, n, false);
		if (promise_find(&j.b.flow, &row, &p, &why))
			assert_true(p.made);
		else
			assert_int_equal(why.kind, ERR_IO);
		world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
	}
	promise_clear(&p);
}

static void
what_changed_since_it_was_executed_stops_the_hand_over(void **state)
{
	const struct violation plain = { "S03", ACT_SUBSCRIBER, NULL, { { NULL, NULL } },
		NULL, NULL };
	struct evidence e;
	unsigned number;

	(void)state;
	OK(site_again(&j.b, &err));
	OK(add(&j.b, &e, &err));
	number = violation_comes(&j, &plain);
	OK(grant(number, &err));
	OK(execute(number, NULL, NULL, false, &err));
	OK(site_again(&j.b, &err));
	OK(flow_policy_risk(&j.b.flow, "XA", NULL, "blocked", "report of May", &err));
	NO(deliver(number, &err), "guard.blocked");
	NO(deliver_alone(number, &err), "guard.blocked");
	OK(site_again(&j.b, &err));
	OK(flow_policy_risk(&j.b.flow, "XA", NULL, "normal", "taken back", &err));
	OK(SECONDED(&j.b, &err, deliver(number, &err)));
}

static void
s23_a_package_names_how_it_was_collected(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	received_under(NULL, 0, NULL, 0);
	OK(opened(NULL, "one", &err));
	assert_true(j.opened.has_collection);
	OK(file_load(j.world, NULL, "one/collection.json", &b, &err));
	assert_non_null(memmem(b.p, b.n, "\"copy\"", 6));
	buf_clear(&b);
}

static void
s24_reading_leaves_a_leaf(void **state)
{
	size_t before[RECORD_EVENTS], after[RECORD_EVENTS];

	(void)state;
	received_under(NULL, 0, NULL, 0);
	OK(site_again(&j.a, &err));
	records_count(&j.a, before);
	OK(opened(NULL, "one", &err));
	OK(exported(NULL, "two", &err));
	NO(opened("A tax case", "three", &err), "use.other-purpose");
	OK(site_again(&j.a, &err));
	records_count(&j.a, after);
	assert_int_equal(after[EVENT_OPENED], before[EVENT_OPENED] + 1);
	assert_int_equal(after[EVENT_EXPORTED], before[EVENT_EXPORTED] + 1);
	/* A refusal is one too. */
	assert_int_equal(after[EVENT_DECIDED], before[EVENT_DECIDED] + 1);
}

static void
s25_the_form_changes_with_the_profile_of_the_party(void **state)
{
	const struct law_measure *m = law_measure("stored_data");
	size_t n, differ = 0;
	const struct law_field *all = law_fields(&n);

	(void)state;
	both_ends("S25");
	/* What is asked under one instrument is not what is asked under another. */
	for (size_t i = 0; i < n; i++)
		differ += law_basis_need(law_basis(m->id, "UNTOC"), &all[i]) !=
		    law_basis_need(law_basis(m->id, "UNCAC-CYBER"), &all[i]);
	assert_true(differ > 0);
}

/* ---- nothing gets round them ---- */

/* A docket that somebody edited by hand: it says that a yes was said. */
static void
a_docket_edited_by_hand_lets_nothing_pass(void **state)
{
	const struct violation *v = violation_of("S12");
	struct docket_request row;
	struct docket *d = NULL;
	struct evidence e;
	unsigned number;

	(void)state;
	OK(site_again(&j.b, &err));
	OK(add(&j.b, &e, &err));
	number = violation_comes(&j, v);
	OK(home_docket(j.b.flow.home, &d, &err));
	OK(docket_request_get(d, number, &row, &err));
	(void)snprintf(row.state, sizeof row.state, "accepted");
	OK(docket_begin(d, &err));
	OK(docket_request_put(d, &row, &err));
	OK(docket_commit(d, &err));
	home_docket_done(j.b.flow.home);
	REFUSED(execute(number, KIT_ORDER, NULL, true, &err), v->bars);
	REFUSED(deliver(number, &err), v->bars);
	REFUSED(deliver_alone(number, &err), v->bars);
}

static void
reply_fill(struct act *a, const void *arg)
{
	(void)arg;
	(void)snprintf(a->body.answer.number, sizeof a->body.answer.number,
	    "XA-2026-000009");
	OK(fields_set(&a->body.answer.fields, "purpose", "To prove the deceit", "en", &err));
}

/* What was missing comes with a reply to a question, signed by them; and mends it. */
static void
a_reply_mends_what_was_missing(void **state)
{
	const struct violation *v = violation_of("S11");
	struct answer_wish w = { .kind = ACT_QUESTION, .text = "For what?", .lang = "en" };
	static const char *const asks[] = { "purpose" };
	struct digest question, follows[2];
	struct docket_request row;
	struct forgery what = { .kind = ACT_REPLY, .follows = follows, .follows_n = 2,
		.fill = reply_fill };
	struct sent sent;
	struct taken t;
	char path[200];
	unsigned number = violation_comes(&j, v);

	(void)state;
	w.asks = asks;
	w.asks_n = 1;
	REFUSED(grant(number, &err), v->bars);
	OK(flow_request_answer(&j.b.flow, number, &w, &sent, &err));
	question = sent.act.act;
	OK(row_of(&j.b, number, &row, &err));
	follows[0] = row.act;
	follows[1] = question;
	OK(site_again(&j.a, &err));
	OK(forge(&j.a, "XB", &what, path, &question, &err));
	OK(site_again(&j.b, &err));
	OK(flow_take(&j.b.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN);
	OK(grant(number, &err));
}

/* A second role of one person is no second person. */
static void
a_second_role_of_the_same_person_is_no_second_person(void **state)
{
	struct approval_facts own = { .by = { .roles = (1u << PEOPLE_ROLES) - 1 },
		.maker = true, .ours = true, .same_matter = true, .same_content = true,
		.signature = true };

	(void)state;
	for (unsigned o = 0; o < OFFICE_SIZES; o++)
		assert_string_equal(approval_decide(&own, people_rule(PEOPLE_READ_PROTECTED,
		    (enum office_size)o)).reason, "people.own");
	both_ends("S03");
}

/* ---- every row ---- */

#define EACH(f) cmocka_unit_test_setup_teardown(f, paired, job_over)

static const struct CMUnitTest tests[] = {
	EACH(s01_a_serious_crime_without_its_statute_is_rejected),
	EACH(s02_an_unmapped_offence_stops_a_disclosure_until_an_officer_waives_it),
	EACH(s03_a_flagged_request_is_not_executed_with_one_signature),
	EACH(s04_no_secrecy_without_an_end_is_accepted),
	EACH(s05_all_who_were_not_told_are_listed_and_why),
	EACH(s06_content_is_not_executed_without_an_order_of_the_requested_state),
	EACH(s07_police_information_is_not_exported_as_evidence),
	EACH(s08_no_field_takes_a_credential_and_text_that_asks_for_one_is_marked),
	EACH(s09_a_flagged_case_shows_the_research_checklist),
	EACH(s10_a_sealed_part_opens_only_with_two_roles),
	EACH(s10_an_approval_is_used_before_anything_is_in_the_clear),
	EACH(s10_limits_that_cannot_be_read_unpack_nothing),
	EACH(s10_evidence_whose_request_is_gone_is_opened_by_two),
	EACH(s11_opening_for_another_purpose_stops_and_asks),
	EACH(s11_an_item_past_retention_is_flagged),
	EACH(s12_a_request_without_identifier_or_period_is_rejected),
	EACH(s13_collection_in_real_time_has_an_end_and_is_only_a_form),
	EACH(s14_an_objection_stops_the_deadline_and_tells_both_sides),
	EACH(s15_an_emergency_of_an_unknown_key_is_set_aside),
	EACH(s15_an_unsigned_emergency_is_set_aside),
	EACH(s16_figures_are_the_same_when_the_docket_is_made_anew_from_the_ledger),
	EACH(s17_a_minor_who_made_it_is_no_suspect),
	EACH(s18_other_legal_classes_cannot_be_chosen),
	EACH(s19_a_reviewer_sees_the_ground_of_jurisdiction),
	EACH(s20_a_delivery_without_its_collection_record_is_refused),
	EACH(s21_the_flag_survives_re_export_and_can_only_be_answered),
	EACH(s22_release_waits_for_the_accepted_assurance),
	EACH(s22_a_disk_that_does_not_answer_forgets_no_promise),
	EACH(what_changed_since_it_was_executed_stops_the_hand_over),
	EACH(s23_a_package_names_how_it_was_collected),
	EACH(s24_reading_leaves_a_leaf),
	EACH(s25_the_form_changes_with_the_profile_of_the_party),
	EACH(a_docket_edited_by_hand_lets_nothing_pass),
	EACH(a_reply_mends_what_was_missing),
	EACH(a_second_role_of_the_same_person_is_no_second_person),
};

static bool
is_test(const char *name, size_t n)
{
	for (size_t i = 0; i < COUNT(tests); i++)
		if (strlen(tests[i].name) == n && memcmp(tests[i].name, name, n) == 0)
			return true;
	return false;
}

/* A name without a slash is a function here; a path is looked for by whoever reads it. */
static void
each_test_that_the_page_names_is_here(void **state)
{
	size_t n;
	const struct law_safeguard *all = law_safeguards(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct safeguard_row *r = safeguard_row(all[i].id);

		for (const char *s = r != NULL ? r->tests : ""; *s != '\0';) {
			size_t len = strcspn(s, ";");

			if (memchr(s, '/', len) == NULL && !is_test(s, len))
				fail_msg("%s: no test %.*s", r->id, (int)len, s);
			s += len;
			s += strspn(s, "; ");
		}
	}
}

#define PAGE_MAX 65536

static void
the_page_of_safeguards_is_the_table(void **state)
{
	FILE *page = fopen(SAFEGUARDS_PAGE, "rb");
	uint8_t *bytes = malloc(PAGE_MAX);
	struct buf is;
	size_t n;

	(void)state;
	assert_non_null(page);
	assert_non_null(bytes);
	buf_init(&is, PAGE_MAX);
	OK(safeguards_print(&is, &err));
	n = fread(bytes, 1, PAGE_MAX, page);
	assert_int_equal(fclose(page), 0);
	assert_true(span_eq(buf_span(&is), span_of(bytes, n)));
	free(bytes);
	buf_clear(&is);
}

/* Writes doc/safeguards.md anew. */
static int
print_page(void)
{
	struct err err = ERR_INIT;
	struct buf table;
	bool ok;

	buf_init(&table, PAGE_MAX);
	ok = safeguards_print(&table, &err) &&
	    fwrite(table.p, 1, table.n, stdout) == table.n;
	buf_clear(&table);
	return ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest pages[] = {
		cmocka_unit_test(each_test_that_the_page_names_is_here),
		cmocka_unit_test(the_page_of_safeguards_is_the_table),
	};
	int failed;

	if (argc == 2 && strcmp(argv[1], "--print") == 0)
		return print_page();
	if (argc == 2)
		cmocka_set_test_filter(argv[1]);
	failed = cmocka_run_group_tests_name("safeguards", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("page of safeguards", pages, NULL, NULL);
}
