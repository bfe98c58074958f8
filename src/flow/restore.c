/*
 * A home out of its backup: opened into a quarantine beside the target, every byte
 * checked (age's chunks, the tar's headers, the list of digests at its end), a record
 * of it written inside, and only then named.  Cut anywhere, the target is as it was.
 */
#include "flow/apart.h"
#include "flow/backup.h"

#include <stdio.h>
#include <string.h>

#include "flow/ledger.h"
#include "flow/exchange.h"
#include "flow/take.h"
#include "form/json.h"

#define QUARANTINE_PREFIX ".comity-restore-"

struct restoring {
	struct flow *f;
	struct source *from;		/* tar bytes */
	uint64_t at;			/* of them, read so far */
	struct dir *into;		/* the quarantine */
	struct hasher *one, *lines;	/* of this entry; of the list as it must be */
	uint64_t files;
	int64_t made_at;
	bool keys;			/* a file of package keys, and nothing else */
	bool look;			/* of it: nothing is taken, only `strange` is counted */
	uint64_t strange;		/* keys this home neither has nor knows as destroyed */
	struct span secret;
	struct tar_claim claim;
	uint8_t *part;
};

static bool
damaged(struct err *err, const char *why)
{
	return err_set(err, ERR_INPUT, "backup.damaged",
	    "the backup is damaged (%s); get another copy of it", why);
}

/* ---- reading the tar ---- */

static bool
take(struct restoring *r, void *p, size_t n, struct err *err)
{
	r->at += n;
	if (source_exactly(r->from, p, n, err))
		return true;
	return strcmp(err->reason, "source.short") == 0 ?
	    damaged(err, "it ends too early") : false;
}

static bool
take_zeros(struct restoring *r, uint64_t n, struct err *err)
{
	uint8_t block[TAR_BLOCK];

	while (n > 0) {
		size_t m = n < sizeof block ? (size_t)n : sizeof block;

		if (!take(r, block, m, err))
			return false;
		for (size_t i = 0; i < m; i++)
			if (block[i] != 0)
				return damaged(err, "bytes where none should be");
		n -= m;
	}
	return true;
}

static bool
take_header(struct restoring *r, struct err *err)
{
	uint8_t header[TAR_HEADER_MAX];
	size_t n = TAR_BLOCK;

	if (!take(r, header, TAR_BLOCK, err))
		return false;
	if (header[156] == 'x') {	/* typeflag: a pax header, its record, header */
		if (!take(r, header + TAR_BLOCK, 2 * TAR_BLOCK, err))
			return false;
		n = TAR_HEADER_MAX;
	}
	if (!tar_claim_read(span_of(header, n), &r->claim, err))
		return damaged(err, "a header");
	if (!r->claim.end && strcmp(r->claim.folder, r->keys ? BACKUP_KEYS_FOLDER :
	    BACKUP_FOLDER) != 0)
		return err_set(err, ERR_INPUT, "backup.foreign", r->keys ?
		    "the file opens, and holds no package keys of Comity" :
		    "the file opens, and is no backup of a home of Comity");
	return true;
}

/* The entry's content goes to `to`, hashed on the way. */
static bool
take_content(struct restoring *r, bool (*to)(void *arg, struct span s,
    struct err *err), void *arg, struct err *err)
{
	uint64_t left = r->claim.size;

	while (left > 0) {
		size_t n = left < BACKUP_PART ? (size_t)left : BACKUP_PART;

		if (world_stop_wanted(r->f->world))
			return err_set(err, ERR_STOPPED, "stopped",
			    "stopped; nothing was restored");
		if (!take(r, r->part, n, err))
			return false;
		hasher_add(r->one, span_of(r->part, n));
		if (!to(arg, span_of(r->part, n), err))
			return false;
		left -= n;
		if (r->f->progress != NULL)
			r->f->progress->tell(r->f->progress, "Restoring", r->at, 0);
	}
	return take_zeros(r, tar_padding(r->claim.size), err);
}

/* Its line, as the list at the end must have it. */
static bool
line_note(struct restoring *r, struct err *err)
{
	char line[TAR_PATH_MAX + 80];
	struct digest sha256;
	int n;

	if (!hasher_end(r->one, &sha256, err))
		return false;
	n = snprintf(line, sizeof line, "%s  %s\n", digest_hex(&sha256).s,
	    r->claim.path);
	hasher_add(r->lines, span_of(line, (size_t)n));
	return true;
}

