/* Requests, answers, evidence and receipts come in, and move their threads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/part_kit.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

static void
state_is(struct site *s, unsigned number, const char *state)
{
	struct docket_request r;

	OK(row_of(s, number, &r, &err));
	assert_string_equal(r.state, state);
}

static bool
outbox_count(void *arg, const struct docket_act *a, struct err *err)
{
	(void)a;
	(void)err;
	++*(size_t *)arg;
	return true;
}

static size_t
outbox_of(struct site *s)
{
	struct docket *d;
	size_t n = 0;

	OK(home_docket(s->flow.home, &d, &err));
	OK(docket_outbox(d, NULL, outbox_count, &n, &err));
	home_docket_done(s->flow.home);
	return n;
}

static void
a_request_and_its_answer_go_there_and_back(void **state)
{
	struct docket_request r;
	struct sent sent;
	struct job j;

	(void)state;
	job_begin(&j, 500);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	state_is(&j.a, 1, "sent");
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	OK(row_of(&j.b, 1, &r, &err));
	assert_string_equal(r.state, "received");
	assert_string_equal(r.kind, "preserve");
	assert_false(r.ours);
	assert_string_equal(r.due_rule, "D61");
	assert_true(r.due_ours);
	assert_int_equal(r.due_at, NOW + 86400);
	/* Its receipt alone goes back first. */
	assert_int_equal(outbox_of(&j.b), 1);
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	state_is(&j.a, 1, "received");
	assert_int_equal(outbox_of(&j.a), 0);
	OK(reply_with(&j.b, 1, ACT_GRANTED, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "s3", &err));
	OK(row_of(&j.a, 1, &r, &err));
	assert_string_equal(r.state, "accepted");
	assert_int_equal(r.answered_at, NOW);
	assert_int_equal(r.hold_until, NOW + 60 * 86400);
	assert_string_equal(r.due_rule, "hold");
	OK(bring(&j.a, &j.b, "XB", "s4", &err));
	state_is(&j.b, 1, "accepted");
	assert_int_equal(outbox_of(&j.b), 0);
	/* The receipt was carried: it is not answered by a receipt. */
	assert_int_equal(outbox_of(&j.a), 0);
	job_end(&j);
}

/* A stored_data request of XA that XB has, and evidence 1 of XB ready to go. */
static void
asked_for_data(struct job *j, uint64_t seed)
{
	struct evidence e;
	struct sent sent;

	job_begin(j, seed);
	run_up_to(j, AFTER_PAIR);
	OK(site_again(&j->a, &err));
	OK(ask(&j->a, ACT_STORED_DATA, "XB", &sent, &err));
	OK(bring(&j->a, &j->b, "XB", "s1", &err));
	OK(add(&j->b, &e, &err));
}

static void
deliver(struct job *j, struct sent *sent)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.authorisation = KIT_ORDER };
	struct sealed sealed;

	OK(SECONDED(&j->b, &err, flow_request_deliver(&j->b.flow, 1, &w, &sealed, sent, &err)));
}

/* Both are written XB-2026-000001: a thread would seem to have another one's number. */
static void
the_number_of_evidence_is_not_their_number_of_the_request(void **state)
{
	struct docket_request r;
	struct sent sent;
	struct job j;

	(void)state;
	asked_for_data(&j, 505);
	deliver(&j, &sent);
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	OK(row_of(&j.a, 1, &r, &err));
	assert_string_equal(r.state, "delivered");
	assert_string_equal(r.reference, "");
	job_end(&j);
}

