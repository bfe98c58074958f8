/* Checkpoints as files: the latest, and each earlier one that somebody cosigned. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/log_internal.h"
#include "ledger/proof.h"

#define COSIGNED_MAX (1u << 24)		/* files in cosigned/: one a checkpoint, for decades */

static bool
file_found(struct log *l, const char *name, struct buf *out, bool *found,
    struct err *err)
{
	struct err why = ERR_INIT;

	*found = file_load(l->w, l->folder, name, out, &why);
	if (*found || why.kind == ERR_ABSENT)
		return true;
	if (why.kind == ERR_LIMIT)
		return log_damaged(l, name, "is too long", err);
	if (err != NULL)
		*err = why;
	return false;
}

/* ---- the verifier key ---- */

static bool
vkey_load(struct log *l, struct vkey *out, bool *found, struct err *err)
{
	const char *text = NULL;
	struct buf b;
	bool ok;

	buf_init(&b, VKEY_TEXT_MAX + 1);
	ok = file_found(l, VKEY_NAME, &b, found, err);
	if (ok && *found) {
		ok = b.n > 0 && b.p[b.n - 1] == '\n';
		b.n -= ok;
		ok = (ok && buf_text(&b, &text, err) && vkey_parse(text, out, NULL)) ||
		    log_damaged(l, VKEY_NAME, "is no verifier key", err);
	}
	buf_clear(&b);
	return ok;
}

bool
vkey_save(struct log *l, const struct vkey *k, struct err *err)
{
	struct buf want, is;
	bool found = false, ok;

	buf_init(&want, VKEY_TEXT_MAX + 1);
	buf_init(&is, VKEY_TEXT_MAX + 1);
	ok = vkey_print(k, &want, err) && buf_add_byte(&want, '\n', err);
	if (ok && (!file_found(l, VKEY_NAME, &is, &found, NULL) || !found ||
	    !span_eq(buf_span(&want), buf_span(&is))))
		ok = file_save(l->w, l->folder, VKEY_NAME, buf_span(&want), true, err);
	buf_clear(&want);
	buf_clear(&is);
	return ok;
}

/* ---- the latest ---- */

static bool
same_key(const struct vkey *a, const struct vkey *b)
{
	return strcmp(a->name, b->name) == 0 && memcmp(a->id, b->id, sizeof a->id) == 0 &&
	    a->type == b->type && memcmp(a->point, b->point, sizeof a->point) == 0;
}

/*
 * checkpoint_open.  Many proofs are made under one checkpoint: the same bytes under the same
 * key hold as they did the last time.  *holds false: they do not hold.
 */
static bool
note_open(struct log *l, struct span note, const struct vkey *k, struct checkpoint *out,
    bool *holds, struct err *err)
{
	struct log_opened *o = &l->opened;
	struct err why = ERR_INIT;
	struct digest d;

	if (!digest_of(note, &d, err))
		return false;
	*holds = o->c.size > 0 && digest_eq(&d, &o->note) && same_key(k, &o->key);
	if (!*holds) {
		*holds = checkpoint_open(note, k, &o->c, &why);
		if (!*holds)
			o->c.size = 0;
		if (why.kind == ERR_MEMORY)
			return err_memory(err);
		o->note = d;
		o->key = *k;
	}
	if (*holds)
		*out = o->c;
	return true;
}

/* Signed by that key, whatever its root is. */
static bool
signed_load(struct log *l, struct buf *note, struct checkpoint *out, bool *found,
    struct err *err)
{
	size_t before = note->n;
	struct vkey k;
	bool key = false, holds = false, ok;

	if (!file_found(l, CHECKPOINT_NAME, note, found, err))
		return false;
	if (!*found)
		return true;
	ok = vkey_load(l, &k, &key, err);
	if (ok && !key)
		ok = log_damaged(l, VKEY_NAME, "is missing", err);
	ok = ok && note_open(l, span_from(buf_span(note), before), &k, out, &holds, err);
	if (ok && !holds)
		ok = log_damaged(l, CHECKPOINT_NAME, "is not what this ledger signed", err);
	if (!ok)
		note->n = before;
	return ok;
}

