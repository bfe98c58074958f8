/*
 * What can be proven of a damaged journal (log.h).  Where an entry does not hold, the next one
 * that does is looked for: it proves itself by the 32 bytes before it.  Which number that has
 * is known by its leaf, as tiles outlive the journal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/log_internal.h"

#define OLD_NEXT JOURNAL_FOLDER "/" DISK_TEMPORARY_PREFIX "damaged"
#define COPY_BYTES ((size_t)256 * 1024)
/*
 * An entry with so many bytes is tried with each of its bits turned back: half a second of
 * hashing for the longest.  Nearly all records are shorter than a tenth of that.
 */
#define TURN_MAX 8192

/*
 * The leaves of one log, by their files.  proven: those of its tiles make the root that was
 * signed last; what the journal says against them is not what was written.
 */
struct source_log {
	uint64_t first, end;		/* numbers of entries */
	unsigned before;		/* of before/N; 0: the one in use */
	struct log_signed was;
	bool proven;
};
struct salvage {
	struct world *w;
	struct dir *home;
	struct salvaged *said;
	uint64_t upto;
	bool (*kept)(void *arg, const struct journal_entry *e, struct err *err);
	void *arg;

	struct source_log *logs;
	size_t logs_n;
	uint64_t known_end;		/* no leaf from this number on is known */
	size_t at_log;			/* whose folder is open; logs_n: none */
	uint64_t at_bundle;
	bool bundle_good;
	struct dir *folder;
	char name[64];
	struct tile_reader tiles;
	uint8_t bundle[TILE_WIDTH][LEAF_BYTES];

	struct reading old;
	struct file *old_file;
	struct journal_new *out;
	uint64_t number;		/* of the next entry */
	struct hasher *hasher;
	struct merkle_edge edge;	/* of what was written, of a log that is not proven */
	bool moved;			/* from here on offsets are others */
};

void
salvage_free(struct salvage *s)
{
	if (s == NULL)
		return;
	reading_clear(&s->old);
	file_close(s->old_file);
	journal_new_drop(s->out);
	if (s->tiles.w != NULL)
		tile_reader_clear(&s->tiles);
	dir_close(s->folder);
	hasher_free(s->hasher);
	mem_free(s->logs);
	mem_free(s);
}

/* What is damaged is not there; what the disk does not give now is an error. */
static bool
pass(const struct err *why, struct err *err)
{
	if (why->kind == ERR_UNPROVEN || why->kind == ERR_ABSENT || why->kind == ERR_INPUT ||
	    why->kind == ERR_LIMIT)
		return true;
	if (err != NULL)
		*err = *why;
	return false;
}

/* ---- leaves that are known ---- */

static void
source_name(const struct source_log *x, char out[64])
{
	if (x->before == 0)
		(void)snprintf(out, 64, LOG_PATH);
	else
		(void)snprintf(out, 64, BEFORE_PATH "/%u", x->before);
}

/* What was signed last, and for the log in use how many leaves its files have. */
static bool
signed_load(struct salvage *s, struct source_log *x, struct err *err)
{
	struct log l = { .w = s->w, .home = s->home };
	struct err why = ERR_INIT;
	bool ok;

	source_name(x, l.path);
	if (!dir_open(s->w, s->home, l.path, &l.folder, &why))
		return pass(&why, err);
	ok = log_signed_load(&l, err);
	dir_close(l.folder);
	if (ok && !l.signed_.damaged)
		x->was = l.signed_;
	return ok;
}

/* How many leaves the files of the log in use have: by its tree, else by what was signed. */
static bool
open_size(struct salvage *s, const struct source_log *x, uint64_t *out, struct err *err)
{
	struct tree_state tree = { .number = 0 };
	struct err why = ERR_INIT;

	*out = x->was.size;
	if (!tree_peek(s->w, s->home, LOG_PATH, &tree, &why))
		return pass(&why, err);
	if (tree.number > 0 && tree.size > *out)
		*out = tree.size;
	return true;
}

