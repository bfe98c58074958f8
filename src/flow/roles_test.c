/*
 * An office with a person of every role, each with keys and a passphrase of its own: every
 * one tries every door once, and what happens is what doc/people.md says (its own test
 * keeps that page equal to the table).  Then the sealed part of S10, by two of them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "flow/destroy.h"
#include "flow/disclose.h"
#include "flow/figures.h"
#include "flow/guards.h"
#include "flow/hold.h"
#include "flow/ledger.h"
#include "flow/people_inside.h"
#include "flow/testkit.h"
#include "flow/treaty.h"
#include "policy/fields_kit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	if (strcmp(err.reason, why) != 0) print_message("%s\n", err.text); \
	assert_string_equal(err.reason, why); } while (0)

static struct job j;

/* Person 1 begun the home, 2 is the judge of the kit, who signs from afar. */
enum { FIRST = 1, JUDGE, OF_ROLE };	/* OF_ROLE + role */

static struct flow *
as(unsigned number)
{
	return site_as(&j.a, number);
}

/* ---- the office, and what lies there ---- */

/* Evidence 1 of Aldora is about a lawyer, 2 about nobody protected: from Berun. */
static void
evidence_comes(void)
{
	static const struct field_setting lawyer[] = {
		{ "protected_persons.codes", "lawyer" },
	};
	struct deliver_wish w = { .evidence = 1, .purpose = "Case 12 only",
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	OK(site_again(&j.b, &err));
	OK(add(&j.b, &e, &err));
	for (unsigned i = 1; i <= 2; i++) {
		OK(site_again(&j.a, &err));
		OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, i == 1 ? lawyer : NULL, i == 1,
		    &sent, &err));
		OK(bring_now(&j.a, &j.b, "XB", &err));
		OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, i, &w, &sealed, &sent,
		    &err)));
		OK(bring_now(&j.b, &j.a, "XA", &err));
	}
}

/* Requests 3 to 6 of Aldora, from Berun: a preservation, and three for stored data. */
enum { TO_HOLD = 3, TO_GRANT, TO_REFUSE, TO_ASK };

static void
requests_come(void)
{
	struct sent sent;

	for (int i = TO_HOLD; i <= TO_ASK; i++) {
		OK(site_again(&j.b, &err));
		OK(ask(&j.b, i == TO_HOLD ? ACT_PRESERVE : ACT_STORED_DATA, "XA", &sent, &err));
		/* One by one: those of one stick get their numbers in an order of its own. */
		OK(bring_now(&j.b, &j.a, "XA", &err));
	}
}

static unsigned
drafted(enum act_kind kind)
{
	struct field_setting set[FIELDS_WHOLE_MAX];
	struct field_value whole[FIELDS_WHOLE_MAX];
	struct request_wish w = { .kind = act_kind_name(kind), .to = "XB", .lang = "en",
		.set = set };
	struct request_view *v = mem_new(sizeof *v, NULL);
	unsigned number;

	assert_non_null(v);
	w.set_n = fields_whole(kind, whole);
	for (size_t i = 0; i < w.set_n; i++)
		set[i] = (struct field_setting){ whole[i].name, whole[i].value };
	OK(flow_request_new(&j.a.flow, &w, v, &err));
	number = v->row.number;
	request_view_clear(v);
	mem_free(v);
	return number;
}

static unsigned
drafted_empty(void)
{
	struct request_wish w = { .kind = "stored_data", .to = "XB", .lang = "en" };
	struct request_view *v = mem_new(sizeof *v, NULL);
	unsigned number;

	assert_non_null(v);
	OK(flow_request_new(&j.a.flow, &w, v, &err));
	number = v->row.number;
	request_view_clear(v);
	mem_free(v);
	return number;
}

static unsigned hold_draft, data_draft, emergency_draft, empty_draft, own_evidence;

static void
person_comes(enum people_role role)
{
	char name[40];

	(void)snprintf(name, sizeof name, "Person %s", people_role_name(role));
	assert_int_equal(site_person(&j.a, FIRST, name, 1u << role),
	    OF_ROLE + (unsigned)role);
}

