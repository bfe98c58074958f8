/*
 * An act came in, whole and with a signature that holds: is it for us, from someone we
 * know, and of today?  What it does to its thread is asked afterwards (thread.c).
 */
#include "policy/request.h"

/* Clocks of offices differ; by more than a day, one of them is wrong. */
#define AHEAD_MAX ((int64_t)86400)

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

static struct verdict
addressed_to_us(const struct incoming_facts *f)
{
	if (!f->sealed)
		return refuse("receive.not-sealed",
		    "It came unsealed, for anyone to read. Nothing was taken in; ask the sender for the parcel.");
	if (!f->for_us)
		return refuse("receive.not-for-us",
		    "It is not addressed to this authority. Nothing was taken in; tell the sender.");
	if (f->from_us)
		return refuse("receive.from-us",
		    "It says that this authority sent it. Nothing was taken in; find out who brought it.");
	if (f->exercise && !f->training)
		return refuse("receive.exercise",
		    "It is an exercise, and this is a real home. An exercise never counts as real.");
	if (!f->exercise && f->training)
		return refuse("receive.real",
		    "It is real, and this is a training home. Give it to the office it is for.");
	return (struct verdict){ true, "receive.addressed", "" };
}

/*
 * D15, S15: authority comes from a key we know.  Evidence is no order to do anything:
 * it is kept, and its own verdict (who: UNKNOWN, REVOKED) goes with it.
 */
static struct verdict
from_someone_known(const struct incoming_facts *f)
{
	bool evidence = act_kind_class(f->kind) == ACT_IS_EVIDENCE;

	if (f->sender_revoked)
		return (struct verdict){ evidence, "receive.sender-revoked",
			evidence ?
			"The authority that signed it is revoked here. It is kept with that mark; call the authority before you rely on it." :
			"The authority that signed it is revoked here. Do not act on it; call the authority on a number you already have." };
	if (!f->sender_known)
		return (struct verdict){ evidence, "receive.sender-unknown",
			evidence ?
			"It is signed with a key that nobody here has confirmed. It is kept with that mark; call the authority before you rely on it." :
			"It is signed with a key that nobody here has confirmed. Do not act on it; call the authority on a number you already have." };
	if (!f->state_agrees)
		return (struct verdict){ evidence, "receive.other-state",
			evidence ?
			"Its certificate is of another State than the one it says it comes from. It is kept with that mark; call the authority before you rely on it." :
			"Its certificate is of another State than the one it says it comes from. Do not act on it; call the authority on a number you already have." };
	return (struct verdict){ true, "receive.taken", "" };
}

static struct verdict
of_today(const struct incoming_facts *f)
{
	if (f->made_at > f->now + AHEAD_MAX)
		return refuse("receive.made-in-the-future",
		    "It says that it was made more than a day from now. Check this machine's clock; if it is right, tell the sender.");
	/* Only a request ends by itself: an answer or evidence that came late is still one. */
	if (f->expired && act_kind_class(f->kind) == ACT_IS_REQUEST)
		return refuse("receive.expired",
		    "The request had expired when it came in. Nobody acts on it; ask the sender whether a new one follows.");
	return (struct verdict){ true, "receive.taken", "" };
}

struct verdict
incoming_decide(const struct incoming_facts *f)
{
	struct verdict v = addressed_to_us(f);

	if (!v.allow)
		return v;
	if (f->kind == ACT_CARD)
		return refuse("receive.card",
		    "It is a card, and cards come in by another door: comity peer pair");
	v = of_today(f);
	return v.allow ? from_someone_known(f) : v;
}
