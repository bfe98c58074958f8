/* What we seal opens with the age tool, and what it seals opens here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <unistd.h>

#include "crypto/age_internal.h"

#define BYTES_MAX 1000000

static struct world *world;
static char folder[] = "/tmp/comity-age-XXXXXX";

static void
run(const char *command)
{
	char line[500];

	assert_in_range(snprintf(line, sizeof line, "cd %s && %s", folder, command),
	    1, sizeof line - 1);
	if (system(line) != 0)
		fail_msg("failed: %s", line);
}

static FILE *
file_in_folder(const char *name, const char *mode)
{
	char path[200];
	FILE *f;

	assert_in_range(snprintf(path, sizeof path, "%s/%s", folder, name), 1,
	    sizeof path - 1);
	f = fopen(path, mode);
	assert_non_null(f);
	return f;
}

static void
save(const char *name, struct span s)
{
	FILE *f = file_in_folder(name, "wb");

	assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
	assert_int_equal(fclose(f), 0);
}

static void
load(const char *name, struct buf *out)
{
	FILE *f = file_in_folder(name, "rb");

	buf_init(out, BYTES_MAX);
	assert_true(buf_room(out, BYTES_MAX, NULL));
	out->n = fread(out->p, 1, BYTES_MAX, f);
	assert_int_equal(fclose(f), 0);
}

static int
have_the_tools(void **state)
{
	(void)state;
	if (!world_real(&world, NULL) || mkdtemp(folder) == NULL)
		return -1;
	return 0;
}

static int
tidy_up(void **state)
{
	char line[200];

	(void)state;
	world_free(world);
	(void)snprintf(line, sizeof line, "rm -rf %s", folder);
	return system(line);
}

static void
need_the_tools(void)
{
	if (system("command -v age age-keygen >/dev/null 2>&1") != 0) {
		print_message("age and age-keygen are not installed: skipped\n");
		skip();
	}
}

static const size_t lengths[] = { 0, 1, 65535, 65536, 65537, 131072, 200000 };
#define LENGTHS (sizeof lengths / sizeof lengths[0])

static uint8_t plain[200000];

static void
fill_plain(void)
{
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * 7 + i / 251);
}

static void
the_age_tool_opens_what_we_seal(void **state)
{
	struct age_identity *id = NULL;
	struct age_recipient to;
	struct err err = ERR_INIT;
	struct buf text, sealed, out;

	(void)state;
	need_the_tools();
	fill_plain();
	assert_true(age_identity_new(world, &id, &err));
	assert_true(age_identity_recipient(id, &to, &err));
	buf_init_secret(&text, 100);
	assert_true(age_identity_print(id, &text, &err));
	save("ours.key", buf_span(&text));
	run("age-keygen -y ours.key > ours.pub");
	load("ours.pub", &out);
	assert_int_equal(out.n, 63);
	assert_memory_equal(out.p, age_recipient_print(&to).s, 62);
	buf_clear(&out);
	for (size_t i = 0; i < LENGTHS; i++) {
		buf_init(&sealed, BYTES_MAX);
		assert_true(age_seal_small(world, &to, 1,
		    span_of(plain, lengths[i]), &sealed, &err));
		save("ours.age", buf_span(&sealed));
		/* With -o it writes no file for an empty plaintext. */
		run("age -d -i ours.key ours.age > opened");
		load("opened", &out);
		assert_true(span_eq(buf_span(&out), span_of(plain, lengths[i])));
		buf_clear(&out);
		buf_clear(&sealed);
	}
	buf_clear(&text);
	age_identity_free(id);
}

static void
opens_here(const char *name, bool armor, const struct age_identity *id, size_t n)
{
	struct source *file = NULL, *text = NULL, *age = NULL;
	struct age_keys keys = { .identities = &id, .n = 1 };
	struct err err = ERR_INIT;
	struct buf sealed, out;

	load(name, &sealed);
	buf_init(&out, BYTES_MAX);
	assert_true(source_of_span(&file, buf_span(&sealed), &err));
	assert_true(age_armor_source(file, &text, &err));
	assert_true(age_source(armor ? text : file, &keys, &age, &err));
	assert_true(source_all(age, &out, &err));
	assert_true(span_eq(buf_span(&out), span_of(plain, n)));
	source_free(age);
	source_free(text);
	source_free(file);
	buf_clear(&sealed);
	buf_clear(&out);
}

static void
we_open_what_the_age_tool_seals(void **state)
{
	struct age_identity *id = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	(void)state;
	need_the_tools();
	fill_plain();
	run("age-keygen -o theirs.key 2>/dev/null");
	run("age-keygen -y theirs.key > theirs.pub");
	load("theirs.key", &text);
	assert_true(age_identity_parse(buf_span(&text), &id, &err));
	buf_clear(&text);
	for (size_t i = 0; i < LENGTHS; i++) {
		save("plain", span_of(plain, lengths[i]));
		run("age -R theirs.pub -o theirs.age plain");
		opens_here("theirs.age", false, id, lengths[i]);
		run("age -a -R theirs.pub -o theirs.txt plain");
		opens_here("theirs.txt", true, id, lengths[i]);
	}
	age_identity_free(id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_age_tool_opens_what_we_seal),
		cmocka_unit_test(we_open_what_the_age_tool_seals),
	};

	return cmocka_run_group_tests_name("age and the age tool", tests,
	    have_the_tools, tidy_up);
}
