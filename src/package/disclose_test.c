/* Some files of a package, proven alone, and nothing of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "package/check_lines.h"
#include "package/disclose.h"
#include "package/disclose_tree.h"
#include "package/testkit.h"
#include "package/texts.h"

static const struct pack_file files[] = {
	{ "accounts/ledger-2024.csv", "the account of somebody else\n", 0 },
	{ "accounts/shown.csv", "what was asked for\n", 0 },
	{ "mail/privileged-letter.eml", "to counsel\n", 0 },
	{ "mail/second-shown.eml", NULL, 5000 },
	{ "zz-last-withheld.bin", NULL, 7321 },
};
#define FILES (sizeof files / sizeof files[0])
static const struct pack pack = { .files = files, .files_n = FILES, .sealed = true,
	.collection = true, .revocation = true };

static struct package_kit kit;
static struct buf plain;		/* the same package as a tar */

struct chosen {
	uint64_t n[8];
	size_t count;
	bool all;
};

static bool
choose(void *arg, const struct disclose_line *l, bool *show, enum withheld *ground,
    struct err *err)
{
	const struct chosen *c = arg;

	(void)err;
	*show = c->all;
	for (size_t i = 0; i < c->count; i++)
		*show |= c->n[i] == l->n;
	*ground = l->n == 3 ? WITHHELD_PRIVILEGED : WITHHELD_NOT_ASKED;
	return true;
}

static bool
make(const char *package, struct chosen c, bool with_act, const char *out,
    struct err *err)
{
	struct package_reading reading = package_kit_reading(&kit, package);
	struct disclosing in = { .tmp = kit.tmp, .package = &reading,
		.with_act = with_act, .choose = choose, .arg = &c, .why = WHY_DEFENCE,
		.at = KIT_NOW + 100, .software = "comity test" };
	struct disclosure d;
	struct err e = ERR_INIT;
	struct dir *into;
	bool ok;

	assert_true(authority_id_parse("XB-MZXW6YTBOIMZXW6Y", &in.by));
	if (path_exists(kit.w, NULL, out))
		assert_true(dir_remove_all(kit.w, NULL, out, &e));
	assert_true(dir_make(kit.w, NULL, out, &e));
	assert_true(dir_open(kit.w, NULL, out, &into, &e));
	ok = disclosure_make(&in, into, &d, err);
	dir_close(into);
	return ok;
}

static void
make_two(const char *out)
{
	struct err err = ERR_INIT;
	struct chosen two = { .n = { 2, 4 }, .count = 2 };

	if (!make("case.comity", two, false, out, &err))
		fail_msg("%s", err.text);
}

static void
check(const char *path, struct package_report *r)
{
	struct package_reading in = package_kit_reading(&kit, path);

	package_kit_check(&in, r);
}

static enum unchanged
unchanged(const char *path)
{
	struct package_report *r = mem_new(sizeof *r, NULL);
	enum unchanged u;

	check(path, r);
	u = r->unchanged;
	assert_int_equal(r->form, PACKAGE_DISCLOSURE);
	assert_true(u == UNCHANGED_YES || r->overall != OVERALL_INTACT);
	package_report_clear(r);
	mem_free(r);
	return u;
}

static bool
said(const char *path, const char *reason)
{
	struct package_report *r = mem_new(sizeof *r, NULL);
	bool is = false;

	check(path, r);
	assert_int_equal(r->unchanged, UNCHANGED_NO);
	for (size_t i = 0; i < r->findings_n; i++)
		is |= strcmp(r->findings[i].reason, reason) == 0;
	if (!is)
		print_message("not %s but %s\n", reason, r->unchanged_text);
	package_report_clear(r);
	mem_free(r);
	return is;
}

static int
open_kit(void **state)
{
	struct pack open = pack;

	(void)state;
	package_kit_open(&kit, NULL);
	package_kit_pack(&kit, &pack, "case.comity", NULL);
	open.sealed = false;
	package_kit_pack(&kit, &open, "case.tar", NULL);
	package_kit_load(&kit, "case.tar", &plain);
	return 0;
}

