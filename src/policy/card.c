#include "policy/policy.h"

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

struct verdict
card_decide(const struct card_facts *f)
{
	if (!f->unchanged)
		return refuse("card.changed",
		    "this card was changed after it was signed; do not use it, ask for it again by another way");
	if (!f->signer_known)
		return refuse("card.signer",
		    "this card is not signed by a certificate that may sign it; do not use it, call the authority");
	if (f->own)
		return refuse("card.own", "this is your own card; give it to the other side");
	if (f->revoked)
		return refuse("card.revoked",
		    "this authority was revoked here; its cards are not taken");
	if (f->training != f->card_training)
		return refuse("card.training-and-real",
		    "a training home and a real one are not paired");
	/* A card is replayed to bring an old key back into use. */
	if (f->older)
		return refuse("card.older",
		    "a newer card of this authority is here and confirmed; ask for the card it uses today");
	if (f->now > f->valid_to)
		return refuse("card.expired", "this card has expired; ask for the new one");
	if (f->now < f->valid_from)
		return refuse("card.not-yet-valid",
		    "this card is not valid yet; check this machine's clock");
	return (struct verdict){ true, "card.taken", "" };
}
