/* use_consent: may evidence be used or passed on (Articles 36(3) and 40(19))? */
#include "act/kinds.h"

const struct kind kind_use_consent = {
	.name = "use_consent", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "may the evidence serve something else, or go elsewhere?",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
