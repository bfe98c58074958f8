/*
 * Drafts: a request that has not left.  Its row is readable codes; all that has words,
 * names or accounts is one sealed text, a strict JSON: kind, basis, fields (parts may
 * still be missing), attachments by path and digest.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "flow/guards.h"
#include "flow/people_inside.h"
#include "flow/treaty.h"

#define DRAFT_SCHEMA "comity.draft/1"
#define ATTACH_PATH_MAX 4096		/* bytes of an absolute path */

void
draft_init(struct draft *d)
{
	memset(d, 0, sizeof *d);
	act_init(&d->act, ACT_PRESERVE);
}

static void
attach_forget(struct draft *d)
{
	for (size_t i = 0; i < DRAFT_ATTACH_MAX; i++) {
		mem_free(d->attach[i]);
		d->attach[i] = NULL;
	}
	d->attach_n = 0;
}

void
draft_clear(struct draft *d)
{
	act_clear(&d->act);
	attach_forget(d);
	draft_init(d);
}

/* ---- as text ---- */

static void
instant_out(struct json_out *j, const char *name, int64_t at)
{
	if (at != 0)
		json_out_int(j, name, at);
	else
		json_out_null(j, name);
}

static void
request_out(const struct request_body *r, struct json_out *j)
{
	instant_out(j, "answer_by", r->answer_by);
	if (r->answer_by_reason.text != NULL) {
		json_out_object(j, "answer_by_reason");
		json_out_str(j, "lang", r->answer_by_reason.lang);
		json_out_str(j, "text", r->answer_by_reason.text);
		json_out_close_object(j);
	} else {
		json_out_null(j, "answer_by_reason");
	}
	json_out_object(j, "fields");
	fields_encode(&r->fields, j);
	json_out_close_object(j);
}

