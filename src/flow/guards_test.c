/*
 * Before a yes: who called back, what was refused before, how careful this home is with a
 * State.  After a secrecy: who is told.  Through the doors, between two homes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/deadlines.h"
#include "flow/figures.h"
#include "flow/guards.h"
#include "flow/leaves.h"
#include "flow/ledger.h"
#include "flow/notices.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	assert_string_equal(err.reason, why); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])
#define PHONE "+999 01 100"
#define DAYS 86400

static struct job j;

/* ---- two homes; the asking one has a telephone ---- */

static bool
init_with_phone(struct site *s, const char *country, const char *phone, struct err *err)
{
	static const char *const roles[] = { "central_authority" };
	static const char *const carriers[] = { "stick" };
	struct init_wish w = { .path = s->path, .country = country, .authority = s->path,
		.lang = "en", .self_ca = true, .key = KEY_P256, .roles = roles, .roles_n = 1,
		.carriers = carriers, .carriers_n = 1, .training = true, .phone = phone,
		.log_n = AGE_LOG_N_TEST };

	return flow_init(&s->flow, &w, err);
}

static int
begun(void **state)
{
	*state = &j;
	job_begin(&j, 91);
	OK(init_with_phone(&j.a, "XA", PHONE, &err));
	OK(site_init(&j.b, "XB", &err));
	OK(site_again(&j.a, &err) && site_again(&j.b, &err));
	OK(pair(&j.a, "berun/card.card", "berun", &err));
	OK(pair(&j.b, "aldora/card.card", "aldora", &err));
	return 0;
}

static const struct field_setting emergency[] = {
	{ "offence.facts", "Threats of harm." }, { "offence.articles", "13" },
	{ "emergency.risk", "life" }, { "emergency.who", "A child of nine" },
	{ "emergency.text", "A threat with a date was posted." },
	{ "why_not_slower", "The date is tomorrow." },
	{ "confirming_contact.name", "Head of Office 3" },
	{ "confirming_contact.phone", "+99900001111" },
	{ "provider.name", "Mail of Berun" },
	{ "identifiers[0].type", "email" },
	{ "identifiers[0].value", "lena@mail.example" },
};

static unsigned
emergency_came(void)
{
	static unsigned n;
	struct sent sent;

	OK(ask_with(&j.a, ACT_EMERGENCY_DATA, "XB", 0, emergency, COUNT(emergency), &sent,
	    &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	return n = sent.row.number;
}

static void
called(unsigned number, const char *dialled, const char *result, const char *why)
{
	const struct call_wish w = { dialled, "Duty officer", result };
	struct call_view v;

	if (why != NULL)
		NO(flow_request_called(&j.b.flow, number, &w, &v, &err), why);
	else
		OK(flow_request_called(&j.b.flow, number, &w, &v, &err));
}

static bool
yes(unsigned number, struct err *err)
{
	struct sent sent;

	return reply_with(&j.b, number, ACT_GRANTED, &sent, err);
}

/* Nobody else is there to sign. */
static bool
yes_alone(unsigned number, struct err *err)
{
	const struct answer_wish w = { .kind = ACT_GRANTED, .text = "as said by phone",
		.lang = "en" };
	struct sent sent;

	return flow_request_answer(&j.b.flow, number, &w, &sent, err);
}

/* ---- S15 ---- */

static void
an_emergency_gets_no_yes_before_the_call_to_the_card(void **state)
{
	unsigned n = emergency_came();

	(void)state;
	NO(yes(n, &err), "guard.call-back");
	called(n, "+99900001111", "yes", "call.other-number");
	called(n, PHONE, "maybe", "call.result");
	NO(yes(n, &err), "guard.call-back");
	called(n, "00999 01-100", "yes", NULL);
	OK(yes(n, &err));
}

static void
an_emergency_is_first_on_the_desk_until_something_went_over(void **state)
{
	unsigned n = emergency_came();
	struct deliver_wish w = { .evidence = 1, .purpose = "This life",
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;
	struct desk desk;

	(void)state;
	OK(flow_desk(&j.a.flow, &desk, &err));
	assert_int_equal(desk.emergencies_n, 0);
	OK(flow_desk(&j.b.flow, &desk, &err));
	assert_int_equal(desk.emergencies_n, 1);
	assert_int_equal(desk.emergencies[0].number, n);
	called(n, PHONE, "yes", NULL);
	OK(yes(n, &err));
	OK(flow_desk(&j.b.flow, &desk, &err));
	assert_int_equal(desk.emergencies_n, 1);
	OK(add(&j.b, &e, &err));
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, n, &w, &sealed, &sent, &err)));
	OK(flow_desk(&j.b.flow, &desk, &err));
	assert_int_equal(desk.emergencies_n, 0);
}

