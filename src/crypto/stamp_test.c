/* What a time stamp may be, from whom, and how an answer becomes the file we keep. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/x509v3.h>

#include "crypto/mutate.h"
#include "crypto/stamp_internal.h"
#include "crypto/testkit.h"

static struct span
stamped(void)
{
	return span_text("the value octets of some signature");
}

static const char *
judge(struct span file, struct span of, const struct certs *roots)
{
	struct err err = ERR_INIT;
	struct stamp_answer a;
	const char *reason;

	stamp_answer_init(&a);
	assert_true(stamp_check(file, of, roots, NULL, &a, &err));
	reason = a.state == STAMP_PATH ? a.path.reason : a.reason;
	stamp_answer_clear(&a);
	return reason;
}

/* ---- vectors ---- */

static void
every_vector_of_ours_gives_its_reason(void **state)
{
	(void)state;
	assert_int_equal(kit_cases(VECTORS_DIR, "tst", judge), 11);
}

static void
every_shared_vector_gives_its_reason(void **state)
{
	char dir[512];

	(void)state;
	if (!kit_shared("vectors/cms", dir, sizeof dir))
		skip();
	assert_int_equal(kit_cases(dir, "tst", judge), 37);
}

static void
what_a_full_token_says_is_read(void **state)
{
	struct err err = ERR_INIT;
	struct stamp_answer a;
	struct buf file, of;
	struct certs roots;

	(void)state;
	buf_init(&file, 1 << 20);
	buf_init(&of, 1 << 20);
	kit_load(VECTORS_DIR, "p256-full.tst", &file);
	kit_load(VECTORS_DIR, "p256.signature.bin", &of);
	kit_roots(VECTORS_DIR, "roots-p256.pem", &roots);
	stamp_answer_init(&a);
	assert_true(stamp_check(buf_span(&file), buf_span(&of), &roots, NULL, &a,
	    &err));
	assert_int_equal(a.state, STAMP_HOLDS);
	/* 03:29:40.129 + 1.5001 s */
	assert_string_equal(when_rfc3339(a.time).s, "2026-11-22T03:29:40Z");
	assert_int_equal(a.bound - a.time, 2);
	assert_string_equal(a.policy, "1.3.6.1.4.1.57264.99.1");
	assert_int_equal(a.inside.n, 2);
	assert_int_equal(a.path.state, PATH_HOLDS);
	stamp_answer_clear(&a);
	buf_clear(&file);
	buf_clear(&of);
	certs_clear(&roots);
}

/* ---- every change of a good token ---- */

struct good {
	struct certs roots;
	struct buf of;
};

static bool
accepts(void *arg, struct span file)
{
	struct good *g = arg;

	return judge(file, buf_span(&g->of), &g->roots)[0] == '\0';
}

static void
mutate_vector(const char *dir, const char *name, const char *of, const char *roots,
    size_t every)
{
	struct good g;
	struct buf file;
	struct mutate_count n;

	buf_init(&g.of, 1 << 20);
	buf_init(&file, 1 << 20);
	kit_load(dir, of, &g.of);
	kit_load(dir, name, &file);
	kit_roots(dir, roots, &g.roots);
	assert_true(accepts(&g, buf_span(&file)));
	n = mutate_all(buf_span(&file), every, accepts, &g);
	print_message("%s: %zu changed files tried, %zu accepted\n", name, n.tried,
	    n.accepted);
	assert_int_equal(n.accepted, 0);
	assert_true(n.tried > 2 * file.n);
	buf_clear(&g.of);
	buf_clear(&file);
	certs_clear(&g.roots);
}

static void
no_changed_token_is_accepted(void **state)
{
	(void)state;
	/* 3: every bit position is met, in every third byte. */
	mutate_vector(VECTORS_DIR, "p256-full.tst", "p256.signature.bin",
	    "roots-p256.pem", kit_long() ? 1 : 3);
}

