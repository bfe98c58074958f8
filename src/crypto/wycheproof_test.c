/*
 * Project Wycheproof (C2SP, Apache-2.0) against the primitives as we call them:
 * edge cases that have broken other people's programs.  Read from the shared
 * folder; skipped where it is absent.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jansson.h>

#include "crypto/age_internal.h"
#include "crypto/key.h"

#define BYTES_MAX 100000

/* ---- the files ---- */

static json_t *
vectors(const char *name)
{
	const char *shared = getenv("COMITY_SHARED");
	char path[500];
	json_t *root;

	assert_in_range(snprintf(path, sizeof path, "%s/vectors/wycheproof/%s",
	    shared != NULL ? shared : SHARED_DIR, name), 1, sizeof path - 1);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	if (root == NULL) {
		print_message("cannot read %s (COMITY_SHARED): skipped\n", path);
		skip();
	}
	return root;
}

static void
hex_member(json_t *object, const char *name, struct buf *out)
{
	const char *text = json_string_value(json_object_get(object, name));
	size_t n;

	assert_non_null(text);
	n = strlen(text) / 2;
	buf_init(out, BYTES_MAX);
	assert_true(buf_room(out, n + 1, NULL));
	assert_true(hex_decode(span_text(text), out->p, n));
	out->n = n;
}

static bool
is_valid(json_t *test)
{
	return strcmp(json_string_value(json_object_get(test, "result")),
	    "valid") == 0;
}

static bool
has_flag(json_t *test, const char *name)
{
	size_t i;
	json_t *flag;

	json_array_foreach(json_object_get(test, "flags"), i, flag)
		if (strcmp(json_string_value(flag), name) == 0)
			return true;
	return false;
}

static int
number_of(json_t *test)
{
	return (int)json_integer_value(json_object_get(test, "tcId"));
}

/* Every test of a file, with its group; all of them have to be looked at. */
static void
for_each_test(const char *name, void (*one)(json_t *group, json_t *test))
{
	json_t *root = vectors(name), *group, *test;
	json_int_t count = 0;
	size_t i, j;

	json_array_foreach(json_object_get(root, "testGroups"), i, group) {
		json_array_foreach(json_object_get(group, "tests"), j, test) {
			one(group, test);
			count++;
		}
	}
	assert_in_range(count, 80, 10000);
	assert_true(count ==
	    json_integer_value(json_object_get(root, "numberOfTests")));
	json_decref(root);
}

/* ---- one test each ---- */

static void
aead_one(json_t *group, json_t *test)
{
	struct buf key, iv, aad, msg, want;
	uint8_t out[BYTES_MAX / 10];
	EVP_CIPHER_CTX *ctx = NULL;
	struct buf tag;
	bool holds = false, is_right;

	hex_member(test, "key", &key);
	hex_member(test, "iv", &iv);
	hex_member(test, "aad", &aad);
	hex_member(test, "msg", &msg);
	hex_member(test, "ct", &want);
	hex_member(test, "tag", &tag);
	assert_true(buf_add(&want, buf_span(&tag), NULL));
	/* Our type admits one nonce length only: the others cannot be asked. */
	if (iv.n != AGE_CIPHER_NONCE) {
		assert_false(is_valid(test));
		goto out;
	}
	assert_true(want.n <= sizeof out);
	assert_true(age_cipher_new(&ctx, key.p, NULL));
	assert_true(age_cipher_open(ctx, iv.p, buf_span(&aad), buf_span(&want), out,
	    &holds, NULL));
	if (holds != is_valid(test))
		fail_msg("test %d: opens: %d", number_of(test), holds);
	if (holds)
		assert_true(span_eq(span_of(out, msg.n), buf_span(&msg)));
	/* The same context seals next: direction and nonce change, the key stays. */
	assert_true(age_cipher_seal(ctx, iv.p, buf_span(&aad), buf_span(&msg), out,
	    NULL));
	is_right = span_eq(span_of(out, msg.n + AGE_TAG), buf_span(&want));
	if (is_right != is_valid(test))
		fail_msg("test %d: seals: %d", number_of(test), is_right);
out:
	(void)group;
	age_cipher_free(ctx);
	buf_clear(&key);
	buf_clear(&iv);
	buf_clear(&aad);
	buf_clear(&msg);
	buf_clear(&want);
	buf_clear(&tag);
}

