/*
 * Whole packages: equal to what GNU tar writes, taken by other people's programs and
 * by our reader, and never written when anything moved while it was read.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/stamp.h"
#include "package/testkit.h"

struct job {
	struct package_kit k;
	char folder[64];		/* on the real disk; "" in a simulated world */
	char in[80];			/* what is packed */
	struct act act;
	struct payload *payload;
	struct package_writing w;
	struct package_written done;
	bool stamped;
	struct err err;
};

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, j->err.reason, j->err.text); \
} while (0)
#define FAILS(call, want_kind, want_reason) do { \
	j->err = (struct err)ERR_INIT; \
	assert_false(call); \
	if (strcmp(j->err.reason, want_reason) != 0 || j->err.kind != want_kind) \
		fail_msg("%s: wanted %s, got %s: %s", #call, want_reason, \
		    j->err.reason, j->err.text); \
} while (0)

/* ---- one job ---- */

static bool
sign(void *arg, struct span tags, struct buf *p7s, struct err *err)
{
	struct job *j = arg;

	return cms_sign(j->k.pki.signer_key, &j->k.pki.path, KIT_NOW, tags, p7s, err);
}

static bool
stamp(void *arg, struct span signature, struct buf *tst, struct err *err)
{
	struct job *j = arg;
	struct kit_tsa_options plain = { .at = KIT_NOW + 10 };
	struct buf query, answer;
	bool canonical = false, ok;
	char text[300];
	int64_t time;

	if (!j->stamped)
		return true;
	buf_init(&query, 1000);
	buf_init(&answer, 1 << 20);
	OK(stamp_query_make(j->k.w, signature, &query, err));
	kit_answer(&j->k.pki, buf_span(&query), plain, &answer);
	ok = stamp_accept(buf_span(&answer), buf_span(&query), signature,
	    &j->k.pki.anchors, tst, &canonical, &time, text, err) && canonical;
	buf_clear(&query);
	buf_clear(&answer);
	return ok;
}

static void
job_open(struct job *j, bool real)
{
	memset(j, 0, sizeof *j);
	if (real) {
		kit_folder(j->folder);
		package_kit_open(&j->k, j->folder);
		(void)snprintf(j->in, sizeof j->in, "%s/in", j->folder);
	} else {
		package_kit_open(&j->k, NULL);
		(void)snprintf(j->in, sizeof j->in, "in");
	}
	OK(dir_make(j->k.w, NULL, j->in, &j->err));
	act_init(&j->act, ACT_DELIVERED);
	memset(j->act.nonce, 0xA5, sizeof j->act.nonce);
	OK(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &j->act.from));
	OK(authority_id_parse("XB-MZXW6YTBOIMZXW6Y", &j->act.to));
	j->act.has_from_card = j->act.has_to = true;
	j->act.made_at = KIT_NOW;
	(void)snprintf(j->act.software, sizeof j->act.software, "comity 0.1.0");
	(void)snprintf(j->act.build, sizeof j->act.build, "test");
	(void)snprintf(j->act.body.delivered.number,
	    sizeof j->act.body.delivered.number, "XA-2026-000031");
	j->w = (struct package_writing){ .world = j->k.w, .tmp = j->k.tmp,
		.act = &j->act, .sign = sign, .stamp = stamp, .arg = j };
}

static void
job_close(struct job *j)
{
	payload_free(j->payload);
	package_kit_close(&j->k);
	if (j->folder[0] != '\0')
		kit_folder_remove(j->folder);
}

static void
walk(struct job *j)
{
	payload_free(j->payload);
	j->payload = NULL;
	OK(payload_walk(j->k.w, j->k.tmp, j->in, NULL, &j->payload, NULL, &j->err));
	j->w.payload = j->payload;
	j->act.payload_files = payload_files(j->payload);
	j->act.payload_bytes = payload_bytes(j->payload);
}

