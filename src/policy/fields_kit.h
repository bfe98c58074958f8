/*
 * fields_kit: what makes a request of each kind whole, from the law's tables; for tests.
 * Days are around 18 November 2026.
 */
#ifndef COMITY_POLICY_FIELDS_KIT_H
#define COMITY_POLICY_FIELDS_KIT_H

#include "policy/policy.h"

struct field_value {
	const char *name, *value;	/* for fields_set */
};
#define FIELDS_WHOLE_MAX 48		/* parts of one request: the fullest has about thirty */
/* Every field that this kind needs, and one of those of which one is enough. */
size_t fields_whole(enum act_kind kind, struct field_value out[FIELDS_WHOLE_MAX]);

#endif
