/* The one table of commands. */
#include "cli/cli.h"

#define END { NULL, NULL, NULL }

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

static const struct option init_options[] = {
	{ "country", "XX", "the State, two capital letters (XA to XZ: training)" },
	{ "authority", "NAME", "the authority's name, as on its certificate" },
	{ "self-ca", NULL, "make a small certificate authority of our own" },
	{ "csr", NULL, "ask the national PKI: prints a certificate request" },
	{ "key", "KIND", "p256 (default), p384 or rsa3072" },
	{ "tsa", "URL", "time-stamping authority (RFC 3161 over HTTP)" },
	{ "tsa-roots", "FILE", "its root certificates, PEM" },
	{ "role", "ROLE", "contact_point, central_authority, court, provider ...; repeatable" },
	{ "language", "TAG", "language of the names and texts, default en" },
	{ "phone", "NUMBER", "number for call-back, on the card" },
	{ "carrier", "HOW", "https://..., mailto:... or stick; repeatable" },
	{ "training", NULL, "everything is marked as exercise" },
	{ "scrypt-log-n", "N", "cost of the passphrase, 15 to 20, default 17" },
	END
};
static const char *const init_examples[] = {
	"comity init --country XA --authority \"Aldora Central Authority\" --training --self-ca",
	"a training home with everything in it",
	"comity init --country SN --authority \"Direction des affaires criminelles\" --language fr --csr",
	"a real home: takes the request to the national PKI",
	NULL
};

static const struct option backup_options[] = {
	{ "keys", "FILE", "where the package keys go; default: AUTHORITY.package-keys beside FILE" },
	{ "keys-only", NULL, "write the package keys alone: after something was destroyed" },
	END
};
static const struct option restore_options[] = {
	{ "keys", "FILE", "the newest file of package keys; default: the one beside the backup" },
	END
};
static const struct option disclose_options[] = {
	{ "files", "PATH", "a file, or all in a folder, named as at the source; or data/..., its path in the package, where nothing had that name there; repeatable" },
	{ "files-from", "FILE", "the same, a line each; - = standard input" },
	{ "out", "FOLDER", "the folder that is made (needed)" },
	{ "why", "CODE", "defence, court, authority, victim, expert or oversight (needed)" },
	{ "withheld-ground", "CODE", "not_asked (default), not_relevant, third_party, privileged, investigation, source or security" },
	{ "parcel", "N", "which parcel, 1 for the first; default: the newest" },
	{ "with-act", NULL, "act.json too: tells the size of all files together, and the act's texts" },
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
	{ "class", "CODE", "article_14 (default), or none: a person decided that nothing is" },
	END
};

static const struct option defence_options[] = {
	{ "out", "FOLDER", "the folder that is made (needed)" },
	{ "parcel", "N", "which parcel, 1 for the first; default: the newest" },
	END
};
static const struct option inspect_options[] = {
	{ "by", "WHO", "who looked (needed; kept sealed)" },
	{ "where", "PLACE", "where (needed)" },
	{ "control", "WHO", "under whose control (needed)" },
	{ "when", "TIME", "when; default: now" },
	{ "parcel", "N", "which parcel, 1 for the first; default: the newest" },
	END
};

static const struct option out_options[] = {
	{ "out", "FILE", "write there instead of to standard output" }, END
};
static const struct option import_options[] = {
	{ "roots", "FILE", "root certificates of that PKI, PEM (needed)" },
	{ "key", "FILE", "the private key, when the PKI made it" },
	{ "crl", "FILE", "revocation lists to put into every package, PEM" },
	END
};
static const struct option rotate_options[] = {
	{ "what", "KEY", "signing (default) or sealing" }, END
};
static const struct option rewrap_options[] = {
	{ "new-passphrase-file", "FILE", "read the new passphrase from FILE" },
	{ "scrypt-log-n", "N", "a new cost, 15 to 20" },
	END
};
static const struct option export_key_options[] = {
	{ "out", "FILE", "where the identity goes; must not exist (needed)" }, END
};
static const struct option pair_options[] = {
	{ "words", "WORDS", "the six words the other side read out to you" }, END
};
static const char *const pair_examples[] = {
	"comity peer pair berun.card --words \"anchor basket candle donkey elbow forest\"",
	"take Berun's card after a phone call",
	NULL
};
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
static const struct option roots_options[] = {
	{ "out", "FILE", "write there instead of to standard output" },
	{ "tsa", NULL, "the time-stamping authority's roots instead" },
	END
};
static const struct option revoke_options[] = {
	{ "reason", "TEXT", "why (needed)" }, END
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
	{ "later", NULL, "do not read the content now: no fingerprint to hold it to" },
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
	END
};
static const struct option export_options[] = {
	{ "out", "DIR", "the folder to make (needed)" },
	{ "purpose", "TEXT", "another use than it was handed over for: who sent it has agreed" },
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "tar", NULL, "also package.tar, the bag as one file" },
	{ "details", NULL, "every check, not only the three lines" },
	END
};
static const struct option receive_options[] = {
	{ "details", NULL, "every check, not only the three lines" }, END
};
static const struct option bundle_read_options[] = {
	{ "later", NULL, "only copy; take them in later with: comity evidence receive" }, END
};
static const struct option bundle_options[] = {
	{ "to", "PEER", "for whom (needed)" },
	{ "ledger", NULL, "also when no parcel waits: what ledgers have to tell each other" },
	END
};
static const struct option ledger_prove_options[] = {
	{ "out", "DIR", "the folder to make (needed)" }, END
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
	"comity --as 5 oversight report --json", "by an auditor, who opens nothing else", NULL
};
static const struct option ledger_check_options[] = {
	{ "parcels", NULL, "every kept parcel too, byte by byte" }, END
};
static const struct option ledger_policy_options[] = {
	{ "states", "N", "how many States must have cosigned, default 1" },
	{ "out", "FILE", "write there instead of to standard output" },
	END
};
static const struct option ledger_succeed_options[] = {
	{ "reason", "WORD", "damaged, split or key (needed)" }, END
};
static const char *const ledger_prove_examples[] = {
	"comity ledger prove 0001 --out proofs",
	"what a court needs to check that this evidence is in the ledger",
	NULL
};
static const char *const ledger_witness_examples[] = {
	"comity ledger witness add-checkpoint",
	"cosign by hand what a peer's node sent as a file; bundles do it by themselves",
	NULL
};
static const struct option authority_options[] = {
	{ "tsa", "URL", "the address; \"\" for none" },
	{ "tsa-roots", "FILE", "its root certificates, PEM" },
	END
};
static const struct option verify_options[] = {
	{ "roots", "FILE", "root certificates to trust instead of this home's peers" },
	{ "tsa", "FILE", "roots of the time-stamping authority" },
	{ "crl", "FILE", "revocation lists, PEM" },
	{ "card", "FILE", "the card the signer must stand on" },
	{ "at", "TIME", "judge the certificates as of this time" },
	{ "identity", "FILE", "age identity that opens the parcel" },
	{ "details", NULL, "every check, not only the three lines" },
	END
};
static const char *const verify_examples[] = {
	"comity verify case114.comity --identity receiver.agekey --roots roots.pem --tsa tsa.pem",
	"check a parcel with what was handed to you",
	"comity verify bag/",
	"check an opened bag with this home's peers",
	NULL
};

