/*
 * Requests and answers between two homes in one simulated world: what may leave, what
 * may not, and that no cut loses what was answered for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/execute.h"
#include "flow/places_kit.h"
#include "flow/requests.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

/* ---- the story so far ---- */

/* All that a preservation needs, as an officer types it. */
static const struct field_setting whole[] = {
	{ "offence.facts", "Money was taken by a false bank page." },
	{ "offence.articles", "13" },
	{ "data_sought", "log of the account from the 1st to the 3rd" },
	{ "necessity", "The provider deletes such logs after ten days." },
	{ "intent.measure", "stored_data" },
	{ "intent.planned_at", "2026-12-15" },
	{ "secrecy.wanted", "no" },
	{ "provider.name", "Mail of Berun" },
};

static void
paired_begin(struct job *j, uint64_t seed)
{
	job_begin(j, seed);
	run_up_to(j, AFTER_PAIR);
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
}

static bool
new_whole(struct site *s, const char *kind, unsigned *number, struct err *err)
{
	struct request_wish w = { .kind = kind, .to = "XB", .set = whole,
		.set_n = COUNT(whole) };
	struct request_view v;

	if (!flow_request_new(&s->flow, &w, &v, err))
		return false;
	*number = v.row.number;
	if (v.findings.stops > 0)
		fail_msg("%s", v.findings.list[0].text);
	request_view_clear(&v);
	return true;
}

static bool
draft_and_send(struct job *j, struct err *err)
{
	struct sent sent;
	unsigned n;

	return new_whole(&j->a, "preserve", &n, err) &&
	    SECONDED(&j->a, err, flow_request_send(&j->a.flow, n, BY_COMITY, &sent, err));
}

static bool
took(void *arg, const char *name, const struct taken *t, struct err *err)
{
	struct taken *last = arg;

	(void)name;
	(void)err;
	*last = *t;
	return true;
}

/* All that waits in one home comes to the other. */
static struct taken
carry(struct job *j, struct site *from, struct site *to, const char *whom)
{
	struct bundle_result r;
	struct taken last = { .as = TAKEN_WAITS };
	size_t n;

	if (path_exists(j->world, NULL, "stick"))
		OK(dir_remove_all(j->world, NULL, "stick", &err));
	OK(flow_bundle_write(&from->flow, "stick", whom, &r, &err));
	OK(flow_bundle_read(&to->flow, "stick", &r, &err));
	OK(flow_take_inbox(&to->flow, took, &last, &n, &err));
	return last;
}

/* XA has asked for a preservation, and XB has it as its request 1. */
static void
asked(struct job *j, uint64_t seed)
{
	struct taken t;

	paired_begin(j, seed);
	OK(draft_and_send(j, &err));
	t = carry(j, &j->a, &j->b, "XB");
	if (t.as != TAKEN)
		fail_msg("%s", t.text);
}

static void
state_is(struct site *s, unsigned number, const char *state)
{
	struct request_view v;

	OK(flow_request_view(&s->flow, number, &v, &err));
	assert_string_equal(v.row.state, state);
	request_view_clear(&v);
}

static uint64_t
outbox_of(struct site *s)
{
	struct desk desk;

	OK(flow_desk(&s->flow, &desk, &err));
	return desk.counts.outbox;
}

/* ---- numbers ---- */

static void
a_number_is_read_as_it_is_shown_and_nothing_else_is(void **state)
{
	static const char *const bad[] = { "", "0", "x", "31a", "-1", " 31",
		"XA-2026-31", "XA-26-000031", "xa-2026-000031", "12345678",
		"XA-2026-000031 ", "XA-2026-000000", "2026-001x" };
	struct docket_request r = { .number = 31, .opened_at = NOW };
	struct docket_case c = { .number = 7, .opened_at = NOW };
	unsigned n = 0;

	(void)state;
	assert_string_equal(request_number_text("XA", &r).s, "XA-2026-000031");
	assert_string_equal(case_number_text(&c).s, "2026-007");
	OK(request_number_parse("XA-2026-000031", &n, &err));
	assert_int_equal(n, 31);
	OK(request_number_parse("0031", &n, &err));
	assert_int_equal(n, 31);
	OK(case_number_parse("2026-007", &n, &err));
	assert_int_equal(n, 7);
	for (size_t i = 0; i < COUNT(bad); i++) {
		NO(request_number_parse(bad[i], &n, &err), "request.number");
		NO(case_number_parse(bad[i], &n, &err), "case.number");
	}
	OK(request_number_parse("9999999", &n, &err));
}

/* ---- drafts ---- */

static bool
finding_says(const struct request_findings *f, const char *words)
{
	for (size_t i = 0; i < f->n; i++)
		if (strstr(f->list[i].text, words) != NULL)
			return true;
	return false;
}

static void
a_draft_says_what_is_missing_with_its_article_and_is_not_sent(void **state)
{
	struct request_wish w = { .kind = "preserve", .to = "XB" };
	struct request_view v;
	struct sent sent;
	struct job j;

	(void)state;
	paired_begin(&j, 1);
	OK(flow_request_new(&j.a.flow, &w, &v, &err));
	assert_int_equal(v.row.number, 1);
	assert_string_equal(v.row.state, "draft");
	assert_string_equal(v.row.instrument, "UNCAC-CYBER");
	assert_string_equal(v.peer_name, "berun");
	assert_true(v.has_draft);
	assert_true(v.findings.stops >= 5);
	assert_true(finding_says(&v.findings, "42(3)(b)"));
	assert_true(finding_says(&v.findings, "42(3)(e)"));
	request_view_clear(&v);
	NO(flow_request_send(&j.a.flow, 1, BY_COMITY, &sent, &err),
	    "request.incomplete");
	state_is(&j.a, 1, "draft");
	assert_int_equal(outbox_of(&j.a), 0);
	job_end(&j);
}

static void
a_draft_is_mended_field_by_field_and_survives_a_new_command(void **state)
{
	struct field_setting away = { "provider", NULL };
	struct request_wish w = { .kind = "preserve", .to = "XB", .set = whole,
		.set_n = 3 }, more = { .set = whole + 3, .set_n = COUNT(whole) - 3 },
		less = { .set = &away, .set_n = 1 };
	const struct field_part *part;
	struct request_view v;
	struct job j;

	(void)state;
	paired_begin(&j, 2);
	OK(flow_request_new(&j.a.flow, &w, &v, &err));
	assert_true(v.findings.stops > 0);
	request_view_clear(&v);
	OK(site_again(&j.a, &err));
	OK(flow_request_edit(&j.a.flow, 1, &more, &v, &err));
	assert_int_equal(v.findings.stops, 0);
	request_view_clear(&v);
	OK(site_again(&j.a, &err));
	OK(flow_request_view(&j.a.flow, 1, &v, &err));
	part = fields_part(&v.draft.act.body.request.fields, "provider", 0, "name");
	assert_non_null(part);
	assert_string_equal(part->text, "Mail of Berun");
	assert_string_equal(v.draft.act.body.request.number, "XA-2026-000001");
	request_view_clear(&v);
	OK(flow_request_edit(&j.a.flow, 1, &less, &v, &err));
	assert_int_equal(v.findings.stops, 1);
	request_view_clear(&v);
	job_end(&j);
}

