/*
 * when: instants as int64 seconds since 1970-01-01 00:00:00 UTC, as text and as
 * calendar days.  Pure: no clock, no time zone of the machine.  Years 1 to 9999.
 */
#ifndef COMITY_BASE_WHEN_H
#define COMITY_BASE_WHEN_H

#include "base/bytes.h"

struct civil {
	int year, month, day, hour, minute, second;	/* proleptic Gregorian, UTC */
};
struct when_text {
	char s[40];
};

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z */
#define WHEN_MIN (-62135596800LL)
#define WHEN_MAX 253402300799LL

MUST bool when_civil(int64_t at, struct civil *out);	/* false outside MIN..MAX */
MUST bool when_from_civil(const struct civil *c, int64_t *out); /* real dates only */

/* RFC 3339: "2026-11-22T08:46:00Z"; outside the years "(no date)". */
struct when_text when_rfc3339(int64_t at);
/* For people: "22 Nov 2026 08:46:00 UTC": the month is a word, never a number. */
struct when_text when_people(int64_t at);
/* "2026-11-22" */
struct when_text when_day(int64_t at);

/* Exactly the form of when_rfc3339. */
MUST bool when_parse(struct span s, int64_t *out);
/*
 * What a person types (--at): RFC 3339 with Z or an offset, "YYYY-MM-DD" (its
 * first second, UTC), or "@SECONDS".
 */
MUST bool when_parse_people(struct span s, int64_t *out, struct err *err);

#endif
