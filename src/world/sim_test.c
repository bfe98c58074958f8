/* What only a simulated world can show: seeds, a set clock, faults, lost power. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "world/world.h"

#define NOW 1795000000

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

static struct world *
sim(uint64_t seed)
{
	struct world *w = NULL;

	OK(world_sim(&w, (struct world_sim_options){ .seed = seed, .now = NOW },
	    &last));
	return w;
}

static struct span
text(const char *s)
{
	return span_text(s);
}

/* What a file holds, or "-" when it is not there. */
struct held {
	char s[64];
};

static struct held
held(struct world *w, const char *path)
{
	struct held out = { "-" };
	struct buf b;

	buf_init(&b, sizeof out.s - 1);
	if (file_load(w, NULL, path, &b, NULL)) {
		memcpy(out.s, b.p, b.n);
		out.s[b.n] = '\0';
	} else {
		assert_false(path_exists(w, NULL, path));
	}
	buf_clear(&b);
	return out;
}

static unsigned
entries(struct world *w)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = false;
	unsigned n = 0;

	OK(listing_open(w, NULL, "/", &l, &last));
	for (;;) {
		OK(listing_next(l, &e, &more, &last));
		if (!more)
			break;
		n++;
	}
	listing_close(l);
	return n;
}

static void
sync_names(struct world *w)
{
	struct dir *d = NULL;

	OK(dir_open(w, NULL, "/", &d, &last));
	OK(dir_sync(d, &last));
	dir_close(d);
}

/* ---- clock and seed ---- */

static void
one_seed_gives_one_world(void **state)
{
	struct world *a = sim(1), *b = sim(1), *c = sim(2);
	uint8_t x[3][100];

	(void)state;
	OK(world_random(a, x[0], 100, &last));
	OK(world_random(b, x[1], 100, &last));
	OK(world_random(c, x[2], 100, &last));
	assert_memory_equal(x[0], x[1], 100);
	assert_memory_not_equal(x[0], x[2], 100);
	assert_true(world_is_sim(a));
	assert_int_equal(world_cores(a), 1);
	world_free(a);
	world_free(b);
	world_free(c);
	world_free(NULL);
}

static void
the_clock_moves_only_when_told_and_ticks_follow_it_forward(void **state)
{
	struct world *w = sim(1);
	uint64_t before = world_ticks(w), after;

	(void)state;
	assert_int_equal(world_now(w), NOW);
	world_sim_set_now(w, NOW + 60);
	assert_int_equal(world_now(w), NOW + 60);
	after = world_ticks(w);
	assert_true(after - before >= 60000000000u);
	world_sim_set_now(w, NOW);
	assert_int_equal(world_now(w), NOW);
	assert_true(world_ticks(w) > after);
	world_free(w);
}

static void
no_two_changes_have_one_time(void **state)
{
	struct world *w = sim(1);
	struct file_info one, two;
	struct file *f = NULL;

	(void)state;
	OK(file_open(w, NULL, "f", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text("a"), 0, &last));
	OK(file_info(f, &one, &last));
	OK(file_write_at(f, text("b"), 0, &last));
	OK(file_info(f, &two, &last));
	assert_int_equal(one.mtime, NOW);
	assert_int_not_equal(one.mtime_ns, two.mtime_ns);
	file_close(f);
	world_free(w);
}

static void
a_simulated_world_has_no_terminal(void **state)
{
	struct world *w = sim(1);
	struct source *src = NULL;
	struct buf b;
	uint8_t byte;
	size_t got;

	(void)state;
	buf_init(&b, 10);
	assert_false(world_write(w, WORLD_OUT, text("x"), &last));
	assert_string_equal(last.reason, "world.none");
	assert_false(world_ask(w, "?", true, &b, &last));
	assert_false(world_program_path(w, &b, &last));
	OK(descriptor_source(w, 0, &src, &last));
	assert_false(source_read(src, &byte, 1, &got, &last));
	source_free(src);
	assert_false(world_is_terminal(w, WORLD_ERR));
	assert_false(world_input_is_terminal(w));
	assert_int_equal(world_columns(w), 80);
	assert_null(world_env(w, "PATH"));
	world_catch_signals(w);
	assert_false(world_stop_wanted(w));
	assert_false(world_progress_wanted(w));
	assert_int_equal(world_peak_memory(w), 0);
	world_free(w);
}

