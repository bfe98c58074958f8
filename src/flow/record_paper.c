/*
 * What came on paper, by mail or by word from who has no Comity.
 *
 * It is kept as an act of the kind that came, made and signed by us, addressed to
 * nobody, with the scans as its files and a collection record that says who took it
 * in, from whom and how.  So nobody can take it for something the other side signed,
 * and the thread, the clocks and the figures go on as if it had come by Comity.  In
 * the docket it is an act that came in.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "flow/hold.h"
#include "flow/journey.h"
#include "flow/people_inside.h"
#include "flow/treaty.h"

struct paper {
	struct flow *f;
	const struct record_wish *wish;
	enum act_kind kind;
	bool opens;			/* a request of theirs: a new thread */
	struct docket_request row;
	struct other_side from;
	struct docket_act asked;	/* the thread's request */
	bool has_last;
	struct digest last;		/* what we sent last in the thread */
	bool has_question;
	struct digest question;		/* of ours, that is open */
	struct act act;
	struct thread_step step;
	struct outgoing o;
	struct buf bytes[DRAFT_ATTACH_MAX];
	char names[DRAFT_ATTACH_MAX][40];
	struct payload_item items[DRAFT_ATTACH_MAX];
	struct buf collection;
	const struct matter *under;	/* what two approved; NULL: nobody was asked */
};

static void
paper_init(struct paper *p, struct flow *f, const struct record_wish *wish)
{
	memset(p, 0, sizeof *p);
	p->f = f;
	p->wish = wish;
	other_side_init(&p->from);
	act_init(&p->act, ACT_GRANTED);
	outgoing_init(&p->o, f);
	p->o.making = true;
	p->o.stamp = home_settings(f->home)->tsa_url[0] != '\0';
	for (size_t i = 0; i < DRAFT_ATTACH_MAX; i++)
		buf_init(&p->bytes[i], DRAFT_ATTACH_BYTES);
	buf_init(&p->collection, COLLECTION_MAX);
}

static void
paper_clear(struct paper *p)
{
	other_side_clear(&p->from);
	act_clear(&p->act);
	outgoing_clear(&p->o);
	for (size_t i = 0; i < DRAFT_ATTACH_MAX; i++)
		buf_clear(&p->bytes[i]);
	buf_clear(&p->collection);
}

static int64_t
dated(const struct paper *p)
{
	return p->wish->has_dated ? p->wish->dated : p->o.now;
}

/* ---- may it be recorded? ---- */

static bool
wish_ask(struct paper *p, struct err *err)
{
	const struct record_wish *w = p->wish;
	enum act_class class;

	if (!act_kind_parse(w->kind, &p->kind))
		return err_set(err, ERR_USE, "record.kind",
		    "\"%.40s\" is no kind of act; write preserve, granted, refused, question ...",
		    w->kind);
	class = act_kind_class(p->kind);
	if (class == ACT_IS_CARD || class == ACT_IS_TIME_STAMP)
		return err_set(err, ERR_USE, "record.kind",
		    "a %s does not come on paper: a card is taken in with comity peer pair",
		    w->kind);
	p->opens = class == ACT_IS_REQUEST;
	if (p->opens != (w->number == 0))
		return err_set(err, ERR_USE, "record.number", p->opens ?
		    "a request of theirs begins a thread of its own: leave the number out and say --from" :
		    "say which request it belongs to, as in: comity request record 31 --kind %.40s",
		    w->kind);
	if (w->by == BY_COMITY)
		return err_set(err, ERR_USE, "record.by",
		    "what came by Comity is taken in with: comity bundle read");
	if (w->files_n == 0 && w->by != BY_ORAL)
		return err_set(err, ERR_USE, "record.scan",
		    "what came in writing is kept with its scan, or the mail as it came; a photograph will do: --scan FILE");
	if (w->files_n > DRAFT_ATTACH_MAX)
		return err_set(err, ERR_LIMIT, "record.scans",
		    "at most %d files can be kept with one act; put the pages into one",
		    DRAFT_ATTACH_MAX);
	return !w->has_dated || w->dated <= p->o.now || err_set(err, ERR_USE,
	    "record.dated", "the date on it, %s, has not come yet",
	    when_people(w->dated).s);
}

