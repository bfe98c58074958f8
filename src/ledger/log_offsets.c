/*
 * HOME/journal/offsets: where each entry of the journal begins, u64 big-endian.  Made from
 * the journal and never synced; whoever takes a number from it holds the entry there
 * against its leaf in the tree, and when it does not hold all is made anew.
 */
#include <inttypes.h>
#include <string.h>

#include "ledger/log_internal.h"

/* Does an entry that holds begin there, and end at `end` (0: anywhere)? */
static bool
entry_there(struct log *l, uint64_t at, uint64_t end, bool *holds, struct err *err)
{
	struct reading r;
	struct digest chain;
	struct entry e;
	uint32_t n = 0;
	bool ok;

	*holds = false;
	if (at < JOURNAL_FIRST || at >= journal_end(l->j) ||
	    (at != JOURNAL_FIRST && at <= JOURNAL_FIRST + ENTRY_EXTRA))
		return true;
	ok = reading_init_one(&r, l->j->file, journal_end(l->j), err) &&
	    reading_chain(&r, at, &chain, err) && reading_length(&r, at, &n, err) &&
	    (n == 0 || reading_entry(&r, at, n, &chain, &e, holds, err));
	*holds = ok && *holds && (end == 0 || e.next == end);
	reading_clear(&r);
	return ok;
}

static bool
number_read(struct log *l, uint64_t number, uint64_t *at, struct err *err)
{
	uint8_t b[8] = { 0 };
	struct cursor c;
	size_t got;

	if (!file_read_at(l->offsets, b, sizeof b, number * 8, &got, err))
		return false;
	c = cursor_of(span_of(b, got));
	if (!cursor_u64(&c, at))
		*at = 0;			/* no entry begins there */
	return true;
}

/* The file, made when there is none. */
static bool
file_ready(struct log *l, struct err *err)
{
	struct err why = ERR_INIT;

	if (file_open(l->w, l->home, OFFSETS_PATH, FILE_UPDATE, &l->offsets, &why))
		return true;
	if (why.kind == ERR_ABSENT)
		return file_open(l->w, l->home, OFFSETS_PATH, FILE_CREATE, &l->offsets,
		    err);
	if (err != NULL)
		*err = why;
	return false;
}

bool
offsets_open(struct log *l, uint64_t from, uint64_t at, bool *all, struct err *err)
{
	struct file_info info;
	uint64_t last = 0;
	bool holds = true;

	if (!file_ready(l, err) || !file_info(l->offsets, &info, err))
		return false;
	if (from > 0 && (!number_read(l, from - 1, &last, err) ||
	    !entry_there(l, last, at, &holds, err)))
		return false;
	*all = !holds || info.size / 8 < from;
	l->offsets_n = *all ? 0 : from;
	/* What lies behind is of a journal that went another way, or is made again. */
	return info.size <= l->offsets_n * 8 ||
	    file_truncate(l->offsets, l->offsets_n * 8, err);
}

bool
offsets_flush(struct log *l, struct err *err)
{
	if (l->offsets_wait.n == 0)
		return true;
	if (!file_write_at(l->offsets, buf_span(&l->offsets_wait), l->offsets_n * 8, err))
		return false;
	l->offsets_n += l->offsets_wait.n / 8;
	buf_reset(&l->offsets_wait);
	return true;
}

bool
offsets_add(struct log *l, uint64_t number, uint64_t at, struct err *err)
{
	if (number < l->offsets_n + l->offsets_wait.n / 8)
		return true;			/* it is there */
	if (l->offsets_wait.n == l->offsets_wait.max && !offsets_flush(l, err))
		return false;
	return buf_add_u64(&l->offsets_wait, at, err);
}

/* ---- between leaves and offsets ---- */

static bool
number_add(void *arg, const struct journal_entry *e, struct err *err)
{
	return offsets_add(arg, e->number, e->at, err);
}

