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
#include "flow/journey.h"
#include "flow/ledger.h"
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

	return buf_printf(&t->b, err, "  %.8s %.8s %s %s dir %d req %u ev %u at %lld made %lld bytes %llu stamp %d %lld other %d outbox %d receipted %lld receipt %.8s %s/%s/%s\n",
	    digest_hex(&a->act).s, digest_hex(&a->package).s, a->kind, a->peer,
	    a->direction, a->request, a->evidence, (long long)a->at,
	    (long long)a->made_at, (unsigned long long)a->bytes, a->stamp,
	    (long long)a->stamped_at, a->other, a->outbox, (long long)a->receipted_at,
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dockets_of_three_countries_are_made_anew_and_nothing_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
