/*
 * The journal with entries put into its middle: written beside the old one, and then in its
 * place by one rename.  What lies behind keeps its record and salt and gets a new chain.
 */
#include <string.h>

#include "ledger/log_internal.h"

#define BESIDE_PATH JOURNAL_FOLDER "/" DISK_TEMPORARY_PREFIX "records"
#define WRITE_BYTES ((size_t)256 * 1024)	/* between two writes */

struct journal_new {
	struct world *w;
	struct journal *j;		/* NULL: nobody has the old one open */
	struct dir *home;
	struct file *file;
	struct hasher *hasher;
	struct buf wait;
	uint64_t end, count;
	struct digest chain;
};

static bool
flush(struct journal_new *n, struct err *err)
{
	if (n->wait.n == 0)
		return true;
	if (!file_write_at(n->file, buf_span(&n->wait), n->end, err))
		return false;
	n->end += n->wait.n;
	buf_reset(&n->wait);
	return true;
}

bool
journal_new_entry(struct journal_new *n, struct span record,
    const uint8_t salt[RECORD_SALT], struct err *err)
{
	uint8_t head[ENTRY_HEAD] = { (uint8_t)(record.n >> 24),
		(uint8_t)(record.n >> 16), (uint8_t)(record.n >> 8), (uint8_t)record.n };
	size_t at;

	if (n->wait.n + ENTRY_EXTRA + record.n > n->wait.max && !flush(n, err))
		return false;
	at = n->wait.n;
	if (!buf_add(&n->wait, span_of(head, sizeof head), err) ||
	    !buf_add(&n->wait, record, err) ||
	    !buf_add(&n->wait, span_of(salt, RECORD_SALT), err))
		return false;
	hasher_restart(n->hasher);
	hasher_add(n->hasher, digest_span(&n->chain));
	hasher_add(n->hasher, span_from(buf_span(&n->wait), at));
	if (!hasher_end(n->hasher, &n->chain, err))
		return false;
	n->count++;
	return buf_add(&n->wait, digest_span(&n->chain), err);
}

/* Everything before `at`, byte for byte. */
static bool
head_copy(struct journal_new *n, uint64_t at, struct err *err)
{
	struct reading r;
	struct span s;
	bool ok;

	ok = reading_init(&r, n->j->file, n->j->end, err) &&
	    reading_chain(&r, at, &n->chain, err);
	for (uint64_t i = 0; ok && i < at; i += s.n) {
		s.n = at - i < READING_ROOM ? (size_t)(at - i) : READING_ROOM;
		ok = reading_span(&r, i, s.n, &s, err) &&
		    (n->wait.n + s.n <= n->wait.max || flush(n, err)) &&
		    buf_add(&n->wait, s, err);
	}
	reading_clear(&r);
	return ok;
}

bool
journal_new_lost(struct journal_new *n, const uint8_t leaf[LEAF_BYTES], struct err *err)
{
	static const uint8_t zeros[RECORD_SALT];
	struct buf text;
	bool ok;

	buf_init(&text, 1 + 2 * LEAF_BYTES);
	ok = buf_add_byte(&text, '=', err) &&
	    hex_encode(&text, span_of(leaf, LEAF_BYTES), err) &&
	    journal_new_entry(n, buf_span(&text), zeros, err);
	buf_clear(&text);
	return ok;
}

static bool
entry_again(void *arg, const struct journal_entry *e, struct err *err)
{
	return journal_new_entry(arg, e->record, e->salt, err);
}

bool
journal_new_sweep(struct world *w, struct dir *home, struct err *err)
{
	return path_clear(w, home, BESIDE_PATH, err);
}

static bool
beside_make(struct journal_new *n, struct err *err)
{
	/* An entry more than what is written at once. */
	buf_init(&n->wait, WRITE_BYTES + READING_ROOM);
	return journal_new_sweep(n->w, n->home, err) && hasher_new(&n->hasher, err) &&
	    file_open(n->w, n->home, BESIDE_PATH, FILE_CREATE, &n->file, err) &&
	    file_lock(n->file, err);
}

bool
journal_new_begin(struct world *w, struct dir *home, struct journal_new **out,
    struct err *err)
{
	struct journal_new *n = mem_new(sizeof *n, err);

	if (n == NULL)
		return false;
	n->w = w;
	n->home = home;
	if (!beside_make(n, err) || !buf_add_text(&n->wait, JOURNAL_MAGIC, err)) {
		journal_new_drop(n);
		return err_wrap(err, "the journal");
	}
	*out = n;
	return true;
}

bool
journal_new_make(struct journal *j, struct dir *home, uint64_t at, uint64_t number,
    uint64_t count, bool (*leaf)(void *arg, uint64_t i, uint8_t out[LEAF_BYTES],
    struct err *err), void *arg, struct journal_new **out, struct err *err)
{
	struct journal_new *n = mem_new(sizeof *n, err);
	uint8_t bytes[LEAF_BYTES];
	bool ok;

	if (n == NULL)
		return false;
	n->w = j->w;
	n->j = j;
	n->home = home;
	n->count = number;
	/* All of it, as an opening may have read only the end: no damage is copied. */
	ok = journal_check(j, NULL, err) && beside_make(n, err) &&
	    head_copy(n, at, err);
	for (uint64_t i = 0; ok && i < count; i++)
		ok = leaf(arg, i, bytes, err) && journal_new_lost(n, bytes, err);
	ok = ok && journal_each_known(j, at, number, entry_again, n, err);
	if (!ok) {
		journal_new_drop(n);
		return err_wrap(err, "the journal");
	}
	*out = n;
	return true;
}

bool
journal_new_take(struct journal_new *n, struct err *err)
{
	struct journal *j = n->j;
	struct dir *d = NULL;
	bool ok;

	if (!flush(n, err) || !file_sync(n->file, err))
		return false;
	ok = path_rename(n->w, n->home, BESIDE_PATH, n->home, JOURNAL_PATH, true, err) &&
	    dir_open(n->w, n->home, JOURNAL_FOLDER, &d, err) && dir_sync(d, err);
	dir_close(d);
	if (!ok) {
		if (j != NULL)
			j->dead = true;
		return err_wrap(err, "the journal");
	}
	if (j == NULL) {
		file_close(n->file);
		n->file = NULL;
		journal_new_drop(n);
		return true;
	}
	file_close(j->file);
	j->file = n->file;
	j->end = n->end;
	j->count = n->count;
	j->chain = n->chain;
	n->file = NULL;
	journal_new_drop(n);
	return true;
}

void
journal_new_drop(struct journal_new *n)
{
	if (n == NULL)
		return;
	if (n->file != NULL) {
		file_close(n->file);
		(void)!path_remove(n->w, n->home, BESIDE_PATH, NULL);
	}
	hasher_free(n->hasher);
	buf_clear(&n->wait);
	mem_free(n);
}
