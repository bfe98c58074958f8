/* Inside flow: what the files about persons and approvals share. */
#ifndef COMITY_FLOW_PEOPLE_INSIDE_H
#define COMITY_FLOW_PEOPLE_INSIDE_H

#include "flow/journey.h"
#include "flow/people.h"

#define APPROVALS_FOLDER "approvals"	/* below the home */
/* Who is alone, person 1 from the first list on, does all but approve what is one's own. */
#define PERSON_FOUNDER ((1u << ROLE_INVESTIGATOR) | (1u << ROLE_OFFICER) | \
    (1u << ROLE_CONTACT_POINT) | (1u << ROLE_LAWYER) | (1u << ROLE_ADMINISTRATOR))

/* Its number: as named, or the only one who works here; 0: a home of one. */
MUST bool person_at_work(struct flow *f, unsigned *out, struct err *err);
/*
 * Is the list of persons in use the one that its newest leaf names, or one that follows it
 * (a change is cut between list and leaf)?  *newest: that version; 0: no leaf names any.
 */
MUST bool people_newest(struct flow *f, unsigned *newest, bool *so, struct err *err);
/*
 * Records were lost, and that of a newer list of persons may have been among them: how many
 * persons who work here said since then that this list is the one, of how many it takes.
 */
struct people_said { size_t have, need; };
MUST bool people_said_since(struct flow *f, const struct people *p, struct people_said *out,
    struct err *err);
/* The same by the list that lies in the home; zeros where it is one person's. */
MUST bool people_said_here(struct flow *f, struct people_said *out, struct err *err);
#define PEOPLE_SAY_MIN 2		/* of them; of one who works here alone, that one */
/*
 * ERR_UNPROVEN "people.rolled-back": an old list was put back, and nothing is done.
 * ERR_REFUSED "people.unconfirmed": nor before people_said_since has enough.
 */
MUST bool people_newest_ask(struct flow *f, struct err *err);
/* The keyring of the person at work, or of a home of one, with this passphrase. */
MUST bool keyring_with(struct flow *f, struct span secret, struct err *err);
/* The person at work, when there are persons (flow_person was called). */
struct person *person_working(const struct flow *f);
MUST bool person_verdict_ask(const struct people_verdict *v, struct err *err);
/* The role under which this person does that: the first that may. */
const char *person_role_for(unsigned roles, enum people_act act);
const char *person_role_approving(unsigned roles, const struct people_rule *rule);

/* ---- what the steps of requests ask (request_matter.c) ---- */

/*
 * content (MATTER_MAX) is filled and borrowed by *out.  to: the peer it goes to, whose card
 * (so the keys it is sealed for) is part of it; NULL none.
 */
MUST bool request_matter(const struct docket_request *row, const struct draft *d,
    const struct peer *to, struct buf *content, struct matter *out, struct err *err);
/* A draft was written or changed by the person at work. */
MUST bool request_prepare(struct flow *f, const struct docket_request *row,
    const struct draft *d, struct err *err);

/*
 * Evidence that was added without being read (--later) is read now: nobody can approve what
 * may change.  Its lines, a record, then prv; cut on the way it is done again.  Nothing is
 * done for one that was read, or that is not our own.
 */
MUST bool evidence_pin(struct flow *f, struct evidence *e, struct evidence_private *prv,
    struct err *err);
/* What is approved of evidence: its fingerprint, and how it goes.  ERR_REFUSED "seal.not-pinned" */
MUST bool evidence_matter(const struct evidence *e, const struct evidence_private *prv,
    const char *how, struct buf *content, struct err *err);

/* ---- statements: what is signed, one for what is prepared and one for an approval ---- */

enum statement_step { STEP_PREPARED, STEP_APPROVED };
struct statement {
	enum statement_step step;
	struct authority_id authority;
	enum people_act act;
	char kind[40];
	unsigned request, evidence;
	struct digest content;
	unsigned makers[8];		/* prepared: who wrote or changed it, the signer first */
	size_t makers_n;
	unsigned person;		/* who signs */
	char role[32];
	int64_t at;
	bool has_place;			/* approved; false: signed by an earlier version */
	uint64_t place;			/* bytes of the journal when it was asked for */
	struct digest chain;		/* of the journal there */
	bool has_log;			/* what an earlier version signed instead */
	uint64_t log;
	bool from_afar;
};
/* The text that is signed: exactly one for each statement. */
MUST bool statement_print(const struct statement *s, struct buf *out, struct err *err);
MUST bool statement_parse(struct span text, struct statement *out, struct err *err);
/* comity.approval/1: the statement and its signature. */
MUST bool signed_print(const char *schema, struct span statement,
    const uint8_t signature[PERSON_SIGNATURE], struct span content, int64_t due_at,
    struct buf *out, struct err *err);
