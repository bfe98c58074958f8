/* The person at work: who it is, proven, and what that person may do. */
#include <stdio.h>
#include <string.h>

#include "flow/leaves.h"
#include "flow/people_inside.h"

bool
person_at_work(struct flow *f, unsigned *out, struct err *err)
{
	struct people *p = NULL;
	size_t here = 0;
	bool has;

	*out = f->as;
	if (!home_people_look(f->home, &has, err))
		return false;
	if (!has) {
		*out = 0;
		return f->as <= 1 || err_set(err, ERR_ABSENT, "people.unknown",
		    "there is no person %u here: this home is one person's", f->as);
	}
	if (f->as != 0)
		return true;
	if (!people_load(f->home, &p, err))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (!p->list[i].afar && !p->list[i].disabled) {
			*out = p->list[i].number;
			here++;
		}
	people_free(p);
	return here == 1 || err_set(err, ERR_USE, "people.as",
	    "several persons work in this home: say who is at work, as in --as 2 (see: comity person list)");
}

bool
people_newest(struct flow *f, unsigned *newest, bool *so, struct err *err)
{
	struct err why = ERR_INIT;
	struct digest is;
	struct leaf leaf;

	*newest = 0;
	*so = true;
	if (!leaves_people(f, &leaf, &why))
		return leaves_pass(f, &why, err);
	if (leaf.number == 0)
		return true;
	*newest = leaf.number;
	if (!people_list_digest(f->home, leaf.number, &is, so, err))
		return false;
	*so = *so && digest_eq(&is, &leaf.digest);
	return true;
}

/* ---- after records were lost ---- */

struct said_looking {
	const struct people *p;
	uint64_t since;
	bool said[PEOPLE_MAX];
};

static void
said_look(void *arg, const struct leaf *x)
{
	struct said_looking *l = arg;
	size_t n = sizeof PEOPLE_CONFIRMED - 1;
	uint64_t number;

	if (x->at < l->since || strncmp(x->reason, PEOPLE_CONFIRMED, n) != 0 ||
	    !decimal_parse(span_text(x->reason + n), PEOPLE_MAX, &number))
		return;
	for (size_t i = 0; i < l->p->n; i++)
		l->said[i] = l->said[i] || (l->p->list[i].number == number &&
		    !l->p->list[i].disabled && !l->p->list[i].afar);
}

bool
people_said_since(struct flow *f, const struct people *p, struct people_said *out,
    struct err *err)
{
	struct said_looking l = { .p = p };
	struct leaf_gap gap;

	memset(out, 0, sizeof *out);
	if (!leaves_gap(f, &gap, err) || gap.at == 0)
		return gap.at == 0;
	l.since = gap.at;
	if (!leaves_each(f, LEAF_PEOPLE, said_look, &l, err))
		return false;
	for (size_t i = 0; i < p->n; i++)
		out->have += l.said[i];
	out->need = people_here(p) < PEOPLE_SAY_MIN ? people_here(p) : PEOPLE_SAY_MIN;
	return true;
}

/* A home without a list is one person's: nobody else could say anything. */
bool
people_said_here(struct flow *f, struct people_said *out, struct err *err)
{
	struct people *p = NULL;
	bool has, ok;

	memset(out, 0, sizeof *out);
	if (!home_people_look(f->home, &has, err) ||
	    (has && !people_load(f->home, &p, err)))
		return false;
	ok = !has || people_said_since(f, p, out, err);
	people_free(p);
	return ok;
}

static bool
said_ask(struct flow *f, struct err *err)
{
	struct err why = ERR_INIT;
	struct people_said said;

	if (!people_said_here(f, &said, &why))
		return leaves_pass(f, &why, err);
	return f->despite_damage || said.have >= said.need || err_set(err, ERR_REFUSED,
	    "people.unconfirmed",
	    "records of this home were lost, and that somebody left, or got another role, may have been among them: nobody does anything here before enough of those who work here have read the list of persons and said that it is right (%zu of %zu so far). See it with: comity person list; then: comity person confirm",
	    said.have, said.need);
}

bool
people_newest_ask(struct flow *f, struct err *err)
{
	unsigned newest;
	bool so;

	if (!people_newest(f, &newest, &so, err))
		return false;
	return so ? said_ask(f, err) : err_set(err, ERR_UNPROVEN, "people.rolled-back",
	    "the ledger names version %u of the list of persons, and %s does not have it: somebody put an older list back, with which a person who left could be in again. Nothing is done under it. Put the folder people of the newest backup back (comity restore makes a home of it), and ask who had this disk",
	    newest, home_path(f->home));
}

bool
flow_person(struct flow *f, struct err *err)
{
	struct keyring *k = NULL;
	bool has;

	if (f->people_looked)
		return true;
	if (!home_people_look(f->home, &has, err) ||
	    (has && (!flow_keyring(f, &k, err) || !people_load(f->home, &f->people, err))))
		return false;
	f->people_looked = true;
	return true;
}

const struct people *
flow_people(const struct flow *f)
{
	return f->people;
}

struct person *
person_working(const struct flow *f)
{
	return f->people == NULL || f->keyring == NULL ? NULL :
	    person_find(f->people, keyring_person(f->keyring));
}

const char *
person_role_for(unsigned roles, enum people_act act)
{
	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((roles & (1u << i)) != 0 &&
		    (people_roles_may(1u << i) & (1u << act)) != 0)
			return people_role_name((enum people_role)i);
	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((roles & (1u << i)) != 0)
			return people_role_name((enum people_role)i);
	return "none";
}

const char *
person_role_approving(unsigned roles, const struct people_rule *rule)
{
	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((roles & rule->by & (1u << i)) != 0)
			return people_role_name((enum people_role)i);
	return person_role_for(roles, PEOPLE_AUDIT);
}

void
flow_person_record(const struct flow *f, char person[24], char role[32])
{
	const struct person *p = person_working(f);

	if (p == NULL)
		return;
	(void)snprintf(person, 24, "%s", person_pseudonym(p->number).s);
	(void)snprintf(role, 32, "%s", f->role[0] != '\0' ? f->role :
	    person_role_for(p->roles, PEOPLE_AUDIT));
}

bool
person_verdict_ask(const struct people_verdict *v, struct err *err)
{
	return v->allow || err_set(err, ERR_REFUSED, v->reason, "%s", v->text);
}

bool
flow_may(struct flow *f, enum people_act act, struct err *err)
{
	struct person_facts facts;
	struct people_verdict v;
	const struct person *p;

	if (!flow_person(f, err))
		return false;
	p = person_working(f);
	if (p == NULL)
		return true;
	facts = (struct person_facts){ p->roles, p->disabled, p->afar,
		people_office(f->people) };
	v = person_decide(&facts, act);
	if (!person_verdict_ask(&v, err))
		return false;
	(void)snprintf(f->role, sizeof f->role, "%s", person_role_for(p->roles, act));
	return true;
}
