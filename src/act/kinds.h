/* The table of kinds: a new kind is one file and one line in kinds.c. */
#ifndef COMITY_ACT_KINDS_H
#define COMITY_ACT_KINDS_H

#include "act/act.h"
#include "form/json.h"

struct kind {
	const char *name;
	bool needs_stamp;	/* cards, time stamps and receipts may do without */
	bool (*decode)(struct act *a, struct json_object *body, struct err *err);
	void (*encode)(const struct act *a, struct json_out *j);
	void (*clear)(struct act *a);
};
extern const struct kind kinds[ACT_KINDS];

bool card_decode(struct act *a, struct json_object *body, struct err *err);
void card_encode(const struct act *a, struct json_out *j);
void card_clear(struct act *a);
bool delivered_decode(struct act *a, struct json_object *body, struct err *err);
void delivered_encode(const struct act *a, struct json_out *j);
void delivered_clear(struct act *a);
bool time_stamp_decode(struct act *a, struct json_object *body, struct err *err);
void time_stamp_encode(const struct act *a, struct json_out *j);
void time_stamp_clear(struct act *a);

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
