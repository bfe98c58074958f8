/*
 * comity-check: is this package what was sealed, by whom, and when?  And with --policy:
 * does this chain of hand-overs hold?  The verifier alone: no network, no store, no keys
 * but an identity it is handed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/check_custody.h"
#include "form/json.h"
#include "package/package.h"
#include "text/verdict.h"
#include "text/words.h"

#define PEM_MAX (1u << 20)		/* roots of all States fit in 64 certificates */
#define IDENTITY_MAX 65536		/* bytes of an identity file with its comments */
#define TICKS 1000000000ull		/* world_ticks in a second */

enum flag { FLAG_ROOTS, FLAG_TSA, FLAG_CRL, FLAG_CARD, FLAG_AT, FLAG_IDENTITY,
	FLAG_POLICY, FLAG_RECORD, FLAG_SALT, FLAG_JSON, FLAG_DETAILS, FLAG_LANG,
	FLAG_PROGRESS, FLAG_HELP, FLAG_VERSION };

/* The one table: parser and help are made from it. */
static const struct {
	const char *name, *value;
	enum flag flag;
	const char *help;
} flags[] = {
	{ "roots", "FILE", FLAG_ROOTS, "root certificates you trust for who (PEM)" },
	{ "tsa", "FILE", FLAG_TSA, "roots you trust for time stamps (PEM)" },
	{ "crl", "FILE", FLAG_CRL, "revocation lists or OCSP answers (PEM)" },
	{ "card", "FILE", FLAG_CARD, "the sender's card, as you got it from them" },
	{ "at", "TIME", FLAG_AT, "judge as of this time: 2026-11-22T08:46:00Z, "
	    "2026-11-22 or @SECONDS" },
	{ "identity", "FILE", FLAG_IDENTITY, "age identity that opens a sealed parcel; "
	    "- reads it from standard input" },
	{ "policy", "FILE", FLAG_POLICY, "whom you believe about ledgers: checks custody, "
	    "not a package" },
	{ "leaf-record", "FILE", FLAG_RECORD, "with --policy: the record of a proof file" },
	{ "leaf-salt", "FILE", FLAG_SALT, "and its salt" },
	{ "json", NULL, FLAG_JSON, "the answer as one JSON object (comity.verdict/1)" },
	{ "details", NULL, FLAG_DETAILS, "every step and finding, not only the answer" },
	{ "lang", "TAG", FLAG_LANG, "the answer in ar, en, es, fr, pt, ru, vi or zh "
	    "(or COMITY_LANG)" },
	{ "progress", "HOW", FLAG_PROGRESS, "auto, bar, lines or none" },
	{ "help", NULL, FLAG_HELP, "this text" },
	{ "version", NULL, FLAG_VERSION, "which version this is" },
};
#define FLAGS (sizeof flags / sizeof flags[0])

enum progress_how { HOW_AUTO, HOW_BAR, HOW_LINES, HOW_NONE };

struct check_progress {
	struct progress progress;	/* first */
	struct world *world;
	enum progress_how how;
	uint64_t begun;
	unsigned tenths;		/* of the last line */
	bool shown;
};

struct main {
	struct world *world;
	const char *value[FLAGS];	/* of flags[i]; "" for one without */
	const char *path;
	const char *lang;		/* the reader's; NULL: English */
	struct certs roots, stamp_roots, card_roots;
	struct revocations *revoked;
	struct act card;
	bool has_card;
	struct age_identity *identity;
	const struct age_identity *list[1];
	struct age_keys keys;
	struct check_progress progress;
	struct package_reading in;
};

/* ---- saying ---- */

static void
put(struct main *m, enum world_stream to, const char *text)
{
	struct err closed = ERR_INIT;

	/* Nobody is left to be told that standard error is closed. */
	(void)!world_write(m->world, to, span_text(text), &closed);
}

static const char *
flag_value(const struct main *m, enum flag flag)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (flags[i].flag == flag)
			return m->value[i];
	return NULL;
}

static int
exit_code(const struct err *err)
{
	switch (err->kind) {
	case ERR_INPUT:
	case ERR_USE:
		return 2;
	case ERR_UNPROVEN:
		return 10;
	case ERR_DENIED:
		return 4;
	case ERR_ABSENT:
		return 5;
	case ERR_STOPPED:
		return 130;
	case ERR_NONE:
	case ERR_REFUSED:
	case ERR_CONFLICT:
	case ERR_LIMIT:
	case ERR_UNREACHED:
	case ERR_IO:
	case ERR_MEMORY:
		break;
	}
	return 1;
}

