/*
 * slab: the bytes of a parcel on their way to the disk.  The tar stream is cut in
 * slabs of 16 age chunks; several threads fill, follow (hash in order), seal and
 * write them, each taking the step that is most useful next.  Every byte's place in
 * the file is known beforehand, so slabs may be written in any order.
 *
 * Between runs one thread adds small pieces.  The order of bytes, and so the file,
 * does not depend on the number of threads.  Inside the room only.
 *
 * Memory: SLAB_RING_MAX slabs and one sealed slab a thread, 33 MiB at most.
 */
#ifndef COMITY_PACKAGE_SLAB_H
#define COMITY_PACKAGE_SLAB_H

#include "crypto/age.h"
#include "package/package.h"

#define SLAB_CHUNKS 16
#define SLAB_BYTES ((size_t)SLAB_CHUNKS * AGE_CHUNK)	/* 1 MiB */
#define SLAB_HANDS_MAX 8	/* threads: more would wait for memory and disk */
#define SLAB_HANDS_WAITING 2	/* more than cores, where each waits for the disk */
#define SLAB_RING_MAX (2 * SLAB_HANDS_MAX + 4)

struct slabs;

struct slabs_options {
	struct world *w;
	struct file *out;		/* NULL: nothing is written (only read and hash) */
	uint64_t out_at;		/* where chunk 0 goes in it */
	const struct age_stream *stream;	/* NULL: not sealed */
	struct progress *progress;	/* may be NULL */
	bool waits;			/* some run's work->waits is set */
	const char *step;		/* what progress says */
	uint64_t total;			/* bytes progress counts up to */
};
MUST bool slabs_new(const struct slabs_options *o, struct slabs **out,
    struct err *err);
void slabs_free(struct slabs *s);		/* NULL is quiet */

unsigned slabs_hands(const struct slabs *s);	/* most threads of a run */
uint64_t slabs_at(const struct slabs *s);	/* bytes so far */

/* Between runs. */
MUST bool slabs_add(struct slabs *s, struct span bytes, struct err *err);
MUST bool slabs_zeros(struct slabs *s, uint64_t n, struct err *err);

/* A piece of a run, all of it inside one slab. */
struct slab_part {
	uint8_t *p;
	uint64_t at;			/* place of p[0], from the start of the run */
	size_t n;
	unsigned slot;			/* < SLAB_RING_MAX: two parts alive never share it */
};

struct slab_work {
	void *arg;
	/* Fills are done one at a time and in order. */
	bool fill_in_order;
	/* Fills wait for the disk now and then: some threads more than cores help. */
	bool waits;
	/*
	 * One at a time, in order: what fill and follow of this part will need (kept
	 * by slot).  May be NULL.
	 */
	bool (*plan)(void *arg, const struct slab_part *part, struct err *err);
	/* Write all of the part; hand < slabs_hands. */
	bool (*fill)(void *arg, const struct slab_part *part, unsigned hand,
	    struct err *err);
	/* One at a time, in order, after fill.  May be NULL. */
	bool (*follow)(void *arg, const struct slab_part *part, struct err *err);
};
/* n more bytes, made by work on all threads.  ERR_STOPPED when a person asked. */
MUST bool slabs_run(struct slabs *s, uint64_t n, const struct slab_work *work,
    struct err *err);
/* Called by work, from any thread: payload bytes that are done. */
void slabs_done(struct slabs *s, uint64_t n);

/* Nothing comes after this: the last chunk is sealed as the last. */
MUST bool slabs_finish(struct slabs *s, struct err *err);
uint64_t slabs_written(const struct slabs *s);	/* end of the file */

#endif