static int
close_kit(void **state)
{
	(void)state;
	buf_clear(&plain);
	package_kit_close(&kit);
	return 0;
}

/* ---- what is shown ---- */

static void
the_files_shown_are_proven_and_signed(void **state)
{
	struct package_report *r = mem_new(sizeof *r, NULL);
	struct buf json;

	(void)state;
	make_two("two");
	check("two", r);
	assert_int_equal(r->unchanged, UNCHANGED_YES);
	assert_int_equal(r->who, WHO_KNOWN);
	assert_int_equal(r->when, WHEN_PROVEN);
	assert_int_equal(r->overall, OVERALL_INTACT);
	assert_true(r->is_part && !r->has_act && r->has_ids);
	assert_int_equal(r->part.lines, FILES);
	assert_int_equal(r->part.shown, 2);
	assert_int_equal(r->part.withheld[WITHHELD_PRIVILEGED], 1);
	assert_int_equal(r->part.withheld[WITHHELD_NOT_ASKED], 2);
	assert_int_equal(r->files, 2);
	buf_init(&json, 1 << 20);
	assert_true(package_report_json(r, &json, NULL));
	assert_non_null(memmem(json.p, json.n, "\"form\": \"disclosure\"", 20));
	assert_true(package_report_text(r, true, &json, NULL));
	buf_clear(&json);
	package_report_clear(r);
	mem_free(r);
}

static void
the_act_travels_along_only_when_it_is_asked_for(void **state)
{
	struct package_report *r = mem_new(sizeof *r, NULL);
	struct chosen one = { .n = { 1 }, .count = 1 };
	struct err err = ERR_INIT;

	(void)state;
	make_two("two");
	assert_false(path_exists(kit.w, NULL, "two/act.json"));
	assert_true(make("case.comity", one, true, "acted", &err));
	check("acted", r);
	assert_int_equal(r->overall, OVERALL_INTACT);
	assert_true(r->has_act);
	package_report_clear(r);
	mem_free(r);
}

static void
each_file_is_provable_alone(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= FILES; n++) {
		struct chosen one = { .n = { n }, .count = 1 };
		struct err err = ERR_INIT;

		assert_true(make("case.comity", one, false, "one", &err));
		assert_int_equal(unchanged("one"), UNCHANGED_YES);
	}
}

static void
nothing_shown_is_an_error_and_all_shown_is_not(void **state)
{
	struct chosen none = { .count = 0 }, all = { .all = true };
	struct err err = ERR_INIT;

	(void)state;
	assert_false(make("case.comity", none, false, "none", &err));
	assert_string_equal(err.reason, "disclose.nothing");
	err = (struct err)ERR_INIT;
	assert_true(make("case.tar", all, false, "all", &err));
	assert_int_equal(unchanged("all"), UNCHANGED_YES);
}

static void
the_paths_out_of_the_spooled_tree_are_those_of_rfc_6962(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	for (uint64_t size = 1; size <= 67; size++) {
		struct disclose_tree t;
		struct digest root, leaf;
		char line[8];

		assert_true(disclose_tree_init(&t, kit.w, kit.tmp, &err));
		for (uint64_t i = 0; i < size; i++) {
			(void)snprintf(line, sizeof line, "%llu\n", (unsigned long long)i);
			assert_true(disclose_tree_add(&t, span_text(line), &err));
		}
		assert_true(disclose_tree_root(&t, &root, &err));
		for (uint64_t i = 0; i < size; i++) {
			struct merkle_proof p;
			bool holds;

			(void)snprintf(line, sizeof line, "%llu\n", (unsigned long long)i);
			assert_true(merkle_leaf(t.hasher, span_text(line), &leaf, &err));
			assert_true(disclose_tree_path(&t, i + 1, &p, &err));
			assert_true(merkle_inclusion_check(t.hasher, &leaf, i, size, &p,
			    &root, &holds, &err));
			assert_true(holds);
		}
		disclose_tree_clear(&t);
	}
}

