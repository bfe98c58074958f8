/* What a signature file may be, and what is refused, with the reason. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"
#include "crypto/cms.h"
#include "crypto/mutate.h"
#include "crypto/testkit.h"
#include "form/pem.h"

#define VECTORS_AT 1795392000LL		/* 2026-11-23T00:00:00Z */

static const char content_text[] =
    "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c  act.json\n";

static struct span
content(void)
{
	return span_text(content_text);
}

/* One for all tests here: what was decoded in one must change no other's answer. */
static struct memo *memo;

static int
memo_begin(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	return memo_new(&memo, &err) ? 0 : -1;
}

static int
memo_end(void **state)
{
	(void)state;
	memo_free(memo);
	return 0;
}

/* The table's order: a broken path is told before a broken value. */
static const char *
reason_of(struct span file, struct span signed_bytes, const struct certs *roots,
    int64_t at)
{
	struct err err = ERR_INIT;
	struct cms_answer a;
	struct path_answer p;
	const char *reason;
	size_t offset;

	cms_answer_init(&a);
	assert_true(cms_check_memo(memo, file, signed_bytes, &a, &err));
	reason = a.reason;
	offset = a.offset;
	assert_true(cms_check(file, signed_bytes, &a, &err));
	assert_string_equal(a.reason, reason);
	assert_int_equal(a.offset, offset);
	reason = a.reason;
	if (a.state == CMS_HOLDS || a.state == CMS_SIGNATURE) {
		struct path_question q = { .inside = &a.inside, .anchors = roots,
			.purpose = PATH_SIGNING, .at = at };

		assert_true(path_check(&q, &p, &err));
		if (p.state != PATH_HOLDS)
			reason = p.reason;
	}
	cms_answer_clear(&a);
	return reason;
}

/* ---- vectors ---- */

static const char *
judge(struct span file, struct span signed_bytes, const struct certs *roots)
{
	return reason_of(file, signed_bytes, roots, VECTORS_AT);
}

static void
every_vector_of_ours_gives_its_reason(void **state)
{
	(void)state;
	assert_int_equal(kit_cases(VECTORS_DIR, "p7s", judge), 11);
}

static void
every_shared_vector_gives_its_reason(void **state)
{
	char dir[512];

	(void)state;
	if (!kit_shared("vectors/cms", dir, sizeof dir))
		skip();
	assert_int_equal(kit_cases(dir, "p7s", judge), 37);
}

static void
changed_content_is_called_changed_content(void **state)
{
	struct certs roots;
	struct buf file, bytes;

	(void)state;
	buf_init(&file, 1 << 20);
	buf_init(&bytes, 1 << 20);
	kit_load(VECTORS_DIR, "p256.p7s", &file);
	kit_load(VECTORS_DIR, "content.txt", &bytes);
	kit_roots(VECTORS_DIR, "roots-p256.pem", &roots);
	for (size_t i = 0; i < bytes.n; i++) {
		bytes.p[i] ^= 1;
		assert_string_equal(reason_of(buf_span(&file), buf_span(&bytes),
		    &roots, VECTORS_AT), "digest");
		bytes.p[i] ^= 1;
	}
	assert_string_equal(reason_of(buf_span(&file), span_of("", 0), &roots,
	    VECTORS_AT), "digest");
	buf_clear(&file);
	buf_clear(&bytes);
	certs_clear(&roots);
}

/* ---- every change of a good file ---- */

struct good {
	struct certs roots;
	struct buf content;
};

static bool
accepts(void *arg, struct span file)
{
	struct good *g = arg;

	return reason_of(file, buf_span(&g->content), &g->roots, VECTORS_AT)[0] ==
	    '\0';
}

static void
mutate_vector(const char *dir, const char *name, const char *roots)
{
	struct good g;
	struct buf file;
	struct mutate_count n;

	buf_init(&g.content, 1 << 20);
	buf_init(&file, 1 << 20);
	kit_load(dir, "content.txt", &g.content);
	kit_load(dir, name, &file);
	kit_roots(dir, roots, &g.roots);
	assert_true(accepts(&g, buf_span(&file)));
	/* 3: every bit position is met, in every third byte. */
	n = mutate_all(buf_span(&file), kit_long() ? 1 : 3, accepts, &g);
	print_message("%s: %zu changed files tried, %zu accepted\n", name, n.tried,
	    n.accepted);
	assert_int_equal(n.accepted, 0);
	assert_true(n.tried > 2 * file.n);
	buf_clear(&g.content);
	buf_clear(&file);
	certs_clear(&g.roots);
}

