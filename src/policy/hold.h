/*
 * policy/hold: data held on a foreign preservation request, and how the hold stands.
 * Pure: facts in, a step out; the table is in policy/hold.c, as thread.c has one.
 *
 * Two clocks run over the same data.  The foreign one: held at least 60 days from when
 * the data are held, and longer when it was extended (Article 42(8), 42(9); Budapest
 * 29(7): D02, D31).  The domestic one, known on the side that holds only: the order a
 * provider obeys, at most 90 days and renewable (Article 25(2), Budapest 16(2): D01,
 * D30).  Whichever ends first ends the hold; a hold that a later request names does not
 * end with the foreign clock until that request is decided (42(9)).
 */
#ifndef COMITY_POLICY_HOLD_H
#define COMITY_POLICY_HOLD_H

#include "policy/policy.h"

enum hold_state {
	HOLD_ASKED,			/* a preservation was asked for; nothing is held yet */
	HOLD_EFFECTIVE,
	HOLD_EXTENDED,
	HOLD_BOUND,			/* a later request names it, and is not decided */
	HOLD_RELEASED,			/* nothing is held: let go, or never granted */
	HOLD_LAPSED,			/* a clock ran out */
	HOLD_STATES
};
const char *hold_state_name(enum hold_state s);	/* "bound_to_request" */
bool hold_state_parse(const char *name, enum hold_state *out);
bool hold_state_open(enum hold_state s);	/* asked, or data are held */
bool hold_state_holds(enum hold_state s);	/* data are held now */

enum hold_event {
	HOLD_GRANT,			/* yes to the preservation */
	HOLD_DENY,			/* a no to it, or it was withdrawn */
	HOLD_LONGER,			/* an extension: until a later day */
	HOLD_NAME,			/* a later request names the preservation */
	HOLD_DECIDE,			/* the last of those requests is decided */
	HOLD_RELEASE,			/* let go before its end: two people (PEOPLE_RELEASE) */
	HOLD_RENEW,			/* of the domestic order: noted here, told to nobody */
	HOLD_FOREIGN_ENDS,
	HOLD_DOMESTIC_ENDS,
	HOLD_RESUME,			/* the clock that noted its end ran ahead */
	HOLD_EVENTS
};
const char *hold_event_name(enum hold_event e);	/* "grant" */

struct hold_facts {
	bool ours;			/* we asked for it; else we hold */
	enum hold_state state;
	enum hold_event event;
	bool incoming;			/* the act came in; false: it is ours, or the clock's */
	int64_t now;
	int64_t until;			/* the foreign clock; 0 none yet */
	int64_t domestic_until;		/* the domestic one; 0 not known here */
	int64_t wished;			/* HOLD_RENEW: the order's new end */
	unsigned pending;		/* later requests that name it and are not decided */
};
struct hold_step {
	struct verdict verdict;
	enum hold_state next;		/* == state when refused */
};
/*
 * "hold.step"; "hold.no-step" with why not; "hold.came-late": allowed, kept, the state
 * stays; "hold.bound": nobody here lets go what a request not yet decided names;
 * "hold.theirs": who asked holds nothing; "hold.runs": that clock has not run out;
 * "hold.ended": its end is over by this clock too, so that its lapse stands.
 */
struct hold_step hold_decide(const struct hold_facts *f);

/* The clock that has run out; false: none has. */
bool hold_over(const struct hold_facts *f, enum hold_event *which);
/* A lapse that a clock wrote which ran ahead is none: both of its ends are still to come. */
bool hold_lapsed_too_soon(const struct hold_facts *f);
/* When the data are let go if nobody does anything; 0: no end is known. */
int64_t hold_ends_at(const struct hold_facts *f);
/* What a request in this state means for the hold it names: decided, or pending. */
bool hold_request_decided(const char *request_state);

/* The table as Markdown: the second half of doc/states.md. */
MUST bool hold_table_print(struct buf *out, struct err *err);

#endif
