/* Answers, and evidence that goes on: one fact is changed, and one sentence comes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "policy/check.h"

#define NOW INT64_C(1795000000)

static struct act ask, reply;
static struct answer_facts facts;

static void
text(struct marked_text *t, const char *s)
{
	struct err err = ERR_INIT;

	mem_free(t->text);
	t->text = mem_text_of(s, &err);
	assert_non_null(t->text);
	(void)snprintf(t->lang, sizeof t->lang, "en");
}

static void
set(struct fields *fs, const char *name, const char *value)
{
	struct err err = ERR_INIT;

	if (!fields_set(fs, name, value, "en", &err))
		print_message("%s: %s\n", name, err.text);
	assert_int_equal(err.kind, ERR_NONE);
}

/* An exercise from Aldora, answered by Berun. */
static struct answer_body *
answer(enum act_kind request, const char *instrument, enum act_kind kind)
{
	act_clear(&ask);
	act_clear(&reply);
	act_init(&ask, request);
	act_init(&reply, kind);
	ask.exercise = reply.exercise = true;
	(void)snprintf(ask.instrument, sizeof ask.instrument, "%s", instrument);
	facts = (struct answer_facts){ .request = &ask, .answer = &reply, .now = NOW,
		.consulted = true,
		.from_state = "XB", .to_state = "XA" };
	return &reply.body.answer;
}

static void
ground(struct answer_body *a, const char *id)
{
	(void)snprintf(a->grounds[0], sizeof a->grounds[0], "%s", id);
	a->grounds_n = 1;
}

/* Ours is stopped; the same from the other side counts, with its sentence. */
static void
lacks(const char *reason)
{
	struct verdict v = answer_decide(&facts);

	assert_string_equal(v.reason, reason);
	assert_false(v.allow);
	assert_true(strlen(v.text) > 40);
	facts.incoming = true;
	v = answer_decide(&facts);
	facts.incoming = false;
	assert_true(v.allow);
	assert_string_equal(v.reason, reason);
}

static void
good(void)
{
	struct verdict v = answer_decide(&facts);

	if (v.text[0] != '\0')
		print_message("%s: %s\n", v.reason, v.text);
	assert_true(v.allow);
	assert_string_equal(v.text, "");
	assert_string_equal(v.reason, "answer.granted");
}

/* ---- refusals ---- */

static void
P01_a_refusal_states_its_reasons_and_a_ground(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_REFUSED);

	(void)state;
	ground(a, "R02");
	lacks("answer.no-reasons");
	text(&a->text, "It would harm an operation.");
	good();
	a->grounds_n = 0;
	lacks("answer.no-ground");
}

static void
a_ground_is_one_of_the_menu_of_the_basis(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_REFUSED);

	(void)state;
	text(&a->text, "Because.");
	/* 42(6): a closed list; human rights are argued through R02, R03 or R08. */
	ground(a, "R14");
	lacks("answer.ground-not-in-menu");
	ground(a, "B01");
	lacks("answer.ground-not-in-menu");
	ground(a, "R08");
	good();
	ground(a, "R99");
	lacks("answer.ground-unknown");
	a = answer(ACT_STORED_DATA, "UNCAC-CYBER", ACT_REFUSED);
	text(&a->text, "Because.");
	ground(a, "R14");
	good();
	a = answer(ACT_PRESERVE, "Budapest", ACT_REFUSED);
	text(&a->text, "Because.");
	ground(a, "B01");
	good();
	ground(a, "R02");
	lacks("answer.ground-not-in-menu");
}

static void
S25_dual_criminality_of_a_preservation_needs_a_declared_reservation(void **state)
{
	static const char text_of[] = "comity.treaty/1\nseries\ta\nserial\t1\n"
	    "dated\t2026-11-01\nsource\tbooks\n"
	    "reservation\tXB\tUNCAC-CYBER\t42(5)\tdual criminality\n";
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_REFUSED);
	struct law_document *d = NULL;
	struct law_status *s = NULL;
	struct err err = ERR_INIT;

	(void)state;
	text(&a->text, "It is no offence here.");
	ground(a, "R10");
	lacks("answer.ground-reserved");
	assert_true(law_document_read(&d, span_text(text_of), NOW, &err) &&
	    law_status_new(&s, &err) && law_status_add(s, d, &err));
	facts.law = s;
	good();
	/* Who asks has reserved it; that opens nothing to who is asked. */
	memcpy(facts.from_state, "XC", 3);
	lacks("answer.ground-reserved");
	law_status_free(s);
}

