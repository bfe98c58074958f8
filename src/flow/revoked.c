/*
 * Trust ends: an authority revokes its own card, one of its certificates, or a consent
 * it gave.  Applied at once, everywhere it is read; what was stamped before stays good
 * (design.md section 5).
 */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/leaves.h"
#include "flow/people.h"
#include "flow/take.h"

/*
 * cards/HEX.revoked: since when the card with this act id, or the certificate with this
 * digest, is revoked by its own authority; seconds in decimal and LF.
 */
#define SINCE_MAX 32

static struct evidence_file
since_path(const struct digest *id)
{
	struct evidence_file p;

	(void)snprintf(p.s, sizeof p.s, REVOKED_FOLDER "%s.revoked", digest_hex(id).s);
	return p;
}

bool
revoked_since(struct flow *f, const struct digest *id, int64_t *since, bool *found,
    struct err *err)
{
	struct evidence_file path = since_path(id);
	struct err why = ERR_INIT;
	const char *text;
	long long v = 0;
	struct buf b;
	bool ok;

	*found = false;
	buf_init(&b, SINCE_MAX);
	/* Absent only where the disk says so: an error is no trust. */
	ok = home_load(f->home, path.s, &b, &why);
	if (!ok && why.kind == ERR_ABSENT) {
		buf_clear(&b);
		/* Or somebody took the file away: the record of it stays. */
		return leaves_revoked_since(f, id, since, found, err);
	}
	*found = true;
	if (!ok)
		*err = why;
	ok = ok && buf_text(&b, &text, err) &&
	    (sscanf(text, "%lld", &v) == 1 || err_set(err, ERR_UNPROVEN,
	    "revoked.damaged", "the file %s is damaged; get it back from your backup",
	    path.s));
	buf_clear(&b);
	*since = v;
	return ok;
}

static bool
since_save(struct flow *f, const struct digest *id, int64_t since, struct err *err)
{
	char text[SINCE_MAX];
	int64_t have;
	bool found;

	if (!revoked_since(f, id, &have, &found, err))
		return false;
	/* The earlier date is the safe one. */
	if (found && have <= since)
		return true;
	(void)snprintf(text, sizeof text, "%lld\n", (long long)since);
	return home_save(f->home, since_path(id).s, span_text(text), err);
}

/* The record names the file, so that nobody trusts again by taking it away. */
static bool
since_record(struct record *r, const struct revoked_body *b, bool newest, struct err *err)
{
	struct record_file *file = &r->files[0];
	char text[SINCE_MAX];

	(void)snprintf(r->reason, sizeof r->reason, "revoked.by-itself");
	if (b->what == REVOKED_CONSENT)
		return true;
	(void)snprintf(r->reason, sizeof r->reason, "%s%lld", b->what == REVOKED_CERTIFICATE ?
	    "revoked.certificate." : newest ? REVOKED_CARD_REASON : "revoked.card-before.",
	    (long long)b->since);
	(void)snprintf(text, sizeof text, "%lld\n", (long long)b->since);
	(void)snprintf(file->path, sizeof file->path, "%.79s", since_path(&b->id).s);
	file->bytes = strlen(text);
	r->files_n = 1;
	return digest_of(span_text(text), &file->sha256, err);
}

/* ---- one that comes in ---- */

static bool
card_is_theirs(const struct peer *p, const struct digest *id)
{
	if (digest_eq(&p->card_id, id))
		return true;
	for (size_t i = 0; i < p->earlier_n; i++)
		if (digest_eq(&p->earlier[i], id))
			return true;
	return false;
}

/* On the newest card, or on an earlier one that was confirmed. */
static bool
certificate_is_theirs(struct flow *f, const struct peer *p, const struct digest *id,
    bool *yes, struct err *err)
{
	*yes = false;
	for (size_t i = 0; i <= p->earlier_n && !*yes; i++) {
		const struct digest *card = i == 0 ? &p->card_id : &p->earlier[i - 1];
		bool found, trusted;
		struct act a;

		act_init(&a, ACT_CARD);
		if (!card_find(f->home, &p->id, card, &a, &found, &trusted, err)) {
			act_clear(&a);
			return false;
		}
		for (size_t k = 0; found && k < a.body.card.certificates_n; k++) {
			struct digest d;

			if (!digest_of(buf_span(&a.body.card.certificates[k]), &d, err)) {
				act_clear(&a);
				return false;
			}
			*yes = *yes || digest_eq(&d, id);
		}
		act_clear(&a);
	}
	return true;
}

static void
reason_fill(char out[200], const struct revoked_body *b)
{
	(void)snprintf(out, 200, "by itself, since %.30s: %.140s",
	    when_people(b->since).s, b->reason.text != NULL ? b->reason.text : "no reason given");
	/* The text may be cut in the middle of a letter. */
	while (out[0] != '\0' && !utf8_valid(span_text(out)))
		out[strlen(out) - 1] = '\0';
}

