/*
 * The folder that travels: DIR/bundle.json, DIR/parcels/ACT.comity, DIR/cards/ID.card.
 * Written and read as often as one likes: what is there, whole, is left as it is;
 * what was cut is gone on with.  bundle.json only helps: what proves a parcel is the
 * parcel itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/exchange.h"
#include "flow/shown.h"
#include "flow/take.h"
#include "form/json.h"

/* Entries of one bundle.json, and parcels looked at in one folder: a year of a busy office. */
#define BUNDLE_PARCELS_MAX 100000
#define BUNDLE_JSON_MAX (32u << 20)	/* some 250 bytes an entry */

struct bundle_entry {
	struct digest act, package, sha256;
	uint64_t bytes;
	unsigned request;
	bool other;			/* written: another package of a known act */
	bool evidence;			/* it hands evidence over; read: known where here */
	bool fresh;			/* written: handed over now, or never marked so */
	bool here;			/* read: kept in this home, whole; before: listed anew */
};

/* What a bundle.json says; it helps and proves nothing. */
struct bundle_list {
	char from[41], to[41];
	struct bundle_entry *list;
	size_t n;
};

struct bundle_writing {
	struct flow *f;
	struct dir *dir;
	struct peer to;
	struct bundle_entry *list;
	size_t n;
	struct bundle_list before;	/* what the folder listed when this began */
	bool recovering;		/* evidence waits (shown.h) */
	struct bundle_result *result;
};

static bool
entry_add(struct bundle_writing *b, const struct docket_act *a, struct err *err)
{
	struct bundle_entry *more = mem_grow(b->list, b->n, sizeof *more, err);

	if (more == NULL)
		return false;
	b->list = more;
	b->list[b->n++] = (struct bundle_entry){ .act = a->act,
	    .package = a->package, .bytes = a->bytes, .request = a->request,
	    .other = a->other, .fresh = a->carried_at == 0,
	    .evidence = strcmp(a->kind, act_kind_name(ACT_DELIVERED)) == 0 };
	return true;
}

static bool
outbox_row(void *arg, const struct docket_act *a, struct err *err)
{
	struct bundle_writing *b = arg;
	bool evidence = strcmp(a->kind, act_kind_name(ACT_DELIVERED)) == 0;

	/* It may have been destroyed after the backup that this home came out of. */
	if (b->recovering && evidence) {
		b->result->held_back++;
		return true;
	}
	if (b->n == BUNDLE_PARCELS_MAX)
		return err_set(err, ERR_LIMIT, "bundle.many",
		    "more than %d parcels wait; carry these first", BUNDLE_PARCELS_MAX);
	return entry_add(b, a, err);
}

/* Everything that waits for this peer: evidence, requests, answers, receipts. */
static bool
outbox_gather(struct bundle_writing *b, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(b->f->home, &d, err))
		return false;
	ok = docket_outbox(d, b->to.id.s, outbox_row, b, err);
	home_docket_done(b->f->home);
	return ok;
}

/* One parcel into DIR/parcels, under a temporary name until it is whole. */
static bool
parcel_copy(struct bundle_writing *b, struct bundle_entry *e, struct err *err)
{
	struct parcel p = { .act_id = e->act, .package_id = e->package,
		.other = e->other };
	struct dir *home = home_dir(b->f->home);
	char to[120], part[128];
	struct file_info info;
	uint64_t bytes;

	(void)snprintf(to, sizeof to, "parcels/%s.comity", digest_hex(&e->act).s);
	(void)snprintf(part, sizeof part, "%s.part", to);
	if (path_exists(b->f->world, b->dir, to)) {
		if (!path_info(b->f->world, b->dir, to, &info, err))
			return false;
		/* There under its final name: gone through again to be sure. */
		if (info.size == e->bytes && path_rename(b->f->world, b->dir, to,
		    b->dir, part, true, err))
			b->result->already++;
		else
			e->fresh = true;
	} else {
		e->fresh = true;
	}
	if (!copy_resume(b->f, home, parcel_file(&p).s, b->dir, part, "copying",
	    &bytes, &e->sha256, err))
		return false;
	if (bytes != e->bytes)
		return err_set(err, ERR_IO, "bundle.parcel-damaged",
		    "the parcel %s kept here is %llu bytes and was %llu; get it back from your backup",
		    parcel_file(&p).s, (unsigned long long)bytes,
		    (unsigned long long)e->bytes);
	if (!path_rename(b->f->world, b->dir, part, b->dir, to, true, err))
		return false;
	b->result->parcels++;
	b->result->bytes += e->bytes;
	return true;
}

