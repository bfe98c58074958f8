/*
 * der: DER (X.690) as a walk over borrowed bytes, and a writer.  Syntax only; the
 * profile is narrower than DER (formats/cms-strict.md section 0): a tag is one
 * byte, a length is definite, minimal and at most DER_LENGTH_BYTES_MAX bytes, and
 * nothing is left over at the end of a container.  The walk never allocates and
 * never recurses: who calls it knows the shape, and so the depth.
 * Values of one thread; offsets are bytes from the start of the whole file.
 */
#ifndef COMITY_FORM_DER_H
#define COMITY_FORM_DER_H

#include "base/base.h"

#define DER_LENGTH_BYTES_MAX 3	/* up to 16 MiB: far above every file of ours */
#define DER_INTEGER_MAX 1100	/* content bytes of an INTEGER: RSA-8192 and to spare */

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0A,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xA0,		/* constructed; [n] is DER_CONTEXT_0 + n */
	DER_CONTEXT_0_PRIMITIVE = 0x80,
};

/* ---- walking ---- */

/*
 * A place in a container.  Every call takes what it returns, or takes nothing,
 * returns false and leaves the offset of the offending byte in *wrong (shared by
 * all walks of one file), so that a shape reads as one chain of && .
 */
struct der {
	struct span left;
	size_t at;		/* offset of `left` in the whole file */
	size_t *wrong;
};

/* One element: whole is tag, length and body. */
struct der_item {
	uint8_t tag;
	size_t at;		/* offset of its tag in the whole file */
	struct span whole, body;
};

struct der der_of(struct span whole, size_t *wrong);
/* Inside an element that was taken from d. */
struct der der_inside(const struct der *d, const struct der_item *item);

bool der_more(const struct der *d);
/* Nothing is left; else *wrong is the first byte that is too much. */
MUST bool der_end(const struct der *d);
/* The tag that comes next, or 0 at the end. */
uint8_t der_peek(const struct der *d);

MUST bool der_any(struct der *d, struct der_item *out);
MUST bool der_take(struct der *d, uint8_t tag, struct der_item *out);
/* Take a container with this tag and stand inside it. */
MUST bool der_enter(struct der *d, uint8_t tag, struct der *inside);
/* An INTEGER, minimal, 1 to DER_INTEGER_MAX content bytes (two's complement). */
MUST bool der_integer(struct der *d, struct der_item *out);
/* A BIT STRING without unused bits; *bits are its bytes. */
MUST bool der_bits(struct der *d, struct span *bits);
/* The next element has exactly these bytes (a constant, a copy). */
MUST bool der_same(struct der *d, struct span whole);

/* INTEGER content >= 0: its magnitude without a leading zero; false when < 0. */
MUST bool der_magnitude(struct span body, struct span *out);
/* The same as a number; false when it is negative or above max. */
MUST bool der_small(struct span body, uint64_t max, uint64_t *out);

/*
 * OBJECT IDENTIFIER content as "1.2.840"; false when malformed (X.690 8.19: no
 * padding, whole arcs), an arc is above 2^32 - 1, or it does not fit out_n bytes.
 */
MUST bool der_oid_print(struct span body, char *out, size_t out_n);

/*
 * Instants with seconds and Z, and nothing else: UTCTime of 1950 to 2049,
 * GeneralizedTime of other years (RFC 5280 4.1.2.5).  Real dates only.
 */
MUST bool der_time(const struct der_item *item, int64_t *out);

/* ---- writing ---- */

/*
 * Elements in the order of the calls.  Failures are remembered and told once by
 * der_out_end, so the calls between need no checks.
 */
struct der_out {
	struct buf *to;
	struct err *err;
	bool ok;
};

void der_out_begin(struct der_out *d, struct buf *to, struct err *err);
MUST bool der_out_end(struct der_out *d);

/* A container: what is written between open and close is inside it. */
size_t der_out_open(struct der_out *d, uint8_t tag);
void der_out_close(struct der_out *d, size_t opened);

void der_out_item(struct der_out *d, uint8_t tag, struct span body);
/* Bytes that are whole elements already. */
void der_out_raw(struct der_out *d, struct span elements);
/* The number 0..255 or, as a magnitude of any length, a number >= 0. */
void der_out_small(struct der_out *d, uint8_t value);
void der_out_magnitude(struct der_out *d, struct span magnitude);
/* UTCTime or GeneralizedTime by year; an instant outside the years fails. */
void der_out_time(struct der_out *d, int64_t at);
/* A SET OF whole elements, in ascending order of their bytes (X.690 11.6). */
void der_out_set_of(struct der_out *d, uint8_t tag, struct span *elements, size_t n);

#endif
