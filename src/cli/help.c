/* Help, manual pages, completion: all from the table of commands. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "law/law.h"

const struct command *
command_find(const char *noun, const char *verb)
{
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k)) {
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
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k))
		if (strcmp(k->noun, noun) == 0)
			return true;
	return false;
}

void
help_noun(struct cli *c, const char *noun)
{
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k))
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
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k))
		line_show(c, k);
	say(c, "\nFor every command:\n");
	options_show(c, global_options);
	say(c, "\nTopics: comity help first-steps, requests, grounds, paper, real-office,\n"
	    "offline, court, exit-codes\n");
}

static const struct { const char *name, *text; } topics[] = {
	{ "exit-codes",
	"0    done; of a check: intact, signer known, time proven; custody proven\n"
	"1    other failure (disk, memory, a limit)\n"
	"2    wrong use, or not a package, or no identity to open it with\n"
	"3    changed: an integrity check did not hold; custody broken\n"
	"4    not allowed: wrong passphrase, or an identity it was not sealed to\n"
	"5    not found\n"
	"6    stopped by a rule\n"
	"7    other side not reachable; try again later\n"
	"8    partly done; the same command goes on\n"
	"9    state changed meanwhile, or something is in the way\n"
	"10   intact as far as checked, but signer or time not established; custody\n"
	"     only claimed\n"
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
	"4. A asks. What is missing is said, with its article:\n"
	"     comity request new preserve --to XB --account ... --offence ...\n"
	"     comity request send 1\n"
	"     comity bundle write /media/stick --to XB\n"
	"5. B takes it in, sees it on its desk, and answers:\n"
	"     comity bundle read /media/stick\n"
	"     comity\n"
	"     comity request confirm 1\n"
	"     comity bundle write /media/stick --to XA\n"
	"6. Evidence is taken in by B with how it was collected, and answers a request,\n"
	"   or goes on its own:\n"
	"     comity evidence add PATH --by ... --from ... --tool ... --method ... --when ...\n"
	"     comity request answer 2 --evidence 0001\n"
	"     comity evidence send 0001 --to XA\n"
	"7. A takes the stick back, and opens it:\n"
	"     comity bundle read /media/stick\n"
	"     comity evidence open 0001 --out case114\n"
	"The README has all of it line by line.\n" },
	{ "requests",
	"Asking                         comity request new KIND --to PEER ...\n"
	"  what a kind needs            comity request fields KIND\n"
	"  what this one lacks          comity request check NUMBER\n"
	"  mend it, send it             comity request edit, then request send\n"
	"Answering                      comity request show NUMBER\n"
	"  something is unclear         comity request ask NUMBER --text ...\n"
	"  yes, or yes with limits      comity request confirm NUMBER [--condition ...]\n"
	"  no                           comity request refuse NUMBER --ground ID --reason ...\n"
	"  which grounds there are      comity help grounds\n"
	"  the evidence itself          comity request answer NUMBER --evidence ID\n"
	"Ending                         comity request withdraw (tells them), close (here only)\n"
	"\n"
	"  before a no: consult them    comity request consult NUMBER --text ... --condition ...\n"
	"  not now                      comity request postpone NUMBER --ground ID --reason ...\n"
	"  work on it                   comity request execute NUMBER --authorisation FILE\n"
	"  an emergency: call back      comity request called NUMBER --dialled PHONE ...\n"
	"  who is told afterwards       comity notice list\n"
	"  more care with a State       comity policy risk STATE --level heightened ...\n"
	"  what is held, until when     comity hold list\n"
	"  what is due, by which rule   comity deadline list\n"
	"\n"
	"States: draft, sent, received, needs_info, consulting, accepted,\n"
	"accepted_with_conditions, postponed, executing, delivered, acknowledged, refused,\n"
	"withdrawn, closed. Bare comity shows what is due and who owes\n"
	"it. An answer is due after 24 hours: our own aim, no law. A hold ends after 60 days\n"
	"unless it says otherwise (Article 42(8)); 21 days before, it stands on the desk.\n"
	"\n"
	"A caller in a hurry is how false requests come: put the receiver down and call the\n"
	"number you had before.\n" },
	{ "paper",
	"The other side has no Comity:\n"
	"  note who they are            comity correspondent new --country XB --name ...\n"
	"  ask by letter                comity request send NUMBER --by letter --out FILE.html\n"
	"  by signed mail               comity request send NUMBER --by mail --out FILE.eml\n"
	"  by telephone                 comity request send NUMBER --by oral\n"
	"                               then the same with --by letter: it is owed at once\n"
	"  keep what comes back         comity request record NUMBER --kind granted --by letter\n"
	"                               --scan FILE\n"
	"  their own request            comity request record --from XB --kind preserve ...\n"
	"  answer them                  comity request confirm NUMBER --by letter --out FILE\n"
	"  hand over evidence           comity evidence seal ID --to-passphrase --out FILE.age\n"
	"                               --request NUMBER, or --receiver NAME\n"
	"                               comity evidence seal ID --to-cert CERT --out FILE.p7m\n"
	"\n"
	"What you record is signed by you as a record of what came; nobody can take it for\n"
	"their signature. States and dates are the same as between two offices.\n" },
	{ "real-office",
	"1. comity init --country SN --authority \"...\" --csr --tsa URL --tsa-roots FILE\n"
	"   The TSA is any RFC 3161 authority your courts accept; its root certificates\n"
	"   come from its own web site.\n"
	"2. comity key csr --out request.csr, and have your PKI sign it. The certificate\n"
	"   needs: your country as C, keyUsage digitalSignature and nonRepudiation (or\n"
	"   contentCommitment), extendedKeyUsage absent or with emailProtection, key P-256,\n"
	"   P-384 or RSA of 3,072 bits or more.\n"
	"3. comity key import CHAIN.pem --roots ROOTS.pem [--crl CRL.pem]\n"
	"4. comity doctor; then comity backup FILE, kept apart from the passphrase. Try it\n"
	"   once: comity --home NEW restore FILE.\n"
	"5. Pair with the other offices: comity help first-steps.\n" },
	{ "offline",
	"An office without internet still gets time stamps:\n"
	"  comity evidence seal 0001 --to XB        the stamp is pending\n"
	"  comity stamp query 0001 --out q.tsq      carry q.tsq to any machine on line\n"
	"  curl -H 'Content-Type: application/timestamp-query' --data-binary @q.tsq \\\n"
	"       TSA-URL > r.tsr\n"
	"  comity stamp add 0001 r.tsr              carry r.tsr back\n"
	"The stamp goes to the receiver with the next bundle. A request or an answer gets\n"
	"its stamp in the same way: type its id, as comity request show prints it, in\n"
	"place of 0001.\n" },
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
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k))
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

/* ---- grounds: from the tables of the law ---- */

