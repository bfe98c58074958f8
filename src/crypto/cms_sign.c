/*
 * Writing signature files.  The file comes from our own builder and only the value
 * from OpenSSL, so that a key in a card or a safe fits in later; nothing counts as
 * written before the checker has accepted it.
 */
#include "crypto/cms_internal.h"

#include <openssl/evp.h>

#include "crypto/key_internal.h"
#include "crypto/library.h"

static bool
cannot_sign(struct err *err, const char *why)
{
	return err_set(err, ERR_INPUT, "cms.certificate",
	    "the certificate cannot sign: %s", why);
}

/* All that would make our own checker, or the path, refuse the result. */
static bool
path_fit(const struct key *key, const struct certs *path, struct err *err)
{
	enum key_kind kind;
	size_t modulus_n;

	if (path->n == 0 || path->n > CMS_CERTS_MAX)
		return cannot_sign(err, "a signature carries 1 to 5 certificates");
	for (size_t i = 0; i < path->n; i++) {
		if (!cert_shape_strict(path->list[i]))
			return cannot_sign(err, "it is not an ordinary X.509 "
			    "certificate of version 3");
		if (path->n > 1 && cert_self_issued(path->list[i]))
			return cannot_sign(err, "the root is left out of the path");
	}
	if (!inside_in_order(path))
		return cannot_sign(err, "the certificates do not form one path, "
		    "signer first");
	if (!cert_fits(path->list[0], key))
		return cannot_sign(err, "it belongs to another key");
	if (!cert_key_strict(path->list[0], KEY_RSA_BITS_MIN, &kind, &modulus_n))
		return cannot_sign(err, "its key is not P-256, P-384 or RSA of 3072 "
		    "to 8192 bits");
	if (!cert_is_for_signing(path->list[0]))
		return cannot_sign(err, "it is not made for signing documents "
		    "(keyUsage, extendedKeyUsage) or belongs to a CA");
	return true;
}

/* The value over the attributes, as the key makes it. */
static bool
value_make(const struct key *key, enum digest_kind digest, struct span attributes,
    struct buf *out, struct err *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *md = digest == DIGEST_SHA384 ? EVP_sha384() : EVP_sha256();
	uint8_t value[CMS_SIGNATURE_MAX];
	size_t n = sizeof value;
	bool ok;

	ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, md, NULL, key_pkey(key)) == 1 &&
	    EVP_DigestSign(ctx, value, &n, attributes.p, attributes.n) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return library_failed(err, "the signature");
	return buf_add(out, span_of(value, n), err);
}

/* The value in the form that is kept. */
static bool
value_sign(const struct key *key, const struct cms_parts *parts, struct buf *out,
    struct err *err)
{
	struct buf attributes, value;
	bool ok;

	buf_init(&attributes, CMS_BUILD_MAX);
	buf_init(&value, CMS_SIGNATURE_MAX);
	ok = cms_attributes_build(parts, DER_SET, &attributes, err) &&
	    value_make(key, cms_digest_for(parts->key), buf_span(&attributes), &value,
	    err) &&
	    (parts->key == KEY_RSA ? buf_add(out, buf_span(&value), err) :
	    signature_value_small(parts->key, buf_span(&value), out, err));
	buf_clear(&attributes);
	buf_clear(&value);
	return ok;
}

/* Our own checker has the last word. */
static bool
file_holds(const struct certs *path, struct span file, struct span content,
    struct err *err)
{
	struct inside_known known = { .path = path };
	struct cms_answer answer;
	bool ok;

	cms_answer_init(&answer);
	ok = cms_check_known(file, content, &known, &answer, err);
	if (ok && answer.state != CMS_HOLDS)
		ok = err_set(err, ERR_IO, "cms.sign",
		    "the new signature did not pass our own check: %s", answer.text);
	cms_answer_clear(&answer);
	return ok;
}

bool
cms_sign(const struct key *key, const struct certs *path, int64_t now,
    struct span content, struct buf *file_out, struct err *err)
{
	struct cms_parts parts = { .key = key_kind_of(key), .path = path,
		.path_form = true, .signing_time = now };
	struct buf value, file;
	bool ok;

	if (!path_fit(key, path, err))
		return false;
	buf_init(&value, CMS_SIGNATURE_MAX);
	buf_init(&file, CMS_BUILD_MAX);
	ok = digest_wide(cms_digest_for(parts.key), content, &parts.content, err) &&
	    value_sign(key, &parts, &value, err);
	if (ok) {
		parts.signature = buf_span(&value);
		ok = cms_file_build(&parts, &file, err) &&
		    file_holds(path, buf_span(&file), content, err) &&
		    buf_add(file_out, buf_span(&file), err);
	}
	buf_clear(&value);
	buf_clear(&file);
	return ok;
}
