/*
 * The keys of one person: an age identity, and the Ed25519 key that signs approvals and
 * lists.  At rest one JSON text under a passphrase (comity.person-key/1).
 */
#include <stdio.h>
#include <string.h>

#include "crypto/key.h"
#include "store/keyring.h"

#define PERSON_KEY_SCHEMA "comity.person-key/1"
#define PERSON_SCHEMA "comity.person/1"
#define PUBLIC_MAX 4096			/* bytes of the public half */

void
person_key_free(struct person_key *k)
{
	if (k == NULL)
		return;
	age_identity_free(k->identity);
	key_free(k->sign);
	mem_free(k);
}

bool
person_key_new(struct world *w, struct person_key **out, struct err *err)
{
	struct person_key *k = mem_new(sizeof *k, err);

	if (k == NULL || !age_identity_new(w, &k->identity, err) ||
	    !key_new(&k->sign, KEY_ED25519, err)) {
		person_key_free(k);
		return false;
	}
	*out = k;
	return true;
}

static bool
key_print(const struct person_key *k, struct buf *out, struct err *err)
{
	struct json_out j;
	struct buf line, pkcs8, hex;
	const char *identity, *sign;
	bool ok;

	buf_init_secret(&line, 512);
	buf_init_secret(&pkcs8, KEY_FILE_MAX);
	buf_init_secret(&hex, 2 * KEY_FILE_MAX);
	ok = age_identity_print(k->identity, &line, err) && buf_text(&line, &identity, err) &&
	    key_encode(k->sign, &pkcs8, err) && hex_encode(&hex, buf_span(&pkcs8), err) &&
	    buf_text(&hex, &sign, err);
	if (ok) {
		json_out_begin(&j, out, false, true, err);
		json_out_object(&j, NULL);
		json_out_str(&j, "schema", PERSON_KEY_SCHEMA);
		json_out_text(&j, "identity", span_of(identity, strcspn(identity, "\n")));
		json_out_str(&j, "signing", sign);
		json_out_close_object(&j);
		ok = json_out_end(&j);
	}
	buf_clear(&line);
	buf_clear(&pkcs8);
	buf_clear(&hex);
	return ok;
}

bool
person_key_seal(struct world *w, const struct person_key *k, struct span passphrase,
    unsigned log_n, struct buf *out, struct err *err)
{
	struct buf text;
	bool ok;

	if (passphrase.n == 0)
		return err_set(err, ERR_DENIED, "key.passphrase_empty",
		    "the passphrase is empty; choose one of several words");
	buf_init_secret(&text, KEYFILE_MAX);
	ok = key_print(k, &text, err) &&
	    age_seal_passphrase(w, passphrase, log_n, buf_span(&text), out, err);
	buf_clear(&text);
	return ok;
}

static bool
key_read(struct person_key *k, struct json_object *o, struct err *err)
{
	const char *schema, *identity, *sign;
	struct buf pkcs8;
	size_t n;
	bool ok;

	if (!json_text(o, "schema", 1, 40, &schema, err) ||
	    !json_text(o, "identity", 1, 200, &identity, err) ||
	    !json_text(o, "signing", 2, KEY_FILE_MAX, &sign, err) || !json_end(o, err))
		return false;
	n = strlen(sign) / 2;
	if (strcmp(schema, PERSON_KEY_SCHEMA) != 0)
		return err_set(err, ERR_INPUT, "person.schema",
		    "this is no key of a person, or one of another version of Comity");
	buf_init_secret(&pkcs8, KEY_FILE_MAX);
	ok = buf_room(&pkcs8, n, err) && hex_decode(span_text(sign), pkcs8.p, n);
	if (ok)
		pkcs8.n = n;
	ok = ok && age_identity_parse(span_text(identity), &k->identity, err) &&
	    key_decode(&k->sign, buf_span(&pkcs8), err);
	buf_clear(&pkcs8);
	return (ok && key_kind_of(k->sign) == KEY_ED25519) || err_set(err, ERR_INPUT,
	    "person.damaged", "the key of the person is damaged");
}

bool
person_key_open(struct span file, struct span passphrase, struct person_key **out,
    struct err *err)
{
	struct age_keys keys = { .passphrase = passphrase };
	struct person_key *k = mem_new(sizeof *k, err);
	struct json *j = NULL;
	struct json_object o;
	struct buf text;
	bool ok;

	if (k == NULL)
		return false;
	buf_init_secret(&text, KEYFILE_MAX);
	ok = age_open_small(file, &keys, &text, err);
	if (!ok && err->kind == ERR_DENIED)
		(void)err_set(err, ERR_DENIED, "key.passphrase",
		    "the passphrase is not the one of this person; nothing was changed");
	ok = ok && json_read(&j, buf_span(&text), KEYFILE_MAX, err) &&
	    json_top(j, &o, err) && key_read(k, &o, err);
	json_free(j);
	buf_clear(&text);
	if (!ok) {
		person_key_free(k);
		return false;
	}
	*out = k;
	return true;
}

bool
person_key_sign(const struct person_key *k, struct span message,
    uint8_t out[PERSON_SIGNATURE], struct err *err)
{
	return key_sign_ed25519(k->sign, message, out, err);
}

const struct age_identity *
person_key_identity(const struct person_key *k)
{
	return k->identity;
}

/* ---- the public half ---- */

bool
person_public_print(const struct person_key *k, struct buf *out, struct err *err)
{
	struct age_recipient r;
	struct digest point;		/* 32 bytes, as a digest is */
	struct json_out j;

	if (!age_identity_recipient(k->identity, &r, err) ||
	    !key_point_ed25519(k->sign, point.b, err))
		return false;
	json_out_begin(&j, out, false, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", PERSON_SCHEMA);
	json_out_digest(&j, "key", &point);
	json_out_str(&j, "recipient", age_recipient_print(&r).s);
	json_out_close_object(&j);
	return json_out_end(&j) && buf_add_byte(out, '\n', err);
}

static bool
public_read(struct json_object *o, struct person *p, struct err *err)
{
	const char *schema, *recipient;

	if (!json_text(o, "schema", 1, 40, &schema, err))
		return false;
	if (strcmp(schema, PERSON_SCHEMA) != 0)
		return err_set(err, ERR_INPUT, "person.schema",
		    "this is no public key of a person, or one of another version of Comity");
	if (!json_hex(o, "key", p->point, sizeof p->point, err) ||
	    !json_text(o, "recipient", 1, 80, &recipient, err) || !json_end(o, err) ||
	    !age_recipient_parse(span_text(recipient), &p->recipient, err))
		return false;
	/* Under such a key anybody signs. */
	return !key_point_weak(p->point) || err_set(err, ERR_UNPROVEN, "person.weak",
	    "this is no key that anybody can have made in good faith");
}

bool
person_public_parse(struct span file, struct person *out, struct err *err)
{
	struct person p = { .afar = true };
	struct json *j = NULL;
	struct json_object o;
	bool ok;

	ok = json_read(&j, file, PUBLIC_MAX, err) && json_top(j, &o, err) &&
	    public_read(&o, &p, err);
	json_free(j);
	if (ok)
		*out = p;
	return ok || err_wrap(err, "the public key of the person");
}
