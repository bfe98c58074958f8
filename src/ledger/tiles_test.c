/*
 * Trees as files: the layout of C2SP tlog-tiles, roots and proofs against a straight
 * computation, and what is left after any loss of power, any fault, any altered bit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/evp.h>

#include "ledger/tiles.h"
#include "ledger/tiles_internal.h"

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

#define FAILS(call, want_kind, want_reason) do { \
	last = (struct err)ERR_INIT; \
	assert_false(call); \
	if (strcmp(last.reason, want_reason) != 0 || last.kind != want_kind) \
		fail_msg("%s: wanted %s, got %s: %s", #call, want_reason, \
		    last.reason, last.text); \
} while (0)

/* ---- a straight computation: RFC 6962 section 2.1 as it is written there ---- */

static void
sha(const void *p, size_t n, uint8_t out[32])
{
	assert_int_equal(EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL), 1);
}

/* Entry i: four bytes, or thirty more. */
static size_t
entry_of(uint64_t i, uint8_t out[64])
{
	size_t n = i % 5 == 0 ? 34 : 4;

	memset(out, (int)(i % 251), 64);
	for (int k = 0; k < 4; k++)
		out[k] = (uint8_t)(i >> (8 * k));
	return n;
}

static void
mth(uint64_t from, uint64_t n, uint8_t out[32])
{
	uint8_t both[65] = { 1 }, leaf[65] = { 0 };
	uint64_t k = 1;

	if (n == 0) {
		sha("", 0, out);
		return;
	}
	if (n == 1) {
		sha(leaf, entry_of(from, leaf + 1) + 1, out);
		return;
	}
	while (2 * k < n)
		k *= 2;
	mth(from, k, both + 1);
	mth(from + k, n - k, both + 33);
	sha(both, sizeof both, out);
}

/* ---- a place with a tree ---- */

struct node {
	struct world *w;
	struct dir *home;
	struct tiles *t;
};

static struct node
node_new(uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = 1795000000 };
	struct node n = { NULL, NULL, NULL };

	OK(world_sim(&n.w, opt, &last));
	return n;
}

static bool
node_open(struct node *n)
{
	return dir_open(n->w, NULL, "/", &n->home, &last) &&
	    tiles_open(n->w, n->home, "a/ledger", &n->t, &last);
}

static void
node_close(struct node *n)
{
	tiles_close(n->t);
	dir_close(n->home);
	n->t = NULL;
	n->home = NULL;
}

static void
node_free(struct node *n)
{
	node_close(n);
	world_free(n->w);
}

static bool
add_to(struct node *n, uint64_t size)
{
	uint8_t e[64];

	while (tiles_size(n->t) < size) {
		size_t len = entry_of(tiles_size(n->t), e);

		if (!tiles_add(n->t, span_of(e, len), &last))
			return false;
	}
	return true;
}

static void
root_is(struct node *n, uint64_t size)
{
	struct digest got;
	uint8_t want[32];

	OK(tiles_root(n->t, size, &got, &last));
	mth(0, size, want);
	assert_memory_equal(got.b, want, 32);
}

static bool
sync_it(struct node *n)
{
	return tiles_sync(n->t, span_text("beside"), &last);
}

static uint64_t
bytes_at(struct node *n, const char *path)
{
	struct file_info info;

	return path_info(n->w, n->home, path, &info, NULL) ? info.size : 0;
}

/* ---- layout ---- */

static void
names_are_as_c2sp_says(void **state)
{
	(void)state;
	assert_string_equal(tile_path(0, 0, 256).s, "tile/0/000");
	assert_string_equal(tile_path(0, 0, 0).s, "tile/0/000");
	assert_string_equal(tile_path(2, 1234067, 256).s, "tile/2/x001/x234/067");
	assert_string_equal(tile_path(0, 1234, 17).s, "tile/0/x001/234.p/17");
	assert_string_equal(tile_path(-1, 999, 255).s, "tile/entries/999.p/255");
	assert_string_equal(tile_path(-1, 1000, 256).s, "tile/entries/x001/000");
	/* The longest fits. */
	assert_string_equal(tile_path(-1, (uint64_t)1 << 54, 255).s,
	    "tile/entries/x018/x014/x398/x509/x481/984.p/255");
}

/* formats/tlog section 5: how many tiles, how wide. */
static void
layout(uint64_t size, const char *const *there, const char *const *not_there)
{
	struct node n = node_new(size);
	char path[100];

	OK(node_open(&n));
	OK(add_to(&n, size) && sync_it(&n));
	for (; *there != NULL; there++) {
		(void)snprintf(path, sizeof path, "a/ledger/tile/%s", *there);
		if (!path_exists(n.w, n.home, path))
			fail_msg("size %d: no %s", (int)size, path);
	}
	for (; *not_there != NULL; not_there++) {
		(void)snprintf(path, sizeof path, "a/ledger/tile/%s", *not_there);
		if (path_exists(n.w, n.home, path))
			fail_msg("size %d: %s", (int)size, path);
	}
	root_is(&n, size);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(tiles_size(n.t), size);
	root_is(&n, size);
	node_free(&n);
}

