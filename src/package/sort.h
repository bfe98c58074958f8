/*
 * sort: any number of records in the bytewise order of their keys, in bounded
 * memory: what does not fit is sorted in runs, put aside in temporary files, and
 * merged.  Keys of one sorter are all different, or equal ones come out in any
 * order.  One thread at a time.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_SORT_H
#define COMITY_PACKAGE_SORT_H

#include "world/world.h"

#define SORT_MEMORY ((size_t)2 << 20)	/* records held before they are put aside */
#define SORT_RECORD_MAX ((size_t)16 << 10)	/* bytes of key and value together */

struct sorter;

MUST bool sorter_new(struct world *w, struct dir *tmp, size_t memory,
    struct sorter **out, struct err *err);
void sorter_free(struct sorter *s);		/* NULL is quiet */
/* Forget all records, keep the memory. */
void sorter_restart(struct sorter *s);
MUST bool sorter_add(struct sorter *s, struct span key, struct span value,
    struct err *err);
/* After the last add: begin with the first record (again). */
MUST bool sorter_rewind(struct sorter *s, struct err *err);
/* The bytes live until the next call. */
MUST bool sorter_next(struct sorter *s, struct span *key, struct span *value,
    bool *more, struct err *err);

#endif
