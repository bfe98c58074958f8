/* Help, manual pages, completion: all from the table of commands. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

const struct command *
command_find(const char *noun, const char *verb)
{
	for (const struct command *k = commands; k->noun != NULL; k++) {
		if (strcmp(k->noun, noun) != 0)
			continue;
		if (k->verb == NULL || (verb != NULL && strcmp(k->verb, verb) == 0))
			return k;
	}
	return NULL;
}

/* Letters to add, drop or change (Levenshtein); words here are short. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[40], n = (unsigned)strlen(b);

	if (strlen(a) > 38 || n > 38)
		return 99;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1] != '\0'; i++) {
		unsigned corner = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			unsigned change = corner + (a[i - 1] != b[j - 1]);
			unsigned best = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 :
			    row[j - 1] + 1;

			corner = row[j];
			row[j] = change < best ? change : best;
		}
	}
	return row[n];
}

const char *
nearest(const char *typed, const char *const *words, size_t n)
{
	const char *best = NULL;
	unsigned least = 3;		/* further off than that is a guess */

	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(typed, words[i]);

		if (d < least && d < strlen(words[i])) {
			least = d;
			best = words[i];
		}
	}
	return best;
}

/* ---- --help ---- */

static void
options_show(struct cli *c, const struct option *o)
{
	for (; o != NULL && o->name != NULL; o++) {
		char left[64];

		(void)snprintf(left, sizeof left, "--%s%s%s", o->name,
		    o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
		say(c, "  %-26s %s\n", left, o->help);
	}
}

static void
name_show(struct cli *c, const struct command *k)
{
	say(c, "comity %s%s%s%s%s", k->noun, k->verb != NULL ? " " : "",
	    k->verb != NULL ? k->verb : "", k->args[0] != '\0' ? " " : "", k->args);
}

void
help_command(struct cli *c, const struct command *k)
{
	name_show(c, k);
	say(c, "%s\n\n%s.\n", k->options != NULL ? " [OPTIONS]" : "", k->summary);
	if (k->more != NULL)
		say(c, "%s\n", k->more);
	if (k->options != NULL) {
		say(c, "\nOptions:\n");
		options_show(c, k->options);
	}
	say(c, "\nFor every command:\n");
	options_show(c, global_options);
	if (k->examples != NULL) {
		say(c, "\nExamples:\n");
		for (const char *const *e = k->examples; *e != NULL; e += 2)
			say(c, "  %s\n      %s\n", e[0], e[1]);
	}
}

static void
line_show(struct cli *c, const struct command *k)
{
	char left[64];

	(void)snprintf(left, sizeof left, "%s%s%s%s%s", k->noun,
	    k->verb != NULL ? " " : "", k->verb != NULL ? k->verb : "",
	    k->args[0] != '\0' ? " " : "", k->args);
	say(c, "  %-28s %s\n", left, k->summary);
}

static bool
noun_known(const char *noun)
{
	for (const struct command *k = commands; k->noun != NULL; k++)
		if (strcmp(k->noun, noun) == 0)
			return true;
	return false;
}

void
help_noun(struct cli *c, const char *noun)
{
	for (const struct command *k = commands; k->noun != NULL; k++)
		if (strcmp(k->noun, noun) == 0)
			line_show(c, k);
	if (noun_known(noun))
		say(c, "\nMore on one of them with --help behind it.\n");
	else
		help_all(c);
}

void
help_all(struct cli *c)
{
	say(c, "comity NOUN VERB [ID] [OPTIONS]\n\n"
	    "Carries electronic evidence across a border so that it arrives provably\n"
	    "intact. Not for surveillance without law.\n\n");
	for (const struct command *k = commands; k->noun != NULL; k++)
		line_show(c, k);
	say(c, "\nFor every command:\n");
	options_show(c, global_options);
	say(c, "\nTopics: comity help first-steps, real-office, offline, court, exit-codes\n");
}

static const struct { const char *name, *text; } topics[] = {
	{ "exit-codes",
	"0    done; of a check: intact, signer known, time proven\n"
	"1    other failure (disk, memory, a limit)\n"
	"2    wrong use, or not a package, or no identity to open it with\n"
	"3    changed: an integrity check did not hold\n"
	"4    not allowed: wrong passphrase, or an identity it was not sealed to\n"
	"5    not found\n"
	"6    stopped by a rule\n"
	"7    other side not reachable; try again later\n"
	"8    partly done; the same command goes on\n"
	"9    state changed meanwhile, or something is in the way\n"
	"10   intact as far as checked, but signer or time not established\n"
	"130  stopped by Ctrl-C; the same command goes on\n"
	"\n"
	"The codes are the same with --json, and for comity-check.\n" },
	{ "first-steps",
	"Two authorities, A and B, each on its own machine.\n"
	"\n"
	"1. Each makes its home:\n"
	"     comity init --country XA --authority \"Aldora\" --training --self-ca\n"
	"2. They give each other the file card.card of their home, by mail or stick.\n"
	"3. They phone. B reads its six words (comity peer words); A types\n"
	"     comity peer pair berun.card --words \"...\"\n"
	"   then the other way round.\n"
	"4. A adds evidence and seals it:\n"
	"     comity evidence add PATH --by ... --from ... --tool ... --method ... --when ...\n"
	"     comity evidence send 0001 --to XB\n"
	"     comity bundle write /media/stick --to XB\n"
	"5. B takes it in:\n"
	"     comity bundle read /media/stick\n"
	"     comity evidence receive\n"
	"     comity evidence open 0001 --out case114\n" },
	{ "real-office",
	"1. comity init --country SN --authority \"...\" --csr --tsa URL --tsa-roots FILE\n"
	"   The TSA is any RFC 3161 authority your courts accept; its root certificates\n"
	"   come from its own web site.\n"
	"2. comity key csr --out request.csr, and have your PKI sign it. The certificate\n"
	"   needs: your country as C, keyUsage digitalSignature and nonRepudiation (or\n"
	"   contentCommitment), extendedKeyUsage absent or with emailProtection, key P-256,\n"
	"   P-384 or RSA of 3,072 bits or more.\n"
	"3. comity key import CHAIN.pem --roots ROOTS.pem [--crl CRL.pem]\n"
	"4. comity doctor, and back up the home folder and the passphrase apart.\n"
	"5. Pair with the other offices: comity help first-steps.\n" },
	{ "offline",
	"An office without internet still gets time stamps:\n"
	"  comity evidence seal 0001 --to XB        the stamp is pending\n"
	"  comity stamp query 0001 --out q.tsq      carry q.tsq to any machine on line\n"
	"  curl -H 'Content-Type: application/timestamp-query' --data-binary @q.tsq \\\n"
	"       TSA-URL > r.tsr\n"
	"  comity stamp add 0001 r.tsr              carry r.tsr back\n"
	"The stamp goes to the receiver with the next bundle.\n" },
	{ "court",
	"comity evidence export 0001 --out for-court writes a folder with the evidence,\n"
	"the root certificates and HOW-TO-CHECK.txt. A judge or defence expert needs only\n"
	"sha256sum and OpenSSL, or the small program comity-check:\n"
	"  comity-check --roots roots.pem --tsa tsa.pem bag\n"
	"Give the roots by another way too: they decide whom one believes.\n"
	"A court that opens the parcel itself needs age and an identity:\n"
	"  age -d -i receiver.agekey parcel.comity | tar x\n" },
};

/* ---- manual pages (mdoc) ---- */

static void
man_escape(struct cli *c, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			say(c, "\\e");
		else if (*s == '-')
			say(c, "\\-");
		else if (*s == '.' || *s == '\'')
			say(c, "\\&%c", *s);
		else
			say(c, "%c", *s);
	}
}

