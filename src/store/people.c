/*
 * Persons and groups of keys: a home of one becomes one of persons, a person gets keys and
 * is given groups.  The list is people_list.c, one person's keys person_key.c.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/key.h"
#include "store/keyring.h"

#define NAME_SCHEMA "comity.person-name/1"
#define NOTE_MAX 400			/* bytes: why somebody left */

struct group_path
person_path(unsigned number, const char *name)
{
	struct group_path p;

	(void)snprintf(p.s, sizeof p.s, "people/%u/%.40s", number, name);
	return p;
}

static struct group_path
wrap_path(unsigned number, enum people_group g)
{
	struct group_path p;

	(void)snprintf(p.s, sizeof p.s, "people/%u/%s.age", number, people_group_name(g));
	return p;
}

static struct group_path
public_path(enum people_group g)
{
	struct group_path p;

	(void)snprintf(p.s, sizeof p.s, "people/%s.pub", people_group_name(g));
	return p;
}

/* ---- groups ---- */

bool
group_recipient(struct home *h, enum people_group g, struct age_recipient *out,
    struct err *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, 4096);
	ok = home_load(h, public_path(g).s, &text, err) &&
	    age_recipient_parse(buf_span(&text), out, err);
	buf_clear(&text);
	return ok;
}

static bool
not_given(enum people_group g, struct err *err)
{
	static const char *const what[PEOPLE_GROUPS] = {
		[GROUP_LOG] = "the ledger",
		[GROUP_DESK] = "drafts and names of cases",
		[GROUP_SIGN] = "what signs for the authority",
		[GROUP_EVIDENCE] = "what opens parcels and evidence",
	};

	return err_set(err, ERR_DENIED, "key.group",
	    "the person at work has no key for %s: the role does not have it, or nobody has let that person in yet (comity person let-in)",
	    what[g]);
}

static bool
group_load(struct keyring *k, enum people_group g, struct err *err)
{
	const struct age_identity *ids[1] = { k->unlock };
	struct age_keys keys = { .identities = ids, .n = 1 };
	struct group_path path = wrap_path(k->person, g);
	struct buf file, line;
	bool ok;

	if (!home_has(k->home, path.s))
		return not_given(g, err);
	buf_init(&file, KEYFILE_MAX);
	buf_init_secret(&line, 4096);
	ok = home_load(k->home, path.s, &file, err) &&
	    age_open_small(buf_span(&file), &keys, &line, err) &&
	    age_identity_parse(buf_span(&line), &k->groups[g], err);
	buf_clear(&file);
	buf_clear(&line);
	return ok || (err->kind == ERR_DENIED ? not_given(g, err) :
	    err_wrap(err, "the key file %s", path.s));
}

bool
keyring_group(struct keyring *k, enum people_group g, const struct age_identity **out,
    struct err *err)
{
	if (k->groups[g] == NULL && !group_load(k, g, err))
		return false;
	*out = k->groups[g];
	return true;
}

bool
group_seal(struct home *h, enum people_group g, struct span plain, struct buf *out,
    struct err *err)
{
	struct age_recipient to;

	return group_recipient(h, g, &to, err) &&
	    age_seal_small(h->world, &to, 1, plain, out, err);
}

bool
keyring_group_open(struct keyring *k, enum people_group g, struct span sealed,
    struct buf *out, struct err *err)
{
	const struct age_identity *ids[1];
	struct age_keys keys = { .identities = ids, .n = 1 };

	return keyring_group(k, g, &ids[0], err) &&
	    age_open_small(sealed, &keys, out, err);
}

static bool
wrap_write(struct home *h, const struct person *p, enum people_group g,
    const struct age_identity *id, struct err *err)
{
	struct buf line, file;
	bool ok;

	buf_init_secret(&line, 512);
	buf_init(&file, KEYFILE_MAX);
	ok = age_identity_print(id, &line, err) &&
	    age_seal_small(h->world, &p->recipient, 1, buf_span(&line), &file, err) &&
	    home_save(h, wrap_path(p->number, g).s, buf_span(&file), err);
	buf_clear(&line);
	buf_clear(&file);
	return ok;
}

