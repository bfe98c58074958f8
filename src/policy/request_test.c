/* One whole request of each kind; then one thing is changed, and one sentence comes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "policy/check.h"

#define NOW INT64_C(1795000000)		/* 18 Nov 2026 */

struct set {
	const char *name, *value;
};
#define OFFENCE(id) { id ".articles", "13" }, { id ".facts", "Deceived by a false shop." }

static const struct set preserve_fields[] = {
	OFFENCE("F10"), { "F11.text", "Log of sign-ins; shows who paid." },
	{ "F12.name", "Example Mail" }, { "F13.type", "email" },
	{ "F13.value", "shop@example.org" }, { "F14.text", "Deleted after 30 days." },
	{ "F15.measure", "stored_data" }, { "F15.planned_at", "2026-12-20" },
	{ "F16.wanted", "no" }, { NULL, NULL },
};
static const struct set subscriber_fields[] = {
	{ "F02.subject", "Inquiry into fraud" }, OFFENCE("F03"),
	{ "F04.text", "Name and address of the subscriber" }, { "F06.type", "email" },
	{ "F06.value", "shop@example.org" }, { "F08.text", "To find the suspect" },
	{ "F12.name", "Example Mail" }, { "F66.request", "en" }, { "F66.accepts", "en;fr" },
	{ "F67.statements", "not_political" }, { "F67.by", "Duty prosecutor" },
	{ "F67.domestic_offence", "Fraud, section 12" }, { NULL, NULL },
};
static const struct set stored_data_fields[] = {
	{ "F02.subject", "Inquiry into fraud" }, OFFENCE("F03"),
	{ "F04.text", "Copy of the mailbox" }, { "F06.type", "email" },
	{ "F06.value", "shop@example.org" }, { "F07.from", "2026-10-01" },
	{ "F07.to", "2026-11-01" }, { "F08.text", "To prove the deceit" },
	{ "F11.text", "Mails with the victim" }, { "F12.name", "Example Mail" },
	{ "F25.title", "Order of the investigating judge" }, { "F66.request", "en" },
	{ "F66.accepts", "en" }, { "F67.statements", "not_political" },
	{ "F67.by", "Duty prosecutor" }, { "F67.domestic_offence", "Fraud, section 12" },
	{ NULL, NULL },
};
static const struct set traffic_path_fields[] = {
	{ "F20.number", "XA-2026-000031" }, { "F22.name", "Example Net" },
	{ "F22.state", "XC" }, { "F23.what", "Two lines of a log" }, { NULL, NULL },
};
static const struct set use_consent_fields[] = {
	{ "F20.act", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	{ "F54.recipient_state", "XC" }, { NULL, NULL },
};

static struct act ask;
static struct request_facts facts;
static struct request_findings found;

static void
set(const char *name, const char *value)
{
	struct err err = ERR_INIT;

	if (!fields_set(&ask.body.request.fields, name, value, "en", &err))
		print_message("%s: %s\n", name, err.text);
	assert_int_equal(err.kind, ERR_NONE);
}

static void
unset(const char *name)
{
	assert_true(fields_remove(&ask.body.request.fields, name));
}

static void
check(void)
{
	request_check(&ask, &facts, &found);
	for (size_t i = 0; i < found.n; i++) {
		const struct request_finding *r = &found.list[i];

		assert_true(strlen(r->text) > 20 && strlen(r->text) < sizeof r->text - 1);
		assert_true(utf8_valid(span_text(r->text)));
	}
}

/* A whole request of the kind, from Aldora to Berun, as an exercise. */
static void
whole(enum act_kind kind, const struct set *fields)
{
	act_clear(&ask);
	act_init(&ask, kind);
	ask.exercise = true;
	(void)snprintf(ask.instrument, sizeof ask.instrument, "UNCAC-CYBER");
	facts = (struct request_facts){ .now = NOW, .from_state = "XA", .to_state = "XB",
		.exercise = true };
	for (; fields->name != NULL; fields++)
		set(fields->name, fields->value);
}

static void
preserve(void)
{
	whole(ACT_PRESERVE, preserve_fields);
}

static void
stored_data(void)
{
	whole(ACT_STORED_DATA, stored_data_fields);
}

static const struct request_finding *
finding(const char *reason)
{
	check();
	for (size_t i = 0; i < found.n; i++)
		if (strcmp(found.list[i].reason, reason) == 0)
			return &found.list[i];
	return NULL;
}

static void
print_findings(void)
{
	for (size_t i = 0; i < found.n; i++)
		print_message("%s: %s\n", found.list[i].reason, found.list[i].text);
}

static void
only(const char *reason, enum finding_weight weight)
{
	const struct request_finding *r = finding(reason);

	if (r == NULL || found.n != 1)
		print_findings();
	assert_non_null(r);
	assert_int_equal(found.n, 1);
	assert_int_equal(r->weight, weight);
	assert_int_equal(found.stops, weight == FINDING_STOPS);
}
#define STOPS(reason) only(reason, FINDING_STOPS)
#define WARNS(reason) only(reason, FINDING_WARNS)

static void
nothing(void)
{
	check();
	if (found.n > 0)
		print_findings();
	assert_int_equal(found.n, 0);
	assert_int_equal(found.stops, 0);
}

static void
says(const char *reason, const char *text)
{
	const struct request_finding *r = finding(reason);

	assert_non_null(r);
	assert_string_equal(r->text, text);
}

/* ---- whole requests ---- */

static void
a_whole_request_of_each_kind_has_no_finding(void **state)
{
	(void)state;
	preserve();
	nothing();
	whole(ACT_SUBSCRIBER, subscriber_fields);
	nothing();
	stored_data();
	nothing();
	whole(ACT_TRAFFIC_PATH, traffic_path_fields);
	nothing();
	whole(ACT_USE_CONSENT, use_consent_fields);
	nothing();
}

static void
an_empty_draft_hears_of_everything_and_nothing_breaks(void **state)
{
	static const enum act_kind kinds[] = { ACT_PRESERVE, ACT_TRAFFIC_PATH,
		ACT_SUBSCRIBER, ACT_STORED_DATA, ACT_USE_CONSENT };
	static const struct set none = { NULL, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		whole(kinds[i], &none);
		ask.instrument[0] = '\0';
		check();
		assert_true(found.stops >= 3);
		assert_non_null(finding("request.no-basis"));
	}
}

/* Something of the form that a part has. */
static const char *
sample(const struct law_part *p)
{
	static char code[24];

	switch (p->kind) {
	case PART_INSTANT:
		return "2026-11-01";
	case PART_NUMBER:
		return "7";
	case PART_YES:
		return "yes";
	case PART_STATE:
		return "XC";
	case PART_DIGEST:
		return "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	case PART_AUTHORITY:
		return "XA-MZXW6YTBOIMZXW6Y";
	case PART_LANG:
	case PART_LANGS:
		return "en";
	case PART_CODE:
	case PART_CODES:
		if (p->codes == NULL)
			return "something";
		(void)snprintf(code, sizeof code, "%.*s", (int)strcspn(p->codes, ";"),
		    p->codes);
		return code;
	case PART_TEXT:
	case PART_MARKED:
		break;
	}
	return "7";
}

/* One part of one field, in every kind under every instrument: no sentence is cut. */
static void
every_part_alone_is_looked_at_and_every_sentence_is_whole(void **state)
{
	static const enum act_kind kinds[] = { ACT_PRESERVE, ACT_TRAFFIC_PATH,
		ACT_SUBSCRIBER, ACT_STORED_DATA, ACT_USE_CONSENT };
	static const char *const bases[] = { "UNCAC-CYBER", "Budapest", "UNTOC",
		"reciprocity", "", "of our own" };
	static const struct set none = { NULL, NULL };
	size_t n;
	const struct law_field *all = law_fields(&n);
	char name[80];

	(void)state;
	for (size_t k = 0; k < 5 * 6 * n * LAW_PARTS_MAX; k++) {
		const struct law_field *f = &all[k / LAW_PARTS_MAX / 30];
		size_t p = k % LAW_PARTS_MAX;

		if (p >= f->shape->parts_n)
			continue;
		whole(kinds[k / LAW_PARTS_MAX % 5], &none);
		(void)snprintf(ask.instrument, sizeof ask.instrument, "%s",
		    bases[k / LAW_PARTS_MAX / 5 % 6]);
		(void)snprintf(name, sizeof name, "%s.%s", f->id, f->shape->parts[p].name);
		set(name, sample(&f->shape->parts[p]));
		for (int i = 0; i < 4; i++) {
			facts.incoming = (i & 1) != 0;
			memcpy(facts.from_state, i < 2 ? "XA" : "VC", 3);	/* a long name */
			memcpy(facts.to_state, i < 2 ? "XB" : "VC", 3);
			check();
			for (size_t r = 0; r < found.n; r++)
				if (strstr(found.list[r].text, "...") != NULL)
					fail_msg("cut: %s", found.list[r].text);
		}
	}
}

/* ---- what is missing ---- */

static void
a_missing_field_is_named_with_its_article_and_what_to_do(void **state)
{
	(void)state;
	preserve();
	unset("F10");
	STOPS("request.missing");
	assert_true(found.list[0].treaty);
	says("request.missing",
	    "Missing: Offence under inquiry and short facts (Art 42(3)(b)). Set offence.");
}

static void
of_what_came_in_the_missing_field_is_asked_for(void **state)
{
	(void)state;
	preserve();
	facts.incoming = true;
	unset("F10");
	says("request.missing",
	    "Missing: Offence under inquiry and short facts (Art 42(3)(b)). Ask Aldora for it.");
}

static void
a_field_of_our_own_rules_carries_no_refusal_for_form(void **state)
{
	(void)state;
	stored_data();
	unset("F67");
	STOPS("request.missing");
	assert_false(found.list[0].treaty);
	assert_non_null(strstr(found.list[0].text, "(our own rules)"));
	stored_data();
	unset("F08");
	STOPS("request.missing");
	assert_true(found.list[0].treaty);
}

static void
provider_or_account_one_of_them_at_least(void **state)
{
	(void)state;
	preserve();
	unset("F12");
	nothing();
	unset("F13");
	STOPS("request.missing-one-of");
	says("request.missing-one-of",
	    "Missing, one of them at least (Art 42(3)(d)): Provider or custodian; Place of the system, or identifiers of the account. Set provider or system_or_account.");
	assert_true(found.list[0].treaty);
	assert_string_equal(found.list[0].field->id, "F12");
}

static void
a_field_that_is_half_there_names_the_part_that_lacks(void **state)
{
	(void)state;
	preserve();
	unset("F10");
	set("F10.articles", "13");
	STOPS("request.incomplete");
	says("request.incomplete",
	    "Missing in \"Offence under inquiry and short facts\": facts of the case (Art 42(3)(b)). Set offence.facts.");
	stored_data();
	set("F06[+].type", "account");
	STOPS("request.incomplete");		/* said once */
	assert_non_null(strstr(finding("request.incomplete")->text, ", entry 2: value"));
	assert_non_null(strstr(finding("request.incomplete")->text,
	    "Set identifiers[1].value."));
}

static void
the_article_named_is_that_of_the_basis(void **state)
{
	(void)state;
	preserve();
	facts = (struct request_facts){ .now = NOW, .from_state = "FR", .to_state = "DE" };
	(void)snprintf(ask.instrument, sizeof ask.instrument, "Budapest");
	unset("F10");
	check();
	assert_non_null(strstr(finding("request.missing")->text, "(Budapest 29(2)(b))"));
}

static void
what_the_other_side_does_not_need_is_better_left_out(void **state)
{
	(void)state;
	preserve();
	set("F30.text", "There is time enough.");
	WARNS("request.not-asked");
}

/* ---- basis ---- */

static void
no_document_cites_a_treaty_that_does_not_bind_both(void **state)
{
	(void)state;
	preserve();
	facts = (struct request_facts){ .now = NOW, .from_state = "FR", .to_state = "DE" };
	assert_int_equal(finding("request.basis-not-binding")->weight, FINDING_STOPS);
	assert_non_null(strstr(finding("request.basis-not-binding")->text, "Germany"));
	preserve();
	(void)snprintf(ask.instrument, sizeof ask.instrument, "Budapest");
	assert_non_null(finding("request.basis-not-binding"));
}

static void
a_code_that_nobody_else_can_look_up_is_not_sent(void **state)
{
	(void)state;
	preserve();
	set("urgency.codes", "volatile_data");
	assert_null(finding("request.code"));
	set("urgency.codes", "volatile_data;because_i_say_so");
	assert_int_equal(finding("request.code")->weight, FINDING_STOPS);
	facts.incoming = true;
	assert_int_equal(finding("request.code")->weight, FINDING_WARNS);
}

static void
a_basis_that_is_missing_or_has_no_rule_is_named_with_one_that_has(void **state)
{
	(void)state;
	preserve();
	ask.instrument[0] = '\0';
	STOPS("request.no-basis");
	says("request.no-basis",
	    "No legal basis is stated for Aldora and Berun. UNCAC-CYBER stands open to them: name it.");
	(void)snprintf(ask.instrument, sizeof ask.instrument, "UNTOC");
	STOPS("request.basis-no-row");
	/* What is asked is what the suggested one asks; nothing of it is a treaty duty yet. */
	facts = (struct request_facts){ .now = NOW, .from_state = "FR", .to_state = "DE" };
	ask.instrument[0] = '\0';
	unset("F10");
	check();
	assert_non_null(strstr(finding("request.missing")->text, "(Budapest 29(2)(b))"));
	assert_false(finding("request.missing")->treaty);
}

static void
an_unsure_basis_is_looked_at_by_an_officer(void **state)
{
	const char *a = NULL, *b = NULL;
	char pair[2][3];

	(void)state;
	/* Two States whose dates are from memory: found, not named, so that data may grow. */
	for (char x = 'A'; x <= 'Z' && a == NULL; x++)
		for (char y = 'A'; y <= 'Z' && a == NULL; y++) {
			(void)snprintf(pair[0], 3, "%c%c", x, y);
			if (law_state(pair[0]) != NULL && law_instrument_binds(NULL, "Budapest",
			    pair[0], "FR", NOW) == LAW_BINDS_UNSURE)
				a = pair[0], b = "FR";
		}
	if (a == NULL)
		skip();
	preserve();
	facts = (struct request_facts){ .now = NOW };
	memcpy(facts.from_state, a, 3);
	memcpy(facts.to_state, b, 3);
	(void)snprintf(ask.instrument, sizeof ask.instrument, "Budapest");
	STOPS("request.basis-unsure");
	/* What came in rests on what its sender knows: it is looked at. */
	facts.incoming = true;
	assert_int_equal(finding("request.basis-unsure")->weight, FINDING_WARNS);
	assert_int_equal(found.stops, 0);
}

/* ---- the law as an update says it ---- */

#define HEAD "comity.treaty/1\nseries\ta\nserial\t1\ndated\t2026-11-01\nsource\tbooks\n"

static struct law_status *
law_of(const char *text)
{
	struct law_document *d = NULL;
	struct law_status *s = NULL;
	struct err err = ERR_INIT;

	assert_true(law_document_read(&d, span_text(text), NOW, &err) &&
	    law_status_new(&s, &err) && law_status_add(s, d, &err));
	return s;
}

static void
what_an_officer_confirmed_may_be_cited(void **state)
{
	struct law_status *s = law_of(HEAD);
	struct law_confirmation c;
	struct err err = ERR_INIT;

	(void)state;
	preserve();
	facts = (struct request_facts){ .now = NOW, .from_state = "FI", .to_state = "US",
		.law = s };
	ask.exercise = false;
	(void)snprintf(ask.instrument, sizeof ask.instrument, "Budapest");
	STOPS("request.basis-unsure");
	assert_non_null(strstr(finding("request.basis-unsure")->text,
	    "comity treaty confirm US Budapest"));
	ask.instrument[0] = '\0';
	assert_non_null(strstr(finding("request.no-basis")->text,
	    "comity treaty confirm US Budapest"));
	assert_true(law_confirmation_of(s, "US", "Budapest", NOW, "books", &c, &err) &&
	    law_status_confirm(s, &c, &err));
	says("request.no-basis",
	    "No legal basis is stated for Finland and United States. Budapest stands open to them: name it.");
	(void)snprintf(ask.instrument, sizeof ask.instrument, "Budapest");
	check();
	assert_int_equal(found.stops, 0);
	law_status_free(s);
}

/* The Convention in force between two States under Budapest: 40 deposits long ago. */
static struct law_status *
law_of_forty(void)
{
	static const char *const states[] = { "FI", "DE", "AD", "AE", "AF", "AG", "AL", "AM",
		"AO", "AR", "AT", "AU", "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI",
		"BJ", "BN", "BO", "BR", "BS", "BT", "BW", "BY", "BZ", "CA", "CD", "CF", "CG",
		"CH", "CI", "CK", "CL", "CM", "CN" };
	struct law_status *s;
	const char *text;
	struct buf b;

	assert_int_equal(sizeof states / sizeof *states, 40);
	buf_init(&b, 8192);
	assert_true(buf_add_text(&b, HEAD, NULL));
	for (size_t i = 0; i < 40; i++)
		assert_true(buf_printf(&b, NULL,
		    "party\t%s\tUNCAC-CYBER\t\t2026-06-01\t\t\ttext\n", states[i]));
	assert_true(buf_text(&b, &text, NULL));
	s = law_of(text);
	buf_clear(&b);
	return s;
}

static void
where_two_instruments_bind_the_choice_is_an_officers(void **state)
{
	struct law_status *s = law_of_forty();

	(void)state;
	preserve();
	facts = (struct request_facts){ .now = NOW, .from_state = "FI", .to_state = "DE" };
	ask.exercise = false;
	(void)snprintf(ask.instrument, sizeof ask.instrument, "Budapest");
	assert_null(finding("request.basis-choice"));
	facts.law = s;
	assert_int_equal(finding("request.basis-choice")->weight, FINDING_WARNS);
	assert_int_equal(found.stops, 0);
	(void)snprintf(ask.instrument, sizeof ask.instrument, "UNCAC-CYBER");
	assert_int_equal(finding("request.basis-choice")->weight, FINDING_WARNS);
	assert_null(finding("request.basis-not-binding"));
	law_status_free(s);
}

static void
where_nothing_is_left_the_other_ways_are_named(void **state)
{
	(void)state;
	/* No instrument that is in force between them has a row for an interception. */
	whole(ACT_INTERCEPT_CONTENT, use_consent_fields);
	facts = (struct request_facts){ .now = NOW, .from_state = "SG", .to_state = "CN" };
	ask.exercise = false;
	ask.instrument[0] = '\0';
	assert_non_null(strstr(finding("request.no-basis")->text,
	    "the police channel (police_info), a freeze alert, or a letter remain."));
}

static void
S25_a_reservation_of_the_other_side_is_shown(void **state)
{
	struct law_status *s = law_of(HEAD
	    "reservation\tXB\tUNCAC-CYBER\t42(5)\tdual criminality outside the Convention\n"
	    "reservation\tXB\tUNCAC-CYBER\t13(2)\tonly with intent to gain\n"
	    "reservation\tXB\tUNCAC-CYBER\t63(3)\tno arbitration\n"
	    "languages\tXB\tfr\n");

	(void)state;
	preserve();
	check();
	assert_null(finding("request.declaration"));
	facts.law = s;
	check();
	assert_int_equal(found.n, 2);
	assert_int_equal(found.stops, 0);
	says("request.declaration",
	    "Berun made a reservation to UNCAC-CYBER 42(5): dual criminality outside the Convention (S25).");
	stored_data();
	assert_null(finding("request.language"));
	facts.law = s;
	assert_int_equal(finding("request.language")->weight, FINDING_WARNS);
	law_status_free(s);
}

static void
an_exercise_never_reaches_a_real_authority(void **state)
{
	(void)state;
	preserve();
	facts.exercise = false;
	STOPS("request.training-and-real");
	preserve();
	memcpy(facts.to_state, "DE", 3);
	assert_int_equal(finding("request.training-and-real")->weight, FINDING_STOPS);
	memcpy(facts.to_state, "ZZ", 3);
	assert_int_equal(finding("request.state-unknown")->weight, FINDING_STOPS);
}

/* ---- safeguards ---- */

static void
S01_an_offence_is_of_the_convention_or_a_serious_crime_with_statute(void **state)
{
	(void)state;
	preserve();
	unset("F10");
	set("F10.facts", "Took money.");
	check();
	assert_non_null(finding("request.offence-statute"));
	assert_non_null(finding("request.offence-penalty"));
	assert_int_equal(found.stops, 2);
	set("F10.statute", "Penal Code 313-1");
	STOPS("request.offence-penalty");
	set("F10.max_penalty_months", "47");
	STOPS("request.offence-penalty");
	set("F10.max_penalty_months", "48");
	nothing();
}

static void
S01_a_freeze_is_for_offences_of_the_convention_only(void **state)
{
	struct checking c = { .act = &ask, .facts = &facts, .from = "Aldora",
		.to = "Berun", .out = &found };

	(void)state;
	stored_data();
	unset("F03");
	set("F03.facts", "Took money.");
	set("F03.statute", "Penal Code 313-1");
	set("F03.max_penalty_months", "120");
	nothing();
	c.fields = &ask.body.request.fields;
	c.measure = law_measure("freeze");
	found.n = found.stops = 0;
	offence_is_in_scope(&c);
	assert_int_equal(found.stops, 1);
	assert_string_equal(found.list[0].reason, "request.offence-scope");
}

static void
S01_other_assistance_for_a_serious_crime_is_for_electronic_evidence(void **state)
{
	static const char *const seeks[] = { "F06", "F07", "F11", "F12" };
	struct checking c = { .act = &ask, .facts = &facts, .from = "Aldora",
		.to = "Berun", .out = &found };

	(void)state;
	stored_data();
	unset("F03");
	set("F03.facts", "Took money.");
	set("F03.statute", "Penal Code 313-1");
	set("F03.max_penalty_months", "48");
	c.fields = &ask.body.request.fields;
	c.measure = law_measure("mla_general");
	for (size_t i = 0; i < sizeof seeks / sizeof *seeks; i++) {
		found.n = found.stops = 0;
		offence_is_in_scope(&c);
		assert_int_equal(found.n, 0);
		unset(seeks[i]);
	}
	offence_is_in_scope(&c);
	assert_int_equal(found.stops, 1);
	assert_string_equal(found.list[0].reason, "request.offence-e-evidence");
	/* An offence of the Convention needs none. */
	set("F03.articles", "13");
	found.n = found.stops = 0;
	offence_is_in_scope(&c);
	assert_int_equal(found.n, 0);
}

static void
S01_under_another_instrument_the_offence_has_a_name(void **state)
{
	(void)state;
	preserve();
	(void)snprintf(ask.instrument, sizeof ask.instrument, "reciprocity");
	nothing();
	unset("F10");
	set("F10.facts", "Took money.");
	STOPS("request.offence-unnamed");
	set("F10.statute", "Penal Code 313-1");
	nothing();
}

static void
S01_the_convention_against_organised_crime_asks_for_a_serious_crime(void **state)
{
	(void)state;
	stored_data();
	(void)snprintf(ask.instrument, sizeof ask.instrument, "UNTOC");
	assert_non_null(finding("request.offence-statute"));
	assert_non_null(finding("request.offence-penalty"));
}

static void
S02_dual_criminality_is_asked_for_disclosure_never_for_preservation(void **state)
{
	(void)state;
	preserve();
	nothing();
	whole(ACT_SUBSCRIBER, subscriber_fields);
	unset("F67");
	check();
	assert_non_null(finding("request.dual-criminality"));
	assert_int_equal(finding("request.dual-criminality")->weight, FINDING_WARNS);
	assert_non_null(strstr(finding("request.dual-criminality")->text, "Berun"));
	set("F67.statements", "not_political");
	set("F67.by", "Duty prosecutor");
	WARNS("request.dual-criminality");
	set("F67.domestic_offence", "Fraud");
	nothing();
}

static void
day_after(char *out, size_t size, int64_t days, int64_t seconds)
{
	(void)snprintf(out, size, "%s", when_rfc3339(NOW + days * DAY + seconds).s);
}

static void
S03_an_offence_of_speech_or_belief_is_read_by_a_named_person(void **state)
{
	(void)state;
	preserve();
	set("F10.facts", "He posted BLASPHEMOUS verses.");
	WARNS("request.persecution");
	preserve();
	set("F10.statute", "Diffamation, art. 29");
	WARNS("request.persecution");
	stored_data();
	set("F03.facts", "Took part in a demonstration.");
	set("F03.statute", "Sedition Act");
	WARNS("request.persecution");		/* said once */
}

static void
S04_no_secrecy_is_without_reasons_and_an_end_date(void **state)
{
	char day[40];

	(void)state;
	preserve();
	set("F16.wanted", "yes");
	check();
	assert_int_equal(found.stops, 2);
	assert_non_null(finding("request.secrecy-without-reasons"));
	set("F16.reasons", "The suspect would delete the mails.");
	STOPS("request.secrecy-without-end");
	day_after(day, sizeof day, 0, 0);
	set("F16.until", day);
	STOPS("request.secrecy-over");
	day_after(day, sizeof day, 90, 0);
	set("F16.until", day);
	nothing();
	day_after(day, sizeof day, 90, 1);
	set("F16.until", day);
	WARNS("request.secrecy-long");
}

static void
S06_content_is_asked_for_with_an_authorisation(void **state)
{
	(void)state;
	stored_data();
	unset("F25");
	WARNS("request.no-authorisation");
}

static void
S08_a_text_that_asks_for_passwords_or_keys_is_pointed_at(void **state)
{
	static const char *const texts[] = { "The PassWord of the account",
		"Votre mot de passe", ("La contrase\xc3\xb1" "a"),
		"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c", "her private key" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		stored_data();
		set("F11.text", texts[i]);
		WARNS("request.asks-for-keys");
	}
	stored_data();
	set("F03.facts", "The suspect stole her password.");
	nothing();
}

static void
S10_a_protected_person_is_looked_at_twice(void **state)
{
	(void)state;
	stored_data();
	set("F68.codes", "journalist");
	WARNS("request.protected-person");
}

static void
S12_a_disclosure_names_someone_in_particular(void **state)
{
	(void)state;
	stored_data();
	unset("F06");
	STOPS("request.missing");
	assert_string_equal(found.list[0].field->id, "F06");
	preserve();
	unset("F13");
	WARNS("request.no-identifier");
}

static void
S12_more_than_sixteen_identifiers_are_explained(void **state)
{
	char value[40];

	(void)state;
	stored_data();
	for (int i = 1; i < 16; i++) {
		set("F06[+].type", "email");
		(void)snprintf(value, sizeof value, "shop%d@example.org", i);
		(void)snprintf(found.list[0].text, 40, "F06[%d].value", i);
		set(found.list[0].text, value);
	}
	nothing();
	set("F06[+].type", "email");
	set("F06[16].value", "more@example.org");
	WARNS("request.many-identifiers");
}

static void
S12_stored_data_are_asked_for_a_time_that_has_passed(void **state)
{
	char day[40];

	(void)state;
	stored_data();
	unset("F07");
	STOPS("request.missing");
	assert_string_equal(found.list[0].field->id, "F07");
	stored_data();
	set("F07.from", "2026-11-01");
	STOPS("request.window");
	set("F07.from", "2026-11-02");
	STOPS("request.window");
	set("F07.from", "2025-10-31");		/* 366 days before */
	nothing();
	set("F07.from", "2025-10-30");
	WARNS("request.window-long");
	set("F07.from", "2026-10-01");
	day_after(day, sizeof day, 1, 0);
	set("F07.to", day);
	nothing();
	day_after(day, sizeof day, 1, 1);
	set("F07.to", day);
	STOPS("request.window-in-future");
}

static void
S12_holds_also_where_a_row_would_not_ask_for_it(void **state)
{
	struct checking c = { .act = &ask, .facts = &facts, .day = NOW, .from = "Aldora",
		.to = "Berun", .out = &found };

	(void)state;
	stored_data();
	unset("F06");
	unset("F07");
	c.fields = &ask.body.request.fields;
	found.n = found.stops = 0;
	someone_in_particular_is_meant(&c);
	time_window_is_bounded(&c);
	assert_int_equal(found.n, 2);
	assert_int_equal(found.stops, 2);
	assert_string_equal(found.list[0].reason, "request.no-identifier");
	assert_string_equal(found.list[1].reason, "request.no-window");
}

static void
S12_a_window_is_needed_whatever_the_instrument(void **state)
{
	(void)state;
	stored_data();
	set("F03.statute", "Penal Code 313-1");
	set("F03.max_penalty_months", "60");
	memcpy(facts.from_state, "FR", 3);
	memcpy(facts.to_state, "DE", 3);
	facts.exercise = false;
	(void)snprintf(ask.instrument, sizeof ask.instrument, "UNTOC");
	unset("F07");
	unset("F06");
	check();
	assert_true(finding_has(&found, "F07"));
	assert_true(finding_has(&found, "F06"));
}

static void
S15_a_threat_to_life_names_a_second_person(void **state)
{
	(void)state;
	preserve();
	set("F65.codes", "threat_to_life");
	set("F65.note", "A child is held.");
	STOPS("request.no-second-person");
	set("F61.name", "Head of desk");
	nothing();
	preserve();
	set("F65.codes", "custody");
	WARNS("request.urgency-without-reasons");
	set("F65.note", "In custody until Friday.");
	nothing();
}

/* ---- identifiers ---- */

static void
an_identifier_that_cannot_be_stops_and_a_doubtful_one_warns(void **state)
{
	(void)state;
	stored_data();
	unset("F06");
	set("F06.type", "account");
	set("F06.value", "sh\xd0\xbep");	/* a Cyrillic o */
	set("F06.service", "Example Mail");
	WARNS("identifier.mixed-script");
	assert_string_equal(found.list[0].field->id, "F06");
	assert_null(strstr(found.list[0].text, "\xd0\xbe"));
	unset("F06");
	set("F06.type", "account");
	set("F06.value", "shop");
	STOPS("identifier.service");
}

static void
a_time_of_use_lies_in_the_past(void **state)
{
	char day[40];

	(void)state;
	stored_data();
	day_after(day, sizeof day, 1, 0);
	set("F06.at", day);
	nothing();
	day_after(day, sizeof day, 1, 1);
	set("F06.at", day);
	STOPS("request.identifier-in-future");
}

static void
an_address_that_many_share_is_asked_for_with_its_port(void **state)
{
	(void)state;
	whole(ACT_SUBSCRIBER, subscriber_fields);
	unset("F06");
	set("F06.type", "ip");
	set("F06.value", "192.0.2.7");
	set("F06.at", "2026-11-01T10:00:00Z");
	WARNS("request.ip-without-port");
	set("F06.port", "40000");
	nothing();
}

/* ---- times of the act ---- */

static void
an_expired_request_is_not_acted_on(void **state)
{
	(void)state;
	preserve();
	ask.expires_at = NOW + 1;
	nothing();
	ask.expires_at = NOW;
	STOPS("request.expired");
}

static void
a_wished_day_comes_with_its_reasons(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	preserve();
	ask.body.request.answer_by = NOW + DAY;
	STOPS("request.answer-by-without-reasons");
	ask.body.request.answer_by_reason.text = mem_text_of("Trial on Friday", &err);
	assert_non_null(ask.body.request.answer_by_reason.text);
	(void)snprintf(ask.body.request.answer_by_reason.lang, 12, "en");
	nothing();
	ask.body.request.answer_by = NOW;
	STOPS("request.answer-by-past");
}

/* ---- kinds ---- */

static void
a_preservation_announces_the_request_that_will_follow(void **state)
{
	struct fields *fs = &ask.body.request.fields;
	char day[40];

	(void)state;
	preserve();
	(void)strcpy(fs->list[fields_find(fs, "F15") - fs->list].entries[0].parts[0].text,
	    "preserve");		/* is no assistance, and shorter */
	STOPS("request.intent-measure");
	preserve();
	day_after(day, sizeof day, 0, 0);
	set("F15.planned_at", day);
	STOPS("request.intent-past");
	day_after(day, sizeof day, 365, 0);
	set("F15.planned_at", day);
	nothing();
	day_after(day, sizeof day, 365, 1);
	set("F15.planned_at", day);
	STOPS("request.intent-far");
}

static void
what_came_in_is_measured_on_the_day_it_was_made(void **state)
{
	char day[40];

	(void)state;
	preserve();
	day_after(day, sizeof day, -1, 0);
	set("F15.planned_at", day);
	STOPS("request.intent-past");
	facts.incoming = true;
	ask.made_at = NOW - 2 * DAY;
	nothing();
	ask.made_at = NOW + 2 * DAY;		/* nobody gains time by a wrong date */
	STOPS("request.intent-past");
}

/* As a draft can have it: the field is there, and nothing in it. */
static void
empty_entry(const char *id, const char *part)
{
	struct fields *fs = &ask.body.request.fields;
	struct field_entry *e;

	set(part, "XC");
	e = fs->list[fields_find(fs, id) - fs->list].entries;
	for (size_t i = 0; i < LAW_PARTS_MAX; i++) {
		mem_free(e->parts[i].text);
		e->parts[i] = (struct field_part){ .text = NULL };
	}
}

static void
a_traffic_path_belongs_to_a_preservation_and_names_a_state(void **state)
{
	(void)state;
	whole(ACT_TRAFFIC_PATH, traffic_path_fields);
	unset("F20");
	STOPS("request.missing");
	ask.follows_n = 1;		/* signed, and says it better */
	nothing();
	ask.follows_n = 0;
	empty_entry("F20", "F20.number");
	STOPS("request.path-of-what");
	whole(ACT_TRAFFIC_PATH, traffic_path_fields);
	unset("F22");
	set("F22.name", "Example Net");
	STOPS("request.provider-state");
	set("F22.state", "XA");
	WARNS("request.provider-at-home");
}

static void
a_consent_is_asked_for_one_act_and_one_use(void **state)
{
	(void)state;
	whole(ACT_USE_CONSENT, use_consent_fields);
	unset("F20");
	set("F20.number", "XB-2026-000007");
	STOPS("request.consent-to-what");
	ask.follows_n = 1;
	nothing();
	unset("F54");
	check();
	assert_int_equal(found.stops, 1);
	set("F54.purpose", "A civil claim");
	nothing();
	empty_entry("F54", "F54.recipient_state");
	STOPS("request.consent-for-what");
	set("F54.recipient", "XC-MZXW6YTBOIMZXW6Y");
	nothing();
}

static void
more_findings_than_there_is_room_for_are_counted(void **state)
{
	struct checking c = { .act = &ask, .facts = &facts, .out = &found };

	(void)state;
	found.n = found.stops = found.more = 0;
	for (size_t i = 0; i < REQUEST_FINDINGS_MAX + 1; i++)
		finding_say(&c, FINDING_STOPS, "request.test", NULL, NULL, "%s", "text");
	assert_int_equal(found.n, REQUEST_FINDINGS_MAX);
	assert_int_equal(found.more, 1);
	assert_int_equal(found.stops, REQUEST_FINDINGS_MAX + 1);
}

static void
a_sentence_too_long_is_cut_between_characters(void **state)
{
	struct checking c = { .act = &ask, .facts = &facts, .out = &found };
	char text[400];

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'a', shift);
		for (size_t i = shift; i + 3 < sizeof text; i += 3)
			memcpy(text + i, "\xe5\xaf\x86", 4);
		found.n = found.stops = found.more = 0;
		finding_say(&c, FINDING_WARNS, "request.test", NULL, NULL, "%s", text);
		assert_true(utf8_valid(span_text(found.list[0].text)));
		assert_non_null(strstr(found.list[0].text, "..."));
	}
}

