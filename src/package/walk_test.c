/*
 * The walk, over made-up trees: every file once, names safe and in order, nothing
 * followed, nothing forgotten.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "package/names.h"
#include "package/payload.h"
#include "package/read_order.h"
#include "package/sort.h"

struct yard {
	struct world *w;
	struct dir *tmp;
	struct err err;
};

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, p->err.reason, p->err.text); \
} while (0)
#define FAILS(call, want_kind, want_reason) do { \
	p->err = (struct err)ERR_INIT; \
	assert_false(call); \
	if (strcmp(p->err.reason, want_reason) != 0 || p->err.kind != want_kind) \
		fail_msg("%s: wanted %s, got %s: %s", #call, want_reason, \
		    p->err.reason, p->err.text); \
} while (0)

static void
yard_open(struct yard *p)
{
	struct world_sim_options opt = { .seed = 5, .now = 1795348800 };

	p->err = (struct err)ERR_INIT;
	OK(world_sim(&p->w, opt, &p->err));
	OK(dir_make(p->w, NULL, "tmp", &p->err));
	OK(dir_open(p->w, NULL, "tmp", &p->tmp, &p->err));
	OK(dir_make(p->w, NULL, "in", &p->err));
}

static void
yard_close(struct yard *p)
{
	dir_close(p->tmp);
	world_free(p->w);
}

static void
put_file(struct yard *p, const char *path, const char *bytes)
{
	char whole[5000], *slash;
	struct file *f = NULL;

	(void)snprintf(whole, sizeof whole, "in/%s", path);
	slash = strrchr(whole, '/');
	*slash = '\0';
	OK(dir_make_all(p->w, NULL, whole, &p->err));
	*slash = '/';
	OK(file_open(p->w, NULL, whole, FILE_CREATE, &f, &p->err));
	OK(file_write_at(f, span_text(bytes), 0, &p->err));
	file_close(f);
}

static void
put_files(struct yard *p, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_file(p, names[i], names[i]);
}

/* All lists of a payload as text: "PATH NAME\n", then "- WORD NAME\n". */
static void
say(struct yard *p, const struct payload *pay, struct buf *out)
{
	struct payload_reader r;
	struct spool_reader others;
	uint64_t index, files = 0, bytes = 0, more_others = 0;
	struct entry e;
	bool more;

	OK(payload_reader_init(&r, pay, &p->err));
	for (;;) {
		OK(payload_next(&r, &e, &index, &more, &p->err));
		if (!more)
			break;
		OK(buf_add(out, e.path, &p->err));
		OK(buf_printf(out, &p->err, " %.*s\n", (int)e.name.n,
		    (const char *)e.name.p));
		if (e.kind == ENTRY_SALT)
			continue;
		assert_int_equal(index, files);
		files++;
		bytes += e.size;
	}
	payload_reader_clear(&r);
	OK(spool_reader_init(&others, &p->err));
	spool_reader_set(&others, pay->others, 0, spool_size(pay->others));
	for (;;) {
		OK(payload_next_other(&others, &e, &more, &p->err));
		if (!more)
			break;
		OK(buf_printf(out, &p->err, "- %s %.*s\n", e.kind == ENTRY_LINK ?
		    "link" : e.kind == ENTRY_FOLDER ? "dir" :
		    left_out_word(e.why), (int)e.name.n, (const char *)e.name.p));
		more_others++;
	}
	spool_reader_clear(&others);
	assert_int_equal(files, payload_files(pay));
	assert_int_equal(bytes, payload_bytes(pay));
	assert_int_equal(more_others, payload_others(pay));
}

static void
expect_with(struct yard *p, const struct payload_options *o, const char *want)
{
	struct payload *pay;
	struct buf got;
	const char *text;

	buf_init(&got, 1 << 20);
	OK(payload_walk(p->w, p->tmp, "in", o, &pay, NULL, &p->err));
	say(p, pay, &got);
	OK(buf_text(&got, &text, &p->err));
	assert_string_equal(text, want);
	buf_clear(&got);
	payload_free(pay);
}

static void
expect(struct yard *p, const char *want)
{
	expect_with(p, NULL, want);
}

static void
an_empty_folder_still_has_its_salt(void **state)
{
	struct yard yard, *p = &yard;

	(void)state;
	yard_open(p);
	expect(p, "data/_salt \n");
	yard_close(p);
}

