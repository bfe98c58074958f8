/* Evidence is used for what it was handed over for, no longer, and seen by whom it may. */
#include <string.h>

#include "policy/use.h"

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

/* Article 40(19): not without the consent of who sent it; taken back is taken back. */
static struct verdict
for_that_purpose(const struct use_facts *f)
{
	if (!f->received || !f->other_purpose)
		return (struct verdict){ true, "use.as-handed-over", "" };
	if (!f->consent)
		return refuse("use.other-purpose",
		    "It was handed over for another purpose, and the authority that sent it has not agreed to this one (Art 36(3), 40(19)). Nothing was opened. Ask it first: comity request new use_consent --set new_use.purpose=\"...\"");
	if (f->consent_revoked)
		return refuse("use.consent-revoked",
		    "The authority that sent it has taken its consent to this purpose back. Nothing was opened; ask for a new one if it is needed: comity request new use_consent");
	if (f->consent_until != 0 && f->now > f->consent_until)
		return refuse("use.consent-over",
		    "The consent to this purpose has ended. Nothing was opened; ask for a new one: comity request new use_consent");
	return (struct verdict){ true, "use.consented", "" };
}

struct verdict
use_decide(const struct use_facts *f)
{
	struct verdict v = for_that_purpose(f);

	if (!v.allow)
		return v;
	if (f->received && f->keep_until != 0 && f->now > f->keep_until)
		return refuse("use.kept-too-long",
		    "KEPT TOO LONG: the authority that sent it set an end to keeping it, and that has passed (S11). Nothing was opened. Destroy it, or ask whether it may be kept longer: comity request new use_consent");
	if (f->protected && f->persons < 2)
		return refuse("use.protected",
		    "A person with a protected role is concerned (lawyer, doctor, journalist and such): it is opened by two persons in two roles, never by one (S10). Nothing was opened.");
	return v;
}

/* ---- the police channel is no way round assistance (S07) ---- */

struct verdict
export_decide(enum act_kind request, bool converted)
{
	if (request == ACT_POLICE_INFO && !converted)
		return refuse("export.police-information",
		    "This is police information: intelligence, and no evidence (Art 47, S07). It is not exported for a court. What is needed there is asked for by a request for assistance that names it: comity request new mla_general --follows NUMBER; once that is granted, this is exported too.");
	return (struct verdict){ true, "export.granted", "" };
}

bool
request_converts(const struct act *request, const struct digest *police_info)
{
	const struct field_part *p = fields_part(&request->body.request.fields, "F20", 0,
	    "act");

	if (request->kind != ACT_MLA_GENERAL && request->kind != ACT_STORED_DATA &&
	    request->kind != ACT_SUBSCRIBER)
		return false;
	for (size_t i = 0; i < request->follows_n; i++)
		if (digest_eq(&request->follows[i], police_info))
			return true;
	return p != NULL && strcmp(p->text, digest_hex(police_info).s) == 0;
}

/* ---- purposes ---- */

static const char *
blanks_skip(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')
		s++;
	return s;
}

bool
use_purpose_same(const char *a, const char *b)
{
	a = blanks_skip(a);
	b = blanks_skip(b);
	while (*a != '\0' && *b != '\0') {
		bool blank = blanks_skip(a) > a;

		if (blank != (blanks_skip(b) > b))
			break;
		if (!blank && ascii_lower(*a) != ascii_lower(*b))
			return false;
		a = blank ? blanks_skip(a) : a + 1;
		b = blank ? blanks_skip(b) : b + 1;
	}
	return *blanks_skip(a) == '\0' && *blanks_skip(b) == '\0';
}

/* ---- limits ---- */

int64_t
use_keep_until(const struct fields *limits, const char *field)
{
	static const char *const ends[] = { "retention", "destroy", "return" };
	const struct field *c = fields_find(limits, field);
	int64_t end = 0;

	for (size_t i = 0; c != NULL && i < c->n; i++) {
		const struct field_part *code = fields_part(limits, field, i, "code");
		const struct field_part *until = fields_part(limits, field, i, "until");

		for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
			if (code != NULL && until != NULL &&
			    strcmp(code->text, ends[k]) == 0 && (end == 0 || until->n < end))
				end = until->n;
	}
	return end;
}

bool
use_protected(const struct act *request)
{
	return act_kind_class(request->kind) == ACT_IS_REQUEST &&
	    fields_find(&request->body.request.fields, "F68") != NULL;
}
