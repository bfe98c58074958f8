/* One line a kind: a new kind of request is a file and a line here. */
#include "policy/check.h"

static const struct kind_rules rules[ACT_KINDS] = {
	[ACT_PRESERVE] = { preserve_check, false },
	[ACT_PRESERVE_EXTEND] = { NULL, false },
	[ACT_PROVIDER_LOCATE] = { NULL, false },
	[ACT_TRAFFIC_PATH] = { traffic_path_check, false },
	[ACT_SUBSCRIBER] = { subscriber_check, true },
	[ACT_STORED_DATA] = { stored_data_check, true },
	[ACT_REALTIME_TRAFFIC] = { NULL, true },
	[ACT_INTERCEPT_CONTENT] = { NULL, true },
	[ACT_EMERGENCY_DATA] = { NULL, false },
	[ACT_TECH_LEGAL_ADVICE] = { NULL, false },
	[ACT_LOCATE_SUSPECT] = { NULL, true },
	[ACT_MLA_GENERAL] = { NULL, false },
	[ACT_HEARING_VIDEO] = { NULL, false },
	[ACT_SPONTANEOUS] = { NULL, false },
	[ACT_POLICE_INFO] = { NULL, false },
	[ACT_JOINT_TEAM] = { NULL, false },
	[ACT_FREEZE] = { NULL, false },
	[ACT_FREEZE_ALERT] = { NULL, false },
	[ACT_CONFISCATE] = { NULL, false },
	[ACT_RETURN_ASSETS] = { NULL, false },
	[ACT_REMOVE_CONTENT] = { NULL, false },
	[ACT_VICTIM_SUPPORT] = { NULL, false },
	[ACT_STATUS_QUERY] = { NULL, false },
	[ACT_USE_CONSENT] = { use_consent_check, false },
	[ACT_DOMESTIC_ORDER] = { NULL, false },
};

const struct kind_rules *
kind_rules(enum act_kind kind)
{
	return &rules[kind];
}
