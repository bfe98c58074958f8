/*
 * Evidence that came from another authority goes on to a third (Articles 36(3),
 * 40(19)): whole, as it was received, with the consent of who sent it.  Its receiver
 * gets the first package, the question and the consent as plain packages inside
 * ours, and in our act the hand-overs before this one with their limits: everything
 * can be checked with the roots of each authority.
 *
 * The packages lie in the clear only under HOME/tmp, for the time of sealing; what a
 * cut leaves there goes with the next command that takes the home's lock.
 */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/exculpatory.h"
#include "flow/people_inside.h"
#include "flow/shown.h"
#include "flow/use.h"

#define ONWARD_DIR "onward"		/* below HOME/tmp */
#define CONSENTS_MAX 1000		/* questions of use to one authority that are looked at */

/* A grant of ours to pass on, and what it says. */
struct consent {
	struct digest question, grant;	/* acts */
	struct marked_text purpose;	/* of the new use; may be absent */
	struct fields limits;		/* conditions of the grant; n = 0 none */
};

struct passing {
	struct flow *f;
	const char *purpose;		/* of our own new use; NULL: it goes on to somebody */
	struct evidence received;
	size_t parcel;
	unsigned request;		/* thread it came in; 0 none */
	struct act handed;		/* the hand-over it came with */
	struct other_side to;
	struct consent consent;
	bool has_consent;
	unsigned *questions;		/* threads of ours that ask its sender */
	size_t questions_n;
	struct dir *dir;		/* HOME/tmp/onward */
	unsigned hop;			/* 1: nobody passed it on before us */
};

static void
passing_init(struct passing *p, struct flow *f)
{
	memset(p, 0, sizeof *p);
	p->f = f;
	act_init(&p->handed, ACT_DELIVERED);
	other_side_init(&p->to);
	fields_init(&p->consent.limits);
}

static void
consent_clear(struct consent *c)
{
	mem_free(c->purpose.text);
	fields_clear(&c->limits);
	memset(c, 0, sizeof *c);
	fields_init(&c->limits);
}

static void
passing_clear(struct passing *p)
{
	consent_clear(&p->consent);
	act_clear(&p->handed);
	other_side_clear(&p->to);
	mem_free(p->questions);
	dir_close(p->dir);
}

static const struct parcel *
received_parcel(const struct passing *p)
{
	return &p->received.parcels[p->parcel];
}

/* ---- what came, and whom we asked ---- */

static bool
question_take(void *arg, const struct docket_request *r, struct err *err)
{
	struct passing *p = arg;
	unsigned *more;

	if (!r->ours || !r->has_act)
		return true;
	if (p->questions_n == CONSENTS_MAX)
		return err_set(err, ERR_LIMIT, "onward.many",
		    "more than %d questions went to that authority", CONSENTS_MAX);
	more = mem_resize(p->questions, (p->questions_n + 1) * sizeof *more, err);
	if (more == NULL)
		return false;
	p->questions = more;
	p->questions[p->questions_n++] = r->number;
	return true;
}

static bool
rows_load(struct passing *p, const char *to, struct err *err)
{
	struct docket_filter filter = { .kind = act_kind_name(ACT_USE_CONSENT),
		.peer = received_parcel(p)->peer.s };
	struct docket *d = NULL;
	struct docket_act row;
	bool found, ok;

	ok = desk_open(p->f, true, &d, err) &&
	    other_side_find(p->f, d, to, &p->to, err) &&
	    docket_act_package(d, &received_parcel(p)->package_id, &row, &found, err) &&
	    docket_requests(d, &filter, question_take, p, err);
	docket_close(d);
	if (ok)
		p->request = found ? row.request : 0;
	return ok;
}

static bool
received_load(struct passing *p, unsigned number, struct err *err)
{
	struct evidence *e = &p->received;

	if (!evidence_load(p->f->home, number, e, err))
		return false;
	if (e->origin != EVIDENCE_RECEIVED)
		return err_set(err, ERR_USE, "onward.our-own",
		    "evidence %04u is our own: seal it for its receiver with: comity evidence seal %u --to STATE",
		    number, number);
	for (p->parcel = 0; p->parcel < e->parcels_n; p->parcel++)
		if (!e->parcels[p->parcel].other)
			break;
	if (p->parcel == e->parcels_n)
		return err_set(err, ERR_ABSENT, "onward.nothing",
		    "evidence %04u has no package", number);
	return evidence_living(p->f, number, received_parcel(p), err);
}

