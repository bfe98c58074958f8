/*
 * The table of commands: by noun in table_*.c, here one after the other; and the options
 * that several of them have.
 */
#include "cli/table.h"

const struct option global_options[] = {
	{ "home", "DIR", "this authority's folder (or COMITY_HOME; else ~/.comity)" },
	{ "as", "NUMBER", "the person at work, where several are (comity person list)" },
	{ "passphrase-file", "FILE", "read that person's passphrase from FILE (- = standard input)" },
	{ "json", NULL, "one JSON object as the answer" },
	{ "progress", "MODE", "auto, bar, lines, jsonl or none" },
	{ "quiet", NULL, "no progress, no warnings (also -q)" },
	{ "verbose", NULL, "also what the network library says of a trouble" },
	{ "yes", NULL, "do not ask to confirm" },
	{ "no-input", NULL, "never ask anything: say what is missing and end" },
	{ "help", NULL, "this help (also -h)" },
	{ "version", NULL, "version and build" },
	END
};

const struct option out_options[] = {
	{ "out", "FILE", "write there instead of to standard output" }, END
};
const struct option revoke_options[] = {
	{ "reason", "TEXT", "why (needed)" }, END
};
const struct option approve_options[] = {
	{ "id", "HEX", "what you read: the digits that comity approval list and show print" },
	{ "by", "NUMBER", "a person who signs from afar, with --out" },
	{ "out", "FILE", "the question for that person, sealed to it" },
	{ "file", "FILE", "the approval that came back" },
	END
};

static const struct command *const groups[] = { office_commands, evidence_commands,
	request_commands, people_commands, ledger_commands, home_commands };

const struct command *
command_next(const struct command *k)
{
	const size_t n = sizeof groups / sizeof groups[0];
	size_t g = 0;

	if (k == NULL)
		return groups[0];
	if (k[1].noun != NULL)
		return k + 1;
	/* It is the last of its group: which one? */
	for (; g < n; g++) {
		const struct command *end = groups[g];

		while (end->noun != NULL)
			end++;
		if (end == k + 1)
			break;
	}
	return g + 1 < n ? groups[g + 1] : NULL;
}
