/* An instant as the people of an office read it on their clock. */
#include <stdio.h>
#include <string.h>

#include "law/calendar.h"

struct calendar_text
calendar_people(const struct calendar *c, int64_t at)
{
	struct when_text local = when_people(at + zone_offset(&c->zone, at));
	struct calendar_text t;
	size_t n = strlen(local.s);

	/* " UTC" of what reads like the local clock is not its zone */
	if (n > 4 && strcmp(local.s + n - 4, " UTC") == 0)
		local.s[n - 4] = '\0';
	(void)snprintf(t.s, sizeof t.s, "%s %s", local.s, c->zone.name);
	return t;
}
