/*
 * What only the docket knew, from the one before: cases, correspondents, drafts, which
 * request belongs to which case, and the numbers of all.  It may be older than the
 * journal, or damaged in parts: what it says of an act is taken where the journal says
 * nothing, and what cannot be read is told.
 */
#include <stdio.h>
#include <string.h>

#include "flow/rebuild.h"

/* A damaged part of the old one stops nothing. */
static bool
partly(struct rebuilding *r, struct err *why, struct err *err)
{
	if (docket_rebuild_despite(why)) {
		r->old_damaged = true;
		return true;
	}
	*err = *why;
	return false;
}

static bool
number_known(void *arg, const struct docket_request *q, struct err *err)
{
	struct rebuilding *r = arg;

	return rebuild_number_take(r, q->number, err) && (!q->has_act ||
	    digest_map_put(&r->numbers, &q->act, q->number, err));
}

bool
rebuild_old_begin(struct rebuilding *r, struct err *err)
{
	struct docket_filter all = { .order = ORDER_NUMBER };
	struct err why = ERR_INIT;
	bool ok;

	if (r->old == NULL)
		return true;
	if (!docket_begin(r->d, err))
		return false;
	ok = docket_rebuild_names(r->d, r->old, &r->cases, &r->correspondents, &why) ||
	    partly(r, &why, err);
	err_clear(&why);
	ok = ok && (docket_requests(r->old, &all, number_known, r, &why) ||
	    partly(r, &why, err));
	if (ok)
		return docket_commit(r->d, err);
	docket_rollback(r->d);
	return false;
}

/* ---- after the replay ---- */

static bool
there_is(struct docket *d, unsigned number, bool *yes, struct err *err)
{
	struct docket_request q;
	struct err why = ERR_INIT;

	*yes = docket_request_get(d, number, &q, &why);
	if (*yes || strcmp(why.reason, "request.absent") == 0)
		return true;
	*err = why;
	return false;
}

