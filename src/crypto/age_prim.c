/* The five primitives of age, each through EVP. */
#include "crypto/age_internal.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/library.h"

/* Parameters are read only, though their constructors do not say so. */
static OSSL_PARAM
bytes_param(const char *name, struct span s)
{
	static char none[1];

	return OSSL_PARAM_construct_octet_string(name,
	    s.n == 0 ? none : (void *)(uintptr_t)s.p, s.n);
}

static bool
derive(const char *kdf_name, const OSSL_PARAM *params, uint8_t *out, size_t n)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, kdf_name, NULL);
	EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	bool ok = ctx != NULL && EVP_KDF_derive(ctx, out, n, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok;
}

bool
age_hkdf(struct span ikm, struct span salt, struct span info, uint8_t *out,
    size_t n, struct err *err)
{
	char sha256[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256, 0),
		bytes_param(OSSL_KDF_PARAM_KEY, ikm),
		bytes_param(OSSL_KDF_PARAM_SALT, salt),
		bytes_param(OSSL_KDF_PARAM_INFO, info),
		OSSL_PARAM_construct_end(),
	};

	if (!derive("HKDF", params, out, n))
		return library_failed(err, "HKDF");
	return true;
}

bool
age_scrypt(struct span passphrase, const uint8_t salt[AGE_SALT], unsigned log_n,
    uint8_t out[32], struct err *err)
{
	static const char label[] = "age-encryption.org/v1/scrypt";
	uint8_t salted[sizeof label - 1 + AGE_SALT];
	uint64_t work = (uint64_t)1 << log_n;
	uint32_t r = 8, p = 1;
	/* What OpenSSL counts: N + 2 blocks of 128 r bytes and p more. */
	uint64_t memory = 128 * r * (work + 16);
	OSSL_PARAM params[] = {
		bytes_param(OSSL_KDF_PARAM_PASSWORD, passphrase),
		bytes_param(OSSL_KDF_PARAM_SALT, span_of(salted, sizeof salted)),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &work),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
		OSSL_PARAM_construct_end(),
	};

	memcpy(salted, label, sizeof label - 1);
	memcpy(salted + sizeof label - 1, salt, AGE_SALT);
	if (!derive("SCRYPT", params, out, 32))
		return library_failed(err, "scrypt");
	return true;
}

bool
age_hmac(struct span key, struct span bytes, uint8_t out[32], struct err *err)
{
	size_t n = 0;

	if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key.p, key.n, bytes.p,
	    bytes.n, out, 32, &n) == NULL || n != 32)
		return library_failed(err, "HMAC");
	return true;
}

/* ---- X25519 ---- */

bool
age_x25519_key(const uint8_t secret[32], EVP_PKEY **out, uint8_t point[32],
    struct err *err)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
	    secret, 32);
	size_t n = 32;
	bool ok = key != NULL &&
	    EVP_PKEY_get_raw_public_key(key, point, &n) == 1 && n == 32;

	if (!ok) {
		EVP_PKEY_free(key);
		return library_failed(err, "X25519");
	}
	*out = key;
	return true;
}

bool
age_x25519(EVP_PKEY *key, const uint8_t point[32], uint8_t out[32], bool *zero,
    struct err *err)
{
	EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
	    point, 32);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	size_t n = 32;
	bool ready, done;

	ready = peer != NULL && ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) == 1;
	/* OpenSSL refuses an all-zero result itself (RFC 7748 6.1). */
	done = ready && EVP_PKEY_derive(ctx, out, &n) == 1 && n == 32;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	if (!ready)
		return library_failed(err, "X25519");
	ERR_clear_error();
	*zero = !done;
	if (!done)
		memset(out, 0, 32);
	return true;
}

/* ---- ChaCha20-Poly1305 ---- */

bool
age_cipher_new(EVP_CIPHER_CTX **out, const uint8_t key[32], struct err *err)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool ok = cipher != NULL && ctx != NULL &&
	    EVP_CipherInit_ex2(ctx, cipher, key, NULL, 1, NULL) == 1;

	EVP_CIPHER_free(cipher);	/* the context has its own hold on it */
	if (!ok) {
		EVP_CIPHER_CTX_free(ctx);
		return library_failed(err, "ChaCha20-Poly1305");
	}
	*out = ctx;
	return true;
}

void
age_cipher_free(EVP_CIPHER_CTX *ctx)
{
	EVP_CIPHER_CTX_free(ctx);	/* wipes */
}

/* Only the nonce changes: the key stays from age_cipher_new. */
static bool
cipher_run(EVP_CIPHER_CTX *ctx, const uint8_t *nonce, int seal, struct span aad,
    struct span in, uint8_t *out)
{
	int n;

	assert(aad.n <= INT_MAX && in.n <= INT_MAX);
	if (EVP_CipherInit_ex2(ctx, NULL, NULL, nonce, seal, NULL) != 1)
		return false;
	if (aad.n > 0 &&
	    EVP_CipherUpdate(ctx, NULL, &n, aad.p, (int)aad.n) != 1)
		return false;
	return in.n == 0 ||
	    EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1;
}

bool
age_cipher_seal(EVP_CIPHER_CTX *ctx, const uint8_t nonce[AGE_CIPHER_NONCE],
    struct span aad, struct span plain, uint8_t *out, struct err *err)
{
	int n;

	if (!cipher_run(ctx, nonce, 1, aad, plain, out) ||
	    EVP_CipherFinal_ex(ctx, out + plain.n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, AGE_TAG,
	    out + plain.n) != 1)
		return library_failed(err, "ChaCha20-Poly1305");
	return true;
}

bool
age_cipher_open(EVP_CIPHER_CTX *ctx, const uint8_t nonce[AGE_CIPHER_NONCE],
    struct span aad, struct span sealed, uint8_t *out, bool *holds, struct err *err)
{
	uint8_t tag[AGE_TAG], none[1];
	struct span in;
	int n;

	*holds = false;
	if (sealed.n < AGE_TAG)
		return true;
	in = span_part(sealed, 0, sealed.n - AGE_TAG);
	memcpy(tag, sealed.p + in.n, AGE_TAG);
	if (!cipher_run(ctx, nonce, 0, aad, in, out) ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, AGE_TAG, tag) != 1) {
		mem_wipe(out, in.n);
		return library_failed(err, "ChaCha20-Poly1305");
	}
	*holds = EVP_CipherFinal_ex(ctx, in.n == 0 ? none : out + in.n, &n) == 1;
	if (!*holds) {
		ERR_clear_error();
		mem_wipe(out, in.n);	/* nobody sees what is not proven */
	}
	return true;
}
