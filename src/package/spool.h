/*
 * spool: bytes put aside in a nameless temporary file, with the newest of them in
 * memory, so that a list of any length costs constant memory and a short one no
 * file at all.  One thread adds or cuts; while nobody does, any number may read.
 * Inside the room only.
 */
#ifndef COMITY_PACKAGE_SPOOL_H
#define COMITY_PACKAGE_SPOOL_H

#include "world/world.h"

#define SPOOL_KEEP_SMALL ((size_t)64 << 10)	/* bytes kept in memory */
#define SPOOL_KEEP ((size_t)256 << 10)

struct spool;

MUST bool spool_new(struct world *w, struct dir *tmp, size_t keep,
    struct spool **out, struct err *err);
void spool_free(struct spool *s);		/* NULL is quiet */
uint64_t spool_size(const struct spool *s);
MUST bool spool_add(struct spool *s, struct span bytes, struct err *err);
/* Forget what lies at size and beyond it (a spool is also a stack). */
void spool_cut(struct spool *s, uint64_t size);
/* Exactly n bytes, which must be there. */
MUST bool spool_read(struct spool *s, uint64_t offset, void *p, size_t n,
    struct err *err);

/*
 * Records: two bytes of length, then the bytes.  A reader holds one buffer and may
 * be set to any place where a record begins.
 */
#define SPOOL_RECORD_MAX ((size_t)16 << 10)	/* two paths and a link text */

MUST bool spool_add_record(struct spool *s, struct span record, struct err *err);

struct spool_reader {
	struct spool *from;
	uint64_t at, end;		/* next record; where to stop */
	uint8_t *bytes;			/* [have_at, have_at + have_n) of the spool */
	uint64_t have_at;
	size_t have_n;
	size_t step;			/* bytes the next read takes */
};
MUST bool spool_reader_init(struct spool_reader *r, struct err *err);
void spool_reader_clear(struct spool_reader *r);
void spool_reader_set(struct spool_reader *r, struct spool *from, uint64_t at,
    uint64_t end);
/* The record lives until the next call. */
MUST bool spool_next(struct spool_reader *r, struct span *record, bool *more,
    struct err *err);

#endif
