/* Members that answers share; each kind's own file says which of them it has. */
#include "act/kinds.h"

#include <string.h>

bool
answer_head_decode(struct act *a, struct json_object *b, enum answer_text text,
    struct err *err)
{
	struct answer_body *r = &a->body.answer;

	return short_decode(b, "number", r->number, sizeof r->number, err) &&
	    short_or_null(b, "reference", r->reference, sizeof r->reference, err) &&
	    marked_decode(b, "text", ACT_TEXT_MAX, text == ANSWER_TEXT_MAY_MISS,
	    &r->text, err);
}

void
answer_head_encode(const struct act *a, struct json_out *j)
{
	const struct answer_body *r = &a->body.answer;

	short_encode("number", r->number, j);
	short_encode("reference", r->reference, j);
	marked_encode(&r->text, "text", j);
}

bool
answer_hold_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct answer_body *r = &a->body.answer;

	if (!instant_or_null(b, "hold_effected_at", &r->hold_effected_at, err) ||
	    !instant_or_null(b, "hold_until", &r->hold_until, err))
		return false;
	if ((r->hold_effected_at == 0) != (r->hold_until == 0))
		return err_set(err, ERR_INPUT, "answer.hold",
		    "members \"body.hold_effected_at\" and \"hold_until\" are not both "
		    "there, nor both null");
	return r->hold_until == 0 || r->hold_until > r->hold_effected_at ||
	    err_set(err, ERR_INPUT, "answer.hold",
	    "member \"body.hold_until\" is not later than \"hold_effected_at\"");
}

void
answer_hold_encode(const struct act *a, struct json_out *j)
{
	instant_encode("hold_effected_at", a->body.answer.hold_effected_at, j);
	instant_encode("hold_until", a->body.answer.hold_until, j);
}

bool
answer_codes_decode(struct json_object *b, const char *name, size_t min, char *rows,
    size_t room, size_t *n, struct err *err)
{
	struct json_array list;
	const char *s;

	if (!json_list(b, name, min, ANSWER_CODES_MAX, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (!json_at_text(&list, i, 1, room - 1, &s, err))
			return false;
		if (!code_valid(s))
			return err_set(err, ERR_INPUT, "answer.code",
			    "member \"body.%s[%zu]\" is not plain ASCII without blanks",
			    name, i);
		for (size_t k = 0; k < i; k++)
			if (strcmp(rows + k * room, s) == 0)
				return err_set(err, ERR_INPUT, "answer.code",
				    "member \"body.%s\" names the same twice", name);
		memcpy(rows + i * room, s, strlen(s) + 1);
	}
	*n = list.n;
	return true;
}

void
answer_codes_encode(const char *name, const char *rows, size_t room, size_t n,
    struct json_out *j)
{
	json_out_array(j, name);
	for (size_t i = 0; i < n; i++)
		json_out_str(j, NULL, rows + i * room);
	json_out_close_array(j);
}

bool
answer_fields_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct json_object fields;

	return json_member(b, "fields", &fields, err) &&
	    fields_decode(&a->body.answer.fields, &fields, false, err);
}

void
answer_fields_encode(const struct act *a, struct json_out *j)
{
	json_out_object(j, "fields");
	fields_encode(&a->body.answer.fields, j);
	json_out_close_object(j);
}

void
answer_clear(struct act *a)
{
	marked_clear(&a->body.answer.text);
	marked_clear(&a->body.answer.better);
	fields_clear(&a->body.answer.fields);
}

/* ---- conditions ---- */

bool
conditions_decode(struct json_object *b, const char *name, struct fields *out,
    struct err *err)
{
	struct json_object fields;

	if (!json_member(b, name, &fields, err) ||
	    !fields_decode(out, &fields, false, err))
		return false;
	return (out->n == 1 && strcmp(out->list[0].law->name, "conditions") == 0) ||
	    err_set(err, ERR_INPUT, "act.conditions",
	    "member \"body.%s\" does not have \"conditions\", and nothing else", name);
}

void
conditions_encode(const char *name, const struct fields *fs, struct json_out *j)
{
	json_out_object(j, name);
	fields_encode(fs, j);
	json_out_close_object(j);
}
