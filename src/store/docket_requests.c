/* Requests: one row a thread; the texts of a draft sealed beside it. */
#include <string.h>

#include "store/sql.h"

#define DAY 86400
#define HOLD_DAYS 21		/* a hold that ends is shown so long before (D63) */
#define LIST_SQL_MAX 512

/* ---- rows ---- */

#define COLUMNS "kind, ours, state, peer, correspondent, carried_by, case_number," \
	" act, instrument, article, reference, opened_at, sent_at, receipted_at," \
	" answered_at, closed_at, expires_at, due_at, due_rule, due_ours," \
	" hold_effected_at, hold_until, written_owed, basis_at, basis_rows"

static void
request_bind(struct query *q, const struct docket_request *r)
{
	bind_text(q, r->kind);
	bind_int(q, r->ours);
	bind_text(q, r->state);
	bind_text(q, r->peer);
	bind_ref(q, r->correspondent);
	bind_text(q, r->by);
	bind_ref(q, r->case_number);
	bind_digest(q, r->has_act ? &r->act : NULL);
	bind_text(q, r->instrument);
	bind_text(q, r->article);
	bind_text(q, r->reference);
	bind_int(q, r->opened_at);
	bind_int(q, r->sent_at);
	bind_int(q, r->receipted_at);
	bind_int(q, r->answered_at);
	bind_int(q, r->closed_at);
	bind_int(q, r->expires_at);
	bind_int(q, r->due_at);
	bind_text(q, r->due_rule);
	bind_int(q, r->due_ours);
	bind_int(q, r->hold_effected_at);
	bind_int(q, r->hold_until);
	bind_int(q, r->written_owed);
	bind_int(q, r->basis_at);
	bind_text(q, r->basis_rows);
}

static void
request_take(struct query *q, struct docket_request *r)
{
	take_text(q, r->kind, sizeof r->kind);
	r->ours = take_bool(q);
	take_text(q, r->state, sizeof r->state);
	take_text(q, r->peer, sizeof r->peer);
	r->correspondent = take_ref(q);
	take_text(q, r->by, sizeof r->by);
	r->case_number = take_ref(q);
	r->has_act = take_digest(q, &r->act);
	take_text(q, r->instrument, sizeof r->instrument);
	take_text(q, r->article, sizeof r->article);
	take_text(q, r->reference, sizeof r->reference);
	r->opened_at = take_when(q);
	r->sent_at = take_when(q);
	r->receipted_at = take_when(q);
	r->answered_at = take_when(q);
	r->closed_at = take_when(q);
	r->expires_at = take_when(q);
	r->due_at = take_when(q);
	take_text(q, r->due_rule, sizeof r->due_rule);
	r->due_ours = take_bool(q);
	r->hold_effected_at = take_when(q);
	r->hold_until = take_when(q);
	r->written_owed = take_bool(q);
	r->basis_at = take_when(q);
	take_text(q, r->basis_rows, sizeof r->basis_rows);
}

static bool
absent(unsigned number, struct err *err)
{
	return err_set(err, ERR_ABSENT, "request.absent",
	    "there is no request with the number %u; see what there is with: comity request list",
	    number);
}

/* ---- one request ---- */

static bool
text_put(struct docket *d, unsigned number, struct span text, struct err *err)
{
	struct query q;
	struct buf sealed;
	bool ok;

	buf_init(&sealed, AEAD_MAX + AEAD_EXTRA);
	ok = sealed_make(d, "request_texts", number, text, &sealed, err) &&
	    query_begin(&q, d, "INSERT INTO request_texts VALUES (?1, ?2)"
	    " ON CONFLICT DO UPDATE SET sealed = ?2", err);
	if (ok) {
		bind_int(&q, number);
		bind_bytes(&q, buf_span(&sealed));
		ok = query_run(&q, err);
	}
	buf_clear(&sealed);
	return ok;
}

static bool
request_insert(struct docket *d, const struct docket_request *r, unsigned *number,
    struct err *err)
{
	struct query q;

	/* NULL: SQLite takes the one behind the last. */
	if (!query_begin(&q, d, "INSERT INTO requests (" COLUMNS ", number) VALUES"
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    err))
		return false;
	request_bind(&q, r);
	bind_ref(&q, d->rebuilds ? r->number : 0);
	if (!query_run(&q, err))
		return false;
	*number = (unsigned)sqlite3_last_insert_rowid(d->db);
	return true;
}