static void
what_the_convention_forbids_as_a_ground_is_none(void **state)
{
	static const char *const none[] = { "N01", "N02", "N03", "P01" };
	struct answer_body *a;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		a = answer(ACT_STORED_DATA, "UNCAC-CYBER", ACT_REFUSED);
		text(&a->text, "Because.");
		ground(a, none[i]);
		lacks("answer.ground-forbidden");
	}
}

static void
every_ground_is_looked_at(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_REFUSED);

	(void)state;
	text(&a->text, "Because.");
	ground(a, "R02");
	(void)snprintf(a->grounds[1], sizeof a->grounds[1], "R05");
	a->grounds_n = 2;
	lacks("answer.ground-not-in-menu");
}

static void
only_a_missing_treaty_field_carries_a_refusal_for_form(void **state)
{
	static const char *const policy_only[][2] = {
		{ "F02.subject", "Inquiry" }, { "F03.articles", "13" },
		{ "F03.facts", "Deceived." }, { "F04.text", "Copy" },
		{ "F06.type", "email" }, { "F06.value", "shop@example.org" },
		{ "F07.from", "2026-10-01" }, { "F07.to", "2026-11-01" },
		{ "F11.text", "Mails" }, { "F12.name", "Example Mail" },
		{ "F66.request", "en" }, { "F66.accepts", "en" },
	};
	struct answer_body *a = answer(ACT_STORED_DATA, "UNCAC-CYBER", ACT_REFUSED);
	struct fields *fs = &ask.body.request.fields;

	(void)state;
	text(&a->text, "It is not complete.");
	ground(a, "R01");
	for (size_t i = 0; i < sizeof policy_only / sizeof *policy_only; i++)
		set(fs, policy_only[i][0], policy_only[i][1]);
	good();				/* F08, the purpose, is missing: 40(15)(g) */
	set(fs, "F08.text", "To prove it");
	lacks("answer.ground-form");	/* F67 is missing still, and is ours */
}

static void
a_consent_can_be_refused_where_the_menu_is_empty(void **state)
{
	struct answer_body *a = answer(ACT_USE_CONSENT, "Budapest", ACT_REFUSED);

	(void)state;
	text(&a->text, "The source must be spared.");
	ground(a, "G01");
	good();
	ground(a, "N02");
	lacks("answer.ground-forbidden");
	a = answer(ACT_USE_CONSENT, "UNCAC-CYBER", ACT_REFUSED);
	text(&a->text, "The source must be spared.");
	ground(a, "R22");
	good();
}

static void
a_request_without_a_basis_can_be_refused(void **state)
{
	struct answer_body *a = answer(ACT_STORED_DATA, "", ACT_REFUSED);

	(void)state;
	text(&a->text, "No basis is stated.");
	ground(a, "G01");
	good();
}

/* ---- yes ---- */

static void
D02_a_granted_preservation_holds_at_least_sixty_days(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_GRANTED);

	(void)state;
	lacks("answer.no-hold");
	a->hold_effected_at = NOW;
	lacks("answer.no-hold");
	a->hold_until = NOW + 60 * DAY;
	good();
	a->hold_until = NOW + 60 * DAY - 1;
	lacks("answer.hold-too-short");
	a->hold_until = NOW;
	lacks("answer.hold-over");
	a->hold_until = a->hold_effected_at = NOW + DAY;
	lacks("answer.hold-over");
	a->hold_effected_at = NOW - 70 * DAY;
	a->hold_until = NOW;
	lacks("answer.hold-over");
	a->hold_until = NOW + 1;
	good();
	a->hold_effected_at = NOW + DAY;
	a->hold_until = NOW + 70 * DAY;
	good();
	a->hold_effected_at = NOW + DAY + 1;
	lacks("answer.hold-not-yet");
}

static void
D31_budapest_asks_for_sixty_days_and_courtesy_for_none(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "Budapest", ACT_GRANTED);

	(void)state;
	a->hold_effected_at = NOW;
	a->hold_until = NOW + 59 * DAY;
	lacks("answer.hold-too-short");
	a = answer(ACT_PRESERVE, "reciprocity", ACT_GRANTED);
	a->hold_effected_at = NOW;
	a->hold_until = NOW + 10 * DAY;
	good();
}

