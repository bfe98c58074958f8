#include "ledger/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/log_internal.h"

/*
 * So many leaves that are in no file yet are written when a log is closed; fewer are read
 * from the journal again by the next, which costs less than their syncs.
 */
#define CLOSE_LEAVES 1024

bool
log_alive(const struct log *l, struct err *err)
{
	if (l->dead)
		return err_set(err, ERR_IO, "ledger.dead",
		    "the ledger could not be written; it has to be opened again");
	return true;
}

/* ---- where the tiles end in the journal ---- */

#define PLACE_BYTES (8 + 8 + 32 + 8 + 32)

static bool
edge_digest(struct log *l, const struct merkle_edge *e, struct digest *out,
    struct err *err)
{
	uint8_t size[8];

	u64_put(size, e->size);
	hasher_restart(l->hasher);
	hasher_add(l->hasher, span_of(size, sizeof size));
	for (unsigned i = 0; i < 63; i++)
		if (e->size >> i & 1)
			hasher_add(l->hasher, digest_span(&e->hash[i]));
	return hasher_end(l->hasher, out, err);
}

static bool
place_decode(struct span aside, struct log_place *out)
{
	struct cursor c = cursor_of(aside);
	struct span chain, edge;

	if (aside.n != PLACE_BYTES || !cursor_u64(&c, &out->at) ||
	    !cursor_u64(&c, &out->count) || !cursor_take(&c, 32, &chain) ||
	    !cursor_u64(&c, &out->first) || !cursor_take(&c, 32, &edge))
		return false;
	memcpy(out->chain.b, chain.p, 32);
	memcpy(out->edge.b, edge.p, 32);
	return true;
}

bool
log_tiles_sync(struct log *l, struct err *err)
{
	uint8_t aside[PLACE_BYTES];
	struct digest chain = journal_chain(l->j), edge;

	if (l->closed)		/* its place stays the one it was closed at */
		return tiles_sync(l->t, tiles_aside(l->t), err);
	if (!edge_digest(l, &l->edge, &edge, err))
		return false;
	u64_put(aside, journal_end(l->j));
	u64_put(aside + 8, journal_count(l->j));
	memcpy(aside + 16, chain.b, 32);
	u64_put(aside + 48, l->first);
	memcpy(aside + 56, edge.b, 32);
	return tiles_sync(l->t, span_of(aside, sizeof aside), err);
}

bool
log_edge_at(struct log *l, uint64_t size, struct merkle_edge *out, struct err *err)
{
	struct merkle_tree tree = tiles_tree(l->t);

	memset(out, 0, sizeof *out);
	out->size = size;
	for (unsigned i = 0; i < 63; i++)
		if ((size >> i & 1) &&
		    !tree.hash(tree.arg, i, (size >> i) - 1, &out->hash[i], err))
			return false;
	return true;
}

/* ---- following the journal ---- */

/* One entry becomes a leaf. */
static bool
leaf_add(struct log *l, const struct journal_entry *e, struct err *err)
{
	uint8_t leaf[LEAF_BYTES];
	struct digest d;

	return journal_leaf_with(l->hasher, e, leaf, err) &&
	    merkle_leaf(l->hasher, span_of(leaf, sizeof leaf), &d, err) &&
	    merkle_edge_add(l->hasher, &l->edge, &d, err) &&
	    tiles_add(l->t, span_of(leaf, sizeof leaf), err);
}

#define FOLLOW_DONE "ledger.done"	/* the last entry of a closed log was seen */

static bool
follow(void *arg, const struct journal_entry *e, struct err *err)
{
	struct log *l = arg;

	if (e->number >= l->end)
		return err_set(err, ERR_STOPPED, FOLLOW_DONE, "no more");
	if (e->number >= l->first && e->number - l->first == l->edge.size &&
	    !leaf_add(l, e, err))
		return false;
	return l->closed || offsets_add(l, e->number, e->at, err);
}

/* Everything from the entry of this number at this offset on. */
static bool
follow_from(struct log *l, uint64_t number, uint64_t at, struct err *err)
{
	struct err why = ERR_INIT;

	if (!journal_each_known(l->j, at, number, follow, l, &why) &&
	    !(why.kind == ERR_STOPPED && strcmp(why.reason, FOLLOW_DONE) == 0)) {
		if (err != NULL)
			*err = why;
		return false;
	}
	return l->closed || offsets_flush(l, err);
}

