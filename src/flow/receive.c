/* Evidence comes in, and time stamps for it that come late. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/people.h"
#include "flow/take.h"

/* ---- evidence ---- */

static void
parcel_fill(struct parcel *p, const struct taking *t)
{
	const struct docket_act *x = &t->row;

	memset(p, 0, sizeof *p);
	p->act_id = x->act;
	p->package_id = x->package;
	p->peer = t->report.act.from;
	p->at = x->at;
	p->bytes = x->bytes;
	p->stamp = x->stamp;
	p->stamped_at = x->stamped_at;
	p->other = x->other;
	memcpy(p->verdict, x->verdict, sizeof p->verdict);
	memcpy(p->who, x->who, sizeof p->who);
	memcpy(p->when, x->when, sizeof p->when);
}

/* Its number is known only now. */
static void
evidence_late_note(struct taking *t)
{
	char to[200];

	take_late_to(t, to, sizeof to);
	take_note(t, "It came late, to %s. It lies here as evidence %04u and belongs to that request, which stays as it is: open it with comity evidence open %04u --out DIR. What is still needed goes into a new request.",
	    to, t->row.evidence, t->row.evidence);
}

static bool
evidence_settle(struct taking *t, struct err *err)
{
	struct evidence *e = &t->piece;

	memset(e, 0, sizeof *e);
	e->origin = EVIDENCE_RECEIVED;
	e->added_at = t->row.at;
	e->files = t->report.files;
	e->bytes = t->report.bytes;
	if (!evidence_new(t->flow->home, e, NULL, err))
		return false;
	t->row.evidence = e->number;
	t->parcel = 0;
	if (t->late)
		evidence_late_note(t);
	parcel_fill(&e->parcels[e->parcels_n++], t);
	return stamp_files_save(t->flow, e->number, &e->parcels[0],
	    buf_span(&t->report.signature), span_of(NULL, 0), span_of(NULL, 0), err) &&
	    evidence_save(t->flow->home, e, err);
}

static struct verdict
evidence_rule(struct taking *t)
{
	const struct settings *s = home_settings(t->flow->home);
	const struct act *a = &t->report.act;
	struct receive_facts facts = {
		.sealed = t->report.form == PACKAGE_PARCEL,
		.for_us = a->has_to && strcmp(a->to.s, s->authority.s) == 0,
		.from_us = strcmp(a->from.s, s->authority.s) == 0,
		.training = s->training,
		.exercise = a->exercise,
		.evidence = a->kind == ACT_DELIVERED,
		.time_stamp = a->kind == ACT_TIME_STAMP,
		.has_collection = t->report.has_collection,
	};

	return receive_decide(&facts);
}

bool
take_evidence(struct taking *t, struct err *err)
{
	struct verdict v = evidence_rule(t);

	if (!v.allow)
		return take_not(t, v.reason, "%s", v.text);
	/* As an answer it belongs to a thread; by itself, or from nobody known, to none. */
	if (t->known && t->report.act.follows_n > 0 && (!take_answer(t, err) ||
	    t->out->as != TAKEN))
		return t->out->as == TAKEN_NOT || t->out->as == TAKEN_WAITS;
	t->settle = evidence_settle;
	t->out->as = TAKEN;
	take_note(t, "Evidence came in.");
	return true;
}

/* ---- time stamps that come late ---- */

/* Which package of this act is it over?  *fits false: none. */
static bool
stamp_find(struct taking *t, const struct digest *act, struct late_stamp *s,
    bool *fits, struct err *err)
{
	const struct evidence *e = &t->piece;

	*fits = false;
	for (size_t i = 0; i < e->parcels_n && !*fits; i++) {
		struct buf signature;
		bool found, ok;

		if (!digest_eq(&e->parcels[i].act_id, act))
			continue;
		stamp_answer_clear(&s->answer);
		stamp_answer_init(&s->answer);
		buf_init(&signature, CMS_SIGNATURE_MAX);
		ok = stamp_file_load(t->flow, e->number, &e->parcels[i], "sig",
		    &signature, &found, err) && (!found ||
		    stamp_check(buf_span(&s->token), buf_span(&signature), &s->roots,
		    NULL, &s->answer, err));
		buf_clear(&signature);
		if (!ok)
			return false;
		*fits = found && (s->answer.state == STAMP_HOLDS ||
		    s->answer.state == STAMP_PATH);
		t->parcel = i;
	}
	return true;
}

