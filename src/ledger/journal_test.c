/*
 * What the journal promised is there after any loss of power, and what was altered is
 * told.  All in simulated worlds; the real disk in one test.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/digest.h"
#include "ledger/journal.h"
#include "ledger/journal_internal.h"

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

#define FAILS(call, want_kind, want_reason) do { \
	last = (struct err)ERR_INIT; \
	assert_false(call); \
	if (strcmp(last.reason, want_reason) != 0 || last.kind != want_kind) \
		fail_msg("%s: wanted %s, got %s: %s", #call, want_reason, \
		    last.reason, last.text); \
} while (0)

/* ---- a node: a world, its home, its journal ---- */

struct node {
	struct world *w;
	struct dir *home;
	struct journal *j;
};

static bool
node_open(struct node *n)
{
	return dir_open(n->w, NULL, "/", &n->home, &last) &&
	    journal_open(n->w, n->home, &n->j, &last);
}

static void
node_close(struct node *n)
{
	journal_close(n->j);
	dir_close(n->home);
	n->j = NULL;
	n->home = NULL;
}

static struct node
node_new(uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = 1795000000 };
	struct node n = { NULL, NULL, NULL };

	OK(world_sim(&n.w, opt, &last));
	return n;
}

static void
node_free(struct node *n)
{
	node_close(n);
	world_free(n->w);
}

/* The text of record i: of many lengths, some longer than a sector. */
#define TEXT_MAX 3000
struct text {
	char s[TEXT_MAX];
	size_t n;
};

static struct text
text_of(unsigned i)
{
	static const size_t lengths[] = { 1, 40, 700, 1500, 443, 2800, 90 };
	struct text t;

	t.n = lengths[i % 7];
	memset(t.s, 'a' + (int)(i % 26), t.n);
	if (t.n >= 40)
		(void)snprintf(t.s, 20, "{\"n\":%u,\"x\":\"", i);
	for (size_t k = 0; k < t.n; k++)
		if (t.s[k] == '\0')
			t.s[k] = 'x';
	return t;
}

static bool
append(struct node *n, unsigned from, size_t count, uint64_t *first)
{
	struct text *texts = calloc(count, sizeof *texts);
	struct span *spans = calloc(count, sizeof *spans);
	bool ok;

	assert_true(texts != NULL && spans != NULL);
	for (size_t i = 0; i < count; i++) {
		texts[i] = text_of(from + (unsigned)i);
		spans[i] = span_of(texts[i].s, texts[i].n);
	}
	ok = journal_append(n->j, spans, count, first, &last);
	free(texts);
	free(spans);
	return ok;
}

static void
add(struct node *n, unsigned from, size_t count)
{
	uint64_t first = 0, before = journal_count(n->j);

	OK(append(n, from, count, &first));
	assert_int_equal(first, before);
	assert_int_equal(journal_count(n->j), before + count);
}

/* ---- what is there ---- */

#define SEEN_MAX 64
struct seen {
	size_t n;
	unsigned text[SEEN_MAX];	/* number of its text */
	uint64_t at[SEEN_MAX];
	uint8_t salt[SEEN_MAX][RECORD_SALT];
	unsigned texts;			/* that are looked for */
	size_t stop;			/* after so many; 0 never */
};

static bool
see(void *arg, const struct journal_entry *e, struct err *err)
{
	struct seen *s = arg;
	unsigned i;

	assert_true(s->n < SEEN_MAX);
	for (i = 0; i < s->texts; i++) {
		struct text t = text_of(i);

		if (span_eq(e->record, span_of(t.s, t.n)))
			break;
	}
	assert_true(i < s->texts);
	s->text[s->n] = i;
	s->at[s->n] = e->at;
	memcpy(s->salt[s->n], e->salt, RECORD_SALT);
	s->n++;
	return s->stop != s->n ||
	    err_set(err, ERR_STOPPED, "test.enough", "enough");
}

static struct seen
look(struct node *n, unsigned texts)
{
	struct seen s = { .texts = texts };

	OK(journal_each(n->j, 0, see, &s, &last));
	assert_int_equal(s.n, journal_count(n->j));
	return s;
}

/* ---- the plain way ---- */

static void
a_new_journal_is_empty_and_on_the_disk(void **state)
{
	struct node n = node_new(1);
	struct buf b;
	struct digest zero = { { 0 } }, chain;

	(void)state;
	OK(node_open(&n));
	assert_int_equal(journal_count(n.j), 0);
	assert_int_equal(journal_end(n.j), 16);
	chain = journal_chain(n.j);
	assert_true(digest_eq(&chain, &zero));
	(void)look(&n, 0);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	buf_init(&b, 100);
	OK(file_load(n.w, NULL, "journal/records", &b, &last));
	assert_true(span_is(buf_span(&b), "comity-journal/1"));
	buf_clear(&b);
	assert_false(path_exists(n.w, NULL, "journal/new"));
	journal_close(NULL);
	node_free(&n);
}

static void
what_was_added_is_there_in_order_and_after_a_power_cut(void **state)
{
	struct node n = node_new(2);
	struct seen before, after;
	struct digest chain, again;
	uint64_t end;

	(void)state;
	OK(node_open(&n));
	add(&n, 0, 1);
	add(&n, 1, 5);
	add(&n, 6, 1);
	before = look(&n, 7);
	end = journal_end(n.j);
	chain = journal_chain(n.j);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	after = look(&n, 7);
	assert_int_equal(after.n, 7);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(after.text[i], i);
	assert_memory_equal(&before, &after, sizeof before);
	assert_int_equal(journal_end(n.j), end);
	again = journal_chain(n.j);
	assert_true(digest_eq(&chain, &again));
	for (unsigned i = 0; i < 7; i++)
		for (unsigned k = 0; k < i; k++)
			assert_memory_not_equal(after.salt[i], after.salt[k], 32);
	node_free(&n);
}