/* ---- faults ---- */

/* One save over an old file with a fault at its nth call; false past the end. */
static bool
save_with_fault(enum sim_fault fault, uint64_t nth, bool on, enum err_kind want)
{
	struct world *w = sim(nth);
	uint64_t before;
	bool saved, reached;

	OK(file_save(w, NULL, "f", text("old"), true, &last));
	before = world_sim_calls(w);
	world_sim_fail(w, fault, nth, on);
	last = (struct err)ERR_INIT;
	saved = file_save(w, NULL, "f", text("new and longer"), true, &last);
	reached = world_sim_calls(w) - before >= nth;
	world_sim_fail(w, SIM_FAULT_NONE, 0, false);
	if (saved)
		assert_string_equal(held(w, "f").s, "new and longer");
	else
		assert_true(last.kind == want &&
		    (strcmp(held(w, "f").s, "old") == 0 ||
		    strcmp(held(w, "f").s, "new and longer") == 0));
	/* One fault leaves nothing behind; a disk that stays broken may. */
	if (!on)
		assert_int_equal(entries(w), 1);
	world_free(w);
	return reached;
}

static void
a_save_that_fails_at_any_call_leaves_the_old_or_the_new_whole(void **state)
{
	uint64_t nth;

	(void)state;
	for (nth = 1; save_with_fault(SIM_FAULT_IO, nth, false, ERR_IO); nth++)
		assert_true(save_with_fault(SIM_FAULT_IO, nth, true, ERR_IO));
	assert_true(nth > 5);
	for (nth = 1; save_with_fault(SIM_FAULT_FULL, nth, false, ERR_IO); nth++)
		(void)save_with_fault(SIM_FAULT_FULL, nth, true, ERR_IO);
	assert_true(nth > 5);
}

/* Something of everything that an interruption must not disturb. */
static bool
work_through(struct world *w)
{
	struct file *f = NULL;
	struct file_info info;
	uint8_t big[10000], got[10000];
	size_t n = 0;
	bool ok;

	memset(big, 'b', sizeof big);
	ok = dir_make_all(w, NULL, "a/b", &last) &&
	    file_open(w, NULL, "a", FILE_TEMPORARY, &f, &last) &&
	    file_write_at(f, span_of(big, sizeof big), 5, &last) &&
	    file_read_at(f, got, sizeof got, 5, &n, &last) &&
	    file_truncate(f, 7, &last) && file_mode_set(f, 0644, &last) &&
	    file_info(f, &info, &last) && file_lock(f, &last) &&
	    file_name(f, NULL, "a/f", &last) &&
	    path_rename(w, NULL, "a/f", NULL, "a/b/g", false, &last) &&
	    path_info(w, NULL, "a/b/g", &info, &last) && info.size == 7;
	if (ok) {
		assert_int_equal(n, sizeof got);
		assert_memory_equal(got, big, sizeof big);
	}
	file_close(f);
	return ok && dir_remove_all(w, NULL, "a", &last);
}

static void
interrupted_and_short_calls_are_done_again_inside(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_INTR, SIM_FAULT_SHORT };

	(void)state;
	for (unsigned k = 0; k < 4; k++) {
		for (uint64_t nth = 1, end = 2; nth < end; nth++) {
			struct world *w = sim(nth);

			world_sim_fail(w, faults[k % 2], nth, k / 2 == 1);
			OK(work_through(w));
			world_sim_fail(w, SIM_FAULT_NONE, 0, false);
			assert_int_equal(entries(w), 0);
			end = world_sim_calls(w);
			world_free(w);
		}
	}
}

static void
an_interrupted_sync_is_a_failure(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL;

	(void)state;
	OK(file_open(w, NULL, "f", FILE_CREATE, &f, &last));
	world_sim_fail(w, SIM_FAULT_INTR, 1, false);
	assert_false(file_sync(f, &last));
	assert_int_equal(last.kind, ERR_IO);
	file_close(f);
	world_free(w);
}

