/* Who is party to what, as the release has it and as documents say since. */
#include "law/status_rows.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DAY ((int64_t)86400)

/* ---- days ---- */

bool
law_day_of(int64_t at, uint32_t *day)
{
	struct civil c;

	if (!when_civil(at, &c))
		return false;
	*day = (uint32_t)(c.year * 10000 + c.month * 100 + c.day);
	return true;
}

int64_t
law_day_first(uint32_t day)
{
	struct civil c = { .year = (int)(day / 10000), .month = (int)(day / 100 % 100),
		.day = (int)(day % 100) };
	int64_t at;

	return when_from_civil(&c, &at) ? at : 0;
}

bool
law_day_parse(struct span s, uint32_t *day)
{
	struct civil c = { 0 };
	uint32_t n = 0;
	int64_t at;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	for (size_t i = 0; i < 10; i++) {
		if (i == 4 || i == 7)
			continue;
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (uint32_t)(s.p[i] - '0');
	}
	c.year = (int)(n / 10000);
	c.month = (int)(n / 100 % 100);
	c.day = (int)(n % 100);
	if (!when_from_civil(&c, &at))
		return false;
	*day = n;
	return true;
}

uint32_t
law_day_add(uint32_t day, int n)
{
	uint32_t out = day;

	return law_day_of(law_day_first(day) + n * DAY, &out) ? out : day;
}

struct when_text
law_day_text(uint32_t day)
{
	struct when_text t = { "" };

	if (day == LAW_DAY_SOME)
		(void)snprintf(t.s, sizeof t.s, "yes");
	else if (day != LAW_DAY_NONE)
		t = when_day(law_day_first(day));
	return t;
}

/* ---- versions ---- */

const struct law_version *
law_version_built_in(void)
{
	return &law_built_in;
}

struct law_version_text
law_version_people(const struct law_version *v)
{
	struct law_version_text t;

	if (v->serial == 0)
		(void)snprintf(t.s, sizeof t.s, "%s %s", v->series,
		    law_day_text(v->dated).s);
	else
		(void)snprintf(t.s, sizeof t.s, "%s/%llu %s", v->series,
		    (unsigned long long)v->serial, law_day_text(v->dated).s);
	return t;
}

/* ---- the documents of a status ---- */

bool
law_status_new(struct law_status **out, struct err *err)
{
	struct law_status *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	s->confirmed = mem_array(LAW_CONFIRMED_MAX, sizeof *s->confirmed, err);
	if (s->confirmed == NULL) {
		law_status_free(s);
		return false;
	}
	*out = s;
	return true;
}

void
law_status_free(struct law_status *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		law_document_free(s->documents[i]);
	mem_free(s->confirmed);
	mem_free(s);
}

size_t
law_status_documents(const struct law_status *s)
{
	return s != NULL ? s->n : 0;
}

const struct law_version *
law_status_document(const struct law_status *s, size_t i)
{
	return &s->documents[i]->version;
}

/* Does a count before b? */
static bool
counts_before(const struct law_version *a, const struct law_version *b)
{
	if (a->dated != b->dated)
		return a->dated > b->dated;
	return strcmp(a->series, b->series) > 0;
}

static size_t
series_find(const struct law_status *s, const char *series)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->documents[i]->version.series, series) != 0)
		i++;
	return i;
}

static bool
series_is_newer(const struct law_version *there, const struct law_version *v,
    struct err *err)
{
	if (v->serial < there->serial)
		return err_set(err, ERR_REFUSED, "treaty.older",
		    "it is number %llu of %s, and number %llu is here: the newer one stays",
		    (unsigned long long)v->serial, v->series,
		    (unsigned long long)there->serial);
	if (v->serial == there->serial)
		return err_set(err, ERR_CONFLICT, "treaty.serial",
		    "number %llu of %s is here already; another text needs the next number",
		    (unsigned long long)v->serial, v->series);
	if (v->dated < there->dated)
		return err_set(err, ERR_REFUSED, "treaty.older",
		    "it speaks of %s, and what is here of %s speaks of %s: the later one stays",
		    law_day_text(v->dated).s, v->series, law_day_text(there->dated).s);
	return true;
}

