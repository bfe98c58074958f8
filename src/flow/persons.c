/* Persons come, get roles, are let in and leave: each change a leaf. */
#include <stdio.h>
#include <string.h>

#include "flow/leaves.h"
#include "flow/people_inside.h"
#include "policy/use.h"

#define FOUNDER_NAME "the first person of this home"

/* The leaf of a change names the list as it is now. */
static bool
change_record(struct flow *f, const char *what, unsigned number, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, "people.%s.%u", what, number);
	r.files_n = 1;
	(void)snprintf(r.files[0].path, sizeof r.files[0].path, "people/list-%u.json",
	    f->people->version);
	r.files[0].sha256 = f->people->id;
	return record_alone(f, &r, 0, err);
}

static bool
people_ask(struct flow *f, struct err *err)
{
	unsigned newest;
	bool so;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_ADMINISTER, err))
		return false;
	if (f->people == NULL)
		return err_set(err, ERR_USE, "people.none",
		    "this home is one person's; add a second with: comity person add NAME --role ROLE");
	/* A change that was cut: its leaf comes now. */
	if (!people_newest(f, &newest, &so, err) || (newest < f->people->version &&
	    !change_record(f, "found", f->people->by, err)))
		return false;
	/* Only the first person opens all that is to be moved. */
	return keyring_person(f->keyring) != 1 || people_settle(f->home, f->keyring, err);
}

static bool
person_get(struct flow *f, unsigned number, struct person **out, struct err *err)
{
	*out = person_find(f->people, number);
	return *out != NULL || err_set(err, ERR_ABSENT, "people.unknown",
	    "there is no person %u here; see: comity person list", number);
}

/* How large the office is with this person in it. */
static enum office_size
office_with(const struct people *p, bool one_more)
{
	return office_size_of(people_here(p) + one_more);
}

/* Somebody can still do this afterwards. */
static bool
somebody_stays(const struct people *p, const struct person *but, unsigned roles,
    struct err *err)
{
	bool admin = false, evidence = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct person *x = &p->list[i];
		unsigned has = x == but ? roles : x->roles;

		if (x->disabled || x->afar || (x == but && roles == 0))
			continue;
		admin = admin || (has & (1u << ROLE_ADMINISTRATOR)) != 0;
		evidence = evidence || (x->let_in_by != 0 &&
		    (people_roles_open(has) & 15u) == 15u);
	}
	if (!admin)
		return err_set(err, ERR_REFUSED, "people.last-administrator",
		    "nobody would be left who can name persons; give another person the role administrator first");
	return evidence || err_set(err, ERR_REFUSED, "people.last-holder",
	    "nobody would be left who opens all keys of this home; let in a lawyer or contact point first");
}

/* ---- a new person ---- */

/* The passphrase that opened the home is that of person 1 from now on. */
static bool
begin(struct flow *f, struct err *err)
{
	struct buf secret;
	bool ok;

	buf_init_secret(&secret, 4096);
	ok = f->passphrase(f->arg, false, &secret, err) &&
	    keyring_with(f, buf_span(&secret), err) && people_begin(f->home, f->keyring,
	    buf_span(&secret), PERSON_FOUNDER, &f->people, err);
	buf_clear(&secret);
	if (!ok)
		return false;
	f->people_looked = true;
	(void)snprintf(f->role, sizeof f->role, "%s",
	    people_role_name(ROLE_ADMINISTRATOR));
	return person_name_save(f->home, 1, FOUNDER_NAME, NULL, err) &&
	    change_record(f, "begun", 1, err);
}

static bool
row_new(struct flow *f, const struct person_wish *w, struct person *p, struct err *err)
{
	struct buf secret;
	bool ok;

	if (w->public.n > 0) {
		if (!person_public_parse(w->public, p, err))
			return false;
	}
	p->number = (unsigned)f->people->n + 1;
	p->roles = w->roles;
	p->since = world_now(f->world);
	if (p->afar)
		return true;
	buf_init_secret(&secret, 4096);
	ok = f->passphrase(f->arg, true, &secret, err) &&
	    person_keys_make(f->home, p, buf_span(&secret), err);
	buf_clear(&secret);
	return ok;
}

static bool
may_let_in(const struct flow *f)
{
	return person_may_let_in(f->people, person_working(f));
}

static bool
list_add(struct flow *f, const struct person *p, struct err *err)
{
	struct person *list = mem_resize(f->people->list,
	    (f->people->n + 1) * sizeof *list, err);

	if (list == NULL)
		return false;
	f->people->list = list;
	list[f->people->n++] = *p;
	return people_save(f->home, f->keyring, f->people, world_now(f->world), err);
}

/* Two persons with one key would be one person who approves itself. */
static bool
key_ask(const struct flow *f, const struct person *p, struct err *err)
{
	for (size_t i = 0; i < f->people->n; i++)
		if (memcmp(f->people->list[i].point, p->point, sizeof p->point) == 0)
			return err_set(err, ERR_REFUSED, "people.same-key",
			    "this is the key of person %u already: one key is one person",
			    f->people->list[i].number);
	return true;
}

