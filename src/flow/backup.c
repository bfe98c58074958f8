/*
 * The whole home in one file under its passphrase: age over a plain tar, so that it
 * can be opened without Comity too (doc/format/backup.md).  Constant memory: names and
 * digests of what was written are spooled into HOME/tmp.
 *
 * The home's lock is held all the time; the docket is open only while its files are
 * copied, first of all, so that the desk can be looked at meanwhile.
 */
#include "flow/apart.h"
#include "flow/backup.h"
#include "flow/ledger.h"
#include "flow/people_inside.h"
#include "flow/take.h"

#include <stdio.h>
#include <string.h>

/* Names and digests on their way into an entry. */
struct spool_file {
	struct file *file;
	struct sink *sink;
	uint64_t n;
};

struct backing {
	struct flow *f;
	struct dir *home, *tmp;
	struct sink *to;		/* tar bytes go in here */
	uint64_t tar_n;
	struct hasher *hash;
	struct spool_file folders, list;
	uint64_t total, done;		/* bytes of files, for the progress */
	uint64_t files;
	int64_t now;
	bool docket;			/* this walk takes the docket's files; else the rest */
	bool keys;			/* of package keys, and nothing else */
	uint8_t *part;
};

/* ---- what goes into it ---- */

static bool
ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n >= m && strcmp(s + n - m, with) == 0;
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/*
 * Locks, what a crash left, and copies that are not whole yet.  And what opens packages:
 * a backup is kept for years, and what is destroyed meanwhile must not open out of it.
 */
static bool
left_out(const struct backing *b, const char *path, const char *name)
{
	return (!b->keys && strcmp(path, PACKAGE_KEYS_PATH) == 0) || strcmp(path, "tmp") == 0 || strcmp(path, "lock") == 0 ||
	    ends(path, ".lock") || ends(path, ".part") ||
	    begins(name, DISK_TEMPORARY_PREFIX) ||
	    begins(name, ".comity-");
}

static bool
of_docket(const char *path)
{
	return begins(path, "docket.");
}

