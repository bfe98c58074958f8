/*
 * OpenSSL without memory: its allocator is ours here, and fails the nth time, once or
 * from then on.  OpenSSL may then do what it likes, also crash; so every try runs in a
 * child process over the real disk.  What must hold whatever became of the child: it
 * said nothing false, and left nothing half-written under a final name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/part_kit.h"
#include "flow/apart.h"
#include "flow/testkit.h"
#include "ledger/journal.h"
#include "package/testkit.h"

#define COUNT(a) (sizeof (a) / sizeof (a)[0])
#define CHILD_SECONDS_MAX 120	/* a child that hangs is ended, and that is a finding */

static char top[64];		/* everything happens below this folder */

/* ---- OpenSSL's allocator ---- */

static atomic_uint_fast64_t calls;
static uint64_t fail_at;	/* 0: never */
static bool fail_on;		/* every later one too */
static atomic_bool counting;

static bool
denied(void)
{
	uint64_t n;

	if (!atomic_load(&counting))
		return false;
	n = atomic_fetch_add(&calls, 1) + 1;
	return fail_at != 0 && (n == fail_at || (fail_on && n > fail_at));
}

static void *
hook_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return denied() ? NULL : malloc(n);
}

static void *
hook_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	if (n == 0) {
		free(p);
		return NULL;
	}
	return denied() ? NULL : realloc(p, n);
}

static void
hook_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* ---- children ---- */

/* What a child says, in memory both see: it is there whatever way the child ends. */
struct said {
	bool ended, ok;
	uint64_t calls;
	enum err_kind kind;
	char text[480];
	enum unchanged unchanged;
	enum who who;
	enum when when;
	enum overall overall;
	char why[200];
};
static struct said *said;

/* How children ended so far, for the figures at the end. */
static struct { unsigned tries, right, errors, signals; } figures;

static void
child_begin(const char *folder)
{
	char path[200];

	(void)snprintf(path, sizeof path, "%s/said.txt", top);
	if (freopen(path, "w", stderr) == NULL || freopen(path, "a", stdout) == NULL ||
	    chdir(folder) != 0 || setenv("CMOCKA_TEST_ABORT", "1", 1) != 0)
		_exit(9);
	setvbuf(stderr, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IONBF, 0);
	(void)alarm(CHILD_SECONDS_MAX);
}

