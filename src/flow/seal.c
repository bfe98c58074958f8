/* Evidence is sealed for its receiver, and put into the outbox. */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"

static bool
put(char *out, size_t room, const char *what, const char *in, struct err *err)
{
	if (in == NULL)
		return true;
	if (strlen(in) >= room || !utf8_valid(span_text(in)))
		return err_set(err, ERR_USE, "seal.text",
		    "the %s is more than %zu bytes of UTF-8", what, room - 1);
	memcpy(out, in, strlen(in) + 1);
	return true;
}

static bool
put_marked(struct marked_text *t, const char *what, const char *lang, const char *in,
    struct err *err)
{
	if (in == NULL)
		return true;
	if (in[0] == '\0' || strlen(in) > ACT_TEXT_MAX || !utf8_valid(span_text(in)))
		return err_set(err, ERR_USE, "seal.text",
		    "the %s is 1 to %d bytes of UTF-8", what, ACT_TEXT_MAX);
	if (strlen(lang) >= sizeof t->lang)
		return err_set(err, ERR_USE, "seal.lang",
		    "\"%.40s\" is no language tag", lang);
	memcpy(t->lang, lang, strlen(lang) + 1);
	t->text = mem_text_of(in, err);
	return t->text != NULL;
}

static bool
act_fill(struct flow *f, struct act *a, const struct seal_wish *w,
    const struct peer *to, const struct payload *p, struct err *err)
{
	const struct settings *s = home_settings(f->home);
	struct delivered_body *d = &a->body.delivered;
	const char *lang = w->lang != NULL ? w->lang : s->lang;
	struct civil now;

	if (!act_begin(f, a, ACT_DELIVERED, to, err))
		return false;
	a->payload_files = payload_files(p);
	a->payload_bytes = payload_bytes(p);
	if (!when_civil(a->made_at, &now))
		return err_set(err, ERR_IO, "clock",
		    "this machine's clock is beyond all years; set it");
	(void)snprintf(d->number, sizeof d->number, "%s-%04d-%06u", s->state,
	    now.year, w->number);
	return put(d->reference, sizeof d->reference, "reference", w->reference, err) &&
	    put_marked(&d->description, "description", lang, w->description, err) &&
	    put_marked(&d->purpose, "purpose", lang, w->purpose, err) &&
	    put(a->instrument, sizeof a->instrument, "instrument", w->instrument,
	    err) && put(a->article, sizeof a->article, "article", w->article, err);
}

static bool
rule_ask(struct flow *f, const struct peer *to, const struct evidence_private *prv,
    const struct signer *s, struct err *err)
{
	struct digest id;
	struct act card;
	struct seal_facts facts = {
		.now = world_now(f->world),
		.training = home_settings(f->home)->training,
		.peer_training = to->card.exercise,
		.peer_confirmed = to->confirmed,
		.peer_revoked = to->revoked,
		.peer_valid_from = to->card.body.card.valid_from,
		.peer_valid_to = to->card.body.card.valid_to,
		.has_collection = prv->collection.n > 0,
		.certificate_from = cert_not_before(s->chain.list[0]),
		.certificate_to = cert_not_after(s->chain.list[0]),
	};
	bool ok;

	act_init(&card, ACT_CARD);
	ok = own_card(f->home, &id, &card, err);
	facts.own_valid_from = card.body.card.valid_from;
	facts.own_valid_to = card.body.card.valid_to;
	act_clear(&card);
	return ok && verdict_ask(seal_decide(&facts), err);
}

/* The pinned lines, opened: NULL when the evidence was added with --later. */
struct pin_reading {
	struct file *file;
	struct source *under, *age;
	struct age_keys keys;
};

static bool
pin_open(struct flow *f, unsigned number, const struct evidence_private *prv,
    struct pin_reading *p, struct err *err)
{
	struct keyring *k = NULL;

	if (!prv->pinned)
		return true;
	return flow_keyring(f, &k, err) &&
	    keyring_identities(k, &p->keys.identities, &p->keys.n, err) &&
	    file_open(f->world, home_dir(f->home), evidence_path(number, "pin.age").s,
	    FILE_READ, &p->file, err) && file_source(p->file, 0, &p->under, err) &&
	    age_source(p->under, &p->keys, &p->age, err);
}

static void
pin_close(struct pin_reading *p)
{
	source_free(p->age);
	source_free(p->under);
	file_close(p->file);
}

static bool
room_ask(const struct evidence *e, struct err *err)
{
	return e->parcels_n < PARCELS_MAX || err_set(err, ERR_LIMIT,
	    "evidence.parcels",
	    "this evidence has %d parcels, and that is the limit; add it again under a new number",
	    PARCELS_MAX);
}

/*
 * The record could not be written, for want of space perhaps: a parcel that no
 * record names would lie there for good.  Left where it is when in doubt.
 */
static void
parcel_drop(struct flow *f, unsigned number, const struct digest *act)
{
	struct err ignored = ERR_INIT;
	struct evidence e;

	if (!evidence_load(f->home, number, &e, &ignored))
		return;
	for (size_t i = 0; i < e.parcels_n; i++)
		if (digest_eq(&e.parcels[i].act_id, act))
			return;
	(void)!path_remove(f->world, home_dir(f->home), parcel_path(act).s, NULL);
}

