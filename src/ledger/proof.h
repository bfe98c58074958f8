/*
 * ledger/proof: the offline proof that an entry is in a log, `.tlog-proof` (C2SP
 * tlog-proof v1), and the request body of the witness protocol (tlog-witness v1), which
 * both are lines of base64 before a signed checkpoint.
 */
#ifndef COMITY_LEDGER_PROOF_H
#define COMITY_LEDGER_PROOF_H

#include "ledger/note.h"
#include "ledger/record.h"

#define PROOF_MAX (NOTE_MAX + 8192)	/* bytes of a file */
#define PROOF_EXTRA_MAX 2048		/* decoded bytes of `extra`: not authenticated */

struct tlog_proof {
	uint64_t index;
	struct merkle_proof path;
	struct span note;		/* the signed checkpoint; into the file */
};
/* ERR_INPUT "proof.form" with the line, ERR_LIMIT "proof.size".  `extra` is passed over. */
MUST bool tlog_proof_read(struct span file, struct tlog_proof *out, struct err *err);
MUST bool tlog_proof_write(const struct tlog_proof *p, struct buf *out, struct err *err);

/* add-checkpoint: `old SIZE`, proof lines, an empty line, the signed checkpoint. */
struct add_checkpoint {
	uint64_t old;
	struct merkle_proof path;
	struct span note;		/* into the body */
};
MUST bool add_checkpoint_read(struct span body, struct add_checkpoint *out,
    struct err *err);	/* ERR_INPUT "add-checkpoint.form", ERR_LIMIT "add-checkpoint.size" */
MUST bool add_checkpoint_write(const struct add_checkpoint *a, struct buf *out,
    struct err *err);

/*
 * Is this leaf at its place in the checkpoint of the proof?  Signatures are not looked at.
 * *holds; *c: the checkpoint (borrowed nothing).  ERR_INPUT for a proof without a form.
 */
MUST bool tlog_proof_check(struct span file, const uint8_t leaf[LEAF_BYTES],
    struct checkpoint *c, bool *holds, struct err *err);

#endif
