/*
 * Our own log as others know it (D10).  A copy that came out of a backup, or a clone, may
 * be shorter than what was signed: it signs nothing until every authority that may have
 * seen more has shown what it knows, takes back the leaves it lacks, and goes on.  What
 * contradicts a signature of ours freezes it for good.
 */
#include <stdio.h>
#include <string.h>

#include "flow/exchange.h"
#include "flow/leaves.h"
#include "flow/people.h"

/* ---- who has answered ---- */

struct looking {
	struct flow *f;
	struct leaf_standing begun;	/* answers since then count */
	size_t missing;			/* who has not answered yet */
	char first[AUTHORITY_ID_MAX];	/* of them */
};

/* One that witnesses nothing holds nothing of ours; of one whose card is gone, who knows? */
static bool
may_know(struct flow *f, const struct authority_id *id, bool *may, struct err *err)
{
	struct err why = ERR_INIT;
	struct ledger_keys keys;
	struct peer p;
	bool ok;

	peer_init(&p);
	*may = true;
	if (!peer_load(f->home, id->s, &p, &why)) {
		ok = why.kind == ERR_ABSENT;
		if (!ok)
			*err = why;
	} else {
		ok = !p.confirmed || ledger_keys_of_card(&p.card, &keys, err);
		*may = !ok || !p.confirmed || keys.witnesses_n > 0;
	}
	peer_clear(&p);
	return ok;
}

static bool
peer_look(void *arg, const struct authority_id *id, struct err *err)
{
	struct looking *l = arg;
	bool may, seen;

	if (!leaves_answered(l->f, id, &l->begun, &seen, err) ||
	    (!seen && !may_know(l->f, id, &may, err)))
		return false;
	if (!seen && may && l->missing++ == 0)
		(void)snprintf(l->first, sizeof l->first, "%s", id->s);
	return true;
}

/* Who must answer is in the ledger: a file of peers/ that is moved away excuses nobody. */
static bool
peers_missing(struct flow *f, struct looking *l, struct err *err)
{
	memset(l, 0, sizeof *l);
	l->f = f;
	return leaves_standing(f, &l->begun, err) && leaves_peers(f, peer_look, l, err);
}

bool
recovery_missing(struct flow *f, size_t *n, struct err *err)
{
	struct looking l;

	if (!peers_missing(f, &l, err))
		return false;
	*n = l.missing;
	return true;
}

/* ---- standing ---- */

static bool
home_record(struct flow *f, const char *reason, struct err *err)
{
	return record_home(f, EVENT_RECOVERY, reason, err);
}

bool
recovery_freeze(struct flow *f, const char *reason, struct err *err)
{
	struct log_state s;
	struct log *l;

	if (!ledger_standing(f, &l, &s, err))
		return false;
	if (s.standing == LOG_FROZEN)
		return true;
	s.standing = LOG_FROZEN;
	(void)snprintf(s.reason, sizeof s.reason, "%s", reason);
	return log_state_put(l, &s, err) && home_record(f, reason, err);
}

/*
 * What a peer showed to the copy that is gone counts for nothing now: the backup may be of
 * a moment in an earlier recovery.  The largest tree it knew of stays known.
 */
bool
recovery_begin(struct flow *f, const char *reason, struct err *err)
{
	struct log_state s;
	struct log *l;

	if (!ledger_standing(f, &l, &s, err))
		return false;
	if (s.standing == LOG_FROZEN)
		return true;
	s.standing = LOG_RECOVERING;
	(void)snprintf(s.reason, sizeof s.reason, "%s", reason);
	return recovery_nonce_draw(f, err) && log_state_put(l, &s, err) &&
	    home_record(f, strcmp(reason, "ledger.restored") == 0 ? "restored" : reason, err);
}

/* RECOVERING, or still, with the largest tree that was shown. */
static bool
shorter_put(struct flow *f, struct log *l, const struct checkpoint *c,
    struct exchanged *out, struct err *err)
{
	struct log_state s;
	bool begins;

	log_state(l, &s);
	begins = s.standing == LOG_GOOD;
	if (s.standing == LOG_RECOVERING && s.known_size >= c->size)
		return true;
	if (begins) {
		(void)snprintf(s.reason, sizeof s.reason, "ledger.shorter");
		if (!recovery_nonce_draw(f, err))
			return false;
		exchanged_tell(out, "This copy of the home is older than what was signed with its key. If it was not restored from a backup, another copy is at work: stop one of them now.");
	}
	s.standing = LOG_RECOVERING;
	s.known_size = c->size;
	s.known_root = c->root;
	return log_state_put(l, &s, err) && (!begins ||
	    home_record(f, "ledger.shorter", err));
}

