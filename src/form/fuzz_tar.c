/*
 * Fuzz target: a header that is accepted has exactly the bytes tar_header makes
 * from what was read out of it.  Seeds: tests/fuzz/tar.
 */
#include <stdlib.h>
#include <string.h>

#include "form/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	uint8_t again[TAR_HEADER_MAX];
	struct tar_claim claim;
	struct err err = ERR_INIT;
	size_t m;

	if (!tar_claim_read(span_of(p, n), &claim, &err) || claim.end)
		return 0;
	if (!tar_header(again, &m, span_text(claim.folder), span_text(claim.path),
	    claim.size, claim.mtime, &err) || m != claim.header_n || m > n ||
	    memcmp(again, p, m) != 0)
		abort();
	return 0;
}
