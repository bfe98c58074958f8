/* Digests, and randomness that can be replayed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto/digest.h"
#include "world/world.h"

/* FIPS 180-4 examples. */
static const char of_abc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char of_nothing[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void
a_hasher_gives_the_published_digests_again_and_again(void **state)
{
	struct err err = ERR_INIT;
	struct hasher *h = NULL;
	struct digest d;

	(void)state;
	assert_true(hasher_new(&h, &err));
	for (int i = 0; i < 3; i++) {
		assert_true(hasher_end(h, &d, &err));
		assert_string_equal(digest_hex(&d).s, of_nothing);
		hasher_add(h, span_text("a"));
		hasher_add(h, span_of(NULL, 0));
		hasher_add(h, span_text("bc"));
		assert_true(hasher_end(h, &d, &err));
		assert_string_equal(digest_hex(&d).s, of_abc);
	}
	hasher_free(h);
	hasher_free(NULL);
}

static void
a_restarted_hasher_has_forgotten_what_it_was_fed(void **state)
{
	struct err err = ERR_INIT;
	struct hasher *h = NULL;
	struct digest d;

	(void)state;
	assert_true(hasher_new(&h, &err));
	hasher_restart(h);
	hasher_add(h, span_text("something else"));
	hasher_restart(h);
	hasher_restart(h);
	hasher_add(h, span_text("abc"));
	assert_true(hasher_end(h, &d, &err));
	assert_string_equal(digest_hex(&d).s, of_abc);
	hasher_free(h);
}

/* Around what waits inside for OpenSSL, in pieces of every size. */
static void
a_hasher_gives_the_same_however_the_bytes_are_cut(void **state)
{
	static uint8_t bytes[1600];
	struct err err = ERR_INIT;
	struct hasher *h = NULL;
	struct digest whole, d;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	assert_true(hasher_new(&h, &err));
	for (size_t n = 500; n <= sizeof bytes; n += n < 530 ? 1 : 535) {
		assert_true(digest_of(span_of(bytes, n), &whole, &err));
		for (size_t cut = 1; cut <= n; cut += cut < 520 ? 1 : 97) {
			for (size_t at = 0; at < n; at += cut)
				hasher_add(h, span_of(bytes + at,
				    n - at < cut ? n - at : cut));
			assert_true(hasher_end(h, &d, &err));
			assert_true(digest_eq(&d, &whole));
		}
	}
	hasher_free(h);
}

static void
a_digest_of_one_message_forgets_what_was_fed_before(void **state)
{
	struct err err = ERR_INIT;
	struct hasher *h = NULL;
	struct digest d;

	(void)state;
	assert_true(hasher_new(&h, &err));
	for (int i = 0; i < 3; i++) {
		if (i > 0)
			hasher_add(h, span_text("something else"));
		assert_true(hasher_digest(h, span_text("abc"), &d, &err));
		assert_string_equal(digest_hex(&d).s, of_abc);
		assert_true(hasher_digest(h, span_of(NULL, 0), &d, &err));
		assert_string_equal(digest_hex(&d).s, of_nothing);
	}
	hasher_add(h, span_text("abc"));
	assert_true(hasher_end(h, &d, &err));
	assert_string_equal(digest_hex(&d).s, of_abc);
	hasher_free(h);
}

static void
one_call_digests_agree_with_the_running_hash(void **state)
{
	struct err err = ERR_INIT;
	struct digest d;

	(void)state;
	assert_true(digest_of(span_text("abc"), &d, &err));
	assert_string_equal(digest_hex(&d).s, of_abc);
	assert_true(digest_of(span_of(NULL, 0), &d, &err));
	assert_string_equal(digest_hex(&d).s, of_nothing);
}

static void
wide_digests_are_the_published_ones(void **state)
{
	static const struct {
		enum digest_kind kind;
		size_t n;
		const char *begins;
	} want[] = {
		{ DIGEST_SHA1, 20, "a9993e364706816a" },
		{ DIGEST_SHA256, 32, "ba7816bf8f01cfea" },
		{ DIGEST_SHA384, 48, "cb00753f45a35e8b" },
		{ DIGEST_SHA512, 64, "ddaf35a193617aba" },
	};
	struct err err = ERR_INIT;
	struct wide_digest d;
	uint8_t begin[8];

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		assert_true(digest_wide(want[i].kind, span_text("abc"), &d, &err));
		assert_int_equal(d.n, want[i].n);
		assert_true(hex_decode(span_text(want[i].begins), begin, 8));
		assert_memory_equal(d.b, begin, 8);
	}
}

