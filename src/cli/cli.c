/* Words in, one answer out: the command line taken apart, and the verb it means. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* ---- values of a call ---- */

const char *
call_value(const struct call *call, const char *name)
{
	for (size_t i = call->values_n; i-- > 0;)
		if (strcmp(call->values[i].option->name, name) == 0)
			return call->values[i].value;
	return NULL;
}

bool
call_flag(const struct call *call, const char *name)
{
	return call_value(call, name) != NULL;
}

size_t
call_values(const struct call *call, const char *name, const char **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < call->values_n && n < max; i++)
		if (strcmp(call->values[i].option->name, name) == 0)
			out[n++] = call->values[i].value;
	return n;
}

/* ---- parsing ---- */

static const struct option *
option_find(const struct option *list, const char *name, size_t n)
{
	for (; list != NULL && list->name != NULL; list++)
		if (strlen(list->name) == n && strncmp(list->name, name, n) == 0)
			return list;
	return NULL;
}

static const char *
option_nearest(const struct command *cmd, const char *typed)
{
	const char *words[64];
	size_t n = 0;

	for (const struct option *o = cmd->options; o != NULL && o->name != NULL && n < 60;
	    o++)
		words[n++] = o->name;
	for (const struct option *o = global_options; o->name != NULL && n < 60; o++)
		words[n++] = o->name;
	return nearest(typed, words, n);
}

static int
unknown_option(struct cli *c, const struct command *cmd, const char *typed)
{
	const char *near = cmd == NULL ? NULL : option_nearest(cmd, typed);

	if (near != NULL)
		return fail_use(c, "there is no option --%.60s; --%s was perhaps meant. Nothing was done",
		    typed, near);
	return fail_use(c, "there is no option --%.60s; see what there is with --help. Nothing was done",
	    typed);
}

struct parsing {
	struct cli *cli;
	int argc;
	char **argv;
	const char *words[ARGS_MAX];	/* not options */
	size_t words_n;
	struct { const char *name; const char *value; bool joined; } opts[ARGS_MAX];
	size_t opts_n;
};

/* Does any command (or the globals) know this option as one with a value? */
static bool
takes_value(const struct parsing *p, const char *name, size_t n)
{
	const struct option *o = option_find(global_options, name, n);
	const struct command *cmd = NULL;

	if (o != NULL)
		return o->value != NULL;
	if (p->words_n >= 1)
		cmd = command_find(p->words[0], p->words_n >= 2 ? p->words[1] : NULL);
	o = cmd == NULL ? NULL : option_find(cmd->options, name, n);
	return o != NULL && o->value != NULL;
}

static const char *
short_option(const char *arg)
{
	return strcmp(arg, "-q") == 0 ? "quiet" : strcmp(arg, "-h") == 0 ? "help" : NULL;
}

static int
split(struct parsing *p)
{
	bool only_words = false;

	for (int i = 1; i < p->argc; i++) {
		const char *arg = p->argv[i], *eq, *name;
		size_t n;

		if (p->words_n == ARGS_MAX || p->opts_n == ARGS_MAX)
			return fail_use(p->cli, "more than %d words on one command line",
			    ARGS_MAX);
		if (only_words || arg[0] != '-' || strcmp(arg, "-") == 0) {
			p->words[p->words_n++] = arg;
			continue;
		}
		if (strcmp(arg, "--") == 0) {
			only_words = true;
			continue;
		}
		name = arg[1] == '-' ? arg + 2 : short_option(arg);
		if (name == NULL)
			return fail_use(p->cli, "there is no option %.60s; options are whole words, as in --help",
			    arg);
		eq = strchr(name, '=');
		n = eq == NULL ? strlen(name) : (size_t)(eq - name);
		p->opts[p->opts_n].name = name;
		p->opts[p->opts_n].joined = eq != NULL;
		p->opts[p->opts_n].value = eq != NULL ? eq + 1 : NULL;
		if (eq == NULL && takes_value(p, name, n)) {
			if (i + 1 == p->argc)
				return fail_use(p->cli, "--%.60s needs a value behind it",
				    name);
			p->opts[p->opts_n].value = p->argv[++i];
		}
		p->opts_n++;
	}
	return EXIT_DONE;
}

static bool
progress_mode(const char *s, enum progress_mode *out)
{
	static const char *const names[] = { "auto", "bar", "lines", "jsonl", "none" };

	for (unsigned i = 0; i < 5; i++)
		if (strcmp(s, names[i]) == 0) {
			*out = (enum progress_mode)i;
			return true;
		}
	return false;
}

struct globals {
	const char *home;
	enum progress_mode progress;
	bool help, version;
};

