#include "package/payload.h"

#include <assert.h>
#include <string.h>

#include "package/files_jsonl.h"
#include "package/names.h"
#include "package/read_order.h"

const char *
left_out_word(enum left_out why)
{
	static const char *const words[] = { "", "device", "socket", "fifo",
		"unreadable", "asked" };

	return words[why];
}

/* ---- an entry as bytes ---- */

static void
put(uint8_t **at, uint64_t v, size_t n)
{
	while (n > 0)
		*(*at)++ = (uint8_t)(v >> 8 * --n);
}

static uint64_t
get(const uint8_t **at, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *(*at)++;
	return v;
}

static void
put_bytes(uint8_t **at, struct span s)
{
	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
}

size_t
entry_encode(const struct entry *e, uint8_t out[ENTRY_BYTES_MAX])
{
	uint8_t *at = out;

	put(&at, e->kind, 1);
	put(&at, e->why, 1);
	put(&at, e->item, 1);
	put(&at, e->device, 1);
	put(&at, e->size, 8);
	put(&at, (uint64_t)e->mtime, 8);
	put(&at, (uint64_t)e->ctime, 8);
	put(&at, e->mtime_ns, 4);
	put(&at, e->ctime_ns, 4);
	put(&at, e->inode, 8);
	put(&at, e->on, 8);
	put(&at, e->name.n, 2);
	put(&at, e->path.n, 2);
	put(&at, e->target.n, 2);
	put_bytes(&at, e->name);
	put_bytes(&at, e->path);
	put_bytes(&at, e->target);
	assert(at <= out + ENTRY_BYTES_MAX);
	return (size_t)(at - out);
}

void
entry_decode(struct span record, struct entry *out)
{
	const uint8_t *at = record.p;

	out->kind = (enum entry_kind)get(&at, 1);
	out->why = (enum left_out)get(&at, 1);
	out->item = (unsigned)get(&at, 1);
	out->device = get(&at, 1) != 0;
	out->size = get(&at, 8);
	out->mtime = (int64_t)get(&at, 8);
	out->ctime = (int64_t)get(&at, 8);
	out->mtime_ns = (uint32_t)get(&at, 4);
	out->ctime_ns = (uint32_t)get(&at, 4);
	out->inode = get(&at, 8);
	out->on = get(&at, 8);
	out->name.n = get(&at, 2);
	out->path.n = get(&at, 2);
	out->target.n = get(&at, 2);
	out->name.p = at;
	out->path.p = out->name.p + out->name.n;
	out->target.p = out->path.p + out->path.n;
	assert(out->target.p + out->target.n == record.p + record.n);
}

uint64_t
entry_header_size(const struct entry *e)
{
	return e->size > TAR_USTAR_SIZE_MAX ? TAR_HEADER_MAX : TAR_BLOCK;
}

uint64_t
entry_tar_size(const struct entry *e)
{
	return entry_header_size(e) + e->size + tar_padding(e->size);
}

/* ---- the lists ---- */

bool
payload_new(struct world *w, struct dir *tmp, struct payload **out,
    struct err *err)
{
	struct payload *p = mem_new(sizeof *p, err);

	if (p == NULL)
		return false;
	p->w = w;
	p->tmp = tmp;
	if (!spool_new(w, tmp, SPOOL_KEEP, &p->main, err) ||
	    !spool_new(w, tmp, SPOOL_KEEP_SMALL, &p->longs, err) ||
	    !spool_new(w, tmp, SPOOL_KEEP_SMALL, &p->others, err) ||
	    !spool_new(w, tmp, SPOOL_KEEP_SMALL, &p->folders, err)) {
		payload_free(p);
		return false;
	}
	*out = p;
	return true;
}

void
payload_free(struct payload *p)
{
	if (p == NULL)
		return;
	spool_free(p->main);
	spool_free(p->longs);
	spool_free(p->others);
	spool_free(p->folders);
	dir_close(p->root);
	mem_free(p->file);
	mem_free(p);
}

uint64_t
payload_files(const struct payload *p)
{
	return p->files;
}

uint64_t
payload_bytes(const struct payload *p)
{
	return p->bytes;
}

uint64_t
payload_others(const struct payload *p)
{
	return p->others_n;
}

/* A package's counts are integers that every JSON reader holds exactly. */
static bool
sum_add(uint64_t *sum, uint64_t n, struct err *err)
{
	uint64_t to;

	if (!u64_add(*sum, n, &to) || to > TAR_SIZE_MAX)
		return err_set(err, ERR_LIMIT, "payload.size",
		    "this is more than one package can hold");
	*sum = to;
	return true;
}

static bool
entry_limits(const struct entry *e, size_t line, struct err *err)
{
	if (e->size > TAR_SIZE_MAX)
		return err_set(err, ERR_LIMIT, "payload.size",
		    "%s is larger than a package can hold", shown(e->name).s);
	if (e->mtime < WHEN_MIN || e->mtime > WHEN_MAX)
		return err_set(err, ERR_LIMIT, "payload.time",
		    "the time of %s is outside the years 1 to 9999",
		    shown(e->name).s);
	if (line + FILES_NUMBER_MAX > FILES_LINE_MAX)
		return err_set(err, ERR_LIMIT, "payload.name",
		    "the name of %s is too long to be listed", shown(e->name).s);
	return true;
}

bool
payload_put(struct payload *p, struct spool *to, const struct entry *e,
    struct err *err)
{
	uint8_t record[ENTRY_BYTES_MAX];
	size_t line = files_line_length(e);

