#include "ledger/journal.h"

#include <inttypes.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/journal_internal.h"

#define CHECK_TELL 4096			/* entries between two words about progress */
#define NEW_PATH "journal/new"		/* until its first bytes are on the disk */

/* ---- reading the file through one buffer ---- */

/* Not mem_new: what is in the room was read, and need not be zero before. */
static bool
reading_room(struct reading *r, size_t room, struct err *err)
{
	uint8_t *p = mem_resize(r->p, room, err);

	if (p == NULL)
		return false;
	r->p = p;
	r->room = room;
	return true;
}

static bool
init_with(struct reading *r, struct file *file, uint64_t end, size_t room,
    struct err *err)
{
	*r = (struct reading){ .file = file, .end = end };
	return reading_room(r, room, err) && hasher_new(&r->hasher, err);
}

bool
reading_init(struct reading *r, struct file *file, uint64_t end, struct err *err)
{
	return init_with(r, file, end, READING_ROOM, err);
}

bool
reading_init_one(struct reading *r, struct file *file, uint64_t end, struct err *err)
{
	return init_with(r, file, end, READING_ROOM_ONE, err);
}

void
reading_clear(struct reading *r)
{
	mem_free(r->p);
	hasher_free(r->hasher);
	*r = (struct reading){ .file = NULL };
}

bool
reading_fetch(struct reading *r, uint64_t at, size_t n, struct span *out,
    struct err *err)
{
	size_t got = 0, want;

	r->n = 0;
	if (n > r->room && !reading_room(r, READING_ROOM, err))
		return false;
	want = at < r->end && r->end - at < r->room ? (size_t)(r->end - at) : r->room;
	if (!file_read_at(r->file, r->p, want > n ? want : n, at, &got, err))
		return false;
	r->at = at;
	r->n = got;
	if (n > got)
		return err_set(err, ERR_IO, "journal.short",
		    "the journal became shorter while it was read");
	*out = span_of(r->p, n);
	return true;
}

bool
reading_length(struct reading *r, uint64_t at, uint32_t *n, struct err *err)
{
	struct span s;

	*n = 0;
	if (r->end - at <= ENTRY_EXTRA)
		return true;
	if (!reading_span(r, at, ENTRY_HEAD, &s, err))
		return false;
	*n = (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 | (uint32_t)s.p[2] << 8 | s.p[3];
	if (*n > RECORD_MAX || *n > r->end - at - ENTRY_EXTRA)
		*n = 0;
	return true;
}

/*
 * The chain of an entry s at `at`.  Nearly always what it builds on lies before it in the
 * room, and its length says n: then the message is there in one piece.
 */
static bool
entry_chain(struct reading *r, uint64_t at, struct span s, uint32_t n,
    const struct digest *before, struct digest *out, struct err *err)
{
	uint8_t head[ENTRY_HEAD] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n };
	const uint8_t *p = s.p - sizeof before->b;

	if (at - r->at >= sizeof before->b &&
	    memcmp(p, before->b, sizeof before->b) == 0 &&
	    memcmp(s.p, head, sizeof head) == 0)
		return hasher_digest(r->hasher, span_of(p, sizeof before->b + ENTRY_HEAD +
		    n + RECORD_SALT), out, err);
	hasher_restart(r->hasher);
	hasher_add(r->hasher, digest_span(before));
	hasher_add(r->hasher, span_of(head, sizeof head));
	hasher_add(r->hasher, span_part(s, ENTRY_HEAD, n + RECORD_SALT));
	return hasher_end(r->hasher, out, err);
}

bool
reading_entry(struct reading *r, uint64_t at, uint32_t n,
    const struct digest *before, struct entry *out, bool *holds, struct err *err)
{
	struct digest chain;
	struct span s;

	if (!reading_span(r, at, ENTRY_EXTRA + (size_t)n, &s, err))
		return false;
	out->record = span_part(s, ENTRY_HEAD, n);
	out->salt = s.p + ENTRY_HEAD + n;
	if (!entry_chain(r, at, s, n, before, &chain, err))
		return false;
	*holds = memcmp(chain.b, out->salt + RECORD_SALT, sizeof chain.b) == 0;
	out->chain = chain;
	out->next = at + ENTRY_EXTRA + n;
	return true;
}

bool
journal_damaged(uint64_t at, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "journal.damaged",
	    "the journal is damaged at byte %" PRIu64 ": what it says from there on "
	    "is not proven. Keep the file as it is; see: comity ledger check", at);
}

bool
reading_must(struct reading *r, uint64_t at, const struct digest *before,
    struct entry *out, struct err *err)
{
	bool holds = false;
	uint32_t n;

	return reading_length(r, at, &n, err) &&
	    (n == 0 || reading_entry(r, at, n, before, out, &holds, err)) &&
	    (holds || journal_damaged(at, err));
}

