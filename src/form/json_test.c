/* One spelling, nothing unknown, nothing silently mended. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "form/json.h"

static enum err_kind
reading(const char *text, struct err *err)
{
	struct json *j = NULL;

	err_clear(err);
	if (json_read(&j, span_text(text), 4096, err))
		json_free(j);
	return err->kind;
}

static void
what_two_parsers_could_read_in_two_ways_is_refused(void **state)
{
	static const char *const refused[] = {
		"", "{", "{}x", "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
		"[1.0]", "[1e3]", "[01]", "[NaN]", "[9007199254740993]",
		"[123456789012345678901234567890]", "[\"\xC0\xAF\"]", "[\"\\ud800\"]",
		"[\"\x01\"]", "{\"\xC3\xA9\":1}", "[1,]", "{a:1}",
		"[[[[[[[[[[1]]]]]]]]]]",
	};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		if (reading(refused[i], &err) == ERR_NONE)
			fail_msg("accepted: %s", refused[i]);
	assert_int_equal(reading("{\"a\":[9007199254740992,-9007199254740992]}", &err),
	    ERR_NONE);
	assert_int_equal(reading("[[[[[[[1]]]]]]]", &err), ERR_NONE);
}

static void
the_size_is_bounded_before_parsing(void **state)
{
	struct err err = ERR_INIT;
	char text[4100];

	(void)state;
	memset(text, ' ', sizeof text);
	text[0] = '1';
	text[4096] = '\0';
	assert_int_equal(reading(text, &err), ERR_NONE);
	text[4096] = ' ';
	text[4097] = '\0';
	assert_int_equal(reading(text, &err), ERR_LIMIT);
}

static void
an_object_gives_each_member_once_and_names_what_is_wrong(void **state)
{
	struct err err = ERR_INIT;
	struct json *j = NULL;
	struct json_object o, inner;
	struct json_array list;
	const char *s;
	int64_t i;
	uint8_t hex[2];
	bool b;

	(void)state;
	assert_true(json_read(&j, span_text("{\"t\":\"x\",\"i\":5,\"b\":true,"
	    "\"h\":\"00ff\",\"n\":null,\"o\":{\"z\":1},\"l\":[\"p\",\"q\"]}"), 4096,
	    &err));
	assert_true(json_top(j, &o, &err));
	assert_true(json_text(&o, "t", 1, 1, &s, &err));
	assert_string_equal(s, "x");
	assert_false(json_int(&o, "i", 6, 9, &i, &err));
	assert_non_null(strstr(err.text, "\"i\""));
	assert_false(json_int(&o, "missing", 0, 9, &i, &err));
	assert_non_null(strstr(err.text, "missing"));
	assert_true(json_bool(&o, "b", &b, &err) && b);
	assert_true(json_hex(&o, "h", hex, 2, &err) && hex[1] == 255);
	assert_true(json_take_null(&o, "n"));
	assert_true(json_member(&o, "o", &inner, &err));
	assert_false(json_end(&inner, &err));
	assert_string_equal(err.reason, "json.unknown");
	assert_true(json_list(&o, "l", 0, 2, &list, &err));
	assert_int_equal(list.n, 2);
	assert_true(json_at_text(&list, 1, 1, 5, &s, &err));
	assert_string_equal(s, "q");
	assert_false(json_at_text(&list, 1, 2, 5, &s, &err));
	assert_non_null(strstr(err.text, "l[1]"));
	json_free(j);
}

static void
what_is_written_is_read_back(void **state)
{
	static const char want[] = "{\"a\":\"\\u00e9\\\"\\\\\\n\\ud83d\\ude00\","
	    "\"l\":[1,true,null],\"e\":{},\"f\":[]}";
	struct err err = ERR_INIT;
	struct json_out j;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	json_out_begin(&j, &b, false, true, &err);
	json_out_object(&j, NULL);
	json_out_str(&j, "a", "\xC3\xA9\"\\\n\xF0\x9F\x98\x80");
	json_out_array(&j, "l");
	json_out_int(&j, NULL, 1);
	json_out_bool(&j, NULL, true);
	json_out_null(&j, NULL);
	json_out_close_array(&j);
	json_out_object(&j, "e");
	json_out_close_object(&j);
	json_out_array(&j, "f");
	json_out_close_array(&j);
	json_out_close_object(&j);
	assert_true(json_out_end(&j));
	assert_true(span_is(buf_span(&b), want));
	buf_clear(&b);
}

static void
a_text_that_is_no_utf8_is_not_written(void **state)
{
	struct err err = ERR_INIT;
	struct json_out j;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	json_out_begin(&j, &b, true, false, &err);
	json_out_str(&j, NULL, "\xFF");
	assert_false(json_out_end(&j));
	assert_string_equal(err.reason, "json.utf8");
	buf_clear(&b);
}

/* What tokens are made of below. */
static char many[300];

