/*
 * disclosure: what a partial disclosure says of itself (disclosure.json,
 * doc/format/disclosure.md): of which package it is, how many lines of files.jsonl are
 * shown and how many withheld on which ground, who disclosed it, why and when.  Values
 * only.  What the package's signature proves is the checker's to find (disclose.h); why,
 * by, at and how the withheld lines divide by ground are the word of who disclosed it.
 */
#ifndef COMITY_PACKAGE_DISCLOSURE_H
#define COMITY_PACKAGE_DISCLOSURE_H

#include "act/act.h"

#define DISCLOSURE_SCHEMA "comity.disclosure/1"
#define DISCLOSURE_JSON "disclosure.json"
#define DISCLOSURE_JSON_MAX (16u << 10)	/* bytes; all grounds with their counts: 2 KiB */
#define DISCLOSURE_LINES_MAX ((uint64_t)UINT32_MAX)	/* `n` of a line (check_lines.h) */

/* Why a line is not shown.  A code says no more than its words do. */
enum withheld {
	WITHHELD_NOT_ASKED,		/* nobody asked for it: the default */
	WITHHELD_NOT_RELEVANT, WITHHELD_THIRD_PARTY, WITHHELD_PRIVILEGED,
	WITHHELD_INVESTIGATION, WITHHELD_SOURCE, WITHHELD_SECURITY,
	WITHHELD_ARTICLE_14,		/* restricted: never copied, inspected instead */
	WITHHELDS
};
const char *withheld_name(enum withheld w);		/* "not_asked" */
const char *withheld_words(enum withheld w);		/* "not asked for" */
bool withheld_parse(const char *name, enum withheld *out);

/* To whom, in one word: what for. */
enum disclose_why {
	WHY_DEFENCE, WHY_COURT, WHY_AUTHORITY, WHY_VICTIM, WHY_EXPERT, WHY_OVERSIGHT,
	DISCLOSE_WHYS
};
const char *disclose_why_name(enum disclose_why w);	/* "defence" */
bool disclose_why_parse(const char *name, enum disclose_why *out);

struct disclosure {
	struct digest act;		/* act id of the package */
	struct authority_id from;	/* who sealed it, and by which card: looked up, */
	struct digest from_card;	/* then held against the signature */
	bool exercise;
	uint64_t lines, shown;		/* of files.jsonl */
	uint64_t withheld[WITHHELDS];	/* together lines - shown */
	enum disclose_why why;
	struct authority_id by;
	int64_t at;
	char software[64];
};

/*
 * One spelling of each value: decode refuses what encode would not write.  ERR_INPUT
 * "disclosure.*" or "json.*" names the member; "disclosure.counts": shown and withheld
 * are not all lines.
 */
MUST bool disclosure_decode(struct disclosure *out, struct span json, struct err *err);
MUST bool disclosure_encode(const struct disclosure *d, struct buf *out,
    struct err *err);

#endif