bool
backup_path_valid(const char *path)
{
	const char *at = path;

	if (!tar_path_fits(span_text(BACKUP_FOLDER), span_text(path)))
		return false;
	for (const char *c = path; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\')
			return false;
	for (;;) {
		size_t n = strcspn(at, "/");

		if (n == 0 || (n == 1 && at[0] == '.') ||
		    (n == 2 && at[0] == '.' && at[1] == '.'))
			return false;
		if (at[n] == '\0')
			return true;
		at += n + 1;
	}
}

/* ---- walking ---- */

/* What is done with each file and each folder of the home; paths are below it. */
struct walk {
	bool (*file)(struct backing *b, const char *path, struct err *err);
	bool (*folder)(struct backing *b, const char *path, struct err *err);
};

static bool walk_folder(struct backing *b, const struct walk *w, const char *path,
    unsigned depth, struct err *err);

static bool
kind_of(struct backing *b, const char *path, const struct listing_entry *e,
    enum file_type *out, struct err *err)
{
	struct file_info info;

	*out = e->type;
	if (e->type != FILE_OTHER)
		return true;
	if (!path_info(b->f->world, b->home, path, &info, err))
		return false;
	*out = info.type;
	return true;
}

static bool
walk_entry(struct backing *b, const struct walk *w, const char *in,
    const struct listing_entry *e, unsigned depth, struct err *err)
{
	char path[TAR_PATH_MAX + 1];
	enum file_type type;
	int n = snprintf(path, sizeof path, "%s%s%s", in, in[0] != '\0' ? "/" : "",
	    e->name);

	if (left_out(b, path, e->name))
		return true;
	if (n >= (int)sizeof path - (int)strlen(BACKUP_HOME) || !backup_path_valid(path))
		return err_set(err, ERR_INPUT, "backup.name",
		    "the home has a file in \"%.100s\" whose name no backup can hold; take it away first",
		    in);
	if (!kind_of(b, path, e, &type, err))
		return false;
	if (type == FILE_DIR)
		return w->folder(b, path, err) &&
		    walk_folder(b, w, path, depth + 1, err);
	if (type == FILE_REGULAR)
		return w->file(b, path, err);
	return err_set(err, ERR_INPUT, "backup.kind",
	    "%.200s in the home is neither a file nor a folder; take it away first", path);
}

static bool
walk_folder(struct backing *b, const struct walk *w, const char *path, unsigned depth,
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	if (depth > BACKUP_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "backup.depth",
		    "folders lie more than %d deep in the home", BACKUP_DEPTH_MAX);
	ok = listing_open(b->f->world, b->home, path[0] != '\0' ? path : ".", &l, err);
	while (ok && more) {
		if (world_stop_wanted(b->f->world))
			ok = err_set(err, ERR_STOPPED, "stopped",
			    "stopped; there is no backup");
		ok = ok && listing_next(l, &e, &more, err) &&
		    (!more || walk_entry(b, w, path, &e, depth, err));
	}
	listing_close(l);
	return ok;
}

/* ---- spools ---- */

static bool
spool_open(struct backing *b, struct spool_file *s, struct err *err)
{
	return file_open(b->f->world, b->tmp, ".", FILE_TEMPORARY, &s->file, err) &&
	    file_sink(s->file, 0, &s->sink, err);
}

static void
spool_close(struct spool_file *s)
{
	sink_free(s->sink);
	file_close(s->file);
}

static bool
spool_line(struct spool_file *s, const char *first, const char *second,
    struct err *err)
{
	char line[TAR_PATH_MAX + 80];
	int n = snprintf(line, sizeof line, "%s%s\n", first, second);

	s->n += (uint64_t)n;
	return sink_write(s->sink, span_of(line, (size_t)n), err);
}

/* The first walk: all folders, and how many bytes there will be. */
static bool
note_folder(struct backing *b, const char *path, struct err *err)
{
	return spool_line(&b->folders, BACKUP_HOME, path, err);
}

static bool
note_file(struct backing *b, const char *path, struct err *err)
{
	struct file_info info;

	if (!path_info(b->f->world, b->home, path, &info, err))
		return false;
	b->total += info.size;
	return true;
}

/* ---- entries ---- */

static bool
tar_add(struct backing *b, struct span s, struct err *err)
{
	b->tar_n += s.n;
	return sink_write(b->to, s, err);
}

static bool
zeros_add(struct backing *b, uint64_t n, struct err *err)
{
	static const uint8_t zeros[TAR_BLOCK];
	bool ok = true;

	while (ok && n > 0) {
		size_t m = n < sizeof zeros ? (size_t)n : sizeof zeros;

		ok = tar_add(b, span_of(zeros, m), err);
		n -= m;
	}
	return ok;
}

static bool
content_add(struct backing *b, struct file *file, uint64_t size, struct err *err)
{
	uint64_t at = 0;

	while (at < size) {
		uint64_t left = size - at;
		size_t got;

		if (!file_read_at(file, b->part,
		    left < BACKUP_PART ? (size_t)left : BACKUP_PART, at, &got, err))
			return false;
		if (got == 0)
			return err_set(err, ERR_CONFLICT, "backup.changed",
			    "a file of the home became shorter while it was read; try again");
		hasher_add(b->hash, span_of(b->part, got));
		if (!tar_add(b, span_of(b->part, got), err))
			return false;
		at += got;
		b->done += got;
		if (b->f->progress != NULL && b->total > 0)
			b->f->progress->tell(b->f->progress, "Backing up", b->done,
			    b->total > b->done ? b->total : b->done);
	}
	return zeros_add(b, tar_padding(size), err);
}

/* One entry; its line goes into the list when it has one. */
static bool
entry_add(struct backing *b, const char *path, struct file *file, uint64_t size,
    bool listed, struct err *err)
{
	uint8_t header[TAR_HEADER_MAX];
	struct digest sha256;
	char first[80];
	size_t n;

	if (!tar_header(header, &n, span_text(b->keys ? BACKUP_KEYS_FOLDER : BACKUP_FOLDER), span_text(path), size,
	    b->now, err) || !tar_add(b, span_of(header, n), err) ||
	    !content_add(b, file, size, err) || !hasher_end(b->hash, &sha256, err))
		return false;
	(void)snprintf(first, sizeof first, "%s  ", digest_hex(&sha256).s);
	return !listed || spool_line(&b->list, first, path, err);
}

static bool
file_add(struct backing *b, const char *path, struct err *err)
{
	char name[TAR_PATH_MAX + 1];
	struct file *file = NULL;
	struct file_info info;
	bool ok;

	if (of_docket(path) != b->docket)
		return true;
	(void)snprintf(name, sizeof name, BACKUP_HOME "%.249s", path);
	/* In the backup the body has its header no more. */
	if (begins(path, HEADERS_PATH "/") && ends(path, HEADERS_WAITS))
		name[strlen(name) - strlen(HEADERS_WAITS)] = '\0';
	ok = file_open_info(b->f->world, b->home, path, &file, &info, err) &&
	    parcel_without_header(b->f, path, file, &file, err) &&
	    entry_add(b, name, file, info.size, true, err);
	b->files++;
	file_close(file);
	return ok;
}

static bool
folder_skip(struct backing *b, const char *path, struct err *err)
{
	(void)b;
	(void)path;
	(void)err;
	return true;
}

/* Its files are of one moment while it is open and nothing has begun. */
static bool
docket_add(struct backing *b, struct err *err)
{
	static const struct walk files = { file_add, folder_skip };
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(b->f->home, &d, err))
		return false;
	b->docket = true;
	ok = walk_folder(b, &files, "", 0, err);
	b->docket = false;
	home_docket_done(b->f->home);
	return ok;
}

