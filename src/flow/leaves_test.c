/*
 * The note of the leaves: read instead of a long journal, and believed only when it is the
 * one that this journal names.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/guards.h"
#include "flow/leaves_inside.h"
#include "flow/places_kit.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NOTE "aldora/" LEAVES_PATH
#define JOURNAL "aldora/" JOURNAL_PATH
#define BESIDE "aldora/journal/" DISK_TEMPORARY_PREFIX "leaves"

/* ---- a long journal, quickly ---- */

/* One of 13 kB, that no decision rests on. */
static void
long_record(struct flow *f, struct buf *out)
{
	struct record r;

	record_begin(f, &r, EVENT_MADE);
	for (; r.files_n < RECORD_FILES_MAX; r.files_n++)
		(void)snprintf(r.files[r.files_n].path, sizeof r.files[0].path, "%079zu",
		    r.files_n);
	OK(record_encode(&r, out, &err));
}

static void
journal_grow(struct site *s, uint64_t by)
{
	struct span list[32];
	struct buf one;
	struct log *l;
	uint64_t index, end;

	buf_init(&one, RECORD_MAX);
	long_record(&s->flow, &one);
	for (size_t i = 0; i < 32; i++)
		list[i] = buf_span(&one);
	OK(ledger_log(&s->flow, &l, &err));
	end = journal_end(log_journal(l)) + by;
	while (journal_end(log_journal(l)) <= end)
		OK(log_append(l, list, 32, &index, &err));
	buf_clear(&one);
}

/* How careful this home is with XB, by a record. */
static void
level_set(struct site *s, const char *level)
{
	struct record r;

	record_begin(&s->flow, &r, EVENT_DECIDED);
	record_decided(&r, RISK_RULE, level);
	guard_stance_reason(RISK_RULE, "XB", "all", r.reason);
	OK(record_alone(&s->flow, &r, 0, &err));
}

static void
level_is(struct site *s, const char *level)
{
	struct leaf_value is;

	OK(leaves_stance(&s->flow, RISK_RULE, "XB", "all", &is, &err));
	assert_string_equal(is.s, level);
}

/* By the next command: what it says, and whether from the note. */
static void
next_says(struct site *s, const char *level, bool noted)
{
	OK(site_again(s, &err));
	level_is(s, level);
	assert_int_equal(s->flow.leaves->noted > 0, noted);
}

static bool
publishes(struct site *s, struct err *err)
{
	struct buf note;
	bool ok;

	buf_init(&note, NOTE_MAX);
	ok = flow_ledger_checkpoint(&s->flow, &note, err);
	buf_clear(&note);
	return ok;
}

static void
file_get(struct job *j, const char *path, struct buf *out)
{
	buf_init(out, LEAVES_NOTE_MAX);
	OK(file_load(j->world, NULL, path, out, &err));
}

static void
file_put(struct job *j, const char *path, const struct buf *b)
{
	OK(file_save(j->world, NULL, path, buf_span(b), true, &err));
}

/* A home with a level, much behind it, and no note yet. */
static void
long_home(struct job *j, uint64_t seed)
{
	job_begin(j, seed);
	OK(step_init_a(j, &err) && site_again(&j->a, &err));
	level_set(&j->a, "blocked");
	journal_grow(&j->a, LEAVES_STEP);
}

static void
noted_home(struct job *j, uint64_t seed)
{
	long_home(j, seed);
	OK(publishes(&j->a, &err));
	next_says(&j->a, "blocked", true);
}

/* ---- written, and read ---- */

static void
what_lies_before_the_note_is_not_read_again(void **state)
{
	struct job j;
	struct file *f = NULL;

	(void)state;
	long_home(&j, 401);
	next_says(&j.a, "blocked", false);
	OK(publishes(&j.a, &err));
	next_says(&j.a, "blocked", true);
	level_set(&j.a, "careful");
	next_says(&j.a, "careful", true);
	/* The lengths of the journal's beginning are not even looked at. */
	OK(file_open(j.world, NULL, JOURNAL, FILE_UPDATE, &f, &err) &&
	    file_write_at(f, span_of("\377", 1), JOURNAL_FIRST, &err));
	file_close(f);
	next_says(&j.a, "careful", true);
	job_end(&j);
}

