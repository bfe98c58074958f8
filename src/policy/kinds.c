/* One line a kind: a new kind of request is a file and a line here. */
#include "policy/check.h"

static const struct kind_rules rules[ACT_KINDS] = {
	[ACT_PRESERVE] = { preserve_check, false },
	[ACT_PRESERVE_EXTEND] = { preserve_extend_check, false },
	[ACT_PROVIDER_LOCATE] = { provider_locate_check, false, true },
	[ACT_TRAFFIC_PATH] = { traffic_path_check, false },
	[ACT_SUBSCRIBER] = { subscriber_check, true },
	[ACT_STORED_DATA] = { stored_data_check, true },
	[ACT_REALTIME_TRAFFIC] = { realtime_traffic_check, true },
	[ACT_INTERCEPT_CONTENT] = { intercept_content_check, true },
	[ACT_EMERGENCY_DATA] = { emergency_data_check, false },
	[ACT_TECH_LEGAL_ADVICE] = { tech_legal_advice_check, false, true },
	[ACT_LOCATE_SUSPECT] = { locate_suspect_check, true, true },
	[ACT_MLA_GENERAL] = { NULL, false },
	[ACT_HEARING_VIDEO] = { hearing_video_check, false },
	[ACT_SPONTANEOUS] = { spontaneous_check, false },
	[ACT_POLICE_INFO] = { police_info_check, false },
	[ACT_JOINT_TEAM] = { joint_team_check, false },
	[ACT_FREEZE] = { freeze_check, false },
	[ACT_FREEZE_ALERT] = { freeze_alert_check, false },
	[ACT_CONFISCATE] = { confiscate_check, false },
	[ACT_RETURN_ASSETS] = { return_assets_check, false },
	[ACT_REMOVE_CONTENT] = { remove_content_check, false },
	[ACT_VICTIM_SUPPORT] = { victim_support_check, false },
	[ACT_STATUS_QUERY] = { status_query_check, false, true },
	[ACT_USE_CONSENT] = { use_consent_check, false },
	[ACT_DOMESTIC_ORDER] = { domestic_order_check, false },
};

const struct kind_rules *
kind_rules(enum act_kind kind)
{
	return &rules[kind];
}
