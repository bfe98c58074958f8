/* request: going out, answers, messages. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"

bool
confirm_abroad(struct cli *c, const char state[3], const char *what)
{
	const struct law_state *s = law_state(state);
	const char *name = s != NULL ? s->name : state, *typed;
	struct buf answer;
	char prompt[400];
	bool ok;

	if (c->yes || c->no_input || c->json || !world_input_is_terminal(c->world))
		return true;
	(void)snprintf(prompt, sizeof prompt, "This sends a signed %s to %s. It cannot be taken back, only withdrawn.\nType %s to go on: ",
	    what, name, name);
	buf_init(&answer, 400);
	ok = world_ask(c->world, prompt, false, &answer, &c->err) &&
	    buf_text(&answer, &typed, &c->err) &&
	    (strcmp(typed, name) == 0 || err_set(&c->err, ERR_STOPPED, "use.not-confirmed",
	    "the name was not typed: nothing was sent"));
	buf_clear(&answer);
	return ok;
}

/* "  They owe an answer in 24 hours (...)." */
static void
due_say(struct cli *c, const struct docket_request *r)
{
	const char *why = rule_people(r);

	say(c, "  %c%s %s.\n", why[0] - 'a' + 'A', why + 1,
	    due_people(r->due_at, world_now(c->world)).s);
}

static int
sent_told(struct cli *c, const struct sent *s, const char *schema, const char *did,
    const char *file)
{
	const struct settings *own = home_settings(c->flow.home);
	const struct docket_request *r = &s->row;
	struct json_out j;

	if (c->json) {
		json_start(c, &j, schema);
		request_json(c, &j, r);
		json_out_digest(&j, "sent_act", &s->act.act);
		json_out_digest(&j, "sent_package", &s->act.package);
		json_out_str(&j, "sent_kind", s->act.kind);
		json_out_str(&j, "stamp", stamp_state_word(s->act.stamp));
		json_shown(&j, "stamp_text", s->stamp_text[0] != '\0' ?
		    s->stamp_text : NULL);
		json_shown(&j, "note", s->note[0] != '\0' ? s->note : NULL);
		json_shown(&j, "file", file);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "%s: %s. Act %s.\n", request_number_text(own->state, r).s, did,
	    id_short(&s->act.act).s);
	if (s->stamp_text[0] != '\0')
		warn(c, s->act.stamp == STAMP_PENDING ?
		    "Time stamp: owed: %s\n  Ask again with: comity stamp fetch\n" :
		    "Time stamp: %s\n", s->stamp_text);
	if (r->due_at != 0)
		due_say(c, r);
	if (s->note[0] != '\0')
		say(c, "  %s\n", s->note);
	if (s->act.outbox == OUTBOX_WAITS)
		say(c, "  Next: comity bundle write DIR --to %.2s\n", r->peer);
	return EXIT_DONE;
}

int
sent_answer(struct cli *c, const struct sent *s, const char *schema, const char *did)
{
	return sent_told(c, s, schema, did, NULL);
}

/* The same with the paper it goes on; with --json one object says both. */
static int
sent_on_paper(struct cli *c, const struct sent *s, unsigned number, enum send_by by,
    const char *out, const char *schema, const char *did)
{
	int code = EXIT_DONE;

	if (!c->json)
		(void)sent_told(c, s, schema, did, out);
	code = letter_give(c, number, &s->act.act, by, out);
	if (c->json && code == EXIT_DONE)
		code = sent_told(c, s, schema, did, out);
	return code;
}

static bool
by_option(struct cli *c, struct call *call, enum send_by *by)
{
	const char *typed = call_value(call, "by");

	*by = BY_COMITY;
	return typed == NULL || send_by_parse(typed, by) || err_set(&c->err, ERR_USE,
	    "use.by", "--by is comity, letter, mail, oral or diplomatic");
}

static bool
row_of(struct cli *c, unsigned number, struct docket_request *row)
{
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(c->flow.home, &d, &c->err))
		return false;
	ok = docket_request_get(d, number, row, &c->err);
	home_docket_done(c->flow.home);
	return ok;
}

