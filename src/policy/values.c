/* What the shape of a field alone cannot say: amounts, spans of time, statements. */
#include <assert.h>
#include <string.h>

#include "policy/check.h"

int64_t
deadline_span(const char *id)
{
	const struct law_deadline *d = law_deadline(id);

	assert(d != NULL && d->value > 0);
	return law_deadline_at(d, 0);
}

bool
instant_is_to_come(struct checking *c, const char *field, const char *part,
    const char *reason, const char *where)
{
	const struct field_part *at = field_said(c, field, part);

	if (at == NULL || at->n > c->day)
		return true;
	finding_say(c, FINDING_STOPS, reason, field, part,
	    "In \"%s\" the time lies in the past (%s).", law_field(field)->label, where);
	return false;
}

/* ---- amounts ---- */

/* A decimal as text: "1250", "0.75". */
static bool
decimal_valid(const char *s)
{
	size_t whole = strspn(s, "0123456789"), part;

	if (whole == 0 || s[whole] == '\0')
		return whole > 0;
	if (s[whole] != '.')
		return false;
	part = strspn(s + whole + 1, "0123456789");
	return part > 0 && s[whole + 1 + part] == '\0';
}

static void
amount_look(struct checking *c, const struct field *f, size_t i)
{
	const struct field_part *amount = fields_part(c->fields, f->law->id, i, "amount");
	const struct field_part *in = fields_part(c->fields, f->law->id, i, "currency");

	if (amount == NULL || amount->text == NULL)
		return;
	if (!decimal_valid(amount->text))
		finding_say(c, FINDING_STOPS, "request.amount", f->law->id, NULL,
		    "In \"%s\", entry %zu: the amount is no number. Write it with digits and one point, as 1250.50.",
		    f->law->label, i + 1);
	if (in == NULL)
		finding_say(c, FINDING_STOPS, "request.amount-of-what", f->law->id, NULL,
		    "In \"%s\", entry %zu: the amount has no currency or token.", f->law->label,
		    i + 1);
}

void
amounts_are_numbers(struct checking *c)
{
	for (size_t k = 0; k < c->fields->n; k++)
		for (size_t i = 0; i < c->fields->list[k].n; i++)
			amount_look(c, &c->fields->list[k], i);
}

/* ---- S13: collection in real time is for a time, and not a long one ---- */

void
collection_is_for_a_time(struct checking *c)
{
	const struct field_part *from = field_said(c, "F28", "from");
	const struct field_part *to = field_said(c, "F28", "to");

	if (from == NULL || to == NULL)
		return;
	if (from->n >= to->n)
		finding_say(c, FINDING_STOPS, "request.collection", "F28", "from",
		    "The period of collection does not begin before it ends (Art 45(3)(f)).");
	else if (to->n - from->n > deadline_span("D78"))
		finding_say(c, FINDING_STOPS, "request.collection-long", "F28", "to",
		    "The period of collection is longer than %lld days. Ask for less, and again with reasons if it is needed (S13, D78).",
		    (long long)law_deadline("D78")->value);
	(void)instant_is_to_come(c, "F28", "to", "request.collection-over",
	    "Art 45(3)(f), S13");
}

/* ---- S03: nobody is handed over for what they say, believe or are ---- */

void
assurances_are_given(struct checking *c)
{
	static const char *const each[] = { "not_political", "not_religious",
		"not_expression", "not_discriminatory" };
	const char *said = field_text(c, "F67", "statements");

	for (size_t i = 0; said != NULL && i < sizeof each / sizeof *each; i++)
		if (!law_list_has(said, each[i])) {
			finding_say(c, FINDING_STOPS, "request.assurance", "F67", "statements",
			    "The statement \"%s\" is missing: in this measure all four are given (Art 6, 24, 40(22), S03).",
			    each[i]);
			return;
		}
}
