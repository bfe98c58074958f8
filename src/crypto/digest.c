#include "crypto/digest.h"

#include <stdatomic.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/library.h"

/*
 * Small pieces wait for each other: OpenSSL is asked once for a message of them, which
 * for a short one is a good part of its price.  A leaf of the ledger and most records fit.
 */
#define WAIT_MAX 512

struct hasher {
	EVP_MD_CTX *ctx;
	EVP_MD_CTX *empty;	/* fed nothing, ever: copying it is quicker than a new start */
	bool clean;		/* ctx was fed nothing since the last start */
	bool broken;		/* OpenSSL failed since the last start */
	size_t waits_n;
	uint8_t waits[WAIT_MAX];	/* to be fed next */
};

/*
 * Fetched once for the whole process: a fetch takes longer than hashing a small
 * file.  Two threads may both fetch at first; the second lets go of its own.
 */
static _Atomic(EVP_MD *) sha256_fetched;

static const EVP_MD *
sha256(void)
{
	EVP_MD *md = atomic_load(&sha256_fetched), *none = NULL;

	if (md != NULL)
		return md;
	md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (md == NULL)
		return NULL;
	if (atomic_compare_exchange_strong(&sha256_fetched, &none, md))
		return md;
	EVP_MD_free(md);
	return none;
}

bool
hasher_new(struct hasher **out, struct err *err)
{
	const EVP_MD *md = sha256();
	struct hasher *h;

	if (md == NULL)
		return library_failed(err, "the SHA-256 digest");
	h = mem_new(sizeof *h, err);
	if (h == NULL)
		return false;
	h->ctx = EVP_MD_CTX_new();
	h->empty = EVP_MD_CTX_new();
	if (h->ctx == NULL || h->empty == NULL ||
	    EVP_DigestInit_ex2(h->empty, md, NULL) != 1 ||
	    EVP_MD_CTX_copy_ex(h->ctx, h->empty) != 1) {
		hasher_free(h);
		return library_failed(err, "the SHA-256 digest");
	}
	h->clean = true;
	*out = h;
	return true;
}

void
hasher_free(struct hasher *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_CTX_free(h->empty);
	/* As OpenSSL does with its own: what was fed may have been a secret. */
	OPENSSL_cleanse(h->waits, sizeof h->waits);
	mem_free(h);
}

static void
feed(struct hasher *h, const void *p, size_t n)
{
	/* After a restart that failed the context may have no state to feed. */
	if (n == 0 || h->broken)
		return;
	h->clean = false;
	if (EVP_DigestUpdate(h->ctx, p, n) != 1)
		h->broken = true;
}

void
hasher_add(struct hasher *h, struct span s)
{
	if (s.n > WAIT_MAX - h->waits_n) {
		feed(h, h->waits, h->waits_n);
		h->waits_n = 0;
	}
	if (s.n > WAIT_MAX) {
		feed(h, s.p, s.n);
	} else if (s.n > 0) {
		memcpy(h->waits + h->waits_n, s.p, s.n);
		h->waits_n += s.n;
	}
}

static void
start(struct hasher *h)
{
	h->waits_n = 0;
	h->broken = EVP_MD_CTX_copy_ex(h->ctx, h->empty) != 1;
	h->clean = true;
}

void
hasher_restart(struct hasher *h)
{
	h->waits_n = 0;
	if (!h->clean || h->broken)
		start(h);
}

/* Of what ctx was fed. */
static bool
end(struct hasher *h, struct digest *out, struct err *err)
{
	struct digest d;
	bool ok = !h->broken && EVP_DigestFinal_ex(h->ctx, d.b, NULL) == 1;

	start(h);
	if (!ok)
		return library_failed(err, "the SHA-256 digest");
	*out = d;
	return true;
}

bool
hasher_end(struct hasher *h, struct digest *out, struct err *err)
{
	feed(h, h->waits, h->waits_n);
	return end(h, out, err);
}

bool
hasher_digest(struct hasher *h, struct span s, struct digest *out, struct err *err)
{
	if (!h->clean || h->broken)
		start(h);
	feed(h, s.p, s.n);
	return end(h, out, err);
}

bool
digest_of(struct span s, struct digest *out, struct err *err)
{
	const EVP_MD *md = sha256();
	struct digest d;

	if (md == NULL ||
	    EVP_Digest(s.n == 0 ? "" : (const void *)s.p, s.n, d.b, NULL, md,
	    NULL) != 1)
		return library_failed(err, "the SHA-256 digest");
	*out = d;
	return true;
}

static const struct {
	const char *name;
	size_t n;
} wide_kinds[] = {
	[DIGEST_SHA1] = { "SHA1", 20 },
	[DIGEST_SHA256] = { "SHA256", 32 },
	[DIGEST_SHA384] = { "SHA384", 48 },
	[DIGEST_SHA512] = { "SHA512", 64 },
};

bool
digest_wide(enum digest_kind kind, struct span s, struct wide_digest *out,
    struct err *err)
{
	struct wide_digest d = { { 0 }, 0 };

	if (EVP_Q_digest(NULL, wide_kinds[kind].name, NULL,
	    s.n == 0 ? "" : (const void *)s.p, s.n, d.b, &d.n) != 1 ||
	    d.n != wide_kinds[kind].n)
		return library_failed(err, wide_kinds[kind].name);
	*out = d;
	return true;
}

bool
digest_keccak256(struct span s, struct digest *out)
{
	struct digest d;
	EVP_MD *md;
	bool ok;

	/* That it is missing is an answer, no error for whoever asks the queue next. */
	(void)ERR_set_mark();
	md = EVP_MD_fetch(NULL, "KECCAK-256", NULL);
	ok = md != NULL && EVP_MD_get_size(md) == sizeof d.b &&
	    EVP_Digest(s.n == 0 ? "" : (const void *)s.p, s.n, d.b, NULL, md, NULL) == 1;
	EVP_MD_free(md);
	(void)ERR_pop_to_mark();
	if (ok)
		*out = d;
	return ok;
}
