#include "act/kinds.h"

#include <string.h>

const struct kind kinds[ACT_KINDS] = {
	[ACT_CARD] = { "card", false, card_decode, card_encode, card_clear },
	[ACT_DELIVERED] = { "delivered", true, delivered_decode, delivered_encode,
	    delivered_clear },
	[ACT_TIME_STAMP] = { "time_stamp", false, time_stamp_decode,
	    time_stamp_encode, time_stamp_clear },
};

static bool
kind_known(enum act_kind kind)
{
	return kinds[kind].name != NULL;
}

const char *
act_kind_name(enum act_kind kind)
{
	return kind_known(kind) ? kinds[kind].name : "unknown";
}

bool
act_kind_needs_stamp(enum act_kind kind)
{
	return kinds[kind].needs_stamp;
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