static void
a_draft_may_be_addressed_to_a_state_of_which_nobody_is_known_yet(void **state)
{
	struct request_wish wish = { .kind = "preserve", .to = "XD" };
	struct request_view v;
	bool said = false;
	struct job j;

	(void)state;
	paired_begin(&j, 3);
	OK(flow_request_new(&j.a.flow, &wish, &v, &err));
	assert_string_equal(v.peer_state, "XD");
	assert_string_equal(v.peer_name, "");
	for (size_t i = 0; i < v.findings.n; i++)
		said = said || (strcmp(v.findings.list[i].reason, "send.nobody") == 0 &&
		    v.findings.list[i].weight == FINDING_STOPS);
	assert_true(said);
	request_view_clear(&v);
	/* Somebody there is known by now: the draft is theirs, without a word. */
	OK(flow_request_edit(&j.a.flow, 1, &(struct request_wish){ .to = "XB" }, &v, &err));
	assert_string_equal(v.peer_state, "XB");
	assert_string_not_equal(v.peer_name, "");
	request_view_clear(&v);
	job_end(&j);
}

static void
what_cannot_be_a_draft_is_said(void **state)
{
	struct field_setting odd = { "offense.facts", "x" };
	struct request_wish kind = { .kind = "granted", .to = "XB" },
		nobody = { .kind = "preserve" }, far = { .kind = "preserve", .to = "ZZ" },
		no_case = { .kind = "preserve", .to = "XB", .case_number = 9 },
		field = { .kind = "preserve", .to = "XB", .set = &odd, .set_n = 1 },
		law = { .kind = "preserve", .to = "XB", .instrument = "UNTOC" };
	struct request_view v;
	struct job j;

	(void)state;
	paired_begin(&j, 3);
	NO(flow_request_new(&j.a.flow, &kind, &v, &err), "request.kind");
	NO(flow_request_new(&j.a.flow, &nobody, &v, &err), "request.to");
	NO(flow_request_new(&j.a.flow, &far, &v, &err), "request.to");
	NO(flow_request_new(&j.a.flow, &no_case, &v, &err), "case.absent");
	NO(flow_request_new(&j.a.flow, &law, &v, &err), "request.instrument");
	{
		struct err err = ERR_INIT;

		assert_false(flow_request_new(&j.a.flow, &field, &v, &err));
		assert_int_equal(strncmp(err.reason, "fields.", 7), 0);
	}
	NO(flow_request_view(&j.a.flow, 1, &v, &err), "request.absent");
	NO(flow_request_edit(&j.a.flow, 1, &(struct request_wish){ .to = "XB" }, &v,
	    &err), "request.absent");
	job_end(&j);
}

/* ---- sending ---- */

static void
a_whole_request_is_sent_once_and_waits_in_the_outbox(void **state)
{
	struct request_wish w = { .set = whole, .set_n = 1 };
	struct request_view v;
	struct sent sent, again;
	struct job j;
	unsigned n;

	(void)state;
	paired_begin(&j, 10);
	OK(new_whole(&j.a, "preserve", &n, &err));
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_COMITY, &sent, &err)));
	assert_string_equal(sent.row.state, "sent");
	assert_int_equal(sent.act.outbox, OUTBOX_WAITS);
	assert_string_equal(sent.row.due_rule, "D61");
	assert_int_equal(sent.row.due_at, NOW + 24 * 3600);
	assert_false(sent.row.due_ours);
	assert_int_equal(outbox_of(&j.a), 1);
	assert_false(home_has(j.a.flow.home, "making"));
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_COMITY, &again, &err)));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	assert_true(again.note[0] != '\0');
	assert_int_equal(outbox_of(&j.a), 1);
	NO(flow_request_edit(&j.a.flow, n, &w, &v, &err), "request.sent");
	OK(flow_request_view(&j.a.flow, n, &v, &err));
	assert_false(v.has_draft);
	assert_int_equal(v.draft.act.made_at, NOW);
	assert_string_equal(v.draft.act.body.request.number, "XA-2026-000001");
	request_view_clear(&v);
	job_end(&j);
}

static void
what_goes_by_letter_or_word_is_kept_and_does_not_wait_in_the_outbox(void **state)
{
	struct sent sent;
	struct desk desk;
	struct job j;
	unsigned n;

	(void)state;
	paired_begin(&j, 11);
	OK(new_whole(&j.a, "preserve", &n, &err));
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_LETTER, &sent, &err)));
	assert_int_equal(sent.act.outbox, OUTBOX_NONE);
	assert_string_equal(sent.row.by, "letter");
	assert_true(sent.note[0] != '\0');
	OK(new_whole(&j.a, "preserve", &n, &err));
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_ORAL, &sent, &err)));
	assert_true(sent.row.written_owed);
	assert_true(sent.row.due_ours);
	assert_string_equal(sent.row.due_rule, "oral");
	assert_int_equal(outbox_of(&j.a), 0);
	/* Confirmed in writing: the same act, which now waits for a carrier. */
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_COMITY, &sent, &err)));
	assert_false(sent.row.written_owed);
	assert_int_equal(sent.act.outbox, OUTBOX_WAITS);
	assert_int_equal(outbox_of(&j.a), 1);
	OK(flow_desk(&j.a.flow, &desk, &err));
	assert_int_equal(desk.counts.open_ours, 2);
	job_end(&j);
}

static void
an_attachment_goes_as_it_was_named_or_not_at_all(void **state)
{
	const char *const files[] = { "ordem judicial.pdf", "con.txt" };
	struct request_wish w = { .attach = files, .attach_n = 2 };
	struct package_report report;
	struct taken t;
	struct request_view v;
	struct sent sent;
	struct job j;
	unsigned n;

	(void)state;
	paired_begin(&j, 12);
	OK(file_save(j.world, NULL, files[0], span_text("order"), true, &err));
	OK(file_save(j.world, NULL, files[1], span_text("notes"), true, &err));
	OK(new_whole(&j.a, "preserve", &n, &err));
	OK(flow_request_edit(&j.a.flow, n, &w, &v, &err));
	assert_int_equal(v.draft.attach_n, 2);
	assert_string_equal(v.draft.attach[0], "/ordem judicial.pdf");
	request_view_clear(&v);
	OK(file_save(j.world, NULL, files[0], span_text("Order"), true, &err));
	NO(flow_request_send(&j.a.flow, n, BY_COMITY, &sent, &err),
	    "request.attach-changed");
	OK(file_save(j.world, NULL, files[0], span_text("order"), true, &err));
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_COMITY, &sent, &err)));
	t = carry(&j, &j.a, &j.b, "XB");
	assert_int_equal(t.as, TAKEN);
	package_report_init(&report);
	OK(flow_request_export(&j.b.flow, t.request, "acts", &(struct request_exported){ 0 }, &err));
	assert_true(path_exists(j.world, NULL,
	    "acts/01-preserve-in/data/1-ordem_judicial.pdf"));
	package_report_clear(&report);
	job_end(&j);
}

