/* request: drafts, lists, one request. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "text/needs.h"
#include "text/verdict.h"
#include "text/words.h"

/* ---- words ---- */

/* "in 5 hours", "2 days late": to the nearest. */
static void
distance_people(int64_t at, int64_t now, char *out, size_t size)
{
	int64_t d = at > now ? at - now : now - at;
	const char *unit = d < 7200 ? "minute" : d < 172800 ? "hour" : "day";
	int64_t one = d < 7200 ? 60 : d < 172800 ? 3600 : 86400;
	long long n = (d + one / 2) / one;

	(void)snprintf(out, size, at > now ? "in %lld %s%s" : "%lld %s%s late", n, unit,
	    n == 1 ? "" : "s");
}

struct due_text
due_people(int64_t at, int64_t now)
{
	struct due_text t;
	char far[48];

	distance_people(at, now, far, sizeof far);
	(void)snprintf(t.s, sizeof t.s, "%s (%s)", far, when_people(at).s);
	return t;
}

/* The same for a line of a list: "in 5 hours (22 Nov 16:55 UTC)", "(21 Jan 2027)". */
static struct due_text
due_short(int64_t at, int64_t now)
{
	int64_t d = at > now ? at - now : now - at;
	char far[48], day[8], month[16], year[16], clock[16];
	struct due_text t;

	distance_people(at, now, far, sizeof far);
	if (sscanf(when_people(at).s, "%7s %15s %15s %15s", day, month, year, clock) != 4)
		return due_people(at, now);
	if (d < 172800)
		(void)snprintf(t.s, sizeof t.s, "%s (%s %s %.5s UTC)", far, day, month,
		    clock);
	else
		(void)snprintf(t.s, sizeof t.s, "%s (%s %s %s)", far, day, month, year);
	return t;
}

const char *
rule_people(const struct docket_request *r)
{
	if (strcmp(r->due_rule, "hold") == 0)
		return "the hold ends";
	if (strcmp(r->due_rule, "oral") == 0)
		return r->due_ours ? "we owe it in writing" : "they owe it in writing";
	return r->due_ours ? "we owe an answer" : "they owe an answer";
}

struct state_code { char s[3]; };

/* The State of the other side, who may be one on paper; "--": it cannot be told. */
static struct state_code
other_state(struct cli *c, const struct docket_request *r)
{
	struct state_code t = { "--" };
	struct err ignored = ERR_INIT;
	struct docket *d = NULL;

	if (r->peer[0] != '\0') {
		(void)snprintf(t.s, sizeof t.s, "%.2s", r->peer);
	} else if (r->correspondent != 0 && home_docket(c->flow.home, &d, &ignored)) {
		if (!docket_correspondent_state(d, r->correspondent, t.s, &ignored))
			memcpy(t.s, "--", sizeof t.s);
		home_docket_done(c->flow.home);
	}
	return t;
}

/* At most 100 columns, whatever the state. */
void
request_line(struct cli *c, const struct docket_request *r, int64_t now)
{
	const struct settings *s = home_settings(c->flow.home);
	struct number_text number = request_number_text(s->state, r);

	say(c, "%-14s %-4s %-12s %s %s", number.s, r->ours ? "ours" : "in",
	    r->kind, other_state(c, r).s, r->state);
	if (r->due_at != 0)
		say(c, "%*s%s %s", (int)(strlen(r->state) < 12 ? 13 - strlen(r->state) : 1),
		    "", rule_people(r), due_short(r->due_at, now).s);
	say(c, "\n");
}

void
instant_json(struct json_out *j, const char *name, int64_t at)
{
	if (at == 0)
		json_out_null(j, name);
	else
		json_out_str(j, name, when_rfc3339(at).s);
}

