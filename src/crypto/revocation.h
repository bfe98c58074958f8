/*
 * revocation: what the revocation lists and OCSP answers at hand say about one
 * certificate.  They say it; path.c judges (formats/cms-strict.md section 3,
 * point 5: OpenSSL's own revocation check refuses signatures older than the
 * revocation, and lists newer than the signature).  Inside the room only.
 */
#ifndef COMITY_CRYPTO_REVOCATION_H
#define COMITY_CRYPTO_REVOCATION_H

#include "crypto/path.h"

struct revocation_facts {
	bool known;		/* something at hand speaks about this certificate */
	int64_t as_of;		/* newest thisUpdate of what does */
	bool revoked;
	/*
	 * When revoked.  The earliest of all revocation and invalidity dates; a date
	 * that cannot be read counts as WHEN_MIN.
	 */
	int64_t at;
	bool compromised;	/* keyCompromise or cACompromise is given somewhere */
	bool harmless;		/* every entry gives a reason that leaves the key safe */
};

/*
 * An entry that revokes counts from any list or answer whose issuer's signature
 * holds, old or new (a hold that was lifted later too: the safe side).  That there
 * is none counts only from a list that would have it: complete, not a delta, and
 * for this kind of certificate.  ERR_MEMORY: nothing was found out.
 */
MUST bool revocations_find(const struct revocations *r, struct memo *memo,
    const struct cert *c, const struct cert *issuer, struct revocation_facts *out,
    struct err *err);

#endif
