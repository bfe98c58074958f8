/* Is this answer one that the request can have? */
#include <stdio.h>
#include <string.h>

#include "policy/check.h"

/*
 * What is wrong with an answer of ours stops it.  An answer that came in is never lost
 * for a rule: it counts, and the sentence goes to the officer.
 */
static struct verdict
lacks(const struct answer_facts *f, const char *reason, const char *text)
{
	return (struct verdict){ f->incoming, reason, text };
}

static struct verdict
good(void)
{
	return (struct verdict){ true, "answer.granted", "" };
}

static bool
is_good(struct verdict v)
{
	return v.allow && v.text[0] == '\0';
}

static const struct law_basis *
basis_of(const struct answer_facts *f)
{
	const struct law_measure *m = act_kind_measure(f->request->kind);

	return m != NULL ? law_status_basis(f->law, m->id,
	    f->request->instrument) : NULL;
}

/* ---- refused ---- */

/* A ground of form: of the Convention, and of UNTOC. */
static bool
ground_is_form(const char *id)
{
	return strcmp(id, "R01") == 0 || strcmp(id, "U01") == 0;
}

/* Only a treaty field that is missing carries a refusal for form (data/law/README). */
static bool
form_is_broken(const struct answer_facts *f)
{
	struct request_findings found;
	struct request_facts facts = { .now = f->now, .exercise = f->request->exercise,
		.incoming = true, .law = f->law };

	memcpy(facts.from_state, f->to_state, sizeof facts.from_state);
	memcpy(facts.to_state, f->from_state, sizeof facts.to_state);
	request_check(f->request, &facts, &found);
	for (size_t i = 0; i < found.n; i++)
		if (found.list[i].treaty && found.list[i].weight == FINDING_STOPS)
			return true;
	return false;
}

/* Dual criminality of a preservation: only by reservation, R10 and B04 (S25). */
static bool
ground_is_reserved(const char *id)
{
	return strcmp(id, "R10") == 0 || strcmp(id, "B04") == 0;
}

static bool
reservation_is_declared(const struct answer_facts *f, const char *id)
{
	bool hanoi = strcmp(id, "R10") == 0;

	return law_reserved(f->law, f->from_state, hanoi ? "UNCAC-CYBER" : "Budapest",
	    hanoi ? "42(5)" : "29(4)");
}

static struct verdict
ground_may_be_named(const struct answer_facts *f, const struct law_basis *b,
    const char *id)
{
	if (law_ground(id) == NULL)
		return lacks(f, "answer.ground-unknown",
		    "It names a ground that is not in our table. See the grounds of this request with: comity help grounds");
	if (id[0] == 'N' || id[0] == 'P')
		return lacks(f, "answer.ground-forbidden",
		    "It names as a ground what is none: bank secrecy, fiscal matters and, for a preservation, dual criminality never are (Art 40(23), 40(24), 42(4)). Choose another ground, or grant the request.");
	/* Without a row, or with an empty menu, the law of the requested State decides. */
	if (b != NULL && b->grounds[0] != '\0' && !law_basis_ground(b, id))
		return lacks(f, "answer.ground-not-in-menu",
		    "It names a ground that this kind of request does not know under its legal basis: the list is closed. Choose one of the list; see it with: comity help grounds");
	if (ground_is_reserved(id) && !reservation_is_declared(f, id))
		return lacks(f, "answer.ground-reserved",
		    "It names a ground that is open only to a State that declared the reservation (Art 42(5), Budapest 29(4)), and none of that State is known here. Choose another ground, or import the update that says it: comity treaty import");
	if (ground_is_form(id) && !form_is_broken(f))
		return lacks(f, "answer.ground-form",
		    "It refuses for form, and nothing that the treaty itself asks for is missing. Ask for what you need with a question, or choose another ground.");
	return good();
}

