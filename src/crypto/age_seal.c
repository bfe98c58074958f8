/* New files: the header, and whole small files. */
#include "crypto/age_internal.h"

#include <stdio.h>
#include <string.h>

#define LOG_N_MIN 15		/* 32 MiB, about a tenth of a second a guess */
#define LOG_N_MAX 20		/* 1 GiB: more could not be opened on a small machine */

bool
age_header_mac(const uint8_t file_key[AGE_FILE_KEY], struct span covered,
    uint8_t mac[32], struct err *err)
{
	uint8_t key[32];
	bool ok = age_hkdf(span_of(file_key, AGE_FILE_KEY), span_of(NULL, 0),
	    span_text("header"), key, sizeof key, err) &&
	    age_hmac(span_of(key, sizeof key), covered, mac, err);

	mem_wipe(key, sizeof key);
	return ok;
}

/* All that comes before the first chunk, or nothing. */
static bool
begin_write(const struct age_fresh *fresh, const struct age_stanza *stanza, size_t n,
    struct buf *out, struct age_stream **stream, struct err *err)
{
	size_t begin = out->n;
	uint8_t mac[32];

	if (age_header_encode(out, stanza, n, err) &&
	    age_header_mac(fresh->file_key, span_from(buf_span(out), begin), mac,
	    err) &&
	    age_header_encode_mac(out, mac, err) &&
	    buf_add(out, span_of(fresh->nonce, AGE_NONCE), err) &&
	    age_stream_new(stream, fresh->file_key, fresh->nonce, err))
		return true;
	out->n = begin;
	return false;
}

/* base64 of a share or a salt, which a stanza names in its arguments. */
static bool
arg_print(char *out, size_t room, struct span bytes, const char *more)
{
	struct buf b = { (uint8_t *)out, 0, room, room, false };

	return base64_encode(&b, bytes, false, NULL) &&
	    buf_add(&b, span_of(more, strlen(more) + 1), NULL);
}

struct x25519_stanza {
	char args[48];		/* 43 digits and a NUL */
	uint8_t body[AGE_WRAPPED];
};

bool
age_seal_start_from(const struct age_fresh *fresh, const struct age_recipient *to,
    size_t n, struct buf *out, struct age_stream **stream, struct err *err)
{
	struct x25519_stanza made[AGE_RECIPIENTS_MAX];
	struct age_stanza stanza[AGE_RECIPIENTS_MAX];
	uint8_t share[32];

	if (n == 0 || n > AGE_RECIPIENTS_MAX)
		return err_set(err, ERR_USE, "age.recipients",
		    "a file is sealed to 1 to %d recipients, not %zu",
		    AGE_RECIPIENTS_MAX, n);
	for (size_t i = 0; i < n; i++) {
		if (!age_x25519_wrap(fresh->ephemeral[i], &to[i], fresh->file_key,
		    share, made[i].body, err))
			return err_wrap(err, "recipient %zu", i + 1);
		if (!arg_print(made[i].args, sizeof made[i].args,
		    span_of(share, sizeof share), ""))
			return err_memory(err);
		stanza[i] = (struct age_stanza){ span_text("X25519"),
		    span_text(made[i].args), span_of(made[i].body, AGE_WRAPPED), 0 };
	}
	return begin_write(fresh, stanza, n, out, stream, err);
}

bool
age_seal_start(struct world *w, const struct age_recipient *to, size_t n,
    struct buf *out, struct age_stream **stream, struct err *err)
{
	struct age_fresh fresh;
	bool ok = world_random(w, &fresh, sizeof fresh, err) &&
	    age_seal_start_from(&fresh, to, n, out, stream, err);

	mem_wipe(&fresh, sizeof fresh);
	return ok;
}

/* ---- whole small files ---- */

static bool
chunks_seal(const struct age_stream *stream, struct span plain, struct buf *out,
    struct err *err)
{
	struct age_chunker *chunker = NULL;
	uint64_t size, index = 0;
	bool last = false, ok;

	ok = age_payload_size(plain.n, &size) &&
	    buf_room(out, (size_t)size - AGE_NONCE, err) &&
	    age_chunker_new(&chunker, stream, err);
	while (ok && !last) {
		struct span part = span_part(plain, 0, AGE_CHUNK);

		plain = span_from(plain, part.n);
		last = plain.n == 0;
		ok = age_chunk_seal(chunker, index++, last, part, out->p + out->n,
		    err);
		if (ok)
			out->n += part.n + AGE_TAG;
	}
	age_chunker_free(chunker);
	return ok;
}

bool
age_seal_small(struct world *w, const struct age_recipient *to, size_t n,
    struct span plain, struct buf *out, struct err *err)
{
	struct age_stream *stream = NULL;
	size_t begin = out->n;
	bool ok = age_seal_start(w, to, n, out, &stream, err) &&
	    chunks_seal(stream, plain, out, err);

	age_stream_free(stream);
	if (!ok)
		out->n = begin;
	return ok;
}

static bool
passphrase_start(const struct age_fresh *fresh, struct span passphrase,
    unsigned log_n, struct buf *out, struct age_stream **stream, struct err *err)
{
	char args[32], work[8];
	uint8_t body[AGE_WRAPPED];
	struct age_stanza stanza;

	(void)snprintf(work, sizeof work, " %u", log_n);
	if (!arg_print(args, sizeof args, span_of(fresh->salt, AGE_SALT), work))
		return err_memory(err);
	if (!age_scrypt_wrap(passphrase, fresh->salt, log_n, fresh->file_key, body,
	    err))
		return false;
	stanza = (struct age_stanza){ span_text("scrypt"), span_text(args),
	    span_of(body, sizeof body), 0 };
	return begin_write(fresh, &stanza, 1, out, stream, err);
}

bool
age_seal_start_passphrase(struct world *w, struct span passphrase, unsigned log_n,
    struct buf *out, struct age_stream **stream, struct err *err)
{
	struct age_fresh fresh;
	bool ok;

	if (log_n != AGE_LOG_N_TEST && (log_n < LOG_N_MIN || log_n > LOG_N_MAX))
		return err_set(err, ERR_USE, "age.work_factor",
		    "the work factor is %d to %d, not %u", LOG_N_MIN, LOG_N_MAX,
		    log_n);
	if (passphrase.n == 0 || passphrase.n > AGE_PASSPHRASE_MAX)
		return err_set(err, ERR_USE, "age.passphrase",
		    "a passphrase has 1 to %d bytes", AGE_PASSPHRASE_MAX);
	ok = world_random(w, &fresh, sizeof fresh, err) &&
	    passphrase_start(&fresh, passphrase, log_n, out, stream, err);
	mem_wipe(&fresh, sizeof fresh);
	return ok;
}

bool
age_seal_passphrase(struct world *w, struct span passphrase, unsigned log_n,
    struct span plain, struct buf *out, struct err *err)
{
	struct age_stream *stream = NULL;
	size_t begin = out->n;
	bool ok = age_seal_start_passphrase(w, passphrase, log_n, out, &stream, err) &&
	    chunks_seal(stream, plain, out, err);

	age_stream_free(stream);
	if (!ok)
		out->n = begin;
	return ok;
}