bool
log_checkpoint(struct log *l, struct buf *note, struct checkpoint *out, bool *found,
    struct err *err)
{
	size_t before = note->n;
	struct checkpoint c;
	struct digest root;

	if (!signed_load(l, note, &c, found, err))
		return false;
	if (!*found)
		return true;
	/* One beyond our end is what a restored copy has: it may well be true. */
	if (c.size > log_size(l) || (log_root(l, c.size, &root, err) &&
	    (digest_eq(&root, &c.root) || log_damaged(l, CHECKPOINT_NAME,
	    LOG_OTHER_ROOT, err)))) {
		*out = c;
		return true;
	}
	note->n = before;
	return false;
}

bool
checkpoint_load(struct log *l, struct buf *note, struct checkpoint *out, bool *found,
    struct err *err)
{
	struct err why = ERR_INIT;

	if (signed_load(l, note, out, found, &why))
		return true;
	*found = false;
	if (why.kind == ERR_UNPROVEN || why.kind == ERR_INPUT)
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

/* ---- cosigned ones ---- */

static struct tile_path
cosigned_path(uint64_t size)
{
	struct tile_path p;

	(void)snprintf(p.s, sizeof p.s, COSIGNED_NAME "/%" PRIu64, size);
	return p;
}

/*
 * The note in a file with the lines of this one; a file that is damaged, or over another
 * text, gives way; and so does any when it is to be `anew`.
 */
static bool
note_join(struct log *l, const char *name, struct span note, bool anew, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf is, both;
	bool found = false, ok;

	buf_init(&is, NOTE_MAX);
	buf_init(&both, NOTE_MAX);
	ok = anew || file_found(l, name, &is, &found, &why) || why.kind == ERR_UNPROVEN;
	if (ok && found && !note_merge(buf_span(&is), note, &both, &why)) {
		buf_reset(&both);
		ok = why.kind == ERR_INPUT || why.kind == ERR_CONFLICT ||
		    why.kind == ERR_LIMIT;
	}
	if (ok && both.n == 0)
		ok = buf_add(&both, note, &why);
	if (ok && (!found || !span_eq(buf_span(&is), buf_span(&both))))
		ok = file_save(l->w, l->folder, name, buf_span(&both), true, &why);
	if (!ok && err != NULL)
		*err = why;
	buf_clear(&is);
	buf_clear(&both);
	return ok;
}

static bool
cosigned_folder(struct log *l, struct err *err)
{
	struct err why = ERR_INIT;

	/* Its name is synced each time: who made it may have died before. */
	if (dir_make(l->w, l->folder, COSIGNED_NAME, &why) || why.kind == ERR_CONFLICT)
		return dir_sync(l->folder, err);
	if (err != NULL)
		*err = why;
	return false;
}

static bool
cosigned_save(struct log *l, const struct vkey *self, struct span note, bool anew,
    struct err *err)
{
	struct checkpoint c, latest;
	struct digest root;
	struct buf b;
	bool found = false, ok;

