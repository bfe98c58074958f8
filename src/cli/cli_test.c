/*
 * The door as people and programs meet it: words in, one answer out.  Each command
 * runs in a child with its own standard streams, in a folder of its own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "crypto/digest.h"

#include <cmocka.h>		/* behind cli.h: it makes `fail` its own */

#define WORDS_OF_A_CALL 40

static char folder[] = "/tmp/comity-cli-test-XXXXXX";
static char out[1u << 20], err_out[65536];	/* what the last call said */

static void
load(const char *name, char *to, size_t room)
{
	FILE *f = fopen(name, "r");
	size_t n;

	assert_non_null(f);
	n = fread(to, 1, room - 1, f);
	to[n] = '\0';
	(void)fclose(f);
}

static void
save(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static void
stream_to(const char *name, int fd)
{
	int to = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (to < 0 || dup2(to, fd) < 0)
		_exit(99);
	(void)close(to);
}

static void
child(char **argv, int argc, const char *stdout_name)
{
	struct err why = ERR_INIT;
	struct world *w = NULL;
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, 0) < 0)
		_exit(99);
	stream_to(stdout_name, 1);
	stream_to("said.err", 2);
	if (!world_real(&w, &why) || !crypto_random_from(w, &why))
		_exit(98);
	_exit(cli_main(w, argc, argv));
}

static int
call_to(const char *stdout_name, const char *const *words, bool json)
{
	char *argv[WORDS_OF_A_CALL + 3];
	int argc = 0, status = 0;
	pid_t pid;

	argv[argc++] = strdup("comity");
	if (json)
		argv[argc++] = strdup("--json");
	for (; *words != NULL; words++)
		argv[argc++] = strdup(*words);
	argv[argc] = NULL;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(argv, argc, stdout_name);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	load("said.err", err_out, sizeof err_out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int
call(const char *const *words, bool json)
{
	int code = call_to("said.out", words, json);

	load("said.out", out, sizeof out);
	return code;
}

/* ux.md section 4: people are told what happened, not that something is wrong. */
static void
assert_wording(const char *text)
{
	static const char *const never[] = { "nvalid", "ailed", " please ", "Please", "uccessful",
		"oops", "Oops", "rror" };

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		if (strstr(text, never[i]) != NULL)
			fail_msg("the word \"%s\" in: %s", never[i], text);
}

/* The answer is one JSON object with a schema; an error says its exit code. */
static void
assert_object(int code)
{
	struct err err = ERR_INIT;
	struct json_object o;
	struct json *j = NULL;
	const char *schema;
	int64_t exit_code;

	if (!json_read(&j, span_text(out), sizeof out, &err) ||
	    !json_top(j, &o, &err) || !json_text(&o, "schema", 8, 60, &schema, &err))
		fail_msg("%s in: %s", err.text, out);
	if (strcmp(schema, "comity.error/1") == 0) {
		assert_true(json_int(&o, "exit", 1, 130, &exit_code, &err));
		assert_int_equal(exit_code, code);
		assert_true(err_out[0] != '\0');
	}
	json_free(j);
}

/* The same exit code with and without --json; an object; words we stand by. */
#define SAYS(want, ...) do { \
	const char *const words_[] = { __VA_ARGS__, NULL }; \
	int code_ = call(words_, false); \
	if (code_ != (want)) fail_msg("exit %d: %s%s", code_, out, err_out); \
	assert_wording(err_out); } while (0)
#define OBJECT(want, ...) do { \
	const char *const words_[] = { __VA_ARGS__, NULL }; \
	int code_ = call(words_, true); \
	if (code_ != (want)) fail_msg("exit %d: %s%s", code_, out, err_out); \
	assert_object(code_); assert_wording(err_out); } while (0)
#define BOTH(want, ...) do { SAYS(want, __VA_ARGS__); \
	OBJECT(want, __VA_ARGS__); } while (0)
#define A "--home", "a", "--passphrase-file", "pass", "--no-input"
#define B "--home", "b", "--passphrase-file", "pass", "--no-input"