static void
evidence_in_a_thread_delivers_it_and_is_evidence_here(void **state)
{
	struct docket_request r;
	struct evidence e;
	struct sent sent;
	struct job j;

	(void)state;
	asked_for_data(&j, 501);
	OK(reply_with(&j.b, 1, ACT_QUESTION, &sent, &err));
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	state_is(&j.a, 1, "needs_info");
	OK(reply_with(&j.a, 1, ACT_REPLY, &sent, &err));
	OK(bring(&j.a, &j.b, "XB", "s3", &err));
	OK(row_of(&j.b, 1, &r, &err));
	assert_string_equal(r.state, "received");
	assert_true(r.due_ours);
	deliver(&j, &sent);
	OK(bring(&j.b, &j.a, "XA", "s4", &err));
	state_is(&j.a, 1, "delivered");
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.origin, EVIDENCE_RECEIVED);
	assert_int_equal(e.parcels_n, 1);
	OK(bring(&j.a, &j.b, "XB", "s5", &err));
	assert_int_equal(outbox_of(&j.b), 0);
	package_report_clear(&j.opened);
	package_report_init(&j.opened);
	OK(flow_evidence_open(&j.a.flow, 1, SIZE_MAX, "bag", false, 0, &j.opened, &err));
	assert_true(j.opened.unpacked);
	job_end(&j);
}

static void
a_refusal_and_a_withdrawal_end_the_thread(void **state)
{
	static const enum act_kind kinds[] = { ACT_REFUSED, ACT_WITHDRAWN };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct docket_request r;
		struct site *from, *to;
		struct sent sent;
		struct job j;

		asked_for_data(&j, 502 + i);
		from = kinds[i] == ACT_REFUSED ? &j.b : &j.a;
		to = kinds[i] == ACT_REFUSED ? &j.a : &j.b;
		OK(reply_with(from, 1, kinds[i], &sent, &err));
		OK(bring(from, to, kinds[i] == ACT_REFUSED ? "XA" : "XB", "s2", &err));
		OK(row_of(to, 1, &r, &err));
		assert_string_equal(r.state, act_kind_name(kinds[i]));
		assert_int_equal(r.due_at, 0);
		assert_true(r.closed_at != 0);
		job_end(&j);
	}
}

/* The parcel of this act, by a person's path. */
static struct taken
take(struct site *s, const char *home, const struct digest *act)
{
	struct taken t;
	char path[200];

	(void)snprintf(path, sizeof path, "%s/%s", home, parcel_path(act).s);
	OK(flow_take(&s->flow, path, &t, &err));
	return t;
}

static void
what_follows_an_act_that_has_not_come_waits_for_it(void **state)
{
	struct sent asked, withdrawn;
	struct taken t;
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 510);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(ask(&j.a, ACT_STORED_DATA, "XB", &asked, &err));
	OK(reply_with(&j.a, 1, ACT_WITHDRAWN, &withdrawn, &err));
	for (unsigned i = 0; i < 2; i++) {
		t = take(&j.b, "aldora", &withdrawn.act.act);
		assert_int_equal(t.as, TAKEN_WAITS);
		OK(take_all_in(&j.b, &t, &n, &err));
		assert_int_equal(n, 0);
		assert_int_equal(t.as, TAKEN_WAITS);
	}
	t = take(&j.b, "aldora", &asked.act.act);
	assert_int_equal(t.as, TAKEN);
	state_is(&j.b, 1, "received");
	OK(take_all_in(&j.b, &t, &n, &err));
	assert_int_equal(n, 1);
	state_is(&j.b, 1, "withdrawn");
	job_end(&j);
}

static void
a_repeated_parcel_changes_nothing_and_gives_the_same_receipt_again(void **state)
{
	struct digest before, after;
	struct docket_act row;
	struct docket *d;
	struct sent asked;
	struct taken t;
	struct job j;
	bool found;

	(void)state;
	job_begin(&j, 511);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &asked, &err));
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	assert_int_equal(outbox_of(&j.b), 0);
	OK(docket_digest(&j.b, &before, &err));
	t = take(&j.b, "aldora", &asked.act.act);
	assert_int_equal(t.as, TAKEN_AGAIN);
	OK(docket_digest(&j.b, &after, &err));
	assert_true(digest_eq(&before, &after));
	assert_int_equal(outbox_of(&j.b), 1);
	OK(home_docket(j.b.flow.home, &d, &err));
	OK(docket_act_get(d, &asked.act.act, &row, &found, &err));
	home_docket_done(j.b.flow.home);
	assert_true(found && row.has_receipt);
	/* The same act by another bundle: A has it already, and says so. */
	OK(dir_remove_all(j.world, NULL, "s2", &err));
	OK(docket_digest(&j.a, &before, &err));
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	OK(docket_digest(&j.a, &after, &err));
	assert_true(digest_eq(&before, &after));
	job_end(&j);
}

