/* Keys at rest: one passphrase opens an identity that opens the key files. */
#include <stdio.h>
#include <string.h>

#include "store/keyring.h"

#define DOCKET_KEY "keys/docket.age"
#define WITNESS_KEY "keys/witness.key.age"
#define CA_KEY "ca/root.key.age"

struct key_path { char s[64]; };

static struct key_path
key_path(const char *what, unsigned number)
{
	struct key_path p;

	(void)snprintf(p.s, sizeof p.s, "keys/%s-%u.key.age", what, number);
	return p;
}

void
keyring_close(struct keyring *k)
{
	if (k == NULL)
		return;
	age_identity_free(k->unlock);
	key_free(k->sign);
	for (size_t i = 0; i < PEOPLE_GROUPS; i++)
		age_identity_free(k->groups[i]);
	for (size_t i = 0; i < k->sealing_n; i++)
		age_identity_free(k->sealing[i]);
	aead_key_wipe(&k->docket);
	mem_free(k);
}

/* keys/unlock.age: the unlock identity under a passphrase. */
static bool
unlock_save(struct keyring *k, struct span passphrase, unsigned log_n,
    struct err *err)
{
	struct buf line, file;
	bool ok;

	if (passphrase.n == 0)
		return err_set(err, ERR_DENIED, "key.passphrase_empty",
		    "the passphrase is empty; choose one of several words");
	buf_init_secret(&line, 512);
	buf_init(&file, KEYFILE_MAX);
	ok = age_identity_print(k->unlock, &line, err) &&
	    age_seal_passphrase(k->home->world, passphrase, log_n, buf_span(&line),
	    &file, err) &&
	    home_save(k->home, UNLOCK_KEY, buf_span(&file), err);
	buf_clear(&line);
	buf_clear(&file);
	return ok;
}

bool
keyring_make(struct home *h, struct span passphrase, struct keyring **out,
    struct err *err)
{
	struct keyring *k = mem_new(sizeof *k, err);

	if (k == NULL)
		return false;
	k->home = h;
	if (!age_identity_new(h->world, &k->unlock, err) ||
	    !age_identity_recipient(k->unlock, &k->recipient, err) ||
	    !unlock_save(k, passphrase, h->settings.log_n, err)) {
		keyring_close(k);
		return false;
	}
	*out = k;
	return true;
}

static bool
unlock_load(struct keyring *k, struct span passphrase, struct err *err)
{
	struct age_keys keys = { .passphrase = passphrase };
	struct buf file, line;
	bool ok;

	buf_init(&file, KEYFILE_MAX);
	buf_init_secret(&line, 4096);
	ok = home_load(k->home, UNLOCK_KEY, &file, err);
	if (ok && !age_open_small(buf_span(&file), &keys, &line, err)) {
		ok = false;
		if (err->kind == ERR_DENIED)
			(void)err_set(err, ERR_DENIED, "key.passphrase",
			    "the passphrase is not the one of this home; nothing was changed");
	}
	ok = ok && age_identity_parse(buf_span(&line), &k->unlock, err) &&
	    age_identity_recipient(k->unlock, &k->recipient, err);
	buf_clear(&file);
	buf_clear(&line);
	return ok;
}

bool
keyring_open(struct home *h, struct span passphrase, struct keyring **out,
    struct err *err)
{
	struct keyring *k;

	if (passphrase.n == 0)
		return err_set(err, ERR_DENIED, "key.passphrase_empty",
		    "the passphrase is empty; type the one of this home, or name its file with --passphrase-file");
	if (home_has_people(h))
		return err_set(err, ERR_USE, "people.as",
		    "several persons work in this home: say who is at work, as in --as 2 (see: comity person list)");
	k = mem_new(sizeof *k, err);
	if (k == NULL)
		return false;
	k->home = h;
	if (!unlock_load(k, passphrase, err)) {
		keyring_close(k);
		return false;
	}
	*out = k;
	return true;
}

