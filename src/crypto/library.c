#include "crypto/library.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "crypto/digest.h"
#include "crypto/known_good.h"

#define PROBE_BYTES 4096	/* what an answer about a signature takes at least */

/*
 * Each room OpenSSL leaves on its way out adds its own words, so that the lack may
 * stand behind others.  Empties the queue.
 */
static bool
queue_says_memory(void)
{
	unsigned long code;
	bool memory = false;

	while ((code = ERR_get_error()) != 0)
		memory = memory || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
	return memory;
}

bool
library_failed(struct err *err, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	if (queue_says_memory())
		return err_memory(err);
	return err_set(err, ERR_IO, "crypto.library",
	    "OpenSSL could not do %s (%s)", what,
	    reason == NULL ? "no reason given" : reason);
}

/*
 * OpenSSL puts its tables of algorithms together once; what found no room in them
 * then is missing for good, and it takes the name for one that nobody knows.
 */
static bool
tables_whole(void)
{
	/* SHA-1 too: OpenSSL compares certificates by it. */
	static const int digests[] = { NID_sha1, NID_sha256, NID_sha384, NID_sha512 };
	static const char *const keys[] = { "EC", "RSA" };
	static const char *const signatures[] = { "ECDSA", "RSA" };
	bool whole = true;

	for (size_t i = 0; whole && i < sizeof digests / sizeof *digests; i++) {
		EVP_MD *md = EVP_MD_fetch(NULL, OBJ_nid2sn(digests[i]), NULL);

		whole = md != NULL && EVP_get_digestbynid(digests[i]) != NULL;
		EVP_MD_free(md);
	}
	for (size_t i = 0; whole && i < sizeof keys / sizeof *keys; i++) {
		EVP_KEYMGMT *key = EVP_KEYMGMT_fetch(NULL, keys[i], NULL);
		EVP_SIGNATURE *signature = EVP_SIGNATURE_fetch(NULL, signatures[i], NULL);

		whole = key != NULL && signature != NULL;
		EVP_KEYMGMT_free(key);
		EVP_SIGNATURE_free(signature);
	}
	return whole;
}

/* Does the queue take anything in?  One that never had room stays empty for good. */
static bool
queue_works(void)
{
	bool works;

	ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
	works = ERR_peek_error() != 0;
	ERR_clear_error();
	return works;
}

bool
library_lacked(struct err *err)
{
	bool lacked = queue_says_memory() || !queue_works() || !tables_whole();
	/* With no memory at all the queue itself could not be written. */
	void *probe = OPENSSL_malloc(PROBE_BYTES);

	lacked = lacked || probe == NULL;
	OPENSSL_free(probe);
	ERR_clear_error();
	if (lacked)
		return !err_memory(err);
	return !known_good_holds() && !err_set(err, ERR_MEMORY, "crypto.library",
	    "OpenSSL finds fault with signatures that are known to hold: it lacked memory when it began, or this installation lacks an algorithm; start again");
}

void
crypto_bare(void)
{
	/* Both only save time or keep settings out: what fails here fails later. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
	    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}
