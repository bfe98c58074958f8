#include "ledger/tiles.h"

#include <string.h>

#include "ledger/tiles_internal.h"

/* ---- opening ---- */

static bool
folders_ready(struct world *w, struct dir *at, const char *folder, bool sync,
    struct err *err)
{
	char part[256];
	size_t n = strlen(folder);

	if (n >= sizeof part)
		return err_set(err, ERR_USE, "tiles.folder",
		    "the name of a ledger's folder is too long");
	if (!dir_make_all(w, at, folder, err) || (sync && !dir_sync(at, err)))
		return false;
	for (size_t i = 1; sync && i < n; i++) {
		struct dir *d = NULL;
		bool ok;

		if (folder[i] != '/')
			continue;
		memcpy(part, folder, i);
		part[i] = '\0';
		ok = dir_open(w, at, part, &d, err) && dir_sync(d, err);
		dir_close(d);
		if (!ok)
			return false;
	}
	return true;
}

/* What a process that died was writing. */
static bool
temporary_remove(struct tiles *t, struct err *err)
{
	return path_clear(t->w, t->folder, TILES_TEMPORARY, err);
}

/* The last bundle, and whether the last tile of level 0 is over it. */
static bool
bundle_edge_load(struct tiles *t, bool *same, struct err *err)
{
	unsigned width = tiles_width(t->size, 0), i = 0;
	struct span all, entry;
	struct digest d;
	struct cursor c;

	*same = true;
	if (width == 0)
		return true;
	if (!bundle_load(&t->reader, tiles_last(t->size, 0), width, &all, err))
		return false;
	for (c = cursor_of(all); bundle_next(&c, &entry); i++) {
		if (!merkle_leaf(t->hasher, entry, &d, err))
			return false;
		*same = *same && i < width &&
		    digest_eq(&d, &tile_tree_hashes(&t->edge[0])[i]);
	}
	return buf_add(&t->bundle, all, err);
}

/* One of the last tiles does not hold: is it this one?  The full tiles below tell. */
static bool
edge_is_above(struct tiles *t, unsigned level, bool *same, struct err *err)
{
	uint64_t first = tiles_last(t->size, level) * TILE_WIDTH;
	struct tile_tree *below = &t->cache[level - 1];

	*same = true;
	for (unsigned i = 0; *same && i < tiles_width(t->size, level); i++) {
		below->valid = false;
		if (!tile_load(&t->reader, level - 1, first + i, TILE_WIDTH,
		    tile_tree_hashes(below), err) ||
		    !tile_tree_make(t->hasher, below, err))
			return false;
		*same = digest_eq(&below->node[0],
		    &tile_tree_hashes(&t->edge[level])[i]);
	}
	return true;
}

/* The last tiles have another root than the tree says: the file that does not hold. */
static bool
edge_blame(struct tiles *t, bool same, struct err *err)
{
	unsigned level = 0;

	while (same && ++level < TILES_LEVELS)
		if (!edge_is_above(t, level, &same, err))
			return false;
	if (same)
		return tiles_damaged(t->name, TREE_PATH,
		    "says another root than the last tiles", err);
	return tiles_damaged(t->name, tile_path((int)level, tiles_last(t->size, level),
	    tiles_width(t->size, level)).s, "is not over what lies below it", err);
}

static bool
edge_load(struct tiles *t, struct err *err)
{
	struct digest root, said = tiles_root_synced(t);
	bool same;

	t->size = t->state.size;
	for (unsigned level = 0; level < TILES_LEVELS; level++) {
		unsigned width = tiles_width(t->size, level);
		struct tile_tree *tree = &t->edge[level];

		if (width > 0 && !tile_load(&t->reader, level, tiles_last(t->size, level), width,
		    tile_tree_hashes(tree), err))
			return false;
		for (unsigned i = 0; i < width; i++)
			if (!tile_tree_complete(t->hasher, tree, i, err))
				return false;
	}
	if (!bundle_edge_load(t, &same, err) || !tiles_root(t, t->size, &root, err))
		return false;
	if (!digest_eq(&root, &said))
		return edge_blame(t, same, err);
	return same || tiles_damaged(t->name, tile_path(-1, tiles_last(t->size, 0),
	    tiles_width(t->size, 0)).s, "is not what the tile over it says", err);
}