struct signed_file {
	struct buf statement;		/* as it was signed */
	struct statement is;
	uint8_t signature[PERSON_SIGNATURE];
	struct buf content;		/* prepared; empty of an approval */
	int64_t due_at;
};
void signed_file_init(struct signed_file *s);
void signed_file_clear(struct signed_file *s);
MUST bool signed_parse(const char *schema, struct span file, struct signed_file *out,
    struct err *err);
#define MATTER_SCHEMA "comity.matter/1"
#define APPROVAL_SCHEMA "comity.approval/1"
/* By the key the list has of the person; false too when nobody has that number. */
MUST bool signed_holds(const struct people *p, const struct signed_file *s, bool *holds,
    struct err *err);

/* ---- files below HOME/approvals ---- */

struct approval_path { char s[128]; };
struct approval_path matter_path(const struct digest *content);	/* DIGEST.age */
bool matter_name(const char *name, struct digest *content);	/* is it such a name? */
struct approval_path approval_path(const struct digest *content, unsigned person);
/*
 * Until when the second signature is owed, readable without a key: a name of digits and an
 * instant.  at 0: it is owed no more.
 */
MUST bool owed_note(struct flow *f, const struct digest *content, int64_t at,
    struct err *err);
/* Were those who prepared it let in here?  left false: and does the signer work here now? */
bool makers_work(struct people *p, const struct statement *s, bool left);
/* *found false: nobody prepared that, or somebody who cannot have. */
MUST bool matter_load(struct flow *f, const struct digest *content,
    struct signed_file *out, bool *found, struct err *err);
MUST bool matter_save(struct flow *f, const struct statement *s, struct span content,
    int64_t due_at, struct err *err);
/* One approval by its file's name; *found false: it is none. */
MUST bool approval_load(struct flow *f, const char *name, struct signed_file *out,
    bool *found, struct err *err);
/* Calls each(arg, file name) for every name there. */
MUST bool approvals_each(struct flow *f, bool (*each)(void *arg, const char *name,
    struct err *err), void *arg, struct err *err);
/* The approvals of what was prepared, each judged. */
MUST bool matter_judge(struct flow *f, const struct signed_file *prepared,
    struct matter_view *out, unsigned *stale, struct err *err);

/* ---- an approval counts once (used.c) ---- */

/*
 * How much of the journal is looked through since an approval was signed; an older one is
 * asked for anew.  That much is three million records, read once in a command in a second or
 * two, and an office that writes ten a second writes them in three days.
 */
#define APPROVAL_PAST_MAX ((uint64_t)1 << 30)	/* bytes */
/* Where the journal ends now, and the chain there: what a new statement says.  Needs no lock. */
MUST bool approval_place(struct flow *f, struct statement *s, struct err *err);
/* By the numbers alone; PAST_CLEAN: the leaves from there to the end have to be read. */
enum approval_past approval_past_of(uint64_t place, uint64_t end);
/* By the leaves since it was signed; for who decides, under the lock.  *used_at: of PAST_USED. */
MUST bool approval_past(struct flow *f, const struct signed_file *a,
    enum approval_past *out, int64_t *used_at, struct err *err);
/* Those of the view that count. */
void matter_under_put(struct matter *m, const struct matter_view *v);
/*
 * The matter and its approvals are removed; with a request also what was approved of the
 * same act in it before it was changed.
 */
MUST bool approvals_remove(struct flow *f, const struct digest *content, unsigned request,
    enum people_act act, struct err *err);
/* The record that m is used now; *any false: m is NULL, or nobody was asked. */
MUST bool matter_used(struct flow *f, const struct matter *m, struct record *r, bool *any,
    struct err *err);

/* ---- owed for what went (owed.c) ---- */

/* A leaf: it went without, and until when. */
MUST bool owed_record(struct flow *f, const struct signed_file *s, struct err *err);
/* By the records of the ledger, and by a file when there is none. */
MUST bool signature_owed(struct flow *f, const struct digest *content, bool *is,
    struct err *err);

/* A leaf: who, over what, and how it came. */
MUST bool approval_record(struct flow *f, const struct statement *s, const char *outcome,
    struct err *err);

#endif
