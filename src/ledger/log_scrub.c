/*
 * Every file of a log from the first byte on, as a stranger would; nothing is changed.
 *
 * The journal is nearly all of it.  It is read run by run: the offsets file says where a
 * run may begin, each entry has to build on the 32 bytes before it, a run has to end where
 * the next begins after so many entries, and each leaf has to be the entry in the tiles.
 * Nearly all runs are of one bundle, and read by the thread that holds this bundle against
 * its tile: so the disk is asked for all files at once, and every core hashes until the end.
 * Whatever is not so, in tiles or runs, is said by one thread that reads the journal from
 * its first byte and believes nobody.
 *
 * A leaf is four messages to SHA-256: its entry's chain, the leaf, the leaf's hash and the
 * node over it.  They and opening and reading the files are six sevenths of a scrub's time.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "ledger/log_internal.h"

#define TELL_EACH 4096			/* entries between two words about progress */
#define RUN 4096			/* entries of a run: about 1 MiB of small records */
/* How many bundles ahead the disk is told what will be read of the journal. */
#define AHEAD 16

struct scrub {
	struct log *l;
	void (*bad)(void *arg, const char *path, const char *why);
	void *arg;
	struct progress *progress;
	struct tiles *t;		/* opened for this */
	bool rotten;			/* a tile or another file: it was told */
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

/* ---- a run of the journal ---- */

struct runner {
	struct reading r;
	struct tile_reader tiles;
	struct cursor entries;		/* behind the entry of the last leaf */
	uint64_t bundle;		/* that they are of, + 1; 0: none */
};

/*
 * Three parts: entries before `from`, which are no leaves of this log, run by run; a run for
 * each of so many full bundles; and from `rest` on run by run again.
 */
struct runs {
	struct scrub *s;
	struct runner *runners;
	unsigned runners_n;
	uint64_t from, bundles, rest;
	uint64_t before_n, runs_n;	/* runs before `from`; those and the runs from `rest` on */
	atomic_ullong next;		/* the one of these that nobody has taken yet */
	atomic_bool over, stopped;
};

/* Where entry `number` begins; or, for their count, where the last ends. */
static bool
entry_begin(struct runs *k, uint64_t number, uint64_t *at)
{
	struct log *l = k->s->l;
	uint8_t b[8] = { 0 };
	struct cursor c;
	size_t got = 0;

	*at = number == 0 ? JOURNAL_FIRST : journal_end(l->j);
	if (number == 0 || number == journal_count(l->j))
		return true;
	c = cursor_of(span_of(b, sizeof b));
	return file_read_at(l->offsets, b, sizeof b, number * 8, &got, NULL) &&
	    got == sizeof b && cursor_u64(&c, at) && *at > JOURNAL_FIRST + ENTRY_EXTRA &&
	    *at < journal_end(l->j);
}

/* The entry of leaf i in the tiles; leaves come in order within a run. */
static bool
tiles_leaf(struct scrub *s, struct runner *w, uint64_t i, struct span *out)
{
	uint64_t n = i / TILE_WIDTH;
	struct span all;

	if (w->bundle == n + 1)
		return bundle_next(&w->entries, out);
	if (!bundle_load(&w->tiles, n, n == s->compare / TILE_WIDTH ?
	    (unsigned)(s->compare % TILE_WIDTH) : TILE_WIDTH, &all, NULL))
		return false;
	w->bundle = n + 1;
	w->entries = cursor_of(all);
	for (uint64_t skip = i % TILE_WIDTH; skip > 0; skip--)
		if (!bundle_next(&w->entries, out))
			return false;
	return bundle_next(&w->entries, out);
}

static bool
run_leaf(struct scrub *s, struct runner *w, const struct entry *e, uint64_t at,
    uint64_t number)
{
	struct journal_entry je = { .number = number, .at = at, .record = e->record };
	uint8_t leaf[LEAF_BYTES];
	struct span there;

	if (number < s->l->first || number - s->l->first >= s->compare)
		return true;
	memcpy(je.salt, e->salt, sizeof je.salt);
	return journal_leaf_with(w->r.hasher, &je, leaf, NULL) &&
	    tiles_leaf(s, w, number - s->l->first, &there) &&
	    span_eq(there, span_of(leaf, sizeof leaf));
}

/* Entries [number, behind). */
static bool
run_holds(struct runs *k, struct runner *w, uint64_t number, uint64_t behind)
{
	struct digest chain;
	uint64_t at, end;
	struct entry e;

	if (!entry_begin(k, number, &at) || !entry_begin(k, behind, &end) || at > end)
		return false;
	w->r.end = end;
	if (!reading_chain(&w->r, at, &chain, NULL))
		return false;
	for (; at < end && number < behind; at = e.next, number++) {
		if (!reading_must(&w->r, at, &chain, &e, NULL) ||
		    !run_leaf(k->s, w, &e, at, number))
			return false;
		chain = e.chain;
	}
	return at == end && number == behind;
}

/* ---- beside the bundles ---- */

static bool
runners_make(void *arg, unsigned threads, struct err *err)
{
	struct runs *k = arg;

	k->runners = mem_array(threads, sizeof *k->runners, err);
	k->runners_n = k->runners == NULL ? 0 : threads;
	for (unsigned i = 0; i < k->runners_n; i++)
		if (!reading_init(&k->runners[i].r, k->s->l->j->file, 0, err) ||
		    !tile_reader_init(&k->runners[i].tiles, k->s->t, err))
			return false;
	return k->runners != NULL;
}

static void
runners_free(struct runs *k)
{
	for (unsigned i = 0; i < k->runners_n; i++) {
		reading_clear(&k->runners[i].r);
		tile_reader_clear(&k->runners[i].tiles);
	}
	mem_free(k->runners);
}

static void
read_ahead(struct runs *k, uint64_t n)
{
	uint64_t behind = n + AHEAD < k->bundles ? n + AHEAD : k->bundles, at, end;

	if (n < behind && entry_begin(k, k->from + n * TILE_WIDTH, &at) &&
	    entry_begin(k, k->from + behind * TILE_WIDTH, &end) && at < end)
		file_will_read(k->s->l->j->file, at, end - at);
}

static void
bundle_run(void *arg, unsigned i, uint64_t n, struct span entries)
{
	struct runs *k = arg;
	struct runner *w = &k->runners[i];
	uint64_t number = k->from + n * TILE_WIDTH;

	if (n >= k->bundles || atomic_load(&k->over))
		return;
	if (n == 0)
		read_ahead(k, n);
	if (n % AHEAD == 0)
		read_ahead(k, n + AHEAD);
	w->bundle = n + 1;
	w->entries = cursor_of(entries);
	if (!run_holds(k, w, number, number + TILE_WIDTH))
		atomic_store(&k->over, true);
	w->bundle = 0;			/* the entries were lent */
}

/* ---- run by run ---- */

/* Entries of run i. */
static void
run_range(const struct runs *k, uint64_t i, uint64_t *number, uint64_t *behind)
{
	uint64_t in = i < k->before_n ? i : i - k->before_n;

	*number = (i < k->before_n ? 0 : k->rest) + in * RUN;
	*behind = *number + RUN;
	if (i + 1 == k->before_n)
		*behind = k->from;
	else if (i + 1 == k->runs_n)
		*behind = journal_count(k->s->l->j);
}

static void
runs_work(void *arg, unsigned i)
{
	struct runs *k = arg;
	struct progress *p = i == 0 ? k->s->progress : NULL;
	uint64_t run, number, behind, at;

	while (!atomic_load(&k->over) &&
	    (run = atomic_fetch_add(&k->next, 1)) < k->runs_n) {
		run_range(k, run, &number, &behind);
		if (world_stop_wanted(k->s->l->w))
			atomic_store(&k->stopped, true);
		if (p != NULL && entry_begin(k, number, &at))
			p->tell(p, "journal", at, journal_end(k->s->l->j));
		if (atomic_load(&k->stopped) || !run_holds(k, &k->runners[i], number, behind))
			atomic_store(&k->over, true);
	}
}

/* False: the offsets do not tell where runs may begin, or entries are missing. */
static bool
runs_plan(struct runs *k, struct scrub *s)
{
	uint64_t count = journal_count(s->l->j), known = s->l->offsets_n, leaves;

	*k = (struct runs){ .s = s, .from = s->l->first };
	if (s->l->offsets == NULL || count - k->from < s->compare)
		return false;
	/* The last entry whose beginning is known; or the end of all, which always is. */
	known = known >= count ? count : known == 0 ? 0 : known - 1;
	if (known < k->from)
		return false;
	leaves = s->compare < known - k->from ? s->compare : known - k->from;
	k->bundles = leaves / TILE_WIDTH;
	k->rest = k->from + k->bundles * TILE_WIDTH;
	k->before_n = (k->from + RUN - 1) / RUN;
	k->runs_n = k->before_n + (known - k->rest + RUN - 1) / RUN;
	if (known == k->rest && known < count)
		k->runs_n++;
	return true;
}

/* *holds false: something is wrong, and the journal has to be read in order to say what. */
static bool
runs_end(struct runs *k, bool *holds, struct err *err)
{
	unsigned n = k->runs_n < k->runners_n ? (unsigned)k->runs_n : k->runners_n;
	unsigned started = 0;

	world_run(k->s->l->w, n, runs_work, k, &started);
	*holds = !atomic_load(&k->over);
	return !atomic_load(&k->stopped) ||
	    err_set(err, ERR_STOPPED, "stopped", "stopped as asked");
}

/* ---- the journal, from its first byte ---- */

static bool
entry_check(void *arg, const struct journal_entry *e, struct err *err)
{
	struct scrub *s = arg;
	struct log *l = s->l;
	uint8_t leaf[LEAF_BYTES];
	struct digest d;

	if (e->number % TELL_EACH == 0 && world_stop_wanted(l->w))
		return err_set(err, ERR_STOPPED, "stopped", "stopped as asked");
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

	s->rotten = true;
	(void)snprintf(full, sizeof full, "%s/%s", s->l->path, path);
	s->bad(s->arg, full, why);
}

/* Tiles, and the journal beside them where it can be. */
static bool
both_scrub(struct scrub *s, bool *holds, struct err *err)
{
	struct runs k;
	struct tiles_beside beside = { runners_make, bundle_run, &k };
	bool planned = runs_plan(&k, s), ok;

	*holds = false;
	ok = tiles_scrub_beside(s->t, planned ? &beside : NULL, tile_bad, s, s->progress,
	    err) && (!planned || s->rotten || runs_end(&k, holds, err));
	runners_free(&k);
	return ok;
}

/* As a reader who opens them anew. */
static bool
tiles_part(struct scrub *s, struct err *err)
{
	struct err why = ERR_INIT;
	struct digest root;
	char path[80];
	bool holds, ok;

	(void)snprintf(path, sizeof path, "%s/tile", s->l->path);
	if (!tiles_open(s->l->w, s->l->home, s->l->path, &s->t, &why))
		return told(s, path, &why, err);
	s->compare = tiles_size(s->t);
	root = tiles_root_synced(s->t);
	ok = both_scrub(s, &holds, err) && (holds || journal_scrub(s, &root, err));
	tiles_close(s->t);
	s->t = NULL;
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
