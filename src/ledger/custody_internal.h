/* Inside the room: histories, for custody_judge. */
#ifndef COMITY_LEDGER_CUSTODY_INTERNAL_H
#define COMITY_LEDGER_CUSTODY_INTERNAL_H

#include "ledger/custody.h"

/*
 * What proofs say of the trees of logs: the root of a perfect subtree (2^level leaves from
 * index << level) is the same in every tree of one history (RFC 6962 section 2.1), and so
 * is the root of a size.  Two proofs that give one of these different hashes show two
 * histories of that log, whatever else holds.
 */
struct history_node {
	const char *origin;		/* borrowed: until histories_clear */
	uint64_t index;			/* of a root: the size */
	unsigned level;			/* HISTORY_ROOT: of a root */
	uint32_t link;
	struct digest hash;
};
#define HISTORY_ROOT 64u

struct histories {
	struct history_node *list;	/* owned */
	size_t n;
	struct hasher *hasher;
	/* Names of logs, each once; NUL-terminated; owned. */
	char **origins;
	size_t origins_n;
};
MUST bool histories_init(struct histories *h, struct err *err);
void histories_clear(struct histories *h);
/* What a proof that holds says: of the leaf (its RFC 6962 hash is made here). */
MUST bool histories_add(struct histories *h, size_t link,
    const uint8_t leaf[LEAF_BYTES], const struct tlog_proof *p,
    const struct checkpoint *c, struct err *err);
/* Each pair that contradicts, once for each two neighbours. */
void histories_conflicts(struct histories *h,
    void (*each)(void *arg, size_t a, size_t b, const char *origin), void *arg);

#endif
