/*
 * Inside flow: what two nodes tell each other about ledgers (flow/ledger.h), as files of
 * a bundle.  What a peer told is kept in HOME/ledger/peers/ID/: `known`, as it came, and
 * `add-checkpoint` until somebody with the passphrase is here to cosign.
 */
#ifndef COMITY_FLOW_EXCHANGE_H
#define COMITY_FLOW_EXCHANGE_H

#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/record.h"

#define PEERS_PATH "ledger/peers"	/* below the home */

/*
 * Leaves of ours in one bundle: 19 MB; the rest goes with the next.  A peer whose log grew by
 * more, as it says, is cosigned unmirrored, and that is told.
 */
#define EXCHANGE_ENTRIES_MAX (64 * WITNESS_ENTRIES_MAX)
#define EXCHANGE_ENTRIES_BYTES (16 + (uint64_t)EXCHANGE_ENTRIES_MAX * (2 + LEAF_BYTES))
#define EXCHANGE_HANDED_MAX 4096	/* custody files of one bundle */
#define EXCHANGE_FILES_MAX 2048		/* looked at in one of its folders */
#define KNOWN_MAX (192u * 1024)		/* bytes of `known`: WITNESS_LOGS_MAX lines */

/* The folder of a log: SHA-256 of its origin in hex. */
struct origin_name { char s[65]; };
MUST bool origin_name(const char *origin, struct origin_name *out, struct err *err);

/*
 * `known`, text: "comity-known/1", then "self SIZE STANDING" (good, recovering, frozen),
 * then "log HASH COSIGNED MIRRORED LARGEST" for each log its writer follows (LARGEST: the
 * largest signed checkpoint it knows of), then "sha256 HEX" over all lines before it.
 */
struct known_log {
	char hash[65];
	uint64_t cosigned, mirrored, largest;
};
struct known {
	uint64_t size;			/* of the writer's own log */
	enum log_standing standing;
	struct known_log *logs;		/* owned */
	size_t n;
};
void known_clear(struct known *k);
MUST bool known_read(struct span text, struct known *out, struct err *err);
/* What this peer told last; *found false: nothing yet, or nothing that reads. */
MUST bool known_load(struct flow *f, const struct authority_id *id, struct known *out,
    bool *found, struct err *err);
/* As `known` ends; *whole: text did, and is cut to what is before it. */
MUST bool told_seal(struct buf *text, struct err *err);
MUST bool told_whole(struct span *text, bool *whole, struct err *err);
/* The line about this log; NULL: it does not follow it. */
const struct known_log *known_of(const struct known *k, const char *hash);

/* "ledger/peers/XA-.../NAME" */
struct peer_path { char s[96]; };
struct peer_path peer_file(const struct authority_id *id, const char *name);
/*
 * As home_load.  One that the disk cannot give back is damage, as one that rots:
 * ERR_UNPROVEN "ledger.damaged".
 */
MUST bool peer_file_load(struct flow *f, const char *path, struct buf *out,
    struct err *err);
MUST bool peer_file_save(struct flow *f, const struct authority_id *id,
    const char *name, struct span bytes, struct err *err);

/* Our log's verifier key as our card names it; *found false: it names none yet. */
MUST bool own_log_key(struct flow *f, struct vkey *out, bool *found, struct err *err);

