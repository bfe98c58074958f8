/*
 * An answer or a message in a thread: granted, refused, a question, a reply ...
 * Whoever makes it, the rules are those that the other side runs on it again.
 */
#include <stdio.h>
#include <string.h>

#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/hold.h"
#include "flow/people_inside.h"
#include "flow/treaty.h"

struct answering {
	struct flow *f;
	const struct answer_wish *wish;
	struct docket_request row;
	enum request_state state;
	struct other_side to;
	struct act request, answer;
	bool has_answered;
	struct digest answered;		/* what came last from them, besides the request */
	bool consulted;			/* a consultation of ours is in the thread */
	bool has_said;
	struct digest question;		/* theirs, that is open */
	bool has_question;
	struct docket_act said;		/* what we said last, whatever its kind */
	struct outgoing o;
	struct thread_step step;
	enum people_act is;		/* what it is in the table of people */
	struct sent *out;
};

static void
answering_init(struct answering *g, struct flow *f, const struct answer_wish *wish,
    struct sent *out)
{
	memset(g, 0, sizeof *g);
	g->f = f;
	g->wish = wish;
	g->out = out;
	other_side_init(&g->to);
	act_init(&g->request, ACT_PRESERVE);
	act_init(&g->answer, wish->kind);
	outgoing_init(&g->o, f);
	g->o.making = true;
	g->o.stamp = home_settings(f->home)->tsa_url[0] != '\0';
}

static void
answering_clear(struct answering *g)
{
	other_side_clear(&g->to);
	act_clear(&g->request);
	act_clear(&g->answer);
	outgoing_clear(&g->o);
}

/* ---- the thread ---- */

/* Who may not say that is told so before anything else. */
static bool
may_begin(struct answering *g, unsigned number, struct err *err)
{
	enum act_kind said = g->wish->kind, on;

	if (!request_load(g->f, number, &g->row, err))
		return false;
	if (!act_kind_parse(g->row.kind, &on))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the kind of request %u cannot be read", number);
	/* A reply that sets fields changes the request, as below. */
	if (said == ACT_REPLY && g->wish->set_n > 0)
		said = on;
	return flow_may_begin(g->f, people_act_of(said, on), err);
}

static bool
thread_load(struct answering *g, unsigned number, struct err *err)
{
	struct docket *d = NULL;
	struct digest said, consultation;
	bool ok;

	ok = request_load(g->f, number, &g->row, err) &&
	    desk_open(g->f, true, &d, err) &&
	    other_side_of(g->f, d, &g->row, &g->to, err) &&
	    thread_last(d, number, ACT_KINDS, ACT_IN, &g->answered, &g->has_answered,
	    err) &&
	    thread_last(d, number, ACT_KINDS, ACT_OUT, &said, &g->has_said, err) &&
	    thread_last(d, number, ACT_CONSULTATION, ACT_OUT, &consultation,
	    &g->consulted, err) &&
	    thread_last(d, number, ACT_QUESTION, ACT_IN, &g->question, &g->has_question,
	    err) && (g->wish->kind != ACT_RELEASED ||
	    hold_release_ask(d, number, world_now(g->f->world), err)) &&
	    (!g->has_said || docket_act_get(d, &said, &g->said, &g->has_said, err));
	docket_close(d);
	if (!ok)
		return false;
	if (!request_state_parse(g->row.state, &g->state))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the state of request %u cannot be read", number);
	if (!g->row.has_act)
		return err_set(err, ERR_USE, "request.draft",
		    "request %u is a draft: there is nothing to answer yet", number);
	return act_open(g->f, &g->row.act, &g->request, err);
}

