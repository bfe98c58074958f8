/*
 * tar: the one header an entry may have (formats/package.md section 9): ustar with
 * every field fixed, and for a file of 8 GiB or more a pax header with its size.
 * Pure: path, size and time in, bytes out; a reader rebuilds and compares, so no
 * bit of a header is free.
 */
#ifndef COMITY_FORM_TAR_H
#define COMITY_FORM_TAR_H

#include "base/base.h"

#define TAR_BLOCK 512
#define TAR_HEADER_MAX (3 * TAR_BLOCK)		/* pax header, its record, header */
#define TAR_USTAR_SIZE_MAX 8589934591ull	/* 11 octal digits */
#define TAR_SIZE_MAX 9007199254740992ull	/* 2^53, as in act.json */
#define TAR_PATH_MAX 255			/* what prefix and name hold at best */
#define TAR_RECORD 10240			/* the whole is a multiple of it */

/* True when "FOLDER/PATH" fits the name and prefix fields. */
bool tar_path_fits(struct span folder, struct span path);

/*
 * The header bytes of FOLDER/PATH: 512, or 1,536 when size needs pax.
 * ERR_LIMIT: the path does not fit, size or time out of range.
 */
MUST bool tar_header(uint8_t out[TAR_HEADER_MAX], size_t *n, struct span folder,
    struct span path, uint64_t size, int64_t mtime, struct err *err);

/* What a header says, not yet believed: read, then rebuild with tar_header. */
struct tar_claim {
	char folder[64];	/* component before the first '/' */
	char path[256];
	uint64_t size;
	int64_t mtime;
	size_t header_n;	/* 512 or 1,536 bytes were the header */
	bool end;		/* a block of zeros: the end marker begins */
};
/*
 * in: at least TAR_HEADER_MAX bytes, or all that is left.  ERR_INPUT "tar.header"
 * names the field.  On success (and not end) the bytes equal tar_header(claim).
 */
MUST bool tar_claim_read(struct span in, struct tar_claim *out, struct err *err);

/* Zeros after n content bytes, up to the next block. */
size_t tar_padding(uint64_t n);
/* Zeros that end an archive whose entries take n bytes: >= 1,024, to TAR_RECORD. */
uint64_t tar_end_padding(uint64_t n);

#endif