static int
enter(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	(void)unsetenv("COMITY_HOME");
	(void)setenv("HOME", folder, 1);
	(void)setenv("no_proxy", "*", 1);
	save("pass", "one two three\n");
	return 0;
}

static int
leave(void **state)
{
	char command[100];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", folder);
	return chdir("/") == 0 && system(command) == 0 ? 0 : 1;
}

/* ---- without a home ---- */

static void
every_command_helps_and_never_scolds(void **state)
{
	(void)state;
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k)) {
		if (k->verb != NULL)
			BOTH(0, k->noun, k->verb, "--help");
		else
			BOTH(0, k->noun, "--help");
		assert_non_null(strstr(out, k->summary));
		assert_wording(out);
	}
}

static void
help_and_version_need_no_home_and_have_an_object(void **state)
{
	(void)state;
	BOTH(0, "--version");
	BOTH(0, "--help");
	BOTH(0, "help");
	BOTH(0, "help", "court");
	BOTH(0, "help", "evidence");
	BOTH(0, "help", "evidence", "add");
	BOTH(0, "help", "--man");
	BOTH(0, "help", "--man", "peer");
	BOTH(0, "key", "--help");
	BOTH(0, "completion", "bash");
	BOTH(2, "completion", "csh");
	BOTH(2, "help", "nonsense");
	(void)unsetenv("HOME");
	SAYS(0, "help", "first-steps");
	assert_non_null(strstr(out, "comity init"));
	SAYS(2, "status");
	SAYS(5, "verify", "nowhere");
	(void)setenv("HOME", folder, 1);
}

/* From the tables, each with its articles, how sure we are, and no line too long. */
static void
act_page(const char *kind, bool law)
{
	SAYS(0, "help", "act", kind);
	for (const char *at = out; *at != '\0'; at += strcspn(at, "\n") + 1)
		if (strcspn(at, "\n") > 80)
			fail_msg("%s: %.*s", kind, (int)strcspn(at, "\n"), at);
	if (!law)
		return;
	assert_non_null(strstr(out, "certainty of our text: "));
	assert_non_null(strstr(out, "\nArticles "));
	assert_non_null(strstr(out, "\nWho may ask "));
	assert_non_null(strstr(out, "\nChannel "));
	assert_non_null(strstr(out, "\nFields "));
	assert_non_null(strstr(out, "\nClocks"));
	assert_non_null(strstr(out, "\nGrounds "));
	assert_non_null(strstr(out, "\nSafeguards"));
}

static void
every_kind_has_a_page_and_what_is_no_form_points_on(void **state)
{
	static const char *const pointers[] = { "extradition", "detained_transfer",
		"proceedings_transfer" };

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		enum act_kind kind = (enum act_kind)k;

		act_page(act_kind_name(kind), act_kind_measure(kind) != NULL);
		assert_non_null(strstr(out, act_kind_says(kind)));
	}
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
		act_page(pointers[i], true);
		assert_non_null(strstr(out, "has no form for this"));
	}
	SAYS(0, "help", "act");
	assert_non_null(strstr(out, "who has this account or address?"));
	OBJECT(0, "help", "act", "freeze");
	BOTH(2, "help", "act", "surveil");
	BOTH(2, "help", "act", "x_epoc");
}

static void
a_word_that_is_none_is_answered_with_the_nearest(void **state)
{
	(void)state;
	BOTH(2, "evidnce", "list");
	assert_non_null(strstr(err_out, "comity evidence"));
	BOTH(2, "evidence", "lst");
	assert_non_null(strstr(err_out, "evidence list"));
	BOTH(2, "evidence");
	BOTH(2, "evid", "list");
	BOTH(2, "verify", "--rots", "x", "y");
	assert_non_null(strstr(err_out, "--roots"));
	BOTH(2, "verify");
	BOTH(2, "verify", "x", "y");
	BOTH(2, "verify", "x", "--roots");
	BOTH(2, "verify", "x", "--details=yes");
	BOTH(2, "status", "-z");
	BOTH(2, "--progress", "rainbow", "status");
	BOTH(2, "verify", "x", "--at", "yesterday");
	/* Nothing a terminal would act on comes back. */
	BOTH(2, "\033[2Jnoun");
	assert_null(strchr(err_out, '\033'));
	BOTH(2, "\xff\xfe");
}

