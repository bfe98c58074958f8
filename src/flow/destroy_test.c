/* Evidence that ended by two persons opens nowhere again; whoever shared it knows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/apart.h"
#include "flow/destroy.h"
#include "flow/exchange.h"
#include "flow/ledger.h"
#include "flow/people.h"
#include "flow/places_kit.h"
#include "flow/record.h"
#include "flow/testkit.h"
#include "package/package.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s: %s", #call, err.reason, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

static struct job j;

/* ---- an office of three: it received evidence, and sends word ---- */

static void
as(unsigned number)
{
	(void)site_as(&j.b, number);
}

enum { FIRST = 1, APPROVES, ADMINISTERS };

static int
setup(void **state)
{
	(void)state;
	job_begin(&j, 11);
	run_up_to(&j, AFTER_RECEIVE);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	package_report_clear(&j.opened);
	job_end(&j);
	return 0;
}

static bool
destroy(const char *reason, struct destroyed *out, struct err *err)
{
	struct destroy_wish w = { .number = 1, .reason = reason };

	return flow_evidence_destroy(&j.b.flow, &w, out, err);
}

static void
approve(unsigned by)
{
	struct matter_view *all = NULL;
	size_t n;

	as(by);
	OK(flow_matters(&j.b.flow, &all, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(all[0].act, PEOPLE_DESTROY);
	OK(flow_approve(&j.b.flow, &all[0], &err));
	matter_view_clear(&all[0]);
	mem_free(all);
}

/* By two persons, from the home of one to the act in the outbox. */
static void
destroyed_by_two(struct destroyed *out)
{
	site_office(&j.b);
	as(FIRST);
	NO(destroy("retention_ended", out, &err), "people.second");
	approve(APPROVES);
	as(FIRST);
	OK(destroy("retention_ended", out, &err));
	assert_int_equal(out->packages, 1);
	assert_int_equal(out->told_n, 1);
}

static bool
opens(struct site *s, const char *out, struct err *err)
{
	bool ok = flow_evidence_open(&s->flow, 1, SIZE_MAX, out, false, 0, &j.opened, err);

	package_report_clear(&j.opened);
	package_report_init(&j.opened);
	return ok;
}

/* ---- apart ---- */

static struct parcel_path
first_parcel(struct site *s)
{
	struct evidence e;

	OK(evidence_load(s->flow.home, 1, &e, &err));
	return parcel_file(&e.parcels[0]);
}

static void
what_is_kept_has_no_header_and_its_key_is_in_no_backup(void **state)
{
	struct buf parcel, backup;
	struct backup_result made;
	struct parcel_path path;

	(void)state;
	as(0);
	path = first_parcel(&j.b);
	buf_init(&parcel, 64u << 20);
	OK(home_load(j.b.flow.home, path.s, &parcel, &err));
	assert_true(span_starts(buf_span(&parcel), PARCEL_APART));
	assert_null(memmem(parcel.p, parcel.n, "age-encryption.org", 18));
	OK(opens(&j.b, "bag-b", &err));
	as(0);
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "b.age" }, &made, &err));
	assert_int_equal(made.keys, 1);
	buf_init(&backup, 64u << 20);
	site_end(&j.b);
	/* Without the file of keys the home is whole, and nothing opens. */
	OK(path_remove(j.world, NULL, made.keys_path, &err));
	OK(flow_restore(&j.b.flow, &(struct restore_wish){ "b.age", "other", NULL }, &made,
	    &err));
	assert_int_equal(made.keys, 0);
	assert_int_equal(made.keys_away, 1);
	j.b.path = "other";
	as(0);
	OK(flow_ledger_resume(&j.b.flow, &err));
	NO(opens(&j.b, "bag-other", &err), "evidence.key-away");
	/* A home that lacks a living key writes over nobody's file of keys. */
	OK(file_save(j.world, NULL, "kept.keys", span_text("x"), true, &err));
	as(0);
	NO(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "c.age",
	    .keys = "kept.keys" }, &made, &err), "backup.keys-away");
	buf_clear(&backup);
	buf_clear(&parcel);
}

/* ---- two persons ---- */

static void
one_person_destroys_nothing(void **state)
{
	struct destroyed d;

	(void)state;
	as(0);
	NO(destroy("retention_ended", &d, &err), "destroy.second");
	as(0);
	OK(opens(&j.b, "bag", &err));
	as(0);
	NO(destroy("because", &d, &err), "destroy.reason");
	site_office(&j.b);
	as(FIRST);
	NO(destroy("retention_ended", &d, &err), "people.second");
	as(FIRST);
	NO(destroy("retention_ended", &d, &err), "people.second");
}

