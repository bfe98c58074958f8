/* Which certificates lead to a trusted root, when, and what revocation changes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"
#include "crypto/key_internal.h"
#include "crypto/stamp.h"
#include "crypto/testkit.h"
#include "form/pem.h"

/* One for all tests here: what held in one of them must change no other's answer. */
static struct memo *memo;

static int
memo_begin(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	return memo_new(&memo, &err) ? 0 : -1;
}

static int
memo_end(void **state)
{
	(void)state;
	memo_free(memo);
	return 0;
}

/* Every question is asked without a memo, with one, and again. */
static struct path_answer
asked(struct path_question q)
{
	struct err err = ERR_INIT;
	struct path_answer a, again;

	assert_true(path_check(&q, &a, &err));
	q.memo = memo;
	for (int i = 0; i < 2; i++) {
		assert_true(path_check(&q, &again, &err));
		assert_int_equal(again.state, a.state);
		assert_string_equal(again.text, a.text);
		assert_string_equal(again.revocation_text, a.revocation_text);
	}
	assert_string_not_equal(a.text, "");
	assert_true((a.state == PATH_HOLDS) == (a.reason[0] == '\0'));
	return a;
}

static enum path_state
judged(const struct certs *inside, const struct certs *anchors, int64_t at)
{
	return asked((struct path_question){ .inside = inside, .anchors = anchors,
	    .purpose = PATH_SIGNING, .at = at }).state;
}

/* A list of borrowed certificates; never cleared. */
static struct certs
borrowed(struct cert *a, struct cert *b, struct cert *c)
{
	struct certs cs = { { a, b, c }, (size_t)(a != NULL) + (b != NULL) + (c != NULL) };

	return cs;
}

static struct cert *
signer_like(const struct kit *k, struct kit_cert c)
{
	c.key = k->signer_key;
	c.issuer = k->ca;
	c.issuer_key = k->ca_key;
	return kit_cert_make(&c);
}

/* ---- time ---- */

static void
a_certificate_is_judged_at_the_given_time(void **state)
{
	struct kit_cert c = kit_signer;
	struct certs in;
	struct kit k;
	struct cert *s;

	(void)state;
	kit_open(&k, KEY_P256);
	c.from = KIT_NOW;
	c.to = KIT_NOW + KIT_DAY;
	s = signer_like(&k, c);
	in = borrowed(s, k.ca, NULL);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW - 1), PATH_NOT_YET);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW), PATH_HOLDS);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW + KIT_DAY - 1), PATH_HOLDS);
	/* RFC 5280 counts the last second in, OpenSSL out: we agree with it. */
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW + KIT_DAY), PATH_EXPIRED);
	cert_free(s);
	kit_close(&k);
}

static void
an_expired_root_ends_no_path(void **state)
{
	struct kit_cert c = kit_root;
	struct certs in, anchors;
	struct kit k;
	struct cert *root;

	(void)state;
	kit_open(&k, KEY_P256);
	c.key = k.root_key;
	c.to = KIT_NOW - KIT_DAY;
	root = kit_cert_make(&c);
	in = borrowed(k.signer, k.ca, NULL);
	anchors = borrowed(root, NULL, NULL);
	assert_int_equal(judged(&in, &anchors, KIT_NOW), PATH_EXPIRED);
	/* The same root made again, beside it: the good one is found. */
	anchors = borrowed(root, k.root, NULL);
	assert_int_equal(judged(&in, &anchors, KIT_NOW), PATH_HOLDS);
	cert_free(root);
	kit_close(&k);
}

/* ---- roots ---- */

static void
a_path_ends_at_a_root_that_was_given_and_at_no_other(void **state)
{
	struct kit k, other;
	struct certs none, in, a;

	(void)state;
	certs_init(&none);
	kit_open(&k, KEY_P256);
	kit_open(&other, KEY_P256);	/* the same names, other keys */
	in = borrowed(k.signer, k.ca, NULL);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW), PATH_HOLDS);
	assert_int_equal(judged(&in, &none, KIT_NOW), PATH_UNKNOWN);
	assert_int_equal(judged(&in, &other.anchors, KIT_NOW), PATH_UNKNOWN);
	assert_int_equal(judged(&none, &k.anchors, KIT_NOW), PATH_UNKNOWN);
	/* One root more never breaks what held: each anchor is tried alone. */
	a = borrowed(other.root, k.root, NULL);
	assert_int_equal(judged(&in, &a, KIT_NOW), PATH_HOLDS);
	a = borrowed(k.signer, k.root, NULL);
	assert_int_equal(judged(&in, &a, KIT_NOW), PATH_HOLDS);
	kit_close(&k);
	kit_close(&other);
}

