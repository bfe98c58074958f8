/*
 * cert: X.509 certificates as values, lists of them, and what an authority's own
 * small training CA needs.  A cert is immutable and may be read by any thread.
 */
#ifndef COMITY_CRYPTO_CERT_H
#define COMITY_CRYPTO_CERT_H

#include "crypto/digest.h"
#include "crypto/key.h"

struct cert;

#define CERT_MAX 16384		/* bytes of one certificate: national PKIs stay under 8 KiB */
#define CERTS_MAX 64		/* certificates in one roots file */

/* Exactly one certificate, DER, that re-encodes to its own bytes. */
MUST bool cert_decode(struct cert **out, struct span der, struct err *err);
void cert_free(struct cert *c);		/* gone with its last holder */
/* The same one, held once more: each holder frees it, on any thread. */
struct cert *cert_hold(const struct cert *c);
struct span cert_der(const struct cert *c);
bool cert_same(const struct cert *a, const struct cert *b);	/* equal bytes */
MUST bool cert_digest(const struct cert *c, struct digest *out, struct err *err);
MUST bool cert_spki_digest(const struct cert *c, struct digest *out, struct err *err);
int64_t cert_not_before(const struct cert *c);
int64_t cert_not_after(const struct cert *c);
bool cert_is_ca(const struct cert *c);
bool cert_self_issued(const struct cert *c);	/* subject = issuer, by bytes */
/* c's issuer is the other's subject, byte for byte. */
bool cert_issued_by(const struct cert *c, const struct cert *issuer);
enum key_kind cert_key_kind(const struct cert *c);
/* True when the certificate is for this private key. */
bool cert_fits(const struct cert *c, const struct key *key);
/*
 * Who it names, for people: "CN, O, C" in that order as far as present, made
 * visible (text_visible).  Country: two letters, or "" when none or several.
 */
MUST bool cert_subject_text(const struct cert *c, struct buf *out, struct err *err);
MUST bool cert_issuer_text(const struct cert *c, struct buf *out, struct err *err);
struct country { char s[3]; };
struct country cert_country(const struct cert *c);
/* Serial number as upper hex, for people and for revocation lists. */
MUST bool cert_serial_text(const struct cert *c, struct buf *out, struct err *err);

/* Addresses (http or https) where its issuer publishes revocation lists. */
#define CERT_POINT_MAX 500
struct cert_point { char url[CERT_POINT_MAX]; };
size_t cert_revocation_points(const struct cert *c, struct cert_point *out, size_t max);

struct certs {
	struct cert *list[CERTS_MAX];
	size_t n;
};
void certs_init(struct certs *cs);
void certs_clear(struct certs *cs);
MUST bool certs_add(struct certs *cs, const struct cert *c, struct err *err); /* holds */
/*
 * One or more PEM certificates; text between blocks is skipped, a second copy too;
 * a block that is no certificate is refused (a private key among roots is a slip).
 */
MUST bool certs_read_pem(struct certs *out, struct span pem, struct err *err);
MUST bool certs_write_pem(const struct certs *cs, struct buf *out, struct err *err);
const struct cert *certs_find(const struct certs *cs, const struct cert *same);

/* ---- making certificates: requests, and a training CA of one's own ---- */

struct cert_name {
	const char *country;		/* two letters */
	const char *organisation;	/* at most 64 characters each (RFC 5280 A.1) */
	const char *common;
};

/* PKCS#10 request, PEM. */
MUST bool csr_make(const struct key *key, struct cert_name name, struct buf *pem_out,
    struct err *err);

/* A self-signed root: CA, keyCertSign + cRLSign, path length 0. */
MUST bool cert_make_root(struct cert **out, const struct key *key,
    struct cert_name name, int64_t from, int64_t to, struct err *err);
/*
 * A signer's certificate: keyUsage digitalSignature + nonRepudiation (critical),
 * extendedKeyUsage emailProtection, not a CA, subject and authority key ids.
 */
MUST bool cert_make_signer(struct cert **out, const struct key *signer,
    struct cert_name name, const struct cert *ca, const struct key *ca_key,
    int64_t from, int64_t to, struct err *err);
/* The same from a request's public key and name (csr in PEM). */
MUST bool cert_sign_request(struct cert **out, struct span csr_pem,
    const struct cert *ca, const struct key *ca_key, int64_t from, int64_t to,
    struct err *err);

/* A CRL of the training CA, PEM.  Serials as printed by cert_serial_text. */
struct crl_entry {
	const char *serial;
	int64_t at;
	int reason;		/* RFC 5280 5.3.1: 0 unspecified, 1 keyCompromise, 4
				 * superseded ...; -1 says nothing, which is not the
				 * same: a stamping key is then taken as compromised */
};
MUST bool crl_make(const struct cert *ca, const struct key *ca_key, int64_t now,
    int64_t next, const struct crl_entry *entries, size_t n, struct buf *pem_out,
    struct err *err);

#endif