/* The stick with the receipt was lost: the request is brought again. */
static void
a_lost_receipt_goes_out_again_when_the_bundle_is_read_again(void **state)
{
	struct bundle_result r;
	struct sent asked;
	struct job j;

	(void)state;
	job_begin(&j, 512);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &asked, &err));
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	OK(flow_bundle_write(&j.b.flow, "lost", "XA", &r, &err));
	assert_int_equal(outbox_of(&j.b), 0);
	OK(flow_bundle_read(&j.b.flow, "s1", &r, &err));
	assert_int_equal(r.already, 1);
	assert_int_equal(outbox_of(&j.b), 1);
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	state_is(&j.a, 1, "received");
	job_end(&j);
}

static void
a_consent_is_asked_for_given_and_taken_back(void **state)
{
	static const struct field_setting use[] = {
		{ "new_use.recipient_state", "XC" },
		{ "new_use.purpose", "to find who ran the page" },
	};
	struct docket_request r;
	struct sent sent, given;
	struct job j;

	(void)state;
	asked_for_data(&j, 513);
	deliver(&j, &sent);
	OK(bring(&j.b, &j.a, "XA", "s2", &err));
	OK(third_begin(&j, &err));
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	OK(ask_with(&j.a, ACT_USE_CONSENT, "XB", 1, use, 2, &sent, &err));
	OK(bring(&j.a, &j.b, "XB", "s3", &err));
	OK(row_of(&j.b, 2, &r, &err));
	assert_string_equal(r.kind, "use_consent");
	OK(reply_with(&j.b, 2, ACT_GRANTED, &given, &err));
	OK(bring(&j.b, &j.a, "XA", "s4", &err));
	OK(row_of(&j.a, 2, &r, &err));
	assert_string_equal(r.state, "accepted");
	NO(flow_revoke(&j.a.flow, REVOKED_CONSENT, &given.act.act, "no", &err),
	    "revoke.consent");
	OK(flow_revoke(&j.b.flow, REVOKED_CONSENT, &given.act.act, "misused", &err));
	state_is(&j.b, 2, "refused");
	OK(bring(&j.b, &j.a, "XA", "s5", &err));
	state_is(&j.a, 2, "refused");
	job_end(&j);
}

static void
a_card_that_its_authority_revokes_is_not_sealed_to_any_more(void **state)
{
	struct paired paired;
	struct digest id;
	struct sent sent;
	struct peer p;
	bool needs;
	struct act card;
	char path[120];
	struct job j;

	(void)state;
	job_begin(&j, 514);
	run_up_to(&j, AFTER_PAIR);
	act_init(&card, ACT_CARD);
	OK(own_card(j.b.flow.home, &id, &card, &err));
	act_clear(&card);
	OK(site_again(&j.a, &err));
	NO(flow_revoke(&j.a.flow, REVOKED_CARD, &id, "not ours", &err),
	    "revoke.not-ours");
	OK(flow_revoke(&j.b.flow, REVOKED_CARD, &id, "key lost", &err));
	assert_int_equal(outbox_of(&j.b), 1);
	OK(flow_revoke(&j.b.flow, REVOKED_CARD, &id, "key lost", &err));
	assert_int_equal(outbox_of(&j.b), 1);
	OK(bring(&j.b, &j.a, "XA", "s1", &err));
	peer_init(&p);
	OK(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(p.revoked);
	assert_non_null(strstr(p.reason, "key lost"));
	/* and stays so, whatever the files of this home are made to say */
	p.revoked = false;
	OK(peer_save(j.a.flow.home, &p, span_of(NULL, 0), span_of(NULL, 0), &err));
	peer_clear(&p);
	(void)snprintf(path, sizeof path, "aldora/cards/%s.revoked", digest_hex(&id).s);
	OK(path_remove(j.world, NULL, path, &err));
	OK(site_again(&j.a, &err));
	assert_false(ask(&j.a, ACT_PRESERVE, "XB", &sent, &(struct err)ERR_INIT));
	/* Berun makes another card, and people compare its words: it is back. */
	OK(flow_key_rotate(&j.b.flow, ROTATE_SEALING, &needs, &err));
	NO(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &paired, &err),
	    "card.revoked");
	OK(pair(&j.a, "berun/card.card", "berun", &err));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	job_end(&j);
}

