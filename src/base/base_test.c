/* What the ground floor promises. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/base.h"

static void
an_error_text_that_does_not_fit_is_cut_at_a_character(void **state)
{
	struct err err = ERR_INIT;
	char wide[700];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof wide; i += 2)
		memcpy(wide + i, "\xC3\xA9", 2);
	wide[sizeof wide - 2] = '\0';
	assert_false(err_set(&err, ERR_INPUT, "a.b", "x%s", wide));
	assert_true(strlen(err.text) < ERR_TEXT_MAX);
	assert_true(utf8_valid(span_text(err.text)));
	assert_string_equal(err.text + strlen(err.text) - 3, "...");
}

static void
context_goes_outermost_first(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	(void)err_set(&err, ERR_IO, "disk.full", "no space");
	(void)err_wrap(&err, "parcel %d", 7);
	assert_string_equal(err.text, "parcel 7: no space");
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.reason, "disk.full");
}

static void
a_buffer_takes_its_limit_and_refuses_one_more(void **state)
{
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (int i = 0; i < 100; i++)
		assert_true(buf_add_byte(&b, 'x', &err));
	assert_false(buf_add_byte(&b, 'x', &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(b.n, 100);
	buf_clear(&b);
}

static void
every_failed_allocation_is_an_error_and_changes_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_true(buf_add_text(&b, "kept", &err));
	mem_fail(1, false);
	assert_false(buf_room(&b, 500, &err));
	assert_int_equal(err.kind, ERR_MEMORY);
	assert_true(span_is(buf_span(&b), "kept"));
	assert_true(buf_room(&b, 500, &err));
	buf_clear(&b);
	mem_fail(0, false);
}

static unsigned asked;

static bool
at_the_third(bool *from_then_on)
{
	*from_then_on = true;
	return ++asked == 3;
}

static void
an_allocation_that_is_asked_for_fails_and_those_behind_it(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	asked = 0;
	mem_fail_ask(at_the_third);
	for (int i = 1; i < 6; i++) {
		void *p = mem_new(1, &err);

		assert_int_equal(p != NULL, i < 3);
		mem_free(p);
	}
	assert_int_equal(asked, 3);
	mem_fail(0, false);
}

static void
base64_has_one_spelling_a_value(void **state)
{
	static const struct { const char *text; bool pad; bool good; } rows[] = {
		{ "", false, true }, { "", true, true }, { "AA", false, true },
		{ "AB", false, false }, { "AA==", false, false }, { "AA==", true, true },
		{ "AB==", true, false }, { "AAA=", true, true }, { "AAA", true, false },
		{ "A", false, false }, { "AA=A", true, false }, { "A===", true, false },
		{ "AAAA", false, true }, { "AA\nA", false, false }, { "====", true, false },
	};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf out, back;

		buf_init(&out, 100);
		buf_init(&back, 100);
		assert_int_equal(base64_decode(&out, span_text(rows[i].text),
		    rows[i].pad, &err), rows[i].good);
		if (rows[i].good) {
			assert_true(base64_encode(&back, buf_span(&out), rows[i].pad,
			    &err));
			assert_true(span_is(buf_span(&back), rows[i].text));
		}
		buf_clear(&out);
		buf_clear(&back);
	}
}

static void
base32_follows_rfc_4648(void **state)
{
	struct err err = ERR_INIT;
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_true(base32_encode(&out, span_text("foobar"), &err));
	assert_true(span_is(buf_span(&out), "MZXW6YTBOI"));
	buf_clear(&out);
}

static void
utf8_refuses_overlong_surrogate_and_cut_forms(void **state)
{
	(void)state;
	assert_true(utf8_valid(span_text("caf\xC3\xA9 \xF0\x9F\x98\x80")));
	assert_false(utf8_valid(span_text("\xC0\xAF")));
	assert_false(utf8_valid(span_text("\xED\xA0\x80")));
	assert_false(utf8_valid(span_text("\xE2\x82")));
	assert_false(utf8_valid(span_text("\xF4\x90\x80\x80")));
}

static void
hostile_names_are_made_visible(void **state)
{
	struct err err = ERR_INIT;
	struct buf out;

	(void)state;
	buf_init(&out, 200);
	assert_true(text_visible(&out, span_text("a\nb\xE2\x80\xAE" "c\xFF\\"), &err));
	assert_true(span_is(buf_span(&out), "a\\x0Ab\\u{202E}c\\xFF\\\\"));
	buf_clear(&out);
}

static void
instants_survive_the_way_to_text_and_back(void **state)
{
	static const int64_t at[] = { WHEN_MIN, -1, 0, 951782400, 1795337160,
		4107542399LL, WHEN_MAX };
	struct err err = ERR_INIT;
	int64_t back;

	(void)state;
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		assert_true(when_parse(span_text(when_rfc3339(at[i]).s), &back));
		assert_true(back == at[i]);
	}
	assert_string_equal(when_rfc3339(951782400).s, "2000-02-29T00:00:00Z");
	assert_string_equal(when_rfc3339(WHEN_MAX + 1).s, "(no date)");
	assert_false(when_parse(span_text("2026-02-29T00:00:00Z"), &back));
	assert_false(when_parse(span_text("2026-02-28T24:00:00Z"), &back));
	assert_true(when_parse_people(span_text("2026-11-22T09:46:00+01:00"), &back,
	    &err));
	assert_string_equal(when_people(back).s, "22 Nov 2026 08:46:00 UTC");
	assert_true(when_parse_people(span_text("@0"), &back, &err));
	assert_true(back == 0);
	assert_false(when_parse_people(span_text("yesterday"), &back, &err));
}

static void
a_list_that_grows_one_by_one_always_has_room_for_the_next(void **state)
{
	uint32_t *list = NULL, *more;
	struct err err = ERR_INIT;
	uint64_t before = mem_count();

	(void)state;
	for (uint32_t n = 0; n < 5000; n++) {
		more = mem_grow(list, n, sizeof *list, &err);
		assert_non_null(more);
		list = more;
		list[n] = n;
	}
	for (uint32_t n = 0; n < 5000; n++)
		assert_int_equal(list[n], n);
	assert_true(mem_count() - before < 20);
	mem_fail(1, false);
	assert_null(mem_grow(list, 8192, sizeof *list, &err));
	assert_int_equal(err.kind, ERR_MEMORY);
	mem_fail(0, false);
	assert_null(mem_grow(list, (SIZE_MAX >> 1) + 1, sizeof *list, &err));
	mem_free(list);
}

static void
only_letters_of_ascii_become_small(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		bool capital = c >= 'A' && c <= 'Z', small = c >= 'a' && c <= 'z';

		assert_int_equal(ascii_lower((uint8_t)c), capital ? c + 32 : c);
		assert_int_equal(ascii_alnum((uint8_t)c), capital || small ||
		    (c >= '0' && c <= '9'));
	}
}

static void
a_decimal_has_one_spelling_and_a_greatest_value(void **state)
{
	static const char *const none[] = { "", "00", "01", "-1", "+1", " 1", "1 ", "1a",
		"10000000000000000000" };
	struct cursor c = cursor_of(span_text("17\n18\nx"));
	uint64_t v = 5;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(decimal_parse(span_text(none[i]), UINT64_MAX, &v));
	assert_true(v == 5);
	assert_true(decimal_parse(span_text("0"), 0, &v) && v == 0);
	assert_true(decimal_parse(span_text("9999999999999999999"), UINT64_MAX, &v));
	assert_true(v == 9999999999999999999u);
	assert_false(decimal_parse(span_text("18"), 17, &v));
	assert_true(cursor_line_decimal(&c, 17, &v) && v == 17);
	assert_false(cursor_line_decimal(&c, 17, &v));		/* and takes nothing */
	assert_true(cursor_line_decimal(&c, 18, &v) && v == 18);
	assert_false(cursor_line_decimal(&c, 18, &v));
}