static void
seal_to_receiver(struct job *j)
{
	j->w.recipients = &j->k.recipient;
	j->w.recipients_n = 1;
}

/* Into a new file of that name, in the job's folder. */
static bool
write_to(struct job *j, const char *name)
{
	struct file *out = NULL;
	char path[200];
	bool ok;

	(void)snprintf(path, sizeof path, "%s%s%s", j->folder,
	    j->folder[0] != '\0' ? "/" : "", name);
	if (path_exists(j->k.w, NULL, path))
		OK(path_remove(j->k.w, NULL, path, &j->err));
	OK(file_open(j->k.w, NULL, path, FILE_CREATE, &out, &j->err));
	ok = package_write(&j->w, out, &j->done, &j->err);
	if (ok) {
		struct file_info info;

		OK(file_info(out, &info, &j->err));
		assert_int_equal(info.size, j->done.bytes);
	}
	file_close(out);
	return ok;
}

static void
put(struct job *j, const char *name, size_t n)
{
	uint8_t part[4096];
	char path[1000], *slash;
	struct file *f = NULL;

	(void)snprintf(path, sizeof path, "%s/%s", j->in, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	OK(dir_make_all(j->k.w, NULL, path, &j->err));
	*slash = '/';
	OK(file_open(j->k.w, NULL, path, FILE_CREATE, &f, &j->err));
	for (size_t at = 0; at < n; at += sizeof part) {
		for (size_t i = 0; i < sizeof part; i++)
			part[i] = (uint8_t)((at + i) * 7 / 3 + (at >> 12));
		OK(file_write_at(f, span_of(part, n - at < sizeof part ? n - at :
		    sizeof part), at, &j->err));
	}
	file_close(f);
}

/* A tree that has broken programs before. */
static void
put_awkward(struct job *j)
{
	static const char *const names[] = { "with space", "100%", "%41", "new\nline",
		"CON", "sub/nul.txt", "README", "Readme", "readme", "bad\377utf8.jpg",
		"_salt", ".hidden", "-rf", "--help", "trailing.", "back\\slash",
		"\303\251t\303\251.txt", "sub/a", "sub.a", "sub-a", "Sub/b", "z/z/z/z" };
	char deep[300];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put(j, names[i], i * 997);
	put(j, "empty file", 0);
	put(j, "sub/block", 512);
	put(j, "sub/slab", 1 << 20);
	put(j, "large.bin", 3500001);
	memset(deep, 'l', sizeof deep);
	for (size_t i = 60; i < 290; i += 61)
		deep[i] = '/';
	memcpy(deep + 286, ".e01", 5);
	put(j, deep, 2000);
	assert_int_equal(kit_run("cd '%s' && mkdir empty && ln -s /etc/passwd out && "
	    "ln -s nowhere sub/dangling && mkfifo pipe && ln large.bin hard && "
	    "truncate -s 5000000 sparse", j->in), 0);
}

/* ---- other people's programs ---- */

#define SHELL(...) assert_int_equal(kit_run(__VA_ARGS__), 0)
#define SHELL_NOT(...) assert_int_not_equal(kit_run(__VA_ARGS__), 0)

static void
unpack(struct job *j, const char *tar)
{
	SHELL("cd '%s' && rm -rf bag && mkdir bag && tar -xf '%s' -C bag "
	    "--strip-components=1", j->folder, tar);
}

static void
the_package_is_what_gnu_tar_would_write(void **state)
{
	struct job job, *j = &job;

	(void)state;
	job_open(j, true);
	put_awkward(j);
	j->stamped = true;
	walk(j);
	OK(write_to(j, "p.tar"));
	SHELL("cd '%s' && tar -xf p.tar && tar -tf p.tar >list && "
	    "tar --format=ustar --no-recursion --owner=0 --group=0 --numeric-owner "
	    "--mode=0644 --mtime=@%lld --verbatim-files-from -T list -cf - | "
	    "cmp - p.tar", j->folder, (long long)KIT_NOW);
	if (kit_has_program("bsdtar"))
		SHELL("cd '%s' && bsdtar -tf p.tar | cmp - list", j->folder);
	job_close(j);
}

static void
every_file_comes_out_as_it_went_in(void **state)
{
	struct job job, *j = &job;

	(void)state;
	job_open(j, true);
	put_awkward(j);
	walk(j);
	OK(write_to(j, "p.tar"));
	unpack(j, "p.tar");
	/* By digest: as often each one as in the tree. */
	SHELL("cd '%s' && find in -type f -exec sha256sum {} + | tr -d '\\134' | "
	    "cut -c1-64 | sort >a; find bag/data -type f ! -name _salt -exec "
	    "sha256sum {} + | cut -c1-64 | sort >b && cmp a b && test -s a",
	    j->folder);
	SHELL("cd '%s' && cmp bag/data/large.bin in/large.bin && "
	    "cmp bag/data/Sub/b in/Sub/b && cmp bag/data/hard in/large.bin && "
	    "cmp bag/data/sparse in/sparse && test \"$(cat bag/data/_long/*.e01 | "
	    "wc -c)\" = 2000", j->folder);
	job_close(j);
}

static void
sha256sum_and_the_script_say_yes(void **state)
{
	struct job job, *j = &job;
	struct buf pem;

	(void)state;
	job_open(j, true);
	put_awkward(j);
	j->stamped = true;
	walk(j);
	OK(write_to(j, "p.tar"));
	assert_true(j->done.stamped);
	unpack(j, "p.tar");
	buf_init(&pem, 1 << 20);
	OK(certs_write_pem(&j->k.pki.anchors, &pem, &j->err));
	kit_save(j->folder, "roots.pem", buf_span(&pem));
	buf_clear(&pem);
	SHELL("cd '%s/bag' && sha256sum -c --strict --quiet manifest-sha256.txt "
	    "tagmanifest-sha256.txt", j->folder);
	SHELL("cd '%s/bag' && test \"$(sha256sum <tagmanifest-sha256.txt | "
	    "cut -c1-64)\" = %s", j->folder, digest_hex(&j->done.act_id).s);
	SHELL("cd '%s/bag' && test \"$(sha256sum tagmanifest-sha256.txt "
	    "tagmanifest-sha256.txt.p7s signature.bin signature.tst | sha256sum | "
	    "cut -c1-64)\" = %s", j->folder, digest_hex(&j->done.package_id).s);
	SHELL("cd '%s/bag' && sh check.sh ../roots.pem ../roots.pem %lld >../said && "
	    "test \"$(grep -c '^yes  [1-7]' ../said)\" = 7", j->folder,
	    (long long)KIT_NOW + 10);
	SHELL("cd '%s/bag' && dash check.sh ../roots.pem '' %lld >../said && "
	    "grep -q '^--   7' ../said && test \"$(grep -c '^yes' ../said)\" = 6",
	    j->folder, (long long)KIT_NOW + 10);
	job_close(j);
}

static void
the_script_says_no_in_the_right_line(void **state)
{
	static const struct { const char *line, *how; } cases[] = {
		{ "1", "printf x >>act.json" },
		{ "1", "printf x >>files.jsonl" },
		{ "2", "printf x >>data/large.bin" },
		{ "2", "rm data/README" },
		{ "2", "mv data/README data/readme" },
		{ "3", "echo x >data/added" },
		{ "3", "rm data/README" },
		{ "3", "mkdir data/d && printf 'x' >'data/d/y\nyes  3'" },
		{ "4", "echo x >added" },
		{ "4", "echo x >.hidden" },
		{ "4", "rm data/README && ln -s large.bin data/README" },
		{ "4", "mv check.sh c && ln -s c check.sh" },
		{ "5", "printf x >>tagmanifest-sha256.txt" },
		{ "5", "cp ../other.p7s tagmanifest-sha256.txt.p7s" },
		{ "6", "printf x >>signature.bin" },
		{ "7", "printf x >>signature.bin" },
		{ "7", "cp act.json signature.tst" },
	};
	struct job job, *j = &job;
	struct buf pem;

	(void)state;
	job_open(j, true);
	put_awkward(j);
	j->stamped = true;
	walk(j);
	OK(write_to(j, "p.tar"));
	unpack(j, "p.tar");
	SHELL("cd '%s' && head -c 400 /dev/urandom >other.p7s && "
	    "cp bag/check.sh own.sh", j->folder);
	buf_init(&pem, 1 << 20);
	OK(certs_write_pem(&j->k.pki.anchors, &pem, &j->err));
	kit_save(j->folder, "roots.pem", buf_span(&pem));
	buf_clear(&pem);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		SHELL("cd '%s' && rm -rf t && cp -a bag t && cd t && %s", j->folder,
		    cases[i].how);
		if (kit_run("cd '%s/t' && sh ../own.sh ../roots.pem ../roots.pem %lld "
		    ">../said; test $? = 1 && grep -q '^NO   %s ' ../said",
		    j->folder, (long long)KIT_NOW + 10, cases[i].line) != 0) {
			assert_int_equal(system("cat /tmp/comity-test-*/said"), 0);
			fail_msg("no NO in line %s after: %s", cases[i].line,
			    cases[i].how);
		}
	}
	/* What it was not given it does not believe, and says how it is used. */
	SHELL("cd '%s/bag' && sh ../own.sh; test $? = 2", j->folder);
	SHELL("cd '%s' && sh own.sh roots.pem; test $? = 2", j->folder);
	SHELL("cd '%s/bag' && sh ../own.sh ../roots.pem ../roots.pem 12x; "
	    "test $? = 2", j->folder);
	SHELL("cd '%s/bag' && sh ../own.sh act.json; test $? = 1", j->folder);
	job_close(j);
}

