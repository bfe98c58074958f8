/*
 * D8: the files read again before anything is signed, by code that shares nothing with
 * the making of roots but the hash: a mistake there, or a disk that keeps other bytes than
 * it was given, is seen here.
 */
#include <string.h>

#include "ledger/tiles_internal.h"

/* The root of n hashes, n a power of two, in place. */
static bool
fold_pairs(struct tiles *t, struct digest *d, size_t n, struct err *err)
{
	for (; n > 1; n /= 2)
		for (size_t i = 0; i < n; i += 2)
			if (!merkle_node(t->hasher, &d[i], &d[i + 1], &d[i / 2], err))
				return false;
	return true;
}

static bool
entries_against(struct tiles *t, uint64_t n, unsigned width,
    const struct digest *tile, struct err *err)
{
	struct span all, entry;
	struct digest d;
	struct cursor c;

	if (!bundle_load(&t->reader, n, width, &all, err))
		return false;
	c = cursor_of(all);
	for (unsigned i = 0; i < width && bundle_next(&c, &entry); i++) {
		if (!merkle_leaf(t->hasher, entry, &d, err))
			return false;
		if (!digest_eq(&d, &tile[i]))
			return tiles_damaged(t->name, tile_path(-1, n, width).s,
			    "is not what the tile over it says", err);
	}
	return true;
}

/* One tile; at[] is what the tile above says of it when it is full. */
static bool
tile_back(struct tiles *t, unsigned level, uint64_t n, unsigned width,
    struct digest tile[TILE_WIDTH], struct err *err)
{
	struct digest above[TILE_WIDTH], fold[TILE_WIDTH];
	uint64_t size = t->state.size;
	unsigned place = (unsigned)n % TILE_WIDTH, up;

	if (!tile_load(&t->reader, level, n, width, tile, err) ||
	    (level == 0 && !entries_against(t, n, width, tile, err)))
		return false;
	if (width < TILE_WIDTH || level + 1 == TILES_LEVELS)
		return true;
	up = n / TILE_WIDTH == tiles_last(size, level + 1) ?
	    tiles_width(size, level + 1) : TILE_WIDTH;
	memcpy(fold, tile, sizeof fold);
	if (!fold_pairs(t, fold, TILE_WIDTH, err) ||
	    !tile_load(&t->reader, level + 1, n / TILE_WIDTH, up, above, err))
		return false;
	return digest_eq(&fold[0], &above[place]) || tiles_damaged(t->name,
	    tile_path((int)level, n, width).s, "is not what the tile over it says", err);
}

/*
 * A level from the tile that holds `from` on.  The last tile, whole or not, gives the
 * roots of the perfect subtrees that end the tree there, from the right: each joins what
 * is already in *root.
 */
static bool
level_back(struct tiles *t, unsigned level, uint64_t from, struct digest *root,
    bool *any, struct err *err)
{
	uint64_t size = t->state.size, last = tiles_last(size, level);
	unsigned width = tiles_width(size, level), end = width;
	struct digest tile[TILE_WIDTH];

	for (uint64_t n = tiles_last(from, level); n < last; n++)
		if (!tile_back(t, level, n, TILE_WIDTH, tile, err))
			return false;
	if (width == 0)
		return true;
	if (!tile_back(t, level, last, width, tile, err))
		return false;
	for (unsigned part = 1; part < TILE_WIDTH; part *= 2) {
		if ((width & part) == 0)
			continue;
		end -= part;
		if (!fold_pairs(t, tile + end, part, err) ||
		    (*any && !merkle_node(t->hasher, &tile[end], root, root, err)))
			return false;
		if (!*any)
			*root = tile[end];
		*any = true;
	}
	return true;
}

bool
tiles_read_back(struct tiles *t, uint64_t from, struct digest *root, struct err *err)
{
	struct digest r;
	bool any = false;

	for (unsigned level = 0; level < TILES_LEVELS; level++)
		if (!level_back(t, level, from, &r, &any, err))
			return false;
	if (!any && !digest_of(span_of("", 0), &r, err))
		return false;
	*root = r;
	return true;
}
