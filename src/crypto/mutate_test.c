#include "crypto/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
	bool (*accepts)(void *arg, struct span file);
	void *arg;
	struct span good;
	struct mutate_count count;
};

static void
run_try(struct run *r, struct span file, const char *how, size_t at)
{
	uint8_t *exact;
	struct err err = ERR_INIT;

	if (span_eq(file, r->good))
		return;
	/* In memory of just this size, so that a sanitizer sees a byte read behind. */
	exact = mem_new(file.n, &err);
	if (exact == NULL)
		abort();
	if (file.n > 0)
		memcpy(exact, file.p, file.n);
	r->count.tried++;
	if (r->accepts(r->arg, span_of(exact, file.n))) {
		r->count.accepted++;
		(void)printf("accepted: %s at %zu\n", how, at);
	}
	mem_free(exact);
}

static void
bits(struct run *r, uint8_t *copy, size_t every)
{
	for (size_t i = 0; i < r->good.n * 8; i += every) {
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
		run_try(r, span_of(copy, r->good.n), "bit", i);
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

static void
lengths(struct run *r, uint8_t *copy)
{
	const struct span g = r->good;

	for (size_t i = 0; i < g.n; i++) {
		run_try(r, span_of(copy, i), "cut", i);
		memmove(copy + i, g.p + i + 1, g.n - i - 1);
		run_try(r, span_of(copy, g.n - 1), "byte dropped", i);
		memcpy(copy + i, g.p + i, g.n - i);
		memcpy(copy + i + 1, g.p + i, g.n - i);
		run_try(r, span_of(copy, g.n + 1), "byte doubled", i);
		memcpy(copy + i, g.p + i, g.n - i);
	}
	for (unsigned b = 0; b < 256; b++) {
		copy[g.n] = (uint8_t)b;
		run_try(r, span_of(copy, g.n + 1), "byte added", b);
	}
}

static void
swaps(struct run *r, uint8_t *copy)
{
	for (size_t i = 0; i + 1 < r->good.n; i++) {
		copy[i] = r->good.p[i + 1];
		copy[i + 1] = r->good.p[i];
		run_try(r, span_of(copy, r->good.n), "swap", i);
		memcpy(copy + i, r->good.p + i, 2);
	}
}

struct mutate_count
mutate_all(struct span good, size_t every,
    bool (*accepts)(void *arg, struct span file), void *arg)
{
	struct run r = { accepts, arg, good, { 0, 0 } };
	struct err err = ERR_INIT;
	uint8_t *copy = mem_new(good.n + 1, &err);

	if (copy == NULL)
		abort();
	memcpy(copy, good.p, good.n);
	bits(&r, copy, every);
	lengths(&r, copy);
	swaps(&r, copy);
	mem_free(copy);
	return r.count;
}
