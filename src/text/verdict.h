/*
 * text/verdict: what a check found, in the reader's language: the same answer as
 * package_report_text and custody_text, whose English stands where `lang` is NULL, "" or
 * "en".  Each sentence is the word of its stable reason (data/words, keys "finding.REASON",
 * or "finding.FAMILY" for what stands before the first dot) with its values put in; a detail
 * that only English says is quoted.  Small: the verifier alone links it.
 *
 * In a language from right to left values stand between U+2068 and U+2069, so that a name,
 * a path or a number keeps its order.
 */
#ifndef COMITY_TEXT_VERDICT_H
#define COMITY_TEXT_VERDICT_H

#include "ledger/custody.h"
#include "package/package.h"

/*
 * What happened, by its key; of a disclosure, to whom ("cust.event.disclose.court"), of a
 * destruction, why ("cust.event.destroyed.court_order").  Of an administration the phrase has
 * a hole for its reason.
 */
struct custody_key { char s[80]; };
struct custody_key custody_event_key(const struct record *r);

/* Added to out: a phrase of ours by its key, and what is put into it (NULL: nothing). */
MUST bool phrase_put(const char *lang, const char *key, const char *value, struct buf *out,
    struct err *err);

/* A name, a number, words of somebody else: what could steer a terminal is spelled out. */
MUST bool value_put(const char *lang, const char *value, struct buf *out, struct err *err);

/* Added to out. */
MUST bool verdict_words(const struct package_report *r, const char *lang, bool details,
    struct buf *out, struct err *err);
MUST bool custody_words(const struct custody *c, const char *lang, struct buf *out,
    struct err *err);

#endif
