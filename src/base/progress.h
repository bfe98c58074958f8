/* progress: one object for every long task. */
#ifndef COMITY_BASE_PROGRESS_H
#define COMITY_BASE_PROGRESS_H

#include <stdint.h>

struct progress {
	/* Called from one thread at a time, at most ~10 times a second and at the end. */
	void (*tell)(struct progress *p, const char *step, uint64_t done,
	    uint64_t total);		/* bytes; total 0 when unknown */
};

#endif