static int
entry_order(const void *a, const void *b)
{
	return memcmp(((const struct bundle_entry *)a)->act.b,
	    ((const struct bundle_entry *)b)->act.b, sizeof ((struct digest *)0)->b);
}

static struct bundle_entry *
entry_find(const struct bundle_list *l, const struct digest *act)
{
	struct bundle_entry key = { .act = *act };

	return l->n == 0 ? NULL : bsearch(&key, l->list, l->n, sizeof key, entry_order);
}

/* "parcels/ACT.comity" in the folder that travels. */
struct bundle_path { char s[96]; };

static struct bundle_path
bundle_path(const struct digest *act)
{
	struct bundle_path p;

	(void)snprintf(p.s, sizeof p.s, "parcels/%s.comity", digest_hex(act).s);
	return p;
}

static void
entry_write(struct json_out *j, const struct bundle_entry *e)
{
	json_out_object(j, NULL);
	json_out_digest(j, "act", &e->act);
	json_out_int(j, "bytes", (int64_t)e->bytes);
	json_out_digest(j, "sha256", &e->sha256);
	json_out_close_object(j);
}

/*
 * What an earlier writing left in the folder and nobody fetched, a receipt perhaps, which
 * leaves once, stays listed: a reader takes in what is listed.
 */
static void
before_write(struct bundle_writing *b, struct json_out *j)
{
	struct bundle_entry *e;
	struct file_info info;

	for (size_t i = 0; i < b->n; i++) {
		e = entry_find(&b->before, &b->list[i].act);
		if (e != NULL)
			e->here = true;
	}
	for (size_t i = 0, n = b->n; i < b->before.n && n < BUNDLE_PARCELS_MAX; i++) {
		e = &b->before.list[i];
		if (e->here || !path_info(b->f->world, b->dir, bundle_path(&e->act).s,
		    &info, NULL) || info.type != FILE_REGULAR || info.size != e->bytes)
			continue;
		entry_write(j, e);
		n++;
	}
}