/* ---- requests ---- */

/* What a request says: the same for new, edit and reply. */
#define FIELD_OPTIONS \
	{ "set", "FIELD.PART=VALUE", "any field (comity request fields KIND); repeatable" }, \
	{ "account", "NAME", "an account: mail address or handle; repeatable" }, \
	{ "identifier", "TYPE:VALUE", "email, phone, ip, url, account, imei, wallet, sha256, other; repeatable" }, \
	{ "provider", "NAME", "the provider or custodian who holds the data" }, \
	{ "provider-state", "XX", "the State it is in" }, \
	{ "data", "TEXT", "the data sought, and their link to the offence" }, \
	{ "offence", "TEXT", "the Convention's article: \"fraud, art. 13\"" }, \
	{ "statute", "TEXT", "another serious crime: the statute" }, \
	{ "max-penalty", "MONTHS", "and its greatest penalty" }, \
	{ "facts", "TEXT", "the facts of the case" }, \
	{ "necessity", "TEXT", "why the data must be preserved" }, \
	{ "intend", "MEASURE", "the request that will follow: stored_data, subscriber ..." }, \
	{ "intend-by", "TIME", "when it will follow" }, \
	{ "not-secret", NULL, "secrecy is not asked for" }, \
	{ "secret-until", "TIME", "secrecy, and when it ends" }, \
	{ "secret-reason", "TEXT", "why" }, \
	{ "matter", "TEXT", "subject and nature of the proceedings" }, \
	{ "matter-by", "NAME", "the authority that conducts them" }, \
	{ "assistance", "TEXT", "the assistance sought" }, \
	{ "purpose", "TEXT", "what the evidence is for" }, \
	{ "since", "TIME", "first instant of the period asked for" }, \
	{ "until", "TIME", "last instant of it" }, \
	{ "request-language", "TAG", "language of the request" }, \
	{ "accepts", "TAGS", "languages of an acceptable reply: \"en;fr\"" }

#define DRAFT_OPTIONS \
	{ "to", "PEER", "State code or id; a State with a correspondent" }, \
	{ "case", "NUMBER", "the case it belongs to" }, \
	{ "basis", "TEXT", "instrument and article, as in \"Budapest 29\"; default: what binds both" }, \
	{ "follows", "NUMBER", "the request it belongs to (traffic_path, use_consent, or one that it relates to)" }, \
	{ "evidence", "ID", "use_consent: the evidence that is to be used otherwise" }, \
	{ "recipient", "PEER-ID", "use_consent: who is to get it" }, \
	{ "recipient-state", "XX", "use_consent: or any authority of that State" }, \
	{ "attach", "FILE", "a document that goes along; repeatable" }, \
	{ "no-attachments", NULL, "forget those of the draft" }, \
	{ "answer-by", "TIME", "until when an answer is wished" }, \
	{ "answer-by-reason", "TEXT", "why (Article 40(26) wants reasons)" }, \
	{ "expires", "TIME", "after this nobody may act on it any more" }, \
	{ "lang", "TAG", "language of the texts" }

