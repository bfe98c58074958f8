/*
 * Every file of a tree, from the first on.  The last tiles in memory are believed: they
 * were proven when the tree was opened.  From them down each tile is held against the one
 * above; below one that does not hold, a tile is only held against its own entries.
 *
 * Nearly all files are tiles of level 0 and their bundles: a pair.  The pairs below one
 * tile of level 1 are a family, which threads share out among them; what they find is
 * told by the thread that called, in order, when all of the family has been read.  A pair
 * is hashed once: its leaves for the bundle, the nodes over them for the tile.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "ledger/tiles_internal.h"

/* What a leaf takes on the disk, for telling how far it is: entry and hash. */
#define LEAF_COST 68
/* Threads of one core: while some wait for the disk the others hash; 16 gain no more. */
#define THREADS_EACH 8

static const char not_as_above[] = "is not what the tile over it says";

/* What is wrong with the files of a pair; empty: nothing. */
struct found {
	char tile[64], bundle[64];
};

/* What a thread has for itself. */
struct worker {
	struct tile_reader reader;
	struct tile_tree tree;
	bool failed;			/* at this pair of the family, which ends the scrub */
	unsigned at;
	struct err err;
};

struct scrub {
	struct tiles *t;
	void (*bad)(void *arg, const char *path, const char *why);
	void *arg;
	struct progress *progress;
	const struct tiles_beside *beside;	/* NULL: nobody */
	struct worker *workers;
	unsigned workers_n;
	/* The family at hand: pairs [first, first + width). */
	uint64_t first;
	unsigned width;
	const struct digest *want;	/* the roots of its tiles; NULL: not known */
	atomic_uint next;		/* the pair that nobody has taken yet */
	atomic_bool over;		/* one has failed: nobody takes another */
	struct found found[TILE_WIDTH];
};

/* What a file has: its words; false for any other trouble, which ends the scrub. */
static bool
words_of(const struct err *why, const char *path, char out[64], struct err *err)
{
	const char *words = strstr(why->text, path);

	if (why->kind != ERR_UNPROVEN) {
		if (err != NULL)
			*err = *why;
		return false;
	}
	(void)snprintf(out, 64, "%.63s", words == NULL ? why->text :
	    words + strlen(path) + 1);
	return true;
}

static void
tell_bad(struct scrub *s, int level, uint64_t n, unsigned width, const char *why)
{
	if (why[0] != '\0')
		s->bad(s->arg, tile_path(level, n, width).s, why);
}

/* ---- one pair ---- */

/* The leaf hashes of a bundle and its entries; *is empty when they are known. */
static bool
bundle_hash(struct tile_reader *r, uint64_t n, unsigned width, struct digest *out,
    struct span *all, char is[64], struct err *err)
{
	struct err why = ERR_INIT;
	struct span entry;
	struct cursor c;

	is[0] = '\0';
	if (!bundle_load(r, n, width, all, &why))
		return words_of(&why, tile_path(-1, n, width).s, is, err);
	c = cursor_of(*all);
	for (unsigned i = 0; i < width && bundle_next(&c, &entry); i++)
		if (!merkle_leaf(r->hasher, entry, &out[i], err))
			return false;
	return true;
}

/* A tile's hashes with the nodes over them; is: what is wrong with it. */
static bool
tile_hash(struct tile_reader *r, unsigned level, uint64_t n, const struct digest *want,
    struct tile_tree *tree, bool *loaded, char is[64], struct err *err)
{
	struct err why = ERR_INIT;

	is[0] = '\0';
	*loaded = tile_load(r, level, n, TILE_WIDTH, tile_tree_hashes(tree), &why);
	if (!*loaded)
		return words_of(&why, tile_path((int)level, n, TILE_WIDTH).s, is, err);
	if (want == NULL)
		return true;
	if (!tile_tree_make(r->hasher, tree, err))
		return false;
	if (!digest_eq(want, &tree->node[0]))
		(void)snprintf(is, 64, "%s", not_as_above);
	return true;
}

/*
 * A bundle is held against its tile; where that one is bad itself, against what the tile
 * over both says.
 */
static bool
pair_scrub(struct worker *w, uint64_t n, const struct digest *want, struct found *f,
    struct span *entries, struct err *err)
{
	struct digest leaves[TILE_WIDTH];
	bool loaded, same;

	if (!tile_hash(&w->reader, 0, n, want, &w->tree, &loaded, f->tile, err) ||
	    !bundle_hash(&w->reader, n, TILE_WIDTH, leaves, entries, f->bundle, err))
		return false;
	if (f->bundle[0] != '\0' || (!loaded && want == NULL))
		return true;
	if (f->tile[0] == '\0') {
		same = memcmp(leaves, tile_tree_hashes(&w->tree), sizeof leaves) == 0;
	} else {
		memcpy(tile_tree_hashes(&w->tree), leaves, sizeof leaves);
		if (!tile_tree_make(w->reader.hasher, &w->tree, err))
			return false;
		same = digest_eq(want, &w->tree.node[0]);
	}
	if (!same)
		(void)snprintf(f->bundle, sizeof f->bundle, "%s", not_as_above);
	return true;
}