static int
setup(void **state)
{
	struct docket_request row;
	struct evidence e;

	*state = &j;
	job_begin(&j, 71);
	run_up_to(&j, AFTER_PAIR);
	evidence_comes();
	requests_come();
	OK(site_again(&j.a, &err));
	OK(add(&j.a, &e, &err));
	own_evidence = e.number;
	OK(flow_request_close(&j.a.flow, 2, NULL, &row, &err));
	hold_draft = drafted(ACT_PRESERVE);
	data_draft = drafted(ACT_STORED_DATA);
	emergency_draft = drafted(ACT_EMERGENCY_DATA);
	empty_draft = drafted_empty();
	for (int r = 0; r < PEOPLE_ROLES; r++)
		person_comes((enum people_role)r);
	OK(flow_person_role(as(FIRST), FIRST, 0, 1u << ROLE_ADMINISTRATOR, &err));
	for (int r = 0; r < PEOPLE_ROLES; r++)
		OK(flow_person_let_in(as(FIRST), OF_ROLE + (unsigned)r, &err));
	return 0;
}

/* ---- a door for each act ---- */

static bool
answers(struct flow *f, unsigned number, enum act_kind kind, struct err *err)
{
	static const char *const grounds[] = { "R08" };
	struct answer_wish w = { .kind = kind, .text = "as said by phone", .lang = "en" };
	struct sent sent;

	if (kind == ACT_REFUSED) {
		w.grounds = grounds;
		w.grounds_n = 1;
		w.waive_consultation = "urgent";
	}
	return flow_request_answer(f, number, &w, &sent, err);
}

static bool
drafts(struct flow *f, struct err *err)
{
	struct request_wish w = { .kind = "preserve", .to = "XB", .lang = "en" };
	struct request_view *v = mem_new(sizeof *v, err);
	bool ok = v != NULL && flow_request_new(f, &w, v, err);

	if (ok)
		request_view_clear(v);
	mem_free(v);
	return ok;
}

static bool
adds(struct flow *f, struct err *err)
{
	struct evidence e;

	(void)f;
	return add(&j.a, &e, err);
}

static bool
sends(struct flow *f, unsigned number, struct err *err)
{
	struct sent sent;

	return flow_request_send(f, number, BY_COMITY, &sent, err);
}

static bool
asks_hold(struct flow *f, struct err *err)
{
	return sends(f, hold_draft, err);
}

static bool
asks(struct flow *f, struct err *err)
{
	return sends(f, data_draft, err);
}

static bool
asks_emergency(struct flow *f, struct err *err)
{
	return sends(f, emergency_draft, err);
}

static bool
holds(struct flow *f, struct err *err)
{
	return answers(f, TO_HOLD, ACT_GRANTED, err);
}

static bool
grants(struct flow *f, struct err *err)
{
	return answers(f, TO_GRANT, ACT_GRANTED, err);
}

static bool
refuses(struct flow *f, struct err *err)
{
	return answers(f, TO_REFUSE, ACT_REFUSED, err);
}

static bool
questions(struct flow *f, struct err *err)
{
	return answers(f, TO_ASK, ACT_QUESTION, err);
}

static bool
delivers(struct flow *f, struct err *err)
{
	struct seal_wish w = { .number = own_evidence, .to = "XB", .purpose = "case 12" };
	struct sealed out;

	return flow_evidence_seal(f, &w, &out, err);
}

static bool
releases(struct flow *f, struct err *err)
{
	return answers(f, TO_HOLD, ACT_RELEASED, err);
}

static bool
destroys(struct flow *f, struct err *err)
{
	struct destroy_wish w = { .number = 2, .reason = "retention_ended" };
	struct destroyed out;

	return flow_evidence_destroy(f, &w, &out, err);
}

static bool
receives(struct flow *f, struct err *err)
{
	size_t n;

	return flow_take_inbox(f, NULL, NULL, &n, err);
}

