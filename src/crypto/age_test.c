/* Sealing and opening: what the age room promises. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/age_internal.h"
#include "crypto/bech32.h"

static struct world *world;
static struct age_identity *alice, *bob;
static struct age_recipient to_alice, to_bob;

static int
make_people(void **state)
{
	(void)state;
	if (!world_sim(&world, (struct world_sim_options){ .seed = 20261122,
	    .now = 1795305600 }, NULL))
		return -1;
	if (!age_identity_new(world, &alice, NULL) ||
	    !age_identity_new(world, &bob, NULL) ||
	    !age_identity_recipient(alice, &to_alice, NULL) ||
	    !age_identity_recipient(bob, &to_bob, NULL))
		return -1;
	return 0;
}

static int
free_people(void **state)
{
	(void)state;
	age_identity_free(alice);
	age_identity_free(bob);
	world_free(world);
	return 0;
}

/* The keys of one person; the pointer has to live as long as the keys. */
static struct age_keys
keys_of(const struct age_identity *const *id)
{
	return (struct age_keys){ .identities = id, .n = 1 };
}

static void
fails_with(struct err *err, enum err_kind kind, const char *reason)
{
	assert_string_equal(err->reason, reason);
	assert_int_equal(err->kind, kind);
	err_clear(err);
}

/* Bytes that differ from chunk to chunk, so that a swapped chunk would show. */
static uint8_t *
pattern(size_t n)
{
	uint8_t *p = malloc(n + 1);
	uint32_t v = 1;

	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		v = v * 1664525 + 1013904223;
		p[i] = (uint8_t)(v >> 24);
	}
	return p;
}

/* ---- the worked vector of doc/format/age-v1 ---- */

static const char worked_identity[] =
    "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZ9K4CN";
static const char worked_recipient[] =
    "age15nsf9y4k28p83wth93tf7hafhvfajp45d2mge80ems45gz0c5gys3me64l";
static const char worked_header[] =
    "age-encryption.org/v1\n"
    "-> X25519 zo060cy2M+x7cMF4FKXHbs0CloUFDTRHRboFhw5YfVk\n"
    "c+CtgDvAO05GyGqPileKvuJ8p7WD3v/wRDdM+qa7GxQ\n"
    "--- MWJGfJInwF8BQhVRWHNKiCBTxxUVUV1UFIJpLa3c7q8\n";
static const char worked_payload[] =
    "101112131415161718191a1b1c1d1e1f"
    "eddc53b25df23593f3fb735b0daf386321b883f2d00561e243341a9828dd";
static const char worked_plain[] = "hello, comity\n";

static void
worked_file(struct buf *out)
{
	uint8_t payload[46];

	assert_true(hex_decode(span_text(worked_payload), payload, 46));
	assert_true(buf_add_text(out, worked_header, NULL));
	assert_true(buf_add(out, span_of(payload, 46), NULL));
}

static void
the_worked_vector_is_sealed_to_the_byte(void **state)
{
	struct age_stream *stream = NULL;
	struct age_chunker *chunker = NULL;
	struct age_identity *id = NULL;
	struct age_recipient to;
	struct age_fresh fresh;
	struct err err = ERR_INIT;
	struct buf file, want;

	(void)state;
	buf_init(&file, 1000);
	buf_init(&want, 1000);
	worked_file(&want);
	memset(fresh.ephemeral[0], 2, 32);
	for (uint8_t i = 0; i < 16; i++) {
		fresh.file_key[i] = i;
		fresh.nonce[i] = (uint8_t)(0x10 + i);
	}
	assert_true(age_identity_parse(span_text(worked_identity), &id, &err));
	assert_true(age_identity_recipient(id, &to, &err));
	assert_string_equal(age_recipient_print(&to).s, worked_recipient);
	assert_true(age_seal_start_from(&fresh, &to, 1, &file, &stream, &err));
	assert_true(age_chunker_new(&chunker, stream, &err));
	assert_true(buf_room(&file, 100, &err));
	assert_true(age_chunk_seal(chunker, 0, true, span_text(worked_plain),
	    file.p + file.n, &err));
	file.n += strlen(worked_plain) + AGE_TAG;
	assert_int_equal(file.n, want.n);
	assert_memory_equal(file.p, want.p, want.n);
	age_chunker_free(chunker);
	age_stream_free(stream);
	age_identity_free(id);
	buf_clear(&file);
	buf_clear(&want);
}

static void
the_worked_vector_opens(void **state)
{
	struct age_identity *id = NULL;
	const struct age_identity *ids[1];
	struct err err = ERR_INIT;
	struct age_keys keys;
	struct buf file, plain;

	(void)state;
	buf_init(&file, 1000);
	buf_init(&plain, 1000);
	worked_file(&file);
	assert_true(age_identity_parse(span_text(worked_identity), &id, &err));
	ids[0] = id;
	keys = keys_of(ids);
	assert_true(age_open_small(buf_span(&file), &keys, &plain, &err));
	assert_true(span_is(buf_span(&plain), worked_plain));
	age_identity_free(id);
	buf_clear(&file);
	buf_clear(&plain);
}

/* ---- identities and recipients as text ---- */

static void
an_identity_file_is_read_as_age_keygen_writes_it(void **state)
{
	static const char file[] =
	    "# created: 2026-11-22T10:00:00+01:00\r\n"
	    "# public key: age15nsf...\r\n"
	    "\r\n"
	    "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZ9K4CN"
	    "\r\nnot looked at\n";
	struct age_identity *id = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	(void)state;
	buf_init_secret(&text, 100);
	assert_true(age_identity_parse(span_text(file), &id, &err));
	assert_true(age_identity_print(id, &text, &err));
	assert_int_equal(text.n, strlen(worked_identity) + 1);
	assert_memory_equal(text.p, worked_identity, strlen(worked_identity));
	assert_int_equal(text.p[text.n - 1], '\n');
	age_identity_free(id);
	buf_clear(&text);
}

