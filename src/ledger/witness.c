#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/witness_internal.h"

#define COSIGNER_PATH WITNESS_PATH "/cosigner"
#define LINE_MAX_BYTES (VKEY_TEXT_MAX + 1)	/* a verifier key and LF */

/* ---- the keys that are believed ---- */

/* A file of one line: a verifier key. */
static bool
key_load(struct witness *w, const char *path, struct vkey *out, bool *found,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct buf b;
	const char *text;
	bool ok;

	buf_init(&b, LINE_MAX_BYTES);
	*found = file_load(w->w, w->home, path, &b, &why);
	ok = *found;
	if (ok && (b.n == 0 || b.p[b.n - 1] != '\n'))
		ok = err_set(&why, ERR_INPUT, "vkey.form", "the line has no end");
	if (ok) {
		b.n--;
		ok = buf_text(&b, &text, &why) && strlen(text) == b.n ?
		    vkey_parse(text, out, &why) :
		    err_set(&why, why.kind == ERR_NONE ? ERR_INPUT : why.kind,
		    "vkey.form", "it is no verifier key");
	}
	buf_clear(&b);
	if (ok || why.kind == ERR_ABSENT)
		return true;
	if (bytes_fault(&why) || disk_unreadable(&why))
		return damaged(path, &why, err);
	if (err != NULL)
		*err = why;
	return false;
}

static bool
key_save(struct witness *w, const char *path, const struct vkey *key,
    struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, LINE_MAX_BYTES);
	ok = vkey_print(key, &b, err) && buf_add_byte(&b, '\n', err) &&
	    file_save(w->w, w->home, path, buf_span(&b), true, err);
	buf_clear(&b);
	return ok;
}

static int
known_order(const void *a, const void *b)
{
	const struct known *const *x = a, *const *y = b;
	int c = strcmp((*x)->key.name, (*y)->key.name);

	return c != 0 ? c : strcmp((*x)->hex.s, (*y)->hex.s);
}

static bool
known_add(struct witness *w, const struct vkey *key, const struct digest_hex *hex,
    struct known **out, struct err *err)
{
	struct known *k;

	if (w->n == WITNESS_LOGS_MAX)
		return err_set(err, ERR_LIMIT, "witness.logs",
		    "%d logs are followed; no more are kept here", WITNESS_LOGS_MAX);
	k = mem_new(sizeof *k, err);
	if (k == NULL)
		return false;
	k->hex = *hex;
	if (key != NULL)
		k->key = *key;
	k->damaged = key == NULL;
	w->logs[w->n++] = k;
	qsort(w->logs, w->n, sizeof *w->logs, known_order);
	*out = k;
	return true;
}

/* One folder: its key, when it has one that is of its origin. */
static bool
known_load(void *arg, const char *name, struct err *err)
{
	struct witness *w = arg;
	struct known *k, at;
	struct vkey key;
	struct digest d;
	struct err why = ERR_INIT;
	bool found = false, whole, there;

	if (!digest_parse(span_text(name), &d))
		return true;
	memset(&at, 0, sizeof at);
	at.hex = digest_hex(&d);
	whole = key_load(w, known_path(&at, "log").s, &key, &found, &why);
	if (!whole && !bytes_fault(&why)) {
		if (err != NULL)
			*err = why;
		return false;
	}
	if (whole && !found) {
		/* A folder that a crash left before its key was in it. */
		if (!path_there(w, known_path(&at, "checkpoint").s, &there, err))
			return false;
		if (!there)
			return true;
		whole = false;
	}
	if (whole) {
		struct digest own;

		if (!digest_of(span_text(key.name), &own, err))
			return false;
		whole = digest_eq(&own, &d) && key.type == NOTE_ED25519;
	}
	return known_add(w, whole ? &key : NULL, &at.hex, &k, err);
}

bool
known_damaged(const struct known *k, struct err *err)
{
	struct err why = ERR_INIT;

	(void)err_set(&why, ERR_INPUT, "vkey.form", "it is no key of this log");
	return damaged(known_path(k, "log").s, &why, err);
}

bool
known_find(struct witness *w, const char *origin, struct known **out,
    struct err *err)
{
	struct digest d;

	*out = NULL;
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->logs[i]->key.name, origin) == 0 && !w->logs[i]->damaged) {
			*out = w->logs[i];
			return true;
		}
	if (!digest_of(span_text(origin), &d, err))
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->logs[i]->hex.s, digest_hex(&d).s) == 0)
			return known_damaged(w->logs[i], err);
	return true;
}

bool
known_ready(struct witness *w, struct known *k, struct split_told *out,
    struct err *err)
{
	memset(out, 0, sizeof *out);
	if (k->ready)
		return true;
	k->ready = known_settle(w, k, err) && known_compare(w, k, out, err);
	return k->ready;
}

/* ---- open and close ---- */

bool
witness_open(struct world *w, struct dir *home, struct witness **out,
    struct err *err)
{
	struct witness *n = mem_new(sizeof *n, err);

	if (n == NULL)
		return false;
	n->w = w;
	n->home = home;
	n->staged_max = WITNESS_STAGED_MAX;
	n->logs = mem_array(WITNESS_LOGS_MAX, sizeof(struct known *), err);
	if (n->logs == NULL || !hasher_new(&n->hasher, err) ||
	    !key_load(n, COSIGNER_PATH, &n->cosigner, &n->has_cosigner, err) ||
	    !folder_each(n, WITNESS_PATH, known_load, n, err)) {
		witness_close(n);
		return err_wrap(err, "what is known of other ledgers");
	}
	*out = n;
	return true;
}

