/* Which PEM blocks are read, and what comes out of writing one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "form/pem.h"

static void
refused(const char *text, enum err_kind kind)
{
	struct err err = ERR_INIT;
	struct cursor c = cursor_of(span_text(text));
	struct pem_block block;
	struct buf body;
	bool found = false;

	buf_init(&body, 100);
	assert_false(pem_read(&c, &block, &body, &found, &err));
	assert_int_equal(err.kind, kind);
	assert_false(found);
	buf_clear(&body);
}

static void
what_is_written_is_read_back(void **state)
{
	uint8_t bytes[200];
	struct err err = ERR_INIT;

	(void)state;
	memset(bytes, 0xA5, sizeof bytes);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct buf text, body;
		struct pem_block block;
		struct cursor c;
		bool found;

		buf_init(&text, 1000);
		buf_init(&body, n);
		assert_true(pem_write(&text, "X509 CRL", span_of(bytes, n), &err));
		c = cursor_of(buf_span(&text));
		assert_true(pem_read(&c, &block, &body, &found, &err) && found);
		assert_true(span_is(block.label, "X509 CRL"));
		assert_true(span_eq(buf_span(&body), span_of(bytes, n)));
		assert_true(pem_read(&c, &block, &body, &found, &err));
		assert_false(found);
		buf_clear(&text);
		buf_clear(&body);
	}
}

static void
text_around_blocks_and_line_ends_of_editors_do_no_harm(void **state)
{
	static const char text[] = "Root of XA\r\n-----BEGIN A-----\r\nQUJD\r\nRA==\r\n"
	    "-----END A-----\r\nand another:\n-----BEGIN B-----\nQQ=="
	    "\n-----END B-----";
	struct err err = ERR_INIT;
	struct cursor c = cursor_of(span_text(text));
	struct pem_block block;
	struct buf body;
	bool found;

	(void)state;
	buf_init(&body, 100);
	assert_true(pem_read(&c, &block, &body, &found, &err) && found);
	assert_true(span_is(block.label, "A") && block.at == 12);
	assert_true(span_is(buf_span(&body), "ABCD"));
	assert_true(pem_read(&c, &block, &body, &found, &err) && found);
	assert_true(span_is(block.label, "B") && span_is(buf_span(&body), "A"));
	assert_true(pem_read(&c, &block, &body, &found, &err));
	assert_false(found);
	buf_clear(&body);
}

static void
a_malformed_block_is_refused_and_not_skipped(void **state)
{
	(void)state;
	refused("-----BEGIN A-----\nQQ==\n", ERR_INPUT);
	refused("-----BEGIN A-----\nQQ==\n-----END B-----\n", ERR_INPUT);
	refused("-----BEGIN A-----\nQQ=\n-----END A-----\n", ERR_INPUT);
	refused("-----BEGIN A-----\nQR==\n-----END A-----\n", ERR_INPUT);
	refused("-----BEGIN A-----\n QQ==\n-----END A-----\n", ERR_INPUT);
	refused("-----BEGIN A-----\nQQ==QQ==\n-----END A-----\n", ERR_INPUT);
	refused("-----BEGIN -----\nQQ==\n-----END -----\n", ERR_INPUT);
	refused("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nQQ==\n-----END A-----\n",
	    ERR_INPUT);
}

static void
a_name_may_have_its_limit_and_no_more(void **state)
{
	char name[PEM_LABEL_MAX + 2], text[200];
	struct err err = ERR_INIT;
	struct pem_block block;
	struct buf body;
	struct cursor c;
	bool found;

	(void)state;
	memset(name, 'N', sizeof name);
	name[PEM_LABEL_MAX] = '\0';
	(void)snprintf(text, sizeof text, "-----BEGIN %s-----\n-----END %s-----\n",
	    name, name);
	c = cursor_of(span_text(text));
	buf_init(&body, 100);
	assert_true(pem_read(&c, &block, &body, &found, &err) && found);
	buf_clear(&body);
	name[PEM_LABEL_MAX] = 'N';
	name[PEM_LABEL_MAX + 1] = '\0';
	(void)snprintf(text, sizeof text, "-----BEGIN %s-----\n-----END %s-----\n",
	    name, name);
	refused(text, ERR_INPUT);
}

static void
a_block_may_have_as_many_bytes_as_the_buffer_allows(void **state)
{
	uint8_t bytes[101] = { 0 };
	struct err err = ERR_INIT;
	struct pem_block block;
	struct buf text, body;
	struct cursor c;
	bool found;

	(void)state;
	for (size_t n = 99; n <= 105; n++) {
		bool fits = n <= 101;

		buf_init(&text, 1000);
		assert_true(pem_write(&text, "A", span_of(bytes, fits ? n : 101),
		    &err));
		buf_init(&body, fits ? n : n - 5);
		c = cursor_of(buf_span(&text));
		assert_int_equal(pem_read(&c, &block, &body, &found, &err), fits);
		if (!fits)
			assert_int_equal(err.kind, ERR_LIMIT);
		buf_clear(&text);
		buf_clear(&body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(text_around_blocks_and_line_ends_of_editors_do_no_harm),
		cmocka_unit_test(a_malformed_block_is_refused_and_not_skipped),
		cmocka_unit_test(a_name_may_have_its_limit_and_no_more),
		cmocka_unit_test(a_block_may_have_as_many_bytes_as_the_buffer_allows),
	};

	return cmocka_run_group_tests_name("pem", tests, NULL, NULL);
}