static void
no_changed_token_of_other_keys_is_accepted(void **state)
{
	char dir[512];

	(void)state;
	if (!kit_long()) {
		print_message("skipped: COMITY_LONG=1 asks for it\n");
		skip();
	}
	mutate_vector(VECTORS_DIR, "p256.tst", "p256.signature.bin", "roots-p256.pem",
	    1);
	if (!kit_shared("vectors/cms", dir, sizeof dir))
		skip();
	mutate_vector(dir, "p256-ess-chain.tst", "p256.signature.bin",
	    "roots-p256.pem", 1);
	mutate_vector(dir, "p256-sha1-ess.tst", "p256.signature.bin", "roots-p256.pem",
	    1);
	mutate_vector(dir, "p384.tst", "p384.signature.bin", "roots-p384.pem", 1);
	mutate_vector(dir, "rsa3072.tst", "rsa3072.signature.bin", "roots-rsa3072.pem",
	    1);
}

/* ---- asking and receiving ---- */

static struct world *
world_of_tests(void)
{
	struct world_sim_options opt = { .seed = 7, .now = KIT_NOW };
	struct err err = ERR_INIT;
	struct world *w = NULL;

	assert_true(world_sim(&w, opt, &err));
	return w;
}

static void
query_of(struct world *w, struct span of, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_init(out, 1000);
	assert_true(stamp_query_make(w, of, out, &err));
}

struct received {
	struct buf query, answer, token;
	bool ok, canonical;
	int64_t time;
	char text[300];
	struct err err;
};

static void
ask(const struct kit *k, struct kit_tsa_options opt, struct received *r)
{
	struct world *w = world_of_tests();

	memset(r, 0, sizeof *r);
	query_of(w, stamped(), &r->query);
	buf_init(&r->answer, 1 << 20);
	buf_init(&r->token, STAMP_FILE_MAX);
	kit_answer(k, buf_span(&r->query), opt, &r->answer);
	r->ok = stamp_accept(buf_span(&r->answer), buf_span(&r->query), stamped(),
	    &k->anchors, &r->token, &r->canonical, &r->time, r->text, &r->err);
	world_free(w);
}

static void
received_clear(struct received *r)
{
	buf_clear(&r->query);
	buf_clear(&r->answer);
	buf_clear(&r->token);
}

static void
strangers_check(const struct kit *k, const struct received *r)
{
	struct err err = ERR_INIT;
	struct buf pem;
	char dir[64];

	if (!kit_has_program("openssl"))
		return;
	kit_folder(dir);
	buf_init(&pem, 1 << 20);
	assert_true(certs_write_pem(&k->anchors, &pem, &err));
	kit_save(dir, "roots.pem", buf_span(&pem));
	kit_save(dir, "signature.bin", stamped());
	kit_save(dir, "signature.tst", buf_span(&r->token));
	kit_save(dir, "query.tsq", buf_span(&r->query));
	assert_int_equal(kit_run("openssl ts -verify -attime %lld -data "
	    "%s/signature.bin -in %s/signature.tst -token_in -CAfile %s/roots.pem",
	    KIT_NOW, dir, dir, dir), 0);
	assert_int_equal(kit_run("openssl ts -query -in %s/query.tsq -text", dir), 0);
	buf_clear(&pem);
	kit_folder_remove(dir);
}

static void
ask_and_keep(enum key_kind kind)
{
	struct kit_tsa_options ways[] = {
		{ .full = false },
		{ .full = true, .ids_of_chain = true },
		{ .sha1_id = true },
		{ .root_inside = true, .full = true },
	};
	struct kit k;

	kit_open(&k, kind);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct received r;

		ask(&k, ways[i], &r);
		if (!r.ok || !r.canonical)
			fail_msg("way %zu: %s%s", i, r.err.text, r.text);
		assert_true(r.time == KIT_NOW);
		assert_string_equal(judge(buf_span(&r.token), stamped(), &k.anchors),
		    "");
		if (i % 3 == 0)
			strangers_check(&k, &r);
		received_clear(&r);
	}
	kit_close(&k);
}

static void
a_p256_authority_is_asked_and_its_answer_kept(void **state)
{
	(void)state;
	ask_and_keep(KEY_P256);
}

static void
a_p384_authority_is_asked_and_its_answer_kept(void **state)
{
	(void)state;
	ask_and_keep(KEY_P384);
}

