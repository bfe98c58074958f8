/* tech_legal_advice: advice, without anybody's data (Article 41(3)(a), (c)). */
#include "policy/check.h"

static void
no_person_is_named(struct checking *c)
{
	static const char *const ids[] = { "F05", "F06", "F13" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (field_given(c, ids[i]))
			finding_say(c, FINDING_STOPS, "request.advice-person", ids[i], NULL,
			    "\"%s\" names somebody: advice is asked and given without personal data (Art 41(3)(a), S11). Take it out.",
			    law_field(ids[i])->label);
}

void
tech_legal_advice_check(struct checking *c)
{
	no_person_is_named(c);
}
