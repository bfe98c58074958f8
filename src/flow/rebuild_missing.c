/*
 * An act whose parcel is not here, or not as it was: what records, our receipt and the
 * folders of evidence still say of it.  Its row has no length (docket.h), and nobody
 * carries it.  A kind that only the parcel knew is not guessed: such an act has no row.
 */
#include <stdio.h>
#include <string.h>

#include "flow/rebuild_replay.h"

/* The thread of the nearest record before it that has one; 0 none. */
static bool
thread_before(struct replaying *p, const struct entry *e, unsigned *request,
    struct err *err)
{
	const struct rebuilding *r = p->r;
	size_t at = (size_t)(e - r->list), k;

	*request = 0;
	/* A record is told of by later ones only: each step goes back. */
	while (*request == 0 && r->list[at].has_before &&
	    digest_map_find(&r->sha256, &r->list[at].before, &k) && k < at) {
		struct docket_act row;
		bool found = false;

		at = k;
		if (r->list[at].has_act && !docket_act_get(p->d, &r->list[at].act, &row,
		    &found, err))
			return false;
		if (found)
			*request = row.request;
	}
	return true;
}

/* The folder that keeps its signature is of the evidence it was the parcel of. */
static bool
evidence_find_again(struct replaying *p, const struct entry *e, struct docket_act *row,
    enum act_kind *kind, struct err *err)
{
	enum evidence_origin origin = row->direction == ACT_OUT ? EVIDENCE_OWN :
	    EVIDENCE_RECEIVED;
	unsigned number;
	bool found, there;

	if (!replay_signed_folder(p, &row->act, &number, &found, err))
		return false;
	if (!found)
		return true;
	if (!replay_evidence_there(p, number, &there, err) || (!there &&
	    !replay_evidence_row(p, number, origin, e->when, e->files, e->bytes, err)))
		return false;
	row->evidence = number;
	*kind = ACT_DELIVERED;
	return true;
}

/* What we found when it came in, in our own words of then. */
static void
receipt_tell(struct replaying *p, struct docket_act *row)
{
	size_t at;

	if (!digest_map_find(&p->r->receipts, &row->package, &at))
		return;
	replay_words(row, &p->r->seen[at]);
	row->bytes = 0;
	row->has_receipt = true;
	row->receipt = p->r->seen[at].row.act;
}

/* Its thread went on with it, though what it said besides its kind is lost. */
static bool
thread_move(struct replaying *p, const struct entry *e, enum act_kind kind,
    const struct docket_act *row, struct err *err)
{
	struct docket_request r;
	struct thread_step step;
	int64_t answer_by = 0;
	struct act a;
	bool ok = true;

	if (row->request == 0)
		return true;
	if (!docket_request_get(p->d, row->request, &r, err))
		return false;
	act_init(&a, kind);
	a.made_at = e->when;
	if (replay_step(&r, &a, row->direction == ACT_OUT, &step)) {
		ok = kind == ACT_DELIVERED || replay_answer_by(p, &r, &answer_by, err);
		if (ok && kind == ACT_DELIVERED)
			delivered_row_move(&r, step.next, a.made_at);
		else if (ok)
			answer_row_move(&r, &a, answer_by, e->by, step.next);
		ok = ok && docket_request_put(p->d, &r, err);
	}
	act_clear(&a);
	return ok && (!r.has_act || docket_follows_put(p->d, &row->act, &r.act, 1, err));
}

bool
replay_missing(struct replaying *p, const struct entry *e, struct err *why,
    struct err *err)
{
	struct docket_act row = { .act = e->act, .package = e->package, .at = e->when,
		.made_at = e->when,
		.direction = e->event == EVENT_MADE ? ACT_OUT : ACT_IN }, first;
	enum act_kind kind = e->kind;
	bool there;

	if (rebuild_stops(why)) {
		*err = *why;
		return false;
	}
	p->r->out->without_parcel++;
	if (!docket_act_get(p->d, &e->act, &first, &there, err))
		return false;
	if (there)
		return true;		/* another package of it: the first has its row */
	(void)snprintf(row.peer, sizeof row.peer, "%s", e->peer.s);
	if (!thread_before(p, e, &row.request, err) ||
	    !evidence_find_again(p, e, &row, &kind, err))
		return false;
	if (kind == ACT_KINDS || (row.request == 0 && row.evidence == 0))
		return true;
	(void)snprintf(row.kind, sizeof row.kind, "%s", act_kind_name(kind));
	receipt_tell(p, &row);
	p->r->out->marked++;
	return docket_act_put(p->d, &row, err) && thread_move(p, e, kind, &row, err);
}
