/*
 * Every file of a tree, from the first on.  The last tiles in memory are believed: they
 * were proven when the tree was opened.  From them down each tile is held against the one
 * above; below one that does not hold, a tile is only held against its own entries.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/tiles_internal.h"

/* What a leaf takes on the disk, for telling how far it is: entry and hash. */
#define LEAF_COST 68

struct scrub {
	struct tiles *t;
	void (*bad)(void *arg, const char *path, const char *why);
	void *arg;
	struct progress *progress;
};

/* What a file has: told, and gone on; any other trouble ends the scrub. */
static bool
told(struct scrub *s, const char *path, const struct err *why, struct err *err)
{
	const char *words = strstr(why->text, path);

	if (why->kind != ERR_UNPROVEN) {
		if (err != NULL)
			*err = *why;
		return false;
	}
	s->bad(s->arg, path, words == NULL ? why->text : words + strlen(path) + 1);
	return true;
}

static bool
bundle_scrub(struct scrub *s, uint64_t n, unsigned width, const struct digest *tile,
    struct err *err)
{
	struct tile_path path = tile_path(-1, n, width);
	struct err why = ERR_INIT;
	struct span all, entry;
	struct digest d;
	struct cursor c;
	bool same = true;

	if (!bundle_load(s->t, n, width, &all, &why))
		return told(s, path.s, &why, err);
	c = cursor_of(all);
	for (unsigned i = 0; same && i < width && bundle_next(&c, &entry); i++) {
		if (!merkle_leaf(s->t->hasher, entry, &d, err))
			return false;
		same = digest_eq(&d, &tile[i]);
	}
	if (!same)
		s->bad(s->arg, path.s, "is not what the tile over it says");
	return true;
}

static bool tile_scrub(struct scrub *s, unsigned level, uint64_t n,
    const struct digest *want, struct err *err);

/* What lies below hashes [0, width) of a tile; believed: they are right. */
static bool
below_scrub(struct scrub *s, unsigned level, uint64_t n, unsigned width,
    const struct digest *tile, bool believed, struct err *err)
{
	if (level == 0) {
		if (s->progress != NULL)
			s->progress->tell(s->progress, "ledger",
			    n * TILE_WIDTH * LEAF_COST, s->t->size * LEAF_COST);
		return bundle_scrub(s, n, width, tile, err);
	}
	for (unsigned i = 0; i < width; i++)
		if (!tile_scrub(s, level - 1, n * TILE_WIDTH + i,
		    believed ? &tile[i] : NULL, err))
			return false;
	return true;
}

/* A full tile.  The recursion has as many steps as there are levels. */
static bool
tile_scrub(struct scrub *s, unsigned level, uint64_t n, const struct digest *want,
    struct err *err)
{
	struct tile_path path = tile_path((int)level, n, TILE_WIDTH);
	struct tile_tree *tree = &s->t->cache[level];
	struct digest tile[TILE_WIDTH];
	struct err why = ERR_INIT;
	bool holds;

	tree->valid = false;
	holds = tile_load(s->t, level, n, TILE_WIDTH, tile_tree_hashes(tree), &why);
	if (!holds) {
		/* Its hashes are not known, so those below can not be held to them. */
		if (!told(s, path.s, &why, err))
			return false;
		memset(tile_tree_hashes(tree), 0, TILE_BYTES);
		return level == 0 || below_scrub(s, level, n, TILE_WIDTH,
		    tile_tree_hashes(tree), false, err);
	}
	memcpy(tile, tile_tree_hashes(tree), sizeof tile);
	if (!tile_tree_make(s->t->hasher, tree, err))
		return false;
	if (want != NULL && !digest_eq(want, &tree->node[0])) {
		s->bad(s->arg, path.s, "is not what the tile over it says");
		holds = false;
	}
	return below_scrub(s, level, n, TILE_WIDTH, tile, holds, err);
}

/* A partial tile of the last one, against what is in memory. */
static bool
partial_scrub(struct scrub *s, unsigned level, unsigned width, struct err *err)
{
	uint64_t n = tiles_last(s->t->size, level);
	struct tile_path path = tile_path((int)level, n, width);
	struct digest tile[TILE_WIDTH];
	struct err why = ERR_INIT;

	if (!tile_load(s->t, level, n, width, tile, &why))
		return told(s, path.s, &why, err);
	if (memcmp(tile, tile_tree_hashes(&s->t->edge[level]), width * sizeof *tile) != 0)
		s->bad(s->arg, path.s, "is not what the tree says");
	return true;
}

/* The last tile of a level, and all partial ones that lie beside it. */
static bool
edge_scrub(struct scrub *s, unsigned level, struct err *err)
{
	unsigned width = tiles_width(s->t->size, level);
	uint64_t n = tiles_last(s->t->size, level);

	for (unsigned i = 1; i <= width; i++) {
		struct tile_path tile = tile_path((int)level, n, i);
		struct tile_path bundle = tile_path(-1, n, i);

		if ((i == width || path_exists(s->t->w, s->t->folder, tile.s)) &&
		    !partial_scrub(s, level, i, err))
			return false;
		if (level == 0 && i < width &&
		    path_exists(s->t->w, s->t->folder, bundle.s) &&
		    !bundle_scrub(s, n, i, tile_tree_hashes(&s->t->edge[0]), err))
			return false;
	}
	return width == 0 ||
	    below_scrub(s, level, n, width, tile_tree_hashes(&s->t->edge[level]), true,
	    err);
}

bool
tiles_scrub(struct tiles *t, void (*bad)(void *arg, const char *path,
    const char *why), void *arg, struct progress *progress, struct err *err)
{
	struct scrub s = { t, bad, arg, progress };

	if (t->size != t->state.size)
		return err_set(err, ERR_USE, "tiles.unsynced",
		    "%s has leaves that are not in files yet", t->name);
	/* From the highest level down: that is from the first leaf on. */
	for (unsigned level = TILES_LEVELS; level-- > 0; )
		if (!edge_scrub(&s, level, err))
			return false;
	if (progress != NULL)
		progress->tell(progress, "ledger", t->size * LEAF_COST,
		    t->size * LEAF_COST);
	return true;
}