static void
numbers_are_written_as_a_cursor_reads_them(void **state)
{
	struct err err = ERR_INIT;
	struct cursor c;
	uint16_t small;
	uint64_t large;
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_true(buf_add_u16(&b, 0x0102, &err));
	assert_true(buf_add_u64(&b, 0x0304050607080910u, &err));
	assert_false(buf_add_u16(&b, 1, &err));			/* one more than its limit */
	assert_int_equal(b.p[0], 1);
	assert_int_equal(b.p[9], 0x10);
	c = cursor_of(buf_span(&b));
	assert_true(cursor_u16(&c, &small) && small == 0x0102);
	assert_true(cursor_u64(&c, &large) && large == 0x0304050607080910u);
	buf_clear(&b);
}

static void
every_day_from_1900_to_2200_follows_the_one_before(void **state)
{
	struct civil c = { 1900, 1, 1, 0, 0, 0 }, d;
	int64_t at, n;

	(void)state;
	assert_true(when_from_civil(&c, &at));
	for (n = 0; n < 109573; n++, at += 86400) {
		int64_t back;

		assert_true(when_civil(at, &d));
		assert_true(when_from_civil(&d, &back));
		assert_true(back == at);
	}
	assert_int_equal(d.year, 2199);
	assert_int_equal(d.month, 12);
	assert_int_equal(d.day, 31);
}

static void
a_name_is_found_whole_or_not_at_all(void **state)
{
	static const char *const names[] = { "one", "two" };
	size_t at = 7;

	(void)state;
	assert_true(name_find(names, 2, "two", &at));
	assert_int_equal(at, 1);
	assert_false(name_find(names, 1, "two", &at));
	assert_false(name_find(names, 2, "tw", &at));
	assert_false(name_find(names, 2, "", &at));
	assert_int_equal(at, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_found_whole_or_not_at_all),
		cmocka_unit_test(an_error_text_that_does_not_fit_is_cut_at_a_character),
		cmocka_unit_test(context_goes_outermost_first),
		cmocka_unit_test(a_buffer_takes_its_limit_and_refuses_one_more),
		cmocka_unit_test(an_allocation_that_is_asked_for_fails_and_those_behind_it),
		cmocka_unit_test(every_failed_allocation_is_an_error_and_changes_nothing),
		cmocka_unit_test(base64_has_one_spelling_a_value),
		cmocka_unit_test(base32_follows_rfc_4648),
		cmocka_unit_test(utf8_refuses_overlong_surrogate_and_cut_forms),
		cmocka_unit_test(hostile_names_are_made_visible),
		cmocka_unit_test(instants_survive_the_way_to_text_and_back),
		cmocka_unit_test(a_list_that_grows_one_by_one_always_has_room_for_the_next),
		cmocka_unit_test(only_letters_of_ascii_become_small),
		cmocka_unit_test(a_decimal_has_one_spelling_and_a_greatest_value),
		cmocka_unit_test(numbers_are_written_as_a_cursor_reads_them),
		cmocka_unit_test(every_day_from_1900_to_2200_follows_the_one_before),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
