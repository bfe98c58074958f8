/* A docket that is lost, and made anew: nothing differs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/backup.h"
#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/hold.h"
#include "flow/journey.h"
#include "flow/ledger.h"
#include "flow/notices.h"
#include "flow/places_kit.h"
#include "flow/testkit.h"

#define GOOD(call) \
	do { \
		struct err err = ERR_INIT; \
		if (!(call)) \
			fail_msg("%s:%d %s: %s", __FILE__, __LINE__, #call, err.text); \
	} while (0)

/* Every row that a person is shown, as text: what differs is seen. */
struct told {
	struct buf b;
	struct docket *d;
	unsigned numbers[64];
	size_t n;
};

static bool
act_told(void *arg, const struct docket_act *a, struct err *err)
{
	struct told *t = arg;
	int64_t gone;

	return docket_destroyed_at(t->d, &a->package, &gone, err) &&
	    buf_printf(&t->b, err, "  %.8s %.8s %s %s gone %lld dir %d req %u ev %u at %lld made %lld bytes %llu stamp %d %lld other %d outbox %d carried %d sum %d receipted %lld receipt %.8s %s/%s/%s\n",
	    digest_hex(&a->act).s, digest_hex(&a->package).s, a->kind, a->peer,
	    (long long)gone, a->direction, a->request, a->evidence, (long long)a->at,
	    (long long)a->made_at, (unsigned long long)a->bytes, a->stamp,
	    (long long)a->stamped_at, a->other, a->outbox, a->carried_at != 0, a->has_sha256,
	    (long long)a->receipted_at,
	    a->has_receipt ? digest_hex(&a->receipt).s : "-", a->verdict, a->who,
	    a->when);
}

static bool
request_told(void *arg, const struct docket_request *r, struct err *err)
{
	struct told *t = arg;

	if (t->n < 64)
		t->numbers[t->n++] = r->number;
	return buf_printf(&t->b, err, "%u %s ours %d %s %s %u %s case %u %.8s %s/%s ref %s at %lld %lld %lld %lld %lld exp %lld due %lld %s %d hold %lld %lld owed %d\n",
	    r->number, r->kind, r->ours, r->state, r->peer, r->correspondent, r->by,
	    r->case_number, r->has_act ? digest_hex(&r->act).s : "-", r->instrument,
	    r->article, r->reference, (long long)r->opened_at, (long long)r->sent_at,
	    (long long)r->receipted_at, (long long)r->answered_at,
	    (long long)r->closed_at, (long long)r->expires_at, (long long)r->due_at,
	    r->due_rule, r->due_ours, (long long)r->hold_effected_at,
	    (long long)r->hold_until, r->written_owed);
}

static bool
evidence_told(struct site *s, struct told *t, struct err *err)
{
	unsigned *list = NULL;
	struct evidence e;
	size_t n = 0;
	bool ok = evidence_numbers(s->flow.home, &list, &n, err);

	for (size_t i = 0; ok && i < n; i++) {
		ok = evidence_load(s->flow.home, list[i], &e, err) &&
		    buf_printf(&t->b, err, "evidence %u origin %d at %lld files %llu bytes %llu\n",
		    e.number, e.origin, (long long)e.added_at,
		    (unsigned long long)e.files, (unsigned long long)e.bytes);
		for (size_t k = 0; ok && k < e.parcels_n; k++)
			ok = buf_printf(&t->b, err, "  parcel %.8s %s stamp %d box %d\n",
			    digest_hex(&e.parcels[k].act_id).s, e.parcels[k].peer.s,
			    e.parcels[k].stamp, e.parcels[k].in_outbox);
	}
	mem_free(list);
	return ok;
}

static bool
record_told(void *arg, const struct docket_record *r, struct err *err)
{
	struct told *t = arg;

	/* What the rebuilding itself wrote down is new. */
	return buf_printf(&t->b, err, "record %llu %s %.8s req %u\n",
	    (unsigned long long)r->at, r->event,
	    r->has_act ? digest_hex(&r->act).s : "-", r->request);
}

static bool
hold_told(void *arg, const struct docket_hold *h, struct err *err)
{
	struct told *t = arg;

	return buf_printf(&t->b, err, "hold %u %d %s %lld %lld order %s %lld %lld %s %lld %lld\n",
	    h->request, h->ours, h->state, (long long)h->effected_at,
	    (long long)h->until, h->order, (long long)h->order_until,
	    (long long)h->ended_at,
	    h->ended_by, (long long)h->misnoted_at, (long long)h->resumed_at);
}

static bool
call_told(void *arg, const struct docket_call *c, struct err *err)
{
	struct told *t = arg;

	return buf_printf(&t->b, err, "call %u %u %lld %s\n", c->number, c->request,
	    (long long)c->at, c->result);
}

static bool
stance_told(void *arg, const struct docket_stance *x, struct err *err)
{
	struct told *t = arg;

	return buf_printf(&t->b, err, "stance %s %s %s %s %lld\n", x->state, x->what,
	    x->about, x->value, (long long)x->since);
}

static bool
notice_told(void *arg, const struct docket_notice *n, struct err *err)
{
	struct told *t = arg;

	return buf_printf(&t->b, err, "notice %u %u %u %lld %lld %u %s %s %lld\n", n->number,
	    n->request, n->person, (long long)n->since, (long long)n->until, n->renewals,
	    n->reason, n->how, (long long)n->done_at);
}

/* What a person did before a yes: all but the names and reasons. */
static bool
guards_told(struct told *t, struct err *err)
{
	unsigned others[SUBJECT_OTHERS_MAX];
	size_t n;

	if (!docket_stances(t->d, false, stance_told, t, err) ||
	    !docket_notices(t->d, false, notice_told, t, err))
		return false;
	for (size_t i = 0; i < t->n; i++) {
		if (!docket_calls(t->d, t->numbers[i], false, call_told, t, err) ||
		    !docket_subject_others(t->d, t->numbers[i], others, &n, err))
			return false;
		for (size_t k = 0; k < n; k++)
			if (!buf_printf(&t->b, err, "same %u %u\n", t->numbers[i],
			    others[k]))
				return false;
	}
	return true;
}

static bool
tell(struct site *s, struct told *t, bool records, struct err *err)
{
	struct docket_filter all = { .order = ORDER_NUMBER };
	struct docket_filter due = { .order = ORDER_DUE, .due_only = true };
	struct docket_counts c;
	bool ok;

	memset(t, 0, sizeof *t);
	buf_init(&t->b, 4u << 20);
	if (!home_docket(s->flow.home, &t->d, err))
		return false;
	ok = docket_requests(t->d, &all, request_told, t, err);
	for (size_t i = 0; ok && i < t->n; i++)
		ok = buf_printf(&t->b, err, "thread %u\n", t->numbers[i]) &&
		    docket_request_acts(t->d, t->numbers[i], act_told, t, err);
	ok = ok && buf_printf(&t->b, err, "due\n") &&
	    docket_requests(t->d, &due, request_told, t, err) &&
	    buf_printf(&t->b, err, "outbox\n") &&
	    docket_outbox(t->d, NULL, act_told, t, err) &&
	    docket_holds(t->d, false, hold_told, t, err) && guards_told(t, err) &&
	    evidence_told(s, t, err) && docket_counts(t->d, NOW, &c, err) &&
	    buf_printf(&t->b, err, "counts %u %u %u %u %u %u %u %u %u\n",
	    (unsigned)c.open_ours, (unsigned)c.open_theirs, (unsigned)c.drafts,
	    (unsigned)c.overdue, (unsigned)c.waiting_for_them, (unsigned)c.outbox,
	    (unsigned)c.unreceipted, (unsigned)c.holds_ending,
	    (unsigned)c.stamps_owed) &&
	    (!records || docket_records_each(t->d, NULL, record_told, t, err));
	home_docket_done(s->flow.home);
	return ok;
}

