/*
 * rows: a text taken line by line from a source, in constant memory.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_ROWS_H
#define COMITY_PACKAGE_ROWS_H

#include "base/base.h"

struct rows {
	struct source *from;		/* borrowed */
	struct buf held;		/* what was read and not given yet */
	size_t at;
	size_t max;			/* bytes of a line with its LF */
	bool end;
};
void rows_init(struct rows *r, struct source *from, size_t max);
void rows_clear(struct rows *r);
/*
 * The next line with its LF, until the next call; *more false: there is none.
 * ERR_INPUT "rows.cut": the last line has no LF; "rows.long": longer than max.
 */
MUST bool rows_next(struct rows *r, struct span *line, bool *more, struct err *err);

#endif
