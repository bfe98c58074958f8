/*
 * The body of a request, the same for every measure: whose number, until when an
 * answer is wished and why, and the fields.  Which fields a measure needs under which
 * instrument is the law's and the policy's.
 */
#include "act/kinds.h"

bool
request_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct request_body *r = &a->body.request;
	struct json_object fields;

	return short_decode(b, "number", r->number, sizeof r->number, err) &&
	    short_or_null(b, "reference", r->reference, sizeof r->reference, err) &&
	    instant_or_null(b, "answer_by", &r->answer_by, err) &&
	    marked_decode(b, "answer_by_reason", ACT_TEXT_MAX, true,
	    &r->answer_by_reason, err) &&
	    json_member(b, "fields", &fields, err) &&
	    fields_decode(&r->fields, &fields, false, err);
}

void
request_encode(const struct act *a, struct json_out *j)
{
	const struct request_body *r = &a->body.request;

	short_encode("number", r->number, j);
	short_encode("reference", r->reference, j);
	instant_encode("answer_by", r->answer_by, j);
	marked_encode(&r->answer_by_reason, "answer_by_reason", j);
	json_out_object(j, "fields");
	fields_encode(&r->fields, j);
	json_out_close_object(j);
}

void
request_clear(struct act *a)
{
	marked_clear(&a->body.request.answer_by_reason);
	fields_clear(&a->body.request.fields);
}