static void
files_come_in_the_order_of_their_keys(void **state)
{
	static const char *const names[] = { "b", "a.b", "a/x", "a/X2", "a-c", "0",
		"B2", "ab", "a_d", "Z", "a/b/c", "a0" };
	struct yard yard, *p = &yard;

	(void)state;
	yard_open(p);
	put_files(p, names, sizeof names / sizeof names[0]);
	expect(p,
	    "data/0 0\n"
	    "data/_salt \n"
	    "data/a/b/c a/b/c\n"
	    "data/a/x a/x\n"
	    "data/a/X2 a/X2\n"
	    "data/a-c a-c\n"
	    "data/a.b a.b\n"
	    "data/a0 a0\n"
	    "data/a_d a_d\n"
	    "data/ab ab\n"
	    "data/b b\n"
	    "data/B2 B2\n"
	    "data/Z Z\n");
	yard_close(p);
}

static void
names_that_cannot_stay_are_numbered_in_the_order_of_their_bytes(void **state)
{
	static const char *const names[] = { "README", "ReadMe", "Readme", "readme",
		"CON", "nul.txt", "\303\251t\303\251.txt", "_salt", "_long/x", ".hidden",
		"-rf", "trailing.", "100%", "a b/c d.txt", "\377", "con.d/f" };
	struct yard yard, *p = &yard;

	(void)state;
	yard_open(p);
	put_files(p, names, sizeof names / sizeof names[0]);
	expect(p,
	    "data/_00000001 -rf\n"
	    "data/_00000002 .hidden\n"
	    "data/_00000003 100%\n"
	    "data/_00000004 CON\n"
	    "data/_00000005 ReadMe\n"
	    "data/_00000006 Readme\n"
	    "data/_00000007/x _long/x\n"
	    "data/_00000008 _salt\n"
	    "data/_00000009/_00000001.txt a b/c d.txt\n"
	    "data/_00000010/f con.d/f\n"
	    "data/_00000011.txt nul.txt\n"
	    "data/_00000012 readme\n"
	    "data/_00000013 trailing.\n"
	    "data/_00000014.txt \303\251t\303\251.txt\n"
	    "data/_00000015 \377\n"
	    "data/_salt \n"
	    "data/README README\n");
	yard_close(p);
}

static void
folders_that_differ_in_case_only_are_kept_apart(void **state)
{
	static const char *const names[] = { "Photos/1.jpg", "photos/1.jpg",
		"photos/2.jpg", "PHOTOS" };
	struct yard yard, *p = &yard;

	(void)state;
	yard_open(p);
	put_files(p, names, sizeof names / sizeof names[0]);
	expect(p,
	    "data/_00000001/1.jpg Photos/1.jpg\n"
	    "data/_00000002/1.jpg photos/1.jpg\n"
	    "data/_00000002/2.jpg photos/2.jpg\n"
	    "data/_salt \n"
	    "data/PHOTOS PHOTOS\n");
	yard_close(p);
}

static void
what_is_no_file_is_listed_and_never_followed(void **state)
{
	struct yard yard, *p = &yard;

	(void)state;
	yard_open(p);
	put_file(p, "a", "a");
	OK(dir_make_all(p->w, NULL, "in/z/empty", &p->err));
	OK(dir_make_all(p->w, NULL, "in/b", &p->err));
	OK(world_sim_put(p->w, "in/b/link", FILE_LINK, "../../..", &p->err));
	OK(world_sim_put(p->w, "in/up", FILE_LINK, "/", &p->err));
	OK(world_sim_put(p->w, "in/pipe", FILE_FIFO, NULL, &p->err));
	OK(world_sim_put(p->w, "in/sock", FILE_SOCKET, NULL, &p->err));
	OK(world_sim_put(p->w, "in/dev", FILE_DEVICE, NULL, &p->err));
	expect(p,
	    "data/_salt \n"
	    "data/a a\n"
	    "- link b/link\n"
	    "- device dev\n"
	    "- fifo pipe\n"
	    "- socket sock\n"
	    "- link up\n"
	    "- dir z/empty\n");
	yard_close(p);
}

