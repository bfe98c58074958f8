/* The home folder and its settings. */
#include "store/home.h"

#include <stdio.h>
#include <string.h>

#include "form/json.h"
#include "store/sql.h"

#define SETTINGS "comity.json"
#define MAKING ".making"	/* there while `init` is not finished */

static const char *const folders[] = { "keys", "ca", "cards", "peers", "evidence",
	"parcels", "outbox", "inbox", "tmp" };
/* Made when they are needed (flow/apart.h). */
static const char *const later[] = { "headers", "keys/packages" };
/* What else may be there; journal and ledger make their folders themselves. */
static const char *const loose[] = { "card.card", "tsa-roots.pem", "request.csr",
	DOCKET_FILE, DOCKET_FILE "-wal", DOCKET_FILE "-journal", DOCKET_NEW,
	DOCKET_NEW "-wal", DOCKET_NEW "-journal", DOCKET_LOCK, VFS_SURE };
#define JOURNAL "journal"
#define LEDGER "ledger"
#define COUNT(list) (sizeof list / sizeof list[0])

static bool
home_new(struct world *w, const char *path, struct home **out, struct err *err)
{
	struct home *h = mem_new(sizeof *h, err);

	if (h == NULL)
		return false;
	h->world = w;
	h->path = mem_text_of(path, err);
	if (h->path == NULL || !dir_open(w, NULL, path, &h->dir, err)) {
		home_close(h);
		return false;
	}
	*out = h;
	return true;
}

void
home_close(struct home *h)
{
	if (h == NULL)
		return;
	while (h->docket != NULL)
		docket_close(h->docket);
	dir_close(h->tmp);
	file_close(h->lock);
	dir_close(h->dir);
	mem_free(h->path);
	mem_free(h);
}

/* Only what an unfinished `init` may have left. */
static bool
clear_half_made(struct home *h, struct err *err)
{
	for (size_t i = 0; i < COUNT(folders); i++)
		if (path_exists(h->world, h->dir, folders[i]) &&
		    !dir_remove_all(h->world, h->dir, folders[i], err))
			return false;
	if (path_exists(h->world, h->dir, JOURNAL) &&
	    !dir_remove_all(h->world, h->dir, JOURNAL, err))
		return false;
	if (path_exists(h->world, h->dir, LEDGER) &&
	    !dir_remove_all(h->world, h->dir, LEDGER, err))
		return false;
	for (size_t i = 0; i < COUNT(loose); i++)
		if (!path_clear(h->world, h->dir, loose[i], err))
			return false;
	return true;
}

static bool
must_be_empty(struct home *h, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = false, ok;

	ok = listing_open(h->world, h->dir, ".", &l, err) &&
	    listing_next(l, &e, &more, err);
	listing_close(l);
	if (!ok)
		return false;
	return !more || err_set(err, ERR_CONFLICT, "home.exists",
	    "the folder %s is not empty; choose a new folder with --home", h->path);
}

bool
home_is_in(struct world *w, struct dir *dir)
{
	return path_exists(w, dir, SETTINGS) || path_exists(w, dir, MAKING);
}

bool
home_begin(struct world *w, const char *path, struct home **out, struct err *err)
{
	struct file_info info;
	struct home *h = NULL;
	bool ok, there, half = false;

	if (!dir_make_all(w, NULL, path, err) || !home_new(w, path, &h, err))
		return false;
	there = path_info(w, h->dir, SETTINGS, &info, err);
	/* A disk that does not answer has not said that there is none. */
	if (!there && err->kind != ERR_ABSENT)
		ok = false;
	else if (there)
		ok = err_set(err, ERR_CONFLICT, "home.exists",
		    "the folder %s is a home already; see it with: comity --home %s status",
		    path, path);
	else if (!path_look(w, h->dir, MAKING, &half, err))
		ok = false;
	else if (half)
		ok = home_lock(h, err) && clear_half_made(h, err);
	else
		ok = must_be_empty(h, err) &&
		    file_save(w, h->dir, MAKING, span_text("init\n"), true, err) &&
		    home_lock(h, err);
	for (size_t i = 0; ok && i < COUNT(folders); i++)
		ok = dir_make(w, h->dir, folders[i], err);
	if (!ok) {
		home_close(h);
		return false;
	}
	err_clear(err);
	*out = h;
	return true;
}

/* Temporary files that a crash left here (world.h): a parcel may be terabytes. */
static bool
sweep(struct home *h, const char *folder, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct dir *d = NULL;
	bool more = true, ok;

	ok = dir_open(h->world, h->dir, folder, &d, err) &&
	    listing_open(h->world, d, ".", &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more && strncmp(e.name, DISK_TEMPORARY_PREFIX,
		    strlen(DISK_TEMPORARY_PREFIX)) == 0)
			ok = path_remove(h->world, d, e.name, err);
	}
	listing_close(l);
	dir_close(d);
	return ok;
}

/* Never replaced: two commands would each hold the lock of a file of their own. */
static bool
lock_make(struct home *h, struct err *err)
{
	struct file *f = NULL;
	bool ok = file_open(h->world, h->dir, "lock", FILE_CREATE, &f, err);

	file_close(f);
	return ok || strcmp(err->reason, "disk.exists") == 0;
}

