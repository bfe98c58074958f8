/* Persons, approvals, counterparts, treaties: commands and their options. */
#include "cli/table.h"

static const struct option treaty_show_options[] = {
	{ "at", "TIME", "on that day instead of today" },
	{ "measure", "KIND", "which kind of request between us and them (default preserve)" },
	END
};
static const char *const treaty_show_examples[] = {
	"comity treaty show --at 2026-11-22", "is the Convention in force on that day?",
	"comity treaty show FR --measure stored_data", "what stands between France and us",
	NULL
};
static const struct option treaty_import_options[] = {
	{ "signer", "WHO", "self, a confirmed peer, or the file of a certificate (needed)" },
	{ "signature", "FILE", "its signature, when it does not lie beside it as FILE.p7s" },
	END
};
static const char *const treaty_import_examples[] = {
	"comity treaty import un-collection-7.tsv --signer XB",
	"what Berun's authority signed about who is party to what",
	NULL
};
static const struct option treaty_confirm_options[] = {
	{ "source", "TEXT", "where it was looked up, and when (needed)" }, END
};
static const char *const treaty_confirm_examples[] = {
	"comity treaty confirm US Budapest --source \"Treaty Office, 22 Nov 2026\"",
	"the United States are a party since the day we remember",
	NULL
};
static const struct option correspondent_options[] = {
	{ "country", "XX", "its State (needed)" }, { "name", "NAME", "its name (needed)" },
	{ "address", "TEXT", "for letters" }, { "email", "ADDRESS", "for signed mail" },
	{ "languages", "TAGS", "it reads: \"pt;en\"" },
	END
};
static const struct option person_add_options[] = {
	{ "role", "ROLE", "a role; repeatable (needed)" },
	{ "public", "FILE", "public key of one who signs from afar: nothing else is done by it" },
	{ "new-passphrase-file", "FILE", "read the new person's passphrase from FILE" },
	END
};
static const char *const person_add_examples[] = {
	"comity person add \"Ines Prado\" --role prosecutor", "a second person of this office",
	"comity person add \"Judge on duty\" --role prosecutor --public judge.pub",
	"who approves from another machine, also for an office of one",
	NULL
};
static const struct option person_role_options[] = {
	{ "add", "ROLE", "give it; repeatable" },
	{ "remove", "ROLE", "take it; repeatable" },
	END
};
static const struct option person_passphrase_options[] = {
	{ "new-passphrase-file", "FILE", "read the new passphrase from FILE" }, END
};
static const struct option approval_key_options[] = {
	{ "out", "FILE", "where the keys go, under a passphrase; must not exist (needed)" },
	{ "public", "FILE", "where the public half goes; else standard output" },
	{ "scrypt-log-n", "N", "cost of the passphrase, 15 to 20, default 17" },
	END
};
static const struct option approval_make_options[] = {
	{ "key", "FILE", "your keys, as comity approval key wrote them (needed)" },
	{ "out", "FILE", "where the approval goes; without it, only shows the question" },
	END
};
static const char *const approval_make_examples[] = {
	"comity approval make question.age --key my.key --out answer.json",
	"approve on your own machine",
	NULL
};

const struct command people_commands[] = {
	{ "person", "add", "NAME", 1, 1, "a person of this office, with keys of its own",
	    "The first one makes this home one of persons: whoever it was is person 1 under the same passphrase. A person whom an administrator names is let in by one who reads drafts. Roles: investigator, prosecutor, officer, contact_point, lawyer, auditor, administrator (doc/people.md).",
	    person_add_options, person_add_examples, true, run_person_add },
	{ "person", "list", "", 0, 0, "who works here, with which roles and keys", NULL, NULL,
	    NULL, true, run_person_list },
	{ "person", "role", "NUMBER", 1, 1, "give or take a role", NULL, person_role_options,
	    NULL, true, run_person_role },
	{ "person", "let-in", "NUMBER", 1, 1, "let a person in whom an administrator named",
	    "Gives it the keys of its roles, as far as you have them. Only then do its approvals count.",
	    NULL, NULL, true, run_person_let_in },
	{ "person", "confirm", "", 0, 0, "the list of persons is right, after records were lost",
	    "Where a damaged ledger could not be read whole (comity ledger succeed --reason damaged), nobody works in a home of persons before two of them have read the list and confirmed it; of one who works there alone, that one.",
	    NULL, NULL, true, run_person_confirm },
	{ "person", "disable", "NUMBER", 1, 1, "a person works here no more",
	    "Its keys here are removed. Rotate the authority's keys if it had them: comity key rotate.",
	    revoke_options, NULL, true, run_person_disable },
	{ "person", "passphrase", "", 0, 0, "a new passphrase for the person at work", NULL,
	    person_passphrase_options, NULL, true, run_person_passphrase },
	{ "approval", "list", "", 0, 0, "what waits for a second person", NULL, NULL, NULL,
	    true, run_approval_list },
	{ "approval", "show", "ID", 1, 1, "what would leave, and who approved it", NULL, NULL,
	    NULL, true, run_approval_show },
	{ "approval", "give", "ID", 1, 1, "approve it",
	    "ID is the beginning of what comity approval list prints, 16 digits or more. As comity request approve, for what belongs to no request.",
	    approve_options, NULL, true, run_approval_give },
	{ "approval", "key", "", 0, 0, "keys for one who signs elsewhere",
	    "On the machine of that person; needs no home. The public half goes to the office, which enrols it: comity person add NAME --role ROLE --public FILE.",
	    approval_key_options, NULL, false, run_approval_key },
	{ "approval", "make", "QUESTION", 1, 1, "read a question that came, and approve it",
	    "On the machine of that person; needs no home. Shows what would leave, asks, and writes the approval to hand back.",
	    approval_make_options, approval_make_examples, false, run_approval_make },
	{ "correspondent", "new", "", 0, 0, "an authority without Comity: paper or mail",
	    NULL, correspondent_options, NULL, true, run_correspondent_new },
	{ "correspondent", "list", "", 0, 0, "those authorities", NULL, NULL, NULL, true,
	    run_correspondent_list },
	{ "treaty", "show", "[STATE]", 0, 1, "what binds whom on a day, how sure, how old",
	    "Without a State: the UN Convention against Cybercrime as a whole. With one: its treaties, reservations, languages, contacts and calendar, and what stands between it and this authority's State. Without a home: what is built in.",
	    treaty_show_options, treaty_show_examples, false, run_treaty_show },
	{ "treaty", "list", "", 0, 0, "updates that are imported, and what was confirmed",
	    NULL, NULL, NULL, true, run_treaty_list },
	{ "treaty", "import", "FILE", 1, 1, "take over a signed update of who is party to what",
	    "FILE is a document comity.treaty/1 with its signature FILE.p7s beside it. The newest number of a series wins. Nothing vouches for itself: say whose signature you trust.",
	    treaty_import_options, treaty_import_examples, true, run_treaty_import },
	{ "treaty", "sign", "FILE", 1, 1, "sign such a document of our own", NULL,
	    out_options, NULL, true, run_treaty_sign },
	{ "treaty", "confirm", "STATE INSTRUMENT", 2, 2,
	    "an officer looked up a date that we only remember",
	    "Once for that State and instrument; kept with its source.",
	    treaty_confirm_options, treaty_confirm_examples, true, run_treaty_confirm },
	TABLE_END
};
