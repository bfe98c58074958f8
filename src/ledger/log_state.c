/*
 * What a log remembers of itself: `signed` and `standing`, small texts that end in the
 * SHA-256 of the lines before.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/log_internal.h"

#define STATE_FILE_MAX 1024

bool
log_damaged(const struct log *l, const char *name, const char *why, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "ledger.damaged", "%s/%s %s", l->path, name,
	    why);
}

bool
sealed_write(struct world *w, struct dir *folder, const char *name, struct buf *lines,
    struct err *err)
{
	struct digest d;

	return digest_of(buf_span(lines), &d, err) &&
	    buf_printf(lines, err, "%s\n", digest_hex(&d).s) &&
	    file_save(w, folder, name, buf_span(lines), true, err);
}

bool
sealed_save(struct log *l, const char *name, struct buf *lines, struct err *err)
{
	return sealed_write(l->w, l->folder, name, lines, err);
}

bool
sealed_load(struct world *w, struct dir *folder, const char *name, struct buf *lines,
    bool *found, bool *holds, struct err *err)
{
	struct err why = ERR_INIT;
	struct digest d, said;
	struct span text;

	*found = file_load(w, folder, name, lines, &why);
	*holds = false;
	if (!*found && why.kind != ERR_ABSENT && why.kind != ERR_LIMIT) {
		if (err != NULL)
			*err = why;
		return false;
	}
	if (!*found) {
		*found = why.kind == ERR_LIMIT;
		return true;
	}
	text = buf_span(lines);
	if (text.n < 65 || text.p[text.n - 1] != '\n' ||
	    !digest_parse(span_part(text, text.n - 65, 64), &said))
		return true;
	if (!digest_of(span_part(text, 0, text.n - 65), &d, err))
		return false;
	*holds = digest_eq(&d, &said);
	lines->n -= *holds ? 65 : 0;
	return true;
}

static bool
line_is(struct cursor *c, const char *want)
{
	struct span s;

	return cursor_line(c, &s) && span_is(s, want);
}

static bool
line_digest(struct cursor *c, struct digest *out)
{
	struct span s;

	return cursor_line(c, &s) && digest_parse(s, out);
}

/* ---- signed ---- */

bool
log_signed_load(struct log *l, struct err *err)
{
	struct log_signed s = { .size = 0 };
	bool found, holds;
	struct cursor c;
	struct buf b;
	bool ok;

	buf_init(&b, STATE_FILE_MAX);
	ok = sealed_load(l->w, l->folder, SIGNED_NAME, &b, &found, &holds, err);
	if (ok && found) {
		c = cursor_of(buf_span(&b));
		s.damaged = !holds || !line_is(&c, "comity-signed/1") ||
		    !cursor_line_decimal(&c, UINT64_MAX, &s.size) ||
		    !line_digest(&c, &s.root) || !cursor_done(&c);
		if (s.damaged)
			s.size = 0;
	}
	if (ok)
		l->signed_ = s;
	buf_clear(&b);
	return ok;
}

bool
log_signed_save(struct log *l, uint64_t size, const struct digest *root,
    struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, STATE_FILE_MAX);
	ok = buf_printf(&b, err, "comity-signed/1\n%" PRIu64 "\n%s\n", size,
	    digest_hex(root).s) && sealed_save(l, SIGNED_NAME, &b, err);
	if (ok)
		l->signed_ = (struct log_signed){ .size = size, .root = *root };
	buf_clear(&b);
	return ok;
}

uint64_t
log_signed(const struct log *l)
{
	return l->signed_.size;
}

/* ---- standing ---- */

static const char *const standing_names[] = { "good", "recovering", "frozen" };
#define STANDINGS (sizeof standing_names / sizeof standing_names[0])

static bool
state_decode(struct span text, struct log_state *out)
{
	struct cursor c = cursor_of(text);
	struct span name, reason;
	size_t i;

	*out = (struct log_state){ .standing = LOG_GOOD };
	if (!line_is(&c, "comity-standing/1") || !cursor_line(&c, &name) ||
	    !cursor_line(&c, &reason) || reason.n >= sizeof out->reason ||
	    !cursor_line_decimal(&c, UINT64_MAX, &out->known_size) ||
	    !line_digest(&c, &out->known_root) || !cursor_done(&c))
		return false;
	memcpy(out->reason, reason.p, reason.n);
	for (i = 0; i < STANDINGS && !span_is(name, standing_names[i]); i++)
		;
	out->standing = (enum log_standing)i;
	return i < STANDINGS;
}

static bool
state_save(struct log *l, const struct log_state *s, struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, STATE_FILE_MAX);
	ok = buf_printf(&b, err, "comity-standing/1\n%s\n%s\n%" PRIu64 "\n%s\n",
	    standing_names[s->standing], s->reason, s->known_size,
	    digest_hex(&s->known_root).s) && sealed_save(l, STANDING_NAME, &b, err);
	if (ok) {
		l->state = *s;
		l->standing_damaged = false;
	}
	buf_clear(&b);
	return ok;
}

static void
state_for(struct log_state *s, enum log_standing standing, const char *reason)
{
	*s = (struct log_state){ .standing = standing };
	(void)snprintf(s->reason, sizeof s->reason, "%s", reason);
}

/* What the other files say of it. */
static bool
state_judge(struct log *l, struct err *err)
{
	struct log_state s;

	if (l->closed)
		return true;
	if (l->standing_damaged || (l->signed_.damaged && l->state.standing == LOG_GOOD))
		state_for(&l->state, LOG_RECOVERING, "ledger.damaged");
	else if (l->state.standing == LOG_GOOD && l->signed_.size > log_size(l)) {
		/*
		 * Durable now: once records were added behind it, nobody could tell an
		 * older copy from another history.
		 */
		state_for(&s, LOG_RECOVERING, "ledger.shorter");
		s.known_size = l->signed_.size;
		s.known_root = l->signed_.root;
		return state_save(l, &s, err);
	}
	return true;
}

bool
log_state_load(struct log *l, struct err *err)
{
	struct log_state s = { .standing = LOG_GOOD };
	bool found, holds, ok;
	struct buf b;

	buf_init(&b, STATE_FILE_MAX);
	ok = sealed_load(l->w, l->folder, STANDING_NAME, &b, &found, &holds, err);
	l->standing_damaged = ok && found &&
	    (!holds || !state_decode(buf_span(&b), &s));
	if (ok)
		l->state = s;
	buf_clear(&b);
	return ok && state_judge(l, err);
}

void
log_state(const struct log *l, struct log_state *out)
{
	*out = l->state;
}

static bool
signed_forget(struct log *l, struct err *err)
{
	if (!path_remove(l->w, l->folder, SIGNED_NAME, err) || !dir_sync(l->folder, err))
		return false;
	l->signed_ = (struct log_signed){ .size = 0 };
	return true;
}

bool
log_state_put(struct log *l, const struct log_state *s, struct err *err)
{
	if (l->closed)
		return err_set(err, ERR_REFUSED, "ledger.closed", "this ledger is closed");
	if (l->state.standing == LOG_FROZEN && s->standing != LOG_FROZEN)
		return err_set(err, ERR_REFUSED, "ledger.frozen",
		    "this ledger is frozen for good: only a successor goes on");
	for (const char *c = s->reason; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7E)
			return err_set(err, ERR_USE, "ledger.reason",
			    "the reason of a standing is a name");
	if (s->standing == LOG_GOOD && l->signed_.damaged && !signed_forget(l, err))
		return false;
	return state_save(l, s, err);
}
