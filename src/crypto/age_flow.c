/* Sealing and opening as streams: one chunk in memory, one thread. */
#include "crypto/age_internal.h"

#include <string.h>

/* ---- sealing ---- */

struct age_sink {
	struct sink sink;
	struct sink *under;
	struct age_chunker *chunker;
	uint64_t index;		/* of the chunk that is being filled */
	size_t have;		/* bytes in plain */
	bool over;		/* finished, or failed: takes nothing more */
	uint8_t plain[AGE_CHUNK];
	uint8_t sealed[AGE_CHUNK_SEALED];
};

static bool
sink_chunk(struct age_sink *a, bool last, struct span plain, struct err *err)
{
	if (age_chunk_seal(a->chunker, a->index++, last, plain, a->sealed, err) &&
	    sink_write(a->under, span_of(a->sealed, plain.n + AGE_TAG), err))
		return true;
	a->over = true;
	return false;
}

static bool
sink_is_over(struct err *err)
{
	return err_set(err, ERR_USE, "age.finished",
	    "nothing can be added to a sealed file that is finished or failed");
}

/* A full chunk waits until more comes: only then is it not the last. */
static bool
age_sink_write(struct sink *to, struct span s, struct err *err)
{
	struct age_sink *a = (struct age_sink *)to;

	if (a->over)
		return sink_is_over(err);
	while (s.n > 0) {
		struct span part;

		if (a->have == AGE_CHUNK) {
			a->have = 0;
			if (!sink_chunk(a, false, span_of(a->plain, AGE_CHUNK), err))
				return false;
		}
		if (a->have == 0 && s.n > AGE_CHUNK) {
			if (!sink_chunk(a, false, span_part(s, 0, AGE_CHUNK), err))
				return false;
			s = span_from(s, AGE_CHUNK);
			continue;
		}
		part = span_part(s, 0, AGE_CHUNK - a->have);
		memcpy(a->plain + a->have, part.p, part.n);
		a->have += part.n;
		s = span_from(s, part.n);
	}
	return true;
}

bool
age_sink_finish(struct sink *age, struct err *err)
{
	struct age_sink *a = (struct age_sink *)age;

	if (a->over)
		return sink_is_over(err);
	if (!sink_chunk(a, true, span_of(a->plain, a->have), err))
		return false;
	a->over = true;
	return true;
}

static void
age_sink_free(struct sink *to)
{
	struct age_sink *a = (struct age_sink *)to;

	age_chunker_free(a->chunker);
	mem_wipe(a, sizeof *a);
	mem_free(a);
}

/* The header is made by one of the two: for recipients, or under a passphrase. */
struct sealing_to {
	const struct age_recipient *list;
	size_t n;			/* 0: the passphrase */
	struct span passphrase;
	unsigned log_n;
};

static bool
start(struct world *w, const struct sealing_to *to, struct buf *begin,
    struct age_stream **stream, struct err *err)
{
	return to->n > 0 ? age_seal_start(w, to->list, to->n, begin, stream, err) :
	    age_seal_start_passphrase(w, to->passphrase, to->log_n, begin, stream, err);
}

static bool
sink_new(struct world *w, const struct sealing_to *to, struct sink *under,
    struct sink **out, struct err *err)
{
	struct age_sink *a = mem_new(sizeof *a, err);
	struct age_stream *stream = NULL;
	struct buf begin;
	bool ok;

	if (a == NULL)
		return false;
	a->sink = (struct sink){ age_sink_write, age_sink_free };
	a->under = under;
	buf_init(&begin, AGE_HEADER_MAX + AGE_NONCE);
	ok = start(w, to, &begin, &stream, err) &&
	    age_chunker_new(&a->chunker, stream, err) &&
	    sink_write(under, buf_span(&begin), err);
	age_stream_free(stream);
	buf_clear(&begin);
	if (!ok) {
		age_sink_free(&a->sink);
		return false;
	}
	*out = &a->sink;
	return true;
}

bool
age_sink(struct world *w, const struct age_recipient *to, size_t n,
    struct sink *under, struct sink **out, struct err *err)
{
	struct sealing_to s = { .list = to, .n = n };

	return (n > 0 || err_set(err, ERR_USE, "age.recipients",
	    "a file is sealed to 1 to %d recipients, not %zu", AGE_RECIPIENTS_MAX, n)) &&
	    sink_new(w, &s, under, out, err);
}

bool
age_sink_passphrase(struct world *w, struct span passphrase, unsigned log_n,
    struct sink *under, struct sink **out, struct err *err)
{
	struct sealing_to s = { .passphrase = passphrase, .log_n = log_n };

	return sink_new(w, &s, under, out, err);
}

/* ---- opening ---- */

#define HEADER_PART 4096	/* read at a time until the header is whole */

struct age_source {
	struct source source;
	struct source *under;
	struct age_chunker *chunker;
	uint64_t index;		/* of the chunk in sealed */
	size_t have;		/* bytes in sealed */
	size_t plain_n, plain_at;
	bool ended;		/* the last chunk was opened */
	struct err failed;	/* told again at every later read */
	/* One byte more than a chunk: whether it comes tells which chunk is last. */
	uint8_t sealed[AGE_CHUNK_SEALED + 1];
	uint8_t plain[AGE_CHUNK];
};