/* The token beside the evidence, in the docket's transaction. */
static bool
stamp_settle(struct taking *t, struct err *err)
{
	struct evidence *e = &t->piece;
	struct late_stamp s;
	bool fits, ok;

	stamp_answer_init(&s.answer);
	certs_init(&s.roots);
	buf_init(&s.token, STAMP_FILE_MAX);
	t->in.path = t->path;
	ok = evidence_load(t->flow->home, t->row.evidence, e, err) &&
	    package_extract(&t->in, "data/signature.tst", &s.token, err) &&
	    home_stamp_roots(t->flow->home, &s.roots, err) &&
	    stamp_find(t, &t->report.act.body.time_stamp.act, &s, &fits, err);
	/* What is proven stays: a later stamp cannot make it better. */
	if (ok && fits && e->parcels[t->parcel].stamp != STAMP_KEPT) {
		struct parcel *p = &e->parcels[t->parcel];

		p->stamp = s.answer.state == STAMP_HOLDS ? STAMP_KEPT : STAMP_CLAIMED;
		p->stamped_at = s.answer.time;
		ok = stamp_file_save(t->flow, e->number, p, "tst",
		    buf_span(&s.token), err) && evidence_save(t->flow->home, e, err);
	}
	/* The stamp's own row belongs to the evidence, not among its parcels. */
	t->row.evidence = 0;
	stamp_answer_clear(&s.answer);
	certs_clear(&s.roots);
	buf_clear(&s.token);
	return ok;
}

static void
stamp_tell(struct taking *t, const struct late_stamp *s)
{
	struct when_text when = when_people(s->answer.time);

	if (t->piece.parcels[t->parcel].stamp == STAMP_KEPT)
		take_note(t, "Evidence %04u has its time stamp already. Nothing changed.",
		    t->piece.number);
	else if (s->answer.state == STAMP_HOLDS)
		take_note(t, "Time stamp for evidence %04u: before %s.",
		    t->piece.number, when.s);
	else
		take_note(t, "Time stamp for evidence %04u (%s) is kept, but its authority is not among the roots of this home.",
		    t->piece.number, when.s);
}

/* May its stamp come from this sender? */
static struct verdict
stamp_rule(const struct taking *t)
{
	const struct evidence *e = &t->piece;
	struct stamp_facts facts = {
		.received = e->origin == EVIDENCE_RECEIVED,
		.same_sender = strcmp(e->parcels[t->parcel].peer.s,
		    t->report.act.from.s) == 0,
	};

	return stamp_decide(&facts);
}

static bool
stamp_look(struct taking *t, struct late_stamp *s, struct err *err)
{
	const struct digest *act = &t->report.act.body.time_stamp.act;
	struct err why = ERR_INIT;
	bool fits;

	if (!package_extract(&t->in, "data/signature.tst", &s->token, &why) &&
	    why.kind != ERR_ABSENT && why.kind != ERR_LIMIT) {
		*err = why;
		return false;
	}
	if (!home_stamp_roots(t->flow->home, &s->roots, err) ||
	    !stamp_find(t, act, s, &fits, err))
		return false;
	if (!fits)
		return take_not(t, "stamp.fits-not",
		    "the time stamp in it does not fit the package it names");
	stamp_tell(t, s);
	t->row.evidence = t->piece.number;
	t->settle = stamp_settle;
	t->out->as = TAKEN;
	return true;
}

/* ---- of a request, an answer or a revocation ---- */

static bool
late_load(struct taking *t, struct late_stamp *s, struct err *err)
{
	struct err why = ERR_INIT;

	if (!package_extract(&t->in, "data/signature.tst", &s->token, &why) &&
	    why.kind != ERR_ABSENT && why.kind != ERR_LIMIT) {
		*err = why;
		return false;
	}
	return home_stamp_roots(t->flow->home, &s->roots, err) &&
	    act_stamp_find(t, &t->report.act.body.time_stamp.act, s, err);
}

static void
late_clear(struct late_stamp *s)
{
	stamp_answer_clear(&s->answer);
	certs_clear(&s->roots);
	buf_clear(&s->token);
}

static void
late_init(struct late_stamp *s)
{
	memset(s, 0, sizeof *s);
	stamp_answer_init(&s->answer);
	certs_init(&s->roots);
	buf_init(&s->token, STAMP_FILE_MAX);
}

static bool
act_settle(struct taking *t, struct err *err)
{
	struct late_stamp s;
	bool ok;

	late_init(&s);
	t->in.path = t->path;
	ok = late_load(t, &s, err) && (!s.fits || act_stamp_settle(t, &s, err));
	late_clear(&s);
	return ok;
}

static void
act_tell(struct taking *t, const struct late_stamp *s)
{
	struct when_text when = when_people(s->answer.time);

	if (s->row.stamp == STAMP_KEPT)
		take_note(t, "That act (%s) has its time stamp already. Nothing changed.",
		    s->row.kind);
	else if (s->answer.state == STAMP_HOLDS)
		take_note(t, "Time stamp for an act (%s): before %s.", s->row.kind, when.s);
	else
		take_note(t, "Time stamp for an act (%s, %s) is kept, but its authority is not among the roots of this home.",
		    s->row.kind, when.s);
}