	if (!entry_limits(e, line, err) || !sum_add(&p->list_bytes, line, err))
		return false;
	if (p->files + p->others_n == PAYLOAD_LINES_MAX)
		return err_set(err, ERR_LIMIT, "payload.names",
		    "these are more files than one package can hold");
	if (e->kind == ENTRY_FILE) {
		if (!sum_add(&p->bytes, e->size, err) ||
		    !sum_add(&p->tar_bytes, entry_tar_size(e), err) ||
		    !sum_add(&p->manifest_bytes,
		    files_manifest_length(e->path), err))
			return false;
		p->files++;
	} else {
		p->others_n++;
	}
	return spool_add_record(to, span_of(record, entry_encode(e, record)), err);
}

/* The digits of the numbers 1 to n, all together. */
static uint64_t
digits_up_to(uint64_t n)
{
	uint64_t sum = 0, first = 1, digits = 1;

	for (; first <= n && digits < 19; first *= 10, digits++) {
		uint64_t last = first * 10 - 1;

		sum += digits * ((last < n ? last : n) - first + 1);
	}
	return sum;
}

bool
payload_close(struct payload *p, struct err *err)
{
	static const struct entry salt = { .size = PAYLOAD_SALT_BYTES };

	return sum_add(&p->tar_bytes, entry_tar_size(&salt), err) &&
	    sum_add(&p->list_bytes, digits_up_to(p->files + p->others_n), err) &&
	    sum_add(&p->manifest_bytes,
	    files_manifest_length(span_text(NAME_SALT)), err);
}

/* ---- reading ---- */

bool
payload_reader_init(struct payload_reader *r, const struct payload *p,
    struct err *err)
{
	*r = (struct payload_reader){ .p = p };
	return spool_reader_init(&r->records, err);
}

void
payload_reader_clear(struct payload_reader *r)
{
	spool_reader_clear(&r->records);
}

void
payload_reader_go(struct payload_reader *r, struct payload_place place)
{
	r->place = place;
	r->set = false;
}

/* Where a part's records lie; nothing for `_salt`. */
static struct spool *
part_of(const struct payload *p, unsigned part, uint64_t *from, uint64_t *to)
{
	*from = part == 3 ? p->split : 0;
	*to = part == 0 ? p->split :
	    spool_size(part == 1 ? p->longs : p->main);
	return part == 1 ? p->longs : p->main;
}

static void
next_part(struct payload_reader *r)
{
	uint64_t to;

	r->place.part++;
	r->place.at = 0;
	r->set = false;
	if (r->place.part == 3)
		(void)part_of(r->p, 3, &r->place.at, &to);
}

bool
payload_next(struct payload_reader *r, struct entry *out, uint64_t *index,
    bool *more, struct err *err)
{
	struct span record;
	uint64_t from, to;
	struct spool *s;

	for (; r->place.part < 4; next_part(r)) {
		*index = r->place.index;
		*more = true;
		if (r->place.part == 2) {
			*out = (struct entry){ .kind = ENTRY_SALT,
				.size = PAYLOAD_SALT_BYTES,
				.path = span_text(NAME_SALT) };
			next_part(r);
			return true;
		}
		s = part_of(r->p, r->place.part, &from, &to);
		if (!r->set)
			spool_reader_set(&r->records, s, r->place.at, to);
		r->set = true;
		if (!spool_next(&r->records, &record, more, err))
			return false;
		if (*more) {
			entry_decode(record, out);
			r->place.at = r->records.at;
			r->place.index++;
			return true;
		}
	}
	*more = false;
	return true;
}

bool
payload_next_other(struct spool_reader *r, struct entry *out, bool *more,
    struct err *err)
{
	struct span record;

	if (!spool_next(r, &record, more, err))
		return false;
	if (*more)
		entry_decode(record, out);
	return true;
}

/* ---- small files made by us ---- */

static int
item_order(const struct payload_item *a, const struct payload_item *b)
{
	return order_compare(a->name, b->name);
}

/* At most 16: put each in its place. */
static bool
items_take(struct payload *p, const struct payload_item *items, size_t n,
    struct err *err)
{
	size_t i, at;

	for (i = 0; i < n; i++) {
		for (at = i; at > 0 && item_order(&items[i], &p->items[at - 1]) < 0;
		    at--)
			p->items[at] = p->items[at - 1];
		if (!name_safe(span_text(items[i].name)) || (at > 0 &&
		    item_order(&items[i], &p->items[at - 1]) == 0))
			return err_set(err, ERR_USE, "payload.item",
			    "%s cannot be a name in a package",
			    shown_text(items[i].name).s);
		p->items[at] = items[i];
	}
	return true;
}

bool
payload_of_items(struct world *w, struct dir *tmp,
    const struct payload_item *items, size_t n, struct payload **out,
    struct err *err)
{
	char path[NAME_PATH_MAX + 1] = "data/";
	struct payload *p;
	size_t i;

	if (n > PAYLOAD_ITEMS_MAX)
		return err_set(err, ERR_LIMIT, "payload.item",
		    "more than %d files of our own in one package",
		    PAYLOAD_ITEMS_MAX);
	if (!payload_new(w, tmp, &p, err))
		return false;
	if (!items_take(p, items, n, err))
		goto fail;
	for (i = 0; i < n; i++) {
		struct entry e = { .kind = ENTRY_FILE, .item = (unsigned)i + 1,
			.size = p->items[i].bytes.n, .mtime = p->items[i].mtime,
			.name = span_text(p->items[i].name) };

		/* Names begin with a digit or a letter: `_salt` lies between. */
		memcpy(path + 5, p->items[i].name, e.name.n);
		e.path = span_of(path, 5 + e.name.n);
		if (!payload_put(p, p->main, &e, err))
			goto fail;
		if (e.name.p[0] <= '9')
			p->split = spool_size(p->main);
	}
	if (!payload_close(p, err))
		goto fail;
	*out = p;
	return true;
fail:
	payload_free(p);
	return false;
}
