/*
 * A request of ours leaves: checked, signed, sealed, recorded, put into the outbox.
 * And what every act of ours does on its way: made_keep and making_sweep.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "flow/guards.h"
#include "flow/hold.h"
#include "flow/people_inside.h"

/* ---- a parcel that a cut left behind ---- */

#define MAKING_BYTES (MAKING_MAX * (size_t)65)	/* hex and LF each */

static bool
making_read(struct flow *f, struct digest acts[MAKING_MAX], size_t *n, bool *there,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct span left;
	struct buf b;
	bool ok;

	*n = 0;
	buf_init(&b, MAKING_BYTES);
	*there = home_load(f->home, MAKING_PATH, &b, &why);
	ok = *there || why.kind == ERR_ABSENT;
	if (!ok)
		*err = why;
	left = buf_span(&b);
	while (ok && *there && *n < MAKING_MAX) {
		ok = digest_parse(span_part(left, 0, 64), &acts[(*n)++]) &&
		    (left.n <= 64 || left.p[64] == '\n');
		left = span_from(left, left.n > 64 ? 65 : left.n);
		if (left.n == 0)
			break;
	}
	/* It is replaced whole: other bytes are not ours to follow. */
	if (*there && (!ok || left.n > 0))
		ok = err_set(err, ERR_UNPROVEN, "making.damaged",
		    "the file %s/" MAKING_PATH " is damaged; look with: comity doctor",
		    home_path(f->home));
	buf_clear(&b);
	return ok;
}