static bool
act_stamp_take(struct taking *t, struct late_stamp *s, struct err *err)
{
	struct stamp_facts facts = { .received = true };
	struct verdict v;

	if (!late_load(t, s, err))
		return false;
	if (!s->any)
		return take_waits(t, "This time stamp belongs to a package that has not arrived yet: it waits in the inbox until that is here.");
	facts.same_sender = s->same_sender;
	v = stamp_decide(&facts);
	if (!v.allow)
		return take_not(t, v.reason, "%s", v.text);
	if (!s->fits)
		return take_not(t, "stamp.fits-not",
		    "the time stamp in it does not fit the package it names");
	act_tell(t, s);
	t->row.request = s->row.request;
	t->settle = act_settle;
	t->out->as = TAKEN;
	return true;
}

bool
take_stamp(struct taking *t, struct err *err)
{
	const struct digest *act = &t->report.act.body.time_stamp.act;
	struct late_stamp s;
	struct verdict v;
	bool found, ok;

	if (!evidence_by_act(t->flow->home, act, &t->piece, &t->parcel, &found, err))
		return false;
	if (!found) {
		late_init(&s);
		ok = act_stamp_take(t, &s, err);
		late_clear(&s);
		return ok;
	}
	v = stamp_rule(t);
	if (!v.allow)
		return take_not(t, v.reason, "%s", v.text);
	stamp_answer_init(&s.answer);
	certs_init(&s.roots);
	buf_init(&s.token, STAMP_FILE_MAX);
	ok = stamp_look(t, &s, err);
	stamp_answer_clear(&s.answer);
	certs_clear(&s.roots);
	buf_clear(&s.token);
	return ok;
}

/* ---- the door that shows a package's report ---- */

static void
received_as(const struct taking *t, struct received *out)
{
	static const enum received_as as[] = {
		[TAKEN] = RECEIVED_ACT,
		[TAKEN_AGAIN] = RECEIVED_AGAIN,
		[TAKEN_OTHER_PACKAGE] = RECEIVED_OTHER_PACKAGE,
		[TAKEN_WAITS] = RECEIVED_NOT_TAKEN,
		[TAKEN_NOT] = RECEIVED_NOT_TAKEN,
	};

	out->as = as[t->out->as];
	if (t->out->as == TAKEN && t->report.act.kind == ACT_DELIVERED)
		out->as = RECEIVED_EVIDENCE;
	if (t->out->as == TAKEN && t->report.act.kind == ACT_TIME_STAMP)
		out->as = RECEIVED_TIME_STAMP;
}

/* Which parcel of the evidence it is; a stamp's own act is none of them. */
static bool
received_evidence(struct flow *f, const struct taking *t, struct received *out,
    struct err *err)
{
	unsigned number = t->out->evidence != 0 ? t->out->evidence : t->piece.number;
	const struct evidence *e = &out->evidence;

	if (out->as == RECEIVED_NOT_TAKEN || number == 0)
		return true;
	if (!evidence_load(f->home, number, &out->evidence, err))
		return false;
	out->parcel = t->parcel;
	for (size_t i = 0; i < e->parcels_n; i++)
		if (digest_eq(&e->parcels[i].package_id, &t->report.package_id))
			out->parcel = i;
	return true;
}

bool
flow_evidence_receive(struct flow *f, const char *path, struct received *out,
    struct err *err)
{
	struct inbox_name name;
	struct taken taken;
	struct taking *t;
	bool copied, ok;

	memset(out, 0, sizeof *out);
	package_report_init(&out->report);
	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_RECEIVE, err) ||
	    !inbox_find(f, path, &name, &copied, err))
		return false;
	t = mem_new(sizeof *t, err);
	if (t == NULL)
		return false;
	taking_init(t, f);
	ok = take_one(f, name.s, copied ? "local" : "stick", true, t, &taken, err);
	if (ok)
		parcels_part_later(f);
	if (ok && taken.as == TAKEN_WAITS)
		ok = err_set(err, ERR_ABSENT, "receive.no-first", "%s", taken.text);
	if (ok) {
		received_as(t, out);
		ok = received_evidence(f, t, out, err);
		(void)snprintf(out->note, sizeof out->note, "%s",
		    strcmp(taken.reason, "take.not-sound") == 0 ||
		    (out->as == RECEIVED_EVIDENCE && !t->late) || (out->as == RECEIVED_AGAIN &&
		    taken.reason[0] == '\0') ? "" : taken.text);
	}
	if (ok) {
		package_report_clear(&out->report);
		out->report = t->report;
		package_report_init(&t->report);
	}
	taking_clear(t);
	mem_free(t);
	return ok;
}
