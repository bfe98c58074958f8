/* Notices, calls, stances, subjects: rows that policy/guard.h is asked with. */
#include <string.h>

#include "store/sql.h"

#define SEALED_MAX 16384	/* of one sealed row: two names, or a reason */

/* ---- notices ---- */

#define NOTICE_COLUMNS "number, request, person, since, secret_until, renewals, reason," \
	" done_at, how"

bool
docket_notice_new(struct docket *d, struct docket_notice *n, struct err *err)
{
	struct docket_notice there;
	struct query q;
	bool found;

	if (!docket_notice_find(d, n->request, n->person, &there, &found, err))
		return false;
	if (found) {
		*n = there;
		return true;
	}
	if (!next_number(d, "SELECT max(number) FROM notices", &n->number, err) ||
	    !query_begin(&q, d, "INSERT INTO notices (" NOTICE_COLUMNS ") VALUES"
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?)", err))
		return false;
	bind_int(&q, n->number);
	bind_int(&q, n->request);
	bind_int(&q, n->person);
	bind_int(&q, n->since);
	bind_int(&q, n->until);
	bind_int(&q, n->renewals);
	bind_text(&q, n->reason);
	bind_int(&q, n->done_at);
	bind_text(&q, n->how);
	return query_run(&q, err);
}

bool
docket_notice_put(struct docket *d, const struct docket_notice *n, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "UPDATE notices SET secret_until = ?, renewals = ?,"
	    " reason = ?, done_at = ?, how = ? WHERE number = ?", err))
		return false;
	bind_int(&q, n->until);
	bind_int(&q, n->renewals);
	bind_text(&q, n->reason);
	bind_int(&q, n->done_at);
	bind_text(&q, n->how);
	bind_int(&q, n->number);
	return query_run(&q, err);
}

static void
notice_take(struct query *q, struct docket_notice *n)
{
	memset(n, 0, sizeof *n);
	n->number = take_ref(q);
	n->request = take_ref(q);
	n->person = take_ref(q);
	n->since = take_when(q);
	n->until = take_when(q);
	n->renewals = (unsigned)take_int(q, 0, INT32_MAX);
	take_text(q, n->reason, sizeof n->reason);
	n->done_at = take_when(q);
	take_text(q, n->how, sizeof n->how);
}

static bool
notice_read(struct query *q, struct docket_notice *out, bool *found, struct err *err)
{
	struct docket_notice n;
	bool more, ok;

	ok = query_row(q, &more, err);
	if (ok && more) {
		notice_take(q, &n);
		ok = query_good(q, err);
	}
	query_end(q);
	if (ok) {
		*found = more;
		if (more)
			*out = n;
	}
	return ok;
}

bool
docket_notice_get(struct docket *d, unsigned number, struct docket_notice *out,
    struct err *err)
{
	struct query q;
	bool found;

	if (!query_begin(&q, d, "SELECT " NOTICE_COLUMNS " FROM notices WHERE number = ?",
	    err))
		return false;
	bind_int(&q, number);
	return notice_read(&q, out, &found, err) && (found || err_set(err, ERR_ABSENT,
	    "notice.absent", "there is no notice with the number %u", number));
}

bool
docket_notice_find(struct docket *d, unsigned request, unsigned person,
    struct docket_notice *out, bool *found, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT " NOTICE_COLUMNS
	    " FROM notices WHERE request = ? AND person = ?", err))
		return false;
	bind_int(&q, request);
	bind_int(&q, person);
	return notice_read(&q, out, found, err);
}

struct notice_rows {
	struct docket_notice *list;
	size_t n;
};

static bool
notice_more(struct notice_rows *r, struct err *err)
{
	struct docket_notice *list = mem_grow(r->list, r->n, sizeof *list, err);

	if (list == NULL)
		return false;
	r->list = list;
	return true;
}

static bool
notice_rows_read(struct query *q, struct notice_rows *r, struct err *err)
{
	bool more = true, ok = true;

	while (ok && (ok = query_row(q, &more, err)) && more) {
		ok = notice_more(r, err);
		if (!ok)
			break;
		notice_take(q, &r->list[r->n++]);
		ok = query_good(q, err);
	}
	query_end(q);
	return ok;
}

/* The rows first: what `each` changes does not move the list under it. */
bool
docket_notices(struct docket *d, bool open_only,
    bool (*each)(void *arg, const struct docket_notice *n, struct err *err), void *arg,
    struct err *err)
{
	struct notice_rows rows = { .n = 0 };
	struct query q;
	bool ok;

