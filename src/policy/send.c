/* An act of ours leaves: every kind goes through here (seal.c adds what evidence needs). */
#include <stdio.h>

#include "policy/request.h"

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

static struct verdict
our_keys_are_good(const struct send_facts *f)
{
	if (f->now < f->certificate_from)
		return refuse("send.certificate-not-yet-valid",
		    "Your signing certificate is not valid yet. Nothing was sent; check this machine's clock.");
	if (f->now > f->certificate_to)
		return refuse("send.certificate-expired",
		    "Your signing certificate has expired. Nothing was sent; make a new key with: comity key rotate");
	if (f->now < f->own_valid_from || f->now > f->own_valid_to)
		return refuse("send.card-not-valid",
		    "Your own card is not valid today. Nothing was sent; check this machine's clock, or make a new card with: comity key rotate");
	return (struct verdict){ true, "send.own", "" };
}

static struct verdict
they_are_who_we_think(const struct send_facts *f)
{
	if (f->nobody)
		return refuse("send.nobody",
		    "It is addressed to a State, and no authority of it is known here yet. Pair with one: comity peer pair CARD; or note one on paper: comity correspondent new. The request finds it then.");
	if (f->peer_revoked)
		return refuse("send.peer-revoked",
		    "This authority is revoked here: nothing goes to it. See why with: comity peer show");
	if (f->peer_key_revoked)
		return refuse("send.peer-key-revoked",
		    "This authority revoked its signing certificate, and its new card is not here: nothing it answers could be believed. Ask for its new card: comity peer pair CARD");
	if (!f->peer_confirmed)
		return refuse("send.peer-not-confirmed",
		    "Nobody has confirmed who this is. Phone the authority on a number you already have and compare the six words: comity peer pair CARD --words \"...\"");
	if (f->now < f->peer_valid_from || f->now > f->peer_valid_to)
		return refuse("send.peer-card-not-valid",
		    "The receiver's card is not valid today. Nothing was sent; ask for its new card.");
	if (f->training != f->peer_training)
		return refuse("send.training-and-real",
		    "One side is a training home and the other is real: nothing goes between them.");
	return (struct verdict){ true, "send.peer", "" };
}

struct verdict
send_decide(const struct send_facts *f)
{
	struct verdict v = our_keys_are_good(f);

	if (v.allow)
		v = they_are_who_we_think(f);
	if (!v.allow)
		return v;
	if (f->stops > 0)
		return refuse("send.incomplete",
		    "The request is not ready: something it needs is missing or does not fit. Nothing was sent; see what with: comity request check");
	if (f->expires_at != 0 && f->expires_at <= f->now)
		return refuse("send.expired",
		    "It has expired before it was sent: nobody could act on it. Give it a later end.");
	return (struct verdict){ true, "send.granted", "" };
}

void
receiver_check(const struct send_facts *f, struct request_findings *out)
{
	struct verdict v = they_are_who_we_think(f);
	struct request_finding *e;

	if (v.allow)
		return;
	out->stops++;
	if (out->n == REQUEST_FINDINGS_MAX) {
		out->more++;
		return;
	}
	e = &out->list[out->n++];
	*e = (struct request_finding){ .weight = FINDING_STOPS, .reason = v.reason };
	(void)snprintf(e->text, sizeof e->text, "%s", v.text);
}
