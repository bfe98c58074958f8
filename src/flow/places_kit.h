/*
 * places_kit: a command fails at every place where it can, one after the other; for the
 * tests of this room.  Each try is a child process, which begins with all that this
 * one has in memory, the simulated disk too: what comes before is done once.  What a
 * try says is wrong is told with its place, and the others still run.
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
	void (*try)(void *arg, uint64_t n, unsigned way);
	void *arg;
};
void places_try(const struct places *p);

/* How many disk calls and allocations this takes when nothing fails; must succeed. */
struct places_size { uint64_t calls, allocations; };
struct places_size places_size(struct world *w, void (*work)(void *arg), void *arg);

/*
 * What fails at place n, counted from here.  The disk: an error or no space, once or
 * from then on.  Memory: once or from then on.  Power: from then on, and when it is
 * back none, all, some or all but one of what was not synced is there.
 */
enum { DISK_WAYS = 4, MEMORY_WAYS = 2, POWER_WAYS = 4 };
void disk_fails(struct world *w, uint64_t n, unsigned way);
void memory_fails(uint64_t n, unsigned way);
void power_fails(struct world *w, uint64_t n);
void power_back(struct world *w, uint64_t n, unsigned way);
void nothing_fails(struct world *w);

#endif
