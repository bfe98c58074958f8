/*
 * Inside flow: records at each point where the ledger will have a leaf (formats/record).
 * record_event is idempotent by (event, act, package): a step that is done again after
 * a crash finds its record and writes none.
 */
#ifndef COMITY_FLOW_RECORD_H
#define COMITY_FLOW_RECORD_H

#include "flow/requests.h"

/*
 * Filled with now, our authority and role; the caller adds act, package, peer ...
 * role and person: the first role of the settings; "P1" until people have keys.
 */
void record_begin(struct flow *f, struct record *r, enum record_event event);
/*
 * Durable in the journal, then indexed in the docket (its own transaction when none is
 * open).  request: the thread, whose last record becomes `before`; 0 none.  *at: offset
 * in the journal.  The journal is caught up first: what it holds and the docket does not
 * know (a crash between the two) is indexed.
 * out_sha256 may be NULL.
 */
MUST bool record_event(struct flow *f, struct docket *d, struct record *r,
    unsigned request, uint64_t *at, struct err *err);
/*
 * The files outside data/ of a package of ours or one that was checked: path, length
 * and digest in bag order, read back from the parcel with our keys.
 */
MUST bool record_files(struct flow *f, const struct package_reading *in,
    struct record *r, struct err *err);

#endif
