/* What the measuring programs share: a clock, memory, and an end at the first error. */
#ifndef COMITY_TESTS_BENCH_H
#define COMITY_TESTS_BENCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/base.h"

/* Seconds since some beginning; never goes back. */
static inline double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What all threads of this process had of the processors, in seconds. */
static inline double
cpu_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The most memory this process had, in KiB. */
static inline long
peak_kib(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static inline void
must(bool ok, const struct err *err)
{
	if (ok)
		return;
	(void)fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
	    err->reason, err->text);
	exit(1);
}

#endif
