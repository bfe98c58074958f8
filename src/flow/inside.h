/* Inside of the room: what its files share. */
#ifndef COMITY_FLOW_INSIDE_H
#define COMITY_FLOW_INSIDE_H

#include "crypto/cms.h"
#include "crypto/stamp.h"
#include "flow/flow.h"
#include "policy/policy.h"

#define DAY 86400

/* An act from us: nonce, from, times, software.  to NULL: addressed to no one. */
MUST bool act_begin(struct flow *f, struct act *a, enum act_kind kind,
    const struct peer *to, struct err *err);

/* The signing key in use with its chain. */
struct signer {
	struct key *key;
	struct certs chain;
	bool borrowed;			/* from what is kept (kept.h): not ours to free */
};
MUST bool signer_open(struct flow *f, struct signer *out, struct err *err);
void signer_close(struct signer *s);

/*
 * Keys of the first log and of the witness, and the settings that say so, which are the
 * caller's to save (ledger_keys.c).
 */
MUST bool ledger_keys_make(struct flow *f, struct err *err);
/* Their verifier keys onto a card of ours; none while there is no log. */
MUST bool ledger_card_fill(struct flow *f, struct card_body *c, struct err *err);
void ledger_keys_forget(struct flow *f);

/* Make a card from the settings, sign it and keep it as ours. */
MUST bool card_make(struct flow *f, struct signer *s, struct err *err);

/* Verdict of policy as an error. */
MUST bool verdict_ask(struct verdict v, struct err *err);

/*
 * A package of ours on its way to a file: signing, stamping, revocation data.
 * The file is named HOME/parcels/ACT.comity once it is durable.
 */
struct outgoing {
	struct flow *flow;
	struct signer signer;
	bool stamp;			/* ask the authority while sealing */
	bool making;			/* note the parcel's name first: made_keep follows */
	/* Not NULL: the file is neither synced nor named; it is the caller's (a group). */
	struct file **unnamed;
	int64_t now;
	/* what came of it */
	struct buf signature;		/* signature.bin */
	struct buf token;		/* as kept; empty when pending or claimed */
	struct buf answer;		/* the authority's own words */
	int64_t stamped_at;
	enum stamp_kept kept;
	char stamp_text[300];
	char revocation_text[300];	/* what could not be fetched; "" all is well */
};
void outgoing_init(struct outgoing *o, struct flow *f);
void outgoing_clear(struct outgoing *o);
MUST bool outgoing_sign(void *arg, struct span tag_manifest, struct buf *p7s,
    struct err *err);
MUST bool outgoing_stamp(void *arg, struct span signature, struct buf *tst,
    struct err *err);
/* Seal act and payload for `to` (NULL: nobody else) and for us; name it; sync. */
MUST bool outgoing_parcel(struct outgoing *o, const struct act *a, struct payload *p,
    struct span collection, struct source *pin, const struct peer *to,
    struct package_written *out, struct err *err);

/*
 * Revocation lists for the signer's path, PEM, as of now: from our own CA, from
 * `key import --crl`, and from the addresses in the certificates.  What cannot be had
 * is said in `text`; it stops nothing.
 */
MUST bool revocation_gather(struct flow *f, const struct certs *chain, struct buf *pem,
    char text[300], struct err *err);

/* Ask the authority for a token over `of`: never an error when it is away. */
struct token_got {
	enum stamp_kept kept;
	int64_t at;
	char text[300];
};
MUST bool token_ask(struct flow *f, struct span of, struct buf *token,
    struct buf *answer, struct token_got *out, struct err *err);

/*
 * Files of a stamp beside the evidence (number 0: beside the parcel of an act that is
 * none), named as the parcel is: ACT.sig, ACT.tst, ACT.tsr, ACT.tsq.  Another package
 * of the same act has its own.
 */
MUST bool stamp_files_save(struct flow *f, unsigned number, const struct parcel *p,
    struct span signature, struct span token, struct span answer, struct err *err);
/* Empty bytes are left out of it: nothing that is there is emptied. */
MUST bool stamp_file_save(struct flow *f, unsigned number, const struct parcel *p,
    const char *ending, struct span bytes, struct err *err);
/* *found false, and out as it was: there is none. */
MUST bool stamp_file_load(struct flow *f, unsigned number, const struct parcel *p,
    const char *ending, struct buf *out, bool *found, struct err *err);

/* The query for a token over this signature; made once, kept beside the parcel. */
MUST bool stamp_query_kept(struct flow *f, unsigned number, const struct parcel *p,
    struct span signature, struct buf *out, struct err *err);
/* An authority's answer that was brought by file, and what came of it. */
struct stamp_brought {
	struct span answer;		/* the caller's */
	struct certs roots;
	struct buf token;		/* empty: it cannot be kept as our profile wants it */
	struct token_got got;
};
/* Cleared by the caller, whatever came of it.  ERR_UNPROVEN "stamp.no-roots". */
MUST bool stamp_brought_open(struct flow *f, struct span answer,
    struct stamp_brought *b, struct err *err);
void stamp_brought_clear(struct stamp_brought *b);
/* *fits false: *why says why it is no token over this signature. */
MUST bool stamp_brought_try(struct flow *f, struct stamp_brought *b, unsigned number,
    const struct parcel *p, struct span signature, bool *fits, struct err *why,
    struct err *err);
MUST bool stamp_added_record(struct flow *f, const struct digest *act,
    const struct digest *package, unsigned request, struct err *err);

