/*
 * flow/guards: what a person does before a yes to a request of theirs (part of flow; rules
 * are policy/guard.h).  Each step is a leaf of our ledger: record `decided`, rule and
 * outcome as formats/record says; names and reasons stand in sealed columns of the docket.
 */
#ifndef COMITY_FLOW_GUARDS_H
#define COMITY_FLOW_GUARDS_H

#include "flow/record.h"
#include "flow/requests.h"
#include "policy/guard.h"
#include "policy/people.h"

#define CALL_RULE "call-back"
#define SEEN_RULE "refused-before"
#define RISK_RULE "risk"
#define REALTIME_RULE "realtime"
#define SEEN_HEX 32	/* digits of the earlier request's act id in a reason */
#define RISK_ALL "all"			/* every measure of that State */

/* ---- the call to the number on the card (S15) ---- */

#define CALL_TEXT_MAX 200		/* bytes: a name and an office */
struct call_wish {
	const char *dialled;		/* the number that was dialled */
	const char *answered_by;	/* who answered; needed for a yes and a no */
	const char *result;		/* "yes", "no", "nobody" */
};
struct call_view {
	struct docket_request row;
	enum call_result stands;	/* after this call */
	char phone[61];			/* as the confirmed card has it */
};
/*
 * ERR_REFUSED "call.other-number": not the number on the sender's confirmed card (whatever
 * the request says), "call.card": there is no confirmed card, or it has no number; ERR_USE
 * "call.ours", "call.result", "call.who".
 */
MUST bool flow_request_called(struct flow *f, unsigned number,
    const struct call_wish *wish, struct call_view *out, struct err *err);

/* ---- refused before ---- */

/*
 * The person at work has read why `earlier` was refused.  ERR_USE "seen.other": that
 * request is not one that was refused about the same.
 */
MUST bool flow_request_seen(struct flow *f, unsigned number, unsigned earlier,
    struct err *err);

/* ---- what this node sets about a State ---- */

#define POLICY_REASON_MAX 1000		/* bytes */
/* measure NULL: all.  ERR_USE "policy.*". */
MUST bool flow_policy_risk(struct flow *f, const char *state, const char *measure,
    const char *level, const char *reason, struct err *err);
MUST bool flow_policy_realtime(struct flow *f, const char *state, const char *instrument,
    bool on, const char *reason, struct err *err);
/* All that is set; reasons need the passphrase. */
MUST bool flow_policies(struct flow *f, bool reasons,
    bool (*each)(void *arg, const struct docket_stance *s, struct err *err), void *arg,
    struct err *err);

/* ---- inside flow ---- */

/* What stands of the calls, and whether an earlier refusal was seen: by the records. */
MUST bool guard_leaf_call(struct flow *f, const struct docket_request *row,
    enum call_result *out, struct err *err);
MUST bool guard_leaf_seen(struct flow *f, const struct docket_request *row,
    const struct docket_request *earlier, bool *seen, struct err *err);
/* The reason of the record of what was set about a State: "risk.xb.stored_data". */
void guard_stance_reason(const char *rule, const char *state, const char *about,
    char out[64]);

/*
 * May this step be done with that request?  Asks the docket; the caller has none open.
 * people: the act of the table that the step is (policy/people.h).
 */
MUST bool guard_ask(struct flow *f, enum guard_step step, const struct docket_request *row,
    const struct act *request, enum people_act people, bool assurance_asked,
    struct err *err);
/* The same for who shows the request: among its findings.  No docket is open. */
MUST bool guard_look(struct flow *f, const struct docket_request *row,
    const struct act *request, struct request_findings *out, struct err *err);
/*
 * What a yes to it is in the table: a further emergency than come by themselves in a day
 * is an act of its own, which never goes by one person alone.
 */
MUST bool guard_yes_act(struct flow *f, enum act_kind yes, const struct docket_request *row,
    enum people_act *out, struct err *err);
/* Read with more care: two persons, an assurance (execute.c). */
MUST bool guard_heightened(struct flow *f, const struct docket_request *row,
    const struct act *request, bool *yes, struct err *err);
/*
 * May evidence go to this State in no thread, where the guards of a request would be asked?
 * bound: it left before, or goes under the consent of whose it is; only a blocked State is
 * refused then.  state "": nobody knows which.
 */
MUST bool guard_unasked(struct flow *f, const char *state, bool bound, struct err *err);
/*
 * A request went out or came in: subjects, and notices that will be owed.  A reply came in:
 * subjects, for it can name another person than the request did.
 */
MUST bool guard_follow(struct docket *d, const struct docket_request *r,
    const struct act *a, int64_t at, bool incoming, struct err *err);
/* What the journal says of it, when the docket is made anew; others are left alone. */
bool guard_record(const struct record *r);
/* old: the docket before, which alone knows names and reasons; NULL: there is none. */
MUST bool guard_again(struct docket *d, struct docket *old, const struct record *r,
    struct err *err);

#endif
