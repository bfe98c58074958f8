/*
 * places_kit: a command fails at every place where it can, one after the other; for the
 * tests of this room.  Each try is a child process; what comes before is done once.  What
 * a try says is wrong is told with its place, and the others still run.
 *
 * The work is walked through once, without a failure, and at each place that is to fail a
 * child is begun which fails there and goes on: so nothing before that place is done
 * again.  A try that comes to the same end as one before it (place_known) is not carried
 * further: from there it could do only what that one did.
 *
 * COMITY_LONG=1: every place in every way.  Else about `few` of them, spread from the
 * first to the last, each in one way.
 * COMITY_PART: of these only a part (base/part_kit.h).
 */
#ifndef COMITY_FLOW_PLACES_KIT_H
#define COMITY_FLOW_PLACES_KIT_H

#include "flow/testkit.h"

struct places {
	const char *what;		/* "a cut while it is sent" */
	uint64_t n;			/* places, from 1 */
	unsigned ways, few;		/* each at least 1 */
	/* Says what is to fail, works, says that nothing fails any more, and looks. */
	void (*try)(void *arg);
	void *arg;
};
void places_try(const struct places *p);
/* The same for what does not fail on its way: each try is called by itself. */
void places_each(const struct places *p);

/* Of the try that asks, once nothing fails any more: from 1 to n, below ways. */
uint64_t place_n(void);
unsigned place_way(void);

/* How many disk calls and allocations this takes when nothing fails; must succeed. */
struct places_size { uint64_t calls, allocations; };
struct places_size places_size(struct world *w, void (*work)(void *arg), void *arg);

/*
 * What fails, at the place and in the way of the try; places are counted from here.  The
 * disk: an error or no space, once or from then on.  Memory: once or from then on.  Power:
 * from then on, and when it is back none, all, some or all but one of what was not synced
 * is there.  Each try calls one of these three once, and behind it one of the other two.
 */
enum { DISK_WAYS = 4, MEMORY_WAYS = 2, POWER_WAYS = 4 };
void disk_fails(struct world *w);
void memory_fails(void);
void power_fails(struct world *w);
void power_back(struct world *w);
void nothing_fails(struct world *w);

/*
 * What failed is over and was looked at, and all is closed: what follows begins with the
 * disk and `said` (did the work say yes), and knows nothing else of what was before.  Ends
 * this try here, as good, when another of these places stood here with the same two.  One
 * in PLACES_ANYWAY goes on all the same.
 */
#define PLACES_ANYWAY 256	/* so that a mistake in this would be seen */
void place_known(struct world *w, uint64_t said);

#endif
