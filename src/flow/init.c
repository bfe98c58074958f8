/* A new home, its keys, certificates, and the authority's card. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/people.h"
#include "flow/record.h"
#include "http/http.h"

#define CA_YEARS 20
#define SIGNER_YEARS 3
#define BACKDATE 300		/* seconds: other machines' clocks may be behind */
#define YEAR (365 * DAY)

/* UTF-8 without control characters: it is shown in one line. */
static bool
text_plain(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			return false;
	return utf8_valid(span_text(s));
}

static bool
codes_check(const char *const *list, size_t n, const char *what, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!code_valid(list[i]))
			return err_set(err, ERR_USE, "init.code",
			    "a %s is plain ASCII without blanks", what);
	return true;
}

/* design.md section 5: below 15 it is guessed, above 20 a small machine cannot open it. */
static bool
log_n_check(bool test, unsigned log_n, struct err *err)
{
	return (log_n >= 15 && log_n <= 20) || (test && log_n == AGE_LOG_N_TEST) ||
	    err_set(err, ERR_USE, "init.log_n", "--scrypt-log-n is 15 to 20");
}

static bool
wish_check(const struct init_wish *w, bool test, struct err *err)
{
	if (strlen(w->country) != 2 || !isupper((unsigned char)w->country[0]) ||
	    !isupper((unsigned char)w->country[1]))
		return err_set(err, ERR_USE, "init.country",
		    "\"%.20s\" is no State; write two capital letters as in --country SN (XA to XZ for training)",
		    w->country);
	if (law_training(w->country) && !w->training)
		return err_set(err, ERR_USE, "init.training",
		    "%s is a code for training; add --training", w->country);
	if (w->authority[0] == '\0' || strlen(w->authority) > 64 ||
	    !text_plain(w->authority))
		return err_set(err, ERR_USE, "init.authority",
		    "the authority's name is 1 to 64 bytes of UTF-8 on one line (a certificate holds no more)");
	if (!lang_valid(w->lang))
		return err_set(err, ERR_USE, "init.language",
		    "\"%.20s\" is no language tag; write it as in --language fr",
		    w->lang);
	if (w->phone != NULL && !text_plain(w->phone))
		return err_set(err, ERR_USE, "init.phone",
		    "the phone number is UTF-8 on one line");
	if (!codes_check(w->roles, w->roles_n, "role", err) ||
	    !codes_check(w->carriers, w->carriers_n, "carrier", err) ||
	    (w->tsa_url != NULL && !http_url_check(w->tsa_url, err)))
		return false;
	if (w->roles_n > HOME_ROLES_MAX || w->carriers_n > HOME_CARRIERS_MAX)
		return err_set(err, ERR_LIMIT, "init.many",
		    "at most %d roles and %d carriers fit on a card", HOME_ROLES_MAX,
		    HOME_CARRIERS_MAX);
	if (w->tsa_url != NULL && w->tsa_roots.n == 0)
		return err_set(err, ERR_USE, "init.tsa_roots",
		    "--tsa needs --tsa-roots: without the authority's roots no time stamp can be believed");
	return log_n_check(test, w->log_n, err);
}

static bool
put_text(char *out, size_t room, const char *what, const char *in, struct err *err)
{
	if (strlen(in) >= room)
		return err_set(err, ERR_LIMIT, "init.long",
		    "the %s is longer than %zu bytes", what, room - 1);
	memcpy(out, in, strlen(in) + 1);
	return true;
}

static bool
settings_fill(struct settings *s, const struct init_wish *w, int64_t now,
    struct err *err)
{
	memset(s, 0, sizeof *s);
	s->training = w->training;
	s->log_n = w->log_n;
	s->signing = s->sealing = 1;
	s->has_ca = w->self_ca;
	s->made_at = now;
	for (; s->roles_n < w->roles_n; s->roles_n++)
		if (!put_text(s->roles[s->roles_n], sizeof s->roles[0], "role",
		    w->roles[s->roles_n], err))
			return false;
	for (; s->carriers_n < w->carriers_n; s->carriers_n++)
		if (!put_text(s->carriers[s->carriers_n], sizeof s->carriers[0],
		    "carrier", w->carriers[s->carriers_n], err))
			return false;
	return put_text(s->state, sizeof s->state, "State", w->country, err) &&
	    put_text(s->lang, sizeof s->lang, "language", w->lang, err) &&
	    put_text(s->name, sizeof s->name, "authority's name", w->authority, err) &&
	    put_text(s->phone, sizeof s->phone, "phone number",
	    w->phone == NULL ? "" : w->phone, err) &&
	    put_text(s->tsa_url, sizeof s->tsa_url, "address of the authority",
	    w->tsa_url == NULL ? "" : w->tsa_url, err);
}

