/* Out of quarantine only what proved unchanged; interrupted work goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "package/testkit.h"
#include "package/unpack.h"

#define BIG 3000000		/* a file over several slabs */

static const struct pack_file files[] = {
	{ "a.txt", "the first file\n", 0 },
	{ "b/big.bin", NULL, BIG },
	{ "c/deep/er/x", "in a deep folder\n", 0 },
	{ "d.txt", "the last one\n", 0 },
};
static const struct pack full = { .files = files, .files_n = 4, .sealed = true };

static struct package_kit kit;
static struct buf good;
static struct dir *into;

static int
open_kit(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	package_kit_open(&kit, NULL);
	package_kit_pack(&kit, &full, "p.comity", NULL);
	package_kit_load(&kit, "p.comity", &good);
	assert_true(dir_make(kit.w, NULL, "into", &err));
	assert_true(dir_open(kit.w, NULL, "into", &into, &err));
	return 0;
}

static int
close_kit(void **state)
{
	(void)state;
	buf_clear(&good);
	dir_close(into);
	package_kit_close(&kit);
	return 0;
}

static struct package_reading
reading(const char *path)
{
	struct package_reading in = package_kit_reading(&kit, path);

	in.unpack_into = into;
	in.unpack_name = "out";
	return in;
}

/* Names that lie in `into`. */
static size_t
names_there(void)
{
	struct listing *l;
	struct listing_entry e;
	struct err err = ERR_INIT;
	bool more;
	size_t n = 0;

	assert_true(listing_open(kit.w, into, ".", &l, &err));
	while (listing_next(l, &e, &more, &err) && more)
		n++;
	listing_close(l);
	return n;
}

static void
empty_again(void)
{
	struct err err = ERR_INIT;

	if (path_exists(kit.w, into, "out"))
		assert_true(dir_remove_all(kit.w, into, "out", &err));
	if (path_exists(kit.w, into, UNPACK_PREFIX "out"))
		assert_true(dir_remove_all(kit.w, into, UNPACK_PREFIX "out", &err));
	if (path_exists(kit.w, into, UNPACK_PREFIX "out.journal"))
		assert_true(path_remove(kit.w, into, UNPACK_PREFIX "out.journal",
		    &err));
	assert_int_equal(names_there(), 0);
	assert_true(dir_sync_all(into, &err));
}

/* What was unpacked is a package that is intact, and nothing lies beside it. */
static void
expect_whole(void)
{
	struct package_reading in = package_kit_reading(&kit, "into/out");
	struct package_report r;

	package_kit_check(&in, &r);
	if (r.overall != OVERALL_INTACT)
		print_message("%s\n", r.unchanged_text);
	assert_int_equal(r.overall, OVERALL_INTACT);
	assert_int_equal(r.bytes, BIG + 15 + 17 + 13);
	package_report_clear(&r);
}

static void
expect_out(void)
{
	assert_int_equal(names_there(), 1);
	expect_whole();
}

static void
an_intact_parcel_stands_under_its_name(void **state)
{
	struct package_reading in = reading("p.comity");
	struct package_report r;

	(void)state;
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	assert_true(r.unpacked);
	package_report_clear(&r);
	expect_out();
	empty_again();
}

static void
an_unknown_signer_does_not_keep_it_in_quarantine(void **state)
{
	struct package_reading in = reading("p.comity");
	struct package_report r;

	(void)state;
	in.trust.roots = in.trust.stamp_roots = NULL;
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_INCOMPLETE);
	assert_true(r.unpacked);
	package_report_clear(&r);
	expect_out();
	empty_again();
}

static void
a_name_that_is_taken_is_left_alone(void **state)
{
	struct package_reading in = reading("p.comity");
	struct package_report r;
	struct err err = ERR_INIT;

	(void)state;
	package_kit_save(&kit, "into/out", span_text("mine"));
	package_report_init(&r);
	assert_false(package_check(&in, &r, &err));
	assert_int_equal(err.kind, ERR_CONFLICT);
	assert_string_equal(err.reason, "unpack.exists");
	assert_int_equal(names_there(), 1);
	assert_true(path_remove(kit.w, into, "out", &err));
	package_report_clear(&r);
}

static void
a_name_that_leads_elsewhere_is_refused(void **state)
{
	static const char *const names[] = { "", ".", "..", "a/b", "../x", "/x" };
	struct package_reading in = reading("p.comity");

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct package_report r;
		struct err err = ERR_INIT;

		in.unpack_name = names[i];
		package_report_init(&r);
		assert_false(package_check(&in, &r, &err));
		assert_true(err.kind == ERR_USE || err.kind == ERR_CONFLICT);
		package_report_clear(&r);
		assert_int_equal(names_there(), 0);
	}
}

