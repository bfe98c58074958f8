/*
 * Evidence: its row and those of its parcels in the docket (numbers, instants, ids), and
 * below evidence/NNNN/ private.age (label, path, fingerprint, collection record, sealed
 * to ourselves) and the files that go with its parcels.
 */
#include <stdio.h>
#include <string.h>

#include "form/json.h"
#include "store/sql.h"

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

/* ---- the row, and a row of acts for each parcel ---- */

static bool
row_put(struct docket *d, const struct evidence *e, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "INSERT INTO evidence VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT DO UPDATE SET (origin, added_at, files, bytes, others) ="
	    " (?2, ?3, ?4, ?5, ?6)", err))
		return false;
	bind_int(&q, e->number);
	bind_int(&q, e->origin);
	bind_int(&q, e->added_at);
	bind_int(&q, (int64_t)e->files);
	bind_int(&q, (int64_t)e->bytes);
	bind_int(&q, (int64_t)e->others);
	return query_run(&q, err);
}

/* Rows of this evidence by place, and the one that has the package already. */
static bool
parcel_row(struct docket *d, const struct evidence *e, unsigned place, int64_t *row,
    struct err *err)
{
	const struct parcel *p = &e->parcels[place];
	struct query q;

	/* A stamp that came late gave the same act another package id. */
	if (!query_begin(&q, d, "SELECT id FROM acts WHERE package = ?3 UNION ALL"
	    " SELECT id FROM acts WHERE evidence = ?1 AND place = ?2 AND act = ?4"
	    " LIMIT 1", err))
		return false;
	bind_int(&q, e->number);
	bind_int(&q, place);
	bind_digest(&q, &p->package_id);
	bind_digest(&q, &p->act_id);
	return query_number(&q, row, err);
}

#define PARCEL_COLUMNS "act, package, evidence, place, peer, at, bytes, stamp," \
	" stamped_at, other, carried_at, verdict, who, when_shown"

static void
parcel_bind(struct query *q, const struct evidence *e, unsigned place)
{
	const struct parcel *p = &e->parcels[place];

	bind_digest(q, &p->act_id);
	bind_digest(q, &p->package_id);
	bind_int(q, e->number);
	bind_int(q, place);
	bind_text(q, p->peer.s);
	bind_int(q, p->at);
	bind_int(q, (int64_t)p->bytes);
	bind_int(q, p->stamp);
	bind_int(q, p->stamped_at);
	bind_int(q, p->other);
	bind_int(q, p->carried_at);
	bind_text(q, p->verdict);
	bind_text(q, p->who);
	bind_text(q, p->when);
	bind_int(q, p->in_outbox);
}

/* What else the row says (its kind, thread, receipt) is not ours to change. */
static bool
parcel_put(struct docket *d, const struct evidence *e, unsigned place,
    struct err *err)
{
	struct query q;
	int64_t row;

	if (!parcel_row(d, e, place, &row, err))
		return false;
	if (row == 0) {
		if (!query_begin(&q, d, "INSERT INTO acts (" PARCEL_COLUMNS ", outbox,"
		    " direction, kind, made_at, receipted_at) VALUES (?, ?, ?, ?, ?, ?,"
		    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0)", err))
			return false;
		parcel_bind(&q, e, place);
		bind_int(&q, e->origin == EVIDENCE_RECEIVED ? ACT_IN : ACT_OUT);
	} else {
		if (!query_begin(&q, d, "UPDATE acts SET (" PARCEL_COLUMNS ", outbox) ="
		    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
		    " CASE WHEN ?15 = (outbox IN (1, 2)) THEN outbox"
		    " WHEN ?15 THEN 1 ELSE 3 END) WHERE id = ?16", err))
			return false;
		parcel_bind(&q, e, place);
		bind_int(&q, row);
	}
	return query_run(&q, err);
}

/* Rows that are no parcels of it any more. */
static bool
parcels_cut(struct docket *d, const struct evidence *e, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "UPDATE acts SET evidence = NULL, place = 0"
	    " WHERE evidence = ? AND place >= ?", err))
		return false;
	bind_int(&q, e->number);
	bind_int(&q, (int64_t)e->parcels_n);
	return query_run(&q, err);
}

