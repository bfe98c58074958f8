/*
 * ledger/log: the custody ledger of this node: the journal of records, the tree over
 * their leaves, and the signed checkpoint.  HOME/ledger/ is what others mirror by copying:
 *
 *	checkpoint		the latest signed note, with the cosignatures it has so far
 *	tile/...		tiles and entry bundles (ledger/tiles.h)
 *	vkey			the log's verifier key, a line
 *	cosigned/SIZE		each earlier checkpoint that somebody cosigned, for good
 *	tree, signed, standing	our own: how far the tiles go, what was last signed, and
 *				whether it may sign
 *	before/N/		logs before this one (D14), closed
 *
 * A record is durable once log_append says so (the journal's sync); its leaf is a part of
 * the tree from then on, and the tiles follow when a checkpoint is published or the log is
 * closed.  Tiles are made from the journal again when they are behind or damaged.
 *
 * Leaf index = number of the journal's entry - first.  A successor log begins at a later
 * entry of the same journal.
 *
 * One writer, under the home's lock.  ERR_CONFLICT "disk.locked": another has it open.
 */
#ifndef COMITY_LEDGER_LOG_H
#define COMITY_LEDGER_LOG_H

#include "ledger/journal.h"
#include "ledger/note.h"
#include "ledger/tiles.h"

#define LOG_PATH "ledger"		/* below the home */

struct log;
/*
 * The journal's number of leaf 0 of the open log of this home, for log_open: 0 until there
 * was a log_succeed.  *before (may be NULL): how many closed logs there are.
 */
MUST bool log_first(struct world *w, struct dir *home, uint64_t *first, unsigned *before,
    struct err *err);
/*
 * How far the journal reached when the tiles of the open log were written last: a file that
 * ends before that lost its end.  0: nobody knows.
 */
MUST bool log_journal_reach(struct world *w, struct dir *home, uint64_t *at, struct err *err);
/*
 * before/1/closed to before/n/closed, made again where they are damaged or gone, by who
 * remembers that log n ended at entry `end`: each says where the next begins, too.
 * ERR_UNPROVEN "ledger.damaged": two that follow each other are lost.
 */
MUST bool log_closed_mend(struct world *w, struct dir *home, unsigned n, uint64_t end,
    struct err *err);
/*
 * Opens the journal from where the tiles end (journal_open_at), so that the start costs
 * what was written since; from the first entry when there are no tiles or they do not hold.
 * first: what log_first says, else ERR_CONFLICT "ledger.first".  home must outlive it.
 * When HOME/ledger/signed tells of more leaves than there are, the standing becomes
 * RECOVERING "ledger.shorter"; when it or `standing` does not hold, RECOVERING
 * "ledger.damaged" until log_state_put.
 */
MUST bool log_open(struct world *w, struct dir *home, uint64_t first, struct log **out,
    struct err *err);
/*
 * Leaves that are in no tile yet are written when they are many, else the next log_open
 * reads them from the journal.  NULL is quiet.
 */
void log_close(struct log *l);
struct journal *log_journal(struct log *l);	/* for reading */

/*
 * As journal_append; *index of the first one's leaf.  A failure: the log is dead, as the
 * journal is (D26).
 */
MUST bool log_append(struct log *l, const struct span *records, size_t n,
    uint64_t *index, struct err *err);
uint64_t log_size(const struct log *l);		/* leaves */
/*
 * Offset in the journal of the entry of a leaf, and the leaf of an entry at an offset:
 * ERR_ABSENT "ledger.absent" when that one is of another log of this home.
 */
MUST bool log_offset(struct log *l, uint64_t index, uint64_t *at, struct err *err);
MUST bool log_index(struct log *l, uint64_t at, uint64_t *index, struct err *err);
MUST bool log_leaf(struct log *l, uint64_t index, uint8_t out[LEAF_BYTES],
    struct err *err);

MUST bool log_root(struct log *l, uint64_t size, struct digest *out, struct err *err);
MUST bool log_inclusion(struct log *l, uint64_t index, uint64_t size,
    struct merkle_proof *out, struct err *err);
MUST bool log_consistency(struct log *l, uint64_t old, uint64_t size,
    struct merkle_proof *out, struct err *err);

/*
 * Many callers, one sync (group commit): each thread's append returns when its record is
 * durable; those that come while one sync runs go together with the next.  Between
 * queue_new and queue_free nobody else calls the log.  In a simulated world, where nobody
 * can wait, queue_put and queue_flush do the same in two steps.
 */
