/*
 * Inside flow: several parcels of one inbox kept with one sync for all of each step
 * (take_group.c).  The order of take.h holds for the group as a whole:
 *
 *   1. their places noted (HOME/taking), durably; parcels named in parcels/, one sync of
 *      the file system
 *   2. the records `received`, one append to the journal
 *   3. receipts sealed (on all cores), their names noted in HOME/making; named, one sync
 *   4. the records `made` and all the docket says, in one transaction
 *   5. making and the note of places are gone
 *
 * A step begins when the one before is durable for all, so that each parcel, cut
 * anywhere, is in the inbox, or noted; then it gets its mark and is ended alone.
 * Only acts that know nothing of each other share a group: of different threads, none
 * following another, each plainly taken.  All others go alone, after the group.
 */
#ifndef COMITY_FLOW_TAKE_GROUP_H
#define COMITY_FLOW_TAKE_GROUP_H

#include "flow/take.h"

/* Records of one append; their receipts' files are open at once, and 1024 may be. */
#define TAKE_GROUP_MAX RECORD_GROUP_MAX

/* Of one parcel: what is larger takes so long that others wait for the docket. */
#define TAKE_GROUP_BYTES (1u << 20)

struct take_member {
	struct inbox_name name;
	struct taking t;
	struct taken out;
	size_t waiting;			/* the caller's number of it */
	struct record received;
	struct file *file;		/* its receipt, not named yet */
};

/*
 * The parts of take_look: made ready; then package_check(&t->in, &t->report), which may
 * be done on another thread; then ruled on, with the docket.
 */
MUST bool take_begin(struct taking *t, const char *name, const char *carrier, bool last,
    struct taken *out, bool *here, struct err *err);
MUST bool take_rule(struct taking *t, bool *same, struct err *err);

/*
 * Receipts being sealed: each is begun under the gate, in the order of the list, and
 * finished beside others.  Those of the list before `next` were begun.
 */
struct take_sealing {
	struct gate *gate;		/* the caller's */
	size_t next, end;		/* next == end: none waits to be begun */
	unsigned busy;			/* begun, and not finished yet */
	bool failed;
	struct err err;			/* of the first of the list that failed */
	size_t failed_at;
};

struct take_group {
	struct flow *flow;
	struct take_member *list[TAKE_GROUP_MAX];
	struct taken last;		/* of the one that did not join */
	bool last_waits;		/* it waits whatever else is in the inbox */
	size_t n;
	struct take_sealing sealing;
};

/* May an act of this kind join at all?  Evidence may not: it would be checked twice. */
bool take_group_kind(enum act_kind kind);
/*
 * Look at one that waits.  *joined: it is kept with the next take_group_flush; else
 * nothing came of it, for whatever reason, and it goes alone after the flush.
 * ERR_MEMORY is the only error.  The docket is held open while some wait for the flush.
 */
MUST bool take_group_join(struct take_group *g, const char *name, const char *carrier,
    size_t waiting, bool *joined, struct err *err);
/* The same of one that was read ahead (take_ahead.h), which is the group's now. */
MUST bool take_group_join_read(struct take_group *g, struct take_member *m, bool *joined,
    struct err *err);
MUST bool take_member_new(struct take_member **out, struct flow *f, const char *name,
    size_t waiting, struct err *err);
void take_member_free(struct take_member *m);
/* All are kept; each out says so.  When it fails they are ended alone the next time. */
MUST bool take_group_flush(struct take_group *g, struct err *err);
/*
 * On another thread than the flush, with the gate held, which is let go of meanwhile: one
 * of its receipts sealed, if one waits for that.  Who waits is woken.
 */
bool take_group_help(struct take_group *g);
void take_group_clear(struct take_group *g);	/* forgets those that joined */

#endif
