/*
 * What persons did about a request before a yes, by the records of the ledger.  The tables
 * of the docket hold the same for who reads it; they have no key, and who can write in the
 * home could write a call there that nobody made, or leave out where a denial is.
 */
#include <string.h>

#include "flow/guards.h"
#include "flow/leaves.h"

struct guard_reading {
	struct leaf_gap gap;		/* a yes from before it counts no more */
	const struct digest *act;
	enum call_result call;
	const struct digest *earlier;	/* NULL: not asked for */
	bool seen;
};

static void
guard_read(void *arg, const struct leaf *x)
{
	struct guard_reading *l = arg;
	enum call_result result = CALL_NO;	/* a word of a newer program is no yes */

	if (!x->has_act || !digest_eq(&x->digest, l->act) ||
	    strcmp(x->outcome, "refused") == 0)
		return;
	if (strcmp(x->rule, CALL_RULE) == 0) {
		(void)!call_result_parse(x->outcome, &result);
		if (result == CALL_YES && x->at < l->gap.at)
			result = CALL_NOBODY;
		l->call = call_result_next(l->call, result);
	}
	if (strcmp(x->rule, SEEN_RULE) == 0 && l->earlier != NULL && x->at > l->gap.at)
		l->seen = l->seen || (strncmp(x->reason, "seen.", 5) == 0 &&
		    strncmp(x->reason + 5, digest_hex(l->earlier).s, SEEN_HEX) == 0);
}

bool
guard_leaf_call(struct flow *f, const struct docket_request *row, enum call_result *out,
    struct err *err)
{
	struct guard_reading l = { .act = &row->act, .call = CALL_NONE };

	if (row->has_act && (!leaves_gap(f, &l.gap, err) ||
	    !leaves_each(f, LEAF_GUARD, guard_read, &l, err)))
		return false;
	*out = l.call;
	return true;
}

bool
guard_leaf_seen(struct flow *f, const struct docket_request *row,
    const struct docket_request *earlier, bool *seen, struct err *err)
{
	struct guard_reading l = { .act = &row->act, .earlier = &earlier->act };

	if (row->has_act && (!leaves_gap(f, &l.gap, err) ||
	    !leaves_each(f, LEAF_GUARD, guard_read, &l, err)))
		return false;
	*seen = l.seen;
	return true;
}
