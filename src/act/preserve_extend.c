/* preserve_extend: hold what is preserved longer (Article 42(9)); a thread of its own. */
#include "act/kinds.h"

const struct kind kind_preserve_extend = {
	.name = "preserve_extend", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "keep what you preserve for us longer",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
