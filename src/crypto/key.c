#include "crypto/key_internal.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/library.h"

struct key {
	EVP_PKEY *pkey;
	enum key_kind kind;
};

static const char wanted_kinds[] =
    "a key here is P-256, P-384, RSA of 3072 to 8192 bits or Ed25519";

void
key_free(struct key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);	/* wipes the private numbers */
	mem_free(key);
}

enum key_kind
key_kind_of(const struct key *key)
{
	return key->kind;
}

EVP_PKEY *
key_pkey(const struct key *key)
{
	return key->pkey;
}

const char *
key_kind_name(enum key_kind kind)
{
	switch (kind) {
	case KEY_P256:
		return "P-256";
	case KEY_P384:
		return "P-384";
	case KEY_RSA:
		return "RSA-3072";
	case KEY_ED25519:
		return "Ed25519";
	case KEY_OTHER:
		break;
	}
	return "a key of another kind";
}

/* ---- which kind ---- */

static enum key_kind
kind_of_curve(const EVP_PKEY *pkey)
{
	char name[32];
	int explicit_numbers = 0;

	/* Numbers instead of a name can describe a weak curve that looks like P-256. */
	(void)EVP_PKEY_get_int_param(pkey,
	    OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_numbers);
	if (explicit_numbers != 0 ||
	    EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME,
	    name, sizeof name, NULL) != 1)
		return KEY_OTHER;
	if (strcmp(name, "prime256v1") == 0)
		return KEY_P256;
	if (strcmp(name, "secp384r1") == 0)
		return KEY_P384;
	return KEY_OTHER;
}

enum key_kind
key_kind_of_pkey(const EVP_PKEY *pkey, int rsa_bits_min)
{
	int bits = EVP_PKEY_get_bits(pkey);

	if (EVP_PKEY_is_a(pkey, "EC"))
		return kind_of_curve(pkey);
	if (EVP_PKEY_is_a(pkey, "ED25519"))
		return KEY_ED25519;
	if (EVP_PKEY_is_a(pkey, "RSA") && bits >= rsa_bits_min &&
	    bits <= KEY_RSA_BITS_MAX)
		return KEY_RSA;
	return KEY_OTHER;
}

/* ---- making one ---- */

/*
 * OpenSSL remembers how a curve key was spelt and would spell it so again: ours
 * carry their public point, uncompressed (formats/cms-strict.md).
 */
static bool
spelling_set(EVP_PKEY *pkey, enum key_kind kind)
{
	if (kind != KEY_P256 && kind != KEY_P384)
		return true;
	return EVP_PKEY_set_int_param(pkey, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC,
	    1) == 1 &&
	    EVP_PKEY_set_utf8_string_param(pkey,
	    OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
	    OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) == 1;
}

/* Takes pkey over, also when it fails. */
static bool
key_of_pkey(struct key **out, EVP_PKEY *pkey, struct err *err)
{
	enum key_kind kind = key_kind_of_pkey(pkey, KEY_RSA_BITS_MIN);
	struct key *key;

	if (kind == KEY_OTHER) {
		EVP_PKEY_free(pkey);
		if (library_lacked(err))
			return false;
		return err_set(err, ERR_INPUT, "key.kind",
		    "the private key is of another kind; %s", wanted_kinds);
	}
	if (!spelling_set(pkey, kind)) {
		EVP_PKEY_free(pkey);
		return library_failed(err, "the reading of a key");
	}
	key = mem_new(sizeof *key, err);
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return false;
	}
	key->pkey = pkey;
	key->kind = kind;
	*out = key;
	return true;
}

bool
key_new(struct key **out, enum key_kind kind, struct err *err)
{
	EVP_PKEY *pkey = NULL;

	switch (kind) {
	case KEY_P256:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
		break;
	case KEY_P384:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
		break;
	case KEY_RSA:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
		    (size_t)KEY_RSA_BITS_MIN);
		break;
	case KEY_ED25519:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		break;
	case KEY_OTHER:
		return err_set(err, ERR_USE, "key.kind", "%s", wanted_kinds);
	}
	if (pkey == NULL)
		return library_failed(err, "the making of a key");
	return key_of_pkey(out, pkey, err);
}

