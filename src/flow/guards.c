/* What stands between a request of theirs and a yes, asked of the docket (guards.h). */
#include <stdio.h>
#include <string.h>

#include "flow/guards.h"
#include "flow/leaves.h"
#include "flow/people_inside.h"

/* ---- the facts ---- */

struct gathering_guards {
	struct flow *f;
	struct docket *d;
	const struct docket_request *row;
	const struct act *request;
	bool words;			/* the text about earlier refusals is wanted */
	struct guard_facts facts;
	char text[300];
};

void
guard_stance_reason(const char *rule, const char *state, const char *about, char out[64])
{
	(void)snprintf(out, 64, "%.11s.%c%c.%.39s", rule, ascii_lower(state[0]),
	    ascii_lower(state[1]), about);
}

static bool
stance_risk(struct flow *f, const char *state, const char *about, enum risk_level *out,
    struct err *err)
{
	struct leaf_value set;

	*out = RISK_NORMAL;
	if (!leaves_stance(f, RISK_RULE, state, about, &set, err))
		return false;
	if (set.s[0] == '\0' || risk_level_parse(set.s, out))
		return true;
	/* a newer program's word is not for us to be easier than */
	*out = RISK_BLOCKED;
	return true;
}

static bool
risk_of(struct flow *f, const char *state, const char *kind, enum risk_level *out,
    struct err *err)
{
	enum risk_level all, one;

	if (!stance_risk(f, state, RISK_ALL, &all, err) ||
	    !stance_risk(f, state, kind, &one, err))
		return false;
	*out = risk_level_of(all, one);
	return true;
}

/* Signed by another authority: what the docket says of whose it is does not count. */
static bool
signed_by_them(struct flow *f, const struct act *request)
{
	return request->from.s[0] != '\0' && strcmp(request->from.s,
	    home_settings(f->home)->authority.s) != 0;
}

/* request: as its sender signed it; what came on paper is signed by us. */
static bool
state_of(struct flow *f, struct docket *d, const struct docket_request *r,
    const struct act *request, char out[3], struct err *err)
{
	out[0] = '\0';
	if (signed_by_them(f, request))
		(void)snprintf(out, 3, "%.2s", request->from.s);
	else if (r->peer[0] != '\0')
		(void)snprintf(out, 3, "%.2s", r->peer);
	else if (r->correspondent != 0)
		return docket_correspondent_state(d, r->correspondent, out, err);
	return true;
}

struct instrument_name { char s[40]; };

/* In records and rows: small letters. */
static struct instrument_name
instrument_small(const char *name)
{
	struct instrument_name n = { "" };

	for (size_t i = 0; name[i] != '\0' && i + 1 < sizeof n.s; i++)
		n.s[i] = ascii_lower(name[i]);
	return n;
}

static bool
realtime_look(struct gathering_guards *g, const char *state, struct err *err)
{
	const char *instrument = g->request->instrument[0] != '\0' ?
	    g->request->instrument : g->row->instrument;
	struct leaf_value set;

	if (!leaves_stance(g->f, REALTIME_RULE, state, instrument_small(instrument).s, &set,
	    err))
		return false;
	g->facts.realtime_on = strcmp(set.s, "on") == 0;
	return true;
}

static bool
emergencies_count(struct docket *d, const struct docket_request *row, uint64_t *out,
    struct err *err)
{
	*out = 0;
	return strcmp(row->kind, act_kind_name(ACT_EMERGENCY_DATA)) != 0 ||
	    row->peer[0] == '\0' || docket_requests_since(d, row->kind, row->peer,
	    row->opened_at - EMERGENCY_WINDOW, out, err);
}

bool
guard_yes_act(struct flow *f, enum act_kind yes, const struct docket_request *row,
    enum people_act *out, struct err *err)
{
	enum act_kind kind = ACT_KINDS;
	struct docket *d = NULL;
	uint64_t many = 0;
	bool ok;

	if (!act_kind_parse(row->kind, &kind))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "request %u has a kind that nobody knows", row->number);
	*out = people_act_of(yes, kind);
	if (row->ours || *out != PEOPLE_GRANT)
		return true;
	ok = desk_open(f, false, &d, err) && emergencies_count(d, row, &many, err);
	docket_close(d);
	if (ok && emergencies_are_many(kind, many))
		*out = PEOPLE_GRANT_EMERGENCY;
	return ok;
}

