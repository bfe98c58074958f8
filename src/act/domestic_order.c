/* domestic_order: our own State's order to a provider; never leaves the State. */
#include "act/kinds.h"

const struct kind kind_domestic_order = {
	.name = "domestic_order", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "our own State's order to a provider at home",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
