/* Packages made to harm: each is refused, with its reason, in constant memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "form/tar.h"
#include "package/testkit.h"
#include "package/read_order.h"

static const struct pack_file few[] = {
	{ "a.txt", "the first file\n", 0 },
	{ "b/c.txt", "in a folder\n", 0 },
	{ "d.txt", "the last one\n", 0 },
};
static const struct pack few_pack = { .files = few, .files_n = 3 };

static struct package_kit kit;
static struct buf good;			/* few_pack as a plain tar */
static char folder[64];

static int
open_kit(void **state)
{
	(void)state;
	package_kit_open(&kit, NULL);
	package_kit_pack(&kit, &few_pack, "good.tar", NULL);
	package_kit_load(&kit, "good.tar", &good);
	memcpy(folder, good.p, 39);
	return 0;
}

static int
close_kit(void **state)
{
	(void)state;
	buf_clear(&good);
	package_kit_close(&kit);
	return 0;
}

/* ---- making them ---- */

static size_t
entry_at(const char *path)
{
	struct err err = ERR_INIT;
	size_t at = 0;

	for (;;) {
		struct tar_claim c;

		assert_true(tar_claim_read(span_from(buf_span(&good), at), &c, &err));
		assert_false(c.end);
		if (strcmp(c.path, path) == 0)
			return at;
		at += c.header_n + (size_t)c.size + tar_padding(c.size);
	}
}

static size_t
entry_length(size_t at)
{
	struct err err = ERR_INIT;
	struct tar_claim c;

	assert_true(tar_claim_read(span_from(buf_span(&good), at), &c, &err));
	return c.header_n + (size_t)c.size + tar_padding(c.size);
}

static void
header_sum(uint8_t h[TAR_BLOCK])
{
	unsigned sum = 0;
	char text[9];

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += h[i];
	(void)snprintf(text, sizeof text, "%06o", sum);
	memcpy(h + 148, text, 7);
}

/* A header as any tar program could write it: FOLDER/name, or name alone. */
static void
header_raw(uint8_t h[TAR_BLOCK], const char *name, char type, const char *size)
{
	memset(h, 0, TAR_BLOCK);
	memcpy(h, name, strlen(name));
	memcpy(h + 100, "0000644", 7);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	memcpy(h + 124, size, strlen(size));
	memcpy(h + 136, good.p + 136, 11);
	h[156] = (uint8_t)type;
	memcpy(h + 257, "ustar\0" "00", 8);
	memcpy(h + 329, "0000000", 7);
	memcpy(h + 337, "0000000", 7);
	header_sum(h);
}

static void
header_of(uint8_t h[TAR_BLOCK], const char *path, uint64_t size)
{
	uint8_t all[TAR_HEADER_MAX];
	struct err err = ERR_INIT;
	size_t n;

	assert_true(tar_header(all, &n, span_text(folder), span_text(path), size,
	    KIT_NOW, &err));
	assert_int_equal(n, TAR_BLOCK);
	memcpy(h, all, TAR_BLOCK);
}

/* Put bytes before an entry of the good tar (at: its offset), pad, check. */
static void
check_with(size_t at, struct span more, size_t leave_out, struct package_report *r)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, 64u << 20);
	assert_true(buf_add(&b, span_part(buf_span(&good), 0, at), &err));
	assert_true(buf_add(&b, more, &err));
	assert_true(buf_add(&b, span_from(buf_span(&good), at + leave_out), &err));
	while (b.n > 0 && b.p[b.n - 1] == 0)
		b.n--;
	while (b.n % TAR_BLOCK != 0)
		assert_true(buf_add_byte(&b, 0, &err));
	for (uint64_t n = tar_end_padding(b.n); n > 0; n--)
		assert_true(buf_add_byte(&b, 0, &err));
	package_kit_save(&kit, "hostile.tar", buf_span(&b));
	buf_clear(&b);
	{
		struct package_reading in = package_kit_reading(&kit, "hostile.tar");

		package_kit_check(&in, r);
	}
}

