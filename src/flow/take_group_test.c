/*
 * Acts that are kept in groups: that they are, that they end as each alone would, and
 * that a group which is cut anywhere loses nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/places_kit.h"
#include "flow/journey.h"
#include "flow/kept.h"
#include "flow/ledger.h"
#include "flow/take_ahead.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define ACTS 3		/* in a group: first, middle, last */

/* Receipts: the acts went to Berun, and three receipts wait in the inbox of Aldora. */
enum what { REQUESTS, RECEIPTS };

static struct site *
taker(struct job *j, enum what what)
{
	return what == REQUESTS ? &j->b : &j->a;
}

static void
carried(struct site *from, struct site *to, const char *state, const char *folder)
{
	struct bundle_result r;

	OK(flow_bundle_write(&from->flow, folder, state, &r, &err));
	assert_int_equal(r.parcels, ACTS);
	OK(flow_bundle_read(&to->flow, folder, &r, &err));
}

static void
waiting(struct job *j, enum what what)
{
	struct sent sent;
	size_t n;

	job_begin(j, 900 + (uint64_t)what);
	run_up_to(j, AFTER_PAIR);
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	for (unsigned i = 0; i < ACTS; i++)
		OK(ask(&j->a, ACT_PRESERVE, "XB", &sent, &err));
	carried(&j->a, &j->b, "XB", "s1");
	if (what == RECEIPTS) {
		OK(take_all_in(&j->b, NULL, &n, &err));
		carried(&j->b, &j->a, "XA", "s2");
	}
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
}

static bool
run(struct job *j, enum what what, size_t *n, struct err *err)
{
	*n = 0;
	return take_all_in(taker(j, what), NULL, n, err);
}

/* ---- how it has to end ---- */

static size_t
names_of(struct job *j, const struct site *s, const char *folder)
{
	char path[64];

	(void)snprintf(path, sizeof path, "%s/%s", s->path, folder);
	return names_in(j, path);
}

struct rows {
	struct site *site;
	size_t in, out;
};

static bool
row_whole(void *arg, const struct docket_act *a, struct err *err)
{
	struct rows *r = arg;
	struct file_info info;
	char path[200];

	(void)snprintf(path, sizeof path, "%s/%s", r->site->path,
	    parcel_path(&a->act).s);
	if (!path_info_follow(r->site->flow.world, path, &info, err))
		return false;
	assert_int_equal(info.size, a->bytes);
	r->in += a->direction == ACT_IN;
	r->out += a->direction == ACT_OUT;
	return true;
}

static void
records_right(struct site *s, enum what what)
{
	size_t n[RECORD_EVENTS];

	OK(site_again(s, &err));
	records_count(s, n);
	assert_int_equal(n[EVENT_RECEIVED], ACTS);
	/* A receipt that was cut is destroyed, with a record, and made again. */
	assert_int_equal(n[EVENT_MADE] - n[EVENT_DESTROYED], ACTS);
	if (what == RECEIPTS)
		assert_int_equal(n[EVENT_DESTROYED], 0);
	OK(site_again(s, &err));
}

