/* freeze_alert: told in hours; the formal request is owed and clocked (Article 51, D75). */
#include "policy/check.h"

static void
the_formal_request_follows_in_time(struct checking *c)
{
	const struct field_part *by = field_said(c, "F94", "by");

	if (by == NULL || !instant_is_to_come(c, "F94", "by", "request.follow-past",
	    "our own rules, D75"))
		return;
	if (by->n > c->day + deadline_span("D75"))
		finding_say(c, FINDING_STOPS, "request.follow-late", "F94", "by",
		    "The formal request to freeze follows within %lld hours of the alert, or the alert lapses (Art 50(2), D75).",
		    (long long)law_deadline("D75")->value);
}

static void
the_transfer_has_happened(struct checking *c)
{
	const struct field *f = fields_find(c->fields, "F90");

	for (size_t i = 0; f != NULL && i < f->n; i++) {
		const struct field_part *at = fields_part(c->fields, "F90", i, "at");

		if (at != NULL && at->n > c->day + DAY)
			finding_say(c, FINDING_STOPS, "request.transfer-future", "F90", "at",
			    "Transfer %zu lies in the future (our own rules).", i + 1);
		else if (at != NULL && at->n < c->day - deadline_span("D75"))
			finding_say(c, FINDING_WARNS, "request.transfer-old", "F90", NULL,
			    "Transfer %zu is more than %lld hours old: the money has likely gone on. Hours decide; a request to freeze may serve better.",
			    i + 1, (long long)law_deadline("D75")->value);
	}
}

static void
no_duty_lies_on_the_receiver(struct checking *c)
{
	if (c->facts->incoming)
		finding_say(c, FINDING_WARNS, "request.alert-no-duty", "F94", NULL,
		    "An alert obliges to nothing: funds are held only under the law here, and it lapses unless the formal request follows by the day it names (Art 40(4), 51, D75).");
}

void
freeze_alert_check(struct checking *c)
{
	the_formal_request_follows_in_time(c);
	the_transfer_has_happened(c);
	no_duty_lies_on_the_receiver(c);
}
