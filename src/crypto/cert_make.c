/* Certificate requests, and the training CA an authority can run for drills. */
#include "crypto/cert_internal.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "crypto/key_internal.h"
#include "crypto/library.h"
#include "form/pem.h"

#define SERIAL_BYTES 16		/* RFC 5280 allows 20, CAs should use 8 random ones */
#define NAME_PART_MAX 64	/* characters, RFC 5280 A.1 (ub-common-name) */
#define REQUEST_MAX 16384	/* bytes of a PKCS#10 request: as CERT_MAX */
#define CRL_ENTRIES_MAX 10000

struct extension {
	int nid;
	const char *value;
};

static const struct extension root_extensions[] = {
	{ NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
};
static const struct extension signer_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature,nonRepudiation" },
	{ NID_ext_key_usage, "emailProtection" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
};

/* ---- parts ---- */

/* The digest each kind of key signs with (cms-strict.md section 1). */
static bool
digest_for(EVP_PKEY *pkey, const EVP_MD **md, struct err *err)
{
	switch (key_kind_of_pkey(pkey, KEY_RSA_BITS_MIN)) {
	case KEY_P256:
	case KEY_RSA:
		*md = EVP_sha256();
		return true;
	case KEY_P384:
		*md = EVP_sha384();
		return true;
	case KEY_ED25519:
	case KEY_OTHER:
		break;
	}
	return err_set(err, ERR_USE, "cert.key",
	    "signing certificates are for P-256, P-384 and RSA keys of %d to %d bits",
	    KEY_RSA_BITS_MIN, KEY_RSA_BITS_MAX);
}

static bool
name_part_add(X509_NAME *to, int nid, const char *value, struct err *err)
{
	struct span left = span_text(value);
	size_t characters = 0, n;
	uint32_t code;

	for (; left.n > 0 && (n = utf8_next(left, &code)) > 0; characters++)
		left = span_from(left, n);
	if (left.n > 0 || characters == 0 || characters > NAME_PART_MAX)
		return err_set(err, ERR_USE, "cert.name",
		    "each part of a certificate's name has 1 to %d characters",
		    NAME_PART_MAX);
	if (X509_NAME_add_entry_by_NID(to, nid, MBSTRING_UTF8,
	    (const unsigned char *)value, -1, -1, 0) != 1)
		return library_failed(err, "the name of a certificate");
	return true;
}

static bool
country_valid(const char *s)
{
	return strlen(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' &&
	    s[1] <= 'Z';
}

static bool
name_make(X509_NAME **out, struct cert_name name, struct err *err)
{
	X509_NAME *n;

	if (!country_valid(name.country))
		return err_set(err, ERR_USE, "cert.name",
		    "the country is two capital letters");
	n = X509_NAME_new();
	if (n == NULL)
		return library_failed(err, "the name of a certificate");
	if (!name_part_add(n, NID_countryName, name.country, err) ||
	    !name_part_add(n, NID_organizationName, name.organisation, err) ||
	    !name_part_add(n, NID_commonName, name.common, err)) {
		X509_NAME_free(n);
		return false;
	}
	*out = n;
	return true;
}

/* Random, positive, never shorter: the first byte is 0x40 to 0x7F. */
static bool
serial_set(ASN1_INTEGER *serial)
{
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *bn;
	bool ok;

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x3F) | 0x40);
	bn = BN_bin2bn(bytes, sizeof bytes, NULL);
	ok = bn != NULL && BN_to_ASN1_INTEGER(bn, serial) != NULL;
	BN_free(bn);
	return ok;
}

static bool
extensions_add(X509 *x, X509 *issuer, const struct extension *list, size_t n)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	for (size_t i = 0; i < n; i++) {
		X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, &ctx, list[i].nid,
		    list[i].value);
		bool ok = e != NULL && X509_add_ext(x, e, -1) == 1;

		X509_EXTENSION_free(e);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- issuing ---- */

