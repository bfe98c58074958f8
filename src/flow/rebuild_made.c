/* An entry `made` done again: an act of ours, its stamp, its thread. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/hold.h"
#include "flow/rebuild_replay.h"

/* ---- stamps of ours, as they lie beside the package or in it ---- */

static bool
signature_read(struct replaying *p, const struct docket_act *row, const char *name,
    struct buf *out, struct err *err)
{
	struct parcel_path path = act_file(row);
	struct package_reading in = { .world = p->f->world, .at = home_dir(p->f->home),
		.path = path.s, .keys = &p->trust.keys };
	struct err why = ERR_INIT;
	struct buf head;
	bool ok;

	parcel_head_init(&head);
	ok = (parcel_join(p->f, &in, &head, &why) &&
	    package_extract(&in, name, out, &why)) || !rebuild_stops(&why);
	if (!ok)
		*err = why;
	buf_clear(&head);
	return ok;
}

static bool
stamp_judge(struct replaying *p, struct docket_act *row, struct span token,
    struct span signature, struct err *err)
{
	struct stamp_answer answer;
	bool ok;

	stamp_answer_init(&answer);
	ok = stamp_check(token, signature, &p->stamp_roots, NULL, &answer, err);
	if (ok && (answer.state == STAMP_HOLDS || answer.state == STAMP_PATH)) {
		row->stamp = answer.state == STAMP_HOLDS ? STAMP_KEPT : STAMP_CLAIMED;
		row->stamped_at = answer.time;
	}
	stamp_answer_clear(&answer);
	return ok;
}

bool
replay_stamp_look(struct replaying *p, struct docket_act *row, struct err *err)
{
	struct parcel at = { .act_id = row->act, .package_id = row->package,
		.other = row->other };
	struct buf token, answer, signature;
	bool found = false, answered = false, ok;

	if (row->stamp != STAMP_PENDING)
		return true;
	buf_init(&token, STAMP_FILE_MAX);
	buf_init(&answer, STAMP_FILE_MAX);
	buf_init(&signature, CMS_SIGNATURE_MAX);
	ok = stamp_file_load(p->f, row->evidence, &at, "tst", &token, &found, err) &&
	    stamp_file_load(p->f, row->evidence, &at, "tsr", &answer, &answered, err);
	if (ok && !found && !answered && row->evidence == 0)
		ok = signature_read(p, row, "signature.tst", &token, err);
	if (ok && token.n > 0)
		ok = signature_read(p, row, "signature.bin", &signature, err) &&
		    stamp_judge(p, row, buf_span(&token), buf_span(&signature), err);
	else if (ok && answered)
		row->stamp = STAMP_CLAIMED;	/* when: only the old docket knew */
	buf_clear(&token);
	buf_clear(&answer);
	buf_clear(&signature);
	return ok;
}

/* ---- by kind ---- */

bool
replay_step(const struct docket_request *r, const struct act *a, bool by_us,
    struct thread_step *out)
{
	struct thread_facts facts = { .by = r->ours == by_us ? SIDE_ASKS : SIDE_IS_ASKED,
		.act = a->kind, .now = a->made_at, .request_expires_at = r->expires_at,
		.same_parties = true, .follows_request = true, .follows_known = true };

	if (!act_kind_parse(r->kind, &facts.request) ||
	    !request_state_parse(r->state, &facts.state))
		return false;
	*out = thread_decide(&facts);
	return out->verdict.allow;
}

