/* Every file of a log from the first byte on, as a stranger would; nothing is changed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/log_internal.h"

#define TELL_EACH 4096			/* entries between two words about progress */

struct scrub {
	struct log *l;
	void (*bad)(void *arg, const char *path, const char *why);
	void *arg;
	struct progress *progress;
	struct merkle_edge edge;	/* of the journal's leaves */
	uint64_t compare;		/* the size to compare at: what the tiles say */
	struct digest root;		/* of the journal there */
};

/* What a check says: told when it is about the file, else our own trouble. */
static bool
told(struct scrub *s, const char *path, const struct err *why, struct err *err)
{
	if (why->kind == ERR_UNPROVEN || why->kind == ERR_INPUT ||
	    why->kind == ERR_LIMIT || why->kind == ERR_ABSENT) {
		s->bad(s->arg, path, why->text);
		return true;
	}
	if (err != NULL)
		*err = *why;
	return false;
}

/* ---- the journal ---- */

static bool
entry_check(void *arg, const struct journal_entry *e, struct err *err)
{
	struct scrub *s = arg;
	struct log *l = s->l;
	uint8_t leaf[LEAF_BYTES];
	struct digest d;

	if (s->progress != NULL && e->number % TELL_EACH == 0)
		s->progress->tell(s->progress, "journal", e->at, journal_end(l->j));
	if (e->number < l->first || e->number >= l->end || s->edge.size >= s->compare)
		return true;
	return journal_leaf_with(l->hasher, e, leaf, err) &&
	    merkle_leaf(l->hasher, span_of(leaf, sizeof leaf), &d, err) &&
	    merkle_edge_add(l->hasher, &s->edge, &d, err);
}

static bool
journal_scrub(struct scrub *s, const struct digest *root, struct err *err)
{
	struct err why = ERR_INIT;

	if (!journal_each_known(s->l->j, JOURNAL_FIRST, 0, entry_check, s, &why))
		return told(s, JOURNAL_PATH, &why, err);
	if (!merkle_edge_root(s->l->hasher, &s->edge, &s->root, err))
		return false;
	if (s->edge.size != s->compare || !digest_eq(&s->root, root))
		s->bad(s->arg, JOURNAL_PATH, "its records are not the leaves of the tree");
	return true;
}

/* ---- tiles ---- */

static void
tile_bad(void *arg, const char *path, const char *why)
{
	struct scrub *s = arg;
	char full[160];

	(void)snprintf(full, sizeof full, "%s/%s", s->l->path, path);
	s->bad(s->arg, full, why);
}

/* As a reader who opens them anew. */
static bool
tiles_part(struct scrub *s, struct err *err)
{
	struct err why = ERR_INIT;
	struct tiles *t = NULL;
	struct digest root;
	char path[80];
	bool ok;

	(void)snprintf(path, sizeof path, "%s/tile", s->l->path);
	if (!tiles_open(s->l->w, s->l->home, s->l->path, &t, &why))
		return told(s, path, &why, err);
	s->compare = tiles_size(t);
	root = tiles_root_synced(t);
	ok = tiles_scrub(t, tile_bad, s, s->progress, err) && journal_scrub(s, &root, err);
	tiles_close(t);
	return ok;
}

/* ---- the small files ---- */

static bool
sealed_check(struct scrub *s, const char *name, struct err *err)
{
	bool found, holds, ok;
	struct buf b;

	buf_init(&b, 4096);
	ok = sealed_load(s->l->w, s->l->folder, name, &b, &found, &holds, err);
	buf_clear(&b);
	if (ok && found && !holds)
		tile_bad(s, name, "is damaged");
	return ok;
}

static bool
checkpoint_check(struct scrub *s, struct err *err)
{
	struct err why = ERR_INIT;
	struct checkpoint c;
	char path[80];
	struct buf b;
	bool found, ok;

	buf_init(&b, NOTE_MAX);
	ok = log_checkpoint(s->l, &b, &c, &found, &why);
	/* Without its key no checkpoint can be read: then the key's file is told. */
	(void)snprintf(path, sizeof path, "%s/%s", s->l->path,
	    strstr(why.text, "/" VKEY_NAME) != NULL ? VKEY_NAME : CHECKPOINT_NAME);
	ok = ok || told(s, path, &why, err);
	buf_clear(&b);
	return ok;
}

static bool
cosigned_check(struct scrub *s, struct err *err)
{
	uint64_t *sizes = NULL;
	size_t n = 0;
	bool ok = log_cosigned(s->l, &sizes, &n, err);

	for (size_t i = 0; ok && i < n; i++) {
		struct err why = ERR_INIT;
		char path[120];
		struct buf b;

		(void)snprintf(path, sizeof path, "%s/" COSIGNED_NAME "/%" PRIu64,
		    s->l->path, sizes[i]);
		buf_init(&b, NOTE_MAX);
		ok = log_cosigned_note(s->l, sizes[i], &b, &why) ||
		    told(s, path, &why, err);
		buf_clear(&b);
	}
	mem_free(sizes);
	return ok;
}

/* Found and mended when this log was opened; its sentence begins with the file's name. */
static void
remade_tell(struct scrub *s)
{
	const char *text = s->l->remade, *end = strchr(text, ' ');
	size_t n = strlen(s->l->path);
	char path[160];

	if (end == NULL || strncmp(text, s->l->path, n) != 0 || text[n] != '/' ||
	    (size_t)(end - text) >= sizeof path) {
		s->bad(s->arg, s->l->path, text);
		return;
	}
	(void)snprintf(path, sizeof path, "%.*s", (int)(end - text), text);
	s->bad(s->arg, path, end + 1);
}

bool
log_scrub(struct log *l, void (*bad)(void *arg, const char *path, const char *why),
    void *arg, struct progress *progress, struct err *err)
{
	struct scrub *s = mem_new(sizeof *s, err);
	bool ok;

	if (s == NULL)
		return false;
	s->l = l;
	s->bad = bad;
	s->arg = arg;
	s->progress = progress;
	if (l->remade[0] != '\0')
		remade_tell(s);
	ok = log_alive(l, err) && tiles_part(s, err) &&
	    sealed_check(s, SIGNED_NAME, err) && sealed_check(s, STANDING_NAME, err) &&
	    checkpoint_check(s, err) && cosigned_check(s, err);
	mem_free(s);
	return ok;
}