unsigned
person_opens(const struct person *p)
{
	unsigned all = people_roles_open(p->roles);

	return p->let_in_by != 0 ? all : all & (1u << GROUP_LOG);
}

bool
person_groups_give(struct home *h, struct keyring *k, const struct person *p,
    unsigned *given, struct err *err)
{
	unsigned opens = person_opens(p);

	*given = 0;
	for (int g = 0; g < PEOPLE_GROUPS && !p->afar; g++) {
		const struct age_identity *id;
		struct err why = ERR_INIT;

		if ((opens & (1u << g)) == 0)
			continue;
		if (!keyring_group(k, (enum people_group)g, &id, &why)) {
			if (why.kind == ERR_DENIED)
				continue;
			*err = why;
			return false;
		}
		if (!wrap_write(h, p, (enum people_group)g, id, err))
			return false;
		*given |= 1u << g;
	}
	return true;
}

unsigned
person_groups(struct home *h, unsigned number)
{
	unsigned set = 0;

	for (int g = 0; g < PEOPLE_GROUPS; g++)
		if (home_has(h, wrap_path(number, (enum people_group)g).s))
			set |= 1u << g;
	return set;
}

bool
person_groups_take(struct home *h, unsigned number, unsigned keep, struct err *err)
{
	for (int g = 0; g < PEOPLE_GROUPS; g++) {
		struct group_path path = wrap_path(number, (enum people_group)g);

		if ((keep & (1u << g)) == 0 &&
		    !path_clear(h->world, h->dir, path.s, err))
			return false;
	}
	return true;
}

/* ---- one person ---- */

static bool
folder_make(struct home *h, unsigned number, struct err *err)
{
	char path[32];

	(void)snprintf(path, sizeof path, "people/%u", number);
	/* The first one: keys/unlock.age goes when this is on the disk, not before. */
	return dir_make_all(h->world, h->dir, path, err) && dir_sync(h->dir, err);
}

static bool
key_write(struct home *h, const struct person_key *k, unsigned number,
    struct span passphrase, unsigned log_n, struct err *err)
{
	struct buf file;
	bool ok;

	buf_init(&file, KEYFILE_MAX);
	ok = folder_make(h, number, err) &&
	    person_key_seal(h->world, k, passphrase, log_n, &file, err) &&
	    home_save(h, person_path(number, "key.age").s, buf_span(&file), err);
	buf_clear(&file);
	return ok;
}

static bool
public_of(const struct person_key *k, struct person *p, struct err *err)
{
	return age_identity_recipient(k->identity, &p->recipient, err) &&
	    key_point_ed25519(k->sign, p->point, err);
}

bool
person_keys_make(struct home *h, struct person *p, struct span passphrase,
    struct err *err)
{
	struct person_key *k = NULL;
	bool ok;

	ok = person_key_new(h->world, &k, err) && public_of(k, p, err) &&
	    key_write(h, k, p->number, passphrase, h->settings.log_n, err);
	person_key_free(k);
	return ok;
}

bool
person_name_save(struct home *h, unsigned number, const char *name, const char *note,
    struct err *err)
{
	struct json_out j;
	struct buf text, file;
	bool ok;

