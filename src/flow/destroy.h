/*
 * flow/destroy: evidence that ends here, by two persons, for good (part of flow).
 *
 * Destroyed is: the package key is written over and gone, so that neither the body kept
 * here nor that in any backup opens; then header and body are gone too.  Number, records,
 * stamps and the acts stay.  Out of reach, and said so: copies on sticks and in bundle
 * folders, bags that were opened, what lies where the evidence was collected, packages in
 * other hands, an old file of package keys.
 *
 * Order: records `destroyed` in the journal and the docket's mark; the keys; the signed
 * act `destroyed` to each authority that gave the evidence or got it.  Cut anywhere, the
 * next command ends the second, and the same command given again the third.
 */
#ifndef COMITY_FLOW_DESTROY_H
#define COMITY_FLOW_DESTROY_H

#include "flow/flow.h"
#include "flow/requests.h"

#define DESTROY_REASONS 6
/* "retention_ended", "court_order", "condition", "unlawful", "returned", "case_closed" */
extern const char *const destroy_reasons[DESTROY_REASONS];

struct destroy_wish {
	unsigned number;
	const char *reason;		/* one of the codes */
	struct span order;		/* of a court, or what it rests on; n = 0 none */
};
struct destroy_told {
	struct authority_id peer;
	struct digest act;
};
struct destroyed {
	struct evidence evidence;
	size_t packages;		/* destroyed now */
	struct destroy_told told[PARCELS_MAX];	/* acts in the outbox, or there already */
	size_t told_n;
	size_t untold;			/* counterparts to whom nothing can be sent from here */
};
/*
 * ERR_REFUSED "destroy.second": a home of one; "people.*": prepared, another approves;
 * "destroy.open", "destroy.held", "destroy.outbox": a thread needs it; ERR_USE
 * "destroy.reason"; ERR_ABSENT "destroy.nothing".
 */
MUST bool flow_evidence_destroy(struct flow *f, const struct destroy_wish *wish,
    struct destroyed *out, struct err *err);
/* Since when a parcel is destroyed here; 0 it is not. */
MUST bool flow_destroyed_at(struct flow *f, const struct parcel *p, int64_t *at,
    struct err *err);

/* What was told about evidence: destroyed or lost, here or at the other side. */
#define NOTICES_TOLD_MAX 64
struct notice_told {
	struct digest act;		/* the signed act */
	bool ours, lost;		/* lost: loss_notice; else destroyed */
	struct authority_id by;
	int64_t at;			/* when it happened, as its sender says */
	char text[400];			/* its beginning */
};
MUST bool flow_evidence_notices(struct flow *f, unsigned number,
    struct notice_told *out, size_t max, size_t *n, struct err *err);

#endif
