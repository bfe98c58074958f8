#include "form/der.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- walking ---- */

struct der
der_of(struct span whole, size_t *wrong)
{
	return (struct der){ whole, 0, wrong };
}

struct der
der_inside(const struct der *d, const struct der_item *item)
{
	size_t head = item->whole.n - item->body.n;

	return (struct der){ item->body, item->at + head, d->wrong };
}

bool
der_more(const struct der *d)
{
	return d->left.n > 0;
}

static bool
wrong_at(const struct der *d, size_t at)
{
	*d->wrong = at;
	return false;
}

bool
der_end(const struct der *d)
{
	return d->left.n == 0 || wrong_at(d, d->at);
}

uint8_t
der_peek(const struct der *d)
{
	return d->left.n == 0 ? 0 : d->left.p[0];
}

/* Length bytes behind the tag: how many they are, and the length they say. */
static bool
length_read(struct span s, size_t *bytes, size_t *length)
{
	size_t n, value = 0;

	if (s.n < 2)
		return false;
	if (s.p[1] < 0x80) {
		*bytes = 1;
		*length = s.p[1];
		return true;
	}
	n = s.p[1] & 0x7F;		/* 0: indefinite, which DER has not */
	if (n == 0 || n > DER_LENGTH_BYTES_MAX || s.n < 2 + n)
		return false;
	for (size_t i = 0; i < n; i++)
		value = value << 8 | s.p[2 + i];
	/* X.690 10.1: the shortest form there is. */
	if (value < 0x80 || value >> 8 * (n - 1) == 0)
		return false;
	*bytes = 1 + n;
	*length = value;
	return true;
}

bool
der_any(struct der *d, struct der_item *out)
{
	size_t bytes, length, head;

	if (d->left.n == 0 || (d->left.p[0] & 0x1F) == 0x1F)
		return wrong_at(d, d->at);
	if (!length_read(d->left, &bytes, &length) ||
	    length > d->left.n - 1 - bytes)
		return wrong_at(d, d->at + 1);
	head = 1 + bytes;
	out->tag = d->left.p[0];
	out->at = d->at;
	out->whole = span_part(d->left, 0, head + length);
	out->body = span_part(d->left, head, length);
	d->left = span_from(d->left, head + length);
	d->at += head + length;
	return true;
}

bool
der_take(struct der *d, uint8_t tag, struct der_item *out)
{
	if (der_peek(d) != tag)
		return wrong_at(d, d->at);
	return der_any(d, out);
}

bool
der_enter(struct der *d, uint8_t tag, struct der *inside)
{
	struct der_item item;

	if (!der_take(d, tag, &item))
		return false;
	*inside = der_inside(d, &item);
	return true;
}

/* X.690 8.3.2: not nine equal bits at the start. */
static bool
integer_minimal(struct span body)
{
	if (body.n == 0 || body.n > DER_INTEGER_MAX)
		return false;
	if (body.n == 1)
		return true;
	if (body.p[0] == 0x00)
		return body.p[1] >= 0x80;
	if (body.p[0] == 0xFF)
		return body.p[1] < 0x80;
	return true;
}

bool
der_integer(struct der *d, struct der_item *out)
{
	struct der before = *d;
	struct der_item item;

	if (!der_take(d, DER_INTEGER, &item))
		return false;
	if (!integer_minimal(item.body)) {
		*d = before;
		return wrong_at(d, item.at);
	}
	*out = item;
	return true;
}

bool
der_bits(struct der *d, struct span *bits)
{
	struct der before = *d;
	struct der_item item;

	if (!der_take(d, DER_BIT_STRING, &item))
		return false;
	if (item.body.n == 0 || item.body.p[0] != 0) {
		*d = before;
		return wrong_at(d, item.at);
	}
	*bits = span_from(item.body, 1);
	return true;
}

bool
der_same(struct der *d, struct span whole)
{
	if (d->left.n < whole.n || !span_eq(span_part(d->left, 0, whole.n), whole))
		return wrong_at(d, d->at);
	d->left = span_from(d->left, whole.n);
	d->at += whole.n;
	return true;
}

bool
der_magnitude(struct span body, struct span *out)
{
	if (!integer_minimal(body) || body.p[0] >= 0x80)
		return false;
	*out = body.p[0] == 0 ? span_from(body, 1) : body;
	return true;
}

bool
der_small(struct span body, uint64_t max, uint64_t *out)
{
	struct span m;
	uint64_t value = 0;

	if (!der_magnitude(body, &m) || m.n > 8)
		return false;
	for (size_t i = 0; i < m.n; i++)
		value = value << 8 | m.p[i];
	if (value > max)
		return false;
	*out = value;
	return true;
}

/* One arc (base 128, high bit: more follows) from *at on. */
static bool
oid_arc(struct span body, size_t *at, uint64_t *arc)
{
	uint64_t value = 0;

	if (*at >= body.n || body.p[*at] == 0x80)
		return false;
	do {
		if (*at >= body.n || value > UINT32_MAX)
			return false;
		value = value << 7 | (body.p[*at] & 0x7F);
	} while ((body.p[(*at)++] & 0x80) != 0);
	*arc = value;
	return value <= UINT32_MAX;
}

bool
der_oid_print(struct span body, char *out, size_t out_n)
{
	size_t at = 0, used;
	uint64_t arc, first;
	int n;

	if (!oid_arc(body, &at, &arc))
		return false;
	first = arc < 80 ? arc / 40 : 2;
	n = snprintf(out, out_n, "%u.%llu", (unsigned)first,
	    (unsigned long long)(arc - 40 * first));
	if (n < 0 || (size_t)n >= out_n)
		return false;
	used = (size_t)n;
	while (at < body.n) {
		if (!oid_arc(body, &at, &arc))
			return false;
		n = snprintf(out + used, out_n - used, ".%llu",
		    (unsigned long long)arc);
		if (n < 0 || (size_t)n >= out_n - used)
			return false;
		used += (size_t)n;
	}
	return true;
}