static bool
thread_ask(struct answering *g, struct err *err)
{
	struct thread_facts facts = { .request = g->request.kind, .state = g->state,
		.by = g->row.ours ? SIDE_ASKS : SIDE_IS_ASKED, .act = g->wish->kind,
		.now = g->o.now, .request_expires_at = g->row.expires_at,
		.same_parties = true, .follows_request = true,
		.follows_known = true };

	if (act_kind_class(g->wish->kind) != ACT_IS_ANSWER)
		return err_set(err, ERR_USE, "answer.kind",
		    "\"%s\" is no answer", act_kind_name(g->wish->kind));
	if (g->wish->by == BY_COMITY && !g->to.is_peer)
		return err_set(err, ERR_USE, "request.by",
		    "%s has no Comity: say how the answer goes, as in --by letter",
		    g->to.name);
	g->step = thread_decide(&facts);
	return verdict_ask(g->step.verdict, err);
}

/* ---- its body ---- */

static bool
grounds_take(const struct answer_wish *w, struct answer_body *b, struct err *err)
{
	if (w->grounds_n > ANSWER_CODES_MAX)
		return err_set(err, ERR_LIMIT, "answer.grounds",
		    "at most %d grounds can be named", ANSWER_CODES_MAX);
	for (; b->grounds_n < w->grounds_n; b->grounds_n++)
		if (!short_set(b->grounds[b->grounds_n], sizeof b->grounds[0],
		    "ground", w->grounds[b->grounds_n], err))
			return false;
	return true;
}

static bool
asks_take(const struct answer_wish *w, struct answer_body *b, struct err *err)
{
	if (w->asks_n > ANSWER_CODES_MAX)
		return err_set(err, ERR_LIMIT, "answer.asks",
		    "at most %d fields can be asked for", ANSWER_CODES_MAX);
	for (; b->asks_n < w->asks_n; b->asks_n++) {
		const struct law_field *field = law_field(w->asks[b->asks_n]);

		if (field == NULL)
			return err_set(err, ERR_USE, "answer.asks",
			    "\"%.60s\" is no field of a request; see: comity request fields KIND",
			    w->asks[b->asks_n]);
		if (!short_set(b->asks[b->asks_n], sizeof b->asks[0], "field",
		    field->name, err))
			return false;
	}
	return true;
}

/*
 * A yes to a preservation says from when to when it holds (Article 42(8)); one to its
 * extension, or an extension unasked, until when now: as long as was asked, if nothing
 * else is said.
 */
static bool
hold_take(struct answering *g, int64_t now, struct answer_body *b, struct err *err)
{
	const struct answer_wish *w = g->wish;
	const struct fields *asked = &g->request.body.request.fields;
	bool yes = w->kind == ACT_GRANTED || w->kind == ACT_GRANTED_WITH_CONDITIONS;
	bool longer = w->kind == ACT_EXTENSION || g->request.kind == ACT_PRESERVE_EXTEND;
	const char *rule = strcmp(g->request.instrument, "Budapest") == 0 ? "D31" : "D02";

	if (w->kind != ACT_EXTENSION && (!yes || (g->request.kind != ACT_PRESERVE &&
	    g->request.kind != ACT_PRESERVE_EXTEND)))
		return (!w->has_hold_until && !w->has_hold_effected_at) ||
		    err_set(err, ERR_USE, "answer.hold",
		    "only a yes to a preservation or to its extension says how long it holds");
	b->hold_effected_at = w->has_hold_effected_at ? w->hold_effected_at :
	    w->kind == ACT_EXTENSION && g->row.hold_effected_at != 0 ?
	    g->row.hold_effected_at : now;
	if (w->has_hold_until)
		b->hold_until = w->hold_until;
	else if (longer && fields_find(asked, "extension") != NULL)
		b->hold_until = fields_part(asked, "extension", 0, "until")->n;
	else if (w->kind == ACT_EXTENSION)
		return err_set(err, ERR_USE, "answer.hold",
		    "an extension says until when the data are held now: --until DAY");
	else
		b->hold_until = law_deadline_at(law_deadline(rule), b->hold_effected_at);
	return true;
}

static void
instants_take(const struct answer_wish *w, int64_t now, struct answer_body *b)
{
	b->until = w->has_until ? w->until : 0;
	if (w->kind == ACT_RELEASED)
		b->released_at = w->has_released_at ? w->released_at : now;
}