static bool
source_open(struct salvage *s, size_t i, struct err *err)
{
	struct err why = ERR_INIT;

	if (s->tiles.w != NULL)
		tile_reader_clear(&s->tiles);
	dir_close(s->folder);
	s->folder = NULL;
	s->at_log = i;
	s->at_bundle = UINT64_MAX;
	source_name(&s->logs[i], s->name);
	if (!dir_open(s->w, s->home, s->name, &s->folder, &why))
		return pass(&why, err);
	s->tiles = (struct tile_reader){ .w = s->w, .folder = s->folder, .name = s->name };
	buf_init(&s->tiles.scratch, BUNDLE_MAX);
	return hasher_new(&s->tiles.hasher, err);
}

static bool
bundle_read(struct salvage *s, uint64_t n, unsigned width, struct err *err)
{
	struct err why = ERR_INIT;
	struct span all = { NULL, 0 }, leaf;
	struct cursor c;
	unsigned i = 0;

	s->at_bundle = n;
	s->bundle_good = false;
	if (s->folder == NULL)
		return true;
	if (!bundle_load(&s->tiles, n, width, &all, &why))
		return pass(&why, err);
	for (c = cursor_of(all); i < width && bundle_next(&c, &leaf) &&
	    leaf.n == LEAF_BYTES; i++)
		memcpy(s->bundle[i], leaf.p, LEAF_BYTES);
	s->bundle_good = i == width;
	return true;
}

static size_t
source_of(const struct salvage *s, uint64_t number)
{
	size_t i = 0;

	while (i < s->logs_n && !(number >= s->logs[i].first && number < s->logs[i].end))
		i++;
	return i;
}

/* The leaf of the entry of this number; *known false: no file has it. */
static bool
leaf_known(struct salvage *s, uint64_t number, uint8_t out[LEAF_BYTES], bool *known,
    struct err *err)
{
	const struct source_log *x;
	uint64_t index, left, n;
	size_t i = source_of(s, number);

	*known = false;
	if (i == s->logs_n)
		return true;
	x = &s->logs[i];
	index = number - x->first;
	n = index / TILE_WIDTH;
	left = x->end - x->first - n * TILE_WIDTH;
	if ((s->at_log != i && !source_open(s, i, err)) || (s->at_bundle != n &&
	    !bundle_read(s, n, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH, err)))
		return false;
	*known = s->bundle_good;
	if (*known)
		memcpy(out, s->bundle[index % TILE_WIDTH], LEAF_BYTES);
	return true;
}

/* Do they make the root that was signed? */
static bool
source_prove(struct salvage *s, struct source_log *x, struct err *err)
{
	struct merkle_edge edge = { .size = 0 };
	uint8_t leaf[LEAF_BYTES];
	struct digest d;
	bool known = x->was.size > 0 && x->was.size <= x->end - x->first;

	while (known && edge.size < x->was.size)
		if (!leaf_known(s, x->first + edge.size, leaf, &known, err) || (known &&
		    (!merkle_leaf(s->hasher, span_of(leaf, sizeof leaf), &d, err) ||
		    !merkle_edge_add(s->hasher, &edge, &d, err))))
			return false;
	if (known && !merkle_edge_root(s->hasher, &edge, &d, err))
		return false;
	x->proven = known && digest_eq(&d, &x->was.root);
	return true;
}

static bool
logs_load(struct salvage *s, struct err *err)
{
	uint64_t first, size = 0;
	unsigned before;

	if (!log_first(s->w, s->home, &first, &before, err))
		return false;
	s->logs = mem_array(before + 1, sizeof *s->logs, err);
	if (s->logs == NULL)
		return false;
	for (unsigned n = 1; n <= before + 1; n++) {
		struct source_log *x = &s->logs[s->logs_n++];

		*x = (struct source_log){ .first = first, .before = n <= before ? n : 0 };
		if ((x->before != 0 && !closed_range(s->w, s->home, n, &x->first, &x->end, err)) ||
		    !signed_load(s, x, err))
			return false;
		if (x->before == 0 && !open_size(s, x, &size, err))
			return false;
		if (x->before == 0)
			s->known_end = x->end = size > UINT64_MAX - first ? first : first + size;
	}
	s->at_log = s->logs_n;
	for (size_t i = 0; i < s->logs_n; i++)
		if (!source_prove(s, &s->logs[i], err))
			return false;
	return true;
}

/* ---- one entry ---- */

/* A copy, as the room is read into again. */
struct piece {
	uint64_t at, next;
	uint8_t bytes[RECORD_MAX + ENTRY_EXTRA];
	uint32_t n;			/* of the record */
	struct digest chain;		/* behind it, as it was written */
};

