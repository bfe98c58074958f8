/* Making a docket, connecting to it, and bringing an older one up to date. */
#include <stdio.h>
#include <string.h>

#include "store/sql.h"
#include "store/docket_sql.h"

#define STEPS (sizeof docket_steps / sizeof docket_steps[0])
#define APPLICATION_ID 1131375988	/* "Comt": a file that is not ours is told apart */
#define CACHE_KIB 4096			/* pages in memory: indexes of a million acts */
#define VALUE_MAX (2u << 20)		/* of one value: twice what we write */
#define SQL_MAX 100000			/* of one statement */
#define JOURNAL_FILE "journal/records"	/* doc/format/record.md; a room above reads it */
#define JOURNAL_HEAD 16			/* bytes before the first record */

/* ---- connecting ---- */

static int
log_grew(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct docket *d = arg;

	(void)db, (void)name;
	d->wal_pages = pages;
	return SQLITE_OK;
}

/* What a file that was tampered with could bring along stays switched off. */
static void
restrain(struct docket *d)
{
	static const struct { int what, on; } set[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};

	for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
		(void)sqlite3_db_config(d->db, set[i].what, set[i].on, NULL);
	(void)sqlite3_limit(d->db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	(void)sqlite3_limit(d->db, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX);
	(void)sqlite3_limit(d->db, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_limit(d->db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

/* Must be said before the first page is there. */
static bool
layout(struct docket *d, struct err *err)
{
	char sql[64];
	int room = VFS_SUM;

	(void)sqlite3_file_control(d->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &room);
	(void)snprintf(sql, sizeof sql, "PRAGMA page_size = %d", VFS_PAGE);
	return docket_run(d, sql, err);
}

static bool
pragma_number(struct docket *d, const char *sql, int64_t *out, struct err *err)
{
	struct query q;

	return query_begin_once(&q, d, sql, err) && query_number(&q, out, err);
}

static bool
ours(struct docket *d, struct err *err)
{
	int64_t page, id;

	return pragma_number(d, "PRAGMA page_size", &page, err) &&
	    pragma_number(d, "PRAGMA application_id", &id, err) &&
	    ((page == VFS_PAGE && id == APPLICATION_ID) ||
	    docket_damaged(err, "docket.sqlite is not a file of Comity"));
}

bool
docket_connect(struct docket *d, const char *path, bool create, struct err *err)
{
	char cache[64];
	int rc;

	vfs_forget(d->vfs);
	rc = sqlite3_open_v2(path, &d->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	    (create ? SQLITE_OPEN_CREATE : 0), vfs_name(d->vfs));
	if (rc != SQLITE_OK)
		return docket_failed(d, rc, err);
	restrain(d);
	(void)sqlite3_wal_hook(d->db, log_grew, d);
	(void)snprintf(cache, sizeof cache, "PRAGMA cache_size = -%d", CACHE_KIB);
	/* EXCLUSIVE first: then the index of the log needs no shared memory. */
	return (!create || layout(d, err)) &&
	    docket_run(d, "PRAGMA locking_mode = EXCLUSIVE", err) &&
	    docket_run(d, "PRAGMA temp_store = MEMORY", err) &&
	    docket_run(d, "PRAGMA journal_mode = WAL", err) &&
	    docket_run(d, "PRAGMA synchronous = FULL", err) &&
	    docket_run(d, "PRAGMA cell_size_check = ON", err) &&
	    docket_run(d, cache, err) && (create || ours(d, err));
}

void
docket_disconnect(struct docket *d)
{
	for (size_t i = 0; i < d->kept_n; i++)
		(void)sqlite3_finalize(d->kept[i].stmt);
	d->kept_n = 0;
	(void)sqlite3_close_v2(d->db);
	d->db = NULL;
	d->wal_pages = 0;
}

/* ---- versions ---- */

static unsigned
newest(void)
{
	return docket_steps[STEPS - 1].version;
}

static bool
version_get(struct docket *d, int64_t *out, struct err *err)
{
	return pragma_number(d, "PRAGMA user_version", out, err);
}

static bool
steps_from(struct docket *d, unsigned have, struct err *err)
{
	char sql[64];

	for (size_t i = 0; i < STEPS; i++)
		if (docket_steps[i].version > have &&
		    !docket_run(d, docket_steps[i].sql, err))
			return false;
	(void)snprintf(sql, sizeof sql, "PRAGMA user_version = %u", newest());
	return docket_run(d, sql, err);
}

bool
docket_migrate(struct docket *d, struct err *err)
{
	int64_t have;
	bool own;

	if (!version_get(d, &have, err))
		return false;
	if (have > newest())
		return err_set(err, ERR_CONFLICT, "docket.newer",
		    "this home was used by a later version of Comity; use that one");
	if (have == newest())
		return true;
	if (!docket_inner(d, &own, err))
		return false;
	return docket_leave(d, own, steps_from(d, (unsigned)have, err), err);
}

unsigned
docket_version(struct docket *d)
{
	struct err ignored = ERR_INIT;
	int64_t have = 0;

	return version_get(d, &have, &ignored) ? (unsigned)have : 0;
}

/* ---- a new one ---- */

bool
docket_has(struct docket *d, const char *path, bool *out, struct err *err)
{
	struct file_info info;

	*out = path_info(d->home->world, d->home->dir, path, &info, err);
	if (!*out && err->kind != ERR_ABSENT)
		return false;
	if (!*out)
		err_clear(err);
	return true;
}

bool
docket_remove(struct docket *d, const char *path, struct err *err)
{
	return path_clear(d->home->world, d->home->dir, path, err);
}

static bool
half_made_remove(struct docket *d, struct err *err)
{
	return docket_remove(d, DOCKET_NEW, err) &&
	    docket_remove(d, DOCKET_NEW "-wal", err) &&
	    docket_remove(d, DOCKET_NEW "-journal", err);
}

/* All of it in one transaction, and then in the one file. */
bool
docket_fill(struct docket *d, struct err *err)
{
	char sql[64];
	bool ok;

	(void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d", APPLICATION_ID);
	if (!docket_begin(d, err))
		return false;
	ok = docket_run(d, sql, err) && docket_migrate(d, err) &&
	    docket_run(d, "INSERT INTO facts VALUES ('old_records', 1)", err) &&
	    evidence_take_over(d, err) && docket_commit(d, err);
	if (!ok)
		docket_rollback(d);
	return ok && docket_checkpoint(d, err);
}

/*
 * Records without a docket: it was there before the first of them, and is gone.  An empty
 * one in its place would say that there are no acts.
 */
static bool
lost_ask(struct docket *d, struct err *err)
{
	struct home *h = d->home;
	struct err why = ERR_INIT;
	struct file_info info;

	if (!path_info(h->world, h->dir, JOURNAL_FILE, &info, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		*err = why;
		return false;
	}
	return info.size <= JOURNAL_HEAD || err_set(err, ERR_UNPROVEN, "docket.lost",
	    "this home has records of what happened, and its docket is gone; packages and records are kept apart from it: make it anew from them with: comity rebuild");
}

/* Under its name stands a whole one or none: a try that was cut begins anew. */
bool
docket_make(struct docket *d, struct err *err)
{
	struct home *h = d->home;
	struct file_info info;
	bool ok, log;

	/* SQLite would take an empty file for a new database. */
	if (path_info(h->world, h->dir, DOCKET_FILE, &info, err))
		return info.size >= VFS_PAGE ||
		    docket_damaged(err, "docket.sqlite is cut short");
	if (err->kind != ERR_ABSENT)
		return false;
	err_clear(err);
	if (!docket_has(d, DOCKET_FILE "-wal", &log, err))
		return false;
	if (log)
		return docket_damaged(err, "its log is there, and docket.sqlite is not");
	if (!lost_ask(d, err) || !half_made_remove(d, err))
		return false;
	ok = docket_connect(d, DOCKET_NEW, true, err) && docket_fill(d, err);
	docket_disconnect(d);
	return ok && docket_remove(d, DOCKET_NEW "-wal", err) &&
	    path_rename(h->world, h->dir, DOCKET_NEW, h->dir, DOCKET_FILE, false, err) &&
	    vfs_sync_names(d->vfs, err);
}