static void
an_rsa_authority_is_asked_and_its_answer_kept(void **state)
{
	(void)state;
	ask_and_keep(KEY_RSA);
}

/* TimeStampResp { { status 0 }, token } */
static void
wrap(struct span token, struct buf *out)
{
	struct err err = ERR_INIT;
	struct der_out d;
	size_t whole, status;

	buf_init(out, 1 << 20);
	der_out_begin(&d, out, &err);
	whole = der_out_open(&d, DER_SEQUENCE);
	status = der_out_open(&d, DER_SEQUENCE);
	der_out_small(&d, 0);
	der_out_close(&d, status);
	der_out_raw(&d, token);
	der_out_close(&d, whole);
	assert_true(der_out_end(&d));
}

static void
an_answer_is_normalised_to_the_one_form(void **state)
{
	struct err err = ERR_INIT;
	struct buf came, kept, of, answer, token;
	struct certs roots;
	bool canonical = false;
	char text[300];
	int64_t time;

	(void)state;
	buf_init(&came, 1 << 20);
	buf_init(&kept, 1 << 20);
	buf_init(&of, 1 << 20);
	buf_init(&token, STAMP_FILE_MAX);
	kit_load(VECTORS_DIR, "p256-as-answered-root-inside.tst", &came);
	kit_load(VECTORS_DIR, "p256-normalised.tst", &kept);
	kit_load(VECTORS_DIR, "p256.signature.bin", &of);
	kit_roots(VECTORS_DIR, "roots-p256.pem", &roots);
	wrap(buf_span(&came), &answer);
	/* Brought by hand: there is no query to compare with. */
	assert_true(stamp_accept(buf_span(&answer), span_of(NULL, 0), buf_span(&of),
	    &roots, &token, &canonical, &time, text, &err));
	assert_true(canonical);
	assert_true(span_eq(buf_span(&token), buf_span(&kept)));
	buf_clear(&came);
	buf_clear(&kept);
	buf_clear(&of);
	buf_clear(&token);
	buf_clear(&answer);
	certs_clear(&roots);
}

static void
a_refusal_of_the_authority_is_told_in_its_words(void **state)
{
	struct received r;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	ask(&k, (struct kit_tsa_options){ .unknown_digest = true }, &r);
	assert_false(r.ok);
	assert_int_equal(r.err.kind, ERR_UNPROVEN);
	assert_string_equal(r.err.reason, "stamp.rejected");
	assert_non_null(strstr(r.err.text, "rejected"));
	assert_non_null(strstr(r.err.text, "badAlg"));
	assert_non_null(strstr(r.err.text, "not supported"));
	received_clear(&r);
	kit_close(&k);
}

/* Accept the answer of r again, with another query, octets or roots. */
static const char *
again(const struct received *r, struct span query, struct span of,
    const struct certs *roots, enum err_kind *kind)
{
	struct err err = ERR_INIT;
	struct buf token;
	bool canonical;
	char text[300];
	int64_t time;
	bool ok;

	buf_init(&token, STAMP_FILE_MAX);
	ok = stamp_accept(buf_span(&r->answer), query, of, roots, &token, &canonical,
	    &time, text, &err);
	assert_true(ok || token.n == 0);
	buf_clear(&token);
	*kind = err.kind;
	return ok ? "" : err.reason;
}