/* Nothing is sent any more to a card that its own authority gave up. */
static bool
revoked_settle(struct taking *t, struct err *err)
{
	const struct revoked_body *b = &t->report.act.body.revoked;
	struct record r;

	record_begin(t->flow, &r, EVENT_REVOKED);
	r.has_act = r.has_package = true;
	r.act = t->row.act;
	r.package = t->row.package;
	r.peer = t->from.id;
	if (!since_record(&r, b, digest_eq(&b->id, &t->from.card_id), err) ||
	    (b->what != REVOKED_CONSENT && !since_save(t->flow, &b->id, b->since, err)))
		return false;
	if (b->what == REVOKED_CARD && digest_eq(&b->id, &t->from.card_id)) {
		t->from.revoked = true;
		reason_fill(t->from.reason, b);
		if (!peer_save(t->flow->home, &t->from, span_of(NULL, 0),
		    span_of(NULL, 0), err))
			return false;
	}
	return record_event(t->flow, t->docket, &r, t->row.request, NULL, err);
}

static bool
consent_take(struct taking *t, struct err *err)
{
	const struct revoked_body *b = &t->report.act.body.revoked;
	bool found, allowed;

	if (!docket_request_by_act(t->docket, &b->id, &t->request, &found, err))
		return false;
	if (!found)
		return take_waits(t, "It takes back a consent that has not come yet: it waits in the inbox until that is here.");
	t->has_request = true;
	t->out->as = TAKEN;
	take_note(t, "A consent was taken back: evidence is not passed on under it any more.");
	return take_step(t, &allowed, err);
}

bool
take_revoked(struct taking *t, struct err *err)
{
	const struct revoked_body *b = &t->report.act.body.revoked;
	bool theirs;

	t->settle = revoked_settle;
	if (b->what == REVOKED_CONSENT)
		return consent_take(t, err);
	theirs = b->what == REVOKED_CARD && card_is_theirs(&t->from, &b->id);
	if (b->what == REVOKED_CERTIFICATE &&
	    !certificate_is_theirs(t->flow, &t->from, &b->id, &theirs, err))
		return false;
	if (!theirs)
		return take_not(t, "revoked.not-theirs",
		    "It revokes a card or certificate that is not its sender's. Nothing was changed.");
	t->out->as = TAKEN;
	take_note(t, b->what == REVOKED_CARD ?
	    "The sender revoked its card: nothing more is sent to it. Call the number on the card." :
	    "The sender revoked one of its certificates: what that signed since then is not believed.");
	return true;
}

/* ---- one of ours ---- */

struct revoking {
	struct flow *f;
	const struct revoked_body *body;
	struct digest thread;		/* of a consent: its request */
	bool has_thread;
	unsigned request;
	struct authority_id *to;
	size_t n;
};
#define REVOKE_TO_MAX 4096		/* peers one home knows (store/peers.c) */

static bool
to_add(void *arg, const struct peer *p, struct err *err)
{
	struct revoking *r = arg;

	(void)err;
	if (p->confirmed && !p->revoked && r->n < REVOKE_TO_MAX)
		r->to[r->n++] = p->id;
	return true;
}

/* Was it told already, by a command that was cut? */
static bool
told_already(struct revoking *r, const char *peer, bool *told, struct err *err)
{
	struct digest *list = mem_array(REVOKE_TO_MAX, sizeof *list, err);
	struct docket *d = NULL;
	struct docket_act row;
	size_t n = 0;
	bool found, ok;

	*told = false;
	if (list == NULL || !home_docket(r->f->home, &d, err)) {
		mem_free(list);
		return false;
	}
	ok = docket_followers(d, &r->body->id, list, REVOKE_TO_MAX, &n, err);
	for (size_t i = 0; ok && i < n && !*told; i++) {
		ok = docket_act_get(d, &list[i], &row, &found, err);
		*told = ok && found && row.direction == ACT_OUT &&
		    strcmp(row.kind, act_kind_name(ACT_REVOKED)) == 0 &&
		    strcmp(row.peer, peer) == 0;
	}
	home_docket_done(r->f->home);
	mem_free(list);
	return ok;
}

static bool
act_fill(struct revoking *r, struct act *a, struct err *err)
{
	struct revoked_body *b = &a->body.revoked;

	b->what = r->body->what;
	b->id = r->body->id;
	b->since = r->body->since;
	a->follows_n = 0;
	if (r->has_thread)
		a->follows[a->follows_n++] = r->thread;
	/* A certificate is no act: it is named in the body alone. */
	if (b->what != REVOKED_CERTIFICATE)
		a->follows[a->follows_n++] = b->id;
	return r->body->reason.text == NULL || marked_set(&b->reason, "reason",
	    home_settings(r->f->home)->lang, r->body->reason.text, err);
}

