/* files.jsonl: one spelling of each line, the tree over them, their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "package/check_lines.h"

#define HEX "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define SALT "\"salt\":\"000102030405060708090a0b0c0d0e0f\"}"
#define MTIME "\"mtime\":\"2026-11-22T08:46:00Z\","

static bool
parses(const char *text, struct buf *name, struct line *out)
{
	struct err err = ERR_INIT;
	bool ok = line_parse(span_text(text), name, out, &err);

	if (!ok)
		assert_int_equal(err.kind, ERR_INPUT);
	return ok;
}

static void
each_kind_of_line_is_read(void **state)
{
	struct buf name;
	struct line l;

	(void)state;
	buf_init(&name, 8000);
	assert_true(parses("{\"n\":1,\"t\":\"file\",\"path\":\"data/a\",\"size\":5,"
	    "\"sha256\":\"" HEX "\",\"name\":\"\\u00e9 \\\"\\\\\\n\\ud83d\\ude00\","
	    MTIME "\"mtime_ns\":999999999," SALT, &name, &l));
	assert_int_equal(l.n, 1);
	assert_int_equal(l.size, 5);
	assert_true(span_is(l.path, "data/a"));
	assert_true(span_is(l.name, "\303\251 \"\\\n\360\237\230\200"));
	assert_true(parses("{\"n\":2,\"t\":\"link\",\"name\":\"l\",\"target_b64\":"
	    "\"YS9i\"," MTIME SALT, &name, &l));
	assert_true(parses("{\"n\":3,\"t\":\"dir\",\"name_b64\":\"/w==\"," MTIME SALT,
	    &name, &l));
	assert_int_equal(l.name.p[0], 0xFF);
	assert_true(parses("{\"n\":4,\"t\":\"left_out\",\"name\":\"x\",\"why\":"
	    "\"asked\"," MTIME SALT, &name, &l));
	buf_clear(&name);
}

static void
any_other_spelling_is_refused(void **state)
{
	static const char *const lines[] = {
		"", "{}", "{\"n\":01,\"t\":\"dir\",\"name\":\"a\"," MTIME SALT,
		"{\"n\": 1,\"t\":\"dir\",\"name\":\"a\"," MTIME SALT,
		"{\"t\":\"dir\",\"n\":1,\"name\":\"a\"," MTIME SALT,
		"{\"n\":1,\"t\":\"disk\",\"name\":\"a\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\\u0061\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\\u0000\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\\u00E9\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\\ud83d\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\\ude00\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\\t\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"\303\251\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name_b64\":\"YQ==\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name_b64\":\"/w\"," MTIME SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"a\",\"mtime\":\"yesterday\"," SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"a\"," MTIME "\"mtime_ns\":0," SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"a\"," MTIME
		    "\"mtime_ns\":1000000000," SALT,
		"{\"n\":1,\"t\":\"dir\",\"name\":\"a\"," MTIME "\"salt\":\"00\"}",
		"{\"n\":1,\"t\":\"dir\",\"name\":\"a\"," MTIME SALT " ",
		"{\"n\":1,\"t\":\"left_out\",\"name\":\"a\",\"why\":\"tired\"," MTIME
		    SALT,
		"{\"n\":1,\"t\":\"file\",\"path\":\"data/../a\",\"size\":5,\"sha256\":\""
		    HEX "\",\"name\":\"a\"," MTIME SALT,
		"{\"n\":1,\"t\":\"file\",\"path\":\"data/_salt\",\"size\":5,\"sha256\":\""
		    HEX "\",\"name\":\"a\"," MTIME SALT,
		"{\"n\":1,\"t\":\"file\",\"path\":\"data/a\",\"size\":-5,\"sha256\":\""
		    HEX "\",\"name\":\"a\"," MTIME SALT,
		"{\"n\":1,\"t\":\"file\",\"path\":\"data/a\",\"size\":5,\"sha256\":\""
		    "2CF24DBA\",\"name\":\"a\"," MTIME SALT,
	};
	struct buf name;
	struct line l;

	(void)state;
	buf_init(&name, 8000);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (parses(lines[i], &name, &l))
			fail_msg("%s was taken", lines[i]);
	buf_clear(&name);
}

static void
a_name_may_be_as_long_as_a_path_can_be_and_no_longer(void **state)
{
	struct err err = ERR_INIT;
	struct buf name, text;
	struct line l;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		buf_init(&name, 8000);
		buf_init(&text, 20000);
		assert_true(buf_add_text(&text, "{\"n\":1,\"t\":\"dir\",\"name\":\"",
		    &err));
		for (size_t i = 0; i < LINE_NAME_MAX + extra; i++)
			assert_true(buf_add_byte(&text, 'x', &err));
		assert_true(buf_add_text(&text, "\"," MTIME SALT, &err));
		assert_int_equal(line_parse(buf_span(&text), &name, &l, &err),
		    extra == 0);
		buf_clear(&text);
		buf_clear(&name);
	}
}

/* ---- many ---- */

