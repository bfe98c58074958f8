/* The file key under each kind of recipient. */
#include "crypto/age_internal.h"

#include <assert.h>
#include <string.h>

#define LOG_N_MAX_DEFAULT 22	/* 4 GiB of memory: the most the age tool accepts */

/* The stanzas whose form is known: arguments as bytes in base64, body AGE_WRAPPED. */
static const struct {
	const char *type;
	size_t first_arg;	/* bytes in it */
	size_t args;
} known[] = {
	{ "X25519", 32, 1 },
	{ "scrypt", AGE_SALT, 2 },
	{ "mlkem768x25519", AGE_ARG_MAX, 1 },
};

/* ---- form ---- */

/* [1-9][0-9]*; a number beyond what an unsigned holds comes back as the greatest. */
static bool
work_factor_read(struct span text, unsigned *out)
{
	unsigned v = 0;

	if (text.n == 0 || text.p[0] == '0')
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v > 1000 ? 1000 : v * 10 + (unsigned)(text.p[i] - '0');
	}
	*out = v;
	return true;
}

static bool
stanza_check(const struct age_stanza *s, size_t kind, struct err *err)
{
	uint8_t bytes[AGE_ARG_MAX];
	struct span arg;
	unsigned work;

	if (age_stanza_arg(s, known[kind].args, &arg))
		return age_header_wrong(err, s->at,
		    "a recipient has an argument too many");
	if (!age_stanza_arg(s, 0, &arg) ||
	    !age_base64_exactly(arg, bytes, known[kind].first_arg))
		return age_header_wrong(err, s->at,
		    "the first argument of a recipient has not its one form");
	if (known[kind].args == 2 && (!age_stanza_arg(s, 1, &arg) ||
	    !work_factor_read(arg, &work)))
		return age_header_wrong(err, s->at,
		    "the work factor is not a plain number");
	/* Before anything is decrypted: a longer body could fit two keys at once. */
	if (s->body.n != AGE_WRAPPED)
		return age_header_wrong(err, s->at,
		    "the sealed file key has not 32 bytes");
	return true;
}

bool
age_stanzas_check(const struct age_header *h, struct err *err)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct age_stanza *s = &h->stanza[i];

		for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
			if (span_is(s->type, known[k].type) &&
			    !stanza_check(s, k, err))
				return false;
		if (span_is(s->type, "scrypt") && h->n != 1)
			return age_header_wrong(err, s->at,
			    "a passphrase must be the only recipient");
	}
	return true;
}

/* ---- a file key and its wrapping key ---- */

/* The wrapping key is new for every file, so its one nonce may be zero. */
static const uint8_t zero_nonce[AGE_CIPHER_NONCE];

static bool
file_key_seal(const uint8_t wrap[32], const uint8_t file_key[AGE_FILE_KEY],
    uint8_t body[AGE_WRAPPED], struct err *err)
{
	EVP_CIPHER_CTX *ctx = NULL;
	bool ok = age_cipher_new(&ctx, wrap, err) &&
	    age_cipher_seal(ctx, zero_nonce, span_of(NULL, 0),
	    span_of(file_key, AGE_FILE_KEY), body, err);

	age_cipher_free(ctx);
	return ok;
}

static bool
file_key_open(const uint8_t wrap[32], struct span body,
    uint8_t file_key[AGE_FILE_KEY], bool *opened, struct err *err)
{
	EVP_CIPHER_CTX *ctx = NULL;
	bool ok;

	assert(body.n == AGE_WRAPPED);
	ok = age_cipher_new(&ctx, wrap, err) &&
	    age_cipher_open(ctx, zero_nonce, span_of(NULL, 0), body, file_key,
	    opened, err);
	age_cipher_free(ctx);
	return ok;
}

/* ---- X25519 ---- */

/* From the shared secret of share and recipient; *zero as age_x25519 says. */
static bool
x25519_wrapping_key(EVP_PKEY *key, const uint8_t peer[32],
    const uint8_t share[32], const uint8_t recipient[32], uint8_t wrap[32],
    bool *zero, struct err *err)
{
	uint8_t shared[32], salt[64];
	bool ok;

	memcpy(salt, share, 32);
	memcpy(salt + 32, recipient, 32);
	ok = age_x25519(key, peer, shared, zero, err) && (*zero ||
	    age_hkdf(span_of(shared, 32), span_of(salt, 64),
	    span_text("age-encryption.org/v1/X25519"), wrap, 32, err));
	mem_wipe(shared, sizeof shared);
	return ok;
}

bool
age_x25519_wrap(const uint8_t ephemeral[32], const struct age_recipient *to,
    const uint8_t file_key[AGE_FILE_KEY], uint8_t share[32],
    uint8_t body[AGE_WRAPPED], struct err *err)
{
	EVP_PKEY *key = NULL;
	uint8_t wrap[32];
	bool zero = false, ok;

	ok = age_x25519_key(ephemeral, &key, share, err) &&
	    x25519_wrapping_key(key, to->point, share, to->point, wrap, &zero,
	    err);
	if (ok && zero)
		ok = err_set(err, ERR_INPUT, "age.recipient",
		    "nothing can be sealed to this recipient: anybody could open it");
	ok = ok && file_key_seal(wrap, file_key, body, err);
	EVP_PKEY_free(key);
	mem_wipe(wrap, sizeof wrap);
	return ok;
}