static void
man_options(struct cli *c, const struct option *o)
{
	if (o == NULL)
		return;
	say(c, ".Bl -tag -width Ds\n");
	for (; o->name != NULL; o++) {
		say(c, ".It Fl \\-%s", o->name);
		if (o->value != NULL)
			say(c, " Ar %s", o->value);
		say(c, "\n");
		man_escape(c, o->help);
		say(c, ".\n");
	}
	say(c, ".El\n");
}

static void
man_command(struct cli *c, const struct command *k)
{
	say(c, ".Ss comity %s%s%s%s\n", k->noun, k->verb != NULL ? " " : "",
	    k->verb != NULL ? k->verb : "", "");
	if (k->args[0] != '\0')
		say(c, "Arguments:\n.Ar %s\n.Pp\n", k->args);
	man_escape(c, k->summary);
	say(c, ".\n");
	if (k->more != NULL) {
		man_escape(c, k->more);
		say(c, "\n");
	}
	man_options(c, k->options);
	if (k->examples == NULL)
		return;
	for (const char *const *e = k->examples; *e != NULL; e += 2) {
		say(c, ".Pp\n");
		man_escape(c, e[1]);
		say(c, ":\n.Bd -literal -offset indent\n");
		man_escape(c, e[0]);
		say(c, "\n.Ed\n");
	}
}

