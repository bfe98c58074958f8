/*
 * flow/notices: who was the subject of a secret request is told of it when the secrecy is
 * over (part of flow; rules are policy/guard.h; S04, S05).  A row a person, under a
 * number that says nothing of who it is; the name stays in the sealed request.  Both
 * sides keep their own: who executed, and who asked, where its law says so.
 *
 * Nothing but a person ever calls one done.  Each step is a leaf: record `decided`, rule
 * "notice", outcome "deferred" or "done" (formats/record).
 */
#ifndef COMITY_FLOW_NOTICES_H
#define COMITY_FLOW_NOTICES_H

#include "flow/record.h"
#include "flow/requests.h"
#include "policy/guard.h"

#define NOTICE_RULE "notice"

struct notice_view {
	struct docket_notice notice;
	struct docket_request row;	/* the request it is about */
	struct number_text number;	/* of that request */
	enum notice_state state;	/* now */
};
/* Soonest first; no passphrase.  all: those that were given too. */
MUST bool flow_notices(struct flow *f, bool all,
    bool (*each)(void *arg, const struct notice_view *v, struct err *err), void *arg,
    struct err *err);
MUST bool flow_notice_show(struct flow *f, unsigned number, struct notice_view *out,
    struct err *err);
/* Put off to that day.  ERR_REFUSED "notice.*" */
MUST bool flow_notice_defer(struct flow *f, unsigned number, int64_t until,
    const char *reason, struct notice_view *out, struct err *err);
/* The person was told.  lifted: the secrecy was ended before its day. */
MUST bool flow_notice_done(struct flow *f, unsigned number, const char *how, bool lifted,
    struct notice_view *out, struct err *err);
/* What a remedy sheet says: the request's kind and basis, opened with our keys. */
struct notice_sheet_facts {
	struct notice_view view;
	enum act_kind kind;
	char instrument[40], article[40];
	char authority[201], state[3];	/* ours: who to ask */
	char other[201], other_state[3];	/* the other side */
	bool asked_by_us;
	int64_t made_at;
	char phone[61];			/* on our card; "" none */
};
MUST bool flow_notice_sheet(struct flow *f, unsigned number,
    struct notice_sheet_facts *out, struct err *err);
/* Of all persons: how many were told, how many not, and why not. */
struct notice_counts {
	size_t secret, due, doubt, done;	/* notice_state_of, now */
	int64_t first_due;			/* the soonest end of those not told; 0 none */
};
MUST bool flow_notice_counts(struct flow *f, struct notice_counts *out, struct err *err);

/* ---- inside flow ---- */

bool notice_record(const struct record *r);
MUST bool notice_again(struct docket *d, const struct record *r, struct err *err);

#endif
