/*
 * Evidence: evidence/NNNN/record.json (numbers, instants, ids), private.age (label,
 * path, fingerprint, collection record, sealed to ourselves) and the files that go
 * with its parcels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form/json.h"
#include "store/home.h"

#define PRIVATE_MAX (1u << 20)

void
evidence_private_init(struct evidence_private *p)
{
	memset(p, 0, sizeof *p);
	buf_init(&p->collection, COLLECTION_MAX);
}

void
evidence_private_clear(struct evidence_private *p)
{
	mem_free(p->label);
	mem_free(p->path);
	for (size_t i = 0; i < p->leave_out_n; i++)
		mem_free(p->leave_out[i]);
	buf_clear(&p->collection);
	evidence_private_init(p);
}

struct evidence_file
evidence_path(unsigned number, const char *name)
{
	struct evidence_file f;

	(void)snprintf(f.s, sizeof f.s, "evidence/%04u%s%s", number,
	    name[0] != '\0' ? "/" : "", name);
	return f;
}

struct parcel_path
parcel_path(const struct digest *act_id)
{
	struct parcel_path p;

	(void)snprintf(p.s, sizeof p.s, "parcels/%s.comity", digest_hex(act_id).s);
	return p;
}

/* ---- record.json ---- */

static void
parcel_encode(const struct parcel *p, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_digest(j, "act", &p->act_id);
	json_out_digest(j, "package", &p->package_id);
	json_out_str(j, "peer", p->peer.s);
	json_out_int(j, "at", p->at);
	json_out_int(j, "bytes", (int64_t)p->bytes);
	json_out_int(j, "stamp", p->stamp);
	json_out_int(j, "stamped_at", p->stamped_at);
	json_out_bool(j, "other", p->other);
	json_out_bool(j, "in_outbox", p->in_outbox);
	json_out_int(j, "carried_at", p->carried_at);
	json_out_str(j, "verdict", p->verdict);
	json_out_str(j, "who", p->who);
	json_out_str(j, "when", p->when);
	json_out_close_object(j);
}

