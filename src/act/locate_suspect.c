/* locate_suspect: where a suspect is (Article 41(3)(d)). */
#include "act/kinds.h"

const struct kind kind_locate_suspect = {
	.name = "locate_suspect", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "where is this person?",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
