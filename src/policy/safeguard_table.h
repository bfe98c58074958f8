/*
 * policy/safeguard_table: where each row of data/law/safeguards.tsv is built, and which
 * test proves it: the inventory that doc/safeguards.md is printed from.
 */
#ifndef COMITY_POLICY_SAFEGUARD_TABLE_H
#define COMITY_POLICY_SAFEGUARD_TABLE_H

#include "base/base.h"

struct safeguard_row {
	const char *id;			/* "S04" */
	const char *built;		/* what of it this program does, and in which file */
	const char *tests;		/* its functions in src/flow/safeguards_test.c, or a path: "a; b" */
};
/* NULL: a row that nobody has built. */
const struct safeguard_row *safeguard_row(const char *id);
/* The table as Markdown: doc/safeguards.md is this and nothing else. */
MUST bool safeguards_print(struct buf *out, struct err *err);

#endif
