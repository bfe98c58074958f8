/* Deadlines of a home: the docket's rows turned into facts, and sorted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/deadlines.h"
#include "flow/journey.h"
#include "flow/notices.h"
#include "flow/people.h"
#include "flow/treaty.h"

#define SIGNATURE_SECONDS (72 * 3600)	/* data/people/approvals.tsv: "later (72 h)" */

struct gathering {
	struct flow *f;
	struct docket *d;
	const struct law_status *law;
	struct calendar us;
	int64_t now, until;
	bool sealed;			/* the requests are opened too */
	struct deadline *list;
	size_t n;
};

/* ---- one row more ---- */

static bool
room_make(struct gathering *g, struct err *err)
{
	struct deadline *list;

	if (g->n == DEADLINES_MAX)
		return err_set(err, ERR_LIMIT, "deadlines.many",
		    "more than %d things are due", DEADLINES_MAX);
	list = mem_grow(g->list, g->n, sizeof *list, err);
	if (list == NULL)
		return false;
	g->list = list;
	return true;
}

/* Of the act where there is one: a number can be guessed, a digest cannot. */
static bool
key_make(const struct gathering *g, const struct due *due,
    const struct docket_request *r, const char *whose, struct digest *out,
    struct err *err)
{
	const char *authority = home_settings(g->f->home)->authority.s;
	char text[400], hex[65] = "";

	if (r != NULL && r->has_act)
		(void)snprintf(hex, sizeof hex, "%s", digest_hex(&r->act).s);
	(void)snprintf(text, sizeof text, "comity.deadline/1\n%s\n%s\n%u\n%s\n%s\n%s\n",
	    authority, hex, due->request, due_what_name(due->what),
	    due->rule == NULL ? "" : due->rule->id, whose);
	return digest_of(span_text(text), out, err);
}

static bool
deadline_add(struct gathering *g, const struct due *due, const struct docket_request *r,
    const char *state, const struct calendar *them, const char *whose, struct err *err)
{
	const struct settings *s = home_settings(g->f->home);
	struct deadline d = { .due = *due, .calendar = due->ours ? g->us : *them };

	if (due->at > g->until && due->stage != STAGE_OVERDUE)
		return true;
	(void)snprintf(d.owes, sizeof d.owes, "%.2s", due->ours ? s->state : state);
	if (r != NULL) {
		d.number = request_number_text(s->state, r);
		(void)snprintf(d.kind, sizeof d.kind, "%s", r->kind);
	}
	if (!room_make(g, err) || !key_make(g, due, r, whose, &d.key, err))
		return false;
	g->list[g->n++] = d;
	return true;
}

static bool
dues_add(struct gathering *g, const struct dues *dues, const struct docket_request *r,
    const char *state, const struct calendar *them, struct err *err)
{
	for (size_t i = 0; i < dues->n; i++)
		if (!deadline_add(g, &dues->list[i], r, state, them, "", err))
			return false;
	return true;
}

/* ---- requests ---- */

static bool
other_side(struct gathering *g, const struct docket_request *r, char state[3],
    struct calendar *out, struct err *err)
{
	state[0] = '\0';
	if (r->peer[0] != '\0')
		(void)snprintf(state, 3, "%.2s", r->peer);
	else if (r->correspondent != 0 &&
	    !docket_correspondent_state(g->d, r->correspondent, state, err))
		return false;
	law_calendar(g->law, state, r->peer, out);
	return true;
}

struct follower { const struct docket_request *alert; bool found; };

static bool
follower_look(void *arg, const struct docket_request *r, struct err *err)
{
	struct follower *l = arg;
	const struct docket_request *a = l->alert;
	int64_t alerted = a->ours ? a->sent_at : a->opened_at;
	int64_t asked = r->ours ? r->sent_at : r->opened_at;

	(void)err;
	l->found = l->found || (r->ours == a->ours && strcmp(r->peer, a->peer) == 0 &&
	    r->correspondent == a->correspondent && asked != 0 && asked >= alerted);
	return true;
}