static void
a_disk_that_does_not_answer_has_not_said_that_nothing_is_there(void **state)
{
	struct world *w = sim(1);

	(void)state;
	assert_false(path_exists(w, NULL, "f"));
	world_sim_fail(w, SIM_FAULT_IO, 1, false);
	assert_true(path_exists(w, NULL, "f"));
	assert_false(path_exists(w, NULL, "f"));
	assert_false(path_exists(w, NULL, "f/"));
	world_free(w);
}

static void
each_fault_has_its_error(void **state)
{
	struct world *w = sim(1);

	(void)state;
	world_sim_fail(w, SIM_FAULT_IO, 2, false);
	OK(dir_make(w, NULL, "a", &last));
	assert_false(dir_make(w, NULL, "b", &last));
	assert_string_equal(last.reason, "disk.io");
	OK(dir_make(w, NULL, "b", &last));
	world_sim_fail(w, SIM_FAULT_FULL, 1, true);
	assert_true(path_exists(w, NULL, "b"));
	assert_false(dir_make(w, NULL, "c", &last));
	assert_string_equal(last.reason, "disk.full");
	assert_false(dir_make(w, NULL, "c", &last));
	OK(path_rename(w, NULL, "b", NULL, "b", true, NULL) ||
	    dir_remove(w, NULL, "b", &last));
	world_free(w);
}

static unsigned asked;

static enum sim_fault
at_the_third(bool *from_then_on)
{
	*from_then_on = true;
	return ++asked == 3 ? SIM_FAULT_IO : SIM_FAULT_NONE;
}

static void
a_fault_that_is_asked_for_begins_where_it_is_named(void **state)
{
	struct world *w = sim(1);

	(void)state;
	asked = 0;
	world_sim_fail_ask(w, at_the_third);
	OK(dir_make(w, NULL, "a", &last));
	OK(dir_make(w, NULL, "b", &last));
	for (int i = 0; i < 2; i++) {
		assert_false(dir_make(w, NULL, "c", &last));
		assert_string_equal(last.reason, "disk.io");
	}
	assert_int_equal(asked, 3);
	world_sim_fail(w, SIM_FAULT_NONE, 0, false);
	OK(dir_make(w, NULL, "c", &last));
	world_free(w);
}

static void
a_disk_is_full_at_its_size_and_not_before(void **state)
{
	struct world *w = NULL;
	struct dir *d = NULL;
	struct file *f = NULL;
	uint8_t page[4096] = { 1 };
	uint64_t room = 0;

	(void)state;
	OK(world_sim(&w, (struct world_sim_options){ .disk_bytes = 8192 }, &last));
	OK(dir_open(w, NULL, "/", &d, &last));
	OK(file_open(w, d, "f", FILE_CREATE, &f, &last));
	OK(dir_free_bytes(d, &room, &last));
	assert_int_equal(room, 8192);
	OK(file_write_at(f, span_of(page, 4096), 0, &last));
	OK(file_write_at(f, span_of(page, 4096), 4096, &last));
	assert_false(file_write_at(f, span_of(page, 1), 8192, &last));
	assert_string_equal(last.reason, "disk.full");
	OK(file_write_at(f, span_of(page, 4096), 0, &last));
	OK(dir_free_bytes(d, &room, &last));
	assert_int_equal(room, 0);
	OK(file_truncate(f, 1, &last));
	OK(dir_free_bytes(d, &room, &last));
	assert_int_equal(room, 4096);
	file_close(f);
	OK(path_remove(w, d, "f", &last));
	OK(dir_sync(d, &last));
	OK(dir_free_bytes(d, &room, &last));
	assert_int_equal(room, 8192);
	dir_close(d);
	world_free(w);
}

/* ---- power ---- */

static void
what_was_not_synced_is_gone(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL;

	(void)state;
	OK(file_open(w, NULL, "f", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text("durable"), 0, &last));
	OK(file_sync(f, &last));
	sync_names(w);
	OK(file_write_at(f, text("LOST"), 0, &last));
	OK(file_truncate(f, 100, &last));
	OK(dir_make(w, NULL, "a", &last));
	OK(world_sim_crash(w, SIM_CRASH_KEEP_NONE, 0, &last));
	assert_false(file_write_at(f, text("x"), 0, &last));
	assert_int_equal(last.kind, ERR_IO);
	file_close(f);
	assert_string_equal(held(w, "f").s, "durable");
	assert_int_equal(entries(w), 1);
	world_free(w);
}

