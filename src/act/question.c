/* question: something is missing or unclear; fields that are asked for by name. */
#include "act/kinds.h"

static bool
question_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_REQUIRED, err) &&
	    answer_codes_decode(b, "asks", 0, a->body.answer.asks[0],
	    sizeof a->body.answer.asks[0], &a->body.answer.asks_n, err);
}

static void
question_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
	answer_codes_encode("asks", a->body.answer.asks[0],
	    sizeof a->body.answer.asks[0], a->body.answer.asks_n, j);
}

const struct kind kind_question = {
	.name = "question", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "we need to know more first",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = question_decode, .encode = question_encode, .clear = answer_clear,
};
