/* What travels, the ledger, time stamps: commands and their options. */
#include "cli/table.h"

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

const struct command ledger_commands[] = {
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
	TABLE_END
};
