/* Days of an office: where they end, and which of them it works. */
#include "law/calendar.h"

#include <string.h>

#define DAY ((int64_t)86400)
#define DAYS_LOOKED_AT_MAX 36600	/* a hundred years without one working day */

void
calendar_init(struct calendar *c)
{
	memset(c, 0, sizeof *c);
	c->zone.name = c->zone.text = "UTC";
	c->working = WORKING_USUAL;
	c->certainty = LAW_UNKNOWN;
}

/* ---- days are counted from 1970-01-01, by the local clock ---- */

static int64_t
days_of(int64_t local)
{
	return local >= 0 ? local / DAY : -((-local + DAY - 1) / DAY);
}

static int64_t
local_of(const struct calendar *c, int64_t at)
{
	return at + zone_offset(&c->zone, at);
}

static int64_t
within_years(int64_t at)
{
	return at < WHEN_MIN ? WHEN_MIN : at > WHEN_MAX ? WHEN_MAX : at;
}

static bool
ends_day(const struct calendar *c, int64_t at, int64_t day)
{
	return days_of(local_of(c, at)) == day && days_of(local_of(c, at + 1)) != day;
}

/*
 * The last second whose local day is this one.  Clocks turn at most once around a
 * midnight, so it is counted by the clock of the noon before or of the one after; where
 * a midnight comes twice, the day ends with the second.
 */
static int64_t
day_end(const struct calendar *c, int64_t day)
{
	int64_t noon = day * DAY + DAY / 2, end = (day + 1) * DAY - 1;
	int64_t first = end - zone_offset(&c->zone, noon - zone_offset(&c->zone, noon));
	int64_t second = end - zone_offset(&c->zone, first + DAY / 2);

	return within_years(ends_day(c, second, day) &&
	    (second > first || !ends_day(c, first, day)) ? second : first);
}

bool
calendar_local(const struct calendar *c, int64_t at, struct civil *out)
{
	return at >= WHEN_MIN && at <= WHEN_MAX && when_civil(local_of(c, at), out);
}

int64_t
calendar_day_end(const struct calendar *c, int64_t at)
{
	return day_end(c, days_of(local_of(c, within_years(at))));
}

bool
calendar_date_end(const struct calendar *c, const struct civil *date, int64_t *out)
{
	struct civil first = { .year = date->year, .month = date->month,
		.day = date->day };
	int64_t at;

	if (!when_from_civil(&first, &at))
		return false;
	*out = day_end(c, days_of(at));
	return true;
}

bool
calendar_parse_due(const struct calendar *c, struct span s, int64_t *out,
    struct err *err)
{
	struct civil date;
	int64_t at;

	if (!when_parse_people(s, &at, err))
		return false;
	/* Ten characters without a "T" are a date, and nothing else that it takes is. */
	if (s.n == 10 && s.p[4] == '-') {
		if (!when_civil(at, &date) || !calendar_date_end(c, &date, &at))
			return err_set(err, ERR_USE, "calendar.date",
			    "that is a day no calendar has");
	}
	*out = at;
	return true;
}

/* ---- which days are worked ---- */

static bool
is_listed(const struct calendar *c, uint32_t key)
{
	size_t low = 0, high = c->holidays_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->holidays[mid] < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->holidays_n && c->holidays[low] == key;
}

static bool
is_holiday(const struct calendar *c, int64_t day)
{
	struct civil date;
	uint32_t every_year;

	if (!when_civil(day * DAY, &date))
		return false;
	every_year = (uint32_t)(date.month * 100 + date.day);
	return is_listed(c, every_year) ||
	    is_listed(c, (uint32_t)date.year * 10000 + every_year);
}

static bool
day_works(const struct calendar *c, int64_t day)
{
	unsigned weekday = (unsigned)(((day + 3) % 7 + 7) % 7);	/* Monday 0 */

	return (c->working >> weekday & 1u) != 0 && !is_holiday(c, day);
}

bool
calendar_works(const struct calendar *c, int64_t at)
{
	return day_works(c, days_of(local_of(c, within_years(at))));
}

int64_t
calendar_working_days_add(const struct calendar *c, int64_t at, unsigned n)
{
	int64_t day = days_of(local_of(c, within_years(at)));
	unsigned looked = 0;

	if (n == 0 && day_works(c, day))
		return day_end(c, day);
	for (n = n == 0 ? 1 : n; n > 0; looked++) {
		if (looked == DAYS_LOOKED_AT_MAX)
			return WHEN_MAX;
		n -= day_works(c, ++day);
	}
	return day_end(c, day);
}

int64_t
calendar_days_add(const struct calendar *c, int64_t at, int n)
{
	int64_t local = local_of(c, within_years(at)) + n * DAY;
	int64_t out = local - zone_offset(&c->zone, within_years(at));
	int32_t offset = zone_offset(&c->zone, out);

	/* The clock was turned in between: the same hour by the clock of that day. */
	out = local - offset;
	if (zone_offset(&c->zone, out) < offset)
		out += offset - zone_offset(&c->zone, out);
	return within_years(out);
}

int64_t
calendar_working_before(const struct calendar *c, int64_t at)
{
	int64_t day = days_of(local_of(c, within_years(at)));

	for (int back = 0; back < DAYS_LOOKED_AT_MAX; back++)
		if (day_works(c, day - back))
			return back == 0 ? at : calendar_days_add(c, at, -back);
	return at;
}

unsigned
calendar_working_days_between(const struct calendar *c, int64_t from, int64_t to)
{
	int64_t day = days_of(local_of(c, within_years(from)));
	int64_t last = days_of(local_of(c, within_years(to)));
	unsigned n = 0;

	if (last > day + DAYS_LOOKED_AT_MAX)
		last = day + DAYS_LOOKED_AT_MAX;
	while (day < last)
		n += day_works(c, ++day);
	return n;
}