/* Who types the wrong verb for the side we are on is told which one was meant. */
static bool
side_fits(struct cli *c, unsigned number, enum act_kind kind)
{
	bool asker = kind == ACT_REPLY || kind == ACT_WITHDRAWN ||
	    kind == ACT_ACKNOWLEDGED;
	struct docket_request r;

	if (!row_of(c, number, &r))
		return false;
	if (strcmp(r.state, "draft") == 0)
		return err_set(&c->err, ERR_USE, "use.draft",
		    "request %u is a draft that has not left, so nothing can be said in it. Send it (comity request send %u), or drop it (comity request close %u)",
		    number, number, number);
	if (r.ours == asker)
		return true;
	if (r.ours)
		return err_set(&c->err, ERR_REFUSED, "use.ours",
		    "request %u is our own: the other side answers it, so nothing was done. To take it back: comity request withdraw %u",
		    number, number);
	return err_set(&c->err, ERR_REFUSED, "use.theirs",
	    "request %u came from the other side: only they can %s it, so nothing was done. To answer it: comity request confirm, refuse or ask %u",
	    number, kind == ACT_WITHDRAWN ? "withdraw" :
	    kind == ACT_REPLY ? "reply in" : "acknowledge what went over in", number);
}

/*
 * The State it goes to: of the peer, or of the correspondent.  *whole (may be NULL): a
 * draft that could go; of what cannot, or went long ago, nobody is asked whether it shall.
 */
static bool
state_of(struct cli *c, unsigned number, char state[3], bool *whole)
{
	struct request_view *v = mem_new(sizeof *v, &c->err);
	bool ok;

	if (v == NULL)
		return false;
	request_view_init(v);
	ok = flow_request_view(&c->flow, number, v, &c->err);
	if (ok) {
		memcpy(state, v->peer_state, 3);
		if (whole != NULL)
			*whole = v->has_draft && v->findings.stops == 0;
	}
	request_view_clear(v);
	mem_free(v);
	return ok;
}

static int
dry_run(struct cli *c, unsigned number)
{
	struct request_view *v = mem_new(sizeof *v, &c->err);
	bool ok;
	int code;

	if (v == NULL)
		return fail(c);
	request_view_init(v);
	ok = flow_request_view(&c->flow, number, v, &c->err);
	code = !ok ? fail(c) : v->findings.stops > 0 ? EXIT_REFUSED : EXIT_DONE;
	if (ok && c->json) {
		struct json_out j;

		json_start(c, &j, "comity.request-check/1");
		request_json(c, &j, &v->row);
		findings_json(&j, &v->findings);
		json_done(c, &j);
	} else if (ok) {
		findings_say(c, &v->row, &v->findings);
		say(c, v->findings.stops > 0 ?
		    "Without that it does not go: a signed %s to %s, " :
		    "This would send a signed %s to %s, ", v->row.kind,
		    v->peer_state);
		say_text(c, v->peer_name);
		say(c, ". Nothing was sent.\n");
	}
	request_view_clear(v);
	mem_free(v);
	return code;
}

/* As it went, which may be long ago and by another way than was typed now. */
static const char *
sent_how(const struct sent *s)
{
	return s->act.outbox == OUTBOX_NONE ? "signed and kept; it goes out on paper" :
	    s->act.carried_at != 0 || s->act.outbox == OUTBOX_DONE ?
	    "signed and sealed; a carrier has it" :
	    "signed and sealed; it waits in the outbox";
}

