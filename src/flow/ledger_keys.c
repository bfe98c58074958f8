/* Keys of our log and of us as a witness; the keys of others on their cards. */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/kept.h"
#include "flow/ledger.h"

_Static_assert(CARD_VKEY_MAX >= VKEY_TEXT_MAX, "any verifier key fits on a card");
_Static_assert(CARD_VKEYS_MAX == HOME_LEDGERS_MAX && CARD_VKEYS_MAX == LEDGER_KEYS_MAX,
    "all logs of an authority stand on its card");

/* What this command opened of them; wiped by ledger_keys_forget. */
struct ledger_keyring {
	struct key *log, *witness;
	struct log_signer signer;
	struct witness_key as_witness;
	bool loaded;
	bool on_card;			/* our card names what is in use */
};

void
ledger_keys_forget(struct flow *f)
{
	if (f->ledger_keys == NULL)
		return;
	key_free(f->ledger_keys->log);
	key_free(f->ledger_keys->witness);
	mem_free(f->ledger_keys);
	f->ledger_keys = NULL;
}

static bool
keys_get(struct flow *f, struct ledger_keyring **out, struct err *err)
{
	if (f->ledger_keys == NULL)
		f->ledger_keys = mem_new(sizeof *f->ledger_keys, err);
	*out = f->ledger_keys;
	return *out != NULL;
}

/* ---- making ---- */

bool
ledger_keys_make(struct flow *f, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct key *log = NULL, *witness = NULL;
	struct keyring *k = NULL;
	bool ok;

	ok = flow_keyring(f, &k, err) && key_new(&log, KEY_ED25519, err) &&
	    key_new(&witness, KEY_ED25519, err) && keyring_put_log(k, 1, log, err) &&
	    keyring_put_witness(k, witness, err);
	if (ok) {
		s->ledger = 1;
		s->ledger_first = 0;
	}
	key_free(log);
	key_free(witness);
	return ok;
}

/* ---- verifier keys of ours ---- */

static bool
vkey_of(const struct key *key, const char *name, enum note_key_type type,
    struct vkey *out, struct err *err)
{
	uint8_t point[32];

	return key_point_ed25519(key, point, err) &&
	    vkey_make(name, type, point, out, err);
}

static struct note_name
origin_of(struct flow *f, unsigned number)
{
	return log_origin(home_settings(f->home)->authority.s, number);
}

static struct note_name
witness_of(struct flow *f)
{
	return witness_name(home_settings(f->home)->authority.s);
}

static bool
text_put(char **rows, size_t *n, const struct vkey *k, struct err *err)
{
	const char *text;
	struct buf b;

	buf_init(&b, VKEY_TEXT_MAX + 1);
	if (vkey_print(k, &b, err) && buf_text(&b, &text, err))
		rows[*n] = mem_text_of(text, err);
	buf_clear(&b);
	if (rows[*n] == NULL)
		return false;
	(*n)++;
	return true;
}

static bool
log_put(struct flow *f, struct keyring *k, unsigned number, struct card_body *c,
    struct err *err)
{
	struct key *key = NULL;
	struct vkey v;
	bool ok;

	ok = keyring_log(k, number, &key, err) && vkey_of(key, origin_of(f, number).s,
	    NOTE_ED25519, &v, err) && text_put(c->ledgers, &c->ledgers_n, &v, err);
	key_free(key);
	return ok;
}

/* Logs before the one in use too: what they proved is still to be checked. */
bool
ledger_card_fill(struct flow *f, struct card_body *c, struct err *err)
{
	struct key *witness = NULL;
	struct keyring *k = NULL;
	struct vkey v;
	bool ok;

	if (home_settings(f->home)->ledger == 0)
		return true;
	ok = flow_keyring(f, &k, err);
	for (unsigned n = home_settings(f->home)->ledger; ok && n > 0; n--)
		ok = log_put(f, k, n, c, err);
	ok = ok && keyring_witness(k, &witness, err) && vkey_of(witness,
	    witness_of(f).s, NOTE_COSIGNATURE, &v, err) &&
	    text_put(c->witnesses, &c->witnesses_n, &v, err);
	key_free(witness);
	return ok;
}

/* ---- what this home signs with ---- */

static bool
on_card(const struct ledger_keys *card, const struct ledger_keyring *own)
{
	bool log = false, witness = false;

	for (size_t i = 0; i < card->logs_n; i++)
		log = log || memcmp(card->logs[i].point, own->signer.vkey.point,
		    sizeof own->signer.vkey.point) == 0;
	for (size_t i = 0; i < card->witnesses_n; i++)
		witness = witness || memcmp(card->witnesses[i].point,
		    own->as_witness.vkey.point, sizeof own->as_witness.vkey.point) == 0;
	return log && witness;
}