static bool
tiles_anew(struct log *l, struct err *err)
{
	tiles_close(l->t);
	l->t = NULL;
	memset(&l->edge, 0, sizeof l->edge);
	return tiles_forget(l->w, l->home, l->path, err) &&
	    tiles_open(l->w, l->home, l->path, &l->t, err);
}

bool
log_remake(struct log *l, struct err *err)
{
	bool ok;

	if (!l->closed) {
		buf_reset(&l->offsets_wait);
		l->offsets_n = 0;
	}
	ok = tiles_anew(l, err) && follow_from(l, 0, JOURNAL_FIRST, err);
	l->dead = l->dead || !ok;
	return ok;
}

/* ---- opening ---- */

static bool
place_fits(const struct log *l, const struct tree_state *s, struct log_place *place)
{
	return place_decode(span_of(s->aside, s->aside_n), place) &&
	    place->first == l->first && place->count >= place->first &&
	    place->count - place->first == s->size;
}

bool
log_journal_reach(struct world *w, struct dir *home, uint64_t *at, struct err *err)
{
	struct err why = ERR_INIT;
	struct log_place place;
	struct tree_state s;

	*at = 0;
	if (!tree_peek(w, home, LOG_PATH, &s, &why)) {
		if (why.kind != ERR_UNPROVEN && err != NULL)
			*err = why;
		return why.kind == ERR_UNPROVEN;	/* its opening makes it anew */
	}
	if (s.number > 0 && place_decode(span_of(s.aside, s.aside_n), &place))
		*at = place.at;
	return true;
}

/*
 * A journal that is not there is made, but not where other files tell of one: what it said
 * would be forgotten with it.
 */
static bool
journal_there(struct log *l, struct err *err)
{
	static const char *const tell[] = { OFFSETS_PATH, LOG_PATH "/" TREE_PATH,
		LOG_PATH "/" SIGNED_NAME, LOG_PATH "/" CHECKPOINT_NAME,
		LOG_PATH "/" STANDING_NAME, BEFORE_PATH };
	bool there;

	if (!path_look(l->w, l->home, JOURNAL_PATH, &there, err) || there)
		return there;
	for (size_t i = 0; i < sizeof tell / sizeof tell[0]; i++) {
		if (!path_look(l->w, l->home, tell[i], &there, err))
			return false;
		if (there)
			return err_set(err, ERR_UNPROVEN, "journal.damaged",
			    "the journal is gone: there is no file " JOURNAL_PATH ", and %s says that there was one; see: comity ledger check",
			    tell[i]);
	}
	return true;
}

/* The journal from where the tiles end; *place is that, or the first entry. */
static bool
journal_ready(struct log *l, struct log_place *place, struct err *err)
{
	struct tree_state s;
	struct err why = ERR_INIT;

	if (!l->closed && !journal_there(l, err))
		return false;
	if (!tree_peek(l->w, l->home, l->path, &s, &why)) {
		s.number = 0;
		if (why.kind != ERR_UNPROVEN) {
			if (err != NULL)
				*err = why;
			return false;
		}
		(void)snprintf(l->remade, sizeof l->remade, "%s", why.text);
	} else if (s.number > 0 && !place_fits(l, &s, place)) {
		/* Size and place are of one writing: no crash makes two of them. */
		(void)snprintf(l->remade, sizeof l->remade,
		    "%s/" TREE_PATH " says another size than its place in the journal", l->path);
		s.number = 0;
	}
	if (s.number > 0) {
		if (l->closed || journal_open_at(l->w, l->home, place->at,
		    place->count, &place->chain, &l->j, &why))
			return true;
		/* An end that was durable is gone: tiles made anew would hide that it was there. */
		if (why.kind != ERR_UNPROVEN || strcmp(why.reason, "journal.shorter") == 0) {
			if (err != NULL)
				*err = why;
			return false;
		}
		(void)snprintf(l->remade, sizeof l->remade,
		    "%s/" TREE_PATH " is of another journal", l->path);
	}
	*place = (struct log_place){ .at = JOURNAL_FIRST };
	return l->closed || journal_open(l->w, l->home, &l->j, err);
}

