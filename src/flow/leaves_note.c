/* A note of the leaves, so that nobody reads the whole journal (leaves_inside.h). */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/leaves_inside.h"
#include "flow/people.h"

/* Until a record names it. */
#define LEAVES_NEXT "journal/" DISK_TEMPORARY_PREFIX "leaves"

/* ---- its bytes ---- */

static bool
text_put(struct buf *out, const char *s, struct err *err)
{
	size_t n = strlen(s);

	return buf_add_byte(out, (uint8_t)n, err) && buf_add(out, span_of(s, n), err);
}

static bool
leaf_put(struct buf *out, const struct leaf *x, struct err *err)
{
	return buf_add_byte(out, (uint8_t)x->what, err) && buf_add_byte(out, x->has_act, err) &&
	    buf_add_u64(out, x->at, err) && buf_add_u64(out, (uint64_t)x->time, err) &&
	    buf_add(out, digest_span(&x->digest), err) &&
	    buf_add(out, digest_span(&x->about), err) && buf_add_u64(out, x->number, err) &&
	    buf_add_u64(out, x->size, err) && text_put(out, x->peer.s, err) &&
	    text_put(out, x->rule, err) && text_put(out, x->outcome, err) &&
	    text_put(out, x->reason, err);
}

bool
leaves_note_bytes(const struct leaves *l, struct buf *out, struct err *err)
{
	bool ok = buf_add_text(out, LEAVES_MAGIC, err) && buf_add_u64(out, l->read.at, err) &&
	    buf_add(out, digest_span(&l->read.chain), err) && buf_add_u64(out, l->lost, err) &&
	    buf_add_u64(out, l->gap, err) && buf_add_u64(out, (uint64_t)l->gap_time, err);

	for (int k = 0; k < LEAF_KINDS; k++)
		for (size_t i = 0; ok && i < l->of[k].n; i++)
			ok = leaf_put(out, &l->of[k].list[i], err);
	return ok;
}

static bool
text_take(struct cursor *c, char *out, size_t room)
{
	struct span s;
	uint8_t n;

	if (!cursor_u8(c, &n) || n >= room || !cursor_take(c, n, &s) ||
	    (n > 0 && memchr(s.p, '\0', n) != NULL))
		return false;
	memcpy(out, s.p, n);
	out[n] = '\0';
	return true;
}

static bool
digest_take(struct cursor *c, struct digest *out)
{
	struct span s;

	if (!cursor_take(c, sizeof out->b, &s))
		return false;
	memcpy(out->b, s.p, sizeof out->b);
	return true;
}

static bool
leaf_take(struct cursor *c, struct leaf *x)
{
	uint8_t what, has_act;
	uint64_t time, number;

	memset(x, 0, sizeof *x);
	if (!cursor_u8(c, &what) || what >= LEAF_KINDS || !cursor_u8(c, &has_act) ||
	    has_act > 1 || !cursor_u64(c, &x->at) || !cursor_u64(c, &time) ||
	    !digest_take(c, &x->digest) || !digest_take(c, &x->about) ||
	    !cursor_u64(c, &number) || number > UINT_MAX ||
	    !cursor_u64(c, &x->size) || !text_take(c, x->peer.s, sizeof x->peer.s) ||
	    !text_take(c, x->rule, sizeof x->rule) ||
	    !text_take(c, x->outcome, sizeof x->outcome) ||
	    !text_take(c, x->reason, sizeof x->reason))
		return false;
	x->what = (enum leaf_what)what;
	x->has_act = has_act == 1;
	x->time = (int64_t)time;
	x->number = (unsigned)number;
	return true;
}

/* *whole false: it is no note that this program reads. */
static bool
note_take(struct span bytes, struct leaves *l, bool *whole, struct err *err)
{
	struct cursor c = cursor_of(bytes);
	struct span magic;
	uint64_t gap_time = 0;
	struct leaf x;

	*whole = cursor_take(&c, sizeof LEAVES_MAGIC - 1, &magic) &&
	    span_is(magic, LEAVES_MAGIC) && cursor_u64(&c, &l->read.at) &&
	    digest_take(&c, &l->read.chain) && cursor_u64(&c, &l->lost) &&
	    cursor_u64(&c, &l->gap) && cursor_u64(&c, &gap_time);
	l->gap_time = (int64_t)gap_time;
	while (*whole && !cursor_done(&c)) {
		*whole = leaf_take(&c, &x);
		if (*whole && !leaf_keep(l, &x, err))
			return false;
	}
	return true;
}

/* ---- read ---- */

static bool
note_read(struct flow *f, struct buf *bytes, struct leaves *l, bool *holds,
    struct err *err)
{
	*holds = false;
	if (!home_load(f->home, LEAVES_PATH, bytes, err) ||
	    !digest_of(buf_span(bytes), &l->note, err) ||
	    !note_take(buf_span(bytes), l, holds, err))
		return false;
	return !*holds || journal_chain_is(f->world, home_dir(f->home), l->read.at,
	    &l->read.chain, holds, err);
}