/* ---- reading and writing ---- */

static bool
form_wrong(struct err *err)
{
	return err_set(err, ERR_INPUT, "key.form",
	    "this is not a private key in a form we read (PEM, or PKCS#8 in DER)");
}

/*
 * Those of ledgers and witnesses, read at each command: as key_encode writes all of them,
 * 16 constant bytes and the number.  NULL: another, or OpenSSL could not.
 */
static EVP_PKEY *
ed25519_read(struct span der)
{
	static const uint8_t head[16] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
		0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

	if (der.n != sizeof head + 32 || memcmp(der.p, head, sizeof head) != 0)
		return NULL;
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, der.p + sizeof head,
	    32);
}

/* Any PKCS#8 that fills der, attributes and all. */
static bool
pkcs8_read(struct key **out, struct span der, struct err *err)
{
	const unsigned char *p = der.p;
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *pkey = NULL;

	if (der.n == 0 || der.n > KEY_FILE_MAX)
		return form_wrong(err);
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.n);
	if (info != NULL && p == der.p + der.n)
		pkey = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (pkey == NULL)
		return !library_lacked(err) && form_wrong(err);
	ERR_clear_error();
	return key_of_pkey(out, pkey, err);
}

bool
key_encode(const struct key *key, struct buf *secret_out, struct err *err)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
	unsigned char *p;
	bool ok = false;
	int n;

	n = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, NULL);
	if (n <= 0) {
		library_failed(err, "the writing of a key");
		goto out;
	}
	if (!buf_room(secret_out, (size_t)n, err))
		goto out;
	p = secret_out->p + secret_out->n;
	if (i2d_PKCS8_PRIV_KEY_INFO(info, &p) != n) {
		library_failed(err, "the writing of a key");
		goto out;
	}
	secret_out->n += (size_t)n;
	ok = true;
out:
	PKCS8_PRIV_KEY_INFO_free(info);
	return ok;
}

bool
key_decode(struct key **out, struct span pkcs8, struct err *err)
{
	EVP_PKEY *ed25519 = ed25519_read(pkcs8);
	struct key *key = NULL;
	struct buf again;
	bool ok = false;

	if (ed25519 != NULL)
		return key_of_pkey(out, ed25519, err);
	buf_init_secret(&again, KEY_FILE_MAX);
	if (!pkcs8_read(&key, pkcs8, err) || !key_encode(key, &again, err))
		goto out;
	if (!span_same_secret(pkcs8, buf_span(&again))) {
		form_wrong(err);
		goto out;
	}
	*out = key;
	key = NULL;
	ok = true;
out:
	key_free(key);
	buf_clear(&again);
	return ok;
}

bool
key_spki(const struct key *key, struct buf *out, struct err *err)
{
	int n = i2d_PUBKEY(key->pkey, NULL);
	unsigned char *p;

	if (n <= 0)
		return library_failed(err, "the writing of a public key");
	if (!buf_room(out, (size_t)n, err))
		return false;
	p = out->p + out->n;
	if (i2d_PUBKEY(key->pkey, &p) != n)
		return library_failed(err, "the writing of a public key");
	out->n += (size_t)n;
	return true;
}

/* ---- what a person brings ---- */

/* A PKCS#1 or SEC 1 key that fills der. */
static bool
older_form_read(struct key **out, int type, struct span der, struct err *err)
{
	const unsigned char *p = der.p;
	EVP_PKEY *pkey = d2i_PrivateKey(type, NULL, &p, (long)der.n);

	if (pkey == NULL || p != der.p + der.n) {
		EVP_PKEY_free(pkey);
		return !library_lacked(err) && form_wrong(err);
	}
	ERR_clear_error();
	return key_of_pkey(out, pkey, err);
}

