/*
 * json: strict reading (over jansson) and a small writer.  Syntax only.
 *
 * Reading: one value, UTF-8, size bounded by the caller before parsing, no
 * duplicate members, no numbers but integers within +/-2^53, member names ASCII,
 * at most JSON_DEPTH_MAX levels, JSON_NESTS_MAX lists and objects and JSON_COMMAS_MAX commas
 * (ERR_LIMIT "json.depth", "json.values"), nothing behind the value.  A decoder asks an
 * object for its members by name and ends with json_end, which refuses members
 * nobody asked for: unknown members are an error at this version.
 * Every other error is ERR_INPUT "json.*" and names the member or the byte offset.
 */
#ifndef COMITY_FORM_JSON_H
#define COMITY_FORM_JSON_H

#include "base/base.h"

#define JSON_DEPTH_MAX 8
/* So that the tree of a hostile text costs tens of megabytes at most, whatever its size. */
#define JSON_NESTS_MAX 131072		/* lists and objects; a bundle names 100,000 parcels */
#define JSON_COMMAS_MAX 1048576		/* and so its values */
#define JSON_INT_MAX 9007199254740992LL		/* 2^53: exact in every reader */
#define JSON_MEMBERS_MAX 64			/* of one object */

struct json;			/* a parsed value; immutable; borrowed texts live in it */

MUST bool json_read(struct json **out, struct span text, size_t max, struct err *err);
void json_free(struct json *j);

struct json_object {
	const void *node;
	char where[80];		/* "body.certificates[2]", for errors; "" at the top */
	unsigned taken;
};
struct json_array {
	const void *node;
	char where[80];
	size_t n;
};

MUST bool json_top(const struct json *j, struct json_object *out, struct err *err);
bool json_has(const struct json_object *o, const char *name);
/* True when the member is there and null; counts it as taken then. */
bool json_take_null(struct json_object *o, const char *name);
/* Text of min..max bytes, no U+0000; borrowed, NUL-terminated. */
MUST bool json_text(struct json_object *o, const char *name, size_t min, size_t max,
    const char **out, struct err *err);
MUST bool json_int(struct json_object *o, const char *name, int64_t min, int64_t max,
    int64_t *out, struct err *err);
MUST bool json_bool(struct json_object *o, const char *name, bool *out,
    struct err *err);
MUST bool json_hex(struct json_object *o, const char *name, uint8_t *out, size_t n,
    struct err *err);		/* exactly n bytes as lower hex */
MUST bool json_member(struct json_object *o, const char *name,
    struct json_object *out, struct err *err);
MUST bool json_list(struct json_object *o, const char *name, size_t min, size_t max,
    struct json_array *out, struct err *err);
MUST bool json_at_text(const struct json_array *a, size_t i, size_t min, size_t max,
    const char **out, struct err *err);
MUST bool json_at_hex(const struct json_array *a, size_t i, uint8_t *out, size_t n,
    struct err *err);
MUST bool json_at_object(const struct json_array *a, size_t i,
    struct json_object *out, struct err *err);
MUST bool json_end(const struct json_object *o, struct err *err);

/*
 * Writing: members in the order of the calls, into a buf.  Errors are remembered
 * and told once by json_out_end, so the calls between need no checks.
 * Names NULL inside arrays.  Texts must be UTF-8 (ERR_INPUT otherwise).
 */
struct json_out {
	struct buf *to;
	struct err *err;
	bool ok;
	bool pretty;		/* two spaces a level and LF; else compact */
	bool ascii;		/* \u escapes for all above U+007E */
	unsigned depth;
	bool first;		/* nothing yet in the open container */
};

void json_out_begin(struct json_out *j, struct buf *to, bool pretty, bool ascii,
    struct err *err);
void json_out_object(struct json_out *j, const char *name);
void json_out_array(struct json_out *j, const char *name);
void json_out_close_object(struct json_out *j);
void json_out_close_array(struct json_out *j);
void json_out_text(struct json_out *j, const char *name, struct span value);
void json_out_str(struct json_out *j, const char *name, const char *value); /* NULL: null */
void json_out_int(struct json_out *j, const char *name, int64_t value);
void json_out_bool(struct json_out *j, const char *name, bool value);
void json_out_null(struct json_out *j, const char *name);
void json_out_digest(struct json_out *j, const char *name, const struct digest *d);
MUST bool json_out_end(struct json_out *j);

#endif
