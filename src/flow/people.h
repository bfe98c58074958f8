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
/*
 * The first thing that a command asks which a second person may have to approve: may the
 * person at work do this, or (when a second one is asked for) at least prepare it?  Who may
 * not is told so before anything is said of what was typed.  Errors of flow_may.
 */
MUST bool flow_may_begin(struct flow *f, enum people_act act, struct err *err);
/* Proven and loaded when there are persons; does nothing else. */
MUST bool flow_person(struct flow *f, struct err *err);
/* NULL: a home of one, or nobody was looked for yet (flow_person). */
const struct people *flow_people(const struct flow *f);
/* Who is at work, for records: pseudonym and role. */
void flow_person_record(const struct flow *f, char person[24], char role[32]);

/* ---- what needs a second person ---- */

/*
 * What is about to leave.  content is the exact text of it, the same each time the same
 * is tried (no nonce, no time of making): the approver reads it, and its SHA-256 is signed.
 */
#define APPROVALS_MAX 16		/* of one matter */
struct matter {
	enum people_act act;
	enum act_kind kind;
	unsigned request, evidence;	/* numbers here; 0 none */
	struct span content;
	bool owed;			/* it left before, and the last signature is there now */
	/* Set by flow_second: the statements it leaves under. */
	struct matter_under { struct digest sha256; uint64_t bytes; } under[APPROVALS_MAX];
	size_t under_n;
};
#define MATTER_EXECUTE "execute "	/* so begins one that lets work begin (execute.c) */
#define MATTER_MAX (512u << 10)		/* bytes of content: an act is half of that at most */
/*
 * Before anything is made.  Who is at work prepares it, unless somebody has: a signature
 * too, so that an approval is always that of another key.  *out goes into the act (struct
 * act, `people`).  A home that has named nobody is an office of one: what needs a second
 * person is refused there, and nothing is kept.  ERR_REFUSED "people.second" (kept as
 * prepared), "people.changed", "people.nobody", and those of flow_may.
 */
MUST bool flow_second(struct flow *f, struct matter *m, struct act_people *out,
    struct err *err);
/*
 * Its approvals are used now: a leaf, the last thing before what they are for can be seen
 * by anybody (it waits in the outbox, the file has its name), or the first record of that
 * transaction.  From then on they count no more; who is cut in between asks anew.  d: the
 * docket that is open, or NULL.  Does nothing when nobody was asked.
 */
MUST bool flow_second_use(struct flow *f, struct docket *d, const struct matter *m,
    struct err *err);
/*
 * After it: left, or not after all (*err says why).  What is owed stays until the second
 * signs.  Returns left, and that what is kept about its approvals is in order.
 */
MUST bool flow_second_end(struct flow *f, const struct matter *m, bool left,
    struct err *err);
/*
 * Prepared by the person at work, who also changed it if others had: what was approved
 * before is void.  Does nothing in a home of one.
 */
MUST bool flow_prepare(struct flow *f, const struct matter *m, struct err *err);
/*
 * One value that a person typed or another office wrote, as content: word, blank, the text
 * as a JSON string ("-" without quotes: there is none), LF.  No value can look like another
 * line, and two wishes never have one text.
 */
MUST bool matter_value_print(struct buf *out, const char *word, const char *value,
    struct err *err);
/* The text of an act as content: without nonce, times of making, our card and software. */
MUST bool matter_act_print(const struct act *a, struct buf *out, struct err *err);

/* ---- approvals ---- */

struct approval_view {
	unsigned person;
	struct matter_under statement;
	char role[32];
	int64_t at;
	bool from_afar;
	bool counts;
	struct people_verdict why;	/* when it does not */
};
struct matter_view {
	struct digest content;		/* its first 16 digits name it */
	enum people_act act;
	enum act_kind kind;
	unsigned request, evidence;
	unsigned makers[8];		/* who wrote or changed it, the last one first */
	size_t makers_n;
	int64_t at;			/* when it was prepared */
	int64_t due_at;			/* it left; the second signature is owed until then; 0 */
	struct buf text;		/* the content */
	struct approval_view list[APPROVALS_MAX];
	size_t n;
	unsigned other;			/* approvals of the same evidence, for something else */
	unsigned needed;
};
void matter_view_init(struct matter_view *v);
void matter_view_clear(struct matter_view *v);
/* All that waits for a second person; mem_free, each cleared by the caller. */
MUST bool flow_matters(struct flow *f, struct matter_view **out, size_t *n,
    struct err *err);
/*
 * By the number of a request, or (0) the beginning of the digest.  A draft is looked at as
 * it is now.  ERR_ABSENT "approval.absent"; ERR_USE "approval.several".
 */
MUST bool flow_matter(struct flow *f, unsigned request, const char *typed,
    struct matter_view *out, struct err *err);
/*
 * The person at work approves what is in m, to the byte.  ERR_ABSENT "approval.absent": it
 * is another by now.  ERR_REFUSED "people.own", "people.not-approver", ...
 */
MUST bool flow_approve(struct flow *f, const struct matter_view *m, struct err *err);
/* How many wait, and how many owed signatures are overdue: without a passphrase. */
struct matter_counts {
	size_t waiting, owed, overdue;
	size_t lost;			/* owed, and its text is not below approvals/ any more */
	int64_t due_at;
};
MUST bool flow_matter_counts(struct flow *f, struct matter_counts *out, struct err *err);

/* For one who signs elsewhere: the question, sealed to that person; the answer comes back. */
MUST bool flow_approval_ask(struct flow *f, const struct matter_view *m,
    unsigned person, struct buf *out, struct err *err);
MUST bool flow_approval_take(struct flow *f, struct span file,
    struct approval_view *out, struct err *err);
/* On the other machine, which has no home: what is asked, then the approval. */
struct approval_asked {
	struct buf statement;		/* all that is signed but who, when and where */
	struct buf content;
	unsigned person;
	char role[32];
};
void approval_asked_init(struct approval_asked *a);
void approval_asked_clear(struct approval_asked *a);
MUST bool approval_asked_open(struct span file, const struct person_key *k,
    struct approval_asked *out, struct err *err);
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
/*
 * The person at work read the list of persons, and it is right: asked of two after records
 * were lost (flow/ledger.h, flow_ledger_succeed).  *more: how many still have to.
 * ERR_USE "people.none": the home is one person's; "people.confirm-nothing": none were lost.
 */
MUST bool flow_person_confirm(struct flow *f, size_t *more, struct err *err);
#define PEOPLE_CONFIRMED "people.confirmed."	/* and the number of who said so */
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