static struct span
piece_record(const struct piece *p)
{
	return span_of(p->bytes + ENTRY_HEAD, p->n);
}

static const uint8_t *
piece_salt(const struct piece *p)
{
	return p->bytes + ENTRY_HEAD + p->n;
}

static bool
piece_read(struct salvage *s, uint64_t at, uint32_t n, struct piece *out, struct err *err)
{
	struct span all;

	if (!reading_span(&s->old, at, ENTRY_EXTRA + (size_t)n, &all, err))
		return false;
	memcpy(out->bytes, all.p, all.n);
	out->at = at;
	out->n = n;
	out->next = at + all.n;
	memcpy(out->chain.b, out->bytes + ENTRY_HEAD + n + RECORD_SALT, sizeof out->chain.b);
	return true;
}

/* The chain behind it by its bytes, after `before`. */
static bool
piece_chain(struct salvage *s, const struct piece *p, const struct digest *before,
    struct digest *out, struct err *err)
{
	uint8_t head[ENTRY_HEAD] = { (uint8_t)(p->n >> 24), (uint8_t)(p->n >> 16),
		(uint8_t)(p->n >> 8), (uint8_t)p->n };

	hasher_restart(s->old.hasher);
	hasher_add(s->old.hasher, digest_span(before));
	hasher_add(s->old.hasher, span_of(head, sizeof head));
	hasher_add(s->old.hasher, span_of(p->bytes + ENTRY_HEAD, p->n + RECORD_SALT));
	return hasher_end(s->old.hasher, out, err);
}

static bool
piece_leaf(struct salvage *s, const struct piece *p, uint8_t out[LEAF_BYTES], struct err *err)
{
	struct journal_entry e = { .at = p->at, .record = piece_record(p) };
	struct err why = ERR_INIT;

	memcpy(e.salt, piece_salt(p), sizeof e.salt);
	memset(out, 0, LEAF_BYTES);
	/* One that says it was lost, and has a salt, is none. */
	return journal_leaf_with(s->hasher, &e, out, &why) || pass(&why, err);
}

/* *proven: its leaf is one that was signed; *is: and it is this piece. */
static bool
piece_is_leaf(struct salvage *s, const struct piece *p, bool *proven, bool *is,
    struct err *err)
{
	uint8_t want[LEAF_BYTES], have[LEAF_BYTES];
	size_t i = source_of(s, s->number);

	*is = false;
	*proven = i < s->logs_n && s->logs[i].proven &&
	    s->number - s->logs[i].first < s->logs[i].was.size;
	if (!*proven)
		return true;
	if (!leaf_known(s, s->number, want, proven, err) || !piece_leaf(s, p, have, err))
		return false;
	*is = *proven && memcmp(want, have, sizeof want) == 0;
	return true;
}

/* Do the bytes behind it build on this chain? */
static bool
next_holds(struct salvage *s, uint64_t at, const struct digest *chain, bool *holds,
    struct err *err)
{
	struct entry e;
	uint32_t n;

	*holds = false;
	return reading_length(&s->old, at, &n, err) && (n == 0 ||
	    reading_entry(&s->old, at, n, chain, &e, holds, err));
}

/* With one bit of record and salt turned back, does it end in the chain that was written? */
static bool
bit_turn(struct salvage *s, struct piece *p, const struct digest *before, bool *holds,
    struct err *err)
{
	struct digest d;

	for (uint64_t bit = 0; p->n <= TURN_MAX && !*holds &&
	    bit < 8 * (uint64_t)(p->n + RECORD_SALT); bit++) {
		uint8_t *b = &p->bytes[ENTRY_HEAD + bit / 8];

		*b ^= (uint8_t)(1u << bit % 8);
		if (!piece_chain(s, p, before, &d, err))
			return false;
		*holds = digest_eq(&d, &p->chain);
		if (!*holds)
			*b ^= (uint8_t)(1u << bit % 8);
	}
	return true;
}

static bool
one_bit_apart(const struct digest *a, const struct digest *b)
{
	unsigned bits = 0;

	for (size_t i = 0; i < sizeof a->b; i++)
		for (unsigned x = a->b[i] ^ b->b[i]; x != 0; x &= x - 1)
			bits++;
	return bits == 1;
}