/* Wait status of a child that ran this in that folder. */
static int
child_run(const char *folder, void (*work)(const void *arg), const void *arg)
{
	int status = 0;
	pid_t pid;

	memset(said, 0, sizeof *said);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		child_begin(folder);
		work(arg);
		said->calls = atomic_load(&calls);
		said->ended = true;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
said_show(void)
{
	char path[200], line[400];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/said.txt", top);
	f = fopen(path, "r");
	for (int i = 0; f != NULL && i < 40 && fgets(line, sizeof line, f) != NULL; i++)
		print_message("%s", line);
	if (f != NULL)
		(void)fclose(f);
}

/* In a child that has all the memory it wants: anything else than success is told. */
static void
child_must(const char *folder, void (*work)(const void *arg), const void *arg,
    const char *what)
{
	int status = child_run(folder, work, arg);

	if (status == 0 && said->ended)
		return;
	said_show();
	fail_msg("%s: %s (wait status %d)", what, said->text, status);
}

/* Ends the child with these words. */
static void __attribute__((format(printf, 1, 2), noreturn))
give_up(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(said->text, sizeof said->text, format, ap);
	va_end(ap);
	_exit(8);
}

#define MUST_BE(call) do { struct err err = ERR_INIT; \
	if (!(call)) give_up("%.200s: %.250s", #call, err.text); } while (0)

/*
 * Does said.txt hold what a sanitizer or an assertion of ours said?  A fault inside
 * libcrypto itself is not ours: its frame is the first that is no part of the runtime.
 */
static bool
ours_is_blamed(void)
{
	char path[200], line[1000];
	bool blamed = false, report = false;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/said.txt", top);
	f = fopen(path, "r");
	while (f != NULL && !blamed && fgets(line, sizeof line, f) != NULL) {
		if (strstr(line, "runtime error:") != NULL ||
		    strstr(line, "Assertion") != NULL)
			blamed = true;
		else if (strstr(line, "Sanitizer:") != NULL)
			report = true;
		else if (report && strstr(line, "    #") != NULL) {
			if (strstr(line, "libcrypto") != NULL)
				break;
			blamed = strstr(line, "libasan") == NULL &&
			    strstr(line, "sanitizer_common") == NULL &&
			    strstr(line, "libc.so") == NULL;
		}
	}
	if (f != NULL)
		(void)fclose(f);
	return blamed;
}

/* The child may have died; it may not have been killed for hanging or by a bug of ours. */
static void
child_judge(int status, const char *what, uint64_t n, bool on)
{
	figures.tries++;
	if (ours_is_blamed() || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) ||
	    (WIFEXITED(status) && WEXITSTATUS(status) >= 8)) {
		said_show();
		fail_msg("%s, allocation %llu%s: wait status %d %s", what,
		    (unsigned long long)n, on ? " and later" : "", status, said->text);
	}
	if (!said->ended)
		figures.signals++;
	else if (said->ok)
		figures.right++;
	else
		figures.errors++;
}

static void
faults_begin(uint64_t n, bool on)
{
	fail_at = n;
	fail_on = on;
	atomic_store(&calls, 0);
	atomic_store(&counting, true);
}

static void
faults_end(void)
{
	atomic_store(&counting, false);
}

static void
said_err(bool ok, const struct err *err)
{
	said->ok = ok;
	said->kind = err->kind;
	(void)snprintf(said->text, sizeof said->text, "%s", err->text);
}

/* ---- checking ---- */

/* What to check, below `verify`; NULL: not given. */
struct verifying {
	const char *package, *roots, *stamp_roots, *card, *identity, *crl;
	/* What it deserves. */
	enum unchanged unchanged;
	enum who who;
	enum when when;
};

#define PACKAGE(name) .package = name, .roots = "roots.pem", .stamp_roots = "roots.pem"
#define ANSWERS(a, b, c) .unchanged = UNCHANGED_##a, .who = WHO_##b, .when = WHEN_##c

static const struct verifying verifyings[] = {
	{ PACKAGE("good.tar"), ANSWERS(YES, KNOWN, PROVEN) },
	{ .package = "good.tar", .card = "card.tar", .stamp_roots = "roots.pem",
	    ANSWERS(YES, KNOWN, PROVEN) },
	{ PACKAGE("good.comity"), .identity = "identity", ANSWERS(YES, KNOWN, PROVEN) },
	/* A revocation list that was not read for want of memory is not an empty one. */
	{ PACKAGE("good.tar"), .crl = "revoked.pem", ANSWERS(YES, REVOKED, PROVEN) },
	/* One bit of a file, and of a sealed parcel. */
	{ PACKAGE("payload.tar"), ANSWERS(NO, KNOWN, PROVEN) },
	{ PACKAGE("cut.comity"), .identity = "identity",
	    ANSWERS(NO, NOT_CHECKED, NOT_CHECKED) },
	/* One bit of the signature's value, wherever it stands. */
	{ PACKAGE("value.tar"), ANSWERS(NO, UNKNOWN, CLAIMED) },
	/* Signed by him, but something else. */
	{ PACKAGE("other.tar"), ANSWERS(NO, UNKNOWN, PROVEN) },
	/* Roots of the same names that belong to somebody else. */
	{ .package = "good.tar", .roots = "strange.pem", .stamp_roots = "strange.pem",
	    ANSWERS(YES, UNKNOWN, CLAIMED) },
	{ .package = "good.tar", .card = "strange-card.tar",
	    .stamp_roots = "roots.pem", ANSWERS(YES, UNKNOWN, PROVEN) },
	/* A token over another signature; one that nobody signed. */
	{ PACKAGE("token.tar"), ANSWERS(NO, KNOWN, CLAIMED) },
	{ PACKAGE("token-value.tar"), ANSWERS(NO, KNOWN, CLAIMED) },
};

static void
pem_save(struct package_kit *k, const char *path, const struct certs *list)
{
	struct err err = ERR_INIT;
	struct buf pem;

	buf_init(&pem, 1u << 16);
	assert_true(certs_write_pem(list, &pem, &err));
	package_kit_save(k, path, buf_span(&pem));
	buf_clear(&pem);
}

/* A list of the CA that revokes the signer, a day before the signature. */
static void
revoked_save(struct package_kit *k, const char *path)
{
	struct crl_entry entry = { .at = KIT_NOW - KIT_DAY };
	struct err err = ERR_INIT;
	struct buf pem, serial;

	buf_init(&pem, 1u << 16);
	buf_init(&serial, 200);
	assert_true(cert_serial_text(k->pki.signer, &serial, &err) &&
	    buf_text(&serial, &entry.serial, &err));
	assert_true(crl_make(k->pki.ca, k->pki.ca_key, KIT_NOW, KIT_NOW + 30 * KIT_DAY,
	    &entry, 1, &pem, &err));
	package_kit_save(k, path, buf_span(&pem));
	buf_clear(&serial);
	buf_clear(&pem);
}

/* A copy of one entry with a bit of its last byte turned. */
static void
entry_turned(struct span tar, const char *path, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_init(out, 1u << 20);
	assert_true(buf_add(out, package_kit_entry(tar, path), &err));
	out->p[out->n - 1] ^= 1;
}

static void
with_entry(struct package_kit *k, struct span tar, const char *path,
    struct span content, const char *to)
{
	struct buf b;

	package_kit_replace(tar, path, content, &b);
	package_kit_save(k, to, buf_span(&b));
	buf_clear(&b);
}

static void
with_turned(struct package_kit *k, struct span tar, const char *path, const char *to)
{
	struct buf content;

	entry_turned(tar, path, &content);
	with_entry(k, tar, path, buf_span(&content), to);
	buf_clear(&content);
}

#define P7S "tagmanifest-sha256.txt.p7s"
#define VALUE "signature.bin"
#define TOKEN "signature.tst"

static void
bad_ones_make(struct package_kit *k)
{
	struct buf good, other, half;

	package_kit_load(k, "good.tar", &good);
	package_kit_load(k, "second.tar", &other);
	with_turned(k, buf_span(&good), "data/a.txt", "payload.tar");
	with_turned(k, buf_span(&good), P7S, "half.tar");
	package_kit_load(k, "half.tar", &half);
	with_turned(k, buf_span(&half), VALUE, "value.tar");
	buf_clear(&half);
	with_entry(k, buf_span(&good), P7S, package_kit_entry(buf_span(&other), P7S),
	    "half.tar");
	package_kit_load(k, "half.tar", &half);
	with_entry(k, buf_span(&half), VALUE, package_kit_entry(buf_span(&other), VALUE),
	    "third.tar");
	buf_clear(&half);
	package_kit_load(k, "third.tar", &half);
	with_entry(k, buf_span(&half), TOKEN, package_kit_entry(buf_span(&other), TOKEN),
	    "other.tar");
	buf_clear(&half);
	with_entry(k, buf_span(&good), TOKEN, package_kit_entry(buf_span(&other), TOKEN),
	    "token.tar");
	with_turned(k, buf_span(&good), TOKEN, "token-value.tar");
	buf_clear(&good);
	buf_clear(&other);
	package_kit_load(k, "good.comity", &good);
	good.p[good.n - 20] ^= 1;
	package_kit_save(k, "cut.comity", buf_span(&good));
	buf_clear(&good);
}

static void
verify_make(const void *arg)
{
	static const struct pack_file files[] = { { "a.txt", "the first file\n", 0 },
		{ "b/c.bin", NULL, 70000 } };
	struct pack p = { .files = files, .files_n = COUNT(files) };
	struct pack card = { .card = true };
	struct package_kit k, strange;
	struct err err = ERR_INIT;
	struct package_written made;
	struct authority_id from;
	struct digest spki;
	struct buf secret;

	(void)arg;
	package_kit_open(&k, ".");
	assert_true(dir_make(k.w, NULL, "strange", &err));
	package_kit_open(&strange, "strange");
	package_kit_pack(&k, &card, "card.tar", &made);
	package_kit_pack(&strange, &card, "strange-card.tar", NULL);
	p.from_card = &made.act_id;
	assert_true(cert_spki_digest(k.pki.signer, &spki, &err));
	assert_true(authority_id_make("XA", &spki, &from, &err));
	p.from = from.s;
	package_kit_pack(&k, &p, "good.tar", NULL);
	p.nonce = 1;
	package_kit_pack(&k, &p, "second.tar", NULL);
	p.sealed = true;
	package_kit_pack(&k, &p, "good.comity", NULL);
	pem_save(&k, "roots.pem", &k.pki.anchors);
	pem_save(&k, "strange.pem", &strange.pki.anchors);
	revoked_save(&k, "revoked.pem");
	buf_init_secret(&secret, 4096);
	assert_true(age_identity_print(k.identity, &secret, &err));
	package_kit_save(&k, "identity", buf_span(&secret));
	buf_clear(&secret);
	bad_ones_make(&k);
	package_kit_close(&strange);
	package_kit_close(&k);
}

struct verify_try {
	const struct verifying *v;
	uint64_t n;
	bool on;
	bool warm;	/* OpenSSL has done it all before: its own beginning is not in it */
};

static void
given(struct world *w, const char *name, struct buf *out)
{
	buf_init_secret(out, 1u << 16);
	if (name != NULL)
		MUST_BE(file_load(w, NULL, name, out, &err));
}

static void
verify_work(const void *arg)
{
	const struct verify_try *t = arg;
	struct verify_wish wish = { .path = t->v->package, .card_path = t->v->card };
	struct flow f = { .world = NULL };
	struct buf roots, stamp_roots, identity, crl;
	struct err why = ERR_INIT;
	struct package_report r;

	MUST_BE(world_real(&f.world, &err));
	given(f.world, t->v->roots, &roots);
	given(f.world, t->v->stamp_roots, &stamp_roots);
	given(f.world, t->v->identity, &identity);
	given(f.world, t->v->crl, &crl);
	wish.crl = buf_span(&crl);
	wish.roots = buf_span(&roots);
	wish.stamp_roots = buf_span(&stamp_roots);
	wish.identity = buf_span(&identity);
	if (t->warm) {
		package_report_init(&r);
		MUST_BE(flow_verify(&f, &wish, &r, &err));
		package_report_clear(&r);
	}
	package_report_init(&r);
	faults_begin(t->n, t->on);
	said_err(flow_verify(&f, &wish, &r, &why), &why);
	faults_end();
	said->unchanged = r.unchanged;
	said->who = r.who;
	said->when = r.when;
	said->overall = r.overall;
	(void)snprintf(said->why, sizeof said->why, "%.60s; %.60s; %.60s",
	    r.unchanged_text, r.who_text, r.when_text);
}

/* Each of the three answers is the true one, or none. */
static bool
verdict_true(const struct verifying *v)
{
	return !said->ok ||
	    ((said->unchanged == v->unchanged ||
	    said->unchanged == UNCHANGED_NOT_CHECKED) &&
	    (said->who == v->who || said->who == WHO_NOT_CHECKED) &&
	    (said->when == v->when || said->when == WHEN_NOT_CHECKED) &&
	    (said->overall != OVERALL_INTACT || v->unchanged == UNCHANGED_YES));
}

static unsigned false_verdicts;

static void
verify_try(const struct verify_try *t, const char *folder)
{
	char what[200];
	int status = child_run(folder, verify_work, t);

	(void)snprintf(what, sizeof what, "checking %s (roots %s, card %s)",
	    t->v->package, t->v->roots == NULL ? "none" : t->v->roots,
	    t->v->card == NULL ? "none" : t->v->card);
	child_judge(status, what, t->n, t->on);
	if (verdict_true(t->v))
		return;
	if (false_verdicts++ < 12)
		print_message("%s, allocation %llu%s: a false verdict %d %d %d: %s\n",
		    what, (unsigned long long)t->n, t->on ? " and later" : "",
		    said->unchanged, said->who, said->when, said->why);
}

static void
verify_both(struct verify_try *t, uint64_t n, const char *folder)
{
	t->n = n;
	t->on = false;
	verify_try(t, folder);
	t->on = true;
	verify_try(t, folder);
}

/* What OpenSSL sets up for itself, first of all: what fails there it lacks for good. */
#define BEGINNING 100

static void
a_verdict_without_memory_is_the_true_one_or_none(void **state)
{
	char folder[100];

	(void)state;
	(void)snprintf(folder, sizeof folder, "%s/verify", top);
	assert_int_equal(mkdir(folder, 0700), 0);
	child_must(folder, verify_make, NULL, "making packages");
	for (unsigned i = 0; i < 2 * COUNT(verifyings); i++) {
		struct verify_try t = { .v = &verifyings[i / 2], .warm = i % 2 == 1 };
		uint64_t all, stride;

		child_must(folder, verify_work, &t, t.v->package);
		if (!said->ok || said->unchanged != t.v->unchanged ||
		    said->who != t.v->who || said->when != t.v->when)
			fail_msg("%s: %d %d %d: %s %s", t.v->package, said->unchanged,
			    said->who, said->when, said->why, said->text);
		all = said->calls;
		if (getenv("COMITY_FIGURES") != NULL)
			print_message("%s: %llu allocations\n", t.v->package,
			    (unsigned long long)all);
		/* OpenSSL begins in the same way whatever the package. */
		stride = !kit_long() ? all / 8 + 1 : i == 0 || t.warm ? 1 : 11;
		for (uint64_t n = 1 + i % stride; n <= all;
		    n += i == 0 && n <= BEGINNING ? 1 : stride)
			if (part_has(n + i))
				verify_both(&t, n, folder);
	}
	assert_int_equal(false_verdicts, 0);
}

/* ---- certificates ---- */

/* The path from the signer to the root, one of its three certificates being this one. */
static void
path_must_hold_with(const struct kit *k, const struct cert *one)
{
	const struct cert *from[] = { k->signer, k->ca, k->root };
	struct certs inside, anchors;
	struct path_question q = { .inside = &inside, .anchors = &anchors,
		.purpose = PATH_SIGNING, .at = KIT_NOW };
	struct path_answer a;

	certs_init(&inside);
	certs_init(&anchors);
	for (size_t i = 0; i < COUNT(from); i++)
		MUST_BE(certs_add(i < 2 ? &inside : &anchors,
		    cert_same(from[i], one) ? one : from[i], &err));
	MUST_BE(path_check(&q, &a, &err));
	if (a.state != PATH_HOLDS)
		give_up("%s", a.text);
	certs_clear(&inside);
	certs_clear(&anchors);
}

/* Fails to decode once, or from then on.  False: nothing is left that could fail. */
static bool
decode_try(const struct kit *k, struct span der, uint64_t n, bool on)
{
	struct err why = ERR_INIT;
	struct cert *c = NULL;
	bool ok;

	faults_begin(n, on);
	ok = cert_decode(&c, der, &why);
	faults_end();
	if (!ok && why.kind != ERR_MEMORY)
		give_up("allocation %llu%s: %s", (unsigned long long)n,
		    on ? " and later" : "", why.text);
	if (ok)
		path_must_hold_with(k, c);
	cert_free(c);
	return atomic_load(&calls) >= n;
}

static void
decode_work(const void *arg)
{
	const enum key_kind *kind = arg;
	struct kit k;

	kit_open(&k, *kind);
	for (unsigned i = 0; i < 6; i++) {
		const struct cert *of[] = { k.signer, k.ca, k.root };
		uint64_t n = 1;

		while (decode_try(&k, cert_der(of[i / 2]), n, i % 2 == 1))
			n++;
		if (n < 20)
			give_up("only %llu allocations were tried", (unsigned long long)n);
	}
	kit_close(&k);
}

/* OpenSSL keeps what it found out about a certificate; what it could not, too. */
static void
a_certificate_read_without_memory_is_not_kept_as_a_weaker_one(void **state)
{
	static const enum key_kind kinds[] = { KEY_P256, KEY_P384, KEY_RSA };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		child_must(top, decode_work, &kinds[i], "reading a certificate");
}

/* ---- steps ---- */

static struct job *job;		/* of the child */

static void
job_open(void)
{
	static struct job j;

	memset(&j, 0, sizeof j);
	MUST_BE(world_real(&j.world, &err));
	site_begin(&j.a, j.world, "aldora");
	site_begin(&j.b, j.world, "berun");
	package_report_init(&j.opened);
	package_report_init(&j.received.report);
	job = &j;
}

/* Every step opens the keys: with the usual cost that would be all of the time. */
static bool
cheap_to_open(struct site *s, struct err *err)
{
	struct keyring *k = NULL;
	struct buf secret;
	bool ok;

	buf_init_secret(&secret, 4096);
	ok = flow_keyring(&s->flow, &k, err) &&
	    s->flow.passphrase(s->flow.arg, true, &secret, err) &&
	    keyring_rewrap(k, buf_span(&secret), AGE_LOG_N_TEST, err);
	buf_clear(&secret);
	home_settings(s->flow.home)->log_n = AGE_LOG_N_TEST;
	return ok && settings_save(s->flow.home, err);
}

static bool
office(struct site *s, const char *country, struct err *err)
{
	static const char *const roles[] = { "central_authority" };
	static const char *const carriers[] = { "stick" };
	struct init_wish w = { .path = s->path, .country = country,
		.authority = s->path, .lang = "en", .self_ca = true,
		.key = KEY_P256, .roles = roles, .roles_n = 1,
		.carriers = carriers, .carriers_n = 1, .training = true, .log_n = 15 };

	return flow_init(&s->flow, &w, err) && cheap_to_open(s, err);
}

static bool
drafted(struct site *s, struct err *err)
{
	time_t soon = (time_t)(world_now(s->flow.world) + 28 * KIT_DAY);
	char planned[16];
	struct tm tm;
	const struct field_setting set[] = {
		{ "offence.articles", "13" },
		{ "offence.facts", "an invoice was forged" },
		{ "data_sought", "mails of that week" },
		{ "necessity", "deleted after 7 days" },
		{ "intent.measure", "stored_data" },
		{ "intent.planned_at", planned }, { "secrecy.wanted", "no" },
		{ "provider.name", "Mail Berun" },
		{ "system_or_account.type", "email" },
		{ "system_or_account.value", "someone@mail.example" },
	};
	struct request_wish wish = { .kind = "preserve", .to = "XB", .set = set,
		.set_n = COUNT(set), .lang = "en" };
	struct request_view *view = mem_new(sizeof *view, err);
	bool ok;

	if (view == NULL)
		return false;
	assert_non_null(gmtime_r(&soon, &tm));
	(void)strftime(planned, sizeof planned, "%Y-%m-%d", &tm);
	request_view_init(view);
	ok = flow_request_new(&s->flow, &wish, view, err);
	request_view_clear(view);
	mem_free(view);
	return ok;
}

static void
begin_work(const void *arg)
{
	struct evidence e;

	(void)arg;
	job_open();
	MUST_BE(evidence_make(job->world, &err));
	MUST_BE(office(&job->a, "XA", &err) && office(&job->b, "XB", &err));
	MUST_BE(step_pair_a(job, &err) && step_pair_b(job, &err));
	MUST_BE(site_again(&job->a, &err) && add(&job->a, &e, &err));
	MUST_BE(drafted(&job->a, &err));
	/* The second person has signed before memory runs short. */
	MUST_BE(step_second(job, &err));
	site_end(&job->a);
	site_end(&job->b);
}

static bool
do_seal(struct err *err)
{
	return step_seal(job, err);
}

static bool
do_send(struct err *err)
{
	struct sent sent;

	return site_again(&job->a, err) &&
	    flow_request_send(&job->a.flow, 1, BY_COMITY, &sent, err);
}

static bool
do_carry(struct err *err)
{
	return step_send(job, err) && step_write(job, err);
}

static bool
do_take(struct err *err)
{
	size_t n;

	return step_read(job, err) && take_all_in(&job->b, NULL, &n, err);
}

static bool
do_confirm(struct err *err)
{
	struct sent sent;

	return site_again(&job->b, err) &&
	    reply_with(&job->b, 1, ACT_GRANTED, &sent, err);
}

static bool
do_open(struct err *err)
{
	return step_open(job, err) && path_exists(job->world, NULL, "bag");
}

static bool
do_backup(struct err *err)
{
	struct backup_result got;

	return site_again(&job->a, err) && (path_exists(job->world, NULL, "a.backup") ||
	    flow_backup(&job->a.flow, &(struct backup_wish){ .path = "a.backup" }, &got, err));
}

static bool
do_restore(struct err *err)
{
	struct backup_result got;

	site_end(&job->a);
	return path_exists(job->world, NULL, "again") ||
	    flow_restore(&job->a.flow, &(struct restore_wish){ "a.backup", "again", NULL }, &got, err);
}

/* In the order of the journey; `tried`: without memory too. */
static const struct {
	const char *name;
	bool (*run)(struct err *err);
	bool tried;
} journey[] = {
	{ "seal", do_seal, true }, { "send", do_send, true },
	{ "carry", do_carry, false }, { "take", do_take, true },
	{ "confirm", do_confirm, true }, { "open", do_open, true },
	{ "backup", do_backup, true }, { "restore", do_restore, true },
};

struct step_try {
	size_t step;
	uint64_t n;
	bool on;
};

static void
step_work(const void *arg)
{
	const struct step_try *t = arg;
	struct err why = ERR_INIT;

	job_open();
	faults_begin(t->n, t->on);
	said_err(journey[t->step].run(&why), &why);
	faults_end();
	site_end(&job->a);
	site_end(&job->b);
}

/* ---- what lies there afterwards ---- */

/* Every parcel under its final name opens and is whole. */
static void
parcels_check(struct site *s)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;
	char path[400];
	bool more = true;

	(void)snprintf(path, sizeof path, "%s/parcels", s->path);
	if (!path_exists(job->world, NULL, path))
		return;
	MUST_BE(flow_keyring(&s->flow, &k, &err));
	MUST_BE(keyring_identities(k, &keys.identities, &keys.n, &err));
	MUST_BE(listing_open(job->world, NULL, path, &l, &err));
	while (more) {
		struct package_reading in = { .world = job->world,
			.at = home_dir(s->flow.home), .path = path, .keys = &keys };
		struct package_report r;
		struct buf head;

		MUST_BE(listing_next(l, &e, &more, &err));
		if (!more || strncmp(e.name, DISK_TEMPORARY_PREFIX,
		    strlen(DISK_TEMPORARY_PREFIX)) == 0)
			continue;
		(void)snprintf(path, sizeof path, "parcels/%.255s", e.name);
		package_report_init(&r);
		parcel_head_init(&head);
		MUST_BE(parcel_join(&s->flow, &in, &head, &err));
		MUST_BE(package_check(&in, &r, &err));
		buf_clear(&head);
		if (r.unchanged != UNCHANGED_YES)
			give_up("%s: %.200s", path, r.unchanged_text);
		package_report_clear(&r);
	}
	listing_close(l);
}

