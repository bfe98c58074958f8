/* use_consent: may evidence serve another purpose, or go to someone else? 36(3), 40(19) */
#include "policy/check.h"

static void
the_evidence_is_named(struct checking *c)
{
	if (c->act->follows_n == 0 && field_given(c, "F20") &&
	    field_said(c, "F20", "act") == NULL)
		finding_say(c, FINDING_STOPS, "request.consent-to-what", "F20", "act",
		    "A consent covers one piece of evidence (Art 36(3), 40(19)); this request does not name the act it came with.");
}

static void
the_use_is_named(struct checking *c)
{
	if (field_given(c, "F54") && field_said(c, "F54", "purpose") == NULL &&
	    field_said(c, "F54", "recipient") == NULL &&
	    field_said(c, "F54", "recipient_state") == NULL)
		finding_say(c, FINDING_STOPS, "request.consent-for-what", "F54", "purpose",
		    "A consent is for a new purpose or a new recipient (Art 36(3), 40(19)); neither is named.");
}

void
use_consent_check(struct checking *c)
{
	the_evidence_is_named(c);
	the_use_is_named(c);
}