static void
the_next_note_goes_on_from_the_one_before(void **state)
{
	struct job j;
	uint64_t first;

	(void)state;
	noted_home(&j, 402);
	first = j.a.flow.leaves->noted;
	level_set(&j.a, "careful");
	journal_grow(&j.a, LEAVES_STEP);
	OK(publishes(&j.a, &err));
	assert_true(j.a.flow.leaves->noted > first + LEAVES_STEP);
	next_says(&j.a, "careful", true);
	assert_true(j.a.flow.leaves->noted > first + LEAVES_STEP);
	job_end(&j);
}

static void
a_note_is_written_when_more_than_a_step_lies_behind_the_last(void **state)
{
	struct leaves *l;
	struct job j;
	uint64_t end;

	(void)state;
	long_home(&j, 403);
	level_is(&j.a, "blocked");
	l = j.a.flow.leaves;
	end = l->read.at;
	l->tried = end - LEAVES_STEP;
	OK(leaves_note(&j.a.flow, &err));
	assert_false(path_exists(j.world, NULL, NOTE));
	l->tried = end - LEAVES_STEP - 1;
	OK(leaves_note(&j.a.flow, &err));
	assert_true(path_exists(j.world, NULL, NOTE));
	assert_int_equal(l->noted, end);
	job_end(&j);
}

/* The longest leaf there is, and one shorter by `less`. */
static void
leaf_of_bytes(struct leaves *l, size_t less)
{
	struct leaf x = { .what = LEAF_GUARD };

	memset(x.reason, 'r', sizeof x.reason - 1 - less);
	OK(leaf_keep(l, &x, &err));
}

static void
a_note_has_a_greatest_length(void **state)
{
	struct leaves l = { .read.at = 1 };
	struct err why = ERR_INIT;
	size_t one, left;
	struct buf b;

	(void)state;
	buf_init(&b, LEAVES_NOTE_MAX);
	OK(leaves_note_bytes(&l, &b, &err));
	left = LEAVES_NOTE_MAX - b.n;
	leaf_of_bytes(&l, 0);
	buf_reset(&b);
	OK(leaves_note_bytes(&l, &b, &err));
	one = b.n - (LEAVES_NOTE_MAX - left);
	left -= one;
	/* The last two share what is left. */
	for (; left >= 3 * one; left -= one)
		leaf_of_bytes(&l, 0);
	leaf_of_bytes(&l, (3 * one - left) / 3);
	leaf_of_bytes(&l, (3 * one - left) / 3);
	leaf_of_bytes(&l, 3 * one - left - 2 * ((3 * one - left) / 3));
	buf_reset(&b);
	OK(leaves_note_bytes(&l, &b, &err));
	assert_int_equal(b.n, LEAVES_NOTE_MAX);
	l.of[LEAF_GUARD].list[0].rule[0] = 'x';
	buf_reset(&b);
	assert_false(leaves_note_bytes(&l, &b, &why));
	assert_string_equal(why.reason, "buf.limit");
	buf_clear(&b);
	leaves_empty(&l);
}

/* ---- not believed ---- */

static void
a_note_that_was_changed_is_not_believed(void **state)
{
	struct buf note;
	struct job j;

	(void)state;
	noted_home(&j, 404);
	file_get(&j, NOTE, &note);
	for (size_t i = 0; i < note.n; i += 1 + note.n / 12) {
		note.p[i] ^= 1;
		file_put(&j, NOTE, &note);
		next_says(&j.a, "blocked", false);
		note.p[i] ^= 1;
	}
	for (size_t n = 0; n < note.n; n += 1 + note.n / 6) {
		struct buf cut = { .p = note.p, .n = n };

		file_put(&j, NOTE, &cut);
		next_says(&j.a, "blocked", false);
	}
	file_put(&j, NOTE, &note);
	next_says(&j.a, "blocked", true);
	buf_clear(&note);
	job_end(&j);
}

/* Of the right form and place, without what somebody wants to be forgotten. */
static void
note_forge(struct job *j)
{
	struct leaves *l;
	struct buf b;
	struct log *log;

	OK(ledger_log(&j->a.flow, &log, &err) && leaves_read(&j->a.flow, &err));
	buf_init(&b, LEAVES_NOTE_MAX);
	l = j->a.flow.leaves;
	assert_int_equal(l->read.at, journal_end(log_journal(log)));
	l->of[LEAF_GUARD].n = 0;
	OK(leaves_note_bytes(l, &b, &err));
	file_put(j, NOTE, &b);
	buf_clear(&b);
}

