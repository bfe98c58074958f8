/* delivered: evidence handed over, in answer to a request or unasked. */
#include "act/kinds.h"

#include <string.h>

static bool
fixed(struct json_object *b, const char *name, char *out, size_t room,
    struct err *err)
{
	const char *s;

	if (json_take_null(b, name)) {
		out[0] = '\0';
		return true;
	}
	if (!json_text(b, name, 1, room - 1, &s, err))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

bool
delivered_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct delivered_body *d = &a->body.delivered;

	return fixed(b, "number", d->number, sizeof d->number, err) &&
	    fixed(b, "reference", d->reference, sizeof d->reference, err) &&
	    marked_decode(b, "description", ACT_TEXT_MAX, true, &d->description,
	    err) &&
	    marked_decode(b, "purpose", ACT_TEXT_MAX, true, &d->purpose, err);
}

void
delivered_encode(const struct act *a, struct json_out *j)
{
	const struct delivered_body *d = &a->body.delivered;

	json_out_str(j, "number", d->number[0] != '\0' ? d->number : NULL);
	json_out_str(j, "reference", d->reference[0] != '\0' ? d->reference : NULL);
	marked_encode(&d->description, "description", j);
	marked_encode(&d->purpose, "purpose", j);
}

void
delivered_clear(struct act *a)
{
	marked_clear(&a->body.delivered.description);
	marked_clear(&a->body.delivered.purpose);
}
