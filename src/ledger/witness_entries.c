/*
 * Entries of others: nothing of them reaches the mirror before the tree they make has the root
 * of a note the log signed.
 */
#include <inttypes.h>
#include <string.h>

#include "ledger/journal_internal.h"
#include "ledger/witness_internal.h"

#define PIECE (256u * 1024)		/* bytes staged with one write */

/* What is handed over now. */
struct batch {
	const struct span *entries;
	uint64_t from;
	size_t n;
};

void
pending_drop(struct witness *w)
{
	file_close(w->pending.file);
	memset(&w->pending, 0, sizeof w->pending);
}

/* ---- the tree they make ---- */

struct agreeing {
	const struct batch *b;
	uint64_t at;			/* all before it agree */
};

static bool
agrees(void *arg, uint64_t index, struct span entry, struct err *err)
{
	struct agreeing *a = arg;

	if (!span_eq(entry, a->b->entries[index - a->b->from]))
		return err_set(err, ERR_STOPPED, "witness.differs",
		    "an entry differs from the one mirrored");
	a->at = index + 1;
	return true;
}

/* How far the batch is what we mirror: up to *at. */
static bool
agree(struct witness *w, const struct batch *b, uint64_t *at, struct err *err)
{
	uint64_t end = b->from + b->n;
	struct agreeing a = { b, b->from };
	struct err why = ERR_INIT;

	if (end > w->mirror.size)
		end = w->mirror.size;
	*at = b->from;
	if (b->from >= end)
		return true;
	if (!tiles_entries(w->mirror.tiles, b->from, end, agrees, &a, &why) &&
	    (why.kind != ERR_STOPPED || strcmp(why.reason, "witness.differs") != 0)) {
		if (err != NULL)
			*err = why;
		return false;
	}
	*at = a.at;
	return true;
}

/* The batch joins the tree; what agrees with the mirror is not added twice. */
static bool
tree_add(struct witness *w, const struct batch *b, struct err *err)
{
	struct pending *p = &w->pending;
	uint64_t at = b->from, end = b->from + b->n;
	struct digest leaf;

	if (!p->based) {
		if (!agree(w, b, &at, err))
			return false;
		if (at < end || at == w->mirror.size) {
			if (!mirror_edge(w, at, &p->edge, err))
				return false;
			p->base = at;
			p->based = true;
		}
	}
	for (; p->based && at < end; at++)
		if (!merkle_leaf(w->hasher, b->entries[at - b->from], &leaf, err) ||
		    !merkle_edge_add(w->hasher, &p->edge, &leaf, err))
			return false;
	p->at = end;
	return true;
}

/* ---- what waits ---- */

static bool
entry_put(struct buf *out, struct span entry, struct err *err)
{
	return buf_add_u16(out, (uint16_t)entry.n, err) && buf_add(out, entry, err);
}

static bool
piece_flush(struct witness *w, struct buf *piece, struct err *err)
{
	struct pending *p = &w->pending;

	if (piece->n > w->staged_max - p->bytes)
		return err_set(err, ERR_LIMIT, "witness.staged",
		    "more than %" PRIu64 " bytes of entries would wait for their "
		    "checkpoint; hand over those up to an earlier one first",
		    w->staged_max);
	if (!file_write_at(p->file, buf_span(piece), p->bytes, err))
		return false;
	p->bytes += piece->n;
	buf_reset(piece);
	return true;
}

/* Entries of the batch from base on go to the nameless file. */
static bool
stage(struct witness *w, const struct batch *b, struct err *err)
{
	struct pending *p = &w->pending;
	struct buf piece;
	bool ok = true;

	if (!p->based)
		return true;
	if (p->file == NULL && !file_open(w->w, w->home, known_path(p->log, "").s,
	    FILE_TEMPORARY, &p->file, err))
		return false;
	buf_init(&piece, PIECE + TILES_ENTRY_MAX + 2);
	for (size_t i = 0; ok && i < b->n; i++) {
		if (b->from + i < p->base)
			continue;
		ok = entry_put(&piece, b->entries[i], err) &&
		    (piece.n < PIECE || piece_flush(w, &piece, err));
	}
	ok = ok && piece_flush(w, &piece, err);
	buf_clear(&piece);
	return ok;
}

