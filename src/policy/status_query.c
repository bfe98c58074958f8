/* status_query: how far is it?  Owed an answer, if it is a reasonable one (40(26)). */
#include "policy/check.h"

static void
it_names_its_request(struct checking *c)
{
	if (c->act->follows_n == 0 && field_given(c, "F20") &&
	    field_said(c, "F20", "act") == NULL &&
	    field_said(c, "F20", "number") == NULL)
		finding_say(c, FINDING_STOPS, "request.status-of-what", "F20", "number",
		    "It does not say which request is meant (Art 40(26)).");
}

void
status_query_check(struct checking *c)
{
	it_names_its_request(c);
}