/* The witness keys on the cards that are confirmed here (ledger_doors.c). */
struct cosigners {
	struct vkey keys[LEDGER_WITNESSES_SHOWN];
	size_t n;
};
MUST bool cosigners_known(struct flow *f, struct cosigners *out, struct err *err);
/*
 * witness_add_checkpoint with our key and clock; when it says 200 the cosignatures of
 * cosigners_known that came with the note and hold join ours.  By whatever door it came:
 * ERR_REFUSED "witness.recovering": what we cosigned before may be forgotten here;
 * "witness.entries": a log we follow, and we do not hold all entries up to the checkpoint, so
 * that two histories could not be compared (unless it lacks more than EXCHANGE_ENTRIES_MAX,
 * which no bundle brings: such a log is cosigned by proof alone).
 *
 * What is left: a witness out of a backup has the key it had, and what it forgot no peer can
 * prove to it.  Its recovery waits for a signed answer, over a number drawn for this recovery, of
 * each confirmed peer that the backup knows (a person's flow_ledger_resume ends it sooner; who
 * was confirmed after the backup is not asked).  After that it may cosign another root at a size
 * it cosigned before, if each of those who hold the first hides it.  The two notes are proof
 * against that log all the same, for whoever comes to hold both; against the witness they are
 * none.  A new key after each restore would say less, not more: the card and each policy that
 * names the old one would have to follow it first, and what the old one cosigned would count no
 * more for who took it out.
 */
MUST bool checkpoint_cosign(struct flow *f, struct witness *w, const struct witness_key *key,
    struct span body, struct witness_answer *out, struct err *err);
/*
 * Which of these keys cosigned our checkpoint of this size (at: as note_verify), by what is
 * kept of it.  ERR_UNPROVEN with the file's name: it, or a line of one of them, does not hold.
 */
MUST bool cosigned_note(struct log *l, uint64_t size, const struct vkey *keys, size_t n,
    bool *good, int64_t *at, struct err *err);

/*
 * The note without the lines of these keys that do not hold: what rotted in a file of ours
 * costs the rest nothing.  Lines of other keys stay.  Fails as note_parse.
 */
MUST bool note_whole(struct span note, const struct vkey *keys, size_t n, struct buf *out,
    struct err *err);

/*
 * All of it from a bundle at `path` whose list says it is from this authority: its card,
 * when it follows the confirmed one, then what it says about ledgers, then what waits in
 * peers/ID/add-checkpoint is cosigned, the passphrase being here; without one it goes on
 * waiting.  From nobody we know: nothing is done.  All that is whole is taken whatever is
 * wrong with the rest or with what is kept here; files and counts over the limits are passed
 * over and said.
 */
MUST bool exchange_hear(struct flow *f, struct dir *bundle, const char *path,
    const char *from, struct exchanged *out, struct err *err);

/*
 * exchange_destroyed.c: which acts `destroyed` of its receiver we hold, in every bundle; the
 * acts too, when it is recovering.  *list: the digest of the ids, as they stand there.
 * Heard: *all, each that is told of was done here (again); *told false: no list came.
 */
/*
 * Acts of one authority that are told of in one bundle, the newest: some eighteen each day for
 * ten years.  Where there are more that is told on both sides, and such an answer ends no
 * recovery: a person's word does.
 */
#define EXCHANGE_DESTROYED_MAX 65536
MUST bool exchange_destroyed_tell(struct flow *f, struct dir *bundle,
    const struct peer *to, bool recovering, struct digest *list, struct exchanged *out,
    struct err *err);
MUST bool exchange_destroyed_hear(struct flow *f, struct dir *bundle,
    const struct peer *from, struct exchanged *out, bool *all, bool *told,
    struct digest *list, struct err *err);

/*
 * exchange_answer.c: a home in recovery asks with a number that it drew when that began
 * (HOME/ledger/recovering, in each of its bundles till it ends), and a peer signs its answer
 * together with that number (ledger/answer, formats/bundle).  Nobody can have signed it
 * before; so nothing else, neither an older bundle of the peer nor a folder that somebody
 * else wrote in its name, shows what the peer knows now.
 *
 * What is left: a peer that came out of a backup itself answers by what it knows since, and
 * a peer that wishes to can sign that it knows nothing.
 */
struct recovery_nonce { uint8_t b[16]; };
/* A new one; durable when it returns, and no answer to the one before counts any more. */
MUST bool recovery_nonce_draw(struct flow *f, struct err *err);
/* *found false: none was drawn, or it rotted. */
MUST bool recovery_nonce_load(struct flow *f, struct recovery_nonce *out, bool *found,
    struct err *err);