static void
a_file_over_the_limit_is_not_attached(void **state)
{
	const char *const files[] = { "large" };
	struct request_wish w = { .kind = "preserve", .to = "XB", .attach = files,
		.attach_n = 1 };
	struct request_view v;
	struct file *file = NULL;
	struct job j;

	(void)state;
	paired_begin(&j, 13);
	OK(file_open(j.world, NULL, "large", FILE_CREATE, &file, &err));
	OK(file_truncate(file, DRAFT_ATTACH_BYTES, &err));
	OK(flow_request_new(&j.a.flow, &w, &v, &err));
	request_view_clear(&v);
	OK(file_truncate(file, DRAFT_ATTACH_BYTES + 1, &err));
	NO(flow_request_new(&j.a.flow, &w, &v, &err), "request.attach-large");
	file_close(file);
	job_end(&j);
}

static void
nothing_is_sent_to_an_authority_that_is_revoked(void **state)
{
	struct sent sent;
	struct job j;
	unsigned n;

	(void)state;
	paired_begin(&j, 14);
	OK(new_whole(&j.a, "preserve", &n, &err));
	OK(flow_peer_revoke(&j.a.flow, "XB", "key lost", &err));
	{
		struct err err = ERR_INIT;

		assert_false(flow_request_send(&j.a.flow, n, BY_COMITY, &sent, &err));
		assert_int_equal(err.kind, ERR_REFUSED);
	}
	state_is(&j.a, n, "draft");
	job_end(&j);
}

static void
an_authority_on_paper_is_asked_by_letter_and_not_by_comity(void **state)
{
	const struct correspondent_wish who = { .state = "XD", .name = "Court of Dorvenia",
		.address = "1 High Street" };
	struct request_wish w = { .kind = "preserve", .to = "XD", .set = whole,
		.set_n = COUNT(whole) };
	struct answer_wish back = { .kind = ACT_WITHDRAWN, .by = BY_LETTER };
	struct request_view v;
	struct request_exported made;
	struct sent sent;
	struct job j;
	unsigned c;

	(void)state;
	paired_begin(&j, 15);
	OK(flow_correspondent_new(&j.a.flow, &who, &c, &err));
	OK(flow_request_new(&j.a.flow, &w, &v, &err));
	assert_string_equal(v.peer_name, "Court of Dorvenia");
	assert_string_equal(v.row.peer, "");
	assert_int_equal(v.findings.stops, 0);
	request_view_clear(&v);
	NO(flow_request_send(&j.a.flow, 1, BY_COMITY, &sent, &err), "request.by");
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, 1, BY_LETTER, &sent, &err)));
	assert_string_equal(sent.row.state, "sent");
	assert_string_equal(sent.act.peer, "");
	assert_int_equal(sent.row.due_at, NOW + 24 * 3600);
	OK(flow_request_answer(&j.a.flow, 1, &back, &sent, &err));
	assert_string_equal(sent.row.state, "withdrawn");
	assert_int_equal(outbox_of(&j.a), 0);
	OK(flow_request_export(&j.a.flow, 1, "acts", &made, &err));
	assert_int_equal(made.acts, 2);
	assert_true(path_exists(j.world, NULL, "acts/01-preserve-out/act.json"));
	assert_true(path_exists(j.world, NULL, "acts/02-withdrawn-out/act.json"));
	NO(flow_request_export(&j.a.flow, 1, "acts", &made, &err), "open.exists");
	/* Two of one State are told apart. */
	OK(flow_correspondent_new(&j.a.flow, &who, &c, &err));
	NO(flow_request_new(&j.a.flow, &w, &v, &err), "request.to");
	w.to = "XD/2";
	OK(flow_request_new(&j.a.flow, &w, &v, &err));
	assert_int_equal(v.row.correspondent, 2);
	request_view_clear(&v);
	job_end(&j);
}

/* ---- answers ---- */

static bool
answer(struct site *s, enum act_kind kind, const char *text, struct sent *out,
    struct err *err)
{
	struct answer_wish w = { .kind = kind, .text = text };

	return flow_request_answer(&s->flow, 1, &w, out, err);
}

static void
a_preservation_is_granted_for_as_long_as_the_treaty_asks(void **state)
{
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 20);
	OK(answer(&j.b, ACT_GRANTED, NULL, &sent, &err));
	assert_string_equal(sent.row.state, "accepted");
	assert_int_equal(sent.row.hold_effected_at, NOW);
	assert_int_equal(sent.row.hold_until, NOW + 60 * 86400);
	assert_string_equal(sent.row.due_rule, "hold");
	assert_true(sent.row.due_ours);
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	state_is(&j.a, 1, "accepted");
	/* Twice is not done. */
	NO(answer(&j.b, ACT_GRANTED, "Gladly.", &sent, &err), "thread.answered-already");
	job_end(&j);
}

static bool
made_count(void *arg, const struct docket_act *a, struct err *err)
{
	(void)err;
	*(size_t *)arg += a->direction == ACT_OUT &&
	    (strcmp(a->kind, "granted") == 0 || strcmp(a->kind, "question") == 0 ||
	    strcmp(a->kind, "refused") == 0);
	return true;
}

/* How many answers and questions of ours the docket has in thread 1. */
static size_t
answers_made(struct site *s)
{
	struct docket *d = NULL;
	size_t n = 0;

	OK(docket_open(s->flow.home, &d, &err));
	OK(docket_request_acts(d, 1, made_count, &n, &err));
	docket_close(d);
	return n;
}

static void
the_same_answer_given_once_more_is_the_one_that_was_made(void **state)
{
	struct answer_wish w = { .kind = ACT_GRANTED, .text = "We hold it." };
	struct sent sent, again;
	struct job j;

	(void)state;
	asked(&j, 41);
	OK(flow_request_answer(&j.b.flow, 1, &w, &sent, &err));
	assert_string_equal(sent.note, "");
	/* The beginning of the hold was not typed: it is that of the first time. */
	world_sim_set_now(j.world, NOW + 3700);
	OK(flow_request_answer(&j.b.flow, 1, &w, &again, &err));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	assert_true(digest_eq(&again.act.package, &sent.act.package));
	assert_string_equal(again.row.state, "accepted");
	assert_int_equal(again.row.hold_effected_at, sent.row.hold_effected_at);
	assert_non_null(strstr(again.note, "already"));
	assert_int_equal(answers_made(&j.b), 1);
	/* After it was carried, too. */
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	OK(flow_request_answer(&j.b.flow, 1, &w, &again, &err));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	/* One word, one second or the way it goes: that is another answer. */
	w.text = "We hold it!";
	NO(flow_request_answer(&j.b.flow, 1, &w, &sent, &err),
	    "thread.answered-already");
	w.text = "We hold it.";
	w.by = BY_LETTER;
	NO(flow_request_answer(&j.b.flow, 1, &w, &sent, &err),
	    "thread.answered-already");
	w.by = BY_COMITY;
	w.has_hold_until = true;
	w.hold_until = again.row.hold_until + 1;
	NO(flow_request_answer(&j.b.flow, 1, &w, &sent, &err),
	    "thread.answered-already");
	w.hold_until--;
	OK(flow_request_answer(&j.b.flow, 1, &w, &again, &err));
	assert_int_equal(answers_made(&j.b), 1);
	job_end(&j);
}

