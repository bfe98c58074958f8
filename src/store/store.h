/*
 * store: what a node keeps in its HOME: settings, keys at rest, cards of peers,
 * evidence and what became of it, the outbox and the inbox.  Plain files, each
 * written under a temporary name, synced and renamed, and the docket (docket.h), an
 * index of what there is and how it stands.  Nothing under a readable name or in a
 * readable file says what a matter is about: labels, paths, fingerprints and collection
 * records are sealed to the authority's own recipient.
 *
 * One thread.  home_lock keeps other processes out while something changes; reading
 * needs no lock, as every file is replaced whole and the docket has a short lock of
 * its own.
 */
#ifndef COMITY_STORE_H
#define COMITY_STORE_H

#include "act/act.h"
#include "crypto/age.h"
#include "crypto/cert.h"
#include "world/world.h"

#define HOME_ROLES_MAX 8
#define HOME_CARRIERS_MAX 8
#define HOME_SEALING_MAX 64	/* age identities one authority has had */
#define HOME_LEDGERS_MAX 8	/* logs one authority has had; all stand on its card */
#define PEER_EARLIER_MAX 128	/* cards of one peer: a change of keys a month, ten years */
#define EVIDENCE_NUMBER_MAX 9999999	/* seven digits: folders of one home */
#define PARCELS_MAX 32			/* of one piece of evidence */
#define LEAVE_OUT_MAX 64
#define SMALL_FILE_MAX (4u << 20)	/* any settings or record file */

/* ---- the home and its settings (comity.json) ---- */

struct settings {
	struct authority_id authority;	/* "" until the first key is there */
	char state[3];
	char lang[12];			/* of the name, and of texts by default */
	char name[201];
	bool training;
	unsigned log_n;			/* scrypt work factor of unlock.age */
	unsigned signing;		/* number of the signing key in use */
	unsigned sealing;		/* number of the age identity in use */
	bool has_ca;			/* --self-ca */
	bool has_certificate;		/* the signing key has its chain */
	char tsa_url[500];		/* "" none */
	char roles[HOME_ROLES_MAX][32];
	size_t roles_n;
	char phone[61];
	char carriers[HOME_CARRIERS_MAX][200];
	size_t carriers_n;
	int64_t made_at;
	unsigned ledger;		/* number of the log in use; 0 none yet */
	uint64_t ledger_first;		/* journal number of its leaf 0 */
};

struct home;

/*
 * Begin a new home in PATH (absent, empty, or left half-made by an earlier try,
 * which is cleared).  It is a home only once settings_save has been called.
 * ERR_CONFLICT "home.exists": a home or other files are there.
 */
MUST bool home_begin(struct world *w, const char *path, struct home **out,
    struct err *err);
/* ERR_ABSENT "home.absent" with what to do. */
MUST bool home_open(struct world *w, const char *path, struct home **out,
    struct err *err);
/* Is this folder a home, of whomever, or half of one?  A disk that does not answer says yes. */
bool home_is_in(struct world *w, struct dir *dir);
void home_close(struct home *h);		/* gives the lock back; NULL is quiet */
/*
 * ERR_CONFLICT "home.busy": another comity command is at work here.  Sweeps what a
 * crash left under temporary names and in tmp/, and reads the settings again: they
 * may have changed since home_open.
 */
MUST bool home_lock(struct home *h, struct err *err);
struct dir *home_dir(struct home *h);
struct world *home_world(struct home *h);
const char *home_path(struct home *h);
/* HOME/tmp, swept of what an interrupted command left (only with the lock). */
MUST bool home_tmp(struct home *h, struct dir **out, struct err *err);
struct settings *home_settings(struct home *h);
MUST bool settings_save(struct home *h, struct err *err);

MUST bool home_load(struct home *h, const char *path, struct buf *out,
    struct err *err);
MUST bool home_save(struct home *h, const char *path, struct span bytes,
    struct err *err);			/* replaces */
bool home_has(struct home *h, const char *path);

/*
 * The home's docket (store/docket.h): opened, or shared when this home has it open
 * already.  Each home_docket has its home_docket_done; the last one closes it.  Who
 * holds it open over several calls of this header, between docket_begin and
 * docket_commit, has them in one transaction.  home_close closes it too.
 */
struct docket;
MUST bool home_docket(struct home *h, struct docket **out, struct err *err);
void home_docket_done(struct home *h);

/* ---- keys at rest ---- */

/*
 * keys/unlock.age is sealed under the passphrase and holds an age identity; every
 * other key file is sealed to that identity, so that one scrypt run opens all and
 * a new passphrase rewrites one file.
 */
