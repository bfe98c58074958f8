/* Inside of the room: the open docket, and asking it. */
#ifndef COMITY_STORE_SQL_H
#define COMITY_STORE_SQL_H

#include <sqlite3.h>

#include "store/docket.h"
#include "store/home.h"
#include "store/vfs.h"

#define DOCKET_FILE "docket.sqlite"
#define DOCKET_NEW "docket.new"		/* made here, named when it is whole */
#define DOCKET_REBUILD "docket.rebuild"	/* made anew here (docket_rebuild.c) ... */
#define DOCKET_BEFORE "docket.before-rebuild"	/* ... and what it took the place of */
#define DOCKET_LOCK "docket.lock"
#define DOCKET_STATEMENTS 96		/* kept prepared: more than this room has */
#define DOCKET_WAL_PAGES 1000		/* then the log goes into the database (4 MB) */

/* A statement that is kept; found again by the address of its text. */
struct kept {
	const char *sql;
	sqlite3_stmt *stmt;
};

/*
 * 1. `uses` counts docket_open without its docket_close; the home points here while
 *    there is one.  2. `begun` is ours: when SQLite undid the transaction by itself
 *    (a full disk), nothing more is taken until docket_rollback.
 */
struct docket {
	struct home *home;
	struct vfs *vfs;
	struct file *lock;
	sqlite3 *db;
	unsigned uses;
	bool begun;
	bool rebuilds;			/* docket_rebuild.c: rows bring their numbers */
	bool broken;			/* a transaction could not even be undone */
	bool has_key;
	struct aead_key key;
	int wal_pages, wal_max;		/* in the log now; when it is written back */
	struct kept kept[DOCKET_STATEMENTS];
	size_t kept_n;
};

/* ---- docket.c ---- */

/* Runs SQL that gives nothing back. */
MUST bool docket_run(struct docket *d, const char *sql, struct err *err);
/* What SQLite's code means, in our words. */
bool docket_failed(struct docket *d, int rc, struct err *err);
bool docket_damaged(struct err *err, const char *what);
/* A transaction of our own, when none is open; *own says so.  leave gives ok back. */
MUST bool docket_inner(struct docket *d, bool *own, struct err *err);
MUST bool docket_leave(struct docket *d, bool own, bool ok, struct err *err);
/* The docket's own lock, waiting for who has it; in d->lock. */
MUST bool docket_lock(struct docket *d, struct err *err);
/* Write the log into the database; true also when it was left for later. */
MUST bool docket_checkpoint(struct docket *d, struct err *err);
/* The same when the log has grown long, after what is durable in it already. */
void docket_shorten(struct docket *d);

/* ---- docket_make.c ---- */

MUST bool docket_connect(struct docket *d, const char *path, bool create,
    struct err *err);
void docket_disconnect(struct docket *d);
/* A disk that does not answer has not said that there is none. */
MUST bool docket_has(struct docket *d, const char *path, bool *out, struct err *err);
/* docket.sqlite, made with what an older home has, when it is not there. */
MUST bool docket_make(struct docket *d, struct err *err);
MUST bool docket_migrate(struct docket *d, struct err *err);
/* Tables and what an older home has, into a file that was just made. */
MUST bool docket_fill(struct docket *d, struct err *err);
MUST bool docket_remove(struct docket *d, const char *path, struct err *err);	/* if there */

/* ---- evidence_old.c: record.json of homes before there was a docket ---- */

/* Puts every record of evidence/ that the docket lacks into it. */
MUST bool evidence_take_over(struct docket *d, struct err *err);
/* Removes the records that were taken over. */
MUST bool evidence_old_remove(struct docket *d, struct err *err);

/* ---- evidence.c ---- */

MUST bool evidence_put(struct docket *d, const struct evidence *e, struct err *err);
/* The place a new parcel has among those of its evidence; ERR_LIMIT past PARCELS_MAX. */
MUST bool evidence_next_place(struct docket *d, unsigned evidence, unsigned *out,
    struct err *err);

/* ---- sql.c: one statement ---- */

/*
 * Bound and read from left to right.  Failures of binding are told by the next step;
 * values that we never wrote by query_good.
 */
struct query {
	struct docket *docket;
	sqlite3_stmt *stmt;
	bool keep;			/* the docket keeps it */
	int at;				/* parameter or column last dealt with */
	int rc;
	bool strange;			/* a value is not what we write */
};
MUST bool query_begin(struct query *q, struct docket *d, const char *sql,
    struct err *err);			/* sql: static text */
/* The same for a text made up at run time. */
MUST bool query_begin_once(struct query *q, struct docket *d, const char *sql,
    struct err *err);
void query_end(struct query *q);

void bind_int(struct query *q, int64_t v);
void bind_ref(struct query *q, unsigned number);	/* 0: NULL */
void bind_text(struct query *q, const char *s);
void bind_bytes(struct query *q, struct span s);
void bind_digest(struct query *q, const struct digest *d);	/* NULL: NULL */

/* The next row; *more false at the end. */
MUST bool query_row(struct query *q, bool *more, struct err *err);
/* Runs what gives no rows, and ends it. */
MUST bool query_run(struct query *q, struct err *err);

int64_t take_int(struct query *q, int64_t min, int64_t max);
int64_t take_when(struct query *q);			/* an instant; 0: none */
unsigned take_ref(struct query *q);			/* NULL: 0 */
bool take_bool(struct query *q);
void take_text(struct query *q, char *out, size_t room);
bool take_digest(struct query *q, struct digest *out);	/* false: NULL */
struct span take_bytes(struct query *q);		/* until the next step */
/* ERR_UNPROVEN "docket.damaged" when a value was strange. */
MUST bool query_good(struct query *q, struct err *err);

/* One number, from the first column of the first row; 0 when there is no row. */
MUST bool query_number(struct query *q, int64_t *out, struct err *err);
/* First columns of all rows, and ends it; mem_free. */
MUST bool query_numbers(struct query *q, int64_t **out, size_t *n, struct err *err);

/* ---- sealed.c ---- */

/* ERR_DENIED "docket.key" */
MUST bool sealed_key(struct docket *d, struct err *err);
MUST bool sealed_make(struct docket *d, const char *table, unsigned row,
    struct span plain, struct buf *out, struct err *err);
MUST bool sealed_open(struct docket *d, const char *table, unsigned row,
    struct span sealed, struct buf *out, struct err *err);

/* ---- docket_cases.c: sealed rows that are one JSON object of texts ---- */

struct name_member {
	const char *name;
	char **value;			/* NULL: absent */
	bool needed;
};
MUST bool names_seal(struct docket *d, const char *table, unsigned row,
    const struct name_member *m, size_t n, struct buf *out, struct err *err);
MUST bool names_open(struct docket *d, const char *table, unsigned row,
    const struct name_member *m, size_t n, struct span sealed, struct err *err);
/* The number a new row of a table gets; sql gives the greatest there is. */
MUST bool next_number(struct docket *d, const char *sql, unsigned *out, struct err *err);

#endif