static void
home_check(struct site *s)
{
	struct journal *journal = NULL;
	struct docket *d = NULL;

	MUST_BE(site_again(s, &err));
	MUST_BE(home_lock(s->flow.home, &err));
	MUST_BE(home_docket(s->flow.home, &d, &err));
	MUST_BE(docket_check(d, &err));
	home_docket_done(s->flow.home);
	MUST_BE(journal_open(job->world, home_dir(s->flow.home), &journal, &err));
	journal_close(journal);
	parcels_check(s);
	site_end(s);
}

static void
files_check(void)
{
	struct package_reading in = { .world = job->world, .path = "bag" };
	struct package_report r;
	struct site other;

	package_report_init(&r);
	if (path_exists(job->world, NULL, "bag")) {
		MUST_BE(package_check(&in, &r, &err));
		if (r.unchanged != UNCHANGED_YES)
			give_up("bag: %.200s", r.unchanged_text);
	}
	package_report_clear(&r);
	if (!path_exists(job->world, NULL, "again") &&
	    path_exists(job->world, NULL, "a.backup"))
		MUST_BE(do_restore(&err));
	if (path_exists(job->world, NULL, "again")) {
		site_begin(&other, job->world, "again");
		home_check(&other);
	}
}

/* All that has a final name is whole, and the step ends as it usually does. */
static void
after_work(const void *arg)
{
	const struct step_try *t = arg;

	job_open();
	home_check(&job->a);
	home_check(&job->b);
	if (journey[t->step].run != do_backup && journey[t->step].run != do_restore)
		files_check();
	MUST_BE(journey[t->step].run(&err));
	site_end(&job->a);
	site_end(&job->b);
	home_check(&job->a);
	home_check(&job->b);
	files_check();
}

