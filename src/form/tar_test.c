#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "form/tar.h"

#define FOLDER "comity-00112233445566778899aabbccddeeff"
#define TIME 1795000000		/* 2026-11-18 */

/* "data/" and filler up to n bytes, with a '/' at `slash` (0: none further). */
static void
path_of(char *out, size_t n, size_t slash)
{
	memset(out, 'p', n);
	memcpy(out, "data/", 5);
	if (slash > 0)
		out[slash] = '/';
	out[n] = '\0';
}

static bool
make(uint8_t out[TAR_HEADER_MAX], size_t *n, const char *path, uint64_t size,
    int64_t mtime, struct err *err)
{
	return tar_header(out, n, span_text(FOLDER), span_text(path), size, mtime,
	    err);
}

static void
a_path_fits_up_to_its_fields_and_not_one_byte_more(void **state)
{
	char path[300];
	size_t folder_n = strlen(FOLDER);

	(void)state;
	path_of(path, 100 - folder_n - 1, 0);		/* all in name */
	assert_true(tar_path_fits(span_text(FOLDER), span_text(path)));
	path_of(path, 5 + 100, 0);			/* name of 100 behind data/ */
	assert_true(tar_path_fits(span_text(FOLDER), span_text(path)));
	path_of(path, 5 + 101, 0);
	assert_false(tar_path_fits(span_text(FOLDER), span_text(path)));
	path_of(path, 255 - folder_n, 155 - folder_n - 1);	/* 155 / 100 */
	assert_true(tar_path_fits(span_text(FOLDER), span_text(path)));
	path_of(path, 256 - folder_n, 155 - folder_n - 1);
	assert_false(tar_path_fits(span_text(FOLDER), span_text(path)));
	path_of(path, 255 - folder_n, 155 - folder_n);		/* slash one too far */
	assert_false(tar_path_fits(span_text(FOLDER), span_text(path)));
	assert_false(tar_path_fits(span_text(FOLDER), span_text("")));
	assert_false(tar_path_fits(span_text(""), span_text("data/a")));
	assert_false(tar_path_fits(span_text("a/b"), span_text("data/a")));
	assert_false(tar_path_fits(span_text(FOLDER), span_of("a\0b", 3)));
}

static void
sizes_and_times_out_of_range_are_refused(void **state)
{
	uint8_t out[TAR_HEADER_MAX];
	struct err err = ERR_INIT;
	size_t n;

	(void)state;
	assert_true(make(out, &n, "act.json", TAR_SIZE_MAX, TIME, &err));
	assert_int_equal(n, TAR_HEADER_MAX);
	assert_false(make(out, &n, "act.json", TAR_SIZE_MAX + 1, TIME, &err));
	assert_string_equal(err.reason, "tar.size");
	assert_true(make(out, &n, "act.json", 1, 0, &err));
	assert_false(make(out, &n, "act.json", 1, -1, &err));
	assert_string_equal(err.reason, "tar.mtime");
	assert_true(make(out, &n, "act.json", 1, 8589934591, &err));
	assert_false(make(out, &n, "act.json", 1, 8589934592, &err));
}

static void
a_pax_header_comes_with_the_first_size_that_ustar_cannot_hold(void **state)
{
	uint8_t out[TAR_HEADER_MAX];
	struct err err = ERR_INIT;
	size_t n;

	(void)state;
	assert_true(make(out, &n, "data/a", TAR_USTAR_SIZE_MAX, TIME, &err));
	assert_int_equal(n, TAR_BLOCK);
	assert_memory_equal(out + 124, "77777777777", 12);
	assert_true(make(out, &n, "data/a", TAR_USTAR_SIZE_MAX + 1, TIME, &err));
	assert_int_equal(n, TAR_HEADER_MAX);
	assert_memory_equal(out, FOLDER "/pax", sizeof FOLDER "/pax");
	assert_memory_equal(out + TAR_BLOCK, "19 size=8589934592\n\0", 20);
	assert_memory_equal(out + 2 * TAR_BLOCK + 124, "00000000000", 12);
}

