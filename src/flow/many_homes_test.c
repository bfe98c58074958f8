/*
 * Many homes over a bad post: 100 seeds of five homes and thirty days, in four programs
 * that run side by side (SHARD 0 to 3); under a sanitizer one seed each.  With arguments a
 * single run is told in a line: many_homes_0_test SEED [HOMES [DAYS]].
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/many_homes_kit.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SEEDS (SHARD == 0)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SEEDS (SHARD == 0)
#endif
#endif
#ifndef SEEDS
#define SEEDS 25
#endif
#define SEEDS_LONG 2500

static unsigned
seeds(void)
{
	return getenv("COMITY_LONG") != NULL ? SEEDS_LONG : SEEDS;
}

static void
nothing_promised_is_lost_and_no_honest_ledger_shows_two_histories(void **state)
{
	struct many_result sum = { .bundles = 0 };

	(void)state;
	if (seeds() == 0) {
		print_message("the sanitizer's share is in the first of these programs\n");
		skip();
	}
	for (unsigned i = 0; i < seeds(); i++) {
		struct many_options opt = { .seed = SHARD * 1000000 + i, .homes = 5,
			.days = 30 };
		struct many_result r;

		if (!many_run(&opt, &r))
			fail_msg("%s", r.failed);
		sum.bundles += r.bundles;
		sum.crashes += r.crashes;
		sum.restores += r.restores;
		sum.damaged += r.damaged;
		sum.splits_found += r.splits_found;
		sum.recovered += r.recovered;
	}
	print_message("%u seeds: %u bundles, %u damaged, %u power cuts, %u restores, %u came out of recovery, %u hold proofs of two histories\n",
	    seeds(), sum.bundles, sum.damaged, sum.crashes, sum.restores,
	    sum.recovered, sum.splits_found);
	/* It must have happened, or nothing was tried. */
	if (seeds() >= 8)
		assert_true(sum.restores > 0 && sum.recovered > 0 &&
		    sum.crashes > 0 && sum.splits_found > 0);
}

/*
 * That an honest home signs one root a size is found false where it is: five of eight seeds
 * tell so.  Each guard of a home that was told of its restore hides the loss of the others
 * (may_sign and the floor of log_publish, the standing asked by ledger_publish): only without
 * both do such runs fail, three of twelve seeds.
 */
#define FORGETFUL_SEEDS 24

static void
two_roots_of_a_home_that_forgot_are_seen(void **state)
{
	unsigned found = 0;

	(void)state;
	if (SHARD != 3 || seeds() < 8) {
		print_message("this is tried in the last of these programs\n");
		skip();
	}
	for (unsigned i = 0; i < FORGETFUL_SEEDS && found == 0; i++) {
		struct many_options opt = { .seed = 3 + i, .homes = 3, .days = 30,
			.forgetful = true };
		struct many_result r;

		found += !many_run(&opt, &r) && strstr(r.failed, "signed two roots") != NULL;
	}
	assert_true(found > 0);
}

static void
the_same_seed_is_the_same_run(void **state)
{
	struct many_options opt = { .seed = 77 + SHARD, .homes = 3, .days = 8 };
	struct many_result a, b;

	(void)state;
	if (seeds() < 8) {
		print_message("the same seed is compared over compilers instead\n");
		skip();
	}
	/* The first run of a process also pays for what OpenSSL sets up once. */
	assert_true(many_run(&opt, &a));
	assert_true(many_run(&opt, &a));
	assert_true(many_run(&opt, &b));
	assert_true(digest_eq(&a.hash, &b.hash));
}

static int
one(int argc, char **argv)
{
	struct many_options opt = { .seed = strtoull(argv[1], NULL, 10),
		.homes = argc > 2 ? (unsigned)atoi(argv[2]) : 5,
		.days = argc > 3 ? (unsigned)atoi(argv[3]) : 30 };
	struct many_result r;

	if (opt.homes < 3 || opt.homes > MANY_MAX) {
		(void)fprintf(stderr, "3 to %d homes\n", MANY_MAX);
		return 2;
	}
	if (!many_run(&opt, &r)) {
		(void)fprintf(stderr, "%s\n", r.failed);
		return 1;
	}
	(void)printf("%s\n", digest_hex(&r.hash).s);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_promised_is_lost_and_no_honest_ledger_shows_two_histories),
		cmocka_unit_test(two_roots_of_a_home_that_forgot_are_seen),
		cmocka_unit_test(the_same_seed_is_the_same_run),
	};

	return argc > 1 ? one(argc, argv) : cmocka_run_group_tests(tests, NULL, NULL);
}
