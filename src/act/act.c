#include "act/act.h"

#include <stdio.h>
#include <string.h>

#include "act/kinds.h"

/* ---- authority ids ---- */

static bool
base32_upper(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '2' && s[i] <= '7')))
			return false;
	return true;
}

bool
authority_id_parse(const char *s, struct authority_id *out)
{
	if (strlen(s) != 19 || s[2] != '-' || s[0] < 'A' || s[0] > 'Z' ||
	    s[1] < 'A' || s[1] > 'Z' || !base32_upper(s + 3, 16))
		return false;
	memcpy(out->s, s, 20);
	return true;
}

bool
authority_id_make(const char state[3], const struct digest *spki,
    struct authority_id *out, struct err *err)
{
	struct buf b;
	const char *text;
	bool ok;

	if (!state_valid(state))
		return err_set(err, ERR_USE, "act.state",
		    "a State is two capital letters, as in ISO 3166 (or XA, XB for training)");
	buf_init(&b, 32);
	ok = base32_encode(&b, span_of(spki->b, 10), err) && buf_text(&b, &text, err);
	if (ok)
		(void)snprintf(out->s, sizeof out->s, "%.2s-%.16s", state, text);
	buf_clear(&b);
	return ok;
}

/* ---- values ---- */

void
act_init(struct act *a, enum act_kind kind)
{
	memset(a, 0, sizeof *a);
	a->kind = kind;
}

void
act_clear(struct act *a)
{
	kinds[a->kind]->clear(a);
	act_init(a, a->kind);
}

struct bag_name
act_bag_name(const struct act *a)
{
	struct bag_name name;
	size_t at = (size_t)snprintf(name.s, sizeof name.s, "comity-");

	for (size_t i = 0; i < ACT_NONCE; i++)
		at += (size_t)snprintf(name.s + at, sizeof name.s - at, "%02x",
		    a->nonce[i]);
	return name;
}

/* ---- decoding ---- */

static bool
party_decode(struct json_object *o, struct authority_id *id, bool *has_card,
    struct digest *card, struct err *err)
{
	const char *s;

	if (!json_text(o, "authority", 19, 19, &s, err))
		return false;
	if (!authority_id_parse(s, id))
		return err_set(err, ERR_INPUT, "act.authority",
		    "member \"%s.authority\" is no authority id", o->where);
	*has_card = !json_take_null(o, "card");
	if (*has_card && !json_hex(o, "card", card->b, sizeof card->b, err))
		return false;
	return json_end(o, err);
}

static bool
parties_decode(struct act *a, struct json_object *o, struct err *err)
{
	struct json_object from, to;
	bool has_card;

	if (!json_member(o, "from", &from, err) ||
	    !party_decode(&from, &a->from, &a->has_from_card, &a->from_card, err))
		return false;
	a->has_to = !json_take_null(o, "to");
	if (!a->has_to)
		return true;
	if (!json_member(o, "to", &to, err) ||
	    !party_decode(&to, &a->to, &has_card, &a->to_card, err))
		return false;
	return has_card || err_set(err, ERR_INPUT, "act.to_card",
	    "member \"to.card\" is null: an act is addressed to a card");
}

/* An answer answers something; a receipt is for one act. */
static bool
follows_fit(const struct act *a, struct err *err)
{
	const struct kind *k = kinds[a->kind];

	if (a->follows_n < k->follows_min)
		return err_set(err, ERR_INPUT, "act.follows",
		    "member \"follows\" is empty: an act of kind \"%s\" follows another",
		    k->name);
	return a->follows_n <= k->follows_max || err_set(err, ERR_INPUT, "act.follows",
	    "member \"follows\" names more acts than one of kind \"%s\" can follow",
	    k->name);
}