/* The consent's thread ends with it, on our side too. */
static bool
row_load(struct revoking *r, struct docket_request *row, struct err *err)
{
	if (!request_load(r->f, r->request, row, err))
		return false;
	(void)snprintf(row->state, sizeof row->state, "%s",
	    request_state_name(STATE_REFUSED));
	if (row->closed_at == 0)
		row->closed_at = world_now(r->f->world);
	return true;
}

static bool
revoke_one(struct revoking *r, const char *id, struct err *err)
{
	struct package_written done;
	struct docket_request row;
	struct outgoing o;
	struct peer to;
	struct act a;
	bool told, ok;

	if (!told_already(r, id, &told, err) || told)
		return told;
	peer_init(&to);
	act_init(&a, ACT_REVOKED);
	outgoing_init(&o, r->f);
	o.stamp = o.making = true;
	ok = making_sweep(r->f, err) && peer_load(r->f->home, id, &to, err) &&
	    signer_open(r->f, &o.signer, err) &&
	    act_begin(r->f, &a, ACT_REVOKED, &to, err) && act_fill(r, &a, err) &&
	    parcel_of_items(&o, &a, NULL, 0, &to, &done, err) &&
	    (r->request == 0 || row_load(r, &row, err));
	if (ok) {
		struct made m = { .o = &o, .act = &a, .written = &done,
			.row = r->request != 0 ? &row : NULL, .outbox = OUTBOX_WAITS };

		ok = made_keep(r->f, &m, err);
	}
	outgoing_clear(&o);
	act_clear(&a);
	peer_clear(&to);
	return ok;
}

/* To whom, and whether it is ours to take back at all. */
static bool
consent_find(struct revoking *r, struct err *err)
{
	struct docket_request row;
	struct docket_act act;
	struct docket *d = NULL;
	bool found = false, in_thread = false, ok;

	if (!home_docket(r->f->home, &d, err))
		return false;
	ok = docket_act_get(d, &r->body->id, &act, &found, err) &&
	    docket_request_by_act(d, &r->body->id, &row, &in_thread, err);
	home_docket_done(r->f->home);
	if (!ok)
		return false;
	if (!found || !in_thread || act.direction != ACT_OUT ||
	    strcmp(row.kind, act_kind_name(ACT_USE_CONSENT)) != 0)
		return err_set(err, ERR_ABSENT, "revoke.consent",
		    "no consent of ours has this number");
	r->has_thread = row.has_act;
	r->thread = row.act;
	r->request = row.number;
	(void)snprintf(r->to[r->n++].s, sizeof r->to->s, "%s", row.peer);
	return true;
}

static bool
own_find(struct revoking *r, struct err *err)
{
	bool found = false, trusted = false, ok = true;
	struct digest own, d;
	struct act card;

	act_init(&card, ACT_CARD);
	if (r->body->what == REVOKED_CARD) {
		ok = card_find(r->f->home, &home_settings(r->f->home)->authority,
		    &r->body->id, &card, &found, &trusted, err);
	} else {
		ok = own_card(r->f->home, &own, &card, err);
		for (size_t i = 0; ok && i < card.body.card.certificates_n; i++) {
			ok = digest_of(buf_span(&card.body.card.certificates[i]), &d,
			    err);
			found = found || (ok && digest_eq(&d, &r->body->id));
		}
	}
	act_clear(&card);
	return ok && (found || err_set(err, ERR_ABSENT, "revoke.not-ours",
	    "no card or certificate of ours has this number")) &&
	    peers_each(r->f->home, to_add, r, err);
}

bool
flow_revoke(struct flow *f, enum revoked_what what, const struct digest *id,
    const char *reason, struct err *err)
{
	struct revoked_body body = { .what = what, .id = *id,
		.since = world_now(f->world) };
	struct revoking r = { .f = f, .body = &body };
	struct record x;
	bool ok;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_KEYS, err))
		return false;
	if (reason != NULL && (reason[0] == '\0' || strlen(reason) > ACT_TEXT_MAX))
		return err_set(err, ERR_USE, "revoke.reason",
		    "the reason is 1 to %d bytes", ACT_TEXT_MAX);
	if (reason != NULL) {
		body.reason.text = mem_text_of(reason, err);
		if (body.reason.text == NULL)
			return false;
	}
	r.to = mem_array(REVOKE_TO_MAX, sizeof *r.to, err);
	ok = r.to != NULL && (what == REVOKED_CONSENT ? consent_find(&r, err) : own_find(&r, err));
	for (size_t i = 0; ok && i < r.n; i++)
		ok = revoke_one(&r, r.to[i].s, err);
	if (ok) {
		record_begin(f, &x, EVENT_REVOKED);
		x.has_act = what != REVOKED_CERTIFICATE;
		x.act = *id;
		(void)snprintf(x.reason, sizeof x.reason, "revoked.ours");
		ok = record_alone(f, &x, r.request, err);
	}
	mem_free(body.reason.text);
	mem_free(r.to);
	return ok;
}
