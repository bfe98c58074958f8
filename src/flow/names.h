/*
 * Inside flow: names that a person gave, looked up by the names of lines (disclose.c).
 *
 * A file has two names: the one at its source (mail/inbox.eml), and its path in the package
 * (data/mail/inbox.eml), as manifests show it.  The name at the source counts first: only
 * a name that begins with data/ and that nothing had at the source is a path in the
 * package.  So what a name means depends on the evidence alone, and every file can be named.
 */
#ifndef COMITY_FLOW_NAMES_H
#define COMITY_FLOW_NAMES_H

#include "flow/disclose.h"

struct named {
	struct span *list;		/* sorted; borrowed from the wish */
	bool *met;
	bool *packaged;			/* it is a path in the package (named_settle) */
	size_t n;
};
/* ERR_USE "disclose.names": none, or one that is no name. */
MUST bool named_make(const struct disclose_names *names, struct named *out,
    struct err *err);
void named_clear(struct named *m);
/* Does any begin with data/?  Then each line is looked at before (named_settle). */
bool named_may_be_packaged(const struct named *m);
/* After named_has was asked of every line: what nothing had at the source is a path. */
void named_settle(struct named *m);
size_t named_packaged(const struct named *m);	/* how many are */
/*
 * It, or a folder it lies in, was named.  path: in the package, n = 0 where it has none;
 * looked at after named_settle.
 */
bool named_has(struct named *m, struct span name, struct span path);
/* ERR_ABSENT "disclose.absent": one that was never met. */
MUST bool named_all_met(const struct named *m, struct err *err);

#endif
