/* An act that needs a second person: prepared, approved, and then it may leave. */
#include <stdio.h>
#include <string.h>

#include "flow/people_inside.h"

bool
matter_act_print(const struct act *a, struct buf *out, struct err *err)
{
	struct act plain = *a;		/* its body stays the caller's */

	memset(plain.nonce, 0, sizeof plain.nonce);
	memset(&plain.from_card, 0, sizeof plain.from_card);
	memset(&plain.people, 0, sizeof plain.people);
	plain.made_at = plain.self_test = 0;
	plain.build[0] = '\0';
	(void)snprintf(plain.software, sizeof plain.software, "comity");
	return act_encode(&plain, out, err);
}

bool
matter_value_print(struct buf *out, const char *word, const char *value, struct err *err)
{
	struct json_out j;

	if (value == NULL)
		return buf_printf(out, err, "%s -\n", word);
	if (!buf_printf(out, err, "%s ", word))
		return false;
	json_out_begin(&j, out, false, false, err);
	json_out_str(&j, NULL, value);
	return json_out_end(&j) && buf_add_byte(out, '\n', err);
}

/* ---- prepared ---- */

static bool
prepared_fill(struct flow *f, const struct matter *m, struct statement *s,
    struct err *err)
{
	const struct person *p = person_working(f);

	memset(s, 0, sizeof *s);
	s->step = STEP_PREPARED;
	s->authority = home_settings(f->home)->authority;
	s->act = m->act;
	(void)snprintf(s->kind, sizeof s->kind, "%s", act_kind_name(m->kind));
	s->request = m->request;
	s->evidence = m->evidence;
	s->person = p->number;
	s->makers[s->makers_n++] = p->number;
	s->at = world_now(f->world);
	(void)snprintf(s->role, sizeof s->role, "%s", person_role_for(p->roles, m->act));
	return digest_of(m->content, &s->content, err);
}

/* Who may write a draft may prepare; and who may do it, too. */
static bool
prepare_ask(struct flow *f, enum people_act act, struct err *err)
{
	const struct person *p = person_working(f);

	return (people_roles_may(p->roles) & (1u << PEOPLE_DRAFT)) != 0 ?
	    flow_may(f, PEOPLE_DRAFT, err) : flow_may(f, act, err);
}

bool
flow_may_begin(struct flow *f, enum people_act act, struct err *err)
{
	if (!flow_person(f, err))
		return false;
	if (f->people == NULL)
		return true;
	return people_rule(act, people_office(f->people))->needed == 0 ?
	    flow_may(f, act, err) : prepare_ask(f, act, err);
}

struct carrying {
	struct flow *f;
	struct statement *s;
	const struct matter *m;
	unsigned maker;			/* the first of what was prepared before; 0: nothing was */
	bool mine;			/* and who is at work is one of them */
};

static void
maker_add(struct statement *s, unsigned person)
{
	for (size_t i = 0; i < s->makers_n; i++)
		if (s->makers[i] == person)
			return;
	if (s->makers_n < sizeof s->makers / sizeof *s->makers)
		s->makers[s->makers_n++] = person;
}

/* *is: this was prepared before for that request and act, and nothing left under it. */
static bool
before_load(struct flow *f, const char *name, unsigned request, enum people_act act,
    struct signed_file *was, bool *is, struct err *err)
{
	struct digest content;
	bool found = false;

	*is = false;
	if (!matter_name(name, &content))
		return true;
	if (!matter_load(f, &content, was, &found, err))
		return false;
	*is = found && was->is.request == request && was->is.act == act && was->due_at == 0;
	return true;
}

/* What was prepared before for this request gives its makers on, and is gone. */
static bool
before_carry(void *arg, const char *name, struct err *err)
{
	struct carrying *c = arg;
	struct signed_file was;
	bool is, ok;

	signed_file_init(&was);
	ok = before_load(c->f, name, c->s->request, c->s->act, &was, &is, err);
	for (size_t i = 0; ok && is && i < was.is.makers_n; i++)
		maker_add(c->s, was.is.makers[i]);
	if (ok && is && !digest_eq(&was.is.content, &c->s->content))
		ok = path_remove(c->f->world, home_dir(c->f->home),
		    matter_path(&was.is.content).s, err);
	signed_file_clear(&was);
	return ok;
}

