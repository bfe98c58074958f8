/* One line a kind: a new kind of request is a file and a line here. */
#include "policy/check.h"

static const struct kind_rules rules[ACT_KINDS] = {
	[ACT_PRESERVE] = { preserve_check, false },
	[ACT_TRAFFIC_PATH] = { traffic_path_check, false },
	[ACT_SUBSCRIBER] = { subscriber_check, true },
	[ACT_STORED_DATA] = { stored_data_check, true },
	[ACT_USE_CONSENT] = { use_consent_check, false },
};

const struct kind_rules *
kind_rules(enum act_kind kind)
{
	return &rules[kind];
}