static void
a_synced_file_without_a_synced_name_is_gone(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL;

	(void)state;
	OK(file_open(w, NULL, "f", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text("body"), 0, &last));
	OK(file_sync(f, &last));
	file_close(f);
	OK(world_sim_crash(w, SIM_CRASH_KEEP_NONE, 0, &last));
	assert_int_equal(entries(w), 0);
	world_free(w);
}

static void
a_synced_name_without_a_synced_file_is_empty(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL;

	(void)state;
	OK(file_open(w, NULL, "f", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text("body"), 0, &last));
	file_close(f);
	sync_names(w);
	OK(world_sim_crash(w, SIM_CRASH_KEEP_NONE, 0, &last));
	assert_string_equal(held(w, "f").s, "");
	world_free(w);
}

static void
all_may_survive(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL;

	(void)state;
	OK(dir_make_all(w, NULL, "a/b", &last));
	OK(file_open(w, NULL, "a/b/f", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text("body"), 0, &last));
	OK(path_rename(w, NULL, "a/b", NULL, "c", false, &last));
	OK(world_sim_crash(w, SIM_CRASH_KEEP_ALL, 0, &last));
	file_close(f);
	assert_string_equal(held(w, "c/f").s, "body");
	assert_int_equal(entries(w), 2);
	/* And the world goes on. */
	OK(file_save(w, NULL, "c/f", text("again"), true, &last));
	OK(dir_remove_all(w, NULL, "c", &last));
	world_free(w);
}

static void
a_sync_after_a_failed_one_does_not_bring_back_what_was_lost(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL;

	(void)state;
	OK(file_save(w, NULL, "f", text("old"), true, &last));
	OK(file_open(w, NULL, "f", FILE_UPDATE, &f, &last));
	OK(file_write_at(f, text("new"), 0, &last));
	world_sim_fail(w, SIM_FAULT_IO, 1, false);
	assert_false(file_sync(f, &last));
	OK(file_sync(f, &last));
	file_close(f);
	assert_string_equal(held(w, "f").s, "new");
	OK(world_sim_crash(w, SIM_CRASH_KEEP_ALL, 0, &last));
	assert_string_equal(held(w, "f").s, "old");
	world_free(w);
}

static void
everything_on_the_disk_can_be_synced_at_once(void **state)
{
	struct world *w = sim(1);
	struct dir *d = NULL;
	struct file *f = NULL;

	(void)state;
	OK(dir_make_all(w, NULL, "a/b", &last));
	OK(file_open(w, NULL, "a/b/f", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text("body"), 0, &last));
	OK(dir_open(w, NULL, "a", &d, &last));
	OK(dir_sync_all(d, &last));
	OK(world_sim_crash(w, SIM_CRASH_KEEP_NONE, 0, &last));
	assert_false(dir_sync(d, &last));
	dir_close(d);
	file_close(f);
	assert_string_equal(held(w, "a/b/f").s, "body");
	world_free(w);
}

static void
a_rename_between_folders_is_never_half_done(void **state)
{
	unsigned there = 0, here = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 64; seed++) {
		struct world *w = sim(seed);
		struct dir *d = NULL;
		bool a, b;

		OK(dir_make(w, NULL, "a", &last));
		OK(dir_make(w, NULL, "b", &last));
		sync_names(w);
		OK(file_save(w, NULL, "a/f", text("body"), true, &last));
		OK(path_rename(w, NULL, "a/f", NULL, "b/f", false, &last));
		if (seed % 4 == 0) {
			OK(dir_open(w, NULL, seed % 8 == 0 ? "a" : "b", &d, &last));
			OK(dir_sync(d, &last));
			dir_close(d);
		}
		OK(world_sim_crash(w, SIM_CRASH_KEEP_SOME, seed, &last));
		a = strcmp(held(w, "a/f").s, "body") == 0;
		b = strcmp(held(w, "b/f").s, "body") == 0;
		assert_true(a != b);
		assert_true(b || seed % 4 != 0);
		there += b;
		here += a;
		world_free(w);
	}
	assert_true(there > 0 && here > 0);
}

