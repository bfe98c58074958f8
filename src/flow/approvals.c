/*
 * Approvals: what waits for a second person, each approval judged, and those that come
 * from another machine.
 */
#include <stdio.h>
#include <string.h>

#include "flow/leaves.h"
#include "flow/people_inside.h"

#define ASK_SCHEMA "comity.approval-request/1"
#define APPROVAL_FILE_MAX 16384
#define ASK_MAX (MATTER_MAX * 2 + 8192)

void
matter_view_init(struct matter_view *v)
{
	memset(v, 0, sizeof *v);
	buf_init(&v->text, MATTER_MAX);
}

void
matter_view_clear(struct matter_view *v)
{
	buf_clear(&v->text);
}

/* ---- each approval judged ---- */

struct judging {
	struct flow *f;
	const struct signed_file *prepared;
	const struct people_rule *rule;
	struct matter_view *out;
	unsigned stale;
};

static bool
is_maker(const struct statement *prepared, unsigned person)
{
	for (size_t i = 0; i < prepared->makers_n; i++)
		if (prepared->makers[i] == person)
			return true;
	return false;
}

static struct people_verdict
approval_facts_verdict(const struct judging *g, const struct signed_file *a,
    bool signature, enum approval_past past, int64_t used_at)
{
	const struct statement *is = &a->is, *p = &g->prepared->is;
	const struct person *by = person_find(g->f->people, is->person);
	struct approval_facts facts = { .signature = signature,
		.ours = strcmp(is->authority.s, p->authority.s) == 0,
		.same_matter = is->step == STEP_APPROVED && is->act == p->act &&
		    is->request == p->request && is->evidence == p->evidence &&
		    strcmp(is->kind, p->kind) == 0,
		.same_content = digest_eq(&is->content, &p->content),
		.maker = is_maker(p, is->person), .from_afar = is->from_afar,
		.past = past, .used_at = used_at,
		.waits = by == NULL || by->let_in_by == 0 };

	if (by != NULL)
		facts.by = (struct person_facts){ by->roles, by->disabled, by->afar,
			g->rule->office };
	return approval_decide(&facts, g->rule);
}

/* The leaves are read for one that would count. */
static bool
approval_verdict(const struct judging *g, const struct signed_file *a, bool signature,
    struct people_verdict *out, struct err *err)
{
	enum approval_past past = PAST_CLEAN;
	int64_t used_at = 0;

	*out = approval_facts_verdict(g, a, signature, past, used_at);
	if (!out->allow)
		return true;
	if (!approval_past(g->f, a, &past, &used_at, err))
		return false;
	*out = approval_facts_verdict(g, a, signature, past, used_at);
	return true;
}

/* Once a person: two files of one are still one approval. */
static bool
known_already(const struct matter_view *v, unsigned person)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->list[i].person == person && v->list[i].counts)
			return true;
	return false;
}

static bool
view_add(struct judging *g, const struct signed_file *a, struct people_verdict why,
    struct err *err)
{
	struct approval_view *v;

	if (g->out->n == APPROVALS_MAX || (why.allow &&
	    known_already(g->out, a->is.person)))
		return true;
	v = &g->out->list[g->out->n++];
	v->statement.bytes = a->statement.n;
	v->person = a->is.person;
	(void)snprintf(v->role, sizeof v->role, "%s", a->is.role);
	v->at = a->is.at;
	v->from_afar = a->is.from_afar;
	v->counts = why.allow;
	v->why = why;
	return digest_of(buf_span(&a->statement), &v->statement.sha256, err);
}

bool
approval_load(struct flow *f, const char *name, struct signed_file *out, bool *found,
    struct err *err)
{
	char path[300];
	struct err why = ERR_INIT;
	struct buf file;
	bool ok;

	(void)snprintf(path, sizeof path, APPROVALS_FOLDER "/%.255s", name);
	buf_init(&file, APPROVAL_FILE_MAX);
	ok = home_load(f->home, path, &file, &why) &&
	    signed_parse(APPROVAL_SCHEMA, buf_span(&file), out, &why);
	buf_clear(&file);
	*found = ok;
	/* A file that is none of ours says nothing. */
	if (!ok && why.kind != ERR_INPUT && why.kind != ERR_ABSENT && why.kind != ERR_LIMIT) {
		*err = why;
		return false;
	}
	return true;
}

