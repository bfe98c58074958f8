/* A home in one file: it comes back as it was, or not at all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/testkit.h"
#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/places_kit.h"
#include "flow/requests.h"
#include "flow/testkit.h"
#include "form/tar.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

#define PASSPHRASE "six words make a good phrase"
#define TREE_MAX 200
#define FILE_MAX (32u << 20)

/* ---- what a folder holds ---- */

struct tree {
	struct { char path[300]; struct digest sha256; } list[TREE_MAX];
	size_t n;
};

#define PAST_HEADER 1024	/* bytes: headers of two recipients are shorter */

/* A parcel that waits has its header in the home and not in the backup. */
static struct span
past_header(const char *path, struct span s)
{
	return strncmp(path, "/parcels/", 9) == 0 && s.n > PAST_HEADER ?
	    span_from(s, PAST_HEADER) : s;
}

static void
tree_add(struct world *w, const char *top, const char *below, struct tree *t)
{
	struct listing *l = NULL;
	struct listing_entry e;
	char path[600];
	bool more = true;

	(void)snprintf(path, sizeof path, "%s%s", top, below);
	OK(listing_open(w, NULL, path, &l, &err));
	while (more) {
		char at[300];
		struct file_info info;
		struct buf b;

		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		(void)snprintf(at, sizeof at, "%.40s/%.250s", below, e.name);
		(void)snprintf(path, sizeof path, "%s%s", top, at);
		OK(path_info(w, NULL, path, &info, &err));
		if (info.type == FILE_DIR) {
			tree_add(w, top, at, t);
			continue;
		}
		assert_true(t->n < TREE_MAX);
		buf_init(&b, FILE_MAX);
		OK(file_load(w, NULL, path, &b, &err));
		(void)snprintf(t->list[t->n].path, sizeof t->list[0].path, "%s", at);
		OK(digest_of(past_header(at, buf_span(&b)), &t->list[t->n++].sha256,
		    &err));
		buf_clear(&b);
	}
	listing_close(l);
}

static struct tree *
tree_of(struct world *w, const char *top)
{
	struct tree *t = calloc(1, sizeof *t);

	assert_non_null(t);
	tree_add(w, top, "", t);
	return t;
}

/* What a restore itself writes, and what a backup leaves out. */
static bool
may_differ(const char *path)
{
	return strncmp(path, "/docket.", 8) == 0 || strcmp(path, "/lock") == 0 ||
	    strcmp(path, "/restored") == 0 || strncmp(path, "/tmp/", 5) == 0 ||
	    strncmp(path, "/journal/", 9) == 0 || strncmp(path, "/ledger/", 8) == 0;
}

static void
trees_same(const struct tree *a, const struct tree *b)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t k;

		if (may_differ(a->list[i].path))
			continue;
		for (k = 0; k < b->n; k++)
			if (strncmp(a->list[i].path, b->list[k].path,
			    strlen(a->list[i].path) - (name_ends(a->list[i].path,
			    ".waits") ? 6 : 0)) == 0)
				break;
		if (k == b->n)
			fail_msg("missing: %s", a->list[i].path);
		if (!digest_eq(&a->list[i].sha256, &b->list[k].sha256))
			fail_msg("differs: %s", a->list[i].path);
	}
}

/* ---- steps ---- */

static void
sealed_begin(struct job *j, uint64_t seed)
{
	job_begin(j, seed);
	run_up_to(j, AFTER_SEAL);
}

static bool
backup_to(struct job *j, const char *path, struct backup_result *out, struct err *err)
{
	return site_again(&j->a, err) && flow_backup(&j->a.flow, &(struct backup_wish){ .path = path }, out, err);
}

static bool
restore_from(struct job *j, const char *path, const char *home, struct err *err)
{
	struct backup_result got;

	site_end(&j->a);
	return flow_restore(&j->a.flow, &(struct restore_wish){ path, home, NULL }, &got, err);
}

/* Nothing of a restore lies beside the homes. */
static void
no_quarantine(struct job *j)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;

	OK(listing_open(j->world, NULL, ".", &l, &err));
	while (more) {
		OK(listing_next(l, &e, &more, &err));
		if (more && strncmp(e.name, ".comity", 7) == 0)
			fail_msg("left over: %s", e.name);
	}
	listing_close(l);
}