void
witness_close(struct witness *w)
{
	if (w == NULL)
		return;
	pending_drop(w);
	mirror_close(w);
	for (size_t i = 0; i < w->n; i++)
		mem_free(w->logs[i]);
	mem_free(w->logs);
	hasher_free(w->hasher);
	mem_free(w);
}

bool
witness_follow(struct witness *w, const struct vkey *log, struct err *err)
{
	struct known *k, at;
	struct digest d;

	if (log->type != NOTE_ED25519)
		return err_set(err, ERR_USE, "witness.key-type",
		    "the key of %s is not one that signs a log", name_shown(log->name).s);
	if (!known_find(w, log->name, &k, err))
		return false;
	if (k != NULL) {
		if (memcmp(k->key.point, log->point, sizeof log->point) == 0)
			return k->ready || known_settle(w, k, err);
		return err_set(err, ERR_CONFLICT, "witness.key",
		    "another key is believed for the log %s.  A log that has a new key "
		    "has a new name; ask its authority what happened",
		    name_shown(log->name).s);
	}
	if (w->n == WITNESS_LOGS_MAX)
		return err_set(err, ERR_LIMIT, "witness.logs",
		    "%d logs are followed; no more are kept here", WITNESS_LOGS_MAX);
	memset(&at, 0, sizeof at);
	if (!digest_of(span_text(log->name), &d, err))
		return false;
	at.hex = digest_hex(&d);
	return dir_make_all(w->w, w->home, known_path(&at, "").s, err) &&
	    key_save(w, known_path(&at, "log").s, log, err) &&
	    known_settle(w, &at, err) && known_add(w, log, &at.hex, &k, err);
}

bool
cosigner_sure(struct witness *w, const struct vkey *self, struct err *err)
{
	if (w->has_cosigner && strcmp(w->cosigner.name, self->name) == 0 &&
	    memcmp(w->cosigner.id, self->id, sizeof self->id) == 0)
		return true;
	if (!key_save(w, COSIGNER_PATH, self, err))
		return false;
	w->cosigner = *self;
	w->has_cosigner = true;
	return true;
}

/* ---- what is known ---- */

bool
witness_checkpoint(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err)
{
	struct known *k;
	struct held h;
	bool ok, have = false;

	held_init(&h);
	ok = known_find(w, origin, &k, err) &&
	    (k == NULL || held_checkpoint(w, k, &h, err));
	if (ok && h.found) {
		ok = buf_add(note, buf_span(&h.note), err);
		have = ok;
	}
	if (ok)
		*found = have;
	if (have)
		*out = h.checkpoint;
	held_clear(&h);
	return ok;
}

bool
witness_sure(struct witness *w, const char *origin, struct err *err)
{
	struct known *k;

	return known_find(w, origin, &k, err) && (k == NULL || k->ready ||
	    sync_path(w, known_path(k, "").s, err));
}

static bool
log_tell(struct witness *w, struct known *k, struct witness_log *l, struct err *err)
{
	struct seen_list seen;
	struct held h;
	bool ok;

	memset(l, 0, sizeof *l);
	held_init(&h);
	ok = held_checkpoint(w, k, &h, err) && mirror_open(w, k, err) &&
	    seen_read(w, k, &seen, err) && split_count(w, k, &l->misbehaviour, err);
	if (ok) {
		l->key = k->key;
		l->has_checkpoint = h.found;
		l->checkpoint = h.checkpoint;
		l->cosigned_at = h.cosigned_at;
		l->mirrored = w->mirror.size;
		l->seen = seen.n;
	}
	held_clear(&h);
	return ok;
}

bool
witness_each_known(struct witness *w, bool (*each)(void *arg,
    const struct witness_log *l, struct err *err),
    void (*bad)(void *arg, const char *hash, const struct err *why), void *arg,
    struct err *err)
{
	struct witness_log l;

	for (size_t i = 0; i < w->n; i++) {
		struct err why = ERR_INIT;

		if (w->logs[i]->damaged) {
			(void)known_damaged(w->logs[i], &why);
		} else if (log_tell(w, w->logs[i], &l, &why)) {
			if (!each(arg, &l, err))
				return false;
			continue;
		} else if (!bytes_fault(&why)) {
			if (err != NULL)
				*err = why;
			return false;
		}
		bad(arg, w->logs[i]->hex.s, &why);
	}
	return true;
}

struct each_sound {
	bool (*each)(void *arg, const struct witness_log *l, struct err *err);
	void *arg;
	struct err first;		/* damage; it hides no other log */
};

static bool
sound_one(void *arg, const struct witness_log *l, struct err *err)
{
	struct each_sound *s = arg;

	return s->each(s->arg, l, err);
}

static void
sound_bad(void *arg, const char *hash, const struct err *why)
{
	struct each_sound *s = arg;

	(void)hash;
	if (s->first.kind == ERR_NONE)
		s->first = *why;
}

bool
witness_each(struct witness *w, bool (*each)(void *arg,
    const struct witness_log *l, struct err *err), void *arg, struct err *err)
{
	struct each_sound s = { each, arg, ERR_INIT };

	if (!witness_each_known(w, sound_one, sound_bad, &s, err))
		return false;
	if (s.first.kind == ERR_NONE)
		return true;
	if (err != NULL)
		*err = s.first;
	return false;
}

void
witness_answer_init(struct witness_answer *a)
{
	memset(a, 0, sizeof *a);
	a->type = "";
	buf_init(&a->body, NOTE_MAX);
}

void
witness_answer_clear(struct witness_answer *a)
{
	buf_clear(&a->body);
}
