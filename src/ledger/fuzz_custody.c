/*
 * Fuzz target: custody files of strangers.  What is accepted is written again to the
 * same bytes, and is judged without trouble of ours: nobody is believed without a policy.
 * Seeds: tests/fuzz/custody.
 */
#include <stdlib.h>

#include "ledger/custody.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
judge(struct custody *c, const struct quorum *q)
{
	struct err err = ERR_INIT;

	must(custody_judge(c, q, &err));
	must(c->why[0] != '\0');
	for (size_t i = 0; i < c->n; i++)
		must(c->links[i].why[0] != '\0' && (q != NULL ||
		    c->links[i].standing != CUSTODY_PROVEN));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	/* One that knows no log: the same reading, other branches. */
	static const char policy[] = "quorum none\n";
	struct err err = ERR_INIT;
	struct quorum *q = NULL;
	struct custody c;
	struct buf b;

	if (!custody_read(span_of(p, n), &c, &err)) {
		must(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		must(err.reason[0] != '\0' && err.text[0] != '\0');
		return 0;
	}
	buf_init(&b, CUSTODY_FILE_MAX);
	must(custody_write(&c, &b, &err));
	must(span_eq(buf_span(&b), span_of(p, n)));
	judge(&c, NULL);
	must(quorum_read(span_text(policy), &q, &err));
	judge(&c, q);
	must(c.standing != CUSTODY_PROVEN);
	quorum_free(q);
	buf_clear(&b);
	custody_clear(&c);
	return 0;
}
