/* confiscate: a new order, or a foreign one enforced (Articles 49, 50(1)). */
#include "act/kinds.h"

const struct kind kind_confiscate = {
	.name = "confiscate", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "confiscate this property, or enforce our order",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