static const struct option draft_options[] = { DRAFT_OPTIONS, FIELD_OPTIONS, END };
static const char *const new_examples[] = {
	"comity request new preserve --to XB --account maria.k@example.org --provider \"Berun Mail\" --offence \"fraud, art. 13\" --facts \"...\" --data \"subscriber and traffic data, Nov 2026\" --necessity \"kept 30 days\" --intend stored_data --intend-by 2027-01-15 --not-secret",
	"a draft that lacks nothing",
	"comity request new use_consent --to XB --evidence 0002 --recipient-state XC --set new_use.purpose=\"same proceeding\"",
	"ask whether evidence may go on to a third State",
	NULL
};
static const struct option request_list_options[] = {
	{ "all", NULL, "closed, refused and withdrawn ones too" },
	{ "due", NULL, "only those with a date, the first due first" },
	{ "peer", "PEER", "only with this authority" },
	{ "kind", "KIND", "only of this kind" },
	{ "state", "STATE", "only in this state: draft, sent, received, needs_info, accepted ..." },
	{ "case", "NUMBER", "only of this case" },
	END
};
#define WAY_OPTIONS \
	{ "by", "WAY", "comity (default), letter, mail, oral or diplomatic" }, \
	{ "out", "FILE", "with --by: the letter (HTML) or the signed mail (.eml)" }

static const struct option request_send_options[] = {
	WAY_OPTIONS,
	{ "dry-run", NULL, "say what would be sent, and send nothing" }, END
};
static const char *const request_send_examples[] = {
	"comity request send 31", "sign, seal, put into the outbox",
	"comity request send 31 --by letter --out letter.html", "the same on paper",
	NULL
};
#define ANSWER_OPTIONS \
	{ "lang", "TAG", "language of the texts" }, \
	{ "reference", "TEXT", "their number of the request" }, WAY_OPTIONS