#define LIST(...) (const char *const[]){ __VA_ARGS__, NULL }

static void
files_lie_where_the_size_says(void **state)
{
	(void)state;
	layout(0, (const char *const[]){ NULL }, LIST("0/000", "entries/000"));
	layout(1, LIST("0/000.p/1", "entries/000.p/1"), LIST("0/000", "1/000.p/1"));
	layout(255, LIST("0/000.p/255", "entries/000.p/255"), LIST("0/000", "1"));
	layout(256, LIST("0/000", "entries/000", "1/000.p/1"),
	    LIST("0/001.p", "entries/001.p", "0/000.p", "2"));
	layout(257, LIST("0/000", "0/001.p/1", "entries/001.p/1", "1/000.p/1"),
	    LIST("0/001", "2"));
	layout(65535, LIST("0/254", "0/255.p/255", "1/000.p/255"), LIST("1/000", "2"));
	layout(65536, LIST("0/255", "1/000", "2/000.p/1"), LIST("1/001.p", "0/256.p"));
	layout(65537, LIST("0/256.p/1", "entries/256.p/1", "1/000", "2/000.p/1"),
	    LIST("1/001.p", "1/000.p"));
	/* 273 full and one 112 wide; one full and one 17 wide; one 1 wide. */
	layout(70000, LIST("0/272", "0/273.p/112", "entries/273.p/112", "1/000",
	    "1/001.p/17", "2/000.p/1"), LIST("0/273", "0/274", "1/001", "2/000", "3"));
}

static void
a_tile_is_hashes_and_a_bundle_is_entries_with_their_lengths(void **state)
{
	struct node n = node_new(1);
	uint8_t want[32];
	struct buf b;

	(void)state;
	buf_init(&b, 20000);
	OK(node_open(&n));
	OK(add_to(&n, 300) && sync_it(&n));
	OK(file_load(n.w, n.home, "a/ledger/tile/entries/001.p/44", &b, &last));
	assert_int_equal(b.n, 44 * 2 + 8 * 34 + 36 * 4);
	assert_memory_equal(b.p, "\0\4\0\1\0\0", 6);
	buf_reset(&b);
	OK(file_load(n.w, n.home, "a/ledger/tile/0/000", &b, &last));
	assert_int_equal(b.n, 8192);
	mth(77, 1, want);
	assert_memory_equal(b.p + (size_t)77 * 32, want, 32);
	buf_reset(&b);
	OK(file_load(n.w, n.home, "a/ledger/tile/1/000.p/1", &b, &last));
	mth(0, 256, want);
	assert_int_equal(b.n, 32);
	assert_memory_equal(b.p, want, 32);
	buf_clear(&b);
	node_free(&n);
}

/* ---- roots, proofs, entries ---- */

static void
every_root_is_that_of_a_straight_computation(void **state)
{
	struct node n = node_new(2);
	struct digest root, back;

	(void)state;
	OK(node_open(&n));
	for (uint64_t size = 0; size <= 1030; size += size < 600 ? 1 : 43) {
		OK(add_to(&n, size));
		root_is(&n, size);
		root_is(&n, size / 2);
		OK(sync_it(&n));
		root = tiles_root_synced(n.t);
		OK(tiles_read_back(n.t, size * 3 / 4, &back, &last));
		assert_true(digest_eq(&root, &back));
	}
	for (uint64_t size = 0; size <= tiles_size(n.t); size += 37)
		root_is(&n, size);
	node_free(&n);
}

static void
proofs_hold(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 511, 65536, 66000 };
	struct node n = node_new(3);
	struct hasher *h = NULL;
	struct digest root, old_root;
	struct merkle_proof p;
	bool holds;

	(void)state;
	OK(hasher_new(&h, &last));
	OK(node_open(&n));
	OK(add_to(&n, 66000) && sync_it(&n));
	for (size_t s = 0; s < 8; s++)
		for (uint64_t i = 0; i < sizes[s]; i += 1 + sizes[s] / 9) {
			struct digest leaf;

			OK(tiles_root(n.t, sizes[s], &root, &last));
			OK(tiles_inclusion(n.t, i, sizes[s], &p, &last));
			mth(i, 1, leaf.b);
			OK(merkle_inclusion_check(h, &leaf, i, sizes[s], &p, &root,
			    &holds, &last));
			assert_true(holds);
			OK(tiles_root(n.t, i + 1, &old_root, &last));
			OK(tiles_consistency(n.t, i + 1, sizes[s], &p, &last));
			OK(merkle_consistency_check(h, i + 1, &old_root, sizes[s], &root,
			    &p, &holds, &last));
			assert_true(holds);
		}
	FAILS(tiles_inclusion(n.t, 0, 66001, &p, &last), ERR_USE, "merkle.range");
	FAILS(tiles_inclusion(n.t, 66000, 66000, &p, &last), ERR_USE, "merkle.range");
	FAILS(tiles_consistency(n.t, 66000, 66001, &p, &last), ERR_USE, "merkle.range");
	FAILS(tiles_root(n.t, 66001, &root, &last), ERR_USE, "merkle.range");
	hasher_free(h);
	node_free(&n);
}

