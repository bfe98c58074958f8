/* A package from anywhere is checked: with what was handed in, then this node. */
#include <string.h>

#include "flow/inside.h"

struct given {
	struct certs roots, stamp_roots;
	struct revocations *revoked;
	struct age_identity *identity;
	const struct age_identity *list[1];
	struct buf card_json;
	struct act card;
};

static void
given_clear(struct given *g)
{
	certs_clear(&g->roots);
	certs_clear(&g->stamp_roots);
	revocations_free(g->revoked);
	age_identity_free(g->identity);
	buf_clear(&g->card_json);
	act_clear(&g->card);
}

static bool
card_given(struct flow *f, const char *path, struct given *g,
    struct package_trust *trust, struct err *err)
{
	struct package_reading in = { .world = f->world, .path = path };
	struct package_report report;
	struct act a;
	bool ok;

	package_report_init(&report);
	ok = package_extract(&in, "act.json", &g->card_json, err) &&
	    act_decode(&a, buf_span(&g->card_json), err);
	if (ok) {
		g->card = a;
		if (a.kind != ACT_CARD)
			ok = err_set(err, ERR_INPUT, "card.kind",
			    "the file %s is no card but an act of the kind \"%s\"", path,
			    act_kind_name(a.kind));
	}
	if (ok && g->roots.n == 0)
		ok = certs_of_card(&g->card, &g->roots, err);
	in.trust.card = &g->card;
	in.trust.roots = &g->roots;
	ok = ok && package_check(&in, &report, err);
	if (ok && (report.unchanged != UNCHANGED_YES || !report.has_ids))
		ok = err_set(err, ERR_UNPROVEN, "card.changed",
		    "the card %s does not hold: %s", path, report.unchanged_text);
	if (ok) {
		trust->card = &g->card;
		trust->card_id = report.act_id;
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

static bool
is_sealed(struct flow *f, const char *path, bool *sealed, struct err *err)
{
	static const char magic[] = "age-encryption.org/";
	struct file_info info;
	struct file *file = NULL;
	uint8_t begin[sizeof magic - 1];
	size_t n = 0;
	bool ok;

	*sealed = false;
	if (!path_info_follow(f->world, path, &info, err))
		return false;
	if (info.type == FILE_DIR)
		return true;
	ok = file_open(f->world, NULL, path, FILE_READ, &file, err) &&
	    file_read_at(file, begin, sizeof begin, 0, &n, err);
	*sealed = ok && span_is(span_of(begin, n), magic);
	file_close(file);
	return ok;
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

	memset(&g, 0, sizeof g);
	certs_init(&g.roots);
	certs_init(&g.stamp_roots);
	buf_init(&g.card_json, ACT_BYTES_MAX);
	act_init(&g.card, ACT_CARD);
	ok = is_sealed(f, wish->path, &sealed, err) &&
	    node_trust_open(&node, f, false, err);
	if (ok) {
		in.trust = node.trust;
		ok = given_read(f, wish, &g, &in, err) &&
		    keys_choose(f, wish, &g, &keys, sealed, err);
		if (keys.n > 0)
			in.keys = &keys;
		ok = ok && package_check(&in, report, err);
		node_trust_close(&node);
	}
	given_clear(&g);
	return ok;
}