/* Is the largest tree that was shown the beginning of what is here? */
static bool
holds_known(struct log *l, const struct log_state *s, bool *holds, struct err *err)
{
	struct digest root;

	*holds = s->known_size == 0;
	if (*holds || s->known_size > log_size(l))
		return true;
	if (!log_root(l, s->known_size, &root, err))
		return false;
	*holds = digest_eq(&root, &s->known_root);
	return true;
}

/* All that was shown is here, and not all have shown. */
static bool
whole_so_far(struct flow *f, const struct log_state *s, bool *whole, struct err *err)
{
	struct log *l;

	if (!ledger_log(f, &l, err))
		return false;
	*whole = false;
	return s->known_size == 0 || s->known_size > log_size(l) ||
	    holds_known(l, s, whole, err);
}

bool
recovery_text(struct flow *f, const struct log_state *s, char text[300],
    struct err *err)
{
	struct looking l;
	bool whole;

	text[0] = '\0';
	if (s->standing == LOG_FROZEN && strcmp(s->reason, "ledger.damaged") == 0)
		(void)snprintf(text, 300,
		    "The ledger here contradicts what it signed: it signs nothing more. Restore this home from a backup, or begin a successor with: comity ledger succeed");
	else if (s->standing == LOG_FROZEN)
		(void)snprintf(text, 300,
		    "Another history was signed with this ledger's key: a copy of this home is, or was, at work. It signs nothing more. Stop the other copy, keep both, then: comity ledger succeed");
	if (s->standing != LOG_RECOVERING)
		return true;
	if (!peers_missing(f, &l, err) || !whole_so_far(f, s, &whole, err))
		return false;
	if (whole && l.missing > 0)
		(void)snprintf(text, 300,
		    "All %llu entries that peers knew of are here again. This ledger signs nothing until each peer has answered (%zu to go, first %s): write it a bundle (comity bundle write DIR --to PEER --ledger), then read the one it writes after that",
		    (unsigned long long)s->known_size, l.missing, l.first);
	else if (s->known_size > 0)
		(void)snprintf(text, 300,
		    "A peer knows %llu entries of this ledger and this copy has fewer. It signs nothing until they are back: write each peer a bundle (comity bundle write DIR --to PEER --ledger), then read the one it writes after that. If nobody has them any more: comity ledger succeed --reason damaged",
		    (unsigned long long)s->known_size);
	else
		(void)snprintf(text, 300,
		    "This home came out of a backup. Its ledger signs nothing until its peers have answered (%zu to go, first %s): write each a bundle (comity bundle write DIR --to PEER --ledger), then read the one it writes after that. If none ever got anything newer: comity ledger resume",
		    l.missing, l.missing > 0 ? l.first : "none");
	return true;
}

/* Everybody has shown: what is here is all there was. */
static bool
recovery_end(struct flow *f, struct log *l, struct exchanged *out, struct err *err)
{
	struct log_state s;

	memset(&s, 0, sizeof s);
	if (!home_record(f, "ledger.recovered", err) || !log_state_put(l, &s, err) ||
	    !recovery_nonce_forget(f, err))
		return false;
	exchanged_tell(out, "The ledger is whole as far as all peers know it: it signs again.");
	return true;
}

static bool
recovery_try_end(struct flow *f, struct exchanged *out, struct err *err)
{
	struct looking missing;
	bool holds;
	struct log_state s;
	struct log *l;

	if (!ledger_standing(f, &l, &s, err))
		return false;
	if (s.standing != LOG_RECOVERING)
		return true;
	if (!peers_missing(f, &missing, err) || !holds_known(l, &s, &holds, err))
		return false;
	if (missing.missing > 0 || !holds) {
		char text[300];

		out->shorter = !holds;
		if (!recovery_text(f, &s, text, err))
			return false;
		exchanged_tell(out, "%s", text);
		return true;
	}
	return recovery_end(f, l, out, err);
}

bool
recovery_answered(struct flow *f, const struct peer *by, bool *answered, struct err *err)
{
	struct leaf_standing begun;

	return leaves_standing(f, &begun, err) &&
	    leaves_answered(f, &by->id, &begun, answered, err);
}

/* With the largest tree that was shown: what is in the ledger nobody puts back. */
static bool
answered_record(struct flow *f, const struct peer *by, struct err *err)
{
	struct log_state s;
	struct record r;
	struct log *l;
	bool already;

	if (!recovery_answered(f, by, &already, err))
		return false;
	if (already)
		return true;
	if (!ledger_standing(f, &l, &s, err))
		return false;
	record_begin(f, &r, EVENT_RECOVERY);
	(void)snprintf(r.reason, sizeof r.reason, ANSWERED_REASON);
	r.peer = by->id;
	if (s.known_size > 0) {
		(void)snprintf(r.files[0].path, sizeof r.files[0].path, ANSWERED_FILE);
		r.files[0].bytes = s.known_size;
		r.files[0].sha256 = s.known_root;
		r.files_n = 1;
	}
	return record_alone(f, &r, 0, err);
}

