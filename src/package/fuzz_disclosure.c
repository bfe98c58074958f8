/*
 * Fuzz target: what a stranger's disclosure says of itself.  What is accepted is written
 * again to the same bytes, and its counts add up.  Seeds: tests/fuzz/disclosure.
 */
#include <stdlib.h>

#include "package/disclosure.h"

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
	struct err err = ERR_INIT;
	struct disclosure d;
	uint64_t sum;
	struct buf b;

	if (!disclosure_decode(&d, span_of(p, n), &err)) {
		must(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		must(err.reason[0] != '\0' && err.text[0] != '\0');
		return 0;
	}
	sum = d.shown;
	for (unsigned i = 0; i < WITHHELDS; i++)
		sum += d.withheld[i];
	must(sum == d.lines && d.shown > 0);
	buf_init(&b, DISCLOSURE_JSON_MAX);
	must(disclosure_encode(&d, &b, &err));
	must(span_eq(buf_span(&b), span_of(p, n)));
	buf_clear(&b);
	return 0;
}