static bool
encrypted(struct err *err)
{
	return err_set(err, ERR_INPUT, "key.encrypted",
	    "the private key is under a password: take it off first, with "
	    "\"openssl pkey -in FILE -out NEWFILE\", and delete NEWFILE afterwards");
}

/* One PEM block; *out stays as it is when the block holds no private key. */
static bool
block_read(struct key **out, const char *name, const char *head, struct span der,
    struct err *err)
{
	struct key *key = NULL;
	bool ok;

	if (strcmp(name, PEM_STRING_PKCS8) == 0)
		return encrypted(err);
	if (strcmp(name, PEM_STRING_PKCS8INF) != 0 &&
	    strcmp(name, PEM_STRING_ECPRIVATEKEY) != 0 &&
	    strcmp(name, PEM_STRING_RSA) != 0)
		return true;
	if (strstr(head, "ENCRYPTED") != NULL)
		return encrypted(err);
	if (*out != NULL)
		return err_set(err, ERR_INPUT, "key.several",
		    "the file holds more than one private key; "
		    "bring one that holds only the key you mean");
	if (strcmp(name, PEM_STRING_PKCS8INF) == 0)
		ok = pkcs8_read(&key, der, err);
	else if (strcmp(name, PEM_STRING_RSA) == 0)
		ok = older_form_read(&key, EVP_PKEY_RSA, der, err);
	else
		ok = older_form_read(&key, EVP_PKEY_EC, der, err);
	*out = key;
	return ok;
}

/* The next block, if there is one (*more).  Bytes that are no block are skipped. */
static bool
block_next(BIO *pem, struct key **key, bool *more, struct err *err)
{
	char *name = NULL, *head = NULL;
	unsigned char *der = NULL;
	long n = 0;
	bool ok;

	*more = PEM_read_bio_ex(pem, &name, &head, &der, &n,
	    PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) == 1;
	if (!*more) {
		ok = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
		if (!ok && library_lacked(err))
			return false;
		ERR_clear_error();
		return ok || form_wrong(err);
	}
	ok = block_read(key, name, head, span_of(der, (size_t)n), err);
	OPENSSL_secure_free(name);
	OPENSSL_secure_free(head);
	OPENSSL_secure_clear_free(der, (size_t)n);
	return ok;
}

static bool
pem_read(struct key **out, struct span file, struct err *err)
{
	BIO *pem = BIO_new_mem_buf(file.p, (int)file.n);
	struct key *key = NULL;
	bool more = true, ok = true;

	if (pem == NULL)
		return err_memory(err);
	while (ok && more)
		ok = block_next(pem, &key, &more, err);
	BIO_free(pem);
	if (ok && key == NULL)
		ok = err_set(err, ERR_INPUT, "key.absent",
		    "there is no private key in this file");
	if (!ok) {
		key_free(key);
		return false;
	}
	*out = key;
	return true;
}

/* Do the private and the public numbers belong together, and make a key at all? */
static bool
numbers_hold(const struct key *key, struct err *err)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	bool ok;

	if (ctx == NULL)
		return library_failed(err, "the check of a key");
	ok = EVP_PKEY_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	if (!ok && library_lacked(err))
		return false;
	ERR_clear_error();
	return ok || err_set(err, ERR_INPUT, "key.form",
	    "the private key is damaged: its numbers do not belong together");
}

bool
key_import(struct key **out, struct span file, struct err *err)
{
	struct key *key = NULL;
	bool ok;

	if (file.n > KEY_FILE_MAX)
		return err_set(err, ERR_LIMIT, "key.limit",
		    "a private key of more than %d bytes is not read", KEY_FILE_MAX);
	if (file.n > 0 && memmem(file.p, file.n, "-----BEGIN ", 11) != NULL)
		ok = pem_read(&key, file, err);
	else
		ok = pkcs8_read(&key, file, err);
	if (!ok)
		return false;
	if (!numbers_hold(key, err)) {
		key_free(key);
		return false;
	}
	*out = key;
	return true;
}