static bool
asked_load(struct paper *p, struct docket *d, struct err *err)
{
	bool found;

	if (!docket_request_get(d, p->wish->number, &p->row, err))
		return false;
	if (!p->row.has_act)
		return err_set(err, ERR_USE, "request.draft",
		    "request %u is a draft: nothing can have come in answer to it",
		    p->row.number);
	return docket_act_get(d, &p->row.act, &p->asked, &found, err) &&
	    (found || err_set(err, ERR_UNPROVEN, "docket.damaged",
	    "the package of request %u is not in the docket", p->row.number));
}

static bool
thread_load(struct paper *p, struct docket *d, struct err *err)
{
	if (!asked_load(p, d, err) || !other_side_of(p->f, d, &p->row, &p->from, err) ||
	    !thread_last(d, p->row.number, ACT_KINDS, ACT_OUT, &p->last, &p->has_last,
	    err) || !thread_last(d, p->row.number, ACT_QUESTION, ACT_OUT, &p->question,
	    &p->has_question, err))
		return false;
	p->has_question = p->has_question &&
	    strcmp(p->row.state, request_state_name(STATE_NEEDS_INFO)) == 0;
	return true;
}

static bool
paper_load(struct paper *p, struct err *err)
{
	struct docket *d = NULL;
	bool ok = desk_open(p->f, true, &d, err);

	if (ok && !p->opens)
		ok = thread_load(p, d, err);
	else if (ok)
		ok = p->wish->from != NULL ?
		    other_side_find(p->f, d, p->wish->from, &p->from, err) :
		    err_set(err, ERR_USE, "record.from",
		    "say from whom it came, as in --from XB");
	docket_close(d);
	return ok;
}

static bool
thread_ask(struct paper *p, struct err *err)
{
	bool asks = p->opens || !p->row.ours;
	struct thread_facts facts = { .request = p->kind, .state = STATE_DRAFT,
		.by = asks ? SIDE_ASKS : SIDE_IS_ASKED, .act = p->kind,
		.now = p->o.now, .request_expires_at = p->row.expires_at,
		.incoming = true, .same_parties = true, .follows_request = true,
		.follows_known = true };

	if (!p->opens && (!act_kind_parse(p->row.kind, &facts.request) ||
	    !request_state_parse(p->row.state, &facts.state)))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "request %u has a kind or state that nobody knows", p->row.number);
	p->step = thread_decide(&facts);
	return verdict_ask(p->step.verdict, err);
}

/* ---- what it says ---- */

static const char *
lang_of(const struct paper *p)
{
	return p->wish->answer.lang != NULL ? p->wish->answer.lang :
	    home_settings(p->f->home)->lang;
}

static bool
fields_take(struct paper *p, const struct field_setting *set, size_t n,
    struct fields *out, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (set[i].value != NULL &&
		    !fields_set(out, set[i].name, set[i].value, lang_of(p), err))
			return false;
	return true;
}

/* Their number; a paper without one is still a paper. */
static bool
number_take(struct paper *p, char *out, size_t room, struct err *err)
{
	return short_set(out, room, "reference", p->wish->reference != NULL &&
	    p->wish->reference[0] != '\0' ? p->wish->reference : "-", err);
}

static bool
request_take(struct paper *p, struct err *err)
{
	struct request_body *b = &p->act.body.request;
	const struct law_status *law;
	const struct law_basis *basis;

	if (!flow_law(p->f, &law, err))
		return false;
	basis = law_basis_suggest(law, p->wish->kind, p->from.state,
	    home_settings(p->f->home)->state, p->o.now);
	if (basis != NULL && (!short_set(p->act.instrument, sizeof p->act.instrument,
	    "instrument", basis->instrument, err) || !short_set(p->act.article,
	    sizeof p->act.article, "article", basis->articles, err)))
		return false;
	return number_take(p, b->number, sizeof b->number, err) &&
	    fields_take(p, p->wish->set, p->wish->set_n, &b->fields, err);
}

static bool
codes_take(const char *const *list, size_t n, char *rows, size_t room, size_t *count,
    struct err *err)
{
	if (n > ANSWER_CODES_MAX)
		return err_set(err, ERR_LIMIT, "record.codes",
		    "at most %d grounds or fields can be named", ANSWER_CODES_MAX);
	for (*count = 0; *count < n; (*count)++)
		if (!short_set(rows + *count * room, room, "code", list[*count], err))
			return false;
	return true;
}

