/* police_info: between police, intelligence and no evidence (Article 47). */
#include "act/kinds.h"

const struct kind kind_police_info = {
	.name = "police_info", .class = ACT_IS_REQUEST, .needs_stamp = true, .notice = true,
	.says = "intelligence for your police; no evidence",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
