/* intercept_content: the gravest measure; an independent body has looked (Article 46). */
#include "policy/check.h"

/* S06: the order, or the confirmation that there is one, names who gave it. */
static void
the_order_is_of_an_independent_body(struct checking *c)
{
	if (field_given(c, "F25") && field_said(c, "F25", "issuer") == NULL)
		finding_say(c, FINDING_STOPS, "request.order-by-whom", "F25", "issuer",
		    "The authorisation does not say who gave it: content is intercepted only on one of a judge or another independent body (Art 24(2), 30, S06).");
	if (field_given(c, "F25") && field_said(c, "F25", "sha256") == NULL &&
	    field_said(c, "F25", "file") == NULL)
		finding_say(c, FINDING_WARNS, "request.order-not-attached", "F25", "file",
		    "The order itself is not attached; a confirmation that it was issued will do, if the other side takes it (S06).");
}

/* Article 30: serious offences of the domestic list; the other side looks at it. */
static void
the_offence_is_serious(struct checking *c)
{
	if (field_given(c, "F03") && field_said(c, "F03", "max_penalty_months") == NULL)
		finding_say(c, FINDING_WARNS, "request.intercept-penalty", "F03",
		    "max_penalty_months",
		    "The maximum penalty is not said: interception is for serious offences of the domestic list (Art 30, 46; ground R17).");
}

static void
protected_persons_are_looked_at(struct checking *c)
{
	if (field_given(c, "F68"))
		finding_say(c, FINDING_WARNS, "request.protected-person", "F68", NULL,
		    "A person with a protected role is concerned (lawyer, doctor, journalist and such): a second person reads this request before it is acted on (S10).");
}

void
intercept_content_check(struct checking *c)
{
	the_order_is_of_an_independent_body(c);
	the_offence_is_serious(c);
	protected_persons_are_looked_at(c);
	assurances_are_given(c);
}