static const struct option confirm_options[] = {
	{ "text", "TEXT", "a word to the other side" },
	{ "condition", "CODE[=TEXT]", "granted only so: use_limit, confidential, return ...; repeatable" },
	{ "effected", "TIME", "preservation: since when the data is held, default now" },
	{ "until", "TIME", "preservation: until when, default as long as the treaty asks" },
	ANSWER_OPTIONS, END
};
static const struct option close_options[] = {
	{ "reason", "CODE", "granted and nothing handed over: nothing_found, handed_over_otherwise, not_needed" },
	END
};
static const struct option refuse_options[] = {
	{ "ground", "ID", "a ground of the basis, as in R02 (needed); repeatable" },
	{ "reason", "TEXT", "the reasons (needed; Article 40(25))" },
	{ "better", "TEXT", "what would make it acceptable" },
	{ "waive-consultation", "CODE", "why they were not consulted before: urgent, law_forbids, consulted_otherwise, no_reply" },
	ANSWER_OPTIONS, END
};
static const char *const refuse_examples[] = {
	"comity request refuse 31 --ground R03 --reason \"Our law allows no order for a fine\" --better \"facts that show fraud\"",
	"refuse with a reason the other side can act on",
	NULL
};
static const struct option postpone_options[] = {
	{ "ground", "ID", "a ground to postpone on: R09, B05, U06 (needed); repeatable" },
	{ "reason", "TEXT", "the reasons (needed)" },
	{ "until", "TIME", "when it is taken up again, if that is known" },
	{ "waive-consultation", "CODE", "why they were not consulted before: urgent, law_forbids, consulted_otherwise, no_reply" },
	ANSWER_OPTIONS, END
};
static const struct option consult_options[] = {
	{ "text", "TEXT", "what stands in the way (needed)" },
	{ "ground", "ID", "a ground that is considered; repeatable" },
	{ "condition", "CODE[=TEXT]", "what would do: use_limit, confidential, return ...; repeatable" },
	ANSWER_OPTIONS, END
};
static const char *const consult_examples[] = {
	"comity request consult 31 --text \"For a fine we could not search; for fraud we could\" --ground R03 --condition case_only",
	"tell them before you refuse",
	NULL
};
static const struct option extend_options[] = {
	{ "until", "TIME", "until when the data are held now (needed)" },
	{ "effected", "TIME", "since when, default as it was granted" },
	{ "text", "TEXT", "a word to the other side" }, ANSWER_OPTIONS, END
};
static const struct option release_options[] = {
	{ "reason", "TEXT", "why (needed)" },
	{ "at", "TIME", "since when nothing is held, default now" }, ANSWER_OPTIONS, END
};
static const struct option acknowledge_options[] = {
	{ "text", "TEXT", "a word to the other side" }, ANSWER_OPTIONS, END
};
static const char *const provider_examples[] = {
	"comity request provider-answer 7 --provider \"Berun Mail\" --set outcome=not_held --set why_not=\"Logs are kept for seven days\"",
	"nothing was found, and why",
	NULL
};
static const struct option ask_options[] = {
	{ "text", "TEXT", "the question (needed)" },
	{ "field", "NAME", "a field that is asked for; repeatable" },
	ANSWER_OPTIONS, END
};
static const struct option reply_options[] = {
	{ "text", "TEXT", "the answer in words" }, ANSWER_OPTIONS, FIELD_OPTIONS, END
};
static const struct option answer_options[] = {
	{ "evidence", "ID", "the evidence; default: the one of the request's case" },
	{ "description", "TEXT", "what it is" },
	{ "purpose", "TEXT", "what it may be used for" },
	{ "limit", "CODE[=TEXT]", "a limit of use that travels with it; repeatable" },
	{ "authorisation", "FILE", "content that is not executed yet: the order of your own State" },
	{ "lang", "TAG", "language of the texts" },
	END
};
static const struct option execute_options[] = {
	{ "authorisation", "FILE", "an order of a court of your own State, or another authorisation: content needs one" },
	{ "waive-dual-criminality", "FILE", "why an officer does without it, signed and with reasons; kept sealed" },
	{ "assured", NULL, "their reply was read: it gives the assurance that your yes asked for" },
	END
};
static const char *const execute_examples[] = {
	"comity request execute 31 --authorisation order.pdf",
	"the search begins; the order is kept sealed with the request",
	NULL
};
static const struct option called_options[] = {
	{ "dialled", "PHONE", "the number that was dialled: the one on the sender's confirmed card (needed)" },
	{ "answered-by", "NAME", "who answered; kept sealed (needed for yes and no)" },
	{ "result", "WHAT", "yes: they sent it; no: they know nothing of it; nobody: no answer (needed)" },
	END
};
static const char *const called_examples[] = {
	"comity request called 31 --dialled \"+1 555 0100\" --answered-by \"Duty officer Reyes\" --result yes",
	"the call before an emergency is acted on",
	NULL
};
static const struct option seen_options[] = {
	{ "earlier", "NUMBER", "the refused request that was read (needed)" }, END
};
static const struct option risk_options[] = {
	{ "level", "LEVEL", "normal, heightened or blocked (needed)" },
	{ "measure", "KIND", "for this kind of request only; default: all" },
	{ "reason", "TEXT", "why; kept sealed (needed)" }, END
};
static const char *const risk_examples[] = {
	"comity policy risk XB --measure stored_data --level heightened --reason \"Report of May on trials there\"",
	"dual criminality, two readers and an assurance before data go there",
	NULL
};
static const struct option realtime_options[] = {
	{ "instrument", "NAME", "the treaty it is for: Budapest, UNCAC-CYBER (needed)" },
	{ "on", NULL, "collection in real time goes" },
	{ "off", NULL, "it does not, as it is from the start" },
	{ "reason", "TEXT", "why; kept sealed (needed)" }, END
};
static const char *const realtime_examples[] = {
	"comity policy realtime XB --instrument Budapest --on --reason \"Decision 4/26 of the ministry\"",
	"requests of real-time collection may be sent and executed",
	NULL
};
static const struct option policy_list_options[] = {
	{ "reasons", NULL, "with the reasons, which are sealed" }, END
};
static const struct option notice_list_options[] = {
	{ "all", NULL, "also those who were told" }, END
};
static const struct option notice_defer_options[] = {
	{ "until", "TIME", "the new day, at most 90 days from now (needed)" },
	{ "reason", "CODE", "inquiry_harmed, danger, court_order, not_found, or asked (needed)" },
	END
};
static const struct option notice_done_options[] = {
	{ "how", "CODE", "letter, in_person, lawyer, court, provider, other_authority; or nothing_done (needed)" },
	{ "lifted", NULL, "the secrecy was ended before its day" }, END
};
static const struct option notice_sheet_options[] = {
	{ "langs", "TAG[,TAG]", "one language or two side by side; default: that of this home" },
	{ "out", "FILE", "a new file (needed)" }, END
};
static const char *const notice_examples[] = {
	"comity notice sheet 7 --langs fr,ar --out notice.html",
	"a page for the person: what was done, which remedies there are",
	NULL
};
static const struct option hold_list_options[] = {
	{ "all", NULL, "also those released and lapsed" }, END
};
static const struct option hold_renew_options[] = {
	{ "order", "NUMBER", "number of the domestic order, as its court writes it (needed)" },
	{ "until", "TIME", "until when the provider has to hold the data, 90 days at most (needed)" },
	END
};
static const char *const hold_examples[] = {
	"comity hold renew 31 --order \"12 Gs 31/26\" --until 2027-02-10",
	"the order that the provider obeys was renewed",
	NULL
};
static const char *const postpone_examples[] = {
	"comity request postpone 31 --ground R09 --reason \"Our own trial is on\" --waive-consultation urgent",
	"not now, with its ground and reasons",
	NULL
};
static const char *const acknowledge_examples[] = {
	"comity request acknowledge 31 --text \"The copies are complete\"",
	"the evidence was examined: the request ends, on both sides",
	NULL
};
static const char *const answer_examples[] = {
	"comity request answer 31 --evidence 0004 --limit \"use_limit=Proceeding 12/2026 only\"",
	"evidence sealed for who asked, into the outbox",
	NULL
};
static const struct option withdraw_options[] = {
	{ "reason", "TEXT", "why" }, ANSWER_OPTIONS, END
};
static const struct option letter_options[] = {
	{ "out", "FILE", "the file to make (needed)" },
	{ "by", "WAY", "letter (default), mail (signed .eml), oral or diplomatic" },
	{ "lang", "TAG", "the receiver's language" },
	{ "langs", "TAG,TAG", "a sheet: two languages side by side, in the order of the T-CY templates" },
	END
};
static const char *const letter_examples[] = {
	"comity request letter 31 --langs fr,ar --out sheet.html",
	"French and Arabic side by side; print it from a browser",
	NULL
};
static const struct option request_show_options[] = {
	{ "lang", "TAG", "the reader's language: ar, en, es, fr, pt, ru, vi, zh (or COMITY_LANG)" },
	END
};
static const struct option record_options[] = {
	{ "kind", "KIND", "what it is: preserve, granted, refused, question, receipt ... (needed)" },
	{ "by", "WAY", "letter, mail, oral or diplomatic (needed)" },
	{ "from", "XX", "a new request: the State or peer it came from" },
	{ "dated", "TIME", "the date on it" },
	{ "reference", "TEXT", "their number" },
	{ "scan", "FILE", "the scan, or the mail as it came; repeatable" },
	{ "text", "TEXT", "what it says" },
	{ "ground", "ID", "refused: the ground they name; repeatable" },
	{ "condition", "CODE[=TEXT]", "granted with conditions; repeatable" },
	{ "held-until", "TIME", "granted preservation: until when" },
	{ "lang", "TAG", "language of the texts" },
	FIELD_OPTIONS, END
};
static const char *const record_examples[] = {
	"comity request record 31 --kind granted --by letter --scan answer.pdf --dated 2026-11-24 --held-until 2027-01-23",
	"an answer that came on paper",
	NULL
};
static const struct option case_add_options[] = {
	{ "evidence", "ID", "a piece of evidence" }, { "request", "NUMBER", "a request" },
	END
};
static const struct option correspondent_options[] = {
	{ "country", "XX", "its State (needed)" }, { "name", "NAME", "its name (needed)" },
	{ "address", "TEXT", "for letters" }, { "email", "ADDRESS", "for signed mail" },
	{ "languages", "TAGS", "it reads: \"pt;en\"" },
	END
};
static const struct option export_dir_options[] = {
	{ "out", "DIR", "the folder to make (needed)" }, END
};
static const struct option pass_on_options[] = {
	{ "to", "PEER", "the third authority (needed)" }, END
};
static const struct option custody_show_options[] = {
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "policy", "FILE", "whom to believe about ledgers; default: peers with confirmed cards" },
	END
};
static const struct option custody_report_options[] = {
	{ "out", "FILE", "new file: .html for people, .json to be checked, .txt (needed)" },
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "policy", "FILE", "whom to believe about ledgers; default: peers with confirmed cards" },
	{ "lang", "TAG", "language of the page: en, fr, es; default the home's" },
	END
};
static const char *const custody_report_examples[] = {
	"comity custody report 0004 --out custody.html --lang fr",
	"a page to print for the file",
	"comity custody report 0004 --out custody.json",
	"the same with its proofs: anybody checks it with comity-check --policy",
	NULL
};
static const struct option help_options[] = {
	{ "man", NULL, "as a manual page (mdoc): comity help --man [NOUN]" }, END
};