static void
a_name_has_its_greatest_length(void **state)
{
	struct package_reading in = reading("p.comity");
	char name[UNPACK_NAME_MAX + 2];

	(void)state;
	for (size_t n = UNPACK_NAME_MAX; n <= UNPACK_NAME_MAX + 1; n++) {
		struct package_report r;
		struct err err = ERR_INIT;

		memset(name, 'x', n);
		name[n] = '\0';
		in.unpack_name = name;
		package_report_init(&r);
		assert_int_equal(package_check(&in, &r, &err), n == UNPACK_NAME_MAX);
		package_report_clear(&r);
	}
	name[UNPACK_NAME_MAX] = '\0';
	assert_true(dir_remove_all(kit.w, into, name, NULL));
	assert_int_equal(names_there(), 0);
}

static void
what_was_changed_leaves_nothing_behind(void **state)
{
	struct package_reading in = reading("bad.comity");

	(void)state;
	for (size_t at = 200; at < good.n; at += good.n / 23) {
		struct package_report r;

		good.p[at] ^= 4;
		package_kit_save(&kit, "bad.comity", buf_span(&good));
		package_kit_check(&in, &r);
		assert_int_not_equal(r.overall, OVERALL_INTACT);
		assert_false(r.unpacked);
		package_report_clear(&r);
		assert_int_equal(names_there(), 0);
		good.p[at] ^= 4;
	}
}

/* A plain package opens chunk by chunk, and the change shows at the end only. */
static void
a_changed_file_never_gets_its_final_name(void **state)
{
	struct package_reading in = reading("bad.tar");
	struct package_report r;
	struct pack p = full;
	struct buf b;

	(void)state;
	p.sealed = false;
	package_kit_pack(&kit, &p, "plain.tar", NULL);
	package_kit_load(&kit, "plain.tar", &b);
	b.p[100000] ^= 1;
	package_kit_save(&kit, "bad.tar", buf_span(&b));
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_CHANGED);
	assert_non_null(strstr(r.unchanged_text, "b/big.bin"));
	assert_int_equal(names_there(), 0);
	package_report_clear(&r);
	buf_clear(&b);
}

static void
a_later_stamp_is_laid_beside_the_signature(void **state)
{
	struct package_reading in = reading("late.comity");
	struct package_report r;
	struct pack p = full;
	struct buf token, bytes;

	(void)state;
	/* The token of the same signature: packed stamped, then taken away. */
	p.sealed = false;
	package_kit_pack(&kit, &p, "late.tar", NULL);
	package_kit_load(&kit, "late.tar", &bytes);
	package_kit_replace(buf_span(&bytes), "signature.tst", span_of(NULL, 0),
	    &token);
	package_kit_save(&kit, "late.comity", buf_span(&token));
	in.trust.late_token = package_kit_entry(buf_span(&bytes), "signature.tst");
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	package_report_clear(&r);
	expect_out();
	assert_true(path_exists(kit.w, into, "out/signature.tst"));
	empty_again();
	buf_clear(&token);
	buf_clear(&bytes);
}

/* ---- interrupted ---- */

/*
 * The disk fails once at each call in turn.  Whatever happens, nothing stands under
 * the final name that is not whole; and a second run, going on, ends well.
 */
static void
a_run_that_was_interrupted_anywhere_goes_on(void **state)
{
	struct package_reading in = reading("p.comity");
	uint64_t step = kit_long() ? 1 : 3, n;
	unsigned resumed = 0;

	(void)state;
	in.resume = true;
	for (n = 1;; n += step) {
		struct package_report r;
		uint64_t before = world_sim_calls(kit.w);
		struct err err = ERR_INIT;
		bool ok;

		package_report_init(&r);
		world_sim_fail(kit.w, SIM_FAULT_IO, n, false);
		ok = package_check(&in, &r, &err);
		world_sim_fail(kit.w, SIM_FAULT_NONE, 0, false);
		package_report_clear(&r);
		if (world_sim_calls(kit.w) - before < n)
			break;
		if (ok) {		/* a call whose failing harms nothing */
			empty_again();
			continue;
		}
		if (path_exists(kit.w, into, "out")) {
			/* Renamed, but its name was not synced. */
			assert_true(dir_remove_all(kit.w, into, "out", &err));
		}
		package_kit_check(&in, &r);
		assert_int_equal(r.overall, OVERALL_INTACT);
		assert_true(r.unpacked);
		for (size_t i = 0; i < r.findings_n; i++)
			resumed += strcmp(r.findings[i].reason,
			    "unpack.resumed") == 0;
		package_report_clear(&r);
		expect_out();
		empty_again();
	}
	assert_true(n > 20);
	assert_true(resumed > 5);
	expect_out();
	empty_again();
}