/* The old one goes last: a draft never has no maker. */
static bool
prepare(struct flow *f, const struct matter *m, bool changed, struct err *err)
{
	struct carrying c = { .f = f, .s = &(struct statement){ 0 } };

	if (!prepare_ask(f, m->act, err) || !prepared_fill(f, m, c.s, err) ||
	    (changed && m->request != 0 && !approvals_each(f, before_carry, &c, err)))
		return false;
	return matter_save(f, c.s, m->content, 0, err);
}

static bool
before_look(void *arg, const char *name, struct err *err)
{
	struct carrying *c = arg;
	struct signed_file was;
	bool is, ok;

	signed_file_init(&was);
	ok = before_load(c->f, name, c->m->request, c->m->act, &was, &is, err);
	if (ok && is) {
		c->maker = was.is.makers[0];
		for (size_t i = 0; i < was.is.makers_n; i++)
			c->mine = c->mine ||
			    was.is.makers[i] == person_working(c->f)->number;
	}
	signed_file_clear(&was);
	return ok;
}

/*
 * A draft is not as it was prepared, though nobody edited it: the card of its receiver was
 * replaced.  One of its makers prepares it anew; another would become one by that, and
 * could approve it no more.
 */
static bool
draft_anew(struct flow *f, const struct matter *m, struct err *err)
{
	struct carrying c = { .f = f, .m = m };

	if (!approvals_each(f, before_look, &c, err))
		return false;
	if (c.maker == 0 || c.mine)
		return prepare(f, m, true, err);
	return err_set(err, ERR_REFUSED, "people.changed",
	    "Its receiver, or the receiver's card, is another since it was prepared, and what was approved is void. Person %u, who wrote it, types: comity request send %u. That prepares it as it is now; then another person approves it.",
	    c.maker, m->request);
}

bool
flow_prepare(struct flow *f, const struct matter *m, struct err *err)
{
	if (!flow_person(f, err))
		return false;
	if (f->people == NULL ||
	    people_rule(m->act, people_office(f->people))->needed == 0)
		return true;
	return prepare(f, m, true, err);
}

/* ---- ready? ---- */

struct second {
	struct flow *f;
	struct matter *m;
	struct digest content;
	struct signed_file prepared;
	struct matter_view view;
	unsigned stale;
};

static bool
prepared_get(struct second *s, struct err *err)
{
	bool found;

	if (!digest_of(s->m->content, &s->content, err) ||
	    !matter_load(s->f, &s->content, &s->prepared, &found, err))
		return false;
	if (found && makers_work(s->f->people, &s->prepared.is, false) &&
	    s->prepared.is.act == s->m->act &&
	    s->prepared.is.request == s->m->request &&
	    s->prepared.is.evidence == s->m->evidence)
		return true;
	signed_file_clear(&s->prepared);
	signed_file_init(&s->prepared);
	if (act_kind_class(s->m->kind) == ACT_IS_REQUEST ? !draft_anew(s->f, s->m, err) :
	    !prepare(s->f, s->m, false, err))
		return false;
	return matter_load(s->f, &s->content, &s->prepared, &found, err) && (found ||
	    err_set(err, ERR_IO, "approval.lost", "what was prepared is not there"));
}

static void
facts_fill(struct second *s, struct ready_facts *x)
{
	const struct people *p = s->f->people;
	const struct people_rule *rule;

	*x = (struct ready_facts){ .act = s->m->act, .office = people_office(p),
		.stale = s->stale };
	rule = people_rule(x->act, x->office);
	for (size_t i = 0; i < s->view.n; i++) {
		x->given += s->view.list[i].counts;
		x->from_afar += s->view.list[i].counts && s->view.list[i].from_afar;
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct person *o = &p->list[i];
		bool maker = false;

		for (size_t k = 0; k < s->view.makers_n; k++)
			maker = maker || s->view.makers[k] == o->number;
		if (o->disabled || o->let_in_by == 0 || maker ||
		    (o->roles & rule->by) == 0)
			continue;
		x->anyone_here = x->anyone_here || !o->afar;
		x->anyone_afar = x->anyone_afar || o->afar;
	}
}

