/* Evidence and its custody: commands and their options. */
#include "cli/table.h"

static const struct option disclose_options[] = {
	{ "files", "PATH", "a file, or all in a folder, named as at the source; or data/..., its path in the package, where nothing had that name there; repeatable" },
	{ "files-from", "FILE", "the same, a line each; - = standard input" },
	{ "out", "FOLDER", "the folder that is made (needed)" },
	{ "why", "CODE", "defence, court, authority, victim, expert or oversight (needed)" },
	{ "withheld-ground", "CODE", "not_asked (default), not_relevant, third_party, privileged, investigation, source or security" },
	{ "parcel", "N", "which parcel, 1 for the first; default: the newest" },
	{ "with-act", NULL, "act.json too: tells the size of all files together, and the act's texts" },
	READER_LANG,
	END
};
static const char *const disclose_examples[] = {
	"comity evidence disclose 0002 --files mail/inbox.eml --why defence --out for-counsel",
	"one file, provable alone; of the others only how many there are",
	NULL
};
static const struct option restrict_options[] = {
	{ "files", "PATH", "only this file or folder, beside those marked before; repeatable" },
	{ "files-from", "FILE", "the same, a line each; - = standard input" },
	{ "class", "CODE", "article_14 (default), or none: two persons decide that nothing is" },
	END
};
static const struct option defence_options[] = {
	{ "out", "FOLDER", "the folder that is made (needed)" },
	{ "parcel", "N", "which parcel, 1 for the first; default: the newest" },
	END
};
static const struct option flag_options[] = {
	{ "exculpatory", "TEXT", "what in it may clear the accused" },
	{ "answer", "TEXT", "what is said to the notes that are there" },
	END
};
static const char *const flag_examples[] = {
	"comity evidence flag 7 --exculpatory 'mail 12: he was abroad'",
	"noted for good, and sent along with the evidence",
	NULL
};
static const struct option destroy_options[] = {
	{ "reason", "CODE", "retention_ended, court_order, condition, unlawful, returned or case_closed (needed)" },
	{ "order", "FILE", "the order it rests on: its SHA-256 is in the ledger" },
	{ "confirm", "NUMBER", "its number once more, four digits: typed, where nobody is asked" },
	END
};
static const char *const destroy_examples[] = {
	"comity --as 2 evidence destroy 0003 --reason retention_ended --confirm 0003",
	"prepares it; another person approves; the same command again destroys",
	NULL
};
static const struct option inspect_options[] = {
	{ "by", "WHO", "who looked (needed; kept sealed)" },
	{ "where", "PLACE", "where (needed)" },
	{ "control", "WHO", "under whose control (needed)" },
	{ "when", "TIME", "when; default: now" },
	{ "parcel", "N", "which parcel, 1 for the first; default: the newest" },
	END
};
static const struct option add_options[] = {
	{ "by", "WHO", "who collected it" },
	{ "from", "WHOM", "from whom: custodian or place" },
	{ "tool", "TOOL", "tool and version, or \"none\"" },
	{ "method", "HOW", "how it was collected, in words" },
	{ "when", "TIME", "when: 2026-11-22T08:46:00Z, 2026-11-22 or @SECONDS" },
	{ "source-digest", "DIGEST", "sha256:HEX as noted at the source" },
	{ "order", "TEXT", "under which order" },
	{ "note", "TEXT", "anything else about the collection" },
	{ "lang", "TAG", "language of these texts" },
	{ "custodian", "FILE", "the custodian's certificate (text or PEM)" },
	{ "collection", "FILE", "the whole collection record as JSON instead" },
	{ "label", "TEXT", "your own name for it; never leaves this home" },
	{ "later", NULL, "do not read the content now, but when it is first to be handed over" },
	{ "leave-out", "PATH", "leave this path out (said so in the package); repeatable" },
	{ "leave-out-unreadable", NULL, "leave out what cannot be read (said so in the package)" },
	END
};
static const char *const add_examples[] = {
	"comity evidence add /srv/images/disk1.img --by \"Unit 4\" --from \"Sonatel\" --tool \"guymager 0.8.13\" --method \"forensic image, write blocker\" --when 2026-11-20T09:00:00Z",
	"add a disk image with its collection record",
	NULL
};
static const struct option seal_options[] = {
	{ "to", "PEER", "the receiver: State code or id (needed)" },
	{ "to-passphrase", NULL, "instead: under a passphrase, for a receiver without Comity" },
	{ "to-cert", "FILE", "instead: to this certificate, opened with openssl" },
	{ "receiver-passphrase-file", "FILE", "the receiver's passphrase, for --to-passphrase" },
	{ "receiver", "NAME", "with these two: who is to have it; needed under a passphrase without --request" },
	{ "request", "NUMBER", "with these two: the request it answers" },
	{ "reference", "NUMBER", "the receiver's number for the request" },
	{ "description", "TEXT", "what it is" },
	{ "purpose", "TEXT", "what it may be used for" },
	{ "lang", "TAG", "language of these texts" },
	{ "basis", "TEXT", "legal basis, as in \"Budapest 31\": instrument, blank, article" },
	{ "leave-out-unreadable", NULL, "leave out what cannot be read (said so in the package)" },
	{ "out", "FILE", "a copy of the parcel there" },
	END
};
static const char *const seal_examples[] = {
	"comity evidence seal 0001 --to XB --reference XB-2026-000031 --purpose \"Proceeding 12/2026 only\"",
	"seal for Berun",
	NULL
};
static const struct option open_options[] = {
	{ "out", "DIR", "the folder to make (needed)" },
	{ "purpose", "TEXT", "another use than it was handed over for: who sent it has agreed" },
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "at", "TIME", "judge the certificates as of this time" },
	{ "details", NULL, "every check, not only the three lines" },
	READER_LANG,
	END
};
static const struct option export_options[] = {
	{ "out", "DIR", "the folder to make (needed)" },
	{ "purpose", "TEXT", "another use than it was handed over for: who sent it has agreed" },
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "tar", NULL, "also package.tar, the bag as one file" },
	{ "details", NULL, "every check, not only the three lines" },
	READER_LANG,
	END
};
static const struct option receive_options[] = {
	{ "details", NULL, "every check, not only the three lines" },
	READER_LANG,
	END
};
static const struct option pass_on_options[] = {
	{ "to", "PEER", "the third authority (needed)" }, END
};
static const struct option custody_show_options[] = {
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "policy", "FILE", "whom to believe about ledgers; default: peers with confirmed cards" },
	READER_LANG,
	END
};
static const struct option custody_report_options[] = {
	{ "out", "FILE", "new file: .html for people, .json to be checked, .txt (needed)" },
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "policy", "FILE", "whom to believe about ledgers; default: peers with confirmed cards" },
	{ "lang", "TAG", "language of the page: ar, en, es, fr, pt, ru, vi, zh; default the home's" },
	END
};
static const char *const custody_report_examples[] = {
	"comity custody report 0004 --out custody.html --lang fr",
	"a page to print for the file",
	"comity custody report 0004 --out custody.json",
	"the same with its proofs: anybody checks it with comity-check --policy",
	NULL
};