void
request_json(struct cli *c, struct json_out *j, const struct docket_request *r)
{
	const struct settings *s = home_settings(c->flow.home);

	json_out_str(j, "number", request_number_text(s->state, r).s);
	json_out_int(j, "id", r->number);
	json_out_str(j, "kind", r->kind);
	json_out_bool(j, "ours", r->ours);
	json_out_str(j, "state", r->state);
	json_out_str(j, "peer", r->peer[0] != '\0' ? r->peer : NULL);
	json_out_str(j, "peer_state", other_state(c, r).s);
	json_out_str(j, "by", r->by);
	if (r->has_act)
		json_out_digest(j, "act", &r->act);
	else
		json_out_null(j, "act");
	json_out_str(j, "instrument", r->instrument);
	json_out_str(j, "article", r->article);
	json_out_str(j, "reference", r->reference);
	json_out_int(j, "case", r->case_number);
	instant_json(j, "opened_at", r->opened_at);
	instant_json(j, "sent_at", r->sent_at);
	instant_json(j, "receipted_at", r->receipted_at);
	instant_json(j, "answered_at", r->answered_at);
	instant_json(j, "closed_at", r->closed_at);
	instant_json(j, "expires_at", r->expires_at);
	instant_json(j, "due_at", r->due_at);
	json_out_str(j, "due_rule", r->due_rule);
	json_out_bool(j, "due_ours", r->due_ours);
	instant_json(j, "hold_effected_at", r->hold_effected_at);
	instant_json(j, "hold_until", r->hold_until);
}

static void
stops_say(struct cli *c, const struct docket_request *r, size_t stops)
{
	char n[24];

	if (c->lang != NULL) {
		(void)snprintf(n, sizeof n, "%zu", stops);
		(void)!phrase_put(c->lang, r->ours ? "need.stops" : "need.lacks", n, &c->out,
		    &c->err);
		say(c, "\n");
		return;
	}
	say(c, "%s", stops == 1 ? "1 thing is missing or stands in the way" :
	    count_people(stops, "", "things are missing or stand in the way").s);
	if (r->ours)
		say(c, " before it can be sent:\n");
	else
		say(c, "; the other side is asked with: comity request ask %u\n", r->number);
}

static void
finding_out(struct cli *c, const struct request_finding *f, bool ours)
{
	say(c, "  %s ", f->weight == FINDING_STOPS ? "-" : c->lang == NULL ? "look:" :
	    words_say(c->lang, "need.look"));
	if (c->lang == NULL)
		say_text(c, f->text);
	else
		(void)!need_words(f, c->lang, ours, &c->out, &c->err);
	/* How sure our text of the article is that asks for it. */
	if (f->field != NULL)
		say(c, "  [%s]", c->lang == NULL ? law_certainty_name(f->field->certainty) :
		    words_certainty(c->lang, f->field->certainty));
	say(c, "\n");
}

void
findings_say(struct cli *c, const struct docket_request *r,
    const struct request_findings *f)
{
	if (f->stops > 0)
		stops_say(c, r, f->stops);
	for (size_t i = 0; i < f->n; i++)
		finding_out(c, &f->list[i], r->ours);
	if (f->more > 0)
		say(c, c->lang == NULL ? "  and %zu more\n" : "  + %zu\n", f->more);
}

