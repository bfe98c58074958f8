/* preserve: Article 42; the data are held, and asked for later. */
#include "policy/check.h"

/* A freeze is for a request to come soon; a hold of a year without one is storage. */
#define INTENT_DAYS_MAX 365

/* 42(3)(f): kind and date of the request that will follow; measures of Article 40. */
static void
assistance_will_be_asked_for(struct checking *c)
{
	const char *measure = field_text(c, "F15", "measure");
	const struct field_part *at = field_said(c, "F15", "planned_at");
	const struct law_measure *m = measure != NULL ? law_measure(measure) : NULL;

	if (measure != NULL && (m == NULL || !law_list_has(m->articles, "40")))
		finding_say(c, FINDING_STOPS, "request.intent-measure", "F15", "measure",
		    "A preservation announces a request for assistance (Art 42(3)(f)); \"%s\" is none.",
		    measure);
	if (at != NULL && at->n <= c->day)
		finding_say(c, FINDING_STOPS, "request.intent-past", "F15", "planned_at",
		    "The planned date of the request for assistance lies in the past (Art 42(3)(f)).");
	if (at != NULL && at->n > c->day + INTENT_DAYS_MAX * DAY)
		finding_say(c, FINDING_STOPS, "request.intent-far", "F15", "planned_at",
		    "The request for assistance is planned more than %d days ahead: data are not held that long on a plan (Art 42(3)(f)).",
		    INTENT_DAYS_MAX);
}

/* Any available information is enough for the treaty; everybody's data is too much. */
static void
whose_data_is_said(struct checking *c)
{
	if (field_given(c, "F12") && !field_given(c, "F06") && !field_given(c, "F13"))
		finding_say(c, FINDING_WARNS, "request.no-identifier", "F13", "",
		    "Only the provider is named: say which account or system, or it is asked to keep the data of all (S12).");
}

void
preserve_check(struct checking *c)
{
	assistance_will_be_asked_for(c);
	whose_data_is_said(c);
}
