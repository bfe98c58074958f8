/* The one table of commands. */
#include "cli/cli.h"

#define END { NULL, NULL, NULL }

const struct option global_options[] = {
	{ "home", "DIR", "this authority's folder (or COMITY_HOME; else ~/.comity)" },
	{ "passphrase-file", "FILE", "read the passphrase from FILE (- = standard input)" },
	{ "json", NULL, "one JSON object as the answer" },
	{ "progress", "MODE", "auto, bar, lines, jsonl or none" },
	{ "quiet", NULL, "no progress, no warnings (also -q)" },
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
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "at", "TIME", "judge the certificates as of this time" },
	{ "details", NULL, "every check, not only the three lines" },
	END
};
static const struct option export_options[] = {
	{ "out", "DIR", "the folder to make (needed)" },
	{ "parcel", "N", "which of its parcels (1 = first), default the newest" },
	{ "tar", NULL, "also package.tar, the bag as one file" },
	{ "details", NULL, "every check, not only the three lines" },
	END
};
static const struct option receive_options[] = {
	{ "details", NULL, "every check, not only the three lines" }, END
};
static const struct option bundle_options[] = {
	{ "to", "PEER", "for whom (needed)" }, END
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
static const struct option help_options[] = {
	{ "man", NULL, "as a manual page (mdoc): comity help --man [NOUN]" }, END
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
	{ "evidence", "send", "ID", 1, 1, "put it into the outbox (seals it when needed)",
	    NULL, seal_options, NULL, true, run_evidence_send },
	{ "evidence", "receive", "[PATH...]", 0, ARGS_MAX, "check and keep parcels: those in the inbox, or these files",
	    NULL, receive_options, NULL, true, run_evidence_receive },
	{ "evidence", "open", "ID", 1, 1, "make the sealed evidence a folder again",
	    "The folder appears under its name only when every check held. A cut run is gone on with.",
	    open_options, NULL, true, run_evidence_open },
	{ "evidence", "export", "ID", 1, 1, "a folder for a court: evidence, roots, how to check",
	    NULL, export_options, NULL, true, run_evidence_export },
	{ "bundle", "write", "DIR", 1, 1, "copy what waits for a peer into a folder that travels",
	    NULL, bundle_options, NULL, true, run_bundle_write },
	{ "bundle", "read", "DIR", 1, 1, "take in such a folder", NULL, NULL, NULL, true,
	    run_bundle_read },
	{ "stamp", "query", "ID", 1, 1, "a time-stamp query as a file, for an office without internet",
	    NULL, out_options, NULL, true, run_stamp_query },
	{ "stamp", "add", "ID ANSWER", 2, 2, "bring the answer back",
	    "The time stamp is kept here and sent on to the receiver as an act of its own.",
	    NULL, NULL, true, run_stamp_add },
	{ "stamp", "fetch", "[ID]", 0, 1, "ask the time-stamping authority again for what waits",
	    NULL, NULL, NULL, true, run_stamp_fetch },
	{ "stamp", "authority", "", 0, 0, "show or set the time-stamping authority", NULL,
	    authority_options, NULL, true, run_stamp_authority },
	{ "verify", NULL, "PATH", 1, 1, "check a parcel, a tar or an opened bag",
	    "Three answers: unchanged, who, when. The same code as the small program comity-check.",
	    verify_options, verify_examples, false, run_verify },
	{ "status", NULL, "", 0, 0, "what waits, and the next useful command", NULL, NULL,
	    NULL, true, run_status },
	{ "doctor", NULL, "", 0, 0, "is this home able to sign, seal, store and stamp?",
	    NULL, NULL, NULL, true, run_doctor },
	{ "help", NULL, "[TOPIC]", 0, 2, "help on a command or a topic",
	    "Topics: first-steps, real-office, offline, court, exit-codes.",
	    help_options, NULL, false, run_help },
	{ "completion", NULL, "SHELL", 1, 1, "completion for bash, zsh or fish", NULL, NULL,
	    NULL, false, run_completion },
	{ NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, false, NULL },
};
