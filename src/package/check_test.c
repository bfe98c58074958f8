/* What the verifier answers, over packages made here and then tampered with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "form/json.h"
#include "form/tar.h"
#include "package/check.h"
#include "package/testkit.h"

static const struct pack_file few[] = {
	{ "a.txt", "the first file\n", 0 },
	{ "\303\251t\303\251.txt", "a name that is not ASCII\n", 0 },
	{ "sub/empty", "", 0 },
	{ "sub/b.bin", NULL, 3000 },
};
static const struct pack few_pack = { .files = few, .files_n = 4 };

static struct package_kit kit;

static int
open_kit(void **state)
{
	(void)state;
	package_kit_open(&kit, NULL);
	return 0;
}

static int
close_kit(void **state)
{
	(void)state;
	package_kit_close(&kit);
	return 0;
}

/* ---- small helpers ---- */

static void
check_path(const char *path, struct package_report *r)
{
	struct package_reading in = package_kit_reading(&kit, path);

	package_kit_check(&in, r);
}

static void
check_bytes(struct span bytes, struct package_report *r)
{
	package_kit_save(&kit, "changed", bytes);
	check_path("changed", r);
}

static bool
has_reason(const struct package_report *r, const char *reason)
{
	for (size_t i = 0; i < r->findings_n; i++)
		if (strcmp(r->findings[i].reason, reason) == 0)
			return true;
	return false;
}

static void
expect_reason(const struct package_report *r, const char *reason)
{
	if (has_reason(r, reason))
		return;
	for (size_t i = 0; i < r->findings_n; i++)
		print_message("%s: %s\n", r->findings[i].reason, r->findings[i].text);
	print_message("%s\n", r->unchanged_text);
	fail_msg("no finding says %s", reason);
}

