/*
 * law/tables: what tables.awk makes from data/law at build time.  Inside the room only:
 * everybody else asks law.h.  One object a table, so that a program that needs
 * few of them links few.
 */
#ifndef COMITY_LAW_TABLES_H
#define COMITY_LAW_TABLES_H

#include "law/status.h"

/* Places in law_shapes[]; tables.awk writes SHAPE_ and the name in capitals. */
enum law_shape_place {
	SHAPE_TEXT, SHAPE_MATTER, SHAPE_OFFENCE, SHAPE_PARTY, SHAPE_PERSON,
	SHAPE_IDENTIFIER, SHAPE_INTERVAL, SHAPE_INTENT, SHAPE_SECRECY, SHAPE_REFERENCE,
	SHAPE_CODES, SHAPE_LANGUAGES, SHAPE_ATTESTATION, SHAPE_DOCUMENT,
	SHAPE_CONDITION, SHAPE_ITEM, SHAPE_CONTACT, SHAPE_USE, SHAPE_FLAG, SHAPE_COURT,
	SHAPE_HOURS, SHAPE_EXTENDED, SHAPE_DURATION, SHAPE_EMERGENCY, SHAPE_HEARING,
	SHAPE_ASSET, SHAPE_MONEY, SHAPE_VICTIM, SHAPE_PSEUDONYM, SHAPE_CONTENT,
	SHAPE_COLLECTED, SHAPE_TRANSFER, SHAPE_ORDER, SHAPE_DEADLINE, SHAPE_ENVELOPE,
	LAW_SHAPE_COUNT
};

extern const struct law_field law_field_rows[];
extern const size_t law_field_count;
extern const struct law_measure law_measure_rows[];
extern const size_t law_measure_count;
extern const struct law_basis law_basis_rows[];
extern const size_t law_basis_count;
extern const struct law_ground law_ground_rows[];
extern const size_t law_ground_count;
extern const struct law_deadline law_deadline_rows[];
extern const size_t law_deadline_count;
extern const struct law_safeguard law_safeguard_rows[];
extern const size_t law_safeguard_count;
extern const struct law_offence law_offence_rows[];
extern const size_t law_offence_count;
extern const struct law_article law_article_rows[];
extern const size_t law_article_count;

/* In order of name; its changes are a part of law_zone_change_rows. */
struct law_zone_row {
	const char *name, *text;
	size_t changes, changes_n;
};
extern const struct law_zone_row law_zone_rows[];
extern const size_t law_zone_count;
extern const struct zone_change law_zone_change_rows[];
extern const size_t law_zone_change_count;

/*
 * A string a field, one letter a measure, both in the order of their tables:
 *   r  required, by treaty, practice or other law
 *   p  required by our own policy or profile, whatever the instrument
 *   1  one of all fields with this letter, at least
 *   c  required under a condition
 *   o  optional
 *   .  not asked
 */
extern const char *const law_need_rows[];

struct law_state_row {
	struct law_state state;
	const char *networks;		/* "budapest35;interpol" */
};
extern const struct law_state_row law_state_rows[];	/* in order of code */
extern const size_t law_state_count;

/* Days as in status.h. */
struct law_party_row {
	char state[3];
	const char *instrument;
	uint32_t signed_on, deposited_on, since;
	enum law_certainty certainty;
	const char *note;
};
extern const struct law_party_row law_party_rows[];
extern const size_t law_party_count;
extern const struct law_version law_built_in;

/* Its holidays are a part of law_holiday_rows: YYYYMMDD, or MMDD for every year. */
struct law_calendar_row {
	char state[3];
	const char *zone;
	uint8_t working;
	enum law_certainty certainty;
	size_t holidays, holidays_n;
};
extern const struct law_calendar_row law_calendar_rows[];
extern const size_t law_calendar_count;
extern const uint32_t law_holiday_rows[];

#endif