static void
a_denial_stands_whatever_is_said_later(void **state)
{
	unsigned n = emergency_came();

	(void)state;
	called(n, PHONE, "no", NULL);
	NO(yes(n, &err), "guard.forgery");
	called(n, PHONE, "yes", NULL);
	NO(yes(n, &err), "guard.forgery");
	OK(site_again(&j.b, &err));
	NO(yes(n, &err), "guard.forgery");
}

/* A row of the docket that has no record is nobody's call. */
static void
a_call_that_stands_only_in_the_docket_counts_for_nothing(void **state)
{
	unsigned n = emergency_came();
	struct docket_call c = { .request = n, .at = 1, .result = "yes" };
	struct docket *d = NULL;

	(void)state;
	OK(home_lock(j.b.flow.home, &err) && home_docket(j.b.flow.home, &d, &err));
	OK(docket_begin(d, &err) && docket_call_new(d, &c, &err) &&
	    docket_commit(d, &err));
	home_docket_done(j.b.flow.home);
	NO(yes(n, &err), "guard.call-back");
	called(n, PHONE, "yes", NULL);
	OK(yes(n, &err));
}

static void
a_denial_left_out_of_the_docket_still_stands(void **state)
{
	unsigned n = emergency_came();

	(void)state;
	called(n, PHONE, "no", NULL);
	called(n, PHONE, "yes", NULL);
	OK(docket_by_hand(&j.b, "DELETE FROM calls WHERE result = 'no'", &err));
	OK(docket_by_hand(&j.b, "DELETE FROM records WHERE at ="
	    " (SELECT min(at) FROM records WHERE event = 'decided')", &err));
	NO(yes(n, &err), "guard.forgery");
	/* or under another act */
	OK(docket_by_hand(&j.b, "UPDATE records SET act = zeroblob(32) WHERE event = 'decided'",
	    &err));
	NO(yes(n, &err), "guard.forgery");
}

static void
many_emergencies_of_a_day_need_two_persons_and_none_is_dropped(void **state)
{
	struct request_view v;
	unsigned n = 0;
	bool shown = false;

	(void)state;
	for (unsigned i = 0; i < EMERGENCIES_A_DAY; i++)
		n = emergency_came();
	called(n, PHONE, "yes", NULL);
	OK(yes_alone(n, &err));
	n = emergency_came();
	called(n, PHONE, "yes", NULL);
	/* an office of one has a way: it waits for who signs from afar */
	NO(yes_alone(n, &err), "people.nobody");
	OK(second_begin(&j.b, &err));
	NO(yes_alone(n, &err), "people.second");
	OK(flow_request_view(&j.b.flow, n, &v, &err));
	for (size_t i = 0; i < v.findings.n; i++)
		shown = shown || strcmp(v.findings.list[i].reason, "guard.rate") == 0;
	assert_true(shown);
	request_view_clear(&v);
	OK(SECONDED(&j.b, &err, yes_alone(n, &err)));
	/* a day later there is room again */
	world_sim_set_now(j.world, NOW + EMERGENCY_WINDOW + 600);
	n = emergency_came();
	called(n, PHONE, "yes", NULL);
	OK(yes_alone(n, &err));
}

static void
number_fill(struct act *a, const void *arg)
{
	(void)arg;
	(void)snprintf(a->body.request.number, sizeof a->body.request.number,
	    "XC-2026-000001");
}

