#include "crypto/cert_internal.h"

#include <stdatomic.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto/key_internal.h"
#include "crypto/library.h"
#include "form/der.h"
#include "form/pem.h"

/* Slices of the certificate's own bytes (RFC 5280 4.1). */
struct fields {
	struct span version;		/* the INTEGER inside [0]; empty: absent */
	struct span serial, algorithm, issuer, subject, spki;
	struct span rest;		/* what follows the public key */
	struct span algorithm_outside;
};

struct cert {
	atomic_uint holders;		/* nothing else changes once it is decoded */
	uint8_t *der;
	size_t n;
	X509 *x;
	struct fields fields;
	int64_t from, to;
};

/* ---- reading ---- */

static bool
tbs_walk(struct der *tbs, struct fields *f)
{
	struct der_item item;
	struct der in;

	f->version = span_of(NULL, 0);
	if (der_peek(tbs) == DER_CONTEXT_0) {
		if (!der_enter(tbs, DER_CONTEXT_0, &in) || !der_integer(&in, &item) ||
		    !der_end(&in))
			return false;
		f->version = item.whole;
	}
	if (!der_integer(tbs, &item))
		return false;
	f->serial = item.whole;
	if (!der_take(tbs, DER_SEQUENCE, &item))
		return false;
	f->algorithm = item.whole;
	if (!der_take(tbs, DER_SEQUENCE, &item))
		return false;
	f->issuer = item.whole;
	if (!der_take(tbs, DER_SEQUENCE, &item))	/* validity */
		return false;
	if (!der_take(tbs, DER_SEQUENCE, &item))
		return false;
	f->subject = item.whole;
	if (!der_take(tbs, DER_SEQUENCE, &item))
		return false;
	f->spki = item.whole;
	f->rest = tbs->left;
	return true;
}

static bool
fields_walk(struct span der, struct fields *f)
{
	size_t wrong = 0;
	struct der d = der_of(der, &wrong), in, tbs;
	struct der_item item;
	struct span bits;

	if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) ||
	    !der_enter(&in, DER_SEQUENCE, &tbs) || !tbs_walk(&tbs, f) ||
	    !der_take(&in, DER_SEQUENCE, &item))
		return false;
	f->algorithm_outside = item.whole;
	return der_bits(&in, &bits) && der_end(&in);
}

/* OpenSSL writes back the very bytes: nothing was read two ways. */
static bool
encodes_to(X509 *x, struct span der)
{
	unsigned char *again = NULL;
	int n = i2d_X509(x, &again);
	bool same = n > 0 && span_eq(span_of(again, (size_t)n), der);

	OPENSSL_free(again);
	return same;
}

bool
asn1_instant(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	return when_from_civil(&(struct civil){ tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec }, out);
}

/*
 * What OpenSSL keeps of a certificate for good, the size of its key among it: a key that
 * it had no memory to measure is there, and too weak for every path.
 */
static bool
x509_known(X509 *x)
{
	EVP_PKEY *key;

	if (X509_check_purpose(x, -1, 0) != 1)
		return false;
	key = X509_get0_pubkey(x);
	return key != NULL && EVP_PKEY_get_bits(key) > 0 &&
	    EVP_PKEY_get_security_bits(key) > 0 && EVP_PKEY_get_size(key) > 0 &&
	    X509_get_signature_info(x, NULL, NULL, NULL, NULL) == 1;
}

/*
 * *out stays NULL when the bytes are no certificate.  OpenSSL decodes its key and its
 * extensions once and remembers what came of it: here, where a lack of memory is told
 * apart from a certificate that has none that can be read.
 */
static bool
x509_read(struct span der, X509 **out, struct err *err)
{
	X509 *x = NULL;
	bool known = false;

	for (int tries = 0; tries < 2 && !known; tries++) {
		const unsigned char *p = der.p;

		X509_free(x);
		x = d2i_X509(NULL, &p, (long)der.n);
		if (x != NULL && (p != der.p + der.n || !encodes_to(x, der))) {
			X509_free(x);
			x = NULL;
		}
		known = x != NULL && x509_known(x);
	}
	if (!known && library_lacked(err)) {
		X509_free(x);
		return false;
	}
	ERR_clear_error();
	*out = x;
	return true;
}

