/*
 * What is sealed to a certificate opens with the openssl command line and the key, and
 * with nothing else.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "crypto/enveloped.h"
#include "crypto/testkit.h"

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

/* Three receivers in a folder: RSA.key, RSA.crt ... as DER. */
static char folder[64];
static struct key *keys[3];
static struct certs receivers[3];
static const enum key_kind kinds[3] = { KEY_RSA, KEY_P256, KEY_P384 };
static const char *const names[3] = { "RSA", "P256", "P384" };

static struct cert *
encryption_cert(const struct key *key, const char *usage)
{
	struct kit_cert k = { .common = "Receiver", .key = key,
		.extensions = { { NID_key_usage, usage } } };

	return kit_cert_make(&k);
}

static int
receivers_make(void **state)
{
	(void)state;
	kit_folder(folder);
	for (int i = 0; i < 3; i++) {
		char name[32];
		struct cert *c;
		struct buf b;

		OK(key_new(&keys[i], kinds[i], &last));
		c = encryption_cert(keys[i], i == 0 ? "critical,keyEncipherment" :
		    "critical,keyAgreement");
		certs_init(&receivers[i]);
		OK(certs_add(&receivers[i], c, &last));
		cert_free(c);
		buf_init_secret(&b, KEY_FILE_MAX);
		OK(key_encode(keys[i], &b, &last));
		(void)snprintf(name, sizeof name, "%s.key", names[i]);
		kit_save(folder, name, buf_span(&b));
		buf_clear(&b);
	}
	return 0;
}

static int
receivers_end(void **state)
{
	(void)state;
	kit_folder_remove(folder);
	for (int i = 0; i < 3; i++) {
		key_free(keys[i]);
		certs_clear(&receivers[i]);
	}
	return 0;
}

/* Exit status of the command that the header and the letter tell people. */
static int
decrypt(struct span der, const char *key)
{
	kit_save(folder, "F", der);
	return kit_run("cd '%s' && rm -f package.tar && openssl cms -decrypt "
	    "-inform DER -in F -inkey %s.key -keyform DER -out package.tar", folder,
	    key);
}

static void
opens(struct span der, const char *key, struct span plain)
{
	struct buf got;

	if (decrypt(der, key) != 0)
		fail_msg("openssl does not open it with %s.key", key);
	buf_init(&got, plain.n + 10);
	kit_load(folder, "package.tar", &got);
	assert_true(span_eq(buf_span(&got), plain));
	buf_clear(&got);
}

static void
openssl_opens_it_with_the_key_and_with_no_other(void **state)
{
	static const uint8_t plain[] = "a package\r\nwith lines\n\0and zeros";
	struct buf der;

	(void)state;
	if (!kit_has_program("openssl"))
		skip();
	for (int i = 0; i < 3; i++) {
		buf_init(&der, 100000);
		OK(enveloped_seal(&receivers[i], span_of(plain, sizeof plain), &der,
		    &last));
		for (int k = 0; k < 3; k++)
			if (k == i)
				opens(buf_span(&der), names[k],
				    span_of(plain, sizeof plain));
			else
				assert_int_not_equal(decrypt(buf_span(&der),
				    names[k]), 0);
		buf_clear(&der);
	}
}

static void
another_key_of_the_same_kind_does_not_open_it(void **state)
{
	struct key *other = NULL;
	struct buf der, b;

	(void)state;
	if (!kit_has_program("openssl"))
		skip();
	for (int i = 0; i < 3; i++) {
		OK(key_new(&other, kinds[i], &last));
		buf_init_secret(&b, KEY_FILE_MAX);
		OK(key_encode(other, &b, &last));
		kit_save(folder, "other.key", buf_span(&b));
		buf_init(&der, 100000);
		OK(enveloped_seal(&receivers[i], span_text("x"), &der, &last));
		assert_int_not_equal(decrypt(buf_span(&der), "other"), 0);
		buf_clear(&der);
		buf_clear(&b);
		key_free(other);
	}
}

static void
each_of_several_receivers_opens_it(void **state)
{
	struct certs all;
	struct buf der;

	(void)state;
	if (!kit_has_program("openssl"))
		skip();
	certs_init(&all);
	for (int i = 0; i < 3; i++)
		OK(certs_add(&all, receivers[i].list[0], &last));
	buf_init(&der, 100000);
	OK(enveloped_seal(&all, span_text("for all"), &der, &last));
	for (int i = 0; i < 3; i++)
		opens(buf_span(&der), names[i], span_text("for all"));
	buf_clear(&der);
	certs_clear(&all);
}

/* How often it is in the DER. */
static int
names_it(const struct buf *der, const char *oid, size_t n)
{
	int found = 0;

	for (size_t i = 0; i + n <= der->n; i++)
		found += memcmp(der->p + i, oid, n) == 0;
	return found;
}
#define NAMES(der, oid) names_it(der, oid, sizeof(oid) - 1)

