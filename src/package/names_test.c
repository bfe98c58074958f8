/* Safe names (formats/package.md section 3), each held against what the reader takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "package/names.h"
#include "package/read_order.h"

static bool
safe(const char *s)
{
	char path[600];
	bool is = name_safe(span_text(s));

	/* The reader, written apart, agrees about each. */
	(void)snprintf(path, sizeof path, "data/%s", s);
	assert_int_equal(order_path_good(path), is);
	return is;
}

static void
names_of_letters_digits_dots_dashes_and_lines_stay(void **state)
{
	(void)state;
	assert_true(safe("a"));
	assert_true(safe("0"));
	assert_true(safe("Report-2026_final.v2.PDF"));
	assert_true(safe("a..b"));
	assert_true(safe("concert"));
	assert_true(safe("com"));
	assert_true(safe("com10"));
	assert_true(safe("xcon.txt"));
	assert_true(safe("comx"));
}

static void
names_that_mean_something_to_a_shell_or_a_system_do_not_stay(void **state)
{
	static const char *const bad[] = { ".", "..", ".hidden", "-rf", "a b",
		"a%41", "a\nb", "a\\b", "a:b", "~", "caf\303\251", "\377", "trailing.",
		"CON", "con", "nul.txt", "Nul.tar.gz", "AUX", "prn.", "com0", "COM9",
		"lpt1.log", "LPT0", "_salt", "_long", "_00000001" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(name_safe(span_text(bad[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (bad[i][0] != '_' && strcmp(bad[i], ".") != 0)
			assert_false(safe(bad[i]));
	assert_false(name_safe(span_of("a\0b", 3)));
	assert_false(name_safe(span_text("")));
}

static void
a_hundred_bytes_stay_and_one_more_does_not(void **state)
{
	char name[102];

	(void)state;
	memset(name, 'n', sizeof name);
	name[NAME_SAFE_MAX] = '\0';
	assert_true(safe(name));
	name[NAME_SAFE_MAX] = 'n';
	name[NAME_SAFE_MAX + 1] = '\0';
	assert_false(safe(name));
}

static const char *
made(uint32_t number, const char *original, bool is_file)
{
	static struct name_made m;

	m = name_numbered(number, span_text(original), is_file);
	return m.s;
}

static void
a_made_name_is_a_number_with_the_extension_of_a_file(void **state)
{
	(void)state;
	assert_string_equal(made(1, "\303\251t\303\251.txt", true), "_00000001.txt");
	assert_string_equal(made(4, "Readme", true), "_00000004");
	assert_string_equal(made(2, "a b.tar.GZ", true), "_00000002.GZ");
	assert_string_equal(made(3, ".profile", true), "_00000003");
	assert_string_equal(made(3, "x.", true), "_00000003");
	assert_string_equal(made(3, "x.a-b", true), "_00000003");
	assert_string_equal(made(3, "x y.12345678", true), "_00000003.12345678");
	assert_string_equal(made(3, "x y.123456789", true), "_00000003");
	assert_string_equal(made(5, "folder x.d", false), "_00000005");
	assert_string_equal(made(NAME_NUMBER_MAX, "", true), "_99999999");
	assert_string_equal(name_long(7, span_text("a.e01")).s, "00000007.e01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_letters_digits_dots_dashes_and_lines_stay),
		cmocka_unit_test(names_that_mean_something_to_a_shell_or_a_system_do_not_stay),
		cmocka_unit_test(a_hundred_bytes_stay_and_one_more_does_not),
		cmocka_unit_test(a_made_name_is_a_number_with_the_extension_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
