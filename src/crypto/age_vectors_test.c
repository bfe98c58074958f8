/*
 * Public age files, each against what its first lines expect: those in
 * tests/vectors/age, and all of C2SP/CCTV where the shared folder is at hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <dirent.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "crypto/age_internal.h"

#define FILE_BYTES_MAX ((size_t)64 << 20)	/* the largest inflates to 17 MiB */
#define KEYS_MAX 8

struct vector {
	struct buf text;		/* the whole file */
	struct buf age;			/* the age file, inflated */
	struct span expect, payload, file_key;
	struct age_identity *identity[KEYS_MAX];
	size_t identities;
	struct span passphrase[KEYS_MAX];
	size_t passphrases;
	bool hybrid, armored, compressed, unknown;
};

/* ---- reading a vector ---- */

static void
file_read(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		assert_true(buf_add(out, span_of(part, n), NULL));
	assert_int_equal(fclose(f), 0);
}

/* An identity we can use, or the sentence about hybrid ones. */
static void
identity_add(struct vector *v, struct span text)
{
	struct err err = ERR_INIT;

	assert_in_range(v->identities, 0, KEYS_MAX - 1);
	if (age_identity_parse(text, &v->identity[v->identities], &err)) {
		v->identities++;
		return;
	}
	assert_true(span_starts(text, "AGE-SECRET-KEY-PQ-1"));
	assert_string_equal(err.reason, "age.hybrid");
	assert_int_equal(err.kind, ERR_USE);
	v->hybrid = true;
}

static void
member_read(struct vector *v, struct span line)
{
	const uint8_t *colon = memmem(line.p, line.n, ": ", 2);
	struct span key, value;

	assert_non_null(colon);
	key = span_of(line.p, (size_t)(colon - line.p));
	value = span_from(line, key.n + 2);
	if (span_is(key, "expect"))
		v->expect = value;
	else if (span_is(key, "payload"))
		v->payload = value;
	else if (span_is(key, "file key"))
		v->file_key = value;
	else if (span_is(key, "identity"))
		identity_add(v, value);
	else if (span_is(key, "passphrase"))
		v->passphrase[v->passphrases++ % KEYS_MAX] = value;
	else if (span_is(key, "armored"))
		v->armored = span_is(value, "yes");
	else if (span_is(key, "compressed"))
		v->compressed = span_is(value, "zlib");
	else if (!span_is(key, "comment"))
		v->unknown = true;
}