static bool
passing_load(struct passing *p, unsigned number, const char *to, struct err *err)
{
	struct act a;

	if (!received_load(p, number, err) || !rows_load(p, to, err))
		return false;
	if (!p->to.is_peer)
		return err_set(err, ERR_USE, "onward.paper",
		    "%s has no Comity: evidence that goes on is sealed for an authority with a card",
		    p->to.name);
	if (!act_open(p->f, &received_parcel(p)->act_id, &a, err))
		return false;
	act_clear(&p->handed);
	p->handed = a;
	if (a.kind != ACT_DELIVERED)
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the package of evidence %04u is no hand-over of evidence", number);
	p->hop = (unsigned)a.body.delivered.origins_n + 1;
	return p->hop <= ORIGINS_MAX || err_set(err, ERR_LIMIT, "seal.origins",
	    "this evidence went through %d hands already; more cannot be told in a package",
	    ORIGINS_MAX);
}

/* ---- consent ---- */

static bool
part_is(const struct fields *fs, const char *field, const char *part, const char *s)
{
	const struct field_part *v = fields_part(fs, field, 0, part);

	return v != NULL && v->text != NULL && strcmp(v->text, s) == 0;
}

/* For that recipient; or for its State, when it names no recipient. */
static bool
names_receiver(const struct passing *p, const struct fields *fs)
{
	const struct field_part *r = fields_part(fs, "new_use", 0, "recipient");

	if (r != NULL && r->text != NULL)
		return strcmp(r->text, p->to.peer.id.s) == 0;
	return part_is(fs, "new_use", "recipient_state", p->to.state);
}

/* For that purpose, of this office: whom else it names is another matter. */
static bool
names_purpose(const struct passing *p, const struct fields *fs)
{
	const struct field_part *use = fields_part(fs, "new_use", 0, "purpose");
	const struct field_part *to = fields_part(fs, "new_use", 0, "recipient");
	const struct field_part *state = fields_part(fs, "new_use", 0, "recipient_state");
	const struct settings *s = home_settings(p->f->home);

	return use != NULL && use->text != NULL &&
	    use_purpose_same(use->text, p->purpose) &&
	    (to == NULL || strcmp(to->text, s->authority.s) == 0) &&
	    (state == NULL || strcmp(state->text, s->state) == 0);
}

/* The first condition that ends; 0: none does. */
static int64_t
ends_at(const struct fields *limits)
{
	const struct field *c = fields_find(limits, "conditions");
	int64_t end = 0;

	for (size_t i = 0; c != NULL && i < c->n; i++) {
		const struct field_part *u = fields_part(limits, "conditions", i, "until");

		if (u != NULL && u->has && (end == 0 || u->n < end))
			end = u->n;
	}
	return end;
}

struct grant {
	struct authority_id by;		/* who sent the evidence: nobody else can consent */
	bool granted, on_paper, revoked;
	enum act_kind kind;
	struct digest act;
};

/* What came on paper is signed by us: it can take a consent back, and never give one. */
static bool
grant_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct grant *g = arg;
	enum act_kind kind;

	(void)err;
	if (a->direction != ACT_IN || a->other || !act_kind_parse(a->kind, &kind))
		return true;
	g->revoked = g->revoked || kind == ACT_REVOKED || kind == ACT_REFUSED;
	if (kind != ACT_GRANTED && kind != ACT_GRANTED_WITH_CONDITIONS)
		return true;
	if (strcmp(a->peer, g->by.s) != 0) {
		g->on_paper = true;
	} else {
		g->granted = true;
		g->kind = kind;
		g->act = a->act;
	}
	return true;
}

