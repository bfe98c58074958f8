/*
 * stamp_internal: the parts of a time-stamp file and the builder that its check and
 * its normalisation share.  Inside the room only.
 */
#ifndef COMITY_CRYPTO_STAMP_INTERNAL_H
#define COMITY_CRYPTO_STAMP_INTERNAL_H

#include "crypto/signed_file.h"
#include "crypto/stamp.h"

/* TSTInfo (RFC 3161 2.4.2), as far as we rely on it. */
struct tst_info {
	struct span policy;		/* OID content */
	enum digest_kind imprint_kind;
	struct span imprint;
	struct span serial;		/* INTEGER content */
	int64_t time;			/* genTime, rounded down */
	int64_t bound;			/* genTime + accuracy, rounded up */
	struct span tsa;		/* Name of a directoryName; empty: none */
};
/*
 * octets: the OCTET STRING inside file that holds it.  Every field has the form of
 * cms-strict.md section 2; no critical extension.
 */
bool tst_info_walk(struct span file, const struct der_item *octets,
    struct tst_info *out, size_t *wrong);

/* GeneralizedTime with an optional fraction, as genTime may be; millionths up. */
bool gen_time_read(struct span body, int64_t *seconds, uint32_t *millionths);

/* The free values of a token. */
struct stamp_parts {
	enum key_kind key;
	enum digest_kind digest;
	const struct certs *path;	/* signer first */
	struct span tst_info;		/* octets */
	struct span attributes;		/* whole elements, in their order */
	struct span signature;
};
MUST bool stamp_file_build(const struct stamp_parts *parts, struct buf *out,
    struct err *err);

#define STAMP_RSA_BITS_MIN 2048		/* cms-strict.md section 2 */
#define STAMP_BUILD_MAX (2 * STAMP_FILE_MAX)

#endif
