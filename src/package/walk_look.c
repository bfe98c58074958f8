/*
 * Looking at what is in one folder.  Asking the system about each name takes most of
 * the walk's time, so the names of a large folder are asked about by all threads.
 */
#include <string.h>

#include "package/read_order.h"
#include "package/slab.h"
#include "package/walk.h"

#define WALK_TELL_TICKS 100000000ull	/* ns between two words */
#define BATCH_NAMES 1024		/* names looked at together */
#define BATCH_BYTES (BATCH_NAMES * 64)	/* of names, or as many as fit */
#define NAME_BYTES_MAX 256		/* one name and its NUL */
/* Fewer names than this are not worth another thread. */
#define NAMES_A_HAND 128

struct walk_batch {
	char bytes[BATCH_BYTES];
	size_t bytes_n;
	uint32_t at[BATCH_NAMES];	/* of each name in bytes */
	struct file_info info[BATCH_NAMES];
	size_t n;
	/* While threads look. */
	struct world *w;
	struct dir *d;
	unsigned hands;
	struct {
		size_t failed;		/* first of this hand's names that failed; n: none */
		struct err err;
	} hand[SLAB_HANDS_MAX];
};

/* A person asked to leave this path out. */
static bool
asked(struct walk *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->options->leave_out_n; i++)
		if (strcmp(w->options->leave_out[i], name) == 0) {
			w->found[i] = true;
			return true;
		}
	return false;
}

/* ---- one name, looked at ---- */

/* Files that everyone may read need no trial. */
static bool
may_read(struct walk *w, struct dir *d, const char *name,
    const struct file_info *info, struct err *err)
{
	struct file *f;

	if ((info->mode & 0444) == 0444)
		return true;
	if (!file_open(w->p->w, d, name, FILE_READ, &f, err))
		return false;
	file_close(f);
	return true;
}

/* Into the sorter of names, in key order; a tie of case goes by the bytes. */
static bool
add_name(struct walk *w, struct entry *e, enum entry_kind kind,
    const char *name, size_t n, struct err *err)
{
	uint8_t record[ENTRY_BYTES_MAX], key[2 * PAYLOAD_NAME_MAX + 1];
	size_t i;

	for (i = 0; i < n; i++)
		key[i] = ascii_lower(name[i]);
	key[n] = 0;
	memcpy(key + n + 1, name, n);
	e->kind = kind;
	e->name = span_of(name, n);
	return sorter_add(w->names, span_of(key, 2 * n + 1),
	    span_of(record, entry_encode(e, record)), err);
}

static bool
add_link(struct walk *w, struct dir *d, struct entry *e, const char *name,
    struct span full, struct err *err)
{
	struct buf target;
	bool ok;

	buf_init(&target, PAYLOAD_NAME_MAX);
	ok = path_link_text(w->p->w, d, name, &target, err) ||
	    walk_error(full, err);
	e->target = buf_span(&target);
	ok = ok && walk_other(w, e, ENTRY_LINK, LEFT_OUT_NOT, full, err);
	buf_clear(&target);
	return ok;
}

static bool
look_at(struct walk *w, struct dir *d, struct entry *e,
    const struct file_info *info, const char *name, struct span full,
    struct err *err)
{
	switch (info->type) {
	case FILE_REGULAR:
		if (may_read(w, d, name, info, err))
			return add_name(w, e, ENTRY_FILE, name, strlen(name), err);
		if (walk_unreadable(err) && w->options->leave_out_unreadable)
			return walk_other(w, e, ENTRY_LEFT_OUT,
			    LEFT_OUT_UNREADABLE, full, err);
		return walk_error(full, err);
	case FILE_DIR:
		return add_name(w, e, ENTRY_FOLDER, name, strlen(name), err);
	case FILE_LINK:
		return add_link(w, d, e, name, full, err);
	case FILE_SOCKET:
		return walk_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_SOCKET, full, err);
	case FILE_FIFO:
		return walk_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_FIFO, full, err);
	case FILE_DEVICE:
	case FILE_OTHER:
	default:
		return walk_other(w, e, ENTRY_LEFT_OUT, LEFT_OUT_DEVICE, full, err);
	}
}

static bool
walk_tell(struct walk *w, struct err *err)
{
	uint64_t now;

	if (world_stop_wanted(w->p->w))
		return err_set(err, ERR_STOPPED, "stopped", "stopped as asked");
	if (w->progress == NULL)
		return true;
	now = world_ticks(w->p->w);
	if (now - w->told >= WALK_TELL_TICKS) {
		w->told = now;
		w->progress->tell(w->progress, "walk", w->p->bytes, 0);
	}
	return true;
}

