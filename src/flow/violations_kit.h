/*
 * violations_kit: requests that are whole of their kind but for one thing that a safeguard
 * is about, as a sender makes them whose own policy always says yes.  Test only.
 */
#ifndef COMITY_FLOW_VIOLATIONS_KIT_H
#define COMITY_FLOW_VIOLATIONS_KIT_H

#include "flow/testkit.h"

/* One whole request of its kind, and what is wrong with it. */
struct violation {
	const char *row;
	enum act_kind kind;
	const char *instrument;			/* NULL: the Convention */
	struct field_setting set[4];		/* value NULL: taken out; name NULL: no more */
	const char *bars;			/* reason of the receiver, at each of its doors; NULL: */
	const char *stops_work;			/* a yes is said; not executed, not handed over */
};

extern const struct violation violations[];
extern const size_t VIOLATIONS;

/* Fills the body of a forgery; arg is the violation. */
void violation_fill(struct act *a, const void *arg);
/* The first of that row ("S12"). */
const struct violation *violation_of(const char *row);

/*
 * One of Aldora as a confirmed peer with such a policy signs it, whatever it says, brought to
 * Berun and taken in; its number there.
 */
unsigned violation_comes(struct job *j, const struct violation *v);

#endif
