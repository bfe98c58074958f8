/*
 * Fuzz target: records of strangers (they come in receipts).  What is accepted is
 * written again to the same bytes, and has a leaf.
 * Seeds: tests/fuzz/record.
 */
#include <stdlib.h>

#include "ledger/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t salt[RECORD_SALT];
	struct err err = ERR_INIT;
	uint8_t leaf[LEAF_BYTES];
	struct record r;
	struct buf b;

	if (!record_decode(&r, span_of(p, n), &err)) {
		must(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		must(err.reason[0] != '\0' && err.text[0] != '\0');
		return 0;
	}
	buf_init(&b, RECORD_MAX);
	must(record_encode(&r, &b, &err));
	must(span_eq(buf_span(&b), span_of(p, n)));
	must(leaf_of(salt, buf_span(&b), leaf, &err));
	must(leaf[0] == 0 && leaf[1] == 1);
	buf_clear(&b);
	return 0;
}
