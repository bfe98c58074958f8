/* Holds: what each act of a thread means for the data that are held. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/guards.h"
#include "flow/hold.h"
#include "flow/journey.h"
#include "flow/people.h"

#define RENEWED "hold.renewed."
#define LAPSED "hold.lapsed."
#define RESUMED "hold.resumed.clock"

/* ---- one event ---- */

/* Later requests that hand data over, and are not decided. */
static bool
pending_count(struct docket *d, unsigned hold, unsigned *out, struct err *err)
{
	unsigned list[HOLD_NAMES_MAX];
	struct docket_request r;
	enum act_kind kind;
	size_t n;

	if (!docket_hold_names(d, hold, list, &n, err))
		return false;
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (!docket_request_get(d, list[i], &r, err))
			return false;
		*out += act_kind_parse(r.kind, &kind) && act_kind_consults(kind) &&
		    !hold_request_decided(r.state);
	}
	return true;
}

static bool
facts_of(struct docket *d, const struct docket_hold *h, struct hold_facts *f,
    struct err *err)
{
	*f = (struct hold_facts){ .ours = h->ours, .until = h->until,
		.domestic_until = h->order_until };
	return (hold_state_parse(h->state, &f->state) || err_set(err, ERR_UNPROVEN,
	    "docket.damaged", "the state of hold %u cannot be read", h->request)) &&
	    pending_count(d, h->request, &f->pending, err);
}

static void
hold_move(struct docket_hold *h, enum hold_event event, enum hold_state next, int64_t at)
{
	bool was = h->ended_at != 0;

	if (event == HOLD_RESUME) {
		h->misnoted_at = h->ended_at;
		h->resumed_at = at;
	}
	(void)snprintf(h->state, sizeof h->state, "%s", hold_state_name(next));
	if (hold_state_open(next)) {
		h->ended_at = 0;
		h->ended_by[0] = '\0';
	} else if (!was || event == HOLD_RELEASE) {
		h->ended_at = at;
		(void)snprintf(h->ended_by, sizeof h->ended_by, "%s",
		    hold_event_name(event));
	}
}

/* The desk reads the end from the preservation's own row. */
static bool
row_follow(struct docket *d, const struct docket_hold *h, struct err *err)
{
	int64_t until = h->ended_at != 0 && h->ended_at < h->until ? h->ended_at : h->until;
	struct docket_request r;

	/* A yes that came after all was over: nothing is on this desk, the hold says it. */
	if (strcmp(h->ended_by, hold_event_name(HOLD_DENY)) == 0)
		return true;
	if (!docket_request_get(d, h->request, &r, err))
		return false;
	if (r.hold_until == until || until == 0)
		return true;
	r.hold_until = until;
	if (strcmp(r.due_rule, "hold") == 0)
		r.due_at = until;
	if (strcmp(r.due_rule, "hold") == 0 && h->ended_at != 0) {
		r.due_at = 0;
		r.due_ours = false;
		r.due_rule[0] = '\0';
	}
	return docket_request_put(d, &r, err);
}

/* What the table does not allow was asked before; here it changes nothing. */
static bool
hold_event(struct docket *d, struct docket_hold *h, enum hold_event event,
    const struct answer_body *b, int64_t at, bool incoming, struct err *err)
{
	struct hold_facts facts;
	struct hold_step step;

	if (!facts_of(d, h, &facts, err))
		return false;
	facts.event = event;
	facts.incoming = incoming;
	facts.now = at;
	step = hold_decide(&facts);
	if (!step.verdict.allow)
		return true;
	if (b != NULL && b->hold_until != 0) {
		if (h->effected_at == 0)
			h->effected_at = b->hold_effected_at;
		if (b->hold_until > h->until)
			h->until = b->hold_until;
	}
	if (event == HOLD_RELEASE && b != NULL && b->released_at != 0)
		at = b->released_at;
	hold_move(h, event, step.next, at);
	return docket_hold_put(d, h, err) && row_follow(d, h, err);
}

/* ---- acts ---- */

static bool
event_of(enum act_kind kind, enum hold_event *out)
{
	switch ((int)kind) {
	case ACT_GRANTED:
	case ACT_GRANTED_WITH_CONDITIONS:
		*out = HOLD_GRANT;
		return true;
	case ACT_REFUSED:
	case ACT_WITHDRAWN:
		*out = HOLD_DENY;
		return true;
	case ACT_EXTENSION:
		*out = HOLD_LONGER;
		return true;
	case ACT_RELEASED:
		*out = HOLD_RELEASE;
		return true;
	default:
		return false;
	}
}