static bool
cert_read(struct cert *c, struct span der, struct err *err)
{
	c->der = mem_new(der.n, err);
	if (c->der == NULL)
		return false;
	memcpy(c->der, der.p, der.n);
	c->n = der.n;
	if (fields_walk(cert_der(c), &c->fields) &&
	    !x509_read(cert_der(c), &c->x, err))
		return false;
	if (c->x == NULL)
		return err_set(err, ERR_INPUT, "cert.form",
		    "this is not one certificate in DER");
	if (!asn1_instant(X509_get0_notBefore(c->x), &c->from) ||
	    !asn1_instant(X509_get0_notAfter(c->x), &c->to)) {
		ERR_clear_error();
		return err_set(err, ERR_INPUT, "cert.time",
		    "the certificate's dates cannot be read");
	}
	return true;
}

bool
cert_decode(struct cert **out, struct span der, struct err *err)
{
	struct cert *c;

	if (der.n > CERT_MAX)
		return err_set(err, ERR_LIMIT, "cert.size",
		    "a certificate of %zu bytes is larger than the %d allowed", der.n,
		    CERT_MAX);
	if (der.n == 0)
		return err_set(err, ERR_INPUT, "cert.form",
		    "this is not one certificate in DER: it is empty");
	c = mem_new(sizeof *c, err);
	if (c == NULL)
		return false;
	atomic_init(&c->holders, 1);
	if (!cert_read(c, der, err)) {
		cert_free(c);
		return false;
	}
	*out = c;
	return true;
}

void
cert_free(struct cert *c)
{
	if (c == NULL || atomic_fetch_sub(&c->holders, 1) > 1)
		return;
	X509_free(c->x);
	mem_free(c->der);
	mem_free(c);
}

struct cert *
cert_hold(const struct cert *c)
{
	struct cert *same = (struct cert *)(uintptr_t)c;

	(void)atomic_fetch_add(&same->holders, 1);
	return same;
}

/* ---- what it says ---- */

struct span
cert_der(const struct cert *c)
{
	return span_of(c->der, c->n);
}

bool
cert_same(const struct cert *a, const struct cert *b)
{
	return span_eq(cert_der(a), cert_der(b));
}

bool
cert_digest(const struct cert *c, struct digest *out, struct err *err)
{
	return digest_of(cert_der(c), out, err);
}

bool
cert_spki_digest(const struct cert *c, struct digest *out, struct err *err)
{
	return digest_of(c->fields.spki, out, err);
}

int64_t
cert_not_before(const struct cert *c)
{
	return c->from;
}

int64_t
cert_not_after(const struct cert *c)
{
	return c->to;
}

bool
cert_is_ca(const struct cert *c)
{
	return (X509_get_extension_flags(c->x) & EXFLAG_CA) != 0;
}

bool
cert_self_issued(const struct cert *c)
{
	return span_eq(c->fields.subject, c->fields.issuer);
}

enum key_kind
cert_key_kind(const struct cert *c)
{
	EVP_PKEY *pkey = X509_get0_pubkey(c->x);
	enum key_kind kind = KEY_OTHER;

	if (pkey != NULL)
		kind = key_kind_of_pkey(pkey, 0);
	ERR_clear_error();
	return kind;
}

bool
cert_fits(const struct cert *c, const struct key *key)
{
	bool fits = X509_check_private_key(c->x, key_pkey(key)) == 1;

	ERR_clear_error();
	return fits;
}

X509 *
cert_x509(const struct cert *c)
{
	return c->x;
}

struct span
cert_issuer(const struct cert *c)
{
	return c->fields.issuer;
}

struct span
cert_subject(const struct cert *c)
{
	return c->fields.subject;
}

struct span
cert_serial(const struct cert *c)
{
	return c->fields.serial;
}

struct span
cert_spki(const struct cert *c)
{
	return c->fields.spki;
}

bool
cert_issued_by(const struct cert *c, const struct cert *issuer)
{
	return span_eq(cert_issuer(c), cert_subject(issuer));
}

/* ---- the strict shape ---- */

bool
cert_shape_strict(const struct cert *c)
{
	static const uint8_t version_3[] = { DER_INTEGER, 1, 2 };
	const struct fields *f = &c->fields;
	size_t wrong = 0, serial_n = f->serial.n - 2;
	struct der d = der_of(f->rest, &wrong), in;
	struct der_item extensions;
	struct span serial;

	return span_eq(f->version, span_of(version_3, sizeof version_3)) &&
	    serial_n <= 20 &&
	    der_magnitude(span_from(f->serial, 2), &serial) && serial.n > 0 &&
	    span_eq(f->algorithm, f->algorithm_outside) &&
	    der_enter(&d, DER_CONTEXT_0 + 3, &in) && der_end(&d) &&
	    der_take(&in, DER_SEQUENCE, &extensions) && der_end(&in) &&
	    extensions.body.n > 0;
}

/* AlgorithmIdentifiers of the keys the profile knows (RFC 5480, RFC 3279). */
static const uint8_t p256_algorithm[] = { 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
	0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01,
	0x07 };