/* ---- folders ---- */

struct folder_lines {
	struct restoring *r;
	char line[TAR_PATH_MAX + 1];
	size_t n;
};

/* Below "home/", and nothing that could lead out of it. */
static const char *
below_home(const char *path)
{
	size_t n = strlen(BACKUP_HOME);

	return backup_path_valid(path) && strncmp(path, BACKUP_HOME, n) == 0 ?
	    path + n : NULL;
}

static bool
folder_make(struct folder_lines *l, struct err *err)
{
	const char *path;

	l->line[l->n] = '\0';
	path = strlen(l->line) == l->n && !l->r->keys ? below_home(l->line) : NULL;
	l->n = 0;
	return path == NULL ? damaged(err, "the name of a folder") :
	    dir_make(l->r->f->world, l->r->into, path, err);
}

static bool
folder_bytes(void *arg, struct span s, struct err *err)
{
	struct folder_lines *l = arg;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\n') {
			if (l->n == TAR_PATH_MAX)
				return damaged(err, "the name of a folder");
			l->line[l->n++] = (char)s.p[i];
		} else if (!folder_make(l, err)) {
			return false;
		}
	}
	return true;
}

static bool
folders_take(struct restoring *r, struct err *err)
{
	struct folder_lines lines = { .r = r };

	if (!take_header(r, err))
		return false;
	if (r->claim.end || strcmp(r->claim.path, BACKUP_FOLDERS) != 0)
		return damaged(err, "it does not begin with its folders");
	r->made_at = r->claim.mtime;
	return take_content(r, folder_bytes, &lines, err) && line_note(r, err) &&
	    (lines.n == 0 || damaged(err, "the list of folders"));
}

/* ---- files ---- */

static bool
file_bytes(void *arg, struct span s, struct err *err)
{
	return sink_write(arg, s, err);
}

static bool
file_take(struct restoring *r, struct err *err)
{
	const char *path = below_home(r->claim.path);
	struct file *file = NULL;
	struct sink *sink = NULL;
	bool ok;

	if (path == NULL)
		return damaged(err, "the name of a file");
	ok = file_open(r->f->world, r->into, path, FILE_CREATE, &file, err) &&
	    file_sink(file, 0, &sink, err) &&
	    take_content(r, file_bytes, sink, err) && line_note(r, err);
	if (ok)
		file_sync_begin(file, 0, r->claim.size);
	r->files++;
	sink_free(sink);
	file_close(file);
	return ok;
}

static bool bytes_skip(void *arg, struct span s, struct err *err);

/*
 * Of a package that is here without its key: a key that is here stays, and of what was
 * destroyed not even the header is here, so that its key does not come back.
 */
static bool
key_wanted(struct restoring *r, const char *path, bool *wanted, struct err *err)
{
	bool header_there = false, there = false;
	size_t n = strlen(path), top = strlen(PACKAGE_KEYS_PATH "/");
	char header[TAR_PATH_MAX + 20];

	if (strncmp(path, PACKAGE_KEYS_PATH "/", top) != 0 || n <= top + 4 ||
	    strchr(path + top, '/') != NULL || strcmp(path + n - 4, ".age") != 0)
		return damaged(err, "the name of a file");
	(void)snprintf(header, sizeof header, HEADERS_PATH "/%.*s", (int)(n - top - 4),
	    path + top);
	if (!path_look(r->f->world, r->into, header, &header_there, err) ||
	    !path_look(r->f->world, r->into, path, &there, err))
		return false;
	*wanted = header_there && !there;
	return true;
}

/* Is it the key of a package that was destroyed here? */
struct key_name {
	struct docket *d;
	const char *name;		/* "NAME.age" */
	bool destroyed;
};

static bool
package_look(void *arg, const struct docket_act *row, struct err *err)
{
	struct key_name *k = arg;
	struct parcel_path file = act_file(row);
	const char *at = file.s + strlen("parcels/");
	size_t n = strlen(at) - strlen(".comity");
	int64_t when;

	if (strlen(k->name) != n + strlen(".age") || memcmp(at, k->name, n) != 0)
		return true;
	if (!docket_destroyed_at(k->d, &row->package, &when, err))
		return false;
	k->destroyed = k->destroyed || when != 0;
	return true;
}