/* ---- refused before ---- */

static void
earlier_words(struct gathering_guards *g, const struct docket_request *r)
{
	struct err ignored = ERR_INIT;
	struct digest answer;
	size_t at = strlen(g->text);
	bool found = false;
	struct act a;

	(void)snprintf(g->text + at, sizeof g->text - at, "%s%s of %.2s",
	    at == 0 ? "" : ", ", request_number_text(home_settings(g->f->home)->state, r).s,
	    r->peer);
	act_init(&a, ACT_REFUSED);
	if (thread_last(g->d, r->number, ACT_REFUSED, ACT_OUT, &answer, &found, &ignored) &&
	    found && act_open(g->f, &answer, &a, &ignored) && a.body.answer.grounds_n > 0) {
		at = strlen(g->text);
		(void)snprintf(g->text + at, sizeof g->text - at, " (%s)",
		    a.body.answer.grounds[0]);
	}
	act_clear(&a);
}

static bool
earlier_add(struct gathering_guards *g, unsigned number, struct err *err)
{
	struct docket_request r;
	bool seen;

	if (!docket_request_get(g->d, number, &r, err))
		return false;
	if (r.ours || strcmp(r.state, request_state_name(STATE_REFUSED)) != 0)
		return true;
	if (!guard_leaf_seen(g->f, g->row, &r, &seen, err))
		return false;
	g->facts.earlier++;
	g->facts.unseen += !seen;
	if (g->words)
		earlier_words(g, &r);
	return true;
}

/* About the same person or account; or the thread that this one says it follows. */
static bool
related_find(struct docket *d, const struct docket_request *row,
    const struct act *request, unsigned *out, struct err *err)
{
	const struct fields *fs = &request->body.request.fields;
	const struct field_part *p = fields_find(fs, "related_request") == NULL ? NULL :
	    fields_part(fs, "related_request", 0, "act");
	struct docket_request r;
	struct digest act;
	bool found;

	*out = 0;
	if (p == NULL || !digest_parse(span_text(p->text), &act))
		return true;
	if (!docket_request_by_act(d, &act, &r, &found, err))
		return false;
	if (found && r.number != row->number)
		*out = r.number;
	return true;
}

#define EARLIER_MAX (SUBJECT_OTHERS_MAX + 1)	/* and the one it names */

/* Requests that came before about the same subject, and the one it names as related. */
static bool
earlier_list(struct docket *d, const struct docket_request *row, const struct act *request,
    unsigned list[EARLIER_MAX], size_t *n, struct err *err)
{
	unsigned related;
	bool among = false;

	if (!docket_subject_others(d, row->number, list, n, err) ||
	    !related_find(d, row, request, &related, err))
		return false;
	for (size_t i = 0; i < *n; i++)
		among = among || list[i] == related;
	if (related != 0 && !among)
		list[(*n)++] = related;
	return true;
}

