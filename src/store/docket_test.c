/* What a docket keeps, gives back and refuses. */
#include "store/testkit.h"

#include "store/sql.h"

#define DOCKET_NEWEST 11		/* the last step of docket.sql */

static struct world *w;
static struct home *h;
static struct docket *d;
static struct file *damaged;	/* open while a test writes into the docket */

static int
setup(void **state)
{
	struct aead_key k = kit_key();

	(void)state;
	w = kit_world(1);
	h = kit_home(w);
	OK(docket_open(h, &d, &err));
	docket_key(d, &k);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	docket_close(d);
	file_close(damaged);
	damaged = NULL;
	home_close(h);
	world_free(w);
	return 0;
}

/* The docket anew, without a key. */
static void
again(void)
{
	docket_close(d);
	OK(docket_open(h, &d, &err));
}

/* ---- cases and correspondents ---- */

static bool
case_count(void *arg, const struct docket_case *c, struct err *err)
{
	unsigned *n = arg;

	(void)err;
	assert_int_equal(c->number, ++*n);
	assert_non_null(c->name);
	return true;
}

static void
a_case_has_a_number_a_sealed_name_and_evidence(void **state)
{
	struct docket_case c;
	unsigned a, b, n = 0, *list;
	size_t count;

	(void)state;
	OK(docket_case_new(d, "Operation Heron", NOW, &a, &err));
	OK(docket_case_new(d, "Blue bicycle \xc3\xa9", NOW, &b, &err));
	assert_int_equal(a, 1);
	assert_int_equal(b, 2);
	OK(docket_case_get(d, 2, true, &c, &err));
	assert_string_equal(c.name, "Blue bicycle \xc3\xa9");
	assert_int_equal(c.closed_at, 0);
	docket_case_clear(&c);
	OK(docket_case_close(d, 2, NOW + 5, &err));
	OK(docket_case_get(d, 2, false, &c, &err));
	assert_int_equal(c.closed_at, NOW + 5);
	assert_null(c.name);
	OK(docket_case_evidence(d, 1, 8, &err));
	OK(docket_case_evidence(d, 1, 7, &err));
	OK(docket_case_evidence(d, 1, 7, &err));
	OK(docket_case_evidences(d, 1, &list, &count, &err));
	assert_int_equal(count, 2);
	assert_true(list[0] == 7 && list[1] == 8);
	mem_free(list);
	OK(docket_evidence_case(d, 7, &n, &err));
	assert_int_equal(n, 1);
	OK(docket_evidence_case(d, 9, &n, &err));
	assert_int_equal(n, 0);
	OK(docket_cases(d, true, case_count, &n, &err));
	assert_int_equal(n, 2);
	NO(docket_case_get(d, 3, false, &c, &err), "case.absent");
	NO(docket_case_close(d, 3, NOW, &err), "case.absent");
	NO(docket_case_evidence(d, 3, 1, &err), "case.absent");
	NO(docket_case_new(d, "", NOW, &n, &err), "docket.name");
}

static void
a_name_has_at_most_4000_bytes(void **state)
{
	char name[4002];
	unsigned n;

	(void)state;
	memset(name, 'x', sizeof name);
	name[4001] = '\0';
	NO(docket_case_new(d, name, NOW, &n, &err), "docket.name");
	name[4000] = '\0';
	OK(docket_case_new(d, name, NOW, &n, &err));
	NO(docket_case_new(d, "\xff", NOW, &n, &err), "json.utf8");
}

static void
a_correspondent_keeps_name_address_and_mail_sealed(void **state)
{
	struct correspondent c = { .state = "XC", .languages = "pt;en" }, back;
	unsigned *list;
	size_t n;

	(void)state;
	NO(docket_correspondent_new(d, &c, &err), "docket.name");
	OK((c.name = mem_text_of("Court of Appeal", &err)) != NULL);
	OK((c.email = mem_text_of("court@example.org", &err)) != NULL);
	OK(docket_correspondent_new(d, &c, &err));
	assert_int_equal(c.number, 1);
	OK(docket_correspondent_get(d, 1, &back, &err));
	assert_string_equal(back.name, "Court of Appeal");
	assert_null(back.address);
	assert_string_equal(back.email, "court@example.org");
	assert_string_equal(back.state, "XC");
	assert_string_equal(back.languages, "pt;en");
	correspondent_clear(&back);
	OK(docket_correspondents(d, "XC", &list, &n, &err));
	assert_int_equal(n, 1);
	mem_free(list);
	OK(docket_correspondents(d, "XB", &list, &n, &err));
	assert_int_equal(n, 0);
	mem_free(list);
	OK(docket_correspondents(d, NULL, &list, &n, &err));
	assert_int_equal(n, 1);
	mem_free(list);
	NO(docket_correspondent_get(d, 2, &back, &err), "correspondent.absent");
	correspondent_clear(&c);
}

static void
texts_need_the_key_and_numbers_do_not(void **state)
{
	struct docket_request r = kit_request(true);
	struct correspondent c = { .state = "XC" };
	struct docket_case k;
	struct buf b;
	unsigned n;

	(void)state;
	OK(docket_case_new(d, "Heron", NOW, &n, &err));
	OK(docket_request_new(d, &r, span_text("text"), &err));
	again();
	buf_init(&b, 100);
	NO(docket_case_new(d, "Heron", NOW, &n, &err), "docket.key");
	NO(docket_case_get(d, 1, true, &k, &err), "docket.key");
	NO(docket_correspondent_new(d, &c, &err), "docket.key");
	NO(docket_correspondent_get(d, 1, &c, &err), "docket.key");
	NO(docket_request_text(d, 1, &b, &err), "docket.key");
	NO(docket_request_text_put(d, 1, span_text("x"), &err), "docket.key");
	NO(docket_request_new(d, &r, span_text("x"), &err), "docket.key");
	OK(docket_case_get(d, 1, false, &k, &err));
	OK(docket_request_get(d, 1, &r, &err));
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	OK(docket_check(d, &err));
	buf_clear(&b);
}

/* ---- requests ---- */

#define SAME(a, b, field) assert_memory_equal(&(a)->field, &(b)->field, sizeof (a)->field)
#define SAME_TEXT(a, b, field) assert_string_equal((a)->field, (b)->field)

static void
same_request(const struct docket_request *a, const struct docket_request *b)
{
	SAME(a, b, number), SAME_TEXT(a, b, kind), SAME(a, b, ours);
	SAME_TEXT(a, b, state), SAME_TEXT(a, b, peer), SAME(a, b, correspondent);
	SAME_TEXT(a, b, by), SAME(a, b, case_number), SAME(a, b, has_act);
	SAME(a, b, act), SAME_TEXT(a, b, instrument), SAME_TEXT(a, b, article);
	SAME_TEXT(a, b, reference), SAME(a, b, opened_at), SAME(a, b, sent_at);
	SAME(a, b, receipted_at), SAME(a, b, answered_at), SAME(a, b, closed_at);
	SAME(a, b, expires_at), SAME(a, b, due_at), SAME_TEXT(a, b, due_rule);
	SAME(a, b, due_ours), SAME(a, b, hold_effected_at), SAME(a, b, hold_until);
	SAME(a, b, written_owed), SAME(a, b, basis_at);
	SAME_TEXT(a, b, basis_rows);
}

