/*
 * Fuzz target: time stamps of strangers.  The first byte says what the rest is: a
 * token (two bytes length of what is stamped, that, the token), the same with its
 * digests put right so that changes inside get as far as the rebuild, or an
 * authority's answer over p256.signature.bin.  What passes the rebuild row equals its
 * rebuild; an answer that is kept is accepted again.  Seeds: tests/fuzz/stamp.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/stamp_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* tests/vectors/cms/roots-p256.pem */
static const char roots_text[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIByTCCAW6gAwIBAgIUHyLnWsSj1+56kqQyxHgyDId9CmwwCgYIKoZIzj0EAwIw\n"
    "QjELMAkGA1UEBhMCWEExFjAUBgNVBAoMDVRyYWluaW5nIG9ubHkxGzAZBgNVBAMM\n"
    "ElRyYWluaW5nIHJvb3QgcDI1NjAeFw0yNjExMjIwMzE1MDBaFw00NjExMTcwMzE1\n"
    "MDBaMEIxCzAJBgNVBAYTAlhBMRYwFAYDVQQKDA1UcmFpbmluZyBvbmx5MRswGQYD\n"
    "VQQDDBJUcmFpbmluZyByb290IHAyNTYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AAQhhdUAel6kWLeC6mLK2Ug0G+H9FVynyPS3W/MvDcLtbdkOIVNP5YKMnKwkWu/X\n"
    "XCXyiTKJFkjmenoHSHXdWmbmo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB\n"
    "/wQEAwIBBjAdBgNVHQ4EFgQU44ydP7uGbRqIHIG9ishvIng/zxswCgYIKoZIzj0E\n"
    "AwIDSQAwRgIhAKkRokGexlvdmbIbqd+YsuN9IHGKeTr2+172KNZN68HjAiEAnpO5\n"
    "kb+8Z7Ph0FB9t4cfg2BlxLH7KWqPcJwnEgjc34g=\n"
    "-----END CERTIFICATE-----\n";

/* tests/vectors/cms/p256.signature.bin */
static const uint8_t signature_value[] = {
	0x30, 0x45, 0x02, 0x21, 0x00, 0xE1, 0x0E, 0xF1, 0x6B, 0x8A, 0x1D, 0x4F,
	0xF8, 0x5C, 0x17, 0x1B, 0x11, 0x6D, 0xC3, 0x57, 0xF8, 0x25, 0x6B, 0x84,
	0xE3, 0x56, 0x29, 0x26, 0xC0, 0xDD, 0x49, 0xB8, 0xEC, 0xEC, 0x71, 0x5B,
	0xB3, 0x02, 0x20, 0x07, 0x73, 0xED, 0x3A, 0xB1, 0x6E, 0x3C, 0x29, 0x64,
	0x1F, 0x3B, 0xAC, 0xB5, 0x45, 0xD7, 0x82, 0x66, 0x90, 0x6D, 0x52, 0xF2,
	0xA0, 0xE8, 0x51, 0x7C, 0xA6, 0xF4, 0xF1, 0x9A, 0x48, 0x4C, 0x71
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static const struct certs *
roots(void)
{
	static struct certs cs;

	if (cs.n == 0)
		must(certs_read_pem(&cs, span_text(roots_text), NULL));
	return &cs;
}

static bool
past_rebuild(enum stamp_state s)
{
	return s == STAMP_HOLDS || s == STAMP_TST_INFO || s == STAMP_IMPRINT ||
	    s == STAMP_SIGNATURE_FORM || s == STAMP_PATH || s == STAMP_SIGNATURE;
}

static void
equals_rebuild(const struct stamp_answer *a, struct span file)
{
	struct stamp_parts parts = { .path = &a->inside };
	struct signed_file f;
	struct der_item octets, oid;
	struct der whole, in, explicit;
	struct buf again;
	size_t wrong, modulus_n;

	must(signed_file_walk(file, &f, &wrong));
	whole = der_of(file, &wrong);
	in = der_inside(&whole, &f.content);
	must(der_take(&in, DER_OID, &oid) && der_enter(&in, DER_CONTEXT_0, &explicit) &&
	    der_take(&explicit, DER_OCTET_STRING, &octets));
	must(cert_key_strict(a->inside.list[0], STAMP_RSA_BITS_MIN, &parts.key,
	    &modulus_n));
	must(digest_algorithm_kind(f.digest.whole, &parts.digest));
	parts.tst_info = octets.body;
	parts.attributes = f.attributes.body;
	parts.signature = f.signature.body;
	buf_init(&again, STAMP_BUILD_MAX);
	must(stamp_file_build(&parts, &again, NULL));
	must(span_eq(buf_span(&again), file));
	buf_clear(&again);
}

static void
check(struct span file, struct span of)
{
	struct stamp_answer a;

	stamp_answer_init(&a);
	must(stamp_check(file, of, roots(), NULL, &a, NULL));
	must((a.state == STAMP_HOLDS) == (a.reason[0] == '\0'));
	must(a.state != STAMP_HOLDS || a.path.state == PATH_HOLDS);
	if (past_rebuild(a.state))
		equals_rebuild(&a, file);
	stamp_answer_clear(&a);
}

static bool
split(struct span s, struct span *of, struct span *file)
{
	size_t n;

	if (s.n < 2)
		return false;
	n = (size_t)s.p[0] << 8 | s.p[1];
	if (n > s.n - 2)
		return false;
	*of = span_part(s, 2, n);
	*file = span_from(s, 2 + n);
	return true;
}

static void
whole(struct span s)
{
	struct span of, file;

	if (split(s, &of, &file))
		check(file, of);
}

static void
put(uint8_t *copy, struct span file, struct span at, enum digest_kind kind,
    struct span bytes)
{
	struct wide_digest d;

	must(digest_wide(kind, bytes, &d, NULL));
	if (at.n == d.n)
		memcpy(copy + (at.p - file.p), d.b, d.n);
}

/* TSTInfo octets: the only OCTET STRING of the content. */
static bool
octets_of(struct span file, const struct signed_file *f, struct span *out)
{
	size_t wrong;
	struct der all = der_of(file, &wrong), in = der_inside(&all, &f->content);
	struct der explicit;
	struct der_item item;

	if (!der_take(&in, DER_OID, &item) ||
	    !der_enter(&in, DER_CONTEXT_0, &explicit) ||
	    !der_take(&explicit, DER_OCTET_STRING, &item))
		return false;
	*out = item.body;
	return true;
}

static void
healed(struct span s)
{
	struct span of, file, octets, first;
	const struct attribute *digest, *ids;
	struct signed_file f;
	struct attributes as;
	enum digest_kind kind;
	uint8_t *copy;
	size_t n, wrong;

	if (!split(s, &of, &file) || !signed_file_walk(file, &f, &wrong) ||
	    f.certs_n == 0 || !octets_of(file, &f, &octets) ||
	    !digest_algorithm_kind(f.digest.whole, &kind) ||
	    !attributes_walk(file, &f.attributes, &as, &wrong))
		return;
	copy = mem_new(file.n, NULL);
	must(copy != NULL);
	memcpy(copy, file.p, file.n);
	digest = attributes_find(&as, oid_message_digest());
	ids = attributes_find(&as, oid_signing_cert_v2());
	if (digest != NULL)
		put(copy, file, digest->value.body, kind, octets);
	if (ids != NULL && signing_cert_walk(file, &ids->value, true, &first, &kind, &n,
	    &wrong))
		put(copy, file, first, kind, f.certs[0]);
	check(span_of(copy, file.n), of);
	mem_free(copy);
}

static void
answer(struct span s)
{
	struct span of = span_of(signature_value, sizeof signature_value);
	struct stamp_answer a;
	struct buf token;
	bool canonical = false;
	char text[300];
	int64_t time;

	buf_init(&token, STAMP_FILE_MAX);
	if (stamp_accept(s, span_of(NULL, 0), of, roots(), &token, &canonical, &time,
	    text, NULL)) {
		must(canonical == (token.n > 0));
		must(canonical == (text[0] == '\0'));
		stamp_answer_init(&a);
		must(!canonical || (stamp_check(buf_span(&token), of, roots(), NULL, &a,
		    NULL) && a.state == STAMP_HOLDS && a.time == time));
		stamp_answer_clear(&a);
	} else {
		must(token.n == 0);
	}
	buf_clear(&token);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static void (*const kinds[])(struct span) = { whole, healed, answer };

	if (n > 0)
		kinds[p[0] % (sizeof kinds / sizeof kinds[0])](span_of(p + 1, n - 1));
	return 0;
}
