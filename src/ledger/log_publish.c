/*
 * Signing: what this node says of its own ledger, once and for all.  Before a signature
 * leaves this file the tiles are on the disk and read back, three roots agree (D8: by the
 * tiles, by the files, by the journal's own leaves), and HOME/ledger/signed says so durably.
 * A crash between any two steps leaves a size and root that may be signed again, with the
 * same bytes, as Ed25519 has no chance in it.
 */
#include <inttypes.h>
#include <string.h>

#include "ledger/log_internal.h"

static bool
may_sign(struct log *l, struct err *err)
{
	if (l->closed)
		return err_set(err, ERR_REFUSED, "ledger.closed", "this ledger is closed");
	if (!log_alive(l, err))
		return false;
	if (l->state.standing == LOG_FROZEN)
		return err_set(err, ERR_REFUSED, "ledger.frozen",
		    "this ledger is frozen (%s): nothing is signed for it any more",
		    l->state.reason);
	if (l->standing_damaged)
		return log_damaged(l, STANDING_NAME, "is damaged: whether this ledger "
		    "may sign is not known", err);
	if (l->signed_.damaged && l->state.standing == LOG_RECOVERING)
		return log_damaged(l, SIGNED_NAME, "is damaged: what was signed last is "
		    "not known", err);
	if (l->state.standing == LOG_RECOVERING)
		return err_set(err, ERR_REFUSED, "ledger.recovering",
		    "this ledger is in recovery (%s): nothing is signed until it is whole",
		    l->state.reason);
	if (log_size(l) == 0)
		return err_set(err, ERR_REFUSED, "ledger.empty",
		    "there is no record to sign for yet");
	if (log_size(l) < l->signed_.size)
		return err_set(err, ERR_REFUSED, "ledger.shorter", "this ledger has %"
		    PRIu64 " leaves, and %" PRIu64 " were signed", log_size(l),
		    l->signed_.size);
	return true;
}

/* ---- what was signed is a beginning of what is here ---- */

static bool
signed_holds(struct log *l, const struct log_signed *s, bool *holds, struct err *err)
{
	struct digest root;

	*holds = s->size == 0;
	if (*holds)
		return true;
	if (!log_root(l, s->size, &root, err))
		return false;
	*holds = digest_eq(&root, &s->root);
	return true;
}

/* The journal says other than what was signed: for good. */
static bool
freeze(struct log *l, const struct log_signed *s, struct err *err)
{
	struct log_state frozen = { .standing = LOG_FROZEN, .reason = "ledger.damaged",
		.known_size = s->size, .known_root = s->root };

	return log_state_put(l, &frozen, err) && err_set(err, ERR_UNPROVEN,
	    "ledger.damaged", "the journal is not the one that was signed at %" PRIu64
	    " leaves: nothing is signed for this ledger any more", s->size);
}

static bool
signed_check(struct log *l, const struct log_signed *s, struct err *err)
{
	struct err why = ERR_INIT;
	bool holds = false;

	if (signed_holds(l, s, &holds, &why) && holds)
		return true;
	if (why.kind != ERR_NONE && why.kind != ERR_UNPROVEN) {
		if (err != NULL)
			*err = why;
		return false;
	}
	/* Tiles may be damaged: the journal is asked before it is accused. */
	return log_remake(l, err) && signed_holds(l, s, &holds, err) &&
	    (holds || freeze(l, s, err));
}

/*
 * What was signed last: as `signed` says, or the checkpoint when an older copy of `signed`
 * came back without the rest.
 */
static bool
floor_check(struct log *l, const struct checkpoint *latest, bool found,
    struct err *err)
{
	struct log_signed c = { .size = latest->size, .root = latest->root };

	if (!signed_check(l, &l->signed_, err))
		return false;
	if (!found)
		return true;
	if (c.size > log_size(l))
		return err_set(err, ERR_REFUSED, "ledger.shorter", "this ledger has %"
		    PRIu64 " leaves, and %" PRIu64 " were signed", log_size(l), c.size);
	return signed_check(l, &c, err);
}

/* ---- three roots ---- */