static void
what_a_person_leaves_out_is_a_line_and_a_slip_is_told(void **state)
{
	static const char *const out[] = { "b", "a/secret", "no/such" };
	struct payload_options o = { .leave_out = out, .leave_out_n = 2 };
	struct yard yard, *p = &yard;
	struct payload *pay;

	(void)state;
	yard_open(p);
	put_file(p, "a/secret", "x");
	put_file(p, "a/plain", "x");
	put_file(p, "b/c", "x");
	expect_with(p, &o,
	    "data/_salt \n"
	    "data/a/plain a/plain\n"
	    "- asked a/secret\n"
	    "- asked b\n");
	o.leave_out_n = 3;
	FAILS(payload_walk(p->w, p->tmp, "in", &o, &pay, NULL, &p->err), ERR_USE,
	    "payload.leave_out");
	assert_non_null(strstr(p->err.text, "no/such"));
	yard_close(p);
}

/* A folder path of exactly n bytes below the root, of safe components. */
static void
deep(char *out, size_t n)
{
	memset(out, 'd', n);
	for (size_t i = 50; i < n - 1; i += 51)
		out[i] = '/';
	out[n] = '\0';
}

static void
a_path_over_two_hundred_bytes_goes_to_a_folder_of_its_own(void **state)
{
	struct yard yard, *p = &yard;
	char fits[400], over[400], want[1300];

	(void)state;
	yard_open(p);
	deep(fits, NAME_PATH_MAX - 5);		/* with "data/" just fits */
	put_file(p, fits, "fits");
	deep(over, NAME_PATH_MAX - 5 - 2);
	strcat(over, "x/y.bin");
	put_file(p, over, "long");
	put_file(p, "zz", "z");
	put_file(p, "0", "0");
	(void)snprintf(want, sizeof want, "data/0 0\ndata/_long/00000001.bin %s\n"
	    "data/_salt \ndata/%s %s\ndata/zz zz\n", over, fits, fits);
	expect(p, want);
	yard_close(p);
}

static void
a_path_that_no_header_can_hold_goes_there_too(void **state)
{
	struct yard yard, *p = &yard;
	char fits[400], over[400], want[1300];

	/* With the folder's 39 bytes and "data/", offset 155 lies inside a name. */
	(void)state;
	yard_open(p);
	memset(over, 'x', sizeof over);
	over[94] = over[94 + 100] = '/';
	over[94 + 100] = '\0';
	memcpy(fits, over, sizeof fits);
	put_file(p, fits, "fits: 94 / 99");
	over[10] = '/';
	over[94] = 'x';
	over[111] = '/';			/* 39 + 1 + 5 + 111 > 155 */
	put_file(p, over, "over");
	(void)snprintf(want, sizeof want, "data/_long/00000001 %s\n"
	    "data/_salt \ndata/%s %s\n", over, fits, fits);
	expect(p, want);
	yard_close(p);
}

static void
a_thousand_levels_need_no_recursion_and_no_open_folders(void **state)
{
	struct yard yard, *p = &yard;
	struct payload *pay;
	char name[PAYLOAD_NAME_MAX + 1] = "";
	size_t n;

	(void)state;
	yard_open(p);
	for (n = 0; n + 2 < 2000; n += 2)
		memcpy(name + n, "d/", 3);
	memcpy(name + n, "f", 2);
	put_file(p, name, "deep");
	OK(payload_walk(p->w, p->tmp, "in", NULL, &pay, NULL, &p->err));
	assert_int_equal(payload_files(pay), 1);
	assert_int_equal(spool_size(pay->longs) > 0, 1);
	payload_free(pay);
	yard_close(p);
}

static void
one_file_stands_alone(void **state)
{
	struct yard yard, *p = &yard;
	struct payload *pay;
	struct buf got;
	const char *text;

	(void)state;
	yard_open(p);
	put_file(p, "some disk.img", "12345");
	buf_init(&got, 1000);
	OK(payload_walk(p->w, p->tmp, "in/some disk.img", NULL, &pay, NULL, &p->err));
	say(p, pay, &got);
	OK(buf_text(&got, &text, &p->err));
	assert_string_equal(text,
	    "data/_00000001.img some disk.img\ndata/_salt \n");
	assert_int_equal(payload_bytes(pay), 5);
	buf_clear(&got);
	payload_free(pay);
	FAILS(payload_walk(p->w, p->tmp, "in/none", NULL, &pay, NULL, &p->err),
	    ERR_ABSENT, "disk.absent");
	yard_close(p);
}