/* Of this matter: by what it says, or because its name says so. */
static bool
about(const struct judging *g, const char *name, const struct signed_file *a)
{
	const struct statement *p = &g->prepared->is;

	return strncmp(name, digest_hex(&p->content).s, 64) == 0 ||
	    digest_eq(&a->is.content, &p->content) || (p->request != 0 &&
	    a->is.request == p->request && a->is.act == p->act);
}

/* Of the same evidence and act, outside any request, and of something else. */
static bool
beside(const struct judging *g, const struct signed_file *a)
{
	const struct statement *p = &g->prepared->is;

	return p->evidence != 0 && p->request == 0 && a->is.request == 0 &&
	    a->is.evidence == p->evidence && a->is.act == p->act;
}

static bool
approval_judge(void *arg, const char *name, struct err *err)
{
	struct judging *g = arg;
	struct signed_file a;
	struct people_verdict v;
	bool found, holds = false, ok;

	if (!name_ends(name, ".json"))
		return true;
	signed_file_init(&a);
	ok = approval_load(g->f, name, &a, &found, err) &&
	    (!found || signed_holds(g->f->people, &a, &holds, err));
	if (ok && found && !about(g, name, &a))
		g->out->other += beside(g, &a);
	else if (ok && found) {
		ok = approval_verdict(g, &a, holds, &v, err);
		if (ok) {
			g->stale += strcmp(v.reason, "people.changed") == 0;
			ok = view_add(g, &a, v, err);
		}
	}
	signed_file_clear(&a);
	return ok;
}

bool
matter_judge(struct flow *f, const struct signed_file *prepared,
    struct matter_view *out, unsigned *stale, struct err *err)
{
	const struct statement *s = &prepared->is;
	struct judging g = { .f = f, .prepared = prepared, .out = out,
		.rule = people_rule(s->act, people_office(f->people)) };

	out->content = s->content;
	out->act = s->act;
	if (!act_kind_parse(s->kind, &out->kind))
		out->kind = ACT_DELIVERED;
	out->request = s->request;
	out->evidence = s->evidence;
	out->makers_n = s->makers_n;
	memcpy(out->makers, s->makers, sizeof out->makers);
	out->at = s->at;
	out->due_at = prepared->due_at;
	out->needed = g.rule->needed;
	if (!buf_add(&out->text, buf_span(&prepared->content), err) ||
	    !approvals_each(f, approval_judge, &g, err))
		return false;
	*stale = g.stale;
	return true;
}

/* ---- what waits ---- */

struct looking {
	struct flow *f;
	struct matter_view *list;
	size_t n;
	unsigned request;		/* only of this; 0: all */
	const char *typed;		/* whose digest begins so; NULL all */
};

static bool
matter_look(void *arg, const char *name, struct err *err)
{
	struct looking *g = arg;
	struct signed_file s;
	struct matter_view *more;
	struct digest content;
	unsigned stale;
	bool found = false, ok;

	if (!matter_name(name, &content) ||
	    (g->typed != NULL && strncmp(name, g->typed, strlen(g->typed)) != 0))
		return true;
	signed_file_init(&s);
	ok = matter_load(g->f, &content, &s, &found, err);
	if (ok && found && (g->request == 0 || s.is.request == g->request)) {
		more = mem_resize(g->list, (g->n + 1) * sizeof *more, err);
		ok = more != NULL;
		if (ok) {
			g->list = more;
			matter_view_init(&more[g->n++]);
			ok = matter_judge(g->f, &s, &more[g->n - 1], &stale, err);
		}
	}
	signed_file_clear(&s);
	return ok;
}

static void
looking_clear(struct looking *g)
{
	for (size_t i = 0; i < g->n; i++)
		matter_view_clear(&g->list[i]);
	mem_free(g->list);
}

bool
flow_matters(struct flow *f, struct matter_view **out, size_t *n, struct err *err)
{
	struct looking g = { .f = f };

	*out = NULL;
	*n = 0;
	if (!flow_person(f, err))
		return false;
	if (f->people != NULL && !approvals_each(f, matter_look, &g, err)) {
		looking_clear(&g);
		return false;
	}
	*out = g.list;
	*n = g.n;
	return true;
}

bool
flow_matter(struct flow *f, unsigned request, const char *typed,
    struct matter_view *out, struct err *err)
{
	struct looking g = { .f = f, .request = request, .typed = typed };
	bool ok;

