/* Requests and answers that come in: the thread they open or move. */
#include <stdio.h>
#include <string.h>

#include "flow/guards.h"
#include "flow/journey.h"
#include "flow/requests.h"
#include "flow/take.h"
#include "flow/treaty.h"

/* ---- the thread an act belongs to ---- */

struct threading {
	bool request;			/* `follows` names the thread's request ... */
	bool inside;			/* ... and nothing outside the thread */
	size_t unknown;			/* acts that are not here at all */
};

/* The thread of the first act it follows that is in one. */
static bool
thread_find(struct taking *t, struct threading *h, struct err *err)
{
	const struct act *a = &t->report.act;
	struct docket_request r;
	struct docket_act x;
	bool found, known;

	*h = (struct threading){ false, true, 0 };
	for (size_t i = 0; i < a->follows_n; i++) {
		if (!docket_request_by_act(t->docket, &a->follows[i], &r, &found, err))
			return false;
		if (!found) {
			if (!docket_act_get(t->docket, &a->follows[i], &x, &known, err))
				return false;
			h->unknown += !known;
			h->inside = h->inside && !known;
			continue;
		}
		if (!t->has_request) {
			t->request = r;
			t->has_request = true;
		}
		h->inside = h->inside && r.number == t->request.number;
		h->request = h->request || (r.number == t->request.number &&
		    r.has_act && digest_eq(&r.act, &a->follows[i]));
	}
	return true;
}

/* ---- what is due ---- */

static void
due_none(struct docket_request *r)
{
	r->due_at = 0;
	r->due_rule[0] = '\0';
	r->due_ours = false;
}

static void
due_set(struct docket_request *r, int64_t at, const char *rule, bool ours)
{
	r->due_at = at;
	r->due_ours = ours;
	(void)snprintf(r->due_rule, sizeof r->due_rule, "%s", rule);
}

/* D61 of the law's table, or the earlier date the asking side gave with reasons. */
static void
due_answer(struct docket_request *r, const struct act *a, int64_t now)
{
	const struct law_deadline *d = law_deadline("D61");
	int64_t at = d == NULL ? 0 : law_deadline_at(d, now);
	int64_t wished = a->body.request.answer_by;

	if (at != 0)
		due_set(r, at, "D61", true);
	if (wished != 0 && (at == 0 || wished < at))
		due_set(r, wished, "answer_by", true);
}

/* A hold that ends: who asked has to ask for more before. */
static void
due_hold(struct docket_request *r)
{
	if (r->hold_until == 0)
		due_none(r);
	else
		due_set(r, r->hold_until, "hold", r->ours);
}

/* ---- a step ---- */

struct overtaken {
	int64_t made_at;
	bool yes;
};

static void
answer_note(struct taking *t, enum request_state next, int64_t now)
{
	const struct act *a = &t->report.act;
	const struct answer_body *b = &a->body.answer;
	struct docket_request *r = &t->request;

	if (b->number[0] != '\0' && r->ours)
		(void)snprintf(r->reference, sizeof r->reference, "%s", b->number);
	if (act_kind_decides(a->kind) && r->answered_at == 0)
		r->answered_at = now;
	if (b->hold_until != 0) {
		r->hold_effected_at = b->hold_effected_at;
		r->hold_until = b->hold_until;
	}
	if (a->kind == ACT_REPLY && !r->ours && next == STATE_RECEIVED) {
		const struct law_deadline *d = law_deadline("D61");

		if (d != NULL && law_deadline_at(d, now) != 0)
			due_set(r, law_deadline_at(d, now), "D61", true);
	} else if (act_kind_decides(a->kind) || b->hold_until != 0) {
		due_hold(r);
	}
}

