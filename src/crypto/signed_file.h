/*
 * signed_file: what the signature file and the time-stamp file have in common:
 * both are CMS SignedData (RFC 5652) of one fixed shape, read by a walk and written
 * again by the same constants (formats/cms-strict.md).  Inside the room only.
 */
#ifndef COMITY_CRYPTO_SIGNED_FILE_H
#define COMITY_CRYPTO_SIGNED_FILE_H

#include "crypto/cert_internal.h"
#include "crypto/cms.h"
#include "crypto/memo.h"
#include "form/der.h"

/* ---- constants, each a whole element ---- */

struct span oid_signed_data(void);		/* 1.2.840.113549.1.7.2 */
struct span oid_data(void);			/* 1.2.840.113549.1.7.1 */
struct span oid_tst_info(void);			/* 1.2.840.113549.1.9.16.1.4 */
struct span oid_content_type(void);		/* 1.2.840.113549.1.9.3 */
struct span oid_message_digest(void);		/* 1.2.840.113549.1.9.4 */
struct span oid_signing_time(void);		/* 1.2.840.113549.1.9.5 */
struct span oid_signing_cert_v1(void);		/* 1.2.840.113549.1.9.16.2.12 */
struct span oid_signing_cert_v2(void);		/* 1.2.840.113549.1.9.16.2.47 */

/* AlgorithmIdentifier of a digest, with NULL or without a parameter. */
struct span digest_algorithm(enum digest_kind kind, bool with_null);
/* Which digest such an AlgorithmIdentifier names, by its identifier alone. */
bool digest_algorithm_kind(struct span whole, enum digest_kind *out);
/* rsaEncryption for RSA, ecdsa-with-SHA... for a curve; empty: there is none. */
struct span signature_algorithm(enum key_kind key, enum digest_kind digest);

/* ---- the walk ---- */

#define ATTRIBUTES_MAX 8	/* signed attributes, cms-strict.md section 2 */

struct attribute {
	struct span whole;
	struct span oid;		/* whole element */
	struct der_item value;		/* the only one */
};
struct attributes {
	struct attribute list[ATTRIBUTES_MAX];
	size_t n;
};

struct signed_file {
	struct der_item content;	/* EncapsulatedContentInfo */
	struct span certs[CMS_CERTS_MAX];	/* in the file's order */
	size_t certs_at;		/* offset of the first */
	size_t certs_n;			/* how many there are, even above the maximum */
	struct der_item digest;		/* AlgorithmIdentifier in SignerInfo */
	struct der_item attributes;	/* [0] signed attributes */
	struct der_item signature;	/* OCTET STRING */
};

/* One SEQUENCE that is the whole file, at most CMS_FILE_MAX bytes. */
bool signed_file_whole(struct span file, size_t *wrong);
/* One signer, certificates, no lists of revocations, no unsigned attributes. */
bool signed_file_walk(struct span file, struct signed_file *out, size_t *wrong);

/* Attributes with one value each, at most ATTRIBUTES_MAX. */
bool attributes_walk(struct span file, const struct der_item *set,
    struct attributes *out, size_t *wrong);
const struct attribute *attributes_find(const struct attributes *as, struct span oid);
/*
 * Hash in the first entry of a signingCertificate (v2 or v1) value, and how many
 * entries there are.  *kind: what a v2 entry says it is hashed with.
 */
bool signing_cert_walk(struct span file, const struct der_item *value, bool v2,
    struct span *first, enum digest_kind *kind, size_t *n, size_t *wrong);

/* ---- certificates inside ---- */

enum inside_state { INSIDE_OK, INSIDE_WRONG, INSIDE_FAILED };
/* Certificates that were decoded before are looked for here; each may be NULL. */
struct inside_known {
	const struct certs *path;
	struct memo *memo;
};
/*
 * Decode the certificates of a file, in its order: 1 to CMS_CERTS_MAX, each of the
 * strict shape, all different, none self-issued unless alone.  *wrong: the first
 * byte of the offending one.  INSIDE_FAILED: *err says why we could not look.
 */
enum inside_state inside_read(const struct signed_file *f,
    const struct inside_known *known, struct certs *out, size_t *wrong,
    struct err *err);
/* Every certificate but the first issued the one before it. */
bool inside_in_order(const struct certs *cs);
/* Put them in path order from `first` on; false (order unspecified) if they form none. */
bool inside_order(struct certs *cs, size_t first);

/* ---- writing ---- */

/* IssuerAndSerialNumber of a certificate. */
void issuer_and_serial_write(struct der_out *d, const struct cert *c);
/* Attribute with one value that is written between these two. */
struct attribute_mark { size_t sequence, set; };
struct attribute_mark attribute_open(struct der_out *d, struct span oid);
void attribute_close(struct der_out *d, struct attribute_mark mark);

/* First byte in which a and b differ (the shorter one's end, if it is a prefix). */
size_t first_difference(struct span a, struct span b);

/* ---- the signature value ---- */

enum value_form { VALUE_OK, VALUE_FORM, VALUE_MIRRORED, VALUE_FAILED };
/*
 * Form of a SignatureValue for a key: minimal DER with 1 <= r, s < n, or exactly
 * modulus_n bytes.  VALUE_MIRRORED: well formed, but s > n/2.
 */
enum value_form signature_value_form(enum key_kind key, size_t modulus_n,
    struct span value);
/* An ECDSA value with s replaced by n - s when s > n/2. */
MUST bool signature_value_small(enum key_kind key, struct span value,
    struct buf *out, struct err *err);

/* ---- OpenSSL ---- */

/*
 * A store that trusts one certificate and whose verdict on the path is ignored:
 * the library's signature checks want a chain, and the path is judged by
 * path_check, which can say why it does not hold.
 */
X509_STORE *store_for_value_only(const struct cert *top);

#endif