struct taken {
	uint64_t next;
};

static bool
take(void *arg, uint64_t index, struct span entry, struct err *err)
{
	struct taken *k = arg;
	uint8_t want[64];

	(void)err;
	assert_int_equal(index, k->next++);
	assert_int_equal(entry.n, entry_of(index, want));
	assert_memory_equal(entry.p, want, entry.n);
	return true;
}

static void
entries_come_back_as_they_were_added(void **state)
{
	static const uint64_t ranges[][2] = { { 0, 0 }, { 0, 700 }, { 255, 257 },
		{ 256, 512 }, { 3, 4 }, { 699, 700 }, { 512, 513 } };
	struct node n = node_new(4);
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	OK(node_open(&n));
	OK(add_to(&n, 650) && sync_it(&n) && add_to(&n, 700));
	for (size_t i = 0; i < 7; i++) {
		struct taken k = { ranges[i][0] };

		OK(tiles_entries(n.t, ranges[i][0], ranges[i][1], take, &k, &last));
		assert_int_equal(k.next, ranges[i][1]);
	}
	OK(tiles_entry(n.t, 5, &b, &last));
	assert_int_equal(b.n, 34);
	FAILS(tiles_entry(n.t, 700, &b, &last), ERR_USE, "merkle.range");
	FAILS(tiles_entries(n.t, 0, 701, take, NULL, &last), ERR_USE, "merkle.range");
	buf_clear(&b);
	node_free(&n);
}

static void
entries_have_their_limit(void **state)
{
	static uint8_t big[TILES_ENTRY_MAX + 1];
	struct node n = node_new(5);
	struct buf b;

	(void)state;
	buf_init(&b, TILES_ENTRY_MAX);
	OK(node_open(&n));
	FAILS(tiles_add(n.t, span_of(big, sizeof big), &last), ERR_LIMIT, "tiles.entry");
	for (int i = 0; i < 257; i++)
		OK(tiles_add(n.t, span_of(big, TILES_ENTRY_MAX), &last));
	OK(tiles_add(n.t, span_of("", 0), &last));
	FAILS(tiles_sync(n.t, span_of(big, TILES_ASIDE_MAX + 1), &last), ERR_LIMIT,
	    "tiles.aside");
	OK(tiles_sync(n.t, span_of(big, TILES_ASIDE_MAX), &last));
	node_close(&n);
	OK(node_open(&n));
	OK(tiles_entry(n.t, 256, &b, &last));
	assert_int_equal(b.n, TILES_ENTRY_MAX);
	assert_int_equal(tiles_aside(n.t).n, TILES_ASIDE_MAX);
	buf_clear(&b);
	node_free(&n);
}

/* ---- partial tiles ---- */

static void
partial_tiles_of_what_was_synced_stay_until_their_full_tile_is(void **state)
{
	struct node n = node_new(6);

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 10) && sync_it(&n) && add_to(&n, 200) && sync_it(&n));
	assert_int_equal(bytes_at(&n, "a/ledger/tile/0/000.p/10"), 320);
	assert_int_equal(bytes_at(&n, "a/ledger/tile/0/000.p/200"), 6400);
	OK(add_to(&n, 256));
	assert_int_equal(bytes_at(&n, "a/ledger/tile/0/000"), 8192);
	assert_int_equal(bytes_at(&n, "a/ledger/tile/0/000.p/10"), 320);
	OK(sync_it(&n));
	assert_int_equal(bytes_at(&n, "a/ledger/tile/0/000.p/10"), 0);
	assert_false(path_exists(n.w, n.home, "a/ledger/tile/0/000.p"));
	assert_false(path_exists(n.w, n.home, "a/ledger/tile/entries/000.p"));
	node_free(&n);
}

