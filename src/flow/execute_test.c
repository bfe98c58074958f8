/*
 * A request of theirs, step by step to its end: what needs a consultation, two persons, an
 * order; acts that overtake each other; what is due on the way; and all of it after a rebuild.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "flow/deadlines.h"
#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/hold.h"
#include "flow/ledger.h"
#include "flow/people.h"
#include "flow/testkit.h"
#include "policy/fields_kit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	assert_string_equal(err.reason, why); } while (0)
#define HOURS(n) ((int64_t)(n) * 3600)

static struct job j;

static int
setup(void **state)
{
	*state = &j;
	job_begin(&j, 83);
	run_up_to(&j, AFTER_PAIR);
	return 0;
}

static void
asked(enum act_kind kind, const struct field_setting *more, size_t more_n)
{
	struct sent sent;

	OK(ask_with(&j.a, kind, "XB", 0, more, more_n, &sent, &err));
	OK(bring(&j.a, &j.b, "XB", "ask", &err));
}

static void
state_is(struct site *s, const char *state)
{
	struct docket_request r;

	OK(row_of(s, 1, &r, &err));
	assert_string_equal(r.state, state);
}

static struct sent last;

static bool
said(struct site *s, enum act_kind kind, const char *waived, struct err *err)
{
	const char *const grounds[] = { kind == ACT_POSTPONED ? "R09" : "R03" };
	struct answer_wish w = { .kind = kind, .text = "As was said.", .lang = "en",
		.grounds = grounds, .grounds_n = kind == ACT_REFUSED ||
		kind == ACT_POSTPONED, .waive_consultation = waived };

	return flow_request_answer(&s->flow, 1, &w, &last, err);
}

/* ---- before a no ---- */

struct waivers { size_t n; char reason[64]; };

static bool
waiver_look(void *arg, const struct journal_entry *e, struct err *err)
{
	struct waivers *w = arg;
	struct record r;

	if (!record_decode(&r, e->record, err))
		return false;
	if (r.event == EVENT_DECIDED && strcmp(r.outcome, "waived") == 0) {
		w->n++;
		(void)snprintf(w->reason, sizeof w->reason, "%s", r.reason);
	}
	return true;
}

static struct waivers
waivers_of(struct site *s)
{
	struct journal *journal = NULL;
	struct waivers w = { 0, "" };

	OK(site_again(s, &err));
	OK(journal_open(j.world, home_dir(s->flow.home), &journal, &err));
	OK(journal_each(journal, 0, waiver_look, &w, &err));
	journal_close(journal);
	OK(site_again(s, &err));
	return w;
}

static void
a_no_comes_after_a_consultation_or_with_its_waiver_on_record(void **state)
{
	struct waivers w;

	(void)state;
	asked(ACT_STORED_DATA, NULL, 0);
	NO(said(&j.b, ACT_REFUSED, NULL, &err), "answer.not-consulted");
	NO(said(&j.b, ACT_POSTPONED, NULL, &err), "answer.not-consulted");
	NO(said(&j.b, ACT_REFUSED, "no_time", &err), "answer.waiver-unknown");
	state_is(&j.b, "received");
	assert_int_equal(waivers_of(&j.b).n, 0);
	OK(said(&j.b, ACT_POSTPONED, "urgent", &err));
	w = waivers_of(&j.b);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.reason, "waived.urgent");
	OK(said(&j.b, ACT_CONSULTATION, NULL, &err));
	/* Now nothing is waived, and nothing is noted as if it were. */
	OK(said(&j.b, ACT_REFUSED, NULL, &err));
	state_is(&j.b, "refused");
	assert_int_equal(waivers_of(&j.b).n, 1);
}

static void
a_preservation_is_refused_without_one(void **state)
{
	(void)state;
	asked(ACT_PRESERVE, NULL, 0);
	OK(said(&j.b, ACT_REFUSED, NULL, &err));
	assert_int_equal(waivers_of(&j.b).n, 0);
}

/* ---- overtaken ---- */

