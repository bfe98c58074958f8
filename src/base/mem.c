#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Atomic uint64_t counted;	/* allocations since the program began */
static _Atomic uint64_t fail_at;	/* value of `counted` that fails; 0 = none */
static _Atomic bool fail_on;		/* and every one after it */
static bool (*_Atomic fail_ask)(bool *from_then_on);	/* or NULL */

/* The next one fails, if who is asked says so. */
static void
ask_whether(bool (*ask)(bool *from_then_on))
{
	bool on = false;

	if (!ask(&on))
		return;
	mem_fail_ask(NULL);
	mem_fail(1, on);
}

static bool
may_allocate(void)
{
	bool (*ask)(bool *from_then_on) = atomic_load_explicit(&fail_ask,
	    memory_order_relaxed);
	uint64_t n, at;

	if (ask != NULL)
		ask_whether(ask);
	n = atomic_fetch_add(&counted, 1) + 1;
	at = atomic_load_explicit(&fail_at, memory_order_relaxed);
	if (at == 0)
		return true;
	return !(n == at || (n > at && atomic_load(&fail_on)));
}

void *
mem_new(size_t n, struct err *err)
{
	void *p = NULL;

	if (n <= MEM_ONE_MAX && may_allocate())
		p = calloc(1, n == 0 ? 1 : n);
	if (p == NULL)
		(void)err_memory(err);
	return p;
}

void *
mem_array(size_t count, size_t size, struct err *err)
{
	size_t n;

	if (!size_mul(count, size, &n)) {
		(void)err_memory(err);
		return NULL;
	}
	return mem_new(n, err);
}

void *
mem_resize(void *p, size_t n, struct err *err)
{
	void *q = NULL;

	if (n <= MEM_ONE_MAX && may_allocate())
		q = realloc(p, n == 0 ? 1 : n);
	if (q == NULL)
		(void)err_memory(err);
	return q;
}

void *
mem_grow(void *list, size_t n, size_t size, struct err *err)
{
	size_t room, bytes;

	if (n != 0 && (n < MEM_LIST_FIRST || (n & (n - 1)) != 0))
		return list;
	if (!size_mul(n == 0 ? MEM_LIST_FIRST : n, n == 0 ? 1 : 2, &room) ||
	    !size_mul(room, size, &bytes)) {
		(void)err_memory(err);
		return NULL;
	}
	return mem_resize(list, bytes, err);
}

char *
mem_text(const void *p, size_t n, struct err *err)
{
	size_t room;
	char *s;

	if (!size_add(n, 1, &room)) {
		(void)err_memory(err);
		return NULL;
	}
	s = mem_new(room, err);
	if (s != NULL && n > 0)
		memcpy(s, p, n);
	return s;
}

char *
mem_text_of(const char *s, struct err *err)
{
	return mem_text(s, strlen(s), err);
}

void
mem_free(void *p)
{
	free(p);
}

void
mem_wipe(void *p, size_t n)
{
	if (p != NULL && n > 0)
		explicit_bzero(p, n);
}

void
mem_fail(uint64_t nth, bool from_then_on)
{
	atomic_store(&fail_on, from_then_on);
	atomic_store(&fail_at, nth == 0 ? 0 : atomic_load(&counted) + nth);
}

void
mem_fail_ask(bool (*ask)(bool *from_then_on))
{
	atomic_store(&fail_ask, ask);
}

uint64_t
mem_count(void)
{
	return atomic_load(&counted);
}

void *
mem_hook_malloc(size_t n)
{
	return mem_new(n, NULL);
}

void *
mem_hook_realloc(void *p, size_t n)
{
	return mem_resize(p, n, NULL);
}

void
mem_hook_free(void *p)
{
	mem_free(p);
}

bool
size_add(size_t a, size_t b, size_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

bool
size_mul(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

bool
u64_add(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}
