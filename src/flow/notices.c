/* Persons whom a secret request was about, and how they are told (notices.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/notices.h"
#include "flow/people.h"

static struct notice_facts
facts_of(const struct docket_notice *n, const struct docket_request *r, int64_t now)
{
	return (struct notice_facts){ .since = n->since, .until = n->until,
		.done_at = n->done_at, .now = now,
		.nothing_done = strcmp(r->state, request_state_name(STATE_REFUSED)) == 0 ||
		strcmp(r->state, request_state_name(STATE_WITHDRAWN)) == 0 };
}

static bool
view_fill(struct flow *f, struct docket *d, const struct docket_notice *n,
    struct notice_view *v, struct err *err)
{
	struct notice_facts facts;

	memset(v, 0, sizeof *v);
	v->notice = *n;
	if (!docket_request_get(d, n->request, &v->row, err))
		return false;
	facts = facts_of(n, &v->row, world_now(f->world));
	v->number = request_number_text(home_settings(f->home)->state, &v->row);
	v->state = notice_state_of(&facts);
	return true;
}

/* ---- lists and counts ---- */

struct notice_listing {
	struct flow *f;
	struct docket *d;
	bool (*each)(void *arg, const struct notice_view *v, struct err *err);
	void *arg;
};

static bool
notice_line(void *arg, const struct docket_notice *n, struct err *err)
{
	struct notice_listing *l = arg;
	struct notice_view v;

	return view_fill(l->f, l->d, n, &v, err) && l->each(l->arg, &v, err);
}

bool
flow_notices(struct flow *f, bool all,
    bool (*each)(void *arg, const struct notice_view *v, struct err *err), void *arg,
    struct err *err)
{
	struct notice_listing l = { .f = f, .each = each, .arg = arg };
	bool ok = desk_open(f, false, &l.d, err) &&
	    docket_notices(l.d, !all, notice_line, &l, err);

	docket_close(l.d);
	return ok;
}

struct notice_counting {
	struct notice_counts *out;
	int64_t now;
};

static bool
notice_count(void *arg, const struct docket_notice *n, struct err *err)
{
	struct notice_counting *c = arg;
	struct docket_request none = { .state = "" };
	struct notice_facts f = facts_of(n, &none, c->now);
	enum notice_state s = notice_state_of(&f);

	(void)err;
	c->out->secret += s == NOTICE_SECRET;
	c->out->due += s == NOTICE_DUE;
	c->out->doubt += s == NOTICE_DOUBT;
	c->out->done += s == NOTICE_DONE;
	if (s != NOTICE_DONE && (c->out->first_due == 0 || n->until < c->out->first_due))
		c->out->first_due = n->until;
	return true;
}

bool
flow_notice_counts(struct flow *f, struct notice_counts *out, struct err *err)
{
	struct notice_counting c = { out, world_now(f->world) };
	struct docket *d = NULL;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = desk_open(f, false, &d, err) && docket_notices(d, true, notice_count, &c, err);
	docket_close(d);
	return ok;
}

bool
flow_notice_show(struct flow *f, unsigned number, struct notice_view *out,
    struct err *err)
{
	struct docket_notice n;
	struct docket *d = NULL;
	bool ok = desk_open(f, false, &d, err) && docket_notice_get(d, number, &n, err) &&
	    view_fill(f, d, &n, out, err);

	docket_close(d);
	return ok;
}

/* ---- steps ---- */

/* The place of the person in the request: a number survives a docket made anew. */
static bool
notice_keep(struct flow *f, struct notice_view *v, const char *outcome, const char *code,
    int64_t until, struct err *err)
{
	struct docket *d = NULL;
	struct record r;
	bool ok;

	record_begin(f, &r, EVENT_DECIDED);
	r.has_act = v->row.has_act;
	r.act = v->row.act;
	(void)snprintf(r.peer.s, sizeof r.peer.s, "%.19s", v->row.peer);
	record_decided(&r, NOTICE_RULE, outcome);
	(void)snprintf(r.reason, sizeof r.reason, "person.%u.%lld.%.23s", v->notice.person,
	    (long long)until, code);
	ok = desk_open(f, false, &d, err) && docket_begin(d, err) &&
	    record_event(f, d, &r, v->row.number, NULL, err) &&
	    docket_notice_put(d, &v->notice, err) && docket_commit(d, err);
	docket_close(d);
	return ok;
}

static void
deferred(struct docket_notice *n, int64_t until, const char *code)
{
	n->until = until;
	n->renewals++;
	(void)snprintf(n->reason, sizeof n->reason, "%.23s", code);
}

static void
done(struct docket_notice *n, int64_t at, const char *code)
{
	n->done_at = at;
	(void)snprintf(n->how, sizeof n->how, "%.23s", code);
}

static bool
notice_begin(struct flow *f, unsigned number, struct notice_view *out,
    struct notice_facts *facts, struct err *err)
{
	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_MESSAGE, err) ||
	    !records_caught_up(f, err) || !flow_notice_show(f, number, out, err))
		return false;
	*facts = facts_of(&out->notice, &out->row, world_now(f->world));
	return true;
}