/* The formal request, of the same side to the same authority, since the alert. */
static bool
followed_look(struct gathering *g, const struct docket_request *r, bool *out,
    struct err *err)
{
	static const enum act_kind formal[] = { ACT_STORED_DATA, ACT_SUBSCRIBER,
		ACT_MLA_GENERAL };
	struct docket_filter filter = { .kind = act_kind_name(ACT_FREEZE) };
	struct follower l = { .alert = r };

	*out = false;
	if (strcmp(r->kind, act_kind_name(ACT_FREEZE_ALERT)) == 0 &&
	    !docket_requests(g->d, &filter, follower_look, &l, err))
		return false;
	if (strcmp(r->kind, act_kind_name(ACT_EMERGENCY_DATA)) == 0)
		for (size_t i = 0; i < sizeof formal / sizeof *formal; i++) {
			filter.kind = act_kind_name(formal[i]);
			if (!docket_requests(g->d, &filter, follower_look, &l, err))
				return false;
		}
	*out = l.found;
	return true;
}

static bool
said_yes(const struct fields *fs, const char *field, const char *part)
{
	const struct field_part *p = fields_find(fs, field) == NULL ? NULL :
	    fields_part(fs, field, 0, part);

	return p != NULL && p->n != 0;
}

/* What stands in the request itself: that it is secret, and until when. */
static bool
sealed_look(struct gathering *g, const struct docket_request *r, struct due_facts *f,
    struct err *err)
{
	const struct fields *fs;
	const struct field_part *until;
	struct act a;
	bool ok;

	if (!g->sealed || !r->has_act || !request_state_open(f->state) ||
	    !law_list_has(law_deadline("D62")->measures, r->kind))
		return true;
	act_init(&a, f->kind);
	ok = act_open(g->f, &r->act, &a, err);
	fs = &a.body.request.fields;
	if (ok && said_yes(fs, "secrecy", "wanted")) {
		until = fields_part(fs, "secrecy", 0, "until");
		f->secrecy_from = a.made_at;
		f->secrecy_until = until == NULL ? 0 : until->n;
	}
	act_clear(&a);
	return ok;
}

/* Child material: checked and sent in hours (D65), by the class that the draft names. */
static bool
draft_look(struct gathering *g, const struct docket_request *r, struct due_facts *f,
    struct err *err)
{
	const struct field_part *class;
	struct draft draft;
	bool ok;

	if (!g->sealed || f->state != STATE_DRAFT || f->kind != ACT_REMOVE_CONTENT)
		return true;
	draft_init(&draft);
	ok = draft_load(g->d, r->number, &draft, err);
	class = ok && fields_find(&draft.act.body.request.fields, "legal_class") != NULL ?
	    fields_part(&draft.act.body.request.fields, "legal_class", 0, "codes") : NULL;
	f->urgent = class != NULL && class->text != NULL &&
	    law_list_has(class->text, "article_14");
	draft_clear(&draft);
	return ok;
}

static bool
request_add(void *arg, const struct docket_request *r, struct err *err)
{
	struct gathering *g = arg;
	bool oral = strcmp(r->due_rule, "oral") == 0;
	bool other = oral || strcmp(r->due_rule, "hold") == 0;
	struct due_facts f = { .ours = r->ours, .number = r->number, .now = g->now,
		.opened_at = r->opened_at, .sent_at = r->sent_at,
		.receipted_at = r->receipted_at, .answered_at = r->answered_at,
		.owed_at = other ? 0 : r->due_at, .owed_ours = r->due_ours,
		.owed_by_day = strcmp(r->due_rule, "answer_by") == 0,
		.written_owed = r->written_owed,
		.written_ours = oral ? r->due_ours : r->ours,
		.spoken_at = oral ? r->due_at : r->ours ? r->sent_at : r->opened_at,
		.us = &g->us };
	struct calendar them;
	struct dues dues;
	char state[3];

	/* a newer program's word: shown by request list, and timed by nothing here */
	if (!act_kind_parse(r->kind, &f.kind) || !request_state_parse(r->state, &f.state))
		return true;
	if (!other_side(g, r, state, &them, err) ||
	    !followed_look(g, r, &f.followed, err) || !sealed_look(g, r, &f, err) ||
	    !draft_look(g, r, &f, err))
		return false;
	f.them = &them;
	due_request(&f, &dues);
	return dues_add(g, &dues, r, state, &them, err);
}