static bool
opens(struct flow *f, unsigned number, bool court, struct err *err)
{
	struct package_report r;
	bool ok;

	package_report_init(&r);
	ok = court ? flow_evidence_export(f, number, SIZE_MAX, "out", false, &r, err) :
	    flow_evidence_open(f, number, SIZE_MAX, "out", false, 0, &r, err);
	package_report_clear(&r);
	return ok && dir_remove_all(j.world, NULL, "out", err);
}

static bool
reads(struct flow *f, struct err *err)
{
	return opens(f, 2, false, err);
}

static bool
reads_protected(struct flow *f, struct err *err)
{
	return opens(f, 1, false, err);
}

static bool
exports(struct flow *f, struct err *err)
{
	return opens(f, 2, true, err);
}

static bool
restricts(struct flow *f, enum restrict_how how, struct err *err)
{
	const struct disclose_names none = { .n = 0 };
	uint64_t lines;

	return flow_evidence_restrict(f, 1, how, &none, &lines, err);
}

static bool
unrestricts(struct flow *f, struct err *err)
{
	return restricts(f, RESTRICT_NONE, err);
}

static bool
views(struct flow *f, struct err *err)
{
	struct request_view *v = mem_new(sizeof *v, err);
	bool ok = v != NULL && flow_request_view(f, TO_GRANT, v, err);

	if (ok)
		request_view_clear(v);
	mem_free(v);
	return ok;
}

static bool
rotates(struct flow *f, struct err *err)
{
	bool paired;

	return flow_key_rotate(f, ROTATE_SEALING, &paired, err);
}

static bool
handed_out(void *arg, struct span identities, struct err *err)
{
	(void)arg;
	(void)identities;
	(void)err;
	fail_msg("the keys left by one person");
	return false;
}

static bool
exports_key(struct flow *f, struct err *err)
{
	return flow_key_export(f, handed_out, NULL, err);
}

static bool
administers(struct flow *f, struct err *err)
{
	return flow_person_role(f, OF_ROLE + ROLE_INVESTIGATOR, 0, 0, err);
}

static bool
counts(struct flow *f, struct err *err)
{
	struct figures_wish w = { 0 };
	struct figures_cases cases;
	struct figures figures;
	bool ok;

	figures_init(&figures);
	ok = flow_figures(f, &w, &figures, err) && flow_figures_cases(f, &w, &cases, err);
	if (ok)
		figures_cases_clear(&cases);
	figures_clear(&figures);
	return ok;
}

static bool
audits(struct flow *f, struct err *err)
{
	struct person_view *list;
	size_t n;

	if (!flow_person_list(f, &list, &n, err))
		return false;
	mem_free(list);
	return true;
}

/* PEOPLE_GRANT_EMERGENCY has no door before the sixth of a day: guards_test.c. */
static bool (*const doors[PEOPLE_ACTS])(struct flow *f, struct err *err) = {
	[PEOPLE_DRAFT] = drafts, [PEOPLE_ADD] = adds, [PEOPLE_ASK_HOLD] = asks_hold,
	[PEOPLE_ASK] = asks, [PEOPLE_ASK_EMERGENCY] = asks_emergency, [PEOPLE_HOLD] = holds,
	[PEOPLE_GRANT] = grants, [PEOPLE_REFUSE] = refuses, [PEOPLE_MESSAGE] = questions,
	[PEOPLE_DELIVER] = delivers, [PEOPLE_RELEASE] = releases, [PEOPLE_DESTROY] = destroys,
	[PEOPLE_RECEIVE] = receives, [PEOPLE_READ] = reads,
	[PEOPLE_READ_PROTECTED] = reads_protected, [PEOPLE_EXPORT] = exports,
	[PEOPLE_UNRESTRICT] = unrestricts, [PEOPLE_VIEW] = views,
	[PEOPLE_KEYS] = rotates, [PEOPLE_EXPORT_KEY] = exports_key,
	[PEOPLE_ADMINISTER] = administers, [PEOPLE_FIGURES] = counts, [PEOPLE_AUDIT] = audits,
};

