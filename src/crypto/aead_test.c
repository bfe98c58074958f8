/* A sealed value opens under its key at its place, and nothing else does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/aead.h"

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

static struct world *
sim(uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = 1795000000 };
	struct world *w = NULL;

	OK(world_sim(&w, opt, &last));
	return w;
}

/* 00 01 02 ... 1f */
static struct aead_key
counted_key(void)
{
	struct aead_key k;

	for (unsigned i = 0; i < sizeof k.b; i++)
		k.b[i] = (uint8_t)i;
	return k;
}

static void
from_hex(struct buf *b, const char *hex)
{
	size_t n = strlen(hex) / 2;

	buf_init(b, 1000);
	OK(buf_room(b, n, &last));
	assert_true(hex_decode(span_text(hex), b->p, n));
	b->n = n;
}

static void
sealed_to(struct world *w, struct span place, struct span plain, const char *want)
{
	struct aead_key k = counted_key();
	struct buf b, hex;

	from_hex(&hex, want);
	buf_init(&b, 1000);
	OK(buf_add_text(&b, "+", &last));
	OK(aead_seal(w, &k, place, plain, &b, &last));
	assert_int_equal(b.n, 1 + plain.n + AEAD_EXTRA);
	assert_true(span_eq(span_from(buf_span(&b), 1), buf_span(&hex)));
	buf_clear(&b);
	buf_clear(&hex);
}

static void
opened_from(struct aead_key k, struct span place, const char *sealed,
    const char *plain_hex)
{
	struct buf b, in, plain;

	from_hex(&in, sealed);
	from_hex(&plain, plain_hex);
	buf_init(&b, 1000);
	OK(buf_add_text(&b, "+", &last));
	OK(aead_open(&k, place, buf_span(&in), &b, &last));
	assert_int_equal(b.n, 1 + plain.n);
	assert_true(span_eq(span_from(buf_span(&b), 1), buf_span(&plain)));
	buf_clear(&b);
	buf_clear(&in);
	buf_clear(&plain);
}

/*
 * Python's `cryptography`: AESGCM(bytes(range(32))).encrypt(nonce,
 * b"Hauptstrasse 5", b"requests/7/reference"); the nonce is what the simulated world
 * with seed 1 gives first.
 */
static void
a_sealed_value_is_what_another_program_makes_of_it(void **state)
{
	struct world *w = sim(1);

	(void)state;
	sealed_to(w, span_text("requests/7/reference"), span_text("Hauptstrasse 5"),
	    "01c15c0289ec2d0a9167ec8e65cb5768c8c9b385d117ddc0f377f0"
	    "3bbf9d9e60ac86c5e5825e6db24c7997");
	world_free(w);
	w = sim(1);
	sealed_to(w, span_of(NULL, 0), span_of(NULL, 0),
	    "01c15c0289ec2d0a9167ec8e65a79372c4c2c1dc85ca289c9424d7ecaa");
	world_free(w);
}