bool
recovery_seen(struct flow *f, const struct peer *by, struct exchanged *out,
    struct err *err)
{
	struct recovery_nonce n;
	bool found;

	return recovery_nonce_load(f, &n, &found, err) && (!found ||
	    (answered_record(f, by, err) && recovery_try_end(f, out, err)));
}

/*
 * A file that is gone, or an older one put back, ends no recovery: what began it is in the
 * ledger, and what ended it is too.
 */
bool
recovery_bind(struct flow *f, struct log *l, struct err *err)
{
	struct leaf_standing says;
	struct err why = ERR_INIT;
	struct log_state s;
	bool less;

	/* What is wrong with the journal is told by who reads all of it. */
	if (!leaves_standing(f, &says, &why))
		return ledger_damage_skip(&why, err);
	log_state(l, &s);
	if (says.standing == LOG_GOOD || s.standing == LOG_FROZEN)
		return true;
	less = says.standing == LOG_RECOVERING && says.known_size > s.known_size;
	if (s.standing == says.standing && strcmp(s.reason, says.reason) == 0 && !less)
		return true;
	s.standing = says.standing;
	(void)snprintf(s.reason, sizeof s.reason, "%s", says.reason);
	if (less) {
		s.known_size = says.known_size;
		s.known_root = says.known_root;
	}
	return log_state_put(l, &s, err);
}

bool
recovery_stands(struct flow *f, bool *may, struct err *err)
{
	struct leaf_standing says;
	struct err why = ERR_INIT;

	*may = home_has(f->home, LOG_PATH "/standing");
	if (*may)
		return true;
	if (!leaves_standing(f, &says, &why))
		return ledger_damage_skip(&why, err);
	*may = says.standing != LOG_GOOD;
	return true;
}

bool
recovery_open(struct flow *f, struct recovery_open *out, struct err *err)
{
	struct leaf_standing says;
	struct recovery_nonce n;
	struct log_state s;
	struct log *l;
	bool asks, may;

	memset(out, 0, sizeof *out);
	if (!recovery_stands(f, &may, err))
		return false;
	if (!may)
		return true;
	if (!ledger_standing(f, &l, &s, err) || !leaves_standing(f, &says, err) ||
	    !recovery_nonce_load(f, &n, &asks, err))
		return false;
	out->goes_on = s.standing == LOG_RECOVERING;
	out->frozen = s.standing == LOG_FROZEN && (asks || says.restored);
	out->restored = (out->goes_on && strcmp(s.reason, "ledger.restored") == 0) ||
	    (out->frozen && (says.restored || home_has(f->home, FLOW_RESTORED_PATH)));
	return true;
}

/* ---- what a peer showed ---- */

static bool
split_found(struct flow *f, const struct peer *by, const struct shown *s,
    struct exchanged *out, struct err *err)
{
	char name[80];

	out->split = true;
	(void)snprintf(name, sizeof name, "split-%llu",
	    (unsigned long long)s->checkpoint.size);
	if (!peer_file_save(f, &by->id, name, s->note, err) ||
	    !recovery_freeze(f, "ledger.split", err))
		return false;
	exchanged_tell(out, "%s holds another history of this ledger, signed with its key, of %llu entries: a copy of this home is, or was, at work. Nothing more is signed here. Stop the other copy, keep both folders, call your counterparts, then: comity ledger succeed",
	    by->id.s, (unsigned long long)s->checkpoint.size);
	return true;
}

static const uint8_t *
leaf_at(const struct shown *s, uint64_t i)
{
	return s->entries + (i - s->from) * (2 + LEAF_BYTES) + 2;
}

static bool
shown_leaf(void *arg, uint64_t i, uint8_t out[LEAF_BYTES], struct err *err)
{
	(void)err;
	memcpy(out, leaf_at(arg, i), LEAF_BYTES);
	return true;
}

/* The first leaf, from what was signed here on, that is not as it was shown. */
static bool
common_end(struct log *l, const struct shown *s, uint64_t *out, struct err *err)
{
	uint64_t i = log_signed(l);

	for (; i < log_size(l) && i < s->from + s->n; i++) {
		uint8_t ours[LEAF_BYTES];

		if (!log_leaf(l, i, ours, err))
			return false;
		if (memcmp(ours, leaf_at(s, i), LEAF_BYTES) != 0)
			break;
	}
	*out = i;
	return true;
}