/* Keys alone: one folder, which the reader knows. */
static bool
key_entries_add(struct backing *b, struct err *err)
{
	static const struct walk files = { file_add, folder_skip };
	bool there = home_has(b->f->home, PACKAGE_KEYS_PATH);

	return entry_add(b, BACKUP_FOLDERS, b->folders.file, 0, true, err) &&
	    (!there || walk_folder(b, &files, PACKAGE_KEYS_PATH, 0, err)) &&
	    entry_add(b, BACKUP_LIST, b->list.file, b->list.n, false, err) &&
	    zeros_add(b, tar_end_padding(b->tar_n), err);
}

static bool
entries_add(struct backing *b, struct err *err)
{
	static const struct walk note = { note_file, note_folder },
	    files = { file_add, folder_skip };

	return walk_folder(b, &note, "", 0, err) &&
	    entry_add(b, BACKUP_FOLDERS, b->folders.file, b->folders.n, true, err) &&
	    docket_add(b, err) && walk_folder(b, &files, "", 0, err) &&
	    entry_add(b, BACKUP_LIST, b->list.file, b->list.n, false, err) &&
	    zeros_add(b, tar_end_padding(b->tar_n), err);
}

/* ---- under the passphrase ---- */

/*
 * The passphrase of this home and no other: a backup under a mistyped one would be
 * found out on the day it is needed.
 */
static bool
passphrase_take(struct flow *f, struct buf *secret, struct err *err)
{
	return f->passphrase(f->arg, false, secret, err) &&
	    keyring_with(f, buf_span(secret), err) && flow_may(f, PEOPLE_ADMINISTER, err);
}

/* Who takes a copy of everything leaves a trace, whatever becomes of the copy. */
static bool
trace(struct flow *f, struct backup_result *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct record r;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, "backup");
	if (record_alone(f, &r, 0, &why))
		return true;
	/* Damage is when a copy is wanted most. */
	out->damaged = ledger_damage(&why);
	return ledger_damage_skip(&why, err);
}

static bool
backing_run(struct backing *b, struct sink *age, struct err *err)
{
	b->to = age;
	b->now = world_now(b->f->world);
	b->home = home_dir(b->f->home);
	b->part = mem_new(BACKUP_PART, err);
	return b->part != NULL && home_tmp(b->f->home, &b->tmp, err) &&
	    hasher_new(&b->hash, err) && spool_open(b, &b->folders, err) &&
	    spool_open(b, &b->list, err) &&
	    (b->keys ? key_entries_add(b, err) : entries_add(b, err)) &&
	    age_sink_finish(age, err);
}