static void
a_sync_costs_few_syncs_of_the_disk(void **state)
{
	struct node n = node_new(7);
	uint64_t before;

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 3) && sync_it(&n) && add_to(&n, 4) && sync_it(&n));
	before = world_syncs(n.w);
	OK(add_to(&n, 5) && sync_it(&n));
	assert_int_equal(world_syncs(n.w) - before, 5);
	before = world_syncs(n.w);
	OK(sync_it(&n));
	assert_int_equal(world_syncs(n.w) - before, 0);
	OK(add_to(&n, 257) && sync_it(&n));
	before = world_syncs(n.w);
	OK(add_to(&n, 300) && sync_it(&n));
	assert_int_equal(world_syncs(n.w) - before, 5);
	/* However much there is. */
	before = world_syncs(n.w);
	OK(add_to(&n, 30000) && sync_it(&n));
	assert_true(world_syncs(n.w) - before < 5);
	node_free(&n);
}

/* ---- lost power, faults, memory ---- */

static const uint64_t stops[] = { 1, 3, 250, 256, 257, 300, 511, 513 };
#define STOPS 8

struct story {
	struct node n;
	uint64_t synced, tried;
	bool ended;
};

static void
story_run(struct story *s)
{
	if (!node_open(&s->n))
		return;
	for (size_t i = 0; i < STOPS; i++) {
		if (i == 5) {
			node_close(&s->n);
			if (!node_open(&s->n))
				return;
		}
		s->tried = stops[i];
		if (!add_to(&s->n, stops[i]) || !sync_it(&s->n))
			return;
		s->synced = stops[i];
	}
	s->ended = true;
}

static void
must_not(void *arg, const char *path, const char *why)
{
	(void)arg;
	fail_msg("%s %s", path, why);
}

/* All that was synced; partial tiles of each size that was; and it goes on. */
static void
story_check(struct story *s, const char *how, uint64_t nth, uint64_t seed)
{
	struct digest root, back;

	node_close(&s->n);
	last = (struct err)ERR_INIT;
	if (!node_open(&s->n))
		fail_msg("%s at call %d, seed %d: %s: %s", how, (int)nth, (int)seed,
		    last.reason, last.text);
	if (tiles_size(s->n.t) != s->synced && tiles_size(s->n.t) != s->tried)
		fail_msg("%s at call %d, seed %d: size %d after %d", how, (int)nth,
		    (int)seed, (int)tiles_size(s->n.t), (int)s->synced);
	for (size_t i = 0; i < STOPS && stops[i] <= s->synced; i++) {
		uint64_t n = stops[i] / 256;
		unsigned w = (unsigned)stops[i] % 256;
		char path[100], full[100];

		(void)snprintf(path, sizeof path, "a/ledger/%s", tile_path(0, n, w).s);
		(void)snprintf(full, sizeof full, "a/ledger/%s", tile_path(0, n, 0).s);
		if (w != 0 && !path_exists(s->n.w, s->n.home, path) &&
		    !path_exists(s->n.w, s->n.home, full))
			fail_msg("%s at call %d, seed %d: no %s", how, (int)nth,
			    (int)seed, path);
	}
	root_is(&s->n, tiles_size(s->n.t));
	OK(add_to(&s->n, 514) && sync_it(&s->n));
	root_is(&s->n, 514);
	OK(tiles_read_back(s->n.t, 0, &back, &last));
	root = tiles_root_synced(s->n.t);
	assert_true(digest_eq(&root, &back));
	OK(tiles_scrub(s->n.t, must_not, NULL, NULL, &last));
	OK(world_sim_crash(s->n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&s->n);
	OK(node_open(&s->n));
	assert_int_equal(tiles_size(s->n.t), 514);
}

static bool
story_of_power(enum sim_crash how, uint64_t nth, uint64_t seed, uint64_t *unsynced)
{
	struct story s = { .n = node_new(nth) };
	bool reached;

	world_sim_fail(s.n.w, SIM_FAULT_POWER, nth, true);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	*unsynced = world_sim_unsynced(s.n.w);
	OK(world_sim_crash(s.n.w, how, seed, &last));
	story_check(&s, "power", nth, seed);
	node_free(&s.n);
	return reached;
}

/* In CI at a stride; whole with COMITY_LONG. */
static uint64_t
stride(uint64_t few)
{
	return getenv("COMITY_LONG") != NULL ? 1 : few;
}

static void
power_lost_at_any_call_leaves_what_was_synced(void **state)
{
	uint64_t unsynced = 0, nth, stories = 0;

	(void)state;
	for (nth = 1; story_of_power(SIM_CRASH_KEEP_NONE, nth, 0, &unsynced);
	    nth++) {
		if (nth % stride(3) != 0)
			continue;
		(void)story_of_power(SIM_CRASH_KEEP_ALL, nth, 0, &unsynced);
		for (uint64_t one = 1; one <= unsynced; one += stride(4), stories++)
			(void)story_of_power(SIM_CRASH_LOSE_ONE, nth, one, &unsynced);
		for (uint64_t seed = 1; seed <= 12; seed += stride(6), stories++)
			(void)story_of_power(SIM_CRASH_KEEP_SOME, nth, seed, &unsynced);
	}
	assert_true(nth > 150 && stories > 100);
}

static bool
story_of_fault(enum sim_fault fault, uint64_t nth, bool on)
{
	struct story s = { .n = node_new(nth) };
	bool reached;

	world_sim_fail(s.n.w, fault, nth, on);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	if (fault == SIM_FAULT_SHORT)
		assert_true(s.ended);
	story_check(&s, "fault", nth, fault);
	node_free(&s.n);
	return reached;
}

static void
a_fault_at_any_call_leaves_what_was_synced(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_IO, SIM_FAULT_FULL,
		SIM_FAULT_INTR, SIM_FAULT_SHORT };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		uint64_t nth;

		for (nth = 1; story_of_fault(faults[i % 4], nth, i / 4 == 1);
		    nth += stride(3))
			;
		assert_true(nth > 100);
	}
}

