/* Signed checkpoints that came by others: compared with what we hold, or kept until they can be. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/note_internal.h"
#include "ledger/witness_internal.h"

#define FOLDER "seen"

/* "seen/SIZE-ROOT" */
static struct known_path
seen_path(const struct known *k, uint64_t size, const struct digest *root)
{
	char name[128];

	(void)snprintf(name, sizeof name, FOLDER "/%" PRIu64 "-%s", size,
	    digest_hex(root).s);
	return known_path(k, name);
}

static bool
name_read(const char *name, uint64_t *size, struct digest *root)
{
	size_t n = strcspn(name, "-");

	return name[n] == '-' && size_read(span_of(name, n), size) &&
	    digest_parse(span_text(name + n + 1), root);
}

/* What is no name of ours is passed over. */
static bool
seen_one(void *arg, const char *name, struct err *err)
{
	struct seen_list *l = arg;
	struct digest root;
	uint64_t size;
	size_t i;

	if (!name_read(name, &size, &root))
		return true;
	if (l->n == WITNESS_SEEN_MAX)
		return err_set(err, ERR_LIMIT, "witness.seen",
		    "more than %d notes of one log wait to be compared",
		    WITNESS_SEEN_MAX);
	for (i = l->n++; i > 0 && (l->list[i - 1].size > size ||
	    (l->list[i - 1].size == size &&
	    memcmp(l->list[i - 1].root.b, root.b, sizeof root.b) > 0)); i--)
		l->list[i] = l->list[i - 1];
	l->list[i].size = size;
	l->list[i].root = root;
	return true;
}

bool
seen_read(struct witness *w, const struct known *k, struct seen_list *out,
    struct err *err)
{
	out->n = 0;
	return folder_each(w, known_path(k, FOLDER).s, seen_one, out, err);
}

bool
seen_load(struct witness *w, const struct known *k, uint64_t size,
    const struct digest *root, struct held *out, struct err *err)
{
	struct known_path path = seen_path(k, size, root);
	struct err why = ERR_INIT;

	if (!held_load(w, k, path.s + strlen(known_path(k, "").s) + 1, out, err))
		return false;
	if (out->found && out->checkpoint.size == size &&
	    digest_eq(&out->checkpoint.root, root))
		return true;
	(void)err_set(&why, ERR_UNPROVEN, "witness.seen",
	    "it is not what its name says");
	return damaged(path.s, &why, err);
}

static bool
seen_drop(struct witness *w, const struct known *k, uint64_t size,
    const struct digest *root, struct err *err)
{
	return path_remove(w->w, w->home, seen_path(k, size, root).s, err);
}

bool
seen_compare(struct witness *w, struct known *k, struct span note,
    const struct checkpoint *c, bool *same, struct split_told *out, struct err *err)
{
	struct seen_list l;
	struct held h;
	bool ok = true;

	memset(out, 0, sizeof *out);
	*same = false;
	if (!seen_read(w, k, &l, err))
		return false;
	held_init(&h);
	for (size_t i = 0; ok && i < l.n && !out->split; i++) {
		if (l.list[i].size != c->size)
			continue;
		if (digest_eq(&l.list[i].root, &c->root)) {
			*same = true;
			continue;
		}
		ok = seen_load(w, k, c->size, &l.list[i].root, &h, err) &&
		    split_keep(w, k, buf_span(&h.note), note, span_of(NULL, 0), out, err);
	}
	held_clear(&h);
	return ok;
}

/* ---- everything again ---- */

/* What one comparison found joins what was found before. */
void
told_add(struct split_told *all, const struct split_told *one)
{
	if (!one->split || (all->split && !one->kept))
		return;
	all->split = true;
	all->kept = all->kept || one->kept;
	memcpy(all->text, one->text, sizeof all->text);
}

