/* freeze: trace, freeze or seize property (Articles 31, 49, 50(2)). */
#include "act/kinds.h"

const struct kind kind_freeze = {
	.name = "freeze", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "trace, freeze or seize this property",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
