/*
 * D14: a log is closed and another begins.  The files move one by one; LEDGER/closing says
 * that they do, and whoever comes next ends what was begun: from then on every file of the
 * open log's name that is there is one of the closed one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/log_internal.h"

#define CLOSING_PATH LOG_PATH "/closing"
#define CLOSED_NAME "closed"		/* in before/N, last: it is whole */
#define CLOSED_MAX 256			/* bytes of that file */
#define BEFORE_MAX 9999			/* logs before this one: a folder each */

static const char *const moved[] = { CHECKPOINT_NAME, VKEY_NAME, "tile", COSIGNED_NAME,
	TREE_PATH, SIGNED_NAME, STANDING_NAME };

struct closing {
	uint64_t n;			/* of before/N */
	uint64_t first;			/* of its own */
	uint64_t end;			/* of the next */
};

/* *found false: there is no such file. */
static bool
closing_load(struct world *w, struct dir *home, const char *path, struct closing *out,
    bool *found, struct err *err)
{
	bool holds = false, ok;
	struct cursor c;
	struct span head;
	struct buf b;

	buf_init(&b, CLOSED_MAX);
	ok = sealed_load(w, home, path, &b, found, &holds, err);
	c = cursor_of(buf_span(&b));
	holds = holds && cursor_line(&c, &head) && span_is(head, "comity-closed/1") &&
	    cursor_line_decimal(&c, BEFORE_MAX, &out->n) &&
	    cursor_line_decimal(&c, UINT64_MAX, &out->first) &&
	    cursor_line_decimal(&c, UINT64_MAX, &out->end) && cursor_done(&c);
	buf_clear(&b);
	if (ok && *found && !holds)
		return err_set(err, ERR_UNPROVEN, "ledger.damaged", "%s is damaged", path);
	return ok;
}

