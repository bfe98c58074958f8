/*
 * cert_internal: what lies inside a certificate, as slices of its own bytes, and
 * the OpenSSL object behind it.  Inside the room only.
 */
#ifndef COMITY_CRYPTO_CERT_INTERNAL_H
#define COMITY_CRYPTO_CERT_INTERNAL_H

#include <openssl/x509.h>

#include "crypto/cert.h"

/* Borrowed; live as long as the certificate.  Whole elements (tag and length). */
X509 *cert_x509(const struct cert *c);
struct span cert_issuer(const struct cert *c);		/* Name */
struct span cert_subject(const struct cert *c);		/* Name */
struct span cert_serial(const struct cert *c);		/* INTEGER */
struct span cert_spki(const struct cert *c);

/*
 * The shape that a certificate inside a signature or time-stamp file must have
 * (cms-strict.md section 1, CERT): version 3, a positive serial number of at most
 * 20 octets, both algorithm names equal, extensions and nothing after them.
 */
bool cert_shape_strict(const struct cert *c);

/*
 * Its public key as the profile wants keys: P-256 or P-384 by name with an
 * uncompressed point, or RSA with a modulus of rsa_bits_min to 8,192 bits.
 * False for all else.  *modulus_n: bytes of an RSA modulus, else 0.
 */
bool cert_key_strict(const struct cert *c, unsigned rsa_bits_min,
    enum key_kind *kind, size_t *modulus_n);

/*
 * Made for signing documents (cms-strict.md section 3, point 4): keyUsage present
 * with digitalSignature or nonRepudiation, no CA, extendedKeyUsage absent or with
 * emailProtection.
 */
bool cert_is_for_signing(const struct cert *c);

/* c's issuer is the other's subject, byte for byte. */
bool cert_issued_by(const struct cert *c, const struct cert *issuer);

/* OpenSSL's instant as ours; a fraction of a second is dropped. */
bool asn1_instant(const ASN1_TIME *t, int64_t *out);

/* Moves every certificate from `from` to the end of `to` (ERR_LIMIT: none). */
MUST bool certs_move(struct certs *to, struct certs *from, struct err *err);

#endif