static void
step_apply(struct taking *t, enum request_state next)
{
	int64_t now = t->row.at;
	struct docket_request *r = &t->request;
	enum act_kind kind = t->report.act.kind;

	(void)snprintf(r->state, sizeof r->state, "%s", request_state_name(next));
	if (act_kind_class(kind) == ACT_IS_ANSWER)
		answer_note(t, next, now);
	if (kind == ACT_DELIVERED) {
		if (r->answered_at == 0)
			r->answered_at = now;
		/* Its number is that of the evidence, not theirs of this request. */
		due_hold(r);
	}
	if (!request_state_open(next)) {
		due_none(r);
		if (r->closed_at == 0)
			r->closed_at = now;
	}
	t->has_step = true;
}

/* Something of theirs that counts more was made later, and is here already. */
static bool
overtaken_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct overtaken *o = arg;
	enum act_kind kind;

	(void)err;
	if (a->direction == ACT_IN && a->made_at > o->made_at &&
	    act_kind_parse(a->kind, &kind) && act_kind_overtakes(kind))
		o->yes = true;
	return true;
}

static bool
step_ask(struct taking *t, const struct threading *h, struct thread_step *step,
    struct err *err)
{
	struct thread_facts facts = {
		.by = t->request.ours ? SIDE_IS_ASKED : SIDE_ASKS,
		.act = t->report.act.kind,
		.now = t->row.at,
		.request_expires_at = t->request.expires_at,
		.incoming = true,
		.same_parties = strcmp(t->request.peer, t->report.act.from.s) == 0,
		.follows_request = h->request,
		.follows_known = h->inside,
	};
	struct overtaken over = { .made_at = t->report.act.made_at };

	if (!act_kind_parse(t->request.kind, &facts.request) ||
	    !request_state_parse(t->request.state, &facts.state))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "request %u has a kind or state that nobody knows",
		    t->request.number);
	if (t->request.number != 0 && !docket_request_acts(t->docket, t->request.number,
	    overtaken_look, &over, err))
		return false;
	facts.overtaken = over.yes;
	*step = thread_decide(&facts);
	return true;
}

void
take_late_to(const struct taking *t, char *out, size_t size)
{
	const struct docket_request *r = &t->request;
	int64_t since = r->closed_at != 0 ? r->closed_at : r->answered_at;
	enum request_state state;
	const char *how = "had its answer already";

	if (request_state_parse(r->state, &state) && !request_state_open(state))
		how = state == STATE_CLOSED ? "was closed here" : state == STATE_REFUSED ?
		    "ended with a refusal" : state == STATE_ACKNOWLEDGED ?
		    "ended when the evidence was acknowledged" : "was withdrawn";
	(void)snprintf(out, size, "request %s, which %s%s%s",
	    request_number_text(home_settings(t->flow->home)->state, r).s, how,
	    since != 0 ? " on " : "", since != 0 ? when_people(since).s : "");
}

static void
late_note(struct taking *t)
{
	char to[200];

	t->late = true;
	take_late_to(t, to, sizeof to);
	take_note(t, "It (%s) came late, to %s. It is kept there and changes nothing: read it with comity request show %u. What is still needed goes into a new request.",
	    act_kind_name(t->report.act.kind), to, t->request.number);
}

/* Late ones are kept and the state stays: a reply is due all the same. */
static bool
step_take(struct taking *t, const struct threading *h, bool *allowed,
    struct err *err)
{
	struct thread_step step;

	if (!step_ask(t, h, &step, err))
		return false;
	*allowed = step.verdict.allow;
	t->for_now = !*allowed && !t->last && h->inside;
	if (t->for_now)
		return take_waits(t, "%s", step.verdict.text);
	if (!*allowed)
		return take_not(t, step.verdict.reason, "%s", step.verdict.text);
	t->row.request = t->request.number;
	if (strcmp(step.verdict.reason, "thread.came-late") == 0)
		late_note(t);
	else
		step_apply(t, step.next);
	return true;
}

