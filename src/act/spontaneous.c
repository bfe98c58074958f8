/* spontaneous: told unasked, as it may help (Articles 40(4), 40(5), 51). */
#include "act/kinds.h"

const struct kind kind_spontaneous = {
	.name = "spontaneous", .class = ACT_IS_REQUEST, .needs_stamp = true, .notice = true,
	.says = "we found this, and it may help you",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
