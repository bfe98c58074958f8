/*
 * law: what the Convention, the other instruments and our own safeguards ask for, as
 * tables made at build time from data/law/ (tab-separated, each row with its article
 * and how certain our text is), and pure functions over them.  No rule is written
 * into a function that could be a row.
 *
 * Everything returned is constant and lives as long as the program.  Ids are those of
 * the tables ("F10", "R02", "D60", "preserve"); instruments are named as in
 * data/law/basis.tsv ("UNCAC-CYBER", "Budapest", "UNTOC", "reciprocity").  Times are
 * seconds since 1970-01-01 UTC.  Nothing here is legal advice.
 */
#ifndef COMITY_LAW_H
#define COMITY_LAW_H

#include "base/base.h"

/*
 * SHA-256 of the tables that were compiled in, hexadecimal: of all .tsv files of data/law,
 * one after the other by name (LC_ALL=C).
 */
extern const char law_digest[65];

/* How sure we are of a row; shown with every rule (data/law/README). */
enum law_certainty { LAW_TEXT, LAW_SISTER, LAW_SECONDARY, LAW_MEMORY, LAW_UNKNOWN };
const char *law_certainty_name(enum law_certainty c);	/* "text", "sister", ... */

/* ---- fields of a request ---- */

/*
 * A value is a list of entries (one, unless the shape allows more), each a row of
 * named parts.  So one codec, one editor and one printer serve every field.
 */
enum law_part_kind {
	PART_TEXT,		/* text of people or machines, no language; 1..max bytes */
	PART_MARKED,		/* free text with its language tag; 1..max bytes */
	PART_CODE,		/* one of `codes` */
	PART_CODES,		/* a list of them, none twice; kept joined by ";" */
	PART_LANG,		/* a language tag */
	PART_LANGS,		/* a list of them, joined by ";" */
	PART_STATE,		/* two capital letters */
	PART_INSTANT,		/* seconds UTC */
	PART_NUMBER,		/* 0..2^53 */
	PART_YES,		/* true or false */
	PART_DIGEST,		/* 64 lower hex: SHA-256, or an act id */
	PART_AUTHORITY,		/* an authority id, "XA-..." */
};
#define LAW_PARTS_MAX 8
#define LAW_TEXT_MAX 8000		/* bytes of PART_MARKED: four pages, as ACT_TEXT_MAX */
#define LAW_NAME_MAX 400		/* bytes of PART_TEXT: a name, a place, a statute */
#define LAW_VALUE_MAX 2000		/* bytes of an identifier: a long URL */

struct law_part {
	const char *name;		/* member of the JSON object, "facts" */
	const char *label;		/* for people, "facts of the case" */
	enum law_part_kind kind;
	bool required;
	size_t max;			/* bytes of what is kept as text; 0 for the others */
	const char *codes;		/* "fraud;..." for PART_CODE(S), else NULL */
};

struct law_shape {
	const char *name;		/* "offence" */
	size_t entries_max;		/* 1: a JSON object; more: an array of 1..max */
	struct law_part parts[LAW_PARTS_MAX];
	size_t parts_n;
};

/*
 * Shapes (law/shapes.c):
 *  text        text (marked, required)
 *  matter      subject (marked, required), authority (text), functions (text)
 *  offence     articles (codes of Convention offences, "7" to "19"), statute (text),
 *              max_penalty_months (number), facts (marked, required), jurisdiction
 *              (codes: on which ground of Article 22)
 *  party       name (required), unit, state, contact
 *  person[16]  name, born, nationality (state), place
 *  identifier[64]  type (code, required), value (required), service, port (number),
 *              at (instant), zone
 *  interval    from (instant, required), to (instant, required), zone
 *  intent      measure (code of an assistance measure, required), planned_at (instant, required)
 *  secrecy     wanted (yes, required), reasons (marked), until (instant)
 *  reference   act (digest), number (text)
 *  codes       codes (required, free codes: code_valid), note (marked)
 *  languages   request (lang, required), accepts (langs, required)
 *  attestation statements (codes, required), by (text, required), domestic_offence (marked)
 *  document    title (required), issuer, dated (instant), scope (marked), file, sha256 (digest)
 *  condition[16]  code (required), text (marked), until (instant)
 *  item[64]    what (text, required), sha256 (digest), bytes (number), at (instant)
 *  contact     name (required), phone, email, hours, zone
 *  use         purpose (marked), recipient (authority), recipient_state (state)
 *  flag        yes (yes, required), note (marked)
 *  court       office (text), number (text, required)
 *  hours       hours (text, required), zone, reply_by (text)
 *  extended    until (instant, required), reasons (marked, required)
 *  duration    from, to (instants, required), zone, reasons (marked, required)
 *  emergency   risk (code, required), who (required), when (instant), text (marked, required)
 *  hearing[8]  person, role (code), language (lang), at (instant), all required; zone,
 *              link, presides, questions (marked)
 *  asset[16]   what (required), kind (code, required), place, state, reference, amount,
 *              currency
 *  money[16]   amount, currency (both required), what; amounts are decimals as text
 *  victim[64]  pseudonym (required), role (code, required), amount, currency
 *  pseudonym   pseudonym, age_class (code), consent (code), all required; note (marked)
 *  content[32] url, platform, sha256 (digest), pdq (digest), seen_at (instant)
 *  collected   by, from, at (instant), tool, all required; method (marked)
 *  transfer[16]  at (instant, required), zone, reference (required), sender
 *  order       kind (code), number, data_class (code), all required; issuer
 *  deadline    by (instant, required), reasons (marked)
 *  envelope    none: the act's card and signature say it (F01, F70)
 */
