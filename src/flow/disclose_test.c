/*
 * Some files for somebody: what is of Article 14 is restricted before anybody decided, marks
 * have a limit and outlive backup and rebuild, and nothing is shown by one person alone.
 * What the folder proves is tested in package/disclose_test.c and tests/scenario/disclose.sh.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/disclose.h"
#include "flow/ledger.h"
#include "flow/marks.h"
#include "flow/people.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	assert_string_equal(err.reason, why); } while (0)

static struct job j;

/* Aldora's evidence is at Berun: 0001, three entries. */
static int
setup(void **state)
{
	*state = &j;
	job_begin(&j, 77);
	run_up_to(&j, AFTER_RECEIVE);
	return 0;
}

static bool
shown(struct site *s, const char *name, const char *out, struct disclosure *d,
    size_t *packaged, struct err *err)
{
	struct disclose_wish w = { .evidence = 1, .parcel = SIZE_MAX,
		.names = { .list = &name, .n = 1 }, .out = out, .why = WHY_DEFENCE,
		.ground = WITHHELD_NOT_ASKED };
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = flow_evidence_disclose(&s->flow, &w, d, packaged, &report, err);
	package_report_clear(&report);
	return ok;
}

static bool
restricted(struct site *s, enum restrict_how how, const char *name, struct err *err)
{
	struct disclose_names names = { .list = &name, .n = name != NULL };
	uint64_t lines;

	return flow_evidence_restrict(&s->flow, 1, how, &names, &lines, err);
}

/* ---- what is restricted ---- */

/* Berun answers a request about an offence of that article. */
static void
answered(const char *article)
{
	struct field_setting more = { "facts_and_offence.articles", article };
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, &more, 1, &sent, &err));
	OK(bring(&j.a, &j.b, "XB", "ask", &err));
	OK(add(&j.b, &e, &err));
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent,
	    &err)));
	OK(bring(&j.b, &j.a, "XA", "yes", &err));
}

static bool
opened(const char *out, struct err *err)
{
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = flow_evidence_open(&j.a.flow, 1, SIZE_MAX, out, false, 0, &report, err);
	package_report_clear(&report);
	return ok;
}

static bool
exported(const char *out, struct err *err)
{
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = flow_evidence_export(&j.a.flow, 1, SIZE_MAX, out, false, &report, err);
	package_report_clear(&report);
	return ok;
}

/* Neither by itself nor as part of its thread; two look at it. */
static void
looked_at_and_not_copied(void)
{
	struct request_exported done;
	struct err why = ERR_INIT;

	assert_false(SECONDED(&j.a, &why, exported("court", &why)));
	assert_string_equal(why.reason, "restrict.copied");
	assert_non_null(strstr(why.text, "comity evidence inspect 1"));
	assert_false(path_exists(j.world, NULL, "court"));
	OK(flow_request_export(&j.a.flow, 1, "thread", &done, &err));
	assert_int_equal(done.restricted, 1);
	for (unsigned i = 1; i <= done.acts + 1; i++) {
		char bag[40];

		(void)snprintf(bag, sizeof bag, "thread/%02u-delivered-in", i);
		assert_false(path_exists(j.world, NULL, bag));
	}
	NO(opened("bag", &err), "people.second");
	assert_false(path_exists(j.world, NULL, "bag"));
	OK(SECONDED(&j.a, &err, opened("bag", &err)));
	NO(opened("again", &err), "people.second");
}

/* Somebody writes in the docket, beside this program. */
static void
row_changed(struct site *s, const struct digest *package, unsigned evidence, bool other)
{
	struct docket *d = NULL;
	struct docket_act row;
	bool found = false;

	OK(home_lock(s->flow.home, &err));
	OK(home_docket(s->flow.home, &d, &err));
	OK(docket_begin(d, &err));
	OK(docket_act_package(d, package, &row, &found, &err));
	assert_true(found);
	row.evidence = evidence;
	row.other = other;
	OK(docket_act_put(d, &row, &err));
	OK(docket_commit(d, &err));
	home_docket_done(s->flow.home);
	OK(site_again(s, &err));
}

