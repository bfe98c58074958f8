/* Whose header rests apart, and what was destroyed: two columns of acts. */
#include <string.h>

#include "store/sql.h"

static bool
column_put(struct docket *d, const char *sql, int64_t value,
    const struct digest *package, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, sql, err))
		return false;
	bind_int(&q, value);
	bind_digest(&q, package);
	return query_run(&q, err);
}

bool
docket_apart_put(struct docket *d, const struct digest *package,
    enum docket_apart apart, struct err *err)
{
	return column_put(d, "UPDATE acts SET apart = ? WHERE package = ?", apart, package,
	    err);
}

bool
docket_destroyed_put(struct docket *d, const struct digest *package, int64_t at,
    struct err *err)
{
	return column_put(d, "UPDATE acts SET destroyed_at = ? WHERE package = ?", at,
	    package, err);
}

bool
docket_destroyed_at(struct docket *d, const struct digest *package, int64_t *at,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT destroyed_at FROM acts WHERE package = ?", err))
		return false;
	bind_digest(&q, package);
	return query_number(&q, at, err);
}

/* What `each` changes does not move the list under it. */
static bool
packages_each(struct docket *d, const char *sql,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	struct digest *list = NULL;
	size_t n = 0;
	struct query q;
	bool more = true, ok;

	if (!query_begin(&q, d, sql, err))
		return false;
	while ((ok = query_row(&q, &more, err)) && more) {
		struct digest *grown = mem_grow(list, n, sizeof *list, err);

		ok = grown != NULL;
		if (!ok)
			break;
		list = grown;
		if (!take_digest(&q, &list[n++]))
			q.strange = true;
		ok = query_good(&q, err);
		if (!ok)
			break;
	}
	query_end(&q);
	for (size_t i = 0; ok && i < n; i++) {
		struct docket_act row;
		bool found;

		ok = docket_act_package(d, &list[i], &row, &found, err) &&
		    (!found || each(arg, &row, err));
	}
	mem_free(list);
	return ok;
}

bool
docket_whole_each(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	return packages_each(d, "SELECT package FROM acts WHERE apart = 0 AND"
	    " kind = 'delivered' AND evidence IS NOT NULL AND destroyed_at = 0"
	    " ORDER BY id", each, arg, err);
}

bool
docket_destroying_each(struct docket *d,
    bool (*each)(void *arg, const struct docket_act *a, struct err *err), void *arg,
    struct err *err)
{
	return packages_each(d, "SELECT package FROM acts WHERE destroyed_at > 0 AND"
	    " apart < 2 ORDER BY id", each, arg, err);
}