static bool
fields_take(struct answering *g, const char *lang, struct answer_body *b,
    struct err *err)
{
	const struct answer_wish *w = g->wish;

	if (w->set_n > 0 && w->kind != ACT_REPLY && w->kind != ACT_CONSULTATION &&
	    w->kind != ACT_PROVIDER_ANSWER && w->kind != ACT_GRANTED_WITH_CONDITIONS)
		return err_set(err, ERR_USE, "answer.fields",
		    "an answer of kind \"%s\" has no fields to set",
		    act_kind_name(w->kind));
	for (size_t i = 0; i < w->set_n; i++)
		if (w->set[i].value != NULL && !fields_set(&b->fields, w->set[i].name,
		    w->set[i].value, lang, err))
			return false;
	return true;
}

static bool
body_take(struct answering *g, int64_t now, struct err *err)
{
	struct answer_body *b = &g->answer.body.answer;
	const struct settings *s = home_settings(g->f->home);
	const struct answer_wish *w = g->wish;
	const char *lang = w->lang != NULL ? w->lang : s->lang;

	(void)snprintf(b->number, sizeof b->number, "%s",
	    request_number_text(s->state, &g->row).s);
	instants_take(w, now, b);
	return short_set(b->reference, sizeof b->reference, "reference",
	    w->reference != NULL ? w->reference : g->row.reference, err) &&
	    marked_set(&b->text, "text", lang, w->text, err) &&
	    marked_set(&b->better, "text", lang, w->better, err) &&
	    grounds_take(w, b, err) && asks_take(w, b, err) &&
	    hold_take(g, now, b, err) && fields_take(g, lang, b, err);
}

static void
follows_set(const struct answering *g, struct act *a)
{
	a->follows_n = 0;
	a->follows[a->follows_n++] = g->row.act;
	if (g->has_answered && !digest_eq(&g->answered, &g->row.act))
		a->follows[a->follows_n++] = g->answered;
}

/*
 * Two answers of one second have no order at the other side, which would take either for
 * the later one: the second one waits for its own second.
 */
static void
own_second(const struct answering *g)
{
	if (g->has_said && g->said.made_at == world_now(g->f->world))
		world_sleep(g->f->world, 1000);
}

static bool
answer_make(struct answering *g, struct err *err)
{
	struct act *a = &g->answer;

	own_second(g);
	if (!act_begin(g->f, a, g->wish->kind, g->to.is_peer ? &g->to.peer : NULL,
	    err))
		return false;
	memcpy(a->instrument, g->request.instrument, sizeof a->instrument);
	memcpy(a->article, g->request.article, sizeof a->article);
	follows_set(g, a);
	return body_take(g, a->made_at, err);
}

static bool
is_yes(enum act_kind kind)
{
	return kind == ACT_GRANTED || kind == ACT_GRANTED_WITH_CONDITIONS;
}

static bool
answer_ask(struct answering *g, struct err *err)
{
	struct answer_facts facts = { .request = &g->request, .answer = &g->answer,
		.now = g->o.now, .consulted = g->consulted,
		.waived = g->wish->waive_consultation,
		.agreed = request_state_agreed(g->state) };
	struct act question;
	bool ok;

	memcpy(facts.from_state, home_settings(g->f->home)->state,
	    sizeof facts.from_state);
	memcpy(facts.to_state, g->to.state, sizeof facts.to_state);
	act_init(&question, ACT_QUESTION);
	if (g->has_question && g->state == STATE_NEEDS_INFO)
		facts.question = &question;
	ok = (facts.question == NULL || act_open(g->f, &g->question, &question, err)) &&
	    flow_law(g->f, &facts.law, err) && verdict_ask(answer_decide(&facts), err);
	act_clear(&question);
	return ok && guard_yes_act(g->f, g->wish->kind, &g->row, &g->is, err) &&
	    (!is_yes(g->wish->kind) || g->row.ours || request_yes_ask(g->f, &g->row,
	    g->is, conditions_ask_assurance(&g->answer.body.answer.fields), err)) &&
	    send_ask(g->f, &g->o.signer, &g->to, 0, 0, err);
}