MUST bool recovery_nonce_forget(struct flow *f, struct err *err);
/* Into a bundle; not recovering: what stood there before goes. */
MUST bool recovery_ask_tell(struct flow *f, struct dir *bundle, bool recovering,
    struct err *err);
/* A peer asks: kept till it says that it is good again.  ERR_INPUT "recovering.form". */
MUST bool recovery_ask_hear(struct flow *f, const struct peer *from, struct span text,
    struct err *err);
MUST bool recovery_ask_forget(struct flow *f, const struct peer *from, struct err *err);
struct recovery_answer {
	struct digest known, destroyed;	/* the two files of the same bundle */
};
/* Into a bundle, when its receiver asked; NULL: there is none to give. */
MUST bool recovery_answer_tell(struct flow *f, struct dir *bundle, const struct peer *to,
    const struct recovery_answer *a, struct exchanged *out, struct err *err);
/*
 * *holds: the file is this answer to our present number, signed by a witness key of that
 * peer.  ERR_INPUT, ERR_UNPROVEN: it is no signed note, or a line of one does not hold.
 */
MUST bool recovery_answer_holds(struct flow *f, const struct peer *from,
    const struct ledger_keys *keys, struct span file, const struct recovery_answer *a,
    bool *holds, struct err *err);

/* One more sentence. */
void exchanged_tell(struct exchanged *out, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Damage here is told and true; any other failure is ours: *err and false. */
MUST bool exchanged_damage(struct exchanged *out, const struct err *why,
    struct err *err);

/* ---- our own log as others know it (recovery.c) ---- */

struct shown {				/* what a peer showed of our log */
	struct span note;		/* signed by our key */
	struct checkpoint checkpoint;
	const uint8_t *entries;		/* leaves from `from` on, 2 + LEAF_BYTES each; NULL none */
	uint64_t from, n;
};
/*
 * Compares it with what is here: the same history goes on; a longer one is recovered
 * from the leaves, or remembered until they come; another one freezes the log.
 */
MUST bool recovery_shown(struct flow *f, const struct peer *by, const struct shown *s,
    struct exchanged *out, struct err *err);
/* A recovery that has not come to its end: what this home did and knew may be forgotten. */
struct recovery_open {
	bool goes_on;			/* peers are waited for */
	bool frozen;			/* it was frozen meanwhile: only a successor ends it */
	bool restored;			/* one of these, and the home came out of a backup */
};
MUST bool recovery_open(struct flow *f, struct recovery_open *out, struct err *err);
/* May this log have another standing than good?  Without the lock; no: it has none. */
MUST bool recovery_stands(struct flow *f, bool *may, struct err *err);
/* The log was opened: its standing is not better than its own records say. */
MUST bool recovery_bind(struct flow *f, struct log *l, struct err *err);
/* Did this peer answer since the recovery began? */
MUST bool recovery_answered(struct flow *f, const struct peer *by, bool *answered,
    struct err *err);
/* In recovery: the peer answered, and all of it is here. */
MUST bool recovery_seen(struct flow *f, const struct peer *by, struct exchanged *out,
    struct err *err);
/* How many peers that may know more of us have not shown it yet. */
MUST bool recovery_missing(struct flow *f, size_t *n, struct err *err);
/* This copy came out of a backup: nothing is signed until all peers have shown. */
MUST bool recovery_begin(struct flow *f, const char *reason, struct err *err);
/* Another history was signed with our key: no more signing, and a record of it. */
MUST bool recovery_freeze(struct flow *f, const char *reason, struct err *err);
/* A sentence about the standing, with what to do; "" when it is good. */
MUST bool recovery_text(struct flow *f, const struct log_state *s, char text[300],
    struct err *err);

#endif