/* A case or correspondent whose row could not be taken over is named by none. */
static bool
refs_check(struct rebuilding *r, struct docket_request *q, struct err *err)
{
	struct docket_case c;
	struct err why = ERR_INIT;
	char state[3];

	if (q->case_number != 0 &&
	    docket_case_get(r->d, q->case_number, false, &c, &why))
		docket_case_clear(&c);
	else if (strcmp(why.reason, "case.absent") == 0)
		q->case_number = 0;
	if (why.kind == ERR_NONE || why.kind == ERR_ABSENT) {
		err_clear(&why);
		if (q->correspondent != 0 && !docket_correspondent_state(r->d,
		    q->correspondent, state, &why) &&
		    strcmp(why.reason, "correspondent.absent") == 0)
			q->correspondent = 0;
	}
	if (why.kind == ERR_NONE || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

static bool
draft_take(struct rebuilding *r, const struct docket_request *was, struct span text,
    struct err *err)
{
	struct docket_request q = *was;
	bool there;

	if (!there_is(r->d, was->number, &there, err))
		return false;
	if (there)
		return true;
	r->drafts++;
	return refs_check(r, &q, err) && docket_request_new(r->d, &q, text, err);
}

static bool
thread_take(struct rebuilding *r, const struct docket_request *was, struct span text,
    struct err *err)
{
	struct docket_request q;
	bool found;

	if (!docket_request_by_act(r->d, &was->act, &q, &found, err))
		return false;
	if (!found)
		return true;
	q.opened_at = was->opened_at;
	q.basis_at = was->basis_at;
	memcpy(q.basis_rows, was->basis_rows, sizeof q.basis_rows);
	q.case_number = was->case_number;
	q.correspondent = was->correspondent;
	q.written_owed = q.written_owed && was->written_owed;
	memcpy(q.by, was->by, sizeof q.by);
	/* Of paper: the date on it, which its act tells only a reader. */
	if (was->sent_at != 0)
		q.sent_at = was->sent_at;
	if (was->answered_at != 0 && q.answered_at != 0)
		q.answered_at = was->answered_at;
	return refs_check(r, &q, err) && docket_request_put(r->d, &q, err) && (text.n == 0 ||
	    docket_request_text_put(r->d, q.number, text, err));
}

static bool
request_take(void *arg, const struct docket_request *was, struct err *err)
{
	struct rebuilding *r = arg;
	struct err why = ERR_INIT;
	struct buf text;
	bool ok;

	buf_init_secret(&text, DOCKET_TEXT_MAX);
	ok = docket_request_text(r->old, was->number, &text, &why) ||
	    partly(r, &why, err);
	if (ok)
		ok = was->has_act ? thread_take(r, was, buf_span(&text), err) :
		    draft_take(r, was, buf_span(&text), err);
	buf_clear(&text);
	return ok;
}

/* When it was carried last, and a stamp's claim: the journal knows the first time. */
static bool
act_take(struct rebuilding *r, const struct entry *e, struct err *err)
{
	struct docket_act was, is;
	struct err why = ERR_INIT;
	bool before, found;

	if (!docket_act_package(r->old, &e->package, &was, &before, &why))
		return partly(r, &why, err);
	if (!before)
		return true;
	if (!docket_act_package(r->d, &e->package, &is, &found, err))
		return false;
	if (!found)
		return true;
	if (was.carried_at > is.carried_at)
		is.carried_at = was.carried_at;
	if (was.has_sha256 && !is.has_sha256 && was.bytes == is.bytes) {
		is.has_sha256 = true;
		is.sha256 = was.sha256;
	}
	if (is.stamp == STAMP_CLAIMED && is.stamped_at == 0)
		is.stamped_at = was.stamped_at;
	if (is.outbox == OUTBOX_NONE && was.outbox == OUTBOX_WAITS)
		is.outbox = was.outbox;
	if (is.outbox == OUTBOX_DONE && was.outbox == OUTBOX_ONCE)
		is.outbox = was.outbox;		/* a receipt that goes again */
	return docket_act_put(r->d, &is, err);
}

/* An older journal has the end of a domestic order and not its number. */
static bool
order_take(void *arg, const struct docket_hold *was, struct err *err)
{
	struct rebuilding *r = arg;
	struct docket_hold is;
	bool found;

	if (was->order[0] == '\0')
		return true;
	if (!docket_hold_get(r->d, was->request, &is, &found, err))
		return false;
	if (!found || is.order[0] != '\0' || is.order_until != was->order_until)
		return true;
	memcpy(is.order, was->order, sizeof is.order);
	return docket_hold_put(r->d, &is, err);
}

static bool
all_take(struct rebuilding *r, struct err *err)
{
	struct docket_filter all = { .order = ORDER_NUMBER };
	struct err why = ERR_INIT;

	if (!docket_requests(r->old, &all, request_take, r, &why) &&
	    !partly(r, &why, err))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		const struct entry *e = &r->list[i];

		if ((e->event == EVENT_MADE || e->event == EVENT_RECEIVED) &&
		    e->has_package && !act_take(r, e, err))
			return false;
	}
	err_clear(&why);
	if (!docket_holds(r->old, false, order_take, r, &why) && !partly(r, &why, err))
		return false;
	err_clear(&why);
	return docket_rebuild_others(r->d, r->old, &why) || partly(r, &why, err);
}

/* What is lost, or was only there: by its own words, which are shown (doc/format/docket.md). */
static void
tell(struct rebuilding *r)
{
	char *to = r->out->text;
	size_t room = sizeof r->out->text, n;

	if (r->old == NULL)
		(void)snprintf(to, room,
		    "The docket before could not be read. Only there were the names of cases and which request belongs to which, correspondents on paper, drafts that were never sent, and by which rows of the law tables a basis was chosen, who answered a call back, and why a State has its level: they are lost.");
	else
		(void)snprintf(to, room,
		    "From the docket before: %llu cases, %llu correspondents, %llu drafts. It is kept as docket.before-rebuild.%s",
		    (unsigned long long)r->cases,
		    (unsigned long long)r->correspondents,
		    (unsigned long long)r->drafts, r->old_damaged ?
		    " A part of it could not be read: look whether a case or a draft is missing." : "");
	n = strlen(to);
	if (r->out->left > 0)
		(void)snprintf(to + n, room - n,
		    " Being taken in when this home stopped, and not in the docket yet: %llu. They wait in the inbox; take them in now, with: comity evidence receive",
		    (unsigned long long)r->out->left);
}

bool
rebuild_old_end(struct rebuilding *r, struct err *err)
{
	tell(r);
	if (r->old == NULL)
		return true;
	if (!docket_begin(r->d, err))
		return false;
	if (all_take(r, err)) {
		tell(r);
		return docket_commit(r->d, err);
	}
	docket_rollback(r->d);
	return false;
}
