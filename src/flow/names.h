/* Inside flow: names that a person gave, looked up by the names of lines (disclose.c). */
#ifndef COMITY_FLOW_NAMES_H
#define COMITY_FLOW_NAMES_H

#include "flow/disclose.h"

struct named {
	struct span *list;		/* sorted; borrowed from the wish */
	bool *met;
	size_t n;
};
/* ERR_USE "disclose.names": none, or one that is no name. */
MUST bool named_make(const struct disclose_names *names, struct named *out,
    struct err *err);
void named_clear(struct named *m);
/* It, or a folder it lies in, was named. */
bool named_has(struct named *m, struct span name);
/* ERR_ABSENT "disclose.absent": one that was never met. */
MUST bool named_all_met(const struct named *m, struct err *err);

#endif