	ok = query_begin(&q, d, open_only ?
	    "SELECT " NOTICE_COLUMNS " FROM notices WHERE done_at = 0"
	    " ORDER BY secret_until, number" :
	    "SELECT " NOTICE_COLUMNS " FROM notices ORDER BY secret_until, number", err) &&
	    notice_rows_read(&q, &rows, err);
	for (size_t i = 0; ok && i < rows.n; i++)
		ok = each(arg, &rows.list[i], err);
	mem_free(rows.list);
	return ok;
}

/* ---- calls ---- */

void
docket_call_clear(struct docket_call *c)
{
	mem_free(c->dialled);
	mem_free(c->answered_by);
	memset(c, 0, sizeof *c);
}

static void
call_members(struct docket_call *c, struct name_member m[2])
{
	m[0] = (struct name_member){ "number", &c->dialled, true };
	m[1] = (struct name_member){ "answered_by", &c->answered_by, false };
}

static bool
call_insert(struct docket *d, const struct docket_call *c, struct span sealed,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT INTO calls (number, request, at, result, sealed)"
	    " VALUES (?, ?, ?, ?, ?)", err))
		return false;
	bind_int(&q, c->number);
	bind_int(&q, c->request);
	bind_int(&q, c->at);
	bind_text(&q, c->result);
	bind_bytes(&q, sealed);
	return query_run(&q, err);
}

bool
docket_call_new(struct docket *d, struct docket_call *c, struct err *err)
{
	struct name_member m[2];
	struct buf sealed;
	bool ok;

	call_members(c, m);
	buf_init(&sealed, SEALED_MAX);
	ok = next_number(d, "SELECT max(number) FROM calls", &c->number, err) &&
	    (c->dialled == NULL || names_seal(d, "calls", c->number, m, 2, &sealed, err)) &&
	    call_insert(d, c, buf_span(&sealed), err);
	buf_clear(&sealed);
	return ok;
}

static bool
call_get(struct docket *d, unsigned number, bool texts, struct docket_call *out,
    struct err *err)
{
	struct docket_call c = { .number = number };
	struct name_member m[2];
	struct span sealed;
	struct query q;
	bool more, ok;

	call_members(&c, m);
	if (!query_begin(&q, d, "SELECT request, at, result, sealed FROM calls"
	    " WHERE number = ?", err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (more || docket_damaged(err, "a call is gone"));
	if (ok) {
		c.request = take_ref(&q);
		c.at = take_when(&q);
		take_text(&q, c.result, sizeof c.result);
		sealed = take_bytes(&q);
		ok = query_good(&q, err) && (!texts || sealed.n == 0 ||
		    names_open(d, "calls", number, m, 2, sealed, err));
	}
	query_end(&q);
	if (ok)
		*out = c;
	else
		docket_call_clear(&c);
	return ok;
}

bool
docket_calls(struct docket *d, unsigned request, bool texts,
    bool (*each)(void *arg, const struct docket_call *c, struct err *err), void *arg,
    struct err *err)
{
	int64_t *list = NULL;
	struct query q;
	size_t n = 0;
	bool ok;

	if (!query_begin(&q, d,
	    "SELECT number FROM calls WHERE request = ? ORDER BY number", err))
		return false;
	bind_int(&q, request);
	ok = query_numbers(&q, &list, &n, err);
	for (size_t i = 0; ok && i < n; i++) {
		struct docket_call c;

		ok = call_get(d, (unsigned)list[i], texts, &c, err);
		if (ok) {
			ok = each(arg, &c, err);
			docket_call_clear(&c);
		}
	}
	mem_free(list);
	return ok;
}

/* ---- stances ---- */

void
docket_stance_clear(struct docket_stance *s)
{
	mem_free(s->reason);
	memset(s, 0, sizeof *s);
}

static bool
stance_number(struct docket *d, const struct docket_stance *s, int64_t *out,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT number FROM stances WHERE state = ? AND what = ?"
	    " AND about = ?", err))
		return false;
	bind_text(&q, s->state);
	bind_text(&q, s->what);
	bind_text(&q, s->about);
	return query_number(&q, out, err);
}

static bool
stance_insert(struct docket *d, const struct docket_stance *s, unsigned number,
    struct span sealed, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT OR REPLACE INTO stances (number, state, what, about,"
	    " value, since, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)", err))
		return false;
	bind_int(&q, number);
	bind_text(&q, s->state);
	bind_text(&q, s->what);
	bind_text(&q, s->about);
	bind_text(&q, s->value);
	bind_int(&q, s->since);
	bind_bytes(&q, sealed);
	return query_run(&q, err);
}