static void
same_act(const struct docket_act *a, const struct docket_act *b)
{
	SAME(a, b, act), SAME(a, b, package), SAME_TEXT(a, b, kind);
	SAME(a, b, direction), SAME(a, b, request), SAME(a, b, evidence);
	SAME_TEXT(a, b, peer), SAME(a, b, at), SAME(a, b, made_at), SAME(a, b, bytes);
	SAME(a, b, has_sha256), SAME(a, b, sha256), SAME(a, b, stamp);
	SAME(a, b, stamped_at), SAME(a, b, other), SAME(a, b, outbox);
	SAME(a, b, carried_at), SAME(a, b, receipted_at), SAME(a, b, has_receipt);
	SAME(a, b, receipt), SAME_TEXT(a, b, verdict), SAME_TEXT(a, b, who);
	SAME_TEXT(a, b, when);
}

static void
a_request_comes_back_as_it_was_put(void **state)
{
	struct docket_request r = kit_request(false), back;
	unsigned n;

	(void)state;
	OK(docket_case_new(d, "Heron", NOW, &n, &err));
	r.case_number = n;
	r.has_act = true;
	r.act = kit_digest(5);
	(void)snprintf(r.reference, sizeof r.reference, "XB-2026-000012");
	(void)snprintf(r.due_rule, sizeof r.due_rule, "D61");
	r.receipted_at = 2, r.answered_at = 3, r.closed_at = 4, r.expires_at = 5;
	r.due_at = 6, r.due_ours = true, r.hold_effected_at = 7, r.hold_until = 8;
	r.written_owed = true;
	r.basis_at = 9;
	(void)snprintf(r.basis_rows, sizeof r.basis_rows, "FI: a/1 2027-03-01");
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	assert_int_equal(r.number, 1);
	OK(docket_request_get(d, 1, &back, &err));
	same_request(&back, &r);
	(void)snprintf(r.state, sizeof r.state, "accepted");
	r.has_act = false;
	memset(&r.act, 0, sizeof r.act);
	r.case_number = 0;
	OK(docket_request_put(d, &r, &err));
	OK(docket_request_get(d, 1, &back, &err));
	same_request(&back, &r);
	r.number = 2;
	NO(docket_request_put(d, &r, &err), "request.absent");
	NO(docket_request_get(d, 2, &back, &err), "request.absent");
	r.case_number = 9;
	NO(docket_request_new(d, &r, span_of("", 0), &err), "docket.rule");
}

static void
the_text_of_a_draft_is_kept_byte_by_byte_up_to_its_limit(void **state)
{
	struct docket_request r = kit_request(true);
	struct buf b, big;

	(void)state;
	buf_init(&b, AEAD_MAX);
	buf_init(&big, AEAD_MAX);
	OK(docket_request_new(d, &r, span_of("a\0b", 3), &err));
	OK(docket_request_text(d, 1, &b, &err));
	assert_true(span_eq(buf_span(&b), span_of("a\0b", 3)));
	OK(buf_room(&big, DOCKET_TEXT_MAX + 1, &err));
	memset(big.p, 'x', DOCKET_TEXT_MAX + 1);
	big.n = DOCKET_TEXT_MAX + 1;
	NO(docket_request_text_put(d, 1, buf_span(&big), &err), "docket.text");
	big.n--;
	OK(docket_request_text_put(d, 1, buf_span(&big), &err));
	buf_reset(&b);
	OK(docket_request_text(d, 1, &b, &err));
	assert_true(span_eq(buf_span(&b), buf_span(&big)));
	NO(docket_request_text(d, 2, &b, &err), "request.absent");
	NO(docket_request_text_put(d, 2, buf_span(&b), &err), "request.absent");
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	buf_reset(&b);
	OK(docket_request_text(d, 2, &b, &err));
	assert_int_equal(b.n, 0);
	buf_clear(&b);
	buf_clear(&big);
}

static void
a_thread_is_found_by_each_of_its_acts(void **state)
{
	struct docket_request r = kit_request(true), back;
	struct docket_act a = kit_act(6);
	bool found;

	(void)state;
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	r.has_act = true;
	r.act = kit_digest(5);
	OK(docket_request_put(d, &r, &err));
	a.request = 2;
	OK(docket_act_put(d, &a, &err));
	for (unsigned i = 5; i < 8; i++) {
		struct digest id = kit_digest(i);

		OK(docket_request_by_act(d, &id, &back, &found, &err));
		assert_int_equal(found, i < 7);
		if (found)
			assert_int_equal(back.number, 2);
	}
	r.number = 1;
	NO(docket_request_put(d, &r, &err), "docket.rule");
}

struct seen {
	unsigned numbers[20];
	size_t n;
	bool stop;
	bool change;
};

static bool
see_request(void *arg, const struct docket_request *r, struct err *err)
{
	struct seen *s = arg;
	struct docket_request mine = *r;

	s->numbers[s->n++] = r->number;
	/* Changing a row while the list is read gives it neither twice nor never. */
	mine.due_at += 1000;
	if (s->change && !docket_request_put(d, &mine, err))
		return false;
	return !s->stop || err_set(err, ERR_STOPPED, "test.stop", "enough");
}

static void
list_is(const struct docket_filter *f, const char *numbers)
{
	struct seen s = { .n = 0 };
	char text[100] = "";

	OK(docket_requests(d, f, see_request, &s, &err));
	for (size_t i = 0; i < s.n; i++)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text), "%u ",
		    s.numbers[i]);
	assert_string_equal(text, numbers);
}

static void
requests_are_listed_by_what_is_asked(void **state)
{
	static const struct { const char *state, *kind, *peer; int64_t due; } rows[] = {
		{ "draft", "preserve", "XB-A", 0 },
		{ "sent", "preserve", "XB-A", NOW + 30 },
		{ "closed", "preserve", "XC-A", NOW + 10 },
		{ "received", "subscriber", "XC-A", NOW + 20 },
		{ "refused", "preserve", "XB-A", 0 },
	};
	struct seen s = { .stop = true };
	struct docket_filter due = { .due_only = true, .order = ORDER_DUE };
	unsigned c;

	(void)state;
	OK(docket_case_new(d, "Heron", NOW, &c, &err));
	for (size_t i = 0; i < 5; i++) {
		struct docket_request r = kit_request(i != 3);

		(void)snprintf(r.state, sizeof r.state, "%s", rows[i].state);
		(void)snprintf(r.kind, sizeof r.kind, "%s", rows[i].kind);
		(void)snprintf(r.peer, sizeof r.peer, "%s", rows[i].peer);
		r.due_at = rows[i].due;
		r.case_number = i == 1 ? c : 0;
		OK(docket_request_new(d, &r, span_of("", 0), &err));
	}
	list_is(&(struct docket_filter){ .limit = 0 }, "1 2 3 4 5 ");
	list_is(&(struct docket_filter){ .limit = 2 }, "1 2 ");
	list_is(&(struct docket_filter){ .open_only = true }, "1 2 4 ");
	list_is(&due, "3 4 2 ");
	list_is(&(struct docket_filter){ .order = ORDER_DUE }, "3 4 2 1 5 ");
	list_is(&(struct docket_filter){ .peer = "XC-A" }, "3 4 ");
	list_is(&(struct docket_filter){ .kind = "subscriber" }, "4 ");
	list_is(&(struct docket_filter){ .state = "refused", .peer = "XB-A" }, "5 ");
	list_is(&(struct docket_filter){ .case_number = c, .kind = "preserve",
	    .open_only = true, .state = "sent", .limit = 9 }, "2 ");
	NO(docket_requests(d, &due, see_request, &s, &err), "test.stop");
	assert_int_equal(s.n, 1);
	s = (struct seen){ .change = true };
	OK(docket_requests(d, &due, see_request, &s, &err));
	assert_int_equal(s.n, 3);
	list_is(&due, "3 4 2 ");
}