static struct verdict
refused_decide(const struct answer_facts *f)
{
	const struct answer_body *a = &f->answer->body.answer;

	/* P01, Article 40(25) */
	if (a->text.text == NULL)
		return lacks(f, "answer.no-reasons",
		    "A refusal gives its reasons (Art 40(25)), and these are missing. Write them, so that the other side can mend its request.");
	if (a->grounds_n == 0)
		return lacks(f, "answer.no-ground",
		    "A refusal names its ground, and there is none. Choose one of the list; see it with: comity help grounds");
	for (size_t i = 0; i < a->grounds_n; i++) {
		struct verdict v = ground_may_be_named(f, basis_of(f), a->grounds[i]);

		if (!is_good(v))
			return v;
	}
	return good();
}

/* ---- granted, with or without conditions ---- */

/* How long the instrument asks a preservation to last: D02, D31; NULL: no number. */
static const struct law_deadline *
hold_minimum(const struct act *request)
{
	if (strcmp(request->instrument, "UNCAC-CYBER") == 0)
		return law_deadline("D02");
	if (strcmp(request->instrument, "Budapest") == 0)
		return law_deadline("D31");
	return NULL;
}

static struct verdict
hold_decide(const struct answer_facts *f)
{
	const struct answer_body *a = &f->answer->body.answer;
	const struct law_deadline *least = hold_minimum(f->request);

	/* An extension is for as long as they agree: what is held began long ago. */
	if (f->request->kind != ACT_PRESERVE || f->answer->kind == ACT_EXTENSION)
		least = NULL;
	if (a->hold_effected_at == 0 || a->hold_until == 0)
		return lacks(f, "answer.no-hold",
		    "A granted preservation says since when the data are held and until when; that is missing. Give both days.");
	if (a->hold_effected_at > f->now + DAY)
		return lacks(f, "answer.hold-not-yet",
		    "The hold begins in the future, so nothing is held yet. Grant the request when the data are held.");
	if (a->hold_until <= a->hold_effected_at || a->hold_until <= f->now)
		return lacks(f, "answer.hold-over",
		    "The hold ends before it helps: its end lies in the past or before its beginning. Give a later end.");
	if (least != NULL && a->hold_until < law_deadline_at(least, a->hold_effected_at))
		return lacks(f, "answer.hold-too-short",
		    "The hold ends sooner than the treaty asks: data are held at least 60 days from when they are held (Art 42(8), Budapest 29(7)). Give a later end.");
	return good();
}

static struct verdict
granted_decide(const struct answer_facts *f)
{
	const struct fields *fields = &f->answer->body.answer.fields;
	const struct field *conditions = fields_find(fields, "conditions");
	struct code_unknown unknown;

	if (f->answer->kind == ACT_GRANTED && conditions != NULL)
		return lacks(f, "answer.conditions-in-a-plain-yes",
		    "Conditions stand in it, and it is a plain yes: they could be overlooked. Answer with: granted_with_conditions");
	if (f->answer->kind == ACT_GRANTED_WITH_CONDITIONS && conditions == NULL)
		return lacks(f, "answer.no-conditions",
		    "It grants with conditions, and names none. Add them, or grant the request without.");
	if (codes_unknown(fields, &unknown))
		return lacks(f, "answer.condition-unknown",
		    "A condition has a code that the other side cannot look up. The codes: case_only, use_limit, no_onward, confidential, retention, return, destroy, security, notify, assurance, no_death_penalty, costs; anything else is \"other\" with its text.");
	for (size_t i = 0; conditions != NULL && i < conditions->n; i++) {
		const struct field_part *until =
		    fields_part(fields, "conditions", i, "until");

		if (until != NULL && until->n <= f->now)
			return lacks(f, "answer.condition-over",
			    "A condition ends in the past, so it asks for nothing. Give it a later end, or leave it out.");
	}
	if (kind_rules(f->request->kind)->words && f->answer->body.answer.text.text == NULL)
		return lacks(f, "answer.no-words",
		    "The yes says nothing: what was asked for here is told in words, and these are missing. Write them.");
	return f->request->kind == ACT_PRESERVE || f->request->kind == ACT_PRESERVE_EXTEND ?
	    hold_decide(f) : good();
}