static void
same(const struct told *a, const struct told *b)
{
	const char *x, *y;
	struct err err = ERR_INIT;
	struct buf one, two;

	if (a->b.n <= b->b.n && memcmp(a->b.p, b->b.p, a->b.n) == 0)
		return;
	buf_init(&one, 4u << 20);
	buf_init(&two, 4u << 20);
	assert_true(buf_add(&one, buf_span(&a->b), &err) && buf_text(&one, &x, &err));
	assert_true(buf_add(&two, buf_span(&b->b), &err) && buf_text(&two, &y, &err));
	fprintf(stderr, "--- before\n%s--- rebuilt\n%s", x, y);
	fail_msg("the docket differs");
}

static void
docket_lose(struct job *j, const struct site *s)
{
	static const char *const files[] = { "docket.sqlite", "docket.sqlite-wal",
		"docket.sqlite-journal", "docket.before-rebuild" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[100];

		(void)snprintf(path, sizeof path, "%s/%s", s->path, files[i]);
		(void)!path_remove(j->world, NULL, path, NULL);
	}
}

static void
rebuilt_equal(struct job *j, struct site *s, bool lose)
{
	struct told before, after;
	struct digest was, is;
	struct rebuilt r;

	GOOD(site_again(s, &err) && docket_digest(s, &was, &err) &&
	    tell(s, &before, true, &err));
	site_end(s);
	if (lose)
		docket_lose(j, s);
	/* Days later: nothing in it is of today. */
	world_sim_set_now(j->world, world_now(j->world) + 3 * DAY);
	GOOD(site_again(s, &err) && flow_rebuild(&s->flow, &r, &err));
	assert_int_equal(r.without_parcel, 0);
	GOOD(site_again(s, &err) && docket_digest(s, &is, &err) &&
	    tell(s, &after, true, &err));
	same(&before, &after);
	assert_true(digest_eq(&was, &is));
	buf_clear(&before.b);
	buf_clear(&after.b);
}

static void
the_dockets_of_three_countries_are_made_anew_and_nothing_differs(void **state)
{
	struct job j;

	(void)state;
	job_begin(&j, 41);
	GOOD(three_countries(&j, &err));
	rebuilt_equal(&j, &j.a, true);
	rebuilt_equal(&j, &j.b, true);
	rebuilt_equal(&j, &j.c, true);
	job_end(&j);
}


