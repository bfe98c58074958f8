/*
 * Inside flow: one parcel that comes in, step by step (take.c).  What is read and
 * decided changes nothing; what is kept then is, in this order:
 *
 *   1. a mark in the inbox, then the parcel at its place in parcels/
 *   2. the record `received` in the journal
 *   3. the receipt: sealed, its file named
 *   4. everything the docket says, in one transaction
 *   5. the mark is gone
 *
 * Cut anywhere, the parcel is in the inbox, or the mark says where it is, and taking
 * it again ends the same.  Several that know nothing of each other are kept with one
 * sync for all of each step (take_group.h).
 */
#ifndef COMITY_FLOW_TAKE_H
#define COMITY_FLOW_TAKE_H

#include "flow/inside.h"
#include "flow/record.h"
#include "ledger/note.h"

/*
 * A receipt that came in: the record of the other side, our own of the same package, and
 * what proves theirs.
 */
struct receipt_check {
	struct record theirs, ours;
	struct buf record, salt, proof;	/* as they came; proof may be empty */
	struct vkey key;		/* of its log, when proof holds */
};
MUST bool receipt_check_new(struct receipt_check **out, struct err *err);
void receipt_check_free(struct receipt_check *c);	/* NULL is quiet */

/* A sealed receipt of ours on its way into the docket. */
struct receipt {
	bool made;
	struct docket_act row;
	struct digest of;		/* act it is for */
	struct record record;		/* `made` */
	char text[200];			/* why there is none */
	/* One that came in: its sender keeps a ledger, and it shows no place there. */
	bool claimed;
	struct receipt_check *check;	/* what it says; owned, NULL none */
};

/* What one reading of the inbox may cost, whoever filled it. */
struct take_bounds {
	size_t list;			/* parcels looked at */
	size_t refusals;		/* leaves for what no confirmed authority signed */
	size_t waits;			/* of one sender, that go on waiting */
};

struct taking {
	struct flow *flow;
	struct docket *docket;		/* while it is open; never over sealing */
	struct aead_key docket_key;
	struct node_trust trust;
	struct package_reading in;	/* in.path: where the parcel lies now, below HOME */
	struct buf head;		/* of in: of a parcel that is kept already */
	char path[160];
	char mark[96];			/* "inbox/HEX.taking" */
	bool placed;			/* it lies in parcels/ already */
	uint64_t bytes;
	struct digest sha256;
	const char *carrier;		/* "stick", "local" */
	bool last;			/* nothing else waits that could come before it */
	bool for_now;			/* out: with `last` it would wait no longer */
	bool no_leaf;			/* enough refusals of nobody known have theirs */
	bool leaf;			/* out: this refusal has one now */
	const struct taken *over;	/* it waited long enough: what is said if it still would */
	struct package_report report;
	struct peer from;
	bool from_kept;			/* borrowed (kept.h) */
	bool has_peer;
	bool state_agrees;		/* certificate and authority name one State */
	bool known;			/* signed by who it says, confirmed here, not revoked */

	/* what it will be, filled by the rule of its class */
	struct docket_act row;
	struct docket_request request;	/* its thread */
	bool has_request, opens;	/* opens: a new one */
	bool has_step;			/* the thread's row changes */
	bool late;			/* overtaken: kept with the thread, and that is all */
	bool evidence;			/* becomes evidence of its own */
	struct evidence piece;		/* evidence, and stamps of it */
	size_t parcel;
	char note[400];

	/* what is done when all is kept: in the docket's transaction */
	bool (*settle)(struct taking *t, struct err *err);

	uint64_t record_at;
	const struct record *received;	/* what lies there, written by this run; NULL: read it */
	struct digest received_sha256;	/* of its bytes */
	struct receipt receipt;
	struct taken *out;
};

/*
 * What a rule says about an act that came in.  NOT and WAITS change nothing.
 * Each has filled out->text.
 */
