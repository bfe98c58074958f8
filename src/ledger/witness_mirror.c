/*
 * The copy of a log's entries.  Its size is always that of a checkpoint the log signed: that
 * signature is kept beside the size in one file (tiles_aside), so that the two are of one
 * moment, and the note is made from them when it has to be shown.
 */
#include <inttypes.h>
#include <string.h>

#include "ledger/note_internal.h"
#include "ledger/witness_internal.h"

void
mirror_close(struct witness *w)
{
	tiles_close(w->mirror.tiles);
	memset(&w->mirror, 0, sizeof w->mirror);
}

bool
mirror_note(const struct known *k, uint64_t size, const struct digest *root,
    const uint8_t signature[NOTE_SIGNATURE_BYTES], struct buf *out, struct err *err)
{
	struct checkpoint c = { .size = size, .root = *root };

	memcpy(c.origin, k->key.name, sizeof c.origin);
	return checkpoint_text(&c, out, err) && buf_add_byte(out, '\n', err) &&
	    line_write(span_text(k->key.name), k->key.id,
	    span_of(signature, NOTE_SIGNATURE_BYTES), out, err);
}

/* Size, root and signature of what is open; does the signature hold? */
static bool
mirror_prove(struct mirror *m, const struct known *k, struct err *err)
{
	struct span aside = tiles_aside(m->tiles);
	struct checkpoint c;
	struct buf note;
	bool ok;

	m->size = tiles_synced(m->tiles);
	m->root = tiles_root_synced(m->tiles);
	if (m->size == 0)
		return true;
	if (aside.n != NOTE_SIGNATURE_BYTES)
		return err_set(err, ERR_UNPROVEN, "checkpoint.unsigned",
		    "no signature lies beside it");
	memcpy(m->signature, aside.p, NOTE_SIGNATURE_BYTES);
	buf_init(&note, NOTE_MAX);
	ok = mirror_note(k, m->size, &m->root, m->signature, &note, err) &&
	    checkpoint_open(buf_span(&note), &k->key, &c, err);
	buf_clear(&note);
	return ok;
}

static bool
tiles_of(struct witness *w, struct known *k, struct err *err)
{
	struct err why = ERR_INIT;

	mirror_close(w);
	if (!tiles_open(w->w, w->home, known_path(k, "").s, &w->mirror.tiles, err)) {
		w->mirror.tiles = NULL;
		return err_wrap(err, "the copy of the log %s", name_shown(k->key.name).s);
	}
	if (mirror_prove(&w->mirror, k, &why)) {
		w->mirror.log = k;
		return true;
	}
	mirror_close(w);
	if (bytes_fault(&why))
		return damaged(known_path(k, "tree").s, &why, err);
	if (err != NULL)
		*err = why;
	return false;
}

bool
mirror_open(struct witness *w, struct known *k, struct err *err)
{
	bool there;

	if (w->mirror.log == k)
		return true;
	if (!path_there(w, known_path(k, "tree").s, &there, err))
		return false;
	if (there)
		return tiles_of(w, k, err);
	mirror_close(w);
	w->mirror.log = k;
	return true;
}

bool
mirror_begin(struct witness *w, struct known *k, struct err *err)
{
	return mirror_open(w, k, err) &&
	    (w->mirror.tiles != NULL || tiles_of(w, k, err));
}

/*
 * The perfect subtrees that end at this size, largest first.  Each but the first is the
 * neighbour of the one before it: the hash behind its inner ones on the path of a leaf of
 * that one, in the tree that ends with it.
 */
bool
mirror_edge(struct witness *w, uint64_t size, struct merkle_edge *out,
    struct err *err)
{
	struct merkle_proof path;
	uint64_t start = 0, before = 0;
	unsigned above = 0;

	memset(out, 0, sizeof *out);
	for (unsigned i = 62; i-- > 0;) {
		uint64_t end = start + ((uint64_t)1 << i);

		if ((size >> i & 1) == 0)
			continue;
		if (start == 0) {
			if (!tiles_root(w->mirror.tiles, end, &out->hash[i], err))
				return false;
		} else {
			if (!tiles_inclusion(w->mirror.tiles, before, end, &path, err))
				return false;
			if (path.n <= above)
				return err_set(err, ERR_UNPROVEN, "tiles.damaged",
				    "the copy of the log %s does not hold",
				    name_shown(w->mirror.log->key.name).s);
			out->hash[i] = path.hash[above];
		}
		above = i;
		before = start;
		start = end;
	}
	out->size = size;
	return true;
}

/* The tree we hold has this root at this size, and the log signed what holds it. */
static bool
mirror_holds(struct witness *w, uint64_t size, const struct digest *root,
    struct merkle_proof *path, bool *holds, struct err *err)
{
	struct mirror *m = &w->mirror;

	return tiles_consistency(m->tiles, size, m->size, path, err) &&
	    merkle_consistency_check(w->hasher, size, root, m->size, &m->root, path,
	    holds, err);
}

static bool
mirror_rotten(const struct known *k, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "tiles.damaged",
	    "the copy of the log %s does not hold together any more: its files "
	    "disagree with what the log signed.  Forget it and take its entries anew "
	    "from a peer", name_shown(k->key.name).s);
}

