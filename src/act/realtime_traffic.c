/* realtime_traffic: traffic data as they arise, for a fixed time (Articles 29, 45). */
#include "act/kinds.h"

const struct kind kind_realtime_traffic = {
	.name = "realtime_traffic", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "collect who talks to whom as it happens, for this time",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
