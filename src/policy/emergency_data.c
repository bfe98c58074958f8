/* emergency_data: a life is at risk, now (Articles 2(o), 41(3)(e)). */
#include "policy/check.h"

/* S15: false emergencies are the known attack; somebody else can be called. */
static void
a_second_person_can_be_called(struct checking *c)
{
	if (field_given(c, "F61") && field_said(c, "F61", "phone") == NULL)
		finding_say(c, FINDING_STOPS, "request.no-call-back", "F61", "phone",
		    "The second person has no telephone number: nobody acts on an emergency without calling back (S15).");
}

/* D64: what goes out in haste is looked at afterwards. */
static void
the_receiver_calls_back_first(struct checking *c)
{
	if (c->facts->incoming)
		finding_say(c, FINDING_WARNS, "request.call-back", "F61", NULL,
		    "Call %s on a number you already have before anything is handed over, and look at it again within %lld hours (S15, D64).",
		    c->from, (long long)law_deadline("D64")->value);
}

/* "Imminent": what is expected in a month is no emergency of Article 2(o). */
static void
the_danger_is_imminent(struct checking *c)
{
	const struct field_part *when = field_said(c, "F29", "when");

	if (when != NULL && when->n > c->day + deadline_span("D64"))
		finding_say(c, FINDING_WARNS, "request.emergency-far", "F29", NULL,
		    "What is feared is expected more than %lld hours from now. An emergency is significant and imminent (Art 2(o)); a request for stored data may do.",
		    (long long)law_deadline("D64")->value);
}

/* S12: in an emergency, too, it is about someone. */
static void
an_account_is_meant(struct checking *c)
{
	if (!field_given(c, "F06") && !field_given(c, "F13"))
		finding_say(c, FINDING_STOPS, "request.no-identifier", "F06", "",
		    "No person or account is named: data are disclosed about someone in particular, never in bulk (S12).");
}

void
emergency_data_check(struct checking *c)
{
	a_second_person_can_be_called(c);
	the_receiver_calls_back_first(c);
	the_danger_is_imminent(c);
	an_account_is_meant(c);
}
