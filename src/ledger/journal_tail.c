/*
 * A torn tail, or damage?  The rule is in journal.h.  It leans to damage: a node that
 * stops and says where is mended from a backup; a promise that was silently dropped
 * is not.
 */
#include <string.h>

#include "ledger/journal_internal.h"

/*
 * Offsets that look like an entry and are none cost a digest each.  In honest bytes
 * four of them are a possible length once in 65,536 bytes of salts and chains (4,096
 * records of a torn group: some 4); who needs more has not been torn.
 */
#define TAIL_CANDIDATES_MAX 4096

struct tail {
	struct reading *r;
	uint64_t at;			/* where it begins */
	unsigned candidates;
	unsigned zeros;			/* in a row, just now */
	bool hole;			/* JOURNAL_HOLE or more were */
};

/* Is there an entry at `at` for the chain in the 32 bytes before it? */
static bool
proves_itself(struct tail *t, uint64_t at, uint32_t n, bool *holds,
    struct err *err)
{
	struct digest before;
	struct entry e;
	struct span s;

	if (++t->candidates > TAIL_CANDIDATES_MAX)
		return journal_damaged(t->at, err);
	if (!reading_span(t->r, at - sizeof before.b, sizeof before.b, &s, err))
		return false;
	memcpy(before.b, s.p, sizeof before.b);
	return reading_entry(t->r, at, n, &before, &e, holds, err);
}

/* One offset behind the first: a later entry is damage's witness. */
static bool
look(struct tail *t, uint64_t at, uint8_t byte, struct err *err)
{
	bool holds = false;
	uint32_t n;

	t->zeros = byte == 0 ? t->zeros + 1 : 0;
	t->hole = t->hole || t->zeros >= JOURNAL_HOLE;
	/* A length's first byte is 0, and no chain ends before the first entry's. */
	if (byte != 0 || at - t->at <= ENTRY_EXTRA)
		return true;
	if (!reading_length(t->r, at, &n, err))
		return false;
	return n == 0 || (proves_itself(t, at, n, &holds, err) &&
	    (!holds || journal_damaged(t->at, err)));
}

/* The first entry with its end at the end of the file, whatever its length says. */
static bool
only_length_damaged(struct tail *t, const struct digest *before, bool *out,
    struct err *err)
{
	uint64_t left = t->r->end - t->at;
	struct entry e;

	*out = false;
	if (left <= ENTRY_EXTRA || left - ENTRY_EXTRA > RECORD_MAX)
		return true;
	return reading_entry(t->r, t->at, (uint32_t)(left - ENTRY_EXTRA), before, &e,
	    out, err);
}

/* Does the file end inside the entry that its length promises? */
static bool
cut_short(struct tail *t, bool *out, struct err *err)
{
	uint64_t left = t->r->end - t->at;
	struct cursor c;
	struct span s;
	uint32_t n;

	*out = left < ENTRY_HEAD;
	if (*out)
		return true;
	if (!reading_span(t->r, t->at, ENTRY_HEAD, &s, err))
		return false;
	c = cursor_of(s);
	*out = cursor_u32(&c, &n) && n > 0 && n <= RECORD_MAX &&
	    left < ENTRY_EXTRA + (uint64_t)n;
	return true;
}

bool
tail_check(struct reading *r, uint64_t at, const struct digest *before,
    struct err *err)
{
	struct tail t = { .r = r, .at = at };
	bool whole, cut;
	struct span s;

	for (uint64_t i = at; i < r->end; i++)
		if (!reading_span(r, i, 1, &s, err) || !look(&t, i, s.p[0], err))
			return false;
	return only_length_damaged(&t, before, &whole, err) &&
	    cut_short(&t, &cut, err) &&
	    ((!whole && (cut || t.hole)) || journal_damaged(at, err));
}