static void
what_is_written_is_read_back(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 511, 512, 65536,
	    TAR_USTAR_SIZE_MAX, TAR_USTAR_SIZE_MAX + 1, TAR_SIZE_MAX };
	uint8_t out[TAR_HEADER_MAX];
	struct tar_claim claim;
	struct err err = ERR_INIT;
	char path[300];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		path_of(path, 20 + 20 * i, 14);
		if (!tar_path_fits(span_text(FOLDER), span_text(path)))
			path_of(path, 30 + i, 0);
		assert_true(make(out, &n, path, sizes[i], TIME + i, &err));
		assert_true(tar_claim_read(span_of(out, n), &claim, &err));
		assert_string_equal(claim.folder, FOLDER);
		assert_string_equal(claim.path, path);
		assert_int_equal(claim.size, sizes[i]);
		assert_int_equal(claim.mtime, TIME + i);
		assert_int_equal(claim.header_n, n);
		assert_false(claim.end);
	}
}

static void
a_block_of_zeros_is_the_end_and_a_cut_one_an_error(void **state)
{
	uint8_t out[TAR_HEADER_MAX] = { 0 };
	struct tar_claim claim;
	struct err err = ERR_INIT;
	size_t n;

	(void)state;
	assert_true(tar_claim_read(span_of(out, TAR_BLOCK), &claim, &err));
	assert_true(claim.end);
	assert_false(tar_claim_read(span_of(out, TAR_BLOCK - 1), &claim, &err));
	assert_true(make(out, &n, "data/a", TAR_SIZE_MAX, TIME, &err));
	assert_false(tar_claim_read(span_of(out, n - 1), &claim, &err));
	assert_string_equal(err.reason, "tar.header");
}

/* Every bit of a header, the sum corrected or not, is one nobody may choose. */
static void
fix_sum(uint8_t *block)
{
	unsigned sum = 0;
	char text[8];
	size_t i;

	memset(block + 148, ' ', 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += block[i];
	snprintf(text, sizeof text, "%06o", sum & 0777777);
	memcpy(block + 148, text, 7);
}

static void
flip_all(const char *path, uint64_t size, bool correct)
{
	uint8_t good[TAR_HEADER_MAX], bad[TAR_HEADER_MAX], again[TAR_HEADER_MAX];
	struct tar_claim claim;
	struct err err = ERR_INIT;
	size_t n, m, bit, accepted = 0;

	assert_true(make(good, &n, path, size, TIME, &err));
	for (bit = 0; bit < 8 * n; bit++) {
		memcpy(bad, good, n);
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (correct)
			fix_sum(bad + bit / 8 / TAR_BLOCK * TAR_BLOCK);
		if (!tar_claim_read(span_of(bad, n), &claim, &err))
			continue;
		/* Accepted: then it is the one header of another path, size or time. */
		accepted++;
		assert_true(tar_header(again, &m, span_text(claim.folder),
		    span_text(claim.path), claim.size, claim.mtime, &err));
		assert_int_equal(m, claim.header_n);
		assert_memory_equal(again, bad, m);
	}
	/* The sum does not cover a pax record: there another size may be read. */
	if (!correct && n == TAR_BLOCK)
		assert_int_equal(accepted, 0);
	else
		assert_true(accepted > 0);
}

static void
no_bit_of_a_header_is_free(void **state)
{
	(void)state;
	flip_all("data/a.txt", 12345, false);
	flip_all("data/a.txt", 12345, true);
	flip_all("data/a.txt", TAR_USTAR_SIZE_MAX + 1, false);
}

static void
the_field_that_differs_is_named(void **state)
{
	static const struct { size_t at; const char *field; } cases[] = {
		{ 0, "name" }, { 99, "name" }, { 100, "mode" }, { 108, "uid" },
		{ 116, "gid" }, { 124, "size" }, { 136, "mtime" },
		{ 148, "chksum" }, { 156, "typeflag" }, { 157, "linkname" },
		{ 257, "magic" }, { 265, "uname" }, { 297, "gname" },
		{ 329, "devmajor" }, { 337, "devminor" }, { 345, "prefix" },
		{ 500, "padding" }, { 511, "padding" },
	};
	uint8_t good[TAR_HEADER_MAX], bad[TAR_HEADER_MAX];
	struct tar_claim claim;
	struct err err = ERR_INIT;
	size_t i, n;

	(void)state;
	assert_true(make(good, &n, "data/a.txt", 1, TIME, &err));
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char want[40];

		memcpy(bad, good, n);
		bad[cases[i].at] ^= 0x80;
		assert_false(tar_claim_read(span_of(bad, n), &claim, &err));
		snprintf(want, sizeof want, "field %s", cases[i].field);
		/* 'c' ^ 0x80 at 0 and a NUL's end at 99, 345 make another path: the
		 * sum then is what is wrong. */
		if (cases[i].at != 0 && cases[i].at != 345)
			assert_non_null(strstr(err.text,
			    cases[i].at == 99 ? "field name" : want));
	}
}

