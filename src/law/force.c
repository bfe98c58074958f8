/*
 * Since when a treaty binds whom.  The Hanoi Convention: the ninetieth day after the
 * fortieth instrument (D14, Article 65(1)), and for who comes later the thirtieth day
 * after their own, but not before that day (D15, Article 65(2)).
 */
#include "law/status_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define INSTRUMENTS_NEEDED 40	/* Article 65(1) */
#define STATES_MAX 512		/* States of the tables: some 220 */

static bool
only_remembered(enum law_certainty c)
{
	return c == LAW_MEMORY || c == LAW_UNKNOWN;
}

static int
by_day(const void *a, const void *b)
{
	uint32_t p = *(const uint32_t *)a, q = *(const uint32_t *)b;

	return p < q ? -1 : p > q;
}

static int
days_of_rule(const char *id)
{
	const struct law_deadline *d = law_deadline(id);

	assert(d != NULL && strcmp(d->unit, "day") == 0);
	return (int)d->value;
}

struct law_force
law_hanoi_force(const struct law_status *s, uint32_t day)
{
	struct law_force f = { .needed = INSTRUMENTS_NEEDED };
	uint32_t deposits[STATES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < law_state_count && n < STATES_MAX; i++) {
		const struct law_state *state = &law_state_rows[i].state;
		struct law_party p;

		/* A regional organisation has no row among States: it is not counted. */
		if (state->training ||
		    !law_party_find(s, state->code, "UNCAC-CYBER", &p) ||
		    p.deposited_on <= LAW_DAY_SOME || only_remembered(p.certainty))
			continue;
		deposits[n++] = p.deposited_on;
		f.instruments += p.deposited_on <= day;
	}
	if (n < INSTRUMENTS_NEEDED)
		return f;
	qsort(deposits, n, sizeof *deposits, by_day);
	f.fortieth = deposits[INSTRUMENTS_NEEDED - 1];
	f.general = law_day_add(f.fortieth, days_of_rule("D14"));
	return f;
}

/* Who was among the forty waits for the general day, and that is the later one. */
static uint32_t
hanoi_since(const struct law_status *s, const struct law_party *p)
{
	uint32_t general, own;

	if (p->deposited_on == LAW_DAY_NONE)
		return LAW_DAY_NONE;
	general = law_hanoi_force(s, p->deposited_on).general;
	if (general == LAW_DAY_NONE || p->deposited_on == LAW_DAY_SOME)
		return general == LAW_DAY_NONE ? LAW_DAY_NONE : LAW_DAY_SOME;
	own = law_day_add(p->deposited_on, days_of_rule("D15"));
	return own > general ? own : general;
}

uint32_t
law_party_since(const struct law_status *s, const struct law_party *p)
{
	return strcmp(p->instrument, "UNCAC-CYBER") == 0 ? hanoi_since(s, p) : p->since;
}

enum law_binds
law_state_bound(const struct law_status *s, const char *state, const char *instrument,
    int64_t at)
{
	const struct law_confirmation *c;
	struct law_party p;
	uint32_t day, since;

	if (!law_day_of(at, &day) || !law_party_find(s, state, instrument, &p))
		return LAW_BINDS_NOT;
	since = law_party_since(s, &p);
	if (since == LAW_DAY_NONE || (p.until != LAW_DAY_NONE && day >= p.until))
		return LAW_BINDS_NOT;
	if (since != LAW_DAY_SOME && since > day)
		return LAW_BINDS_NOT;
	if (since != LAW_DAY_SOME && !only_remembered(p.certainty))
		return LAW_BINDS;
	c = law_confirmed(s, state, instrument);
	/* A party since some day: known to be one from when an officer looked on. */
	return c != NULL && (since != LAW_DAY_SOME || day >= c->on) ? LAW_BINDS :
	    LAW_BINDS_UNSURE;
}
