/* Holds: a row a preservation, and which later requests name it. */
#include <string.h>

#include "store/sql.h"

#define COLUMNS "request, ours, state, effected_at, until, domestic_order," \
	" domestic_until, ended_at, ended_by, misnoted_at, resumed_at"

bool
docket_hold_put(struct docket *d, const struct docket_hold *h, struct err *err)
{
	struct query q;

	/* Not REPLACE: that would take the row away under those that name it. */
	if (!query_begin(&q, d, "INSERT INTO holds (" COLUMNS ") VALUES"
	    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
	    " ON CONFLICT (request) DO UPDATE SET"
	    " ours = ?2, state = ?3, effected_at = ?4, until = ?5, domestic_order = ?6,"
	    " domestic_until = ?7, ended_at = ?8, ended_by = ?9, misnoted_at = ?10,"
	    " resumed_at = ?11", err))
		return false;
	bind_int(&q, h->request);
	bind_int(&q, h->ours);
	bind_text(&q, h->state);
	bind_int(&q, h->effected_at);
	bind_int(&q, h->until);
	bind_text(&q, h->order);
	bind_int(&q, h->order_until);
	bind_int(&q, h->ended_at);
	bind_text(&q, h->ended_by);
	bind_int(&q, h->misnoted_at);
	bind_int(&q, h->resumed_at);
	return query_run(&q, err);
}

bool
docket_hold_get(struct docket *d, unsigned request, struct docket_hold *out,
    bool *found, struct err *err)
{
	struct docket_hold h;
	struct query q;
	bool more, ok;

	memset(&h, 0, sizeof h);
	if (!query_begin(&q, d, "SELECT " COLUMNS " FROM holds WHERE request = ?", err))
		return false;
	bind_int(&q, request);
	ok = query_row(&q, &more, err);
	if (ok && more) {
		h.request = take_ref(&q);
		h.ours = take_bool(&q);
		take_text(&q, h.state, sizeof h.state);
		h.effected_at = take_when(&q);
		h.until = take_when(&q);
		take_text(&q, h.order, sizeof h.order);
		h.order_until = take_when(&q);
		h.ended_at = take_when(&q);
		take_text(&q, h.ended_by, sizeof h.ended_by);
		h.misnoted_at = take_when(&q);
		h.resumed_at = take_when(&q);
		ok = query_good(&q, err);
	}
	query_end(&q);
	if (ok) {
		*found = more;
		if (more)
			*out = h;
	}
	return ok;
}

/* The numbers first: what `each` changes does not move the list under it. */
static bool
holds_each(struct docket *d, struct query *q,
    bool (*each)(void *arg, const struct docket_hold *h, struct err *err), void *arg,
    struct err *err)
{
	int64_t *list = NULL;
	size_t n = 0;
	bool ok = query_numbers(q, &list, &n, err);

	for (size_t i = 0; ok && i < n; i++) {
		struct docket_hold h;
		bool found;

		ok = docket_hold_get(d, (unsigned)list[i], &h, &found, err) &&
		    (!found || each(arg, &h, err));
	}
	mem_free(list);
	return ok;
}

bool
docket_holds(struct docket *d, bool open_only,
    bool (*each)(void *arg, const struct docket_hold *h, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	return query_begin(&q, d, open_only ?
	    "SELECT request FROM holds WHERE is_open = 1 ORDER BY until = 0, until, request" :
	    "SELECT request FROM holds ORDER BY until = 0, until, request", err) &&
	    holds_each(d, &q, each, arg, err);
}

bool
docket_holds_ahead(struct docket *d, int64_t now,
    bool (*each)(void *arg, const struct docket_hold *h, struct err *err), void *arg,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT request FROM holds WHERE state = 'lapsed'"
	    " AND ended_at > ? ORDER BY request", err))
		return false;
	bind_int(&q, now);
	return holds_each(d, &q, each, arg, err);
}

bool
docket_outside_newest(struct docket *d, int64_t *out, struct err *err)
{
	struct query q;
	int64_t at = 0;
	bool more, ok;

	if (!query_begin(&q, d, "SELECT max("
	    "(SELECT coalesce(max(stamped_at), 0) FROM acts WHERE when_shown = 'PROVEN'),"
	    " (SELECT coalesce(max(made_at), 0) FROM acts"
	    " WHERE direction = 1 AND who = 'KNOWN'))", err))
		return false;
	ok = query_row(&q, &more, err);
	if (ok) {
		at = take_when(&q);
		ok = query_good(&q, err);
	}
	query_end(&q);
	if (ok)
		*out = at;
	return ok;
}

/* ---- later requests that name it ---- */

static bool
numbers(struct query *q, unsigned out[HOLD_NAMES_MAX], size_t *n, struct err *err)
{
	int64_t *list = NULL;
	size_t found = 0;

	if (!query_numbers(q, &list, &found, err))
		return false;
	*n = found < HOLD_NAMES_MAX ? found : HOLD_NAMES_MAX;
	for (size_t i = 0; i < *n; i++)
		out[i] = (unsigned)list[i];
	mem_free(list);
	return true;
}

bool
docket_hold_names(struct docket *d, unsigned hold, unsigned out[HOLD_NAMES_MAX],
    size_t *n, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d,
	    "SELECT request FROM hold_names WHERE hold = ? ORDER BY request", err))
		return false;
	bind_int(&q, hold);
	return numbers(&q, out, n, err);
}

bool
docket_hold_named_by(struct docket *d, unsigned request, unsigned out[HOLD_NAMES_MAX],
    size_t *n, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d,
	    "SELECT hold FROM hold_names WHERE request = ? ORDER BY hold", err))
		return false;
	bind_int(&q, request);
	return numbers(&q, out, n, err);
}

bool
docket_hold_name(struct docket *d, unsigned hold, unsigned request, struct err *err)
{
	unsigned there[HOLD_NAMES_MAX];
	struct query q;
	size_t n;

	if (!docket_hold_names(d, hold, there, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (there[i] == request)
			return true;
	if (n == HOLD_NAMES_MAX)
		return err_set(err, ERR_LIMIT, "hold.names",
		    "%d requests name the preservation %u already", HOLD_NAMES_MAX, hold);
	if (!query_begin(&q, d, "INSERT INTO hold_names VALUES (?, ?)", err))
		return false;
	bind_int(&q, hold);
	bind_int(&q, request);
	return query_run(&q, err);
}