static void
what_was_not_stamped_before_its_certificate_was_revoked_is_not_believed(void **state)
{
	struct digest id, der;
	struct act card;
	char path[120];
	struct job j;

	(void)state;
	job_begin(&j, 515);
	run_up_to(&j, AFTER_RECEIVE);
	assert_int_equal(j.received.report.who, WHO_KNOWN);
	OK(site_again(&j.a, &err));
	act_init(&card, ACT_CARD);
	OK(own_card(j.a.flow.home, &id, &card, &err));
	OK(digest_of(buf_span(&card.body.card.certificates[0]), &der, &err));
	act_clear(&card);
	OK(flow_revoke(&j.a.flow, REVOKED_CERTIFICATE, &der, NULL, &err));
	OK(dir_remove_all(j.world, NULL, "stick", &err));
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	/* nor when somebody takes the file away that says so: its record stays */
	(void)snprintf(path, sizeof path, "berun/cards/%s.revoked", digest_hex(&der).s);
	OK(path_remove(j.world, NULL, path, &err));
	OK(step_open(&j, &err));
	assert_int_equal(j.opened.who, WHO_REVOKED);
	job_end(&j);
}

/* What happened is in the journal, each once, however often a step is done again. */
static void
each_thing_that_happens_has_its_record(void **state)
{
	size_t n[RECORD_EVENTS] = { 0 };
	struct doctor_report doctor;
	struct job j;

	(void)state;
	job_begin(&j, 516);
	run_up_to(&j, STEPS);
	OK(flow_doctor(&j.b.flow, &doctor, &err));
	site_end(&j.b);
	site_end(&j.a);
	OK(site_again(&j.b, &err));
	records_count(&j.b, n);
	assert_int_equal(n[EVENT_KEY], 1);
	assert_int_equal(n[EVENT_ADMINISTRATION], 1);
	assert_int_equal(n[EVENT_CARD], 2);
	assert_int_equal(n[EVENT_RECEIVED], 1);
	assert_int_equal(n[EVENT_MADE], 1);
	assert_int_equal(n[EVENT_OPENED], 1);
	assert_int_equal(n[EVENT_SELF_TEST], 1);
	site_end(&j.b);
	OK(site_again(&j.a, &err));
	records_count(&j.a, n);
	assert_int_equal(n[EVENT_EVIDENCE_ADDED], 1);
	assert_int_equal(n[EVENT_MADE], 1);
	assert_int_equal(n[EVENT_SENT], 1);
	job_end(&j);
}

static void
a_clock_that_went_back_is_written_down_once(void **state)
{
	size_t n[RECORD_EVENTS] = { 0 };
	struct doctor_report doctor;
	struct job j;

	(void)state;
	job_begin(&j, 517);
	run_up_to(&j, AFTER_PAIR);
	world_sim_set_now(j.world, NOW - 3600);
	for (unsigned i = 0; i < 3; i++) {
		OK(site_again(&j.a, &err));
		OK(flow_doctor(&j.a.flow, &doctor, &err));
	}
	OK(site_again(&j.a, &err));
	records_count(&j.a, n);
	assert_int_equal(n[EVENT_CLOCK_JUMP], 1);
	job_end(&j);
}

