/*
 * For tests: a small log in memory with keys of fixed seeds, its checkpoints and proofs,
 * and the hand-over of one act from XB to XA, cosigned by XA, XB and XC.
 */
#ifndef COMITY_LEDGER_CUSTODY_KIT_H
#define COMITY_LEDGER_CUSTODY_KIT_H

#include "ledger/custody.h"

#define KIT_LEAVES 40
#define KIT_XA "XA-MZXW6YTBOIMZXW6Y"
#define KIT_XB "XB-MZXW6YTBOIMZXW6Y"
#define KIT_XC "XC-MZXW6YTBOIMZXW6Y"
#define KIT_NOW 1795337160		/* 22 Nov 2026 08:46:00 UTC */

struct kit_signer {
	struct key *key;
	struct vkey vkey;
};
struct kit_log {
	struct kit_signer signer;
	uint8_t leaf[KIT_LEAVES][LEAF_BYTES];
	size_t n;
};
struct kit {
	struct kit_log a, b;		/* of XA and XB */
	struct kit_signer wa, wb, wc, wc2;	/* witnesses; wc2: another key of XC */
	struct digest act, package;
};
void kit_init(struct kit *k);
void kit_clear(struct kit *k);

/* seed: the first of 32 bytes, each one more than the one before. */
void kit_signer_init(struct kit_signer *s, const char *name, enum note_key_type type,
    uint8_t seed);
void kit_signer_clear(struct kit_signer *s);
void kit_leaf_add(struct kit_log *l, const uint8_t leaf[LEAF_BYTES]);
/* A checkpoint of the first `size` leaves, cosigned by n witnesses at `at` and so on. */
void kit_note(const struct kit_log *l, size_t size, const struct kit_signer *const *by,
    size_t n, int64_t at, struct buf *out);
void kit_proof(const struct kit_log *l, size_t index, struct span note, struct buf *out);

/* A record of this act; before NULL: none.  Its salt is 32 bytes of `salt`. */
struct record kit_record(const struct kit *k, enum record_event event,
    const char *who, const char *peer, int64_t at);
/* Into the log, and at the end of the file without a proof; *index: its place. */
struct custody_link *kit_link(struct custody *c, struct kit_log *l,
    const struct record *r, uint8_t salt, size_t *index);
/* A proof in the checkpoint of all leaves there are now. */
void kit_prove(struct custody_link *l, const struct kit_log *log, size_t index,
    const struct kit_signer *const *by, size_t n, int64_t at);

/* made by XB, sent by XB, received by XA; all proven for kit_policy. */
void kit_custody(struct kit *k, struct custody *out);
/* Both logs; the witnesses of all three States; `of` of them have to cosign. */
void kit_policy(const struct kit *k, const char *of, struct buf *out);

#endif
