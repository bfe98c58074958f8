/* What comes in and what goes out: one fact is changed, and one sentence comes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "policy/request.h"

#define DAY 86400

static struct incoming_facts
good_incoming(enum act_kind kind)
{
	return (struct incoming_facts){ .sealed = true, .for_us = true,
		.sender_known = true, .state_agrees = true, .kind = kind, .made_at = 100,
		.now = 100 };
}

#define TAKES(k, change, why, may) do { struct incoming_facts f = good_incoming(k); \
	change; struct verdict v = incoming_decide(&f); \
	assert_string_equal(v.reason, why); assert_true(v.allow == (may)); \
	assert_true((strcmp(why, "receive.taken") == 0) == (v.text[0] == '\0')); \
	} while (0)

static void
every_kind_but_a_card_comes_in_when_every_fact_is_right(void **state)
{
	(void)state;
	for (int k = 0; k < ACT_KINDS; k++) {
		if (k == ACT_CARD)
			TAKES(ACT_CARD, (void)f, "receive.card", false);
		else
			TAKES((enum act_kind)k, (void)f, "receive.taken", true);
	}
}

static void
what_is_not_sealed_to_us_by_another_of_our_world_stays_out(void **state)
{
	(void)state;
	for (int k = 0; k < ACT_KINDS; k++) {
		enum act_kind kind = (enum act_kind)k;

		TAKES(kind, f.sealed = false, "receive.not-sealed", false);
		TAKES(kind, f.for_us = false, "receive.not-for-us", false);
		TAKES(kind, f.from_us = true, "receive.from-us", false);
		TAKES(kind, f.exercise = true, "receive.exercise", false);
		TAKES(kind, f.training = true, "receive.real", false);
	}
}

static void
D15_nobody_acts_on_words_of_a_key_that_is_unknown_or_revoked(void **state)
{
	static const enum act_kind words[] = { ACT_PRESERVE, ACT_STORED_DATA,
		ACT_USE_CONSENT, ACT_GRANTED, ACT_REFUSED, ACT_WITHDRAWN, ACT_RECEIPT,
		ACT_REVOKED, ACT_TIME_STAMP };

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		TAKES(words[i], f.sender_known = false, "receive.sender-unknown", false);
		TAKES(words[i], f.sender_revoked = true, "receive.sender-revoked", false);
		TAKES(words[i], f.state_agrees = false, "receive.other-state", false);
	}
}

static void
evidence_is_kept_with_its_mark_whoever_signed_it(void **state)
{
	(void)state;
	TAKES(ACT_DELIVERED, f.sender_known = false, "receive.sender-unknown", true);
	TAKES(ACT_DELIVERED, f.sender_revoked = true, "receive.sender-revoked", true);
	TAKES(ACT_DELIVERED, f.state_agrees = false, "receive.other-state", true);
}

static void
an_expired_request_is_not_taken_but_late_answers_and_evidence_are(void **state)
{
	(void)state;
	TAKES(ACT_PRESERVE, f.expired = true, "receive.expired", false);
	TAKES(ACT_USE_CONSENT, f.expired = true, "receive.expired", false);
	TAKES(ACT_GRANTED, f.expired = true, "receive.taken", true);
	TAKES(ACT_DELIVERED, f.expired = true, "receive.taken", true);
	TAKES(ACT_RECEIPT, f.expired = true, "receive.taken", true);
}

static void
an_act_made_more_than_a_day_from_now_is_not_taken(void **state)
{
	(void)state;
	TAKES(ACT_PRESERVE, f.made_at = 100 + DAY, "receive.taken", true);
	TAKES(ACT_PRESERVE, f.made_at = 101 + DAY, "receive.made-in-the-future", false);
	TAKES(ACT_DELIVERED, f.made_at = 101 + DAY, "receive.made-in-the-future", false);
}

/* ---- going out ---- */

#define SENDS(change, why) do { struct send_facts f = { .now = 100, .training = true, \
	.peer_training = true, .peer_confirmed = true, .peer_valid_from = 50, \
	.peer_valid_to = 200, .own_valid_from = 50, .own_valid_to = 200, \
	.certificate_from = 50, .certificate_to = 200 }; \
	change; struct verdict v = send_decide(&f); \
	assert_string_equal(v.reason, why); \
	assert_true(v.allow == (strcmp(why, "send.granted") == 0)); \
	assert_true(v.allow == (v.text[0] == '\0')); } while (0)

static void
an_act_leaves_only_when_every_fact_is_right(void **state)
{
	(void)state;
	SENDS((void)f, "send.granted");
	SENDS(f.now = 50, "send.granted");	/* first and last second are in it */
	SENDS(f.now = 200, "send.granted");
	SENDS((f.now = 200, f.certificate_to = 199), "send.certificate-expired");
	SENDS(f.certificate_from = 101, "send.certificate-not-yet-valid");
	SENDS(f.certificate_to = 99, "send.certificate-expired");
	SENDS(f.own_valid_from = 101, "send.card-not-valid");
	SENDS(f.own_valid_to = 99, "send.card-not-valid");
	SENDS(f.nobody = true, "send.nobody");
	SENDS(f.peer_revoked = true, "send.peer-revoked");
	SENDS(f.peer_key_revoked = true, "send.peer-key-revoked");
	SENDS(f.peer_confirmed = false, "send.peer-not-confirmed");
	SENDS(f.peer_valid_from = 101, "send.peer-card-not-valid");
	SENDS(f.peer_valid_to = 99, "send.peer-card-not-valid");
	SENDS(f.peer_training = false, "send.training-and-real");
	SENDS(f.training = false, "send.training-and-real");
	SENDS(f.stops = 1, "send.incomplete");
	SENDS(f.expires_at = 100, "send.expired");
	SENDS(f.expires_at = 101, "send.granted");
}

static void
a_draft_is_told_to_whom_nothing_may_go(void **state)
{
	struct request_findings found = { .n = 0 };
	struct send_facts f = { .now = 100, .training = true, .peer_training = true,
		.peer_confirmed = true, .peer_valid_to = 200 };

	(void)state;
	receiver_check(&f, &found);
	assert_int_equal(found.n + found.stops, 0);
	f.peer_revoked = true;
	receiver_check(&f, &found);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.stops, 1);
	assert_string_equal(found.list[0].reason, "send.peer-revoked");
	/* What does not fit the list is counted. */
	found.n = REQUEST_FINDINGS_MAX;
	receiver_check(&f, &found);
	assert_int_equal(found.n, REQUEST_FINDINGS_MAX);
	assert_int_equal(found.more, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_is_told_to_whom_nothing_may_go),
		cmocka_unit_test(every_kind_but_a_card_comes_in_when_every_fact_is_right),
		cmocka_unit_test(what_is_not_sealed_to_us_by_another_of_our_world_stays_out),
		cmocka_unit_test(D15_nobody_acts_on_words_of_a_key_that_is_unknown_or_revoked),
		cmocka_unit_test(evidence_is_kept_with_its_mark_whoever_signed_it),
		cmocka_unit_test(
		    an_expired_request_is_not_taken_but_late_answers_and_evidence_are),
		cmocka_unit_test(an_act_made_more_than_a_day_from_now_is_not_taken),
		cmocka_unit_test(an_act_leaves_only_when_every_fact_is_right),
	};

	return cmocka_run_group_tests_name("incoming", tests, NULL, NULL);
}