/* The sentence is that the person may not, or has not the keys for it. */
static bool
is_barred(const struct err *why)
{
	return strcmp(why->reason, "people.role") == 0 ||
	    strcmp(why->reason, "people.administrator-reads") == 0 ||
	    strcmp(why->reason, "key.group") == 0;
}

/* Who drafts prepares it for another, and sends nothing, approved or not (people_test.c). */
static bool
is_prepared(enum people_role role, const struct err *why)
{
	return strcmp(why->reason, "people.second") == 0 &&
	    (people_roles_may(1u << role) & (1u << PEOPLE_DRAFT)) != 0;
}

/*
 * What came or left lies in parcels, and who opens no evidence opens none of them: such a
 * person writes to, and sees, drafts and what waits for an approval.
 */
static bool
is_a_parcel(enum people_role role, enum people_act act, const struct err *why)
{
	return (act == PEOPLE_MESSAGE || act == PEOPLE_VIEW) &&
	    (people_roles_open(1u << role) & (1u << GROUP_EVIDENCE)) == 0 &&
	    strcmp(why->reason, "key.group") == 0;
}

/* Done alone, or what a second person is asked for: as the table has it for this office. */
static void
a_person_tries(enum people_role role, enum people_act act)
{
	bool may = (people_roles_may(1u << role) & (1u << act)) != 0;
	struct err why = ERR_INIT;
	bool done = doors[act](as(OF_ROLE + (unsigned)role), &why);

	if (may && !done && is_barred(&why) && !is_a_parcel(role, act, &why))
		fail_msg("%s may %s by the table: %s", people_role_name(role),
		    people_act_name(act), why.text);
	if (!may && (done || (!is_barred(&why) && !is_prepared(role, &why))))
		fail_msg("%s may not %s by the table: %s (%s)", people_role_name(role),
		    people_act_name(act), done ? "done" : why.text, why.reason);
	if (done && people_rule(act, OFFICE_FULL)->needed > 0 &&
	    (people_rule(act, OFFICE_FULL)->second & SECOND_LATER) == 0)
		fail_msg("%s does %s alone", people_role_name(role), people_act_name(act));
}

static void
each_person_opens_the_doors_of_its_role_and_no_other(void **state)
{
	(void)state;
	OK(restricts(as(OF_ROLE + ROLE_LAWYER), RESTRICT_ALL, &err));
	for (int a = 0; a < PEOPLE_ACTS; a++) {
		assert_true(doors[a] != NULL || a == PEOPLE_GRANT_EMERGENCY);
		for (int r = 0; doors[a] != NULL && r < PEOPLE_ROLES; r++)
			a_person_tries((enum people_role)r, (enum people_act)a);
	}
}

/* ---- the same doors, with something typed that no door takes ---- */

static bool
wrongly_answered(struct flow *f, unsigned number, enum act_kind kind, struct err *err)
{
	static const char *const grounds[] = { "no ground" };
	static const struct field_setting set[] = { { "no.such.field", "x" } };
	struct answer_wish w = { .kind = kind, .grounds = grounds, .grounds_n = 1,
		.set = set, .set_n = kind == ACT_REFUSED ? 0 : 1 };
	struct sent sent;

	return flow_request_answer(f, number, &w, &sent, err);
}

static bool
wrong_hold(struct flow *f, struct err *err)
{
	return wrongly_answered(f, TO_HOLD, ACT_GRANTED, err);
}

static bool
wrong_yes(struct flow *f, struct err *err)
{
	return wrongly_answered(f, TO_GRANT, ACT_GRANTED, err);
}

static bool
wrong_no(struct flow *f, struct err *err)
{
	return wrongly_answered(f, TO_REFUSE, ACT_REFUSED, err);
}

static bool
wrong_question(struct flow *f, struct err *err)
{
	return wrongly_answered(f, TO_ASK, ACT_QUESTION, err);
}

