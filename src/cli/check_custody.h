/*
 * comity-check --policy: does this chain of hand-overs hold, for who believes this policy?
 * No network, no store, no keys.
 */
#ifndef COMITY_CLI_CHECK_CUSTODY_H
#define COMITY_CLI_CHECK_CUSTODY_H

#include "ledger/custody.h"
#include "world/world.h"

struct custody_asked {
	struct world *world;
	const char *policy;		/* a C2SP policy file */
	/*
	 * A custody file; a proof file, with record and salt (NULL: beside it, NAME.json and
	 * NAME.salt); or a folder of such threes.
	 */
	const char *path;
	const char *record, *salt;
	const char *lang;		/* of the answer for people; NULL: English */
	bool json;
};
/* The answer for standard output and the exit code. */
MUST bool custody_check(const struct custody_asked *a, struct buf *answer, int *code,
    struct err *err);

#endif