/* That of log n; *whole false: damaged, or not there. */
static bool
closed_load(struct world *w, struct dir *home, unsigned n, struct closing *out,
    bool *whole, struct err *err)
{
	struct err why = ERR_INIT;
	char path[80];

	(void)snprintf(path, sizeof path, BEFORE_PATH "/%u/" CLOSED_NAME, n);
	if (closing_load(w, home, path, out, whole, &why)) {
		*whole = *whole && out->n == n;
		return true;
	}
	*whole = false;
	if (why.kind == ERR_UNPROVEN)
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

static bool
closing_print(const struct closing *c, struct buf *out, struct err *err)
{
	return buf_printf(out, err, "comity-closed/1\n%" PRIu64 "\n%" PRIu64 "\n%" PRIu64
	    "\n", c->n, c->first, c->end);
}

static bool
folder_sync(struct world *w, struct dir *home, const char *path, struct err *err)
{
	struct dir *d = NULL;
	bool ok = dir_open(w, home, path, &d, err) && dir_sync(d, err);

	dir_close(d);
	return ok;
}

/* One name from the open log to its closed place, if it is there. */
static bool
name_move(struct world *w, struct dir *home, const char *name, const char *to,
    struct err *err)
{
	char from_path[80], to_path[80];
	struct err why = ERR_INIT;

	(void)snprintf(from_path, sizeof from_path, LOG_PATH "/%s", name);
	(void)snprintf(to_path, sizeof to_path, "%s/%s", to, name);
	if (path_rename(w, home, from_path, home, to_path, false, &why) ||
	    why.kind == ERR_ABSENT)
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

bool
closing_end(struct world *w, struct dir *home, struct err *err)
{
	char to[64], closed[80];
	struct closing c;
	bool found = false;

	if (!closing_load(w, home, CLOSING_PATH, &c, &found, err))
		return false;
	if (!found)
		return true;
	(void)snprintf(to, sizeof to, BEFORE_PATH "/%" PRIu64, c.n);
	(void)snprintf(closed, sizeof closed, "%s/" CLOSED_NAME, to);
	/* The place is durable before anything moves there. */
	if (!dir_make_all(w, home, to, err) || !folder_sync(w, home, BEFORE_PATH, err) ||
	    !folder_sync(w, home, LOG_PATH, err))
		return false;
	for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++)
		if (!name_move(w, home, moved[i], to, err))
			return false;
	return folder_sync(w, home, to, err) && folder_sync(w, home, BEFORE_PATH, err) &&
	    folder_sync(w, home, LOG_PATH, err) &&
	    path_rename(w, home, CLOSING_PATH, home, closed, true, err) &&
	    folder_sync(w, home, to, err) && folder_sync(w, home, LOG_PATH, err);
}

/* The closed log that ends last. */
static bool
last_closed(struct world *w, struct dir *home, struct closing *out, unsigned *count,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = false, ok;

	*out = (struct closing){ .n = 0 };
	*count = 0;
	if (!listing_open(w, home, BEFORE_PATH, &l, &why)) {
		if (why.kind != ERR_ABSENT && err != NULL)
			*err = why;
		return why.kind == ERR_ABSENT;
	}
	while ((ok = listing_next(l, &e, &more, err)) && more) {
		struct closing c;
		char path[300];
		bool found;

		(void)snprintf(path, sizeof path, BEFORE_PATH "/%.200s/" CLOSED_NAME,
		    e.name);
		if (!(ok = closing_load(w, home, path, &c, &found, err)))
			break;
		*count += found;
		if (found && (c.end > out->end || (c.end == out->end && c.n > out->n)))
			*out = c;
	}
	listing_close(l);
	return ok;
}

bool
log_first(struct world *w, struct dir *home, uint64_t *first, unsigned *before,
    struct err *err)
{
	struct closing c;
	unsigned count = 0;

	if (!closing_end(w, home, err) || !last_closed(w, home, &c, &count, err))
		return false;
	*first = c.end;
	if (before != NULL)
		*before = count;
	return true;
}

static bool
closed_save(struct world *w, struct dir *home, const struct closing *c,
    struct err *err)
{
	struct dir *folder = NULL;
	char path[64];
	struct buf b;
	bool ok;

	(void)snprintf(path, sizeof path, BEFORE_PATH "/%" PRIu64, c->n);
	buf_init(&b, CLOSED_MAX);
	ok = dir_make_all(w, home, path, err) && dir_open(w, home, path, &folder, err) &&
	    closing_print(c, &b, err) &&
	    sealed_write(w, folder, CLOSED_NAME, &b, err);
	buf_clear(&b);
	dir_close(folder);
	return ok;
}

bool
log_closed_mend(struct world *w, struct dir *home, unsigned n, uint64_t end,
    struct err *err)
{
	for (; n > 0; n--) {
		struct closing c = { .n = n }, before = { .end = 0 };
		bool whole, known = true;

		if (!closed_load(w, home, n, &c, &whole, err))
			return false;
		if (!whole && n > 1 && !closed_load(w, home, n - 1, &before, &known, err))
			return false;
		if (!known)
			return err_set(err, ERR_UNPROVEN, "ledger.damaged", BEFORE_PATH
			    "/%u/" CLOSED_NAME " is damaged, and the one before it", n);
		if (!whole) {
			c = (struct closing){ .n = n, .first = before.end, .end = end };
			if (!closed_save(w, home, &c, err))
				return false;
		}
		end = c.first;
	}
	return true;
}

bool
closed_range(struct world *w, struct dir *home, unsigned n, uint64_t *first,
    uint64_t *end, struct err *err)
{
	struct closing c;
	char path[80];
	bool found;

	(void)snprintf(path, sizeof path, BEFORE_PATH "/%u/" CLOSED_NAME, n);
	if (!closing_end(w, home, err) || !closing_load(w, home, path, &c, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_ABSENT, "ledger.absent",
		    "there is no closed ledger %u here", n);
	*first = c.first;
	*end = c.end;
	return true;
}

bool
log_succeed(struct log *l, unsigned n, uint64_t *first, struct err *err)
{
	char path[80];
	uint64_t end = l->first + log_size(l);
	struct buf b;
	bool ok;

	if (l->closed)
		return err_set(err, ERR_REFUSED, "ledger.closed", "this ledger is closed");
	(void)snprintf(path, sizeof path, BEFORE_PATH "/%u", n);
	if (n > BEFORE_MAX || path_exists(l->w, l->home, path))
		return err_set(err, ERR_CONFLICT, "ledger.exists",
		    "there is a closed ledger %u already", n);
	buf_init(&b, CLOSED_MAX);
	ok = log_alive(l, err) && log_tiles_sync(l, err) &&
	    closing_print(&(struct closing){ .n = n, .first = l->first, .end = end }, &b,
	    err) && sealed_save(l, "closing", &b, err);
	buf_clear(&b);
	/* Whatever comes of it, this one writes nothing more. */
	l->dead = true;
	if (!ok || !closing_end(l->w, l->home, err))
		return err_wrap(err, "the ledger");
	*first = end;
	return true;
}