static void
the_desk_counts_what_is_open_due_and_waiting(void **state)
{
	static const struct { bool ours; const char *state; int64_t sent, answered, due;
		bool due_ours; int64_t hold; } rows[] = {
		{ true, "draft", 0, 0, 0, false, 0 },
		{ true, "sent", NOW, 0, NOW - 1, false, 0 },
		{ true, "accepted", NOW, NOW, 0, false, NOW + 21 * 86400 },
		{ false, "received", 0, 0, NOW, true, NOW + 1 },
		{ false, "received", 0, 0, NOW + 86400, true, 0 },
		{ false, "received", 0, 0, NOW + 86401, true, NOW + 21 * 86400 + 1 },
		{ false, "closed", 0, 0, 0, true, NOW },
		{ true, "withdrawn", NOW, 0, 0, false, 0 },
	};
	struct docket_counts c;
	struct docket_act a;

	(void)state;
	OK(docket_counts(d, NOW, &c, &err));
	assert_int_equal(c.open_ours + c.open_theirs + c.drafts + c.overdue + c.due_day +
	    c.waiting_for_them + c.outbox + c.holds_ending, 0);
	assert_int_equal(c.last_received_at, 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct docket_request r = kit_request(rows[i].ours);

		(void)snprintf(r.state, sizeof r.state, "%s", rows[i].state);
		r.sent_at = rows[i].sent;
		r.answered_at = rows[i].answered;
		r.due_at = rows[i].due;
		r.due_ours = rows[i].due_ours;
		r.hold_until = rows[i].hold;
		OK(docket_request_new(d, &r, span_of("", 0), &err));
	}
	for (unsigned i = 0; i < 6; i++) {
		a = kit_act(i);
		a.outbox = (enum outbox_state)(i % 4);
		a.direction = i < 3 ? ACT_IN : ACT_OUT;
		a.carried_at = i == 5 ? NOW : 0;	/* carried, no receipt yet */
		OK(docket_act_put(d, &a, &err));
	}
	OK(docket_counts(d, NOW, &c, &err));
	assert_int_equal(c.open_ours, 2);
	assert_int_equal(c.open_theirs, 3);
	assert_int_equal(c.drafts, 1);
	assert_int_equal(c.overdue, 1);
	assert_int_equal(c.due_day, 1);
	assert_int_equal(c.waiting_for_them, 1);
	assert_int_equal(c.outbox, 2);
	assert_int_equal(c.unreceipted, 1);
	assert_int_equal(c.holds_ending, 2);
	assert_int_equal(c.last_received_at, NOW + 2);
}

/* ---- acts ---- */

static bool
see_act(void *arg, const struct docket_act *a, struct err *err)
{
	struct seen *s = arg;

	(void)err;
	s->numbers[s->n++] = (unsigned)(a->bytes - 1000);
	return true;
}

static void
an_act_comes_back_as_it_was_put_and_is_replaced_by_its_package(void **state)
{
	struct docket_act a = kit_act(1), back, second = kit_act(1);
	struct docket_request r = kit_request(true);
	bool found;

	(void)state;
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	a.request = r.number;
	a.has_sha256 = a.has_receipt = a.other = true;
	a.sha256 = kit_digest(8), a.receipt = kit_digest(9);
	a.stamp = STAMP_KEPT, a.stamped_at = 5, a.carried_at = 6, a.receipted_at = 7;
	(void)snprintf(a.verdict, sizeof a.verdict, "Intact");
	(void)snprintf(a.who, sizeof a.who, "KNOWN");
	(void)snprintf(a.when, sizeof a.when, "PROVEN");
	OK(docket_act_put(d, &a, &err));
	second.package = kit_digest(77);
	OK(docket_act_put(d, &second, &err));
	OK(docket_act_get(d, &a.act, &back, &found, &err));
	assert_true(found);
	same_act(&back, &a);
	OK(docket_act_package(d, &second.package, &back, &found, &err));
	same_act(&back, &second);
	a.has_sha256 = a.has_receipt = a.other = false;
	memset(&a.sha256, 0, 32), memset(&a.receipt, 0, 32);
	a.outbox = OUTBOX_DONE;
	OK(docket_act_put(d, &a, &err));
	OK(docket_act_get(d, &a.act, &back, &found, &err));
	same_act(&back, &a);
	OK(docket_act_get(d, &(struct digest){ { 3 } }, &back, &found, &err));
	assert_false(found);
	OK(docket_act_package(d, &(struct digest){ { 3 } }, &back, &found, &err));
	assert_false(found);
	a.request = 99;
	NO(docket_act_put(d, &a, &err), "docket.rule");
}

static void
the_outbox_gives_the_oldest_first_and_a_thread_its_acts_as_they_came(void **state)
{
	static const unsigned order[] = { 5, 3, 4, 2, 1 };
	struct docket_request r = kit_request(true);
	struct seen s = { .n = 0 };

	(void)state;
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	for (size_t i = 0; i < 5; i++) {
		struct docket_act a = kit_act(order[i]);

		a.request = order[i] == 4 ? 0 : 1;
		a.outbox = (enum outbox_state)(order[i] % 4);
		if (order[i] == 1)
			(void)snprintf(a.peer, sizeof a.peer, "XC-A");
		OK(docket_act_put(d, &a, &err));
	}
	OK(docket_outbox(d, NULL, see_act, &s, &err));
	assert_int_equal(s.n, 3);
	assert_true(s.numbers[0] == 1 && s.numbers[1] == 2 && s.numbers[2] == 5);
	s.n = 0;
	OK(docket_outbox(d, "XC-A", see_act, &s, &err));
	assert_int_equal(s.n, 1);
	s.n = 0;
	OK(docket_request_acts(d, 1, see_act, &s, &err));
	assert_int_equal(s.n, 4);
	assert_true(s.numbers[0] == 5 && s.numbers[1] == 3 && s.numbers[3] == 1);
}

static void
followers_of_an_act_are_found(void **state)
{
	struct digest f[3] = { kit_digest(1), kit_digest(2), kit_digest(3) }, out[4];
	struct digest a = kit_digest(9), b = kit_digest(10);
	size_t n;

	(void)state;
	OK(docket_follows_put(d, &a, f, 3, &err));
	OK(docket_follows_put(d, &a, f, 3, &err));
	OK(docket_follows_put(d, &b, f, 1, &err));
	OK(docket_followers(d, &f[0], out, 4, &n, &err));
	assert_int_equal(n, 2);
	OK(docket_followers(d, &f[0], out, 1, &n, &err));
	assert_int_equal(n, 1);
	OK(docket_followers(d, &f[2], out, 4, &n, &err));
	assert_int_equal(n, 1);
	assert_true(digest_eq(&out[0], &a));
	OK(docket_followers(d, &a, out, 4, &n, &err));
	assert_int_equal(n, 0);
}

