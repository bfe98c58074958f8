/* Inside flow: acts about evidence that was destroyed or lost, ours and theirs. */
#ifndef COMITY_FLOW_DESTROY_INSIDE_H
#define COMITY_FLOW_DESTROY_INSIDE_H

#include "flow/destroy.h"
#include "flow/journey.h"

/* What such an act is made of. */
struct notice_wish {
	enum act_kind kind;		/* ACT_DESTROYED, ACT_LOSS_NOTICE */
	unsigned number;		/* of the evidence */
	unsigned request;		/* its thread; 0 none */
	const char *text;
	int64_t at;
	const struct act_people *people;	/* NULL: nobody else was asked for */
	const struct notice_piece *pieces;
	size_t n;
};
/* Signed, kept and in the outbox for that peer. */
MUST bool notice_send(struct flow *f, const struct notice_wish *w, const struct peer *to,
    struct digest *act, struct err *err);
/* The act of this kind about `of` that we made for this peer; *found false: none yet. */
MUST bool notice_made(struct flow *f, enum act_kind kind, const struct digest *of,
    const char *peer, struct digest *act, bool *found, struct err *err);
/* A confirmed peer, one of us; *found false: nothing can be sent there. */
MUST bool notice_peer(struct flow *f, const char *id, struct peer *out, bool *found,
    struct err *err);

/* What an act of ours, kept by a peer, says of packages here: destroyed again, as it was. */
MUST bool destroy_again(struct flow *f, const struct act *a, size_t *n, struct err *err);

/*
 * Evidence here is missing or not as it was: a record `loss`, and once to each counterpart
 * a signed loss_notice.  *told: how many are in the outbox now.
 */
MUST bool loss_tell(struct flow *f, const struct docket_act *row, size_t *told,
    struct err *err);

#endif
