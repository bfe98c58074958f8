/*
 * A document `comity.treaty/1` (doc/format/treaty.md): lines of cells between tabs, each
 * begun by a word that says what it is.  Nothing of a document counts unless all does.
 */
#include "law/status_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY ((int64_t)86400)
#define CELL_MAX 500		/* bytes: the longest reservation says its sense in fewer */
#define INSTRUMENT_MAX 39	/* bytes of an instrument's name in an act */
#define HEAD_LINES 5		/* schema, series, serial, dated, source */

/* ---- words ---- */

bool
certainty_parse(const char *name, enum law_certainty *out)
{
	for (enum law_certainty c = LAW_TEXT; c < LAW_UNKNOWN; c++)
		if (strcmp(law_certainty_name(c), name) == 0) {
			*out = c;
			return true;
		}
	return false;
}

enum law_certainty
certainty_of(const char *name)
{
	enum law_certainty c = LAW_UNKNOWN;

	return certainty_parse(name, &c) ? c : LAW_UNKNOWN;
}

uint8_t
working_days(const char *list)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat",
		"sun" };
	unsigned bits = 0;

	while (*list != '\0') {
		size_t n = strcspn(list, ";"), i = 0;

		while (i < 7 && (n != 3 || memcmp(names[i], list, 3) != 0))
			i++;
		if (i == 7 || (bits >> i & 1u) != 0)
			return 0;
		bits |= 1u << i;
		list += n;
		if (*list == ';' && *++list == '\0')
			return 0;
	}
	return (uint8_t)bits;
}

/* ---- a line ---- */

struct reading {
	struct law_document *d;
	size_t line;			/* counted from 1 */
	size_t treaties;		/* so far */
	int64_t now;
};

