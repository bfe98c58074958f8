/*
 * Marks: where a parcel goes that is on its way from the inbox to its place (take.h).
 * While its mark is there, no command loses it from sight, wherever the one before was cut.
 */
#include <stdio.h>
#include <string.h>

#include "flow/take_group.h"

#define PLACE_PREFIX "parcels/"
#define LINE_MAX_BYTES (64 + 1 + sizeof(struct parcel_path) + 1)
#define TAKING_BYTES (TAKE_GROUP_MAX * LINE_MAX_BYTES)

/* One line; false: there is none left that is whole. */
static bool
line_next(struct span *left, struct taking_place *out)
{
	const uint8_t *end = left->n == 0 ? NULL : memchr(left->p, '\n', left->n);
	struct span line;

	if (end == NULL)
		return false;
	line = span_part(*left, 0, (size_t)(end - left->p));
	*left = span_from(*left, line.n + 1);
	if (line.n <= 65 || line.n - 65 >= sizeof out->to.s || line.p[64] != ' ' ||
	    !digest_parse(span_part(line, 0, 64), &out->sha256))
		return false;
	memcpy(out->to.s, line.p + 65, line.n - 65);
	out->to.s[line.n - 65] = '\0';
	return true;
}

/* Empty where there is none. */
static bool
places_load(struct flow *f, struct buf *out, struct err *err)
{
	struct err why = ERR_INIT;

	if (home_load(f->home, TAKING_PATH, out, &why) || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

static bool
place_listed(struct flow *f, const struct digest *sha256, struct parcel_path *to,
    bool *found, struct err *err)
{
	struct taking_place p;
	struct span left;
	struct buf b;
	bool ok;

	*found = false;
	buf_init(&b, TAKING_BYTES);
	ok = places_load(f, &b, err);
	left = buf_span(&b);
	while (ok && !*found && line_next(&left, &p))
		if (digest_eq(&p.sha256, sha256)) {
			*to = p.to;
			*found = true;
		}
	buf_clear(&b);
	return ok;
}

bool
taking_mark_read(struct flow *f, const struct digest *sha256, struct parcel_path *to,
    bool *says, struct err *err)
{
	struct buf b;
	const char *text;
	bool ok;

	buf_init(&b, sizeof to->s - 1);
	ok = home_load(f->home, inbox_mark_of(sha256).s, &b, err) &&
	    buf_text(&b, &text, err);
	*says = ok && b.n > 0;
	if (*says)
		(void)snprintf(to->s, sizeof to->s, "%s", text);
	else if (ok)
		ok = place_listed(f, sha256, to, says, err);
	*says = *says && strncmp(to->s, PLACE_PREFIX, strlen(PLACE_PREFIX)) == 0;
	buf_clear(&b);
	return ok;
}

/* Marks of a group that failed half way and wait still: each says its place itself. */
static bool
marks_fill(struct flow *f, struct err *err)
{
	struct taking_place p;
	struct span left;
	struct buf b;
	bool there, ok;

	buf_init(&b, TAKING_BYTES);
	ok = places_load(f, &b, err);
	left = buf_span(&b);
	while (ok && line_next(&left, &p)) {
		struct inbox_name mark = inbox_mark_of(&p.sha256);

		ok = take_there(f, mark.s, &there, err) &&
		    (!there || home_save(f->home, mark.s, span_text(p.to.s), err));
	}
	buf_clear(&b);
	return ok;
}

bool
taking_places_note(struct flow *f, const struct taking_place *list, size_t n,
    struct err *err)
{
	struct buf b;
	bool ok = true;

	if (!marks_fill(f, err))
		return false;
	buf_init(&b, TAKING_BYTES);
	for (size_t i = 0; ok && i < n; i++)
		ok = buf_printf(&b, err, "%s %s\n", digest_hex(&list[i].sha256).s,
		    list[i].to.s);
	ok = ok && home_save(f->home, TAKING_PATH, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}