static void
other_kinds_of_identity_are_named(void **state)
{
	static const struct {
		const char *file, *reason;
		enum err_kind kind;
	} cases[] = {
		{ "AGE-SECRET-KEY-PQ-1HZLGZUPT4", "age.hybrid", ERR_USE },
		{ "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n",
		    "age.identity_encrypted", ERR_INPUT },
		{ "age-encryption.org/v1\n-> scrypt a 1\n",
		    "age.identity_encrypted", ERR_INPUT },
		{ "AGE-PLUGIN-YUBIKEY-1XXX", "age.identity_plugin", ERR_USE },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\n", "age.identity_foreign",
		    ERR_USE },
		{ worked_recipient, "age.identity_public", ERR_USE },
		{ "", "age.identity", ERR_INPUT },
		{ "# nothing but words\n\n", "age.identity", ERR_INPUT },
		/* one letter mistyped, lower case, one letter short, one too many */
		{ "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP"
		    "QYQSZ9K4CM", "age.identity", ERR_INPUT },
		{ "age-secret-key-1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgp"
		    "qyqsz9k4cn", "age.identity", ERR_INPUT },
		{ "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP"
		    "QYQSZ9K4C", "age.identity", ERR_INPUT },
		{ "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP"
		    "QYQSZ9K4CN ", "age.identity", ERR_INPUT },
	};
	struct age_identity *id = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_false(age_identity_parse(span_text(cases[i].file), &id,
		    &err));
		assert_null(strstr(err.text, "QYQSZ"));	/* no secret in errors */
		fails_with(&err, cases[i].kind, cases[i].reason);
		assert_null(id);
	}
}

static void
a_recipient_with_any_character_changed_is_refused(void **state)
{
	static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l1bAQ";
	struct age_recipient r;
	struct err err = ERR_INIT;
	char text[sizeof worked_recipient];

	(void)state;
	assert_true(age_recipient_parse(span_text(worked_recipient), &r, &err));
	for (size_t i = 0; i + 1 < sizeof text; i++) {
		for (const char *d = digits; *d != '\0'; d++) {
			memcpy(text, worked_recipient, sizeof text);
			if (text[i] == *d)
				continue;
			text[i] = *d;
			assert_false(age_recipient_parse(span_text(text), &r, &err));
		}
		assert_false(age_recipient_parse(span_of(worked_recipient, i), &r,
		    &err));
	}
	fails_with(&err, ERR_INPUT, "age.recipient");
	assert_false(age_recipient_parse(span_text("age1pq1xyz"), &r, &err));
	fails_with(&err, ERR_USE, "age.hybrid");
	assert_false(age_recipient_parse(span_text(worked_identity), &r, &err));
	fails_with(&err, ERR_USE, "age.recipient");
}

static void
bech32_gives_back_bytes_of_every_length(void **state)
{
	struct bech32_text text;
	uint8_t in[60], out[60];

	(void)state;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)(i * 37 + 5);
	for (size_t n = 0; n <= sizeof in; n++) {
		bech32_encode(&text, "test", span_of(in, n), BECH32_LOWER);
		assert_true(bech32_decode(span_text(text.s), "test", BECH32_LOWER,
		    out, n));
		assert_memory_equal(in, out, n);
		assert_false(bech32_decode(span_text(text.s), "test",
		    BECH32_UPPER, out, n));
		assert_false(bech32_decode(span_text(text.s), "tess",
		    BECH32_LOWER, out, n));
		if (n > 0)
			assert_false(bech32_decode(span_text(text.s), "test",
			    BECH32_LOWER, out, n - 1));
	}
	/* 0xAB, and the same with bits in the filling that mean nothing. */
	assert_true(bech32_decode(span_text("test14v8w35rq"), "test", BECH32_LOWER,
	    out, 1));
	assert_int_equal(out[0], 0xAB);
	assert_false(bech32_decode(span_text("test14d6c9p7j"), "test", BECH32_LOWER,
	    out, 1));
	assert_false(bech32_decode(span_text("test14w5tshsd"), "test", BECH32_LOWER,
	    out, 1));
	/* BIP-173 names this string with an empty data part valid. */
	assert_true(bech32_decode(span_text("A12UEL5L"), "a", BECH32_UPPER, out, 0));
	/* The Bech32m one (BIP-350) is another checksum. */
	assert_false(bech32_decode(span_text("A1LQFN3A"), "a", BECH32_UPPER, out, 0));
}

/* ---- round trips ---- */

static void
seal_small(struct span plain, struct buf *file)
{
	struct err err = ERR_INIT;
	struct age_recipient to[2] = { to_bob, to_alice };

	buf_init(file, MEM_ONE_MAX);
	assert_true(age_seal_small(world, to, 2, plain, file, &err));
}

/* A source that gives one to seven bytes at a time. */
struct dribble {
	struct source source;
	struct span left;
	unsigned turn;
};

static bool
dribble_read(struct source *src, void *p, size_t n, size_t *got, struct err *err)
{
	struct dribble *d = (struct dribble *)src;
	size_t part = 1 + d->turn++ % 7;

	(void)err;
	if (part > n)
		part = n;
	if (part > d->left.n)
		part = d->left.n;
	if (part > 0)
		memcpy(p, d->left.p, part);
	d->left = span_from(d->left, part);
	*got = part;
	return true;
}

static void
opens_as_a_stream(struct span file, struct span plain)
{
	struct dribble slow = { { dribble_read, NULL }, file, 0 };
	struct err err = ERR_INIT;
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct source *src = NULL;
	struct buf out;

	buf_init(&out, plain.n + 1);
	assert_true(age_source(&slow.source, &keys, &src, &err));
	assert_true(source_all(src, &out, &err));
	assert_true(span_eq(buf_span(&out), plain));
	source_free(src);
	buf_clear(&out);
}

/* Written in parts of this size; opened by the whole-file call. */
static void
seals_as_a_stream(struct span plain, size_t part)
{
	struct err err = ERR_INIT;
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct sink *under = NULL, *age = NULL;
	struct span left = plain;
	struct buf file, out;
	uint64_t payload;
	bool enough;
	size_t n;

	buf_init(&file, MEM_ONE_MAX);
	buf_init(&out, plain.n);
	assert_true(sink_to_buf(&under, &file, &err));
	assert_true(age_sink(world, &to_alice, 1, under, &age, &err));
	for (; left.n > 0; left = span_from(left, part))
		assert_true(sink_write(age, span_part(left, 0, part), &err));
	assert_true(age_sink_finish(age, &err));
	assert_false(sink_write(age, span_text("x"), &err));
	fails_with(&err, ERR_USE, "age.finished");
	assert_false(age_sink_finish(age, &err));
	fails_with(&err, ERR_USE, "age.finished");
	sink_free(age);
	sink_free(under);
	assert_true(age_header_length(buf_span(&file), &n, &enough, &err) && enough);
	assert_true(age_payload_size(plain.n, &payload));
	assert_int_equal(file.n, n + payload);
	assert_true(age_open_small(buf_span(&file), &keys, &out, &err));
	assert_true(span_eq(buf_span(&out), plain));
	buf_clear(&file);
	buf_clear(&out);
}