static bool
request_again(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	struct docket_request r;
	struct thread_step step;

	memset(&r, 0, sizeof r);
	r.number = rebuild_number(p->r, &e->act);
	r.ours = true;
	(void)snprintf(r.kind, sizeof r.kind, "%s", act_kind_name(a->kind));
	(void)snprintf(r.state, sizeof r.state, "%s", request_state_name(STATE_DRAFT));
	(void)snprintf(r.peer, sizeof r.peer, "%s", a->has_to ? a->to.s : "");
	(void)snprintf(r.by, sizeof r.by, "%s", send_by_name(e->by));
	(void)snprintf(r.instrument, sizeof r.instrument, "%s", a->instrument);
	(void)snprintf(r.article, sizeof r.article, "%s", a->article);
	r.has_act = true;
	r.act = e->act;
	r.opened_at = a->made_at;
	r.expires_at = a->expires_at;
	if (replay_step(&r, a, true, &step))
		(void)snprintf(r.state, sizeof r.state, "%s",
		    request_state_name(step.next));
	request_clocks_start(&r, e->by, a->made_at, a->body.request.answer_by);
	row->request = r.number;
	p->r->out->requests++;
	return docket_request_new(p->d, &r, span_of(NULL, 0), err);
}

bool
replay_answer_by(struct replaying *p, const struct docket_request *r, int64_t *out,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct act a;
	bool ok = true;

	*out = 0;
	act_init(&a, ACT_CARD);
	if (!act_open(p->f, &r->act, &a, &why)) {
		ok = !rebuild_stops(&why);
		if (!ok)
			*err = why;
	} else if (act_kind_class(a.kind) == ACT_IS_REQUEST) {
		*out = a.body.request.answer_by;
	}
	act_clear(&a);
	return ok;
}

static bool
answer_again(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	struct docket_request r;
	struct thread_step step;
	int64_t answer_by;
	bool found;

	if (a->follows_n == 0)
		return true;
	if (!docket_request_by_act(p->d, &a->follows[0], &r, &found, err))
		return false;
	if (!found)
		return true;
	row->request = r.number;
	if (!replay_step(&r, a, true, &step))
		return true;
	if (!replay_answer_by(p, &r, &answer_by, err))
		return false;
	answer_row_move(&r, a, answer_by, e->by, step.next);
	return docket_request_put(p->d, &r, err);
}

static bool
delivered_again(struct replaying *p, const struct act *a, struct docket_act *row,
    struct err *err)
{
	const struct delivered_body *b = &a->body.delivered;
	struct err why = ERR_INIT;
	struct docket_request r;
	struct thread_step step;
	bool found = false, there;

	if (request_number_parse(b->number, &row->evidence, &why)) {
		/* Passed on: it became evidence with this package. */
		if (!replay_evidence_there(p, row->evidence, &there, err) || (!there &&
		    !replay_evidence_row(p, row->evidence, EVIDENCE_OWN, a->made_at,
		    a->payload_files, a->payload_bytes, err)))
			return false;
		if (!there && b->origins_n > 0 && !docket_follows_put(p->d, &row->act,
		    &b->origins[b->origins_n - 1].act, 1, err))
			return false;
	}
	if (a->follows_n > 0 &&
	    !docket_request_by_act(p->d, &a->follows[0], &r, &found, err))
		return false;
	if (!found)
		return true;
	row->request = r.number;
	row->outbox = a->has_to ? OUTBOX_WAITS : OUTBOX_NONE;
	if (!replay_step(&r, a, true, &step))
		return true;
	delivered_row_move(&r, step.next, a->made_at);
	return docket_request_put(p->d, &r, err);
}

/* A time stamp goes where the act is that it stamps. */
static bool
stamp_again(struct replaying *p, const struct act *a, struct docket_act *row,
    struct err *err)
{
	struct docket_act stamped;
	bool found;

	row->outbox = OUTBOX_WAITS;
	if (!docket_act_get(p->d, &a->body.time_stamp.act, &stamped, &found, err))
		return false;
	if (found) {
		row->evidence = stamped.evidence;
		row->request = stamped.evidence != 0 ? 0 : stamped.request;
	}
	return true;
}

/* A consent that was taken back ends its thread here too. */
static bool
taken_back(struct replaying *p, const struct act *a, struct docket_act *row,
    struct err *err)
{
	const struct revoked_body *b = &a->body.revoked;
	struct docket_request r;
	bool found;