static bool PRINTF_LIKE(4, 5)
fault(const struct reading *r, struct err *err, const char *reason, const char *fmt, ...)
{
	char what[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return err_set(err, ERR_INPUT, reason, "line %zu: %s", r->line, what);
}

struct row_shape {
	const char *word;
	size_t cells;
};
static const struct row_shape shapes[ROW_KINDS] = {
	[ROW_PARTY] = { "party", 7 },
	[ROW_RESERVATION] = { "reservation", 4 },
	[ROW_DECLARATION] = { "declaration", 4 },
	[ROW_LANGUAGES] = { "languages", 2 },
	[ROW_CONTACT] = { "contact", 6 },
	[ROW_CALENDAR] = { "calendar", 4 },
	[ROW_HOLIDAY] = { "holiday", 3 },
	[ROW_ZONE] = { "zone", 2 },
	[ROW_TREATY] = { "treaty", 5 },
	[ROW_MEASURE] = { "measure", 8 },
};

static bool
row_kind_of(const char *word, enum row_kind *out)
{
	for (enum row_kind k = 0; k < ROW_KINDS; k++)
		if (strcmp(shapes[k].word, word) == 0) {
			*out = k;
			return true;
		}
	return false;
}

/* Cuts a line, in its place, at its tabs. */
static bool
line_cut(const struct reading *r, char *line, struct status_row *out, struct err *err)
{
	char *at = line, *tab;
	size_t n = 0;

	if ((tab = strchr(at, '\t')) != NULL)
		*tab++ = '\0';
	if (!row_kind_of(at, &out->kind))
		return fault(r, err, "treaty.row", "\"%.20s\" is no kind of row", line);
	while ((at = tab) != NULL) {
		if (n == shapes[out->kind].cells)
			return fault(r, err, "treaty.cells", "more than %zu cells behind \"%s\"",
			    n, line);
		if ((tab = strchr(at, '\t')) != NULL)
			*tab++ = '\0';
		if (strlen(at) > CELL_MAX)
			return fault(r, err, "treaty.cell-long",
			    "a cell has more than %d bytes", CELL_MAX);
		if (at[0] == ' ' || (at[0] != '\0' && at[strlen(at) - 1] == ' '))
			return fault(r, err, "treaty.blank", "a cell begins or ends with a blank");
		out->cell[n++] = at;
	}
	if (n != shapes[out->kind].cells)
		return fault(r, err, "treaty.cells", "%zu cells behind \"%s\", and %zu are wanted",
		    n, line, shapes[out->kind].cells);
	while (n < ROW_CELLS)
		out->cell[n++] = "";
	return true;
}

/* ---- cells ---- */

static bool
day_cell(const struct reading *r, const char *cell, const char *what, uint32_t *out,
    struct err *err)
{
	*out = LAW_DAY_NONE;
	return cell[0] == '\0' || law_day_parse(span_text(cell), out) ||
	    fault(r, err, "treaty.day", "%s: \"%.20s\" is no day, as 2027-03-01 is", what, cell);
}

static bool
state_cell(const struct reading *r, const char *cell, bool training, struct err *err)
{
	if (strlen(cell) != 2 || law_state(cell) == NULL)
		return fault(r, err, "treaty.state", "\"%.20s\" is the code of no State", cell);
	return training || !law_training(cell) || fault(r, err, "treaty.training",
	    "%s is a training State: what binds whom is not exercised with it", cell);
}

static bool
certainty_cell(const struct reading *r, const char *cell, enum law_certainty *out,
    struct err *err)
{
	return certainty_parse(cell, out) || fault(r, err, "treaty.certainty",
	    "\"%.20s\": text, sister, secondary or memory is wanted", cell);
}

/* A State, or an authority of one: "FR-..." */
static bool
who_cell(const struct reading *r, const char *cell, struct err *err)
{
	char state[3] = { cell[0], cell[0] != '\0' ? cell[1] : '\0', '\0' };
	size_t n = strlen(cell);

	return (law_state(state) != NULL && (n == 2 || (n > 3 && n < 40 && cell[2] == '-'))) ||
	    fault(r, err, "treaty.who", "\"%.40s\" is no State and no authority", cell);
}

/* Every id of the list is known. */
static bool
ids_cell(const struct reading *r, const char *list, bool (*known)(const char *id),
    struct err *err)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ";");
		char id[64];

		if (n == 0 || n >= sizeof id)
			return fault(r, err, "treaty.list", "an empty or too long word in a list");
		(void)snprintf(id, sizeof id, "%.*s", (int)n, list);
		if (!known(id))
			return fault(r, err, "treaty.list", "\"%.40s\" is not known here", id);
		list += n;
		if (*list == ';' && *++list == '\0')
			return fault(r, err, "treaty.list", "a list ends in \";\"");
	}
	return true;
}

static bool
field_known(const char *id)
{
	return law_field(id) != NULL && strcmp(law_field(id)->id, id) == 0;
}

/* P is a duty around refusal, and N what is forbidden as a ground. */
static bool
ground_known(const char *id)
{
	return law_ground(id) != NULL && id[0] != 'P' && id[0] != 'N';
}

static bool
state_known(const char *id)
{
	return law_state(id) != NULL;
}

static bool
language_known(const char *tag)
{
	size_t n = strlen(tag);

	return n >= 2 && n <= 11 && strspn(tag,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789") == n;
}

/* ---- rows ---- */

static bool
party_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	struct law_document *d = r->d;
	struct law_party p = { .note = "", .version = &d->version };
	bool region = strcmp(row->cell[0], "EU") == 0;

	if (!region && !state_cell(r, row->cell[0], false, err))
		return false;
	memcpy(p.state, row->cell[0], sizeof p.state);
	p.instrument = instrument_kept(row->cell[1]);
	if (p.instrument == NULL)
		return fault(r, err, "treaty.instrument",
		    "\"%.40s\": UNCAC-CYBER, Budapest, Budapest-2AP or UNTOC is wanted",
		    row->cell[1]);
	if (!day_cell(r, row->cell[2], "signed", &p.signed_on, err) ||
	    !day_cell(r, row->cell[3], "deposited", &p.deposited_on, err) ||
	    !day_cell(r, row->cell[4], "in force", &p.since, err) ||
	    !day_cell(r, row->cell[5], "until", &p.until, err) ||
	    !certainty_cell(r, row->cell[6], &p.certainty, err))
		return false;
	/* Nobody can have seen what has not happened: a slip of the year. */
	if (p.signed_on > d->version.dated || p.deposited_on > d->version.dated)
		return fault(r, err, "treaty.future",
		    "signed or deposited after the day this document speaks of");
	if (strcmp(p.instrument, "UNCAC-CYBER") == 0 && p.since != LAW_DAY_NONE)
		return fault(r, err, "treaty.computed",
		    "since when the Convention is in force is computed from the deposits (Article 65): leave the cell empty");
	d->parties[d->parties_n++] = p;
	return true;
}

