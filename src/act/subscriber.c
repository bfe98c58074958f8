/* subscriber: who stands behind an account or address (Articles 27 and 44). */
#include "act/kinds.h"

const struct kind kind_subscriber = {
	.name = "subscriber", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "who has this account or address?",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
