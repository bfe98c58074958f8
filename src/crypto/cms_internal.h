/*
 * cms_internal: the free values of a signature file, and the builder that reader
 * and writer share: what we write is what we accept.  Inside the room only.
 */
#ifndef COMITY_CRYPTO_CMS_INTERNAL_H
#define COMITY_CRYPTO_CMS_INTERNAL_H

#include "crypto/signed_file.h"

struct cms_parts {
	enum key_kind key;		/* KEY_P256, KEY_P384 or KEY_RSA */
	const struct certs *path;	/* path order, signer first */
	bool path_form;			/* name all of them, or the signer alone */
	int64_t signing_time;
	struct wide_digest content;	/* of the tag manifest, with cms_digest_for */
	struct span signature;
	bool bare;			/* leave the certificates out (cms_check.c) */
};

/* cms_check, with certificates that were decoded before. */
MUST bool cms_check_known(struct span file, struct span content,
    const struct inside_known *known, struct cms_answer *out, struct err *err);

/* SHA-384 for P-384, SHA-256 else. */
enum digest_kind cms_digest_for(enum key_kind key);

/* The signed attributes as SET OF (what is signed) or as [0] (in the file). */
MUST bool cms_attributes_build(const struct cms_parts *parts, uint8_t tag,
    struct buf *out, struct err *err);
/* The only file that these parts allow. */
MUST bool cms_file_build(const struct cms_parts *parts, struct buf *out,
    struct err *err);

/* A rebuilt file may be larger than one we accept: hostile names are copied. */
#define CMS_BUILD_MAX (8 * CMS_FILE_MAX)

#endif
