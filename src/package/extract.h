/*
 * extract: reading here and there in a package that was checked, or is about to be:
 * from entry to entry, contents skipped without being opened.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_EXTRACT_H
#define COMITY_PACKAGE_EXTRACT_H

#include "form/tar.h"
#include "package/read_plain.h"

/* The path must lead to a package that can be opened; else why not. */
MUST bool extract_open(struct plain *p, enum plain_kind *kind,
    const struct package_reading *in, struct err *err);

struct extract_at {			/* zeroed: before the first entry */
	struct tar_claim claim;
	uint64_t content;		/* where its bytes begin */
	uint64_t next;			/* where the next header is */
};
/* The next entry; *more false: there is none. */
MUST bool extract_step(const struct plain *p, struct plain_reader *r,
    struct extract_at *at, bool *more, struct err *err);
/* Bytes of an entry, added; ERR_LIMIT past out->max. */
MUST bool extract_read(const struct plain *p, struct plain_reader *r, uint64_t at,
    uint64_t size, struct buf *out, struct err *err);

#endif
