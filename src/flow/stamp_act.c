/*
 * Time stamps that come later for what is no evidence: requests, answers, revocations.
 * Asked for on the line, or carried by file.  The token lies beside the parcel
 * (parcels/ACT.tst) and goes to who has the act in a time_stamp act, as with evidence
 * (stamp.c).
 */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/take.h"

/* ---- which acts ---- */

struct owed {
	struct digest *list;
	size_t n;
};

static bool
owed_take(void *arg, const struct docket_act *a, struct err *err)
{
	struct owed *o = arg;
	struct digest *more;

	if (a->evidence != 0)
		return true;		/* stamp.c: by the number of its evidence */
	more = mem_grow(o->list, o->n, sizeof *more, err);
	if (more == NULL)
		return false;
	o->list = more;
	o->list[o->n++] = a->package;
	return true;
}

bool
flow_stamp_owed(struct flow *f, struct digest **packages, size_t *n, struct err *err)
{
	struct owed o = { NULL, 0 };
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(f, false, &d, err) && docket_stamps_owed(d, owed_take, &o, err);
	docket_close(d);
	if (!ok) {
		mem_free(o.list);
		return false;
	}
	*packages = o.list;
	*n = o.n;
	return true;
}

/* By our signature, and without a token that proves its time. */
static bool
row_wants(const struct docket_act *row)
{
	return (row->stamp == STAMP_PENDING || row->stamp == STAMP_CLAIMED) &&
	    (row->direction == ACT_OUT || row->peer[0] == '\0');
}

struct wanted {
	const char *typed;
	size_t n;			/* of its digits */
	bool found, several;		/* another act of that beginning */
	struct docket_act row;
};

static bool
find_look(void *arg, const struct docket_act *row, struct err *err)
{
	struct wanted *g = arg;

	(void)err;
	if (!row_wants(row) || strncmp(digest_hex(&row->act).s, g->typed, g->n) != 0)
		return true;
	g->several = g->found && (g->several || !digest_eq(&g->row.act, &row->act));
	if (!g->found)
		g->row = *row;
	g->found = true;
	return true;
}

/* The beginning of an id is looked for among what is owed, the whole one anywhere. */
static bool
find_act(struct flow *f, struct wanted *g, struct err *err)
{
	struct docket *d = NULL;
	struct digest act;
	bool ok;

	ok = desk_open(f, false, &d, err) && (digest_parse(span_text(g->typed), &act) ?
	    docket_act_packages(d, &act, find_look, g, err) :
	    docket_stamps_owed(d, find_look, g, err));
	docket_close(d);
	if (!ok)
		return false;
	if (g->several)
		return err_set(err, ERR_USE, "stamp.several",
		    "several acts begin with %.64s; type more of the one you mean",
		    g->typed);
	return g->found || err_set(err, ERR_ABSENT, "stamp.none-wanted",
	    "no act of ours whose id begins with %.64s waits for a time stamp",
	    g->typed);
}

bool
flow_stamp_find(struct flow *f, const char *typed, struct stamp_for *out,
    struct err *err)
{
	struct wanted g = { .typed = typed, .n = strlen(typed) };
	struct evidence *e;
	bool ok;

	memset(out, 0, sizeof *out);
	if (g.n >= STAMP_ACT_DIGITS_MIN && strspn(typed, "0123456789abcdef") == g.n) {
		if (!find_act(f, &g, err))
			return false;
		out->is_act = true;
		out->act = g.row.act;
		out->package = g.row.package;
		out->evidence = g.row.evidence;
		return true;
	}
	e = mem_new(sizeof *e, err);
	ok = e != NULL && evidence_find(f->home, typed, e, err);
	if (ok)
		out->evidence = e->number;
	mem_free(e);
	return ok;
}

/* ---- a token for one of ours ---- */

/* signature.bin of a kept package, opened with our keys. */
static bool
act_signature(struct flow *f, const struct docket_act *row, struct buf *out,
    struct err *err)
{
	struct parcel_path path = act_file(row);
	struct package_reading in = { .world = f->world, .at = home_dir(f->home),
		.path = path.s };
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;

	in.keys = &keys;
	return flow_keyring(f, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    package_extract(&in, "signature.bin", out, err);
}

static bool
row_load(struct flow *f, const struct digest *package, struct docket_act *row,
    struct err *err)
{
	struct docket *d = NULL;
	bool found = false, ok;

