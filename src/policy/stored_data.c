/* stored_data: search, seizure and disclosure; content of communications is in it. */
#include "policy/check.h"

/* S06: the requested State usually gets its own order; the asking one shows why. */
static void
content_has_an_authorisation(struct checking *c)
{
	if (!field_given(c, "F25"))
		finding_say(c, FINDING_WARNS, "request.no-authorisation", "F25", "",
		    "No authorisation by a judge or another independent body is named. Content is disclosed only on one, here or there (Art 24(2), S06).");
}

/* S10: a second person looks. */
static void
protected_persons_are_looked_at_twice(struct checking *c)
{
	if (field_given(c, "F68"))
		finding_say(c, FINDING_WARNS, "request.protected-person", "F68", NULL,
		    "A person with a protected role is concerned (lawyer, doctor, journalist and such): a second person reads this request before it is acted on (S10).");
}

void
stored_data_check(struct checking *c)
{
	content_has_an_authorisation(c);
	protected_persons_are_looked_at_twice(c);
}
