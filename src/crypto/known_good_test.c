/*
 * What is known to be good holds; with --print, new data of that kind, made with keys
 * that are thrown away: known_good_test --print >src/crypto/known_good_data.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/known_good.h"
#include "crypto/library.h"
#include "crypto/testkit.h"
#include "form/pem.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)

static void
what_is_known_to_be_good_holds(void **state)
{
	(void)state;
	assert_true(known_good_holds());
	assert_false(library_lacked(NULL));
	assert_true(known_good_holds());
}

/* Each part alone is in order, and each is really asked. */
static void
each_of_them_names_its_key_and_has_a_path(void **state)
{
	static const enum key_kind kinds[] = { KEY_P256, KEY_P384, KEY_RSA };

	(void)state;
	for (size_t i = 0; i < KNOWN_GOOD_SIGNATURES; i++) {
		const struct known_good_signature *k = &known_good_signatures[i];
		struct cursor in = cursor_of(span_text(k->file));
		struct pem_block block;
		struct cms_answer a;
		struct buf b;
		bool found;

		buf_init(&b, CMS_FILE_MAX);
		cms_answer_init(&a);
		OK(pem_read(&in, &block, &b, &found, &err));
		assert_true(found);
		OK(cms_check(buf_span(&b), span_text(KNOWN_GOOD_CONTENT), &a, &err));
		assert_int_equal(a.state, CMS_HOLDS);
		assert_int_equal(cert_key_kind(a.inside.list[0]), kinds[i]);
		OK(cms_check(buf_span(&b), span_text("something else"), &a, &err));
		assert_int_equal(a.state, CMS_DIGEST);
		cms_answer_clear(&a);
		buf_clear(&b);
	}
}

/* ---- new data ---- */

static void
text_print(const char *name, struct span pem)
{
	bool begun = false;

	printf("\t  .%s =", name);
	for (size_t at = 0; at < pem.n; begun = true) {
		const uint8_t *end = memchr(pem.p + at, '\n', pem.n - at);
		size_t n = (size_t)(end - (pem.p + at));

		printf("\n\t    \"%.*s\\n\"", (int)n, (const char *)pem.p + at);
		at += n + 1;
	}
	printf("%s,\n", begun ? "" : " \"\"");
}

static void
block_print(const char *name, const char *label, struct span body)
{
	struct buf pem;

	buf_init(&pem, 1u << 16);
	OK(pem_write(&pem, label, body, &err));
	text_print(name, buf_span(&pem));
	buf_clear(&pem);
}

static void
stamp_print(const struct kit *k)
{
	struct world_sim_options opt = { .seed = 1, .now = KNOWN_GOOD_AT };
	struct buf query, answer, token;
	struct world *w = NULL;
	char text[300];
	int64_t time;
	bool canonical;

	buf_init(&query, STAMP_FILE_MAX);
	buf_init(&answer, STAMP_FILE_MAX);
	buf_init(&token, STAMP_FILE_MAX);
	OK(world_sim(&w, opt, &err));
	OK(stamp_query_make(w, span_text(KNOWN_GOOD_CONTENT), &query, &err));
	kit_answer(k, buf_span(&query), (struct kit_tsa_options){ .at = KNOWN_GOOD_AT },
	    &answer);
	OK(stamp_accept(buf_span(&answer), buf_span(&query),
	    span_text(KNOWN_GOOD_CONTENT), &k->anchors, &token, &canonical, &time, text,
	    &err));
	assert_true(canonical);
	block_print("stamp", "PKCS7", buf_span(&token));
	buf_clear(&query);
	buf_clear(&answer);
	buf_clear(&token);
	world_free(w);
}

static void
signature_print(const char *name, enum key_kind kind)
{
	struct kit_cert pattern = kit_signer;
	struct certs path = { .n = 0 };
	struct cert *signer;
	struct buf file;
	struct kit k;

	kit_open(&k, kind);
	buf_init(&file, CMS_FILE_MAX);
	/* By the root itself: as short as can be. */
	pattern.key = k.signer_key;
	pattern.issuer = k.root;
	pattern.issuer_key = k.root_key;
	signer = kit_cert_make(&pattern);
	OK(certs_add(&path, signer, &err));
	OK(cms_sign(k.signer_key, &path, KNOWN_GOOD_AT,
	    span_text(KNOWN_GOOD_CONTENT), &file, &err));
	printf("\t{ .kind = \"%s\",\n", name);
	block_print("file", "CMS", buf_span(&file));
	buf_reset(&file);
	OK(certs_write_pem(&k.anchors, &file, &err));
	text_print("root", buf_span(&file));
	if (kind == KEY_P256)
		stamp_print(&k);
	else
		text_print("stamp", span_of(NULL, 0));
	printf("\t},\n");
	certs_clear(&path);
	cert_free(signer);
	buf_clear(&file);
	kit_close(&k);
}

static void
all_print(void)
{
	printf("/*\n * Made by known_good_test --print with keys that were thrown away.  Each"
	    " is what\n * it says:  openssl cms -verify -inform PEM -content FILE -CAfile"
	    " ROOT\n */\n#include \"crypto/known_good.h\"\n\n"
	    "const struct known_good_signature known_good_signatures[KNOWN_GOOD_SIGNATURES]"
	    " = {\n");
	signature_print("P-256", KEY_P256);
	signature_print("P-384", KEY_P384);
	signature_print("RSA-3072", KEY_RSA);
	printf("};\n");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_to_be_good_holds),
		cmocka_unit_test(each_of_them_names_its_key_and_has_a_path),
	};

	if (argc == 2 && strcmp(argv[1], "--print") == 0) {
		all_print();
		return 0;
	}
	return cmocka_run_group_tests_name("known good", tests, NULL, NULL);
}