static void
conditions_are_there_when_promised_and_announced_when_there(void **state)
{
	struct answer_body *a = answer(ACT_STORED_DATA, "UNCAC-CYBER",
	    ACT_GRANTED_WITH_CONDITIONS);

	(void)state;
	lacks("answer.no-conditions");
	set(&a->fields, "conditions.code", "only_on_sundays");
	lacks("answer.condition-unknown");
	set(&a->fields, "conditions.code", "no_onward");
	good();
	set(&a->fields, "conditions[0].until", "2026-11-01");
	lacks("answer.condition-over");
	set(&a->fields, "conditions[0].until", when_rfc3339(NOW).s);
	lacks("answer.condition-over");
	set(&a->fields, "conditions[0].until", "2027-11-01");
	good();
	a = answer(ACT_STORED_DATA, "UNCAC-CYBER", ACT_GRANTED);
	good();
	set(&a->fields, "conditions.code", "no_onward");
	lacks("answer.conditions-in-a-plain-yes");
}

/* The sentence names every code of the table, so that it can be followed. */
static void
the_codes_of_conditions_are_those_of_the_table(void **state)
{
	struct answer_body *a = answer(ACT_STORED_DATA, "UNCAC-CYBER",
	    ACT_GRANTED_WITH_CONDITIONS);
	const char *codes = law_field("conditions")->codes, *end;
	struct verdict v;

	(void)state;
	set(&a->fields, "conditions.code", "only_on_sundays");
	v = answer_decide(&facts);
	for (; *codes != '\0'; codes = *end == ';' ? end + 1 : end) {
		char one[72];

		end = codes + strcspn(codes, ";");
		(void)snprintf(one, sizeof one, "%.*s", (int)(end - codes), codes);
		assert_non_null(strstr(v.text, one));
		set(&a->fields, "conditions.code", one);
		good();
	}
}

static void
a_preservation_granted_with_conditions_holds_too(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER",
	    ACT_GRANTED_WITH_CONDITIONS);

	(void)state;
	set(&a->fields, "conditions.code", "no_onward");
	lacks("answer.no-hold");
}

/* ---- messages ---- */

static void
a_question_asks_for_something_the_request_can_have(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_QUESTION);

	(void)state;
	lacks("answer.asks-nothing");
	text(&a->text, "Which account?");
	good();
	a->asks_n = 1;
	(void)snprintf(a->asks[0], sizeof a->asks[0], "offence");
	good();
	(void)snprintf(a->asks[0], sizeof a->asks[0], "nonsense");
	lacks("answer.asks-unknown");
	(void)snprintf(a->asks[0], sizeof a->asks[0], "F29");	/* of emergencies */
	lacks("answer.asks-unknown");
	(void)snprintf(a->asks[0], sizeof a->asks[0], "F70");	/* the signature */
	lacks("answer.asks-unknown");
}

static void
a_reply_says_something_and_what_it_says_is_whole(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_REPLY);

	(void)state;
	lacks("answer.replies-nothing");
	set(&a->fields, "F13.type", "email");
	lacks("answer.reply-incomplete");
	set(&a->fields, "F13.value", "shop@example.org");
	good();
	assert_true(fields_remove(&a->fields, "F13"));
	set(&a->fields, "F13.type", "ip");
	set(&a->fields, "F13.value", "192.0.2.7");
	lacks("answer.reply-incomplete");	/* at what time? */
	set(&a->fields, "F13.at", "2026-11-01T10:00:00Z");
	good();
}

static void
a_reply_sets_what_was_asked_for_and_nothing_after_a_yes(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_REPLY);
	struct act question;
	struct answer_body *q = &question.body.answer;

	(void)state;
	act_init(&question, ACT_QUESTION);
	facts.question = &question;
	set(&a->fields, "F13.type", "email");
	set(&a->fields, "F13.value", "shop@example.org");
	good();					/* it names no field */
	(void)snprintf(q->asks[q->asks_n++], sizeof q->asks[0], "F12");
	lacks("answer.reply-not-asked");
	(void)snprintf(q->asks[q->asks_n++], sizeof q->asks[0],
	    "system_or_account");
	good();
	facts.question = NULL;
	facts.agreed = true;
	lacks("answer.reply-after-yes");
	facts.incoming = true;
	assert_true(answer_decide(&facts).allow);
	assert_string_equal(answer_decide(&facts).reason, "answer.reply-after-yes");
	facts.incoming = false;
	act_clear(&question);
}

