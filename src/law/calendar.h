/*
 * law/calendar: which day it is at an authority, when that day ends, and which days its
 * office works: the zone, working days and holidays of the authority that owes the
 * answer.  "A date with no time means the end of that day at the place that owes the
 * answer": calendar_date_end.  Pure: instants are seconds since 1970-01-01 UTC, days
 * are `struct civil` with the hours left 0.
 *
 * Zones are those of the tz database by name ("Africa/Dakar"), as a table of the
 * release (data/law/zones.tsv: the rule that holds now, and what departs from it from
 * 2024 on), not of the machine: both sides of a request count alike, and a node
 * without zone data counts at all.  Instants before 2024 may be an hour or more off
 * where a State has changed its clock since.  A treaty update can bring newer rules.
 */
#ifndef COMITY_LAW_CALENDAR_H
#define COMITY_LAW_CALENDAR_H

#include "law/law.h"

#define ZONE_NAME_MAX 40	/* bytes with the NUL: the longest of tzdata has 33 */
#define ZONE_RULE_MAX 64	/* bytes with the NUL: the longest of tzdata has 45 */

/* "M3.5.0/1": the last Sunday of March at 1:00; seconds may lie outside of the day. */
struct zone_turn {
	int8_t month, week, weekday;	/* 1..12, 1..5 (5: last), 0 Sunday..6 */
	int32_t seconds;		/* local time before the turn, from its midnight */
};
struct zone_rule {
	int32_t standard, summer;	/* seconds east of UTC; equal when no turn */
	bool turns;
	struct zone_turn to_summer, to_standard;
};
/* From that instant to the next of its zone, whatever the rule says. */
struct zone_change {
	int64_t from, to;
	int32_t offset;
};
struct zone {
	const char *name;		/* "Europe/Paris" */
	const char *text;		/* "CET-1CEST,M3.5.0,M10.5.0/3" */
	struct zone_rule rule;
	const struct zone_change *changes;	/* ascending */
	size_t changes_n;
};

/* The rule of POSIX TZ (IEEE 1003.1, 8.3) as tzdata writes it: Mm.w.d turns only. */
MUST bool zone_rule_parse(struct zone_rule *out, const char *text);
/* Of the release; false: it has none of that name. */
MUST bool zone_find(const char *name, struct zone *out);
/* Names of the release, in order; NULL behind the last. */
const char *zone_name(size_t i);
/* Seconds east of UTC at that instant. */
int32_t zone_offset(const struct zone *z, int64_t at);

/* ---- the days of an office ---- */

struct law_deadline;

#define WORKING_MONDAY 1u	/* bits of `working`: Monday first, Sunday 64 */
#define WORKING_SUNDAY 64u
#define WORKING_USUAL 31u	/* Monday to Friday */
#define HOLIDAYS_MAX 4096	/* of one calendar: forty a year for a hundred years */

struct calendar {
	struct zone zone;
	uint8_t working;		/* at least one bit */
	const uint32_t *holidays;	/* YYYYMMDD, or MMDD every year; ascending; borrowed */
	size_t holidays_n;
	bool known;			/* false: nobody said; UTC, Monday to Friday */
	enum law_certainty certainty;	/* of zone and working days */
};
/* UTC, Monday to Friday, no holidays; known false. */
void calendar_init(struct calendar *c);

/* Local day and hour. false: before year 1 or after 9999. */
MUST bool calendar_local(const struct calendar *c, int64_t at, struct civil *out);
/* "22 Nov 2026 16:55:00 Africa/Dakar": never without its zone. */
struct calendar_text { char s[40 + ZONE_NAME_MAX]; };
struct calendar_text calendar_people(const struct calendar *c, int64_t at);
/* Last second of the local day in which `at` lies. */
int64_t calendar_day_end(const struct calendar *c, int64_t at);
/* Last second of that date there; hours of it are not looked at. false: no date. */
MUST bool calendar_date_end(const struct calendar *c, const struct civil *date,
    int64_t *out);
/*
 * What a person typed for a due time: "2026-12-01" is the end of that day there; all
 * else as when_parse_people.
 */
MUST bool calendar_parse_due(const struct calendar *c, struct span s, int64_t *out,
    struct err *err);

/* Does the office work on the local day of `at`? */
bool calendar_works(const struct calendar *c, int64_t at);
/*
 * End of the n-th working day after the day of `at`, which is not counted (n > 0);
 * n = 0: the end of the day of `at`, or of the next working day when that is none.
 * Bounded: after 100 years of days without work it gives up and returns WHEN_MAX.
 */
int64_t calendar_working_days_add(const struct calendar *c, int64_t at, unsigned n);
/*
 * For what has to be seen in time (a warning): the same local hour on this day when it
 * is a working day, else on the last working day before.
 */
int64_t calendar_working_before(const struct calendar *c, int64_t at);
/* The same local hour that many days on (n may be negative); a clock that jumps over it: just after. */
int64_t calendar_days_add(const struct calendar *c, int64_t at, int n);
/* Working days after the day of `from`, up to and with the day of `to`; 0 when it is not later. */
unsigned calendar_working_days_between(const struct calendar *c, int64_t from, int64_t to);

/*
 * law_deadline_at by the calendar of whoever owes the answer.  Hours and minutes are
 * hours and minutes.  Days, months and years run by the clock there and end with the day
 * they end on: of a "max" that day is the last one to answer, of a "min" the last one held
 * at least.  "before": the same hour so many days earlier.  A "date": the end of that
 * day there.  0 as there.
 */
int64_t law_deadline_end(const struct law_deadline *d, int64_t start,
    const struct calendar *c);

#endif