bool
keyring_rewrap(struct keyring *k, struct span passphrase, unsigned log_n,
    struct err *err)
{
	return k->person != 0 ? keyring_person_rewrap(k, passphrase, log_n, err) :
	    unlock_save(k, passphrase, log_n, err);
}

/* ---- one key a file ---- */

/* For whom a key of this home is sealed. */
static bool
recipient_of(struct keyring *k, const char *path, struct age_recipient *out,
    struct err *err)
{
	if (k->person != 0)
		return group_recipient(k->home, key_group(path), out, err);
	*out = k->recipient;
	return true;
}

static bool
sealed_save(struct keyring *k, const char *path, struct span secret, struct err *err)
{
	struct age_recipient to;
	struct buf file;
	bool ok;

	buf_init(&file, KEYFILE_MAX);
	ok = recipient_of(k, path, &to, err) &&
	    age_seal_small(k->home->world, &to, 1, secret, &file, err) &&
	    home_save(k->home, path, buf_span(&file), err);
	buf_clear(&file);
	return ok;
}

bool
keyring_secret_load(struct keyring *k, const char *path, struct buf *secret_out,
    struct err *err)
{
	const struct age_identity *ids[1] = { k->unlock };
	struct age_keys keys = { .identities = ids, .n = 1 };
	struct buf file;
	bool ok;

	if (k->person != 0 && !keyring_group(k, key_group(path), &ids[0], err))
		return false;
	buf_init(&file, KEYFILE_MAX);
	ok = home_load(k->home, path, &file, err) &&
	    age_open_small(buf_span(&file), &keys, secret_out, err);
	buf_clear(&file);
	return ok || err_wrap(err, "the key file %s", path);
}

enum people_group
key_group(const char *path)
{
	if (strncmp(path, "keys/sealing", 12) == 0)
		return GROUP_EVIDENCE;
	if (strncmp(path, "keys/signing", 12) == 0 || strcmp(path, CA_KEY) == 0)
		return GROUP_SIGN;
	return strcmp(path, DOCKET_KEY) == 0 ? GROUP_DESK : GROUP_LOG;
}

bool
key_files_each(struct home *h, bool (*each)(void *arg, const char *path,
    struct err *err), void *arg, struct err *err)
{
	static const char *const ends[] = { ".key.age", "docket.age" };
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok = listing_open(h->world, h->dir, "keys", &l, err);

	while (ok && more) {
		struct key_path p;

		ok = listing_next(l, &e, &more, err);
		for (size_t i = 0; ok && more && i < sizeof ends / sizeof *ends; i++) {
			size_t n = strlen(e.name), m = strlen(ends[i]);

			if (n < m || n > 50 || strcmp(e.name + n - m, ends[i]) != 0)
				continue;
			(void)snprintf(p.s, sizeof p.s, "keys/%s", e.name);
			ok = each(arg, p.s, err);
			break;
		}
	}
	listing_close(l);
	return ok && (!home_has(h, CA_KEY) || each(arg, CA_KEY, err));
}

/* Two commands at once: the first one's key is the key. */
static bool
docket_key_make(struct keyring *k, struct err *err)
{
	struct home *h = k->home;
	struct age_recipient to;
	struct aead_key key;
	struct buf file;
	bool ok;

	if (!recipient_of(k, DOCKET_KEY, &to, err))
		return false;
	buf_init(&file, KEYFILE_MAX);
	ok = aead_key_make(h->world, &key, err) &&
	    age_seal_small(h->world, &to, 1, span_of(key.b, sizeof key.b),
	    &file, err) &&
	    (file_save(h->world, h->dir, DOCKET_KEY, buf_span(&file), false, err) ||
	    strcmp(err->reason, "disk.exists") == 0);
	aead_key_wipe(&key);
	buf_clear(&file);
	return ok;
}

