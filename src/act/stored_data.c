/* stored_data: search, seize and hand over stored data (Article 44). */
#include "act/kinds.h"

const struct kind kind_stored_data = {
	.name = "stored_data", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "search for these stored data and hand them over",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