static struct cert_name
name_of(const struct settings *s, const char *common)
{
	return (struct cert_name){ s->state, s->name, common };
}

/* The small CA of an office that has no national PKI, or of a training home. */
static bool
ca_make(struct flow *f, struct keyring *k, enum key_kind kind, struct err *err)
{
	struct settings *s = home_settings(f->home);
	int64_t now = world_now(f->world);
	struct key *key = NULL;
	struct cert *root = NULL;
	struct certs roots;
	struct buf pem;
	bool ok;

	certs_init(&roots);
	buf_init(&pem, SMALL_FILE_MAX);
	ok = key_new(&key, kind, err) && keyring_put_ca(k, key, err) &&
	    cert_make_root(&root, key,
	    name_of(s, s->training ? "Training root" : "Root"), now - BACKDATE,
	    now + CA_YEARS * (int64_t)YEAR, err) &&
	    certs_add(&roots, root, err) && certs_write_pem(&roots, &pem, err) &&
	    home_save(f->home, "ca/root.pem", buf_span(&pem), err);
	key_free(key);
	cert_free(root);
	certs_clear(&roots);
	buf_clear(&pem);
	return ok;
}

static bool
ca_open(struct flow *f, struct keyring *k, struct key **key, struct certs *roots,
    struct err *err)
{
	struct buf pem;
	bool ok;

	buf_init(&pem, SMALL_FILE_MAX);
	ok = home_load(f->home, "ca/root.pem", &pem, err) &&
	    certs_read_pem(roots, buf_span(&pem), err) && keyring_ca(k, key, err);
	buf_clear(&pem);
	return ok;
}

/* Our CA's certificate for a signing key. */
static bool
ca_certify(struct flow *f, struct keyring *k, unsigned number,
    const struct key *signing, struct err *err)
{
	struct settings *s = home_settings(f->home);
	int64_t now = world_now(f->world);
	struct certs roots, chain;
	struct key *ca = NULL;
	struct cert *c = NULL;
	bool ok;

	certs_init(&roots);
	certs_init(&chain);
	ok = ca_open(f, k, &ca, &roots, err) &&
	    cert_make_signer(&c, signing, name_of(s, s->name), roots.list[0], ca,
	    now - BACKDATE, now + SIGNER_YEARS * (int64_t)YEAR, err) &&
	    certs_add(&chain, c, err) &&
	    home_chain_save(f->home, number, &chain, &roots, err);
	s->has_certificate = s->has_certificate || ok;
	key_free(ca);
	cert_free(c);
	certs_clear(&roots);
	certs_clear(&chain);
	return ok;
}

static bool
authority_name(struct settings *s, const struct key *signing, struct err *err)
{
	struct digest d;
	struct buf spki;
	bool ok;

	buf_init(&spki, 4096);
	ok = key_spki(signing, &spki, err) && digest_of(buf_span(&spki), &d, err) &&
	    authority_id_make(s->state, &d, &s->authority, err);
	buf_clear(&spki);
	return ok;
}

static bool
sealing_make(struct flow *f, struct keyring *k, unsigned number, struct err *err)
{
	struct age_identity *id = NULL;
	bool ok;

	ok = age_identity_new(f->world, &id, err) &&
	    keyring_put_sealing(k, number, id, err);
	age_identity_free(id);
	return ok;
}

