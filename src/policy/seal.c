#include "policy/policy.h"

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

static struct verdict
own_side(const struct seal_facts *f)
{
	if (f->now < f->certificate_from)
		return refuse("seal.certificate-not-yet-valid",
		    "your signing certificate is not valid yet; check this machine's clock");
	if (f->now > f->certificate_to)
		return refuse("seal.certificate-expired",
		    "your signing certificate has expired; make a new key with: comity key rotate");
	if (f->now < f->own_valid_from || f->now > f->own_valid_to)
		return refuse("seal.card-not-valid",
		    "your own card is not valid today; check this machine's clock, or make a new card with: comity key rotate");
	return (struct verdict){ true, "seal.own", "" };
}

struct verdict
seal_decide(const struct seal_facts *f)
{
	struct verdict own = own_side(f);

	if (!own.allow)
		return own;
	if (f->peer_revoked)
		return refuse("seal.peer-revoked",
		    "this authority is revoked here: nothing is sealed to it; see why with: comity peer show");
	if (!f->peer_confirmed)
		return refuse("seal.peer-not-confirmed",
		    "nobody has compared the six words of this authority's card; phone it on a number you already have, then: comity peer pair CARD --words \"...\"");
	if (f->now < f->peer_valid_from || f->now > f->peer_valid_to)
		return refuse("seal.peer-card-not-valid",
		    "the receiver's card is not valid today; ask for its new card");
	if (f->training != f->peer_training)
		return refuse("seal.training-and-real",
		    "a training home and a real one do not exchange evidence");
	if (!f->has_collection)
		return refuse("seal.no-collection-record",
		    "evidence leaves only with its collection record: who collected it, from whom, with what tool, how and when");
	return (struct verdict){ true, "seal.granted", "" };
}