static void
the_file_is_as_the_format_says(void **state)
{
	struct node n = node_new(3);
	uint8_t before[32 + 4 + 1 + 32] = { 0 };
	struct digest chain, end;
	struct buf b;

	(void)state;
	OK(node_open(&n));
	add(&n, 0, 2);				/* 1 byte and 40 bytes */
	buf_init(&b, 1000);
	OK(file_load(n.w, NULL, JOURNAL_PATH, &b, &last));
	assert_int_equal(b.n, 16 + 69 + 108);
	assert_memory_equal(b.p + 16, "\0\0\0\1a", 5);
	memcpy(before + 32, b.p + 16, 37);
	OK(digest_of(span_of(before, sizeof before), &chain, &last));
	assert_memory_equal(chain.b, b.p + 16 + 37, 32);
	/* The second entry with the chain before it lies there as it is hashed. */
	assert_memory_equal(b.p + 85, "\0\0\0\50", 4);
	OK(digest_of(span_of(b.p + 53, 32 + 4 + 40 + 32), &chain, &last));
	assert_memory_equal(chain.b, b.p + 161, 32);
	end = journal_chain(n.j);
	assert_true(digest_eq(&chain, &end));
	buf_clear(&b);
	node_free(&n);
}

static bool
number_is(void *arg, const struct journal_entry *e, struct err *err)
{
	uint64_t *want = arg;

	(void)err;
	assert_int_equal(e->number, *want);
	++*want;
	return true;
}

static void
reading_goes_on_from_any_entry_and_knows_its_number(void **state)
{
	struct node n = node_new(4);
	struct seen all, part;
	uint64_t number;

	(void)state;
	OK(node_open(&n));
	add(&n, 0, 9);
	all = look(&n, 9);
	for (size_t i = 0; i < 9; i++) {
		part = (struct seen){ .texts = 9 };
		OK(journal_each(n.j, all.at[i], see, &part, &last));
		assert_int_equal(part.n, 9 - i);
		assert_int_equal(part.text[0], i);
		number = i;
		OK(journal_each(n.j, all.at[i], number_is, &number, &last));
		assert_int_equal(number, 9);
	}
	part = (struct seen){ .texts = 9 };
	OK(journal_each(n.j, journal_end(n.j), see, &part, &last));
	assert_int_equal(part.n, 0);
	part = (struct seen){ .texts = 9, .stop = 3 };
	FAILS(journal_each(n.j, 0, see, &part, &last), ERR_STOPPED, "test.enough");
	assert_int_equal(part.n, 3);
	FAILS(journal_each(n.j, 15, see, &part, &last), ERR_ABSENT,
	    "journal.absent");
	FAILS(journal_each(n.j, journal_end(n.j) + 1, see, &part, &last), ERR_ABSENT,
	    "journal.absent");
	FAILS(journal_each(n.j, all.at[1] + 1, see, &part, &last), ERR_UNPROVEN,
	    "journal.damaged");
	node_free(&n);
}

static void
one_entry_is_read_by_its_offset(void **state)
{
	struct node n = node_new(5);
	uint8_t salt[RECORD_SALT] = { 0 };
	struct seen all;
	struct buf b;

	(void)state;
	OK(node_open(&n));
	add(&n, 0, 3);
	all = look(&n, 3);
	buf_init(&b, RECORD_MAX);
	for (unsigned i = 0; i < 3; i++) {
		struct text t = text_of(i);

		buf_reset(&b);
		OK(buf_add_text(&b, "+", &last));
		OK(journal_read(n.j, all.at[i], &b, salt, &last));
		assert_int_equal(b.n, t.n + 1);
		assert_memory_equal(b.p + 1, t.s, t.n);
		assert_memory_equal(salt, all.salt[i], 32);
	}
	FAILS(journal_read(n.j, 0, &b, salt, &last), ERR_ABSENT, "journal.absent");
	FAILS(journal_read(n.j, journal_end(n.j), &b, salt, &last), ERR_ABSENT,
	    "journal.absent");
	FAILS(journal_read(n.j, UINT64_MAX, &b, salt, &last), ERR_ABSENT,
	    "journal.absent");
	for (uint64_t at = 17; at < 16 + 69; at++)
		FAILS(journal_read(n.j, at, &b, salt, &last), ERR_ABSENT,
		    "journal.absent");
	FAILS(journal_read(n.j, all.at[1] + 1, &b, salt, &last), ERR_UNPROVEN,
	    "journal.damaged");
	buf_clear(&b);
	buf_init(&b, 3);
	FAILS(journal_read(n.j, all.at[2], &b, salt, &last), ERR_LIMIT, "buf.limit");
	buf_clear(&b);
	node_free(&n);
}

struct growing {
	struct node *n;
	size_t seen;
};

static bool
add_another(void *arg, const struct journal_entry *e, struct err *err)
{
	struct growing *g = arg;
	uint64_t first;

	(void)err;
	g->seen++;
	if (g->seen < 10)
		OK(append(g->n, 1, 1, &first));
	assert_true(e->record.n == 1 || e->record.n == 40);
	return true;
}

static void
reading_ends_where_it_ended_when_it_began(void **state)
{
	struct node n = node_new(6);
	struct growing g = { &n, 0 };

	(void)state;
	OK(node_open(&n));
	add(&n, 0, 2);
	OK(journal_each(n.j, 0, add_another, &g, &last));
	assert_int_equal(g.seen, 2);
	assert_int_equal(journal_count(n.j), 4);
	node_free(&n);
}

static void
one_process_writes(void **state)
{
	struct node n = node_new(7);
	struct journal *other = NULL;

	(void)state;
	OK(node_open(&n));
	FAILS(journal_open(n.w, n.home, &other, &last), ERR_CONFLICT, "disk.locked");
	journal_close(n.j);
	n.j = NULL;
	OK(journal_open(n.w, n.home, &n.j, &last));
	node_free(&n);
}

/* ---- limits ---- */

