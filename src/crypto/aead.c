#include "crypto/aead.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/library.h"

#define AEAD_VERSION 1
#define NONCE 12		/* bytes; the length GCM is made for (SP 800-38D 5.2.1.1) */
#define TAG 16
#define HEAD (1 + NONCE)

_Static_assert(HEAD + TAG == AEAD_EXTRA, "what aead.h says of the sealed form");

bool
aead_key_make(struct world *w, struct aead_key *out, struct err *err)
{
	struct aead_key k;
	bool ok = world_random(w, k.b, sizeof k.b, err);

	if (ok)
		*out = k;
	aead_key_wipe(&k);
	return ok;
}

void
aead_key_wipe(struct aead_key *k)
{
	mem_wipe(k->b, sizeof k->b);
}

/* Lengths go to OpenSSL as int. */
static bool
place_check(struct span place, struct err *err)
{
	return place.n <= AEAD_MAX || err_set(err, ERR_LIMIT, "aead.place",
	    "the place of a sealed value has %zu bytes; %u are allowed", place.n,
	    AEAD_MAX);
}

/*
 * Key, nonce and the place.  An EVP call without bytes is left out: NULL input would
 * mean something else to it.
 */
static bool
begin(EVP_CIPHER_CTX *ctx, const struct aead_key *k, const uint8_t head[HEAD],
    struct span place, bool seal)
{
	int n;

	return EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, k->b, head + 1,
	    seal ? 1 : 0) == 1 &&
	    (place.n == 0 ||
	    EVP_CipherUpdate(ctx, NULL, &n, place.p, (int)place.n) == 1);
}

static bool
pass(EVP_CIPHER_CTX *ctx, struct span in, uint8_t *out)
{
	int n = 0;

	return in.n == 0 || (EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1 &&
	    n == (int)in.n);
}

static bool
seal_into(EVP_CIPHER_CTX *ctx, const struct aead_key *k, struct span place,
    struct span plain, uint8_t *out)
{
	int n = 0;

	return begin(ctx, k, out, place, true) && pass(ctx, plain, out + HEAD) &&
	    EVP_CipherFinal_ex(ctx, out + HEAD + plain.n, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG,
	    out + HEAD + plain.n) == 1;
}

bool
aead_seal(struct world *w, const struct aead_key *k, struct span place,
    struct span plain, struct buf *out, struct err *err)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t *at;
	bool ok;

	if (plain.n > AEAD_MAX)
		return err_set(err, ERR_LIMIT, "aead.size",
		    "a value to seal has %zu bytes; %u are allowed", plain.n,
		    AEAD_MAX);
	if (!place_check(place, err) || !buf_room(out, plain.n + AEAD_EXTRA, err))
		return false;
	at = out->p + out->n;
	at[0] = AEAD_VERSION;
	if (!world_random(w, at + 1, NONCE, err))
		return false;
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx != NULL && seal_into(ctx, k, place, plain, at);
	EVP_CIPHER_CTX_free(ctx);
	if (!ok)
		return library_failed(err, "AES-256-GCM");
	out->n += plain.n + AEAD_EXTRA;
	return true;
}

static bool
changed(struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "aead.changed",
	    "a sealed value was changed, moved, or sealed under another key");
}

/* *holds: the tag is right; the plain bytes count only then. */
static bool
open_into(EVP_CIPHER_CTX *ctx, const struct aead_key *k, struct span place,
    struct span sealed, uint8_t *out, bool *holds)
{
	uint8_t tag[TAG];
	size_t plain = sealed.n - AEAD_EXTRA;
	int n = 0;

	memcpy(tag, sealed.p + HEAD + plain, TAG);
	if (!begin(ctx, k, sealed.p, place, false) ||
	    !pass(ctx, span_part(sealed, HEAD, plain), out) ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) != 1)
		return false;
	*holds = EVP_CipherFinal_ex(ctx, out + plain, &n) == 1;
	return true;
}

bool
aead_open(const struct aead_key *k, struct span place, struct span sealed,
    struct buf *out, struct err *err)
{
	EVP_CIPHER_CTX *ctx;
	bool ok, holds = false;
	size_t n;

	if (sealed.n < AEAD_EXTRA || sealed.p[0] != AEAD_VERSION)
		return changed(err);
	n = sealed.n - AEAD_EXTRA;
	if (n > AEAD_MAX)
		return err_set(err, ERR_LIMIT, "aead.size",
		    "a sealed value has %zu bytes; %u are allowed", n, AEAD_MAX);
	/* EVP wants somewhere to write even for nothing. */
	if (!place_check(place, err) || !buf_room(out, n + 1, err))
		return false;
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx != NULL &&
	    open_into(ctx, k, place, sealed, out->p + out->n, &holds);
	EVP_CIPHER_CTX_free(ctx);
	if (ok && holds) {
		out->n += n;
		return true;
	}
	/* Nobody sees what was not proven. */
	mem_wipe(out->p + out->n, n);
	if (!ok)
		return library_failed(err, "AES-256-GCM");
	ERR_clear_error();
	return changed(err);
}

static bool
hmac(struct span key, struct span bytes, uint8_t out[32], struct err *err)
{
	size_t n = 0;

	if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key.p, key.n, bytes.p, bytes.n,
	    out, 32, &n) == NULL || n != 32)
		return library_failed(err, "HMAC");
	return true;
}

bool
aead_digest(const struct aead_key *k, const char *label, struct span bytes,
    struct digest *out, struct err *err)
{
	uint8_t key[32];
	bool ok = hmac(span_of(k->b, sizeof k->b), span_text(label), key, err) &&
	    hmac(span_of(key, sizeof key), bytes, out->b, err);

	mem_wipe(key, sizeof key);
	return ok;
}