static void
every_length_around_a_chunk_boundary_comes_back(void **state)
{
	static const size_t lengths[] = { 0, 1, 2, 65535, 65536, 65537, 131071,
	    131072, 131073, 196608, 200000 };
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct err err = ERR_INIT;
	uint8_t *p = pattern(200000);

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct span plain = span_of(p, lengths[i]);
		struct buf file, out;

		seal_small(plain, &file);
		buf_init(&out, lengths[i]);
		assert_true(age_open_small(buf_span(&file), &keys, &out, &err));
		assert_true(span_eq(buf_span(&out), plain));
		opens_as_a_stream(buf_span(&file), plain);
		seals_as_a_stream(plain, 200000);
		seals_as_a_stream(plain, 65536);
		seals_as_a_stream(plain, 4093);
		if (lengths[i] > 0) {
			buf_reset(&out);
			out.max = lengths[i] - 1;
			assert_false(age_open_small(buf_span(&file), &keys, &out,
			    &err));
			fails_with(&err, ERR_LIMIT, "buf.limit");
		}
		buf_clear(&out);
		buf_clear(&file);
	}
	free(p);
}

static void
sizes_of_payload_and_plaintext_are_each_other_s_inverse(void **state)
{
	uint64_t payload, plain, before = 0;

	(void)state;
	for (uint64_t n = 0; n < 200000; n += n % 65536 < 3 ||
	    n % 65536 > 65530 ? 1 : 1021) {
		assert_true(age_payload_size(n, &payload));
		assert_true(age_plain_size(payload, &plain));
		assert_true(plain == n);
		assert_true(n == 0 || payload > before);
		before = payload;
	}
	for (uint64_t n = 0; n < 32; n++)
		assert_false(age_plain_size(n, &plain));
	/* 1..16 bytes behind a whole chunk hold no plaintext. */
	for (uint64_t n = 1; n <= 16; n++)
		assert_false(age_plain_size(16 + 65552 + n, &plain));
	assert_true(age_plain_size(16 + 65552 + 17, &plain));
	assert_int_equal(plain, 65537);
	assert_false(age_payload_size(UINT64_MAX, &payload));
	assert_false(age_payload_size(UINT64_MAX - 100, &payload));
	assert_true(age_payload_size((uint64_t)1 << 62, &payload));
}

/* ---- changed and cut files ---- */

/* Neither way of opening accepts it, and no plaintext is left in out. */
static bool
refused_both_ways(struct span file)
{
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct err err = ERR_INIT, stream_err = ERR_INIT;
	struct source *under = NULL, *src = NULL;
	struct buf out;
	bool small, flowed;

	buf_init(&out, 1000);
	small = age_open_small(file, &keys, &out, &err);
	if (!small && out.n != 0)
		fail_msg("plaintext of a file that did not open");
	buf_reset(&out);
	assert_true(source_of_span(&under, file, NULL));
	flowed = age_source(under, &keys, &src, &stream_err) &&
	    source_all(src, &out, &stream_err);
	source_free(src);
	source_free(under);
	buf_clear(&out);
	return !small && !flowed && err.kind != ERR_NONE &&
	    stream_err.kind != ERR_NONE && err.kind != ERR_IO &&
	    stream_err.kind == err.kind;
}

static void
every_truncation_of_a_file_is_refused(void **state)
{
	struct buf file;

	(void)state;
	seal_small(span_text("a short file"), &file);
	for (size_t n = 0; n < file.n; n++)
		if (!refused_both_ways(span_of(file.p, n)))
			fail_msg("opened although cut at byte %zu", n);
	assert_true(buf_add_byte(&file, 0, NULL));
	assert_true(refused_both_ways(buf_span(&file)));
	buf_clear(&file);
}