static void
records_and_groups_have_their_limits(void **state)
{
	struct node n = node_new(8);
	static char big[RECORD_MAX + 1];
	struct span *many = calloc(JOURNAL_GROUP_MAX + 1, sizeof *many);
	struct span one;
	uint64_t first = 99;

	(void)state;
	assert_non_null(many);
	memset(big, '~', sizeof big);
	OK(node_open(&n));
	FAILS(journal_append(n.j, &one, 0, &first, &last), ERR_USE, "journal.group");
	one = span_of(big, 0);
	FAILS(journal_append(n.j, &one, 1, &first, &last), ERR_LIMIT, "journal.size");
	one = span_of(big, RECORD_MAX + 1);
	FAILS(journal_append(n.j, &one, 1, &first, &last), ERR_LIMIT, "journal.size");
	for (size_t i = 0; i <= JOURNAL_GROUP_MAX; i++)
		many[i] = span_text("x");
	FAILS(journal_append(n.j, many, JOURNAL_GROUP_MAX + 1, &first, &last),
	    ERR_LIMIT, "journal.group");
	many[5] = span_text("a\tb");
	FAILS(journal_append(n.j, many, 6, &first, &last), ERR_INPUT,
	    "journal.ascii");
	many[5] = span_text("a\x7F");
	FAILS(journal_append(n.j, many, 6, &first, &last), ERR_INPUT,
	    "journal.ascii");
	assert_int_equal(first, 99);
	assert_int_equal(journal_end(n.j), 16);
	/* What is at the limit goes, and comes back at the next open. */
	one = span_of(big, RECORD_MAX);
	many[5] = span_text("x");
	OK(journal_append(n.j, &one, 1, &first, &last));
	OK(journal_append(n.j, many, JOURNAL_GROUP_MAX, &first, &last));
	OK(journal_append(n.j, &one, 1, &first, &last));
	assert_int_equal(first, 1 + JOURNAL_GROUP_MAX);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(journal_count(n.j), JOURNAL_GROUP_MAX + 2);
	first = 0;
	OK(journal_each(n.j, 0, number_is, &first, &last));
	assert_int_equal(first, JOURNAL_GROUP_MAX + 2);
	free(many);
	node_free(&n);
}

/* ---- torn or damaged ---- */

/* A journal of `count` entries as bytes, and where each begins. */
static void
bytes_of(struct buf *b, unsigned count, struct seen *entries)
{
	struct node n = node_new(9);

	OK(node_open(&n));
	for (unsigned i = 0; i < count; i++)
		add(&n, i, 1);
	*entries = look(&n, count);
	buf_init(b, 1 << 20);
	OK(file_load(n.w, NULL, JOURNAL_PATH, b, &last));
	entries->at[count] = b->n;
	node_free(&n);
}

/* Opens a journal of these bytes: its count, or -1 and where it is damaged. */
static int
opened(struct span bytes, unsigned texts, uint64_t *damaged)
{
	struct node n = node_new(10);
	unsigned long long at = 0;
	const char *byte;
	int count = -1;

	OK(dir_make(n.w, NULL, "journal", &last));
	OK(file_save(n.w, NULL, JOURNAL_PATH, bytes, true, &last));
	last = (struct err)ERR_INIT;
	if (node_open(&n)) {
		struct seen s = look(&n, texts);

		count = (int)s.n;
		for (size_t i = 0; i < s.n; i++)
			assert_int_equal(s.text[i], i);
		/* What was dropped is gone for good, and adding goes on. */
		add(&n, 0, 1);
		OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
		node_close(&n);
		OK(node_open(&n));
		assert_int_equal(look(&n, texts).n, s.n + 1);
	} else {
		assert_string_equal(last.reason, "journal.damaged");
		assert_int_equal(last.kind, ERR_UNPROVEN);
		byte = strstr(last.text, "at byte ");
		assert_non_null(byte);
		assert_int_equal(sscanf(byte, "at byte %llu", &at), 1);
		*damaged = at;
		/* Nothing was touched. */
		struct buf b;

		buf_init(&b, 1 << 20);
		OK(file_load(n.w, NULL, JOURNAL_PATH, &b, &last));
		assert_true(span_eq(buf_span(&b), bytes));
		buf_clear(&b);
	}
	node_free(&n);
	return count;
}

static void
a_journal_cut_anywhere_keeps_its_whole_entries(void **state)
{
	struct seen e;
	uint64_t at = 1;
	struct buf b;

	(void)state;
	bytes_of(&b, 4, &e);
	for (size_t n = 0; n <= b.n; n += n < 200 || n + 90 > b.n ? 1 : 13) {
		int want = n < 16 ? -1 : 0;

		while (want >= 0 && want < 4 && e.at[want + 1] <= n)
			want++;
		assert_int_equal(opened(span_of(b.p, n), 4, &at), want);
		assert_true(want >= 0 || at == 0);
	}
	buf_clear(&b);
}

/* Also the last entry, also its length: it is whole, so it was not torn. */
static void
any_altered_byte_is_told_with_the_entry_it_is_in(void **state)
{
	struct seen e;
	struct buf b;

	(void)state;
	bytes_of(&b, 4, &e);
	for (size_t i = 0; i < b.n; i++) {
		uint64_t want = 0, at = 1;

		/* Of the records every seventh byte; of the rest each. */
		for (unsigned k = 0; k < 4; k++)
			if (i >= e.at[k])
				want = e.at[k];
		if (want != 0 && i > want + 20 && i % 7 != 0 &&
		    i + 70 < b.n && b.p[i] == b.p[i + 1])
			continue;
		b.p[i] ^= (uint8_t)(1u << i % 8);
		if (opened(buf_span(&b), 4, &at) != -1)
			fail_msg("byte %zu was altered, and nobody saw it", i);
		assert_int_equal(at, want);
		b.p[i] ^= (uint8_t)(1u << i % 8);
	}
	buf_clear(&b);
}