/* ---- a family ---- */

static bool
pair_work(struct scrub *s, unsigned i, unsigned at, struct err *err)
{
	struct found *f = &s->found[at];
	struct span entries = { .n = 0 };

	if (world_stop_wanted(s->t->w))
		return err_set(err, ERR_STOPPED, "stopped", "stopped as asked");
	if (!pair_scrub(&s->workers[i], s->first + at, s->want == NULL ? NULL :
	    &s->want[at], f, &entries, err))
		return false;
	if (s->beside != NULL && f->tile[0] == '\0' && f->bundle[0] == '\0')
		s->beside->bundle(s->beside->arg, i, s->first + at, entries);
	return true;
}

/*
 * Pairs are taken in order, so all before one that fails were taken before it, and each
 * is brought to its end.
 */
static void
family_work(void *arg, unsigned i)
{
	struct scrub *s = arg;
	struct worker *w = &s->workers[i];
	unsigned at;

	while (!atomic_load(&s->over) && (at = atomic_fetch_add(&s->next, 1)) < s->width) {
		if (!pair_work(s, i, at, &w->err)) {
			w->failed = true;
			w->at = at;
			atomic_store(&s->over, true);
		}
	}
}

/* Told as by one thread that reads them one after the other. */
static bool
family_tell(struct scrub *s, struct err *err)
{
	const struct worker *failed = NULL;
	unsigned end = s->width;

	for (unsigned i = 0; i < s->workers_n; i++)
		if (s->workers[i].failed && s->workers[i].at < end) {
			failed = &s->workers[i];
			end = failed->at;
		}
	for (unsigned i = 0; i < end; i++) {
		tell_bad(s, 0, s->first + i, TILE_WIDTH, s->found[i].tile);
		tell_bad(s, -1, s->first + i, TILE_WIDTH, s->found[i].bundle);
	}
	if (failed != NULL && err != NULL)
		*err = failed->err;
	return failed == NULL;
}

static bool
family_scrub(struct scrub *s, uint64_t first, unsigned width, const struct digest *want,
    struct err *err)
{
	unsigned n = width < s->workers_n ? width : s->workers_n, started = 0;

	if (s->progress != NULL)
		s->progress->tell(s->progress, "ledger", first * TILE_WIDTH * LEAF_COST,
		    s->t->size * LEAF_COST);
	s->first = first;
	s->width = width;
	s->want = want;
	atomic_store(&s->next, 0);
	atomic_store(&s->over, false);
	world_run(s->t->w, n, family_work, s, &started);
	return family_tell(s, err);
}

/* ---- from the top down ---- */

static bool tile_scrub(struct scrub *s, unsigned level, uint64_t n,
    const struct digest *want, struct err *err);

/* Tiles [first, first + width) of a level, and what lies below; want: NULL, or roots. */
static bool
tiles_below(struct scrub *s, unsigned level, uint64_t first, unsigned width,
    const struct digest *want, struct err *err)
{
	if (level == 0)
		return family_scrub(s, first, width, want, err);
	for (unsigned i = 0; i < width; i++)
		if (!tile_scrub(s, level, first + i, want == NULL ? NULL : &want[i], err))
			return false;
	return true;
}

/*
 * A full tile over others.  The recursion has as many steps as there are levels.  Where
 * its hashes are not known those below can not be held to them.
 */
static bool
tile_scrub(struct scrub *s, unsigned level, uint64_t n, const struct digest *want,
    struct err *err)
{
	struct tile_tree *tree = &s->t->cache[level];
	bool loaded;
	char is[64];

	tree->valid = false;
	if (!tile_hash(&s->t->reader, level, n, want, tree, &loaded, is, err))
		return false;
	tell_bad(s, (int)level, n, TILE_WIDTH, is);
	return tiles_below(s, level - 1, n * TILE_WIDTH, TILE_WIDTH,
	    loaded && is[0] == '\0' ? tile_tree_hashes(tree) : NULL, err);
}

/* A partial tile of the last one, against what is in memory. */
static bool
partial_scrub(struct scrub *s, unsigned level, unsigned width, struct err *err)
{
	uint64_t n = tiles_last(s->t->size, level);
	struct digest tile[TILE_WIDTH];
	struct err why = ERR_INIT;
	char is[64] = "";

	if (!tile_load(&s->t->reader, level, n, width, tile, &why)) {
		if (!words_of(&why, tile_path((int)level, n, width).s, is, err))
			return false;
	} else if (memcmp(tile, tile_tree_hashes(&s->t->edge[level]),
	    width * sizeof *tile) != 0) {
		(void)snprintf(is, sizeof is, "is not what the tree says");
	}
	tell_bad(s, (int)level, n, width, is);
	return true;
}

