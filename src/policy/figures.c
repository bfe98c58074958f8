/* Which counts may be shown, and the quartiles of times. */
#include <assert.h>
#include <stdlib.h>

#include "policy/figures.h"

enum figure_show
figure_show_one(uint64_t n)
{
	return n > 0 && n < FIGURES_SMALL ? FIGURE_SMALL : FIGURE_SHOWN;
}

/*
 * What is hidden sums up to what is known: the total less what is shown.  A reader who
 * knows the bounds (small: 1 to 4; withheld: 5 and more) can still think of each small
 * cell as anything in them, if `room` holds.
 */
struct hidden {
	uint64_t small, withheld;	/* cells */
	uint64_t sum;			/* of both */
};

static bool
room(const struct hidden *h)
{
	const uint64_t top = FIGURES_SMALL - 1;
	uint64_t least;

	if (h->small == 0)
		return true;
	/* One cell may be as large as can be, all others as small as can be. */
	least = top + (h->small - 1) + h->withheld * FIGURES_SMALL;
	/* And the other way round; what is withheld has no upper bound. */
	return h->sum >= least && (h->withheld > 0 || h->sum <= 1 + top * (h->small - 1));
}

/* The smallest cell still shown; false: none but zeros. */
static bool
smallest(const uint64_t *n, size_t count, const enum figure_show *show, size_t *at)
{
	bool found = false;

	for (size_t i = 0; i < count; i++)
		if (show[i] == FIGURE_SHOWN && n[i] > 0 && (!found || n[i] < n[*at])) {
			*at = i;
			found = true;
		}
	return found;
}

bool
figures_show(const uint64_t *n, size_t count, enum figure_show *show)
{
	struct hidden h = { 0 };
	uint64_t total = 0;
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		total += n[i];
		show[i] = figure_show_one(n[i]);
		h.small += show[i] == FIGURE_SMALL;
		h.sum += show[i] == FIGURE_SMALL ? n[i] : 0;
	}
	while (figure_show_one(total) == FIGURE_SHOWN && !room(&h) &&
	    smallest(n, count, show, &at)) {
		show[at] = FIGURE_WITHHELD;
		h.withheld++;
		h.sum += n[at];
	}
	if (figure_show_one(total) == FIGURE_SHOWN && room(&h))
		return true;
	for (size_t i = 0; i < count; i++)
		show[i] = FIGURE_WITHHELD;
	return false;
}

/* ---- quartiles ---- */

static int
smaller_first(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Between the values around (n - 1) * quarters / 4. */
static int64_t
quartile(const int64_t *v, size_t n, unsigned quarters)
{
	size_t at = (n - 1) / 4 * quarters + (n - 1) % 4 * quarters / 4;
	int64_t rest = (int64_t)((n - 1) % 4 * quarters % 4);

	return rest == 0 ? v[at] : v[at] + (v[at + 1] - v[at]) * rest / 4;
}

struct quartiles
quartiles_of(int64_t *values, size_t n)
{
	assert(n > 0);
	qsort(values, n, sizeof *values, smaller_first);
	return (struct quartiles){ quartile(values, n, 1), quartile(values, n, 2),
		quartile(values, n, 3) };
}