/* For programs there is one object on standard output whatever happens. */
static void
say_error_json(struct main *m, const struct err *err)
{
	struct err quiet = ERR_INIT;
	struct json_out j;
	struct buf b;

	buf_init(&b, 4096);
	json_out_begin(&j, &b, true, false, &quiet);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.error/1");
	json_out_str(&j, "reason", err->reason);
	json_out_str(&j, "text", err->text);
	json_out_int(&j, "exit", exit_code(err));
	json_out_close_object(&j);
	if (json_out_end(&j))
		(void)!world_write(m->world, WORLD_OUT, buf_span(&b), &quiet);
	buf_clear(&b);
}

static int
say_error(struct main *m, const struct err *err)
{
	char line[ERR_TEXT_MAX + 40];

	(void)snprintf(line, sizeof line, "comity-check: %s\n", err->text);
	put(m, WORLD_ERR, line);
	if (flag_value(m, FLAG_JSON) != NULL)
		say_error_json(m, err);
	return exit_code(err);
}

static int
help(struct main *m)
{
	put(m, WORLD_OUT, "comity-check [--roots FILE] [--tsa FILE] [options] "
	    "PACKAGE\n\n"
	    "Is this package what was sealed, by whom, and when?  PACKAGE is a sealed\n"
	    "parcel (.comity), a plain package (.tar, .card) or an unpacked folder.\n"
	    "\ncomity-check --policy FILE [--json] CUSTODY\n\n"
	    "Who had it when, and is that proven?  CUSTODY is a custody file (.json), a\n"
	    "proof file (.tlog-proof) with its record and salt, or a folder of those.\n"
	    "Nothing is sent anywhere and nothing is written.\n\n");
	for (size_t i = 0; i < FLAGS; i++) {
		char name[40], line[200];

		(void)snprintf(name, sizeof name, "--%s%s%s", flags[i].name,
		    flags[i].value != NULL ? " " : "",
		    flags[i].value != NULL ? flags[i].value : "");
		(void)snprintf(line, sizeof line, "  %-19s %s\n", name,
		    flags[i].help);
		put(m, WORLD_OUT, line);
	}
	put(m, WORLD_OUT, "\nExamples:\n"
	    "  comity-check --roots roots.pem --tsa tsa.pem evidence/\n"
	    "      an unpacked package, with the roots you got from each authority\n"
	    "  comity-check --roots roots.pem --tsa tsa.pem --identity key.txt "
	    "case.comity\n"
	    "      a sealed parcel; it is read, not unpacked\n"
	    "  comity-check --card sender.card --json package.tar\n"
	    "      trust the sender's card; the answer for a program\n"
	    "  comity-check --policy states.policy custody.json\n"
	    "      the chain of hand-overs, for who believes the States of that policy\n\n"
	    "Exit codes: 0 intact, or proven; 3 changed, or broken; 10 intact, but signer\n"
	    "or time not established, or a link only claimed; 2 wrong use, or not a package; 4 the identity does not open\n"
	    "it; 5 not found; 130 stopped by Ctrl-C; 1 anything else.\n");
	return 0;
}

static int
use(struct main *m, const char *fmt, ...) PRINTF_LIKE(2, 3);

static int
use(struct main *m, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	put(m, WORLD_ERR, "comity-check: ");
	put(m, WORLD_ERR, text);
	put(m, WORLD_ERR, "\nTry: comity-check --help\n");
	return 2;
}

/* ---- progress ---- */

static void
progress_bar(struct main *m, uint64_t done, uint64_t total)
{
	unsigned filled = (unsigned)(done * 30 / total);
	char line[100];

	(void)snprintf(line, sizeof line, "\r  [%-30.*s] %3u %%", (int)filled,
	    "##############################", (unsigned)(done * 100 / total));
	put(m, WORLD_ERR, line);
	m->progress.shown = true;
}