/* One note that waits; what is compared goes. */
static bool
seen_again(struct witness *w, struct known *k, const struct held *ours,
    uint64_t size, const struct digest *root, struct split_told *out, struct err *err)
{
	bool at_ours = ours->found && ours->checkpoint.size == size;
	struct held h;
	bool ok;

	memset(out, 0, sizeof *out);
	if (size > w->mirror.size && !at_ours)
		return true;
	held_init(&h);
	ok = seen_load(w, k, size, root, &h, err);
	if (ok && at_ours && !digest_eq(&ours->checkpoint.root, root))
		ok = split_keep(w, k, buf_span(&ours->note), buf_span(&h.note),
		    span_of(NULL, 0), out, err);
	else if (ok && size <= w->mirror.size)
		ok = mirror_compare(w, k, buf_span(&h.note), &h.checkpoint, out, err);
	held_clear(&h);
	return ok && seen_drop(w, k, size, root, err);
}

bool
known_compare(struct witness *w, struct known *k, struct split_told *out,
    struct err *err)
{
	struct split_told one;
	struct seen_list l;
	struct held ours;
	unsigned bad = 0;
	bool ok;

	memset(out, 0, sizeof *out);
	held_init(&ours);
	ok = mirror_open(w, k, err) && held_checkpoint(w, k, &ours, err) &&
	    split_count(w, k, &bad, err) && seen_read(w, k, &l, err);
	/* Of a log that is known to lie no second proof is looked for. */
	if (ok && bad == 0 && ours.found && ours.checkpoint.size <= w->mirror.size) {
		ok = mirror_compare(w, k, buf_span(&ours.note), &ours.checkpoint, &one,
		    err);
		if (ok)
			told_add(out, &one);
	}
	for (size_t i = 0; ok && bad == 0 && i < l.n; i++) {
		ok = seen_again(w, k, &ours, l.list[i].size, &l.list[i].root, &one, err);
		if (ok)
			told_add(out, &one);
	}
	held_clear(&ours);
	return ok;
}

/* ---- a note that comes ---- */

/* Kept until it can be compared; *kept false: the others that wait are all smaller. */
static bool
seen_keep(struct witness *w, const struct known *k, struct span note,
    const struct checkpoint *c, bool *kept, struct err *err)
{
	struct seen_list l;

	*kept = false;
	if (!seen_read(w, k, &l, err))
		return false;
	if (l.n == WITNESS_SEEN_MAX) {
		if (l.list[l.n - 1].size <= c->size)
			return true;
		if (!seen_drop(w, k, l.list[l.n - 1].size, &l.list[l.n - 1].root, err))
			return false;
	}
	*kept = true;
	return folder_sure(w, k, FOLDER, err) &&
	    file_save(w->w, w->home, seen_path(k, c->size, &c->root).s, note, true, err);
}

/* A proof from a size of ours: SEEN_SAME, SEEN_SPLIT, or SEEN_AHEAD when it says nothing. */
static bool
see_by_proof(struct witness *w, struct known *k, const struct held *ours,
    struct span note, const struct checkpoint *c, const struct merkle_proof *proof,
    enum witness_seen *out, struct split_told *told, struct err *err)
{
	bool holds = false;

	if (!merkle_consistency_check(w->hasher, ours->checkpoint.size,
	    &ours->checkpoint.root, c->size, &c->root, proof, &holds, err))
		return false;
	*out = SEEN_SAME;
	if (holds)
		return true;
	if (!split_by_path(w, k, ours, note, c, proof, told, err))
		return false;
	*out = told->split ? SEEN_SPLIT : SEEN_AHEAD;
	return true;
}

/* Our side of a proof from `old`: the checkpoint or what is mirrored. */
static bool
held_of_size(struct witness *w, const struct known *k, uint64_t old, struct held *ours,
    struct err *err)
{
	struct mirror *m = &w->mirror;

	if (ours->found && ours->checkpoint.size == old)
		return true;
	buf_reset(&ours->note);
	ours->found = old > 0 && m->size == old;
	ours->checkpoint.size = old;
	ours->checkpoint.root = m->root;
	return !ours->found ||
	    mirror_note(k, m->size, &m->root, m->signature, &ours->note, err);
}

struct seeing {
	struct span note;
	struct checkpoint c;
	const struct merkle_proof *proof;
	uint64_t proof_old;
};

