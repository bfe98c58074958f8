#include "base/stream.h"

#include <string.h>

bool
source_read(struct source *src, void *p, size_t n, size_t *got, struct err *err)
{
	return src->read(src, p, n, got, err);
}

bool
source_exactly(struct source *src, void *p, size_t n, struct err *err)
{
	size_t done = 0, got;

	while (done < n) {
		if (!src->read(src, (uint8_t *)p + done, n - done, &got, err))
			return false;
		if (got == 0)
			return err_set(err, ERR_INPUT, "source.short",
			    "the data ends %zu bytes too early", n - done);
		done += got;
	}
	return true;
}

bool
source_all(struct source *src, struct buf *out, struct err *err)
{
	uint8_t part[4096];
	size_t got;

	for (;;) {
		if (!src->read(src, part, sizeof part, &got, err))
			return false;
		if (got == 0)
			break;
		if (!buf_add(out, span_of(part, got), err))
			return false;
	}
	if (out->secret)
		mem_wipe(part, sizeof part);
	return true;
}

void
source_free(struct source *src)
{
	if (src != NULL)
		src->free(src);
}

bool
sink_write(struct sink *to, struct span s, struct err *err)
{
	return s.n == 0 || to->write(to, s, err);
}

void
sink_free(struct sink *to)
{
	if (to != NULL)
		to->free(to);
}

/* ---- over memory ---- */

struct span_source {
	struct source source;
	struct span left;
};

static bool
span_source_read(struct source *src, void *p, size_t n, size_t *got,
    struct err *err)
{
	struct span_source *s = (struct span_source *)src;

	(void)err;
	*got = n < s->left.n ? n : s->left.n;
	if (*got > 0)
		memcpy(p, s->left.p, *got);
	s->left = span_from(s->left, *got);
	return true;
}

static void
span_source_free(struct source *src)
{
	mem_free(src);
}

bool
source_of_span(struct source **out, struct span s, struct err *err)
{
	struct span_source *src = mem_new(sizeof *src, err);

	if (src == NULL)
		return false;
	src->source = (struct source){ span_source_read, span_source_free };
	src->left = s;
	*out = &src->source;
	return true;
}

struct buf_sink {
	struct sink sink;
	struct buf *to;
};

static bool
buf_sink_write(struct sink *to, struct span s, struct err *err)
{
	return buf_add(((struct buf_sink *)to)->to, s, err);
}

static void
buf_sink_free(struct sink *to)
{
	mem_free(to);
}

bool
sink_to_buf(struct sink **out, struct buf *b, struct err *err)
{
	struct buf_sink *to = mem_new(sizeof *to, err);

	if (to == NULL)
		return false;
	to->sink = (struct sink){ buf_sink_write, buf_sink_free };
	to->to = b;
	*out = &to->sink;
	return true;
}