static const struct option approve_options[] = {
	{ "by", "NUMBER", "a person who signs from afar, with --out" },
	{ "out", "FILE", "the question for that person, sealed to it" },
	{ "file", "FILE", "the approval that came back" },
	END
};
static const char *const approve_examples[] = {
	"comity --as 2 request approve 31", "person 2 approves what another wrote",
	"comity request approve 31 --by 3 --out question.age",
	"ask person 3, who signs on another machine",
	"comity request approve 31 --file answer.json", "bring the answer back",
	NULL
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

static const struct option deadline_list_options[] = {
	{ "within", "DAYS", "only what is due within so many days; what is late, always" },
	{ "secrecy", NULL, "also when a secrecy ends, and the two hours of child material: opens the requests" },
	END
};
static const struct option deadline_export_options[] = {
	{ "ics", NULL, "as a calendar file, RFC 5545 (needed)" },
	{ "secrecy", NULL, "also when a secrecy ends, and the two hours of child material: opens the requests" },
	{ "out", "FILE", "write there instead of to standard output" },
	END
};
static const char *const deadline_list_examples[] = {
	"comity deadline list --within 7", "what this week brings, by whom, on whose clock",
	NULL
};
static const char *const deadline_export_examples[] = {
	"comity deadline export --ics --out deadlines.ics",
	"into the office's calendar, with its reminders",
	NULL
};

const struct command commands[] = {
	{ "init", NULL, "", 0, 0, "make this authority's home: keys, certificate, card",
	    "Choose one of --self-ca and --csr. An office with a national PKI takes --csr.",
	    init_options, init_examples, false, run_init },
	{ "key", "list", "", 0, 0, "keys and certificates of this home", NULL, NULL, NULL,
	    true, run_key_list },
	{ "key", "csr", "", 0, 0, "certificate request for the national PKI (PKCS#10)",
	    NULL, out_options, NULL, true, run_key_csr },
	{ "key", "import", "CHAIN", 1, 1, "bring the certificate the national PKI gave",
	    "CHAIN holds the signer's certificate and those between it and the root, PEM, in any order.",
	    import_options, NULL, true, run_key_import },
	{ "key", "rotate", "", 0, 0, "a new signing or sealing key, and a new card",
	    "Peers who hold the old card take the new one by themselves: it is signed by the old key. Old parcels still open.",
	    rotate_options, NULL, true, run_key_rotate },
	{ "key", "rewrap", "", 0, 0, "a new passphrase", NULL, rewrap_options, NULL, true,
	    run_key_rewrap },
	{ "key", "export-identity", "", 0, 0, "the age identity as a file: whoever has it opens every parcel",
	    "For a court that opens the parcel itself, and for training.",
	    export_key_options, NULL, true, run_key_export },
	{ "key", "revoke", "", 0, 0, "our card is good no more: tell every peer",
	    "For a key that others may have. What was time-stamped before stays provable.",
	    revoke_options, NULL, true, run_key_revoke },
	{ "peer", "pair", "CARD", 1, 1, "take the other side's card",
	    "Phone the other authority on a number you already have. They read out their six words (comity peer words). Without the words the card is kept, but nothing is sealed to it.",
	    pair_options, pair_examples, true, run_peer_pair },
	{ "peer", "words", "[CARD]", 0, 1, "the six words of our card, to be read out",
	    "With CARD, the words of that file, to compare by ear.", NULL, NULL, true,
	    run_peer_words },
	{ "peer", "list", "", 0, 0, "authorities this home knows", NULL, NULL, NULL, true,
	    run_peer_list },
	{ "peer", "show", "PEER", 1, 1, "one authority's card", NULL, NULL, NULL, true,
	    run_peer_show },
	{ "peer", "roots", "[PEER]", 0, 1, "root certificates, PEM: what a court needs",
	    NULL, roots_options, NULL, true, run_peer_roots },
	{ "peer", "revoke", "PEER", 1, 1, "trust this authority no longer", NULL,
	    revoke_options, NULL, true, run_peer_revoke },
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
	    "The folder appears under its name only when every check held. A cut run is gone on with.",
	    open_options, NULL, true, run_evidence_open },
	{ "evidence", "export", "ID", 1, 1, "a folder for a court: evidence, roots, how to check",
	    NULL, export_options, NULL, true, run_evidence_export },
	{ "evidence", "disclose", "ID", 1, 1, "some files of it, provable alone; the others counted, not named",
	    "Restricted material (Article 14) is never in it. A ledger entry is made first. Check it with comity-check or with the script inside.",
	    disclose_options, disclose_examples, true, run_evidence_disclose },
	{ "evidence", "restrict", "ID", 1, 1, "mark material of Article 14: inspected, never copied",
	    "Without --files: all of it. Evidence that answers a request about Article 14 is restricted as a whole until somebody decides here.",
	    restrict_options, NULL, true, run_evidence_restrict },
	{ "evidence", "defence-bundle", "ID", 1, 1, "all the defence gets: raw bytes, method, custody, what is withheld",
	    "Restricted material (Article 14) is never in it: the rest is given as a disclosure then.",
	    defence_options, NULL, true, run_evidence_defence },
	{ "evidence", "inspect", "ID", 1, 1, "note who looked at restricted material, where, under whose control",
	    NULL, inspect_options, NULL, true, run_evidence_inspect },
	{ "custody", "show", "EVIDENCE", 1, 1, "who held it when, under which act, and what proves it",
	    "Exit code 0: every link is proven; 10: some are only claimed, or one is missing; 3: something contradicts the chain.",
	    custody_show_options, NULL, true, run_custody_show },
	{ "custody", "report", "EVIDENCE", 1, 1, "the same as a page to print, or as a file to be checked",
	    "A .json file holds the records and proofs; evidence that was passed on has one more such file for each hand-over before (FILE-before-1.json). Exit codes as custody show.",
	    custody_report_options, custody_report_examples, true, run_custody_report },
	{ "deadline", "list", "", 0, 0, "what is due, by which rule, who owes it, how near it is",
	    "Times are those of the authority that owes. Stages: arrival, half, day, two_hours, overdue. Needs no passphrase, but for the end of a secrecy, which stands in the sealed request: --secrecy.",
	    deadline_list_options, deadline_list_examples, true, run_deadline_list },
	{ "deadline", "export", "", 0, 0, "the same as a calendar file with reminders",
	    "It carries numbers and kinds of requests only: no name, no case, no text of a request. Whoever reads the calendar still learns that these requests are there.",
	    deadline_export_options, deadline_export_examples, true, run_deadline_export },
	{ "hold", "list", "", 0, 0, "what is held, by whom, until when; what lapsed is recorded",
	    NULL, hold_list_options, NULL, true, run_hold_list },
	{ "hold", "show", "NUMBER", 1, 1, "one hold: both clocks, and which requests bind it",
	    NULL, NULL, NULL, true, run_hold_show },
	{ "hold", "renew", "NUMBER", 1, 1, "note the domestic order a provider obeys, and its end",
	    "The order runs 90 days at most and is renewed (Article 25(2)); what they were promised runs by itself.",
	    hold_renew_options, hold_examples, true, run_hold_renew },
	{ "hold", "release", "NUMBER", 1, 1, "let go before its end; they are told, two people sign",
	    NULL, release_options, NULL, true, run_request_release },
	{ "policy", "risk", "STATE", 1, 1, "how careful this node is with a State",
	    "heightened: dual criminality has to be said (S02), two persons read it (S03), data go only after an assurance (S22). blocked: no yes; consult and refuse. It is never looser than the tables of the law.",
	    risk_options, risk_examples, true, run_policy_risk },
	{ "policy", "realtime", "STATE", 1, 1, "switch collection in real time on or off",
	    "Off from the start, for each State and instrument (S13): without it such a request is neither sent nor executed. This program collects nothing itself.",
	    realtime_options, realtime_examples, true, run_policy_realtime },
	{ "policy", "list", "", 0, 0, "what is set about each State",
	    "Needs no passphrase, but for the reasons.", policy_list_options, NULL, true,
	    run_policy_list },
	{ "notice", "list", "", 0, 0, "who has still to be told of a secret measure, and why not yet",
	    "Numbers of notices and requests only; who it is stands in the sealed request. A notice is done when a person says so, and by no clock.",
	    notice_list_options, NULL, true, run_notice_list },
	{ "notice", "show", "NUMBER", 1, 1, "one notice", NULL, NULL, NULL, true,
	    run_notice_show },
	{ "notice", "defer", "NUMBER", 1, 1, "keep it secret longer, with a reason",
	    "90 days at most, and again with a reason each time; each is a leaf (S04, D62).",
	    notice_defer_options, NULL, true, run_notice_defer },
	{ "notice", "done", "NUMBER", 1, 1, "the person was told", NULL, notice_done_options,
	    NULL, true, run_notice_done },
	{ "notice", "sheet", "NUMBER", 1, 1, "a page for the person: what was done, which remedies",
	    "It names the measure, its article and the authorities, and no person. The court and its time limit are filled in by hand.",
	    notice_sheet_options, notice_examples, true, run_notice_sheet },
	{ "request", "new", "[KIND]", 0, 1, "a draft; without KIND: which kinds there are",
	    "Saved whatever is missing; it says what that is, with the article that asks for it.",
	    draft_options, new_examples, true, run_request_new },
	{ "request", "edit", "NUMBER", 1, 1, "change a draft", NULL, draft_options, NULL,
	    true, run_request_edit },
	{ "request", "list", "", 0, 0, "open requests, ours and theirs", NULL,
	    request_list_options, NULL, true, run_request_list },
	{ "request", "show", "NUMBER", 1, 1, "one request: what it says, how it stands, its acts",
	    "Codes are said in the reader's language; what people wrote stands as they wrote it, with its language.  JSON is never translated.",
	    request_show_options, NULL, true, run_request_show },
	{ "request", "fields", "[KIND]", 0, 1, "which kinds there are; what one asks for, with articles",
	    NULL, NULL, NULL, false, run_request_fields },
	{ "request", "check", "NUMBER", 1, 1, "what is missing, in words, with its article",
	    "Also for a request that came in: what may be asked for.", NULL, NULL, true,
	    run_request_check },
	{ "request", "send", "NUMBER", 1, 1, "sign, seal and put it into the outbox", NULL,
	    request_send_options, request_send_examples, true, run_request_send },
	{ "request", "approve", "NUMBER", 1, 1, "approve what another person prepared",
	    "Signs over exactly what would leave: kind, receiver, basis, texts, attachments. Who wrote or changed it cannot approve it; a change after that voids the approval. For a person who signs elsewhere: --by NUMBER --out QUESTION, and --file ANSWER.",
	    approve_options, approve_examples, true, run_request_approve },
	{ "request", "approvals", "NUMBER", 1, 1, "who approved it, and what counts", NULL,
	    NULL, NULL, true, run_request_approvals },
	{ "request", "confirm", "NUMBER", 1, 1, "grant it (preservation confirmed)", NULL,
	    confirm_options, NULL, true, run_request_confirm },
	{ "request", "refuse", "NUMBER", 1, 1, "refuse it, with ground and reasons", NULL,
	    refuse_options, refuse_examples, true, run_request_refuse },
	{ "request", "execute", "NUMBER", 1, 1, "begin to work on what was granted; here only",
	    "Content needs an order of your own State (S06), a flagged request two persons (S03), an assurance that was asked for its reply (S22). A leaf of the ledger says it.",
	    execute_options, execute_examples, true, run_request_execute },
	{ "request", "called", "NUMBER", 1, 1, "note the call to the number on the sender's card",
	    "Nobody says yes to an emergency, or works on it, before that call (S15). The number is that of the confirmed card, never one of the request. A no sets the request aside for good, as a suspected forgery.",
	    called_options, called_examples, true, run_request_called },
	{ "request", "seen", "NUMBER", 1, 1, "note that an earlier refusal about the same was read",
	    "A request about a person or account of whom one was refused here waits for that, whoever sends it and in whatever words.",
	    seen_options, NULL, true, run_request_seen },
	{ "request", "postpone", "NUMBER", 1, 1, "not now: an inquiry of our own would suffer",
	    "The request stays open and the answer is still owed (Article 40(27)).",
	    postpone_options, postpone_examples, true, run_request_postpone },
	{ "request", "consult", "NUMBER", 1, 1, "before a no: what stands in the way, what would do",
	    "Article 40(28) asks for it before a refusal or a postponement.",
	    consult_options, consult_examples, true, run_request_consult },
	{ "request", "extend", "NUMBER", 1, 1, "hold the data of a preservation longer, unasked",
	    "Asked for it, confirm the request for the extension instead.", extend_options,
	    NULL, true, run_request_extend },
	{ "request", "release", "NUMBER", 1, 1, "what was held for them is held no longer", NULL,
	    release_options, NULL, true, run_request_release },
	{ "request", "acknowledge", "NUMBER", 1, 1, "say that what went over is here, and does",
	    NULL, acknowledge_options, acknowledge_examples, true, run_request_acknowledge },
	{ "request", "provider-answer", "NUMBER", 1, 1, "what a provider did on our order (domestic_order)",
	    "What each outcome needs: comity help act provider_answer.", reply_options,
	    provider_examples, true, run_request_provider_answer },
	{ "request", "ask", "NUMBER", 1, 1, "ask the other side for what is missing", NULL,
	    ask_options, NULL, true, run_request_ask },
	{ "request", "reply", "NUMBER", 1, 1, "answer their question", NULL, reply_options,
	    NULL, true, run_request_reply },
	{ "request", "answer", "NUMBER", 1, 1, "deliver evidence as the answer, in one step",
	    NULL, answer_options, answer_examples, true, run_request_answer },
	{ "request", "withdraw", "NUMBER", 1, 1, "take our request back", NULL,
	    withdraw_options, NULL, true, run_request_withdraw },
	{ "request", "revoke", "NUMBER", 1, 1, "take back a consent that we gave (use_consent)",
	    "From now on; what was done under it stays lawful.", withdraw_options, NULL, true,
	    run_request_revoke },
	{ "request", "close", "NUMBER", 1, 1, "nothing more is expected; here only", NULL,
	    close_options, NULL, true, run_request_close },
	{ "request", "letter", "NUMBER", 1, 1, "our newest act in it as a letter or signed mail",
	    NULL, letter_options, letter_examples, true, run_request_letter },
	{ "request", "record", "[NUMBER]", 0, 1, "keep what came on paper, by mail or by phone",
	    "Signed by us as a record of what came, with its scan; nobody can take it for the other side's signature.",
	    record_options, record_examples, true, run_request_record },
	{ "request", "export", "NUMBER", 1, 1, "every act of it as an opened bag", NULL,
	    export_dir_options, NULL, true, run_request_export },
	{ "case", "new", "NAME", 1, 1, "a folder for requests and evidence; its name never leaves this home",
	    NULL, NULL, NULL, true, run_case_new },
	{ "case", "list", "", 0, 0, "all cases", NULL, NULL, NULL, true, run_case_list },
	{ "case", "show", "CASE", 1, 1, "one case: its requests and evidence", NULL, NULL,
	    NULL, true, run_case_show },
	{ "case", "add", "CASE", 1, 1, "put evidence or a request into it", NULL,
	    case_add_options, NULL, true, run_case_add },
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
	    "ID is the beginning of what comity approval list prints. As comity request approve, for what belongs to no request.",
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
	    "Without a State: the UN Convention against Cybercrime as a whole. With one: its treaties, reservations, languages, contacts and calendar, and what stands between it and this authority's State.",
	    treaty_show_options, treaty_show_examples, true, run_treaty_show },
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
	{ "bundle", "write", "DIR", 1, 1, "copy what waits for a peer into a folder that travels",
	    NULL, bundle_options, NULL, true, run_bundle_write },
	{ "bundle", "read", "DIR", 1, 1, "take in such a folder",
	    "Copies what is new, checks and keeps each act, and makes the receipts. Read twice, it changes nothing.",
	    bundle_read_options, NULL, true, run_bundle_read },
	{ "ledger", "show", "", 0, 0, "how the custody ledger stands, and who cosigned it",
	    NULL, NULL, NULL, true, run_ledger_show },
	{ "ledger", "check", "", 0, 0, "read all of it again, from the first byte",
	    "Journal, tiles, checkpoint, cosignatures, and what is kept of other ledgers. Changes nothing.",
	    ledger_check_options, NULL, true, run_ledger_check },
	{ "ledger", "checkpoint", "", 0, 0, "the signed checkpoint, of all there is now",
	    NULL, out_options, NULL, true, run_ledger_checkpoint },
	{ "ledger", "prove", "ID|ACT", 1, 1, "proof files for a piece of evidence or an act",
	    "Each record about it with its salt and its .tlog-proof, for comity-check --policy.",
	    ledger_prove_options, ledger_prove_examples, true, run_ledger_prove },
	{ "ledger", "witness", "FILE", 1, 1, "check and cosign a peer's checkpoint",
	    "FILE is a request of the witness protocol (add-checkpoint) or a bare checkpoint; the answer is the cosignature.",
	    out_options, ledger_witness_examples, true, run_ledger_witness },
	{ "ledger", "policy", "", 0, 0, "a policy file from the cards confirmed here",
	    "Whom to believe about ledgers, one group a State (C2SP tlog-policy).",
	    ledger_policy_options, NULL, true, run_ledger_policy },
	{ "ledger", "resume", "", 0, 0, "sign again after a restore, when no peer has seen more",
	    NULL, NULL, NULL, true, run_ledger_resume },
	{ "ledger", "succeed", "", 0, 0, "close this ledger and begin a successor",
	    "For a ledger that is frozen: damaged, split by a second copy, or its key lost.",
	    ledger_succeed_options, NULL, true, run_ledger_succeed },
	{ "stamp", "query", "ID|ACT", 1, 1, "a time-stamp query as a file, for an office without internet",
	    "ID is a number of evidence. ACT is the id of any other act of ours whose time stamp is owed, as \"comity request show\" prints it; its first eight digits will do.",
	    out_options, NULL, true, run_stamp_query },
	{ "stamp", "add", "ID|ACT ANSWER", 2, 2, "bring the answer back",
	    "The time stamp is kept here and sent on to the receiver as an act of its own.",
	    NULL, NULL, true, run_stamp_add },
	{ "stamp", "fetch", "[ID|ACT]", 0, 1, "ask the time-stamping authority again for what waits",
	    NULL, NULL, NULL, true, run_stamp_fetch },
	{ "stamp", "authority", "", 0, 0, "show or set the time-stamping authority", NULL,
	    authority_options, NULL, true, run_stamp_authority },
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
	    "For an outside body: the role of an auditor is enough, and it opens no request.",
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
	{ NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, false, NULL },
};
