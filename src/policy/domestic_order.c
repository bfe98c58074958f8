/* domestic_order: a State orders its own providers, and nobody else's (Articles 24 to 30). */
#include <string.h>

#include "policy/check.h"

/* Article 5(2): nobody gives orders on the territory of another State. */
static void
it_stays_in_its_state(struct checking *c)
{
	if (strcmp(c->facts->from_state, c->facts->to_state) != 0)
		finding_say(c, FINDING_STOPS, "request.order-abroad", NULL, NULL,
		    "An order of %s goes to a provider there, never to %s (Art 5(2)). Ask the authority of that State for assistance.",
		    c->from, c->to);
}

static void
the_provider_has_time(struct checking *c)
{
	const struct field_part *by = field_said(c, "F93", "by");

	if (by == NULL || !instant_is_to_come(c, "F93", "by", "request.order-late",
	    "our own rules"))
		return;
	if (by->n < c->day + DAY && field_said(c, "F93", "reasons") == NULL)
		finding_say(c, FINDING_WARNS, "request.order-hurry", "F93", "reasons",
		    "The provider has less than a day, and no reasons are given.");
}

/* Article 25(2): ninety days at most, and then again. */
static void
a_preservation_is_for_ninety_days(struct checking *c)
{
	const char *kind = field_text(c, "F91", "kind");
	const struct field_part *from = field_said(c, "F28", "from");
	const struct field_part *to = field_said(c, "F28", "to");

	if (kind != NULL && strcmp(kind, "preserve") == 0 && from != NULL && to != NULL &&
	    to->n - from->n > deadline_span("D01"))
		finding_say(c, FINDING_STOPS, "request.order-long", "F28", "to",
		    "A preservation is ordered for %lld days at most, and renewed if it is still needed (Art 25(2), D01).",
		    (long long)law_deadline("D01")->value);
}

/* S13: real time has an end. */
static void
collection_has_its_period(struct checking *c)
{
	const char *kind = field_text(c, "F91", "kind");

	if (kind != NULL && (strcmp(kind, "collect") == 0 ||
	    strcmp(kind, "intercept") == 0) && !field_given(c, "F28"))
		finding_say(c, FINDING_STOPS, "request.order-period", "F28", "from",
		    "Collection in real time is ordered for a time, and none is named (Art 29, 30, S13).");
}

void
domestic_order_check(struct checking *c)
{
	it_stays_in_its_state(c);
	the_provider_has_time(c);
	a_preservation_is_for_ninety_days(c);
	collection_has_its_period(c);
}
