/*
 * Inside flow: evidence is to become plain files.  What it may be used for travels with
 * it, and is asked here (policy/use.h): opening, exporting, disclosing, inspecting.
 * The purpose is that of the hand-over unless f->purpose names another.
 */
#ifndef COMITY_FLOW_USE_H
#define COMITY_FLOW_USE_H

#include "flow/people.h"
#include "policy/use.h"

/*
 * Has who sent this parcel agreed to that purpose, by an answer to our use_consent?  Fills
 * the members of *out about consent (onward.c).
 */
MUST bool consent_to_use(struct flow *f, const struct parcel *parcel, const char *purpose,
    struct use_facts *out, struct err *err);

/*
 * What is kept too long is still the defence's to see (Article 40(5)).  What is restricted
 * (Article 14, marks.h) is opened by two persons, as what concerns a protected one is.
 */
enum use_for { USE_OWN, USE_RESTRICTED, USE_DEFENCE };

struct using {
	struct flow *f;
	unsigned request;		/* thread it belongs to; 0 none */
	struct matter matter;
	struct buf content;
	bool two;			/* two persons were asked for (S10) */
};
/*
 * May this parcel be used now?  ERR_REFUSED "use.*", "people.*", which is the caller's to
 * write down (decided_refused).  using_end is the caller's, whatever came of it; for one
 * that was never begun, of zeros, it does nothing.
 */
MUST bool using_begin(struct using *u, struct flow *f, const struct evidence *e,
    const struct parcel *p, enum use_for why, struct err *err);
/* Its approval is used now, the last thing before the first byte of it is in the clear. */
MUST bool using_leaf(struct using *u, struct err *err);
/* Returns used, as flow_second_end does. */
MUST bool using_end(struct using *u, bool used, struct err *err);

/*
 * Each act goes by the lane it was signed for, in whatever thread our rows have it: police
 * information is shown to no court before a request for assistance that names it was
 * granted (lane.c).  ERR_REFUSED "export.police-information".
 */
MUST bool lane_ask(struct flow *f, const struct act *a, const struct docket_act *row,
    struct err *err);

#endif
