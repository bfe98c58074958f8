/* One statement: prepared once, bound and read from left to right. */
#include "store/sql.h"

#include <string.h>

/* ---- begin and end ---- */

static bool
may_ask(struct docket *d, struct err *err)
{
	if (d->broken || vfs_dead(d->vfs))
		return err_set(err, ERR_IO, "docket.dead",
		    "the disk failed under the docket; what was answered for is safe; try again");
	/* Else what follows would be kept without what came before it. */
	if (d->begun && sqlite3_get_autocommit(d->db) != 0)
		return err_set(err, ERR_IO, "docket.undone",
		    "the change of the docket was undone by a failure before; try again");
	return true;
}

static bool
prepare(struct docket *d, const char *sql, bool keep, sqlite3_stmt **out,
    struct err *err)
{
	int rc = sqlite3_prepare_v3(d->db, sql, -1,
	    keep ? SQLITE_PREPARE_PERSISTENT : 0, out, NULL);

	return rc == SQLITE_OK || docket_failed(d, rc, err);
}

bool
query_begin(struct query *q, struct docket *d, const char *sql, struct err *err)
{
	struct kept *k = NULL;

	*q = (struct query){ .docket = d };
	if (!may_ask(d, err))
		return false;
	for (size_t i = 0; i < d->kept_n && k == NULL; i++)
		if (d->kept[i].sql == sql)
			k = &d->kept[i];
	/* A callback may ask the same again while its rows are read. */
	if (k != NULL && sqlite3_stmt_busy(k->stmt) != 0)
		return query_begin_once(q, d, sql, err);
	if (k == NULL && d->kept_n == DOCKET_STATEMENTS)
		return query_begin_once(q, d, sql, err);
	if (k == NULL) {
		k = &d->kept[d->kept_n];
		if (!prepare(d, sql, true, &k->stmt, err))
			return false;
		k->sql = sql;
		d->kept_n++;
	}
	q->stmt = k->stmt;
	q->keep = true;
	return true;
}

bool
query_begin_once(struct query *q, struct docket *d, const char *sql,
    struct err *err)
{
	*q = (struct query){ .docket = d };
	return may_ask(d, err) && prepare(d, sql, false, &q->stmt, err);
}

void
query_end(struct query *q)
{
	if (q->stmt == NULL)
		return;
	if (q->keep) {
		(void)sqlite3_reset(q->stmt);
		(void)sqlite3_clear_bindings(q->stmt);
	} else {
		(void)sqlite3_finalize(q->stmt);
	}
	q->stmt = NULL;
}

/* ---- binding ---- */

static void
bound(struct query *q, int rc)
{
	if (q->rc == SQLITE_OK)
		q->rc = rc;
}

void
bind_int(struct query *q, int64_t v)
{
	bound(q, sqlite3_bind_int64(q->stmt, ++q->at, v));
}

void
bind_ref(struct query *q, unsigned number)
{
	if (number != 0)
		bind_int(q, number);
	else
		bound(q, sqlite3_bind_null(q->stmt, ++q->at));
}

void
bind_text(struct query *q, const char *s)
{
	bound(q, sqlite3_bind_text(q->stmt, ++q->at, s, -1, SQLITE_TRANSIENT));
}

void
bind_bytes(struct query *q, struct span s)
{
	bound(q, sqlite3_bind_blob64(q->stmt, ++q->at, s.n == 0 ? (const void *)"" : s.p,
	    s.n, SQLITE_TRANSIENT));
}

void
bind_digest(struct query *q, const struct digest *d)
{
	if (d != NULL)
		bind_bytes(q, digest_span(d));
	else
		bound(q, sqlite3_bind_null(q->stmt, ++q->at));
}

/* ---- steps ---- */

bool
query_row(struct query *q, bool *more, struct err *err)
{
	int rc = q->rc;

	if (rc == SQLITE_OK) {
		vfs_forget(q->docket->vfs);
		rc = sqlite3_step(q->stmt);
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return docket_failed(q->docket, rc, err);
	*more = rc == SQLITE_ROW;
	q->at = -1;
	return true;
}

bool
query_run(struct query *q, struct err *err)
{
	bool more = true, ok = true;

	while (ok && more)
		ok = query_row(q, &more, err);
	query_end(q);
	/* Alone it was a transaction of its own. */
	if (ok && sqlite3_get_autocommit(q->docket->db) != 0)
		docket_shorten(q->docket);
	return ok;
}

/* ---- columns ---- */

int64_t
take_int(struct query *q, int64_t min, int64_t max)
{
	int64_t v = sqlite3_column_int64(q->stmt, ++q->at);

	if (sqlite3_column_type(q->stmt, q->at) == SQLITE_INTEGER && v >= min && v <= max)
		return v;
	q->strange = true;
	return min;
}

int64_t
take_when(struct query *q)
{
	return take_int(q, WHEN_MIN, WHEN_MAX);
}

unsigned
take_ref(struct query *q)
{
	if (sqlite3_column_type(q->stmt, q->at + 1) != SQLITE_NULL)
		return (unsigned)take_int(q, 1, UINT32_MAX);
	q->at++;
	return 0;
}

bool
take_bool(struct query *q)
{
	return take_int(q, 0, 1) == 1;
}

void
take_text(struct query *q, char *out, size_t room)
{
	const unsigned char *s = sqlite3_column_text(q->stmt, ++q->at);
	size_t n = (size_t)sqlite3_column_bytes(q->stmt, q->at);

	out[0] = '\0';
	if (s == NULL || n >= room || memchr(s, '\0', n) != NULL)
		q->strange = true;
	else
		memcpy(out, s, n + 1);
}

struct span
take_bytes(struct query *q)
{
	const void *p = sqlite3_column_blob(q->stmt, ++q->at);

	return span_of(p, (size_t)sqlite3_column_bytes(q->stmt, q->at));
}

bool
take_digest(struct query *q, struct digest *out)
{
	struct span s = take_bytes(q);

	if (sqlite3_column_type(q->stmt, q->at) == SQLITE_NULL)
		return false;
	if (s.n == sizeof out->b && s.p != NULL)
		memcpy(out->b, s.p, s.n);
	else
		q->strange = true;
	return true;
}

bool
query_good(struct query *q, struct err *err)
{
	/* A text or blob that did not fit the memory reads as if it were not there. */
	if (q->strange && sqlite3_errcode(q->docket->db) == SQLITE_NOMEM)
		return err_memory(err);
	return !q->strange || docket_damaged(err, "a value is not one that is written here");
}

bool
query_number(struct query *q, int64_t *out, struct err *err)
{
	int64_t v = 0;
	bool more, ok = query_row(q, &more, err);

	if (ok && more && sqlite3_column_type(q->stmt, 0) != SQLITE_NULL) {
		v = take_int(q, 0, INT64_MAX);
		ok = query_good(q, err);
	}
	query_end(q);
	if (ok)
		*out = v;
	return ok;
}

bool
query_numbers(struct query *q, int64_t **out, size_t *n, struct err *err)
{
	int64_t *list = NULL;
	size_t have = 0;
	bool more = true, ok = true;

	while (ok && (ok = query_row(q, &more, err)) && more) {
		int64_t *grown = mem_grow(list, have, sizeof *list, err);

		ok = grown != NULL;
		list = ok ? grown : list;
		if (ok) {
			list[have++] = take_int(q, 0, INT64_MAX);
			ok = query_good(q, err);
		}
	}
	query_end(q);
	if (!ok) {
		mem_free(list);
		return false;
	}
	*out = list;
	*n = have;
	return true;
}