static void
attach_out(const struct draft *d, struct json_out *j)
{
	json_out_array(j, "attachments");
	for (size_t i = 0; i < d->attach_n; i++) {
		json_out_object(j, NULL);
		json_out_str(j, "path", d->attach[i]);
		json_out_digest(j, "sha256", &d->attach_sha256[i]);
		json_out_int(j, "bytes", (int64_t)d->attach_bytes[i]);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

bool
draft_encode(const struct draft *d, struct buf *out, struct err *err)
{
	struct json_out j;

	json_out_begin(&j, out, false, false, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", DRAFT_SCHEMA);
	json_out_str(&j, "kind", act_kind_name(d->act.kind));
	json_out_bool(&j, "exercise", d->act.exercise);
	json_out_str(&j, "instrument", d->act.instrument);
	json_out_str(&j, "article", d->act.article);
	instant_out(&j, "expires_at", d->act.expires_at);
	json_out_int(&j, "related", d->follows_request);
	request_out(&d->act.body.request, &j);
	attach_out(d, &j);
	json_out_close_object(&j);
	return json_out_end(&j);
}

static bool
instant_in(struct json_object *o, const char *name, int64_t *out, struct err *err)
{
	return json_take_null(o, name) || json_int(o, name, 1, WHEN_MAX, out, err);
}

static bool
reason_in(struct json_object *o, struct marked_text *out, struct err *err)
{
	struct json_object m;
	const char *lang, *text;

	if (json_take_null(o, "answer_by_reason"))
		return true;
	return json_member(o, "answer_by_reason", &m, err) &&
	    json_text(&m, "lang", 1, sizeof out->lang - 1, &lang, err) &&
	    json_text(&m, "text", 1, ACT_TEXT_MAX, &text, err) && json_end(&m, err) &&
	    marked_set(out, "reason", lang, text, err);
}

static bool
attach_in(struct draft *d, struct json_object *o, struct err *err)
{
	struct json_array list;

	if (!json_list(o, "attachments", 0, DRAFT_ATTACH_MAX, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		struct json_object a;
		const char *path;
		int64_t bytes;

		if (!json_at_object(&list, i, &a, err) ||
		    !json_text(&a, "path", 1, ATTACH_PATH_MAX, &path, err) ||
		    !json_hex(&a, "sha256", d->attach_sha256[i].b, 32, err) ||
		    !json_int(&a, "bytes", 0, DRAFT_ATTACH_BYTES, &bytes, err) ||
		    !json_end(&a, err))
			return false;
		d->attach_bytes[i] = (uint64_t)bytes;
		d->attach[i] = mem_text_of(path, err);
		if (d->attach[i] == NULL)
			return false;
		d->attach_n = i + 1;
	}
	return true;
}

static bool
head_in(struct draft *d, struct json_object *o, struct err *err)
{
	const char *s;
	enum act_kind kind;
	int64_t related;

	if (!json_text(o, "schema", 1, 40, &s, err))
		return false;
	if (strcmp(s, DRAFT_SCHEMA) != 0)
		return err_set(err, ERR_INPUT, "draft.schema",
		    "the draft was written by another version of Comity");
	if (!json_text(o, "kind", 1, 40, &s, err))
		return false;
	if (!act_kind_parse(s, &kind) || act_kind_class(kind) != ACT_IS_REQUEST)
		return err_set(err, ERR_INPUT, "draft.kind",
		    "the draft is of a kind that this version does not know");
	act_init(&d->act, kind);
	if (!json_bool(o, "exercise", &d->act.exercise, err) ||
	    !json_text(o, "instrument", 0, sizeof d->act.instrument - 1, &s, err))
		return false;
	memcpy(d->act.instrument, s, strlen(s) + 1);
	if (!json_text(o, "article", 0, sizeof d->act.article - 1, &s, err))
		return false;
	memcpy(d->act.article, s, strlen(s) + 1);
	if (!instant_in(o, "expires_at", &d->act.expires_at, err) ||
	    !json_int(o, "related", 0, UINT32_MAX, &related, err))
		return false;
	d->follows_request = (unsigned)related;
	return true;
}

static bool
draft_in(struct draft *d, struct json_object *o, struct err *err)
{
	struct request_body *r;
	struct json_object fields;

	if (!head_in(d, o, err))
		return false;
	r = &d->act.body.request;
	return instant_in(o, "answer_by", &r->answer_by, err) &&
	    reason_in(o, &r->answer_by_reason, err) &&
	    json_member(o, "fields", &fields, err) &&
	    fields_decode(&r->fields, &fields, true, err) && attach_in(d, o, err) &&
	    json_end(o, err);
}

bool
draft_decode(struct draft *out, struct span text, struct err *err)
{
	struct json *j = NULL;
	struct json_object o;
	struct draft d;
	bool ok;

	draft_init(&d);
	ok = json_read(&j, text, DOCKET_TEXT_MAX, err) && json_top(j, &o, err) &&
	    draft_in(&d, &o, err);
	json_free(j);
	if (!ok) {
		draft_clear(&d);
		return err_wrap(err, "the draft");
	}
	*out = d;
	return true;
}

bool
draft_load(struct docket *d, unsigned number, struct draft *out, struct err *err)
{
	struct buf text;
	bool ok;

	draft_init(out);
	buf_init_secret(&text, DOCKET_TEXT_MAX);
	ok = docket_request_text(d, number, &text, err) &&
	    (text.n == 0 || draft_decode(out, buf_span(&text), err));
	buf_clear(&text);
	return ok;
}

/* ---- a wish is put into it ---- */

/* What a change of a draft works on. */
struct drafting {
	struct flow *f;
	const struct request_wish *wish;
	struct draft draft;
	struct docket_request row;
	struct other_side to;
};

static void
drafting_init(struct drafting *g, struct flow *f, const struct request_wish *wish)
{
	memset(g, 0, sizeof *g);
	g->f = f;
	g->wish = wish;
	draft_init(&g->draft);
	other_side_init(&g->to);
}

static void
drafting_clear(struct drafting *g)
{
	draft_clear(&g->draft);
	other_side_clear(&g->to);
}

static const char *
lang_of(const struct drafting *g)
{
	return g->wish->lang != NULL ? g->wish->lang : home_settings(g->f->home)->lang;
}

static bool
fields_take(struct drafting *g, struct err *err)
{
	struct fields *fs = &g->draft.act.body.request.fields;

	for (size_t i = 0; i < g->wish->set_n; i++) {
		const struct field_setting *s = &g->wish->set[i];

		if (s->value == NULL)
			(void)fields_remove(fs, s->name);
		else if (!fields_set(fs, s->name, s->value, lang_of(g), err))
			return false;
	}
	return true;
}

/*
 * The instrument an officer chose, or the one that is suggested today; anew when it goes
 * to somebody else.  With it: when it was chosen, and by which rows.
 */
static bool
basis_take(struct drafting *g, bool moved, struct err *err)
{
	const struct request_wish *w = g->wish;
	const char *ours = home_settings(g->f->home)->state;
	struct act *a = &g->draft.act;
	struct docket_request *r = &g->row;
	const struct law_status *law;
	const struct law_basis *b;

	if (!flow_law(g->f, &law, err))
		return false;
	if (w->instrument != NULL) {
		b = law_status_basis(law, act_kind_name(a->kind), w->instrument);
		if (b == NULL)
			return err_set(err, ERR_USE, "request.instrument",
			    "no rule is known for \"%s\" under \"%.40s\"; there are UNCAC-CYBER, Budapest, Budapest-2AP, UNTOC, reciprocity and the treaties of your own updates (comity treaty list), not each for every kind",
			    act_kind_name(a->kind), w->instrument);
	} else if (a->instrument[0] != '\0' && !moved) {
		return short_set(a->article, sizeof a->article, "article", w->article,
		    err);
	} else {
		b = law_basis_suggest(law, act_kind_name(a->kind), ours, g->to.state,
		    world_now(g->f->world));
	}
	if (moved)
		a->instrument[0] = a->article[0] = '\0';
	if (b == NULL)
		return true;	/* policy says what that means */
	r->basis_at = world_now(g->f->world);
	(void)snprintf(r->basis_rows, sizeof r->basis_rows, "%s",
	    law_basis_rows_of(law, b->instrument, ours, g->to.state).s);
	return short_set(a->instrument, sizeof a->instrument, "instrument",
	    b->instrument, err) && short_set(a->article, sizeof a->article, "article",
	    w->article != NULL ? w->article : b->articles, err);
}

static bool
attach_one(struct flow *f, const char *typed, struct draft *d, struct err *err)
{
	struct buf path, bytes;
	size_t at = d->attach_n;
	const char *absolute;
	bool ok;

	if (at == DRAFT_ATTACH_MAX)
		return err_set(err, ERR_LIMIT, "request.attach-many",
		    "a request carries at most %d attachments; put them into one file, or hand them over as evidence",
		    DRAFT_ATTACH_MAX);
	buf_init(&path, ATTACH_PATH_MAX);
	buf_init(&bytes, DRAFT_ATTACH_BYTES);
	ok = file_load(f->world, NULL, typed, &bytes, err);
	if (!ok && err->kind == ERR_LIMIT)
		(void)err_set(err, ERR_LIMIT, "request.attach-large",
		    "the attachment %s is larger than 8 MiB; hand it over as evidence: comity evidence add",
		    typed);
	ok = ok && world_absolute(f->world, typed, &path, err) &&
	    buf_text(&path, &absolute, err) &&
	    digest_of(buf_span(&bytes), &d->attach_sha256[at], err);
	d->attach_bytes[at] = bytes.n;
	d->attach[at] = ok ? mem_text_of(absolute, err) : NULL;
	ok = d->attach[at] != NULL;
	d->attach_n += ok;
	buf_clear(&path);
	buf_clear(&bytes);
	return ok;
}

static bool
attach_take(struct drafting *g, struct err *err)
{
	if (g->wish->attach_none)
		attach_forget(&g->draft);
	for (size_t i = 0; i < g->wish->attach_n; i++)
		if (!attach_one(g->f, g->wish->attach[i], &g->draft, err))
			return false;
	return true;
}

/*
 * The field that says to what a traffic path or a question of use belongs: the
 * evidence that came last in that thread, else the request itself.
 */
static bool
related_take(struct drafting *g, struct docket *d, struct err *err)
{
	struct draft *draft = &g->draft;
	const struct law_field *field = law_field("related_request");
	const struct law_measure *m = act_kind_measure(draft->act.kind);
	struct docket_request r;
	struct digest act;
	bool found;

	if (g->wish->related == 0)
		return true;
	if (!docket_request_get(d, g->wish->related, &r, err) ||
	    !thread_last(d, r.number, ACT_DELIVERED, ACT_IN, &act, &found, err))
		return false;
	if (!r.has_act)
		return err_set(err, ERR_USE, "request.related",
		    "request %u has not been sent: nothing can follow it yet",
		    r.number);
	draft->follows_request = r.number;
	if (field == NULL || m == NULL || law_need(m, field) == LAW_NOT_ASKED)
		return true;
	if (!found || draft->act.kind != ACT_USE_CONSENT)
		act = r.act;
	return fields_set(&draft->act.body.request.fields, "related_request.act",
	    digest_hex(&act).s, lang_of(g), err);
}

static bool
times_take(struct drafting *g, struct err *err)
{
	const struct request_wish *w = g->wish;
	struct request_body *r = &g->draft.act.body.request;

	if (w->has_expires_at)
		g->draft.act.expires_at = w->expires_at;
	if (w->has_answer_by)
		r->answer_by = w->answer_by;
	if (g->draft.act.expires_at < 0 || g->draft.act.expires_at > WHEN_MAX ||
	    r->answer_by < 0 || r->answer_by > WHEN_MAX)
		return err_set(err, ERR_USE, "request.time",
		    "the time is before 1970 or after the year 9999");
	return marked_set(&r->answer_by_reason, "reason for the date", lang_of(g),
	    w->answer_by_reason, err);
}

/* Those parts that need the docket: to whom, which case, which thread. */
static bool
places_take(struct drafting *g, struct docket *d, bool *moved, struct err *err)
{
	const struct request_wish *w = g->wish;
	struct docket_request *r = &g->row;
	struct docket_case c;

	*moved = w->to != NULL;
	if (w->to == NULL ? !other_side_of(g->f, d, r, &g->to, err) :
	    !other_side_ahead(g->f, d, w->to, &g->to, err))
		return false;
	other_side_note(&g->to, r);
	if (w->case_number != 0) {
		if (!docket_case_get(d, w->case_number, false, &c, err))
			return false;
		docket_case_clear(&c);
		r->case_number = w->case_number;
	}
	return related_take(g, d, err);
}

static bool
words_take(struct drafting *g, bool moved, struct err *err)
{
	return fields_take(g, err) && times_take(g, err) &&
	    basis_take(g, moved, err) && attach_take(g, err);
}

/* ---- kept ---- */

static void
row_told(struct drafting *g)
{
	struct docket_request *r = &g->row;
	const struct act *a = &g->draft.act;

	(void)snprintf(r->kind, sizeof r->kind, "%s", act_kind_name(a->kind));
	(void)snprintf(r->state, sizeof r->state, "%s", request_state_name(STATE_DRAFT));
	(void)snprintf(r->instrument, sizeof r->instrument, "%s", a->instrument);
	(void)snprintf(r->article, sizeof r->article, "%s", a->article);
	r->ours = true;
	r->expires_at = a->expires_at;
}

static bool
draft_keep(struct drafting *g, struct err *err)
{
	struct docket *d = NULL;
	struct buf text;
	bool ok;

	row_told(g);
	buf_init_secret(&text, DOCKET_TEXT_MAX);
	ok = draft_encode(&g->draft, &text, err) &&
	    desk_open(g->f, true, &d, err) && docket_begin(d, err) &&
	    (g->row.number == 0 ?
	    docket_request_new(d, &g->row, buf_span(&text), err) :
	    docket_request_put(d, &g->row, err) &&
	    docket_request_text_put(d, g->row.number, buf_span(&text), err)) &&
	    docket_commit(d, err);
	docket_close(d);
	buf_clear(&text);
	return ok && request_prepare(g->f, &g->row, &g->draft, err);
}

static bool
draft_shown(struct drafting *g, struct request_view *out, struct err *err)
{
	struct act *a = &g->draft.act;

	out->row = g->row;
	out->has_draft = true;
	(void)snprintf(out->peer_name, sizeof out->peer_name, "%s", g->to.name);
	memcpy(out->peer_state, g->to.state, sizeof out->peer_state);
	(void)snprintf(a->body.request.number, sizeof a->body.request.number, "%s",
	    request_number_text(home_settings(g->f->home)->state, &g->row).s);
	a->payload_files = g->draft.attach_n;
	if (!draft_check(g->f, a, g->to.state, false, &out->findings, err) ||
	    !guard_look(g->f, &g->row, a, &out->findings, err))
		return false;
	out->draft = g->draft;
	draft_init(&g->draft);
	return receiver_look(g->f, &g->to, &out->findings, err);
}

static bool
kind_take(struct drafting *g, struct err *err)
{
	const char *typed = g->wish->kind != NULL ? g->wish->kind : "";
	enum act_kind kind;

	if (!act_kind_parse(typed, &kind) || act_kind_class(kind) != ACT_IS_REQUEST)
		return err_set(err, ERR_USE, "request.kind",
		    "\"%.40s\" is no kind of request; there are %s", typed,
		    request_kinds_people().s);
	if (g->wish->to == NULL)
		return err_set(err, ERR_USE, "request.to",
		    "say whom to ask, as in --to XB");
	act_init(&g->draft.act, kind);
	g->draft.act.exercise = home_settings(g->f->home)->training;
	g->row.opened_at = world_now(g->f->world);
	(void)snprintf(g->row.by, sizeof g->row.by, "%s", send_by_name(BY_COMITY));
	return true;
}

bool
flow_request_new(struct flow *f, const struct request_wish *wish,
    struct request_view *out, struct err *err)
{
	struct docket *d = NULL;
	struct drafting g;
	bool moved = true, ok;

	request_view_init(out);
	drafting_init(&g, f, wish);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_DRAFT, err) &&
	    kind_take(&g, err) &&
	    desk_open(f, true, &d, err) && places_take(&g, d, &moved, err);
	docket_close(d);
	ok = ok && words_take(&g, moved, err) && draft_keep(&g, err) &&
	    draft_shown(&g, out, err);
	drafting_clear(&g);
	return ok;
}

static bool
editing_open(struct drafting *g, unsigned number, bool *moved, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(g->f, true, &d, err) &&
	    docket_request_get(d, number, &g->row, err) &&
	    (strcmp(g->row.state, request_state_name(STATE_DRAFT)) == 0 ||
	    err_set(err, ERR_CONFLICT, "request.sent",
	    "request %u is no draft any more: what was sent stays as it is; withdraw it, or send another",
	    number)) && draft_load(d, number, &g->draft, err) &&
	    places_take(g, d, moved, err);
	docket_close(d);
	return ok;
}

bool
flow_request_edit(struct flow *f, unsigned number, const struct request_wish *wish,
    struct request_view *out, struct err *err)
{
	struct drafting g;
	bool moved = false, ok;

	request_view_init(out);
	drafting_init(&g, f, wish);
	if (wish->kind != NULL)
		return err_set(err, ERR_USE, "request.kind",
		    "the kind of a draft stays; begin another one");
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_DRAFT, err) &&
	    editing_open(&g, number, &moved, err) &&
	    words_take(&g, moved, err) && draft_keep(&g, err) &&
	    draft_shown(&g, out, err);
	drafting_clear(&g);
	return ok;
}