static bool
list_write(struct bundle_writing *b, struct err *err)
{
	struct settings *s = home_settings(b->f->home);
	struct json_out j;
	struct buf out;
	bool ok;

	buf_init(&out, BUNDLE_JSON_MAX);
	json_out_begin(&j, &out, true, false, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.bundle/1");
	json_out_str(&j, "from", s->authority.s);
	json_out_str(&j, "to", b->to.id.s);
	json_out_int(&j, "written_at", world_now(b->f->world));
	json_out_array(&j, "parcels");
	for (size_t i = 0; i < b->n; i++)
		entry_write(&j, &b->list[i]);
	before_write(b, &j);
	json_out_close_array(&j);
	json_out_close_object(&j);
	ok = json_out_end(&j) && file_save(b->f->world, b->dir, "bundle.json",
	    buf_span(&out), true, err);
	buf_clear(&out);
	return ok;
}

static bool
card_copy(struct bundle_writing *b, struct err *err)
{
	char to[64];
	struct buf card;
	bool ok;

	(void)snprintf(to, sizeof to, "cards/%s.card",
	    home_settings(b->f->home)->authority.s);
	buf_init(&card, SMALL_FILE_MAX);
	ok = own_card_file(b->f->home, &card, err) &&
	    file_save(b->f->world, b->dir, to, buf_span(&card), true, err);
	buf_clear(&card);
	return ok;
}

/* `sent`, for each parcel that was handed over now: many with one sync. */
static bool
sent_records(struct bundle_writing *b, struct docket *d, struct err *err)
{
	struct record *records = mem_array(RECORD_GROUP_MAX, sizeof *records, err);
	struct record_item items[RECORD_GROUP_MAX];
	bool ok = records != NULL;
	size_t n = 0;

	for (size_t i = 0; ok && i < b->n; i++) {
		const struct bundle_entry *e = &b->list[i];

		if (e->fresh) {
			struct record *r = &records[n];

			record_begin(b->f, r, EVENT_SENT);
			r->has_act = r->has_package = true;
			r->act = e->act;
			r->package = e->package;
			r->peer = b->to.id;
			(void)snprintf(r->carrier, sizeof r->carrier, "stick");
			items[n++] = (struct record_item){ r, e->request, 0 };
		}
		if (n == RECORD_GROUP_MAX || (n > 0 && i + 1 == b->n)) {
			ok = record_group(b->f, d, items, n, err);
			n = 0;
		}
	}
	mem_free(records);
	return ok;
}

/* A receipt is carried once; what waits for one is carried until it is here. */
static bool
row_mark(struct docket *d, const struct bundle_entry *e, int64_t now,
    struct err *err)
{
	struct docket_act a;
	bool found;

	if (!docket_act_package(d, &e->package, &a, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_CONFLICT, "bundle.moved",
		    "what waits changed while it was written; do it again");
	a.carried_at = now;
	a.has_sha256 = true;
	a.sha256 = e->sha256;
	if (a.outbox == OUTBOX_ONCE)
		a.outbox = OUTBOX_DONE;
	return docket_act_put(d, &a, err);
}

static bool
carried_mark(struct bundle_writing *b, struct err *err)
{
	int64_t now = world_now(b->f->world);
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(b->f->home, &d, err))
		return false;
	ok = docket_begin(d, err) && sent_records(b, d, err);
	for (size_t i = 0; ok && i < b->n; i++)
		ok = row_mark(d, &b->list[i], now, err);
	ok = ok && docket_commit(d, err);
	if (!ok)
		docket_rollback(d);
	home_docket_done(b->f->home);
	return ok;
}

/* ---- bundle.json ---- */

static bool
entry_read(const struct json_array *list, size_t i, struct bundle_entry *out,
    struct err *err)
{
	struct bundle_entry e = { 0 };
	struct json_object o;
	int64_t bytes;

	if (!json_at_object(list, i, &o, err) ||
	    !json_hex(&o, "act", e.act.b, 32, err) ||
	    !json_int(&o, "bytes", 0, JSON_INT_MAX, &bytes, err) ||
	    !json_hex(&o, "sha256", e.sha256.b, 32, err) || !json_end(&o, err))
		return false;
	e.bytes = (uint64_t)bytes;
	*out = e;
	return true;
}

static bool
list_decode(struct bundle_list *l, struct json_object *o, struct err *err)
{
	struct json_array list;
	const char *s;
	int64_t at;

	if (!json_text(o, "schema", 1, 40, &s, err))
		return false;
	if (strcmp(s, "comity.bundle/1") != 0)
		return err_set(err, ERR_INPUT, "bundle.schema",
		    "the bundle was written by another version");
	if (!json_text(o, "from", 1, sizeof l->from - 1, &s, err))
		return false;
	memcpy(l->from, s, strlen(s) + 1);
	if (!json_text(o, "to", 1, sizeof l->to - 1, &s, err))
		return false;
	memcpy(l->to, s, strlen(s) + 1);
	if (!json_int(o, "written_at", 0, WHEN_MAX, &at, err) ||
	    !json_list(o, "parcels", 0, BUNDLE_PARCELS_MAX, &list, err) ||
	    !json_end(o, err))
		return false;
	l->list = mem_array(list.n + 1, sizeof *l->list, err);
	if (l->list == NULL)
		return false;
	for (; l->n < list.n; l->n++)
		if (!entry_read(&list, l->n, &l->list[l->n], err))
			return false;
	return true;
}

static bool
list_read(struct flow *f, struct dir *dir, struct bundle_list *l, struct err *err)
{
	struct json *j = NULL;
	struct json_object o;
	struct buf text;
	bool ok;

	buf_init(&text, BUNDLE_JSON_MAX);
	ok = file_load(f->world, dir, "bundle.json", &text, err) &&
	    json_read(&j, buf_span(&text), BUNDLE_JSON_MAX, err) &&
	    json_top(j, &o, err) && list_decode(l, &o, err);
	json_free(j);
	buf_clear(&text);
	if (ok && l->n > 1)
		qsort(l->list, l->n, sizeof *l->list, entry_order);
	return ok || err_wrap(err, "bundle.json");
}

/* A folder that travels to one authority is not turned into one for another. */
static bool
other_ask(struct bundle_writing *b, const char *dir, struct err *err)
{
	struct bundle_list *l = &b->before;
	struct err why = ERR_INIT;

	if (!path_exists(b->f->world, b->dir, "bundle.json"))
		return true;
	/* One that cannot be read, cut perhaps, is written anew. */
	if (!list_read(b->f, b->dir, l, &why)) {
		l->n = 0;
		return true;
	}
	return strcmp(l->to, b->to.id.s) == 0 || err_set(err, ERR_CONFLICT,
	    "bundle.other-there",
	    "the folder %s holds a bundle for %.40s; name another for this one", dir,
	    l->to);
}

/* ---- writing ---- */

static bool
folders_make(struct bundle_writing *b, const char *dir, struct err *err)
{
	if (!dir_make_all(b->f->world, NULL, dir, err) ||
	    !dir_open(b->f->world, NULL, dir, &b->dir, err))
		return false;
	/* It has folders of the same names: its own parcels would be moved as old copies. */
	if (home_is_in(b->f->world, b->dir))
		return err_set(err, ERR_CONFLICT, "bundle.into-home",
		    "the folder %s is the home of an authority, and no bundle is written into one; name a folder on the medium that travels",
		    dir);
	return dir_make_all(b->f->world, b->dir, "parcels", err) &&
	    dir_make_all(b->f->world, b->dir, "cards", err);
}

/* What was said about ledgers; damage is remembered for the desk until a check finds none. */
static bool
ledgers_note(struct flow *f, const struct exchanged *x, struct bundle_result *out,
    struct err *err)
{
	out->cosigned = x->cosigned;
	out->cosignatures = x->cosignatures;
	out->ledger_entries = x->entries;
	out->ledger_trouble = x->split || x->shorter || x->misbehaviour > 0;
	out->ledger_damaged = x->damaged;
	(void)snprintf(out->ledger_text, sizeof out->ledger_text, "%s", x->text);
	return !x->damaged || ledger_damage_note(f, x->text, err);
}

/* With a checkpoint that covers what was made for the receiver, if this home may sign. */
static bool
ledgers_tell(struct bundle_writing *b, struct err *err)
{
	struct exchanged *x = mem_new(sizeof *x, err);
	struct digest *acts = mem_array(b->n + 1, sizeof *acts, err);
	bool ok = x != NULL && acts != NULL;
	size_t n = 0;

	for (size_t i = 0; ok && i < b->n; i++)
		if (b->list[i].evidence)
			acts[n++] = b->list[i].act;
	ok = ok && exchange_write(b->f, b->dir, &b->to, acts, n, x, err) &&
	    ledgers_note(b->f, x, b->result, err);
	mem_free(acts);
	mem_free(x);
	return ok;
}

static bool
write_all(struct bundle_writing *b, struct err *err)
{
	for (size_t i = 0; i < b->n; i++)
		if (!parcel_copy(b, &b->list[i], err))
			return err_wrap(err, "parcel %zu of %zu", i + 1, b->n);
	return ledgers_tell(b, err) && card_copy(b, err) && list_write(b, err) &&
	    dir_sync_all(b->dir, err) && carried_mark(b, err);
}

static bool
peer_ask(struct bundle_writing *b, const char *to, struct err *err)
{
	return peer_find(b->f->home, to, &b->to, err) && (!b->to.revoked ||
	    err_set(err, ERR_REFUSED, "bundle.peer-revoked",
	    "this authority is revoked here: nothing is sent to it; see why with: comity peer show"));
}

/* *why: as a person is told it. */
static bool
recovering_ask(struct bundle_writing *b, struct err *why, struct err *err)
{
	if (evidence_recovered(b->f, why))
		return true;
	b->recovering = strcmp(why->reason, "evidence.recovering") == 0;
	if (!b->recovering)
		*err = *why;
	return b->recovering;
}

static bool
bundle_write(struct flow *f, const char *dir, const char *to, bool ledger,
    struct bundle_result *out, struct err *err)
{
	struct bundle_writing b = { .f = f, .result = out };
	struct err why = ERR_INIT;
	bool ok;

	memset(out, 0, sizeof *out);
	peer_init(&b.to);
	ok = home_lock(f->home, err) && peer_ask(&b, to, err) && recovering_ask(&b, &why, err) &&
	    outbox_gather(&b, err);
	if (ok && b.n == 0 && !ledger && out->held_back > 0) {
		*err = why;
		ok = false;
	}
	if (ok && b.n == 0 && !ledger)
		ok = err_set(err, ERR_ABSENT, "bundle.nothing",
		    "nothing waits for %s; put something into the outbox with: comity request send ID, or comity evidence send ID --to %s; what ledgers tell each other goes with --ledger",
		    b.to.id.s, to);
	ok = ok && folders_make(&b, dir, err) && other_ask(&b, dir, err) &&
	    write_all(&b, err);
	dir_close(b.dir);
	peer_clear(&b.to);
	mem_free(b.list);
	mem_free(b.before.list);
	return ok;
}

bool
flow_bundle_write(struct flow *f, const char *dir, const char *to,
    struct bundle_result *out, struct err *err)
{
	return bundle_write(f, dir, to, false, out, err);
}

bool
flow_bundle_write_ledger(struct flow *f, const char *dir, const char *to,
    struct bundle_result *out, struct err *err)
{
	return bundle_write(f, dir, to, true, out, err);
}

/* ---- reading ---- */

struct bundle_reading {
	struct flow *f;
	struct dir *dir;
	const char *path;		/* of it, as typed */
	struct bundle_list list;
	struct bundle_result *result;
	struct err first;		/* what was wrong with a parcel; others went on */
};

/*
 * Kept here whole?  Then only its receipt was lost on the way, and goes out again.
 * want NULL: nobody listed it.
 */
static bool
kept_ask(struct bundle_reading *b, struct docket *d, const struct digest *act,
    struct bundle_entry *want, bool *here, struct err *err)
{
	struct docket_act row;
	bool found, again;

	*here = false;
	if (!docket_act_get(d, act, &row, &found, err))
		return false;
	if (!found || row.direction != ACT_IN || !act_whole(b->f, &row) ||
	    (want != NULL && row.has_sha256 &&
	    !digest_eq(&row.sha256, &want->sha256)))
		return true;
	*here = true;
	if (want != NULL)
		want->evidence = row.evidence != 0 && row.has_sha256 && !row.other;
	return receipt_again(d, &row, &again, err);
}

/* What of the list is here, before anything is copied: in one look at the docket. */
static bool
here_mark(struct bundle_reading *b, struct err *err)
{
	struct docket *d = NULL;
	bool ok, any = false;

	if (!home_docket(b->f->home, &d, err))
		return false;
	ok = docket_begin(d, err);
	for (size_t i = 0; ok && i < b->list.n; i++) {
		struct bundle_entry *e = &b->list.list[i];

		ok = take_there(b->f, inbox_name_of(&e->sha256).s, &e->here, err) &&
		    (e->here || take_there(b->f, inbox_mark_of(&e->sha256).s, &e->here, err));
		if (ok && !e->here)
			ok = kept_ask(b, d, &e->act, e, &e->here, err);
		any = any || e->here;
	}
	ok = ok && docket_commit(d, err);
	if (!ok)
		docket_rollback(d);
	home_docket_done(b->f->home);
	/* A read that was cut may have left names which no power cut must take now. */
	return ok && (!any || (folder_sync(b->f, "inbox", err) &&
	    folder_sync(b->f, "parcels", err)));
}

/* What nobody listed is no part of the bundle; one that is here already is no news. */
static bool
unlisted_ask(struct bundle_reading *b, const struct digest *act, struct err *err)
{
	struct docket *d = NULL;
	bool here, ok;

	if (!home_docket(b->f->home, &d, err))
		return false;
	ok = kept_ask(b, d, act, NULL, &here, err);
	home_docket_done(b->f->home);
	if (!ok)
		return false;
	b->result->already += here;
	return here || err_set(err, ERR_INPUT, "bundle.unlisted",
	    "%s is not listed in bundle.json and was not taken in; if its sender says that it belongs to it, take it in with: comity evidence receive FILE",
	    bundle_path(act).s);
}

static bool
not_as_written(const char *from, uint64_t bytes, const struct bundle_entry *want,
    struct err *err)
{
	return err_set(err, ERR_INPUT, "bundle.damaged",
	    "%s is not what was written to this folder (%llu bytes are here, %llu were written); copy the folder again, then read it again",
	    from, (unsigned long long)bytes, (unsigned long long)want->bytes);
}

/* Its size before a byte of it is copied: who lies about that fills no disk. */
static bool
listed_copy(struct bundle_reading *b, const char *from, const struct bundle_entry *want,
    struct inbox_copy *copy, struct err *err)
{
	struct file_info info;

	if (!path_info(b->f->world, b->dir, from, &info, err))
		return inbox_unreadable(err);
	if (info.type == FILE_REGULAR && info.size != want->bytes)
		return not_as_written(from, info.size, want, err);
	if (!inbox_copy(b->f, b->dir, from, copy, err))
		return false;
	if (copy->bytes == want->bytes && digest_eq(&copy->sha256, &want->sha256))
		return true;
	return path_remove(b->f->world, home_dir(b->f->home), copy->part, err) &&
	    not_as_written(from, copy->bytes, want, err);
}

/* Evidence that rotted here since is taken in anew: this copy may be the last good one. */
static bool
rotten_ask(struct bundle_reading *b, struct bundle_entry *want, struct err *err)
{
	struct file *copy = NULL;
	struct err why = ERR_INIT;
	bool ok;

	if (!want->here || !want->evidence ||
	    !file_open(b->f->world, b->dir, bundle_path(&want->act).s, FILE_READ, &copy,
	    &why))
		return true;		/* nothing to heal it with */
	ok = parcel_sound(b->f, parcel_path(&want->act).s, copy, &want->sha256,
	    &want->here, err);
	file_close(copy);
	return ok;
}

static bool
parcel_take(struct bundle_reading *b, const struct digest *act, struct err *err)
{
	struct bundle_entry *want = entry_find(&b->list, act);
	struct inbox_copy copy;
	bool here;

	if (want == NULL)
		return unlisted_ask(b, act, err);
	if (!rotten_ask(b, want, err))
		return false;
	if (want->here) {
		b->result->already++;
		return true;
	}
	if (!listed_copy(b, bundle_path(act).s, want, &copy, err) ||
	    !inbox_keep(b->f, &copy, &here, err))
		return false;
	b->result->parcels += !here;
	b->result->already += here;
	b->result->bytes += here ? 0 : copy.bytes;
	return true;
}

/* About this parcel alone: another may be sound, or smaller. */
static bool
of_this_one(const struct err *why)
{
	return why->kind == ERR_INPUT || strcmp(why->reason, "disk.full") == 0 ||
	    strcmp(why->reason, COPY_UNREADABLE) == 0;
}

/* One bad parcel does not keep the others out: it is told at the end. */
static bool
parcel_try(struct bundle_reading *b, const struct digest *act, struct err *err)
{
	if (parcel_take(b, act, err))
		return true;
	if (!of_this_one(err))
		return false;
	if (b->first.kind == ERR_NONE)
		b->first = *err;
	err_clear(err);
	return true;
}

static bool
parcels_take(struct bundle_reading *b, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;
	size_t n = 0;

	ok = listing_open(b->f->world, b->dir, "parcels", &l, err);
	while (ok && more) {
		struct digest act;

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more || strlen(e.name) != 64 + 7 ||
		    strcmp(e.name + 64, ".comity") != 0 ||
		    !digest_parse(span_of(e.name, 64), &act))
			continue;
		if (n++ == BUNDLE_PARCELS_MAX) {
			ok = err_set(err, ERR_LIMIT, "bundle.many",
			    "more than %d parcels lie in this folder; what was read is kept, ask the sender for several folders",
			    BUNDLE_PARCELS_MAX);
			break;
		}
		ok = parcel_try(b, &act, err);
	}
	listing_close(l);
	return ok;
}