/* A yes to a preservation holds as they wrote, or as long as the treaty asks. */
static bool
hold_take(struct paper *p, struct answer_body *b, struct err *err)
{
	const struct answer_wish *w = &p->wish->answer;
	bool yes = p->kind == ACT_GRANTED || p->kind == ACT_GRANTED_WITH_CONDITIONS;
	const char *rule = strcmp(p->row.instrument, "Budapest") == 0 ? "D31" : "D02";

	if (!yes || strcmp(p->row.kind, "preserve") != 0)
		return !w->has_hold_until || err_set(err, ERR_USE, "answer.hold",
		    "only a yes to a preservation says how long it holds");
	b->hold_effected_at = w->has_hold_effected_at ? w->hold_effected_at : dated(p);
	b->hold_until = w->has_hold_until ? w->hold_until :
	    law_deadline_at(law_deadline(rule), b->hold_effected_at);
	return b->hold_until > b->hold_effected_at || err_set(err, ERR_USE,
	    "answer.hold", "the preservation would end before it began");
}

/* Where a kind needs words and none were typed, the paper itself has them. */
static bool
words_take(struct paper *p, struct marked_text *out, const char *typed,
    bool needed, struct err *err)
{
	if (typed == NULL && needed)
		return marked_set(out, "text", "en", "See the attached scan.", err);
	return marked_set(out, "text", lang_of(p), typed, err);
}

static bool
answer_take(struct paper *p, struct err *err)
{
	const struct answer_wish *w = &p->wish->answer;
	struct answer_body *b = &p->act.body.answer;
	bool needed = p->kind == ACT_REFUSED || p->kind == ACT_QUESTION ||
	    p->kind == ACT_REPLY || p->kind == ACT_WITHDRAWN;
	bool fields = p->kind == ACT_REPLY || p->kind == ACT_GRANTED_WITH_CONDITIONS;

	(void)snprintf(b->reference, sizeof b->reference, "%s", request_number_text(
	    home_settings(p->f->home)->state, &p->row).s);
	return number_take(p, b->number, sizeof b->number, err) &&
	    words_take(p, &b->text, w->text, needed, err) &&
	    marked_set(&b->better, "text", lang_of(p), w->better, err) &&
	    codes_take(w->grounds, w->grounds_n, b->grounds[0], sizeof b->grounds[0],
	    &b->grounds_n, err) &&
	    codes_take(w->asks, w->asks_n, b->asks[0], sizeof b->asks[0], &b->asks_n,
	    err) && hold_take(p, b, err) &&
	    (!fields || fields_take(p, w->set_n > 0 ? w->set : p->wish->set,
	    w->set_n > 0 ? w->set_n : p->wish->set_n, &b->fields, err));
}

static bool
delivered_take(struct paper *p, struct err *err)
{
	struct delivered_body *b = &p->act.body.delivered;

	(void)snprintf(b->reference, sizeof b->reference, "%s", request_number_text(
	    home_settings(p->f->home)->state, &p->row).s);
	return number_take(p, b->number, sizeof b->number, err) &&
	    words_take(p, &b->description, p->wish->answer.text, true, err);
}

/* They say that our letter came; what was in it nobody checked but they. */
static void
receipt_take(struct paper *p)
{
	struct receipt_body *b = &p->act.body.receipt;

	b->act = p->asked.act;
	b->package = p->asked.package;
	b->parcel_bytes = p->asked.bytes;
	b->parcel_sha256 = p->asked.sha256;
	b->received_at = dated(p);
	(void)snprintf(b->carrier, sizeof b->carrier, "%s",
	    p->wish->by == BY_MAIL ? "mail" : "local");
	(void)snprintf(b->unchanged, sizeof b->unchanged, "NOT CHECKED");
	(void)snprintf(b->who, sizeof b->who, "NOT CHECKED");
	(void)snprintf(b->when, sizeof b->when, "NOT CHECKED");
}

static bool
body_take(struct paper *p, struct err *err)
{
	switch (act_kind_class(p->kind)) {
	case ACT_IS_REQUEST:
		return request_take(p, err);
	case ACT_IS_ANSWER:
		return answer_take(p, err);
	case ACT_IS_EVIDENCE:
		return delivered_take(p, err);
	case ACT_IS_RECEIPT:
		receipt_take(p);
		return true;
	case ACT_IS_NOTICE:
	case ACT_IS_CARD:
	case ACT_IS_TIME_STAMP:
		break;
	}
	return err_set(err, ERR_USE, "record.kind", "this kind does not come on paper");
}