/* Straight from the folder of Berun. */
static void
taken_in(const struct digest *act)
{
	struct taken t;
	char path[200];

	(void)snprintf(path, sizeof path, "berun/%s", parcel_path(act).s);
	OK(site_again(&j.a, &err));
	OK(flow_take(&j.a.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN);
}

static void
whatever_order_two_answers_come_in_the_later_one_counts(void **state)
{
	struct digest yes, not_now;

	(void)state;
	asked(ACT_STORED_DATA, NULL, 0);
	OK(said(&j.b, ACT_GRANTED, NULL, &err));
	yes = last.act.act;
	world_sim_set_now(j.world, NOW + 60);
	OK(site_again(&j.b, &err));
	OK(said(&j.b, ACT_POSTPONED, "urgent", &err));
	not_now = last.act.act;
	taken_in(&not_now);
	state_is(&j.a, "postponed");
	taken_in(&yes);
	state_is(&j.a, "postponed");
	state_is(&j.b, "postponed");
}

/* ---- two persons ---- */

static void
as(unsigned number)
{
	(void)site_as(&j.b, number);
}

static bool
approved(unsigned by, struct err *err)
{
	struct matter_view *list = NULL;
	size_t n = 0;
	bool ok;

	as(by);
	ok = flow_matters(&j.b.flow, &list, &n, err);
	for (size_t i = 0; i < n; i++) {
		if (ok && list[i].due_at == 0)
			ok = flow_approve(&j.b.flow, &list[i], err);
		matter_view_clear(&list[i]);
	}
	mem_free(list);
	return ok;
}

static bool
executed(struct err *err)
{
	const struct execute_wish w = { .authorisation = KIT_ORDER };
	struct docket_request r;

	as(1);
	return flow_request_execute(&j.b.flow, 1, &w, &r, err);
}

static void
speech_granted(void)
{
	static const struct field_setting speech[] = {
		{ "facts_and_offence.facts", "a demonstration was called for" },
	};

	asked(ACT_STORED_DATA, speech, 1);
	site_office(&j.b);
	as(1);
	OK(said(&j.b, ACT_GRANTED, NULL, &err));
	NO(executed(&err), "people.second");
}

static void
what_touches_on_speech_is_executed_by_two_persons_only(void **state)
{
	(void)state;
	speech_granted();
	NO(approved(1, &err), "people.own");
	NO(executed(&err), "people.second");
	state_is(&j.b, "accepted");
	OK(approved(2, &err));
	OK(executed(&err));
	state_is(&j.b, "executing");
}

static void
two_persons_agree_to_one_order_and_to_what_was_replied_until_then(void **state)
{
	struct execute_wish w = { .authorisation = "order.other" };
	struct docket_request r;
	struct matter_view m;
	struct sent sent;
	const char *text;

	(void)state;
	speech_granted();
	matter_view_init(&m);
	as(2);
	OK(flow_matter(&j.b.flow, 1, NULL, &m, &err));
	OK(buf_text(&m.text, &text, &err));
	assert_true(span_starts(buf_span(&m.text), MATTER_EXECUTE));
	assert_non_null(strstr(text, "\nflagged request.persecution\n"));
	assert_non_null(strstr(text, "\nauthorisation "));
	assert_non_null(strstr(text, "a demonstration was called for"));
	OK(flow_approve(&j.b.flow, &m, &err));
	matter_view_clear(&m);
	/* Another order is another matter; and so is what they write meanwhile. */
	OK(file_save(j.world, NULL, "order.other", span_text("order 99"), true, &err));
	as(1);
	NO(flow_request_execute(&j.b.flow, 1, &w, &r, &err), "people.changed");
	OK(approved(2, &err));
	OK(bring(&j.b, &j.a, "XA", "yes", &err));
	OK(reply_with(&j.a, 1, ACT_REPLY, &sent, &err));
	as(1);
	OK(bring(&j.a, &j.b, "XB", "reply", &err));
	NO(executed(&err), "people.changed");
	state_is(&j.b, "accepted");
	OK(approved(2, &err));
	OK(executed(&err));
	state_is(&j.b, "executing");
}

static void
a_hold_is_let_go_by_two_persons_only(void **state)
{
	struct hold_view v;

	(void)state;
	asked(ACT_PRESERVE, NULL, 0);
	site_office(&j.b);
	as(1);
	OK(said(&j.b, ACT_GRANTED, NULL, &err));
	as(1);
	NO(said(&j.b, ACT_RELEASED, NULL, &err), "people.second");
	as(1);
	OK(flow_hold_show(&j.b.flow, 1, &v, &err));
	assert_string_equal(v.hold.state, "effective");
	NO(approved(1, &err), "people.own");
	OK(approved(2, &err));
	as(1);
	OK(said(&j.b, ACT_RELEASED, NULL, &err));
	as(1);
	OK(flow_hold_show(&j.b.flow, 1, &v, &err));
	assert_string_equal(v.hold.state, "released");
}

/* ---- made anew ---- */

static void
what_was_begun_is_begun_in_a_docket_made_anew(void **state)
{
	const struct execute_wish w = { .authorisation = KIT_ORDER };
	struct docket_request r;
	struct rebuilt rebuilt;
	struct digest before, after;

	(void)state;
	asked(ACT_STORED_DATA, NULL, 0);
	OK(said(&j.b, ACT_GRANTED, NULL, &err));
	OK(flow_request_execute(&j.b.flow, 1, &w, &r, &err));
	state_is(&j.b, "executing");
	OK(docket_digest(&j.b, &before, &err));
	OK(site_again(&j.b, &err));
	OK(flow_rebuild(&j.b.flow, &rebuilt, &err));
	OK(site_again(&j.b, &err));
	state_is(&j.b, "executing");
	OK(docket_digest(&j.b, &after, &err));
	assert_true(digest_eq(&before, &after));
}

/* ---- what is due ---- */

/* The instant of that row of the law, for request 1; 0: not due. */
static int64_t
due_by(struct site *s, const char *rule)
{
	struct deadline *list = NULL;
	int64_t at = 0;
	size_t n = 0;

	OK(site_again(s, &err));
	OK(flow_deadlines(&s->flow, WHEN_MAX, true, &list, &n, &err));
	for (size_t i = 0; i < n; i++)
		if (list[i].due.rule != NULL && list[i].due.request == 1 &&
		    strcmp(list[i].due.rule->id, rule) == 0)
			at = list[i].due.at;
	mem_free(list);
	return at;
}

static void
drafted_removal(const char *class)
{
	struct field_setting set[FIELDS_WHOLE_MAX];
	struct field_value values[FIELDS_WHOLE_MAX];
	struct request_wish w = { .kind = "remove_content", .to = "XB", .lang = "en",
		.set = set };
	struct request_view *v = mem_new(sizeof *v, NULL);

	assert_non_null(v);
	w.set_n = fields_whole(ACT_REMOVE_CONTENT, values);
	for (size_t i = 0; i < w.set_n; i++)
		set[i] = (struct field_setting){ values[i].name,
			strcmp(values[i].name, "F50.codes") == 0 ? class : values[i].value };
	OK(site_again(&j.a, &err));
	OK(flow_request_new(&j.a.flow, &w, v, &err));
	assert_int_equal(v->row.number, 1);
	request_view_clear(v);
	mem_free(v);
}

static void
material_of_a_child_is_checked_within_two_hours(void **state)
{
	(void)state;
	drafted_removal("article_14");
	assert_int_equal(due_by(&j.a, "D65"), NOW + HOURS(2));
	assert_int_equal(due_by(&j.a, "D66"), 0);
}

static void
other_content_has_a_day(void **state)
{
	(void)state;
	drafted_removal("article_16");
	assert_int_equal(due_by(&j.a, "D65"), 0);
	assert_int_equal(due_by(&j.a, "D66"), NOW + HOURS(24));
}

/* Who handed over in an emergency looks at it again, within three days. */
static void
an_emergency_disclosure_is_reviewed_within_three_days(void **state)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.authorisation = KIT_ORDER };
	const struct call_wish called = { .dialled = KIT_PHONE, .answered_by = "Duty desk",
		.result = "yes" };
	struct call_view view;
	struct field_setting set[FIELDS_WHOLE_MAX];
	struct field_value values[FIELDS_WHOLE_MAX];
	struct sealed sealed;
	struct evidence e;
	size_t n = fields_whole(ACT_EMERGENCY_DATA, values);

	(void)state;
	for (size_t i = 0; i < n; i++)
		set[i] = (struct field_setting){ values[i].name, values[i].value };
	asked(ACT_EMERGENCY_DATA, set, n);
	assert_int_equal(due_by(&j.b, "D64"), 0);
	OK(add(&j.b, &e, &err));
	NO(flow_request_deliver(&j.b.flow, 1, &w, &sealed, &last, &err), "guard.call-back");
	OK(flow_request_called(&j.b.flow, 1, &called, &view, &err));
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, 1, &w, &sealed, &last, &err)));
	assert_int_equal(due_by(&j.b, "D64"), NOW + HOURS(72));
	/* It is owed by who handed over, and not by who asked. */
	OK(bring(&j.b, &j.a, "XA", "yes", &err));
	assert_int_equal(due_by(&j.a, "D60"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, job_over)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_no_comes_after_a_consultation_or_with_its_waiver_on_record),
		TEST(a_preservation_is_refused_without_one),
		TEST(whatever_order_two_answers_come_in_the_later_one_counts),
		TEST(what_touches_on_speech_is_executed_by_two_persons_only),
		TEST(two_persons_agree_to_one_order_and_to_what_was_replied_until_then),
		TEST(a_hold_is_let_go_by_two_persons_only),
		TEST(what_was_begun_is_begun_in_a_docket_made_anew),
		TEST(material_of_a_child_is_checked_within_two_hours),
		TEST(other_content_has_a_day),
		TEST(an_emergency_disclosure_is_reviewed_within_three_days),
	};

	return cmocka_run_group_tests_name("execute", tests, NULL, NULL);
}
