/* Evidence is sealed for its receiver, and put into the outbox. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/exculpatory.h"
#include "flow/guards.h"
#include "flow/marks.h"
#include "flow/people_inside.h"
#include "flow/shown.h"
#include "flow/treaty.h"

/* What the evidence went through before, as it is told to the next. */
static bool
origins_put(struct delivered_body *d, const struct seal_wish *w, struct err *err)
{
	if (w->origins_n > ORIGINS_MAX)
		return err_set(err, ERR_LIMIT, "seal.origins",
		    "this evidence went through %zu hands; at most %d can be told in a package",
		    w->origins_n, ORIGINS_MAX);
	for (size_t i = 0; i < w->origins_n; i++) {
		struct origin *o = &d->origins[i];

		*o = w->origins[i];
		memset(&o->limits, 0, sizeof o->limits);
		d->origins_n = i + 1;
		if (!marked_set(&o->limits, "limits", w->origins[i].limits.lang,
		    w->origins[i].limits.text, err))
			return false;
	}
	return true;
}

static bool
thread_put(struct act *a, const struct seal_wish *w, struct err *err)
{
	if (w->follows_n > ACT_FOLLOWS_MAX)
		return err_set(err, ERR_LIMIT, "seal.follows",
		    "an act follows at most %d others", ACT_FOLLOWS_MAX);
	for (size_t i = 0; i < w->follows_n; i++)
		a->follows[i] = w->follows[i];
	a->follows_n = w->follows_n;
	return (w->limits == NULL ||
	    fields_copy(&a->body.delivered.limits, w->limits, err)) &&
	    origins_put(&a->body.delivered, w, err);
}

/*
 * No act cites a treaty that does not bind both on its day.  In a thread it is that of
 * the request, which was looked at when that was made; words of one's own are no treaty
 * we know.
 */
static bool
basis_ask(struct flow *f, const struct seal_wish *w, const struct peer *to,
    struct err *err)
{
	const char *ours = home_settings(f->home)->state;
	const struct law_status *law;
	char theirs[3];

	if (to == NULL || w->follows_n > 0 || w->instrument == NULL ||
	    w->instrument[0] == '\0')
		return true;
	(void)snprintf(theirs, sizeof theirs, "%.2s", to->id.s);
	if (!flow_law(f, &law, err))
		return false;
	if (!law_instrument_known(law, w->instrument) || law_instrument_binds(law,
	    w->instrument, ours, theirs, world_now(f->world)) == LAW_BINDS)
		return true;
	return err_set(err, ERR_REFUSED, "seal.basis",
	    "that %.39s binds both %s and %s today is not so, or not certain here, and no act cites it before; see what does: comity treaty show %s",
	    w->instrument, ours, theirs, theirs);
}

