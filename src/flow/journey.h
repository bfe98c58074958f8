/*
 * Inside flow: what the files that make requests, answers and hand-overs share.
 *
 * Invariants: 1. the docket is open only while it is read or written, never over
 * sealing; home_lock keeps other commands out in between.  2. A parcel of ours that
 * neither the docket nor a piece of evidence names is named in HOME/making, until
 * making_sweep takes it away: no cut step leaves a file that nobody knows.
 */
#ifndef COMITY_FLOW_JOURNEY_H
#define COMITY_FLOW_JOURNEY_H

#include "flow/inside.h"
#include "flow/record.h"

#define MAKING_PATH "making"	/* below the home: act ids of parcels being made, a line each */
#define MAKING_MAX RECORD_GROUP_MAX	/* receipts of one group */

/* The docket; with its key when texts are read or written (asks the passphrase). */
MUST bool desk_open(struct flow *f, bool texts, struct docket **out,
    struct err *err);
/* One row, the docket being open for nothing else. */
MUST bool request_load(struct flow *f, unsigned number, struct docket_request *out,
    struct err *err);

/* ---- the other side of a thread ---- */

struct other_side {
	bool is_peer;			/* it has a card; else a correspondent on paper */
	struct peer peer;
	unsigned correspondent;		/* 0 and no peer: of a draft, a State alone */
	char state[3];
	char name[201];
};
void other_side_init(struct other_side *o);
void other_side_clear(struct other_side *o);
/*
 * A peer as typed, else a State with one correspondent, or "STATE/NUMBER" for one of
 * several.  ERR_ABSENT "request.to".
 */
MUST bool other_side_find(struct flow *f, struct docket *d, const char *typed,
    struct other_side *out, struct err *err);
/*
 * As above for a draft, which may be addressed ahead of its receiver: a State of the law's
 * table of which nobody is known here is taken alone.  It does not leave so (send.nobody).
 */
MUST bool other_side_ahead(struct flow *f, struct docket *d, const char *typed,
    struct other_side *out, struct err *err);
/* Of a draft that has a State alone: who is known there by now, if it is one. */
MUST bool other_side_of(struct flow *f, struct docket *d,
    const struct docket_request *r, struct other_side *out, struct err *err);
/* Into the row, so that other_side_of finds it. */
void other_side_note(const struct other_side *o, struct docket_request *r);

/* ---- texts ---- */

/* 1..ACT_TEXT_MAX bytes of UTF-8 in that language; in NULL: left absent. */
MUST bool marked_set(struct marked_text *t, const char *what, const char *lang,
    const char *in, struct err *err);
/* in NULL: left as it is; ERR_USE when it does not fit. */
MUST bool short_set(char *out, size_t room, const char *what, const char *in,
    struct err *err);

/* ---- drafts and acts ---- */

MUST bool draft_encode(const struct draft *d, struct buf *out, struct err *err);
MUST bool draft_decode(struct draft *out, struct span text, struct err *err);
/* One without a text is empty: a docket that was made anew knows only acts. */
MUST bool draft_load(struct docket *d, unsigned number, struct draft *out,
    struct err *err);
/* Files that go or came along; of a draft, payload_files says how many are attached. */
size_t request_files(const struct act *a);
/* Until when the preservation it names (related_request) is held; 0: none known here. */
int64_t hold_named(struct docket *d, const struct act *a);
/* Findings about a draft or a request that came in, by the law as this node knows it. */
MUST bool draft_check(struct flow *f, const struct act *a, const char other_state[3],
    bool incoming, struct request_findings *out, struct err *err);

/* act.json of a parcel of this home, opened with our keys. */
MUST bool act_open(struct flow *f, const struct digest *id, struct act *out,
    struct err *err);
/*
 * The act of this kind (ACT_KINDS: any but receipts and stamps) that came last in
 * the thread, in this direction.
 */
MUST bool thread_last(struct docket *d, unsigned request, enum act_kind kind,
    enum act_direction direction, struct digest *out, bool *found, struct err *err);

/* ---- an act of ours leaves ---- */

/* policy's send_decide, with the facts of this home and that receiver. */
MUST bool send_ask(struct flow *f, const struct signer *s, const struct other_side *to,
    int64_t expires_at, size_t stops, struct err *err);