static void
man_page(struct cli *c, const char *noun)
{
	char title[40];

	(void)snprintf(title, sizeof title, "comity%s%.20s", noun != NULL ? "-" : "",
	    noun != NULL ? noun : "");
	say(c, ".Dd $Mdocdate$\n.Dt ");
	for (const char *p = title; *p != '\0'; p++)
		say(c, "%c", *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	say(c, " 1\n.Os\n.Sh NAME\n.Nm %s\n", title);
	say(c, ".Nd carry electronic evidence across a border, provably intact\n");
	say(c, ".Sh SYNOPSIS\n.Nm comity\n.Ar noun\n.Ar verb\n.Op Ar id\n.Op Ar options\n");
	say(c, ".Sh COMMANDS\n");
	for (const struct command *k = commands; k->noun != NULL; k++)
		if (noun == NULL || strcmp(noun, k->noun) == 0)
			man_command(c, k);
	say(c, ".Sh OPTIONS FOR EVERY COMMAND\n");
	man_options(c, global_options);
	say(c, ".Sh EXIT STATUS\n.Bd -literal\n");
	man_escape(c, topics[0].text);
	say(c, ".Ed\n");
}

static const char *
topic_text(const char *name)
{
	for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++)
		if (strcmp(topics[i].name, name) == 0)
			return topics[i].text;
	return NULL;
}

/* false: there is no such topic, command or noun. */
static bool
help_on(struct cli *c, const char *noun, const char *verb)
{
	const struct command *k = command_find(noun, verb);
	const char *topic = topic_text(noun);

	if (topic != NULL)
		say(c, "%s", topic);
	else if (k != NULL)
		help_command(c, k);
	else if (verb == NULL && noun_known(noun))
		help_noun(c, noun);
	else
		return false;
	return true;
}

int
run_help(struct cli *c, struct call *call)
{
	const char *noun = call->args_n > 0 ? call->args[0] : NULL;
	bool found = true;

	text_begin(c);
	if (call_flag(call, "man"))
		man_page(c, noun);
	else if (noun == NULL)
		help_all(c);
	else
		found = help_on(c, noun, call->args_n > 1 ? call->args[1] : NULL);
	(void)text_end(c, "comity.help/1");
	return found ? EXIT_DONE : fail_use(c,
	    "there is no help on \"%.40s\"; the topics are first-steps, real-office, offline, court and exit-codes",
	    noun);
}

/* ---- completion ---- */

static void
words_of(struct cli *c, const char *noun)
{
	const char *last = "";

	for (const struct command *k = commands; k->noun != NULL; k++) {
		if (noun == NULL && strcmp(last, k->noun) != 0)
			say(c, "%s ", k->noun);
		else if (noun != NULL && strcmp(noun, k->noun) == 0 && k->verb != NULL)
			say(c, "%s ", k->verb);
		last = k->noun;
	}
}

