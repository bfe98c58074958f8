/*
 * provider_answer: what was done on a domestic order: produced, not held, impossible,
 * unclear, in conflict with another law, or against costs.  What each outcome needs
 * stands in data/law/request_fields.tsv.
 */
#include <string.h>

#include "policy/check.h"

const struct law_field *
fields_lack(const struct law_measure *m, const struct fields *fs)
{
	size_t n;
	const struct law_field *all = law_fields(&n);
	struct law_condition when;

	for (size_t i = 0; i < n; i++) {
		enum law_need need = law_need(m, &all[i]);
		bool wanted = need == LAW_REQUIRED;

		/* F20: what the act follows is signed, and says it better. */
		if (law_field_is_envelope(&all[i]) || strcmp(all[i].id, "F20") == 0 ||
		    fields_find(fs, all[i].id) != NULL)
			continue;
		for (size_t k = 0; need == LAW_CONDITIONAL && !wanted &&
		    law_condition(m, &all[i], k, &when); k++)
			wanted = condition_is_met(fs, &when);
		if (wanted)
			return &all[i];
	}
	return NULL;
}

static struct verdict
lacks(const struct answer_facts *f, const char *reason, const char *text)
{
	return (struct verdict){ f->incoming, reason, text };
}

/* The sentence for what is missing, by the field it is about. */
static struct verdict
what_is_missing(const struct answer_facts *f, const struct law_field *field)
{
	static const struct { const char *id, *reason, *text; } says[] = {
		{ "F85", "answer.no-outcome",
		  "The answer of a provider has an outcome: produced, preserved, not_held, impossible, unclear, conflict_of_laws or cost_claim. It is missing; set outcome." },
		{ "F80", "answer.no-certificate",
		  "Data were produced, and the custodian's certificate is missing: without it nobody vouches for them. Set custodian_certificate." },
		{ "F81", "answer.no-collection-record",
		  "Data were produced, and the collection record is missing (who, from where, when, with what tool): the chain of custody begins there (S20). Set collection_record." },
		{ "F83", "answer.no-method",
		  "Data were produced, and it is not said how they were acquired (S23). Set acquisition_method; \"unknown\" is one, and is marked." },
		{ "F92", "answer.no-why-not",
		  "Nothing was produced, and why, and what would help, is not said. Set why_not." },
		{ "F86", "answer.no-conflict",
		  "A conflict of laws is claimed, and which one, and what the provider proposes, is not said (S14). Set conflict_of_laws." },
		{ "F87", "answer.no-claim",
		  "Costs are claimed, and how much is not said. Set cost_claim." },
	};

	for (size_t i = 0; i < sizeof says / sizeof *says; i++)
		if (strcmp(field->id, says[i].id) == 0)
			return lacks(f, says[i].reason, says[i].text);
	return lacks(f, "answer.provider-incomplete",
	    "The answer of the provider lacks a field that its outcome needs: which one, says comity help act provider_answer");
}

struct verdict
provider_answer_decide(const struct answer_facts *f)
{
	const struct fields *fs = &f->answer->body.answer.fields;
	const struct law_field *missing = fields_lack(law_measure("provider_answer"), fs);
	struct code_unknown unknown;

	if (missing != NULL)
		return what_is_missing(f, missing);
	if (!fields_are_whole(fs))
		return lacks(f, "answer.provider-incomplete",
		    "A field of the provider's answer lacks a part that it needs. Look at it again: comity help act provider_answer");
	if (codes_unknown(fs, &unknown))
		return lacks(f, "answer.outcome-unknown",
		    "The provider's answer has a code that nobody can look up. Its codes: comity help act provider_answer");
	if (strchr(fields_part(fs, "F85", 0, "codes")->text, ';') != NULL)
		return lacks(f, "answer.two-outcomes",
		    "The provider's answer has two outcomes. Give one; what else there is to say goes into another answer.");
	return (struct verdict){ true, "answer.granted", "" };
}
