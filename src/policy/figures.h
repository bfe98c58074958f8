/*
 * policy/figures: what may be shown of counts, so that no figure is about one person.
 * Pure.  Sources: threat-model D20; S16.
 *
 * A count of 1 to FIGURES_SMALL - 1 is not shown.  Nor is one that would give such a count
 * away: where a list stands beside its total, more cells of it are withheld, smallest
 * first, until each small one could still be anything from 1 to FIGURES_SMALL - 1.  Where
 * that cannot be had the list is left out, and only its total stands.
 * A count of nothing is shown: it is about nobody.
 */
#ifndef COMITY_POLICY_FIGURES_H
#define COMITY_POLICY_FIGURES_H

#include "policy/policy.h"

#define FIGURES_SMALL 5		/* the least count shown: what statistical offices use */

enum figure_show {
	FIGURE_SHOWN,
	FIGURE_SMALL,			/* shown as "<5" */
	FIGURE_WITHHELD,		/* it would give a small one away */
};
/* One count alone: no list, no total. */
enum figure_show figure_show_one(uint64_t n);
/*
 * A list whose total is known to the reader; show has `count` places.  false: the list
 * cannot be shown at all (show is FIGURE_WITHHELD throughout).
 */
bool figures_show(const uint64_t *n, size_t count, enum figure_show *show);

/*
 * Quartiles of n > 0 values, which are sorted in place: by linear interpolation between
 * the two nearest (R's type 7, the spreadsheets' QUARTILE.INC), rounded down.
 */
struct quartiles { int64_t first, median, third; };
struct quartiles quartiles_of(int64_t *values, size_t n);

#endif