static bool
take_name(struct walk *w, struct dir *d, const char *name,
    const struct file_info *info, struct err *err)
{
	char full[PAYLOAD_NAME_MAX + 1];
	struct entry e = { .kind = ENTRY_FILE };
	struct span whole;
	size_t n;

	if (!walk_name(w, name, strlen(name), full, &n, err))
		return false;
	whole = span_of(full, n);
	walk_take_info(&e, info);
	if (asked(w, full))
		return walk_other(w, &e, ENTRY_LEFT_OUT, LEFT_OUT_ASKED, whole, err);
	return look_at(w, d, &e, info, name, whole, err);
}

/* ---- many names ---- */

bool
walk_batch_new(struct walk_batch **out, struct err *err)
{
	*out = mem_new(sizeof **out, err);
	return *out != NULL;
}

void
walk_batch_free(struct walk_batch *b)
{
	mem_free(b);
}

/* Hand i's share of the names. */
static void
look_hand(void *arg, unsigned i)
{
	struct walk_batch *b = arg;
	size_t at = b->n * i / b->hands, end = b->n * (i + 1) / b->hands;

	b->hand[i].failed = b->n;
	for (; at < end; at++)
		if (!path_info(b->w, b->d, b->bytes + b->at[at], &b->info[at],
		    &b->hand[i].err)) {
			b->hand[i].failed = at;
			return;
		}
}

/* All threads; a hand that was not started has its share done here. */
static void
look_together(struct walk_batch *b)
{
	unsigned cores = world_cores(b->w), started, i;

	b->hands = (unsigned)(b->n / NAMES_A_HAND) + 1;
	if (b->hands > cores)
		b->hands = cores;
	if (b->hands > SLAB_HANDS_MAX)
		b->hands = SLAB_HANDS_MAX;
	world_run(b->w, b->hands, look_hand, b, &started);
	for (i = started; i < b->hands; i++)
		look_hand(b, i);
}

static bool
batch_take(struct walk *w, struct dir *d, struct err *err)
{
	struct walk_batch *b = w->batch;
	size_t i, failed = b->n;
	unsigned hand = 0;

	if (b->n == 0)
		return true;
	b->w = w->p->w;
	b->d = d;
	look_together(b);
	while (hand + 1 < b->hands && b->hand[hand].failed == b->n)
		hand++;
	failed = b->hand[hand].failed;
	for (i = 0; i < failed; i++)
		if (!take_name(w, d, b->bytes + b->at[i], &b->info[i], err))
			return false;
	if (failed < b->n) {
		char full[PAYLOAD_NAME_MAX + 1];
		const char *name = b->bytes + b->at[failed];
		size_t n;

		*err = b->hand[hand].err;
		return walk_name(w, name, strlen(name), full, &n, err) &&
		    walk_error(span_of(full, n), err);
	}
	b->n = b->bytes_n = 0;
	return walk_tell(w, err);
}

static bool
batch_add(struct walk *w, struct dir *d, const char *name, struct err *err)
{
	struct walk_batch *b = w->batch;
	size_t n = strlen(name) + 1;

	if (n > NAME_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "payload.name",
		    "%s is too long for a name", shown_text(name).s);
	if ((b->n == BATCH_NAMES || b->bytes_n + n > BATCH_BYTES) &&
	    !batch_take(w, d, err))
		return false;
	b->at[b->n++] = (uint32_t)b->bytes_n;
	memcpy(b->bytes + b->bytes_n, name, n);
	b->bytes_n += n;
	return true;
}

bool
walk_list(struct walk *w, struct dir *d, bool *empty, struct err *err)
{
	struct listing_entry at;
	struct listing *l;
	bool more = true, ok = true;

	*empty = true;
	w->batch->n = w->batch->bytes_n = 0;
	if (!listing_open(w->p->w, d, ".", &l, err))
		return walk_error(span_of(w->name, w->name_n), err);
	while (ok) {
		ok = listing_next(l, &at, &more, err) ||
		    walk_error(span_of(w->name, w->name_n), err);
		if (!ok || !more)
			break;
		*empty = false;
		ok = batch_add(w, d, at.name, err);
	}
	listing_close(l);
	return ok && batch_take(w, d, err);
}