/* Staged entries from `lo` to before `hi`, in order. */
static bool
staged_each(struct witness *w, uint64_t lo, uint64_t hi,
    bool (*each)(void *arg, uint64_t index, struct span entry, struct err *err),
    void *arg, struct err *err)
{
	struct pending *p = &w->pending;
	struct reading r;
	struct span s;
	uint64_t at = 0;
	bool ok;

	if (p->file == NULL)
		return true;
	ok = reading_init(&r, p->file, p->bytes, err);
	for (uint64_t i = p->base; ok && i < hi && at < p->bytes; i++) {
		size_t n;

		ok = reading_span(&r, at, 2, &s, err);
		if (!ok)
			break;
		n = (size_t)s.p[0] << 8 | s.p[1];
		ok = reading_span(&r, at + 2, n, &s, err) &&
		    (i < lo || each(arg, i, s, err));
		at += 2 + n;
	}
	reading_clear(&r);
	return ok;
}

/* ---- a contradiction ---- */

/* The tree that came: what we mirror before base, what was staged, what came just now. */
struct other_tree {
	struct witness *w;
	const struct batch *b;
	struct merkle_edge edge;	/* of the subtree that is asked for */
};

static bool
other_leaf(void *arg, uint64_t index, struct span entry, struct err *err)
{
	struct other_tree *t = arg;
	struct digest leaf;

	(void)index;
	return merkle_leaf(t->w->hasher, entry, &leaf, err) &&
	    merkle_edge_add(t->w->hasher, &t->edge, &leaf, err);
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Each subtree from its leaves: this is for once. */
static bool
other_hash(void *arg, unsigned level, uint64_t index, struct digest *out,
    struct err *err)
{
	struct other_tree *t = arg;
	const struct batch *b = t->b;
	uint64_t lo = index << level, hi = lo + ((uint64_t)1 << level);
	uint64_t base = t->w->pending.base;
	uint64_t i = b->from > base ? b->from : base;

	memset(&t->edge, 0, sizeof t->edge);
	if (lo < base && !tiles_entries(t->w->mirror.tiles, lo, least(hi, base),
	    other_leaf, t, err))
		return false;
	if (hi > base && lo < i &&
	    !staged_each(t->w, lo, least(hi, i), other_leaf, t, err))
		return false;
	for (i = i > lo ? i : lo; i < hi; i++)
		if (!other_leaf(t, i, b->entries[i - b->from], err))
			return false;
	*out = t->edge.hash[level];
	return true;
}

/*
 * The entries make the tree of the note and differ from what we mirror below the size of
 * our own: the proof is that tree's, from the root it has at our size.
 */
static bool
split_prove(struct witness *w, struct known *k, struct span note,
    const struct batch *b, struct split_told *out, struct err *err)
{
	struct other_tree other = { .w = w, .b = b };
	struct merkle_tree tree = { other_hash, &other };
	struct mirror *m = &w->mirror;
	struct merkle_proof path;
	struct digest root;
	struct buf ours, proof;
	bool ok;

	buf_init(&ours, NOTE_MAX);
	buf_init(&proof, MISBEHAVIOUR_PROOF_MAX);
	ok = merkle_root(w->hasher, &tree, m->size, &root, err) &&
	    merkle_consistency(w->hasher, &tree, m->size, w->pending.target.size, &path,
	    err) && split_write(&root, &path, &proof, err) &&
	    mirror_note(k, m->size, &m->root, m->signature, &ours, err) &&
	    split_keep(w, k, buf_span(&ours), note, buf_span(&proof), out, err);
	buf_clear(&ours);
	buf_clear(&proof);
	return ok;
}

/* ---- taking them ---- */

static bool
not_as_said(const struct known *k, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "witness.entries",
	    "these entries of the log %s are not those of its signed checkpoint; "
	    "nothing of them is kept.  Ask for all of them, from the first",
	    name_shown(k->key.name).s);
}

static bool
tile_add(void *arg, uint64_t index, struct span entry, struct err *err)
{
	struct witness *w = arg;

	(void)index;
	return tiles_add(w->mirror.tiles, entry, err);
}

/* What was checked goes into the mirror, and the mirror says so itself. */
static bool
commit(struct witness *w, struct known *k, const struct batch *b, struct err *err)
{
	struct pending *p = &w->pending;
	struct digest root;
	bool ok;

	ok = mirror_begin(w, k, err) &&
	    staged_each(w, p->base, p->target.size, tile_add, w, err);
	for (size_t i = 0; ok && i < b->n; i++)
		ok = b->from + i < p->base ||
		    tiles_add(w->mirror.tiles, b->entries[i], err);
	ok = ok && tiles_root(w->mirror.tiles, p->target.size, &root, err) &&
	    (digest_eq(&root, &p->target.root) || not_as_said(k, err)) &&
	    tiles_sync(w->mirror.tiles, span_of(p->signature, sizeof p->signature), err);
	/* What is open is what is durable; after a failure only the disk knows. */
	mirror_close(w);
	return ok && mirror_open(w, k, err);
}