struct issue {
	X509_NAME *subject;
	EVP_PKEY *subject_key;
	X509 *issuer;			/* NULL: the new certificate itself */
	EVP_PKEY *issuer_key;
	int64_t from, to;
	const struct extension *extensions;
	size_t n;
};

static bool
issue_fill(X509 *x, const struct issue *is, const EVP_MD *md)
{
	X509 *issuer = is->issuer == NULL ? x : is->issuer;

	/* The name comes first: a root's issuer is its own subject. */
	return X509_set_version(x, X509_VERSION_3) == 1 &&
	    serial_set(X509_get_serialNumber(x)) &&
	    X509_set_subject_name(x, is->subject) == 1 &&
	    X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
	    ASN1_TIME_set(X509_getm_notBefore(x), (time_t)is->from) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(x), (time_t)is->to) != NULL &&
	    X509_set_pubkey(x, is->subject_key) == 1 &&
	    extensions_add(x, issuer, is->extensions, is->n) &&
	    X509_sign(x, is->issuer_key, md) > 0;
}

static bool
issue_make(struct cert **out, const struct issue *is, struct err *err)
{
	unsigned char *der = NULL;
	const EVP_MD *md, *unused;
	X509 *x;
	int n;
	bool ok;

	if (is->from < 0 || is->to <= is->from || is->to > WHEN_MAX)
		return err_set(err, ERR_USE, "cert.dates",
		    "a certificate ends after it begins, between 1970 and 9999");
	if (!digest_for(is->issuer_key, &md, err) ||
	    !digest_for(is->subject_key, &unused, err))
		return false;
	x = X509_new();
	if (x == NULL || !issue_fill(x, is, md) || (n = i2d_X509(x, &der)) <= 0) {
		X509_free(x);
		return library_failed(err, "the making of a certificate");
	}
	ok = cert_decode(out, span_of(der, (size_t)n), err);
	OPENSSL_free(der);
	X509_free(x);
	return ok;
}

bool
cert_make_root(struct cert **out, const struct key *key, struct cert_name name,
    int64_t from, int64_t to, struct err *err)
{
	struct issue is = { NULL, key_pkey(key), NULL, key_pkey(key), from, to,
		root_extensions, sizeof root_extensions / sizeof *root_extensions };
	bool ok;

	ok = name_make(&is.subject, name, err) && issue_make(out, &is, err);
	X509_NAME_free(is.subject);
	return ok;
}

static bool
ca_usable(const struct cert *ca, const struct key *ca_key, struct err *err)
{
	if (cert_is_ca(ca) && cert_fits(ca, ca_key))
		return true;
	return err_set(err, ERR_USE, "cert.ca",
	    "the issuing certificate is no CA, or the key is not its own");
}

static bool
signer_make(struct cert **out, X509_NAME *subject, EVP_PKEY *subject_key,
    const struct cert *ca, const struct key *ca_key, int64_t from, int64_t to,
    struct err *err)
{
	struct issue is = { subject, subject_key, cert_x509(ca), key_pkey(ca_key),
		from, to, signer_extensions,
		sizeof signer_extensions / sizeof *signer_extensions };

	return ca_usable(ca, ca_key, err) && issue_make(out, &is, err);
}

bool
cert_make_signer(struct cert **out, const struct key *signer, struct cert_name name,
    const struct cert *ca, const struct key *ca_key, int64_t from, int64_t to,
    struct err *err)
{
	X509_NAME *subject = NULL;
	bool ok;

	ok = name_make(&subject, name, err) &&
	    signer_make(out, subject, key_pkey(signer), ca, ca_key, from, to, err);
	X509_NAME_free(subject);
	return ok;
}

/* ---- requests ---- */

