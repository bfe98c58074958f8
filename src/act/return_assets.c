/* return_assets: property goes back, victims are compensated (Article 52). */
#include "act/kinds.h"

const struct kind kind_return_assets = {
	.name = "return_assets", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "give this property back, to compensate victims",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
