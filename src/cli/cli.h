/*
 * cli: the door for people at a shell.  One table of commands (table*.c) makes the
 * parser, --help, the manual pages and completion.  stdout carries the answer,
 * stderr progress and warnings; --json gives one object; exit codes are those of
 * `comity help exit-codes`.
 */
#ifndef COMITY_CLI_H
#define COMITY_CLI_H

#include "crypto/stamp.h"
#include "flow/flow.h"
#include "form/json.h"

#define ARGS_MAX 1024		/* words and values of one command line */
#define CLI_OUT_MAX (256u << 20)	/* an answer of a home with a million records */

enum exit_code {
	EXIT_DONE = 0, EXIT_OTHER = 1, EXIT_USE = 2, EXIT_CHANGED = 3,
	EXIT_DENIED = 4, EXIT_ABSENT = 5, EXIT_REFUSED = 6, EXIT_UNREACHED = 7,
	EXIT_PARTLY = 8, EXIT_CONFLICT = 9, EXIT_INCOMPLETE = 10, EXIT_STOPPED = 130,
};

struct option {
	const char *name;		/* without the dashes */
	const char *value;		/* what stands for its value; NULL: a flag */
	const char *help;		/* one line */
};

struct cli;
struct call;

struct command {
	const char *noun;		/* "evidence", or the verb of a one-word command */
	const char *verb;		/* NULL for one-word commands */
	const char *args;		/* "ID", "[PATH...]", "" */
	unsigned args_min, args_max;
	const char *summary;		/* one line */
	const char *more;		/* a paragraph, or NULL */
	const struct option *options;	/* ends with name NULL; may be NULL */
	const char *const *examples;	/* pairs of command and what it is for; NULL ends */
	bool home;			/* opens the home before it runs */
	int (*run)(struct cli *c, struct call *call);
};
/* All commands in the order of help; NULL: the first; NULL after the last. */
const struct command *command_next(const struct command *k);
extern const struct option global_options[];

struct call {
	const struct command *command;
	const char *args[ARGS_MAX];
	size_t args_n;
	struct { const struct option *option; const char *value; } values[ARGS_MAX];
	size_t values_n;
};
/* The last value given, or NULL; flags have the value "". */
const char *call_value(const struct call *call, const char *name);
bool call_flag(const struct call *call, const char *name);
/* All values of a repeatable option, in order; returns how many (<= max). */
size_t call_values(const struct call *call, const char *name, const char **out,
    size_t max);

enum progress_mode { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_LINES, PROGRESS_JSONL,
	PROGRESS_NONE };

struct cli_progress {
	struct progress progress;	/* first */
	struct world *world;
	enum progress_mode mode;
	char step[40];
	uint64_t began, last_told, from;	/* ticks; bytes at the beginning */
	uint64_t last_done;
	unsigned last_tenth;
	double speed;			/* bytes a second, smoothed; 0 unknown */
	uint64_t speed_at, speed_bytes;
	bool shown;			/* a bar stands on the line */
};
void cli_progress_init(struct cli_progress *p, struct world *w,
    enum progress_mode mode);
void cli_progress_end(struct cli_progress *p);	/* clears the bar */

struct cli {
	struct world *world;
	struct flow flow;
	struct cli_progress progress;
	bool json, quiet, verbose, no_input, yes;
	const char *lang;		/* the reader's, for words on pages; NULL: none was asked for */
	bool text;			/* between text_begin and text_end, with --json */
	const char *passphrase_file;
	const char *new_passphrase_file;
	struct buf home_path;
	bool home_named;		/* by --home or COMITY_HOME, not only by HOME */
	struct err err;
	struct buf out;			/* what stdout gets, written at the end */
	unsigned code;
};

