/* What the DER walk lets through, and what the writer makes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "form/der.h"

#define BYTES(s) span_of(s, sizeof(s) - 1)

static bool
one_element(struct span s)
{
	size_t wrong = SIZE_MAX;
	struct der d = der_of(s, &wrong);
	struct der_item item;

	return der_any(&d, &item) && der_end(&d);
}

static void
a_length_has_one_spelling(void **state)
{
	uint8_t big[70000] = { DER_OCTET_STRING, 0x83, 0x01, 0x00, 0x00 };
	uint8_t mid[300] = { DER_OCTET_STRING, 0x81, 0x80 };

	(void)state;
	assert_true(one_element(BYTES("\x04\x00")));
	assert_true(one_element(BYTES("\x04\x01x")));
	assert_true(one_element(span_of(mid, 3 + 128)));
	assert_true(one_element(span_of(big, 5 + 65536)));
	/* Long form where the short one would do, padded, indefinite, too wide. */
	assert_false(one_element(BYTES("\x04\x81\x01x")));
	memcpy(mid, "\x04\x82\x00\x80", 4);
	assert_false(one_element(span_of(mid, 4 + 128)));
	assert_false(one_element(BYTES("\x30\x80\x00\x00")));
	assert_false(one_element(BYTES("\x04\x84\x00\x00\x00\x01x")));
	memcpy(big, "\x04\x84\x00\x01\x00\x00", 6);
	assert_false(one_element(span_of(big, 6 + 65536)));
	assert_false(one_element(BYTES("\x04\xFF")));
}

static void
every_cut_and_every_extra_byte_is_noticed(void **state)
{
	const struct span whole = BYTES("\x30\x06\x02\x01\x05\x04\x01x");

	(void)state;
	assert_true(one_element(whole));
	for (size_t n = 0; n < whole.n; n++)
		assert_false(one_element(span_part(whole, 0, n)));
	assert_false(one_element(BYTES("\x04\x01xy")));
	assert_false(one_element(BYTES("\x1F\x01\x00")));	/* high tag */
}

static void
the_offset_of_the_first_wrong_byte_is_told(void **state)
{
	const struct span s = BYTES("\x30\x08\x02\x01\x05\x30\x03\x04\x01x");
	size_t wrong = SIZE_MAX;
	struct der d = der_of(s, &wrong), in, deep;
	struct der_item item;

	(void)state;
	assert_true(der_enter(&d, DER_SEQUENCE, &in));
	assert_int_equal(in.at, 2);
	assert_true(der_integer(&in, &item));
	assert_true(der_enter(&in, DER_SEQUENCE, &deep));
	assert_false(der_take(&deep, DER_OID, &item));
	assert_int_equal(wrong, 7);
	assert_false(der_end(&deep));
	assert_int_equal(wrong, 7);
	assert_true(der_take(&deep, DER_OCTET_STRING, &item));
	assert_int_equal(item.at, 7);
	assert_true(der_end(&deep) && der_end(&in) && der_end(&d));
}

static bool
integer_ok(struct span body)
{
	uint8_t file[DER_INTEGER_MAX + 16];
	struct err err = ERR_INIT;
	struct der_out w;
	struct buf b;
	size_t wrong;
	struct der d;
	struct der_item item;
	bool ok;

	buf_init(&b, sizeof file);
	der_out_begin(&w, &b, &err);
	der_out_item(&w, DER_INTEGER, body);
	assert_true(der_out_end(&w));
	memcpy(file, b.p, b.n);
	d = der_of(span_of(file, b.n), &wrong);
	ok = der_integer(&d, &item) && span_eq(item.body, body);
	buf_clear(&b);
	return ok;
}

static void
an_integer_is_minimal_and_bounded(void **state)
{
	uint8_t wide[DER_INTEGER_MAX + 1] = { 1 };

	(void)state;
	assert_true(integer_ok(BYTES("\x00")));
	assert_true(integer_ok(BYTES("\x7F")));
	assert_true(integer_ok(BYTES("\x00\x80")));
	assert_true(integer_ok(BYTES("\x80")));
	assert_true(integer_ok(BYTES("\xFF\x7F")));
	assert_false(integer_ok(BYTES("")));
	assert_false(integer_ok(BYTES("\x00\x7F")));
	assert_false(integer_ok(BYTES("\x00\x00")));
	assert_false(integer_ok(BYTES("\xFF\x80")));
	assert_true(integer_ok(span_of(wide, DER_INTEGER_MAX)));
	assert_false(integer_ok(span_of(wide, DER_INTEGER_MAX + 1)));
}

