/*
 * flow/ledger: the custody ledger at work: keys, checkpoints, what travels about ledgers in
 * a bundle, recovery, and what the doors ask for.
 *
 * Order: package durable, leaf `received`, checkpoint, receipt (formats/record).  Records
 * are durable without a passphrase; a checkpoint needs one (the ledger key rests sealed).
 */
#ifndef COMITY_FLOW_LEDGER_H
#define COMITY_FLOW_LEDGER_H

#include "flow/requests.h"
#include "ledger/custody.h"
#include "ledger/ledger.h"

/* ---- inside the room (ledger.c) ---- */

/* The log of this home, open as long as the command runs, under the home's lock. */
MUST bool ledger_log(struct flow *f, struct log **out, struct err *err);
/* The same, and how it stands. */
MUST bool ledger_standing(struct flow *f, struct log **log, struct log_state *out,
    struct err *err);
/* Its opening (succeed.c): f->log is set; a successor that was cut short is ended. */
MUST bool ledger_begin(struct flow *f, struct err *err);
/* After an error nothing more is written by this hand (D26). */
void ledger_drop(struct flow *f);
/*
 * Keys of log and witness, made when this home has none yet (an older home), which also
 * makes a new card that names them; asks the passphrase.  Owned by f until flow_clear.
 */
MUST bool ledger_signer(struct flow *f, const struct log_signer **out, struct err *err);
MUST bool ledger_witness_key(struct flow *f, const struct witness_key **out,
    struct err *err);
/*
 * A checkpoint of all there is now.  *signed_ false: this home may not sign (recovering,
 * frozen); text says why and what to do; the work goes on without.
 */
MUST bool ledger_publish(struct flow *f, bool *signed_, struct checkpoint *out,
    char text[300], struct err *err);
/*
 * Where the record at this place of the journal is: in the log in use or in one before it,
 * which is opened.  *found false: in none that can be read (a closed log may be damaged).
 */
struct ledger_place {
	struct log *log;		/* the flow's */
	unsigned number;		/* of the log: 1 and up */
	uint64_t index;
};
MUST bool ledger_place_of(struct flow *f, uint64_t at, struct ledger_place *out,
    bool *found, struct err *err);
/* A log that is closed can be damaged for good: what it does not prove is only claimed. */
bool ledger_lost(struct flow *f, unsigned number, const struct err *why);
/*
 * Its proof in the latest checkpoint of that log (with the cosignatures there are); *found
 * false: none covers it yet, or ever if the log is closed.
 */
MUST bool ledger_proof_of(struct flow *f, uint64_t at, struct buf *out,
    struct ledger_place *place, bool *found, struct err *err);
/* Is this about bytes that rotted or were brought, and not about us or the disk? */
bool ledger_damage(const struct err *why);
/* Then true, with nothing else done; any other failure is *err. */
MUST bool ledger_damage_skip(const struct err *why, struct err *err);
/* Something below ledger/ did not hold: remembered for the desk (FLOW_DAMAGED_PATH). */
MUST bool ledger_damage_note(struct flow *f, const char *text, struct err *err);
/* Verifier keys on the card of an authority (any of its cards we believe). */
#define LEDGER_KEYS_MAX 8
struct ledger_keys {
	struct vkey logs[LEDGER_KEYS_MAX], witnesses[LEDGER_KEYS_MAX];
	size_t logs_n, witnesses_n;
};
MUST bool ledger_keys_of_card(const struct act *card, struct ledger_keys *out,
    struct err *err);

/*
 * What a bundle says about ledgers, DIR/ledger/ (exchange.c):
 *	checkpoint		ours, with the cosignatures there are
 *	add-checkpoint		body for the receiver as witness: from the size it cosigned last
 *	entries			u64 from, u64 to, then u16 length and entry each: our leaves the
 *				receiver has not mirrored yet, up to the checkpoint
 *	cosigned/HASH		checkpoints of logs of the receiver's that we cosigned (HASH: of the origin)
 *	yours/HASH		the receiver's log as we know it: largest signed checkpoint; and when the
 *				receiver showed a smaller one, yours/HASH.entries from there on
 *	others/HASH		add-checkpoint bodies of third logs: what we know, from the size the
 *				receiver showed last
 *	misbehaviour/HASH-N/	first, second, proof
 *	handed/ACT.json		custody so far of each parcel in the bundle that hands evidence
 *				over (comity.custody/1): the leaf `made` and what came before it
 * Nothing in it is secret, and nothing is believed but what its keys prove.
 */