/* Whether anything may go to them today, among the findings about a draft. */
MUST bool receiver_look(struct flow *f, const struct other_side *to,
    struct request_findings *out, struct err *err);
/* The note of a command that was given once more. */
void sent_already(struct sent *out);
/* Payload of these items, counts into the act, sealed and named. */
MUST bool parcel_of_items(struct outgoing *o, struct act *a,
    const struct payload_item *items, size_t n, const struct peer *to,
    struct package_written *out, struct err *err);

/* What one transaction of the docket keeps about a package of ours. */
struct made {
	const struct outgoing *o;
	const struct act *act;
	const struct package_written *written;
	struct docket_request *row;	/* NULL: of no thread; else put as it is */
	struct evidence *evidence;	/* NULL: none; else saved, with its new parcel */
	const struct docket_act *also;	/* another row that changes with it; NULL none */
	const struct digest *about;	/* act that it passes on; NULL none.  The docket alone
					   notes it: its receiver does not know that act */
	enum outbox_state outbox;
	enum send_by by;		/* not by Comity: its record `decided` says how */
	const char *waived;		/* why nobody was consulted, a record of its own; NULL */
	const struct matter *under;	/* what was approved: used with it; NULL none */
	struct docket_act kept;		/* what became the row of the act */
};
/*
 * Record `made`, then evidence, then the docket's rows in one transaction.  When it
 * fails the parcel is taken away again, if nothing came to know it.
 */
MUST bool made_keep(struct flow *f, struct made *m, struct err *err);
/*
 * What policy decided (formats/record, `decided`).  Of an act of ours that was made: false
 * for kinds that nobody has to decide about.  Of a refusal of policy (other errors: nothing
 * is done), in the thread of that number; 0 none.  No docket is open.
 */
MUST bool decided_made(struct flow *f, const struct act *a,
    const struct package_written *w, struct record *r);
/* Article 40(28) was waived, with the code why. */
void decided_waived(struct flow *f, const struct made *m, struct record *r);
void decided_refused(struct flow *f, unsigned request, const struct err *why);
/* Notes, durably, the names of n parcels that made_keep or a group comes to know. */
MUST bool making_note(struct flow *f, const struct digest *acts, size_t n,
    struct err *err);
/* Takes away the parcel of a step that was cut before anything named it. */
MUST bool making_sweep(struct flow *f, struct err *err);

/* ---- what a thread is after an act of ours: live, and made anew (rebuild.h) ---- */

/* Who owes what next, once a request is out. */
void request_clocks_start(struct docket_request *r, enum send_by by, int64_t now,
    int64_t answer_by);
/* answer_by: the date the request asked for; 0 none. */
void answer_row_move(struct docket_request *r, const struct act *a, int64_t answer_by,
    enum send_by by, enum request_state next);
void delivered_row_move(struct docket_request *r, enum request_state next, int64_t now);
/*
 * Paper that was recorded: its thread again; kept, whose row is the caller's to put, gets
 * its number.
 */
struct paper_came {
	enum send_by by;
	unsigned thread;		/* 0: it opened one, of this number */
	unsigned number;
	struct authority_id peer;	/* "" none */
};
MUST bool paper_again(struct flow *f, struct docket *d, const struct paper_came *came,
    const struct act *a, struct docket_act *kept, struct err *err);

/* ---- evidence leaves (seal.c) ---- */

/* What a hand-over in a thread adds to sealing. */
struct seal_thread {
	struct docket_request *row;	/* NULL: of no thread */
	enum outbox_state outbox;
	struct docket_act kept;
};
MUST bool evidence_seal(struct flow *f, const struct seal_wish *wish,
    struct seal_thread *thread, struct sealed *out, struct err *err);
/*
 * A new piece of evidence, made of what lies at `path` and sealed at once: the docket
 * has both or none.  prv (taken over) has no path: it cannot be sealed again.
 */
MUST bool evidence_seal_onward(struct flow *f, const struct seal_wish *wish,
    struct evidence_private *prv, const char *path, const struct digest *about,
    struct sealed *out, struct err *err);

#endif
