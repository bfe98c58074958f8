/* Sorting in bounded memory, and spools, over a simulated disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "package/sort.h"
#include "package/spool.h"

struct place {
	struct world *w;
	struct dir *tmp;
};

static int
place_open(void **state)
{
	static struct place p;
	struct world_sim_options opt = { .seed = 1, .disk_bytes = 64u << 20 };
	struct err err = ERR_INIT;

	assert_true(world_sim(&p.w, opt, &err));
	assert_true(dir_make(p.w, NULL, "tmp", &err));
	assert_true(dir_open(p.w, NULL, "tmp", &p.tmp, &err));
	*state = &p;
	return 0;
}

static int
place_close(void **state)
{
	struct place *p = *state;

	dir_close(p->tmp);
	world_free(p->w);
	return 0;
}

/* A number from 0 to 2^32, the same each time. */
static uint32_t
scatter(uint32_t i)
{
	i = (i ^ 61) ^ (i >> 16);
	i *= 9;
	i ^= i >> 4;
	i *= 0x27d4eb2d;
	return i ^ i >> 15;
}

static void
key_of(char out[64], uint32_t i)
{
	/* Of different lengths, and often alike in the first 8 bytes. */
	(void)snprintf(out, 64, "%.*s%u.%u", (int)(i % 12), "aaaaaaaaaaaa",
	    scatter(i), i);
}

static bool
add_many(struct sorter *s, uint32_t n, struct err *err)
{
	char key[64];
	uint32_t i;

	for (i = 0; i < n; i++) {
		key_of(key, i);
		if (!sorter_add(s, span_text(key), span_of(&i, sizeof i), err))
			return false;
	}
	return true;
}

static void
read_all(struct sorter *s, uint32_t n)
{
	char before[64] = "", key[64];
	struct span k, v;
	struct err err = ERR_INIT;
	uint32_t count = 0, i;
	bool more;

	assert_true(sorter_rewind(s, &err));
	for (;;) {
		assert_true(sorter_next(s, &k, &v, &more, &err));
		if (!more)
			break;
		assert_true(span_cmp(span_text(before), k) < 0);
		assert_int_equal(v.n, sizeof i);
		memcpy(&i, v.p, sizeof i);
		key_of(key, i);
		assert_true(span_is(k, key));
		memcpy(before, key, sizeof before);
		count++;
	}
	assert_int_equal(count, n);
}

static void
records_come_out_in_the_order_of_their_keys(void **state)
{
	struct place *p = *state;
	static const size_t memories[] = { SORT_MEMORY, 10000, 300 };
	static const uint32_t numbers[] = { 0, 1, 2, 1000, 3000 };
	struct err err = ERR_INIT;
	struct sorter *s;

	for (size_t m = 0; m < 3; m++) {
		assert_true(sorter_new(p->w, p->tmp, memories[m], &s, &err));
		for (size_t i = 0; i < 5; i++) {
			assert_true(add_many(s, numbers[i], &err));
			read_all(s, numbers[i]);
			read_all(s, numbers[i]);	/* as often as one likes */
			sorter_restart(s);
		}
		sorter_free(s);
	}
}

static void
more_runs_than_one_merge_takes_are_merged_in_two_levels(void **state)
{
	struct place *p = *state;
	struct err err = ERR_INIT;
	struct sorter *s;

	/* One record a run: 700 runs, 256 at once. */
	assert_true(sorter_new(p->w, p->tmp, 1, &s, &err));
	assert_true(add_many(s, 700, &err));
	read_all(s, 700);
	sorter_free(s);
}

