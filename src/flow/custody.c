/*
 * The custody of a piece of evidence: what this home wrote down of an act (custody_own.c),
 * what came in receipts, and what came with the parcel (HOME/custody), in the order it
 * happened.
 */
#include <stdio.h>
#include <string.h>

#include "flow/custody_inside.h"
#include "flow/journey.h"
#include "flow/take.h"

#define SALT_TEXT (2 * RECORD_SALT + 1)		/* record.salt: hex and LF */

/* ---- what others told ---- */

bool
custody_same_link(const struct custody_link *a, const struct custody_link *b)
{
	return memcmp(a->salt, b->salt, RECORD_SALT) == 0 &&
	    span_eq(buf_span(&a->bytes), buf_span(&b->bytes));
}

/* A link that came with a proof alone (a receipt): its place is in the proof. */
static bool
place_of_proof(struct custody_link *l, struct err *err)
{
	struct err why = ERR_INIT;
	struct checkpoint c;
	struct tlog_proof p;

	if (l->proofs_n == 0)
		return true;
	if (!tlog_proof_read(buf_span(&l->proofs[0]), &p, &why) ||
	    !checkpoint_peek(p.note, &c, &why)) {
		*err = why;
		return why.kind == ERR_INPUT || why.kind == ERR_LIMIT;
	}
	l->has_place = true;
	l->index = p.index;
	memcpy(l->origin, c.origin, sizeof l->origin);
	return true;
}

static bool
proofs_join(struct custody_link *to, const struct custody_link *from, struct err *err)
{
	for (size_t i = 0; i < from->proofs_n; i++) {
		size_t k = 0;

		while (k < to->proofs_n && !span_eq(buf_span(&to->proofs[k]),
		    buf_span(&from->proofs[i])))
			k++;
		if (k == to->proofs_n && k < CUSTODY_PROOFS_MAX &&
		    !custody_proof_add(to, buf_span(&from->proofs[i]), err))
			return false;
	}
	if (!to->has_place && from->has_place) {
		to->has_place = true;
		to->index = from->index;
		memcpy(to->origin, from->origin, sizeof to->origin);
	}
	return to->has_place || place_of_proof(to, err);
}

bool
custody_join(struct custody *to, const struct custody_link *from, struct err *err)
{
	struct custody_link *l;

	for (size_t i = 0; i < to->n; i++)
		if (custody_same_link(&to->links[i], from))
			return proofs_join(&to->links[i], from, err);
	if (to->n == CUSTODY_LINKS_MAX)
		return true;
	l = custody_add(to, buf_span(&from->bytes), from->salt, err);
	return l != NULL && proofs_join(l, from, err);
}

struct inbox_name
custody_path(const struct digest *act)
{
	struct inbox_name n;

	(void)snprintf(n.s, sizeof n.s, CUSTODY_PATH "/%s.json", digest_hex(act).s);
	return n;
}

bool
custody_kept(struct flow *f, const struct digest *act, struct custody *out,
    bool *found, struct err *err)
{
	struct inbox_name path = custody_path(act);
	struct buf json;
	bool ok;

	*found = home_has(f->home, path.s);
	if (!*found)
		return true;
	buf_init(&json, CUSTODY_FILE_MAX);
	ok = home_load(f->home, path.s, &json, err) &&
	    custody_read(buf_span(&json), out, err);
	buf_clear(&json);
	if (!ok)
		return err_wrap(err, "%s", path.s);
	if (digest_eq(&out->act, act))
		return true;
	custody_clear(out);
	return err_set(err, ERR_UNPROVEN, "custody.other", "%s is of another act", path.s);
}

static bool
kept_join(struct gathering *g, const struct custody *kept, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < kept->n; i++) {
		const struct record *r = &kept->links[i].record;
		size_t before = g->out.n;

		if ((r->has_package && !digest_eq(&r->package, &g->out.package)) ||
		    (g->handed && !custody_hand_over(record_event_name(r->event))))
			continue;
		ok = custody_join(&g->out, &kept->links[i], err);
		if (ok && g->out.n > before)
			g->out.links[before].said = kept->links[i].said;
	}
	return ok;
}

static bool
kept_links(struct gathering *g, struct err *err)
{
	struct custody_sieve *s = NULL;
	struct err why = ERR_INIT;
	bool found, in_docket, ok;
	struct custody kept;

	custody_init(&kept);
	if (!custody_kept(g->flow, &g->out.act, &kept, &found, &why)) {
		if (why.kind != ERR_INPUT && why.kind != ERR_UNPROVEN) {
			*err = why;
			return false;
		}
		return true;		/* damaged: others tell it again */
	}
	ok = !found || (custody_sieve_new(g->flow, &s, err) &&
	    custody_sift(s, &kept, &in_docket, err) && kept_join(g, &kept, err));
	custody_sieve_free(s);
	custody_clear(&kept);
	return ok;
}

/* ---- a receipt ---- */

static bool
extract(const struct package_reading *in, const char *name, struct buf *out,
    bool *there, struct err *err)
{
	struct err why = ERR_INIT;

	*there = package_extract(in, name, out, &why);
	if (*there || why.kind == ERR_ABSENT || why.kind == ERR_INPUT ||
	    why.kind == ERR_LIMIT || why.kind == ERR_UNPROVEN)
		return true;
	*err = why;
	return false;
}

