/* What a policy file says, as values.  Inside quorum*.c only. */
#ifndef COMITY_LEDGER_QUORUM_INTERNAL_H
#define COMITY_LEDGER_QUORUM_INTERNAL_H

#include "ledger/quorum.h"

#define NO_GROUP (-1)

/*
 * 1. A name is of one node.
 * 2. parent is the number of the one group it is a member of, or NO_GROUP; that of a
 *    group is greater than its own number, as members are defined first.
 */
struct quorum_node {
	char name[QUORUM_WORD_MAX + 1];
	int parent;
};
struct quorum_group {
	struct quorum_node node;
	bool all;
	unsigned members, need;		/* 1 <= need <= members */
};
struct quorum {
	struct vkey logs[QUORUM_LOGS_MAX];
	size_t logs_n;
	/* Side by side, as note_verify takes the keys alone. */
	struct vkey witnesses[QUORUM_WITNESSES_MAX];
	struct quorum_node witness_nodes[QUORUM_WITNESSES_MAX];
	size_t witnesses_n;
	struct quorum_group groups[QUORUM_GROUPS_MAX];
	size_t groups_n;
	const struct quorum_node *top;	/* NULL: none is asked for */
};

/* How far a group is. */
struct quorum_tally {
	bool reached;
	unsigned members;		/* that are reached */
	unsigned counted;		/* of them, those of one State as one */
	int state;			/* of all its cosigners, if it is one */
};
/* Of group g; those of the groups before it, among which its members are, are there. */
struct quorum_tally quorum_tally(const struct quorum *q,
    const struct quorum_tally *before, const bool *seen, size_t g);

#endif
