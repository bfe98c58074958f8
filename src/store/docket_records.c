/* Which of the journal's entries is about what. */
#include <string.h>

#include "store/sql.h"

#define COLUMNS "at, event, act, package, request, sha256"

/* Rows of `facts`. */
#define RECORDS_END "records_end"
#define RECORDS_MEANT "records_meant"

bool
docket_record_put(struct docket *d, const struct docket_record *r, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT OR REPLACE INTO records (" COLUMNS ")"
	    " VALUES (?, ?, ?, ?, ?, ?)", err))
		return false;
	bind_int(&q, (int64_t)r->at);
	bind_text(&q, r->event);
	bind_digest(&q, r->has_act ? &r->act : NULL);
	bind_digest(&q, r->has_package ? &r->package : NULL);
	bind_int(&q, r->request);
	bind_digest(&q, &r->sha256);
	return query_run(&q, err);
}

static bool
record_take(struct query *q, struct docket_record *r, struct err *err)
{
	memset(r, 0, sizeof *r);
	r->at = (uint64_t)take_int(q, 0, INT64_MAX);
	take_text(q, r->event, sizeof r->event);
	r->has_act = take_digest(q, &r->act);
	r->has_package = take_digest(q, &r->package);
	r->request = (unsigned)take_int(q, 0, UINT32_MAX);
	q->strange = !take_digest(q, &r->sha256) || q->strange;
	return query_good(q, err);
}

static bool
record_one(struct query *q, struct docket_record *out, bool *found, struct err *err)
{
	struct docket_record r;
	bool more, ok = query_row(q, &more, err);

	ok = ok && (!more || record_take(q, &r, err));
	query_end(q);
	if (!ok)
		return false;
	if (more)
		*out = r;
	*found = more;
	return true;
}

/* By the rarest of what is given: each has its index. */
bool
docket_record_find(struct docket *d, const char *event, const struct digest *act,
    const struct digest *package, struct docket_record *out, bool *found,
    struct err *err)
{
	static const char *const by[] = {
		"SELECT " COLUMNS " FROM records WHERE event = ?1"
		" ORDER BY at DESC LIMIT 1",
		"SELECT " COLUMNS " FROM records WHERE event = ?1 AND act = ?2"
		" ORDER BY at DESC LIMIT 1",
		"SELECT " COLUMNS " FROM records WHERE event = ?1 AND package = ?3"
		" ORDER BY at DESC LIMIT 1",
		"SELECT " COLUMNS " FROM records WHERE event = ?1 AND act = ?2"
		" AND package = ?3 ORDER BY at DESC LIMIT 1",
	};
	struct query q;

	if (!query_begin(&q, d, by[(act != NULL ? 1 : 0) + (package != NULL ? 2 : 0)],
	    err))
		return false;
	bind_text(&q, event);
	if (act != NULL)
		bind_digest(&q, act);
	q.at = 2;
	if (package != NULL)
		bind_digest(&q, package);
	return record_one(&q, out, found, err);
}

bool
docket_record_last(struct docket *d, unsigned request, struct docket_record *out,
    bool *found, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT " COLUMNS " FROM records WHERE request = ?"
	    " ORDER BY at DESC LIMIT 1", err))
		return false;
	bind_int(&q, request);
	return record_one(&q, out, found, err);
}

bool
docket_record_at(struct docket *d, uint64_t at, struct docket_record *out, bool *found,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT " COLUMNS " FROM records WHERE at = ?", err))
		return false;
	bind_int(&q, (int64_t)at);
	return record_one(&q, out, found, err);
}

bool
docket_records_count(struct docket *d, uint64_t *n, struct err *err)
{
	struct query q;
	int64_t v;

	if (!query_begin(&q, d, "SELECT count(*) FROM records", err) ||
	    !query_number(&q, &v, err))
		return false;
	*n = (uint64_t)v;
	return true;
}

bool
docket_record_newest(struct docket *d, struct docket_record *out, bool *found,
    struct err *err)
{
	struct query q;

	return query_begin(&q, d, "SELECT " COLUMNS " FROM records ORDER BY at DESC"
	    " LIMIT 1", err) && record_one(&q, out, found, err);
}

bool
docket_records_each(struct docket *d, const struct digest *act,
    bool (*each)(void *arg, const struct docket_record *r, struct err *err), void *arg,
    struct err *err)
{
	struct docket_record r;
	struct query q;
	bool more = true, ok;

	if (!query_begin(&q, d, act != NULL ?
	    "SELECT " COLUMNS " FROM records WHERE act = ? ORDER BY at" :
	    "SELECT " COLUMNS " FROM records ORDER BY at", err))
		return false;
	if (act != NULL)
		bind_digest(&q, act);
	do
		ok = query_row(&q, &more, err) && (!more ||
		    (record_take(&q, &r, err) && each(arg, &r, err)));
	while (ok && more);
	query_end(&q);
	return ok;
}

static bool
fact_get(struct docket *d, const char *name, uint64_t *out, struct err *err)
{
	struct query q;
	int64_t v;

	if (!query_begin(&q, d, "SELECT value FROM facts WHERE name = ?", err))
		return false;
	bind_text(&q, name);
	if (!query_number(&q, &v, err))
		return false;
	*out = (uint64_t)v;
	return true;
}

static bool
fact_put(struct docket *d, const char *name, uint64_t value, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT INTO facts VALUES (?1, ?2)"
	    " ON CONFLICT DO UPDATE SET value = ?2", err))
		return false;
	bind_text(&q, name);
	bind_int(&q, (int64_t)value);
	return query_run(&q, err);
}

bool
docket_records_end(struct docket *d, uint64_t *out, struct err *err)
{
	return fact_get(d, RECORDS_END, out, err);
}

bool
docket_records_end_put(struct docket *d, uint64_t at, struct err *err)
{
	return fact_put(d, RECORDS_END, at, err);
}

bool
docket_records_meant(struct docket *d, uint64_t *out, struct err *err)
{
	return fact_get(d, RECORDS_MEANT, out, err);
}

bool
docket_records_meant_put(struct docket *d, uint64_t n, struct err *err)
{
	return fact_put(d, RECORDS_MEANT, n, err);
}

/* Those that were forgotten before and not indexed since come behind these. */
static bool
meant_count(struct docket *d, uint64_t at, uint64_t *out, struct err *err)
{
	struct query q;
	uint64_t before;
	int64_t n;

	if (!docket_records_meant(d, &before, err) ||
	    !query_begin(&q, d, "SELECT count(*) FROM records WHERE at >= ?", err))
		return false;
	bind_int(&q, (int64_t)at);
	if (!query_number(&q, &n, err))
		return false;
	*out = before + (uint64_t)n;
	return true;
}

bool
docket_records_forget(struct docket *d, uint64_t at, struct err *err)
{
	struct query q;
	uint64_t meant;

	if (!meant_count(d, at, &meant, err) ||
	    !query_begin(&q, d, "DELETE FROM records WHERE at >= ?", err))
		return false;
	bind_int(&q, (int64_t)at);
	return query_run(&q, err) && docket_records_end_put(d, at, err) &&
	    docket_records_meant_put(d, meant, err);
}
