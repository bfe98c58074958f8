/* destroyed: evidence was destroyed here, by two people, on a day. */
#include "act/kinds.h"

const struct kind kind_destroyed = {
	.name = "destroyed", .class = ACT_IS_NOTICE, .needs_stamp = true,
	.says = "this evidence was destroyed here",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = notice_decode, .encode = notice_encode, .clear = notice_clear,
};
