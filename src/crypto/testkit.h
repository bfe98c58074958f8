/*
 * testkit: a small training PKI made anew at test time, files on the disk, and
 * other people's programs, for the tests of this room.
 */
#ifndef COMITY_CRYPTO_TESTKIT_H
#define COMITY_CRYPTO_TESTKIT_H

#include <openssl/x509.h>

#include "crypto/cert.h"
#include "crypto/path.h"
#include "crypto/stamp.h"

/* 22 Nov 2026 12:00:00 UTC: the day of the tests. */
#define KIT_NOW 1795348800LL
#define KIT_DAY 86400LL

struct kit_extension {
	int nid;
	const char *value;
};

struct kit_cert {
	const char *common;		/* C=XA, O=Training only, CN=common */
	const struct key *key;		/* its own */
	const struct cert *issuer;	/* NULL: self-issued */
	const struct key *issuer_key;
	int64_t from, to;		/* 0: six years before and ten after KIT_NOW */
	struct kit_extension extensions[8];
};
struct cert *kit_cert_make(const struct kit_cert *k);

extern const struct kit_cert kit_root, kit_ca, kit_signer, kit_tsa;	/* patterns */

/* root -> issuing CA -> signer and TSA, all of one key kind. */
struct kit {
	struct key *root_key, *ca_key, *signer_key, *tsa_key;
	struct cert *root, *ca, *signer, *tsa;
	struct certs anchors;		/* root */
	struct certs path;		/* signer, ca */
};
void kit_open(struct kit *k, enum key_kind kind);
void kit_close(struct kit *k);

/* A revocation list over one certificate, by its CA; reason -1: none given. */
struct revocations *kit_revoked(const struct cert *ca, const struct key *ca_key,
    const struct cert *c, int64_t at, int reason);
/* Add to r a list of now that names nobody. */
void kit_list_empty(struct revocations *r, const struct cert *ca,
    const struct key *ca_key, int64_t now);

/*
 * A time-stamping authority of one's own: TimeStampResp for a query.  Zero is the
 * plainest: SHA-256, no accuracy, the issuing CA behind the signer, at KIT_NOW.
 */
struct kit_tsa_options {
	int64_t at;			/* 0: KIT_NOW */
	bool full;			/* accuracy 1.5 s, ordering, the authority's name */
	bool ids_of_chain;		/* signingCertificateV2 names the whole path */
	bool sha1_id;			/* the old signingCertificate */
	bool root_inside;		/* root and CA, in odd order */
	bool unknown_digest;		/* takes SHA-512 only: rejects ours */
	const struct cert *signer;	/* NULL: the kit's */
	const struct key *key;
};
void kit_answer(const struct kit *k, struct span query, struct kit_tsa_options opt,
    struct buf *out);

/*
 * Every row of DIR/cases.tsv of this kind ("p7s", "tst"): judge gives the reason
 * ("" when it is accepted) that must agree with the row's.  Returns all rows there
 * are.  The table says `path` where we may say more: a path that was asked for
 * signing and found a certificate made for stamping is `purpose`.
 */
size_t kit_cases(const char *dir, const char *kind, const char *(*judge)(
    struct span file, struct span of, const struct certs *roots));

/* SHARED_DIR or $COMITY_SHARED; false: not there.  Whole file, or a failed test. */
bool kit_shared(const char *under, char *path, size_t n);
void kit_load(const char *dir, const char *name, struct buf *out);
void kit_save(const char *dir, const char *name, struct span bytes);
/* Certificates of a PEM file. */
void kit_roots(const char *dir, const char *name, struct certs *out);

/* A new folder under /tmp, and its end with all files in it. */
void kit_folder(char path[64]);
void kit_folder_remove(const char *path);
/* Exit status of a shell command with its output thrown away. */
int kit_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool kit_has_program(const char *name);
bool kit_clock_suits(void);		/* the kit's certificates are valid today */
bool kit_long(void);			/* COMITY_LONG=1 */

#endif