static bool
declaration_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	if (!state_cell(r, row->cell[0], true, err))
		return false;
	if (!instrument_has_members(row->cell[1]))
		return fault(r, err, "treaty.instrument", "\"%.40s\" is no instrument that has members here",
		    row->cell[1]);
	return (row->cell[2][0] != '\0' && row->cell[3][0] != '\0') ||
	    fault(r, err, "treaty.empty", "the article and the sense of it are wanted");
}

static bool
holiday_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	struct law_document *d = r->d;
	char year[16];
	uint32_t day;

	/* A day of every year: one of a leap year, so that 29 February is one. */
	(void)snprintf(year, sizeof year, "2000-%.8s", row->cell[1]);
	if (!law_day_parse(span_text(row->cell[1]), &day)) {
		if (!law_day_parse(span_text(year), &day))
			return fault(r, err, "treaty.day",
			    "\"%.20s\" is no day, as 2027-03-01 is, or 03-01 for every year",
			    row->cell[1]);
		day %= 10000;
	}
	d->holidays[d->holidays_n++] = (struct status_holiday){ row->cell[0], day };
	return who_cell(r, row->cell[0], err);
}

static bool
calendar_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	enum law_certainty sure;
	struct zone z;

	if (!who_cell(r, row->cell[0], err) ||
	    !certainty_cell(r, row->cell[3], &sure, err))
		return false;
	if (!zone_find(row->cell[1], &z))
		return fault(r, err, "treaty.zone", "\"%.40s\" is no zone, as Africa/Dakar is",
		    row->cell[1]);
	return working_days(row->cell[2]) != 0 || fault(r, err, "treaty.working",
	    "\"%.40s\": working days are wanted, as in mon;tue;wed;thu;fri", row->cell[2]);
}

static bool
zone_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	struct zone_rule rule;
	struct zone z;

	return (zone_find(row->cell[0], &z) && zone_rule_parse(&rule, row->cell[1])) ||
	    fault(r, err, "treaty.zone",
	    "a zone and its rule are wanted, as in Europe/Paris and CET-1CEST,M3.5.0,M10.5.0/3");
}