static void
an_answer_to_something_else_is_refused(void **state)
{
	struct world *w = world_of_tests();
	struct certs none;
	struct received r;
	struct buf later, other;
	enum err_kind kind;
	struct kit k;

	(void)state;
	certs_init(&none);
	kit_open(&k, KEY_P256);
	ask(&k, (struct kit_tsa_options){ .full = true }, &r);
	assert_true(r.ok);
	query_of(w, stamped(), &later);
	buf_clear(&later);
	query_of(w, stamped(), &later);		/* another nonce */
	assert_string_equal(again(&r, buf_span(&later), stamped(), &k.anchors, &kind),
	    "stamp.nonce");
	assert_int_equal(kind, ERR_UNPROVEN);
	query_of(w, span_text("other"), &other);
	assert_string_equal(again(&r, buf_span(&other), stamped(), &k.anchors, &kind),
	    "stamp.query");
	assert_int_equal(kind, ERR_USE);
	assert_string_equal(again(&r, buf_span(&other), span_text("other"), &k.anchors,
	    &kind), "stamp.imprint");
	assert_string_equal(again(&r, span_of(NULL, 0), span_text("other"), &k.anchors,
	    &kind), "stamp.imprint");
	assert_string_equal(again(&r, buf_span(&r.query), stamped(), &none, &kind),
	    "stamp.path");
	assert_int_equal(kind, ERR_UNPROVEN);
	assert_string_equal(again(&r, span_text("no query"), stamped(), &k.anchors,
	    &kind), "stamp.form");
	assert_int_equal(kind, ERR_INPUT);
	assert_true(buf_add_byte(&r.answer, 0, &r.err));
	assert_string_equal(again(&r, buf_span(&r.query), stamped(), &k.anchors, &kind),
	    "stamp.form");
	buf_clear(&later);
	buf_clear(&other);
	received_clear(&r);
	kit_close(&k);
	world_free(w);
}

static void
a_query_has_sixty_four_random_bits(void **state)
{
	struct world *w = world_of_tests();
	struct buf a, b;

	(void)state;
	query_of(w, stamped(), &a);
	query_of(w, stamped(), &b);
	assert_false(span_eq(buf_span(&a), buf_span(&b)));
	assert_in_range(a.n, 68, 72);
	buf_clear(&a);
	buf_clear(&b);
	world_free(w);
}

/* ---- whose stamp ---- */

static enum path_state
path_of(const struct received *r, const struct certs *roots,
    const struct revocations *revoked, enum stamp_state expected)
{
	struct err err = ERR_INIT;
	struct stamp_answer a;
	enum path_state path;

	stamp_answer_init(&a);
	assert_true(stamp_check(buf_span(&r->token), stamped(), roots, revoked, &a,
	    &err));
	if (a.state != expected)
		fail_msg("%s", a.text);
	path = a.path.state;
	stamp_answer_clear(&a);
	return path;
}

static void
without_roots_the_rest_is_still_checked(void **state)
{
	struct certs none;
	struct received r;
	struct kit k;

	(void)state;
	certs_init(&none);
	kit_open(&k, KEY_P256);
	ask(&k, (struct kit_tsa_options){ .full = true }, &r);
	assert_int_equal(path_of(&r, &none, NULL, STAMP_PATH), PATH_UNKNOWN);
	/* The value's last byte: a number still, but no longer the signature. */
	r.token.p[r.token.n - 1] ^= 1;
	assert_int_equal(path_of(&r, &none, NULL, STAMP_SIGNATURE), PATH_UNKNOWN);
	received_clear(&r);
	kit_close(&k);
}

static void
a_revoked_authority_counts_by_reason_and_time(void **state)
{
	static const struct {
		int64_t after;		/* revoked so long after the stamp */
		int reason;
		enum stamp_state stamp;
		enum path_state path;
	} cases[] = {
		{ 3600, 0, STAMP_HOLDS, PATH_HOLDS },
		{ 3600, 3, STAMP_HOLDS, PATH_HOLDS },
		{ 3600, 4, STAMP_HOLDS, PATH_HOLDS },
		{ 3600, 5, STAMP_HOLDS, PATH_HOLDS },
		{ 3600, 1, STAMP_PATH, PATH_UNDECIDED },
		{ 3600, 6, STAMP_PATH, PATH_UNDECIDED },
		{ 3600, -1, STAMP_PATH, PATH_UNDECIDED },
		{ -3600, 4, STAMP_PATH, PATH_REVOKED },
		{ -3600, 1, STAMP_PATH, PATH_REVOKED },
		{ 2, 4, STAMP_HOLDS, PATH_HOLDS },
		{ 1, 4, STAMP_PATH, PATH_REVOKED },	/* no accuracy: 1 s */
	};
	struct received r;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	ask(&k, (struct kit_tsa_options){ .full = false }, &r);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct revocations *rev = kit_revoked(k.ca, k.ca_key, k.tsa,
		    KIT_NOW + cases[i].after, cases[i].reason);

		assert_int_equal(path_of(&r, &k.anchors, rev, cases[i].stamp),
		    cases[i].path);
		revocations_free(rev);
	}
	received_clear(&r);
	kit_close(&k);
}