static void
the_same_words_after_words_of_theirs_are_new(void **state)
{
	struct answer_wish q = { .kind = ACT_QUESTION, .text = "Which account?" };
	struct answer_wish r = { .kind = ACT_REPLY, .text = "This one." };
	struct sent sent, again;
	struct job j;

	(void)state;
	asked(&j, 42);
	OK(flow_request_answer(&j.b.flow, 1, &q, &sent, &err));
	OK(flow_request_answer(&j.b.flow, 1, &q, &again, &err));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	OK(flow_request_answer(&j.a.flow, 1, &r, &again, &err));
	OK(flow_request_answer(&j.a.flow, 1, &r, &again, &err));
	assert_non_null(strstr(again.note, "already"));
	assert_int_equal(carry(&j, &j.a, &j.b, "XB").as, TAKEN);
	OK(flow_request_answer(&j.b.flow, 1, &q, &again, &err));
	assert_false(digest_eq(&again.act.act, &sent.act.act));
	assert_int_equal(answers_made(&j.b), 2);
	job_end(&j);
}

static void
what_was_said_by_word_is_said_once_more_by_word_only(void **state)
{
	struct answer_wish w = { .kind = ACT_GRANTED, .by = BY_ORAL };
	struct sent sent, again;
	struct job j;

	(void)state;
	asked(&j, 44);
	OK(flow_request_answer(&j.b.flow, 1, &w, &sent, &err));
	OK(flow_request_answer(&j.b.flow, 1, &w, &again, &err));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	assert_true(again.row.written_owed);
	/* The confirmation in writing is a sending of the same act (40(13)). */
	w.by = BY_LETTER;
	NO(flow_request_answer(&j.b.flow, 1, &w, &again, &err),
	    "thread.answered-already");
	OK(SECONDED(&j.b, &err, flow_request_send(&j.b.flow, 1, BY_LETTER, &again, &err)));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	OK(flow_request_answer(&j.b.flow, 1, &w, &again, &err));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	assert_int_equal(again.act.outbox, OUTBOX_NONE);
	assert_int_equal(answers_made(&j.b), 1);
	job_end(&j);
}

static void
a_hold_shorter_than_the_treaty_asks_is_not_granted(void **state)
{
	struct answer_wish w = { .kind = ACT_GRANTED, .has_hold_until = true,
		.hold_until = NOW + 59 * 86400 };
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 21);
	NO(flow_request_answer(&j.b.flow, 1, &w, &sent, &err),
	    "answer.hold-too-short");
	w.hold_until = NOW + 90 * 86400;
	OK(flow_request_answer(&j.b.flow, 1, &w, &sent, &err));
	assert_int_equal(sent.row.hold_until, w.hold_until);
	job_end(&j);
}

static void
a_refusal_needs_a_ground_of_the_menu_and_reasons(void **state)
{
	const char *const good[] = { "R02" }, *const other[] = { "R05" };
	struct answer_wish w = { .kind = ACT_REFUSED };
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 22);
	NO(flow_request_answer(&j.b.flow, 1, &w, &sent, &err), "answer.no-reasons");
	w.text = "Public order forbids it.";
	NO(flow_request_answer(&j.b.flow, 1, &w, &sent, &err), "answer.no-ground");
	w.grounds = other;
	w.grounds_n = 1;
	NO(flow_request_answer(&j.b.flow, 1, &w, &sent, &err),
	    "answer.ground-not-in-menu");
	state_is(&j.b, 1, "received");
	w.grounds = good;
	OK(flow_request_answer(&j.b.flow, 1, &w, &sent, &err));
	assert_string_equal(sent.row.state, "refused");
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	state_is(&j.a, 1, "refused");
	job_end(&j);
}

static void
a_question_is_replied_to_and_then_answered(void **state)
{
	const char *const asks[] = { "provider" };
	const struct field_setting more[] = { { "provider.name", "Mail of Berun" },
		{ "provider.contact", "abuse desk" } };
	struct answer_wish q = { .kind = ACT_QUESTION, .text = "Which desk?",
		.asks = asks, .asks_n = 1 }, r = { .kind = ACT_REPLY,
		.text = "This one.", .set = more, .set_n = 2 };
	struct sent sent;
	struct digest question;
	struct job j;

	(void)state;
	asked(&j, 23);
	NO(flow_request_close(&j.b.flow, 1, NULL, &sent.row, &err), "request.owed");
	OK(flow_request_answer(&j.b.flow, 1, &q, &sent, &err));
	question = sent.act.act;
	assert_string_equal(sent.row.state, "needs_info");
	NO(flow_request_answer(&j.b.flow, 1, &r, &sent, &err),
	    "thread.not-by-this-side");
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	state_is(&j.a, 1, "needs_info");
	OK(flow_request_answer(&j.a.flow, 1, &r, &sent, &err));
	assert_string_equal(sent.row.state, "received");
	{
		struct docket *d = NULL;
		struct digest followers[4];
		size_t n = 0;

		OK(docket_open(j.a.flow.home, &d, &err));
		OK(docket_followers(d, &question, followers, 4, &n, &err));
		docket_close(d);
		assert_true(n >= 1);
	}
	assert_int_equal(carry(&j, &j.a, &j.b, "XB").as, TAKEN);
	OK(answer(&j.b, ACT_GRANTED, NULL, &sent, &err));
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	state_is(&j.a, 1, "accepted");
	state_is(&j.b, 1, "accepted");
	OK(flow_request_close(&j.a.flow, 1, NULL, &sent.row, &err));
	assert_string_equal(sent.row.state, "closed");
	OK(flow_request_close(&j.a.flow, 1, NULL, &sent.row, &err));
	job_end(&j);
}

/* What the preserved data reveal goes back at once (Article 43(1)). */
static void
a_further_provider_is_named_to_who_asked_for_the_preservation(void **state)
{
	static const struct field_setting found[] = {
		{ "further_provider.name", "Cloud of Cascada" },
		{ "further_provider.state", "XC" },
		{ "traffic_data[0].what", "path of the login of 2 November" },
		{ "traffic_data[0].sha256", "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad" },
	};
	struct request_wish w = { .kind = "traffic_path", .to = "XA", .set = found,
		.set_n = COUNT(found), .related = 1 };
	const struct field_part *part;
	struct docket_request first;
	struct request_view v;
	struct taken t;
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 26);
	OK(row_of(&j.b, 1, &first, &err));
	OK(flow_request_new(&j.b.flow, &w, &v, &err));
	assert_int_equal(v.findings.stops, 0);
	part = fields_part(&v.draft.act.body.request.fields, "related_request", 0, "act");
	assert_non_null(part);
	assert_string_equal(part->text, digest_hex(&first.act).s);
	request_view_clear(&v);
	OK(SECONDED(&j.b, &err, flow_request_send(&j.b.flow, 2, BY_COMITY, &sent, &err)));
	OK(flow_request_view(&j.b.flow, 2, &v, &err));
	assert_int_equal(v.draft.act.follows_n, 1);
	assert_true(digest_eq(&v.draft.act.follows[0], &first.act));
	request_view_clear(&v);
	t = carry(&j, &j.b, &j.a, "XA");
	if (t.as != TAKEN)
		fail_msg("%s", t.text);
	job_end(&j);
}

