/* Who stands under which instrument on which day (data/law/README, rule 1). */
#include "law/tables.h"

#include <string.h>

static const struct law_state_row *
state_row(const char code[3])
{
	for (size_t i = 0; i < law_state_count; i++)
		if (strcmp(law_state_rows[i].state.code, code) == 0)
			return &law_state_rows[i];
	return NULL;
}

const struct law_state *
law_state(const char code[3])
{
	const struct law_state_row *row = state_row(code);

	return row != NULL ? &row->state : NULL;
}

bool
law_training(const char *code)
{
	const struct law_state *s = strlen(code) == 2 ? law_state(code) : NULL;

	return s != NULL && s->training;
}

/* The day as the tables write it, YYYYMMDD. */
static bool
day_of(int64_t at, uint32_t *day)
{
	struct civil c;

	if (!when_civil(at, &c))
		return false;
	*day = (uint32_t)(c.year * 10000 + c.month * 100 + c.day);
	return true;
}

static enum law_binds
party_on(const struct law_party *p, int64_t at)
{
	uint32_t day;

	if (p->since == PARTY_NO || !day_of(at, &day))
		return LAW_BINDS_NOT;
	if (p->since == PARTY_SOME_DAY)
		return LAW_BINDS_UNSURE;
	if (p->since > day)
		return LAW_BINDS_NOT;
	return p->certainty == LAW_MEMORY || p->certainty == LAW_UNKNOWN ?
	    LAW_BINDS_UNSURE : LAW_BINDS;
}

static const struct law_party *
party_of(const struct law_state_row *row, const char *instrument)
{
	if (strcmp(instrument, "UNCAC-CYBER") == 0)
		return &row->hanoi;
	if (strcmp(instrument, "Budapest") == 0)
		return &row->budapest;
	if (strcmp(instrument, "UNTOC") == 0)
		return &row->untoc;
	return NULL;	/* Budapest-2AP too: not in force, five ratifications are needed */
}

enum law_binds
law_instrument_binds(const char *instrument, const char state_a[3],
    const char state_b[3], int64_t at)
{
	const struct law_state_row *a = state_row(state_a), *b = state_row(state_b);
	const struct law_party *pa, *pb;
	enum law_binds ba, bb;

	if (a == NULL || b == NULL)
		return LAW_BINDS_NOT;
	if (strcmp(instrument, "reciprocity") == 0)
		return LAW_BINDS;
	if (a->state.training && b->state.training)
		return strcmp(instrument, "UNCAC-CYBER") == 0 ? LAW_BINDS : LAW_BINDS_NOT;
	pa = party_of(a, instrument);
	pb = party_of(b, instrument);
	if (pa == NULL || pb == NULL)
		return LAW_BINDS_NOT;
	ba = party_on(pa, at);
	bb = party_on(pb, at);
	if (ba == LAW_BINDS_NOT || bb == LAW_BINDS_NOT)
		return LAW_BINDS_NOT;
	return ba == LAW_BINDS && bb == LAW_BINDS ? LAW_BINDS : LAW_BINDS_UNSURE;
}
