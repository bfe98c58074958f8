/*
 * plain: the bytes of a package's tar, whether it lies open or sealed in a parcel,
 * by position.  Finding out what a path leads to is here too.  Immutable once
 * open: any number of threads may read, each with its own plain_reader.
 * Inside the room only.
 */
#ifndef COMITY_PACKAGE_READ_PLAIN_H
#define COMITY_PACKAGE_READ_PLAIN_H

#include "package/package.h"

/* What lies at a path, by its first bytes. */
enum plain_kind {
	PLAIN_PARCEL, PLAIN_TAR, PLAIN_FOLDER,
	PLAIN_FOREIGN,			/* something else: text says what */
	PLAIN_NO_IDENTITY,		/* a parcel, and no key was given */
	PLAIN_WRONG_IDENTITY,		/* a parcel that none of the keys opens */
	PLAIN_BROKEN_HEADER,		/* a parcel whose first part was changed or cut */
};

struct plain {
	struct world *world;
	struct file *file;
	uint64_t file_size;
	uint64_t size;			/* plain bytes there should be */
	bool sealed;
	uint64_t chunks_at;		/* file offset of the first chunk */
	uint64_t chunks;
	struct age_stream *stream;
	struct digest mark;		/* tells this file from others (resume) */
};

/*
 * Look at the path.  For a parcel the header is opened too; for a folder nothing
 * stays open.  True whatever lies there, with a sentence in text for the last four
 * kinds; false for our own trouble and a path that is absent.
 */
MUST bool plain_open(struct plain *out, enum plain_kind *kind, char text[400],
    const struct package_reading *in, struct err *err);
void plain_close(struct plain *p);	/* a zeroed one is fine */

#define PLAIN_SCRATCH (4 * AGE_CHUNK_SEALED)	/* sealed bytes read at once */
struct plain_reader {
	struct age_chunker *chunker;	/* NULL for an open tar */
	uint8_t *scratch;
	/* One opened chunk, for reading here and there. */
	uint8_t *chunk;
	uint64_t chunk_index;
	size_t chunk_n;
	bool chunk_held;
};
MUST bool plain_reader_init(struct plain_reader *r, const struct plain *p,
    struct err *err);
void plain_reader_clear(struct plain_reader *r);

/* Where reading met a chunk that does not open, or an early end. */
struct plain_break {
	bool met;
	bool cut;			/* the file ends there; else it was changed */
	uint64_t chunk;			/* counted from 0 */
	uint64_t file_from, file_to;	/* byte range in the file */
	bool chunk_known;		/* false: an open tar that ends early */
};

/*
 * n plain bytes from offset, both multiples of AGE_CHUNK when sealed; *got is
 * what could be had: less than n at the end, and before a break.
 */
MUST bool plain_fetch(const struct plain *p, struct plain_reader *r,
    uint64_t offset, uint8_t *out, size_t n, size_t *got,
    struct plain_break *brk, struct err *err);

/*
 * Up to n bytes from any offset, less only at the end.  A chunk that does not open
 * is ERR_INPUT "package.chunk" here: for callers that come after the check.
 */
MUST bool plain_read_at(const struct plain *p, struct plain_reader *r,
    uint64_t offset, uint8_t *out, size_t n, size_t *got, struct err *err);

#endif
