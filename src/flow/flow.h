/*
 * flow: the journey of an act, step by step; the only place where the rooms meet.
 * Nothing here prints; a door (cli) shows what comes back.
 *
 * Order of durability: parcel (temporary, synced, named, folder synced), then the
 * record that names it.  A command cut at any point is run again and ends the same.
 */
#ifndef COMITY_FLOW_H
#define COMITY_FLOW_H

#include "http/http.h"
#include "package/package.h"
#include "store/store.h"

#define FLOW_SOFTWARE_MAX 64

/*
 * Bytes of a passphrase that is chosen now: what may be tried offline for ever is several
 * words.  Asked for by whoever asks a person; one of before stays as it is.
 */
#define PASSPHRASE_MIN 12

/* One command at work.  The passphrase is asked for once, and only when needed. */
struct flow {
	struct world *world;
	struct home *home;
	struct progress *progress;	/* may be NULL */
	/* fresh: a new passphrase is chosen (asked twice at a terminal). */
	bool (*passphrase)(void *arg, bool fresh, struct buf *secret, struct err *err);
	void *arg;
	struct keyring *keyring;	/* opened on first use */
	unsigned as;			/* person at work; 0: not named (flow/people.h) */
	const char *purpose;		/* evidence is opened for; NULL: what it was handed over for */
	struct people *people;		/* loaded when the person is proven */
	bool people_looked;		/* whether there are any */
	char role[32];			/* the role of what is being done; "" not asked yet */
	struct log *log;		/* opened by the first record, under the home's lock */
	struct log *before[HOME_LEDGERS_MAX]; /* closed ones, by number - 1; opened when asked for */
	struct ledger_keyring *ledger_keys;	/* opened on first use (ledger_keys.c) */
	bool clock_looked;		/* compared with the last record, once a command */
	bool note_looked;		/* a checkpoint of another's ledger was compared: which */
	struct digest note_seen;
	struct http_detail trouble;	/* the last one with the line, as the library says it */
	struct leaves *leaves;		/* records that decisions rest on (leaves.h) */
	/* For who looks after damage, or goes on from it: what a damaged journal cannot say holds. */
	bool despite_damage;
	struct cards_known *cards_known; /* cards found as they were taken (cards_bound.c) */
	struct used_known *used;	/* approvals that were used (used.c) */
	struct kept *kept;		/* while many parcels are taken in (kept.h) */
	struct law_status *law;		/* who is party to what, read on first use (treaty.h) */
};
/*
 * Opens the home: f->home is set, and its cards are asked after (store.h, card_binding), so
 * f stays where it is until the home is closed.
 */
MUST bool flow_open(struct flow *f, const char *path, struct err *err);
void flow_clear(struct flow *f);
MUST bool flow_keyring(struct flow *f, struct keyring **out, struct err *err);
const char *flow_software(void);	/* "comity 0.1.0" */
const char *flow_build(void);		/* version control id of the build */

/* ---- a home and its keys ---- */

struct init_wish {
	const char *path;
	const char *country;
	const char *authority;
	const char *lang;
	bool self_ca;			/* else a certificate is asked for by csr */
	enum key_kind key;
	const char *tsa_url;		/* NULL none */
	struct span tsa_roots;		/* PEM; n = 0 none */
	const char *const *roles;
	size_t roles_n;
	const char *phone;
	const char *const *carriers;
	size_t carriers_n;
	bool training;
	unsigned log_n;
};
/* Makes the home (f->home is set); with self_ca also certificate and card. */
MUST bool flow_init(struct flow *f, const struct init_wish *wish, struct err *err);

/* The request for the signing key in use (or the next one), PEM. */
MUST bool flow_key_csr(struct flow *f, struct buf *pem, struct err *err);
/*
 * The national PKI's answer: chain (signer first or in any order) and its roots.
 * key_file (n = 0: ours) brings the private key too.  Makes the card.
 * crl (n = 0 none): revocation lists to put into every package.
 */
MUST bool flow_key_import(struct flow *f, struct span chain_pem, struct span roots_pem,
    struct span key_file, struct span crl_pem, struct err *err);
enum rotate_what { ROTATE_SIGNING, ROTATE_SEALING };
/* *needs_certificate: a request was made and the answer has to be imported. */
MUST bool flow_key_rotate(struct flow *f, enum rotate_what what,
    bool *needs_certificate, struct err *err);
/*
 * The age identities of this authority as lines, handed to give: by two persons, and a
 * leaf before a byte of them is out (flow/people.h: flow_second).
 */
MUST bool flow_key_export(struct flow *f,
    bool (*give)(void *arg, struct span identities, struct err *err), void *arg,
    struct err *err);
/* log_n 0: as it is; else 15 to 20 (in a simulated world also AGE_LOG_N_TEST). */
MUST bool flow_key_rewrap(struct flow *f, unsigned log_n, struct err *err);

/* ---- cards and peers ---- */

