/*
 * ledger/journal: the append-only file of records, HOME/journal/records.  What
 * journal_append has returned true for survives a power cut; a tail that was cut in
 * the middle of writing is dropped at the next open (nobody was told of it).  Damage
 * before the tail is never repaired: ERR_UNPROVEN "journal.damaged" with its offset.
 *
 * One writer.  Entries are numbered from 0 in order.  Each is a leaf of the ledger
 * (ledger/log.h): leaf_of its salt and record.  An entry whose record was lost and whose
 * leaf is known from elsewhere has the text "=" and 68 lower hex digits, and a salt of zeros:
 * those digits are the leaf (journal_leaf).
 *
 * File: 16 bytes "comity-journal/1"; then an entry each: u32 big-endian length n of the
 * record, n bytes, 32 bytes salt, 32 bytes chain = SHA-256(previous chain || u32 n ||
 * record || salt), the first over 32 zero bytes.
 *
 * Torn or damaged.  The first entry that does not hold begins a torn tail only when
 *   1. nothing behind it holds: at no later offset do bytes lie that are an entry for
 *      the 32 bytes before them (a later entry proves itself, whatever became of the
 *      lengths before it);
 *   2. it does not itself hold with its end at the end of the file (then only its
 *      length is damaged); and
 *   3. bytes of it are missing: the file ends inside it, or JOURNAL_HOLE or more zeros
 *      follow each other from there on.  No entry holds so many: records are ASCII.
 * All else is damage.  So nothing that was promised is dropped while anything behind it
 * tells of it, and a last entry that is whole but altered is told, not dropped.  The
 * price: when a power cut keeps a later part of one group of several records and loses
 * an earlier one, whole entries lie behind the hole, and that reads as damage too.
 */
#ifndef COMITY_LEDGER_JOURNAL_H
#define COMITY_LEDGER_JOURNAL_H

#include "ledger/record.h"
#include "world/world.h"

#define JOURNAL_PATH "journal/records"	/* below the home */
#define JOURNAL_FIRST 16		/* offset of the first entry */
#define JOURNAL_GROUP_MAX 4096		/* records of one sync */
#define JOURNAL_HOLE 8			/* zeros that by chance come once in 2^64 */

struct journal;

/*
 * Makes it, durably, when there is none.  Reads it once from end to end, in constant
 * memory; afterwards all that is counted is on the disk, also what a process wrote that
 * died before its sync or whose sync failed (its last group is written anew: after a
 * failed sync the system may hold as written what is not).
 * ERR_CONFLICT "disk.locked": another has it open.
 */
MUST bool journal_open(struct world *w, struct dir *home, struct journal **out,
    struct err *err);
/*
 * The same, from a place that was its end once and was durable then: only what lies behind is
 * read.  count entries lie before `at`, where the chain is `chain`.  ERR_UNPROVEN
 * "journal.damaged": the entry before does not end there with that chain; "journal.shorter":
 * the file ends before it.  doctor and scrub still read it whole.
 */
MUST bool journal_open_at(struct world *w, struct dir *home, uint64_t at, uint64_t count,
    const struct digest *chain, struct journal **out, struct err *err);
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
 * Add n records in this order with fresh salts, one write and one sync for all.
 * ERR_USE "journal.group": n = 0; ERR_LIMIT "journal.group": more than
 * JOURNAL_GROUP_MAX; ERR_LIMIT "journal.size": a record of no or more than RECORD_MAX
 * bytes; ERR_INPUT "journal.ascii": one with other bytes than printable ASCII; ERR_INPUT
 * "journal.lost": one that journal_lost says yes to.  Nothing is written then.  When writing
 * or the sync fails the journal is dead (D26; further calls ERR_IO "journal.dead"): close it;
 * the next open tells what is there.
 */
MUST bool journal_append(struct journal *j, const struct span *records, size_t n,
    uint64_t *first, struct err *err);
/*
 * Entries from offset `at` (0: the first) on, up to the last that is durable when it is
 * called; stops when each returns false, and returns false then.  Each entry is checked
 * against its chain again.  ERR_ABSENT "journal.absent": no entry can begin there.
 */
MUST bool journal_each(struct journal *j, uint64_t at,
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err),
    void *arg, struct err *err);
/*
 * The entries from the place on that are wanted, by the bytes of their records.  All of them
 * are held against the chain (some 0.3 s for a million).  Needs no lock and no open journal:
 * what a writer is at work on at the end is left out.  number is not told.  *place, zeros for
 * the first entry: behind the last that was looked at; *whole: the file ends there.
 * ERR_ABSENT: there is no journal; "journal.damaged", "journal.shorter".
 */
struct journal_place {
	uint64_t at;
	struct digest chain;		/* there */
};
MUST bool journal_glance(struct world *w, struct dir *home, struct journal_place *place,
    bool *whole, bool (*wants)(struct span record),
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err), void *arg,
    struct err *err);
/*
 * All entries from *at on, where the chain is *chain, each against the chain before it.  Needs
 * no lock and no open journal either; number is not told.  *at, *chain: behind the last that
 * holds; *whole: the file ends there.  ERR_ABSENT; ERR_UNPROVEN "journal.shorter".
 */
MUST bool journal_follow(struct world *w, struct dir *home, uint64_t *at,
    struct digest *chain, bool *whole,
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err), void *arg,
    struct err *err);
/* Does an entry end at `at`, with that chain, as far as the file says? */
MUST bool journal_chain_is(struct world *w, struct dir *home, uint64_t at,
    const struct digest *chain, bool *holds, struct err *err);
/* The chain there.  ERR_ABSENT "journal.absent": the file says that none ends there. */
MUST bool journal_chain_of(struct world *w, struct dir *home, uint64_t at,
    struct digest *out, struct err *err);
/* All of it from the first entry on, each against its chain; what journal_open did. */
MUST bool journal_check(struct journal *j, struct progress *progress, struct err *err);
/* The leaf of an entry: of its record and salt, or the one that is all it has. */
MUST bool journal_leaf(const struct journal_entry *e, uint8_t out[LEAF_BYTES],
    struct err *err);
/* Is it one whose record was lost? */
bool journal_lost(struct span record);
/* One entry by its offset, checked against its chain; bytes are added to out. */
MUST bool journal_read(struct journal *j, uint64_t at, struct buf *record,
    uint8_t salt[RECORD_SALT], struct err *err);

#endif