static void
every_changed_bit_of_a_file_is_refused(void **state)
{
	struct buf file;

	(void)state;
	seal_small(span_text("a short file"), &file);
	for (size_t i = 0; i < file.n * 8; i++) {
		file.p[i / 8] ^= (uint8_t)(1u << i % 8);
		if (!refused_both_ways(buf_span(&file)))
			fail_msg("opened although bit %zu was changed", i);
		file.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_false(refused_both_ways(buf_span(&file)));
	buf_clear(&file);
}

/* What comes out of a stream before it fails, and with which error. */
static size_t
released(struct span file, struct err *err)
{
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct source *under = NULL, *src = NULL;
	struct err again = ERR_INIT;
	uint8_t part[999];
	size_t n = 0, got = 1;

	assert_true(source_of_span(&under, file, NULL));
	assert_true(age_source(under, &keys, &src, err));
	while (source_read(src, part, sizeof part, &got, err) && got > 0)
		n += got;
	if (err->kind != ERR_NONE) {
		assert_false(source_read(src, part, sizeof part, &got, &again));
		assert_string_equal(again.text, err->text);
	}
	source_free(src);
	source_free(under);
	return n;
}

static void
chunks_that_are_swapped_dropped_or_repeated_do_not_open(void **state)
{
	uint8_t *p = pattern(3 * AGE_CHUNK + 5), *first, *swap = malloc(AGE_CHUNK_SEALED);
	struct err err = ERR_INIT;
	struct buf file;

	(void)state;
	seal_small(span_of(p, 3 * AGE_CHUNK + 5), &file);
	first = file.p + file.n - (3 * AGE_CHUNK_SEALED + 5 + AGE_TAG);
	/* swapped: chunks 1 and 2 */
	memcpy(swap, first + AGE_CHUNK_SEALED, AGE_CHUNK_SEALED);
	memmove(first + AGE_CHUNK_SEALED, first + 2 * AGE_CHUNK_SEALED,
	    AGE_CHUNK_SEALED);
	memcpy(first + 2 * AGE_CHUNK_SEALED, swap, AGE_CHUNK_SEALED);
	assert_int_equal(released(buf_span(&file), &err), AGE_CHUNK);
	assert_non_null(strstr(err.text, "chunk 1 "));
	fails_with(&err, ERR_INPUT, "age.chunk");
	/* repeated: chunk 0 instead of chunk 1 */
	memcpy(first + AGE_CHUNK_SEALED, first, AGE_CHUNK_SEALED);
	assert_int_equal(released(buf_span(&file), &err), AGE_CHUNK);
	fails_with(&err, ERR_INPUT, "age.chunk");
	/* dropped: the last chunk, cut at a boundary */
	memcpy(first + AGE_CHUNK_SEALED, swap, AGE_CHUNK_SEALED);
	assert_int_equal(released(span_of(file.p, file.n - AGE_TAG - 5), &err),
	    2 * AGE_CHUNK);
	fails_with(&err, ERR_INPUT, "age.chunk");
	buf_clear(&file);
	free(swap);
	free(p);
}

static void
an_empty_last_chunk_belongs_to_an_empty_file_only(void **state)
{
	static const uint8_t second_and_last[12] = { [10] = 1, [11] = 1 };
	uint8_t key[16] = { 1 }, nonce[16] = { 2 }, wrap[32], sealed[AGE_TAG], out[1];
	struct age_stream *stream = NULL;
	struct age_chunker *chunker = NULL;
	EVP_CIPHER_CTX *ctx = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_true(age_stream_new(&stream, key, nonce, &err));
	assert_true(age_chunker_new(&chunker, stream, &err));
	assert_true(age_hkdf(span_of(key, 16), span_of(nonce, 16),
	    span_text("payload"), wrap, 32, &err));
	assert_true(age_cipher_new(&ctx, wrap, &err));
	assert_true(age_cipher_seal(ctx, second_and_last, span_of(NULL, 0),
	    span_of(NULL, 0), sealed, &err));
	assert_false(age_chunk_open(chunker, 1, true, span_of(sealed, AGE_TAG), out,
	    &err));
	assert_non_null(strstr(err.text, "length"));
	fails_with(&err, ERR_INPUT, "age.chunk");
	assert_true(age_chunk_seal(chunker, 0, true, span_of(NULL, 0), sealed, &err));
	assert_true(age_chunk_open(chunker, 0, true, span_of(sealed, AGE_TAG), out,
	    &err));
	assert_false(age_chunk_open(chunker, 0, false, span_of(sealed, AGE_TAG), out,
	    &err));
	fails_with(&err, ERR_INPUT, "age.chunk");
	age_cipher_free(ctx);
	age_chunker_free(chunker);
	age_stream_free(stream);
}

static void
bytes_after_a_full_last_chunk_are_told_apart(void **state)
{
	uint8_t *p = pattern(AGE_CHUNK);
	struct err err = ERR_INIT;
	struct buf file;

	(void)state;
	seal_small(span_of(p, AGE_CHUNK), &file);
	assert_true(buf_add_text(&file, "x", NULL));
	assert_int_equal(released(buf_span(&file), &err), AGE_CHUNK);
	fails_with(&err, ERR_INPUT, "age.trailing");
	buf_clear(&file);
	free(p);
}

static void
someone_else_s_identity_is_denied_and_says_so(void **state)
{
	struct age_identity *carol = NULL;
	const struct age_identity *ids[2];
	struct age_keys keys = { .identities = ids, .n = 1 };
	struct err err = ERR_INIT;
	struct buf file, out;

	(void)state;
	assert_true(age_identity_new(world, &carol, &err));
	seal_small(span_text("for two"), &file);
	buf_init(&out, 100);
	ids[0] = carol;
	assert_false(age_open_small(buf_span(&file), &keys, &out, &err));
	fails_with(&err, ERR_DENIED, "age.no_match");
	ids[1] = bob;
	keys.n = 2;
	assert_true(age_open_small(buf_span(&file), &keys, &out, &err));
	keys.n = 0;
	keys.passphrase = span_text("a passphrase");
	assert_false(age_open_small(buf_span(&file), &keys, &out, &err));
	fails_with(&err, ERR_DENIED, "age.no_match");
	age_identity_free(carol);
	buf_clear(&file);
	buf_clear(&out);
}

/* ---- recipients ---- */

static void
as_many_recipients_as_allowed_and_not_one_more(void **state)
{
	struct age_recipient to[AGE_RECIPIENTS_MAX + 1];
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct err err = ERR_INIT;
	struct buf file, out;

	(void)state;
	for (size_t i = 0; i <= AGE_RECIPIENTS_MAX; i++)
		to[i] = to_bob;
	to[AGE_RECIPIENTS_MAX - 1] = to_alice;
	buf_init(&file, 10000);
	buf_init(&out, 100);
	assert_true(age_seal_small(world, to, AGE_RECIPIENTS_MAX,
	    span_text("x"), &file, &err));
	assert_true(age_open_small(buf_span(&file), &keys, &out, &err));
	assert_false(age_seal_small(world, to, AGE_RECIPIENTS_MAX + 1,
	    span_text("x"), &file, &err));
	fails_with(&err, ERR_USE, "age.recipients");
	assert_false(age_seal_small(world, to, 0, span_text("x"), &file, &err));
	fails_with(&err, ERR_USE, "age.recipients");
	buf_clear(&file);
	buf_clear(&out);
}

static void
what_cannot_be_sealed_leaves_the_buffer_as_it_was(void **state)
{
	struct age_recipient to[2] = { to_alice, { { 0 } } };
	struct err err = ERR_INIT;
	struct buf file;

	(void)state;
	buf_init(&file, 10000);
	assert_true(buf_add_text(&file, "kept", NULL));
	assert_false(age_seal_small(world, to, 2, span_text("x"), &file, &err));
	fails_with(&err, ERR_INPUT, "age.recipient");
	to[1].point[0] = 1;
	assert_false(age_seal_small(world, to, 2, span_text("x"), &file, &err));
	fails_with(&err, ERR_INPUT, "age.recipient");
	assert_true(span_is(buf_span(&file), "kept"));
	/* The header fits, the payload does not. */
	file.max = 4 + 22 + 2 * 98 + 48 + 16;
	to[1] = to_bob;
	assert_false(age_seal_small(world, to, 2, span_text("x"), &file, &err));
	fails_with(&err, ERR_LIMIT, "buf.limit");
	assert_true(span_is(buf_span(&file), "kept"));
	file.max += 1 + AGE_TAG;
	assert_true(age_seal_small(world, to, 2, span_text("x"), &file, &err));
	buf_clear(&file);
}

/* ---- passphrases ---- */

static void
a_passphrase_opens_what_it_sealed_and_another_does_not(void **state)
{
	struct age_keys keys = { .passphrase = span_text("correct horse") };
	struct err err = ERR_INIT;
	struct buf file, out;

	(void)state;
	buf_init(&file, 1000);
	buf_init(&out, 100);
	assert_true(age_seal_passphrase(world, keys.passphrase, AGE_LOG_N_TEST,
	    span_text("a key"), &file, &err));
	assert_true(age_open_small(buf_span(&file), &keys, &out, &err));
	assert_true(span_is(buf_span(&out), "a key"));
	keys.passphrase = span_text("correct horsE");
	assert_false(age_open_small(buf_span(&file), &keys, &out, &err));
	fails_with(&err, ERR_DENIED, "age.no_match");
	keys = keys_of((const struct age_identity *const *)&alice);
	assert_false(age_open_small(buf_span(&file), &keys, &out, &err));
	assert_non_null(strstr(err.text, "none was given"));
	fails_with(&err, ERR_DENIED, "age.no_match");
	buf_clear(&file);
	buf_clear(&out);
}

static void
a_work_factor_above_the_limit_is_refused_before_memory_is_spent(void **state)
{
	struct age_keys keys = { .passphrase = span_text("p"), .log_n_max = 10 };
	char text[] = "age-encryption.org/v1\n"
	    "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 23\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
	char *work = strstr(text, "23");
	uint8_t nonce[16] = { 0 };
	struct age_stream *stream = NULL;
	struct err err = ERR_INIT;

	(void)state;
	memcpy(work, "11", 2);
	assert_false(age_open_start(span_text(text), span_of(nonce, 16), &keys,
	    &stream, &err));
	fails_with(&err, ERR_LIMIT, "age.work_factor");
	memcpy(work, "10", 2);	/* at the limit: tried, and wrong */
	assert_false(age_open_start(span_text(text), span_of(nonce, 16), &keys,
	    &stream, &err));
	fails_with(&err, ERR_DENIED, "age.no_match");
	keys.log_n_max = 0;	/* 22 */
	memcpy(work, "23", 2);
	assert_false(age_open_start(span_text(text), span_of(nonce, 16), &keys,
	    &stream, &err));
	fails_with(&err, ERR_LIMIT, "age.work_factor");
	assert_null(stream);
}

static void
a_stream_under_a_passphrase_is_opened_with_it(void **state)
{
	struct age_keys keys = { .passphrase = span_text("correct horse") };
	static uint8_t plain[AGE_CHUNK + 1];
	struct sink *under = NULL, *age = NULL;
	struct err err = ERR_INIT;
	struct buf file, out;

	(void)state;
	buf_init(&file, 1u << 20);
	buf_init(&out, sizeof plain);
	assert_true(sink_to_buf(&under, &file, &err));
	assert_true(age_sink_passphrase(world, keys.passphrase, AGE_LOG_N_TEST, under,
	    &age, &err));
	assert_true(sink_write(age, span_of(plain, sizeof plain), &err));
	assert_true(age_sink_finish(age, &err));
	sink_free(age);
	assert_true(age_open_small(buf_span(&file), &keys, &out, &err));
	assert_true(span_eq(buf_span(&out), span_of(plain, sizeof plain)));
	buf_reset(&file);
	assert_false(age_sink_passphrase(world, keys.passphrase, 14, under, &age, &err));
	fails_with(&err, ERR_USE, "age.work_factor");
	assert_false(age_sink_passphrase(world, span_text(""), 15, under, &age, &err));
	fails_with(&err, ERR_USE, "age.passphrase");
	assert_false(age_sink(world, &to_alice, 0, under, &age, &err));
	fails_with(&err, ERR_USE, "age.recipients");
	assert_int_equal(file.n, 0);
	sink_free(under);
	buf_clear(&file);
	buf_clear(&out);
}

static void
a_passphrase_or_work_factor_outside_the_limits_seals_nothing(void **state)
{
	static char long_phrase[AGE_PASSPHRASE_MAX + 1];
	static const unsigned bad[] = { 0, 9, 11, 14, 21, 64 };
	struct err err = ERR_INIT;
	struct buf file;

	(void)state;
	memset(long_phrase, 'p', sizeof long_phrase);
	buf_init(&file, 1000);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(age_seal_passphrase(world, span_text("p"), bad[i],
		    span_text("x"), &file, &err));
		fails_with(&err, ERR_USE, "age.work_factor");
	}
	assert_false(age_seal_passphrase(world, span_of(long_phrase, 0),
	    AGE_LOG_N_TEST, span_text("x"), &file, &err));
	fails_with(&err, ERR_USE, "age.passphrase");
	assert_false(age_seal_passphrase(world,
	    span_of(long_phrase, AGE_PASSPHRASE_MAX + 1), AGE_LOG_N_TEST,
	    span_text("x"), &file, &err));
	fails_with(&err, ERR_USE, "age.passphrase");
	assert_true(age_seal_passphrase(world,
	    span_of(long_phrase, AGE_PASSPHRASE_MAX), AGE_LOG_N_TEST,
	    span_text("x"), &file, &err));
	buf_reset(&file);
	assert_true(age_seal_passphrase(world, span_text("p"), 15, span_text("x"),
	    &file, &err));
	buf_clear(&file);
}