/* Two decimal digits, or -1. */
static int
two_digits(const uint8_t *p)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return -1;
	return (p[0] - '0') * 10 + (p[1] - '0');
}

bool
der_time(const struct der_item *item, int64_t *out)
{
	bool utc = item->tag == DER_UTC_TIME;
	const uint8_t *p = item->body.p;
	int f[6], century;

	if (!utc && item->tag != DER_GENERALIZED_TIME)
		return false;
	if (item->body.n != (utc ? 13 : 15) || p[item->body.n - 1] != 'Z')
		return false;
	century = utc ? 0 : two_digits(p);
	if (!utc)
		p += 2;
	for (int i = 0; i < 6; i++) {
		f[i] = two_digits(p + 2 * i);
		if (f[i] < 0 || century < 0)
			return false;
	}
	if (utc)
		century = f[0] >= 50 ? 19 : 20;
	else if (century * 100 + f[0] >= 1950 && century * 100 + f[0] <= 2049)
		return false;
	return when_from_civil(&(struct civil){ century * 100 + f[0], f[1], f[2],
	    f[3], f[4], f[5] }, out);
}

/* ---- writing ---- */

void
der_out_begin(struct der_out *d, struct buf *to, struct err *err)
{
	*d = (struct der_out){ to, err, true };
}

bool
der_out_end(struct der_out *d)
{
	return d->ok;
}

static void
add(struct der_out *d, const void *p, size_t n)
{
	d->ok = d->ok && buf_add(d->to, span_of(p, n), d->err);
}

/* Tag and length; returns how many bytes. */
static size_t
head_make(uint8_t head[5], uint8_t tag, size_t length)
{
	size_t n = 2;

	head[0] = tag;
	if (length < 0x80) {
		head[1] = (uint8_t)length;
		return n;
	}
	head[1] = length > 0xFFFF ? 0x83 : length > 0xFF ? 0x82 : 0x81;
	if (length > 0xFFFF)
		head[n++] = (uint8_t)(length >> 16);
	if (length > 0xFF)
		head[n++] = (uint8_t)(length >> 8);
	head[n++] = (uint8_t)length;
	return n;
}

/* The writer's own bound, so that it never writes what the walk refuses. */
static bool
length_fits(struct der_out *d, size_t length)
{
	if (length >> 8 * DER_LENGTH_BYTES_MAX == 0)
		return true;
	if (d->ok)
		d->ok = err_set(d->err, ERR_LIMIT, "der.length",
		    "an element of %zu bytes is longer than DER lengths here allow",
		    length);
	return false;
}

size_t
der_out_open(struct der_out *d, uint8_t tag)
{
	size_t opened = d->to->n;
	const uint8_t head[2] = { tag, 0 };

	add(d, head, sizeof head);
	return opened;
}

void
der_out_close(struct der_out *d, size_t opened)
{
	uint8_t head[5];
	size_t length, n;

	if (!d->ok)
		return;
	length = d->to->n - opened - 2;
	if (!length_fits(d, length))
		return;
	n = head_make(head, d->to->p[opened], length);
	/* Room for a longer length was unknown at the start: the body moves up. */
	add(d, head, n - 2);
	if (!d->ok)
		return;
	memmove(d->to->p + opened + n, d->to->p + opened + 2, length);
	memcpy(d->to->p + opened, head, n);
}

void
der_out_item(struct der_out *d, uint8_t tag, struct span body)
{
	uint8_t head[5];

	if (!length_fits(d, body.n))
		return;
	add(d, head, head_make(head, tag, body.n));
	add(d, body.p, body.n);
}

void
der_out_raw(struct der_out *d, struct span elements)
{
	add(d, elements.p, elements.n);
}

void
der_out_small(struct der_out *d, uint8_t value)
{
	der_out_magnitude(d, span_of(&value, 1));
}

void
der_out_magnitude(struct der_out *d, struct span magnitude)
{
	static const uint8_t zero = 0;
	uint8_t head[5];
	size_t pad;

	while (magnitude.n > 0 && magnitude.p[0] == 0)
		magnitude = span_from(magnitude, 1);
	pad = magnitude.n == 0 || magnitude.p[0] >= 0x80;
	if (!length_fits(d, magnitude.n + pad))
		return;
	add(d, head, head_make(head, DER_INTEGER, magnitude.n + pad));
	add(d, &zero, pad);
	add(d, magnitude.p, magnitude.n);
}

void
der_out_time(struct der_out *d, int64_t at)
{
	struct civil c;
	char text[32];
	bool utc;

	if (!when_civil(at, &c)) {
		if (d->ok)
			d->ok = err_set(d->err, ERR_LIMIT, "der.time",
			    "the instant is outside the years 1 to 9999");
		return;
	}
	utc = c.year >= 1950 && c.year <= 2049;
	(void)snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02dZ", c.year,
	    c.month, c.day, c.hour, c.minute, c.second);
	der_out_item(d, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME,
	    span_text(utc ? text + 2 : text));
}

static int
by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

void
der_out_set_of(struct der_out *d, uint8_t tag, struct span *elements, size_t n)
{
	size_t opened = der_out_open(d, tag);

	qsort(elements, n, sizeof *elements, by_bytes);
	for (size_t i = 0; i < n; i++)
		der_out_raw(d, elements[i]);
	der_out_close(d, opened);
}