struct paired {
	struct peer peer;		/* cleared by the caller */
	struct six_words words;
	bool was_known;			/* an earlier card of it was here */
	bool followed;			/* signed by a certificate of the known card */
	bool compared;			/* with six words, now */
};
/*
 * Take the other side's card.  words: what the other side read over the phone;
 * NULL: not compared (kept, but nothing is sealed to it).  ERR_REFUSED with the
 * rule; ERR_UNPROVEN "peer.words" when the words differ.
 */
MUST bool flow_peer_pair(struct flow *f, const char *card_path, const char *words,
    struct paired *out, struct err *err);
/* Words of a card file that is not taken yet, after its check. */
MUST bool flow_card_words(struct flow *f, const char *card_path, struct six_words *out,
    struct err *err);
MUST bool flow_peer_revoke(struct flow *f, const char *typed, const char *reason,
    struct err *err);
/* Roots: of one peer (typed), or ours and all confirmed peers' (typed NULL). */
MUST bool flow_roots(struct flow *f, const char *typed, struct buf *pem,
    struct err *err);

/* ---- evidence ---- */

struct add_wish {
	const char *path;
	const char *label;		/* NULL none */
	const struct collection *collection;
	bool later;			/* no digest now */
	bool leave_out_unreadable;
	const char *const *leave_out;
	size_t leave_out_n;
};
MUST bool flow_evidence_add(struct flow *f, const struct add_wish *wish,
    struct evidence *out, struct digest *fingerprint, struct err *err);

struct matter;
struct seal_wish {
	unsigned number;
	const char *to;			/* as typed; evidence_seal: NULL ourselves only */
	const char *reference;		/* NULL */
	const char *description;
	const char *purpose;
	const char *lang;		/* of the two; NULL: the home's */
	const char *instrument, *article;
	bool leave_out_unreadable;
	const struct digest *follows;	/* acts it answers; borrowed, as all here */
	size_t follows_n;
	const struct fields *limits;	/* conditions of use; NULL none */
	const struct marked_text *exculpatory;	/* NULL: what is noted here of it */
	const struct origin *origins;	/* hand-overs before this one, oldest first */
	size_t origins_n;
	/*
	 * Who has approved it (flow/people.h), asked by the caller; NULL: asked here.  under:
	 * what was approved, if it is used with this; NULL: by the caller.
	 */
	const struct act_people *people;
	const struct matter *under;
};
#define SEALED_PATH_MAX 4300		/* a path of the system's greatest length, and ours */
struct sealed {
	struct evidence evidence;
	size_t parcel;			/* index of the new one */
	char stamp_text[300];		/* why it is pending or only claimed */
	char revocation_text[300];	/* which revocation list could not be had; "" none */
	char path[SEALED_PATH_MAX];	/* of the parcel file, home in front */
};
MUST bool flow_evidence_seal(struct flow *f, const struct seal_wish *wish,
    struct sealed *out, struct err *err);
/* A kept parcel as it came or left, whole: to copy it out. */
MUST bool flow_parcel_open(struct flow *f, const struct parcel *p, struct file **out,
    struct err *err);
/* Into the outbox: the newest parcel of the evidence itself for that peer. */
MUST bool flow_evidence_send(struct flow *f, unsigned number, const char *to,
    struct evidence *out, size_t *parcel, bool *found, struct err *err);

/*
 * A parcel is kept in this order: copied whole into the inbox under the digest of
 * its bytes, checked there, named in a record, moved to the parcels.  Wherever that
 * is cut the parcel is in the inbox or in a record that names it: receiving again
 * ends the same.  A parcel whose kept copy was lost or cut takes its place again.
 */
enum received_as { RECEIVED_EVIDENCE, RECEIVED_AGAIN, RECEIVED_OTHER_PACKAGE,
	RECEIVED_TIME_STAMP, RECEIVED_NOT_TAKEN,
	RECEIVED_ACT };		/* no evidence: a request, an answer, a receipt; note says */
struct received {
	enum received_as as;
	struct package_report report;	/* cleared by the caller */
	struct evidence evidence;
	size_t parcel;
	char note[400];
};
MUST bool flow_evidence_receive(struct flow *f, const char *path, struct received *out,
    struct err *err);
/* Names of parcels waiting in the inbox, relative to HOME; up to max. */
struct inbox_name { char s[96]; };
MUST bool flow_inbox(struct flow *f, struct inbox_name *out, size_t max, size_t *n,
    struct err *err);

/*
 * The bag folder appears as `out_path`.  parcel: index, or SIZE_MAX for the newest.  For
 * another purpose than it was handed over for (f->purpose) only with the consent of who
 * sent it; not after the end that they set to keeping it; by two persons when a protected
 * person is concerned: ERR_REFUSED "use.*", "people.second" (policy/use.h).
 */
MUST bool flow_evidence_open(struct flow *f, unsigned number, size_t parcel,
    const char *out_path, bool has_at, int64_t at, struct package_report *report,
    struct err *err);
/* What a court gets: bag/, roots.pem, tsa.pem, HOW-TO-CHECK.txt, and if asked package.tar. */
MUST bool flow_evidence_export(struct flow *f, unsigned number, size_t parcel,
    const char *out_path, bool tar, struct package_report *report, struct err *err);

