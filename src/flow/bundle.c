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
	    &e->bytes, &e->sha256, err) ||
	    !path_rename(b->f->world, b->dir, part, b->dir, to, true, err))
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

	if (!home_has(b->f->home, "card.card"))
		return true;
	(void)snprintf(to, sizeof to, "cards/%s.card",
	    home_settings(b->f->home)->authority.s);
	buf_init(&card, SMALL_FILE_MAX);
	ok = home_load(b->f->home, "card.card", &card, err) &&
	    file_save(b->f->world, b->dir, to, buf_span(&card), true, err);
	buf_clear(&card);
	b->result->cards += ok;
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

bool
flow_bundle_write(struct flow *f, const char *dir, const char *to,
    struct bundle_result *out, struct err *err)
{
	struct bundle_writing b = { .f = f, .result = out };
	bool ok;

	memset(out, 0, sizeof *out);
	peer_init(&b.to);
	b.list = mem_array(BUNDLE_PARCELS_MAX, sizeof *b.list, err);
	ok = b.list != NULL && home_lock(f->home, err) &&
	    peer_find(f->home, to, &b.to, err) && outbox_gather(&b, err);
	if (ok && b.n == 0)
		ok = err_set(err, ERR_ABSENT, "bundle.nothing",
		    "nothing waits for %s; put evidence into the outbox with: comity evidence send ID --to %s",
		    b.to.id.s, to);
	ok = ok && folders_make(&b, dir, err) && write_all(&b, err);
	dir_close(b.dir);
	peer_clear(&b.to);
	mem_free(b.list);
	return ok;
}

/* ---- reading ---- */

struct bundle_reading {
	struct flow *f;
	struct dir *dir;
	struct bundle_result *result;
};

/* The length and digest bundle.json gives for this act; *listed false: none. */
static bool
entry_find(const struct json_array *list, const struct digest *act,
    struct bundle_entry *out, bool *listed, struct err *err)
{
	*listed = false;
	for (size_t i = 0; i < list->n && !*listed; i++) {
		struct json_object o;
		struct bundle_entry e = { 0 };
		int64_t bytes;

		if (!json_at_object(list, i, &o, err) ||
		    !json_hex(&o, "act", e.act.b, 32, err) ||
		    !json_int(&o, "bytes", 0, JSON_INT_MAX, &bytes, err) ||
		    !json_hex(&o, "sha256", e.sha256.b, 32, err) ||
		    !json_end(&o, err))
			return err_wrap(err, "bundle.json");
		if (digest_eq(&e.act, act)) {
			e.bytes = (uint64_t)bytes;
			*out = e;
			*listed = true;
		}
	}
	return true;
}

static bool
list_open(struct bundle_reading *b, struct json **j, struct json_array *list,
    struct err *err)
{
	struct json_object o;
	const char *s;
	int64_t at;
	struct buf text;
	bool ok;

	if (!path_exists(b->f->world, b->dir, "bundle.json"))
		return err_set(err, ERR_ABSENT, "bundle.none",
		    "there is no bundle in this folder (no bundle.json); name the folder that bundle write made");
	buf_init(&text, BUNDLE_JSON_MAX);
	ok = file_load(b->f->world, b->dir, "bundle.json", &text, err) &&
	    json_read(j, buf_span(&text), BUNDLE_JSON_MAX, err) &&
	    json_top(*j, &o, err) && json_text(&o, "schema", 1, 40, &s, err) &&
	    (strcmp(s, "comity.bundle/1") == 0 || err_set(err, ERR_INPUT,
	    "bundle.schema", "the bundle was written by another version")) &&
	    json_text(&o, "from", 1, 40, &s, err) &&
	    json_text(&o, "to", 1, 40, &s, err) &&
	    json_int(&o, "written_at", 0, WHEN_MAX, &at, err) &&
	    json_list(&o, "parcels", 0, BUNDLE_PARCELS_MAX, list, err) &&
	    json_end(&o, err);
	if (ok && strcmp(s, home_settings(b->f->home)->authority.s) != 0)
		ok = err_set(err, ERR_REFUSED, "bundle.other",
		    "this bundle is for %.40s, not for this authority", s);
	buf_clear(&text);
	return ok || err_wrap(err, "bundle.json");
}

static bool
act_known(struct flow *f, const struct digest *act, bool *known, struct err *err)
{
	struct evidence e;
	size_t parcel;

	return evidence_by_act(f->home, act, &e, &parcel, known, err);
}

static bool
parcel_take(struct bundle_reading *b, const struct json_array *list,
    const char *name, const struct digest *act, struct err *err)
{
	struct dir *home = home_dir(b->f->home);
	char from[300], to[120], part[128];
	struct bundle_entry want = { 0 };
	struct digest sha256;
	uint64_t bytes;
	bool listed, known;

	(void)snprintf(from, sizeof from, "parcels/%s", name);
	(void)snprintf(to, sizeof to, "inbox/%s.comity", digest_hex(act).s);
	(void)snprintf(part, sizeof part, "inbox/%s.part", digest_hex(act).s);
	if (!act_known(b->f, act, &known, err))
		return false;
	if (known || home_has(b->f->home, to)) {
		b->result->already++;
		return true;
	}
	if (!entry_find(list, act, &want, &listed, err) ||
	    !copy_resume(b->f, b->dir, from, home, part, "copying", &bytes, &sha256,
	    err))
		return false;
	if (listed && (bytes != want.bytes || !digest_eq(&sha256, &want.sha256))) {
		if (!path_remove(b->f->world, home, part, err))
			return false;
		return err_set(err, ERR_INPUT, "bundle.damaged",
		    "parcels/%s is not what was written to this folder (%llu bytes are here, %llu were written); copy the folder again, then read it again",
		    name, (unsigned long long)bytes, (unsigned long long)want.bytes);
	}
	b->result->parcels++;
	b->result->bytes += bytes;
	return path_rename(b->f->world, home, part, home, to, false, err);
}

static bool
parcels_take(struct bundle_reading *b, const struct json_array *list,
    struct err *err)
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
		ok = parcel_take(b, list, name, &act, err);
	}
	listing_close(l);
	return ok;
}

static bool
cards_count(struct bundle_reading *b, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	if (!path_exists(b->f->world, b->dir, "cards"))
		return true;
	ok = listing_open(b->f->world, b->dir, "cards", &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		b->result->cards += ok && more;
	}
	listing_close(l);
	return ok;
}

bool
flow_bundle_read(struct flow *f, const char *dir, struct bundle_result *out,
    struct err *err)
{
	struct bundle_reading b = { .f = f, .result = out };
	struct json_array list = { 0 };
	struct json *j = NULL;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = home_lock(f->home, err) && dir_open(f->world, NULL, dir, &b.dir, err) &&
	    list_open(&b, &j, &list, err) && parcels_take(&b, &list, err) &&
	    cards_count(&b, err);
	json_free(j);
	dir_close(b.dir);
	return ok;
}
