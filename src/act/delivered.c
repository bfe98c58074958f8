/* delivered: evidence handed over, in answer to a request or unasked. */
#include "act/kinds.h"

#include <string.h>

/* ---- where it came from: hand-overs before this one ---- */

static bool
authority_decode(struct json_object *o, const char *name, struct authority_id *out,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 19, 19, &s, err))
		return false;
	return authority_id_parse(s, out) || err_set(err, ERR_INPUT, "act.authority",
	    "member \"%s.%s\" is no authority id", o->where, name);
}

static bool
origin_decode(struct origin *out, struct json_object *o, struct err *err)
{
	if (!authority_decode(o, "from", &out->from, err) ||
	    !authority_decode(o, "to", &out->to, err) ||
	    !json_hex(o, "act", out->act.b, sizeof out->act.b, err))
		return false;
	out->has_consent = !json_take_null(o, "consent");
	if (out->has_consent &&
	    !json_hex(o, "consent", out->consent.b, sizeof out->consent.b, err))
		return false;
	return marked_decode(o, "limits", ACT_TEXT_MAX, true, &out->limits, err) &&
	    json_end(o, err);
}

static bool
origins_decode(struct delivered_body *d, struct json_object *b, struct err *err)
{
	struct json_object o;
	struct json_array list;

	if (!json_list(b, "origins", 1, ORIGINS_MAX, &list, err))
		return false;
	for (; d->origins_n < list.n; d->origins_n++)
		if (!json_at_object(&list, d->origins_n, &o, err) ||
		    !origin_decode(&d->origins[d->origins_n], &o, err))
			return false;
	return true;
}

static void
origins_encode(const struct delivered_body *d, struct json_out *j)
{
	json_out_array(j, "origins");
	for (size_t i = 0; i < d->origins_n; i++) {
		const struct origin *o = &d->origins[i];

		json_out_object(j, NULL);
		json_out_str(j, "from", o->from.s);
		json_out_str(j, "to", o->to.s);
		json_out_digest(j, "act", &o->act);
		if (o->has_consent)
			json_out_digest(j, "consent", &o->consent);
		else
			json_out_null(j, "consent");
		marked_encode(&o->limits, "limits", j);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

/* ---- the body ---- */

/*
 * "exculpatory", "limits" and "origins" are later than the rest: written only when there are any,
 * so that an older Comity reads all that it could read before.
 */
static bool
delivered_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct delivered_body *d = &a->body.delivered;

	return short_or_null(b, "number", d->number, sizeof d->number, err) &&
	    short_or_null(b, "reference", d->reference, sizeof d->reference, err) &&
	    marked_decode(b, "description", ACT_TEXT_MAX, true, &d->description,
	    err) &&
	    marked_decode(b, "purpose", ACT_TEXT_MAX, true, &d->purpose, err) &&
	    (!json_has(b, "exculpatory") ||
	    marked_decode(b, "exculpatory", ACT_TEXT_MAX, false, &d->exculpatory, err)) &&
	    (!json_has(b, "limits") ||
	    conditions_decode(b, "limits", &d->limits, err)) &&
	    (!json_has(b, "origins") || origins_decode(d, b, err));
}

static void
delivered_encode(const struct act *a, struct json_out *j)
{
	const struct delivered_body *d = &a->body.delivered;

	short_encode("number", d->number, j);
	short_encode("reference", d->reference, j);
	marked_encode(&d->description, "description", j);
	marked_encode(&d->purpose, "purpose", j);
	if (d->exculpatory.text != NULL)
		marked_encode(&d->exculpatory, "exculpatory", j);
	if (d->limits.n > 0)
		conditions_encode("limits", &d->limits, j);
	if (d->origins_n > 0)
		origins_encode(d, j);
}

static void
delivered_clear(struct act *a)
{
	struct delivered_body *d = &a->body.delivered;

	marked_clear(&d->description);
	marked_clear(&d->purpose);
	marked_clear(&d->exculpatory);
	fields_clear(&d->limits);
	for (size_t i = 0; i < ORIGINS_MAX; i++)	/* one may be half decoded */
		marked_clear(&d->origins[i].limits);
}

const struct kind kind_delivered = {
	.name = "delivered", .class = ACT_IS_EVIDENCE, .needs_stamp = true,
	.says = "here is the evidence",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = delivered_decode, .encode = delivered_encode,
	.clear = delivered_clear,
};