static void
a_hasher_without_memory_is_an_error_and_no_hasher(void **state)
{
	struct err err = ERR_INIT;
	struct hasher *h = NULL;

	(void)state;
	mem_fail(1, false);
	assert_false(hasher_new(&h, &err));
	mem_fail(0, false);
	assert_int_equal(err.kind, ERR_MEMORY);
	assert_null(h);
}

/* ---- randomness of a simulated world ---- */

static struct world *
world_of_seed(uint64_t seed)
{
	struct world *w = NULL;

	assert_true(world_sim(&w,
	    (struct world_sim_options){ .seed = seed, .now = 1800000000 }, NULL));
	assert_true(crypto_random_from(w, NULL));
	return w;
}

/* A new P-256 key signs in a world of this seed: key and signature as bytes. */
static void
day_of_seed(uint64_t seed, struct buf *out)
{
	struct world *w = world_of_seed(seed);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[200], *p = der, sig[100];
	size_t sig_n = sizeof sig;
	int n;

	assert_non_null(key);
	n = i2d_PrivateKey(key, &p);
	assert_true(n > 0);
	assert_true(buf_add(out, span_of(der, (size_t)n), NULL));
	assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL,
	    key, NULL), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &sig_n,
	    (const unsigned char *)"abc", 3), 1);
	assert_true(buf_add(out, span_of(sig, sig_n), NULL));
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	world_free(w);
}

/* Whatever a test did, the next one has OpenSSL's own randomness. */
static int
back_to_the_real_world(void **state)
{
	struct world *w = NULL;

	(void)state;
	if (!world_real(&w, NULL) || !crypto_random_from(w, NULL))
		return -1;
	world_free(w);
	return 0;
}

static void
a_seed_replays_the_same_key_and_the_same_signature(void **state)
{
	struct buf first, again, other;

	(void)state;
	buf_init(&first, 1000);
	buf_init(&again, 1000);
	buf_init(&other, 1000);
	day_of_seed(7, &first);
	day_of_seed(7, &again);
	day_of_seed(8, &other);
	assert_true(span_eq(buf_span(&first), buf_span(&again)));
	assert_false(span_eq(buf_span(&first), buf_span(&other)));
	buf_clear(&first);
	buf_clear(&again);
	buf_clear(&other);
}

static void
a_real_world_leaves_openssl_its_own_randomness(void **state)
{
	unsigned char a[16], b[16];
	struct world *w;

	w = world_of_seed(7);
	assert_int_equal(RAND_bytes(a, sizeof a), 1);
	world_free(w);
	w = world_of_seed(7);
	assert_int_equal(RAND_bytes(b, sizeof b), 1);
	assert_memory_equal(a, b, sizeof a);
	world_free(w);
	assert_int_equal(back_to_the_real_world(state), 0);
	assert_int_equal(RAND_bytes(b, sizeof b), 1);
	assert_memory_not_equal(a, b, sizeof a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hasher_gives_the_published_digests_again_and_again),
		cmocka_unit_test(a_restarted_hasher_has_forgotten_what_it_was_fed),
		cmocka_unit_test(a_hasher_gives_the_same_however_the_bytes_are_cut),
		cmocka_unit_test(a_digest_of_one_message_forgets_what_was_fed_before),
		cmocka_unit_test(one_call_digests_agree_with_the_running_hash),
		cmocka_unit_test(wide_digests_are_the_published_ones),
		cmocka_unit_test(a_hasher_without_memory_is_an_error_and_no_hasher),
		cmocka_unit_test_teardown(
		    a_seed_replays_the_same_key_and_the_same_signature,
		    back_to_the_real_world),
		cmocka_unit_test_teardown(
		    a_real_world_leaves_openssl_its_own_randomness,
		    back_to_the_real_world),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
