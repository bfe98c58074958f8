/* The body of a notice about evidence: which packages, when, and what happened. */
#include "act/kinds.h"

static bool
piece_decode(struct notice_piece *out, struct json_object *o, struct err *err)
{
	if (!json_hex(o, "act", out->act.b, sizeof out->act.b, err))
		return false;
	out->has_package = !json_take_null(o, "package");
	if (out->has_package &&
	    !json_hex(o, "package", out->package.b, sizeof out->package.b, err))
		return false;
	return json_end(o, err);
}

bool
notice_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct notice_body *n = &a->body.notice;
	struct json_object o;
	struct json_array list;

	if (!short_decode(b, "number", n->number, sizeof n->number, err) ||
	    !short_or_null(b, "reference", n->reference, sizeof n->reference, err) ||
	    !marked_decode(b, "text", ACT_TEXT_MAX, false, &n->text, err) ||
	    !json_int(b, "at", 1, WHEN_MAX, &n->at, err) ||
	    !json_list(b, "pieces", 1, NOTICE_PIECES_MAX, &list, err))
		return false;
	for (; n->pieces_n < list.n; n->pieces_n++)
		if (!json_at_object(&list, n->pieces_n, &o, err) ||
		    !piece_decode(&n->pieces[n->pieces_n], &o, err))
			return false;
	return true;
}

void
notice_encode(const struct act *a, struct json_out *j)
{
	const struct notice_body *n = &a->body.notice;

	short_encode("number", n->number, j);
	short_encode("reference", n->reference, j);
	marked_encode(&n->text, "text", j);
	json_out_int(j, "at", n->at);
	json_out_array(j, "pieces");
	for (size_t i = 0; i < n->pieces_n; i++) {
		const struct notice_piece *p = &n->pieces[i];

		json_out_object(j, NULL);
		json_out_digest(j, "act", &p->act);
		if (p->has_package)
			json_out_digest(j, "package", &p->package);
		else
			json_out_null(j, "package");
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

void
notice_clear(struct act *a)
{
	marked_clear(&a->body.notice.text);
}