static bool
request_fill(X509_REQ *r, X509_NAME *subject, EVP_PKEY *pkey, const EVP_MD *md)
{
	return X509_REQ_set_version(r, X509_REQ_VERSION_1) == 1 &&
	    X509_REQ_set_subject_name(r, subject) == 1 &&
	    X509_REQ_set_pubkey(r, pkey) == 1 && X509_REQ_sign(r, pkey, md) > 0;
}

bool
csr_make(const struct key *key, struct cert_name name, struct buf *pem_out,
    struct err *err)
{
	X509_NAME *subject = NULL;
	X509_REQ *r = NULL;
	unsigned char *der = NULL;
	const EVP_MD *md;
	bool ok = false;
	int n;

	if (!digest_for(key_pkey(key), &md, err) || !name_make(&subject, name, err))
		goto out;
	r = X509_REQ_new();
	if (r == NULL || !request_fill(r, subject, key_pkey(key), md) ||
	    (n = i2d_X509_REQ(r, &der)) <= 0) {
		library_failed(err, "the making of a request");
		goto out;
	}
	ok = pem_write(pem_out, "CERTIFICATE REQUEST", span_of(der, (size_t)n), err);
out:
	OPENSSL_free(der);
	X509_REQ_free(r);
	X509_NAME_free(subject);
	return ok;
}

static bool
request_form(struct err *err)
{
	ERR_clear_error();
	return err_set(err, ERR_INPUT, "cert.request",
	    "this is not a certificate request that its own key has signed");
}

/* The one request in a text; its signature shows that the asker has the key. */
static bool
request_read(X509_REQ **out, struct span pem, struct err *err)
{
	struct cursor text = cursor_of(pem);
	struct pem_block block;
	const unsigned char *p;
	X509_REQ *r = NULL;
	EVP_PKEY *pkey;
	struct buf der;
	bool found, ok = false;

	buf_init(&der, REQUEST_MAX);
	if (!pem_read(&text, &block, &der, &found, err))
		goto out;
	if (found && (span_is(block.label, "CERTIFICATE REQUEST") ||
	    span_is(block.label, "NEW CERTIFICATE REQUEST"))) {
		p = der.p;
		r = d2i_X509_REQ(NULL, &p, (long)der.n);
		pkey = r == NULL ? NULL : X509_REQ_get0_pubkey(r);
		ok = pkey != NULL && p == der.p + der.n &&
		    X509_REQ_verify(r, pkey) == 1;
	}
	if (!ok) {
		(void)request_form(err);
		goto out;
	}
	*out = r;
	r = NULL;
out:
	X509_REQ_free(r);
	buf_clear(&der);
	return ok;
}

bool
cert_sign_request(struct cert **out, struct span csr_pem, const struct cert *ca,
    const struct key *ca_key, int64_t from, int64_t to, struct err *err)
{
	X509_REQ *r = NULL;
	bool ok;

	ok = request_read(&r, csr_pem, err) && signer_make(out,
	    X509_REQ_get_subject_name(r), X509_REQ_get0_pubkey(r), ca, ca_key, from,
	    to, err);
	X509_REQ_free(r);
	return ok;
}

/* ---- revocation lists ---- */

static bool
entry_fill(X509_REVOKED *rev, const struct crl_entry *e)
{
	ASN1_INTEGER *serial = NULL;
	ASN1_ENUMERATED *reason = NULL;
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)e->at);
	BIGNUM *bn = NULL;
	bool ok;

	ok = at != NULL && BN_hex2bn(&bn, e->serial) == (int)strlen(e->serial) &&
	    (serial = BN_to_ASN1_INTEGER(bn, NULL)) != NULL &&
	    X509_REVOKED_set_serialNumber(rev, serial) == 1 &&
	    X509_REVOKED_set_revocationDate(rev, at) == 1;
	if (ok && e->reason >= 0) {
		reason = ASN1_ENUMERATED_new();
		ok = reason != NULL && ASN1_ENUMERATED_set(reason, e->reason) == 1 &&
		    X509_REVOKED_add1_ext_i2d(rev, NID_crl_reason, reason, 0, 0) == 1;
	}
	ASN1_ENUMERATED_free(reason);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(at);
	BN_free(bn);
	return ok;
}

