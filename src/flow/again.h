/*
 * Inside flow: what a record means for the docket, besides its own row in the index of
 * records: a call, a stance, a notice that was put off or given, the clock of a hold, a
 * thread that was closed, is executed or was put in writing, a parcel that waits again,
 * evidence that was destroyed.  One table, for a docket that catches up with its journal
 * (record.c) and for one that is made anew (rebuild_replay.c): what a rebuild would make of
 * a record, catching up makes too.
 *
 * Not in it is what its own step ends when it is done again, from files that it left:
 * acts that were made or came in, stamps, what was carried.
 */
#ifndef COMITY_FLOW_AGAIN_H
#define COMITY_FLOW_AGAIN_H

#include "flow/record.h"

/* Is it one of the table? */
bool record_means(const struct record *r);
/*
 * Once for each record, in the order of the journal, in the transaction that puts its row;
 * a record that means nothing, or whose thread is not here, changes nothing.  old: the
 * docket before, which alone knows names and reasons; NULL: there is none.
 */
MUST bool record_again(struct docket *d, struct docket *old, const struct record *r,
    struct err *err);

#endif