/* What the journal holds is done in the docket first; one that lost its end is told apart. */
static bool
docket_known(struct flow *f, struct docket *d, struct err *err)
{
	struct err why = ERR_INIT;

	if (record_catch_up(f, d, &why) || strcmp(why.reason, "journal.shorter") == 0)
		return true;
	*err = why;
	return false;
}

/* Where the journal goes on is known anew by the docket before anything moves. */
static bool
docket_forget(struct flow *f, struct log *l, uint64_t from, struct err *err)
{
	struct docket *d = NULL;
	uint64_t at;
	bool ok;

	if (from >= log_size(l))
		return true;
	if (!log_offset(l, from, &at, err) || !home_docket(f->home, &d, err))
		return false;
	ok = docket_begin(d, err) && docket_known(f, d, err) &&
	    docket_records_forget(d, at, err) &&
	    docket_commit(d, err);
	if (!ok)
		docket_rollback(d);
	home_docket_done(f->home);
	return ok;
}

static bool
take_back(struct flow *f, const struct peer *by, const struct shown *s,
    struct exchanged *out, struct err *err)
{
	struct shown leaves = *s;
	struct log_leaves source = { shown_leaf, &leaves };
	struct err why = ERR_INIT;
	struct log *l;
	uint64_t from, n;

	if (!ledger_log(f, &l, err) || !common_end(l, s, &from, err))
		return false;
	n = s->checkpoint.size - from;
	if (!docket_forget(f, l, from, err))
		return false;
	leaves_forget(f);		/* the journal is written anew */
	used_forget(f);
	if (!log_recover(l, from, n, &source, &s->checkpoint.root, &why)) {
		if (strcmp(why.reason, "ledger.split") == 0 ||
		    strcmp(why.reason, "ledger.signed") == 0)
			return split_found(f, by, s, out, err);
		*err = why;
		return false;
	}
	out->recovered = true;
	out->recovered_leaves += n;
	exchanged_tell(out, "%llu entries of this ledger came back from %s; the records behind them are lost with the old copy.",
	    (unsigned long long)n, by->id.s);
	return home_record(f, "ledger.taken-back", err);
}

/* A tree that goes beyond what this copy signed. */
static bool
longer(struct flow *f, struct log *l, const struct peer *by, const struct shown *s,
    struct exchanged *out, struct err *err)
{
	struct digest root;

	if (s->checkpoint.size <= log_size(l)) {
		if (!log_root(l, s->checkpoint.size, &root, err))
			return false;
		if (digest_eq(&root, &s->checkpoint.root))
			return true;	/* the leaves are here, the signature was forgotten */
	}
	if (!shorter_put(f, l, &s->checkpoint, out, err))
		return false;
	if (s->entries == NULL || s->from > log_signed(l) ||
	    s->from + s->n != s->checkpoint.size) {
		out->shorter = true;
		return true;
	}
	return take_back(f, by, s, out, err);
}

bool
recovery_shown(struct flow *f, const struct peer *by, const struct shown *s,
    struct exchanged *out, struct err *err)
{
	struct log_state state;
	struct digest root;
	struct log *l;

	if (!ledger_standing(f, &l, &state, err))
		return false;
	if (state.standing == LOG_FROZEN)
		return true;
	if (s->checkpoint.size > log_signed(l))
		return longer(f, l, by, s, out, err);
	if (!log_root(l, s->checkpoint.size, &root, err))
		return false;
	return digest_eq(&root, &s->checkpoint.root) ||
	    split_found(f, by, s, out, err);
}

/* ---- by a person's word ---- */

bool
flow_ledger_resume(struct flow *f, struct err *err)
{
	struct log_state s;
	struct log *l;
	bool holds;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_KEYS, err) ||
	    !ledger_standing(f, &l, &s, err))
		return false;
	if (s.standing == LOG_GOOD)
		return err_set(err, ERR_USE, "ledger.good",
		    "this ledger signs already; there is nothing to resume");
	if (s.standing == LOG_FROZEN)
		return err_set(err, ERR_REFUSED, "ledger.frozen",
		    "this ledger is frozen (%s): only a successor goes on: comity ledger succeed",
		    s.reason);
	if (!holds_known(l, &s, &holds, err))
		return false;
	if (!holds)
		return err_set(err, ERR_REFUSED, "ledger.known",
		    "a peer has shown %llu entries of this ledger and this copy signed %llu: exchange bundles with all peers until they came back, or, if nobody has them any more: comity ledger succeed --reason damaged",
		    (unsigned long long)s.known_size, (unsigned long long)log_signed(l));
	memset(&s, 0, sizeof s);
	return home_record(f, "ledger.resumed", err) && log_state_put(l, &s, err) &&
	    recovery_nonce_forget(f, err);
}
