/*
 * key: private keys of an authority.  Wiped by key_free; there is no printing
 * function.  Signing keys are P-256 (default), P-384 or RSA of 3,072 to 8,192 bits
 * (formats/cms-strict.md part 1); Ed25519 is for ledgers, never in CMS.
 */
#ifndef COMITY_CRYPTO_KEY_H
#define COMITY_CRYPTO_KEY_H

#include "base/base.h"
#include "world/world.h"

struct key;

enum key_kind { KEY_P256, KEY_P384, KEY_RSA, KEY_ED25519, KEY_OTHER };

#define KEY_RSA_BITS_MIN 3072	/* 128 bits of strength, as P-256 */
#define KEY_RSA_BITS_MAX 8192	/* a check of a longer one costs seconds */

/* A fresh key.  KEY_RSA makes KEY_RSA_BITS_MIN bits.  Not for KEY_OTHER. */
MUST bool key_new(struct key **out, enum key_kind kind, struct err *err);
void key_free(struct key *key);			/* NULL is quiet */
enum key_kind key_kind_of(const struct key *key);
/* "P-256", "P-384", "RSA-3072", "Ed25519" */
const char *key_kind_name(enum key_kind kind);

/*
 * PKCS#8 PrivateKeyInfo, DER, at most KEY_FILE_MAX bytes: exactly what key_encode
 * writes.  ERR_INPUT "key.form"; "key.kind" when it is a key of another kind.
 */
#define KEY_FILE_MAX 16384	/* RSA-8192 as PEM stays under 7 KiB */
MUST bool key_decode(struct key **out, struct span pkcs8, struct err *err);
MUST bool key_encode(const struct key *key, struct buf *secret_out, struct err *err);
/*
 * What a person brings: PEM (PKCS#8, SEC 1 or PKCS#1), not encrypted, or PKCS#8 DER.
 * PEM may hold other things, but one private key only.  The key's numbers are
 * checked.  ERR_INPUT also "key.encrypted", "key.absent", "key.several".
 */
MUST bool key_import(struct key **out, struct span file, struct err *err);
/* SubjectPublicKeyInfo, DER. */
MUST bool key_spki(const struct key *key, struct buf *out, struct err *err);

/*
 * RFC 8032 Ed25519 over a message, by a key of KEY_ED25519: its public point, and its
 * signature, which is the same each time.  ERR_USE "key.kind" for any other key.
 */
MUST bool key_point_ed25519(const struct key *key, uint8_t out[32], struct err *err);
MUST bool key_sign_ed25519(const struct key *key, struct span message,
    uint8_t signature[64], struct err *err);

/*
 * Is this one of the points of small order (1, 2, 4, 8), also in a spelling that is not the
 * least?  Nobody's private key has one, and under it signatures hold that anybody can
 * make: who takes in a key to believe refuses it.
 */
bool key_point_weak(const uint8_t point[32]);

/*
 * The same for a public key of 32 bytes.  *holds is the answer; false comes back only
 * when it could not be computed.  The rule is OpenSSL's: no cofactor, S below the order;
 * key_test.c says what it does with the odd cases in which the rules of others differ.
 */
MUST bool key_verify_ed25519(const uint8_t point[32], struct span message,
    struct span signature, bool *holds, struct err *err);

#endif