static void
no_changed_signature_file_is_accepted(void **state)
{
	(void)state;
	mutate_vector(VECTORS_DIR, "p256.p7s", "roots-p256.pem");
}

static void
no_changed_signature_file_of_other_keys_is_accepted(void **state)
{
	char dir[512];

	(void)state;
	if (!kit_long()) {
		print_message("skipped: COMITY_LONG=1 asks for it\n");
		skip();
	}
	mutate_vector(VECTORS_DIR, "p256-signer-only-ess.p7s", "roots-p256.pem");
	if (!kit_shared("vectors/cms", dir, sizeof dir))
		skip();
	mutate_vector(dir, "p384.p7s", "roots-p384.pem");
	mutate_vector(dir, "rsa3072.p7s", "roots-rsa3072.pem");
}

/* ---- writing ---- */

static void
sign(const struct kit *k, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_init(out, CMS_FILE_MAX);
	if (!cms_sign(k->signer_key, &k->path, KIT_NOW, content(), out, &err))
		fail_msg("%s", err.text);
}

/* Strangers: what we write must hold for other people's programs too. */
static void
strangers_check(const struct kit *k, struct span file)
{
	struct err err = ERR_INIT;
	struct buf pem;
	char dir[64];

	kit_folder(dir);
	buf_init(&pem, 1 << 20);
	assert_true(certs_write_pem(&k->anchors, &pem, &err));
	kit_save(dir, "roots.pem", buf_span(&pem));
	kit_save(dir, "list", content());
	kit_save(dir, "list.p7s", file);
	if (kit_has_program("openssl"))
		assert_int_equal(kit_run("openssl cms -verify -binary -cades "
		    "-attime %lld -inform DER -in %s/list.p7s -content %s/list "
		    "-CAfile %s/roots.pem -out /dev/null", KIT_NOW, dir, dir, dir), 0);
	/* certtool has no "as of": only while the machine's clock suits. */
	if (kit_has_program("certtool") && kit_clock_suits())
		assert_int_equal(kit_run("certtool --p7-verify --inder --load-data "
		    "%s/list --load-ca-certificate %s/roots.pem --infile "
		    "%s/list.p7s", dir, dir, dir), 0);
	buf_clear(&pem);
	kit_folder_remove(dir);
}

static void
sign_and_check(enum key_kind kind)
{
	struct err err = ERR_INIT;
	struct cms_answer a;
	struct span value;
	struct buf file;
	struct kit k;

	kit_open(&k, kind);
	sign(&k, &file);
	cms_answer_init(&a);
	assert_true(cms_check(buf_span(&file), content(), &a, &err));
	assert_int_equal(a.state, CMS_HOLDS);
	assert_true(a.path_form);
	assert_true(a.signing_time == KIT_NOW);
	assert_int_equal(a.inside.n, 2);
	assert_true(cert_same(a.inside.list[0], k.signer));
	assert_true(cms_signature_of(buf_span(&file), &value, &err));
	assert_true(span_eq(value, a.signature));
	assert_string_equal(reason_of(buf_span(&file), content(), &k.anchors,
	    KIT_NOW), "");
	strangers_check(&k, buf_span(&file));
	cms_answer_clear(&a);
	buf_clear(&file);
	kit_close(&k);
}

static void
a_p256_signature_holds_here_and_elsewhere(void **state)
{
	(void)state;
	sign_and_check(KEY_P256);
}

static void
a_p384_signature_holds_here_and_elsewhere(void **state)
{
	(void)state;
	sign_and_check(KEY_P384);
}

static void
an_rsa_signature_holds_here_and_elsewhere(void **state)
{
	(void)state;
	sign_and_check(KEY_RSA);
}

