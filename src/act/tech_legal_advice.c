/* tech_legal_advice: technical or legal advice, no personal data (Article 41(3)(a), (c)). */
#include "act/kinds.h"

const struct kind kind_tech_legal_advice = {
	.name = "tech_legal_advice", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "how is this done, or what is the law, in your State?",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