static void
small_files_of_ours_stand_in_order_too(void **state)
{
	const struct payload_item items[] = { { "signature.tst", span_text("tst"), 5 },
		{ "0.txt", span_text("zero"), 6 }, { "Card.json", span_text("{}"), 7 } };
	struct payload_item twins[] = { { "a", span_text(""), 0 },
		{ "A", span_text(""), 0 } };
	struct yard yard, *p = &yard;
	struct payload *pay;
	struct buf got;
	const char *text;

	(void)state;
	yard_open(p);
	buf_init(&got, 1000);
	OK(payload_of_items(p->w, p->tmp, items, 3, &pay, &p->err));
	say(p, pay, &got);
	OK(buf_text(&got, &text, &p->err));
	assert_string_equal(text, "data/0.txt 0.txt\ndata/_salt \n"
	    "data/Card.json Card.json\ndata/signature.tst signature.tst\n");
	payload_free(pay);
	FAILS(payload_of_items(p->w, p->tmp, twins, 2, &pay, &p->err), ERR_USE,
	    "payload.item");
	twins[0].name = "a b";
	FAILS(payload_of_items(p->w, p->tmp, twins, 1, &pay, &p->err), ERR_USE,
	    "payload.item");
	FAILS(payload_of_items(p->w, p->tmp, items, PAYLOAD_ITEMS_MAX + 1, &pay,
	    &p->err), ERR_LIMIT, "payload.item");
	buf_clear(&got);
	yard_close(p);
}

/* ---- an unreadable file ---- */

static void
a_disk_that_fails_stops_the_walk_wherever_it_fails(void **state)
{
	struct yard yard, *p = &yard;
	struct payload *pay;
	bool ok = false;
	uint64_t nth;

	(void)state;
	yard_open(p);
	put_file(p, "a", "a");
	put_file(p, "s/b", "b");
	OK(world_sim_put(p->w, "in/l", FILE_LINK, "a", &p->err));
	for (nth = 1; !ok; nth++) {
		world_sim_fail(p->w, SIM_FAULT_IO, nth, false);
		p->err = (struct err)ERR_INIT;
		ok = payload_walk(p->w, p->tmp, "in", NULL, &pay, NULL, &p->err);
		world_sim_fail(p->w, SIM_FAULT_NONE, 0, false);
		if (!ok)
			assert_int_equal(p->err.kind, ERR_IO);
	}
	assert_true(nth > 8);
	payload_free(pay);
	yard_close(p);
}

/* With --leave-out an error of reading one thing costs that thing only. */
static void
what_cannot_be_read_is_left_out_when_told_so(void **state)
{
	struct payload_options o = { .leave_out_unreadable = true };
	struct yard yard, *p = &yard;
	struct payload *pay;
	unsigned left = 0;

	(void)state;
	yard_open(p);
	put_file(p, "a", "a");
	put_file(p, "s/b", "b");
	for (uint64_t nth = 1; nth < 20; nth++) {
		world_sim_fail(p->w, SIM_FAULT_IO, nth, false);
		if (payload_walk(p->w, p->tmp, "in", &o, &pay, NULL, &p->err)) {
			struct buf got;
			const char *text;

			buf_init(&got, 1000);
			world_sim_fail(p->w, SIM_FAULT_NONE, 0, false);
			say(p, pay, &got);
			OK(buf_text(&got, &text, &p->err));
			if (strstr(text, "- unreadable") != NULL) {
				left++;
				assert_true(payload_files(pay) < 2);
			}
			buf_clear(&got);
			payload_free(pay);
		}
		world_sim_fail(p->w, SIM_FAULT_NONE, 0, false);
	}
	assert_true(left >= 2);			/* a file, and a folder */
	yard_close(p);
}

/* ---- random trees ---- */

static uint32_t seed;