static bool
act_fill(struct flow *f, struct act *a, const struct seal_wish *w,
    const struct peer *to, const struct payload *p, struct err *err)
{
	const struct settings *s = home_settings(f->home);
	struct delivered_body *d = &a->body.delivered;
	const char *lang = w->lang != NULL ? w->lang : s->lang;
	struct civil now;

	if (!basis_ask(f, w, to, err) || !act_begin(f, a, ACT_DELIVERED, to, err))
		return false;
	if (p != NULL) {
		a->payload_files = payload_files(p);
		a->payload_bytes = payload_bytes(p);
	}
	if (!when_civil(a->made_at, &now))
		return err_set(err, ERR_IO, "clock",
		    "this machine's clock is beyond all years; set it");
	(void)snprintf(d->number, sizeof d->number, "%s-%04d-%06u", s->state,
	    now.year, w->number);
	return short_set(d->reference, sizeof d->reference, "reference", w->reference,
	    err) &&
	    marked_set(&d->description, "description", lang, w->description, err) &&
	    marked_set(&d->purpose, "purpose", lang, w->purpose, err) &&
	    exculpatory_put(f, w->number, w->exculpatory, &d->exculpatory, err) &&
	    short_set(a->instrument, sizeof a->instrument, "instrument",
	    w->instrument, err) && short_set(a->article, sizeof a->article,
	    "article", w->article, err) && thread_put(a, w, err);
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

	/* Sealed to ourselves: there is no card of a receiver to look at (seal_alone.c). */
	if (to->id.s[0] == '\0') {
		facts.peer_training = facts.training;
		facts.peer_confirmed = true;
		facts.peer_valid_to = WHEN_MAX;
	}
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

/* One piece of evidence on its way into a parcel. */
struct sealing {
	struct flow *f;
	const struct seal_wish *wish;
	struct seal_thread *thread;	/* NULL: of no thread */
	const struct digest *about;	/* act that is passed on; NULL none */
	const char *path;		/* what is sealed */
	struct peer to;
	struct evidence_private prv;
	struct outgoing o;
	struct evidence *evidence;
	struct act_people people;	/* how it was approved */
	const struct matter *under;	/* and what; NULL: used by the caller */
};

/* What of it is restricted (Article 14) stays so, whatever number the docket gives it. */
static bool
marks_follow(const struct sealing *s, const struct digest *act, struct err *err)
{
	const struct digest *from[2];
	size_t n = 0;

	if (s->about != NULL)
		from[n++] = s->about;
	if (s->prv.pinned)
		from[n++] = &s->prv.fingerprint;
	return marks_carry(s->f, s->evidence->number, from, n, act, err);
}

/* A parcel that no record names would lie there for good. */
static bool
sealed_keep(struct sealing *s, const struct act *a, const struct package_written *w,
    struct err *err)
{
	struct made m = { .o = &s->o, .act = a, .written = w,
		.evidence = s->evidence, .about = s->about, .under = s->under,
		.row = s->thread != NULL ? s->thread->row : NULL,
		.outbox = s->thread != NULL ? s->thread->outbox : OUTBOX_NONE };
	struct parcel *p = &s->evidence->parcels[s->evidence->parcels_n];
	struct err ignored = ERR_INIT;

	memset(p, 0, sizeof *p);
	p->act_id = w->act_id;
	p->package_id = w->package_id;
	p->peer = s->to.id;
	p->at = a->made_at;
	p->bytes = w->bytes;
	p->stamp = s->o.kept;
	p->stamped_at = s->o.stamped_at;
	p->in_outbox = m.outbox == OUTBOX_WAITS;
	s->evidence->parcels_n++;
	if (!marks_follow(s, &w->act_id, err) ||
	    !stamp_files_save(s->f, s->evidence->number, p, buf_span(&s->o.signature),
	    buf_span(&s->o.token), buf_span(&s->o.answer), err)) {
		(void)!making_sweep(s->f, &ignored);
		return false;
	}
	if (!made_keep(s->f, &m, err))
		return false;
	if (s->thread != NULL)
		s->thread->kept = m.kept;
	return true;
}

static bool
seal_with(struct sealing *s, struct err *err)
{
	struct payload_options options = { s->prv.leave_out_unreadable ||
		s->wish->leave_out_unreadable, (const char *const *)s->prv.leave_out,
		s->prv.leave_out_n };
	const struct peer *to = s->wish->to != NULL ? &s->to : NULL;
	struct flow *f = s->f;
	struct pin_reading pin = { 0 };
	struct package_written done;
	struct payload *p = NULL;
	struct dir *tmp = NULL;
	struct act a;
	bool ok;

	act_init(&a, ACT_DELIVERED);
	ok = home_tmp(f->home, &tmp, err) &&
	    payload_walk(f->world, tmp, s->path, &options, &p, f->progress, err);
	if (ok && s->about != NULL) {
		s->evidence->files = payload_files(p);	/* it is new here */
		s->evidence->bytes = payload_bytes(p);
	}
	ok = ok && act_fill(f, &a, s->wish, to, p, err);
	a.people = s->people;
	ok = ok && pin_open(f, s->wish->number, &s->prv, &pin, err) &&
	    outgoing_parcel(&s->o, &a, p, buf_span(&s->prv.collection), pin.age,
	    to, &done, err) && sealed_keep(s, &a, &done, err);
	pin_close(&pin);
	payload_free(p);
	act_clear(&a);
	return ok;
}

static bool
sealing_ask(struct sealing *s, struct err *err)
{
	struct flow *f = s->f;
	struct keyring *k = NULL;

	if (!evidence_load(f->home, s->wish->number, s->evidence, err) ||
	    (s->wish->to != NULL && !peer_find(f->home, s->wish->to, &s->to, err)))
		return false;
	if (s->evidence->origin == EVIDENCE_RECEIVED)
		return err_set(err, ERR_REFUSED, "seal.received",
		    "evidence %04u was received from another authority; it goes on whole, with that authority's consent: comity evidence pass-on %u --to STATE",
		    s->wish->number, s->wish->number);
	if (!evidence_not_ended(s->evidence, err) || !evidence_recovered(f, err) ||
	    !room_ask(s->evidence, err) || !flow_keyring(f, &k, err) ||
	    !evidence_private_load(f->home, k, s->wish->number, &s->prv, err))
		return false;
	s->path = s->prv.path;
	if (s->path[0] == '\0')
		return err_set(err, ERR_REFUSED, "seal.onward",
		    "evidence %04u is what another authority sent, passed on whole: it lies here sealed only; pass on the received piece again with: comity evidence pass-on",
		    s->wish->number);
	return true;
}

static void
sealing_init(struct sealing *s, struct flow *f, const struct seal_wish *wish,
    struct evidence *e)
{
	memset(s, 0, sizeof *s);
	s->f = f;
	s->wish = wish;
	s->evidence = e;
	evidence_private_init(&s->prv);
	peer_init(&s->to);
	outgoing_init(&s->o, f);
	s->o.stamp = s->o.making = true;
}

static void
sealing_clear(struct sealing *s)
{
	outgoing_clear(&s->o);
	peer_clear(&s->to);
	evidence_private_clear(&s->prv);
}

bool
evidence_matter(const struct evidence *e, const struct evidence_private *prv,
    const char *how, struct buf *content, struct err *err)
{
	if (!prv->pinned)
		return err_set(err, ERR_REFUSED, "seal.not-pinned",
		    "evidence %04u was added with --later and has no fingerprint: nobody can approve what may still change. Add it again without --later",
		    e->number);
	return buf_printf(content, err, "\nevidence %u\nfingerprint %s\nfiles %llu\n"
	    "bytes %llu\nhow %s\n", e->number, digest_hex(&prv->fingerprint).s,
	    (unsigned long long)e->files, (unsigned long long)e->bytes, how);
}

/* What is handed over, to whom and under what limits: before a byte of it is read. */
static bool
seal_matter(struct sealing *s, struct buf *content, struct matter *m, struct err *err)
{
	struct act a;
	bool ok;

	*m = (struct matter){ .act = PEOPLE_DELIVER, .kind = ACT_DELIVERED,
		.evidence = s->wish->number, .request = s->thread != NULL &&
		s->thread->row != NULL ? s->thread->row->number : 0 };
	act_init(&a, ACT_DELIVERED);
	ok = act_fill(s->f, &a, s->wish, &s->to, NULL, err) &&
	    matter_act_print(&a, content, err) &&
	    evidence_matter(s->evidence, &s->prv, "sealed to its receiver", content, err);
	m->content = buf_span(content);
	act_clear(&a);
	return ok;
}

/* In a thread the guards of its request were asked (execute.c). */
static bool
state_ask(const struct sealing *s, struct err *err)
{
	char state[3];

	if (s->thread != NULL || s->to.id.s[0] == '\0')
		return true;
	(void)snprintf(state, sizeof state, "%.2s", s->to.id.s);
	return guard_unasked(s->f, state, s->about != NULL, err);
}

static bool
seal_ready(struct sealing *s, struct err *err)
{
	/* A copy of the peer, if there is one: what it owns stays with s->to. */
	struct other_side side = { .is_peer = s->wish->to != NULL, .peer = s->to };

	return (s->o.signer.key != NULL || signer_open(s->f, &s->o.signer, err)) &&
	    rule_ask(s->f, &s->to, &s->prv, &s->o.signer, err) && state_ask(s, err) &&
	    send_ask(s->f, &s->o.signer, &side, 0, 0, err);
}

/* What no second person could mend is told before one is asked. */
static bool
seal_may(struct sealing *s, struct err *err)
{
	if (seal_ready(s, err))
		return true;
	if (strcmp(err->reason, "key.group") != 0)
		return false;
	err_clear(err);		/* who only prepares has no keys to sign */
	return true;
}

static bool
seal_now(struct sealing *s, struct err *err)
{
	struct buf content;
	struct matter m;
	bool ok;

	if (s->wish->people != NULL) {		/* asked for by who calls */
		s->people = *s->wish->people;
		s->under = s->wish->under;
		return seal_ready(s, err) && seal_with(s, err);
	}
	buf_init_secret(&content, MATTER_MAX);
	ok = seal_may(s, err) && evidence_pin(s->f, s->evidence, &s->prv, err) &&
	    seal_matter(s, &content, &m, err) &&
	    flow_second(s->f, &m, &s->people, err);
	s->under = &m;
	if (ok)
		ok = flow_second_end(s->f, &m, seal_ready(s, err) && seal_with(s, err), err);
	buf_clear(&content);
	return ok;
}

static void
sealed_told(const struct sealing *s, struct sealed *out)
{
	out->parcel = out->evidence.parcels_n - 1;
	(void)snprintf(out->stamp_text, sizeof out->stamp_text, "%s",
	    s->o.stamp_text);
	(void)snprintf(out->revocation_text, sizeof out->revocation_text, "%s",
	    s->o.revocation_text);
	(void)snprintf(out->path, sizeof out->path, "%s/%s", home_path(s->f->home),
	    parcel_file(&out->evidence.parcels[out->parcel]).s);
}

bool
evidence_seal(struct flow *f, const struct seal_wish *wish,
    struct seal_thread *thread, struct sealed *out, struct err *err)
{
	struct sealing s;
	bool ok;

	memset(out, 0, sizeof *out);
	sealing_init(&s, f, wish, &out->evidence);
	s.thread = thread;
	ok = home_lock(f->home, err) && making_sweep(f, err) && sealing_ask(&s, err) &&
	    seal_now(&s, err);
	if (ok) {
		sealed_told(&s, out);
		parcels_part_later(f);
	}
	sealing_clear(&s);
	return ok;
}

bool
evidence_seal_onward(struct flow *f, const struct seal_wish *wish,
    struct evidence_private *prv, const char *path, const struct digest *about,
    struct sealed *out, struct err *err)
{
	struct seal_wish numbered = *wish;
	struct sealing s;
	bool ok;

	memset(out, 0, sizeof *out);
	sealing_init(&s, f, &numbered, &out->evidence);
	s.prv = *prv;			/* ours until the end */
	evidence_private_init(prv);
	s.path = path;
	s.about = about;
	out->evidence.origin = EVIDENCE_OWN;
	out->evidence.added_at = s.o.now;
	ok = peer_find(f->home, wish->to, &s.to, err) &&
	    evidence_new(f->home, &out->evidence, &s.prv, err);
	numbered.number = out->evidence.number;
	ok = ok && seal_now(&s, err);
	if (ok) {
		sealed_told(&s, out);
		parcels_part_later(f);
	}
	sealing_clear(&s);
	return ok;
}

bool
flow_evidence_seal(struct flow *f, const struct seal_wish *wish, struct sealed *out,
    struct err *err)
{
	if (!home_lock(f->home, err))
		return false;
	if (flow_may_begin(f, PEOPLE_DELIVER, err) && (wish->to != NULL || err_set(err, ERR_USE,
	    "seal.to", "say for whom the evidence is sealed, as in --to XB")) &&
	    evidence_seal(f, wish, NULL, out, err))
		return true;
	decided_refused(f, 0, err);
	return false;
}

/* ---- into the outbox ---- */

/*
 * Until its receipt; what has that already goes once more, as somebody asks for it.
 * Its row in the docket and its parcel in the evidence are one and the same.
 */
static bool
outbox_put(struct flow *f, struct evidence *e, size_t parcel, struct err *err)
{
	struct docket *d = NULL;
	struct docket_act row;
	struct record r;
	bool found, ok;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, "outbox.put");
	ok = desk_open(f, false, &d, err) &&
	    docket_act_package(d, &e->parcels[parcel].package_id, &row, &found, err) &&
	    (found || err_set(err, ERR_UNPROVEN, "docket.damaged",
	    "evidence %04u has a parcel that is not in the docket", e->number)) &&
	    parcel_out_again(f, d, &row, err) && docket_begin(d, err);
	if (ok) {
		row.outbox = row.receipted_at != 0 ? OUTBOX_ONCE : OUTBOX_WAITS;
		r.has_act = r.has_package = true;
		r.act = row.act;
		r.package = row.package;
		ok = record_event(f, d, &r, row.request, NULL, err) &&
		    docket_act_put(d, &row, err) && docket_commit(d, err);
	}
	docket_close(d);
	e->parcels[parcel].in_outbox = ok;
	return ok;
}

