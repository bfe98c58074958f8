/* extension: the side that holds says until when now (Articles 42(8), 42(9)). */
#include "act/kinds.h"

static bool
extension_decode(struct act *a, struct json_object *b, struct err *err)
{
	if (!answer_head_decode(a, b, ANSWER_TEXT_MAY_MISS, err) ||
	    !answer_hold_decode(a, b, err))
		return false;
	return a->body.answer.hold_until != 0 || err_set(err, ERR_INPUT, "answer.hold",
	    "member \"body.hold_until\" is null: an extension says how long");
}

static void
extension_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
	answer_hold_encode(a, j);
}

const struct kind kind_extension = {
	.name = "extension", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "what we hold for you is held longer, until this day",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = extension_decode, .encode = extension_encode, .clear = answer_clear,
};