struct log_queue;
#define LOG_QUEUE_MAX 1024		/* records of one group; more wait for the next */
MUST bool queue_new(struct log *l, struct log_queue **out, struct err *err);
void queue_free(struct log_queue *q);
MUST bool queue_append(struct log_queue *q, struct span record, uint64_t *index,
    struct err *err);			/* waits */
/* Copied; ERR_LIMIT "log.queue" when LOG_QUEUE_MAX wait. */
MUST bool queue_put(struct log_queue *q, struct span record, struct err *err);
/*
 * All that was put, in order; *index of the first.  The queue is empty afterwards, also
 * after a failure.
 */
MUST bool queue_flush(struct log_queue *q, uint64_t *index, struct err *err);

/*
 * Every file of it from the first byte: the journal against its chain, its leaves against
 * the tree, tiles, signed, standing, checkpoint, cosigned notes (journal/offsets is held
 * against the tree at each use).  bad(arg, path, why) for each that is missing or does not
 * hold, or, of tiles, cannot be read; path is below the home; why ends with LOG_OTHER_ROOT
 * where a checkpoint was signed over other records.  True when all was read, whatever was
 * found.  Changes nothing.
 * On all cores; bad and progress are called by the calling thread.  Memory: 1 MiB, and 300 KiB
 * for each of up to TILES_THREADS_MAX threads.  ERR_STOPPED "stopped": world_stop_wanted.
 */
#define LOG_OTHER_ROOT "has another root than the ledger"
MUST bool log_scrub(struct log *l, void (*bad)(void *arg, const char *path,
    const char *why), void *arg, struct progress *progress, struct err *err);

/* ---- standing ---- */

enum log_standing { LOG_GOOD, LOG_RECOVERING, LOG_FROZEN };
struct log_state {
	enum log_standing standing;
	char reason[48];		/* "ledger.restored", "ledger.shorter", "ledger.split", "ledger.damaged" */
	/* RECOVERING: the largest tree of ours a peer has shown; size 0: none yet. */
	uint64_t known_size;
	struct digest known_root;
};
void log_state(const struct log *l, struct log_state *out);
/*
 * Durable before it returns.  FROZEN never becomes another (only a successor goes on):
 * ERR_REFUSED "ledger.frozen".  GOOD forgets a damaged HOME/ledger/signed.
 */
MUST bool log_state_put(struct log *l, const struct log_state *s, struct err *err);

/* ---- checkpoints ---- */

struct log_signer {
	const struct key *key;		/* Ed25519 */
	struct vkey vkey;		/* its name is the origin */
};
/*
 * A signed checkpoint of all leaves: tiles synced, read back, the root computed by two
 * codes that agree (D8), the tree consistent with what was last signed and not smaller
 * (HOME/ledger/signed, durable before the signature is made), then HOME/ledger/checkpoint.
 * Nothing new since the last: that one again, without signing.
 * ERR_REFUSED "ledger.recovering", "ledger.frozen", "ledger.shorter" (smaller than last
 * signed), "ledger.empty" (no leaf yet); ERR_UNPROVEN "ledger.damaged" and the standing
 * becomes FROZEN when the journal itself contradicts what was signed.
 *
 * Syncs: 8 while a partial tile grows (entries, level 0, a folder each, tree; signed and its
 * folder; checkpoint), 10 when it is the first of its tile, some 20 when 256 are full.
 */
MUST bool log_publish(struct log *l, const struct log_signer *s,
    struct checkpoint *out, struct err *err);
/* HOME/ledger/checkpoint as it is; *found false: none was published. */
MUST bool log_checkpoint(struct log *l, struct buf *note, struct checkpoint *out,
    bool *found, struct err *err);
/*
 * A note over one of our own checkpoints that came with cosignatures (of whatever size up to
 * ours): the root is that of our tree at that size (ERR_UNPROVEN "ledger.split" if not,
 * which is for the caller to act on); lines are merged into cosigned/SIZE and, when it is
 * the latest, into checkpoint.  Which lines are believed is the caller's matter: it hands in
 * only those it verified.
 */
MUST bool log_cosigned_put(struct log *l, const struct vkey *self, struct span note,
    struct err *err);
/* The same, and what was kept at that size gives way: for what does not hold any more. */
MUST bool log_cosigned_replace(struct log *l, const struct vkey *self, struct span note,
    struct err *err);
