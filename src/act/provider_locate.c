/* provider_locate: where the data, or their provider, are (Articles 41(3)(b), 42(2)). */
#include "act/kinds.h"

const struct kind kind_provider_locate = {
	.name = "provider_locate", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "where are these data, or who has them?",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
