/* Writing one page: values are escaped here and nowhere else. */
#include "text/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
add(struct html *h, struct span s)
{
	h->ok = h->ok && buf_add(h->to, s, h->err);
}

void
html_raw(struct html *h, const char *markup)
{
	add(h, span_text(markup));
}

static const char *
escape(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
add_escaped(struct html *h, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		const char *e = escape(s.p[i]);

		add(h, e != NULL ? span_text(e) : span_part(s, i, 1));
	}
}

/* What HTML has no place for: controls, and bytes that are no text at all. */
static bool
unprintable(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	    (code & 0xfffe) == 0xfffe;
}

void
html_prose(struct html *h, const char *text)
{
	struct span s = span_text(text);

	while (h->ok && s.n > 0) {
		uint32_t code = 0;
		size_t n = utf8_next(s, &code);

		if (n == 1 && code == '\n')
			html_raw(h, "<br>\n");
		else if (n == 1 && (code == '\t' || code == '\r'))
			html_raw(h, code == '\t' ? " " : "");
		else if (n == 0 || unprintable(code))
			html_raw(h, "\xef\xbf\xbd");
		else
			add_escaped(h, span_part(s, 0, n));
		s = span_from(s, n == 0 ? 1 : n);
	}
}

void
html_value(struct html *h, const char *text)
{
	struct buf b;

	buf_init(&b, LETTER_VALUE_MAX);
	h->ok = h->ok && text_visible(&b, span_text(text), h->err);
	html_raw(h, "<bdi>");
	if (h->ok)
		add_escaped(h, buf_span(&b));
	html_raw(h, "</bdi>");
	buf_clear(&b);
}

void
html_attribute(struct html *h, const char *name, const char *value)
{
	html_raw(h, " ");
	html_raw(h, name);
	html_raw(h, "=\"");
	add_escaped(h, span_text(value));
	html_raw(h, "\"");
}

void
html_number(struct html *h, int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, n);
	html_value(h, text);
}

/* A phrase of ours is escaped too: it may say "&". */
static void
say_text(struct html *h, const char *text, const char *value)
{
	const char *hole = strstr(text, "{}");

	if (hole == NULL) {
		add_escaped(h, span_text(text));
		return;
	}
	add_escaped(h, span_of(text, (size_t)(hole - text)));
	if (value != NULL)
		html_value(h, value);
	add_escaped(h, span_text(hole + 2));
}

static void
say_english(struct html *h, const char *text, const char *value)
{
	html_raw(h, "<span lang=\"en\" dir=\"ltr\">");
	say_text(h, text, value);
	html_raw(h, "</span>");
}

void
html_say(struct html *h, const char *key, const char *value)
{
	const char *found = phrases_find(h->table, key);

	if (found != NULL)
		say_text(h, found, value);
	else if ((found = phrases_find(&phrases_list[0], key)) != NULL)
		say_english(h, found, value);
	else
		say_english(h, key, value);
}

void
html_comma(struct html *h)
{
	html_say(h, "comma", NULL);
	html_raw(h, strcmp(h->table->lang, "zh") == 0 ? "" : " ");
}

void
html_say_or(struct html *h, const char *key, const char *english)
{
	const char *found = phrases_find(h->table, key);

	if (found == NULL)
		found = phrases_find(&phrases_list[0], key);
	if (found != NULL)
		html_say(h, key, NULL);
	else if (h->table == &phrases_list[0])
		say_text(h, english, NULL);
	else
		say_english(h, english, NULL);
}

void
html_row_open(struct html *h, const char *key)
{
	html_raw(h, "<tr><th scope=\"row\">");
	html_say(h, key, NULL);
	html_raw(h, "</th><td>");
}

void
html_row_close(struct html *h)
{
	html_raw(h, "</td></tr>\n");
}

/* "{d} {m} {y}": the order of a date in this language. */
static void
say_date(struct html *h, const struct civil *c)
{
	const char *form = phrases_find(h->table, "date");
	char text[24];

	for (; h->ok && form != NULL && *form != '\0'; form++) {
		if (form[0] != '{') {
			add_escaped(h, span_of(form, 1));
			continue;
		}
		if (form[1] == 'm') {
			(void)snprintf(text, sizeof text, "month.%d", c->month);
			html_say(h, text, NULL);
		} else {
			(void)snprintf(text, sizeof text, "%d",
			    form[1] == 'd' ? c->day : c->year);
			add_escaped(h, span_text(text));
		}
		form += 2;
	}
}

static bool
from_right(const struct html *h)
{
	const char *dir = phrases_find(h->table, "dir");

	return dir != NULL && strcmp(dir, "rtl") == 0;
}

void
html_instant(struct html *h, int64_t at)
{
	struct civil c;
	char text[24];

	html_raw(h, "<time");
	html_attribute(h, "datetime", when_rfc3339(at).s);
	html_raw(h, "><bdi>");
	if (when_civil(at, &c)) {
		say_date(h, &c);
		(void)snprintf(text, sizeof text, "%02d:%02d:%02d UTC", c.hour,
		    c.minute, c.second);
		html_comma(h);
		/* Behind an Arabic month the zone would come before its time. */
		html_raw(h, from_right(h) ? "<bdi dir=\"ltr\">" : "");
		add_escaped(h, span_text(text));
		html_raw(h, from_right(h) ? "</bdi>" : "");
	}
	html_raw(h, "</bdi></time>");
}

void
html_fingerprint(struct html *h, const struct digest *d)
{
	struct digest_hex hex = digest_hex(d);

	html_raw(h, "<bdi dir=\"ltr\"><code>");
	for (size_t i = 0; i < 64; i += 8) {
		if (i > 0)
			html_raw(h, " ");
		add(h, span_of(hex.s + i, 8));
	}
	html_raw(h, "</code></bdi>");
}