static void
a_renamed_file_is_not_seen_again_under_its_old_name(void **state)
{
	struct world *w = sim(1);
	struct dir *d = NULL;
	struct file *f = NULL;

	(void)state;
	OK(dir_make(w, NULL, "a", &last));
	OK(dir_make(w, NULL, "b", &last));
	OK(file_open(w, NULL, "a/f", FILE_CREATE, &f, &last));
	OK(file_sync(f, &last));
	file_close(f);
	OK(path_rename(w, NULL, "a/f", NULL, "b/f", false, &last));
	/* The new folder's sync takes the making in the old one with it. */
	OK(dir_open(w, NULL, "b", &d, &last));
	OK(dir_sync(d, &last));
	dir_close(d);
	OK(world_sim_crash(w, SIM_CRASH_KEEP_ALL, 0, &last));
	assert_false(path_exists(w, NULL, "a/f"));
	assert_true(path_exists(w, NULL, "b/f"));
	world_free(w);
}

static void
a_save_through_lost_power_is_old_or_new_and_new_once_promised(void **state)
{
	unsigned olds = 0, news = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 400; seed++) {
		struct world *w = sim(seed);
		bool saved;
		struct held now;

		OK(file_save(w, NULL, "f", text("old"), true, &last));
		world_sim_fail(w, SIM_FAULT_IO, 1 + seed % 10, true);
		saved = file_save(w, NULL, "f", text("new"), true, &last);
		world_sim_fail(w, SIM_FAULT_NONE, 0, false);
		OK(world_sim_crash(w, SIM_CRASH_KEEP_SOME, seed, &last));
		now = held(w, "f");
		assert_true(strcmp(now.s, "new") == 0 ||
		    (!saved && strcmp(now.s, "old") == 0));
		olds += strcmp(now.s, "old") == 0;
		news += !saved && strcmp(now.s, "new") == 0;
		world_free(w);
	}
	assert_true(olds > 0 && news > 0);
}

/* The pages that are old, new or torn after a crash with this seed. */
static void
write_and_crash(uint64_t seed, unsigned seen[3])
{
	struct world *w = sim(seed);
	struct file *f = NULL;
	uint8_t page[4096], got[8192];
	size_t n = 0, fresh = 0;

	OK(file_open(w, NULL, "f", FILE_CREATE, &f, &last));
	memset(page, 'o', sizeof page);
	OK(file_write_at(f, span_of(page, 4096), 0, &last));
	OK(file_sync(f, &last));
	sync_names(w);
	memset(page, 'n', sizeof page);
	OK(file_write_at(f, span_of(page, 4096), 0, &last));
	OK(world_sim_crash(w, SIM_CRASH_KEEP_SOME, seed, &last));
	file_close(f);
	OK(file_open(w, NULL, "f", FILE_READ, &f, &last));
	OK(file_read_at(f, got, sizeof got, 0, &n, &last));
	file_close(f);
	assert_int_equal(n, 4096);
	while (fresh < n && got[fresh] == 'n')
		fresh++;
	for (size_t i = fresh; i < n; i++)
		assert_int_equal(got[i], 'o');
	assert_int_equal(fresh % 512, 0);
	seen[fresh == 0 ? 0 : fresh == n ? 1 : 2]++;
	world_free(w);
}