static void
only_who_asked_withdraws_and_then_nobody_grants(void **state)
{
	struct sent sent;
	struct job j;

	(void)state;
	asked(&j, 24);
	NO(answer(&j.b, ACT_WITHDRAWN, NULL, &sent, &err), "thread.not-by-this-side");
	NO(answer(&j.a, ACT_GRANTED, NULL, &sent, &err), "thread.not-by-this-side");
	OK(answer(&j.a, ACT_WITHDRAWN, NULL, &sent, &err));
	assert_int_equal(carry(&j, &j.a, &j.b, "XB").as, TAKEN);
	state_is(&j.b, 1, "withdrawn");
	NO(answer(&j.b, ACT_GRANTED, NULL, &sent, &err), "thread.withdrawn");
	job_end(&j);
}

static void
a_draft_and_something_that_is_no_answer_are_not_answered(void **state)
{
	struct sent sent;
	struct job j;
	unsigned n;

	(void)state;
	paired_begin(&j, 25);
	NO(answer(&j.a, ACT_GRANTED, NULL, &sent, &err), "request.absent");
	OK(new_whole(&j.a, "preserve", &n, &err));
	NO(answer(&j.a, ACT_WITHDRAWN, NULL, &sent, &err), "request.draft");
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_COMITY, &sent, &err)));
	NO(answer(&j.a, ACT_CARD, NULL, &sent, &err), "answer.kind");
	job_end(&j);
}

/* ---- evidence is the answer ---- */

static const struct field_setting stored[] = {
	{ "matter.subject", "Fraud against a pensioner" },
	{ "matter.authority", "Prosecutor of Aldora" },
	{ "facts_and_offence.facts", "Money was taken by a false bank page." },
	{ "facts_and_offence.articles", "13" },
	{ "assistance", "The logs of the account." },
	{ "purpose", "Proof at trial." },
	{ "data_sought", "log of the account" },
	{ "identifiers[0].type", "email" },
	{ "identifiers[0].value", "someone@example.org" },
	{ "period.from", "2026-11-01" },
	{ "period.to", "2026-11-03" },
	{ "provider.name", "Mail of Berun" },
	{ "languages.request", "en" },
	{ "languages.accepts", "en" },
	{ "human_rights.statements", "not_political;not_discriminatory;dual_criminality" },
	{ "human_rights.by", "Prosecutor of Aldora" },
};

static void
asked_for_evidence(struct job *j, uint64_t seed)
{
	struct request_wish w = { .kind = "stored_data", .to = "XB", .set = stored,
		.set_n = COUNT(stored) };
	struct request_view v;
	struct evidence e;
	struct sent sent;
	unsigned c;

	paired_begin(j, seed);
	OK(flow_request_new(&j->a.flow, &w, &v, &err));
	for (size_t i = 0; i < v.findings.n; i++)
		if (v.findings.list[i].weight == FINDING_STOPS)
			fail_msg("%s", v.findings.list[i].text);
	request_view_clear(&v);
	OK(SECONDED(&j->a, &err, flow_request_send(&j->a.flow, 1, BY_COMITY, &sent, &err)));
	assert_int_equal(carry(j, &j->a, &j->b, "XB").as, TAKEN);
	OK(add(&j->b, &e, &err));
	OK(flow_case_new(&j->b.flow, "The pensioner", &c, &err));
	OK(flow_case_add(&j->b.flow, c, "1", "XB-2026-000001", &err));
}

static bool
deliver(struct job *j, struct sent *out, struct err *err)
{
	struct deliver_wish w = { .purpose = "case 12 only",
		.authorisation = KIT_ORDER };
	struct sealed sealed;

	return SECONDED(&j->b, err, flow_request_deliver(&j->b.flow, 1, &w, &sealed, out, err));
}

static void
one_step_leads_from_the_evidence_of_a_case_to_a_delivered_answer(void **state)
{
	struct sent sent, again;
	struct evidence e;
	struct taken t;
	struct job j;

	(void)state;
	asked_for_evidence(&j, 30);
	OK(deliver(&j, &sent, &err));
	assert_string_equal(sent.row.state, "delivered");
	assert_int_equal(sent.act.outbox, OUTBOX_WAITS);
	assert_int_equal(sent.act.evidence, 1);
	OK(deliver(&j, &again, &err));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	t = carry(&j, &j.b, &j.a, "XA");
	assert_int_equal(t.as, TAKEN);
	assert_int_equal(t.evidence, 1);
	state_is(&j.a, 1, "delivered");
	job_end(&j);
}

/* The act.json of the exported bag whose folder ends so. */
static void
exported(struct job *j, const char *folder, const char *ending, char path[200])
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, found = false;

	OK(listing_open(j->world, NULL, folder, &l, &err));
	while (more && !found) {
		OK(listing_next(l, &e, &more, &err));
		found = more && strlen(e.name) > strlen(ending) && strcmp(e.name +
		    strlen(e.name) - strlen(ending), ending) == 0;
		if (found)
			(void)snprintf(path, 200, "%s/%s/act.json", folder, e.name);
	}
	listing_close(l);
	assert_true(found);
}

/* Said again, one is there once; another is added, and takes nothing away. */
static bool
deliver_limited(struct job *j, struct sent *sent, struct err *err)
{
	static const struct field_setting limits[] = {
		{ "conditions[0].code", "no_death_penalty" },
		{ "conditions[0].text", "It is not used where death is the penalty." },
		{ "conditions[1].code", "use_limit" },
		{ "conditions[1].text", "none" },
	};
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.limits = limits, .limits_n = COUNT(limits), .authorisation = KIT_ORDER };
	struct sealed sealed;

	return SECONDED(&j->b, err, flow_request_deliver(&j->b.flow, 1, &w, &sealed, sent,
	    err));
}

