/*
 * The text header: one value has one spelling.  What is read here is only syntax;
 * what a stanza means is in age_wrap.c.
 */
#include "crypto/age_internal.h"

#include <assert.h>
#include <string.h>

static const char version_line[] = "age-encryption.org/v1\n";
static const char armor_begin[] = "-----BEGIN AGE ENCRYPTED FILE-----";

#define COLUMNS 64		/* of a full body line: 48 bytes */
#define MAC_DIGITS 43		/* 32 bytes in base64 */

bool
age_header_wrong(struct err *err, size_t at, const char *why)
{
	return err_set(err, ERR_INPUT, "age.header",
	    "the header is malformed at byte %zu: %s", at, why);
}

bool
age_base64_exactly(struct span text, uint8_t *out, size_t n)
{
	uint8_t room[AGE_ARG_MAX + 4];
	struct buf b = { room, 0, sizeof room, sizeof room, false };

	assert(n <= AGE_ARG_MAX);
	if (text.n != (n * 4 + 2) / 3 || !base64_decode(&b, text, false, NULL) ||
	    b.n != n)
		return false;
	memcpy(out, room, n);
	return true;
}

/* ---- where it ends ---- */

static bool
version_check(struct span begin, struct err *err)
{
	size_t n = strlen(version_line);

	if (begin.n < n)
		n = begin.n;
	if (n == 0 || memcmp(begin.p, version_line, n) == 0)
		return true;
	if (span_starts(begin, armor_begin))
		return age_header_wrong(err, 0, "the file is in text form (armor)");
	if (span_starts(begin, "age-encryption.org/"))
		return age_header_wrong(err, 0, "the file is of a later version of age");
	return age_header_wrong(err, 0, "this is not an age file");
}

static bool
header_limit(struct err *err)
{
	return err_set(err, ERR_LIMIT, "age.header_limit",
	    "the header is longer than the %d bytes we read", AGE_HEADER_MAX);
}

bool
age_header_length(struct span begin, size_t *out, bool *enough, struct err *err)
{
	const uint8_t *last, *lf = NULL;
	size_t n;

	if (!version_check(begin, err))
		return false;
	/* No body line can begin so: '-' is no base64 digit. */
	last = begin.n == 0 ? NULL : memmem(begin.p, begin.n, "\n---", 4);
	if (last != NULL)
		lf = memchr(last + 1, '\n', begin.n - (size_t)(last + 1 - begin.p));
	if (lf == NULL) {
		if (begin.n >= AGE_HEADER_MAX)
			return header_limit(err);
		*enough = false;
		return true;
	}
	n = (size_t)(lf - begin.p) + 1;
	if (n > AGE_HEADER_MAX)
		return header_limit(err);
	*out = n;
	*enough = true;
	return true;
}

/* ---- reading ---- */

/* Arguments: visible ASCII, one space between them, none of them empty. */
static bool
args_valid(struct span args)
{
	bool after_space = true;

	for (size_t i = 0; i < args.n; i++) {
		if (args.p[i] == ' ') {
			if (after_space)
				return false;
			after_space = true;
		} else if (args.p[i] < 0x21 || args.p[i] > 0x7E) {
			return false;
		} else {
			after_space = false;
		}
	}
	return !after_space;
}

static bool
stanza_line_read(struct age_stanza *s, struct span line, size_t at,
    struct err *err)
{
	struct span all = span_from(line, 3);
	const uint8_t *space;

	if (!args_valid(all))
		return age_header_wrong(err, at, "the arguments of a recipient "
		    "are empty or hold characters that are not allowed");
	space = memchr(all.p, ' ', all.n);
	s->at = at;
	s->type = space == NULL ? all : span_of(all.p, (size_t)(space - all.p));
	s->args = space == NULL ? span_of(NULL, 0) : span_from(all, s->type.n + 1);
	return true;
}

/* Full lines, then one that is shorter, perhaps empty. */
static bool
body_read(struct age_header *h, struct age_stanza *s, struct cursor *c,
    struct err *err)
{
	size_t begin = h->bodies.n, at;
	struct span line;

	do {
		at = c->at;
		if (!cursor_line(c, &line))
			return age_header_wrong(err, at,
			    "the body of a recipient is not finished");
		if (line.n > COLUMNS)
			return age_header_wrong(err, at,
			    "a body line is longer than 64 characters");
		if (!base64_decode(&h->bodies, line, false, NULL))
			return age_header_wrong(err, at,
			    "a body line is not canonical base64");
	} while (line.n == COLUMNS);
	s->body = span_of(h->bodies.p + begin, h->bodies.n - begin);
	return true;
}

