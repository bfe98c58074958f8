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
#include "flow/places_kit.h"

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

/* ---- acts that are no evidence ---- */

/* A request of A went out without a stamp; both believe the authority. */
static void
request_begin(struct job *j, struct kit *kit, uint64_t seed, struct sent *sent)
{
	job_begin(j, seed);
	kit_open(kit, KEY_P256);
	run_up_to(j, AFTER_PAIR);
	believe(&j->a, kit);
	believe(&j->b, kit);
	OK(site_again(&j->a, &err));
	OK(ask(&j->a, ACT_STORED_DATA, "XB", sent, &err));
	assert_int_equal(sent->act.stamp, STAMP_PENDING);
}

static void
act_query(struct job *j, const struct digest *package, struct buf *query)
{
	buf_init(query, 4096);
	OK(site_again(&j->a, &err));
	OK(flow_stamp_query_act(&j->a.flow, package, query, &err));
}

static void
answer_to(const struct kit *kit, struct span query, int64_t at, struct buf *answer)
{
	struct kit_tsa_options opt = { .at = at };

	buf_init(answer, STAMP_FILE_MAX);
	kit_answer(kit, query, opt, answer);
}

static bool
stamp_count(void *arg, const struct docket_act *a, struct err *err)
{
	(void)err;
	*(size_t *)arg += strcmp(a->kind, "time_stamp") == 0;
	return true;
}

/* Its row, and how many time_stamp acts the outbox has. */
static size_t
stamps_waiting(struct site *s, const struct digest *package, struct docket_act *row)
{
	struct docket *d = NULL;
	bool found = false;
	size_t n = 0;

	OK(site_again(s, &err));
	OK(docket_open(s->flow.home, &d, &err));
	OK(docket_act_package(d, package, row, &found, &err));
	assert_true(found);
	OK(docket_outbox(d, NULL, stamp_count, &n, &err));
	docket_close(d);
	return n;
}

static void
a_request_gets_its_stamp_by_file_and_the_receiver_has_it(void **state)
{
	struct buf query, again, answer;
	struct docket_act row;
	struct stamped s;
	struct sent sent;
	struct kit kit;
	struct job j;

	(void)state;
	request_begin(&j, &kit, 47, &sent);
	act_query(&j, &sent.act.package, &query);
	act_query(&j, &sent.act.package, &again);
	assert_true(span_eq(buf_span(&query), buf_span(&again)));
	answer_to(&kit, buf_span(&query), NOW + 10, &answer);
	OK(flow_stamp_add_act(&j.a.flow, &sent.act.package, buf_span(&answer), &s, &err));
	assert_true(s.kept && s.travels);
	assert_int_equal(s.at, NOW + 10);
	assert_int_equal(s.request, 1);
	assert_string_equal(s.kind, "stored_data");
	assert_int_equal(stamps_waiting(&j.a, &sent.act.package, &row), 1);
	assert_int_equal(row.stamp, STAMP_KEPT);
	/* What has one asks for no other. */
	NO(flow_stamp_query_act(&j.a.flow, &sent.act.package, &again, &err),
	    "stamp.none-wanted");
	NO(flow_stamp_add_act(&j.a.flow, &sent.act.package, buf_span(&answer), &s, &err),
	    "stamp.none-wanted");
	OK(bring(&j.a, &j.b, "XB", "r1", &err));
	(void)stamps_waiting(&j.b, &sent.act.package, &row);
	assert_int_equal(row.stamp, STAMP_KEPT);
	assert_int_equal(row.stamped_at, NOW + 10);
	buf_clear(&answer);
	buf_clear(&again);
	buf_clear(&query);
	kit_close(&kit);
	job_end(&j);
}