static struct digest
package_of(struct site *s, unsigned evidence)
{
	struct evidence *e = calloc(1, sizeof *e);
	struct digest d;

	assert_non_null(e);
	OK(evidence_load(s->flow.home, evidence, e, &err));
	assert_true(e->parcels_n == 1);
	d = e->parcels[0].package_id;
	free(e);
	return d;
}

static void
what_answers_a_request_about_article_14_is_restricted_until_a_person_decides(void **state)
{
	struct digest package;
	struct defence_result whole;
	struct disclosure d;

	(void)state;
	job_begin(&j, 78);
	run_up_to(&j, AFTER_PAIR);
	answered("14");
	NO(SECONDED(&j.a, &err,
	    shown(&j.a, "zero", "out", &d, NULL, &err)), "disclose.restricted");
	assert_false(path_exists(j.world, NULL, "out"));
	OK(SECONDED(&j.a, &err,
	    flow_evidence_defence(&j.a.flow, 1, SIZE_MAX, "for-them", &whole, &err)));
	assert_false(whole.whole);
	assert_int_equal(whole.shown, 0);
	assert_int_equal(whole.restricted, whole.lines);
	assert_false(path_exists(j.world, NULL, "for-them/received"));
	assert_false(path_exists(j.world, NULL, "for-them/disclosure"));
	looked_at_and_not_copied();
	NO(restricted(&j.a, RESTRICT_NONE, NULL, &err), "people.second");
	/* What the docket says of its packages lowers nothing. */
	package = package_of(&j.a, 1);
	row_changed(&j.a, &package, 1, true);
	NO(restricted(&j.a, RESTRICT_NONE, NULL, &err), "people.second");
	row_changed(&j.a, &package, 1, false);
	OK(SECONDED(&j.a, &err, restricted(&j.a, RESTRICT_NONE, NULL, &err)));
	OK(exported("court", &err));
	OK(SECONDED(&j.a, &err, shown(&j.a, "zero", "out", &d, NULL, &err)));
	assert_int_equal(d.shown, 1);
	job_end(&j);
}

/* A row that names no evidence, or one that has no such package, hands nothing out. */
static void
a_thread_goes_without_what_is_restricted_whatever_number_its_row_has(void **state)
{
	struct request_exported done;
	struct digest package;

	(void)state;
	job_begin(&j, 80);
	run_up_to(&j, AFTER_PAIR);
	answered("14");
	package = package_of(&j.a, 1);
	row_changed(&j.a, &package, 0, false);
	NO(flow_request_export(&j.a.flow, 1, "thread", &done, &err), "docket.damaged");
	row_changed(&j.a, &package, 1, false);
	OK(flow_request_export(&j.a.flow, 1, "thread", &done, &err));
	assert_int_equal(done.restricted, 1);
	job_end(&j);
}

static void
what_answers_another_request_is_not(void **state)
{
	struct disclosure d;

	(void)state;
	job_begin(&j, 79);
	run_up_to(&j, AFTER_PAIR);
	answered("13");
	OK(SECONDED(&j.a, &err, shown(&j.a, "zero", "out", &d, NULL, &err)));
	job_end(&j);
}

/* What is kept of the limit is read again. */
static void
files_are_marked_one_by_one_up_to_a_limit(void **state)
{
	struct marks m = { 0 }, again;
	struct digest leaf;

	(void)state;
	memset(&leaf, 0, sizeof leaf);
	for (uint32_t i = 0; i < MARKS_MAX; i++) {
		memcpy(leaf.b, &i, sizeof i);
		OK(marks_add(&m, &leaf, &err));
	}
	NO(marks_add(&m, &leaf, &err), "restrict.many");
	assert_int_equal(m.lines_n, MARKS_MAX);
	OK(marks_save(&j.b.flow, 1, &m, &err));
	OK(marks_load(&j.b.flow, 1, &again, &err));
	assert_int_equal(again.lines_n, MARKS_MAX);
	assert_true(marks_has(&again, &leaf));
	marks_clear(&m);
	marks_clear(&again);
}