static bool
key_look(struct restoring *r, const char *path, struct err *err)
{
	struct key_name k = { .name = path + strlen(PACKAGE_KEYS_PATH "/") };
	struct digest act;
	bool ok;

	if (path_exists(r->f->world, r->into, path))
		return true;
	if (strlen(k.name) < 64 || !digest_parse(span_of(k.name, 64), &act))
		return damaged(err, "the name of a file");
	if (!home_docket(r->f->home, &k.d, err))
		return false;
	ok = docket_act_packages(k.d, &act, package_look, &k, err);
	home_docket_done(r->f->home);
	r->strange += ok && !k.destroyed;
	return ok;
}

static bool
key_file_take(struct restoring *r, struct err *err)
{
	const char *path = below_home(r->claim.path);
	bool wanted = false;

	if (path == NULL)
		return damaged(err, "the name of a file");
	if (!key_wanted(r, path, &wanted, err))
		return false;
	if (r->look && !key_look(r, path, err))
		return false;
	return wanted && !r->look ? file_take(r, err) :
	    take_content(r, bytes_skip, NULL, err) && line_note(r, err);
}

static bool
bytes_skip(void *arg, struct span s, struct err *err)
{
	(void)arg;
	(void)s;
	(void)err;
	return true;
}

/* The list is exactly the lines of what came before it. */
static bool
list_take(struct restoring *r, struct err *err)
{
	struct digest is, must;

	return take_content(r, bytes_skip, NULL, err) &&
	    hasher_end(r->one, &is, err) && hasher_end(r->lines, &must, err) &&
	    (digest_eq(&is, &must) || damaged(err, "its list of digests"));
}

/* Zeros, and then really nothing: only that makes what was read before true. */
static bool
end_take(struct restoring *r, struct err *err)
{
	uint8_t byte;
	size_t got;

	if (!take_zeros(r, tar_end_padding(r->at), err) ||
	    !source_read(r->from, &byte, 1, &got, err))
		return false;
	return got == 0 || damaged(err, "bytes after its end");
}

static bool
entries_take(struct restoring *r, struct err *err)
{
	if (!folders_take(r, err))
		return false;
	for (;;) {
		if (!take_header(r, err))
			return false;
		if (r->claim.end)
			return damaged(err, "its list is missing");
		if (strcmp(r->claim.path, BACKUP_LIST) == 0)
			return list_take(r, err) && end_take(r, err);
		if (!(r->keys ? key_file_take(r, err) : file_take(r, err)))
			return false;
	}
}

/* ---- under the passphrase ---- */

static bool
said_plainly(struct err *err)
{
	if (strcmp(err->reason, "age.no_match") == 0)
		return err_set(err, ERR_DENIED, "backup.passphrase",
		    "the passphrase is not the one of the home when this backup was made; nothing was changed");
	if (strcmp(err->reason, "age.header") == 0)
		return err_set(err, ERR_INPUT, "backup.foreign",
		    "the file is no backup of a home of Comity");
	if (strcmp(err->reason, "age.mac") == 0 ||
	    strcmp(err->reason, "age.chunk") == 0 ||
	    strcmp(err->reason, "age.trailing") == 0)
		return damaged(err, "it was cut or changed");
	return false;
}

static bool
unpack(struct restoring *r, struct source *file, struct err *err)
{
	struct age_keys keys = { .passphrase = r->secret };
	bool ok = true;

	if (r->secret.n == 0)
		ok = err_set(err, ERR_DENIED, "key.passphrase_empty",
		    "the passphrase is empty; type the one of the home that is in this backup");
	r->part = mem_new(BACKUP_PART, err);
	ok = ok && r->part != NULL && age_source(file, &keys, &r->from, err) &&
	    hasher_new(&r->one, err) && hasher_new(&r->lines, err) &&
	    entries_take(r, err);
	source_free(r->from);
	hasher_free(r->one);
	hasher_free(r->lines);
	mem_free(r->part);
	return ok || said_plainly(err);
}

/* ---- what the home knows of it afterwards ---- */

static bool
mark(struct home *h, const struct restoring *r, const struct backup_result *b,
    struct err *err)
{
	struct json_out j;
	struct buf out;
	bool ok;