static void
any_certificate_may_be_an_anchor(void **state)
{
	struct certs in, a;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	in = borrowed(k.signer, k.ca, NULL);
	a = borrowed(k.ca, NULL, NULL);
	assert_int_equal(judged(&in, &a, KIT_NOW), PATH_HOLDS);
	in = borrowed(k.signer, NULL, NULL);
	assert_int_equal(judged(&in, &a, KIT_NOW), PATH_HOLDS);
	a = borrowed(k.signer, NULL, NULL);
	assert_int_equal(judged(&in, &a, KIT_NOW), PATH_HOLDS);
	/* Nothing is fetched: without the issuing CA the root is out of reach. */
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW), PATH_UNKNOWN);
	kit_close(&k);
}

static void
a_certificate_inside_that_is_not_on_the_path_is_refused(void **state)
{
	struct certs in, a;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	in = borrowed(k.signer, k.ca, k.tsa);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW), PATH_UNKNOWN);
	in = borrowed(k.signer, k.signer, k.ca);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW), PATH_UNKNOWN);
	/* Below the anchor that is the last: the CA above it is too much. */
	in = borrowed(k.signer, k.ca, k.root);
	a = borrowed(k.ca, NULL, NULL);
	assert_int_equal(judged(&in, &a, KIT_NOW), PATH_UNKNOWN);
	kit_close(&k);
}

static void
a_weak_or_loose_ca_carries_nobody(void **state)
{
	struct kit_cert bare = kit_ca, leaf = kit_signer;
	struct certs in;
	struct kit k;
	struct cert *ca, *s;

	(void)state;
	kit_open(&k, KEY_P256);
	bare.key = k.ca_key;
	bare.issuer = k.root;
	bare.issuer_key = k.root_key;
	/* X509_STRICT: a CA names its key (RFC 5280 4.2.1.2). */
	bare.extensions[2] = bare.extensions[3];
	bare.extensions[3].value = NULL;
	ca = kit_cert_make(&bare);
	in = borrowed(k.signer, ca, NULL);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW), PATH_UNKNOWN);
	cert_free(ca);
	/* A signer is no CA, whatever it signs. */
	leaf.key = k.tsa_key;
	leaf.issuer = k.signer;
	leaf.issuer_key = k.signer_key;
	s = kit_cert_make(&leaf);
	in = borrowed(s, k.signer, k.ca);
	assert_int_equal(judged(&in, &k.anchors, KIT_NOW), PATH_UNKNOWN);
	cert_free(s);
	kit_close(&k);
}

/* ---- purpose ---- */

static void
a_signer_is_made_for_signing(void **state)
{
	static const struct {
		struct kit_extension e;
		size_t at;		/* replaces this one of kit_signer, or adds */
		enum path_state state;
	} cases[] = {
		{ { NID_ext_key_usage, "emailProtection" }, 4, PATH_HOLDS },
		{ { NID_ext_key_usage, "emailProtection,clientAuth" }, 4, PATH_HOLDS },
		{ { NID_ext_key_usage, "serverAuth" }, 4, PATH_PURPOSE },
		{ { NID_ext_key_usage, "critical,timeStamping" }, 4, PATH_PURPOSE },
		{ { NID_key_usage, "critical,nonRepudiation" }, 1, PATH_HOLDS },
		{ { NID_key_usage, "critical,digitalSignature" }, 1, PATH_HOLDS },
		{ { NID_key_usage, "critical,keyEncipherment" }, 1, PATH_PURPOSE },
		{ { NID_ext_key_usage, "emailProtection" }, 1, PATH_PURPOSE },
	};
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit_cert c = kit_signer;
		struct cert *s;
		struct certs in;

		c.extensions[cases[i].at] = cases[i].e;
		s = signer_like(&k, c);
		in = borrowed(s, k.ca, NULL);
		if (judged(&in, &k.anchors, KIT_NOW) != cases[i].state)
			fail_msg("case %zu", i);
		cert_free(s);
	}
	kit_close(&k);
}

