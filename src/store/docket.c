/* The docket as a whole: its lock, its life, its transactions. */
#include "store/docket.h"

#include <stdio.h>
#include <string.h>

#include "store/sql.h"

/* How often a command that waits for another looks again: nobody sees 20 ms. */
#define WAIT_MILLISECONDS 20

/* ---- failures ---- */

bool
docket_damaged(struct err *err, const char *what)
{
	return err_set(err, ERR_UNPROVEN, "docket.damaged",
	    "the docket is damaged: %s; packages and records are kept apart from it; make it anew from them with: comity rebuild",
	    what);
}

/* What the disk said is the better answer, when it said something. */
static bool
disk_failed(struct docket *d, struct err *err)
{
	const struct err *last = vfs_last(d->vfs);

	if (last->kind == ERR_MEMORY)
		return err_memory(err);
	if (last->kind == ERR_UNPROVEN)
		return docket_damaged(err, last->text);
	if (last->kind == ERR_NONE)
		return err_set(err, ERR_IO, "docket.io", "%s", d->db == NULL ?
		    "it could not be opened" : sqlite3_errmsg(d->db));
	if (err != NULL)
		*err = *last;
	return false;
}

bool
docket_failed(struct docket *d, int rc, struct err *err)
{
	const char *said = d->db == NULL ? "" : sqlite3_errmsg(d->db);

	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return err_memory(err);
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_NOMEM)
			return err_memory(err);
		return disk_failed(d, err);
	case SQLITE_CANTOPEN:
	case SQLITE_FULL:
		return disk_failed(d, err);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return docket_damaged(err, said);
	case SQLITE_CONSTRAINT:
		return err_set(err, ERR_CONFLICT, "docket.rule",
		    "the docket does not take this: %s", said);
	case SQLITE_TOOBIG:
		return err_set(err, ERR_LIMIT, "docket.text", "%s", said);
	default:
		return err_set(err, ERR_IO, "docket.sql", "%s (%d)", said, rc);
	}
}

bool
docket_run(struct docket *d, const char *sql, struct err *err)
{
	struct query q;

	return query_begin_once(&q, d, sql, err) && query_run(&q, err);
}

/* ---- opening ---- */

static bool
lock_file(struct home *h, struct file **out, struct err *err)
{
	/* Never removed: two commands would each hold a file of their own. */
	if (file_open(h->world, h->dir, DOCKET_LOCK, FILE_UPDATE, out, err))
		return true;
	if (err->kind != ERR_ABSENT)
		return false;
	return file_open(h->world, h->dir, DOCKET_LOCK, FILE_CREATE, out, err) ||
	    (err->kind == ERR_CONFLICT &&
	    file_open(h->world, h->dir, DOCKET_LOCK, FILE_UPDATE, out, err));
}

bool
docket_lock(struct docket *d, struct err *err)
{
	struct world *w = d->home->world;
	unsigned tries = DOCKET_WAIT_SECONDS * 1000 / WAIT_MILLISECONDS;

	if (!lock_file(d->home, &d->lock, err))
		return false;
	while (!file_lock(d->lock, err)) {
		if (err->kind != ERR_CONFLICT)
			return false;
		if (world_stop_wanted(w))
			return err_set(err, ERR_STOPPED, "docket.stopped",
			    "stopped while another comity command was at work in %s",
			    d->home->path);
		if (tries-- == 0)
			return err_set(err, ERR_CONFLICT, "docket.busy",
			    "another comity command is at work in %s; wait for it to end and try again",
			    d->home->path);
		world_sleep(w, WAIT_MILLISECONDS);
	}
	err_clear(err);		/* what made us wait is over */
	return true;
}

static bool
sure_make(struct home *h, struct err *err)
{
	struct file *f = NULL;
	bool ok = file_open(h->world, h->dir, VFS_SURE, FILE_CREATE, &f, err);

	file_close(f);
	return ok;
}

/* The kernel may tell us what is not on the disk (vfs.h): all of it is written anew. */
static bool
make_sure(struct docket *d, struct err *err)
{
	bool sure;

	if (!docket_has(d, VFS_SURE, &sure, err))
		return false;
	return sure || (docket_checkpoint(d, err) && vfs_sync_names(d->vfs, err) &&
	    sure_make(d->home, err));
}

static bool
start(struct docket *d, struct err *err)
{
	struct home *h = d->home;

	return sqlite_ready(err) && docket_lock(d, err) &&
	    vfs_new(h->world, h->dir, &d->vfs, err) && docket_make(d, err) &&
	    docket_connect(d, DOCKET_FILE, false, err) && make_sure(d, err) &&
	    docket_migrate(d, err) && evidence_old_remove(d, err);
}

static void
end(struct docket *d)
{
	docket_rollback(d);
	docket_disconnect(d);
	vfs_free(d->vfs);
	file_close(d->lock);
	aead_key_wipe(&d->key);
	mem_free(d);
}

bool
docket_open(struct home *h, struct docket **out, struct err *err)
{
	struct docket *d = h->docket;

	if (d == NULL) {
		d = mem_new(sizeof *d, err);
		if (d == NULL)
			return false;
		d->home = h;
		d->wal_max = DOCKET_WAL_PAGES;
		if (!start(d, err)) {
			end(d);
			return err_wrap(err, "the docket");
		}
		h->docket = d;
	}
	d->uses++;
	*out = d;
	return true;
}