/* ---- checking ---- */

struct verify_wish {
	const char *path;
	struct span roots, stamp_roots, crl, card_file, identity; /* file contents; n = 0 none */
	const char *card_path;		/* NULL none */
	bool has_at;
	int64_t at;
};
/* f->home may be NULL: then only what was handed in is trusted. */
MUST bool flow_verify(struct flow *f, const struct verify_wish *wish,
    struct package_report *report, struct err *err);

/* ---- the folder that travels ---- */

struct bundle_result {
	size_t parcels;			/* written or read now */
	size_t already;			/* were there, whole */
	size_t held_back;		/* evidence, while this home comes out of a backup */
	uint64_t bytes;
	/* What it told about ledgers (flow/ledger.h), read. */
	size_t cosigned, cosignatures;	/* ledgers cosigned now; cosignatures on ours, new */
	uint64_t ledger_entries;	/* of others, mirrored now */
	bool ledger_trouble;		/* split, shorter, misbehaviour: the text says it */
	bool ledger_damaged;		/* written, read: files below our ledger/ do not hold */
	char ledger_text[600];		/* sentences; "" none */
};
/*
 * ERR_REFUSED "bundle.peer-revoked"; ERR_CONFLICT "bundle.other-there": the folder
 * is a bundle for another authority; "bundle.into-home": it is a home, of whomever.
 */
MUST bool flow_bundle_write(struct flow *f, const char *dir, const char *to,
    struct bundle_result *out, struct err *err);
/* The same, also when no parcel waits: for a witness, and to come out of recovery. */
MUST bool flow_bundle_write_ledger(struct flow *f, const char *dir, const char *to,
    struct bundle_result *out, struct err *err);
/*
 * What is whole is taken in whatever is wrong with the rest: ERR_INPUT
 * "bundle.damaged", or "bundle.missing" for parcels that are listed and not there.
 */
MUST bool flow_bundle_read(struct flow *f, const char *dir, struct bundle_result *out,
    struct err *err);

/* ---- time stamps ---- */

/* The query for the newest parcel of a piece of evidence, DER. */
MUST bool flow_stamp_query(struct flow *f, unsigned number, struct buf *out,
    struct err *err);
struct stamped {
	bool kept;			/* false: claimed only, see text */
	int64_t at;
	char text[300];
	bool travels;			/* a time_stamp act waits in the outbox */
	unsigned request;		/* of an act that is no evidence: its thread, 0 none ... */
	char kind[32];			/* ... and its kind; "" evidence */
};
/* An answer that came by file: normalise, keep, and send on as a time_stamp act. */
MUST bool flow_stamp_add(struct flow *f, unsigned number, struct span answer,
    struct stamped *out, struct err *err);
/* Ask the authority again. */
MUST bool flow_stamp_fetch(struct flow *f, unsigned number, struct stamped *out,
    struct err *err);
/*
 * The same for acts that are no evidence.  Package ids of those that wait, oldest
 * first; mem_free.  ERR_UNREACHED "stamp.pending": the authority is still away.
 */
MUST bool flow_stamp_owed(struct flow *f, struct digest **packages, size_t *n,
    struct err *err);
MUST bool flow_stamp_fetch_act(struct flow *f, const struct digest *package,
    struct stamped *out, struct err *err);
/*
 * By file: what a person typed, the number of a piece of evidence or the id of an act of
 * ours that waits (its first digits will do).  An act of evidence has both: `add` goes by
 * the number.  ERR_ABSENT "stamp.none-wanted"; ERR_USE "stamp.several".
 */
#define STAMP_ACT_DIGITS_MIN 8		/* a number of evidence has at most seven */
struct stamp_for {
	unsigned evidence;		/* its number; 0: of an act that is no evidence */
	bool is_act;			/* act and package are set */
	struct digest act, package;
};
MUST bool flow_stamp_find(struct flow *f, const char *typed, struct stamp_for *out,
    struct err *err);
MUST bool flow_stamp_query_act(struct flow *f, const struct digest *package,
    struct buf *out, struct err *err);
/* Of an act that is no evidence. */
MUST bool flow_stamp_add_act(struct flow *f, const struct digest *package,
    struct span answer, struct stamped *out, struct err *err);
MUST bool flow_stamp_authority(struct flow *f, const char *url, struct span roots_pem,
    struct err *err);

/* ---- health ---- */

enum doctor_state { DOCTOR_GOOD, DOCTOR_WARNING, DOCTOR_BAD };
struct doctor_line {
	enum doctor_state state;
	char what[40];
	char text[300];
};
#define DOCTOR_LINES_MAX 24
struct doctor_report {
	struct doctor_line lines[DOCTOR_LINES_MAX];
	size_t n;
};
/* Able to sign, store, seal, stamp: tried, not guessed.  Runs the self-test. */
MUST bool flow_doctor(struct flow *f, struct doctor_report *out, struct err *err);

#endif