/* Tokens of every length: each byte is the one for which there is no room some time. */
static void
a_token_that_cannot_grow_is_never_read_beyond(void **state)
{
	static const char *const ends[] = { "\"]", "\\\"\"]", "\\\\\"]",
		"\\u00e9\"]", "\xC3\xA9\"]", "\xF0\x9F\x98\x80\"]" };
	struct err err = ERR_INIT;
	char text[400];

	(void)state;
	memset(many, 'x', sizeof many - 1);
	for (size_t length = 0; length < 270; length++)
		for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
			for (uint64_t n = 1; n < 16; n++) {
				enum err_kind kind;

				(void)snprintf(text, sizeof text, "[\"%.*s%s",
				    (int)length, many, ends[i]);
				mem_fail(n, n % 2 == 0);
				kind = reading(text, &err);
				mem_fail(0, false);
				assert_true(kind == ERR_MEMORY || kind == ERR_NONE);
			}
	for (size_t digits = 1; digits < 16; digits++)
		for (uint64_t n = 1; n < 12; n++) {
			enum err_kind kind;

			(void)snprintf(text, sizeof text, "[%.*s]", (int)digits,
			    "9876543210123456");
			mem_fail(n, n % 2 == 0);
			kind = reading(text, &err);
			mem_fail(0, false);
			assert_true(kind == ERR_MEMORY || kind == ERR_NONE);
		}
}

static void
each_failed_allocation_is_told_as_such(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	for (uint64_t n = 1;; n++) {
		enum err_kind kind;

		mem_fail(n, false);
		kind = reading("{\"a\":[1,2,{\"b\":\"cd\"}]}", &err);
		mem_fail(0, false);
		if (kind == ERR_NONE)
			break;
		assert_int_equal(kind, ERR_MEMORY);
		assert_true(n < 1000);
	}
}

/* opening, n - 1 times `more`, `last`, closing: read, or refused with that reason. */
static void
repeated(const char *more, size_t n, const char *last, const char *why)
{
	struct err err = ERR_INIT;
	struct json *j = NULL;
	struct buf b;

	buf_init(&b, (size_t)8 << 20);
	assert_true(buf_add_text(&b, "[", &err));
	for (size_t i = 0; i + 1 < n; i++)
		assert_true(buf_add_text(&b, more, &err));
	assert_true(buf_add_text(&b, last, &err) && buf_add_text(&b, "]", &err));
	if (why == NULL) {
		assert_true(json_read(&j, buf_span(&b), b.n, &err));
		json_free(j);
	} else {
		assert_false(json_read(&j, buf_span(&b), b.n, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_string_equal(err.reason, why);
	}
	buf_clear(&b);
}

static void
more_values_than_a_bundle_has_are_refused_before_memory_is_spent(void **state)
{
	(void)state;
	/* The list around them is one too. */
	repeated("[],", JSON_NESTS_MAX - 1, "[]", NULL);
	repeated("[],", JSON_NESTS_MAX, "[]", "json.values");
	repeated("0,", JSON_COMMAS_MAX + 1, "0", NULL);
	repeated("0,", JSON_COMMAS_MAX + 2, "0", "json.values");
	/* Within a string they are text. */
	repeated("\"[[[[[[[[[[,,,\",", 3, "\",\"", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_values_than_a_bundle_has_are_refused_before_memory_is_spent),
		cmocka_unit_test(what_two_parsers_could_read_in_two_ways_is_refused),
		cmocka_unit_test(the_size_is_bounded_before_parsing),
		cmocka_unit_test(an_object_gives_each_member_once_and_names_what_is_wrong),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_text_that_is_no_utf8_is_not_written),
		cmocka_unit_test(a_token_that_cannot_grow_is_never_read_beyond),
		cmocka_unit_test(each_failed_allocation_is_told_as_such),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
