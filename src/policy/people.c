/*
 * Who may do what, and when an act is ready to leave.  The rules are rows of data/people;
 * here they are read, and each "no" gets the sentence that says what to do.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/people_tables.h"

static const char *const group_names[PEOPLE_GROUPS] = {
	[GROUP_LOG] = "log",
	[GROUP_DESK] = "desk",
	[GROUP_SIGN] = "sign",
	[GROUP_EVIDENCE] = "evidence",
};
static const char *const act_names[PEOPLE_ACTS] = {
	[PEOPLE_DRAFT] = "draft",
	[PEOPLE_ADD] = "add",
	[PEOPLE_ASK_HOLD] = "ask_hold",
	[PEOPLE_ASK] = "ask",
	[PEOPLE_ASK_EMERGENCY] = "ask_emergency",
	[PEOPLE_HOLD] = "hold",
	[PEOPLE_GRANT] = "grant",
	[PEOPLE_GRANT_EMERGENCY] = "grant_emergency",
	[PEOPLE_REFUSE] = "refuse",
	[PEOPLE_MESSAGE] = "message",
	[PEOPLE_DELIVER] = "deliver",
	[PEOPLE_RELEASE] = "release",
	[PEOPLE_DESTROY] = "destroy",
	[PEOPLE_RECEIVE] = "receive",
	[PEOPLE_READ] = "read",
	[PEOPLE_READ_PROTECTED] = "read_protected",
	[PEOPLE_EXPORT] = "export",
	[PEOPLE_UNRESTRICT] = "unrestrict",
	[PEOPLE_VIEW] = "view",
	[PEOPLE_KEYS] = "keys",
	[PEOPLE_EXPORT_KEY] = "export_key",
	[PEOPLE_ADMINISTER] = "administer",
	[PEOPLE_FIGURES] = "figures",
	[PEOPLE_AUDIT] = "audit",
};
static const char *const office_names[OFFICE_SIZES] = {
	[OFFICE_ONE] = "one",
	[OFFICE_SMALL] = "small",
	[OFFICE_FULL] = "full",
};
static const char *const how_names[] = {
	[HOW_ALONE] = "alone",
	[HOW_TWO] = "two",
	[HOW_FROM_AFAR] = "from_afar",
	[HOW_OWED] = "owed",
};

/* ---- names ---- */

const char *
people_role_name(enum people_role r)
{
	return people_role_rows[r].name;
}

bool
people_role_parse(const char *name, enum people_role *out)
{
	for (int i = 0; i < PEOPLE_ROLES; i++)
		if (strcmp(name, people_role_rows[i].name) == 0) {
			*out = (enum people_role)i;
			return true;
		}
	return false;
}

const char *
people_group_name(enum people_group g)
{
	return group_names[g];
}

const char *
people_act_name(enum people_act a)
{
	return act_names[a];
}

bool
people_act_parse(const char *name, enum people_act *out)
{
	size_t i;

	if (!name_find(act_names, PEOPLE_ACTS, name, &i))
		return false;
	*out = (enum people_act)i;
	return true;
}

const char *
office_size_name(enum office_size o)
{
	return office_names[o];
}

enum office_size
office_size_of(size_t persons)
{
	return persons <= 1 ? OFFICE_ONE :
	    persons <= OFFICE_SMALL_MAX ? OFFICE_SMALL : OFFICE_FULL;
}

const char *
people_how_name(enum people_how h)
{
	return how_names[h];
}

bool
people_how_parse(const char *name, enum people_how *out)
{
	size_t i;

	if (!name_find(how_names, HOW_OWED + 1, name, &i))
		return false;
	*out = (enum people_how)i;
	return true;
}

/* ---- the tables ---- */

unsigned
people_roles_may(unsigned roles)
{
	unsigned acts = 0;

	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((roles & (1u << i)) != 0)
			acts |= people_role_rows[i].may;
	return acts;
}

bool
people_roles_work(unsigned roles)
{
	return (people_roles_may(roles) & ~(1u << PEOPLE_FIGURES | 1u << PEOPLE_AUDIT)) != 0;
}

unsigned
people_roles_open(unsigned roles)
{
	unsigned groups = 0;

	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((roles & (1u << i)) != 0)
			groups |= people_role_rows[i].opens;
	return groups;
}

