/*
 * cms: the signature file tagmanifest-sha256.txt.p7s (formats/cms-strict.md part 1).
 * CAdES-BES, detached, DER, one signer, path certificates inside, no unsigned
 * attributes.  Reader and writer share one builder: the free values are cut out,
 * the only file they allow is built again, and all bytes are compared.
 */
#ifndef COMITY_CRYPTO_CMS_H
#define COMITY_CRYPTO_CMS_H

#include "crypto/memo.h"

#define CMS_FILE_MAX 65536	/* bytes, package.md section 1 */
#define CMS_CERTS_MAX 5
#define CMS_CONTENT_MAX (16u << 20)	/* a tag manifest has 1 KiB; a signed mail up to this */
#define CMS_SIGNATURE_MAX 1024	/* RSA-8192 */

enum cms_state {
	CMS_HOLDS,
	CMS_FILE_SHAPE, CMS_SHAPE, CMS_CERTIFICATES, CMS_SIGNER_CERTIFICATE,
	CMS_DIGEST, CMS_KEY, CMS_NOT_CANONICAL, CMS_SIGNATURE_FORM, CMS_MIRRORED,
	CMS_SIGNATURE,
};

struct cms_answer {
	enum cms_state state;
	const char *reason;		/* "file_shape" ... "signature" */
	char text[300];			/* a sentence for people, with the byte offset if any */
	size_t offset;			/* first byte that is wrong, when known */
	/* Filled as far as the file could be read; certificates in path order. */
	struct certs inside;
	int64_t signing_time;		/* claimed by the signer; proves nothing */
	struct span signature;		/* SignatureValue octets, inside the file's bytes */
	bool path_form;			/* every certificate is named in the signed attributes */
};
void cms_answer_init(struct cms_answer *a);
void cms_answer_clear(struct cms_answer *a);

/*
 * Checks 1 to 8 and 10 of the table: everything but the path (crypto/path.h) and
 * signature.bin.  False only when we could not check (ERR_MEMORY; ERR_LIMIT: content
 * over CMS_CONTENT_MAX); the state is then never CMS_HOLDS.  What out held before is
 * cleared.  Also run the path check when the state is CMS_SIGNATURE: in the table it
 * comes before, and a broken path is the better sentence.
 */
MUST bool cms_check(struct span file, struct span content, struct cms_answer *out,
    struct err *err);
/* The same, for one of many; m may be NULL. */
MUST bool cms_check_memo(struct memo *m, struct span file, struct span content,
    struct cms_answer *out, struct err *err);

/*
 * Sign content (a tag manifest, or the first part of a mail).  path: signer's
 * certificate first, then its issuers in order, no root (unless it is the only one).
 * The result passed cms_check before it comes back.  ERR_INPUT "cms.certificate" when
 * the certificate cannot sign (purpose, key kind, not the key's).
 */
MUST bool cms_sign(const struct key *key, const struct certs *path, int64_t now,
    struct span content, struct buf *file_out, struct err *err);

/*
 * Read only what a keeper needs from a signature file that already holds:
 * the SignatureValue octets, as kept in signature.bin.
 */
MUST bool cms_signature_of(struct span file, struct span *out, struct err *err);

#endif