/* ---- is it done already? ---- */

/* What we said last went as this would: by Comity, by word, or on some paper. */
static bool
by_same(const struct answering *g)
{
	if (g->said.outbox != OUTBOX_NONE || g->wish->by == BY_COMITY)
		return g->said.outbox != OUTBOX_NONE && g->wish->by == BY_COMITY;
	return g->row.written_owed == (g->wish->by == BY_ORAL);
}

/* The act we made and the same with the words of this wish: equal to the byte? */
static bool
words_same(struct answering *g, const struct act *said, bool *same, struct err *err)
{
	struct act again = *said;	/* its body is that of g->answer: nothing to clear */
	struct buf was, is;
	bool ok;

	buf_init(&was, ACT_BYTES_MAX);
	buf_init(&is, ACT_BYTES_MAX);
	follows_set(g, &again);
	ok = body_take(g, said->made_at, err);
	again.body.answer = g->answer.body.answer;
	ok = ok && act_encode(said, &was, err) && act_encode(&again, &is, err);
	*same = ok && span_eq(buf_span(&was), buf_span(&is));
	act_clear(&g->answer);
	act_init(&g->answer, g->wish->kind);
	buf_clear(&was);
	buf_clear(&is);
	/* What cannot be said at all was not said before: the thread tells why not. */
	if (!ok && err->kind != ERR_MEMORY) {
		err_clear(err);
		ok = true;
	}
	return ok;
}

/*
 * A command whose work was done and whose words were lost is given once more: what we
 * said last in the thread is just this, and nothing of theirs has come since.
 */
static bool
said_already(struct answering *g, bool *already, struct err *err)
{
	enum act_kind kind = g->wish->kind;
	struct act said;
	bool ok;

	*already = false;
	if (!g->has_said || act_kind_class(kind) != ACT_IS_ANSWER || !by_same(g) ||
	    strcmp(g->said.kind, act_kind_name(kind)) != 0)
		return true;
	act_init(&said, kind);
	ok = act_open(g->f, &g->said.act, &said, err) &&
	    words_same(g, &said, already, err);
	act_clear(&said);
	return ok;
}

/* ---- what the thread is afterwards ---- */

static void
due_set(struct docket_request *r, int64_t at, const char *rule, bool ours)
{
	r->due_at = at;
	r->due_ours = at != 0 && ours;
	(void)snprintf(r->due_rule, sizeof r->due_rule, "%s", at != 0 ? rule : "");
}

void
answer_row_move(struct docket_request *r, const struct act *a, int64_t answer_by,
    enum send_by by, enum request_state next)
{
	const struct answer_body *b = &a->body.answer;
	enum act_kind kind = a->kind;

	(void)snprintf(r->state, sizeof r->state, "%s", request_state_name(next));
	if (act_kind_decides(kind))
		r->answered_at = a->made_at;
	if (b->hold_until != 0) {
		r->hold_effected_at = b->hold_effected_at;
		r->hold_until = b->hold_until;
	}
	/* The answer is theirs again, or the evidence still ours to send: that date stays. */
	if (kind == ACT_POSTPONED || kind == ACT_CONSULTATION || kind == ACT_ACKNOWLEDGED)
		return;		/* what is owed stays owed */
	if (kind == ACT_REPLY || ((kind == ACT_GRANTED ||
	    kind == ACT_GRANTED_WITH_CONDITIONS) && b->hold_until == 0))
		due_set(r, answer_by, "answer_by", !r->ours);
	else
		due_set(r, b->hold_until, "hold", true);
	if (by == BY_ORAL) {
		/* Article 40(13): confirmed in writing forthwith. */
		r->written_owed = true;
		due_set(r, a->made_at, "oral", true);
	}
}