#define NO(call, why) \
	do { \
		struct err err = ERR_INIT; \
		if (call) \
			fail_msg("%s:%d %s went well", __FILE__, __LINE__, #call); \
		if (strcmp(err.reason, why) != 0) \
			fail_msg("%s:%d %s (%s)", __FILE__, __LINE__, err.text, \
			    err.reason); \
	} while (0)

/* ---- kept from the one before ---- */

static void
the_main_job_is_made_anew_behind_each_of_its_steps(void **state)
{
	struct job j;

	(void)state;
	for (size_t end = 1; end <= STEPS; end++) {
		job_begin(&j, 42);
		run_up_to(&j, end);
		rebuilt_equal(&j, &j.a, true);
		if (end >= 2)
			rebuilt_equal(&j, &j.b, true);
		job_end(&j);
	}
}

static unsigned
paper(struct site *s)
{
	static const struct correspondent_wish office = { .state = "XD",
		.name = "Ministry of Delmar", .languages = "en" };
	struct docket *d = NULL;
	unsigned number, case_number = 0;

	GOOD(site_again(s, &err) && flow_correspondent_new(&s->flow, &office, &number,
	    &err));
	GOOD(desk_open(&s->flow, true, &d, &err) &&
	    docket_case_new(d, "the forged invoice", NOW, &case_number, &err));
	docket_close(d);
	return case_number;
}

static unsigned
drafted_without(struct site *s, const char *to, unsigned case_number, size_t left_out)
{
	static const struct field_setting set[] = {
		{ "offence.articles", "13" }, { "offence.facts", "an invoice was forged" },
		{ "data_sought", "mails" }, { "necessity", "deleted after 7 days" },
		{ "intent.measure", "stored_data" }, { "intent.planned_at", "2026-12-20" },
		{ "secrecy.wanted", "no" }, { "provider.name", "Mail Delmar" },
		{ "system_or_account.type", "email" },
		{ "system_or_account.value", "someone@mail.example" },
	};
	struct request_wish w = { .kind = "preserve", .to = to,
		.set = set + left_out, .set_n = sizeof set / sizeof *set - left_out,
		.lang = "en",
		.case_number = case_number };
	struct request_view v;
	unsigned number;

	GOOD(site_again(s, &err) && flow_request_new(&s->flow, &w, &v, &err));
	number = v.row.number;
	request_view_clear(&v);
	return number;
}

static unsigned
drafted(struct site *s, const char *to, unsigned case_number)
{
	return drafted_without(s, to, case_number, 0);
}

static void
came_on_paper(struct site *s, unsigned number, const char *kind)
{
	struct record_wish w = { .number = number, .kind = kind, .by = BY_LETTER,
		.from = number == 0 ? "XD" : NULL, .has_dated = true,
		.dated = NOW - 2 * DAY, .reference = "D 12/26",
		.files = &(const char *const){ "scan.pdf" }, .files_n = 1 };
	struct docket_request r;

	GOOD(site_again(s, &err) && flow_request_record(&s->flow, &w, &r, &err));
}

/* Letters, calls, paper, a closed thread, drafts and a case. */
static void
story_alone(struct job *j)
{
	struct answer_wish yes = { .kind = ACT_GRANTED, .by = BY_LETTER };
	struct docket_request r;
	struct request_view v;
	struct sent sent;
	unsigned n, c;

	run_up_to(j, AFTER_PAIR);
	GOOD(file_save(j->world, NULL, "scan.pdf", span_text("%PDF"), true, &err));
	c = paper(&j->a);
	n = drafted_without(&j->a, "XD", c, 1);
	/* Refused, and done after all: its record belongs to the thread. */
	NO(flow_request_send(&j->a.flow, n, BY_LETTER, &sent, &err), "request.incomplete");
	GOOD(flow_request_edit(&j->a.flow, n, &(struct request_wish){ .lang = "en",
	    .set = &(const struct field_setting){ "offence.articles", "13" },
	    .set_n = 1 }, &v, &err));
	request_view_clear(&v);
	GOOD(SECONDED(&j->a, &err, flow_request_send(&j->a.flow, n, BY_LETTER, &sent, &err)));
	came_on_paper(&j->a, n, "receipt");
	came_on_paper(&j->a, n, "granted");
	(void)drafted(&j->a, "XB", c);
	n = drafted(&j->a, "XB", 0);
	GOOD(SECONDED(&j->a, &err, flow_request_send(&j->a.flow, n, BY_ORAL, &sent, &err)));
	GOOD(site_again(&j->a, &err) &&
	    SECONDED(&j->a, &err, flow_request_send(&j->a.flow, n, BY_COMITY, &sent, &err)));
	n = drafted(&j->a, "XB", 0);
	GOOD(SECONDED(&j->a, &err, flow_request_send(&j->a.flow, n, BY_ORAL, &sent, &err)));
	came_on_paper(&j->a, 0, "preserve");
	GOOD(site_again(&j->a, &err) &&
	    flow_request_answer(&j->a.flow, n + 1, &yes, &sent, &err));
	GOOD(bring(&j->a, &j->b, "XB", "p1", &err));
	GOOD(reply_with(&j->b, 1, ACT_REFUSED, &sent, &err));
	GOOD(bring(&j->b, &j->a, "XA", "p2", &err));
	n = drafted(&j->a, "XB", 0);
	GOOD(SECONDED(&j->a, &err, flow_request_send(&j->a.flow, n, BY_COMITY, &sent, &err)));
	GOOD(bring(&j->a, &j->b, "XB", "p3", &err));
	/* About the same account as the one that was refused: somebody has read why. */
	GOOD(flow_request_seen(&j->b.flow, 2, 1, &err));
	GOOD(reply_with(&j->b, 2, ACT_GRANTED, &sent, &err));
	GOOD(bring(&j->b, &j->a, "XA", "p4", &err));
	GOOD(flow_request_close(&j->a.flow, n, NULL, &r, &err));
}

static void
a_docket_that_is_well_is_made_anew_with_its_cases_and_drafts(void **state)
{
	struct docket_request r;
	struct docket_case c;
	struct docket *d;
	struct buf text;
	struct job j;

	(void)state;
	job_begin(&j, 43);
	story_alone(&j);
	rebuilt_equal(&j, &j.a, false);
	rebuilt_equal(&j, &j.b, false);
	GOOD(desk_open(&j.a.flow, true, &d, &err) &&
	    docket_case_get(d, 1, true, &c, &err));
	assert_string_equal(c.name, "the forged invoice");
	docket_case_clear(&c);
	GOOD(docket_request_get(d, 2, &r, &err));
	assert_string_equal(r.state, "draft");
	assert_int_equal(r.case_number, 1);
	buf_init_secret(&text, DOCKET_TEXT_MAX);
	GOOD(docket_request_text(d, 2, &text, &err));
	assert_true(text.n > 0);
	buf_clear(&text);
	docket_close(d);
	assert_true(path_exists(j.world, NULL, "aldora/docket.before-rebuild"));
	job_end(&j);
}

static void
what_only_the_docket_had_is_told_when_it_is_gone(void **state)
{
	struct docket_request r;
	struct rebuilt out;
	struct job j;

	(void)state;
	job_begin(&j, 44);
	story_alone(&j);
	site_end(&j.a);
	docket_lose(&j, &j.a);
	GOOD(site_again(&j.a, &err) && flow_rebuild(&j.a.flow, &out, &err));
	assert_non_null(strstr(out.text, "names of cases"));
	/* The number of the draft stays free: the others are those that people know. */
	NO(row_of(&j.a, 2, &r, &err), "request.absent");
	GOOD(row_of(&j.a, 1, &r, &err));
	assert_string_equal(r.state, "accepted");
	assert_string_equal(r.by, "letter");
	GOOD(row_of(&j.a, 3, &r, &err));
	assert_string_equal(r.by, "comity");
	assert_false(r.written_owed);
	GOOD(row_of(&j.a, 4, &r, &err));
	assert_true(r.written_owed);
	GOOD(row_of(&j.a, 5, &r, &err));
	assert_false(r.ours);
	assert_string_equal(r.state, "accepted");
	GOOD(row_of(&j.a, 6, &r, &err));
	assert_string_equal(r.state, "closed");
	assert_int_equal(r.closed_at, NOW);
	job_end(&j);
}

/* ---- lost, damaged, missing ---- */

static void
a_lost_docket_is_told_and_no_empty_one_takes_its_place(void **state)
{
	struct docket *d = NULL;
	struct desk desk;
	struct rebuilt r;
	struct job j;

	(void)state;
	job_begin(&j, 45);
	run_up_to(&j, AFTER_SEND);
	site_end(&j.a);
	docket_lose(&j, &j.a);
	GOOD(home_open(j.world, "aldora", &j.a.flow.home, &err));
	NO(docket_open(j.a.flow.home, &d, &err), "docket.lost");
	NO(flow_desk(&j.a.flow, &desk, &err), "docket.lost");
	assert_false(path_exists(j.world, NULL, "aldora/docket.sqlite"));
	/* An empty file is none either. */
	GOOD(file_save(j.world, NULL, "aldora/docket.sqlite", span_text(""), true, &err));
	NO(docket_open(j.a.flow.home, &d, &err), "docket.damaged");
	GOOD(flow_rebuild(&j.a.flow, &r, &err));
	GOOD(flow_desk(&j.a.flow, &desk, &err));
	assert_int_equal(desk.counts.outbox, 1);
	job_end(&j);
}

static void
a_damaged_docket_is_made_anew(void **state)
{
	struct told before, after;
	struct docket *d = NULL;
	struct err why = ERR_INIT;
	struct rebuilt r;
	struct buf b;
	struct job j;

	(void)state;
	for (size_t page = 0; page < 12; page++) {
		job_begin(&j, 46);
		story_alone(&j);
		GOOD(site_again(&j.a, &err) && tell(&j.a, &before, false, &err));
		site_end(&j.a);
		buf_init(&b, 16u << 20);
		GOOD(file_load(j.world, NULL, "aldora/docket.sqlite", &b, &err));
		if (page * 4096 + 200 < b.n)
			memset(b.p + page * 4096 + 100, 0x5a, 100);
		GOOD(file_save(j.world, NULL, "aldora/docket.sqlite", buf_span(&b), true,
		    &err));
		buf_clear(&b);
		GOOD(site_again(&j.a, &err) && flow_rebuild(&j.a.flow, &r, &err));
		GOOD(site_again(&j.a, &err) && docket_open(j.a.flow.home, &d, &err));
		if (!docket_check(d, &why))
			fail_msg("%s", why.text);
		docket_close(d);
		GOOD(tell(&j.a, &after, false, &err));
		buf_clear(&before.b);
		buf_clear(&after.b);
		job_end(&j);
	}
}

static void
a_parcel_that_is_gone_is_counted_and_stops_nothing(void **state)
{
	struct docket_request r;
	struct rebuilt out;
	struct sent sent;
	char path[200];
	struct job j;

	(void)state;
	job_begin(&j, 47);
	run_up_to(&j, AFTER_PAIR);
	GOOD(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	GOOD(ask(&j.a, ACT_STORED_DATA, "XB", &sent, &err));
	(void)snprintf(path, sizeof path, "aldora/%s", parcel_path(&sent.act.act).s);
	site_end(&j.a);
	docket_lose(&j, &j.a);
	GOOD(path_remove(j.world, NULL, path, &err));
	GOOD(site_again(&j.a, &err) && flow_rebuild(&j.a.flow, &out, &err));
	assert_int_equal(out.without_parcel, 1);
	assert_int_equal(out.marked, 0);	/* which kind it was nothing says */
	assert_int_equal(out.requests, 1);
	GOOD(row_of(&j.a, 1, &r, &err));
	NO(row_of(&j.a, 2, &r, &err), "request.absent");
	job_end(&j);
}

/* The parcel of this act is gone, and the docket too; then one is made anew. */
static void
made_anew_without(struct job *j, struct site *s, const struct digest *act,
    struct rebuilt *out)
{
	char path[200];

	(void)snprintf(path, sizeof path, "%s/%s", s->path, parcel_path(act).s);
	site_end(s);
	docket_lose(j, s);
	GOOD(path_remove(j->world, NULL, path, &err));
	GOOD(site_again(s, &err) && flow_rebuild(&s->flow, out, &err));
	assert_int_equal(out->without_parcel, 1);
}

static void
act_marked(struct site *s, const struct digest *act, const char *kind,
    struct docket_act *row)
{
	struct docket *d = NULL;
	bool found = false;

	GOOD(home_docket(s->flow.home, &d, &err) &&
	    docket_act_get(d, act, row, &found, &err));
	home_docket_done(s->flow.home);
	assert_true(found);
	assert_string_equal(row->kind, kind);
	assert_int_equal(row->bytes, 0);
}

/* The doctor names it, among what is wrong. */
static void
missing_told(struct site *s, const char *text)
{
	struct doctor_report report;
	bool told = false;

	GOOD(site_again(s, &err) && flow_doctor(&s->flow, &report, &err));
	for (size_t i = 0; i < report.n; i++)
		told = told || (report.lines[i].state == DOCTOR_BAD &&
		    strstr(report.lines[i].text, text) != NULL);
	assert_true(told);
}

static void
an_answer_whose_parcel_is_gone_stands_in_its_thread_and_is_missed(void **state)
{
	struct docket_request before, after;
	struct docket_act row;
	struct rebuilt out;
	struct sent asked, answered;
	struct job j;

	(void)state;
	job_begin(&j, 48);
	run_up_to(&j, AFTER_PAIR);
	GOOD(ask(&j.a, ACT_PRESERVE, "XB", &asked, &err));
	GOOD(bring(&j.a, &j.b, "XB", "s1", &err));
	GOOD(reply_with(&j.b, 1, ACT_REFUSED, &answered, &err));
	GOOD(site_again(&j.b, &err) && row_of(&j.b, 1, &before, &err));
	made_anew_without(&j, &j.b, &answered.act.act, &out);
	assert_int_equal(out.marked, 1);
	assert_int_equal(out.requests, 1);
	act_marked(&j.b, &answered.act.act, "refused", &row);
	assert_int_equal(row.direction, ACT_OUT);
	assert_int_equal(row.request, 1);
	assert_int_equal(row.outbox, OUTBOX_NONE);
	GOOD(row_of(&j.b, 1, &after, &err));
	assert_string_equal(after.state, before.state);
	assert_int_equal(after.answered_at, before.answered_at);
	assert_int_equal(after.due_at, before.due_at);
	missing_told(&j.b, "A parcel of request 1 is missing");
	/* What else there is goes out. */
	GOOD(bring(&j.b, &j.a, "XA", "s2", &err));
	job_end(&j);
}

/* What was carried, receipted, and then lost. */
static void
a_lost_answer_that_was_carried_is_not_carried_again(void **state)
{
	struct docket_act row;
	struct rebuilt out;
	struct sent asked, answered;
	struct job j;

	(void)state;
	job_begin(&j, 49);
	run_up_to(&j, AFTER_PAIR);
	GOOD(ask(&j.a, ACT_PRESERVE, "XB", &asked, &err));
	GOOD(bring(&j.a, &j.b, "XB", "s1", &err));
	GOOD(reply_with(&j.b, 1, ACT_GRANTED, &answered, &err));
	GOOD(bring(&j.b, &j.a, "XA", "s2", &err));
	GOOD(bring(&j.a, &j.b, "XB", "s3", &err));
	made_anew_without(&j, &j.b, &answered.act.act, &out);
	assert_int_equal(out.marked, 1);
	act_marked(&j.b, &answered.act.act, "granted", &row);
	assert_int_equal(row.carried_at, NOW);
	assert_int_equal(row.receipted_at, NOW);
	assert_int_not_equal(row.outbox, OUTBOX_WAITS);
	NO(bring(&j.b, &j.a, "XA", "s4", &err), "bundle.nothing");
	job_end(&j);
}

static void
evidence_whose_parcel_is_gone_keeps_its_number_and_its_custody(void **state)
{
	struct docket_act row;
	struct evidence e;
	struct custody c;
	struct rebuilt out;
	struct digest act;
	struct job j;

	(void)state;
	job_begin(&j, 50);
	run_up_to(&j, STEPS);
	GOOD(site_again(&j.a, &err) && evidence_load(j.a.flow.home, 1, &e, &err));
	act = e.parcels[0].act_id;
	for (unsigned i = 0; i < 2; i++) {
		struct site *s = i == 0 ? &j.a : &j.b;

		site_end(&j.a);
		site_end(&j.b);
		made_anew_without(&j, s, &act, &out);
		assert_int_equal(out.marked, 1);
		act_marked(s, &act, "delivered", &row);
		assert_int_equal(row.evidence, 1);
		GOOD(evidence_load(s->flow.home, 1, &e, &err));
		assert_int_equal(e.origin, i == 0 ? EVIDENCE_OWN : EVIDENCE_RECEIVED);
		assert_int_equal(e.parcels_n, 1);
		assert_string_equal(e.parcels[0].who, i == 0 ? "" : "KNOWN");
		GOOD(flow_custody(&s->flow, 1, SIZE_MAX, span_of(NULL, 0), &c, &err));
		assert_true(c.n > 0);
		custody_clear(&c);
		missing_told(s, "A parcel of evidence 0001 is missing");
	}
	job_end(&j);
}

/* ---- cut ---- */

/* What the job comes to, whatever was cut on the way. */
static void
ended_well(struct job *j)
{
	struct evidence e;

	for (size_t i = AFTER_ADD; i < STEPS; i++) {
		struct err why = ERR_INIT;

		if (!steps[i].run(j, &why))
			fail_msg("%s: %s", steps[i].name, why.text);
	}
	GOOD(site_again(&j->b, &err) && evidence_load(j->b.flow.home, 1, &e, &err));
	assert_string_equal(e.parcels[0].who, "KNOWN");
	assert_int_equal(j->opened.unchanged, UNCHANGED_YES);
}

struct cut {
	struct job j;
	size_t step;
	struct site *s;
};

static void
step_whole(void *arg)
{
	struct cut *c = arg;

	GOOD(steps[c->step].run(&c->j, &err));
}

static void
step_cut(void *arg)
{
	struct cut *c = arg;
	struct job *j = &c->j;
	struct err why = ERR_INIT;
	struct rebuilt r;

	power_fails(j->world);
	(void)!steps[c->step].run(j, &why);
	power_back(j->world);
	site_end(c->s);
	docket_lose(j, c->s);
	place_known(j->world, 0);
	GOOD(site_again(c->s, &err) && flow_rebuild(&c->s->flow, &r, &err));
	assert_int_equal(r.without_parcel, 0);
	GOOD(steps[c->step].run(j, &err));
	ended_well(j);
	job_end(j);
}

/* The same, and what was cut is ended first: also the record of what was taken away. */
static void
step_ended(void *arg)
{
	struct cut *c = arg;
	struct job *j = &c->j;
	struct err why = ERR_INIT;

	power_fails(j->world);
	(void)!steps[c->step].run(j, &why);
	power_back(j->world);
	site_end(c->s);
	place_known(j->world, 0);
	GOOD(steps[c->step].run(j, &err));
	rebuilt_equal(j, c->s, true);
	job_end(j);
}

static void
each_step_cut(void (*try)(void *arg), unsigned few)
{
	static const size_t which[] = { AFTER_ADD - 1, AFTER_SEAL - 1, AFTER_SEND - 1,
		AFTER_WRITE - 1, AFTER_READ - 1, AFTER_RECEIVE - 1 };

	for (size_t i = 0; i < sizeof which / sizeof *which; i++) {
		struct places p = { .what = steps[which[i]].name, .ways = POWER_WAYS,
			.few = few, .try = try };
		struct cut c = { .step = which[i] };

		job_begin(&c.j, 48);
		c.s = which[i] >= AFTER_READ - 1 ? &c.j.b : &c.j.a;
		run_up_to(&c.j, which[i]);
		p.arg = &c;
		p.n = places_size(c.j.world, step_whole, &c).calls;
		places_try(&p);
		job_end(&c.j);
	}
}

static void
wherever_a_step_is_cut_the_docket_made_anew_goes_on(void **state)
{
	(void)state;
	each_step_cut(step_cut, 6);
}

static void
a_step_that_was_cut_and_ended_is_made_anew_as_it_was(void **state)
{
	(void)state;
	each_step_cut(step_ended, 8);
}

/* ---- cut, on the requested side ---- */

static bool
renewed(struct job *j, struct err *err)
{
	struct hold_view v;

	return flow_hold_renew(&j->b.flow, 1, "12 Gs 31/26", NOW + 20 * DAY, &v, err);
}

static bool
executing(struct job *j, struct err *err)
{
	struct execute_wish w = { .authorisation = KIT_ORDER };
	struct docket_request row;

	return flow_request_execute(&j->b.flow, 2, &w, &row, err);
}

/* Its order has ended meanwhile: the lapse is noted. */
static bool
looked(struct job *j, struct err *err)
{
	world_sim_set_now(j->world, NOW + 21 * DAY);
	return flow_holds_look(&j->b.flow, NULL, err);
}

/* The third request is an emergency, about what the fourth, refused, was about too. */
static bool
called(struct job *j, struct err *err)
{
	const struct call_wish w = { KIT_PHONE, "Duty officer", "nobody" };
	struct call_view v;

	return flow_request_called(&j->b.flow, 3, &w, &v, err);
}

static bool
level_set(struct job *j, struct err *err)
{
	return flow_policy_risk(&j->b.flow, "XA", NULL, "heightened", "a report", err);
}

static bool
put_off(struct job *j, struct err *err)
{
	struct notice_view v;

	return flow_notice_defer(&j->b.flow, 1, NOW + 60 * DAY, "danger", &v, err);
}

static bool
seen(struct job *j, struct err *err)
{
	return flow_request_seen(&j->b.flow, 3, 4, err);
}

static const struct work {
	const char *name;
	bool (*run)(struct job *j, struct err *err);
} works[] = { { "a hold is renewed", renewed }, { "a request is executed", executing },
	{ "a call is noted", called }, { "a level is set", level_set },
	{ "a notice is put off", put_off }, { "a refusal is seen", seen },
	{ "a lapse is noted", looked } };
#define WORKS (sizeof works / sizeof works[0])

struct work_cut {
	struct job j;
	size_t work;
};

static bool
work_run(struct job *j, size_t i, struct err *err)
{
	return site_again(&j->b, err) && works[i].run(j, err);
}

static void
work_whole(void *arg)
{
	struct work_cut *c = arg;

	GOOD(work_run(&c->j, c->work, &err));
}

/*
 * The inbox is looked at first, as whoever works does: what a power cut left half taken in
 * is ended there, and until then a lost docket leaves it waiting in the inbox.
 */
static void
work_is_cut(void *arg)
{
	struct work_cut *c = arg;
	struct err why = ERR_INIT;
	size_t taken;

	power_fails(c->j.world);
	(void)!work_run(&c->j, c->work, &why);
	power_back(c->j.world);
	site_end(&c->j.b);
	place_known(c->j.world, 0);
	GOOD(site_again(&c->j.b, &err) && take_all_in(&c->j.b, NULL, &taken, &err) &&
	    work_run(&c->j, c->work, &err));
	rebuilt_equal(&c->j, &c->j.b, true);
	for (size_t i = c->work + 1; i < WORKS; i++)
		GOOD(work_run(&c->j, i, &err));
	rebuilt_equal(&c->j, &c->j.b, true);
	job_end(&c->j);
}

/*
 * The docket is lost before anybody looks into the inbox: a mark whose going was not synced
 * is there again, and what it is of is left out until then, though it had come in.
 */
static void
work_is_cut_and_the_docket_lost(void *arg)
{
	struct work_cut *c = arg;
	struct err why = ERR_INIT;
	struct rebuilt r;
	size_t taken = 0;

	power_fails(c->j.world);
	(void)!work_run(&c->j, c->work, &why);
	power_back(c->j.world);
	site_end(&c->j.b);
	docket_lose(&c->j, &c->j.b);
	place_known(c->j.world, 0);
	GOOD(site_again(&c->j.b, &err) && flow_rebuild(&c->j.b.flow, &r, &err));
	GOOD(site_again(&c->j.b, &err) && take_all_in(&c->j.b, NULL, &taken, &err));
	assert_true(taken >= r.left);	/* of the others our receipt told */
	assert_int_equal(r.left > 0, strstr(r.text, "inbox") != NULL);
	GOOD(work_run(&c->j, c->work, &err));
	rebuilt_equal(&c->j, &c->j.b, true);
	job_end(&c->j);
}

/*
 * XA asked to preserve (1, granted) and for the data (2); then in an emergency (3), and to
 * preserve once more, in secret (4, refused).  XB works on them.
 */
static void
work_begin(struct job *j)
{
	static const struct field_setting secret[] = {
		{ "secrecy.wanted", "yes" }, { "secrecy.until", "2026-12-20" },
		{ "secrecy.reasons", "He would delete it." },
		{ "system_or_account.value", "other@mail.example" },
	};
	static const struct field_setting emergency[] = {
		{ "offence.facts", "Threats of harm." }, { "offence.articles", "13" },
		{ "emergency.risk", "life" }, { "emergency.who", "A child of nine" },
		{ "emergency.text", "A threat with a date was posted." },
		{ "why_not_slower", "The date is tomorrow." },
		{ "confirming_contact.name", "Head of Office 3" },
		{ "confirming_contact.phone", "+99900001111" },
		{ "provider.name", "Mail of Berun" },
		{ "identifiers[0].type", "email" },
		{ "identifiers[0].value", "other@mail.example" },
	};
	struct sent sent;

	job_begin(j, 54);
	run_up_to(j, AFTER_PAIR);
	GOOD(ask(&j->a, ACT_PRESERVE, "XB", &sent, &err) &&
	    bring(&j->a, &j->b, "XB", "w1", &err) &&
	    reply_with(&j->b, 1, ACT_GRANTED, &sent, &err) &&
	    bring(&j->b, &j->a, "XA", "w2", &err) &&
	    ask(&j->a, ACT_STORED_DATA, "XB", &sent, &err) &&
	    bring(&j->a, &j->b, "XB", "w3", &err) &&
	    reply_with(&j->b, 2, ACT_GRANTED, &sent, &err) &&
	    ask_with(&j->a, ACT_EMERGENCY_DATA, "XB", 0, emergency,
	    sizeof emergency / sizeof *emergency, &sent, &err) &&
	    ask_with(&j->a, ACT_PRESERVE, "XB", 0, secret, 4, &sent, &err) &&
	    bring(&j->a, &j->b, "XB", "w4", &err) &&
	    reply_with(&j->b, 4, ACT_REFUSED, &sent, &err));
}

static void
each_work_cut(void (*try)(void *arg), unsigned few)
{
	for (size_t i = 0; i < WORKS; i++) {
		struct places p = { .what = works[i].name, .ways = POWER_WAYS, .few = few,
			.try = try };
		struct work_cut c = { .work = i };

		work_begin(&c.j);
		for (size_t k = 0; k < i; k++)
			GOOD(work_run(&c.j, k, &err));
		p.arg = &c;
		p.n = places_size(c.j.world, work_whole, &c).calls;
		places_try(&p);
		job_end(&c.j);
	}
}

static void
wherever_work_on_a_request_is_cut_the_docket_is_made_anew_as_it_was(void **state)
{
	(void)state;
	each_work_cut(work_is_cut, 2);
}

static void
what_a_docket_made_anew_leaves_in_the_inbox_the_next_look_takes_in(void **state)
{
	(void)state;
	each_work_cut(work_is_cut_and_the_docket_lost, 2);
}

/* ---- the leaf is there, and the docket was not committed ---- */

static bool
closed_here(struct job *j, struct err *err)
{
	struct docket_request r;

	return flow_request_close(&j->b.flow, 2, "nothing_found", &r, err);
}

static bool
told_of(struct job *j, struct err *err)
{
	struct notice_view v;

	return flow_notice_done(&j->b.flow, 1, "letter", true, &v, err);
}

static bool
realtime_on(struct job *j, struct err *err)
{
	return flow_policy_realtime(&j->b.flow, "XA", "UNCAC-CYBER", true, "agreed", err);
}

/* Noted as lapsed by a clock that was wrong. */
static bool
resumed(struct job *j, struct err *err)
{
	world_sim_set_now(j->world, NOW + DAY);
	return flow_holds_look(&j->b.flow, NULL, err);
}

/* The fifth is ours, and was said by word. */
static bool
in_writing(struct job *j, struct err *err)
{
	struct sent sent;

	return SECONDED(&j->b, err, flow_request_send(&j->b.flow, 5, BY_COMITY, &sent, err));
}

/* The record alone, about the answer to the first: no row is moved. */
static bool
put_out(struct job *j, struct err *err)
{
	struct docket *d = NULL;
	struct docket_act row;
	struct digest act;
	struct record r;
	bool found = false, ok;

	ok = home_lock(j->b.flow.home, err) && home_docket(j->b.flow.home, &d, err) &&
	    thread_last(d, 1, ACT_GRANTED, ACT_OUT, &act, &found, err) && found &&
	    docket_act_get(d, &act, &row, &found, err);
	home_docket_done(j->b.flow.home);
	record_begin(&j->b.flow, &r, EVENT_ADMINISTRATION);
	r.has_act = r.has_package = true;
	r.act = row.act;
	r.package = row.package;
	(void)snprintf(r.reason, sizeof r.reason, "outbox.put");
	return ok && record_alone(&j->b.flow, &r, 1, err);
}

/* All that flow/again.c knows; what is destroyed is in destroy_test.c.  alone: see put_out. */
static const struct meant {
	const char *name;
	bool (*run)(struct job *j, struct err *err);
	bool alone;
} meant[] = {
	{ "a hold is renewed", renewed, false }, { "a request is executed", executing, false },
	{ "a call", called, false }, { "a call once more", called, false },
	{ "a level", level_set, false }, { "in real time", realtime_on, false },
	{ "a notice is put off", put_off, false },
	{ "put off once more", put_off, false }, { "a notice is given", told_of, false },
	{ "in writing", in_writing, false },
	{ "a parcel waits again", put_out, true },
	{ "a thread is closed", closed_here, false },
	{ "a lapse", looked, false }, { "and back", resumed, false },
};

static void
told_now(struct site *s, struct told *t)
{
	GOOD(site_again(s, &err) && tell(s, t, false, &err));
	site_end(s);
}

static bool
told_alike(const struct told *a, const struct told *b)
{
	return a->b.n == b->b.n && memcmp(a->b.p, b->b.p, a->b.n) == 0;
}

/* As it was before, by a power cut between the leaf and the docket's commit. */
static void
leaf_alone(struct job *j, const struct meant *m, struct told *done)
{
	struct docket_kept was;

	GOOD(docket_keep(&j->b, &was, &err) && m->run(j, &err));
	told_now(&j->b, done);
	GOOD(docket_back(&j->b, &was, &err));
}

static void
meant_try(struct job *j, const struct meant *m)
{
	struct told before, done, caught, twice, anew;
	struct rebuilt r;

	told_now(&j->b, &before);
	leaf_alone(j, m, &done);
	GOOD(site_again(&j->b, &err) && records_caught_up(&j->b.flow, &err));
	told_now(&j->b, &caught);
	if (told_alike(&before, &caught))
		fail_msg("%s: nothing was caught up", m->name);
	if (!m->alone)
		same(&done, &caught);
	GOOD(site_again(&j->b, &err) && records_caught_up(&j->b.flow, &err));
	told_now(&j->b, &twice);
	same(&caught, &twice);
	GOOD(site_again(&j->b, &err) && flow_rebuild(&j->b.flow, &r, &err));
	told_now(&j->b, &anew);
	same(&caught, &anew);
	buf_clear(&before.b);
	buf_clear(&done.b);
	buf_clear(&caught.b);
	buf_clear(&twice.b);
	buf_clear(&anew.b);
}

static void
what_the_journal_alone_has_a_docket_that_catches_up_has_too(void **state)
{
	struct sent sent;
	unsigned own;
	struct job j;

	(void)state;
	work_begin(&j);
	own = drafted(&j.b, "XA", 0);
	assert_int_equal(own, 5);
	GOOD(SECONDED(&j.b, &err, flow_request_send(&j.b.flow, own, BY_ORAL, &sent, &err)));
	for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
		meant_try(&j, &meant[i]);
	job_end(&j);
}

/* The journal is written anew from somewhere (log_recover): what was done is not done twice. */
static void
what_is_indexed_again_is_not_done_twice(void **state)
{
	struct told before, after;
	struct docket *d = NULL;
	struct job j;

	(void)state;
	work_begin(&j);
	for (size_t i = 0; i < 8; i++)
		GOOD(site_again(&j.b, &err) && meant[i].run(&j, &err));
	told_now(&j.b, &before);
	GOOD(site_again(&j.b, &err) && home_docket(j.b.flow.home, &d, &err) &&
	    docket_records_forget(d, JOURNAL_FIRST, &err));
	home_docket_done(j.b.flow.home);
	GOOD(records_caught_up(&j.b.flow, &err));
	told_now(&j.b, &after);
	same(&before, &after);
	/* And a row that is there says the same without being told how many. */
	GOOD(site_again(&j.b, &err) && home_docket(j.b.flow.home, &d, &err) &&
	    docket_records_end_put(d, 0, &err));
	home_docket_done(j.b.flow.home);
	GOOD(records_caught_up(&j.b.flow, &err));
	buf_clear(&after.b);
	told_now(&j.b, &after);
	same(&before, &after);
	buf_clear(&before.b);
	buf_clear(&after.b);
	job_end(&j);
}

/* As a court writes it: the longest, of several parts; and what is no ASCII. */
static void
the_number_of_a_domestic_order_is_in_the_journal(void **state)
{
	static const char *const orders[] = { "12 Gs 31/26", "\xd0\x94\xd0\xb5\xd0\xbb\xd0\xbe \xe2\x84\x96 7",
		"123456789 123456789 123456789 123456789 123456789 123456789 123" };
	struct hold_view v;
	struct job j;

	(void)state;
	work_begin(&j);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct rebuilt r;

		GOOD(site_again(&j.b, &err) && flow_hold_renew(&j.b.flow, 1, orders[i],
		    NOW + 20 * DAY, &v, &err));
		site_end(&j.b);
		docket_lose(&j, &j.b);
		GOOD(site_again(&j.b, &err) && flow_rebuild(&j.b.flow, &r, &err));
		GOOD(site_again(&j.b, &err) && flow_hold_show(&j.b.flow, 1, &v, &err));
		assert_string_equal(v.hold.order, orders[i]);
	}
	job_end(&j);
}

/* A number that a draft had when theirs came in is not given to theirs. */
static void
numbers_stay_those_that_people_know(void **state)
{
	struct sent sent;
	unsigned own;
	struct job j;

	(void)state;
	job_begin(&j, 52);
	run_up_to(&j, AFTER_PAIR);
	own = drafted(&j.b, "XA", 0);
	GOOD(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	GOOD(bring(&j.a, &j.b, "XB", "n1", &err));
	GOOD(SECONDED(&j.b, &err, flow_request_send(&j.b.flow, own, BY_COMITY, &sent, &err)));
	GOOD(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	GOOD(bring(&j.a, &j.b, "XB", "n2", &err));
	rebuilt_equal(&j, &j.b, true);
	job_end(&j);
}

static void
what_was_made_anew_is_there_after_lost_power(void **state)
{
	struct told before, after;
	struct rebuilt r;
	struct job j;

	(void)state;
	job_begin(&j, 53);
	run_up_to(&j, AFTER_SEND);
	GOOD(site_again(&j.a, &err) && tell(&j.a, &before, false, &err));
	site_end(&j.a);
	docket_lose(&j, &j.a);
	GOOD(site_again(&j.a, &err) && flow_rebuild(&j.a.flow, &r, &err));
	GOOD(world_sim_crash(j.world, SIM_CRASH_KEEP_NONE, 0, &err));
	GOOD(site_again(&j.a, &err) && tell(&j.a, &after, false, &err));
	same(&before, &after);
	buf_clear(&before.b);
	buf_clear(&after.b);
	job_end(&j);
}

/* ---- several that came together ---- */

static bool
inbox_take(struct job *j, struct err *err)
{
	size_t n;

	return site_again(&j->b, err) && take_all_in(&j->b, NULL, &n, err);
}

static void
inbox_whole(void *arg)
{
	GOOD(inbox_take(arg, &err));
}

struct pairs {
	size_t in, receipts;
};

static bool
pair_count(void *arg, const struct docket_act *a, struct err *err)
{
	struct pairs *p = arg;

	(void)err;
	p->in += a->direction == ACT_IN;
	p->receipts += a->direction == ACT_OUT && a->outbox == OUTBOX_ONCE;
	assert_true(a->direction == ACT_OUT || a->has_receipt);
	return true;
}

/* Each came in once and has one receipt, which its sender takes. */
static void
inbox_cut(void *arg)
{
	struct job *j = arg;
	struct err why = ERR_INIT;
	struct docket_request r;
	struct docket *d;
	struct rebuilt out;

	power_fails(j->world);
	(void)!inbox_take(j, &why);
	power_back(j->world);
	site_end(&j->b);
	docket_lose(j, &j->b);
	place_known(j->world, 0);
	GOOD(site_again(&j->b, &err) && flow_rebuild(&j->b.flow, &out, &err));
	/* What was under way is left to who goes on with it. */
	for (unsigned i = 1; i <= 3; i++) {
		struct pairs p = { 0, 0 };

		GOOD(home_docket(j->b.flow.home, &d, &err));
		GOOD(docket_request_acts(d, i, pair_count, &p, &err));
		home_docket_done(j->b.flow.home);
	}
	GOOD(inbox_take(j, &err));
	for (unsigned i = 1; i <= 3; i++) {
		struct pairs p = { 0, 0 };

		GOOD(home_docket(j->b.flow.home, &d, &err));
		GOOD(docket_request_acts(d, i, pair_count, &p, &err));
		home_docket_done(j->b.flow.home);
		assert_int_equal(p.in, 1);
		assert_int_equal(p.receipts, 1);
		GOOD(row_of(&j->b, i, &r, &err));
		assert_string_equal(r.state, "received");
	}
	NO(row_of(&j->b, 4, &r, &err), "request.absent");
	GOOD(bring(&j->b, &j->a, "XA", "i2", &err));
	for (unsigned i = 1; i <= 3; i++) {
		GOOD(row_of(&j->a, i, &r, &err));
		assert_string_equal(r.state, "received");
		assert_int_equal(r.receipted_at, NOW);
	}
	job_end(j);
}

static void
wherever_taking_in_is_cut_each_act_comes_in_once_and_has_one_receipt(void **state)
{
	struct places p = { .what = "taking in, cut", .ways = POWER_WAYS, .few = 30,
		.try = inbox_cut };
	struct bundle_result b;
	struct sent sent;
	struct job j;

	(void)state;
	job_begin(&j, 51);
	run_up_to(&j, AFTER_PAIR);
	for (unsigned i = 0; i < 3; i++)
		GOOD(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	GOOD(flow_bundle_write(&j.a.flow, "i1", "XB", &b, &err));
	GOOD(site_again(&j.b, &err) && flow_bundle_read(&j.b.flow, "i1", &b, &err));
	p.arg = &j;
	p.n = places_size(j.world, inbox_whole, &j).calls;
	places_try(&p);
	job_end(&j);
}

static void
rebuild_whole(void *arg)
{
	struct job *j = arg;
	struct rebuilt r;

	GOOD(site_again(&j->a, &err) && flow_rebuild(&j->a.flow, &r, &err));
}

struct again {
	struct job j;
	struct told before;
};

/* Whatever stopped it, the next one ends as if nothing had. */
static void
again_equal(struct again *g)
{
	struct told after;
	struct rebuilt r;

	GOOD(site_again(&g->j.a, &err) && flow_rebuild(&g->j.a.flow, &r, &err));
	GOOD(site_again(&g->j.a, &err) && tell(&g->j.a, &after, false, &err));
	same(&g->before, &after);
	buf_clear(&after.b);
	buf_clear(&g->before.b);
	job_end(&g->j);
}

static bool
rebuild_try(struct job *j, struct err *err)
{
	struct rebuilt r;

	return site_again(&j->a, err) && flow_rebuild(&j->a.flow, &r, err);
}

/* Between both, whatever is there is whole, or it says that it is not. */
static void
whole_or_told(struct again *g)
{
	struct docket *d = NULL;
	struct err why = ERR_INIT;
	struct told now;

	site_end(&g->j.a);
	place_known(g->j.world, 0);
	GOOD(site_again(&g->j.a, &err));
	if (docket_open(g->j.a.flow.home, &d, &why)) {
		docket_close(d);
		GOOD(tell(&g->j.a, &now, false, &err));
		same(&g->before, &now);
		buf_clear(&now.b);
	/* Both name the next step: comity rebuild.  (Damaged: its log alone was left.) */
	} else if (strcmp(why.reason, "docket.lost") != 0 &&
	    strcmp(why.reason, "docket.damaged") != 0) {
		fail_msg("%s (%s)", why.text, why.reason);
	}
}

static void
rebuild_cut(void *arg)
{
	struct again *g = arg;
	struct err why = ERR_INIT;

	power_fails(g->j.world);
	(void)!rebuild_try(&g->j, &why);
	power_back(g->j.world);
	whole_or_told(g);
	again_equal(g);
}

static void
rebuild_disk(void *arg)
{
	struct again *g = arg;
	struct err why = ERR_INIT;

	disk_fails(g->j.world);
	(void)!rebuild_try(&g->j, &why);
	nothing_fails(g->j.world);
	whole_or_told(g);
	again_equal(g);
}

static void
rebuild_memory(void *arg)
{
	struct again *g = arg;
	struct err why = ERR_INIT;

	memory_fails();
	(void)!rebuild_try(&g->j, &why);
	nothing_fails(g->j.world);
	whole_or_told(g);
	again_equal(g);
}

static void
a_rebuild_that_fails_anywhere_is_done_again_and_ends_the_same(void **state)
{
	struct places p[] = {
		{ .what = "rebuilding, cut", .ways = POWER_WAYS, .few = 24,
		    .try = rebuild_cut },
		{ .what = "rebuilding, a disk error", .ways = DISK_WAYS, .few = 24,
		    .try = rebuild_disk },
		{ .what = "rebuilding, no memory", .ways = MEMORY_WAYS, .few = 24,
		    .try = rebuild_memory },
	};
	struct places_size size;
	struct again g;

	(void)state;
	job_begin(&g.j, 49);
	story_alone(&g.j);
	GOOD(site_again(&g.j.a, &err) && tell(&g.j.a, &g.before, false, &err));
	/* The size of a child's run, so that ours stays as it is. */
	size = places_size(g.j.world, rebuild_whole, &g.j);
	for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
		p[i].arg = &g;
		p[i].n = i < 2 ? size.calls : size.allocations;
		places_try(&p[i]);
	}
	buf_clear(&g.before.b);
	job_end(&g.j);
}

/* ---- the drill ---- */

static void
out_of_a_backup_without_its_docket_everything_is_proven_again(void **state)
{
	struct ledger_check *check = calloc(1, sizeof *check);
	struct backup_result made;
	struct bundle_result b;
	struct custody was, is;
	struct told before, after;
	struct rebuilt r;
	struct job j;

	(void)state;
	job_begin(&j, 50);
	GOOD(three_countries(&j, &err));
	GOOD(site_again(&j.a, &err) && flow_backup(&j.a.flow, &(struct backup_wish){ .path = "backup.age" }, &made, &err));
	custody_init(&was);
	custody_init(&is);
	GOOD(flow_custody(&j.a.flow, 2, SIZE_MAX, span_of(NULL, 0), &was, &err));
	GOOD(tell(&j.a, &before, false, &err));
	site_end(&j.a);
	GOOD(dir_remove_all(j.world, NULL, "aldora", &err));
	GOOD(flow_restore(&j.a.flow, &(struct restore_wish){ "backup.age", "aldora", NULL }, &made, &err));
	site_end(&j.a);
	docket_lose(&j, &j.a);
	GOOD(site_again(&j.a, &err) && flow_rebuild(&j.a.flow, &r, &err));
	assert_int_equal(r.without_parcel, 0);
	GOOD(site_again(&j.a, &err) && tell(&j.a, &after, false, &err));
	same(&before, &after);
	GOOD(site_again(&j.b, &err) &&
	    flow_bundle_write_ledger(&j.b.flow, "drill-b", "XA", &b, &err));
	GOOD(site_again(&j.a, &err) && flow_bundle_read(&j.a.flow, "drill-b", &b, &err));
	GOOD(site_again(&j.c, &err) &&
	    flow_bundle_write_ledger(&j.c.flow, "drill-c", "XA", &b, &err));
	GOOD(site_again(&j.a, &err) && flow_bundle_read(&j.a.flow, "drill-c", &b, &err));
	GOOD(flow_ledger_check(&j.a.flow, true, check, &err));
	for (size_t i = 0; i < check->n; i++)
		if (check->list[i].bad)
			fail_msg("%s: %s", check->list[i].what, check->list[i].text);
	GOOD(flow_custody(&j.a.flow, 2, SIZE_MAX, span_of(NULL, 0), &is, &err));
	assert_int_equal(is.standing, was.standing);
	assert_int_equal(is.n, was.n);
	custody_clear(&was);
	custody_clear(&is);
	buf_clear(&before.b);
	buf_clear(&after.b);
	free(check);
	job_end(&j);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dockets_of_three_countries_are_made_anew_and_nothing_differs),
		cmocka_unit_test(the_main_job_is_made_anew_behind_each_of_its_steps),
		cmocka_unit_test(a_docket_that_is_well_is_made_anew_with_its_cases_and_drafts),
		cmocka_unit_test(what_only_the_docket_had_is_told_when_it_is_gone),
		cmocka_unit_test(a_lost_docket_is_told_and_no_empty_one_takes_its_place),
		cmocka_unit_test(a_damaged_docket_is_made_anew),
		cmocka_unit_test(a_parcel_that_is_gone_is_counted_and_stops_nothing),
		cmocka_unit_test(an_answer_whose_parcel_is_gone_stands_in_its_thread_and_is_missed),
		cmocka_unit_test(a_lost_answer_that_was_carried_is_not_carried_again),
		cmocka_unit_test(evidence_whose_parcel_is_gone_keeps_its_number_and_its_custody),
		cmocka_unit_test(wherever_a_step_is_cut_the_docket_made_anew_goes_on),
		cmocka_unit_test(a_step_that_was_cut_and_ended_is_made_anew_as_it_was),
		cmocka_unit_test(wherever_work_on_a_request_is_cut_the_docket_is_made_anew_as_it_was),
		cmocka_unit_test(what_a_docket_made_anew_leaves_in_the_inbox_the_next_look_takes_in),
		cmocka_unit_test(what_the_journal_alone_has_a_docket_that_catches_up_has_too),
		cmocka_unit_test(what_is_indexed_again_is_not_done_twice),
		cmocka_unit_test(the_number_of_a_domestic_order_is_in_the_journal),
		cmocka_unit_test(numbers_stay_those_that_people_know),
		cmocka_unit_test(what_was_made_anew_is_there_after_lost_power),
		cmocka_unit_test(wherever_taking_in_is_cut_each_act_comes_in_once_and_has_one_receipt),
		cmocka_unit_test(a_rebuild_that_fails_anywhere_is_done_again_and_ends_the_same),
		cmocka_unit_test(out_of_a_backup_without_its_docket_everything_is_proven_again),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("rebuild", tests, NULL, NULL);
}
