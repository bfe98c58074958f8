/* traffic_path: Article 43(1); told unasked while a preservation is worked on. */
#include <string.h>

#include "policy/check.h"

static void
it_belongs_to_a_preservation(struct checking *c)
{
	if (c->act->follows_n == 0 && field_given(c, "F20") &&
	    field_said(c, "F20", "act") == NULL &&
	    field_said(c, "F20", "number") == NULL)
		finding_say(c, FINDING_STOPS, "request.path-of-what", "F20", "number",
		    "A traffic path is told in a preservation that is being worked on (Art 43(1)); this one names none.");
}

static void
further_provider_is_abroad(struct checking *c)
{
	const char *state = field_text(c, "F22", "state");

	if (field_given(c, "F22") && state == NULL)
		finding_say(c, FINDING_STOPS, "request.provider-state", "F22", "state",
		    "The State of the further provider is missing: without it nobody knows whom to ask (Art 43(1)).");
	else if (state != NULL && strcmp(state, c->facts->from_state) == 0)
		finding_say(c, FINDING_WARNS, "request.provider-at-home", "F22", NULL,
		    "The further provider is in %s itself: it can be asked to preserve there, without telling a path.",
		    c->from);
}

void
traffic_path_check(struct checking *c)
{
	it_belongs_to_a_preservation(c);
	further_provider_is_abroad(c);
}
