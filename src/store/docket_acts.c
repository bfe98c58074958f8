/* Acts: one row a package, in order of arrival; the outbox; what follows what. */
#include <string.h>

#include "store/sql.h"

#define COLUMNS "act, package, kind, direction, request, evidence, peer, at, made_at," \
	" bytes, sha256, stamp, stamped_at, other, outbox, carried_at, receipted_at," \
	" receipt, verdict, who, when_shown"

/* ---- rows ---- */

static void
act_bind(struct query *q, const struct docket_act *a)
{
	bind_digest(q, &a->act);
	bind_digest(q, &a->package);
	bind_text(q, a->kind);
	bind_int(q, a->direction);
	bind_ref(q, a->request);
	bind_ref(q, a->evidence);
	bind_text(q, a->peer);
	bind_int(q, a->at);
	bind_int(q, a->made_at);
	bind_int(q, (int64_t)a->bytes);
	bind_digest(q, a->has_sha256 ? &a->sha256 : NULL);
	bind_int(q, a->stamp);
	bind_int(q, a->stamped_at);
	bind_int(q, a->other);
	bind_int(q, a->outbox);
	bind_int(q, a->carried_at);
	bind_int(q, a->receipted_at);
	bind_digest(q, a->has_receipt ? &a->receipt : NULL);
	bind_text(q, a->verdict);
	bind_text(q, a->who);
	bind_text(q, a->when);
}

static void
act_take(struct query *q, struct docket_act *a)
{
	memset(a, 0, sizeof *a);
	q->strange = !take_digest(q, &a->act) || !take_digest(q, &a->package) ||
	    q->strange;
	take_text(q, a->kind, sizeof a->kind);
	a->direction = (enum act_direction)take_int(q, ACT_OUT, ACT_IN);
	a->request = take_ref(q);
	a->evidence = take_ref(q);
	take_text(q, a->peer, sizeof a->peer);
	a->at = take_when(q);
	a->made_at = take_when(q);
	a->bytes = (uint64_t)take_int(q, 0, INT64_MAX);
	a->has_sha256 = take_digest(q, &a->sha256);
	a->stamp = (enum stamp_kept)take_int(q, STAMP_NONE, STAMP_CLAIMED);
	a->stamped_at = take_when(q);
	a->other = take_bool(q);
	a->outbox = (enum outbox_state)take_int(q, OUTBOX_NONE, OUTBOX_DONE);
	a->carried_at = take_when(q);
	a->receipted_at = take_when(q);
	a->has_receipt = take_digest(q, &a->receipt);
	take_text(q, a->verdict, sizeof a->verdict);
	take_text(q, a->who, sizeof a->who);
	take_text(q, a->when, sizeof a->when);
}

/* The first row of a query that was bound. */
static bool
act_one(struct query *q, struct docket_act *out, bool *found, struct err *err)
{
	struct docket_act a;
	bool more, ok = query_row(q, &more, err);

	if (ok && more) {
		act_take(q, &a);
		ok = query_good(q, err);
	}
	query_end(q);
	if (!ok)
		return false;
	if (more)
		*out = a;
	*found = more;
	return true;
}

/* ---- one act ---- */

/* A package that becomes a parcel of evidence goes behind those that are. */
static bool
place_put(struct docket *d, const struct docket_act *a, struct err *err)
{
	struct query q;
	unsigned place;

	if (!evidence_next_place(d, a->evidence, &place, err) ||
	    !query_begin(&q, d, "UPDATE acts SET place = ? WHERE package = ?", err))
		return false;
	bind_int(&q, place);
	bind_digest(&q, &a->package);
	return query_run(&q, err);
}

static bool
act_upsert(struct docket *d, const struct docket_act *a, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT INTO acts (" COLUMNS ") VALUES"
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT (package) DO UPDATE SET (" COLUMNS ") = (excluded.act,"
	    " excluded.package, excluded.kind, excluded.direction, excluded.request,"
	    " excluded.evidence, excluded.peer, excluded.at, excluded.made_at,"
	    " excluded.bytes, excluded.sha256, excluded.stamp, excluded.stamped_at,"
	    " excluded.other, excluded.outbox, excluded.carried_at,"
	    " excluded.receipted_at, excluded.receipt, excluded.verdict, excluded.who,"
	    " excluded.when_shown)", err))
		return false;
	act_bind(&q, a);
	return query_run(&q, err);
}