/* ---- limits of the header ---- */

/* A header with n unknown recipients, filled up to this many bytes if not 0. */
static void
header_of(struct buf *out, size_t stanzas, size_t bytes)
{
	static const char mac[] =
	    "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";

	assert_true(buf_add_text(out, "age-encryption.org/v1\n", NULL));
	for (size_t i = 0; i < stanzas; i++) {
		assert_true(buf_add_text(out, "-> g", NULL));
		if (i + 1 == stanzas)
			while (bytes != 0 && out->n + 2 + strlen(mac) < bytes)
				assert_true(buf_add_byte(out, 'g', NULL));
		assert_true(buf_add_text(out, "\n\n", NULL));
	}
	assert_true(buf_add_text(out, mac, NULL));
}

static enum err_kind
header_verdict(size_t stanzas, size_t bytes)
{
	struct age_header h;
	struct err err = ERR_INIT, length_err = ERR_INIT;
	struct buf text;
	bool enough = false;
	size_t n = 0;

	buf_init(&text, 100000);
	header_of(&text, stanzas, bytes);
	if (age_header_length(buf_span(&text), &n, &enough, &length_err)) {
		assert_true(enough);
		assert_int_equal(n, text.n);
	}
	assert_int_equal(length_err.kind,
	    text.n > AGE_HEADER_MAX ? ERR_LIMIT : ERR_NONE);
	if (age_header_decode(&h, buf_span(&text), &err)) {
		assert_int_equal(h.n, stanzas);
		age_header_clear(&h);
	}
	buf_clear(&text);
	return err.kind;
}

