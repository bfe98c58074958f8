#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/part_kit.h"
#include "flow/places_kit.h"

#define TRY_SECONDS_MAX 120	/* one that hangs is ended, and that is a finding */
#define BAD_MAX 20		/* told; with more the loop ends early */
#define KNOWN_MAX (1u << 20)	/* ends remembered, a power of two; more are new each time */

/* ---- what all processes of a loop share ---- */

/* Where the work left the disk, and what it said. */
struct end {
	uint64_t mark[4], said;
};
struct told {
	uint64_t tried, known;
	unsigned bad;
	struct end seen[KNOWN_MAX];	/* where one would be, or the next free place */
};

static void *
shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

/* Of the loop that runs. */
static struct {
	const struct places *p;
	struct told *told;
	uint64_t next, n;	/* the try that comes next, of all; its place */
	unsigned way;
	uint64_t at;		/* places that were passed */
	bool walking;		/* this is no try yet: children begin at places */
	bool power;
} walk;

/* ---- which of them ---- */

static bool
is_long(void)
{
	return getenv("COMITY_LONG") != NULL;
}

static uint64_t
few_of(const struct places *p)
{
	return p->n < p->few ? p->n : p->few;
}

/* From walk.next on, the first that belongs to this run.  False: there is none. */
static bool
next_find(void)
{
	const struct places *p = walk.p;
	uint64_t all = is_long() ? p->n * p->ways : few_of(p), i;

	while (walk.next < all && !part_has(walk.next))
		walk.next++;
	i = walk.next;
	if (i == all || walk.told->bad >= BAD_MAX)
		return false;
	if (is_long()) {
		walk.n = 1 + i / p->ways;
		walk.way = (unsigned)(i % p->ways);
	} else {
		/* The ways turn, and within each part of four too. */
		walk.n = all < 2 ? 1 : 1 + i * (p->n - 1) / (all - 1);
		walk.way = (unsigned)((i + i / 4) % p->ways);
	}
	return true;
}

/* ---- children ---- */

/* True in the child, which ends with end_well or by an assertion. */
static bool
child_begin(int *status)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid > 0) {
		assert_int_equal(waitpid(pid, status, 0), pid);
		return false;
	}
	if (setenv("CMOCKA_TEST_ABORT", "1", 1) != 0)
		_exit(9);
	return true;
}

/* With a sanitizer not _exit: what leaks is found at the end.  It takes a third of a try. */
static void
end_well(void)
{
	(void)fflush(NULL);
	if (SANITIZED)
		exit(0);
	_exit(0);
}

/* A child for the try that comes next; true in it.  In the parent the one behind is next. */
static bool
try_begin(void)
{
	int status = 0;

	walk.told->tried++;
	if (child_begin(&status)) {
		walk.walking = false;
		(void)alarm(TRY_SECONDS_MAX);
		return true;
	}
	if (status != 0) {
		walk.told->bad++;
		print_message("%s: place %llu of %llu, way %u: wait status %d\n",
		    walk.p->what, (unsigned long long)walk.n,
		    (unsigned long long)walk.p->n, walk.way, status);
	}
	walk.next++;
	return false;
}

/* A place is passed.  True in the child that is to fail here; none is left: the end. */
static bool
here(void)
{
	walk.at++;
	while (walk.n == walk.at) {
		if (try_begin())
			return true;
		if (!next_find())
			end_well();
	}
	return false;
}

/* What was to fail has ended, and these tries have their place behind it. */
static void
rest_begin(void)
{
	while (walk.walking && !try_begin())
		if (!next_find())
			end_well();
}

/* ---- loops ---- */

static unsigned
loop_end(void)
{
	unsigned bad = walk.told->bad;

	if (is_long() || bad > 0)
		print_message("%s: %llu places, %u ways each: %llu tried, of which %llu "
		    "ended like others, %u bad\n", walk.p->what,
		    (unsigned long long)walk.p->n, walk.p->ways,
		    (unsigned long long)walk.told->tried,
		    (unsigned long long)walk.told->known, bad);
	(void)munmap(walk.told, sizeof *walk.told);
	return bad;
}

static void
loop_begin(const struct places *p)
{
	memset(&walk, 0, sizeof walk);
	walk.p = p;
	walk.told = shared(sizeof *walk.told);
}