int
run_request_send(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out");
	struct docket_request row;
	struct sent *s;
	enum send_by by;
	unsigned number;
	char state[3] = "";
	bool whole;
	int code;
	const char *did;

	if (!request_arg(c, call, &number) || !by_option(c, call, &by))
		return fail(c);
	if (call_flag(call, "dry-run"))
		return dry_run(c, number);
	s = mem_new(sizeof *s, &c->err);
	if (s == NULL)
		return fail(c);
	if (!row_of(c, number, &row) || !state_of(c, number, state, &whole) ||
	    (whole && !confirm_abroad(c, state, row.kind)) ||
	    !flow_request_send(&c->flow, number, by, s, &c->err)) {
		mem_free(s);
		return fail(c);
	}
	did = sent_how(s);
	if (by != BY_COMITY && out != NULL)
		code = sent_on_paper(c, s, number, by, out, "comity.request-sent/1", did);
	else
		code = sent_answer(c, s, "comity.request-sent/1", did);
	if (code == EXIT_DONE && by != BY_COMITY && out == NULL)
		say(c, "  Next: comity request letter %u --out letter.html\n", number);
	mem_free(s);
	return code;
}

/* ---- answers ---- */

static int
answer_with(struct cli *c, struct call *call, struct answer_wish *w,
    struct settings_typed *set, const char *did)
{
	struct sent *s = mem_new(sizeof *s, &c->err);
	unsigned number;
	char state[3] = "";
	int code;

	w->lang = call_value(call, "lang");
	w->reference = call_value(call, "reference");
	w->set = set->list;
	w->set_n = set->n;
	if (s == NULL || !request_arg(c, call, &number) || !side_fits(c, number, w->kind) ||
	    !by_option(c, call, &w->by) || !state_of(c, number, state, NULL) ||
	    !confirm_abroad(c, state, act_kind_name(w->kind)) ||
	    !flow_request_answer(&c->flow, number, w, s, &c->err)) {
		mem_free(s);
		return fail(c);
	}
	if (w->by != BY_COMITY && call_value(call, "out") != NULL)
		code = sent_on_paper(c, s, number, w->by, call_value(call, "out"),
		    "comity.request-answered/1", did);
	else
		code = sent_answer(c, s, "comity.request-answered/1", did);
	mem_free(s);
	return code;
}

/* One answer with its settings: they are too large for the stack of each verb. */
struct answering {
	struct answer_wish wish;
	struct settings_typed set;
};

static struct answering *
answering_new(struct cli *c, enum act_kind kind)
{
	struct answering *a = mem_new(sizeof *a, &c->err);

	if (a == NULL)
		return NULL;
	memset(a, 0, sizeof *a);
	a->wish.kind = kind;
	settings_typed_init(&a->set);
	return a;
}

static int
answering_end(struct answering *a, int code)
{
	settings_typed_clear(&a->set);
	mem_free(a);
	return code;
}

int
run_request_confirm(struct cli *c, struct call *call)
{
	bool conditions = call_value(call, "condition") != NULL;
	struct answering *a = answering_new(c, conditions ?
	    ACT_GRANTED_WITH_CONDITIONS : ACT_GRANTED);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "text");
	if (!conditions_take(c, call, "condition", &a->set) ||
	    !time_option(c, call_value(call, "until"), &a->wish.has_hold_until,
	    &a->wish.hold_until) ||
	    !time_option(c, call_value(call, "effected"),
	    &a->wish.has_hold_effected_at, &a->wish.hold_effected_at))
		return answering_end(a, fail(c));
	return answering_end(a, answer_with(c, call, &a->wish, &a->set,
	    conditions ? "granted with conditions" : "granted"));
}

int
run_request_refuse(struct cli *c, struct call *call)
{
	const char *grounds[ANSWER_CODES_MAX + 1];
	struct answering *a = answering_new(c, ACT_REFUSED);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "reason");
	a->wish.better = call_value(call, "better");
	a->wish.waive_consultation = call_value(call, "waive-consultation");
	a->wish.grounds = grounds;
	a->wish.grounds_n = call_values(call, "ground", grounds, ANSWER_CODES_MAX + 1);
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, "refused"));
}

int
run_request_postpone(struct cli *c, struct call *call)
{
	const char *grounds[ANSWER_CODES_MAX + 1];
	struct answering *a = answering_new(c, ACT_POSTPONED);

	if (a == NULL)
		return fail(c);
	a->wish.waive_consultation = call_value(call, "waive-consultation");
	a->wish.text = call_value(call, "reason");
	a->wish.grounds = grounds;
	a->wish.grounds_n = call_values(call, "ground", grounds, ANSWER_CODES_MAX + 1);
	if (!time_option(c, call_value(call, "until"), &a->wish.has_until,
	    &a->wish.until))
		return answering_end(a, fail(c));
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, "postponed"));
}