static void
backing_clear(struct backing *b)
{
	spool_close(&b->folders);
	spool_close(&b->list);
	hasher_free(b->hash);
	mem_free(b->part);
}

static bool
backup_into(struct flow *f, struct span secret, struct file *file, bool keys,
    struct backup_result *out, struct err *err)
{
	struct backing b = { .f = f, .keys = keys };
	struct sink *under = NULL, *age = NULL;
	struct counted counted = { 0 };
	bool ok;

	ok = file_sink(file, 0, &under, err) && counted_open(&counted, under, err) &&
	    age_sink_passphrase(f->world, secret, home_settings(f->home)->log_n,
	    &counted.sink, &age, err) && backing_run(&b, age, err) &&
	    file_sync(file, err) && hasher_end(counted.hash, &out->sha256, err);
	out->files = b.files;
	out->bytes = counted.n;
	backing_clear(&b);
	sink_free(age);
	counted_close(&counted);
	sink_free(under);
	return ok;
}

/* A backup inside the home would be part of the next one, and lost with it. */
static bool
outside_ask(struct flow *f, const char *path, struct err *err)
{
	struct buf home, out;
	bool ok, inside = false;

	buf_init(&home, 8192);
	buf_init(&out, 8192);
	ok = world_absolute(f->world, home_path(f->home), &home, err) &&
	    world_absolute(f->world, path, &out, err);
	if (ok && out.n > home.n)
		inside = memcmp(out.p, home.p, home.n) == 0 && out.p[home.n] == '/';
	buf_clear(&home);
	buf_clear(&out);
	return ok && (!inside || err_set(err, ERR_USE, "backup.inside",
	    "the backup would lie inside the home itself; name a file elsewhere, on another disk at best"));
}

static bool
backup_named(struct flow *f, struct span secret, struct new_place *place,
    struct backup_result *out, struct err *err)
{
	struct file *file = NULL;
	bool ok;

	ok = file_open(f->world, place->into, ".", FILE_TEMPORARY, &file, err) &&
	    backup_into(f, secret, file, false, out, err) &&
	    file_name(file, place->into, place->name, err);
	if (ok && !dir_sync(place->into, err)) {
		(void)!path_remove(f->world, place->into, place->name, NULL);
		ok = false;
	}
	file_close(file);
	return ok;
}

/* ---- the file of package keys: one, and always the newest ---- */

bool
backup_keys_beside(const char *backup, const struct authority_id *of, struct buf *out,
    struct err *err)
{
	size_t n = strlen(backup);

	while (n > 0 && backup[n - 1] != '/')
		n--;
	return buf_add(out, span_of(backup, n), err) &&
	    buf_printf(out, err, "%s" BACKUP_KEYS_ENDING, of->s);
}

bool
backup_keys_away(struct flow *f, uint64_t *out, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool there, more = true, ok;

	*out = 0;
	if (!take_there(f, HEADERS_PATH, &there, err))
		return false;
	if (!there)
		return true;
	ok = listing_open(f->world, home_dir(f->home), HEADERS_PATH, &l, err);
	while (ok && more) {
		char path[160];
		bool away;

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more || strlen(e.name) > 100 || ends(e.name, HEADERS_WAITS))
			continue;
		(void)snprintf(path, sizeof path, "parcels/%.100s.comity", e.name);
		ok = parcel_key_away(f, path, &away, err);
		*out += ok && away;
	}
	listing_close(l);
	return ok;
}

/* What opens living packages is not written over by a home that lacks it. */
static bool
keys_all_here(struct flow *f, const char *path, struct err *err)
{
	uint64_t away;

	if (!backup_keys_away(f, &away, err))
		return false;
	return away == 0 || !path_exists(f->world, NULL, path) || err_set(err,
	    ERR_CONFLICT, "backup.keys-away",
	    "package keys that are not in this home: %llu; they may be in %s, which is not written over. Take them in first: comity restore-keys FILE, or name another place with --keys",
	    (unsigned long long)away, path);
}