static bool
keys_make(struct flow *f, const struct init_wish *wish, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct key *signing = NULL;
	struct buf secret;
	bool ok;

	buf_init_secret(&secret, 4096);
	ok = f->passphrase(f->arg, true, &secret, err) &&
	    keyring_make(f->home, buf_span(&secret), &f->keyring, err);
	buf_clear(&secret);
	ok = ok && key_new(&signing, wish->key, err) &&
	    keyring_put_signing(f->keyring, 1, signing, err) &&
	    authority_name(s, signing, err) &&
	    sealing_make(f, f->keyring, 1, err) && ledger_keys_make(f, err);
	if (ok && wish->self_ca)
		ok = ca_make(f, f->keyring, wish->key, err) &&
		    ca_certify(f, f->keyring, 1, signing, err);
	key_free(signing);
	return ok;
}

bool
flow_init(struct flow *f, const struct init_wish *wish, struct err *err)
{
	struct signer s;
	bool ok;

	if (!wish_check(wish, world_is_sim(f->world), err) ||
	    !home_begin(f->world, wish->path, &f->home, err))
		return false;
	cards_bind(f);
	if (!settings_fill(home_settings(f->home), wish, world_now(f->world), err) ||
	    (wish->tsa_roots.n > 0 &&
	    !home_stamp_roots_save(f->home, wish->tsa_roots, err)) ||
	    !keys_make(f, wish, err))
		return false;
	if (wish->self_ca) {
		if (!signer_open(f, &s, err))
			return false;
		ok = card_make(f, &s, err);
		signer_close(&s);
		if (!ok)
			return false;
	}
	return record_home(f, EVENT_KEY, "key.made", err) &&
	    record_home(f, EVENT_ADMINISTRATION, "home.made", err) &&
	    settings_save(f->home, err);
}

/* ---- the national PKI's way ---- */

struct key_name { char s[48]; };

static struct key_name
key_name(unsigned number)
{
	struct key_name n;

	(void)snprintf(n.s, sizeof n.s, "keys/signing-%u.key.age", number);
	return n;
}

/* The key that waits for a certificate: the next one after `rotate`, else ours. */
static unsigned
key_waiting(struct flow *f)
{
	unsigned next = home_settings(f->home)->signing + 1;

	return home_has(f->home, key_name(next).s) ? next : next - 1;
}

bool
flow_key_csr(struct flow *f, struct buf *pem, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct keyring *k = NULL;
	struct key *key = NULL;
	bool ok;

	ok = flow_may(f, PEOPLE_KEYS, err) && flow_keyring(f, &k, err) &&
	    keyring_signing(k, key_waiting(f), &key, err) &&
	    csr_make(key, name_of(s, s->name), pem, err) &&
	    record_home(f, EVENT_KEY, "key.csr", err);
	key_free(key);
	return ok;
}

/* From any order: the certificate of our key, then each one's issuer; no root. */
static bool
chain_order(const struct certs *all, const struct key *key, const struct certs *roots,
    struct certs *chain, struct err *err)
{
	const struct cert *at = NULL;

	for (size_t i = 0; i < all->n && at == NULL; i++)
		if (cert_fits(all->list[i], key))
			at = all->list[i];
	if (at == NULL)
		return err_set(err, ERR_INPUT, "key.other_certificate",
		    "no certificate in the chain is for this home's signing key; send the request of comity key csr to your PKI");
	while (at != NULL) {
		const struct cert *next = NULL;

		if (chain->n == CMS_CERTS_MAX)
			return err_set(err, ERR_LIMIT, "key.chain",
			    "the chain is longer than %d certificates", CMS_CERTS_MAX);
		if (!certs_add(chain, at, err))
			return false;
		for (size_t i = 0; i < all->n && next == NULL; i++)
			if (cert_issued_by(at, all->list[i]) &&
			    !cert_self_issued(all->list[i]) &&
			    certs_find(chain, all->list[i]) == NULL &&
			    certs_find(roots, all->list[i]) == NULL)
				next = all->list[i];
		at = next;
	}
	return true;
}

static bool
chain_proves(struct flow *f, const struct certs *chain, const struct certs *roots,
    struct err *err)
{
	struct path_question q = { .inside = chain, .anchors = roots,
		.purpose = PATH_SIGNING, .at = world_now(f->world) };
	struct path_answer a;
	struct country c = cert_country(chain->list[0]);