static bool
treaty_id_valid(const char *id)
{
	size_t n = strlen(id);

	return n >= 3 && n <= INSTRUMENT_MAX && strspn(id,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") == n &&
	    !instrument_has_members(id) && strcmp(id, "reciprocity") != 0;
}

static bool
treaty_row(struct reading *r, const struct status_row *row, struct err *err)
{
	const char *parties = row->cell[4];
	uint32_t day;

	if (++r->treaties > TREATY_ENTERED_MAX)
		return err_set(err, ERR_LIMIT, "treaty.size",
		    "line %zu: more than %d treaties in one document", r->line,
		    TREATY_ENTERED_MAX);

	if (!treaty_id_valid(row->cell[0]))
		return fault(r, err, "treaty.id",
		    "\"%.40s\" cannot name a treaty: 3 to %d letters, digits, points or hyphens, and no name that is taken",
		    row->cell[0], INSTRUMENT_MAX);
	if (row->cell[1][0] == '\0')
		return fault(r, err, "treaty.empty", "the treaty has no title");
	if (!day_cell(r, row->cell[2], "since", &day, err) ||
	    !day_cell(r, row->cell[3], "until", &day, err) ||
	    !ids_cell(r, parties, state_known, err))
		return false;
	if (strlen(parties) < 5)
		return fault(r, err, "treaty.parties", "a treaty has two parties or more");
	for (size_t i = 0; i < strlen(parties); i += 3) {
		char one[3] = { parties[i], parties[i + 1], '\0' };
		char first[3] = { parties[0], parties[1], '\0' };

		if (law_training(one) != law_training(first))
			return fault(r, err, "treaty.parties",
			    "training States and real ones in one treaty");
	}
	return true;
}

static bool
row_is_treaty(const struct status_row *row, const char *id)
{
	return row->kind == ROW_TREATY && strcmp(row->cell[0], id) == 0;
}

static bool
measure_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	static const char dual[] = "not_required;not_applicable;optional_ground;"
	    "reservation_only;required;domestic_law";
	struct law_document *d = r->d;
	struct law_basis *b = &d->basis[d->basis_n++];
	bool named = false;

	for (size_t i = 0; i < d->rows_n; i++)
		named = named || row_is_treaty(&d->rows[i], row->cell[0]);
	if (!named)
		return fault(r, err, "treaty.measure",
		    "\"%.40s\" is no treaty of this document above", row->cell[0]);
	*b = (struct law_basis){ .measure = law_measure(row->cell[1]),
		.instrument = row->cell[0], .articles = row->cell[2],
		.required = row->cell[3], .one_of = row->cell[4], .grounds = row->cell[5],
		.dual_criminality = row->cell[6], .notes = "" };
	if (b->measure == NULL)
		return fault(r, err, "treaty.measure", "\"%.40s\" is no measure", row->cell[1]);
	if (b->articles[0] == '\0' || strlen(b->articles) > INSTRUMENT_MAX)
		return fault(r, err, "treaty.articles", "1 to %d bytes of articles are wanted",
		    INSTRUMENT_MAX);
	if (strchr(b->dual_criminality, ';') != NULL ||
	    !law_list_has(dual, b->dual_criminality))
		return fault(r, err, "treaty.dual", "dual criminality is one of %s", dual);
	return ids_cell(r, b->required, field_known, err) &&
	    ids_cell(r, b->one_of, field_known, err) &&
	    ids_cell(r, b->grounds, ground_known, err) &&
	    certainty_cell(r, row->cell[7], &b->certainty, err);
}

static bool
languages_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	return state_cell(r, row->cell[0], true, err) &&
	    (row->cell[1][0] != '\0' || fault(r, err, "treaty.empty", "no language")) &&
	    ids_cell(r, row->cell[1], language_known, err);
}

static bool
contact_row(const struct reading *r, const struct status_row *row, struct err *err)
{
	if (!state_cell(r, row->cell[0], true, err))
		return false;
	if (strcmp(row->cell[1], "24/7") != 0 && strcmp(row->cell[1], "police") != 0 &&
	    strcmp(row->cell[1], "central_authority") != 0)
		return fault(r, err, "treaty.role",
		    "\"%.40s\": 24/7, central_authority or police is wanted", row->cell[1]);
	return row->cell[2][0] != '\0' ||
	    fault(r, err, "treaty.empty", "the contact has no name");
}

static bool
row_take(struct reading *r, const struct status_row *row, struct err *err)
{
	switch (row->kind) {
	case ROW_PARTY:
		return party_row(r, row, err);
	case ROW_RESERVATION:
	case ROW_DECLARATION:
		return declaration_row(r, row, err);
	case ROW_LANGUAGES:
		return languages_row(r, row, err);
	case ROW_CONTACT:
		return contact_row(r, row, err);
	case ROW_CALENDAR:
		return calendar_row(r, row, err);
	case ROW_HOLIDAY:
		return holiday_row(r, row, err);
	case ROW_ZONE:
		return zone_row(r, row, err);
	case ROW_TREATY:
		return treaty_row(r, row, err);
	case ROW_MEASURE:
		return measure_row(r, row, err);
	case ROW_KINDS:
		break;
	}
	return false;
}

/* ---- the head ---- */