static int
tidy(void **state)
{
	(void)state;
	act_clear(&ask);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_request_of_each_kind_has_no_finding),
		cmocka_unit_test(an_empty_draft_hears_of_everything_and_nothing_breaks),
		cmocka_unit_test(every_part_alone_is_looked_at_and_every_sentence_is_whole),
		cmocka_unit_test(a_missing_field_is_named_with_its_article_and_what_to_do),
		cmocka_unit_test(of_what_came_in_the_missing_field_is_asked_for),
		cmocka_unit_test(a_field_of_our_own_rules_carries_no_refusal_for_form),
		cmocka_unit_test(provider_or_account_one_of_them_at_least),
		cmocka_unit_test(a_field_that_is_half_there_names_the_part_that_lacks),
		cmocka_unit_test(the_article_named_is_that_of_the_basis),
		cmocka_unit_test(what_the_other_side_does_not_need_is_better_left_out),
		cmocka_unit_test(no_document_cites_a_treaty_that_does_not_bind_both),
		cmocka_unit_test(a_code_that_nobody_else_can_look_up_is_not_sent),
		cmocka_unit_test(
		    a_basis_that_is_missing_or_has_no_rule_is_named_with_one_that_has),
		cmocka_unit_test(an_unsure_basis_is_looked_at_by_an_officer),
		cmocka_unit_test(what_an_officer_confirmed_may_be_cited),
		cmocka_unit_test(where_two_instruments_bind_the_choice_is_an_officers),
		cmocka_unit_test(where_nothing_is_left_the_other_ways_are_named),
		cmocka_unit_test(S25_a_reservation_of_the_other_side_is_shown),
		cmocka_unit_test(an_exercise_never_reaches_a_real_authority),
		cmocka_unit_test(
		    S01_an_offence_is_of_the_convention_or_a_serious_crime_with_statute),
		cmocka_unit_test(S01_a_freeze_is_for_offences_of_the_convention_only),
		cmocka_unit_test(
		    S01_other_assistance_for_a_serious_crime_is_for_electronic_evidence),
		cmocka_unit_test(S01_under_another_instrument_the_offence_has_a_name),
		cmocka_unit_test(
		    S01_the_convention_against_organised_crime_asks_for_a_serious_crime),
		cmocka_unit_test(
		    S02_dual_criminality_is_asked_for_disclosure_never_for_preservation),
		cmocka_unit_test(S03_an_offence_of_speech_or_belief_is_read_by_a_named_person),
		cmocka_unit_test(S04_no_secrecy_is_without_reasons_and_an_end_date),
		cmocka_unit_test(S06_content_is_asked_for_with_an_authorisation),
		cmocka_unit_test(S08_a_text_that_asks_for_passwords_or_keys_is_pointed_at),
		cmocka_unit_test(S10_a_protected_person_is_looked_at_twice),
		cmocka_unit_test(S12_a_disclosure_names_someone_in_particular),
		cmocka_unit_test(S12_more_than_sixteen_identifiers_are_explained),
		cmocka_unit_test(S12_stored_data_are_asked_for_a_time_that_has_passed),
		cmocka_unit_test(S12_holds_also_where_a_row_would_not_ask_for_it),
		cmocka_unit_test(S12_a_window_is_needed_whatever_the_instrument),
		cmocka_unit_test(S15_a_threat_to_life_names_a_second_person),
		cmocka_unit_test(an_identifier_that_cannot_be_stops_and_a_doubtful_one_warns),
		cmocka_unit_test(a_time_of_use_lies_in_the_past),
		cmocka_unit_test(an_address_that_many_share_is_asked_for_with_its_port),
		cmocka_unit_test(an_expired_request_is_not_acted_on),
		cmocka_unit_test(a_wished_day_comes_with_its_reasons),
		cmocka_unit_test(a_preservation_announces_the_request_that_will_follow),
		cmocka_unit_test(what_came_in_is_measured_on_the_day_it_was_made),
		cmocka_unit_test(a_traffic_path_belongs_to_a_preservation_and_names_a_state),
		cmocka_unit_test(a_consent_is_asked_for_one_act_and_one_use),
		cmocka_unit_test(more_findings_than_there_is_room_for_are_counted),
		cmocka_unit_test(a_sentence_too_long_is_cut_between_characters),
	};

	act_init(&ask, ACT_PRESERVE);
	return cmocka_run_group_tests_name("request", tests, NULL, tidy);
}