static void
an_approval_is_for_these_packages_and_this_reason(void **state)
{
	struct destroyed d;

	(void)state;
	site_office(&j.b);
	as(FIRST);
	NO(destroy("retention_ended", &d, &err), "people.second");
	approve(APPROVES);
	as(FIRST);
	NO(destroy("case_closed", &d, &err), "people.second");
	as(FIRST);
	OK(opens(&j.b, "bag", &err));
}

/* The power goes behind the leaf: what it says stands, and the same approval ends it. */
static void
what_the_journal_says_is_destroyed_opens_nowhere(void **state)
{
	struct docket_kept was;
	struct evidence e;
	struct destroyed d;
	int64_t at = 0;

	(void)state;
	site_office(&j.b);
	as(FIRST);
	NO(destroy("retention_ended", &d, &err), "people.second");
	approve(APPROVES);
	OK(docket_keep(&j.b, &was, &err));
	as(FIRST);
	OK(destroy("retention_ended", &d, &err));
	OK(docket_back(&j.b, &was, &err));
	world_sim_set_now(j.world, NOW + 60);
	as(FIRST);
	OK(records_caught_up(&j.b.flow, &err));
	OK(evidence_load(j.b.flow.home, 1, &e, &err) &&
	    flow_destroyed_at(&j.b.flow, &e.parcels[0], &at, &err));
	assert_int_equal(at, NOW);
	as(FIRST);
	NO(opens(&j.b, "bag", &err), "evidence.destroyed");
}

static void
what_waits_in_the_outbox_is_not_destroyed(void **state)
{
	struct destroy_wish w = { .number = 1, .reason = "returned" };
	struct destroyed d;

	(void)state;
	OK(site_again(&j.a, &err));
	NO(flow_evidence_destroy(&j.a.flow, &w, &d, &err), "destroy.outbox");
}

static void
what_two_destroyed_opens_no_more_and_the_other_side_knows(void **state)
{
	struct notice_told told[4];
	struct parcel_path path;
	struct destroyed d;
	struct taken last;
	size_t n;

	(void)state;
	as(0);
	path = first_parcel(&j.b);
	destroyed_by_two(&d);
	assert_false(home_has(j.b.flow.home, path.s));
	as(FIRST);
	NO(opens(&j.b, "bag", &err), "evidence.destroyed");
	as(FIRST);
	OK(flow_evidence_notices(&j.b.flow, 1, told, 4, &n, &err));
	assert_int_equal(n, 1);
	assert_true(told[0].ours);
	/* Nothing is done twice. */
	as(FIRST);
	OK(destroy("retention_ended", &d, &err));
	assert_int_equal(d.packages, 0);
	assert_int_equal(d.told_n, 1);
	/* The sender takes it in, with its receipts. */
	as(FIRST);
	OK(flow_bundle_write(&j.b.flow, "word", "XA", &(struct bundle_result){ 0 }, &err));
	OK(site_again(&j.a, &err));
	OK(flow_bundle_read(&j.a.flow, "word", &(struct bundle_result){ 0 }, &err));
	OK(take_all_in(&j.a, &last, &n, &err));
	OK(site_again(&j.a, &err));
	OK(flow_evidence_notices(&j.a.flow, 1, told, 4, &n, &err));
	assert_int_equal(n, 1);
	assert_false(told[0].ours);
	assert_false(told[0].lost);
	assert_non_null(strstr(told[0].text, "retention_ended"));
	assert_non_null(strstr(told[0].text, "sticks"));
}

static void
a_copy_on_a_stick_does_not_bring_it_back(void **state)
{
	struct destroyed d;
	struct bundle_result b;
	struct taken last;
	struct parcel_path path;
	size_t n;

	(void)state;
	as(0);
	path = first_parcel(&j.b);
	destroyed_by_two(&d);
	OK(site_again(&j.a, &err));
	OK(flow_bundle_write(&j.a.flow, "again", "XB", &b, &err));
	as(FIRST);
	OK(flow_bundle_read(&j.b.flow, "again", &b, &err));
	as(FIRST);
	OK(take_all_in(&j.b, &last, &n, &err));
	assert_string_equal(last.reason, "take.destroyed");
	as(FIRST);
	assert_false(home_has(j.b.flow.home, path.s));
	NO(opens(&j.b, "bag", &err), "evidence.destroyed");
}

static void
the_docket_made_anew_knows_what_was_destroyed(void **state)
{
	struct destroyed d;
	struct rebuilt made;

	(void)state;
	destroyed_by_two(&d);
	as(FIRST);
	OK(flow_rebuild(&j.b.flow, &made, &err));
	as(FIRST);
	NO(opens(&j.b, "bag", &err), "evidence.destroyed");
}