static uint32_t
dice(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void
random_name(char *out)
{
	static const char *const parts[] = { "a", "A", "b", "0", "_", "-", ".", " ",
		"con", "\303\251", "\377", "zz", "ZZ", "%", "\n", "9", "x.txt" };
	size_t n = 1 + dice(3);

	out[0] = '\0';
	while (n-- > 0)
		strcat(out, parts[dice(sizeof parts / sizeof parts[0])]);
	if (strcmp(out, ".") == 0 || strcmp(out, "..") == 0)
		strcpy(out, "dots");
}

/* Some names collide: those are simply not made twice. */
static unsigned
random_tree(struct yard *p, const char *at, unsigned depth)
{
	char path[3000];
	unsigned files = 0;
	uint32_t n = dice(depth == 0 ? 40 : 12);

	while (n-- > 0) {
		size_t end = (size_t)snprintf(path, sizeof path, "%s/", at);
		struct file *f = NULL;

		random_name(path + end);
		if (path_exists(p->w, NULL, path))
			continue;
		if (depth < 4 && dice(3) == 0) {
			OK(dir_make(p->w, NULL, path, &p->err));
			files += random_tree(p, path, depth + 1);
			continue;
		}
		OK(file_open(p->w, NULL, path, FILE_CREATE, &f, &p->err));
		file_close(f);
		files++;
	}
	return files;
}

/* The reader's rules hold for every entry, and each file is there once. */
static void
check_tree(struct yard *p, size_t memory, unsigned files)
{
	char path[NAME_PATH_MAX + 1];
	struct payload_reader r;
	struct order order;
	struct payload *pay;
	struct entry e;
	enum place at;
	uint64_t index;
	bool more;

	OK(payload_walk_within(p->w, p->tmp, "in", NULL, memory, &pay, NULL,
	    &p->err));
	assert_int_equal(payload_files(pay), files);
	order_init(&order);
	OK(order_next(&order, "bagit.txt", 54, &at, &p->err));
	OK(order_next(&order, "act.json", 1, &at, &p->err));
	OK(payload_reader_init(&r, pay, &p->err));
	for (;;) {
		OK(payload_next(&r, &e, &index, &more, &p->err));
		if (!more)
			break;
		memcpy(path, e.path.p, e.path.n);
		path[e.path.n] = '\0';
		OK(order_next(&order, path, e.size, &at, &p->err));
	}
	payload_reader_clear(&r);
	payload_free(pay);
}

static void
any_tree_becomes_a_list_the_reader_takes(void **state)
{
	struct yard yard, *p = &yard;
	unsigned files;

	(void)state;
	for (uint32_t i = 1; i <= 40; i++) {
		yard_open(p);
		seed = i;
		files = random_tree(p, "in", 0);
		check_tree(p, SORT_MEMORY, files);
		check_tree(p, 200, files);	/* sorted in runs on the disk */
		yard_close(p);
	}
}

static void
the_list_is_the_same_however_little_memory_sorting_gets(void **state)
{
	struct yard yard, *p = &yard;
	struct payload *a, *b;
	struct buf one, two;

	(void)state;
	yard_open(p);
	for (unsigned i = 0; i < 600; i++) {
		char name[60];

		(void)snprintf(name, sizeof name, "%s/%u%s", i % 5 == 0 ? "Sub" :
		    "big folder", i * 7919 % 1000, i % 3 == 0 ? " x" : "");
		put_file(p, name, "");
	}
	buf_init(&one, 1 << 20);
	buf_init(&two, 1 << 20);
	OK(payload_walk(p->w, p->tmp, "in", NULL, &a, NULL, &p->err));
	OK(payload_walk_within(p->w, p->tmp, "in", NULL, 1000, &b, NULL, &p->err));
	say(p, a, &one);
	say(p, b, &two);
	assert_true(one.n > 10000);
	assert_true(span_eq(buf_span(&one), buf_span(&two)));
	payload_free(a);
	payload_free(b);
	buf_clear(&one);
	buf_clear(&two);
	yard_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_folder_still_has_its_salt),
		cmocka_unit_test(files_come_in_the_order_of_their_keys),
		cmocka_unit_test(names_that_cannot_stay_are_numbered_in_the_order_of_their_bytes),
		cmocka_unit_test(folders_that_differ_in_case_only_are_kept_apart),
		cmocka_unit_test(what_is_no_file_is_listed_and_never_followed),
		cmocka_unit_test(what_a_person_leaves_out_is_a_line_and_a_slip_is_told),
		cmocka_unit_test(a_path_over_two_hundred_bytes_goes_to_a_folder_of_its_own),
		cmocka_unit_test(a_path_that_no_header_can_hold_goes_there_too),
		cmocka_unit_test(a_thousand_levels_need_no_recursion_and_no_open_folders),
		cmocka_unit_test(one_file_stands_alone),
		cmocka_unit_test(small_files_of_ours_stand_in_order_too),
		cmocka_unit_test(a_disk_that_fails_stops_the_walk_wherever_it_fails),
		cmocka_unit_test(what_cannot_be_read_is_left_out_when_told_so),
		cmocka_unit_test(any_tree_becomes_a_list_the_reader_takes),
		cmocka_unit_test(the_list_is_the_same_however_little_memory_sorting_gets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