static bool
see(struct witness *w, struct known *k, const struct seeing *s, struct held *ours,
    enum witness_seen *out, struct split_told *told, bool *kept, struct err *err)
{
	bool same;

	*out = SEEN_SAME;
	if (ours->found && ours->checkpoint.size == s->c.size) {
		if (digest_eq(&ours->checkpoint.root, &s->c.root))
			return true;
		*out = SEEN_SPLIT;
		return split_keep(w, k, buf_span(&ours->note), s->note, span_of(NULL, 0),
		    told, err);
	}
	if (s->c.size <= w->mirror.size) {
		if (!mirror_compare(w, k, s->note, &s->c, told, err))
			return false;
		*out = told->split ? SEEN_SPLIT : SEEN_SAME;
		return true;
	}
	if (!seen_compare(w, k, s->note, &s->c, &same, told, err))
		return false;
	*out = told->split ? SEEN_SPLIT : SEEN_AHEAD;
	if (told->split)
		return true;
	if (s->proof != NULL && s->proof_old > 0 && s->proof_old < s->c.size &&
	    (!held_of_size(w, k, s->proof_old, ours, err) || (ours->found &&
	    !see_by_proof(w, k, ours, s->note, &s->c, s->proof, out, told, err))))
		return false;
	*kept = same;
	return *out == SEEN_SPLIT || same || seen_keep(w, k, s->note, &s->c, kept, err);
}

static void
see_text(const struct known *k, const struct checkpoint *c, enum witness_seen seen,
    const struct split_told *told, bool kept, char text[400])
{
	const char *waits = kept ? "It waits until its entries are here." :
	    "It is not kept: as many notes as are allowed wait already.";

	if (told->split)
		memcpy(text, told->text, 400);
	else if (seen == SEEN_AHEAD)
		(void)snprintf(text, 400, "A checkpoint of the log %s with %" PRIu64
		    " entries could not be compared yet.  %s", name_shown(k->key.name).s,
		    c->size, waits);
	else
		(void)snprintf(text, 400, "A checkpoint of the log %s with %" PRIu64
		    " entries agrees with what is known of it.", name_shown(k->key.name).s,
		    c->size);
}

/* A note by the key of k. */
static bool
see_signed(struct witness *w, struct known *k, const struct seeing *s,
    enum witness_seen *out, char text[400], struct err *err)
{
	struct split_told told, before;
	struct held ours;
	bool ok, kept = false;

	memset(&told, 0, sizeof told);
	held_init(&ours);
	ok = known_ready(w, k, &before, err) && mirror_open(w, k, err) &&
	    held_checkpoint(w, k, &ours, err) &&
	    see(w, k, s, &ours, out, &told, &kept, err);
	held_clear(&ours);
	if (!ok)
		return false;
	/* What had not been compared when this witness was opened. */
	if (before.split && !told.split) {
		told = before;
		*out = SEEN_SPLIT;
	}
	see_text(k, &s->c, *out, &told, kept, text);
	return true;
}

bool
witness_see(struct witness *w, struct span note, const struct merkle_proof *proof,
    uint64_t proof_old, enum witness_seen *out, char text[400], struct err *err)
{
	struct seeing s = { .note = note, .proof = proof, .proof_old = proof_old };
	struct err why = ERR_INIT;
	struct known *k;

	if (!checkpoint_peek(note, &s.c, err) || !known_find(w, s.c.origin, &k, err))
		return false;
	if (k == NULL) {
		*out = SEEN_UNKNOWN;
		(void)snprintf(text, 400, "The log %s is not followed here: its "
		    "checkpoint was passed over.", name_shown(s.c.origin).s);
		return true;
	}
	if (checkpoint_open(note, &k->key, &s.c, &why))
		return see_signed(w, k, &s, out, text, err);
	if (!bytes_fault(&why)) {
		if (err != NULL)
			*err = why;
		return false;
	}
	*out = SEEN_UNSIGNED;
	(void)snprintf(text, 400, "A checkpoint in the name of the log %s is not signed "
	    "by its key: nothing of it is kept.", name_shown(s.c.origin).s);
	return true;
}
