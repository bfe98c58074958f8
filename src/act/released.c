/* released: what was held is held no longer, since when and why. */
#include "act/kinds.h"

static bool
released_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_REQUIRED, err) &&
	    json_int(b, "released_at", 1, WHEN_MAX, &a->body.answer.released_at, err);
}

static void
released_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
	json_out_int(j, "released_at", a->body.answer.released_at);
}

const struct kind kind_released = {
	.name = "released", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "what was held for you is held no longer",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = released_decode, .encode = released_encode, .clear = answer_clear,
};