static void
an_answer_that_is_not_for_this_act_is_not_kept(void **state)
{
	struct buf query, other, answer;
	struct sent first, second;
	struct docket_act row;
	struct stamped s;
	struct kit kit, stranger;
	char path[100];
	struct job j;

	(void)state;
	request_begin(&j, &kit, 48, &first);
	kit_open(&stranger, KEY_P256);
	OK(ask(&j.a, ACT_STORED_DATA, "XB", &second, &err));
	act_query(&j, &first.act.package, &query);
	act_query(&j, &second.act.package, &other);
	answer_to(&kit, buf_span(&other), NOW + 10, &answer);
	NO(flow_stamp_add_act(&j.a.flow, &first.act.package, buf_span(&answer), &s, &err),
	    "stamp.imprint");
	buf_clear(&answer);
	answer_to(&stranger, buf_span(&query), NOW + 10, &answer);
	NO(flow_stamp_add_act(&j.a.flow, &first.act.package, buf_span(&answer), &s, &err),
	    "stamp.path");
	NO(flow_stamp_add_act(&j.a.flow, &first.act.package, span_text("junk"), &s, &err),
	    "stamp.form");
	buf_clear(&answer);
	/* Nor the answer to a query that is not the one that is kept. */
	(void)snprintf(path, sizeof path, "parcels/%s.tsq",
	    digest_hex(&first.act.act).s);
	OK(path_remove(j.world, home_dir(j.a.flow.home), path, &err));
	buf_clear(&other);
	act_query(&j, &first.act.package, &other);
	answer_to(&kit, buf_span(&query), NOW + 10, &answer);
	NO(flow_stamp_add_act(&j.a.flow, &first.act.package, buf_span(&answer), &s, &err),
	    "stamp.nonce");
	assert_int_equal(stamps_waiting(&j.a, &first.act.package, &row), 0);
	assert_int_equal(row.stamp, STAMP_PENDING);
	buf_clear(&answer);
	buf_clear(&other);
	buf_clear(&query);
	kit_close(&stranger);
	kit_close(&kit);
	job_end(&j);
}

static void
what_is_to_be_stamped_is_named_by_number_or_by_the_beginning_of_an_id(void **state)
{
	static const size_t digits[] = { STAMP_ACT_DIGITS_MIN, 12, 64 };
	struct evidence e;
	struct sent sent;
	struct stamp_for w;
	char typed[80];
	struct kit kit;
	struct job j;

	(void)state;
	request_begin(&j, &kit, 49, &sent);
	for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++) {
		(void)snprintf(typed, sizeof typed, "%.*s", (int)digits[i],
		    digest_hex(&sent.act.act).s);
		OK(flow_stamp_find(&j.a.flow, typed, &w, &err));
		assert_true(w.is_act && w.evidence == 0);
		assert_true(digest_eq(&w.package, &sent.act.package));
		typed[digits[i] - 1] = typed[digits[i] - 1] == '0' ? '1' : '0';
		NO(flow_stamp_find(&j.a.flow, typed, &w, &err), "stamp.none-wanted");
	}
	typed[STAMP_ACT_DIGITS_MIN - 1] = '\0';
	NO(flow_stamp_find(&j.a.flow, typed, &w, &err), strspn(typed, "0123456789") ==
	    STAMP_ACT_DIGITS_MIN - 1 ? "evidence.absent" : "evidence.number");
	/* Theirs is theirs to have stamped. */
	OK(bring(&j.a, &j.b, "XB", "r1", &err));
	OK(site_again(&j.b, &err));
	NO(flow_stamp_find(&j.b.flow, digest_hex(&sent.act.act).s, &w, &err),
	    "stamp.none-wanted");
	/* Sealed evidence has both names. */
	OK(add(&j.a, &e, &err));
	OK(step_seal(&j, &err));
	OK(site_again(&j.a, &err));
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	(void)snprintf(typed, sizeof typed, "%.12s",
	    digest_hex(&e.parcels[0].act_id).s);
	OK(flow_stamp_find(&j.a.flow, typed, &w, &err));
	assert_true(w.is_act && w.evidence == 1);
	OK(flow_stamp_find(&j.a.flow, "1", &w, &err));
	assert_true(!w.is_act && w.evidence == 1);
	kit_close(&kit);
	job_end(&j);
}

