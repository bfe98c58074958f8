/*
 * law/status: who is party to what since when, with reservations and declarations,
 * languages accepted, contact points, calendars, and treaties that operators entered.
 * The release has a built-in status (data/law); signed documents `comity.treaty/1`
 * (doc/format/treaty.md) lie over it, a series each, and what officers confirmed.  NULL
 * stands for the built-in one wherever a status is asked for.
 *
 * What is said twice: of one State's membership in one instrument, the calendar, the
 * holidays, the languages and contacts of one State, and the reservations and
 * declarations of one State to one instrument, the document with the later date counts,
 * wholly; with equal dates the series whose name comes later.
 *
 * Pure: bytes in, values out.  Everything given out is owned by the status and lives as
 * long; adding to it changes what is found later.  Days are numbers YYYYMMDD in UTC.
 */
#ifndef COMITY_LAW_STATUS_H
#define COMITY_LAW_STATUS_H

#include "law/calendar.h"
#include "law/law.h"

#define TREATY_SCHEMA "comity.treaty/1"
#define TREATY_BYTES_MAX (1u << 20)	/* all States with all that is said of them: 300 KB */
#define TREATY_ROWS_MAX 20000		/* the same, counted: 100 rows a State */
#define TREATY_SERIES_MAX 16		/* sources an operator follows; the UN, one region ... */
#define TREATY_SERIES_NAME 32		/* bytes with the NUL: the name of a file too */
#define LAW_CONFIRMED_MAX 1024		/* State and instrument: 200 States, five instruments */
#define LAW_SOURCE_MAX 300		/* bytes of a source, for people */

/* ---- days ---- */

#define LAW_DAY_NONE 0u
#define LAW_DAY_SOME 1u			/* it is so, since a day that is not known */
MUST bool law_day_of(int64_t at, uint32_t *day);
MUST bool law_day_parse(struct span s, uint32_t *day);	/* "2026-11-22", a real day */
int64_t law_day_first(uint32_t day);			/* its first second, UTC */
uint32_t law_day_add(uint32_t day, int n);
struct when_text law_day_text(uint32_t day);		/* "2026-11-22"; "" none; "yes" some day */

/* ---- where a row is from ---- */

struct law_version {
	const char *series;		/* "built-in", else of the document */
	uint64_t serial;		/* 0: built in */
	uint32_t dated;			/* the day it speaks of */
	const char *source;
};
const struct law_version *law_version_built_in(void);
/* "built-in 2026-08-31", "un-collection/7 2027-03-01" */
#define LAW_VERSION_TEXT 80
struct law_version_text { char s[LAW_VERSION_TEXT]; };
struct law_version_text law_version_people(const struct law_version *v);

/* ---- a status ---- */

struct law_status;
struct law_document;			/* one update, read */

MUST bool law_status_new(struct law_status **out, struct err *err);
void law_status_free(struct law_status *s);

/*
 * Strict: ERR_INPUT "treaty.*" names the line; ERR_LIMIT "treaty.size".  now: a document
 * that speaks of a day after tomorrow is refused.
 */
MUST bool law_document_read(struct law_document **out, struct span bytes, int64_t now,
    struct err *err);
void law_document_free(struct law_document *d);
const struct law_version *law_document_version(const struct law_document *d);
size_t law_document_rows(const struct law_document *d);

/*
 * Taken over when true.  It takes the place of an older one of its series.
 * ERR_REFUSED "treaty.older": a newer serial is here; ERR_CONFLICT "treaty.serial": the
 * same serial; ERR_LIMIT "treaty.series".
 */
MUST bool law_status_add(struct law_status *s, struct law_document *d, struct err *err);
size_t law_status_documents(const struct law_status *s);
const struct law_version *law_status_document(const struct law_status *s, size_t i);

/* ---- who is party to what ---- */

struct law_party {
	char state[3];			/* also "EU": a regional organisation, never counted */
	const char *instrument;
	uint32_t signed_on, deposited_on;
	uint32_t since;			/* of UNCAC-CYBER always LAW_DAY_NONE: it is computed */
	uint32_t until;			/* first day it binds no more (denounced); NONE: none */
	enum law_certainty certainty;
	const char *note;		/* "deposit reported, not seen"; "" */
	const struct law_version *version;
};
/* false: nothing is said of them. */
bool law_party_find(const struct law_status *s, const char *state,
    const char *instrument, struct law_party *out);

/*
 * Entry into force of the Hanoi Convention (D14, Article 65(1)): the ninetieth day after
 * the fortieth instrument; those of regional organisations are not counted.  Nor are
 * deposits that are only remembered.
 */
struct law_force {
	unsigned instruments;		/* deposits of States that count, up to the day asked for */
	unsigned needed;		/* 40 */
	uint32_t fortieth;		/* day of its deposit; NONE */
	uint32_t general;		/* day of entry into force; NONE */
};
struct law_force law_hanoi_force(const struct law_status *s, uint32_t day);

/* Since when it binds that State (D15 for later parties); NONE: not, SOME: not known. */
uint32_t law_party_since(const struct law_status *s, const struct law_party *p);