/* XA, XB and XC; every thread ends as it should, and no receipt is missing. */
static void
three_countries_play_their_case_and_the_same_seed_plays_it_again(void **state)
{
	static const char *const at_a[] = { "accepted", "accepted", "delivered",
		"accepted_with_conditions" };
	struct digest d[3];

	(void)state;
	for (unsigned k = 0; k < 3; k++) {
		struct docket_request r;
		struct evidence e;
		struct job j;

		job_begin(&j, k == 2 ? 521 : 520);
		OK(three_countries(&j, &err));
		OK(world_sim_digest(j.world, &d[k], &err));
		for (unsigned i = 0; i < 4; i++) {
			OK(row_of(&j.a, i + 1, &r, &err));
			assert_string_equal(r.state, at_a[i]);
			assert_true(r.ours && r.receipted_at != 0);
		}
		OK(row_of(&j.c, 1, &r, &err));
		assert_string_equal(r.state, "accepted");
		OK(evidence_load(j.c.flow.home, 1, &e, &err));
		assert_int_equal(e.origin, EVIDENCE_RECEIVED);
		assert_int_equal(outbox_of(&j.c), 0);
		job_end(&j);
	}
	assert_true(digest_eq(&d[0], &d[1]));
	assert_false(digest_eq(&d[0], &d[2]));
}

/* A disk that does not answer has not said that nothing lies there. */
static void
what_was_cut_is_moved_aside_and_never_written_over(void **state)
{
	bool whole = getenv("COMITY_LONG") != NULL;

	(void)state;
	for (uint64_t n = 1, k = 0;; n += whole ? 1 : 11) {
		struct err why = ERR_INIT;
		struct file *file = NULL;
		struct taken taken;
		struct sent sent;
		uint64_t before;
		struct job j;
		char kept[200], cut[220], brought[200];
		bool ok, end;

		if (!part_has(k++))
			continue;
		asked_for_data(&j, 530);
		deliver(&j, &sent);
		OK(bring(&j.b, &j.a, "XA", "s2", &err));
		(void)snprintf(kept, sizeof kept, "aldora/parcels/%s.comity",
		    digest_hex(&sent.act.act).s);
		(void)snprintf(cut, sizeof cut, "%s.damaged", kept);
		(void)snprintf(brought, sizeof brought, "berun/parcels/%s.comity",
		    digest_hex(&sent.act.act).s);
		OK(file_open(j.world, NULL, kept, FILE_UPDATE, &file, &err));
		OK(file_truncate(file, 1000, &err));
		OK(file_sync(file, &err));
		file_close(file);
		before = world_sim_calls(j.world);
		world_sim_fail(j.world, SIM_FAULT_IO, n, false);
		ok = flow_take(&j.a.flow, brought, &taken, &why);
		end = world_sim_calls(j.world) < before + n;
		world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
		if (!ok) {
			OK(site_again(&j.a, &err));
			OK(flow_take(&j.a.flow, brought, &taken, &err));
		}
		assert_true(path_exists(j.world, NULL, kept));
		assert_true(path_exists(j.world, NULL, cut));
		job_end(&j);
		if (end)
			break;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_and_its_answer_go_there_and_back),
		cmocka_unit_test(evidence_in_a_thread_delivers_it_and_is_evidence_here),
		cmocka_unit_test(the_number_of_evidence_is_not_their_number_of_the_request),
		cmocka_unit_test(a_refusal_and_a_withdrawal_end_the_thread),
		cmocka_unit_test(what_follows_an_act_that_has_not_come_waits_for_it),
		cmocka_unit_test(a_repeated_parcel_changes_nothing_and_gives_the_same_receipt_again),
		cmocka_unit_test(a_lost_receipt_goes_out_again_when_the_bundle_is_read_again),
		cmocka_unit_test(a_consent_is_asked_for_given_and_taken_back),
		cmocka_unit_test(a_card_that_its_authority_revokes_is_not_sealed_to_any_more),
		cmocka_unit_test(what_was_not_stamped_before_its_certificate_was_revoked_is_not_believed),
		cmocka_unit_test(each_thing_that_happens_has_its_record),
		cmocka_unit_test(a_clock_that_went_back_is_written_down_once),
		cmocka_unit_test(what_was_cut_is_moved_aside_and_never_written_over),
		cmocka_unit_test(three_countries_play_their_case_and_the_same_seed_plays_it_again),
	};

	return cmocka_run_group_tests_name("take", tests, NULL, NULL);
}
