/* Headers of kept evidence, apart from the bodies, under a key a package. */
#include "flow/apart.h"

#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/take.h"

#define SEALED_HEADER_MAX (AGE_HEADER_MAX + AEAD_EXTRA)
#define KEY_FILE_SEALED_MAX (64u << 10)

struct apart_paths {
	char header[160], waits[170], key[160];
};

/* "parcels/NAME.comity" */
static bool
paths_of(const char *path, struct apart_paths *out)
{
	size_t n = strlen(path);
	int name;

	if (strncmp(path, "parcels/", 8) != 0 || n <= 8 + 7 || n > 140 ||
	    strcmp(path + n - 7, ".comity") != 0)
		return false;
	name = (int)(n - 8 - 7);
	(void)snprintf(out->header, sizeof out->header, HEADERS_PATH "/%.*s", name,
	    path + 8);
	(void)snprintf(out->waits, sizeof out->waits, "%s" HEADERS_WAITS, out->header);
	(void)snprintf(out->key, sizeof out->key, PACKAGE_KEYS_PATH "/%.*s.age", name,
	    path + 8);
	return true;
}

void
parcel_head_init(struct buf *head)
{
	buf_init(head, AGE_HEADER_MAX);
}

/* ---- read ---- */

static bool
key_load(struct flow *f, const char *path, struct aead_key *out, struct err *err)
{
	struct age_keys keys = { .identities = NULL };
	struct keyring *k = NULL;
	struct buf file, plain;
	bool ok, there;

	if (!take_there(f, path, &there, err))
		return false;
	if (!there)
		return err_set(err, ERR_ABSENT, "evidence.key-away",
		    "the package key of this parcel is not in this home, which came out of a backup: the package was destroyed after that, or the file of package keys was not brought. The newest one is taken in with: comity restore-keys FILE");
	buf_init(&file, KEY_FILE_SEALED_MAX);
	buf_init_secret(&plain, 4096);
	ok = flow_keyring(f, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    home_load(f->home, path, &file, err) &&
	    age_open_small(buf_span(&file), &keys, &plain, err) &&
	    (plain.n == sizeof out->b || err_set(err, ERR_UNPROVEN,
	    "evidence.key-damaged", "it holds no package key"));
	if (ok)
		memcpy(out->b, plain.p, sizeof out->b);
	buf_clear(&plain);
	buf_clear(&file);
	return ok || err_wrap(err, "%s", path);
}

static bool
header_open(struct flow *f, const struct apart_paths *at, struct buf *head,
    struct err *err)
{
	struct aead_key key;
	struct buf sealed;
	bool ok;

	if (!key_load(f, at->key, &key, err))
		return false;
	buf_init(&sealed, SEALED_HEADER_MAX);
	ok = home_load(f->home, at->header, &sealed, err) &&
	    aead_open(&key, span_text(at->header), buf_span(&sealed), head, err);
	aead_key_wipe(&key);
	buf_clear(&sealed);
	return ok || err_wrap(err, "%s", at->header);
}

bool
parcel_head(struct flow *f, const char *path, struct buf *head, struct err *err)
{
	struct apart_paths at;
	bool apart;

	if (!paths_of(path, &at))
		return true;
	return take_there(f, at.header, &apart, err) &&
	    (!apart || header_open(f, &at, head, err));
}

bool
parcel_join(struct flow *f, struct package_reading *in, struct buf *head,
    struct err *err)
{
	if (!parcel_head(f, in->path, head, err))
		return false;
	in->head = buf_span(head);
	return true;
}

bool
parcel_open_whole(struct flow *f, const char *path, struct file **out, struct err *err)
{
	struct file *file = NULL, *joined = NULL;
	struct buf head;
	bool ok;

	parcel_head_init(&head);
	ok = file_open(f->world, home_dir(f->home), path, FILE_READ, &file, err) &&
	    parcel_head(f, path, &head, err) &&
	    (head.n == 0 || file_headed(file, buf_span(&head), &joined, err));
	buf_clear(&head);
	if (!ok) {
		file_close(file);
		return false;
	}
	*out = joined != NULL ? joined : file;
	return true;
}

bool
flow_parcel_open(struct flow *f, const struct parcel *p, struct file **out,
    struct err *err)
{
	return parcel_open_whole(f, parcel_file(p).s, out, err);
}

bool
parcel_key_away(struct flow *f, const char *path, bool *away, struct err *err)
{
	struct apart_paths at;
	bool apart, key;

	*away = false;
	if (!paths_of(path, &at))
		return true;
	if (!take_there(f, at.header, &apart, err) || !take_there(f, at.key, &key, err))
		return false;
	*away = apart && !key;
	return true;
}

/* ---- put apart ---- */

/* A folder that is new is there after a cut too. */
static bool
folder_ready(struct flow *f, const char *folder, const char *above, struct err *err)
{
	bool there;

	if (!take_there(f, folder, &there, err))
		return false;
	return there || (dir_make_all(f->world, home_dir(f->home), folder, err) &&
	    folder_sync(f, above, err));
}

static bool
key_make(struct flow *f, const char *path, struct aead_key *out, struct err *err)
{
	struct age_recipient self;
	struct buf file;
	bool ok;

	buf_init(&file, KEY_FILE_SEALED_MAX);
	ok = folder_ready(f, PACKAGE_KEYS_PATH, "keys", err) &&
	    home_recipient(f->home, &self, err) && aead_key_make(f->world, out, err) &&
	    age_seal_small(f->world, &self, 1, span_of(out->b, sizeof out->b), &file,
	    err) && home_save(f->home, path, buf_span(&file), err);
	buf_clear(&file);
	return ok;
}

/* Beside the body, which has it still. */
static bool
header_save(struct flow *f, const struct apart_paths *at, struct span header,
    struct err *err)
{
	struct aead_key key;
	struct buf sealed;
	bool ok;

	buf_init(&sealed, SEALED_HEADER_MAX);
	ok = folder_ready(f, HEADERS_PATH, ".", err) && key_make(f, at->key, &key, err) &&
	    aead_seal(f->world, &key, span_text(at->header), header, &sealed, err) &&
	    home_save(f->home, at->waits, buf_span(&sealed), err);
	aead_key_wipe(&key);
	buf_clear(&sealed);
	return ok;
}

static uint8_t *
mark_make(size_t n, struct err *err)
{
	uint8_t *mark = mem_new(n, err);

	if (mark != NULL)
		memcpy(mark, PARCEL_APART, n < strlen(PARCEL_APART) ? n :
		    strlen(PARCEL_APART));
	return mark;
}

/* What opens it is beside it, durably: here nothing of it stays. */
static bool
beginning_over(struct file *file, size_t n, struct err *err)
{
	uint8_t *mark = mark_make(n, err);
	bool ok;

	if (mark == NULL)
		return false;
	ok = file_write_at(file, span_of(mark, n), 0, err) && file_sync(file, err);
	mem_free(mark);
	return ok;
}

struct parting {
	struct flow *f;
	struct docket *d;
};

/* Until its receipt a parcel of ours may be carried again by who opens nothing. */
static bool
may_leave(const struct docket_act *row)
{
	return row->outbox == OUTBOX_WAITS || row->outbox == OUTBOX_ONCE ||
	    (row->direction == ACT_OUT && row->peer[0] != '\0' &&
	    row->receipted_at == 0);
}

/* *n: bytes of the header that is sealed at this path; 0: none is. */
static bool
header_size(struct flow *f, const char *path, size_t *n, struct err *err)
{
	struct file_info info;
	bool there;

	*n = 0;
	if (!take_there(f, path, &there, err) || (there &&
	    !path_info(f->world, home_dir(f->home), path, &info, err)))
		return false;
	if (there && info.size > AEAD_EXTRA && info.size <= SEALED_HEADER_MAX)
		*n = (size_t)info.size - AEAD_EXTRA;
	return true;
}

bool
parcel_sound(struct flow *f, const char *path, struct file *copy,
    const struct digest *sha256, bool *sound, struct err *err)
{
	struct file *file = NULL, *joined = NULL;
	struct err why = ERR_INIT;
	uint8_t *head = mem_resize(NULL, AGE_HEADER_MAX, err);
	struct apart_paths at;
	struct digest is;
	uint64_t bytes;
	size_t n = 0, got = 0;
	bool ok;

	ok = head != NULL && (!paths_of(path, &at) || header_size(f, at.header, &n, &why)) &&
	    n <= AGE_HEADER_MAX && file_read_at(copy, head, n, 0, &got, &why) &&
	    file_open(f->world, home_dir(f->home), path, FILE_READ, &file, &why) &&
	    (n == 0 || file_headed(file, span_of(head, got), &joined, &why)) &&
	    opened_digest(f, joined != NULL ? joined : file, NULL, &bytes, &is, &why);
	file_close(joined != NULL ? joined : file);
	*sound = ok && digest_eq(&is, sha256);
	if (head == NULL)
		return false;
	mem_free(head);
	if (ok || (why.kind != ERR_MEMORY && why.kind != ERR_STOPPED))
		return true;
	*err = why;
	return false;
}

/* *saved false: there is none at its beginning; others tell of what rotted. */
static bool
header_take(struct flow *f, const struct apart_paths *at, struct file *file, bool *saved,
    struct err *err)
{
	uint8_t *begin = mem_resize(NULL, AGE_HEADER_MAX, err);
	struct err why = ERR_INIT;
	size_t got = 0, n = 0;
	bool ok;

	*saved = false;
	ok = begin != NULL && file_read_at(file, begin, AGE_HEADER_MAX, 0, &got, err);
	if (ok && age_header_length(span_of(begin, got), &n, saved, &why) && *saved)
		ok = header_save(f, at, span_of(begin, n), err);
	else if (why.kind == ERR_MEMORY)
		ok = err_memory(err);
	mem_free(begin);
	return ok;
}

/* Its own name: from now on the header beside the body is the one that counts. */
static bool
header_counts(struct flow *f, const struct apart_paths *at, struct err *err)
{
	struct dir *home = home_dir(f->home);

	return path_rename(f->world, home, at->waits, home, at->header, true, err) &&
	    folder_sync(f, HEADERS_PATH, err);
}

static bool
body_part(struct parting *p, const struct docket_act *row, const struct apart_paths *at,
    struct file *file, struct err *err)
{
	size_t waits, n;
	bool saved = true;

	if (!header_size(p->f, at->header, &n, err) ||
	    !header_size(p->f, at->waits, &waits, err))
		return false;
	if (n == 0 && waits == 0 && !header_take(p->f, at, file, &saved, err))
		return false;
	if (!saved || (n == 0 && may_leave(row)))
		return true;
	return (n > 0 || (header_counts(p->f, at, err) &&
	    header_size(p->f, at->header, &n, err))) &&
	    beginning_over(file, n, err) &&
	    docket_apart_put(p->d, &row->package, APART_DONE, err);
}

static bool
part_one(void *arg, const struct docket_act *row, struct err *err)
{
	struct parting *p = arg;
	struct parcel_path path = act_file(row);
	struct apart_paths at;
	struct file *file = NULL;
	bool there, ok;

	if (!paths_of(path.s, &at) || !take_there(p->f, path.s, &there, err))
		return false;
	if (!there || row->bytes == 0)
		return true;
	ok = file_open(p->f->world, home_dir(p->f->home), path.s, FILE_UPDATE, &file,
	    err) && body_part(p, row, &at, file, err);
	file_close(file);
	return ok;
}

bool
parcel_without_header(struct flow *f, const char *path, struct file *file,
    struct file **out, struct err *err)
{
	struct apart_paths at;
	uint8_t *mark;
	size_t n = 0;
	bool ok;

	*out = file;
	if (!paths_of(path, &at))
		return true;
	if (!header_size(f, at.waits, &n, err))
		return false;
	if (n == 0)
		return true;
	mark = mark_make(n, err);
	ok = mark != NULL && file_headed(file, span_of(mark, n), out, err);
	mem_free(mark);
	return ok;
}

/* ---- gone ---- */

#define WIPE_MAX (64u << 10)		/* bytes of a key file, or of a header */

/* Written over where it lies, as far as a disk lets one; then its name is gone. */
static bool
wipe_file(struct flow *f, const char *path, struct err *err)
{
	struct dir *home = home_dir(f->home);
	struct file_info info;
	struct file *file = NULL;
	uint8_t *noise = NULL;
	bool there, ok;

	if (!take_there(f, path, &there, err))
		return false;
	if (!there)
		return true;
	ok = file_open(f->world, home, path, FILE_UPDATE, &file, err) &&
	    file_info(file, &info, err);
	if (ok && info.size > 0) {
		size_t n = info.size < WIPE_MAX ? (size_t)info.size : WIPE_MAX;

		noise = mem_new(n, err);
		ok = noise != NULL && world_random(f->world, noise, n, err) &&
		    file_write_at(file, span_of(noise, n), 0, err) &&
		    file_sync(file, err);
	}
	file_close(file);
	mem_free(noise);
	return ok && path_remove(f->world, home, path, err);
}

static bool
remove_file(struct flow *f, const char *path, struct err *err)
{
	return path_clear(f->world, home_dir(f->home), path, err);
}

static bool
folder_sync_there(struct flow *f, const char *folder, struct err *err)
{
	bool there;

	return take_there(f, folder, &there, err) && (!there ||
	    folder_sync(f, folder, err));
}

static bool
apart_wipe(struct flow *f, const struct apart_paths *at, struct err *err)
{
	return wipe_file(f, at->key, err) &&
	    folder_sync_there(f, PACKAGE_KEYS_PATH, err) &&
	    remove_file(f, at->header, err) && remove_file(f, at->waits, err) &&
	    folder_sync_there(f, HEADERS_PATH, err);
}

bool
parcel_apart_forget(struct flow *f, const char *path, struct err *err)
{
	struct apart_paths at;

	return !paths_of(path, &at) || apart_wipe(f, &at, err);
}

bool
parcel_wipe(struct flow *f, const char *path, struct err *err)
{
	char aside[160];

	(void)snprintf(aside, sizeof aside, "%s.damaged", path);
	return parcel_apart_forget(f, path, err) && wipe_file(f, path, err) &&
	    wipe_file(f, aside, err) && folder_sync(f, "parcels", err);
}

static bool
gone_one(void *arg, const struct docket_act *row, struct err *err)
{
	struct parting *p = arg;

	return parcel_wipe(p->f, act_file(row).s, err) &&
	    docket_apart_put(p->d, &row->package, APART_GONE, err);
}

/* ---- once more ---- */

/* The header beside it counts until the body has its own again, durably. */
static bool
header_back(struct flow *f, const char *path, const struct apart_paths *at,
    struct err *err)
{
	struct dir *home = home_dir(f->home);
	struct file *file = NULL;
	struct buf head;
	bool ok;

	parcel_head_init(&head);
	ok = header_open(f, at, &head, err) &&
	    file_open(f->world, home, path, FILE_UPDATE, &file, err) &&
	    file_write_at(file, buf_span(&head), 0, err) && file_sync(file, err) &&
	    path_rename(f->world, home, at->header, home, at->waits, true, err) &&
	    folder_sync(f, HEADERS_PATH, err);
	file_close(file);
	buf_clear(&head);
	return ok;
}

bool
parcel_out_again(struct flow *f, struct docket *d, const struct docket_act *row,
    struct err *err)
{
	struct parcel_path path = act_file(row);
	struct apart_paths at;
	bool apart;

	if (!paths_of(path.s, &at) || !take_there(f, at.header, &apart, err))
		return false;
	return !apart || (docket_apart_put(d, &row->package, APART_NOT, err) &&
	    header_back(f, path.s, &at, err));
}

bool
parcels_part(struct flow *f, struct err *err)
{
	struct parting p = { .f = f };
	bool ok;

	if (!home_docket(f->home, &p.d, err))
		return false;
	ok = docket_destroying_each(p.d, gone_one, &p, err) &&
	    docket_whole_each(p.d, part_one, &p, err);
	home_docket_done(f->home);
	return ok;
}

void
parcels_part_later(struct flow *f)
{
	struct err ignored = ERR_INIT;

	(void)!parcels_part(f, &ignored);
}