bool
law_status_add(struct law_status *s, struct law_document *d, struct err *err)
{
	size_t i = series_find(s, d->version.series);

	if (i < s->n) {
		if (!series_is_newer(&s->documents[i]->version, &d->version, err))
			return false;
		law_document_free(s->documents[i]);
		memmove(&s->documents[i], &s->documents[i + 1],
		    (--s->n - i) * sizeof s->documents[0]);
	} else if (s->n == TREATY_SERIES_MAX) {
		return err_set(err, ERR_LIMIT, "treaty.series",
		    "updates of %d series are here, and that is the limit; put what you need into one of them",
		    TREATY_SERIES_MAX);
	}
	for (i = 0; i < s->n && counts_before(&s->documents[i]->version, &d->version); i++)
		;
	memmove(&s->documents[i + 1], &s->documents[i],
	    (s->n++ - i) * sizeof s->documents[0]);
	s->documents[i] = d;
	return true;
}

/* ---- members ---- */

static const char *const instruments[] = { "UNCAC-CYBER", "Budapest", "Budapest-2AP",
	"UNTOC" };

const char *
instrument_kept(const char *instrument)
{
	for (size_t i = 0; i < sizeof instruments / sizeof *instruments; i++)
		if (strcmp(instruments[i], instrument) == 0)
			return instruments[i];
	return NULL;
}

bool
instrument_has_members(const char *instrument)
{
	return instrument_kept(instrument) != NULL;
}

int
party_order(const struct law_party *a, const char *state, const char *instrument)
{
	int order = strcmp(a->state, state);

	return order != 0 ? order : strcmp(a->instrument, instrument);
}