static void
expect(struct package_report *r, const char *reason)
{
	bool found = false;

	for (size_t i = 0; i < r->findings_n; i++)
		found |= strcmp(r->findings[i].reason, reason) == 0;
	if (!found) {
		for (size_t i = 0; i < r->findings_n; i++)
			print_message("%s: %s\n", r->findings[i].reason,
			    r->findings[i].text);
		fail_msg("%s was not said", reason);
	}
	assert_int_equal(r->overall, OVERALL_CHANGED);
	assert_int_equal(r->unchanged, UNCHANGED_NO);
	package_report_clear(r);
}

/* ---- entries ---- */

/* All places of one padding, and the last of the end. */
static void
a_byte_where_only_zeros_belong_is_found_wherever_it_lies(void **state)
{
	size_t at = entry_at("act.json"), n = entry_length(at), last = good.n - 1;
	struct package_report r;
	struct err err = ERR_INIT;
	struct tar_claim c;
	size_t first;

	(void)state;
	assert_true(tar_claim_read(span_from(buf_span(&good), at), &c, &err));
	first = at + c.header_n + (size_t)c.size;
	assert_true(first < at + n);
	for (size_t i = first; i <= last; i = i == at + n - 1 ? last - 70 : i + 1) {
		uint8_t was = good.p[i];
		struct package_reading in;

		assert_int_equal(was, 0);
		good.p[i] = 1;
		package_kit_save(&kit, "padding.tar", buf_span(&good));
		good.p[i] = was;
		in = package_kit_reading(&kit, "padding.tar");
		package_kit_check(&in, &r);
		expect(&r, "tar.padding");
	}
}

