/* What may be shown of counts, and the quartiles of times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/figures.h"

#define COUNT(a) (sizeof (a) / sizeof *(a))

static void
four_is_hidden_and_five_is_shown(void **state)
{
	(void)state;
	assert_int_equal(figure_show_one(0), FIGURE_SHOWN);
	assert_int_equal(figure_show_one(1), FIGURE_SMALL);
	assert_int_equal(figure_show_one(4), FIGURE_SMALL);
	assert_int_equal(figure_show_one(5), FIGURE_SHOWN);
}

static void
an_empty_list_has_nothing_to_hide(void **state)
{
	enum figure_show show[3];
	const uint64_t zeros[3] = { 0, 0, 0 };

	(void)state;
	assert_true(figures_show(NULL, 0, NULL));
	assert_true(figures_show(zeros, 3, show));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(show[i], FIGURE_SHOWN);
}

static void
a_list_without_small_counts_is_shown_whole(void **state)
{
	enum figure_show show[3];
	const uint64_t n[3] = { 5, 0, 90 };

	(void)state;
	assert_true(figures_show(n, 3, show));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(show[i], FIGURE_SHOWN);
}

static void
a_lone_small_count_takes_the_next_smallest_with_it(void **state)
{
	enum figure_show show[4];
	const uint64_t n[4] = { 50, 3, 20, 0 };

	(void)state;
	assert_true(figures_show(n, 4, show));
	assert_int_equal(show[0], FIGURE_SHOWN);
	assert_int_equal(show[1], FIGURE_SMALL);
	assert_int_equal(show[2], FIGURE_WITHHELD);
	assert_int_equal(show[3], FIGURE_SHOWN);
}

static void
two_small_counts_whose_sum_tells_both_take_a_third(void **state)
{
	enum figure_show show[3];
	const uint64_t ones[3] = { 1, 1, 30 }, fours[3] = { 4, 4, 30 };

	(void)state;
	assert_true(figures_show(ones, 3, show));
	assert_int_equal(show[2], FIGURE_WITHHELD);
	assert_true(figures_show(fours, 3, show));
	assert_int_equal(show[2], FIGURE_WITHHELD);
}

static void
what_cannot_be_protected_is_left_out(void **state)
{
	enum figure_show show[2];
	const uint64_t alone[1] = { 2 }, small[2] = { 1, 1 }, told[2] = { 1, 5 };

	(void)state;
	assert_false(figures_show(alone, 1, show));
	assert_false(figures_show(small, 2, show));
	/* 6 of two cells, one of at least 5: the other is 1. */
	assert_false(figures_show(told, 2, show));
	assert_int_equal(show[0], FIGURE_WITHHELD);
	assert_int_equal(show[1], FIGURE_WITHHELD);
}

/* May cells from `at` on sum up to `left`, each within what is said of it? */
static bool
fits(const enum figure_show *show, size_t n, size_t at, size_t skip, uint64_t left)
{
	if (at == n)
		return left == 0;
	if (at == skip || show[at] == FIGURE_SHOWN)
		return fits(show, n, at + 1, skip, left);
	for (uint64_t v = show[at] == FIGURE_SMALL ? 1 : FIGURES_SMALL; v <= left; v++) {
		if (show[at] == FIGURE_SMALL && v >= FIGURES_SMALL)
			break;
		if (fits(show, n, at + 1, skip, left - v))
			return true;
	}
	return false;
}

/* Every list of three cells up to 12, against somebody who tries every solution. */
static void
no_small_count_can_be_computed_from_its_total(void **state)
{
	enum figure_show show[3];
	unsigned shown = 0;

	(void)state;
	for (uint64_t x = 0; x < 13 * 13 * 13; x++) {
		const uint64_t n[3] = { x % 13, x / 13 % 13, x / 169 };
		uint64_t hidden = 0;

		if (!figures_show(n, COUNT(n), show))
			continue;
		shown++;
		for (size_t i = 0; i < COUNT(n); i++)
			hidden += show[i] == FIGURE_SHOWN ? 0 : n[i];
		for (size_t i = 0; i < COUNT(n); i++) {
			assert_true(show[i] != FIGURE_SHOWN || n[i] == 0 || n[i] >= FIGURES_SMALL);
			for (uint64_t v = 1; show[i] == FIGURE_SMALL && v < FIGURES_SMALL; v++)
				assert_true(hidden >= v && fits(show, COUNT(n), 0, i, hidden - v));
		}
	}
	assert_true(shown > 700);
}

static void
quartiles_of_one_to_four_values(void **state)
{
	int64_t one[] = { 7 }, two[] = { 20, 10 }, three[] = { 30, 10, 20 },
	    four[] = { 40, 10, 30, 20 }, five[] = { 5, 4, 3, 2, 1 };
	struct quartiles q;

	(void)state;
	q = quartiles_of(one, 1);
	assert_true(q.first == 7 && q.median == 7 && q.third == 7);
	q = quartiles_of(two, 2);
	assert_true(q.first == 12 && q.median == 15 && q.third == 17);
	q = quartiles_of(three, 3);
	assert_true(q.first == 15 && q.median == 20 && q.third == 25);
	q = quartiles_of(four, 4);
	assert_true(q.first == 17 && q.median == 25 && q.third == 32);
	q = quartiles_of(five, 5);
	assert_true(q.first == 2 && q.median == 3 && q.third == 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_is_hidden_and_five_is_shown),
		cmocka_unit_test(an_empty_list_has_nothing_to_hide),
		cmocka_unit_test(a_list_without_small_counts_is_shown_whole),
		cmocka_unit_test(a_lone_small_count_takes_the_next_smallest_with_it),
		cmocka_unit_test(two_small_counts_whose_sum_tells_both_take_a_third),
		cmocka_unit_test(what_cannot_be_protected_is_left_out),
		cmocka_unit_test(no_small_count_can_be_computed_from_its_total),
		cmocka_unit_test(quartiles_of_one_to_four_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