static bool
act_make(struct paper *p, struct err *err)
{
	struct act *a = &p->act;

	/* Made, signed and kept by us: never anybody else's name on it. */
	if (!act_begin(p->f, a, p->kind, NULL, err))
		return false;
	if (!p->opens) {
		memcpy(a->instrument, p->row.instrument, sizeof a->instrument);
		memcpy(a->article, p->row.article, sizeof a->article);
		a->follows[a->follows_n++] = p->row.act;
	}
	if (!p->opens && p->has_last && p->kind != ACT_RECEIPT &&
	    !digest_eq(&p->last, &p->row.act))
		a->follows[a->follows_n++] = p->last;
	return body_take(p, err);
}

/* ---- the paper ---- */

static void
name_make(const char *path, size_t number, char out[40])
{
	const char *dot = strrchr(path, '.');
	size_t n = dot == NULL ? 0 : strlen(dot + 1);

	(void)snprintf(out, 40, "paper-%zu", number);
	if (n == 0 || n > 8)
		return;
	for (size_t i = 1; i <= n; i++)
		if (!isalnum((unsigned char)dot[i]))
			return;
	(void)snprintf(out + strlen(out), 40 - strlen(out), ".%.8s", dot + 1);
}

static bool
scans_load(struct paper *p, struct err *err)
{
	for (size_t i = 0; i < p->wish->files_n; i++) {
		if (!file_load(p->f->world, NULL, p->wish->files[i], &p->bytes[i],
		    err)) {
			if (err->kind == ERR_LIMIT)
				(void)err_set(err, ERR_LIMIT, "record.scan-large",
				    "a scan is at most %u MiB; make it smaller, or add it as evidence",
				    DRAFT_ATTACH_BYTES >> 20);
			return err_wrap(err, "the scan %zu", i + 1);
		}
		name_make(p->wish->files[i], i + 1, p->names[i]);
		p->items[i] = (struct payload_item){ p->names[i],
			buf_span(&p->bytes[i]), p->o.now };
	}
	return true;
}

static const char *
how_it_came(enum send_by by)
{
	switch (by) {
	case BY_LETTER:
		return "Came by letter; scanned as it came. Recorded by this office; the other side did not sign this act.";
	case BY_MAIL:
		return "Came by mail; kept as it came. Recorded by this office; the other side did not sign this act.";
	case BY_ORAL:
		return "Said by word (telephone or in person) and noted by this office; the other side did not sign this act.";
	case BY_DIPLOMATIC:
		return "Came through the diplomatic channel; scanned as it came. Recorded by this office; the other side did not sign this act.";
	case BY_COMITY:
		break;
	}
	return "";
}

/* Who took it in, from whom, how and when: the first link of its chain. */
static bool
collection_make(struct paper *p, struct err *err)
{
	char from[260], tool[] = "none", note[200];
	char by[sizeof home_settings(p->f->home)->name];
	char method[200], order[120];
	struct collection c;
	bool ok;

	collection_init(&c);
	(void)snprintf(by, sizeof by, "%s", home_settings(p->f->home)->name);
	(void)snprintf(from, sizeof from, "%s (%s)", p->from.name, p->from.state);
	(void)snprintf(method, sizeof method, "%s", how_it_came(p->wish->by));
	(void)snprintf(note, sizeof note, "Dated %s by the other side; %zu files.",
	    p->wish->has_dated ? when_day(p->wish->dated).s : "(no date)",
	    p->wish->files_n);
	(void)snprintf(order, sizeof order, "%.100s", p->wish->reference != NULL ?
	    p->wish->reference : "");
	(void)snprintf(c.lang, sizeof c.lang, "en");
	c.collected_by = by;
	c.collected_from = from;
	c.tool = tool;
	c.method = method;
	c.note = note;
	c.order = order[0] != '\0' ? order : NULL;
	c.collected_at = p->o.now;
	ok = collection_encode(&c, &p->collection, err);
	buf_clear(&c.custodian_certificate);
	return ok;
}

