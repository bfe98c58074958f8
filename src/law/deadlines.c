/* Time limits of the tables, and the instants they end. */
#include "law/tables.h"

#include <string.h>

const struct law_deadline *
law_deadline(const char *id)
{
	for (size_t i = 0; i < law_deadline_count; i++)
		if (strcmp(law_deadline_rows[i].id, id) == 0)
			return &law_deadline_rows[i];
	return NULL;
}

const struct law_deadline *
law_deadlines(size_t *n)
{
	*n = law_deadline_count;
	return law_deadline_rows;
}

static int64_t
within_years(int64_t at)
{
	return at < WHEN_MIN ? WHEN_MIN : at > WHEN_MAX ? WHEN_MAX : at;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The same day and hour so many months on; a day that month lacks is its last. */
static int64_t
months_from(int64_t start, int64_t months)
{
	struct civil c;
	int64_t month, at;

	if (!when_civil(start, &c))
		return start;
	month = (int64_t)c.year * 12 + c.month - 1 + months;
	if (month < 12)			/* before the year 1 */
		return WHEN_MIN;
	if (month >= 10000 * 12)
		return WHEN_MAX;
	c.year = (int)(month / 12);
	c.month = (int)(month % 12) + 1;
	if (c.day > days_in_month(c.year, c.month))
		c.day = days_in_month(c.year, c.month);
	return when_from_civil(&c, &at) ? at : start;
}

static int64_t
seconds_of(const char *unit)
{
	if (strcmp(unit, "minute") == 0)
		return 60;
	if (strcmp(unit, "hour") == 0)
		return 3600;
	return strcmp(unit, "day") == 0 ? 86400 : 0;
}

int64_t
law_deadline_at(const struct law_deadline *d, int64_t start)
{
	int64_t value = strcmp(d->kind, "before") == 0 ? -d->value : d->value;
	int64_t seconds = seconds_of(d->unit);

	if (d->unit[0] == '\0' || strcmp(d->kind, "threshold") == 0)
		return 0;
	if (strcmp(d->unit, "date") == 0)
		return d->value;
	start = within_years(start);
	if (strcmp(d->unit, "month") == 0)
		return months_from(start, value);
	if (strcmp(d->unit, "year") == 0)
		return months_from(start, 12 * value);
	return within_years(start + value * seconds);
}

/* By the local clock: as an instant of UTC that reads like it. */
static int64_t
local_months_on(const struct calendar *c, int64_t start, int64_t months)
{
	int64_t local = months_from(start + zone_offset(&c->zone, start), months);
	struct civil date;
	int64_t end;

	return when_civil(within_years(local), &date) && calendar_date_end(c, &date, &end) ?
	    end : within_years(local);
}

int64_t
law_deadline_end(const struct law_deadline *d, int64_t start, const struct calendar *c)
{
	bool before = strcmp(d->kind, "before") == 0;
	int64_t plain = law_deadline_at(d, start), end;
	struct civil date;

	if (plain == 0 || strcmp(d->unit, "hour") == 0 || strcmp(d->unit, "minute") == 0)
		return plain;
	if (strcmp(d->unit, "date") == 0)
		return when_civil(plain, &date) && calendar_date_end(c, &date, &end) ? end :
		    plain;
	start = within_years(start);
	if (strcmp(d->unit, "day") == 0) {
		end = before ? calendar_days_add(c, start, -(int)d->value) :
		    calendar_day_end(c, calendar_days_add(c, start, (int)d->value));
		/* A clock that was put forward takes nothing off a hold. */
		return strcmp(d->kind, "min") == 0 && end < plain ?
		    calendar_day_end(c, plain) : end;
	}
	return local_months_on(c, start, (strcmp(d->unit, "year") == 0 ? 12 : 1) *
	    (before ? -d->value : d->value));
}
