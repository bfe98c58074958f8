/* A docket made anew, beside the one there is, and put in its place when it is whole. */
#include <string.h>

#include "store/sql.h"

static void
closed(struct docket *d)
{
	docket_rollback(d);
	docket_disconnect(d);
	vfs_free(d->vfs);
	file_close(d->lock);
	aead_key_wipe(&d->key);
	mem_free(d);
}

static bool
docket_of(struct home *h, struct docket **out, struct err *err)
{
	struct docket *d = mem_new(sizeof *d, err);

	if (d == NULL)
		return false;
	d->home = h;
	d->wal_max = DOCKET_WAL_PAGES;
	if (!vfs_new(h->world, h->dir, &d->vfs, err)) {
		closed(d);
		return false;
	}
	*out = d;
	return true;
}

/* ---- the one before ---- */

bool
docket_rebuild_despite(const struct err *why)
{
	/* docket.sql: what lies there is no docket as we make them. */
	return why->kind == ERR_UNPROVEN || why->kind == ERR_INPUT ||
	    why->kind == ERR_LIMIT || why->kind == ERR_ABSENT ||
	    why->kind == ERR_CONFLICT || strcmp(why->reason, "docket.sql") == 0;
}

static bool
failed_old(const struct err *why, const char *path, struct err *err)
{
	*err = *why;
	return err_wrap(err, "the old docket cannot be read now; when that stays so, move %s out of the home, and what only it knew is lost",
	    path);
}

/* A disk that does not answer now may later: what only the old one knows is not given up. */
static bool
old_open(struct docket *d, const char *path, struct docket **out, struct err *err)
{
	struct err why = ERR_INIT;
	struct file_info info;
	struct docket *old = NULL;

	if (path_info(d->home->world, d->home->dir, path, &info, &why)) {
		if (info.size < VFS_PAGE)
			return true;
	} else {
		return why.kind == ERR_ABSENT || failed_old(&why, path, err);
	}
	if (docket_of(d->home, &old, &why) && docket_connect(old, path, false, &why) &&
	    docket_migrate(old, &why)) {
		*out = old;
		return true;
	}
	if (old != NULL)
		closed(old);
	return docket_rebuild_despite(&why) || failed_old(&why, path, err);
}

/* Cut between two names, the one that knows most has the other. */
static bool
old_find(struct docket *d, struct docket **out, struct err *err)
{
	*out = NULL;
	return old_open(d, DOCKET_FILE, out, err) &&
	    (*out != NULL || old_open(d, DOCKET_BEFORE, out, err));
}

void
docket_rebuild_old(struct docket *old)
{
	struct err ignored = ERR_INIT;

	if (old == NULL)
		return;
	/* Then all of it is in one file, and that is kept. */
	docket_rollback(old);
	(void)!docket_checkpoint(old, &ignored);
	closed(old);
}

/* ---- the new one ---- */

static bool
rebuild_sweep(struct docket *d, struct err *err)
{
	return docket_remove(d, DOCKET_REBUILD, err) &&
	    docket_remove(d, DOCKET_REBUILD "-wal", err) &&
	    docket_remove(d, DOCKET_REBUILD "-journal", err);
}

bool
docket_rebuild_begin(struct home *h, struct docket **out, struct docket **old,
    struct err *err)
{
	struct docket *d = NULL;

	if (h->docket != NULL)
		return err_set(err, ERR_USE, "docket.open", "the docket is open already");
	if (!sqlite_ready(err) || !docket_of(h, &d, err))
		return false;
	if (!docket_lock(d, err) || !rebuild_sweep(d, err) ||
	    !docket_connect(d, DOCKET_REBUILD, true, err) || !docket_fill(d, err) ||
	    !old_find(d, old, err)) {
		closed(d);
		return err_wrap(err, "the new docket");
	}
	h->docket = d;
	d->uses = 1;
	d->rebuilds = true;
	*out = d;
	return true;
}

/* ---- what only the old one knows ---- */

/* A column as it is; what it means is asked when it is read here. */
static void
column_copy(struct query *from, int i, struct query *to)
{
	if (sqlite3_bind_value(to->stmt, i + 1, sqlite3_column_value(from->stmt, i)) !=
	    SQLITE_OK)
		to->rc = SQLITE_NOMEM;
}

