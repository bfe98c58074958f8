/*
 * bytes: borrowed bytes (span), owned bytes with a greatest size (buf), and a
 * reading position over borrowed bytes (cursor, big-endian).  Plain values; none
 * is shared between threads while it changes.
 */
#ifndef COMITY_BASE_BYTES_H
#define COMITY_BASE_BYTES_H

#include <stdint.h>

#include "base/mem.h"

struct span {
	const uint8_t *p;
	size_t n;
};

struct span span_of(const void *p, size_t n);
struct span span_text(const char *s);		/* without the NUL */
bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *s);
/* The place of this name in a table of n names. */
bool name_find(const char *const *names, size_t n, const char *name, size_t *out);
bool span_starts(struct span a, const char *s);
int span_cmp(struct span a, struct span b);	/* bytewise, shorter first */
struct span span_from(struct span a, size_t at);	/* at <= a.n */
struct span span_part(struct span a, size_t at, size_t n); /* must lie inside */
/* Equal, in time that depends on the lengths only (MACs, digests of secrets). */
bool span_same_secret(struct span a, struct span b);

/* A SHA-256 value. */
struct digest {
	uint8_t b[32];
};
struct digest_hex {
	char s[65];
};
struct span digest_span(const struct digest *d);
bool digest_eq(const struct digest *a, const struct digest *b);
struct digest_hex digest_hex(const struct digest *d);
MUST bool digest_parse(struct span hex, struct digest *out);	/* 64 lower hex */

/* Owned bytes; never longer than max.  buf_clear frees. */
struct buf {
	uint8_t *p;
	size_t n;
	size_t cap;
	size_t max;
	bool secret;		/* wiped before it is freed or moved */
};

void buf_init(struct buf *b, size_t max);
void buf_init_secret(struct buf *b, size_t max);
void buf_clear(struct buf *b);
void buf_reset(struct buf *b);			/* keeps the memory, forgets the bytes */
MUST bool buf_room(struct buf *b, size_t n, struct err *err); /* for n more */
MUST bool buf_add(struct buf *b, struct span s, struct err *err);
MUST bool buf_add_text(struct buf *b, const char *s, struct err *err);
MUST bool buf_add_byte(struct buf *b, uint8_t c, struct err *err);
MUST bool buf_printf(struct buf *b, struct err *err, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Big-endian, as a cursor reads them. */
MUST bool buf_add_u16(struct buf *b, uint16_t v, struct err *err);
MUST bool buf_add_u64(struct buf *b, uint64_t v, struct err *err);
void u64_put(uint8_t p[8], uint64_t v);
struct span buf_span(const struct buf *b);
/* The bytes with a NUL behind them that is not counted; ours until it changes. */
MUST bool buf_text(struct buf *b, const char **out, struct err *err);

/* Reading position.  Each call takes what it returns, or takes nothing. */
struct cursor {
	struct span left;
	size_t at;		/* offset of `left` in the whole */
};

struct cursor cursor_of(struct span s);
MUST bool cursor_u8(struct cursor *c, uint8_t *out);
MUST bool cursor_u16(struct cursor *c, uint16_t *out);
MUST bool cursor_u32(struct cursor *c, uint32_t *out);
MUST bool cursor_u64(struct cursor *c, uint64_t *out);
MUST bool cursor_take(struct cursor *c, size_t n, struct span *out);
/* A line without its LF; false when no LF is left. */
MUST bool cursor_line(struct cursor *c, struct span *out);
/* A line that is a decimal number (decimal_parse). */
MUST bool cursor_line_decimal(struct cursor *c, uint64_t max, uint64_t *out);
bool cursor_done(const struct cursor *c);

/* Text forms.  Decoders accept exactly what the encoders write. */
MUST bool hex_encode(struct buf *out, struct span in, struct err *err);
MUST bool hex_decode(struct span hex, uint8_t *out, size_t out_n);
/* A-Z to a-z, nothing else, whatever the locale. */
uint8_t ascii_lower(uint8_t c);
bool ascii_alnum(uint8_t c);		/* A-Z, a-z, 0-9 */
/* Decimal without sign or leading zero: 1 to 19 digits, at most max. */
MUST bool decimal_parse(struct span text, uint64_t max, uint64_t *out);
/* RFC 4648 base64; padded or not as asked, never both; canonical tail bits. */
MUST bool base64_encode(struct buf *out, struct span in, bool pad, struct err *err);
MUST bool base64_decode(struct buf *out, struct span in, bool pad, struct err *err);
/* RFC 4648 base32, upper case, no padding; writes only. */
MUST bool base32_encode(struct buf *out, struct span in, struct err *err);

/* True when the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong). */
bool utf8_valid(struct span s);
/* Next code point from p[0..n); its length or 0 when the bytes are not UTF-8. */
size_t utf8_next(struct span s, uint32_t *code);
/* Control, bidi and other characters that cannot be seen or turn what is around them. */
bool code_invisible(uint32_t code);
/*
 * Bytes of unknown origin (file names) for people: control, bidi and other
 * invisible characters and bytes that are no UTF-8 come out as \xNN or \u{NNNN}.
 */
MUST bool text_visible(struct buf *out, struct span in, struct err *err);

#endif