void
docket_close(struct docket *d)
{
	if (d == NULL || --d->uses > 0)
		return;
	docket_rollback(d);
	d->home->docket = NULL;
	end(d);
}

bool
home_docket(struct home *h, struct docket **out, struct err *err)
{
	return docket_open(h, out, err);
}

void
home_docket_done(struct home *h)
{
	docket_close(h->docket);
}

void
docket_key(struct docket *d, const struct aead_key *k)
{
	d->key = *k;
	d->has_key = true;
}

/* ---- transactions ---- */

bool
docket_begin(struct docket *d, struct err *err)
{
	struct query q;

	if (d->begun)
		return err_set(err, ERR_USE, "docket.begun",
		    "a change of the docket is under way already");
	if (!query_begin(&q, d, "BEGIN IMMEDIATE", err) || !query_run(&q, err))
		return false;
	d->begun = true;
	return true;
}

bool
docket_commit(struct docket *d, struct err *err)
{
	struct query q;
	bool ok;

	ok = (d->begun || err_set(err, ERR_USE, "docket.not_begun",
	    "no change of the docket is under way")) &&
	    query_begin(&q, d, "COMMIT", err);
	if (ok) {
		bool more;

		ok = query_row(&q, &more, err);
		query_end(&q);
	}
	if (!ok) {
		docket_rollback(d);
		return false;
	}
	d->begun = false;
	docket_shorten(d);
	return true;
}

void
docket_rollback(struct docket *d)
{
	if (d == NULL || d->db == NULL || (!d->begun && sqlite3_get_autocommit(d->db) != 0))
		return;
	d->begun = false;
	if (sqlite3_get_autocommit(d->db) == 0)
		(void)sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
	d->broken = d->broken || sqlite3_get_autocommit(d->db) == 0;
}

bool
docket_inner(struct docket *d, bool *own, struct err *err)
{
	*own = !d->begun;
	return d->begun || docket_begin(d, err);
}

bool
docket_leave(struct docket *d, bool own, bool ok, struct err *err)
{
	if (own && ok)
		return docket_commit(d, err);
	if (own)
		docket_rollback(d);
	return ok;
}

bool
docket_checkpoint(struct docket *d, struct err *err)
{
	int rc;

	vfs_forget(d->vfs);
	rc = sqlite3_wal_checkpoint_v2(d->db, "main", SQLITE_CHECKPOINT_TRUNCATE,
	    NULL, NULL);
	if (rc == SQLITE_OK)
		d->wal_pages = 0;
	/* Rows are being read: later. */
	return rc == SQLITE_OK || rc == SQLITE_LOCKED || docket_failed(d, rc, err);
}

void
docket_shorten(struct docket *d)
{
	struct err later = ERR_INIT;

	/* What is in the log is safe there: when this fails, another tries again. */
	if (d->wal_pages < d->wal_max || docket_checkpoint(d, &later))
		return;
}

/* ---- looking whether all is well ---- */

/* Rows of the first text column are complaints; "ok" is none. */
static bool
complaints(struct docket *d, const char *sql, const char *what, struct err *err)
{
	struct query q;
	char said[200] = "";
	bool more, ok;

	if (!query_begin_once(&q, d, sql, err))
		return false;
	ok = query_row(&q, &more, err);
	if (ok && more) {
		const char *s = (const char *)sqlite3_column_text(q.stmt, 0);

		(void)snprintf(said, sizeof said, "%s%s", what, s == NULL ? "?" : s);
	}
	query_end(&q);
	return ok && (said[0] == '\0' || strcmp(said, "ok") == 0 ||
	    docket_damaged(err, said));
}

/* Every sealed value of a table opens in its place. */
static bool
sealed_check(struct docket *d, const char *table, const char *sql, struct err *err)
{
	struct query q;
	bool more = true, ok = query_begin(&q, d, sql, err);
	struct buf b;

	buf_init_secret(&b, AEAD_MAX);
	while (ok && (ok = query_row(&q, &more, err)) && more) {
		unsigned number = (unsigned)take_int(&q, 1, UINT32_MAX);

		buf_reset(&b);
		ok = sealed_open(d, table, number, take_bytes(&q), &b, err) &&
		    query_good(&q, err);
	}
	query_end(&q);
	buf_clear(&b);
	return ok;
}

bool
docket_check(struct docket *d, struct err *err)
{
	return complaints(d, "PRAGMA integrity_check(1)", "", err) &&
	    complaints(d, "PRAGMA foreign_key_check", "a row without what it names in ",
	    err) &&
	    (!d->has_key ||
	    (sealed_check(d, "cases", "SELECT number, sealed FROM cases", err) &&
	    sealed_check(d, "correspondents",
	    "SELECT number, sealed FROM correspondents", err) &&
	    sealed_check(d, "request_texts",
	    "SELECT number, sealed FROM request_texts", err) &&
	    sealed_check(d, "calls",
	    "SELECT number, sealed FROM calls WHERE length(sealed) > 0", err) &&
	    sealed_check(d, "stances",
	    "SELECT number, sealed FROM stances WHERE length(sealed) > 0", err)));
}