static void
age_opens_the_parcel_and_tar_lists_it(void **state)
{
	struct job job, *j = &job;
	struct buf key;

	(void)state;
	if (!kit_has_program("age")) {
		print_message("age is not installed\n");
		skip();
	}
	job_open(j, true);
	put_awkward(j);
	walk(j);
	seal_to_receiver(j);
	OK(write_to(j, "p.comity"));
	buf_init_secret(&key, 1000);
	OK(age_identity_print(j->k.identity, &key, &j->err));
	kit_save(j->folder, "key", buf_span(&key));
	buf_clear(&key);
	SHELL("cd '%s' && age -d -i key p.comity >p.tar && tar -tf p.tar >list && "
	    "tail -n 1 list | grep -q '/signature.bin$'", j->folder);
	unpack(j, "p.tar");
	SHELL("cd '%s/bag' && sha256sum -c --strict --quiet manifest-sha256.txt "
	    "tagmanifest-sha256.txt", j->folder);
	job_close(j);
}

/* ---- our reader ---- */

static void
check_intact(struct job *j, const char *path, uint64_t files)
{
	struct package_reading in = package_kit_reading(&j->k, path);
	struct package_report r;

	package_kit_check(&in, &r);
	if (r.overall != OVERALL_INTACT) {
		for (size_t i = 0; i < r.findings_n; i++)
			print_message("%d %s: %s\n", (int)r.findings[i].state,
			    r.findings[i].reason, r.findings[i].text);
		fail_msg("not intact");
	}
	assert_int_equal(r.files, files);
	assert_true(digest_eq(&r.act_id, &j->done.act_id));
	assert_true(digest_eq(&r.package_id, &j->done.package_id));
	package_report_clear(&r);
}