static void
copy_of(const char *from, char to[100])
{
	(void)snprintf(to, 100, "%s/try", top);
	assert_int_equal(kit_run("rm -rf '%s' && cp -a '%s' '%s'", to, from, to), 0);
}

static void
step_try(const struct step_try *t, const char *base)
{
	char folder[100], what[100];
	int status;

	copy_of(base, folder);
	status = child_run(folder, step_work, t);
	(void)snprintf(what, sizeof what, "%s", journey[t->step].name);
	child_judge(status, what, t->n, t->on);
	(void)snprintf(what, sizeof what, "after %s without memory, allocation %llu%s",
	    journey[t->step].name, (unsigned long long)t->n, t->on ? " and later" : "");
	child_must(folder, after_work, t, what);
}

static void
step_tries(size_t step, const char *base)
{
	struct step_try t = { .step = step };
	uint64_t all, stride;
	char folder[100];

	copy_of(base, folder);
	child_must(folder, step_work, &t, journey[step].name);
	if (!said->ok)
		fail_msg("%s: %s", journey[step].name, said->text);
	all = said->calls;
	child_must(folder, after_work, &t, journey[step].name);
	if (getenv("COMITY_FIGURES") != NULL)
		print_message("%s: %llu allocations\n", journey[step].name,
		    (unsigned long long)all);
	stride = kit_long() ? 1 : all / 3 + 1;
	for (uint64_t n = 1 + step * 131 % stride; n <= all; n += stride) {
		if (!part_has(n + step))
			continue;
		t.n = n;
		t.on = false;
		step_try(&t, base);
		t.on = true;
		step_try(&t, base);
	}
}