/* "series<TAB>..." and its like: the value behind the word. */
static bool
head_value(const struct reading *r, char *line, const char *word, const char **out,
    struct err *err)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) != 0 || line[n] != '\t' || line[n + 1] == '\0' ||
	    strchr(line + n + 1, '\t') != NULL)
		return fault(r, err, "treaty.head", "\"%s\" and one value behind a tab are wanted",
		    word);
	*out = line + n + 1;
	return true;
}

static bool
series_valid(const char *s)
{
	size_t n = strlen(s);

	return n < TREATY_SERIES_NAME && s[0] >= 'a' && s[0] <= 'z' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n &&
	    strcmp(s, "built-in") != 0;
}

static bool
serial_take(const char *s, uint64_t *out)
{
	size_t n = strlen(s);

	if (n > 9 || strspn(s, "0123456789") != n || s[0] == '0')
		return false;
	*out = 0;
	while (*s != '\0')
		*out = *out * 10 + (uint64_t)(*s++ - '0');
	return true;
}

static bool
head_take(struct reading *r, char *line, struct err *err)
{
	struct law_version *v = &r->d->version;
	const char *value;
	uint32_t tomorrow;

	switch (r->line) {
	case 1:
		return strcmp(line, TREATY_SCHEMA) == 0 || fault(r, err, "treaty.schema",
		    "\"" TREATY_SCHEMA "\" is wanted; this is another kind of file");
	case 2:
		return head_value(r, line, "series", &v->series, err) &&
		    (series_valid(v->series) || fault(r, err, "treaty.series-name",
		    "a series has a name of small letters, digits and hyphens, as in un-collection"));
	case 3:
		return head_value(r, line, "serial", &value, err) &&
		    (serial_take(value, &v->serial) || fault(r, err, "treaty.serial-number",
		    "the serial is a number from 1 to 999999999"));
	case 4:
		if (!head_value(r, line, "dated", &value, err) ||
		    !day_cell(r, value, "dated", &v->dated, err))
			return false;
		return !law_day_of(r->now + DAY, &tomorrow) || v->dated <= tomorrow ||
		    fault(r, err, "treaty.future", "it speaks of a day that has not come");
	default:
		return head_value(r, line, "source", &v->source, err) &&
		    (strlen(v->source) < LAW_SOURCE_MAX || fault(r, err, "treaty.cell-long",
		    "the source has more than %d bytes", LAW_SOURCE_MAX - 1));
	}
}

/* ---- the whole ---- */

/* What people and programs could read differently is not there at all. */
static bool
text_is_plain(struct span s, struct err *err)
{
	size_t line = 1;

	if (s.n == 0 || s.p[s.n - 1] != '\n')
		return err_set(err, ERR_INPUT, "treaty.end", "the last line has no end: the file is cut, or empty");
	while (s.n > 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code);

		if (n == 0)
			return err_set(err, ERR_INPUT, "treaty.utf8", "line %zu is no UTF-8", line);
		if (code != '\t' && code != '\n' && code_invisible(code))
			return err_set(err, ERR_INPUT, "treaty.invisible",
			    "line %zu holds a character that cannot be seen", line);
		line += code == '\n';
		s = span_from(s, n);
	}
	return true;
}

static bool
rooms_make(struct law_document *d, size_t lines, struct err *err)
{
	d->rows = mem_array(lines, sizeof *d->rows, err);
	d->parties = mem_array(lines, sizeof *d->parties, err);
	d->holidays = mem_array(lines, sizeof *d->holidays, err);
	d->days = mem_array(lines, sizeof *d->days, err);
	d->basis = mem_array(lines, sizeof *d->basis, err);
	return d->rows != NULL && d->parties != NULL && d->holidays != NULL &&
	    d->days != NULL && d->basis != NULL;
}

static int
by_party(const void *a, const void *b)
{
	const struct law_party *p = a, *q = b;

	return party_order(p, q->state, q->instrument);
}

static int
by_holiday(const void *a, const void *b)
{
	const struct status_holiday *p = a, *q = b;
	int order = strcmp(p->who, q->who);

	return order != 0 ? order : p->day < q->day ? -1 : p->day > q->day;
}

