/* The table of kinds, and members that several kinds have. */
#include "act/kinds.h"

#include <stdio.h>
#include <string.h>

/* One line a kind: its name in enum act_kind, and that of its file. */
#define EACH_KIND(X) \
	X(ACT_CARD, card) \
	X(ACT_DELIVERED, delivered) \
	X(ACT_TIME_STAMP, time_stamp) \
	X(ACT_PRESERVE, preserve) \
	X(ACT_PRESERVE_EXTEND, preserve_extend) \
	X(ACT_PROVIDER_LOCATE, provider_locate) \
	X(ACT_TRAFFIC_PATH, traffic_path) \
	X(ACT_SUBSCRIBER, subscriber) \
	X(ACT_STORED_DATA, stored_data) \
	X(ACT_REALTIME_TRAFFIC, realtime_traffic) \
	X(ACT_INTERCEPT_CONTENT, intercept_content) \
	X(ACT_EMERGENCY_DATA, emergency_data) \
	X(ACT_TECH_LEGAL_ADVICE, tech_legal_advice) \
	X(ACT_LOCATE_SUSPECT, locate_suspect) \
	X(ACT_MLA_GENERAL, mla_general) \
	X(ACT_HEARING_VIDEO, hearing_video) \
	X(ACT_SPONTANEOUS, spontaneous) \
	X(ACT_POLICE_INFO, police_info) \
	X(ACT_JOINT_TEAM, joint_team) \
	X(ACT_FREEZE, freeze) \
	X(ACT_FREEZE_ALERT, freeze_alert) \
	X(ACT_CONFISCATE, confiscate) \
	X(ACT_RETURN_ASSETS, return_assets) \
	X(ACT_REMOVE_CONTENT, remove_content) \
	X(ACT_VICTIM_SUPPORT, victim_support) \
	X(ACT_STATUS_QUERY, status_query) \
	X(ACT_USE_CONSENT, use_consent) \
	X(ACT_DOMESTIC_ORDER, domestic_order) \
	X(ACT_RECEIPT, receipt) \
	X(ACT_GRANTED, granted) \
	X(ACT_GRANTED_WITH_CONDITIONS, granted_with_conditions) \
	X(ACT_REFUSED, refused) \
	X(ACT_POSTPONED, postponed) \
	X(ACT_QUESTION, question) \
	X(ACT_REPLY, reply) \
	X(ACT_CONSULTATION, consultation) \
	X(ACT_EXTENSION, extension) \
	X(ACT_WITHDRAWN, withdrawn) \
	X(ACT_ACKNOWLEDGED, acknowledged) \
	X(ACT_RELEASED, released) \
	X(ACT_PROVIDER_ANSWER, provider_answer) \
	X(ACT_REVOKED, revoked) \
	X(ACT_DESTROYED, destroyed) \
	X(ACT_LOSS_NOTICE, loss_notice)

#define KIND_DECLARED(number, file) extern const struct kind kind_##file;
#define KIND_LISTED(number, file) [number] = &kind_##file,

EACH_KIND(KIND_DECLARED)

const struct kind *const kinds[ACT_KINDS] = { EACH_KIND(KIND_LISTED) };

const char *
act_kind_name(enum act_kind kind)
{
	return kinds[kind]->name;
}

bool
act_kind_parse(const char *name, enum act_kind *out)
{
	for (unsigned k = 0; k < ACT_KINDS; k++)
		if (strcmp(kinds[k]->name, name) == 0) {
			*out = (enum act_kind)k;
			return true;
		}
	return false;
}

struct request_kinds
request_kinds_people(void)
{
	struct request_kinds t = { "" };
	size_t at = 0, left = 0;

	for (unsigned k = 0; k < ACT_KINDS; k++)
		left += kinds[k]->class == ACT_IS_REQUEST;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		if (kinds[k]->class != ACT_IS_REQUEST)
			continue;
		left--;
		(void)snprintf(t.s + at, sizeof t.s - at, "%s%s", kinds[k]->name,
		    left > 1 ? ", " : left == 1 ? " and " : "");
		at = strlen(t.s);
	}
	return t;
}

