/*
 * lines: files.jsonl as it flows by (formats/package.md section 5): each line in its
 * one spelling, the RFC 6962 tree over the lines (section 6), the running hash F
 * over what the lines say of the files, and the counts.  Constant memory: one line
 * and 64 tree nodes.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_CHECK_LINES_H
#define COMITY_PACKAGE_CHECK_LINES_H

#include "crypto/digest.h"
#include "package/read_order.h"

#define LINE_NAME_MAX 4096		/* bytes of an original name */

struct line {				/* borrowed until the next line */
	uint64_t n;
	struct span type;		/* file, link, dir, left_out */
	struct span path;		/* file only, as are size and digest */
	uint64_t size;
	struct span sha256;		/* hex */
	struct span name;		/* original bytes */
	int64_t mtime;
};

struct lines {
	struct buf part;		/* a line that spans spans */
	struct buf name, last;		/* this line's and the last other's name */
	struct hasher *leaf;
	struct hasher *f;
	struct digest node[64];		/* roots of full subtrees, largest first */
	uint64_t n;
	uint64_t files, bytes;		/* of file lines */
	bool others;			/* a line that is no file was there */
	bool lost;			/* a line was too long: the rest is not read */
	bool broken;
	struct err why;			/* the first line that is wrong */
	/* Told of every file line (names of changed files); may be NULL. */
	void (*file)(void *arg, const struct line *l);
	void *arg;
};

MUST bool lines_init(struct lines *l, struct err *err);
void lines_clear(struct lines *l);
/* False only for lack of memory; what is wrong with a line is in why. */
MUST bool lines_add(struct lines *l, struct span s, struct err *err);
void lines_end(struct lines *l);		/* no more bytes */
/* Root over the lines; n = 0: SHA-256 of nothing. */
MUST bool lines_root(struct lines *l, struct digest *out, struct err *err);

/*
 * One line without its LF, in its one spelling; name keeps the decoded bytes.
 * ERR_INPUT "files.line" names the member.
 */
MUST bool line_parse(struct span s, struct buf *name, struct line *out,
    struct err *err);

#endif