static void
a_stamp_from_outside_its_certificates_life_is_not_proven(void **state)
{
	struct kit_cert past = kit_tsa;
	struct received r;
	struct kit k;
	struct cert *c;

	(void)state;
	kit_open(&k, KEY_P256);
	past.key = k.tsa_key;
	past.issuer = k.ca;
	past.issuer_key = k.ca_key;
	past.from = KIT_NOW - 30 * KIT_DAY;
	past.to = KIT_NOW - KIT_DAY;
	c = kit_cert_make(&past);
	ask(&k, (struct kit_tsa_options){ .signer = c, .key = k.tsa_key }, &r);
	assert_false(r.ok);
	assert_string_equal(r.err.reason, "stamp.path");
	received_clear(&r);
	/* In its life, and long over now: still proven. */
	ask(&k, (struct kit_tsa_options){ .signer = c, .key = k.tsa_key,
	    .at = KIT_NOW - 2 * KIT_DAY }, &r);
	assert_true(r.ok && r.canonical);
	assert_int_equal(path_of(&r, &k.anchors, NULL, STAMP_HOLDS), PATH_HOLDS);
	received_clear(&r);
	cert_free(c);
	kit_close(&k);
}

static void
a_certificate_for_more_than_stamping_stamps_nothing(void **state)
{
	static const char *const uses[] = { "critical,timeStamping,emailProtection",
		"timeStamping" };
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	for (size_t i = 0; i < 2; i++) {
		struct kit_cert wide = kit_tsa;
		struct received r;
		struct cert *c;

		wide.key = k.tsa_key;
		wide.issuer = k.ca;
		wide.issuer_key = k.ca_key;
		wide.extensions[2].value = uses[i];
		c = kit_cert_make(&wide);
		/* OpenSSL's authority refuses such a certificate itself. */
		r.ok = X509_check_purpose(cert_x509(c),
		    X509_PURPOSE_TIMESTAMP_SIGN, 0) == 1;
		assert_false(r.ok);
		cert_free(c);
	}
	kit_close(&k);
}

/* ---- TSTInfo ---- */

static bool
gen_time(const char *text, int64_t *seconds, uint32_t *millionths)
{
	return gen_time_read(span_text(text), seconds, millionths);
}

static void
a_time_may_have_a_fraction_of_one_spelling(void **state)
{
	int64_t s;
	uint32_t f;

	(void)state;
	assert_true(gen_time("20261122032940Z", &s, &f));
	assert_int_equal(s, 1795318180);
	assert_int_equal(f, 0);
	assert_true(gen_time("20261122032940.129Z", &s, &f) && f == 129000);
	assert_true(gen_time("20261122032940.1234567Z", &s, &f) && f == 123457);
	assert_true(gen_time("20261122032940.999999999Z", &s, &f) && f == 1000000);
	assert_false(gen_time("20261122032940.1234567891Z", &s, &f));
	assert_false(gen_time("20261122032940.120Z", &s, &f));
	assert_false(gen_time("20261122032940.0Z", &s, &f));
	assert_false(gen_time("20261122032940.Z", &s, &f));
	assert_false(gen_time("20261122032940,1Z", &s, &f));
	assert_false(gen_time("202611220329Z", &s, &f));
	assert_false(gen_time("20261122032940", &s, &f));
	assert_false(gen_time("20260231032940Z", &s, &f));
	assert_false(gen_time("20261122032960Z", &s, &f));
	assert_false(gen_time("20261122032940+0100", &s, &f));
}

