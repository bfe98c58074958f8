/* The text form of an age file: strict RFC 7468, one spelling for each file. */
#include "crypto/age_internal.h"

#include <string.h>

static const char armor_begin[] = "-----BEGIN AGE ENCRYPTED FILE-----";
static const char armor_end[] = "-----END AGE ENCRYPTED FILE-----";

#define COLUMNS 64
#define LINE_BYTES 48

enum armor_state {
	ARMOR_BEFORE,		/* white space and the first line are still to come */
	ARMOR_FULL,		/* only full lines so far */
	ARMOR_SHORT,		/* the short line was there: the end line must follow */
	ARMOR_ENDED,
};

struct armor_source {
	struct source source;
	struct source *under;
	enum armor_state state;
	struct err failed;
	uint8_t in[4096];
	size_t in_n, in_at;
	uint8_t line[COLUMNS + 2];	/* with CR, and room to see that it is too long */
	size_t line_n;
	uint8_t out[LINE_BYTES + 4];
	size_t out_n, out_at;
};

static bool
armor_wrong(struct err *err, const char *why)
{
	return err_set(err, ERR_INPUT, "age.armor",
	    "the text form is malformed: %s", why);
}

/* *more false: the end. */
static bool
byte_take(struct armor_source *a, uint8_t *c, bool *more, struct err *err)
{
	if (a->in_at == a->in_n) {
		a->in_at = a->in_n = 0;
		if (!source_read(a->under, a->in, sizeof a->in, &a->in_n, err))
			return false;
	}
	*more = a->in_n > 0;
	if (*more)
		*c = a->in[a->in_at++];
	return true;
}

/* The next line without its LF or CRLF; the last one may lack both. */
static bool
line_take(struct armor_source *a, struct err *err)
{
	bool more;
	uint8_t c = 0;

	for (;;) {
		if (!byte_take(a, &c, &more, err))
			return false;
		if (!more && a->line_n == 0)
			return armor_wrong(err, "it ends before its last line");
		if (!more || c == '\n')
			break;
		if (a->line_n == sizeof a->line)
			return armor_wrong(err, "a line is longer than 64 characters");
		a->line[a->line_n++] = c;
	}
	if (c == '\n' && a->line_n > 0 && a->line[a->line_n - 1] == '\r')
		a->line_n--;
	return true;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Lines of white space, then the first line of the block, at the line's start. */
static bool
begin_take(struct armor_source *a, struct err *err)
{
	bool more = true, at_start = true;
	uint8_t c = 0;

	for (size_t i = 0; ; i++) {
		if (!byte_take(a, &c, &more, err))
			return false;
		if (!more || !is_space(c))
			break;
		if (i == AGE_ARMOR_SPACE_MAX)
			return armor_wrong(err, "too much white space before it");
		at_start = c == '\n';
	}
	if (!more || !at_start)
		return armor_wrong(err, "its first line is missing");
	a->line[0] = c;
	a->line_n = 1;
	if (!line_take(a, err))
		return false;
	if (!span_is(span_of(a->line, a->line_n), armor_begin))
		return armor_wrong(err, "its first line is not the one of an age file");
	a->state = ARMOR_FULL;
	return true;
}

static bool
nothing_follows(struct armor_source *a, struct err *err)
{
	bool more = true;
	uint8_t c;

	for (size_t i = 0; ; i++) {
		if (!byte_take(a, &c, &more, err))
			return false;
		if (!more)
			return true;
		if (!is_space(c))
			return armor_wrong(err, "something follows its last line");
		if (i == AGE_ARMOR_SPACE_MAX)
			return armor_wrong(err, "too much white space after it");
	}
}

static bool
line_decode(struct armor_source *a, struct err *err)
{
	struct span line = span_of(a->line, a->line_n);
	struct buf b = { a->out, 0, sizeof a->out, sizeof a->out, false };

	if (a->state == ARMOR_SHORT)
		return armor_wrong(err, "a line follows the one that is not full");
	if (line.n == 0)
		return armor_wrong(err, "a line is empty");
	if (line.n > COLUMNS)
		return armor_wrong(err, "a line is longer than 64 characters");
	if (!base64_decode(&b, line, true, NULL))
		return armor_wrong(err, "a line is not canonical base64");
	if (b.n < LINE_BYTES)
		a->state = ARMOR_SHORT;
	a->out_n = b.n;
	a->out_at = 0;
	return true;
}

static bool
armor_next(struct armor_source *a, struct err *err)
{
	if (a->state == ARMOR_BEFORE && !begin_take(a, err))
		return false;
	a->line_n = 0;
	if (!line_take(a, err))
		return false;
	if (!span_is(span_of(a->line, a->line_n), armor_end))
		return line_decode(a, err);
	a->state = ARMOR_ENDED;
	return nothing_follows(a, err);
}

static bool
armor_read(struct source *src, void *p, size_t n, size_t *got, struct err *err)
{
	struct armor_source *a = (struct armor_source *)src;

	if (a->out_at == a->out_n && a->failed.kind == ERR_NONE &&
	    a->state != ARMOR_ENDED && !armor_next(a, &a->failed))
		a->out_at = a->out_n = 0;
	if (a->failed.kind != ERR_NONE)
		return err_set(err, a->failed.kind, a->failed.reason, "%s",
		    a->failed.text);
	*got = a->out_n - a->out_at;
	if (*got > n)
		*got = n;
	memcpy(p, a->out + a->out_at, *got);
	a->out_at += *got;
	return true;
}

static void
armor_free(struct source *src)
{
	mem_free(src);
}

bool
age_armor_source(struct source *under, struct source **out, struct err *err)
{
	struct armor_source *a = mem_new(sizeof *a, err);

	if (a == NULL)
		return false;
	a->source = (struct source){ armor_read, armor_free };
	a->under = under;
	err_clear(&a->failed);
	*out = &a->source;
	return true;
}