/* Gone for good: no power cut brings a part of it back. */
static void
destroy(struct job *j, const char *path)
{
	struct dir *d = NULL;

	OK(dir_remove_all(j->world, NULL, path, &err));
	OK(dir_open(j->world, NULL, ".", &d, &err));
	OK(dir_sync_all(d, &err));
	dir_close(d);
}

static void
load(struct job *j, const char *path, struct buf *out)
{
	buf_init(out, FILE_MAX);
	OK(file_load(j->world, NULL, path, out, &err));
}

static void
save(struct job *j, const char *path, struct span bytes)
{
	OK(file_save(j->world, NULL, path, bytes, true, &err));
}

/* ---- it comes back ---- */

static void
a_destroyed_home_comes_back_as_it_was(void **state)
{
	struct backup_result made, again;
	struct tree *before, *after;
	struct docket *d = NULL;
	struct docket_record rec;
	struct digest sha256;
	struct evidence e;
	struct job j;
	struct buf b;
	bool found;

	(void)state;
	sealed_begin(&j, 60);
	OK(backup_to(&j, "backup.age", &made, &err));
	load(&j, "backup.age", &b);
	assert_int_equal(b.n, made.bytes);
	OK(digest_of(buf_span(&b), &sha256, &err));
	assert_true(digest_eq(&sha256, &made.sha256));
	site_end(&j.a);
	before = tree_of(j.world, "aldora");
	OK(dir_remove_all(j.world, NULL, "aldora", &err));
	OK(restore_from(&j, "backup.age", "aldora", &err));
	after = tree_of(j.world, "aldora");
	trees_same(before, after);
	trees_same(after, before);
	no_quarantine(&j);
	OK(site_again(&j.a, &err));
	assert_true(home_has(j.a.flow.home, "restored"));
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	OK(home_docket(j.a.flow.home, &d, &err));
	OK(docket_record_find(d, "recovery", NULL, NULL, &rec, &found, &err));
	assert_true(found);
	OK(docket_record_find(d, "made", &e.parcels[0].act_id, NULL, &rec, &found,
	    &err));
	assert_true(found);
	home_docket_done(j.a.flow.home);
	/* And it goes on as if nothing had been. */
	OK(flow_ledger_resume(&j.a.flow, &err));
	OK(flow_evidence_open(&j.a.flow, 1, SIZE_MAX, "bag", false, 0, &j.opened,
	    &err));
	assert_true(j.opened.unpacked);
	OK(step_send(&j, &err));
	OK(step_write(&j, &err));
	OK(step_read(&j, &err));
	OK(step_receive(&j, &err));
	OK(backup_to(&j, "second.age", &again, &err));
	assert_true(again.files >= made.files);
	free(before);
	free(after);
	buf_clear(&b);
	job_end(&j);
}

static void
a_home_may_be_given_another_folder(void **state)
{
	struct backup_result made;
	struct job j;

	(void)state;
	sealed_begin(&j, 61);
	OK(backup_to(&j, "backup.age", &made, &err));
	OK(dir_make(j.world, NULL, "elsewhere", &err));
	OK(restore_from(&j, "backup.age", "elsewhere/", &err));
	j.a.path = "elsewhere";
	OK(site_again(&j.a, &err));
	OK(flow_ledger_resume(&j.a.flow, &err));
	OK(flow_evidence_open(&j.a.flow, 1, SIZE_MAX, "bag", false, 0, &j.opened,
	    &err));
	job_end(&j);
}

static void
what_waits_in_the_inbox_comes_back_and_half_a_copy_does_not(void **state)
{
	struct backup_result made;
	struct inbox_name names[4];
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 62);
	run_up_to(&j, AFTER_READ);
	save(&j, "berun/inbox/x.part", span_text("half"));
	OK(site_again(&j.b, &err));
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "backup.age" }, &made, &err));
	site_end(&j.b);
	OK(flow_restore(&j.b.flow, &(struct restore_wish){ "backup.age", "back", NULL }, &made, &err));
	j.b.path = "back";
	assert_false(path_exists(j.world, NULL, "back/inbox/x.part"));
	assert_false(path_exists(j.world, NULL, "back/docket.lock") &&
	    !path_exists(j.world, NULL, "back/docket.sqlite"));
	OK(site_again(&j.b, &err));
	OK(flow_inbox(&j.b.flow, names, 4, &n, &err));
	assert_int_equal(n, 1);
	OK(step_receive(&j, &err));
	job_end(&j);
}

