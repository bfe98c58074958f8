/* Which entry may come next, and which names a package may have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "package/read_order.h"

static void
names_a_writer_of_ours_can_make_are_good(void **state)
{
	static const char *const good[] = {
		"data/_salt", "data/a", "data/A-b_c.d", "data/_00000001",
		"data/_00000001.txt", "data/_99999999.abcdefgh", "data/a/b/c",
		"data/_00000002/x", "data/_long/00000001.bin", "data/_long/00000001",
		"data/console", "data/com", "data/com10", "data/lpt", "data/0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!order_path_good(good[i]))
			fail_msg("%s was refused", good[i]);
}

static void
all_other_names_are_not(void **state)
{
	static const char *const bad[] = {
		"", "data", "data/", "data//a", "data/a/", "/data/a", "Data/a",
		"data/.", "data/..", "data/../x", "data/.a", "data/-a", "data/a.",
		"data/a b", "data/a\tb", "data/\303\251", "data/a%20", "data/a\\b",
		"data/a:b", "data/_", "data/_a", "data/_1", "data/_0000001",
		"data/_000000001", "data/_00000001.", "data/_00000001.abcdefghi",
		"data/_00000001.a-b", "data/_salt/x", "data/x/_salt", "data/_Salt",
		"data/_long", "data/_long/a", "data/_long/_00000001",
		"data/_long/00000001/x", "data/x/_long/00000001", "data/CON",
		"data/con.txt", "data/Aux", "data/nul.tar.gz", "data/PRN", "data/com0",
		"data/COM9.x", "data/lpt5", "data/a/con/b", "act.json",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (order_path_good(bad[i]))
			fail_msg("%s was taken", bad[i]);
}

static void
components_and_paths_have_their_greatest_length(void **state)
{
	char path[300];

	(void)state;
	for (size_t n = 99; n <= 101; n++) {
		(void)snprintf(path, sizeof path, "data/%0*d", (int)n, 0);
		assert_int_equal(order_path_good(path), n <= ORDER_COMPONENT_MAX);
	}
	for (size_t n = 199; n <= 201; n++) {
		(void)snprintf(path, sizeof path, "data/%0100d/%0*d", 0,
		    (int)n - 106, 0);
		assert_int_equal(strlen(path), n);
		assert_int_equal(order_path_good(path), n <= ORDER_PATH_MAX);
	}
}

static void
a_folder_comes_before_what_sorts_after_its_slash(void **state)
{
	static const char *const sorted[] = { "data/_00000001", "data/_salt",
		"data/a", "data/a-b", "data/B", "data/b/x", "data/b/y/z", "data/b-c",
		"data/c" };

	(void)state;
	/* b/x before b-c: '/' counts as the least byte there is. */
	for (size_t i = 0; i < sizeof sorted / sizeof sorted[0]; i++)
		for (size_t j = 0; j < sizeof sorted / sizeof sorted[0]; j++) {
			int c = order_compare(sorted[i], sorted[j]);

			assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
		}
}

/* Everything section 1 has, in its order; what is optional may be left out. */
static void
the_order_of_section_1_is_taken_and_no_other(void **state)
{
	(void)state;
	for (unsigned skip = 0; skip <= PLACES; skip++) {
		struct err err = ERR_INIT;
		struct order o;
		bool ok = true;

		order_init(&o);
		for (unsigned p = 0; ok && p < PLACES; p++) {
			const struct place_rule *r = place_rule((enum place)p);
			enum place got;

			if (p == skip)
				continue;
			if (p == PLACE_DATA) {
				ok = order_next(&o, ORDER_SALT_PATH, 32, &got, &err);
				continue;
			}
			ok = order_next(&o, r->path, p == PLACE_BAGIT ? 54 : 1, &got,
			    &err);
			if (ok)
				assert_int_equal(got, p);
		}
		ok = ok && order_end(&o, &err);
		assert_int_equal(ok, skip == PLACES ||
		    place_rule((enum place)skip)->optional);
		if (!ok)
			assert_string_equal(err.reason, "order.missing");
	}
}

static void
each_file_has_its_greatest_size(void **state)
{
	(void)state;
	for (unsigned p = PLACE_ACT; p < PLACES; p++) {
		const struct place_rule *r = place_rule((enum place)p);
		struct err err = ERR_INIT;
		struct order o;
		enum place got;

		order_init(&o);
		o.next = p;
		o.salt = true;
		if (r->max == UINT64_MAX)
			continue;
		assert_false(order_next(&o, r->path, r->max + 1, &got, &err));
		assert_string_equal(err.reason, "order.size");
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_true(order_next(&o, r->path, r->max, &got, &err));
	}
}

static void
a_name_in_a_sentence_cannot_change_the_line(void **state)
{
	char longer[1000];

	(void)state;
	assert_string_equal(shown_text("a\nb\033[31m").s, "a\\x0Ab\\x1B[31m");
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(strlen(shown_text(longer).s), sizeof(struct shown) - 1);
	assert_string_equal(shown_text(longer).s + sizeof(struct shown) - 4, "...");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_a_writer_of_ours_can_make_are_good),
		cmocka_unit_test(all_other_names_are_not),
		cmocka_unit_test(components_and_paths_have_their_greatest_length),
		cmocka_unit_test(a_folder_comes_before_what_sorts_after_its_slash),
		cmocka_unit_test(the_order_of_section_1_is_taken_and_no_other),
		cmocka_unit_test(each_file_has_its_greatest_size),
		cmocka_unit_test(a_name_in_a_sentence_cannot_change_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