static void
numbers_are_read_within_the_given_bound(void **state)
{
	uint64_t n = 7;
	struct span m;

	(void)state;
	assert_true(der_small(BYTES("\x00\xFF"), 255, &n) && n == 255);
	assert_false(der_small(BYTES("\x01\x00"), 255, &n));
	assert_false(der_small(BYTES("\xFF"), 255, &n));
	assert_false(der_small(BYTES("\x01\0\0\0\0\0\0\0\0"), UINT64_MAX, &n));
	assert_int_equal(n, 255);
	assert_true(der_magnitude(BYTES("\x00\x80"), &m) && m.n == 1);
	assert_true(der_magnitude(BYTES("\x00"), &m) && m.n == 0);
	assert_false(der_magnitude(BYTES("\x80"), &m));
}

static void
bit_strings_with_unused_bits_are_refused(void **state)
{
	size_t wrong = 0;
	struct der d = der_of(BYTES("\x03\x02\x00x"), &wrong);
	struct span bits;

	(void)state;
	assert_true(der_bits(&d, &bits) && span_is(bits, "x"));
	d = der_of(BYTES("\x03\x02\x01x"), &wrong);
	assert_false(der_bits(&d, &bits));
	assert_int_equal(d.at, 0);
	d = der_of(BYTES("\x03\x00"), &wrong);
	assert_false(der_bits(&d, &bits));
}

static void
object_identifiers_print_in_dots(void **state)
{
	char s[40], tight[10];

	(void)state;
	assert_true(der_oid_print(BYTES("\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"), s,
	    sizeof s));
	assert_string_equal(s, "1.2.840.113549.1.7.2");
	assert_true(der_oid_print(BYTES("\x88\x37\x03"), s, sizeof s));
	assert_string_equal(s, "2.999.3");
	assert_false(der_oid_print(BYTES(""), s, sizeof s));
	assert_false(der_oid_print(BYTES("\x2A\x80\x01"), s, sizeof s));
	assert_false(der_oid_print(BYTES("\x2A\x86"), s, sizeof s));
	assert_true(der_oid_print(BYTES("\x2A\x8F\xFF\xFF\xFF\x7F"), s, sizeof s));
	assert_string_equal(s, "1.2.4294967295");
	assert_false(der_oid_print(BYTES("\x2A\x90\x80\x80\x80\x00"), s, sizeof s));
	assert_true(der_oid_print(BYTES("\x2A\x03\x04\x05"), tight,
	    sizeof tight));
	assert_false(der_oid_print(BYTES("\x2A\x03\x04\x0A"), tight,
	    sizeof tight));
}

static bool
time_of(uint8_t tag, const char *text, int64_t *at)
{
	struct der_item item = { tag, 0, span_text(text), span_text(text) };

	return der_time(&item, at);
}

static void
an_instant_has_the_form_of_its_century(void **state)
{
	int64_t at = 0;

	(void)state;
	assert_true(time_of(DER_UTC_TIME, "261122032940Z", &at));
	assert_int_equal(at, 1795318180);
	assert_true(time_of(DER_UTC_TIME, "491231235959Z", &at));
	assert_true(time_of(DER_GENERALIZED_TIME, "20500101000000Z", &at));
	assert_true(time_of(DER_UTC_TIME, "500101000000Z", &at));
	assert_string_equal(when_day(at).s, "1950-01-01");
	assert_false(time_of(DER_GENERALIZED_TIME, "20491231235959Z", &at));
	assert_false(time_of(DER_UTC_TIME, "260230032940Z", &at));
	assert_false(time_of(DER_UTC_TIME, "261122032960Z", &at));
	assert_false(time_of(DER_UTC_TIME, "2611220329Z", &at));
	assert_false(time_of(DER_UTC_TIME, "2611220329400", &at));
	assert_false(time_of(DER_UTC_TIME, "26112203294aZ", &at));
	assert_false(time_of(DER_GENERALIZED_TIME, "2050010100000.Z", &at));
}

static void
instants_come_back_from_their_own_text(void **state)
{
	static const int64_t at[] = { WHEN_MIN, -631152001, -631152000, 0,
		1795318180, 2524607999, 2524608000, WHEN_MAX };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		struct der_out w;
		struct der_item item;
		struct buf b;
		size_t wrong;
		struct der d;
		int64_t back = 1;

		buf_init(&b, 64);
		der_out_begin(&w, &b, &err);
		der_out_time(&w, at[i]);
		assert_true(der_out_end(&w));
		d = der_of(buf_span(&b), &wrong);
		assert_true(der_any(&d, &item) && der_time(&item, &back));
		assert_true(back == at[i]);
		buf_clear(&b);
	}
}

