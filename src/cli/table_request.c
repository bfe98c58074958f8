/* Requests, and what is due: commands and their options. */
#include "cli/table.h"

/* What a request says: the same for new, edit and reply. */
#define FIELD_OPTIONS \
	{ "set", "FIELD.PART=VALUE", "any field (comity request fields KIND); FIELD= takes it away, first; repeatable" }, \
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
	{ "limit", "CODE[=TEXT]", "a limit of use that travels with it, besides what was promised; repeatable" },
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
	READER_LANG,
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
static const struct option export_dir_options[] = {
	{ "out", "DIR", "the folder to make (needed)" }, END
};
static const char *const approve_examples[] = {
	"comity --as 2 request approve 31", "person 2 approves what another wrote",
	"comity request approve 31 --by 3 --out question.age",
	"ask person 3, who signs on another machine",
	"comity request approve 31 --file answer.json", "bring the answer back",
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

const struct command request_commands[] = {
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
	    "Also for a request that came in: what may be asked for.", request_show_options,
	    NULL, true, run_request_check },
	{ "request", "send", "NUMBER", 1, 1, "sign, seal and put it into the outbox", NULL,
	    request_send_options, request_send_examples, true, run_request_send },
	{ "request", "approve", "NUMBER", 1, 1, "approve what another person prepared",
	    "Shows exactly what would leave (kind, receiver, basis, texts, attachments), asks, and signs over it. Where nobody is asked, --id names what was read, or --yes takes what is there. Who wrote or changed it cannot approve it; a change after that voids the approval. For a person who signs elsewhere: --by NUMBER --out QUESTION, and --file ANSWER.",
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
	{ "request", "reply", "NUMBER", 1, 1, "answer their question",
	    "Values of fields change the request: they need whoever the request itself needed, and none is set after a yes.",
	    reply_options, NULL, true, run_request_reply },
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
	TABLE_END
};
