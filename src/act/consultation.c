/* consultation: before a no, what stands in the way and what would do (Article 40(28)). */
#include "act/kinds.h"

static bool
consultation_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct answer_body *r = &a->body.answer;

	return answer_head_decode(a, b, ANSWER_TEXT_REQUIRED, err) &&
	    answer_codes_decode(b, "grounds", 0, r->grounds[0], sizeof r->grounds[0],
	    &r->grounds_n, err) &&
	    answer_fields_decode(a, b, err);
}

static void
consultation_encode(const struct act *a, struct json_out *j)
{
	const struct answer_body *r = &a->body.answer;

	answer_head_encode(a, j);
	answer_codes_encode("grounds", r->grounds[0], sizeof r->grounds[0],
	    r->grounds_n, j);
	answer_fields_encode(a, j);
}

const struct kind kind_consultation = {
	.name = "consultation", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "before a no: this stands in the way, and that would do",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = consultation_decode, .encode = consultation_encode,
	.clear = answer_clear,
};