/* ---- question and reply ---- */

static struct verdict
question_decide(const struct answer_facts *f)
{
	const struct answer_body *a = &f->answer->body.answer;
	const struct law_measure *m = act_kind_measure(f->request->kind);

	if (a->text.text == NULL && a->asks_n == 0)
		return lacks(f, "answer.asks-nothing",
		    "A question asks for something: write it, or name the fields that are missing.");
	for (size_t i = 0; i < a->asks_n; i++) {
		const struct law_field *asked = law_field(a->asks[i]);

		if (asked == NULL || law_field_is_envelope(asked) ||
		    law_need(m, asked) == LAW_NOT_ASKED)
			return lacks(f, "answer.asks-unknown",
			    "It asks for a field that a request of this kind does not have. See its fields with: comity request fields KIND");
	}
	return good();
}

bool
question_asks(const struct act *question, const struct law_field *field)
{
	const struct answer_body *q = &question->body.answer;

	for (size_t i = 0; i < q->asks_n; i++)
		if (law_field(q->asks[i]) == field)
			return true;
	return q->asks_n == 0;
}

struct verdict
reply_fields_decide(const struct answer_facts *f)
{
	const struct fields *fields = &f->answer->body.answer.fields;

	if (fields->n > 0 && f->agreed)
		return lacks(f, "answer.reply-after-yes",
		    "The yes was given to the request as it stood then, and a reply to it sets no field any more: what it sets does not count. Write words alone, or ask anew: comity request new");
	for (size_t i = 0; f->question != NULL && i < fields->n; i++)
		if (!question_asks(f->question, fields->list[i].law))
			return lacks(f, "answer.reply-not-asked",
			    "The question names the fields that it asks for, and the reply sets another one: that one does not count. Leave it out, and write it in the text if it matters.");
	return good();
}

/* A value that cannot be used now would come back as the next question. */
static struct verdict
reply_decide(const struct answer_facts *f)
{
	const struct answer_body *a = &f->answer->body.answer;

	if (a->text.text == NULL && a->fields.n == 0)
		return lacks(f, "answer.replies-nothing",
		    "The reply is empty. Write it, or set the fields that were asked for.");
	if (!fields_are_whole(&a->fields))
		return lacks(f, "answer.reply-incomplete",
		    "A field in the reply lacks a part that it needs, or holds an identifier that cannot be right. Look at it again.");
	return reply_fields_decide(f);
}

/* ---- not now; or, before a no ---- */

static bool
ground_is_postponement(const char *id)
{
	const struct law_ground *g = law_ground(id);

	/* Under reciprocity the law of the requested State decides (G01). */
	return g != NULL && (strncmp(g->nature, "postponement", 12) == 0 || id[0] == 'G');
}

static struct verdict
postponed_decide(const struct answer_facts *f)
{
	const struct answer_body *a = &f->answer->body.answer;

	if (a->text.text == NULL)
		return lacks(f, "answer.no-words",
		    "It postpones and does not say why (Art 40(27)): give --reason, so that the other side knows what it waits for.");
	for (size_t i = 0; i < a->grounds_n; i++) {
		struct verdict v = ground_may_be_named(f, basis_of(f), a->grounds[i]);

		if (!is_good(v))
			return v;
		if (!ground_is_postponement(a->grounds[i]))
			return lacks(f, "answer.ground-refuses",
			    "The ground is one to refuse on, and this postpones: only an inquiry, prosecution or trial of one's own postpones (Art 40(27), R09, B05, U06).");
	}
	if (a->until != 0 && a->until <= f->now)
		return lacks(f, "answer.postponed-past",
		    "The day on which it is taken up again lies in the past. Give a later one, or none.");
	return good();
}