/* The preservation that a request names: of the same side and the same authority. */
static bool
named_find(struct docket *d, const struct docket_request *r, const struct act *a,
    struct docket_hold *out, bool *found, struct err *err)
{
	const struct fields *fs = &a->body.request.fields;
	const struct field_part *p = fields_find(fs, "related_request") == NULL ? NULL :
	    fields_part(fs, "related_request", 0, "act");
	struct docket_request of;
	struct digest act;

	*found = false;
	if (p != NULL && !digest_parse(span_text(p->text), &act))
		return true;
	if (p == NULL && a->follows_n == 0)
		return true;
	if (p == NULL)
		act = a->follows[0];
	if (!docket_request_by_act(d, &act, &of, found, err))
		return false;
	if (!*found || of.number == r->number || of.ours != r->ours ||
	    strcmp(of.peer, r->peer) != 0 || of.correspondent != r->correspondent) {
		*found = false;
		return true;
	}
	return docket_hold_get(d, of.number, out, found, err);
}

/* A request went out or came in: it opens a hold, or names one. */
static bool
request_follow(struct docket *d, const struct docket_request *r, const struct act *a,
    int64_t at, bool incoming, struct err *err)
{
	struct docket_hold h = { .request = r->number, .ours = r->ours };
	bool found;

	if (a->kind == ACT_PRESERVE) {
		(void)snprintf(h.state, sizeof h.state, "%s", hold_state_name(HOLD_ASKED));
		return docket_hold_get(d, r->number, &h, &found, err) &&
		    (found || docket_hold_put(d, &h, err));
	}
	if (a->kind != ACT_PRESERVE_EXTEND && !act_kind_consults(a->kind))
		return true;
	if (!named_find(d, r, a, &h, &found, err))
		return false;
	return !found || (docket_hold_name(d, h.request, r->number, err) &&
	    (a->kind == ACT_PRESERVE_EXTEND ||
	    hold_event(d, &h, HOLD_NAME, NULL, at, incoming, err)));
}

