#include "package/files_jsonl.h"

#include <assert.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

/* ---- putting text: the callers know that it fits ---- */

static char *
put_text(char *at, const char *s, size_t n)
{
	memcpy(at, s, n);
	return at + n;
}
#define PUT(at, literal) put_text(at, literal, sizeof(literal) - 1)

static char *
put_span(char *at, struct span s)
{
	return s.n == 0 ? at : put_text(at, (const char *)s.p, s.n);
}

static char *
put_hex(char *at, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		*at++ = hex_digits[p[i] >> 4];
		*at++ = hex_digits[p[i] & 15];
	}
	return at;
}

static size_t
decimal_length(uint64_t v)
{
	size_t n = 1;

	for (; v >= 10; v /= 10)
		n++;
	return n;
}

/* Exactly n digits. */
static char *
put_digits(char *at, uint64_t v, size_t n)
{
	size_t i;

	for (i = n; i > 0; i--, v /= 10)
		at[i - 1] = (char)('0' + v % 10);
	return at + n;
}

static char *
put_decimal(char *at, uint64_t v)
{
	return put_digits(at, v, decimal_length(v));
}

/* ---- names: JSON in ASCII as json_out writes it, or base64 ---- */

static bool
plain(uint32_t c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static size_t
code_length(uint32_t c)
{
	if (plain(c))
		return 1;
	if (c == '"' || c == '\\' || c == '\n')
		return 2;
	return c < 0x10000 ? 6 : 12;
}

static char *
put_unit(char *at, uint32_t unit)
{
	uint8_t b[2] = { (uint8_t)(unit >> 8), (uint8_t)unit };

	return put_hex(PUT(at, "\\u"), b, 2);
}

static char *
put_code(char *at, uint32_t c)
{
	if (plain(c)) {
		*at++ = (char)c;
		return at;
	}
	if (c == '"' || c == '\\' || c == '\n') {
		*at++ = '\\';
		*at++ = c == '\n' ? 'n' : (char)c;
		return at;
	}
	if (c < 0x10000)
		return put_unit(at, c);
	c -= 0x10000;
	return put_unit(put_unit(at, 0xD800 + (c >> 10)), 0xDC00 + (c & 0x3FF));
}

/* Bytes of a text's JSON form; false when it has none (then: base64). */
static bool
json_length(struct span s, size_t *out)
{
	size_t i = 0, n = 0, step;
	uint32_t c;

	while (i < s.n) {
		if (plain(s.p[i])) {
			i++;
			n++;
			continue;
		}
		step = utf8_next(span_from(s, i), &c);
		if (step == 0 || c == 0)
			return false;
		i += step;
		n += code_length(c);
	}
	*out = n;
	return true;
}

static char *
put_json(char *at, struct span s)
{
	uint32_t c = 0;
	size_t i = 0;

	while (i < s.n) {
		if (plain(s.p[i])) {
			*at++ = (char)s.p[i++];
			continue;
		}
		i += utf8_next(span_from(s, i), &c);
		at = put_code(at, c);
	}
	return at;
}

static size_t
base64_length(struct span s)
{
	return (s.n + 2) / 3 * 4;
}

/* RFC 4648, padded; straight into the line. */
static char *
put_base64(char *at, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	for (i = 0; i < s.n; i += 3) {
		uint32_t v = (uint32_t)s.p[i] << 16 |
		    (i + 1 < s.n ? (uint32_t)s.p[i + 1] << 8 : 0) |
		    (i + 2 < s.n ? s.p[i + 2] : 0);

		*at++ = digits[v >> 18];
		*at++ = digits[v >> 12 & 63];
		*at++ = i + 1 < s.n ? digits[v >> 6 & 63] : '=';
		*at++ = i + 2 < s.n ? digits[v & 63] : '=';
	}
	return at;
}

#define NAME_TEXT ",\"name\":\""
#define NAME_BASE64 ",\"name_b64\":\""

static size_t
name_length(struct span name)
{
	size_t n;

	if (json_length(name, &n))
		return sizeof NAME_TEXT - 1 + n + 1;
	return sizeof NAME_BASE64 - 1 + base64_length(name) + 1;
}

static char *
put_name(char *at, struct span name)
{
	size_t n;

	if (json_length(name, &n))
		at = put_json(PUT(at, NAME_TEXT), name);
	else
		at = put_base64(PUT(at, NAME_BASE64), name);
	return PUT(at, "\"");
}

/* ---- manifest-sha256.txt and pins ---- */

size_t
files_manifest_length(struct span path)
{
	return 64 + 2 + path.n + 1;
}

size_t
files_manifest_line(char *out, const struct digest *d, struct span path)
{
	char *at = put_hex(out, d->b, sizeof d->b);

	at = put_span(PUT(at, "  "), path);
	return (size_t)(PUT(at, "\n") - out);
}

size_t
files_pin_line(char *out, const struct digest *d, uint64_t size,
    struct span path)
{
	char *at = put_hex(out, d->b, sizeof d->b);

	at = put_decimal(PUT(at, "  "), size);
	at = put_span(PUT(at, "  "), path);
	return (size_t)(PUT(at, "\n") - out);
}

/* ---- files.jsonl ---- */

static const char *
kind_word(enum entry_kind kind)
{
	static const char *const words[] = { "file", "dir", "link", "left_out" };

	assert(kind != ENTRY_SALT);
	return words[kind];
}

#define FIXED_ALL (sizeof "{\"n\":,\"t\":\"\",\"mtime\":\"2026-11-22T08:46:00Z\"" \
	",\"salt\":\"00112233445566778899aabbccddeeff\"}\n" - 1)
