/* status_query: how far is it? (Article 40(26)) */
#include "act/kinds.h"

const struct kind kind_status_query = {
	.name = "status_query", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "how far is our request?",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
