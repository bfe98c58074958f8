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

#include "flow/places_kit.h"
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
		run_up_to(&j, AFTER_SEAL);
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
	run_up_to(&j, AFTER_RECEIVE);
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

/* A step of the main job, at whose beginning the homes stand. */
struct step_try {
	struct job j;
	size_t step;
	bool memory;			/* it fails, not the disk */
};

static bool
step_run(struct step_try *t, struct err *err)
{
	return steps[t->step].run(&t->j, err);
}

static void
step_whole(void *arg)
{
	struct step_try *t = arg;
	struct err err = ERR_INIT;

	/* A home that was made before its maker could say so is one. */
	if (!step_run(t, &err) && strcmp(err.reason, "home.exists") != 0)
		fail_msg("%s: %s", steps[t->step].name, err.text);
}

/* What failed was told, with no false verdict; the second try ends as if nothing had been. */
static void
step_again(struct step_try *t, bool ok, const struct err *why)
{
	assert_true(ok || why->text[0] != '\0');
	if (t->j.opened.has_act)
		assert_int_not_equal(t->j.opened.overall, OVERALL_INTACT);
	if (ok && t->j.opened.has_act)
		assert_int_equal(t->j.opened.when, WHEN_CLAIMED);
	nothing_fails(t->j.world);
	site_end(&t->j.a);
	site_end(&t->j.b);
	place_known(t->j.world, ok);
	if (!ok)
		step_whole(t);
	/* And the journey goes on from there. */
	for (size_t s = t->step + 1; s < STEPS; s++) {
		struct err err = ERR_INIT;

		if (!steps[s].run(&t->j, &err))
			fail_msg("%s behind %s: %s", steps[s].name,
			    steps[t->step].name, err.text);
	}
	job_end(&t->j);
}

static void
step_fails(void *arg)
{
	struct err why = ERR_INIT;
	struct step_try *t = arg;

	if (t->memory)
		memory_fails();
	else
		disk_fails(t->j.world);
	step_again(t, step_run(t, &why), &why);
}

static void
step_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct step_try *t = arg;
	bool ok;

	power_fails(t->j.world);
	ok = step_run(t, &why);
	site_end(&t->j.a);
	site_end(&t->j.b);
	power_back(t->j.world);
	step_again(t, ok, &why);
}

enum fails { DISK, MEMORY, POWER };

static void
steps_try(enum fails fails)
{
	struct places p[] = {
		[DISK] = { .try = step_fails, .ways = DISK_WAYS, .few = 5 },
		[MEMORY] = { .try = step_fails, .ways = MEMORY_WAYS, .few = 5 },
		[POWER] = { .try = step_cut, .ways = POWER_WAYS, .few = 5 },
	};

	for (size_t s = 0; s < STEPS; s++) {
		struct step_try t = { .step = s, .memory = fails == MEMORY };
		struct places_size size;

		job_begin(&t.j, 100 + s);
		run_up_to(&t.j, s);
		size = places_size(t.j.world, step_whole, &t);
		p[fails].n = fails == MEMORY ? size.allocations : size.calls +
		    (fails == POWER);
		p[fails].what = steps[s].name;
		p[fails].arg = &t;
		places_try(&p[fails]);
		job_end(&t.j);
	}
}

static void
each_failing_disk_call_is_told_and_the_second_try_succeeds(void **state)
{
	(void)state;
	steps_try(DISK);
}

/* Memory: never a crash, never a wrong verdict, and the next try succeeds. */
static void
each_failing_allocation_is_told_and_the_second_try_succeeds(void **state)
{
	(void)state;
	steps_try(MEMORY);
}

static void
a_power_cut_at_any_call_of_any_step_is_gone_on_from(void **state)
{
	(void)state;
	steps_try(POWER);
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
		cmocka_unit_test(a_power_cut_at_any_call_of_any_step_is_gone_on_from),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