struct exchanged {
	size_t cosigned;		/* logs we cosigned now */
	size_t cosignatures;		/* on ours, new */
	size_t entries;			/* of others, mirrored now */
	size_t custody;			/* custody files kept */
	bool recovered;			/* ours was shorter, and is whole again */
	uint64_t recovered_leaves;
	bool shorter;			/* ours is shorter; entries still lack */
	bool split;			/* ours: another history was signed with our key */
	size_t misbehaviour;		/* proofs kept now, of any log */
	bool damaged;			/* files below our ledger/ do not hold: what needs them is left out */
	char text[600];			/* sentences, each with what to do; "" none */
};
/*
 * handed: the acts in the bundle that hand evidence over, whose custody goes with them.
 * What does not hold here is told in *out (zeros before) and left out; nothing else fails by
 * it.  `known` is left out when it is about a log of the receiver's: one in recovery would
 * take silence for "nothing is known".
 */
MUST bool exchange_write(struct flow *f, struct dir *bundle, const struct peer *to,
    const struct digest *handed, size_t handed_n, struct exchanged *out,
    struct err *err);

/* ---- for the doors ---- */

#define LEDGER_WITNESSES_SHOWN 64
#define LEDGER_DAMAGE_SHOWN 16		/* sentences; ledger check tells all */
struct ledger_witness {
	char name[NOTE_NAME_MAX + 1];
	char state[3];
	uint64_t size;			/* largest of ours it cosigned */
	int64_t at;			/* when */
};
struct ledger_view {
	char origin[NOTE_NAME_MAX + 1];
	struct buf vkey;		/* text of the log's key */
	uint64_t size;			/* leaves */
	uint64_t unsigned_n;		/* of them not in the checkpoint yet */
	struct log_state state;
	char state_text[300];		/* for people, with what to do; "" good */
	bool has_checkpoint;
	struct checkpoint checkpoint;
	struct ledger_witness witnesses[LEDGER_WITNESSES_SHOWN];
	size_t witnesses_n;
	struct witness_log *others;	/* logs of others we follow; owned */
	size_t others_n;
	/* Files that do not hold, a sentence each; all else is as it is. */
	char damage[LEDGER_DAMAGE_SHOWN][480];
	size_t damage_n;		/* may be more than are there */
};
void ledger_view_init(struct ledger_view *v);
void ledger_view_clear(struct ledger_view *v);
/* No passphrase; changes nothing. */
MUST bool flow_ledger_show(struct flow *f, struct ledger_view *out, struct err *err);
/* Publishes when there is something new; the signed note. */
MUST bool flow_ledger_checkpoint(struct flow *f, struct buf *note, struct err *err);

/* One finding of a check: bad ones name the file and what to do. */
struct ledger_finding { bool bad; char what[200], text[400]; };
#define LEDGER_FINDINGS_MAX 64
struct ledger_check {
	struct ledger_finding list[LEDGER_FINDINGS_MAX];
	size_t n;
	size_t more;			/* found and not listed */
	uint64_t leaves;		/* looked at */
	uint64_t files, bytes;		/* parcels, when asked for */
};
/*
 * Everything from the first byte: journal against its chain, leaves against entries, tiles,
 * checkpoint, cosignatures, what is kept of others; with parcels also every parcel
 * against the digest the docket has (scrub, D28).  Changes nothing but that what the desk
 * says of damage (FLOW_DAMAGED_PATH) goes when the ledger is whole.
 */
MUST bool flow_ledger_check(struct flow *f, bool parcels, struct ledger_check *out,
    struct err *err);
/*
 * Proof files for an act (all its records) or a piece of evidence into this folder: for
 * each record NAME.json, NAME.salt, NAME.tlog-proof.  *n: how many; *open: without a
 * checkpoint yet.
 */
MUST bool flow_ledger_prove(struct flow *f, const char *what, const char *dir,
    size_t *n, size_t *open, struct err *err);
/* An add-checkpoint body, or a bare checkpoint (old 0), from a file: answer to hand back. */
MUST bool flow_ledger_witness(struct flow *f, struct span body,
    struct witness_answer *out, struct err *err);
/* A policy file (ledger/quorum) from the cards of confirmed peers and our own: one group a State, k of them. */
MUST bool flow_ledger_policy(struct flow *f, unsigned k, struct buf *out,
    struct err *err);
/*
 * Out of recovery by a person's word: no authority ever got anything of this home that this copy
 * does not have.  A record says so.  ERR_REFUSED "ledger.known": a peer has shown more.
 */
MUST bool flow_ledger_resume(struct flow *f, struct err *err);
/*
 * A successor log (D14): new key, new card, its first leaf cites the last good checkpoint.
 * reason "damaged" leads out of a damaged journal, or none: what can be proven of it goes on,
 * *said (may be NULL) tells how much that is.  Where records were lost a record says so, and
 * what they may have said holds a yes back until somebody says it again (leaves_gap).
 * ERR_UNPROVEN "people.rolled-back": the list of persons is older than what is left says.
 */
MUST bool flow_ledger_succeed(struct flow *f, const char *reason, struct salvaged *said,
    struct err *err);

/* ---- custody (custody.c) ---- */

/*
 * The chain of a parcel of this evidence (SIZE_MAX: the newest), from our records, from the
 * receipts that came, and from what came with it (HOME/custody/ACT.json); judged against the
 * policy in the file (n = 0: our own, flow_ledger_policy with k = 1).  Writes a record `read`
 * first only when evidence bytes are shown, which this does not do.
 */
