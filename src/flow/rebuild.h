/*
 * Inside flow: a docket made anew (flow/ledger.h, flow_rebuild).  The journal is read once
 * into a list; what our own packages say of numbers and receipts is looked up first
 * (rebuild_look.c), then each entry is done again in its order (rebuild_replay.c), and
 * what only the docket knew comes from the one before where that opens (rebuild_old.c).
 *
 * What the journal says happened did happen: no rule is asked again whether it may.  So
 * who is believed today changes nothing in how something came in then.
 */
#ifndef COMITY_FLOW_REBUILD_H
#define COMITY_FLOW_REBUILD_H

#include "flow/hold.h"
#include "flow/journey.h"
#include "flow/ledger.h"

/* A place in a list, by digest.  The first put of a key counts. */
struct digest_map {
	struct digest_place { struct digest key; size_t value; bool used; } *list;
	size_t n, room;			/* room: 0, or a power of two over 2 n */
};
MUST bool digest_map_put(struct digest_map *m, const struct digest *key, size_t value,
    struct err *err);
bool digest_map_find(const struct digest_map *m, const struct digest *key, size_t *value);
void digest_map_clear(struct digest_map *m);

/* An entry of the journal: of its record, what the docket is made from. */
enum entry_note { NOTE_NONE, NOTE_STAMPED,
	NOTE_CODED };			/* record_means (flow/again.h) */
struct entry {
	uint64_t at;			/* offset in the journal */
	int64_t when;
	enum record_event event;
	enum entry_note note;
	bool has_act, has_package, has_before, pinned;
	bool gone;			/* made, and taken away again in the same step */
	bool paper;			/* received: recorded by us; by, peer say how */
	enum send_by by;
	struct digest act, package, sha256, before;
	struct digest fingerprint;	/* evidence_added, when pinned */
	struct authority_id peer;
	uint64_t files, bytes;		/* of the payload */
	enum act_kind kind;		/* made: as it was decided; ACT_KINDS: nothing says */
	unsigned evidence;		/* evidence_added: its number */
	unsigned request;		/* thread in the index of records */
};

/* A receipt of ours: what we found when its act came in, in our own words of then. */
struct receipt_seen {
	struct docket_act row;
	struct digest of, package;
	char unchanged[16], who[16], when[16];
	uint64_t bytes;
	struct digest sha256;
};

struct rebuilding {
	struct flow *f;
	struct docket *d, *old;		/* old: NULL when there is none that opens */
	struct aead_key key;
	struct entry *list;
	size_t n;
	struct digest_map made;		/* act: its entry `made` */
	struct digest_map sha256;	/* of a record: its entry */
	struct digest_map numbers;	/* act of a request: the number we gave it */
	struct digest_map receipts;	/* package that came in: our receipt */
	struct digest_map receipt_acts;	/* the same by the receipt's own act */
	struct receipt_seen *seen;
	size_t seen_n;
	bool *taken;			/* numbers of threads that are known */
	size_t taken_n;
	unsigned last;			/* number of the thread that opened last */
	struct parcel_path *marked;	/* parcels that a cut command was taking in */
	size_t marked_n;
	uint64_t drafts, cases, correspondents;	/* from the docket before */
	bool old_damaged;		/* a part of it could not be read */
	struct rebuilt *out;
};

/* Is it trouble of ours that stops everything, not a package that cannot be read? */
bool rebuild_stops(const struct err *why);

/* rebuild_look.c: entries, numbers, receipts. */
MUST bool rebuild_load(struct rebuilding *r, struct err *err);
MUST bool rebuild_look(struct rebuilding *r, struct err *err);
/* This number is somebody's. */
MUST bool rebuild_number_take(struct rebuilding *r, unsigned number, struct err *err);
/* Which number the thread that opens now has. */
unsigned rebuild_number(struct rebuilding *r, const struct digest *act);

/* rebuild_replay.c */
MUST bool rebuild_replay(struct rebuilding *r, struct err *err);

/* rebuild_old.c: before the replay cases, correspondents and numbers; then the rest. */
MUST bool rebuild_old_begin(struct rebuilding *r, struct err *err);
MUST bool rebuild_old_end(struct rebuilding *r, struct err *err);

#endif
