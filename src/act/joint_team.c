/* joint_team: a joint investigation on an agreement (Article 48). */
#include "act/kinds.h"

const struct kind kind_joint_team = {
	.name = "joint_team", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "let us investigate together",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
