/*
 * memo: what was worked out once about exact bytes, for who judges many packages in one
 * run: certificates decoded, and signatures on certificates and revocation lists that
 * held.  All of it follows from the bytes it is kept under and from nothing else: no
 * name, no list of ours, nothing anybody may come to believe otherwise.  So an answer
 * from here is the one that asking again would give, and what is trusted or revoked is
 * asked anew each time, by whoever asks.  Only what holds is kept.
 *
 * Any number of threads.  Memory: 64 certificates, some 5 MiB were each as large as can
 * be; the oldest goes for a new one.
 */
#ifndef COMITY_CRYPTO_MEMO_H
#define COMITY_CRYPTO_MEMO_H

#include "crypto/cert.h"

#define MEMO_CERTS 64	/* signers and CAs of one run: correspondents of an authority */
#define MEMO_FACTS 256	/* paths and lists that held; each is 48 bytes */

struct memo;
MUST bool memo_new(struct memo **out, struct err *err);
void memo_free(struct memo *m);		/* NULL is quiet */

/* cert_decode, or the same one held once more.  m NULL: cert_decode. */
MUST bool memo_cert(struct memo *m, struct cert **out, struct span der,
    struct err *err);

/* ---- inside the room ---- */

/* A fact's name: what is said, and the digests of all bytes it follows from. */
#define MEMO_OF_MAX 8
MUST bool memo_key(const char *says, const struct digest *of, size_t n,
    struct digest *out, struct err *err);
/* It held, and would at this time: from <= at < to of memo_keep.  m NULL: false. */
bool memo_has(struct memo *m, const struct digest *key, int64_t at);
void memo_keep(struct memo *m, const struct digest *key, int64_t from, int64_t to);

#endif
