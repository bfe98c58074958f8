/* withdrawn: who asked asks no longer; what was sent before stays. */
#include "act/kinds.h"

static bool
withdrawn_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_MAY_MISS, err);
}

static void
withdrawn_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
}

const struct kind kind_withdrawn = {
	.name = "withdrawn", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "help is no longer needed",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = withdrawn_decode, .encode = withdrawn_encode, .clear = answer_clear,
};
