/* Notices, calls, stances and subjects: kept as they were put, and no name in the clear. */
#include "store/testkit.h"

#include "store/sql.h"

static struct world *w;
static struct home *h;
static struct docket *d;

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
	home_close(h);
	world_free(w);
	return 0;
}

static unsigned
request_new(int64_t opened_at, const char *kind)
{
	struct docket_request r = kit_request(false);

	(void)snprintf(r.kind, sizeof r.kind, "%s", kind);
	r.opened_at = opened_at;
	OK(docket_request_new(d, &r, span_of(NULL, 0), &err));
	return r.number;
}

static bool
notice_count(void *arg, const struct docket_notice *n, struct err *err)
{
	(void)n;
	(void)err;
	++*(unsigned *)arg;
	return true;
}

static void
a_person_has_one_notice_whoever_asks_again(void **state)
{
	unsigned request = request_new(NOW, "preserve"), n = 0;
	struct docket_notice a = { .request = request, .person = 1, .since = NOW,
		.until = NOW + 60 }, b = a, c;

	(void)state;
	OK(docket_notice_new(d, &a, &err));
	b.until = NOW + 9;
	OK(docket_notice_new(d, &b, &err));
	assert_int_equal(a.number, b.number);
	assert_int_equal(b.until, NOW + 60);
	a.done_at = NOW + 70;
	(void)snprintf(a.how, sizeof a.how, "letter");
	OK(docket_notice_put(d, &a, &err));
	OK(docket_notice_get(d, a.number, &c, &err));
	assert_string_equal(c.how, "letter");
	OK(docket_notices(d, true, notice_count, &n, &err));
	assert_int_equal(n, 0);
	OK(docket_notices(d, false, notice_count, &n, &err));
	assert_int_equal(n, 1);
	NO(docket_notice_get(d, 9, &c, &err), "notice.absent");
}

struct heard { unsigned n; char dialled[40], by[40], value[16]; };

static bool
call_hear(void *arg, const struct docket_call *c, struct err *err)
{
	struct heard *x = arg;

	(void)err;
	x->n++;
	(void)snprintf(x->dialled, sizeof x->dialled, "%s",
	    c->dialled == NULL ? "" : c->dialled);
	(void)snprintf(x->by, sizeof x->by, "%s",
	    c->answered_by == NULL ? "" : c->answered_by);
	return true;
}

static bool
file_has(const char *name, const char *text)
{
	struct err err = ERR_INIT;
	struct buf b;
	bool has = false;

	buf_init(&b, 64u << 20);
	if (file_load(w, home_dir(h), name, &b, &err))
		has = memmem(b.p, b.n, text, strlen(text)) != NULL;
	buf_clear(&b);
	return has;
}

static void
who_answered_is_sealed_and_what_they_said_is_not(void **state)
{
	unsigned request = request_new(NOW, "emergency_data");
	struct docket_call c = { .request = request, .at = NOW, .result = "yes" }, lost = c;
	char number[] = "+1 555 0100", by[] = "Officer Zimbelmann";
	struct heard x = { 0 };

	(void)state;
	c.dialled = number;
	c.answered_by = by;
	OK(docket_call_new(d, &c, &err));
	OK(docket_calls(d, request, true, call_hear, &x, &err));
	assert_int_equal(x.n, 1);
	assert_string_equal(x.dialled, number);
	assert_string_equal(x.by, by);
	OK(docket_call_new(d, &lost, &err));
	OK(docket_calls(d, request, true, call_hear, &x, &err));
	assert_int_equal(x.n, 3);
	assert_string_equal(x.by, "");
	OK(docket_check(d, &err));
	OK(docket_checkpoint(d, &err));
	assert_true(file_has(DOCKET_FILE, "emergency_data"));
	assert_false(file_has(DOCKET_FILE, "Zimbelmann"));
	assert_false(file_has(DOCKET_FILE, "0100"));
}