void
findings_json(struct json_out *j, const struct request_findings *f)
{
	json_out_int(j, "missing", (int64_t)f->stops);
	json_out_array(j, "findings");
	for (size_t i = 0; i < f->n; i++) {
		const struct request_finding *e = &f->list[i];

		json_out_object(j, NULL);
		json_out_str(j, "weight", e->weight == FINDING_STOPS ? "stops" :
		    "warns");
		json_out_str(j, "reason", e->reason);
		json_out_str(j, "field", e->field != NULL ? e->field->name : NULL);
		json_out_str(j, "source", e->field != NULL ? e->field->source : NULL);
		json_out_str(j, "certainty", e->field != NULL ?
		    law_certainty_name(e->field->certainty) : NULL);
		json_out_bool(j, "treaty", e->treaty);
		json_shown(j, "text", e->text);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

/* A whole number, "XB-2026-000031", that is not one of ours: theirs, perhaps. */
struct numbering {
	const char *typed;
	unsigned number;		/* of the thread they call so; 0 none */
	size_t n;
};

static bool
reference_look(void *arg, const struct docket_request *r, struct err *err)
{
	struct numbering *w = arg;

	(void)err;
	if (strcmp(r->reference, w->typed) == 0) {
		w->number = r->number;
		w->n++;
	}
	return true;
}

static bool
number_whole(struct cli *c, const char *typed, unsigned *number)
{
	const struct settings *s = home_settings(c->flow.home);
	struct numbering w = { .typed = typed };
	struct docket_filter all = { 0 };
	struct docket_request r;
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(c->flow.home, &d, &c->err))
		return false;
	ok = docket_request_get(d, *number, &r, &c->err);
	if (ok && strcmp(request_number_text(s->state, &r).s, typed) == 0) {
		home_docket_done(c->flow.home);
		return true;
	}
	err_clear(&c->err);
	ok = docket_requests(d, &all, reference_look, &w, &c->err);
	home_docket_done(c->flow.home);
	if (!ok)
		return false;
	*number = w.number;
	if (w.n == 1)
		return true;
	return w.n == 0 ? err_set(&c->err, ERR_ABSENT, "request.absent",
	    "no request here has the number %.40s, ours or theirs; see what there is with: comity request list --all",
	    typed) : err_set(&c->err, ERR_USE, "request.number",
	    "%zu authorities call a request %.40s; write our number: comity request list --all",
	    w.n, typed);
}

bool
request_arg(struct cli *c, struct call *call, unsigned *number)
{
	const char *typed = call->args[0];

	return request_number_parse(typed, number, &c->err) &&
	    (strchr(typed, '-') == NULL || number_whole(c, typed, number));
}

/* ---- drafts ---- */

static bool
case_option(struct cli *c, struct call *call, unsigned *number)
{
	const char *typed = call_value(call, "case");

	return typed == NULL || case_number_parse(typed, number, &c->err);
}

/* "Budapest 29": instrument and article. */
static void
basis_option(struct call *call, char room[80], struct request_wish *w)
{
	const char *typed = call_value(call, "basis");
	char *blank;

	if (typed == NULL)
		return;
	(void)snprintf(room, 80, "%s", typed);
	blank = strchr(room, ' ');
	w->instrument = room;
	w->article = "";
	if (blank != NULL) {
		*blank = '\0';
		w->article = blank + 1;
	}
}

static bool
wish_take(struct cli *c, struct call *call, struct request_wish *w, char basis[80],
    const char **attach)
{
	const char *related = call_value(call, "follows");

	w->lang = call_value(call, "lang");
	w->to = call_value(call, "to");
	w->attach = attach;
	w->attach_n = call_values(call, "attach", attach, DRAFT_ATTACH_MAX + 1);
	w->attach_none = call_flag(call, "no-attachments");
	w->answer_by_reason = call_value(call, "answer-by-reason");
	basis_option(call, basis, w);
	return case_option(c, call, &w->case_number) &&
	    time_option(c, call_value(call, "expires"), &w->has_expires_at,
	    &w->expires_at) &&
	    time_option(c, call_value(call, "answer-by"), &w->has_answer_by,
	    &w->answer_by) &&
	    (related == NULL || request_number_parse(related, &w->related, &c->err));
}

static int
draft_answer(struct cli *c, const struct request_view *v, const char *did)
{
	const struct settings *s = home_settings(c->flow.home);
	struct number_text number = request_number_text(s->state, &v->row);
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.request/1");
		request_json(c, &j, &v->row);
		findings_json(&j, &v->findings);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "Draft %s %s.", number.s, did);
	say(c, v->findings.stops == 0 ? " Nothing is missing.\n" : "\n");
	findings_say(c, &v->row, &v->findings);
	if (v->findings.stops > 0)
		say(c, "  Next: comity request edit %u ...   (fields: comity request fields %s)\n",
		    v->row.number, v->row.kind);
	else
		say(c, "  Next: comity request send %u\n", v->row.number);
	return EXIT_DONE;
}

