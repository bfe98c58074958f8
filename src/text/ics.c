/* Calendar files, RFC 5545. */
#include <stdio.h>
#include <string.h>

#include "text/ics.h"

bool
ics_line(struct buf *out, const char *text, struct err *err)
{
	size_t left = strlen(text), max = ICS_LINE_MAX;

	for (;;) {
		size_t n = left < max ? left : max;

		/* not inside of a character: its later bytes are 10xxxxxx */
		while (n > 0 && n < left && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		if (!buf_add(out, (struct span){ (const uint8_t *)text, n }, err) ||
		    !buf_add_text(out, "\r\n", err))
			return false;
		text += n;
		left -= n;
		if (left == 0)
			return true;
		if (!buf_add_byte(out, ' ', err))
			return false;
		max = ICS_LINE_MAX - 1;		/* the blank counts */
	}
}

/* "20261122T084600Z"; an instant that is no date of ours is the last there is. */
static struct when_text
instant(int64_t at)
{
	struct civil c = { 9999, 12, 31, 23, 59, 59 };
	struct when_text t;

	if (!when_civil(at, &c))
		c = (struct civil){ 9999, 12, 31, 23, 59, 59 };
	(void)snprintf(t.s, sizeof t.s, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month,
	    c.day, c.hour, c.minute, c.second);
	return t;
}

struct line { char s[400]; };
#define NAME_MAX_BYTES 40	/* "TRIGGER;VALUE=DATE-TIME" is the longest */

static bool
line_add(struct buf *out, const char *name, const char *value, struct err *err)
{
	char text[NAME_MAX_BYTES + sizeof(struct line)];

	(void)snprintf(text, sizeof text, "%.*s:%.*s", NAME_MAX_BYTES - 2, name,
	    (int)sizeof(struct line) - 1, value);
	return ics_line(out, text, err);
}

/* "XA-2026-000031 preserve\, the hold ends": a comma of ours is escaped (3.3.11). */
static struct line
summary_of(const struct deadline *d)
{
	struct line l;

	(void)snprintf(l.s, sizeof l.s, "Comity: %s%s%s%s%s", d->number.s,
	    d->number.s[0] != '\0' ? " " : "", d->kind, d->kind[0] != '\0' ? "\\, " : "",
	    due_what_words(d->due.what));
	return l;
}

static struct line
rule_of(const struct deadline *d)
{
	const struct law_deadline *r = d->due.rule;
	const char *who = d->due.ours ? "We owe it." : "They owe it.";
	struct line l;

	if (r == NULL)
		(void)snprintf(l.s, sizeof l.s, "%s", who);
	else
		(void)snprintf(l.s, sizeof l.s, "%s Rule %s\\, %s %s (certainty: %s).",
		    who, r->id, r->instrument, r->article, law_certainty_name(r->certainty));
	for (char *p = l.s; *p != '\0'; p++)
		if (*p == ';')		/* "9;10": articles of a row */
			*p = '+';
	return l;
}

static bool
alarm_add(struct buf *out, const char *summary, int64_t at, struct err *err)
{
	return line_add(out, "BEGIN", "VALARM", err) &&
	    line_add(out, "ACTION", "DISPLAY", err) &&
	    line_add(out, "DESCRIPTION", summary, err) &&
	    line_add(out, "TRIGGER;VALUE=DATE-TIME", instant(at).s, err) &&
	    line_add(out, "END", "VALARM", err);
}

static bool
event_add(struct buf *out, const struct deadline *d, int64_t now, struct err *err)
{
	struct line summary = summary_of(d), uid;
	bool ok;

	(void)snprintf(uid.s, sizeof uid.s, "%s@comity.invalid", digest_hex(&d->key).s);
	ok = line_add(out, "BEGIN", "VEVENT", err) &&
	    line_add(out, "UID", uid.s, err) &&
	    line_add(out, "DTSTAMP", instant(now).s, err) &&
	    line_add(out, "DTSTART", instant(d->due.at).s, err) &&
	    line_add(out, "SUMMARY", summary.s, err) &&
	    line_add(out, "DESCRIPTION", rule_of(d).s, err) &&
	    line_add(out, "CLASS", "CONFIDENTIAL", err) &&
	    line_add(out, "TRANSP", "TRANSPARENT", err);
	for (size_t i = 0; ok && i < d->due.alarms_n; i++)
		if (d->due.alarms[i] >= now)
			ok = alarm_add(out, summary.s, d->due.alarms[i], err);
	return ok && line_add(out, "END", "VEVENT", err);
}

bool
ics_print(const struct deadline *list, size_t n, int64_t now, struct buf *out,
    struct err *err)
{
	bool ok = line_add(out, "BEGIN", "VCALENDAR", err) &&
	    line_add(out, "VERSION", "2.0", err) &&
	    line_add(out, "PRODID", "-//Comity//deadlines//EN", err) &&
	    line_add(out, "CALSCALE", "GREGORIAN", err) &&
	    line_add(out, "METHOD", "PUBLISH", err);

	for (size_t i = 0; ok && i < n; i++)
		ok = event_add(out, &list[i], now, err);
	return ok && line_add(out, "END", "VCALENDAR", err);
}
