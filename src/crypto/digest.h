/*
 * digest: SHA-256 as values and as a running hash, SHA-384/512 where certificates
 * and time stamps ask for them.  OpenSSL's EVP, nothing of our own.
 * A hasher is used by one thread at a time.
 */
#ifndef COMITY_CRYPTO_DIGEST_H
#define COMITY_CRYPTO_DIGEST_H

#include "base/base.h"

struct hasher;

MUST bool hasher_new(struct hasher **out, struct err *err);
void hasher_free(struct hasher *h);		/* NULL is quiet */
/* Feed bytes; a failure inside OpenSSL is remembered and told by hasher_end. */
void hasher_add(struct hasher *h, struct span s);
/* The digest of all that was fed; the hasher is empty again afterwards. */
MUST bool hasher_end(struct hasher *h, struct digest *out, struct err *err);
/* Forget what was fed. */
void hasher_restart(struct hasher *h);
/* The digest of s alone, whatever was fed before: the quickest for many small messages. */
MUST bool hasher_digest(struct hasher *h, struct span s, struct digest *out,
    struct err *err);

MUST bool digest_of(struct span s, struct digest *out, struct err *err);

enum digest_kind { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };
#define DIGEST_MAX 64
struct wide_digest {
	uint8_t b[DIGEST_MAX];
	size_t n;			/* 20, 32, 48 or 64 */
};
MUST bool digest_wide(enum digest_kind kind, struct span s, struct wide_digest *out,
    struct err *err);

/*
 * Keccak-256 as it was before FIPS 202 (not SHA3-256): checksums of ethereum addresses.
 * False: this OpenSSL has none (3.2 brought it); *out is untouched then.
 */
MUST bool digest_keccak256(struct span s, struct digest *out);

/*
 * Let OpenSSL take its random bytes from this world too (seeded in a simulated
 * one).  Once per process, before any key is used; a real world changes nothing.
 */
struct world;
MUST bool crypto_random_from(struct world *w, struct err *err);

/*
 * Use OpenSSL without its configuration file: quick to start, and no setting of
 * the machine can change an answer.  Once per process, before anything else here.
 */
void crypto_bare(void);

#endif