bool
reading_chain(struct reading *r, uint64_t at, struct digest *out, struct err *err)
{
	struct span s;

	*out = (struct digest){ { 0 } };
	if (at == JOURNAL_FIRST)
		return true;
	if (!reading_span(r, at - sizeof out->b, sizeof out->b, &s, err))
		return false;
	memcpy(out->b, s.p, sizeof out->b);
	return true;
}

/* ---- making the file ---- */

/* Written whole under another name first, so that the name never lies. */
static bool
new_write(struct world *w, struct dir *home, struct err *err)
{
	struct file *f = NULL;
	bool ok;

	ok = path_clear(w, home, NEW_PATH, err) && file_open(w, home, NEW_PATH, FILE_CREATE, &f, err) &&
	    file_write_at(f, span_text(JOURNAL_MAGIC), 0, err) && file_sync(f, err);
	file_close(f);
	return ok && path_rename(w, home, NEW_PATH, home, JOURNAL_PATH, false, err);
}

static bool
folder_make(struct world *w, struct dir *home, struct err *err)
{
	struct err why = ERR_INIT;

	if (dir_make(w, home, JOURNAL_FOLDER, &why) || why.kind == ERR_CONFLICT)
		return true;
	*err = why;
	return false;
}

/*
 * The names are synced at every open, not only when they are made: who made them may
 * have died before.
 */
static bool
file_make(struct world *w, struct dir *home, struct file **out, struct err *err)
{
	struct file *f = NULL;
	struct dir *d = NULL;
	struct err why = ERR_INIT;
	bool ok;

	ok = file_open(w, home, JOURNAL_PATH, FILE_UPDATE, &f, &why);
	if (!ok && why.kind == ERR_ABSENT)
		ok = folder_make(w, home, &why) && new_write(w, home, &why) &&
		    file_open(w, home, JOURNAL_PATH, FILE_UPDATE, &f, &why);
	ok = ok && dir_open(w, home, JOURNAL_FOLDER, &d, &why) && dir_sync(d, &why) &&
	    dir_sync(home, &why);
	dir_close(d);
	if (!ok) {
		file_close(f);
		if (err != NULL)
			*err = why;
		return false;
	}
	*out = f;
	return true;
}

/* ---- opening ---- */

/*
 * Where the last group may have begun: an entry at least JOURNAL_GROUP_MAX before the
 * end, found with two marks and no list.
 */
struct marks {
	uint64_t older, newer;
};

static void
mark(struct marks *m, uint64_t count, uint64_t at)
{
	if (count % JOURNAL_GROUP_MAX == 0) {
		m->older = m->newer;
		m->newer = at;
	}
}

static bool
magic_check(struct reading *r, struct err *err)
{
	struct span s;

	if (r->end < JOURNAL_FIRST)
		return journal_damaged(0, err);
	return reading_span(r, 0, JOURNAL_FIRST, &s, err) &&
	    (span_is(s, JOURNAL_MAGIC) || journal_damaged(0, err));
}

/* Every entry that holds from j->end on, to the end or to the first that does not. */
static bool
entries_count(struct journal *j, struct reading *r, struct marks *m,
    struct err *err)
{
	struct entry e;
	bool holds = true;
	uint32_t n;

	*m = (struct marks){ j->end, j->end };
	while (j->end < r->end) {
		if (!reading_length(r, j->end, &n, err))
			return false;
		if (n == 0)
			break;
		if (!reading_entry(r, j->end, n, &j->chain, &e, &holds, err))
			return false;
		if (!holds)
			break;
		mark(m, j->count, j->end);
		j->count++;
		j->chain = e.chain;
		j->end = e.next;
	}
	return j->end == r->end || tail_check(r, j->end, &j->chain, err);
}

/* Was the place that j was given an end of this file? */
static bool
place_holds(struct journal *j, struct reading *r, struct err *err)
{
	struct digest chain;

	if (j->end > r->end)
		return err_set(err, ERR_UNPROVEN, "journal.shorter",
		    "the journal ends at byte %" PRIu64 ", before byte %" PRIu64
		    " where it ended once: it is an older copy, or was cut", r->end,
		    j->end);
	if (j->end < JOURNAL_FIRST || (j->end == JOURNAL_FIRST) != (j->count == 0) ||
	    !reading_chain(r, j->end, &chain, err))
		return journal_damaged(j->end, err);
	return digest_eq(&chain, &j->chain) || journal_damaged(j->end, err);
}

/*
 * The same bytes again, so that they are sure to be written at the next sync: after a
 * failed one the system may take them for written although they are not.  The size
 * likewise; it also drops a torn tail.
 */