static void
person_put(struct act_people *out, const char *role, unsigned person, int64_t at)
{
	struct act_person *p;

	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->list[i].person, person_pseudonym(person).s) == 0)
			return;
	if (out->n == ACT_PEOPLE_MAX)
		return;
	p = &out->list[out->n++];
	(void)snprintf(p->role, sizeof p->role, "%s", role);
	(void)snprintf(p->person, sizeof p->person, "%s", person_pseudonym(person).s);
	p->at = at;
}

/* Who made it first, who approved as far as there is room, and for sure who sends it. */
static void
people_tell(const struct second *s, enum people_how how, struct act_people *out)
{
	const struct statement *is = &s->prepared.is;

	(void)snprintf(out->how, sizeof out->how, "%s", people_how_name(how));
	person_put(out, is->role, is->person, is->at);
	for (size_t i = 0; i < s->view.n && out->n + 1 < ACT_PEOPLE_MAX; i++)
		if (s->view.list[i].counts)
			person_put(out, s->view.list[i].role, s->view.list[i].person,
			    s->view.list[i].at);
	person_put(out, s->f->role, person_working(s->f)->number,
	    world_now(s->f->world));
}

void
matter_under_put(struct matter *m, const struct matter_view *v)
{
	m->under_n = 0;
	for (size_t i = 0; i < v->n; i++)
		if (v->list[i].counts)
			m->under[m->under_n++] = v->list[i].statement;
}

/* An approval of just this is there, and is worth nothing any more: why. */
static const struct people_verdict *
spent(const struct matter_view *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (approval_is_spent(&v->list[i].why))
			return &v->list[i].why;
	return NULL;
}

static bool
not_ready(struct second *s, const struct people_verdict *v, struct err *err)
{
	const struct people_verdict *past = spent(&s->view);

	if (strcmp(v->reason, "people.second") == 0 && past != NULL)
		v = past;
	else if (strcmp(v->reason, "people.second") != 0)
		past = NULL;
	if (strcmp(v->reason, "people.second") != 0 && past == NULL)
		return person_verdict_ask(v, err);
	if (s->m->request != 0)
		return err_set(err, ERR_REFUSED, v->reason,
		    "%s The other person types: comity request approve %u", v->text,
		    s->m->request);
	return err_set(err, ERR_REFUSED, v->reason,
	    "%s The other person types: comity approval give %.16s%s", v->text,
	    digest_hex(&s->content).s, s->view.other == 0 ? "" :
	    ". (What was approved of this evidence before is something else: another receiver, purpose or part, or a card of the receiver that was replaced since.)");
}

/* Owed from now: the file is there before the act, and goes when that fails. */
static bool
owed_begin(struct second *s, unsigned hours, struct err *err)
{
	struct statement is;

	if (!prepared_fill(s->f, s->m, &is, err))
		return false;
	for (size_t i = 0; i < s->prepared.is.makers_n; i++)
		maker_add(&is, s->prepared.is.makers[i]);
	return matter_save(s->f, &is, s->m->content,
	    world_now(s->f->world) + (int64_t)hours * 3600, err) && owed_note(s->f,
	    &is.content, world_now(s->f->world) + (int64_t)hours * 3600, err);
}

static bool
second_run(struct second *s, struct act_people *out, struct err *err)
{
	struct ready_facts facts;
	struct people_ready r;

	if (!prepared_get(s, err) ||
	    !matter_judge(s->f, &s->prepared, &s->view, &s->stale, err))
		return false;
	facts_fill(s, &facts);
	r = people_ready(&facts);
	if (!r.verdict.allow)
		return not_ready(s, &r.verdict, err);
	if (!flow_may(s->f, s->m->act, err))
		return false;
	if (r.how == HOW_OWED && !owed_begin(s, r.hours, err))
		return false;
	matter_under_put(s->m, &s->view);
	people_tell(s, r.how, out);
	return true;
}

/* Nobody else is asked for: who does it is who made it. */
static void
alone_tell(struct flow *f, struct act_people *out)
{
	(void)snprintf(out->how, sizeof out->how, "%s", people_how_name(HOW_ALONE));
	person_put(out, f->role, person_working(f)->number, world_now(f->world));
}

