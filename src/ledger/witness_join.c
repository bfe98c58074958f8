/* Cosignatures of others on what we cosigned, that came after it. */
#include <string.h>

#include "ledger/note_internal.h"
#include "ledger/witness_internal.h"

struct joining {
	const struct vkey *keys;	/* whose lines are believed */
	size_t n;
	const struct vkey *own;		/* NULL: none yet */
	const struct note *held;
	const struct note *from;
	struct buf *out;		/* the held file, and what joins it */
	size_t joined;
};

static bool
line_of(const struct note_line *l, const struct vkey *k)
{
	return span_is(l->name, k->name) && memcmp(l->id, k->id, sizeof l->id) == 0;
}

static const struct vkey *
key_of(const struct joining *j, const struct note_line *l)
{
	if (j->own != NULL && line_of(l, j->own))
		return NULL;
	for (size_t i = 0; i < j->n; i++)
		if (j->keys[i].type == NOTE_COSIGNATURE && line_of(l, &j->keys[i]))
			return &j->keys[i];
	return NULL;
}

/* A key that has a line there keeps it, so that nobody can make us write again and again. */
static bool
line_held(const struct joining *j, const struct note_line *l)
{
	for (size_t i = 0; i < j->held->lines_n; i++)
		if (span_eq(j->held->lines[i].name, l->name) &&
		    memcmp(j->held->lines[i].id, l->id, sizeof l->id) == 0)
			return true;
	return false;
}

static bool
line_join(struct joining *j, size_t i, struct err *err)
{
	const struct note_line *l = &j->from->lines[i];
	const struct vkey *k = key_of(j, l);
	struct err why = ERR_INIT;
	bool good = false;
	size_t before = j->out->n;

	if (k == NULL || line_held(j, l) ||
	    j->held->lines_n + j->joined == NOTE_SIGNATURES_MAX)
		return true;
	if (note_verify(j->from, k, 1, &good, NULL, &why) && good)
		(void)!note_line_copy(j->from, i, j->out, &why);
	if (why.kind == ERR_NONE && good)
		j->joined++;
	else
		j->out->n = before;
	/* It does not hold, or there is no room: the others are looked at. */
	if (why.kind == ERR_NONE || bytes_fault(&why))
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

static bool
lines_join(struct joining *j, const struct held *held, struct err *err)
{
	bool ok = buf_add(j->out, buf_span(&held->note), err);

	for (size_t i = 0; ok && i < j->from->lines_n; i++)
		ok = line_join(j, i, err);
	return ok;
}

static bool
join(struct witness *w, struct known *k, struct joining *j, const struct held *held,
    struct span note, struct err *err)
{
	struct note is, from;
	struct buf out;
	bool ok;

	buf_init(&out, NOTE_MAX);
	memset(&from, 0, sizeof from);
	ok = note_parse(buf_span(&held->note), &is, err) && note_parse(note, &from, err);
	j->held = &is;
	j->from = &from;
	j->out = &out;
	if (ok && span_eq(is.text, from.text))
		ok = lines_join(j, held, err) && (j->joined == 0 || file_save(w->w,
		    w->home, known_path(k, "checkpoint").s, buf_span(&out), true, err));
	note_clear(&is);
	note_clear(&from);
	buf_clear(&out);
	return ok;
}

bool
witness_join(struct witness *w, struct span note, const struct vkey *keys, size_t n,
    size_t *joined, struct err *err)
{
	struct joining j = { .keys = keys, .n = n,
		.own = w->has_cosigner ? &w->cosigner : NULL };
	struct split_told ignored;
	struct checkpoint c;
	struct known *k;
	struct held held;
	bool ok;

	*joined = 0;
	if (!checkpoint_peek(note, &c, err) || !known_find(w, c.origin, &k, err))
		return false;
	if (k == NULL)
		return true;
	held_init(&held);
	ok = known_ready(w, k, &ignored, err) && held_checkpoint(w, k, &held, err) &&
	    (!held.found || join(w, k, &j, &held, note, err));
	held_clear(&held);
	if (ok)
		*joined = j.joined;
	return ok;
}