/*
 * One human being in two entries would be a second person to himself.  Keys cannot tell;
 * a name that is here already has to be told apart by whoever names persons.
 */
static bool
name_ask(const struct flow *f, const char *name, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < f->people->n; i++) {
		const struct person *x = &f->people->list[i];
		struct err why = ERR_INIT;
		struct buf text;
		const char *s;

		if (x->disabled)
			continue;
		buf_init(&text, PERSON_NAME_MAX + 1);
		if (!person_name_load(f->home, f->keyring, x->number, &text, NULL, &why) ||
		    !buf_text(&text, &s, &why))
			ok = why.kind != ERR_MEMORY || err_set(err, ERR_MEMORY, why.reason,
			    "%s", why.text);
		else if (use_purpose_same(s, name))
			ok = err_set(err, ERR_REFUSED, "people.same-name",
			    "person %u works here under this name. One human being is one person here: if it is the same one, give that person the role (comity person role %u --add ROLE), or end the old entry first (comity person disable %u); if it is another, add what tells the two apart, as in a middle name",
			    x->number, x->number, x->number);
		buf_clear(&text);
	}
	return ok;
}

static bool
add_run(struct flow *f, const struct person_wish *w, unsigned *out, struct err *err)
{
	struct person p = { .number = 0 };
	struct people_verdict v = roles_decide(w->roles,
	    office_with(f->people, w->public.n == 0));
	unsigned given;

	if (f->people->n == PEOPLE_MAX)
		return err_set(err, ERR_LIMIT, "people.many",
		    "this home has had %d persons, and that is the limit", PEOPLE_MAX);
	if (!person_verdict_ask(&v, err) || !name_ask(f, w->name, err) ||
	    !row_new(f, w, &p, err) ||
	    !key_ask(f, &p, err) ||
	    !person_name_save(f->home, p.number, w->name, NULL, err))
		return false;
	/* An office of one has nobody else for it. */
	p.let_in_by = may_let_in(f) ? keyring_person(f->keyring) : 0;
	if (!list_add(f, &p, err) ||
	    !person_groups_give(f->home, f->keyring, &p, &given, err))
		return false;
	*out = p.number;
	return change_record(f, "added", p.number, err);
}

bool
flow_person_add(struct flow *f, const struct person_wish *wish, unsigned *out,
    struct err *err)
{
	if (wish->name == NULL || wish->name[0] == '\0')
		return err_set(err, ERR_USE, "person.name", "say the person's name");
	if (wish->roles == 0)
		return err_set(err, ERR_USE, "people.no-role",
		    "say the person's role, as in --role investigator");
	if (!home_lock(f->home, err) || !flow_person(f, err) ||
	    (f->people == NULL && !begin(f, err)))
		return false;
	if (people_ask(f, err) && add_run(f, wish, out, err))
		return true;
	decided_refused(f, 0, err);
	return false;
}

/* ---- changes ---- */

static bool
role_run(struct flow *f, unsigned number, unsigned add, unsigned remove,
    struct err *err)
{
	struct people_verdict v;
	struct person *p;
	unsigned roles, given;

	if (!person_get(f, number, &p, err))
		return false;
	roles = (p->roles | add) & ~remove;
	/* One of two is about to go: who stays will be an office of one. */
	v = roles_decide(roles, !people_roles_work(p->roles) ? office_with(f->people, 1) :
	    people_here(f->people) == 2 ? OFFICE_ONE : people_office(f->people));
	/* On the way out of an office of one the first person still has more. */
	if ((add != 0 || roles == 0) && !person_verdict_ask(&v, err))
		return false;
	if (!somebody_stays(f->people, p, roles, err))
		return false;
	if ((people_roles_open(add & ~p->roles) & ~(1u << GROUP_LOG)) != 0)
		p->let_in_by = may_let_in(f) ? keyring_person(f->keyring) : 0;
	p->roles = roles;
	return people_save(f->home, f->keyring, f->people, world_now(f->world), err) &&
	    person_groups_take(f->home, number, person_opens(p), err) &&
	    person_groups_give(f->home, f->keyring, p, &given, err) &&
	    change_record(f, "roles", number, err);
}

bool
flow_person_role(struct flow *f, unsigned number, unsigned add, unsigned remove,
    struct err *err)
{
	if (people_ask(f, err) && role_run(f, number, add, remove, err))
		return true;
	decided_refused(f, 0, err);
	return false;
}

static bool
disable_run(struct flow *f, unsigned number, const char *reason, struct err *err)
{
	char name[PERSON_NAME_MAX + 1] = "";
	struct buf text;
	const char *s;
	struct person *p;
	bool ok;

	if (!person_get(f, number, &p, err) ||
	    (!p->afar && !somebody_stays(f->people, p, 0, err)))
		return false;
	buf_init(&text, PERSON_NAME_MAX + 1);
	ok = person_name_load(f->home, f->keyring, number, &text, NULL, err) &&
	    buf_text(&text, &s, err);
	if (ok)
		(void)snprintf(name, sizeof name, "%s", s);
	buf_clear(&text);
	p->disabled = true;
	p->until = world_now(f->world);
	return ok && people_save(f->home, f->keyring, f->people, p->until, err) &&
	    person_groups_take(f->home, number, 0, err) &&
	    person_name_save(f->home, number, name, reason, err) &&
	    change_record(f, "disabled", number, err);
}