/* The tiles, if they are those of this place; else none. */
static bool
tiles_ready(struct log *l, struct log_place *place, struct err *err)
{
	struct err why = ERR_INIT;
	struct digest edge;
	bool ok;

	ok = tiles_open(l->w, l->home, l->path, &l->t, &why);
	if (ok && tiles_size(l->t) > 0 && (place->count < l->first ||
	    tiles_size(l->t) != place->count - l->first))
		ok = err_set(&why, ERR_UNPROVEN, "tiles.damaged", "not of this journal");
	if (ok && place->count > 0) {
		ok = log_edge_at(l, tiles_size(l->t), &l->edge, &why) &&
		    edge_digest(l, &l->edge, &edge, &why);
		if (ok && !digest_eq(&edge, &place->edge))
			ok = err_set(&why, ERR_UNPROVEN, "tiles.damaged",
			    "not of this journal's leaves");
	}
	if (ok)
		return true;
	if (why.kind != ERR_UNPROVEN) {
		if (err != NULL)
			*err = why;
		return false;
	}
	if (place->count > 0)
		(void)snprintf(l->remade, sizeof l->remade, "%s", why.text);
	*place = (struct log_place){ .at = JOURNAL_FIRST };
	return tiles_anew(l, err);
}

/* What a process that died left half written. */
static bool
sweep(struct log *l, struct err *err)
{
	struct listing *list = NULL;
	struct listing_entry e;
	bool more = false, ok;

	if (!listing_open(l->w, l->folder, ".", &list, err))
		return false;
	while ((ok = listing_next(list, &e, &more, err)) && more) {
		if (!span_starts(span_text(e.name), DISK_TEMPORARY_PREFIX))
			continue;
		if (!(ok = path_remove(l->w, l->folder, e.name, err)))
			break;
	}
	listing_close(list);
	return ok;
}

static bool
open_all(struct log *l, struct err *err)
{
	struct log_place place = { .at = JOURNAL_FIRST };
	bool all = false;

	buf_init(&l->offsets_wait, 8 * JOURNAL_GROUP_MAX);
	if (!hasher_new(&l->hasher, err) || !journal_ready(l, &place, err) ||
	    (!l->closed && !journal_new_sweep(l->w, l->home, err)) ||
	    !tiles_ready(l, &place, err) ||
	    !dir_open(l->w, l->home, l->path, &l->folder, err) || !sweep(l, err) ||
	    (!l->closed && !offsets_open(l, place.count, place.at, &all, err)))
		return false;
	if (all)
		place = (struct log_place){ .at = JOURNAL_FIRST };
	if (l->closed && l->edge.size == l->end - l->first)
		return log_signed_load(l, err) && log_state_load(l, err);
	/*
	 * Others copy these files: what was rotten is right again before anything else; but
	 * where the journal is shorter than what was signed, it is not the tiles that are wrong.
	 */
	return follow_from(l, place.count, place.at, err) && log_signed_load(l, err) &&
	    (l->remade[0] == '\0' || l->closed || log_size(l) < l->signed_.size ||
	    log_tiles_sync(l, err)) && log_state_load(l, err);
}

bool
log_open(struct world *w, struct dir *home, uint64_t first, struct log **out,
    struct err *err)
{
	struct log *l = mem_new(sizeof *l, err);
	uint64_t want = 0;

	if (l == NULL)
		return false;
	l->w = w;
	l->home = home;
	l->first = first;
	l->end = UINT64_MAX;
	(void)snprintf(l->path, sizeof l->path, LOG_PATH);
	if (!log_first(w, home, &want, NULL, err) ||
	    (want != first && !err_set(err, ERR_CONFLICT, "ledger.first",
	    "this ledger begins with record %" PRIu64 " of the journal, not with %"
	    PRIu64, want, first)) || !open_all(l, err)) {
		l->dead = true;
		log_close(l);
		return err_wrap(err, "the ledger");
	}
	*out = l;
	return true;
}

