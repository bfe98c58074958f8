/*
 * flow/leaves: the few records that decisions rest on, read from the journal itself (part of
 * flow).  The docket says where they are too, for who looks things up; who can write in the
 * home can change it, and leave a row out.
 *
 * Read once in a command, from the last note of them on (leaves_inside.h), else from the first
 * entry, and then what was added; no lock is needed.
 */
#ifndef COMITY_FLOW_LEAVES_H
#define COMITY_FLOW_LEAVES_H

#include "flow/ledger.h"
#include "flow/record.h"

enum leaf_what {
	LEAF_GUARD,			/* guards.h: a call, a refusal seen, a State's level */
	LEAF_PEOPLE,			/* a list of persons: digest of it, number its version */
	LEAF_CARD,			/* a card was made or taken */
	LEAF_REVOKED,			/* digest: what its owner revoked, if number is not 0 */
	LEAF_RECOVERY,
	LEAF_MARKS,			/* digest: what of evidence `number` is restricted; 0: not said */
	LEAF_OWED,			/* digest: of what went; outcome "owed", size until when; "used" */
	LEAF_KINDS
};
struct leaf {
	enum leaf_what what;
	uint64_t at;			/* in the journal */
	int64_t time;
	bool has_act;
	struct digest digest;		/* the act; of a list of persons: the list */
	unsigned number;
	struct authority_id peer;
	/* LEAF_MARKS: the act (has_act), or else the fingerprint, of which it says so; 0: not said */
	struct digest about;
	uint64_t size;			/* LEAF_RECOVERY: of the tree with the root `digest` */
	char rule[16], outcome[24];	/* LEAF_GUARD */
	char reason[64];
};
/*
 * Each of one kind, oldest first; x is borrowed until each returns, which writes no record.
 * ERR_UNPROVEN "journal.damaged", "journal.shorter"; ERR_INPUT: a record that this program
 * cannot read.  A home that never had a journal has none.
 */
MUST bool leaves_each(struct flow *f, enum leaf_what what,
    void (*each)(void *arg, const struct leaf *x), void *arg, struct err *err);
/* Where the journal ends: behind its last whole entry. */
MUST bool leaves_end(struct flow *f, uint64_t *out, struct err *err);
#define OWED_REASON "owed."		/* of a second signature (flow/people.h): so its reasons begin */
#define OWED_CONTENT "content.txt"	/* file of that record: what was approved */
/* The journal was written anew: it is read again. */
void leaves_forget(struct flow *f);
/*
 * Before a checkpoint: when much of the journal lies behind the last note of them
 * (leaves_inside.h), a new one.  That none can be written fails nothing, unless the log
 * itself fails.
 */
MUST bool leaves_note(struct flow *f, struct err *err);
/* Does the note say what all of the journal says?  For who has the lock; reads all of it. */
MUST bool leaves_note_check(struct flow *f, bool *same, struct err *err);

/*
 * They could not be read (why): true for who looks after damage, or leads out of it
 * (despite_damage).  Else *err, with the next step.
 */
MUST bool leaves_pass(const struct flow *f, const struct err *why, struct err *err);

/*
 * Records were lost to damage, and a successor went on without them (succeed.c): what came
 * before this offset of the journal may have been more than it says now.  A yes from before
 * it counts no more, until somebody says it again; a no still does.  at 0: all is there.
 * Lost records that nothing explains count as well: their time is nobody's (INT64_MAX).
 */
struct leaf_gap {
	uint64_t at;
	int64_t time;
};
MUST bool leaves_gap(struct flow *f, struct leaf_gap *out, struct err *err);
#define LOST_REASON "ledger.lost"	/* of the record behind them; its file: the old journal */

/* The newest list of persons that a leaf names; number 0: none does. */
MUST bool leaves_people(struct flow *f, struct leaf *newest, struct err *err);
/*
 * What counts of what was set last about a State (guards.h: reason "risk.xb.all"); "" nothing
 * was.  Not set since records were lost: the strictest level, and nothing is on.
 * stance_said: what the records have, whatever was lost.
 */
struct leaf_value {
	char s[24];
	uint64_t at;			/* of the record; 0: there is none */
};
MUST bool leaves_stance_said(struct flow *f, const char *rule, const char *state,
    const char *about, struct leaf_value *out, struct err *err);
MUST bool leaves_stance(struct flow *f, const char *rule, const char *state,
    const char *about, struct leaf_value *out, struct err *err);
/*
 * Was trust in this authority ended here, and no card of it taken after that by its words?
 * LOST: that may be among the records that were lost.
 */
MUST bool leaves_revoked(struct flow *f, const struct authority_id *peer,
    enum peer_trust *out, struct err *err);
/*
 * The same of a card or certificate that its own authority revoked, by its id: since when.
 * Of what was taken in by a program before leaves named it, nothing is found.
 */
MUST bool leaves_revoked_since(struct flow *f, const struct digest *id, int64_t *since,
    bool *found, struct err *err);
/*
 * The newest card of this authority whose words a person compared, or the first one there
 * was: what came after it followed by itself.  *found false: no record names a card of it.
 */
MUST bool leaves_card_of_words(struct flow *f, const struct authority_id *peer,
    struct digest *out, bool *found, struct err *err);
/*
 * Each authority of which a card was confirmed here, once, but those in which trust was ended.
 * each writes no record.
 */
MUST bool leaves_peers(struct flow *f,
    bool (*each)(void *arg, const struct authority_id *peer, struct err *err), void *arg,
    struct err *err);
/*
 * How our log stands by what was written down: recovery begun ("restored", "ledger.shorter") or
 * another history found ("ledger.split"), and nothing that ended it.
 */
struct leaf_standing {
	enum log_standing standing;
	bool restored;			/* it came out of a backup since */
	char reason[48];		/* as the standing has it */
	uint64_t since;			/* the newest record that began or ended one */
	/* The largest tree of ours that a peer had shown when one answered; size 0: none. */
	uint64_t known_size;
	struct digest known_root;
};
MUST bool leaves_standing(struct flow *f, struct leaf_standing *out, struct err *err);
#define ANSWERED_REASON "ledger.answered"	/* what that peer holds of us is known here */
#define ANSWERED_FILE "ledger/known"	/* of that record: the size as its bytes, and the root */
/* Did this peer answer since then? */
MUST bool leaves_answered(struct flow *f, const struct authority_id *peer,
    const struct leaf_standing *since, bool *yes, struct err *err);

/* ---- the docket beside them (docket_check.c) ---- */

struct docket_check {
	char text[300];			/* what is wrong, and what to do; "" nothing */
	uint64_t lost;			/* records of which only the leaf is left */
	bool taken_back;		/* a recovery here took leaves back: that is how */
};
/*
 * Rows are counted against the journal, and those of the leaves above, and what was set about
 * States, are compared.  Takes the home's lock.  One that cannot be read at all says nothing.
 */
MUST bool docket_compare(struct flow *f, struct docket_check *out, struct err *err);

#endif