static void
marks_that_were_changed_in_the_home_free_nothing(void **state)
{
	struct dir *home = home_dir(j.b.flow.home);
	const char *path = "evidence/0001/restricted";
	struct marks m;
	struct buf was;

	(void)state;
	OK(restricted(&j.b, RESTRICT_ALL, NULL, &err));
	OK(marks_load(&j.b.flow, 1, &m, &err));
	assert_true(m.all && !m.differ);
	marks_clear(&m);
	buf_init(&was, 1 << 20);
	OK(home_load(j.b.flow.home, path, &was, &err));
	/* Taken away; and another put there. */
	OK(path_remove(j.world, home, path, &err));
	OK(marks_load(&j.b.flow, 1, &m, &err));
	assert_true(m.all && m.decided && m.differ);
	marks_clear(&m);
	OK(home_save(j.b.flow.home, path, span_text("comity.restricted/1\n"), &err));
	OK(marks_load(&j.b.flow, 1, &m, &err));
	assert_true(m.all && m.differ);
	marks_clear(&m);
	/* The same once more is what the ledger says: one person mends it. */
	OK(restricted(&j.b, RESTRICT_ALL, NULL, &err));
	OK(marks_load(&j.b.flow, 1, &m, &err));
	assert_true(m.all && !m.differ);
	marks_clear(&m);
	/* Of a piece that nobody decided about, a list that no record names. */
	OK(dir_make(j.world, home, "evidence/0002", &err));
	OK(home_save(j.b.flow.home, "evidence/0002/restricted", buf_span(&was), &err));
	OK(marks_load(&j.b.flow, 2, &m, &err));
	assert_true(m.all && m.differ);
	marks_clear(&m);
	buf_clear(&was);
}

static void
a_disk_that_does_not_answer_restricts_and_frees_nothing(void **state)
{
	struct marks is, m;
	uint64_t before = world_sim_calls(j.world), calls;
	struct err why = ERR_INIT;

	(void)state;
	OK(marks_load(&j.b.flow, 1, &is, &err));
	calls = world_sim_calls(j.world) - before;
	assert_true(calls > 2);
	for (uint64_t n = 1; n <= calls; n++) {
		world_sim_fail(j.world, SIM_FAULT_IO, n, false);
		if (marks_load(&j.b.flow, 1, &m, &why)) {
			assert_true(m.all == is.all && m.differ == is.differ &&
			    m.decided == is.decided && m.lines_n == is.lines_n);
			marks_clear(&m);
		} else {
			assert_int_equal(why.kind, ERR_IO);
		}
		world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
	}
	marks_clear(&is);
}

enum in_its_place { A_FOLDER, NO_LIST, TOO_LONG, IN_ITS_PLACE };

static void
put_in_its_place(enum in_its_place what, const char *path)
{
	struct dir *home = home_dir(j.b.flow.home);
	char *much;

	if (home_has(j.b.flow.home, path))
		OK(path_remove(j.world, home, path, &err));
	if (what == A_FOLDER) {
		OK(dir_make(j.world, home, path, &err));
		OK(dir_make(j.world, home, "evidence/0001/restricted/more", &err));
	} else if (what == NO_LIST) {
		OK(home_save(j.b.flow.home, path,
		    span_text("comity.restricted/1\nact 12\n"), &err));
	} else {
		much = calloc(1, SMALL_FILE_MAX + 1);
		assert_non_null(much);
		OK(home_save(j.b.flow.home, path, span_of(much, SMALL_FILE_MAX + 1), &err));
		free(much);
	}
}