	if (!flow_person(f, err))
		return false;
	if (f->people == NULL)
		return err_set(err, ERR_REFUSED, "people.nobody",
		    "this home is one person's: nobody else can approve. Add a person, here or from afar: comity person add NAME --role ROLE");
	ok = approvals_each(f, matter_look, &g, err) && (g.n == 1 || (g.n == 0 ?
	    err_set(err, ERR_ABSENT, "approval.absent",
	    "nothing of that waits for a second person; see: comity approval list") :
	    err_set(err, ERR_USE, "approval.several",
	    "%zu things of that wait; name one of them: comity approval list", g.n)));
	if (ok) {
		matter_view_clear(out);
		*out = g.list[0];
		g.n = 0;
	}
	looking_clear(&g);
	return ok;
}

/* ---- one is given ---- */

static bool
statement_note(const struct statement *s, struct record_file *to, struct err *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, 4096);
	(void)snprintf(to->path, sizeof to->path, "approval.txt");
	ok = statement_print(s, &text, err) && digest_of(buf_span(&text), &to->sha256, err);
	to->bytes = text.n;
	buf_clear(&text);
	return ok;
}

static void
decision_of(struct flow *f, const struct statement *s, const char *outcome, struct record *r)
{
	char rule[sizeof r->rule];

	record_begin(f, r, EVENT_DECIDED);
	(void)snprintf(rule, sizeof rule, "people.%s", people_act_name(s->act));
	record_decided(r, rule, outcome);
}

bool
approval_record(struct flow *f, const struct statement *s, const char *outcome,
    struct err *err)
{
	struct record r;

	decision_of(f, s, outcome, &r);
	(void)snprintf(r.reason, sizeof r.reason, "by.%u.%s", s->person,
	    s->from_afar ? "from-afar" : "here");
	r.files_n = 1;
	return statement_note(s, &r.files[0], err) && record_alone(f, &r, s->request, err);
}

bool
owed_record(struct flow *f, const struct signed_file *s, struct err *err)
{
	struct record r;

	decision_of(f, &s->is, "owed", &r);
	(void)snprintf(r.reason, sizeof r.reason, OWED_REASON "until.%lld",
	    (long long)s->due_at);
	(void)snprintf(r.files[1].path, sizeof r.files[1].path, OWED_CONTENT);
	r.files[1].bytes = s->content.n;
	r.files[1].sha256 = s->is.content;
	r.files_n = 2;
	return statement_note(&s->is, &r.files[0], err) &&
	    record_alone(f, &r, s->is.request, err);
}

static bool
approval_fill(struct flow *f, const struct matter_view *m, struct statement *s,
    struct err *err)
{
	memset(s, 0, sizeof *s);
	s->step = STEP_APPROVED;
	s->authority = home_settings(f->home)->authority;
	s->act = m->act;
	(void)snprintf(s->kind, sizeof s->kind, "%s", act_kind_name(m->kind));
	s->request = m->request;
	s->evidence = m->evidence;
	s->content = m->content;
	return approval_place(f, s, err);
}

/* It left long ago, and now under these. */
static bool
owed_use(struct flow *f, const struct matter_view *v, struct err *err)
{
	struct matter m = { .act = v->act, .kind = v->kind, .request = v->request,
		.evidence = v->evidence, .content = buf_span(&v->text), .owed = true };

	matter_under_put(&m, v);
	return flow_second_use(f, NULL, &m, err) &&
	    approvals_remove(f, &v->content, 0, v->act, err);
}

/* The last signature of what has left already: nothing is owed any more. */
static bool
owed_end(struct flow *f, const struct matter_view *m, struct err *err)
{
	struct matter_view now;
	struct signed_file s;
	unsigned stale;
	size_t given = 0;
	bool found = false, owed = m->due_at != 0, ok;

	if (!owed && !signature_owed(f, &m->content, &owed, err))
		return false;
	if (!owed)
		return true;
	signed_file_init(&s);
	matter_view_init(&now);
	ok = matter_load(f, &m->content, &s, &found, err) &&
	    (!found || matter_judge(f, &s, &now, &stale, err));
	for (size_t i = 0; i < now.n; i++)
		given += now.list[i].counts;
	if (ok && found && given >= now.needed)
		ok = owed_use(f, &now, err);
	matter_view_clear(&now);
	signed_file_clear(&s);
	return ok;
}