/* Without a kind: which there are, by what one wants to say. */
static int
kinds_offered(struct cli *c)
{
	text_begin(c);
	help_kinds(c);
	return text_end(c, "comity.help/1");
}

static int
request_new(struct cli *c, struct call *call)
{
	const char *attach[DRAFT_ATTACH_MAX + 1];
	struct settings_typed *s = mem_new(sizeof *s, &c->err);
	struct request_view *v = mem_new(sizeof *v, &c->err);
	struct request_wish w = { .kind = call->args[0] };
	const struct law_measure *m = law_measure(call->args[0]);
	char basis[80];
	int code;

	if (s == NULL || v == NULL)
		goto memory;
	settings_typed_init(s);
	request_view_init(v);
	if (call_value(call, "to") == NULL || call_value(call, "to")[0] == '\0')
		code = fail_use(c, "comity request new needs --to PEER: a State code, an id, or a State with a correspondent");
	else if (!wish_take(c, call, &w, basis, attach) ||
	    !settings_take(c, call, m, 0, s))
		code = fail(c);
	else {
		w.set = s->list;
		w.set_n = s->n;
		code = flow_request_new(&c->flow, &w, v, &c->err) ?
		    draft_answer(c, v, "saved") : fail(c);
	}
	request_view_clear(v);
	settings_typed_clear(s);
	mem_free(v);
	mem_free(s);
	return code;
memory:
	mem_free(v);
	mem_free(s);
	return fail(c);
}

int
run_request_new(struct cli *c, struct call *call)
{
	return call->args_n == 0 ? kinds_offered(c) : request_new(c, call);
}

int
run_request_edit(struct cli *c, struct call *call)
{
	const char *attach[DRAFT_ATTACH_MAX + 1];
	struct settings_typed *s = mem_new(sizeof *s, &c->err);
	struct request_view *v = mem_new(sizeof *v, &c->err);
	struct request_wish w = { 0 };
	const struct law_measure *m;
	unsigned number;
	char basis[80];
	bool ok;
	int code;

	if (s == NULL || v == NULL) {
		mem_free(v);
		mem_free(s);
		return fail(c);
	}
	settings_typed_init(s);
	request_view_init(v);
	ok = request_arg(c, call, &number) &&
	    flow_request_view(&c->flow, number, v, &c->err);
	m = ok ? law_measure(v->row.kind) : NULL;
	ok = ok && wish_take(c, call, &w, basis, attach) && settings_take(c, call, m,
	    v->has_draft ? identifiers_count(m, &v->draft.act.body.request.fields) : 0,
	    s);
	w.set = s->list;
	w.set_n = s->n;
	request_view_clear(v);
	request_view_init(v);
	ok = ok && flow_request_edit(&c->flow, number, &w, v, &c->err);
	code = ok ? draft_answer(c, v, "saved") : fail(c);
	request_view_clear(v);
	settings_typed_clear(s);
	mem_free(v);
	mem_free(s);
	return code;
}

