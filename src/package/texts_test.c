/* The texts that go into every package: short enough to print, and known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/digest.h"
#include "package/read_order.h"
#include "package/texts.h"

static void
check_shape(struct span text, size_t lines_max, size_t columns_max)
{
	struct cursor c = cursor_of(text);
	struct span line;
	size_t lines = 0;

	while (cursor_line(&c, &line)) {
		assert_true(line.n <= columns_max);
		for (size_t i = 0; i < line.n; i++)
			assert_true(line.p[i] == '\t' ||
			    (line.p[i] >= ' ' && line.p[i] <= '~'));
		lines++;
	}
	assert_true(cursor_done(&c));		/* it ends in LF */
	assert_true(lines > 20 && lines <= lines_max);
}

static void
the_page_for_people_is_one_page(void **state)
{
	(void)state;
	assert_true(text_read_me().n <= place_rule(PLACE_READ_ME)->max);
	check_shape(text_read_me(), 60, 78);
}

static void
the_script_is_short_enough_to_print_in_a_court_file(void **state)
{
	(void)state;
	assert_true(text_check().n <= place_rule(PLACE_CHECK)->max);
	assert_true(span_starts(text_check(), "#!/bin/sh\n"));
	check_shape(text_check(), 70, 90);
}

static void
this_release_s_texts_are_among_those_known(void **state)
{
	struct err err = ERR_INIT;
	struct digest d;

	(void)state;
	assert_true(digest_of(text_check(), &d, &err));
	assert_true(text_known("check.sh", &d));
	assert_false(text_known("READ-ME-FIRST.txt", &d));
	d.b[31] ^= 1;
	assert_false(text_known("check.sh", &d));
	assert_true(digest_of(text_read_me(), &d, &err));
	assert_true(text_known("READ-ME-FIRST.txt", &d));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_for_people_is_one_page),
		cmocka_unit_test(the_script_is_short_enough_to_print_in_a_court_file),
		cmocka_unit_test(this_release_s_texts_are_among_those_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
