/*
 * flow/execute: the requested side begins to work on what it said yes to (part of flow;
 * rules are policy/request.h, execute_decide).  Local: a leaf of our ledger says it, and
 * the other side learns it from the answer to a status_query.
 *
 * An authorisation (an order of a court, or of another independent body of our own State:
 * S06) is kept sealed to ourselves as HOME/authorisations/REQUEST-ACT-ID/SHA256.age; its
 * length and digest stand in the record `decided`, rule "execute", and a file there that
 * no record names counts for nothing.  So is the paper on which an officer waived dual
 * criminality, with reasons (S02): HOME/waivers/.
 */
#ifndef COMITY_FLOW_EXECUTE_H
#define COMITY_FLOW_EXECUTE_H

#include "flow/requests.h"
#include "policy/people.h"

#define EXECUTE_RULE "execute"
#define EXECUTE_FILED "filed"		/* its outcome for an order that came with a hand-over */
#define EXECUTE_WAIVER "waiver"		/* in its files: why it is done all the same (S02) */
#define AUTHORISATION_BYTES (8u << 20)	/* of one file: held in memory to seal, as attachments */

struct execute_wish {
	const char *authorisation;	/* path; NULL: none is put on file now */
	const char *waiver;		/* path: dual criminality is waived, with these reasons */
	bool assured;			/* their reply was read: it gives the assurance (S22) */
};
/*
 * ERR_REFUSED "execute.*" (what is missing, with its safeguard), "people.second" for a
 * request that persecution was looked for in and found (S03).  Executing already: nothing
 * changes but the authorisation, when one is named.
 */
MUST bool flow_request_execute(struct flow *f, unsigned number,
    const struct execute_wish *wish, struct docket_request *out, struct err *err);

/* ---- inside flow ---- */

/*
 * A request of theirs as it stands: what it asked, with the fields of their replies, and
 * what the rules find in it on our side (incoming).
 */
MUST bool request_stands(struct flow *f, const struct docket_request *row,
    struct act *out, struct request_findings *found, struct err *err);
/*
 * ERR_REFUSED with the reason of the first finding that bars a yes (policy/request.h), or
 * of the guard that does (policy/guard.h).  yes: what it is in the table (guard_yes_act);
 * assurance_asked: it has such a condition.
 */
MUST bool request_yes_ask(struct flow *f, const struct docket_request *row,
    enum people_act yes, bool assurance_asked, struct err *err);
/*
 * Our last yes with conditions in that thread, by the acts as they are signed: what the
 * docket says of their kinds and places only finds them.  *out: begun with promise_init.
 */
struct promise {
	bool made;
	struct digest act;
	struct fields conditions;
};
void promise_init(struct promise *p);
void promise_clear(struct promise *p);
MUST bool promise_find(struct flow *f, const struct docket_request *row,
    struct promise *out, struct err *err);
/* Do these conditions ask for an assurance (S22)? */
bool conditions_ask_assurance(const struct fields *fs);

/* May evidence go over in this thread, now?  The guards of an execution, said or not. */
MUST bool execute_handover_ask(struct flow *f, const struct docket_request *row,
    const char *authorisation, struct err *err);

#endif