/* The object identifiers as they stand in the standards. */
static void
it_names_today_s_algorithms_and_no_older_ones(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct buf der;

		buf_init(&der, 100000);
		OK(enveloped_seal(&receivers[i], span_text("x"), &der, &last));
		/* id-ct-authEnvelopedData, aes256-GCM */
		assert_true(NAMES(&der,
		    "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17"));
		assert_true(NAMES(&der,
		    "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2E"));
		/*
		 * id-RSAES-OAEP with SHA-256 for the label and for MGF1 (SHA-1,
		 * the default, is not named); rsaEncryption would be PKCS#1 v1.5.
		 */
		assert_int_equal(NAMES(&der,
		    "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x07"), i == 0);
		assert_int_equal(NAMES(&der,
		    "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"), i == 0 ? 2 : 0);
		assert_false(NAMES(&der,
		    "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"));
		/* dhSinglePass-stdDH-sha256kdf and -sha384kdf; -sha1kdf never */
		assert_int_equal(NAMES(&der, "\x06\x06\x2B\x81\x04\x01\x0B\x01"),
		    i == 1);
		assert_int_equal(NAMES(&der, "\x06\x06\x2B\x81\x04\x01\x0B\x02"),
		    i == 2);
		assert_false(NAMES(&der,
		    "\x06\x09\x2B\x81\x05\x10\x86\x48\x3F\x00\x02"));
		assert_false(NAMES(&der, "\x06\x05\x2B\x0E\x03\x02\x1A"));
		buf_clear(&der);
	}
}

/* Every byte when asked for; else those that a stride meets. */
static void
a_changed_byte_and_it_does_not_open(void **state)
{
	static const char text[] = "evidence evidence evidence evidence evidence";
	size_t stride = kit_long() ? 1 : 17, opened = 0, tried = 0;
	struct buf der, got;

	(void)state;
	if (!kit_has_program("openssl"))
		skip();
	buf_init(&der, 100000);
	OK(enveloped_seal(&receivers[1], span_text(text), &der, &last));
	for (size_t i = 0; i < der.n; i += stride, tried++) {
		der.p[i] ^= 0x10;
		/* Names of the receiver may change: what comes out may not. */
		if (decrypt(buf_span(&der), "P256") == 0) {
			buf_init(&got, 1000);
			kit_load(folder, "package.tar", &got);
			assert_true(span_is(buf_span(&got), text));
			buf_clear(&got);
			opened++;
		}
		der.p[i] ^= 0x10;
	}
	/* The last bytes are ciphertext and tag: none of them may. */
	for (size_t i = der.n - 50; i < der.n; i += 7) {
		der.p[i] ^= 1;
		assert_int_not_equal(decrypt(buf_span(&der), "P256"), 0);
		der.p[i] ^= 1;
	}
	assert_true(opened < tried / 2);
	buf_clear(&der);
}

/* A certificate for any key, which ours would not make. */
static void
refused_key(EVP_PKEY *pkey, const EVP_MD *md)
{
	X509 *x = X509_new();
	unsigned char *der = NULL;
	struct cert *c = NULL;
	struct certs to;
	struct buf out;
	int n;

	assert_true(pkey != NULL && X509_set_version(x, X509_VERSION_3) == 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), KIT_NOW);
	ASN1_TIME_set(X509_getm_notAfter(x), KIT_NOW + KIT_DAY);
	assert_int_equal(X509_set_pubkey(x, pkey), 1);
	assert_true(X509_sign(x, pkey, md) > 0);
	n = i2d_X509(x, &der);
	assert_true(n > 0);
	OK(cert_decode(&c, span_of(der, (size_t)n), &last));
	certs_init(&to);
	OK(certs_add(&to, receivers[0].list[0], &last));
	OK(certs_add(&to, c, &last));
	buf_init(&out, 100000);
	OK(buf_add_text(&out, "+", &last));
	assert_false(enveloped_seal(&to, span_text("x"), &out, &last));
	assert_string_equal(last.reason, "enveloped.key");
	assert_int_equal(last.kind, ERR_INPUT);
	assert_true(span_is(buf_span(&out), "+"));
	buf_clear(&out);
	certs_clear(&to);
	cert_free(c);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(pkey);
}

static void
weak_and_unsuited_keys_are_refused(void **state)
{
	(void)state;
	refused_key(EVP_RSA_gen(2048), EVP_sha256());
	refused_key(EVP_RSA_gen(KEY_RSA_BITS_MIN - 8), EVP_sha256());
	refused_key(EVP_EC_gen("P-521"), EVP_sha512());
	refused_key(EVP_EC_gen("P-224"), EVP_sha256());
	refused_key(EVP_EC_gen("secp256k1"), EVP_sha256());
	refused_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
}