static int
global_take(struct cli *c, struct globals *g, const struct option *o,
    const char *value)
{
	if (strcmp(o->name, "home") == 0)
		g->home = value;
	else if (strcmp(o->name, "passphrase-file") == 0)
		c->passphrase_file = value;
	else if (strcmp(o->name, "as") == 0) {
		uint64_t n;

		if (!decimal_parse(span_text(value[0] == 'P' ? value + 1 : value), 9999,
		    &n) || n == 0)
			return fail_use(c, "--as is the number of a person, as in --as 2; see: comity person list");
		c->flow.as = (unsigned)n;
	} else if (strcmp(o->name, "json") == 0)
		c->json = true;
	else if (strcmp(o->name, "quiet") == 0)
		c->quiet = true;
	else if (strcmp(o->name, "verbose") == 0)
		c->verbose = true;
	else if (strcmp(o->name, "yes") == 0)
		c->yes = true;
	else if (strcmp(o->name, "no-input") == 0)
		c->no_input = true;
	else if (strcmp(o->name, "help") == 0)
		g->help = true;
	else if (strcmp(o->name, "version") == 0)
		g->version = true;
	else if (!progress_mode(value, &g->progress))
		return fail_use(c, "--progress is auto, bar, lines, jsonl or none");
	return EXIT_DONE;
}

static int
options_take(struct parsing *p, struct call *call, struct globals *g)
{
	for (size_t i = 0; i < p->opts_n; i++) {
		size_t n = p->opts[i].joined ?
		    (size_t)(strchr(p->opts[i].name, '=') - p->opts[i].name) :
		    strlen(p->opts[i].name);
		const struct option *o = option_find(global_options,
		    p->opts[i].name, n);
		bool global = o != NULL;
		char typed[64];
		int code;

		if (o == NULL && call->command != NULL)
			o = option_find(call->command->options, p->opts[i].name, n);
		(void)snprintf(typed, sizeof typed, "%.*s", (int)(n < 60 ? n : 60),
		    p->opts[i].name);
		if (o == NULL)
			return unknown_option(p->cli, call->command, typed);
		if (o->value == NULL && p->opts[i].joined)
			return fail_use(p->cli, "--%s takes no value", typed);
		if (o->value != NULL && p->opts[i].value == NULL)
			return fail_use(p->cli, "--%s needs a value: %s", typed,
			    o->value);
		if (global) {
			code = global_take(p->cli, g, o, p->opts[i].value);
			if (code != EXIT_DONE)
				return code;
			continue;
		}
		call->values[call->values_n].option = o;
		call->values[call->values_n++].value =
		    o->value == NULL ? "" : p->opts[i].value;
	}
	return EXIT_DONE;
}

static int
unknown_command(struct cli *c, const char *noun, const char *verb)
{
	const char *words[64], *near;
	size_t n = 0;
	bool noun_known = false;

	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k))
		noun_known = noun_known || strcmp(k->noun, noun) == 0;
	for (const struct command *k = command_next(NULL); k != NULL && n < 64;
	    k = command_next(k)) {
		if (noun_known && strcmp(k->noun, noun) == 0 && k->verb != NULL)
			words[n++] = k->verb;
		else if (!noun_known)
			words[n++] = k->noun;
	}
	if (noun_known && verb == NULL)
		return fail_use(c, "\"comity %s\" needs a verb; see them with: comity help %s",
		    noun, noun);
	near = nearest(noun_known ? verb : noun, words, n);
	if (near != NULL && noun_known)
		return fail_use(c, "there is no \"comity %s %.40s\"; perhaps: comity %s %s. Nothing was done",
		    noun, verb, noun, near);
	if (near != NULL)
		return fail_use(c, "there is no \"comity %.40s\"; perhaps: comity %s. Nothing was done",
		    noun, near);
	return fail_use(c, "there is no \"comity %.40s%s%.40s\"; see what there is with: comity help. Nothing was done",
	    noun, verb != NULL ? " " : "", verb != NULL ? verb : "");
}

static bool
home_name(struct cli *c, const char *given)
{
	const char *env = world_env(c->world, "COMITY_HOME");
	const char *user = world_env(c->world, "HOME");
	bool ok;

	if (given == NULL && env != NULL && env[0] != '\0')
		given = env;
	c->home_named = given != NULL;
	if (given != NULL && given[0] == '\0')
		return err_set(&c->err, ERR_USE, "home.empty",
		    "the home's name is empty; name it with --home DIR");
	if (given == NULL && (user == NULL || user[0] == '\0'))
		return err_set(&c->err, ERR_USE, "home.none",
		    "no home is named; use --home DIR or COMITY_HOME");
	ok = given != NULL ? buf_add_text(&c->home_path, given, &c->err) :
	    buf_printf(&c->home_path, &c->err, "%s/.comity", user);
	while (c->home_path.n > 1 && c->home_path.p[c->home_path.n - 1] == '/')
		c->home_path.n--;
	return ok;
}