#define GROUNDS_MAX 64		/* in all menus of all kinds; data/law has under 50 */

struct menu {
	const struct law_ground *list[GROUNDS_MAX];
	size_t n;
};

static void
menu_add(struct menu *m, const struct law_ground *g)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->list[i] == g)
			return;
	if (m->n < GROUNDS_MAX)
		m->list[m->n++] = g;
}

/* One line: the grounds of this kind of request under that instrument. */
static void
menu_line(struct cli *c, struct menu *m, const struct law_basis *b)
{
	const char *p = b->grounds;

	say(c, "  %-12s %-12s", b->measure->id, b->instrument);
	while (*p != '\0') {
		size_t n = strcspn(p, ";");
		char id[12];

		(void)snprintf(id, sizeof id, "%.*s", (int)n, p);
		if (law_ground(id) != NULL && law_basis_ground(b, id)) {
			say(c, " %s", id);
			menu_add(m, law_ground(id));
		}
		p += n + (p[n] == ';');
	}
	say(c, "\n");
}

static void
grounds_say(struct cli *c)
{
	static const char *const instruments[] = { "UNCAC-CYBER", "Budapest", "UNTOC",
		"reciprocity" };
	struct menu menu = { .n = 0 };

	say(c, "What a refusal may name, by kind of request and what it rests on:\n");
	for (unsigned k = 0; k < ACT_KINDS; k++)
		for (size_t i = 0; i < sizeof instruments / sizeof *instruments &&
		    act_kind_class(k) == ACT_IS_REQUEST; i++) {
			const struct law_basis *b = law_basis(act_kind_name(k),
			    instruments[i]);

			if (b != NULL && b->grounds[0] != '\0')
				menu_line(c, &menu, b);
		}
	say(c, "Where no list stands, the law of the State that is asked decides: G01.\n");
	say(c, "\nOur own words; certainty of our text at the end of each:\n");
	for (size_t i = 0; i < menu.n; i++)
		say(c, "  %-4s %s\n       (%s; %.*s; %s)\n", menu.list[i]->id,
		    menu.list[i]->summary, menu.list[i]->article,
		    (int)strcspn(menu.list[i]->nature, ";"), menu.list[i]->nature,
		    law_certainty_name(menu.list[i]->certainty));
	say(c, "\nA refusal gives its reasons (Article 40(25)), and comes after asking\n"
	    "(Article 40(28)): comity request ask.\n");
}

/* false: there is no such topic, command or noun. */
static bool
help_on(struct cli *c, const char *noun, const char *verb)
{
	const struct command *k = command_find(noun, verb);
	const char *topic = topic_text(noun);

	if (topic != NULL)
		say(c, "%s", topic);
	else if (strcmp(noun, "grounds") == 0)
		grounds_say(c);
	else if (strcmp(noun, "act") == 0 && verb == NULL)
		help_kinds(c);
	else if (strcmp(noun, "act") == 0)
		return help_act(c, verb);
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
	if (!found && call->args_n > 1 && strcmp(noun, "act") == 0)
		return fail_use(c, "there is no kind of act \"%.40s\"; see which there are with: comity help act",
		    call->args[1]);
	if (!found && call->args_n > 1)
		return fail_use(c, "there is no command \"comity %.40s %.40s\"; see what there is with: comity help",
		    noun, call->args[1]);
	return found ? EXIT_DONE : fail_use(c,
	    "there is no help on \"%.40s\"; the topics are first-steps, requests, act, act KIND, grounds, paper, real-office, offline, court and exit-codes",
	    noun);
}

/* ---- completion ---- */

static void
words_of(struct cli *c, const char *noun)
{
	const char *last = "";

	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k)) {
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
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k)) {
		if (k->verb != NULL && strcmp(last, k->noun) != 0) {
			say(c, "  \"2 %s\") COMPREPLY=($(compgen -W \"", k->noun);
			words_of(c, k->noun);
			say(c, "\" -- \"$cur\")); return;;\n");
		}
		last = k->noun;
	}
	say(c, "  esac\n  case \"$cur\" in -*) case \"$n $v\" in\n");
	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k)) {
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

	for (const struct command *k = command_next(NULL); k != NULL; k = command_next(k)) {
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