/* As the docket counts it: asked for or not, an act that needs a token waits for one. */
enum stamp_kept stamp_owed(enum stamp_kept kept, enum act_kind kind);

/* Trust of this node for package_check: registry, stamp roots. */
struct node_trust {
	struct flow *flow;
	struct package_trust trust;
	struct certs stamp_roots, roots;
	bool stamp_roots_kept;		/* borrowed (kept.h) */
	struct act card;		/* last one found */
	struct err err;
	struct age_keys keys;
	/*
	 * For a check on a thread beside others (take_ahead.h): whose turn it is to look
	 * for a card.  kept_only: the home is in use meanwhile; missed: a card was asked
	 * for that is not kept yet, so that the answer of this check counts for nothing.
	 */
	struct gate *gate;
	bool kept_only, missed;
};
MUST bool node_trust_open(struct node_trust *t, struct flow *f, bool identities,
    struct err *err);
void node_trust_close(struct node_trust *t);
/*
 * package_check with this trust.  A registry that could not be read is our trouble:
 * it must not pass for a signer nobody knows.
 */
MUST bool node_check(struct node_trust *t, const struct package_reading *in,
    struct package_report *report, struct err *err);
/* Its second half, when package_check was done on another thread. */
MUST bool node_checked(struct node_trust *t, struct package_report *report,
    struct err *err);

/*
 * Since when the card with this act id, or the certificate with this digest, is revoked
 * by the authority it is of (revoked.c); *found false: it is not.
 */
MUST bool revoked_since(struct flow *f, const struct digest *id, int64_t *since,
    bool *found, struct err *err);
#define REVOKED_FOLDER "cards/"		/* HEX.revoked: a file of the record of it, too */
#define REVOKED_CARD_REASON "revoked.card."	/* and since when: its owner gave the newest up */

/* Our own trouble or a report that is not intact turned into sentences. */
/* The home at f->home asks f after its cards (cards_bound.c). */
void cards_bind(struct flow *f);
void cards_known_free(struct cards_known *k);	/* NULL is fine */
void used_known_free(struct used_known *k);	/* used.c; NULL is fine */
void used_forget(struct flow *f);		/* the journal was written anew */
MUST bool certs_of_card(const struct act *card, struct certs *roots, struct err *err);

/* Length and digest of a file of the home; step: for the progress, NULL: not told. */
MUST bool file_digest(struct flow *f, const char *path, const char *step,
    uint64_t *bytes, struct digest *sha256, struct err *err);
/* The same of one that is open, from its beginning. */
MUST bool opened_digest(struct flow *f, struct file *file, const char *step,
    uint64_t *bytes, struct digest *sha256, struct err *err);

/*
 * Copy `from` to `to`, going on where a cut copy ended.  ERR_IO COPY_UNREADABLE: the bytes
 * of `from` do not come; any other ERR_IO is about `to`, or either could not be opened.
 */
#define COPY_UNREADABLE "copy.unreadable"
MUST bool copy_resume(struct flow *f, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, const char *step, uint64_t *bytes,
    struct digest *sha256, struct err *err);

/*
 * A copy into HOME/inbox.  Its final name is the digest of all its bytes, so that
 * nothing a stranger brings takes the place or the name of something else.
 */
struct inbox_copy {
	char part[64];			/* the copy so far, below HOME */
	struct inbox_name name;		/* where it will lie */
	uint64_t bytes;
	struct digest sha256;
};
/*
 * ERR_INPUT "receive.not-sealed"; ERR_IO COPY_UNREADABLE, "disk.full": there is not room
 * for all of it with a reserve for the home's own work, and nothing of it stays.
 */
MUST bool inbox_copy(struct flow *f, struct dir *from_at, const char *from,
    struct inbox_copy *out, struct err *err);
/* It cannot be read where it lies: the carrier's trouble, not the home's.  Returns false. */
bool inbox_unreadable(struct err *err);
/* Its name, durably; *was_there: the same bytes wait already. */
MUST bool inbox_keep(struct flow *f, const struct inbox_copy *c, bool *was_there,
    struct err *err);
struct inbox_name inbox_name_of(const struct digest *sha256);
/* There while it is on its way from the inbox to its place (take.h). */
struct inbox_name inbox_mark_of(const struct digest *sha256);
/* Where it waits: what lies in the inbox under its name, or a copy made now. */
MUST bool inbox_find(struct flow *f, const char *path, struct inbox_name *out,
    bool *copied, struct err *err);
bool name_ends(const char *name, const char *ending);

#define PARCEL_MAGIC "age-encryption.org/"	/* how each sealed file begins */
/* Does a person's path lead to a sealed file (by its first bytes)? */
MUST bool is_sealed(struct flow *f, const char *path, bool *sealed, struct err *err);

/* Names in this folder of the home become durable. */
MUST bool folder_sync(struct flow *f, const char *folder, struct err *err);

/* The parcel's file name under HOME. */
struct parcel_path parcel_file(const struct parcel *p);
/*
 * The id of the act in a package that has this act.json: the digest of its tag manifest, which
 * has that of act.json.
 */
MUST bool act_id_of(const struct package_reading *in, struct span json, struct digest *out,
    struct err *err);
/* act.json of a parcel at this place below HOME, opened with our keys. */
MUST bool act_read_at(struct flow *f, struct parcel_path path, struct act *out,
    struct err *err);
/* It lies there, as long as it was. */
bool parcel_whole(struct flow *f, const struct parcel *p);

#endif