/* TSTInfo { 1, policy, imprint, serial, genTime, rest }. */
static bool
info_ok(struct span serial, struct span rest, struct tst_info *out)
{
	static const uint8_t hash[32], policy[] = { 0x2A, 0x03 };
	struct err err = ERR_INIT;
	struct der_out d;
	struct der_item octets;
	struct buf b;
	size_t wrong = 0, whole, info, imprint;
	struct der walk;
	bool ok;

	buf_init(&b, 10000);
	der_out_begin(&d, &b, &err);
	whole = der_out_open(&d, DER_OCTET_STRING);
	info = der_out_open(&d, DER_SEQUENCE);
	der_out_small(&d, 1);
	der_out_item(&d, DER_OID, span_of(policy, sizeof policy));
	imprint = der_out_open(&d, DER_SEQUENCE);
	der_out_raw(&d, digest_algorithm(DIGEST_SHA256, true));
	der_out_item(&d, DER_OCTET_STRING, span_of(hash, sizeof hash));
	der_out_close(&d, imprint);
	der_out_item(&d, DER_INTEGER, serial);
	der_out_item(&d, DER_GENERALIZED_TIME, span_text("20261122032940Z"));
	der_out_raw(&d, rest);
	der_out_close(&d, info);
	der_out_close(&d, whole);
	assert_true(der_out_end(&d));
	walk = der_of(buf_span(&b), &wrong);
	assert_true(der_take(&walk, DER_OCTET_STRING, &octets));
	ok = tst_info_walk(buf_span(&b), &octets, out, &wrong);
	assert_true(ok || wrong > 0);
	buf_clear(&b);
	return ok;
}

#define REST(s) span_of(s, sizeof(s) - 1)

static void
the_options_of_a_token_are_read_strictly(void **state)
{
	struct tst_info i;
	const struct span one = REST("\x01");

	(void)state;
	assert_true(info_ok(one, REST(""), &i));
	assert_int_equal(i.bound - i.time, 1);
	/* Accuracy: none of its parts, 1 s, 1 ms, 999 ms + 999 us. */
	assert_true(info_ok(one, REST("\x30\x00"), &i) && i.bound == i.time);
	assert_true(info_ok(one, REST("\x30\x03\x02\x01\x01"), &i) &&
	    i.bound - i.time == 1);
	assert_true(info_ok(one, REST("\x30\x03\x80\x01\x01"), &i) &&
	    i.bound - i.time == 1);
	assert_true(info_ok(one, REST("\x30\x08\x80\x02\x03\xE7\x81\x02\x03\xE7"), &i));
	assert_false(info_ok(one, REST("\x30\x04\x80\x02\x03\xE8"), &i));
	assert_false(info_ok(one, REST("\x30\x03\x80\x01\x00"), &i));
	assert_false(info_ok(one, REST("\x30\x03\x02\x01\xFF"), &i));
	assert_true(info_ok(one, REST("\x30\x06\x02\x04\x7F\xFF\xFF\xFF"), &i));
	assert_false(info_ok(one, REST("\x30\x07\x02\x05\x00\x80\x00\x00\x00"), &i));
	/* Ordering: TRUE, an explicit FALSE, no other byte. */
	assert_true(info_ok(one, REST("\x01\x01\xFF"), &i));
	assert_true(info_ok(one, REST("\x01\x01\x00"), &i));
	assert_false(info_ok(one, REST("\x01\x01\x01"), &i));
	/* Extensions [1]: not a critical one; order of the options is fixed. */
	assert_true(info_ok(one, REST("\xA1\x07\x30\x05\x06\x01\x2A\x04\x00"), &i));
	assert_false(info_ok(one,
	    REST("\xA1\x0A\x30\x08\x06\x01\x2A\x01\x01\xFF\x04\x00"), &i));
	assert_false(info_ok(one, REST("\x02\x01\x05\x01\x01\xFF"), &i));
	assert_false(info_ok(one, REST("\x05\x00"), &i));
	/* tsa: a name of another kind is kept as it is, a directory name is cut out. */
	assert_true(info_ok(one, REST("\xA0\x03\x82\x01x"), &i) && i.tsa.n == 0);
	assert_true(info_ok(one, REST("\xA0\x04\xA4\x02\x30\x00"), &i) && i.tsa.n == 2);
	assert_false(info_ok(one, REST("\xA0\x00"), &i));
}

