/* What we hold of a log, for whom it has to be told: whoever lost it, or saw another. */
#include <string.h>

#include "ledger/witness_internal.h"

bool
witness_mirror_note(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err)
{
	struct known *k;

	*found = false;
	if (!known_find(w, origin, &k, err) || (k != NULL && !mirror_open(w, k, err)))
		return false;
	if (k == NULL || w->mirror.size == 0)
		return true;
	memcpy(out->origin, k->key.name, sizeof out->origin);
	out->size = w->mirror.size;
	out->root = w->mirror.root;
	*found = true;
	return mirror_note(k, out->size, &out->root, w->mirror.signature, note, err);
}

static bool
larger_seen(struct witness *w, struct known *k, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err)
{
	const uint64_t size = *found ? out->size : 0;
	struct seen_list *l = mem_new(sizeof *l, err);
	struct held h;
	bool ok;

	held_init(&h);
	ok = l != NULL && seen_read(w, k, l, err);
	if (ok && l->n > 0 && l->list[l->n - 1].size > size) {
		ok = seen_load(w, k, l->list[l->n - 1].size, &l->list[l->n - 1].root, &h,
		    err);
		buf_reset(note);
		ok = ok && buf_add(note, buf_span(&h.note), err);
		*out = h.checkpoint;
		*found = true;
	}
	held_clear(&h);
	mem_free(l);
	return ok;
}

bool
witness_largest(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err)
{
	struct checkpoint mirrored;
	struct known *k;
	struct buf other;
	bool has = false, ok;

	*found = false;
	if (!known_find(w, origin, &k, err))
		return false;
	if (k == NULL)
		return true;
	buf_init(&other, NOTE_MAX);
	ok = witness_checkpoint(w, origin, note, out, found, err) &&
	    witness_mirror_note(w, origin, &other, &mirrored, &has, err);
	if (ok && has && (!*found || mirrored.size > out->size)) {
		buf_reset(note);
		ok = buf_add(note, buf_span(&other), err);
		*out = mirrored;
		*found = true;
	}
	buf_clear(&other);
	return ok && larger_seen(w, k, note, out, found, err);
}
