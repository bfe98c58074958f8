/*
 * policy/people: who of an office may do what, and which acts need a second person.
 * Pure: facts in, a verdict with its sentence out.  The tables are the TSVs of data/people,
 * read and checked when the program is built; doc/people.md is printed from them.
 *
 * Two people are two persons, never two roles of one: who made a thing (wrote, changed
 * or prepared it) does not approve it.  Sources: threat-model D15, D16, D19; S24.
 */
#ifndef COMITY_POLICY_PEOPLE_H
#define COMITY_POLICY_PEOPLE_H

#include "policy/policy.h"

enum people_role {
	ROLE_INVESTIGATOR, ROLE_PROSECUTOR, ROLE_OFFICER, ROLE_CONTACT_POINT, ROLE_LAWYER,
	ROLE_AUDITOR, ROLE_ADMINISTRATOR, ROLE_OVERSIGHT,
	PEOPLE_ROLES
};
/* Groups of keys: a role opens some, by cryptography and not by this table alone. */
enum people_group {
	GROUP_LOG,		/* ledger, witness; names of persons */
	GROUP_DESK,		/* texts of the docket: drafts, names of cases */
	GROUP_SIGN,		/* the authority's signing keys */
	GROUP_EVIDENCE,		/* the age identities that open parcels and evidence */
	PEOPLE_GROUPS
};
enum people_act {
	PEOPLE_DRAFT,		/* write or change a request */
	PEOPLE_ADD,		/* take evidence of our own in */
	PEOPLE_ASK_HOLD,	/* send a request that only has data held */
	PEOPLE_ASK,		/* send any other request */
	PEOPLE_ASK_EMERGENCY,
	PEOPLE_HOLD,		/* yes to a preservation */
	PEOPLE_GRANT,		/* yes to anything else */
	/* yes to one more emergency than come by themselves in a day (guard.h) */
	PEOPLE_GRANT_EMERGENCY,
	PEOPLE_REFUSE,
	PEOPLE_MESSAGE,		/* question, reply, withdrawal ... */
	PEOPLE_DELIVER,		/* evidence leaves: answered, sealed for or shown to somebody, passed on */
	PEOPLE_RELEASE,		/* a hold ends before its time */
	PEOPLE_DESTROY,
	PEOPLE_RECEIVE,
	PEOPLE_READ,		/* evidence becomes plain files */
	PEOPLE_READ_PROTECTED,	/* that a protected person is concerned in (S10) */
	PEOPLE_EXPORT,
	PEOPLE_UNRESTRICT,	/* less of it is restricted than before (Article 14) */
	PEOPLE_VIEW,		/* requests and their texts */
	PEOPLE_KEYS,		/* the authority's keys, cards, peers */
	PEOPLE_EXPORT_KEY,	/* what opens every parcel becomes a file of its own */
	PEOPLE_ADMINISTER,	/* persons, roles, backups */
	PEOPLE_FIGURES,		/* figures, refusals, waivers, versions of rules */
	PEOPLE_AUDIT,		/* the ledger, and who works here */
	PEOPLE_ACTS
};
/*
 * By persons who are active here.  Not counted: who signs from afar only, and who only reads
 * the ledger or figures; neither does any of the office's work.
 */
enum office_size { OFFICE_ONE, OFFICE_SMALL, OFFICE_FULL, OFFICE_SIZES };
#define OFFICE_SMALL_MAX 4	/* persons; five can always find a second one of the day */
enum office_size office_size_of(size_t persons);

const char *people_role_name(enum people_role r);	/* "contact_point" */
bool people_role_parse(const char *name, enum people_role *out);
const char *people_group_name(enum people_group g);	/* "evidence" */
const char *people_act_name(enum people_act a);		/* "ask_hold" */
bool people_act_parse(const char *name, enum people_act *out);
const char *office_size_name(enum office_size o);

/* Sets are masks: 1u << role, act or group. */
unsigned people_roles_may(unsigned roles);		/* acts */
unsigned people_roles_open(unsigned roles);		/* groups */
bool people_roles_work(unsigned roles);			/* more than reading ledger and figures */
#define PEOPLE_ROLES_TEXT 160
struct people_roles_text { char s[PEOPLE_ROLES_TEXT]; };	/* "prosecutor or officer" */
struct people_roles_text people_roles_people(unsigned roles, const char *word);

