/*
 * Inside flow: what a command that takes in many parcels opens once and keeps until
 * it ends (flow_take_inbox): our signing key with its chain, our revocation list, our
 * card, the cards and roots of others.  It is filled and trusted only under the home's
 * lock, so nobody else changes what it was read from; what the command itself changes
 * (an act that revokes) drops it.  Without kept_begin nothing is kept.
 */
#ifndef COMITY_FLOW_KEPT_H
#define COMITY_FLOW_KEPT_H

#include "flow/inside.h"
#include "ledger/log.h"

/* Authorities of one run, 30 KiB each; more are read again each time. */
#define KEPT_MAX 32

struct kept_card {
	struct authority_id from;
	struct digest id;
	struct act card;
	struct certs roots;
};

struct kept {
	bool has_signer;
	struct signer signer;
	bool has_revocation;
	struct buf revocation;		/* PEM, as of when it was first asked for */
	char revocation_text[300];
	bool has_own;
	struct digest own;		/* act id of our card */
	bool has_recipient;
	struct age_recipient recipient;
	bool has_stamp_roots;
	struct certs stamp_roots;
	struct kept_card *cards[KEPT_MAX];
	size_t cards_n;
	struct peer *peers[KEPT_MAX];
	size_t peers_n;
	unsigned drops;			/* how often kept_drop was called */
	struct memo *memo;		/* what follows from bytes alone: never dropped */
	struct age_unwrapped *unwrapped;	/* the same of headers and our identities */
	/* The checkpoint of note_log at note_size leaves (ledger_proof_of); NULL: none. */
	const struct log *note_log;
	uint64_t note_size;
	struct buf note;
	struct checkpoint note_says;
	struct docket *docket;		/* held open, or NULL */
};

/* The home is locked.  Begun twice: ERR_USE. */
MUST bool kept_begin(struct flow *f, struct err *err);
void kept_end(struct flow *f);		/* wipes; quiet without kept_begin */
/* What was believed about others is read again: an act changed it. */
void kept_drop(struct flow *f);

/* Another number than before: what was found out about trust since counts no more. */
unsigned kept_drops(const struct flow *f);
/* NULL without kept_begin. */
struct memo *kept_memo(const struct flow *f);
/* File keys are kept with them from now on. */
void kept_keys(const struct flow *f, struct age_keys *keys);
/*
 * log_checkpoint, read once for many proofs: this process alone writes the log, so its
 * checkpoint is the same while the log has as many leaves and nothing is signed for it.
 * index: that leaf has to lie below it, else it is read again.
 */
MUST bool kept_checkpoint(struct flow *f, struct log *l, uint64_t index, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err);
void kept_log_changed(struct flow *f);	/* signed, or closed: it is read again */

/*
 * Each of these answers as the function it is named after; with kept_begin what comes
 * back is borrowed until kept_drop or kept_end.
 */
MUST bool kept_own_card(struct flow *f, struct digest *id, struct err *err);
MUST bool kept_recipient(struct flow *f, struct age_recipient *out, struct err *err);
/* A card that node_trust found to be believed; NULL: not kept. */
const struct kept_card *kept_card_find(struct flow *f, const struct authority_id *from,
    const struct digest *id);
/* Takes over what card and roots hold when it keeps them (*kept). */
MUST bool kept_card_add(struct flow *f, const struct digest *id, struct act *card,
    struct certs *roots, const struct kept_card **kept, struct err *err);
/* peer_load; *borrowed: peer_clear is not for the caller. */
MUST bool kept_peer(struct flow *f, const char *id, struct peer *out, bool *borrowed,
    struct err *err);
/* home_docket once for many: while it is held, opening it again costs nothing. */
MUST bool kept_docket_hold(struct flow *f, struct err *err);
void kept_docket_let(struct flow *f);

#endif
