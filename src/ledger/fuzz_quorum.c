/*
 * Fuzz target: policy files of others.  What is accepted can be reached when everybody
 * cosigns who can, and one cosignature more never makes a quorum less.
 * Seeds: tests/fuzz/quorum.
 */
#include <stdlib.h>

#include "ledger/quorum.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Cosigners join in an order that the bytes choose. */
static void
more_and_more(const struct quorum *q, const uint8_t *p, size_t n)
{
	bool seen[QUORUM_WITNESSES_MAX] = { false }, was = false, is = false;
	size_t witnesses = quorum_witnesses(q);
	char words[64];

	for (size_t i = 0; i < witnesses && i < 16; i++) {
		seen[(p[i % n] + i) % witnesses] = true;
		is = quorum_reached(q, seen, NULL, words, sizeof words);
		must(is == (words[0] == '\0'));
		must(is || !was);
		was = is;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err err = ERR_INIT;
	struct quorum *q = NULL;

	if (!quorum_read(span_of(p, n), &q, &err)) {
		must(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		must(err.reason[0] != '\0' && err.text[0] != '\0');
		must(q == NULL);
		return 0;
	}
	for (size_t i = 0; i < quorum_witnesses(q); i++)
		must(note_name_valid(quorum_witness(q, i)->name));
	must(quorum_log(q, "") == NULL);
	if (n > 0)
		more_and_more(q, p, n);
	quorum_free(q);
	return 0;
}