bool
leaves_note_load(struct flow *f, struct leaves *l, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf bytes;
	bool holds, ok;

	buf_init(&bytes, LEAVES_NOTE_MAX);
	ok = note_read(f, &bytes, l, &holds, &why);
	buf_clear(&bytes);
	if (ok && holds) {
		l->noted = l->read.at;
		return true;
	}
	leaves_empty(l);
	/* What is wrong with it costs time and nothing else. */
	return why.kind != ERR_MEMORY || (*err = why, false);
}

bool
leaves_note_named(const struct leaves *l, const struct record *r)
{
	return l->noted > 0 && r->event == EVENT_ADMINISTRATION &&
	    strcmp(r->reason, LEAVES_REASON) == 0 && r->files_n == 1 &&
	    digest_eq(&r->files[0].sha256, &l->note);
}

/* ---- written ---- */

/* Durable, before a record says that it is there. */
static bool
next_save(struct flow *f, struct record_file *named, struct err *err)
{
	struct buf bytes;
	bool ok;

	buf_init(&bytes, LEAVES_NOTE_MAX);
	ok = leaves_note_bytes(f->leaves, &bytes, err) &&
	    digest_of(buf_span(&bytes), &named->sha256, err) &&
	    home_save(f->home, LEAVES_NEXT, buf_span(&bytes), err);
	(void)snprintf(named->path, sizeof named->path, LEAVES_PATH);
	named->bytes = bytes.n;
	buf_clear(&bytes);
	return ok;
}

/* Cut anywhere: the one before is there, or none. */
static bool
note_write(struct flow *f, struct err *err)
{
	struct leaves *l = f->leaves;
	struct record r;

	l->tried = l->read.at;
	if (!flow_person(f, err))
		return false;
	record_begin(f, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, LEAVES_REASON);
	if (!next_save(f, &r.files[0], err))
		return false;
	r.files_n = 1;
	if (!record_journal(f, &r, err) || !path_rename(f->world, home_dir(f->home),
	    LEAVES_NEXT, home_dir(f->home), LEAVES_PATH, true, err))
		return false;
	l->noted = l->read.at;
	l->note = r.files[0].sha256;
	l->named = true;
	return true;
}

static bool
due(const struct leaves *l, uint64_t end)
{
	uint64_t from = l->tried > l->noted ? l->tried : l->noted;

	return end > from && end - from > LEAVES_STEP;
}

bool
leaves_note(struct flow *f, struct err *err)
{
	struct err why = ERR_INIT;
	struct log *log;
	uint64_t end;

	if (!ledger_log(f, &log, err))
		return false;
	end = journal_end(log_journal(log));
	if (end <= LEAVES_STEP || (f->leaves != NULL && !due(f->leaves, end)))
		return true;
	if (leaves_read(f, &why) && f->leaves->read.at == end && due(f->leaves, end) &&
	    note_write(f, &why))
		return true;
	/* It is a help and no more; but of a log that failed nothing more is said. */
	return f->log != NULL || (*err = why, false);
}

/* ---- checked ---- */

static bool
leaf_same(const struct leaf *a, const struct leaf *b)
{
	return a->what == b->what && a->at == b->at && a->time == b->time &&
	    a->has_act == b->has_act && digest_eq(&a->digest, &b->digest) &&
	    a->number == b->number && a->size == b->size &&
	    strcmp(a->peer.s, b->peer.s) == 0 && strcmp(a->rule, b->rule) == 0 &&
	    strcmp(a->outcome, b->outcome) == 0 && strcmp(a->reason, b->reason) == 0;
}

static bool
leaves_same(const struct leaves *a, const struct leaves *b)
{
	bool same = a->lost == b->lost && a->gap == b->gap && a->gap_time == b->gap_time;

	for (int k = 0; same && k < LEAF_KINDS; k++) {
		same = a->of[k].n == b->of[k].n;
		for (size_t i = 0; same && i < a->of[k].n; i++)
			same = leaf_same(&a->of[k].list[i], &b->of[k].list[i]);
	}
	return same;
}

bool
leaves_note_check(struct flow *f, bool *same, struct err *err)
{
	struct leaves *noted;
	bool ok;

	*same = true;
	if (!leaves_read(f, err) || f->leaves->noted == 0)
		return f->leaves != NULL;
	noted = f->leaves;
	f->leaves = NULL;
	ok = leaves_whole(f, err);
	*same = !ok || leaves_same(noted, f->leaves);
	/* From here on by the journal alone. */
	if (ok) {
		leaves_free(noted);
	} else {
		leaves_free(f->leaves);
		f->leaves = noted;
	}
	return ok;
}
