#include "crypto/library.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "crypto/digest.h"

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

bool
library_lacked(struct err *err)
{
	void *probe;

	if (queue_says_memory())
		return !err_memory(err);
	/* With none at all the queue itself could not be written. */
	probe = OPENSSL_malloc(PROBE_BYTES);
	OPENSSL_free(probe);
	ERR_clear_error();
	return probe == NULL && !err_memory(err);
}

void
crypto_bare(void)
{
	/* Both only save time or keep settings out: what fails here fails later. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
	    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}