static void
conditions_that_were_promised_travel_with_the_evidence(void **state)
{
	const struct field_setting set[] = {
		{ "conditions[0].code", "no_death_penalty" },
		{ "conditions[0].text", "It is not used where death is the penalty." },
	};
	struct answer_wish yes = { .kind = ACT_GRANTED_WITH_CONDITIONS, .set = set,
		.set_n = COUNT(set) };
	const struct execute_wish assured = { .authorisation = KIT_ORDER,
		.assured = true };
	const struct field_setting why[] = { { "purpose", "Another one" } };
	struct answer_wish changes = { .kind = ACT_REPLY, .set = why, .set_n = 1 };
	const struct field_part *part;
	struct record_wish paper;
	struct docket_request row;
	struct sent sent;
	struct act a;
	struct buf json;
	struct job j;
	char path[200];

	(void)state;
	asked_for_evidence(&j, 31);
	OK(flow_request_answer(&j.b.flow, 1, &yes, &sent, &err));
	/* S22: nothing is released before the assurance is here, and was read */
	NO(deliver(&j, &sent, &err), "execute.assurance");
	NO(flow_request_execute(&j.b.flow, 1, &assured, &row, &err), "execute.assurance");
	/* Nor when one of us notes that they gave it: they have Comity, and sign it. */
	paper = (struct record_wish){ .number = 1, .kind = "reply", .by = BY_ORAL,
		.answer.text = "They give it." };
	OK(site_again(&j.b, &err));
	OK(flow_request_record(&j.b.flow, &paper, &row, &err));
	NO(flow_request_execute(&j.b.flow, 1, &assured, &row, &err), "execute.assurance");
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	NO(flow_request_answer(&j.a.flow, 1, &changes, &sent, &err),
	    "answer.reply-after-yes");
	OK(answer(&j.a, ACT_REPLY, "We give that assurance.", &sent, &err));
	state_is(&j.a, 1, "accepted_with_conditions");
	assert_int_equal(carry(&j, &j.a, &j.b, "XB").as, TAKEN);
	NO(deliver(&j, &sent, &err), "execute.assurance");
	OK(flow_request_execute(&j.b.flow, 1, &assured, &row, &err));
	assert_string_equal(row.state, "executing");
	OK(deliver_limited(&j, &sent, &err));
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	OK(flow_request_export(&j.a.flow, 1, "acts", &(struct request_exported){ 0 }, &err));
	buf_init(&json, ACT_BYTES_MAX);
	exported(&j, "acts", "-delivered-in", path);
	OK(file_load(j.world, NULL, path, &json, &err));
	OK(act_decode(&a, buf_span(&json), &err));
	part = fields_part(&a.body.delivered.limits, "conditions", 0, "code");
	assert_non_null(part);
	assert_string_equal(part->text, "no_death_penalty");
	part = fields_part(&a.body.delivered.limits, "conditions", 1, "code");
	assert_non_null(part);
	assert_string_equal(part->text, "use_limit");
	assert_null(fields_part(&a.body.delivered.limits, "conditions", 2, "code"));
	assert_string_equal(a.body.delivered.purpose.text, "case 12 only");
	act_clear(&a);
	buf_clear(&json);
	job_end(&j);
}

static void
who_fill(struct act *a, const void *arg)
{
	(void)arg;
	(void)snprintf(a->body.answer.number, sizeof a->body.answer.number,
	    "XA-2026-000001");
	OK(fields_set(&a->body.answer.fields, "identifiers[0].type", "email", "en", &err));
	OK(fields_set(&a->body.answer.fields, "identifiers[0].value", "else@mail.example", "en",
	    &err));
}

static bool
names_somebody_else(struct site *s)
{
	struct request_findings *found = calloc(1, sizeof *found);
	const struct field *f;
	struct docket_request row;
	struct act a;
	bool is;

	assert_non_null(found);
	act_init(&a, ACT_PRESERVE);
	OK(row_of(s, 1, &row, &err));
	OK(request_stands(&s->flow, &row, &a, found, &err));
	f = fields_find(&a.body.request.fields, "identifiers");
	is = f != NULL && strcmp(fields_part(&a.body.request.fields, "identifiers", 0,
	    "value")->text, "else@mail.example") == 0;
	act_clear(&a);
	free(found);
	return is;
}

/* Signed by a patched office: what it sets counts when it was asked for, before the yes. */
static void
replied_by_a_patched_office(struct job *j, const struct digest *said)
{
	struct docket_request row;
	struct digest follows[2];
	struct forgery what = { .kind = ACT_REPLY, .follows = follows, .follows_n = 2,
		.fill = who_fill };
	struct digest act;
	struct taken t;
	char path[200];

	OK(row_of(&j->b, 1, &row, &err));
	follows[0] = row.act;
	follows[1] = *said;
	OK(site_again(&j->a, &err));
	OK(forge(&j->a, "XB", &what, path, &act, &err));
	OK(site_again(&j->b, &err));
	OK(flow_take(&j->b.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN);
	assert_false(names_somebody_else(&j->b));
}

static void
a_reply_changes_what_was_asked_for_by_two_and_nothing_after_the_yes(void **state)
{
	const char *const asks[] = { "purpose" };
	const struct field_setting why[] = { { "purpose", "To prove the deceit" } };
	const struct field_setting who[] = { { "identifiers[0].type", "email" },
		{ "identifiers[0].value", "else@mail.example" } };
	struct answer_wish q = { .kind = ACT_QUESTION, .text = "For what?", .asks = asks,
		.asks_n = 1 };
	struct answer_wish r = { .kind = ACT_REPLY, .set = who, .set_n = COUNT(who) };
	struct sent sent, yes;
	struct job j;

	(void)state;
	asked_for_evidence(&j, 35);
	OK(flow_request_answer(&j.b.flow, 1, &q, &sent, &err));
	assert_int_equal(carry(&j, &j.b, &j.a, "XA").as, TAKEN);
	NO(flow_request_answer(&j.a.flow, 1, &r, &yes, &err), "answer.reply-not-asked");
	r.set = why;
	r.set_n = COUNT(why);
	NO(flow_request_answer(&j.a.flow, 1, &r, &yes, &err), "people.second");
	OK(SECONDED(&j.a, &err, flow_request_answer(&j.a.flow, 1, &r, &yes, &err)));
	replied_by_a_patched_office(&j, &sent.act.act);
	OK(answer(&j.b, ACT_GRANTED, NULL, &yes, &err));
	replied_by_a_patched_office(&j, &yes.act.act);
	job_end(&j);
}

static void
a_yes_can_become_a_no_until_evidence_went_over(void **state)
{
	const char *const grounds[] = { "R02" };
	struct answer_wish no = { .kind = ACT_REFUSED, .grounds = grounds,
		.grounds_n = 1, .text = "It turned out otherwise.",
		.waive_consultation = "consulted_otherwise" };
	struct sent sent;
	struct job j;

	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		asked_for_evidence(&j, 33 + over);
		OK(answer(&j.b, ACT_GRANTED, NULL, &sent, &err));
		if (over) {
			struct err why = ERR_INIT;

			OK(deliver(&j, &sent, &err));
			assert_false(flow_request_answer(&j.b.flow, 1, &no, &sent, &why));
			assert_int_equal(why.kind, ERR_REFUSED);
		} else {
			OK(flow_request_answer(&j.b.flow, 1, &no, &sent, &err));
			assert_false(deliver(&j, &sent, &(struct err)ERR_INIT));
		}
		/* Both arrive, in whatever order the folder lists them. */
		(void)carry(&j, &j.b, &j.a, "XA");
		state_is(&j.a, 1, over ? "delivered" : "refused");
		job_end(&j);
	}
}

