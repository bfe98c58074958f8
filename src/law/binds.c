/* Who stands under which instrument on which day (data/law/README, rule 1). */
#include "law/status_rows.h"

#include <string.h>

static const struct law_state_row *
state_row(const char *code)
{
	/* Asked twenty times for one request: most rows differ in their first letter. */
	for (size_t i = 0; i < law_state_count; i++)
		if (law_state_rows[i].state.code[0] == code[0] &&
		    strcmp(law_state_rows[i].state.code, code) == 0)
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

const char *
law_networks(const char *state)
{
	const struct law_state_row *row = state_row(state);

	return row != NULL ? row->networks : "";
}

/* A treaty that an operator entered; its signature is the operator's word for it. */
static bool
treaty_find(const struct law_status *s, const char *id, struct law_treaty *out)
{
	struct law_treaty list[LAW_TREATIES_MAX];
	size_t n = law_treaties(s, list, LAW_TREATIES_MAX);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].id, id) == 0) {
			*out = list[i];
			return true;
		}
	return false;
}

static enum law_binds
treaty_binds(const struct law_treaty *t, const char *a, const char *b, int64_t at)
{
	uint32_t day;

	if (!law_day_of(at, &day) || t->since == LAW_DAY_NONE || t->since > day ||
	    (t->until != LAW_DAY_NONE && day >= t->until) || strcmp(a, b) == 0)
		return LAW_BINDS_NOT;
	return law_list_has(t->parties, a) && law_list_has(t->parties, b) ? LAW_BINDS :
	    LAW_BINDS_NOT;
}

enum law_binds
law_instrument_binds(const struct law_status *s, const char *instrument,
    const char state_a[3], const char state_b[3], int64_t at)
{
	const struct law_state *a = law_state(state_a), *b = law_state(state_b);
	struct law_treaty t;
	enum law_binds ba, bb;

	if (a == NULL || b == NULL)
		return LAW_BINDS_NOT;
	if (strcmp(instrument, "reciprocity") == 0)
		return LAW_BINDS;
	if (!instrument_has_members(instrument))
		return treaty_find(s, instrument, &t) ? treaty_binds(&t, state_a, state_b, at) :
		    LAW_BINDS_NOT;
	if (a->training && b->training)
		return strcmp(instrument, "UNCAC-CYBER") == 0 ? LAW_BINDS : LAW_BINDS_NOT;
	ba = law_state_bound(s, state_a, instrument, at);
	bb = law_state_bound(s, state_b, instrument, at);
	if (ba == LAW_BINDS_NOT || bb == LAW_BINDS_NOT)
		return LAW_BINDS_NOT;
	return ba == LAW_BINDS && bb == LAW_BINDS ? LAW_BINDS : LAW_BINDS_UNSURE;
}

bool
law_instrument_known(const struct law_status *s, const char *instrument)
{
	struct law_treaty t;

	return instrument_has_members(instrument) ||
	    strcmp(instrument, "reciprocity") == 0 || treaty_find(s, instrument, &t);
}

struct law_doubt
law_instrument_doubt(const struct law_status *s, const char *instrument,
    const char state_a[3], const char state_b[3], int64_t at)
{
	const char *both[2] = { state_a, state_b };
	struct law_doubt d = { .n = 0 };

	for (size_t i = 0; i < 2; i++)
		if (instrument_has_members(instrument) &&
		    law_state_bound(s, both[i], instrument, at) == LAW_BINDS_UNSURE)
			memcpy(d.state[d.n++], both[i], sizeof d.state[0]);
	return d;
}