static void
an_unsynced_write_is_kept_lost_or_torn_at_a_sector(void **state)
{
	unsigned seen[3] = { 0, 0, 0 };

	(void)state;
	for (uint64_t seed = 0; seed < 60; seed++)
		write_and_crash(seed, seen);
	assert_true(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
}

/* Three bytes, each its own write, a name and a size; what a crash makes of them. */
static struct held
lose_one(uint64_t seed, uint64_t *unsynced)
{
	struct world *w = sim(1);
	struct file *f = NULL;
	struct held now;

	OK(file_open(w, NULL, "old", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text("..."), 0, &last));
	OK(file_sync(f, &last));
	sync_names(w);
	assert_int_equal(world_sim_unsynced(w), 0);
	OK(file_write_at(f, text("a"), 0, &last));
	OK(file_write_at(f, text("b"), 1, &last));
	OK(path_rename(w, NULL, "old", NULL, "new", false, &last));
	OK(file_write_at(f, text("c"), 2, &last));
	OK(file_truncate(f, 4, &last));
	*unsynced = world_sim_unsynced(w);
	OK(world_sim_crash(w, SIM_CRASH_LOSE_ONE, seed, &last));
	assert_int_equal(world_sim_unsynced(w), 0);
	file_close(f);
	now = held(w, seed == 3 ? "old" : "new");
	assert_int_equal(entries(w), 1);
	world_free(w);
	return now;
}

static void
a_sync_without_power_loses_nothing_by_itself(void **state)
{
	static const struct {
		enum sim_fault fault;
		const char *left;
	} cases[] = { { SIM_FAULT_POWER, "new" }, { SIM_FAULT_IO, "old" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world *w = sim(1);
		struct file *f = NULL;

		OK(file_save(w, NULL, "f", text("old"), true, &last));
		OK(file_open(w, NULL, "f", FILE_UPDATE, &f, &last));
		OK(file_write_at(f, text("new"), 0, &last));
		world_sim_fail(w, cases[i].fault, 1, false);
		assert_false(file_sync(f, &last));
		assert_int_equal(last.kind, ERR_IO);
		if (cases[i].fault == SIM_FAULT_POWER)
			assert_false(file_write_at(f, text("no"), 0, &last));
		world_sim_fail(w, SIM_FAULT_NONE, 0, false);
		OK(world_sim_crash(w, SIM_CRASH_KEEP_ALL, 0, &last));
		file_close(f);
		assert_string_equal(held(w, "f").s, cases[i].left);
		world_free(w);
	}
}

static void
any_one_operation_may_be_all_that_is_lost(void **state)
{
	/* Held as text, so that the size set at last does not show but when lost. */
	static const char *const left[] = { "abc", ".bc", "a.c", "abc", "ab.", "abc",
		"abc" };
	uint64_t n = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 7; seed++) {
		assert_string_equal(lose_one(seed, &n).s, left[seed]);
		assert_int_equal(n, 5);
	}
}

static void
what_builds_on_a_lost_change_of_names_is_lost_with_it(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL;

	(void)state;
	OK(file_open(w, NULL, "a", FILE_CREATE, &f, &last));
	OK(path_rename(w, NULL, "a", NULL, "b", false, &last));
	OK(dir_make(w, NULL, "c", &last));
	assert_int_equal(world_sim_unsynced(w), 3);
	OK(world_sim_crash(w, SIM_CRASH_LOSE_ONE, 1, &last));
	file_close(f);
	assert_int_equal(entries(w), 1);
	assert_true(path_exists(w, NULL, "c"));
	world_free(w);
}

static void
the_size_too_may_be_all_that_is_lost(void **state)
{
	struct file_info info;

	(void)state;
	for (uint64_t seed = 1; seed <= 2; seed++) {
		struct world *w = sim(1);
		struct file *f = NULL;

		OK(file_open(w, NULL, "f", FILE_CREATE, &f, &last));
		sync_names(w);
		OK(file_truncate(f, 10, &last));
		OK(world_sim_crash(w, SIM_CRASH_LOSE_ONE, seed, &last));
		file_close(f);
		OK(path_info(w, NULL, "f", &info, &last));
		assert_int_equal(info.size, seed == 1 ? 0 : 10);
		world_free(w);
	}
}

/* ---- the run hash ---- */

static struct digest
run_hash(struct world *w)
{
	struct digest d, again;

	OK(world_sim_digest(w, &d, &last));
	OK(world_sim_digest(w, &again, &last));
	assert_true(digest_eq(&d, &again));
	return d;
}

static bool
same_mark(const uint64_t a[4], const uint64_t b[4])
{
	return memcmp(a, b, 4 * sizeof *a) == 0;
}

/* One small day; which of its acts is another is told by `other`. */
static struct digest
day(uint64_t seed, int other, uint64_t mark[4])
{
	struct world *w = sim(seed);
	struct file *f = NULL;
	struct digest d;

	OK(dir_make(w, NULL, other == 1 ? "b" : "a", &last));
	OK(file_open(w, NULL, other == 2 ? "g" : "f", FILE_CREATE, &f, &last));
	OK(file_write_at(f, text(other == 3 ? "x" : "y"), 9000, &last));
	OK(file_write_at(f, text(other == 4 ? "x" : ""), 9000, &last));
	OK(file_truncate(f, other == 5 ? 9002 : 9001, &last));
	OK(world_sim_put(w, "l", other == 6 ? FILE_FIFO : FILE_LINK,
	    other == 7 ? "m" : "n", &last));
	if (other == 8)
		world_sleep(w, 1);
	if (other == 9)
		world_sim_set_now(w, NOW - 1);
	if (other == 10)
		(void)path_exists(w, NULL, "a");
	/* What is durable, and handles, are no part of what is seen. */
	if (other == 11)
		world_sim_fail(w, SIM_FAULT_IO, 100, false);
	d = run_hash(w);
	OK(world_sim_disk_mark(w, mark, &last));
	file_close(f);
	assert_true(digest_eq(&d, &(struct digest){ 0 }) == false);
	world_free(w);
	return d;
}

static void
runs_that_did_the_same_have_one_hash_and_others_another(void **state)
{
	/* Which disk each comes to: the clocks and the calls are no part of it. */
	static const int disk[11] = { 0, 1, 2, 3, 3, 5, 6, 7, 0, 0, 0 };
	uint64_t marks[11][4], mark[4];
	struct digest all[11];

	(void)state;
	for (int i = 0; i < 11; i++)
		all[i] = day(1, i, marks[i]);
	for (int i = 0; i < 11; i++)
		for (int k = 0; k < i; k++) {
			if (digest_eq(&all[i], &all[k]))
				fail_msg("days %d and %d have one hash", k, i);
			if (same_mark(marks[i], marks[k]) != (disk[i] == disk[k]))
				fail_msg("the marks of the days %d and %d", k, i);
		}
	for (int i = 0; i < 12; i += 11) {
		assert_true(digest_eq(&(struct digest[]){ day(2, i, mark) }[0], &all[0]));
		assert_true(same_mark(mark, marks[0]));
	}
}

static void
a_page_of_zeros_and_a_hole_have_one_hash(void **state)
{
	struct world *a = sim(1), *b = sim(1);
	struct file *f = NULL, *g = NULL;
	uint8_t page[4096] = { 0 };
	struct digest x, y;

	(void)state;
	OK(file_open(a, NULL, "f", FILE_CREATE, &f, &last));
	OK(file_open(b, NULL, "f", FILE_CREATE, &g, &last));
	OK(file_write_at(f, span_of(page, sizeof page), 0, &last));
	OK(file_truncate(g, 4096, &last));
	x = run_hash(a);
	y = run_hash(b);
	assert_true(digest_eq(&x, &y));
	file_close(f);
	file_close(g);
	world_free(a);
	world_free(b);
}

static void
a_lock_ends_with_the_power(void **state)
{
	struct world *w = sim(1);
	struct file *f = NULL, *g = NULL;

	(void)state;
	OK(file_save(w, NULL, "f", text("x"), true, &last));
	OK(file_open(w, NULL, "f", FILE_UPDATE, &f, &last));
	OK(file_lock(f, &last));
	OK(world_sim_crash(w, SIM_CRASH_KEEP_NONE, 0, &last));
	OK(file_open(w, NULL, "f", FILE_UPDATE, &g, &last));
	OK(file_lock(g, &last));
	file_close(f);
	file_close(g);
	world_free(w);
}

/* A small walk of changes; whatever is kept, the disk stays usable and clean. */
static void
any_crash_after_any_changes_leaves_a_disk_that_works(void **state)
{
	static const char *const names[] = { "a", "b", "a/c", "b/d", "a/c/e" };

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct world *w = sim(seed);

		for (int i = 0; i < 40; i++) {
			uint8_t r[4];

			OK(world_random(w, r, sizeof r, &last));
			const char *p = names[r[1] % 5], *q = names[r[2] % 5];

			switch (r[0] % 6) {
			case 0:
				(void)!dir_make(w, NULL, p, NULL);
				break;
			case 1:
				(void)!file_save(w, NULL, p, text(q), true, NULL);
				break;
			case 2:
				(void)!path_rename(w, NULL, p, NULL, q, true, NULL);
				break;
			case 3:
				(void)!path_remove(w, NULL, p, NULL);
				break;
			case 4:
				(void)!dir_remove_all(w, NULL, p, NULL);
				break;
			default:
				if (r[3] % 8 == 0)
					OK(world_sim_crash(w, SIM_CRASH_KEEP_SOME,
					    seed + r[2], &last));
				break;
			}
		}
		OK(world_sim_crash(w, SIM_CRASH_KEEP_SOME, seed, &last));
		for (size_t i = 0; i < 2; i++)
			if (!dir_remove_all(w, NULL, names[i], NULL))
				(void)!path_remove(w, NULL, names[i], NULL);
		world_free(w);
	}
}