MUST bool take_not(struct taking *t, const char *reason, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
MUST bool take_waits(struct taking *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void take_note(struct taking *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Rules of classes: out->as says TAKEN, TAKEN_WAITS or TAKEN_NOT. */
MUST bool take_request(struct taking *t, struct err *err);
MUST bool take_answer(struct taking *t, struct err *err);
MUST bool take_evidence(struct taking *t, struct err *err);
MUST bool take_notice(struct taking *t, struct err *err);	/* told.c */
MUST bool take_stamp(struct taking *t, struct err *err);
MUST bool take_receipt(struct taking *t, struct err *err);
MUST bool take_revoked(struct taking *t, struct err *err);
/* "request XA-2026-000001, which was closed here on ..." */
void take_late_to(const struct taking *t, char *out, size_t size);
/* The thread changes as rows of policy/thread.c say; *allowed false: out says why. */
MUST bool take_step(struct taking *t, bool *allowed, struct err *err);

/* A time stamp that came later than what it is for. */
struct late_stamp {
	struct buf token;
	struct certs roots;
	struct stamp_answer answer;
	/* for an act that is no evidence (stamp_act.c) */
	struct docket_act row;		/* the package it fits */
	bool any, same_sender, fits;	/* that act is here; from who sent it; this one's */
};
/* The package of that act which the token is over; the docket is open. */
MUST bool act_stamp_find(struct taking *t, const struct digest *act,
    struct late_stamp *s, struct err *err);
/* Beside its parcel, and in its row, in the docket's transaction. */
MUST bool act_stamp_settle(struct taking *t, struct late_stamp *s, struct err *err);

/* A row of an act that came in, without what its class adds. */
void take_row(struct taking *t);
/*
 * flow_take_inbox with other bounds.  Where more than `list` wait, each has the same chance
 * to be among those looked at, so that none which waits on keeps out one that came.
 */
MUST bool take_inbox_within(struct flow *f, const struct take_bounds *bounds,
    bool (*each)(void *arg, const char *name, const struct taken *t, struct err *err),
    void *arg, size_t *n, struct err *err);
/* One parcel that lies in the inbox, or that a mark there leads to. */
MUST bool take_one(struct flow *f, const char *name, const char *carrier, bool last,
    struct taking *t, struct taken *out, struct err *err);
/*
 * Its first half: read, checked, ruled on; nothing is changed.  *here false: the parcel
 * is where it belongs, and out says so.  *same: this package is kept already.
 */
MUST bool take_look(struct taking *t, const char *name, const char *carrier, bool last,
    struct taken *out, bool *here, bool *same, struct err *err);
/*
 * A group has no mark for each, but one note of where all go (take_marks.c).  Making and
 * removing many files costs more than all else: ext4 passes by each inode that was removed
 * in the last seconds, and freeing a block may take milliseconds.
 */
#define TAKING_PATH "taking"	/* lines of SHA-256 of the parcel, blank, place */
struct taking_place {
	struct digest sha256;
	struct parcel_path to;
};
/* Durable before the first of them leaves the inbox; gone when all are kept. */
MUST bool taking_note(struct flow *f, const struct taking_place *list, size_t n,
    struct err *err);
/* The home is locked.  What a cut group left gets its marks: before anybody looks for one. */
MUST bool taking_restore(struct flow *f, struct err *err);
/* Absent only where the disk says so: an error must not pass for a parcel that is gone. */
MUST bool take_there(struct flow *f, const char *path, bool *there, struct err *err);
/* The parts of keeping, for a group: the docket is open for the last two. */
void take_received(struct taking *t, struct record *out);
MUST bool take_docket(struct taking *t, struct err *err);
void take_docket_done(struct taking *t);
MUST bool take_settle_in(struct taking *t, struct err *err);	/* all but the receipt */
void taking_init(struct taking *t, struct flow *f);
void taking_init_zeroed(struct taking *t, struct flow *f);	/* *t is zeros already */
void taking_clear(struct taking *t);

/*
 * The receipt for what was recorded as received at this place of the journal: sealed, its
 * file named, durably.  No docket may be open.  made false: it cannot be sealed to them,
 * text says why.
 */
MUST bool receipt_seal(struct taking *t, struct err *err);
/*
 * The same in halves, for a group.  The first reads the journal and the log and belongs to
 * whoever has the home; *out NULL: none is to be made.  The second signs and seals, and
 * changes nothing but its own: once one was finished (which keeps what it opened, kept.h)
 * several threads may finish theirs at once.  *unnamed is the caller's to name and sync,
 * after making_sweep and making_note.
 */
struct receipt_making;
MUST bool receipt_begin(struct taking *t, struct receipt_making **out, struct err *err);
MUST bool receipt_finish(struct receipt_making *m, struct file **unnamed,
    struct err *err);
void receipt_making_free(struct receipt_making *m);	/* NULL is quiet */
/*
 * Where the record of receiving is in our log, under a checkpoint that is signed now if
 * none covers it yet: b's members of the log, and the proof file.  Where this home may
 * not sign, has_log stays false, proof empty, and t->out says why.
 */
MUST bool receipt_prove(struct taking *t, struct receipt_body *b, struct buf *proof,
    struct err *err);
/*
 * The proof of a receipt that came in (t->receipt.check), over its record and salt as
 * they came.  *holds false: t->out says why.
 */
MUST bool receipt_proof_ask(struct taking *t, bool *holds, struct err *err);
/*
 * What it proves is kept, readable, as HOME/custody/receipts/ACT.json (comity.custody/1, one
 * link), and its checkpoint is handed to witness_see.  Before the docket knows of it; done
 * again after a cut it ends the same.
 */
#define RECEIPTS_PATH "custody/receipts"	/* below the home */
MUST bool receipt_remember(struct taking *t, const struct docket_act *sent,
    struct err *err);
/* What ours is once its receipt is here, in the docket and in t->request. */
MUST bool receipt_marks(struct taking *t, struct docket_act *ours, struct err *err);
/* Its record and its row, in the docket's transaction. */
MUST bool receipt_put(struct taking *t, struct err *err);
MUST bool receipt_row_put(struct taking *t, struct err *err);	/* the row alone */
/* It goes out again with the next carrier; *again false: there is none. */
MUST bool receipt_again(struct docket *d, const struct docket_act *row, bool *again,
    struct err *err);

/* The act of a package that is kept here, read from its parcel. */
MUST bool act_kept(struct flow *f, const struct docket_act *row, struct act *out,
    struct err *err);
struct parcel_path act_file(const struct docket_act *row);
bool act_whole(struct flow *f, const struct docket_act *row);

#endif