struct keyring;			/* wiped by keyring_close */
MUST bool keyring_make(struct home *h, struct span passphrase, struct keyring **out,
    struct err *err);
/* ERR_DENIED "key.passphrase" wrong; "key.passphrase_empty" empty. */
MUST bool keyring_open(struct home *h, struct span passphrase, struct keyring **out,
    struct err *err);
void keyring_close(struct keyring *k);
MUST bool keyring_rewrap(struct keyring *k, struct span passphrase, unsigned log_n,
    struct err *err);

MUST bool keyring_put_signing(struct keyring *k, unsigned number,
    const struct key *key, struct err *err);
MUST bool keyring_signing(struct keyring *k, unsigned number, struct key **out,
    struct err *err);
MUST bool keyring_put_ca(struct keyring *k, const struct key *key, struct err *err);
MUST bool keyring_ca(struct keyring *k, struct key **out, struct err *err);
MUST bool keyring_put_sealing(struct keyring *k, unsigned number,
    const struct age_identity *id, struct err *err);
/* Keys of the log of this number, and of this node as a witness: Ed25519. */
MUST bool keyring_put_log(struct keyring *k, unsigned number, const struct key *key,
    struct err *err);
MUST bool keyring_log(struct keyring *k, unsigned number, struct key **out,
    struct err *err);
MUST bool keyring_put_witness(struct keyring *k, const struct key *key,
    struct err *err);
MUST bool keyring_witness(struct keyring *k, struct key **out, struct err *err);
/* All age identities of this authority, newest first; owned by the keyring. */
MUST bool keyring_identities(struct keyring *k,
    const struct age_identity *const **out, size_t *n, struct err *err);

/* Chains and recipients are public: no passphrase. */
MUST bool home_chain(struct home *h, unsigned number, struct certs *out,
    struct err *err);			/* signer first, no root unless alone */
MUST bool home_chain_save(struct home *h, unsigned number, const struct certs *chain,
    const struct certs *roots, struct err *err);
MUST bool home_roots(struct home *h, unsigned number, struct certs *out,
    struct err *err);
MUST bool home_recipient(struct home *h, struct age_recipient *out, struct err *err);
MUST bool home_stamp_roots(struct home *h, struct certs *out, struct err *err);
MUST bool home_stamp_roots_save(struct home *h, struct span pem, struct err *err);

/* ---- cards: ours and those of peers ---- */

/* What was read of a card, beside what this home wrote down when it was taken. */
enum card_bound {
	CARD_AS_TAKEN,
	CARD_CHANGED,			/* its bytes are not those that its id names */
	CARD_UNPROVEN			/* no record says that people confirmed it */
};
/* LOST: records that may have ended it are lost, and nobody compared its words since. */
enum peer_trust { TRUST_STANDS, TRUST_ENDED, TRUST_LOST };
/*
 * Asked of each card that is read; confirmed: the home's file says that people confirmed
 * it, or that it is ours.  id names the card, act_json is what lies there.  The ledger is
 * above this room, so who opens the home says how to look.
 */
struct card_binding {
	bool (*look)(void *arg, const struct authority_id *from, const struct digest *id,
	    struct span act_json, bool confirmed, enum card_bound *out, struct err *err);
	/* Of a peer whose file does not say so: was trust in it ended here? */
	bool (*revoked)(void *arg, const struct authority_id *peer, enum peer_trust *out,
	    struct err *err);
	void *arg;
};
/* arg is borrowed until the home is closed. */
void home_bind_cards(struct home *h, const struct card_binding *b);

struct peer {
	struct authority_id id;
	/* People compared the six words; of a card that was read, one that is as taken. */
	bool confirmed;
	enum card_bound bound;		/* of a peer that was loaded */
	bool revoked;
	bool lost;			/* of one that was loaded: revoked only by TRUST_LOST */
	char reason[200];		/* of the revocation */
	int64_t paired_at;
	struct digest card_id;
	struct act card;		/* decoded; cleared by peer_clear */
	/* Cards before this one that were confirmed: old packages name them. */
	struct digest earlier[PEER_EARLIER_MAX];
	size_t earlier_n;
};
void peer_init(struct peer *p);
void peer_clear(struct peer *p);
/* Keep this card (the whole .card file) as the newest of its authority. */
MUST bool peer_save(struct home *h, const struct peer *p, struct span card_file,
    struct span act_json, struct err *err);
MUST bool peer_load(struct home *h, const char *id, struct peer *out,
    struct err *err);