static bool
wrong_send(struct flow *f, struct err *err)
{
	return sends(f, empty_draft, err);
}

static bool
wrong_delivery(struct flow *f, struct err *err)
{
	static const struct field_setting limits[] = { { "no.such.limit", "x" } };
	struct deliver_wish w = { .evidence = 999, .limits = limits, .limits_n = 1 };
	struct sealed sealed;
	struct sent sent;

	return flow_request_deliver(f, TO_GRANT, &w, &sealed, &sent, err);
}

static bool
wrong_seal(struct flow *f, struct err *err)
{
	struct seal_wish w = { .number = 999 };
	struct sealed out;

	return flow_evidence_seal(f, &w, &out, err);
}

static bool
wrong_seal_alone(struct flow *f, struct err *err)
{
	struct seal_alone_wish w = { .number = own_evidence, .how = SEAL_CERTIFICATE,
		.certificate = span_text("no certificate"), .out_path = "alone.p7m" };
	struct sealed out;

	return flow_evidence_seal_alone(f, &w, &out, err);
}

static bool
wrong_onward(struct flow *f, struct err *err)
{
	struct evidence out;

	return flow_evidence_onward(f, 999, "nobody", &out, err);
}

static bool
wrong_destruction(struct flow *f, struct err *err)
{
	struct destroy_wish w = { .number = 2, .reason = "No Reason" };
	struct destroyed out;

	return flow_evidence_destroy(f, &w, &out, err);
}

static bool
wrong_call(struct flow *f, struct err *err)
{
	struct call_wish w = { .result = "perhaps" };
	struct call_view out;

	return flow_request_called(f, TO_GRANT, &w, &out, err);
}

static bool
wrong_case(struct flow *f, struct err *err)
{
	unsigned number;

	return flow_case_new(f, "", &number, err);
}

static bool
wrong_join(struct flow *f, struct err *err)
{
	return flow_case_add(f, 1, NULL, "no number", err);
}

static bool
wrong_inspection(struct flow *f, struct err *err)
{
	struct inspect_wish w = { .evidence = 2, .parcel = SIZE_MAX, .by = "", .where = "" };
	struct digest sha256;
	unsigned number;

	return flow_evidence_inspect(f, &w, &number, &sha256, err);
}

static bool
wrong_correspondent(struct flow *f, struct err *err)
{
	struct correspondent_wish w = { .state = "??" };
	unsigned number;

	return flow_correspondent_new(f, &w, &number, err);
}

static bool
wrong_revocation(struct flow *f, struct err *err)
{
	struct digest id = { .b = { 1 } };

	return flow_revoke(f, REVOKED_CARD, &id, "", err);
}

static bool
wrong_successor(struct flow *f, struct err *err)
{
	return flow_ledger_succeed(f, "No Reason", NULL, err);
}

static bool
wrong_order(struct flow *f, struct err *err)
{
	struct hold_view out;

	return flow_hold_renew(f, TO_HOLD, "", 1, &out, err);
}

static bool
wrong_treaty(struct flow *f, struct err *err)
{
	struct law_confirmation out;

	return flow_treaty_confirm(f, "??", "none", "", &out, err);
}

static const struct wrong {
	enum people_act act;
	bool (*open)(struct flow *f, struct err *err);
} wrongs[] = {
	{ PEOPLE_HOLD, wrong_hold }, { PEOPLE_GRANT, wrong_yes }, { PEOPLE_REFUSE, wrong_no },
	{ PEOPLE_MESSAGE, wrong_question }, { PEOPLE_ASK, wrong_send },
	{ PEOPLE_DELIVER, wrong_delivery }, { PEOPLE_DELIVER, wrong_seal },
	{ PEOPLE_DELIVER, wrong_seal_alone }, { PEOPLE_DELIVER, wrong_onward },
	{ PEOPLE_DESTROY, wrong_destruction }, { PEOPLE_RECEIVE, wrong_call },
	{ PEOPLE_DRAFT, wrong_case }, { PEOPLE_DRAFT, wrong_join },
	{ PEOPLE_READ, wrong_inspection }, { PEOPLE_KEYS, wrong_correspondent },
	{ PEOPLE_KEYS, wrong_revocation }, { PEOPLE_KEYS, wrong_successor },
	{ PEOPLE_HOLD, wrong_order }, { PEOPLE_GRANT, wrong_treaty },
};

