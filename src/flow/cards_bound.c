/*
 * Is a card that lies in the home the one that was taken?  Its id is the digest of the tag
 * manifest of its package, and that names the digest of act.json; the record of taking it
 * names the id, and says whether people confirmed it.  Both are as old as cards are, so a
 * home made by an earlier version answers as well.
 */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/leaves.h"

#define CARD_TAGS "tagmanifest-sha256.txt"
#define CARD_TAGS_MAX 65536	/* bytes: a line for each of a few files */

/* Found to be so once in a command: the record stays, and the bytes are compared again. */
struct card_known {
	struct digest id, act;		/* act: of the bytes of act.json */
	struct authority_id from;
	bool confirmed;
};
#define CARDS_KNOWN 256		/* some State's worth and its older ones; then the oldest goes */
struct cards_known {
	struct card_known list[CARDS_KNOWN];
	size_t n;			/* ever put */
};

void
cards_known_free(struct cards_known *k)
{
	mem_free(k);
}

static bool
known_so(const struct cards_known *k, const struct card_known *c)
{
	size_t n = k == NULL ? 0 : k->n < CARDS_KNOWN ? k->n : CARDS_KNOWN;

	for (size_t i = 0; i < n; i++) {
		const struct card_known *x = &k->list[i];

		if (digest_eq(&x->id, &c->id) && digest_eq(&x->act, &c->act) &&
		    strcmp(x->from.s, c->from.s) == 0 && (x->confirmed || !c->confirmed))
			return true;
	}
	return false;
}

static bool
known_put(struct flow *f, const struct card_known *c, struct err *err)
{
	if (f->cards_known == NULL)
		f->cards_known = mem_new(sizeof *f->cards_known, err);
	if (f->cards_known == NULL)
		return false;
	f->cards_known->list[f->cards_known->n++ % CARDS_KNOWN] = *c;
	return true;
}

/* ---- its bytes ---- */

/* *is: the package kept beside act.json is the one with this id, and holds these bytes. */
static bool
bytes_are(struct flow *f, const struct card_known *c, bool *is, struct err *err)
{
	char path[96], line[96];
	struct package_reading in = { .world = f->world, .at = home_dir(f->home),
		.path = path };
	struct err why = ERR_INIT;
	struct digest tags;
	struct buf b;
	int n;
	bool ok;

	(void)snprintf(path, sizeof path, "cards/%s.card", digest_hex(&c->id).s);
	n = snprintf(line, sizeof line, "%s  act.json\n", digest_hex(&c->act).s);
	buf_init(&b, CARD_TAGS_MAX);
	*is = package_extract(&in, CARD_TAGS, &b, &why) &&
	    digest_of(buf_span(&b), &tags, &why) && digest_eq(&tags, &c->id) &&
	    memmem(b.p, b.n, line, (size_t)n) != NULL;
	buf_clear(&b);
	ok = why.kind != ERR_IO && why.kind != ERR_MEMORY;
	if (!ok)
		*err = why;
	return ok;
}

/* ---- its record ---- */

struct card_looking {
	const struct card_known *card;
	bool ours, found;
};

/* Ours: it was made here; another's: people confirmed it. */
static void
confirmed_look(void *arg, const struct leaf *x)
{
	struct card_looking *l = arg;

	if (!x->has_act || !digest_eq(&x->digest, &l->card->id))
		return;
	l->found = l->found || (l->ours ? strcmp(x->reason, "card.made") == 0 :
	    strcmp(x->peer.s, l->card->from.s) == 0 &&
	    (strcmp(x->reason, "card.words") == 0 ||
	    strcmp(x->reason, "card.confirmed") == 0));
}

static bool
confirmed_was(struct flow *f, const struct card_known *c, bool *was, struct err *err)
{
	struct card_looking l = { .card = c, .ours = strcmp(c->from.s,
		home_settings(f->home)->authority.s) == 0 };
	struct err why = ERR_INIT;
	struct leaf_gap gap;

	*was = true;
	if (!leaves_each(f, LEAF_CARD, confirmed_look, &l, &why))
		return leaves_pass(f, &why, err);
	*was = l.found;
	if (l.found || !l.ours || !f->despite_damage)
		return true;
	/* The record of our own card was lost: who leads out of that makes the next one. */
	if (!leaves_gap(f, &gap, err))
		return false;
	*was = gap.at > 0;
	return true;
}

/* ---- asked by the home ---- */

static bool
binding_look(void *arg, const struct authority_id *from, const struct digest *id,
    struct span act_json, bool confirmed, enum card_bound *out, struct err *err)
{
	struct card_known c = { .id = *id, .from = *from, .confirmed = confirmed };
	struct flow *f = arg;
	bool so;

	*out = CARD_AS_TAKEN;
	if (!digest_of(act_json, &c.act, err))
		return false;
	if (known_so(f->cards_known, &c))
		return true;
	if (!bytes_are(f, &c, &so, err))
		return false;
	if (!so) {
		*out = CARD_CHANGED;
		return true;
	}
	if (confirmed && !confirmed_was(f, &c, &so, err))
		return false;
	if (!so) {
		*out = CARD_UNPROVEN;
		return true;
	}
	return known_put(f, &c, err);
}

static bool
revoked_look(void *arg, const struct authority_id *peer, enum peer_trust *out,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct flow *f = arg;

	*out = TRUST_STANDS;
	return leaves_revoked(f, peer, out, &why) || leaves_pass(f, &why, err);
}

void
cards_bind(struct flow *f)
{
	const struct card_binding b = { binding_look, revoked_look, f };

	home_bind_cards(f->home, &b);
}

bool
flow_open(struct flow *f, const char *path, struct err *err)
{
	if (!home_open(f->world, path, &f->home, err))
		return false;
	cards_bind(f);
	return true;
}
