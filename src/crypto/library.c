#include "crypto/library.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "crypto/digest.h"

bool
library_failed(struct err *err, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);
	bool memory = ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;

	ERR_clear_error();
	if (memory)
		return err_memory(err);
	return err_set(err, ERR_IO, "crypto.library",
	    "OpenSSL could not do %s (%s)", what,
	    reason == NULL ? "no reason given" : reason);
}

void
crypto_bare(void)
{
	/* Both only save time or keep settings out: what fails here fails later. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
	    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}