MUST bool flow_custody(struct flow *f, unsigned evidence, size_t parcel,
    struct span policy, struct custody *out, struct err *err);
/* The hand-overs of an act so far, for its receiver: no record that names a person's reading. */
MUST bool custody_handed(struct flow *f, const struct digest *act, struct custody *out,
    struct err *err);

/*
 * The acts of the hand-overs before this one, oldest first, when it passes evidence on: their
 * custody goes with it.  *n 0: none, or the act cannot be opened here.
 */
MUST bool custody_before(struct flow *f, const struct digest *act,
    struct digest out[ORIGINS_MAX], size_t *n, struct err *err);

/*
 * What others told about an act, HOME/custody/ACT.json (comity.custody/1).  Whoever made the
 * bundle, a link stays only if
 *	a log on the confirmed card of its authority signed one of its proofs (other proofs,
 *	and lines of witnesses that are not known here, are left out); or
 *	its log is known and it is the making or receiving, told without a proof: it waits
 *	for the mirror of that log, or for the same with a proof; or
 *	its authority is not known here: said, at most CUSTODY_SAID_BYTES;
 * at most CUSTODY_SAID_MAX of the last two, and a proven link finds room before them.  Never:
 * a link that speaks for us, or, of an act of our docket, for who is no party of it.
 * custody_link.said tells the last two from the first.
 */
#define CUSTODY_SAID_MAX 16		/* of one act: a hand-over has four */
#define CUSTODY_SAID_BYTES (64u * 1024)	/* record and proofs: 16 of 3 kB */
#define CUSTODY_STRANGERS_MAX 32	/* of one bundle: origins of four parcels */
struct custody_sieve;			/* keys of others, read once for many files */
MUST bool custody_sieve_new(struct flow *f, struct custody_sieve **out, struct err *err);
void custody_sieve_free(struct custody_sieve *s);	/* NULL is quiet */
/* Takes out of c what does not stay; *in_docket: the act is one of ours. */
MUST bool custody_sift(struct custody_sieve *s, struct custody *c, bool *in_docket,
    struct err *err);
/*
 * Joins what is told now (sifted) with what is kept (sifted again).  *fresh: links that are
 * new.  *strangers: how many more files are taken that are about no act of ours and that
 * nobody known signed; ERR_LIMIT "custody.strangers": none.
 */
MUST bool custody_keep(struct custody_sieve *s, struct custody *told, size_t *strangers,
    size_t *fresh, struct err *err);
/* As it lies there.  ERR_INPUT, ERR_UNPROVEN: it is damaged; it can be told again. */
MUST bool custody_kept(struct flow *f, const struct digest *act, struct custody *out,
    bool *found, struct err *err);

/*
 * The whole story of a piece of evidence: each hand-over before this one (evidence that was
 * passed on), then this one, each judged; for custody report.  Needs the passphrase: the act
 * is opened, and the receipt.
 */
struct custody_name { struct authority_id id; char name[201]; };	/* "" unknown here */
struct custody_hop {
	struct custody custody;
	struct authority_id from, to;		/* "" not known */
	bool has_act;				/* what follows was read in it */
	enum act_kind kind;
	bool exercise;
	int64_t made_at;
	char instrument[40], article[40];
	char number[40];			/* the sender's, "XA-2026-000031" */
};
struct custody_story {
	unsigned evidence;
	int64_t as_of;
	struct authority_id by;			/* whose report it is */
	struct custody_hop *hops;		/* oldest first; owned */
	size_t hops_n;
	struct custody_name *names;		/* of everybody in it; owned */
	size_t names_n;
	enum custody_standing standing;		/* of the worst hop */
	struct notice_told *told;		/* flow/destroy.h; by the others; owned */
	size_t told_n;
	struct buf policy;			/* the file it was judged by */
	bool own_policy;			/* flow_ledger_policy with k = 1 */
};
void custody_story_init(struct custody_story *s);
void custody_story_clear(struct custody_story *s);
MUST bool flow_custody_story(struct flow *f, unsigned evidence, size_t parcel,
    struct span policy, struct custody_story *out, struct err *err);

/* ---- rebuild (rebuild.c) ---- */

struct rebuilt {
	uint64_t records, acts, requests, evidence;
	uint64_t without_parcel;	/* acts the records name whose parcel is not here */
	uint64_t marked;		/* of them, those that have a row all the same */
	uint64_t left;			/* recorded, and taken in by the next look into the inbox */
	char text[700];
};
/*
 * The docket anew from packages (opened with our keys), journal and ledger, beside the old one,
 * which it replaces when it is whole; the old file is kept as docket.before-rebuild.  What only
 * the docket had (case names, drafts never sent, correspondents) is taken over from the old
 * one where it can be read, and named where not.
 */
MUST bool flow_rebuild(struct flow *f, struct rebuilt *out, struct err *err);

#endif