static bool
sort_and_compare(struct law_document *d, struct err *err)
{
	qsort(d->parties, d->parties_n, sizeof *d->parties, by_party);
	qsort(d->holidays, d->holidays_n, sizeof *d->holidays, by_holiday);
	for (size_t i = 1; i < d->parties_n; i++)
		if (by_party(&d->parties[i - 1], &d->parties[i]) == 0)
			return err_set(err, ERR_INPUT, "treaty.twice",
			    "%s and %s are there twice", d->parties[i].state,
			    d->parties[i].instrument);
	for (size_t i = 1; i < d->holidays_n; i++)
		if (by_holiday(&d->holidays[i - 1], &d->holidays[i]) == 0)
			return err_set(err, ERR_INPUT, "treaty.twice",
			    "a holiday of %s is there twice", d->holidays[i].who);
	for (size_t i = 0; i < d->holidays_n; i++)
		d->days[i] = d->holidays[i].day;
	return true;
}

/* Of what there can be one only: a calendar, the languages, a rule, a treaty, a measure. */
static bool
row_is_alone(const struct reading *r, const struct status_row *row, struct err *err)
{
	size_t cells = row->kind == ROW_MEASURE ? 2 : 1;

	if (row->kind != ROW_CALENDAR && row->kind != ROW_LANGUAGES &&
	    row->kind != ROW_ZONE && row->kind != ROW_TREATY && row->kind != ROW_MEASURE)
		return true;
	for (size_t i = 0; i < r->d->rows_n; i++) {
		const struct status_row *other = &r->d->rows[i];

		if (other->kind == row->kind && strcmp(other->cell[0], row->cell[0]) == 0 &&
		    (cells == 1 || strcmp(other->cell[1], row->cell[1]) == 0))
			return fault(r, err, "treaty.twice", "that \"%s\" is there twice",
			    shapes[row->kind].word);
	}
	return true;
}

static bool
lines_take(struct reading *r, struct err *err)
{
	struct law_document *d = r->d;
	char *line = d->text, *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		struct status_row row;

		*end = '\0';
		r->line++;
		if (r->line <= HEAD_LINES) {
			if (!head_take(r, line, err))
				return false;
			continue;
		}
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (d->rows_n == TREATY_ROWS_MAX)
			return err_set(err, ERR_LIMIT, "treaty.size",
			    "the document has more than %d rows", TREATY_ROWS_MAX);
		if (!line_cut(r, line, &row, err) || !row_is_alone(r, &row, err) ||
		    !row_take(r, &row, err))
			return false;
		d->rows[d->rows_n++] = row;
	}
	return r->line >= HEAD_LINES || fault(r, err, "treaty.head",
	    "the document ends before its source is named");
}

bool
law_document_read(struct law_document **out, struct span bytes, int64_t now,
    struct err *err)
{
	struct law_document *d;
	struct reading r = { .now = now };
	size_t lines = 1;

	if (bytes.n > TREATY_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "treaty.size",
		    "the document has more than %u bytes", TREATY_BYTES_MAX);
	if (!text_is_plain(bytes, err))
		return false;
	for (size_t i = 0; i < bytes.n && lines < TREATY_ROWS_MAX + 1; i++)
		lines += bytes.p[i] == '\n';
	d = mem_new(sizeof *d, err);
	if (d == NULL)
		return false;
	r.d = d;
	d->text = mem_text(bytes.p, bytes.n, err);
	if (d->text == NULL || !rooms_make(d, lines, err) || !lines_take(&r, err) ||
	    !sort_and_compare(d, err)) {
		law_document_free(d);
		return false;
	}
	*out = d;
	return true;
}

void
law_document_free(struct law_document *d)
{
	if (d == NULL)
		return;
	mem_free(d->text);
	mem_free(d->rows);
	mem_free(d->parties);
	mem_free(d->holidays);
	mem_free(d->days);
	mem_free(d->basis);
	mem_free(d);
}

const struct law_version *
law_document_version(const struct law_document *d)
{
	return &d->version;
}

size_t
law_document_rows(const struct law_document *d)
{
	return d->rows_n;
}