static void
a_file_on_a_bad_spot_is_told_from_other_trouble(void **state)
{
	struct world_sim_options opt = { .seed = 5, .now = 1 };
	struct world *w = NULL;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	OK(world_sim(&w, opt, &last));
	OK(file_save(w, NULL, "/bad", text("x"), true, &last));
	OK(file_save(w, NULL, "/good", text("y"), true, &last));
	OK(world_sim_unreadable(w, "/bad", &last));
	assert_false(file_load(w, NULL, "/bad", &b, &last));
	assert_true(disk_unreadable(&last));
	last = (struct err)ERR_INIT;
	assert_false(file_load(w, NULL, "/none", &b, &last));
	assert_false(disk_unreadable(&last));
	OK(file_load(w, NULL, "/good", &b, &last));
	/* Written anew, it lies elsewhere. */
	OK(file_save(w, NULL, "/bad", text("z"), true, &last));
	OK(file_load(w, NULL, "/bad", &b, &last));
	assert_true(span_is(buf_span(&b), "yz"));
	buf_clear(&b);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_seed_gives_one_world),
		cmocka_unit_test(a_file_on_a_bad_spot_is_told_from_other_trouble),
		cmocka_unit_test(
		    the_clock_moves_only_when_told_and_ticks_follow_it_forward),
		cmocka_unit_test(no_two_changes_have_one_time),
		cmocka_unit_test(a_simulated_world_has_no_terminal),
		cmocka_unit_test(
		    a_save_that_fails_at_any_call_leaves_the_old_or_the_new_whole),
		cmocka_unit_test(interrupted_and_short_calls_are_done_again_inside),
		cmocka_unit_test(an_interrupted_sync_is_a_failure),
		cmocka_unit_test(a_disk_that_does_not_answer_has_not_said_that_nothing_is_there),
		cmocka_unit_test(each_fault_has_its_error),
		cmocka_unit_test(a_fault_that_is_asked_for_begins_where_it_is_named),
		cmocka_unit_test(a_disk_is_full_at_its_size_and_not_before),
		cmocka_unit_test(what_was_not_synced_is_gone),
		cmocka_unit_test(a_synced_file_without_a_synced_name_is_gone),
		cmocka_unit_test(a_synced_name_without_a_synced_file_is_empty),
		cmocka_unit_test(all_may_survive),
		cmocka_unit_test(
		    a_sync_after_a_failed_one_does_not_bring_back_what_was_lost),
		cmocka_unit_test(everything_on_the_disk_can_be_synced_at_once),
		cmocka_unit_test(a_rename_between_folders_is_never_half_done),
		cmocka_unit_test(a_renamed_file_is_not_seen_again_under_its_old_name),
		cmocka_unit_test(
		    a_save_through_lost_power_is_old_or_new_and_new_once_promised),
		cmocka_unit_test(an_unsynced_write_is_kept_lost_or_torn_at_a_sector),
		cmocka_unit_test(a_sync_without_power_loses_nothing_by_itself),
		cmocka_unit_test(any_one_operation_may_be_all_that_is_lost),
		cmocka_unit_test(the_size_too_may_be_all_that_is_lost),
		cmocka_unit_test(what_builds_on_a_lost_change_of_names_is_lost_with_it),
		cmocka_unit_test(runs_that_did_the_same_have_one_hash_and_others_another),
		cmocka_unit_test(a_page_of_zeros_and_a_hole_have_one_hash),
		cmocka_unit_test(a_lock_ends_with_the_power),
		cmocka_unit_test(any_crash_after_any_changes_leaves_a_disk_that_works),
	};

	return cmocka_run_group_tests_name("simulated world", tests, NULL, NULL);
}
