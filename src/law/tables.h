/*
 * law/tables: what tables.awk makes from data/law at build time.  Inside the room only:
 * everybody else asks law.h.  One object a table, so that a program that needs
 * few of them links few.
 */
#ifndef COMITY_LAW_TABLES_H
#define COMITY_LAW_TABLES_H

#include "law/law.h"

/* Places in law_shapes[]; tables.awk writes SHAPE_ and the name in capitals. */
enum law_shape_place {
	SHAPE_TEXT, SHAPE_MATTER, SHAPE_OFFENCE, SHAPE_PARTY, SHAPE_PERSON,
	SHAPE_IDENTIFIER, SHAPE_INTERVAL, SHAPE_INTENT, SHAPE_SECRECY, SHAPE_REFERENCE,
	SHAPE_CODES, SHAPE_LANGUAGES, SHAPE_ATTESTATION, SHAPE_DOCUMENT,
	SHAPE_CONDITION, SHAPE_ITEM, SHAPE_CONTACT, SHAPE_USE, SHAPE_FLAG, SHAPE_COURT,
	SHAPE_HOURS, SHAPE_ENVELOPE, SHAPE_LATER,
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
extern const struct law_offence law_offence_rows[];
extern const size_t law_offence_count;
extern const struct law_article law_article_rows[];
extern const size_t law_article_count;

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

/*
 * Since when, as the number YYYYMMDD of its first day (UTC); PARTY_NO for none, and
 * PARTY_SOME_DAY for a party whose date is not known.
 */
#define PARTY_NO 0u
#define PARTY_SOME_DAY 1u
struct law_party {
	uint32_t since;
	enum law_certainty certainty;
};
struct law_state_row {
	struct law_state state;
	struct law_party budapest, untoc, hanoi;
};
extern const struct law_state_row law_state_rows[];	/* in order of code */
extern const size_t law_state_count;

#endif
