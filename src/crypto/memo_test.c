/* What is kept about bytes, how much of it, and that it says nothing about others. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/cms.h"
#include "crypto/testkit.h"

static struct memo *
memo_made(void)
{
	struct err err = ERR_INIT;
	struct memo *m;

	assert_true(memo_new(&m, &err));
	return m;
}

static struct cert *
certificate(struct memo *m, const struct cert *like)
{
	struct err err = ERR_INIT;
	struct cert *c;

	assert_true(memo_cert(m, &c, cert_der(like), &err));
	assert_true(cert_same(c, like));
	return c;
}

static void
the_same_bytes_are_decoded_once(void **state)
{
	struct cert *a, *b, *other, *without;
	struct memo *m = memo_made();
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	a = certificate(m, k.signer);
	b = certificate(m, k.signer);
	other = certificate(m, k.ca);
	without = certificate(NULL, k.signer);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, other);
	assert_ptr_not_equal(a, without);
	memo_free(m);
	assert_true(cert_same(a, k.signer));	/* its holders keep it */
	cert_free(a);
	cert_free(b);
	cert_free(other);
	cert_free(without);
	kit_close(&k);
}

static void
bytes_that_are_no_certificate_are_refused_each_time(void **state)
{
	struct err err = ERR_INIT;
	struct memo *m = memo_made();
	uint8_t bytes[CERT_MAX];
	struct cert *c = NULL;
	struct kit k;
	size_t n;

	(void)state;
	kit_open(&k, KEY_P256);
	cert_free(certificate(m, k.signer));
	n = cert_der(k.signer).n;
	memcpy(bytes, cert_der(k.signer).p, n);
	for (int i = 0; i < 2; i++) {
		assert_false(memo_cert(m, &c, span_of(bytes, n - 1), &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	assert_null(c);
	kit_close(&k);
	memo_free(m);
}

static void
the_oldest_certificate_goes_for_one_more_than_there_is_room_for(void **state)
{
	struct cert *first, *second, *again, *made[MEMO_CERTS];
	struct memo *m = memo_made();
	struct kit_cert like = kit_root;
	struct kit k;

	(void)state;
	kit_open(&k, KEY_P256);
	first = certificate(m, k.root);
	second = certificate(m, k.ca);
	like.key = k.root_key;
	for (int i = 0; i < MEMO_CERTS; i++) {
		like.from = KIT_NOW + i;
		made[i] = kit_cert_make(&like);
	}
	for (int i = 0; i < MEMO_CERTS - 2; i++)
		cert_free(certificate(m, made[i]));
	again = certificate(m, k.root);		/* all of them are there */
	assert_ptr_equal(again, first);
	cert_free(again);
	cert_free(certificate(m, made[MEMO_CERTS - 2]));
	again = certificate(m, k.ca);
	assert_ptr_equal(again, second);
	cert_free(again);
	again = certificate(m, k.root);
	assert_ptr_not_equal(again, first);
	cert_free(again);
	for (int i = 0; i < MEMO_CERTS; i++)
		cert_free(made[i]);
	cert_free(first);
	cert_free(second);
	kit_close(&k);
	memo_free(m);
}

static struct digest
key_of(uint16_t n)
{
	struct digest of = { { (uint8_t)(n >> 8), (uint8_t)n } }, key;
	struct err err = ERR_INIT;

	assert_true(memo_key("a number", &of, 1, &key, &err));
	return key;
}

static void
a_fact_holds_within_its_time_and_for_its_name(void **state)
{
	struct memo *m = memo_made();
	struct digest a = key_of(1), b = key_of(2), other, of = { { 0, 1 } };
	struct err err = ERR_INIT;

	(void)state;
	memo_keep(m, &a, 10, 20);
	assert_false(memo_has(m, &a, 9));
	assert_true(memo_has(m, &a, 10));
	assert_true(memo_has(m, &a, 19));
	assert_false(memo_has(m, &a, 20));
	assert_false(memo_has(m, &b, 15));
	assert_true(memo_key("another number", &of, 1, &other, &err));
	assert_false(memo_has(m, &other, 15));
	assert_false(memo_has(NULL, &a, 15));
	memo_keep(NULL, &a, 10, 20);
	memo_free(m);
}

static void
the_oldest_fact_goes_for_one_more_than_there_is_room_for(void **state)
{
	struct memo *m = memo_made();
	struct digest first = key_of(0), second = key_of(1), key;

	(void)state;
	for (uint16_t i = 0; i < MEMO_FACTS; i++) {
		key = key_of(i);
		memo_keep(m, &key, 0, 1);
	}
	assert_true(memo_has(m, &first, 0));
	key = key_of(MEMO_FACTS);
	memo_keep(m, &key, 0, 1);
	assert_true(memo_has(m, &key, 0));
	assert_true(memo_has(m, &second, 0));
	assert_false(memo_has(m, &first, 0));
	memo_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_decoded_once),
		cmocka_unit_test(bytes_that_are_no_certificate_are_refused_each_time),
		cmocka_unit_test(
		    the_oldest_certificate_goes_for_one_more_than_there_is_room_for),
		cmocka_unit_test(a_fact_holds_within_its_time_and_for_its_name),
		cmocka_unit_test(
		    the_oldest_fact_goes_for_one_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests_name("memo", tests, NULL, NULL);
}