static bool
grant_load(struct passing *p, unsigned number, struct docket_request *row,
    struct grant *g, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	*g = (struct grant){ .by = received_parcel(p)->peer };
	ok = desk_open(p->f, false, &d, err) && docket_request_get(d, number, row, err) &&
	    docket_request_acts(d, number, grant_look, g, err);
	docket_close(d);
	/* What we took back ourselves is no consent any more. */
	if (ok && strcmp(row->state, request_state_name(STATE_WITHDRAWN)) == 0)
		g->granted = false;
	return ok;
}

/* The act itself says whose it is, whatever a row of the docket says. */
static bool
grant_read(struct passing *p, const struct grant *g, struct consent *c,
    struct err *err)
{
	struct act a;
	bool ok;

	c->grant = g->act;
	if (!act_open(p->f, &g->act, &a, err))
		return false;
	ok = strcmp(a.from.s, g->by.s) == 0 || err_set(err, ERR_UNPROVEN, "docket.damaged",
	    "a consent is noted as one of %s, and %s signed it", g->by.s, a.from.s);
	ok = ok && (a.kind == g->kind || err_set(err, ERR_UNPROVEN, "docket.damaged",
	    "a consent is noted, and what they signed is \"%s\": make the docket anew with: comity rebuild",
	    act_kind_name(a.kind)));
	ok = ok && (g->kind != ACT_GRANTED_WITH_CONDITIONS ||
	    fields_copy(&c->limits, &a.body.answer.fields, err));
	act_clear(&a);
	return ok;
}

/* What this question of ours, and its answer, allow. */
static bool
consent_weigh(struct passing *p, unsigned number, struct consent *c,
    struct onward_facts *facts, struct err *err)
{
	struct docket_request row;
	const struct fields *fs;
	const struct field_part *use;
	struct grant g;
	struct act a;
	bool about, ok;

	if (!grant_load(p, number, &row, &g, err) || !act_open(p->f, &row.act, &a, err))
		return false;
	fs = &a.body.request.fields;
	about = act_kind_class(a.kind) == ACT_IS_REQUEST && part_is(fs, "related_request",
	    "act", digest_hex(&received_parcel(p)->act_id).s);
	facts->consent = about && g.granted;
	facts->consent_on_paper = about && g.on_paper;
	if (facts->consent) {
		facts->consent_revoked = g.revoked;
		facts->consent_names_receiver = p->purpose != NULL ?
		    names_purpose(p, fs) : names_receiver(p, fs);
		c->question = row.act;
		use = fields_part(fs, "new_use", 0, "purpose");
		ok = grant_read(p, &g, c, err) && (use == NULL || use->text == NULL ||
		    marked_set(&c->purpose, "purpose", use->lang, use->text, err));
		facts->consent_until = ends_at(&c->limits);
	} else {
		ok = true;
	}
	act_clear(&a);
	return ok;
}

/* Of several, one that allows it; else the reason of the last that was about it. */
static bool
consent_find(struct passing *p, struct err *err)
{
	struct onward_facts none = { .received = true, .now = world_now(p->f->world),
		.to_origin = strcmp(p->to.peer.id.s, received_parcel(p)->peer.s) == 0 };
	struct verdict v = onward_decide(&none);

	for (size_t i = p->questions_n; !v.allow && i-- > 0;) {
		struct onward_facts facts = none;

		consent_clear(&p->consent);
		if (!consent_weigh(p, p->questions[i], &p->consent, &facts, err))
			return false;
		if (facts.consent || facts.consent_on_paper)
			v = onward_decide(&facts);
		p->has_consent = facts.consent && v.allow;
	}
	return verdict_ask(v, err);
}

static bool
questions_load(struct passing *p, struct err *err)
{
	struct docket_filter filter = { .kind = act_kind_name(ACT_USE_CONSENT),
		.peer = received_parcel(p)->peer.s };
	struct docket *d = NULL;
	bool ok = desk_open(p->f, true, &d, err) &&
	    docket_requests(d, &filter, question_take, p, err);

	docket_close(d);
	return ok;
}

bool
consent_to_use(struct flow *f, const struct parcel *parcel, const char *purpose,
    struct use_facts *out, struct err *err)
{
	struct passing *p = mem_new(sizeof *p, err);
	bool ok;