/* ---- nothing of the others ---- */

/* All bytes of a folder one after the other, names too. */
static void
gather(const char *folder, struct buf *out)
{
	struct err err = ERR_INIT;
	struct listing_entry e;
	struct listing *l;
	bool more = true;

	assert_true(listing_open(kit.w, NULL, folder, &l, &err));
	while (listing_next(l, &e, &more, &err) && more) {
		struct file_info info;
		char path[400];

		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		assert_true(buf_add_text(out, e.name, &err));
		assert_true(path_info(kit.w, NULL, path, &info, &err));
		if (info.type == FILE_DIR)
			gather(path, out);
		else
			assert_true(file_load(kit.w, NULL, path, out, &err));
	}
	listing_close(l);
}

static void
absent(const struct buf *in, struct span what)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, 1 << 16);
	assert_null(memmem(in->p, in->n, what.p, what.n));
	assert_true(hex_encode(&b, what, &err));
	assert_null(memmem(in->p, in->n, b.p, b.n));
	/* The middle of it at each of three offsets, as base64 may hold it. */
	for (size_t skip = 0; skip < 3 && what.n >= 9; skip++) {
		size_t n = (what.n - skip) / 3 * 3;

		buf_reset(&b);
		assert_true(base64_encode(&b, span_part(what, skip, n), false, &err));
		assert_null(memmem(in->p, in->n, b.p, b.n));
	}
	buf_clear(&b);
}

static void
digest_absent(const struct buf *in, struct span hex)
{
	uint8_t raw[32];

	assert_true(hex_decode(hex, raw, hex.n / 2));
	absent(in, hex);
	absent(in, span_of(raw, hex.n / 2));
}

static void
nothing_is_told_of_what_is_withheld(void **state)
{
	struct span lines = package_kit_entry(buf_span(&plain), "files.jsonl");
	struct cursor c = cursor_of(lines);
	struct err err = ERR_INIT;
	struct chosen two = { .n = { 2, 4 }, .count = 2 };
	struct buf all, name;
	struct span row;

	(void)state;
	assert_true(make("case.tar", two, false, "told", &err));
	buf_init(&all, 1 << 20);
	buf_init(&name, 3 * (LINE_NAME_MAX / 3 + 2));
	gather("told", &all);
	while (cursor_line(&c, &row)) {
		const uint8_t *salt = memmem(row.p, row.n, "\"salt\":\"", 8);
		struct digest leaf;
		struct hasher *h;
		struct line l;
		char size[24];

		assert_true(line_parse(row, &name, &l, &err));
		if (l.n == 2 || l.n == 4)
			continue;
		absent(&all, l.name);
		absent(&all, l.path);
		digest_absent(&all, l.sha256);
		digest_absent(&all, span_of(salt + 8, 32));
		(void)snprintf(size, sizeof size, "\"size\":%llu,",
		    (unsigned long long)l.size);
		absent(&all, span_text(size));
		/* A line alone is salted; its leaf may stand in a path, its text not. */
		assert_true(hasher_new(&h, &err));
		assert_true(digest_of(row, &leaf, &err));
		absent(&all, digest_span(&leaf));
		hasher_free(h);
	}
	absent(&all, package_kit_entry(buf_span(&plain), "data/_salt"));
	absent(&all, span_text("7321"));		/* a size, as any number */
	absent(&all, span_text("Payload-Oxum"));
	absent(&all, span_text("accounts/ledger"));
	buf_clear(&name);
	buf_clear(&all);
}

/* ---- changed ---- */

/* Change one file of a disclosure; back again by `restore`. */
struct altered {
	char path[200];
	struct buf was;
};

static void
alter_begin(struct altered *a, const char *folder, const char *name)
{
	(void)snprintf(a->path, sizeof a->path, "%s/%s", folder, name);
	package_kit_load(&kit, a->path, &a->was);
}