bool
take_step(struct taking *t, bool *allowed, struct err *err)
{
	struct threading h;
	struct docket_request thread = t->request;
	bool has = t->has_request;

	if (!thread_find(t, &h, err))
		return false;
	if (has)
		t->request = thread;
	return step_take(t, &h, allowed, err);
}

/* ---- requests ---- */

/* What it lacks is asked for, never a reason to lose it (Article 40(24)). */
static bool
request_note(struct taking *t, struct err *err)
{
	struct request_findings *found = mem_new(sizeof *found, err);
	const struct act *a = &t->report.act;
	struct request_facts facts = { .now = world_now(t->flow->world),
		.exercise = a->exercise, .incoming = true, .files = request_files(a),
		.hold_until = hold_named(t->docket, a) };

	if (found == NULL || !flow_law(t->flow, &facts.law, err)) {
		mem_free(found);
		return false;
	}
	(void)snprintf(facts.from_state, sizeof facts.from_state, "%.2s", a->from.s);
	(void)snprintf(facts.to_state, sizeof facts.to_state, "%.2s", a->to.s);
	request_check(a, &facts, found);
	if (found->stops > 0)
		take_note(t, "A request (%s) came in. It is not complete: %.200s%s",
		    act_kind_name(a->kind), found->list[0].text,
		    found->stops > 1 ? " And more: see comity request check." : "");
	else
		take_note(t, "A request (%s) came in.%s", act_kind_name(a->kind),
		    call_is_wanted(a) ?
		    " Before a yes somebody calls the number on the sender's card (S15): comity request called." : "");
	mem_free(found);
	return true;
}

static void
request_fill(struct taking *t, int64_t now)
{
	const struct act *a = &t->report.act;
	struct docket_request *r = &t->request;

	memset(r, 0, sizeof *r);
	(void)snprintf(r->kind, sizeof r->kind, "%s", act_kind_name(a->kind));
	(void)snprintf(r->peer, sizeof r->peer, "%s", a->from.s);
	(void)snprintf(r->by, sizeof r->by, "comity");
	(void)snprintf(r->instrument, sizeof r->instrument, "%s", a->instrument);
	(void)snprintf(r->article, sizeof r->article, "%s", a->article);
	(void)snprintf(r->reference, sizeof r->reference, "%s",
	    a->body.request.number);
	r->has_act = true;
	r->act = t->row.act;
	r->opened_at = now;
	r->sent_at = a->made_at;
	r->expires_at = a->expires_at;
	due_answer(r, a, now);
}

static bool
request_opens(struct taking *t, struct err *err)
{
	struct threading h = { true, true, 0 };
	struct thread_step step;

	memset(&t->request, 0, sizeof t->request);
	request_fill(t, t->row.at);
	(void)snprintf(t->request.state, sizeof t->request.state, "%s",
	    request_state_name(STATE_DRAFT));
	if (!step_ask(t, &h, &step, err))
		return false;
	if (!step.verdict.allow)
		return take_not(t, step.verdict.reason, "%s", step.verdict.text);
	(void)snprintf(t->request.state, sizeof t->request.state, "%s",
	    request_state_name(step.next));
	if (act_kind_is_notice(t->report.act.kind))
		due_none(&t->request);		/* a notice: nothing is owed */
	t->has_request = t->opens = true;
	t->out->as = TAKEN;
	return request_note(t, err);
}

bool
take_request(struct taking *t, struct err *err)
{
	struct threading h;
	bool allowed;

	/* Only this one tells something within another request (Article 43(1)). */
	if (t->report.act.kind != ACT_TRAFFIC_PATH || t->report.act.follows_n == 0)
		return request_opens(t, err);
	if (!thread_find(t, &h, err))
		return false;
	if (!t->has_request || h.unknown > 0)
		return take_waits(t, "It follows an act that has not come yet: it waits in the inbox until that is here.");
	t->out->as = TAKEN;
	take_note(t, "A further provider is named: the traffic path.");
	return step_take(t, &h, &allowed, err);
}

