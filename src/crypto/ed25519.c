/* Ed25519, with which ledgers and witnesses sign. */
#include "crypto/key_internal.h"

#include <string.h>

#include <openssl/err.h>

#include "crypto/digest.h"
#include "crypto/library.h"

static bool
is_ed25519(const struct key *key, struct err *err)
{
	return key_kind_of(key) == KEY_ED25519 || err_set(err, ERR_USE, "key.kind",
	    "this key is of the kind %s; ledgers and witnesses sign with Ed25519",
	    key_kind_name(key_kind_of(key)));
}

bool
key_point_ed25519(const struct key *key, uint8_t out[32], struct err *err)
{
	uint8_t point[32];
	size_t n = sizeof point;

	if (!is_ed25519(key, err))
		return false;
	if (EVP_PKEY_get_raw_public_key(key_pkey(key), point, &n) != 1 || n != sizeof point)
		return library_failed(err, "the reading of an Ed25519 key");
	memcpy(out, point, sizeof point);
	return true;
}

bool
key_sign_ed25519(const struct key *key, struct span message, uint8_t signature[64],
    struct err *err)
{
	uint8_t made[64];
	size_t n = sizeof made;
	EVP_MD_CTX *ctx;
	bool ok;

	if (!is_ed25519(key, err))
		return false;
	ctx = EVP_MD_CTX_new();
	ok = ctx != NULL &&
	    EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, key_pkey(key), NULL) == 1 &&
	    EVP_DigestSign(ctx, made, &n, message.n == 0 ? (const uint8_t *)"" :
	    message.p, message.n) == 1 && n == sizeof made;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return library_failed(err, "an Ed25519 signature");
	memcpy(signature, made, sizeof made);
	return true;
}

bool
key_point_weak(const uint8_t point[32])
{
	/* y of the eight points, little-endian, and those two of 0 and 1 plus p. */
	static const uint8_t weak[][32] = {
		{ 0 },
		{ 1 },
		{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89,
		  0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39,
		  0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
		{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76,
		  0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6,
		  0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
		{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
		{ 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
		{ 0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	};

	/* The highest bit is the sign of x. */
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
		if (memcmp(point, weak[i], 31) == 0 &&
		    (point[31] & 0x7f) == weak[i][31])
			return true;
	return false;
}

bool
ed25519_asked(const uint8_t point[32], struct span message,
    struct span signature, bool *holds, struct err *err)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    point, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok, yes = false;

	ok = pkey != NULL && ctx != NULL &&
	    EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, pkey, NULL) == 1;
	if (ok)
		yes = signature.n == 64 && EVP_DigestVerify(ctx, signature.p,
		    signature.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	if (!ok)
		return library_failed(err, "the check of an Ed25519 signature");
	if (!yes && library_lacked(err))
		return false;
	ERR_clear_error();
	*holds = yes;
	return true;
}

/*
 * What held before.  A command opens the same checkpoints again and again, and each asks
 * for their signatures; that one holds follows from these bytes alone.  Two of one digest
 * nobody can make.  Each thread has its own, so that none waits.
 */
#define HELD_MAX 256		/* 8 KiB: a few for each of the peers that are heard of */
static _Thread_local struct digest held[HELD_MAX];

/* The place of this question, and its digest.  NULL: no memory to say. */
static struct digest *
held_place(const uint8_t point[32], struct span message, struct span signature,
    struct digest *of)
{
	uint8_t all[32 + 64 + sizeof *of];
	struct err ignored = ERR_INIT;

	if (signature.n != 64 || !digest_of(message, of, &ignored))
		return NULL;
	memcpy(all, point, 32);
	memcpy(all + 32, signature.p, 64);
	memcpy(all + 96, of->b, sizeof of->b);
	return digest_of(span_of(all, sizeof all), of, &ignored) ?
	    &held[of->b[0] % HELD_MAX] : NULL;
}

bool
key_verify_ed25519(const uint8_t point[32], struct span message,
    struct span signature, bool *holds, struct err *err)
{
	struct digest of, *place = held_place(point, message, signature, &of);

	if (place != NULL && digest_eq(place, &of)) {
		*holds = true;
		return true;
	}
	if (!ed25519_asked(point, message, signature, holds, err))
		return false;
	if (*holds && place != NULL)
		*place = of;
	return true;
}
