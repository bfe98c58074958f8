/* The same answers on the real machine, where several threads share the work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "package/testkit.h"

#define SMALL 700		/* files that lie whole in a slab, many in each */

static struct package_kit kit;
static char folder[64];
static struct pack_file files[SMALL + 3];
static char names[SMALL][40];
static struct pack pack = { .files = files, .files_n = SMALL + 3 };

static int
open_kit(void **state)
{
	(void)state;
	kit_folder(folder);
	package_kit_open(&kit, folder);
	for (size_t i = 0; i < SMALL; i++) {
		(void)snprintf(names[i], sizeof names[i], "d%02zu/f%zu", i % 40, i);
		files[i] = (struct pack_file){ names[i], NULL, i * 7 % 3001 };
	}
	files[SMALL] = (struct pack_file){ "a-big", NULL, 9000000 };
	files[SMALL + 1] = (struct pack_file){ "d20-big", NULL, 5000001 };
	files[SMALL + 2] = (struct pack_file){ "z-empty", "", 0 };
	return 0;
}

static int
close_kit(void **state)
{
	(void)state;
	package_kit_close(&kit);
	kit_folder_remove(folder);
	return 0;
}

static const char *
at(const char *name)
{
	static char path[200];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void
expect_intact(const char *name, struct dir *into, const char *unpack_name)
{
	struct package_reading in = package_kit_reading(&kit, at(name));
	struct package_report r;

	in.unpack_into = into;
	in.unpack_name = unpack_name;
	package_kit_check(&in, &r);
	if (r.unchanged != UNCHANGED_YES)
		print_message("%s\n", r.unchanged_text);
	assert_int_equal(r.unchanged, UNCHANGED_YES);
	assert_int_equal(r.files, SMALL + 3);
	assert_int_equal(r.unpacked, into != NULL);
	package_report_clear(&r);
}

static void
threads_agree_on_parcel_tar_and_folder(void **state)
{
	struct dir *into = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_true(dir_open(kit.w, NULL, folder, &into, &err));
	pack.sealed = true;
	package_kit_pack(&kit, &pack, at("p.comity"), NULL);
	pack.sealed = false;
	package_kit_pack(&kit, &pack, at("p.tar"), NULL);
	for (int round = 0; round < (kit_long() ? 50 : 3); round++) {
		expect_intact("p.comity", NULL, NULL);
		expect_intact("p.tar", NULL, NULL);
		expect_intact("p.comity", into, "bag");
		expect_intact("bag", into, "bag-again");
		expect_intact("bag-again", NULL, NULL);
		assert_true(dir_remove_all(kit.w, into, "bag", &err));
		assert_true(dir_remove_all(kit.w, into, "bag-again", &err));
	}
	dir_close(into);
}

static void
threads_name_the_files_that_changed(void **state)
{
	struct package_reading in = package_kit_reading(&kit, at("bad.tar"));
	struct package_report r;
	char path[200];
	struct buf b;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", at("bad.tar"));
	in.path = path;
	package_kit_load(&kit, at("p.tar"), &b);
	for (size_t i = 100; i < 103; i++) {
		char inside[60];
		struct span s;

		(void)snprintf(inside, sizeof inside, "data/%s", names[i]);
		s = package_kit_entry(buf_span(&b), inside);
		b.p[(size_t)(s.p - b.p)] ^= 1;
	}
	package_kit_save(&kit, path, buf_span(&b));
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_CHANGED);
	assert_int_equal(r.files_changed, 3);
	package_report_clear(&r);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_agree_on_parcel_tar_and_folder),
		cmocka_unit_test(threads_name_the_files_that_changed),
	};

	return cmocka_run_group_tests(tests, open_kit, close_kit);
}
