/*
 * many_homes: several homes, honest and not, each in a simulated world of its own, that
 * exchange bundles over a bad post for some weeks: loss, duplication, reordering,
 * corruption, clocks that jump, power cuts, restores from backups, copies that are rolled
 * back, and one that shows two faces.  From a seed: the same seed, the same run.
 */
#ifndef COMITY_FLOW_MANY_HOMES_KIT_H
#define COMITY_FLOW_MANY_HOMES_KIT_H

#include "flow/exchange.h"
#include "flow/testkit.h"

#define MANY_MAX 6			/* training States XA to XF */

struct many_options {
	uint64_t seed;
	unsigned homes, days;
	bool quiet_post;		/* nothing is lost or damaged */
	/*
	 * Backups come back as if nothing had happened, and their homes count as honest all the
	 * same: what must hold cannot hold then.
	 */
	bool forgetful;
};
struct many_result {
	struct digest hash;		/* over all worlds at the end */
	unsigned bundles, lost, damaged, crashes, restores, jumps, acts, cosigned;
	unsigned splits_found;		/* homes that hold a proof of misbehaviour */
	unsigned frozen, recovered, succeeded;
	char failed[400];		/* an invariant that does not hold; "" all do */
};
/* False: failed says what, with day and homes. */
bool many_run(const struct many_options *opt, struct many_result *out);

#endif