/* Each act is one thread, whole on the disk, with its receipt; nothing else is left. */
static void
holds(struct job *j, enum what what)
{
	struct site *s = taker(j, what);
	struct rows rows = { .site = s };
	struct docket *d;

	assert_int_equal(names_of(j, s, "inbox"), 0);
	assert_int_equal(names_of(j, s, "parcels"), 2 * ACTS);
	OK(home_docket(s->flow.home, &d, &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		struct docket_request r;

		OK(docket_request_get(d, i, &r, &err));
		assert_string_equal(r.state, "received");
		assert_true(what == REQUESTS || r.receipted_at != 0);
		OK(docket_request_acts(d, i, row_whole, &rows, &err));
	}
	home_docket_done(s->flow.home);
	assert_int_equal(rows.in, ACTS);
	assert_int_equal(rows.out, ACTS);
	assert_false(home_has(s->flow.home, "making"));
	records_right(s, what);
}

/* The second try ends it, and what it made can be carried on. */
static void
again(struct job *j, enum what what)
{
	struct site *s = taker(j, what);
	size_t n;

	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	OK(run(j, what, &n, &err));
	/* `making` of a cut after the end goes with the next act that is made. */
	if (home_has(s->flow.home, "making")) {
		struct sent sent;

		OK(reply_with(s, 1, what == REQUESTS ? ACT_GRANTED : ACT_WITHDRAWN,
		    &sent, &err));
		assert_false(home_has(s->flow.home, "making"));
		return;
	}
	holds(j, what);
	if (what != REQUESTS)
		return;
	OK(bring(&j->b, &j->a, "XA", "s2", &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		struct docket_request r;

		OK(row_of(&j->a, i, &r, &err));
		assert_string_equal(r.state, "received");
		assert_true(r.receipted_at != 0);
	}
}

static void
acts_that_wait_together_are_kept_together(void **state)
{
	(void)state;
	for (enum what what = REQUESTS; what <= RECEIPTS; what++) {
		struct inbox_name names[ACTS];
		struct take_group g = { 0 };
		struct job j;
		size_t n;

		waiting(&j, what);
		g.flow = &taker(&j, what)->flow;
		OK(gate_new(&g.sealing.gate, &err));
		OK(home_lock(g.flow->home, &err));
		OK(flow_inbox(g.flow, names, ACTS, &n, &err));
		assert_int_equal(n, ACTS);
		for (size_t i = 0; i < ACTS; i++) {
			bool joined;

			OK(take_group_join(&g, names[i].s, "stick", i, &joined, &err));
			assert_true(joined);
			/* The same bytes twice are not two acts. */
			OK(take_group_join(&g, names[i].s, "stick", i, &joined, &err));
			assert_false(joined);
		}
		OK(take_group_flush(&g, &err));
		assert_int_equal(g.n, ACTS);
		take_group_clear(&g);
		gate_free(g.sealing.gate);
		holds(&j, what);
		job_end(&j);
	}
}

/* What this run wrote stands for the journal only while the bytes there are the same. */
static void
a_receipt_is_made_of_the_record_that_the_journal_has(void **state)
{
	struct inbox_name names[ACTS];
	struct take_group g = { 0 };
	struct take_member *m;
	struct act receipt;
	struct job j;
	size_t n;
	bool joined;

	(void)state;
	waiting(&j, REQUESTS);
	g.flow = &j.b.flow;
	OK(gate_new(&g.sealing.gate, &err));
	OK(home_lock(g.flow->home, &err));
	OK(flow_inbox(g.flow, names, ACTS, &n, &err));
	OK(take_group_join(&g, names[0].s, "stick", 0, &joined, &err));
	assert_true(joined);
	OK(take_group_flush(&g, &err));
	m = g.list[0];
	assert_ptr_equal(m->t.received, &m->received);
	for (unsigned same = 0; same < 2; same++) {
		/* First with the digest of those bytes, then with another. */
		m->received.at = m->t.row.at + 100;
		m->t.received_sha256.b[0] ^= (uint8_t)same;
		OK(receipt_seal(&m->t, &err));
		OK(act_open(g.flow, &m->t.receipt.row.act, &receipt, &err));
		assert_int_equal(receipt.body.receipt.received_at,
		    m->t.row.at + (same == 0 ? 100 : 0));
		act_clear(&receipt);
	}
	take_group_clear(&g);
	gate_free(g.sealing.gate);
	job_end(&j);
}

static bool
checkpoint_asked(struct flow *f, uint64_t index, struct checkpoint *out)
{
	struct log *l = NULL;
	struct buf note;
	bool found = false, ok;

	buf_init(&note, NOTE_MAX);
	OK(ledger_log(f, &l, &err));
	ok = kept_checkpoint(f, l, index, &note, out, &found, NULL) && found;
	buf_clear(&note);
	return ok;
}

static void
a_checkpoint_is_read_again_when_the_ledger_moves(void **state)
{
	struct checkpoint first, c;
	char text[300];
	struct flow *f;
	struct job j;
	bool done;

	(void)state;
	waiting(&j, REQUESTS);
	f = &j.a.flow;
	OK(home_lock(f->home, &err));
	OK(ledger_publish(f, &done, &first, text, &err));
	assert_true(done && first.size > 1);
	OK(kept_begin(f, &err));
	assert_true(checkpoint_asked(f, 0, &c));
	assert_int_equal(c.size, first.size);
	/* Gone from the disk: as long as nothing moved, nobody looks. */
	OK(path_remove(j.world, home_dir(f->home), "ledger/checkpoint", &err));
	assert_true(checkpoint_asked(f, first.size - 1, &c));
	assert_memory_equal(c.root.b, first.root.b, sizeof c.root.b);
	assert_false(checkpoint_asked(f, first.size, &c));	/* beyond it */
	assert_false(checkpoint_asked(f, 0, &c));		/* forgotten by that */
	OK(ledger_publish(f, &done, &c, text, &err));
	assert_true(checkpoint_asked(f, 0, &c));
	OK(record_home(f, EVENT_SELF_TEST, "self_test", &err));
	OK(path_remove(j.world, home_dir(f->home), "ledger/checkpoint", &err));
	assert_false(checkpoint_asked(f, 0, &c));		/* there are more leaves */
	OK(ledger_publish(f, &done, &c, text, &err));
	assert_int_equal(c.size, first.size + 1);
	assert_true(checkpoint_asked(f, first.size, &c));
	kept_log_changed(f);
	OK(path_remove(j.world, home_dir(f->home), "ledger/checkpoint", &err));
	assert_false(checkpoint_asked(f, 0, &c));
	kept_end(f);
	job_end(&j);
}

static void
what_was_read_ahead_counts_no_more_when_a_belief_was_dropped(void **state)
{
	struct inbox_name names[ACTS];
	struct take_member *m;
	struct take_ahead a;
	struct flow *f;
	struct job j;
	size_t n;
	bool full;

	(void)state;
	waiting(&j, REQUESTS);
	f = &j.b.flow;
	OK(home_lock(f->home, &err));
	OK(kept_begin(f, &err));
	OK(flow_inbox(f, names, ACTS, &n, &err));
	OK(take_ahead_new(&a, f, &err));
	for (size_t i = 0; i < ACTS; i++)
		OK(take_ahead_add(&a, names[i].s, "stick", i, &full, &err));
	OK(take_ahead_run(&a, NULL, &err));
	m = take_ahead_take(&a, 1);
	assert_non_null(m);
	assert_int_equal(m->t.report.who, WHO_KNOWN);
	take_member_free(m);
	assert_null(take_ahead_take(&a, 1));	/* once */
	assert_true(take_ahead_has(&a, 0));
	kept_drop(f);
	assert_false(take_ahead_has(&a, 0));
	assert_null(take_ahead_take(&a, 0));
	take_ahead_clear(&a);
	kept_end(f);
	job_end(&j);
}

/* Only what is at hand may be asked while the home is in use. */
static void
a_card_that_is_not_at_hand_is_not_looked_for_while_others_are_kept(void **state)
{
	struct inbox_name names[ACTS];
	struct take_group nobody = { 0 };
	struct take_ahead a;
	struct flow *f;
	struct job j;
	size_t n;
	bool full;

	(void)state;
	waiting(&j, REQUESTS);
	f = &j.b.flow;
	OK(home_lock(f->home, &err));
	OK(kept_begin(f, &err));
	OK(flow_inbox(f, names, ACTS, &n, &err));
	OK(take_ahead_new(&a, f, &err));
	OK(take_ahead_add(&a, names[0].s, "stick", 0, &full, &err));
	nobody.flow = f;
	OK(take_ahead_run(&a, &nobody, &err));
	assert_null(take_ahead_take(&a, 0));
	take_ahead_clear(&a);
	kept_end(f);
	job_end(&j);
}

struct told {
	enum taken_as as[2 * ACTS + 1];
	size_t n;
};

static bool
as_told(void *arg, const char *name, const struct taken *t, struct err *err)
{
	struct told *x = arg;

	(void)name;
	(void)err;
	if (x->n < 2 * ACTS + 1)
		x->as[x->n++] = t->as;
	return true;
}

/* One inbox: acts, then that their certificate is revoked, then acts. */
static void
a_revocation_in_the_inbox_counts_for_the_acts_after_it(void **state)
{
	struct told told = { .n = 0 };
	struct bundle_result r;
	struct digest id, der;
	struct act card;
	struct sent sent;
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 906);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	act_init(&card, ACT_CARD);
	OK(own_card(j.a.flow.home, &id, &card, &err));
	OK(digest_of(buf_span(&card.body.card.certificates[0]), &der, &err));
	act_clear(&card);
	for (unsigned i = 0; i < 2 * ACTS; i++) {
		if (i == ACTS)
			OK(flow_revoke(&j.a.flow, REVOKED_CERTIFICATE, &der, NULL, &err));
		world_sim_set_now(j.world, world_now(j.world) + 60);
		OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
		world_sim_set_now(j.world, world_now(j.world) + 60);
	}
	OK(flow_bundle_write(&j.a.flow, "s1", "XB", &r, &err));
	assert_int_equal(r.parcels, 2 * ACTS + 1);
	OK(site_again(&j.b, &err));
	OK(flow_bundle_read(&j.b.flow, "s1", &r, &err));
	OK(flow_take_inbox(&j.b.flow, as_told, &told, &n, &err));
	assert_int_equal(told.n, 2 * ACTS + 1);
	for (size_t i = 0; i <= ACTS; i++)
		assert_int_equal(told.as[i], TAKEN);
	for (size_t i = ACTS + 1; i < told.n; i++)
		assert_int_equal(told.as[i], TAKEN_NOT);
	job_end(&j);
}

static void
a_withdrawal_goes_alone_after_the_request_that_waits_with_it(void **state)
{
	struct docket_request r;
	struct sent sent;
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 905);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
		if (i < ACTS)
			OK(reply_with(&j.a, i, ACT_WITHDRAWN, &sent, &err));
	}
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	for (unsigned i = 1; i <= ACTS; i++) {
		OK(row_of(&j.b, i, &r, &err));
		n = strcmp(r.state, "withdrawn") == 0;
		assert_true(n == 1 || strcmp(r.state, "received") == 0);
	}
	assert_int_equal(names_in(&j, "berun/inbox"), 0);
	assert_int_equal(names_in(&j, "berun/parcels"), 10);
	job_end(&j);
}