static void
progress_tell(struct progress *p, const char *step, uint64_t done, uint64_t total)
{
	struct check_progress *c = (struct check_progress *)p;
	struct main *m = (struct main *)((char *)c - offsetof(struct main, progress));
	uint64_t since = world_ticks(c->world) - c->begun;
	char line[100];

	if (total == 0 || done > total)
		return;
	if (c->how == HOW_BAR) {
		if (since > TICKS / 2)		/* short work shows none */
			progress_bar(m, done, total);
		return;
	}
	if (done * 10 / total <= c->tenths || since < TICKS)
		return;
	c->tenths = (unsigned)(done * 10 / total);
	(void)snprintf(line, sizeof line, "%s: %u %%\n", step, c->tenths * 10);
	put(m, WORLD_ERR, line);
}

static bool
progress_begin(struct main *m, struct err *err)
{
	static const char *const hows[] = { "auto", "bar", "lines", "none" };
	const char *how = flag_value(m, FLAG_PROGRESS);
	struct check_progress *p = &m->progress;
	unsigned i = 0;

	while (how != NULL && i < 4 && strcmp(how, hows[i]) != 0)
		i++;
	if (i == 4)
		return err_set(err, ERR_USE, "use.progress",
		    "--progress is auto, bar, lines or none, not %s", how);
	p->how = (enum progress_how)i;
	if (p->how == HOW_AUTO)
		p->how = world_is_terminal(m->world, WORLD_ERR) ? HOW_BAR : HOW_LINES;
	p->progress.tell = progress_tell;
	p->world = m->world;
	p->begun = world_ticks(m->world);
	if (p->how != HOW_NONE)
		m->in.progress = &p->progress;
	return true;
}

static void
progress_end(struct main *m)
{
	if (m->progress.shown)
		put(m, WORLD_ERR, "\r                                          \r");
}

/* ---- what was handed in ---- */

static bool
load(struct main *m, const char *path, struct buf *out, struct err *err)
{
	struct source *src = NULL;
	bool ok;

	if (strcmp(path, "-") != 0)
		return file_load(m->world, NULL, path, out, err);
	ok = descriptor_source(m->world, 0, &src, err) && source_all(src, out, err);
	source_free(src);
	return ok;
}

static bool
take_certs(struct main *m, enum flag flag, const char *name, struct certs *out,
    struct err *err)
{
	const char *path = flag_value(m, flag);
	struct buf pem;
	bool ok;

	if (path == NULL)
		return true;
	buf_init(&pem, PEM_MAX);
	ok = load(m, path, &pem, err) && certs_read_pem(out, buf_span(&pem), err);
	buf_clear(&pem);
	return ok || err_wrap(err, "%s %s", name, path);
}

static bool
take_revoked(struct main *m, struct err *err)
{
	const char *path = flag_value(m, FLAG_CRL);
	struct buf pem;
	bool ok;

	if (path == NULL)
		return true;
	buf_init(&pem, REVOCATION_MAX);
	ok = load(m, path, &pem, err) && revocations_new(&m->revoked, err) &&
	    revocations_add_file(m->revoked, buf_span(&pem), err);
	buf_clear(&pem);
	return ok || err_wrap(err, "--crl %s", path);
}

static bool
take_identity(struct main *m, struct err *err)
{
	const char *path = flag_value(m, FLAG_IDENTITY);
	struct buf secret;
	bool ok;

	if (path == NULL)
		return true;
	buf_init_secret(&secret, IDENTITY_MAX);
	ok = load(m, path, &secret, err) &&
	    age_identity_parse(buf_span(&secret), &m->identity, err);
	buf_clear(&secret);
	if (!ok)
		return err_wrap(err, "--identity %s", path);
	m->list[0] = m->identity;
	m->keys = (struct age_keys){ .identities = m->list, .n = 1 };
	m->in.keys = &m->keys;
	return true;
}

static bool
card_roots(struct main *m, struct err *err)
{
	const struct card_body *b = &m->card.body.card;

	for (size_t i = 0; i < b->roots_n; i++) {
		struct cert *c = NULL;
		bool ok;

		if (!cert_decode(&c, buf_span(&b->roots[i]), err))
			return false;
		ok = certs_add(&m->card_roots, c, err);
		cert_free(c);
		if (!ok)
			return false;
	}
	return true;
}

static bool
card_read(struct main *m, const char *path, struct err *err)
{
	struct package_reading in = { .world = m->world, .path = path };
	struct buf json;
	bool ok;

	buf_init(&json, ACT_BYTES_MAX);
	ok = package_extract(&in, "act.json", &json, err) &&
	    act_decode(&m->card, buf_span(&json), err);
	buf_clear(&json);
	if (!ok)
		return false;
	m->has_card = true;
	if (m->card.kind != ACT_CARD)
		return err_set(err, ERR_INPUT, "card.kind", "it is no card but an act "
		    "of the kind \"%s\"", act_kind_name(m->card.kind));
	return m->roots.n > 0 || card_roots(m, err);
}