/*
 * What an act of this kind is: answers by the kind of request they answer (on; ignored
 * for others).  Every kind is something: one that kinds.tsv does not name is what its
 * class is.
 */
enum people_act people_act_of(enum act_kind kind, enum act_kind on);

#define SECOND_AT_ONCE (1u << 0)	/* signs here, before the act goes */
#define SECOND_FROM_AFAR (1u << 1)	/* signs on another machine, before the act goes */
#define SECOND_LATER (1u << 2)		/* signs within `hours` after it went */
struct people_rule {
	enum people_act act;
	enum office_size office;
	unsigned needed;		/* others who approve: 0, 1 or 2 */
	unsigned by;			/* their roles */
	unsigned second;		/* SECOND_* */
	unsigned hours;			/* with SECOND_LATER */
	const char *words;
};
const struct people_rule *people_rule(enum people_act act, enum office_size office);

/* ---- may this person? ---- */

struct person_facts {
	unsigned roles;
	bool disabled;
	bool afar;			/* signs from afar only */
	enum office_size office;
};
/*
 * "people.disabled", "people.afar", "people.role" (text names who may),
 * "people.administrator-reads".
 */
struct people_verdict {
	bool allow;
	const char *reason;
	char text[300];
};
struct people_verdict person_decide(const struct person_facts *p, enum people_act act);

/*
 * May one person have these roles?  "people.no-role"; "people.apart": two that one
 * person has in an office of one only.
 */
struct people_verdict roles_decide(unsigned roles, enum office_size office);

/* ---- one approval ---- */

/* What the ledger says of it since it was signed. */
enum approval_past {
	PAST_CLEAN,
	PAST_USED,			/* something left under it, on used_at */
	PAST_UNSAID,			/* an earlier version signed it: in which ledger is not said */
	PAST_LONG,			/* more leaves came than are looked through */
	PAST_OTHER,			/* not this history, or one that was restored or lost records since */
};
struct approval_facts {
	struct person_facts by;		/* as the person is now */
	bool waits;			/* nobody who reads drafts let that person in yet */
	bool maker;			/* wrote, changed or prepared what it is about */
	bool ours;			/* names this authority */
	bool same_matter;		/* and this request or evidence, and this act */
	bool same_content;		/* digest of what would leave now */
	bool signature;			/* holds, by the key this node knows of the person */
	bool from_afar;			/* came in a file made elsewhere */
	enum approval_past past;
	int64_t used_at;
};
/*
 * "people.own" (the maker), "people.not-approver", "people.changed", "people.copied"
 * (of another matter), "people.forged", "people.disabled", "people.waits",
 * "people.not-from-afar"; and those that were good once: "people.used",
 * "people.earlier-version", "people.too-old", "people.other-ledger".
 */
struct people_verdict approval_decide(const struct approval_facts *f,
    const struct people_rule *rule);
/* Is it one of the last four? */
bool approval_is_spent(const struct people_verdict *v);

/* ---- may the act leave? ---- */

enum people_how {
	HOW_ALONE,			/* the table asks for nobody else */
	HOW_TWO,			/* a second person signed here */
	HOW_FROM_AFAR,			/* signed elsewhere */
	HOW_OWED,			/* it went; the second signature is owed */
};
const char *people_how_name(enum people_how h);	/* "alone", "two", "from_afar", "owed" */
bool people_how_parse(const char *name, enum people_how *out);

struct ready_facts {
	enum people_act act;
	enum office_size office;
	unsigned given;			/* approvals of different persons that are good */
	unsigned from_afar;		/* of them */
	unsigned stale;			/* were good for what it was before it was changed */
	bool anyone_here;		/* somebody else of this office could sign here */
	bool anyone_afar;		/* somebody is known who could sign from afar */
};
struct people_ready {
	struct people_verdict verdict;	/* "people.second", "people.changed", "people.nobody" */
	enum people_how how;		/* when allowed */
	unsigned hours;			/* HOW_OWED: until then */
};
struct people_ready people_ready(const struct ready_facts *f);

/* The tables as Markdown: doc/people.md is this and nothing else. */
MUST bool people_table_print(struct buf *out, struct err *err);

#endif
