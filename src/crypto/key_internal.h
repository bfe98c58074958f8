/*
 * key_internal: the OpenSSL object behind a key, for signing and for certificates.
 * Inside the room only.
 */
#ifndef COMITY_CRYPTO_KEY_INTERNAL_H
#define COMITY_CRYPTO_KEY_INTERNAL_H

#include <openssl/evp.h>

#include "crypto/key.h"

/* Borrowed; lives as long as the key.  Not const: OpenSSL counts references. */
EVP_PKEY *key_pkey(const struct key *key);

/*
 * What kind of key this is, private or public.  KEY_OTHER also for a curve given
 * by its numbers instead of its name, for RSA-PSS, and for RSA outside
 * rsa_bits_min..KEY_RSA_BITS_MAX.
 */
enum key_kind key_kind_of_pkey(const EVP_PKEY *pkey, int rsa_bits_min);

/* key_verify_ed25519, and OpenSSL is asked whatever it said before. */
MUST bool ed25519_asked(const uint8_t point[32], struct span message,
    struct span signature, bool *holds, struct err *err);

#endif