/*
 * An entry of n bytes at `at`, whose own chain does not hold: *holds when something else
 * proves it; p is it then.
 */
static bool
piece_prove(struct salvage *s, uint64_t at, uint32_t n, const struct digest *before,
    struct piece *p, bool *holds, struct err *err)
{
	struct digest d;
	bool proven;

	*holds = false;
	if (n == 0 || n > RECORD_MAX || s->old.end - at < ENTRY_EXTRA + (uint64_t)n)
		return true;
	if (!piece_read(s, at, n, p, err) || !piece_chain(s, p, before, &d, err))
		return false;
	*holds = digest_eq(&d, &p->chain) || one_bit_apart(&d, &p->chain);
	/* Its chain alone is damaged: the next one was made with the right one. */
	if (!*holds && !next_holds(s, p->next, &d, holds, err))
		return false;
	if (*holds) {
		p->chain = d;
		return true;
	}
	/* Or what lay before it was written over. */
	if (!piece_is_leaf(s, p, &proven, holds, err))
		return false;
	return *holds || bit_turn(s, p, before, holds, err);
}

/* ---- the next one that proves itself ---- */

/* *at: of it, or where the file ends. */
static bool
resync(struct salvage *s, uint64_t *at, struct err *err)
{
	uint64_t i = *at + ENTRY_EXTRA + 1;

	for (; i < s->old.end; i++) {
		struct digest before;
		bool holds = false;
		struct span b;

		/* A length's first byte is 0. */
		if (!reading_span(&s->old, i, 1, &b, err))
			return false;
		if (b.p[0] != 0)
			continue;
		if (!reading_chain(&s->old, i, &before, err) ||
		    !next_holds(s, i, &before, &holds, err))
			return false;
		if (holds)
			break;
	}
	*at = i < s->old.end ? i : s->old.end;
	return true;
}

/* ---- writing ---- */

/* What tiles do not prove is held against what was signed as it is written. */
static bool
written(struct salvage *s, const uint8_t leaf[LEAF_BYTES], struct err *err)
{
	size_t i = source_of(s, s->number++);
	const struct source_log *x = &s->logs[i];
	struct digest d;

	if (i == s->logs_n || x->proven || s->number - x->first > x->was.size)
		return true;
	if (s->number - x->first == 1)
		s->edge = (struct merkle_edge){ .size = 0 };
	if (!merkle_leaf(s->hasher, span_of(leaf, LEAF_BYTES), &d, err) ||
	    !merkle_edge_add(s->hasher, &s->edge, &d, err))
		return false;
	if (s->edge.size < x->was.size)
		return true;
	if (!merkle_edge_root(s->hasher, &s->edge, &d, err))
		return false;
	/* One of them, and nobody can say which. */
	s->said->lost += !digest_eq(&d, &x->was.root);
	return true;
}

/* Leaves alone, up to the entry of this number. */
static bool
lose(struct salvage *s, uint64_t to, struct err *err)
{
	uint8_t leaf[LEAF_BYTES];
	bool known;

	while (s->number < to) {
		if (!leaf_known(s, s->number, leaf, &known, err))
			return false;
		if (!known)
			memset(leaf, 0, sizeof leaf);
		if (!journal_new_lost(s->out, leaf, err) || !written(s, leaf, err))
			return false;
		s->said->lost++;
		s->moved = true;
	}
	return true;
}

/* It holds; but where another leaf was signed, it was written by somebody else. */
static bool
keep(struct salvage *s, const struct piece *p, struct err *err)
{
	struct journal_entry e = { .number = s->number, .at = p->at,
		.record = piece_record(p) };
	uint8_t leaf[LEAF_BYTES];
	bool proven, is;

	if (!piece_is_leaf(s, p, &proven, &is, err))
		return false;
	if (proven && !is)
		return lose(s, s->number + 1, err);
	memcpy(e.salt, piece_salt(p), sizeof e.salt);
	if (!s->moved)
		s->said->same_to = p->next;
	else if (p->at < s->upto)
		s->said->moved++;
	s->said->kept++;
	return piece_leaf(s, p, leaf, err) && journal_new_entry(s->out, e.record, e.salt, err) &&
	    written(s, leaf, err) && (s->kept == NULL || s->kept(s->arg, &e, err));
}