/* ---- records ---- */

static void
records_are_found_by_what_they_are_about(void **state)
{
	struct docket_record r = { .event = "made", .request = 3 }, back;
	struct digest act = kit_digest(1), package = kit_digest(2);
	uint64_t at;
	bool found;

	(void)state;
	OK(docket_records_end(d, &at, &err));
	assert_int_equal(at, 0);
	OK(docket_records_end_put(d, 16, &err));
	OK(docket_records_end_put(d, 700, &err));
	OK(docket_records_end(d, &at, &err));
	assert_int_equal(at, 700);
	for (unsigned i = 1; i <= 6; i++) {
		memset(&r, 0, sizeof r);
		r.at = i * 100;
		(void)snprintf(r.event, sizeof r.event, "%s", i % 2 == 1 ? "made" : "sent");
		r.has_act = i <= 4;
		r.has_package = i > 2;
		r.act = i <= 4 ? act : r.act;
		r.package = i > 2 ? package : r.package;
		r.request = i == 6 ? 0 : 3;
		r.sha256 = kit_digest(i);
		OK(docket_record_put(d, &r, &err));
		OK(docket_record_put(d, &r, &err));
	}
	OK(docket_record_find(d, "made", NULL, NULL, &back, &found, &err));
	assert_int_equal(back.at, 500);
	OK(docket_record_find(d, "made", &act, NULL, &back, &found, &err));
	assert_int_equal(back.at, 300);
	OK(docket_record_find(d, "sent", NULL, &package, &back, &found, &err));
	assert_int_equal(back.at, 600);
	assert_true(!back.has_act && back.has_package && back.request == 0);
	SAME(&back, &r, sha256), SAME_TEXT(&back, &r, event);
	OK(docket_record_find(d, "sent", &act, &package, &back, &found, &err));
	assert_int_equal(back.at, 400);
	OK(docket_record_find(d, "opened", &act, NULL, &back, &found, &err));
	assert_false(found);
	OK(docket_record_last(d, 3, &back, &found, &err));
	assert_int_equal(back.at, 500);
	OK(docket_record_last(d, 0, &back, &found, &err));
	assert_int_equal(back.at, 600);
	OK(docket_record_last(d, 4, &back, &found, &err));
	assert_false(found);
}

struct listed {
	uint64_t at[8];
	size_t n;
};

static bool
record_listed(void *arg, const struct docket_record *r, struct err *e)
{
	struct listed *l = arg;

	(void)e;
	l->at[l->n++] = r->at;
	return true;
}

static void
records_of_an_act_come_in_order_and_a_tail_can_be_forgotten(void **state)
{
	struct docket_record r;
	struct digest act = kit_digest(1);
	struct listed l = { .n = 0 };
	uint64_t end;

	(void)state;
	for (unsigned i = 1; i <= 5; i++) {
		memset(&r, 0, sizeof r);
		r.at = 600 - i * 100;
		(void)snprintf(r.event, sizeof r.event, "read");
		r.has_act = i != 3;
		r.act = i != 3 ? act : r.act;
		r.sha256 = kit_digest(i);
		OK(docket_record_put(d, &r, &err));
	}
	OK(docket_records_each(d, &act, record_listed, &l, &err));
	assert_int_equal(l.n, 4);
	assert_true(l.at[0] == 100 && l.at[1] == 200 && l.at[2] == 400 && l.at[3] == 500);
	OK(docket_records_forget(d, 400, &err));
	OK(docket_records_end(d, &end, &err));
	assert_int_equal(end, 400);
	l.n = 0;
	OK(docket_records_each(d, NULL, record_listed, &l, &err));
	assert_int_equal(l.n, 3);
	assert_true(l.at[2] == 300);
}

/* ---- evidence in the docket ---- */

static void
same_evidence(const struct evidence *a, const struct evidence *b)
{
	SAME(a, b, number), SAME(a, b, origin), SAME(a, b, added_at), SAME(a, b, files);
	SAME(a, b, bytes), SAME(a, b, others), SAME(a, b, parcels_n);
	for (size_t i = 0; i < a->parcels_n; i++) {
		const struct parcel *p = &a->parcels[i], *q = &b->parcels[i];

		SAME(p, q, act_id), SAME(p, q, package_id), SAME_TEXT(p, q, peer.s);
		SAME(p, q, at), SAME(p, q, bytes), SAME(p, q, stamp);
		SAME(p, q, stamped_at), SAME(p, q, other), SAME(p, q, in_outbox);
		SAME(p, q, carried_at), SAME_TEXT(p, q, verdict), SAME_TEXT(p, q, who);
		SAME_TEXT(p, q, when);
	}
}

static void
what_else_is_known_of_a_parcel_stays_when_its_evidence_is_saved(void **state)
{
	struct evidence e = { .number = 1, .added_at = NOW, .parcels_n = 2 }, back;
	struct docket_act a = kit_act(1), got;
	bool found;

	(void)state;
	a.evidence = 1;
	a.has_receipt = true;
	a.receipt = kit_digest(8);
	OK(docket_act_put(d, &a, &err));
	e.parcels[0].act_id = a.act, e.parcels[0].package_id = a.package;
	e.parcels[0].bytes = 5;
	e.parcels[1].act_id = kit_digest(2), e.parcels[1].package_id = kit_digest(3);
	e.parcels[1].in_outbox = true;
	OK(evidence_save(h, &e, &err));
	OK(docket_act_package(d, &a.package, &got, &found, &err));
	assert_true(got.has_receipt);
	assert_string_equal(got.kind, "preserve");
	assert_int_equal(got.bytes, 5);
	assert_int_equal(got.outbox, OUTBOX_DONE);
	/* A stamp that came late: the same act, another package. */
	e.parcels[0].package_id = kit_digest(4);
	OK(evidence_save(h, &e, &err));
	OK(evidence_load(h, 1, &back, &err));
	same_evidence(&back, &e);
	OK(docket_act_get(d, &a.act, &got, &found, &err));
	assert_true(got.has_receipt && digest_eq(&got.package, &e.parcels[0].package_id));
	got.outbox = OUTBOX_ONCE;
	OK(docket_act_put(d, &got, &err));
	e.parcels[0].in_outbox = true;
	OK(evidence_save(h, &e, &err));
	OK(docket_act_get(d, &a.act, &got, &found, &err));
	assert_int_equal(got.outbox, OUTBOX_ONCE);
	a = kit_act(7);
	a.evidence = 1;
	OK(docket_act_put(d, &a, &err));
	OK(evidence_load(h, 1, &back, &err));
	assert_int_equal(back.parcels_n, 3);
	assert_true(digest_eq(&back.parcels[2].act_id, &a.act));
	e.parcels_n = 1;
	OK(evidence_save(h, &e, &err));
	OK(evidence_load(h, 1, &back, &err));
	same_evidence(&back, &e);
	OK(docket_check(d, &err));
}