enum act_class
act_kind_class(enum act_kind kind)
{
	return kinds[kind]->class;
}

bool
act_kind_is_notice(enum act_kind kind)
{
	return kinds[kind]->notice;
}

const char *
act_kind_says(enum act_kind kind)
{
	return kinds[kind]->says;
}

bool
act_kind_decides(enum act_kind kind)
{
	return kinds[kind]->decides;
}

const struct law_measure *
act_kind_measure(enum act_kind kind)
{
	return kinds[kind]->class == ACT_IS_REQUEST ? law_measure(kinds[kind]->name) :
	    NULL;
}

bool
act_kind_needs_stamp(enum act_kind kind)
{
	return kinds[kind]->needs_stamp;
}

/* ---- parts that several kinds have ---- */

bool
lang_valid(const char *s)
{
	size_t n = strlen(s), run = 0;

	if (n < 2 || n > 11)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (i > 0 && c >= '0' && c <= '9');

		if (c == '-' && run > 0)
			run = 0;
		else if (alnum && run < 8)
			run++;
		else
			return false;
	}
	return run > 0;
}

bool
state_valid(const char *s)
{
	return strlen(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' &&
	    s[1] <= 'Z';
}

static bool
marked_from(struct json_object *m, size_t max, struct marked_text *out,
    struct err *err)
{
	const char *lang, *text;

	if (!json_text(m, "lang", 2, 11, &lang, err) ||
	    !json_text(m, "text", 1, max, &text, err) || !json_end(m, err))
		return false;
	if (!lang_valid(lang))
		return err_set(err, ERR_INPUT, "act.lang",
		    "member \"%s.lang\" is no language tag", m->where);
	out->text = mem_text_of(text, err);
	if (out->text == NULL)
		return false;
	memcpy(out->lang, lang, strlen(lang) + 1);
	return true;
}

bool
marked_decode(struct json_object *o, const char *name, size_t max, bool may_miss,
    struct marked_text *out, struct err *err)
{
	struct json_object m;

	if (may_miss && json_take_null(o, name))
		return true;
	return json_member(o, name, &m, err) && marked_from(&m, max, out, err);
}

bool
marked_at(const struct json_array *a, size_t i, size_t max,
    struct marked_text *out, struct err *err)
{
	struct json_object m;

	return json_at_object(a, i, &m, err) && marked_from(&m, max, out, err);
}

void
marked_encode(const struct marked_text *t, const char *name, struct json_out *j)
{
	if (t->text == NULL) {
		json_out_null(j, name);
		return;
	}
	json_out_object(j, name);
	json_out_str(j, "lang", t->lang);
	json_out_str(j, "text", t->text);
	json_out_close_object(j);
}

void
marked_clear(struct marked_text *t)
{
	mem_free(t->text);
	t->text = NULL;
	t->lang[0] = '\0';
}

bool
text_or_null(struct json_object *o, const char *name, size_t max, char **out,
    struct err *err)
{
	const char *s;

	if (json_take_null(o, name))
		return true;
	if (!json_text(o, name, 1, max, &s, err))
		return false;
	*out = mem_text_of(s, err);
	return *out != NULL;
}

bool
short_decode(struct json_object *o, const char *name, char *out, size_t room,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 1, room - 1, &s, err))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

bool
short_or_null(struct json_object *o, const char *name, char *out, size_t room,
    struct err *err)
{
	out[0] = '\0';
	return json_take_null(o, name) || short_decode(o, name, out, room, err);
}

void
short_encode(const char *name, const char *s, struct json_out *j)
{
	json_out_str(j, name, s[0] != '\0' ? s : NULL);
}

bool
instant_or_null(struct json_object *o, const char *name, int64_t *out,
    struct err *err)
{
	*out = 0;
	return json_take_null(o, name) || json_int(o, name, 1, WHEN_MAX, out, err);
}

void
instant_encode(const char *name, int64_t at, struct json_out *j)
{
	if (at != 0)
		json_out_int(j, name, at);
	else
		json_out_null(j, name);
}