bool
flow_evidence_send(struct flow *f, unsigned number, const char *to,
    struct evidence *out, size_t *parcel, bool *found, struct err *err)
{
	struct peer peer;
	char state[3];
	bool ok;

	*found = false;
	peer_init(&peer);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_DELIVER, err) &&
	    evidence_load(f->home, number, out, err) &&
	    peer_find(f->home, to, &peer, err);
	if (ok && peer.revoked)
		ok = err_set(err, ERR_REFUSED, "send.peer-revoked",
		    "this authority is revoked here: nothing is sent to it");
	/* The evidence itself: a stamp that came later has a parcel of its own. */
	(void)snprintf(state, sizeof state, "%.2s", peer.id.s);
	ok = ok && guard_unasked(f, state, true, err);
	for (size_t i = out->parcels_n; ok && i-- > 0 && !*found;)
		if (out->origin == EVIDENCE_OWN &&
		    out->parcels[i].stamp != STAMP_NONE &&
		    strcmp(out->parcels[i].peer.s, peer.id.s) == 0) {
			*found = true;
			*parcel = i;
		}
	ok = ok && (!*found || (evidence_living(f, number, &out->parcels[*parcel], err) &&
	    outbox_put(f, out, *parcel, err)));
	peer_clear(&peer);
	return ok;
}
