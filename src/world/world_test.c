/*
 * The contract of world.h: one list of tests over each body: the real one in a
 * fresh folder, the real one without the newer system calls, and the simulated one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world/real.h"
#include "world/world.h"

/* A body under test, with an empty folder of its own for each test. */
struct bench {
	struct world *w;
	struct dir *d;
	char folder[64];		/* "" in a simulated world */
	struct err err;
};

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, b->err.reason, b->err.text); \
} while (0)

#define FAILS(call, want_kind, want_reason) do { \
	b->err = (struct err)ERR_INIT; \
	assert_false(call); \
	if (strcmp(b->err.reason, want_reason) != 0 || b->err.kind != want_kind) \
		fail_msg("%s: wanted %s, got %s: %s", #call, want_reason, \
		    b->err.reason, b->err.text); \
} while (0)

static struct span
text(const char *s)
{
	return span_text(s);
}

static void
save(struct bench *b, const char *path, const char *s)
{
	OK(file_save(b->w, b->d, path, text(s), true, &b->err));
}

static bool
holds(struct bench *b, const char *path, const char *s)
{
	struct buf got;
	bool same;

	buf_init(&got, 1 << 20);
	OK(file_load(b->w, b->d, path, &got, &b->err));
	same = span_is(buf_span(&got), s);
	buf_clear(&got);
	return same;
}

static void
put_link(struct bench *b, const char *path, const char *to)
{
	struct real_dir *d = (struct real_dir *)b->d;

	if (b->folder[0] == '\0')
		OK(world_sim_put(b->w, path, FILE_LINK, to, &b->err));
	else
		assert_int_equal(symlinkat(to, d->fd, path), 0);
}

static void
put_fifo(struct bench *b, const char *path)
{
	struct real_dir *d = (struct real_dir *)b->d;

	if (b->folder[0] == '\0')
		OK(world_sim_put(b->w, path, FILE_FIFO, NULL, &b->err));
	else
		assert_int_equal(mkfifoat(d->fd, path, 0600), 0);
}

static size_t
count(struct bench *b, const char *path)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;
	size_t n = 0;

	OK(listing_open(b->w, b->d, path, &l, &b->err));
	for (;;) {
		OK(listing_next(l, &e, &more, &b->err));
		if (!more)
			break;
		assert_string_not_equal(e.name, ".");
		assert_string_not_equal(e.name, "..");
		n++;
	}
	listing_close(l);
	return n;
}

/* ---- folders and names ---- */

static void
a_folder_is_made_once(void **state)
{
	struct bench *b = *state;
	struct file_info info;

	OK(dir_make(b->w, b->d, "a", &b->err));
	FAILS(dir_make(b->w, b->d, "a", &b->err), ERR_CONFLICT, "disk.exists");
	FAILS(dir_make(b->w, b->d, "none/b", &b->err), ERR_ABSENT, "disk.absent");
	OK(path_info(b->w, b->d, "a", &info, &b->err));
	assert_int_equal(info.type, FILE_DIR);
	assert_int_equal(info.mode, 0700);
	save(b, "f", "x");
	FAILS(dir_make(b->w, b->d, "f", &b->err), ERR_CONFLICT, "disk.exists");
	FAILS(dir_make(b->w, b->d, "f/g", &b->err), ERR_INPUT, "disk.kind");
	FAILS(dir_make(b->w, b->d, "", &b->err), ERR_ABSENT, "disk.absent");
}

static void
folders_are_made_down_to_the_last_and_may_be_there(void **state)
{
	struct bench *b = *state;
	struct dir *sub = NULL;

	OK(dir_make_all(b->w, b->d, "a/b//c/", &b->err));
	OK(dir_make_all(b->w, b->d, "a/b/c", &b->err));
	OK(dir_make_all(b->w, b->d, "a/x", &b->err));
	OK(dir_make_all(b->w, b->d, ".", &b->err));
	OK(dir_open(b->w, b->d, "a/b", &sub, &b->err));
	assert_true(path_exists(b->w, sub, "c"));
	dir_close(sub);
	save(b, "f", "x");
	FAILS(dir_make_all(b->w, b->d, "f", &b->err), ERR_INPUT, "disk.kind");
	FAILS(dir_make_all(b->w, b->d, "f/a", &b->err), ERR_INPUT, "disk.kind");
}

static void
opening_a_folder_says_why_not(void **state)
{
	struct bench *b = *state;
	struct dir *sub = NULL;

	save(b, "f", "x");
	FAILS(dir_open(b->w, b->d, "none", &sub, &b->err), ERR_ABSENT,
	    "disk.absent");
	FAILS(dir_open(b->w, b->d, "f", &sub, &b->err), ERR_INPUT, "disk.kind");
	FAILS(dir_open(b->w, b->d, "f/x", &sub, &b->err), ERR_INPUT, "disk.kind");
	assert_null(sub);
	OK(dir_open(b->w, b->d, ".", &sub, &b->err));
	OK(dir_sync(sub, &b->err));
	OK(dir_sync_all(sub, &b->err));
	dir_close(sub);
	dir_close(NULL);
}

