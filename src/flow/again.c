/* What a record means for the docket, done again (again.h). */
#include <stdio.h>
#include <string.h>

#include "flow/again.h"
#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/hold.h"
#include "flow/notices.h"

#define CLOSED "closed."		/* and why */
#define CONFIRMED "confirmed."		/* and by which way */
#define OUTBOX_PUT "outbox.put"
#define MAKING_CUT "making.cut"		/* nothing that anybody had was destroyed */

static bool
reason_begins(const struct record *r, enum record_event event, const char *with)
{
	return r->event == event && strncmp(r->reason, with, strlen(with)) == 0;
}

/* ---- threads ---- */

/* The thread of the record, if it is here, as it is after it. */
static bool
thread_change(struct docket *d, const struct record *r,
    void (*change)(struct docket_request *q, const struct record *r), struct err *err)
{
	struct docket_request q;
	bool found = false;

	if (r->has_act && !docket_request_by_act(d, &r->act, &q, &found, err))
		return false;
	if (!found)
		return true;
	change(&q, r);
	return docket_request_put(d, &q, err) && hold_follow_end(d, q.number, r->at, err);
}

static void
state_set(struct docket_request *q, enum request_state state)
{
	(void)snprintf(q->state, sizeof q->state, "%s", request_state_name(state));
}

static void
nothing_due(struct docket_request *q)
{
	q->due_at = 0;
	q->due_rule[0] = '\0';
}

static bool
is_closed(const struct record *r)
{
	return reason_begins(r, EVENT_ADMINISTRATION, CLOSED);
}

static void
close_thread(struct docket_request *q, const struct record *r)
{
	state_set(q, STATE_CLOSED);
	q->closed_at = r->at;
	nothing_due(q);
}

static bool
closed_again(struct docket *d, const struct record *r, struct err *err)
{
	return thread_change(d, r, close_thread, err);
}

static bool
is_executing(const struct record *r)
{
	return r->event == EVENT_DECIDED && strcmp(r->rule, EXECUTE_RULE) == 0 &&
	    strcmp(r->outcome, request_state_name(STATE_EXECUTING)) == 0;
}

static void
execute_thread(struct docket_request *q, const struct record *r)
{
	(void)r;
	state_set(q, STATE_EXECUTING);
	if (strcmp(q->due_rule, "oral") == 0)
		nothing_due(q);
}

static bool
executing_again(struct docket *d, const struct record *r, struct err *err)
{
	return thread_change(d, r, execute_thread, err);
}

/* ---- parcels ---- */

/* It waits in the outbox; one that is not here cannot. */
static bool
waits_again(struct docket *d, const struct record *r, bool once, struct err *err)
{
	struct docket_act row;
	bool found = false;

	if (r->has_package && !docket_act_package(d, &r->package, &row, &found, err))
		return false;
	if (!found || row.bytes == 0)
		return true;
	row.outbox = once && row.receipted_at != 0 ? OUTBOX_ONCE : OUTBOX_WAITS;
	return docket_act_put(d, &row, err);
}

static bool
confirmed_by(const struct record *r, enum send_by *by)
{
	return reason_begins(r, EVENT_ADMINISTRATION, CONFIRMED) &&
	    send_by_parse(r->reason + strlen(CONFIRMED), by);
}

static bool
is_confirmed(const struct record *r)
{
	enum send_by by;

	return confirmed_by(r, &by);
}

static void
confirm_thread(struct docket_request *q, const struct record *r)
{
	enum send_by by = BY_COMITY;

	if (!confirmed_by(r, &by))
		return;
	q->written_owed = false;
	(void)snprintf(q->by, sizeof q->by, "%s", send_by_name(by));
	if (strcmp(q->due_rule, "oral") == 0) {
		q->due_ours = false;
		nothing_due(q);
	}
}

static bool
confirmed_again(struct docket *d, const struct record *r, struct err *err)
{
	enum send_by by;

	if (!confirmed_by(r, &by) || !r->has_act)
		return true;
	return thread_change(d, r, confirm_thread, err) &&
	    (by != BY_COMITY || waits_again(d, r, false, err));
}

static bool
is_put_out(const struct record *r)
{
	return strcmp(r->reason, OUTBOX_PUT) == 0 && r->has_act;
}

static bool
put_out_again(struct docket *d, const struct record *r, struct err *err)
{
	return waits_again(d, r, true, err);
}

static bool
is_destroyed(const struct record *r)
{
	return r->event == EVENT_DESTROYED && r->has_act && r->has_package &&
	    strcmp(r->reason, MAKING_CUT) != 0;
}

static bool
destroyed_again(struct docket *d, const struct record *r, struct err *err)
{
	return docket_destroyed_put(d, &r->package, r->at, err);
}

/* ---- holds ---- */

static bool
is_hold_clock(const struct record *r)
{
	enum hold_event event;
	int64_t until;

	return r->event == EVENT_ADMINISTRATION && r->has_act &&
	    hold_reason_parse(r->reason, &event, &until);
}

/* ---- the table ---- */

/* Those of guards.h know names besides, and are asked for first. */
static const struct meaning {
	bool (*is)(const struct record *r);
	bool (*again)(struct docket *d, const struct record *r, struct err *err);
} meanings[] = {
	{ notice_record, notice_again },
	{ is_hold_clock, hold_again },
	{ is_closed, closed_again },
	{ is_executing, executing_again },
	{ is_confirmed, confirmed_again },
	{ is_put_out, put_out_again },
	{ is_destroyed, destroyed_again },
};

static const struct meaning *
meaning_of(const struct record *r)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].is(r))
			return &meanings[i];
	return NULL;
}

bool
record_means(const struct record *r)
{
	return guard_record(r) || meaning_of(r) != NULL;
}

bool
record_again(struct docket *d, struct docket *old, const struct record *r,
    struct err *err)
{
	const struct meaning *m = meaning_of(r);

	if (guard_record(r))
		return guard_again(d, old, r, err);
	return m == NULL || m->again(d, r, err);
}