static int
run_call(struct cli *c, struct call *call, const struct globals *g)
{
	bool home = call->command == NULL || call->command->home;
	const char *path;

	/* A check, a help text and a new home that says so can do without one. */
	if (!home_name(c, g->home)) {
		if (home || call->command->run == run_init || g->home != NULL)
			return fail(c);
		err_clear(&c->err);
	}
	if (!buf_text(&c->home_path, &path, &c->err))
		return fail(c);
	if (call->command == NULL)
		return run_desk(c, call);
	if (home && !flow_open(&c->flow, path, &c->err))
		return fail(c);
	return call->command->run(c, call);
}

static int
args_check(struct cli *c, const struct call *call)
{
	const struct command *k = call->command;

	if (call->args_n < k->args_min)
		return fail_use(c, "comity %s%s%s needs: %s", k->noun,
		    k->verb != NULL ? " " : "", k->verb != NULL ? k->verb : "",
		    k->args);
	if (call->args_n > k->args_max)
		return fail_use(c, "\"%.60s\" is one word too many for comity %s%s%s; see its --help",
		    call->args[k->args_max], k->noun, k->verb != NULL ? " " : "",
		    k->verb != NULL ? k->verb : "");
	return EXIT_DONE;
}

static int
version_told(struct cli *c)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.version/1");
		json_out_str(&j, "version", flow_software());
		json_out_str(&j, "build", flow_build());
		json_out_str(&j, "law_sha256", law_digest);
		json_done(c, &j);
	}
	say(c, "%s (build %s)\n", flow_software(), flow_build());
	say(c, "tables of the law: sha256 %s\n", law_digest);
	return EXIT_DONE;
}

static int
dispatch(struct parsing *p, struct call *call, struct globals *g)
{
	struct cli *c = p->cli;
	size_t used = 0;
	int code;

	if (p->words_n > 0) {
		call->command = command_find(p->words[0],
		    p->words_n > 1 ? p->words[1] : NULL);
		if (call->command == NULL) {
			/* "comity key --help" is a fair question. */
			for (size_t i = 0; i < p->opts_n; i++)
				g->help = g->help || strcmp(p->opts[i].name, "help") == 0;
			if (g->help && p->words_n == 1) {
				text_begin(c);
				help_noun(c, p->words[0]);
				return text_end(c, "comity.help/1");
			}
			return unknown_command(c, p->words[0],
			    p->words_n > 1 ? p->words[1] : NULL);
		}
		used = call->command->verb != NULL ? 2 : 1;
	}
	for (size_t i = used; i < p->words_n; i++)
		call->args[call->args_n++] = p->words[i];
	code = options_take(p, call, g);
	if (code != EXIT_DONE)
		return code;
	if (g->version)
		return version_told(c);
	if (g->help) {
		text_begin(c);
		if (call->command != NULL)
			help_command(c, call->command);
		else
			help_all(c);
		return text_end(c, "comity.help/1");
	}
	cli_progress_init(&c->progress, c->world, c->quiet ? PROGRESS_NONE :
	    g->progress);
	c->flow.progress = &c->progress.progress;
	if (call->command != NULL) {
		code = args_check(c, call);
		if (code != EXIT_DONE)
			return code;
	}
	return run_call(c, call, g);
}

int
cli_main(struct world *w, int argc, char **argv)
{
	struct cli c = { .world = w, .err = ERR_INIT };
	struct parsing p = { .cli = &c, .argc = argc, .argv = argv };
	struct globals g = { .progress = PROGRESS_AUTO };
	struct call call = { 0 };
	struct err ignored = ERR_INIT;
	int code;

	buf_init(&c.out, CLI_OUT_MAX);
	buf_init(&c.home_path, 8192);
	c.flow.world = w;
	c.flow.passphrase = cli_passphrase;
	c.flow.arg = &c;
	cli_progress_init(&c.progress, w, PROGRESS_NONE);
	/* --json must hold for every error, so look for it first. */
	for (int i = 1; i < argc; i++)
		c.json = c.json || strcmp(argv[i], "--json") == 0;
	code = split(&p);
	if (code == EXIT_DONE)
		code = dispatch(&p, &call, &g);
	cli_progress_end(&c.progress);
	if (c.verbose && c.flow.trouble.s[0] != '\0')
		warn(&c, "  (network: %s)\n", c.flow.trouble.s);
	if (code == EXIT_DONE && c.code != 0)
		code = (int)c.code;
	if (c.out.n > 0 && !world_write(w, WORLD_OUT, buf_span(&c.out), &ignored)) {
		/* Whoever closed the pipe has read enough. */
		if (strstr(ignored.text, "Broken pipe") == NULL)
			warn(&c, "The answer could not be written (%s). What was asked for may be done: see comity status.\n",
			    ignored.text);
		if (code == EXIT_DONE)
			code = EXIT_OTHER;
	}
	flow_clear(&c.flow);
	home_close(c.flow.home);
	buf_clear(&c.out);
	buf_clear(&c.home_path);
	return code;
}