/* Sizes around blocks, chunks and slabs, in every order against their borders. */
static void
any_sizes_are_read_back_intact(void **state)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 65535, 65536, 65537,
		1 << 20, (1 << 20) - 512, (1 << 20) + 1, 2500000 };
	struct job job, *j = &job;
	char name[200];

	(void)state;
	for (unsigned round = 0; round < 4; round++) {
		job_open(j, round == 3);
		for (unsigned i = 0; i < 60; i++) {
			unsigned pick = (i * 7 + round * 5) % 12;

			(void)snprintf(name, sizeof name, "%s/%u", i % 3 == 0 ? "d" :
			    "e f", i * 31 % 97);
			put(j, name, sizes[pick] + (i % 4 == 0 ? round : 0));
		}
		walk(j);
		j->stamped = true;
		if (round % 2 == 1)
			seal_to_receiver(j);
		OK(write_to(j, "p"));
		(void)snprintf(name, sizeof name, "%.63s%sp", j->folder,
		    j->folder[0] != '\0' ? "/" : "");
		check_intact(j, name, 60);
		job_close(j);
	}
}

static void
small_files_of_ours_and_none_at_all_are_packages_too(void **state)
{
	const struct payload_item items[] = { { "signature.tst",
		span_text("a token"), KIT_NOW }, { "0", span_text(""), 5 } };
	struct job job, *j = &job;

	(void)state;
	job_open(j, false);
	j->stamped = true;
	for (size_t n = 0; n <= 2; n++) {
		payload_free(j->payload);
		OK(payload_of_items(j->k.w, j->k.tmp, items, n, &j->payload, &j->err));
		j->w.payload = j->payload;
		j->act.payload_files = payload_files(j->payload);
		j->act.payload_bytes = payload_bytes(j->payload);
		OK(write_to(j, "p"));
		check_intact(j, "p", n);
	}
	job_close(j);
}