	row->outbox = OUTBOX_WAITS;
	if (b->what != REVOKED_CONSENT)
		return true;
	if (!docket_request_by_act(p->d, &b->id, &r, &found, err))
		return false;
	if (!found)
		return true;
	row->request = r.number;
	(void)snprintf(r.state, sizeof r.state, "%s", request_state_name(STATE_REFUSED));
	if (r.closed_at == 0)
		r.closed_at = a->made_at;
	return docket_request_put(p->d, &r, err);
}

/* Recorded by us, came from them. */
static bool
paper_made(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	struct paper_came came = { .by = e->by, .peer = e->peer };
	struct docket_request r;
	struct err why = ERR_INIT;
	bool found = false;

	row->direction = ACT_IN;
	row->outbox = OUTBOX_NONE;
	if (a->follows_n > 0 &&
	    !docket_request_by_act(p->d, &a->follows[0], &r, &found, err))
		return false;
	if (found)
		came.thread = row->request = r.number;
	else if (act_kind_class(a->kind) != ACT_IS_REQUEST)
		return true;
	else
		came.number = rebuild_number(p->r, &e->act);
	p->r->out->requests += !found;
	if (paper_again(p->f, p->d, &came, a, row, &why) || why.kind == ERR_REFUSED)
		return true;
	*err = why;
	return false;
}

static bool
made_class(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	if (e->paper)
		return paper_made(p, e, a, row, err);
	if (a->kind == ACT_REVOKED)
		return taken_back(p, a, row, err);
	row->outbox = a->has_to && e->by == BY_COMITY ? OUTBOX_WAITS : OUTBOX_NONE;
	switch (act_kind_class(a->kind)) {
	case ACT_IS_REQUEST:
		return request_again(p, e, a, row, err);
	case ACT_IS_ANSWER:
		return answer_again(p, e, a, row, err);
	case ACT_IS_EVIDENCE:
		row->outbox = OUTBOX_NONE;
		return delivered_again(p, a, row, err);
	case ACT_IS_TIME_STAMP:
		return stamp_again(p, a, row, err);
	case ACT_IS_NOTICE:
	case ACT_IS_RECEIPT:
	case ACT_IS_CARD:
		break;
	}
	return true;
}

static bool
receipt_made(struct replaying *p, struct receipt_seen *s, struct err *err)
{
	struct docket_act of;
	bool found;

	if (!docket_act_get(p->d, &s->of, &of, &found, err))
		return false;
	if (found)
		s->row.request = of.request;
	p->r->out->acts++;
	return docket_act_put(p->d, &s->row, err) &&
	    docket_follows_put(p->d, &s->row.act, &s->of, 1, err);
}

static bool
made_put(struct replaying *p, const struct entry *e, const struct act *a,
    struct err *err)
{
	struct docket_act row = { .act = e->act, .package = e->package,
		.direction = ACT_OUT, .at = a->made_at, .made_at = a->made_at };
	struct file_info info;

	if (!path_info(p->f->world, home_dir(p->f->home), act_file(&row).s, &info, err))
		return false;
	row.bytes = info.size;
	(void)snprintf(row.kind, sizeof row.kind, "%s", act_kind_name(a->kind));
	(void)snprintf(row.peer, sizeof row.peer, "%s", a->has_to ? a->to.s : "");
	row.stamp = stamp_owed(STAMP_NONE, a->kind);
	p->r->out->acts++;
	return made_class(p, e, a, &row, err) && hold_follow(p->d, row.request, a, row.at,
	    row.direction == ACT_IN, err) && replay_stamp_look(p, &row, err) &&
	    docket_act_put(p->d, &row, err) &&
	    docket_follows_put(p->d, &row.act, a->follows, a->follows_n, err);
}

bool
replay_made(struct replaying *p, const struct entry *e, struct err *err)
{
	struct err why = ERR_INIT;
	struct act a;
	size_t at;
	bool ok;

	if (digest_map_find(&p->r->receipt_acts, &e->act, &at))
		return receipt_made(p, &p->r->seen[at], err);
	act_init(&a, ACT_CARD);
	ok = act_open(p->f, &e->act, &a, &why) ? made_put(p, e, &a, err) :
	    replay_missing(p, e, &why, err);
	act_clear(&a);
	return ok;
}