static void
a_query_by_the_id_of_sealed_evidence_is_that_of_its_number(void **state)
{
	struct buf by_act, by_number, answer;
	struct evidence e;
	struct stamped s;
	struct kit kit;
	struct job j;

	(void)state;
	job_begin(&j, 50);
	kit_open(&kit, KEY_P256);
	run_up_to(&j, AFTER_SEAL);
	believe(&j.a, &kit);
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	act_query(&j, &e.parcels[0].package_id, &by_act);
	query_of(&j, &by_number);
	assert_true(span_eq(buf_span(&by_act), buf_span(&by_number)));
	answer_to(&kit, buf_span(&by_act), NOW + 10, &answer);
	OK(flow_stamp_add(&j.a.flow, 1, buf_span(&answer), &s, &err));
	assert_true(s.kept);
	buf_clear(&answer);
	buf_clear(&by_number);
	buf_clear(&by_act);
	kit_close(&kit);
	job_end(&j);
}

/* ---- lost power ---- */

struct add_try {
	struct job j;
	struct digest package;
	struct buf answer;
};

static bool
add_run(struct add_try *t, struct err *err)
{
	struct stamped s;

	return site_again(&t->j.a, err) && flow_stamp_add_act(&t->j.a.flow, &t->package,
	    buf_span(&t->answer), &s, err);
}

static void
add_whole(void *arg)
{
	OK(add_run(arg, &err));
}

static void
add_cut(void *arg)
{
	struct err ignored = ERR_INIT, why = ERR_INIT;
	struct add_try *t = arg;
	struct docket_act row;
	bool done;

	power_fails(t->j.world);
	done = add_run(t, &ignored);
	site_end(&t->j.a);
	site_end(&t->j.b);
	power_back(t->j.world);
	place_known(t->j.world, done);
	if (done)
		assert_int_equal(stamps_waiting(&t->j.a, &t->package, &row), 1);
	if (!add_run(t, &why))
		assert_string_equal(why.reason, "stamp.none-wanted");
	assert_int_equal(stamps_waiting(&t->j.a, &t->package, &row), 1);
	assert_int_equal(row.stamp, STAMP_KEPT);
	OK(bring(&t->j.a, &t->j.b, "XB", "r1", &err));
	(void)stamps_waiting(&t->j.b, &t->package, &row);
	assert_int_equal(row.stamp, STAMP_KEPT);
}

static void
a_stamp_of_an_act_survives_a_power_cut_once(void **state)
{
	struct add_try t;
	struct places p = { .what = "adding a stamp", .ways = POWER_WAYS, .few = 24,
		.try = add_cut, .arg = &t };
	struct sent sent;
	struct buf query;
	struct kit kit;

	(void)state;
	request_begin(&t.j, &kit, 51, &sent);
	t.package = sent.act.package;
	act_query(&t.j, &t.package, &query);
	answer_to(&kit, buf_span(&query), NOW + 10, &t.answer);
	site_end(&t.j.a);
	site_end(&t.j.b);
	p.n = places_size(t.j.world, add_whole, &t).calls + 1;
	places_try(&p);
	buf_clear(&t.answer);
	buf_clear(&query);
	kit_close(&kit);
	job_end(&t.j);
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
		cmocka_unit_test(a_request_gets_its_stamp_by_file_and_the_receiver_has_it),
		cmocka_unit_test(an_answer_that_is_not_for_this_act_is_not_kept),
		cmocka_unit_test(what_is_to_be_stamped_is_named_by_number_or_by_the_beginning_of_an_id),
		cmocka_unit_test(a_query_by_the_id_of_sealed_evidence_is_that_of_its_number),
		cmocka_unit_test(a_stamp_of_an_act_survives_a_power_cut_once),
		cmocka_unit_test(an_authority_must_be_an_address),
	};

	return cmocka_run_group_tests_name("late", tests, NULL, NULL);
}
