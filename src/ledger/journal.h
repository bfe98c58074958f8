/*
 * ledger/journal: the append-only file of records, HOME/journal/records.  What
 * journal_append has returned true for survives a power cut; a tail that was cut in
 * the middle of writing is dropped at the next open (nobody was told of it).  Damage
 * before the tail is never repaired: ERR_UNPROVEN "journal.damaged" with its offset.
 *
 * One writer.  Entries are numbered from 0 in order.  A later version turns them into
 * leaves of the ledger, in this order, with these salts.
 *
 * File: 16 bytes "comity-journal/1"; then an entry each: u32 big-endian length n of the
 * record, n bytes, 32 bytes salt, 32 bytes chain = SHA-256(previous chain || u32 n ||
 * record || salt), the first over 32 zero bytes.
 */
#ifndef COMITY_LEDGER_JOURNAL_H
#define COMITY_LEDGER_JOURNAL_H

#include "ledger/record.h"
#include "world/world.h"

#define JOURNAL_PATH "journal/records"	/* below the home */
#define JOURNAL_GROUP_MAX 4096		/* records of one sync */

struct journal;

/* Makes it, durably, when there is none. */
MUST bool journal_open(struct world *w, struct dir *home, struct journal **out,
    struct err *err);
void journal_close(struct journal *j);		/* NULL is quiet */
uint64_t journal_count(const struct journal *j);	/* durable entries */
/* Offset behind the last durable entry, and the chain there. */
uint64_t journal_end(const struct journal *j);
struct digest journal_chain(const struct journal *j);

struct journal_entry {
	uint64_t number;
	uint64_t at;			/* offset of the entry in the file */
	struct span record;		/* borrowed until the next call */
	uint8_t salt[RECORD_SALT];
};
/*
 * Add n records in this order with fresh salts, one sync for all.  After ERR_IO the
 * journal is dead (D26): close it; the next open tells what is there.
 */
MUST bool journal_append(struct journal *j, const struct span *records, size_t n,
    uint64_t *first, struct err *err);
/* Entries from offset `at` (0: the first) on; stops when each returns false. */
MUST bool journal_each(struct journal *j, uint64_t at,
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err),
    void *arg, struct err *err);
/* One entry by its offset; bytes are added to out. */
MUST bool journal_read(struct journal *j, uint64_t at, struct buf *record,
    uint8_t salt[RECORD_SALT], struct err *err);

#endif