/* A home that has named nobody is an office of one: there is nobody who could approve. */
static bool
of_one(struct flow *f, enum people_act act, struct act_people *out, struct err *err)
{
	const struct ready_facts facts = { .act = act, .office = OFFICE_ONE };
	struct people_ready r = people_ready(&facts);

	if (!person_verdict_ask(&r.verdict, err))
		return false;
	(void)snprintf(out->how, sizeof out->how, "%s", people_how_name(r.how));
	person_put(out, person_role_for(PERSON_FOUNDER, act), 1, world_now(f->world));
	return true;
}

bool
flow_second(struct flow *f, struct matter *m, struct act_people *out,
    struct err *err)
{
	struct second s = { .f = f, .m = m };
	bool ok;

	memset(out, 0, sizeof *out);
	m->under_n = 0;
	if (!flow_person(f, err))
		return false;
	if (f->people == NULL)
		return of_one(f, m->act, out, err);
	if (people_rule(m->act, people_office(f->people))->needed == 0) {
		if (!flow_may(f, m->act, err))
			return false;
		alone_tell(f, out);
		return true;
	}
	signed_file_init(&s.prepared);
	matter_view_init(&s.view);
	ok = home_lock(f->home, err) && second_run(&s, out, err);
	matter_view_clear(&s.view);
	signed_file_clear(&s.prepared);
	return ok;
}

/* ---- after it ---- */

struct ending {
	struct flow *f;
	struct digest content;
	unsigned request;
	enum people_act act;
};

/* Of this, or of what it was before it was changed. */
static bool
ends_with_it(const struct ending *e, const char *name, bool *ends, struct err *err)
{
	struct signed_file a;
	bool found = false, ok = true;

	*ends = strncmp(name, digest_hex(&e->content).s, 64) == 0;
	if (*ends || !name_ends(name, ".json"))
		return true;
	signed_file_init(&a);
	ok = approval_load(e->f, name, &a, &found, err);
	*ends = ok && found && e->request != 0 && a.is.request == e->request &&
	    a.is.act == e->act;
	signed_file_clear(&a);
	return ok;
}

static bool
approval_end(void *arg, const char *name, struct err *err)
{
	struct ending *e = arg;
	char path[300];
	bool ends;

	if (!ends_with_it(e, name, &ends, err))
		return false;
	if (!ends)
		return true;
	(void)snprintf(path, sizeof path, APPROVALS_FOLDER "/%.255s", name);
	return path_remove(e->f->world, home_dir(e->f->home), path, err);
}

bool
approvals_remove(struct flow *f, const struct digest *content, unsigned request,
    enum people_act act, struct err *err)
{
	struct ending e = { f, *content, request, act };

	return approvals_each(f, approval_end, &e, err);
}

/* What went and is owed stays; what did not go is owed to nobody. */
static bool
second_settle(struct flow *f, const struct matter *m, bool left, struct err *err)
{
	struct digest content;
	struct signed_file s;
	bool found = false, owed, ok;

	signed_file_init(&s);
	ok = digest_of(m->content, &content, err) &&
	    matter_load(f, &content, &s, &found, err);
	owed = found && s.due_at != 0;
	if (ok && found && owed != left)
		ok = left ? approvals_remove(f, &content, m->request, m->act, err) :
		    path_remove(f->world, home_dir(f->home), matter_path(&content).s,
		    err) && owed_note(f, &content, 0, err);
	if (ok && owed && left)
		ok = owed_record(f, &s, err);
	signed_file_clear(&s);
	return ok;
}

bool
flow_second_end(struct flow *f, const struct matter *m, bool left, struct err *err)
{
	struct err why = ERR_INIT;
	size_t n;

	if (f->people == NULL ||
	    people_rule(m->act, people_office(f->people))->needed == 0 ||
	    second_settle(f, m, left, &why))
		return left;
	if (left) {
		*err = why;
		return err_wrap(err, "it is done, and need not be done again; what is kept about its approvals could not be put in order");
	}
	/* What stopped it comes first. */
	n = strlen(err->text);
	(void)snprintf(err->text + n, sizeof err->text - n,
	    " (And what is kept about its approvals could not be put in order: %s)", why.text);
	return false;
}
