/*
 * text/letter: an act of ours as a letter that can be printed, for a counterpart that
 * has no Comity: one HTML file with all it needs inside (style too, no script, nothing
 * fetched), A4, in one or two languages one after the other: the receiver's first,
 * then ours.  The letter is a view: what was signed is act.json, whose fingerprint (the
 * act id) stands on it.  Pure: values in, bytes out; the same values make the same
 * letter.
 *
 * Or as a sheet: both languages side by side, in the order of the Council of Europe's
 * templates.  A language whose words no lawyer has confirmed yet says so on either.
 *
 * Phrases are in data/letters/LANG.tsv.  A language without a table, or a phrase that
 * is missing in it, falls back to English, and the letter says so.  Free texts stand as
 * they were written, each marked with its language.
 */
#ifndef COMITY_TEXT_LETTER_H
#define COMITY_TEXT_LETTER_H

#include "act/act.h"

#define LETTER_MAX (4u << 20)	/* of one letter: an act of 256 KiB, escaped, twice */
#define LETTER_LANGS 2
#define LETTER_ATTACHED_MAX 64	/* lines of its list of attachments */

/* A file that goes with the letter: named on it with its fingerprint. */
struct letter_attached {
	const char *name;
	uint64_t bytes;
	struct digest sha256;
};

struct letter {
	const struct act *act;		/* request, answer, receipt or delivered */
	struct digest act_id;
	const struct act *card;		/* ours: who signs, phone for call-back */
	struct digest card_id;		/* its six words are on the letter */
	const struct act *request;	/* an answer: what it answers; else NULL */
	const char *our_number;		/* "XA-2026-000031"; "" none */
	const char *their_reference;	/* the other side's number; NULL or "" none */
	const char *to_name;		/* NULL: to whom it may concern */
	const char *to_address;		/* lines; NULL none */
	const char *to_state;		/* "XB" */
	const char *by;			/* "letter", "mail", "oral", "diplomatic" */
	const char *reply_email;	/* where a reply by mail may go; NULL none */
	char lang[LETTER_LANGS][12];	/* theirs, ours; "" or the same: one only */
	const struct letter_attached *attached;
	size_t attached_n;
};

/*
 * Added to out.  ERR_USE "letter.kind": this kind of act is no letter; ERR_LIMIT
 * "letter.attached".
 */
MUST bool letter_html(const struct letter *l, struct buf *out, struct err *err);

/*
 * The same act with both languages side by side, row by row, the first one where its
 * writing begins.  A free text stands in the column of its language; the other has room
 * for a translation.  ERR_USE "sheet.language": two languages of ours are needed.
 */
MUST bool sheet_html(const struct letter *l, struct buf *out, struct err *err);

/* Is there a table for that language ("fr-CH" is read as "fr")? */
bool letter_speaks(const char *lang);
/*
 * A phrase by its key, in English when the language has none (*fell_back, may be NULL,
 * says so); NULL when no table has it.
 */
const char *letter_phrase(const char *lang, const char *key, bool *fell_back);

#endif