static const struct law_party *
party_said(const struct law_document *d, const char *state, const char *instrument)
{
	size_t low = 0, high = d->parties_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (party_order(&d->parties[mid], state, instrument) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < d->parties_n &&
	    party_order(&d->parties[low], state, instrument) == 0 ?
	    &d->parties[low] : NULL;
}

static bool
party_built_in(const char *state, const char *instrument, struct law_party *out)
{
	for (size_t i = 0; i < law_party_count; i++) {
		const struct law_party_row *r = &law_party_rows[i];

		if (r->state[0] != state[0] || strcmp(r->state, state) != 0 ||
		    strcmp(r->instrument, instrument) != 0)
			continue;
		*out = (struct law_party){ .instrument = r->instrument,
			.signed_on = r->signed_on, .deposited_on = r->deposited_on,
			.since = r->since, .certainty = r->certainty, .note = r->note,
			.version = &law_built_in };
		memcpy(out->state, r->state, sizeof out->state);
		return true;
	}
	return false;
}

bool
law_party_find(const struct law_status *s, const char *state, const char *instrument,
    struct law_party *out)
{
	for (size_t i = 0; s != NULL && i < s->n; i++) {
		const struct law_party *p = party_said(s->documents[i], state, instrument);

		if (p != NULL) {
			*out = *p;
			return true;
		}
	}
	return party_built_in(state, instrument, out);
}

/* ---- what an officer looked up ---- */

static struct law_confirmation *
confirmed_at(const struct law_status *s, const char *state, const char *instrument)
{
	for (size_t i = 0; s != NULL && i < s->confirmed_n; i++)
		if (strcmp(s->confirmed[i].state, state) == 0 &&
		    strcmp(s->confirmed[i].instrument, instrument) == 0)
			return &s->confirmed[i];
	return NULL;
}

const struct law_confirmation *
law_confirmed(const struct law_status *s, const char *state, const char *instrument)
{
	struct law_confirmation *c = confirmed_at(s, state, instrument);
	struct law_party p;

	/* The cell may say something else by now: then it was not that one. */
	return c != NULL && law_party_find(s, state, instrument, &p) &&
	    law_party_since(s, &p) == c->since ? c : NULL;
}

size_t
law_confirmations(const struct law_status *s, const struct law_confirmation **out)
{
	*out = s != NULL ? s->confirmed : NULL;
	return s != NULL ? s->confirmed_n : 0;
}

bool
law_status_confirm(struct law_status *s, const struct law_confirmation *c,
    struct err *err)
{
	struct law_confirmation *at = confirmed_at(s, c->state, c->instrument);

	if (at == NULL) {
		if (s->confirmed_n == LAW_CONFIRMED_MAX)
			return err_set(err, ERR_LIMIT, "treaty.confirmed",
			    "%d cells are confirmed, and that is the limit; import an update instead",
			    LAW_CONFIRMED_MAX);
		at = &s->confirmed[s->confirmed_n++];
	}
	*at = *c;
	return true;
}

bool
law_confirmation_of(const struct law_status *s, const char *state,
    const char *instrument, int64_t now, const char *source,
    struct law_confirmation *out, struct err *err)
{
	struct law_confirmation c = { .since = LAW_DAY_NONE };
	struct law_party p;
	bool found = law_state(state) != NULL &&
	    law_party_find(s, state, instrument, &p);

	if (found)
		c.since = law_party_since(s, &p);
	if (c.since == LAW_DAY_NONE)
		return err_set(err, ERR_REFUSED, "treaty.confirm-nothing",
		    "what is here does not say that %.8s binds %.20s, so there is nothing to confirm; what is new comes with a signed update: comity treaty import",
		    state, instrument);
	if (c.since != LAW_DAY_SOME && p.certainty != LAW_MEMORY &&
	    p.certainty != LAW_UNKNOWN)
		return err_set(err, ERR_REFUSED, "treaty.confirm-sure",
		    "%s is bound by %s since %s (%s): nobody needs to confirm it", state,
		    instrument, law_day_text(c.since).s, law_certainty_name(p.certainty));
	if (source[0] == '\0' || strlen(source) >= sizeof c.source ||
	    !utf8_valid(span_text(source)) || strpbrk(source, "\t\n\r") != NULL)
		return err_set(err, ERR_USE, "treaty.source",
		    "say in 1 to %d bytes where it was looked up: --source \"UN Treaty Collection, 22 Nov 2026\"",
		    LAW_SOURCE_MAX - 1);
	if (!law_day_of(now, &c.on))
		return err_set(err, ERR_USE, "treaty.clock", "the clock shows no date");
	(void)snprintf(c.state, sizeof c.state, "%s", state);
	(void)snprintf(c.instrument, sizeof c.instrument, "%s", instrument);
	(void)snprintf(c.source, sizeof c.source, "%s", source);
	*out = c;
	return true;
}

/* ---- rows of one State: the document that counts most gives all of them ---- */

static bool
row_is_of(const struct status_row *r, enum row_kind kind, const char *state,
    const char *instrument)
{
	return r->kind == kind && strcmp(r->cell[0], state) == 0 &&
	    (instrument == NULL || strcmp(r->cell[1], instrument) == 0);
}

/* The first document that says anything of it; NULL none. */
static const struct law_document *
document_of(const struct law_status *s, const enum row_kind kinds[2], const char *state,
    const char *instrument)
{
	for (size_t i = 0; s != NULL && i < s->n; i++)
		for (size_t r = 0; r < s->documents[i]->rows_n; r++) {
			const struct status_row *row = &s->documents[i]->rows[r];

			if (row_is_of(row, kinds[0], state, instrument) ||
			    row_is_of(row, kinds[1], state, instrument))
				return s->documents[i];
		}
	return NULL;
}

/* What was said of another instrument may stand in another document. */
static size_t
declarations_of(const struct law_status *s, const char *state, const char *instrument,
    struct law_declaration *out, size_t max)
{
	static const enum row_kind kinds[2] = { ROW_RESERVATION, ROW_DECLARATION };
	const struct law_document *d = document_of(s, kinds, state, instrument);
	size_t n = 0;

	for (size_t i = 0; d != NULL && i < d->rows_n && n < max; i++) {
		const struct status_row *r = &d->rows[i];

		if (!row_is_of(r, ROW_RESERVATION, state, instrument) &&
		    !row_is_of(r, ROW_DECLARATION, state, instrument))
			continue;
		out[n] = (struct law_declaration){ .reservation =
			r->kind == ROW_RESERVATION, .instrument = r->cell[1],
			.article = r->cell[2], .text = r->cell[3],
			.version = &d->version };
		(void)snprintf(out[n++].state, sizeof out->state, "%.2s", state);
	}
	return n;
}

size_t
law_declarations(const struct law_status *s, const char *state, const char *instrument,
    struct law_declaration *out, size_t max)
{
	size_t n = 0;

	if (instrument != NULL)
		return declarations_of(s, state, instrument, out, max);
	for (size_t i = 0; i < sizeof instruments / sizeof *instruments; i++)
		n += declarations_of(s, state, instruments[i], out + n, max - n);
	return n;
}

bool
law_reserved(const struct law_status *s, const char *state, const char *instrument,
    const char *article)
{
	static const enum row_kind kinds[2] = { ROW_RESERVATION, ROW_DECLARATION };
	const struct law_document *d = document_of(s, kinds, state, instrument);

	for (size_t i = 0; d != NULL && i < d->rows_n; i++)
		if (row_is_of(&d->rows[i], ROW_RESERVATION, state, instrument) &&
		    strcmp(d->rows[i].cell[2], article) == 0)
			return true;
	return false;
}

const char *
law_languages(const struct law_status *s, const char *state)
{
	static const enum row_kind kinds[2] = { ROW_LANGUAGES, ROW_LANGUAGES };
	const struct law_document *d = document_of(s, kinds, state, NULL);

	for (size_t i = 0; d != NULL && i < d->rows_n; i++)
		if (row_is_of(&d->rows[i], ROW_LANGUAGES, state, NULL))
			return d->rows[i].cell[1];
	return "";
}

size_t
law_contacts(const struct law_status *s, const char *state, struct law_contact *out,
    size_t max)
{
	static const enum row_kind kinds[2] = { ROW_CONTACT, ROW_CONTACT };
	const struct law_document *d = document_of(s, kinds, state, NULL);
	size_t n = 0;

	for (size_t i = 0; d != NULL && i < d->rows_n && n < max; i++) {
		const struct status_row *r = &d->rows[i];

		if (row_is_of(r, ROW_CONTACT, state, NULL))
			out[n++] = (struct law_contact){ r->cell[1], r->cell[2], r->cell[3],
				r->cell[4], r->cell[5], &d->version };
	}
	return n;
}

/* ---- treaties that operators entered ---- */

static struct law_treaty
treaty_of(const struct law_document *d, const struct status_row *r)
{
	struct law_treaty t = { .id = r->cell[0], .title = r->cell[1],
		.parties = r->cell[4], .version = &d->version };

	/* Read once before: what is no day is none. */
	if (!law_day_parse(span_text(r->cell[2]), &t.since))
		t.since = LAW_DAY_NONE;
	if (!law_day_parse(span_text(r->cell[3]), &t.until))
		t.until = LAW_DAY_NONE;
	t.bilateral = strlen(t.parties) == 5;	/* "FR;SN" */
	return t;
}

static bool
treaty_is_there(const struct law_treaty *list, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].id, id) == 0)
			return true;
	return false;
}

