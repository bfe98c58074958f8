/*
 * Out of a damaged journal there is a way, and none past it: what can be proven goes on, and
 * what lost records may have said holds a yes back until somebody says it again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/guards.h"
#include "flow/leaves.h"
#include "flow/people.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s: %s", #call, err.reason, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	assert_string_equal(err.reason, why); } while (0)

#define CARD "\"event\":\"card\""

static struct job j;

static int
setup(void **state)
{
	*state = &j;
	job_begin(&j, 61);
	run_up_to(&j, AFTER_PAIR);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	job_end(&j);
	return 0;
}

static void
again(void)
{
	OK(site_again(&j.a, &err));
}

static struct salvaged
succeeded(void)
{
	struct salvaged said = { .sound = false };

	again();
	OK(flow_ledger_succeed(&j.a.flow, "damaged", &said, &err));
	again();
	return said;
}

static void
peer_stands(bool revoked, bool lost)
{
	struct peer p;

	peer_init(&p);
	OK(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(p.confirmed);
	assert_int_equal(p.revoked, revoked);
	assert_int_equal(p.lost, lost);
	peer_clear(&p);
}

static void
stance_is(const char *rule, const char *about, const char *want)
{
	struct leaf_value v;

	OK(leaves_stance(&j.a.flow, rule, "XB", about, &v, &err));
	assert_string_equal(v.s, want);
}

static void
sound(void)
{
	struct ledger_check *check = mem_new(sizeof *check, NULL);

	assert_non_null(check);
	again();
	OK(flow_ledger_check(&j.a.flow, false, check, &err));
	for (size_t i = 0; i < check->n; i++)
		if (check->list[i].bad)
			fail_msg("%s: %s", check->list[i].what, check->list[i].text);
	mem_free(check);
}

static void
one_turned_bit_is_turned_back_and_nobody_is_asked_anything(void **state)
{
	struct ledger_view *v = mem_new(sizeof *v, NULL);
	struct desk *desk = mem_new(sizeof *desk, NULL);
	struct salvaged said;
	struct leaf_gap gap;
	struct peer p;

	(void)state;
	assert_true(v != NULL && desk != NULL);
	OK(record_spoil(&j.a, CARD, 1, &err));
	again();
	peer_init(&p);
	NO(peer_find(j.a.flow.home, "XB", &p, &err), "journal.damaged");
	/* What leads out of it goes on, and says it. */
	OK(flow_desk(&j.a.flow, desk, &err));
	assert_non_null(strstr(desk->ledger_text, "comity ledger succeed --reason damaged"));
	again();
	ledger_view_init(v);
	OK(flow_ledger_show(&j.a.flow, v, &err));
	assert_true(v->damage_n > 0);
	ledger_view_clear(v);
	said = succeeded();
	assert_true(!said.sound && said.lost == 0 && said.mended == 1);
	assert_string_equal(said.old, "journal/damaged-1");
	OK(leaves_gap(&j.a.flow, &gap, &err));
	assert_int_equal(gap.at, 0);
	peer_stands(false, false);
	OK(flow_desk(&j.a.flow, desk, &err));
	assert_string_equal(desk->ledger_text, "");
	sound();
	mem_free(desk);
	mem_free(v);
}

static void
what_lost_records_may_have_said_stands_until_it_is_said_again(void **state)
{
	char card[80];
	struct salvaged said;
	struct leaf_gap gap;

	(void)state;
	OK(flow_policy_realtime(&j.a.flow, "XB", "Budapest", true, "decision 4/26", &err));
	OK(record_spoil(&j.a, CARD, 3, &err));
	said = succeeded();
	assert_int_equal(said.lost, 1);
	OK(leaves_gap(&j.a.flow, &gap, &err));
	assert_true(gap.at > 0 && gap.time == world_now(j.a.flow.world));
	peer_stands(true, true);
	stance_is(RISK_RULE, RISK_ALL, "blocked");
	stance_is(REALTIME_RULE, "budapest", "");
	NO(flow_person_confirm(&j.a.flow, &(size_t){ 0 }, &err), "people.none");
	/* A card without its words does not bring trust back; with them it does. */
	again();
	(void)snprintf(card, sizeof card, "%s/card.card", j.b.path);
	NO(flow_peer_pair(&j.a.flow, card, NULL, &(struct paired){ .was_known = false }, &err),
	    "card.revoked");
	OK(pair(&j.a, card, j.b.path, &err));
	again();
	peer_stands(false, false);
	OK(flow_policy_risk(&j.a.flow, "XB", NULL, "normal", "looked anew", &err));
	OK(flow_policy_realtime(&j.a.flow, "XB", "Budapest", true, "decision 4/26", &err));
	again();
	stance_is(RISK_RULE, RISK_ALL, "normal");
	stance_is(REALTIME_RULE, "budapest", "on");
	sound();
}

