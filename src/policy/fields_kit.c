/* One value for each field that a kind of request may need. */
#include "policy/fields_kit.h"

#include <string.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What a field says when a kind needs it; all parts of it. */
static const struct field_value values[] = {
	{ "F02.subject", "Inquiry into fraud" }, { "F03.articles", "13" },
	{ "F03.facts", "Deceived by a false shop." }, { "F03.max_penalty_months", "60" },
	{ "F04.text", "Copies of the records" }, { "F05.name", "Witness 4" },
	{ "F06.type", "email" }, { "F06.value", "shop@example.org" },
	{ "F07.from", "2026-10-01" }, { "F07.to", "2026-11-01" },
	{ "F08.text", "To prove the deceit" }, { "F10.articles", "13" },
	{ "F10.facts", "Deceived by a false shop." }, { "F11.text", "Log of sign-ins" },
	{ "F12.name", "Example Mail" }, { "F14.text", "Deleted after 30 days." },
	{ "F15.measure", "stored_data" }, { "F15.planned_at", "2026-12-20" },
	{ "F16.wanted", "no" }, { "F20.act", HEX }, { "F20.number", "XA-2026-000031" },
	{ "F21.until", "2027-03-01" }, { "F21.reasons", "The request is being written" },
	{ "F22.name", "Example Net" }, { "F22.state", "XC" }, { "F23.what", "Two lines" },
	{ "F23.sha256", HEX }, { "F24.title", "Code of Procedure 94" },
	{ "F25.title", "Order of 12 November" }, { "F25.issuer", "Investigating judge" },
	{ "F25.sha256", HEX }, { "F26.text", "Between the two accounts" },
	{ "F27.text", "Nothing is stored" }, { "F28.from", "2026-11-20" },
	{ "F28.to", "2026-11-28" }, { "F28.reasons", "One delivery is expected" },
	{ "F29.risk", "life" }, { "F29.who", "A child of nine" },
	{ "F29.text", "A threat was posted" }, { "F30.text", "It is for tomorrow" },
	{ "F31.text", "How is an order served?" }, { "F32.person", "Witness 4" },
	{ "F32.role", "witness" }, { "F32.language", "en" }, { "F32.at", "2026-12-20" },
	{ "F32.presides", "Court of Aldora" }, { "F34.text", "The account is with you" },
	{ "F36.title", "Agreement of 3 November" }, { "F36.sha256", HEX },
	{ "F37.what", "Balance of an account" }, { "F37.kind", "account" },
	{ "F37.reference", "XB33" }, { "F38.text", "The money went there" },
	{ "F39.codes", "freeze" }, { "F43.pseudonym", "V-17" }, { "F43.role", "victim" },
	{ "F44.text", "By the court office" }, { "F46.pseudonym", "V-17" },
	{ "F46.age_class", "adult" }, { "F46.consent", "own" },
	{ "F47.url", "https://example.org/p/17" }, { "F48.statements", "no_consent" },
	{ "F48.by", "Support body" }, { "F49.name", "Support body" },
	{ "F50.codes", "article_16" }, { "F51.codes", "legal" },
	{ "F54.recipient_state", "XC" }, { "F61.name", "Head of Office 3" },
	{ "F61.phone", "+99900001111" }, { "F66.request", "en" }, { "F66.accepts", "en" },
	{ "F67.statements", "not_political;not_religious;not_expression;not_discriminatory" },
	{ "F67.by", "Duty prosecutor" }, { "F67.domestic_offence", "Fraud, section 12" },
	{ "F88.type", "account" }, { "F88.service", "Example Bank" },
	{ "F88.value", "XB33" }, { "F89.amount", "1250.50" }, { "F89.currency", "XBD" },
	{ "F90.at", "2026-11-18" }, { "F90.reference", "TX-1" }, { "F91.kind", "produce" },
	{ "F91.number", "17/2026" }, { "F91.data_class", "subscriber" },
	{ "F93.by", "2026-11-25" }, { "F94.by", "2026-11-20" },
	{ "F96.codes", "new_order" }, { "F97.yes", "no" },
};

static size_t
give(const char *id, struct field_value *out, size_t n)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (strncmp(values[i].name, id, 3) == 0 && n < FIELDS_WHOLE_MAX)
			out[n++] = values[i];
	return n;
}

size_t
fields_whole(enum act_kind kind, struct field_value out[FIELDS_WHOLE_MAX])
{
	const struct law_measure *m = act_kind_measure(kind);
	size_t count, n = 0;
	const struct law_field *all = law_fields(&count);

	for (size_t i = 0; i < count; i++)
		if (law_need(m, &all[i]) == LAW_REQUIRED ||
		    (law_need(m, &all[i]) == LAW_ONE_OF && strcmp(all[i].id, "F12") == 0))
			n = give(all[i].id, out, n);
	if (kind == ACT_EMERGENCY_DATA)
		n = give("F06", out, n);
	return n;
}
