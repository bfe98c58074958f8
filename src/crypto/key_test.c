/* Private keys: made, written, read back, and brought by people. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "crypto/key_internal.h"

static const enum key_kind every_kind[] = {
	KEY_P256, KEY_P384, KEY_ED25519, KEY_RSA,
};
#define KINDS (sizeof every_kind / sizeof every_kind[0])

/* One key of each kind for all tests: RSA takes a while. */
static struct key *keys[KINDS];

static int
make_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		if (!key_new(&keys[i], every_kind[i], NULL))
			return -1;
	return 0;
}

static int
free_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		key_free(keys[i]);
	return 0;
}

static void
the_same_key(const struct key *a, const struct key *b)
{
	assert_int_equal(EVP_PKEY_eq(key_pkey(a), key_pkey(b)), 1);
	assert_int_equal(key_kind_of(a), key_kind_of(b));
}

static void
a_key_comes_back_from_its_bytes_and_from_nothing_else(void **state)
{
	struct err err = ERR_INIT;
	struct key *back = NULL;
	struct buf der;

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		buf_init_secret(&der, KEY_FILE_MAX);
		assert_true(key_encode(keys[i], &der, &err));
		assert_true(key_decode(&back, buf_span(&der), &err));
		the_same_key(keys[i], back);
		key_free(back);
		back = NULL;
		for (size_t n = 0; n < der.n; n++)
			assert_false(key_decode(&back, span_of(der.p, n), &err));
		assert_true(buf_add_byte(&der, 0, &err));
		assert_false(key_decode(&back, buf_span(&der), &err));
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.reason, "key.form");
		assert_null(back);
		buf_clear(&der);
	}
}