static bool
follows_decode(struct act *a, struct json_object *o, struct err *err)
{
	struct json_array list;

	if (!json_list(o, "follows", 0, ACT_FOLLOWS_MAX, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (!json_at_hex(&list, i, a->follows[i].b, 32, err))
			return false;
		for (size_t k = 0; k < i; k++)
			if (digest_eq(&a->follows[i], &a->follows[k]))
				return err_set(err, ERR_INPUT, "act.follows",
				    "member \"follows\" names the same act twice");
	}
	a->follows_n = list.n;
	return follows_fit(a, err);
}

static bool
short_text(struct json_object *o, const char *name, size_t min, char *out,
    size_t room, struct err *err)
{
	const char *s;

	if (!json_text(o, name, min, room - 1, &s, err))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool
times_decode(struct act *a, struct json_object *o, struct err *err)
{
	if (!json_int(o, "made_at", 0, WHEN_MAX, &a->made_at, err))
		return false;
	if (json_take_null(o, "expires_at"))
		return true;
	if (!json_int(o, "expires_at", 1, WHEN_MAX, &a->expires_at, err))
		return false;
	return a->expires_at > a->made_at || err_set(err, ERR_INPUT, "act.expires",
	    "member \"expires_at\" is not later than \"made_at\"");
}

static bool
basis_decode(struct act *a, struct json_object *o, struct err *err)
{
	struct json_object basis;

	if (json_take_null(o, "basis"))
		return true;
	return json_member(o, "basis", &basis, err) &&
	    short_text(&basis, "instrument", 1, a->instrument,
	    sizeof a->instrument, err) &&
	    short_text(&basis, "article", 0, a->article, sizeof a->article, err) &&
	    json_end(&basis, err);
}

static bool
counts_decode(struct act *a, struct json_object *o, struct err *err)
{
	struct json_object payload;
	int64_t files, bytes;

	if (!json_member(o, "payload", &payload, err) ||
	    !json_int(&payload, "files", 0, JSON_INT_MAX, &files, err) ||
	    !json_int(&payload, "bytes", 0, JSON_INT_MAX, &bytes, err) ||
	    !json_end(&payload, err))
		return false;
	a->payload_files = (uint64_t)files;
	a->payload_bytes = (uint64_t)bytes;
	return true;
}

/* It is copied into bag-info.txt, a text file of lines. */
static bool
one_line(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7E)
			return false;
	return true;
}

static bool
made_by_decode(struct act *a, struct json_object *o, struct err *err)
{
	struct json_object by;

	if (!json_member(o, "made_by", &by, err) ||
	    !short_text(&by, "software", 1, a->software, sizeof a->software, err) ||
	    !short_text(&by, "build", 0, a->build, sizeof a->build, err) ||
	    !json_int(&by, "self_test", 0, WHEN_MAX, &a->self_test, err) ||
	    !json_end(&by, err))
		return false;
	return one_line(a->software) || err_set(err, ERR_INPUT, "act.software",
	    "member \"made_by.software\" is not one line of plain ASCII");
}

static bool
how_valid(const char *how)
{
	return strcmp(how, "alone") == 0 || strcmp(how, "two") == 0 ||
	    strcmp(how, "from_afar") == 0 || strcmp(how, "owed") == 0;
}

static bool
person_decode(struct json_object *o, struct act_person *p, struct err *err)
{
	if (!short_text(o, "role", 1, p->role, sizeof p->role, err) ||
	    !short_text(o, "person", 1, p->person, sizeof p->person, err) ||
	    !json_int(o, "at", 0, WHEN_MAX, &p->at, err) || !json_end(o, err))
		return false;
	return (code_valid(p->role) && code_valid(p->person)) || err_set(err, ERR_INPUT,
	    "act.people", "member \"%s\" names no role or no pseudonym", o->where);
}

/* Not there in what nobody decides (a receipt), and in acts of before there were persons. */
static bool
people_decode(struct act *a, struct json_object *o, struct err *err)
{
	struct act_people *p = &a->people;
	struct json_object people;
	struct json_array list;

	if (!json_has(o, "people"))
		return true;
	if (!json_member(o, "people", &people, err) ||
	    !short_text(&people, "how", 1, p->how, sizeof p->how, err) ||
	    !json_list(&people, "persons", 1, ACT_PEOPLE_MAX, &list, err) ||
	    !json_end(&people, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		struct json_object one;

		if (!json_at_object(&list, i, &one, err) ||
		    !person_decode(&one, &p->list[i], err))
			return false;
	}
	p->n = list.n;
	return how_valid(p->how) || err_set(err, ERR_INPUT, "act.people",
	    "member \"people.how\" is a way this version does not know");
}

static bool
schema_check(struct json_object *o, struct err *err)
{
	const char *s;

	if (!json_text(o, "schema", 1, 64, &s, err))
		return false;
	return strcmp(s, ACT_SCHEMA) == 0 || err_set(err, ERR_INPUT, "act.schema",
	    "the act is written in a schema this version does not know");
}

static bool
decode_into(struct act *a, struct json_object *o, struct err *err)
{
	struct json_object body;
	const char *name;
	enum act_kind kind;

	if (!schema_check(o, err) || !json_text(o, "kind", 1, 40, &name, err))
		return false;
	if (!act_kind_parse(name, &kind))
		return err_set(err, ERR_INPUT, "act.kind",
		    "this is an act of a kind that this version does not know; "
		    "a newer Comity may");
	act_init(a, kind);
	return json_bool(o, "exercise", &a->exercise, err) &&
	    json_hex(o, "nonce", a->nonce, sizeof a->nonce, err) &&
	    parties_decode(a, o, err) && follows_decode(a, o, err) &&
	    times_decode(a, o, err) && basis_decode(a, o, err) &&
	    json_member(o, "body", &body, err) &&
	    kinds[kind]->decode(a, &body, err) && json_end(&body, err) &&
	    counts_decode(a, o, err) && made_by_decode(a, o, err) &&
	    people_decode(a, o, err) && json_end(o, err);
}

bool
act_decode(struct act *out, struct span json, struct err *err)
{
	struct json *j = NULL;
	struct json_object top;
	struct act a;
	bool ok;

	act_init(&a, ACT_DELIVERED);
	ok = json_read(&j, json, ACT_BYTES_MAX, err) && json_top(j, &top, err) &&
	    decode_into(&a, &top, err);
	json_free(j);
	if (!ok) {
		act_clear(&a);
		return err_wrap(err, "act.json");
	}
	*out = a;
	return true;
}

/* ---- encoding ---- */

static void
party_encode(struct json_out *j, const char *name, const struct authority_id *id,
    bool has_card, const struct digest *card)
{
	json_out_object(j, name);
	json_out_str(j, "authority", id->s);
	if (has_card)
		json_out_digest(j, "card", card);
	else
		json_out_null(j, "card");
	json_out_close_object(j);
}

static void
head_encode(const struct act *a, struct json_out *j)
{
	json_out_str(j, "schema", ACT_SCHEMA);
	json_out_str(j, "kind", kinds[a->kind]->name);
	json_out_bool(j, "exercise", a->exercise);
	json_out_str(j, "nonce", act_bag_name(a).s + strlen("comity-"));
	party_encode(j, "from", &a->from, a->has_from_card, &a->from_card);
	if (a->has_to)
		party_encode(j, "to", &a->to, true, &a->to_card);
	else
		json_out_null(j, "to");
	json_out_array(j, "follows");
	for (size_t i = 0; i < a->follows_n; i++)
		json_out_digest(j, NULL, &a->follows[i]);
	json_out_close_array(j);
	json_out_int(j, "made_at", a->made_at);
	if (a->expires_at != 0)
		json_out_int(j, "expires_at", a->expires_at);
	else
		json_out_null(j, "expires_at");
}

static void
tail_encode(const struct act *a, struct json_out *j)
{
	json_out_object(j, "payload");
	json_out_int(j, "files", (int64_t)a->payload_files);
	json_out_int(j, "bytes", (int64_t)a->payload_bytes);
	json_out_close_object(j);
	json_out_object(j, "made_by");
	json_out_str(j, "software", a->software);
	json_out_str(j, "build", a->build);
	json_out_int(j, "self_test", a->self_test);
	json_out_close_object(j);
}

static void
people_encode(const struct act_people *p, struct json_out *j)
{
	json_out_object(j, "people");
	json_out_str(j, "how", p->how);
	json_out_array(j, "persons");
	for (size_t i = 0; i < p->n; i++) {
		json_out_object(j, NULL);
		json_out_str(j, "role", p->list[i].role);
		json_out_str(j, "person", p->list[i].person);
		json_out_int(j, "at", p->list[i].at);
		json_out_close_object(j);
	}
	json_out_close_array(j);
	json_out_close_object(j);
}

static void
act_out(const struct act *a, struct json_out *j)
{
	json_out_object(j, NULL);
	head_encode(a, j);
	if (a->instrument[0] != '\0') {
		json_out_object(j, "basis");
		json_out_str(j, "instrument", a->instrument);
		json_out_str(j, "article", a->article);
		json_out_close_object(j);
	} else {
		json_out_null(j, "basis");
	}
	json_out_object(j, "body");
	kinds[a->kind]->encode(a, j);
	json_out_close_object(j);
	tail_encode(a, j);
	if (a->people.n > 0)
		people_encode(&a->people, j);
	json_out_close_object(j);
}

bool
act_encode_again(const struct act *a, struct buf *out, struct err *err)
{
	struct json_out j;

	json_out_begin(&j, out, true, false, err);
	act_out(a, &j);
	return json_out_end(&j);
}

/*
 * What is signed cannot be mended: read it as every receiver will, before it goes
 * out.  A language tag of one letter would make a sealed disk image unreadable.
 */
bool
act_encode(const struct act *a, struct buf *out, struct err *err)
{
	size_t before = out->n;
	struct act again;

	if (!act_encode_again(a, out, err) ||
	    !act_decode(&again, span_from(buf_span(out), before), err))
		return false;
	act_clear(&again);
	return true;
}