/* Text for people, kept until the end (nothing of it with --json). */
void say(struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same, of a stranger's text: what could move a cursor is spelt out. */
void say_text(struct cli *c, const char *text);
/* On stderr, at once, unless -q. */
void warn(struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* --json: the object of this answer; call json_done with the schema's members in. */
void json_start(struct cli *c, struct json_out *j, const char *schema);
void json_done(struct cli *c, struct json_out *j);
/* A text that may be no UTF-8 (paths, cut sentences): then as say_text shows it. */
void json_shown(struct json_out *j, const char *name, const char *text);
/* What is text by nature (help, completion): with --json {"schema":..,"text":..}. */
void text_begin(struct cli *c);
int text_end(struct cli *c, const char *schema);
/* The error of c->err as sentence or object; its exit code. */
int fail(struct cli *c);
/* The sentence alone, on stderr, also with -q; about `what` (NULL: nothing). */
void error_say(struct cli *c, const char *what);
int fail_use(struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
int exit_code_of(const struct err *err);
/* The one code for several parcels: the gravest. */
int graver(int a, int b);

/* "12.3 MB", decimal units. */
struct size_text { char s[24]; };
struct size_text size_people(uint64_t bytes);
/* "1 file", "214 files". */
struct count_text { char s[120]; };
struct count_text count_people(uint64_t n, const char *one, const char *many);
struct id_text { char s[16]; };
struct id_text id_short(const struct digest *d);	/* first 12 digits */

/* A file that an option names, "-" standard input.  Empty is refused. */
MUST bool file_option(struct cli *c, const char *path, struct buf *out);
/* An option that is a number; fallback where it is not given (text NULL). */
bool number_option(struct cli *c, const char *text, const char *name, unsigned fallback,
    unsigned *out);
/*
 * An answer that is a file: to `out`, which must not exist yet, and a line that says
 * so; public: others may read it.  PEM also goes to standard output (out NULL or
 * "-"), with --json as the member "pem" of an object of this schema.
 */
int give_file(struct cli *c, const char *out, struct span bytes, const char *what,
    bool public);
int give_pem(struct cli *c, const char *out, struct span pem, const char *what,
    const char *schema);
/* --parcel: index of the parcel; text NULL: SIZE_MAX, the newest. */
MUST bool parcel_option(struct cli *c, const char *text, size_t *out);
/* c->lang: --lang, else COMITY_LANG where there are words in it. */
MUST bool reader_lang(struct cli *c, struct call *call);
MUST bool time_option(struct cli *c, const char *text, bool *has, int64_t *at);
/* flow.passphrase, with the cli as its arg: from the file, or typed. */
MUST bool cli_passphrase(void *arg, bool fresh, struct buf *secret, struct err *err);

/* What cannot be undone is done only for someone who types the State, or with --yes. */
MUST bool confirm_state(struct cli *c, const char *question);

int cli_main(struct world *w, int argc, char **argv);

/* ---- the verbs ---- */
int run_desk(struct cli *c, struct call *call);
int run_init(struct cli *c, struct call *call);
int run_key_list(struct cli *c, struct call *call);
int run_key_csr(struct cli *c, struct call *call);
int run_key_import(struct cli *c, struct call *call);
int run_key_rotate(struct cli *c, struct call *call);
int run_key_rewrap(struct cli *c, struct call *call);
int run_key_export(struct cli *c, struct call *call);
int run_key_revoke(struct cli *c, struct call *call);
int run_request_revoke(struct cli *c, struct call *call);
int run_peer_pair(struct cli *c, struct call *call);
int run_peer_words(struct cli *c, struct call *call);
int run_peer_list(struct cli *c, struct call *call);
int run_peer_show(struct cli *c, struct call *call);
int run_peer_roots(struct cli *c, struct call *call);
int run_peer_revoke(struct cli *c, struct call *call);
int run_evidence_add(struct cli *c, struct call *call);
int run_evidence_list(struct cli *c, struct call *call);
int run_evidence_show(struct cli *c, struct call *call);
int run_evidence_seal(struct cli *c, struct call *call);
int run_evidence_send(struct cli *c, struct call *call);
int run_evidence_receive(struct cli *c, struct call *call);
int run_evidence_open(struct cli *c, struct call *call);
int run_evidence_export(struct cli *c, struct call *call);
int run_evidence_disclose(struct cli *c, struct call *call);
int run_evidence_restrict(struct cli *c, struct call *call);
int run_evidence_defence(struct cli *c, struct call *call);
int run_evidence_inspect(struct cli *c, struct call *call);
int run_evidence_flag(struct cli *c, struct call *call);
int run_custody_show(struct cli *c, struct call *call);
int run_custody_report(struct cli *c, struct call *call);
int run_deadline_list(struct cli *c, struct call *call);
int run_deadline_export(struct cli *c, struct call *call);
int run_request_new(struct cli *c, struct call *call);
int run_request_edit(struct cli *c, struct call *call);
int run_request_list(struct cli *c, struct call *call);
int run_request_show(struct cli *c, struct call *call);
int run_request_fields(struct cli *c, struct call *call);
int run_request_check(struct cli *c, struct call *call);
int run_request_send(struct cli *c, struct call *call);
int run_request_confirm(struct cli *c, struct call *call);
int run_request_refuse(struct cli *c, struct call *call);
int run_request_execute(struct cli *c, struct call *call);
int run_request_called(struct cli *c, struct call *call);
int run_request_seen(struct cli *c, struct call *call);
int run_policy_risk(struct cli *c, struct call *call);
int run_policy_realtime(struct cli *c, struct call *call);
int run_policy_list(struct cli *c, struct call *call);
int run_notice_list(struct cli *c, struct call *call);
int run_notice_show(struct cli *c, struct call *call);
int run_notice_defer(struct cli *c, struct call *call);
int run_notice_done(struct cli *c, struct call *call);
int run_notice_sheet(struct cli *c, struct call *call);
int run_hold_list(struct cli *c, struct call *call);
int run_hold_show(struct cli *c, struct call *call);
int run_hold_renew(struct cli *c, struct call *call);
int run_request_postpone(struct cli *c, struct call *call);
int run_request_consult(struct cli *c, struct call *call);
int run_request_extend(struct cli *c, struct call *call);
int run_request_release(struct cli *c, struct call *call);
int run_request_acknowledge(struct cli *c, struct call *call);
int run_request_provider_answer(struct cli *c, struct call *call);
int run_request_ask(struct cli *c, struct call *call);
int run_request_reply(struct cli *c, struct call *call);
int run_request_answer(struct cli *c, struct call *call);
int run_request_withdraw(struct cli *c, struct call *call);
int run_request_close(struct cli *c, struct call *call);
int run_request_letter(struct cli *c, struct call *call);
int run_request_record(struct cli *c, struct call *call);
int run_request_export(struct cli *c, struct call *call);
int run_case_new(struct cli *c, struct call *call);
int run_case_list(struct cli *c, struct call *call);
int run_case_show(struct cli *c, struct call *call);
int run_case_add(struct cli *c, struct call *call);
int run_correspondent_new(struct cli *c, struct call *call);
int run_correspondent_list(struct cli *c, struct call *call);
int run_treaty_show(struct cli *c, struct call *call);
int run_treaty_list(struct cli *c, struct call *call);
int run_treaty_import(struct cli *c, struct call *call);
int run_treaty_sign(struct cli *c, struct call *call);
int run_treaty_confirm(struct cli *c, struct call *call);
int run_backup(struct cli *c, struct call *call);
int run_evidence_destroy(struct cli *c, struct call *call);
int run_restore(struct cli *c, struct call *call);
int run_restore_keys(struct cli *c, struct call *call);
int run_person_add(struct cli *c, struct call *call);
int run_person_list(struct cli *c, struct call *call);
int run_person_role(struct cli *c, struct call *call);
int run_person_let_in(struct cli *c, struct call *call);
int run_person_confirm(struct cli *c, struct call *call);
int run_person_disable(struct cli *c, struct call *call);
int run_person_passphrase(struct cli *c, struct call *call);
int run_approval_list(struct cli *c, struct call *call);
int run_approval_show(struct cli *c, struct call *call);
int run_approval_give(struct cli *c, struct call *call);
int run_approval_key(struct cli *c, struct call *call);
int run_approval_make(struct cli *c, struct call *call);
int run_request_approve(struct cli *c, struct call *call);
int run_request_approvals(struct cli *c, struct call *call);
int run_evidence_seal_alone(struct cli *c, struct call *call);
int run_evidence_pass_on(struct cli *c, struct call *call);
int run_bundle_write(struct cli *c, struct call *call);
int run_bundle_read(struct cli *c, struct call *call);
int run_ledger_show(struct cli *c, struct call *call);
int run_statistics(struct cli *c, struct call *call);
int run_oversight_report(struct cli *c, struct call *call);
int run_ledger_checkpoint(struct cli *c, struct call *call);
int run_ledger_prove(struct cli *c, struct call *call);
int run_ledger_check(struct cli *c, struct call *call);
int run_ledger_witness(struct cli *c, struct call *call);
int run_ledger_policy(struct cli *c, struct call *call);
int run_ledger_resume(struct cli *c, struct call *call);
int run_ledger_succeed(struct cli *c, struct call *call);
int run_rebuild(struct cli *c, struct call *call);
int run_stamp_query(struct cli *c, struct call *call);
int run_stamp_add(struct cli *c, struct call *call);
int run_stamp_fetch(struct cli *c, struct call *call);
int run_stamp_authority(struct cli *c, struct call *call);
int run_verify(struct cli *c, struct call *call);
int run_status(struct cli *c, struct call *call);
int run_doctor(struct cli *c, struct call *call);
int run_help(struct cli *c, struct call *call);
int run_completion(struct cli *c, struct call *call);

/* help.c */
void help_command(struct cli *c, const struct command *cmd);
void help_all(struct cli *c);
/* help_act.c: kinds by what one wants to say; one kind from the tables, false: none. */
void help_kinds(struct cli *c);
bool help_act(struct cli *c, const char *name);
void help_noun(struct cli *c, const char *noun);
const struct command *command_find(const char *noun, const char *verb);
/* The word that was probably meant, or NULL. */
const char *nearest(const char *typed, const char *const *words, size_t n);

#endif
