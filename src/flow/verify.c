/* A package from anywhere is checked: with what was handed in, then this node. */
#include <string.h>

#include "flow/inside.h"

struct given {
	struct certs roots, stamp_roots;
	struct revocations *revoked;
	struct age_identity *identity;
	const struct age_identity *list[1];
	struct act card;
};

static void
given_init(struct given *g)
{
	memset(g, 0, sizeof *g);
	certs_init(&g->roots);
	certs_init(&g->stamp_roots);
	act_init(&g->card, ACT_CARD);
}

static void
given_clear(struct given *g)
{
	certs_clear(&g->roots);
	certs_clear(&g->stamp_roots);
	revocations_free(g->revoked);
	age_identity_free(g->identity);
	act_clear(&g->card);
}

/*
 * Read once: what is used afterwards is what was checked.  Whoever hands a card in
 * vouches for it; it must only be whole.
 */
static bool
card_given(struct flow *f, const char *path, struct given *g,
    struct package_trust *trust, struct err *err)
{
	struct package_reading in = { .world = f->world, .path = path };
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = package_check(&in, &report, err);
	if (ok && (report.unchanged != UNCHANGED_YES || !report.has_ids ||
	    !report.has_act))
		ok = err_set(err, ERR_UNPROVEN, "card.changed",
		    "the card %s does not hold: %s", path, report.unchanged_text);
	if (ok && report.act.kind != ACT_CARD)
		ok = err_set(err, ERR_INPUT, "card.kind",
		    "the file %s is no card but an act of the kind \"%s\"", path,
		    act_kind_name(report.act.kind));
	if (ok) {
		g->card = report.act;
		act_init(&report.act, ACT_CARD);
		report.has_act = false;
		trust->card = &g->card;
		trust->card_id = report.act_id;
		ok = g->roots.n > 0 || certs_of_card(&g->card, &g->roots, err);
	}
	package_report_clear(&report);
	return ok;
}

static bool
given_read(struct flow *f, const struct verify_wish *w, struct given *g,
    struct package_reading *in, struct err *err)
{
	struct package_trust *t = &in->trust;

	if (w->roots.n > 0) {
		if (!certs_read_pem(&g->roots, w->roots, err))
			return err_wrap(err, "--roots");
		t->roots = &g->roots;
		t->find_card = NULL;	/* roots that were handed in decide alone */
	}
	if (w->stamp_roots.n > 0) {
		if (!certs_read_pem(&g->stamp_roots, w->stamp_roots, err))
			return err_wrap(err, "--tsa");
		t->stamp_roots = &g->stamp_roots;
	}
	if (w->crl.n > 0) {
		if (!revocations_new(&g->revoked, err) ||
		    !revocations_add_file(g->revoked, w->crl, err))
			return err_wrap(err, "--crl");
		t->revoked = g->revoked;
	}
	if (w->card_path != NULL) {
		if (!card_given(f, w->card_path, g, t, err))
			return err_wrap(err, "--card");
		t->roots = &g->roots;
	}
	t->has_at = w->has_at;
	t->at = w->at;
	return true;
}

/* Whose keys open it: the identity handed in, else this home's. */
static bool
keys_choose(struct flow *f, const struct verify_wish *w, struct given *g,
    struct age_keys *keys, bool sealed, struct err *err)
{
	struct keyring *k = NULL;

	if (w->identity.n > 0) {
		if (!age_identity_parse(w->identity, &g->identity, err))
			return err_wrap(err, "--identity");
		g->list[0] = g->identity;
		*keys = (struct age_keys){ .identities = g->list, .n = 1 };
		return true;
	}
	if (!sealed || f->home == NULL)
		return true;
	return flow_keyring(f, &k, err) &&
	    keyring_identities(k, &keys->identities, &keys->n, err);
}

bool
flow_verify(struct flow *f, const struct verify_wish *wish,
    struct package_report *report, struct err *err)
{
	struct package_reading in = { .world = f->world, .path = wish->path,
		.progress = f->progress };
	struct age_keys keys = { 0 };
	struct node_trust node;
	struct given g;
	bool sealed = false, ok;

	given_init(&g);
	ok = node_trust_open(&node, f, false, err) &&
	    is_sealed(f, wish->path, &sealed, err);
	in.trust = node.trust;
	ok = ok && given_read(f, wish, &g, &in, err) &&
	    keys_choose(f, wish, &g, &keys, sealed, err);
	if (keys.n > 0)
		in.keys = &keys;
	ok = ok && node_check(&node, &in, report, err);
	node_trust_close(&node);
	given_clear(&g);
	return ok;
}
