/* time_stamp: a token that came late travels as payload of this act. */
#include "act/kinds.h"

static bool
time_stamp_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct time_stamp_body *t = &a->body.time_stamp;

	if (!json_hex(b, "act", t->act.b, 32, err))
		return false;
	for (size_t i = 0; i < a->follows_n; i++)
		if (digest_eq(&a->follows[i], &t->act))
			return true;
	return err_set(err, ERR_INPUT, "time_stamp.follows",
	    "member \"follows\" does not name the act that is stamped");
}

static void
time_stamp_encode(const struct act *a, struct json_out *j)
{
	json_out_digest(j, "act", &a->body.time_stamp.act);
}

static void
time_stamp_clear(struct act *a)
{
	(void)a;
}

const struct kind kind_time_stamp = {
	.name = "time_stamp", .class = ACT_IS_TIME_STAMP, .needs_stamp = false,
	.says = "here is the time stamp that was owed",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = time_stamp_decode, .encode = time_stamp_encode,
	.clear = time_stamp_clear,
};
