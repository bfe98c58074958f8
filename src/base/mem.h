/*
 * mem: the only place that allocates, so that every allocation can be counted
 * and made to fail in a test.  All calls may come from any thread.
 * mem_free(NULL) is quiet.  Memory from mem_new is zeroed.
 */
#ifndef COMITY_BASE_MEM_H
#define COMITY_BASE_MEM_H

#include <stdint.h>

#include "base/err.h"

/* No single allocation of ours is larger (1 GiB); evidence flows instead. */
#define MEM_ONE_MAX ((size_t)1 << 30)

/* n >= 0 bytes, zeroed; NULL and *err set (ERR_MEMORY) when there is none. */
MUST void *mem_new(size_t n, struct err *err);
/* count * size bytes, zeroed, with the product checked. */
MUST void *mem_array(size_t count, size_t size, struct err *err);
/* Grow or shrink; on failure p stays as it was and NULL comes back. */
MUST void *mem_resize(void *p, size_t n, struct err *err);
/*
 * A list of n items of `size` bytes with room for one more, the rest of it not zeroed; on
 * failure it stays as it was and NULL comes back.  For one that is empty (NULL) or grew by
 * this alone: its room follows from n, MEM_LIST_FIRST and then twice as much each time.
 */
#define MEM_LIST_FIRST 16
MUST void *mem_grow(void *list, size_t n, size_t size, struct err *err);
/* A copy of n bytes with a NUL after them. */
MUST char *mem_text(const void *p, size_t n, struct err *err);
MUST char *mem_text_of(const char *s, struct err *err);
void mem_free(void *p);

/* Overwrite so that the compiler cannot leave it out (secrets). */
void mem_wipe(void *p, size_t n);

/*
 * Tests: make the nth allocation from now fail (1 = the next; 0 = none), and
 * with from_then_on every later one too.  mem_count is the number since start.
 */
void mem_fail(uint64_t nth, bool from_then_on);
uint64_t mem_count(void);
/*
 * Tests too: asked before each allocation until it says true, which makes that one fail
 * (set *from_then_on: every later one too).  It allocates nothing itself.  NULL: no more.
 */
void mem_fail_ask(bool (*ask)(bool *from_then_on));

/* The same allocator with malloc's shape, for libraries that take hooks. */
void *mem_hook_malloc(size_t n);
void *mem_hook_realloc(void *p, size_t n);
void mem_hook_free(void *p);

/* Checked sizes: false, and *out untouched, when the result does not fit. */
MUST bool size_add(size_t a, size_t b, size_t *out);
MUST bool size_mul(size_t a, size_t b, size_t *out);
MUST bool u64_add(uint64_t a, uint64_t b, uint64_t *out);

#endif