/* ---- cut anywhere ---- */

struct group_try {
	struct job j;
	enum what what;
};

static void
group_whole(void *arg)
{
	struct group_try *t = arg;
	size_t n;

	OK(run(&t->j, t->what, &n, &err));
}

/* What failed was told, what was said to be taken in is there; the second try ends it. */
static void
group_again(struct group_try *t, size_t taken, bool ok, const struct err *why)
{
	struct docket_request r;

	assert_true(ok || why->text[0] != '\0');
	nothing_fails(t->j.world);
	site_end(&t->j.a);
	site_end(&t->j.b);
	place_known(t->j.world, 2 * taken + ok);
	OK(site_again(&t->j.a, &err));
	OK(site_again(&t->j.b, &err));
	for (unsigned i = 1; i <= taken; i++) {
		OK(row_of(taker(&t->j, t->what), i, &r, &err));
		assert_string_equal(r.state, "received");
	}
	again(&t->j, t->what);
	job_end(&t->j);
}

static void
group_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct group_try *t = arg;
	size_t taken;
	bool ok;

	power_fails(t->j.world);
	ok = run(&t->j, t->what, &taken, &why);
	site_end(&t->j.a);
	site_end(&t->j.b);
	power_back(t->j.world);
	group_again(t, taken, ok, &why);
}