static void
a_yes_that_became_a_no_is_not_given_once_more(void **state)
{
	const char *const grounds[] = { "R02" };
	struct answer_wish no = { .kind = ACT_REFUSED, .grounds = grounds,
		.grounds_n = 1, .text = "It turned out otherwise.",
		.waive_consultation = "consulted_otherwise" };
	struct sent sent, again;
	struct job j;

	(void)state;
	asked_for_evidence(&j, 43);
	OK(answer(&j.b, ACT_GRANTED, NULL, &sent, &err));
	OK(flow_request_answer(&j.b.flow, 1, &no, &sent, &err));
	NO(answer(&j.b, ACT_GRANTED, NULL, &again, &err), "thread.refused");
	OK(flow_request_answer(&j.b.flow, 1, &no, &again, &err));
	assert_true(digest_eq(&again.act.act, &sent.act.act));
	no.grounds_n = 0;
	NO(flow_request_answer(&j.b.flow, 1, &no, &again, &err), "thread.refused");
	job_end(&j);
}

static void
evidence_is_named_when_the_case_has_none_or_several(void **state)
{
	struct deliver_wish w = { .authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;
	struct job j;

	(void)state;
	asked_for_evidence(&j, 32);
	OK(add(&j.b, &e, &err));
	OK(flow_case_add(&j.b.flow, 1, "2", NULL, &err));
	NO(flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent, &err),
	    "deliver.evidence");
	w.evidence = 2;
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent,
	    &err)));
	assert_int_equal(sent.act.evidence, 2);
	job_end(&j);
}

/* ---- what a stolen disk shows ---- */

static void
look_in(struct job *j, const char *folder, unsigned *files)
{
	static const char *const secrets[] = { "false bank page", "Mail of Berun",
		"The pensioner", "someone@example.org", "case 12 only",
		"Court of Dorvenia", "ordem judicial" };
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;

	OK(listing_open(j->world, NULL, folder, &l, &err));
	while (more) {
		char path[400];
		struct buf b;

		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		if (e.type == FILE_DIR) {
			look_in(j, path, files);
			continue;
		}
		buf_init(&b, 16u << 20);
		OK(file_load(j->world, NULL, path, &b, &err));
		for (size_t i = 0; i < COUNT(secrets); i++)
			if (memmem(b.p, b.n, secrets[i], strlen(secrets[i])) != NULL ||
			    strstr(path, secrets[i]) != NULL)
				fail_msg("\"%s\" lies open in %s", secrets[i], path);
		buf_clear(&b);
		++*files;
	}
	listing_close(l);
}

static void
no_name_account_or_text_lies_open_in_a_home(void **state)
{
	const struct correspondent_wish who = { .state = "XD",
		.name = "Court of Dorvenia" };
	const char *const files[] = { "ordem judicial.pdf" };
	struct request_wish w = { .kind = "preserve", .to = "XD", .set = whole,
		.set_n = COUNT(whole), .attach = files, .attach_n = 1 };
	struct request_view v;
	struct sent sent;
	struct job j;
	unsigned n = 0;

	(void)state;
	asked_for_evidence(&j, 40);
	OK(deliver(&j, &sent, &err));
	(void)carry(&j, &j.b, &j.a, "XA");
	OK(file_save(j.world, NULL, files[0], span_text("order"), true, &err));
	OK(flow_correspondent_new(&j.a.flow, &who, &n, &err));
	OK(flow_request_new(&j.a.flow, &w, &v, &err));
	request_view_clear(&v);
	n = 0;
	look_in(&j, "aldora", &n);
	look_in(&j, "berun", &n);
	assert_true(n > 20);
	job_end(&j);
}

/* ---- lost power, full disks, no memory ---- */

/* The journey in steps: each a command of its own. */
struct leg {
	const char *name;
	bool (*run)(struct job *j, struct err *err);
	void (*holds)(struct job *j);	/* after it said yes */
};

static bool
leg_new(struct job *j, struct err *err)
{
	struct request_wish w = { .kind = "stored_data", .to = "XB", .set = stored,
		.set_n = COUNT(stored) };
	struct request_view v;

	if (!site_again(&j->a, err) || !flow_request_new(&j->a.flow, &w, &v, err))
		return false;
	request_view_clear(&v);
	return true;
}

static bool
leg_send(struct job *j, struct err *err)
{
	struct sent sent;

	return site_again(&j->a, err) &&
	    SECONDED(&j->a, err, flow_request_send(&j->a.flow, 1, BY_COMITY, &sent, err));
}

static bool
leg_answer(struct job *j, struct err *err)
{
	struct sent sent;

	return site_again(&j->b, err) && answer(&j->b, ACT_GRANTED, NULL, &sent, err);
}

static bool
leg_deliver(struct job *j, struct err *err)
{
	struct sent sent;

	return site_again(&j->b, err) && deliver(j, &sent, err);
}

static bool
leg_export(struct job *j, struct err *err)
{
	struct request_exported made;

	if (!site_again(&j->b, err))
		return false;
	if (flow_request_export(&j->b.flow, 1, "acts", &made, err))
		return true;
	if (strcmp(err->reason, "open.exists") != 0)
		return false;
	err_clear(err);
	return true;
}

/* Every file in parcels/ is of a package that the docket knows. */
static void
no_stray_parcels(struct site *s)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct docket *d = NULL;
	bool more = true;

	OK(docket_open(s->flow.home, &d, &err));
	OK(listing_open(s->flow.world, home_dir(s->flow.home), "parcels", &l, &err));
	while (more) {
		struct docket_act row;
		struct digest act;
		bool found = false;

		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		assert_true(strlen(e.name) >= 64);
		assert_true(digest_parse(span_of(e.name, 64), &act));
		OK(docket_act_get(d, &act, &row, &found, &err));
		if (!found)
			fail_msg("nobody knows parcels/%s", e.name);
	}
	listing_close(l);
	docket_close(d);
}

static void
holds_new(struct job *j)
{
	struct err absent = ERR_INIT;
	struct request_view v;

	/* A cut try may have left a draft of its own: whole, and no more than that. */
	OK(flow_request_view(&j->a.flow, 1, &v, &err));
	assert_true(v.has_draft);
	assert_int_equal(v.findings.stops, 0);
	request_view_clear(&v);
	if (flow_request_view(&j->a.flow, 2, &v, &absent)) {
		assert_int_equal(v.findings.stops, 0);
		request_view_clear(&v);
	}
}

static void
holds_send(struct job *j)
{
	assert_int_equal(outbox_of(&j->a), 1);
	state_is(&j->a, 1, "sent");
	no_stray_parcels(&j->a);
}

static void
holds_answer(struct job *j)
{
	state_is(&j->b, 1, "accepted");
	assert_int_equal(answers_made(&j->b), 1);
	no_stray_parcels(&j->b);
}

