#include "base/when.h"

#include <stdio.h>
#include <string.h>

static const char *const month_words[] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static bool
leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && leap(year));
}

/* Days from 1970-01-01 to the first day of a year (1..10000). */
static int64_t
days_before_year(int year)
{
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

bool
when_from_civil(const struct civil *c, int64_t *out)
{
	int64_t days;

	if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 ||
	    c->day < 1 || c->day > month_days(c->year, c->month) ||
	    c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
	    c->second < 0 || c->second > 59)
		return false;
	days = days_before_year(c->year) + c->day - 1;
	for (int m = 1; m < c->month; m++)
		days += month_days(c->year, m);
	*out = days * 86400 + c->hour * 3600 + c->minute * 60 + c->second;
	return true;
}

bool
when_civil(int64_t at, struct civil *out)
{
	int64_t days, rest;
	int year, month = 1;

	if (at < WHEN_MIN || at > WHEN_MAX)
		return false;
	days = at / 86400;
	rest = at % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	/* 146,097 days are 400 years: a guess, then at most a step either way. */
	year = (int)((days + 719162) * 400 / 146097) + 1;
	while (days < days_before_year(year))
		year--;
	while (days >= days_before_year(year + 1))
		year++;
	days -= days_before_year(year);
	while (days >= month_days(year, month))
		days -= month_days(year, month++);
	*out = (struct civil){ year, month, (int)days + 1, (int)(rest / 3600),
	    (int)(rest % 3600 / 60), (int)(rest % 60) };
	return true;
}

struct when_text
when_rfc3339(int64_t at)
{
	struct when_text t = { "(no date)" };
	struct civil c;

	if (when_civil(at, &c))
		(void)snprintf(t.s, sizeof t.s, "%04d-%02d-%02dT%02d:%02d:%02dZ",
		    c.year, c.month, c.day, c.hour, c.minute, c.second);
	return t;
}

struct when_text
when_people(int64_t at)
{
	struct when_text t = { "(no date)" };
	struct civil c;

	if (when_civil(at, &c))
		(void)snprintf(t.s, sizeof t.s, "%d %s %04d %02d:%02d:%02d UTC",
		    c.day, month_words[c.month - 1], c.year, c.hour, c.minute,
		    c.second);
	return t;
}

struct when_text
when_day(int64_t at)
{
	struct when_text t = { "(no date)" };
	struct civil c;

	if (when_civil(at, &c))
		(void)snprintf(t.s, sizeof t.s, "%04d-%02d-%02d", c.year, c.month,
		    c.day);
	return t;
}

/* n decimal digits at s.p[at]. */
static bool
digits(struct span s, size_t at, size_t n, int *out)
{
	int v = 0;

	if (at + n > s.n)
		return false;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* "YYYY-MM-DDThh:mm:ss", 19 bytes. */
static bool
parse_stem(struct span s, int64_t *out)
{
	struct civil c;

	return s.n >= 19 && digits(s, 0, 4, &c.year) && s.p[4] == '-' &&
	    digits(s, 5, 2, &c.month) && s.p[7] == '-' && digits(s, 8, 2, &c.day) &&
	    s.p[10] == 'T' && digits(s, 11, 2, &c.hour) && s.p[13] == ':' &&
	    digits(s, 14, 2, &c.minute) && s.p[16] == ':' &&
	    digits(s, 17, 2, &c.second) && when_from_civil(&c, out);
}

bool
when_parse(struct span s, int64_t *out)
{
	int64_t at;

	if (s.n != 20 || s.p[19] != 'Z' || !parse_stem(s, &at))
		return false;
	*out = at;
	return true;
}

/* "@SECONDS" */
static bool
parse_seconds(struct span s, int64_t *out)
{
	int64_t v = 0;

	if (s.n < 2 || s.n > 13)
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	if (v > WHEN_MAX)
		return false;
	*out = v;
	return true;
}

bool
when_parse_people(struct span s, int64_t *out, struct err *err)
{
	int hours, minutes;
	struct civil c = { 0, 0, 0, 0, 0, 0 };
	int64_t at;

	if (s.n > 0 && s.p[0] == '@' && parse_seconds(s, out))
		return true;
	if (when_parse(s, out))
		return true;
	if (s.n == 25 && (s.p[19] == '+' || s.p[19] == '-') && s.p[22] == ':' &&
	    digits(s, 20, 2, &hours) && digits(s, 23, 2, &minutes) &&
	    hours <= 23 && minutes <= 59 && parse_stem(s, &at)) {
		int64_t off = hours * 3600 + minutes * 60;

		*out = s.p[19] == '+' ? at - off : at + off;
		return true;
	}
	if (s.n == 10 && digits(s, 0, 4, &c.year) && s.p[4] == '-' &&
	    digits(s, 5, 2, &c.month) && s.p[7] == '-' &&
	    digits(s, 8, 2, &c.day) && when_from_civil(&c, out))
		return true;
	return err_set(err, ERR_USE, "when.form",
	    "\"%.*s\" is no time; write 2026-11-22T08:46:00Z, 2026-11-22 or @SECONDS",
	    (int)(s.n > 60 ? 60 : s.n), (const char *)s.p);
}
