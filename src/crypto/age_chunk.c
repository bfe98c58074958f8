/* The payload: chunks under one key (STREAM), and how long they make a file. */
#include "crypto/age_internal.h"

#include <assert.h>
#include <string.h>

struct age_stream {
	uint8_t key[32];
};

struct age_chunker {
	EVP_CIPHER_CTX *ctx;
};

bool
age_stream_new(struct age_stream **out, const uint8_t file_key[AGE_FILE_KEY],
    const uint8_t nonce[AGE_NONCE], struct err *err)
{
	struct age_stream *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	if (!age_hkdf(span_of(file_key, AGE_FILE_KEY), span_of(nonce, AGE_NONCE),
	    span_text("payload"), s->key, sizeof s->key, err)) {
		age_stream_free(s);
		return false;
	}
	*out = s;
	return true;
}

void
age_stream_free(struct age_stream *s)
{
	if (s == NULL)
		return;
	mem_wipe(s, sizeof *s);
	mem_free(s);
}

bool
age_chunker_new(struct age_chunker **out, const struct age_stream *s,
    struct err *err)
{
	struct age_chunker *c = mem_new(sizeof *c, err);

	if (c == NULL)
		return false;
	if (!age_cipher_new(&c->ctx, s->key, err)) {
		mem_free(c);
		return false;
	}
	*out = c;
	return true;
}

void
age_chunker_free(struct age_chunker *c)
{
	if (c == NULL)
		return;
	age_cipher_free(c->ctx);
	mem_free(c);
}

/* An 11-byte counter, and whether this is the last chunk. */
static void
chunk_nonce(uint8_t nonce[AGE_CIPHER_NONCE], uint64_t index, bool last)
{
	memset(nonce, 0, 3);
	u64_put(nonce + 3, index);
	nonce[11] = last ? 1 : 0;
}

/* Only the last chunk may be short, and only the first may be empty. */
static bool
chunk_size_allowed(uint64_t index, bool last, size_t n)
{
	if (!last)
		return n == AGE_CHUNK;
	return n <= AGE_CHUNK && (n > 0 || index == 0);
}

bool
age_chunk_seal(struct age_chunker *c, uint64_t index, bool last, struct span plain,
    uint8_t *out, struct err *err)
{
	uint8_t nonce[AGE_CIPHER_NONCE];

	assert(chunk_size_allowed(index, last, plain.n));
	chunk_nonce(nonce, index, last);
	return age_cipher_seal(c->ctx, nonce, span_of(NULL, 0), plain, out, err);
}

bool
age_chunk_open(struct age_chunker *c, uint64_t index, bool last, struct span sealed,
    uint8_t *out, struct err *err)
{
	uint8_t nonce[AGE_CIPHER_NONCE];
	bool holds;

	if (sealed.n < AGE_TAG ||
	    !chunk_size_allowed(index, last, sealed.n - AGE_TAG))
		return err_set(err, ERR_INPUT, "age.chunk",
		    "chunk %llu has a length that no age file gives it: "
		    "the file was cut or changed", (unsigned long long)index);
	chunk_nonce(nonce, index, last);
	if (!age_cipher_open(c->ctx, nonce, span_of(NULL, 0), sealed, out, &holds,
	    err))
		return false;
	return holds || err_set(err, ERR_INPUT, "age.chunk",
	    "chunk %llu does not open: the file was cut or changed",
	    (unsigned long long)index);
}

/* ---- sizes ---- */

bool
age_payload_size(uint64_t n, uint64_t *out)
{
	uint64_t chunks = n / AGE_CHUNK + (n % AGE_CHUNK != 0 || n == 0);
	uint64_t size;

	/* chunks * 16 cannot overflow: there are at most 2^48 of them. */
	if (!u64_add(n, chunks * AGE_TAG, &size) ||
	    !u64_add(size, AGE_NONCE, &size))
		return false;
	*out = size;
	return true;
}

bool
age_plain_size(uint64_t payload, uint64_t *out)
{
	uint64_t full, tail;

	if (payload < AGE_NONCE + AGE_TAG)
		return false;
	full = (payload - AGE_NONCE) / AGE_CHUNK_SEALED;
	tail = (payload - AGE_NONCE) % AGE_CHUNK_SEALED;
	if (tail == 0) {
		*out = full * AGE_CHUNK;
		return true;
	}
	if (tail < AGE_TAG || (tail == AGE_TAG && full > 0))
		return false;
	*out = full * AGE_CHUNK + (tail - AGE_TAG);
	return true;
}