/* The file of keys at path is byte for byte what it was. */
static void
keys_as_before(struct job *j, const char *path, const struct buf *before)
{
	struct buf now;

	load(j, path, &now);
	assert_int_equal(now.n, before->n);
	assert_memory_equal(now.p, before->p, now.n);
	buf_clear(&now);
}

static void
an_older_home_writes_over_no_key_of_evidence_it_never_had(void **state)
{
	struct backup_result made, back;
	struct backup_wish w = { .path = "x.age" };
	struct buf keys;
	struct job j;

	(void)state;
	job_begin(&j, 67);
	run_up_to(&j, AFTER_READ);
	OK(site_again(&j.b, &err));
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "old.age" }, &made, &err));
	assert_int_equal(made.keys, 0);
	OK(step_receive(&j, &err));
	OK(flow_backup(&j.b.flow, &(struct backup_wish){ .path = "new.age" }, &made, &err));
	assert_int_equal(made.keys, 1);
	load(&j, made.keys_path, &keys);
	/* Its disk is lost, and the wrong one of the two backups comes back. */
	site_end(&j.b);
	OK(flow_restore(&j.b.flow, &(struct restore_wish){ "old.age", "older", NULL }, &back,
	    &err));
	j.b.path = "older";
	OK(site_again(&j.b, &err));
	NO(flow_backup(&j.b.flow, &w, &back, &err), "backup.keys-away");
	w.keys_only = true;
	w.keys = made.keys_path;
	NO(flow_backup(&j.b.flow, &w, &back, &err), "backup.keys-away");
	assert_false(path_exists(j.world, NULL, "x.age"));
	keys_as_before(&j, made.keys_path, &keys);
	/* Nor over what is no such file, or of another passphrase. */
	save(&j, "note.txt", span_text("not keys"));
	w.keys = "note.txt";
	NO(flow_backup(&j.b.flow, &w, &back, &err), "backup.keys-closed");
	site_end(&j.b);
	OK(flow_restore(&j.b.flow, &(struct restore_wish){ "new.age", "newer", NULL }, &back,
	    &err));
	assert_int_equal(back.keys, 1);
	assert_int_equal(back.keys_away, 0);
	buf_clear(&keys);
	job_end(&j);
}

/* ---- without Comity ---- */

/* The tar inside, as `age -d` would give it. */
static void
inside(struct job *j, const char *path, struct buf *out)
{
	struct age_keys keys = { .passphrase = span_text(PASSPHRASE) };
	struct buf b;

	load(j, path, &b);
	buf_init(out, FILE_MAX);
	OK(age_open_small(buf_span(&b), &keys, out, &err));
	buf_clear(&b);
}

static void
tar_and_sha256sum_can_check_it(void **state)
{
	struct backup_result made;
	struct job j;
	struct buf tar;
	char dir[64];

	(void)state;
	if (!kit_has_program("tar") || !kit_has_program("sha256sum")) {
		print_message("no tar or sha256sum program\n");
		skip();
	}
	sealed_begin(&j, 63);
	OK(backup_to(&j, "backup.age", &made, &err));
	inside(&j, "backup.age", &tar);
	kit_folder(dir);
	kit_save(dir, "b.tar", buf_span(&tar));
	assert_int_equal(kit_run("cd %s && tar xf b.tar && cd comity-backup && "
	    "sha256sum -c --quiet --strict sha256.txt && "
	    "test -f home/comity.json && ! test -e home/lock && "
	    "! test -e home/tmp && "
	    "test $(wc -l < sha256.txt) = $(find . -type f ! -name sha256.txt | wc -l)",
	    dir), 0);
	kit_folder_remove(dir);
	buf_clear(&tar);
	job_end(&j);
}

/* ---- refusals ---- */

static const char *said;

static bool
other_passphrase(void *arg, bool fresh, struct buf *secret, struct err *err)
{
	(void)arg;
	(void)fresh;
	return buf_add_text(secret, said, err);
}

static void
a_wrong_passphrase_makes_and_opens_nothing(void **state)
{
	struct backup_result made;
	struct job j;

	(void)state;
	sealed_begin(&j, 64);
	OK(backup_to(&j, "backup.age", &made, &err));
	OK(site_again(&j.a, &err));
	j.a.flow.passphrase = other_passphrase;
	said = "another one";
	NO(flow_backup(&j.a.flow, &(struct backup_wish){ .path = "second.age" }, &made, &err), "key.passphrase");
	NO(restore_from(&j, "backup.age", "back", &err), "backup.passphrase");
	said = "";
	NO(restore_from(&j, "backup.age", "back", &err), "key.passphrase_empty");
	assert_false(path_exists(j.world, NULL, "second.age"));
	assert_false(path_exists(j.world, NULL, "back"));
	no_quarantine(&j);
	job_end(&j);
}