static void
what_another_program_sealed_opens(void **state)
{
	struct aead_key gcm;

	(void)state;
	opened_from(counted_key(), span_text("requests/7/reference"),
	    "01cafebabefacedbaddecaf888c2c2d556de093b6927782eb85b28"
	    "aa9d5149556b722517b824a02bcc4c13", "486175707473747261737365" "2035");
	/* Test case 16 of the paper that defined GCM (McGrew and Viega). */
	assert_true(hex_decode(span_text("feffe9928665731c6d6a8f9467308308"
	    "feffe9928665731c6d6a8f9467308308"), gcm.b, 32));
	opened_from(gcm, span_of("\xfe\xed\xfa\xce\xde\xad\xbe\xef"
	    "\xfe\xed\xfa\xce\xde\xad\xbe\xef\xab\xad\xda\xd2", 20),
	    "01cafebabefacedbaddecaf888"
	    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
	    "76fc6ece0f4e1768cddf8853bb2d551b",
	    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
}

static void
no_two_values_share_a_nonce(void **state)
{
	struct aead_key k = counted_key();
	struct world *w = sim(2);
	struct buf b[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		buf_init(&b[i], 100);
		OK(aead_seal(w, &k, span_text("p"), span_text("same"), &b[i], &last));
	}
	assert_memory_not_equal(b[0].p + 1, b[1].p + 1, 12);
	assert_memory_not_equal(b[0].p + 13, b[1].p + 13, 4);
	buf_clear(&b[0]);
	buf_clear(&b[1]);
	world_free(w);
}

/* Refused, and nothing of it is to be seen behind what was there. */
static void
stays_shut(struct aead_key k, struct span place, struct span sealed)
{
	struct buf out;

	buf_init(&out, 100);
	OK(buf_room(&out, 100, &last));
	memset(out.p, 0, out.cap);
	OK(buf_add_text(&out, "+", &last));
	last = (struct err)ERR_INIT;
	assert_false(aead_open(&k, place, sealed, &out, &last));
	assert_int_equal(last.kind, ERR_UNPROVEN);
	assert_string_equal(last.reason, "aead.changed");
	assert_true(span_is(buf_span(&out), "+"));
	for (size_t i = 1; i < out.cap; i++)
		assert_int_equal(out.p[i], 0);
	buf_clear(&out);
}

static void
one_bit_changed_anywhere_and_it_does_not_open(void **state)
{
	struct aead_key k = counted_key(), other;
	struct world *w = sim(3);
	struct buf b, out;

	(void)state;
	buf_init(&b, 100);
	buf_init(&out, 100);
	OK(aead_seal(w, &k, span_text("row/1"), span_text("secret"), &b, &last));
	for (size_t bit = 0; bit < b.n * 8; bit++) {
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		stays_shut(k, span_text("row/1"), buf_span(&b));
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof k.b * 8; bit++) {
		other = k;
		other.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		stays_shut(other, span_text("row/1"), buf_span(&b));
	}
	for (size_t n = 0; n < b.n; n++)
		stays_shut(k, span_text("row/1"), span_of(b.p, n));
	/* It was the changes: untouched, it opens. */
	OK(aead_open(&k, span_text("row/1"), buf_span(&b), &out, &last));
	assert_true(span_is(buf_span(&out), "secret"));
	buf_clear(&b);
	buf_clear(&out);
	world_free(w);
}

static void
a_value_moved_to_another_place_does_not_open(void **state)
{
	static const char *const others[] = { "row/2", "row/", "row/1 ", "", "Row/1",
		"row/11" };
	struct aead_key k = counted_key();
	struct world *w = sim(4);
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	OK(aead_seal(w, &k, span_text("row/1"), span_text("secret"), &b, &last));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		stays_shut(k, span_text(others[i]), buf_span(&b));
	/* The border between place and value is no place to push bytes over. */
	OK(buf_add_byte(&b, 'x', &last));
	stays_shut(k, span_text("row/1"), buf_span(&b));
	buf_clear(&b);
	world_free(w);
}

static void
values_go_to_the_limit_and_no_further(void **state)
{
	struct aead_key k = counted_key();
	struct world *w = sim(5);
	uint8_t *big = malloc(AEAD_MAX + 1);
	struct buf sealed, out;

	(void)state;
	assert_non_null(big);
	memset(big, 0x5A, AEAD_MAX + 1);
	buf_init(&sealed, 2 * AEAD_MAX);
	buf_init(&out, AEAD_MAX);
	assert_false(aead_seal(w, &k, span_text("p"), span_of(big, AEAD_MAX + 1),
	    &sealed, &last));
	assert_string_equal(last.reason, "aead.size");
	assert_int_equal(last.kind, ERR_LIMIT);
	assert_int_equal(sealed.n, 0);
	OK(aead_seal(w, &k, span_of(big, AEAD_MAX), span_of(big, AEAD_MAX), &sealed,
	    &last));
	assert_int_equal(sealed.n, AEAD_MAX + AEAD_EXTRA);
	buf_clear(&out);
	buf_init(&out, AEAD_MAX + 1);
	OK(aead_open(&k, span_of(big, AEAD_MAX), buf_span(&sealed), &out, &last));
	assert_int_equal(out.n, AEAD_MAX);
	assert_memory_equal(out.p, big, AEAD_MAX);
	OK(buf_add_byte(&sealed, 0, &last));
	assert_false(aead_open(&k, span_text("p"), buf_span(&sealed), &out, &last));
	assert_string_equal(last.reason, "aead.size");
	assert_false(aead_seal(w, &k, span_of(big, AEAD_MAX + 1), span_text("v"),
	    &sealed, &last));
	assert_string_equal(last.reason, "aead.place");
	assert_false(aead_open(&k, span_of(big, AEAD_MAX + 1),
	    span_of(sealed.p, 100), &out, &last));
	assert_string_equal(last.reason, "aead.place");
	free(big);
	buf_clear(&sealed);
	buf_clear(&out);
	world_free(w);
}

static void
no_room_and_no_memory_change_nothing(void **state)
{
	struct aead_key k = counted_key();
	struct world *w = sim(6);
	struct buf b;

	(void)state;
	buf_init(&b, AEAD_EXTRA + 3);
	assert_false(aead_seal(w, &k, span_text("p"), span_text("four"), &b, &last));
	assert_int_equal(last.kind, ERR_LIMIT);
	assert_int_equal(b.n, 0);
	mem_fail(1, false);
	assert_false(aead_seal(w, &k, span_text("p"), span_text("two"), &b, &last));
	mem_fail(0, false);
	assert_int_equal(last.kind, ERR_MEMORY);
	assert_int_equal(b.n, 0);
	OK(aead_seal(w, &k, span_text("p"), span_text("two"), &b, &last));
	buf_clear(&b);
	world_free(w);
}

static void
keys_are_made_by_the_world_and_wiped(void **state)
{
	struct world *w = sim(7);
	struct aead_key a, b, zero = { { 0 } };

	(void)state;
	OK(aead_key_make(w, &a, &last));
	OK(aead_key_make(w, &b, &last));
	assert_memory_not_equal(a.b, b.b, 32);
	assert_memory_not_equal(a.b, zero.b, 32);
	aead_key_wipe(&a);
	assert_memory_equal(a.b, zero.b, 32);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sealed_value_is_what_another_program_makes_of_it),
		cmocka_unit_test(what_another_program_sealed_opens),
		cmocka_unit_test(no_two_values_share_a_nonce),
		cmocka_unit_test(one_bit_changed_anywhere_and_it_does_not_open),
		cmocka_unit_test(a_value_moved_to_another_place_does_not_open),
		cmocka_unit_test(values_go_to_the_limit_and_no_further),
		cmocka_unit_test(no_room_and_no_memory_change_nothing),
		cmocka_unit_test(keys_are_made_by_the_world_and_wiped),
	};

	return cmocka_run_group_tests_name("aead", tests, NULL, NULL);
}
