/* intercept_content: content as it is sent, on an independent order (Articles 30, 46). */
#include "act/kinds.h"

const struct kind kind_intercept_content = {
	.name = "intercept_content", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "intercept what is said as it happens, for this time",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