static bool
stance_hear(void *arg, const struct docket_stance *s, struct err *err)
{
	struct heard *x = arg;

	(void)err;
	x->n++;
	(void)snprintf(x->by, sizeof x->by, "%s", s->reason == NULL ? "" : s->reason);
	(void)snprintf(x->value, sizeof x->value, "%s", s->value);
	return true;
}

static void
a_stance_takes_the_place_of_the_one_before(void **state)
{
	char first[] = "report of May", then[] = "report of June";
	struct docket_stance s = { .state = "XB", .what = "risk", .about = "all",
		.value = "heightened", .since = NOW, .reason = first };
	struct heard x = { 0 };

	(void)state;
	OK(docket_stances(d, true, stance_hear, &x, &err));
	assert_int_equal(x.n, 0);
	OK(docket_stance_put(d, &s, &err));
	(void)snprintf(s.value, sizeof s.value, "blocked");
	s.reason = then;
	OK(docket_stance_put(d, &s, &err));
	OK(docket_stances(d, true, stance_hear, &x, &err));
	assert_int_equal(x.n, 1);
	assert_string_equal(x.value, "blocked");
	assert_string_equal(x.by, then);
}

static void
requests_about_the_same_are_found_and_the_subject_is_not(void **state)
{
	unsigned a = request_new(NOW, "subscriber"), b = request_new(NOW, "stored_data"), c;
	unsigned list[SUBJECT_OTHERS_MAX];
	struct digest one, same, other;
	size_t n;

	(void)state;
	c = request_new(NOW, "subscriber");
	OK(docket_subject_digest(d, span_text("email lena@example.org"), &one, &err));
	OK(docket_subject_digest(d, span_text("email lena@example.org"), &same, &err));
	OK(docket_subject_digest(d, span_text("email ines@example.org"), &other, &err));
	assert_true(digest_eq(&one, &same));
	assert_false(digest_eq(&one, &other));
	OK(docket_subject_put(d, a, &one, &err));
	OK(docket_subject_put(d, b, &same, &err));
	OK(docket_subject_put(d, b, &same, &err));
	OK(docket_subject_put(d, c, &other, &err));
	OK(docket_subject_others(d, b, list, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(list[0], a);
	OK(docket_subject_others(d, c, list, &n, &err));
	assert_int_equal(n, 0);
}

static void
another_key_gives_another_digest_and_none_gives_none(void **state)
{
	struct aead_key k = kit_key();
	struct digest one, other;

	(void)state;
	OK(docket_subject_digest(d, span_text("phone 15550100"), &one, &err));
	k.b[0] ^= 1;
	docket_key(d, &k);
	OK(docket_subject_digest(d, span_text("phone 15550100"), &other, &err));
	assert_false(digest_eq(&one, &other));
	docket_close(d);
	OK(docket_open(h, &d, &err));
	NO(docket_subject_digest(d, span_text("phone 15550100"), &one, &err), "docket.key");
}

static void
requests_of_a_kind_are_counted_since_an_instant(void **state)
{
	uint64_t n;

	(void)state;
	(void)request_new(NOW, "emergency_data");
	(void)request_new(NOW - 1, "emergency_data");
	(void)request_new(NOW, "subscriber");
	OK(docket_requests_since(d, "emergency_data", "XB-MZXW6YTBOIMZXW6Y", NOW, &n, &err));
	assert_int_equal(n, 1);
	OK(docket_requests_since(d, "emergency_data", "XC-MZXW6YTBOIMZXW6Y", 0, &n, &err));
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(a_person_has_one_notice_whoever_asks_again),
		T(who_answered_is_sealed_and_what_they_said_is_not),
		T(a_stance_takes_the_place_of_the_one_before),
		T(requests_about_the_same_are_found_and_the_subject_is_not),
		T(another_key_gives_another_digest_and_none_gives_none),
		T(requests_of_a_kind_are_counted_since_an_instant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
