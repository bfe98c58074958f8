/*
 * Inside flow: parcels of an inbox opened and checked on all cores while one thread
 * keeps those before them (take_ahead.c).  Only what follows from a parcel's own bytes
 * and the cards at hand is found out ahead: what the docket says, which acts are
 * revoked, and all rules are asked of one parcel after another, in their order, when it
 * is its turn.  When an act changes who is believed, what was read ahead is forgotten
 * and read again.  In a simulated world all of it runs on one thread, in order.
 */
#ifndef COMITY_FLOW_TAKE_AHEAD_H
#define COMITY_FLOW_TAKE_AHEAD_H

#include "flow/take_group.h"

/* As many as one group keeps; each holds 76 KiB and its act. */
#define TAKE_AHEAD_MAX TAKE_GROUP_MAX

/* More would wait for the one that keeps; each opens one parcel of TAKE_GROUP_BYTES. */
#define TAKE_AHEAD_HANDS 4

struct take_ahead {
	struct flow *flow;
	struct take_member *list[TAKE_AHEAD_MAX];	/* NULL: taken, or not read */
	size_t n, begun;
	unsigned drops;			/* kept_drops when they were read */
	struct gate *gate;		/* over begun and done, and over the home's cards */
	struct take_group *first;	/* kept meanwhile; NULL: none */
	bool first_done, first_ok;
	struct err err;
};
MUST bool take_ahead_new(struct take_ahead *a, struct flow *f, struct err *err);
void take_ahead_clear(struct take_ahead *a);		/* zeroed is fine */

/* Read already, and not taken yet? */
bool take_ahead_has(const struct take_ahead *a, size_t waiting);
/* The caller's; NULL: it was not read, or counts no more.  Let take_group_join read it. */
struct take_member *take_ahead_take(struct take_ahead *a, size_t waiting);

/* Forget what is left; then add, run once, and take. */
void take_ahead_begin(struct take_ahead *a);
/* *full: no more are read this time.  What cannot be made ready is left out. */
MUST bool take_ahead_add(struct take_ahead *a, const char *name, const char *carrier,
    size_t waiting, bool *full, struct err *err);
/*
 * The group `first` (NULL: none) is kept on this thread meanwhile (take_group_flush), and
 * the others help with its receipts before they read; its failure is this call's.  That one
 * of them could not be read is nobody's failure.
 */
MUST bool take_ahead_run(struct take_ahead *a, struct take_group *first,
    struct err *err);
/* The group alone is kept, with help; what was read stays as it is. */
MUST bool take_ahead_keep(struct take_ahead *a, struct take_group *first,
    struct err *err);

#endif