static void
a_home_is_named_or_the_usual_one(void **state)
{
	(void)state;
	BOTH(5, "status");
	assert_non_null(strstr(err_out, ".comity"));
	BOTH(2, "--home", "", "status");
	(void)setenv("COMITY_HOME", "", 1);
	SAYS(5, "status");
	assert_non_null(strstr(err_out, ".comity"));
	(void)setenv("COMITY_HOME", "elsewhere", 1);
	SAYS(5, "status");
	assert_non_null(strstr(err_out, "elsewhere"));
	(void)unsetenv("COMITY_HOME");
	BOTH(0, "--home", "none");
	BOTH(5, "--home", "none", "evidence", "list");
	assert_true(access("none", F_OK) != 0);
	BOTH(2, "--home", "pass", "status");
}

static void
pages_and_completion_are_what_their_readers_take(void **state)
{
	static const char *const nouns[] = { "evidence", "peer", "key", "bundle",
		"stamp" };

	(void)state;
	SAYS(0, "completion", "bash");
	assert_int_equal(system("bash -n said.out"), 0);
	if (system("mandoc -T lint /dev/null >/dev/null 2>&1; [ $? -ne 127 ]") != 0) {
		print_message("no mandoc here: the manual pages are not checked\n");
		return;
	}
	SAYS(0, "help", "--man");
	assert_int_equal(system("mandoc -T lint -W warning said.out >/dev/null"), 0);
	for (size_t i = 0; i < 5; i++) {
		SAYS(0, "help", "--man", nouns[i]);
		assert_int_equal(system("mandoc -T lint -W warning said.out >/dev/null"),
		    0);
	}
}

/* ---- two homes ---- */

static void
words_of(const char *home, char words[80])
{
	SAYS(0, "--home", home, "peer", "words");
	(void)snprintf(words, 80, "%.*s", (int)strcspn(out, "\n"), out);
}

static void
homes_are_made_and_paired(void **state)
{
	char words[80];

	(void)state;
	BOTH(2, A, "init", "--country", "XA", "--authority", "Aldora");
	BOTH(2, A, "init", "--country", "Aldora", "--authority", "A", "--self-ca");
	BOTH(2, A, "init", "--country", "XA", "--authority", "A\nB", "--self-ca");
	BOTH(2, A, "init", "--country", "XA", "--authority", "A", "--self-ca",
	    "--language", "english language");
	BOTH(2, A, "init", "--country", "XA", "--authority", "A", "--self-ca",
	    "--role", "two words");
	BOTH(2, A, "init", "--country", "XA", "--authority", "A", "--self-ca",
	    "--scrypt-log-n", "14");
	BOTH(2, A, "init", "--country", "XA", "--authority", "A", "--self-ca",
	    "--tsa", "http://tsa.example");
	assert_true(access("a", F_OK) != 0);
	OBJECT(0, A, "init", "--country", "XA", "--authority", "Aldora", "--self-ca",
	    "--scrypt-log-n", "15");
	OBJECT(9, A, "init", "--country", "XA", "--authority", "Aldora", "--self-ca");
	SAYS(0, B, "init", "--country", "XB", "--authority", "Ber\xc3\xbcn", "--self-ca",
	    "--scrypt-log-n", "15");
	assert_non_null(strstr(out, "six words"));
	OBJECT(10, A, "peer", "pair", "b/card.card", "--words", "a b c d e f");
	OBJECT(0, A, "peer", "pair", "b/card.card");
	words_of("b", words);
	BOTH(0, A, "peer", "pair", "b/card.card", "--words", words);
	BOTH(0, A, "peer", "pair", "b/card.card");
	SAYS(0, A, "peer", "pair", "b/card.card");
	assert_non_null(strstr(out, "here already"));
	words_of("a", words);
	OBJECT(0, B, "peer", "pair", "a/card.card", "--words", words);
	BOTH(6, A, "peer", "pair", "a/card.card");
	BOTH(2, A, "peer", "pair", "pass");
	BOTH(5, A, "peer", "pair", "nowhere");
	BOTH(0, A, "peer", "list");
	BOTH(0, A, "peer", "show", "XB");
	BOTH(5, A, "peer", "show", "XC");
	BOTH(0, A, "peer", "roots");
	BOTH(5, A, "peer", "roots", "--tsa");
	BOTH(0, A, "peer", "words");
	BOTH(0, A, "key", "list");
	BOTH(0, A, "key", "csr");
	BOTH(0, A, "status");
	BOTH(0, A);
}

