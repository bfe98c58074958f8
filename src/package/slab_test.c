/* Slabs: the same bytes with any number of threads, sealed or not, whole or failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "package/slab.h"

static uint8_t
byte_at(uint64_t at)
{
	return (uint8_t)(at * 31 + (at >> 8) * 7 + (at >> 16));
}

/* A run's work: byte_at of the place, and a look that follow comes in order. */
struct making {
	uint64_t from;			/* of the run, in the whole */
	uint64_t planned, followed;
	uint64_t fail_fill_at, fail_follow_at, fail_plan_at;	/* places; 0: never */
	bool in_order;
	uint64_t filled;
	struct slabs *slabs;
};

static bool
holds(uint64_t at, const struct slab_part *part, struct err *err)
{
	if (at > 0 && at >= part->at && at < part->at + part->n)
		return err_set(err, ERR_IO, "test.broken", "broken as asked");
	return true;
}

static bool
make_plan(void *arg, const struct slab_part *part, struct err *err)
{
	struct making *m = arg;

	assert_int_equal(m->planned, part->at);
	m->planned += part->n;
	return holds(m->fail_plan_at, part, err);
}

static bool
make_fill(void *arg, const struct slab_part *part, unsigned hand, struct err *err)
{
	struct making *m = arg;

	assert_true(hand < slabs_hands(m->slabs));
	if (m->in_order) {
		assert_int_equal(m->filled, part->at);
		m->filled += part->n;
	}
	for (size_t i = 0; i < part->n; i++)
		part->p[i] = byte_at(m->from + part->at + i);
	return holds(m->fail_fill_at, part, err);
}

static bool
make_follow(void *arg, const struct slab_part *part, struct err *err)
{
	struct making *m = arg;

	assert_int_equal(m->followed, part->at);
	m->followed += part->n;
	assert_int_equal(part->p[part->n - 1],
	    byte_at(m->from + part->at + part->n - 1));
	return holds(m->fail_follow_at, part, err);
}

static bool
run(struct slabs *s, uint64_t n, struct making *m, struct err *err)
{
	struct slab_work work = { .arg = m, .fill_in_order = m->in_order,
		.waits = !m->in_order,
		.plan = make_plan, .fill = make_fill, .follow = make_follow };

	m->slabs = s;
	m->from = slabs_at(s);
	return slabs_run(s, n, &work, err);
}

static void
add(struct slabs *s, uint64_t n)
{
	struct err err = ERR_INIT;
	uint8_t part[5000];

	while (n > 0) {
		size_t now = n < sizeof part ? (size_t)n : sizeof part;

		for (size_t i = 0; i < now; i++)
			part[i] = byte_at(slabs_at(s) + i);
		assert_true(slabs_add(s, span_of(part, now), &err));
		n -= now;
	}
}

/* ---- what came out ---- */

static void
check_plain(struct file *f, uint64_t from, uint64_t n)
{
	uint8_t *back = malloc((size_t)n + 1);
	struct err err = ERR_INIT;
	size_t got;

	assert_true(file_read_at(f, back, (size_t)n + 1, from, &got, &err));
	assert_int_equal(got, n);
	for (uint64_t i = 0; i < n; i++)
		if (back[i] != byte_at(i))
			fail_msg("byte %llu", (unsigned long long)i);
	free(back);
}

static void
check_sealed(struct file *f, uint64_t n, const struct age_keys *keys)
{
	struct source *under = NULL, *src = NULL;
	struct err err = ERR_INIT;
	uint8_t part[70000];
	uint64_t at = 0;
	size_t got;

	assert_true(file_source(f, 0, &under, &err));
	assert_true(age_source(under, keys, &src, &err));
	for (;;) {
		if (!source_read(src, part, sizeof part, &got, &err))
			fail_msg("%s", err.text);
		if (got == 0)
			break;
		for (size_t i = 0; i < got; i++, at++)
			if (part[i] != byte_at(at))
				fail_msg("byte %llu", (unsigned long long)at);
	}
	assert_int_equal(at, n);
	source_free(src);
	source_free(under);
}

struct sizes {
	uint64_t first, ran, then, ran_again, last;
};