static void
holds_deliver(struct job *j)
{
	struct evidence e;

	state_is(&j->b, 1, "delivered");
	OK(evidence_load(j->b.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	no_stray_parcels(&j->b);
}

/* Appears whole or not at all, and leaves nothing beside it. */
static void
holds_export(struct job *j)
{
	char path[200];

	exported(j, "acts", "-stored_data-in", path);
	exported(j, "acts", "-granted-out", path);
	exported(j, "acts", "-delivered-out", path);
	assert_false(path_exists(j->world, NULL, ".comity-export-acts"));
}

static const struct leg legs[] = {
	{ "new", leg_new, holds_new }, { "send", leg_send, holds_send },
	{ "answer", leg_answer, holds_answer },
	{ "deliver", leg_deliver, holds_deliver },
	{ "export", leg_export, holds_export },
};

/* The homes stand where this leg begins. */
static void
legs_before(struct job *j, size_t leg)
{
	struct evidence e;
	unsigned c;

	paired_begin(j, 900 + leg);
	for (size_t i = 0; i < leg; i++) {
		OK(legs[i].run(j, &err));
		if (i != 1)
			continue;
		assert_int_equal(carry(j, &j->a, &j->b, "XB").as, TAKEN);
		OK(add(&j->b, &e, &err));
		OK(flow_case_new(&j->b.flow, "The pensioner", &c, &err));
		OK(flow_case_add(&j->b.flow, c, "1", "1", &err));
	}
}

/* A leg at whose beginning the homes stand. */
struct leg_try {
	struct job j;
	size_t leg;
};

static void
leg_whole(void *arg)
{
	struct leg_try *t = arg;

	OK(legs[t->leg].run(&t->j, &err));
}

/* What failed was told; the second try ends the same. */
static void
leg_again(struct leg_try *t, bool said, const struct err *why)
{
	assert_true(said || why->text[0] != '\0');
	nothing_fails(t->j.world);
	site_end(&t->j.a);
	site_end(&t->j.b);
	place_known(t->j.world, said);
	leg_whole(t);
	legs[t->leg].holds(&t->j);
	job_end(&t->j);
}

static void
leg_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct leg_try *t = arg;

	disk_fails(t->j.world);
	leg_again(t, legs[t->leg].run(&t->j, &why), &why);
}

static void
leg_memory(void *arg)
{
	struct err why = ERR_INIT;
	struct leg_try *t = arg;

	memory_fails();
	leg_again(t, legs[t->leg].run(&t->j, &why), &why);
}

/* The power fails in the middle of a leg, or just after it said yes. */
static void
leg_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct leg_try *t = arg;
	bool said;

	power_fails(t->j.world);
	said = legs[t->leg].run(&t->j, &why);
	site_end(&t->j.a);
	site_end(&t->j.b);
	power_back(t->j.world);
	if (said) {
		OK(site_again(&t->j.a, &err));
		OK(site_again(&t->j.b, &err));
		legs[t->leg].holds(&t->j);
	}
	leg_again(t, said, &why);
}

enum fails { DISK, MEMORY, POWER };

static void
legs_try(enum fails fails)
{
	struct places p[] = {
		[DISK] = { .try = leg_disk, .ways = DISK_WAYS, .few = 6 },
		[MEMORY] = { .try = leg_memory, .ways = MEMORY_WAYS, .few = 6 },
		[POWER] = { .try = leg_cut, .ways = POWER_WAYS, .few = 8 },
	};

	for (size_t leg = 0; leg < COUNT(legs); leg++) {
		struct leg_try t = { .leg = leg };
		struct places_size size;

		legs_before(&t.j, leg);
		size = places_size(t.j.world, leg_whole, &t);
		p[fails].n = fails == MEMORY ? size.allocations : size.calls +
		    (fails == POWER);
		p[fails].what = legs[leg].name;
		p[fails].arg = &t;
		places_try(&p[fails]);
		job_end(&t.j);
	}
}

static void
each_failing_disk_call_is_told_and_the_second_try_ends_the_same(void **state)
{
	(void)state;
	legs_try(DISK);
}

static void
a_power_cut_at_any_call_loses_nothing_and_the_second_try_ends_the_same(void **state)
{
	(void)state;
	legs_try(POWER);
}

static void
each_failing_allocation_is_told_and_the_second_try_ends_the_same(void **state)
{
	(void)state;
	legs_try(MEMORY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_read_as_it_is_shown_and_nothing_else_is),
		cmocka_unit_test(a_draft_says_what_is_missing_with_its_article_and_is_not_sent),
		cmocka_unit_test(a_draft_is_mended_field_by_field_and_survives_a_new_command),
		cmocka_unit_test(a_draft_may_be_addressed_to_a_state_of_which_nobody_is_known_yet),
		cmocka_unit_test(what_cannot_be_a_draft_is_said),
		cmocka_unit_test(a_whole_request_is_sent_once_and_waits_in_the_outbox),
		cmocka_unit_test(what_goes_by_letter_or_word_is_kept_and_does_not_wait_in_the_outbox),
		cmocka_unit_test(an_attachment_goes_as_it_was_named_or_not_at_all),
		cmocka_unit_test(a_file_over_the_limit_is_not_attached),
		cmocka_unit_test(nothing_is_sent_to_an_authority_that_is_revoked),
		cmocka_unit_test(an_authority_on_paper_is_asked_by_letter_and_not_by_comity),
		cmocka_unit_test(a_preservation_is_granted_for_as_long_as_the_treaty_asks),
		cmocka_unit_test(the_same_answer_given_once_more_is_the_one_that_was_made),
		cmocka_unit_test(the_same_words_after_words_of_theirs_are_new),
		cmocka_unit_test(a_yes_that_became_a_no_is_not_given_once_more),
		cmocka_unit_test(what_was_said_by_word_is_said_once_more_by_word_only),
		cmocka_unit_test(a_hold_shorter_than_the_treaty_asks_is_not_granted),
		cmocka_unit_test(a_refusal_needs_a_ground_of_the_menu_and_reasons),
		cmocka_unit_test(a_question_is_replied_to_and_then_answered),
		cmocka_unit_test(a_further_provider_is_named_to_who_asked_for_the_preservation),
		cmocka_unit_test(only_who_asked_withdraws_and_then_nobody_grants),
		cmocka_unit_test(a_draft_and_something_that_is_no_answer_are_not_answered),
		cmocka_unit_test(one_step_leads_from_the_evidence_of_a_case_to_a_delivered_answer),
		cmocka_unit_test(conditions_that_were_promised_travel_with_the_evidence),
		cmocka_unit_test(evidence_is_named_when_the_case_has_none_or_several),
		cmocka_unit_test(no_name_account_or_text_lies_open_in_a_home),
		cmocka_unit_test(
		    a_reply_changes_what_was_asked_for_by_two_and_nothing_after_the_yes),
		cmocka_unit_test(a_yes_can_become_a_no_until_evidence_went_over),
		cmocka_unit_test(each_failing_disk_call_is_told_and_the_second_try_ends_the_same),
		cmocka_unit_test(a_power_cut_at_any_call_loses_nothing_and_the_second_try_ends_the_same),
		cmocka_unit_test(each_failing_allocation_is_told_and_the_second_try_ends_the_same),
	};

	return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
