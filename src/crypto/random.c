/*
 * OpenSSL's random bytes from a simulated world, so that keys and signatures of a
 * replayed day are the same ones.  RAND_set_rand_method is deprecated but the only
 * way that covers both the public and the private generator of every thread.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <stdatomic.h>

#include <openssl/rand.h>

#include "crypto/digest.h"
#include "crypto/library.h"
#include "world/world.h"

/* OpenSSL hands its method no argument, so the world has to wait here. */
static _Atomic(struct world *) seeded;

static int
seeded_bytes(unsigned char *p, int n)
{
	struct world *w = atomic_load(&seeded);

	return w != NULL && n >= 0 && world_random(w, p, (size_t)n, NULL);
}

static int
seeded_status(void)
{
	return 1;
}

/* Extra entropy would spoil the replay: taken and forgotten. */
static int
seeded_seed(const void *p, int n)
{
	(void)p;
	(void)n;
	return 1;
}

static int
seeded_add(const void *p, int n, double bits)
{
	(void)bits;
	return seeded_seed(p, n);
}

static const RAND_METHOD seeded_method = {
	.seed = seeded_seed,
	.bytes = seeded_bytes,
	.cleanup = NULL,
	.add = seeded_add,
	.pseudorand = seeded_bytes,
	.status = seeded_status,
};

bool
crypto_random_from(struct world *w, struct err *err)
{
	if (!world_is_sim(w)) {
		/* Only a process that had a simulated world has to go back. */
		if (atomic_exchange(&seeded, NULL) != NULL &&
		    RAND_set_rand_method(RAND_OpenSSL()) != 1)
			return library_failed(err, "its own random bytes");
		return true;
	}
	atomic_store(&seeded, w);
	if (RAND_set_rand_method(&seeded_method) != 1)
		return library_failed(err, "random bytes from a simulated world");
	return true;
}