/* All entries of the note are here. */
static bool
finish(struct witness *w, struct known *k, struct span note, const struct batch *b,
    struct split_told *told, struct err *err)
{
	struct pending *p = &w->pending;
	struct split_told one;
	struct digest root;

	if (!merkle_edge_root(w->hasher, &p->edge, &root, err))
		return false;
	if (!digest_eq(&root, &p->target.root))
		return not_as_said(k, err);
	if (p->base < w->mirror.size) {
		if (!split_prove(w, k, note, b, &one, err))
			return false;
		told_add(told, &one);
		return err_set(err, ERR_UNPROVEN, "witness.entries", "%.390s",
		    one.split ? one.text : "the copy of these entries here does not hold");
	}
	if (!commit(w, k, b, err))
		return false;
	pending_drop(w);
	if (!known_compare(w, k, &one, err))
		return false;
	told_add(told, &one);
	return true;
}

/* Does it go on where the last call ended? */
static bool
goes_on(const struct pending *p, const struct known *k, const struct checkpoint *c,
    uint64_t from)
{
	return p->log == k && p->at == from && p->target.size == c->size &&
	    digest_eq(&p->target.root, &c->root);
}

/* A note that reaches beyond what is mirrored. */
static bool
take(struct witness *w, struct known *k, struct span note,
    const struct checkpoint *c, const struct batch *b, struct split_told *told,
    struct err *err)
{
	struct pending *p = &w->pending;

	if (!goes_on(p, k, c, b->from)) {
		pending_drop(w);
		if (b->from > w->mirror.size)
			return err_set(err, ERR_ABSENT, "witness.gap",
			    "of the log %s %" PRIu64 " entries are here; the next to "
			    "come is that one, not %" PRIu64, name_shown(k->key.name).s,
			    w->mirror.size, b->from);
		p->log = k;
		p->target = *c;
		if (!log_signature(&k->key, note, p->signature, err))
			return false;
	}
	if (!tree_add(w, b, err))
		return false;
	if (p->at < c->size)
		return stage(w, b, err);
	return finish(w, k, note, b, told, err);
}

/* A note of what is mirrored: the entries have to be those we hold. */
static bool
look_back(struct witness *w, struct known *k, struct span note,
    const struct checkpoint *c, const struct batch *b, struct split_told *told,
    struct err *err)
{
	struct split_told one;
	uint64_t at;

	pending_drop(w);
	if (!mirror_compare(w, k, note, c, &one, err))
		return false;
	told_add(told, &one);
	if (one.split)
		return err_set(err, ERR_UNPROVEN, "witness.entries", "%.390s", one.text);
	if (!agree(w, b, &at, err))
		return false;
	return at == b->from + b->n || not_as_said(k, err);
}

static bool
batch_check(const struct batch *b, const struct checkpoint *c, struct err *err)
{
	if (b->n > WITNESS_ENTRIES_MAX)
		return err_set(err, ERR_LIMIT, "witness.batch",
		    "%zu entries at once; %d are allowed", b->n, WITNESS_ENTRIES_MAX);
	if (b->from > c->size || b->n > c->size - b->from)
		return err_set(err, ERR_USE, "witness.range",
		    "entries from %" PRIu64 " on, %zu of them, are more than the %" PRIu64
		    " of the checkpoint", b->from, b->n, c->size);
	for (size_t i = 0; i < b->n; i++)
		if (b->entries[i].n > TILES_ENTRY_MAX)
			return err_set(err, ERR_LIMIT, "witness.entry",
			    "an entry of %zu bytes; %d are allowed", b->entries[i].n,
			    TILES_ENTRY_MAX);
	return true;
}

bool
witness_entries(struct witness *w, struct span note, uint64_t from,
    const struct span *entries, size_t n, uint64_t *taken, bool *misbehaviour,
    struct err *err)
{
	struct batch b = { entries, from, n };
	struct split_told told, before;
	struct checkpoint c;
	struct known *k;
	bool ok;

	*misbehaviour = false;
	memset(&told, 0, sizeof told);
	if (!checkpoint_peek(note, &c, err) || !known_find(w, c.origin, &k, err))
		return false;
	if (k == NULL)
		return witness_unknown(c.origin, err);
	if (!checkpoint_open(note, &k->key, &c, err) || !batch_check(&b, &c, err) ||
	    !known_ready(w, k, &before, err))
		return false;
	told_add(&told, &before);
	ok = mirror_open(w, k, err) && (c.size <= w->mirror.size ?
	    look_back(w, k, note, &c, &b, &told, err) :
	    take(w, k, note, &c, &b, &told, err));
	*misbehaviour = told.kept;
	if (!ok)
		pending_drop(w);
	else
		*taken = w->mirror.size;
	return ok;
}