/* The card itself is checked first: a changed one must vouch for nobody. */
static bool
take_card(struct main *m, struct err *err)
{
	struct package_trust *t = &m->in.trust;
	const char *path = flag_value(m, FLAG_CARD);
	struct package_reading in = { .world = m->world, .path = path };
	struct package_report *r;
	bool ok;

	if (path == NULL)
		return true;
	if (!card_read(m, path, err))
		return err_wrap(err, "--card %s", path);
	r = mem_new(sizeof *r, err);
	if (r == NULL)
		return false;
	package_report_init(r);
	in.trust.roots = m->roots.n > 0 ? &m->roots : &m->card_roots;
	in.trust.revoked = m->revoked;
	ok = package_check(&in, r, err);
	if (ok && r->unchanged != UNCHANGED_YES)
		ok = err_set(err, ERR_UNPROVEN, "card.changed",
		    "the card does not hold: %s", r->unchanged_text);
	if (ok && r->who != WHO_KNOWN && !m->card.has_from_card)
		ok = err_set(err, ERR_UNPROVEN, "card.signer",
		    "the card does not hold: %s", r->who_text);
	if (ok) {
		t->card = &m->card;
		t->card_id = r->act_id;
		t->roots = in.trust.roots;
	}
	package_report_clear(r);
	mem_free(r);
	return ok || err_wrap(err, "--card %s", path);
}

static bool
take_at(struct main *m, struct err *err)
{
	const char *at = flag_value(m, FLAG_AT);

	if (at == NULL)
		return true;
	m->in.trust.has_at = true;
	return when_parse_people(span_text(at), &m->in.trust.at, err) ||
	    err_wrap(err, "--at %s", at);
}

/* --lang, else COMITY_LANG where there are words in it. */
static bool
take_lang(struct main *m, struct err *err)
{
	const char *typed = flag_value(m, FLAG_LANG), *env = world_env(m->world, "COMITY_LANG");

	if (typed != NULL && !words_are_there(typed))
		return err_set(err, ERR_USE, "use.lang", "there are no words in \"%.20s\"; "
		    "--lang is ar, en, es, fr, pt, ru, vi or zh", typed);
	m->lang = typed != NULL ? typed : env != NULL && words_are_there(env) ? env : NULL;
	return true;
}

static bool
take_all(struct main *m, struct err *err)
{
	struct package_trust *t = &m->in.trust;

	m->in.world = m->world;
	m->in.path = m->path;
	t->roots = &m->roots;
	t->stamp_roots = &m->stamp_roots;
	if (!take_certs(m, FLAG_ROOTS, "--roots", &m->roots, err) ||
	    !take_certs(m, FLAG_TSA, "--tsa", &m->stamp_roots, err) ||
	    !take_revoked(m, err))
		return false;
	t->revoked = m->revoked;
	return take_at(m, err) && take_identity(m, err) && take_card(m, err) &&
	    progress_begin(m, err);
}

/* ---- the work ---- */

static bool
answer(struct main *m, const struct package_report *r, struct err *err)
{
	struct buf out;
	bool ok;

	buf_init(&out, 1u << 20);
	ok = flag_value(m, FLAG_JSON) != NULL ?
	    package_report_json(r, &out, err) :
	    verdict_words(r, m->lang, flag_value(m, FLAG_DETAILS) != NULL, &out, err);
	ok = ok && world_write(m->world, WORLD_OUT, buf_span(&out), err);
	buf_clear(&out);
	return ok;
}

static int
check(struct main *m)
{
	struct err err = ERR_INIT;
	struct package_report *r = mem_new(sizeof *r, &err);
	int code;
	bool ok;

	if (r == NULL)
		return say_error(m, &err);
	package_report_init(r);
	ok = take_all(m, &err) && package_check(&m->in, r, &err);
	progress_end(m);
	ok = ok && answer(m, r, &err);
	code = ok ? package_exit_code(r) : say_error(m, &err);
	package_report_clear(r);
	mem_free(r);
	return code;
}

/* ---- custody ---- */

