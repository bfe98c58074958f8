/*
 * The main job, wholly inside a simulated world: two authorities, one evidence, one
 * folder that travels.  The same seed makes the same bytes; whatever fails in
 * between is told, and nothing half-made passes for whole.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/testkit.h"

static void
parcel_digest(struct job *j, struct digest *out)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, 16u << 20);
	assert_true(file_load(j->world, NULL, j->sealed.path, &b, &err));
	assert_true(digest_of(buf_span(&b), out, &err));
	buf_clear(&b);
}

static void
assert_bag_is_the_evidence(struct job *j)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, 1000);
	assert_true(file_load(j->world, NULL, "bag/data/_00000001.txt", &b, &err));
	assert_true(span_is(buf_span(&b), "first\n"));
	buf_reset(&b);
	assert_true(file_load(j->world, NULL, "bag/data/sub/_00000001", &b, &err));
	assert_true(span_is(buf_span(&b), "second\n"));
	buf_clear(&b);
}

static void
evidence_goes_from_one_home_to_the_other(void **state)
{
	struct job j;

	(void)state;
	job_begin(&j, 1);
	run_up_to(&j, STEPS);
	assert_int_equal(j.received.as, RECEIVED_EVIDENCE);
	assert_int_equal(j.opened.unchanged, UNCHANGED_YES);
	assert_int_equal(j.opened.who, WHO_KNOWN);
	assert_int_equal(j.opened.when, WHEN_CLAIMED);
	assert_true(j.opened.unpacked);
	assert_bag_is_the_evidence(&j);
	job_end(&j);
}

static void
the_same_seed_makes_the_same_parcel_and_another_seed_another(void **state)
{
	struct digest d[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct job j;

		job_begin(&j, i == 2 ? 8 : 7);
		run_up_to(&j, 6);
		parcel_digest(&j, &d[i]);
		job_end(&j);
	}
	assert_true(digest_eq(&d[0], &d[1]));
	assert_false(digest_eq(&d[0], &d[2]));
}

static void
a_second_delivery_changes_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct job j;
	unsigned *list;
	size_t n;

	(void)state;
	job_begin(&j, 2);
	run_up_to(&j, 10);
	assert_true(step_read(&j, &err));
	package_report_clear(&j.received.report);
	assert_true(flow_evidence_receive(&j.b.flow, j.sealed.path, &j.received, &err));
	assert_int_equal(j.received.as, RECEIVED_AGAIN);
	assert_true(evidence_numbers(j.b.flow.home, &list, &n, &err));
	assert_int_equal(n, 1);
	mem_free(list);
	job_end(&j);
}

static void
evidence_that_changed_since_it_was_added_is_named_and_not_sealed(void **state)
{
	struct err err = ERR_INIT;
	struct job j;

	(void)state;
	job_begin(&j, 3);
	run_up_to(&j, 5);
	assert_true(file_save(j.world, NULL, "disk/sub/CON", span_text("Second\n"),
	    true, &err));
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "payload.changed_since_added");
	assert_non_null(strstr(err.text, "CON"));
	job_end(&j);
}

static void
a_wrong_and_an_empty_passphrase_are_told_apart(void **state)
{
	struct err err = ERR_INIT;
	struct keyring *k = NULL;
	struct job j;

	(void)state;
	job_begin(&j, 9);
	run_up_to(&j, 1);
	assert_false(keyring_open(j.a.flow.home, span_text("wrong"), &k, &err));
	assert_string_equal(err.reason, "key.passphrase");
	assert_false(keyring_open(j.a.flow.home, span_of("", 0), &k, &err));
	assert_string_equal(err.reason, "key.passphrase_empty");
	job_end(&j);
}

/*
 * Each step once with its nth disk call failing, then again without: the second try
 * ends as if nothing had been.
 */
static void
each_failing_disk_call_is_told_and_the_second_try_succeeds(void **state)
{
	bool whole = getenv("COMITY_LONG") != NULL;

	(void)state;
	for (size_t s = 0; s < STEPS; s++) {
		uint64_t stride = whole ? 1 : 31 + 11 * s;

		for (uint64_t n = 1;; n += stride) {
			struct err err = ERR_INIT;
			struct job j;
			bool ok;

			job_begin(&j, 100 + s);
			run_up_to(&j, s);
			world_sim_fail(j.world, n % 2 == 0 ? SIM_FAULT_FULL :
			    SIM_FAULT_IO, n, false);
			ok = steps[s].run(&j, &err);
			world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
			if (!ok) {
				assert_true(err.text[0] != '\0');
				site_end(&j.a);
				site_end(&j.b);
				err_clear(&err);
				if (!steps[s].run(&j, &err) &&
				    strcmp(err.reason, "home.exists") != 0)
					fail_msg("%s after call %llu: %s",
					    steps[s].name, (unsigned long long)n,
					    err.text);
			}
			if (j.opened.has_act)
				assert_int_not_equal(j.opened.overall, OVERALL_INTACT);
			job_end(&j);
			if (ok && n > 400)
				break;
			if (ok && n > 2000)
				break;
		}
	}
}

/* Memory: never a crash, never a wrong verdict, and the next try succeeds. */
static void
each_failing_allocation_is_told_and_the_second_try_succeeds(void **state)
{
	bool whole = getenv("COMITY_LONG") != NULL;

	(void)state;
	for (size_t s = 0; s < STEPS; s++)
		for (uint64_t n = 1, missed = 0; missed < 1;
		    n += whole ? 1 : 211 + 41 * s) {
			struct err err = ERR_INIT;
			struct job j;
			bool ok;

			job_begin(&j, 200 + s);
			run_up_to(&j, s);
			mem_fail(n, n % 3 == 0);
			ok = steps[s].run(&j, &err);
			mem_fail(0, false);
			if (ok && mem_count() > 0 && j.opened.has_act)
				assert_int_equal(j.opened.when, WHEN_CLAIMED);
			if (!ok) {
				site_end(&j.a);
				site_end(&j.b);
				err_clear(&err);
				if (!steps[s].run(&j, &err) &&
				    strcmp(err.reason, "home.exists") != 0)
					fail_msg("%s after allocation %llu: %s",
					    steps[s].name, (unsigned long long)n,
					    err.text);
			} else {
				missed++;
			}
			job_end(&j);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_goes_from_one_home_to_the_other),
		cmocka_unit_test(the_same_seed_makes_the_same_parcel_and_another_seed_another),
		cmocka_unit_test(a_second_delivery_changes_nothing),
		cmocka_unit_test(evidence_that_changed_since_it_was_added_is_named_and_not_sealed),
		cmocka_unit_test(a_wrong_and_an_empty_passphrase_are_told_apart),
		cmocka_unit_test(each_failing_disk_call_is_told_and_the_second_try_succeeds),
		cmocka_unit_test(each_failing_allocation_is_told_and_the_second_try_succeeds),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
