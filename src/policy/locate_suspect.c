/* locate_suspect: the measure most easily turned against somebody (Article 41(3)(d)). */
#include "policy/check.h"

static void
a_person_always_reads_it(struct checking *c)
{
	finding_say(c, FINDING_WARNS, "request.locate-read", "F67", NULL,
	    "A named person reads this before anybody is looked for: nobody is to be found for what they say, believe or are (Art 40(22), S03).");
}

void
locate_suspect_check(struct checking *c)
{
	assurances_are_given(c);
	a_person_always_reads_it(c);
}
