/* remove_content: take down Article 14 or 16 material (Article 34(6)); no picture travels. */
#include "act/kinds.h"

const struct kind kind_remove_content = {
	.name = "remove_content", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "have this Article 14 or 16 material taken down",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