static void
nothing_half_written_is_left_by_a_step_without_memory(void **state)
{
	char base[100];

	(void)state;
	(void)snprintf(base, sizeof base, "%s/base", top);
	assert_int_equal(mkdir(base, 0700), 0);
	child_must(base, begin_work, NULL, "making homes");
	for (size_t i = 0; i < COUNT(journey); i++) {
		struct step_try t = { .step = i };

		if (journey[i].tried)
			step_tries(i, base);
		child_must(base, step_work, &t, journey[i].name);
		if (!said->ok)
			fail_msg("%s: %s", journey[i].name, said->text);
	}
}

/* ---- all of it ---- */

static int
group_begin(void **state)
{
	(void)state;
	said = mmap(NULL, sizeof *said, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		return -1;
	kit_folder(top);
	return 0;
}

static int
group_end(void **state)
{
	(void)state;
	print_message("%u tries: %u went right, %u said no, %u died\n", figures.tries,
	    figures.right, figures.errors, figures.signals);
	kit_folder_remove(top);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verdict_without_memory_is_the_true_one_or_none),
		cmocka_unit_test(a_certificate_read_without_memory_is_not_kept_as_a_weaker_one),
		cmocka_unit_test(nothing_half_written_is_left_by_a_step_without_memory),
	};

	/* Before anything else of OpenSSL: afterwards it refuses. */
	if (CRYPTO_set_mem_functions(hook_malloc, hook_realloc, hook_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, group_begin, group_end);
}