	if (name[0] == '\0' || strlen(name) > PERSON_NAME_MAX ||
	    (note != NULL && strlen(note) > NOTE_MAX))
		return err_set(err, ERR_USE, "person.name",
		    "a person has a name of at most %d bytes, and a reason at most %d",
		    PERSON_NAME_MAX, NOTE_MAX);
	buf_init(&text, 4096);
	buf_init(&file, KEYFILE_MAX);
	json_out_begin(&j, &text, false, false, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", NAME_SCHEMA);
	json_out_str(&j, "name", name);
	json_out_str(&j, "note", note);
	json_out_close_object(&j);
	ok = json_out_end(&j) && folder_make(h, number, err) &&
	    group_seal(h, GROUP_LOG, buf_span(&text), &file, err) &&
	    home_save(h, person_path(number, "name.age").s, buf_span(&file), err);
	buf_clear(&text);
	buf_clear(&file);
	return ok;
}

static bool
name_in(struct json_object *o, struct buf *name, struct buf *note, struct err *err)
{
	const char *schema, *s, *why = "";

	return json_text(o, "schema", 1, 40, &schema, err) &&
	    (strcmp(schema, NAME_SCHEMA) == 0 || err_set(err, ERR_INPUT, "person.schema",
	    "the name was written by another version of Comity")) &&
	    json_text(o, "name", 1, PERSON_NAME_MAX, &s, err) &&
	    (json_take_null(o, "note") || json_text(o, "note", 0, NOTE_MAX, &why, err)) &&
	    json_end(o, err) && buf_add_text(name, s, err) &&
	    (note == NULL || buf_add_text(note, why, err));
}

bool
person_name_load(struct home *h, struct keyring *k, unsigned number, struct buf *name,
    struct buf *note, struct err *err)
{
	struct json *j = NULL;
	struct json_object o;
	struct buf file, text;
	bool ok;

	buf_init(&file, KEYFILE_MAX);
	buf_init(&text, 4096);
	ok = home_load(h, person_path(number, "name.age").s, &file, err) &&
	    keyring_group_open(k, GROUP_LOG, buf_span(&file), &text, err) &&
	    json_read(&j, buf_span(&text), 4096, err) && json_top(j, &o, err) &&
	    name_in(&o, name, note, err);
	json_free(j);
	buf_clear(&file);
	buf_clear(&text);
	return ok || err_wrap(err, "the name of person %u", number);
}

/* ---- the keyring of a person ---- */

static bool
person_ask(struct home *h, unsigned number, struct err *err)
{
	struct people *p = NULL;
	const struct person *who;
	bool ok;

	if (!people_load(h, &p, err))
		return false;
	who = person_find(p, number);
	ok = who == NULL ? err_set(err, ERR_ABSENT, "people.unknown",
	    "there is no person %u here; see: comity person list", number) :
	    who->disabled ? err_set(err, ERR_REFUSED, "people.disabled",
	    "person %u does not work here any more", number) : !who->afar ||
	    err_set(err, ERR_REFUSED, "people.afar",
	    "person %u signs from afar only and has no key here", number);
	people_free(p);
	return ok;
}

bool
keyring_open_person(struct home *h, unsigned number, struct span passphrase,
    struct keyring **out, struct err *err)
{
	struct person_key *own = NULL;
	struct keyring *k;
	struct buf file;
	bool ok;

	if (passphrase.n == 0)
		return err_set(err, ERR_DENIED, "key.passphrase_empty",
		    "the passphrase is empty; type your own, or name its file with --passphrase-file");
	if (!person_ask(h, number, err))
		return false;
	buf_init(&file, KEYFILE_MAX);
	k = mem_new(sizeof *k, err);
	ok = k != NULL &&
	    home_load(h, person_path(number, "key.age").s, &file, err) &&
	    person_key_open(buf_span(&file), passphrase, &own, err);
	if (ok) {
		k->home = h;
		k->person = number;
		k->unlock = own->identity;
		k->sign = own->sign;
		own->identity = NULL;
		own->sign = NULL;
		ok = age_identity_recipient(k->unlock, &k->recipient, err);
	}
	person_key_free(own);
	buf_clear(&file);
	if (!ok) {
		keyring_close(k);
		return false;
	}
	*out = k;
	return true;
}

unsigned
keyring_person(const struct keyring *k)
{
	return k->person;
}

bool
keyring_person_rewrap(struct keyring *k, struct span passphrase, unsigned log_n,
    struct err *err)
{
	struct person_key own = { k->unlock, k->sign };