/* What was announced is owed when the thread has ended, too: those are looked for among all. */
static bool
open_add(void *arg, const struct docket_request *r, struct err *err)
{
	return strcmp(r->kind, act_kind_name(ACT_FREEZE_ALERT)) == 0 ||
	    strcmp(r->kind, act_kind_name(ACT_EMERGENCY_DATA)) == 0 ||
	    request_add(arg, r, err);
}

/* ---- who is told of a secret measure ---- */

static bool
notice_add(void *arg, const struct docket_notice *n, struct err *err)
{
	struct gathering *g = arg;
	struct due due = due_one(DUE_NOTICE, n->since, n->until, true, g->now);
	struct notice_facts f = { .since = n->since, .until = n->until, .now = g->now };
	struct docket_request r;
	char whose[16];

	/* By a clock that is in doubt it is late, until somebody has looked. */
	if (notice_state_of(&f) == NOTICE_DOUBT)
		due.stage = STAGE_OVERDUE;
	due.rule = law_deadline("D62");
	due.request = n->request;
	(void)snprintf(whose, sizeof whose, "N-%u", n->number);
	return docket_request_get(g->d, n->request, &r, err) &&
	    deadline_add(g, &due, &r, "", &g->us, whose, err);
}

/* ---- holds, cards, signatures ---- */

static bool
hold_deadline_add(void *arg, const struct docket_hold *h, struct err *err)
{
	struct gathering *g = arg;
	struct due_hold_facts f = { .hold = { .ours = h->ours, .now = g->now,
		.until = h->until, .domestic_until = h->order_until },
		.number = h->request, .effected_at = h->effected_at, .us = &g->us,
		.them = &g->us };
	struct docket_request r;
	struct calendar them;
	struct dues dues;
	char state[3];

	if (!hold_state_parse(h->state, &f.hold.state))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the state of hold %u cannot be read", h->request);
	due_hold(&f, &dues);
	if (dues.n == 0)		/* history: nothing of it is read */
		return true;
	if (!docket_request_get(g->d, h->request, &r, err) ||
	    !other_side(g, &r, state, &them, err))
		return false;
	f.rule = law_deadline(strcmp(r.instrument, "Budapest") == 0 ? "D31" : "D02");
	f.them = &them;
	due_hold(&f, &dues);
	return dues_add(g, &dues, &r, state, &them, err);
}

static bool
card_add(struct gathering *g, const struct act *card, int64_t since, bool ours,
    const char *id, struct err *err)
{
	struct due due = due_one(DUE_CARD, since, card->body.card.valid_to, ours, g->now);
	struct calendar them;
	char state[3];

	if (due.at == 0 || due.at > g->now + DEADLINE_CARD_AHEAD)
		return true;
	(void)snprintf(state, sizeof state, "%.2s", id);
	law_calendar(g->law, state, id, &them);
	return deadline_add(g, &due, NULL, state, &them, id, err);
}

static bool
peer_card_add(void *arg, const struct peer *p, struct err *err)
{
	return !p->confirmed || p->revoked ||
	    card_add(arg, &p->card, p->card.body.card.valid_from, false, p->id.s, err);
}