/* Bytes added, a run, bytes, another run, bytes. */
static void
whole(struct world *w, struct dir *tmp, struct sizes z, bool sealed)
{
	struct age_identity *id = NULL;
	struct age_recipient to;
	struct age_stream *stream = NULL;
	struct slabs_options o = { .w = w, .step = "test", .waits = true };
	struct making m = { 0 }, again = { .in_order = true };
	struct err err = ERR_INIT;
	struct slabs *s;
	struct buf header;
	uint64_t n = z.first + z.ran + z.then + z.ran_again + z.last;

	buf_init(&header, AGE_HEADER_MAX);
	assert_true(file_open(w, tmp, ".", FILE_TEMPORARY, &o.out, &err));
	if (sealed) {
		assert_true(age_identity_new(w, &id, &err));
		assert_true(age_identity_recipient(id, &to, &err));
		assert_true(age_seal_start(w, &to, 1, &header, &stream, &err));
		assert_true(file_write_at(o.out, buf_span(&header), 0, &err));
		o.stream = stream;
		o.out_at = header.n;
	}
	assert_true(slabs_new(&o, &s, &err));
	add(s, z.first);
	assert_true(run(s, z.ran, &m, &err));
	add(s, z.then);
	assert_true(run(s, z.ran_again, &again, &err));
	add(s, z.last);
	assert_int_equal(m.followed, z.ran);
	assert_int_equal(again.followed, z.ran_again);
	assert_int_equal(slabs_at(s), n);
	assert_true(slabs_finish(s, &err));
	if (sealed) {
		const struct age_identity *list[1] = { id };
		struct age_keys keys = { .identities = list, .n = 1 };

		check_sealed(o.out, n, &keys);
	} else {
		check_plain(o.out, 0, n);
		assert_int_equal(slabs_written(s), n);
	}
	slabs_free(s);
	age_stream_free(stream);
	age_identity_free(id);
	file_close(o.out);
	buf_clear(&header);
}

#define MIB ((uint64_t)SLAB_BYTES)

static const struct sizes many[] = {
	{ 1, 0, 0, 0, 0 },
	{ 0, 1, 0, 0, 0 },
	{ 100, 0, 0, 0, MIB - 100 },			/* ends with a slab */
	{ AGE_CHUNK, 0, 0, 0, 0 },			/* ends with a chunk */
	{ AGE_CHUNK + 1, 0, 0, 0, 0 },
	{ 0, MIB, 0, 0, 0 },
	{ 0, MIB, 0, MIB, 0 },				/* runs that end with a slab */
	{ 0, MIB, 1, MIB - 1, 1 },
	{ 600, 3 * MIB, 0, 5 * MIB - 600, 0 },
	{ 600, 3 * MIB + 77, 10, 20 * MIB, 2 * MIB + 9 },
	{ 5 * MIB, 30 * MIB + 1, MIB, 3 * MIB - 1, 1 },
	{ 0, 0, 0, 2 * MIB - 1, 1 },
};

static void
try_all(struct world *w, struct dir *tmp)
{
	for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
		whole(w, tmp, many[i], false);
		whole(w, tmp, many[i], true);
	}
}

static void
the_bytes_are_the_same_with_one_thread(void **state)
{
	struct world_sim_options opt = { .seed = 3 };
	struct err err = ERR_INIT;
	struct world *w;
	struct dir *tmp;

	(void)state;
	assert_true(world_sim(&w, opt, &err));
	assert_true(dir_open(w, NULL, ".", &tmp, &err));
	try_all(w, tmp);
	dir_close(tmp);
	world_free(w);
}

static void
the_bytes_are_the_same_with_many_threads(void **state)
{
	struct err err = ERR_INIT;
	struct world *w;
	struct dir *tmp;

	(void)state;
	assert_true(world_real(&w, &err));
	assert_true(dir_open(w, NULL, "/tmp", &tmp, &err));
	try_all(w, tmp);
	dir_close(tmp);
	world_free(w);
}

static void
fail_once(struct world *w, struct dir *tmp, struct making m)
{
	struct slabs_options o = { .w = w, .step = "test" };
	struct err err = ERR_INIT;
	struct slabs *s;

	assert_true(file_open(w, tmp, ".", FILE_TEMPORARY, &o.out, &err));
	assert_true(slabs_new(&o, &s, &err));
	add(s, 512);
	assert_false(run(s, 40 * MIB, &m, &err));
	assert_string_equal(err.reason, "test.broken");
	slabs_free(s);
	file_close(o.out);
}