/* Valid PKCS#8, but not what we write: imported, then kept in our form. */
static void
a_foreign_spelling_is_imported_but_not_decoded(void **state)
{
	EVP_PKEY *pkey = key_pkey(keys[0]);
	struct err err = ERR_INIT;
	struct buf ours, foreign[2];
	struct key *key = NULL;

	(void)state;
	buf_init_secret(&ours, KEY_FILE_MAX);
	buf_init_secret(&foreign[0], KEY_FILE_MAX);
	buf_init_secret(&foreign[1], KEY_FILE_MAX);
	assert_true(key_encode(keys[0], &ours, &err));
	/* a compressed public point, and none at all */
	assert_int_equal(EVP_PKEY_set_utf8_string_param(pkey,
	    OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"), 1);
	assert_true(key_encode(keys[0], &foreign[0], &err));
	assert_int_equal(EVP_PKEY_set_int_param(pkey,
	    OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 0), 1);
	assert_true(key_encode(keys[0], &foreign[1], &err));
	assert_true(foreign[1].n < foreign[0].n && foreign[0].n < ours.n);
	for (size_t i = 0; i < 2; i++) {
		assert_false(key_decode(&key, buf_span(&foreign[i]), &err));
		assert_string_equal(err.reason, "key.form");
		assert_true(key_import(&key, buf_span(&foreign[i]), &err));
		buf_reset(&foreign[i]);
		assert_true(key_encode(key, &foreign[i], &err));
		assert_true(span_eq(buf_span(&ours), buf_span(&foreign[i])));
		if (i == 0) {
			key_free(key);
			key = NULL;
		}
	}
	/* The tests after this one want the key as it was. */
	key_free(keys[0]);
	keys[0] = key;
	buf_clear(&ours);
	buf_clear(&foreign[0]);
	buf_clear(&foreign[1]);
}

static void
a_key_file_at_the_limit_is_looked_at_and_one_byte_more_is_not(void **state)
{
	static uint8_t file[KEY_FILE_MAX + 1];
	struct err err = ERR_INIT;
	struct key *key = NULL;

	(void)state;
	memset(file, 'x', sizeof file);
	assert_false(key_import(&key, span_of(file, KEY_FILE_MAX), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_false(key_import(&key, span_of(file, KEY_FILE_MAX + 1), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void
every_public_key_says_what_it_is(void **state)
{
	struct err err = ERR_INIT;
	struct buf der;

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		const unsigned char *p;
		EVP_PKEY *pkey;

		buf_init(&der, KEY_FILE_MAX);
		assert_true(key_spki(keys[i], &der, &err));
		p = der.p;
		pkey = d2i_PUBKEY(NULL, &p, (long)der.n);
		assert_non_null(pkey);
		assert_int_equal(key_kind_of_pkey(pkey, KEY_RSA_BITS_MIN),
		    every_kind[i]);
		EVP_PKEY_free(pkey);
		buf_clear(&der);
	}
	assert_string_equal(key_kind_name(KEY_P256), "P-256");
	assert_string_equal(key_kind_name(KEY_P384), "P-384");
	assert_string_equal(key_kind_name(KEY_RSA), "RSA-3072");
	assert_string_equal(key_kind_name(KEY_ED25519), "Ed25519");
}

/* ---- import ---- */

enum pem_form { PEM_PKCS8, PEM_OLD, PEM_ENCRYPTED, PEM_OLD_ENCRYPTED };

static void
pem_add(struct buf *out, const EVP_PKEY *pkey, enum pem_form form)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const EVP_CIPHER *cipher =
	    form == PEM_ENCRYPTED || form == PEM_OLD_ENCRYPTED ?
	    EVP_aes_256_cbc() : NULL;
	const unsigned char *pass = (const unsigned char *)"word";
	char *p;
	long n;

	if (form == PEM_PKCS8 || form == PEM_ENCRYPTED)
		assert_int_equal(PEM_write_bio_PrivateKey(bio, pkey, cipher,
		    pass, 4, NULL, NULL), 1);
	else
		assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, pkey,
		    cipher, pass, 4, NULL, NULL), 1);
	n = BIO_get_mem_data(bio, &p);
	assert_true(buf_add(out, span_of(p, (size_t)n), NULL));
	BIO_free(bio);
}

static void
a_person_may_bring_any_usual_form(void **state)
{
	static const char before[] = "Bag Attributes: none\n\n"
	    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
	    "-----END EC PARAMETERS-----\n";
	struct err err = ERR_INIT;
	struct key *back;
	struct buf file;

	(void)state;
	for (size_t i = 0; i < 2 * KINDS; i++) {
		const struct key *key = keys[i / 2];

		if (i % 2 == 1 && key_kind_of(key) == KEY_ED25519)
			continue;	/* has no older form */
		buf_init(&file, KEY_FILE_MAX);
		back = NULL;
		if (i % 2 == 1)
			assert_true(buf_add_text(&file, before, &err));
		pem_add(&file, key_pkey(key), i % 2 ? PEM_OLD : PEM_PKCS8);
		assert_true(key_import(&back, buf_span(&file), &err));
		the_same_key(key, back);
		key_free(back);
		buf_clear(&file);
	}
	buf_init(&file, KEY_FILE_MAX);
	assert_true(key_encode(keys[0], &file, &err));
	assert_true(key_import(&back, buf_span(&file), &err));
	the_same_key(keys[0], back);
	key_free(back);
	buf_clear(&file);
}

static void
refused(struct buf *file, const char *reason)
{
	struct err err = ERR_INIT;
	struct key *key = NULL;

	assert_false(key_import(&key, buf_span(file), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.reason, reason);
	assert_null(key);
	buf_clear(file);
}

static void
what_cannot_be_imported_is_told_apart(void **state)
{
	struct buf file;

	(void)state;
	buf_init(&file, KEY_FILE_MAX);
	pem_add(&file, key_pkey(keys[0]), PEM_ENCRYPTED);
	refused(&file, "key.encrypted");
	pem_add(&file, key_pkey(keys[0]), PEM_OLD_ENCRYPTED);
	refused(&file, "key.encrypted");
	pem_add(&file, key_pkey(keys[0]), PEM_PKCS8);
	pem_add(&file, key_pkey(keys[1]), PEM_PKCS8);
	refused(&file, "key.several");
	assert_true(buf_add_text(&file, "-----BEGIN EC PARAMETERS-----\n"
	    "BggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n", NULL));
	refused(&file, "key.absent");
	assert_true(buf_add_text(&file, "-----BEGIN PRIVATE KEY-----\n"
	    "AAAA\n-----END PRIVATE KEY-----\n", NULL));
	refused(&file, "key.form");
	assert_true(buf_add_text(&file, "-----BEGIN PRIVATE KEY-----\nAAAA", NULL));
	refused(&file, "key.form");
	refused(&file, "key.form");	/* nothing at all */
}

static void
refuse_pkey(EVP_PKEY *pkey)
{
	struct buf file;

	assert_non_null(pkey);
	buf_init(&file, KEY_FILE_MAX);
	pem_add(&file, pkey, PEM_PKCS8);
	refused(&file, "key.kind");
	EVP_PKEY_free(pkey);
}

static void
other_kinds_of_key_are_refused(void **state)
{
	EVP_PKEY *pkey;

	(void)state;
	refuse_pkey(EVP_EC_gen("P-521"));
	refuse_pkey(EVP_EC_gen("secp256k1"));
	refuse_pkey(EVP_RSA_gen(2048));
	refuse_pkey(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"));
	/* P-256 by its numbers: could as well be another curve. */
	pkey = EVP_EC_gen("P-256");
	assert_int_equal(EVP_PKEY_set_utf8_string_param(pkey,
	    OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT), 1);
	refuse_pkey(pkey);
}

static void
a_private_number_that_is_not_the_public_key_s_is_refused(void **state)
{
	struct err err = ERR_INIT;
	struct key *key = NULL;
	struct buf der;

	(void)state;
	buf_init_secret(&der, KEY_FILE_MAX);
	assert_true(key_encode(keys[0], &der, &err));
	/* The private number of a P-256 PKCS#8 is at 36; its end may go up by one. */
	der.p[36 + 31] ^= 1;
	assert_false(key_import(&key, buf_span(&der), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.reason, "key.form");
	assert_null(key);
	buf_clear(&der);
}

/* ---- Ed25519 ---- */

/* The private key of an RFC 8032 seed: PKCS#8 is 16 constant bytes and the seed. */
static struct key *
key_of_seed(const char *seed)
{
	static const char head[] = "302e020100300506032b657004220420";
	struct err err = ERR_INIT;
	struct key *key = NULL;
	uint8_t der[48];

	assert_true(hex_decode(span_text(head), der, 16));
	assert_true(hex_decode(span_text(seed), der + 16, 32));
	assert_true(key_decode(&key, span_of(der, sizeof der), &err));
	return key;
}

static void
the_vectors_of_rfc_8032_are_signed_byte_for_byte(void **state)
{
	/* RFC 8032 section 7.1, tests 1 to 3: seed, point, message, signature. */
	static const char *const tests[][4] = {
		{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
		  "b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
		{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da08"
		  "5ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
		{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18"
		  "ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		struct key *key = key_of_seed(tests[i][0]);
		uint8_t want[64], got[64], point[32], message[2];
		struct span m = span_of(message, strlen(tests[i][2]) / 2);
		struct err err = ERR_INIT;
		bool holds = false;

		assert_true(hex_decode(span_text(tests[i][2]), message, m.n));
		assert_true(key_point_ed25519(key, point, &err));
		assert_true(hex_decode(span_text(tests[i][1]), want, 32));
		assert_memory_equal(point, want, 32);
		assert_true(hex_decode(span_text(tests[i][3]), want, 64));
		assert_true(key_sign_ed25519(key, m, got, &err));
		assert_memory_equal(got, want, 64);
		assert_true(key_verify_ed25519(point, m, span_of(got, 64), &holds,
		    &err));
		assert_true(holds);
		got[i * 20] ^= 1;
		assert_true(key_verify_ed25519(point, m, span_of(got, 64), &holds,
		    &err));
		assert_false(holds);
		key_free(key);
	}
}

static void
keys_of_other_kinds_sign_no_ed25519(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		uint8_t point[32], signature[64];
		struct err err = ERR_INIT;

		if (every_kind[i] == KEY_ED25519)
			continue;
		assert_false(key_point_ed25519(keys[i], point, &err));
		assert_int_equal(err.kind, ERR_USE);
		err_clear(&err);
		assert_false(key_sign_ed25519(keys[i], span_text("x"), signature, &err));
		assert_int_equal(err.kind, ERR_USE);
		assert_string_equal(err.reason, "key.kind");
	}
}

/* Where verifiers differ, ours is OpenSSL's; a change of it is a change of proofs. */
static void
odd_ed25519_signatures_are_judged_as_openssl_does(void **state)
{
	/* point, signature (R, S), does it hold; the message is "odd". */
	static const struct {
		const char *what, *point, *r, *s;
		bool holds;
	} odd[] = {
		{ "the neutral point as key signs anything",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "0000000000000000000000000000000000000000000000000000000000000000",
		  true },
		{ "so it does when its y is written as p + 1",
		  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "0000000000000000000000000000000000000000000000000000000000000000",
		  true },
		{ "an R that is not in its least form does not hold",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		  "0000000000000000000000000000000000000000000000000000000000000000",
		  false },
		{ "an S of the order itself does not hold (RFC 8032 5.1.7)",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
		  false },
		{ "an R of order two holds only for those who take the cofactor",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		  "0000000000000000000000000000000000000000000000000000000000000000",
		  false },
		{ "a key that is no point signs nothing",
		  "0200000000000000000000000000000000000000000000000000000000000000",
		  "0100000000000000000000000000000000000000000000000000000000000000",
		  "0000000000000000000000000000000000000000000000000000000000000000",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		uint8_t point[32], signature[64];
		struct err err = ERR_INIT;
		bool holds = !odd[i].holds;

		assert_true(hex_decode(span_text(odd[i].point), point, 32));
		assert_true(hex_decode(span_text(odd[i].r), signature, 32));
		assert_true(hex_decode(span_text(odd[i].s), signature + 32, 32));
		assert_true(key_verify_ed25519(point, span_text("odd"),
		    span_of(signature, 64), &holds, &err));
		if (holds != odd[i].holds)
			fail_msg("no longer so: %s", odd[i].what);
	}
}

/* Each of them lets somebody without a key sign one message in eight, or all. */
static void
points_of_small_order_are_known_as_weak(void **state)
{
	static const char *const y[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	uint8_t point[32], signature[64] = { 1 };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof y / sizeof *y; i++) {
		uint8_t message = 0;
		bool holds = false;

		assert_true(hex_decode(span_text(y[i / 2]), point, 32));
		point[31] |= (uint8_t)(i % 2 << 7);
		assert_true(key_point_weak(point));
		/* R neutral and S zero: for some message its k is a multiple of 8. */
		do
			assert_true(key_verify_ed25519(point, span_of(&message, 1),
			    span_of(signature, 64), &holds, &err));
		while (!holds && ++message != 0);
		assert_true(holds);
		point[0] ^= 0x40;
		assert_false(key_point_weak(point));
	}
	assert_true(key_point_ed25519(keys[2], point, &err));
	assert_false(key_point_weak(point));
}

/* What held is remembered by all its bytes: nothing near it holds for that. */
static void
what_held_once_lets_nothing_else_hold(void **state)
{
	struct err err = ERR_INIT;
	struct key *key = NULL;
	uint8_t point[32], signature[64];
	bool holds;

	(void)state;
	assert_true(key_new(&key, KEY_ED25519, &err));
	assert_true(key_point_ed25519(key, point, &err));
	/* Each is asked again, and what differs from it by a bit. */
	for (unsigned i = 0; i < 64; i++) {
		uint8_t text[2] = { (uint8_t)i, 7 };
		struct span message = span_of(text, 2), value = span_of(signature, 64);

		assert_true(key_sign_ed25519(key, message, signature, &err));
		for (unsigned round = 0; round < 2; round++) {
			assert_true(key_verify_ed25519(point, message, value, &holds, &err));
			assert_true(holds);
			text[0] ^= 1;
			assert_true(key_verify_ed25519(point, message, value, &holds, &err));
			assert_false(holds);
			text[0] ^= 1;
			signature[i % 64] ^= 1;
			assert_true(key_verify_ed25519(point, message, value, &holds, &err));
			assert_false(holds);
			signature[i % 64] ^= 1;
			point[i % 32] ^= 1;
			assert_true(key_verify_ed25519(point, message, value, &holds, &err));
			assert_false(holds);
			point[i % 32] ^= 1;
			assert_true(key_verify_ed25519(point, message, span_of(signature, 63),
			    &holds, &err));
			assert_false(holds);
		}
	}
	key_free(key);
}

static void
no_memory_is_an_error_and_leaves_no_key(void **state)
{
	struct err err = ERR_INIT;
	struct key *key = NULL;
	struct buf der;

	(void)state;
	buf_init_secret(&der, KEY_FILE_MAX);
	assert_true(key_encode(keys[0], &der, &err));
	for (uint64_t n = 1; n < 100; n++) {
		mem_fail(n, false);
		if (key_decode(&key, buf_span(&der), &err))
			break;
		assert_int_equal(err.kind, ERR_MEMORY);
		assert_null(key);
	}
	mem_fail(0, false);
	assert_non_null(key);
	key_free(key);
	key_free(NULL);
	buf_clear(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_comes_back_from_its_bytes_and_from_nothing_else),
		cmocka_unit_test(a_foreign_spelling_is_imported_but_not_decoded),
		cmocka_unit_test(
		    a_key_file_at_the_limit_is_looked_at_and_one_byte_more_is_not),
		cmocka_unit_test(every_public_key_says_what_it_is),
		cmocka_unit_test(a_person_may_bring_any_usual_form),
		cmocka_unit_test(what_cannot_be_imported_is_told_apart),
		cmocka_unit_test(other_kinds_of_key_are_refused),
		cmocka_unit_test(
		    a_private_number_that_is_not_the_public_key_s_is_refused),
		cmocka_unit_test(the_vectors_of_rfc_8032_are_signed_byte_for_byte),
		cmocka_unit_test(keys_of_other_kinds_sign_no_ed25519),
		cmocka_unit_test(odd_ed25519_signatures_are_judged_as_openssl_does),
		cmocka_unit_test(points_of_small_order_are_known_as_weak),
		cmocka_unit_test(what_held_once_lets_nothing_else_hold),
		cmocka_unit_test(no_memory_is_an_error_and_leaves_no_key),
	};

	return cmocka_run_group_tests_name("key", tests, make_keys, free_keys);
}
