/* The custody file: links in order, as JSON of one spelling. */
#include "ledger/custody.h"

#include <string.h>

#include "form/json.h"

const char *
custody_standing_name(enum custody_standing s)
{
	static const char *const names[] = {
		[CUSTODY_PROVEN] = "proven",
		[CUSTODY_CLAIMED] = "claimed",
		[CUSTODY_BROKEN] = "broken",
	};

	return (unsigned)s < sizeof names / sizeof names[0] ? names[s] : NULL;
}

void
custody_init(struct custody *c)
{
	memset(c, 0, sizeof *c);
	c->standing = CUSTODY_CLAIMED;
	c->reason = "";
}

static void
link_clear(struct custody_link *l)
{
	buf_clear(&l->bytes);
	for (size_t i = 0; i < l->proofs_n; i++)
		buf_clear(&l->proofs[i]);
}

void
custody_clear(struct custody *c)
{
	for (size_t i = 0; i < c->n; i++)
		link_clear(&c->links[i]);
	mem_free(c->links);
	custody_init(c);
}

static bool
links_room(struct custody *c, struct err *err)
{
	struct custody_link *more;

	if (c->n == CUSTODY_LINKS_MAX)
		return err_set(err, ERR_LIMIT, "custody.links",
		    "a custody file tells at most %d links", CUSTODY_LINKS_MAX);
	more = mem_grow(c->links, c->n, sizeof *more, err);
	if (more == NULL)
		return false;
	c->links = more;
	return true;
}

struct custody_link *
custody_add(struct custody *c, struct span record, const uint8_t salt[RECORD_SALT],
    struct err *err)
{
	struct custody_link *l;

	if (!links_room(c, err))
		return NULL;
	l = &c->links[c->n];
	memset(l, 0, sizeof *l);
	l->standing = CUSTODY_CLAIMED;
	l->reason = "";
	buf_init(&l->bytes, RECORD_MAX);
	if (!record_decode(&l->record, record, err) ||
	    !buf_add(&l->bytes, record, err)) {
		buf_clear(&l->bytes);
		return NULL;
	}
	memcpy(l->salt, salt, RECORD_SALT);
	c->n++;
	return l;
}

void
custody_drop(struct custody *c, size_t at)
{
	link_clear(&c->links[at]);
	memmove(&c->links[at], &c->links[at + 1], (c->n - at - 1) * sizeof *c->links);
	c->n--;
}

bool
custody_proof_add(struct custody_link *l, struct span proof, struct err *err)
{
	struct buf *b;

	if (l->proofs_n == CUSTODY_PROOFS_MAX)
		return err_set(err, ERR_LIMIT, "custody.proofs",
		    "a link has at most %d proofs", CUSTODY_PROOFS_MAX);
	b = &l->proofs[l->proofs_n];
	buf_init(b, PROOF_MAX);
	if (!buf_add(b, proof, err)) {
		buf_clear(b);
		return false;
	}
	l->proofs_n++;
	return true;
}

/* ---- reading ---- */

