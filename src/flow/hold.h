/*
 * flow/hold: the holds of a home (part of flow; rules are policy/hold.h).  Acts move them,
 * on both sides, in the transaction that keeps the act; only the domestic order and the
 * clocks are noted here.  A rebuild does all of it again.
 */
#ifndef COMITY_FLOW_HOLD_H
#define COMITY_FLOW_HOLD_H

#include "flow/record.h"
#include "flow/requests.h"
#include "policy/hold.h"

/* ---- for doors ---- */

struct hold_view {
	struct docket_hold hold;
	struct docket_request row;	/* of the preservation */
	int64_t ends_at;		/* if nobody does anything; 0: no end is known */
	unsigned names[HOLD_NAMES_MAX];	/* later requests that name it ... */
	size_t names_n, pending;	/* ... and how many of them bind it */
};
/*
 * Looks at every open hold: what lapsed meanwhile is recorded, once, and is in *lapsed
 * (may be NULL).  A lapse that was noted ahead of now, by a clock that was wrong (D30), is
 * taken back by a record of its own, and the hold goes on; unless this clock is the wrong
 * one, by what others vouch for.  Needs no passphrase.
 */
MUST bool flow_holds_look(struct flow *f, size_t *lapsed, struct err *err);
/* Soonest end first.  open_only: without those released or lapsed. */
MUST bool flow_holds(struct flow *f, bool open_only,
    bool (*each)(void *arg, const struct hold_view *v, struct err *err), void *arg,
    struct err *err);
/* ERR_ABSENT "hold.absent": that request is no preservation that was sent or came in. */
MUST bool flow_hold_show(struct flow *f, unsigned number, struct hold_view *out,
    struct err *err);
/*
 * The domestic order that a provider obeys: its number (1 to HOLD_ORDER_MAX bytes, no name
 * of a person: it is readable in the docket) and until when.  At most as long as the law
 * has it, 90 days from now (D01, D30); renewable; for who confirms a preservation
 * (PEOPLE_HOLD).  ERR_REFUSED "hold.*".
 */
MUST bool flow_hold_renew(struct flow *f, unsigned number, const char *order,
    int64_t until, struct hold_view *out, struct err *err);

/* ---- inside flow: within the docket's transaction ---- */

/* An act is in its thread, whose row is put already: what it means for holds. */
MUST bool hold_follow(struct docket *d, unsigned request, const struct act *a,
    int64_t at, bool incoming, struct err *err);
/* This request ended without an act (closed here). */
MUST bool hold_follow_end(struct docket *d, unsigned request, int64_t at,
    struct err *err);
/* A renewal (with its order) or a lapse, as the journal has it; others are left alone. */
MUST bool hold_again(struct docket *d, const struct record *r, struct err *err);
/* "hold.renewed.INSTANT", "hold.lapsed.CLOCK", "hold.resumed.clock"; false: another. */
bool hold_reason_parse(const char *reason, enum hold_event *event, int64_t *until);
/* May data be let go on this preservation now?  Asked before the act is made. */
MUST bool hold_release_ask(struct docket *d, unsigned request, int64_t now,
    struct err *err);

#endif