int
run_request_check(struct cli *c, struct call *call)
{
	struct request_view *v = mem_new(sizeof *v, &c->err);
	struct json_out j;
	unsigned number;
	bool ok;
	int code = EXIT_DONE;

	if (v == NULL)
		return fail(c);
	request_view_init(v);
	ok = reader_lang(c, call) && request_arg(c, call, &number) &&
	    flow_request_view(&c->flow, number, v, &c->err);
	if (!ok) {
		code = fail(c);
	} else if (c->json) {
		json_start(c, &j, "comity.request-check/1");
		request_json(c, &j, &v->row);
		findings_json(&j, &v->findings);
		json_done(c, &j);
	} else {
		findings_say(c, &v->row, &v->findings);
		if (v->findings.stops == 0)
			say(c, "%s\n", c->lang != NULL ? words_say(c->lang, "need.none") :
			    v->has_draft ? "Nothing is missing: it can be sent." :
			    "It has all that the rules ask for.");
	}
	if (ok && v->findings.stops > 0)
		code = EXIT_REFUSED;
	request_view_clear(v);
	mem_free(v);
	return code;
}

/* ---- lists ---- */

struct listing_requests {
	struct cli *c;
	struct json_out *j;
	int64_t now;
	size_t n;
};

static bool
list_one(void *arg, const struct docket_request *r, struct err *err)
{
	struct listing_requests *l = arg;

	(void)err;
	l->n++;
	if (l->j != NULL) {
		json_out_object(l->j, NULL);
		request_json(l->c, l->j, r);
		json_out_close_object(l->j);
	} else {
		request_line(l->c, r, l->now);
	}
	return true;
}

/* A word that nothing can match is a slip of the finger, not an empty list. */
static bool
filter_known(struct cli *c, const struct docket_filter *f)
{
	enum request_state state;
	enum act_kind kind;
	struct docket_case k = { 0 };
	struct docket *d = NULL;
	bool ok = true;

	if (f->kind != NULL && (!act_kind_parse(f->kind, &kind) ||
	    act_kind_class(kind) != ACT_IS_REQUEST))
		return err_set(&c->err, ERR_USE, "use.kind",
		    "there is no kind of request \"%.40s\"; there are %s", f->kind,
		    request_kinds_people().s);
	if (f->state != NULL && !request_state_parse(f->state, &state))
		return err_set(&c->err, ERR_USE, "use.state",
		    "there is no state \"%.40s\"; there are draft, sent, received, needs_info, consulting, accepted, accepted_with_conditions, postponed, executing, refused, delivered, acknowledged, withdrawn and closed",
		    f->state);
	if (f->case_number == 0)
		return true;
	ok = home_docket(c->flow.home, &d, &c->err);
	if (ok) {
		ok = docket_case_get(d, f->case_number, false, &k, &c->err);
		docket_case_clear(&k);
		home_docket_done(c->flow.home);
	}
	return ok;
}

int
run_request_list(struct cli *c, struct call *call)
{
	struct listing_requests l = { .c = c, .now = world_now(c->world) };
	/* Who names a state wants that state, closed ones too. */
	struct docket_filter f = { .open_only = !call_flag(call, "all") &&
		call_value(call, "state") == NULL,
		.due_only = call_flag(call, "due"), .kind = call_value(call, "kind"),
		.state = call_value(call, "state"), .order = call_flag(call, "due") ?
		ORDER_DUE : ORDER_NUMBER };
	struct docket *d = NULL;
	struct json_out j;
	struct peer peer;
	bool ok;

	peer_init(&peer);
	ok = case_option(c, call, &f.case_number) && filter_known(c, &f);
	if (ok && call_value(call, "peer") != NULL) {
		ok = peer_find(c->flow.home, call_value(call, "peer"), &peer, &c->err);
		f.peer = peer.id.s;
	}
	if (ok && c->json) {
		json_start(c, &j, "comity.requests/1");
		json_out_array(&j, "requests");
		l.j = &j;
	}
	ok = ok && home_docket(c->flow.home, &d, &c->err);
	if (ok) {
		ok = docket_requests(d, &f, list_one, &l, &c->err);
		home_docket_done(c->flow.home);
	}
	peer_clear(&peer);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	} else if (l.n == 0) {
		say(c, "No request matches.\n  Next: comity request new preserve --to PEER ...\n");
	}
	return EXIT_DONE;
}