bool
docket_stance_put(struct docket *d, const struct docket_stance *s, struct err *err)
{
	char *reason = s->reason;
	const struct name_member m = { "reason", &reason, true };
	unsigned number = 0;
	struct buf sealed;
	int64_t there;
	bool ok;

	buf_init(&sealed, SEALED_MAX);
	ok = stance_number(d, s, &there, err);
	if (ok && there > 0)
		number = (unsigned)there;
	else if (ok)
		ok = next_number(d, "SELECT max(number) FROM stances", &number, err);
	ok = ok && (reason == NULL || names_seal(d, "stances", number, &m, 1, &sealed,
	    err)) && stance_insert(d, s, number, buf_span(&sealed), err);
	buf_clear(&sealed);
	return ok;
}

static bool
stance_at(struct docket *d, unsigned number, bool reason, struct docket_stance *out,
    struct err *err)
{
	struct docket_stance s;
	const struct name_member m = { "reason", &s.reason, true };
	struct span sealed;
	struct query q;
	bool more, ok;

	memset(&s, 0, sizeof s);
	if (!query_begin(&q, d, "SELECT state, what, about, value, since, sealed FROM stances"
	    " WHERE number = ?", err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (more || docket_damaged(err, "a stance is gone"));
	if (ok) {
		take_text(&q, s.state, sizeof s.state);
		take_text(&q, s.what, sizeof s.what);
		take_text(&q, s.about, sizeof s.about);
		take_text(&q, s.value, sizeof s.value);
		s.since = take_when(&q);
		sealed = take_bytes(&q);
		ok = query_good(&q, err) && (!reason || sealed.n == 0 ||
		    names_open(d, "stances", number, &m, 1, sealed, err));
	}
	query_end(&q);
	if (ok)
		*out = s;
	else
		docket_stance_clear(&s);
	return ok;
}

bool
docket_stances(struct docket *d, bool reasons,
    bool (*each)(void *arg, const struct docket_stance *s, struct err *err), void *arg,
    struct err *err)
{
	int64_t *list = NULL;
	struct query q;
	size_t n = 0;
	bool ok;

	ok = query_begin(&q, d, "SELECT number FROM stances ORDER BY state, what, about",
	    err) && query_numbers(&q, &list, &n, err);
	for (size_t i = 0; ok && i < n; i++) {
		struct docket_stance s;

		ok = stance_at(d, (unsigned)list[i], reasons, &s, err);
		if (ok) {
			ok = each(arg, &s, err);
			docket_stance_clear(&s);
		}
	}
	mem_free(list);
	return ok;
}

/* ---- subjects ---- */

bool
docket_has_key(const struct docket *d)
{
	return d->has_key;
}

bool
docket_subject_digest(struct docket *d, struct span subject, struct digest *out,
    struct err *err)
{
	return sealed_key(d, err) &&
	    aead_digest(&d->key, "comity.subjects/1", subject, out, err);
}

bool
docket_subject_put(struct docket *d, unsigned request, const struct digest *subject,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT OR IGNORE INTO subjects VALUES (?, ?)", err))
		return false;
	bind_digest(&q, subject);
	bind_int(&q, request);
	return query_run(&q, err);
}

bool
docket_subject_others(struct docket *d, unsigned request,
    unsigned out[SUBJECT_OTHERS_MAX], size_t *n, struct err *err)
{
	int64_t *list = NULL;
	struct query q;
	size_t found = 0;

	if (!query_begin(&q, d, "SELECT DISTINCT b.request FROM subjects a JOIN subjects b"
	    " ON b.digest = a.digest WHERE a.request = ?1 AND b.request <> ?1"
	    " ORDER BY b.request DESC", err))
		return false;
	bind_int(&q, request);
	if (!query_numbers(&q, &list, &found, err))
		return false;
	*n = found < SUBJECT_OTHERS_MAX ? found : SUBJECT_OTHERS_MAX;
	for (size_t i = 0; i < *n; i++)
		out[i] = (unsigned)list[i];
	mem_free(list);
	return true;
}

bool
docket_requests_since(struct docket *d, const char *kind, const char *peer,
    int64_t since, uint64_t *n, struct err *err)
{
	struct query q;
	int64_t count;

	if (!query_begin(&q, d, "SELECT count(*) FROM requests WHERE peer = ? AND kind = ?"
	    " AND ours = 0 AND opened_at >= ?", err))
		return false;
	bind_text(&q, peer);
	bind_text(&q, kind);
	bind_int(&q, since);
	if (!query_number(&q, &count, err))
		return false;
	*n = (uint64_t)count;
	return true;
}