static void
what_is_no_list_restricts_all_and_is_decided_again(void **state)
{
	const char *path = "evidence/0001/restricted";
	struct marks m;

	(void)state;
	/* Decided once already, and not yet. */
	for (int decided = 0; decided < 2; decided++)
		for (int i = 0; i < IN_ITS_PLACE; i++) {
			put_in_its_place((enum in_its_place)i, path);
			OK(marks_load(&j.b.flow, 1, &m, &err));
			assert_true(m.all && m.differ && m.decided && m.acts_n == 0);
			marks_clear(&m);
			if (decided == 0 && i + 1 < IN_ITS_PLACE) {
				if (i == A_FOLDER)
					OK(dir_remove_all(j.world,
					    home_dir(j.b.flow.home), path, &err));
				continue;
			}
			OK(restricted(&j.b, RESTRICT_ALL, NULL, &err));
			OK(marks_load(&j.b.flow, 1, &m, &err));
			assert_true(m.all && !m.differ);
			marks_clear(&m);
		}
}

/* ---- who writes in the docket, or beside it ---- */

static bool
copied(const char *out, unsigned evidence, struct err *err)
{
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = flow_evidence_export(&j.b.flow, evidence, SIZE_MAX, out, false, &report, err);
	package_report_clear(&report);
	return ok;
}

static void
what_is_restricted_follows_the_act_and_not_its_number_in_the_docket(void **state)
{
	const char *path = "evidence/0001/restricted";
	struct disclose_names none = { .n = 0 };
	struct evidence second;
	struct digest package;
	uint64_t lines;

	(void)state;
	OK(restricted(&j.b, RESTRICT_ALL, NULL, &err));
	package = package_of(&j.b, 1);
	OK(add(&j.b, &second, &err));
	assert_int_equal(second.number, 2);
	row_changed(&j.b, &package, 2, false);
	NO(copied("one", 2, &err), "restrict.copied");
	NO(flow_evidence_restrict(&j.b.flow, 2, RESTRICT_NONE, &none, &lines, &err),
	    "people.nobody");
	/* Its list is replaced by one that is right, and names this act still. */
	OK(restricted(&j.b, RESTRICT_ALL, NULL, &err));
	NO(copied("two", 2, &err), "restrict.copied");
	/* Or it is taken away. */
	OK(path_remove(j.world, home_dir(j.b.flow.home), path, &err));
	NO(copied("three", 2, &err), "restrict.copied");
	NO(flow_evidence_restrict(&j.b.flow, 2, RESTRICT_NONE, &none, &lines, &err),
	    "people.nobody");
	/* Nor does it help that one person decides about the number it had. */
	OK(restricted(&j.b, RESTRICT_ALL, NULL, &err));
	NO(copied("three", 2, &err), "restrict.copied");
	NO(flow_evidence_restrict(&j.b.flow, 2, RESTRICT_NONE, &none, &lines, &err),
	    "people.nobody");
	assert_false(path_exists(j.world, NULL, "one"));
	/* As it was, it is mended by one and lifted by two. */
	row_changed(&j.b, &package, 1, false);
	OK(restricted(&j.b, RESTRICT_ALL, NULL, &err));
	OK(SECONDED(&j.b, &err, restricted(&j.b, RESTRICT_NONE, NULL, &err)));
	OK(copied("four", 1, &err));
}

static bool
sealed_second(struct err *err)
{
	struct seal_wish w = { .number = 2, .to = "XA", .purpose = "case 12" };
	struct sealed *out = mem_new(sizeof *out, NULL);
	bool ok;

	assert_non_null(out);
	ok = flow_evidence_seal(&j.b.flow, &w, out, err);
	mem_free(out);
	return ok;
}