static bool
paper_seal(struct paper *p, struct package_written *out, struct err *err)
{
	struct flow *f = p->f;
	struct payload *payload = NULL;
	struct dir *tmp = NULL;
	bool ok;

	ok = home_tmp(f->home, &tmp, err) && payload_of_items(f->world, tmp, p->items,
	    p->wish->files_n, &payload, err);
	if (ok) {
		p->act.payload_files = payload_files(payload);
		p->act.payload_bytes = payload_bytes(payload);
		ok = outgoing_parcel(&p->o, &p->act, payload, buf_span(&p->collection),
		    NULL, NULL, out, err);
	}
	payload_free(payload);
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

/* A new thread of theirs: an answer is owed as if it had come by Comity. */
static void
row_open(struct paper *p)
{
	struct docket_request *r = &p->row;

	(void)snprintf(r->kind, sizeof r->kind, "%s", act_kind_name(p->kind));
	(void)snprintf(r->peer, sizeof r->peer, "%s",
	    p->from.is_peer ? p->from.peer.id.s : "");
	r->correspondent = p->from.is_peer ? 0 : p->from.correspondent;
	(void)snprintf(r->by, sizeof r->by, "%s", send_by_name(p->wish->by));
	(void)snprintf(r->instrument, sizeof r->instrument, "%s", p->act.instrument);
	(void)snprintf(r->article, sizeof r->article, "%s", p->act.article);
	r->opened_at = p->o.now;
	r->sent_at = dated(p);
	if (!act_kind_is_notice(p->kind))	/* a notice: nothing is owed */
		due_set(r, law_deadline_at(law_deadline("D61"), p->o.now), "D61", true);
	r->written_owed = false;
}

static void
hold_due(struct docket_request *r)
{
	due_set(r, r->hold_until, "hold", r->ours);
}

static void
row_answered(struct paper *p)
{
	const struct answer_body *b = &p->act.body.answer;
	struct docket_request *r = &p->row;

	if (p->kind == ACT_REPLY) {
		due_set(r, law_deadline_at(law_deadline("D61"), p->o.now), "D61",
		    !r->ours);
		return;
	}
	if (p->kind == ACT_QUESTION)
		return;
	if (act_kind_decides(p->kind) && r->answered_at == 0)
		r->answered_at = dated(p);
	if (b->hold_until != 0) {
		r->hold_effected_at = b->hold_effected_at;
		r->hold_until = b->hold_until;
	}
	hold_due(r);
}

/* A yes of who could sign it: the thread waits for that, for paper binds nobody here. */
static bool
consent_is_signed_elsewhere(const struct paper *p)
{
	return p->from.is_peer && (p->kind == ACT_GRANTED ||
	    p->kind == ACT_GRANTED_WITH_CONDITIONS) &&
	    strcmp(p->row.kind, act_kind_name(ACT_USE_CONSENT)) == 0;
}

static void
row_move(struct paper *p)
{
	struct docket_request *r = &p->row;

	/* Overtaken by what came before it: it is kept and changes nothing. */
	if (strcmp(p->step.verdict.reason, "thread.came-late") == 0 ||
	    consent_is_signed_elsewhere(p))
		return;
	if (p->opens)
		row_open(p);
	(void)snprintf(r->state, sizeof r->state, "%s",
	    request_state_name(p->step.next));
	if (p->wish->reference != NULL && p->wish->reference[0] != '\0')
		(void)snprintf(r->reference, sizeof r->reference, "%s",
		    p->wish->reference);
	if (p->kind == ACT_RECEIPT && r->receipted_at == 0)
		r->receipted_at = dated(p);
	if (act_kind_class(p->kind) == ACT_IS_ANSWER)
		row_answered(p);
	if (p->kind == ACT_DELIVERED) {
		if (r->answered_at == 0)
			r->answered_at = dated(p);
		hold_due(r);
	}
	if (!request_state_open(p->step.next)) {
		due_set(r, 0, "", false);
		if (r->closed_at == 0)
			r->closed_at = p->o.now;
	}
}

/* ---- kept ---- */

static void
act_row(const struct paper *p, const struct package_written *w, struct docket_act *k)
{
	memset(k, 0, sizeof *k);
	k->act = w->act_id;
	k->package = w->package_id;
	(void)snprintf(k->kind, sizeof k->kind, "%s", act_kind_name(p->kind));
	k->direction = ACT_IN;
	k->request = p->row.number;
	k->at = p->o.now;
	k->made_at = p->act.made_at;
	k->bytes = w->bytes;
	k->stamp = stamp_owed(p->o.kept, p->kind);
	k->stamped_at = p->o.stamped_at;
	k->outbox = OUTBOX_NONE;
}

static bool
records_put(struct paper *p, struct docket *d, const struct package_written *w,
    struct err *err)
{
	struct record used, made, came;
	struct record_item items[3] = { { .record = &used, .request = p->row.number },
		{ .record = &made, .request = p->row.number },
		{ .record = &came, .request = p->row.number } };
	bool any;

	if (!matter_used(p->f, p->under, &used, &any, err))
		return false;
	record_made(p->f, &made, &p->act, w);
	record_begin(p->f, &came, EVENT_RECEIVED);
	came.has_act = came.has_package = true;
	came.act = w->act_id;
	came.package = w->package_id;
	(void)snprintf(came.carrier, sizeof came.carrier, "%s",
	    p->wish->by == BY_MAIL ? "mail" : "local");
	(void)snprintf(came.reason, sizeof came.reason, "recorded.%s",
	    send_by_name(p->wish->by));
	if (p->from.is_peer)
		came.peer = p->from.peer.id;
	return any ? record_group(p->f, d, items, 3, err) :
	    record_group(p->f, d, items + 1, 2, err);
}

/* Our act that they say they have. */
static bool
receipted_put(struct paper *p, struct docket *d, const struct package_written *w,
    struct err *err)
{
	if (p->kind != ACT_RECEIPT)
		return true;
	p->asked.receipted_at = dated(p);
	p->asked.has_receipt = true;
	p->asked.receipt = w->act_id;
	if (p->asked.outbox == OUTBOX_WAITS)
		p->asked.outbox = OUTBOX_DONE;
	return docket_act_put(d, &p->asked, err);
}

static bool
rows_put(struct paper *p, struct docket *d, const struct package_written *w,
    struct err *err)
{
	struct docket_act row;

	p->row.has_act = true;
	if (p->opens)
		p->row.act = w->act_id;
	if (!docket_begin(d, err) || (p->opens ?
	    !docket_request_new(d, &p->row, span_of(NULL, 0), err) :
	    !docket_request_put(d, &p->row, err)))
		return false;
	act_row(p, w, &row);
	return docket_act_put(d, &row, err) && docket_follows_put(d, &row.act,
	    p->act.follows, p->act.follows_n, err) &&
	    hold_follow(d, p->row.number, &p->act, p->act.made_at, true, err) &&
	    receipted_put(p, d, w, err) && records_put(p, d, w, err) &&
	    docket_commit(d, err);
}

static bool
rows_again(struct paper *p, struct docket *d, struct docket_act *kept, struct err *err)
{
	const struct package_written w = { .act_id = kept->act };

	if (p->opens ? !docket_request_new(d, &p->row, span_of(NULL, 0), err) :
	    !docket_request_put(d, &p->row, err))
		return false;
	kept->request = p->row.number;
	return receipted_put(p, d, &w, err);
}

/* What the record says of it, and its act; the rest is as when it was recorded. */
bool
paper_again(struct flow *f, struct docket *d, const struct paper_came *came,
    const struct act *a, struct docket_act *kept, struct err *err)
{
	struct record_wish wish = { .number = came->thread, .by = came->by };
	struct paper *p = mem_new(sizeof *p, err);
	const char *number;
	bool ok = p != NULL;

	if (!ok)
		return false;
	paper_init(p, f, &wish);
	p->kind = a->kind;
	p->opens = came->thread == 0;
	p->o.now = kept->at;
	number = p->opens ? a->body.request.number : act_kind_class(a->kind) ==
	    ACT_IS_ANSWER ? a->body.answer.number : a->kind == ACT_DELIVERED ?
	    a->body.delivered.number : "-";
	wish.reference = strcmp(number, "-") == 0 ? NULL : number;
	if (a->kind == ACT_RECEIPT) {
		wish.has_dated = true;
		wish.dated = a->body.receipt.received_at;
	}
	if (came->peer.s[0] != '\0') {
		p->from.is_peer = true;
		p->from.peer.id = came->peer;
	}
	ok = (p->opens || asked_load(p, d, err)) && thread_ask(p, err);
	if (ok) {
		/* Lent: what the rows are filled from is all that is read of it. */
		memcpy(p->act.instrument, a->instrument, sizeof p->act.instrument);
		memcpy(p->act.article, a->article, sizeof p->act.article);
		p->act.made_at = a->made_at;
		if (act_kind_class(a->kind) == ACT_IS_ANSWER) {
			p->act.body.answer.hold_effected_at =
			    a->body.answer.hold_effected_at;
			p->act.body.answer.hold_until = a->body.answer.hold_until;
		}
		row_move(p);
		p->row.has_act = true;
		if (p->opens) {
			p->row.act = kept->act;
			p->row.number = came->number;
		}
		ok = rows_again(p, d, kept, err);
	}
	paper_clear(p);
	mem_free(p);
	return ok;
}

static bool
paper_keep(struct paper *p, const struct package_written *w, struct err *err)
{
	struct docket *d = NULL;
	struct err ignored = ERR_INIT;
	bool ok;

	row_move(p);
	ok = desk_open(p->f, true, &d, err) && rows_put(p, d, w, err);
	docket_close(d);
	if (ok)
		(void)!path_remove(p->f->world, home_dir(p->f->home), MAKING_PATH,
		    NULL);
	else
		(void)!making_sweep(p->f, &ignored);
	return ok;
}

/* ---- what binds is noted by two ---- */

static bool
is_agreed(const struct paper *p)
{
	enum request_state state;

	return request_state_parse(p->row.state, &state) && request_state_agreed(state);
}

/* As of a reply that comes by Comity: it sets what was asked for, and nothing after a yes. */
static bool
reply_ask(struct paper *p, struct err *err)
{
	struct answer_facts facts = { .answer = &p->act, .agreed = is_agreed(p) };
	struct act question;
	bool ok;

	if (p->kind != ACT_REPLY || p->row.ours || p->act.body.answer.fields.n == 0)
		return true;
	act_init(&question, ACT_QUESTION);
	ok = !p->has_question || act_open(p->f, &p->question, &question, err);
	if (ok && p->has_question)
		facts.question = &question;
	ok = ok &&
	    verdict_ask(reply_fields_decide(&facts), err);
	act_clear(&question);
	return ok;
}

/* A reply that changes what they ask, or takes the conditions of our yes (S22). */
static bool
reply_binds(const struct paper *p)
{
	return p->kind == ACT_REPLY && !p->row.ours &&
	    (p->act.body.answer.fields.n > 0 || (is_agreed(p) && !p->from.is_peer));
}

/* What the second person reads: how it came, the scans, and what is noted of it. */
static bool
paper_print(const struct paper *p, struct buf *out, struct err *err)
{
	struct digest d;

	if (!buf_printf(out, err, "on paper, not signed by them\ncame by %s\nrequest %s\n",
	    send_by_name(p->wish->by), digest_hex(&p->row.act).s))
		return false;
	for (size_t i = 0; i < p->wish->files_n; i++)
		if (!digest_of(p->items[i].bytes, &d, err) || !buf_printf(out, err,
		    "scan %zu bytes %zu sha256 %s\n", i + 1, p->items[i].bytes.n,
		    digest_hex(&d).s))
			return false;
	return matter_act_print(&p->act, out, err);
}

static bool
paper_sealed_and_kept(struct paper *p, struct err *err)
{
	struct package_written done;

	return collection_make(p, err) && paper_seal(p, &done, err) &&
	    paper_keep(p, &done, err);
}

static bool
paper_put(struct paper *p, struct err *err)
{
	struct matter m = { .act = PEOPLE_ASK, .kind = p->kind, .request = p->row.number };
	struct buf content;
	bool ok;

	if (!reply_binds(p))
		return paper_sealed_and_kept(p, err);
	buf_init(&content, MATTER_MAX);
	ok = paper_print(p, &content, err);
	m.content = buf_span(&content);
	ok = ok && flow_second(p->f, &m, &p->act.people, err);
	p->under = &m;
	if (ok)
		ok = flow_second_end(p->f, &m, paper_sealed_and_kept(p, err), err);
	buf_clear(&content);
	return ok;
}

bool
flow_request_record(struct flow *f, const struct record_wish *wish,
    struct docket_request *out, struct err *err)
{
	struct paper *p = mem_new(sizeof *p, err);
	bool ok;

	if (p == NULL)
		return false;
	paper_init(p, f, wish);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_RECEIVE, err) &&
	    wish_ask(p, err) && paper_load(p, err) &&
	    thread_ask(p, err) && scans_load(p, err) && making_sweep(f, err) &&
	    signer_open(f, &p->o.signer, err) && act_make(p, err) &&
	    reply_ask(p, err) && paper_put(p, err);
	if (ok)
		*out = p->row;
	paper_clear(p);
	mem_free(p);
	return ok;
}