static void
an_emergency_of_an_unknown_key_never_becomes_a_request(void **state)
{
	struct forgery f = { .kind = ACT_EMERGENCY_DATA, .fill = number_fill };
	struct docket_request r;
	struct taken t;
	struct digest act;
	char path[200];

	(void)state;
	OK(site_init(&j.c, "XC", &err));
	OK(site_again(&j.c, &err));
	OK(pair(&j.c, "berun/card.card", "berun", &err));
	OK(forge(&j.c, "XB", &f, path, &act, &err));
	OK(flow_take(&j.b.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, "receive.sender-unknown");
	NO(row_of(&j.b, 1, &r, &err), "request.absent");
}

/* The asking office makes a next card, and the other one takes it: nobody compares words. */
static void
card_follows(const char *phone)
{
	struct settings *s = home_settings(j.a.flow.home);
	struct paired p;
	bool needs;

	(void)snprintf(s->phone, sizeof s->phone, "%s", phone);
	OK(settings_save(j.a.flow.home, &err));
	world_sim_set_now(j.world, world_now(j.world) + 1);
	OK(flow_key_rotate(&j.a.flow, ROTATE_SIGNING, &needs, &err));
	OK(flow_peer_pair(&j.b.flow, "aldora/card.card", NULL, &p, &err));
	peer_clear(&p.peer);
}

static void
a_card_that_follows_with_another_number_is_compared_first(void **state)
{
	unsigned n = emergency_came();

	(void)state;
	card_follows("+999 66 666");
	called(n, "+999 66 666", "yes", "call.number-changed");
	called(n, PHONE, "yes", "call.other-number");
	/* a second card with that number makes it no older */
	card_follows("+999 66 666");
	called(n, "+999 66 666", "yes", "call.number-changed");
	OK(pair(&j.b, "aldora/card.card", "aldora", &err));
	called(n, "+999 66 666", "yes", NULL);
	/* from now on this is the number that was compared */
	card_follows("+999-66666");
	called(n, "+999 66 666", "yes", NULL);
	card_follows(PHONE);
	called(n, PHONE, "yes", "call.number-changed");
}

/* Without its earlier cards the newest would be the first: nobody would compare it. */
static void
a_number_is_no_older_when_earlier_cards_are_taken_out_of_the_file(void **state)
{
	unsigned n = emergency_came();
	struct peer p;

	(void)state;
	card_follows("+999 66 666");
	peer_init(&p);
	OK(peer_find(j.b.flow.home, "XA", &p, &err));
	assert_int_equal(p.earlier_n, 1);
	p.earlier_n = 0;
	OK(peer_save(j.b.flow.home, &p, span_of(NULL, 0), span_of(NULL, 0), &err));
	peer_clear(&p);
	OK(site_again(&j.b, &err));
	called(n, "+999 66 666", "yes", "call.number-changed");
}

static void
the_formal_request_is_owed_after_an_emergency_and_clocked(void **state)
{
	unsigned n = emergency_came();
	struct emergencies_owed owed;
	struct deliver_wish w = { .evidence = 1, .purpose = "This life",
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	(void)state;
	OK(flow_emergencies_owed(&j.b.flow, &owed, &err));
	assert_int_equal(owed.theirs, 0);
	called(n, PHONE, "yes", NULL);
	OK(add(&j.b, &e, &err));
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, n, &w, &sealed, &sent, &err)));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	OK(flow_emergencies_owed(&j.a.flow, &owed, &err));
	assert_int_equal(owed.ours, 1);
	OK(flow_emergencies_owed(&j.b.flow, &owed, &err));
	assert_int_equal(owed.theirs, 1);
	assert_int_equal(owed.overdue, 0);
	world_sim_set_now(j.world, NOW + 11 * DAYS);
	OK(flow_emergencies_owed(&j.a.flow, &owed, &err));
	assert_int_equal(owed.overdue, 1);
	OK(ask(&j.a, ACT_STORED_DATA, "XB", &sent, &err));
	OK(flow_emergencies_owed(&j.a.flow, &owed, &err));
	assert_int_equal(owed.ours, 0);
}

/* ---- a State; refused before ---- */