bool
flow_person_disable(struct flow *f, unsigned number, const char *reason,
    struct err *err)
{
	if (reason == NULL || reason[0] == '\0')
		return err_set(err, ERR_USE, "people.reason",
		    "say why, as in --reason \"left the office\"");
	if (people_ask(f, err) && disable_run(f, number, reason, err))
		return true;
	decided_refused(f, 0, err);
	return false;
}

static bool
let_in_run(struct flow *f, unsigned number, struct err *err)
{
	const struct person *by = person_working(f);
	struct person *p;
	unsigned given;

	if (!may_let_in(f))
		return err_set(err, ERR_REFUSED, "people.let-in",
		    "Who lets a person in works on requests here, was let in, and is no administrator: one person who names and lets in would make itself a second.");
	if (!person_get(f, number, &p, err))
		return false;
	if (p->disabled)
		return err_set(err, ERR_REFUSED, "people.disabled",
		    "person %u does not work here any more", number);
	if (p->let_in_by == 0) {
		p->let_in_by = by->number;
		if (!people_save(f->home, f->keyring, f->people, world_now(f->world),
		    err))
			return false;
	}
	return person_groups_give(f->home, f->keyring, p, &given, err) &&
	    change_record(f, "let-in", number, err);
}

bool
flow_person_let_in(struct flow *f, unsigned number, struct err *err)
{
	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_VIEW, err))
		return false;
	if (f->people == NULL)
		return err_set(err, ERR_USE, "people.none",
		    "this home is one person's; add a second with: comity person add NAME --role ROLE");
	if (let_in_run(f, number, err))
		return true;
	decided_refused(f, 0, err);
	return false;
}

bool
flow_person_confirm(struct flow *f, size_t *more, struct err *err)
{
	struct people_said said;
	struct leaf_gap gap;
	const struct person *p;

	/* Let in without them; what is damaged stops it all the same. */
	f->despite_damage = true;
	if (!home_lock(f->home, err) || !leaves_gap(f, &gap, err) || !flow_may(f, PEOPLE_AUDIT, err))
		return false;
	if (f->people == NULL)
		return err_set(err, ERR_USE, "people.none",
		    "this home is one person's; add a second with: comity person add NAME --role ROLE");
	if (gap.at == 0)
		return err_set(err, ERR_USE, "people.confirm-nothing",
		    "no record of this home was lost: nobody has to confirm the list of persons");
	p = person_working(f);
	if (!change_record(f, "confirmed", p->number, err) ||
	    !people_said_since(f, f->people, &said, err))
		return false;
	*more = said.have < said.need ? said.need - said.have : 0;
	return true;
}

bool
flow_person_passphrase(struct flow *f, struct err *err)
{
	struct buf secret;
	bool ok;

	if (!home_lock(f->home, err) || !flow_person(f, err))
		return false;
	if (f->people == NULL)
		return err_set(err, ERR_USE, "people.none",
		    "this home is one person's; a new passphrase is set with: comity key rewrap");
	buf_init_secret(&secret, 4096);
	ok = f->passphrase(f->arg, true, &secret, err) && keyring_person_rewrap(f->keyring,
	    buf_span(&secret), home_settings(f->home)->log_n, err) &&
	    change_record(f, "passphrase", keyring_person(f->keyring), err);
	buf_clear(&secret);
	return ok;
}

/* ---- who there is ---- */

static bool
view_fill(struct flow *f, const struct person *p, struct person_view *v,
    struct err *err)
{
	struct buf name, note;
	const char *s, *why;
	bool ok;

	memset(v, 0, sizeof *v);
	v->person = *p;
	v->opens = person_groups(f->home, p->number);
	buf_init(&name, PERSON_NAME_MAX + 1);
	buf_init(&note, sizeof v->note);
	ok = person_name_load(f->home, f->keyring, p->number, &name, &note, err) &&
	    buf_text(&name, &s, err) && buf_text(&note, &why, err);
	if (ok) {
		(void)snprintf(v->name, sizeof v->name, "%s", s);
		(void)snprintf(v->note, sizeof v->note, "%s", why);
	}
	buf_clear(&name);
	buf_clear(&note);
	return ok;
}

bool
flow_person_list(struct flow *f, struct person_view **out, size_t *n, struct err *err)
{
	struct person_view *list;

	*out = NULL;
	*n = 0;
	/* Whoever has to say that it is right reads it before. */
	f->despite_damage = true;
	if (!flow_may(f, PEOPLE_AUDIT, err) || f->people == NULL)
		return f->people_looked && f->people == NULL;
	list = mem_new(f->people->n * sizeof *list, err);
	if (list == NULL)
		return false;
	for (size_t i = 0; i < f->people->n; i++)
		if (!view_fill(f, &f->people->list[i], &list[i], err)) {
			mem_free(list);
			return false;
		}
	*out = list;
	*n = f->people->n;
	return true;
}