static void
a_lost_power_is_gone_on_from(void **state)
{
	struct package_reading in;
	unsigned seed;

	(void)state;
	for (seed = 1; seed < (kit_long() ? 200u : 24u); seed++) {
		struct package_report r;
		struct err err = ERR_INIT;

		in = reading("p.comity");
		in.resume = true;
		package_report_init(&r);
		world_sim_fail(kit.w, SIM_FAULT_IO, 10 + seed % 30 * 2, true);
		assert_false(package_check(&in, &r, &err));
		package_report_clear(&r);
		world_sim_fail(kit.w, SIM_FAULT_NONE, 0, false);
		assert_true(world_sim_crash(kit.w, SIM_CRASH_KEEP_SOME, seed, &err));
		dir_close(into);
		dir_close(kit.tmp);
		assert_true(dir_open(kit.w, NULL, "into", &into, &err));
		assert_true(dir_open(kit.w, NULL, kit.tmp_path, &kit.tmp, &err));
		if (path_exists(kit.w, into, "out")) {
			/* The rename came through: then it is whole. */
			expect_whole();
			empty_again();
			continue;
		}
		in = reading("p.comity");
		in.resume = true;
		package_kit_check(&in, &r);
		assert_int_equal(r.overall, OVERALL_INTACT);
		package_report_clear(&r);
		expect_out();
		empty_again();
	}
}

static void
notes_of_another_parcel_are_not_gone_on_from(void **state)
{
	struct package_reading in = reading("p.comity");
	struct package_report r;
	struct err err = ERR_INIT;
	struct pack p = full;

	(void)state;
	in.resume = true;
	package_report_init(&r);
	world_sim_fail(kit.w, SIM_FAULT_IO, 40, false);
	assert_false(package_check(&in, &r, &err));
	world_sim_fail(kit.w, SIM_FAULT_NONE, 0, false);
	package_report_clear(&r);
	assert_int_equal(names_there(), 2);
	p.nonce = 8;
	package_kit_pack(&kit, &p, "second.comity", NULL);
	in.path = "second.comity";
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	package_report_clear(&r);
	expect_out();
	empty_again();
}

static void
one_file_and_the_plain_tar_come_back_as_they_were(void **state)
{
	struct package_reading in = package_kit_reading(&kit, "p.comity");
	struct file *f = NULL;
	struct err err = ERR_INIT;
	struct buf b, tar;
	struct package_report r;

	(void)state;
	buf_init(&b, 1000);
	assert_true(package_extract(&in, "data/d.txt", &b, &err));
	assert_true(span_is(buf_span(&b), "the last one\n"));
	buf_reset(&b);
	assert_false(package_extract(&in, "collection.json", &b, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_false(package_extract(&in, "../x", &b, &err));
	assert_int_equal(err.kind, ERR_ABSENT);
	assert_false(package_extract(&in, "data/b/big.bin", &b, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_true(file_open(kit.w, NULL, "plain", FILE_CREATE, &f, &err));
	assert_true(package_plain_tar(&in, f, &err));
	file_close(f);
	in.path = "plain";
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	assert_int_equal(r.form, PACKAGE_TAR);
	package_report_clear(&r);
	package_kit_load(&kit, "plain", &tar);
	assert_true(span_is(package_kit_entry(buf_span(&tar), "data/a.txt"),
	    "the first file\n"));
	buf_clear(&tar);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_intact_parcel_stands_under_its_name),
		cmocka_unit_test(an_unknown_signer_does_not_keep_it_in_quarantine),
		cmocka_unit_test(a_name_that_is_taken_is_left_alone),
		cmocka_unit_test(a_name_that_leads_elsewhere_is_refused),
		cmocka_unit_test(a_name_has_its_greatest_length),
		cmocka_unit_test(what_was_changed_leaves_nothing_behind),
		cmocka_unit_test(a_changed_file_never_gets_its_final_name),
		cmocka_unit_test(a_later_stamp_is_laid_beside_the_signature),
		cmocka_unit_test(a_run_that_was_interrupted_anywhere_goes_on),
		cmocka_unit_test(a_lost_power_is_gone_on_from),
		cmocka_unit_test(notes_of_another_parcel_are_not_gone_on_from),
		cmocka_unit_test(one_file_and_the_plain_tar_come_back_as_they_were),
	};

	return cmocka_run_group_tests(tests, open_kit, close_kit);
}
