/* What the verifier answers, over packages made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "package/package_kit.h"

static const struct pack_file few[] = {
	{ "a.txt", "the first file\n", 0 },
	{ "\303\251t\303\251.txt", "a name that is not ASCII\n", 0 },
	{ "sub/empty", "", 0 },
	{ "sub/b.bin", NULL, 3000 },
};

static void
say(const struct package_report *r)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_true(package_report_text(r, true, &b, &err));
	printf("%.*s\n", (int)b.n, (const char *)b.p);
	buf_clear(&b);
}

static void
a_package_as_it_was_sealed_is_intact(void **state)
{
	struct pack p = { .files = few, .files_n = 4, .collection = true,
		.revocation = true };
	struct package_kit k;
	struct package_report r;
	struct package_reading in;

	(void)state;
	package_kit_open(&k, NULL);
	package_kit_pack(&k, &p, "p.tar", NULL);
	in = package_kit_reading(&k, "p.tar");
	package_kit_check(&in, &r);
	say(&r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	package_report_clear(&r);
	package_kit_close(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_package_as_it_was_sealed_is_intact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