bool
docket_request_new(struct docket *d, struct docket_request *r, struct span text,
    struct err *err)
{
	unsigned number = 0;
	bool own;

	if ((text.n > 0 && !sealed_key(d, err)) || !docket_inner(d, &own, err))
		return false;
	if (!docket_leave(d, own, request_insert(d, r, &number, err) &&
	    (text.n == 0 || text_put(d, number, text, err)), err))
		return false;
	r->number = number;
	return true;
}

bool
docket_request_get(struct docket *d, unsigned number, struct docket_request *out,
    struct err *err)
{
	struct docket_request r = { .number = number };
	struct query q;
	bool more, ok;

	if (!query_begin(&q, d, "SELECT " COLUMNS " FROM requests WHERE number = ?",
	    err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (more || absent(number, err));
	if (ok) {
		request_take(&q, &r);
		ok = query_good(&q, err);
	}
	query_end(&q);
	if (ok)
		*out = r;
	return ok;
}

bool
docket_request_put(struct docket *d, const struct docket_request *r, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "UPDATE requests SET (" COLUMNS ") ="
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " WHERE number = ?", err))
		return false;
	request_bind(&q, r);
	bind_int(&q, r->number);
	return query_run(&q, err) &&
	    (sqlite3_changes(d->db) > 0 || absent(r->number, err));
}

bool
docket_request_text(struct docket *d, unsigned number, struct buf *out,
    struct err *err)
{
	struct docket_request r;
	struct query q;
	bool more, ok;