static void
alter_end(struct altered *a)
{
	package_kit_save(&kit, a->path, buf_span(&a->was));
	buf_clear(&a->was);
}

enum flips { FLIP_REFUSED, FLIP_NOT_INTACT, FLIP_CLAIM };

static bool
intact(const char *path)
{
	struct package_report *r = mem_new(sizeof *r, NULL);
	bool is;

	check(path, r);
	is = r->overall == OVERALL_INTACT;
	package_report_clear(r);
	mem_free(r);
	return is;
}

static void
flip_each(const char *folder, const char *name, unsigned step, enum flips must)
{
	struct altered a;
	struct buf b;

	alter_begin(&a, folder, name);
	buf_init(&b, a.was.n + 1);
	assert_true(buf_add(&b, buf_span(&a.was), NULL));
	for (size_t bit = 0; bit < 8 * b.n; bit += step) {
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		package_kit_save(&kit, a.path, buf_span(&b));
		if (must == FLIP_REFUSED ? unchanged(folder) != UNCHANGED_NO :
		    must == FLIP_NOT_INTACT && intact(folder))
			fail_msg("%s: bit %zu makes no difference", name, bit);
		if (must == FLIP_CLAIM && unchanged(folder) == UNCHANGED_YES) {
			struct package_report *r = mem_new(sizeof *r, NULL);

			/* The word of who disclosed it; nothing that is proven. */
			check(folder, r);
			assert_int_equal(r->part.lines, FILES);
			assert_int_equal(r->part.shown, 2);
			assert_int_equal(r->files, 2);
			package_report_clear(r);
			mem_free(r);
		}
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_clear(&b);
	alter_end(&a);
}

static void
every_altered_bit_is_refused_or_changes_nothing_that_is_proven(void **state)
{
	unsigned step = getenv("COMITY_LONG") != NULL ? 1 : 41;

	(void)state;
	make_two("two");
	flip_each("two", "lines.jsonl", step, FLIP_REFUSED);
	flip_each("two", "paths.txt", step, FLIP_REFUSED);
	flip_each("two", "tree-head.txt", step, FLIP_REFUSED);
	flip_each("two", "tagmanifest-sha256.txt", step, FLIP_REFUSED);
	flip_each("two", "tagmanifest-sha256.txt.p7s", step, FLIP_REFUSED);
	flip_each("two", "signature.bin", step, FLIP_REFUSED);
	flip_each("two", "signature.tst", step, FLIP_NOT_INTACT);
	flip_each("two", "revocation.pem", step, FLIP_REFUSED);
	flip_each("two", "data/accounts/shown.csv", step, FLIP_REFUSED);
	flip_each("two", "data/mail/second-shown.eml", 40 * step, FLIP_REFUSED);
	flip_each("two", "disclosure.json", step, FLIP_CLAIM);
	flip_each("two", "check-path.sh", 40 * step, FLIP_CLAIM);
	assert_int_equal(unchanged("two"), UNCHANGED_YES);
}

static void
put(const char *folder, const char *name, const char *text)
{
	char path[200];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	package_kit_save(&kit, path, span_text(text));
}

static void
a_changed_script_is_told_of(void **state)
{
	struct package_report *r = mem_new(sizeof *r, NULL);
	bool told = false;

	(void)state;
	make_two("two");
	put("two", "check-path.sh", "#!/bin/sh\necho yes\n");
	check("two", r);
	for (size_t i = 0; i < r->findings_n; i++)
		told |= strcmp(r->findings[i].reason, "check.unknown") == 0;
	assert_true(told);
	package_report_clear(r);
	mem_free(r);
	make_two("two");
	check("two", r = mem_new(sizeof *r, NULL));
	for (size_t i = 0; i < r->findings_n; i++)
		assert_string_not_equal(r->findings[i].reason, "check.unknown");
	package_report_clear(r);
	mem_free(r);
}

static void
lines_and_paths_that_were_exchanged_or_repeated_are_refused(void **state)
{
	struct altered a;
	struct cursor c;
	struct span one, two;
	struct buf b;

	(void)state;
	make_two("two");
	alter_begin(&a, "two", "lines.jsonl");
	c = cursor_of(buf_span(&a.was));
	assert_true(cursor_line(&c, &one) && cursor_line(&c, &two));
	buf_init(&b, 1 << 16);
	assert_true(buf_printf(&b, NULL, "%.*s\n%.*s\n", (int)two.n, two.p, (int)one.n,
	    one.p));
	package_kit_save(&kit, a.path, buf_span(&b));
	assert_true(said("two", "disclosure.path"));
	buf_reset(&b);
	assert_true(buf_printf(&b, NULL, "%.*s\n%.*s\n", (int)one.n, one.p, (int)one.n,
	    one.p));
	package_kit_save(&kit, a.path, buf_span(&b));
	assert_true(said("two", "disclosure.order"));
	buf_reset(&b);
	assert_true(buf_printf(&b, NULL, "%.*s\n", (int)one.n, one.p));
	package_kit_save(&kit, a.path, buf_span(&b));
	assert_true(said("two", "disclosure.paths"));
	buf_clear(&b);
	alter_end(&a);
}

static void
a_line_of_another_package_is_refused(void **state)
{
	static const struct pack_file other[] = {
		{ "a", "1", 0 }, { "b", "2", 0 }, { "c", "3", 0 }, { "d", "4", 0 },
		{ "e", "5", 0 },
	};
	static const struct pack other_pack = { .files = other, .files_n = 5, .nonce = 9,
		.revocation = true };
	struct chosen two = { .n = { 2, 4 }, .count = 2 };
	struct err err = ERR_INIT;
	struct altered a, b;

	(void)state;
	make_two("two");
	package_kit_pack(&kit, &other_pack, "other.tar", NULL);
	assert_true(make("other.tar", two, false, "other", &err));
	assert_int_equal(unchanged("other"), UNCHANGED_YES);
	alter_begin(&a, "two", "lines.jsonl");
	alter_begin(&b, "other", "lines.jsonl");
	package_kit_save(&kit, a.path, buf_span(&b.was));
	assert_true(said("two", "disclosure.path"));
	alter_end(&b);
	alter_end(&a);
	alter_begin(&a, "two", "tree-head.txt");
	alter_begin(&b, "other", "tree-head.txt");
	package_kit_save(&kit, a.path, buf_span(&b.was));
	assert_true(said("two", "tagmanifest.file"));
	alter_end(&b);
	alter_end(&a);
}

static void
what_is_missing_or_was_added_is_told(void **state)
{
	static const char *const needed[] = { "lines.jsonl", "paths.txt", "tree-head.txt",
		"tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s", "signature.bin",
		"revocation.pem", "data/accounts/shown.csv" };
	struct err err = ERR_INIT;
	char path[200];

	(void)state;
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		make_two("two");
		(void)snprintf(path, sizeof path, "two/%s", needed[i]);
		assert_true(path_remove(kit.w, NULL, path, &err));
		assert_int_equal(unchanged("two"), UNCHANGED_NO);
	}
	make_two("two");
	put("two", "note.txt", "hello");
	assert_true(said("two", "disclosure.added"));
	make_two("two");
	put("two", "data/accounts/more.csv", "hello");
	assert_true(said("two", "disclosure.added"));
	make_two("two");
	assert_true(dir_make(kit.w, NULL, "two/data/empty", &err));
	assert_true(said("two", "disclosure.added"));
}