/* Article 40(28): grounds that are considered, conditions that would do. */
static struct verdict
consultation_decide(const struct answer_facts *f)
{
	const struct answer_body *a = &f->answer->body.answer;
	struct code_unknown unknown;

	if (a->text.text == NULL)
		return lacks(f, "answer.no-words",
		    "It consults and says nothing (Art 40(28)): say with --text what stands in the way, and what would do.");
	for (size_t i = 0; i < a->grounds_n; i++)
		if (law_ground(a->grounds[i]) == NULL)
			return lacks(f, "answer.ground-unknown",
			    "It names a ground that is not in our table. See the grounds of this request with: comity help grounds");
	for (size_t i = 0; i < a->fields.n; i++)
		if (law_need(law_measure("consultation"), a->fields.list[i].law) ==
		    LAW_NOT_ASKED)
			return lacks(f, "answer.consults-else",
			    "A consultation offers conditions, or tells of a conflict of laws (Art 40(28)); it carries another field. Leave that out.");
	if (codes_unknown(&a->fields, &unknown))
		return lacks(f, "answer.condition-unknown",
		    "A condition has a code that the other side cannot look up. Write one of the list, or \"other\" with its text.");
	return good();
}

static struct verdict
released_decide(const struct answer_facts *f)
{
	if (f->answer->body.answer.text.text == NULL)
		return lacks(f, "answer.no-words",
		    "The release does not say why: give --reason, as in --reason \"the time they asked for is over\".");
	if (f->answer->body.answer.released_at > f->now + DAY)
		return lacks(f, "answer.released-not-yet",
		    "The release lies in the future, so the data are still held. Say it when they are not.");
	return good();
}

/* ---- Article 40(28), P02: first a word with the other side ---- */

const char consultation_waivers[] = "urgent;law_forbids;consulted_otherwise;no_reply";

static struct verdict
consultation_is_had(const struct answer_facts *f)
{
	if ((f->answer->kind != ACT_REFUSED && f->answer->kind != ACT_POSTPONED) ||
	    !act_kind_consults(f->request->kind) || f->consulted)
		return good();
	if (f->waived != NULL && !law_list_has(consultation_waivers, f->waived))
		return lacks(f, "answer.waiver-unknown",
		    "Why nobody was consulted is none of the codes: urgent, law_forbids, consulted_otherwise, no_reply.");
	if (f->waived == NULL)
		return lacks(f, "answer.not-consulted",
		    "Before help is refused or postponed the other side is consulted: it may mend its request or take conditions (Art 40(28), P02). Tell it what stands in the way: comity request consult. Or say why not: --waive-consultation urgent, law_forbids, consulted_otherwise or no_reply.");
	return good();
}

/* ---- the whole ---- */

static struct verdict
by_kind(const struct answer_facts *f)
{
	switch ((int)f->answer->kind) {
	case ACT_GRANTED:
	case ACT_GRANTED_WITH_CONDITIONS:
		return granted_decide(f);
	case ACT_REFUSED:
		return refused_decide(f);
	case ACT_QUESTION:
		return question_decide(f);
	case ACT_REPLY:
		return reply_decide(f);
	case ACT_POSTPONED:
		return postponed_decide(f);
	case ACT_CONSULTATION:
		return consultation_decide(f);
	case ACT_EXTENSION:
		return hold_decide(f);
	case ACT_RELEASED:
		return released_decide(f);
	case ACT_PROVIDER_ANSWER:
		return provider_answer_decide(f);
	default:
		return good();		/* withdrawn, acknowledged: nobody owes reasons for it */
	}
}

struct verdict
answer_decide(const struct answer_facts *f)
{
	struct verdict v;

	if (act_kind_class(f->request->kind) != ACT_IS_REQUEST ||
	    act_kind_class(f->answer->kind) != ACT_IS_ANSWER)
		return (struct verdict){ false, "answer.no-answer",
			"It is not an answer to a request. Nothing was changed." };
	/* Never taken, wherever it comes from: an exercise counts nowhere as real. */
	if (f->request->exercise != f->answer->exercise)
		return (struct verdict){ false, "answer.training-and-real",
			"The request or its answer is an exercise, and the other is real. Nothing was changed." };
	v = by_kind(f);
	return is_good(v) ? consultation_is_had(f) : v;
}
