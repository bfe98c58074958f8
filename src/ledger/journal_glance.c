/* Few entries among many, by who needs no lock: each against its chain, and no copy of them. */
#include <string.h>

#include "ledger/journal_internal.h"

struct glancing {
	struct reading in;
	bool (*wants)(struct span record);
	bool (*each)(void *arg, const struct journal_entry *e, struct err *err);
	void *arg;
};

static bool
entry_tell(struct glancing *g, uint64_t at, const struct entry *e, struct err *err)
{
	struct journal_entry told = { .at = at, .record = e->record };

	if (!g->wants(e->record))
		return true;
	memcpy(told.salt, e->salt, sizeof told.salt);
	return g->each(g->arg, &told, err);
}

/* To the end, or to where a writer is at work or was cut; else it is damage. */
static bool
entries_glance(struct glancing *g, struct journal_place *p, struct err *err)
{
	while (p->at < g->in.end) {
		bool holds = false;
		struct entry e;
		uint32_t n;

		if (!reading_length(&g->in, p->at, &n, err) || (n > 0 &&
		    !reading_entry(&g->in, p->at, n, &p->chain, &e, &holds, err)))
			return false;
		if (!holds)
			return tail_check(&g->in, p->at, &p->chain, err);
		if (!entry_tell(g, p->at, &e, err))
			return false;
		p->at = e.next;
		p->chain = e.chain;
	}
	return true;
}

static bool
magic_glance(struct glancing *g, struct err *err)
{
	struct span s;

	return g->in.end < JOURNAL_FIRST ? journal_damaged(0, err) :
	    reading_span(&g->in, 0, JOURNAL_FIRST, &s, err) &&
	    (span_is(s, JOURNAL_MAGIC) || journal_damaged(0, err));
}

bool
journal_glance(struct world *w, struct dir *home, struct journal_place *place, bool *whole,
    bool (*wants)(struct span record),
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err), void *arg,
    struct err *err)
{
	struct glancing g = { .wants = wants, .each = each, .arg = arg };
	struct journal_place p = *place;
	struct file_info info;
	struct file *f = NULL;
	bool begins = p.at < JOURNAL_FIRST, ok;

	if (begins)
		p = (struct journal_place){ .at = JOURNAL_FIRST };
	ok = file_open_info(w, home, JOURNAL_PATH, &f, &info, err);
	if (ok && info.size < p.at)
		ok = begins ? journal_damaged(0, err) : err_set(err, ERR_UNPROVEN,
		    "journal.shorter", "the journal became shorter than it was");
	/* Nothing new is the usual answer, and costs one look at the file. */
	ok = ok && ((info.size == p.at && !begins) || (
	    (info.size - p.at < READING_ROOM_ONE ?
	    reading_init_one(&g.in, f, info.size, err) :
	    reading_init(&g.in, f, info.size, err)) &&
	    (!begins || magic_glance(&g, err)) && entries_glance(&g, &p, err)));
	reading_clear(&g.in);
	if (ok) {
		*place = p;
		*whole = p.at == info.size;
	}
	file_close(f);
	return ok;
}

/* Up to the first that does not hold: a writer is at work there, or was cut. */
static bool
entries_follow(struct glancing *g, uint64_t *at, struct digest *chain, struct err *err)
{
	struct entry e;
	bool holds;
	uint32_t n;

	while (*at < g->in.end) {
		struct journal_entry told = { .at = *at };

		if (!reading_length(&g->in, *at, &n, err))
			return false;
		if (n == 0)
			return true;
		if (!reading_entry(&g->in, *at, n, chain, &e, &holds, err))
			return false;
		if (!holds)
			return true;
		told.record = e.record;
		memcpy(told.salt, e.salt, sizeof told.salt);
		if (!g->each(g->arg, &told, err))
			return false;
		*at = e.next;
		*chain = e.chain;
	}
	return true;
}

bool
journal_follow(struct world *w, struct dir *home, uint64_t *at, struct digest *chain,
    bool *whole, bool (*each)(void *arg, const struct journal_entry *e, struct err *err),
    void *arg, struct err *err)
{
	struct glancing g = { .each = each, .arg = arg };
	struct file_info info;
	struct file *f = NULL;
	bool ok;

	ok = file_open_info(w, home, JOURNAL_PATH, &f, &info, err);
	if (ok && info.size < *at)
		ok = err_set(err, ERR_UNPROVEN, "journal.shorter",
		    "the journal became shorter than it was");
	ok = ok && (info.size == *at || (reading_init(&g.in, f, info.size, err) &&
	    entries_follow(&g, at, chain, err)));
	*whole = ok && *at == info.size;
	reading_clear(&g.in);
	file_close(f);
	return ok;
}

/* *there false: no entry can end at `at`. */
static bool
chain_look(struct world *w, struct dir *home, uint64_t at, struct digest *out, bool *there,
    struct err *err)
{
	struct file_info info;
	struct file *f = NULL;
	size_t got = 0;
	bool ok;

	*there = false;
	ok = file_open_info(w, home, JOURNAL_PATH, &f, &info, err);
	if (ok && at > JOURNAL_FIRST + ENTRY_EXTRA && at <= info.size) {
		ok = file_read_at(f, out->b, sizeof out->b, at - sizeof out->b, &got, err);
		*there = ok && got == sizeof out->b;
	}
	file_close(f);
	return ok;
}

bool
journal_chain_is(struct world *w, struct dir *home, uint64_t at, const struct digest *chain,
    bool *holds, struct err *err)
{
	struct digest is = { 0 };

	if (!chain_look(w, home, at, &is, holds, err))
		return false;
	*holds = *holds && digest_eq(&is, chain);
	return true;
}

bool
journal_chain_of(struct world *w, struct dir *home, uint64_t at, struct digest *out,
    struct err *err)
{
	bool there;

	return chain_look(w, home, at, out, &there, err) && (there || err_set(err,
	    ERR_ABSENT, "journal.absent", "no record of the journal ends at byte %llu",
	    (unsigned long long)at));
}
