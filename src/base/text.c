/* Hexadecimal, decimal, base64, base32, UTF-8, and bytes made visible. */
#include "base/bytes.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

bool
hex_encode(struct buf *out, struct span in, struct err *err)
{
	size_t n;

	if (!size_mul(in.n, 2, &n))
		return err_memory(err);
	if (!buf_room(out, n, err))
		return false;
	for (size_t i = 0; i < in.n; i++) {
		out->p[out->n++] = (uint8_t)hex_digits[in.p[i] >> 4];
		out->p[out->n++] = (uint8_t)hex_digits[in.p[i] & 15];
	}
	return true;
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool
hex_decode(struct span hex, uint8_t *out, size_t out_n)
{
	if (hex.n % 2 != 0 || hex.n / 2 != out_n)
		return false;
	for (size_t i = 0; i < out_n; i++) {
		int hi = hex_value(hex.p[2 * i]), lo = hex_value(hex.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

uint8_t
ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool
ascii_alnum(uint8_t c)
{
	uint8_t small = ascii_lower(c);

	return (c >= '0' && c <= '9') || (small >= 'a' && small <= 'z');
}

bool
decimal_parse(struct span text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	/* 19 digits stay below 2^64. */
	if (text.n == 0 || text.n > 19 || (text.n > 1 && text.p[0] == '0'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.p[i] - '0');
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

bool
base64_encode(struct buf *out, struct span in, bool pad, struct err *err)
{
	uint32_t bits = 0;
	unsigned have = 0;

	if (!buf_room(out, (in.n + 2) / 3 * 4, err))
		return false;
	for (size_t i = 0; i < in.n; i++) {
		bits = bits << 8 | in.p[i];
		for (have += 8; have >= 6; have -= 6)
			out->p[out->n++] = (uint8_t)base64_digits[bits >> (have - 6) & 63];
	}
	if (have > 0)
		out->p[out->n++] = (uint8_t)base64_digits[bits << (6 - have) & 63];
	for (size_t rest = in.n % 3; pad && rest != 0 && rest < 3; rest++)
		out->p[out->n++] = '=';
	return true;
}

static int
base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
base64_decode(struct buf *out, struct span in, bool pad, struct err *err)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = in.n;

	if (pad && n % 4 != 0)
		goto bad;
	for (unsigned i = 0; pad && i < 2 && n > 0 && in.p[n - 1] == '='; i++)
		n--;
	if (n % 4 == 1 || (pad && (4 - n % 4) % 4 != in.n - n))
		goto bad;
	if (!buf_room(out, n / 4 * 3 + 3, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		int v = base64_value(in.p[i]);

		if (v < 0)
			goto bad;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out->p[out->n++] = (uint8_t)(bits >> have);
		}
	}
	/* The unused bits of the last digit must be zero: one spelling a value. */
	if (have > 0 && (bits & ((1u << have) - 1)) != 0)
		goto bad;
	return true;
bad:
	return err_set(err, ERR_INPUT, "base64.form",
	    "the text is not canonical base64");
}

bool
base32_encode(struct buf *out, struct span in, struct err *err)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < in.n; i++) {
		bits = bits << 8 | in.p[i];
		for (have += 8; have >= 5; have -= 5)
			if (!buf_add_byte(out,
			    (uint8_t)base32_digits[bits >> (have - 5) & 31], err))
				return false;
	}
	if (have == 0)
		return true;
	return buf_add_byte(out, (uint8_t)base32_digits[bits << (5 - have) & 31], err);
}

/* ---- UTF-8 ---- */

size_t
utf8_next(struct span s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t n;

	if (s.n == 0)
		return 0;
	c = s.p[0];
	if (c < 0x80) {
		*code = c;
		return 1;
	}
	n = (c & 0xE0) == 0xC0 ? 2 : (c & 0xF0) == 0xE0 ? 3 : (c & 0xF8) == 0xF0 ? 4 : 0;
	if (n == 0 || s.n < n)
		return 0;
	c &= 0x7Fu >> n;
	for (size_t i = 1; i < n; i++) {
		if ((s.p[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (s.p[i] & 0x3F);
	}
	if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*code = c;
	return n;
}

bool
utf8_valid(struct span s)
{
	uint32_t code;

	while (s.n > 0) {
		size_t n = utf8_next(s, &code);

		if (n == 0)
			return false;
		s = span_from(s, n);
	}
	return true;
}

/* Characters that change how the line around them looks, or cannot be seen. */
bool
code_invisible(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
	    c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
	    (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
	    c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) ||
	    (c >= 0xE0000 && c <= 0xE0FFF);
}

bool
text_visible(struct buf *out, struct span in, struct err *err)
{
	uint32_t code;

	while (in.n > 0) {
		size_t n = utf8_next(in, &code);
		bool ok;

		if (n == 0) {
			n = 1;
			ok = buf_printf(out, err, "\\x%02X", in.p[0]);
		} else if (code == '\\') {
			ok = buf_add_text(out, "\\\\", err);
		} else if (code < 0x80 && code_invisible(code)) {
			ok = buf_printf(out, err, "\\x%02X", (unsigned)code);
		} else if (code_invisible(code)) {
			ok = buf_printf(out, err, "\\u{%04X}", (unsigned)code);
		} else {
			ok = buf_add(out, span_of(in.p, n), err);
		}
		if (!ok)
			return false;
		in = span_from(in, n);
	}
	return true;
}