/* The number of the entry at `at`, from s->number on: by its leaf. */
static bool
number_find(struct salvage *s, uint64_t at, uint64_t *out, struct err *err)
{
	struct piece *p = mem_new(sizeof *p, err);
	bool is = false, all = true, known, ok;
	uint8_t want[LEAF_BYTES], have[LEAF_BYTES];
	uint32_t n;

	*out = s->number;
	ok = p != NULL && reading_length(&s->old, at, &n, err) &&
	    piece_read(s, at, n, p, err) && piece_leaf(s, p, have, err);
	for (uint64_t i = s->number; ok && !is && i < s->known_end; i++) {
		ok = leaf_known(s, i, want, &known, err);
		all = all && known;
		is = ok && known && memcmp(want, have, sizeof want) == 0;
		if (is)
			*out = i;
	}
	/* It is behind all that are known; where not all are, it is the next but one. */
	if (ok && !is && s->number < s->known_end)
		*out = all ? s->known_end : s->number + 1;
	mem_free(p);
	return ok;
}

/* ---- all of it ---- */

/* From an entry that does not hold to the next that does, or to the end. */
static bool
stretch(struct salvage *s, uint64_t *at, struct digest *chain, struct piece *p,
    struct err *err)
{
	uint64_t next = *at, number;
	struct err why = ERR_INIT;
	bool holds = false, torn;
	uint32_t n;

	if (!reading_length(&s->old, *at, &n, err) ||
	    !piece_prove(s, *at, n, chain, p, &holds, err))
		return false;
	if (!holds && (!resync(s, &next, err) || (next - *at > ENTRY_EXTRA &&
	    next - *at - ENTRY_EXTRA != n && next - *at - ENTRY_EXTRA <= RECORD_MAX &&
	    !piece_prove(s, *at, (uint32_t)(next - *at - ENTRY_EXTRA), chain, p, &holds, err))))
		return false;
	if (holds) {
		*at = p->next;
		*chain = p->chain;
		s->said->mended++;
		return keep(s, p, err);
	}
	/* What a power cut left of what nobody was told is no loss. */
	torn = next == s->old.end && s->number >= s->known_end && next >= s->upto &&
	    tail_check(&s->old, *at, chain, &why);
	if (!torn && why.kind != ERR_NONE && !pass(&why, err))
		return false;
	s->said->lost += !torn && s->number >= s->known_end;
	s->moved = s->moved || !torn;
	*at = next;
	if (next == s->old.end)
		return true;
	return number_find(s, next, &number, err) && lose(s, number, err) &&
	    reading_chain(&s->old, next, chain, err);
}

static bool
entries(struct salvage *s, struct piece *p, struct err *err)
{
	struct digest chain = { { 0 } };
	uint64_t at = JOURNAL_FIRST;
	bool holds;
	uint32_t n;

	while (at < s->old.end) {
		holds = false;
		if (!reading_length(&s->old, at, &n, err) ||
		    (n > 0 && !piece_read(s, at, n, p, err)))
			return false;
		if (n > 0) {
			struct digest d;

			if (!piece_chain(s, p, &chain, &d, err))
				return false;
			holds = digest_eq(&d, &p->chain);
		}
		if (!holds) {
			if (!stretch(s, &at, &chain, p, err))
				return false;
			continue;
		}
		at = p->next;
		chain = p->chain;
		if (!keep(s, p, err))
			return false;
	}
	return true;
}

/* ---- the file as it is ---- */

/* The first name that is free. */
static bool
old_name(struct salvage *s, struct err *err)
{
	bool there = true;

	for (unsigned n = 1; n <= SALVAGE_OLD_MAX && there; n++) {
		(void)snprintf(s->said->old, sizeof s->said->old, JOURNAL_FOLDER "/damaged-%u",
		    n);
		if (!path_look(s->w, s->home, s->said->old, &there, err))
			return false;
	}
	return !there || err_set(err, ERR_LIMIT, "journal.many",
	    "%d damaged journals are kept in this home already", SALVAGE_OLD_MAX);
}