	if (!log_alive(l, err) || !checkpoint_open(note, self, &c, err))
		return false;
	if (c.size > log_size(l))
		return err_set(err, ERR_REFUSED, "ledger.shorter",
		    "a checkpoint of %" PRIu64 " leaves came back and this ledger has %"
		    PRIu64, c.size, log_size(l));
	if (!log_root(l, c.size, &root, err))
		return false;
	if (!digest_eq(&root, &c.root))
		return err_set(err, ERR_UNPROVEN, "ledger.split",
		    "a checkpoint with our key's signature over %" PRIu64
		    " leaves has another root than this ledger", c.size);
	if (!cosigned_folder(l, err) ||
	    !note_join(l, cosigned_path(c.size).s, note, anew, err))
		return false;
	buf_init(&b, NOTE_MAX);
	ok = checkpoint_load(l, &b, &latest, &found, err) && (!found ||
	    latest.size != c.size || note_join(l, CHECKPOINT_NAME, note, anew, err));
	buf_clear(&b);
	return ok;
}

bool
log_cosigned_put(struct log *l, const struct vkey *self, struct span note,
    struct err *err)
{
	return cosigned_save(l, self, note, false, err);
}

bool
log_cosigned_replace(struct log *l, const struct vkey *self, struct span note,
    struct err *err)
{
	return cosigned_save(l, self, note, true, err);
}

bool
checkpoint_cosigned(struct log *l, uint64_t size, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf note;
	bool ok;

	buf_init(&note, NOTE_MAX);
	ok = log_cosigned_note(l, size, &note, &why) &&
	    note_join(l, CHECKPOINT_NAME, buf_span(&note), false, &why);
	buf_clear(&note);
	if (ok || why.kind == ERR_ABSENT || why.kind == ERR_UNPROVEN)
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

static int
size_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool
sizes_read(struct listing *list, struct buf *out, struct err *err)
{
	struct listing_entry e;
	bool more = false;
	uint64_t size;

	for (;;) {
		if (!listing_next(list, &e, &more, err))
			return false;
		if (!more)
			return true;
		if (decimal_parse(span_text(e.name), MERKLE_SIZE_MAX, &size) &&
		    !buf_add(out, span_of(&size, sizeof size), err))
			return false;
	}
}

bool
log_cosigned(struct log *l, uint64_t **sizes, size_t *n, struct err *err)
{
	struct listing *list = NULL;
	struct err why = ERR_INIT;
	struct buf b;
	bool ok;

	*sizes = NULL;
	*n = 0;
	if (!listing_open(l->w, l->folder, COSIGNED_NAME, &list, &why)) {
		if (why.kind != ERR_ABSENT && err != NULL)
			*err = why;
		return why.kind == ERR_ABSENT;
	}
	buf_init(&b, COSIGNED_MAX * sizeof(uint64_t));
	ok = sizes_read(list, &b, err);
	listing_close(list);
	if (!ok) {
		buf_clear(&b);
		return false;
	}
	*n = b.n / sizeof(uint64_t);
	if (*n > 0)
		qsort(b.p, *n, sizeof(uint64_t), size_order);
	*sizes = (uint64_t *)(void *)b.p;	/* allocated, so aligned; the caller's now */
	return true;
}

bool
log_cosigned_note(struct log *l, uint64_t size, struct buf *note, struct err *err)
{
	struct tile_path path = cosigned_path(size);
	size_t before = note->n;
	struct checkpoint c;
	struct digest root;
	bool found = false, ok;

	if (!file_found(l, path.s, note, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_ABSENT, "ledger.absent",
		    "nobody cosigned a checkpoint of %" PRIu64 " leaves", size);
	ok = (checkpoint_peek(span_from(buf_span(note), before), &c, NULL) &&
	    c.size == size) || log_damaged(l, path.s, "is no checkpoint", err);
	ok = ok && (size > log_size(l) || (log_root(l, size, &root, err) &&
	    (digest_eq(&root, &c.root) ||
	    log_damaged(l, path.s, LOG_OTHER_ROOT, err))));
	if (!ok)
		note->n = before;
	return ok;
}

/* ---- proofs ---- */

bool
log_proof(struct log *l, uint64_t index, struct span note, struct buf *out,
    struct err *err)
{
	struct tlog_proof p = { .index = index, .note = note };
	struct checkpoint c;
	struct digest root;

	if (!checkpoint_peek(note, &c, err))
		return false;
	if (index >= c.size || c.size > log_size(l))
		return err_set(err, ERR_USE, "merkle.range", "leaf %" PRIu64
		    " is not in a checkpoint of %" PRIu64 " leaves here", index, c.size);
	if (!log_root(l, c.size, &root, err))
		return false;
	if (!digest_eq(&root, &c.root))
		return err_set(err, ERR_UNPROVEN, "ledger.split",
		    "that checkpoint is not of this ledger");
	return log_inclusion(l, index, c.size, &p.path, err) &&
	    tlog_proof_write(&p, out, err);
}