static bool
roots_agree(struct log *l, struct digest *out, bool *agree, struct err *err)
{
	uint64_t from = l->signed_.size;
	struct digest tiles, files, edge;

	if (from > tiles_synced(l->t))
		from = 0;
	if (!log_tiles_sync(l, err) || !tiles_read_back(l->t, from, &files, err) ||
	    !tiles_root(l->t, log_size(l), &tiles, err) ||
	    !merkle_edge_root(l->hasher, &l->edge, &edge, err))
		return false;
	*agree = digest_eq(&tiles, &files) && digest_eq(&tiles, &edge);
	*out = tiles;
	return true;
}

static bool
root_sure(struct log *l, struct digest *out, struct err *err)
{
	struct err why = ERR_INIT;
	bool agree = false;

	if (roots_agree(l, out, &agree, &why) && agree)
		return true;
	if (why.kind != ERR_NONE && why.kind != ERR_UNPROVEN) {
		l->dead = true;
		if (err != NULL)
			*err = why;
		return false;
	}
	/* Once more from the journal: a tile that was damaged on the disk is whole then. */
	return log_remake(l, err) && roots_agree(l, out, &agree, err) &&
	    (agree || err_set(err, ERR_UNPROVEN, "ledger.damaged",
	    "three ways to the root of the ledger do not agree: nothing is signed; "
	    "let the disk and the memory of this machine be checked"));
}

/* ---- signing ---- */

/*
 * The bytes are synced before they get the name; the name is not: after a power cut the
 * one before may be there, and the next publish makes the same again.
 */
static bool
checkpoint_save(struct log *l, struct span note, struct err *err)
{
	static const char temporary[] = DISK_TEMPORARY_PREFIX "checkpoint";
	struct file *f = NULL;
	bool ok;

	ok = path_clear(l->w, l->folder, temporary, err) &&
	    file_open(l->w, l->folder, temporary, FILE_CREATE, &f, err) &&
	    file_write_at(f, note, 0, err) && file_sync(f, err);
	file_close(f);
	return ok && path_rename(l->w, l->folder, temporary, l->folder, CHECKPOINT_NAME,
	    true, err);
}

static bool
sign(struct log *l, const struct log_signer *s, const struct checkpoint *c,
    struct err *err)
{
	struct checkpoint again;
	struct buf text, note;
	bool ok;

	buf_init(&text, NOTE_MAX);
	buf_init(&note, NOTE_MAX);
	ok = checkpoint_text(c, &text, err) && buf_add(&note, buf_span(&text), err) &&
	    buf_add_byte(&note, '\n', err) &&
	    note_sign(s->key, &s->vkey, buf_span(&text), &note, err) &&
	    checkpoint_open(buf_span(&note), &s->vkey, &again, err) &&
	    vkey_save(l, &s->vkey, err) && checkpoint_save(l, buf_span(&note), err);
	buf_clear(&text);
	buf_clear(&note);
	return ok;
}

/* Is the latest checkpoint one over this size by that key? */
static bool
is_published(const struct log_signer *s, const struct buf *note, bool found,
    const struct checkpoint *latest, uint64_t size)
{
	struct checkpoint c;

	return found && latest->size == size &&
	    checkpoint_open(buf_span(note), &s->vkey, &c, NULL);
}

static bool
publish(struct log *l, const struct log_signer *s, struct checkpoint *out,
    struct err *err)
{
	struct checkpoint c = { .size = log_size(l) };
	struct checkpoint latest = { .size = 0 };
	struct merkle_proof way;
	struct buf note;
	bool found = false, ok, same;

	buf_init(&note, NOTE_MAX);
	ok = checkpoint_load(l, &note, &latest, &found, err) &&
	    floor_check(l, &latest, found, err);
	same = ok && l->signed_.size == c.size &&
	    is_published(s, &note, found, &latest, c.size);
	buf_clear(&note);
	if (same)
		*out = latest;
	if (!ok || same)
		return ok;
	memcpy(c.origin, s->vkey.name, sizeof c.origin);
	if (!root_sure(l, &c.root, err) ||
	    !log_consistency(l, l->signed_.size, c.size, &way, err) || (l->signed_.size != c.size &&
	    !log_signed_save(l, c.size, &c.root, err)) || !sign(l, s, &c, err) ||
	    !checkpoint_cosigned(l, c.size, err))
		return false;
	*out = c;
	return true;
}

bool
log_publish(struct log *l, const struct log_signer *s, struct checkpoint *out,
    struct err *err)
{
	return (may_sign(l, err) && publish(l, s, out, err)) ||
	    err_wrap(err, "the checkpoint");
}
