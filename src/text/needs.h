/*
 * text/needs: what a request lacks, or what a person has to look at in it, in the reader's
 * language: the word of the stable reason of each finding (data/words, keys "need.REASON").
 * The English is the finding's own text (policy/request.h); a reason that a language has no
 * sentence for is quoted in English, and said to be so.
 */
#ifndef COMITY_TEXT_NEEDS_H
#define COMITY_TEXT_NEEDS_H

#include "policy/request.h"

/* Added to out, without a line end.  ours: it is for us to mend, else to be asked for. */
MUST bool need_words(const struct request_finding *f, const char *lang, bool ours,
    struct buf *out, struct err *err);

#endif