const struct command evidence_commands[] = {
	{ "evidence", "add", "PATH", 1, 1, "note evidence with its collection record",
	    "Nothing is copied. The content is read once and its fingerprint kept; if it is another when it is sealed, sealing stops and names the file.",
	    add_options, add_examples, true, run_evidence_add },
	{ "evidence", "list", "", 0, 0, "all evidence, ours and received", NULL, NULL, NULL,
	    true, run_evidence_list },
	{ "evidence", "show", "ID", 1, 1, "one piece of evidence and its parcels", NULL,
	    NULL, NULL, true, run_evidence_show },
	{ "evidence", "seal", "ID", 1, 1, "sign, time-stamp and seal it for a receiver",
	    NULL, seal_options, seal_examples, true, run_evidence_seal },
	{ "evidence", "pass-on", "ID", 1, 1, "received evidence goes on to a third authority, whole",
	    "Needs the consent of who sent it (comity request new use_consent). Both hand-overs and both sets of limits travel with it.",
	    pass_on_options, NULL, true, run_evidence_pass_on },
	{ "evidence", "send", "ID", 1, 1, "put it into the outbox (seals it when needed)",
	    NULL, seal_options, NULL, true, run_evidence_send },
	{ "evidence", "receive", "[PATH...]", 0, ARGS_MAX, "check and keep parcels: those in the inbox, or these files",
	    NULL, receive_options, NULL, true, run_evidence_receive },
	{ "evidence", "open", "ID", 1, 1, "make the sealed evidence a folder again",
	    "The folder appears under its name only when every check held. A cut run is gone on with. Restricted material (Article 14) and what concerns a protected person are opened by two.",
	    open_options, NULL, true, run_evidence_open },
	{ "evidence", "export", "ID", 1, 1, "a folder for a court: evidence, roots, how to check",
	    "Restricted material (Article 14) is never in it: a court looks at it here, which evidence inspect notes.",
	    export_options, NULL, true, run_evidence_export },
	{ "evidence", "disclose", "ID", 1, 1, "some files of it, provable alone; the others counted, not named",
	    "Restricted material (Article 14) is never in it. A ledger entry is made first. Check it with comity-check or with the script inside.",
	    disclose_options, disclose_examples, true, run_evidence_disclose },
	{ "evidence", "restrict", "ID", 1, 1, "mark material of Article 14: inspected, never copied",
	    "Without --files: all of it. Evidence that answers a request about Article 14 is restricted as a whole until somebody decides here. Less than before: by two persons.",
	    restrict_options, NULL, true, run_evidence_restrict },
	{ "evidence", "defence-bundle", "ID", 1, 1, "all the defence gets: raw bytes, method, custody, what is withheld",
	    "Restricted material (Article 14) is never in it: the rest is given as a disclosure then.",
	    defence_options, NULL, true, run_evidence_defence },
	{ "evidence", "inspect", "ID", 1, 1, "note who looked at restricted material, where, under whose control",
	    NULL, inspect_options, NULL, true, run_evidence_inspect },
	{ "evidence", "flag", "ID", 1, 1, "note what in it may clear an accused, or answer such a note",
	    "Nothing takes a note back (Art 40(5), 40(19)): it is only answered, and goes along wherever the evidence goes.",
	    flag_options, flag_examples, true, run_evidence_flag },
	{ "evidence", "destroy", "ID", 1, 1, "end it here for good, by two persons; its ledger stays",
	    "The key that opens its packages is written over, here and so in every backup; then its parcels go. Whoever gave or got it is told by a signed act. Copies on sticks and in other hands are not reached.",
	    destroy_options, destroy_examples, true, run_evidence_destroy },
	{ "custody", "show", "EVIDENCE", 1, 1, "who held it when, under which act, and what proves it",
	    "Exit code 0: every link is proven; 10: some are only claimed, or one is missing; 3: something contradicts the chain.",
	    custody_show_options, NULL, true, run_custody_show },
	{ "custody", "report", "EVIDENCE", 1, 1, "the same as a page to print, or as a file to be checked",
	    "A .json file holds the records and proofs; evidence that was passed on has one more such file for each hand-over before (FILE-before-1.json). Exit codes as custody show.",
	    custody_report_options, custody_report_examples, true, run_custody_report },
	TABLE_END
};