/* A copy, byte for byte, under a name that the next start sweeps away. */
static bool
old_copy(struct salvage *s, struct err *err)
{
	struct hasher *h = NULL;
	struct file *to = NULL;
	uint8_t *part = mem_new(COPY_BYTES, err);
	size_t n = 1;
	bool ok;

	ok = part != NULL && hasher_new(&h, err) && old_name(s, err) &&
	    path_clear(s->w, s->home, OLD_NEXT, err) &&
	    file_open(s->w, s->home, OLD_NEXT, FILE_CREATE, &to, err);
	while (ok && n > 0) {
		ok = file_read_at(s->old_file, part, COPY_BYTES, s->said->old_bytes, &n, err) &&
		    (n == 0 || file_write_at(to, span_of(part, n), s->said->old_bytes, err));
		hasher_add(h, span_of(part, ok ? n : 0));
		s->said->old_bytes += ok ? n : 0;
	}
	ok = ok && hasher_end(h, &s->said->old_sha256, err) && file_sync(to, err);
	file_close(to);
	hasher_free(h);
	mem_free(part);
	return ok;
}

/* NULL: there is none. */
static bool
old_open(struct salvage *s, struct err *err)
{
	struct err why = ERR_INIT;
	struct file_info info;
	struct dir *d = NULL;

	if (file_open(s->w, s->home, JOURNAL_PATH, FILE_READ, &s->old_file, &why)) {
		s->said->has_old = true;
		return file_info(s->old_file, &info, err) &&
		    reading_init(&s->old, s->old_file, info.size, err);
	}
	if (why.kind != ERR_ABSENT) {
		if (err != NULL)
			*err = why;
		return false;
	}
	err_clear(&why);
	if (dir_open(s->w, s->home, JOURNAL_FOLDER, &d, &why)) {
		dir_close(d);
		return true;
	}
	return dir_make_all(s->w, s->home, JOURNAL_FOLDER, err);
}

static bool
run(struct salvage *s, struct err *err)
{
	struct piece *p = mem_new(sizeof *p, err);
	struct span magic = { NULL, 0 };
	bool ok, begins = false;

	ok = p != NULL && hasher_new(&s->hasher, err) && logs_load(s, err) && old_open(s, err) &&
	    journal_new_begin(s->w, s->home, &s->out, err);
	s->said->same_to = JOURNAL_FIRST;
	if (ok && s->said->has_old && s->old.end >= JOURNAL_FIRST) {
		ok = reading_span(&s->old, 0, JOURNAL_FIRST, &magic, err);
		begins = ok && span_is(magic, JOURNAL_MAGIC);
		ok = ok && entries(s, p, err);
	}
	ok = ok && lose(s, s->known_end, err);
	/* Its end is gone, and no tile had it yet: somebody else knew of it. */
	if (ok && s->upto > s->old.end) {
		s->said->lost++;
		s->moved = true;
	}
	s->said->sound = ok && begins && s->said->mended == 0 && s->said->lost == 0;
	mem_free(p);
	return ok && (s->said->sound || !s->said->has_old || old_copy(s, err));
}

bool
log_salvage(struct world *w, struct dir *home, uint64_t upto,
    bool (*kept)(void *arg, const struct journal_entry *e, struct err *err), void *arg,
    struct salvage **out, struct salvaged *said, struct err *err)
{
	struct salvage *s = mem_new(sizeof *s, err);

	memset(said, 0, sizeof *said);
	if (s == NULL)
		return false;
	s->w = w;
	s->home = home;
	s->said = said;
	s->upto = upto;
	s->kept = kept;
	s->arg = arg;
	if (!run(s, err)) {
		salvage_free(s);
		return err_wrap(err, "what is left of the journal");
	}
	*out = s;
	return true;
}

bool
salvage_add(struct salvage *s, struct span record, struct err *err)
{
	uint8_t salt[RECORD_SALT];

	return journal_record_check(record, err) && world_random(s->w, salt, sizeof salt, err) &&
	    journal_new_entry(s->out, record, salt, err);
}

bool
salvage_take(struct salvage *s, struct err *err)
{
	struct journal_new *n = s->out;

	/* Where the tiles end in the journal is another place from now on. */
	if (s->moved && !tiles_forget(s->w, s->home, LOG_PATH, err))
		return false;
	if (s->said->has_old && !path_rename(s->w, s->home, OLD_NEXT, s->home, s->said->old,
	    false, err))
		return false;
	if (!journal_new_take(n, err))
		return false;
	s->out = NULL;
	return true;
}