static void
answer_note(const struct answering *g)
{
	const struct field_part *outcome = g->wish->kind != ACT_PROVIDER_ANSWER ? NULL :
	    fields_part(&g->answer.body.answer.fields, "F85", 0, "codes");

	if (outcome != NULL && law_list_has(outcome->text, "conflict_of_laws"))
		(void)snprintf(g->out->note, sizeof g->out->note,
		    "A conflict of laws is objected: the clock of the order stands still on both sides until its authority has decided (S14).");
	if (g->wish->by == BY_ORAL)
		(void)snprintf(g->out->note, sizeof g->out->note,
		    "What was said is kept. A written confirmation is owed at once (Article 40(13)): comity request send %u --by letter, or by any other way in writing.",
		    g->row.number);
	else if (g->wish->by != BY_COMITY)
		(void)snprintf(g->out->note, sizeof g->out->note,
		    "It is made and kept here, and nothing waits in the outbox: it goes by %s.",
		    send_by_name(g->wish->by));
}

static bool
answer_send(struct answering *g, const struct matter *under, struct err *err)
{
	struct package_written done;
	struct docket_request row = g->row;
	struct made m = { .o = &g->o, .act = &g->answer, .written = &done,
		.row = &row, .outbox = g->wish->by == BY_COMITY ? OUTBOX_WAITS :
		OUTBOX_NONE, .by = g->wish->by, .under = under,
		.waived = g->consulted ? NULL : g->wish->waive_consultation };

	answer_row_move(&row, &g->answer, g->request.body.request.answer_by,
	    g->wish->by, g->step.next);
	if (!parcel_of_items(&g->o, &g->answer, NULL, 0,
	    g->to.is_peer ? &g->to.peer : NULL, &done, err) ||
	    !made_keep(g->f, &m, err))
		return false;
	g->out->row = row;
	g->out->act = m.kept;
	(void)snprintf(g->out->stamp_text, sizeof g->out->stamp_text, "%s",
	    g->o.stamp_text);
	answer_note(g);
	return true;
}

/* A reply that sets fields changes the request: it needs who the request itself needed. */
static enum people_act
people_act_of_answer(const struct answering *g)
{
	return g->wish->kind == ACT_REPLY && g->answer.body.answer.fields.n > 0 ?
	    people_act_of(g->request.kind, g->request.kind) : g->is;
}

/* What the table asks of people for it; then it goes. */
static bool
answer_leave(struct answering *g, struct err *err)
{
	struct matter m = { .kind = g->wish->kind, .request = g->row.number,
		.act = people_act_of_answer(g) };
	struct buf content;
	bool ok;

	buf_init(&content, MATTER_MAX);
	ok = matter_act_print(&g->answer, &content, err);
	m.content = buf_span(&content);
	ok = ok && flow_second(g->f, &m, &g->answer.people, err);
	if (ok)
		ok = flow_second_end(g->f, &m, answer_send(g, &m, err), err);
	buf_clear(&content);
	return ok;
}

static bool
answer_new(struct answering *g, struct err *err)
{
	return thread_ask(g, err) && making_sweep(g->f, err) &&
	    signer_open(g->f, &g->o.signer, err) && answer_make(g, err) &&
	    answer_ask(g, err) && answer_leave(g, err);
}

bool
flow_request_answer(struct flow *f, unsigned number, const struct answer_wish *wish,
    struct sent *out, struct err *err)
{
	struct answering g;
	bool already = false, ok;

	memset(out, 0, sizeof *out);
	answering_init(&g, f, wish, out);
	ok = home_lock(f->home, err) && records_caught_up(f, err) &&
	    may_begin(&g, number, err) && thread_load(&g, number, err) &&
	    said_already(&g, &already, err) && (already || answer_new(&g, err));
	if (already) {
		out->row = g.row;
		out->act = g.said;
		sent_already(out);
	}
	if (!ok)
		decided_refused(f, number, err);
	answering_clear(&g);
	return ok;
}
