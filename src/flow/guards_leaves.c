/*
 * What persons did about a request before a yes, by the records of the ledger.  The tables
 * of the docket hold the same for who reads it; they have no key, and who can write in the
 * home could write a call there that nobody made.
 */
#include <string.h>

#include "flow/guards.h"
#include "flow/record.h"

struct leaves_reading {
	struct flow *f;
	enum call_result call;
	const struct digest *earlier;	/* NULL: not asked for */
	bool seen;
};

static bool
leaf_read(void *arg, const struct docket_record *x, struct err *err)
{
	struct leaves_reading *l = arg;
	enum call_result result = CALL_NO;	/* a word of a newer program is no yes */
	uint8_t salt[RECORD_SALT];
	struct record r;

	if (strcmp(x->event, record_event_name(EVENT_DECIDED)) != 0)
		return true;
	if (!record_load(l->f, x->at, &r, NULL, salt, err))
		return err_wrap(err, "the docket names a record that cannot be read; make it anew with: comity rebuild");
	if (!guard_record(&r) || strcmp(r.outcome, "refused") == 0)
		return true;
	if (strcmp(r.rule, CALL_RULE) == 0) {
		(void)!call_result_parse(r.outcome, &result);
		l->call = call_result_next(l->call, result);
	}
	if (strcmp(r.rule, SEEN_RULE) == 0 && l->earlier != NULL)
		l->seen = l->seen || (strncmp(r.reason, "seen.", 5) == 0 &&
		    strncmp(r.reason + 5, digest_hex(l->earlier).s, SEEN_HEX) == 0);
	return true;
}

bool
guard_leaf_call(struct flow *f, struct docket *d, const struct docket_request *row,
    enum call_result *out, struct err *err)
{
	struct leaves_reading l = { .f = f, .call = CALL_NONE };

	if (row->has_act && !docket_records_each(d, &row->act, leaf_read, &l, err))
		return false;
	*out = l.call;
	return true;
}

bool
guard_leaf_seen(struct flow *f, struct docket *d, const struct docket_request *row,
    const struct docket_request *earlier, bool *seen, struct err *err)
{
	struct leaves_reading l = { .f = f, .call = CALL_NONE, .earlier = &earlier->act };

	if (row->has_act && !docket_records_each(d, &row->act, leaf_read, &l, err))
		return false;
	*seen = l.seen;
	return true;
}