bool
flow_notice_defer(struct flow *f, unsigned number, int64_t until, const char *reason,
    struct notice_view *out, struct err *err)
{
	struct notice_facts facts;
	bool ok;

	if (!notice_begin(f, number, out, &facts, err))
		return false;
	facts.wished = until;
	facts.code = reason;
	ok = verdict_ask(notice_defer_decide(&facts), err);
	if (ok) {
		deferred(&out->notice, until, reason);
		ok = notice_keep(f, out, "deferred", reason, until, err);
	}
	if (!ok)
		decided_refused(f, out->row.number, err);
	return ok && flow_notice_show(f, number, out, err);
}

bool
flow_notice_done(struct flow *f, unsigned number, const char *how, bool lifted,
    struct notice_view *out, struct err *err)
{
	struct notice_facts facts;
	bool ok;

	if (!notice_begin(f, number, out, &facts, err))
		return false;
	facts.code = how;
	/* A person ended the secrecy: its end is now, and the record says so by its time. */
	if (lifted && notice_state_of(&facts) == NOTICE_SECRET)
		facts.until = facts.now - 1;
	ok = verdict_ask(notice_done_decide(&facts), err);
	if (ok) {
		done(&out->notice, facts.now, how);
		ok = notice_keep(f, out, "done", how, 0, err);
	}
	if (!ok)
		decided_refused(f, out->row.number, err);
	return ok && flow_notice_show(f, number, out, err);
}

/* ---- the docket made anew ---- */

bool
notice_record(const struct record *r)
{
	return r->event == EVENT_DECIDED && strcmp(r->rule, NOTICE_RULE) == 0;
}

/* "person.1.1795337160.danger" */
static bool
reason_parse(const char *reason, unsigned *person, int64_t *until, const char **code)
{
	char *end;
	unsigned long p;

	if (strncmp(reason, "person.", 7) != 0)
		return false;
	p = strtoul(reason + 7, &end, 10);
	if (*end != '.' || p == 0 || p > INT32_MAX)
		return false;
	*until = strtoll(end + 1, &end, 10);
	if (*end != '.' || *until < 0 || *until > WHEN_MAX)
		return false;
	*person = (unsigned)p;
	*code = end + 1;
	return true;
}

bool
notice_again(struct docket *d, const struct record *r, struct err *err)
{
	struct docket_request row;
	struct docket_notice n;
	const char *code;
	unsigned person;
	int64_t until;
	bool found;

	if (!notice_record(r) || !r->has_act || !reason_parse(r->reason, &person, &until, &code))
		return true;
	if (!docket_request_by_act(d, &r->act, &row, &found, err))
		return false;
	if (!found)
		return true;
	if (!docket_notice_find(d, row.number, person, &n, &found, err))
		return false;
	if (!found)
		return true;
	if (strcmp(r->outcome, "deferred") == 0)
		deferred(&n, until, code);
	else if (strcmp(r->outcome, "done") == 0)
		done(&n, r->at, code);
	return docket_notice_put(d, &n, err);
}

/* ---- what the sheet says ---- */

static bool
sheet_act(struct flow *f, struct notice_sheet_facts *s, struct err *err)
{
	struct act a;
	bool ok;

	act_init(&a, ACT_PRESERVE);
	ok = act_open(f, &s->view.row.act, &a, err);
	if (ok) {
		s->kind = a.kind;
		s->made_at = a.made_at;
		(void)snprintf(s->instrument, sizeof s->instrument, "%s", a.instrument);
		(void)snprintf(s->article, sizeof s->article, "%s", a.article);
	}
	act_clear(&a);
	return ok;
}

static bool
sheet_sides(struct flow *f, struct notice_sheet_facts *s, struct err *err)
{
	const struct settings *ours = home_settings(f->home);
	struct docket *d = NULL;
	struct other_side to;
	struct digest id;
	struct act card;
	bool ok;

	other_side_init(&to);
	ok = desk_open(f, true, &d, err) && other_side_of(f, d, &s->view.row, &to, err);
	docket_close(d);
	if (ok) {
		(void)snprintf(s->authority, sizeof s->authority, "%s", ours->name);
		(void)snprintf(s->state, sizeof s->state, "%s", ours->state);
		(void)snprintf(s->other, sizeof s->other, "%s", to.name);
		(void)snprintf(s->other_state, sizeof s->other_state, "%s", to.state);
		s->asked_by_us = s->view.row.ours;
	}
	other_side_clear(&to);
	act_init(&card, ACT_CARD);
	if (ok && ours->has_certificate) {
		ok = own_card(f->home, &id, &card, err);
		if (ok && card.body.card.phone != NULL)
			(void)snprintf(s->phone, sizeof s->phone, "%s", card.body.card.phone);
	}
	act_clear(&card);
	return ok;
}

bool
flow_notice_sheet(struct flow *f, unsigned number, struct notice_sheet_facts *out,
    struct err *err)
{
	memset(out, 0, sizeof *out);
	return flow_may(f, PEOPLE_VIEW, err) &&
	    flow_notice_show(f, number, &out->view, err) && sheet_act(f, out, err) &&
	    sheet_sides(f, out, err);
}
