/*
 * text/remedy: what a person is told after a secret measure, as a page that can be printed
 * (S05): what was done, under which article, by which authority, which remedies there are,
 * and whom to ask.  It names the measure and the authorities, and no person: nothing of
 * the request's texts, facts or identifiers stands on it.  One language, or two side by
 * side.  Pure: values in, bytes out.
 *
 * Remedies are those of the State whose authority did the measure; which they are says its
 * law, and a table of ours does not: the sheet says what has to be there (Articles 24 and
 * 36 of the Convention, Article 15 of Budapest) and leaves a line for the court's name.
 */
#ifndef COMITY_TEXT_REMEDY_H
#define COMITY_TEXT_REMEDY_H

#include "act/act.h"

#define REMEDY_MAX (1u << 20)	/* of one sheet: no text of people's is on it */

struct remedy {
	unsigned number;		/* of the notice: its pseudonym */
	enum act_kind kind;
	const char *instrument, *article;	/* "" none: then only our own rules say so */
	int64_t made_at, secret_until;
	const char *asked_by, *asked_state;	/* the authority that asked, and its State */
	const char *asked_of, *asked_of_state;	/* the one that was asked */
	const char *contact, *contact_phone;	/* whom to ask; phone "" none */
	bool training;
	char lang[2][12];		/* the second "": one language */
};
/* Added to out.  ERR_USE "sheet.language" */
MUST bool remedy_html(const struct remedy *r, struct buf *out, struct err *err);

#endif