	if (!path_check(&q, &a, err))
		return false;
	if (a.state != PATH_HOLDS)
		return err_set(err, ERR_UNPROVEN, "key.chain",
		    "the chain cannot be used: %s", a.text);
	if (strcmp(c.s, home_settings(f->home)->state) != 0)
		return err_set(err, ERR_UNPROVEN, "key.country",
		    "the certificate names the country \"%s\", the home is of %s; every check would say the signer is unknown",
		    c.s, home_settings(f->home)->state);
	return true;
}

/* A certificate for the key in use, for the one that waits, or one brought along. */
static bool
import_key(struct flow *f, struct keyring *k, struct span key_file,
    const struct certs *all, unsigned *number, struct key **out, struct err *err)
{
	struct settings *s = home_settings(f->home);

	if (key_file.n > 0) {
		*number = s->has_certificate ? s->signing + 1 : s->signing;
		return key_import(out, key_file, err);
	}
	*number = key_waiting(f);
	if (!keyring_signing(k, *number, out, err))
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (cert_fits(all->list[i], *out))
			return true;
	if (*number == s->signing)
		return true;
	key_free(*out);
	*out = NULL;
	*number = s->signing;
	return keyring_signing(k, *number, out, err);
}

/*
 * The new card is signed by the certificate on the old one while that is valid, so
 * that peers who know the old card take the new one by themselves: also when the
 * same key only got a new certificate.
 */
static bool
import_card(struct flow *f, unsigned number, struct signer *old, struct err *err)
{
	struct settings *s = home_settings(f->home);
	bool old_signs = old->key != NULL &&
	    world_now(f->world) < cert_not_after(old->chain.list[0]);
	struct signer fresh;
	bool ok;

	s->signing = number;
	s->has_certificate = true;
	if (old_signs)
		return card_make(f, old, err);
	if (!signer_open(f, &fresh, err))
		return false;
	ok = card_make(f, &fresh, err);
	signer_close(&fresh);
	return ok;
}

/* What the PKI gave, checked; nothing of it is kept before all of it holds. */
struct import {
	struct certs all, roots, chain;
	struct key *key;
	unsigned number;
	bool brought;			/* the key came along */
};

static bool
import_read(struct flow *f, struct keyring *k, struct span chain_pem,
    struct span roots_pem, struct span key_file, struct span crl_pem,
    struct import *in, struct err *err)
{
	struct revocations *crls = NULL;
	bool ok;

	in->brought = key_file.n > 0;
	ok = certs_read_pem(&in->all, chain_pem, err) &&
	    certs_read_pem(&in->roots, roots_pem, err) &&
	    revocations_new(&crls, err) &&
	    (crl_pem.n == 0 || revocations_add_pem(crls, crl_pem, err)) &&
	    import_key(f, k, key_file, &in->all, &in->number, &in->key, err) &&
	    chain_order(&in->all, in->key, &in->roots, &in->chain, err) &&
	    chain_proves(f, &in->chain, &in->roots, err);
	revocations_free(crls);
	return ok;
}

/*
 * A key that came along before there was any card is the first signing key: the
 * authority is named after it, else no one could check the first card.
 *
 * A new certificate for the key in use gets the next number, the key with it: until
 * the settings say so at the end, the old certificate stays in use and in place.
 */
static bool
import_keep(struct flow *f, struct keyring *k, struct import *in,
    struct span crl_pem, struct err *err)
{
	struct settings *s = home_settings(f->home);
	bool renewed = !in->brought && s->has_certificate &&
	    in->number == s->signing && key_waiting(f) == s->signing;

	in->number += renewed;
	if ((in->brought || renewed) &&
	    !keyring_put_signing(k, in->number, in->key, err))
		return false;
	if (in->brought && !s->has_certificate &&
	    (!authority_name(s, in->key, err) || !settings_save(f->home, err)))
		return false;
	return (crl_pem.n == 0 || home_save(f->home, "keys/revocation.pem", crl_pem,
	    err)) && home_chain_save(f->home, in->number, &in->chain, &in->roots, err);
}

