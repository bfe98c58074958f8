/* What notes, checkpoints and proofs share as lines of text.  Inside the room only. */
#ifndef COMITY_LEDGER_NOTE_INTERNAL_H
#define COMITY_LEDGER_NOTE_INTERNAL_H

#include "ledger/note.h"

#define HASH_TEXT 44		/* characters of 32 bytes in padded base64 */
#define DECIMAL_TEXT 19		/* digits of 2^62 */

/* A name of n bytes without NUL, by the rule of note_name_valid. */
bool name_valid(struct span name);
/* Decimal without leading zero, at most MERKLE_SIZE_MAX. */
MUST bool size_read(struct span text, uint64_t *out);
/*
 * Canonical padded base64 into memory of the caller, which has room for what text.n
 * characters can hold and three bytes more.
 */
#define BASE64_ROOM(characters) ((characters) / 4 * 3 + 3)
MUST bool base64_into(struct span text, uint8_t *p, size_t room, size_t *n);
/* Exactly 32 bytes in canonical base64. */
MUST bool hash_read(struct span text, struct digest *out);
/* The same and an LF. */
MUST bool hash_write(const struct digest *d, struct buf *out, struct err *err);
/*
 * A line of a signature: name, then the id and signature in base64.  Adds to out, all or
 * nothing.
 */
MUST bool line_write(struct span name, const uint8_t id[4], struct span signature,
    struct buf *out, struct err *err);

#endif