static void
links_in_place_of_files_and_folders_are_not_followed(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	make_two("two");
	make_two("twin");
	assert_true(path_remove(kit.w, NULL, "two/data/accounts/shown.csv", &err));
	assert_true(world_sim_put(kit.w, "two/data/accounts/shown.csv", FILE_LINK,
	    "../../../twin/data/accounts/shown.csv", &err));
	assert_true(said("two", "files.missing"));
	make_two("two");
	assert_true(path_remove(kit.w, NULL, "two/lines.jsonl", &err));
	assert_true(world_sim_put(kit.w, "two/lines.jsonl", FILE_LINK,
	    "../twin/lines.jsonl", &err));
	assert_int_equal(unchanged("two"), UNCHANGED_NO);
}

static void
replace_text(const char *folder, const char *name, const char *from, const char *to)
{
	struct altered a;
	struct buf b;
	uint8_t *at;
	size_t before;

	alter_begin(&a, folder, name);
	at = memmem(a.was.p, a.was.n, from, strlen(from));
	assert_non_null(at);
	before = (size_t)(at - a.was.p);
	buf_init(&b, a.was.n + strlen(to));
	assert_true(buf_add(&b, span_part(buf_span(&a.was), 0, before), NULL) &&
	    buf_add_text(&b, to, NULL) && buf_add(&b, span_from(buf_span(&a.was),
	    before + strlen(from)), NULL));
	package_kit_save(&kit, a.path, buf_span(&b));
	buf_clear(&b);
	buf_clear(&a.was);
}