static void
serial_and_nonce_have_their_limits(void **state)
{
	uint8_t serial[21] = { 1 }, nonce[2 + 33] = { DER_INTEGER, 32, 1 };
	struct tst_info i;

	(void)state;
	assert_true(info_ok(span_of(serial, 20), REST(""), &i));
	assert_false(info_ok(span_of(serial, 21), REST(""), &i));
	assert_false(info_ok(REST("\x00"), REST(""), &i));
	assert_false(info_ok(REST("\xFF"), REST(""), &i));
	assert_true(info_ok(REST("\x01"), span_of(nonce, 34), &i));
	nonce[1] = 33;
	assert_false(info_ok(REST("\x01"), span_of(nonce, 35), &i));
}

/* ---- memory ---- */

static void
without_memory_no_stamp_is_called_good(void **state)
{
	struct err err = ERR_INIT;
	struct stamp_answer a;
	struct received r;
	struct kit k;
	uint64_t n = 0;
	enum err_kind kind;
	const char *reason;
	bool ok;

	(void)state;
	kit_open(&k, KEY_P256);
	ask(&k, (struct kit_tsa_options){ .root_inside = true }, &r);
	assert_true(r.ok && r.canonical);
	stamp_answer_init(&a);
	do {
		mem_fail(++n, false);
		ok = stamp_check(buf_span(&r.token), stamped(), &k.anchors, NULL, &a,
		    &err);
		mem_fail(0, false);
		if (!ok) {
			assert_int_equal(err.kind, ERR_MEMORY);
			assert_int_not_equal(a.state, STAMP_HOLDS);
		}
	} while (!ok);
	assert_int_equal(a.state, STAMP_HOLDS);
	assert_true(n > 5);
	stamp_answer_clear(&a);
	n = 0;
	do {
		mem_fail(++n, false);
		reason = again(&r, buf_span(&r.query), stamped(), &k.anchors, &kind);
		mem_fail(0, false);
		if (reason[0] != '\0')
			assert_int_equal(kind, ERR_MEMORY);
	} while (reason[0] != '\0');
	assert_true(n > 8);
	received_clear(&r);
	kit_close(&k);
}

static void
a_token_above_its_size_is_refused_unread(void **state)
{
	static uint8_t big[STAMP_FILE_MAX + 1];
	struct certs none;

	(void)state;
	certs_init(&none);
	memcpy(big, "\x30\x82\xFF\xFC", 4);
	assert_string_equal(judge(span_of(big, STAMP_FILE_MAX), stamped(), &none),
	    "shape");
	memcpy(big, "\x30\x82\xFF\xFD", 4);
	assert_string_equal(judge(span_of(big, STAMP_FILE_MAX + 1), stamped(), &none),
	    "file_shape");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_of_ours_gives_its_reason),
		cmocka_unit_test(every_shared_vector_gives_its_reason),
		cmocka_unit_test(what_a_full_token_says_is_read),
		cmocka_unit_test(no_changed_token_is_accepted),
		cmocka_unit_test(no_changed_token_of_other_keys_is_accepted),
		cmocka_unit_test(a_p256_authority_is_asked_and_its_answer_kept),
		cmocka_unit_test(a_p384_authority_is_asked_and_its_answer_kept),
		cmocka_unit_test(an_rsa_authority_is_asked_and_its_answer_kept),
		cmocka_unit_test(an_answer_is_normalised_to_the_one_form),
		cmocka_unit_test(a_refusal_of_the_authority_is_told_in_its_words),
		cmocka_unit_test(an_answer_to_something_else_is_refused),
		cmocka_unit_test(a_query_has_sixty_four_random_bits),
		cmocka_unit_test(without_roots_the_rest_is_still_checked),
		cmocka_unit_test(a_revoked_authority_counts_by_reason_and_time),
		cmocka_unit_test(
		    a_stamp_from_outside_its_certificates_life_is_not_proven),
		cmocka_unit_test(a_certificate_for_more_than_stamping_stamps_nothing),
		cmocka_unit_test(a_time_may_have_a_fraction_of_one_spelling),
		cmocka_unit_test(the_options_of_a_token_are_read_strictly),
		cmocka_unit_test(serial_and_nonce_have_their_limits),
		cmocka_unit_test(without_memory_no_stamp_is_called_good),
		cmocka_unit_test(a_token_above_its_size_is_refused_unread),
	};

	return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