static void
what_is_there_is_never_touched(void **state)
{
	struct backup_result made;
	struct tree *before, *after;
	struct job j;

	(void)state;
	sealed_begin(&j, 65);
	OK(backup_to(&j, "backup.age", &made, &err));
	NO(backup_to(&j, "backup.age", &made, &err), "out.exists");
	NO(backup_to(&j, "aldora/backup.age", &made, &err), "backup.inside");
	NO(backup_to(&j, "aldora/../aldora/parcels/x", &made, &err), "backup.inside");
	site_end(&j.a);
	before = tree_of(j.world, "aldora");
	NO(restore_from(&j, "backup.age", "aldora", &err), "restore.not-empty");
	after = tree_of(j.world, "aldora");
	assert_int_equal(before->n, after->n);
	trees_same(before, after);
	save(&j, "a-file", span_text("x"));
	NO(restore_from(&j, "backup.age", "a-file", &err), "restore.not-empty");
	NO(restore_from(&j, "backup.age", ".", &err), "out.name");
	NO(restore_from(&j, "absent.age", "back", &err), "disk.absent");
	NO(restore_from(&j, "backup.age", "no/such/back", &err), "disk.absent");
	no_quarantine(&j);
	free(before);
	free(after);
	job_end(&j);
}

/* Any byte, any length: nothing appears. */
static void
a_cut_or_changed_backup_restores_nothing(void **state)
{
	struct backup_result made;
	struct job j;
	struct buf b;
	size_t step;

	(void)state;
	sealed_begin(&j, 66);
	OK(backup_to(&j, "backup.age", &made, &err));
	load(&j, "backup.age", &b);
	step = b.n / (kit_long() ? 200 : 24);
	for (size_t at = 0; at < b.n; at += step) {
		struct err why = ERR_INIT;

		save(&j, "cut.age", span_part(buf_span(&b), 0, at));
		assert_false(restore_from(&j, "cut.age", "back", &why));
		assert_int_equal(why.kind, ERR_INPUT);
		b.p[at] ^= 1;
		save(&j, "cut.age", buf_span(&b));
		b.p[at] ^= 1;
		assert_false(restore_from(&j, "cut.age", "back", &why));
		assert_true(why.kind == ERR_INPUT || why.kind == ERR_DENIED ||
		    why.kind == ERR_LIMIT);
		assert_false(path_exists(j.world, NULL, "back"));
	}
	no_quarantine(&j);
	NO(restore_from(&j, "disk/zero", "back", &err), "backup.foreign");
	buf_clear(&b);
	job_end(&j);
}

/* What is in the home and cannot be in a backup is named; nothing is left out in silence. */
static void
what_no_backup_can_hold_is_said(void **state)
{
	char path[300] = "aldora/cards";
	struct backup_result made;
	struct job j;

	(void)state;
	sealed_begin(&j, 69);
	save(&j, "aldora/inbox/a\nb", span_text("x"));
	NO(backup_to(&j, "backup.age", &made, &err), "backup.name");
	OK(path_remove(j.world, NULL, "aldora/inbox/a\nb", &err));
	OK(world_sim_put(j.world, "aldora/inbox/link", FILE_LINK, "/etc/passwd", &err));
	NO(backup_to(&j, "backup.age", &made, &err), "backup.kind");
	OK(path_remove(j.world, NULL, "aldora/inbox/link", &err));
	/* Eight folders deep, and one more. */
	for (size_t i = 2; i <= 8; i++) {
		(void)snprintf(path + strlen(path), 4, "/d");
		OK(dir_make(j.world, NULL, path, &err));
	}
	OK(backup_to(&j, "backup.age", &made, &err));
	OK(restore_from(&j, "backup.age", "back", &err));
	(void)snprintf(path + strlen(path), 4, "/d");
	OK(dir_make(j.world, NULL, path, &err));
	NO(backup_to(&j, "second.age", &made, &err), "backup.depth");
	assert_false(path_exists(j.world, NULL, "second.age"));
	assert_true(path_exists(j.world, NULL, "back/cards/d/d/d/d/d/d/d"));
	job_end(&j);
}

