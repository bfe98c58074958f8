/* What codes mean, in the reader's language. */
#include <stdio.h>
#include <string.h>

#include "text/phrases.h"
#include "text/words.h"

#define KEY_MAX 100

static const struct phrases *
table_of(const char *lang)
{
	const struct phrases *t = lang == NULL ? NULL : phrases_of(lang);

	return t != NULL ? t : &phrases_list[0];
}

static const char *
find(const char *lang, const char *key)
{
	const char *found = phrases_find(table_of(lang), key);

	return found != NULL ? found : phrases_find(&phrases_list[0], key);
}

/* "PREFIX.code" in that language, else what English says. */
static const char *
find_or(const char *lang, const char *prefix, const char *code, const char *english)
{
	char key[KEY_MAX];
	const char *found;

	(void)snprintf(key, sizeof key, "%s.%s", prefix, code);
	found = find(lang, key);
	return found != NULL ? found : english;
}

/* ---- languages ---- */

const char *
words_lang(size_t i)
{
	return i < phrases_list_n ? phrases_list[i].lang : NULL;
}

bool
words_are_there(const char *lang)
{
	return phrases_of(lang) != NULL;
}

bool
words_are_draft(const char *lang)
{
	const struct phrases *t = table_of(lang);
	const char *status = phrases_find(t, "lang.status");

	return status == NULL || strcmp(status, "draft") == 0;
}

bool
words_right_to_left(const char *lang)
{
	const char *dir = phrases_find(table_of(lang), "dir");

	return dir != NULL && strcmp(dir, "rtl") == 0;
}

const char *
words_lang_name(const char *tag)
{
	const struct phrases *t = phrases_of(tag);
	const char *name = t == NULL ? NULL : phrases_find(t, "lang.name");

	return name != NULL ? name : tag;
}

const char *
words_say(const char *lang, const char *key)
{
	return find(lang, key);
}

/* ---- codes ---- */

const char *
words_kind(const char *lang, const char *kind)
{
	const struct law_measure *m = law_measure(kind);

	return find_or(lang, "kind", kind, m != NULL ? m->title : kind);
}

const char *
words_instrument(const char *lang, const char *instrument)
{
	return find_or(lang, "basis", instrument[0] != '\0' ? instrument : "none",
	    instrument);
}

const char *
words_state(const char *lang, const char *state)
{
	return find_or(lang, "state", state, state);
}

const char *
words_hold(const char *lang, const char *state)
{
	return find_or(lang, "hold", state, state);
}

const char *
words_ground(const char *lang, const struct law_ground *g)
{
	return find_or(lang, "ground", g->id, g->summary);
}

const char *
words_certainty(const char *lang, enum law_certainty c)
{
	return find_or(lang, "certainty", law_certainty_name(c), law_certainty_name(c));
}

const char *
words_deadline(const char *lang, const struct law_deadline *d)
{
	return find_or(lang, "deadline", d->id, d->what);
}

const char *
words_offence(const char *lang, const struct law_offence *o)
{
	return find_or(lang, "offence", o->name, o->name);
}

const char *
words_field(const char *lang, const struct law_field *f)
{
	return find_or(lang, "field", f->id, f->label);
}

/* "part.SHAPE.PART" where a language needs it, else "part.PART", else the law's label. */
const char *
words_part(const char *lang, const struct law_shape *shape, const struct law_part *part)
{
	const struct phrases *t = table_of(lang);
	char key[KEY_MAX];
	const char *found;

	(void)snprintf(key, sizeof key, "part.%s.%s", shape->name, part->name);
	found = phrases_find(t, key);
	if (found != NULL)
		return found;
	(void)snprintf(key, sizeof key, "part.%s", part->name);
	found = phrases_find(t, key);
	return found != NULL ? found : part->label;
}

const char *
words_code(const char *lang, const char *code)
{
	const char *found = find_or(lang, "code", code, NULL);

	return found != NULL ? found : find_or(lang, "kind", code, NULL);
}

/* ---- time ---- */

static size_t
put(char *out, size_t n, size_t max, const char *text)
{
	size_t room = max - n, len = strlen(text);

	if (len >= room)
		len = room - 1;
	memcpy(out + n, text, len);
	out[n + len] = '\0';
	return n + len;
}

struct words_time
words_instant(const char *lang, int64_t at)
{
	const char *form = find(lang, "date");
	struct words_time out = { "" };
	struct civil c;
	char text[40];
	size_t n = 0;

	if (!when_civil(at, &c) || form == NULL)
		return out;
	while (*form != '\0')
		if (form[0] == '{' && form[1] == 'm') {
			(void)snprintf(text, sizeof text, "month.%d", c.month);
			n = put(out.s, n, sizeof out.s, find(lang, text));
			form += 3;
		} else if (form[0] == '{') {
			(void)snprintf(text, sizeof text, "%d",
			    form[1] == 'd' ? c.day : c.year);
			n = put(out.s, n, sizeof out.s, text);
			form += 3;
		} else {
			text[0] = *form++;
			text[1] = '\0';
			n = put(out.s, n, sizeof out.s, text);
		}
	(void)snprintf(text, sizeof text, "%s %02d:%02d:%02d UTC", find(lang, "comma"),
	    c.hour, c.minute, c.second);
	(void)put(out.s, n, sizeof out.s, text);
	return out;
}