static void
what_the_writer_makes_the_walk_takes(void **state)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, 99999 };
	static uint8_t body[100000];
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct buf b;
		struct der_out w;
		struct der_item item;
		struct der d, in;
		size_t wrong, opened, deeper;

		buf_init(&b, 200000);
		der_out_begin(&w, &b, &err);
		opened = der_out_open(&w, DER_SEQUENCE);
		der_out_small(&w, 3);
		deeper = der_out_open(&w, DER_CONTEXT_0);
		der_out_item(&w, DER_OCTET_STRING, span_of(body, sizes[i]));
		der_out_close(&w, deeper);
		der_out_close(&w, opened);
		assert_true(der_out_end(&w));
		d = der_of(buf_span(&b), &wrong);
		assert_true(der_enter(&d, DER_SEQUENCE, &in) && der_end(&d));
		assert_true(der_same(&in, BYTES("\x02\x01\x03")));
		assert_true(der_enter(&in, DER_CONTEXT_0, &d) && der_end(&in));
		assert_true(der_take(&d, DER_OCTET_STRING, &item) && der_end(&d));
		assert_int_equal(item.body.n, sizes[i]);
		buf_clear(&b);
	}
}

static void
an_element_too_long_for_its_length_is_never_written(void **state)
{
	const size_t limit = (1u << 24) - 1;
	struct err err = ERR_INIT;
	struct der_out w;
	struct buf b;
	uint8_t *body = mem_new(limit + 1, &err);

	(void)state;
	assert_non_null(body);
	buf_init(&b, limit + 100);
	der_out_begin(&w, &b, &err);
	der_out_item(&w, DER_OCTET_STRING, span_of(body, limit));
	assert_true(der_out_end(&w));
	assert_true(one_element(buf_span(&b)));
	buf_reset(&b);
	der_out_item(&w, DER_OCTET_STRING, span_of(body, limit + 1));
	assert_false(der_out_end(&w));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&b);
	mem_free(body);
}

static void
a_set_is_written_in_ascending_order(void **state)
{
	struct span parts[] = { BYTES("\x04\x01z"), BYTES("\x02\x01\x01"),
		BYTES("\x04\x01" "a") };
	struct err err = ERR_INIT;
	struct der_out w;
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	der_out_begin(&w, &b, &err);
	der_out_set_of(&w, DER_SET, parts, 3);
	der_out_magnitude(&w, BYTES("\x00\x00\x80"));
	der_out_magnitude(&w, BYTES("\x00"));
	assert_true(der_out_end(&w));
	assert_true(span_eq(buf_span(&b), BYTES("\x31\x09\x02\x01\x01\x04\x01" "a"
	    "\x04\x01z\x02\x02\x00\x80\x02\x01\x00")));
	buf_clear(&b);
}

static void
a_writer_out_of_memory_says_so_at_the_end(void **state)
{
	struct err err = ERR_INIT;
	struct der_out w;
	struct buf b;
	size_t opened;

	(void)state;
	buf_init(&b, 1000);
	mem_fail(1, true);
	der_out_begin(&w, &b, &err);
	opened = der_out_open(&w, DER_SEQUENCE);
	der_out_small(&w, 3);
	der_out_close(&w, opened);
	mem_fail(0, false);
	assert_false(der_out_end(&w));
	assert_int_equal(err.kind, ERR_MEMORY);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_length_has_one_spelling),
		cmocka_unit_test(every_cut_and_every_extra_byte_is_noticed),
		cmocka_unit_test(the_offset_of_the_first_wrong_byte_is_told),
		cmocka_unit_test(an_integer_is_minimal_and_bounded),
		cmocka_unit_test(numbers_are_read_within_the_given_bound),
		cmocka_unit_test(bit_strings_with_unused_bits_are_refused),
		cmocka_unit_test(object_identifiers_print_in_dots),
		cmocka_unit_test(an_instant_has_the_form_of_its_century),
		cmocka_unit_test(instants_come_back_from_their_own_text),
		cmocka_unit_test(what_the_writer_makes_the_walk_takes),
		cmocka_unit_test(an_element_too_long_for_its_length_is_never_written),
		cmocka_unit_test(a_set_is_written_in_ascending_order),
		cmocka_unit_test(a_writer_out_of_memory_says_so_at_the_end),
	};

	return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
