/* confiscate: a new order, or a foreign one enforced when it is final (Article 50(1)). */
#include "policy/check.h"

static void
a_foreign_order_is_final(struct checking *c)
{
	const char *limb = field_text(c, "F96", "codes");
	const struct field_part *final = field_said(c, "F42", "yes");

	if (limb != NULL && law_list_has(limb, "enforce_foreign_order") &&
	    final != NULL && final->n == 0)
		finding_say(c, FINDING_STOPS, "request.order-not-final", "F42", "yes",
		    "The confiscation order is not final: it cannot be enforced elsewhere yet (Art 50(3)(b)). Ask for a freeze meanwhile.");
}

static void
one_limb_is_chosen(struct checking *c)
{
	const char *limb = field_text(c, "F96", "codes");

	if (limb != NULL && law_list_has(limb, "enforce_foreign_order") &&
	    law_list_has(limb, "new_order"))
		finding_say(c, FINDING_STOPS, "request.two-limbs", "F96", "codes",
		    "A new order and the enforcement of a foreign one are asked for at once: choose one (Art 50(1)(a) or (b)).");
}

void
confiscate_check(struct checking *c)
{
	one_limb_is_chosen(c);
	a_foreign_order_is_final(c);
}