	ok = desk_open(f, false, &d, err) &&
	    docket_act_package(d, package, row, &found, err);
	docket_close(d);
	return ok && ((found && row_wants(row)) || err_set(err, ERR_ABSENT,
	    "stamp.none-wanted", "that act waits for no time stamp"));
}

/* Its receiver, when there is one that still takes what we send. */
static bool
receiver_load(struct flow *f, const struct docket_act *row, struct peer *to,
    bool *travels, struct err *err)
{
	*travels = false;
	/* By letter or by word there is nobody to check it with Comity. */
	if (row->peer[0] == '\0' || row->outbox == OUTBOX_NONE)
		return true;
	if (!peer_load(f->home, row->peer, to, err))
		return false;
	*travels = !to->revoked;
	return true;
}

static bool
row_put(struct flow *f, const struct docket_act *row, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(f, false, &d, err) && docket_act_put(d, row, err);
	docket_close(d);
	return ok;
}

/* The row of the stamped act changes in the transaction that keeps the time_stamp act. */
static bool
pass_on(struct flow *f, const struct docket_act *stamped, const struct peer *to,
    struct span token, struct err *err)
{
	struct payload_item item = { "signature.tst", token, world_now(f->world) };
	struct package_written done;
	struct docket_request thread;
	struct outgoing o;
	struct made m = { .o = &o, .written = &done, .also = stamped,
		.outbox = OUTBOX_WAITS };
	struct act a;
	bool ok;

	act_init(&a, ACT_TIME_STAMP);
	outgoing_init(&o, f);
	o.making = true;
	m.act = &a;
	ok = making_sweep(f, err) && signer_open(f, &o.signer, err) &&
	    act_begin(f, &a, ACT_TIME_STAMP, to, err);
	if (ok && stamped->request != 0) {
		ok = request_load(f, stamped->request, &thread, err);
		m.row = &thread;
	}
	if (ok) {
		a.follows[0] = a.body.time_stamp.act = stamped->act;
		a.follows_n = 1;
		ok = parcel_of_items(&o, &a, &item, 1, to, &done, err) &&
		    made_keep(f, &m, err);
	}
	outgoing_clear(&o);
	act_clear(&a);
	return ok;
}

static bool
keep(struct flow *f, struct docket_act *row, struct span token, struct span answer,
    const struct token_got *got, struct stamped *out, struct err *err)
{
	struct parcel p = { .act_id = row->act, .package_id = row->package };
	struct peer to;
	bool ok;

	out->kept = got->kept == STAMP_KEPT;
	out->at = got->at;
	out->request = row->request;
	memcpy(out->kind, row->kind, sizeof out->kind);
	(void)snprintf(out->text, sizeof out->text, "%s", got->text);
	row->stamp = got->kept;
	row->stamped_at = got->at;
	peer_init(&to);
	ok = stamp_files_save(f, 0, &p, span_of(NULL, 0), token, answer, err) &&
	    stamp_added_record(f, &row->act, &row->package, row->request, err);
	if (ok && out->kept)
		ok = receiver_load(f, row, &to, &out->travels, err);
	if (ok)
		ok = out->travels ? pass_on(f, row, &to, token, err) :
		    row_put(f, row, err);
	peer_clear(&to);
	return ok;
}

bool
flow_stamp_fetch_act(struct flow *f, const struct digest *package,
    struct stamped *out, struct err *err)
{
	struct buf signature, token, answer;
	struct token_got got;
	struct docket_act row;
	bool ok;

	memset(out, 0, sizeof *out);
	buf_init(&signature, CMS_SIGNATURE_MAX);
	buf_init(&token, STAMP_FILE_MAX);
	buf_init(&answer, STAMP_FILE_MAX);
	ok = home_lock(f->home, err) && row_load(f, package, &row, err) &&
	    act_signature(f, &row, &signature, err) &&
	    token_ask(f, buf_span(&signature), &token, &answer, &got, err);
	if (ok && got.kept == STAMP_PENDING)
		ok = err_set(err, ERR_UNREACHED, "stamp.pending",
		    "no time stamp yet: %s", got.text);
	ok = ok && keep(f, &row, buf_span(&token), buf_span(&answer), &got, out, err);
	buf_clear(&signature);
	buf_clear(&token);
	buf_clear(&answer);
	return ok;
}

/* ---- by file ---- */

bool
flow_stamp_query_act(struct flow *f, const struct digest *package, struct buf *out,
    struct err *err)
{
	struct docket_act row;
	struct buf signature;
	bool ok;