struct people_roles_text
people_roles_people(unsigned roles, const char *word)
{
	struct people_roles_text t = { "" };
	size_t at = 0, left = 0;

	for (unsigned set = roles & ((1u << PEOPLE_ROLES) - 1); set != 0; set &= set - 1)
		left++;
	for (int i = 0; i < PEOPLE_ROLES && left > 0; i++) {
		if ((roles & (1u << i)) == 0)
			continue;
		left--;
		at += (size_t)snprintf(t.s + at, sizeof t.s - at, "%s%s%s%s",
		    people_role_rows[i].name, left == 1 ? " " : left > 1 ? ", " : "",
		    left == 1 ? word : "", left == 1 ? " " : "");
		if (at >= sizeof t.s)
			break;
	}
	return t;
}

const struct people_rule *
people_rule(enum people_act act, enum office_size office)
{
	return &people_rule_rows[act * OFFICE_SIZES + office];
}

static const char *
class_word(enum act_class class)
{
	static const char *const words[] = {
		[ACT_IS_CARD] = "*card",
		[ACT_IS_REQUEST] = "*request",
		[ACT_IS_ANSWER] = "*answer",
		[ACT_IS_EVIDENCE] = "*evidence",
		[ACT_IS_RECEIPT] = "*receipt",
		[ACT_IS_TIME_STAMP] = "*time_stamp",
	};

	/* Of a class without a word: the strictest there is. */
	return (size_t)class < sizeof words / sizeof *words && words[class] != NULL ?
	    words[class] : words[ACT_IS_EVIDENCE];
}

enum people_act
people_act_of(enum act_kind kind, enum act_kind on)
{
	const char *name = act_kind_name(kind), *class = class_word(act_kind_class(kind));

	for (size_t i = 0; i < people_kind_count; i++) {
		const struct kind_row *k = &people_kind_rows[i];

		if ((strcmp(k->kind, name) == 0 || strcmp(k->kind, class) == 0) &&
		    (k->on[0] == '\0' || strcmp(k->on, act_kind_name(on)) == 0))
			return k->act;
	}
	return PEOPLE_DELIVER;		/* people.awk wants a row for every class */
}

/* ---- verdicts ---- */

static struct people_verdict
yes(const char *reason)
{
	return (struct people_verdict){ true, reason, "" };
}

static struct people_verdict PRINTF_LIKE(2, 3)
no(const char *reason, const char *fmt, ...)
{
	struct people_verdict v = { false, reason, "" };
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(v.text, sizeof v.text, fmt, ap);
	va_end(ap);
	return v;
}

/* Roles with which a person may do this. */
static unsigned
roles_with(enum people_act act)
{
	unsigned roles = 0;

	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((people_role_rows[i].may & (1u << act)) != 0)
			roles |= 1u << i;
	return roles;
}

#define ROLE(r) (1u << ROLE_##r)
#define TOUCHES_EVIDENCE ((1u << PEOPLE_READ) | (1u << PEOPLE_READ_PROTECTED) | \
    (1u << PEOPLE_EXPORT) | (1u << PEOPLE_UNRESTRICT) | \
    (1u << PEOPLE_DELIVER) | (1u << PEOPLE_DESTROY) | (1u << PEOPLE_EXPORT_KEY))

struct people_verdict
person_decide(const struct person_facts *p, enum people_act act)
{
	if (p->disabled)
		return no("people.disabled",
		    "This person does not work here any more: nothing is done under that name.");
	if (p->afar)
		return no("people.afar",
		    "This person signs from afar only: approvals come in as files, and nothing else is done under that name.");
	if ((people_roles_may(p->roles) & (1u << act)) == 0)
		return no("people.role",
		    "The roles of the person at work do not include this (%s). Who may: %s.",
		    act_names[act], people_roles_people(roles_with(act), "or").s);
	/* Whatever else that person is: an office of one has nobody else. */
	if ((p->roles & ROLE(ADMINISTRATOR)) != 0 && p->office != OFFICE_ONE &&
	    ((1u << act) & TOUCHES_EVIDENCE) != 0)
		return no("people.administrator-reads",
		    "An administrator never reads or hands over evidence. Give that role to another person first: comity person role NUMBER --add administrator, then --remove it here.");
	return yes("people.may");
}

struct people_verdict
roles_decide(unsigned roles, enum office_size office)
{
	if (roles == 0)
		return no("people.no-role", "A person has at least one role, as in --role investigator.");
	if (office == OFFICE_ONE)
		return yes("people.roles");
	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((roles & (1u << i)) != 0 && (people_role_rows[i].apart & roles) != 0)
			return no("people.apart",
			    "One person is not both %s and %s: these stand apart in an office of more than one.",
			    people_role_rows[i].name,
			    people_roles_people(people_role_rows[i].apart & roles, "or").s);
	return yes("people.roles");
}

