/* The home as a whole, figures, help: commands and their options. */
#include "cli/table.h"

static const struct option backup_options[] = {
	{ "keys", "FILE", "where the package keys go; default: AUTHORITY.package-keys beside FILE" },
	{ "keys-only", NULL, "write the package keys alone: after something was destroyed" },
	END
};
static const struct option restore_options[] = {
	{ "keys", "FILE", "the newest file of package keys; default: the one beside the backup" },
	END
};
static const struct option statistics_options[] = {
	{ "from", "TIME", "only what happened at or after it" },
	{ "to", "TIME", "only what happened before it" },
	{ "csv", NULL, "as comma separated values" },
	{ "out", "FILE", "into this file, which must not exist yet: JSON, or with --csv CSV" }, END
};
static const struct option oversight_options[] = {
	{ "from", "TIME", "only what happened at or after it" },
	{ "to", "TIME", "only what happened before it" },
	{ "out", "FILE", "as JSON into this file, which must not exist yet" }, END
};
static const char *const statistics_examples[] = {
	"comity statistics", "what this office asked and answered, and how fast",
	"comity statistics --from 2026-01-01 --to 2027-01-01 --csv --out 2026.csv",
	"one year, to be published", NULL
};
static const char *const oversight_examples[] = {
	"comity --as 5 oversight report --json", "by an oversight body, who opens nothing else", NULL
};
static const struct option verify_options[] = {
	{ "roots", "FILE", "root certificates to trust instead of this home's peers" },
	{ "tsa", "FILE", "roots of the time-stamping authority" },
	{ "crl", "FILE", "revocation lists, PEM" },
	{ "card", "FILE", "the card the signer must stand on" },
	{ "at", "TIME", "judge the certificates as of this time" },
	{ "identity", "FILE", "age identity that opens the parcel" },
	{ "details", NULL, "every check, not only the three lines" },
	READER_LANG,
	END
};
static const char *const verify_examples[] = {
	"comity verify case114.comity --identity receiver.agekey --roots roots.pem --tsa tsa.pem",
	"check a parcel with what was handed to you",
	"comity verify case114.comity --lang ar", "say the answer in Arabic",
	"comity verify bag/",
	"check an opened bag with this home's peers",
	NULL
};
static const struct option help_options[] = {
	{ "man", NULL, "as a manual page (mdoc): comity help --man [NOUN]" }, END
};

const struct command home_commands[] = {
	{ "backup", NULL, "[FILE]", 0, 1, "the whole home in one sealed file",
	    "Under this home's passphrase. The keys that open packages are not in it: they go into a small file beside it, which takes the place of the one before. Keep only the newest: what is destroyed later has no key in it. Try it once: comity --home NEW restore FILE.",
	    backup_options, NULL, true, run_backup },
	{ "restore", NULL, "FILE", 1, 1, "make a home again from a backup",
	    "Into --home DIR, which must not exist or be empty. Package keys come from the file beside the backup.",
	    restore_options, NULL, false, run_restore },
	{ "restore-keys", NULL, "FILE", 1, 1, "take in package keys for a home that was restored without",
	    "The newest file of package keys. The key of what was destroyed stays outside.",
	    NULL, NULL, true, run_restore_keys },
	{ "rebuild", NULL, "", 0, 0, "make the docket anew from packages and ledger",
	    "The old one is kept beside it. Give the passphrase: packages are opened.",
	    NULL, NULL, true, run_rebuild },
	{ "verify", NULL, "PATH", 1, 1, "check a parcel, a tar or an opened bag",
	    "Three answers: unchanged, who, when. The same code as the small program comity-check.",
	    verify_options, verify_examples, false, run_verify },
	{ "statistics", NULL, "", 0, 0, "counts and times of requests, refusals, holds",
	    "No person is in it; counts below 5 are not shown. Periods that overlap can be subtracted from each other: publish those that do not. Each reading is in the ledger.",
	    statistics_options, statistics_examples, true, run_statistics },
	{ "oversight", "report", "", 0, 0, "figures, refusals, waivers and the rules they rest on",
	    "For a body from outside, which has the role oversight: it opens no key, no request, no ledger. Each refusal and each waiver stands here by itself, so it is not for publication; comity statistics is.",
	    oversight_options, oversight_examples, true, run_oversight_report },
	{ "status", NULL, "", 0, 0, "what waits, and the next useful command", NULL, NULL,
	    NULL, true, run_status },
	{ "doctor", NULL, "", 0, 0, "is this home able to sign, seal, store and stamp?",
	    NULL, NULL, NULL, true, run_doctor },
	{ "help", NULL, "[TOPIC]", 0, 2, "help on a command or a topic",
	    "Topics: first-steps, requests, grounds, paper, real-office, offline, court, exit-codes.",
	    help_options, NULL, false, run_help },
	{ "completion", NULL, "SHELL", 1, 1, "completion for bash, zsh or fish", NULL, NULL,
	    NULL, false, run_completion },
	TABLE_END
};
