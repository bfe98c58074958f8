/* Time stamps that come late, and whose word they are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/testkit.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

/* A time-stamping authority whose roots a home believes. */
static void
believe(struct site *s, const struct kit *kit)
{
	struct buf pem;

	buf_init(&pem, 65536);
	OK(certs_write_pem(&kit->anchors, &pem, &err));
	OK(site_again(s, &err));
	OK(flow_stamp_authority(&s->flow, NULL, buf_span(&pem), &err));
	buf_clear(&pem);
}

static void
query_of(struct job *j, struct buf *query)
{
	buf_init(query, 4096);
	OK(site_again(&j->a, &err));
	OK(flow_stamp_query(&j->a.flow, 1, query, &err));
}

static void
answered(struct job *j, const struct kit *kit, struct span query, int64_t at,
    struct stamped *out)
{
	struct kit_tsa_options opt = { .at = at };
	struct buf answer;

	buf_init(&answer, STAMP_FILE_MAX);
	kit_answer(kit, query, opt, &answer);
	OK(site_again(&j->a, &err));
	OK(flow_stamp_add(&j->a.flow, 1, buf_span(&answer), out, &err));
	buf_clear(&answer);
}

static void
stamp_now(struct job *j, const struct kit *kit, int64_t at, struct stamped *out)
{
	struct buf query;

	query_of(j, &query);
	answered(j, kit, buf_span(&query), at, out);
	buf_clear(&query);
}

/* Everything that waits, twice through: packages, then the stamps for them. */
static enum received_as
receive_in_order(struct job *j, bool backwards)
{
	enum received_as as = RECEIVED_NOT_TAKEN;
	struct inbox_name names[8];
	size_t n;

	package_report_clear(&j->received.report);
	OK(site_again(&j->b, &err));
	OK(flow_inbox(&j->b.flow, names, 8, &n, &err));
	for (size_t k = 0; k < 2 * n; k++) {
		size_t i = backwards ? n - 1 - k % n : k % n;
		struct err err = ERR_INIT;

		if (!home_has(j->b.flow.home, names[i].s))
			continue;
		if (flow_evidence_receive(&j->b.flow, names[i].s, &j->received,
		    &err)) {
			as = j->received.as;
			package_report_clear(&j->received.report);
		} else {
			assert_string_equal(err.reason, "receive.no-first");
		}
	}
	return as;
}

/* What the last one was taken as. */
static enum received_as
receive_all(struct job *j)
{
	return receive_in_order(j, false);
}

static void
a_stamp_that_came_by_file_reaches_the_receiver(void **state)
{
	struct stamped s;
	struct evidence e;
	struct kit kit;
	struct job j;

	(void)state;
	job_begin(&j, 40);
	kit_open(&kit, KEY_P256);
	run_up_to(&j, AFTER_SEAL);
	believe(&j.a, &kit);
	believe(&j.b, &kit);
	stamp_now(&j, &kit, NOW + 10, &s);
	assert_true(s.kept && s.travels);
	/* The evidence itself is sent, not the stamp that has a parcel of its own. */
	OK(step_send(&j, &err));
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 2);
	assert_true(e.parcels[0].in_outbox && e.parcels[1].in_outbox);
	OK(step_write(&j, &err));
	OK(step_read(&j, &err));
	assert_int_equal(receive_all(&j), RECEIVED_TIME_STAMP);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	assert_int_equal(e.parcels[0].stamp, STAMP_KEPT);
	assert_int_equal(e.parcels[0].stamped_at, NOW + 10);
	OK(step_open(&j, &err));
	assert_int_equal(j.opened.overall, OVERALL_INTACT);
	assert_true(path_exists(j.world, NULL, "bag/signature.tst"));
	kit_close(&kit);
	job_end(&j);
}

static void
a_query_that_is_asked_for_twice_is_the_same(void **state)
{
	struct buf first, second;
	struct job j;

	(void)state;
	job_begin(&j, 41);
	run_up_to(&j, AFTER_SEAL);
	query_of(&j, &first);
	query_of(&j, &second);
	assert_true(span_eq(buf_span(&first), buf_span(&second)));
	buf_clear(&first);
	buf_clear(&second);
	job_end(&j);
}

static void
an_answer_finds_the_parcel_it_is_for(void **state)
{
	struct stamped s;
	struct evidence e;
	struct buf query;
	struct kit kit;
	struct job j;

	(void)state;
	job_begin(&j, 42);
	kit_open(&kit, KEY_P256);
	run_up_to(&j, AFTER_SEAL);
	believe(&j.a, &kit);
	query_of(&j, &query);
	OK(step_seal(&j, &err));
	answered(&j, &kit, buf_span(&query), NOW + 10, &s);
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels[0].stamp, STAMP_KEPT);
	assert_int_equal(e.parcels[1].stamp, STAMP_PENDING);
	buf_clear(&query);
	stamp_now(&j, &kit, NOW + 20, &s);
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels[1].stamp, STAMP_KEPT);
	NO(flow_stamp_add(&j.a.flow, 1, span_text("x"), &s, &err),
	    "stamp.none-wanted");
	kit_close(&kit);
	job_end(&j);
}