static void
signing_and_stamping_are_two_purposes(void **state)
{
	struct certs in;
	struct kit k;
	struct path_question q;

	(void)state;
	kit_open(&k, KEY_P256);
	in = borrowed(k.tsa, k.ca, NULL);
	q = (struct path_question){ .inside = &in, .anchors = &k.anchors,
		.purpose = PATH_STAMPING, .at = KIT_NOW };
	assert_int_equal(asked(q).state, PATH_HOLDS);
	q.purpose = PATH_SIGNING;
	assert_int_equal(asked(q).state, PATH_PURPOSE);
	assert_string_equal(asked(q).reason, "purpose");
	in = borrowed(k.signer, k.ca, NULL);
	q.purpose = PATH_STAMPING;
	assert_int_equal(asked(q).state, PATH_PURPOSE);
	/* A CA does not sign letters. */
	in = borrowed(k.ca, NULL, NULL);
	q.purpose = PATH_SIGNING;
	assert_int_equal(asked(q).state, PATH_PURPOSE);
	kit_close(&k);
}

/* ---- revocation ---- */

static struct path_answer
with_lists(const struct kit *k, const struct revocations *r, bool has_bound,
    int64_t bound)
{
	return asked((struct path_question){ .inside = &k->path, .anchors = &k->anchors,
	    .revoked = r, .purpose = PATH_SIGNING, .at = KIT_NOW,
	    .has_bound = has_bound, .bound = bound });
}

static void
a_revoked_signer_is_judged_by_the_proven_time(void **state)
{
	static const int reasons[] = { -1, 0, 1, 4, 6 };
	struct path_answer a;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		struct revocations *r = kit_revoked(k.ca, k.ca_key, k.signer, KIT_NOW,
		    reasons[i]);

		a = with_lists(&k, r, true, KIT_NOW - 1);
		assert_int_equal(a.state, PATH_HOLDS);
		assert_non_null(strstr(a.revocation_text, "no revocation list for "
		    "Training issuing CA, Training only, XA: judged without"));
		kit_list_empty(r, k.root, k.root_key, KIT_NOW + 2 * KIT_DAY);
		a = with_lists(&k, r, true, KIT_NOW - 1);
		assert_non_null(strstr(a.revocation_text, "was revoked on "
		    "22 Nov 2026 12:00:00 UTC, after the proven time"));
		a = with_lists(&k, r, true, KIT_NOW);
		assert_int_equal(a.state, PATH_REVOKED);
		assert_string_equal(a.reason, "revoked");
		assert_true(a.revoked_at == KIT_NOW);
		/* Without a time stamp nothing says it was earlier. */
		a = with_lists(&k, r, false, 0);
		assert_int_equal(a.state, PATH_REVOKED);
		assert_non_null(strstr(a.text, "no time stamp"));
		revocations_free(r);
	}
	kit_close(&k);
}

static void
a_compromised_ca_needs_a_second_clock(void **state)
{
	static const struct {
		int reason;
		enum path_state before, after;
	} cases[] = {
		{ 1, PATH_UNDECIDED, PATH_REVOKED },
		{ 2, PATH_UNDECIDED, PATH_REVOKED },
		{ 4, PATH_HOLDS, PATH_REVOKED },
		{ -1, PATH_HOLDS, PATH_REVOKED },
	};
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct revocations *r = kit_revoked(k.root, k.root_key, k.ca, KIT_NOW,
		    cases[i].reason);
		struct path_answer a = with_lists(&k, r, true, KIT_NOW - 1);

		assert_int_equal(a.state, cases[i].before);
		assert_true(a.state != PATH_UNDECIDED || a.revoked_at == KIT_NOW);
		assert_int_equal(with_lists(&k, r, true, KIT_NOW + 1).state,
		    cases[i].after);
		revocations_free(r);
	}
	kit_close(&k);
}

static void
the_report_says_what_the_lists_said(void **state)
{
	struct err err = ERR_INIT;
	struct revocations *r;
	struct path_answer a;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	a = with_lists(&k, NULL, false, 0);
	assert_int_equal(a.state, PATH_HOLDS);
	assert_false(a.revocation_checked);
	assert_string_equal(a.revocation_text, "no revocation list for Training "
	    "signer, Training only, XA: judged without");
	assert_true(revocations_new(&r, &err));
	kit_list_empty(r, k.ca, k.ca_key, KIT_NOW - KIT_DAY);
	assert_false(with_lists(&k, r, false, 0).revocation_checked);
	kit_list_empty(r, k.ca, k.ca_key, KIT_NOW);
	kit_list_empty(r, k.root, k.root_key, KIT_NOW - 2 * KIT_DAY);
	a = with_lists(&k, r, false, 0);
	assert_true(a.revocation_checked);
	assert_true(a.revocation_as_of == KIT_NOW - 2 * KIT_DAY);
	assert_string_equal(a.revocation_text,
	    "not revoked by the lists, the oldest of 20 Nov 2026 12:00:00 UTC");
	assert_int_equal(revocations_count(r), 3);
	revocations_free(r);
	kit_close(&k);
}