bool
evidence_put(struct docket *d, const struct evidence *e, struct err *err)
{
	bool own, ok;

	if (!docket_inner(d, &own, err))
		return false;
	ok = row_put(d, e, err);
	for (unsigned i = 0; ok && i < e->parcels_n; i++)
		ok = parcel_put(d, e, i, err);
	return docket_leave(d, own, ok && parcels_cut(d, e, err), err);
}

bool
evidence_next_place(struct docket *d, unsigned evidence, unsigned *out,
    struct err *err)
{
	struct query q;
	int64_t n;

	if (!query_begin(&q, d, "SELECT max(place) + 1 FROM acts WHERE evidence = ?",
	    err))
		return false;
	bind_int(&q, evidence);
	if (!query_number(&q, &n, err))
		return false;
	if (n >= PARCELS_MAX)
		return err_set(err, ERR_LIMIT, "evidence.parcels",
		    "evidence %04u has %d parcels, and that is the limit", evidence,
		    PARCELS_MAX);
	*out = (unsigned)n;
	return true;
}

/* ---- reading them ---- */

static void
parcel_take(struct query *q, struct parcel *p)
{
	q->strange = !take_digest(q, &p->act_id) || !take_digest(q, &p->package_id) ||
	    q->strange;
	take_text(q, p->peer.s, sizeof p->peer.s);
	p->at = take_int(q, 0, WHEN_MAX);
	p->bytes = (uint64_t)take_int(q, 0, INT64_MAX);
	p->stamp = (enum stamp_kept)take_int(q, STAMP_NONE, STAMP_CLAIMED);
	p->stamped_at = take_int(q, 0, WHEN_MAX);
	p->other = take_bool(q);
	p->in_outbox = take_bool(q);
	p->carried_at = take_int(q, 0, WHEN_MAX);
	take_text(q, p->verdict, sizeof p->verdict);
	take_text(q, p->who, sizeof p->who);
	take_text(q, p->when, sizeof p->when);
	p->destroyed_at = take_int(q, 0, WHEN_MAX);
}

static bool
parcels_get(struct docket *d, struct evidence *e, struct err *err)
{
	struct query q;
	bool more = true, ok = true;

	if (!query_begin(&q, d, "SELECT act, package, peer, at, bytes, stamp,"
	    " stamped_at, other, outbox IN (1, 2), carried_at, verdict, who, when_shown,"
	    " destroyed_at FROM acts WHERE evidence = ? ORDER BY place, id", err))
		return false;
	bind_int(&q, e->number);
	while (ok && (ok = query_row(&q, &more, err)) && more) {
		if (e->parcels_n == PARCELS_MAX) {
			ok = docket_damaged(err, "a piece of evidence has too many parcels");
			break;
		}
		parcel_take(&q, &e->parcels[e->parcels_n++]);
		ok = query_good(&q, err);
	}
	query_end(&q);
	return ok;
}

