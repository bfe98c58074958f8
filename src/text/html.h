/*
 * Inside the room: writing one page.  Every value goes through one of these, which
 * escape for where they stand; errors are remembered and told once by the end.
 */
#ifndef COMITY_TEXT_HTML_H
#define COMITY_TEXT_HTML_H

#include "base/base.h"
#include "text/phrases.h"

#define LETTER_VALUE_MAX (256u * 1024)	/* one value, invisible characters spelt out */

struct html {
	struct buf *to;
	struct err *err;
	bool ok;
	const char *lang;		/* of the part that is being written */
	const struct phrases *table;	/* its phrases, or the English ones */
	const struct phrases *beside;	/* of the other column; NULL: there is none */
	bool first;			/* this is the first of the two columns */
};

/* Mark-up: a constant of ours, never a value. */
void html_raw(struct html *h, const char *markup);
/* A row of a table of two columns: what `key` says, and what is written before it closes. */
void html_row_open(struct html *h, const char *key);
void html_row_close(struct html *h);
/* Text of people: escaped, lines become <br>, controls become U+FFFD. */
void html_prose(struct html *h, const char *text);
/* A value of machines or a name: invisible characters spelt out, kept apart by <bdi>. */
void html_value(struct html *h, const char *text);
void html_number(struct html *h, int64_t n);
/* A phrase; `value` (may be NULL) stands where it says {}. */
void html_say(struct html *h, const char *key, const char *value);
/* What stands between two things that are listed, in this language. */
void html_comma(struct html *h);
/* The phrase if there is one, else `english` marked as such. */
void html_say_or(struct html *h, const char *key, const char *english);
/* "22 November 2026, 08:46:00 UTC" in this language, with the machine's form beside. */
void html_instant(struct html *h, int64_t at);
/* 64 hex digits in groups of eight: read aloud, compared by eye. */
void html_fingerprint(struct html *h, const struct digest *d);
/* An attribute's value, with its quotes. */
void html_attribute(struct html *h, const char *name, const char *value);

#endif
