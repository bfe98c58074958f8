/* freeze: provisional measures on property, for Convention offences (Article 50(2)). */
#include <string.h>

#include "policy/check.h"

static void
what_is_asked_is_provisional(struct checking *c)
{
	const char *actions = field_text(c, "F39", "codes");

	if (actions != NULL && (law_list_has(actions, "confiscate") ||
	    law_list_has(actions, "enforce")))
		finding_say(c, FINDING_STOPS, "request.freeze-confiscates", "F39", NULL,
		    "Confiscation and enforcement are another request (confiscate, Art 50(1)); this one traces, freezes or seizes (Art 50(2)).");
}

/* Property that nobody can find is not frozen. */
static void
property_can_be_found(struct checking *c)
{
	const struct field *f = fields_find(c->fields, "F37");

	for (size_t i = 0; f != NULL && i < f->n; i++)
		if (fields_part(c->fields, "F37", i, "place") == NULL &&
		    fields_part(c->fields, "F37", i, "reference") == NULL)
			finding_say(c, FINDING_STOPS, "request.property-where", "F37", NULL,
			    "Property %zu has neither a place nor an account, address or register number: it cannot be found (Art 50(3)(a)).",
			    i + 1);
}

void
freeze_check(struct checking *c)
{
	what_is_asked_is_provisional(c);
	property_can_be_found(c);
}
