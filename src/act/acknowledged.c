/* acknowledged: who asked has what went over, and needs no more of it. */
#include "act/kinds.h"

static bool
acknowledged_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_MAY_MISS, err);
}

static void
acknowledged_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
}

const struct kind kind_acknowledged = {
	.name = "acknowledged", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "what went over is here, and does",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = acknowledged_decode, .encode = acknowledged_encode,
	.clear = answer_clear,
};