static const struct { const char *reason, *text; } spent[] = {
	[PAST_USED] = { "people.used", "" },	/* with its date */
	[PAST_UNSAID] = { "people.earlier-version",
	    "This approval was signed with an earlier version of Comity, and does not say in which ledger: ask that person again." },
	[PAST_LONG] = { "people.too-old",
	    "So much has happened here since this approval was given that it is not looked through for its use: ask again." },
	[PAST_OTHER] = { "people.other-ledger",
	    "The ledger this approval was given in is not the one here: it was restored from a backup or lost records since, and nobody can tell whether the approval was used. Ask that person again." },
};

bool
approval_is_spent(const struct people_verdict *v)
{
	for (size_t i = PAST_USED; i < sizeof spent / sizeof *spent; i++)
		if (strcmp(v->reason, spent[i].reason) == 0)
			return true;
	return false;
}

static struct people_verdict
past_no(const struct approval_facts *f)
{
	if (f->past == PAST_USED)
		return no(spent[f->past].reason,
		    "This approval was used on %s, and an approval is good once: ask again.",
		    when_people(f->used_at).s);
	return no(spent[f->past].reason, "%s", spent[f->past].text);
}

struct people_verdict
approval_decide(const struct approval_facts *f, const struct people_rule *rule)
{
	if (!f->ours)
		return no("people.copied",
		    "This approval is for another authority; it says nothing here.");
	if (!f->signature)
		return no("people.forged",
		    "The signature under this approval is not that of the person it names. Ask that person over a known number whether it is theirs.");
	if (!f->same_matter)
		return no("people.copied",
		    "This approval is for another request, piece of evidence or act; it says nothing about this one.");
	if (!f->same_content)
		return no("people.changed",
		    "It was changed after it was approved: who approves has to see it as it is now.");
	if (f->by.disabled)
		return no("people.disabled",
		    "Who approved does not work here any more; another person has to approve.");
	if (f->waits)
		return no("people.waits",
		    "This person was named by an administrator and is not let in yet: somebody of this office who reads drafts does that, with: comity person let-in NUMBER");
	if (f->maker)
		return no("people.own",
		    "Who wrote, changed or prepared it does not approve it, whatever other role that person has. Another person has to.");
	if ((f->by.roles & rule->by) == 0)
		return no("people.not-approver",
		    "The roles of this person do not approve this (%s). Who does: %s.",
		    act_names[rule->act], people_roles_people(rule->by, "or").s);
	if (f->from_afar && (rule->second & SECOND_FROM_AFAR) == 0)
		return no("people.not-from-afar",
		    "This cannot be approved from afar in an office of this size; sign here.");
	if (f->past != PAST_CLEAN)
		return past_no(f);
	return yes("people.approved");
}

/* ---- may the act leave? ---- */

static struct people_ready
ready(enum people_how how, unsigned hours)
{
	return (struct people_ready){ yes("people.ready"), how, hours };
}

static struct people_ready
not_ready(struct people_verdict v)
{
	return (struct people_ready){ v, HOW_ALONE, 0 };
}

struct people_ready
people_ready(const struct ready_facts *f)
{
	const struct people_rule *r = people_rule(f->act, f->office);
	struct people_roles_text who = people_roles_people(r->by, "or");

	if (r->needed == 0)
		return ready(HOW_ALONE, 0);
	if (f->given >= r->needed)
		return ready(f->from_afar > 0 ? HOW_FROM_AFAR : HOW_TWO, 0);
	if ((r->second & SECOND_LATER) != 0)
		return ready(HOW_OWED, r->hours);
	if (f->stale > 0)
		return not_ready(no("people.changed",
		    "It was approved, and it or the card of its receiver changed since, so that approval is void. Ask for it again: %s, and not who wrote it.",
		    who.s));
	if (!f->anyone_here && !f->anyone_afar)
		return not_ready(no("people.nobody",
		    "This never leaves by one person alone (%s), and nobody is known here who could approve it: %s. Add that person, here or from afar: comity person add NAME --role ROLE [--public FILE].",
		    r->words, who.s));
	return not_ready(no("people.second",
	    "This never leaves by one person alone (%s). It is kept as prepared: another person approves it (%s%s), then give the same command again.",
	    r->words, who.s, f->anyone_here ? "" : ", from afar"));
}
