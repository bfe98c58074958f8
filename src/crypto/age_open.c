/* Opening: from a header to the payload key, and whole small files. */
#include "crypto/age_internal.h"

static bool
mac_check(const struct age_header *h, const uint8_t file_key[AGE_FILE_KEY],
    struct err *err)
{
	uint8_t mac[32];
	bool same;

	if (!age_header_mac(file_key, h->covered, mac, err))
		return false;
	same = span_same_secret(span_of(mac, sizeof mac),
	    span_of(h->mac, sizeof h->mac));
	mem_wipe(mac, sizeof mac);
	return same || err_set(err, ERR_INPUT, "age.mac",
	    "the header was changed after the file was sealed");
}

/* Its file key, proven by the MAC over all of the header. */
static bool
file_key_get(const struct age_header *h, struct span header, const struct age_keys *keys,
    uint8_t file_key[AGE_FILE_KEY], struct err *err)
{
	struct age_unwrapped *u = keys->passphrase.n > 0 ? NULL : keys->unwrapped;
	struct digest name;

	if (u == NULL)
		return age_unwrap(h, keys, file_key, err) && mac_check(h, file_key, err);
	if (!age_unwrapped_name(keys, header, &name, err))
		return false;
	if (age_unwrapped_find(u, &name, file_key))
		return mac_check(h, file_key, err);
	if (!age_unwrap(h, keys, file_key, err) || !mac_check(h, file_key, err))
		return false;
	age_unwrapped_keep(u, &name, file_key);
	return true;
}

bool
age_open_start(struct span header, struct span nonce, const struct age_keys *keys,
    struct age_stream **stream, struct err *err)
{
	uint8_t file_key[AGE_FILE_KEY];
	struct age_header h = { 0 };
	bool ok;

	if (nonce.n != AGE_NONCE)
		return age_header_wrong(err, header.n,
		    "the file ends inside the 16 bytes after its header");
	ok = age_header_decode(&h, header, err) &&
	    age_stanzas_check(&h, err) &&
	    file_key_get(&h, header, keys, file_key, err) &&
	    age_stream_new(stream, file_key, nonce.p, err);
	mem_wipe(file_key, sizeof file_key);
	age_header_clear(&h);
	return ok;
}

/* ---- whole small files ---- */

static bool
chunks_open(const struct age_stream *stream, struct span payload, struct buf *out,
    struct err *err)
{
	struct age_chunker *chunker = NULL;
	uint64_t index = 0;
	bool last = false, ok;
	uint8_t none[1];	/* an empty file may be opened into no memory at all */

	ok = age_chunker_new(&chunker, stream, err);
	while (ok && !last) {
		struct span part = span_part(payload, 0, AGE_CHUNK_SEALED);

		payload = span_from(payload, part.n);
		last = payload.n == 0;
		ok = age_chunk_open(chunker, index++, last, part,
		    part.n > AGE_TAG ? out->p + out->n : none, err);
		if (ok)
			out->n += part.n - AGE_TAG;
	}
	age_chunker_free(chunker);
	return ok;
}

static bool
small_start(struct span file, const struct age_keys *keys, struct span *payload,
    struct age_stream **stream, struct err *err)
{
	bool enough = false;
	size_t n = 0;

	if (!age_header_length(file, &n, &enough, err))
		return false;
	if (!enough)
		return age_header_wrong(err, file.n, "the file ends inside it");
	*payload = span_from(file, n + AGE_NONCE);
	return age_open_start(span_part(file, 0, n), span_part(file, n, AGE_NONCE),
	    keys, stream, err);
}

bool
age_open_small(struct span file, const struct age_keys *keys, struct buf *out,
    struct err *err)
{
	struct age_stream *stream = NULL;
	size_t begin = out->n;
	struct span payload;
	uint64_t plain;
	bool ok;

	if (!small_start(file, keys, &payload, &stream, err))
		return false;
	if (!age_plain_size(AGE_NONCE + (uint64_t)payload.n, &plain))
		ok = err_set(err, ERR_INPUT, "age.chunk",
		    "the file has a length that no age file has: it was cut or changed");
	else
		ok = buf_room(out, (size_t)plain, err) &&
		    chunks_open(stream, payload, out, err);
	age_stream_free(stream);
	if (!ok && out->n > begin) {
		mem_wipe(out->p + begin, out->n - begin);
		out->n = begin;
	}
	return ok;
}