static void
the_same_world_makes_the_same_statement(void **state)
{
	struct digest first = { { 0 } };
	struct job job, *j = &job;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		job_open(j, false);
		put(j, "a", 5000);
		put(j, "b/c", 2000000);
		walk(j);
		OK(write_to(j, "p"));
		if (i == 0)
			first = j->done.act_id;
		assert_true(digest_eq(&first, &j->done.act_id));
		job_close(j);
	}
}

/* ---- what moved ---- */

/* Does something the first time, or the nth, that progress is told. */
struct meddler {
	struct progress progress;
	struct job *j;
	const char *command;
	unsigned left;
};

static void
meddle(struct progress *p, const char *step, uint64_t done, uint64_t total)
{
	struct meddler *m = (struct meddler *)p;

	assert_string_equal(step, "seal");
	assert_true(done <= total);
	if (m->left > 0 && --m->left == 0)
		assert_int_equal(kit_run("cd '%s' && %s", m->j->in, m->command), 0);
}

static void
after_the_walk(const char *command, const char *named, const char *reason)
{
	struct job job, *j = &job;
	struct meddler m = { { meddle }, &job, command, 1 };

	job_open(j, true);
	put(j, "small", 1000);
	put(j, "folder/other", 1000);
	put(j, "long.bin", 5000000);
	put(j, "zz", 10);
	walk(j);
	j->w.progress = &m.progress;
	FAILS(write_to(j, "p"), ERR_CONFLICT, reason);
	if (strstr(j->err.text, named) == NULL)
		fail_msg("%s is not named: %s", named, j->err.text);
	job_close(j);
}

static void
a_file_that_changed_after_the_walk_stops_it_and_is_named(void **state)
{
	static const char changed[] = "payload.changed";

	(void)state;
	after_the_walk("echo more >>small", "small", changed);
	after_the_walk("truncate -s 999 small", "small", changed);
	after_the_walk("truncate -s 0 small", "small", changed);
	after_the_walk("touch -d 2001-01-01 small", "small", changed);
	after_the_walk("rm small", "small", changed);
	after_the_walk("cp -p small x && mv x small", "small", changed);
	after_the_walk("rm small && mkfifo small", "small", changed);
	after_the_walk("mv small x && ln -s x small", "small", changed);
	after_the_walk("rm small && mkdir small", "small", changed);
	/* Written in place with the time set back: the change time tells. */
	after_the_walk("touch -r small ../t && printf y | dd of=small bs=1 seek=5 "
	    "conv=notrunc && touch -r ../t small", "small", changed);
	after_the_walk("truncate -s +1 long.bin", "long.bin", changed);
	after_the_walk("truncate -s 4999999 long.bin", "long.bin", changed);
	after_the_walk("rm long.bin", "long.bin", changed);
	after_the_walk("mv folder f2 && ln -s f2 folder", "folder/other", changed);
	after_the_walk("echo x >folder/added", "folder", changed);
	after_the_walk("mkdir added", "the folder", changed);
}