static void
a_list_by_somebody_else_says_nothing(void **state)
{
	struct kit k, other;
	struct revocations *r;

	(void)state;
	kit_open(&k, KEY_P256);
	kit_open(&other, KEY_P256);	/* the same names, other keys */
	r = kit_revoked(other.ca, other.ca_key, k.signer, KIT_NOW - KIT_DAY, 1);
	assert_int_equal(with_lists(&k, r, false, 0).state, PATH_HOLDS);
	assert_false(with_lists(&k, r, false, 0).revocation_checked);
	revocations_free(r);
	r = kit_revoked(k.root, k.root_key, k.signer, KIT_NOW - KIT_DAY, 1);
	assert_int_equal(with_lists(&k, r, false, 0).state, PATH_HOLDS);
	revocations_free(r);
	kit_close(&k);
	kit_close(&other);
}

/* ---- lists that crl_make does not make ---- */

struct raw_list {
	const char *part;		/* issuingDistributionPoint, or NULL */
	const struct cert *revoked;	/* NULL: nobody */
	int64_t invalid_since;		/* 0: no invalidity date */
	const char *digest;		/* NULL: SHA-256 */
	bool pss;			/* RSASSA-PSS instead of PKCS#1 */
};

static void
raw_sign(X509_CRL *crl, const struct key *key, struct raw_list w)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;

	assert_int_equal(EVP_DigestSignInit(ctx, &how, EVP_get_digestbyname(
	    w.digest == NULL ? "SHA256" : w.digest), NULL, key_pkey(key)), 1);
	if (w.pss)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how,
		    RSA_PKCS1_PSS_PADDING), 1);
	assert_true(X509_CRL_sign_ctx(crl, ctx) > 0);
	EVP_MD_CTX_free(ctx);
}

/* A list of the kit's CA at KIT_NOW. */
static struct revocations *
raw_list(const struct kit *k, struct raw_list w)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *now = ASN1_TIME_set(NULL, (time_t)KIT_NOW);
	struct revocations *r = NULL;
	unsigned char *der = NULL;
	struct err err = ERR_INIT;
	struct buf pem;
	int n;

	assert_int_equal(X509_CRL_set_version(crl, X509_CRL_VERSION_2), 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(cert_x509(k->ca)));
	X509_CRL_set1_lastUpdate(crl, now);
	if (w.part != NULL) {
		CONF *conf = NCONF_new(NULL);
		BIO *text = BIO_new_mem_buf(w.part, -1);
		X509V3_CTX ctx;

		assert_int_equal(NCONF_load_bio(conf, text, NULL), 1);
		X509V3_set_ctx(&ctx, cert_x509(k->ca), NULL, NULL, crl, 0);
		X509V3_set_nconf(&ctx, conf);
		assert_int_equal(X509V3_EXT_CRL_add_nconf(conf, &ctx, "ext", crl), 1);
		BIO_free(text);
		NCONF_free(conf);
	}
	if (w.revoked != NULL) {
		X509_REVOKED *e = X509_REVOKED_new();
		ASN1_GENERALIZEDTIME *t = ASN1_GENERALIZEDTIME_set(NULL,
		    (time_t)w.invalid_since);

		X509_REVOKED_set_serialNumber(e,
		    X509_get_serialNumber(cert_x509(w.revoked)));
		X509_REVOKED_set_revocationDate(e, now);
		if (w.invalid_since != 0)
			assert_int_equal(X509_REVOKED_add1_ext_i2d(e,
			    NID_invalidity_date, t, 0, 0), 1);
		X509_CRL_add0_revoked(crl, e);
		ASN1_GENERALIZEDTIME_free(t);
	}
	raw_sign(crl, k->ca_key, w);
	n = i2d_X509_CRL(crl, &der);
	buf_init(&pem, 1 << 20);
	assert_true(pem_write(&pem, "X509 CRL", span_of(der, (size_t)n), &err));
	assert_true(revocations_new(&r, &err));
	assert_true(revocations_add_pem(r, buf_span(&pem), &err));
	buf_clear(&pem);
	OPENSSL_free(der);
	ASN1_TIME_free(now);
	X509_CRL_free(crl);
	return r;
}

