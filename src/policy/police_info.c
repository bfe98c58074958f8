/* police_info: intelligence between police, kept apart from evidence (Article 47). */
#include "policy/check.h"

/* S07: the police channel is no way round mutual assistance. */
static void
nothing_goes_as_evidence(struct checking *c)
{
	static const char *const ids[] = { "F23", "F80", "F81", "F84" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (field_given(c, ids[i]))
			finding_say(c, FINDING_STOPS, "request.police-evidence", ids[i], NULL,
			    "\"%s\" belongs to evidence, and police information is none (Art 47, S07). Ask for evidence by a request for assistance.",
			    law_field(ids[i])->label);
	if (c->facts->files > 0)
		finding_say(c, FINDING_STOPS, "request.police-files", NULL, NULL,
		    "Files go with it: police information is words, and never carries evidence (Art 47, S07). Hand files over on a request for assistance.");
}

static void
it_is_marked_as_intelligence(struct checking *c)
{
	finding_say(c, FINDING_WARNS, "request.intelligence", "F31", NULL,
	    "This is intelligence and no evidence: it is not put before a court, and what is needed there is asked for by a request for assistance (Art 47, S07).");
}

void
police_info_check(struct checking *c)
{
	nothing_goes_as_evidence(c);
	it_is_marked_as_intelligence(c);
}
