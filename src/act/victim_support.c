/* victim_support: protection and support of a victim (Article 34(1) to (5)). */
#include "act/kinds.h"

const struct kind kind_victim_support = {
	.name = "victim_support", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "protect and support this victim",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
