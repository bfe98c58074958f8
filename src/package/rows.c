#include "package/rows.h"

#include <string.h>

#define ROWS_STEP ((size_t)64 << 10)	/* bytes asked for at once */

void
rows_init(struct rows *r, struct source *from, size_t max)
{
	*r = (struct rows){ .from = from, .max = max };
	buf_init(&r->held, max + ROWS_STEP);
}

void
rows_clear(struct rows *r)
{
	buf_clear(&r->held);
}

/* More bytes behind those that were not given yet. */
static bool
rows_fill(struct rows *r, struct err *err)
{
	size_t left = r->held.n - r->at, got;

	if (left > 0)
		memmove(r->held.p, r->held.p + r->at, left);
	r->held.n = left;
	r->at = 0;
	if (!buf_room(&r->held, ROWS_STEP, err) ||
	    !source_read(r->from, r->held.p + left, ROWS_STEP, &got, err))
		return false;
	r->held.n += got;
	r->end = got == 0;
	return true;
}

bool
rows_next(struct rows *r, struct span *line, bool *more, struct err *err)
{
	for (;;) {
		struct span left = span_from(buf_span(&r->held), r->at);
		const uint8_t *lf = left.n == 0 ? NULL : memchr(left.p, '\n', left.n);
		size_t n = lf == NULL ? left.n : (size_t)(lf - left.p) + 1;

		if (n > r->max)
			return err_set(err, ERR_INPUT, "rows.long",
			    "a line is longer than %zu bytes", r->max);
		if (lf != NULL) {
			*line = span_part(left, 0, n);
			*more = true;
			r->at += n;
			return true;
		}
		if (r->end) {
			*more = false;
			return left.n == 0 || err_set(err, ERR_INPUT, "rows.cut",
			    "the last line has no end");
		}
		if (!rows_fill(r, err))
			return false;
	}
}