/* ---- transactions ---- */

static void
several_changes_are_kept_together_or_not_at_all(void **state)
{
	struct docket_request r = kit_request(true);
	struct evidence e = { .number = 4, .added_at = NOW };

	(void)state;
	OK(docket_begin(d, &err));
	NO(docket_begin(d, &err), "docket.begun");
	OK(docket_request_new(d, &r, span_text("x"), &err));
	OK(evidence_save(h, &e, &err));
	docket_rollback(d);
	NO(docket_request_get(d, 1, &r, &err), "request.absent");
	NO(evidence_load(h, 4, &e, &err), "evidence.absent");
	NO(docket_commit(d, &err), "docket.not_begun");
	OK(docket_begin(d, &err));
	OK(docket_request_new(d, &r, span_text("x"), &err));
	OK(docket_commit(d, &err));
	OK(docket_begin(d, &err));
	OK(docket_request_new(d, &r, span_text("x"), &err));
	again();	/* closed in the middle */
	OK(docket_request_get(d, 1, &r, &err));
	NO(docket_request_get(d, 2, &r, &err), "request.absent");
}

/* A piece of it may not be kept because another was undone by the disk. */
static void
after_the_disk_undid_a_change_nothing_more_of_it_is_taken(void **state)
{
	struct docket_request r = kit_request(true);

	(void)state;
	OK(docket_begin(d, &err));
	OK(docket_request_new(d, &r, span_text("x"), &err));
	assert_int_equal(sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	NO(docket_request_new(d, &r, span_text("x"), &err), "docket.undone");
	NO(docket_commit(d, &err), "docket.undone");
	OK(docket_request_new(d, &r, span_of("", 0), &err));
	assert_int_equal(r.number, 1);
}

static void
a_home_shares_its_open_docket_and_others_wait(void **state)
{
	struct docket *shared = NULL, *theirs = NULL;
	struct home *other = kit_home_again(w);

	(void)state;
	OK(home_docket(h, &shared, &err));
	assert_ptr_equal(shared, d);
	home_docket_done(h);
	NO(docket_open(other, &theirs, &err), "docket.busy");
	docket_close(d);
	OK(docket_open(other, &theirs, &err));
	docket_close(theirs);
	home_close(other);
	OK(docket_open(h, &d, &err));
}

/* The lock of the home is of the commands that change it. */
static void
what_only_reads_needs_no_lock_of_the_home(void **state)
{
	struct evidence e = { .number = 1, .added_at = NOW }, back;
	struct home *other = kit_home_again(w);

	(void)state;
	OK(evidence_save(h, &e, &err));
	docket_close(d);
	OK(home_lock(h, &err));
	OK(evidence_load(other, 1, &back, &err));
	home_close(other);
	OK(docket_open(h, &d, &err));
}

static void
the_state_of_a_correspondent_needs_no_key(void **state)
{
	char name[] = "A";
	struct correspondent c = { .state = "XC", .name = name, .languages = "en" };
	char of[3];

	(void)state;
	OK(docket_correspondent_new(d, &c, &err));
	docket_close(d);
	OK(docket_open(h, &d, &err));
	OK(docket_correspondent_state(d, c.number, of, &err));
	assert_string_equal(of, "XC");
	NO(docket_correspondent_state(d, c.number + 1, of, &err), "correspondent.absent");
}

static bool
see_owed(void *arg, const struct docket_act *a, struct err *e)
{
	(void)e;
	((uint8_t *)arg)[a->act.b[31] % 16]++;
	return true;
}

static void
a_stamp_is_owed_by_who_signed_until_it_is_there(void **state)
{
	static const struct { enum stamp_kept stamp; enum act_direction direction;
		bool paper, owed; } rows[] = {
		{ STAMP_PENDING, ACT_OUT, false, true },
		{ STAMP_PENDING, ACT_IN, false, false },	/* theirs to ask for */
		{ STAMP_PENDING, ACT_IN, true, true },		/* paper, signed by us */
		{ STAMP_NONE, ACT_OUT, false, false },
		{ STAMP_KEPT, ACT_OUT, false, false },
		{ STAMP_CLAIMED, ACT_OUT, false, false },
	};
	struct docket_counts c;
	size_t seen = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct docket_act a = kit_act(i);
		uint8_t before[16] = { 0 };

		a.stamp = rows[i].stamp;
		a.direction = rows[i].direction;
		if (rows[i].paper)
			a.peer[0] = '\0';
		OK(docket_act_put(d, &a, &err));
		OK(docket_stamps_owed(d, see_owed, before, &err));
		seen = 0;
		for (size_t k = 0; k < 16; k++)
			seen += before[k];
		OK(docket_counts(d, NOW, &c, &err));
		assert_int_equal(c.stamps_owed, seen);
		assert_int_equal(seen, (size_t)rows[0].owed + (i >= 2));
	}
}

/* What step 7 brought, taken away again. */
static void
apart_undo(void)
{
	OK(docket_run(d, "DROP INDEX acts_whole", &err));
	OK(docket_run(d, "DROP INDEX acts_destroying", &err));
	OK(docket_run(d, "ALTER TABLE acts DROP COLUMN apart", &err));
	OK(docket_run(d, "ALTER TABLE acts DROP COLUMN destroyed_at", &err));
}

/* And what came with holds and guards. */
static void
threads_undo(void)
{
	static const char *const tables[] = { "subjects", "stances", "calls", "notices",
		"hold_names", "holds" };
	char sql[80];

	apart_undo();
	OK(docket_run(d, "DROP INDEX requests_kind", &err));
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		(void)snprintf(sql, sizeof sql, "DROP TABLE %s", tables[i]);
		OK(docket_run(d, sql, &err));
	}
}

/* Homes of before: what was made without asking waits now too. */
static void
acts_of_an_older_docket_are_asked_for_too(void **state)
{
	struct docket_counts c;
	struct docket_act a = kit_act(1), receipt = kit_act(2);

	(void)state;
	(void)snprintf(receipt.kind, sizeof receipt.kind, "receipt");
	OK(docket_act_put(d, &a, &err));
	OK(docket_act_put(d, &receipt, &err));
	OK(docket_run(d, "DROP INDEX acts_owed", &err));
	OK(docket_run(d, "ALTER TABLE requests DROP COLUMN basis_at", &err));
	OK(docket_run(d, "ALTER TABLE requests DROP COLUMN basis_rows", &err));
	threads_undo();
	OK(docket_run(d, "PRAGMA user_version = 1", &err));
	docket_close(d);
	OK(docket_open(h, &d, &err));
	assert_int_equal(docket_version(d), DOCKET_NEWEST);
	OK(docket_counts(d, NOW, &c, &err));
	assert_int_equal(c.stamps_owed, 1);
}

static void
a_docket_of_version_10_loses_what_only_leaves_are_asked_for(void **state)
{
	(void)state;
	OK(docket_run(d, "CREATE TABLE fixed (what TEXT)", &err));
	OK(docket_run(d, "INSERT INTO fixed VALUES ('people')", &err));
	OK(docket_run(d, "CREATE TABLE seen_refusals (request INTEGER)", &err));
	OK(docket_run(d, "PRAGMA user_version = 10", &err));
	docket_close(d);
	OK(docket_open(h, &d, &err));
	assert_int_equal(docket_version(d), DOCKET_NEWEST);
	OK(docket_check(d, &err));
	/* The names are free again. */
	OK(docket_run(d, "CREATE TABLE fixed (what TEXT)", &err));
	OK(docket_run(d, "CREATE TABLE seen_refusals (request INTEGER)", &err));
}

