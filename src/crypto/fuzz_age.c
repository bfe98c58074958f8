/*
 * Fuzz target: age files of strangers.  The first byte says what the rest is: a
 * header, a whole file for a fixed identity, its text form, a payload under a header
 * that opens, or an identity or recipient as text.  What is accepted has one
 * spelling, and the two ways of opening agree.  Seeds: tests/fuzz/age.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/age_internal.h"

#define PLAIN_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The identity of the public vectors, so that they are seeds that open. */
static const char identity_text[] =
    "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";

static const struct age_identity *
identity(void)
{
	static struct age_identity *id;

	if (id == NULL &&
	    !age_identity_parse(span_text(identity_text), &id, NULL))
		abort();
	return id;
}

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* ---- each kind of input ---- */

static void
header(struct span s)
{
	struct age_header h;
	struct buf again;
	bool enough = false;
	size_t n = 0;

	if (!age_header_decode(&h, s, NULL))
		return;
	buf_init(&again, AGE_HEADER_MAX);
	must(age_header_encode(&again, h.stanza, h.n, NULL));
	must(age_header_encode_mac(&again, h.mac, NULL));
	must(span_eq(buf_span(&again), s));
	must(age_header_length(s, &n, &enough, NULL) && enough && n == s.n);
	(void)!age_stanzas_check(&h, NULL);
	buf_clear(&again);
	age_header_clear(&h);
}

static bool
opens_as_stream(struct source *under, struct buf *out)
{
	const struct age_identity *id = identity();
	struct age_keys keys = { .identities = &id, .n = 1 };
	struct source *src = NULL;
	bool ok = age_source(under, &keys, &src, NULL) &&
	    source_all(src, out, NULL);

	source_free(src);
	return ok;
}

static void
file(struct span s)
{
	const struct age_identity *id = identity();
	struct age_keys keys = { .identities = &id, .n = 1 };
	struct source *under = NULL;
	struct buf whole, flowed;
	bool ok;

	buf_init(&whole, PLAIN_MAX);
	buf_init(&flowed, PLAIN_MAX);
	must(source_of_span(&under, s, NULL));
	ok = age_open_small(s, &keys, &whole, NULL);
	must(opens_as_stream(under, &flowed) == ok);
	must(!ok || span_eq(buf_span(&whole), buf_span(&flowed)));
	must(ok || whole.n == 0);
	source_free(under);
	buf_clear(&whole);
	buf_clear(&flowed);
}

static void
text_form(struct span s)
{
	struct source *under = NULL, *armor = NULL;
	struct buf out;

	buf_init(&out, PLAIN_MAX);
	must(source_of_span(&under, s, NULL));
	must(age_armor_source(under, &armor, NULL));
	(void)!opens_as_stream(armor, &out);
	source_free(armor);
	source_free(under);
	buf_clear(&out);
}

/*
 * s[0]: bytes cut off the end, modulo 16; s[1]: what changes the byte that is last
 * then; after that a byte a chunk: 255 and 254 a full one, the last in name or not,
 * others a short one of that length, always the last in name.
 */
static void
payload(struct span s)
{
	static const uint8_t zeros[AGE_CHUNK];
	struct age_recipient to;
	struct age_stream *stream = NULL;
	struct age_chunker *chunker = NULL;
	struct age_fresh fresh;
	struct buf sealed;

	if (s.n < 2)
		return;
	memset(&fresh, 7, sizeof fresh);
	buf_init(&sealed, PLAIN_MAX);
	must(age_identity_recipient(identity(), &to, NULL));
	must(age_seal_start_from(&fresh, &to, 1, &sealed, &stream, NULL));
	must(age_chunker_new(&chunker, stream, NULL));
	for (size_t i = 0; i + 2 < s.n && i < 4; i++) {
		uint8_t kind = s.p[i + 2];
		struct span part = span_of(zeros, kind >= 254 ? AGE_CHUNK : kind);

		if (part.n == 0 && i > 0)
			break;
		must(buf_room(&sealed, part.n + AGE_TAG, NULL));
		must(age_chunk_seal(chunker, i, kind != 254, part,
		    sealed.p + sealed.n, NULL));
		sealed.n += part.n + AGE_TAG;
	}
	sealed.n -= s.p[0] % AGE_NONCE;	/* never into the header */
	sealed.p[sealed.n - 1] ^= s.p[1];
	file(buf_span(&sealed));
	age_chunker_free(chunker);
	age_stream_free(stream);
	buf_clear(&sealed);
}

static void
key_text(struct span s)
{
	struct age_identity *id = NULL;
	struct age_recipient r;
	struct buf again;

	if (age_recipient_parse(s, &r, NULL))
		must(span_is(s, age_recipient_print(&r).s));
	if (!age_identity_parse(s, &id, NULL))
		return;
	buf_init_secret(&again, 200);
	must(age_identity_print(id, &again, NULL));
	again.n--;
	must(s.n >= again.n && memmem(s.p, s.n, again.p, again.n) != NULL);
	buf_clear(&again);
	age_identity_free(id);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static void (*const kinds[])(struct span) = {
		header, file, text_form, payload, key_text,
	};

	if (n > 0)
		kinds[p[0] % (sizeof kinds / sizeof kinds[0])](span_of(p + 1, n - 1));
	return 0;
}
