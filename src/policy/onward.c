/* Evidence goes on to someone else, or serves something else (Articles 36(3), 40(19)). */
#include "policy/request.h"

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

struct verdict
onward_decide(const struct onward_facts *f)
{
	if (!f->received)
		return (struct verdict){ true, "onward.our-own", "" };
	if (f->to_origin)
		return (struct verdict){ true, "onward.back-to-its-sender", "" };
	if (!f->consent && f->consent_on_paper)
		return refuse("onward.consent-on-paper",
		    "A consent of theirs is noted here as it came on paper, and it bears our signature alone. Of an authority that has Comity only its own signature counts for this: ask it to send its consent by Comity, or ask anew: comity request new use_consent");
	if (!f->consent)
		return refuse("onward.no-consent",
		    "This evidence came from another authority, and that authority has not agreed that it goes on (Art 36(3), 40(19)). Ask it first: comity request new use_consent");
	/* Taken back is taken back at once; what went before stays lawful. */
	if (f->consent_revoked)
		return refuse("onward.consent-revoked",
		    "The authority that sent this evidence has taken its consent back. Nothing more goes on under it; ask for a new one if it is needed.");
	if (!f->consent_names_receiver)
		return refuse("onward.consent-for-someone-else",
		    "The consent is for another recipient. Ask the authority that sent this evidence for one that names this receiver or its State.");
	if (f->consent_until != 0 && f->now > f->consent_until)
		return refuse("onward.consent-over",
		    "The consent has ended. Ask the authority that sent this evidence for a new one.");
	return (struct verdict){ true, "onward.consented", "" };
}