	if (p == NULL)
		return false;
	passing_init(p, f);
	p->purpose = purpose;
	p->received.parcels[0] = *parcel;
	ok = questions_load(p, err);
	/* Of several the newest that holds; else the newest that was about it. */
	for (size_t i = p->questions_n; ok && i-- > 0;) {
		struct onward_facts facts = { .received = true };
		bool over;

		consent_clear(&p->consent);
		ok = consent_weigh(p, p->questions[i], &p->consent, &facts, err);
		if (!ok || !facts.consent || !facts.consent_names_receiver)
			continue;
		over = facts.consent_until != 0 && out->now > facts.consent_until;
		if (out->consent && (facts.consent_revoked || over))
			continue;
		out->consent = true;
		out->consent_revoked = facts.consent_revoked;
		out->consent_until = facts.consent_until;
		if (!facts.consent_revoked && !over)
			break;
	}
	passing_clear(p);
	mem_free(p);
	return ok;
}

/* ---- what goes into the package ---- */

static bool
plain_write(struct passing *p, const char *what, const struct parcel *parcel,
    struct err *err)
{
	struct parcel_path path = parcel_file(parcel);
	struct package_reading in = { .world = p->f->world,
		.at = home_dir(p->f->home), .path = path.s,
		.progress = p->f->progress };
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;
	struct file *file = NULL;
	char name[40];
	struct buf head;
	bool ok;

