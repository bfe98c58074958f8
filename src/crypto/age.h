/*
 * age: sealing (formats/age-v1.md; C2SP age v1).  X25519 recipients for parcels,
 * scrypt for what rests under a passphrase.  Sealing authenticates nobody: who
 * sealed is proven by the signature inside.
 *
 * The payload is cut in chunks that can be sealed and opened independently, so
 * header work is separate from chunk work and chunks may be done by any thread.
 */
#ifndef COMITY_CRYPTO_AGE_H
#define COMITY_CRYPTO_AGE_H

#include "crypto/digest.h"
#include "world/world.h"

#define AGE_CHUNK 65536			/* plaintext bytes of every chunk but the last */
#define AGE_CHUNK_SEALED 65552		/* + 16 byte tag */
#define AGE_HEADER_MAX 65536		/* our bound, age-v1.md */
#define AGE_STANZAS_MAX 1000
#define AGE_RECIPIENTS_MAX 32		/* receivers of one parcel, ours included */
#define AGE_LOG_N_DEFAULT 17		/* scrypt work factor; 15..20 to write, up to 22 to read */
#define AGE_LOG_N_TEST 4	/* tests open homes by the thousand; refused for real ones */

/* "age1..." (X25519, the only kind we seal to). */
struct age_recipient {
	uint8_t point[32];
};
MUST bool age_recipient_parse(struct span text, struct age_recipient *out,
    struct err *err);
struct age_recipient_text { char s[80]; };
struct age_recipient_text age_recipient_print(const struct age_recipient *r);

/* "AGE-SECRET-KEY-1...": wiped by free; prints only into a secret buf. */
struct age_identity;
MUST bool age_identity_new(struct world *w, struct age_identity **out, struct err *err);
/* A file as age-keygen writes it (comments, blank lines) or the bare line.  First
 * identity only; an encrypted or foreign one is named in the error. */
MUST bool age_identity_parse(struct span file, struct age_identity **out,
    struct err *err);
void age_identity_free(struct age_identity *id);
MUST bool age_identity_recipient(const struct age_identity *id,
    struct age_recipient *out, struct err *err);
MUST bool age_identity_print(const struct age_identity *id, struct buf *secret_out,
    struct err *err);			/* one line with LF */

/* ---- payload key: what seals and opens chunks ---- */

struct age_stream;			/* immutable; any number of threads */
void age_stream_free(struct age_stream *s);	/* wipes */

/* One thread's working context for chunks. */
struct age_chunker;
MUST bool age_chunker_new(struct age_chunker **out, const struct age_stream *s,
    struct err *err);
void age_chunker_free(struct age_chunker *c);
/* plain.n: AGE_CHUNK, or 0..AGE_CHUNK when last; out gets plain.n + 16 bytes. */
MUST bool age_chunk_seal(struct age_chunker *c, uint64_t index, bool last,
    struct span plain, uint8_t *out, struct err *err);
/* ERR_INPUT "age.chunk" names the chunk's number when it does not open. */
MUST bool age_chunk_open(struct age_chunker *c, uint64_t index, bool last,
    struct span sealed, uint8_t *out, struct err *err);

/* Bytes of the payload for n plaintext bytes: nonce and tags included. */
MUST bool age_payload_size(uint64_t n, uint64_t *out);
/* The other way; false when no plaintext has that payload size. */
MUST bool age_plain_size(uint64_t payload, uint64_t *out);

/* ---- header ---- */

/* A new file for these recipients: header and nonce into out (all that comes
 * before the first chunk). */
MUST bool age_seal_start(struct world *w, const struct age_recipient *to, size_t n,
    struct buf *out, struct age_stream **stream, struct err *err);

/* The same under a passphrase; errors as for age_seal_passphrase, below. */
MUST bool age_seal_start_passphrase(struct world *w, struct span passphrase,
    unsigned log_n, struct buf *out, struct age_stream **stream, struct err *err);