static void
every_failed_allocation_is_an_error(void **state)
{
	uint64_t nth = 0, before, used;

	(void)state;
	do {
		struct story s = { .n = node_new(nth += nth == 0 ? 1 : stride(7)) };

		before = mem_count();
		mem_fail(nth, false);
		last = (struct err)ERR_INIT;
		story_run(&s);
		mem_fail(0, false);
		used = mem_count() - before;
		story_check(&s, "memory", nth, 0);
		node_free(&s.n);
	} while (used >= nth);
	assert_true(nth > 30);
}

/* ---- altered bits ---- */

struct found {
	unsigned n;
	char path[64];
};

static void
find(void *arg, const char *path, const char *why)
{
	struct found *f = arg;

	assert_true(why[0] != '\0');
	if (f->n++ == 0)
		(void)snprintf(f->path, sizeof f->path, "%s", path);
}

static void
flip(struct node *n, const char *path, uint64_t at, unsigned bit)
{
	struct file *f = NULL;
	uint8_t b = 0;
	size_t got = 0;

	OK(file_open(n->w, n->home, path, FILE_UPDATE, &f, &last));
	OK(file_read_at(f, &b, 1, at, &got, &last));
	assert_int_equal(got, 1);
	b ^= (uint8_t)(1u << bit);
	OK(file_write_at(f, span_of(&b, 1), at, &last));
	file_close(f);
}

/* Told when it is opened, or found by a scrub, by its name. */
static void
flipped_is_told(struct node *n, const char *path, uint64_t at, unsigned bit)
{
	struct found f = { .n = 0 };

	flip(n, path, at, bit);
	node_close(n);
	OK(dir_open(n->w, NULL, "/", &n->home, &last));
	last = (struct err)ERR_INIT;
	if (tiles_open(n->w, n->home, "a/ledger", &n->t, &last)) {
		OK(tiles_scrub(n->t, find, &f, NULL, &last));
		if (f.n == 0 || strcmp(f.path, path + strlen("a/ledger/")) != 0)
			fail_msg("%s byte %d: %u found, %s", path, (int)at, f.n,
			    f.path);
	} else {
		assert_string_equal(last.reason, "tiles.damaged");
		if (strstr(last.text, path) == NULL)
			fail_msg("%s byte %d: %s", path, (int)at, last.text);
	}
	flip(n, path, at, bit);
}

static void
any_altered_bit_of_a_tile_or_bundle_is_told_with_its_name(void **state)
{
	static const char *const files[] = { "a/ledger/tile/0/000",
		"a/ledger/tile/0/001", "a/ledger/tile/0/002.p/88",
		"a/ledger/tile/1/000.p/2", "a/ledger/tile/entries/000",
		"a/ledger/tile/entries/001", "a/ledger/tile/entries/002.p/88",
		"a/ledger/tile/0/002.p/3", "a/ledger/tile/entries/002.p/3" };
	struct node n = node_new(8);
	unsigned flips = 0;

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 515) && sync_it(&n) && add_to(&n, 600) && sync_it(&n));
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		uint64_t bits = 8 * bytes_at(&n, files[i]);

		assert_true(bits > 0);
		for (uint64_t b = 0; b < bits; b += stride(bits / 40 + 7), flips++)
			flipped_is_told(&n, files[i], b / 8, (unsigned)b % 8);
	}
	assert_true(flips > 200);
	node_free(&n);
}