static void
x25519_one(json_t *group, json_t *test)
{
	struct buf public, secret, shared;
	EVP_PKEY *key;
	uint8_t out[32], point[32];
	bool zero = false;

	(void)group;
	hex_member(test, "public", &public);
	hex_member(test, "private", &secret);
	hex_member(test, "shared", &shared);
	assert_int_equal(public.n, 32);
	assert_int_equal(secret.n, 32);
	assert_true(age_x25519_key(secret.p, &key, point, NULL));
	assert_true(age_x25519(key, public.p, out, &zero, NULL));
	EVP_PKEY_free(key);
	if (zero != has_flag(test, "ZeroSharedSecret"))
		fail_msg("test %d: all zero: %d", number_of(test), zero);
	assert_true(span_eq(span_of(out, 32), buf_span(&shared)));
	buf_clear(&public);
	buf_clear(&secret);
	buf_clear(&shared);
}

static void
hkdf_one(json_t *group, json_t *test)
{
	size_t n = (size_t)json_integer_value(json_object_get(test, "size"));
	struct buf ikm, salt, info, want;
	uint8_t out[BYTES_MAX / 10];
	bool ok;

	(void)group;
	hex_member(test, "ikm", &ikm);
	hex_member(test, "salt", &salt);
	hex_member(test, "info", &info);
	hex_member(test, "okm", &want);
	assert_true(n <= sizeof out);
	ok = age_hkdf(buf_span(&ikm), buf_span(&salt), buf_span(&info), out, n, NULL);
	if (ok != is_valid(test))
		fail_msg("test %d: derives: %d", number_of(test), ok);
	if (ok)
		assert_true(span_eq(span_of(out, n), buf_span(&want)));
	buf_clear(&ikm);
	buf_clear(&salt);
	buf_clear(&info);
	buf_clear(&want);
}

static void
ed25519_one(json_t *group, json_t *test)
{
	struct buf point, msg, sig;
	bool holds;

	hex_member(json_object_get(group, "publicKey"), "pk", &point);
	hex_member(test, "msg", &msg);
	hex_member(test, "sig", &sig);
	assert_int_equal(point.n, 32);
	holds = !is_valid(test);
	assert_true(key_verify_ed25519(point.p, buf_span(&msg), buf_span(&sig),
	    &holds, NULL));
	if (holds != is_valid(test))
		fail_msg("test %d: holds: %d", number_of(test), holds);
	buf_clear(&point);
	buf_clear(&msg);
	buf_clear(&sig);
}

/* ---- the files, one by one ---- */

static void
chacha20_poly1305_opens_only_what_is_valid(void **state)
{
	(void)state;
	for_each_test("chacha20_poly1305_test.json", aead_one);
}

static void
x25519_agrees_and_refuses_every_all_zero_secret(void **state)
{
	(void)state;
	for_each_test("x25519_test.json", x25519_one);
}

static void
hkdf_derives_what_the_vectors_say_and_not_too_much(void **state)
{
	(void)state;
	for_each_test("hkdf_sha256_test.json", hkdf_one);
}

static void
ed25519_accepts_valid_signatures_and_no_others(void **state)
{
	(void)state;
	for_each_test("ed25519_test.json", ed25519_one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chacha20_poly1305_opens_only_what_is_valid),
		cmocka_unit_test(x25519_agrees_and_refuses_every_all_zero_secret),
		cmocka_unit_test(hkdf_derives_what_the_vectors_say_and_not_too_much),
		cmocka_unit_test(ed25519_accepts_valid_signatures_and_no_others),
	};

	return cmocka_run_group_tests_name("wycheproof", tests, NULL, NULL);
}
