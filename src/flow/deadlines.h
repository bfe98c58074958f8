/*
 * flow/deadlines: what is due in this home, soonest first (part of flow; rules are
 * policy/due.h).  Computed from the docket each time it is asked: nothing is kept, so that
 * a clock that went wrong loses no deadline.  Needs no passphrase, but for the end of a
 * secrecy and the class of a removal (D65), which stand in the sealed request.
 */
#ifndef COMITY_FLOW_DEADLINES_H
#define COMITY_FLOW_DEADLINES_H

#include "flow/requests.h"
#include "policy/due.h"

#define DEADLINES_MAX 100000		/* a home with as many open rows has other troubles */
#define DEADLINE_CARD_AHEAD (90 * 86400)	/* seconds: a new certificate takes weeks */

struct deadline {
	struct due due;
	struct number_text number;	/* "XA-2026-000031"; "" of no request */
	char kind[32];			/* of the request; "" none */
	char owes[3];			/* State of the authority that owes it; "" not known */
	struct calendar calendar;	/* of that authority */
	struct digest key;		/* the same each time, and tells nothing (UID) */
};
/*
 * Those due until `until` and all that are late.  sealed: the requests are opened too, by
 * who may view them (D62, D65).  mem_free.  The calendars borrow from the
 * status of f (flow_law).  ERR_LIMIT "deadlines.many".
 */
MUST bool flow_deadlines(struct flow *f, int64_t until, bool sealed,
    struct deadline **out, size_t *n, struct err *err);

/* Formal requests owed after an emergency (D79), for the desk: needs no passphrase. */
struct emergencies_owed { size_t ours, theirs, overdue; };
MUST bool flow_emergencies_owed(struct flow *f, struct emergencies_owed *out,
    struct err *err);

#endif