static void
a_loss_is_told_once(void **state)
{
	struct ledger_check *c = calloc(1, sizeof *c);
	struct notice_told told[4];
	struct parcel_path path;
	struct taken last;
	size_t n;

	(void)state;
	assert_non_null(c);
	as(0);
	path = first_parcel(&j.b);
	OK(path_remove(j.world, home_dir(j.b.flow.home), path.s, &err));
	for (unsigned i = 0; i < 2; i++) {
		as(0);
		OK(flow_ledger_check(&j.b.flow, true, c, &err));
	}
	free(c);
	as(0);
	OK(flow_evidence_notices(&j.b.flow, 1, told, 4, &n, &err));
	assert_int_equal(n, 1);
	assert_true(told[0].ours && told[0].lost);
	OK(flow_bundle_write(&j.b.flow, "word", "XA", &(struct bundle_result){ 0 }, &err));
	OK(site_again(&j.a, &err));
	OK(flow_bundle_read(&j.a.flow, "word", &(struct bundle_result){ 0 }, &err));
	OK(take_all_in(&j.a, &last, &n, &err));
	OK(site_again(&j.a, &err));
	OK(flow_evidence_notices(&j.a.flow, 1, told, 4, &n, &err));
	assert_int_equal(n, 1);
	assert_true(!told[0].ours && told[0].lost);
}

/* Whatever stopped it: it opens, or it is destroyed; and the command given again ends it. */
static void
destroyed_in_the_end(void)
{
	struct err why = ERR_INIT;
	struct destroyed d;

	site_end(&j.a);
	site_end(&j.b);
	place_known(j.world, 0);
	as(FIRST);
	if (!opens(&j.b, "bag-between", &why) &&
	    strcmp(why.reason, "evidence.destroyed") != 0)
		fail_msg("%s: %s", why.reason, why.text);
	as(FIRST);
	OK(destroy("retention_ended", &d, &err));
	assert_int_equal(d.told_n, 1);
	as(FIRST);
	NO(opens(&j.b, "bag", &err), "evidence.destroyed");
}

static void
destroy_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct destroyed d;

	(void)arg;
	as(FIRST);
	power_fails(j.world);
	(void)!destroy("retention_ended", &d, &why);
	power_back(j.world);
	destroyed_in_the_end();
}

static void
destroy_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct destroyed d;

	(void)arg;
	as(FIRST);
	disk_fails(j.world);
	(void)!destroy("retention_ended", &d, &why);
	nothing_fails(j.world);
	destroyed_in_the_end();
}

static void
destroy_memory(void *arg)
{
	struct err why = ERR_INIT;
	struct destroyed d;

	(void)arg;
	as(FIRST);
	memory_fails();
	(void)!destroy("retention_ended", &d, &why);
	nothing_fails(j.world);
	destroyed_in_the_end();
}

static void
destroy_work(void *arg)
{
	struct destroyed d;

	(void)arg;
	as(FIRST);
	OK(destroy("retention_ended", &d, &err));
}

static void
wherever_destroying_fails_it_opens_or_is_destroyed(void **state)
{
	struct places p[] = {
		{ .what = "destroying, a cut", .ways = POWER_WAYS, .few = 16,
		    .try = destroy_cut },
		{ .what = "destroying, a disk error", .ways = DISK_WAYS, .few = 16,
		    .try = destroy_disk },
		{ .what = "destroying, no memory", .ways = MEMORY_WAYS, .few = 16,
		    .try = destroy_memory },
	};
	struct places_size size;
	struct destroyed d;

	(void)state;
	site_office(&j.b);
	as(FIRST);
	NO(destroy("retention_ended", &d, &err), "people.second");
	approve(APPROVES);
	as(FIRST);
	size = places_size(j.world, destroy_work, NULL);
	for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
		p[i].n = p[i].ways == MEMORY_WAYS ? size.allocations : size.calls;
		places_try(&p[i]);
	}
}

/* ---- old backups ---- */

static void
an_old_backup_does_not_open_what_was_destroyed_since(void **state)
{
	struct backup_result made;
	struct destroyed d;

	(void)state;
	site_office(&j.b);
	as(ADMINISTERS);
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "old.age" }, &made, &err));
	as(FIRST);
	NO(destroy("retention_ended", &d, &err), "people.second");
	approve(APPROVES);
	as(FIRST);
	OK(destroy("retention_ended", &d, &err));
	/* The newest file of keys has it no more. */
	as(ADMINISTERS);
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .keys = made.keys_path,
	    .keys_only = true }, &made, &err));
	assert_int_equal(made.keys, 0);
	site_end(&j.b);
	j.b.flow.as = ADMINISTERS;
	OK(flow_restore(&j.b.flow, &(struct restore_wish){ "old.age", "back", NULL }, &made,
	    &err));
	assert_int_equal(made.keys_away, 1);
	j.b.path = "back";
	as(FIRST);
	OK(flow_ledger_resume(&j.b.flow, &err));
	NO(opens(&j.b, "bag", &err), "evidence.key-away");
}