static bool
earlier_look(struct gathering_guards *g, struct err *err)
{
	unsigned list[EARLIER_MAX];
	size_t n;

	if (!earlier_list(g->d, g->row, g->request, list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!earlier_add(g, list[i], err))
			return false;
	return true;
}

/* ---- all of them ---- */

static bool
dual_is_said(const struct act *request)
{
	const struct fields *fs = &request->body.request.fields;

	return fields_find(fs, "human_rights") != NULL &&
	    fields_part(fs, "human_rights", 0, "domestic_offence") != NULL;
}

static bool
guards_gather(struct gathering_guards *g, struct err *err)
{
	struct guard_facts *f = &g->facts;
	char state[3];

	*f = (struct guard_facts){ .kind = g->request->kind,
		.ours = g->row->ours && !signed_by_them(g->f, g->request),
		.call_wanted = call_is_wanted(g->request),
		.dual_said = dual_is_said(g->request) };
	g->text[0] = '\0';
	if (!state_of(g->f, g->d, g->row, g->request, state, err) || !realtime_look(g, state, err))
		return false;
	if (f->ours)
		return true;
	if (!risk_of(g->f, state, act_kind_name(f->kind), &f->risk, err) ||
	    !guard_leaf_call(g->f, g->row, &f->call, err) ||
	    !emergencies_count(g->d, g->row, &f->emergencies, err) || !earlier_look(g, err))
		return false;
	f->earlier_text = g->text;
	return true;
}

bool
guard_ask(struct flow *f, enum guard_step step, const struct docket_request *row,
    const struct act *request, enum people_act people, bool assurance_asked,
    struct err *err)
{
	struct gathering_guards g = { .f = f, .row = row, .request = request };
	const struct people *p;
	bool ok;

	if (!flow_person(f, err) || !desk_open(f, false, &g.d, err))
		return false;
	ok = guards_gather(&g, err);
	docket_close(g.d);
	p = flow_people(f);
	g.facts.assurance_asked = assurance_asked;
	/* A home that has named nobody is an office of one (second.c). */
	g.facts.signed_by_two = people_rule(people, p == NULL ? OFFICE_ONE :
	    people_office(p))->needed > 0;
	return ok && verdict_ask(guard_decide(step, &g.facts), err);
}

bool
guard_look(struct flow *f, const struct docket_request *row, const struct act *request,
    struct request_findings *out, struct err *err)
{
	struct gathering_guards g = { .f = f, .row = row, .request = request,
		.words = true };
	bool ok;

	if (!desk_open(f, false, &g.d, err))
		return false;
	ok = guards_gather(&g, err);
	docket_close(g.d);
	if (ok)
		guard_check(&g.facts, out);
	return ok;
}

bool
guard_heightened(struct flow *f, const struct docket_request *row,
    const struct act *request, bool *yes, struct err *err)
{
	enum risk_level level = RISK_NORMAL;
	struct docket *d = NULL;
	char state[3];
	bool ok;

	if (!desk_open(f, false, &d, err))
		return false;
	ok = state_of(f, d, row, request, state, err) &&
	    risk_of(f, state, act_kind_name(request->kind), &level, err);
	docket_close(d);
	*yes = (!row->ours || signed_by_them(f, request)) && level != RISK_NORMAL;
	return ok;
}

bool
guard_unasked(struct flow *f, const char *state, bool bound, struct err *err)
{
	enum risk_level level;

	return risk_of(f, state, act_kind_name(ACT_SPONTANEOUS), &level, err) &&
	    ((bound && level != RISK_BLOCKED) ||
	    verdict_ask(guard_unasked_decide(level), err));
}

/* ---- what a request leaves behind ---- */

struct subject_putting {
	struct docket *d;
	unsigned request;
};

static bool
subject_put(void *arg, struct span subject, struct err *err)
{
	struct subject_putting *p = arg;
	struct digest d;

	return docket_subject_digest(p->d, subject, &d, err) &&
	    docket_subject_put(p->d, p->request, &d, err);
}

static bool
notices_open(struct docket *d, const struct docket_request *r, const struct act *a,
    int64_t at, struct err *err)
{
	const struct fields *fs = &a->body.request.fields;
	const struct field_part *wanted = fields_find(fs, "secrecy") == NULL ? NULL :
	    fields_part(fs, "secrecy", 0, "wanted");
	const struct field_part *until;
	unsigned persons = notice_persons(fs);

	if (wanted == NULL || wanted->n == 0)
		return true;
	until = fields_part(fs, "secrecy", 0, "until");
	for (unsigned i = 1; i <= persons; i++) {
		struct docket_notice n = { .request = r->number, .person = i, .since = at };

		n.until = notice_end(until == NULL ? 0 : until->n, a->made_at, at);
		if (!docket_notice_new(d, &n, err))
			return false;
	}
	return true;
}

bool
guard_follow(struct docket *d, const struct docket_request *r, const struct act *a,
    int64_t at, bool incoming, struct err *err)
{
	struct subject_putting p = { d, r->number };
	bool theirs = incoming && !r->ours;

	if (a->kind == ACT_REPLY)
		return !theirs || subjects_each(&a->body.answer.fields, subject_put, &p, err);
	return (!theirs || subjects_each(&a->body.request.fields, subject_put, &p, err)) &&
	    notices_open(d, r, a, at, err);
}

/* ---- the call ---- */

/*
 * A key that was stolen can sign a next card with another number, and one after that with
 * the same number again, and they follow by themselves: the words of a card with another
 * number than the one that was compared last have to be compared first.
 */
static bool
number_is_old(struct flow *f, const struct peer *p, struct err *err)
{
	bool trusted, found = false, same, ok;
	struct digest compared;
	struct act before;

	if (!leaves_card_of_words(f, &p->id, &compared, &found, err))
		return false;
	if (found && digest_eq(&compared, &p->card_id))
		return true;
	act_init(&before, ACT_CARD);
	ok = !found || card_find(f->home, &p->id, &compared, &before, &found, &trusted, err);
	same = ok && found && before.body.card.phone != NULL &&
	    call_number_same(before.body.card.phone, p->card.body.card.phone);
	act_clear(&before);
	return ok && (same || err_set(err, ERR_REFUSED, "call.number-changed",
	    "the card of this authority changed its telephone number since somebody compared its words; find the authority's number by another way, compare the words of the new card, then call: comity peer pair CARD --words \"...\""));
}

static bool
card_number(struct flow *f, const struct docket_request *r, const char *dialled,
    struct call_view *out, struct err *err)
{
	struct peer p;
	bool ok;

	peer_init(&p);
	ok = r->peer[0] != '\0' && peer_load(f->home, r->peer, &p, err);
	if (r->peer[0] == '\0')
		ok = err_set(err, ERR_REFUSED, "call.card",
		    "who sent this has no card here: call a number you know by another way, and ask for a request by Comity");
	else if (ok && (!p.confirmed || p.revoked || p.card.body.card.phone == NULL))
		ok = err_set(err, ERR_REFUSED, "call.card",
		    "there is no confirmed card of this authority with a telephone number; ask for one: comity peer pair CARD");
	else if (ok && !call_number_same(p.card.body.card.phone, dialled))
		ok = err_set(err, ERR_REFUSED, "call.other-number",
		    "that is not the number on the confirmed card of this authority, which is %s. A number that stands in the request is the sender's, whoever that is: dial the card's",
		    p.card.body.card.phone);
	ok = ok && number_is_old(f, &p, err);
	if (ok)
		(void)snprintf(out->phone, sizeof out->phone, "%s", p.card.body.card.phone);
	peer_clear(&p);
	return ok;
}

static bool
call_wish_check(const struct call_wish *w, enum call_result *result, struct err *err)
{
	size_t n = w->answered_by == NULL ? 0 : strlen(w->answered_by);

	if (w->result == NULL || !call_result_parse(w->result, result))
		return err_set(err, ERR_USE, "call.result",
		    "say what they said: --result yes (they sent it), no (they did not), or nobody (no answer)");
	if (w->dialled == NULL)
		return err_set(err, ERR_USE, "call.dialled",
		    "say which number was dialled: --dialled PHONE, the one on the confirmed card");
	if (n > CALL_TEXT_MAX || (n == 0 && *result != CALL_NOBODY))
		return err_set(err, ERR_USE, "call.who",
		    "say who answered, in 1 to %d bytes: --answered-by NAME", CALL_TEXT_MAX);
	return true;
}

static void
thread_record(struct flow *f, const struct docket_request *row, struct record *r,
    const char *rule, const char *outcome)
{
	record_begin(f, r, EVENT_DECIDED);
	r->has_act = row->has_act;
	r->act = row->act;
	(void)snprintf(r->peer.s, sizeof r->peer.s, "%.19s", row->peer);
	record_decided(r, rule, outcome);
}

static bool
call_keep(struct flow *f, const struct call_wish *w, enum call_result result,
    struct call_view *v, struct err *err)
{
	struct docket_call c = { .request = v->row.number };
	struct docket *d = NULL;
	struct record r;
	bool ok;

	(void)snprintf(c.result, sizeof c.result, "%s", call_result_name(result));
	c.dialled = mem_text_of(w->dialled, err);
	c.answered_by = w->answered_by == NULL ? NULL : mem_text_of(w->answered_by, err);
	thread_record(f, &v->row, &r, CALL_RULE, c.result);
	c.at = r.at;		/* by which a docket made anew finds the names again */
	ok = c.dialled != NULL && (w->answered_by == NULL || c.answered_by != NULL) &&
	    desk_open(f, true, &d, err) && docket_begin(d, err) &&
	    record_event(f, d, &r, v->row.number, NULL, err) &&
	    docket_call_new(d, &c, err) && docket_commit(d, err) &&
	    guard_leaf_call(f, &v->row, &v->stands, err);
	docket_close(d);
	docket_call_clear(&c);
	return ok;
}

bool
flow_request_called(struct flow *f, unsigned number, const struct call_wish *wish,
    struct call_view *out, struct err *err)
{
	enum call_result result;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_RECEIVE, err) &&
	    call_wish_check(wish, &result, err) &&
	    records_caught_up(f, err) && request_load(f, number, &out->row, err) &&
	    ((!out->row.ours && out->row.has_act) || err_set(err, ERR_USE, "call.ours",
	    "request %u did not come in: there is nobody to call back", number)) &&
	    card_number(f, &out->row, wish->dialled, out, err) &&
	    call_keep(f, wish, result, out, err);
	if (!ok)
		decided_refused(f, number, err);
	return ok;
}

