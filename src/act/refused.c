/* refused: no, with its grounds and reasons, and what would make it a yes (40(25)). */
#include "act/kinds.h"

static bool
refused_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct answer_body *r = &a->body.answer;

	return answer_head_decode(a, b, ANSWER_TEXT_REQUIRED, err) &&
	    answer_codes_decode(b, "grounds", 1, r->grounds[0], sizeof r->grounds[0],
	    &r->grounds_n, err) &&
	    marked_decode(b, "better", ACT_TEXT_MAX, true, &r->better, err);
}

static void
refused_encode(const struct act *a, struct json_out *j)
{
	const struct answer_body *r = &a->body.answer;

	answer_head_encode(a, j);
	answer_codes_encode("grounds", r->grounds[0], sizeof r->grounds[0],
	    r->grounds_n, j);
	marked_encode(&r->better, "better", j);
}

const struct kind kind_refused = {
	.name = "refused", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "no, on these grounds and for these reasons",
	.decides = true,
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = refused_decode, .encode = refused_encode, .clear = answer_clear,
};
