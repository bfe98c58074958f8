/*
 * stream: evidence can be larger than memory, so it flows.  A source gives bytes,
 * a sink takes them.  One thread at a time; the owner frees.
 */
#ifndef COMITY_BASE_STREAM_H
#define COMITY_BASE_STREAM_H

#include "base/bytes.h"

struct source {
	/* 1..n bytes into p and *got, or *got = 0 at the end. */
	bool (*read)(struct source *src, void *p, size_t n, size_t *got,
	    struct err *err);
	void (*free)(struct source *src);
};

struct sink {
	/* All of s is taken, or the call fails. */
	bool (*write)(struct sink *to, struct span s, struct err *err);
	void (*free)(struct sink *to);
};

MUST bool source_read(struct source *src, void *p, size_t n, size_t *got,
    struct err *err);
/* Exactly n bytes; ERR_INPUT "source.short" when the end comes first. */
MUST bool source_exactly(struct source *src, void *p, size_t n, struct err *err);
/* Everything that is left, at most max bytes more (ERR_LIMIT). */
MUST bool source_all(struct source *src, struct buf *out, struct err *err);
void source_free(struct source *src);		/* NULL is quiet */

MUST bool sink_write(struct sink *to, struct span s, struct err *err);
void sink_free(struct sink *to);

/* A source over borrowed bytes; free gives only itself back. */
MUST bool source_of_span(struct source **out, struct span s, struct err *err);
/* A sink that adds to a buf that the caller keeps. */
MUST bool sink_to_buf(struct sink **out, struct buf *b, struct err *err);

#endif
