/* Keys of an authority, and the authorities it knows: commands and their options. */
#include "cli/table.h"

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

const struct command office_commands[] = {
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
	    "For a court that opens the parcel itself, and for training. Two persons: it is refused until another one has approved it.",
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
	TABLE_END
};
