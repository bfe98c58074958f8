/*
 * What came in and breaks a safeguard is kept and shown, and nobody says yes to it: so a
 * sender whose own policy always says yes gets nothing past this office.
 */
#include <string.h>

#include "policy/check.h"

/*
 * Form: the State that is asked may ask for it (Article 40(24)), or do without.  An
 * expired request has its own rule (thread.expired).
 */
static const char *const of_form[] = {
	"request.missing", "request.missing-if", "request.missing-one-of",
	"request.incomplete", "request.answer-by-past", "request.answer-by-without-reasons",
	"request.expired",
};

static bool
is_of_form(const char *reason)
{
	for (size_t i = 0; i < sizeof of_form / sizeof *of_form; i++)
		if (strcmp(reason, of_form[i]) == 0)
			return true;
	return false;
}

/* Does a row of data/law/safeguards.tsv work with this field? */
static bool
guards_field(const struct law_field *f)
{
	size_t n;
	const struct law_safeguard *all = law_safeguards(&n);

	for (size_t i = 0; i < n; i++)
		if (law_list_has(all[i].fields, f->id))
			return true;
	return false;
}

bool
finding_bars(const struct act *a, const struct request_finding *found)
{
	bool holds = a->kind == ACT_PRESERVE || a->kind == ACT_PRESERVE_EXTEND;
	/* Of a paper this office typed in what it needs: the paper itself may have more. */
	bool paper = a->has_from_card && !a->has_to;

	if (found->weight != FINDING_STOPS)
		return false;
	if (!is_of_form(found->reason))
		return true;
	return strncmp(found->reason, "request.missing", 15) == 0 && !holds && !paper &&
	    found->field != NULL && guards_field(found->field);
}

struct verdict
request_yes_decide(const struct request_findings *found)
{
	for (size_t i = 0; i < found->n; i++)
		if (found->list[i].bars)
			return (struct verdict){ false, found->list[i].reason,
				found->list[i].text };
	/* More than can be listed: nobody has read them. */
	if (found->more > 0)
		return (struct verdict){ false, "request.too-much",
			"More is wrong with it than can be listed. Refuse it, or ask for a new one." };
	return (struct verdict){ true, "request.yes", "" };
}