static bool
open_all(struct tiles *t, struct dir *at, const char *folder, struct err *err)
{
	t->name = mem_text_of(folder, err);
	if (t->name == NULL || !tree_peek(t->w, at, folder, &t->state, err) ||
	    !folders_ready(t->w, at, folder, t->state.number < 2, err) ||
	    !dir_open(t->w, at, folder, &t->folder, err) ||
	    !tile_reader_init(&t->reader, t, err))
		return false;
	t->hasher = t->reader.hasher;
	return temporary_remove(t, err) && edge_load(t, err);
}

bool
tiles_open(struct world *w, struct dir *at, const char *folder,
    struct tiles **out, struct err *err)
{
	struct tiles *t = mem_new(sizeof *t, err);

	if (t == NULL)
		return false;
	t->w = w;
	buf_init(&t->bundle, BUNDLE_MAX);
	if (!open_all(t, at, folder, err)) {
		tiles_close(t);
		return false;
	}
	*out = t;
	return true;
}

void
tiles_close(struct tiles *t)
{
	if (t == NULL)
		return;
	tiles_files_forget(t);
	tile_reader_clear(&t->reader);
	dir_close(t->folder);
	buf_clear(&t->bundle);
	mem_free(t->name);
	mem_free(t);
}

bool
tiles_forget(struct world *w, struct dir *at, const char *folder, struct err *err)
{
	struct err why = ERR_INIT;
	struct dir *d = NULL;
	bool ok;

	if (!dir_open(w, at, folder, &d, &why)) {
		if (why.kind != ERR_ABSENT && err != NULL)
			*err = why;
		return why.kind == ERR_ABSENT;
	}
	ok = path_clear(w, d, TREE_PATH, err) && dir_sync(d, err);
	dir_close(d);
	return ok;
}

uint64_t
tiles_size(const struct tiles *t)
{
	return t->size;
}

uint64_t
tiles_synced(const struct tiles *t)
{
	return t->state.size;
}

struct digest
tiles_root_synced(const struct tiles *t)
{
	static const struct digest empty = { { 0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c,
		0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
		0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8,
		0x55 } };

	return t->state.number == 0 ? empty : t->state.root;
}

struct span
tiles_aside(const struct tiles *t)
{
	return span_of(t->state.aside, t->state.aside_n);
}

/* ---- adding ---- */

static bool
alive(const struct tiles *t, struct err *err)
{
	return !t->dead || err_set(err, ERR_IO, "tiles.dead",
	    "%s could not be written; it has to be opened again", t->name);
}

static bool
edge_write(struct tiles *t, unsigned level, uint64_t n, unsigned width,
    struct err *err)
{
	return tile_write(t, tile_path((int)level, n, width).s,
	    span_of(tile_tree_hashes(&t->edge[level]), width * sizeof(struct digest)),
	    err);
}

/* A hash behind the others of the last tile. */
static bool
edge_put(struct tiles *t, unsigned level, unsigned i, const struct digest *d,
    struct err *err)
{
	tile_tree_hashes(&t->edge[level])[i] = *d;
	return tile_tree_complete(t->hasher, &t->edge[level], i, err);
}

/* Tiles that are full now go to their files, and their roots up. */
static bool
full_write(struct tiles *t, struct err *err)
{
	uint64_t last = tiles_last(t->size, 0) - 1;

	if (!tile_write(t, tile_path(-1, last, TILE_WIDTH).s, buf_span(&t->bundle), err))
		return false;
	buf_reset(&t->bundle);
	for (unsigned level = 0; level + 1 < TILES_LEVELS; level++) {
		uint64_t n = tiles_last(t->size, level);
		unsigned up = (unsigned)(n - 1) % TILE_WIDTH;

		if (!edge_write(t, level, n - 1, TILE_WIDTH, err) ||
		    !edge_put(t, level + 1, up, &t->edge[level].node[0], err))
			return false;
		if (up != TILE_WIDTH - 1)
			return true;
	}
	return true;
}

