/*
 * files_jsonl: the lines of manifest-sha256.txt and files.jsonl, and the tree over
 * the latter (formats/package.md sections 4 to 6), byte by byte.  Pure but for the
 * hashing.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_FILES_JSONL_H
#define COMITY_PACKAGE_FILES_JSONL_H

#include "crypto/digest.h"
#include "package/payload.h"

#define FILES_LINE_MAX ((size_t)16 << 10)	/* with its LF; section 1 */
#define FILES_NUMBER_MAX 20			/* digits of `n` */
#define FILES_SALT 16				/* bytes, one salt a line */

/* "HEX  PATH\n" */
size_t files_manifest_length(struct span path);
size_t files_manifest_line(char *out, const struct digest *d, struct span path);

/* "HEX  SIZE  PATH\n", as payload_pin gives them; at most FILES_LINE_MAX. */
size_t files_pin_line(char *out, const struct digest *d, uint64_t size,
    struct span path);

/* The length of an entry's line but for the digits of `n`. */
size_t files_line_length(const struct entry *e);
/* Line n, of exactly that length; d is of a file's content, else NULL. */
size_t files_line(char out[FILES_LINE_MAX], uint64_t n, const struct entry *e,
    const struct digest *d, const uint8_t salt[FILES_SALT]);

/*
 * RFC 6962 tree hash over lines that flow past in pieces of any length.  One
 * digest a level is kept: 64 levels hold any number of lines.
 */
struct files_root {
	struct hasher *leaf, *node;
	uint64_t lines;
	struct digest stack[64];
	unsigned height;		/* digests in the stack */
	bool inside;			/* a line has begun */
};
MUST bool files_root_init(struct files_root *r, struct err *err);
void files_root_clear(struct files_root *r);
MUST bool files_root_add(struct files_root *r, struct span bytes, struct err *err);
/* After the last LF. */
MUST bool files_root_end(struct files_root *r, struct digest *out, struct err *err);

#endif
