/* Every file a witness keeps, one by one. */
#include <string.h>

#include "ledger/witness_internal.h"

struct scrub {
	struct witness *w;
	struct known *log;
	void (*bad)(void *arg, const char *path, const char *why);
	void *arg;
	struct progress *progress;
};

/* One file was read: true also when it is bad and that was told. */
static bool
told(struct scrub *s, const char *name, bool ok, const struct err *why,
    struct err *err)
{
	if (ok)
		return true;
	if (!bytes_fault(why)) {
		if (err != NULL)
			*err = *why;
		return false;
	}
	s->bad(s->arg, known_path(s->log, name).s, why->text);
	return true;
}

static bool
scrub_checkpoint(struct scrub *s, struct err *err)
{
	struct err why = ERR_INIT;
	struct held h;
	bool ok;

	held_init(&h);
	ok = held_checkpoint(s->w, s->log, &h, &why);
	held_clear(&h);
	return told(s, "checkpoint", ok, &why, err);
}

static bool
scrub_seen(struct scrub *s, struct err *err)
{
	struct err why = ERR_INIT;
	struct seen_list l;
	struct held h;
	bool ok = seen_read(s->w, s->log, &l, &why);

	if (!ok)
		return told(s, "seen", false, &why, err);
	for (size_t i = 0; ok && i < l.n; i++) {
		why = (struct err)ERR_INIT;
		held_init(&h);
		ok = seen_load(s->w, s->log, l.list[i].size, &l.list[i].root, &h, &why);
		held_clear(&h);
		ok = told(s, "seen", ok, &why, err);
	}
	return ok;
}

static bool
scrub_splits(struct scrub *s, struct err *err)
{
	struct misbehaviour m;
	struct err why;
	unsigned n;
	bool ok = split_count(s->w, s->log, &n, err);

	for (unsigned i = 1; ok && i <= n; i++) {
		why = (struct err)ERR_INIT;
		misbehaviour_init(&m);
		ok = split_load(s->w, s->log, i, &m, &why);
		misbehaviour_clear(&m);
		ok = told(s, "misbehaviour", ok, &why, err);
	}
	return ok;
}

static void
bad_tile(void *arg, const char *path, const char *why)
{
	struct scrub *s = arg;

	s->bad(s->arg, known_path(s->log, path).s, why);
}

static bool
scrub_mirror(struct scrub *s, struct err *err)
{
	struct err why = ERR_INIT;

	if (!mirror_open(s->w, s->log, &why))
		return told(s, "tree", false, &why, err);
	return s->w->mirror.tiles == NULL ||
	    tiles_scrub(s->w->mirror.tiles, bad_tile, s, s->progress, err);
}

bool
witness_scrub(struct witness *w, void (*bad)(void *arg, const char *path,
    const char *why), void *arg, struct progress *progress, struct err *err)
{
	struct scrub s = { w, NULL, bad, arg, progress };

	/* From the disk, not from what is open. */
	mirror_close(w);
	for (size_t i = 0; i < w->n; i++) {
		struct err why = ERR_INIT;

		s.log = w->logs[i];
		if (s.log->damaged) {
			(void)known_damaged(s.log, &why);
			(void)told(&s, "log", false, &why, err);
		} else if (!scrub_checkpoint(&s, err) || !scrub_seen(&s, err) ||
		    !scrub_splits(&s, err) || !scrub_mirror(&s, err)) {
			return false;
		}
	}
	return true;
}