static bool
write_anew(struct journal *j, struct reading *r, uint64_t from, struct err *err)
{
	struct span s;

	if (!file_truncate(j->file, j->end, err))
		return false;
	while (from < j->end) {
		uint64_t left = j->end - from;
		size_t n = left < READING_ROOM ? (size_t)left : READING_ROOM;

		if (!reading_span(r, from, n, &s, err) ||
		    !file_write_at(j->file, s, from, err))
			return false;
		from += n;
	}
	return file_sync(j->file, err);
}

static bool
open_all(struct journal *j, struct err *err)
{
	struct reading r = { .file = NULL };
	struct file_info info;
	struct marks m;
	bool ok;

	ok = file_lock(j->file, err) && file_info(j->file, &info, err) &&
	    reading_init(&r, j->file, info.size, err) && magic_check(&r, err) &&
	    place_holds(j, &r, err) && entries_count(j, &r, &m, err) &&
	    write_anew(j, &r, m.older, err);
	reading_clear(&r);
	return ok;
}

bool
journal_open(struct world *w, struct dir *home, struct journal **out,
    struct err *err)
{
	static const struct digest none;

	return journal_open_at(w, home, JOURNAL_FIRST, 0, &none, out, err);
}

bool
journal_open_at(struct world *w, struct dir *home, uint64_t at, uint64_t count,
    const struct digest *chain, struct journal **out, struct err *err)
{
	struct journal *j = mem_new(sizeof *j, err);

	if (j == NULL)
		return false;
	j->w = w;
	j->end = at;
	j->count = count;
	j->chain = *chain;
	if (!file_make(w, home, &j->file, err) || !open_all(j, err)) {
		journal_close(j);
		return err_wrap(err, "the journal");
	}
	*out = j;
	return true;
}

bool
journal_check(struct journal *j, struct progress *progress, struct err *err)
{
	struct digest chain = { { 0 } };
	uint64_t at = JOURNAL_FIRST, count = 0;
	struct reading r;
	struct entry e;
	bool ok;

	ok = reading_init(&r, j->file, j->end, err) && magic_check(&r, err);
	for (; ok && at < j->end; at = e.next, chain = e.chain, count++) {
		if (progress != NULL && count % CHECK_TELL == 0)
			progress->tell(progress, "journal", at, j->end);
		ok = reading_must(&r, at, &chain, &e, err);
	}
	/* All holds, and yet it is another than the one that was opened. */
	if (ok && (count != j->count || !digest_eq(&chain, &j->chain)))
		ok = journal_damaged(JOURNAL_FIRST, err);
	if (ok && progress != NULL)
		progress->tell(progress, "journal", j->end, j->end);
	reading_clear(&r);
	return ok || err_wrap(err, "the journal");
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	file_close(j->file);
	mem_free(j);
}

uint64_t
journal_count(const struct journal *j)
{
	return j->count;
}

uint64_t
journal_end(const struct journal *j)
{
	return j->end;
}

struct digest
journal_chain(const struct journal *j)
{
	return j->chain;
}

/* ---- appending ---- */

bool
journal_record_check(struct span record, struct err *err)
{
	if (record.n == 0 || record.n > RECORD_MAX)
		return err_set(err, ERR_LIMIT, "journal.size",
		    "a record has %zu bytes; 1 to %u are allowed", record.n,
		    RECORD_MAX);
	for (size_t i = 0; i < record.n; i++)
		if (record.p[i] < 0x20 || record.p[i] > 0x7E)
			return err_set(err, ERR_INPUT, "journal.ascii",
			    "a record holds other bytes than printable ASCII");
	if (journal_lost(record))
		return err_set(err, ERR_INPUT, "journal.lost",
		    "a record says that it was lost: only recovery writes these");
	return true;
}

static bool
group_check(const struct span *records, size_t n, size_t *bytes, struct err *err)
{
	if (n == 0)
		return err_set(err, ERR_USE, "journal.group",
		    "no records are given to the journal");
	if (n > JOURNAL_GROUP_MAX)
		return err_set(err, ERR_LIMIT, "journal.group",
		    "%zu records at once; %d are allowed", n, JOURNAL_GROUP_MAX);
	*bytes = 0;
	for (size_t i = 0; i < n; i++) {
		if (!journal_record_check(records[i], err))
			return false;
		*bytes += ENTRY_EXTRA + records[i].n;
	}
	return true;
}

/* One entry behind the others of its group; *chain moves on. */
static bool
entry_add(struct journal *j, struct hasher *h, struct span record,
    struct digest *chain, struct buf *group, struct err *err)
{
	uint8_t head[ENTRY_HEAD] = { (uint8_t)(record.n >> 24),
		(uint8_t)(record.n >> 16), (uint8_t)(record.n >> 8),
		(uint8_t)record.n };
	uint8_t salt[RECORD_SALT];
	size_t at = group->n;

