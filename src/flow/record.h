/*
 * Inside flow: records at each point where the ledger will have a leaf (formats/record).
 * record_event is idempotent by (event, act, package) for what happens once to a
 * package (made, received, refused, revoked, destroyed, loss): a step that is done
 * again after a crash finds its record and writes none.  What may happen often (sent,
 * opened, exported, self_test, ...) gets a record each time.
 */
#ifndef COMITY_FLOW_RECORD_H
#define COMITY_FLOW_RECORD_H

#include "flow/requests.h"

#define RECORD_GROUND "ground."		/* `received` a refusal: its first ground */

/*
 * Filled with now, our authority and role; the caller adds act, package, peer ...
 * role and person: the person at work (flow/people.h), proven before the record is
 * written; in a home of one the first role of the settings, and "P1".
 */
void record_begin(struct flow *f, struct record *r, enum record_event event);
/* Rule and outcome of a decision, with the version of the rules as this program has them. */
void record_decided(struct record *r, const char *rule, const char *outcome);
/*
 * Durable in the journal, then indexed in the docket (its own transaction when none is
 * open).  request: the thread, whose last record becomes `before`; 0 none.  *at: offset
 * in the journal (NULL: not asked for).  The journal is caught up first: what it holds
 * and the docket does not know (a crash between the two) is indexed.  Takes the home's
 * lock.
 */
MUST bool record_event(struct flow *f, struct docket *d, struct record *r,
    unsigned request, uint64_t *at, struct err *err);
/* As above, for who has no docket open. */
MUST bool record_alone(struct flow *f, struct record *r, unsigned request,
    struct err *err);

/*
 * Durable in the journal alone, for who is at work on the log itself; the docket is caught
 * up by the next record.  After a failure the log is dropped.  Who is at work was proven.
 */
MUST bool record_journal(struct flow *f, const struct record *r, struct err *err);

/* An event about this home itself: its reason says what ("key.rotated"). */
MUST bool record_home(struct flow *f, enum record_event event, const char *reason,
    struct err *err);

/* A kept parcel is gone or cut: written down once. */
MUST bool loss_record(struct flow *f, const struct digest *act,
    const struct digest *package, struct err *err);

/* Several with one sync of the journal, in this order. */
#define RECORD_GROUP_MAX 128
struct record_item {
	struct record *record;
	unsigned request;
	uint64_t at;			/* out */
	/* out: written now, as *record is, with this digest; false: it was there before */
	bool fresh;
	struct digest sha256;
};
MUST bool record_group(struct flow *f, struct docket *d, struct record_item *items,
    size_t n, struct err *err);

/*
 * What the journal holds and the docket does not know yet is indexed, and done in the
 * docket as a rebuild would (flow/again.h), each record once: a power cut between the two
 * leaves neither a call nor a clock out of what is shown.
 */
MUST bool record_catch_up(struct flow *f, struct docket *d, struct err *err);
/* The same, before a step reads the rows that it changes: none of them is of before. */
MUST bool records_caught_up(struct flow *f, struct err *err);
/* The bytes and the salt of one record by its place, as they are kept. */
MUST bool record_bytes(struct flow *f, uint64_t at, struct buf *bytes,
    uint8_t salt[RECORD_SALT], struct err *err);
/* The same, decoded; bytes may be NULL. */
MUST bool record_load(struct flow *f, uint64_t at, struct record *out,
    struct buf *bytes, uint8_t salt[RECORD_SALT], struct err *err);

/* The files outside data/ of a package that was written or checked, in bag order. */
void record_outside(struct record *r, const struct package_files *files);
/* The same, read back from the parcel. */
MUST bool record_files(struct flow *f, const struct package_reading *in,
    struct record *r, struct err *err);
/* `made`: act, package, files and payload of what was just written. */
void record_made(struct flow *f, struct record *r, const struct act *a,
    const struct package_written *w);

#endif