static bool settings_load(struct home *h, struct err *err);

bool
home_lock(struct home *h, struct err *err)
{
	bool ok;

	if (h->lock != NULL)
		return true;
	if (!path_exists(h->world, h->dir, "lock") && !lock_make(h, err))
		return false;
	if (!file_open(h->world, h->dir, "lock", FILE_UPDATE, &h->lock, err))
		return false;
	ok = file_lock(h->lock, err);
	if (!ok && err->kind == ERR_CONFLICT)
		(void)err_set(err, ERR_CONFLICT, "home.busy",
		    "another comity command is at work in %s; wait for it to end and try again",
		    h->path);
	ok = ok && sweep(h, ".", err);
	for (size_t i = 0; ok && i < COUNT(folders); i++)
		ok = !path_exists(h->world, h->dir, folders[i]) ||
		    sweep(h, folders[i], err);
	for (size_t i = 0; ok && i < COUNT(later); i++)
		ok = !path_exists(h->world, h->dir, later[i]) ||
		    sweep(h, later[i], err);
	/* What a cut command was sealing may lie there in the clear. */
	ok = ok && (h->tmp != NULL || !path_exists(h->world, h->dir, "tmp") ||
	    dir_remove_all(h->world, h->dir, "tmp", err));
	/* What was read before the lock may have been changed meanwhile. */
	ok = ok && (!path_exists(h->world, h->dir, SETTINGS) || settings_load(h, err));
	if (!ok) {
		file_close(h->lock);
		h->lock = NULL;
	}
	return ok;
}

struct dir *
home_dir(struct home *h)
{
	return h->dir;
}

struct world *
home_world(struct home *h)
{
	return h->world;
}

const char *
home_path(struct home *h)
{
	return h->path;
}

struct settings *
home_settings(struct home *h)
{
	return &h->settings;
}

bool
home_tmp(struct home *h, struct dir **out, struct err *err)
{
	if (h->tmp == NULL) {
		if (h->lock != NULL && path_exists(h->world, h->dir, "tmp") &&
		    !dir_remove_all(h->world, h->dir, "tmp", err))
			return false;
		if (!path_exists(h->world, h->dir, "tmp") &&
		    !dir_make(h->world, h->dir, "tmp", err))
			return false;
		if (!dir_open(h->world, h->dir, "tmp", &h->tmp, err))
			return false;
	}
	*out = h->tmp;
	return true;
}

bool
home_load(struct home *h, const char *path, struct buf *out, struct err *err)
{
	return file_load(h->world, h->dir, path, out, err);
}

bool
home_save(struct home *h, const char *path, struct span bytes, struct err *err)
{
	return file_save(h->world, h->dir, path, bytes, true, err);
}

bool
home_has(struct home *h, const char *path)
{
	return path_exists(h->world, h->dir, path);
}

/* ---- settings ---- */

static void
settings_encode(const struct settings *s, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_str(j, "schema", "comity.home/1");
	json_out_str(j, "authority", s->authority.s);
	json_out_str(j, "state", s->state);
	json_out_str(j, "lang", s->lang);
	json_out_str(j, "name", s->name);
	json_out_bool(j, "training", s->training);
	json_out_int(j, "scrypt_log_n", s->log_n);
	json_out_int(j, "signing", s->signing);
	json_out_int(j, "sealing", s->sealing);
	json_out_bool(j, "has_ca", s->has_ca);
	json_out_bool(j, "has_certificate", s->has_certificate);
	json_out_str(j, "tsa_url", s->tsa_url);
	json_out_array(j, "roles");
	for (size_t i = 0; i < s->roles_n; i++)
		json_out_str(j, NULL, s->roles[i]);
	json_out_close_array(j);
	json_out_str(j, "phone", s->phone);
	json_out_array(j, "carriers");
	for (size_t i = 0; i < s->carriers_n; i++)
		json_out_str(j, NULL, s->carriers[i]);
	json_out_close_array(j);
	json_out_int(j, "made_at", s->made_at);
	json_out_int(j, "ledger", s->ledger);
	json_out_int(j, "ledger_first", (int64_t)s->ledger_first);
	json_out_close_object(j);
}

bool
settings_save(struct home *h, struct err *err)
{
	struct json_out j;
	struct buf b;
	bool ok;

	buf_init(&b, SMALL_FILE_MAX);
	json_out_begin(&j, &b, true, false, err);
	settings_encode(&h->settings, &j);
	ok = json_out_end(&j) && home_save(h, SETTINGS, buf_span(&b), err);
	buf_clear(&b);
	/* A new home: its folders, and its own name in the folder above. */
	if (ok && path_exists(h->world, h->dir, MAKING))
		ok = path_remove(h->world, h->dir, MAKING, err) &&
		    dir_sync_all(h->dir, err);
	return ok;
}

static bool
fixed(struct json_object *o, const char *name, char *out, size_t room,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 0, room - 1, &s, err))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool
number(struct json_object *o, const char *name, int64_t max, unsigned *out,
    struct err *err)
{
	int64_t v;

