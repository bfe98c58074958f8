#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/part_kit.h"
#include "flow/places_kit.h"

#define TRY_SECONDS_MAX 120	/* one that hangs is ended, and that is a finding */
#define BAD_MAX 20		/* told; with more the loop ends early */

/* ---- children ---- */

/* A child that runs this, and its wait status.  Assertions end it there. */
static int
child_run(const struct places *p, uint64_t n, unsigned way)
{
	int status = 0;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setenv("CMOCKA_TEST_ABORT", "1", 1) != 0)
			_exit(9);
		(void)alarm(TRY_SECONDS_MAX);
		p->try(p->arg, n, way);
		/* Not _exit: what leaks is found at the end. */
		exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* ---- which of them ---- */

static bool
is_bad(const struct places *p, uint64_t n, unsigned way)
{
	int status = child_run(p, n, way);

	if (status == 0)
		return false;
	print_message("%s: place %llu of %llu, way %u: wait status %d\n", p->what,
	    (unsigned long long)n, (unsigned long long)p->n, way, status);
	return true;
}

static unsigned
try_all(const struct places *p)
{
	uint64_t all = p->n * p->ways, tried = 0;
	unsigned bad = 0;

	for (uint64_t i = 0; i < all && bad < BAD_MAX; i++) {
		if (!part_has(i))
			continue;
		tried++;
		bad += is_bad(p, 1 + i / p->ways, (unsigned)(i % p->ways));
	}
	print_message("%s: %llu places, %u ways each: %llu tried, %u bad\n", p->what,
	    (unsigned long long)p->n, p->ways, (unsigned long long)tried, bad);
	return bad;
}

/* The ways turn, and within each part of four too. */
static unsigned
try_few(const struct places *p)
{
	unsigned few = p->n < p->few ? (unsigned)p->n : p->few, bad = 0;

	for (unsigned i = 0; i < few; i++)
		if (part_has(i))
			bad += is_bad(p, few < 2 ? 1 : 1 + i * (p->n - 1) / (few - 1),
			    (i + i / 4) % p->ways);
	return bad;
}

void
places_try(const struct places *p)
{
	unsigned bad = getenv("COMITY_LONG") != NULL ? try_all(p) : try_few(p);

	if (bad > 0)
		fail_msg("%s: %u bad", p->what, bad);
}

/* ---- how many ---- */

struct sizing {
	struct world *w;
	void (*work)(void *arg);
	void *arg;
	struct places_size *out;
};

static void
size_try(void *arg, uint64_t n, unsigned way)
{
	struct sizing *s = arg;
	uint64_t calls = world_sim_calls(s->w), allocations = mem_count();

	(void)n;
	(void)way;
	s->work(s->arg);
	s->out->allocations = mem_count() - allocations;
	s->out->calls = world_sim_calls(s->w) - calls;
}

struct places_size
places_size(struct world *w, void (*work)(void *arg), void *arg)
{
	struct places_size out;
	struct sizing s = { w, work, arg, mmap(NULL, sizeof out,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) };
	struct places p = { .what = "when nothing fails", .try = size_try, .arg = &s };

	assert_true(s.out != MAP_FAILED);
	assert_int_equal(child_run(&p, 0, 0), 0);
	out = *s.out;
	(void)munmap(s.out, sizeof out);
	return out;
}

/* ---- what fails ---- */

void
disk_fails(struct world *w, uint64_t n, unsigned way)
{
	world_sim_fail(w, way % 2 == 0 ? SIM_FAULT_IO : SIM_FAULT_FULL, n, way >= 2);
}

void
memory_fails(uint64_t n, unsigned way)
{
	mem_fail(n, way == 1);
}

void
power_fails(struct world *w, uint64_t n)
{
	world_sim_fail(w, SIM_FAULT_POWER, n, true);
}

void
power_back(struct world *w, uint64_t n, unsigned way)
{
	static const enum sim_crash how[POWER_WAYS] = { SIM_CRASH_KEEP_NONE,
		SIM_CRASH_KEEP_ALL, SIM_CRASH_KEEP_SOME, SIM_CRASH_LOSE_ONE };
	struct err err = ERR_INIT;

	nothing_fails(w);
	/* LOSE_ONE: another one at each place. */
	if (how[way] == SIM_CRASH_LOSE_ONE)
		n = 1 + n % (world_sim_unsynced(w) + 1);
	if (!world_sim_crash(w, how[way], n, &err))
		fail_msg("%s", err.text);
}

void
nothing_fails(struct world *w)
{
	mem_fail(0, false);
	world_sim_fail(w, SIM_FAULT_NONE, 0, false);
}