static bool
approval_keep(struct flow *f, const struct signed_file *a, struct err *err)
{
	struct buf file;
	bool ok;

	buf_init(&file, APPROVAL_FILE_MAX);
	ok = signed_print(APPROVAL_SCHEMA, buf_span(&a->statement), a->signature,
	    span_of(NULL, 0), 0, &file, err) &&
	    dir_make_all(f->world, home_dir(f->home), APPROVALS_FOLDER, err) &&
	    /* The leaf first: nothing counts that is not in the ledger. */
	    approval_record(f, &a->is, "approved", err) &&
	    home_save(f->home, approval_path(&a->is.content, a->is.person).s,
	    buf_span(&file), err);
	buf_clear(&file);
	return ok;
}

/* As flow_second will judge it, so that nobody signs what does not count. */
static bool
approval_ask(struct flow *f, const struct matter_view *m, const struct signed_file *a,
    bool holds, struct err *err)
{
	struct signed_file prepared;
	struct judging g = { .f = f, .prepared = &prepared,
		.rule = people_rule(m->act, people_office(f->people)) };
	struct people_verdict v;
	bool found, ok;

	signed_file_init(&prepared);
	ok = matter_load(f, &m->content, &prepared, &found, err) && (found ||
	    err_set(err, ERR_ABSENT, "approval.absent",
	    "nothing of that waits for a second person; see: comity approval list"));
	ok = ok && approval_verdict(&g, a, holds, &v, err) && person_verdict_ask(&v, err);
	signed_file_clear(&prepared);
	return ok;
}

bool
flow_approve(struct flow *f, const struct matter_view *m, struct err *err)
{
	const struct person *p;
	struct signed_file a;
	struct log *log;
	bool ok;

	/* What a cut left at the journal's end goes before its end is signed. */
	if (!home_lock(f->home, err) || !flow_person(f, err) || !ledger_log(f, &log, err))
		return false;
	p = person_working(f);
	if (p == NULL)
		return err_set(err, ERR_REFUSED, "people.nobody",
		    "this home is one person's: nobody else can approve");
	signed_file_init(&a);
	ok = approval_fill(f, m, &a.is, err);
	a.is.person = p->number;
	a.is.at = world_now(f->world);
	(void)snprintf(a.is.role, sizeof a.is.role, "%s", person_role_approving(p->roles,
	    people_rule(m->act, people_office(f->people))));
	(void)snprintf(f->role, sizeof f->role, "%s", a.is.role);
	ok = ok && statement_print(&a.is, &a.statement, err) &&
	    approval_ask(f, m, &a, true, err) &&
	    keyring_person_sign(f->keyring, buf_span(&a.statement), a.signature, err) &&
	    approval_keep(f, &a, err) && owed_end(f, m, err);
	signed_file_clear(&a);
	if (!ok)
		decided_refused(f, m->request, err);
	return ok;
}

/* ---- from afar ---- */

bool
flow_approval_ask(struct flow *f, const struct matter_view *m, unsigned person,
    struct buf *out, struct err *err)
{
	const struct people_rule *rule;
	const struct person *p;
	struct statement s;
	struct json_out j;
	struct buf text, plain;
	bool ok;

	if (!flow_person(f, err))
		return false;
	p = person_find(f->people, person);
	if (p == NULL || !p->afar || p->disabled)
		return err_set(err, ERR_USE, "people.unknown",
		    "person %u is nobody who signs from afar; see: comity person list",
		    person);
	rule = people_rule(m->act, people_office(f->people));
	if (!approval_fill(f, m, &s, err))
		return false;
	s.person = person;
	s.from_afar = true;
	(void)snprintf(s.role, sizeof s.role, "%s", person_role_approving(p->roles, rule));
	buf_init(&text, 4096);
	buf_init(&plain, ASK_MAX);
	ok = statement_print(&s, &text, err);
	if (ok) {
		json_out_begin(&j, &plain, true, false, err);
		json_out_object(&j, NULL);
		json_out_str(&j, "schema", ASK_SCHEMA);
		json_out_text(&j, "statement", buf_span(&text));
		json_out_text(&j, "content", buf_span(&m->text));
		json_out_close_object(&j);
		ok = json_out_end(&j) && age_seal_small(f->world, &p->recipient, 1,
		    buf_span(&plain), out, err);
	}
	buf_clear(&text);
	buf_clear(&plain);
	return ok;
}

void
approval_asked_init(struct approval_asked *a)
{
	memset(a, 0, sizeof *a);
	buf_init(&a->statement, 4096);
	buf_init(&a->content, MATTER_MAX);
}

void
approval_asked_clear(struct approval_asked *a)
{
	buf_clear(&a->statement);
	buf_clear(&a->content);
}

