/*
 * add-checkpoint of C2SP tlog-witness: its checks in their order, the new checkpoint on the
 * disk, and only then the answer.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ledger/note_internal.h"
#include "ledger/witness_internal.h"

struct asked {
	struct witness *w;
	const struct witness_key *self;
	int64_t now;
	struct witness_answer *out;
	struct add_checkpoint body;
	struct note note;		/* body.note, parsed */
	struct checkpoint c;
	bool bad_empty;			/* size 0 with a root that no leaves do not have */
	struct known *log;
	struct held old;		/* what we cosigned last */
	struct split_told told;		/* what the comparisons found */
	bool done;			/* the answer is there */
};

static bool answer(struct asked *a, int status, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static bool
answer(struct asked *a, int status, const char *fmt, ...)
{
	va_list args;

	a->out->status = status;
	va_start(args, fmt);
	(void)vsnprintf(a->out->text, sizeof a->out->text, fmt, args);
	va_end(args);
	a->done = true;
	return true;
}

/* A failure that is about the bytes is an answer; any other is ours. */
static bool
answer_fault(struct asked *a, int status, const char *what, const struct err *why,
    struct err *err)
{
	if (bytes_fault(why))
		return answer(a, status, "%s: %.200s", what, why->text);
	if (err != NULL)
		*err = *why;
	return false;
}

/* ---- reading: what it is and of which log ---- */

/* The origin of a checkpoint of size 0 whose root is wrong: that has its own row. */
static bool
empty_read(struct asked *a)
{
	struct cursor c = cursor_of(a->note.text);
	struct span line;

	a->bad_empty = true;
	memset(&a->c, 0, sizeof a->c);
	if (!cursor_line(&c, &line) || line.n > NOTE_NAME_MAX)
		return false;
	memcpy(a->c.origin, line.p, line.n);
	return true;
}

static bool
body_read(struct asked *a, struct span body, struct err *err)
{
	struct err why = ERR_INIT;

	if (add_checkpoint_read(body, &a->body, &why) &&
	    note_parse(a->body.note, &a->note, &why) &&
	    checkpoint_parse(a->note.text, &a->c, &why)) {
		a->out->checkpoint = a->c;
		return true;
	}
	if (why.kind == ERR_INPUT && strcmp(why.reason, "checkpoint.empty") == 0 &&
	    empty_read(a)) {
		a->out->checkpoint = a->c;
		return true;
	}
	return answer_fault(a, 400, "The request cannot be read", &why, err);
}

static bool
log_check(struct asked *a, struct err *err)
{
	if (!known_find(a->w, a->c.origin, &a->log, err))
		return false;
	return a->log != NULL || answer(a, 404, "The log %s is not followed here.  Its "
	    "authority's card has to be known first.", name_shown(a->c.origin).s);
}

static bool
signed_check(struct asked *a, struct err *err)
{
	struct err why = ERR_INIT;
	bool good = false;

	if (!note_verify(&a->note, &a->log->key, 1, &good, NULL, &why))
		return answer_fault(a, 403, "The log's signature does not hold", &why,
		    err);
	return good || answer(a, 403, "The checkpoint is not signed by the key of the "
	    "log %s that is believed here.", name_shown(a->c.origin).s);
}

/* ---- comparing: whatever the answer will be, a contradiction is kept ---- */

static bool
found(struct asked *a, const struct split_told *one)
{
	told_add(&a->told, one);
	return true;
}

static bool
all_compare(struct asked *a, struct err *err)
{
	struct span note = a->body.note;
	struct split_told one;
	bool same;

	if (a->bad_empty)
		return true;
	if (a->old.found && a->old.checkpoint.size == a->c.size &&
	    !digest_eq(&a->old.checkpoint.root, &a->c.root) &&
	    (!split_keep(a->w, a->log, buf_span(&a->old.note), note, span_of(NULL, 0),
	    &one, err) || !found(a, &one)))
		return false;
	if (a->c.size <= a->w->mirror.size &&
	    (!mirror_compare(a->w, a->log, note, &a->c, &one, err) || !found(a, &one)))
		return false;
	if (!seen_compare(a->w, a->log, note, &a->c, &same, &one, err) ||
	    !found(a, &one))
		return false;
	if (!a->old.found || a->body.old != a->old.checkpoint.size ||
	    a->c.size <= a->body.old)
		return true;
	return split_by_path(a->w, a->log, &a->old, note, &a->c, &a->body.path, &one,
	    err) && found(a, &one);
}

static bool
standing_check(struct asked *a, struct err *err)
{
	unsigned bad;

	if (!split_count(a->w, a->log, &bad, err))
		return false;
	return bad == 0 || answer(a, 403, "The key of the log %s signed two histories; "
	    "the proof is kept here.  It gets no cosignature any more: its authority "
	    "has to go on with a new log.", name_shown(a->c.origin).s);
}

/* ---- the rows behind the signature ---- */

static bool
sizes_check(struct asked *a, struct err *err)
{
	uint64_t have = a->old.found ? a->old.checkpoint.size : 0;

	if (a->body.old > a->c.size)
		return answer(a, 400, "The request says old %" PRIu64 ", which is more "
		    "than its checkpoint's %" PRIu64 ".", a->body.old, a->c.size);
	if (a->body.old == have)
		return true;
	a->out->type = "text/x.tlog.size";
	return buf_printf(&a->out->body, err, "%" PRIu64 "\n", have) &&
	    answer(a, 409, "Of the log %s %" PRIu64 " entries were cosigned last, not %"
	    PRIu64 ": ask again with a proof from there.", name_shown(a->c.origin).s, have,
	    a->body.old);
}

/* Row 422: does what we know lead to it? */
static bool
history_check(struct asked *a, struct err *err)
{
	bool holds = !a->bad_empty && !a->told.split;

	if (holds && a->body.old == 0)
		holds = a->body.path.n == 0;
	else if (holds && !merkle_consistency_check(a->w->hasher, a->body.old,
	    &a->old.checkpoint.root, a->c.size, &a->c.root, &a->body.path, &holds, err))
		return false;
	if (holds)
		return true;
	if (a->bad_empty)
		return answer(a, 422, "A tree of no entries has another root than this "
		    "one.");
	if (a->told.split)
		return answer(a, 422, "%.390s", a->told.text);
	return answer(a, 422, "The proof does not lead from the tree of %" PRIu64
	    " entries that was cosigned to this one of %" PRIu64 ".  Nothing is "
	    "cosigned; if the log was restored from a backup it has to recover first.",
	    a->body.old, a->c.size);
}

/* ---- the note that is kept ---- */

static bool
line_is(const struct note_line *l, const struct vkey *k)
{
	return span_is(l->name, k->name) && memcmp(l->id, k->id, sizeof l->id) == 0;
}

/*
 * When it is the same checkpoint again, the lines of other witnesses that are on our copy:
 * witness_join believed them.  What came with the note nobody here has judged: it is left
 * out, and joins when its key is known.
 */
static bool
others_before(struct asked *a, const struct vkey *ours, size_t *lines,
    struct buf *out, struct err *err)
{
	struct note n;
	bool ok;

	if (!a->old.found || a->old.checkpoint.size != a->c.size)
		return true;
	ok = note_parse(buf_span(&a->old.note), &n, err);
	for (size_t i = 0; ok && i < n.lines_n; i++) {
		const struct note_line *l = &n.lines[i];
		struct err why = ERR_INIT;
		size_t before = out->n;

		if (line_is(l, &a->log->key) || (ours != NULL && line_is(l, ours)) ||
		    *lines == NOTE_SIGNATURES_MAX)
			continue;
		if (note_line_copy(&n, i, out, &why)) {
			(*lines)++;
			continue;
		}
		/* There is no room for this one. */
		out->n = before;
		ok = bytes_fault(&why) || err_set(err, why.kind, why.reason, "%s", why.text);
	}
	note_clear(&n);
	return ok;
}

/* The line of ours that was on the same checkpoint, when none is made now. */
static bool
ours_before(struct asked *a, size_t *lines, struct buf *out, struct err *err)
{
	struct note n;
	bool ok;

	if (a->self->key != NULL || a->old.cosigned_at == 0 ||
	    a->old.checkpoint.size != a->c.size)
		return true;
	ok = note_parse(buf_span(&a->old.note), &n, err);
	for (size_t i = 0; ok && i < n.lines_n; i++)
		if (line_is(&n.lines[i], &a->w->cosigner)) {
			ok = line_write(n.lines[i].name, n.lines[i].id,
			    n.lines[i].signature, out, err);
			(*lines)++;
			break;
		}
	note_clear(&n);
	return ok;
}

/* The log's line, ours, then those of others. */
static bool
note_make(struct asked *a, struct span ours, struct buf *out, struct err *err)
{
	const struct vkey *own = a->w->has_cosigner ? &a->w->cosigner : NULL;
	uint8_t signature[NOTE_SIGNATURE_BYTES];
	size_t lines = ours.n > 0 ? 2 : 1;

	return log_signature(&a->log->key, a->body.note, signature, err) &&
	    buf_add(out, a->note.text, err) && buf_add_byte(out, '\n', err) &&
	    line_write(span_text(a->log->key.name), a->log->key.id,
	    span_of(signature, sizeof signature), out, err) &&
	    buf_add(out, ours, err) && ours_before(a, &lines, out, err) &&
	    others_before(a, own, &lines, out, err);
}

/* What we wrote is what we can read: a slip of the signer leaves nothing behind. */
static bool
note_prove(struct asked *a, struct span file, struct err *err)
{
	struct vkey keys[2] = { a->log->key, a->self->vkey };
	size_t want = a->self->key != NULL ? 2 : 1;
	bool good[2] = { false, false }, ok;
	struct note n;

	ok = note_parse(file, &n, err) && note_verify(&n, keys, want, good, NULL, err);
	note_clear(&n);
	return ok && ((good[0] && (want == 1 || good[1])) ||
	    err_set(err, ERR_USE, "witness.key",
	    "our own cosignature does not hold: the key is not the one it is said to be"));
}

static bool
self_check(const struct asked *a, struct err *err)
{
	if (a->self->key == NULL)
		return true;
	if (a->self->vkey.type != NOTE_COSIGNATURE)
		return err_set(err, ERR_USE, "witness.key",
		    "the key given is not one for cosignatures");
	/* The time is unsigned in a cosignature, and 0 says that there is none. */
	return a->now > 0 || err_set(err, ERR_USE, "witness.clock",
	    "the clock stands before 1970: nothing is cosigned until it is set");
}

/* Durable, then told. */
static bool
cosign(struct asked *a, struct err *err)
{
	struct known_path path = known_path(a->log, "checkpoint");
	struct buf ours, file;
	bool ok;

	buf_init(&ours, NOTE_MAX);
	buf_init(&file, NOTE_MAX);
	ok = (a->self->key == NULL || (cosigner_sure(a->w, &a->self->vkey, err) &&
	    note_cosign(a->self->key, &a->self->vkey, a->note.text, a->now, &ours,
	    err))) && note_make(a, buf_span(&ours), &file, err) &&
	    note_prove(a, buf_span(&file), err) &&
	    file_save(a->w->w, a->w->home, path.s, buf_span(&file), true, err) &&
	    buf_add(&a->out->body, buf_span(&ours), err);
	buf_clear(&ours);
	buf_clear(&file);
	if (!ok)
		return false;
	a->out->type = "text/plain; charset=utf-8";
	return answer(a, 200, "%s the log %s with %" PRIu64 " entries.",
	    a->self->key != NULL ? "Cosigned:" : "Seen and kept, not cosigned:",
	    name_shown(a->c.origin).s, a->c.size);
}

/* ---- all of it ---- */

/* What waited for this size waits no longer. */
static bool
grown(struct asked *a, struct err *err)
{
	struct split_told one;

	return known_compare(a->w, a->log, &one, err) && found(a, &one);
}

static bool
rows(struct asked *a, struct span body, struct err *err)
{
	struct split_told before;

	if (!body_read(a, body, err) || a->done || !log_check(a, err) || a->done ||
	    !signed_check(a, err) || a->done)
		return a->done;
	if (!known_ready(a->w, a->log, &before, err) || !found(a, &before) ||
	    !standing_check(a, err))
		return false;
	if (a->done)
		return true;
	if (!mirror_open(a->w, a->log, err) ||
	    !held_checkpoint(a->w, a->log, &a->old, err) ||
	    !all_compare(a, err) || !sizes_check(a, err))
		return false;
	if (a->done)
		return true;
	return history_check(a, err) && (a->done || (cosign(a, err) && grown(a, err)));
}

bool
witness_add_checkpoint(struct witness *w, struct span body,
    const struct witness_key *self, int64_t now, struct witness_answer *out,
    struct err *err)
{
	struct asked a = { .w = w, .self = self, .now = now, .out = out };
	bool ok;

	buf_reset(&out->body);
	out->type = "";
	held_init(&a.old);
	memset(&a.note, 0, sizeof a.note);
	ok = self_check(&a, err) && rows(&a, body, err);
	out->misbehaviour = ok && a.told.kept;
	if (out->misbehaviour)
		memcpy(out->text, a.told.text, sizeof out->text);
	if (!ok)
		buf_reset(&out->body);
	note_clear(&a.note);
	held_clear(&a.old);
	return ok;
}