/* Length of the header (to the LF after the MAC) once enough bytes are there. */
MUST bool age_header_length(struct span begin, size_t *out, bool *enough,
    struct err *err);

/*
 * File keys that were found with identities, for who opens the same files more than once in
 * one run.  A file key follows from the bytes of the header and from the identities, and is
 * kept under the digest of all of them; everything else about a file is checked each time.
 * Kept only when the header's MAC held.  Any number of threads; 470 KiB, and one with the
 * place of another takes it.  Whoever has it can open those files: free wipes it.
 */
#define AGE_UNWRAPPED_MAX 8192		/* parcels of an inbox, read for their order and again */
struct age_unwrapped;
MUST bool age_unwrapped_new(struct age_unwrapped **out, struct err *err);
void age_unwrapped_free(struct age_unwrapped *u);	/* NULL is quiet */

/* identities that may open it; passphrase may be empty (none). */
struct age_keys {
	const struct age_identity *const *identities;
	size_t n;
	struct span passphrase;
	unsigned log_n_max;		/* 0 = 22 */
	struct age_unwrapped *unwrapped;	/* NULL: none is kept; with a passphrase neither */
};
/*
 * header: exactly the header; nonce: the 16 bytes after it.
 * ERR_INPUT "age.header" malformed (byte offset), ERR_DENIED "age.no_match" none of
 * the keys opens it, ERR_INPUT "age.mac" header changed, ERR_LIMIT work factor,
 * ERR_USE "age.hybrid" a hybrid identity or stanza this OpenSSL cannot do.
 */
MUST bool age_open_start(struct span header, struct span nonce,
    const struct age_keys *keys, struct age_stream **stream, struct err *err);

/* ---- whole small files (keys, records; at most out->max bytes) ---- */

MUST bool age_seal_small(struct world *w, const struct age_recipient *to, size_t n,
    struct span plain, struct buf *out, struct err *err);
MUST bool age_seal_passphrase(struct world *w, struct span passphrase, unsigned log_n,
    struct span plain, struct buf *out, struct err *err);
MUST bool age_open_small(struct span file, const struct age_keys *keys,
    struct buf *out, struct err *err);

/* A passphrase to seal with has 1 to AGE_PASSPHRASE_MAX bytes (ERR_USE
 * "age.passphrase"), a work factor is 15 to 20 or AGE_LOG_N_TEST (ERR_USE
 * "age.work_factor").  Nothing of a file that does not open reaches out. */
#define AGE_PASSPHRASE_MAX 1024		/* a sentence, not a file */

/* Sealing and opening as streams, one thread, constant memory.  Closing the sink's
 * last chunk is age_sink_finish; a freed sink without it leaves a cut file. */
MUST bool age_sink(struct world *w, const struct age_recipient *to, size_t n,
    struct sink *under, struct sink **out, struct err *err);
MUST bool age_sink_passphrase(struct world *w, struct span passphrase, unsigned log_n,
    struct sink *under, struct sink **out, struct err *err);
MUST bool age_sink_finish(struct sink *age, struct err *err);
/* under stays the caller's; keys are not kept.  The header is read at once; what is
 * read after it is only believed when the end (*got = 0) was reached: ERR_INPUT
 * "age.chunk" for a chunk that was changed or cut, "age.trailing" for bytes after
 * the last one.  A source that failed says the same again. */
MUST bool age_source(struct source *under, const struct age_keys *keys,
    struct source **out, struct err *err);

/* The bytes inside text form (RFC 7468, label AGE ENCRYPTED FILE), for files that
 * came by mail.  White space around the block and CRLF are fine, anything else that
 * is not its one spelling is ERR_INPUT "age.armor".  under stays the caller's. */
#define AGE_ARMOR_SPACE_MAX 1024	/* bytes of white space before, and after */
MUST bool age_armor_source(struct source *under, struct source **out,
    struct err *err);

#endif
