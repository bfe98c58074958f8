/* freeze_alert: money that can still be held; a formal request follows (Article 51). */
#include "act/kinds.h"

const struct kind kind_freeze_alert = {
	.name = "freeze_alert", .class = ACT_IS_REQUEST, .needs_stamp = true, .notice = true,
	.says = "money is moving and can still be held; a request follows",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