static bool
card_renew(struct flow *f, struct err *err)
{
	struct signer s;
	bool ok;

	if (!signer_open(f, &s, err))
		return false;
	ok = card_make(f, &s, err);
	signer_close(&s);
	if (f->kept != NULL)
		f->kept->has_own = false;
	return ok;
}

/* A home from before the ledger, or one that was cut between its keys and its card. */
static bool
card_ask(struct flow *f, struct ledger_keyring *own, struct err *err)
{
	struct ledger_keys *keys = mem_new(sizeof *keys, err);
	struct digest id;
	struct act card;
	bool ok;

	act_init(&card, ACT_CARD);
	ok = keys != NULL && own_card(f->home, &id, &card, err) &&
	    ledger_keys_of_card(&card, keys, err) &&
	    (on_card(keys, own) || card_renew(f, err));
	own->on_card = ok;
	act_clear(&card);
	mem_free(keys);
	return ok;
}

static bool
keys_load(struct flow *f, struct ledger_keyring *own, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct keyring *k = NULL;

	if (own->loaded)
		return true;
	if (!home_lock(f->home, err) || (s->ledger == 0 &&
	    (!ledger_keys_make(f, err) || !settings_save(f->home, err))))
		return false;
	if (!flow_keyring(f, &k, err) || (own->log == NULL &&
	    !keyring_log(k, s->ledger, &own->log, err)) || (own->witness == NULL &&
	    !keyring_witness(k, &own->witness, err)))
		return false;
	own->signer.key = own->log;
	own->as_witness.key = own->witness;
	own->loaded = vkey_of(own->log, origin_of(f, s->ledger).s, NOTE_ED25519,
	    &own->signer.vkey, err) && vkey_of(own->witness, witness_of(f).s,
	    NOTE_COSIGNATURE, &own->as_witness.vkey, err);
	return own->loaded;
}

static bool
keys_ready(struct flow *f, struct ledger_keyring **out, struct err *err)
{
	/* The authority may still be named after another key (init.c). */
	if (!home_settings(f->home)->has_certificate)
		return err_set(err, ERR_ABSENT, "key.no_certificate",
		    "the signing key has no certificate yet, so there is no card that could name a ledger; print a request with: comity key csr, and bring the answer with: comity key import CHAIN.pem --roots ROOTS.pem");
	return keys_get(f, out, err) && keys_load(f, *out, err) &&
	    ((*out)->on_card || card_ask(f, *out, err));
}

bool
ledger_signer(struct flow *f, const struct log_signer **out, struct err *err)
{
	struct ledger_keyring *own;

	if (!keys_ready(f, &own, err))
		return err_wrap(err, "the ledger's key");
	*out = &own->signer;
	return true;
}

bool
ledger_witness_key(struct flow *f, const struct witness_key **out, struct err *err)
{
	struct ledger_keyring *own;

	if (!keys_ready(f, &own, err))
		return err_wrap(err, "the witness key");
	*out = &own->as_witness;
	return true;
}

/* ---- of others ---- */

/*
 * The names an authority may have for that use: one witness, and logs by their numbers.
 * Each name followed here takes one of WITNESS_LOGS_MAX places for good, so nobody makes up
 * more of them than it may have logs.
 */
static bool
named(const char *name, const char *authority, enum note_key_type type)
{
	if (type == NOTE_COSIGNATURE)
		return strcmp(name, witness_name(authority).s) == 0;
	for (unsigned n = 1; n <= HOME_LEDGERS_MAX; n++)
		if (strcmp(name, log_origin(authority, n).s) == 0)
			return true;
	return false;
}

/*
 * A card may name keys for names of its own authority only: else it could be told
 * first of the log of another.  Of a type that this version does not judge: passed over.
 */
static bool
vkey_take(const char *text, const char *authority, enum note_key_type type,
    struct vkey *rows, size_t *n, struct err *err)
{
	struct err why = ERR_INIT;
	struct vkey *v = &rows[*n];

	if (!vkey_parse(text, v, &why)) {
		if (strcmp(why.reason, "vkey.type") == 0)
			return true;
		*err = why;
		return err_wrap(err, "a verifier key on the card");
	}
	if (v->type != type || !named(v->name, authority, type))
		return err_set(err, ERR_INPUT, "card.ledger",
		    "the card names a verifier key %s, which is not one of its authority for that use",
		    v->name);
	(*n)++;
	return true;
}

bool
ledger_keys_of_card(const struct act *card, struct ledger_keys *out, struct err *err)
{
	const struct card_body *c = &card->body.card;

	out->logs_n = out->witnesses_n = 0;
	for (size_t i = 0; i < c->ledgers_n; i++)
		if (!vkey_take(c->ledgers[i], card->from.s, NOTE_ED25519, out->logs,
		    &out->logs_n, err))
			return false;
	for (size_t i = 0; i < c->witnesses_n; i++)
		if (!vkey_take(c->witnesses[i], card->from.s,
		    NOTE_COSIGNATURE, out->witnesses, &out->witnesses_n, err))
			return false;
	return true;
}