static void
the_good_one_is_intact(void **state)
{
	struct package_report r;

	(void)state;
	check_with(0, span_of(NULL, 0), 0, &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	package_report_clear(&r);
}

static void
an_entry_that_may_not_be_there_is_refused(void **state)
{
	static const struct {
		const char *path, *before, *reason;
	} cases[] = {
		{ "fetch.txt", "bag-info.txt", "order.unknown" },
		{ "manifest-md5.txt", "files.jsonl", "order.unknown" },
		{ "data2/x", "manifest-sha256.txt", "order.unknown" },
		{ "data/../x", "data/a.txt", "order.name" },
		{ "data/.hidden", "data/a.txt", "order.name" },
		{ "data/-rf", "data/a.txt", "order.name" },
		{ "data/a..", "data/b/c.txt", "order.name" },
		{ "data/con", "data/d.txt", "order.name" },
		{ "data/LPT1.txt", "manifest-sha256.txt", "order.name" },
		{ "data/_made-up", "data/a.txt", "order.name" },
		{ "data//a", "data/a.txt", "order.name" },
		{ "data/a b", "data/b/c.txt", "order.name" },
		{ "data/a.txt", "data/b/c.txt", "order.twin" },
		{ "data/A.TXT", "data/b/c.txt", "order.twin" },
		{ "data/a.txt/inside", "data/b/c.txt", "order.folder" },
		{ "data/B/d.txt", "data/d.txt", "order.twin" },
		{ "data/0", "data/b/c.txt", "order.sorted" },
		{ "data/e", "files.jsonl", "order.late" },
		{ "act.json", "data/a.txt", "order.late" },
		{ "bag-info.txt", "READ-ME-FIRST.txt", "order.late" },
		{ "check.sh", "bag-info.txt", "order.missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct package_report r;
		uint8_t h[TAR_BLOCK];

		header_of(h, cases[i].path, 0);
		check_with(entry_at(cases[i].before), span_of(h, sizeof h), 0, &r);
		expect(&r, cases[i].reason);
	}
}

static void
an_entry_that_is_missing_is_named(void **state)
{
	static const char *const paths[] = { "act.json", "data/_salt",
		"manifest-sha256.txt", "files.jsonl", "tree-head.txt",
		"bag-info.txt", "READ-ME-FIRST.txt", "check.sh",
		"tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s",
		"signature.bin" };

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		size_t at = entry_at(paths[i]);
		struct package_report r;

		check_with(at, span_of(NULL, 0), entry_length(at), &r);
		assert_non_null(strstr(r.unchanged_text, paths[i]));
		expect(&r, "order.missing");
	}
}

static void
a_file_taken_out_or_put_in_is_named(void **state)
{
	size_t at = entry_at("data/b/c.txt");
	struct package_report r;
	uint8_t h[TAR_BLOCK];

	(void)state;
	check_with(at, span_of(NULL, 0), entry_length(at), &r);
	assert_int_equal(r.files_changed, 1);
	assert_non_null(strstr(r.unchanged_text, "b/c.txt"));
	assert_non_null(strstr(r.findings[1].text, "is missing"));
	expect(&r, "files.changed");
	header_of(h, "data/c", 0);
	check_with(entry_at("data/d.txt"), span_of(h, sizeof h), 0, &r);
	assert_int_equal(r.files_changed, 1);
	assert_non_null(strstr(r.findings[1].text, "was added"));
	expect(&r, "files.changed");
}

static void
more_changed_files_than_are_named_are_counted(void **state)
{
	size_t at = entry_at("data/d.txt");
	uint8_t many[(REPORT_FILES_MAX + 5) * TAR_BLOCK];
	struct package_report r;

	(void)state;
	for (size_t i = 0; i < REPORT_FILES_MAX + 5; i++) {
		char path[40];

		(void)snprintf(path, sizeof path, "data/c%02zu", i);
		header_of(many + i * TAR_BLOCK, path, 0);
	}
	check_with(at, span_of(many, sizeof many), 0, &r);
	assert_int_equal(r.files_changed, REPORT_FILES_MAX + 5);
	expect(&r, "files.more");
}

/* ---- headers ---- */

static void
links_devices_and_odd_headers_are_refused(void **state)
{
	static const char types[] = "123456gxLKSV\0";
	char name[100];

	(void)state;
	(void)snprintf(name, sizeof name, "%s/data/b/a", folder);
	for (size_t i = 0; i < sizeof types; i++) {
		struct package_report r;
		uint8_t h[TAR_BLOCK];

		header_raw(h, name, types[i], "00000000000");
		check_with(entry_at("data/b/c.txt"), span_of(h, sizeof h), 0, &r);
		expect(&r, "tar.header");
	}
}

static void
a_path_outside_the_folder_is_refused(void **state)
{
	static const struct {
		const char *name, *reason;
	} cases[] = {
		{ "/etc/passwd", "tar.header" },
		{ "../x", "tar.folder" },
		{ "comity-00000000000000000000000000000001/data/b/a", "tar.folder" },
		{ "x", "tar.header" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct package_report r;
		uint8_t h[TAR_BLOCK];

		header_raw(h, cases[i].name, '0', "00000000000");
		check_with(entry_at("data/b/c.txt"), span_of(h, sizeof h), 0, &r);
		assert_int_equal(r.overall, OVERALL_CHANGED);
		expect(&r, cases[i].reason);
	}
}

static void
a_claimed_size_the_file_cannot_hold_is_refused_unread(void **state)
{
	static const char *const sizes[] = { "77777777777", "00000100000" };
	uint8_t big[TAR_HEADER_MAX], h[TAR_BLOCK];
	struct err err = ERR_INIT;
	struct package_report r;
	char name[100];
	size_t n;

	(void)state;
	(void)snprintf(name, sizeof name, "%s/data/b/a", folder);
	for (size_t i = 0; i < 2; i++) {
		header_raw(h, name, '0', sizes[i]);
		check_with(entry_at("data/b/c.txt"), span_of(h, sizeof h), 0, &r);
		expect(&r, "tar.cut");
	}
	/* 10 GB in a kilobyte, by the rules of section 9. */
	assert_true(tar_header(big, &n, span_text(folder), span_text("data/b/a"),
	    10000000000ull, KIT_NOW, &err));
	assert_int_equal(n, TAR_HEADER_MAX);
	check_with(entry_at("data/b/c.txt"), span_of(big, n), 0, &r);
	expect(&r, "tar.cut");
	/* And the greatest that can be said. */
	assert_true(tar_header(big, &n, span_text(folder), span_text("data/b/a"),
	    TAR_SIZE_MAX, KIT_NOW, &err));
	check_with(entry_at("data/b/c.txt"), span_of(big, n), 0, &r);
	expect(&r, "tar.cut");
}

static void
a_tag_file_above_its_limit_is_refused_before_it_is_read(void **state)
{
	(void)state;
	for (unsigned p = 0; p < PLACES; p++) {
		const struct place_rule *rule = place_rule((enum place)p);
		struct package_report r;
		uint8_t *more;
		struct err err = ERR_INIT;
		size_t n;

		if (rule->max == UINT64_MAX || rule->optional)
			continue;
		n = (size_t)rule->max + 1;
		more = mem_new(TAR_BLOCK + n + tar_padding(n), &err);
		assert_non_null(more);
		header_of(more, rule->path, n);
		check_with(entry_at(rule->path),
		    span_of(more, TAR_BLOCK + n + tar_padding(n)),
		    entry_length(entry_at(rule->path)), &r);
		expect(&r, "order.size");
		mem_free(more);
	}
}

static void
another_time_in_one_header_is_refused(void **state)
{
	size_t at = entry_at("data/a.txt");
	uint8_t h[TAR_HEADER_MAX];
	struct err err = ERR_INIT;
	struct package_report r;
	size_t n;

	(void)state;
	assert_true(tar_header(h, &n, span_text(folder), span_text("data/a.txt"),
	    15, KIT_NOW + 1, &err));
	check_with(at, span_of(h, n), TAR_BLOCK, &r);
	expect(&r, "tar.mtime");
}

/* Another folder name, or another time, in every header at once. */
static void
a_folder_or_time_that_is_not_the_acts_is_found(void **state)
{
	for (int what = 0; what < 2; what++) {
		struct err err = ERR_INIT;
		struct package_report r;
		struct package_reading in;
		struct buf b;
		size_t at = 0;

		(void)state;
		buf_init(&b, 1 << 20);
		assert_true(buf_add(&b, buf_span(&good), &err));
		for (;;) {
			struct tar_claim c;
			uint8_t h[TAR_HEADER_MAX];
			size_t n;

			assert_true(tar_claim_read(span_from(buf_span(&b), at), &c,
			    &err));
			if (c.end)
				break;
			if (what == 0)
				c.folder[10] = 'a';
			assert_true(tar_header(h, &n, span_text(c.folder),
			    span_text(c.path), c.size, c.mtime + what, &err));
			memcpy(b.p + at, h, n);
			at += n + (size_t)c.size + tar_padding(c.size);
		}
		package_kit_save(&kit, "moved.tar", buf_span(&b));
		in = package_kit_reading(&kit, "moved.tar");
		package_kit_check(&in, &r);
		expect(&r, what == 0 ? "tar.folder" : "tar.mtime");
		buf_clear(&b);
	}
}

/* ---- unpacked ---- */

static void
expect_folder(const char *reason)
{
	struct package_reading in = package_kit_reading(&kit, "bag");
	struct package_report r;

	package_kit_check(&in, &r);
	expect(&r, reason);
	package_kit_untar(&kit, buf_span(&good), "bag");
}

static void
what_was_done_to_a_folder_is_found(void **state)
{
	struct err err = ERR_INIT;
	struct world *w = kit.w;

	(void)state;
	package_kit_untar(&kit, buf_span(&good), "bag");
	package_kit_save(&kit, "bag/extra.txt", span_text("x"));
	expect_folder("folder.added");
	package_kit_save(&kit, "bag/data/extra.txt", span_text("x"));
	expect_folder("files.changed");
	package_kit_save(&kit, "bag/data/b/.git", span_text("x"));
	expect_folder("files.changed");
	assert_true(dir_make(w, NULL, "bag/data/b/new", &err));
	expect_folder("files.changed");
	assert_true(path_remove(w, NULL, "bag/data/d.txt", &err));
	expect_folder("files.changed");
	package_kit_save(&kit, "bag/data/d.txt", span_text("the last 0ne\n"));
	expect_folder("files.changed");
	package_kit_save(&kit, "bag/data/d.txt", span_text("longer than it was\n"));
	expect_folder("files.changed");
	assert_true(path_remove(w, NULL, "bag/check.sh", &err));
	expect_folder("order.missing");
	package_kit_save(&kit, "bag/check.sh", span_text("#!/bin/sh\nexit 0\n"));
	expect_folder("tagmanifest.file");
	assert_true(path_remove(w, NULL, "bag/manifest-sha256.txt", &err));
	expect_folder("order.missing");
	assert_true(dir_remove_all(w, NULL, "bag/data", &err));
	expect_folder("files.changed");
}

static void
links_and_devices_in_a_folder_are_never_followed(void **state)
{
	static const enum file_type types[] = { FILE_LINK, FILE_FIFO, FILE_SOCKET };
	struct err err = ERR_INIT;

	(void)state;
	package_kit_save(&kit, "outside", span_text("the last one\n"));
	package_kit_untar(&kit, buf_span(&good), "bag");
	for (size_t i = 0; i < 3; i++) {
		assert_true(path_remove(kit.w, NULL, "bag/data/d.txt", &err));
		assert_true(world_sim_put(kit.w, "bag/data/d.txt", types[i],
		    types[i] == FILE_LINK ? "../../outside" : NULL, &err));
		expect_folder("files.changed");
		assert_true(path_remove(kit.w, NULL, "bag/act.json", &err));
		assert_true(world_sim_put(kit.w, "bag/act.json", types[i],
		    types[i] == FILE_LINK ? "../good" : NULL, &err));
		expect_folder("folder.kind");
	}
	assert_true(dir_remove_all(kit.w, NULL, "bag/data/b", &err));
	assert_true(world_sim_put(kit.w, "bag/data/b", FILE_LINK, "../../tmp", &err));
	expect_folder("files.changed");
}

static void
a_manifest_that_leads_outside_is_refused(void **state)
{
	static const char *const lines[] = {
		"data/../../good.tar", "data//a", "/etc/passwd", "act.json",
		"data/", "data/_salt/../a.txt",
	};
	static const char hex[] = "0000000000000000000000000000000000000000000000000"
	    "000000000000000";

	(void)state;
	package_kit_untar(&kit, buf_span(&good), "bag");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct package_reading in = package_kit_reading(&kit, "bag");
		struct package_report r;
		char text[200];

		(void)snprintf(text, sizeof text, "%s  %s\n", hex, lines[i]);
		package_kit_save(&kit, "bag/manifest-sha256.txt", span_text(text));
		package_kit_check(&in, &r);
		assert_int_equal(r.overall, OVERALL_CHANGED);
		package_report_clear(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_good_one_is_intact),
		cmocka_unit_test(a_byte_where_only_zeros_belong_is_found_wherever_it_lies),
		cmocka_unit_test(an_entry_that_may_not_be_there_is_refused),
		cmocka_unit_test(an_entry_that_is_missing_is_named),
		cmocka_unit_test(a_file_taken_out_or_put_in_is_named),
		cmocka_unit_test(more_changed_files_than_are_named_are_counted),
		cmocka_unit_test(links_devices_and_odd_headers_are_refused),
		cmocka_unit_test(a_path_outside_the_folder_is_refused),
		cmocka_unit_test(a_claimed_size_the_file_cannot_hold_is_refused_unread),
		cmocka_unit_test(
		    a_tag_file_above_its_limit_is_refused_before_it_is_read),
		cmocka_unit_test(another_time_in_one_header_is_refused),
		cmocka_unit_test(a_folder_or_time_that_is_not_the_acts_is_found),
		cmocka_unit_test(what_was_done_to_a_folder_is_found),
		cmocka_unit_test(links_and_devices_in_a_folder_are_never_followed),
		cmocka_unit_test(a_manifest_that_leads_outside_is_refused),
	};

	return cmocka_run_group_tests(tests, open_kit, close_kit);
}
