/* loss_notice: evidence was lost or damaged here: loss is an act too (threat-model D29). */
#include "act/kinds.h"

const struct kind kind_loss_notice = {
	.name = "loss_notice", .class = ACT_IS_NOTICE, .needs_stamp = true,
	.says = "this evidence was lost or damaged here",
	.follows_min = 1, .follows_max = ACT_FOLLOWS_MAX,
	.decode = notice_decode, .encode = notice_encode, .clear = notice_clear,
};