	buf_init(&out, 4096);
	json_out_begin(&j, &out, true, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.restored/1");
	json_out_int(&j, "restored_at", world_now(r->f->world));
	json_out_int(&j, "backup_made_at", r->made_at);
	json_out_digest(&j, "backup_sha256", &b->sha256);
	json_out_close_object(&j);
	ok = json_out_end(&j) && home_save(h, FLOW_RESTORED_PATH, buf_span(&out), err);
	buf_clear(&out);
	return ok;
}

/* Others may hold more of the ledger than was in the backup: nothing is signed till then. */
/* The journal says that from here on something may be missing. */
static bool
recovery(struct restoring *r, const char *path, const struct backup_result *b,
    struct err *err)
{
	struct flow inner = { .world = r->f->world, .passphrase = r->f->passphrase,
		.arg = r->f->arg, .as = r->f->as, .despite_damage = true };
	bool ok;

	ok = flow_open(&inner, path, err) && home_lock(inner.home, err) &&
	    recovery_begin(&inner, "ledger.restored", err) &&
	    mark(inner.home, r, b, err);
	flow_clear(&inner);
	home_close(inner.home);
	return ok;
}

/* ---- quarantine ---- */

static bool
target_ask(struct flow *f, const struct new_place *place, const char *path,
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct file_info info;
	bool more = false, ok;

	if (!path_exists(f->world, place->into, place->name))
		return true;
	if (!path_info(f->world, place->into, place->name, &info, err))
		return false;
	if (info.type != FILE_DIR)
		return err_set(err, ERR_CONFLICT, "restore.not-empty",
		    "%s is there and is no folder; choose another place", path);
	ok = listing_open(f->world, place->into, place->name, &l, err) &&
	    listing_next(l, &e, &more, err);
	listing_close(l);
	return ok && (!more || err_set(err, ERR_CONFLICT, "restore.not-empty",
	    "the folder %s is not empty; nothing in it was touched: choose a new folder with --home",
	    path));
}

struct quarantine {
	char name[sizeof QUARANTINE_PREFIX + 200];
	struct buf path;		/* as home_open takes it */
};

static bool
quarantine_make(struct flow *f, const struct new_place *place, const char *path,
    struct quarantine *q, struct dir **into, struct err *err)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	(void)snprintf(q->name, sizeof q->name, QUARANTINE_PREFIX "%s", place->name);
	if (!buf_add(&q->path, span_of(path, n - strlen(place->name)), err) ||
	    !buf_add_text(&q->path, q->name, err))
		return false;
	if (path_exists(f->world, place->into, q->name) &&
	    !dir_remove_all(f->world, place->into, q->name, err))
		return false;
	return dir_make(f->world, place->into, q->name, err) &&
	    dir_open(f->world, place->into, q->name, into, err);
}

static bool
backup_hash(struct flow *f, struct file *file, struct backup_result *out,
    struct err *err)
{
	uint8_t *part = mem_new(BACKUP_PART, err);
	struct hasher *h = NULL;
	size_t got = 1;
	bool ok = part != NULL && hasher_new(&h, err);

	(void)f;
	for (out->bytes = 0; ok && got > 0; out->bytes += got) {
		ok = file_read_at(file, part, BACKUP_PART, out->bytes, &got, err);
		if (ok)
			hasher_add(h, span_of(part, got));
	}
	ok = ok && hasher_end(h, &out->sha256, err);
	hasher_free(h);
	mem_free(part);
	return ok;
}

/* ---- package keys ---- */

static bool
keys_read(struct flow *f, const char *path, struct dir *into, struct span secret,
    struct backup_result *out, struct err *err)
{
	struct restoring r = { .f = f, .into = into, .keys = true, .secret = secret };
	struct source *source = NULL;
	struct file *file = NULL;
	bool ok;

	ok = (path_exists(f->world, into, PACKAGE_KEYS_PATH) ||
	    dir_make_all(f->world, into, PACKAGE_KEYS_PATH, err)) &&
	    file_open(f->world, NULL, path, FILE_READ, &file, err) &&
	    file_source(file, 0, &source, err) && unpack(&r, source, err);
	source_free(source);
	file_close(file);
	if (ok) {
		out->keys = r.files;
		(void)snprintf(out->keys_path, sizeof out->keys_path, "%s", path);
	}
	return ok || err_wrap(err, "the file of package keys %s", path);
}

bool
backup_keys_strange(struct flow *f, const char *path, struct span secret,
    uint64_t *out, struct err *err)
{
	struct restoring r = { .f = f, .into = home_dir(f->home), .keys = true,
		.look = true, .secret = secret };
	struct source *source = NULL;
	struct file *file = NULL;
	bool ok;

	ok = file_open(f->world, NULL, path, FILE_READ, &file, err) &&
	    file_source(file, 0, &source, err) && unpack(&r, source, err);
	source_free(source);
	file_close(file);
	*out = r.strange;
	return ok;
}

