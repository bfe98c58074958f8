/* granted: yes; of a preservation with the hold's two instants. */
#include "act/kinds.h"

static bool
granted_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_MAY_MISS, err) &&
	    answer_hold_decode(a, b, err);
}

static void
granted_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
	answer_hold_encode(a, j);
}

const struct kind kind_granted = {
	.name = "granted", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "yes",
	.decides = true,
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = granted_decode, .encode = granted_encode, .clear = answer_clear,
};