static void
a_docket_of_a_later_version_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(docket_version(d), DOCKET_NEWEST);
	OK(docket_run(d, "PRAGMA user_version = 12", &err));
	docket_close(d);
	NO(docket_open(h, &d, &err), "docket.newer");
	d = NULL;
}

/* ---- holds ---- */

static unsigned
preservation(int64_t hold_until, const char *state)
{
	struct docket_request r = kit_request(true);

	(void)snprintf(r.kind, sizeof r.kind, "preserve");
	(void)snprintf(r.state, sizeof r.state, "%s", state);
	r.has_act = true;
	memset(&r.act, (int)hold_until + state[0], sizeof r.act);
	r.hold_effected_at = hold_until != 0 ? NOW : 0;
	r.hold_until = hold_until;
	OK(docket_request_new(d, &r, span_of(NULL, 0), &err));
	return r.number;
}

static bool
see_hold(void *arg, const struct docket_hold *x, struct err *err)
{
	unsigned **at = arg;

	(void)err;
	*(*at)++ = x->request;
	return true;
}

/* Member by member: what lies between them is nobody's. */
static void
same_hold(const struct docket_hold *a, const struct docket_hold *b)
{
	assert_int_equal(a->request, b->request);
	assert_int_equal(a->ours, b->ours);
	assert_string_equal(a->state, b->state);
	assert_int_equal(a->effected_at, b->effected_at);
	assert_int_equal(a->until, b->until);
	assert_string_equal(a->order, b->order);
	assert_int_equal(a->order_until, b->order_until);
	assert_int_equal(a->ended_at, b->ended_at);
	assert_string_equal(a->ended_by, b->ended_by);
	assert_int_equal(a->misnoted_at, b->misnoted_at);
	assert_int_equal(a->resumed_at, b->resumed_at);
}

static void
a_hold_comes_back_as_it_was_and_the_soonest_end_first(void **state)
{
	struct docket_hold x, one = { .request = preservation(5, "accepted"),
		.ours = true, .state = "bound_to_request", .effected_at = NOW,
		.until = NOW + 20, .order = "12 Gs 31/26", .order_until = NOW + 7,
		.misnoted_at = NOW + 900, .resumed_at = NOW + 3 };
	struct docket_hold two = { .request = preservation(6, "received"),
		.state = "asked" };
	struct docket_hold three = { .request = preservation(7, "accepted"),
		.state = "effective", .until = NOW + 10 };
	unsigned seen[4] = { 0 }, *at = seen;
	bool found;

	(void)state;
	OK(docket_hold_put(d, &one, &err));
	OK(docket_hold_put(d, &two, &err));
	OK(docket_hold_put(d, &three, &err));
	again();
	OK(docket_hold_get(d, one.request, &x, &found, &err));
	assert_true(found);
	same_hold(&x, &one);
	OK(docket_holds(d, true, see_hold, &at, &err));
	assert_ptr_equal(at, seen + 3);
	assert_int_equal(seen[0], three.request);
	assert_int_equal(seen[1], one.request);
	assert_int_equal(seen[2], two.request);
	(void)snprintf(three.state, sizeof three.state, "lapsed");
	three.ended_at = NOW;
	(void)snprintf(three.ended_by, sizeof three.ended_by, "foreign_ends");
	OK(docket_hold_put(d, &three, &err));
	at = seen;
	OK(docket_holds(d, true, see_hold, &at, &err));
	assert_ptr_equal(at, seen + 2);
	at = seen;
	OK(docket_holds(d, false, see_hold, &at, &err));
	assert_ptr_equal(at, seen + 3);
	OK(docket_hold_get(d, 999, &x, &found, &err));
	assert_false(found);
}

static uint64_t
over_at(int64_t now)
{
	struct docket_counts c;

	OK(docket_counts(d, now, &c, &err));
	return c.holds_over;
}

static void
a_hold_that_is_over_is_counted_until_its_request_is_closed(void **state)
{
	struct docket_hold one = { .request = preservation(5, "accepted"),
		.state = "effective", .until = NOW + 10, .order_until = NOW + 20 };
	struct docket_hold two = { .request = preservation(5, "closed"),
		.state = "lapsed", .ended_at = NOW };
	unsigned seen[4] = { 0 }, *at = seen;
	int64_t newest;

	(void)state;
	OK(docket_hold_put(d, &one, &err));
	OK(docket_hold_put(d, &two, &err));
	assert_int_equal(over_at(NOW + 10), 0);
	assert_int_equal(over_at(NOW + 11), 1);		/* nobody noted it yet */
	(void)snprintf(one.state, sizeof one.state, "bound_to_request");
	OK(docket_hold_put(d, &one, &err));
	assert_int_equal(over_at(NOW + 11), 0);
	assert_int_equal(over_at(NOW + 21), 1);
	(void)snprintf(one.state, sizeof one.state, "lapsed");
	one.ended_at = NOW + 900;
	OK(docket_hold_put(d, &one, &err));
	assert_int_equal(over_at(NOW + 900), 1);
	assert_int_equal(over_at(NOW + 899), 0);	/* noted by a clock that ran ahead */
	OK(docket_holds_ahead(d, NOW + 899, see_hold, &at, &err));
	assert_ptr_equal(at, seen + 1);
	assert_int_equal(seen[0], one.request);
	OK(docket_holds_ahead(d, NOW + 900, see_hold, &at, &err));
	assert_ptr_equal(at, seen + 1);
	OK(docket_outside_newest(d, &newest, &err));
	assert_int_equal(newest, 0);
}

static void
what_others_vouch_for_is_the_newest_stamp_or_known_act(void **state)
{
	int64_t newest;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct docket_act a = kit_act(i);

		a.direction = i < 2 ? ACT_IN : ACT_OUT;
		a.made_at = NOW + 100 * (int64_t)i;
		(void)snprintf(a.who, sizeof a.who, "%s", i == 0 ? "KNOWN" : "UNKNOWN");
		(void)snprintf(a.when, sizeof a.when, "%s", i == 3 ? "PROVEN" : "CLAIMED");
		a.stamped_at = i >= 2 ? NOW + 7 - (int64_t)i : 0;
		OK(docket_act_put(d, &a, &err));
		OK(docket_outside_newest(d, &newest, &err));
		assert_int_equal(newest, i < 3 ? NOW : NOW + 4);
	}
}