static bool
proofs_read(struct custody_link *l, struct json_object *o, struct err *err)
{
	struct json_array list;
	const char *s;

	if (!json_list(o, "proofs", 0, CUSTODY_PROOFS_MAX, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++)
		if (!json_at_text(&list, i, 1, PROOF_MAX, &s, err) ||
		    !custody_proof_add(l, span_text(s), err))
			return false;
	return true;
}

static bool
place_read(struct custody_link *l, struct json_object *o, struct err *err)
{
	struct json_object place;
	const char *s;
	int64_t index;

	if (json_take_null(o, "place"))
		return true;
	if (!json_member(o, "place", &place, err) ||
	    !json_text(&place, "origin", 1, NOTE_NAME_MAX, &s, err) ||
	    !json_int(&place, "index", 0, JSON_INT_MAX, &index, err) ||
	    !json_end(&place, err))
		return false;
	if (!note_name_valid(s))
		return err_set(err, ERR_INPUT, "custody.origin",
		    "member \"place.origin\" is no name of a log");
	memcpy(l->origin, s, strlen(s) + 1);
	l->index = (uint64_t)index;
	l->has_place = true;
	return true;
}

static bool
link_read(struct custody *c, struct json_object *o, struct err *err)
{
	uint8_t salt[RECORD_SALT];
	struct custody_link *l;
	const char *s;

	if (!json_text(o, "record", 1, RECORD_MAX, &s, err) ||
	    !json_hex(o, "salt", salt, sizeof salt, err))
		return false;
	l = custody_add(c, span_text(s), salt, err);
	return l != NULL && proofs_read(l, o, err) && place_read(l, o, err) &&
	    json_end(o, err);
}

static bool
file_read(struct custody *c, struct json_object *o, struct err *err)
{
	struct json_object link;
	struct json_array list;
	const char *s;

	if (!json_text(o, "schema", 1, 64, &s, err))
		return false;
	if (strcmp(s, CUSTODY_SCHEMA) != 0)
		return err_set(err, ERR_INPUT, "custody.schema",
		    "it is no custody file, or of a schema that this version does not know");
	if (!json_hex(o, "act", c->act.b, sizeof c->act.b, err) ||
	    !json_hex(o, "package", c->package.b, sizeof c->package.b, err) ||
	    !json_int(o, "as_of", 0, WHEN_MAX, &c->as_of, err) ||
	    !json_list(o, "links", 0, CUSTODY_LINKS_MAX, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++)
		if (!json_at_object(&list, i, &link, err) || !link_read(c, &link, err))
			return err_wrap(err, "link %zu", i + 1);
	return json_end(o, err);
}

/* What we would write is what it must be: nothing hides in another spelling. */
static bool
spelling_check(const struct custody *c, struct span json, struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, CUSTODY_FILE_MAX);
	ok = custody_write(c, &b, err) && (span_eq(buf_span(&b), json) ||
	    err_set(err, ERR_INPUT, "custody.spelling",
	    "its members are not in their order, or not in their one spelling"));
	buf_clear(&b);
	return ok;
}

bool
custody_read(struct span json, struct custody *out, struct err *err)
{
	struct json *j = NULL;
	struct json_object top;
	struct custody c;
	bool ok;

	custody_init(&c);
	ok = json_read(&j, json, CUSTODY_FILE_MAX, err) && json_top(j, &top, err) &&
	    file_read(&c, &top, err) && spelling_check(&c, json, err);
	json_free(j);
	if (!ok) {
		custody_clear(&c);
		return err_wrap(err, "custody file");
	}
	*out = c;
	return true;
}

/* ---- writing ---- */

static void
place_out(struct json_out *j, const struct custody_link *l)
{
	if (!l->has_place) {
		json_out_null(j, "place");
		return;
	}
	json_out_object(j, "place");
	json_out_str(j, "origin", l->origin);
	json_out_int(j, "index", (int64_t)l->index);
	json_out_close_object(j);
}

static bool
link_out(struct json_out *j, const struct custody_link *l, struct err *err)
{
	struct buf salt;
	bool ok;

	buf_init(&salt, 2 * RECORD_SALT);
	ok = hex_encode(&salt, span_of(l->salt, RECORD_SALT), err);
	json_out_object(j, NULL);
	json_out_text(j, "record", buf_span(&l->bytes));
	json_out_text(j, "salt", buf_span(&salt));
	json_out_array(j, "proofs");
	for (size_t i = 0; i < l->proofs_n; i++)
		json_out_text(j, NULL, buf_span(&l->proofs[i]));
	json_out_close_array(j);
	place_out(j, l);
	json_out_close_object(j);
	buf_clear(&salt);
	return ok;
}

bool
custody_write(const struct custody *c, struct buf *out, struct err *err)
{
	size_t before = out->n;
	struct json_out j;
	bool ok = true;

	json_out_begin(&j, out, false, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", CUSTODY_SCHEMA);
	json_out_digest(&j, "act", &c->act);
	json_out_digest(&j, "package", &c->package);
	json_out_int(&j, "as_of", c->as_of);
	json_out_array(&j, "links");
	for (size_t i = 0; ok && i < c->n; i++)
		ok = link_out(&j, &c->links[i], err);
	json_out_close_array(&j);
	json_out_close_object(&j);
	if (ok && json_out_end(&j) && (out->n - before <= CUSTODY_FILE_MAX ||
	    err_set(err, ERR_LIMIT, "custody.size", "a custody file has at most %u bytes",
	    CUSTODY_FILE_MAX)))
		return true;
	out->n = before;
	return false;
}