/* What only packages have has no meaning there: nothing is passed over in silence. */
static bool
custody_flags(const struct main *m, struct err *err)
{
	static const enum flag others[] = { FLAG_ROOTS, FLAG_TSA, FLAG_CRL, FLAG_CARD,
		FLAG_AT, FLAG_IDENTITY };

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (flag_value(m, others[i]) != NULL)
			return err_set(err, ERR_USE, "use.policy",
			    "--policy checks custody, for which --%s says nothing",
			    flags[others[i]].name);
	return true;
}

static int
check_custody(struct main *m)
{
	struct custody_asked a = { .world = m->world, .path = m->path,
		.policy = flag_value(m, FLAG_POLICY),
		.record = flag_value(m, FLAG_RECORD), .salt = flag_value(m, FLAG_SALT),
		.lang = m->lang, .json = flag_value(m, FLAG_JSON) != NULL };
	struct err err = ERR_INIT;
	struct buf out;
	int code = 1;

	buf_init(&out, CUSTODY_FILE_MAX);
	if (!custody_flags(m, &err) || !custody_check(&a, &out, &code, &err) ||
	    !world_write(m->world, WORLD_OUT, buf_span(&out), &err))
		code = say_error(m, &err);
	buf_clear(&out);
	return code;
}

/* The flag an argument names, whole, or FLAGS; *value: what stands behind its =. */
static size_t
flag_find(const char *arg, const char **value)
{
	size_t n = strcspn(arg, "=");

	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	for (size_t i = 0; i < FLAGS; i++)
		if (strlen(flags[i].name) == n &&
		    strncmp(flags[i].name, arg, n) == 0)
			return i;
	return FLAGS;
}

/* A flag at argv[*i]; -1: go on. */
static int
parse_flag(struct main *m, int argc, char **argv, int *i)
{
	const char *arg = argv[*i], *value = NULL;
	size_t f = strncmp(arg, "--", 2) == 0 ? flag_find(arg + 2, &value) : FLAGS;

	if (f == FLAGS)
		return use(m, "there is no option %s", arg);
	if (flags[f].value == NULL && value != NULL)
		return use(m, "--%s takes no value", flags[f].name);
	if (flags[f].value != NULL && value == NULL) {
		if (*i + 1 == argc)
			return use(m, "--%s needs a value", flags[f].name);
		value = argv[++*i];
	}
	m->value[f] = value != NULL ? value : "";
	if (flags[f].flag == FLAG_HELP)
		return help(m);
	if (flags[f].flag == FLAG_VERSION) {
		put(m, WORLD_OUT, "comity-check " COMITY_VERSION "\n");
		return 0;
	}
	return -1;
}

/* Options may stand anywhere before a "--"; -1: go on. */
static int
parse(struct main *m, int argc, char **argv)
{
	bool options = true;

	for (int i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
			int code = parse_flag(m, argc, argv, &i);

			if (code >= 0)
				return code;
		} else if (m->path != NULL) {
			return use(m, "one package at a time: %s is one too many",
			    argv[i]);
		} else {
			m->path = argv[i];
		}
	}
	if (m->path == NULL)
		return use(m, "name the package to check");
	if (flag_value(m, FLAG_POLICY) == NULL && (flag_value(m, FLAG_RECORD) != NULL ||
	    flag_value(m, FLAG_SALT) != NULL))
		return use(m, "--leaf-record and --leaf-salt go with --policy");
	return -1;
}

static void
main_clear(struct main *m)
{
	certs_clear(&m->roots);
	certs_clear(&m->stamp_roots);
	certs_clear(&m->card_roots);
	revocations_free(m->revoked);
	if (m->has_card)
		act_clear(&m->card);
	age_identity_free(m->identity);
}

int
main(int argc, char **argv)
{
	static struct main m;		/* two lists of 64 certificates, an act */
	struct err err = ERR_INIT;
	int code;

	crypto_bare();
	if (!world_real(&m.world, &err))
		return 1;
	world_catch_signals(m.world);
	certs_init(&m.roots);
	certs_init(&m.stamp_roots);
	certs_init(&m.card_roots);
	code = parse(&m, argc, argv);
	if (code < 0 && !take_lang(&m, &err))
		code = say_error(&m, &err);
	if (code < 0)
		code = flag_value(&m, FLAG_POLICY) != NULL ? check_custody(&m) :
		    check(&m);
	main_clear(&m);
	world_free(m.world);
	return code;
}