static void
wrong_counts_are_refused(void **state)
{
	(void)state;
	make_two("two");
	replace_text("two", "disclosure.json", "\"lines\": 5", "\"lines\": 6");
	assert_true(said("two", "disclosure.counts"));
	make_two("two");
	replace_text("two", "disclosure.json", "\"shown\": 2", "\"shown\": 3");
	assert_true(said("two", "disclosure.counts"));
	make_two("two");	/* they add up, and are not those of the tree */
	replace_text("two", "disclosure.json", "\"lines\": 5", "\"lines\": 6");
	replace_text("two", "disclosure.json", "\"not_asked\",\n      \"lines\": 2",
	    "\"not_asked\",\n      \"lines\": 3");
	assert_true(said("two", "disclosure.lines"));
	make_two("two");	/* one more is said to be shown */
	replace_text("two", "disclosure.json", "\"shown\": 2", "\"shown\": 3");
	replace_text("two", "disclosure.json", "\"not_asked\",\n      \"lines\": 2",
	    "\"not_asked\",\n      \"lines\": 1");
	assert_true(said("two", "disclosure.counts"));
}

static void
claims_beyond_every_limit_cost_nothing(void **state)
{
	struct buf big;

	(void)state;
	make_two("two");
	put("two", "tree-head.txt", "comity.tree-head/1\n4294967295\n"
	    "0000000000000000000000000000000000000000000000000000000000000000\n");
	assert_int_equal(unchanged("two"), UNCHANGED_NO);
	make_two("two");
	put("two", "paths.txt", "comity.paths/1\n2 64\n");
	assert_true(said("two", "disclosure.path"));
	put("two", "paths.txt", "comity.paths/1\n2 63\n");
	assert_true(said("two", "disclosure.path"));
	make_two("two");
	buf_init(&big, LINE_MAX_BYTES + 1);
	for (size_t i = 0; i < LINE_MAX_BYTES; i++)
		assert_true(buf_add_byte(&big, 'x', NULL));
	package_kit_save(&kit, "two/lines.jsonl", buf_span(&big));
	assert_true(said("two", "rows.cut"));		/* no LF within the limit */
	assert_true(buf_add_byte(&big, '\n', NULL));
	package_kit_save(&kit, "two/lines.jsonl", buf_span(&big));
	assert_true(said("two", "rows.long"));
	buf_clear(&big);
	make_two("two");
	buf_init(&big, DISCLOSURE_JSON_MAX + 1);
	for (size_t i = 0; i <= DISCLOSURE_JSON_MAX; i++)
		assert_true(buf_add_byte(&big, ' ', NULL));
	package_kit_save(&kit, "two/disclosure.json", buf_span(&big));
	assert_int_equal(unchanged("two"), UNCHANGED_NO);
	buf_clear(&big);
}

