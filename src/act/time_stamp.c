/* time_stamp: a token that came late travels as payload of this act. */
#include "act/kinds.h"

bool
time_stamp_decode(struct act *a, struct json_object *b, struct err *err)
{
	return json_hex(b, "act", a->body.time_stamp.act.b, 32, err);
}

void
time_stamp_encode(const struct act *a, struct json_out *j)
{
	json_out_digest(j, "act", &a->body.time_stamp.act);
}

void
time_stamp_clear(struct act *a)
{
	(void)a;
}