static void
group_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct group_try *t = arg;
	size_t taken;
	bool ok;

	disk_fails(t->j.world);
	ok = run(&t->j, t->what, &taken, &why);
	group_again(t, 0, ok, &why);
}

static void
group_memory(void *arg)
{
	struct err why = ERR_INIT;
	struct group_try *t = arg;
	size_t taken;
	bool ok;

	memory_fails();
	ok = run(&t->j, t->what, &taken, &why);
	group_again(t, 0, ok, &why);
}

enum fails { DISK, MEMORY, POWER };

static void
groups_try(enum fails fails)
{
	struct places p[] = {
		[DISK] = { .try = group_disk, .ways = DISK_WAYS, .few = 12 },
		[MEMORY] = { .try = group_memory, .ways = MEMORY_WAYS, .few = 12 },
		[POWER] = { .try = group_cut, .ways = POWER_WAYS, .few = 14 },
	};

	for (enum what what = REQUESTS; what <= RECEIPTS; what++) {
		struct group_try t = { .what = what };
		struct places_size size;

		waiting(&t.j, what);
		size = places_size(t.j.world, group_whole, &t);
		p[fails].n = fails == MEMORY ? size.allocations : size.calls +
		    (fails == POWER);
		p[fails].what = what == REQUESTS ? "requests" : "receipts";
		p[fails].arg = &t;
		places_try(&p[fails]);
		job_end(&t.j);
	}
}

