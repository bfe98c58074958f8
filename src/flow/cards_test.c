/* Keys and cards: who is believed, and through what. */
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
an_unconfirmed_or_revoked_peer_gets_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct paired p;
	struct job j;

	(void)state;
	job_begin(&j, 4);
	run_up_to(&j, 2);
	assert_true(step_add(&j, &err));
	assert_false(flow_peer_pair(&j.a.flow, "berun/card.card",
	    "one two three four five six", &p, &err));
	assert_string_equal(err.reason, "peer.words");
	assert_true(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	peer_clear(&p.peer);
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "seal.peer-not-confirmed");
	assert_true(step_pair_a(&j, &err));
	assert_true(flow_peer_revoke(&j.a.flow, "XB", "key lost", &err));
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "seal.peer-revoked");
	job_end(&j);
}

static void
a_new_key_is_taken_by_a_peer_who_knows_the_old_card(void **state)
{
	struct err err = ERR_INIT;
	struct paired p;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 5);
	run_up_to(&j, 5);
	assert_true(home_lock(j.b.flow.home, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SEALING, &needs, &err));
	site_end(&j.b);
	/* Two cards on from the one we know: the chain between is missing. */
	assert_false(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	assert_string_equal(err.reason, "peer.not-following");
	job_end(&j);

	job_begin(&j, 6);
	run_up_to(&j, 5);
	assert_true(home_lock(j.b.flow.home, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	assert_true(p.followed && p.peer.confirmed);
	peer_clear(&p.peer);
	assert_true(step_seal(&j, &err));
	job_end(&j);
}

/* A stranger's home that calls itself by B's id, on a card that is not its first. */
static void
impostor_make(struct job *j, struct site *e)
{
	struct err err = ERR_INIT;
	struct authority_id real, own;
	bool needs;

	site_begin(e, j->world, "evil");
	assert_true(site_init(e, "XB", &err));
	own = home_settings(e->flow.home)->authority;
	real = home_settings(j->b.flow.home)->authority;
	site_end(e);
	rewrite(j, "evil/comity.json", own.s, real.s);
	assert_true(site_again(e, &err));
	assert_true(flow_key_rotate(&e->flow, ROTATE_SIGNING, &needs, &err));
}

/* That B is confirmed says nothing about a card somebody else made in its name. */
static void
a_card_kept_unconfirmed_is_never_believed_through_the_confirmed_one(void **state)
{
	struct err err = ERR_INIT;
	struct site evil;
	struct evidence e;
	struct paired p;
	struct job j;

	(void)state;
	job_begin(&j, 21);
	run_up_to(&j, 2);
	impostor_make(&j, &evil);
	if (!flow_peer_pair(&j.a.flow, "evil/card.card", NULL, &p, &err))
		fail_msg("%s", err.text);
	assert_false(p.peer.confirmed);
	peer_clear(&p.peer);
	assert_true(step_pair_a(&j, &err));
	assert_true(pair(&evil, "aldora/card.card", "aldora", &err));
	assert_true(add(&evil, &e, &err));
	if (!flow_evidence_seal(&evil.flow, &(struct seal_wish){ .number = 1,
	    .to = "XA" }, &j.sealed, &err))
		fail_msg("%s", err.text);
	assert_true(site_again(&j.a, &err));
	assert_true(flow_evidence_receive(&j.a.flow, j.sealed.path, &j.received,
	    &err));
	assert_int_equal(j.received.report.who, WHO_UNKNOWN);
	site_end(&evil);
	job_end(&j);
}

static void
packages_under_a_card_that_was_confirmed_stay_known_after_it_changed(void **state)
{
	struct err err = ERR_INIT;
	struct paired p;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 22);
	run_up_to(&j, 9);
	assert_true(site_again(&j.a, &err));
	assert_true(flow_key_rotate(&j.a.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_peer_pair(&j.b.flow, "aldora/card.card", NULL, &p, &err));
	assert_true(p.followed);
	assert_int_equal(p.peer.earlier_n, 1);
	peer_clear(&p.peer);
	assert_true(step_receive(&j, &err));
	assert_int_equal(j.received.report.who, WHO_KNOWN);
	job_end(&j);
}

static void
an_older_card_is_not_taken_again_even_with_its_words(void **state)
{
	struct err err = ERR_INIT;
	struct six_words words;
	struct paired p;
	struct buf old;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 23);
	run_up_to(&j, 4);
	buf_init(&old, 1u << 20);
	assert_true(file_load(j.world, NULL, "berun/card.card", &old, &err));
	assert_true(file_save(j.world, NULL, "old.card", buf_span(&old), true, &err));
	buf_clear(&old);
	assert_true(flow_card_words(&j.a.flow, "old.card", &words, &err));
	world_sim_set_now(j.world, NOW + 100);
	assert_true(site_again(&j.b, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	peer_clear(&p.peer);
	assert_false(flow_peer_pair(&j.a.flow, "old.card", NULL, &p, &err));
	assert_string_equal(err.reason, "card.older");
	assert_false(flow_peer_pair(&j.a.flow, "old.card", words.s, &p, &err));
	assert_string_equal(err.reason, "card.older");
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unconfirmed_or_revoked_peer_gets_nothing),
		cmocka_unit_test(a_new_key_is_taken_by_a_peer_who_knows_the_old_card),
		cmocka_unit_test(a_card_kept_unconfirmed_is_never_believed_through_the_confirmed_one),
		cmocka_unit_test(packages_under_a_card_that_was_confirmed_stay_known_after_it_changed),
		cmocka_unit_test(an_older_card_is_not_taken_again_even_with_its_words),
	};

	return cmocka_run_group_tests_name("cards", tests, NULL, NULL);
}