/* Does it bind that State on that day?  UNSURE: an officer confirms the cell first. */
enum law_binds law_state_bound(const struct law_status *s, const char *state,
    const char *instrument, int64_t at);

/*
 * An officer looked it up: the cell as it stands now is right.  Kept by the caller, and
 * put in again after reading; another cell than the one that was confirmed is not.
 */
struct law_confirmation {
	char state[3];
	char instrument[40];
	uint32_t since;			/* the cell that was confirmed; SOME: a party, day unknown */
	uint32_t on;			/* day of the confirmation */
	char source[LAW_SOURCE_MAX];
};
/*
 * What confirming would keep.  ERR_REFUSED "treaty.confirm-nothing": the cell says they
 * are no party (an update is needed for that), "treaty.confirm-sure": nothing is in doubt.
 */
MUST bool law_confirmation_of(const struct law_status *s, const char *state,
    const char *instrument, int64_t now, const char *source,
    struct law_confirmation *out, struct err *err);
MUST bool law_status_confirm(struct law_status *s, const struct law_confirmation *c,
    struct err *err);			/* replaces that of the same cell */
const struct law_confirmation *law_confirmed(const struct law_status *s,
    const char *state, const char *instrument);
size_t law_confirmations(const struct law_status *s,
    const struct law_confirmation **out);

/* ---- reservations, declarations, languages, contacts ---- */

struct law_declaration {
	bool reservation;		/* else a declaration or notification */
	char state[3];
	const char *instrument, *article, *text;	/* "42(5)" */
	const struct law_version *version;
};
size_t law_declarations(const struct law_status *s, const char *state,
    const char *instrument,		/* NULL: all */
    struct law_declaration *out, size_t max);
/* A reservation to this very article or paragraph: "42(5)". */
bool law_reserved(const struct law_status *s, const char *state, const char *instrument,
    const char *article);

/* "fr;en"; "" nothing is said. */
const char *law_languages(const struct law_status *s, const char *state);

struct law_contact {
	const char *role;		/* "24/7", "central_authority", "police" */
	const char *name, *phone, *email, *hours;
	const struct law_version *version;
};
size_t law_contacts(const struct law_status *s, const char *state,
    struct law_contact *out, size_t max);
/* The networks it is held to be in: "budapest35;g7;interpol"; "" none known. */
const char *law_networks(const char *state);

/* ---- calendars ---- */

/*
 * Of that authority ("" or NULL: none in particular), else of its State, else
 * calendar_init.  Built-in ones of real States are those of their capitals.
 */
void law_calendar(const struct law_status *s, const char *state, const char *authority,
    struct calendar *out);

/* ---- treaties that operators entered ---- */

struct law_treaty {
	const char *id;			/* names it as an instrument: "XA-XB-1998" */
	const char *title;
	uint32_t since, until;
	const char *parties;		/* "FR;SN" */
	bool bilateral;			/* two parties; else regional */
	const struct law_version *version;
};
size_t law_treaties(const struct law_status *s, struct law_treaty *out, size_t max);
#define TREATY_ENTERED_MAX 64		/* of one document: a State with all its neighbours */
#define LAW_TREATIES_MAX (TREATY_SERIES_MAX * TREATY_ENTERED_MAX)

/* law_basis, also for those. */
const struct law_basis *law_status_basis(const struct law_status *s,
    const char *measure, const char *instrument);

/* ---- which basis (rules 1 and 2 of data/law/README) ---- */

struct law_candidate {
	const struct law_basis *basis;
	enum law_binds binds;		/* BINDS or UNSURE: those that do not are left out */
	/* An officer's choice, never suggested: UNTOC (serious, transnational, organised). */
	bool by_hand;
	char why[240];			/* "in force for both since 2012-06-01" ... */
};
#define LAW_CANDIDATES_MAX (LAW_TREATIES_MAX + 5)
/*
 * Those with a row for the measure, in order of preference: bilateral treaties, regional
 * ones, Budapest-2AP (where neither reserved the article), Budapest, UNCAC-CYBER, UNTOC,
 * reciprocity.  None between a training State and a real one.
 */
size_t law_basis_candidates(const struct law_status *s, const char *measure,
    const char state_a[3], const char state_b[3], int64_t at,
    struct law_candidate *out, size_t max);

/* One of the four with members, reciprocity, or a treaty of the status. */
bool law_instrument_known(const struct law_status *s, const char *instrument);
/* Whose membership cells an instrument hangs on that nobody has confirmed; "" none. */
struct law_doubt {
	char state[2][3];
	size_t n;
};
struct law_doubt law_instrument_doubt(const struct law_status *s,
    const char *instrument, const char state_a[3], const char state_b[3], int64_t at);

/*
 * The versions of both rows that a choice rests on, kept with a request:
 * "FI: built-in 2026-08-31; DE: un-collection/7 2027-03-01".
 */
#define LAW_ROWS_TEXT (2 * LAW_VERSION_TEXT + 16)
struct law_rows_text { char s[LAW_ROWS_TEXT]; };
struct law_rows_text law_basis_rows_of(const struct law_status *s,
    const char *instrument, const char state_a[3], const char state_b[3]);

#endif
