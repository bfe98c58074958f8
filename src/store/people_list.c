/*
 * The list of persons: versions, each signed by a person of the one before it.  A file
 * that somebody wrote by hand is not one of them.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/key.h"
#include "store/keyring.h"

#define LIST_SCHEMA "comity.people/1"
#define LIST_MAX (1u << 20)		/* PEOPLE_MAX rows of some 500 bytes, and room */
#define LIST_SIGNED "comity-people/1\n"

struct list_path { char s[64]; };

static struct list_path
list_path(unsigned version, const char *ending)
{
	struct list_path p;

	(void)snprintf(p.s, sizeof p.s, "people/list-%u.%s", version, ending);
	return p;
}

bool
home_has_people(struct home *h)
{
	return home_has(h, PEOPLE_FIRST);
}

bool
home_people_look(struct home *h, bool *has, struct err *err)
{
	struct file_info info;
	struct err why = ERR_INIT;

	*has = path_info(h->world, h->dir, PEOPLE_FIRST, &info, &why);
	if (*has || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

void
people_free(struct people *p)
{
	if (p == NULL)
		return;
	mem_free(p->list);
	mem_free(p);
}

struct person *
person_find(struct people *p, unsigned number)
{
	for (size_t i = 0; p != NULL && i < p->n; i++)
		if (p->list[i].number == number)
			return &p->list[i];
	return NULL;
}

size_t
people_here(const struct people *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += !p->list[i].afar && !p->list[i].disabled &&
		    people_roles_work(p->list[i].roles);
	return n;
}

enum office_size
people_office(const struct people *p)
{
	return office_size_of(people_here(p));
}

struct pseudonym
person_pseudonym(unsigned number)
{
	struct pseudonym p;

	(void)snprintf(p.s, sizeof p.s, "P%u", number);
	return p;
}

/* ---- as text ---- */

static void
person_out(const struct person *p, struct json_out *j)
{
	struct digest point;

	memcpy(point.b, p->point, sizeof point.b);
	json_out_object(j, NULL);
	json_out_int(j, "number", p->number);
	json_out_array(j, "roles");
	for (int i = 0; i < PEOPLE_ROLES; i++)
		if ((p->roles & (1u << i)) != 0)
			json_out_str(j, NULL, people_role_name((enum people_role)i));
	json_out_close_array(j);
	json_out_bool(j, "afar", p->afar);
	json_out_bool(j, "disabled", p->disabled);
	json_out_int(j, "let_in_by", p->let_in_by);
	json_out_int(j, "since", p->since);
	json_out_int(j, "until", p->until);
	json_out_digest(j, "key", &point);
	json_out_str(j, "recipient", age_recipient_print(&p->recipient).s);
	json_out_close_object(j);
}

static bool
list_print(const struct home *h, const struct people *p, const struct digest *before,
    struct buf *out, struct err *err)
{
	struct json_out j;

	json_out_begin(&j, out, true, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", LIST_SCHEMA);
	json_out_str(&j, "authority", h->settings.authority.s);
	json_out_int(&j, "version", p->version);
	if (before != NULL)
		json_out_digest(&j, "before", before);
	else
		json_out_null(&j, "before");
	json_out_int(&j, "by", p->by);
	json_out_int(&j, "at", p->at);
	json_out_array(&j, "persons");
	for (size_t i = 0; i < p->n; i++)
		person_out(&p->list[i], &j);
	json_out_close_array(&j);
	json_out_close_object(&j);
	return json_out_end(&j);
}

static bool
roles_in(struct json_object *o, unsigned *out, struct err *err)
{
	struct json_array list;
	enum people_role r;
	const char *name;

	if (!json_list(o, "roles", 0, PEOPLE_ROLES, &list, err))
		return false;
	*out = 0;
	for (size_t i = 0; i < list.n; i++) {
		if (!json_at_text(&list, i, 1, 32, &name, err))
			return false;
		if (!people_role_parse(name, &r))
			return err_set(err, ERR_INPUT, "people.role-unknown",
			    "the list of persons names a role that this version does not know");
		*out |= 1u << r;
	}
	return true;
}

static bool
number_in(struct json_object *o, const char *name, int64_t min, int64_t max,
    unsigned *out, struct err *err)
{
	int64_t v;

	if (!json_int(o, name, min, max, &v, err))
		return false;
	*out = (unsigned)v;
	return true;
}

static bool
person_in(struct json_object *o, struct person *p, struct err *err)
{
	const char *recipient;

	return number_in(o, "number", 1, PEOPLE_MAX, &p->number, err) &&
	    roles_in(o, &p->roles, err) && json_bool(o, "afar", &p->afar, err) &&
	    json_bool(o, "disabled", &p->disabled, err) &&
	    number_in(o, "let_in_by", 0, PEOPLE_MAX, &p->let_in_by, err) &&
	    json_int(o, "since", 0, WHEN_MAX, &p->since, err) &&
	    json_int(o, "until", 0, WHEN_MAX, &p->until, err) &&
	    json_hex(o, "key", p->point, sizeof p->point, err) &&
	    json_text(o, "recipient", 1, 80, &recipient, err) && json_end(o, err) &&
	    age_recipient_parse(span_text(recipient), &p->recipient, err);
}

static bool
persons_in(struct people *p, struct json_object *o, struct err *err)
{
	struct json_array list;

	if (!json_list(o, "persons", 1, PEOPLE_MAX, &list, err))
		return false;
	p->list = mem_new(list.n * sizeof *p->list, err);
	if (p->list == NULL)
		return false;
	for (size_t i = 0; i < list.n; i++) {
		struct json_object one;

		if (!json_at_object(&list, i, &one, err) ||
		    !person_in(&one, &p->list[i], err))
			return false;
		/* Numbers are given in order and never twice: row i is person i + 1. */
		if (p->list[i].number != i + 1)
			return err_set(err, ERR_INPUT, "people.order",
			    "the list of persons is not in order");
		p->n = i + 1;
	}
	return true;
}

static bool
list_in(const struct home *h, struct people *p, const struct digest *before,
    struct json_object *o, struct err *err)
{
	const char *schema, *authority;
	struct digest named = { { 0 } };
	bool first;

	if (!json_text(o, "schema", 1, 40, &schema, err) ||
	    !json_text(o, "authority", 1, 40, &authority, err) ||
	    !number_in(o, "version", 1, PEOPLE_LISTS_MAX, &p->version, err))
		return false;
	first = json_take_null(o, "before");
	if ((!first && !json_hex(o, "before", named.b, sizeof named.b, err)) ||
	    !number_in(o, "by", 1, PEOPLE_MAX, &p->by, err) ||
	    !json_int(o, "at", 0, WHEN_MAX, &p->at, err) || !persons_in(p, o, err) ||
	    !json_end(o, err))
		return false;
	return (strcmp(schema, LIST_SCHEMA) == 0 &&
	    strcmp(authority, h->settings.authority.s) == 0 &&
	    first == (before == NULL) && (first || digest_eq(&named, before))) ||
	    err_set(err, ERR_UNPROVEN, "people.forged",
	    "it does not follow the version before it");
}

/* ---- who may change what ---- */

/* Who names people lets nobody in: one person would make itself a second. */
bool
person_may_let_in(const struct people *p, const struct person *by)
{
	bool admin = (by->roles & (1u << ROLE_ADMINISTRATOR)) != 0;

	return !by->disabled && !by->afar && by->let_in_by != 0 &&
	    (!admin || people_here(p) == 1) &&
	    (people_roles_open(by->roles) & (1u << GROUP_DESK)) != 0;
}

static bool
same_keys(const struct person *a, const struct person *b)
{
	return a->number == b->number && a->afar == b->afar && a->since == b->since &&
	    memcmp(a->point, b->point, sizeof a->point) == 0 &&
	    memcmp(a->recipient.point, b->recipient.point, sizeof a->recipient.point) == 0;
}

/* One person of the next version, by whoever signed it. */
static bool
row_lawful(const struct people *before_it, const struct person *was,
    const struct person *is, const struct person *by)
{
	bool lets_in = person_may_let_in(before_it, by);
	bool admin = (by->roles & (1u << ROLE_ADMINISTRATOR)) != 0;
	unsigned before = was != NULL ? was->let_in_by : 0;
	unsigned gained = is->roles & ~(was != NULL ? was->roles : 0);

	if (is->let_in_by != before && is->let_in_by != 0 &&
	    (is->let_in_by != by->number || !lets_in))
		return false;
	/* A role more that opens drafts is a new reason to be let in. */
	if ((people_roles_open(gained) & ~(1u << GROUP_LOG)) != 0 && is->let_in_by != 0 && !lets_in)
		return false;
	if (was == NULL)
		return admin;
	return same_keys(was, is) && (admin || (was->roles == is->roles &&
	    was->disabled == is->disabled && was->until == is->until));
}

static bool
change_lawful(const struct people *was, struct people *is)
{
	const struct person *by;

	if (was == NULL)
		return is->n == 1 && is->by == 1 && is->list[0].let_in_by == 1 &&
		    !is->list[0].afar && !is->list[0].disabled;
	by = person_find((struct people *)(uintptr_t)was, is->by);
	if (by == NULL || by->disabled || by->afar || is->n < was->n)
		return false;
	for (size_t i = 0; i < is->n; i++)
		if (!row_lawful(was, i < was->n ? &was->list[i] : NULL, &is->list[i], by))
			return false;
	return true;
}

static bool
message_of(struct span list, struct buf *out, struct err *err)
{
	return buf_add_text(out, LIST_SIGNED, err) && buf_add(out, list, err);
}

static bool
signature_holds(struct home *h, const struct people *was, struct people *is,
    struct span list, bool *holds, struct err *err)
{
	const struct person *by = person_find(was != NULL ?
	    (struct people *)(uintptr_t)was : is, is->by);
	struct buf sig, message;
	bool ok;

	*holds = false;
	if (by == NULL)
		return true;
	buf_init(&sig, 1024);
	buf_init(&message, LIST_MAX + 64);
	ok = home_load(h, list_path(is->version, "sig").s, &sig, err) &&
	    message_of(list, &message, err) && (sig.n != PERSON_SIGNATURE ||
	    key_verify_ed25519(by->point, buf_span(&message), buf_span(&sig), holds,
	    err));
	buf_clear(&sig);
	buf_clear(&message);
	return ok;
}

static bool
version_load(struct home *h, unsigned version, const struct people *was,
    struct people **out, struct err *err)
{
	struct people *p = mem_new(sizeof *p, err);
	struct json *j = NULL;
	struct json_object o;
	bool holds = false, ok = p != NULL;
	struct buf text;

	buf_init(&text, LIST_MAX);
	ok = ok && home_load(h, list_path(version, "json").s, &text, err) &&
	    json_read(&j, buf_span(&text), LIST_MAX, err) && json_top(j, &o, err) &&
	    list_in(h, p, was != NULL ? &was->id : NULL, &o, err) &&
	    digest_of(buf_span(&text), &p->id, err) &&
	    signature_holds(h, was, p, buf_span(&text), &holds, err);
	if (ok && (!holds || p->version != version || !change_lawful(was, p)))
		ok = err_set(err, ERR_UNPROVEN, "people.forged",
		    "it was not written by a person who may change it");
	json_free(j);
	buf_clear(&text);
	if (!ok) {
		people_free(p);
		return err->kind == ERR_MEMORY || err->kind == ERR_IO ? false :
		    err_set(err, ERR_UNPROVEN, "people.forged",
		    "%s/%s is not what Comity wrote: somebody changed who works here by hand. Nothing is done until it is as it was: get it back from a backup",
		    h->path, list_path(version, "json").s);
	}
	*out = p;
	return true;
}

bool
people_load(struct home *h, struct people **out, struct err *err)
{
	struct people *was = NULL, *p = NULL;
	unsigned version = 1;

	if (!version_load(h, version, NULL, &p, err))
		return false;
	while (version < PEOPLE_LISTS_MAX &&
	    home_has(h, list_path(version + 1, "json").s)) {
		people_free(was);
		was = p;
		p = NULL;
		if (!version_load(h, ++version, was, &p, err)) {
			people_free(was);
			return false;
		}
	}
	people_free(was);
	*out = p;
	return true;
}

bool
people_list_digest(struct home *h, unsigned version, struct digest *out, bool *there,
    struct err *err)
{
	struct list_path path = list_path(version, "json");
	struct buf text;
	bool ok;

	*there = home_has(h, path.s);
	if (!*there)
		return true;
	buf_init(&text, LIST_MAX);
	ok = home_load(h, path.s, &text, err) && digest_of(buf_span(&text), out, err);
	buf_clear(&text);
	return ok;
}

static bool
version_write(struct home *h, struct keyring *k, struct people *p,
    const struct digest *before, struct err *err)
{
	uint8_t sig[PERSON_SIGNATURE];
	struct buf text, message;
	bool ok;

	buf_init(&text, LIST_MAX);
	buf_init(&message, LIST_MAX + 64);
	/* The list is the commit: its signature lies there before it. */
	ok = list_print(h, p, before, &text, err) &&
	    message_of(buf_span(&text), &message, err) &&
	    keyring_person_sign(k, buf_span(&message), sig, err) &&
	    home_save(h, list_path(p->version, "sig").s, span_of(sig, sizeof sig), err) &&
	    digest_of(buf_span(&text), &p->id, err) &&
	    home_save(h, list_path(p->version, "json").s, buf_span(&text), err);
	buf_clear(&text);
	buf_clear(&message);
	return ok;
}

bool
people_save(struct home *h, struct keyring *k, struct people *p, int64_t at,
    struct err *err)
{
	struct digest before = p->id;
	bool first = p->version == 0;

	if (p->version == PEOPLE_LISTS_MAX)
		return err_set(err, ERR_LIMIT, "people.lists",
		    "the list of persons was changed %d times, and that is the limit",
		    PEOPLE_LISTS_MAX);
	p->version++;
	p->by = keyring_person(k);
	p->at = at;
	return version_write(h, k, p, first ? NULL : &before, err);
}
