/*
 * store/docket: the database of a home: which acts there are, how each request stands,
 * what is due, what waits to go out.  An index: packages and the journal are the truth.
 * Codes, ids, numbers and instants are readable; whatever has a name, an account or a
 * text is one sealed blob a row, under the docket key (keys/docket.age), so that a
 * stolen disk or backup shows none (design.md section 10).
 *
 * docket_open takes the docket's own lock for as long as it is open (waiting up to
 * DOCKET_WAIT_SECONDS for another command): open it for a short while, never over
 * sealing or copying.  A home that has it open already shares it; the last close is
 * the one that counts.  One connection, one thread.  Everything between docket_begin
 * and a docket_commit that returned true survives a power cut; without it nothing of
 * it is seen, but for a docket_commit that failed with ERR_IO: of that the next
 * docket_open sees all or nothing.  After ERR_IO close it.
 *
 * Functions that only take ids and instants need no key.  Those that take or give
 * texts fail with ERR_DENIED "docket.key" unless docket_key was called.
 */
#ifndef COMITY_STORE_DOCKET_H
#define COMITY_STORE_DOCKET_H

#include "crypto/aead.h"
#include "store/store.h"

#define DOCKET_WAIT_SECONDS 5
#define DOCKET_TEXT_MAX (512u * 1024)	/* one sealed blob: a draft with its fields */

struct docket;
/*
 * Makes or migrates it; the first time, takes over evidence of an older home.
 * ERR_CONFLICT "docket.busy", "docket.newer"; ERR_UNPROVEN "docket.damaged", which any
 * call may find; ERR_UNPROVEN "docket.lost": there are records, and no docket.  For both
 * there is docket_rebuild_begin (flow_rebuild).
 */
MUST bool docket_open(struct home *h, struct docket **out, struct err *err);
void docket_close(struct docket *d);	/* an open transaction is rolled back; NULL is quiet */
void docket_key(struct docket *d, const struct aead_key *k);	/* copied */
/*
 * A new docket beside the one there is.  From begin to end, or to docket_close, it is what
 * every docket_open of this home gets (no other may be open: ERR_USE "docket.open"), and the
 * docket's lock is held.  docket_request_new takes the number that the row has, if any.
 * *old: what was there before, for reading what only it knows, with its own docket_key;
 * NULL when there is none that opens.  It has its docket_rebuild_old.
 */
MUST bool docket_rebuild_begin(struct home *h, struct docket **out, struct docket **old,
    struct err *err);
void docket_rebuild_old(struct docket *old);	/* closes it; NULL is quiet */
/* What this says is wrong with `old`, not with the disk or memory: the rest goes on. */
bool docket_rebuild_despite(const struct err *why);
/*
 * Cases with their evidence, and correspondents, as they are: sealed values are opened by
 * nobody on the way.  ERR_UNPROVEN: a part of `old` cannot be read; what can is taken.
 */
MUST bool docket_rebuild_names(struct docket *d, struct docket *old, uint64_t *cases,
    uint64_t *correspondents, struct err *err);
/* What of each piece of evidence stands nowhere else: how much in it was no file. */
MUST bool docket_rebuild_others(struct docket *d, struct docket *old, struct err *err);
/*
 * Nothing is under way and `old` is closed: it takes the place of the one there is, which
 * is kept as docket.before-rebuild, and is closed.  Cut on the way there is the one, the
 * other, or none under that name: then docket_open says "docket.lost", and all is done again.
 */
MUST bool docket_rebuild_end(struct docket *d, struct err *err);
unsigned docket_version(struct docket *d);
MUST bool docket_begin(struct docket *d, struct err *err);
MUST bool docket_commit(struct docket *d, struct err *err);
void docket_rollback(struct docket *d);
/* ERR_UNPROVEN "docket.damaged" with what SQLite's own check and ours found. */
MUST bool docket_check(struct docket *d, struct err *err);

/* keys/docket.age, sealed to unlock.age like the other keys; made on first use. */
MUST bool keyring_docket_key(struct keyring *k, struct aead_key *out, struct err *err);

/* ---- cases ---- */

struct docket_case {
	unsigned number;		/* shown as YEAR-NNN */
	int64_t opened_at, closed_at;	/* 0: open */
	char *name;			/* sealed; owned; NULL when not asked for */
};
void docket_case_clear(struct docket_case *c);
MUST bool docket_case_new(struct docket *d, const char *name, int64_t now,
    unsigned *number, struct err *err);