/* ---- made by somebody who knows the passphrase ---- */

struct forged {
	struct buf tar;
	struct buf list;
};

static void
forged_begin(struct forged *f)
{
	buf_init(&f->tar, FILE_MAX);
	buf_init(&f->list, FILE_MAX);
}

static void
zeros(struct forged *f, uint64_t n)
{
	while (n-- > 0)
		OK(buf_add_byte(&f->tar, 0, &err));
}

static void
entry(struct forged *f, const char *folder, const char *path, struct span bytes)
{
	uint8_t header[TAR_HEADER_MAX];
	struct digest d;
	size_t n;

	OK(tar_header(header, &n, span_text(folder), span_text(path), bytes.n, NOW,
	    &err));
	OK(buf_add(&f->tar, span_of(header, n), &err));
	OK(buf_add(&f->tar, bytes, &err));
	zeros(f, tar_padding(bytes.n));
	OK(digest_of(bytes, &d, &err));
	OK(buf_printf(&f->list, &err, "%s  %s\n", digest_hex(&d).s, path));
}

static void
forged_end(struct job *j, struct forged *f, bool list)
{
	struct buf out;

	if (list)
		entry(f, "comity-backup", "sha256.txt", buf_span(&f->list));
	zeros(f, tar_end_padding(f->tar.n));
	buf_init(&out, FILE_MAX);
	OK(age_seal_passphrase(j->world, span_text(PASSPHRASE), AGE_LOG_N_TEST,
	    buf_span(&f->tar), &out, &err));
	save(j, "forged.age", buf_span(&out));
	buf_clear(&out);
	buf_clear(&f->tar);
	buf_clear(&f->list);
}

static void
forged_file(struct job *j, const char *folders, const char *path)
{
	struct forged f;

	forged_begin(&f);
	entry(&f, "comity-backup", "folders.txt", span_text(folders));
	entry(&f, "comity-backup", path, span_text("x"));
	forged_end(j, &f, true);
}

static void
no_name_in_a_backup_leads_out_of_the_home(void **state)
{
	static const char *const paths[] = { "home/../x", "home/a/../../x", "/x", "x",
		"home//x", "home/.", "home/a\nb", "home/", "sha256.txt/x", "home/a\\b" };
	static const char *const folders[] = { "home/..\n", "home/../up\n", "up\n",
		"home/a//b\n", "/up\n", "home/a", "home/a/./b\n", "\n" };
	struct job j;

	(void)state;
	job_begin(&j, 67);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		forged_file(&j, "home/a\n", paths[i]);
		NO(restore_from(&j, "forged.age", "back", &err), "backup.damaged");
	}
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		forged_file(&j, folders[i], "home/x");
		NO(restore_from(&j, "forged.age", "back", &err), "backup.damaged");
	}
	assert_false(path_exists(j.world, NULL, "x"));
	assert_false(path_exists(j.world, NULL, "up"));
	assert_false(path_exists(j.world, NULL, "back"));
	/* What is whole and no home is none either. */
	forged_file(&j, "home/a\n", "home/a/x");
	NO(restore_from(&j, "forged.age", "back", &err), "home.absent");
	/* A file in a folder that was not named, a name twice. */
	forged_file(&j, "", "home/a/x");
	NO(restore_from(&j, "forged.age", "back", &err), "disk.absent");
	forged_file(&j, "home/x\n", "home/x");
	NO(restore_from(&j, "forged.age", "back", &err), "disk.exists");
	no_quarantine(&j);
	job_end(&j);
}