static void
a_passphrase_comes_from_a_file_as_people_make_them(void **state)
{
	char long_pass[4200];

	(void)state;
	save("crlf", "one two three\r\nanother line\r\n");
	BOTH(0, "--home", "a/", "--passphrase-file", "crlf", "key", "csr");
	save("bare", "one two three");
	BOTH(0, "--home", "a", "--passphrase-file", "bare", "key", "csr");
	save("empty", "");
	BOTH(4, "--home", "a", "--passphrase-file", "empty", "key", "csr");
	assert_non_null(strstr(err_out, "empty"));
	save("line", "\r\n");
	BOTH(4, "--home", "a", "--passphrase-file", "line", "key", "csr");
	save("wrong", "four five six\n");
	BOTH(4, "--home", "a", "--passphrase-file", "wrong", "key", "csr");
	assert_non_null(strstr(err_out, "not the one"));
	BOTH(4, "--home", "a", "--passphrase-file", "wrong", "doctor");
	BOTH(5, "--home", "a", "--passphrase-file", "nowhere", "key", "csr");
	BOTH(2, "--home", "a", "--no-input", "key", "csr");
	memset(long_pass, 'x', sizeof long_pass);
	long_pass[sizeof long_pass - 1] = '\0';
	save("long", long_pass);
	BOTH(1, "--home", "a", "--passphrase-file", "long", "key", "csr");
}

static void
a_file_that_is_empty_is_not_taken_for_none_given(void **state)
{
	(void)state;
	save("empty", "");
	BOTH(2, A, "verify", "b/card.card", "--roots", "empty");
	BOTH(2, A, "verify", "b/card.card", "--tsa", "empty");
	BOTH(2, A, "verify", "b/card.card", "--crl", "empty");
	BOTH(2, A, "verify", "b/card.card", "--identity", "empty");
	BOTH(2, A, "stamp", "authority", "--tsa-roots", "empty");
}

#define COLLECTED "--by", "Unit 4", "--from", "Provider", "--tool", "t 1", \
	"--method", "copy", "--when", "2026-01-01"

/* Named at home a; signs on another machine what the last command was refused for. */
#define JUDGE "--passphrase-file", "pass", "--no-input", "approval"

static void
judge_named(void)
{
	OBJECT(0, JUDGE, "key", "--out", "judge.key", "--public", "judge.pub",
	    "--scrypt-log-n", "15");
	OBJECT(0, A, "person", "add", "Judge", "--role", "prosecutor", "--public",
	    "judge.pub");
}

static void
judge_signs(void)
{
	const char *at = strstr(err_out, "approval give ");
	char id[17];

	assert_non_null(at);
	(void)snprintf(id, sizeof id, "%s", at + strlen("approval give "));
	OBJECT(0, A, "approval", "give", id, "--by", "2", "--out", "ask.age");
	SAYS(0, JUDGE, "make", "ask.age", "--key", "judge.key", "--out", "yes.json");
	OBJECT(0, A, "approval", "give", id, "--file", "yes.json");
	assert_int_equal(unlink("ask.age") + unlink("yes.json"), 0);
}