static void
nothing_leads_outside_a_folder(void **state)
{
	static const char *const paths[] = { "..", "../x", "a/..", "a/../f",
		"a/../../x", "/", "/etc/passwd", "a/b/../c", "../", "a//../f" };
	struct bench *b = *state;
	struct file *f = NULL;
	struct dir *sub = NULL;
	struct listing *l = NULL;
	struct file_info info;
	struct buf out;

	buf_init(&out, 100);
	OK(dir_make_all(b->w, b->d, "a/b", &b->err));
	save(b, "f", "x");
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		const char *p = paths[i];

		FAILS(file_open(b->w, b->d, p, FILE_READ, &f, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(file_open(b->w, b->d, p, FILE_CREATE, &f, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(file_open(b->w, b->d, p, FILE_TEMPORARY, &f, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(dir_open(b->w, b->d, p, &sub, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(dir_make(b->w, b->d, p, &b->err), ERR_INPUT, "disk.outside");
		FAILS(dir_make_all(b->w, b->d, p, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(dir_remove(b->w, b->d, p, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(dir_remove_all(b->w, b->d, p, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(listing_open(b->w, b->d, p, &l, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(path_info(b->w, b->d, p, &info, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(path_link_text(b->w, b->d, p, &out, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(path_rename(b->w, b->d, p, b->d, "t", true, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(path_rename(b->w, b->d, "f", b->d, p, true, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(path_remove(b->w, b->d, p, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(file_save(b->w, b->d, p, text("y"), true, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(file_load(b->w, b->d, p, &out, &b->err), ERR_INPUT,
		    "disk.outside");
		assert_false(path_exists(b->w, b->d, p));
	}
	/* Dots that are only names. */
	save(b, "..f", "1");
	save(b, "...", "2");
	save(b, "a/.. ", "3");
	assert_true(holds(b, "./a/./.. ", "3"));
	buf_clear(&out);
}

static void
no_link_is_followed_beneath_a_folder(void **state)
{
	static const char *const through[] = { "in/f", "out/f", "loop/f", "in/",
		"a/up/f" };
	static const char *const last[] = { "in", "out", "loop", "to-f", "none" };
	struct bench *b = *state;
	struct file *f = NULL;
	struct dir *sub = NULL;
	struct listing *l = NULL;
	struct file_info info;

	OK(dir_make_all(b->w, b->d, "a", &b->err));
	save(b, "a/f", "kept");
	put_link(b, "in", "a");
	put_link(b, "out", "/");
	put_link(b, "loop", "loop");
	put_link(b, "to-f", "a/f");
	put_link(b, "none", "nowhere");
	put_link(b, "a/up", "..");
	for (size_t i = 0; i < sizeof through / sizeof through[0]; i++) {
		const char *p = through[i];

		FAILS(file_open(b->w, b->d, p, FILE_READ, &f, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(path_info(b->w, b->d, p, &info, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(dir_open(b->w, b->d, p, &sub, &b->err), ERR_INPUT,
		    "disk.outside");
		if (p[strlen(p) - 1] == '/')
			continue;
		FAILS(dir_make(b->w, b->d, p, &b->err), ERR_INPUT, "disk.outside");
		FAILS(file_open(b->w, b->d, p, FILE_CREATE, &f, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(file_save(b->w, b->d, p, text("y"), true, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(path_rename(b->w, b->d, "a/f", b->d, p, true, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(path_rename(b->w, b->d, p, b->d, "g", true, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(path_remove(b->w, b->d, p, &b->err), ERR_INPUT,
		    "disk.outside");
	}
	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
		const char *p = last[i];

		FAILS(file_open(b->w, b->d, p, FILE_READ, &f, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(file_open(b->w, b->d, p, FILE_UPDATE, &f, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(file_open(b->w, b->d, p, FILE_CREATE, &f, &b->err),
		    ERR_CONFLICT, "disk.exists");
		FAILS(file_open(b->w, b->d, p, FILE_TEMPORARY, &f, &b->err),
		    ERR_INPUT, "disk.outside");
		FAILS(dir_open(b->w, b->d, p, &sub, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(listing_open(b->w, b->d, p, &l, &b->err), ERR_INPUT,
		    "disk.outside");
		FAILS(dir_remove_all(b->w, b->d, p, &b->err), ERR_INPUT,
		    "disk.kind");
		FAILS(dir_make_all(b->w, b->d, p, &b->err), ERR_INPUT,
		    "disk.kind");
		OK(path_info(b->w, b->d, p, &info, &b->err));
		assert_int_equal(info.type, FILE_LINK);
	}
	assert_true(holds(b, "a/f", "kept"));
}

static void
a_link_itself_is_read_renamed_replaced_and_removed(void **state)
{
	struct bench *b = *state;
	struct file_info info;
	struct buf out;

	buf_init(&out, 100);
	save(b, "f", "kept");
	OK(dir_make(b->w, b->d, "a", &b->err));
	put_link(b, "a/l", "../f");
	OK(path_link_text(b->w, b->d, "a/l", &out, &b->err));
	assert_true(span_is(buf_span(&out), "../f"));
	FAILS(path_link_text(b->w, b->d, "f", &out, &b->err), ERR_INPUT,
	    "disk.kind");
	FAILS(path_link_text(b->w, b->d, "g", &out, &b->err), ERR_ABSENT,
	    "disk.absent");
	OK(path_rename(b->w, b->d, "a/l", b->d, "m", false, &b->err));
	OK(path_info(b->w, b->d, "m", &info, &b->err));
	assert_int_equal(info.type, FILE_LINK);
	save(b, "m", "a file now");
	assert_true(holds(b, "f", "kept"));
	assert_true(holds(b, "m", "a file now"));
	put_link(b, "n", "f");
	OK(path_remove(b->w, b->d, "n", &b->err));
	assert_true(path_exists(b->w, b->d, "f"));
	buf_clear(&out);
}

static void
a_person_may_type_links_and_dots(void **state)
{
	struct bench *b = *state;
	char path[200];
	struct file_info info;
	struct file *f = NULL;
	struct dir *d = NULL;

	OK(dir_make(b->w, b->d, "a", &b->err));
	save(b, "f", "typed");
	put_link(b, "a/l", "../f");
	put_link(b, "up", ".");
	(void)snprintf(path, sizeof path, "%s/up/a/../a/l", b->folder);
	OK(path_info(b->w, NULL, path, &info, &b->err));
	assert_int_equal(info.type, FILE_LINK);
	OK(path_info_follow(b->w, path, &info, &b->err));
	assert_int_equal(info.type, FILE_REGULAR);
	assert_int_equal(info.size, 5);
	OK(file_open(b->w, NULL, path, FILE_READ, &f, &b->err));
	file_close(f);
	(void)snprintf(path, sizeof path, "%s/up/", b->folder);
	OK(dir_open(b->w, NULL, path, &d, &b->err));
	assert_true(path_exists(b->w, d, "f"));
	dir_close(d);
	OK(dir_make_all(b->w, NULL, path, &b->err));
	put_link(b, "loop", "loop");
	(void)snprintf(path, sizeof path, "%s/loop", b->folder);
	FAILS(path_info_follow(b->w, path, &info, &b->err), ERR_IO, "disk.io");
}

static void
folders_are_removed_when_empty(void **state)
{
	struct bench *b = *state;

	OK(dir_make_all(b->w, b->d, "a/b", &b->err));
	save(b, "f", "x");
	FAILS(dir_remove(b->w, b->d, "a", &b->err), ERR_CONFLICT,
	    "disk.not-empty");
	FAILS(dir_remove(b->w, b->d, "f", &b->err), ERR_INPUT, "disk.kind");
	FAILS(dir_remove(b->w, b->d, "c", &b->err), ERR_ABSENT, "disk.absent");
	FAILS(path_remove(b->w, b->d, "a", &b->err), ERR_INPUT, "disk.kind");
	FAILS(path_remove(b->w, b->d, "c", &b->err), ERR_ABSENT, "disk.absent");
	OK(path_clear(b->w, b->d, "c", &b->err));
	FAILS(path_clear(b->w, b->d, "a", &b->err), ERR_INPUT, "disk.kind");
	FAILS(path_remove(b->w, b->d, "f/", &b->err), ERR_INPUT, "disk.kind");
	OK(dir_remove(b->w, b->d, "a/b/", &b->err));
	OK(dir_remove(b->w, b->d, "a", &b->err));
	OK(path_remove(b->w, b->d, "f", &b->err));
	assert_int_equal(count(b, "."), 0);
}

static void
a_whole_tree_is_removed_but_not_what_its_links_lead_to(void **state)
{
	struct bench *b = *state;
	char name[40];

	OK(dir_make_all(b->w, b->d, "t/a/b", &b->err));
	OK(dir_make_all(b->w, b->d, "kept", &b->err));
	save(b, "kept/f", "kept");
	put_link(b, "t/a/l", "../../kept");
	put_fifo(b, "t/a/fifo");
	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof name, "t/a/b/%d", i);
		OK(dir_make(b->w, b->d, name, &b->err));
	}
	save(b, "t/a/b/7/f", "x");
	OK(dir_remove_all(b->w, b->d, "t", &b->err));
	assert_false(path_exists(b->w, b->d, "t"));
	assert_true(holds(b, "kept/f", "kept"));
	FAILS(dir_remove_all(b->w, b->d, "t", &b->err), ERR_ABSENT,
	    "disk.absent");
	FAILS(dir_remove_all(b->w, b->d, "kept/f", &b->err), ERR_INPUT,
	    "disk.kind");
}

/* Folders "d" so deep; the deepest may hold no folder. */
static void
make_deep(struct bench *b, int depth)
{
	struct dir *at = NULL, *next = NULL;

	OK(dir_open(b->w, b->d, ".", &at, &b->err));
	for (int i = 0; i < depth; i++) {
		OK(dir_make(b->w, at, "d", &b->err));
		OK(dir_open(b->w, at, "d", &next, &b->err));
		dir_close(at);
		at = next;
	}
	dir_close(at);
}

static void
a_tree_is_removed_to_the_depth_limit_and_no_deeper(void **state)
{
	struct bench *b = *state;

	make_deep(b, DISK_DEPTH_MAX);
	OK(dir_remove_all(b->w, b->d, "d", &b->err));
	make_deep(b, DISK_DEPTH_MAX + 1);
	FAILS(dir_remove_all(b->w, b->d, "d", &b->err), ERR_LIMIT, "disk.depth");
	OK(path_rename(b->w, b->d, "d/d", b->d, "e", false, &b->err));
	OK(dir_remove_all(b->w, b->d, "d", &b->err));
	OK(dir_remove_all(b->w, b->d, "e", &b->err));
}

static void
a_listing_gives_every_name_once_whatever_its_bytes(void **state)
{
	static const char *const names[] = { "plain", "with\nnewline", "\xff\xfe bad",
		"\x1b[2J", "-rf", " ", "\xC3\xA9", "a\\b", "con\x7f", "*" };
	struct bench *b = *state;
	struct listing *l = NULL;
	struct listing_entry e;
	unsigned seen = 0;
	bool more = true;

	OK(dir_make(b->w, b->d, "in", &b->err));
	for (size_t i = 0; i < 10; i++) {
		char path[40];

		(void)snprintf(path, sizeof path, "in/%s", names[i]);
		save(b, path, names[i]);
		assert_true(holds(b, path, names[i]));
	}
	OK(listing_open(b->w, b->d, "in", &l, &b->err));
	for (;;) {
		OK(listing_next(l, &e, &more, &b->err));
		if (!more)
			break;
		for (unsigned i = 0; i < 10; i++)
			if (strcmp(names[i], e.name) == 0) {
				assert_int_equal(seen & 1u << i, 0);
				seen |= 1u << i;
			}
		assert_true(e.type == FILE_REGULAR || e.type == FILE_OTHER);
	}
	assert_int_equal(seen, 0x3FF);
	listing_close(l);
	listing_close(NULL);
	FAILS(listing_open(b->w, b->d, "no", &l, &b->err), ERR_ABSENT,
	    "disk.absent");
	FAILS(listing_open(b->w, b->d, "in/plain", &l, &b->err), ERR_INPUT,
	    "disk.kind");
}

static void
an_error_shows_the_name_without_what_could_fool_a_screen(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;

	FAILS(file_open(b->w, b->d, "x\x1b[2J\n\xff", FILE_READ, &f, &b->err),
	    ERR_ABSENT, "disk.absent");
	assert_non_null(strstr(b->err.text, "x\\x1B[2J\\x0A\\xFF"));
}

static void
names_have_at_most_255_bytes(void **state)
{
	struct bench *b = *state;
	char name[WORLD_NAME_MAX + 2];
	struct file *f = NULL;

	memset(name, 'n', sizeof name);
	name[WORLD_NAME_MAX + 1] = '\0';
	FAILS(file_open(b->w, b->d, name, FILE_CREATE, &f, &b->err), ERR_INPUT,
	    "disk.name");
	FAILS(dir_make(b->w, b->d, name, &b->err), ERR_INPUT, "disk.name");
	name[WORLD_NAME_MAX] = '\0';
	save(b, name, "long");
	assert_true(holds(b, name, "long"));
	OK(path_rename(b->w, b->d, name, b->d, "short", false, &b->err));
	assert_true(holds(b, "short", "long"));
}

static void
paths_have_at_most_4095_bytes(void **state)
{
	struct bench *b = *state;
	char path[WORLD_PATH_MAX + 2];
	struct file_info info;

	/* "./././.../f" */
	for (size_t i = 0; i < sizeof path; i++)
		path[i] = i % 2 == 0 ? '.' : '/';
	save(b, "f", "x");
	path[WORLD_PATH_MAX - 1] = 'f';
	path[WORLD_PATH_MAX] = '\0';
	OK(path_info(b->w, b->d, path, &info, &b->err));
	path[WORLD_PATH_MAX - 1] = '.';
	path[WORLD_PATH_MAX] = '/';
	path[WORLD_PATH_MAX + 1] = '\0';
	FAILS(path_info(b->w, b->d, path, &info, &b->err), ERR_INPUT,
	    "disk.name");
}

/* ---- rename ---- */

static void
a_rename_replaces_only_when_told(void **state)
{
	struct bench *b = *state;

	save(b, "a", "1");
	save(b, "b", "2");
	FAILS(path_rename(b->w, b->d, "a", b->d, "b", false, &b->err),
	    ERR_CONFLICT, "disk.exists");
	assert_true(holds(b, "a", "1"));
	assert_true(holds(b, "b", "2"));
	OK(path_rename(b->w, b->d, "a", b->d, "b", true, &b->err));
	assert_true(holds(b, "b", "1"));
	assert_false(path_exists(b->w, b->d, "a"));
	FAILS(path_rename(b->w, b->d, "a", b->d, "c", true, &b->err), ERR_ABSENT,
	    "disk.absent");
	FAILS(path_rename(b->w, b->d, "a", b->d, "c", false, &b->err), ERR_ABSENT,
	    "disk.absent");
	OK(path_rename(b->w, b->d, "b", b->d, "c", false, &b->err));
	OK(path_rename(b->w, b->d, "c", b->d, "c", true, &b->err));
	assert_true(holds(b, "c", "1"));
}

static void
a_rename_goes_between_folders_and_keeps_kinds_apart(void **state)
{
	struct bench *b = *state;
	struct dir *sub = NULL;

	OK(dir_make_all(b->w, b->d, "x/y", &b->err));
	OK(dir_make_all(b->w, b->d, "empty", &b->err));
	OK(dir_open(b->w, b->d, "x", &sub, &b->err));
	save(b, "f", "1");
	OK(path_rename(b->w, b->d, "f", sub, "y/f", false, &b->err));
	assert_true(holds(b, "x/y/f", "1"));
	OK(path_rename(b->w, sub, "y", b->d, "moved", false, &b->err));
	assert_true(holds(b, "moved/f", "1"));
	FAILS(path_rename(b->w, b->d, "moved", b->d, "empty", false, &b->err),
	    ERR_CONFLICT, "disk.exists");
	OK(path_rename(b->w, b->d, "moved", b->d, "empty", true, &b->err));
	OK(dir_make(b->w, b->d, "new", &b->err));
	FAILS(path_rename(b->w, b->d, "new", b->d, "empty", true, &b->err),
	    ERR_CONFLICT, "disk.not-empty");
	save(b, "f", "2");
	FAILS(path_rename(b->w, b->d, "f", b->d, "empty", true, &b->err),
	    ERR_INPUT, "disk.kind");
	FAILS(path_rename(b->w, b->d, "empty", b->d, "f", true, &b->err),
	    ERR_INPUT, "disk.kind");
	FAILS(path_rename(b->w, b->d, "empty", b->d, "empty/in", true, &b->err),
	    ERR_IO, "disk.io");
	FAILS(path_rename(b->w, b->d, "f", b->d, "none/f", true, &b->err),
	    ERR_ABSENT, "disk.absent");
	assert_true(holds(b, "empty/f", "1"));
	dir_close(sub);
}

/* ---- files ---- */

static void
what_is_written_is_read(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;
	struct file_info info;
	char got[20] = "";
	size_t n = 0;

	OK(file_open(b->w, b->d, "f", FILE_CREATE, &f, &b->err));
	OK(file_write_at(f, text("0123456789"), 0, &b->err));
	OK(file_write_at(f, text("AB"), 3, &b->err));
	OK(file_write_at(f, span_of("", 0), 99, &b->err));
	OK(file_read_at(f, got, sizeof got, 0, &n, &b->err));
	assert_int_equal(n, 10);
	assert_memory_equal(got, "012AB56789", 10);
	OK(file_read_at(f, got, 4, 8, &n, &b->err));
	assert_int_equal(n, 2);
	OK(file_read_at(f, got, 4, 10, &n, &b->err));
	assert_int_equal(n, 0);
	OK(file_read_at(f, got, 4, INT64_MAX - 4, &n, &b->err));
	assert_int_equal(n, 0);
	OK(file_sync(f, &b->err));
	file_sync_begin(f, 0, 10);
	file_sequential(f);
	file_will_read(f, 4, 99);
	OK(file_info(f, &info, &b->err));
	assert_int_equal(info.type, FILE_REGULAR);
	assert_int_equal(info.size, 10);
	assert_int_equal(info.mode, 0600);
	assert_true(info.mtime_ns < 1000000000 && info.ctime_ns < 1000000000);
	OK(file_mode_set(f, 0644, &b->err));
	OK(file_info(f, &info, &b->err));
	assert_int_equal(info.mode, 0644);
	file_close(f);
	file_close(NULL);
	FAILS(file_open(b->w, b->d, "f", FILE_CREATE, &f, &b->err), ERR_CONFLICT,
	    "disk.exists");
}

static void
syncs_of_files_and_folders_are_counted(void **state)
{
	struct bench *b = *state;
	uint64_t before = world_syncs(b->w);
	struct file *f = NULL;

	OK(file_open(b->w, b->d, "f", FILE_CREATE, &f, &b->err));
	OK(file_write_at(f, text("1"), 0, &b->err));
	assert_int_equal(world_syncs(b->w), before);
	OK(file_sync(f, &b->err));
	assert_int_equal(world_syncs(b->w), before + 1);
	OK(dir_sync(b->d, &b->err));
	OK(dir_sync_all(b->d, &b->err));
	assert_int_equal(world_syncs(b->w), before + 3);
	save(b, "g", "2");			/* its file and its folder */
	assert_int_equal(world_syncs(b->w), before + 5);
	file_close(f);
}

static void
a_file_opened_to_read_cannot_be_written(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;

	save(b, "f", "kept");
	OK(file_open(b->w, b->d, "f", FILE_READ, &f, &b->err));
	FAILS(file_write_at(f, text("x"), 0, &b->err), ERR_IO, "disk.io");
	FAILS(file_truncate(f, 0, &b->err), ERR_IO, "disk.io");
	file_close(f);
	OK(file_open(b->w, b->d, "f", FILE_UPDATE, &f, &b->err));
	OK(file_write_at(f, text("K"), 0, &b->err));
	file_close(f);
	assert_true(holds(b, "f", "Kept"));
}

static void
only_files_are_opened_as_files(void **state)
{
	static const enum file_mode modes[] = { FILE_READ, FILE_UPDATE };
	struct bench *b = *state;
	struct file *f = NULL;

	put_fifo(b, "fifo");
	OK(dir_make(b->w, b->d, "a", &b->err));
	save(b, "f", "x");
	for (size_t i = 0; i < 2; i++) {
		FAILS(file_open(b->w, b->d, "fifo", modes[i], &f, &b->err),
		    ERR_INPUT, "disk.kind");
		FAILS(file_open(b->w, b->d, "a", modes[i], &f, &b->err),
		    ERR_INPUT, "disk.kind");
		FAILS(file_open(b->w, b->d, ".", modes[i], &f, &b->err),
		    ERR_INPUT, "disk.kind");
		FAILS(file_open(b->w, b->d, "none", modes[i], &f, &b->err),
		    ERR_ABSENT, "disk.absent");
		FAILS(file_open(b->w, b->d, "f/", modes[i], &f, &b->err),
		    ERR_INPUT, "disk.kind");
		FAILS(file_open(b->w, b->d, "", modes[i], &f, &b->err),
		    ERR_ABSENT, "disk.absent");
	}
	FAILS(file_open(b->w, b->d, "new/", FILE_CREATE, &f, &b->err), ERR_INPUT,
	    "disk.kind");
	FAILS(file_open(b->w, b->d, "no/new", FILE_CREATE, &f, &b->err),
	    ERR_ABSENT, "disk.absent");
	FAILS(file_open(b->w, b->d, "f/new", FILE_CREATE, &f, &b->err), ERR_INPUT,
	    "disk.kind");
	assert_null(f);
}

static void
opening_with_info_gives_the_size_at_once(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;
	struct file_info one, two, three;

	save(b, "f", "12345");
	OK(file_open_info(b->w, b->d, "f", &f, &one, &b->err));
	OK(file_info(f, &two, &b->err));
	OK(path_info(b->w, b->d, "f", &three, &b->err));
	assert_int_equal(one.size, 5);
	assert_int_equal(one.inode, two.inode);
	assert_int_equal(two.inode, three.inode);
	assert_int_equal(one.device, three.device);
	assert_int_equal(one.mtime, three.mtime);
	assert_int_equal(one.mtime_ns, three.mtime_ns);
	assert_int_equal(one.ctime_ns, three.ctime_ns);
	file_close(f);
	f = NULL;
	FAILS(file_open_info(b->w, b->d, "g", &f, &one, &b->err), ERR_ABSENT,
	    "disk.absent");
	assert_null(f);
}

static void
a_file_grows_with_zeros_and_shrinks(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;
	char got[16] = "";
	size_t n = 0;

	OK(file_open(b->w, b->d, "f", FILE_CREATE, &f, &b->err));
	OK(file_write_at(f, text("abcdef"), 0, &b->err));
	OK(file_truncate(f, 3, &b->err));
	OK(file_truncate(f, 8, &b->err));
	OK(file_read_at(f, got, sizeof got, 0, &n, &b->err));
	assert_int_equal(n, 8);
	assert_memory_equal(got, "abc\0\0\0\0\0", 8);
	OK(file_write_at(f, text("z"), 10, &b->err));
	OK(file_read_at(f, got, sizeof got, 0, &n, &b->err));
	assert_int_equal(n, 11);
	assert_memory_equal(got, "abc\0\0\0\0\0\0\0z", 11);
	OK(file_truncate(f, 0, &b->err));
	OK(file_read_at(f, got, sizeof got, 0, &n, &b->err));
	assert_int_equal(n, 0);
	file_close(f);
}

static void
offsets_beyond_four_gibibytes_work_and_past_the_last_are_refused(void **state)
{
	const uint64_t far = (uint64_t)5 << 30;
	struct bench *b = *state;
	struct file *f = NULL;
	struct file_info info;
	char got[8] = "";
	size_t n = 0;

	OK(file_open(b->w, b->d, "f", FILE_CREATE, &f, &b->err));
	OK(file_write_at(f, text("far"), far, &b->err));
	OK(file_info(f, &info, &b->err));
	assert_true(info.size == far + 3);
	OK(file_read_at(f, got, sizeof got, far - 1, &n, &b->err));
	assert_int_equal(n, 4);
	assert_memory_equal(got, "\0far", 4);
	OK(file_read_at(f, got, 2, 0, &n, &b->err));
	assert_memory_equal(got, "\0", 2);
	FAILS(file_read_at(f, got, 2, INT64_MAX, &n, &b->err), ERR_LIMIT,
	    "disk.offset");
	FAILS(file_write_at(f, text("x"), UINT64_MAX, &b->err), ERR_LIMIT,
	    "disk.offset");
	FAILS(file_truncate(f, (uint64_t)1 << 63, &b->err), ERR_LIMIT,
	    "disk.offset");
	file_close(f);
}

static void
a_megabyte_comes_back_as_it_went(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;
	uint8_t *out = malloc(1 << 20), *in = malloc(1 << 20);
	size_t n = 0;

	assert_non_null(out);
	assert_non_null(in);
	OK(world_random(b->w, out, 1 << 20, &b->err));
	OK(file_open(b->w, b->d, "f", FILE_CREATE, &f, &b->err));
	OK(file_write_at(f, span_of(out, 1 << 20), 12345, &b->err));
	OK(file_read_at(f, in, 1 << 20, 12345, &n, &b->err));
	assert_int_equal(n, 1 << 20);
	assert_memory_equal(in, out, 1 << 20);
	file_close(f);
	free(in);
	free(out);
}

static void
a_file_is_held_by_one(void **state)
{
	struct bench *b = *state;
	struct file *one = NULL, *two = NULL;

	save(b, "f", "x");
	OK(file_open(b->w, b->d, "f", FILE_UPDATE, &one, &b->err));
	OK(file_open(b->w, b->d, "f", FILE_UPDATE, &two, &b->err));
	OK(file_lock(one, &b->err));
	OK(file_lock(one, &b->err));
	FAILS(file_lock(two, &b->err), ERR_CONFLICT, "disk.locked");
	file_close(one);
	OK(file_lock(two, &b->err));
	file_close(two);
}

static void
a_temporary_file_has_no_name_until_it_is_given_one(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;
	struct file_info info;

	OK(dir_make(b->w, b->d, "t", &b->err));
	save(b, "taken", "kept");
	OK(file_open(b->w, b->d, "t", FILE_TEMPORARY, &f, &b->err));
	OK(file_write_at(f, text("body"), 0, &b->err));
	OK(file_sync(f, &b->err));
	assert_false(path_exists(b->w, b->d, "t/named"));
	FAILS(file_name(f, b->d, "taken", &b->err), ERR_CONFLICT, "disk.exists");
	FAILS(file_name(f, b->d, "no/named", &b->err), ERR_ABSENT, "disk.absent");
	FAILS(file_name(f, b->d, "../named", &b->err), ERR_INPUT, "disk.outside");
	OK(file_name(f, b->d, "t/named", &b->err));
	OK(file_write_at(f, text("B"), 0, &b->err));
	OK(file_info(f, &info, &b->err));
	assert_int_equal(info.mode, 0600);
	file_close(f);
	assert_true(holds(b, "t/named", "Body"));
	assert_true(holds(b, "taken", "kept"));
	assert_int_equal(count(b, "t"), 1);
	OK(file_open(b->w, b->d, ".", FILE_TEMPORARY, &f, &b->err));
	file_close(f);
	assert_int_equal(count(b, "."), 2);
	f = NULL;
	FAILS(file_open(b->w, b->d, "none", FILE_TEMPORARY, &f, &b->err),
	    ERR_ABSENT, "disk.absent");
	FAILS(file_open(b->w, b->d, "taken", FILE_TEMPORARY, &f, &b->err),
	    ERR_INPUT, "disk.kind");
	assert_null(f);
}

static void
a_removed_file_lives_on_for_those_who_hold_it(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;
	char got[8] = "";
	size_t n = 0;

	save(b, "f", "body");
	OK(file_open(b->w, b->d, "f", FILE_READ, &f, &b->err));
	OK(path_remove(b->w, b->d, "f", &b->err));
	save(b, "f", "another");
	OK(file_read_at(f, got, sizeof got, 0, &n, &b->err));
	assert_int_equal(n, 4);
	assert_memory_equal(got, "body", 4);
	file_close(f);
}

static void
saving_replaces_whole_or_not_at_all_and_leaves_nothing_else(void **state)
{
	struct bench *b = *state;

	OK(dir_make(b->w, b->d, "s", &b->err));
	OK(file_save(b->w, b->d, "s/f", text("one"), false, &b->err));
	FAILS(file_save(b->w, b->d, "s/f", text("two"), false, &b->err),
	    ERR_CONFLICT, "disk.exists");
	assert_non_null(strstr(b->err.text, "s/f"));
	assert_true(holds(b, "s/f", "one"));
	OK(file_save(b->w, b->d, "s/f", text("three"), true, &b->err));
	assert_true(holds(b, "s/f", "three"));
	OK(file_save(b->w, b->d, "s/empty", span_of(NULL, 0), true, &b->err));
	assert_true(holds(b, "s/empty", ""));
	assert_int_equal(count(b, "s"), 2);
	FAILS(file_save(b->w, b->d, "no/f", text("x"), true, &b->err), ERR_ABSENT,
	    "disk.absent");
	FAILS(file_save(b->w, b->d, "s", text("x"), true, &b->err), ERR_INPUT,
	    "disk.kind");
	FAILS(file_save(b->w, b->d, "", text("x"), true, &b->err), ERR_ABSENT,
	    "disk.absent");
	assert_int_equal(count(b, "s"), 2);
	assert_int_equal(count(b, "."), 1);
}

static void
loading_takes_the_limit_and_refuses_one_more(void **state)
{
	struct bench *b = *state;
	struct buf out;

	buf_init(&out, 8);
	save(b, "eight", "12345678");
	save(b, "nine", "123456789");
	OK(file_load(b->w, b->d, "eight", &out, &b->err));
	assert_true(span_is(buf_span(&out), "12345678"));
	FAILS(file_load(b->w, b->d, "eight", &out, &b->err), ERR_LIMIT,
	    "buf.limit");
	assert_int_equal(out.n, 8);
	buf_reset(&out);
	FAILS(file_load(b->w, b->d, "nine", &out, &b->err), ERR_LIMIT,
	    "buf.limit");
	assert_int_equal(out.n, 0);
	FAILS(file_load(b->w, b->d, "none", &out, &b->err), ERR_ABSENT,
	    "disk.absent");
	buf_clear(&out);
}

static void
streams_read_and_write_on_from_an_offset(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL;
	struct sink *to = NULL;
	struct source *from = NULL;
	struct buf out;

	buf_init(&out, 100);
	OK(file_open(b->w, b->d, "f", FILE_CREATE, &f, &b->err));
	OK(file_sink(f, 2, &to, &b->err));
	OK(sink_write(to, text("ab"), &b->err));
	OK(sink_write(to, text("cd"), &b->err));
	sink_free(to);
	OK(file_source(f, 3, &from, &b->err));
	OK(source_all(from, &out, &b->err));
	assert_true(span_is(buf_span(&out), "bcd"));
	source_free(from);
	file_close(f);
	buf_clear(&out);
}

static void
a_beginning_that_lies_elsewhere_is_read_with_the_rest(void **state)
{
	struct bench *b = *state;
	struct file *f = NULL, *joined = NULL;
	struct file_info info;
	char got[12] = "";
	size_t n;

	save(b, "rest", "....and the rest");
	OK(file_open(b->w, b->d, "rest", FILE_READ, &f, &b->err));
	OK(file_headed(f, text("head"), &joined, &b->err));
	OK(file_info(joined, &info, &b->err));
	assert_int_equal(info.size, 16);
	OK(file_read_at(joined, got, 8, 0, &n, &b->err));
	assert_int_equal(n, 8);
	assert_memory_equal(got, "headand ", 8);
	OK(file_read_at(joined, got, 4, 3, &n, &b->err));
	assert_memory_equal(got, "dand", 4);
	OK(file_read_at(joined, got, 2, 1, &n, &b->err));
	assert_memory_equal(got, "ea", 2);
	OK(file_read_at(joined, got, 12, 4, &n, &b->err));
	assert_memory_equal(got, "and the rest", 12);
	FAILS(file_write_at(joined, text("x"), 0, &b->err), ERR_USE, "disk.headed");
	FAILS(file_truncate(joined, 0, &b->err), ERR_USE, "disk.headed");
	FAILS(file_sync(joined, &b->err), ERR_USE, "disk.headed");
	file_close(joined);
	assert_true(holds(b, "rest", "....and the rest"));
}

static void
free_space_is_known(void **state)
{
	struct bench *b = *state;
	uint64_t bytes = 0;

	OK(dir_free_bytes(b->d, &bytes, &b->err));
	assert_true(bytes > 1 << 20);
}

/* ---- clock, random, threads ---- */

static void
ticks_never_go_back(void **state)
{
	struct bench *b = *state;
	uint64_t last = world_ticks(b->w);

	for (int i = 0; i < 1000; i++) {
		uint64_t t = world_ticks(b->w);

		assert_true(t >= last);
		last = t;
	}
	assert_true(world_now(b->w) > 1600000000);
}

static void
a_sleep_takes_its_time_on_the_ticks(void **state)
{
	struct bench *b = *state;
	uint64_t before = world_ticks(b->w), after;
	int64_t now = world_now(b->w);

	world_sleep(b->w, 0);
	world_sleep(b->w, 20);
	after = world_ticks(b->w);
	assert_true(after - before >= 20000000u);
	assert_true(after - before < 5000000000u);
	if (world_is_sim(b->w))
		assert_int_equal(world_now(b->w), now);
}

static void
random_bytes_differ(void **state)
{
	struct bench *b = *state;
	uint8_t one[1000] = { 0 }, two[1000] = { 0 };

	OK(world_random(b->w, one, sizeof one, &b->err));
	OK(world_random(b->w, two, sizeof two, &b->err));
	assert_memory_not_equal(one, two, sizeof one);
	assert_memory_not_equal(one + 8, one + 16, 8);
	OK(world_random(b->w, one, 0, &b->err));
}

struct tally {
	struct gate *gate;
	unsigned started;		/* set by world_run before any work begins */
	unsigned ran, saw;
};

static void
tally_work(void *arg, unsigned i)
{
	struct tally *t = arg;

	gate_lock(t->gate);
	t->ran |= 1u << i;
	t->saw += t->started;
	gate_unlock(t->gate);
}

static void
every_piece_of_work_is_run_once(void **state)
{
	struct bench *b = *state;
	struct tally t = { .ran = 0 };

	OK(gate_new(&t.gate, &b->err));
	world_run(b->w, 8, tally_work, &t, &t.started);
	assert_int_equal(t.started, 8);
	assert_int_equal(t.ran, 0xFF);
	assert_int_equal(t.saw, 64);
	t.ran = 0;
	world_run(b->w, 0, tally_work, &t, &t.started);
	assert_int_equal(t.started, 0);
	assert_int_equal(t.ran, 0);
	world_run(b->w, 1, tally_work, &t, &t.started);
	assert_int_equal(t.ran, 1);
	assert_true(world_cores(b->w) >= 1);
	gate_free(t.gate);
	gate_free(NULL);
}

static void
work_goes_on_with_the_threads_there_are(void **state)
{
	struct bench *b = *state;
	struct tally t = { .ran = 0 };

	OK(gate_new(&t.gate, &b->err));
	mem_fail(1, true);
	world_run(b->w, 4, tally_work, &t, &t.started);
	mem_fail(0, false);
	assert_true(t.started >= 1 && t.started <= 4);
	assert_int_equal(t.ran, (1u << t.started) - 1);
	gate_free(t.gate);
}

/* ---- every allocation in turn ---- */

/* Something of everything; false as soon as one fails. */
static bool
a_bit_of_everything(struct bench *b)
{
	struct file *f = NULL;
	struct dir *d = NULL;
	struct listing *l = NULL;
	struct source *from = NULL;
	struct sink *to = NULL;
	struct listing_entry e;
	struct buf out;
	bool more = false, ok;

	buf_init(&out, 1000);
	ok = dir_make_all(b->w, b->d, "m/n", &b->err) &&
	    dir_open(b->w, b->d, "m", &d, &b->err) &&
	    file_save(b->w, d, "n/f", text("body"), true, &b->err) &&
	    file_load(b->w, d, "n/f", &out, &b->err) &&
	    file_open(b->w, d, "n", FILE_TEMPORARY, &f, &b->err) &&
	    file_sink(f, 0, &to, &b->err) &&
	    sink_write(to, text("x"), &b->err) &&
	    file_source(f, 0, &from, &b->err) &&
	    file_sync(f, &b->err) && file_name(f, d, "n/g", &b->err) &&
	    path_rename(b->w, d, "n/g", d, "g", true, &b->err) &&
	    listing_open(b->w, d, "n", &l, &b->err) &&
	    listing_next(l, &e, &more, &b->err) && dir_sync(d, &b->err);
	sink_free(to);
	source_free(from);
	file_close(f);
	listing_close(l);
	ok = ok && dir_remove_all(b->w, b->d, "m", &b->err);
	dir_close(d);
	buf_clear(&out);
	return ok;
}

static void
every_failed_allocation_is_an_error_that_leaves_the_disk_usable(void **state)
{
	struct bench *b = *state;
	uint64_t nth;
	bool ok = false;

	for (nth = 1; nth < 1000 && !ok; nth++) {
		b->err = (struct err)ERR_INIT;
		mem_fail(nth, false);
		ok = a_bit_of_everything(b);
		mem_fail(0, false);
		if (!ok)
			assert_int_equal(b->err.kind, ERR_MEMORY);
		if (!ok && path_exists(b->w, b->d, "m"))
			OK(dir_remove_all(b->w, b->d, "m", &b->err));
		assert_int_equal(count(b, "."), 0);
	}
	assert_true(ok && nth > 10);
}

/* ---- the three benches ---- */

static void
bench_world(struct bench *b)
{
	struct dir *top = NULL;

	OK(dir_open(b->w, NULL, b->folder[0] == '\0' ? "/" : b->folder, &top,
	    &b->err));
	b->d = top;
}

static int
real_setup(void **state, unsigned lacks)
{
	struct bench *b = calloc(1, sizeof *b);

	assert_non_null(b);
	OK(world_real(&b->w, &b->err));
	atomic_fetch_or(&((struct real *)b->w)->lacks, lacks);
	(void)snprintf(b->folder, sizeof b->folder, "/tmp/comity-world-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	bench_world(b);
	*state = b;
	return 0;
}

static int
real_new(void **state)
{
	return real_setup(state, 0);
}

static int
real_old(void **state)
{
	return real_setup(state, REAL_LACKS_OPENAT2 | REAL_LACKS_TMPFILE |
	    REAL_LACKS_RENAMEAT2);
}

static int
sim_new(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	struct world_sim_options opt = { .seed = 7, .now = 1795000000 };

	assert_non_null(b);
	OK(world_sim(&b->w, opt, &b->err));
	bench_world(b);
	*state = b;
	return 0;
}

static int
bench_free(void **state)
{
	struct bench *b = *state;

	mem_fail(0, false);
	dir_close(b->d);
	if (b->folder[0] != '\0' &&
	    !dir_remove_all(b->w, NULL, b->folder, &b->err))
		print_message("left behind: %s: %s\n", b->folder, b->err.text);
	world_free(b->w);
	free(b);
	return 0;
}

#define EACH(begin) \
	ONE(a_folder_is_made_once, begin), \
	ONE(folders_are_made_down_to_the_last_and_may_be_there, begin), \
	ONE(opening_a_folder_says_why_not, begin), \
	ONE(nothing_leads_outside_a_folder, begin), \
	ONE(no_link_is_followed_beneath_a_folder, begin), \
	ONE(a_link_itself_is_read_renamed_replaced_and_removed, begin), \
	ONE(a_person_may_type_links_and_dots, begin), \
	ONE(folders_are_removed_when_empty, begin), \
	ONE(a_whole_tree_is_removed_but_not_what_its_links_lead_to, begin), \
	ONE(a_tree_is_removed_to_the_depth_limit_and_no_deeper, begin), \
	ONE(a_listing_gives_every_name_once_whatever_its_bytes, begin), \
	ONE(an_error_shows_the_name_without_what_could_fool_a_screen, begin), \
	ONE(names_have_at_most_255_bytes, begin), \
	ONE(paths_have_at_most_4095_bytes, begin), \
	ONE(a_rename_replaces_only_when_told, begin), \
	ONE(a_rename_goes_between_folders_and_keeps_kinds_apart, begin), \
	ONE(what_is_written_is_read, begin), \
	ONE(syncs_of_files_and_folders_are_counted, begin), \
	ONE(a_file_opened_to_read_cannot_be_written, begin), \
	ONE(only_files_are_opened_as_files, begin), \
	ONE(opening_with_info_gives_the_size_at_once, begin), \
	ONE(a_file_grows_with_zeros_and_shrinks, begin), \
	ONE(offsets_beyond_four_gibibytes_work_and_past_the_last_are_refused, begin), \
	ONE(a_megabyte_comes_back_as_it_went, begin), \
	ONE(a_file_is_held_by_one, begin), \
	ONE(a_temporary_file_has_no_name_until_it_is_given_one, begin), \
	ONE(a_removed_file_lives_on_for_those_who_hold_it, begin), \
	ONE(saving_replaces_whole_or_not_at_all_and_leaves_nothing_else, begin), \
	ONE(loading_takes_the_limit_and_refuses_one_more, begin), \
	ONE(streams_read_and_write_on_from_an_offset, begin), \
	ONE(a_beginning_that_lies_elsewhere_is_read_with_the_rest, begin), \
	ONE(free_space_is_known, begin), \
	ONE(ticks_never_go_back, begin), \
	ONE(a_sleep_takes_its_time_on_the_ticks, begin), \
	ONE(random_bytes_differ, begin), \
	ONE(every_piece_of_work_is_run_once, begin), \
	ONE(work_goes_on_with_the_threads_there_are, begin), \
	ONE(every_failed_allocation_is_an_error_that_leaves_the_disk_usable, begin)

#define ONE(name, begin) cmocka_unit_test_setup_teardown(name, begin, bench_free)

int
main(void)
{
	const struct CMUnitTest real[] = { EACH(real_new) };
	const struct CMUnitTest old[] = { EACH(real_old) };
	const struct CMUnitTest sim[] = { EACH(sim_new) };
	int bad = cmocka_run_group_tests_name("world, real", real, NULL, NULL);

	bad += cmocka_run_group_tests_name("world, real, older system", old, NULL,
	    NULL);
	bad += cmocka_run_group_tests_name("world, simulated", sim, NULL, NULL);
	return bad == 0 ? 0 : 1;
}
