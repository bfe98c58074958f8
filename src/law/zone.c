/* The clocks of places: rules as tzdata writes them, and what departs from them. */
#include "law/tables.h"

#include <string.h>

#define DAY ((int64_t)86400)
#define HOURS_MAX 167		/* of a turn: POSIX allows a week either way */
#define OFFSET_HOURS_MAX 24	/* of a zone: POSIX; the earth has 14 */

/* ---- a rule as text ---- */

/* "EST", or "<+0330>": what people call it; not kept. */
static bool
name_skip(const char **s)
{
	size_t n;

	if (**s == '<') {
		n = strcspn(*s, ">");
		if ((*s)[n] != '>' || n < 4)
			return false;
		*s += n + 1;
		return true;
	}
	n = strspn(*s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	*s += n;
	return n >= 3;
}

static bool
number_take(const char **s, int min, int max, int *out)
{
	size_t n = strspn(*s, "0123456789");
	int value = 0;

	if (n == 0 || n > 3)
		return false;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + ((*s)[i] - '0');
	*s += n;
	*out = value;
	return value >= min && value <= max;
}

/* "-3:30", "26", "0:59:59" as seconds. */
static bool
hours_take(const char **s, int hours_max, int32_t *out)
{
	int sign = 1, h, m = 0, sec = 0;

	if (**s == '-' || **s == '+')
		sign = *(*s)++ == '-' ? -1 : 1;
	if (!number_take(s, 0, hours_max, &h))
		return false;
	if (**s == ':' && (++*s, !number_take(s, 0, 59, &m)))
		return false;
	if (**s == ':' && (++*s, !number_take(s, 0, 59, &sec)))
		return false;
	*out = sign * (h * 3600 + m * 60 + sec);
	return true;
}

static bool
turn_take(const char **s, struct zone_turn *out)
{
	int month, week, weekday;

	if (strncmp(*s, ",M", 2) != 0)
		return false;
	*s += 2;
	if (!number_take(s, 1, 12, &month) || *(*s)++ != '.' ||
	    !number_take(s, 1, 5, &week) || *(*s)++ != '.' ||
	    !number_take(s, 0, 6, &weekday))
		return false;
	*out = (struct zone_turn){ (int8_t)month, (int8_t)week, (int8_t)weekday, 7200 };
	if (**s != '/')
		return true;
	++*s;
	return hours_take(s, HOURS_MAX, &out->seconds);
}

bool
zone_rule_parse(struct zone_rule *out, const char *text)
{
	struct zone_rule r = { .turns = false };
	int32_t west;

	if (strlen(text) >= ZONE_RULE_MAX || !name_skip(&text) ||
	    !hours_take(&text, OFFSET_HOURS_MAX, &west))
		return false;
	r.standard = r.summer = -west;		/* POSIX counts to the west */
	if (*text != '\0') {
		if (!name_skip(&text))
			return false;
		r.summer = r.standard + 3600;
		if (*text != ',') {
			if (!hours_take(&text, OFFSET_HOURS_MAX, &west))
				return false;
			r.summer = -west;
		}
		r.turns = true;
		if (!turn_take(&text, &r.to_summer) || !turn_take(&text, &r.to_standard) ||
		    *text != '\0')
			return false;
	}
	*out = r;
	return true;
}

/* ---- of the release ---- */

bool
zone_find(const char *name, struct zone *out)
{
	for (size_t i = 0; i < law_zone_count; i++) {
		const struct law_zone_row *row = &law_zone_rows[i];
		struct zone_rule rule;

		if (strcmp(row->name, name) != 0 || !zone_rule_parse(&rule, row->text))
			continue;
		*out = (struct zone){ row->name, row->text, rule,
			&law_zone_change_rows[row->changes], row->changes_n };
		return true;
	}
	return false;
}

const char *
zone_name(size_t i)
{
	return i < law_zone_count ? law_zone_rows[i].name : NULL;
}

/* ---- at an instant ---- */

/* First second of that date, as if its clock were UTC. */
static int64_t
date_first(int year, int month, int day)
{
	struct civil c = { .year = year, .month = month, .day = day };
	int64_t at = 0;

	return when_from_civil(&c, &at) ? at : 0;
}

/* 1970-01-01 was a Thursday. */
static int
weekday_of(int64_t at)
{
	int64_t days = at >= 0 ? at / DAY : -((-at + DAY - 1) / DAY);

	return (int)(((days + 4) % 7 + 7) % 7);
}

/* When the clock turns in that year, by the clock before it. */
static int64_t
turn_at(const struct zone_turn *t, int year)
{
	int64_t first = date_first(year, t->month, 1);
	int64_t next = t->month < 12 ? date_first(year, t->month + 1, 1) :
	    first + 31 * DAY;
	int64_t day = first + ((t->weekday - weekday_of(first) + 7) % 7 +
	    7 * (t->week - 1)) * DAY;

	while (day >= next)		/* week 5 is the last there is */
		day -= 7 * DAY;
	return day + t->seconds;
}

static int32_t
rule_offset(const struct zone_rule *r, int64_t at)
{
	struct civil c;
	int64_t summer, standard;
	bool within;

	if (!r->turns || !when_civil(at + r->standard, &c))
		return r->standard;
	summer = turn_at(&r->to_summer, c.year) - r->standard;
	standard = turn_at(&r->to_standard, c.year) - r->summer;
	/* South of the equator summer lies over the new year. */
	within = summer < standard ? at >= summer && at < standard :
	    at >= summer || at < standard;
	return within ? r->summer : r->standard;
}

int32_t
zone_offset(const struct zone *z, int64_t at)
{
	for (size_t i = 0; i < z->changes_n; i++)
		if (at >= z->changes[i].from && at < z->changes[i].to)
			return z->changes[i].offset;
	return rule_offset(&z->rule, at);
}
