/*
 * Fuzz target: acts and collection records of strangers.  What is accepted is
 * written, read again and written again: both writings are the same bytes.
 * Seeds: tests/fuzz/act.
 */
#include <stdlib.h>

#include "act/act.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Our spelling is longer than a tight one: only that may stop it. */
static bool
written(const struct act *a, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_init(out, 4 * ACT_BYTES_MAX);
	if (act_encode(a, out, &err))
		return true;
	must(err.kind == ERR_LIMIT);
	return false;
}

static void
act_again(struct act *a)
{
	struct err err = ERR_INIT;
	struct buf first, second;
	struct act back;

	if (written(a, &first)) {
		must(act_decode(&back, buf_span(&first), &err));
		must(written(&back, &second));
		must(span_eq(buf_span(&first), buf_span(&second)));
		act_clear(&back);
		buf_clear(&second);
	}
	buf_clear(&first);
}

static void
collection_again(const struct collection *c)
{
	struct err err = ERR_INIT;
	struct collection back;
	struct buf first, second;

	buf_init(&first, 4 * COLLECTION_MAX);
	buf_init(&second, 4 * COLLECTION_MAX);
	if (collection_encode(c, &first, &err)) {
		must(collection_decode(&back, buf_span(&first), &err));
		must(collection_encode(&back, &second, &err));
		must(span_eq(buf_span(&first), buf_span(&second)));
		collection_clear(&back);
	} else {
		must(err.kind == ERR_LIMIT);
	}
	buf_clear(&first);
	buf_clear(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err err = ERR_INIT;
	struct collection c;
	struct act a;

	if (act_decode(&a, span_of(p, n), &err)) {
		act_again(&a);
		act_clear(&a);
	} else {
		must(err.kind != ERR_NONE && err.text[0] != '\0');
	}
	if (collection_decode(&c, span_of(p, n), &err)) {
		collection_again(&c);
		collection_clear(&c);
	}
	return 0;
}