static void
the_earlier_of_revocation_and_invalidity_counts(void **state)
{
	struct revocations *r;
	struct path_answer a;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	r = raw_list(&k, (struct raw_list){ .revoked = k.signer,
	    .invalid_since = KIT_NOW - KIT_DAY });
	a = with_lists(&k, r, true, KIT_NOW - KIT_DAY);
	assert_int_equal(a.state, PATH_REVOKED);
	assert_true(a.revoked_at == KIT_NOW - KIT_DAY);
	assert_int_equal(with_lists(&k, r, true, KIT_NOW - KIT_DAY - 1).state,
	    PATH_HOLDS);
	revocations_free(r);
	r = raw_list(&k, (struct raw_list){ .revoked = k.signer,
	    .invalid_since = KIT_NOW + KIT_DAY });
	assert_true(with_lists(&k, r, false, 0).revoked_at == KIT_NOW);
	revocations_free(r);
	kit_close(&k);
}

static void
a_partial_list_clears_nobody_but_still_revokes(void **state)
{
	static const char *const parts[] = {
		"issuingDistributionPoint=critical,@p\n[p]\nonlyCA=TRUE\n",
		"issuingDistributionPoint=critical,@p\n[p]\nonlyAA=TRUE\n",
		("issuingDistributionPoint=critical,@p\n[p]\nonlysomereasons="
		    "keyCompromise\n"),
		"issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:http://a/b\n",
		"2.5.29.27=critical,DER:020101\n",
		"1.2.3.4=critical,DER:0500\n",
	};
	struct revocations *r;
	char text[300];
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		(void)snprintf(text, sizeof text, "[ext]\n%s", parts[i]);
		r = raw_list(&k, (struct raw_list){ .part = text });
		assert_non_null(strstr(with_lists(&k, r, false, 0).revocation_text,
		    "no revocation list for Training signer"));
		revocations_free(r);
		r = raw_list(&k, (struct raw_list){ .part = text,
		    .revoked = k.signer });
		assert_int_equal(with_lists(&k, r, false, 0).state, PATH_REVOKED);
		revocations_free(r);
	}
	/* A part that does have this certificate clears it. */
	(void)snprintf(text, sizeof text, "[ext]\nissuingDistributionPoint=critical,"
	    "@p\n[p]\nonlyuser=TRUE\n");
	r = raw_list(&k, (struct raw_list){ .part = text });
	assert_non_null(strstr(with_lists(&k, r, false, 0).revocation_text,
	    "no revocation list for Training issuing CA"));
	revocations_free(r);
	kit_close(&k);
}

static void
a_list_under_a_broken_digest_says_nothing(void **state)
{
	static const struct {
		const char *digest;
		bool pss, believed;
	} cases[] = {
		{ "SHA1", false, false }, { "SHA256", false, true },
		{ "SHA1", true, false }, { "SHA256", true, true },
		{ "SHA512", true, true },
	};
	struct kit k;

	(void)state;
	kit_open(&k, KEY_RSA);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct revocations *r = raw_list(&k, (struct raw_list){
		    .revoked = k.signer, .digest = cases[i].digest,
		    .pss = cases[i].pss });

		assert_int_equal(with_lists(&k, r, false, 0).state,
		    cases[i].believed ? PATH_REVOKED : PATH_HOLDS);
		revocations_free(r);
	}
	kit_close(&k);
}

/* ---- OCSP ---- */

struct raw_answer {
	const struct cert *responder;
	const struct key *key;
	int status;			/* V_OCSP_CERTSTATUS_... */
	int reason;
	const EVP_MD *id_digest;
	bool carried;			/* the responder's certificate is in the answer */
};

