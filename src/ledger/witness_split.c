/* Two histories under one key: what proves them, and where the proof is kept. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/note_internal.h"
#include "ledger/witness_internal.h"

#define SPLIT_MAGIC "comity.split/1"
#define FOLDER "misbehaviour"
#define MAKING "misbehaviour/new"

/* ---- the proof of two sizes ---- */

bool
split_write(const struct digest *root, const struct merkle_proof *path,
    struct buf *out, struct err *err)
{
	if (!buf_add_text(out, SPLIT_MAGIC "\n", err) || !hash_write(root, out, err))
		return false;
	for (size_t i = 0; i < path->n; i++)
		if (!hash_write(&path->hash[i], out, err))
			return false;
	return true;
}

/* False: bytes without the form. */
static bool
split_read(struct span proof, struct digest *root, struct merkle_proof *path)
{
	struct cursor c = cursor_of(proof);
	struct span line;

	path->n = 0;
	if (!cursor_line(&c, &line) || !span_is(line, SPLIT_MAGIC) ||
	    !cursor_line(&c, &line) || !hash_read(line, root))
		return false;
	while (!cursor_done(&c))
		if (path->n == MERKLE_PROOF_MAX || !cursor_line(&c, &line) ||
		    !hash_read(line, &path->hash[path->n++]))
			return false;
	return true;
}

/* ---- does it hold? ---- */