static bool
x25519_unwrap(const struct age_stanza *s, const struct age_identity *id,
    uint8_t file_key[AGE_FILE_KEY], bool *opened, struct err *err)
{
	uint8_t share[32], wrap[32];
	bool zero = false, ok;
	struct span arg;

	if (!age_stanza_arg(s, 0, &arg) || !age_base64_exactly(arg, share, 32))
		return age_header_wrong(err, s->at, "the share is not 32 bytes");
	ok = x25519_wrapping_key(id->key, share, share, id->point, wrap, &zero,
	    err);
	if (ok && zero)
		ok = age_header_wrong(err, s->at,
		    "the share of a recipient gives everybody the same secret");
	ok = ok && file_key_open(wrap, s->body, file_key, opened, err);
	mem_wipe(wrap, sizeof wrap);
	return ok;
}

/* ---- scrypt ---- */

bool
age_scrypt_wrap(struct span passphrase, const uint8_t salt[AGE_SALT],
    unsigned log_n, const uint8_t file_key[AGE_FILE_KEY], uint8_t body[AGE_WRAPPED],
    struct err *err)
{
	uint8_t wrap[32];
	bool ok = age_scrypt(passphrase, salt, log_n, wrap, err) &&
	    file_key_seal(wrap, file_key, body, err);

	mem_wipe(wrap, sizeof wrap);
	return ok;
}

static bool
scrypt_unwrap(const struct age_stanza *s, const struct age_keys *keys,
    uint8_t file_key[AGE_FILE_KEY], bool *opened, struct err *err)
{
	unsigned max = keys->log_n_max == 0 ? LOG_N_MAX_DEFAULT : keys->log_n_max;
	uint8_t salt[AGE_SALT], wrap[32];
	struct span salt_text, work_text;
	unsigned work;
	bool ok;

	if (!age_stanza_arg(s, 0, &salt_text) || !age_stanza_arg(s, 1, &work_text) ||
	    !age_base64_exactly(salt_text, salt, sizeof salt) ||
	    !work_factor_read(work_text, &work))
		return age_header_wrong(err, s->at, "salt or work factor is malformed");
	/* Before the first byte of memory is taken for it. */
	if (work > max)
		return err_set(err, ERR_LIMIT, "age.work_factor",
		    "the passphrase asks for work factor 2^%.*s; we go up to 2^%u",
		    work_text.n > 20 ? 20 : (int)work_text.n,
		    (const char *)work_text.p, max);
	ok = age_scrypt(keys->passphrase, salt, work, wrap, err) &&
	    file_key_open(wrap, s->body, file_key, opened, err);
	mem_wipe(wrap, sizeof wrap);
	return ok;
}

/* ---- any of them ---- */

static bool
stanza_unwrap(const struct age_stanza *s, const struct age_keys *keys,
    uint8_t file_key[AGE_FILE_KEY], bool *opened, struct err *err)
{
	*opened = false;
	if (span_is(s->type, "scrypt") && keys->passphrase.n > 0)
		return scrypt_unwrap(s, keys, file_key, opened, err);
	if (!span_is(s->type, "X25519"))
		return true;
	for (size_t i = 0; i < keys->n && !*opened; i++)
		if (!x25519_unwrap(s, keys->identities[i], file_key, opened, err))
			return false;
	return true;
}

/* Why none opened it: what would have? */
static bool
no_match(const struct age_header *h, const struct age_keys *keys, struct err *err)
{
	bool only_hybrid = true;

	if (span_is(h->stanza[0].type, "scrypt"))
		return err_set(err, ERR_DENIED, "age.no_match",
		    keys->passphrase.n > 0 ? "the passphrase does not open it" :
		    "it is sealed with a passphrase, and none was given");
	for (size_t i = 0; i < h->n; i++)
		if (span_is(h->stanza[i].type, "X25519"))
			only_hybrid = false;
	for (size_t i = 0; i < h->n && only_hybrid; i++)
		if (span_is(h->stanza[i].type, "mlkem768x25519"))
			return err_set(err, ERR_USE, "age.hybrid",
			    "the file is sealed to hybrid (post-quantum) recipients: "
			    "not supported by this OpenSSL (no ML-KEM)");
	return err_set(err, ERR_DENIED, "age.no_match",
	    "none of the identities given opens it: it is sealed to others");
}

bool
age_unwrap(const struct age_header *h, const struct age_keys *keys,
    uint8_t file_key[AGE_FILE_KEY], struct err *err)
{
	bool opened = false;

	for (size_t i = 0; i < h->n && !opened; i++)
		if (!stanza_unwrap(&h->stanza[i], keys, file_key, &opened, err))
			return false;
	return opened || no_match(h, keys, err);
}