#define FIXED_FILE (sizeof ",\"path\":\"\",\"size\":,\"sha256\":\"\"" - 1 + 64)

size_t
files_line_length(const struct entry *e)
{
	size_t n = FIXED_ALL + strlen(kind_word(e->kind)) + name_length(e->name);

	if (e->kind == ENTRY_FILE)
		n += FIXED_FILE + e->path.n + decimal_length(e->size);
	if (e->kind == ENTRY_LINK)
		n += sizeof ",\"target_b64\":\"\"" - 1 + base64_length(e->target);
	if (e->kind == ENTRY_LEFT_OUT)
		n += sizeof ",\"why\":\"\"" - 1 + strlen(left_out_word(e->why));
	if (e->mtime_ns > 0)
		n += sizeof ",\"mtime_ns\":" - 1 + decimal_length(e->mtime_ns);
	return n;
}

/* when_rfc3339's form: a list of a million lines should not wait for printf. */
static char *
put_time(char *at, int64_t when)
{
	struct civil c = { 1970, 1, 1, 0, 0, 0 };
	bool ok = when_civil(when, &c);

	assert(ok);		/* entry_limits refused the others */
	(void)ok;
	at = PUT(put_digits(at, (uint64_t)c.year, 4), "-");
	at = PUT(put_digits(at, (uint64_t)c.month, 2), "-");
	at = PUT(put_digits(at, (uint64_t)c.day, 2), "T");
	at = PUT(put_digits(at, (uint64_t)c.hour, 2), ":");
	at = PUT(put_digits(at, (uint64_t)c.minute, 2), ":");
	return PUT(put_digits(at, (uint64_t)c.second, 2), "Z");
}

static char *
put_file(char *at, const struct entry *e, const struct digest *d)
{
	at = put_span(PUT(at, ",\"path\":\""), e->path);
	at = put_decimal(PUT(at, "\",\"size\":"), e->size);
	at = put_hex(PUT(at, ",\"sha256\":\""), d->b, sizeof d->b);
	return PUT(at, "\"");
}

size_t
files_line(char out[FILES_LINE_MAX], uint64_t n, const struct entry *e,
    const struct digest *d, const uint8_t salt[FILES_SALT])
{
	const char *kind = kind_word(e->kind);
	char *at = put_decimal(PUT(out, "{\"n\":"), n);

	at = put_span(PUT(at, ",\"t\":\""), span_text(kind));
	at = PUT(at, "\"");
	if (e->kind == ENTRY_FILE)
		at = put_file(at, e, d);
	at = put_name(at, e->name);
	if (e->kind == ENTRY_LINK)
		at = PUT(put_base64(PUT(at, ",\"target_b64\":\""), e->target), "\"");
	if (e->kind == ENTRY_LEFT_OUT)
		at = PUT(put_span(PUT(at, ",\"why\":\""),
		    span_text(left_out_word(e->why))), "\"");
	at = PUT(put_time(PUT(at, ",\"mtime\":\""), e->mtime), "\"");
	if (e->mtime_ns > 0)
		at = put_decimal(PUT(at, ",\"mtime_ns\":"), e->mtime_ns);
	at = put_hex(PUT(at, ",\"salt\":\""), salt, FILES_SALT);
	at = PUT(at, "\"}\n");
	return (size_t)(at - out);
}

/* ---- the tree (RFC 6962 section 2.1) ---- */

bool
files_root_init(struct files_root *r, struct err *err)
{
	*r = (struct files_root){ 0 };
	if (hasher_new(&r->leaf, err) && hasher_new(&r->node, err))
		return true;
	files_root_clear(r);
	return false;
}

void
files_root_clear(struct files_root *r)
{
	hasher_free(r->leaf);
	hasher_free(r->node);
	*r = (struct files_root){ 0 };
}

/* The two topmost become one. */
static bool
root_join(struct files_root *r, struct err *err)
{
	uint8_t both[65] = { 1 };

	memcpy(both + 1, r->stack[r->height - 2].b, 32);
	memcpy(both + 33, r->stack[r->height - 1].b, 32);
	r->height--;
	hasher_add(r->node, span_of(both, sizeof both));
	return hasher_end(r->node, &r->stack[r->height - 1], err);
}

static bool
root_leaf(struct files_root *r, struct err *err)
{
	uint64_t full;

	if (!hasher_end(r->leaf, &r->stack[r->height], err))
		return false;
	r->height++;
	/* As many trees of equal size end here as `lines` ends in ones. */
	for (full = r->lines++; full & 1; full >>= 1)
		if (!root_join(r, err))
			return false;
	return true;
}

bool
files_root_add(struct files_root *r, struct span bytes, struct err *err)
{
	static const uint8_t leaf = 0;

	while (bytes.n > 0) {
		const uint8_t *lf = memchr(bytes.p, '\n', bytes.n);
		size_t n = lf == NULL ? bytes.n : (size_t)(lf - bytes.p) + 1;

		if (!r->inside)
			hasher_add(r->leaf, span_of(&leaf, 1));
		r->inside = lf == NULL;
		hasher_add(r->leaf, span_part(bytes, 0, n));
		if (lf != NULL && !root_leaf(r, err))
			return false;
		bytes = span_from(bytes, n);
	}
	return true;
}

bool
files_root_end(struct files_root *r, struct digest *out, struct err *err)
{
	assert(!r->inside);
	if (r->lines == 0)
		return digest_of(span_of(NULL, 0), out, err);
	while (r->height > 1)
		if (!root_join(r, err))
			return false;
	*out = r->stack[0];
	return true;
}