static void
more_than_two_levels_is_a_limit_and_not_a_crash(void **state)
{
	struct place *p = *state;
	struct err err = ERR_INIT;
	struct sorter *s;

	assert_true(sorter_new(p->w, p->tmp, 1, &s, &err));
	assert_true(add_many(s, 257 * 256, &err));
	assert_true(sorter_add(s, span_text("zz"), span_text(""), &err));
	assert_false(sorter_add(s, span_text("zzz"), span_text(""), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.reason, "sort.limit");
	sorter_free(s);
}

static void
a_full_disk_is_told_at_every_step(void **state)
{
	struct place *p = *state;
	struct err err;
	struct sorter *s;
	struct span k, v;
	bool more, ok = false;
	uint64_t nth;

	for (nth = 1; !ok; nth++) {
		err = (struct err)ERR_INIT;
		assert_true(sorter_new(p->w, p->tmp, 300, &s, &err));
		world_sim_fail(p->w, SIM_FAULT_FULL, nth, true);
		ok = add_many(s, 60, &err) && sorter_rewind(s, &err);
		for (more = true; ok && more;)
			ok = sorter_next(s, &k, &v, &more, &err);
		world_sim_fail(p->w, SIM_FAULT_NONE, 0, false);
		if (!ok)
			assert_int_equal(err.kind, ERR_IO);
		sorter_free(s);
	}
	assert_true(nth > 5);
}

/* ---- spools ---- */

static void
a_spool_gives_back_what_it_was_given_wherever_it_lies(void **state)
{
	struct place *p = *state;
	struct err err = ERR_INIT;
	struct spool *s;
	uint8_t part[300], back[300];

	assert_true(spool_new(p->w, p->tmp, 1000, &s, &err));
	for (unsigned i = 0; i < 50; i++) {
		memset(part, (int)i, sizeof part);
		assert_true(spool_add(s, span_of(part, sizeof part), &err));
	}
	assert_int_equal(spool_size(s), 15000);
	for (unsigned i = 0; i < 49; i++) {
		assert_true(spool_read(s, 300 * i + 150, back, 300, &err));
		assert_int_equal(back[0], i);
		assert_int_equal(back[149], i);
		assert_int_equal(back[150], i + 1);
	}
	spool_free(s);
}

static void
a_spool_is_a_stack_too(void **state)
{
	struct place *p = *state;
	struct err err = ERR_INIT;
	struct spool *s;
	char back[5];

	assert_true(spool_new(p->w, p->tmp, 4, &s, &err));
	assert_true(spool_add(s, span_text("0123456789"), &err));
	spool_cut(s, 9);			/* in memory */
	assert_true(spool_add(s, span_text("x"), &err));
	spool_cut(s, 3);			/* in the file */
	assert_true(spool_add(s, span_text("yz"), &err));
	assert_int_equal(spool_size(s), 5);
	assert_true(spool_read(s, 0, back, 5, &err));
	assert_memory_equal(back, "012yz", 5);
	spool_free(s);
}

static void
records_of_every_length_are_read_back(void **state)
{
	struct place *p = *state;
	static uint8_t record[SPOOL_RECORD_MAX];
	struct spool_reader r;
	struct err err = ERR_INIT;
	struct spool *s;
	struct span back;
	bool more;
	size_t n;

	assert_true(spool_new(p->w, p->tmp, SPOOL_KEEP_SMALL, &s, &err));
	for (n = 0; n <= SPOOL_RECORD_MAX; n = n * 2 + 1) {
		memset(record, (int)n, n);
		assert_true(spool_add_record(s, span_of(record, n), &err));
	}
	assert_true(spool_add_record(s, span_of(record, SPOOL_RECORD_MAX), &err));
	assert_true(spool_reader_init(&r, &err));
	spool_reader_set(&r, s, 0, spool_size(s));
	for (n = 0; n <= SPOOL_RECORD_MAX; n = n * 2 + 1) {
		assert_true(spool_next(&r, &back, &more, &err));
		assert_true(more);
		assert_int_equal(back.n, n);
		assert_true(n == 0 || back.p[n - 1] == (uint8_t)n);
	}
	assert_true(spool_next(&r, &back, &more, &err) && more);
	assert_int_equal(back.n, SPOOL_RECORD_MAX);
	assert_true(spool_next(&r, &back, &more, &err) && !more);
	spool_reader_clear(&r);
	spool_free(s);
}

static void
short_spools_make_no_file(void **state)
{
	struct place *p = *state;
	struct err err = ERR_INIT;
	struct spool *s;
	uint64_t before = world_sim_calls(p->w);

	assert_true(spool_new(p->w, p->tmp, 100, &s, &err));
	assert_true(spool_add(s, span_text("a few bytes"), &err));
	assert_int_equal(world_sim_calls(p->w), before);
	spool_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_out_in_the_order_of_their_keys),
		cmocka_unit_test(more_runs_than_one_merge_takes_are_merged_in_two_levels),
		cmocka_unit_test(more_than_two_levels_is_a_limit_and_not_a_crash),
		cmocka_unit_test(a_full_disk_is_told_at_every_step),
		cmocka_unit_test(a_spool_gives_back_what_it_was_given_wherever_it_lies),
		cmocka_unit_test(a_spool_is_a_stack_too),
		cmocka_unit_test(records_of_every_length_are_read_back),
		cmocka_unit_test(short_spools_make_no_file),
	};

	return cmocka_run_group_tests(tests, place_open, place_close);
}
