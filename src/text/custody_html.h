/*
 * text/custody_html: the custody of a piece of evidence as a page that can be printed for
 * a file or a court: one HTML file with all it needs inside (style too, no script, nothing
 * fetched), A4, in one language (data/letters/LANG.tsv, keys cust.*; English where there is
 * no table, and the page says so).  Every state is a word and a sign, never colour alone.
 * The page is a view: what proves is the custody file, which it tells how to check.  Pure:
 * the same story makes the same page.
 */
#ifndef COMITY_TEXT_CUSTODY_HTML_H
#define COMITY_TEXT_CUSTODY_HTML_H

#include "flow/ledger.h"

#define CUSTODY_PAGE_MAX (32u << 20)	/* nine hops of 512 links */

/* Added to out. */
MUST bool custody_html(const struct custody_story *s, const char *lang, struct buf *out,
    struct err *err);

/*
 * What other authorities told became of it there (destroyed, lost), for the reports in
 * words: added to out, nothing where nobody told anything.
 */
MUST bool custody_told_words(const struct custody_story *s, const char *lang,
    struct buf *out, struct err *err);

#endif