/* Neither does it nor, where another approves, prepares it for who does. */
static bool
is_nothing_of(enum people_role role, const struct wrong *w)
{
	unsigned may = people_roles_may(1u << role);
	bool prepared = people_rule(w->act, OFFICE_FULL)->needed > 0 &&
	    w->open != wrong_order && w->open != wrong_treaty;

	return (may & (1u << w->act)) == 0 && !(prepared && (may & (1u << PEOPLE_DRAFT)) != 0);
}

static void
who_may_not_is_told_so_before_anything_is_said_of_what_was_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
		for (int r = 0; r < PEOPLE_ROLES; r++) {
			const struct wrong *w = &wrongs[i];
			struct err why = ERR_INIT;

			if (w->open(as(OF_ROLE + (unsigned)r), &why))
				fail_msg("door %zu takes what no door takes", i);
			if (is_nothing_of((enum people_role)r, w) && !is_barred(&why))
				fail_msg("%s is told of door %zu (%s): %s",
				    people_role_name((enum people_role)r), i,
				    people_act_name(w->act), why.text);
			/* Who may is told what is wrong with it. */
			if ((people_roles_may(1u << r) & (1u << w->act)) != 0 &&
			    is_barred(&why) && strcmp(why.reason, "key.group") != 0)
				fail_msg("%s may do it at door %zu: %s",
				    people_role_name((enum people_role)r), i, why.text);
		}
}

/* ---- S10, by two of them ---- */

/* What waits for a second person to open this evidence is approved by that one. */
static bool
approves(unsigned by, unsigned evidence, struct err *err)
{
	struct matter_view *list;
	char id[80] = "";
	struct matter_view m;
	size_t n;
	bool ok;

	if (!flow_matters(as(FIRST), &list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].evidence == evidence)
			(void)snprintf(id, sizeof id, "%s", digest_hex(&list[i].content).s);
		matter_view_clear(&list[i]);
	}
	mem_free(list);
	assert_true(id[0] != '\0');
	matter_view_init(&m);
	ok = flow_matter(as(by), 0, id, &m, err) && flow_approve(&j.a.flow, &m, err);
	matter_view_clear(&m);
	return ok;
}

static void
a_sealed_part_opens_by_who_reads_evidence_and_one_who_does_not(void **state)
{
	const unsigned reads_it = OF_ROLE + ROLE_INVESTIGATOR, lawyer = OF_ROLE + ROLE_LAWYER;
	const unsigned prosecutor = OF_ROLE + ROLE_PROSECUTOR;
	struct err why = ERR_INIT;

	(void)state;
	NO(reads_protected(as(reads_it), &err), "people.second");
	NO(approves(reads_it, 1, &err), "people.own");
	/* Two who both open evidence are one role twice. */
	assert_false(approves(lawyer, 1, &why));
	NO(reads_protected(as(reads_it), &err), "people.second");
	OK(approves(prosecutor, 1, &err));
	NO(reads_protected(as(prosecutor), &err), "people.role");
	OK(reads_protected(as(reads_it), &err));
	NO(reads_protected(as(reads_it), &err), "people.second");
	NO(reads_protected(as(lawyer), &err), "people.second");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sealed_part_opens_by_who_reads_evidence_and_one_who_does_not),
		cmocka_unit_test(
		    who_may_not_is_told_so_before_anything_is_said_of_what_was_typed),
		cmocka_unit_test(each_person_opens_the_doors_of_its_role_and_no_other),
	};

	return cmocka_run_group_tests_name("roles", tests, setup, job_over);
}