static bool
mac_read(struct age_header *h, struct span line, size_t at, struct span bytes,
    struct err *err)
{
	if (line.n != 4 + MAC_DIGITS || !span_starts(line, "--- ") ||
	    !age_base64_exactly(span_from(line, 4), h->mac, sizeof h->mac))
		return age_header_wrong(err, at,
		    "the last line is not \"--- \" and 43 base64 digits");
	h->covered = span_part(bytes, 0, at + 3);
	return true;
}

/* Room for all stanzas and bodies before the first is read, so none moves. */
static bool
header_room(struct age_header *h, struct span bytes, struct err *err)
{
	struct cursor c = cursor_of(bytes);
	struct span line;
	size_t n = 0;

	while (cursor_line(&c, &line))
		if (span_starts(line, "-> "))
			n++;
	if (n > AGE_STANZAS_MAX)
		return err_set(err, ERR_LIMIT, "age.stanzas",
		    "the file has more than the %d recipients we read",
		    AGE_STANZAS_MAX);
	h->stanza = mem_array(n, sizeof *h->stanza, err);
	/* A decoded line is shorter than the line; base64_decode asks for 3 more. */
	return h->stanza != NULL && buf_room(&h->bodies, bytes.n + 4, err);
}

static bool
header_read(struct age_header *h, struct span bytes, struct err *err)
{
	struct cursor c = cursor_of(bytes);
	struct span line;
	size_t at;

	if (!cursor_take(&c, strlen(version_line), &line) ||
	    !span_is(line, version_line))
		return age_header_wrong(err, 0, "this is not an age v1 file");
	for (;;) {
		at = c.at;
		if (!cursor_line(&c, &line))
			return age_header_wrong(err, at, "it ends too early");
		if (!span_starts(line, "-> "))
			break;
		if (!stanza_line_read(&h->stanza[h->n], line, at, err) ||
		    !body_read(h, &h->stanza[h->n], &c, err))
			return false;
		h->n++;
	}
	if (!mac_read(h, line, at, bytes, err))
		return false;
	if (h->n == 0)
		return age_header_wrong(err, at, "it names no recipient");
	if (!cursor_done(&c))
		return age_header_wrong(err, c.at, "bytes follow its last line");
	return true;
}

bool
age_header_decode(struct age_header *out, struct span bytes, struct err *err)
{
	struct age_header h = { 0 };

	if (bytes.n > AGE_HEADER_MAX)
		return header_limit(err);
	buf_init(&h.bodies, AGE_HEADER_MAX + 4);
	if (!header_room(&h, bytes, err) || !header_read(&h, bytes, err)) {
		age_header_clear(&h);
		return false;
	}
	*out = h;
	return true;
}

void
age_header_clear(struct age_header *h)
{
	mem_free(h->stanza);
	h->stanza = NULL;
	h->n = 0;
	buf_clear(&h->bodies);
}

bool
age_stanza_arg(const struct age_stanza *s, size_t i, struct span *out)
{
	struct span left = s->args;

	while (left.n > 0) {
		const uint8_t *space = memchr(left.p, ' ', left.n);
		size_t n = space == NULL ? left.n : (size_t)(space - left.p);

		if (i-- == 0) {
			*out = span_of(left.p, n);
			return true;
		}
		left = span_from(left, space == NULL ? n : n + 1);
	}
	return false;
}

/* ---- writing ---- */

static bool
body_write(struct buf *out, struct span body, struct err *err)
{
	struct span line;

	do {
		line = span_part(body, 0, COLUMNS / 4 * 3);
		if (!base64_encode(out, line, false, err) ||
		    !buf_add_byte(out, '\n', err))
			return false;
		body = span_from(body, line.n);
	} while (line.n == COLUMNS / 4 * 3);
	return true;
}

static bool
stanza_write(struct buf *out, const struct age_stanza *s, struct err *err)
{
	return buf_add_text(out, "-> ", err) && buf_add(out, s->type, err) &&
	    (s->args.n == 0 || buf_add_byte(out, ' ', err)) &&
	    buf_add(out, s->args, err) && buf_add_byte(out, '\n', err) &&
	    body_write(out, s->body, err);
}

bool
age_header_encode(struct buf *out, const struct age_stanza *stanza, size_t n,
    struct err *err)
{
	if (!buf_add_text(out, version_line, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!stanza_write(out, &stanza[i], err))
			return false;
	return buf_add_text(out, "---", err);
}

bool
age_header_encode_mac(struct buf *out, const uint8_t mac[32], struct err *err)
{
	return buf_add_byte(out, ' ', err) &&
	    base64_encode(out, span_of(mac, 32), false, err) &&
	    buf_add_byte(out, '\n', err);
}
