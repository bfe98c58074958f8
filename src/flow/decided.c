/* What policy decided about an act of ours, written down with it, or when it said no. */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"

bool
decided_made(struct flow *f, const struct act *a, const struct package_written *w,
    struct record *r)
{
	const struct answer_body *b = &a->body.answer;

	record_begin(f, r, EVENT_DECIDED);
	r->has_act = r->has_package = true;
	r->act = w->act_id;
	r->package = w->package_id;
	if (a->has_to)
		r->peer = a->to;
	switch (act_kind_class(a->kind)) {
	case ACT_IS_REQUEST:
		record_decided(r, "send", "allowed");
		return true;
	case ACT_IS_EVIDENCE:
		record_decided(r, "seal", "allowed");
		return true;
	case ACT_IS_ANSWER:
		record_decided(r, "answer", act_kind_name(a->kind));
		if (b->grounds_n > 0)
			(void)snprintf(r->ground, sizeof r->ground, "%.11s",
			    b->grounds[0]);
		return true;
	case ACT_IS_NOTICE:
	case ACT_IS_CARD:
	case ACT_IS_RECEIPT:
	case ACT_IS_TIME_STAMP:
		break;
	}
	return false;
}

void
decided_waived(struct flow *f, const struct made *m, struct record *r)
{
	record_begin(f, r, EVENT_DECIDED);
	r->has_act = r->has_package = true;
	r->act = m->written->act_id;
	r->package = m->written->package_id;
	record_decided(r, "consultation", "waived");
	(void)snprintf(r->reason, sizeof r->reason, "waived.%.40s", m->waived);
}

void
decided_refused(struct flow *f, unsigned request, const struct err *why)
{
	struct err ignored = ERR_INIT;
	struct record r;

	if (why->kind != ERR_REFUSED)
		return;
	record_begin(f, &r, EVENT_DECIDED);
	record_decided(&r, why->reason, "refused");
	/* What was refused did not happen, and is told as refused, also without a record. */
	(void)!record_alone(f, &r, request, &ignored);
}