/* Likewise the entries of one. */
static bool
partial_bundle_scrub(struct scrub *s, unsigned width, struct err *err)
{
	uint64_t n = tiles_last(s->t->size, 0);
	struct digest leaves[TILE_WIDTH];
	struct span entries;
	char is[64];

	if (!bundle_hash(&s->t->reader, n, width, leaves, &entries, is, err))
		return false;
	if (is[0] == '\0' && memcmp(leaves, tile_tree_hashes(&s->t->edge[0]),
	    width * sizeof *leaves) != 0)
		(void)snprintf(is, sizeof is, "%s", not_as_above);
	tell_bad(s, -1, n, width, is);
	return true;
}

/* Those of before are there until somebody takes them away; a bad spot is told. */
static bool
narrower_there(struct scrub *s, int level, uint64_t n, unsigned width)
{
	struct err why = ERR_INIT;
	struct file_info info;

	if (path_info(s->t->w, s->t->folder, tile_path(level, n, width).s, &info, &why))
		return true;
	if (why.kind != ERR_ABSENT)
		tell_bad(s, level, n, width, "cannot be read");
	return false;
}

/* The last tile of a level, and all partial ones that lie beside it. */
static bool
edge_scrub(struct scrub *s, unsigned level, struct err *err)
{
	unsigned width = tiles_width(s->t->size, level);
	uint64_t n = tiles_last(s->t->size, level);

	for (unsigned i = 1; i <= width; i++) {
		if ((i == width || narrower_there(s, (int)level, n, i)) &&
		    !partial_scrub(s, level, i, err))
			return false;
		if (level == 0 && (i == width || narrower_there(s, -1, n, i)) &&
		    !partial_bundle_scrub(s, i, err))
			return false;
	}
	return width == 0 || level == 0 || tiles_below(s, level - 1, n * TILE_WIDTH, width,
	    tile_tree_hashes(&s->t->edge[level]), err);
}

/* ---- all of it ---- */

/* As many threads as have something to do, each with what it takes. */
static bool
workers_make(struct scrub *s, struct err *err)
{
	unsigned cores = world_cores(s->t->w);
	uint64_t pairs = s->t->size / TILE_WIDTH;

	s->workers_n = cores > 1 ? cores * THREADS_EACH : 1;
	if (s->workers_n > TILES_THREADS_MAX)
		s->workers_n = TILES_THREADS_MAX;
	if (s->workers_n > pairs)
		s->workers_n = pairs == 0 ? 1 : (unsigned)pairs;
	s->workers = mem_array(s->workers_n, sizeof *s->workers, err);
	for (unsigned i = 0; s->workers != NULL && i < s->workers_n; i++)
		if (!tile_reader_init(&s->workers[i].reader, s->t, err))
			return false;
	return s->workers != NULL && (s->beside == NULL ||
	    s->beside->ready(s->beside->arg, s->workers_n, err));
}

static void
scrub_free(struct scrub *s)
{
	for (unsigned i = 0; s->workers != NULL && i < s->workers_n; i++)
		tile_reader_clear(&s->workers[i].reader);
	mem_free(s->workers);
	mem_free(s);
}

/* From the highest level down: that is from the first leaf on. */
static bool
levels_scrub(struct scrub *s, struct err *err)
{
	for (unsigned level = TILES_LEVELS; level-- > 0; )
		if (!edge_scrub(s, level, err))
			return false;
	if (s->progress != NULL)
		s->progress->tell(s->progress, "ledger", s->t->size * LEAF_COST,
		    s->t->size * LEAF_COST);
	return true;
}

bool
tiles_scrub_beside(struct tiles *t, const struct tiles_beside *beside,
    void (*bad)(void *arg, const char *path, const char *why), void *arg,
    struct progress *progress, struct err *err)
{
	struct scrub *s;
	bool ok;

	if (t->size != t->state.size)
		return err_set(err, ERR_USE, "tiles.unsynced",
		    "%s has leaves that are not in files yet", t->name);
	s = mem_new(sizeof *s, err);
	if (s == NULL)
		return false;
	s->t = t;
	s->bad = bad;
	s->arg = arg;
	s->progress = progress;
	s->beside = beside;
	ok = workers_make(s, err) && levels_scrub(s, err);
	scrub_free(s);
	return ok;
}

bool
tiles_scrub(struct tiles *t, void (*bad)(void *arg, const char *path,
    const char *why), void *arg, struct progress *progress, struct err *err)
{
	return tiles_scrub_beside(t, NULL, bad, arg, progress, err);
}