	return key_write(k->home, &own, k->person, passphrase, log_n, err);
}

bool
keyring_person_sign(struct keyring *k, struct span message,
    uint8_t out[PERSON_SIGNATURE], struct err *err)
{
	return key_sign_ed25519(k->sign, message, out, err);
}

/* ---- a home of one becomes one of persons ---- */

struct moving {
	struct keyring *k;
	bool both;			/* the old key opens it still, until the list is there */
};

/* Sealed anew: to its group, and while it moves to what opened it before too. */
static bool
key_move(void *arg, const char *path, struct err *err)
{
	struct moving *m = arg;
	struct keyring *k = m->k;
	const struct age_identity *ids[2] = { k->unlock, NULL };
	struct age_keys keys = { .identities = ids, .n = 1 };
	struct age_recipient to[2];
	struct buf file, secret;
	bool ok;

	if (!keyring_group(k, key_group(path), &ids[1], err))
		return false;
	keys.n = 2;
	buf_init(&file, KEYFILE_MAX);
	buf_init_secret(&secret, KEY_FILE_MAX);
	ok = group_recipient(k->home, key_group(path), &to[0], err) &&
	    home_load(k->home, path, &file, err) &&
	    age_open_small(buf_span(&file), &keys, &secret, err);
	to[1] = k->recipient;
	file.n = 0;
	ok = ok && age_seal_small(k->home->world, to, m->both ? 2 : 1,
	    buf_span(&secret), &file, err) &&
	    home_save(k->home, path, buf_span(&file), err);
	buf_clear(&file);
	buf_clear(&secret);
	return ok || err_wrap(err, "the key file %s", path);
}

static bool
groups_make(struct keyring *k, const struct person *p, struct err *err)
{
	for (int g = 0; g < PEOPLE_GROUPS; g++) {
		struct age_recipient r;

		if (!age_identity_new(k->home->world, &k->groups[g], err) ||
		    !age_identity_recipient(k->groups[g], &r, err) ||
		    !home_save(k->home, public_path((enum people_group)g).s,
		    span_text(age_recipient_print(&r).s), err) ||
		    !wrap_write(k->home, p, (enum people_group)g, k->groups[g], err))
			return false;
	}
	return true;
}

static bool
begin_run(struct home *h, struct keyring *k, struct span passphrase, struct people *p,
    struct err *err)
{
	struct person_key own = { .identity = k->unlock };
	struct moving m = { k, true };
	struct person *first = &p->list[0];
	bool ok;

	if (!key_new(&k->sign, KEY_ED25519, err))
		return false;
	own.sign = k->sign;
	ok = public_of(&own, first, err) &&
	    key_write(h, &own, 1, passphrase, h->settings.log_n, err) &&
	    groups_make(k, first, err) && key_files_each(h, key_move, &m, err);
	if (ok)
		k->person = 1;
	return ok && people_save(h, k, p, world_now(h->world), err);
}

bool
people_begin(struct home *h, struct keyring *k, struct span passphrase, unsigned roles,
    struct people **out, struct err *err)
{
	struct people *p;
	bool ok;

	if (home_has_people(h))
		return err_set(err, ERR_CONFLICT, "people.begun",
		    "this home is one of persons already");
	p = mem_new(sizeof *p, err);
	ok = p != NULL;
	if (ok) {
		p->list = mem_new(sizeof *p->list, err);
		ok = p->list != NULL;
	}
	if (ok) {
		p->n = 1;
		p->list[0] = (struct person){ .number = 1, .roles = roles,
			.let_in_by = 1, .since = world_now(h->world) };
		ok = begin_run(h, k, passphrase, p, err) && people_settle(h, k, err);
	}
	if (!ok) {
		people_free(p);
		return false;
	}
	*out = p;
	return true;
}

bool
people_settle(struct home *h, struct keyring *k, struct err *err)
{
	struct moving m = { k, false };
	struct file_info info;
	struct err why = ERR_INIT;

	if (!path_info(h->world, h->dir, UNLOCK_KEY, &info, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		*err = why;		/* a disk that does not answer has not said so */
		return false;
	}
	/* Only who opens all groups can: the first person, who began it. */
	return key_files_each(h, key_move, &m, err) &&
	    path_remove(h->world, h->dir, UNLOCK_KEY, err);
}