static void
what_openssl_signs_by_hand_is_read(void **state)
{
	struct err err = ERR_INIT;
	struct buf key, pem, ca, file;
	char dir[64];
	struct kit k;
	const char *reason = "";

	(void)state;
	if (!kit_has_program("openssl"))
		skip();
	kit_open(&k, KEY_P256);
	kit_folder(dir);
	buf_init_secret(&key, KEY_FILE_MAX);
	buf_init(&pem, 1 << 20);
	buf_init(&ca, 1 << 20);
	buf_init(&file, 1 << 20);
	assert_true(key_encode(k.signer_key, &key, &err));
	assert_true(pem_write(&pem, "CERTIFICATE", cert_der(k.signer), &err));
	assert_true(pem_write(&ca, "CERTIFICATE", cert_der(k.ca), &err));
	kit_save(dir, "key.der", buf_span(&key));
	kit_save(dir, "signer.pem", buf_span(&pem));
	kit_save(dir, "ca.pem", buf_span(&ca));
	kit_save(dir, "list", content());
	/* One in two is small: a person signs again until it is. */
	for (int i = 0; i < 40; i++) {
		assert_int_equal(kit_run("openssl cms -sign -binary -cades "
		    "-nosmimecap -in %s/list -signer %s/signer.pem -certfile "
		    "%s/ca.pem -inkey %s/key.der -keyform DER -md sha256 "
		    "-outform DER -out %s/list.p7s", dir, dir, dir, dir, dir), 0);
		kit_load(dir, "list.p7s", &file);
		reason = reason_of(buf_span(&file), content(), &k.anchors, KIT_NOW);
		if (strcmp(reason, "mirrored") != 0)
			break;
	}
	assert_string_equal(reason, "");
	buf_clear(&key);
	buf_clear(&pem);
	buf_clear(&ca);
	buf_clear(&file);
	kit_folder_remove(dir);
	kit_close(&k);
}

static void
our_signatures_are_never_mirrored(void **state)
{
	struct buf file;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	for (int i = 0; i < 50; i++) {
		sign(&k, &file);	/* fails when our own check says mirrored */
		buf_clear(&file);
	}
	kit_close(&k);
}

/* ---- what cannot sign ---- */

