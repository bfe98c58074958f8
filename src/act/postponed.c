/* postponed: not now, with its ground, its reasons and when it is taken up (40(27)). */
#include "act/kinds.h"

static bool
postponed_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct answer_body *r = &a->body.answer;

	return answer_head_decode(a, b, ANSWER_TEXT_REQUIRED, err) &&
	    answer_codes_decode(b, "grounds", 1, r->grounds[0], sizeof r->grounds[0],
	    &r->grounds_n, err) &&
	    instant_or_null(b, "until", &r->until, err);
}

static void
postponed_encode(const struct act *a, struct json_out *j)
{
	const struct answer_body *r = &a->body.answer;

	answer_head_encode(a, j);
	answer_codes_encode("grounds", r->grounds[0], sizeof r->grounds[0],
	    r->grounds_n, j);
	instant_encode("until", r->until, j);
}

const struct kind kind_postponed = {
	.name = "postponed", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "not now, on this ground and for these reasons",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = postponed_decode, .encode = postponed_encode, .clear = answer_clear,
};