	parcel_head_init(&head);
	in.keys = &keys;
	(void)snprintf(name, sizeof name, "%s-%u.tar", what, p->hop);
	ok = flow_keyring(p->f, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    parcel_join(p->f, &in, &head, err) &&
	    file_open(p->f->world, p->dir, name, FILE_CREATE, &file, err) &&
	    package_plain_tar(&in, file, err);
	file_close(file);
	buf_clear(&head);
	return ok || err_wrap(err, "%s", name);
}

static bool
plain_all(struct passing *p, struct err *err)
{
	struct parcel question = { .act_id = p->consent.question };
	struct parcel grant = { .act_id = p->consent.grant };
	struct dir *tmp = NULL;

	return home_tmp(p->f->home, &tmp, err) &&
	    (!path_exists(p->f->world, tmp, ONWARD_DIR) ||
	    dir_remove_all(p->f->world, tmp, ONWARD_DIR, err)) &&
	    dir_make(p->f->world, tmp, ONWARD_DIR, err) &&
	    dir_open(p->f->world, tmp, ONWARD_DIR, &p->dir, err) &&
	    plain_write(p, "hand-over", received_parcel(p), err) &&
	    (!p->has_consent || (plain_write(p, "question", &question, err) &&
	    plain_write(p, "consent", &grant, err)));
}

/* Nothing stays in the clear, however it ended. */
static void
plain_remove(struct passing *p)
{
	struct dir *tmp = NULL;

	dir_close(p->dir);
	p->dir = NULL;
	if (home_tmp(p->f->home, &tmp, NULL) &&
	    path_exists(p->f->world, tmp, ONWARD_DIR))
		(void)!dir_remove_all(p->f->world, tmp, ONWARD_DIR, NULL);
}

/* ---- limits, as they came ---- */

static bool
condition_say(struct buf *b, const struct fields *limits, size_t i, struct err *err)
{
	const struct field_part *code = fields_part(limits, "conditions", i, "code");
	const struct field_part *text = fields_part(limits, "conditions", i, "text");
	const struct field_part *until = fields_part(limits, "conditions", i, "until");

	if (!buf_printf(b, err, "%s[%s]", b->n > 0 ? "\n" : "",
	    code != NULL && code->text != NULL ? code->text : ""))
		return false;
	if (text != NULL && text->text != NULL &&
	    !buf_printf(b, err, " %s", text->text))
		return false;
	return until == NULL || !until->has ||
	    buf_printf(b, err, " (%s)", when_rfc3339(until->n).s);
}

/*
 * Purpose and conditions of the hand-over in one text, as their words were; what is
 * longer than a text may be stands in the package itself.
 */
static bool
limits_say(const struct passing *p, struct marked_text *out, struct err *err)
{
	const struct delivered_body *d = &p->handed.body.delivered;
	const struct field *c = fields_find(&d->limits, "conditions");
	const char *lang = d->purpose.text != NULL ? d->purpose.lang : "";
	const char *text;
	struct buf b;
	bool ok = true;

	buf_init(&b, 64u * ACT_TEXT_MAX);
	if (d->purpose.text != NULL)
		ok = buf_add_text(&b, d->purpose.text, err);
	for (size_t i = 0; ok && c != NULL && i < c->n; i++) {
		const struct field_part *t = fields_part(&d->limits, "conditions", i,
		    "text");

		if (lang[0] == '\0' && t != NULL && t->text != NULL)
			lang = t->lang;
		ok = condition_say(&b, &d->limits, i, err);
	}
	if (ok && b.n > ACT_TEXT_MAX) {
		buf_reset(&b);
		lang = "en";
		ok = buf_printf(&b, err, "As in act.json of hand-over-%u.tar.", p->hop);
	}
	ok = ok && (b.n == 0 || (buf_text(&b, &text, err) &&
	    marked_set(out, "limits", lang[0] != '\0' ? lang : "en", text, err)));
	buf_clear(&b);
	return ok;
}

/* Who acquired the data is in the hand-over itself; this says how it came to us. */
static bool
collection_say(struct passing *p, struct evidence_private *prv, struct err *err)
{
	const struct settings *s = home_settings(p->f->home);
	char from[AUTHORITY_ID_MAX + 8], method[200], by[201];
	char tool[FLOW_SOFTWARE_MAX];
	struct collection c;

	collection_init(&c);
	(void)snprintf(by, sizeof by, "%s", s->name);
	(void)snprintf(from, sizeof from, "%s", received_parcel(p)->peer.s);
	(void)snprintf(tool, sizeof tool, "%s", flow_software());
	(void)snprintf(method, sizeof method,
	    "received sealed under act %s, passed on whole",
	    digest_hex(&received_parcel(p)->act_id).s);
	c.collected_by = by;
	c.collected_from = from;
	c.tool = tool;
	c.method = method;
	c.collected_at = received_parcel(p)->at;
	(void)snprintf(c.lang, sizeof c.lang, "en");
	prv->path = mem_text_of("", err);
	return prv->path != NULL && collection_encode(&c, &prv->collection, err);
}

static bool
origins_fill(struct passing *p, struct origin *list, struct err *err)
{
	struct origin *last = &list[p->hop - 1];

	/* The earlier ones are told as they were told to us; borrowed. */
	for (unsigned i = 0; i + 1 < p->hop; i++)
		list[i] = p->handed.body.delivered.origins[i];
	last->from = received_parcel(p)->peer;
	last->to = home_settings(p->f->home)->authority;
	last->act = received_parcel(p)->act_id;
	last->has_consent = p->has_consent;
	last->consent = p->consent.grant;
	return limits_say(p, &last->limits, err);
}

/* ---- one step ---- */

/* Nothing is shown before it is written down that it is shown (formats/record, 4). */
static bool
passing_record(struct passing *p, struct err *err)
{
	struct record r;

	record_begin(p->f, &r, EVENT_DISCLOSED);
	r.has_act = r.has_package = true;
	r.act = received_parcel(p)->act_id;
	r.package = received_parcel(p)->package_id;
	r.peer = p->to.peer.id;
	return record_alone(p->f, &r, p->request, err);
}

/* What goes on, whole, to whom, and under which consent. */
static bool
passing_matter(const struct passing *p, struct buf *content, struct matter *m,
    struct err *err)
{
	const struct parcel *from = received_parcel(p);

