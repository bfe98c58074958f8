/* Inside policy: sets of kinds, as the table of steps has them and as pages print them. */
#ifndef COMITY_POLICY_THREAD_INSIDE_H
#define COMITY_POLICY_THREAD_INSIDE_H

#include "policy/request.h"

static inline uint64_t
kind_bit(enum act_kind kind)
{
	return UINT64_C(1) << kind;
}

/* Names of the kinds, ", " between them. */
MUST bool thread_kinds_print(uint64_t set, struct buf *out, struct err *err);

#endif