/* Trust that was ended before is ended: there was no word of it among what was lost. */
static void
what_can_still_be_read_binds_as_before(void **state)
{
	char card[80];

	(void)state;
	OK(flow_peer_revoke(&j.a.flow, "XB", "test", &err));
	OK(flow_policy_risk(&j.a.flow, "XB", "stored_data", "heightened", "report", &err));
	OK(record_spoil(&j.a, CARD, 3, &err));
	assert_int_equal(succeeded().lost, 1);
	peer_stands(true, false);
	(void)snprintf(card, sizeof card, "%s/card.card", j.b.path);
	assert_false(pair(&j.a, card, j.b.path, &(struct err)ERR_INIT));
	again();
	stance_is(RISK_RULE, "stored_data", "heightened");
}

static void
persons_go_on_when_two_of_them_have_confirmed_the_list(void **state)
{
	struct person_view *list = NULL;
	size_t n = 0, more = 0;

	(void)state;
	site_office(&j.a);
	again();
	(void)site_as(&j.a, 1);
	NO(flow_person_confirm(&j.a.flow, &more, &err), "people.confirm-nothing");
	OK(record_spoil(&j.a, CARD, 3, &err));
	(void)site_as(&j.a, 1);
	OK(flow_ledger_succeed(&j.a.flow, "damaged", NULL, &err));
	(void)site_as(&j.a, 2);
	NO(flow_may(&j.a.flow, PEOPLE_VIEW, &err), "people.unconfirmed");
	(void)site_as(&j.a, 3);
	NO(flow_person_disable(&j.a.flow, 2, "left", &err), "people.unconfirmed");
	OK(flow_person_list(&j.a.flow, &list, &n, &err));
	assert_int_equal(n, 3);
	mem_free(list);
	(void)site_as(&j.a, 3);
	OK(flow_person_confirm(&j.a.flow, &more, &err));
	assert_int_equal(more, 1);
	/* The same one twice is one. */
	(void)site_as(&j.a, 3);
	OK(flow_person_confirm(&j.a.flow, &more, &err));
	assert_int_equal(more, 1);
	(void)site_as(&j.a, 1);
	NO(flow_may(&j.a.flow, PEOPLE_VIEW, &err), "people.unconfirmed");
	OK(flow_person_confirm(&j.a.flow, &more, &err));
	assert_int_equal(more, 0);
	(void)site_as(&j.a, 2);
	OK(flow_may(&j.a.flow, PEOPLE_VIEW, &err));
}

/* Who was on a newer list wrote records that are left: the older one is known by them. */
static void
an_older_list_of_persons_does_not_pass_for_the_newest_one(void **state)
{
	(void)state;
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "before", &err));
	site_again(&j.a, &(struct err)ERR_INIT);
	site_office(&j.a);
	(void)site_as(&j.a, 3);
	OK(flow_person_disable(&j.a.flow, 2, "left", &err));
	OK(record_spoil(&j.a, CARD, 3, &err));
	site_end(&j.a);
	OK(dir_remove_all(j.world, NULL, "aldora/people", &err));
	OK(dir_remove_all(j.world, NULL, "aldora/keys", &err));
	OK(home_copy(j.world, "before/keys", "aldora/keys", &err));
	again();
	NO(flow_ledger_succeed(&j.a.flow, "damaged", NULL, &err), "people.rolled-back");
}

static void
a_journal_that_is_gone_is_damage_and_there_is_a_way_on(void **state)
{
	struct leaf newest;
	struct salvaged said;
	struct log *log;
	struct peer p;
	struct buf note;

	(void)state;
	buf_init(&note, NOTE_MAX);
	OK(flow_ledger_checkpoint(&j.a.flow, &note, &err));
	buf_clear(&note);
	OK(path_remove(j.world, home_dir(j.a.flow.home), JOURNAL_PATH, &err));
	again();
	NO(leaves_people(&j.a.flow, &newest, &err), "journal.damaged");
	NO(ledger_log(&j.a.flow, &log, &err), "journal.damaged");
	said = succeeded();
	assert_true(said.lost > 0 && said.kept == 0 && !said.has_old);
	/* Nobody confirmed its card, as far as anybody can tell. */
	peer_init(&p);
	OK(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(!p.confirmed && p.revoked && p.lost);
	peer_clear(&p);
	sound();
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(one_turned_bit_is_turned_back_and_nobody_is_asked_anything),
		T(what_lost_records_may_have_said_stands_until_it_is_said_again),
		T(what_can_still_be_read_binds_as_before),
		T(persons_go_on_when_two_of_them_have_confirmed_the_list),
		T(an_older_list_of_persons_does_not_pass_for_the_newest_one),
		T(a_journal_that_is_gone_is_damage_and_there_is_a_way_on),
	};

	return cmocka_run_group_tests_name("lost records", tests, NULL, NULL);
}
