/* reply: the answer to a question, in words and in values of fields. */
#include "act/kinds.h"

static bool
reply_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_MAY_MISS, err) &&
	    answer_fields_decode(a, b, err);
}

static void
reply_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
	answer_fields_encode(a, j);
}

const struct kind kind_reply = {
	.name = "reply", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "this is the answer to your question",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = reply_decode, .encode = reply_encode, .clear = answer_clear,
};