/* ERR_ABSENT "case.absent".  with_name needs the key. */
MUST bool docket_case_get(struct docket *d, unsigned number, bool with_name,
    struct docket_case *out, struct err *err);
MUST bool docket_case_close(struct docket *d, unsigned number, int64_t now,
    struct err *err);
MUST bool docket_cases(struct docket *d, bool with_names,
    bool (*each)(void *arg, const struct docket_case *c, struct err *err), void *arg,
    struct err *err);
MUST bool docket_case_evidence(struct docket *d, unsigned number, unsigned evidence,
    struct err *err);			/* belongs to that case, and to no other, from now on */
MUST bool docket_evidence_case(struct docket *d, unsigned evidence, unsigned *number,
    struct err *err);			/* 0: none */
MUST bool docket_case_evidences(struct docket *d, unsigned number, unsigned **out,
    size_t *n, struct err *err);	/* ascending; mem_free */

/* ---- correspondents without a node (paper, mail) ---- */

struct correspondent {
	unsigned number;
	char state[3];
	char *name, *address, *email;	/* sealed; owned; address and email may be NULL */
	char languages[64];		/* "pt;en" */
};
void correspondent_clear(struct correspondent *c);
MUST bool docket_correspondent_new(struct docket *d, struct correspondent *c,
    struct err *err);			/* sets number */
MUST bool docket_correspondent_get(struct docket *d, unsigned number,
    struct correspondent *out, struct err *err);
/* Needs no key.  ERR_ABSENT "correspondent.absent". */
MUST bool docket_correspondent_state(struct docket *d, unsigned number, char out[3],
    struct err *err);
MUST bool docket_correspondents(struct docket *d, const char *state,	/* NULL all */
    unsigned **out, size_t *n, struct err *err);

/* ---- requests: one row a thread ---- */

struct docket_request {
	unsigned number;		/* this home's: shown as XA-2026-000031 */
	char kind[32];			/* "preserve" */
	bool ours;			/* we ask */
	char state[32];			/* request_state_name */
	char peer[AUTHORITY_ID_MAX];	/* "" when it is a correspondent */
	unsigned correspondent;		/* 0: a peer */
	char by[12];			/* "comity", "letter", "mail", "oral", "diplomatic" */
	unsigned case_number;		/* 0 none */
	bool has_act;
	struct digest act;		/* of the request, once made or received */
	char instrument[40], article[40];
	int64_t basis_at;		/* when the basis was chosen; 0: not here, or not known */
	char basis_rows[192];		/* version of both States' rows then (law/status.h) */
	char reference[80];		/* the other side's number; "" */
	int64_t opened_at;		/* draft made, or received */
	int64_t sent_at, receipted_at, answered_at, closed_at;	/* 0 not yet */
	int64_t expires_at;		/* of the act; 0 none */
	int64_t due_at;			/* what is next due in it; 0 nothing */
	char due_rule[24];		/* "D61", "answer_by", "hold", "oral" */
	bool due_ours;			/* we owe it; else they */
	int64_t hold_effected_at, hold_until;
	bool written_owed;		/* oral: the written confirmation is owed */
};
/* Draft of a request: its act.json body and what goes with it, one sealed blob. */
MUST bool docket_request_new(struct docket *d, struct docket_request *r,
    struct span text, struct err *err);		/* sets number; text may be empty */
/* ERR_ABSENT "request.absent" */
MUST bool docket_request_get(struct docket *d, unsigned number,
    struct docket_request *out, struct err *err);
MUST bool docket_request_put(struct docket *d, const struct docket_request *r,
    struct err *err);
MUST bool docket_request_text(struct docket *d, unsigned number, struct buf *out,
    struct err *err);			/* added; nothing when none was put */
MUST bool docket_request_text_put(struct docket *d, unsigned number, struct span text,
    struct err *err);
/* The thread an act belongs to: its request, or any act that was put into it. */
MUST bool docket_request_by_act(struct docket *d, const struct digest *act,
    struct docket_request *out, bool *found, struct err *err);