static bool
evidence_get(struct docket *d, unsigned number, struct evidence *e, struct err *err)
{
	struct query q;
	bool more, ok;

	memset(e, 0, sizeof *e);
	e->number = number;
	if (!query_begin(&q, d, "SELECT origin, added_at, files, bytes, others"
	    " FROM evidence WHERE number = ?", err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (more || err_set(err, ERR_ABSENT,
	    "evidence.absent",
	    "there is no evidence %04u; see what there is with: comity evidence list",
	    number));
	if (ok) {
		e->origin = (enum evidence_origin)take_int(&q, EVIDENCE_OWN,
		    EVIDENCE_RECEIVED);
		e->added_at = take_int(&q, 0, WHEN_MAX);
		e->files = (uint64_t)take_int(&q, 0, INT64_MAX);
		e->bytes = (uint64_t)take_int(&q, 0, INT64_MAX);
		e->others = (uint64_t)take_int(&q, 0, INT64_MAX);
		ok = query_good(&q, err);
	}
	query_end(&q);
	return ok && parcels_get(d, e, err);
}

/* ---- what store.h promises; each opens the docket, or shares it ---- */

bool
evidence_save(struct home *h, const struct evidence *e, struct err *err)
{
	struct docket *d;
	bool ok;

	if (!home_docket(h, &d, err))
		return false;
	ok = evidence_put(d, e, err);
	home_docket_done(h);
	return ok;
}

bool
evidence_load(struct home *h, unsigned number, struct evidence *out, struct err *err)
{
	struct docket *d;
	struct evidence e;
	bool ok;

	if (!home_docket(h, &d, err))
		return false;
	ok = evidence_get(d, number, &e, err);
	home_docket_done(h);
	if (ok)
		*out = e;
	return ok;
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

bool
evidence_numbers(struct home *h, unsigned **out, size_t *n, struct err *err)
{
	int64_t *list = NULL;
	struct docket *d;
	struct query q;
	unsigned *v = NULL;
	size_t have = 0;
	bool ok;

	if (!home_docket(h, &d, err))
		return false;
	ok = query_begin(&q, d, "SELECT number FROM evidence ORDER BY number", err) &&
	    query_numbers(&q, &list, &have, err);
	home_docket_done(h);
	if (ok)
		v = mem_array(have, sizeof *v, err);
	for (size_t i = 0; v != NULL && i < have; i++)
		v[i] = (unsigned)list[i];
	mem_free(list);
	if (v == NULL)
		return false;
	*out = v;
	*n = have;
	return true;
}

static bool
by_act(struct docket *d, const struct digest *act_id, struct evidence *out,
    size_t *parcel, bool *found, struct err *err)
{
	struct query q;
	int64_t number;

	if (!query_begin(&q, d, "SELECT evidence FROM acts WHERE act = ? AND"
	    " evidence IN (SELECT number FROM evidence) ORDER BY evidence LIMIT 1", err))
		return false;
	bind_digest(&q, act_id);
	if (!query_number(&q, &number, err) ||
	    (number != 0 && !evidence_get(d, (unsigned)number, out, err)))
		return false;
	*found = false;
	for (size_t i = 0; number != 0 && i < out->parcels_n && !*found; i++)
		if (digest_eq(&out->parcels[i].act_id, act_id)) {
			*parcel = i;
			*found = true;
		}
	return true;
}

bool
evidence_by_act(struct home *h, const struct digest *act_id, struct evidence *out,
    size_t *parcel, bool *found, struct err *err)
{
	struct docket *d;
	bool ok;

	if (!home_docket(h, &d, err))
		return false;
	ok = by_act(d, act_id, out, parcel, found, err);
	home_docket_done(h);
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
	if (p->pinned_later)
		json_out_bool(j, "pinned_later", true);
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
	    (!json_has(&o, "pinned_later") ||
	    json_bool(&o, "pinned_later", &p->pinned_later, err)) && json_end(&o, err);
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

bool
evidence_private_save(struct home *h, unsigned number, const struct evidence_private *p,
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

static bool
number_next(struct home *h, unsigned *out, struct err *err)
{
	struct docket *d;
	struct query q;
	int64_t last;
	bool ok;

	if (!home_docket(h, &d, err))
		return false;
	ok = query_begin(&q, d, "SELECT max(number) FROM evidence", err) &&
	    query_number(&q, &last, err);
	home_docket_done(h);
	if (ok)
		*out = (unsigned)last + 1;
	return ok;
}

bool
evidence_new(struct home *h, struct evidence *e, const struct evidence_private *prv,
    struct err *err)
{
	struct evidence_file folder;

	if (!number_next(h, &e->number, err))
		return false;
	if (e->number > EVIDENCE_NUMBER_MAX)
		return err_set(err, ERR_LIMIT, "evidence.many",
		    "this home holds %d pieces of evidence, and that is the limit",
		    EVIDENCE_NUMBER_MAX);
	folder = evidence_path(e->number, "");
	/* Left by a command that was cut before its record was there: not evidence. */
	if (home_has(h, folder.s) && !dir_remove_all(h->world, h->dir, folder.s, err))
		return false;
	return folder_make(h, folder.s, err) &&
	    (prv == NULL || evidence_private_save(h, e->number, prv, err));
}
