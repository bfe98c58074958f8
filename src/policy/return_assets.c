/* return_assets: property goes back, and victims come first (Article 52). */
#include <string.h>

#include "policy/check.h"

/* Real identities stay at home: a pseudonym has no blank, as names have. */
static void
victims_have_pseudonyms(struct checking *c)
{
	const struct field *f = fields_find(c->fields, "F43");

	for (size_t i = 0; f != NULL && i < f->n; i++) {
		const struct field_part *p = fields_part(c->fields, "F43", i, "pseudonym");

		if (p != NULL && p->text != NULL && strpbrk(p->text, " @") != NULL)
			finding_say(c, FINDING_STOPS, "request.victim-named", "F43", "pseudonym",
			    "Entry %zu looks like a name or an address. Victims travel under a pseudonym without blanks; who they are stays in this office (S11, Art 34).",
			    i + 1);
	}
}

void
return_assets_check(struct checking *c)
{
	victims_have_pseudonyms(c);
}
