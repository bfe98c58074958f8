/*
 * age_internal: the parts of age inside the room, apart so that each can be tested
 * against published vectors.  Every secret that passes through here is wiped by
 * whoever holds it, on every path.
 */
#ifndef COMITY_CRYPTO_AGE_INTERNAL_H
#define COMITY_CRYPTO_AGE_INTERNAL_H

#include <openssl/evp.h>

#include "crypto/age.h"

#define AGE_FILE_KEY 16
#define AGE_NONCE 16		/* of the payload */
#define AGE_SALT 16		/* of a scrypt stanza */
#define AGE_TAG 16
#define AGE_WRAPPED 32		/* a sealed file key: every stanza body we know */
#define AGE_CIPHER_NONCE 12

/* ---- primitives (age_prim.c) ---- */

/* HKDF-SHA-256 (RFC 5869), n bytes: at most 255 * 32. */
MUST bool age_hkdf(struct span ikm, struct span salt, struct span info, uint8_t *out,
    size_t n, struct err *err);
MUST bool age_hmac(struct span key, struct span bytes, uint8_t out[32],
    struct err *err);
/*
 * A secret as OpenSSL keeps it, and its point; EVP_PKEY_free wipes it.  Any thread.
 * OpenSSL works out the point whenever a secret comes in, which takes as long as
 * using it: so what is used twice is made once.
 */
MUST bool age_x25519_key(const uint8_t secret[32], EVP_PKEY **out, uint8_t point[32],
    struct err *err);
/* RFC 7748.  *zero: the result is all zero (a point of low order); out is too. */
MUST bool age_x25519(EVP_PKEY *key, const uint8_t point[32], uint8_t out[32],
    bool *zero, struct err *err);
/* r 8, p 1; 1 KiB * 2^log_n of memory. */
MUST bool age_scrypt(struct span passphrase, const uint8_t salt[AGE_SALT],
    unsigned log_n, uint8_t out[32], struct err *err);

/*
 * ChaCha20-Poly1305 (RFC 8439) with the key set once; seal and open with one
 * context.  aad and plain under 2^31 bytes.  out: plain.n + AGE_TAG, or
 * sealed.n - AGE_TAG; may be the input itself, or must not touch it.
 */
MUST bool age_cipher_new(EVP_CIPHER_CTX **out, const uint8_t key[32],
    struct err *err);
void age_cipher_free(EVP_CIPHER_CTX *ctx);
MUST bool age_cipher_seal(EVP_CIPHER_CTX *ctx,
    const uint8_t nonce[AGE_CIPHER_NONCE], struct span aad, struct span plain,
    uint8_t *out, struct err *err);
/* *holds false: it does not open, and out is wiped. */
MUST bool age_cipher_open(EVP_CIPHER_CTX *ctx,
    const uint8_t nonce[AGE_CIPHER_NONCE], struct span aad, struct span sealed,
    uint8_t *out, bool *holds, struct err *err);

/* ---- header as a value (age_header.c) ---- */

struct age_stanza {
	struct span type;	/* first argument */
	struct span args;	/* the others as written, one space between them */
	struct span body;
	size_t at;		/* byte offset of its line in the header */
};

struct age_header {
	struct age_stanza *stanza;
	size_t n;		/* 1 to AGE_STANZAS_MAX */
	struct buf bodies;	/* what stanza[].body points into */
	struct span covered;	/* by the MAC: up to and including "---" */
	uint8_t mac[32];
};

/* bytes: one whole header; they stay the caller's and must outlive *out. */
MUST bool age_header_decode(struct age_header *out, struct span bytes,
    struct err *err);
void age_header_clear(struct age_header *h);
/* The header up to "---" (what the MAC covers), then the rest of that line. */
MUST bool age_header_encode(struct buf *out, const struct age_stanza *stanza,
    size_t n, struct err *err);
MUST bool age_header_encode_mac(struct buf *out, const uint8_t mac[32],
    struct err *err);

/* The i-th argument after the type (0 = first); false when there is none. */
MUST bool age_stanza_arg(const struct age_stanza *s, size_t i, struct span *out);
/* Exactly n bytes in canonical base64; n at most AGE_ARG_MAX. */
#define AGE_ARG_MAX 1120	/* the share of a hybrid stanza */
MUST bool age_base64_exactly(struct span text, uint8_t *out, size_t n);
/* ERR_INPUT "age.header" at this byte; returns false. */
bool age_header_wrong(struct err *err, size_t at, const char *why);

/* ---- file keys under recipients (age_wrap.c) ---- */

struct age_identity {
	uint8_t secret[32];
	uint8_t point[32];
	EVP_PKEY *key;			/* of secret */
};

/* ---- file keys that were found (age_unwrapped.c) ---- */

MUST bool age_unwrapped_name(const struct age_keys *keys, struct span header,
    struct digest *out, struct err *err);
bool age_unwrapped_find(struct age_unwrapped *u, const struct digest *name,
    uint8_t file_key[AGE_FILE_KEY]);
void age_unwrapped_keep(struct age_unwrapped *u, const struct digest *name,
    const uint8_t file_key[AGE_FILE_KEY]);

/*
 * Known stanzas have their form, a passphrase stands alone: else ERR_INPUT
 * "age.header".
 */
MUST bool age_stanzas_check(const struct age_header *h, struct err *err);
MUST bool age_x25519_wrap(const uint8_t ephemeral[32],
    const struct age_recipient *to, const uint8_t file_key[AGE_FILE_KEY],
    uint8_t share[32], uint8_t body[AGE_WRAPPED], struct err *err);
MUST bool age_scrypt_wrap(struct span passphrase, const uint8_t salt[AGE_SALT],
    unsigned log_n, const uint8_t file_key[AGE_FILE_KEY], uint8_t body[AGE_WRAPPED],
    struct err *err);
/* The file key, from a checked header.  Errors as age_open_start. */
MUST bool age_unwrap(const struct age_header *h, const struct age_keys *keys,
    uint8_t file_key[AGE_FILE_KEY], struct err *err);

/* ---- making and starting (age_seal.c, age_chunk.c) ---- */

/* What is random in a new file; fixed by tests of known answers. */
struct age_fresh {
	uint8_t file_key[AGE_FILE_KEY];
	uint8_t nonce[AGE_NONCE];
	uint8_t salt[AGE_SALT];
	uint8_t ephemeral[AGE_RECIPIENTS_MAX][32];
};
MUST bool age_seal_start_from(const struct age_fresh *fresh,
    const struct age_recipient *to, size_t n, struct buf *out,
    struct age_stream **stream, struct err *err);
/* MAC of a header under a file key. */
MUST bool age_header_mac(const uint8_t file_key[AGE_FILE_KEY], struct span covered,
    uint8_t mac[32], struct err *err);
MUST bool age_stream_new(struct age_stream **out,
    const uint8_t file_key[AGE_FILE_KEY], const uint8_t nonce[AGE_NONCE],
    struct err *err);

#endif