static void
what_was_restricted_before_it_was_sealed_stays_so_under_another_number(void **state)
{
	struct disclose_names none = { .n = 0 };
	struct evidence e;
	struct digest package;
	uint64_t lines;

	(void)state;
	OK(add(&j.b, &e, &err));
	OK(flow_evidence_restrict(&j.b.flow, 2, RESTRICT_ALL, &none, &lines, &err));
	OK(SECONDED(&j.b, &err, sealed_second(&err)));
	package = package_of(&j.b, 2);
	OK(add(&j.b, &e, &err));
	row_changed(&j.b, &package, e.number, false);
	NO(copied("one", e.number, &err), "restrict.copied");
	OK(path_remove(j.world, home_dir(j.b.flow.home), "evidence/0002/restricted", &err));
	NO(copied("one", e.number, &err), "restrict.copied");
	row_changed(&j.b, &package, 2, false);
	OK(flow_evidence_restrict(&j.b.flow, 2, RESTRICT_ALL, &none, &lines, &err));
	NO(copied("one", 2, &err), "restrict.copied");
	OK(SECONDED(&j.b, &err, flow_evidence_restrict(&j.b.flow, 2, RESTRICT_NONE, &none,
	    &lines, &err)));
	OK(copied("one", 2, &err));
}

/* Whose list, note and number it is under is what the docket and the disk say. */
static void
a_list_goes_with_what_was_collected_when_folders_change_their_names(void **state)
{
	struct disclose_names none = { .n = 0 };
	struct dir *home;
	struct evidence e;
	struct seal_wish w = { .number = 3, .to = "XA", .purpose = "case 12" };
	struct sealed *out = mem_new(sizeof *out, NULL);
	uint64_t lines;

	(void)state;
	assert_non_null(out);
	OK(add(&j.b, &e, &err));
	OK(flow_evidence_restrict(&j.b.flow, 2, RESTRICT_ALL, &none, &lines, &err));
	OK(add(&j.b, &e, &err));
	assert_int_equal(e.number, 3);
	home = home_dir(j.b.flow.home);
	OK(path_rename(j.world, home, "evidence/0003", home, "evidence/0009", false, &err));
	OK(path_rename(j.world, home, "evidence/0002", home, "evidence/0003", false, &err));
	OK(path_rename(j.world, home, "evidence/0009", home, "evidence/0002", false, &err));
	OK(path_rename(j.world, home, "evidence/0003/restricted", home,
	    "evidence/0002/restricted", false, &err));
	OK(site_again(&j.b, &err));
	OK(SECONDED(&j.b, &err, flow_evidence_seal(&j.b.flow, &w, out, &err)));
	mem_free(out);
	NO(copied("one", 3, &err), "restrict.copied");
}

/* Its request lies here no more, or another one lies in its place. */
static void
what_was_asked_is_the_request_that_the_evidence_names(void **state)
{
	struct docket_request first, second;
	struct docket *d = NULL;
	struct buf b, was;
	struct sent sent;

	(void)state;
	job_begin(&j, 80);
	run_up_to(&j, AFTER_PAIR);
	answered("14");
	OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, NULL, 0, &sent, &err));
	OK(home_docket(j.a.flow.home, &d, &err));
	OK(docket_request_get(d, 1, &first, &err));
	OK(docket_request_get(d, 2, &second, &err));
	home_docket_done(j.a.flow.home);
	NO(exported("court", &err), "restrict.copied");
	buf_init(&b, 1u << 20);
	buf_init(&was, 1u << 20);
	OK(home_load(j.a.flow.home, parcel_path(&first.act).s, &was, &err));
	OK(home_load(j.a.flow.home, parcel_path(&second.act).s, &b, &err));
	OK(home_save(j.a.flow.home, parcel_path(&first.act).s, buf_span(&b), &err));
	NO(exported("court", &err), "use.unread");
	OK(path_remove(j.world, home_dir(j.a.flow.home), parcel_path(&first.act).s, &err));
	OK(docket_by_hand(&j.a, "UPDATE acts SET request = NULL WHERE evidence = 1", &err));
	NO(exported("court", &err), "restrict.copied");
	NO(restricted(&j.a, RESTRICT_NONE, NULL, &err), "people.second");
	assert_false(path_exists(j.world, NULL, "court"));
	/* Back again, it counts. */
	OK(home_save(j.a.flow.home, parcel_path(&first.act).s, buf_span(&was), &err));
	NO(exported("court", &err), "restrict.copied");
	buf_clear(&b);
	buf_clear(&was);
	job_end(&j);
}