	*m = (struct matter){ .act = PEOPLE_DELIVER, .kind = ACT_DELIVERED,
		.request = p->request, .evidence = p->received.number };
	if (!buf_printf(content, err, "passed on whole\nact %s\npackage %s\nto %s\n"
	    "to_card %s\nconsent %s\n", digest_hex(&from->act_id).s,
	    digest_hex(&from->package_id).s, p->to.peer.id.s,
	    digest_hex(&p->to.peer.card_id).s, p->has_consent ?
	    digest_hex(&p->consent.grant).s : "not needed") ||
	    !matter_value_print(content, "purpose", p->consent.purpose.text, err))
		return false;
	m->content = buf_span(content);
	return true;
}

static bool
seal_on(struct passing *p, struct sealed *sealed, struct err *err)
{
	struct origin origins[ORIGINS_MAX];
	struct evidence_private prv;
	struct seal_wish wish = { .to = p->to.peer.id.s, .origins = origins,
		.origins_n = p->hop,
		.limits = p->consent.limits.n > 0 ? &p->consent.limits : NULL,
		.purpose = p->consent.purpose.text, .lang = p->consent.purpose.text !=
		NULL ? p->consent.purpose.lang : NULL };
	struct act_people people = { .n = 0 };
	struct marked_text clears = { .text = NULL };
	struct buf path, content;
	struct matter m;
	const char *text;
	bool ok;

	memset(origins, 0, sizeof origins);
	evidence_private_init(&prv);
	wish.people = &people;
	wish.under = &m;
	buf_init(&path, SEALED_PATH_MAX);
	buf_init(&content, MATTER_MAX);
	wish.exculpatory = &clears;
	ok = exculpatory_put(p->f, p->received.number,
	    &p->handed.body.delivered.exculpatory, &clears, err) &&
	    passing_matter(p, &content, &m, err) && flow_second(p->f, &m, &people, err);
	ok = ok && origins_fill(p, origins, err) && collection_say(p, &prv, err) &&
	    buf_printf(&path, err, "%s/tmp/" ONWARD_DIR, home_path(p->f->home)) &&
	    buf_text(&path, &text, err) && passing_record(p, err) &&
	    plain_all(p, err) && evidence_seal_onward(p->f, &wish, &prv, text,
	    &received_parcel(p)->act_id, sealed, err);
	plain_remove(p);
	if (people.n > 0)
		ok = flow_second_end(p->f, &m, ok, err);
	mem_free(origins[p->hop - 1].limits.text);
	mem_free(clears.text);
	buf_clear(&content);
	evidence_private_clear(&prv);
	buf_clear(&path);
	return ok;
}

/* It went on to them in an earlier call: that one is told again. */
static bool
passed_find(struct passing *p, struct evidence *out, bool *found, struct err *err)
{
	struct digest list[64];
	struct docket *d = NULL;
	unsigned number = 0;
	size_t n = 0;
	bool ok;

	ok = desk_open(p->f, false, &d, err) && docket_followers(d,
	    &received_parcel(p)->act_id, list, sizeof list / sizeof list[0], &n, err);
	for (size_t i = 0; ok && number == 0 && i < n; i++) {
		struct docket_act row;
		bool there;

		ok = docket_act_get(d, &list[i], &row, &there, err);
		if (ok && there && row.direction == ACT_OUT && row.evidence != 0 &&
		    strcmp(row.kind, act_kind_name(ACT_DELIVERED)) == 0 &&
		    strcmp(row.peer, p->to.peer.id.s) == 0)
			number = row.evidence;
	}
	docket_close(d);
	*found = ok && number != 0;
	return ok && (number == 0 || evidence_load(p->f->home, number, out, err));
}

bool
flow_evidence_onward(struct flow *f, unsigned evidence, const char *to,
    struct evidence *out, struct err *err)
{
	struct sealed *sealed = mem_new(sizeof *sealed, err);
	struct passing p;
	bool found = false, ok;

	if (sealed == NULL)
		return false;
	passing_init(&p, f);
	/* home_lock takes away what a cut try left in the clear. */
	ok = home_lock(f->home, err) && flow_may_begin(f, PEOPLE_DELIVER, err) &&
	    making_sweep(f, err) && passing_load(&p, evidence, to, err) &&
	    consent_find(&p, err) && passed_find(&p, out, &found, err);
	if (ok && !found) {
		ok = seal_on(&p, sealed, err);
		if (ok)
			*out = sealed->evidence;
	}
	if (!ok)
		decided_refused(f, p.request, err);
	passing_clear(&p);
	mem_free(sealed);
	return ok;
}