static void
the_list_at_the_end_must_be_that_of_what_came_before(void **state)
{
	struct forged f;
	struct job j;

	(void)state;
	job_begin(&j, 68);
	forged_begin(&f);
	entry(&f, "comity-backup", "folders.txt", span_text(""));
	entry(&f, "comity-backup", "home/x", span_text("x"));
	f.list.p[0] = f.list.p[0] == '0' ? '1' : '0';
	forged_end(&j, &f, true);
	NO(restore_from(&j, "forged.age", "back", &err), "backup.damaged");

	forged_begin(&f);
	entry(&f, "comity-backup", "folders.txt", span_text(""));
	forged_end(&j, &f, false);
	NO(restore_from(&j, "forged.age", "back", &err), "backup.damaged");

	forged_begin(&f);
	entry(&f, "comity-backup", "home/x", span_text("x"));
	forged_end(&j, &f, true);
	NO(restore_from(&j, "forged.age", "back", &err), "backup.damaged");

	forged_begin(&f);
	entry(&f, "somebody-else", "folders.txt", span_text(""));
	forged_end(&j, &f, true);
	NO(restore_from(&j, "forged.age", "back", &err), "backup.foreign");

	forged_begin(&f);
	entry(&f, "comity-backup", "folders.txt", span_text(""));
	entry(&f, "comity-backup", "sha256.txt", buf_span(&f.list));
	entry(&f, "comity-backup", "home/x", span_text("x"));
	forged_end(&j, &f, false);
	NO(restore_from(&j, "forged.age", "back", &err), "backup.damaged");
	no_quarantine(&j);
	job_end(&j);
}

/* ---- faults ---- */

/* A home with a backup of it, and what it holds. */
struct backup_try {
	struct job j;
	struct tree *must;
};

static void
try_end(struct backup_try *t)
{
	no_quarantine(&t->j);
	free(t->must);
	job_end(&t->j);
}

static bool
backup_made(struct backup_try *t, struct err *err)
{
	struct backup_result made;

	return flow_backup(&t->j.a.flow, &(struct backup_wish){ .path = "backup.age" }, &made, err);
}

static void
backup_whole(void *arg)
{
	OK(backup_made(arg, &err));
}

static void
restore_whole(void *arg)
{
	struct backup_try *t = arg;

	OK(restore_from(&t->j, "backup.age", "back", &err));
}

/* As the backup has it, and usable. */
static void
back_is_whole(struct job *j, const struct tree *must)
{
	struct tree *is = tree_of(j->world, "back");
	struct evidence e;

	trees_same(must, is);
	free(is);
	j->a.path = "back";
	OK(site_again(&j->a, &err));
	OK(evidence_load(j->a.flow.home, 1, &e, &err));
	site_end(&j->a);
	j->a.path = "aldora";
}

/* After one try that failed, or was cut: whole or not there; then it works. */
static void
backup_again(struct backup_try *t, bool ok, const struct err *why)
{
	struct backup_result made;
	struct job *j = &t->j;

	if (!ok && strncmp(why->text, "no backup was made: ", 20) != 0)
		fail_msg("%s", why->text);
	nothing_fails(j->world);
	site_end(&j->a);
	place_known(j->world, ok);
	if (path_exists(j->world, NULL, "backup.age")) {
		OK(restore_from(j, "backup.age", "back", &err));
		back_is_whole(j, t->must);
		destroy(j, "back");
		OK(path_remove(j->world, NULL, "backup.age", &err));
	}
	OK(backup_to(j, "backup.age", &made, &err));
	OK(restore_from(j, "backup.age", "back", &err));
	back_is_whole(j, t->must);
	try_end(t);
}

static void
restore_again(struct backup_try *t, bool ok, const struct err *why)
{
	assert_true(ok || why->text[0] != '\0');
	nothing_fails(t->j.world);
	site_end(&t->j.a);
	place_known(t->j.world, ok);
	/* Named, and only its name may be lost: it is whole. */
	if (path_exists(t->j.world, NULL, "back"))
		back_is_whole(&t->j, t->must);
	else
		restore_whole(t);
	back_is_whole(&t->j, t->must);
	try_end(t);
}

static void
backup_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct backup_try *t = arg;
	bool ok;

	disk_fails(t->j.world);
	ok = backup_made(t, &why);
	nothing_fails(t->j.world);
	/* From a disk that never works again it could not be taken away: it is whole. */
	assert_true(ok || place_way() >= 2 || !path_exists(t->j.world, NULL, "backup.age"));
	backup_again(t, ok, &why);
}

static void
backup_memory(void *arg)
{
	struct err why = ERR_INIT;
	struct backup_try *t = arg;
	bool ok;

	memory_fails();
	ok = backup_made(t, &why);
	nothing_fails(t->j.world);
	/* The simulated disk has no memory then either. */
	assert_true(ok || place_way() == 1 || !path_exists(t->j.world, NULL, "backup.age"));
	backup_again(t, ok, &why);
}

static void
backup_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct backup_try *t = arg;
	bool ok;

	power_fails(t->j.world);
	ok = backup_made(t, &why);
	site_end(&t->j.a);
	power_back(t->j.world);
	assert_true(!ok || path_exists(t->j.world, NULL, "backup.age"));
	backup_again(t, ok, &why);
}