extern const struct law_shape law_shapes[];
extern const size_t LAW_SHAPES;

struct law_field {
	const char *id;			/* "F10" */
	const char *name;		/* JSON member and --set name, "offence" */
	const char *label;		/* one line for people */
	const struct law_shape *shape;
	const char *required_if;	/* "confiscate:limb=enforce_foreign_order;..." */
	const char *required_by;	/* "treaty", "policy", "treaty;policy", ... */
	const char *source;		/* "Art 42(3)(b); Budapest 29(2)(b)" */
	const char *note;
	const char *codes;		/* those meant where the shape has free codes; "" any */
	enum law_certainty certainty;
};
/* By id or by name; NULL when there is none.  All of them in order of id. */
const struct law_field *law_field(const char *id_or_name);
const struct law_field *law_fields(size_t *n);
bool law_field_is_envelope(const struct law_field *f);

/* ---- measures ---- */

enum law_need { LAW_NOT_ASKED, LAW_OPTIONAL, LAW_CONDITIONAL, LAW_ONE_OF, LAW_REQUIRED };

struct law_measure {
	const char *id;			/* "preserve": the code in JSON and on the command line */
	const char *articles;		/* "25;42" */
	const char *title;
	const char *offence_scope;	/* "convention;serious_crime" */
	const char *who_may_ask;
	const char *channel;
	const char *time_limits;
	const char *grounds;		/* "R02;R03;R08;R10" */
	const char *notes;
	enum law_certainty certainty;
};
const struct law_measure *law_measure(const char *id);
const struct law_measure *law_measures(size_t *n);
/* What this measure asks of that field under the Convention and our own policy. */
enum law_need law_need(const struct law_measure *m, const struct law_field *f);
/*
 * What makes a field of need LAW_CONDITIONAL a required one: part `part` of `field`
 * names `value` (of a flag: "yes" or "no").  The i-th such condition, from 0 on; false:
 * no more.  Every one that this table writes for a measure of ours can be met.
 */
struct law_condition {
	const struct law_field *field;
	size_t part;
	char value[32];
};
bool law_condition(const struct law_measure *m, const struct law_field *f, size_t i,
    struct law_condition *out);
/* No instrument has a row for it: it runs on the law of its own State. */
bool law_measure_is_domestic(const struct law_measure *m);

/* ---- one measure under one instrument ---- */

struct law_basis {
	const struct law_measure *measure;
	const char *instrument;
	const char *articles;		/* "16;29"; "" under reciprocity */
	const char *required;		/* field ids, "F01;F10" */
	const char *one_of;
	const char *grounds;		/* the menu, no other */
	const char *dual_criminality;	/* not_required, optional_ground, ... */
	const char *notes;
	enum law_certainty certainty;
};
const struct law_basis *law_basis(const char *measure, const char *instrument);
/*
 * Under this row: its own fields, and all that our policy asks for the measure
 * whatever the instrument (data/law/README, rule 4).
 */
enum law_need law_basis_need(const struct law_basis *b, const struct law_field *f);
/*
 * Where the text of this row's instrument lists the field: "42(3)(b)", or with its name
 * for the others, "Budapest 29(2)(b)".  Empty when it lists it nowhere: it is practice
 * (the common form), a rule of ours, or reciprocity.
 */