static void
a_step_that_fails_ends_the_run_with_its_error(void **state)
{
	static const uint64_t places[] = { 1, MIB, 7 * MIB, 40 * MIB - 1 };
	struct err err = ERR_INIT;
	struct world *w;
	struct dir *tmp;

	(void)state;
	assert_true(world_real(&w, &err));
	assert_true(dir_open(w, NULL, "/tmp", &tmp, &err));
	for (size_t i = 0; i < 4; i++) {
		fail_once(w, tmp, (struct making){ .fail_fill_at = places[i] });
		fail_once(w, tmp, (struct making){ .fail_follow_at = places[i] });
		fail_once(w, tmp, (struct making){ .fail_plan_at = places[i] });
		fail_once(w, tmp, (struct making){ .fail_fill_at = places[i],
			.in_order = true });
	}
	dir_close(tmp);
	world_free(w);
}

static void
a_disk_that_fills_up_ends_the_run(void **state)
{
	struct world_sim_options opt = { .seed = 3, .disk_bytes = 8 << 20 };
	struct slabs_options o = { .step = "test" };
	struct making m = { 0 };
	struct err err = ERR_INIT;
	struct slabs *s;

	(void)state;
	assert_true(world_sim(&o.w, opt, &err));
	assert_true(file_open(o.w, NULL, "out", FILE_CREATE, &o.out, &err));
	assert_true(slabs_new(&o, &s, &err));
	assert_false(run(s, 40 * MIB, &m, &err));
	assert_string_equal(err.reason, "disk.full");
	slabs_free(s);
	file_close(o.out);
	world_free(o.w);
}

static void
a_run_that_writes_nothing_is_followed_all_the_same(void **state)
{
	struct slabs_options o = { .step = "test" };
	struct making m = { 0 };
	struct err err = ERR_INIT;
	struct slabs *s;

	(void)state;
	assert_true(world_real(&o.w, &err));
	assert_true(slabs_new(&o, &s, &err));
	assert_true(run(s, 25 * MIB + 5, &m, &err));
	assert_int_equal(m.followed, 25 * MIB + 5);
	slabs_free(s);
	world_free(o.w);
}

/* ---- progress ---- */

struct counting {
	struct progress progress;
	unsigned told;
	uint64_t last;
};

static void
count(struct progress *p, const char *step, uint64_t done, uint64_t total)
{
	struct counting *c = (struct counting *)p;

	assert_string_equal(step, "test");
	assert_true(done >= c->last && done <= total);
	c->last = done;
	c->told++;
}

static bool
slow_fill(void *arg, const struct slab_part *part, unsigned hand, struct err *err)
{
	(void)hand;
	(void)err;
	memset(part->p, 1, part->n);
	usleep(20000);
	slabs_done(arg, part->n);
	return true;
}

static void
progress_is_told_at_most_ten_times_a_second(void **state)
{
	struct counting c = { .progress = { count } };
	struct slabs_options o = { .progress = &c.progress, .step = "test",
		.total = 30 * MIB };
	struct slab_work work = { .fill = slow_fill, .fill_in_order = true };
	struct err err = ERR_INIT;
	uint64_t began, took;

	(void)state;
	assert_true(world_real(&o.w, &err));
	assert_true(slabs_new(&o, (struct slabs **)&work.arg, &err));
	began = world_ticks(o.w);
	assert_true(slabs_run(work.arg, 30 * MIB, &work, &err));
	took = world_ticks(o.w) - began;
	assert_true(c.told >= 3 && c.told <= took / 100000000 + 1);
	assert_true(c.last > 0);
	slabs_free(work.arg);
	world_free(o.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_the_same_with_one_thread),
		cmocka_unit_test(the_bytes_are_the_same_with_many_threads),
		cmocka_unit_test(a_step_that_fails_ends_the_run_with_its_error),
		cmocka_unit_test(a_disk_that_fills_up_ends_the_run),
		cmocka_unit_test(a_run_that_writes_nothing_is_followed_all_the_same),
		cmocka_unit_test(progress_is_told_at_most_ten_times_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