/* About the kit's signer, revoked at KIT_NOW when so. */
static struct revocations *
raw_answer(const struct kit *k, struct raw_answer w)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_cert_to_id(w.id_digest, cert_x509(k->signer),
	    cert_x509(k->ca));
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)KIT_NOW);
	STACK_OF(X509) *carried = sk_X509_new_null();
	struct revocations *r = NULL;
	unsigned char *der = NULL;
	struct err err = ERR_INIT;
	OCSP_RESPONSE *whole;
	struct buf pem;
	int n;

	if (w.carried)
		sk_X509_push(carried, cert_x509(w.responder));
	assert_non_null(OCSP_basic_add1_status(basic, id, w.status, w.reason,
	    w.status == V_OCSP_CERTSTATUS_REVOKED ? at : NULL, at, NULL));
	assert_int_equal(OCSP_basic_sign(basic, cert_x509(w.responder), key_pkey(w.key),
	    EVP_sha256(), carried, w.carried ? 0 : OCSP_NOCERTS), 1);
	whole = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	n = i2d_OCSP_RESPONSE(whole, &der);
	buf_init(&pem, 1 << 20);
	assert_true(pem_write(&pem, "OCSP RESPONSE", span_of(der, (size_t)n), &err));
	assert_true(revocations_new(&r, &err));
	assert_true(revocations_add_pem(r, buf_span(&pem), &err));
	buf_clear(&pem);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(whole);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(at);
	sk_X509_free(carried);
	return r;
}

static void
ocsp_gives(const struct kit *k, struct raw_answer w, enum path_state before,
    enum path_state after, bool spoke)
{
	struct revocations *r = raw_answer(k, w);
	struct path_answer a = with_lists(k, r, true, KIT_NOW - 1);

	assert_int_equal(a.state, before);
	assert_int_equal(a.revocation_as_of == KIT_NOW, spoke);
	assert_int_equal(with_lists(k, r, true, KIT_NOW + 1).state, after);
	revocations_free(r);
}

static void
an_ocsp_answer_counts_when_its_responder_may_speak(void **state)
{
	struct kit_cert helper = kit_signer;
	struct raw_answer w = { .id_digest = EVP_sha1(), .reason = 4 };
	struct cert *responder, *nobody;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	helper.extensions[4] = (struct kit_extension){ NID_ext_key_usage, "OCSPSigning" };
	helper.key = k.tsa_key;
	helper.issuer = k.ca;
	helper.issuer_key = k.ca_key;
	helper.common = "Training responder";
	responder = kit_cert_make(&helper);
	helper.extensions[4].value = NULL;
	nobody = kit_cert_make(&helper);
	/* The CA itself. */
	w.responder = k.ca;
	w.key = k.ca_key;
	w.status = V_OCSP_CERTSTATUS_GOOD;
	ocsp_gives(&k, w, PATH_HOLDS, PATH_HOLDS, true);
	w.status = V_OCSP_CERTSTATUS_REVOKED;
	ocsp_gives(&k, w, PATH_HOLDS, PATH_REVOKED, true);
	w.id_digest = EVP_sha256();
	ocsp_gives(&k, w, PATH_HOLDS, PATH_REVOKED, true);
	w.status = V_OCSP_CERTSTATUS_UNKNOWN;
	ocsp_gives(&k, w, PATH_HOLDS, PATH_HOLDS, false);
	/* One it authorised. */
	w.responder = responder;
	w.key = k.tsa_key;
	w.carried = true;
	w.status = V_OCSP_CERTSTATUS_REVOKED;
	ocsp_gives(&k, w, PATH_HOLDS, PATH_REVOKED, true);
	/* One that is under the same CA, and authorised for nothing. */
	w.responder = nobody;
	ocsp_gives(&k, w, PATH_HOLDS, PATH_HOLDS, false);
	cert_free(responder);
	cert_free(nobody);
	kit_close(&k);
}

/* ---- the vectors that belong together ---- */

static int64_t
stamped_bound(const char *token, const struct certs *roots)
{
	struct err err = ERR_INIT;
	struct stamp_answer a;
	struct buf file, of;
	int64_t bound;

	buf_init(&file, 1 << 20);
	buf_init(&of, 1 << 20);
	kit_load(VECTORS_DIR, token, &file);
	kit_load(VECTORS_DIR, "p256.signature.bin", &of);
	stamp_answer_init(&a);
	assert_true(stamp_check(buf_span(&file), buf_span(&of), roots, NULL, &a, &err));
	assert_int_equal(a.state, STAMP_HOLDS);
	bound = a.bound;
	stamp_answer_clear(&a);
	buf_clear(&file);
	buf_clear(&of);
	return bound;
}