#ifdef HAVE_ZLIB
static void
inflate_into(struct buf *out, struct span in)
{
	z_stream z = { 0 };
	uint8_t part[65536];
	int r = Z_OK;

	assert_int_equal(inflateInit(&z), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	while (r != Z_STREAM_END) {
		z.next_out = part;
		z.avail_out = sizeof part;
		r = inflate(&z, Z_NO_FLUSH);
		assert_true(r == Z_OK || r == Z_STREAM_END);
		assert_true(buf_add(out,
		    span_of(part, sizeof part - z.avail_out), NULL));
	}
	(void)inflateEnd(&z);
}
#endif

/* False when this build cannot read it (no zlib). */
static bool
vector_read(struct vector *v, const char *path)
{
	struct cursor c;
	struct span line;

	*v = (struct vector){ 0 };
	buf_init(&v->text, FILE_BYTES_MAX);
	buf_init(&v->age, FILE_BYTES_MAX);
	file_read(path, &v->text);
	c = cursor_of(buf_span(&v->text));
	while (cursor_line(&c, &line) && line.n > 0)
		member_read(v, line);
	if (!v->compressed)
		return buf_add(&v->age, c.left, NULL);
#ifdef HAVE_ZLIB
	inflate_into(&v->age, c.left);
	return true;
#else
	return false;
#endif
}

static void
vector_clear(struct vector *v)
{
	for (size_t i = 0; i < v->identities; i++)
		age_identity_free(v->identity[i]);
	buf_clear(&v->text);
	buf_clear(&v->age);
}

/* ---- what we make of it ---- */

static const char *
verdict_of(const struct err *err)
{
	static const char *const names[][2] = {
		{ "age.header", "header failure" },
		{ "age.work_factor", "header failure" },
		{ "age.no_match", "no match" },
		{ "age.mac", "HMAC failure" },
		{ "age.armor", "armor failure" },
		{ "age.chunk", "payload failure" },
		{ "age.trailing", "payload failure" },
		{ "age.hybrid", "hybrid" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(err->reason, names[i][0]) == 0)
			return names[i][1];
	return err->reason;
}

/* Everything that comes out before the end or the failure. */
static const char *
opened(struct vector *v, struct span passphrase, struct buf *plain)
{
	struct age_keys keys = {
		(const struct age_identity *const *)v->identity, v->identities,
		passphrase, 0 };
	struct source *file = NULL, *armor = NULL, *age = NULL;
	struct err err = ERR_INIT;
	uint8_t part[10007];
	size_t got = 1;

	assert_true(source_of_span(&file, buf_span(&v->age), NULL));
	assert_true(age_armor_source(file, &armor, NULL));
	if (age_source(v->armored ? armor : file, &keys, &age, &err))
		while (got > 0 && source_read(age, part, sizeof part, &got, &err))
			assert_true(buf_add(plain, span_of(part, got), NULL));
	source_free(age);
	source_free(armor);
	source_free(file);
	return err.kind == ERR_NONE ? "success" : verdict_of(&err);
}

static const char *
opened_by_any(struct vector *v, struct buf *plain)
{
	const char *verdict;
	size_t i = 0;

	do {
		buf_reset(plain);
		verdict = opened(v, i < v->passphrases ? v->passphrase[i] :
		    span_of(NULL, 0), plain);
	} while (strcmp(verdict, "no match") == 0 && ++i < v->passphrases);
	return verdict;
}

/* The whole-file call must agree, and give nothing out when it fails. */
static void
agrees_with_the_whole_file_call(struct vector *v, const char *verdict,
    struct span plain)
{
	struct age_keys keys = {
		(const struct age_identity *const *)v->identity, v->identities,
		v->passphrase[v->passphrases > 1 ? v->passphrases - 1 : 0], 0 };
	struct err err = ERR_INIT;
	struct buf out;
	bool ok;

	if (v->armored || v->passphrases > 1)
		return;
	buf_init(&out, FILE_BYTES_MAX);
	ok = age_open_small(buf_span(&v->age), &keys, &out, &err);
	assert_int_equal(ok, strcmp(verdict, "success") == 0);
	if (ok)
		assert_true(span_eq(buf_span(&out), plain));
	else
		assert_int_equal(out.n, 0);
	if (!ok)
		assert_string_equal(verdict_of(&err), verdict);
	buf_clear(&out);
}

/* Header and payload, made again from what was read, are the same bytes. */
static void
makes_the_same_file_again(struct vector *v, struct span plain, bool with_payload)
{
	struct span file = buf_span(&v->age), nonce;
	uint8_t file_key[AGE_FILE_KEY], mac[32], sealed[AGE_CHUNK_SEALED];
	struct age_stream *stream = NULL;
	struct age_chunker *chunker = NULL;
	struct age_header h;
	bool enough = false, last = false;
	struct buf again;
	size_t n = 0;

	buf_init(&again, FILE_BYTES_MAX);
	assert_true(age_header_length(file, &n, &enough, NULL) && enough);
	assert_true(age_header_decode(&h, span_part(file, 0, n), NULL));
	assert_true(age_header_encode(&again, h.stanza, h.n, NULL));
	assert_true(span_eq(buf_span(&again), h.covered));
	assert_true(age_header_encode_mac(&again, h.mac, NULL));
	age_header_clear(&h);
	assert_true(span_eq(buf_span(&again), span_part(file, 0, n)));
	if (with_payload && hex_decode(v->file_key, file_key, sizeof file_key)) {
		assert_true(age_header_mac(file_key,
		    span_part(file, 0, n - 45), mac, NULL));
		assert_memory_equal(mac, h.mac, 32);
		nonce = span_part(file, n, AGE_NONCE);
		assert_true(buf_add(&again, nonce, NULL));
		assert_true(age_stream_new(&stream, file_key, nonce.p, NULL));
		assert_true(age_chunker_new(&chunker, stream, NULL));
		for (uint64_t i = 0; !last; i++) {
			struct span part = span_part(plain, 0, AGE_CHUNK);

			plain = span_from(plain, part.n);
			last = plain.n == 0;
			assert_true(age_chunk_seal(chunker, i, last, part, sealed,
			    NULL));
			assert_true(buf_add(&again,
			    span_of(sealed, part.n + AGE_TAG), NULL));
		}
		assert_true(span_eq(buf_span(&again), file));
	}
	age_chunker_free(chunker);
	age_stream_free(stream);
	buf_clear(&again);
}

/* ---- one vector, one folder ---- */

static void
vector_check(struct vector *v, const char *name)
{
	const char *verdict;
	struct digest d, want;
	struct buf plain;
	bool hybrid;

	buf_init(&plain, FILE_BYTES_MAX);
	verdict = opened_by_any(v, &plain);
	/* We know the form of a hybrid stanza, but not what is in it. */
	hybrid = v->hybrid && strcmp(verdict, "hybrid") == 0 &&
	    (span_is(v->expect, "success") || span_is(v->expect, "no match"));
	if (!hybrid && !span_is(v->expect, verdict))
		fail_msg("%s: \"%s\" instead of \"%.*s\"", name, verdict,
		    (int)v->expect.n, (const char *)v->expect.p);
	if (!hybrid && v->payload.n > 0) {
		assert_true(digest_parse(v->payload, &want));
		assert_true(digest_of(buf_span(&plain), &d, NULL));
		if (!digest_eq(&d, &want))
			fail_msg("%s: other plaintext came out", name);
	}
	agrees_with_the_whole_file_call(v, verdict, buf_span(&plain));
	if (!v->armored && !span_is(v->expect, "header failure"))
		makes_the_same_file_again(v, buf_span(&plain),
		    span_is(v->expect, "success") && !hybrid);
	buf_clear(&plain);
}

/* How many were checked; -1 when there is no such folder. */
static int
folder_check(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0, without = 0;

	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		struct vector v;
		char path[1000];

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "README") == 0)
			continue;
		assert_in_range(snprintf(path, sizeof path, "%s/%s", folder,
		    entry->d_name), 1, sizeof path - 1);
		if (!vector_read(&v, path) || v.unknown)
			without++;
		else
			vector_check(&v, entry->d_name);
		n += !v.unknown;
		vector_clear(&v);
	}
	(void)closedir(dir);
	if (without > 0)
		print_message("%d files need zlib or hold unknown keys: skipped\n",
		    without);
	return n;
}

static void
our_copies_of_public_files_give_what_they_expect(void **state)
{
	(void)state;
	assert_in_range(folder_check(VECTORS_DIR "/age"), 20, 200);
}

static void
all_public_files_give_what_they_expect(void **state)
{
	const char *shared = getenv("COMITY_SHARED");
	char folder[500];
	int n;

	(void)state;
	assert_in_range(snprintf(folder, sizeof folder, "%s/vectors/age",
	    shared != NULL ? shared : SHARED_DIR), 1, sizeof folder - 1);
	n = folder_check(folder);
	if (n < 0) {
		print_message("no folder %s (COMITY_SHARED): skipped\n", folder);
		skip();
	}
	print_message("%d files of %s\n", n, folder);
	assert_in_range(n, 90, 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_copies_of_public_files_give_what_they_expect),
		cmocka_unit_test(all_public_files_give_what_they_expect),
	};

	return cmocka_run_group_tests_name("age vectors", tests, NULL, NULL);
}