static void
a_level_is_set_with_a_reason_and_counts_at_once(void **state)
{
	struct sent sent;

	(void)state;
	NO(flow_policy_risk(&j.b.flow, "XA", NULL, "blocked", "", &err), "policy.reason");
	NO(flow_policy_risk(&j.b.flow, "XA", NULL, "looser", "x", &err), "policy.level");
	NO(flow_policy_risk(&j.b.flow, "XA", "receipt", "blocked", "x", &err),
	    "policy.measure");
	NO(flow_policy_risk(&j.b.flow, "XB", NULL, "blocked", "x", &err), "policy.state");
	OK(flow_policy_risk(&j.b.flow, "XA", NULL, "blocked", "report of May", &err));
	/* for one measure alone it cannot be made easier than for all */
	OK(flow_policy_risk(&j.b.flow, "XA", "preserve", "normal", "a friend", &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(site_again(&j.b, &err));
	NO(yes(1, &err), "guard.blocked");
}

static bool
check_minds(const char *part)
{
	struct ledger_check *check = mem_new(sizeof *check, NULL);
	bool minds = false;

	assert_non_null(check);
	OK(flow_ledger_check(&j.b.flow, false, check, &err));
	for (size_t i = 0; i < check->n; i++)
		minds = minds || (strcmp(check->list[i].what, "docket") == 0 &&
		    check->list[i].bad && strstr(check->list[i].text, part) != NULL);
	mem_free(check);
	return minds;
}

static void
the_check_of_the_ledger_tells_a_docket_that_was_changed_by_hand(void **state)
{
	unsigned n = emergency_came();
	struct rebuilt rebuilt;

	(void)state;
	called(n, PHONE, "no", NULL);
	OK(flow_policy_risk(&j.b.flow, "XA", NULL, "blocked", "report of May", &err));
	assert_false(check_minds(""));
	OK(docket_by_hand(&j.b, "UPDATE stances SET value = 'normal'", &err));
	assert_true(check_minds("1 of its rows"));
	OK(docket_by_hand(&j.b, "UPDATE records SET act = zeroblob(32) WHERE event = 'decided'"
	    " AND act IS NOT NULL", &err));
	assert_true(check_minds("2 of its rows"));
	OK(docket_by_hand(&j.b, "DELETE FROM records WHERE event = 'decided'", &err));
	assert_true(check_minds("index of records has"));
	OK(flow_rebuild(&j.b.flow, &rebuilt, &err));
	OK(site_again(&j.b, &err));
	assert_false(check_minds(""));
}

static bool
is_blocked(void *arg, const struct docket_stance *x, struct err *err)
{
	(void)err;
	*(bool *)arg = strcmp(x->value, "blocked") == 0;
	return true;
}

/* A row of the docket is not what was set: the record of it is. */
static void
a_level_that_was_changed_or_left_out_in_the_docket_still_counts(void **state)
{
	struct figures_rules rules;
	struct sent sent;
	bool blocked = false;

	(void)state;
	OK(flow_policy_risk(&j.b.flow, "XA", NULL, "blocked", "report of May", &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(docket_by_hand(&j.b, "UPDATE stances SET value = 'normal'", &err));
	OK(flow_policies(&j.b.flow, false, is_blocked, &blocked, &err));
	assert_true(blocked);
	NO(yes(1, &err), "guard.blocked");
	OK(docket_by_hand(&j.b, "DELETE FROM stances", &err));
	OK(docket_by_hand(&j.b, "DELETE FROM records WHERE event = 'decided'", &err));
	NO(yes(1, &err), "guard.blocked");
	/* and who oversees this office is told so */
	OK(flow_figures_rules(&j.b.flow, &rules, &err));
	assert_int_equal(rules.levels_n, 1);
	assert_string_equal(rules.levels[0].state, "XA");
	assert_string_equal(rules.levels[0].measure, "all");
	assert_string_equal(rules.levels[0].level, "blocked");
	figures_rules_clear(&rules);
	/* whose it is says its signature */
	OK(docket_by_hand(&j.b, "UPDATE requests SET peer = 'XC' || substr(peer, 3)", &err));
	assert_false(yes(1, &(struct err)ERR_INIT));
	OK(docket_by_hand(&j.b, "UPDATE requests SET ours = 1", &err));
	assert_false(yes(1, &(struct err)ERR_INIT));
}

static void
collection_in_real_time_is_not_switched_on_in_the_docket(void **state)
{
	struct leaf_value set;

	(void)state;
	OK(docket_by_hand(&j.a, "INSERT INTO stances (state, what, about, value, since)"
	    " VALUES ('XB', 'realtime', 'budapest', 'on', 1)", &err));
	OK(leaves_stance(&j.a.flow, REALTIME_RULE, "XB", "budapest", &set, &err));
	assert_string_equal(set.s, "");
	OK(flow_policy_realtime(&j.a.flow, "XB", "Budapest", true, "practised", &err));
	OK(leaves_stance(&j.a.flow, REALTIME_RULE, "XB", "budapest", &set, &err));
	assert_string_equal(set.s, "on");
}

static bool
sealed_unasked(const char *to, struct err *err)
{
	const struct seal_wish w = { .number = 1, .to = to, .purpose = "For your case" };
	struct sealed sealed;

	return SECONDED(&j.b, err, flow_evidence_seal(&j.b.flow, &w, &sealed, err));
}

static void
evidence_goes_unasked_to_no_state_that_is_blocked_or_read_with_care(void **state)
{
	struct evidence e;
	size_t parcel;
	bool found;

	(void)state;
	OK(add(&j.b, &e, &err));
	OK(flow_policy_risk(&j.b.flow, "XA", NULL, "heightened", "report of May", &err));
	NO(sealed_unasked("XA", &err), "guard.assurance");
	OK(flow_policy_risk(&j.b.flow, "XA", NULL, "normal", "report of June", &err));
	OK(sealed_unasked("XA", &err));
	OK(flow_policy_risk(&j.b.flow, "XA", "spontaneous", "blocked", "July", &err));
	NO(sealed_unasked("XA", &err), "guard.blocked");
	NO(flow_evidence_send(&j.b.flow, 1, "XA", &e, &parcel, &found, &err), "guard.blocked");
}

static void
what_was_refused_is_known_again_from_another_state(void **state)
{
	static const struct field_setting spelt[] = {
		{ "system_or_account.value", "SomeOne@Mail.EXAMPLE" },
	};
	static const struct field_setting other[] = {
		{ "system_or_account.value", "somebody.else@mail.example" },
	};
	struct sent sent;

	(void)state;
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(reply_with(&j.b, 1, ACT_REFUSED, &sent, &err));
	OK(third_begin(&j, &err));
	OK(ask_with(&j.c, ACT_PRESERVE, "XB", 0, spelt, 1, &sent, &err));
	OK(bring_now(&j.c, &j.b, "XB", &err));
	NO(yes(2, &err), "guard.refused-before");
	OK(ask_with(&j.c, ACT_PRESERVE, "XB", 0, other, 1, &sent, &err));
	OK(bring_now(&j.c, &j.b, "XB", &err));
	OK(yes(3, &err));
	NO(flow_request_seen(&j.b.flow, 3, 1, &err), "seen.other");
	OK(flow_request_seen(&j.b.flow, 2, 1, &err));
	OK(yes(2, &err));
}

/* We ask for that field, they reply with it, and the reply is here. */
static void
corrected(unsigned number, const char *field, const struct field_setting *set, size_t n)
{
	const char *asks[] = { field };
	const struct answer_wish question = { .kind = ACT_QUESTION, .text = "Is that right?",
		.lang = "en", .asks = asks, .asks_n = 1 };
	const struct answer_wish reply = { .kind = ACT_REPLY, .text = "A correction.",
		.lang = "en", .set = set, .set_n = n };
	struct sent sent;

	OK(flow_request_answer(&j.b.flow, number, &question, &sent, &err));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	OK(SECONDED(&j.a, &err, flow_request_answer(&j.a.flow, number, &reply, &sent, &err)));
	OK(bring_now(&j.a, &j.b, "XB", &err));
}

static void
a_reply_that_names_who_was_refused_is_known_again(void **state)
{
	static const struct field_setting lena[] = {
		{ "system_or_account.type", "email" },
		{ "system_or_account.value", "lena@mail.example" },
	};
	static const struct field_setting refused[] = {
		{ "system_or_account.type", "email" },
		{ "system_or_account.value", "Otto.F@mail.example" },
	};
	struct rebuilt rebuilt;
	struct sent sent;

	(void)state;
	OK(ask_with(&j.a, ACT_PRESERVE, "XB", 0, refused, 2, &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	OK(reply_with(&j.b, 1, ACT_REFUSED, &sent, &err));
	OK(ask_with(&j.a, ACT_PRESERVE, "XB", 0, lena, 2, &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	corrected(2, "system_or_account", refused, 2);
	NO(yes(2, &err), "guard.refused-before");
	/* and a docket made anew knows it too */
	OK(site_again(&j.b, &err));
	OK(flow_rebuild(&j.b.flow, &rebuilt, &err));
	OK(site_again(&j.b, &err));
	NO(yes(2, &err), "guard.refused-before");
	OK(flow_request_seen(&j.b.flow, 2, 1, &err));
	OK(yes(2, &err));
}

static void
a_reply_does_not_take_the_call_back(void **state)
{
	static const struct field_setting life[] = {
		{ "urgency.codes", "threat_to_life" }, { "urgency.note", "Tomorrow." },
		{ "confirming_contact.name", "Head of Office 3" },
		{ "confirming_contact.phone", "+99900001111" },
	};
	static const struct field_setting none[] = {
		{ "urgency.codes", "volatile_data" }, { "urgency.note", "Tomorrow." },
	};
	struct sent sent;

	(void)state;
	OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, life, COUNT(life), &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
	NO(yes(1, &err), "guard.call-back");
	corrected(1, "urgency", none, COUNT(none));
	NO(yes(1, &err), "guard.call-back");
	called(1, PHONE, "yes", NULL);
	OK(yes(1, &err));
}

/* ---- notices ---- */

static bool
notice_first(void *arg, const struct notice_view *v, struct err *err)
{
	(void)err;
	*(struct notice_view *)arg = *v;
	return true;
}

static void
secret_came(int64_t until)
{
	char day[40];
	const struct field_setting secret[] = {
		{ "secrecy.wanted", "yes" }, { "secrecy.until", day },
		{ "secrecy.reasons", "He would delete it." },
	};
	struct sent sent;

	(void)snprintf(day, sizeof day, "%s", when_rfc3339(until).s);
	OK(ask_with(&j.a, ACT_PRESERVE, "XB", 0, secret, 3, &sent, &err));
	OK(bring_now(&j.a, &j.b, "XB", &err));
}

static void
a_notice_outlives_every_clock_and_ends_by_a_person(void **state)
{
	struct notice_view v = { .state = NOTICE_STATES };
	struct notice_counts n;

	(void)state;
	secret_came(NOW + 30 * DAYS);
	OK(flow_notices(&j.b.flow, false, notice_first, &v, &err));
	assert_int_equal(v.state, NOTICE_SECRET);
	assert_int_equal(v.notice.until, NOW + 30 * DAYS);
	OK(flow_notice_counts(&j.a.flow, &n, &err));
	assert_int_equal(n.secret, 1);
	world_sim_set_now(j.world, NOW + 3650 * (int64_t)DAYS);
	OK(flow_notice_counts(&j.b.flow, &n, &err));
	assert_int_equal(n.due, 1);
	world_sim_set_now(j.world, NOW - 3650 * (int64_t)DAYS);
	OK(flow_notice_counts(&j.b.flow, &n, &err));
	assert_int_equal(n.doubt, 1);
	assert_int_equal(n.due + n.secret + n.done, 0);
	NO(flow_notice_done(&j.b.flow, v.notice.number, "letter", true, &v, &err),
	    "notice.doubt");
	world_sim_set_now(j.world, NOW + 31 * DAYS);
	OK(flow_notice_done(&j.b.flow, v.notice.number, "letter", false, &v, &err));
	OK(flow_notice_counts(&j.b.flow, &n, &err));
	assert_int_equal(n.due + n.secret + n.doubt, 0);
	/* the asking side keeps its own */
	OK(flow_notice_counts(&j.a.flow, &n, &err));
	assert_int_equal(n.due, 1);
}

/* ---- a docket made anew ---- */

static bool
reason_hear(void *arg, const struct docket_stance *s, struct err *err)
{
	(void)err;
	(void)snprintf(arg, 40, "%s %s", s->value, s->reason == NULL ? "" : s->reason);
	return true;
}

static void
a_docket_made_anew_knows_calls_levels_and_notices(void **state)
{
	struct notice_view v = { .state = NOTICE_STATES };
	unsigned n = emergency_came();
	struct rebuilt rebuilt;
	char heard[40] = "";

	(void)state;
	called(n, PHONE, "no", NULL);
	OK(flow_policy_risk(&j.b.flow, "XA", "freeze", "heightened", "report", &err));
	secret_came(NOW + 30 * DAYS);
	OK(flow_notice_defer(&j.b.flow, 1, NOW + 60 * DAYS, "danger", &v, &err));
	OK(site_again(&j.b, &err));
	OK(flow_rebuild(&j.b.flow, &rebuilt, &err));
	OK(site_again(&j.b, &err));
	NO(yes(n, &err), "guard.forgery");
	OK(flow_policies(&j.b.flow, true, reason_hear, heard, &err));
	assert_string_equal(heard, "heightened report");
	OK(flow_notice_show(&j.b.flow, 1, &v, &err));
	assert_int_equal(v.notice.until, NOW + 60 * DAYS);
	assert_string_equal(v.notice.reason, "danger");
	/* and when the docket before is gone, all but names and reasons */
	OK(site_again(&j.b, &err));
	OK(path_remove(j.world, NULL, "berun/docket.sqlite", &err));
	if (path_exists(j.world, NULL, "berun/docket.before-rebuild"))
		OK(path_remove(j.world, NULL, "berun/docket.before-rebuild", &err));
	OK(flow_rebuild(&j.b.flow, &rebuilt, &err));
	OK(site_again(&j.b, &err));
	NO(yes(n, &err), "guard.forgery");
	OK(flow_policies(&j.b.flow, true, reason_hear, heard, &err));
	assert_string_equal(heard, "heightened ");
	OK(flow_notice_show(&j.b.flow, 1, &v, &err));
	assert_int_equal(v.notice.renewals, 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begun, job_over)
	const struct CMUnitTest tests[] = {
		T(an_emergency_gets_no_yes_before_the_call_to_the_card),
		T(an_emergency_is_first_on_the_desk_until_something_went_over),
		T(a_denial_stands_whatever_is_said_later),
		T(a_call_that_stands_only_in_the_docket_counts_for_nothing),
		T(a_denial_left_out_of_the_docket_still_stands),
		T(a_number_is_no_older_when_earlier_cards_are_taken_out_of_the_file),
		T(a_level_that_was_changed_or_left_out_in_the_docket_still_counts),
		T(collection_in_real_time_is_not_switched_on_in_the_docket),
		T(evidence_goes_unasked_to_no_state_that_is_blocked_or_read_with_care),
		T(the_check_of_the_ledger_tells_a_docket_that_was_changed_by_hand),
		T(many_emergencies_of_a_day_need_two_persons_and_none_is_dropped),
		T(an_emergency_of_an_unknown_key_never_becomes_a_request),
		T(a_card_that_follows_with_another_number_is_compared_first),
		T(the_formal_request_is_owed_after_an_emergency_and_clocked),
		T(a_level_is_set_with_a_reason_and_counts_at_once),
		T(what_was_refused_is_known_again_from_another_state),
		T(a_reply_that_names_who_was_refused_is_known_again),
		T(a_reply_does_not_take_the_call_back),
		T(a_notice_outlives_every_clock_and_ends_by_a_person),
		T(a_docket_made_anew_knows_calls_levels_and_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