static void
a_withdrawal_owes_nobody_reasons(void **state)
{
	(void)state;
	(void)answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_WITHDRAWN);
	good();
}

static void
what_is_no_answer_is_never_taken_as_one(void **state)
{
	(void)state;
	(void)answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_CARD);
	facts.incoming = true;
	assert_string_equal(answer_decide(&facts).reason, "answer.no-answer");
	assert_false(answer_decide(&facts).allow);
	(void)answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_WITHDRAWN);
	reply.exercise = false;
	facts.incoming = true;
	assert_string_equal(answer_decide(&facts).reason, "answer.training-and-real");
	assert_false(answer_decide(&facts).allow);
}

/* ---- onward ---- */

#define ONWARD(change, why, may) do { struct onward_facts f = with_consent; change; \
	assert_string_equal(onward_decide(&f).reason, why); \
	assert_true(onward_decide(&f).allow == (may)); } while (0)

static void
evidence_of_another_goes_on_only_with_its_consent(void **state)
{
	const struct onward_facts with_consent = { .received = true, .consent = true,
		.consent_names_receiver = true, .consent_until = 200, .now = 200 };

	(void)state;
	ONWARD((void)f, "onward.consented", true);
	ONWARD(f.consent_until = 0, "onward.consented", true);
	ONWARD(f.consent = false, "onward.no-consent", false);
	ONWARD((f.consent = false, f.consent_on_paper = true), "onward.consent-on-paper",
	    false);
	ONWARD(f.consent_revoked = true, "onward.consent-revoked", false);
	ONWARD(f.consent_names_receiver = false, "onward.consent-for-someone-else", false);
	ONWARD(f.now = 201, "onward.consent-over", false);
	ONWARD((f.consent = false, f.to_origin = true), "onward.back-to-its-sender", true);
	ONWARD((f.consent = false, f.received = false), "onward.our-own", true);
}

static int
tidy(void **state)
{
	(void)state;
	act_clear(&ask);
	act_clear(&reply);
	return 0;
}

/* ---- not now; before a no; longer; no longer ---- */

static void
only_ones_own_inquiry_postpones(void **state)
{
	struct answer_body *a = answer(ACT_MLA_GENERAL, "UNCAC-CYBER", ACT_POSTPONED);

	(void)state;
	ground(a, "R09");
	lacks("answer.no-words");
	text(&a->text, "A search of ours is near");
	ground(a, "R02");
	lacks("answer.ground-refuses");
	ground(a, "R16");
	lacks("answer.ground-not-in-menu");
	ground(a, "R09");
	a->until = NOW;
	lacks("answer.postponed-past");
	a->until = NOW + 1;
	good();
}

static void
a_consultation_offers_conditions_and_nothing_else(void **state)
{
	struct answer_body *a = answer(ACT_STORED_DATA, "UNCAC-CYBER", ACT_CONSULTATION);

	(void)state;
	lacks("answer.no-words");
	text(&a->text, "For a fine we could not search");
	ground(a, "R99");
	lacks("answer.ground-unknown");
	ground(a, "R03");
	set(&a->fields, "conditions[+].code", "case_only");
	good();
	set(&a->fields, "conditions[+].code", "purple");
	lacks("answer.condition-unknown");
	fields_clear(&a->fields);
	set(&a->fields, "necessity", "x");
	lacks("answer.consults-else");
}

static void
an_extension_ends_later_than_now_however_short(void **state)
{
	struct answer_body *a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_EXTENSION);

	(void)state;
	lacks("answer.no-hold");
	a->hold_effected_at = NOW - 50 * DAY;
	a->hold_until = NOW;
	lacks("answer.hold-over");
	a->hold_until = NOW + DAY;
	good();
	a = answer(ACT_PRESERVE_EXTEND, "UNCAC-CYBER", ACT_GRANTED);
	lacks("answer.no-hold");
	a->hold_effected_at = NOW;
	a->hold_until = NOW + DAY;
	good();
	a = answer(ACT_PRESERVE, "UNCAC-CYBER", ACT_RELEASED);
	lacks("answer.no-words");
	text(&a->text, "Not needed");
	a->released_at = NOW + 2 * DAY;
	lacks("answer.released-not-yet");
	a->released_at = NOW;
	good();
}

