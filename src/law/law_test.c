#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "law/tables.h"

static enum law_need
need(const char *measure, const char *field)
{
	const struct law_measure *m = law_measure(measure);
	const struct law_field *f = law_field(field);

	assert_non_null(m);
	assert_non_null(f);
	return law_need(m, f);
}

static void
a_preservation_asks_what_article_42_3_lists(void **state)
{
	/* (a) authority ... (g) secrecy; of provider and place one at least (d) */
	assert_int_equal(need("preserve", "F01"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "offence"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "data_sought"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "provider"), LAW_ONE_OF);
	assert_int_equal(need("preserve", "system_or_account"), LAW_ONE_OF);
	assert_int_equal(need("preserve", "necessity"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "intent"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "secrecy"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "identifiers"), LAW_OPTIONAL);
	assert_int_equal(need("preserve", "assistance"), LAW_NOT_ASKED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_preservation_asks_what_article_42_3_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
