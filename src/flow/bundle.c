/*
 * The folder that travels: DIR/bundle.json, DIR/parcels/ACT.comity, DIR/cards/ID.card.
 * Written and read as often as one likes: what is there, whole, is left as it is;
 * what was cut is gone on with.  bundle.json only helps: what proves a parcel is the
 * parcel itself.
 */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "form/json.h"

#define BUNDLE_PARCELS_MAX 10000	/* entries of one bundle.json */
#define BUNDLE_JSON_MAX (4u << 20)

struct bundle_entry {
	struct digest act, sha256;
	uint64_t bytes;
	unsigned number;
	size_t parcel;
};

struct bundle_writing {
	struct flow *f;
	struct dir *dir;
	struct peer to;
	struct bundle_entry *list;
	size_t n;
	struct bundle_result *result;
};

static bool
outbox_gather(struct bundle_writing *b, struct err *err)
{
	unsigned *numbers = NULL;
	struct evidence e;
	size_t n;
	bool ok;

	if (!evidence_numbers(b->f->home, &numbers, &n, err))
		return false;
	ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		ok = evidence_load(b->f->home, numbers[i], &e, err);
		for (size_t k = 0; ok && k < e.parcels_n; k++) {
			const struct parcel *p = &e.parcels[k];

			if (!p->in_outbox || strcmp(p->peer.s, b->to.id.s) != 0)
				continue;
			if (b->n == BUNDLE_PARCELS_MAX)
				ok = err_set(err, ERR_LIMIT, "bundle.many",
				    "more than %d parcels wait; write them in two folders",
				    BUNDLE_PARCELS_MAX);
			else
				b->list[b->n++] = (struct bundle_entry){
				    .act = p->act_id, .bytes = p->bytes,
				    .number = e.number, .parcel = k };
		}
	}
	mem_free(numbers);
	return ok;
}

/* One parcel into DIR/parcels, under a temporary name until it is whole. */
static bool
parcel_copy(struct bundle_writing *b, struct bundle_entry *e, struct err *err)
{
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
	}
	if (!copy_resume(b->f, home, parcel_path(&e->act).s, b->dir, part, "copying",
	    &bytes, &e->sha256, err))
		return false;
	if (bytes != e->bytes)
		return err_set(err, ERR_IO, "bundle.parcel-damaged",
		    "the parcel of evidence %04u kept here is %llu bytes and was %llu; get it back from your backup, or seal the evidence again",
		    e->number, (unsigned long long)bytes,
		    (unsigned long long)e->bytes);
	if (!path_rename(b->f->world, b->dir, part, b->dir, to, true, err))
		return false;
	b->result->parcels++;
	b->result->bytes += e->bytes;
	return true;
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
	for (size_t i = 0; i < b->n; i++) {
		json_out_object(&j, NULL);
		json_out_digest(&j, "act", &b->list[i].act);
		json_out_int(&j, "bytes", (int64_t)b->list[i].bytes);
		json_out_digest(&j, "sha256", &b->list[i].sha256);
		json_out_close_object(&j);
	}
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

static bool
carried_mark(struct bundle_writing *b, struct err *err)
{
	struct evidence e;

	for (size_t i = 0; i < b->n; i++) {
		if (!evidence_load(b->f->home, b->list[i].number, &e, err))
			return false;
		e.parcels[b->list[i].parcel].carried_at = world_now(b->f->world);
		if (!evidence_save(b->f->home, &e, err))
			return false;
	}
	return true;
}

/* ---- bundle.json ---- */

/* What a bundle.json says; it helps and proves nothing. */
struct bundle_list {
	char to[41];
	struct bundle_entry *list;
	size_t n;
};

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
	if (!json_text(o, "from", 1, 40, &s, err) ||
	    !json_text(o, "to", 1, sizeof l->to - 1, &s, err))
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
	return ok || err_wrap(err, "bundle.json");
}

/* A folder that travels to one authority is not turned into one for another. */
static bool
other_ask(struct bundle_writing *b, const char *dir, struct err *err)
{
	struct bundle_list l = { "", NULL, 0 };
	bool other;

	if (!path_exists(b->f->world, b->dir, "bundle.json"))
		return true;
	/* One that cannot be read, cut perhaps, is written anew. */
	other = list_read(b->f, b->dir, &l, err) && strcmp(l.to, b->to.id.s) != 0;
	mem_free(l.list);
	err_clear(err);
	return !other || err_set(err, ERR_CONFLICT, "bundle.other-there",
	    "the folder %s holds a bundle for %.40s; name another for this one", dir,
	    l.to);
}

/* ---- writing ---- */

static bool
folders_make(struct bundle_writing *b, const char *dir, struct err *err)
{
	return dir_make_all(b->f->world, NULL, dir, err) &&
	    dir_open(b->f->world, NULL, dir, &b->dir, err) &&
	    dir_make_all(b->f->world, b->dir, "parcels", err) &&
	    dir_make_all(b->f->world, b->dir, "cards", err);
}

static bool
write_all(struct bundle_writing *b, struct err *err)
{
	for (size_t i = 0; i < b->n; i++)
		if (!parcel_copy(b, &b->list[i], err))
			return err_wrap(err, "parcel %zu of %zu", i + 1, b->n);
	return card_copy(b, err) && list_write(b, err) && dir_sync_all(b->dir, err) &&
	    carried_mark(b, err);
}

