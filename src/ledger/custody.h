/*
 * ledger/custody: the chain of hand-overs of one piece of evidence, as opened leaves: each
 * link is a private record with its salt and the proofs there are that its leaf is in its
 * authority's log.  A custody file is checked offline against a policy file of the one who
 * relies on it; what the file says of itself counts for nothing.
 *
 * comity.custody/1, UTF-8 JSON, at most CUSTODY_FILE_MAX bytes, strict:
 *	schema, act, package (64 hex), as_of (seconds), links [{
 *	  record (the exact text), salt (64 hex), proofs [text of a .tlog-proof ...],
 *	  place {origin, index} or null }]
 * in the order things happened.  A link without a proof is still told.
 */
#ifndef COMITY_LEDGER_CUSTODY_H
#define COMITY_LEDGER_CUSTODY_H

#include "ledger/proof.h"
#include "ledger/quorum.h"
#include "ledger/record.h"

#define CUSTODY_SCHEMA "comity.custody/1"
#define CUSTODY_FILE_MAX (16u << 20)
#define CUSTODY_LINKS_MAX 512
#define CUSTODY_PROOFS_MAX 16		/* of one link: one checkpoint each */

enum custody_standing {
	CUSTODY_PROVEN,		/* in a log the policy knows, cosigned as its quorum asks */
	CUSTODY_CLAIMED,	/* nothing contradicts it, and not enough vouch for it */
	CUSTODY_BROKEN,		/* something contradicts it */
};
const char *custody_standing_name(enum custody_standing s); /* "proven", "claimed", "broken" */

struct custody_link {
	struct buf bytes;		/* the record's text */
	struct record record;		/* decoded */
	uint8_t salt[RECORD_SALT];
	struct buf proofs[CUSTODY_PROOFS_MAX];
	size_t proofs_n;
	bool has_place;
	char origin[NOTE_NAME_MAX + 1];
	uint64_t index;
	bool said;			/* for who keeps it (flow/custody_keep.c); not judged */

	/* by custody_judge */
	enum custody_standing standing;
	const char *reason;		/* stable name of it: "proof", "no-proof" ...; static */
	char why[300];			/* a sentence: what proves, lacks or contradicts */
	size_t witnesses;		/* that vouch for it and count: States */
	char states[128];		/* "XB XC" */
	int64_t proven_at;		/* when the quorum was full first; 0 not yet */
};
struct custody {
	struct digest act, package;
	int64_t as_of;
	struct custody_link *links;	/* owned */
	size_t n;
	/*
	 * Proof files that were handed over one by one, of any acts: each link by itself, and
	 * no two histories.  act and package say nothing then; false for what was read.
	 */
	bool loose;
	/* by custody_judge: the worst of its links, and of how they follow each other */
	enum custody_standing standing;
	const char *reason;		/* "proven", "links", "lacks-made", "lacks-received", "empty" */
	char why[300];
};
void custody_init(struct custody *c);
void custody_clear(struct custody *c);
/* A link at the end, empty but for its record; owned by c.  NULL: err says. */
struct custody_link *custody_add(struct custody *c, struct span record,
    const uint8_t salt[RECORD_SALT], struct err *err);
void custody_drop(struct custody *c, size_t at);	/* that link; those behind it move up */
MUST bool custody_proof_add(struct custody_link *l, struct span proof, struct err *err);
MUST bool custody_read(struct span json, struct custody *out, struct err *err);
MUST bool custody_write(const struct custody *c, struct buf *out, struct err *err);

/*
 * Each link against the policy: its leaf made from record and salt, its place in each
 * checkpoint, signatures, the quorum over all its proofs together.
 * BROKEN by itself: a proof whose leaf, path or signature does not hold; a place that
 * differs from its proof's; two proofs with different index or log; a record of another act
 * or package than the file is about; the log of an authority in another's name (origin and
 * record.actor.authority must agree for logs named comity-ledger/...).
 * BROKEN by another link, when both are signed by logs that the policy names: two links
 * whose files (path, bytes, SHA-256) differ; `before` naming a record of the file that comes
 * later; a link twice; links of one log in another order than the log's; proofs that show
 * two histories of one log.  Is one of the two only said, then it is claimed, "contradicts",
 * and the other stands as it does without it: words alone break no proof.
 * Witnesses of the State whose log it is (note_state) do not count: nobody vouches for
 * himself.
 * q NULL: nobody is believed, all that is not broken is claimed.
 * Also what lacks: a `received` without the `made` of its sender, a `made` for a peer without its
 * `received`: said in c->why, and the whole is claimed then; never an error.  False: our
 * own trouble only.
 */
MUST bool custody_judge(struct custody *c, const struct quorum *q, struct err *err);

/* 0 proven, 10 claimed or incomplete, 3 broken (ux.md section 10). */
int custody_exit_code(const struct custody *c);
/* A judged file for people, lines of at most 100 columns but for names; LF at the end. */
MUST bool custody_text(const struct custody *c, struct buf *out, struct err *err);
/* For programs: the members of a comity.custody-verdict/1 object (custody_say.c). */
struct json_out;
void custody_json(const struct custody *c, struct json_out *j);
/* "made" as people say it: "Sealed", "Received" ...; by event name for the others. */
const char *custody_event_text(enum record_event e);
/*
 * What it was, by a code: the event's name; of a disclosure to whom ("disclose.court"), of a
 * destruction why ("destroyed.case_closed").
 */
struct custody_what { char s[80]; };
struct custody_what custody_what(const struct record *r);
/* The same as people say it: "Shown to the defence". */
const char *custody_record_text(const struct record *r);
/* Is there another side of it?  Whoever opens, destroys or loses hands nothing over. */
bool custody_hands_over(enum record_event e);
/*
 * Is it proven since a moment that came after the file was put together?  Nobody cosigns
 * then: the clock of a witness is wrong, or somebody's.  A day is how far honest ones may be
 * apart.
 */
#define CUSTODY_CLOCKS_APART 86400
bool custody_witness_ahead(const struct custody *c, const struct custody_link *l);
/* What none of this proves. */
extern const char custody_does_not_prove[];

#endif
