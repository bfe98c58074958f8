/* emergency_data: data that avert a threat to life (Articles 2(o), 41(3)(e)). */
#include "act/kinds.h"

const struct kind kind_emergency_data = {
	.name = "emergency_data", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "a life is in danger: give us these data now",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
