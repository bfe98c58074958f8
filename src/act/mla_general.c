/* mla_general: other assistance: statements, service, documents (Article 40). */
#include "act/kinds.h"

const struct kind kind_mla_general = {
	.name = "mla_general", .class = ACT_IS_REQUEST, .needs_stamp = true,
	.says = "help us otherwise: hear, serve, search, copy, inquire",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = request_decode, .encode = request_encode, .clear = request_clear,
};