static bool
peer_ask(struct bundle_writing *b, const char *to, struct err *err)
{
	return peer_find(b->f->home, to, &b->to, err) && (!b->to.revoked ||
	    err_set(err, ERR_REFUSED, "bundle.peer-revoked",
	    "this authority is revoked here: nothing is sent to it; see why with: comity peer show"));
}

bool
flow_bundle_write(struct flow *f, const char *dir, const char *to,
    struct bundle_result *out, struct err *err)
{
	struct bundle_writing b = { .f = f, .result = out };
	bool ok;

	memset(out, 0, sizeof *out);
	peer_init(&b.to);
	b.list = mem_array(BUNDLE_PARCELS_MAX, sizeof *b.list, err);
	ok = b.list != NULL && home_lock(f->home, err) && peer_ask(&b, to, err) &&
	    outbox_gather(&b, err);
	if (ok && b.n == 0)
		ok = err_set(err, ERR_ABSENT, "bundle.nothing",
		    "nothing waits for %s; put evidence into the outbox with: comity evidence send ID --to %s",
		    b.to.id.s, to);
	ok = ok && folders_make(&b, dir, err) && other_ask(&b, dir, err) &&
	    write_all(&b, err);
	dir_close(b.dir);
	peer_clear(&b.to);
	mem_free(b.list);
	return ok;
}

/* ---- reading ---- */

struct bundle_reading {
	struct flow *f;
	struct dir *dir;
	struct bundle_list list;
	struct bundle_result *result;
	struct err first;		/* what was wrong with a parcel; others went on */
};

static const struct bundle_entry *
entry_find(const struct bundle_reading *b, const struct digest *act)
{
	for (size_t i = 0; i < b->list.n; i++)
		if (digest_eq(&b->list.list[i].act, act))
			return &b->list.list[i];
	return NULL;
}

/* Kept here whole, or waiting in the inbox under the digest that is listed. */
static bool
here_already(struct bundle_reading *b, const struct digest *act, bool *here,
    struct err *err)
{
	const struct bundle_entry *want = entry_find(b, act);
	struct evidence e;
	size_t parcel;

	*here = want != NULL && home_has(b->f->home, inbox_name_of(&want->sha256).s);
	if (*here)
		return true;
	if (!evidence_by_act(b->f->home, act, &e, &parcel, here, err))
		return false;
	*here = *here && parcel_whole(b->f, &e.parcels[parcel]);
	return true;
}

static bool
parcel_take(struct bundle_reading *b, const char *name, const struct digest *act,
    struct err *err)
{
	const struct bundle_entry *want = entry_find(b, act);
	struct inbox_copy copy;
	char from[96];
	bool here;

	if (!here_already(b, act, &here, err))
		return false;
	if (here) {
		b->result->already++;
		return true;
	}
	(void)snprintf(from, sizeof from, "parcels/%s", name);
	if (!inbox_copy(b->f, b->dir, from, &copy, err))
		return false;
	if (want != NULL && (copy.bytes != want->bytes ||
	    !digest_eq(&copy.sha256, &want->sha256))) {
		if (!path_remove(b->f->world, home_dir(b->f->home), copy.part, err))
			return false;
		return err_set(err, ERR_INPUT, "bundle.damaged",
		    "parcels/%s is not what was written to this folder (%llu bytes are here, %llu were written); copy the folder again, then read it again",
		    name, (unsigned long long)copy.bytes,
		    (unsigned long long)want->bytes);
	}
	if (!inbox_keep(b->f, &copy, &here, err))
		return false;
	b->result->parcels += !here;
	b->result->already += here;
	b->result->bytes += here ? 0 : copy.bytes;
	return true;
}

/* One bad parcel does not keep the others out: it is told at the end. */
static bool
parcel_try(struct bundle_reading *b, const char *name, const struct digest *act,
    struct err *err)
{
	if (parcel_take(b, name, act, err))
		return true;
	if (err->kind != ERR_INPUT)
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

	ok = listing_open(b->f->world, b->dir, "parcels", &l, err);
	while (ok && more) {
		struct digest act;
		char name[80];

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more || strlen(e.name) != 64 + 7 ||
		    strcmp(e.name + 64, ".comity") != 0 ||
		    !digest_parse(span_of(e.name, 64), &act))
			continue;
		(void)snprintf(name, sizeof name, "%s", e.name);
		ok = parcel_try(b, name, &act, err);
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
		char name[96];
		bool here;

		(void)snprintf(name, sizeof name, "parcels/%s.comity",
		    digest_hex(&b->list.list[i].act).s);
		if (path_exists(b->f->world, b->dir, name))
			continue;
		if (!here_already(b, &b->list.list[i].act, &here, err))
			return false;
		missing += !here;
	}
	return missing == 0 || err_set(err, ERR_INPUT, "bundle.missing",
	    "%zu of the %zu parcels listed in bundle.json are not in this folder; ask the sender to copy it again",
	    missing, b->list.n);
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
	if (!parcels_take(b, err))
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
	struct bundle_reading b = { .f = f, .result = out, .first = ERR_INIT };
	bool ok;

	memset(out, 0, sizeof *out);
	ok = home_lock(f->home, err) && dir_open(f->world, NULL, dir, &b.dir, err) &&
	    read_all(&b, err);
	mem_free(b.list.list);
	dir_close(b.dir);
	return ok;
}