static void
a_long_file_that_changes_while_it_is_read_stops_it(void **state)
{
	static const char *const commands[] = { "truncate -s +1 big",
		"printf x | dd of=big bs=1 conv=notrunc",
		"truncate -s 1000 big", "touch big" };
	struct job job, *j = &job;

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		struct meddler m = { { meddle }, &job, commands[i], 2 };

		job_open(j, true);
		SHELL("truncate -s 600M '%s/big'", j->in);
		walk(j);
		j->w.progress = &m.progress;
		FAILS(write_to(j, "p"), ERR_CONFLICT, "payload.changed");
		assert_non_null(strstr(j->err.text, "big"));
		assert_int_equal(m.left, 0);
		job_close(j);
	}
}

static void
a_person_can_stop_it(void **state)
{
	struct job job, *j = &job;

	(void)state;
	job_open(j, true);
	put(j, "long.bin", 5000000);
	walk(j);
	world_catch_signals(j->k.w);
	assert_int_equal(raise(SIGTERM), 0);
	FAILS(write_to(j, "p"), ERR_STOPPED, "stopped");
	job_close(j);
}

/* ---- pinned evidence ---- */

static void
pin(struct job *j, struct buf *lines, struct digest *fingerprint)
{
	struct sink *to = NULL;

	buf_reset(lines);
	OK(sink_to_buf(&to, lines, &j->err));
	OK(payload_pin(j->payload, to, fingerprint, NULL, &j->err));
	sink_free(to);
}

static void
a_pin_says_what_sha256sum_says(void **state)
{
	struct job job, *j = &job;
	struct digest fingerprint, same;
	struct buf lines;

	(void)state;
	job_open(j, true);
	put_awkward(j);
	walk(j);
	buf_init(&lines, 1 << 20);
	pin(j, &lines, &fingerprint);
	kit_save(j->folder, "pin", buf_span(&lines));
	OK(digest_of(buf_span(&lines), &same, &j->err));
	assert_true(digest_eq(&fingerprint, &same));
	OK(write_to(j, "p.tar"));
	assert_true(digest_eq(&fingerprint, &j->done.fingerprint));
	unpack(j, "p.tar");
	SHELL("cd '%s/bag' && sed 's/  [0-9]*  /  /' ../pin | sha256sum -c --strict "
	    "--quiet && test $(wc -l <../pin) = $(($(wc -l <manifest-sha256.txt) - 1))",
	    j->folder);
	buf_clear(&lines);
	job_close(j);
}

static void
since_added(const char *command, const char *named)
{
	struct job job, *j = &job;
	struct digest fingerprint;
	struct source *src = NULL;
	struct buf lines;

	job_open(j, true);
	put(j, "a", 1000);
	put(j, "b/c", 3000);
	put(j, "long.bin", 5000000);
	walk(j);
	buf_init(&lines, 1 << 20);
	pin(j, &lines, &fingerprint);
	SHELL("cd '%s' && %s", j->in, command);
	walk(j);
	OK(source_of_span(&src, buf_span(&lines), &j->err));
	j->w.pin = src;
	if (named == NULL) {
		OK(write_to(j, "p"));
		assert_true(digest_eq(&fingerprint, &j->done.fingerprint));
	} else {
		FAILS(write_to(j, "p"), ERR_CONFLICT, "payload.changed_since_added");
		if (strstr(j->err.text, named) == NULL)
			fail_msg("%s is not named: %s", named, j->err.text);
	}
	source_free(src);
	buf_clear(&lines);
	job_close(j);
}