/*
 * Nor what opens packages this home never heard of: an older home that was restored by
 * mistake would end what came after its backup.  What does not open may be such a file.
 */
static bool
keys_known_ask(struct flow *f, const char *path, struct span secret, struct err *err)
{
	uint64_t strange = 0;

	if (!path_exists(f->world, NULL, path))
		return true;
	if (!backup_keys_strange(f, path, secret, &strange, err))
		return err->kind != ERR_INPUT && err->kind != ERR_DENIED ? false :
		    err_set(err, ERR_CONFLICT, "backup.keys-closed",
		    "%s is there and does not open as this home's file of package keys (its passphrase may be an older one); it may be all that opens evidence, so it is not written over. Move it to a safe place and do it again, or name another place with --keys",
		    path);
	return strange == 0 || err_set(err, ERR_CONFLICT, "backup.keys-away",
	    "%s holds package keys of evidence that this home does not know: %llu. A newer home than this one wrote it, and it may be all that opens that evidence, so it is not written over. Go back to the newest backup with: comity --home NEW restore FILE; or keep this file and name another place with --keys",
	    path, (unsigned long long)strange);
}

static bool
keys_write(struct flow *f, const char *path, struct span secret,
    struct backup_result *out, struct err *err)
{
	struct backup_result made = { 0 };
	struct new_place place = { 0 };
	struct file *file = NULL;
	char part[240];
	bool ok;

	ok = place_open(f->world, path, &place, err);
	(void)snprintf(part, sizeof part, DISK_TEMPORARY_PREFIX "%s", place.name);
	if (ok && path_exists(f->world, place.into, part))
		ok = path_remove(f->world, place.into, part, err);
	ok = ok && file_open(f->world, place.into, part, FILE_CREATE, &file, err) &&
	    backup_into(f, secret, file, true, &made, err) &&
	    path_rename(f->world, place.into, part, place.into, place.name, true, err) &&
	    dir_sync(place.into, err);
	file_close(file);
	new_place_close(&place);
	if (ok)
		out->keys = made.files;
	return ok || err_wrap(err, "the file of package keys %s", path);
}

static bool
keys_path_make(struct flow *f, const struct backup_wish *w, struct buf *path,
    const char **out, struct err *err)
{
	return (w->keys != NULL ? buf_add_text(path, w->keys, err) :
	    backup_keys_beside(w->path, &home_settings(f->home)->authority, path, err)) &&
	    buf_text(path, out, err) && outside_ask(f, *out, err) &&
	    keys_all_here(f, *out, err);
}

/* Keys first: an old backup gains nothing by them, a new one without them is closed. */
static bool
backup_both(struct flow *f, const struct backup_wish *w, const char *keys,
    struct span secret, struct new_place *place, struct backup_result *out,
    struct err *err)
{
	return parcels_part(f, err) && keys_known_ask(f, keys, secret, err) &&
	    trace(f, out, err) &&
	    keys_write(f, keys, secret, out, err) &&
	    (w->keys_only || backup_named(f, secret, place, out, err));
}

bool
flow_backup(struct flow *f, const struct backup_wish *wish, struct backup_result *out,
    struct err *err)
{
	struct new_place place = { 0 };
	struct backup_result made = { 0 };
	struct buf secret, path;
	const char *keys;
	bool ok;

	f->despite_damage = true;
	buf_init_secret(&secret, AGE_PASSPHRASE_MAX);
	buf_init(&path, SEALED_PATH_MAX);
	ok = home_lock(f->home, err) && (wish->keys_only ||
	    (outside_ask(f, wish->path, err) &&
	    new_place_open(f, wish->path, &place, err))) &&
	    keys_path_make(f, wish, &path, &keys, err) &&
	    passphrase_take(f, &secret, err) &&
	    backup_both(f, wish, keys, buf_span(&secret), &place, &made, err);
	if (ok) {
		(void)snprintf(made.keys_path, sizeof made.keys_path, "%s", keys);
		*out = made;
	} else {
		(void)err_wrap(err, "no backup was made");
	}
	buf_clear(&secret);
	buf_clear(&path);
	new_place_close(&place);
	return ok;
}
