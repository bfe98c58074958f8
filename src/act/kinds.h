/* The table of kinds: a new kind is one file and one line in kinds.c. */
#ifndef COMITY_ACT_KINDS_H
#define COMITY_ACT_KINDS_H

#include "act/act.h"
#include "form/json.h"

struct kind {
	const char *name;
	const char *says;	/* what one wants to say with it, in plain words */
	enum act_class class;
	bool notice;		/* a request that only tells: its receipt ends it */
	bool decides;		/* an answer that is one: nothing is owed after it */
	bool needs_stamp;	/* cards, time stamps and receipts may do without */
	size_t follows_min, follows_max;
	bool (*decode)(struct act *a, struct json_object *body, struct err *err);
	void (*encode)(const struct act *a, struct json_out *j);
	void (*clear)(struct act *a);
};
extern const struct kind *const kinds[ACT_KINDS];

/* ---- what all requests, and all answers, have in common ---- */

/* The whole body of a request (request.c); every measure has the same. */
MUST bool request_decode(struct act *a, struct json_object *b, struct err *err);
void request_encode(const struct act *a, struct json_out *j);
void request_clear(struct act *a);

/* Members of answers (answer.c), in the order in which they are written. */
enum answer_text { ANSWER_TEXT_MAY_MISS, ANSWER_TEXT_REQUIRED };
MUST bool answer_head_decode(struct act *a, struct json_object *b,
    enum answer_text text, struct err *err);	/* number, reference, text */
void answer_head_encode(const struct act *a, struct json_out *j);
MUST bool answer_hold_decode(struct act *a, struct json_object *b, struct err *err);
void answer_hold_encode(const struct act *a, struct json_out *j);
/* A list of min..ANSWER_CODES_MAX codes, none twice, into rows of `room` bytes. */
MUST bool answer_codes_decode(struct json_object *b, const char *name, size_t min,
    char *rows, size_t room, size_t *n, struct err *err);
void answer_codes_encode(const char *name, const char *rows, size_t room, size_t n,
    struct json_out *j);
/* The member "fields": any fields, none allowed. */
MUST bool answer_fields_decode(struct act *a, struct json_object *b, struct err *err);
void answer_fields_encode(const struct act *a, struct json_out *j);
void answer_clear(struct act *a);

/* The whole body of a notice about evidence (notice.c). */
MUST bool notice_decode(struct act *a, struct json_object *b, struct err *err);
void notice_encode(const struct act *a, struct json_out *j);
void notice_clear(struct act *a);

/*
 * A member that holds the field "conditions" and no other, with one condition at
 * least: of granted_with_conditions, and the limits of evidence handed over.
 */
MUST bool conditions_decode(struct json_object *b, const char *name,
    struct fields *out, struct err *err);
void conditions_encode(const char *name, const struct fields *fs, struct json_out *j);

/* ---- parts that several kinds have ---- */

/* Text of 1 to room - 1 bytes. */
MUST bool short_decode(struct json_object *o, const char *name, char *out,
    size_t room, struct err *err);
/* The same or null, which is "". */
MUST bool short_or_null(struct json_object *o, const char *name, char *out,
    size_t room, struct err *err);
void short_encode(const char *name, const char *s, struct json_out *j);
/* An instant from 1970 on, or null, which is 0. */
MUST bool instant_or_null(struct json_object *o, const char *name, int64_t *out,
    struct err *err);
void instant_encode(const char *name, int64_t at, struct json_out *j);
/* A marked text {"lang":..,"text":..}; null when absent and allowed to be. */
MUST bool marked_decode(struct json_object *o, const char *name, size_t max,
    bool may_miss, struct marked_text *out, struct err *err);
MUST bool marked_at(const struct json_array *a, size_t i, size_t max,
    struct marked_text *out, struct err *err);
void marked_encode(const struct marked_text *t, const char *name, struct json_out *j);
void marked_clear(struct marked_text *t);
MUST bool state_valid(const char *s);		/* two upper-case letters */
/* A text that may be null; *out owned or NULL. */
MUST bool text_or_null(struct json_object *o, const char *name, size_t max,
    char **out, struct err *err);

#endif