struct span law_basis_place(const struct law_basis *b, const struct law_field *f);
/*
 * Does the treaty of this row itself ask for the field?  Only such a field may, when it
 * is missing, carry a refusal for form; the others are asked for.
 */
bool law_basis_treaty(const struct law_basis *b, const struct law_field *f);
/* May a refusal under this row name that ground? (P and N rows never) */
bool law_basis_ground(const struct law_basis *b, const char *ground_id);

/*
 * Who is party to what (law/status.h); NULL: as the release has it.
 */
struct law_status;

enum law_binds { LAW_BINDS, LAW_BINDS_NOT, LAW_BINDS_UNSURE };
/*
 * Do both States stand under this instrument on that day?  A signature, "unknown" and
 * an empty cell count as no; a date of certainty memory or unknown that lies in the
 * past, or a party whose date is not known, is LAW_BINDS_UNSURE until an officer has
 * confirmed it.  Training States stand under UNCAC-CYBER among themselves, so that
 * exercises can be played as the Convention will be; nothing of them ever counts as
 * real.  A treaty of the status binds its parties; reciprocity always binds; an
 * instrument or a State that we do not know never does.
 */
enum law_binds law_instrument_binds(const struct law_status *s, const char *instrument,
    const char state_a[3], const char state_b[3], int64_t at);
/*
 * The suggestion for a pair of States on a day (rule 2 of data/law/README): the first
 * candidate (law_basis_candidates) that is not an officer's choice by its nature, as
 * UNTOC is.  NULL: none, and an officer names one: also when an earlier one may bind
 * (LAW_BINDS_UNSURE), and between a training State and a real one.
 */
const struct law_basis *law_basis_suggest(const struct law_status *s,
    const char *measure, const char state_a[3], const char state_b[3], int64_t at);

/* ---- grounds, deadlines, offences, States ---- */

struct law_ground {
	const char *id;			/* "R02" */
	const char *article;		/* "40(21)(b)" */
	const char *summary;
	const char *nature;		/* "optional", "postponement", ... */
	enum law_certainty certainty;
};
const struct law_ground *law_ground(const char *id);

struct law_deadline {
	const char *id;			/* "D02" */
	const char *instrument, *article;
	const char *what, *starts_at;
	int64_t value;			/* 0 with unit "": a standard, no number */
	const char *unit;		/* "minute", "hour", "day", "month", "year"; "date": value
					   is that day's first second; "party": a count */
	const char *kind;		/* "max", "min", "before", "target", "promptly", ... */
	const char *note;
	const char *measures;		/* whose clock it is, "preserve;preserve_extend"; "" none */
	enum law_certainty certainty;
};
const struct law_deadline *law_deadline(const char *id);
const struct law_deadline *law_deadlines(size_t *n);
/*
 * The instant the value ends when it starts then, or (kind "before") begins when its
 * event is then; months and years by the calendar, 31 January and a month is the last
 * of February.  A "date" ignores start.  Kept within WHEN_MIN..WHEN_MAX.  0 for what is
 * no time: a standard without a number, a threshold (years of a maximum penalty).
 */
int64_t law_deadline_at(const struct law_deadline *d, int64_t start);

/* A danger that critics name, and what this program does about it. */
struct law_safeguard {
	const char *id;			/* "S04" */
	const char *danger, *control;
	const char *fields;		/* those it works with, "F16" */
	const char *test;		/* the sentence that its test proves */
	enum law_certainty certainty;	/* that the critics said so */
};
const struct law_safeguard *law_safeguards(size_t *n);

struct law_offence {
	const char *article;		/* "13" */
	const char *name;		/* "ict_theft_or_fraud" */
	const char *summary;
	bool restricted;		/* material of Article 14: no preview, no copy */
	enum law_certainty certainty;
};
const struct law_offence *law_offence(const char *article);

struct law_state {
	char code[3];
	const char *name;
	bool training;			/* XA to XZ without XK, which stands for Kosovo */
};
/* NULL when no State has that code.  Training: XA Aldora, XB Berun, XC Cascada, ... */
const struct law_state *law_state(const char code[3]);
/* A code for training: XA to XZ but for XK (Kosovo).  Any text may be asked about. */
bool law_training(const char *code);

/* ---- articles of the Convention ---- */

struct law_article {
	const char *number;		/* "42" */
	const char *title;
	enum law_certainty certainty;
};
/* By number or by a paragraph of it: "42", "42(3)(b)". */
const struct law_article *law_article(const char *article);

/* "F01;F10": is id one of the list? */
bool law_list_has(const char *list, const char *id);

#endif
