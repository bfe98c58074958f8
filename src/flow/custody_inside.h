/* Inside flow: what the files about custody share. */
#ifndef COMITY_FLOW_CUSTODY_INSIDE_H
#define COMITY_FLOW_CUSTODY_INSIDE_H

#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/take.h"

#define CUSTODY_PATH "custody"	/* below the home: what others told, by act */
#define NOTES_MAX 256		/* newest cosigned checkpoints of ours that are looked at */

/* A checkpoint of a log of ours with the cosignatures it has. */
struct own_note {
	uint64_t size;
	struct buf note;
};
struct own_notes {
	struct own_note *list;		/* ascending; owned */
	size_t n;
	bool loaded;
};

/* The custody of one package, while it is put together. */
struct gathering {
	struct flow *flow;
	struct own_notes notes[HOME_LEDGERS_MAX];	/* of each log of ours, by number - 1 */
	bool handed;			/* hand-overs only: for the other side */
	struct custody out;
	size_t own_n;			/* links from our own records: the first ones */
};

/*
 * The links of our own records (custody_own.c), and *row of the act where the docket has
 * one; custody_own_clear forgets what was opened for them.
 */
MUST bool custody_own(struct gathering *g, struct docket_act *row, bool *has_row,
    struct err *err);
void custody_own_clear(struct gathering *g);
/* What the other side of a hand-over may see (formats/record). */
bool custody_hand_over(const char *event);
/* All that is known of this package of the act, in order, not judged. */
MUST bool custody_gather(struct flow *f, const struct digest *act,
    const struct digest *package, bool handed, struct custody *out, struct err *err);
MUST bool custody_package(struct flow *f, const struct digest *act,
    struct digest *package, bool *known, struct err *err);
/* The link at the end, or its proofs to the same one that is there. */
MUST bool custody_join(struct custody *to, const struct custody_link *from,
    struct err *err);
bool custody_same_link(const struct custody_link *a, const struct custody_link *b);
struct inbox_name custody_path(const struct digest *act);	/* "custody/ACT.json" */
/* custody_judge; what is only said and false is left out. */
MUST bool custody_judge_kept(struct custody *c, const struct quorum *q, struct err *err);
/*
 * Into the order things happened: those of one authority as its log has them (of ours,
 * the first own_n, as they are), receiving behind the making, else by their clocks.
 */
MUST bool custody_order(struct custody *c, size_t own_n, struct err *err);

#endif
