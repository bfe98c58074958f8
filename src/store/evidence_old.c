/*
 * evidence/NNNN/record.json: what homes kept of a piece of evidence before there was a
 * docket.  Read once, when the docket is made; removed when that is durable.
 */
#include <string.h>

#include "form/json.h"
#include "store/sql.h"

#define OLD_RECORD "record.json"

static bool
u64_member(struct json_object *o, const char *name, uint64_t *out, struct err *err)
{
	int64_t v;

	if (!json_int(o, name, 0, JSON_INT_MAX, &v, err))
		return false;
	*out = (uint64_t)v;
	return true;
}

static bool
word_member(struct json_object *o, const char *name, char *out, size_t room,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 0, room - 1, &s, err))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool
parcel_decode(struct parcel *p, struct json_object *o, struct err *err)
{
	int64_t stamp;

	if (!json_hex(o, "act", p->act_id.b, 32, err) ||
	    !json_hex(o, "package", p->package_id.b, 32, err) ||
	    !word_member(o, "peer", p->peer.s, sizeof p->peer.s, err) ||
	    !json_int(o, "at", 0, WHEN_MAX, &p->at, err) ||
	    !u64_member(o, "bytes", &p->bytes, err) ||
	    !json_int(o, "stamp", STAMP_NONE, STAMP_CLAIMED, &stamp, err))
		return false;
	p->stamp = (enum stamp_kept)stamp;
	return json_int(o, "stamped_at", 0, WHEN_MAX, &p->stamped_at, err) &&
	    json_bool(o, "other", &p->other, err) &&
	    json_bool(o, "in_outbox", &p->in_outbox, err) &&
	    json_int(o, "carried_at", 0, WHEN_MAX, &p->carried_at, err) &&
	    word_member(o, "verdict", p->verdict, sizeof p->verdict, err) &&
	    word_member(o, "who", p->who, sizeof p->who, err) &&
	    word_member(o, "when", p->when, sizeof p->when, err) &&
	    json_end(o, err);
}

static bool
evidence_decode(struct evidence *e, struct json_object *o, struct err *err)
{
	struct json_array list;
	const char *schema;
	int64_t number;
	bool received;

	if (!json_text(o, "schema", 1, 40, &schema, err) ||
	    !json_int(o, "number", 1, EVIDENCE_NUMBER_MAX, &number, err) ||
	    !json_bool(o, "received", &received, err) ||
	    !json_int(o, "added_at", 0, WHEN_MAX, &e->added_at, err) ||
	    !u64_member(o, "files", &e->files, err) ||
	    !u64_member(o, "bytes", &e->bytes, err) ||
	    !u64_member(o, "others", &e->others, err) ||
	    !json_list(o, "parcels", 0, PARCELS_MAX, &list, err))
		return false;
	e->number = (unsigned)number;
	e->origin = received ? EVIDENCE_RECEIVED : EVIDENCE_OWN;
	for (; e->parcels_n < list.n; e->parcels_n++) {
		struct json_object item;

		if (!json_at_object(&list, e->parcels_n, &item, err) ||
		    !parcel_decode(&e->parcels[e->parcels_n], &item, err))
			return false;
	}
	return json_end(o, err);
}

static bool
old_read(struct home *h, unsigned number, struct evidence *out, struct err *err)
{
	struct json *j = NULL;
	struct json_object top;
	struct evidence e;
	struct buf b;
	bool ok;

	memset(&e, 0, sizeof e);
	buf_init(&b, SMALL_FILE_MAX);
	ok = home_load(h, evidence_path(number, OLD_RECORD).s, &b, err) &&
	    json_read(&j, buf_span(&b), SMALL_FILE_MAX, err) &&
	    json_top(j, &top, err) && evidence_decode(&e, &top, err) &&
	    (e.number == number || err_set(err, ERR_INPUT, "evidence.other",
	    "the file is of evidence %04u", e.number));
	json_free(j);
	buf_clear(&b);
	if (!ok)
		return err_wrap(err, "the record of evidence %04u", number);
	*out = e;
	return true;
}

/* "0001" */
static bool
folder_number(const char *s, unsigned *out)
{
	unsigned v = 0;

	if (strlen(s) < 4 || strlen(s) > 7)
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (unsigned)(*s - '0');
	}
	*out = v;
	return v > 0;
}

/* Calls what(d, number) for each folder of evidence. */
static bool
old_each(struct docket *d,
    bool (*what)(struct docket *d, unsigned number, struct err *err), struct err *err)
{
	struct home *h = d->home;
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok = true;
	unsigned number;

	if (!listing_open(h->world, h->dir, "evidence", &l, err)) {
		if (err->kind != ERR_ABSENT)
			return false;
		err_clear(err);		/* a home in the making */
		return true;
	}
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more && folder_number(e.name, &number))
			ok = what(d, number, err);
	}
	listing_close(l);
	return ok;
}

static bool
take_one(struct docket *d, unsigned number, struct err *err)
{
	struct evidence e;
	bool there;

	return docket_has(d, evidence_path(number, OLD_RECORD).s, &there, err) &&
	    (!there || (old_read(d->home, number, &e, err) &&
	    evidence_put(d, &e, err)));
}

bool
evidence_take_over(struct docket *d, struct err *err)
{
	return old_each(d, take_one, err);
}

/* Synced also where it is gone: that may be from a try that was cut. */
static bool
remove_one(struct docket *d, unsigned number, struct err *err)
{
	struct home *h = d->home;
	struct dir *folder = NULL;
	bool there, ok;

	ok = docket_has(d, evidence_path(number, OLD_RECORD).s, &there, err) &&
	    (!there || path_remove(h->world, h->dir,
	    evidence_path(number, OLD_RECORD).s, err)) &&
	    dir_open(h->world, h->dir, evidence_path(number, "").s, &folder, err) &&
	    dir_sync(folder, err);
	dir_close(folder);
	return ok;
}

/* Only where the docket was made from them, and that is on the disk. */
bool
evidence_old_remove(struct docket *d, struct err *err)
{
	struct query q;
	int64_t left;

	return query_begin(&q, d, "SELECT value FROM facts WHERE name = 'old_records'",
	    err) && query_number(&q, &left, err) &&
	    (left == 0 || (old_each(d, remove_one, err) &&
	    docket_run(d, "DELETE FROM facts WHERE name = 'old_records'", err)));
}
