/* joint_team: on an agreement, kept as a signed document (Article 48). */
#include "policy/check.h"

static void
the_agreement_is_one_that_can_be_found(struct checking *c)
{
	if (field_given(c, "F36") && field_said(c, "F36", "sha256") == NULL &&
	    field_said(c, "F36", "file") == NULL)
		finding_say(c, FINDING_WARNS, "request.agreement", "F36", "sha256",
		    "The agreement is named, and neither attached nor given by its SHA-256: both sides should hold the same text (Art 48).");
}

void
joint_team_check(struct checking *c)
{
	the_agreement_is_one_that_can_be_found(c);
}