enum docket_order { ORDER_NUMBER, ORDER_DUE };
struct docket_filter {
	bool open_only;			/* not closed, withdrawn, refused */
	bool due_only;
	unsigned case_number;		/* 0 any */
	const char *peer, *kind, *state;	/* NULL any */
	unsigned limit;			/* 0: all */
	enum docket_order order;
};
MUST bool docket_requests(struct docket *d, const struct docket_filter *f,
    bool (*each)(void *arg, const struct docket_request *r, struct err *err), void *arg,
    struct err *err);

/* What the desk shows; under 50 ms with a million acts. */
struct docket_counts {
	uint64_t open_ours, open_theirs, drafts;
	uint64_t overdue, due_day;	/* we owe; due in 24 h */
	uint64_t waiting_for_them;	/* of open_ours: sent, no answer */
	uint64_t outbox;		/* acts that no carrier has taken yet */
	uint64_t unreceipted;		/* carried, and their receipt has not come */
	uint64_t holds_ending;		/* within 21 days (D63) */
	uint64_t stamps_owed;		/* as docket_stamps_owed */
	uint64_t holds_over;		/* lapsed, noted or not yet, in a request that is open */
	int64_t last_received_at;	/* 0 never */
};
MUST bool docket_counts(struct docket *d, int64_t now, struct docket_counts *out,
    struct err *err);

/* ---- holds: one row a preservation (policy/hold.h) ---- */

#define HOLD_ORDER_MAX 63		/* number of a domestic order, as its court writes it */
#define HOLD_NAMES_MAX 64		/* requests that name one preservation */
struct docket_hold {
	unsigned request;		/* number of the preservation */
	bool ours;			/* we asked; else we hold */
	char state[20];			/* hold_state_name */
	int64_t effected_at, until;	/* the foreign clock; 0 not yet */
	char order[HOLD_ORDER_MAX + 1];	/* the domestic order; "" not known here */
	int64_t order_until;		/* the domestic clock; 0 not known here */
	int64_t ended_at;		/* released, lapsed; 0 not */
	char ended_by[16];		/* hold_event_name of what ended it */
	int64_t misnoted_at;		/* a lapse that was none: as its clock had it ... */
	int64_t resumed_at;		/* ... and when that was found; 0 never */
};
MUST bool docket_hold_put(struct docket *d, const struct docket_hold *h,
    struct err *err);			/* new or replaced */
MUST bool docket_hold_get(struct docket *d, unsigned request, struct docket_hold *out,
    bool *found, struct err *err);
/* By the foreign clock, soonest first, then those that have none. */
MUST bool docket_holds(struct docket *d, bool open_only,
    bool (*each)(void *arg, const struct docket_hold *h, struct err *err), void *arg,
    struct err *err);
/* Lapsed, as noted at an instant later than this. */
MUST bool docket_holds_ahead(struct docket *d, int64_t now,
    bool (*each)(void *arg, const struct docket_hold *h, struct err *err), void *arg,
    struct err *err);
/*
 * The newest instant that others vouch for: of a time stamp, or of an act that came from
 * somebody known.  0 none.  Looks at every act.
 */
MUST bool docket_outside_newest(struct docket *d, int64_t *out, struct err *err);
/* This request names that hold; again is fine.  ERR_LIMIT "hold.names". */
MUST bool docket_hold_name(struct docket *d, unsigned hold, unsigned request,
    struct err *err);
/* Requests that name it; ascending. */
MUST bool docket_hold_names(struct docket *d, unsigned hold,
    unsigned out[HOLD_NAMES_MAX], size_t *n, struct err *err);
/* Holds that this request names; ascending. */
MUST bool docket_hold_named_by(struct docket *d, unsigned request,
    unsigned out[HOLD_NAMES_MAX], size_t *n, struct err *err);

/* ---- guards: what a person does before a yes, and after a secrecy (policy/guard.h) ---- */

/* A person whom a secret request is about: told of it when the secrecy is over (S05). */
struct docket_notice {
	unsigned number;		/* its pseudonym: shown as N-7 */
	unsigned request, person;	/* 1, 2, ...: its place in the request */
	int64_t since, until;		/* by the clock here; as asked for, or put off to */
	unsigned renewals;
	char reason[24], how[24];	/* codes; "" none, not yet */
	int64_t done_at;		/* 0: not told */
};
/* Again for the same person: nothing changes.  Sets number. */
MUST bool docket_notice_new(struct docket *d, struct docket_notice *n, struct err *err);
MUST bool docket_notice_put(struct docket *d, const struct docket_notice *n,
    struct err *err);
