/* Names, notes and folders of a witness on the disk. */
#include <stdio.h>
#include <string.h>

#include "ledger/witness_internal.h"

struct known_path
known_path(const struct known *k, const char *name)
{
	struct known_path p;

	(void)snprintf(p.s, sizeof p.s, "%s/%s%s%s", WITNESS_PATH, k->hex.s,
	    name[0] == '\0' ? "" : "/", name);
	return p;
}

bool
bytes_fault(const struct err *why)
{
	return why->kind == ERR_INPUT || why->kind == ERR_UNPROVEN ||
	    why->kind == ERR_LIMIT;
}

bool
damaged(const char *path, const struct err *why, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "witness.damaged",
	    "%s is damaged (%.160s).  Nothing is cosigned on that log until the file "
	    "is restored from a backup", path, why->text);
}

bool
witness_unknown(const char *origin, struct err *err)
{
	return err_set(err, ERR_ABSENT, "witness.log",
	    "no log by the name %s is followed here", name_shown(origin).s);
}

struct name_shown
name_shown(const char *name)
{
	struct name_shown out = { "" };
	struct buf b;

	buf_init(&b, (size_t)NOTE_NAME_MAX * 10);
	if (text_visible(&b, span_text(name), NULL)) {
		size_t n = b.n < sizeof out.s ? b.n : sizeof out.s - 1;

		/* Not in the middle of a character. */
		while (n > 0 && n < b.n && (b.p[n] & 0xC0) == 0x80)
			n--;
		if (n > 0)
			memcpy(out.s, b.p, n);
	}
	buf_clear(&b);
	return out;
}

/* ---- notes ---- */

void
held_init(struct held *h)
{
	memset(h, 0, sizeof *h);
	buf_init(&h->note, NOTE_MAX);
}

void
held_clear(struct held *h)
{
	buf_clear(&h->note);
}

static bool
held_fault(const char *path, const struct err *why, struct held *h, struct err *err)
{
	h->found = false;
	if (bytes_fault(why) || disk_unreadable(why))
		return damaged(path, why, err);
	if (err != NULL)
		*err = *why;
	return false;
}

bool
held_load(struct witness *w, const struct known *k, const char *name,
    struct held *out, struct err *err)
{
	struct known_path path = known_path(k, name);
	struct err why = ERR_INIT;

	buf_reset(&out->note);
	out->cosigned_at = 0;
	out->found = file_load(w->w, w->home, path.s, &out->note, &why);
	if ((!out->found && why.kind == ERR_ABSENT) || (out->found &&
	    checkpoint_open(buf_span(&out->note), &k->key, &out->checkpoint, &why)))
		return true;
	return held_fault(path.s, &why, out, err);
}

/* When we cosigned it.  A line of ours that does not hold is damage. */
bool
held_checkpoint(struct witness *w, const struct known *k, struct held *out,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct note n;
	bool good = false, ok;

	if (!held_load(w, k, "checkpoint", out, err))
		return false;
	if (!out->found || !w->has_cosigner)
		return true;
	ok = note_parse(buf_span(&out->note), &n, &why) &&
	    note_verify(&n, &w->cosigner, 1, &good, &out->cosigned_at, &why);
	note_clear(&n);
	if (ok && !good)
		out->cosigned_at = 0;
	return ok || held_fault(known_path(k, "checkpoint").s, &why, out, err);
}

bool
log_signature(const struct vkey *key, struct span note,
    uint8_t out[NOTE_SIGNATURE_BYTES], struct err *err)
{
	struct note n;
	bool ok = note_parse(note, &n, err), found = false;

	for (size_t i = 0; ok && !found && i < n.lines_n; i++) {
		const struct note_line *l = &n.lines[i];

		found = span_is(l->name, key->name) &&
		    memcmp(l->id, key->id, sizeof l->id) == 0 &&
		    l->signature.n == NOTE_SIGNATURE_BYTES;
		if (found)
			memcpy(out, l->signature.p, NOTE_SIGNATURE_BYTES);
	}
	note_clear(&n);
	return ok && (found || err_set(err, ERR_UNPROVEN, "checkpoint.unsigned",
	    "the log's own signature is not on it"));
}

/* ---- folders ---- */

bool
path_there(struct witness *w, const char *path, bool *there, struct err *err)
{
	return path_look(w->w, w->home, path, there, err);
}

bool
sync_path(struct witness *w, const char *path, struct err *err)
{
	struct dir *d = NULL;
	bool ok = dir_open(w->w, w->home, path, &d, err) && dir_sync(d, err);

	dir_close(d);
	return ok;
}

bool
folder_sure(struct witness *w, const struct known *k, const char *name,
    struct err *err)
{
	struct err why = ERR_INIT;

	if (!dir_make(w->w, w->home, known_path(k, name).s, &why) &&
	    why.kind != ERR_CONFLICT) {
		if (err != NULL)
			*err = why;
		return false;
	}
	return sync_path(w, known_path(k, "").s, err);
}

bool
folder_each(struct witness *w, const char *path,
    bool (*each)(void *arg, const char *name, struct err *err), void *arg,
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct err why = ERR_INIT;
	bool ok, more = true;

	if (!listing_open(w->w, w->home, path, &l, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		if (err != NULL)
			*err = why;
		return false;
	}
	do
		ok = listing_next(l, &e, &more, err) &&
		    (!more || each(arg, e.name, err));
	while (ok && more);
	listing_close(l);
	return ok;
}

struct sweep {
	struct witness *w;
	const char *folder;
};

static bool
sweep_one(void *arg, const char *name, struct err *err)
{
	struct sweep *s = arg;
	char path[600];

	if (strncmp(name, DISK_TEMPORARY_PREFIX, strlen(DISK_TEMPORARY_PREFIX)) != 0)
		return true;
	(void)snprintf(path, sizeof path, "%s/%s", s->folder, name);
	return path_remove(s->w->w, s->w->home, path, err);
}

/* Temporaries of this folder go and its names are durable; it may not be there. */
static bool
settle(struct witness *w, const char *folder, struct err *err)
{
	struct sweep s = { w, folder };
	bool there;

	return path_there(w, folder, &there, err) && (!there ||
	    (folder_each(w, folder, sweep_one, &s, err) && sync_path(w, folder, err)));
}

bool
folder_gone(struct witness *w, const char *path, struct err *err)
{
	bool there;

	return path_there(w, path, &there, err) &&
	    (!there || dir_remove_all(w->w, w->home, path, err));
}

bool
known_settle(struct witness *w, struct known *k, struct err *err)
{
	return folder_gone(w, known_path(k, "misbehaviour/new").s, err) &&
	    settle(w, known_path(k, "seen").s, err) &&
	    settle(w, known_path(k, "misbehaviour").s, err) &&
	    settle(w, known_path(k, "").s, err) && settle(w, WITNESS_PATH, err) &&
	    sync_path(w, "ledger", err) && dir_sync(w->home, err);
}