static bool
source_fill(struct age_source *a, struct err *err)
{
	size_t got = 1;

	while (got > 0 && a->have < sizeof a->sealed) {
		if (!source_read(a->under, a->sealed + a->have,
		    sizeof a->sealed - a->have, &got, err))
			return false;
		a->have += got;
	}
	return true;
}

/*
 * The other way round for a chunk that did not open as its place demands: its bytes
 * may be given out (they are what was sealed), but the file is not what was sealed.
 */
static bool
chunk_misplaced(struct age_source *a, bool last, struct span sealed)
{
	if (sealed.n != AGE_CHUNK_SEALED ||
	    !age_chunk_open(a->chunker, a->index, !last, sealed, a->plain, NULL))
		return false;
	if (last)
		(void)err_set(&a->failed, ERR_INPUT, "age.chunk",
		    "the file ends after chunk %llu, which is not its last: "
		    "it was cut", (unsigned long long)a->index);
	else
		(void)err_set(&a->failed, ERR_INPUT, "age.trailing",
		    "bytes follow the last chunk: the file was changed");
	return true;
}

/* The next chunk into plain; what is wrong goes into a->failed. */
static void
source_chunk(struct age_source *a)
{
	struct span sealed;
	bool last;

	a->plain_n = a->plain_at = 0;
	if (!source_fill(a, &a->failed))
		return;
	last = a->have <= AGE_CHUNK_SEALED;
	sealed = span_of(a->sealed, last ? a->have : AGE_CHUNK_SEALED);
	if (!age_chunk_open(a->chunker, a->index, last, sealed, a->plain,
	    &a->failed) && !chunk_misplaced(a, last, sealed))
		return;
	a->plain_n = sealed.n - AGE_TAG;
	a->ended = last;
	a->index++;
	a->sealed[0] = a->sealed[AGE_CHUNK_SEALED];
	a->have = 1;
}

static bool
age_source_read(struct source *src, void *p, size_t n, size_t *got, struct err *err)
{
	struct age_source *a = (struct age_source *)src;

	if (a->plain_at == a->plain_n && a->failed.kind == ERR_NONE && !a->ended)
		source_chunk(a);
	if (a->plain_at == a->plain_n && a->failed.kind != ERR_NONE)
		return err_set(err, a->failed.kind, a->failed.reason, "%s",
		    a->failed.text);
	*got = a->plain_n - a->plain_at;
	if (*got > n)
		*got = n;
	memcpy(p, a->plain + a->plain_at, *got);
	a->plain_at += *got;
	return true;
}

static void
age_source_free(struct source *src)
{
	struct age_source *a = (struct age_source *)src;

	age_chunker_free(a->chunker);
	mem_wipe(a, sizeof *a);
	mem_free(a);
}

/* From the source into begin until header and nonce are there, or the end. */
static bool
begin_read(struct source *under, struct buf *begin, size_t *header, struct err *err)
{
	bool enough = false;
	size_t got = 1, part;

	while (got > 0 && (!enough || begin->n < *header + AGE_NONCE)) {
		if (!buf_room(begin, HEADER_PART, err))
			return false;
		for (part = 0; got > 0 && part < HEADER_PART; part += got) {
			if (!source_read(under, begin->p + begin->n,
			    HEADER_PART - part, &got, err))
				return false;
			begin->n += got;
		}
		if (!enough &&
		    !age_header_length(buf_span(begin), header, &enough, err))
			return false;
	}
	if (!enough)
		return age_header_wrong(err, begin->n, begin->n == 0 ?
		    "the file is empty" : "the file ends inside it");
	return true;
}

static bool
source_start(struct age_source *a, const struct age_keys *keys, struct buf *begin,
    struct err *err)
{
	struct age_stream *stream = NULL;
	struct span all, rest;
	size_t header = 0;
	bool ok;

	if (!begin_read(a->under, begin, &header, err))
		return false;
	all = buf_span(begin);
	ok = age_open_start(span_part(all, 0, header),
	    span_part(all, header, AGE_NONCE), keys, &stream, err) &&
	    age_chunker_new(&a->chunker, stream, err);
	age_stream_free(stream);
	if (!ok)
		return false;
	rest = span_from(all, header + AGE_NONCE);
	if (rest.n > 0)
		memcpy(a->sealed, rest.p, rest.n);	/* under 2 * HEADER_PART */
	a->have = rest.n;
	return true;
}

bool
age_source(struct source *under, const struct age_keys *keys, struct source **out,
    struct err *err)
{
	struct age_source *a = mem_new(sizeof *a, err);
	struct buf begin;
	bool ok;

	if (a == NULL)
		return false;
	a->source = (struct source){ age_source_read, age_source_free };
	a->under = under;
	err_clear(&a->failed);
	buf_init(&begin, AGE_HEADER_MAX + 2 * HEADER_PART);
	ok = source_start(a, keys, &begin, err);
	buf_clear(&begin);
	if (!ok) {
		age_source_free(&a->source);
		return false;
	}
	*out = &a->source;
	return true;
}