/* ERR_ABSENT "notice.absent" */
MUST bool docket_notice_get(struct docket *d, unsigned number, struct docket_notice *out,
    struct err *err);
MUST bool docket_notice_find(struct docket *d, unsigned request, unsigned person,
    struct docket_notice *out, bool *found, struct err *err);
/* Soonest first. */
MUST bool docket_notices(struct docket *d, bool open_only,
    bool (*each)(void *arg, const struct docket_notice *n, struct err *err), void *arg,
    struct err *err);

/* A call to the number on the sender's card (S15). */
struct docket_call {
	unsigned number, request;
	int64_t at;
	char result[8];			/* "yes", "no", "nobody" */
	char *dialled, *answered_by;	/* sealed; owned; NULL: not asked for, or lost */
};
void docket_call_clear(struct docket_call *c);
/* Both texts NULL: nothing is sealed.  Sets number. */
MUST bool docket_call_new(struct docket *d, struct docket_call *c, struct err *err);
MUST bool docket_calls(struct docket *d, unsigned request, bool texts,
    bool (*each)(void *arg, const struct docket_call *c, struct err *err), void *arg,
    struct err *err);			/* oldest first */

/* What this node set about a State. */
struct docket_stance {
	char state[3], what[12], about[40], value[16];
	int64_t since;
	char *reason;			/* sealed; owned; NULL: not asked for, or lost */
};
void docket_stance_clear(struct docket_stance *s);
/* New, or in the place of what was set about the same.  reason NULL: nothing is sealed. */
MUST bool docket_stance_put(struct docket *d, const struct docket_stance *s,
    struct err *err);
MUST bool docket_stances(struct docket *d, bool reasons,
    bool (*each)(void *arg, const struct docket_stance *s, struct err *err), void *arg,
    struct err *err);

/* Whom a request is about: digests that only the docket key makes. */
#define SUBJECT_OTHERS_MAX 32		/* requests about the same that are looked at */
bool docket_has_key(const struct docket *d);
MUST bool docket_subject_digest(struct docket *d, struct span subject,
    struct digest *out, struct err *err);
MUST bool docket_subject_put(struct docket *d, unsigned request,
    const struct digest *subject, struct err *err);	/* again is fine */
/* Other requests about one of the same; the newest first. */
MUST bool docket_subject_others(struct docket *d, unsigned request,
    unsigned out[SUBJECT_OTHERS_MAX], size_t *n, struct err *err);
/* Requests of theirs of that kind from that peer, since then. */
MUST bool docket_requests_since(struct docket *d, const char *kind, const char *peer,
    int64_t since, uint64_t *n, struct err *err);

/* ---- acts: one row a package ---- */

enum act_direction { ACT_OUT, ACT_IN };
enum outbox_state {
	OUTBOX_NONE,			/* not to be carried */
	OUTBOX_WAITS,			/* until its receipt */
	OUTBOX_ONCE,			/* until it has been carried (receipts) */
	OUTBOX_DONE,
};
struct docket_act {
	struct digest act, package;
	char kind[32];
	enum act_direction direction;
	unsigned request;		/* 0 none */
	unsigned evidence;		/* 0 none */
	char peer[AUTHORITY_ID_MAX];	/* "" none */
	int64_t at;			/* made or received here */
	int64_t made_at;
	/* Of the parcel file; 0: it was not here when the docket was made anew. */
	uint64_t bytes;
	bool has_sha256;
	struct digest sha256;		/* of the parcel file */
	enum stamp_kept stamp;
	int64_t stamped_at;
	bool other;			/* another package of an act that is here: kept, reported */
	enum outbox_state outbox;
	int64_t carried_at, receipted_at;
	bool has_receipt;
	struct digest receipt;		/* act id of the receipt that came (or that we made) */
	char verdict[24], who[12], when[12];	/* of what came in */
};
/* By package: new or replaced.  ERR_LIMIT "evidence.parcels": PARCELS_MAX are there. */
MUST bool docket_act_put(struct docket *d, const struct docket_act *a,
    struct err *err);
MUST bool docket_act_get(struct docket *d, const struct digest *act,
    struct docket_act *out, bool *found, struct err *err);	/* the first package of it */