static void
feed(struct lines *l, const char *text)
{
	struct err err = ERR_INIT;
	size_t n = strlen(text);

	/* In pieces of every size: a line may lie across any border. */
	for (size_t at = 0, step = 1; at < n; at += step, step = step % 7 + 1) {
		if (step > n - at)
			step = n - at;
		assert_true(lines_add(l, span_of(text + at, step), &err));
	}
	lines_end(l);
}

#define DIR(n, name) "{\"n\":" n ",\"t\":\"dir\",\"name\":\"" name "\"," MTIME SALT "\n"
#define FILE_LINE(n, path) "{\"n\":" n ",\"t\":\"file\",\"path\":\"" path \
	"\",\"size\":5,\"sha256\":\"" HEX "\",\"name\":\"a\"," MTIME SALT "\n"

static void
lines_stand_in_their_order(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "", true },
		{ FILE_LINE("1", "data/a") FILE_LINE("2", "data/b") DIR("3", "c")
		    DIR("4", "d"), true },
		{ DIR("2", "a"), false },
		{ DIR("1", "a") DIR("3", "b"), false },
		{ DIR("1", "b") DIR("2", "a"), false },
		{ DIR("1", "a") DIR("2", "a"), false },
		{ DIR("1", "a") FILE_LINE("2", "data/a"), false },
		{ "x", false },
		{ "\n", false },
	};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lines l;

		assert_true(lines_init(&l, &err));
		feed(&l, cases[i].text);
		assert_int_equal(l.broken, !cases[i].good);
		lines_clear(&l);
	}
}

/* The tree again, the plain way of RFC 6962 2.1: split at a power of two. */
static struct digest
tree(const struct digest *leaves, size_t n)
{
	struct err err = ERR_INIT;
	struct digest left, right, out;
	uint8_t both[65];
	size_t k = 1;

	if (n == 1)
		return leaves[0];
	while (k * 2 < n)
		k *= 2;
	left = tree(leaves, k);
	right = tree(leaves + k, n - k);
	both[0] = 1;
	memcpy(both + 1, left.b, 32);
	memcpy(both + 33, right.b, 32);
	assert_true(digest_of(span_of(both, sizeof both), &out, &err));
	return out;
}

static void
the_root_is_that_of_rfc_6962(void **state)
{
	struct digest leaves[70], root, expected;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t n = 0; n <= 70; n++) {
		struct lines l;

		assert_true(lines_init(&l, &err));
		for (size_t i = 0; i < n; i++) {
			char text[40] = "";
			int m = snprintf(text + 1, sizeof text - 1, "line %zu\n", i);

			assert_true(digest_of(span_of(text, (size_t)m + 1), &leaves[i],
			    &err));
			assert_true(lines_add(&l, span_of(text + 1, (size_t)m), &err));
		}
		assert_true(lines_root(&l, &root, &err));
		if (n == 0)
			assert_true(digest_of(span_of("", 0), &expected, &err));
		else
			expected = tree(leaves, n);
		assert_true(digest_eq(&root, &expected));
		lines_clear(&l);
	}
}

static void
a_line_may_have_16_kib_and_no_more(void **state)
{
	static char text[LINE_MAX_BYTES + 2];
	struct err err = ERR_INIT;

	(void)state;
	for (size_t n = LINE_MAX_BYTES; n <= LINE_MAX_BYTES + 1; n++) {
		struct lines l;

		memset(text, 'x', n - 1);
		text[n - 1] = '\n';
		text[n] = '\0';
		assert_true(lines_init(&l, &err));
		feed(&l, text);
		assert_true(l.broken);
		assert_string_equal(l.why.reason, n == LINE_MAX_BYTES ? "files.line" :
		    "files.long");
		assert_int_equal(l.n, n == LINE_MAX_BYTES ? 1 : 0);
		lines_clear(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_line_is_read),
		cmocka_unit_test(any_other_spelling_is_refused),
		cmocka_unit_test(a_name_may_be_as_long_as_a_path_can_be_and_no_longer),
		cmocka_unit_test(lines_stand_in_their_order),
		cmocka_unit_test(the_root_is_that_of_rfc_6962),
		cmocka_unit_test(a_line_may_have_16_kib_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