/* The slot that counts falls back to the one before; no other size ever comes. */
static void
an_altered_bit_of_the_tree_file_leaves_an_earlier_size_or_is_told(void **state)
{
	struct node n = node_new(9);

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 300) && sync_it(&n) && add_to(&n, 600) && sync_it(&n));
	for (uint64_t b = 0; b < 8 * (TREE_STRIDE + TREE_SLOT); b += stride(5)) {
		if (b / 8 % TREE_STRIDE >= TREE_SLOT)
			continue;
		flip(&n, "a/ledger/tree", b / 8, (unsigned)b % 8);
		node_close(&n);
		OK(node_open(&n));
		if (b / 8 < TREE_SLOT)
			assert_int_equal(tiles_size(n.t), 300);
		else
			assert_int_equal(tiles_size(n.t), 600);
		root_is(&n, tiles_size(n.t));
		flip(&n, "a/ledger/tree", b / 8, (unsigned)b % 8);
	}
	flip(&n, "a/ledger/tree", 20, 0);
	flip(&n, "a/ledger/tree", TREE_STRIDE + 20, 0);
	node_close(&n);
	FAILS(node_open(&n), ERR_UNPROVEN, "tiles.damaged");
	assert_non_null(strstr(last.text, "a/ledger/tree"));
	OK(tiles_forget(n.w, n.home, "a/ledger", &last));
	OK(tiles_forget(n.w, n.home, "a/ledger", &last));
	OK(tiles_open(n.w, n.home, "a/ledger", &n.t, &last));
	assert_int_equal(tiles_size(n.t), 0);
	OK(add_to(&n, 600) && sync_it(&n));
	root_is(&n, 600);
	OK(tiles_scrub(n.t, must_not, NULL, NULL, &last));
	node_free(&n);
}

static void
a_missing_file_is_told_with_its_name(void **state)
{
	struct node n = node_new(10);
	struct found f = { .n = 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	OK(node_open(&n));
	OK(add_to(&n, 600) && sync_it(&n));
	OK(path_remove(n.w, n.home, "a/ledger/tile/entries/001", &last));
	OK(tiles_scrub(n.t, find, &f, NULL, &last));
	assert_int_equal(f.n, 1);
	assert_string_equal(f.path, "tile/entries/001");
	FAILS(tiles_entry(n.t, 300, &b, &last), ERR_UNPROVEN, "tiles.damaged");
	assert_non_null(strstr(last.text, "a/ledger/tile/entries/001"));
	OK(path_remove(n.w, n.home, "a/ledger/tile/0/002.p/88", &last));
	node_close(&n);
	FAILS(node_open(&n), ERR_UNPROVEN, "tiles.damaged");
	assert_non_null(strstr(last.text, "a/ledger/tile/0/002.p/88"));
	buf_clear(&b);
	node_free(&n);
}

static void
what_was_forgotten_and_became_another_history_leaves_no_stale_tiles(void **state)
{
	struct node n = node_new(11);
	uint8_t e[64];

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 600) && sync_it(&n) && add_to(&n, 610) && sync_it(&n));
	node_close(&n);
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	OK(tiles_forget(n.w, n.home, "a/ledger", &last));
	OK(tiles_open(n.w, n.home, "a/ledger", &n.t, &last));
	for (uint64_t i = 0; i < 605; i++)
		OK(tiles_add(n.t, span_of(e, entry_of(i + 1, e)), &last));
	OK(sync_it(&n));
	assert_false(path_exists(n.w, n.home, "a/ledger/tile/0/002.p/98"));
	OK(tiles_scrub(n.t, must_not, NULL, NULL, &last));
	node_free(&n);
}

static void
after_a_failure_nothing_more_is_written(void **state)
{
	struct node n = node_new(12);
	uint64_t calls;

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 5));
	world_sim_fail(n.w, SIM_FAULT_IO, 4, false);
	FAILS(sync_it(&n), ERR_IO, "disk.io");
	calls = world_sim_calls(n.w);
	FAILS(sync_it(&n), ERR_IO, "tiles.dead");
	FAILS(add_to(&n, 6), ERR_IO, "tiles.dead");
	assert_int_equal(world_sim_calls(n.w), calls);
	node_free(&n);
}

/* ---- a scrub by many threads ---- */

/* What was told, in order. */
struct told {
	char text[8192];
	size_t n;
	unsigned calls, stop_at;	/* words about progress; at this one a signal comes */
};

static void
tell(void *arg, const char *path, const char *why)
{
	struct told *k = arg;

	k->n += (size_t)snprintf(k->text + k->n, sizeof k->text - k->n, "%s %s\n", path,
	    why);
	assert_true(k->n < sizeof k->text);
}

#define PAIRS 300			/* the second family of pairs is not full */
#define SPOILT 12