/* What the public files do not teach. */
static void
a_header_has_one_spelling(void **state)
{
#define V1 "age-encryption.org/v1\n"
#define MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define LINE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	static const struct {
		const char *text;
		int at;		/* byte the error names; -1: accepted */
	} cases[] = {
		{ V1 "-> a\n\n" MAC, -1 },
		{ V1 "-> a b c\nAAAA\n" MAC, -1 },
		{ V1 "-> a\n" LINE "\n\n" MAC, -1 },
		{ V1 "-> a\n" LINE "\nAA\n" MAC, -1 },
		{ V1 "-> a\n" LINE "AAAA\n" MAC, 27 },
		{ V1 "-> a\n" LINE "\n" MAC, 92 },
		{ V1 "-> a\nAA\nAA\n" MAC, 30 },
		{ V1 "-> a\nAB\n" MAC, 27 },
		{ V1 "-> a\nA\n" MAC, 27 },
		{ V1 "-> a \n\n" MAC, 22 },
		{ V1 "->  a\n\n" MAC, 22 },
		{ V1 "-> \n\n" MAC, 22 },
		{ V1 "->a\n\n" MAC, 22 },
		{ V1 "-> a\x7f\n\n" MAC, 22 },
		{ V1 "\n-> a\n\n" MAC, 22 },
		{ V1 MAC, 22 },
		{ V1 "-> a\n\n" MAC "x", 76 },
		{ V1 "-> a\n\n" "---", 28 },
		{ V1 "-> a\n\n" "---\n", 28 },
		{ V1 "-> a\n\n" "", 28 },
		{ V1 "-> a\n", 27 },
		{ "age-encryption.org/v2\n-> a\n\n" MAC, 0 },
		{ "age-encryption.org/v1", 0 },
	};
	struct err err = ERR_INIT;
	struct age_header h;
	char at[40];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (age_header_decode(&h, span_text(cases[i].text), &err)) {
			assert_int_equal(cases[i].at, -1);
			age_header_clear(&h);
			continue;
		}
		(void)snprintf(at, sizeof at, "at byte %d:", cases[i].at);
		if (strstr(err.text, at) == NULL)
			fail_msg("case %zu: %s", i, err.text);
		fails_with(&err, ERR_INPUT, "age.header");
	}
}

static void
headers_are_read_up_to_their_limits_and_not_beyond(void **state)
{
	(void)state;
	assert_int_equal(header_verdict(AGE_STANZAS_MAX, 0), ERR_NONE);
	assert_int_equal(header_verdict(AGE_STANZAS_MAX + 1, 0), ERR_LIMIT);
	assert_int_equal(header_verdict(1, AGE_HEADER_MAX), ERR_NONE);
	assert_int_equal(header_verdict(1, AGE_HEADER_MAX + 1), ERR_LIMIT);
	assert_int_equal(header_verdict(0, 0), ERR_INPUT);
}

static void
a_header_without_end_is_given_up_at_the_limit(void **state)
{
	static uint8_t text[AGE_HEADER_MAX];
	struct err err = ERR_INIT;
	bool enough = true;
	size_t n;

	(void)state;
	memset(text, 'A', sizeof text);
	memcpy(text, "age-encryption.org/v1\n-> ", 25);
	for (size_t i = 0; i < sizeof text; i += 4099) {
		enough = true;
		assert_true(age_header_length(span_of(text, i), &n, &enough, &err));
		assert_false(enough);
	}
	assert_false(age_header_length(span_of(text, sizeof text), &n, &enough,
	    &err));
	fails_with(&err, ERR_LIMIT, "age.header_limit");
	/* What is no age file is said at once. */
	assert_false(age_header_length(span_text("ag-"), &n, &enough, &err));
	fails_with(&err, ERR_INPUT, "age.header");
}

static void
a_hybrid_file_gives_a_sentence_about_openssl(void **state)
{
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	uint8_t share[AGE_ARG_MAX] = { 0 }, nonce[16] = { 0 }, body[32] = { 0 };
	struct age_stream *stream = NULL;
	struct err err = ERR_INIT;
	struct buf header, arg;
	struct age_stanza s;

	(void)state;
	buf_init(&header, 5000);
	buf_init(&arg, 5000);
	assert_true(base64_encode(&arg, span_of(share, sizeof share), false, NULL));
	s = (struct age_stanza){ span_text("mlkem768x25519"), buf_span(&arg),
	    span_of(body, 32), 0 };
	assert_true(age_header_encode(&header, &s, 1, NULL));
	assert_true(age_header_encode_mac(&header, body, NULL));
	assert_false(age_open_start(buf_span(&header), span_of(nonce, 16), &keys,
	    &stream, &err));
	assert_non_null(strstr(err.text,
	    "not supported by this OpenSSL (no ML-KEM)"));
	fails_with(&err, ERR_USE, "age.hybrid");
	buf_clear(&header);
	buf_clear(&arg);
}

/* ---- text form ---- */

static void
armored(const char *text, struct buf *out, struct err *err)
{
	struct source *under = NULL, *src = NULL;

	buf_init(out, 1000);
	assert_true(source_of_span(&under, span_text(text), NULL));
	assert_true(age_armor_source(under, &src, NULL));
	if (!source_all(src, out, err))
		buf_reset(out);
	source_free(src);
	source_free(under);
}

static void
text_form_has_one_spelling_for_each_file(void **state)
{
#define BEGIN "-----BEGIN AGE ENCRYPTED FILE-----\n"
#define END "-----END AGE ENCRYPTED FILE-----\n"
#define FULL "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZHSElKS0xNTk9QUVJTVFVW\n"
	static const struct {
		const char *text;
		int bytes;	/* -1: refused */
	} cases[] = {
		{ BEGIN END, 0 },
		{ BEGIN FULL END, 48 },
		{ BEGIN FULL "QQ==\n" END, 49 },
		{ BEGIN FULL FULL "QUI=\n" END, 98 },
		{ " \t\r\n\n" BEGIN "QQ==\r\n" "-----END AGE ENCRYPTED FILE-----", 1 },
		{ BEGIN "QQ==\n" END " \n\t\r\n", 1 },
		{ "", -1 },
		{ BEGIN, -1 },
		{ BEGIN FULL, -1 },
		{ " " BEGIN END, -1 },
		{ "x\n" BEGIN END, -1 },
		{ BEGIN END "x", -1 },
		{ BEGIN "QQ=\n" END, -1 },
		{ BEGIN "QQ\n" END, -1 },
		{ BEGIN "QR==\n" END, -1 },
		{ BEGIN "QQ==\n" "QQ==\n" END, -1 },
		{ BEGIN "QQ==\n" FULL END, -1 },
		{ BEGIN "\n" FULL END, -1 },
		{ BEGIN FULL "\n" END, -1 },
		{ BEGIN "QQ== \n" END, -1 },
		{ BEGIN "AA" FULL END, -1 },
		{ BEGIN BEGIN END, -1 },
		{ "-----BEGIN AGE ENCRYPTED FILE----- \n" END, -1 },
	};
	struct err err = ERR_INIT;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		armored(cases[i].text, &out, &err);
		if (cases[i].bytes >= 0) {
			assert_int_equal(err.kind, ERR_NONE);
			assert_int_equal(out.n, cases[i].bytes);
		} else {
			fails_with(&err, ERR_INPUT, "age.armor");
		}
		buf_clear(&out);
	}
}

