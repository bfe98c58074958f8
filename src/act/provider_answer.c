/* provider_answer: what a provider did on a domestic order, as fields (Articles 25 to 30). */
#include "act/kinds.h"

static bool
provider_answer_decode(struct act *a, struct json_object *b, struct err *err)
{
	return answer_head_decode(a, b, ANSWER_TEXT_MAY_MISS, err) &&
	    answer_fields_decode(a, b, err);
}

static void
provider_answer_encode(const struct act *a, struct json_out *j)
{
	answer_head_encode(a, j);
	answer_fields_encode(a, j);
}

const struct kind kind_provider_answer = {
	.name = "provider_answer", .class = ACT_IS_ANSWER, .needs_stamp = true,
	.says = "the provider says what it did on the order",
	.decides = true,
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = provider_answer_decode, .encode = provider_answer_encode,
	.clear = answer_clear,
};