static bool
own_card_add(struct gathering *g, struct err *err)
{
	struct digest id;
	struct act card;
	bool ok;

	if (!home_settings(g->f->home)->has_certificate)
		return true;
	act_init(&card, ACT_CARD);
	ok = own_card(g->f->home, &id, &card, err) && card_add(g, &card,
	    card.body.card.valid_from, true, home_settings(g->f->home)->authority.s, err);
	act_clear(&card);
	return ok;
}

static bool
signature_add(struct gathering *g, struct err *err)
{
	struct matter_counts m;
	struct due due;

	if (!flow_matter_counts(g->f, &m, err))
		return false;
	if (m.due_at == 0)
		return true;
	due = due_one(DUE_SIGNATURE, m.due_at - SIGNATURE_SECONDS, m.due_at, true, g->now);
	return deadline_add(g, &due, NULL, "", &g->us, "", err);
}

/* ---- all of it ---- */

static int
sooner(const void *a, const void *b)
{
	const struct deadline *x = a, *y = b;

	if (x->due.at != y->due.at)
		return x->due.at < y->due.at ? -1 : 1;
	if (x->due.request != y->due.request)
		return x->due.request < y->due.request ? -1 : 1;
	return (int)x->due.what - (int)y->due.what;
}

bool
flow_deadlines(struct flow *f, int64_t until, bool sealed, struct deadline **out,
    size_t *n, struct err *err)
{
	struct docket_filter open = { .open_only = true };
	struct docket_filter alerts = { .kind = act_kind_name(ACT_FREEZE_ALERT) };
	struct docket_filter urgent = { .kind = act_kind_name(ACT_EMERGENCY_DATA) };
	struct gathering g = { .f = f, .now = world_now(f->world), .until = until,
		.sealed = sealed };
	const struct settings *s = home_settings(f->home);
	bool ok;

	ok = (!sealed || flow_may(f, PEOPLE_VIEW, err)) && flow_law(f, &g.law, err) &&
	    desk_open(f, sealed, &g.d, err);
	if (ok) {
		law_calendar(g.law, s->state, s->authority.s, &g.us);
		ok = docket_requests(g.d, &open, open_add, &g, err) &&
		    docket_requests(g.d, &alerts, request_add, &g, err) &&
		    docket_requests(g.d, &urgent, request_add, &g, err) &&
		    docket_notices(g.d, true, notice_add, &g, err) &&
		    docket_holds(g.d, false, hold_deadline_add, &g, err) &&
		    signature_add(&g, err) && own_card_add(&g, err) &&
		    peers_each(f->home, peer_card_add, &g, err);
	}
	docket_close(g.d);
	if (!ok) {
		mem_free(g.list);
		return false;
	}
	if (g.n > 1)
		qsort(g.list, g.n, sizeof *g.list, sooner);
	*out = g.list;
	*n = g.n;
	return true;
}

bool
flow_emergencies_owed(struct flow *f, struct emergencies_owed *out, struct err *err)
{
	struct docket_filter urgent = { .kind = act_kind_name(ACT_EMERGENCY_DATA) };
	struct gathering g = { .f = f, .now = world_now(f->world), .until = WHEN_MAX };
	const struct settings *s = home_settings(f->home);
	bool ok;

	memset(out, 0, sizeof *out);
	ok = flow_law(f, &g.law, err) && desk_open(f, false, &g.d, err);
	if (ok) {
		law_calendar(g.law, s->state, s->authority.s, &g.us);
		ok = docket_requests(g.d, &urgent, request_add, &g, err);
	}
	docket_close(g.d);
	for (size_t i = 0; ok && i < g.n; i++) {
		const struct due *d = &g.list[i].due;

		if (d->what != DUE_EMERGENCY_REQUEST)
			continue;
		out->ours += d->ours;
		out->theirs += !d->ours;
		out->overdue += d->stage == STAGE_OVERDUE;
	}
	mem_free(g.list);
	return ok;
}
