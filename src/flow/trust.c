/* This node's trust: the cards and roots by which package_check judges. */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/kept.h"

static bool
card_look(struct node_trust *t, const struct authority_id *from,
    const struct digest *card_id, const struct act **card, const struct certs **roots)
{
	bool found = false, trusted = false, revoked = false;
	const struct kept_card *kept = kept_card_find(t->flow, from, card_id);
	int64_t since;

	if (kept != NULL) {
		*card = &kept->card;
		*roots = &kept->roots;
		return true;
	}
	t->missed = t->kept_only;
	if (t->missed)
		return false;
	if (!card_find(t->flow->home, from, card_id, &t->card, &found, &trusted,
	    &t->err) || !found || (!trusted &&
	    !revoked_since(t->flow, card_id, &since, &revoked, &t->err)))
		return false;
	/* Given up by its own authority: what was stamped before stays good. */
	if (!trusted && !revoked)
		return false;
	certs_clear(&t->roots);
	certs_init(&t->roots);
	if (!certs_of_card(&t->card, &t->roots, &t->err) ||
	    !kept_card_add(t->flow, card_id, &t->card, &t->roots, &kept, &t->err))
		return false;
	*card = kept != NULL ? &kept->card : &t->card;
	*roots = kept != NULL ? &kept->roots : &t->roots;
	return true;
}

static bool
find_card(void *arg, const struct authority_id *from, const struct digest *card_id,
    const struct act **card, const struct certs **roots)
{
	struct node_trust *t = arg;
	bool found;

	if (t->gate != NULL)
		gate_lock(t->gate);
	found = card_look(t, from, card_id, card, roots);
	if (t->gate != NULL)
		gate_unlock(t->gate);
	return found;
}

/* Roots of time-stamping authorities: read once where things are kept. */
static bool
stamp_roots_get(struct node_trust *t, struct flow *f, struct err *err)
{
	struct kept *k = f->kept;

	if (k == NULL)
		return home_stamp_roots(f->home, &t->stamp_roots, err);
	if (!k->has_stamp_roots && !home_stamp_roots(f->home, &k->stamp_roots, err))
		return false;
	k->has_stamp_roots = true;
	t->stamp_roots = k->stamp_roots;
	t->stamp_roots_kept = true;
	return true;
}

bool
node_trust_open(struct node_trust *t, struct flow *f, bool identities,
    struct err *err)
{
	struct keyring *k = NULL;

	memset(t, 0, sizeof *t);
	t->flow = f;
	act_init(&t->card, ACT_CARD);
	certs_init(&t->stamp_roots);
	certs_init(&t->roots);
	if (f->home == NULL)
		return true;
	t->trust.find_card = find_card;
	t->trust.arg = t;
	t->trust.stamp_roots = &t->stamp_roots;
	kept_keys(f, &t->keys);
	return stamp_roots_get(t, f, err) &&
	    (!identities || (flow_keyring(f, &k, err) &&
	    keyring_identities(k, &t->keys.identities, &t->keys.n, err)));
}

/* Card and certificate may have been revoked, by themselves, before it was signed. */
static bool
revoked_ask(struct node_trust *t, struct package_report *r, struct err *err)
{
	int64_t card = INT64_MAX, cert = INT64_MAX, since;
	struct digest d;
	bool found = false;

	if (t->flow->home == NULL || r->who != WHO_KNOWN)
		return true;
	if (r->act.has_from_card &&
	    !revoked_since(t->flow, &r->act.from_card, &card, &found, err))
		return false;
	card = found ? card : INT64_MAX;
	if (!digest_of(buf_span(&r->signer_cert), &d, err) ||
	    !revoked_since(t->flow, &d, &cert, &found, err))
		return false;
	cert = found ? cert : INT64_MAX;
	since = card < cert ? card : cert;
	if (r->judged_at < since)
		return true;
	r->who = WHO_REVOKED;
	report_say(r->who_text, &r->who_said, "who.revoked_since",
	    "The signer's own authority revoked its card or certificate on %s, and no time stamp from before proves that it signed earlier.",
	    when_people(since).s);
	if (r->overall == OVERALL_INTACT)
		r->overall = OVERALL_INCOMPLETE;
	return true;
}

bool
node_check(struct node_trust *t, const struct package_reading *in,
    struct package_report *report, struct err *err)
{
	return package_check(in, report, err) && node_checked(t, report, err);
}

bool
node_checked(struct node_trust *t, struct package_report *report, struct err *err)
{
	if (t->err.kind == ERR_NONE)
		return revoked_ask(t, report, err);
	*err = t->err;
	return false;
}

void
node_trust_close(struct node_trust *t)
{
	act_clear(&t->card);
	if (!t->stamp_roots_kept)
		certs_clear(&t->stamp_roots);
	certs_init(&t->stamp_roots);
	certs_clear(&t->roots);
}
