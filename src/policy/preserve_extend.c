/* preserve_extend: before the hold ends, and for reasons (Article 42(9)). */
#include "policy/check.h"

static void
it_names_its_preservation(struct checking *c)
{
	if (c->act->follows_n == 0 && field_given(c, "F20") &&
	    field_said(c, "F20", "act") == NULL &&
	    field_said(c, "F20", "number") == NULL)
		finding_say(c, FINDING_STOPS, "request.extend-what", "F20", "number",
		    "It does not say which preservation is to be extended (Art 42(9)).");
}

/* D03: what has lapsed cannot be extended; then only a new preservation helps. */
static void
the_hold_has_not_ended(struct checking *c)
{
	if (c->facts->hold_until != 0 && c->facts->hold_until <= c->day)
		finding_say(c, FINDING_STOPS, "request.extend-late", "F21", NULL,
		    "The preservation ended on %s, and an extension is asked before that (Art 42(9), D03). Ask for a new preservation at once, and by telephone.",
		    when_day(c->facts->hold_until).s);
}

static void
the_new_end_is_later(struct checking *c)
{
	const struct field_part *until = field_said(c, "F21", "until");

	if (!instant_is_to_come(c, "F21", "until", "request.extend-past", "Art 42(9)"))
		return;
	if (until != NULL && c->facts->hold_until != 0 &&
	    until->n <= c->facts->hold_until)
		finding_say(c, FINDING_STOPS, "request.extend-shorter", "F21", "until",
		    "The data are held until %s already: the new end is not later (Art 42(9)).",
		    when_day(c->facts->hold_until).s);
}

void
preserve_extend_check(struct checking *c)
{
	it_names_its_preservation(c);
	the_hold_has_not_ended(c);
	the_new_end_is_later(c);
}