static void
evidence_travels(void **state)
{
	(void)state;
	assert_int_equal(mkdir("ev\xff", 0700), 0);
	save("ev\xff/\xfe.txt", "hello\n");
	OBJECT(0, A, "evidence", "add", "ev\xff", COLLECTED, "--label", "");
	OBJECT(0, A, "evidence", "add", "ev\xff", COLLECTED, "--label", "Case 114");
	BOTH(6, A, "evidence", "add", "ev\xff");
	BOTH(5, A, "evidence", "add", "ev\xff/no", COLLECTED);
	BOTH(2, A, "evidence", "add", "ev\xff", COLLECTED, "--lang", "e");
	BOTH(0, A, "evidence", "list");
	BOTH(0, A, "evidence", "show", "1");
	SAYS(0, A, "evidence", "show", "2");
	assert_non_null(strstr(out, "Case 114"));
	assert_non_null(strstr(out, "ev\\xFF"));
	BOTH(5, A, "evidence", "show", "9");
	BOTH(2, A, "evidence", "show", "x");
	BOTH(2, A, "evidence", "seal", "1");
	BOTH(5, A, "evidence", "seal", "1", "--to", "XC");
	BOTH(6, A, "evidence", "seal", "1", "--to", "XB", "--out", "one\xff.comity");
	assert_non_null(strstr(err_out, "comity person add"));
	judge_named();
	BOTH(6, A, "evidence", "seal", "1", "--to", "XB", "--out", "one\xff.comity");
	judge_signs();
	OBJECT(0, A, "evidence", "seal", "1", "--to", "XB", "--out", "one\xff.comity");
	BOTH(9, A, "evidence", "seal", "1", "--to", "XB", "--out", "one\xff.comity");
	BOTH(6, A, "evidence", "send", "2", "--to", "XB");
	judge_signs();
	OBJECT(0, A, "evidence", "send", "2", "--to", "XB");
	BOTH(0, A, "bundle", "write", "stick\xff", "--to", "XB");
	BOTH(6, A, "bundle", "read", "stick\xff");
	BOTH(5, B, "bundle", "read", "nowhere");
	BOTH(0, B, "bundle", "read", "stick\xff");
	OBJECT(2, B, "evidence", "receive", "nowhere", "one\xff.comity", "pass");
	assert_non_null(strstr(out, "\"not_read\""));
	assert_non_null(strstr(out, "\"evidence\""));
	OBJECT(0, B, "evidence", "receive");
	BOTH(0, B, "evidence", "receive");
	SAYS(10, B, "evidence", "open", "1", "--out", "bag\xff");
	BOTH(9, B, "evidence", "open", "1", "--out", "bag\xff");
	OBJECT(10, B, "evidence", "export", "1", "--out", "court", "--tar");
	BOTH(10, "--home", "b", "verify", "bag\xff");
	BOTH(0, A, "stamp", "query", "1");
	BOTH(7, A, "stamp", "fetch");
	BOTH(2, A, "stamp", "authority", "--tsa", "tsa.example");
	BOTH(0, A, "stamp", "authority");
	BOTH(0, A, "doctor");
	BOTH(2, A, "key", "export-identity", "--out", "-", "--yes");
	BOTH(6, A, "key", "export-identity", "--out", "id\xff", "--yes");
	judge_signs();
	OBJECT(0, A, "key", "export-identity", "--out", "id\xff", "--yes");
}