static void
a_damaged_length_never_hides_what_is_behind_it(void **state)
{
	static const uint32_t lengths[] = { 0, 1, 2, 3000, 4000, 65535, 65536, 65537,
		0x01000000, 0xFFFFFFFF };
	struct seen e;
	struct buf b;

	(void)state;
	bytes_of(&b, 4, &e);
	for (unsigned k = 0; k < 4; k++)
		for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
			uint8_t was[4], *p = b.p + e.at[k];
			uint64_t at = 0;

			memcpy(was, p, 4);
			for (unsigned m = 0; m < 4; m++)
				p[m] = (uint8_t)(lengths[i] >> (24 - 8 * m));
			if (memcmp(was, p, 4) != 0) {
				assert_int_equal(opened(buf_span(&b), 4, &at), -1);
				assert_int_equal(at, e.at[k]);
			}
			memcpy(p, was, 4);
		}
	buf_clear(&b);
}

static void
a_lost_sector_before_the_tail_is_damage_and_in_it_a_torn_tail(void **state)
{
	struct seen e;
	struct buf b, changed;
	uint64_t at;

	(void)state;
	bytes_of(&b, 7, &e);
	buf_init(&changed, 1 << 20);
	for (size_t from = 0; from < b.n; from += 512) {
		size_t n = b.n - from < 512 ? b.n - from : 512;
		int first = -1;

		buf_reset(&changed);
		OK(buf_add(&changed, buf_span(&b), &last));
		memset(changed.p + from, 0, n);
		for (int k = 0; k < 7; k++)
			if (first < 0 && e.at[k + 1] > from)
				first = k;
		/* The last entry proves itself with the chain before it. */
		if (e.at[6] - 32 >= from + n) {
			assert_int_equal(opened(buf_span(&changed), 7, &at), -1);
			assert_int_equal(at, from < 16 ? 0 : e.at[first]);
		} else {
			assert_int_equal(opened(buf_span(&changed), 7, &at), first);
		}
	}
	buf_clear(&b);
	buf_clear(&changed);
}

static void
a_tail_that_is_zeros_or_lacks_its_beginning_is_dropped(void **state)
{
	struct seen e;
	struct buf b;
	uint64_t at = 0;

	(void)state;
	bytes_of(&b, 6, &e);			/* the last has 2,868 bytes */
	for (size_t from = e.at[5]; from < b.n - 8; from += 97) {
		for (size_t to = from + 8; to <= b.n; to += 311) {
			struct buf c;

			buf_init(&c, 1 << 20);
			OK(buf_add(&c, buf_span(&b), &last));
			memset(c.p + from, 0, to - from);
			assert_int_equal(opened(buf_span(&c), 6, &at), 5);
			buf_clear(&c);
		}
	}
	/* As a file that grew and was never written. */
	memset(b.p + e.at[5], 0, b.n - e.at[5]);
	assert_int_equal(opened(buf_span(&b), 6, &at), 5);
	memset(b.p + 16, 0, b.n - 16);
	assert_int_equal(opened(buf_span(&b), 6, &at), 0);
	buf_clear(&b);
}

static void
a_hole_right_before_the_last_entry_is_damage(void **state)
{
	struct seen e;
	struct buf b;
	uint64_t at = 0;

	(void)state;
	bytes_of(&b, 2, &e);			/* 69 and 108 bytes */
	memset(b.p + 16 + 5, 0, 30);
	assert_int_equal(opened(buf_span(&b), 2, &at), -1);
	assert_int_equal(at, 16);
	buf_clear(&b);
}

static void
seven_zeros_are_no_hole_and_eight_are(void **state)
{
	struct seen e;
	struct buf b;
	uint64_t at = 0;

	(void)state;
	bytes_of(&b, 6, &e);
	memset(b.p + e.at[5] + 100, 0, JOURNAL_HOLE - 1);
	assert_int_equal(opened(buf_span(&b), 6, &at), -1);
	assert_int_equal(at, e.at[5]);
	b.p[e.at[5] + 100 + JOURNAL_HOLE - 1] = 0;
	assert_int_equal(opened(buf_span(&b), 6, &at), 5);
	buf_clear(&b);
}

static void
what_looks_like_entries_without_end_is_damage(void **state)
{
	struct seen e;
	struct buf b;
	uint64_t at = 0;

	(void)state;
	bytes_of(&b, 1, &e);
	for (int i = 0; i < 100000; i++)
		OK(buf_add_byte(&b, i % 4 == 2 ? 1 : 0, &last));
	/* A hole would make a torn tail of it, but looking has an end. */
	for (int i = 0; i < JOURNAL_HOLE; i++)
		OK(buf_add_byte(&b, 0, &last));
	assert_int_equal(opened(buf_span(&b), 1, &at), -1);
	assert_int_equal(at, e.at[1]);
	buf_clear(&b);
}

static void
another_files_bytes_are_no_journal(void **state)
{
	uint64_t at = 1;

	(void)state;
	assert_int_equal(opened(span_text("comity-journal/2"), 0, &at), -1);
	assert_int_equal(at, 0);
	assert_int_equal(opened(span_text("comity-journal/1x"), 1, &at), 0);
}

/* ---- opened from a place that was its end ---- */

static bool
note_chain(void *arg, const struct journal_entry *e, struct err *err)
{
	(void)err;
	((uint64_t *)arg)[e->number] = e->at;
	return true;
}

/* A journal of 9 entries, and what its end was after each. */
struct ends {
	uint64_t at[10];
	struct digest chain[10];
};

static struct ends
ends_of(struct node *n)
{
	struct ends e = { .at = { 16 } };

	OK(node_open(n));
	for (unsigned i = 0; i < 9; i++) {
		add(n, i, 1);
		e.at[i + 1] = journal_end(n->j);
		e.chain[i + 1] = journal_chain(n->j);
	}
	node_close(n);
	OK(dir_open(n->w, NULL, "/", &n->home, &last));
	return e;
}

