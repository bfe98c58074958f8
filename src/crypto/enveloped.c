#include "crypto/enveloped.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"
#include "crypto/library.h"

#define FLAGS (CMS_BINARY | CMS_PARTIAL)

static bool
not_sealed_to(struct err *err, const char *why)
{
	return err_set(err, ERR_INPUT, "enveloped.key",
	    "nothing can be sealed to this certificate: %s", why);
}

/*
 * RFC 5280 4.2.1.3: what the key may be used for, where the certificate says it.  A
 * card that only signs could never open the file.
 */
static bool
usage_allows(const struct cert *c, enum key_kind kind)
{
	uint32_t usage = X509_get_key_usage(cert_x509(c));	/* all, when absent */

	return (usage & (kind == KEY_RSA ? KU_KEY_ENCIPHERMENT :
	    KU_KEY_AGREEMENT)) != 0;
}

static bool
recipient_check(const struct cert *c, enum key_kind *kind, struct err *err)
{
	size_t modulus_n;

	if (!cert_key_strict(c, KEY_RSA_BITS_MIN, kind, &modulus_n))
		return not_sealed_to(err,
		    "its key is not P-256, P-384 or RSA of 3072 to 8192 bits");
	if (!usage_allows(c, *kind))
		return not_sealed_to(err, "it says that its key is not for "
		    "encryption (keyUsage); ask for the one that is");
	return true;
}

/* OpenSSL's own choices would be PKCS#1 v1.5 padding, and SHA-1 to derive keys. */
static bool
recipient_add(CMS_ContentInfo *cms, const struct cert *c, enum key_kind kind)
{
	const EVP_MD *md = kind == KEY_P384 ? EVP_sha384() : EVP_sha256();
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(cms, cert_x509(c),
	    CMS_KEY_PARAM);
	EVP_PKEY_CTX *ctx = ri == NULL ? NULL : CMS_RecipientInfo_get0_pkey_ctx(ri);

	if (ctx == NULL)
		return false;
	if (kind != KEY_RSA)
		return EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, md) > 0;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) > 0;
}

static bool
der_add(CMS_ContentInfo *cms, struct buf *der, struct err *err)
{
	int n = i2d_CMS_ContentInfo(cms, NULL);
	unsigned char *to;

	if (n <= 0)
		return library_failed(err, "the DER of a sealed file");
	if (!buf_room(der, (size_t)n, err))
		return false;
	to = der->p + der->n;
	if (i2d_CMS_ContentInfo(cms, &to) != n)
		return library_failed(err, "the DER of a sealed file");
	der->n += (size_t)n;
	return true;
}

static bool
seal_into(CMS_ContentInfo *cms, const struct certs *to, struct span plain,
    struct buf *der, struct err *err)
{
	BIO *in = BIO_new_mem_buf(plain.n == 0 ? "" : (const void *)plain.p,
	    (int)plain.n);
	bool ok = cms != NULL && in != NULL;

	for (size_t i = 0; ok && i < to->n; i++) {
		enum key_kind kind;

		if (!recipient_check(to->list[i], &kind, err)) {
			BIO_free(in);
			return false;
		}
		ok = recipient_add(cms, to->list[i], kind);
	}
	ok = ok && CMS_final(cms, in, NULL, FLAGS) == 1;
	BIO_free(in);
	return ok ? der_add(cms, der, err) :
	    library_failed(err, "a file sealed to certificates");
}

bool
enveloped_check(const struct certs *to, struct err *err)
{
	enum key_kind kind;

	for (size_t i = 0; i < to->n; i++)
		if (!recipient_check(to->list[i], &kind, err))
			return false;
	return true;
}

bool
enveloped_seal(const struct certs *to, struct span plain, struct buf *der,
    struct err *err)
{
	CMS_ContentInfo *cms;
	bool ok;

	if (to->n == 0)
		return err_set(err, ERR_USE, "enveloped.nobody",
		    "no certificate is given to seal to");
	if (plain.n > ENVELOPED_MAX)
		return err_set(err, ERR_LIMIT, "enveloped.size",
		    "%zu bytes are to be sealed to certificates; %u are allowed",
		    plain.n, ENVELOPED_MAX);
	/* With an authenticated cipher OpenSSL makes AuthEnvelopedData of it. */
	cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), FLAGS);
	ok = seal_into(cms, to, plain, der, err);
	CMS_ContentInfo_free(cms);
	return ok;
}