static void
evidence_that_is_no_longer_what_was_added_is_not_sealed(void **state)
{
	(void)state;
	since_added("true", NULL);
	since_added("touch a", NULL);			/* the content is the same */
	since_added("printf x | dd of=a bs=1 seek=9 conv=notrunc", "a is no longer");
	since_added("printf x | dd of=long.bin bs=1 seek=2000000 conv=notrunc",
	    "long.bin");
	since_added("echo >>b/c", "b/c");
	since_added("rm a", "b/c");
	since_added("rm long.bin", "gone");
	since_added("echo >new", "new");
	since_added("mv b/c b/d", "b/d");
}

static void
a_damaged_pin_is_no_proof(void **state)
{
	static const char *const pins[] = { "", "x\n", "cut" };
	struct job job, *j = &job;
	struct source *src = NULL;

	(void)state;
	job_open(j, false);
	put(j, "a", 10);
	walk(j);
	for (size_t i = 0; i < 3; i++) {
		OK(source_of_span(&src, span_text(pins[i]), &j->err));
		j->w.pin = src;
		assert_false(write_to(j, "p"));
		source_free(src);
	}
	job_close(j);
}

/* ---- limits and faults ---- */

static void
counts_that_differ_from_the_act_are_told_before_anything_is_read(void **state)
{
	struct job job, *j = &job;

	(void)state;
	job_open(j, false);
	put(j, "a", 10);
	walk(j);
	j->act.payload_files++;
	FAILS(write_to(j, "p"), ERR_USE, "package.counts");
	j->act.payload_files--;
	j->act.payload_bytes++;
	FAILS(write_to(j, "p"), ERR_USE, "package.counts");
	job_close(j);
}

static void
accompanying_files_have_their_limits(void **state)
{
	struct job job, *j = &job;
	struct buf large;

	(void)state;
	job_open(j, false);
	walk(j);
	buf_init(&large, COLLECTION_MAX + 1);
	OK(buf_room(&large, COLLECTION_MAX + 1, &j->err));
	memset(large.p, ' ', COLLECTION_MAX + 1);
	j->w.collection = span_of(large.p, COLLECTION_MAX);
	OK(write_to(j, "p"));
	j->w.collection.n++;
	FAILS(write_to(j, "p"), ERR_LIMIT, "package.limit");
	buf_clear(&large);
	job_close(j);
}

static void
a_disk_that_fails_at_any_call_leaves_no_success(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_IO, SIM_FAULT_FULL };
	struct job job, *j = &job;
	bool ok = false;
	uint64_t nth;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		job_open(j, false);
		put(j, "a", 100);
		put(j, "b/c", 1500000);
		walk(j);
		for (nth = 1, ok = false; !ok; nth++) {
			struct file *out = NULL;

			if (path_exists(j->k.w, NULL, "p"))
				OK(path_remove(j->k.w, NULL, "p", &j->err));
			OK(file_open(j->k.w, NULL, "p", FILE_CREATE, &out, &j->err));
			world_sim_fail(j->k.w, faults[i], nth, true);
			j->err = (struct err)ERR_INIT;
			ok = package_write(&j->w, out, &j->done, &j->err);
			world_sim_fail(j->k.w, SIM_FAULT_NONE, 0, false);
			file_close(out);
			if (!ok)
				assert_int_equal(j->err.kind, ERR_IO);
		}
		assert_true(nth > 10);
		job_close(j);
	}
}

