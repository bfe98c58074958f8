/* Which basis two States have on a day, in order (data/law/README, rules 2 and 3). */
#include "law/status_rows.h"

#include <stdio.h>
#include <string.h>

/* What the law knows of a pair, and where the list of candidates goes. */
struct choosing {
	const struct law_status *s;
	const char *measure;
	const char *a, *b;
	int64_t at;
	struct law_candidate *out;
	size_t n, max;
};

/* Since the day on which it bound the second of them; "" not known. */
static struct when_text
both_since(const struct choosing *c, const char *instrument)
{
	struct law_party a, b;
	uint32_t sa, sb;

	if (!law_party_find(c->s, c->a, instrument, &a) ||
	    !law_party_find(c->s, c->b, instrument, &b))
		return (struct when_text){ "" };
	sa = law_party_since(c->s, &a);
	sb = law_party_since(c->s, &b);
	if (sa <= LAW_DAY_SOME || sb <= LAW_DAY_SOME)
		return (struct when_text){ "" };
	return law_day_text(sa > sb ? sa : sb);
}

static void
why_say(const struct choosing *c, struct law_candidate *out)
{
	const char *instrument = out->basis->instrument;
	struct when_text since = both_since(c, instrument);
	struct law_doubt doubt = law_instrument_doubt(c->s, instrument, c->a, c->b, c->at);

	if (strcmp(instrument, "reciprocity") == 0)
		(void)snprintf(out->why, sizeof out->why,
		    "courtesy under the law of the State that is asked: nothing is owed");
	else if (doubt.n > 0)
		(void)snprintf(out->why, sizeof out->why,
		    "our date for %s%s%s is from memory or not known: an officer confirms it",
		    doubt.state[0], doubt.n > 1 ? " and " : "",
		    doubt.n > 1 ? doubt.state[1] : "");
	else if (law_training(c->a))
		(void)snprintf(out->why, sizeof out->why,
		    "between training States, as in an exercise");
	else
		(void)snprintf(out->why, sizeof out->why, "in force for both%s%s",
		    since.s[0] != '\0' ? " since " : "", since.s);
	if (out->by_hand)
		(void)snprintf(out->why + strlen(out->why),
		    sizeof out->why - strlen(out->why),
		    "; only for a serious crime, transnational and with an organised criminal group");
}

static void
candidate_add(struct choosing *c, const char *instrument, bool by_hand)
{
	const struct law_basis *row = law_status_basis(c->s, c->measure, instrument);
	struct law_candidate *out = &c->out[c->n];
	enum law_binds binds;

	if (row == NULL || c->n == c->max)
		return;
	binds = law_instrument_binds(c->s, instrument, c->a, c->b, c->at);
	if (binds == LAW_BINDS_NOT)
		return;
	*out = (struct law_candidate){ .basis = row, .binds = binds, .by_hand = by_hand };
	why_say(c, out);
	c->n++;
}

static void
treaties_add(struct choosing *c, const struct law_treaty *list, size_t n, bool bilateral)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].bilateral == bilateral)
			candidate_add(c, list[i].id, false);
}

/* Neither of them reserved an article of the row: Japan did for Article 7. */
static bool
protocol_unreserved(const struct choosing *c)
{
	const struct law_basis *row = law_status_basis(c->s, c->measure, "Budapest-2AP");

	return row == NULL || (!law_reserved(c->s, c->a, "Budapest-2AP", row->articles) &&
	    !law_reserved(c->s, c->b, "Budapest-2AP", row->articles));
}

size_t
law_basis_candidates(const struct law_status *s, const char *measure,
    const char state_a[3], const char state_b[3], int64_t at,
    struct law_candidate *out, size_t max)
{
	const struct law_state *a = law_state(state_a), *b = law_state(state_b);
	struct choosing c = { .s = s, .measure = measure, .a = state_a, .b = state_b,
		.at = at, .out = out, .max = max };
	struct law_treaty list[LAW_TREATIES_MAX];
	size_t n;

	if (a == NULL || b == NULL || a->training != b->training)
		return 0;
	n = law_treaties(s, list, LAW_TREATIES_MAX);
	treaties_add(&c, list, n, true);
	treaties_add(&c, list, n, false);
	if (protocol_unreserved(&c))
		candidate_add(&c, "Budapest-2AP", false);
	candidate_add(&c, "Budapest", false);
	candidate_add(&c, "UNCAC-CYBER", false);
	candidate_add(&c, "UNTOC", true);
	candidate_add(&c, "reciprocity", false);
	return c.n;
}

/* More treaties than this between two States for one measure: an officer names one. */
#define SUGGESTED_AMONG 16

const struct law_basis *
law_basis_suggest(const struct law_status *s, const char *measure,
    const char state_a[3], const char state_b[3], int64_t at)
{
	struct law_candidate list[SUGGESTED_AMONG];
	size_t n = law_basis_candidates(s, measure, state_a, state_b, at, list,
	    SUGGESTED_AMONG);

	for (size_t i = 0; i < n; i++) {
		if (list[i].by_hand)
			continue;
		return list[i].binds == LAW_BINDS ? list[i].basis : NULL;
	}
	return NULL;
}

static struct law_version_text
version_of(const struct law_status *s, const char *instrument, const char *state)
{
	struct law_treaty list[LAW_TREATIES_MAX];
	struct law_party p;
	size_t n;

	if (law_party_find(s, state, instrument, &p))
		return law_version_people(p.version);
	n = law_treaties(s, list, LAW_TREATIES_MAX);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].id, instrument) == 0)
			return law_version_people(list[i].version);
	return law_version_people(&law_built_in);
}

struct law_rows_text
law_basis_rows_of(const struct law_status *s, const char *instrument,
    const char state_a[3], const char state_b[3])
{
	struct law_rows_text t;

	(void)snprintf(t.s, sizeof t.s, "%.2s: %s; %.2s: %s", state_a,
	    version_of(s, instrument, state_a).s, state_b,
	    version_of(s, instrument, state_b).s);
	return t;
}