/* It recorded that something was decided, and not what. */
static void
under_a_record_of_an_earlier_version_a_list_only_restricts(void **state)
{
	struct digest act = { .b = { 1 } }, leaf = { .b = { 2 } };
	struct marks m = { 0 };
	struct record r;

	(void)state;
	record_begin(&j.b.flow, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, "evidence.restricted");
	OK(record_alone(&j.b.flow, &r, 0, &err));
	OK(marks_looked(&m, &act, &err));
	OK(marks_add(&m, &leaf, &err));
	OK(marks_save(&j.b.flow, 1, &m, &err));
	marks_clear(&m);
	OK(marks_load(&j.b.flow, 1, &m, &err));
	assert_true(!m.decided && !m.differ && !m.all);
	assert_true(m.acts_n == 0 && marks_has(&m, &leaf));
	m.all = true;
	OK(marks_save(&j.b.flow, 1, &m, &err));
	marks_clear(&m);
	OK(marks_load(&j.b.flow, 1, &m, &err));
	assert_true(m.decided && m.all);
	marks_clear(&m);
}

static void
a_name_at_the_source_comes_before_a_path_in_the_package(void **state)
{
	struct disclosure d;
	size_t packaged = 9;

	(void)state;
	OK(SECONDED(&j.b, &err, shown(&j.b, "sub", "one", &d, &packaged, &err)));
	assert_int_equal(packaged, 0);
	assert_int_equal(d.shown, 1);
	OK(SECONDED(&j.b, &err, shown(&j.b, "data", "two", &d, &packaged, &err)));
	assert_int_equal(packaged, 1);
	assert_true(d.shown > 1);
	/* Before anybody is asked to approve it. */
	NO(shown(&j.b, "data/there/is/none", "three", &d, &packaged, &err), "disclose.absent");
	NO(shown(&j.b, "none", "three", &d, &packaged, &err), "disclose.absent");
	assert_false(path_exists(j.world, NULL, "three"));
}

/* ---- marks and inspections are part of the home ---- */

static void
kept_the_same(const char *home, const char *name, struct buf *was)
{
	struct buf is;
	char path[200];

	(void)snprintf(path, sizeof path, "%s/evidence/0001/%s", home, name);
	buf_init(&is, 1u << 20);
	OK(file_load(j.world, NULL, path, &is, &err));
	if (was->n == 0)
		OK(buf_add(was, buf_span(&is), &err));
	assert_true(is.n > 10 && span_eq(buf_span(&is), buf_span(was)));
	buf_clear(&is);
}

static void
marks_and_inspections_outlive_a_backup_and_a_rebuild(void **state)
{
	struct inspect_wish look = { .evidence = 1, .parcel = SIZE_MAX,
		.by = "Advocate Muster", .where = "Room 4", .control = "Unit 4", .at = NOW };
	struct backup_result backup;
	struct buf marks, seen;
	struct rebuilt rebuilt;
	struct disclosure d;
	struct digest sha256;
	struct site back;
	unsigned number;

	(void)state;
	buf_init(&marks, 1u << 20);
	buf_init(&seen, 1u << 20);
	OK(restricted(&j.b, RESTRICT_FILES, "zero", &err));
	OK(flow_evidence_inspect(&j.b.flow, &look, &number, &sha256, &err));
	assert_int_equal(number, 1);
	kept_the_same("berun", "restricted", &marks);
	kept_the_same("berun", "inspection-1.age", &seen);
	OK(flow_rebuild(&j.b.flow, &rebuilt, &err));
	OK(site_again(&j.b, &err));
	kept_the_same("berun", "restricted", &marks);
	kept_the_same("berun", "inspection-1.age", &seen);
	NO(SECONDED(&j.b, &err,
	    shown(&j.b, "zero", "out", &d, NULL, &err)), "disclose.restricted");
	OK(site_again(&j.b, &err));
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "backup.age" }, &backup,
	    &err));
	site_end(&j.b);
	site_begin(&back, j.world, "back");
	OK(flow_restore(&back.flow, &(struct restore_wish){ "backup.age", "back", NULL },
	    &backup, &err));
	kept_the_same("back", "restricted", &marks);
	kept_the_same("back", "inspection-1.age", &seen);
	site_end(&back);
	buf_clear(&marks);
	buf_clear(&seen);
}