/* Beside the backup, unless one was named; its passphrase may be a newer one. */
static bool
keys_find(struct restoring *r, const struct restore_wish *w, struct home *h,
    struct backup_result *out, struct err *err)
{
	struct err why = ERR_INIT;
	const char *path;
	struct buf beside;
	bool ok;

	if (w->keys != NULL)
		return keys_read(r->f, w->keys, r->into, r->secret, out, err);
	buf_init(&beside, SEALED_PATH_MAX);
	ok = backup_keys_beside(w->backup, &home_settings(h)->authority, &beside, err) &&
	    buf_text(&beside, &path, err);
	if (ok && path_exists(r->f->world, NULL, path) &&
	    !keys_read(r->f, path, r->into, r->secret, out, &why)) {
		out->keys_other = strcmp(why.reason, "backup.passphrase") == 0;
		(void)snprintf(out->keys_path, sizeof out->keys_path, "%s", path);
		if (!out->keys_other)
			*err = why;
		ok = out->keys_other;
	}
	buf_clear(&beside);
	return ok;
}

static bool
keys_into(struct restoring *r, const struct restore_wish *w, const char *path,
    struct backup_result *out, struct err *err)
{
	struct flow inner = { .world = r->f->world, .despite_damage = true };
	bool ok;

	ok = flow_open(&inner, path, err) &&
	    keys_find(r, w, inner.home, out, err) &&
	    backup_keys_away(&inner, &out->keys_away, err);
	home_close(inner.home);
	return ok;
}

bool
flow_restore_keys(struct flow *f, const char *keys, struct backup_result *out,
    struct err *err)
{
	struct buf secret;
	bool ok;

	memset(out, 0, sizeof *out);
	buf_init_secret(&secret, AGE_PASSPHRASE_MAX);
	ok = home_lock(f->home, err) && parcels_part(f, err) &&
	    f->passphrase(f->arg, false, &secret, err) &&
	    keys_read(f, keys, home_dir(f->home), buf_span(&secret), out, err) &&
	    dir_sync_all(home_dir(f->home), err) &&
	    record_home(f, EVENT_ADMINISTRATION, "keys.restored", err) &&
	    backup_keys_away(f, &out->keys_away, err);
	buf_clear(&secret);
	return ok;
}

static bool
restore_into(struct restoring *r, const struct restore_wish *w, struct file *file,
    const char *path, struct backup_result *out, struct err *err)
{
	struct source *source = NULL;
	bool ok;

	ok = backup_hash(r->f, file, out, err) && file_source(file, 0, &source, err) &&
	    unpack(r, source, err) && keys_into(r, w, path, out, err) &&
	    recovery(r, path, out, err) && dir_sync_all(r->into, err);
	source_free(source);
	return ok;
}

bool
flow_restore(struct flow *f, const struct restore_wish *w, struct backup_result *out,
    struct err *err)
{
	struct restoring r = { .f = f };
	struct backup_result got = { 0 };
	struct new_place place = { 0 };
	struct file *file = NULL;
	struct quarantine q;
	struct buf secret;
	const char *path;
	bool ok, begun = false;

	buf_init(&q.path, 8192);
	buf_init_secret(&secret, AGE_PASSPHRASE_MAX);
	ok = file_open(f->world, NULL, w->backup, FILE_READ, &file, err) &&
	    place_open(f->world, w->home, &place, err) &&
	    target_ask(f, &place, w->home, err) &&
	    f->passphrase(f->arg, false, &secret, err);
	r.secret = buf_span(&secret);
	if (ok) {
		begun = true;
		ok = quarantine_make(f, &place, w->home, &q, &r.into, err) &&
		    buf_text(&q.path, &path, err) &&
		    restore_into(&r, w, file, path, &got, err) &&
		    path_rename(f->world, place.into, q.name, place.into, place.name,
		    true, err);
	}
	dir_close(r.into);
	if (begun && !ok)
		(void)!dir_remove_all(f->world, place.into, q.name, NULL);
	if (ok && !dir_sync(place.into, err))
		ok = err_wrap(err, "%s is there and whole, but a loss of power may take its name", w->home);
	if (ok) {
		got.files = r.files;
		*out = got;
	}
	buf_clear(&secret);
	new_place_close(&place);
	file_close(file);
	buf_clear(&q.path);
	return ok;
}