static void
a_note_that_no_record_names_is_not_believed(void **state)
{
	struct job j;

	(void)state;
	long_home(&j, 405);
	note_forge(&j);
	next_says(&j.a, "blocked", false);
	/* in place of one that is named */
	OK(publishes(&j.a, &err));
	next_says(&j.a, "blocked", true);
	note_forge(&j);
	next_says(&j.a, "blocked", false);
	OK(publishes(&j.a, &err));
	next_says(&j.a, "blocked", true);
	job_end(&j);
}

static void
an_older_note_put_back_hides_nothing_that_came_after_it(void **state)
{
	struct buf old;
	struct job j;

	(void)state;
	job_begin(&j, 406);
	OK(step_init_a(&j, &err) && site_again(&j.a, &err));
	journal_grow(&j.a, LEAVES_STEP);
	OK(publishes(&j.a, &err));
	file_get(&j, NOTE, &old);
	level_set(&j.a, "blocked");
	journal_grow(&j.a, LEAVES_STEP);
	OK(publishes(&j.a, &err));
	next_says(&j.a, "blocked", true);
	file_put(&j, NOTE, &old);
	next_says(&j.a, "blocked", true);
	OK(path_clear(j.world, NULL, NOTE, &err));
	next_says(&j.a, "blocked", false);
	buf_clear(&old);
	job_end(&j);
}

static void
a_note_of_another_home_is_not_believed(void **state)
{
	struct buf note;
	struct job j;

	(void)state;
	long_home(&j, 407);
	OK(step_init_b(&j, &err) && site_again(&j.b, &err));
	journal_grow(&j.b, LEAVES_STEP);
	OK(publishes(&j.b, &err));
	file_get(&j, "berun/" LEAVES_PATH, &note);
	file_put(&j, NOTE, &note);
	next_says(&j.a, "blocked", false);
	buf_clear(&note);
	job_end(&j);
}

/* As a recovery leaves it that wrote the journal anew from a place before the note's. */
static void
a_note_of_a_journal_that_goes_another_way_is_not_believed(void **state)
{
	struct file *f = NULL;
	struct job j;
	uint64_t at;

	(void)state;
	noted_home(&j, 408);
	at = j.a.flow.leaves->noted;
	site_end(&j.a);
	OK(file_open(j.world, NULL, JOURNAL, FILE_UPDATE, &f, &err) &&
	    file_write_at(f, span_of("\0\0\0", 3), at - 3, &err));
	file_close(f);
	/* The record behind it builds on that chain: nothing of it holds. */
	site_begin(&j.a, j.world, "aldora");
	{
		struct err why = ERR_INIT;
		struct leaf_value is;

		assert_false(flow_open(&j.a.flow, "aldora", &why) &&
		    leaves_stance(&j.a.flow, RISK_RULE, "XB", "all", &is, &why));
		assert_string_equal(why.reason, "journal.damaged");
	}
	job_end(&j);
}

static void
a_successor_reads_the_same_note(void **state)
{
	struct job j;

	(void)state;
	noted_home(&j, 409);
	OK(flow_ledger_succeed(&j.a.flow, "key", NULL, &err));
	next_says(&j.a, "blocked", true);
	job_end(&j);
}

static void
a_length_damaged_before_the_tree_is_told_as_damage(void **state)
{
	struct err why = ERR_INIT;
	struct leaf_value is;
	struct file *f = NULL;
	struct job j;

	(void)state;
	long_home(&j, 410);
	OK(publishes(&j.a, &err));
	OK(path_clear(j.world, NULL, NOTE, &err));
	OK(file_open(j.world, NULL, JOURNAL, FILE_UPDATE, &f, &err) &&
	    file_write_at(f, span_of("\377", 1), JOURNAL_FIRST, &err));
	file_close(f);
	OK(site_again(&j.a, &err));
	assert_false(leaves_stance(&j.a.flow, RISK_RULE, "XB", "all", &is, &why));
	assert_string_equal(why.reason, "journal.damaged");
	job_end(&j);
}

/* ---- checked ---- */

static bool
check_tells(struct site *s)
{
	struct ledger_check *c = calloc(1, sizeof *c);
	bool told = false;

	OK(site_again(s, &err) && flow_ledger_check(&s->flow, false, c, &err));
	for (size_t i = 0; i < c->n; i++)
		told = told || (c->list[i].bad && strcmp(c->list[i].what, LEAVES_PATH) == 0);
	free(c);
	return told;
}

