/*
 * part_kit: which of the tries of a long test belong to this run.
 *
 * COMITY_PART=i/n or i-j/n: only the ith (to the jth) of n parts, from 1 to n, so that a
 * long run can be had in pieces and two compilers can share a short one.  All parts
 * together leave no try out.  Not set: all.  Anything else ends the program with words.
 */
#ifndef COMITY_BASE_PART_KIT_H
#define COMITY_BASE_PART_KIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Built with AddressSanitizer: what is long there, and finds nothing more there, may be less. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED false
#endif

/* Does the kth try (from 0) belong to this run? */
static inline bool
part_has(uint64_t k)
{
	const char *s = getenv("COMITY_PART");
	unsigned i, j, n;

	if (s == NULL)
		return true;
	if (sscanf(s, "%u-%u/%u", &i, &j, &n) != 3) {
		if (sscanf(s, "%u/%u", &i, &n) != 2)
			n = 0;
		j = i;
	}
	if (n == 0 || i < 1 || i > j || j > n) {
		(void)fprintf(stderr, "COMITY_PART is i/n or i-j/n, from 1 to n, not %s\n", s);
		exit(99);
	}
	return k % n + 1 >= i && k % n + 1 <= j;
}

#endif