/* What is listed and did not come: nothing is missing without being told. */
static bool
missing_ask(struct bundle_reading *b, struct err *err)
{
	size_t missing = 0;

	for (size_t i = 0; i < b->list.n; i++) {
		const struct bundle_entry *e = &b->list.list[i];

		missing += !e->here &&
		    !path_exists(b->f->world, b->dir, bundle_path(&e->act).s);
	}
	return missing == 0 || err_set(err, ERR_INPUT, "bundle.missing",
	    "%zu of the %zu parcels listed in bundle.json are not in this folder; ask the sender to copy it again",
	    missing, b->list.n);
}

/*
 * What its sender says about ledgers, before the parcels are taken in: a ledger that is
 * whole again may sign their receipts.  Who the sender is only helps to find its card; every
 * part of it proves itself.
 */
static bool
ledgers_hear(struct bundle_reading *b, struct err *err)
{
	struct exchanged *x = mem_new(sizeof *x, err);
	bool ok = x != NULL &&
	    exchange_hear(b->f, b->dir, b->path, b->list.from, x, err) &&
	    ledgers_note(b->f, x, b->result, err);

	mem_free(x);
	return ok;
}

static bool
read_all(struct bundle_reading *b, struct err *err)
{
	if (!path_exists(b->f->world, b->dir, "bundle.json"))
		return err_set(err, ERR_ABSENT, "bundle.none",
		    "there is no bundle in this folder (no bundle.json); name the folder that bundle write made");
	if (!list_read(b->f, b->dir, &b->list, err))
		return false;
	if (strcmp(b->list.to, home_settings(b->f->home)->authority.s) != 0)
		return err_set(err, ERR_REFUSED, "bundle.other",
		    "this bundle is for %.40s, not for this authority", b->list.to);
	if (!ledgers_hear(b, err) || !taking_restore(b->f, err) || !here_mark(b, err) ||
	    !parcels_take(b, err))
		return false;
	if (b->first.kind != ERR_NONE) {
		*err = b->first;
		return false;
	}
	return missing_ask(b, err);
}

bool
flow_bundle_read(struct flow *f, const char *dir, struct bundle_result *out,
    struct err *err)
{
	struct bundle_reading b = { .f = f, .path = dir, .result = out,
		.first = ERR_INIT };
	bool ok;

	memset(out, 0, sizeof *out);
	ok = home_lock(f->home, err) && dir_open(f->world, NULL, dir, &b.dir, err) &&
	    read_all(&b, err);
	mem_free(b.list.list);
	dir_close(b.dir);
	return ok;
}