/* Sizes that have a note in cosigned/, ascending; mem_free. */
MUST bool log_cosigned(struct log *l, uint64_t **sizes, size_t *n, struct err *err);
MUST bool log_cosigned_note(struct log *l, uint64_t size, struct buf *note,
    struct err *err);

/*
 * A proof file for a leaf in the checkpoint of this note, which is one of ours and larger
 * than the index.
 */
MUST bool log_proof(struct log *l, uint64_t index, struct span note, struct buf *out,
    struct err *err);

/* ---- recovery (D10) ---- */

/*
 * Our copy ends before what a peer holds, leaf by leaf: leaves [from, from + n) of the
 * log become these, in order; what the journal holds from leaf `from` on, never signed, comes
 * behind them.  Records of the leaves that came are lost: their entries keep the leaf alone.
 * The journal is written anew beside the old one and takes its place whole; tiles are made
 * again.  Afterwards root(from + n) must be *root: else nothing is changed,
 * ERR_UNPROVEN "ledger.split".  ERR_REFUSED "ledger.signed": a checkpoint beyond `from`
 * was signed by this copy.
 */
struct log_leaves {
	/* Leaf i (from <= i < from + n). */
	bool (*leaf)(void *arg, uint64_t i, uint8_t out[LEAF_BYTES], struct err *err);
	void *arg;
};
MUST bool log_recover(struct log *l, uint64_t from, uint64_t n,
    const struct log_leaves *source, const struct digest *root, struct err *err);
/* How much of the tree this copy has signed: its size (0: nothing). */
uint64_t log_signed(const struct log *l);

/* ---- a journal that does not hold (D14) ---- */

/*
 * What can be proven of a damaged journal, written anew beside it: an entry is proven by its
 * chain, by the entry behind it, or by its leaf in the tiles; also when it holds once its
 * length is read off the next entry, or with one bit of it turned back.  Of each that is not,
 * up to the last leaf that is known, the leaf alone is there (journal.h), so that every entry
 * keeps its number; the zeros of a leaf that nobody knows any more.  Behind that nothing was
 * signed: what is not proven there is left out.
 *
 * No log is open; the caller has the home's lock.  Nothing is changed before salvage_take, and
 * whoever was cut begins again.
 */
struct salvage;
struct salvaged {
	bool sound;			/* the journal holds, with all its leaves: nothing to do */
	uint64_t kept;			/* entries that are proven */
	uint64_t mended;		/* of these: by a length or one bit */
	uint64_t lost;			/* entries, or stretches behind the last known leaf */
	/*
	 * Before this offset all lie where they lay.  moved: how many of those kept lay from there
	 * to `upto`.
	 */
	uint64_t same_to, moved;
	bool has_old;			/* there was a file: it is kept */
	char old[40];			/* below the home: "journal/damaged-1" */
	uint64_t old_bytes;
	struct digest old_sha256;
};
#define SALVAGE_OLD_MAX 9999		/* damaged journals kept, a file each */
/*
 * upto: so far the journal reached, as the caller knows (0: does not).
 * kept(arg, e): each that is proven, in order; e->at is where it lay.
 * ERR_LIMIT "journal.many": SALVAGE_OLD_MAX are kept already.
 */
MUST bool log_salvage(struct world *w, struct dir *home, uint64_t upto,
    bool (*kept)(void *arg, const struct journal_entry *e, struct err *err), void *arg,
    struct salvage **out, struct salvaged *said, struct err *err);
/* One more record behind all of them, as journal_append asks of it. */
MUST bool salvage_add(struct salvage *s, struct span record, struct err *err);
/* Durable: first the old file under its name, then the new one in its place. */
MUST bool salvage_take(struct salvage *s, struct err *err);
void salvage_free(struct salvage *s);		/* NULL is quiet */

/* ---- a successor (D14) ---- */

/*
 * Closes this log: its files move to before/N, and a new one begins with the next entry
 * of the journal.  Close and open again with the new first.  *first: number of that entry.
 */
MUST bool log_succeed(struct log *l, unsigned n, uint64_t *first, struct err *err);
/*
 * Closed log number n of this home, for reading and proofs: log_append and log_publish are
 * ERR_REFUSED "ledger.closed".  after: the open one, whose journal and offsets it reads; to be
 * closed after this one.
 */
MUST bool log_open_before(struct log *after, unsigned n, struct log **out,
    struct err *err);

#endif
