/*
 * The inbox: copies of what was brought, each named by the digest of its bytes; and
 * the mark of one that is being taken in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/inside.h"

#define BEGIN_BYTES 4096	/* enough to tell two parcels apart: header and nonce */
/*
 * Left free on the disk of the home whatever is brought: records, the docket, checkpoints
 * and receipts of a long day go on being written.
 */
#define INBOX_RESERVE_BYTES (8u << 20)

struct inbox_name
inbox_name_of(const struct digest *sha256)
{
	struct inbox_name n;

	(void)snprintf(n.s, sizeof n.s, "inbox/%s.comity", digest_hex(sha256).s);
	return n;
}

struct inbox_name
inbox_mark_of(const struct digest *sha256)
{
	struct inbox_name n;

	(void)snprintf(n.s, sizeof n.s, "inbox/%s.taking", digest_hex(sha256).s);
	return n;
}

/* The file as it lies where it was brought. */
struct brought {
	uint64_t bytes;
	char part[64];			/* where its copy grows, below HOME */
};

bool
inbox_unreadable(struct err *err)
{
	struct err why = *err;

	if (why.kind != ERR_IO && why.kind != ERR_ABSENT)
		return false;
	return err_set(err, ERR_IO, COPY_UNREADABLE, "%s", why.text);
}

/*
 * A name for the copy that the same parcel gets again, so that a cut copy is gone
 * on with: digest of its size and first bytes (each parcel has a fresh key there).
 */
static bool
brought_look(struct flow *f, struct dir *at, const char *path, struct brought *out,
    struct err *err)
{
	uint8_t begin[BEGIN_BYTES + 8];
	struct file_info info;
	struct file *file = NULL;
	struct digest d;
	size_t n = 0;
	bool ok;

	ok = (file_open_info(f->world, at, path, &file, &info, err) &&
	    file_read_at(file, begin, BEGIN_BYTES, 0, &n, err)) || inbox_unreadable(err);
	file_close(file);
	if (!ok)
		return false;
	if (!span_starts(span_of(begin, n), PARCEL_MAGIC))
		return err_set(err, ERR_INPUT, "receive.not-sealed",
		    "%s is no sealed parcel and was left where it is", path);
	u64_put(begin + n, info.size);
	if (!digest_of(span_of(begin, n + 8), &d, err))
		return false;
	out->bytes = info.size;
	(void)snprintf(out->part, sizeof out->part, "inbox/%.32s.part", digest_hex(&d).s);
	return true;
}

/* Room for what of it is not here yet, and for the work of the home. */
static bool
room_ask(struct flow *f, const char *from, const struct brought *b, struct err *err)
{
	struct dir *home = home_dir(f->home);
	struct file_info have = { 0 };
	uint64_t left, room;

	if (path_exists(f->world, home, b->part) &&
	    !path_info(f->world, home, b->part, &have, err))
		return false;
	left = b->bytes > have.size ? b->bytes - have.size : 0;
	if (!dir_free_bytes(home, &room, err))
		return false;
	return (room > INBOX_RESERVE_BYTES && left <= room - INBOX_RESERVE_BYTES) ||
	    err_set(err, ERR_IO, "disk.full",
	    "%s: no space left on the disk of the home for %llu more bytes (%u are kept free for its work); make room, then do it again",
	    from, (unsigned long long)left, INBOX_RESERVE_BYTES);
}

bool
inbox_copy(struct flow *f, struct dir *from_at, const char *from,
    struct inbox_copy *out, struct err *err)
{
	struct brought b;
	bool ok;

	if (!brought_look(f, from_at, from, &b, err))
		return false;
	ok = room_ask(f, from, &b, err) && copy_resume(f, from_at, from,
	    home_dir(f->home), b.part, "copying", &out->bytes, &out->sha256, err);
	/* What cannot be ended takes no room: the home must go on. */
	if (!ok && strcmp(err->reason, "disk.full") == 0)
		(void)!path_remove(f->world, home_dir(f->home), b.part, NULL);
	if (!ok)
		return false;
	(void)snprintf(out->part, sizeof out->part, "%s", b.part);
	out->name = inbox_name_of(&out->sha256);
	return true;
}

bool
inbox_keep(struct flow *f, const struct inbox_copy *c, bool *was_there,
    struct err *err)
{
	struct dir *home = home_dir(f->home);

	if (!path_look(f->world, home, c->name.s, was_there, err))
		return false;
	/* Who is told that it is here may wipe the stick: a cut one left a name, not synced. */
	if (*was_there)
		return path_remove(f->world, home, c->part, err) &&
		    folder_sync(f, "inbox", err);
	return path_rename(f->world, home, c->part, home, c->name.s, false, err) &&
	    folder_sync(f, "inbox", err);
}

bool
inbox_find(struct flow *f, const char *path, struct inbox_name *out, bool *copied,
    struct err *err)
{
	struct inbox_copy copy;
	bool was_there, sealed;

	*copied = false;
	if (strncmp(path, "inbox/", 6) == 0 && strlen(path) < sizeof out->s &&
	    home_has(f->home, path)) {
		(void)snprintf(out->s, sizeof out->s, "%s", path);
		return true;
	}
	if (!is_sealed(f, path, &sealed, err))
		return false;
	if (!sealed)
		return err_set(err, ERR_INPUT, "receive.not-sealed",
		    "%s is no sealed parcel; an open package is checked with: comity verify",
		    path);
	if (!inbox_copy(f, NULL, path, &copy, err) ||
	    !inbox_keep(f, &copy, &was_there, err))
		return false;
	*out = copy.name;
	*copied = true;
	return true;
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(((const struct inbox_name *)a)->s,
	    ((const struct inbox_name *)b)->s);
}

bool
name_ends(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && strcmp(name + n - m, ending) == 0;
}

bool
flow_inbox(struct flow *f, struct inbox_name *out, size_t max, size_t *n,
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	*n = 0;
	ok = listing_open(f->world, home_dir(f->home), "inbox", &l, err);
	while (ok && more && *n < max) {
		ok = listing_next(l, &e, &more, err);
		if (!ok || !more)
			break;
		/* Also one that was on its way to its place when a command was cut. */
		if ((name_ends(e.name, ".comity") || name_ends(e.name, ".taking")) &&
		    strlen(e.name) < 80)
			(void)snprintf(out[(*n)++].s, sizeof out->s, "inbox/%s",
			    e.name);
	}
	listing_close(l);
	if (ok && *n > 1)
		qsort(out, *n, sizeof *out, name_order);
	return ok;
}
