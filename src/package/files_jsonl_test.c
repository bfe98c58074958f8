/* The lists' lines against a JSON writer, their lengths, and the tree over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "form/json.h"
#include "package/check_lines.h"
#include "package/files_jsonl.h"

static const uint8_t salt[FILES_SALT] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
	0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };

/* The same line from the general JSON writer. */
static void
line_by_json(struct buf *out, uint64_t n, const struct entry *e,
    const struct digest *d)
{
	static const char *const kinds[] = { "file", "dir", "link", "left_out" };
	struct err err = ERR_INIT;
	struct json_out j;
	struct buf b;
	const char *text;

	buf_init(&b, 1 << 20);
	buf_reset(out);
	json_out_begin(&j, out, false, true, &err);
	json_out_object(&j, NULL);
	json_out_int(&j, "n", (int64_t)n);
	json_out_str(&j, "t", kinds[e->kind]);
	if (e->kind == ENTRY_FILE) {
		json_out_text(&j, "path", e->path);
		json_out_int(&j, "size", (int64_t)e->size);
		json_out_digest(&j, "sha256", d);
	}
	if (utf8_valid(e->name)) {
		json_out_text(&j, "name", e->name);
	} else {
		assert_true(base64_encode(&b, e->name, true, &err));
		json_out_text(&j, "name_b64", buf_span(&b));
	}
	buf_reset(&b);
	if (e->kind == ENTRY_LINK) {
		assert_true(base64_encode(&b, e->target, true, &err));
		json_out_text(&j, "target_b64", buf_span(&b));
	}
	if (e->kind == ENTRY_LEFT_OUT)
		json_out_str(&j, "why", left_out_word(e->why));
	json_out_str(&j, "mtime", when_rfc3339(e->mtime).s);
	if (e->mtime_ns > 0)
		json_out_int(&j, "mtime_ns", e->mtime_ns);
	buf_reset(&b);
	assert_true(hex_encode(&b, span_of(salt, sizeof salt), &err));
	assert_true(buf_text(&b, &text, &err));
	json_out_str(&j, "salt", text);
	json_out_close_object(&j);
	assert_true(json_out_end(&j));
	assert_true(buf_add_text(out, "\n", &err));
	buf_clear(&b);
}

static void
check_line(uint64_t n, const struct entry *e, const struct digest *d)
{
	char digits[32];
	static char line[FILES_LINE_MAX];
	struct err err = ERR_INIT;
	struct line read;
	struct buf want, name;
	size_t got = files_line(line, n, e, d, salt);

	buf_init(&want, 1 << 20);
	buf_init(&name, 1 << 20);
	line_by_json(&want, n, e, d);
	assert_int_equal(got, want.n);
	assert_memory_equal(line, want.p, got);
	assert_int_equal(files_line_length(e) + (size_t)snprintf(digits,
	    sizeof digits, "%llu", (unsigned long long)n), got);
	/* And the reader takes it for what it is. */
	if (!line_parse(span_of(line, got - 1), &name, &read, &err))
		fail_msg("%s: %.*s", err.text, (int)got, line);
	assert_int_equal(read.n, n);
	assert_true(span_eq(read.name, e->name));
	buf_clear(&want);
	buf_clear(&name);
}

static void
lines_are_what_a_json_writer_would_write(void **state)
{
	static const char *const names[] = { "a", "sub/b c.txt", "\"\\\n\t\001\037",
		"\177", "\303\251t\303\251", "\xe2\x80\xae right to left",
		"\xf0\x9f\x94\x91 key", "\xff\xfe not UTF-8", "caf\xe9",
		"\xed\xa0\x80 surrogate", "/", "~" };
	struct digest d = { { 0xab, 0xcd } };
	struct entry e = { .mtime = 1795348800 };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		e.name = span_text(names[i]);
		e.kind = ENTRY_FILE;
		e.path = span_text("data/x/_00000001.txt");
		e.size = i * 1234567890123ull;
		e.mtime_ns = i % 3 == 0 ? 0 : (uint32_t)(i == 1 ? 1 : 999999999);
		check_line(i == 0 ? 1 : UINT32_MAX, &e, &d);
		e.path = span_of(NULL, 0);
		e.kind = ENTRY_FOLDER;
		check_line(7, &e, NULL);
		e.kind = ENTRY_LINK;
		e.target = span_part(span_text("../../etc/passwd\xff"), 0, i);
		check_line(10, &e, NULL);
		e.kind = ENTRY_LEFT_OUT;
		for (unsigned why = LEFT_OUT_DEVICE; why <= LEFT_OUT_ASKED; why++) {
			e.why = (enum left_out)why;
			check_line(99, &e, NULL);
		}
	}
}