static void
refuses_to_sign(const struct key *key, const struct certs *path)
{
	struct err err = ERR_INIT;
	struct buf out;

	buf_init(&out, CMS_FILE_MAX);
	assert_false(cms_sign(key, path, KIT_NOW, content(), &out, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.reason, "cms.certificate");
	assert_int_equal(out.n, 0);
	buf_clear(&out);
}

static void
a_certificate_that_cannot_sign_is_refused_before_signing(void **state)
{
	struct err err = ERR_INIT;
	struct certs path;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	refuses_to_sign(k.ca_key, &k.path);	/* another's */
	certs_init(&path);
	refuses_to_sign(k.signer_key, &path);	/* none */
	assert_true(certs_add(&path, k.tsa, &err));
	refuses_to_sign(k.tsa_key, &path);	/* made for stamping */
	certs_clear(&path);
	assert_true(certs_add(&path, k.ca, &err));
	refuses_to_sign(k.ca_key, &path);	/* a CA */
	certs_clear(&path);
	assert_true(certs_add(&path, k.signer, &err));
	assert_true(certs_add(&path, k.ca, &err));
	assert_true(certs_add(&path, k.root, &err));
	refuses_to_sign(k.signer_key, &path);	/* root inside */
	certs_clear(&path);
	assert_true(certs_add(&path, k.ca, &err));
	assert_true(certs_add(&path, k.signer, &err));
	refuses_to_sign(k.signer_key, &path);	/* order */
	certs_clear(&path);
	kit_close(&k);
}

static void
an_authority_that_is_its_own_anchor_signs_alone(void **state)
{
	struct kit_cert own = { .common = "Own anchor", .extensions = {
		{ NID_basic_constraints, "critical,CA:FALSE" },
		{ NID_key_usage, "critical,digitalSignature,nonRepudiation" },
		{ NID_subject_key_identifier, "hash" },
	} };
	struct err err = ERR_INIT;
	struct key *key;
	struct cert *c;
	struct certs path, others;
	struct buf file;

	(void)state;
	assert_true(key_new(&key, KEY_P256, &err));
	own.key = key;
	c = kit_cert_make(&own);
	certs_init(&path);
	certs_init(&others);
	assert_true(certs_add(&path, c, &err));
	buf_init(&file, CMS_FILE_MAX);
	assert_true(cms_sign(key, &path, KIT_NOW, content(), &file, &err));
	assert_string_equal(reason_of(buf_span(&file), content(), &path, KIT_NOW), "");
	assert_string_equal(reason_of(buf_span(&file), content(), &others, KIT_NOW),
	    "path");
	buf_clear(&file);
	certs_clear(&path);
	cert_free(c);
	key_free(key);
}

/* ---- limits ---- */

/* signer, CA 1, CA 2, ...: n certificates, under a root. */
static void
long_path(const struct kit *k, size_t n, struct certs *path)
{
	const struct cert *issuer = k->root;
	const struct key *issuer_key = k->root_key;
	struct err err = ERR_INIT;
	struct cert *made[CMS_CERTS_MAX + 1];

	for (size_t i = n; i-- > 0;) {
		struct kit_cert c = i == 0 ? kit_signer : kit_ca;
		char name[40];

		(void)snprintf(name, sizeof name, "Level %zu", i);
		c.common = name;
		c.key = i == 0 ? k->signer_key : k->ca_key;
		if (i > 0)
			c.extensions[0].value = "critical,CA:TRUE";
		c.issuer = issuer;
		c.issuer_key = issuer_key;
		made[i] = kit_cert_make(&c);
		issuer = made[i];
		issuer_key = k->ca_key;
	}
	certs_init(path);
	for (size_t i = 0; i < n; i++) {
		assert_true(certs_add(path, made[i], &err));
		cert_free(made[i]);
	}
}

static void
five_certificates_are_carried_and_six_refused(void **state)
{
	struct err err = ERR_INIT;
	struct certs path;
	struct buf file;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	long_path(&k, CMS_CERTS_MAX, &path);
	buf_init(&file, CMS_FILE_MAX);
	assert_true(cms_sign(k.signer_key, &path, KIT_NOW, content(), &file, &err));
	assert_string_equal(reason_of(buf_span(&file), content(), &k.anchors,
	    KIT_NOW), "");
	buf_clear(&file);
	certs_clear(&path);
	long_path(&k, CMS_CERTS_MAX + 1, &path);
	refuses_to_sign(k.signer_key, &path);
	certs_clear(&path);
	kit_close(&k);
}

static void
a_file_above_its_size_is_refused_unread(void **state)
{
	static uint8_t big[CMS_FILE_MAX + 1];
	struct certs none;

	(void)state;
	certs_init(&none);
	/* One SEQUENCE of exactly so many bytes: at the limit, and one above. */
	memcpy(big, "\x30\x82\xFF\xFC", 4);
	assert_string_equal(reason_of(span_of(big, CMS_FILE_MAX), content(), &none, 0),
	    "shape");
	memcpy(big, "\x30\x82\xFF\xFD", 4);
	assert_string_equal(reason_of(span_of(big, CMS_FILE_MAX + 1), content(), &none,
	    0), "file_shape");
	assert_string_equal(reason_of(span_of("", 0), content(), &none, 0),
	    "file_shape");
}

/* ---- memory ---- */

static void
without_memory_nothing_is_called_good(void **state)
{
	struct err err = ERR_INIT;
	struct cms_answer a;
	struct buf file;
	struct kit k;
	uint64_t n = 0;
	bool ok;

	(void)state;
	kit_open(&k, KEY_P256);
	sign(&k, &file);
	cms_answer_init(&a);
	do {
		mem_fail(++n, false);
		ok = cms_check(buf_span(&file), content(), &a, &err);
		mem_fail(0, false);
		if (!ok) {
			assert_int_equal(err.kind, ERR_MEMORY);
			assert_int_not_equal(a.state, CMS_HOLDS);
		}
	} while (!ok);
	assert_int_equal(a.state, CMS_HOLDS);
	assert_true(n > 5);
	cms_answer_clear(&a);
	buf_clear(&file);
	n = 0;
	do {
		buf_init(&file, CMS_FILE_MAX);
		mem_fail(++n, false);
		ok = cms_sign(k.signer_key, &k.path, KIT_NOW, content(), &file, &err);
		mem_fail(0, false);
		if (!ok)
			assert_int_equal(err.kind, ERR_MEMORY);
		buf_clear(&file);
	} while (!ok);
	kit_close(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_of_ours_gives_its_reason),
		cmocka_unit_test(every_shared_vector_gives_its_reason),
		cmocka_unit_test(changed_content_is_called_changed_content),
		cmocka_unit_test(no_changed_signature_file_is_accepted),
		cmocka_unit_test(no_changed_signature_file_of_other_keys_is_accepted),
		cmocka_unit_test(a_p256_signature_holds_here_and_elsewhere),
		cmocka_unit_test(a_p384_signature_holds_here_and_elsewhere),
		cmocka_unit_test(an_rsa_signature_holds_here_and_elsewhere),
		cmocka_unit_test(what_openssl_signs_by_hand_is_read),
		cmocka_unit_test(our_signatures_are_never_mirrored),
		cmocka_unit_test(
		    a_certificate_that_cannot_sign_is_refused_before_signing),
		cmocka_unit_test(an_authority_that_is_its_own_anchor_signs_alone),
		cmocka_unit_test(five_certificates_are_carried_and_six_refused),
		cmocka_unit_test(a_file_above_its_size_is_refused_unread),
		cmocka_unit_test(without_memory_nothing_is_called_good),
	};

	return cmocka_run_group_tests_name("cms", tests, memo_begin, memo_end);
}