static void
a_stamp_before_the_revocation_proves_and_one_after_does_not(void **state)
{
	struct err err = ERR_INIT;
	struct cms_answer cms;
	struct buf file, list, crl, pem;
	struct revocations *r;
	struct certs roots;
	struct path_question q;

	(void)state;
	buf_init(&file, 1 << 20);
	buf_init(&list, 1 << 20);
	buf_init(&crl, 1 << 20);
	buf_init(&pem, 1 << 20);
	kit_load(VECTORS_DIR, "p256.p7s", &file);
	kit_load(VECTORS_DIR, "content.txt", &list);
	kit_load(VECTORS_DIR, "p256-signer-revoked.crl", &crl);
	kit_roots(VECTORS_DIR, "roots-p256.pem", &roots);
	if (span_starts(buf_span(&crl), "-----BEGIN"))
		assert_true(buf_add(&pem, buf_span(&crl), &err));
	else
		assert_true(pem_write(&pem, "X509 CRL", buf_span(&crl), &err));
	assert_true(revocations_new(&r, &err));
	assert_true(revocations_add_pem(r, buf_span(&pem), &err));
	cms_answer_init(&cms);
	assert_true(cms_check(buf_span(&file), buf_span(&list), &cms, &err));
	assert_int_equal(cms.state, CMS_HOLDS);
	q = (struct path_question){ .inside = &cms.inside, .anchors = &roots,
		.revoked = r, .purpose = PATH_SIGNING, .at = 1795392000,
		.has_bound = true, .bound = stamped_bound("p256.tst", &roots) };
	assert_int_equal(asked(q).state, PATH_HOLDS);
	q.bound = stamped_bound("p256-after-revocation.tst", &roots);
	assert_int_equal(asked(q).state, PATH_REVOKED);
	assert_string_equal(when_rfc3339(asked(q).revoked_at).s,
	    "2026-11-22T03:29:42Z");
	q.has_bound = false;
	assert_int_equal(asked(q).state, PATH_REVOKED);
	cms_answer_clear(&cms);
	revocations_free(r);
	certs_clear(&roots);
	buf_clear(&file);
	buf_clear(&list);
	buf_clear(&crl);
	buf_clear(&pem);
}

/* ---- reading lists; limits; memory ---- */