static void
padding_reaches_the_next_block_and_the_end_the_next_record(void **state)
{
	(void)state;
	assert_int_equal(tar_padding(0), 0);
	assert_int_equal(tar_padding(1), 511);
	assert_int_equal(tar_padding(512), 0);
	assert_int_equal(tar_padding(513), 511);
	assert_int_equal(tar_end_padding(0), TAR_RECORD);
	assert_int_equal(tar_end_padding(TAR_RECORD - 1024), 1024);
	assert_int_equal(tar_end_padding(TAR_RECORD - 512), TAR_RECORD + 512);
	assert_int_equal(tar_end_padding(TAR_RECORD), TAR_RECORD);
}

/* ---- against GNU tar ---- */

static char place[] = "/tmp/comity-tar-XXXXXX";

static void
shell(const char *line)
{
	assert_int_equal(system(line), 0);
}

/* What GNU tar writes as header(s) of a file of this size. */
static void
gnu_header(uint8_t *out, size_t n, const char *path, uint64_t size,
    const char *options)
{
	char line[2000];
	FILE *f;

	snprintf(line, sizeof line,
	    "cd %s && mkdir -p \"$(dirname " FOLDER "/%s)\" && "
	    "truncate -s %llu " FOLDER "/%s && "
	    "tar %s --no-recursion --owner=0 --group=0 --numeric-owner "
	    "--mode=0644 --mtime=@%d -cf - " FOLDER "/%s 2>/dev/null | "
	    "head -c %zu > headers; rm -r " FOLDER,
	    place, path, (unsigned long long)size, path, options, TIME, path, n);
	shell(line);
	snprintf(line, sizeof line, "%s/headers", place);
	f = fopen(line, "rb");
	assert_non_null(f);
	assert_int_equal(fread(out, 1, n, f), n);
	fclose(f);
}

static void
headers_equal_those_of_gnu_tar(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 123456789, TAR_USTAR_SIZE_MAX,
	    TAR_USTAR_SIZE_MAX + 1, 20000000000ull };
	uint8_t ours[TAR_HEADER_MAX], theirs[TAR_HEADER_MAX];
	struct err err = ERR_INIT;
	char path[300];
	size_t i, n;

	(void)state;
	if (system("tar --version 2>/dev/null | grep -q 'GNU tar'") != 0) {
		print_message("no GNU tar here\n");
		skip();
	}
	assert_non_null(mkdtemp(place));
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		/* With pax, GNU tar repeats a path over 100 bytes in a record: we do not. */
		path_of(path, sizes[i] > TAR_USTAR_SIZE_MAX ? 50 : 10 + i * 35,
		    i == 3 ? 90 : 0);
		assert_true(make(ours, &n, path, sizes[i], TIME, &err));
		gnu_header(theirs, n, path, sizes[i], n == TAR_BLOCK ?
		    "--format=ustar" : "--format=posix --pax-option="
		    "delete=atime,delete=ctime,exthdr.name=" FOLDER "/pax");
		assert_memory_equal(ours, theirs, n);
	}
	char line[100];
	snprintf(line, sizeof line, "rm -r %s", place);
	shell(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_fits_up_to_its_fields_and_not_one_byte_more),
		cmocka_unit_test(sizes_and_times_out_of_range_are_refused),
		cmocka_unit_test(a_pax_header_comes_with_the_first_size_that_ustar_cannot_hold),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_block_of_zeros_is_the_end_and_a_cut_one_an_error),
		cmocka_unit_test(no_bit_of_a_header_is_free),
		cmocka_unit_test(the_field_that_differs_is_named),
		cmocka_unit_test(padding_reaches_the_next_block_and_the_end_the_next_record),
		cmocka_unit_test(headers_equal_those_of_gnu_tar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