/* Someone's worse word must not take the place of a proof. */
static void
a_proven_time_is_not_replaced_by_a_claimed_one(void **state)
{
	struct kit good, other;
	struct stamped s;
	struct evidence e;
	struct job j;

	(void)state;
	job_begin(&j, 43);
	kit_open(&good, KEY_P256);
	kit_open(&other, KEY_P256);
	run_up_to(&j, AFTER_SEND);
	believe(&j.a, &good);
	believe(&j.b, &good);
	stamp_now(&j, &good, NOW + 10, &s);
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels[0].stamp, STAMP_KEPT);
	e.parcels[0].stamp = STAMP_PENDING;
	OK(evidence_save(j.a.flow.home, &e, &err));
	site_end(&j.a);
	believe(&j.a, &other);
	stamp_now(&j, &other, NOW + 5, &s);
	OK(step_write(&j, &err));
	/* In whatever order they come, the proof is what stays. */
	for (unsigned i = 0; i < 3; i++) {
		OK(step_read(&j, &err));
		(void)receive_in_order(&j, i == 1);
		OK(evidence_load(j.b.flow.home, 1, &e, &err));
		assert_int_equal(e.parcels[0].stamp, STAMP_KEPT);
		assert_int_equal(e.parcels[0].stamped_at, NOW + 10);
	}
	OK(step_open(&j, &err));
	assert_int_equal(j.opened.when, WHEN_PROVEN);
	kit_close(&good);
	kit_close(&other);
	job_end(&j);
}

static void
a_stamp_from_another_than_the_sender_of_the_package_is_not_taken(void **state)
{
	struct stamped s;
	struct evidence e;
	struct kit kit;
	struct job j;
	char other[AUTHORITY_ID_MAX];

	(void)state;
	job_begin(&j, 44);
	kit_open(&kit, KEY_P256);
	run_up_to(&j, AFTER_RECEIVE);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	(void)snprintf(other, sizeof other, "XC%.17s", e.parcels[0].peer.s + 2);
	(void)snprintf(e.parcels[0].peer.s, sizeof e.parcels[0].peer.s, "%s", other);
	OK(evidence_save(j.b.flow.home, &e, &err));
	believe(&j.a, &kit);
	believe(&j.b, &kit);
	stamp_now(&j, &kit, NOW + 10, &s);
	OK(step_write(&j, &err));
	OK(step_read(&j, &err));
	assert_int_equal(receive_all(&j), RECEIVED_NOT_TAKEN);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels[0].stamp, STAMP_PENDING);
	kit_close(&kit);
	job_end(&j);
}

static void
a_late_stamp_is_not_sent_to_a_peer_revoked_meanwhile(void **state)
{
	struct stamped s;
	struct kit kit;
	struct job j;

	(void)state;
	job_begin(&j, 45);
	kit_open(&kit, KEY_P256);
	run_up_to(&j, AFTER_SEAL);
	believe(&j.a, &kit);
	OK(flow_peer_revoke(&j.a.flow, "XB", "key lost", &err));
	stamp_now(&j, &kit, NOW + 10, &s);
	assert_true(s.kept);
	assert_false(s.travels);
	kit_close(&kit);
	job_end(&j);
}

static void
an_authority_must_be_an_address(void **state)
{
	struct kit kit;
	struct job j;

	(void)state;
	job_begin(&j, 46);
	kit_open(&kit, KEY_P256);
	run_up_to(&j, 1);
	OK(site_again(&j.a, &err));
	NO(flow_stamp_authority(&j.a.flow, "http://x", span_of(NULL, 0), &err),
	    "stamp.no-roots");
	believe(&j.a, &kit);
	NO(flow_stamp_authority(&j.a.flow, "tsa.example", span_of(NULL, 0), &err),
	    "http.url");
	NO(flow_stamp_authority(&j.a.flow, "http://me@x", span_of(NULL, 0), &err),
	    "http.url");
	OK(flow_stamp_authority(&j.a.flow, "http://x", span_of(NULL, 0), &err));
	OK(flow_stamp_authority(&j.a.flow, "", span_of(NULL, 0), &err));
	kit_close(&kit);
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamp_that_came_by_file_reaches_the_receiver),
		cmocka_unit_test(a_query_that_is_asked_for_twice_is_the_same),
		cmocka_unit_test(an_answer_finds_the_parcel_it_is_for),
		cmocka_unit_test(a_proven_time_is_not_replaced_by_a_claimed_one),
		cmocka_unit_test(a_stamp_from_another_than_the_sender_of_the_package_is_not_taken),
		cmocka_unit_test(a_late_stamp_is_not_sent_to_a_peer_revoked_meanwhile),
		cmocka_unit_test(an_authority_must_be_an_address),
	};

	return cmocka_run_group_tests_name("late", tests, NULL, NULL);
}