/* ---- seen ---- */

static bool
is_earlier(struct docket *d, const struct docket_request *row, const struct act *request,
    const struct docket_request *earlier, bool *yes, struct err *err)
{
	unsigned list[EARLIER_MAX];
	size_t n;

	*yes = false;
	if (!earlier_list(d, row, request, list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		*yes = *yes || list[i] == earlier->number;
	*yes = *yes && !earlier->ours &&
	    strcmp(earlier->state, request_state_name(STATE_REFUSED)) == 0;
	return true;
}

static bool
seen_keep(struct flow *f, const struct docket_request *row,
    const struct docket_request *earlier, struct err *err)
{
	struct record r;

	thread_record(f, row, &r, SEEN_RULE, "seen");
	(void)snprintf(r.reason, sizeof r.reason, "seen.%.*s", SEEN_HEX,
	    digest_hex(&earlier->act).s);
	return record_alone(f, &r, row->number, err);
}

bool
flow_request_seen(struct flow *f, unsigned number, unsigned earlier, struct err *err)
{
	struct docket_request row, was;
	struct docket *d = NULL;
	struct act request;
	bool yes = false, ok;

	act_init(&request, ACT_PRESERVE);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_GRANT, err) &&
	    request_load(f, number, &row, err) && request_load(f, earlier, &was, err) &&
	    (row.has_act || err_set(err, ERR_USE, "seen.other",
	    "request %u is a draft", number)) && act_open(f, &row.act, &request, err) &&
	    desk_open(f, false, &d, err) && is_earlier(d, &row, &request, &was, &yes, err);
	docket_close(d);
	act_clear(&request);
	if (ok && !yes)
		return err_set(err, ERR_USE, "seen.other",
		    "request %u is not one that was refused here about the same as request %u",
		    earlier, number);
	return ok && seen_keep(f, &row, &was, err);
}

/* ---- what this node sets about a State ---- */

static bool
stance_keep(struct flow *f, struct docket_stance *s, struct err *err)
{
	struct docket *d = NULL;
	struct record r;
	bool ok;

	record_begin(f, &r, EVENT_DECIDED);
	record_decided(&r, s->what, s->value);
	s->since = r.at;
	guard_stance_reason(s->what, s->state, s->about, r.reason);
	ok = desk_open(f, true, &d, err) && docket_begin(d, err) &&
	    record_event(f, d, &r, 0, NULL, err) && docket_stance_put(d, s, err) &&
	    docket_commit(d, err);
	docket_close(d);
	return ok;
}

/* Takes what the stance holds, kept or not. */
static bool
stance_set(struct flow *f, struct docket_stance *s, struct err *err)
{
	bool ok = home_lock(f->home, err) && flow_may(f, PEOPLE_GRANT, err) &&
	    stance_keep(f, s, err);

	docket_stance_clear(s);
	return ok;
}

static bool
stance_begin(struct flow *f, const char *state, const char *reason,
    struct docket_stance *s, struct err *err)
{
	const char *ours = home_settings(f->home)->state;

	memset(s, 0, sizeof *s);
	if (strlen(state) != 2 || law_state(state) == NULL || strcmp(state, ours) == 0)
		return err_set(err, ERR_USE, "policy.state",
		    "\"%.10s\" is no State that we know, or it is your own; name it by its code, as in XB",
		    state);
	if (reason == NULL || reason[0] == '\0' || strlen(reason) > POLICY_REASON_MAX)
		return err_set(err, ERR_USE, "policy.reason",
		    "reasons are needed, 1 to %d bytes: --reason \"...\"; they are kept sealed, beside who set it",
		    POLICY_REASON_MAX);
	(void)snprintf(s->state, sizeof s->state, "%s", state);
	return (s->reason = mem_text_of(reason, err)) != NULL;
}

bool
flow_policy_risk(struct flow *f, const char *state, const char *measure,
    const char *level, const char *reason, struct err *err)
{
	struct docket_stance s;
	enum risk_level l;
	enum act_kind kind;

	if (level == NULL || !risk_level_parse(level, &l))
		return err_set(err, ERR_USE, "policy.level",
		    "say how careful: --level normal, heightened or blocked");
	if (measure != NULL && (!act_kind_parse(measure, &kind) ||
	    act_kind_class(kind) != ACT_IS_REQUEST))
		return err_set(err, ERR_USE, "policy.measure",
		    "\"%.40s\" is no kind of request; without --measure it is for all", measure);
	if (!stance_begin(f, state, reason, &s, err))
		return false;
	(void)snprintf(s.what, sizeof s.what, RISK_RULE);
	(void)snprintf(s.about, sizeof s.about, "%s", measure == NULL ? RISK_ALL : measure);
	(void)snprintf(s.value, sizeof s.value, "%s", risk_level_name(l));
	return stance_set(f, &s, err);
}

bool
flow_policy_realtime(struct flow *f, const char *state, const char *instrument, bool on,
    const char *reason, struct err *err)
{
	const char *kind = act_kind_name(ACT_REALTIME_TRAFFIC);
	const struct law_basis *b = instrument == NULL ? NULL : law_basis(kind, instrument);
	struct docket_stance s;

	if (b == NULL)
		return err_set(err, ERR_USE, "policy.instrument",
		    "say under which instrument, one that has collection in real time: --instrument Budapest, or UNCAC-CYBER");
	if (!stance_begin(f, state, reason, &s, err))
		return false;
	(void)snprintf(s.what, sizeof s.what, REALTIME_RULE);
	(void)snprintf(s.about, sizeof s.about, "%s", instrument_small(b->instrument).s);
	(void)snprintf(s.value, sizeof s.value, "%s", on ? "on" : "off");
	return stance_set(f, &s, err);
}

struct policies_telling {
	struct flow *f;
	bool (*each)(void *arg, const struct docket_stance *s, struct err *err);
	void *arg;
};

/* What counts is told, whatever the row says. */
static bool
policy_tell(void *arg, const struct docket_stance *s, struct err *err)
{
	struct policies_telling *t = arg;
	struct docket_stance told = *s;	/* the reason is borrowed */
	struct leaf_value set;

	if (!leaves_stance(t->f, s->what, s->state, s->about, &set, err))
		return false;
	(void)snprintf(told.value, sizeof told.value, "%.15s", set.s[0] != '\0' ? set.s :
	    strcmp(s->what, RISK_RULE) == 0 ? risk_level_name(RISK_NORMAL) : "off");
	return t->each(t->arg, &told, err);
}

bool
flow_policies(struct flow *f, bool reasons,
    bool (*each)(void *arg, const struct docket_stance *s, struct err *err), void *arg,
    struct err *err)
{
	struct policies_telling t = { f, each, arg };
	struct docket *d = NULL;
	bool ok;

	if (reasons && !flow_may(f, PEOPLE_VIEW, err))
		return false;
	ok = desk_open(f, reasons, &d, err) &&
	    docket_stances(d, reasons, policy_tell, &t, err);
	docket_close(d);
	return ok;
}

/* ---- the docket made anew ---- */

bool
guard_record(const struct record *r)
{
	static const char *const rules[] = { CALL_RULE, SEEN_RULE, RISK_RULE, REALTIME_RULE };

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (r->event == EVENT_DECIDED && strcmp(r->rule, rules[i]) == 0)
			return true;
	return false;
}

static bool
stance_same(void *arg, const struct docket_stance *s, struct err *err)
{
	struct docket_stance *want = arg;

	if (want->reason != NULL || s->reason == NULL || s->since != want->since ||
	    strcmp(s->state, want->state) != 0 || strcmp(s->what, want->what) != 0 ||
	    strcmp(s->about, want->about) != 0 || strcmp(s->value, want->value) != 0)
		return true;
	return (want->reason = mem_text_of(s->reason, err)) != NULL;
}

/* What cannot be read of the docket before is lost, and the rest goes on. */
static bool
old_may_fail(bool ok, struct err *why, struct err *err)
{
	if (ok || why->kind == ERR_UNPROVEN || why->kind == ERR_ABSENT)
		return true;
	*err = *why;
	return false;
}

/* "risk.xb.stored_data" */
static bool
stance_again(struct docket *d, struct docket *old, const struct record *r, struct err *err)
{
	size_t n = strlen(r->rule);
	const char *state = r->reason + n + 1;
	struct docket_stance s = { .since = r->at };
	struct err why = ERR_INIT;
	bool ok;

	if (strncmp(r->reason, r->rule, n) != 0 || strlen(r->reason) < n + 5 ||
	    r->reason[n] != '.' || state[2] != '.')
		return true;
	s.state[0] = (char)(state[0] - 'a' + 'A');
	s.state[1] = (char)(state[1] - 'a' + 'A');
	(void)snprintf(s.what, sizeof s.what, "%.11s", r->rule);
	(void)snprintf(s.about, sizeof s.about, "%.39s", state + 3);
	(void)snprintf(s.value, sizeof s.value, "%.15s", r->outcome);
	ok = old == NULL || old_may_fail(docket_stances(old, true, stance_same, &s, &why),
	    &why, err);
	ok = ok && docket_stance_put(d, &s, err);
	docket_stance_clear(&s);
	return ok;
}

static bool
call_same(void *arg, const struct docket_call *c, struct err *err)
{
	struct docket_call *want = arg;

	if (want->dialled != NULL || c->dialled == NULL || c->at != want->at ||
	    strcmp(c->result, want->result) != 0)
		return true;
	want->dialled = mem_text_of(c->dialled, err);
	if (c->answered_by != NULL)
		want->answered_by = mem_text_of(c->answered_by, err);
	return want->dialled != NULL && (c->answered_by == NULL ||
	    want->answered_by != NULL);
}

static bool
call_again(struct docket *d, struct docket *old, const struct record *r,
    unsigned request, struct err *err)
{
	struct docket_call c = { .at = r->at, .request = request };
	struct err why = ERR_INIT;
	struct docket_request was;
	bool found = false, ok;

	(void)snprintf(c.result, sizeof c.result, "%.7s", r->outcome);
	ok = old == NULL || old_may_fail(
	    docket_request_by_act(old, &r->act, &was, &found, &why) && (!found ||
	    docket_calls(old, was.number, true, call_same, &c, &why)), &why, err);
	ok = ok && docket_call_new(d, &c, err);
	docket_call_clear(&c);
	return ok;
}

bool
guard_again(struct docket *d, struct docket *old, const struct record *r,
    struct err *err)
{
	struct docket_request row;
	bool found;

	/* What was seen is asked of its leaf alone (guard_leaf_seen). */
	if (!guard_record(r) || strcmp(r->outcome, "refused") == 0 ||
	    strcmp(r->rule, SEEN_RULE) == 0)
		return true;
	if (!r->has_act)
		return stance_again(d, old, r, err);
	if (!docket_request_by_act(d, &r->act, &row, &found, err))
		return false;
	return !found || call_again(d, old, r, row.number, err);
}