static void
a_yes_to_a_question_says_the_answer(void **state)
{
	static const enum act_kind kinds[] = { ACT_PROVIDER_LOCATE, ACT_TECH_LEGAL_ADVICE,
		ACT_LOCATE_SUSPECT, ACT_STATUS_QUERY };

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct answer_body *a = answer(kinds[i], "UNCAC-CYBER", ACT_GRANTED);

		lacks("answer.no-words");
		text(&a->text, "In Berun City");
		good();
	}
}

/* Each outcome, what it needs, and the sentence when that is not there. */
static void
a_provider_answers_with_an_outcome_and_what_it_needs(void **state)
{
	static const struct { const char *outcome, *reason, *name, *value; } steps[] = {
		{ "produced", "answer.no-certificate", "F80.title", "Certificate of Kim" },
		{ "produced", "answer.no-collection-record", "F81.by", "Unit 4" },
		{ "produced", "answer.provider-incomplete", "F82.text", "exporter 1.2" },
		{ "produced", "answer.no-method", "F83.codes", "provider_export" },
		{ "produced", "answer.provider-incomplete", "F84.what", "An image" },
		{ "not_held", "answer.no-why-not", "F92.text", "Kept for seven days" },
		{ "conflict_of_laws", "answer.no-conflict", "F86.text", "The law of XC" },
		{ "cost_claim", "answer.no-claim", "F87.amount", "12.50" },
	};
	struct answer_body *a = answer(ACT_DOMESTIC_ORDER, "", ACT_PROVIDER_ANSWER);

	(void)state;
	set(&a->fields, "F12.name", "Berun Mail");
	lacks("answer.no-outcome");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		set(&a->fields, "F85.codes", steps[i].outcome);
		lacks(steps[i].reason);
		set(&a->fields, steps[i].name, steps[i].value);
	}
	lacks("answer.provider-incomplete");	/* parts of F81 and F87 are missing still */
	set(&a->fields, "F81.from", "The log server");
	set(&a->fields, "F81.at", "2026-11-10");
	set(&a->fields, "F81.tool", "exporter 1.2");
	set(&a->fields, "F87.currency", "XBD");
	good();
	set(&a->fields, "F85.codes", "produced;preserved");
	lacks("answer.two-outcomes");
	set(&a->fields, "F85.codes", "perhaps");
	lacks("answer.outcome-unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_ones_own_inquiry_postpones),
		cmocka_unit_test(a_consultation_offers_conditions_and_nothing_else),
		cmocka_unit_test(an_extension_ends_later_than_now_however_short),
		cmocka_unit_test(a_yes_to_a_question_says_the_answer),
		cmocka_unit_test(a_provider_answers_with_an_outcome_and_what_it_needs),
		cmocka_unit_test(P01_a_refusal_states_its_reasons_and_a_ground),
		cmocka_unit_test(a_ground_is_one_of_the_menu_of_the_basis),
		cmocka_unit_test(
		    S25_dual_criminality_of_a_preservation_needs_a_declared_reservation),
		cmocka_unit_test(what_the_convention_forbids_as_a_ground_is_none),
		cmocka_unit_test(every_ground_is_looked_at),
		cmocka_unit_test(only_a_missing_treaty_field_carries_a_refusal_for_form),
		cmocka_unit_test(a_consent_can_be_refused_where_the_menu_is_empty),
		cmocka_unit_test(a_request_without_a_basis_can_be_refused),
		cmocka_unit_test(D02_a_granted_preservation_holds_at_least_sixty_days),
		cmocka_unit_test(D31_budapest_asks_for_sixty_days_and_courtesy_for_none),
		cmocka_unit_test(conditions_are_there_when_promised_and_announced_when_there),
		cmocka_unit_test(the_codes_of_conditions_are_those_of_the_table),
		cmocka_unit_test(a_preservation_granted_with_conditions_holds_too),
		cmocka_unit_test(a_question_asks_for_something_the_request_can_have),
		cmocka_unit_test(a_reply_says_something_and_what_it_says_is_whole),
		cmocka_unit_test(a_reply_sets_what_was_asked_for_and_nothing_after_a_yes),
		cmocka_unit_test(a_withdrawal_owes_nobody_reasons),
		cmocka_unit_test(what_is_no_answer_is_never_taken_as_one),
		cmocka_unit_test(evidence_of_another_goes_on_only_with_its_consent),
	};

	act_init(&ask, ACT_PRESERVE);
	act_init(&reply, ACT_GRANTED);
	return cmocka_run_group_tests_name("answers", tests, NULL, tidy);
}