static void
times_from_the_first_to_the_last_year_are_written(void **state)
{
	static const int64_t times[] = { WHEN_MIN, -1, 0, 951782400, 1795348799,
		WHEN_MAX };
	struct entry e = { .kind = ENTRY_FOLDER, .name = span_text("d") };

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		e.mtime = times[i];
		check_line(1, &e, NULL);
	}
}

static void
manifest_lines_are_those_of_sha256sum(void **state)
{
	struct digest d = { { 0x01, 0x02 } };
	struct span path = span_text("data/a");
	char line[200], want[200];
	size_t n;

	(void)state;
	n = files_manifest_line(line, &d, path);
	(void)snprintf(want, sizeof want, "0102%060d  data/a\n", 0);
	assert_int_equal(n, strlen(want));
	assert_int_equal(n, files_manifest_length(path));
	assert_memory_equal(line, want, n);
	n = files_pin_line(line, &d, 12, path);
	(void)snprintf(want, sizeof want, "0102%060d  12  data/a\n", 0);
	assert_memory_equal(line, want, n);
}

/* ---- the tree, by its definition in RFC 6962 section 2.1 ---- */

#define LINES_MAX 70

static struct span lines[LINES_MAX];

static struct digest
naive(size_t from, size_t n)
{
	uint8_t node[65] = { 1 }, leaf[200] = { 0 };
	struct err err = ERR_INIT;
	struct digest d, a, b;
	size_t k = 1;

	if (n == 0) {
		assert_true(digest_of(span_of(NULL, 0), &d, &err));
		return d;
	}
	if (n == 1) {
		memcpy(leaf + 1, lines[from].p, lines[from].n);
		assert_true(digest_of(span_of(leaf, 1 + lines[from].n), &d, &err));
		return d;
	}
	while (k * 2 < n)
		k *= 2;
	a = naive(from, k);
	b = naive(from + k, n - k);
	memcpy(node + 1, a.b, 32);
	memcpy(node + 33, b.b, 32);
	assert_true(digest_of(span_of(node, 65), &d, &err));
	return d;
}

static void
the_root_is_that_of_the_rfc_however_the_bytes_arrive(void **state)
{
	static char text[LINES_MAX][40];
	struct err err = ERR_INIT;
	struct files_root r;
	struct digest got, want;
	struct buf all;

	(void)state;
	buf_init(&all, 1 << 20);
	for (size_t n = 0; n < LINES_MAX; n++) {
		for (size_t piece = 1; piece < 100; piece = piece * 3 + 1) {
			assert_true(files_root_init(&r, &err));
			for (size_t at = 0; at < all.n; at += piece)
				assert_true(files_root_add(&r, span_of(all.p + at,
				    all.n - at < piece ? all.n - at : piece), &err));
			assert_true(files_root_end(&r, &got, &err));
			want = naive(0, n);
			assert_true(digest_eq(&got, &want));
			assert_int_equal(r.lines, n);
			files_root_clear(&r);
		}
		(void)snprintf(text[n], sizeof text[n], "line %zu%.*s\n", n,
		    (int)(n % 20), "....................");
		lines[n] = span_text(text[n]);
		assert_true(buf_add(&all, lines[n], &err));
	}
	buf_clear(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_what_a_json_writer_would_write),
		cmocka_unit_test(times_from_the_first_to_the_last_year_are_written),
		cmocka_unit_test(manifest_lines_are_those_of_sha256sum),
		cmocka_unit_test(the_root_is_that_of_the_rfc_however_the_bytes_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