/* Old backup, old file of keys: the peer that was told tells it back before all else. */
static void
a_peer_tells_a_restored_home_what_was_destroyed(void **state)
{
	struct backup_result made;
	struct destroyed d;
	struct bundle_result b;
	struct taken last;
	size_t n;

	(void)state;
	site_office(&j.b);
	OK(site_again(&j.a, &err));
	OK(flow_bundle_write_ledger(&j.a.flow, "before", "XB", &b, &err));
	as(ADMINISTERS);
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "old.age" }, &made, &err));
	as(FIRST);
	NO(destroy("retention_ended", &d, &err), "people.second");
	approve(APPROVES);
	as(FIRST);
	OK(destroy("retention_ended", &d, &err));
	as(FIRST);
	OK(flow_bundle_write(&j.b.flow, "word", "XA", &b, &err));
	OK(site_again(&j.a, &err));
	OK(flow_bundle_read(&j.a.flow, "word", &b, &err));
	OK(take_all_in(&j.a, &last, &n, &err));

	site_end(&j.b);
	j.b.flow.as = ADMINISTERS;
	OK(flow_restore(&j.b.flow, &(struct restore_wish){ "old.age", "back", NULL }, &made,
	    &err));
	assert_int_equal(made.keys, 1);
	assert_int_equal(made.keys_away, 0);
	j.b.path = "back";
	as(FIRST);
	NO(opens(&j.b, "bag", &err), "evidence.recovering");
	/* An old stick of that peer knows of nothing destroyed: that is no answer. */
	as(FIRST);
	OK(flow_bundle_read(&j.b.flow, "before", &b, &err));
	NO(opens(&j.b, "bag", &err), "evidence.recovering");
	/* What the peer knew before it heard of the restore is not enough. */
	OK(site_again(&j.a, &err));
	OK(flow_bundle_write_ledger(&j.a.flow, "first", "XB", &b, &err));
	as(FIRST);
	OK(flow_bundle_read(&j.b.flow, "first", &b, &err));
	NO(opens(&j.b, "bag", &err), "evidence.recovering");
	as(FIRST);
	OK(flow_bundle_write_ledger(&j.b.flow, "asks", "XA", &b, &err));
	OK(site_again(&j.a, &err));
	OK(flow_bundle_read(&j.a.flow, "asks", &b, &err));
	OK(site_again(&j.a, &err));
	OK(flow_bundle_write_ledger(&j.a.flow, "tells", "XB", &b, &err));
	as(FIRST);
	OK(flow_bundle_read(&j.b.flow, "tells", &b, &err));
	assert_non_null(strstr(b.ledger_text, "again now"));
	as(FIRST);
	NO(opens(&j.b, "bag", &err), "evidence.destroyed");
}

static void
a_restored_home_that_was_frozen_before_its_peers_answered_opens_nothing(void **state)
{
	struct backup_result made;
	struct err why = ERR_INIT;

	(void)state;
	site_office(&j.b);
	as(ADMINISTERS);
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "old.age" }, &made, &err));
	site_end(&j.b);
	j.b.flow.as = ADMINISTERS;
	OK(flow_restore(&j.b.flow, &(struct restore_wish){ "old.age", "back", NULL }, &made,
	    &err));
	j.b.path = "back";
	as(FIRST);
	OK(recovery_freeze(&j.b.flow, "ledger.split", &err));
	assert_false(opens(&j.b, "bag", &why));
	assert_string_equal(why.reason, "evidence.recovering");
	assert_non_null(strstr(why.text, "ledger succeed"));
	as(FIRST);
	OK(flow_ledger_succeed(&j.b.flow, "split", NULL, &err));
	OK(opens(&j.b, "bag", &err));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_kept_has_no_header_and_its_key_is_in_no_backup),
		T(one_person_destroys_nothing),
		T(an_approval_is_for_these_packages_and_this_reason),
		T(what_the_journal_says_is_destroyed_opens_nowhere),
		T(what_waits_in_the_outbox_is_not_destroyed),
		T(what_two_destroyed_opens_no_more_and_the_other_side_knows),
		T(a_copy_on_a_stick_does_not_bring_it_back),
		T(the_docket_made_anew_knows_what_was_destroyed),
		T(a_loss_is_told_once),
		T(wherever_destroying_fails_it_opens_or_is_destroyed),
		T(an_old_backup_does_not_open_what_was_destroyed_since),
		T(a_peer_tells_a_restored_home_what_was_destroyed),
		T(a_restored_home_that_was_frozen_before_its_peers_answered_opens_nothing),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
