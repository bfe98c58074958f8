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
	bool ok;

	*newest = 0;
	*so = true;
	ok = leaves_people(f, &leaf, &why);
	/* What is wrong with the journal is told by who needs it: rebuild must run. */
	if (!ok && (!docket_rebuild_despite(&why) || why.kind == ERR_CONFLICT)) {
		*err = why;
		return false;
	}
	if (!ok || leaf.number == 0)
		return true;
	*newest = leaf.number;
	if (!people_list_digest(f->home, leaf.number, &is, so, err))
		return false;
	*so = *so && digest_eq(&is, &leaf.digest);
	return true;
}

bool
people_newest_ask(struct flow *f, struct err *err)
{
	unsigned newest;
	bool so;

	if (!people_newest(f, &newest, &so, err))
		return false;
	return so || err_set(err, ERR_UNPROVEN, "people.rolled-back",
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
