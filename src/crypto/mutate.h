/* mutate: a good file, changed in every small way, for tests that must find no
 * change that is accepted. */
#ifndef COMITY_CRYPTO_MUTATE_H
#define COMITY_CRYPTO_MUTATE_H

#include "base/base.h"

struct mutate_count {
	size_t tried, accepted;
};

/*
 * Every `every`th bit turned, and at all places: cut, a byte dropped, a byte
 * doubled, two neighbours swapped, and all 256 bytes added at the end.  Changes
 * that change nothing are left out.  Each accepted one is printed.
 */
struct mutate_count mutate_all(struct span good, size_t every,
    bool (*accepts)(void *arg, struct span file), void *arg);

#endif