static void
seal_with_usage(int i, const char *usage, bool want)
{
	struct cert *c = encryption_cert(keys[i], usage);
	struct certs to;
	struct buf der;

	certs_init(&to);
	OK(certs_add(&to, c, &last));
	buf_init(&der, 100000);
	assert_int_equal(enveloped_seal(&to, span_text("x"), &der, &last), want);
	if (!want)
		assert_string_equal(last.reason, "enveloped.key");
	buf_clear(&der);
	certs_clear(&to);
	cert_free(c);
}

static void
a_certificate_that_says_it_only_signs_is_refused(void **state)
{
	struct kit_cert plain = { .common = "Receiver" };
	struct certs to;
	struct buf der;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct cert *c;

		seal_with_usage(i, "digitalSignature,nonRepudiation", false);
		seal_with_usage(i, i == 0 ? "keyAgreement" : "keyEncipherment",
		    false);
		seal_with_usage(i, i == 0 ? "digitalSignature,keyEncipherment" :
		    "digitalSignature,keyAgreement", true);
		/* One that says nothing leaves it open. */
		plain.key = keys[i];
		c = kit_cert_make(&plain);
		certs_init(&to);
		OK(certs_add(&to, c, &last));
		buf_init(&der, 100000);
		OK(enveloped_seal(&to, span_text("x"), &der, &last));
		buf_clear(&der);
		certs_clear(&to);
		cert_free(c);
	}
}

static void
files_go_to_the_limit_and_no_further(void **state)
{
	uint8_t *big = malloc(ENVELOPED_MAX + 1);
	struct certs none;
	struct buf der;

	(void)state;
	assert_non_null(big);
	memset(big, 'e', ENVELOPED_MAX + 1);
	buf_init(&der, ENVELOPED_MAX + 10000);
	assert_false(enveloped_seal(&receivers[1], span_of(big, ENVELOPED_MAX + 1),
	    &der, &last));
	assert_string_equal(last.reason, "enveloped.size");
	assert_int_equal(last.kind, ERR_LIMIT);
	OK(enveloped_seal(&receivers[1], span_of(big, ENVELOPED_MAX), &der, &last));
	assert_true(der.n > ENVELOPED_MAX && der.n < ENVELOPED_MAX + 1000);
	if (kit_has_program("openssl")) {
		opens(buf_span(&der), "P256", span_of(big, ENVELOPED_MAX));
		buf_reset(&der);
		OK(enveloped_seal(&receivers[0], span_of(NULL, 0), &der, &last));
		opens(buf_span(&der), "RSA", span_of(NULL, 0));
	}
	certs_init(&none);
	assert_false(enveloped_seal(&none, span_text("x"), &der, &last));
	assert_string_equal(last.reason, "enveloped.nobody");
	buf_clear(&der);
	buf_init(&der, 100);
	assert_false(enveloped_seal(&receivers[1], span_text("x"), &der, &last));
	assert_int_equal(last.kind, ERR_LIMIT);
	assert_int_equal(der.n, 0);
	buf_clear(&der);
	free(big);
}

static void
one_seed_seals_the_same_bytes(void **state)
{
	struct world_sim_options opt = { .now = KIT_NOW };
	struct world *w = NULL, *real = NULL;
	struct buf der[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		opt.seed = (uint64_t)i / 2;
		OK(world_sim(&w, opt, &last));
		OK(crypto_random_from(w, &last));
		buf_init(&der[i], 100000);
		for (int k = 0; k < 3; k++)
			OK(enveloped_seal(&receivers[k], span_text("x"), &der[i],
			    &last));
		OK(world_real(&real, &last));
		OK(crypto_random_from(real, &last));
		world_free(real);
		world_free(w);
	}
	assert_true(span_eq(buf_span(&der[0]), buf_span(&der[1])));
	assert_false(span_eq(buf_span(&der[0]), buf_span(&der[2])));
	for (int i = 0; i < 3; i++)
		buf_clear(&der[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_opens_it_with_the_key_and_with_no_other),
		cmocka_unit_test(another_key_of_the_same_kind_does_not_open_it),
		cmocka_unit_test(each_of_several_receivers_opens_it),
		cmocka_unit_test(it_names_today_s_algorithms_and_no_older_ones),
		cmocka_unit_test(a_changed_byte_and_it_does_not_open),
		cmocka_unit_test(weak_and_unsuited_keys_are_refused),
		cmocka_unit_test(a_certificate_that_says_it_only_signs_is_refused),
		cmocka_unit_test(files_go_to_the_limit_and_no_further),
		cmocka_unit_test(one_seed_seals_the_same_bytes),
	};

	return cmocka_run_group_tests_name("enveloped", tests, receivers_make,
	    receivers_end);
}