/* Each hold that the request names. */
static bool
named_follow(struct docket *d, const struct docket_request *r, enum hold_event event,
    const struct answer_body *b, int64_t at, bool incoming, struct err *err)
{
	unsigned list[HOLD_NAMES_MAX];
	size_t n;

	if (!docket_hold_named_by(d, r->number, list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct docket_hold h;
		unsigned pending;
		bool found;

		if (!docket_hold_get(d, list[i], &h, &found, err) ||
		    !pending_count(d, list[i], &pending, err))
			return false;
		if (found && (event != HOLD_DECIDE || pending == 0) &&
		    !hold_event(d, &h, event, b, at, incoming, err))
			return false;
	}
	return true;
}

static bool
answer_follow(struct docket *d, const struct docket_request *r, const struct act *a,
    int64_t at, bool incoming, struct err *err)
{
	const struct answer_body *b = &a->body.answer;
	enum hold_event event;
	struct docket_hold h;
	bool found;

	if (!event_of(a->kind, &event))
		return true;
	if (strcmp(r->kind, act_kind_name(ACT_PRESERVE_EXTEND)) == 0)
		return event != HOLD_GRANT ||
		    named_follow(d, r, HOLD_LONGER, b, at, incoming, err);
	if (strcmp(r->kind, act_kind_name(ACT_PRESERVE)) != 0)
		return true;
	return docket_hold_get(d, r->number, &h, &found, err) &&
	    (!found || hold_event(d, &h, event, b, at, incoming, err));
}

bool
hold_follow_end(struct docket *d, unsigned request, int64_t at, struct err *err)
{
	struct docket_request r;

	return docket_request_get(d, request, &r, err) &&
	    (!hold_request_decided(r.state) ||
	    named_follow(d, &r, HOLD_DECIDE, NULL, at, false, err));
}

bool
hold_follow(struct docket *d, unsigned request, const struct act *a, int64_t at,
    bool incoming, struct err *err)
{
	enum act_class class = act_kind_class(a->kind);
	struct docket_request r;

	if (request == 0 || (class != ACT_IS_REQUEST && class != ACT_IS_ANSWER &&
	    class != ACT_IS_EVIDENCE))
		return true;
	if (!docket_request_get(d, request, &r, err))
		return false;
	if (class == ACT_IS_REQUEST && strcmp(r.kind, act_kind_name(a->kind)) == 0 &&
	    (!request_follow(d, &r, a, at, incoming, err) ||
	    !guard_follow(d, &r, a, at, incoming, err)))
		return false;
	if (class == ACT_IS_ANSWER && a->kind != ACT_REVOKED &&
	    !answer_follow(d, &r, a, at, incoming, err))
		return false;
	if (a->kind == ACT_REPLY && !guard_follow(d, &r, a, at, incoming, err))
		return false;
	return hold_follow_end(d, request, at, err);
}

bool
hold_release_ask(struct docket *d, unsigned request, int64_t now, struct err *err)
{
	struct hold_facts facts;
	struct docket_hold h;
	bool found;

	if (!docket_hold_get(d, request, &h, &found, err))
		return false;
	if (!found)
		return true;
	if (!facts_of(d, &h, &facts, err))
		return false;
	facts.event = HOLD_RELEASE;
	facts.now = now;
	return verdict_ask(hold_decide(&facts).verdict, err);
}

/* ---- what the journal says of clocks ---- */

bool
hold_reason_parse(const char *reason, enum hold_event *event, int64_t *until)
{
	*until = 0;
	if (strncmp(reason, RENEWED, strlen(RENEWED)) == 0) {
		*event = HOLD_RENEW;
		*until = strtoll(reason + strlen(RENEWED), NULL, 10);
		return *until > 0 && *until <= WHEN_MAX;
	}
	if (strcmp(reason, RESUMED) == 0) {
		*event = HOLD_RESUME;
		return true;
	}
	if (strncmp(reason, LAPSED, strlen(LAPSED)) != 0)
		return false;
	reason += strlen(LAPSED);
	*event = HOLD_FOREIGN_ENDS;
	if (strcmp(reason, hold_event_name(HOLD_DOMESTIC_ENDS)) == 0)
		*event = HOLD_DOMESTIC_ENDS;
	return strcmp(reason, hold_event_name(*event)) == 0;
}

/*
 * The number of the order, in the record: as hex in the paths of its files, "order.0.HEX",
 * each with length and digest of the whole.  A docket made anew has it from there.
 */
#define ORDER_PATH "order."
#define ORDER_PART 32			/* bytes of it in a path */
static bool
order_note(struct record *x, const char *order, struct err *err)
{
	struct span left = span_text(order);
	struct digest d;
	bool ok = digest_of(left, &d, err);

	while (ok && left.n > 0) {
		size_t n = left.n < ORDER_PART ? left.n : ORDER_PART;
		struct record_file *file = &x->files[x->files_n];
		struct buf hex;
		const char *text;

		buf_init(&hex, 2 * ORDER_PART);
		ok = hex_encode(&hex, span_of(left.p, n), err) &&
		    buf_text(&hex, &text, err);
		if (ok)
			(void)snprintf(file->path, sizeof file->path, ORDER_PATH "%zu.%s",
			    x->files_n++, text);
		file->bytes = strlen(order);
		file->sha256 = d;
		buf_clear(&hex);
		left = span_of(left.p + n, left.n - n);
	}
	return ok;
}

/* "" when the record is older, or says nothing that fits its digest. */
static bool
order_read(const struct record *x, char out[HOLD_ORDER_MAX + 1], struct err *err)
{
	struct digest d;
	size_t n = 0;

	memset(out, 0, HOLD_ORDER_MAX + 1);
	for (size_t i = 0; i < x->files_n; i++) {
		const char *hex = strrchr(x->files[i].path, '.');
		size_t part = hex == NULL ? 0 : strlen(hex + 1) / 2;

		if (strncmp(x->files[i].path, ORDER_PATH, strlen(ORDER_PATH)) != 0 ||
		    part > HOLD_ORDER_MAX - n || !hex_decode(span_text(hex + 1),
		    (uint8_t *)out + n, part))
			break;
		n += part;
	}
	if (!digest_of(span_of(out, n), &d, err))
		return false;
	if (x->files_n == 0 || !digest_eq(&d, &x->files[0].sha256))
		memset(out, 0, HOLD_ORDER_MAX + 1);
	return true;
}

static bool
renew_move(struct docket *d, struct docket_hold *h, int64_t until, int64_t at,
    struct err *err)
{
	struct hold_facts facts;
	struct hold_step step;

	if (!facts_of(d, h, &facts, err))
		return false;
	facts.event = HOLD_RENEW;
	facts.now = at;
	facts.wished = until;
	step = hold_decide(&facts);
	if (!verdict_ask(step.verdict, err))
		return false;
	h->order_until = until;
	hold_move(h, HOLD_RENEW, step.next, at);
	return docket_hold_put(d, h, err);
}

bool
hold_again(struct docket *d, const struct record *x, struct err *err)
{
	struct err why = ERR_INIT;
	enum hold_event event;
	struct docket_request r;
	struct docket_hold h;
	int64_t until;
	bool found;

	if (!hold_reason_parse(x->reason, &event, &until))
		return true;
	if (!docket_request_by_act(d, &x->act, &r, &found, err))
		return false;
	if (!found)
		return true;
	if (!docket_hold_get(d, r.number, &h, &found, err))
		return false;
	if (!found)
		return true;
	if (event != HOLD_RENEW)
		return hold_event(d, &h, event, NULL, x->at, false, err);
	if (!order_read(x, h.order, err))
		return false;
	if (renew_move(d, &h, until, x->at, &why) || why.kind == ERR_REFUSED)
		return true;
	*err = why;
	return false;
}

/* ---- doors ---- */

struct holds_looking {
	struct flow *f;
	struct docket *d;
	int64_t now;
	size_t lapsed;
};

static bool
hold_record(struct flow *f, struct docket *d, const struct docket_hold *h,
    const char *reason, const char *order, int64_t at, struct err *err)
{
	struct docket_request r;
	struct record x;

	if (!docket_request_get(d, h->request, &r, err))
		return false;
	record_begin(f, &x, EVENT_ADMINISTRATION);
	x.at = at;
	x.has_act = r.has_act;
	x.act = r.act;
	(void)snprintf(x.reason, sizeof x.reason, "%s", reason);
	return order_note(&x, order, err) &&
	    record_event(f, d, &x, h->request, NULL, err);
}

/* Noted before, and cut: then it is in the journal, and there is nothing to note. */
static bool
noted_before(struct holds_looking *g, const struct docket_hold *h, bool *yes,
    struct err *err)
{
	struct docket_hold is;
	bool found;

	if (!record_catch_up(g->f, g->d, err) ||
	    !docket_hold_get(g->d, h->request, &is, &found, err))
		return false;
	*yes = !found || strcmp(is.state, h->state) != 0;
	return true;
}

/* In the journal, then in the docket: one transaction. */
static bool
noted(struct holds_looking *g, struct docket_hold *h, enum hold_event which,
    const char *reason, struct err *err)
{
	bool before;

	if (docket_begin(g->d, err) && noted_before(g, h, &before, err) && (before ||
	    (hold_record(g->f, g->d, h, reason, "", g->now, err) &&
	    hold_event(g->d, h, which, NULL, g->now, false, err))) &&
	    docket_commit(g->d, err))
		return true;
	docket_rollback(g->d);
	return false;
}

static bool
lapse(struct holds_looking *g, struct docket_hold *h, enum hold_event which,
    struct err *err)
{
	char reason[64];

	(void)snprintf(reason, sizeof reason, LAPSED "%s", hold_event_name(which));
	g->lapsed++;
	return noted(g, h, which, reason, err);
}

static bool
hold_look(void *arg, const struct docket_hold *was, struct err *err)
{
	struct holds_looking *g = arg;
	struct docket_hold h = *was;
	struct hold_facts facts;
	enum hold_event which;

	if (!facts_of(g->d, &h, &facts, err))
		return false;
	facts.now = g->now;
	return !hold_over(&facts, &which) || lapse(g, &h, which, err);
}

/*
 * Noted as lapsed at an instant that is still to come: one of two clocks was wrong.  This
 * one is believed when both ends are ahead of it and it stands behind nothing that others
 * vouch for, by more than offices' clocks differ.
 */
#define CLOCKS_DIFFER ((int64_t)86400)

static bool
ahead_look(void *arg, const struct docket_hold *was, struct err *err)
{
	struct holds_looking *g = arg;
	struct docket_hold h = *was;
	struct hold_facts facts;
	int64_t outside;

	if (!facts_of(g->d, &h, &facts, err) ||
	    !docket_outside_newest(g->d, &outside, err))
		return false;
	facts.now = g->now;
	facts.event = HOLD_RESUME;
	if (!hold_decide(&facts).verdict.allow || g->now < outside - CLOCKS_DIFFER)
		return true;
	return noted(g, &h, HOLD_RESUME, RESUMED, err);
}

static bool
holds_look(struct flow *f, struct docket *d, size_t *lapsed, struct err *err)
{
	struct holds_looking g = { .f = f, .d = d, .now = world_now(f->world) };

	if (!docket_holds(d, true, hold_look, &g, err) ||
	    !docket_holds_ahead(d, g.now, ahead_look, &g, err))
		return false;
	if (lapsed != NULL)
		*lapsed = g.lapsed;
	return true;
}

bool
flow_holds_look(struct flow *f, size_t *lapsed, struct err *err)
{
	struct docket *d = NULL;
	bool ok = home_lock(f->home, err) && desk_open(f, false, &d, err) &&
	    holds_look(f, d, lapsed, err);

	docket_close(d);
	return ok;
}

static bool
view_fill(struct docket *d, const struct docket_hold *h, struct hold_view *v,
    struct err *err)
{
	struct hold_facts facts;

	v->hold = *h;
	if (!docket_request_get(d, h->request, &v->row, err) ||
	    !docket_hold_names(d, h->request, v->names, &v->names_n, err) ||
	    !facts_of(d, h, &facts, err))
		return false;
	v->pending = facts.pending;
	v->ends_at = hold_ends_at(&facts);
	return true;
}

struct holds_listing {
	struct docket *d;
	bool (*each)(void *arg, const struct hold_view *v, struct err *err);
	void *arg;
};

static bool
hold_list(void *arg, const struct docket_hold *h, struct err *err)
{
	struct holds_listing *g = arg;
	struct hold_view v;

	memset(&v, 0, sizeof v);
	return view_fill(g->d, h, &v, err) && g->each(g->arg, &v, err);
}

bool
flow_holds(struct flow *f, bool open_only,
    bool (*each)(void *arg, const struct hold_view *v, struct err *err), void *arg,
    struct err *err)
{
	struct holds_listing g = { .each = each, .arg = arg };
	bool ok = home_lock(f->home, err) && desk_open(f, false, &g.d, err) &&
	    holds_look(f, g.d, NULL, err) &&
	    docket_holds(g.d, open_only, hold_list, &g, err);

	docket_close(g.d);
	return ok;
}

static bool
hold_load(struct docket *d, unsigned number, struct docket_hold *out, struct err *err)
{
	struct docket_request r;
	bool found;

	if (!docket_request_get(d, number, &r, err) ||
	    !docket_hold_get(d, number, out, &found, err))
		return false;
	return found || err_set(err, ERR_ABSENT, "hold.absent",
	    "request %u holds nothing: only a preservation does, once it went out or came in; see: comity hold list",
	    number);
}

bool
flow_hold_show(struct flow *f, unsigned number, struct hold_view *out, struct err *err)
{
	struct docket *d = NULL;
	struct docket_hold h;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = home_lock(f->home, err) && desk_open(f, false, &d, err) &&
	    holds_look(f, d, NULL, err) && hold_load(d, number, &h, err) &&
	    view_fill(d, &h, out, err);
	docket_close(d);
	return ok;
}

/* ---- the domestic order ---- */

/* D01, D30: at most so long from the day it is served, and renewable. */
static bool
order_ask(const char *order, int64_t until, int64_t now, struct err *err)
{
	const struct law_deadline *most = law_deadline("D01");
	size_t n = strlen(order);

	if (n == 0 || n > HOLD_ORDER_MAX || !utf8_valid(span_text(order)))
		return err_set(err, ERR_USE, "hold.order",
		    "the number of the order is 1 to %d bytes, as in --order \"12 Gs 31/26\"",
		    HOLD_ORDER_MAX);
	if (most != NULL && until > law_deadline_at(most, now))
		return err_set(err, ERR_REFUSED, "hold.order-long",
		    "an order to preserve runs at most %lld days and is renewed then (Art 25(2)): give an earlier day",
		    (long long)most->value);
	return true;
}

static bool
renew(struct flow *f, struct docket *d, struct docket_hold *h, const char *order,
    int64_t until, struct err *err)
{
	int64_t now = world_now(f->world);
	char reason[64];

	(void)snprintf(reason, sizeof reason, RENEWED "%lld", (long long)until);
	(void)snprintf(h->order, sizeof h->order, "%s", order);
	return docket_begin(d, err) && renew_move(d, h, until, now, err) &&
	    hold_record(f, d, h, reason, order, now, err) && docket_commit(d, err);
}

bool
flow_hold_renew(struct flow *f, unsigned number, const char *order, int64_t until,
    struct hold_view *out, struct err *err)
{
	struct docket *d = NULL;
	struct docket_hold h;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_HOLD, err) &&
	    order_ask(order, until, world_now(f->world), err) &&
	    records_caught_up(f, err) && desk_open(f, false, &d, err) && holds_look(f, d, NULL, err) &&
	    hold_load(d, number, &h, err) && renew(f, d, &h, order, until, err) &&
	    view_fill(d, &h, out, err);
	docket_close(d);
	return ok;
}