bool
making_note(struct flow *f, const struct digest *acts, size_t n, struct err *err)
{
	struct buf b;
	bool ok = true;

	buf_init(&b, MAKING_BYTES);
	for (size_t i = 0; ok && i < n; i++)
		ok = buf_printf(&b, err, "%s%s", i > 0 ? "\n" : "", digest_hex(&acts[i]).s);
	ok = ok && home_save(f->home, MAKING_PATH, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

/* The journal may say that it was made: then it also says that it is gone. */
static bool
parcel_destroy(struct flow *f, struct docket *d, const struct digest *act,
    struct err *err)
{
	struct docket_record made;
	struct record r;
	bool found;

	if (!record_catch_up(f, d, err) || !docket_record_find(d, "made", act, NULL,
	    &made, &found, err))
		return false;
	if (found) {
		record_begin(f, &r, EVENT_DESTROYED);
		r.has_act = true;
		r.act = *act;
		r.has_package = made.has_package;
		r.package = made.package;
		(void)snprintf(r.reason, sizeof r.reason, "making.cut");
		if (!record_event(f, d, &r, made.request, NULL, err))
			return false;
	}
	return !home_has(f->home, parcel_path(act).s) ||
	    (path_remove(f->world, home_dir(f->home), parcel_path(act).s, err) &&
	    folder_sync(f, "parcels", err));
}

bool
making_sweep(struct flow *f, struct err *err)
{
	struct docket *d = NULL;
	struct docket_act row;
	struct digest acts[MAKING_MAX];
	bool there, known = false, ok;
	size_t n;

	if (!making_read(f, acts, &n, &there, err))
		return false;
	if (!there)
		return true;
	ok = desk_open(f, false, &d, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = docket_act_get(d, &acts[i], &row, &known, err) &&
		    (known || parcel_destroy(f, d, &acts[i], err));
	docket_close(d);
	return ok && path_remove(f->world, home_dir(f->home), MAKING_PATH, err);
}

/* ---- kept ---- */

static void
act_row(struct made *m)
{
	const struct package_written *w = m->written;
	struct docket_act *k = &m->kept;

	memset(k, 0, sizeof *k);
	k->act = w->act_id;
	k->package = w->package_id;
	(void)snprintf(k->kind, sizeof k->kind, "%s", act_kind_name(m->act->kind));
	k->direction = ACT_OUT;
	k->request = m->row != NULL ? m->row->number : 0;
	k->evidence = m->evidence != NULL ? m->evidence->number : 0;
	(void)snprintf(k->peer, sizeof k->peer, "%s", m->act->has_to ?
	    m->act->to.s : "");
	k->at = m->act->made_at;
	k->made_at = m->act->made_at;
	k->bytes = w->bytes;
	k->stamp = stamp_owed(m->o->kept, m->act->kind);
	k->stamped_at = m->o->stamped_at;
	k->outbox = m->outbox;
}

/* What was decided about it, and that it was made: one append. */
static bool
made_records(struct flow *f, struct docket *d, struct made *m, struct err *err)
{
	struct record used, decided, made, waived;
	struct record *list[4];
	struct record_item items[4];
	size_t n = 0;
	bool any, under;

	if (!matter_used(f, m->under, &used, &under, err))
		return false;
	any = decided_made(f, m->act, m->written, &decided);
	if (any && m->by != BY_COMITY)
		(void)snprintf(decided.reason, sizeof decided.reason, "by.%s",
		    send_by_name(m->by));
	record_made(f, &made, m->act, m->written);
	if (any && m->waived != NULL)
		decided_waived(f, m, &waived);
	/* A cut leaves the first ones: nothing is made that could be made again. */
	if (under)
		list[n++] = &used;
	if (any)
		list[n++] = &decided;
	list[n++] = &made;
	if (any && m->waived != NULL)
		list[n++] = &waived;
	for (size_t i = 0; i < n; i++)
		items[i] = (struct record_item){ .record = list[i],
			.request = m->kept.request };
	return record_group(f, d, items, n, err);
}

static bool
rows_put(struct flow *f, struct docket *d, struct made *m, struct err *err)
{
	return docket_begin(d, err) && made_records(f, d, m, err) &&
	    (m->evidence == NULL || evidence_save(f->home, m->evidence, err)) &&
	    docket_act_put(d, &m->kept, err) &&
	    (m->also == NULL || docket_act_put(d, m->also, err)) &&
	    docket_follows_put(d, &m->kept.act, m->act->follows, m->act->follows_n,
	    err) && (m->about == NULL ||
	    docket_follows_put(d, &m->kept.act, m->about, 1, err)) &&
	    (m->row == NULL || (docket_request_put(d, m->row, err) &&
	    hold_follow(d, m->row->number, m->act, m->kept.at, false, err))) &&
	    docket_commit(d, err);
}

bool
made_keep(struct flow *f, struct made *m, struct err *err)
{
	struct docket *d = NULL;
	struct err ignored = ERR_INIT;
	bool ok;

	act_row(m);
	ok = desk_open(f, false, &d, err) && rows_put(f, d, m, err);
	docket_close(d);
	/* It is kept; or it is not, and the next command finds that out at the latest. */
	if (ok)
		(void)!path_remove(f->world, home_dir(f->home), MAKING_PATH, NULL);
	else
		(void)!making_sweep(f, &ignored);
	return ok;
}

/* ---- may it leave? ---- */

/* Each certificate on its card, by itself (revoked.c); one that holds is enough. */
static bool
key_revoked(struct flow *f, const struct act *card, bool *revoked, struct err *err)
{
	const struct card_body *b = &card->body.card;
	size_t n = 0;

	for (size_t i = 0; i < b->certificates_n; i++) {
		struct digest id;
		int64_t since;
		bool found;

		if (!digest_of(buf_span(&b->certificates[i]), &id, err) ||
		    !revoked_since(f, &id, &since, &found, err))
			return false;
		n += found;
	}
	*revoked = n > 0 && n == b->certificates_n;
	return true;
}

static bool
peer_facts(struct flow *f, const struct other_side *to, struct send_facts *facts,
    struct err *err)
{
	facts->now = world_now(f->world);
	facts->training = home_settings(f->home)->training;
	/* Sealed for whoever has the passphrase it is addressed to no State. */
	facts->nobody = !to->is_peer && to->correspondent == 0 && to->state[0] != '\0';
	if (!to->is_peer) {
		/* A person noted who they are: there is no card to compare. */
		facts->peer_training = facts->training;
		facts->peer_confirmed = true;
		facts->peer_valid_to = WHEN_MAX;
		return true;
	}
	facts->peer_training = to->peer.card.exercise;
	facts->peer_confirmed = to->peer.confirmed;
	facts->peer_revoked = to->peer.revoked;
	facts->peer_valid_from = to->peer.card.body.card.valid_from;
	facts->peer_valid_to = to->peer.card.body.card.valid_to;
	return key_revoked(f, &to->peer.card, &facts->peer_key_revoked, err);
}

bool
receiver_look(struct flow *f, const struct other_side *to,
    struct request_findings *out, struct err *err)
{
	struct send_facts facts = { .now = 0 };

	if (!peer_facts(f, to, &facts, err))
		return false;
	receiver_check(&facts, out);
	return true;
}

bool
send_ask(struct flow *f, const struct signer *s, const struct other_side *to,
    int64_t expires_at, size_t stops, struct err *err)
{
	struct send_facts facts = {
		.certificate_from = cert_not_before(s->chain.list[0]),
		.certificate_to = cert_not_after(s->chain.list[0]),
		.expires_at = expires_at,
		.stops = stops,
	};
	struct digest id;
	struct act card;
	bool ok;

	act_init(&card, ACT_CARD);
	ok = peer_facts(f, to, &facts, err) && own_card(f->home, &id, &card, err);
	facts.own_valid_from = card.body.card.valid_from;
	facts.own_valid_to = card.body.card.valid_to;
	act_clear(&card);
	return ok && verdict_ask(send_decide(&facts), err);
}

/* ---- sealed ---- */

bool
parcel_of_items(struct outgoing *o, struct act *a, const struct payload_item *items,
    size_t n, const struct peer *to, struct package_written *out, struct err *err)
{
	struct flow *f = o->flow;
	struct payload *p = NULL;
	struct dir *tmp = NULL;
	bool ok;

	ok = home_tmp(f->home, &tmp, err) &&
	    payload_of_items(f->world, tmp, items, n, &p, err);
	if (ok) {
		a->payload_files = payload_files(p);
		a->payload_bytes = payload_bytes(p);
		ok = outgoing_parcel(o, a, p, span_of(NULL, 0), NULL, to, out, err);
	}
	payload_free(p);
	return ok;
}

/* ---- attachments ---- */

struct attached {
	struct buf bytes[DRAFT_ATTACH_MAX];
	char names[DRAFT_ATTACH_MAX][100];
	struct payload_item items[DRAFT_ATTACH_MAX];
};

/*
 * Letters, digits, '.', '_' and '-', as a name in a package is (package.md section 3);
 * a name of a few letters before the dot can be a device elsewhere ("con", "lpt1").
 */
static bool
name_plain(const char *name)
{
	size_t n = strlen(name);

	if (n < 5 || n > 90 || strcspn(name, ".") < 5 || name[n - 1] == '.' ||
	    strspn(name, "-_.") > 0)
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-") == n;
}

/* The file's own name, or one made from it: "2-ordem_judicial.pdf". */
static void
name_make(const char *path, size_t number, char out[100])
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(name);

	if (name_plain(name)) {
		(void)snprintf(out, 100, "%s", name);
		return;
	}
	if (n > 80)
		name += n - 80;		/* the ending says what it is */
	(void)snprintf(out, 100, "%zu-%s", number, name);
	for (char *c = out; *c != '\0'; c++)
		if (strchr("._-", *c) == NULL && !ascii_alnum(*c))
			*c = '_';
	n = strlen(out);
	if (out[n - 1] == '.')
		out[n - 1] = '_';
}

static bool
name_taken(const struct attached *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcasecmp(t->names[k], t->names[i]) == 0)
			return true;
	return false;
}

static bool
attached_one(struct flow *f, const struct draft *d, size_t i, struct attached *t,
    struct err *err)
{
	struct digest now;

	if (!file_load(f->world, NULL, d->attach[i], &t->bytes[i], err))
		return err_wrap(err, "the attachment");
	if (!digest_of(buf_span(&t->bytes[i]), &now, err))
		return false;
	if (t->bytes[i].n != d->attach_bytes[i] ||
	    !digest_eq(&now, &d->attach_sha256[i]))
		return err_set(err, ERR_CONFLICT, "request.attach-changed",
		    "the attachment %s is not what it was when it was named; name it again with: comity request edit",
		    d->attach[i]);
	name_make(d->attach[i], i + 1, t->names[i]);
	if (name_taken(t, i))
		(void)snprintf(t->names[i], sizeof t->names[i], "%zu-attachment", i + 1);
	t->items[i] = (struct payload_item){ t->names[i], buf_span(&t->bytes[i]),
		world_now(f->world) };
	return true;
}

static bool
attached_load(struct flow *f, const struct draft *d, struct attached *t,
    struct err *err)
{
	for (size_t i = 0; i < d->attach_n; i++)
		if (!attached_one(f, d, i, t, err))
			return false;
	return true;
}

/* ---- a request goes ---- */

struct sending {
	struct flow *f;
	enum send_by by;
	struct docket_request row;
	struct draft draft;
	struct other_side to;
	bool follows;
	struct digest related;		/* request act of the thread it follows */
	struct outgoing o;
	struct attached attached;
	struct buf content;		/* what a second person approves */
	struct matter matter;
	struct act_people people;
	struct sent *out;
};

static void
sending_init(struct sending *s, struct flow *f, enum send_by by, struct sent *out)
{
	memset(s, 0, sizeof *s);
	s->f = f;
	s->by = by;
	s->out = out;
	draft_init(&s->draft);
	other_side_init(&s->to);
	outgoing_init(&s->o, f);
	s->o.making = true;
	s->o.stamp = home_settings(f->home)->tsa_url[0] != '\0';
	for (size_t i = 0; i < DRAFT_ATTACH_MAX; i++)
		buf_init(&s->attached.bytes[i], DRAFT_ATTACH_BYTES);
	buf_init_secret(&s->content, MATTER_MAX);
}

static void
sending_clear(struct sending *s)
{
	draft_clear(&s->draft);
	other_side_clear(&s->to);
	outgoing_clear(&s->o);
	for (size_t i = 0; i < DRAFT_ATTACH_MAX; i++)
		buf_clear(&s->attached.bytes[i]);
	buf_clear(&s->content);
}

static bool
related_load(struct sending *s, struct docket *d, struct err *err)
{
	struct docket_request r;

	if (s->draft.follows_request == 0)
		return true;
	if (!docket_request_get(d, s->draft.follows_request, &r, err))
		return false;
	s->follows = r.has_act;
	s->related = r.act;
	return true;
}

static bool
sending_load(struct sending *s, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(s->f, true, &d, err) &&
	    other_side_of(s->f, d, &s->row, &s->to, err) &&
	    draft_load(d, s->row.number, &s->draft, err) &&
	    related_load(s, d, err);
	docket_close(d);
	if (ok)
		other_side_note(&s->to, &s->row);
	return ok && (s->by != BY_COMITY || s->to.is_peer || s->to.correspondent == 0 ||
	    err_set(err, ERR_USE, "request.by",
	    "%s has no Comity: say how the request goes, as in --by letter",
	    s->to.name));
}

/* Complete? */
static bool
sending_whole(struct sending *s, struct err *err)
{
	struct request_findings findings;
	struct request_body *r = &s->draft.act.body.request;
	size_t first = 0;

	(void)snprintf(r->number, sizeof r->number, "%s",
	    request_number_text(home_settings(s->f->home)->state, &s->row).s);
	s->draft.act.payload_files = s->draft.attach_n;
	if (!draft_check(s->f, &s->draft.act, s->to.state, false, &findings, err) ||
	    !guard_look(s->f, &s->row, &s->draft.act, &findings, err))
		return false;
	while (findings.stops > 0 && first + 1 < findings.n &&
	    findings.list[first].weight != FINDING_STOPS)
		first++;
	if (findings.stops == 1)
		return err_set(err, ERR_REFUSED, "request.incomplete",
		    "request %u cannot be sent so: %s", s->row.number,
		    findings.list[first].text);
	if (findings.stops > 1)
		return err_set(err, ERR_REFUSED, "request.incomplete",
		    "request %u cannot be sent so: %s And %zu more; see them all with: comity request check %u",
		    s->row.number, findings.list[first].text, findings.stops - 1,
		    s->row.number);
	return true;
}

/* What no second person could mend is told before one is asked. */
static bool
sending_may(struct sending *s, struct err *err)
{
	if (signer_open(s->f, &s->o.signer, err))
		return send_ask(s->f, &s->o.signer, &s->to, s->draft.act.expires_at, 0, err);
	if (strcmp(err->reason, "key.group") != 0)
		return false;
	err_clear(err);		/* who only prepares has no keys to sign */
	return true;
}

/* By two persons, and from here to there today? */
static bool
sending_ask(struct sending *s, struct err *err)
{
	return sending_may(s, err) && request_matter(&s->row, &s->draft,
	    s->to.is_peer ? &s->to.peer : NULL, &s->content, &s->matter, err) &&
	    flow_second(s->f, &s->matter, &s->people, err) && (s->o.signer.key != NULL ||
	    signer_open(s->f, &s->o.signer, err)) &&
	    send_ask(s->f, &s->o.signer, &s->to, s->draft.act.expires_at, 0, err);
}

/* The draft becomes an act: only what is signed changes hands. */
static bool
sending_act(struct sending *s, struct act *a, struct err *err)
{
	struct act *d = &s->draft.act;

	if (!act_begin(s->f, a, d->kind, s->to.is_peer ? &s->to.peer : NULL, err))
		return false;
	a->people = s->people;
	a->expires_at = d->expires_at;
	memcpy(a->instrument, d->instrument, sizeof a->instrument);
	memcpy(a->article, d->article, sizeof a->article);
	a->body.request = d->body.request;
	act_init(d, d->kind);		/* its texts are the act's now */
	if (s->follows) {
		a->follows[0] = s->related;
		a->follows_n = 1;
	}
	return true;
}

void
request_clocks_start(struct docket_request *r, enum send_by by, int64_t now,
    int64_t answer_by)
{
	int64_t taken = law_deadline_at(law_deadline("D61"), now);
	enum act_kind kind;

	r->sent_at = now;
	r->due_ours = false;
	/* Article 43(1): a notice asks for no answer; its receipt ends it. */
	if (!act_kind_parse(r->kind, &kind) || !act_kind_is_notice(kind)) {
		r->due_at = taken;
		(void)snprintf(r->due_rule, sizeof r->due_rule, "D61");
	}
	if (answer_by != 0 && answer_by < taken) {
		r->due_at = answer_by;
		(void)snprintf(r->due_rule, sizeof r->due_rule, "answer_by");
	}
	r->written_owed = by == BY_ORAL;
	if (by == BY_ORAL) {
		/* Article 40(13): confirmed in writing forthwith. */
		r->due_ours = true;
		r->due_at = now;
		(void)snprintf(r->due_rule, sizeof r->due_rule, "oral");
	}
}

static void
by_note(enum send_by by, unsigned number, struct sent *out)
{
	if (by == BY_ORAL)
		(void)snprintf(out->note, sizeof out->note,
		    "What was said is kept. A written confirmation is owed at once (Article 40(13)): comity request send %u --by letter, or by any other way in writing.",
		    number);
	else if (by != BY_COMITY)
		(void)snprintf(out->note, sizeof out->note,
		    "It is made and kept here, and nothing waits in the outbox: it goes by %s. Note what comes back with: comity request record",
		    send_by_name(by));
}

static bool
sending_make(struct sending *s, struct err *err)
{
	struct package_written done;
	struct thread_facts facts = { .request = s->draft.act.kind,
		.state = STATE_DRAFT, .by = SIDE_ASKS, .act = s->draft.act.kind,
		.now = s->o.now, .request_expires_at = s->draft.act.expires_at,
		.same_parties = true, .follows_request = true,
		.follows_known = true };
	struct thread_step step = thread_decide(&facts);
	struct docket_request row = s->row;
	struct made m = { .o = &s->o, .written = &done, .row = &row,
		.outbox = s->by == BY_COMITY ? OUTBOX_WAITS : OUTBOX_NONE,
		.by = s->by, .under = &s->matter };
	struct act a;
	bool ok;

	act_init(&a, s->draft.act.kind);
	m.act = &a;
	ok = verdict_ask(step.verdict, err) && sending_act(s, &a, err) &&
	    parcel_of_items(&s->o, &a, s->attached.items, s->draft.attach_n,
	    s->to.is_peer ? &s->to.peer : NULL, &done, err);
	if (ok) {
		row.has_act = true;
		row.act = done.act_id;
		(void)snprintf(row.state, sizeof row.state, "%s",
		    request_state_name(step.next));
		(void)snprintf(row.by, sizeof row.by, "%s", send_by_name(s->by));
		request_clocks_start(&row, s->by, a.made_at,
		    a.body.request.answer_by);
		ok = made_keep(s->f, &m, err);
	}
	if (ok) {
		s->out->row = row;
		s->out->act = m.kept;
		(void)snprintf(s->out->stamp_text, sizeof s->out->stamp_text, "%s",
		    s->o.stamp_text);
		by_note(s->by, row.number, s->out);
	}
	act_clear(&a);
	return ok;
}

static bool
send_draft(struct sending *s, struct err *err)
{
	enum act_kind kind;
	bool ok;

	/* Who may not is told so before anything is said of the draft. */
	ok = (!act_kind_parse(s->row.kind, &kind) ||
	    flow_may_begin(s->f, people_act_of(kind, kind), err)) && sending_load(s, err) && making_sweep(s->f, err) && sending_whole(s, err) &&
	    sending_ask(s, err) &&
	    attached_load(s->f, &s->draft, &s->attached, err) && sending_make(s, err);
	return s->people.n > 0 ? flow_second_end(s->f, &s->matter, ok, err) : ok;
}

/* ---- what left already ---- */

void
sent_already(struct sent *out)
{
	(void)snprintf(out->note, sizeof out->note,
	    "It had left already; nothing was made a second time.");
}

/* To put in writing what was said is to say it; that it left is a look at the request. */
static bool
again_may(const struct sending *s, const char *act, bool confirm, struct err *err)
{
	enum act_kind said, on;

	if (!act_kind_parse(act, &said) || !act_kind_parse(s->row.kind, &on))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the kind of request %u cannot be read", s->row.number);
	return flow_may(s->f, confirm ? people_act_of(said, on) : PEOPLE_VIEW, err);
}

/*
 * Said by word, now in writing (Article 40(13)): the same act, by a carrier that
 * leaves paper.  Else nothing is made a second time.
 */
static bool
send_again(struct sending *s, struct docket *d, struct err *err)
{
	struct docket_request *r = &s->row;
	struct docket_act *a = &s->out->act;
	struct record x;
	struct digest last;
	bool found, confirm = r->written_owed && s->by != BY_ORAL;

	if (!thread_last(d, r->number, ACT_KINDS, ACT_OUT, &last, &found, err) ||
	    (found && !docket_act_get(d, &last, a, &found, err)))
		return false;
	if (!found)
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "request %u was sent, and its package is not in the docket",
		    r->number);
	if (!again_may(s, a->kind, confirm, err))
		return false;
	if (confirm && s->by == BY_COMITY && r->peer[0] == '\0')
		return err_set(err, ERR_USE, "request.by",
		    "the other side has no Comity: confirm it as in --by letter");
	if (!confirm) {
		sent_already(s->out);
		return true;
	}
	r->written_owed = false;
	(void)snprintf(r->by, sizeof r->by, "%s", send_by_name(s->by));
	if (strcmp(r->due_rule, "oral") == 0) {
		r->due_ours = false;
		r->due_at = 0;
		r->due_rule[0] = '\0';
	}
	if (s->by == BY_COMITY)
		a->outbox = OUTBOX_WAITS;
	by_note(s->by, r->number, s->out);
	record_begin(s->f, &x, EVENT_ADMINISTRATION);
	x.has_act = x.has_package = true;
	x.act = a->act;
	x.package = a->package;
	(void)snprintf(x.reason, sizeof x.reason, "confirmed.%s", send_by_name(s->by));
	return docket_begin(d, err) && record_event(s->f, d, &x, r->number, NULL, err) &&
	    docket_act_put(d, a, err) && docket_request_put(d, r, err) &&
	    docket_commit(d, err);
}

bool
flow_request_send(struct flow *f, unsigned number, enum send_by by,
    struct sent *out, struct err *err)
{
	struct docket *d = NULL;
	struct sending s;
	bool draft = false, ok;

	memset(out, 0, sizeof *out);
	sending_init(&s, f, by, out);
	ok = home_lock(f->home, err) && records_caught_up(f, err) &&
	    desk_open(f, false, &d, err) && docket_request_get(d, number, &s.row, err);
	if (ok) {
		draft = strcmp(s.row.state, request_state_name(STATE_DRAFT)) == 0;
		if (!draft && !s.row.ours && !s.row.written_owed)
			ok = err_set(err, ERR_USE, "request.theirs",
			    "request %u came from the other side; answer it: comity request confirm, refuse or ask",
			    number);
		ok = ok && (draft || send_again(&s, d, err));
	}
	docket_close(d);
	ok = ok && (!draft || send_draft(&s, err));
	if (!ok)
		decided_refused(f, number, err);
	if (ok)
		out->row = s.out->row.number != 0 ? s.out->row : s.row;
	sending_clear(&s);
	return ok;
}