static void
memory_that_fails_at_any_place_leaks_nothing_and_is_told(void **state)
{
	struct job job, *j = &job;
	bool ok = false;
	uint64_t nth;

	(void)state;
	job_open(j, false);
	put(j, "a", 100);
	put(j, "b/c", 1500000);
	walk(j);
	seal_to_receiver(j);
	for (nth = 1; !ok; nth += nth < 150 ? 1 : 5) {
		struct file *out = NULL;

		if (path_exists(j->k.w, NULL, "p"))
			OK(path_remove(j->k.w, NULL, "p", &j->err));
		OK(file_open(j->k.w, NULL, "p", FILE_CREATE, &out, &j->err));
		mem_fail(nth, false);
		j->err = (struct err)ERR_INIT;
		ok = package_write(&j->w, out, &j->done, &j->err);
		mem_fail(0, false);
		file_close(out);
		if (!ok)
			assert_int_equal(j->err.kind, ERR_MEMORY);
	}
	job_close(j);
}

/* ---- long: only with COMITY_LONG=1 ---- */

static void
a_file_of_more_than_eight_gib_has_a_pax_header(void **state)
{
	struct job job, *j = &job;
	char path[200];

	(void)state;
	if (!kit_long()) {
		print_message("long: COMITY_LONG is not 1\n");
		skip();
	}
	job_open(j, true);
	SHELL("cd '%s' && truncate -s 8589934592 disk.img && echo x >small", j->in);
	walk(j);
	j->stamped = true;
	OK(write_to(j, "p.tar"));
	SHELL("cd '%s' && tar -tvf p.tar | grep -q ' 8589934592 .*/data/disk.img$'",
	    j->folder);
	(void)snprintf(path, sizeof path, "%.63s/p.tar", j->folder);
	check_intact(j, path, 2);
	job_close(j);
}

static void
a_hundred_thousand_files_need_no_more_memory_than_ten(void **state)
{
	struct job job, *j = &job;

	(void)state;
	if (!kit_long()) {
		print_message("long: COMITY_LONG is not 1\n");
		skip();
	}
	job_open(j, true);
	SHELL("cd '%s' && for d in $(seq 100); do mkdir $d && (cd $d && seq 1000 | "
	    "xargs touch); done", j->in);
	walk(j);
	assert_int_equal(payload_files(j->payload), 100000);
	j->stamped = true;
	seal_to_receiver(j);
	OK(write_to(j, "p"));
	assert_true(world_peak_memory(j->k.w) <= (uint64_t)40 << 20);
	job_close(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* First: the greatest memory of this process is measured. */
		cmocka_unit_test(a_hundred_thousand_files_need_no_more_memory_than_ten),
		cmocka_unit_test(the_package_is_what_gnu_tar_would_write),
		cmocka_unit_test(every_file_comes_out_as_it_went_in),
		cmocka_unit_test(sha256sum_and_the_script_say_yes),
		cmocka_unit_test(the_script_says_no_in_the_right_line),
		cmocka_unit_test(age_opens_the_parcel_and_tar_lists_it),
		cmocka_unit_test(any_sizes_are_read_back_intact),
		cmocka_unit_test(small_files_of_ours_and_none_at_all_are_packages_too),
		cmocka_unit_test(the_same_world_makes_the_same_statement),
		cmocka_unit_test(a_file_that_changed_after_the_walk_stops_it_and_is_named),
		cmocka_unit_test(a_long_file_that_changes_while_it_is_read_stops_it),
		cmocka_unit_test(a_pin_says_what_sha256sum_says),
		cmocka_unit_test(evidence_that_is_no_longer_what_was_added_is_not_sealed),
		cmocka_unit_test(a_damaged_pin_is_no_proof),
		cmocka_unit_test(counts_that_differ_from_the_act_are_told_before_anything_is_read),
		cmocka_unit_test(accompanying_files_have_their_limits),
		cmocka_unit_test(a_disk_that_fails_at_any_call_leaves_no_success),
		cmocka_unit_test(memory_that_fails_at_any_place_leaks_nothing_and_is_told),
		cmocka_unit_test(a_file_of_more_than_eight_gib_has_a_pax_header),
		cmocka_unit_test(a_person_can_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