static const uint8_t p384_algorithm[] = { 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48,
	0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 };
static const uint8_t rsa_algorithm[] = { 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48,
	0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00 };

static size_t
bits_of(struct span magnitude)
{
	size_t bits = magnitude.n * 8;

	for (uint8_t top = 0x80; magnitude.n > 0 && (magnitude.p[0] & top) == 0 &&
	    top != 0; top >>= 1)
		bits--;
	return bits;
}

/* RSAPublicKey; an exponent of 1 (or even) would let anyone sign. */
static bool
rsa_strict(struct span bits, unsigned bits_min, size_t *modulus_n)
{
	size_t wrong = 0;
	struct der d = der_of(bits, &wrong), in;
	struct der_item n, e;
	struct span modulus, exponent;

	if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) ||
	    !der_integer(&in, &n) || !der_integer(&in, &e) || !der_end(&in) ||
	    !der_magnitude(n.body, &modulus) || !der_magnitude(e.body, &exponent))
		return false;
	if (bits_of(exponent) < 2 || (exponent.p[exponent.n - 1] & 1) == 0)
		return false;
	*modulus_n = modulus.n;
	return bits_of(modulus) >= bits_min && bits_of(modulus) <= KEY_RSA_BITS_MAX;
}

bool
cert_key_strict(const struct cert *c, unsigned rsa_bits_min, enum key_kind *kind,
    size_t *modulus_n)
{
	size_t wrong = 0;
	struct der d = der_of(c->fields.spki, &wrong), in;
	struct der_item algorithm;
	struct span bits;

	if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) ||
	    !der_take(&in, DER_SEQUENCE, &algorithm) || !der_bits(&in, &bits) ||
	    !der_end(&in) || bits.n == 0)
		return false;
	*modulus_n = 0;
	if (span_eq(algorithm.whole, span_of(p256_algorithm, sizeof p256_algorithm))) {
		*kind = KEY_P256;
		return bits.n == 65 && bits.p[0] == 4;
	}
	if (span_eq(algorithm.whole, span_of(p384_algorithm, sizeof p384_algorithm))) {
		*kind = KEY_P384;
		return bits.n == 97 && bits.p[0] == 4;
	}
	*kind = KEY_RSA;
	return span_eq(algorithm.whole, span_of(rsa_algorithm, sizeof rsa_algorithm)) &&
	    rsa_strict(bits, rsa_bits_min, modulus_n);
}

bool
cert_is_for_signing(const struct cert *c)
{
	X509 *x = cert_x509(c);
	uint32_t flags = X509_get_extension_flags(x);
	uint32_t usage = X509_get_key_usage(x);
	uint32_t extended = X509_get_extended_key_usage(x);

	ERR_clear_error();
	if ((flags & (EXFLAG_INVALID | EXFLAG_CA)) != 0 ||
	    (flags & EXFLAG_KUSAGE) == 0)
		return false;
	if ((usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
		return false;
	return (flags & EXFLAG_XKUSAGE) == 0 || (extended & XKU_SMIME) != 0;
}

/* ---- for people ---- */

/* Every value of one kind in a name, ", " between; *any: one was there. */
static bool
name_values(struct buf *out, const X509_NAME *name, int nid, bool *any,
    struct err *err)
{
	int at = -1;

	while ((at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0) {
		const X509_NAME_ENTRY *e = X509_NAME_get_entry(name, at);
		unsigned char *utf8 = NULL;
		int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(e));
		bool ok;

		ok = (n >= 0 || !library_lacked(err)) &&
		    (!*any || buf_add_text(out, ", ", err)) &&
		    (n < 0 ? buf_add_text(out, "(unreadable)", err) :
		    text_visible(out, span_of(utf8, (size_t)n), err));
		OPENSSL_free(utf8);
		if (!ok)
			return false;
		*any = true;
	}
	return true;
}

/* A name without the usual parts, in OpenSSL's one-line form. */
static bool
name_whole(struct buf *out, const X509_NAME *name, struct err *err)
{
	char *line = X509_NAME_oneline(name, NULL, 0);
	bool ok;

	if (line == NULL)
		return library_failed(err, "the printing of a name");
	ok = text_visible(out, span_text(line[0] == '\0' ? "(no name)" : line), err);
	OPENSSL_free(line);
	return ok;
}

static bool
name_text(const X509_NAME *name, struct buf *out, struct err *err)
{
	bool any = false, ok;

	ok = name_values(out, name, NID_commonName, &any, err) &&
	    name_values(out, name, NID_organizationName, &any, err) &&
	    name_values(out, name, NID_countryName, &any, err) &&
	    (any || name_whole(out, name, err));
	ERR_clear_error();
	return ok;
}

bool
cert_subject_text(const struct cert *c, struct buf *out, struct err *err)
{
	return name_text(X509_get_subject_name(c->x), out, err);
}

bool
cert_issuer_text(const struct cert *c, struct buf *out, struct err *err)
{
	return name_text(X509_get_issuer_name(c->x), out, err);
}

static char
letter_upper(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c >= 'A' && c <= 'Z' ? (char)c : '\0';
}

struct country
cert_country(const struct cert *c)
{
	const X509_NAME *name = X509_get_subject_name(c->x);
	int at = X509_NAME_get_index_by_NID(name, NID_countryName, -1);
	struct country out = { "" };
	const ASN1_STRING *s;
	const unsigned char *p;

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_countryName, at) >= 0)
		return out;
	s = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	p = ASN1_STRING_get0_data(s);
	if (ASN1_STRING_length(s) != 2 || letter_upper(p[0]) == '\0' ||
	    letter_upper(p[1]) == '\0')
		return out;
	out.s[0] = letter_upper(p[0]);
	out.s[1] = letter_upper(p[1]);
	return out;
}