static bool
entry_add(X509_CRL *crl, const struct crl_entry *e)
{
	X509_REVOKED *rev = X509_REVOKED_new();

	if (rev != NULL && entry_fill(rev, e) && X509_CRL_add0_revoked(crl, rev) == 1)
		return true;
	X509_REVOKED_free(rev);
	return false;
}

/* Times and the issuer, without which it is no list. */
static bool
list_head(X509_CRL *crl, X509 *ca, int64_t now, int64_t next)
{
	ASN1_TIME *this_update = ASN1_TIME_set(NULL, (time_t)now);
	ASN1_TIME *next_update = ASN1_TIME_set(NULL, (time_t)next);
	bool ok;

	ok = this_update != NULL && next_update != NULL &&
	    X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca)) == 1 &&
	    X509_CRL_set1_lastUpdate(crl, this_update) == 1 &&
	    X509_CRL_set1_nextUpdate(crl, next_update) == 1;
	ASN1_TIME_free(this_update);
	ASN1_TIME_free(next_update);
	return ok;
}

/* RFC 5280 5.2: an authority key id, and a number that grows: the time does. */
static bool
list_extensions(X509_CRL *crl, X509 *ca, int64_t now)
{
	X509V3_CTX ctx;
	X509_EXTENSION *aki;
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	bool ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, ca, NULL, NULL, crl, 0);
	aki = X509V3_EXT_nconf_nid(NULL, &ctx, NID_authority_key_identifier,
	    "keyid:always");
	ok = aki != NULL && number != NULL && X509_CRL_add_ext(crl, aki, -1) == 1 &&
	    ASN1_INTEGER_set_int64(number, now) == 1 &&
	    X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1;
	X509_EXTENSION_free(aki);
	ASN1_INTEGER_free(number);
	return ok;
}

static bool
entries_valid(const struct crl_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = entries[i].serial;

		if (s[0] == '\0' || strlen(s) > 40 ||
		    strspn(s, "0123456789ABCDEFabcdef") != strlen(s) ||
		    entries[i].at < 0 || entries[i].at > WHEN_MAX ||
		    entries[i].reason > 10 || entries[i].reason == 7)
			return false;
	}
	return n <= CRL_ENTRIES_MAX;
}

bool
crl_make(const struct cert *ca, const struct key *ca_key, int64_t now, int64_t next,
    const struct crl_entry *entries, size_t n, struct buf *pem_out, struct err *err)
{
	X509_CRL *crl = NULL;
	unsigned char *der = NULL;
	const EVP_MD *md;
	bool ok = false;
	int len;

	if (!ca_usable(ca, ca_key, err) || !digest_for(key_pkey(ca_key), &md, err))
		return false;
	if (now < 0 || next <= now || next > WHEN_MAX || !entries_valid(entries, n))
		return err_set(err, ERR_USE, "crl.entries",
		    "a serial number, a date or a reason of the list is not valid");
	crl = X509_CRL_new();
	ok = crl != NULL && list_head(crl, cert_x509(ca), now, next) &&
	    list_extensions(crl, cert_x509(ca), now);
	for (size_t i = 0; ok && i < n; i++)
		ok = entry_add(crl, &entries[i]);
	ok = ok && X509_CRL_sort(crl) == 1 &&
	    X509_CRL_sign(crl, key_pkey(ca_key), md) > 0 &&
	    (len = i2d_X509_CRL(crl, &der)) > 0;
	if (!ok)
		library_failed(err, "the making of a revocation list");
	else
		ok = pem_write(pem_out, "X509 CRL", span_of(der, (size_t)len), err);
	OPENSSL_free(der);
	X509_CRL_free(crl);
	return ok;
}