/* *signed_ false: not a checkpoint that this key signed. */
static bool
note_open(const struct known *k, struct span note, struct checkpoint *out,
    bool *signed_, struct err *err)
{
	struct err why = ERR_INIT;

	*signed_ = checkpoint_open(note, &k->key, out, &why);
	if (*signed_ || bytes_fault(&why))
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

static void
sentence(const struct known *k, uint64_t small, uint64_t large, char text[400])
{
	if (small == large)
		(void)snprintf(text, 400, "The key of the log %s signed two trees of "
		    "%" PRIu64 " entries with different roots.  Tell its authority by a "
		    "way that needs no log, and show both notes to the other peers; it "
		    "gets no cosignature any more.", name_shown(k->key.name).s, small);
	else
		(void)snprintf(text, 400, "The key of the log %s signed a tree of "
		    "%" PRIu64 " entries that is not the beginning of the tree of %" PRIu64
		    " entries it signed as well.  Tell its authority by a way that needs "
		    "no log, and show both notes to the other peers; it gets no "
		    "cosignature any more.", name_shown(k->key.name).s, small, large);
}

/*
 * The proof leads from another root at the smaller size to the larger note.  Sizes and
 * hashes fix every node of such a proof, so no proof leads there from the smaller note.
 */
static bool
sizes_hold(struct witness *w, const struct checkpoint *small,
    const struct checkpoint *large, struct span proof, bool *holds, struct err *err)
{
	struct merkle_proof path;
	struct digest root;

	*holds = false;
	if (!split_read(proof, &root, &path) || small->size == 0 ||
	    digest_eq(&root, &small->root))
		return true;
	return merkle_consistency_check(w->hasher, small->size, &root, large->size,
	    &large->root, &path, holds, err);
}

bool
split_holds(struct witness *w, const struct known *k, struct span a, struct span b,
    struct span proof, bool *holds, bool *swap, char text[400], struct err *err)
{
	struct checkpoint x, y;
	bool signed_;

	*holds = false;
	*swap = false;
	if (!note_open(k, a, &x, &signed_, err))
		return false;
	if (!signed_)
		return true;
	if (!note_open(k, b, &y, &signed_, err))
		return false;
	if (!signed_)
		return true;
	*swap = y.size < x.size;
	if (x.size == y.size)
		*holds = proof.n == 0 && !digest_eq(&x.root, &y.root);
	else if (!sizes_hold(w, *swap ? &y : &x, *swap ? &x : &y, proof, holds, err))
		return false;
	if (*holds)
		sentence(k, *swap ? y.size : x.size, *swap ? x.size : y.size, text);
	return true;
}

/* ---- where it is kept ---- */

struct split_path { char s[64]; };

static struct split_path
split_path(unsigned n, const char *file)
{
	struct split_path p;

	(void)snprintf(p.s, sizeof p.s, FOLDER "/%u%s%s", n,
	    file[0] == '\0' ? "" : "/", file);
	return p;
}

bool
split_count(struct witness *w, const struct known *k, unsigned *out, struct err *err)
{
	bool there = true;

	for (*out = 0; there && *out < WITNESS_MISBEHAVIOUR_MAX; *out += there)
		if (!path_there(w, known_path(k, split_path(*out + 1, "").s).s, &there,
		    err))
			return false;
	return true;
}

static bool
part_load(struct witness *w, const struct known *k, unsigned n, const char *file,
    struct buf *out, struct err *err)
{
	struct known_path path = known_path(k, split_path(n, file).s);
	struct err why = ERR_INIT;

	if (file_load(w->w, w->home, path.s, out, &why))
		return true;
	if (why.kind == ERR_ABSENT || bytes_fault(&why) || disk_unreadable(&why))
		return damaged(path.s, &why, err);
	if (err != NULL)
		*err = why;
	return false;
}

bool
split_load(struct witness *w, const struct known *k, unsigned n,
    struct misbehaviour *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf text;
	bool ok, holds, swap;

	buf_init(&text, sizeof out->text + 1);
	ok = part_load(w, k, n, "first", &out->first, err) &&
	    part_load(w, k, n, "second", &out->second, err) &&
	    part_load(w, k, n, "proof", &out->proof, err) &&
	    part_load(w, k, n, "text", &text, err) &&
	    split_holds(w, k, buf_span(&out->first), buf_span(&out->second),
	    buf_span(&out->proof), &holds, &swap, out->text, err);
	if (ok && (!holds || swap || text.n != strlen(out->text) + 1 ||
	    memcmp(text.p, out->text, text.n - 1) != 0)) {
		(void)err_set(&why, ERR_UNPROVEN, "witness.split",
		    "it proves nothing any more");
		ok = damaged(known_path(k, split_path(n, "").s).s, &why, err);
	}
	buf_clear(&text);
	return ok;
}

/* The text of a note: what was signed. */
static struct span
text_of(struct span note)
{
	for (size_t i = 0; i + 1 < note.n; i++)
		if (note.p[i] == '\n' && note.p[i + 1] == '\n')
			return span_part(note, 0, i + 1);
	return note;
}

/* Is it kept already, whatever cosignatures are on it? */
static bool
split_known(struct witness *w, const struct known *k, unsigned n, struct span a,
    struct span b, bool *known, struct err *err)
{
	struct misbehaviour m;
	struct span x = text_of(a), y = text_of(b);
	bool ok = true;

	*known = false;
	for (unsigned i = 1; ok && !*known && i <= n; i++) {
		struct span first, second;

		misbehaviour_init(&m);
		ok = part_load(w, k, i, "first", &m.first, err) &&
		    part_load(w, k, i, "second", &m.second, err);
		first = text_of(buf_span(&m.first));
		second = text_of(buf_span(&m.second));
		*known = ok && ((span_eq(first, x) && span_eq(second, y)) ||
		    (span_eq(first, y) && span_eq(second, x)));
		misbehaviour_clear(&m);
	}
	return ok;
}

static bool
part_save(struct witness *w, const struct known *k, const char *file,
    struct span bytes, struct err *err)
{
	char name[64];

	(void)snprintf(name, sizeof name, MAKING "/%s", file);
	return file_save(w->w, w->home, known_path(k, name).s, bytes, true, err);
}

/* Whole in a folder of another name first; the name makes it count. */
static bool
split_save(struct witness *w, const struct known *k, unsigned n, struct span first,
    struct span second, struct span proof, const char *text, struct err *err)
{
	struct known_path making = known_path(k, MAKING);
	char line[402];

	(void)snprintf(line, sizeof line, "%s\n", text);
	return folder_sure(w, k, FOLDER, err) &&
	    folder_gone(w, making.s, err) &&
	    dir_make(w->w, w->home, making.s, err) &&
	    part_save(w, k, "first", first, err) &&
	    part_save(w, k, "second", second, err) &&
	    part_save(w, k, "proof", proof, err) &&
	    part_save(w, k, "text", span_text(line), err) &&
	    path_rename(w->w, w->home, making.s, w->home,
	    known_path(k, split_path(n, "").s).s, false, err) &&
	    sync_path(w, known_path(k, FOLDER).s, err);
}

bool
split_keep(struct witness *w, struct known *k, struct span a, struct span b,
    struct span proof, struct split_told *out, struct err *err)
{
	bool swap, known = false;
	unsigned n = 0;

	memset(out, 0, sizeof *out);
	if (!split_holds(w, k, a, b, proof, &out->split, &swap, out->text, err))
		return false;
	if (!out->split)
		return true;
	if (!split_count(w, k, &n, err) || !split_known(w, k, n, a, b, &known, err))
		return false;
	if (known || n == WITNESS_MISBEHAVIOUR_MAX)
		return true;
	if (!split_save(w, k, n + 1, swap ? b : a, swap ? a : b, proof, out->text, err))
		return false;
	out->kept = true;
	return true;
}

/* ---- a proof that leads from elsewhere ---- */

/*
 * The root at `old` that a consistency proof is for: RFC 9162 section 2.1.4.2, only its fr.
 * None for a power of two, where the proof leaves it out.
 */
static bool
root_implied(struct hasher *h, uint64_t old, uint64_t size,
    const struct merkle_proof *p, struct digest *out, bool *can, struct err *err)
{
	uint64_t fn = old - 1, sn = size - 1;

	*can = old > 0 && old < size && (old & (old - 1)) != 0 && p->n > 0;
	if (!*can)
		return true;
	for (; (fn & 1) != 0; fn >>= 1)
		sn >>= 1;
	*out = p->hash[0];
	for (size_t i = 1; i < p->n; i++) {
		if (sn == 0) {
			*can = false;
			return true;
		}
		if ((fn & 1) != 0 || fn == sn) {
			if (!merkle_node(h, &p->hash[i], out, out, err))
				return false;
			for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
				sn >>= 1;
		}
		fn >>= 1;
		sn >>= 1;
	}
	return true;
}

bool
split_by_path(struct witness *w, struct known *k, const struct held *old,
    struct span note, const struct checkpoint *c, const struct merkle_proof *path,
    struct split_told *out, struct err *err)
{
	struct digest root;
	struct buf proof;
	bool ok, can;

	memset(out, 0, sizeof *out);
	if (!old->found)
		return true;
	if (!root_implied(w->hasher, old->checkpoint.size, c->size, path, &root, &can,
	    err))
		return false;
	if (!can)
		return true;
	buf_init(&proof, MISBEHAVIOUR_PROOF_MAX);
	ok = split_write(&root, path, &proof, err) &&
	    split_keep(w, k, buf_span(&old->note), note, buf_span(&proof), out, err);
	buf_clear(&proof);
	return ok;
}

/* ---- for others ---- */

void
misbehaviour_init(struct misbehaviour *m)
{
	memset(m, 0, sizeof *m);
	buf_init(&m->first, NOTE_MAX);
	buf_init(&m->second, NOTE_MAX);
	buf_init(&m->proof, MISBEHAVIOUR_PROOF_MAX);
}

void
misbehaviour_clear(struct misbehaviour *m)
{
	buf_clear(&m->first);
	buf_clear(&m->second);
	buf_clear(&m->proof);
}

bool
witness_misbehaviour(struct witness *w, const char *origin, unsigned i,
    struct misbehaviour *out, struct err *err)
{
	struct known *k;
	unsigned n;

	if (!known_find(w, origin, &k, err))
		return false;
	if (k == NULL)
		return witness_unknown(origin, err);
	if (!split_count(w, k, &n, err))
		return false;
	if (i >= n)
		return err_set(err, ERR_ABSENT, "witness.misbehaviour",
		    "of the log %s %u proofs of misbehaviour are kept",
		    name_shown(origin).s, n);
	buf_reset(&out->first);
	buf_reset(&out->second);
	buf_reset(&out->proof);
	return split_load(w, k, i + 1, out, err);
}

bool
witness_misbehaviour_add(struct witness *w, const struct misbehaviour *m,
    bool *proven, bool *fresh, struct err *err)
{
	struct split_told told, before;
	struct err why = ERR_INIT;
	struct checkpoint c;
	struct known *k = NULL;

	memset(&told, 0, sizeof told);
	if (checkpoint_peek(buf_span(&m->first), &c, &why)) {
		if (!known_find(w, c.origin, &k, err))
			return false;
	} else if (!bytes_fault(&why)) {
		if (err != NULL)
			*err = why;
		return false;
	}
	if (k != NULL && (!known_ready(w, k, &before, err) ||
	    !split_keep(w, k, buf_span(&m->first), buf_span(&m->second),
	    buf_span(&m->proof), &told, err)))
		return false;
	*proven = told.split;
	*fresh = told.kept;
	return true;
}