bool
tiles_add(struct tiles *t, struct span entry, struct err *err)
{
	unsigned width = tiles_width(t->size, 0);
	uint8_t head[2] = { (uint8_t)(entry.n >> 8), (uint8_t)entry.n };
	size_t before = t->bundle.n;
	struct digest leaf;

	if (!alive(t, err))
		return false;
	if (entry.n > TILES_ENTRY_MAX)
		return err_set(err, ERR_LIMIT, "tiles.entry",
		    "an entry of a ledger has %zu bytes; %d are allowed", entry.n,
		    TILES_ENTRY_MAX);
	if (t->size >= MERKLE_SIZE_MAX)
		return err_set(err, ERR_LIMIT, "merkle.size", "the ledger is full");
	if (!merkle_leaf(t->hasher, entry, &leaf, err) ||
	    !edge_put(t, 0, width, &leaf, err) ||
	    !buf_add(&t->bundle, span_of(head, sizeof head), err) ||
	    !buf_add(&t->bundle, entry, err)) {
		t->bundle.n = before;
		return false;
	}
	t->size++;
	if (tiles_width(t->size, 0) == 0 && !full_write(t, err)) {
		t->dead = true;
		return err_wrap(err, "%s", t->name);
	}
	return true;
}

/* ---- making it durable ---- */

/* Partial tiles that are not the ones of the size that was synced last. */
static bool
partials_write(struct tiles *t, struct err *err)
{
	uint64_t n = tiles_last(t->size, 0);
	unsigned width = tiles_width(t->size, 0);

	if (width > 0 && t->size != t->state.size &&
	    !tile_write(t, tile_path(-1, n, width).s, buf_span(&t->bundle), err))
		return false;
	for (unsigned level = 0; level < TILES_LEVELS; level++) {
		width = tiles_width(t->size, level);
		if (width > 0 && t->size >> (8 * level) != t->state.size >> (8 * level) &&
		    !edge_write(t, level, tiles_last(t->size, level), width, err))
			return false;
	}
	return true;
}

/* The width that the last tile of a level had when it was synced last. */
static unsigned
width_before(const struct tiles *t, unsigned level)
{
	return tiles_last(t->size, level) == tiles_last(t->state.size, level) ?
	    tiles_width(t->state.size, level) : 0;
}

static bool
sweep(struct tiles *t, struct err *err)
{
	if (t->swept)
		return true;
	if (tiles_width(t->size, 0) > 0 && !partials_sweep(t, -1,
	    tiles_last(t->size, 0), width_before(t, 0), buf_span(&t->bundle), err))
		return false;
	for (unsigned level = 0; level < TILES_LEVELS; level++) {
		unsigned width = tiles_width(t->size, level);

		if (width > 0 && !partials_sweep(t, (int)level,
		    tiles_last(t->size, level), width_before(t, level),
		    span_of(tile_tree_hashes(&t->edge[level]),
		    width * sizeof(struct digest)), err))
			return false;
	}
	t->swept = true;
	return true;
}

static bool
state_write(struct tiles *t, struct span aside, struct err *err)
{
	struct tree_state s = { .number = t->state.number + 1, .size = t->size,
		.aside_n = aside.n };

	memcpy(s.aside, aside.p, aside.n);
	if (!tiles_root(t, t->size, &s.root, err) ||
	    !tree_save(t->w, t->folder, &s, err))
		return false;
	t->state = s;
	t->written = true;
	return true;
}

bool
tiles_sync(struct tiles *t, struct span aside, struct err *err)
{
	uint64_t before = t->state.size;

	if (!alive(t, err))
		return false;
	if (aside.n > TILES_ASIDE_MAX)
		return err_set(err, ERR_LIMIT, "tiles.aside",
		    "%zu bytes beside the size of a ledger; %d are allowed", aside.n,
		    TILES_ASIDE_MAX);
	if (t->written && t->size == before && span_eq(aside, tiles_aside(t)))
		return true;
	if (!partials_write(t, err) || !sweep(t, err) || !tiles_files_sync(t, err) ||
	    !state_write(t, aside, err)) {
		t->dead = true;
		return err_wrap(err, "%s", t->name);
	}
	/* Their full tiles are durable now. */
	partials_remove(t, -1, tiles_last(before, 0), tiles_last(t->size, 0));
	for (int level = 0; level < TILES_LEVELS - 1; level++)
		partials_remove(t, level, tiles_last(before, (unsigned)level),
		    tiles_last(t->size, (unsigned)level));
	return true;
}