bool
keyring_docket_key(struct keyring *k, struct aead_key *out, struct err *err)
{
	struct file_info info;
	struct buf key;
	bool ok;

	if (k->has_docket) {
		*out = k->docket;
		return true;
	}
	if (!path_info(k->home->world, k->home->dir, DOCKET_KEY, &info, err)) {
		if (err->kind != ERR_ABSENT || !docket_key_make(k, err))
			return false;
		err_clear(err);		/* there was none yet: that is no error */
	}
	buf_init_secret(&key, 4096);
	ok = keyring_secret_load(k, DOCKET_KEY, &key, err) && (key.n == sizeof out->b ||
	    err_set(err, ERR_INPUT, "key.damaged", "%s holds no key of the docket",
	    DOCKET_KEY));
	if (ok) {
		memcpy(out->b, key.p, sizeof out->b);
		k->docket = *out;
		k->has_docket = true;
	}
	buf_clear(&key);
	return ok;
}

static bool
key_save(struct keyring *k, const char *path, const struct key *key, struct err *err)
{
	struct buf pkcs8;
	bool ok;

	buf_init_secret(&pkcs8, KEY_FILE_MAX);
	ok = key_encode(key, &pkcs8, err) && sealed_save(k, path, buf_span(&pkcs8), err);
	buf_clear(&pkcs8);
	return ok;
}

static bool
key_load(struct keyring *k, const char *path, struct key **out, struct err *err)
{
	struct buf pkcs8;
	bool ok;

	buf_init_secret(&pkcs8, KEY_FILE_MAX);
	ok = keyring_secret_load(k, path, &pkcs8, err) &&
	    key_decode(out, buf_span(&pkcs8), err);
	buf_clear(&pkcs8);
	return ok;
}

bool
keyring_put_signing(struct keyring *k, unsigned number, const struct key *key,
    struct err *err)
{
	return key_save(k, key_path("signing", number).s, key, err);
}

bool
keyring_signing(struct keyring *k, unsigned number, struct key **out, struct err *err)
{
	return key_load(k, key_path("signing", number).s, out, err);
}

bool
keyring_put_ca(struct keyring *k, const struct key *key, struct err *err)
{
	return key_save(k, CA_KEY, key, err);
}

bool
keyring_ca(struct keyring *k, struct key **out, struct err *err)
{
	return key_load(k, CA_KEY, out, err);
}

bool
keyring_put_log(struct keyring *k, unsigned number, const struct key *key,
    struct err *err)
{
	if (number == 0 || number > HOME_LEDGERS_MAX)
		return err_set(err, ERR_LIMIT, "key.ledger",
		    "an authority has at most %d ledgers", HOME_LEDGERS_MAX);
	return key_save(k, key_path("ledger", number).s, key, err);
}

bool
keyring_log(struct keyring *k, unsigned number, struct key **out, struct err *err)
{
	return key_load(k, key_path("ledger", number).s, out, err);
}

bool
keyring_put_witness(struct keyring *k, const struct key *key, struct err *err)
{
	return key_save(k, WITNESS_KEY, key, err);
}

bool
keyring_witness(struct keyring *k, struct key **out, struct err *err)
{
	return key_load(k, WITNESS_KEY, out, err);
}

bool
keyring_put_sealing(struct keyring *k, unsigned number,
    const struct age_identity *id, struct err *err)
{
	struct age_recipient r;
	struct key_path public;
	struct buf line;
	bool ok;

	if (number == 0 || number > HOME_SEALING_MAX)
		return err_set(err, ERR_LIMIT, "key.sealing",
		    "an authority has at most %d sealing keys", HOME_SEALING_MAX);
	(void)snprintf(public.s, sizeof public.s, "keys/sealing-%u.pub", number);
	buf_init_secret(&line, 512);
	ok = age_identity_print(id, &line, err) &&
	    sealed_save(k, key_path("sealing", number).s, buf_span(&line), err) &&
	    age_identity_recipient(id, &r, err) &&
	    home_save(k->home, public.s, span_text(age_recipient_print(&r).s), err);
	buf_clear(&line);
	k->sealing_loaded = false;
	return ok;
}

static bool
identity_load(struct keyring *k, unsigned number, struct age_identity **out,
    struct err *err)
{
	struct buf line;
	bool ok;

