/*
 * flow/people: the person at work, what needs a second one, and approvals (part of flow;
 * rules are policy/people.h, keys store/people.h).
 *
 * An approval is a signature by a person's own key over a text that names the authority,
 * the request or evidence, the act and the SHA-256 of exactly what would leave (kind,
 * receiver, basis, body, attachments by digest): any later change voids it, and so does
 * another matter.  It is a file below HOME/approvals and a leaf in the ledger.
 *
 * The order: a person prepares (a draft; or an answer or delivery, given as a command,
 * which is kept and refused with "people.second"); another approves; the command is given
 * again by who may, and the act leaves, saying how it was done.
 */
#ifndef COMITY_FLOW_PEOPLE_H
#define COMITY_FLOW_PEOPLE_H

#include "flow/requests.h"
#include "store/people.h"

/* ---- the person at work ---- */

/*
 * May the person at work (flow.as; proven by its passphrase, asked once) do this?  Its role
 * stands in the records from now on.  A home without persons is one person's who may all.
 * ERR_REFUSED "people.*"; ERR_USE "people.as": several persons, and none is named.
 */
MUST bool flow_may(struct flow *f, enum people_act act, struct err *err);
/* Proven and loaded when there are persons; does nothing else. */
MUST bool flow_person(struct flow *f, struct err *err);
/* NULL: a home of one. */
const struct people *flow_people(const struct flow *f);

/* ---- what needs a second person ---- */

struct matter {
	enum people_act act;
	enum act_kind kind;
	unsigned request, evidence;	/* 0 none */
	struct span content;		/* exact text of what would leave; the approver reads it */
	unsigned makers[PEOPLE_MAX];	/* persons who wrote, changed or prepared it */
	size_t makers_n;
};
/*
 * May it leave now?  The person at work becomes a maker when the matter has none.  *out
 * goes into the act (struct act, `people`): how it was done, and by whom.  *owed: seconds
 * until the second signature is due, 0 none.  ERR_REFUSED "people.second" (it is kept as
 * prepared and can be approved), "people.changed", "people.nobody", and flow_may's.
 */
MUST bool flow_second(struct flow *f, const struct matter *m, struct act_people *out,
    int64_t *owed, struct err *err);
/* After the act was made: the second signature that is owed is looked for on the desk. */
MUST bool flow_second_owed(struct flow *f, const struct matter *m, int64_t owed,
    struct err *err);

/* ---- approvals ---- */

#define APPROVALS_MAX 16		/* of one matter */
struct approval_view {
	struct digest content;
	enum people_act act;
	unsigned request, evidence;
	unsigned person;
	char role[32];
	int64_t at;
	bool from_afar;
	bool counts;			/* of what is prepared now */
	char why[300];			/* why it does not */
};
struct matter_view {
	struct digest content;		/* what is named: its first digits */
	enum people_act act;
	enum act_kind kind;
	unsigned request, evidence;
	int64_t at;			/* when it was prepared */
	int64_t due_at;			/* the second signature is owed until then; 0 */
	struct buf text;		/* the content; empty when this person may not read it */
	struct approval_view list[APPROVALS_MAX];
	size_t n;
	unsigned needed;
};
void matter_view_init(struct matter_view *v);
void matter_view_clear(struct matter_view *v);
/* All that waits for a second person; owned, each cleared by the caller. */
MUST bool flow_matters(struct flow *f, struct matter_view **out, size_t *n,
    struct err *err);
/* request 0: typed is the digest's beginning.  ERR_ABSENT "approval.absent". */
MUST bool flow_matter(struct flow *f, unsigned request, const char *typed,
    struct matter_view *out, struct err *err);
/* The person at work approves.  ERR_REFUSED "people.own", "people.not-approver", ... */
MUST bool flow_approve(struct flow *f, const struct matter_view *m, struct err *err);
/* For one who signs elsewhere: the question, sealed to that person; the answer comes back. */
MUST bool flow_approval_ask(struct flow *f, const struct matter_view *m,
    unsigned person, struct buf *out, struct err *err);
MUST bool flow_approval_take(struct flow *f, struct span file,
    struct approval_view *out, struct err *err);
/* On the other machine, which has no home: what is asked, and the approval. */
struct approval_asked {
	struct buf statement;		/* what is signed, as text */
	struct buf content;
};
MUST bool approval_asked_open(struct span file, const struct person_key *k,
    struct approval_asked *out, struct err *err);
void approval_asked_clear(struct approval_asked *a);
MUST bool approval_make(const struct approval_asked *a, const struct person_key *k,
    int64_t at, struct buf *out, struct err *err);

/* ---- persons ---- */

struct person_wish {
	const char *name;
	unsigned roles;
	struct span public;		/* comity.person/1 of one who signs from afar; n = 0 none */
};
/* Number in *out.  The first makes this home one of persons: whoever it was is person 1. */
MUST bool flow_person_add(struct flow *f, const struct person_wish *wish,
    unsigned *out, struct err *err);
MUST bool flow_person_role(struct flow *f, unsigned number, unsigned add,
    unsigned remove, struct err *err);
MUST bool flow_person_let_in(struct flow *f, unsigned number, struct err *err);
MUST bool flow_person_disable(struct flow *f, unsigned number, const char *reason,
    struct err *err);
/* Of the person at work; asked from flow.passphrase. */
MUST bool flow_person_passphrase(struct flow *f, struct err *err);
struct person_view {
	struct person person;
	char name[PERSON_NAME_MAX + 1];
	char note[401];
	unsigned opens;			/* groups it was given (mask) */
};
MUST bool flow_person_list(struct flow *f, struct person_view **out, size_t *n,
    struct err *err);

#endif