MUST bool docket_act_package(struct docket *d, const struct digest *package,
    struct docket_act *out, bool *found, struct err *err);
MUST bool docket_request_acts(struct docket *d, unsigned request,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);			/* in order of arrival */
MUST bool docket_outbox(struct docket *d, const char *peer,	/* NULL all */
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);			/* WAITS and ONCE, oldest first */
/*
 * Headers that rest apart (flow/apart.h).  Each package of evidence whose header is still
 * in its parcel, or was not looked at yet; then that it is apart.
 */
MUST bool docket_whole_each(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);
enum docket_apart { APART_NOT, APART_DONE, APART_GONE };	/* gone: destroyed, to the last byte */
MUST bool docket_apart_put(struct docket *d, const struct digest *package,
    enum docket_apart apart, struct err *err);
/* Destroyed here since then; *at 0: it is not, or nobody knows that package. */
MUST bool docket_destroyed_put(struct docket *d, const struct digest *package, int64_t at,
    struct err *err);
MUST bool docket_destroyed_at(struct docket *d, const struct digest *package, int64_t *at,
    struct err *err);
/* Destroyed, and not gone to the last byte yet. */
MUST bool docket_destroying_each(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);
/* What came in of this kind from that authority, in order of arrival. */
MUST bool docket_acts_from(struct docket *d, const char *kind, const char *peer,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);
/* All packages of one act, in order of arrival. */
MUST bool docket_act_packages(struct docket *d, const struct digest *act,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);
/* Signed by us and without the time stamp they need (STAMP_PENDING), oldest first. */
MUST bool docket_stamps_owed(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);
MUST bool docket_acts_each(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err);			/* every package, in order of arrival */
/* follows, for threads and for what waits for something that has not come. */
MUST bool docket_follows_put(struct docket *d, const struct digest *act,
    const struct digest *follows, size_t n, struct err *err);
MUST bool docket_followers(struct docket *d, const struct digest *act,
    struct digest *out, size_t max, size_t *n, struct err *err);

/* ---- records: which of the journal's entries is about what ---- */

struct docket_record {
	uint64_t at;			/* offset in the journal */
	char event[24];
	bool has_act, has_package;
	struct digest act, package;
	unsigned request;		/* thread; 0 none */
	struct digest sha256;		/* of the record's bytes: `before` of the next */
};
MUST bool docket_record_put(struct docket *d, const struct docket_record *r,
    struct err *err);			/* again is fine */
MUST bool docket_record_find(struct docket *d, const char *event,
    const struct digest *act, const struct digest *package,	/* NULL: any */
    struct docket_record *out, bool *found, struct err *err);
/* The last record of a thread (0: of no thread). */
MUST bool docket_record_last(struct docket *d, unsigned request,
    struct docket_record *out, bool *found, struct err *err);
/* The one at this place in the journal. */
MUST bool docket_record_at(struct docket *d, uint64_t at, struct docket_record *out,
    bool *found, struct err *err);
/* How many there are; looks at each row of one index. */
MUST bool docket_records_count(struct docket *d, uint64_t *n, struct err *err);
/* The last one of all. */
MUST bool docket_record_newest(struct docket *d, struct docket_record *out,
    bool *found, struct err *err);
/* Those of an act (NULL: all), oldest first. */
MUST bool docket_records_each(struct docket *d, const struct digest *act,
    bool (*each)(void *arg, const struct docket_record *r, struct err *err), void *arg,
    struct err *err);
/*
 * Those from this offset on are forgotten: the journal was written anew from there
 * (ledger/log.h, log_recover), and what it holds is indexed again.  How many were forgotten
 * is known: what those mean stays in their rows, and is not done twice.
 */
MUST bool docket_records_forget(struct docket *d, uint64_t at, struct err *err);
/* How much of the journal is indexed here: offset behind the last entry. */
MUST bool docket_records_end(struct docket *d, uint64_t *out, struct err *err);
MUST bool docket_records_end_put(struct docket *d, uint64_t at, struct err *err);
/* Of the next records to index, so many were indexed here before they were forgotten. */
MUST bool docket_records_meant(struct docket *d, uint64_t *out, struct err *err);
MUST bool docket_records_meant_put(struct docket *d, uint64_t n, struct err *err);

#endif