	hasher_add(h, digest_span(chain));
	if (!world_random(j->w, salt, sizeof salt, err) ||
	    !buf_add(group, span_of(head, sizeof head), err) ||
	    !buf_add(group, record, err) ||
	    !buf_add(group, span_of(salt, sizeof salt), err))
		return false;
	hasher_add(h, span_from(buf_span(group), at));
	return hasher_end(h, chain, err) && buf_add(group, digest_span(chain), err);
}

static bool
group_make(struct journal *j, const struct span *records, size_t n,
    struct buf *group, struct digest *chain, struct err *err)
{
	struct hasher *h = NULL;
	bool ok;

	ok = buf_room(group, group->max, err) && hasher_new(&h, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = entry_add(j, h, records[i], chain, group, err);
	hasher_free(h);
	return ok;
}

bool
journal_append(struct journal *j, const struct span *records, size_t n,
    uint64_t *first, struct err *err)
{
	struct digest chain = j->chain;
	struct buf group;
	size_t bytes = 0;
	bool ok;

	if (j->dead)
		return err_set(err, ERR_IO, "journal.dead",
		    "the journal could not be written; it has to be opened again");
	if (!group_check(records, n, &bytes, err))
		return false;
	buf_init(&group, bytes);
	ok = group_make(j, records, n, &group, &chain, err);
	if (ok) {
		/* Tried once: a second sync might say yes to what is lost (D26). */
		ok = file_write_at(j->file, buf_span(&group), j->end, err) &&
		    file_sync(j->file, err);
		j->dead = !ok;
	}
	buf_clear(&group);
	if (!ok)
		return err_wrap(err, "the journal");
	*first = j->count;
	j->count += n;
	j->end += bytes;
	j->chain = chain;
	return true;
}

/* ---- reading ---- */

/* How many entries there are from `at` to the end, by their lengths. */
static bool
entries_from(struct reading *r, uint64_t at, uint64_t *out, struct err *err)
{
	uint32_t n;

	for (*out = 0; at < r->end; at += ENTRY_EXTRA + n, ++*out)
		if (!reading_length(r, at, &n, err) ||
		    (n == 0 && !journal_damaged(at, err)))
			return false;
	return true;
}

/* The first, or with room for a whole one before it. */
static bool
place_check(uint64_t at, uint64_t last, struct err *err)
{
	if (at <= last &&
	    (at == JOURNAL_FIRST || at > JOURNAL_FIRST + ENTRY_EXTRA))
		return true;
	return err_set(err, ERR_ABSENT, "journal.absent",
	    "the journal has no entry at byte %" PRIu64, at);
}

static bool
each_from(struct reading *r, uint64_t at, uint64_t number,
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err),
    void *arg, struct err *err)
{
	struct digest chain;
	struct entry e;

	if (!reading_chain(r, at, &chain, err))
		return false;
	for (; at < r->end; at = e.next, chain = e.chain) {
		struct journal_entry told = { .number = number++, .at = at };

		if (!reading_must(r, at, &chain, &e, err))
			return false;
		told.record = e.record;
		memcpy(told.salt, e.salt, sizeof told.salt);
		if (!each(arg, &told, err))
			return false;
	}
	return true;
}

bool
journal_each_known(struct journal *j, uint64_t at, uint64_t number,
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err),
    void *arg, struct err *err)
{
	struct reading r;
	bool ok;

	if (!place_check(at, j->end, err))
		return false;
	if (at == j->end)
		return true;
	ok = reading_init(&r, j->file, j->end, err) &&
	    each_from(&r, at, number, each, arg, err);
	reading_clear(&r);
	return ok;
}

bool
journal_each(struct journal *j, uint64_t at,
    bool (*each)(void *arg, const struct journal_entry *e, struct err *err),
    void *arg, struct err *err)
{
	uint64_t from = at == 0 ? JOURNAL_FIRST : at, behind = j->count;
	struct reading r;
	bool ok;

	if (!place_check(from, j->end, err))
		return false;
	if (from == j->end)
		return true;
	ok = reading_init(&r, j->file, j->end, err) &&
	    (from == JOURNAL_FIRST || entries_from(&r, from, &behind, err)) &&
	    (behind <= j->count || journal_damaged(from, err)) &&
	    each_from(&r, from, j->count - behind, each, arg, err);
	reading_clear(&r);
	return ok;
}

bool
journal_read(struct journal *j, uint64_t at, struct buf *record,
    uint8_t salt[RECORD_SALT], struct err *err)
{
	struct reading r;
	struct digest chain;
	struct entry e;
	bool ok;

	if (!place_check(at, j->end - 1, err))
		return false;
	ok = reading_init_one(&r, j->file, j->end, err) &&
	    reading_chain(&r, at, &chain, err) &&
	    reading_must(&r, at, &chain, &e, err) && buf_add(record, e.record, err);
	if (ok)
		memcpy(salt, e.salt, RECORD_SALT);
	reading_clear(&r);
	return ok;
}