bool
mirror_compare(struct witness *w, struct known *k, struct span note,
    const struct checkpoint *c, struct split_told *out, struct err *err)
{
	struct mirror *m = &w->mirror;
	struct merkle_proof path;
	struct buf ours, proof;
	struct digest root;
	bool ok, holds = true;

	memset(out, 0, sizeof *out);
	if (c->size == 0)
		return true;
	if (!tiles_root(m->tiles, c->size, &root, err))
		return false;
	if (digest_eq(&root, &c->root))
		return true;
	buf_init(&ours, NOTE_MAX);
	buf_init(&proof, MISBEHAVIOUR_PROOF_MAX);
	ok = mirror_note(k, m->size, &m->root, m->signature, &ours, err);
	if (ok && c->size < m->size)
		ok = mirror_holds(w, c->size, &root, &path, &holds, err) &&
		    (holds || mirror_rotten(k, err)) &&
		    split_write(&root, &path, &proof, err);
	/* It proves itself, or our copy is not what it was. */
	ok = ok && split_keep(w, k, buf_span(&ours), note, buf_span(&proof), out, err) &&
	    (out->split || mirror_rotten(k, err));
	buf_clear(&ours);
	buf_clear(&proof);
	return ok;
}

/* ---- for others ---- */

bool
witness_follows(struct witness *w, const char *origin, bool *follows, struct err *err)
{
	struct known *k;

	if (!known_find(w, origin, &k, err))
		return false;
	*follows = k != NULL;
	return true;
}

bool
witness_mirrored(struct witness *w, const char *origin, uint64_t *size,
    struct err *err)
{
	struct known *k;

	if (!known_find(w, origin, &k, err) || (k != NULL && !mirror_open(w, k, err)))
		return false;
	*size = k == NULL ? 0 : w->mirror.size;
	return true;
}

/* The mirror of this origin, which has to reach `to`. */
static bool
mirror_to(struct witness *w, const char *origin, uint64_t from, uint64_t to,
    struct err *err)
{
	struct known *k;

	if (from > to)
		return err_set(err, ERR_USE, "witness.range",
		    "from %" PRIu64 " to %" PRIu64 " is no range", from, to);
	if (!known_find(w, origin, &k, err))
		return false;
	if (k == NULL)
		return witness_unknown(origin, err);
	if (!mirror_open(w, k, err))
		return false;
	if (to > w->mirror.size)
		return err_set(err, ERR_ABSENT, "witness.gap",
		    "of the log %s the first %" PRIu64 " entries are here, not %" PRIu64,
		    name_shown(origin).s, w->mirror.size, to);
	return true;
}

bool
witness_consistency(struct witness *w, const char *origin, uint64_t old,
    uint64_t size, struct merkle_proof *out, struct err *err)
{
	struct digest old_root, root;
	bool holds = false;

	if (!mirror_to(w, origin, old, size, err))
		return false;
	if (old == 0 || old == size) {
		out->n = 0;
		return true;
	}
	if (!tiles_root(w->mirror.tiles, old, &old_root, err) ||
	    !tiles_root(w->mirror.tiles, size, &root, err) ||
	    !tiles_consistency(w->mirror.tiles, old, size, out, err) ||
	    !merkle_consistency_check(w->hasher, old, &old_root, size, &root, out,
	    &holds, err))
		return false;
	return holds || mirror_rotten(w->mirror.log, err);
}

/* What is handed out is held against what the log signed by who reads it. */
bool
witness_inclusion(struct witness *w, const char *origin, uint64_t index, uint64_t size,
    struct merkle_proof *out, struct err *err)
{
	return mirror_to(w, origin, index, size, err) &&
	    tiles_inclusion(w->mirror.tiles, index, size, out, err);
}

struct adding {
	struct hasher *hasher;
	struct merkle_edge *edge;
};

static bool
leaf_add(void *arg, uint64_t index, struct span entry, struct err *err)
{
	struct adding *a = arg;
	struct digest leaf;

	(void)index;
	return merkle_leaf(a->hasher, entry, &leaf, err) &&
	    merkle_edge_add(a->hasher, a->edge, &leaf, err);
}

/* Entries [from, to) make the tree that the log signed. */
static bool
entries_prove(struct witness *w, uint64_t from, uint64_t to, struct err *err)
{
	struct merkle_edge edge;
	struct adding a = { w->hasher, &edge };
	struct merkle_proof path;
	struct digest root;
	bool holds = false;

	if (!mirror_edge(w, from, &edge, err) ||
	    !tiles_entries(w->mirror.tiles, from, to, leaf_add, &a, err) ||
	    !merkle_edge_root(w->hasher, &edge, &root, err) ||
	    !mirror_holds(w, to, &root, &path, &holds, err))
		return false;
	return holds || mirror_rotten(w->mirror.log, err);
}

bool
witness_entries_each(struct witness *w, const char *origin, uint64_t from,
    uint64_t to, bool (*each)(void *arg, uint64_t index, struct span entry,
    struct err *err), void *arg, struct err *err)
{
	if (!mirror_to(w, origin, from, to, err))
		return false;
	return from == to || (entries_prove(w, from, to, err) &&
	    tiles_entries(w->mirror.tiles, from, to, each, arg, err));
}

static bool
mirror_forget(struct witness *w, const struct known *k, struct err *err)
{
	pending_drop(w);
	mirror_close(w);
	return tiles_forget(w->w, w->home, known_path(k, "").s, err);
}

bool
witness_mirror_drop(struct witness *w, const char *hash, struct err *err)
{
	for (size_t i = 0; i < w->n; i++)
		if (strncmp(w->logs[i]->hex.s, hash, 64) == 0)
			return mirror_forget(w, w->logs[i], err);
	return true;
}

bool
witness_mirror_forget(struct witness *w, const char *origin, struct err *err)
{
	struct known *k;

	if (!known_find(w, origin, &k, err))
		return false;
	if (k == NULL)
		return witness_unknown(origin, err);
	return mirror_forget(w, k, err);
}
