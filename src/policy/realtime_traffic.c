/* realtime_traffic: traffic data as they arise (Article 45); S13 bounds it (values.c). */
#include "policy/check.h"

/* Article 45(2): at least where the measure would be open in a case at home. */
static void
an_order_is_named(struct checking *c)
{
	if (!field_given(c, "F25"))
		finding_say(c, FINDING_WARNS, "request.no-authorisation", "F25", "",
		    "No authorisation by a judge or another independent body is named. Collection in real time is open only as in a case at home (Art 24(2), 45(2), S06).");
}

void
realtime_traffic_check(struct checking *c)
{
	an_order_is_named(c);
	assurances_are_given(c);
}