static void
expect_text(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* Pack under a name once; its bytes. */
static void
packed(const struct pack *p, const char *path, struct buf *out)
{
	struct err err = ERR_INIT;

	if (path_exists(kit.w, NULL, path))
		assert_true(path_remove(kit.w, NULL, path, &err));
	package_kit_pack(&kit, p, path, NULL);
	package_kit_load(&kit, path, out);
}

/* Where an entry's header and content lie in a plain tar. */
struct place_in {
	size_t header, content, size;
};

static struct place_in
entry_in(struct span tar, const char *path)
{
	struct err err = ERR_INIT;
	size_t at = 0;

	for (;;) {
		struct tar_claim c;
		struct place_in p;

		assert_true(tar_claim_read(span_from(tar, at), &c, &err));
		assert_false(c.end);
		p = (struct place_in){ at, at + c.header_n, (size_t)c.size };
		if (strcmp(c.path, path) == 0)
			return p;
		at = p.content + p.size + tar_padding(p.size);
	}
}

/* ---- as it was sealed ---- */

static void
a_package_as_it_was_sealed_is_intact(void **state)
{
	struct pack p = few_pack;
	struct package_report r;
	struct buf b;

	(void)state;
	p.collection = p.revocation = true;
	packed(&p, "p.tar", &b);
	check_path("p.tar", &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	assert_int_equal(package_exit_code(&r), 0);
	assert_string_equal(r.unchanged_text, "4 of 4 files match what was sealed.");
	assert_int_equal(r.who, WHO_KNOWN);
	assert_int_equal(r.when, WHEN_PROVEN);
	assert_true(r.has_ids && r.has_act && r.has_stamp && r.has_collection);
	assert_int_equal(r.stamped_at, KIT_NOW + 10);
	assert_int_equal(r.judged_at, KIT_NOW + 10);
	assert_int_equal(r.files, 4);
	assert_int_equal(r.bytes, 15 + 25 + 3000);
	package_report_clear(&r);
	buf_clear(&b);
}

static void
the_ids_are_those_the_writer_gave(void **state)
{
	struct package_written w;
	struct package_report r;

	(void)state;
	package_kit_pack(&kit, &few_pack, "ids.tar", &w);
	check_path("ids.tar", &r);
	assert_true(digest_eq(&r.act_id, &w.act_id));
	assert_true(digest_eq(&r.package_id, &w.package_id));
	package_report_clear(&r);
}

/* Every one of them, in bag order, as long and with the digest that it has. */
static void
reader_and_writer_name_the_same_files_outside_data(void **state)
{
	struct package_written w;
	struct package_report r;
	bool manifest = false;

	(void)state;
	package_kit_pack(&kit, &few_pack, "outside.tar", &w);
	check_path("outside.tar", &r);
	assert_true(w.files.n >= 12);
	assert_int_equal(r.outside.n, w.files.n);
	for (size_t i = 0; i < w.files.n; i++) {
		const struct package_file *f = &w.files.list[i];

		assert_string_equal(r.outside.list[i].path, f->path);
		assert_int_equal(r.outside.list[i].bytes, f->bytes);
		assert_true(digest_eq(&r.outside.list[i].sha256, &f->sha256));
		manifest |= strcmp(f->path, "manifest-sha256.txt") == 0;
	}
	assert_true(manifest);
	assert_string_equal(w.files.list[0].path, "bagit.txt");
	assert_true(digest_eq(&w.files.list[w.files.n - 4].sha256, &w.act_id));
	package_report_clear(&r);
}

static void
a_package_without_files_is_intact_too(void **state)
{
	struct pack p = { 0 };
	struct package_report r;
	struct buf b;

	(void)state;
	packed(&p, "empty.tar", &b);
	assert_int_equal(b.n % TAR_RECORD, 0);
	check_path("empty.tar", &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	expect_text(r.unchanged_text, "carries no files");
	package_report_clear(&r);
	buf_clear(&b);
}

static void
a_parcel_opens_with_its_identity_only(void **state)
{
	struct pack p = few_pack;
	struct package_report r;
	struct package_reading in;
	struct age_keys none = { 0 }, other = { .identities = (const struct
	    age_identity *const *)&kit.stranger, .n = 1 };
	struct buf b;

	(void)state;
	p.sealed = true;
	packed(&p, "p.comity", &b);
	check_path("p.comity", &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	assert_int_equal(r.form, PACKAGE_PARCEL);
	package_report_clear(&r);

	in = package_kit_reading(&kit, "p.comity");
	in.keys = &none;
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_NO_IDENTITY);
	assert_int_equal(package_exit_code(&r), 2);
	expect_text(r.unchanged_text, "--identity");
	package_report_clear(&r);

	in.keys = &other;
	package_kit_check(&in, &r);
	assert_int_equal(r.overall, OVERALL_WRONG_IDENTITY);
	assert_int_equal(package_exit_code(&r), 4);
	package_report_clear(&r);
	buf_clear(&b);
}

static void
a_folder_is_checked_like_its_tar(void **state)
{
	struct package_report r, f;
	struct buf b;

	(void)state;
	packed(&few_pack, "f.tar", &b);
	package_kit_untar(&kit, buf_span(&b), "any-name");
	check_path("f.tar", &r);
	check_path("any-name", &f);
	assert_int_equal(f.overall, OVERALL_INTACT);
	assert_int_equal(f.form, PACKAGE_FOLDER);
	assert_true(digest_eq(&r.package_id, &f.package_id));
	package_report_clear(&r);
	package_report_clear(&f);
	buf_clear(&b);
}

/* A slab holds so many entries and no more; empty files take no room in it. */
static void
more_empty_files_than_a_slab_has_pieces_are_counted(void **state)
{
	static struct pack_file many[PIECES_MAX + 3];
	static char names[PIECES_MAX + 3][16];
	struct pack p = { .files = many, .files_n = PIECES_MAX + 3 };
	struct package_report r;
	struct buf b;

	(void)state;
	for (size_t i = 0; i < PIECES_MAX + 3; i++) {
		(void)snprintf(names[i], sizeof names[i], "f%zu", i);
		many[i] = (struct pack_file){ names[i], "", 0 };
	}
	packed(&p, "many.tar", &b);
	package_kit_untar(&kit, buf_span(&b), "many");
	check_path("many.tar", &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	assert_int_equal(r.files, PIECES_MAX + 3);
	package_report_clear(&r);
	check_path("many", &r);
	assert_int_equal(r.overall, OVERALL_INTACT);
	assert_int_equal(r.files, PIECES_MAX + 3);
	package_report_clear(&r);
	buf_clear(&b);
}

/* ---- no package at all ---- */

static void
what_is_no_package_is_named(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *says;
	} cases[] = {
		{ "", 0, "an empty file" },
		{ "PK\003\004aaaa", 8, "a zip archive" },
		{ "%PDF-1.7", 8, "a PDF document" },
		{ "hello", 5, "some other file" },
		{ "age-encryption.org/v2\n", 22, "another version" },
		{ "-----BEGIN AGE ENCRYPTED FILE-----\n", 35, "text armor" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct package_report r;

		check_bytes(span_of(cases[i].bytes, cases[i].n), &r);
		assert_int_equal(r.overall, OVERALL_NOT_A_PACKAGE);
		assert_int_equal(package_exit_code(&r), 2);
		expect_text(r.unchanged_text, cases[i].says);
		package_report_clear(&r);
	}
}

static void
a_foreign_tar_or_folder_is_no_package(void **state)
{
	struct package_report r;
	struct err err = ERR_INIT;
	uint8_t tar[TAR_RECORD] = { 0 };

	(void)state;
	memcpy(tar, "notes.txt", 9);
	memcpy(tar + 257, "ustar", 5);
	check_bytes(span_of(tar, sizeof tar), &r);
	assert_int_equal(r.overall, OVERALL_NOT_A_PACKAGE);
	expect_text(r.unchanged_text, "not one of Comity's");
	package_report_clear(&r);
	assert_true(dir_make(kit.w, NULL, "plain-folder", &err));
	check_path("plain-folder", &r);
	assert_int_equal(r.overall, OVERALL_NOT_A_PACKAGE);
	package_report_clear(&r);
}

/* ---- changed on the way ---- */

/*
 * A certificate inside the token is bound by nothing but its own signature: when it
 * is spoilt the authority is not proven any more, and nothing else is.
 */
static bool
changed_or_unproven(struct place_in token, size_t at, const struct package_report *r)
{
	if (at >= token.content && at < token.content + token.size &&
	    r->overall == OVERALL_INCOMPLETE)
		return r->when == WHEN_CLAIMED;
	return r->overall == OVERALL_CHANGED && r->unchanged == UNCHANGED_NO;
}

static void
every_changed_bit_outside_the_payload_is_found(void **state)
{
	size_t step = kit_long() ? 1 : 101, n = 0;
	struct package_report r;
	struct place_in token;
	struct buf b;

	(void)state;
	packed(&few_pack, "bits.tar", &b);
	token = entry_in(buf_span(&b), "signature.tst");
	for (size_t bit = 0; bit < b.n * 8; bit += step, n++) {
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		check_bytes(buf_span(&b), &r);
		if (!changed_or_unproven(token, bit / 8, &r))
			fail_msg("bit %zu of byte %zu: %d %s", bit % 8, bit / 8,
			    r.overall, r.unchanged_text);
		package_report_clear(&r);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(n > 1000);
	buf_clear(&b);
}

static void
a_changed_file_is_named_with_its_original_name(void **state)
{
	static const struct {
		const char *path, *name;
	} cases[] = {
		{ "data/a.txt", "a.txt" },
		{ "data/_00000001.txt", "\303\251t\303\251.txt" },
		{ "data/sub/b.bin", "sub/b.bin" },
		{ "data/_salt", "data/_salt" },
	};
	struct buf b;

	(void)state;
	packed(&few_pack, "name.tar", &b);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct place_in p = entry_in(buf_span(&b), cases[i].path);
		size_t at[3] = { 0, p.size / 2, p.size - 1 };

		for (size_t j = 0; j < 3; j++) {
			struct package_report r;
			char says[300];

			b.p[p.content + at[j]] ^= 1;
			check_bytes(buf_span(&b), &r);
			assert_int_equal(r.overall, OVERALL_CHANGED);
			assert_int_equal(r.files_changed, 1);
			(void)snprintf(says, sizeof says, "The file changed after "
			    "sealing: fingerprint differs in 1 of 4 files: %s.",
			    cases[i].name);
			assert_string_equal(r.unchanged_text, says);
			/* Whose package it is stands all the same. */
			assert_int_equal(r.who, WHO_KNOWN);
			assert_int_equal(r.when, WHEN_PROVEN);
			package_report_clear(&r);
			b.p[p.content + at[j]] ^= 1;
		}
	}
	buf_clear(&b);
}

static void
a_cut_package_is_changed_and_says_where(void **state)
{
	size_t step = kit_long() ? 1 : 97;
	struct buf b;

	(void)state;
	packed(&few_pack, "cut.tar", &b);
	for (size_t n = 0; n < b.n; n += step) {
		struct package_report r;

		check_bytes(span_part(buf_span(&b), 0, n), &r);
		assert_int_equal(r.overall, n < 7 ? OVERALL_NOT_A_PACKAGE :
		    OVERALL_CHANGED);
		if (n >= 7)
			expect_text(r.unchanged_text, "The package was cut");
		package_report_clear(&r);
	}
	buf_clear(&b);
}

static void
bytes_behind_the_end_are_found(void **state)
{
	struct package_report r;
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	packed(&few_pack, "trail.tar", &b);
	assert_true(buf_add_byte(&b, 0, &err));
	check_bytes(buf_span(&b), &r);
	expect_reason(&r, "tar.trailing");
	package_report_clear(&r);
	while (b.n % TAR_RECORD != 0)
		assert_true(buf_add_byte(&b, 0, &err));
	check_bytes(buf_span(&b), &r);
	expect_reason(&r, "tar.trailing");
	package_report_clear(&r);
	buf_clear(&b);
}

static void
swapped_neighbours_are_found(void **state)
{
	size_t step = kit_long() ? 1 : 13;
	struct place_in token;
	struct buf b;

	(void)state;
	packed(&few_pack, "swap.tar", &b);
	token = entry_in(buf_span(&b), "signature.tst");
	for (size_t i = 0; i + 1 < b.n; i += step) {
		struct package_report r;
		uint8_t c = b.p[i];

		if (b.p[i] == b.p[i + 1])
			continue;
		b.p[i] = b.p[i + 1];
		b.p[i + 1] = c;
		check_bytes(buf_span(&b), &r);
		assert_true(changed_or_unproven(token, i, &r));
		package_report_clear(&r);
		b.p[i + 1] = b.p[i];
		b.p[i] = c;
	}
	buf_clear(&b);
}

/* Every file of an unpacked package: a byte changed, one more, one less. */
static void
any_change_to_an_unpacked_file_is_found(void **state)
{
	static const char *const files[] = { "bagit.txt", "act.json", "data/_salt",
		"data/a.txt", "data/sub/b.bin", "data/sub/empty",
		"manifest-sha256.txt", "files.jsonl", "tree-head.txt",
		"bag-info.txt", "READ-ME-FIRST.txt", "check.sh",
		"tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s",
		"signature.bin", "signature.tst" };
	struct err err = ERR_INIT;
	struct buf tar, file;

	(void)state;
	packed(&few_pack, "each.tar", &tar);
	package_kit_untar(&kit, buf_span(&tar), "each");
	buf_init(&file, 1 << 20);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct span good = package_kit_entry(buf_span(&tar), files[i]);
		char path[100];

		(void)snprintf(path, sizeof path, "each/%s", files[i]);
		for (size_t how = 0; how < 5; how++) {
			struct package_report r;
			size_t at = how == 0 ? 0 : how == 1 ? good.n / 2 : good.n - 1;

			if (how != 3 && good.n == 0)
				continue;
			buf_reset(&file);
			assert_true(buf_add(&file, good, &err));
			if (how < 3)
				file.p[at] ^= 0x20;
			else if (how == 3)
				assert_true(buf_add_byte(&file, 'x', &err));
			else
				file.n--;
			package_kit_save(&kit, path, buf_span(&file));
			check_path("each", &r);
			if (strcmp(files[i], "signature.tst") == 0 &&
			    r.overall == OVERALL_INCOMPLETE)
				assert_int_equal(r.when, WHEN_CLAIMED);
			else
				assert_int_equal(r.overall, OVERALL_CHANGED);
			package_report_clear(&r);
		}
		package_kit_save(&kit, path, good);
	}
	buf_clear(&file);
	buf_clear(&tar);
}

static void
a_changed_or_cut_parcel_is_never_intact(void **state)
{
	struct pack p = few_pack;
	struct buf b;
	size_t header;

	(void)state;
	p.sealed = true;
	packed(&p, "bits.comity", &b);
	header = (size_t)((uint8_t *)memmem(b.p, b.n, "\n--- ", 5) - b.p) + 5 + 44;
	for (size_t bit = 0; bit < b.n * 8; bit += kit_long() ? 1 : 211) {
		struct package_report r;

		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		check_bytes(buf_span(&b), &r);
		assert_int_not_equal(r.overall, OVERALL_INTACT);
		assert_int_not_equal(r.unchanged, UNCHANGED_YES);
		if (bit / 8 >= header)
			assert_int_equal(r.overall, OVERALL_CHANGED);
		package_report_clear(&r);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < b.n; n += kit_long() ? 1 : 151) {
		struct package_report r;

		check_bytes(span_part(buf_span(&b), 0, n), &r);
		assert_int_equal(r.overall, n < 22 ? OVERALL_NOT_A_PACKAGE :
		    OVERALL_CHANGED);
		package_report_clear(&r);
	}
	buf_clear(&b);
}

static void
a_chunk_that_does_not_open_says_which_file_lies_there(void **state)
{
	static const struct pack_file big[] = {
		{ "first.bin", NULL, 100000 }, { "second.bin", NULL, 300000 },
	};
	struct pack p = { .files = big, .files_n = 2, .sealed = true };
	struct package_report r;
	struct buf b;
	size_t header;

	(void)state;
	packed(&p, "chunk.comity", &b);
	header = (size_t)((uint8_t *)memmem(b.p, b.n, "\n--- ", 5) - b.p) + 5 + 44;
	b.p[header + 16 + 3 * AGE_CHUNK_SEALED + 5] ^= 0x10;
	check_bytes(buf_span(&b), &r);
	assert_int_equal(r.overall, OVERALL_CHANGED);
	expect_reason(&r, "parcel.chunk");
	expect_text(r.unchanged_text, "chunk 4 of 7");
	expect_text(r.unchanged_text, "inside data/second.bin");
	package_report_clear(&r);
	b.p[header + 16 + 3 * AGE_CHUNK_SEALED + 5] ^= 0x10;
	/* Cut exactly behind a chunk: it opens as one in the middle. */
	check_bytes(span_part(buf_span(&b), 0, header + 16 + 3 * AGE_CHUNK_SEALED),
	    &r);
	assert_int_equal(r.overall, OVERALL_CHANGED);
	package_report_clear(&r);
	buf_clear(&b);
}

/* ---- without memory ---- */

/* Every allocation fails once, then all from there on; never a wrong answer. */
static void
fail_each_allocation(const char *path, bool changed)
{
	struct package_reading in = package_kit_reading(&kit, path);

	for (int forever = 0; forever < 2; forever++) {
		uint64_t n, before;
		bool ok;

		for (n = 1;; n += forever && !kit_long() ? 3 : 1) {
			struct err err = ERR_INIT;
			struct package_report r;

			package_report_init(&r);
			before = mem_count();
			mem_fail(n, forever);
			ok = package_check(&in, &r, &err);
			mem_fail(0, false);
			if (changed) {
				assert_int_not_equal(r.overall, OVERALL_INTACT);
				assert_int_not_equal(r.unchanged, UNCHANGED_YES);
			}
			if (!ok)
				assert_int_equal(err.kind, ERR_MEMORY);
			else if (!changed)
				assert_int_not_equal(r.overall, OVERALL_CHANGED);
			package_report_clear(&r);
			if (mem_count() - before < n)
				break;
		}
		assert_true(ok);
		assert_true(n > 20);
	}
}

static void
without_memory_no_answer_is_wrong(void **state)
{
	struct pack p = few_pack;
	struct buf b;

	(void)state;
	p.sealed = p.collection = true;
	packed(&p, "memory.comity", &b);
	fail_each_allocation("memory.comity", false);
	buf_clear(&b);
	p.sealed = false;
	packed(&p, "memory.tar", &b);
	package_kit_untar(&kit, buf_span(&b), "memory-bag");
	fail_each_allocation("memory-bag", false);
	b.p[entry_in(buf_span(&b), "data/a.txt").content] ^= 1;
	package_kit_save(&kit, "memory-bad.tar", buf_span(&b));
	fail_each_allocation("memory-bad.tar", true);
	package_kit_save(&kit, "memory-bag/data/a.txt", span_text("b"));
	fail_each_allocation("memory-bag", true);
	buf_clear(&b);
}

/* ---- what people and programs read ---- */

static void
more_findings_than_are_kept_are_counted(void **state)
{
	struct package_report r;
	struct err err = ERR_INIT;
	const char *text;
	struct buf b;

	(void)state;
	package_report_init(&r);
	for (int i = 0; i < FINDINGS_MAX; i++)
		finding_add(&r, FINDING_WARNING, "test", "finding %llu",
		    (unsigned long long)i);
	assert_int_equal(r.findings_n, FINDINGS_MAX);
	assert_int_equal(r.findings_more, 0);
	finding_add(&r, FINDING_WARNING, "test", "one more");
	assert_int_equal(r.findings_n, FINDINGS_MAX);
	assert_int_equal(r.findings_more, 1);
	buf_init(&b, 1 << 16);
	assert_true(package_report_text(&r, true, &b, &err));
	assert_true(buf_text(&b, &text, &err));
	expect_text(text, "and 1 more findings");
	buf_clear(&b);
	package_report_clear(&r);
}

static void
the_answer_is_three_lines_and_what_they_do_not_prove(void **state)
{
	struct package_report r;
	struct err err = ERR_INIT;
	const char *text;
	struct buf b;

	(void)state;
	check_path("p.tar", &r);
	buf_init(&b, 1 << 16);
	assert_true(package_report_text(&r, false, &b, &err));
	assert_true(buf_text(&b, &text, &err));
	expect_text(text, "Intact\n\nUnchanged?   YES  4 of 4 files match what was "
	    "sealed.\nWho sealed?  Training signer, Training only, XA (certificate "
	    "by Training issuing CA");
	expect_text(text, ").  KNOWN\nWhen?        Before 22 Nov 2026 12:00:11 UTC, "
	    "time stamp by Training TSA");
	expect_text(text, "  PROVEN\n");
	expect_text(text, "does not prove: that the content is true, or that the "
	    "seizure was\nlawful.\n");
	buf_clear(&b);
	package_report_clear(&r);
}

static void
the_answer_for_programs_has_one_schema(void **state)
{
	static const char *const members[] = { "\"schema\": \"comity.verdict/1\"",
		"\"overall\": \"intact\"", "\"exit_code\": 0", "\"form\": \"tar\"",
		"\"unchanged\": {", "\"state\": \"yes\"", "\"who\": {",
		"\"state\": \"known\"", "\"when\": {", "\"state\": \"proven\"",
		"\"stamped_at\": \"2026-11-22T12:00:10Z\"", "\"act\": {",
		"\"kind\": \"delivered\"", "\"act_id\": \"", "\"package_id\": \"",
		"\"files\": 4", "\"bytes\": 3040", "\"files_changed\": 0",
		"\"collection\": true", "\"unpacked\": false", "\"findings\": [",
		"\"does_not_prove\"" };
	struct package_report r;
	struct err err = ERR_INIT;
	struct json *j = NULL;
	const char *text;
	struct buf b;

	(void)state;
	check_path("p.tar", &r);
	buf_init(&b, 1 << 16);
	assert_true(package_report_json(&r, &b, &err));
	assert_true(json_read(&j, buf_span(&b), b.n, &err));
	json_free(j);
	assert_true(buf_text(&b, &text, &err));
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		expect_text(text, members[i]);
	buf_clear(&b);
	package_report_clear(&r);
	/* Nothing was checked: every member is there all the same. */
	check_bytes(span_text("x"), &r);
	buf_init(&b, 1 << 16);
	assert_true(package_report_json(&r, &b, &err));
	assert_true(json_read(&j, buf_span(&b), b.n, &err));
	json_free(j);
	buf_clear(&b);
	package_report_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_package_as_it_was_sealed_is_intact),
		cmocka_unit_test(the_ids_are_those_the_writer_gave),
		cmocka_unit_test(reader_and_writer_name_the_same_files_outside_data),
		cmocka_unit_test(a_package_without_files_is_intact_too),
		cmocka_unit_test(a_parcel_opens_with_its_identity_only),
		cmocka_unit_test(a_folder_is_checked_like_its_tar),
		cmocka_unit_test(more_empty_files_than_a_slab_has_pieces_are_counted),
		cmocka_unit_test(what_is_no_package_is_named),
		cmocka_unit_test(a_foreign_tar_or_folder_is_no_package),
		cmocka_unit_test(every_changed_bit_outside_the_payload_is_found),
		cmocka_unit_test(a_changed_file_is_named_with_its_original_name),
		cmocka_unit_test(a_cut_package_is_changed_and_says_where),
		cmocka_unit_test(bytes_behind_the_end_are_found),
		cmocka_unit_test(swapped_neighbours_are_found),
		cmocka_unit_test(any_change_to_an_unpacked_file_is_found),
		cmocka_unit_test(a_changed_or_cut_parcel_is_never_intact),
		cmocka_unit_test(a_chunk_that_does_not_open_says_which_file_lies_there),
		cmocka_unit_test(without_memory_no_answer_is_wrong),
		cmocka_unit_test(more_findings_than_are_kept_are_counted),
		cmocka_unit_test(the_answer_is_three_lines_and_what_they_do_not_prove),
		cmocka_unit_test(the_answer_for_programs_has_one_schema),
	};

	return cmocka_run_group_tests(tests, open_kit, close_kit);
}
