/* provider_locate: where data are, never what they say (Articles 41(3)(b), 42(2)). */
#include "policy/check.h"

static void
no_content_is_asked_for(struct checking *c)
{
	static const char *const ids[] = { "F07", "F11", "F18" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (field_given(c, ids[i]))
			finding_say(c, FINDING_STOPS, "request.locate-content", ids[i], NULL,
			    "\"%s\" asks for data; this request asks only where they are (Art 41(3)(b), 42(2)). Take it out, and ask for the data by a request of their own.",
			    law_field(ids[i])->label);
}

void
provider_locate_check(struct checking *c)
{
	no_content_is_asked_for(c);
}