/* Bad files all along, so that each thread meets some. */
static void
spoil(struct node *n)
{
	OK(path_remove(n->w, n->home, "a/ledger/tile/0/000", &last));
	for (unsigned i = 0; i < SPOILT; i++) {
		char path[100];

		(void)snprintf(path, sizeof path, "a/ledger/%s",
		    tile_path(i % 2 == 0 ? -1 : 0, 3 + 25 * (uint64_t)i, TILE_WIDTH).s);
		flip(n, path, 1000 + i, i % 8);
	}
	OK(path_remove(n->w, n->home, "a/ledger/tile/entries/299", &last));
	flip(n, "a/ledger/tile/1/000", 77, 0);
}

static bool
real_open(struct node *n, const char *at)
{
	return dir_open(n->w, NULL, at, &n->home, &last) &&
	    tiles_open(n->w, n->home, "a/ledger", &n->t, &last);
}

/* On the real machine, where threads are; the folder is removed by place_end. */
static struct node
place_begin(char at[64])
{
	struct node n = { NULL, NULL, NULL };

	(void)snprintf(at, 64, "/tmp/comity-tiles-XXXXXX");
	assert_non_null(mkdtemp(at));
	OK(world_real(&n.w, &last) && real_open(&n, at));
	OK(add_to(&n, (uint64_t)PAIRS * TILE_WIDTH + 5) && sync_it(&n));
	return n;
}

static void
place_end(struct node *n, const char *at)
{
	node_close(n);
	OK(dir_remove_all(n->w, NULL, at, &last));
	world_free(n->w);
}

static void
many_threads_tell_what_one_tells_in_the_same_order(void **state)
{
	struct told *one = calloc(1, sizeof *one), *many = calloc(1, sizeof *many);
	struct node alone = node_new(13), n;
	char at[64];

	(void)state;
	n = place_begin(at);
	OK(node_open(&alone));
	OK(add_to(&alone, tiles_size(n.t)) && sync_it(&alone));
	OK(tiles_scrub(n.t, must_not, NULL, NULL, &last));
	spoil(&n);
	spoil(&alone);
	OK(tiles_scrub(alone.t, tell, one, NULL, &last));
	OK(tiles_scrub(n.t, tell, many, NULL, &last));
	assert_string_equal(one->text, many->text);
	/* The tile over the first family is bad, so its tiles are held to nothing. */
	assert_true(strncmp(one->text, "tile/1/000 is not what the tile over it says\n"
	    "tile/0/000 is missing\n", 65) == 0);
	assert_non_null(strstr(one->text, "\ntile/entries/003 is not what"));
	assert_non_null(strstr(one->text, "\ntile/entries/028 is not what"));
	assert_non_null(strstr(one->text, "\ntile/0/278 is not what the tile over it says\n"
	    "tile/entries/299 is missing\n"));
	node_free(&alone);
	place_end(&n, at);
	free(one);
	free(many);
}

static void
a_bad_tile_does_not_make_its_entries_bad(void **state)
{
	struct told k = { .n = 0 };
	struct node n = node_new(14);

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 600) && sync_it(&n));
	flip(&n, "a/ledger/tile/0/000", 100, 3);
	OK(path_remove(n.w, n.home, "a/ledger/tile/0/001", &last));
	flip(&n, "a/ledger/tile/entries/001", 100, 3);
	OK(tiles_scrub(n.t, tell, &k, NULL, &last));
	assert_string_equal(k.text, "tile/0/000 is not what the tile over it says\n"
	    "tile/0/001 is missing\n"
	    "tile/entries/001 is not what the tile over it says\n");
	node_free(&n);
}

/* Of what a whole scrub tells, that which comes before the trouble. */
static void
is_begin_of(const struct told *part, const struct told *whole)
{
	if (strncmp(part->text, whole->text, part->n) != 0)
		fail_msg("told\n%s of\n%s", part->text, whole->text);
}

static unsigned
lines_of(const struct told *k)
{
	unsigned n = 0;

	for (const char *c = k->text; *c != '\0'; c++)
		n += *c == '\n';
	return n;
}

/* A file on a bad spot is one more that is told, or told in other words. */
static void
a_fault_at_any_call_of_a_scrub_is_told_and_the_rest_is_read(void **state)
{
	struct told whole = { .n = 0 }, part;
	struct node n = node_new(15);
	uint64_t nth = 0, before, used;
	unsigned told = 0;

	(void)state;
	OK(node_open(&n));
	OK(add_to(&n, 2000) && sync_it(&n));
	OK(path_remove(n.w, n.home, "a/ledger/tile/0/001", &last));
	flip(&n, "a/ledger/tile/entries/003", 100, 3);
	OK(tiles_scrub(n.t, tell, &whole, NULL, &last));
	do {
		part = (struct told){ .n = 0 };
		before = world_sim_calls(n.w);
		world_sim_fail(n.w, SIM_FAULT_IO, ++nth, false);
		OK(tiles_scrub(n.t, tell, &part, NULL, &last));
		used = world_sim_calls(n.w) - before;
		world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
		if (strcmp(part.text, whole.text) == 0)
			continue;
		told++;
		if (strstr(part.text, "cannot be read\n") == NULL ||
		    lines_of(&part) < lines_of(&whole))
			fail_msg("call %d: %s", (int)nth, part.text);
	} while (used >= nth);
	assert_true(nth > 40 && told > 30);
	node_free(&n);
}