int
run_request_consult(struct cli *c, struct call *call)
{
	const char *grounds[ANSWER_CODES_MAX + 1];
	struct answering *a = answering_new(c, ACT_CONSULTATION);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "text");
	a->wish.grounds = grounds;
	a->wish.grounds_n = call_values(call, "ground", grounds, ANSWER_CODES_MAX + 1);
	if (!conditions_take(c, call, "condition", &a->set))
		return answering_end(a, fail(c));
	return answering_end(a, answer_with(c, call, &a->wish, &a->set,
	    "consulted them on"));
}

int
run_request_extend(struct cli *c, struct call *call)
{
	struct answering *a = answering_new(c, ACT_EXTENSION);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "text");
	if (!time_option(c, call_value(call, "until"), &a->wish.has_hold_until,
	    &a->wish.hold_until) ||
	    !time_option(c, call_value(call, "effected"),
	    &a->wish.has_hold_effected_at, &a->wish.hold_effected_at))
		return answering_end(a, fail(c));
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, "extended"));
}

int
run_request_release(struct cli *c, struct call *call)
{
	struct answering *a = answering_new(c, ACT_RELEASED);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "reason");
	if (!time_option(c, call_value(call, "at"), &a->wish.has_released_at,
	    &a->wish.released_at))
		return answering_end(a, fail(c));
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, "released"));
}

int
run_request_acknowledge(struct cli *c, struct call *call)
{
	struct answering *a = answering_new(c, ACT_ACKNOWLEDGED);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "text");
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, "acknowledged"));
}

/* Reply and the provider's answer: words, and values of fields. */
static int
answer_in_fields(struct cli *c, struct call *call, enum act_kind kind, const char *did)
{
	struct answering *a = answering_new(c, kind);
	struct docket_request row;
	unsigned number;

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "text");
	if (!request_arg(c, call, &number) || !row_of(c, number, &row) ||
	    !settings_take(c, call, law_measure(kind == ACT_REPLY ? row.kind :
	    act_kind_name(kind)), 0, &a->set))
		return answering_end(a, fail(c));
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, did));
}

int
run_request_provider_answer(struct cli *c, struct call *call)
{
	return answer_in_fields(c, call, ACT_PROVIDER_ANSWER, "answered");
}

int
run_request_ask(struct cli *c, struct call *call)
{
	const char *asks[ANSWER_CODES_MAX + 1];
	struct answering *a = answering_new(c, ACT_QUESTION);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "text");
	a->wish.asks = asks;
	a->wish.asks_n = call_values(call, "field", asks, ANSWER_CODES_MAX + 1);
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, "asked"));
}

int
run_request_reply(struct cli *c, struct call *call)
{
	return answer_in_fields(c, call, ACT_REPLY, "replied");
}

int
run_request_withdraw(struct cli *c, struct call *call)
{
	struct answering *a = answering_new(c, ACT_WITHDRAWN);

	if (a == NULL)
		return fail(c);
	a->wish.text = call_value(call, "reason");
	return answering_end(a, answer_with(c, call, &a->wish, &a->set, "withdrawn"));
}

