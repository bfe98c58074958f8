/*
 * crypto/aead: a small text sealed under a key of ours, bound to its place (AES-256-GCM,
 * NIST SP 800-38D, by OpenSSL).  For columns of the docket; evidence goes through age.
 *
 * Sealed form: 1 byte version (1), 12 bytes nonce (fresh, random), ciphertext, 16 bytes
 * tag.  `place` is authenticated, not kept: a value moved to another row does not open.
 * At most 2^32 values a key (birthday bound of random nonces, SP 800-38D 8.3).
 */
#ifndef COMITY_CRYPTO_AEAD_H
#define COMITY_CRYPTO_AEAD_H

#include "world/world.h"

#define AEAD_KEY 32
#define AEAD_EXTRA 29			/* bytes a sealed value is longer */
#define AEAD_MAX (1u << 20)		/* of one value */

struct aead_key {			/* secret: wiped by aead_key_wipe */
	uint8_t b[AEAD_KEY];
};
MUST bool aead_key_make(struct world *w, struct aead_key *out, struct err *err);
void aead_key_wipe(struct aead_key *k);
/*
 * Added to out.  ERR_LIMIT "aead.size" or "aead.place": more than AEAD_MAX bytes.  The
 * place is the additional data of GCM, byte for byte.
 */
MUST bool aead_seal(struct world *w, const struct aead_key *k, struct span place,
    struct span plain, struct buf *out, struct err *err);
/*
 * Added to out, which the caller makes secret.  ERR_UNPROVEN "aead.changed": not sealed
 * by this key for this place, or changed; nothing of it is left in out then.
 */
MUST bool aead_open(const struct aead_key *k, struct span place, struct span sealed,
    struct buf *out, struct err *err);

/*
 * HMAC-SHA-256 (RFC 2104) of the bytes under a key derived from this one and the label, so
 * that the digest says whether two values are the same, and nothing to who lacks the key.
 */
MUST bool aead_digest(const struct aead_key *k, const char *label, struct span bytes,
    struct digest *out, struct err *err);

#endif
