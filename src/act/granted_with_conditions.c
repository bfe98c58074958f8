/* granted_with_conditions: yes, if these conditions are kept (Article 40(19), (28)). */
#include "act/kinds.h"

static bool
granted_with_conditions_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_MAY_MISS, err) &&
	    answer_hold_decode(a, b, err) &&
	    conditions_decode(b, "fields", &a->body.answer.fields, err);
}

static void
granted_with_conditions_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
	answer_hold_encode(a, j);
	conditions_encode("fields", &a->body.answer.fields, j);
}

const struct kind kind_granted_with_conditions = {
	.name = "granted_with_conditions", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "yes, if these conditions are kept",
	.decides = true,
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = granted_with_conditions_decode,
	.encode = granted_with_conditions_encode,
	.clear = answer_clear,
};
