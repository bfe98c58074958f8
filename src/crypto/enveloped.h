/*
 * crypto/enveloped: a small file sealed to X.509 certificates, for a receiver who has
 * OpenSSL and nothing else: CMS AuthEnvelopedData (RFC 5083, AES-256-GCM), DER.  Opened
 * with:  openssl cms -decrypt -inform DER -in F -inkey KEY -out package.tar
 *
 * RSA keys (3072 to 8192 bits, RSA-OAEP with SHA-256) and EC keys on P-256 or P-384
 * (ephemeral ECDH, RFC 5753, with SHA-256 or SHA-384).  Where a certificate says what
 * its key is for, that must be encryption (keyEncipherment for RSA, keyAgreement for
 * EC).  Whose it is and whether it is valid is for the caller to know.  The whole is in
 * memory: ENVELOPED_MAX.
 */
#ifndef COMITY_CRYPTO_ENVELOPED_H
#define COMITY_CRYPTO_ENVELOPED_H

#include "crypto/cert.h"

#define ENVELOPED_MAX (16u << 20)	/* bytes of plain text: fits the memory bound */

/*
 * Added to der; each certificate's key opens it.  ERR_INPUT "enveloped.key": a
 * certificate whose key cannot be sealed to; ERR_USE "enveloped.nobody": none is given;
 * ERR_LIMIT "enveloped.size".
 */
MUST bool enveloped_seal(const struct certs *to, struct span plain, struct buf *der,
    struct err *err);
/* May it be sealed to these?  ERR_INPUT "enveloped.key", before anything is made for them. */
MUST bool enveloped_check(const struct certs *to, struct err *err);

#endif
