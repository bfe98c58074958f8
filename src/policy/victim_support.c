/* victim_support: a victim is helped, and not named (Article 34(1) to (5)). */
#include <string.h>

#include "policy/check.h"

static void
the_victim_has_a_pseudonym(struct checking *c)
{
	const char *p = field_text(c, "F46", "pseudonym");

	if (p != NULL && strpbrk(p, " @") != NULL)
		finding_say(c, FINDING_STOPS, "request.victim-named", "F46", "pseudonym",
		    "The pseudonym looks like a name or an address. Write one without blanks; who it is stays in this office (Art 34, S11).");
}

static void
the_victim_agrees(struct checking *c)
{
	const char *consent = field_text(c, "F46", "consent");

	if (consent != NULL && strcmp(consent, "none") == 0)
		finding_say(c, FINDING_WARNS, "request.victim-consent", "F46", NULL,
		    "Nobody has agreed for the victim. Support is offered, not imposed: ask, if it is safe (Art 34(5)).");
}

void
victim_support_check(struct checking *c)
{
	the_victim_has_a_pseudonym(c);
	the_victim_agrees(c);
}
