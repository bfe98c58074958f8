/* hearing_video: a hearing by video link (Article 40(18)). */
#include "act/kinds.h"

const struct kind kind_hearing_video = {
	.name = "hearing_video", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "let us hear this person by video link",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