/* ---- two persons ---- */

static void
as(unsigned number)
{
	(void)site_as(&j.b, number);
}

/* Whatever waits is approved by the second person; how many. */
static size_t
approved_all(void)
{
	struct matter_view *list;
	size_t n;

	as(2);
	OK(flow_matters(&j.b.flow, &list, &n, &err));
	for (size_t i = 0; i < n; i++) {
		if (list[i].act == PEOPLE_DELIVER)
			OK(flow_approve(&j.b.flow, &list[i], &err));
		matter_view_clear(&list[i]);
	}
	mem_free(list);
	as(1);
	return n;
}

static void
nothing_is_shown_by_one_person_alone(void **state)
{
	struct defence_result whole;
	struct disclosure d;

	(void)state;
	site_office(&j.b);
	as(1);
	NO(shown(&j.b, "zero", "out", &d, NULL, &err), "people.second");
	assert_false(path_exists(j.world, NULL, "out"));
	assert_int_equal(approved_all(), 1);
	/* Other files, or what is restricted meanwhile, are another matter. */
	NO(shown(&j.b, "sub", "out", &d, NULL, &err), "people.second");
	as(1);
	OK(restricted(&j.b, RESTRICT_FILES, "sub", &err));
	as(1);
	NO(shown(&j.b, "zero", "out", &d, NULL, &err), "people.second");
	(void)approved_all();
	OK(shown(&j.b, "zero", "out", &d, NULL, &err));
	assert_int_equal(d.shown, 1);
	/* And what was approved is shown once. */
	as(1);
	NO(shown(&j.b, "zero", "out2", &d, NULL, &err), "people.second");
	as(1);
	NO(flow_evidence_defence(&j.b.flow, 1, SIZE_MAX, "all", &whole, &err),
	    "people.second");
	(void)approved_all();
	OK(flow_evidence_defence(&j.b.flow, 1, SIZE_MAX, "all", &whole, &err));
	assert_int_equal(whole.restricted, 1);
	/* Who approves hands nothing over. */
	as(2);
	NO(shown(&j.b, "zero", "out3", &d, NULL, &err), "people.role");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, job_over)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_answers_a_request_about_article_14_is_restricted_until_a_person_decides),
		cmocka_unit_test(
		    a_thread_goes_without_what_is_restricted_whatever_number_its_row_has),
		cmocka_unit_test(what_answers_another_request_is_not),
		TEST(files_are_marked_one_by_one_up_to_a_limit),
		TEST(marks_that_were_changed_in_the_home_free_nothing),
		TEST(a_disk_that_does_not_answer_restricts_and_frees_nothing),
		TEST(what_is_no_list_restricts_all_and_is_decided_again),
		TEST(what_is_restricted_follows_the_act_and_not_its_number_in_the_docket),
		TEST(what_was_restricted_before_it_was_sealed_stays_so_under_another_number),
		TEST(a_list_goes_with_what_was_collected_when_folders_change_their_names),
		cmocka_unit_test(what_was_asked_is_the_request_that_the_evidence_names),
		TEST(under_a_record_of_an_earlier_version_a_list_only_restricts),
		TEST(a_name_at_the_source_comes_before_a_path_in_the_package),
		TEST(marks_and_inspections_outlive_a_backup_and_a_rebuild),
		TEST(nothing_is_shown_by_one_person_alone),
	};

	return cmocka_run_group_tests_name("disclose", tests, NULL, NULL);
}
