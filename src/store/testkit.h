/* Shared by the tests of this room: a home in a simulated world, and rows for it. */
#ifndef COMITY_STORE_TESTKIT_H
#define COMITY_STORE_TESTKIT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "store/docket.h"

#define NOW 1795337160
#define PASSPHRASE "one two three"
#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

struct world *kit_world(uint64_t seed);
void settings_good(struct settings *s);
/* A home in "office", without keys. */
struct home *kit_home(struct world *w);
struct home *kit_home_again(struct world *w);
struct aead_key kit_key(void);
struct digest kit_digest(unsigned n);
struct docket_request kit_request(bool ours);
struct docket_act kit_act(unsigned n);	/* act n, package 1000000 + n */
/* evidence/NNNN/record.json as homes had it before the docket. */
void kit_old_record(struct home *h, unsigned number, unsigned parcels);

#endif