static void
malformed_lists_are_refused_and_none_is_added(void **state)
{
	struct err err = ERR_INIT;
	struct revocations *r;
	struct buf pem;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	buf_init(&pem, 2 * REVOCATION_MAX);
	assert_true(revocations_new(&r, &err));
	assert_true(crl_make(k.ca, k.ca_key, KIT_NOW, KIT_NOW + KIT_DAY, NULL, 0, &pem,
	    &err));
	assert_true(buf_add_text(&pem, "-----BEGIN X509 CRL-----\nMAA=\n"
	    "-----END X509 CRL-----\n", &err));
	assert_false(revocations_add_pem(r, buf_span(&pem), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(revocations_count(r), 0);
	buf_reset(&pem);
	assert_true(certs_write_pem(&k.anchors, &pem, &err));
	assert_false(revocations_add_pem(r, buf_span(&pem), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_true(revocations_add_pem(r, span_text("no block at all"), &err));
	assert_int_equal(revocations_count(r), 0);
	buf_clear(&pem);
	revocations_free(r);
	kit_close(&k);
}

static void
lists_are_bounded_in_bytes_and_number(void **state)
{
	struct err err = ERR_INIT;
	struct revocations *r;
	struct buf one, pad;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	buf_init(&one, REVOCATION_MAX);
	buf_init(&pad, REVOCATION_MAX + 1);
	assert_true(crl_make(k.ca, k.ca_key, KIT_NOW, KIT_NOW + KIT_DAY, NULL, 0, &one,
	    &err));
	assert_true(revocations_new(&r, &err));
	for (int i = 0; i < 256; i++)
		assert_true(revocations_add_pem(r, buf_span(&one), &err));
	assert_false(revocations_add_pem(r, buf_span(&one), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(revocations_count(r), 256);
	revocations_free(r);
	assert_true(revocations_new(&r, &err));
	for (size_t i = 0; i < REVOCATION_MAX; i++)
		assert_true(buf_add_byte(&pad, ' ', &err));
	assert_true(revocations_add_pem(r, buf_span(&pad), &err));
	assert_false(revocations_add_pem(r, span_text(" "), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	revocations_free(r);
	buf_clear(&one);
	buf_clear(&pad);
	kit_close(&k);
}

static void
a_copied_collection_says_the_same(void **state)
{
	struct err err = ERR_INIT;
	struct revocations *from, *to;
	struct raw_answer w = { .id_digest = EVP_sha256(), .reason = 4,
		.status = V_OCSP_CERTSTATUS_REVOKED };
	struct buf one;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	w.responder = k.ca;
	w.key = k.ca_key;
	from = raw_answer(&k, w);
	kit_list_empty(from, k.root, k.root_key, KIT_NOW);
	assert_true(revocations_new(&to, &err));
	assert_true(revocations_add_all(to, from, &err));
	revocations_free(from);
	assert_int_equal(revocations_count(to), 2);
	assert_int_equal(with_lists(&k, to, false, 0).state, PATH_REVOKED);
	assert_true(with_lists(&k, to, false, 0).revocation_checked);
	/* All or nothing: 255 more do not fit behind two. */
	buf_init(&one, REVOCATION_MAX);
	assert_true(crl_make(k.ca, k.ca_key, KIT_NOW, KIT_NOW + KIT_DAY, NULL, 0, &one,
	    &err));
	assert_true(revocations_new(&from, &err));
	for (int i = 0; i < 255; i++)
		assert_true(revocations_add_pem(from, buf_span(&one), &err));
	assert_false(revocations_add_all(to, from, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(revocations_count(to), 2);
	buf_clear(&one);
	revocations_free(from);
	revocations_free(to);
	kit_close(&k);
}

static void
without_memory_no_path_is_called_good(void **state)
{
	struct err err = ERR_INIT;
	struct revocations *r;
	struct path_answer a;
	struct path_question q;
	struct kit k;
	uint64_t n = 0;
	bool ok;

	(void)state;
	kit_open(&k, KEY_P256);
	r = kit_revoked(k.ca, k.ca_key, k.signer, KIT_NOW, 4);
	q = (struct path_question){ .inside = &k.path, .anchors = &k.anchors,
		.revoked = r, .purpose = PATH_SIGNING, .at = KIT_NOW,
		.has_bound = true, .bound = KIT_NOW - 1 };
	do {
		mem_fail(++n, false);
		ok = path_check(&q, &a, &err);
		mem_fail(0, false);
		if (!ok) {
			assert_int_equal(err.kind, ERR_MEMORY);
			assert_int_not_equal(a.state, PATH_HOLDS);
		}
	} while (!ok);
	assert_int_equal(a.state, PATH_HOLDS);
	assert_true(n > 2);
	revocations_free(r);
	kit_close(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_is_judged_at_the_given_time),
		cmocka_unit_test(an_expired_root_ends_no_path),
		cmocka_unit_test(a_path_ends_at_a_root_that_was_given_and_at_no_other),
		cmocka_unit_test(any_certificate_may_be_an_anchor),
		cmocka_unit_test(
		    a_certificate_inside_that_is_not_on_the_path_is_refused),
		cmocka_unit_test(a_weak_or_loose_ca_carries_nobody),
		cmocka_unit_test(a_signer_is_made_for_signing),
		cmocka_unit_test(signing_and_stamping_are_two_purposes),
		cmocka_unit_test(a_revoked_signer_is_judged_by_the_proven_time),
		cmocka_unit_test(a_compromised_ca_needs_a_second_clock),
		cmocka_unit_test(the_report_says_what_the_lists_said),
		cmocka_unit_test(a_list_by_somebody_else_says_nothing),
		cmocka_unit_test(the_earlier_of_revocation_and_invalidity_counts),
		cmocka_unit_test(a_partial_list_clears_nobody_but_still_revokes),
		cmocka_unit_test(a_list_under_a_broken_digest_says_nothing),
		cmocka_unit_test(an_ocsp_answer_counts_when_its_responder_may_speak),
		cmocka_unit_test(
		    a_stamp_before_the_revocation_proves_and_one_after_does_not),
		cmocka_unit_test(malformed_lists_are_refused_and_none_is_added),
		cmocka_unit_test(lists_are_bounded_in_bytes_and_number),
		cmocka_unit_test(a_copied_collection_says_the_same),
		cmocka_unit_test(without_memory_no_path_is_called_good),
	};

	return cmocka_run_group_tests_name("path", tests, memo_begin, memo_end);
}