	if (!sealed_key(d, err) || !docket_request_get(d, number, &r, err) ||
	    !query_begin(&q, d, "SELECT sealed FROM request_texts WHERE number = ?",
	    err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (!more ||
	    sealed_open(d, "request_texts", number, take_bytes(&q), out, err));
	query_end(&q);
	return ok;
}

bool
docket_request_text_put(struct docket *d, unsigned number, struct span text,
    struct err *err)
{
	struct docket_request r;

	return sealed_key(d, err) && docket_request_get(d, number, &r, err) &&
	    text_put(d, number, text, err);
}

bool
docket_request_by_act(struct docket *d, const struct digest *act,
    struct docket_request *out, bool *found, struct err *err)
{
	struct query q;
	int64_t number;

	if (!query_begin(&q, d, "SELECT number FROM requests WHERE act = ?1"
	    " UNION ALL SELECT request FROM acts WHERE act = ?1"
	    " AND request IS NOT NULL LIMIT 1", err))
		return false;
	bind_digest(&q, act);
	if (!query_number(&q, &number, err) ||
	    (number != 0 && !docket_request_get(d, (unsigned)number, out, err)))
		return false;
	*found = number != 0;
	return true;
}

/* ---- lists ---- */

static bool
list_sql(const struct docket_filter *f, struct buf *b, struct err *err)
{
	return buf_add_text(b, "SELECT number FROM requests WHERE 1", err) &&
	    buf_add_text(b, f->open_only ? " AND is_open = 1" : "", err) &&
	    buf_add_text(b, f->due_only ? " AND due_at > 0" : "", err) &&
	    buf_add_text(b, f->case_number != 0 ? " AND case_number = ?1" : "", err) &&
	    buf_add_text(b, f->peer != NULL ? " AND peer = ?2" : "", err) &&
	    buf_add_text(b, f->kind != NULL ? " AND kind = ?3" : "", err) &&
	    buf_add_text(b, f->state != NULL ? " AND state = ?4" : "", err) &&
	    buf_add_text(b, f->order == ORDER_NUMBER ? " ORDER BY number" :
	    f->due_only ? " ORDER BY due_at, number" :
	    " ORDER BY due_at = 0, due_at, number", err) &&
	    (f->limit == 0 || buf_printf(b, err, " LIMIT %u", f->limit));
}

/* The parameters that the text has, each by its number. */
static void
list_bind(struct query *q, const struct docket_filter *f)
{
	const char *const texts[] = { f->peer, f->kind, f->state };

	if (f->case_number != 0)
		bind_int(q, f->case_number);
	for (int i = 0; i < 3; i++)
		if (texts[i] != NULL) {
			q->at = i + 1;
			bind_text(q, texts[i]);
		}
}

static bool
list_numbers(struct docket *d, const struct docket_filter *f, int64_t **list,
    size_t *n, struct err *err)
{
	const char *sql;
	struct query q;
	struct buf b;
	bool ok;

	buf_init(&b, LIST_SQL_MAX);
	ok = list_sql(f, &b, err) && buf_text(&b, &sql, err) &&
	    query_begin_once(&q, d, sql, err);
	if (ok) {
		list_bind(&q, f);
		ok = query_numbers(&q, list, n, err);
	}
	buf_clear(&b);
	return ok;
}

/* The numbers first: what `each` changes does not move the list under it. */
bool
docket_requests(struct docket *d, const struct docket_filter *f,
    bool (*each)(void *arg, const struct docket_request *r, struct err *err),
    void *arg, struct err *err)
{
	int64_t *list = NULL;
	size_t n = 0;
	bool ok = list_numbers(d, f, &list, &n, err);

	for (size_t i = 0; ok && i < n; i++) {
		struct docket_request r;

		ok = docket_request_get(d, (unsigned)list[i], &r, err) &&
		    each(arg, &r, err);
	}
	mem_free(list);
	return ok;
}

/* ---- the desk ---- */

static uint64_t
take_count(struct query *q)
{
	return (uint64_t)take_int(q, 0, INT64_MAX);
}

/* Each part is answered by an index of open rows, or a short stretch of one. */
bool
docket_counts(struct docket *d, int64_t now, struct docket_counts *out,
    struct err *err)
{
	struct docket_counts c;
	struct query q;
	bool more, ok;

	if (!query_begin(&q, d,
	    "SELECT (SELECT count(*) FROM requests WHERE is_open = 1 AND ours = 1"
	    " AND state <> 'draft'),"
	    " (SELECT count(*) FROM requests WHERE is_open = 1 AND ours = 0),"
	    " (SELECT count(*) FROM requests WHERE is_open = 1 AND ours = 1"
	    " AND state = 'draft'),"
	    " (SELECT count(*) FROM requests WHERE due_at > 0 AND due_at <= ?1"
	    " AND due_ours = 1),"
	    " (SELECT count(*) FROM requests WHERE due_at > 0 AND due_at > ?1"
	    " AND due_at <= ?2 AND due_ours = 1),"
	    " (SELECT count(*) FROM requests WHERE is_open = 1 AND ours = 1"
	    " AND state <> 'draft' AND sent_at <> 0 AND answered_at = 0),"
	    " (SELECT count(*) FROM acts WHERE outbox IN (1, 2) AND carried_at = 0),"
	    " (SELECT count(*) FROM acts WHERE outbox IN (1, 2) AND outbox = 1"
	    " AND carried_at <> 0),"
	    " (SELECT count(*) FROM requests WHERE hold_until > 0 AND hold_until > ?1"
	    " AND hold_until <= ?3),"
	    " (SELECT coalesce(max(at), 0) FROM acts WHERE direction = 1),"
	    " (SELECT count(*) FROM acts WHERE stamp = 1"
	    " AND (direction = 0 OR peer = '')),"
	    /* a lapse noted ahead of now is a clock's mistake (flow/hold.c) */
	    " (SELECT count(*) FROM holds h, requests r WHERE h.state = 'lapsed'"
	    " AND h.ended_at <= ?1 AND r.number = h.request AND r.is_open = 1) +"
	    " (SELECT count(*) FROM holds h, requests r WHERE h.is_open = 1"
	    " AND h.state <> 'asked' AND ((h.until > 0 AND h.until < ?1"
	    " AND h.state <> 'bound_to_request') OR (h.domestic_until > 0"
	    " AND h.domestic_until < ?1)) AND r.number = h.request AND r.is_open = 1)",
	    err))
		return false;
	bind_int(&q, now);
	bind_int(&q, now + DAY);
	bind_int(&q, now + (int64_t)HOLD_DAYS * DAY);
	ok = query_row(&q, &more, err);
	if (ok) {
		c.open_ours = take_count(&q);
		c.open_theirs = take_count(&q);
		c.drafts = take_count(&q);
		c.overdue = take_count(&q);
		c.due_day = take_count(&q);
		c.waiting_for_them = take_count(&q);
		c.outbox = take_count(&q);
		c.unreceipted = take_count(&q);
		c.holds_ending = take_count(&q);
		c.last_received_at = take_when(&q);
		c.stamps_owed = take_count(&q);
		c.holds_over = take_count(&q);
		ok = query_good(&q, err);
	}
	query_end(&q);
	if (ok)
		*out = c;
	return ok;
}