static void
white_space_around_the_text_form_is_bounded(void **state)
{
	char text[2 * AGE_ARMOR_SPACE_MAX + 200];
	struct err err = ERR_INIT;
	struct buf out;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		size_t before = AGE_ARMOR_SPACE_MAX + (i == 1);
		size_t after = AGE_ARMOR_SPACE_MAX + (i == 2);
		size_t n = before;

		memset(text, '\n', sizeof text);
		memcpy(text + n, BEGIN END, strlen(BEGIN END));
		n += strlen(BEGIN END) + after;
		text[n] = '\0';
		armored(text, &out, &err);
		if (i == 1 || i == 2)
			fails_with(&err, ERR_INPUT, "age.armor");
		else
			assert_int_equal(err.kind, ERR_NONE);
		buf_clear(&out);
	}
}

/* ---- no memory ---- */

static bool
whole_round(struct span plain, struct err *err)
{
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct buf file, out;
	bool ok;

	buf_init(&file, 10000);
	buf_init(&out, 10000);
	ok = age_seal_small(world, &to_alice, 1, plain, &file, err) &&
	    age_open_small(buf_span(&file), &keys, &out, err);
	if (ok)
		assert_true(span_eq(buf_span(&out), plain));
	else if (out.n != 0)
		ok = true;	/* something came out although it failed */
	buf_clear(&file);
	buf_clear(&out);
	return ok;
}

static bool
stream_round(struct span plain, struct err *err)
{
	struct age_keys keys = keys_of((const struct age_identity *const *)&alice);
	struct sink *to_file = NULL, *age = NULL;
	struct source *from_file = NULL, *src = NULL;
	struct buf file, out;
	bool ok;

	buf_init(&file, 10000);
	buf_init(&out, 10000);
	ok = sink_to_buf(&to_file, &file, err) &&
	    age_sink(world, &to_alice, 1, to_file, &age, err) &&
	    sink_write(age, plain, err) && age_sink_finish(age, err) &&
	    source_of_span(&from_file, buf_span(&file), err) &&
	    age_source(from_file, &keys, &src, err) &&
	    source_all(src, &out, err);
	if (ok)
		assert_true(span_eq(buf_span(&out), plain));
	sink_free(age);
	sink_free(to_file);
	source_free(src);
	source_free(from_file);
	buf_clear(&file);
	buf_clear(&out);
	return ok;
}

static void
every_allocation_that_fails_is_an_error_and_leaks_nothing(void **state)
{
	static bool (*const rounds[])(struct span, struct err *) = {
		whole_round, stream_round,
	};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t nth = 1;

		for (;; nth++) {
			bool ok;

			mem_fail(nth, false);
			ok = rounds[i](span_text("a record"), &err);
			mem_fail(0, false);
			if (ok)
				break;
			assert_int_equal(err.kind, ERR_MEMORY);
			err_clear(&err);
		}
		assert_int_equal(err.kind, ERR_NONE);
		assert_in_range(nth, 5, 200);
	}
}

/* ---- file keys that were found before ---- */

/* A whole small file sealed to alice, and what its header gives with these keys. */
static bool
opens(struct span file, const struct age_keys *keys, struct err *err)
{
	struct buf out;
	bool ok;

	buf_init(&out, 100);
	ok = age_open_small(file, keys, &out, err) &&
	    span_eq(buf_span(&out), span_text("words"));
	buf_clear(&out);
	return ok;
}

static void
words_seal(const struct age_recipient *to, struct buf *file)
{
	buf_init(file, 1000);
	assert_true(age_seal_small(world, to, 1, span_text("words"), file, NULL));
}

/* The name under which the file key of this file is kept. */
static struct digest
name_of(struct span file, const struct age_keys *keys)
{
	struct digest name;
	bool enough;
	size_t n;

	assert_true(age_header_length(file, &n, &enough, NULL) && enough);
	assert_true(age_unwrapped_name(keys, span_part(file, 0, n), &name, NULL));
	return name;
}

static void
a_file_key_is_kept_under_its_header_and_the_identities(void **state)
{
	const struct age_identity *const both[] = { alice, bob };
	const struct age_identity *const other_way[] = { bob, alice };
	const struct age_identity *const ids[] = { alice }, *const others[] = { bob };
	struct age_keys keys = keys_of(ids), of_bob = keys_of(others);
	struct age_keys of_both = { .identities = both, .n = 2 };
	struct age_keys of_others = { .identities = other_way, .n = 2 };
	uint8_t key[AGE_FILE_KEY];
	struct digest name;
	struct buf file;

	(void)state;
	assert_true(age_unwrapped_new(&keys.unwrapped, NULL));
	words_seal(&to_alice, &file);
	name = name_of(buf_span(&file), &keys);
	assert_false(age_unwrapped_find(keys.unwrapped, &name, key));
	assert_true(opens(buf_span(&file), &keys, NULL));
	assert_true(age_unwrapped_find(keys.unwrapped, &name, key));
	assert_true(opens(buf_span(&file), &keys, NULL));
	assert_false(digest_eq(&name, &(struct digest){ { 0 } }));
	assert_memory_not_equal(name.b, name_of(buf_span(&file), &of_bob).b, 32);
	assert_memory_not_equal(name.b, name_of(buf_span(&file), &of_both).b, 32);
	assert_memory_not_equal(name_of(buf_span(&file), &of_others).b,
	    name_of(buf_span(&file), &of_both).b, 32);
	buf_clear(&file);
	age_unwrapped_free(keys.unwrapped);
}

