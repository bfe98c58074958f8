#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

struct span
span_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}

struct span
span_text(const char *s)
{
	return span_of(s, strlen(s));
}

bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_text(s));
}

bool
name_find(const char *const *names, size_t n, const char *name, size_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0) {
			*out = i;
			return true;
		}
	return false;
}

bool
span_starts(struct span a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && (n == 0 || memcmp(a.p, s, n) == 0);
}

int
span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (r != 0)
		return r;
	return a.n < b.n ? -1 : a.n > b.n;
}

struct span
span_from(struct span a, size_t at)
{
	if (at >= a.n)
		return span_of(a.p == NULL ? NULL : a.p + a.n, 0);
	return span_of(a.p + at, a.n - at);
}

struct span
span_part(struct span a, size_t at, size_t n)
{
	struct span s = span_from(a, at);

	return span_of(s.p, n < s.n ? n : s.n);
}

bool
span_same_secret(struct span a, struct span b)
{
	uint8_t differs = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differs |= (uint8_t)(a.p[i] ^ b.p[i]);
	return differs == 0;
}

/* ---- digests ---- */

struct span
digest_span(const struct digest *d)
{
	return span_of(d->b, sizeof d->b);
}

bool
digest_eq(const struct digest *a, const struct digest *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static const char hex_digits[] = "0123456789abcdef";

struct digest_hex
digest_hex(const struct digest *d)
{
	struct digest_hex out;

	for (size_t i = 0; i < sizeof d->b; i++) {
		out.s[2 * i] = hex_digits[d->b[i] >> 4];
		out.s[2 * i + 1] = hex_digits[d->b[i] & 15];
	}
	out.s[64] = '\0';
	return out;
}

bool
digest_parse(struct span hex, struct digest *out)
{
	struct digest d;

	if (!hex_decode(hex, d.b, sizeof d.b))
		return false;
	*out = d;
	return true;
}

/* ---- buf ---- */

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ NULL, 0, 0, max, false };
}

void
buf_init_secret(struct buf *b, size_t max)
{
	buf_init(b, max);
	b->secret = true;
}

void
buf_clear(struct buf *b)
{
	if (b->secret)
		mem_wipe(b->p, b->cap);
	mem_free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
}

void
buf_reset(struct buf *b)
{
	if (b->secret)
		mem_wipe(b->p, b->n);
	b->n = 0;
}

/* Larger memory; a secret is copied by hand so that no old copy stays behind. */
static bool
buf_grow(struct buf *b, size_t cap, struct err *err)
{
	uint8_t *p;

	if (!b->secret) {
		p = mem_resize(b->p, cap, err);
		if (p == NULL)
			return false;
	} else {
		p = mem_new(cap, err);
		if (p == NULL)
			return false;
		if (b->n > 0)
			memcpy(p, b->p, b->n);
		mem_wipe(b->p, b->cap);
		mem_free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

bool
buf_room(struct buf *b, size_t n, struct err *err)
{
	size_t want, cap;

	if (!size_add(b->n, n, &want) || want > b->max)
		return err_set(err, ERR_LIMIT, "buf.limit",
		    "more than the %zu bytes allowed here", b->max);
	if (want <= b->cap)
		return true;
	cap = b->cap < 64 ? 64 : b->cap;
	while (cap < want && cap <= b->max / 2)
		cap *= 2;
	if (cap < want)
		cap = want;
	return buf_grow(b, cap, err);
}

bool
buf_add(struct buf *b, struct span s, struct err *err)
{
	if (!buf_room(b, s.n, err))
		return false;
	if (s.n > 0)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return true;
}

bool
buf_add_text(struct buf *b, const char *s, struct err *err)
{
	return buf_add(b, span_text(s), err);
}

bool
buf_add_byte(struct buf *b, uint8_t c, struct err *err)
{
	return buf_add(b, span_of(&c, 1), err);
}

bool
buf_printf(struct buf *b, struct err *err, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return err_set(err, ERR_LIMIT, "buf.format", "text cannot be formatted");
	/* vsnprintf wants room for a NUL; ask for it beyond max only in memory. */
	if (!buf_room(b, (size_t)n, err))
		return false;
	if (b->cap < b->n + (size_t)n + 1 &&
	    !buf_grow(b, b->n + (size_t)n + 1, err))
		return false;
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
	return true;
}

void
u64_put(uint8_t p[8], uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

bool
buf_add_u16(struct buf *b, uint16_t v, struct err *err)
{
	uint8_t p[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	return buf_add(b, span_of(p, sizeof p), err);
}

bool
buf_add_u64(struct buf *b, uint64_t v, struct err *err)
{
	uint8_t p[8];

	u64_put(p, v);
	return buf_add(b, span_of(p, sizeof p), err);
}

struct span
buf_span(const struct buf *b)
{
	return span_of(b->p, b->n);
}

bool
buf_text(struct buf *b, const char **out, struct err *err)
{
	if (b->cap < b->n + 1 && !buf_grow(b, b->n + 1, err))
		return false;
	b->p[b->n] = '\0';
	*out = (const char *)b->p;
	return true;
}

/* ---- cursor ---- */

struct cursor
cursor_of(struct span s)
{
	return (struct cursor){ s, 0 };
}

bool
cursor_take(struct cursor *c, size_t n, struct span *out)
{
	if (n > c->left.n)
		return false;
	*out = span_of(c->left.p, n);
	c->left = span_from(c->left, n);
	c->at += n;
	return true;
}

static bool
cursor_big_endian(struct cursor *c, size_t n, uint64_t *out)
{
	struct span s;
	uint64_t v = 0;

	if (!cursor_take(c, n, &s))
		return false;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | s.p[i];
	*out = v;
	return true;
}

bool
cursor_u8(struct cursor *c, uint8_t *out)
{
	uint64_t v;

	if (!cursor_big_endian(c, 1, &v))
		return false;
	*out = (uint8_t)v;
	return true;
}

bool
cursor_u16(struct cursor *c, uint16_t *out)
{
	uint64_t v;

	if (!cursor_big_endian(c, 2, &v))
		return false;
	*out = (uint16_t)v;
	return true;
}

bool
cursor_u32(struct cursor *c, uint32_t *out)
{
	uint64_t v;

	if (!cursor_big_endian(c, 4, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

bool
cursor_u64(struct cursor *c, uint64_t *out)
{
	return cursor_big_endian(c, 8, out);
}

bool
cursor_line(struct cursor *c, struct span *out)
{
	const uint8_t *lf;
	struct span line;

	if (c->left.n == 0)
		return false;
	lf = memchr(c->left.p, '\n', c->left.n);
	if (lf == NULL)
		return false;
	if (!cursor_take(c, (size_t)(lf - c->left.p) + 1, &line))
		return false;
	*out = span_of(line.p, line.n - 1);
	return true;
}

bool
cursor_line_decimal(struct cursor *c, uint64_t max, uint64_t *out)
{
	struct cursor after = *c;
	struct span line;

	if (!cursor_line(&after, &line) || !decimal_parse(line, max, out))
		return false;
	*c = after;
	return true;
}

bool
cursor_done(const struct cursor *c)
{
	return c->left.n == 0;
}
