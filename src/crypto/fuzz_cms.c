/*
 * Fuzz target: signature files and certificates of strangers.  The first byte says
 * what the rest is: a signature file (two bytes length of the signed list, the list,
 * the file), the same with its digests put right so that changes inside get as far
 * as the rebuild, a certificate, or PEM of roots and revocation lists.  What passes
 * the rebuild row equals its rebuild.  Seeds: tests/fuzz/cms.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/cms_internal.h"
#include "crypto/path.h"

#define PEM_MAX ((size_t)1 << 17)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* The table got past "rebuild = file". */
static bool
past_rebuild(enum cms_state s)
{
	return s == CMS_HOLDS || s == CMS_SIGNATURE_FORM || s == CMS_MIRRORED ||
	    s == CMS_SIGNATURE;
}

static void
equals_rebuild(const struct cms_answer *a, struct span file, struct span content)
{
	struct cms_parts parts = { .path = &a->inside, .path_form = a->path_form,
		.signing_time = a->signing_time, .signature = a->signature };
	size_t modulus_n;
	struct buf again;

	must(cert_key_strict(a->inside.list[0], 3072, &parts.key, &modulus_n));
	must(digest_wide(cms_digest_for(parts.key), content, &parts.content, NULL));
	buf_init(&again, CMS_BUILD_MAX);
	must(cms_file_build(&parts, &again, NULL));
	must(span_eq(buf_span(&again), file));
	buf_clear(&again);
}

static void
path(const struct certs *inside)
{
	struct certs top = { { inside->list[inside->n - 1] }, 1 };
	struct path_question q = { .inside = inside, .anchors = &top,
		.purpose = PATH_SIGNING, .at = 1795392000 };
	struct path_answer a;

	must(path_check(&q, &a, NULL));
	must(a.state == PATH_HOLDS || a.reason[0] != '\0');
}

static void
check(struct span file, struct span content)
{
	struct cms_answer a;
	struct span value;

	cms_answer_init(&a);
	must(cms_check(file, content, &a, NULL));
	must((a.state == CMS_HOLDS) == (a.reason[0] == '\0'));
	if (past_rebuild(a.state)) {
		equals_rebuild(&a, file, content);
		must(cms_signature_of(file, &value, NULL) &&
		    span_eq(value, a.signature));
		path(&a.inside);
	}
	cms_answer_clear(&a);
}

static bool
split(struct span s, struct span *content, struct span *file)
{
	size_t n;

	if (s.n < 2)
		return false;
	n = (size_t)s.p[0] << 8 | s.p[1];
	if (n > s.n - 2)
		return false;
	*content = span_part(s, 2, n);
	*file = span_from(s, 2 + n);
	return true;
}

static void
whole(struct span s)
{
	struct span content, file;

	if (split(s, &content, &file))
		check(file, content);
}

/* Overwrite a digest inside our copy of the file. */
static void
put(uint8_t *copy, struct span file, struct span at, struct span bytes)
{
	struct wide_digest d;
	enum digest_kind kind = at.n == 48 ? DIGEST_SHA384 : DIGEST_SHA256;

	if (at.n != 32 && at.n != 48)
		return;
	must(digest_wide(kind, bytes, &d, NULL));
	memcpy(copy + (at.p - file.p), d.b, d.n);
}

static void
healed(struct span s)
{
	struct span content, file, first;
	const struct attribute *digest, *ids;
	struct signed_file parts;
	struct attributes as;
	enum digest_kind kind;
	uint8_t *copy;
	size_t n, wrong, signer;

	if (s.n < 1 || !split(span_from(s, 1), &content, &file) ||
	    !signed_file_walk(file, &parts, &wrong) || parts.certs_n == 0 ||
	    parts.certs_n > CMS_CERTS_MAX ||
	    !attributes_walk(file, &parts.attributes, &as, &wrong))
		return;
	signer = s.p[0] % parts.certs_n;
	copy = mem_new(file.n, NULL);
	must(copy != NULL);
	memcpy(copy, file.p, file.n);
	digest = attributes_find(&as, oid_message_digest());
	ids = attributes_find(&as, oid_signing_cert_v2());
	if (digest != NULL)
		put(copy, file, digest->value.body, content);
	if (ids != NULL && signing_cert_walk(file, &ids->value, true, &first, &kind, &n,
	    &wrong))
		put(copy, file, first, parts.certs[signer]);
	check(span_of(copy, file.n), content);
	mem_free(copy);
}

static void
certificate(struct span s)
{
	struct cert *c = NULL;
	struct buf text;
	enum key_kind kind;
	size_t modulus_n;

	if (!cert_decode(&c, s, NULL))
		return;
	must(span_eq(cert_der(c), s));
	buf_init(&text, 1 << 20);
	must(cert_subject_text(c, &text, NULL) && cert_serial_text(c, &text, NULL));
	must(utf8_valid(buf_span(&text)));
	(void)cert_country(c);
	(void)cert_shape_strict(c);
	(void)cert_key_strict(c, 3072, &kind, &modulus_n);
	(void)cert_is_for_signing(c);
	buf_clear(&text);
	cert_free(c);
}

static void
pem(struct span s)
{
	struct revocations *r = NULL;
	struct certs cs;

	if (s.n > PEM_MAX)
		return;
	certs_init(&cs);
	must(certs_read_pem(&cs, s, NULL) == (cs.n > 0));
	certs_clear(&cs);
	must(revocations_new(&r, NULL));
	if (!revocations_add_pem(r, s, NULL))
		must(revocations_count(r) == 0);
	revocations_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static void (*const kinds[])(struct span) = { whole, healed, certificate, pem };

	if (n > 0)
		kinds[p[0] % (sizeof kinds / sizeof kinds[0])](span_of(p + 1, n - 1));
	return 0;
}