static void
a_kept_file_key_opens_nothing_else(void **state)
{
	const struct age_identity *const ids[] = { alice }, *const others[] = { bob };
	struct age_keys keys = keys_of(ids), of_bob = keys_of(others);
	struct err err = ERR_INIT;
	struct buf file, second;

	(void)state;
	assert_true(age_unwrapped_new(&keys.unwrapped, NULL));
	of_bob.unwrapped = keys.unwrapped;
	words_seal(&to_alice, &file);
	words_seal(&to_alice, &second);
	assert_true(opens(buf_span(&file), &keys, &err));
	/* Whoever cannot open it cannot because somebody else did. */
	assert_false(opens(buf_span(&file), &of_bob, &err));
	fails_with(&err, ERR_DENIED, "age.no_match");
	assert_true(opens(buf_span(&second), &keys, &err));
	/* Each byte of the file counts as before: header, MAC, nonce, payload. */
	for (size_t i = 0; i < file.n; i++) {
		file.p[i] ^= 1;
		assert_false(opens(buf_span(&file), &keys, &err));
		file.p[i] ^= 1;
		err_clear(&err);
	}
	assert_true(opens(buf_span(&file), &keys, &err));
	buf_clear(&file);
	buf_clear(&second);
	age_unwrapped_free(keys.unwrapped);
}

/* A kept key that is another's does not get past the MAC of the header. */
static void
a_wrong_file_key_is_found_out_by_the_header(void **state)
{
	const struct age_identity *const ids[] = { alice };
	struct age_keys keys = keys_of(ids);
	const uint8_t wrong[AGE_FILE_KEY] = { 1 };
	struct err err = ERR_INIT;
	struct digest name;
	struct buf file;

	(void)state;
	assert_true(age_unwrapped_new(&keys.unwrapped, NULL));
	words_seal(&to_alice, &file);
	name = name_of(buf_span(&file), &keys);
	age_unwrapped_keep(keys.unwrapped, &name, wrong);
	assert_false(opens(buf_span(&file), &keys, &err));
	fails_with(&err, ERR_INPUT, "age.mac");
	buf_clear(&file);
	age_unwrapped_free(keys.unwrapped);
	age_unwrapped_free(NULL);
}

static void
a_file_key_gives_way_to_one_with_its_place_and_no_more_are_kept(void **state)
{
	struct digest a = { { 1, 2 } }, b = { { 1, 2, 9 } }, c = { { 1, 3 } };
	const uint8_t one[AGE_FILE_KEY] = { 1 }, two[AGE_FILE_KEY] = { 2 };
	struct age_unwrapped *u;
	uint8_t key[AGE_FILE_KEY];

	(void)state;
	assert_true(age_unwrapped_new(&u, NULL));
	age_unwrapped_keep(u, &a, one);
	age_unwrapped_keep(u, &c, two);
	assert_true(age_unwrapped_find(u, &a, key));
	assert_memory_equal(key, one, sizeof key);
	assert_false(age_unwrapped_find(u, &b, key));
	age_unwrapped_keep(u, &b, two);
	assert_false(age_unwrapped_find(u, &a, key));
	assert_true(age_unwrapped_find(u, &b, key));
	assert_memory_equal(key, two, sizeof key);
	assert_true(age_unwrapped_find(u, &c, key));
	/* Places wrap: none lies outside. */
	for (unsigned i = 0; i < 65536; i++)
		age_unwrapped_keep(u, &(struct digest){ { (uint8_t)(i >> 8),
		    (uint8_t)i } }, one);
	age_unwrapped_free(u);
}

/* A passphrase has no place in such a memory. */
static void
a_file_key_under_a_passphrase_is_not_kept(void **state)
{
	struct age_keys keys = { .passphrase = span_text("six words") };
	uint8_t key[AGE_FILE_KEY];
	struct digest name;
	struct buf file;

	(void)state;
	assert_true(age_unwrapped_new(&keys.unwrapped, NULL));
	buf_init(&file, 1000);
	assert_true(age_seal_passphrase(world, keys.passphrase, AGE_LOG_N_TEST,
	    span_text("words"), &file, NULL));
	assert_true(opens(buf_span(&file), &keys, NULL));
	name = name_of(buf_span(&file), &keys);
	assert_false(age_unwrapped_find(keys.unwrapped, &name, key));
	buf_clear(&file);
	age_unwrapped_free(keys.unwrapped);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worked_vector_is_sealed_to_the_byte),
		cmocka_unit_test(the_worked_vector_opens),
		cmocka_unit_test(an_identity_file_is_read_as_age_keygen_writes_it),
		cmocka_unit_test(other_kinds_of_identity_are_named),
		cmocka_unit_test(a_recipient_with_any_character_changed_is_refused),
		cmocka_unit_test(bech32_gives_back_bytes_of_every_length),
		cmocka_unit_test(every_length_around_a_chunk_boundary_comes_back),
		cmocka_unit_test(
		    sizes_of_payload_and_plaintext_are_each_other_s_inverse),
		cmocka_unit_test(every_truncation_of_a_file_is_refused),
		cmocka_unit_test(every_changed_bit_of_a_file_is_refused),
		cmocka_unit_test(
		    chunks_that_are_swapped_dropped_or_repeated_do_not_open),
		cmocka_unit_test(an_empty_last_chunk_belongs_to_an_empty_file_only),
		cmocka_unit_test(bytes_after_a_full_last_chunk_are_told_apart),
		cmocka_unit_test(someone_else_s_identity_is_denied_and_says_so),
		cmocka_unit_test(as_many_recipients_as_allowed_and_not_one_more),
		cmocka_unit_test(what_cannot_be_sealed_leaves_the_buffer_as_it_was),
		cmocka_unit_test(a_passphrase_opens_what_it_sealed_and_another_does_not),
		cmocka_unit_test(
		    a_work_factor_above_the_limit_is_refused_before_memory_is_spent),
		cmocka_unit_test(a_stream_under_a_passphrase_is_opened_with_it),
		cmocka_unit_test(
		    a_passphrase_or_work_factor_outside_the_limits_seals_nothing),
		cmocka_unit_test(a_header_has_one_spelling),
		cmocka_unit_test(headers_are_read_up_to_their_limits_and_not_beyond),
		cmocka_unit_test(a_header_without_end_is_given_up_at_the_limit),
		cmocka_unit_test(a_hybrid_file_gives_a_sentence_about_openssl),
		cmocka_unit_test(
		    a_file_key_is_kept_under_its_header_and_the_identities),
		cmocka_unit_test(a_kept_file_key_opens_nothing_else),
		cmocka_unit_test(a_wrong_file_key_is_found_out_by_the_header),
		cmocka_unit_test(
		    a_file_key_gives_way_to_one_with_its_place_and_no_more_are_kept),
		cmocka_unit_test(a_file_key_under_a_passphrase_is_not_kept),
		cmocka_unit_test(text_form_has_one_spelling_for_each_file),
		cmocka_unit_test(white_space_around_the_text_form_is_bounded),
		cmocka_unit_test(
		    every_allocation_that_fails_is_an_error_and_leaks_nothing),
	};

	return cmocka_run_group_tests_name("age", tests, make_people, free_people);
}