/* Whoever has the lock can add a record: it stays, and the check tells what it is for. */
static void
the_check_of_the_ledger_tells_a_note_that_was_written_by_hand(void **state)
{
	struct record r;
	struct buf b;
	struct job j;

	(void)state;
	noted_home(&j, 411);
	assert_false(check_tells(&j.a));
	note_forge(&j);
	file_get(&j, NOTE, &b);
	OK(site_again(&j.a, &err));
	record_begin(&j.a.flow, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, LEAVES_REASON);
	(void)snprintf(r.files[0].path, sizeof r.files[0].path, LEAVES_PATH);
	r.files[0].bytes = b.n;
	OK(digest_of(buf_span(&b), &r.files[0].sha256, &err));
	r.files_n = 1;
	OK(record_alone(&j.a.flow, &r, 0, &err));
	assert_true(check_tells(&j.a));
	OK(path_clear(j.world, NULL, NOTE, &err));
	assert_false(check_tells(&j.a));
	next_says(&j.a, "blocked", false);
	buf_clear(&b);
	job_end(&j);
}

/* ---- failing ---- */

static void
a_note_that_cannot_be_written_fails_no_command(void **state)
{
	uint64_t size;
	struct log *l;
	struct job j;

	(void)state;
	long_home(&j, 412);
	OK(ledger_log(&j.a.flow, &l, &err));
	size = log_size(l);
	OK(dir_make(j.world, NULL, BESIDE, &err));
	OK(publishes(&j.a, &err) && ledger_log(&j.a.flow, &l, &err));
	assert_int_equal(log_size(l), size);
	next_says(&j.a, "blocked", false);
	job_end(&j);
}

static struct job failing;

static void
publish_again(void)
{
	OK(site_again(&failing.a, &err));
	level_is(&failing.a, "blocked");
	OK(publishes(&failing.a, &err));
	next_says(&failing.a, "blocked", true);
	assert_false(check_tells(&failing.a));
}

static void
note_cut(void *arg)
{
	struct err why = ERR_INIT;
	bool said;

	(void)arg;
	power_fails(failing.world);
	said = publishes(&failing.a, &why);
	site_end(&failing.a);
	power_back(failing.world);
	place_known(failing.world, said);
	site_begin(&failing.a, failing.world, "aldora");
	OK(flow_open(&failing.a.flow, "aldora", &err));
	publish_again();
}

static void
note_disk(void *arg)
{
	struct err why = ERR_INIT;

	(void)arg;
	disk_fails(failing.world);
	(void)!publishes(&failing.a, &why);
	nothing_fails(failing.world);
	publish_again();
}

static void
note_memory(void *arg)
{
	struct err why = ERR_INIT;

	(void)arg;
	memory_fails();
	(void)!publishes(&failing.a, &why);
	nothing_fails(failing.world);
	publish_again();
}

static void
note_work(void *arg)
{
	(void)arg;
	OK(publishes(&failing.a, &err));
}

static void
wherever_writing_it_fails_the_next_command_reads_right(void **state)
{
	struct places p[] = {
		{ .what = "the note, a cut", .ways = POWER_WAYS, .few = 6, .try = note_cut },
		{ .what = "the note, a disk error", .ways = DISK_WAYS, .few = 6,
		    .try = note_disk },
		{ .what = "the note, no memory", .ways = MEMORY_WAYS, .few = 6,
		    .try = note_memory },
	};
	struct places_size size;

	(void)state;
	long_home(&failing, 413);
	size = places_size(failing.world, note_work, NULL);
	for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
		p[i].n = p[i].ways == MEMORY_WAYS ? size.allocations : size.calls;
		places_try(&p[i]);
	}
	job_end(&failing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lies_before_the_note_is_not_read_again),
		cmocka_unit_test(the_next_note_goes_on_from_the_one_before),
		cmocka_unit_test(a_note_is_written_when_more_than_a_step_lies_behind_the_last),
		cmocka_unit_test(a_note_has_a_greatest_length),
		cmocka_unit_test(a_note_that_was_changed_is_not_believed),
		cmocka_unit_test(a_note_that_no_record_names_is_not_believed),
		cmocka_unit_test(an_older_note_put_back_hides_nothing_that_came_after_it),
		cmocka_unit_test(a_note_of_another_home_is_not_believed),
		cmocka_unit_test(a_note_of_a_journal_that_goes_another_way_is_not_believed),
		cmocka_unit_test(a_successor_reads_the_same_note),
		cmocka_unit_test(a_length_damaged_before_the_tree_is_told_as_damage),
		cmocka_unit_test(the_check_of_the_ledger_tells_a_note_that_was_written_by_hand),
		cmocka_unit_test(a_note_that_cannot_be_written_fails_no_command),
		cmocka_unit_test(wherever_writing_it_fails_the_next_command_reads_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
