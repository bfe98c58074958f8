/* preserve: keep these data as they are, now (Articles 25 and 42). */
#include "act/kinds.h"

const struct kind kind_preserve = {
	.name = "preserve", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "keep these data as they are; do not hand them over yet",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