bool
evidence_save(struct home *h, const struct evidence *e, struct err *err)
{
	struct json_out j;
	struct buf b;
	bool ok;

	buf_init(&b, SMALL_FILE_MAX);
	json_out_begin(&j, &b, true, false, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.evidence/1");
	json_out_int(&j, "number", e->number);
	json_out_bool(&j, "received", e->origin == EVIDENCE_RECEIVED);
	json_out_int(&j, "added_at", e->added_at);
	json_out_int(&j, "files", (int64_t)e->files);
	json_out_int(&j, "bytes", (int64_t)e->bytes);
	json_out_int(&j, "others", (int64_t)e->others);
	json_out_array(&j, "parcels");
	for (size_t i = 0; i < e->parcels_n; i++)
		parcel_encode(&e->parcels[i], &j);
	json_out_close_array(&j);
	json_out_close_object(&j);
	ok = json_out_end(&j) && home_save(h,
	    evidence_path(e->number, "record.json").s, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

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

bool
evidence_load(struct home *h, unsigned number, struct evidence *out, struct err *err)
{
	struct json *j = NULL;
	struct json_object top;
	struct evidence e;
	struct buf b;
	bool ok;

	if (!home_has(h, evidence_path(number, "record.json").s))
		return err_set(err, ERR_ABSENT, "evidence.absent",
		    "there is no evidence %04u; see what there is with: comity evidence list",
		    number);
	memset(&e, 0, sizeof e);
	buf_init(&b, SMALL_FILE_MAX);
	ok = home_load(h, evidence_path(number, "record.json").s, &b, err) &&
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

static bool
number_parse(const char *s, unsigned *out)
{
	unsigned v = 0;

	if (*s == '\0' || strlen(s) > 7)
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (unsigned)(*s - '0');
	}
	*out = v;
	return v > 0;
}

bool
evidence_find(struct home *h, const char *typed, struct evidence *out,
    struct err *err)
{
	unsigned number;

	if (!number_parse(typed, &number))
		return err_set(err, ERR_USE, "evidence.number",
		    "\"%.40s\" is no number of evidence; it looks like 0001", typed);
	return evidence_load(h, number, out, err);
}

static int
number_order(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? -1 : x > y;
}

/* One more place in a list of numbers. */
static bool
numbers_add(unsigned **list, size_t *n, size_t *cap, unsigned v, struct err *err)
{
	if (*n == *cap) {
		size_t want = *cap == 0 ? 64 : *cap * 2;
		unsigned *more = mem_resize(*list, want * sizeof **list, err);

		if (more == NULL)
			return false;
		*list = more;
		*cap = want;
	}
	(*list)[(*n)++] = v;
	return true;
}

bool
evidence_numbers(struct home *h, unsigned **out, size_t *n, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	unsigned *list = NULL, v;
	size_t cap = 0;
	bool more = true, ok;

	*n = 0;
	ok = listing_open(h->world, h->dir, "evidence", &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more && number_parse(e.name, &v) &&
		    home_has(h, evidence_path(v, "record.json").s))
			ok = numbers_add(&list, n, &cap, v, err);
	}
	listing_close(l);
	if (!ok) {
		mem_free(list);
		return false;
	}
	if (*n > 1)
		qsort(list, *n, sizeof *list, number_order);
	*out = list;
	return true;
}

bool
evidence_by_act(struct home *h, const struct digest *act_id, struct evidence *out,
    size_t *parcel, bool *found, struct err *err)
{
	unsigned *list = NULL;
	size_t n;
	bool ok;

	*found = false;
	if (!evidence_numbers(h, &list, &n, err))
		return false;
	ok = true;
	for (size_t i = 0; ok && i < n && !*found; i++) {
		ok = evidence_load(h, list[i], out, err);
		for (size_t k = 0; ok && k < out->parcels_n; k++)
			if (digest_eq(&out->parcels[k].act_id, act_id)) {
				*parcel = k;
				*found = true;
				break;
			}
	}
	mem_free(list);
	return ok;
}

/* ---- private.age ---- */

static void
private_encode(const struct evidence_private *p, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_str(j, "schema", "comity.evidence-private/1");
	json_out_str(j, "label", p->label);
	json_out_bool(j, "pinned", p->pinned);
	json_out_digest(j, "fingerprint", &p->fingerprint);
	json_out_bool(j, "leave_out_unreadable", p->leave_out_unreadable);
	json_out_close_object(j);
}

/*
 * The private part is a list of length-prefixed bytes (u32 big-endian), as paths
 * need not be text: head (JSON), path, collection, then each path left out.
 */
static bool
piece_add(struct buf *b, struct span s, struct err *err)
{
	uint8_t n[4] = { (uint8_t)(s.n >> 24), (uint8_t)(s.n >> 16),
		(uint8_t)(s.n >> 8), (uint8_t)s.n };

	return buf_add(b, span_of(n, 4), err) && buf_add(b, s, err);
}

static bool
private_pack(const struct evidence_private *p, struct buf *out, struct err *err)
{
	struct json_out j;
	struct buf head;
	bool ok;

	buf_init_secret(&head, 65536);
	json_out_begin(&j, &head, false, false, err);
	private_encode(p, &j);
	ok = json_out_end(&j) && piece_add(out, buf_span(&head), err) &&
	    piece_add(out, span_text(p->path), err) &&
	    piece_add(out, buf_span(&p->collection), err);
	for (size_t i = 0; ok && i < p->leave_out_n; i++)
		ok = piece_add(out, span_text(p->leave_out[i]), err);
	buf_clear(&head);
	return ok;
}

static bool
piece_take(struct cursor *c, struct span *out)
{
	uint32_t n;

	return cursor_u32(c, &n) && cursor_take(c, n, out);
}

static bool
private_head(struct evidence_private *p, struct span head, struct err *err)
{
	struct json *j = NULL;
	struct json_object o;
	const char *s;
	bool ok;

	ok = json_read(&j, head, 65536, err) && json_top(j, &o, err) &&
	    json_text(&o, "schema", 1, 40, &s, err);
	if (ok && !json_take_null(&o, "label")) {
		ok = json_text(&o, "label", 1, 1000, &s, err);
		p->label = ok ? mem_text_of(s, err) : NULL;
		ok = ok && p->label != NULL;
	}
	ok = ok && json_bool(&o, "pinned", &p->pinned, err) &&
	    json_hex(&o, "fingerprint", p->fingerprint.b, 32, err) &&
	    json_bool(&o, "leave_out_unreadable", &p->leave_out_unreadable, err) &&
	    json_end(&o, err);
	json_free(j);
	return ok;
}

static bool
private_unpack(struct evidence_private *p, struct span in, struct err *err)
{
	struct cursor c = cursor_of(in);
	struct span head, path, collection, one;

	if (!piece_take(&c, &head) || !piece_take(&c, &path) ||
	    !piece_take(&c, &collection))
		return err_set(err, ERR_INPUT, "evidence.private",
		    "the sealed part of the record is cut");
	if (!private_head(p, head, err) ||
	    !buf_add(&p->collection, collection, err))
		return false;
	p->path = mem_text(path.p, path.n, err);
	if (p->path == NULL)
		return false;
	while (!cursor_done(&c)) {
		if (p->leave_out_n == LEAVE_OUT_MAX || !piece_take(&c, &one))
			return err_set(err, ERR_INPUT, "evidence.private",
			    "the sealed part of the record is damaged");
		p->leave_out[p->leave_out_n] = mem_text(one.p, one.n, err);
		if (p->leave_out[p->leave_out_n] == NULL)
			return false;
		p->leave_out_n++;
	}
	return true;
}

static bool
private_save(struct home *h, unsigned number, const struct evidence_private *p,
    struct err *err)
{
	struct age_recipient self;
	struct buf plain, file;
	bool ok;

	buf_init_secret(&plain, PRIVATE_MAX);
	buf_init(&file, PRIVATE_MAX + 65536);
	ok = home_recipient(h, &self, err) && private_pack(p, &plain, err) &&
	    age_seal_small(h->world, &self, 1, buf_span(&plain), &file, err) &&
	    home_save(h, evidence_path(number, "private.age").s, buf_span(&file),
	    err);
	buf_clear(&plain);
	buf_clear(&file);
	return ok;
}

bool
evidence_private_load(struct home *h, struct keyring *k, unsigned number,
    struct evidence_private *out, struct err *err)
{
	struct evidence_private p;
	struct age_keys keys = { 0 };
	struct buf file, plain;
	bool ok;

	evidence_private_init(&p);
	buf_init(&file, PRIVATE_MAX + 65536);
	buf_init_secret(&plain, PRIVATE_MAX);
	ok = keyring_identities(k, &keys.identities, &keys.n, err) &&
	    home_load(h, evidence_path(number, "private.age").s, &file, err) &&
	    age_open_small(buf_span(&file), &keys, &plain, err) &&
	    private_unpack(&p, buf_span(&plain), err);
	buf_clear(&file);
	buf_clear(&plain);
	if (!ok) {
		evidence_private_clear(&p);
		return err_wrap(err, "evidence %04u", number);
	}
	evidence_private_clear(out);
	*out = p;
	return true;
}

/* The name of a new folder in `evidence` is there after a crash too. */
static bool
folder_make(struct home *h, const char *folder, struct err *err)
{
	struct dir *above = NULL;
	bool ok;

	ok = dir_make(h->world, h->dir, folder, err) &&
	    dir_open(h->world, h->dir, "evidence", &above, err) &&
	    dir_sync(above, err);
	dir_close(above);
	return ok;
}

bool
evidence_new(struct home *h, struct evidence *e, const struct evidence_private *prv,
    struct err *err)
{
	unsigned *list = NULL;
	struct evidence_file folder;
	size_t n;

	if (!evidence_numbers(h, &list, &n, err))
		return false;
	e->number = n == 0 ? 1 : list[n - 1] + 1;
	mem_free(list);
	if (e->number > EVIDENCE_NUMBER_MAX)
		return err_set(err, ERR_LIMIT, "evidence.many",
		    "this home holds %d pieces of evidence, and that is the limit",
		    EVIDENCE_NUMBER_MAX);
	folder = evidence_path(e->number, "");
	/* Left by a command that was cut before its record was there: not evidence. */
	if (home_has(h, folder.s) && !dir_remove_all(h->world, h->dir, folder.s, err))
		return false;
	return folder_make(h, folder.s, err) &&
	    (prv == NULL || private_save(h, e->number, prv, err));
}