	buf_init_secret(&line, 4096);
	ok = keyring_secret_load(k, key_path("sealing", number).s, &line, err) &&
	    age_identity_parse(buf_span(&line), out, err);
	buf_clear(&line);
	return ok;
}

bool
keyring_identities(struct keyring *k, const struct age_identity *const **out,
    size_t *n, struct err *err)
{
	if (!k->sealing_loaded) {
		for (size_t i = 0; i < k->sealing_n; i++)
			age_identity_free(k->sealing[i]);
		k->sealing_n = 0;
		for (unsigned i = k->home->settings.sealing; i > 0; i--) {
			if (k->sealing_n == HOME_SEALING_MAX)
				return err_set(err, ERR_LIMIT, "key.sealing",
				    "an authority has at most %d sealing keys",
				    HOME_SEALING_MAX);
			if (!identity_load(k, i, &k->sealing[k->sealing_n], err))
				return false;
			k->sealing_n++;
		}
		k->sealing_loaded = true;
	}
	*out = (const struct age_identity *const *)k->sealing;
	*n = k->sealing_n;
	return true;
}

/* ---- public halves ---- */

static bool
pem_load(struct home *h, const char *path, struct certs *out, struct err *err)
{
	struct buf pem;
	bool ok;

	buf_init(&pem, SMALL_FILE_MAX);
	ok = home_load(h, path, &pem, err) && certs_read_pem(out, buf_span(&pem), err);
	buf_clear(&pem);
	return ok || err_wrap(err, "%s", path);
}

static bool
pem_save(struct home *h, const char *path, const struct certs *cs, struct err *err)
{
	struct buf pem;
	bool ok;

	buf_init(&pem, SMALL_FILE_MAX);
	ok = certs_write_pem(cs, &pem, err) && home_save(h, path, buf_span(&pem), err);
	buf_clear(&pem);
	return ok;
}

bool
home_chain(struct home *h, unsigned number, struct certs *out, struct err *err)
{
	struct key_path p;

	(void)snprintf(p.s, sizeof p.s, "keys/signing-%u.chain.pem", number);
	if (pem_load(h, p.s, out, err))
		return true;
	if (err->kind == ERR_ABSENT)
		(void)err_set(err, ERR_ABSENT, "key.no_certificate",
		    "the signing key has no certificate yet; print a request with: comity key csr, and bring the answer with: comity key import CHAIN.pem --roots ROOTS.pem");
	return false;
}

bool
home_roots(struct home *h, unsigned number, struct certs *out, struct err *err)
{
	struct key_path p;

	(void)snprintf(p.s, sizeof p.s, "keys/signing-%u.roots.pem", number);
	return pem_load(h, p.s, out, err);
}

bool
home_chain_save(struct home *h, unsigned number, const struct certs *chain,
    const struct certs *roots, struct err *err)
{
	struct key_path c, r;

	(void)snprintf(c.s, sizeof c.s, "keys/signing-%u.chain.pem", number);
	(void)snprintf(r.s, sizeof r.s, "keys/signing-%u.roots.pem", number);
	return pem_save(h, r.s, roots, err) && pem_save(h, c.s, chain, err);
}

bool
home_recipient(struct home *h, struct age_recipient *out, struct err *err)
{
	struct key_path p;
	struct buf text;
	bool ok;

	(void)snprintf(p.s, sizeof p.s, "keys/sealing-%u.pub", h->settings.sealing);
	buf_init(&text, 4096);
	ok = home_load(h, p.s, &text, err) &&
	    age_recipient_parse(buf_span(&text), out, err);
	buf_clear(&text);
	return ok;
}

bool
home_stamp_roots(struct home *h, struct certs *out, struct err *err)
{
	struct err why = ERR_INIT;

	if (pem_load(h, "tsa-roots.pem", out, &why) || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

bool
home_stamp_roots_save(struct home *h, struct span pem, struct err *err)
{
	struct certs cs;
	bool ok;

	certs_init(&cs);
	ok = certs_read_pem(&cs, pem, err) && pem_save(h, "tsa-roots.pem", &cs, err);
	certs_clear(&cs);
	return ok;
}
