/* traffic_path: what preserved data tell of another provider (Article 43). */
#include "act/kinds.h"

const struct kind kind_traffic_path = {
	.name = "traffic_path", .class = ACT_IS_REQUEST, .needs_stamp = true, .notice = true,
	.says = "the trail leads on to this provider in that State",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