size_t
law_treaties(const struct law_status *s, struct law_treaty *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; s != NULL && i < s->n; i++)
		for (size_t r = 0; r < s->documents[i]->rows_n && n < max; r++) {
			const struct status_row *row = &s->documents[i]->rows[r];

			if (row->kind == ROW_TREATY &&
			    !treaty_is_there(out, n, row->cell[0]))
				out[n++] = treaty_of(s->documents[i], row);
		}
	return n;
}

const struct law_basis *
law_status_basis(const struct law_status *s, const char *measure,
    const char *instrument)
{
	for (size_t i = 0; s != NULL && i < s->n; i++) {
		const struct law_document *d = s->documents[i];
		static const enum row_kind treaty[2] = { ROW_TREATY, ROW_TREATY };

		for (size_t b = 0; b < d->basis_n; b++)
			if (strcmp(d->basis[b].measure->id, measure) == 0 &&
			    strcmp(d->basis[b].instrument, instrument) == 0)
				return &d->basis[b];
		/* The newest text of a treaty counts wholly, also in what it leaves out. */
		if (document_of(s, treaty, instrument, NULL) == d)
			return NULL;
	}
	return law_basis(measure, instrument);
}

/* ---- calendars ---- */

static void
calendar_said(const struct law_status *s, const char *who, struct calendar *out)
{
	static const enum row_kind kinds[2] = { ROW_CALENDAR, ROW_CALENDAR };
	const struct law_document *d = document_of(s, kinds, who, NULL);

	for (size_t i = 0; d != NULL && i < d->rows_n; i++) {
		const struct status_row *r = &d->rows[i];

		if (!row_is_of(r, ROW_CALENDAR, who, NULL) ||
		    !zone_find(r->cell[1], &out->zone))
			continue;
		out->working = working_days(r->cell[2]);
		out->certainty = certainty_of(r->cell[3]);
		out->known = true;
	}
}