bool
docket_act_put(struct docket *d, const struct docket_act *a, struct err *err)
{
	struct docket_act was;
	bool own, found, ok;

	if (a->evidence == 0)
		return act_upsert(d, a, err);
	if (!docket_inner(d, &own, err))
		return false;
	ok = docket_act_package(d, &a->package, &was, &found, err);
	if (ok && found && was.evidence == a->evidence)
		ok = act_upsert(d, a, err);
	else if (ok)
		/* Counted before the row is there. */
		ok = evidence_next_place(d, a->evidence, &(unsigned){ 0 }, err) &&
		    act_upsert(d, a, err) && place_put(d, a, err);
	return docket_leave(d, own, ok, err);
}

bool
docket_act_get(struct docket *d, const struct digest *act, struct docket_act *out,
    bool *found, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT " COLUMNS " FROM acts WHERE act = ?"
	    " ORDER BY id LIMIT 1", err))
		return false;
	bind_digest(&q, act);
	return act_one(&q, out, found, err);
}

bool
docket_act_package(struct docket *d, const struct digest *package,
    struct docket_act *out, bool *found, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT " COLUMNS " FROM acts WHERE package = ?", err))
		return false;
	bind_digest(&q, package);
	return act_one(&q, out, found, err);
}

/* ---- lists ---- */

/* Rows by id, which q gives: what `each` changes does not move the list under it. */
static bool
acts_each(struct docket *d, struct query *q,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	int64_t *list = NULL;
	size_t n = 0;
	bool ok = query_numbers(q, &list, &n, err);

	for (size_t i = 0; ok && i < n; i++) {
		struct docket_act a;
		struct query one;
		bool found;

		ok = query_begin(&one, d, "SELECT " COLUMNS " FROM acts WHERE id = ?",
		    err);
		if (!ok)
			break;
		bind_int(&one, list[i]);
		ok = act_one(&one, &a, &found, err) && (!found || each(arg, &a, err));
	}
	mem_free(list);
	return ok;
}

bool
docket_request_acts(struct docket *d, unsigned request,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT id FROM acts WHERE request = ? ORDER BY id", err))
		return false;
	bind_ref(&q, request);
	return acts_each(d, &q, each, arg, err);
}

bool
docket_acts_each(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	return query_begin(&q, d, "SELECT id FROM acts ORDER BY id", err) &&
	    acts_each(d, &q, each, arg, err);
}

bool
docket_outbox(struct docket *d, const char *peer,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT id FROM acts WHERE outbox IN (1, 2)"
	    " AND (?1 = '' OR peer = ?1) ORDER BY at, id", err))
		return false;
	bind_text(&q, peer == NULL ? "" : peer);
	return acts_each(d, &q, each, arg, err);
}

bool
docket_stamps_owed(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	return query_begin(&q, d, "SELECT id FROM acts WHERE stamp = 1"
	    " AND (direction = 0 OR peer = '') ORDER BY at, id", err) &&
	    acts_each(d, &q, each, arg, err);
}

bool
docket_acts_from(struct docket *d, const char *kind, const char *peer,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT id FROM acts WHERE direction = 1 AND kind = ?"
	    " AND peer = ? ORDER BY id", err))
		return false;
	bind_text(&q, kind);
	bind_text(&q, peer);
	return acts_each(d, &q, each, arg, err);
}

bool
docket_act_packages(struct docket *d, const struct digest *act,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT id FROM acts WHERE act = ? ORDER BY id", err))
		return false;
	bind_digest(&q, act);
	return acts_each(d, &q, each, arg, err);
}

/* ---- what follows what ---- */

static bool
follows_one(struct docket *d, const struct digest *act, const struct digest *follows,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT OR IGNORE INTO follows (follows, act)"
	    " VALUES (?, ?)", err))
		return false;
	bind_digest(&q, follows);
	bind_digest(&q, act);
	return query_run(&q, err);
}

bool
docket_follows_put(struct docket *d, const struct digest *act,
    const struct digest *follows, size_t n, struct err *err)
{
	bool own, ok = true;

	if (!docket_inner(d, &own, err))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = follows_one(d, act, &follows[i], err);
	return docket_leave(d, own, ok, err);
}

bool
docket_followers(struct docket *d, const struct digest *act, struct digest *out,
    size_t max, size_t *n, struct err *err)
{
	struct query q;
	bool more = true, ok = true;
	size_t have = 0;

	if (!query_begin(&q, d, "SELECT act FROM follows WHERE follows = ?"
	    " ORDER BY act LIMIT ?", err))
		return false;
	bind_digest(&q, act);
	bind_int(&q, (int64_t)(max < INT32_MAX ? max : INT32_MAX));
	while (ok && (ok = query_row(&q, &more, err)) && more) {
		if (!take_digest(&q, &out[have]))
			q.strange = true;
		ok = query_good(&q, err);
		have++;
	}
	query_end(&q);
	if (ok)
		*n = have;
	return ok;
}