/* ---- answers ---- */

/* S14: another law forbids what was ordered. */
static bool
objects(const struct act *a)
{
	const struct field_part *outcome = a->kind != ACT_PROVIDER_ANSWER ? NULL :
	    fields_part(&a->body.answer.fields, "F85", 0, "codes");

	return outcome != NULL && law_list_has(outcome->text, "conflict_of_laws");
}

/* What is no yes and no no is not called an answer. */
static void
came_in_note(struct taking *t)
{
	enum act_kind kind = t->report.act.kind;

	if (kind == ACT_WITHDRAWN && !t->request.ours && t->request.hold_until != 0)
		take_note(t, "They took the request back. What is held for it stays held until its end, or until it is let go: comity hold release %u --reason \"...\"",
		    t->request.number);
	else if (kind == ACT_WITHDRAWN)
		take_note(t, "They took the request back.");
	else if (kind == ACT_QUESTION || kind == ACT_CONSULTATION)
		take_note(t, "A %s came in. It waits for a reply: comity request reply %u --text \"...\"",
		    act_kind_name(kind), t->request.number);
	else if (kind == ACT_REPLY)
		take_note(t, "Their reply to our question came in.");
	else
		take_note(t, "An answer (%s) came in.", act_kind_name(kind));
}

/* An answer that came in is never lost for a rule: a person is told. */
static bool
answer_look(struct taking *t, struct err *err)
{
	const struct act *a = &t->report.act;
	struct answer_facts facts = { .answer = a, .incoming = true,
		.now = world_now(t->flow->world) };
	struct docket_act row;
	struct act request;
	struct verdict v;
	struct err why = ERR_INIT;
	struct digest consultation;
	enum request_state state;
	bool found;

	came_in_note(t);
	if (act_kind_class(a->kind) != ACT_IS_ANSWER)
		return true;
	if (!flow_law(t->flow, &facts.law, err) ||
	    !docket_act_get(t->docket, &t->request.act, &row, &found, err) ||
	    !thread_last(t->docket, t->request.number, ACT_CONSULTATION, ACT_IN,
	    &consultation, &facts.consulted, err))
		return false;
	act_init(&request, ACT_PRESERVE);
	if (found && act_kept(t->flow, &row, &request, &why)) {
		facts.request = &request;
		(void)snprintf(facts.from_state, sizeof facts.from_state, "%.2s",
		    a->from.s);
		(void)snprintf(facts.to_state, sizeof facts.to_state, "%.2s",
		    a->to.s);
		facts.agreed = request_state_parse(t->request.state, &state) &&
		    request_state_agreed(state);
		v = answer_decide(&facts);
		if (objects(a))
			take_note(t, "The provider objects: a conflict of laws. The clock of the order stands still on both sides; the central authority decides what follows (S14).");
		else if (v.text != NULL && v.text[0] != '\0')
			take_note(t, "An answer (%s) came in. Look at it: %.300s",
			    act_kind_name(a->kind), v.text);
	}
	act_clear(&request);
	if (why.kind != ERR_MEMORY && why.kind != ERR_STOPPED)
		return true;
	*err = why;
	return false;
}

bool
take_answer(struct taking *t, struct err *err)
{
	struct threading h;
	bool allowed;

	if (t->report.act.follows_n == 0)
		return take_not(t, "thread.splice",
		    "It does not say which request it belongs to. Nothing was changed; ask the other side.");
	if (!thread_find(t, &h, err))
		return false;
	if (h.unknown > 0)
		return take_waits(t, "It follows an act that has not come yet: it waits in the inbox until that is here.");
	if (!t->has_request)
		return take_not(t, "thread.splice",
		    "It belongs to no request that is here. Nothing was changed; ask the other side which one it means.");
	t->out->as = TAKEN;
	return answer_look(t, err) && step_take(t, &h, &allowed, err);
}
