/*
 * Private to the room: reading the journal's file through one buffer, and what an
 * entry that does not hold means.
 */
#ifndef COMITY_LEDGER_JOURNAL_INTERNAL_H
#define COMITY_LEDGER_JOURNAL_INTERNAL_H

#include "crypto/digest.h"
#include "ledger/journal.h"

#define JOURNAL_FOLDER "journal"
#define JOURNAL_MAGIC "comity-journal/1"
#define JOURNAL_FIRST 16		/* offset of the first entry */
#define ENTRY_HEAD 4			/* bytes of the length */
#define ENTRY_EXTRA (ENTRY_HEAD + RECORD_SALT + 32)	/* an entry without its record */

struct journal {
	struct world *w;
	struct file *file;
	uint64_t count;
	uint64_t end;
	struct digest chain;
	bool dead;
};

/* The longest entry and the chain before it fit; else as much as is quick to read. */
#define READING_ROOM ((size_t)256 * 1024)
/* Of who looks at one entry: most are shorter; for a longer one the room becomes whole. */
#define READING_ROOM_ONE ((size_t)8 * 1024)

struct reading {
	struct file *file;
	uint64_t end;			/* nothing is read past it */
	uint8_t *p;			/* room bytes, of them n from offset at */
	size_t room;			/* at most READING_ROOM */
	uint64_t at;
	size_t n;
	struct hasher *hasher;
};
MUST bool reading_init(struct reading *r, struct file *file, uint64_t end,
    struct err *err);
MUST bool reading_init_one(struct reading *r, struct file *file, uint64_t end,
    struct err *err);
void reading_clear(struct reading *r);		/* also after a failed init */
/* As reading_span, where it is not in the room. */
MUST bool reading_fetch(struct reading *r, uint64_t at, size_t n, struct span *out,
    struct err *err);
/* n <= READING_ROOM bytes; borrowed until the next call. */
MUST static inline bool
reading_span(struct reading *r, uint64_t at, size_t n, struct span *out, struct err *err)
{
	if (at < r->at || at - r->at > r->n || n > r->n - (size_t)(at - r->at))
		return reading_fetch(r, at, n, out, err);
	*out = (struct span){ r->p + (at - r->at), n };
	return true;
}
/* Length of the record of an entry at `at`; 0 when none can be whole there. */
MUST bool reading_length(struct reading *r, uint64_t at, uint32_t *n,
    struct err *err);

struct entry {
	struct span record;		/* borrowed until the next reading */
	const uint8_t *salt;
	struct digest chain;
	uint64_t next;			/* offset behind it */
};
/* An entry at `at` with a record of n bytes, all inside; does its chain hold? */
MUST bool reading_entry(struct reading *r, uint64_t at, uint32_t n,
    const struct digest *before, struct entry *out, bool *holds, struct err *err);

/* The same where one must be: else "journal.damaged". */
MUST bool reading_must(struct reading *r, uint64_t at, const struct digest *before,
    struct entry *out, struct err *err);
/* The chain that an entry at `at` builds on: the 32 bytes before it. */
MUST bool reading_chain(struct reading *r, uint64_t at, struct digest *out,
    struct err *err);

/* As journal_leaf, for who makes many. */
MUST bool journal_leaf_with(struct hasher *h, const struct journal_entry *e,
    uint8_t out[LEAF_BYTES], struct err *err);

/* What journal_append asks of one record. */
MUST bool journal_record_check(struct span record, struct err *err);
/* As journal_each, from an entry whose number is known: nothing else is read. */
MUST bool journal_each_known(struct journal *j, uint64_t at, uint64_t number,
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err),
    void *arg, struct err *err);

/* ERR_UNPROVEN "journal.damaged". */
bool journal_damaged(uint64_t at, struct err *err);

/*
 * journal_tail.c: `at` is the first entry that does not hold, behind one whose chain
 * is `before`.  True for a torn tail; else "journal.damaged".
 */
MUST bool tail_check(struct reading *r, uint64_t at, const struct digest *before,
    struct err *err);

#endif