static void
calendar_built_in(const char *who, struct calendar *out)
{
	for (size_t i = 0; i < law_calendar_count; i++) {
		const struct law_calendar_row *r = &law_calendar_rows[i];

		if (strcmp(r->state, who) != 0 || !zone_find(r->zone, &out->zone))
			continue;
		out->working = r->working;
		out->holidays = &law_holiday_rows[r->holidays];
		out->holidays_n = r->holidays_n;
		out->certainty = r->certainty;
		out->known = true;
	}
}

/* Those of the first document that says anything of them. */
static void
holidays_said(const struct law_status *s, const char *who, struct calendar *out)
{
	for (size_t i = 0; s != NULL && i < s->n; i++) {
		const struct law_document *d = s->documents[i];
		size_t first = 0, n = 0;

		while (first < d->holidays_n && strcmp(d->holidays[first].who, who) != 0)
			first++;
		while (first + n < d->holidays_n &&
		    strcmp(d->holidays[first + n].who, who) == 0)
			n++;
		if (n == 0)
			continue;
		out->holidays = &d->days[first];
		out->holidays_n = n;
		return;
	}
}

/* A newer rule for the clocks of that zone. */
static void
zone_said(const struct law_status *s, struct zone *z)
{
	static const enum row_kind kinds[2] = { ROW_ZONE, ROW_ZONE };
	const struct law_document *d = document_of(s, kinds, z->name, NULL);

	for (size_t i = 0; d != NULL && i < d->rows_n; i++) {
		const struct status_row *r = &d->rows[i];
		struct zone_rule rule;

		if (!row_is_of(r, ROW_ZONE, z->name, NULL) ||
		    !zone_rule_parse(&rule, r->cell[1]))
			continue;
		z->text = r->cell[1];
		z->rule = rule;
		z->changes_n = 0;
	}
}

void
law_calendar(const struct law_status *s, const char *state, const char *authority,
    struct calendar *out)
{
	struct calendar c;

	calendar_init(&c);
	calendar_built_in(state, &c);
	calendar_said(s, state, &c);
	holidays_said(s, state, &c);
	if (authority != NULL && authority[0] != '\0') {
		calendar_said(s, authority, &c);
		holidays_said(s, authority, &c);
	}
	zone_said(s, &c.zone);
	*out = c;
}