static void
it_opens_from_any_end_it_had_and_goes_on(void **state)
{
	struct node n = node_new(14);
	struct ends e = ends_of(&n);
	uint64_t at[10] = { 0 };

	(void)state;
	for (unsigned i = 0; i <= 9; i++) {
		OK(journal_open_at(n.w, n.home, e.at[i], i, &e.chain[i], &n.j, &last));
		assert_int_equal(journal_count(n.j), 9);
		assert_int_equal(journal_end(n.j), e.at[9]);
		assert_int_equal(look(&n, 9).n, 9);
		OK(journal_each_known(n.j, e.at[i], i, note_chain, at, &last));
		for (unsigned k = i; k < 9; k++)
			assert_int_equal(at[k], e.at[k]);
		OK(journal_check(n.j, NULL, &last));
		journal_close(n.j);
	}
	OK(journal_open_at(n.w, n.home, e.at[4], 4, &e.chain[4], &n.j, &last));
	add(&n, 9, 2);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(look(&n, 11).n, 11);
	node_free(&n);
}

static void
a_place_that_was_no_end_is_told(void **state)
{
	struct node n = node_new(15);
	struct ends e = ends_of(&n);

	(void)state;
	FAILS(journal_open_at(n.w, n.home, e.at[3], 3, &e.chain[4], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	FAILS(journal_open_at(n.w, n.home, e.at[3] + 1, 3, &e.chain[3], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	FAILS(journal_open_at(n.w, n.home, e.at[9] + 1, 9, &e.chain[9], &n.j, &last),
	    ERR_UNPROVEN, "journal.shorter");
	FAILS(journal_open_at(n.w, n.home, UINT64_MAX, 9, &e.chain[9], &n.j, &last),
	    ERR_UNPROVEN, "journal.shorter");
	FAILS(journal_open_at(n.w, n.home, 16, 1, &e.chain[0], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	FAILS(journal_open_at(n.w, n.home, e.at[2], 0, &e.chain[2], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	FAILS(journal_open_at(n.w, n.home, 0, 0, &e.chain[0], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	FAILS(journal_open_at(n.w, n.home, 15, 0, &e.chain[0], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	node_free(&n);
}

static void
flip(struct node *n, uint64_t at)
{
	struct file *f = NULL;
	uint8_t b = 0;
	size_t got;

	OK(file_open(n->w, NULL, JOURNAL_PATH, FILE_UPDATE, &f, &last));
	OK(file_read_at(f, &b, 1, at, &got, &last));
	b ^= 4;
	OK(file_write_at(f, span_of(&b, 1), at, &last));
	file_close(f);
}

/* Behind the place it is judged as ever; before it only who reads all of it sees. */
static void
damage_before_the_place_is_seen_by_a_check_and_behind_it_at_once(void **state)
{
	struct node n = node_new(16);
	struct ends e = ends_of(&n);

	(void)state;
	flip(&n, e.at[6] + 10);
	FAILS(journal_open_at(n.w, n.home, e.at[4], 4, &e.chain[4], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	flip(&n, e.at[6] + 10);
	flip(&n, e.at[2] + 10);
	OK(journal_open_at(n.w, n.home, e.at[4], 4, &e.chain[4], &n.j, &last));
	FAILS(journal_check(n.j, NULL, &last), ERR_UNPROVEN, "journal.damaged");
	journal_close(n.j);
	n.j = NULL;
	flip(&n, e.at[2] + 10);
	flip(&n, e.at[4] - 1);
	FAILS(journal_open_at(n.w, n.home, e.at[4], 4, &e.chain[4], &n.j, &last),
	    ERR_UNPROVEN, "journal.damaged");
	node_free(&n);
}

static void
only_what_lies_behind_the_place_is_read(void **state)
{
	struct node n = node_new(17);
	struct digest chain;
	uint64_t end, count;

	(void)state;
	OK(node_open(&n));
	for (int i = 0; i < 40; i++)
		add(&n, 5, 60);			/* 2,868 bytes each, some 4 MB */
	end = journal_end(n.j);
	count = journal_count(n.j);
	chain = journal_chain(n.j);
	add(&n, 0, 3);
	node_close(&n);
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	uint64_t before = world_sim_calls(n.w);

	OK(journal_open_at(n.w, n.home, end, count, &chain, &n.j, &last));
	assert_true(world_sim_calls(n.w) - before < 16);
	assert_int_equal(journal_count(n.j), count + 3);
	node_free(&n);
}

static void
the_leaf_of_a_lost_record_is_what_its_digits_say(void **state)
{
	static const char lost[] = "=00010102030405060708090a0b0c0d0e0f10111213141516"
	    "1718191a1b1c1d1e1f20";
	struct journal_entry e = { .record = span_text(lost) };
	uint8_t leaf[LEAF_BYTES], other[LEAF_BYTES];
	char changed[sizeof lost];

	(void)state;
	assert_true(journal_lost(e.record));
	OK(journal_leaf(&e, leaf, &last));
	assert_memory_equal(leaf, "\0\1\1\2\3", 5);
	assert_int_equal(leaf[33], 0x20);
	e.salt[31] = 1;
	FAILS(journal_leaf(&e, leaf, &last), ERR_UNPROVEN, "journal.damaged");
	assert_false(journal_lost(span_of(lost, sizeof lost - 2)));
	memcpy(changed, lost, sizeof lost);
	changed[5] = 'A';
	assert_false(journal_lost(span_text(changed)));
	changed[5] = 'a';
	assert_true(journal_lost(span_text(changed)));
	changed[0] = '{';
	assert_false(journal_lost(span_text(changed)));
	/* Any other record has the leaf of record and salt. */
	e.record = span_text("{}");
	OK(journal_leaf(&e, leaf, &last));
	OK(leaf_of(e.salt, e.record, other, &last));
	assert_memory_equal(leaf, other, LEAF_BYTES);
}

static void
nobody_appends_a_lost_record(void **state)
{
	struct span lost = span_text("=0001020304050607080910111213141516171819202122"
	    "2324252627282930313233");
	struct node n = node_new(18);
	uint64_t first = 0;

	(void)state;
	assert_true(journal_lost(lost));
	OK(node_open(&n));
	FAILS(journal_append(n.j, &lost, 1, &first, &last), ERR_INPUT,
	    "journal.lost");
	assert_int_equal(journal_end(n.j), 16);
	node_free(&n);
}

/* ---- lost power, at every call ---- */

/*
 * Two openings and six groups.  What was promised is noted; stops at the first
 * failure, as a process would.
 */
struct story {
	struct node n;
	unsigned promised;		/* entries */
	unsigned tried;			/* with those of the append that failed */
	bool ended;
};

static const size_t groups[] = { 1, 3, 1, 1, 4, 2 };

static void
story_run(struct story *s)
{
	uint64_t first;

	if (!node_open(&s->n))
		return;
	for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
		if (g == 3) {
			node_close(&s->n);
			if (!node_open(&s->n))
				return;
		}
		s->tried = s->promised + (unsigned)groups[g];
		if (!append(&s->n, s->promised, groups[g], &first))
			return;
		assert_int_equal(first, s->promised);
		s->promised = s->tried;
	}
	s->ended = true;
}

/* All that was promised, in order, and then at most whole entries that were tried. */
static void
story_check(struct story *s, const char *how, uint64_t nth, uint64_t seed)
{
	struct seen got;

	node_close(&s->n);
	last = (struct err)ERR_INIT;
	if (!node_open(&s->n))
		fail_msg("%s at call %d, seed %d: %s: %s", how, (int)nth, (int)seed,
		    last.reason, last.text);
	got = look(&s->n, 12);
	if (got.n < s->promised || got.n > s->tried)
		fail_msg("%s at call %d, seed %d: %zu entries of %u promised", how,
		    (int)nth, (int)seed, got.n, s->promised);
	for (size_t i = 0; i < got.n; i++)
		assert_int_equal(got.text[i], i);
	/* And it goes on, and what is promised now is held too. */
	add(&s->n, (unsigned)got.n, 2);
	OK(world_sim_crash(s->n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&s->n);
	OK(node_open(&s->n));
	assert_int_equal(look(&s->n, 14).n, got.n + 2);
}

/* One story that loses power at its nth call; false past its end. */
static bool
story_of_power(enum sim_crash how, uint64_t nth, uint64_t seed, uint64_t *unsynced)
{
	struct story s = { .n = node_new(nth) };
	bool reached;

	world_sim_fail(s.n.w, SIM_FAULT_POWER, nth, true);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	*unsynced = world_sim_unsynced(s.n.w);
	OK(world_sim_crash(s.n.w, how, seed, &last));
	story_check(&s, "power", nth, seed);
	node_free(&s.n);
	return reached;
}

static void
power_lost_at_any_call_loses_nothing_that_was_promised(void **state)
{
	uint64_t unsynced = 0, nth, most = 0, stories = 0;

	(void)state;
	for (nth = 1; story_of_power(SIM_CRASH_KEEP_NONE, nth, 0, &unsynced); nth++) {
		(void)story_of_power(SIM_CRASH_KEEP_ALL, nth, 0, &unsynced);
		for (uint64_t one = 0; one <= unsynced; one++, stories++)
			(void)story_of_power(SIM_CRASH_LOSE_ONE, nth, one,
			    &unsynced);
		for (uint64_t seed = 1; seed <= 12; seed++, stories++)
			(void)story_of_power(SIM_CRASH_KEEP_SOME, nth, seed,
			    &unsynced);
		most = unsynced > most ? unsynced : most;
	}
	assert_true(nth > 25 && most >= 2 && stories > 300);
}

/* A fault at the nth call, no power lost until what is there was looked at. */
static bool
story_of_fault(enum sim_fault fault, uint64_t nth, bool on)
{
	struct story s = { .n = node_new(nth) };
	bool reached;

	world_sim_fail(s.n.w, fault, nth, on);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	if (fault == SIM_FAULT_SHORT)
		assert_true(s.ended);
	story_check(&s, "fault", nth, fault);
	node_free(&s.n);
	return reached;
}

static void
a_fault_at_any_call_loses_nothing_that_was_promised(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_IO, SIM_FAULT_FULL,
		SIM_FAULT_INTR, SIM_FAULT_SHORT };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		uint64_t nth;

		for (nth = 1; story_of_fault(faults[i % 4], nth, i / 4 == 1); nth++)
			;
		assert_true(nth > 25);
	}
}

/* A process that dies between write and sync, and a sync that failed. */
static void
what_a_failed_sync_left_in_memory_is_not_taken_for_durable(void **state)
{
	struct node n = node_new(11);
	uint64_t first = 77, calls;

	(void)state;
	OK(node_open(&n));
	add(&n, 0, 3);
	world_sim_fail(n.w, SIM_FAULT_IO, 2, false);	/* write, then sync */
	FAILS(append(&n, 3, 2, &first), ERR_IO, "disk.io");
	/* Dead, and not one more call: no second sync. */
	calls = world_sim_calls(n.w);
	FAILS(append(&n, 3, 2, &first), ERR_IO, "journal.dead");
	FAILS(append(&n, 3, 2, &first), ERR_IO, "journal.dead");
	assert_int_equal(world_sim_calls(n.w), calls);
	assert_int_equal(first, 77);
	assert_int_equal(look(&n, 5).n, 3);
	node_close(&n);
	/* The system still shows them; from now on they are there. */
	OK(node_open(&n));
	assert_int_equal(look(&n, 5).n, 5);
	add(&n, 5, 1);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(look(&n, 6).n, 6);
	node_free(&n);
}

static void
a_large_group_whose_sync_failed_is_written_anew_at_the_next_open(void **state)
{
	struct node n = node_new(12);
	uint64_t first = 0;

	(void)state;
	OK(node_open(&n));
	for (int i = 0; i < 3; i++)
		add(&n, 0, JOURNAL_GROUP_MAX - (i == 1));
	world_sim_fail(n.w, SIM_FAULT_IO, 2, false);
	FAILS(append(&n, 0, JOURNAL_GROUP_MAX, &first), ERR_IO, "disk.io");
	node_close(&n);
	OK(node_open(&n));
	first = journal_count(n.j);
	assert_int_equal(first, 4 * JOURNAL_GROUP_MAX - 1);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(journal_count(n.j), first);
	node_free(&n);
}

static void
opening_takes_no_memory_for_each_entry(void **state)
{
	struct node n = node_new(13);
	uint64_t before, few, many;

	(void)state;
	OK(node_open(&n));
	add(&n, 1, 1);
	node_close(&n);
	before = mem_count();
	OK(node_open(&n));
	few = mem_count() - before;
	for (int i = 0; i < 8; i++) {
		struct span x[1000];
		uint64_t first;

		for (int k = 0; k < 1000; k++)
			x[k] = span_text("x");
		OK(journal_append(n.j, x, 1000, &first, &last));
	}
	node_close(&n);
	before = mem_count();
	OK(node_open(&n));
	many = mem_count() - before;
	assert_int_equal(journal_count(n.j), 8001);
	/* The simulated disk keeps a page and what is written anew: no more. */
	assert_true(many < few + 20);
	node_free(&n);
}

static void
every_failed_allocation_is_an_error_and_nothing_promised_is_lost(void **state)
{
	uint64_t nth = 0, before, used;

	(void)state;
	do {
		struct story s = { .n = node_new(++nth) };

		before = mem_count();
		mem_fail(nth, false);
		last = (struct err)ERR_INIT;
		story_run(&s);
		mem_fail(0, false);
		used = mem_count() - before;
		assert_true(s.ended || last.kind == ERR_MEMORY);
		assert_true(s.ended || used >= nth);
		story_check(&s, "memory", nth, 0);
		node_free(&s.n);
	} while (used >= nth);
	assert_true(nth > 30);
}

/* Two runs of one seed leave one disk: salts come from the world. */
static void
one_seed_leaves_one_disk(void **state)
{
	struct digest d[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct story s = { .n = node_new(i / 2) };

		story_run(&s);
		assert_true(s.ended);
		OK(world_sim_digest(s.n.w, &d[i], &last));
		node_free(&s.n);
	}
	assert_true(digest_eq(&d[0], &d[1]));
	assert_false(digest_eq(&d[0], &d[2]));
}

static void
the_real_disk_holds_it_too(void **state)
{
	char folder[] = "/tmp/comity-journal-XXXXXX";
	struct node n = { NULL, NULL, NULL };

	(void)state;
	assert_non_null(mkdtemp(folder));
	OK(world_real(&n.w, &last));
	for (unsigned i = 0; i < 3; i++) {
		OK(dir_open(n.w, NULL, folder, &n.home, &last));
		OK(journal_open(n.w, n.home, &n.j, &last));
		assert_int_equal(look(&n, 9).n, 3 * i);
		add(&n, 3 * i, 3);
		node_close(&n);
	}
	OK(dir_remove_all(n.w, NULL, folder, &last));
	world_free(n.w);
}

/* ---- a few among many ---- */

static bool
is_long(struct span record)
{
	return record.n == 2800;
}

struct glanced {
	size_t n;
	uint64_t at[64];
};

static bool
glanced_add(void *arg, const struct journal_entry *e, struct err *err)
{
	struct glanced *g = arg;

	(void)err;
	assert_int_equal(e->record.n, 2800);
	g->at[g->n++ % 64] = e->at;
	return true;
}

static bool
glance(struct node *n, struct journal_place *place, bool *whole, struct glanced *g)
{
	return journal_glance(n->w, n->home, place, whole, is_long, glanced_add, g, &last);
}

static void
what_is_wanted_is_told_while_another_writes(void **state)
{
	struct node n = node_new(77);
	struct glanced g = { 0 };
	struct journal_place place = { .at = 0 };
	uint64_t at, first;
	struct file *f = NULL;
	struct digest chain;
	bool whole, holds;

	(void)state;
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	FAILS(glance(&n, &place, &whole, &g), ERR_ABSENT, "disk.absent");
	node_close(&n);
	OK(node_open(&n));
	OK(append(&n, 0, 70, &first));
	OK(glance(&n, &place, &whole, &g));
	assert_true(whole && place.at == journal_end(n.j));
	assert_int_equal(g.n, 10);
	/* what was added, from where it ended */
	OK(append(&n, 70, 7, &first));
	OK(glance(&n, &place, &whole, &g));
	assert_int_equal(g.n, 11);
	OK(glance(&n, &place, &whole, &g));
	assert_int_equal(g.n, 11);
	/* the chain where an entry ends, and nowhere else */
	chain = journal_chain(n.j);
	at = place.at;
	assert_true(digest_eq(&place.chain, &chain));
	OK(journal_chain_is(n.w, n.home, at, &chain, &holds, &last));
	assert_true(holds);
	OK(journal_chain_is(n.w, n.home, at + 1, &chain, &holds, &last));
	assert_false(holds);
	OK(journal_chain_is(n.w, n.home, at - 1, &chain, &holds, &last));
	assert_false(holds);
	OK(journal_chain_is(n.w, n.home, JOURNAL_FIRST, &chain, &holds, &last));
	assert_false(holds);
	chain.b[31] ^= 1;
	OK(journal_chain_is(n.w, n.home, at, &chain, &holds, &last));
	assert_false(holds);
	/* a writer is in the middle of its group */
	OK(file_open(n.w, n.home, JOURNAL_PATH, FILE_UPDATE, &f, &last));
	OK(file_write_at(f, span_of("\0\0", 2), at, &last));
	OK(glance(&n, &place, &whole, &g));
	assert_true(!whole && place.at == journal_end(n.j));
	OK(file_truncate(f, at, &last));
	/* each is held against the chain before it, wanted or not */
	OK(file_write_at(f, span_text("x"), JOURNAL_FIRST + ENTRY_HEAD, &last));
	place.at = 0;
	FAILS(glance(&n, &place, &whole, &g), ERR_UNPROVEN, "journal.damaged");
	OK(file_truncate(f, JOURNAL_FIRST + 1, &last));
	place.at = 500;
	FAILS(glance(&n, &place, &whole, &g), ERR_UNPROVEN, "journal.shorter");
	file_close(f);
	node_free(&n);
}

static bool
followed_count(void *arg, const struct journal_entry *e, struct err *err)
{
	size_t *count = arg;

	(void)e;
	(void)err;
	++*count;
	return true;
}

static void
what_was_added_is_followed_by_the_chain_and_by_no_other(void **state)
{
	struct node n = node_new(78);
	uint64_t at, from, first;
	struct digest chain, begin, is;
	struct file *f = NULL;
	size_t count = 0;
	bool whole;

	(void)state;
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	node_close(&n);
	OK(node_open(&n));
	OK(append(&n, 0, 9, &first));
	from = at = journal_end(n.j);
	begin = chain = journal_chain(n.j);
	OK(journal_chain_of(n.w, n.home, at, &is, &last));
	assert_true(digest_eq(&is, &chain));
	FAILS(journal_chain_of(n.w, n.home, JOURNAL_FIRST, &is, &last), ERR_ABSENT,
	    "journal.absent");
	FAILS(journal_chain_of(n.w, n.home, at + 1, &is, &last), ERR_ABSENT, "journal.absent");
	OK(append(&n, 9, 20, &first));
	OK(journal_follow(n.w, n.home, &at, &chain, &whole, followed_count, &count, &last));
	is = journal_chain(n.j);
	assert_true(whole && at == journal_end(n.j) && digest_eq(&is, &chain));
	assert_int_equal(count, 20);
	OK(journal_follow(n.w, n.home, &at, &chain, &whole, followed_count, &count, &last));
	assert_true(whole && count == 20);
	/* by another chain nothing is told */
	is.b[0] ^= 1;
	at = from;
	OK(journal_follow(n.w, n.home, &at, &is, &whole, followed_count, &count, &last));
	assert_true(!whole && at == from && count == 20);
	/* nor behind an entry that was changed */
	OK(file_open(n.w, n.home, JOURNAL_PATH, FILE_UPDATE, &f, &last));
	OK(file_write_at(f, span_text("\1"), from + 4 + 2, &last));
	OK(journal_follow(n.w, n.home, &at, &begin, &whole, followed_count, &count, &last));
	assert_true(!whole && at == from && count == 20);
	OK(file_truncate(f, from - 1, &last));
	FAILS(journal_follow(n.w, n.home, &at, &begin, &whole, followed_count, &count, &last),
	    ERR_UNPROVEN, "journal.shorter");
	file_close(f);
	node_free(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_journal_is_empty_and_on_the_disk),
		cmocka_unit_test(what_was_added_is_there_in_order_and_after_a_power_cut),
		cmocka_unit_test(the_file_is_as_the_format_says),
		cmocka_unit_test(reading_goes_on_from_any_entry_and_knows_its_number),
		cmocka_unit_test(one_entry_is_read_by_its_offset),
		cmocka_unit_test(reading_ends_where_it_ended_when_it_began),
		cmocka_unit_test(one_process_writes),
		cmocka_unit_test(records_and_groups_have_their_limits),
		cmocka_unit_test(a_journal_cut_anywhere_keeps_its_whole_entries),
		cmocka_unit_test(any_altered_byte_is_told_with_the_entry_it_is_in),
		cmocka_unit_test(a_damaged_length_never_hides_what_is_behind_it),
		cmocka_unit_test(
		    a_lost_sector_before_the_tail_is_damage_and_in_it_a_torn_tail),
		cmocka_unit_test(a_tail_that_is_zeros_or_lacks_its_beginning_is_dropped),
		cmocka_unit_test(a_hole_right_before_the_last_entry_is_damage),
		cmocka_unit_test(seven_zeros_are_no_hole_and_eight_are),
		cmocka_unit_test(what_looks_like_entries_without_end_is_damage),
		cmocka_unit_test(another_files_bytes_are_no_journal),
		cmocka_unit_test(it_opens_from_any_end_it_had_and_goes_on),
		cmocka_unit_test(a_place_that_was_no_end_is_told),
		cmocka_unit_test(
		    damage_before_the_place_is_seen_by_a_check_and_behind_it_at_once),
		cmocka_unit_test(only_what_lies_behind_the_place_is_read),
		cmocka_unit_test(the_leaf_of_a_lost_record_is_what_its_digits_say),
		cmocka_unit_test(nobody_appends_a_lost_record),
		cmocka_unit_test(power_lost_at_any_call_loses_nothing_that_was_promised),
		cmocka_unit_test(a_fault_at_any_call_loses_nothing_that_was_promised),
		cmocka_unit_test(
		    what_a_failed_sync_left_in_memory_is_not_taken_for_durable),
		cmocka_unit_test(
		    a_large_group_whose_sync_failed_is_written_anew_at_the_next_open),
		cmocka_unit_test(opening_takes_no_memory_for_each_entry),
		cmocka_unit_test(
		    every_failed_allocation_is_an_error_and_nothing_promised_is_lost),
		cmocka_unit_test(what_is_wanted_is_told_while_another_writes),
		cmocka_unit_test(what_was_added_is_followed_by_the_chain_and_by_no_other),
		cmocka_unit_test(one_seed_leaves_one_disk),
		cmocka_unit_test(the_real_disk_holds_it_too),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