static void
a_stranger_s_roots_and_a_missing_stamp_are_not_intact(void **state)
{
	struct package_report *r = mem_new(sizeof *r, NULL);
	struct package_reading in;
	struct err err = ERR_INIT;

	(void)state;
	make_two("two");
	in = package_kit_reading(&kit, "two");
	in.trust.roots = NULL;
	package_kit_check(&in, r);
	assert_int_equal(r->unchanged, UNCHANGED_YES);
	assert_int_equal(r->who, WHO_UNKNOWN);
	assert_int_equal(r->overall, OVERALL_INCOMPLETE);
	package_report_clear(r);
	assert_true(path_remove(kit.w, NULL, "two/signature.tst", &err));
	check("two", r);
	assert_int_equal(r->when, WHEN_CLAIMED);
	assert_int_equal(r->overall, OVERALL_INCOMPLETE);
	package_report_clear(r);
	/* It says another sender than the certificate's: not known. */
	make_two("two");
	replace_text("two", "disclosure.json", "\"from\": \"XA-", "\"from\": \"XC-");
	check("two", r);
	assert_int_equal(r->who, WHO_UNKNOWN);
	package_report_clear(r);
	mem_free(r);
}

static void
what_fails_while_it_is_made_fails_the_making(void **state)
{
	struct chosen two = { .n = { 2, 4 }, .count = 2 };
	struct err err = ERR_INIT;
	uint64_t calls, before;

	(void)state;
	before = world_sim_calls(kit.w);
	assert_true(make("case.comity", two, false, "fails", &err));
	calls = world_sim_calls(kit.w) - before;
	for (uint64_t n = 4; n < calls; n++) {
		struct package_reading reading = package_kit_reading(&kit, "case.comity");
		struct disclosing in = { .tmp = kit.tmp, .package = &reading,
			.choose = choose, .arg = &two, .software = "t" };
		struct disclosure d;
		struct dir *into;
		bool ok;

		in.by = (struct authority_id){ "XB-MZXW6YTBOIMZXW6Y" };
		if (path_exists(kit.w, NULL, "fails"))
			assert_true(dir_remove_all(kit.w, NULL, "fails", &err));
		assert_true(dir_make(kit.w, NULL, "fails", &err));
		assert_true(dir_open(kit.w, NULL, "fails", &into, &err));
		world_sim_fail(kit.w, SIM_FAULT_IO, n, true);
		err = (struct err)ERR_INIT;
		ok = disclosure_make(&in, into, &d, &err);
		world_sim_fail(kit.w, SIM_FAULT_NONE, 0, false);
		dir_close(into);
		if (ok)			/* the last call was made before the nth */
			break;
		assert_int_equal(err.kind, ERR_IO);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_files_shown_are_proven_and_signed),
		cmocka_unit_test(the_act_travels_along_only_when_it_is_asked_for),
		cmocka_unit_test(each_file_is_provable_alone),
		cmocka_unit_test(nothing_shown_is_an_error_and_all_shown_is_not),
		cmocka_unit_test(the_paths_out_of_the_spooled_tree_are_those_of_rfc_6962),
		cmocka_unit_test(nothing_is_told_of_what_is_withheld),
		cmocka_unit_test(every_altered_bit_is_refused_or_changes_nothing_that_is_proven),
		cmocka_unit_test(a_changed_script_is_told_of),
		cmocka_unit_test(lines_and_paths_that_were_exchanged_or_repeated_are_refused),
		cmocka_unit_test(a_line_of_another_package_is_refused),
		cmocka_unit_test(what_is_missing_or_was_added_is_told),
		cmocka_unit_test(links_in_place_of_files_and_folders_are_not_followed),
		cmocka_unit_test(wrong_counts_are_refused),
		cmocka_unit_test(claims_beyond_every_limit_cost_nothing),
		cmocka_unit_test(a_stranger_s_roots_and_a_missing_stamp_are_not_intact),
		cmocka_unit_test(what_fails_while_it_is_made_fails_the_making),
	};

	return cmocka_run_group_tests(tests, open_kit, close_kit);
}
