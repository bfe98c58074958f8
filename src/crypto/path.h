/*
 * path: does this certificate lead to a root the reader trusts, at this time, and
 * had it been revoked (formats/cms-strict.md section 3).  A failed proof is a
 * finding, not an error of ours.
 */
#ifndef COMITY_CRYPTO_PATH_H
#define COMITY_CRYPTO_PATH_H

#include "crypto/memo.h"

enum path_state {
	PATH_HOLDS,
	PATH_UNKNOWN,		/* leads to no root that was given ("path") */
	PATH_EXPIRED,		/* "expired": past its end at that time */
	PATH_NOT_YET,		/* "not_yet_valid" */
	PATH_PURPOSE,		/* "purpose": the certificate is for something else */
	PATH_REVOKED,		/* "revoked" */
	PATH_UNDECIDED,		/* revoked in a way that needs a second clock (key compromise) */
};

enum path_purpose { PATH_SIGNING, PATH_STAMPING };

/*
 * Revocation lists and OCSP answers: from revocation.pem inside the package, from
 * --crl files, from the card.  PEM blocks "X509 CRL" and "OCSP RESPONSE", at most
 * 1 MiB in all.  Each is believed only when its issuer's signature holds; of those,
 * any entry that revokes counts, old or new.
 */
#define REVOCATION_MAX (1u << 20)
struct revocations;
MUST bool revocations_new(struct revocations **out, struct err *err);
void revocations_free(struct revocations *r);
/* ERR_INPUT names the block that is malformed; nothing is added then. */
MUST bool revocations_add_pem(struct revocations *r, struct span pem, struct err *err);
/* The same for a file a person brings: ERR_INPUT "revocation.none" without any block. */
MUST bool revocations_add_file(struct revocations *r, struct span pem, struct err *err);
/* A copy of everything in `more`, which stays the caller's; all or nothing. */
MUST bool revocations_add_all(struct revocations *r, const struct revocations *more,
    struct err *err);
size_t revocations_count(const struct revocations *r);

struct path_question {
	const struct certs *inside;	/* signer first, path order: every certificate in the file */
	const struct certs *anchors;	/* the reader's roots; may be empty */
	const struct revocations *revoked;	/* NULL: none at hand */
	struct memo *memo;		/* for one of many; may be NULL */
	enum path_purpose purpose;
	int64_t at;			/* the time to judge validity at */
	/*
	 * Proven upper bound of when the signature existed (genTime + accuracy), for
	 * revocation; has_bound false when there is no good token: then any
	 * revocation counts, whatever the claimed time.
	 */
	bool has_bound;
	int64_t bound;
};

struct path_answer {
	enum path_state state;
	/* Reason code of the table in cms-strict.md; "second_clock": PATH_UNDECIDED. */
	const char *reason;
	char text[300];			/* a sentence for people */
	int64_t revoked_at;		/* PATH_REVOKED, PATH_UNDECIDED */
	/* What revocation data said: "not revoked by list of DATE", "no list for ..." */
	bool revocation_checked;	/* every certificate below the anchor had data */
	int64_t revocation_as_of;	/* oldest thisUpdate that was used; 0 none */
	char revocation_text[400];
};

/*
 * Each anchor is tried alone and may be any certificate, a root or not; it is
 * trusted by itself, and no list can revoke it.  All certificates inside must be on
 * the path.  False only when we could not judge (ERR_MEMORY); never PATH_HOLDS then.
 */
MUST bool path_check(const struct path_question *q, struct path_answer *out,
    struct err *err);

#endif