static bool
offsets_remake(struct log *l, struct err *err)
{
	buf_reset(&l->offsets_wait);
	l->offsets_n = 0;
	return file_truncate(l->offsets, 0, err) &&
	    journal_each_known(l->j, JOURNAL_FIRST, 0, number_add, l, err) &&
	    offsets_flush(l, err);
}

/* Is the entry at `at` the one of this leaf? */
static bool
is_leaf(struct log *l, uint64_t index, uint64_t at, bool *is, struct err *err)
{
	struct journal_entry e = { .number = index + l->first, .at = at };
	uint8_t there[LEAF_BYTES], want[LEAF_BYTES];
	struct buf record;
	bool ok;

	if (!entry_there(l, at, 0, is, err))
		return false;
	if (!*is)
		return true;
	buf_init(&record, RECORD_MAX);
	ok = journal_read(l->j, at, &record, e.salt, err);
	e.record = buf_span(&record);
	ok = ok && journal_leaf(&e, there, err) && log_leaf(l, index, want, err);
	*is = ok && memcmp(there, want, sizeof there) == 0;
	buf_clear(&record);
	return ok;
}

/* A closed log has none of its own: all of the journal's are the open one's. */
static struct log *
offsets_of(struct log *l)
{
	return l->closed ? l->after : l;
}

/* Is the entry of this number one of its leaves? */
static bool
is_of(const struct log *l, uint64_t number)
{
	return number >= l->first && number - l->first < log_size(l);
}

bool
log_offset(struct log *l, uint64_t index, uint64_t *at, struct err *err)
{
	struct log *o = offsets_of(l);
	uint64_t got = 0;
	bool is = false;

	if (!log_alive(l, err))
		return false;
	if (index >= log_size(l))
		return err_set(err, ERR_USE, "merkle.range",
		    "the ledger has no leaf %" PRIu64, index);
	if (!number_read(o, l->first + index, &got, err) ||
	    !is_leaf(l, index, got, &is, err))
		return false;
	if (!is && (!offsets_remake(o, err) || !number_read(o, l->first + index, &got,
	    err) || !is_leaf(l, index, got, &is, err)))
		return false;
	if (!is)
		return err_set(err, ERR_UNPROVEN, "ledger.damaged",
		    "the record of leaf %" PRIu64 " is not the one in the tree", index);
	*at = got;
	return true;
}

/* The first entry that begins at `at` or later, among those in the file. */
static bool
number_search(struct log *l, uint64_t at, uint64_t *number, bool *found,
    struct err *err)
{
	uint64_t low = 0, high = journal_count(l->j), got;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (!number_read(l, middle, &got, err))
			return false;
		if (got < at)
			low = middle + 1;
		else
			high = middle;
	}
	got = 0;
	if (low < journal_count(l->j) && !number_read(l, low, &got, err))
		return false;
	*number = low;
	*found = got == at;
	return true;
}

/* The number of the entry at `at`, which is one that holds. */
static bool
number_of(struct log *l, uint64_t at, uint64_t *number, bool *found, struct err *err)
{
	struct log *o = offsets_of(l);
	bool is = false;

	if (!number_search(o, at, number, found, err))
		return false;
	if (*found && is_of(l, *number) &&
	    !is_leaf(l, *number - l->first, at, &is, err))
		return false;
	if (is || (*found && !is_of(l, *number)))
		return true;
	return offsets_remake(o, err) && number_search(o, at, number, found, err);
}

bool
log_index(struct log *l, uint64_t at, uint64_t *index, struct err *err)
{
	uint64_t number = 0;
	bool found = false;

	if (!log_alive(l, err) || !entry_there(l, at, 0, &found, err))
		return false;
	if (found && !number_of(l, at, &number, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_ABSENT, "journal.absent",
		    "the journal has no entry at byte %" PRIu64, at);
	if (!is_of(l, number))
		return err_set(err, ERR_ABSENT, "ledger.absent",
		    "the record at byte %" PRIu64 " is of another ledger of this home",
		    at);
	*index = number - l->first;
	return true;
}
