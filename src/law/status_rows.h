/*
 * law/status_rows: what a status is made of.  Inside the room only.
 *
 * Invariants: 1. documents are in the order in which they count: later days first, and
 * with equal days the series whose name comes later; no two of one series.  2. Of a
 * document, parties are in order of State and instrument, holidays of whom and day, and
 * `days` are the days of `holidays` in the same order, so that one calendar's lie
 * together.  3. All text points into `text`, cut into strings.
 */
#ifndef COMITY_LAW_STATUS_ROWS_H
#define COMITY_LAW_STATUS_ROWS_H

#include "law/tables.h"

#define ROW_CELLS 8		/* after its kind: a measure has most */

enum row_kind {
	ROW_PARTY, ROW_RESERVATION, ROW_DECLARATION, ROW_LANGUAGES, ROW_CONTACT,
	ROW_CALENDAR, ROW_HOLIDAY, ROW_ZONE, ROW_TREATY, ROW_MEASURE,
	ROW_KINDS
};
struct status_row {
	enum row_kind kind;
	const char *cell[ROW_CELLS];	/* "" for what is empty */
};
struct status_holiday {
	const char *who;
	uint32_t day;
};
struct law_document {
	struct law_version version;
	char *text;
	struct status_row *rows;	/* in the order of the document */
	size_t rows_n;
	struct law_party *parties;
	size_t parties_n;
	struct status_holiday *holidays;
	uint32_t *days;
	size_t holidays_n;
	struct law_basis *basis;
	size_t basis_n;
};
struct law_status {
	struct law_document *documents[TREATY_SERIES_MAX];
	size_t n;
	struct law_confirmation *confirmed;
	size_t confirmed_n;
};

int party_order(const struct law_party *a, const char *state, const char *instrument);
/* Of the four whose members are listed State by State. */
bool instrument_has_members(const char *instrument);
const char *instrument_kept(const char *instrument);	/* as a constant; NULL another */

/* "mon;tue;wed" as the bits of calendar.h; 0: that is none. */
uint8_t working_days(const char *list);
bool certainty_parse(const char *name, enum law_certainty *out);
enum law_certainty certainty_of(const char *name);	/* of a row that was read */

#endif