bool
flow_key_import(struct flow *f, struct span chain_pem, struct span roots_pem,
    struct span key_file, struct span crl_pem, struct err *err)
{
	struct import in = { .key = NULL };
	struct keyring *k = NULL;
	struct signer old = { .key = NULL };
	bool ok;

	certs_init(&in.all);
	certs_init(&in.roots);
	certs_init(&in.chain);
	certs_init(&old.chain);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_KEYS, err) && flow_keyring(f, &k, err) &&
	    import_read(f, k, chain_pem, roots_pem, key_file, crl_pem, &in, err) &&
	    (!home_settings(f->home)->has_certificate || signer_open(f, &old, err)) &&
	    import_keep(f, k, &in, crl_pem, err) &&
	    import_card(f, in.number, &old, err) &&
	    record_home(f, EVENT_KEY, "key.imported", err) &&
	    settings_save(f->home, err);
	signer_close(&old);
	key_free(in.key);
	certs_clear(&in.all);
	certs_clear(&in.roots);
	certs_clear(&in.chain);
	return ok;
}

bool
flow_key_rewrap(struct flow *f, unsigned log_n, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct keyring *k = NULL;
	struct buf secret;
	bool ok;

	buf_init_secret(&secret, 4096);
	ok = (log_n == 0 || log_n_check(world_is_sim(f->world), log_n, err)) &&
	    home_lock(f->home, err) && flow_keyring(f, &k, err) &&
	    f->passphrase(f->arg, true, &secret, err) &&
	    keyring_rewrap(k, buf_span(&secret), log_n == 0 ? s->log_n : log_n, err) &&
	    record_home(f, EVENT_KEY, "key.rewrapped", err);
	buf_clear(&secret);
	if (ok && log_n != 0 && log_n != s->log_n) {
		s->log_n = log_n;
		ok = settings_save(f->home, err);
	}
	return ok;
}

/*
 * A new signing key: with our own CA it is certified at once, and the new card is
 * signed by the old key, whose certificate stands on the old card.  The settings
 * come last: until then the old key signs, which the new card lists too.
 */
static bool
rotate_signing(struct flow *f, bool *needs_certificate, struct err *err)
{
	struct settings *s = home_settings(f->home);
	unsigned next = s->signing + 1;
	struct keyring *k = NULL;
	struct signer old;
	struct key *key = NULL;
	bool ok;

	*needs_certificate = !s->has_ca;
	/* Its request may be with the PKI already: the answer must find it here. */
	if (!s->has_ca && key_waiting(f) == next)
		return err_set(err, ERR_CONFLICT, "key.waiting",
		    "a new signing key waits for its certificate already; print its request with: comity key csr");
	if (!flow_keyring(f, &k, err) || !signer_open(f, &old, err))
		return false;
	ok = key_new(&key, key_kind_of(old.key), err) &&
	    keyring_put_signing(k, next, key, err);
	if (ok && s->has_ca) {
		ok = ca_certify(f, k, next, key, err);
		if (ok)
			s->signing = next;
		ok = ok && card_make(f, &old, err) &&
		    record_home(f, EVENT_KEY, "key.rotated-signing", err) &&
		    settings_save(f->home, err);
	}
	signer_close(&old);
	key_free(key);
	return ok;
}

/*
 * A new sealing key.  The settings come first: from the moment that a card names
 * the key, this home knows of it and never makes another in its place.
 */
static bool
rotate_sealing(struct flow *f, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct keyring *k = NULL;
	struct signer signer;
	bool ok;

	if (!flow_keyring(f, &k, err) || !signer_open(f, &signer, err))
		return false;
	ok = sealing_make(f, k, s->sealing + 1, err);
	if (ok) {
		s->sealing++;
		ok = settings_save(f->home, err) && card_make(f, &signer, err) &&
		    record_home(f, EVENT_KEY, "key.rotated-sealing", err);
	}
	signer_close(&signer);
	return ok;
}

bool
flow_key_rotate(struct flow *f, enum rotate_what what, bool *needs_certificate,
    struct err *err)
{
	*needs_certificate = false;
	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_KEYS, err))
		return false;
	return what == ROTATE_SIGNING ? rotate_signing(f, needs_certificate, err) :
	    rotate_sealing(f, err);
}
