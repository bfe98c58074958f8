/* Certificates as values: what is read, what is said of them, what is made. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"
#include "crypto/key_internal.h"
#include "crypto/testkit.h"
#include "form/pem.h"

static const struct cert_name office = { "XA", "Training only", "Office of tests" };

struct pair {
	struct key *key;
	struct cert *cert;
};

static void
root_make(struct pair *p, enum key_kind kind)
{
	struct err err = ERR_INIT;

	assert_true(key_new(&p->key, kind, &err));
	if (!cert_make_root(&p->cert, p->key, office, KIT_NOW,
	    KIT_NOW + 3650 * KIT_DAY, &err))
		fail_msg("%s", err.text);
}

static void
pair_free(struct pair *p)
{
	key_free(p->key);
	cert_free(p->cert);
}

/* ---- reading ---- */

static void
every_cut_or_longer_certificate_is_refused(void **state)
{
	struct err err = ERR_INIT;
	struct pair p;
	struct cert *c = NULL;
	uint8_t longer[CERT_MAX];
	struct span der;

	(void)state;
	root_make(&p, KEY_P256);
	der = cert_der(p.cert);
	for (size_t n = 0; n < der.n; n++) {
		assert_false(cert_decode(&c, span_part(der, 0, n), &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	memcpy(longer, der.p, der.n);
	longer[der.n] = 0;
	assert_false(cert_decode(&c, span_of(longer, der.n + 1), &err));
	assert_false(cert_decode(&c, span_of(longer, CERT_MAX), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_null(c);
	pair_free(&p);
}

static void
a_certificate_may_have_its_limit_and_no_more(void **state)
{
	static char comment[CERT_MAX + 100];
	struct kit_cert big = kit_root;
	struct err err = ERR_INIT;
	struct key *key;
	struct cert *c, *again;
	uint8_t above[CERT_MAX + 1] = { 0x30, 0x82, 0x3F, 0xFD };
	size_t used;

	(void)state;
	/* RSA, whose signatures all have one length. */
	assert_true(key_new(&key, KEY_RSA, &err));
	big.key = key;
	big.extensions[3].nid = NID_netscape_comment;
	big.extensions[3].value = comment;
	memset(comment, 'x', 15000);
	c = kit_cert_make(&big);
	used = cert_der(c).n;
	cert_free(c);
	memset(comment, 'x', 15000 + CERT_MAX - used);
	c = kit_cert_make(&big);
	assert_int_equal(cert_der(c).n, CERT_MAX);
	assert_true(cert_decode(&again, cert_der(c), &err));
	cert_free(again);
	cert_free(c);
	assert_false(cert_decode(&c, span_of(above, sizeof above), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	key_free(key);
}

static void
what_is_held_twice_outlives_its_first_holder(void **state)
{
	struct err err = ERR_INIT;
	struct pair p;
	struct cert *copy;
	struct digest a, b;

	(void)state;
	root_make(&p, KEY_P256);
	copy = cert_hold(p.cert);
	assert_true(cert_same(copy, p.cert));
	assert_true(cert_digest(p.cert, &a, &err));
	cert_free(p.cert);
	assert_true(cert_digest(copy, &b, &err));
	assert_true(digest_eq(&a, &b));
	p.cert = copy;
	pair_free(&p);
}

/* ---- what it says ---- */

static void
text_is(bool (*say)(const struct cert *, struct buf *, struct err *),
    const struct cert *c, const char *wanted)
{
	struct err err = ERR_INIT;
	struct buf b;
	const char *text;

	buf_init(&b, 10000);
	assert_true(say(c, &b, &err));
	assert_true(buf_text(&b, &text, &err));
	assert_string_equal(text, wanted);
	buf_clear(&b);
}

static void
a_certificate_says_whom_it_names(void **state)
{
	struct err err = ERR_INIT;
	struct digest spki, again;
	struct buf b;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	text_is(cert_subject_text, k.signer, "Training signer, Training only, XA");
	text_is(cert_issuer_text, k.signer, "Training issuing CA, Training only, XA");
	assert_string_equal(cert_country(k.signer).s, "XA");
	assert_true(cert_is_ca(k.ca) && !cert_is_ca(k.signer));
	assert_true(cert_self_issued(k.root) && !cert_self_issued(k.ca));
	assert_true(cert_not_before(k.signer) == KIT_NOW - 2190 * KIT_DAY);
	assert_true(cert_not_after(k.signer) == KIT_NOW + 3650 * KIT_DAY);
	assert_true(cert_fits(k.signer, k.signer_key));
	assert_false(cert_fits(k.signer, k.ca_key));
	assert_int_equal(cert_key_kind(k.signer), KEY_P256);
	assert_true(cert_shape_strict(k.signer));
	buf_init(&b, 10000);
	assert_true(key_spki(k.signer_key, &b, &err));
	assert_true(digest_of(buf_span(&b), &spki, &err));
	assert_true(cert_spki_digest(k.signer, &again, &err));
	assert_true(digest_eq(&spki, &again));
	buf_clear(&b);
	kit_close(&k);
}

/* A self-signed certificate with these parts of a name, in this order. */
static struct cert *
named(const struct key *key, const char *const parts[][2], size_t n)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	struct err err = ERR_INIT;
	unsigned char *der = NULL;
	struct cert *c;
	int len;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(X509_NAME_add_entry_by_txt(name, parts[i][0],
		    MBSTRING_UTF8, (const unsigned char *)parts[i][1], -1, -1, 0), 1);
	X509_set_issuer_name(x, name);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 255);
	ASN1_TIME_set(X509_getm_notBefore(x), 0);
	ASN1_TIME_set(X509_getm_notAfter(x), 4102444800);	/* 2100 */
	X509_set_pubkey(x, key_pkey(key));
	assert_true(X509_sign(x, key_pkey(key), EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	assert_true(cert_decode(&c, span_of(der, (size_t)len), &err));
	OPENSSL_free(der);
	X509_free(x);
	return c;
}

static void
odd_names_are_shown_and_hide_nothing(void **state)
{
	static const char *const twice[][2] = { { "C", "XA" }, { "CN", "One" },
		{ "C", "XB" }, { "CN", "Two\x1B[31m" } };
	static const char *const lower[][2] = { { "C", "xa" }, { "O", "Office" } };
	static const char *const other[][2] = { { "L", "Town" } };
	struct err err = ERR_INIT;
	struct key *key;
	struct cert *c;

	(void)state;
	assert_true(key_new(&key, KEY_P256, &err));
	c = named(key, twice, 4);
	text_is(cert_subject_text, c, "One, Two\\x1B[31m, XA, XB");
	assert_string_equal(cert_country(c).s, "");	/* several: none */
	text_is(cert_serial_text, c, "FF");
	/* Version 1 without extensions: read, but never inside a signature. */
	assert_false(cert_shape_strict(c));
	cert_free(c);
	c = named(key, lower, 2);
	text_is(cert_subject_text, c, "Office, xa");
	assert_string_equal(cert_country(c).s, "XA");
	cert_free(c);
	c = named(key, other, 1);
	text_is(cert_subject_text, c, "/L=Town");
	assert_string_equal(cert_country(c).s, "");
	cert_free(c);
	c = named(key, NULL, 0);
	text_is(cert_subject_text, c, "(no name)");
	cert_free(c);
	key_free(key);
}

static void
keys_of_other_kinds_and_sizes_are_known_as_such(void **state)
{
	static const struct {
		const char *algorithm, *curve;
		size_t bits;
		bool signing, stamping;
	} cases[] = {
		{ "EC", "P-256", 0, true, true },
		{ "EC", "P-384", 0, true, true },
		{ "EC", "P-521", 0, false, false },
		{ "EC", "secp256k1", 0, false, false },
		{ "ED25519", NULL, 0, false, false },
		{ "RSA", NULL, 2048, false, true },
		{ "RSA", NULL, 2040, false, false },
		{ "RSA", NULL, 3072, true, true },
	};
	struct err err = ERR_INIT;
	enum key_kind kind;
	size_t modulus_n;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		EVP_PKEY *pkey = cases[i].curve != NULL ?
		    EVP_PKEY_Q_keygen(NULL, NULL, "EC", cases[i].curve) :
		    cases[i].bits != 0 ?
		    EVP_PKEY_Q_keygen(NULL, NULL, "RSA", cases[i].bits) :
		    EVP_PKEY_Q_keygen(NULL, NULL, cases[i].algorithm);
		X509 *x = X509_new();
		unsigned char *der = NULL;
		struct cert *c;
		int n;

		ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
		ASN1_TIME_set(X509_getm_notBefore(x), 0);
		ASN1_TIME_set(X509_getm_notAfter(x), (time_t)KIT_NOW);
		assert_int_equal(X509_set_pubkey(x, pkey), 1);
		assert_true(X509_sign(x, pkey, cases[i].curve == NULL &&
		    cases[i].bits == 0 ? NULL : EVP_sha256()) > 0);
		n = i2d_X509(x, &der);
		assert_true(cert_decode(&c, span_of(der, (size_t)n), &err));
		assert_int_equal(cert_key_strict(c, 3072, &kind, &modulus_n),
		    cases[i].signing);
		assert_int_equal(cert_key_strict(c, 2048, &kind, &modulus_n),
		    cases[i].stamping);
		cert_free(c);
		OPENSSL_free(der);
		X509_free(x);
		EVP_PKEY_free(pkey);
	}
}

/* ---- lists ---- */

static void
a_pem_file_of_roots_is_read_whole_or_not(void **state)
{
	struct err err = ERR_INIT;
	struct certs cs, again;
	struct buf pem;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	buf_init(&pem, 1 << 20);
	assert_true(buf_add_text(&pem, "Roots of XA\n", &err));
	assert_true(certs_write_pem(&k.anchors, &pem, &err));
	assert_true(certs_write_pem(&k.path, &pem, &err));
	assert_true(certs_write_pem(&k.anchors, &pem, &err));	/* twice: once */
	certs_init(&cs);
	assert_true(certs_read_pem(&cs, buf_span(&pem), &err));
	assert_int_equal(cs.n, 3);
	assert_non_null(certs_find(&cs, k.ca));
	assert_null(certs_find(&cs, k.tsa));
	assert_true(pem_write(&pem, "PRIVATE KEY", span_text("x"), &err));
	certs_init(&again);
	assert_false(certs_read_pem(&again, buf_span(&pem), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(again.n, 0);
	assert_false(certs_read_pem(&again, span_text("nothing"), &err));
	assert_string_equal(err.reason, "certs.none");
	assert_false(certs_read_pem(&again, span_text("-----BEGIN CERTIFICATE-----\n"
	    "-----END CERTIFICATE-----\n"), &err));
	assert_string_equal(err.reason, "cert.form");
	certs_clear(&cs);
	buf_clear(&pem);
	kit_close(&k);
}

static void
a_list_holds_its_limit_and_no_more(void **state)
{
	struct err err = ERR_INIT;
	struct certs cs;
	struct pair p;

	(void)state;
	root_make(&p, KEY_P256);
	certs_init(&cs);
	for (int i = 0; i < CERTS_MAX; i++)
		assert_true(certs_add(&cs, p.cert, &err));
	assert_false(certs_add(&cs, p.cert, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	certs_clear(&cs);
	pair_free(&p);
}

/* ---- making ---- */

static void
a_training_ca_issues_signers_that_lead_to_it(void **state)
{
	static const enum key_kind kinds[] = { KEY_P256, KEY_P384, KEY_RSA };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct pair root, signer;
		struct certs in, anchors;
		struct path_answer a;
		struct path_question q = { .inside = &in, .anchors = &anchors,
			.purpose = PATH_SIGNING, .at = KIT_NOW + 1 };

		root_make(&root, kinds[i]);
		assert_true(key_new(&signer.key, kinds[i], &err));
		assert_true(cert_make_signer(&signer.cert, signer.key, office,
		    root.cert, root.key, KIT_NOW, KIT_NOW + KIT_DAY, &err));
		assert_true(cert_is_for_signing(signer.cert));
		assert_true(cert_shape_strict(signer.cert));
		certs_init(&in);
		certs_init(&anchors);
		assert_true(certs_add(&in, signer.cert, &err));
		assert_true(certs_add(&anchors, root.cert, &err));
		/* Names are equal here, and so the signer is self-issued by name. */
		assert_true(path_check(&q, &a, &err));
		if (a.state != PATH_HOLDS)
			fail_msg("%s", a.text);
		certs_clear(&in);
		certs_clear(&anchors);
		pair_free(&root);
		pair_free(&signer);
	}
}

static void
a_request_becomes_a_certificate_for_its_own_key(void **state)
{
	struct err err = ERR_INIT;
	struct pair root;
	struct key *key;
	struct cert *c;
	struct buf csr;
	char dir[64];

	(void)state;
	root_make(&root, KEY_P256);
	assert_true(key_new(&key, KEY_P384, &err));
	buf_init(&csr, 1 << 16);
	assert_true(csr_make(key, (struct cert_name){ "XB", "Bureau \xC3\xA9tat",
	    "Prosecution" }, &csr, &err));
	assert_true(cert_sign_request(&c, buf_span(&csr), root.cert, root.key, KIT_NOW,
	    KIT_NOW + KIT_DAY, &err));
	text_is(cert_subject_text, c, "Prosecution, Bureau \xC3\xA9tat, XB");
	assert_true(cert_fits(c, key));
	cert_free(c);
	if (kit_has_program("openssl")) {
		kit_folder(dir);
		kit_save(dir, "csr.pem", buf_span(&csr));
		assert_int_equal(kit_run("openssl req -verify -noout -in %s/csr.pem",
		    dir), 0);
		kit_folder_remove(dir);
	}
	/* One character of base64 changed somewhere in the signature. */
	csr.p[csr.n - 50] = csr.p[csr.n - 50] == 'A' ? 'B' : 'A';
	assert_false(cert_sign_request(&c, buf_span(&csr), root.cert, root.key,
	    KIT_NOW, KIT_NOW + KIT_DAY, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_false(cert_sign_request(&c, span_text("no request"), root.cert,
	    root.key, KIT_NOW, KIT_NOW + KIT_DAY, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	buf_clear(&csr);
	key_free(key);
	pair_free(&root);
}

static void
what_cannot_be_a_certificate_is_not_made(void **state)
{
	char long_name[66];
	struct cert_name name = office;
	struct err err = ERR_INIT;
	struct pair root, other;
	struct key *ed;
	struct cert *c = NULL;

	(void)state;
	root_make(&root, KEY_P256);
	root_make(&other, KEY_P256);
	memset(long_name, 'n', sizeof long_name);
	long_name[64] = '\0';
	name.common = long_name;
	assert_true(cert_make_root(&c, root.key, name, KIT_NOW, KIT_NOW + 1, &err));
	cert_free(c);
	c = NULL;
	long_name[64] = 'n';
	long_name[65] = '\0';
	assert_false(cert_make_root(&c, root.key, name, KIT_NOW, KIT_NOW + 1, &err));
	assert_int_equal(err.kind, ERR_USE);
	name.common = "";
	assert_false(cert_make_root(&c, root.key, name, KIT_NOW, KIT_NOW + 1, &err));
	name.common = "\xFF";
	assert_false(cert_make_root(&c, root.key, name, KIT_NOW, KIT_NOW + 1, &err));
	name = office;
	name.country = "xa";
	assert_false(cert_make_root(&c, root.key, name, KIT_NOW, KIT_NOW + 1, &err));
	assert_false(cert_make_root(&c, root.key, office, KIT_NOW, KIT_NOW, &err));
	assert_true(key_new(&ed, KEY_ED25519, &err));
	assert_false(cert_make_root(&c, ed, office, KIT_NOW, KIT_NOW + 1, &err));
	assert_int_equal(err.kind, ERR_USE);
	assert_false(cert_make_signer(&c, ed, office, root.cert, root.key, KIT_NOW,
	    KIT_NOW + 1, &err));
	/* The issuing key is not the CA's. */
	assert_false(cert_make_signer(&c, other.key, office, root.cert, other.key,
	    KIT_NOW, KIT_NOW + 1, &err));
	assert_int_equal(err.kind, ERR_USE);
	assert_null(c);
	key_free(ed);
	pair_free(&root);
	pair_free(&other);
}

static void
a_revocation_list_is_read_by_openssl(void **state)
{
	struct crl_entry entry = { "0A1B2C", KIT_NOW, 4 };
	struct err err = ERR_INIT;
	struct pair root;
	struct buf crl, pem;
	struct certs roots;
	char dir[64];

	(void)state;
	root_make(&root, KEY_P256);
	buf_init(&crl, 1 << 16);
	buf_init(&pem, 1 << 16);
	assert_true(crl_make(root.cert, root.key, KIT_NOW, KIT_NOW + KIT_DAY, &entry, 1,
	    &crl, &err));
	if (kit_has_program("openssl")) {
		certs_init(&roots);
		assert_true(certs_add(&roots, root.cert, &err));
		assert_true(certs_write_pem(&roots, &pem, &err));
		certs_clear(&roots);
		kit_folder(dir);
		kit_save(dir, "crl.pem", buf_span(&crl));
		kit_save(dir, "root.pem", buf_span(&pem));
		assert_int_equal(kit_run("openssl crl -in %s/crl.pem -CAfile "
		    "%s/root.pem -noout -text | grep -q 0A1B2C", dir, dir), 0);
		kit_folder_remove(dir);
	}
	entry.serial = "nonsense";
	assert_false(crl_make(root.cert, root.key, KIT_NOW, KIT_NOW + KIT_DAY, &entry,
	    1, &crl, &err));
	assert_int_equal(err.kind, ERR_USE);
	entry.serial = "0A1B2C";
	entry.reason = 11;
	assert_false(crl_make(root.cert, root.key, KIT_NOW, KIT_NOW + KIT_DAY, &entry,
	    1, &crl, &err));
	buf_clear(&crl);
	buf_clear(&pem);
	pair_free(&root);
}

static void
serial_numbers_are_positive_long_and_different(void **state)
{
	struct pair a, b;
	struct span s;

	(void)state;
	for (int i = 0; i < 20; i++) {
		root_make(&a, KEY_P256);
		root_make(&b, KEY_P256);
		s = cert_serial(a.cert);
		assert_int_equal(s.n, 2 + 16);
		assert_in_range(s.p[2], 0x40, 0x7F);
		assert_false(span_eq(s, cert_serial(b.cert)));
		pair_free(&a);
		pair_free(&b);
	}
}

static void
without_memory_nothing_is_made_and_nothing_leaks(void **state)
{
	struct err err = ERR_INIT;
	struct pair root;
	struct certs cs;
	struct buf pem;
	uint64_t n;
	bool ok;

	(void)state;
	root_make(&root, KEY_P256);
	buf_init(&pem, 1 << 16);
	certs_init(&cs);
	assert_true(certs_add(&cs, root.cert, &err));
	assert_true(certs_write_pem(&cs, &pem, &err));
	certs_clear(&cs);
	for (n = 1, ok = false; !ok; n++) {
		struct cert *c = NULL;

		mem_fail(n, false);
		ok = cert_make_root(&c, root.key, office, KIT_NOW, KIT_NOW + 1, &err);
		mem_fail(0, false);
		assert_true(ok || (err.kind == ERR_MEMORY && c == NULL));
		cert_free(c);
	}
	for (n = 1, ok = false; !ok; n++) {
		mem_fail(n, false);
		ok = certs_read_pem(&cs, buf_span(&pem), &err);
		mem_fail(0, false);
		assert_true(ok || (err.kind == ERR_MEMORY && cs.n == 0));
	}
	certs_clear(&cs);
	for (n = 1, ok = false; !ok; n++) {
		struct buf csr;

		buf_init(&csr, 1 << 16);
		mem_fail(n, false);
		ok = csr_make(root.key, office, &csr, &err);
		mem_fail(0, false);
		assert_true(ok || err.kind == ERR_MEMORY);
		buf_clear(&csr);
	}
	buf_clear(&pem);
	pair_free(&root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_or_longer_certificate_is_refused),
		cmocka_unit_test(a_certificate_may_have_its_limit_and_no_more),
		cmocka_unit_test(what_is_held_twice_outlives_its_first_holder),
		cmocka_unit_test(a_certificate_says_whom_it_names),
		cmocka_unit_test(odd_names_are_shown_and_hide_nothing),
		cmocka_unit_test(keys_of_other_kinds_and_sizes_are_known_as_such),
		cmocka_unit_test(a_pem_file_of_roots_is_read_whole_or_not),
		cmocka_unit_test(a_list_holds_its_limit_and_no_more),
		cmocka_unit_test(a_training_ca_issues_signers_that_lead_to_it),
		cmocka_unit_test(a_request_becomes_a_certificate_for_its_own_key),
		cmocka_unit_test(what_cannot_be_a_certificate_is_not_made),
		cmocka_unit_test(a_revocation_list_is_read_by_openssl),
		cmocka_unit_test(serial_numbers_are_positive_long_and_different),
		cmocka_unit_test(without_memory_nothing_is_made_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("cert", tests, NULL, NULL);
}
