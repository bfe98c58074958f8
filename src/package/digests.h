/*
 * digests: one of each file, by the file's number: of few files in memory, of many in
 * a temporary file.  Any number of threads, each at its own places.  Inside the room
 * only.
 */
#ifndef COMITY_PACKAGE_DIGESTS_H
#define COMITY_PACKAGE_DIGESTS_H

#include "crypto/digest.h"
#include "world/world.h"

#define DIGESTS_FEW 512		/* 16 KiB; a file for less takes longer than the sealing */

struct digests;
MUST bool digests_new(struct world *w, struct dir *tmp, uint64_t files,
    struct digests **out, struct err *err);
void digests_free(struct digests *d);		/* NULL is quiet */
MUST bool digests_put(struct digests *d, uint64_t first, const struct digest *list,
    size_t n, struct err *err);
/* At most n, and at least one of those that were put. */
MUST bool digests_take(const struct digests *d, uint64_t first, struct digest *list,
    size_t n, size_t *got, struct err *err);

/* Read back in order, many at a time. */
#define DIGESTS_AT_ONCE 2048
struct digests_reader {
	const struct digests *from;
	struct digest *many;
	uint64_t first;
	size_t n;
};
MUST bool digests_reader_init(struct digests_reader *r, const struct digests *from,
    struct err *err);
void digests_reader_clear(struct digests_reader *r);
MUST bool digests_get(struct digests_reader *r, uint64_t index,
    struct digest *out, struct err *err);

#endif