static bool
receipt_link(struct gathering *g, struct span record, struct span salt,
    struct span proof, struct err *err)
{
	struct custody told;
	struct custody_link *l;
	struct err why = ERR_INIT;
	struct digest d;
	bool ok;

	if (salt.n != SALT_TEXT || salt.p[SALT_TEXT - 1] != '\n' ||
	    !digest_parse(span_part(salt, 0, SALT_TEXT - 1), &d))
		return true;
	custody_init(&told);
	l = custody_add(&told, record, d.b, &why);
	if (l == NULL) {
		custody_clear(&told);
		if (why.kind == ERR_INPUT || why.kind == ERR_LIMIT)
			return true;	/* taken in before it was read strictly */
		*err = why;
		return false;
	}
	ok = (proof.n == 0 || custody_proof_add(l, proof, err)) &&
	    custody_join(&g->out, l, err);
	custody_clear(&told);
	return ok;
}

static bool
receipt_open(struct gathering *g, const struct docket_act *receipt, struct err *err)
{
	struct parcel_path path = act_file(receipt);
	struct age_keys keys = { 0 };
	struct package_reading in = { .world = g->flow->world,
		.at = home_dir(g->flow->home), .path = path.s, .keys = &keys };
	struct keyring *k = NULL;
	struct buf record, salt, proof;
	bool has[3] = { false }, ok;

	if (!home_has(g->flow->home, path.s))
		return true;
	buf_init(&record, RECORD_MAX);
	buf_init(&salt, 200);
	buf_init(&proof, PROOF_MAX);
	ok = flow_keyring(g->flow, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    extract(&in, "data/record.json", &record, &has[0], err) &&
	    extract(&in, "data/record.salt", &salt, &has[1], err) &&
	    extract(&in, "data/receipt.tlog-proof", &proof, &has[2], err);
	if (ok && has[0] && has[1])
		ok = receipt_link(g, buf_span(&record), buf_span(&salt),
		    has[2] ? buf_span(&proof) : span_of(NULL, 0), err);
	buf_clear(&record);
	buf_clear(&salt);
	buf_clear(&proof);
	return ok;
}

/*
 * What receipt_remember kept of it.  *found false: none, or one that was cut short in a
 * power cut: then the parcel itself is opened.
 */
static bool
receipt_kept(struct gathering *g, const struct docket_act *sent, bool *found,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct custody kept;
	char path[128];
	struct buf json;
	bool ok = true;

	(void)snprintf(path, sizeof path, CUSTODY_PATH "/receipts/%s%s%.16s.json",
	    digest_hex(&sent->act).s, sent->other ? "-" : "",
	    sent->other ? digest_hex(&sent->package).s : "");
	custody_init(&kept);
	buf_init(&json, CUSTODY_FILE_MAX);
	*found = home_has(g->flow->home, path) &&
	    home_load(g->flow->home, path, &json, &why) &&
	    custody_read(buf_span(&json), &kept, &why) && kept.n > 0 &&
	    digest_eq(&kept.act, &g->out.act) &&
	    digest_eq(&kept.package, &g->out.package);
	if (*found)
		ok = custody_join(&g->out, &kept.links[0], err);
	else if (why.kind == ERR_MEMORY)
		ok = err_memory(err);
	custody_clear(&kept);
	buf_clear(&json);
	return ok;
}

/* The receipt that came for what we sent; the one we made says what our journal says. */
static bool
receipt_links(struct gathering *g, const struct docket_act *row, struct err *err)
{
	struct docket_act receipt;
	struct docket *d = NULL;
	bool found = false, kept, ok;

	if (row->direction != ACT_OUT || !row->has_receipt)
		return true;
	if (!receipt_kept(g, row, &kept, err))
		return false;
	if (kept)
		return true;
	if (!home_docket(g->flow->home, &d, err))
		return false;
	ok = docket_act_get(d, &row->receipt, &receipt, &found, err);
	home_docket_done(g->flow->home);
	return ok && (!found || receipt_open(g, &receipt, err));
}

/* ---- what our mirrors of other logs add ---- */

static bool
mirrored_proof(struct custody_link *l, const struct merkle_proof *path,
    struct span note, bool *untrue, struct err *err)
{
	struct tlog_proof p = { .index = l->index, .path = *path, .note = note };
	uint8_t leaf[LEAF_BYTES];
	struct checkpoint c;
	struct buf proof;
	bool ok, holds = true;

	buf_init(&proof, PROOF_MAX);
	ok = tlog_proof_write(&p, &proof, err) && (!l->said ||
	    (leaf_of(l->salt, buf_span(&l->bytes), leaf, err) &&
	    tlog_proof_check(buf_span(&proof), leaf, &c, &holds, err)));
	*untrue = !holds;
	if (!ok || !holds)
		goto out;
	for (size_t i = 0; ok && i < l->proofs_n; i++)
		if (span_eq(buf_span(&l->proofs[i]), buf_span(&proof)))
			goto out;
	ok = ok && custody_proof_add(l, buf_span(&proof), err);
out:
	buf_clear(&proof);
	return ok;
}

/*
 * A receipt is written before anybody abroad can have cosigned it.  The largest
 * checkpoint of the other log that we know has those cosignatures, and its leaves are
 * here: the proof is made anew in that one.  A mirror that fails costs the proof only.
 * *untrue: it is only said, and at its place lies something else.
 */
static bool
mirror_link(struct witness *w, struct custody_link *l, bool *untrue, struct err *err)
{
	struct err why = ERR_INIT;
	struct merkle_proof path;
	struct checkpoint c;
	uint64_t mirrored;
	struct buf note;
	bool found = false, ok;

	*untrue = false;
	if (!l->has_place || l->proofs_n == CUSTODY_PROOFS_MAX)
		return true;
	buf_init(&note, NOTE_MAX);
	ok = witness_checkpoint(w, l->origin, &note, &c, &found, &why) && (!found ||
	    (witness_mirrored(w, l->origin, &mirrored, &why) && (l->index >= c.size ||
	    mirrored < c.size || (witness_inclusion(w, l->origin, l->index, c.size, &path,
	    &why) && mirrored_proof(l, &path, buf_span(&note), untrue, &why)))));
	buf_clear(&note);
	if (ok || why.kind == ERR_UNPROVEN || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

static bool
mirror_links(struct gathering *g, struct err *err)
{
	struct err why = ERR_INIT;
	struct witness *w = NULL;
	bool ok = true, untrue;

	if (g->own_n == g->out.n)
		return true;
	if (!witness_open(g->flow->world, home_dir(g->flow->home), &w, &why))
		return ledger_damage_skip(&why, err);
	for (size_t i = g->own_n; ok && i < g->out.n;) {
		ok = mirror_link(w, &g->out.links[i], &untrue, err);
		if (ok && untrue)
			custody_drop(&g->out, i);
		else
			i++;
	}
	witness_close(w);
	return ok;
}

/* ---- the whole ---- */

bool
custody_gather(struct flow *f, const struct digest *act, const struct digest *package,
    bool handed, struct custody *out, struct err *err)
{
	struct gathering g = { .flow = f, .handed = handed };
	struct docket_act row;
	bool has_row = false, ok;

	custody_init(&g.out);
	g.out.act = *act;
	g.out.package = *package;
	g.out.as_of = world_now(f->world);
	ok = custody_own(&g, &row, &has_row, err) && kept_links(&g, err) &&
	    (!has_row || receipt_links(&g, &row, err)) && mirror_links(&g, err) &&
	    custody_order(&g.out, g.own_n, err);
	custody_own_clear(&g);
	if (!ok) {
		custody_clear(&g.out);
		return err_wrap(err, "custody");
	}
	*out = g.out;
	return true;
}

/* The package of an act: as the docket has it, else of what came about it. */
bool
custody_package(struct flow *f, const struct digest *act, struct digest *package,
    bool *known, struct err *err)
{
	struct docket_act row;
	struct docket *d = NULL;
	struct custody kept;
	struct err why = ERR_INIT;
	bool ok;

	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_act_get(d, act, &row, known, err);
	home_docket_done(f->home);
	if (!ok || *known) {
		if (ok)
			*package = row.package;
		return ok;
	}
	custody_init(&kept);
	if (!custody_kept(f, act, &kept, known, &why)) {
		*err = why;
		*known = false;
		return why.kind == ERR_INPUT || why.kind == ERR_UNPROVEN;
	}
	if (*known)
		*package = kept.package;
	custody_clear(&kept);
	return true;
}

bool
custody_handed(struct flow *f, const struct digest *act, struct custody *out,
    struct err *err)
{
	struct digest package;
	bool known;

	if (!custody_package(f, act, &package, &known, err))
		return false;
	if (!known)
		return err_set(err, ERR_ABSENT, "custody.absent",
		    "this home has no act %.12s...", digest_hex(act).s);
	return custody_gather(f, act, &package, true, out, err);
}

bool
custody_before(struct flow *f, const struct digest *act,
    struct digest out[ORIGINS_MAX], size_t *n, struct err *err)
{
	struct act *a = NULL;
	struct err why = ERR_INIT;
	struct docket_act row;
	struct docket *d = NULL;
	bool found, ok;

	*n = 0;
	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_act_get(d, act, &row, &found, err);
	home_docket_done(f->home);
	if (!ok || !found || strcmp(row.kind, act_kind_name(ACT_DELIVERED)) != 0)
		return ok;
	a = mem_new(sizeof *a, err);
	if (a == NULL)
		return false;
	act_init(a, ACT_DELIVERED);
	ok = act_open(f, act, a, &why);
	if (ok && a->kind == ACT_DELIVERED)
		for (; *n < a->body.delivered.origins_n; (*n)++)
			out[*n] = a->body.delivered.origins[*n].act;
	act_clear(a);
	mem_free(a);
	if (ok || (why.kind != ERR_MEMORY && why.kind != ERR_STOPPED))
		return true;
	*err = why;
	return false;
}