/* By id, State code or the beginning of an id; ERR_USE when several fit. */
MUST bool peer_find(struct home *h, const char *typed, struct peer *out,
    struct err *err);
/*
 * An older or the current card of an authority, ours too; *found says whether.
 * *trusted: it is ours, or one that was itself confirmed, of a peer that is not
 * revoked.  That some card of the authority is confirmed says nothing about another
 * that was kept under its name.  One whose bytes were changed is not found.
 */
MUST bool card_find(struct home *h, const struct authority_id *id,
    const struct digest *card_id, struct act *out, bool *found, bool *trusted,
    struct err *err);
MUST bool own_card_save(struct home *h, const struct digest *id,
    struct span card_file, struct span act_json, struct err *err);
/* ERR_ABSENT "card.none": there is none yet.  ERR_UNPROVEN "card.changed" */
MUST bool own_card(struct home *h, struct digest *id, struct act *out,
    struct err *err);
/* The whole file of our card, as others get it. */
MUST bool own_card_file(struct home *h, struct buf *out, struct err *err);
/* Calls each(arg, peer) for every peer in order of id. */
MUST bool peers_each(struct home *h,
    bool (*each)(void *arg, const struct peer *p, struct err *err), void *arg,
    struct err *err);

/* ---- evidence ---- */

enum evidence_origin { EVIDENCE_OWN, EVIDENCE_RECEIVED };
enum stamp_kept { STAMP_NONE, STAMP_PENDING, STAMP_KEPT, STAMP_CLAIMED };

struct parcel {
	struct digest act_id, package_id;
	struct authority_id peer;	/* to whom (own), from whom (received) */
	int64_t at;			/* made or received */
	uint64_t bytes;			/* of the parcel file */
	enum stamp_kept stamp;
	int64_t stamped_at;		/* 0 unknown */
	bool other;			/* another package of an act that is here already */
	bool in_outbox;
	int64_t carried_at;		/* last bundle it was written to; 0 never */
	char verdict[24];		/* received: "Intact", "Incomplete check" */
	char who[12], when[12];
	int64_t destroyed_at;		/* here, by two persons; 0 not */
};

/* Readable without a key: numbers, instants, ids. */
struct evidence {
	unsigned number;
	enum evidence_origin origin;
	int64_t added_at;
	uint64_t files, bytes, others;
	struct parcel parcels[PARCELS_MAX];
	size_t parcels_n;
};

/* Sealed to our own recipient. */
struct evidence_private {
	char *label;			/* may be NULL */
	char *path;			/* absolute, where it lay when added */
	bool pinned;
	bool pinned_later;		/* not when it was added: it was read for an approval */
	struct digest fingerprint;
	bool leave_out_unreadable;
	char *leave_out[LEAVE_OUT_MAX];
	size_t leave_out_n;
	struct buf collection;		/* exact bytes of collection.json */
};
void evidence_private_init(struct evidence_private *p);
void evidence_private_clear(struct evidence_private *p);

/*
 * A new number and folder, with prv (NULL for received evidence) sealed into it.  It
 * is evidence only once evidence_save has written its record: files that belong to
 * it (pin.age) go into the folder between the two.
 */
MUST bool evidence_new(struct home *h, struct evidence *e,
    const struct evidence_private *prv, struct err *err);
MUST bool evidence_save(struct home *h, const struct evidence *e, struct err *err);
MUST bool evidence_load(struct home *h, unsigned number, struct evidence *out,
    struct err *err);
/* "88", "0088"; ERR_USE when it is no number, ERR_ABSENT when there is none. */
MUST bool evidence_find(struct home *h, const char *typed, struct evidence *out,
    struct err *err);
MUST bool evidence_private_save(struct home *h, unsigned number,
    const struct evidence_private *p, struct err *err);
MUST bool evidence_private_load(struct home *h, struct keyring *k, unsigned number,
    struct evidence_private *out, struct err *err);
/* A file inside the evidence's folder: "pin.age", "ACTID.tst". */
struct evidence_file { char s[128]; };
struct evidence_file evidence_path(unsigned number, const char *name);
MUST bool evidence_numbers(struct home *h, unsigned **out, size_t *n,
    struct err *err);			/* ascending; mem_free */
/* The piece of evidence that has a parcel with this act id. */
MUST bool evidence_by_act(struct home *h, const struct digest *act_id,
    struct evidence *out, size_t *parcel, bool *found, struct err *err);

struct parcel_path { char s[128]; };
struct parcel_path parcel_path(const struct digest *act_id);	/* parcels/ACT.comity */

#endif