/* Also the memory of the threads themselves: then fewer do all the work. */
static void
any_allocation_missed_by_a_scrub_of_threads_ends_it_or_changes_nothing(void **state)
{
	struct told *whole = calloc(1, sizeof *whole), *part = calloc(1, sizeof *part);
	uint64_t nth = 0, before, used;
	unsigned ended = 0;
	struct node n;
	char at[64];

	(void)state;
	n = place_begin(at);
	spoil(&n);
	OK(tiles_scrub(n.t, tell, whole, NULL, &last));
	do {
		*part = (struct told){ .n = 0 };
		before = mem_count();
		mem_fail(nth += nth < 50 ? 1 : stride(97), false);
		last = (struct err)ERR_INIT;
		if (tiles_scrub(n.t, tell, part, NULL, &last)) {
			assert_string_equal(part->text, whole->text);
		} else {
			assert_int_equal(last.kind, ERR_MEMORY);
			is_begin_of(part, whole);
			ended++;
		}
		mem_fail(0, false);
		used = mem_count() - before;
	} while (used >= nth);
	assert_true(nth > 100 && ended > 10);
	place_end(&n, at);
	free(whole);
	free(part);
}

static struct told stopping;

static void
stop_soon(struct progress *p, const char *step, uint64_t done, uint64_t total)
{
	(void)p;
	(void)step;
	assert_true(done <= total);
	if (++stopping.calls == stopping.stop_at)
		assert_int_equal(raise(SIGTERM), 0);
}

/* The last of these tests: a stop that was asked for is never taken back. */
static void
a_scrub_stops_in_the_middle_when_it_is_asked_to(void **state)
{
	struct progress progress = { stop_soon };
	struct node n;
	char at[64];

	(void)state;
	n = place_begin(at);
	world_catch_signals(n.w);
	spoil(&n);
	/* Two families: it is asked at the second. */
	stopping.stop_at = 2;
	FAILS(tiles_scrub(n.t, tell, &stopping, &progress, &last), ERR_STOPPED, "stopped");
	assert_non_null(strstr(stopping.text, "tile/entries/253"));
	assert_null(strstr(stopping.text, "tile/0/278"));
	assert_int_equal(stopping.calls, 2);
	place_end(&n, at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_as_c2sp_says),
		cmocka_unit_test(files_lie_where_the_size_says),
		cmocka_unit_test(a_tile_is_hashes_and_a_bundle_is_entries_with_their_lengths),
		cmocka_unit_test(every_root_is_that_of_a_straight_computation),
		cmocka_unit_test(proofs_hold),
		cmocka_unit_test(entries_come_back_as_they_were_added),
		cmocka_unit_test(entries_have_their_limit),
		cmocka_unit_test(
		    partial_tiles_of_what_was_synced_stay_until_their_full_tile_is),
		cmocka_unit_test(a_sync_costs_few_syncs_of_the_disk),
		cmocka_unit_test(power_lost_at_any_call_leaves_what_was_synced),
		cmocka_unit_test(a_fault_at_any_call_leaves_what_was_synced),
		cmocka_unit_test(every_failed_allocation_is_an_error),
		cmocka_unit_test(any_altered_bit_of_a_tile_or_bundle_is_told_with_its_name),
		cmocka_unit_test(
		    an_altered_bit_of_the_tree_file_leaves_an_earlier_size_or_is_told),
		cmocka_unit_test(a_missing_file_is_told_with_its_name),
		cmocka_unit_test(
		    what_was_forgotten_and_became_another_history_leaves_no_stale_tiles),
		cmocka_unit_test(after_a_failure_nothing_more_is_written),
		cmocka_unit_test(many_threads_tell_what_one_tells_in_the_same_order),
		cmocka_unit_test(a_bad_tile_does_not_make_its_entries_bad),
		cmocka_unit_test(
		    a_fault_at_any_call_of_a_scrub_is_told_and_the_rest_is_read),
		cmocka_unit_test(
		    any_allocation_missed_by_a_scrub_of_threads_ends_it_or_changes_nothing),
		cmocka_unit_test(a_scrub_stops_in_the_middle_when_it_is_asked_to),
	};

	return cmocka_run_group_tests_name("tiles", tests, NULL, NULL);
}
