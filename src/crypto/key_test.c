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
		cmocka_unit_test(no_memory_is_an_error_and_leaves_no_key),
	};

	return cmocka_run_group_tests_name("key", tests, make_keys, free_keys);
}
