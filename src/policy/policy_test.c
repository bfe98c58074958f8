/* Each rule in one line: what is allowed, and which single fact stops it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/policy.h"

static struct seal_facts
good_seal(void)
{
	return (struct seal_facts){ .now = 100, .training = true,
		.peer_training = true, .peer_confirmed = true,
		.peer_valid_from = 50, .peer_valid_to = 200, .has_collection = true,
		.own_valid_from = 50, .own_valid_to = 200, .certificate_from = 50,
		.certificate_to = 200 };
}

static struct card_facts
good_card(void)
{
	return (struct card_facts){ .now = 100, .valid_from = 50, .valid_to = 200,
		.training = false, .card_training = false, .unchanged = true,
		.signer_known = true };
}

#define SEAL_STOPS(change, why) do { struct seal_facts f = good_seal(); \
	change; struct verdict v = seal_decide(&f); assert_false(v.allow); \
	assert_string_equal(v.reason, why); } while (0)
#define CARD_STOPS(change, why) do { struct card_facts f = good_card(); \
	change; struct verdict v = card_decide(&f); assert_false(v.allow); \
	assert_string_equal(v.reason, why); } while (0)

static void
evidence_is_sealed_only_when_every_fact_is_right(void **state)
{
	struct seal_facts good = good_seal();

	(void)state;
	assert_true(seal_decide(&good).allow);
	SEAL_STOPS(f.peer_revoked = true, "seal.peer-revoked");
	SEAL_STOPS(f.peer_confirmed = false, "seal.peer-not-confirmed");
	SEAL_STOPS(f.peer_valid_to = 99, "seal.peer-card-not-valid");
	SEAL_STOPS(f.peer_valid_from = 101, "seal.peer-card-not-valid");
	SEAL_STOPS(f.peer_training = false, "seal.training-and-real");
	SEAL_STOPS(f.has_collection = false, "seal.no-collection-record");
	SEAL_STOPS(f.certificate_to = 99, "seal.certificate-expired");
	SEAL_STOPS(f.certificate_from = 101, "seal.certificate-not-yet-valid");
	SEAL_STOPS(f.own_valid_to = 99, "seal.card-not-valid");
}

static void
a_card_is_taken_only_when_every_fact_is_right(void **state)
{
	struct card_facts good = good_card();

	(void)state;
	assert_true(card_decide(&good).allow);
	CARD_STOPS(f.unchanged = false, "card.changed");
	CARD_STOPS(f.signer_known = false, "card.signer");
	CARD_STOPS(f.own = true, "card.own");
	CARD_STOPS(f.revoked = true, "card.revoked");
	CARD_STOPS(f.older = true, "card.older");
	CARD_STOPS(f.training = true, "card.training-and-real");
	CARD_STOPS(f.valid_to = 99, "card.expired");
	CARD_STOPS(f.valid_from = 101, "card.not-yet-valid");
}

#define RECEIVE_STOPS(change, why) do { struct receive_facts f = good; \
	change; struct verdict v = receive_decide(&f); assert_false(v.allow); \
	assert_string_equal(v.reason, why); } while (0)

static void
a_package_is_taken_in_only_when_every_fact_is_right(void **state)
{
	struct receive_facts good = { .sealed = true, .for_us = true, .evidence = true,
		.has_collection = true };
	struct receive_facts training = { .sealed = true, .for_us = true, .evidence = true,
		.has_collection = true, .training = true, .exercise = true };
	struct receive_facts stamp = { .sealed = true, .for_us = true, .time_stamp = true };

	(void)state;
	assert_true(receive_decide(&good).allow);
	assert_true(receive_decide(&training).allow);
	assert_true(receive_decide(&stamp).allow);
	RECEIVE_STOPS(f.sealed = false, "receive.not-sealed");
	RECEIVE_STOPS(f.for_us = false, "receive.not-for-us");
	RECEIVE_STOPS(f.from_us = true, "receive.from-us");
	RECEIVE_STOPS(f.exercise = true, "receive.exercise");
	RECEIVE_STOPS(f.training = true, "receive.real");
	RECEIVE_STOPS(f.evidence = false, "receive.kind");
	RECEIVE_STOPS(f.has_collection = false, "receive.no-collection-record");
}

static void
a_late_stamp_is_taken_from_the_sender_of_the_package_alone(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct stamp_facts f = { i & 1, i & 2 };

		assert_int_equal(stamp_decide(&f).allow, i == 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_is_sealed_only_when_every_fact_is_right),
		cmocka_unit_test(a_card_is_taken_only_when_every_fact_is_right),
		cmocka_unit_test(a_package_is_taken_in_only_when_every_fact_is_right),
		cmocka_unit_test(a_late_stamp_is_taken_from_the_sender_of_the_package_alone),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