static bool
asked_in(struct json_object *o, struct approval_asked *out, struct err *err)
{
	const char *schema, *statement, *content;
	struct statement s;
	struct digest is;

	if (!json_text(o, "schema", 1, 40, &schema, err) ||
	    !json_text(o, "statement", 1, 2048, &statement, err) ||
	    !json_text(o, "content", 0, MATTER_MAX, &content, err) || !json_end(o, err))
		return false;
	if (strcmp(schema, ASK_SCHEMA) != 0)
		return err_set(err, ERR_INPUT, "approval.schema",
		    "this is no question for an approval, or one of another version of Comity");
	if (!statement_parse(span_text(statement), &s, err) ||
	    !digest_of(span_text(content), &is, err))
		return false;
	/* What is read is what is signed. */
	if (!digest_eq(&is, &s.content) || s.step != STEP_APPROVED || !s.from_afar)
		return err_set(err, ERR_UNPROVEN, "approval.content",
		    "what it shows is not what would be signed: do not approve it, and call the office that asks");
	out->person = s.person;
	(void)snprintf(out->role, sizeof out->role, "%s", s.role);
	return buf_add_text(&out->statement, statement, err) &&
	    buf_add_text(&out->content, content, err);
}

bool
approval_asked_open(struct span file, const struct person_key *k,
    struct approval_asked *out, struct err *err)
{
	const struct age_identity *ids[1] = { person_key_identity(k) };
	struct age_keys keys = { .identities = ids, .n = 1 };
	struct json *j = NULL;
	struct json_object o;
	struct buf plain;
	bool ok;

	buf_init(&plain, ASK_MAX);
	ok = age_open_small(file, &keys, &plain, err) &&
	    json_read(&j, buf_span(&plain), ASK_MAX, err) && json_top(j, &o, err) &&
	    asked_in(&o, out, err);
	json_free(j);
	buf_clear(&plain);
	return ok || err_wrap(err, "the question");
}

bool
approval_make(const struct approval_asked *a, const struct person_key *k, int64_t at,
    struct buf *out, struct err *err)
{
	uint8_t signature[PERSON_SIGNATURE];
	struct statement s;
	struct buf text;
	bool ok;

	if (!statement_parse(buf_span(&a->statement), &s, err))
		return false;
	s.at = at;
	buf_init(&text, 4096);
	ok = statement_print(&s, &text, err) &&
	    person_key_sign(k, buf_span(&text), signature, err) &&
	    signed_print(APPROVAL_SCHEMA, buf_span(&text), signature, span_of(NULL, 0), 0,
	    out, err);
	buf_clear(&text);
	return ok;
}

static bool
take_run(struct flow *f, struct signed_file *a, struct err *err)
{
	struct matter_view m;
	bool holds = false, ok;

	matter_view_init(&m);
	ok = signed_holds(f->people, a, &holds, err);
	if (ok && !holds)
		ok = err_set(err, ERR_REFUSED, "people.forged",
		    "The signature under this approval is not that of the person it names. Ask that person over a known number whether it is theirs.");
	ok = ok && (flow_matter(f, a->is.request, digest_hex(&a->is.content).s, &m, err) ||
	    (err->kind == ERR_ABSENT && err_set(err, ERR_REFUSED, "people.changed",
	    "Nothing waits that is what this approval is about: it left, was dropped or was changed since. Ask again about what there is now.")));
	ok = ok && approval_ask(f, &m, a, holds, err) && approval_keep(f, a, err) &&
	    owed_end(f, &m, err);
	matter_view_clear(&m);
	return ok;
}

bool
flow_approval_take(struct flow *f, struct span file, struct approval_view *out,
    struct err *err)
{
	struct signed_file a;
	bool ok;

	if (!home_lock(f->home, err) || !flow_person(f, err))
		return false;
	if (f->people == NULL)
		return err_set(err, ERR_REFUSED, "people.nobody",
		    "this home is one person's: nobody else is known who could approve");
	signed_file_init(&a);
	ok = signed_parse(APPROVAL_SCHEMA, file, &a, err) && take_run(f, &a, err);
	if (ok) {
		memset(out, 0, sizeof *out);
		out->person = a.is.person;
		(void)snprintf(out->role, sizeof out->role, "%s", a.is.role);
		out->at = a.is.at;
		out->from_afar = a.is.from_afar;
		out->counts = true;
	} else {
		decided_refused(f, a.is.request, err);
	}
	signed_file_clear(&a);
	return ok;
}