bool
log_open_before(struct log *after, unsigned n, struct log **out, struct err *err)
{
	struct log *l = mem_new(sizeof *l, err);

	if (l == NULL)
		return false;
	l->w = after->w;
	l->home = after->home;
	l->j = after->j;
	l->after = after;
	l->closed = true;
	(void)snprintf(l->path, sizeof l->path, BEFORE_PATH "/%u", n);
	if (!closed_range(l->w, l->home, n, &l->first, &l->end, err) || !open_all(l, err)) {
		l->dead = true;
		log_close(l);
		return err_wrap(err, "ledger %u", n);
	}
	*out = l;
	return true;
}

void
log_close(struct log *l)
{
	if (l == NULL)
		return;
	if (!l->dead && !l->closed &&
	    tiles_size(l->t) - tiles_synced(l->t) >= CLOSE_LEAVES)
		(void)!log_tiles_sync(l, NULL);	/* else it is work again */
	tiles_close(l->t);
	file_close(l->offsets);
	buf_clear(&l->offsets_wait);
	hasher_free(l->hasher);
	dir_close(l->folder);
	if (!l->closed)
		journal_close(l->j);
	mem_free(l);
}

struct journal *
log_journal(struct log *l)
{
	return l->j;
}

/* ---- appending ---- */

bool
log_append(struct log *l, const struct span *records, size_t n, uint64_t *index,
    struct err *err)
{
	uint64_t end = journal_end(l->j), number = 0;

	if (l->closed)
		return err_set(err, ERR_REFUSED, "ledger.closed",
		    "this ledger is closed: its successor takes the records");
	if (!log_alive(l, err))
		return false;
	if (!journal_append(l->j, records, n, &number, err)) {
		l->dead = l->j->dead;
		return false;
	}
	/* As they are on the disk, not as they were given. */
	if (!follow_from(l, number, end, err)) {
		l->dead = true;
		return err_wrap(err, "the ledger");
	}
	*index = number - l->first;
	return true;
}

uint64_t
log_size(const struct log *l)
{
	return l->edge.size;
}

/* ---- reading ---- */

bool
log_leaf(struct log *l, uint64_t index, uint8_t out[LEAF_BYTES], struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, TILES_ENTRY_MAX);
	ok = log_alive(l, err) && tiles_entry(l->t, index, &b, err) &&
	    (b.n == LEAF_BYTES || err_set(err, ERR_UNPROVEN, "tiles.damaged",
	    "leaf %" PRIu64 " is none of ours", index));
	if (ok)
		memcpy(out, b.p, LEAF_BYTES);
	buf_clear(&b);
	return ok;
}

bool
log_root(struct log *l, uint64_t size, struct digest *out, struct err *err)
{
	return log_alive(l, err) && tiles_root(l->t, size, out, err);
}

/* No proof leaves us that a stranger would refuse. */
static bool
proof_must(bool holds, struct err *err)
{
	return holds || err_set(err, ERR_UNPROVEN, "tiles.damaged",
	    "a proof of the ledger does not hold: its tiles are damaged");
}

bool
log_inclusion(struct log *l, uint64_t index, uint64_t size, struct merkle_proof *out,
    struct err *err)
{
	uint8_t leaf[LEAF_BYTES];
	struct digest d, root;
	bool holds = false;

	return log_root(l, size, &root, err) &&
	    tiles_inclusion(l->t, index, size, out, err) &&
	    log_leaf(l, index, leaf, err) &&
	    merkle_leaf(l->hasher, span_of(leaf, sizeof leaf), &d, err) &&
	    merkle_inclusion_check(l->hasher, &d, index, size, out, &root, &holds, err) &&
	    proof_must(holds, err);
}

bool
log_consistency(struct log *l, uint64_t old, uint64_t size, struct merkle_proof *out,
    struct err *err)
{
	struct digest root, old_root;
	bool holds = false;

	return log_root(l, size, &root, err) &&
	    tiles_consistency(l->t, old, size, out, err) &&
	    log_root(l, old, &old_root, err) &&
	    merkle_consistency_check(l->hasher, old, &old_root, size, &root, out, &holds,
	    err) && proof_must(holds, err);
}