static void
restore_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct backup_try *t = arg;

	disk_fails(t->j.world);
	restore_again(t, restore_from(&t->j, "backup.age", "back", &why), &why);
}

static void
restore_memory(void *arg)
{
	struct err why = ERR_INIT;
	struct backup_try *t = arg;
	bool ok;

	memory_fails();
	ok = restore_from(&t->j, "backup.age", "back", &why);
	nothing_fails(t->j.world);
	/* Nothing is there, or all of it and only its name was not made sure of. */
	assert_true(ok || place_way() == 1 || !path_exists(t->j.world, NULL, "back") ||
	    strstr(why.text, "is there and whole") != NULL);
	restore_again(t, ok, &why);
}

static void
restore_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct backup_try *t = arg;
	bool ok;

	power_fails(t->j.world);
	ok = restore_from(&t->j, "backup.age", "back", &why);
	power_back(t->j.world);
	assert_true(!ok || path_exists(t->j.world, NULL, "back"));
	restore_again(t, ok, &why);
}

/* Of a backup, or of a restore from one. */
static void
tries(struct places p, uint64_t seed, bool restore, bool memory)
{
	struct places_size size;
	struct backup_try t;

	sealed_begin(&t.j, seed);
	if (restore)
		backup_whole(&t);
	site_end(&t.j.a);
	t.must = tree_of(t.j.world, "aldora");
	if (!restore)
		OK(site_again(&t.j.a, &err));
	size = places_size(t.j.world, restore ? restore_whole : backup_whole, &t);
	p.n = memory ? size.allocations : size.calls + 1;
	p.arg = &t;
	places_try(&p);
	try_end(&t);
}

static void
a_disk_error_at_any_call_leaves_no_half_backup(void **state)
{
	(void)state;
	tries((struct places){ .what = "backup, a disk error", .ways = DISK_WAYS,
		.few = 40, .try = backup_disk }, 70, false, false);
}

static void
a_power_cut_at_any_call_leaves_a_whole_backup_or_none(void **state)
{
	(void)state;
	tries((struct places){ .what = "backup, a cut", .ways = POWER_WAYS,
		.few = 30, .try = backup_cut }, 71, false, false);
}

static void
a_power_cut_at_any_call_leaves_a_whole_home_or_none(void **state)
{
	(void)state;
	tries((struct places){ .what = "restore, a cut", .ways = POWER_WAYS,
		.few = 30, .try = restore_cut }, 72, true, false);
}

static void
a_disk_error_at_any_call_restores_all_or_nothing(void **state)
{
	(void)state;
	tries((struct places){ .what = "restore, a disk error", .ways = DISK_WAYS,
		.few = 40, .try = restore_disk }, 73, true, false);
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	tries((struct places){ .what = "backup, no memory", .ways = MEMORY_WAYS,
		.few = 30, .try = backup_memory }, 74, false, true);
	tries((struct places){ .what = "restore, no memory", .ways = MEMORY_WAYS,
		.few = 30, .try = restore_memory }, 74, true, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_destroyed_home_comes_back_as_it_was),
		cmocka_unit_test(a_home_may_be_given_another_folder),
		cmocka_unit_test(what_waits_in_the_inbox_comes_back_and_half_a_copy_does_not),
		cmocka_unit_test(an_older_home_writes_over_no_key_of_evidence_it_never_had),
		cmocka_unit_test(tar_and_sha256sum_can_check_it),
		cmocka_unit_test(a_wrong_passphrase_makes_and_opens_nothing),
		cmocka_unit_test(what_is_there_is_never_touched),
		cmocka_unit_test(a_cut_or_changed_backup_restores_nothing),
		cmocka_unit_test(what_no_backup_can_hold_is_said),
		cmocka_unit_test(no_name_in_a_backup_leads_out_of_the_home),
		cmocka_unit_test(the_list_at_the_end_must_be_that_of_what_came_before),
		cmocka_unit_test(a_disk_error_at_any_call_leaves_no_half_backup),
		cmocka_unit_test(a_power_cut_at_any_call_leaves_a_whole_backup_or_none),
		cmocka_unit_test(a_power_cut_at_any_call_leaves_a_whole_home_or_none),
		cmocka_unit_test(a_disk_error_at_any_call_restores_all_or_nothing),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