static bool
record_add(struct flow *f, struct evidence *e, const struct outgoing *o,
    const struct package_written *w, const struct peer *to, struct err *err)
{
	struct parcel *p = &e->parcels[e->parcels_n];

	memset(p, 0, sizeof *p);
	p->act_id = w->act_id;
	p->package_id = w->package_id;
	p->peer = to->id;
	p->at = o->now;
	p->bytes = w->bytes;
	p->stamp = o->kept;
	p->stamped_at = o->stamped_at;
	e->parcels_n++;
	if (stamp_files_save(f, e->number, p, buf_span(&o->signature),
	    buf_span(&o->token), buf_span(&o->answer), err) &&
	    evidence_save(f->home, e, err))
		return true;
	parcel_drop(f, e->number, &w->act_id);
	return false;
}

static bool
seal_with(struct flow *f, const struct seal_wish *wish, struct evidence *e,
    const struct evidence_private *prv, const struct peer *to, struct outgoing *o,
    struct err *err)
{
	struct payload_options options = { prv->leave_out_unreadable ||
		wish->leave_out_unreadable, (const char *const *)prv->leave_out,
		prv->leave_out_n };
	struct pin_reading pin = { 0 };
	struct package_written done;
	struct payload *p = NULL;
	struct dir *tmp = NULL;
	struct act a;
	bool ok;

	act_init(&a, ACT_DELIVERED);
	ok = home_tmp(f->home, &tmp, err) &&
	    payload_walk(f->world, tmp, prv->path, &options, &p, f->progress, err) &&
	    act_fill(f, &a, wish, to, p, err) &&
	    pin_open(f, wish->number, prv, &pin, err) &&
	    outgoing_parcel(o, &a, p, buf_span(&prv->collection), pin.age, to, &done,
	    err) && record_add(f, e, o, &done, to, err);
	pin_close(&pin);
	payload_free(p);
	act_clear(&a);
	return ok;
}

bool
flow_evidence_seal(struct flow *f, const struct seal_wish *wish, struct sealed *out,
    struct err *err)
{
	struct evidence_private prv;
	struct keyring *k = NULL;
	struct outgoing o;
	struct peer to;
	bool ok;

	evidence_private_init(&prv);
	peer_init(&to);
	outgoing_init(&o, f);
	o.stamp = true;
	memset(out, 0, sizeof *out);
	ok = home_lock(f->home, err) &&
	    evidence_load(f->home, wish->number, &out->evidence, err) &&
	    peer_find(f->home, wish->to, &to, err);
	if (ok && out->evidence.origin == EVIDENCE_RECEIVED)
		ok = err_set(err, ERR_REFUSED, "seal.received",
		    "evidence %04u was received from another authority; passing it on needs that authority's consent, which this version cannot carry yet",
		    wish->number);
	ok = ok && room_ask(&out->evidence, err) && flow_keyring(f, &k, err) &&
	    signer_open(f, &o.signer, err) &&
	    evidence_private_load(f->home, k, wish->number, &prv, err) &&
	    rule_ask(f, &to, &prv, &o.signer, err) &&
	    seal_with(f, wish, &out->evidence, &prv, &to, &o, err);
	if (ok) {
		out->parcel = out->evidence.parcels_n - 1;
		(void)snprintf(out->stamp_text, sizeof out->stamp_text, "%s",
		    o.stamp_text);
		(void)snprintf(out->revocation_text, sizeof out->revocation_text, "%s",
		    o.revocation_text);
		(void)snprintf(out->path, sizeof out->path, "%s/%s",
		    home_path(f->home),
		    parcel_file(&out->evidence.parcels[out->parcel]).s);
	}
	outgoing_clear(&o);
	peer_clear(&to);
	evidence_private_clear(&prv);
	return ok;
}

bool
flow_evidence_send(struct flow *f, unsigned number, const char *to,
    struct evidence *out, size_t *parcel, bool *found, struct err *err)
{
	struct peer peer;
	bool ok;

	*found = false;
	peer_init(&peer);
	ok = home_lock(f->home, err) && evidence_load(f->home, number, out, err) &&
	    peer_find(f->home, to, &peer, err);
	if (ok && peer.revoked)
		ok = err_set(err, ERR_REFUSED, "send.peer-revoked",
		    "this authority is revoked here: nothing is sent to it");
	/* The evidence itself: a stamp that came later has a parcel of its own. */
	for (size_t i = out->parcels_n; ok && i-- > 0 && !*found;)
		if (out->origin == EVIDENCE_OWN &&
		    out->parcels[i].stamp != STAMP_NONE && strcmp(out->parcels[i].peer.s, peer.id.s) == 0) {
			*found = true;
			*parcel = i;
		}
	if (ok && *found) {
		out->parcels[*parcel].in_outbox = true;
		ok = evidence_save(f->home, out, err);
	}
	peer_clear(&peer);
	return ok;
}