/* Evidence as the answer, in one step. */
int
run_request_answer(struct cli *c, struct call *call)
{
	struct settings_typed *set = mem_new(sizeof *set, &c->err);
	struct deliver_wish w = { .description = call_value(call, "description"),
		.purpose = call_value(call, "purpose"), .lang = call_value(call, "lang"),
		.authorisation = call_value(call, "authorisation") };
	struct sealed *sealed = mem_new(sizeof *sealed, &c->err);
	struct sent *s = mem_new(sizeof *s, &c->err);
	const char *typed = call_value(call, "evidence");
	struct evidence *e = mem_new(sizeof *e, &c->err);
	unsigned number;
	char state[3] = "";
	int code = -1;

	if (set != NULL)
		settings_typed_init(set);
	if (set == NULL || sealed == NULL || s == NULL || e == NULL ||
	    !request_arg(c, call, &number) ||
	    !side_fits(c, number, ACT_DELIVERED) ||
	    !conditions_take(c, call, "limit", set) ||
	    (typed != NULL && !evidence_find(c->flow.home, typed, e, &c->err)) ||
	    !state_of(c, number, state, NULL) || !confirm_abroad(c, state, "evidence"))
		code = fail(c);
	if (code < 0) {
		w.evidence = typed != NULL ? e->number : 0;
		w.limits = set->list;
		w.limits_n = set->n;
		code = flow_request_deliver(&c->flow, number, &w, sealed, s, &c->err) ?
		    sent_answer(c, s, "comity.request-answered/1",
		    "evidence sealed; it waits in the outbox") : fail(c);
	}
	if (set != NULL)
		settings_typed_clear(set);
	mem_free(set);
	mem_free(sealed);
	mem_free(s);
	mem_free(e);
	return code;
}

/* What closing leaves behind, in words: it reaches nobody else. */
static void
closed_say(struct cli *c, const struct docket_request *before)
{
	int64_t now = world_now(c->world);

	if (strcmp(before->state, "draft") == 0)
		say(c, "  It was a draft; it is kept and can no longer be sent.\n");
	else if (before->hold_until > now)
		say(c, "  %s until %s; the desk no longer reminds of it.\n", before->ours ?
		    "They hold the data" : "The data are to be held",
		    when_people(before->hold_until).s);
}