static void
requests_that_name_a_hold_are_kept_up_to_a_limit(void **state)
{
	struct docket_hold one = { .request = preservation(5, "accepted"),
		.state = "effective" };
	unsigned list[HOLD_NAMES_MAX], more[HOLD_NAMES_MAX + 1];
	size_t n;

	(void)state;
	OK(docket_hold_put(d, &one, &err));
	for (size_t i = 0; i <= HOLD_NAMES_MAX; i++)
		more[i] = preservation(100 + (int64_t)i, "draft");
	for (size_t i = 0; i < HOLD_NAMES_MAX; i++)
		OK(docket_hold_name(d, one.request, more[i], &err));
	OK(docket_hold_name(d, one.request, more[0], &err));
	NO(docket_hold_name(d, one.request, more[HOLD_NAMES_MAX], &err), "hold.names");
	/* the row changes, and they stay */
	OK(docket_hold_put(d, &one, &err));
	OK(docket_hold_names(d, one.request, list, &n, &err));
	assert_int_equal(n, HOLD_NAMES_MAX);
	assert_int_equal(list[1], more[1]);
	OK(docket_hold_named_by(d, more[3], list, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(list[0], one.request);
	OK(docket_hold_named_by(d, more[HOLD_NAMES_MAX], list, &n, &err));
	assert_int_equal(n, 0);
}

static void
preservations_of_an_older_docket_have_their_holds(void **state)
{
	unsigned held = preservation(NOW + 60, "accepted");
	unsigned asked = preservation(0, "received"), no = preservation(0, "withdrawn");
	struct docket_hold x;
	bool found;

	(void)state;
	threads_undo();
	OK(docket_run(d, "PRAGMA user_version = 3", &err));
	again();
	OK(docket_hold_get(d, held, &x, &found, &err));
	assert_true(found);
	assert_string_equal(x.state, "effective");
	assert_int_equal(x.until, NOW + 60);
	OK(docket_hold_get(d, asked, &x, &found, &err));
	assert_true(found);
	assert_string_equal(x.state, "asked");
	OK(docket_hold_get(d, no, &x, &found, &err));
	assert_true(found);
	assert_string_equal(x.state, "released");
}

/* ---- the key ---- */

static void
the_key_of_the_docket_is_made_once(void **state)
{
	struct err why = ERR_INIT;
	struct aead_key a, b;
	struct keyring *k = NULL;

	(void)state;
	OK(crypto_random_from(w, &err));
	OK(keyring_make(h, span_text(PASSPHRASE), &k, &err));
	OK(keyring_docket_key(k, &a, &err));
	assert_true(home_has(h, "keys/docket.age"));
	keyring_close(k);
	OK(keyring_open(h, span_text(PASSPHRASE), &k, &err));
	OK(keyring_docket_key(k, &b, &err));
	assert_memory_equal(&a, &b, sizeof a);
	keyring_close(k);
	/* Of another keyring: refused, never replaced. */
	OK(keyring_make(h, span_text(PASSPHRASE), &k, &err));
	assert_false(keyring_docket_key(k, &b, &why));
	assert_int_equal(why.kind, ERR_DENIED);
	keyring_close(k);
}

static void
a_sealed_text_opens_in_its_own_row_only(void **state)
{
	struct docket_request r = kit_request(true);
	struct docket_case c;
	struct aead_key k = kit_key();
	struct buf b;
	unsigned n;

	(void)state;
	buf_init(&b, 1000);
	OK(docket_request_new(d, &r, span_text("one"), &err));
	OK(docket_request_new(d, &r, span_text("two"), &err));
	OK(docket_case_new(d, "Heron", NOW, &n, &err));
	OK(docket_case_new(d, "Egret", NOW, &n, &err));
	OK(docket_check(d, &err));
	OK(docket_run(d, "UPDATE request_texts SET sealed ="
	    " (SELECT sealed FROM request_texts WHERE number = 2) WHERE number = 1",
	    &err));
	OK(docket_run(d, "UPDATE cases SET sealed ="
	    " (SELECT sealed FROM request_texts WHERE number = 1) WHERE number = 1",
	    &err));
	NO(docket_request_text(d, 1, &b, &err), "docket.damaged");
	assert_int_equal(b.n, 0);
	NO(docket_case_get(d, 1, true, &c, &err), "docket.damaged");
	OK(docket_request_text(d, 2, &b, &err));
	NO(docket_check(d, &err), "docket.damaged");
	again();
	k.b[0] ^= 1;
	docket_key(d, &k);
	NO(docket_case_get(d, 2, true, &c, &err), "docket.damaged");
	buf_clear(&b);
}

static void
bytes_are_in(const char *path, const char *word, bool there)
{
	struct buf b;

	buf_init(&b, 16u << 20);
	OK(home_load(h, path, &b, &err));
	if ((memmem(b.p, b.n, word, strlen(word)) != NULL) != there)
		fail_msg("%s: %s", path, word);
	buf_clear(&b);
}

/* A stolen disk shows no names (design.md section 10). */
static void
no_name_or_text_is_readable_in_the_files(void **state)
{
	struct correspondent c = { .state = "XC", .languages = "pt" };
	struct docket_request r = kit_request(true);
	unsigned n;

	(void)state;
	OK(docket_case_new(d, "CANARY-case", NOW, &n, &err));
	OK((c.name = mem_text_of("CANARY-name", &err)) != NULL);
	OK((c.address = mem_text_of("CANARY-street", &err)) != NULL);
	OK(docket_correspondent_new(d, &c, &err));
	correspondent_clear(&c);
	OK(docket_request_new(d, &r, span_text("CANARY-draft"), &err));
	OK(docket_request_text_put(d, 1, span_text("CANARY-again"), &err));
	bytes_are_in("docket.sqlite-wal", "preserve", true);
	bytes_are_in("docket.sqlite-wal", "CANARY", false);
	OK(docket_checkpoint(d, &err));
	bytes_are_in("docket.sqlite", "preserve", true);
	bytes_are_in("docket.sqlite", "CANARY", false);
}

/* ---- damage ---- */

/* Everything of the docket is asked; true when all was as it should be. */
static bool
ask_all(struct err *err)
{
	struct aead_key k = kit_key();
	struct docket_filter all = { .limit = 0 };
	struct docket_counts counts;
	struct evidence e;
	struct seen s = { .n = 0 };
	struct buf b;
	bool ok;

	if (!docket_open(h, &d, err)) {
		d = NULL;
		return false;
	}
	docket_key(d, &k);
	buf_init(&b, AEAD_MAX);
	ok = docket_counts(d, NOW, &counts, err) &&
	    docket_requests(d, &all, see_request, &s, err) &&
	    docket_outbox(d, NULL, see_act, &s, err) &&
	    evidence_load(h, 1, &e, err) && docket_request_text(d, 2, &b, err) &&
	    docket_check(d, err);
	buf_clear(&b);
	docket_close(d);
	d = NULL;
	return ok;
}

/* Each page of the file, with some of its bytes turned over: said, and no crash. */
static void
a_damaged_docket_is_told_and_not_believed(void **state)
{
	struct docket_request r = kit_request(true);
	struct evidence e = { .number = 1, .added_at = NOW };
	struct docket_act a = kit_act(3);
	static char text[4 * VFS_PAGE];
	struct buf b;

	(void)state;
	buf_init(&b, 16u << 20);
	/* Long, for pages that tables of older versions left free: nobody reads those. */
	memset(text, 'x', sizeof text);
	OK(docket_request_new(d, &r, span_of(text, sizeof text), &err));
	OK(docket_request_new(d, &r, span_text("y"), &err));
	OK(evidence_save(h, &e, &err));
	OK(docket_act_put(d, &a, &err));
	OK(docket_checkpoint(d, &err));
	docket_close(d);
	OK(ask_all(&err));
	OK(home_load(h, "docket.sqlite", &b, &err));
	assert_int_equal(b.n % VFS_PAGE, 0);
	OK(file_open(w, NULL, "office/docket.sqlite", FILE_UPDATE, &damaged, &err));
	for (size_t at = 0; at < b.n; at += at % VFS_PAGE < 128 ? 16 : 1000) {
		uint8_t turned = b.p[at] ^ (uint8_t)(1u << at % 8);
		struct err why = ERR_INIT;

		OK(file_write_at(damaged, span_of(&turned, 1), at, &err));
		if (ask_all(&why))
			fail_msg("byte %zu", at);
		if (strcmp(why.reason, "docket.damaged") != 0)
			fail_msg("byte %zu: %s", at, why.text);
		assert_int_equal(why.kind, ERR_UNPROVEN);
		OK(file_write_at(damaged, span_of(b.p + at, 1), at, &err));
	}
	for (size_t n = 0; n < b.n; n += 1 + VFS_PAGE / 2 * (n > 0)) {
		struct err why = ERR_INIT;

		OK(file_truncate(damaged, n, &err));
		if (ask_all(&why) || strcmp(why.reason, "docket.damaged") != 0)
			fail_msg("cut to %zu: %s", n, why.text);
		OK(file_write_at(damaged, buf_span(&b), 0, &err));
	}
	OK(ask_all(&err));
	buf_clear(&b);
}

/* The tail of a log that is damaged was never durable; what is before it stands. */
static void
a_log_without_its_database_is_told(void **state)
{
	struct docket_request r = kit_request(true);

	(void)state;
	OK(docket_request_new(d, &r, span_text("x"), &err));
	docket_close(d);
	OK(path_remove(w, home_dir(h), "docket.sqlite", &err));
	NO(docket_open(h, &d, &err), "docket.damaged");
	d = NULL;
}

/* ---- homes before there was a docket ---- */

static void
the_records_of_an_older_home_are_taken_over_once(void **state)
{
	struct evidence e;
	unsigned *list;
	size_t n, i;
	bool found;

	(void)state;
	docket_close(d);
	home_close(h);
	world_free(w);
	w = kit_world(2);
	h = kit_home(w);
	kit_old_record(h, 1, 2);
	kit_old_record(h, 12, PARCELS_MAX);
	OK(evidence_numbers(h, &list, &n, &err));
	assert_int_equal(n, 2);
	assert_true(list[0] == 1 && list[1] == 12);
	mem_free(list);
	assert_false(home_has(h, "evidence/0001/record.json"));
	assert_false(home_has(h, "evidence/0012/record.json"));
	OK(evidence_load(h, 12, &e, &err));
	assert_int_equal(e.parcels_n, PARCELS_MAX);
	assert_int_equal(e.origin, EVIDENCE_RECEIVED);
	assert_int_equal(e.files, 3);
	assert_true(e.parcels[0].in_outbox && !e.parcels[1].in_outbox);
	assert_string_equal(e.parcels[31].verdict, "Intact");
	OK(evidence_by_act(h, &(struct digest[]){ kit_digest(101) }[0], &e, &i, &found,
	    &err));
	assert_true(found && e.number == 1 && i == 1);
	/* Afterwards such a file means nothing. */
	kit_old_record(h, 13, 1);
	NO(evidence_load(h, 13, &e, &err), "evidence.absent");
	OK(docket_open(h, &d, &err));
}

static void
a_record_of_an_older_home_that_we_never_wrote_is_told(void **state)
{
	struct evidence e;
	struct buf b;

	(void)state;
	docket_close(d);
	OK(path_remove(w, home_dir(h), "docket.sqlite", &err));
	OK(path_remove(w, home_dir(h), "docket.sqlite-wal", &err));
	d = NULL;
	kit_old_record(h, 1, PARCELS_MAX + 1);
	NO(evidence_load(h, 1, &e, &err), "json.list");
	kit_old_record(h, 1, 1);
	buf_init(&b, 65536);
	OK(home_load(h, "evidence/0001/record.json", &b, &err));
	OK(dir_make(w, home_dir(h), "evidence/0002", &err));
	OK(home_save(h, "evidence/0002/record.json", buf_span(&b), &err));
	NO(evidence_load(h, 1, &e, &err), "evidence.other");
	assert_true(home_has(h, "evidence/0001/record.json"));
	OK(path_remove(w, home_dir(h), "evidence/0002/record.json", &err));
	OK(evidence_load(h, 1, &e, &err));
	buf_clear(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_case_has_a_number_a_sealed_name_and_evidence),
		TEST(a_name_has_at_most_4000_bytes),
		TEST(a_correspondent_keeps_name_address_and_mail_sealed),
		TEST(texts_need_the_key_and_numbers_do_not),
		TEST(a_request_comes_back_as_it_was_put),
		TEST(the_text_of_a_draft_is_kept_byte_by_byte_up_to_its_limit),
		TEST(a_thread_is_found_by_each_of_its_acts),
		TEST(requests_are_listed_by_what_is_asked),
		TEST(the_desk_counts_what_is_open_due_and_waiting),
		TEST(an_act_comes_back_as_it_was_put_and_is_replaced_by_its_package),
		TEST(the_outbox_gives_the_oldest_first_and_a_thread_its_acts_as_they_came),
		TEST(followers_of_an_act_are_found),
		TEST(records_are_found_by_what_they_are_about),
		TEST(records_of_an_act_come_in_order_and_a_tail_can_be_forgotten),
		TEST(what_else_is_known_of_a_parcel_stays_when_its_evidence_is_saved),
		TEST(several_changes_are_kept_together_or_not_at_all),
		TEST(after_the_disk_undid_a_change_nothing_more_of_it_is_taken),
		TEST(a_home_shares_its_open_docket_and_others_wait),
		TEST(what_only_reads_needs_no_lock_of_the_home),
		TEST(the_state_of_a_correspondent_needs_no_key),
		TEST(a_stamp_is_owed_by_who_signed_until_it_is_there),
		TEST(acts_of_an_older_docket_are_asked_for_too),
		TEST(a_docket_of_version_10_loses_what_only_leaves_are_asked_for),
		TEST(a_docket_of_a_later_version_is_left_alone),
		TEST(a_hold_comes_back_as_it_was_and_the_soonest_end_first),
		TEST(requests_that_name_a_hold_are_kept_up_to_a_limit),
		TEST(a_hold_that_is_over_is_counted_until_its_request_is_closed),
		TEST(what_others_vouch_for_is_the_newest_stamp_or_known_act),
		TEST(preservations_of_an_older_docket_have_their_holds),
		TEST(the_key_of_the_docket_is_made_once),
		TEST(a_sealed_text_opens_in_its_own_row_only),
		TEST(no_name_or_text_is_readable_in_the_files),
		TEST(a_damaged_docket_is_told_and_not_believed),
		TEST(a_log_without_its_database_is_told),
		TEST(the_records_of_an_older_home_are_taken_over_once),
		TEST(a_record_of_an_older_home_that_we_never_wrote_is_told),
	};

	return cmocka_run_group_tests_name("docket", tests, NULL, NULL);
}