/* It is written whole: rot is told, and nothing is taken in beside it. */
static void
a_damaged_note_of_what_was_on_its_way_is_told(void **state)
{
	struct err why = ERR_INIT;
	struct site *s;
	struct job j;
	size_t n;

	(void)state;
	waiting(&j, REQUESTS);
	s = taker(&j, REQUESTS);
	OK(home_save(s->flow.home, TAKING_PATH, span_text("0123 parcels/x\n"), &err));
	assert_false(take_all_in(s, NULL, &n, &why));
	assert_string_equal(why.reason, "taking.damaged");
	OK(path_remove(j.world, home_dir(s->flow.home), TAKING_PATH, &err));
	job_end(&j);
}

static void
a_power_cut_at_any_call_of_a_group_loses_nothing(void **state)
{
	(void)state;
	groups_try(POWER);
}

static void
each_failing_disk_call_of_a_group_is_told_and_the_second_try_ends_the_same(void **state)
{
	(void)state;
	groups_try(DISK);
}

static void
each_failing_allocation_of_a_group_is_told_and_the_second_try_ends_the_same(void **state)
{
	(void)state;
	groups_try(MEMORY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acts_that_wait_together_are_kept_together),
		cmocka_unit_test(a_receipt_is_made_of_the_record_that_the_journal_has),
		cmocka_unit_test(a_checkpoint_is_read_again_when_the_ledger_moves),
		cmocka_unit_test(what_was_read_ahead_counts_no_more_when_a_belief_was_dropped),
		cmocka_unit_test(a_card_that_is_not_at_hand_is_not_looked_for_while_others_are_kept),
		cmocka_unit_test(a_revocation_in_the_inbox_counts_for_the_acts_after_it),
		cmocka_unit_test(a_withdrawal_goes_alone_after_the_request_that_waits_with_it),
		cmocka_unit_test(a_damaged_note_of_what_was_on_its_way_is_told),
		cmocka_unit_test(a_power_cut_at_any_call_of_a_group_loses_nothing),
		cmocka_unit_test(each_failing_disk_call_of_a_group_is_told_and_the_second_try_ends_the_same),
		cmocka_unit_test(each_failing_allocation_of_a_group_is_told_and_the_second_try_ends_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