	if (!json_int(o, name, 0, max, &v, err))
		return false;
	*out = (unsigned)v;
	return true;
}

static bool
rows(struct json_object *o, const char *name, char *out, size_t room, size_t max,
    size_t *n, struct err *err)
{
	struct json_array list;
	const char *s;

	if (!json_list(o, name, 0, max, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (!json_at_text(&list, i, 1, room - 1, &s, err))
			return false;
		memcpy(out + i * room, s, strlen(s) + 1);
	}
	*n = list.n;
	return true;
}

/* Homes that were made before there was a ledger do not have them: none yet. */
static bool
ledger_decode(struct settings *s, struct json_object *o, struct err *err)
{
	int64_t first = 0;

	if ((json_has(o, "ledger") && !number(o, "ledger", HOME_LEDGERS_MAX,
	    &s->ledger, err)) || (json_has(o, "ledger_first") &&
	    !json_int(o, "ledger_first", 0, JSON_INT_MAX, &first, err)))
		return false;
	s->ledger_first = (uint64_t)first;
	return true;
}

static bool
settings_decode(struct settings *s, struct json_object *o, struct err *err)
{
	const char *schema;

	return json_text(o, "schema", 1, 40, &schema, err) &&
	    (strcmp(schema, "comity.home/1") == 0 || err_set(err, ERR_INPUT,
	    "home.schema", "this home was made by another version of Comity")) &&
	    fixed(o, "authority", s->authority.s, sizeof s->authority.s, err) &&
	    fixed(o, "state", s->state, sizeof s->state, err) &&
	    fixed(o, "lang", s->lang, sizeof s->lang, err) &&
	    fixed(o, "name", s->name, sizeof s->name, err) &&
	    json_bool(o, "training", &s->training, err) &&
	    number(o, "scrypt_log_n", 22, &s->log_n, err) &&
	    number(o, "signing", 9999, &s->signing, err) &&
	    number(o, "sealing", HOME_SEALING_MAX, &s->sealing, err) &&
	    json_bool(o, "has_ca", &s->has_ca, err) &&
	    json_bool(o, "has_certificate", &s->has_certificate, err) &&
	    fixed(o, "tsa_url", s->tsa_url, sizeof s->tsa_url, err) &&
	    rows(o, "roles", s->roles[0], sizeof s->roles[0], HOME_ROLES_MAX,
	    &s->roles_n, err) &&
	    fixed(o, "phone", s->phone, sizeof s->phone, err) &&
	    rows(o, "carriers", s->carriers[0], sizeof s->carriers[0],
	    HOME_CARRIERS_MAX, &s->carriers_n, err) &&
	    json_int(o, "made_at", 0, WHEN_MAX, &s->made_at, err) &&
	    ledger_decode(s, o, err) && json_end(o, err);
}

/* What other files are named after, or sealed by, is checked once, here. */
static bool
settings_check(const struct settings *s, struct err *err)
{
	struct authority_id id;

	return (authority_id_parse(s->authority.s, &id) &&
	    strncmp(s->authority.s, s->state, 2) == 0 && strlen(s->state) == 2 &&
	    lang_valid(s->lang) && s->signing > 0 && s->sealing > 0) ||
	    err_set(err, ERR_INPUT, "home.damaged",
	    "a member is not what this version writes");
}

static bool
settings_load(struct home *h, struct err *err)
{
	struct settings read = { .lang = "" };
	struct json *j = NULL;
	struct json_object top;
	struct buf b;
	bool ok;

	buf_init(&b, SMALL_FILE_MAX);
	ok = home_load(h, SETTINGS, &b, err) &&
	    json_read(&j, buf_span(&b), SMALL_FILE_MAX, err) &&
	    json_top(j, &top, err) && settings_decode(&read, &top, err) &&
	    settings_check(&read, err);
	if (ok)
		h->settings = read;
	json_free(j);
	buf_clear(&b);
	return ok || err_wrap(err, "the settings %s/%s", h->path, SETTINGS);
}

bool
home_open(struct world *w, const char *path, struct home **out, struct err *err)
{
	struct home *h = NULL;
	struct file_info info;

	if (!home_new(w, path, &h, err)) {
		if (err->kind == ERR_ABSENT)
			return err_set(err, ERR_ABSENT, "home.absent",
			    "there is no home in %s; make one with: comity init, or name another with --home",
			    path);
		return false;
	}
	if (!path_info(w, h->dir, SETTINGS, &info, err)) {
		bool half = path_exists(w, h->dir, MAKING);

		/* A disk that does not answer has not said that there is none. */
		if (err->kind != ERR_ABSENT) {
			home_close(h);
			return false;
		}
		home_close(h);
		return err_set(err, ERR_ABSENT, "home.absent", half ?
		    "the home %s was left half-made; run comity init again" :
		    "the folder %s is no home of Comity; make one with comity init",
		    path);
	}
	if (!settings_load(h, err)) {
		home_close(h);
		return false;
	}
	*out = h;
	return true;
}