static void
flags_of(struct cli *c, const struct command *k)
{
	for (const struct option *o = k->options; o != NULL && o->name != NULL; o++)
		say(c, "--%s ", o->name);
	for (const struct option *o = global_options; o->name != NULL; o++)
		say(c, "--%s ", o->name);
}

static void
complete_bash(struct cli *c)
{
	const char *last = "";

	say(c, "_comity() {\n  local cur=${COMP_WORDS[COMP_CWORD]}\n"
	    "  local n=${COMP_WORDS[1]} v=${COMP_WORDS[2]}\n"
	    "  if [ \"$COMP_CWORD\" = 1 ]; then COMPREPLY=($(compgen -W \"");
	words_of(c, NULL);
	say(c, "\" -- \"$cur\")); return; fi\n  case \"$COMP_CWORD $n\" in\n");
	for (const struct command *k = commands; k->noun != NULL; k++) {
		if (k->verb != NULL && strcmp(last, k->noun) != 0) {
			say(c, "  \"2 %s\") COMPREPLY=($(compgen -W \"", k->noun);
			words_of(c, k->noun);
			say(c, "\" -- \"$cur\")); return;;\n");
		}
		last = k->noun;
	}
	say(c, "  esac\n  case \"$cur\" in -*) case \"$n $v\" in\n");
	for (const struct command *k = commands; k->noun != NULL; k++) {
		say(c, "    \"%s%s%s%s) COMPREPLY=($(compgen -W \"", k->noun,
		    " ", k->verb != NULL ? k->verb : "",
		    k->verb != NULL ? "\"" : "\"*");
		flags_of(c, k);
		say(c, "\" -- \"$cur\"));;\n");
	}
	say(c, "    esac;;\n  *) case \"$n $v\" in\n"
	    "    evidence\\ *|stamp\\ *) COMPREPLY=($(compgen -W \"$(ls \"${COMITY_HOME:-$HOME/.comity}/evidence\" 2>/dev/null)\" -f -- \"$cur\"));;\n"
	    "    peer\\ *) COMPREPLY=($(compgen -W \"$(ls \"${COMITY_HOME:-$HOME/.comity}/peers\" 2>/dev/null | sed 's/\\.json$//')\" -f -- \"$cur\"));;\n"
	    "    *) COMPREPLY=($(compgen -f -- \"$cur\"));;\n    esac;;\n  esac\n}\n"
	    "complete -o filenames -F _comity comity\n");
}

static void
complete_zsh(struct cli *c)
{
	say(c, "#compdef comity\nautoload -U +X bashcompinit && bashcompinit\n");
	complete_bash(c);
}

static void
complete_fish(struct cli *c)
{
	const char *last = "";

	for (const struct command *k = commands; k->noun != NULL; k++) {
		if (strcmp(last, k->noun) != 0)
			say(c, "complete -c comity -n __fish_use_subcommand -a %s\n",
			    k->noun);
		if (k->verb != NULL)
			say(c, "complete -c comity -n '__fish_seen_subcommand_from %s' -a %s -d '%s'\n",
			    k->noun, k->verb, k->verb);
		for (const struct option *o = k->options; o != NULL && o->name != NULL;
		    o++)
			say(c, "complete -c comity -n '__fish_seen_subcommand_from %s' -l %s%s\n",
			    k->verb != NULL ? k->verb : k->noun, o->name,
			    o->value != NULL ? " -r" : "");
		last = k->noun;
	}
	for (const struct option *o = global_options; o->name != NULL; o++)
		say(c, "complete -c comity -l %s%s\n", o->name,
		    o->value != NULL ? " -r" : "");
}

int
run_completion(struct cli *c, struct call *call)
{
	static const struct {
		const char *name;
		void (*complete)(struct cli *c);
	} shells[] = { { "bash", complete_bash }, { "zsh", complete_zsh },
		{ "fish", complete_fish } };

	for (size_t i = 0; i < 3; i++)
		if (strcmp(call->args[0], shells[i].name) == 0) {
			text_begin(c);
			shells[i].complete(c);
			return text_end(c, "comity.completion/1");
		}
	return fail_use(c, "completion is made for bash, zsh or fish");
}
