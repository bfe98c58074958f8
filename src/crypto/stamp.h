/*
 * stamp: RFC 3161 time stamps: the query, the answer, the token as we keep it in
 * signature.tst (formats/cms-strict.md part 2), and its check.
 */
#ifndef COMITY_CRYPTO_STAMP_H
#define COMITY_CRYPTO_STAMP_H

#include "crypto/cms.h"
#include "crypto/path.h"

#define STAMP_FILE_MAX 65536	/* bytes of a token or an answer, package.md section 1 */
#define STAMP_OF_MAX (1u << 20)	/* what is stamped; a signature value has 1 KiB */

/* TimeStampReq: SHA-256 imprint of `of`, 64 random bits as nonce, certReq TRUE. */
MUST bool stamp_query_make(struct world *w, struct span of, struct buf *out,
    struct err *err);

enum stamp_state {
	STAMP_HOLDS,
	STAMP_FILE_SHAPE, STAMP_SHAPE, STAMP_CERTIFICATES, STAMP_ATTRIBUTES,
	STAMP_SIGNER_CERTIFICATE, STAMP_NOT_CANONICAL, STAMP_TST_INFO, STAMP_IMPRINT,
	STAMP_SIGNATURE_FORM, STAMP_PATH, STAMP_SIGNATURE,
};

struct stamp_answer {
	enum stamp_state state;
	const char *reason;
	char text[300];
	size_t offset;
	struct certs inside;		/* signer first */
	int64_t time;			/* genTime, whole seconds rounded down */
	int64_t bound;			/* genTime + accuracy, rounded up; 1 s when no accuracy */
	char policy[80];		/* OID in dots */
	struct path_answer path;
};
void stamp_answer_init(struct stamp_answer *a);
void stamp_answer_clear(struct stamp_answer *a);

/*
 * The strict check of a token file over `of` (signature.bin), with its path to the
 * reader's time-stamping roots judged at genTime.  With no roots given the path
 * says PATH_UNKNOWN and the rest is still checked; state is then STAMP_PATH.
 * False only when we could not check (ERR_MEMORY; ERR_LIMIT: `of` over STAMP_OF_MAX);
 * the state is then never STAMP_HOLDS.  What out held before is cleared.
 */
MUST bool stamp_check(struct span file, struct span of, const struct certs *roots,
    const struct revocations *revoked, struct stamp_answer *out, struct err *err);
/* The same, for one of many; m may be NULL. */
MUST bool stamp_check_memo(struct memo *m, struct span file, struct span of,
    const struct certs *roots, const struct revocations *revoked,
    struct stamp_answer *out, struct err *err);

/*
 * What came back from an authority (TimeStampResp, DER), for this query and these
 * octets.  Verifies it as it came (status, nonce, imprint, purpose, path to roots),
 * then normalises the token.
 *   ok and *canonical true: token_out is the file we keep.
 *   ok and *canonical false: OpenSSL accepts it but our profile cannot keep it:
 *     text says why; the caller keeps the answer and counts the time as CLAIMED.
 * Failures: ERR_UNPROVEN "stamp.rejected" (the authority said no: its words are in
 * the text), "stamp.nonce", "stamp.imprint", "stamp.path", ...; ERR_INPUT "stamp.form".
 * query NULL (n 0): an answer brought by hand without its query: nonce unchecked.
 * Whether the time is plausible beside our own clock is the caller's question.
 */
MUST bool stamp_accept(struct span answer, struct span query, struct span of,
    const struct certs *roots, struct buf *token_out, bool *canonical,
    int64_t *time, char text[300], struct err *err);

#endif