void
places_try(const struct places *p)
{
	int status = 0;
	unsigned bad;

	loop_begin(p);
	if (next_find() && child_begin(&status)) {
		walk.walking = true;
		p->try(p->arg);
		if (walk.walking)
			fail_msg("%s: it never said that nothing fails any more", p->what);
		end_well();
	}
	if (status != 0) {
		print_message("%s: the walk itself: wait status %d\n", p->what, status);
		walk.told->bad++;
	}
	bad = loop_end();
	if (bad > 0)
		fail_msg("%s: %u bad", p->what, bad);
}

void
places_each(const struct places *p)
{
	unsigned bad;

	loop_begin(p);
	while (next_find())
		if (try_begin()) {
			p->try(p->arg);
			end_well();
		}
	bad = loop_end();
	if (bad > 0)
		fail_msg("%s: %u bad", p->what, bad);
}

uint64_t
place_n(void)
{
	assert_false(walk.walking);
	return walk.n;
}

unsigned
place_way(void)
{
	assert_false(walk.walking);
	return walk.way;
}

/* ---- how many ---- */

struct places_size
places_size(struct world *w, void (*work)(void *arg), void *arg)
{
	struct places_size *s = shared(sizeof *s), out;
	int status = 0;

	if (child_begin(&status)) {
		s->calls = world_sim_calls(w);
		s->allocations = mem_count();
		(void)alarm(TRY_SECONDS_MAX);
		work(arg);
		s->allocations = mem_count() - s->allocations;
		s->calls = world_sim_calls(w) - s->calls;
		end_well();
	}
	assert_int_equal(status, 0);
	out = *s;
	(void)munmap(s, sizeof *s);
	return out;
}

/* ---- what fails ---- */

static enum sim_fault
disk_here(bool *from_then_on)
{
	if (!here())
		return SIM_FAULT_NONE;
	if (walk.power)
		return SIM_FAULT_POWER;
	*from_then_on = walk.way >= 2;
	return walk.way % 2 == 0 ? SIM_FAULT_IO : SIM_FAULT_FULL;
}

static bool
memory_here(bool *from_then_on)
{
	if (!here())
		return false;
	*from_then_on = walk.way == 1;
	return true;
}

void
disk_fails(struct world *w)
{
	world_sim_fail_ask(w, disk_here);
}

void
memory_fails(void)
{
	mem_fail_ask(memory_here);
}

void
power_fails(struct world *w)
{
	walk.power = true;
	world_sim_fail_ask(w, disk_here);
}

static void
all_works(struct world *w)
{
	mem_fail_ask(NULL);
	mem_fail(0, false);
	world_sim_fail_ask(w, NULL);
	world_sim_fail(w, SIM_FAULT_NONE, 0, false);
}

void
power_back(struct world *w)
{
	static const enum sim_crash how[POWER_WAYS] = { SIM_CRASH_KEEP_NONE,
		SIM_CRASH_KEEP_ALL, SIM_CRASH_KEEP_SOME, SIM_CRASH_LOSE_ONE };
	struct err err = ERR_INIT;
	uint64_t seed;

	all_works(w);
	rest_begin();
	seed = walk.n;
	/* LOSE_ONE: another one at each place. */
	if (how[walk.way] == SIM_CRASH_LOSE_ONE)
		seed = 1 + seed % (world_sim_unsynced(w) + 1);
	if (!world_sim_crash(w, how[walk.way], seed, &err))
		fail_msg("%s", err.text);
}

void
nothing_fails(struct world *w)
{
	all_works(w);
	rest_begin();
}

/* ---- what ends like another ---- */

/* Is it there?  It is from now on. */
static bool
seen_before(const struct end *e)
{
	static const struct end none;

	for (size_t i = 0; i < KNOWN_MAX; i++) {
		struct end *s = &walk.told->seen[(e->mark[0] + i) % KNOWN_MAX];

		if (memcmp(s, e, sizeof *e) == 0)
			return true;
		if (memcmp(s, &none, sizeof none) == 0) {
			*s = *e;
			return false;
		}
	}
	return false;
}

void
place_known(struct world *w, uint64_t said)
{
	struct end e = { .said = said };
	struct err err = ERR_INIT;

	assert_false(walk.walking);
	if (!world_sim_disk_mark(w, e.mark, &err))
		fail_msg("%s", err.text);
	if (seen_before(&e) && ++walk.told->known % PLACES_ANYWAY != 0)
		end_well();
}