static bool
row_copy(struct query *from, struct docket *d, const char *put, struct err *err)
{
	struct query to;

	if (!query_begin(&to, d, put, err))
		return false;
	for (int i = 0; i < sqlite3_column_count(from->stmt); i++)
		column_copy(from, i, &to);
	return query_run(&to, err);
}

/* Row by row, so that those before a damaged page are taken. */
static bool
rows_copy(struct docket *d, struct docket *old, const char *get, const char *put,
    uint64_t *n, struct err *err)
{
	struct query from;
	bool more = true, ok;

	if (!query_begin(&from, old, get, err))
		return false;
	while ((ok = query_row(&from, &more, err)) && more)
		if (!row_copy(&from, d, put, err)) {
			ok = false;
			break;
		} else {
			(*n)++;
		}
	query_end(&from);
	return ok;
}

bool
docket_rebuild_names(struct docket *d, struct docket *old, uint64_t *cases,
    uint64_t *correspondents, struct err *err)
{
	struct err why[3] = { ERR_INIT, ERR_INIT, ERR_INIT };
	uint64_t evidence = 0;

	(void)!rows_copy(d, old, "SELECT number, opened_at, closed_at, sealed FROM cases",
	    "INSERT INTO cases VALUES (?, ?, ?, ?)", cases, &why[0]);
	(void)!rows_copy(d, old, "SELECT evidence, case_number FROM case_evidence",
	    "INSERT INTO case_evidence SELECT ?1, ?2 WHERE"
	    " EXISTS (SELECT 1 FROM cases WHERE number = ?2)", &evidence, &why[1]);
	(void)!rows_copy(d, old,
	    "SELECT number, state, languages, sealed FROM correspondents",
	    "INSERT INTO correspondents VALUES (?, ?, ?, ?)", correspondents, &why[2]);
	for (size_t i = 0; i < 3; i++)
		if (why[i].kind != ERR_NONE && !docket_rebuild_despite(&why[i])) {
			*err = why[i];
			return false;
		}
	for (size_t i = 0; i < 3; i++)
		if (why[i].kind != ERR_NONE) {
			*err = why[i];
			return false;
		}
	return true;
}

bool
docket_rebuild_others(struct docket *d, struct docket *old, struct err *err)
{
	uint64_t n = 0;

	return rows_copy(d, old, "SELECT number, others FROM evidence",
	    "UPDATE evidence SET others = ?2 WHERE number = ?1", &n, err);
}

/* ---- in its place ---- */

static bool
aside(struct docket *d, const char *from, const char *to, struct err *err)
{
	struct home *h = d->home;
	bool there;

	return docket_has(d, from, &there, err) && (!there ||
	    path_rename(h->world, h->dir, from, h->dir, to, true, err));
}

/* An empty log says nothing; another may tell somebody what a damaged file does not. */
static bool
log_aside(struct docket *d, struct err *err)
{
	struct err why = ERR_INIT;
	struct file_info info;

	if (path_info(d->home->world, d->home->dir, DOCKET_FILE "-wal", &info, &why) &&
	    info.size == 0)
		return docket_remove(d, DOCKET_FILE "-wal", err);
	return aside(d, DOCKET_FILE "-wal", DOCKET_BEFORE "-wal", err);
}

static bool
replace(struct docket *d, struct err *err)
{
	struct home *h = d->home;
	bool there;

	if (!docket_has(d, DOCKET_FILE, &there, err) ||
	    (there && !docket_remove(d, DOCKET_BEFORE "-wal", err)))
		return false;
	return aside(d, DOCKET_FILE, DOCKET_BEFORE, err) && log_aside(d, err) &&
	    docket_remove(d, DOCKET_FILE "-journal", err) &&
	    path_rename(h->world, h->dir, DOCKET_REBUILD, h->dir, DOCKET_FILE, false,
	    err) && vfs_sync_names(d->vfs, err);
}

bool
docket_rebuild_end(struct docket *d, struct err *err)
{
	bool ok;

	ok = docket_check(d, err) && docket_checkpoint(d, err);
	docket_disconnect(d);
	ok = ok && docket_remove(d, DOCKET_REBUILD "-wal", err) && replace(d, err);
	d->home->docket = NULL;
	closed(d);
	return ok || err_wrap(err, "the new docket");
}
