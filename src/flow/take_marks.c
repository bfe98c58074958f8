/*
 * Where the parcels of a group go, while they are on their way from the inbox to their
 * places: one file for all, HOME/taking.  What a cut left of it becomes a mark of each
 * (take.h) before anything else looks for marks.
 */
#include <string.h>

#include "flow/take_group.h"

#define LINE_BYTES_MAX (64 + 1 + sizeof(struct parcel_path) + 1)
#define TAKING_BYTES (TAKE_GROUP_MAX * LINE_BYTES_MAX)

/* One line of it; false: what is left begins with none. */
static bool
line_next(struct span *left, struct taking_place *out)
{
	const uint8_t *end = left->n == 0 ? NULL : memchr(left->p, '\n', left->n);
	struct span line;

	if (end == NULL)
		return false;
	line = span_part(*left, 0, (size_t)(end - left->p));
	if (line.n <= 65 || line.n - 65 >= sizeof out->to.s || line.p[64] != ' ' ||
	    !digest_parse(span_part(line, 0, 64), &out->sha256))
		return false;
	memcpy(out->to.s, line.p + 65, line.n - 65);
	out->to.s[line.n - 65] = '\0';
	*left = span_from(*left, line.n + 1);
	return true;
}

bool
taking_note(struct flow *f, const struct taking_place *list, size_t n, struct err *err)
{
	struct buf b;
	bool ok = true;

	buf_init(&b, TAKING_BYTES);
	for (size_t i = 0; ok && i < n; i++)
		ok = buf_printf(&b, err, "%s %s\n", digest_hex(&list[i].sha256).s,
		    list[i].to.s);
	ok = ok && home_save(f->home, TAKING_PATH, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

/* One that waits in the inbox still was not on its way. */
static bool
mark_restore(struct flow *f, const struct taking_place *p, struct err *err)
{
	bool waits;

	return take_there(f, inbox_name_of(&p->sha256).s, &waits, err) && (waits ||
	    home_save(f->home, inbox_mark_of(&p->sha256).s, span_text(p->to.s), err));
}

static bool
marks_restore(struct flow *f, struct span left, struct err *err)
{
	struct taking_place p;

	while (line_next(&left, &p))
		if (!mark_restore(f, &p, err))
			return false;
	/* It is replaced whole: other bytes are not ours to follow. */
	return left.n == 0 || err_set(err, ERR_UNPROVEN, "taking.damaged",
	    "the file %s/" TAKING_PATH " is damaged: it said where parcels of the last reading went. Move it away, make the docket anew from packages and ledger with: comity rebuild; and read the same bundle again",
	    home_path(f->home));
}

bool
taking_restore(struct flow *f, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf b;
	bool there, ok;

	buf_init(&b, TAKING_BYTES);
	there = home_load(f->home, TAKING_PATH, &b, &why);
	ok = there || why.kind == ERR_ABSENT;
	if (!ok)
		*err = why;
	ok = ok && (!there || (marks_restore(f, buf_span(&b), err) &&
	    path_remove(f->world, home_dir(f->home), TAKING_PATH, err)));
	buf_clear(&b);
	return ok;
}