/* A card's words are a stranger's: they must not steer a terminal. */
static void
a_strangers_name_is_shown_and_not_obeyed(void **state)
{
	static char text[65536], changed[65536];
	char words[80], *at;

	(void)state;
	SAYS(0, "--home", "c", "--passphrase-file", "pass", "init", "--country", "XC",
	    "--authority", "CascadaCourt", "--self-ca", "--scrypt-log-n", "15");
	load("c/comity.json", text, sizeof text);
	at = strstr(text, "CascadaCourt");
	assert_non_null(at);
	(void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text,
	    "Cas\xe2\x80\xae" "adruoC", at + strlen("CascadaCourt"));
	save("c/comity.json", changed);
	SAYS(0, "--home", "c", "--passphrase-file", "pass", "key", "rotate");
	words_of("c", words);
	SAYS(0, A, "peer", "pair", "c/card.card", "--words", words);
	assert_null(strstr(out, "\xe2\x80\xae"));
	assert_non_null(strstr(out, "\\u{202E}"));
	SAYS(0, A, "peer", "list");
	assert_null(strstr(out, "\xe2\x80\xae"));
	SAYS(0, A, "peer", "show", "XC");
	assert_null(strstr(out, "\xe2\x80\xae"));
	OBJECT(0, A, "peer", "list");
}

static void
no_way_round_in(const char *command, const struct option *o)
{
	static const char *const ways[] = { "force", "override", "skip", "ignore", "unsafe",
		"no-check", "no-policy", "anyway", "insecure", "bypass" };

	for (; o != NULL && o->name != NULL; o++)
		for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
			if (strstr(o->name, ways[i]) != NULL)
				fail_msg("%s has an option --%s", command, o->name);
}

/* A safeguard is met, or waived by a person with reasons on file: no option lifts it. */
static void
no_option_of_any_command_goes_round_a_safeguard(void **state)
{
	size_t n = 0;

	(void)state;
	no_way_round_in("comity", global_options);
	for (const struct command *k = command_next(NULL); k != NULL;
	    k = command_next(k), n++)
		no_way_round_in(k->noun, k->options);
	assert_true(n > 80);
}

static void
an_answer_that_nobody_could_read_is_told(void **state)
{
	const char *const words[] = { A, "status", NULL };

	(void)state;
	assert_int_equal(call_to("/dev/full", words, false), EXIT_OTHER);
}

static void
a_damaged_home_is_told_and_not_used(void **state)
{
	(void)state;
	assert_int_equal(system("cp -R a d && echo '{' > d/comity.json"), 0);
	BOTH(2, "--home", "d", "status");
	assert_int_equal(system("rm -rf d && cp -R a d && rm d/cards/*.json"), 0);
	BOTH(5, "--home", "d", "peer", "list");
	assert_int_equal(system("rm -rf d && cp -R a d && : > d/cards/own"), 0);
	BOTH(2, "--home", "d", "peer", "words");
	assert_int_equal(system("rm -rf d && cp -R a d && : > d/self-test"), 0);
	BOTH(0, "--home", "d", "--passphrase-file", "pass", "key", "rotate");
	assert_int_equal(system("rm -rf d && cp -R a d && "
	    "ln -sf /etc/passwd d/people/1/key.age"), 0);
	BOTH(2, "--home", "d", "--passphrase-file", "pass", "key", "csr");
}

int
main(void)
{
	/* In this order: the later ones go on with the homes of the earlier. */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_helps_and_never_scolds),
		cmocka_unit_test(help_and_version_need_no_home_and_have_an_object),
		cmocka_unit_test(every_kind_has_a_page_and_what_is_no_form_points_on),
		cmocka_unit_test(a_word_that_is_none_is_answered_with_the_nearest),
		cmocka_unit_test(a_home_is_named_or_the_usual_one),
		cmocka_unit_test(pages_and_completion_are_what_their_readers_take),
		cmocka_unit_test(homes_are_made_and_paired),
		cmocka_unit_test(a_passphrase_comes_from_a_file_as_people_make_them),
		cmocka_unit_test(a_file_that_is_empty_is_not_taken_for_none_given),
		cmocka_unit_test(evidence_travels),
		cmocka_unit_test(a_strangers_name_is_shown_and_not_obeyed),
		cmocka_unit_test(no_option_of_any_command_goes_round_a_safeguard),
		cmocka_unit_test(an_answer_that_nobody_could_read_is_told),
		cmocka_unit_test(a_damaged_home_is_told_and_not_used),
	};

	return cmocka_run_group_tests_name("cli", tests, enter, leave);
}