bool
cert_serial_text(const struct cert *c, struct buf *out, struct err *err)
{
	struct span body, number;

	/* A serial number is short, so its length is one byte (RFC 5280: 20). */
	body = span_from(c->fields.serial, 2);
	if (c->fields.serial.p[1] >= 0x80 || !der_magnitude(body, &number))
		return buf_add_text(out, "(negative or too long)", err);
	if (number.n == 0)
		return buf_add_text(out, "00", err);
	for (size_t i = 0; i < number.n; i++)
		if (!buf_printf(out, err, "%02X", number.p[i]))
			return false;
	return true;
}

/* ---- lists ---- */

void
certs_init(struct certs *cs)
{
	cs->n = 0;
}

void
certs_clear(struct certs *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		cert_free(cs->list[i]);
	cs->n = 0;
}

static bool
certs_full(struct err *err)
{
	return err_set(err, ERR_LIMIT, "certs.count",
	    "more than %d certificates in one list", CERTS_MAX);
}

bool
certs_add(struct certs *cs, const struct cert *c, struct err *err)
{
	if (cs->n == CERTS_MAX)
		return certs_full(err);
	cs->list[cs->n++] = cert_hold(c);
	return true;
}

bool
certs_move(struct certs *to, struct certs *from, struct err *err)
{
	if (from->n > CERTS_MAX - to->n)
		return certs_full(err);
	for (size_t i = 0; i < from->n; i++)
		to->list[to->n++] = from->list[i];
	from->n = 0;
	return true;
}

const struct cert *
certs_find(const struct certs *cs, const struct cert *same)
{
	for (size_t i = 0; i < cs->n; i++)
		if (cert_same(cs->list[i], same))
			return cs->list[i];
	return NULL;
}

/* The certificate in one block, unless the list has it already. */
static bool
certs_read_block(struct certs *to, const struct pem_block *block, struct span der,
    struct err *err)
{
	struct cert *c = NULL;

	if (!span_is(block->label, "CERTIFICATE"))
		return err_set(err, ERR_INPUT, "certs.block",
		    "the PEM block at byte %zu is not a certificate", block->at);
	if (!cert_decode(&c, der, err))
		return err_wrap(err, "the certificate at byte %zu", block->at);
	if (certs_find(to, c) != NULL) {
		cert_free(c);
		return true;
	}
	if (to->n == CERTS_MAX) {
		cert_free(c);
		return certs_full(err);
	}
	to->list[to->n++] = c;
	return true;
}

bool
certs_read_pem(struct certs *out, struct span pem, struct err *err)
{
	struct cursor text = cursor_of(pem);
	struct certs read;
	struct pem_block block;
	struct buf der;
	bool found = false, ok;

	certs_init(&read);
	buf_init(&der, CERT_MAX);
	do {
		ok = pem_read(&text, &block, &der, &found, err) &&
		    (!found || certs_read_block(&read, &block, buf_span(&der), err));
	} while (ok && found);
	if (ok && read.n == 0)
		ok = err_set(err, ERR_INPUT, "certs.none",
		    "no certificate was found (PEM, \"BEGIN CERTIFICATE\")");
	ok = ok && certs_move(out, &read, err);
	certs_clear(&read);
	buf_clear(&der);
	return ok;
}

bool
certs_write_pem(const struct certs *cs, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < cs->n; i++)
		if (!pem_write(out, "CERTIFICATE", cert_der(cs->list[i]), err))
			return false;
	return true;
}