	buf_init(&signature, CMS_SIGNATURE_MAX);
	ok = home_lock(f->home, err) && row_load(f, package, &row, err) &&
	    act_signature(f, &row, &signature, err);
	if (ok) {
		struct parcel p = { .act_id = row.act, .package_id = row.package,
			.other = row.other };

		ok = stamp_query_kept(f, row.evidence, &p, buf_span(&signature), out, err);
	}
	buf_clear(&signature);
	return ok;
}

static bool
brought_keep(struct flow *f, struct docket_act *row, struct stamp_brought *b,
    struct stamped *out, struct err *err)
{
	struct parcel p = { .act_id = row->act, .package_id = row->package,
		.other = row->other };
	struct err why = ERR_INIT;
	struct buf signature;
	bool fits, ok;

	buf_init(&signature, CMS_SIGNATURE_MAX);
	ok = act_signature(f, row, &signature, err) &&
	    stamp_brought_try(f, b, 0, &p, buf_span(&signature), &fits, &why, err);
	buf_clear(&signature);
	if (!ok)
		return false;
	if (!fits) {
		*err = why;
		return false;
	}
	return keep(f, row, buf_span(&b->token), b->answer, &b->got, out, err);
}

bool
flow_stamp_add_act(struct flow *f, const struct digest *package, struct span answer,
    struct stamped *out, struct err *err)
{
	struct stamp_brought b;
	struct docket_act row;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = stamp_brought_open(f, answer, &b, err) && home_lock(f->home, err) &&
	    row_load(f, package, &row, err) && brought_keep(f, &row, &b, out, err);
	stamp_brought_clear(&b);
	return ok;
}

/* ---- one for an act of theirs that is kept here ---- */

struct fitting {
	struct taking *t;
	struct late_stamp *s;
};

static bool
fit_try(void *arg, const struct docket_act *row, struct err *err)
{
	struct fitting *g = arg;
	struct late_stamp *s = g->s;
	struct err why = ERR_INIT;
	struct buf signature;
	bool ok = true;

	if (s->fits || row->direction != ACT_IN || row->evidence != 0)
		return true;
	s->any = true;
	if (strcmp(row->peer, g->t->report.act.from.s) != 0)
		return true;
	s->same_sender = true;
	stamp_answer_clear(&s->answer);
	stamp_answer_init(&s->answer);
	buf_init(&signature, CMS_SIGNATURE_MAX);
	if (act_signature(g->t->flow, row, &signature, &why)) {
		ok = stamp_check(buf_span(&s->token), buf_span(&signature), &s->roots,
		    NULL, &s->answer, err);
	} else if (why.kind == ERR_MEMORY || why.kind == ERR_STOPPED) {
		*err = why;
		ok = false;
	}
	s->fits = ok && (s->answer.state == STAMP_HOLDS || s->answer.state == STAMP_PATH);
	if (s->fits)
		s->row = *row;
	buf_clear(&signature);
	return ok;
}

bool
act_stamp_find(struct taking *t, const struct digest *act, struct late_stamp *s,
    struct err *err)
{
	struct fitting g = { t, s };

	s->any = s->fits = s->same_sender = false;
	return docket_act_packages(t->docket, act, fit_try, &g, err);
}

bool
act_stamp_settle(struct taking *t, struct late_stamp *s, struct err *err)
{
	struct docket_act *row = &s->row;
	struct parcel p = { .act_id = row->act, .package_id = row->package,
		.other = row->other };

	/* What is proven stays: a later stamp cannot make it better. */
	if (row->stamp == STAMP_KEPT)
		return true;
	row->stamp = s->answer.state == STAMP_HOLDS ? STAMP_KEPT : STAMP_CLAIMED;
	row->stamped_at = s->answer.time;
	return stamp_file_save(t->flow, 0, &p, "tst", buf_span(&s->token), err) &&
	    docket_act_put(t->docket, row, err);
}