int
run_request_close(struct cli *c, struct call *call)
{
	struct docket_request before, r;
	struct json_out j;
	unsigned number;

	if (!request_arg(c, call, &number) || !row_of(c, number, &before))
		return fail(c);
	if (before.ours && before.answered_at == 0 && !c->yes &&
	    (strcmp(before.state, "sent") == 0 || strcmp(before.state, "received") == 0 ||
	    strcmp(before.state, "needs_info") == 0 ||
	    strcmp(before.state, "consulting") == 0 ||
	    strcmp(before.state, "postponed") == 0)) {
		(void)err_set(&c->err, ERR_REFUSED, "use.awaited",
		    "their answer to request %u has not come; closed here, it would change nothing any more. Tell them that it is over: comity request withdraw %u. Or close it all the same, with --yes",
		    number, number);
		return fail(c);
	}
	if (before.ours && !c->yes && strncmp(before.state, "accepted", 8) == 0 &&
	    (strcmp(before.kind, "stored_data") == 0 ||
	    strcmp(before.kind, "subscriber") == 0)) {
		(void)err_set(&c->err, ERR_REFUSED, "use.awaited",
		    "they granted request %u, and nothing has come yet. Tell them that it is over: comity request withdraw %u. Or close it all the same, with --yes",
		    number, number);
		return fail(c);
	}
	if (!flow_request_close(&c->flow, number, call_value(call, "reason"), &r,
	    &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.request/1");
		request_json(c, &j, &r);
		json_done(c, &j);
	}
	say(c, "%s is closed here. Nothing was sent.\n",
	    request_number_text(home_settings(c->flow.home)->state, &r).s);
	if (strcmp(before.state, "closed") != 0)
		closed_say(c, &before);
	return EXIT_DONE;
}

int
run_request_export(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out");
	struct json_out j;
	struct request_exported done = { 0 };
	unsigned number;

	if (out == NULL)
		return fail_use(c, "comity request export needs --out DIR, a folder that does not exist yet");
	if (!request_arg(c, call, &number) ||
	    !flow_request_export(&c->flow, number, out, &done, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.request-exported/1");
		json_out_int(&j, "acts", (int64_t)done.acts);
		json_out_int(&j, "destroyed", (int64_t)done.destroyed);
		json_out_int(&j, "restricted", (int64_t)done.restricted);
		json_shown(&j, "path", out);
		json_done(c, &j);
	}
	say(c, "%s opened in ", count_people(done.acts, "act", "acts").s);
	say_text(c, out);
	say(c, "; each is a bag that comity-check and check.sh read.\n");
	if (done.destroyed > 0)
		say(c, "%s destroyed here and not in it; who decided it, and why: comity custody show ID\n",
		    count_people(done.destroyed, "package of evidence was",
		    "packages of evidence were").s);
	if (done.restricted > 0)
		say(c, "%s restricted material (Article 14) and not in it; it is looked at here: comity evidence inspect ID\n",
		    count_people(done.restricted, "package of evidence has",
		    "packages of evidence have").s);
	return EXIT_DONE;
}

/* Received evidence goes on, whole, with the consent of who sent it. */
int
run_evidence_pass_on(struct cli *c, struct call *call)
{
	const char *to = call_value(call, "to");
	struct evidence *e = mem_new(sizeof *e, &c->err);
	struct json_out j;
	bool found = false;
	size_t parcel = 0;

	if (e != NULL && to == NULL) {
		mem_free(e);
		return fail_use(c, "comity evidence pass-on needs --to PEER, the third authority");
	}
	if (e == NULL || !evidence_find(c->flow.home, call->args[0], e, &c->err) ||
	    !flow_evidence_onward(&c->flow, e->number, to, e, &c->err) ||
	    !flow_evidence_send(&c->flow, e->number, to, e, &parcel, &found, &c->err)) {
		mem_free(e);
		return fail(c);
	}
	if (c->json) {
		json_start(c, &j, "comity.passed-on/1");
		json_out_int(&j, "number", e->number);
		json_out_digest(&j, "act", &e->parcels[parcel].act_id);
		json_done(c, &j);
	}
	say(c, "Evidence %04u: the received package, whole, sealed with its consent for %s. It is in the outbox.\n  Next: comity bundle write DIR --to %s\n",
	    e->number, to, to);
	mem_free(e);
	return EXIT_DONE;
}

/* ---- taking back ---- */

struct granted_find {
	struct digest act;
	bool found;
};

static bool
granted_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct granted_find *g = arg;

	(void)err;
	if (a->direction == ACT_OUT && strncmp(a->kind, "granted", 7) == 0) {
		g->act = a->act;
		g->found = true;
	}
	return true;
}

static int
revoked_answer(struct cli *c, const struct digest *id, const char *what)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.revoked/1");
		json_out_str(&j, "what", what);
		json_out_digest(&j, "id", id);
		json_done(c, &j);
	}
	say(c, "The %s is taken back from now on; what was done before stays lawful. The word waits in the outbox.\n  Next: comity bundle write DIR --to PEER\n",
	    what);
	return EXIT_DONE;
}

/* A consent to other use that we gave. */
int
run_request_revoke(struct cli *c, struct call *call)
{
	struct granted_find g = { .found = false };
	struct docket_request row;
	struct docket *d = NULL;
	unsigned number;
	char state[3] = "";
	bool ok;

	ok = request_arg(c, call, &number) && row_of(c, number, &row);
	if (ok && (row.ours || strcmp(row.kind, "use_consent") != 0))
		ok = err_set(&c->err, ERR_USE, "use.revoke",
		    "only a consent that we gave (use_consent, asked of us) can be taken back; our own request is taken back with: comity request withdraw");
	if (ok) {
		ok = home_docket(c->flow.home, &d, &c->err);
		if (ok) {
			ok = docket_request_acts(d, number, granted_look, &g, &c->err);
			home_docket_done(c->flow.home);
		}
	}
	if (ok && !g.found)
		ok = err_set(&c->err, ERR_USE, "use.revoke",
		    "nothing was granted in this request, so there is nothing to take back");
	ok = ok && state_of(c, number, state, NULL) &&
	    confirm_abroad(c, state, "revocation of consent") &&
	    flow_revoke(&c->flow, REVOKED_CONSENT, &g.act, call_value(call, "reason"),
	    &c->err);
	return ok ? revoked_answer(c, &g.act, "consent") : fail(c);
}
