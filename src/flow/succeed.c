/*
 * A successor log (D14): the log is closed and another with a key of its own goes on; its
 * first leaf cites the last checkpoint of the one before.  Cut anywhere, ledger_begin ends
 * what was begun: the ledger's own files say how far it got, and the settings follow.
 *
 * Where the journal itself is damaged, what can be proven of it goes on first (log_salvage);
 * cut anywhere, the same command begins again.
 */
#include <stdio.h>
#include <string.h>

#include "flow/exchange.h"
#include "flow/leaves.h"
#include "flow/people.h"

/* The last checkpoint of log n, as a file of the record. */
static bool
cite(struct flow *f, unsigned n, struct record *r, struct err *err)
{
	struct record_file *x = &r->files[0];
	struct buf note;
	bool ok = true;

	(void)snprintf(x->path, sizeof x->path, "ledger/before/%u/checkpoint", n);
	if (!home_has(f->home, x->path))
		return true;		/* it never signed one */
	buf_init(&note, NOTE_MAX);
	ok = home_load(f->home, x->path, &note, err) &&
	    digest_of(buf_span(&note), &x->sha256, err);
	x->bytes = note.n;
	r->files_n = ok;
	buf_clear(&note);
	return ok;
}

static bool
first_leaf(struct flow *f, unsigned before, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_RECOVERY);
	(void)snprintf(r.reason, sizeof r.reason, "ledger.successor");
	return cite(f, before, &r, err) && record_journal(f, &r, err);
}

/* Where the log in use begins.  What is lost of that is made again from the settings. */
static bool
first_find(struct flow *f, uint64_t *first, unsigned *before, struct err *err)
{
	const struct settings *s = home_settings(f->home);
	struct dir *home = home_dir(f->home);
	struct err why = ERR_INIT;

	if (log_first(f->world, home, first, before, &why)) {
		if (s->ledger <= *before + 1)
			return true;
	} else if (why.kind != ERR_UNPROVEN || s->ledger < 2) {
		*err = why;
		return false;
	}
	return log_closed_mend(f->world, home, s->ledger - 1, s->ledger_first, err) &&
	    log_first(f->world, home, first, before, err);
}

bool
ledger_begin(struct flow *f, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct dir *home = home_dir(f->home);
	unsigned before;
	uint64_t first;

	if (!first_find(f, &first, &before, err))
		return false;
	if (before > 0 && (s->ledger != before + 1 || s->ledger_first != first)) {
		s->ledger = before + 1;
		s->ledger_first = first;
		if (!settings_save(f->home, err))
			return false;
	}
	if (!log_open(f->world, home, first, &f->log, err))
		return false;
	if (before == 0 || log_size(f->log) > 0 || first_leaf(f, before, err))
		return true;
	ledger_drop(f);
	return false;
}

/* The key is there before anything is closed. */
static bool
key_make(struct flow *f, unsigned number, struct err *err)
{
	struct key *key = NULL;
	struct keyring *k = NULL;
	bool ok = flow_keyring(f, &k, err) && key_new(&key, KEY_ED25519, err) &&
	    keyring_put_log(k, number, key, err);

	key_free(key);
	return ok;
}

static bool
reason_valid(const char *reason, struct err *err)
{
	return strcmp(reason, "damaged") == 0 || strcmp(reason, "split") == 0 ||
	    strcmp(reason, "key") == 0 || err_set(err, ERR_USE, "ledger.reason",
	    "the reason is damaged (files of it are lost), split (a second copy signed too) or key (its key is lost or stolen)");
}

/* ---- a damaged journal ---- */

/* The greatest number of a person that a record names. */
static bool
person_look(void *arg, const struct journal_entry *e, struct err *err)
{
	struct err why = ERR_INIT;
	unsigned *most = arg;
	struct record r;
	uint64_t n;

	(void)err;
	if (!journal_lost(e->record) && record_decode(&r, e->record, &why) &&
	    r.person[0] == 'P' && decimal_parse(span_text(r.person + 1), PEOPLE_MAX, &n) &&
	    n > *most)
		*most = (unsigned)n;
	return true;
}

/*
 * The record of the newest list of persons may be among the lost ones; what is left names
 * persons who are on it.
 */
static bool
people_are_newest(const struct flow *f, unsigned most, struct err *err)
{
	size_t persons = f->people != NULL ? f->people->n : 1;

	return most <= persons ||
	    err_set(err, ERR_UNPROVEN, "people.rolled-back",
	    "records of this home name persons that the list of persons here does not have: somebody put an older list back. Nothing is done under it. Put the folder people of the newest backup back (comity restore makes a home of it), and ask who had this disk");
}

/* What lay behind the first that is lost is looked up anew; what it meant stays as it is. */
static bool
docket_move(struct docket *d, const struct salvaged *s, struct err *err)
{
	uint64_t end;

	if (!docket_records_end(d, &end, err))
		return false;
	if (end <= s->same_to)
		return true;
	if (!docket_begin(d, err))
		return false;
	if (docket_records_forget(d, s->same_to, err) &&
	    docket_records_meant_put(d, s->moved, err) && docket_commit(d, err))
		return true;
	docket_rollback(d);
	return false;
}

/* Says for good that records were lost, and names the file that was damaged (leaves.h). */
static bool
lost_say(struct flow *f, struct salvage *s, const struct salvaged *said, struct err *err)
{
	struct buf bytes;
	struct record r;
	bool ok;

	if (said->lost == 0)
		return true;
	record_begin(f, &r, EVENT_RECOVERY);
	(void)snprintf(r.reason, sizeof r.reason, LOST_REASON);
	if (said->has_old) {
		(void)snprintf(r.files[0].path, sizeof r.files[0].path, "%s", said->old);
		r.files[0].bytes = said->old_bytes;
		r.files[0].sha256 = said->old_sha256;
		r.files_n = 1;
	}
	buf_init(&bytes, RECORD_MAX);
	ok = record_encode(&r, &bytes, err) && salvage_add(s, buf_span(&bytes), err);
	buf_clear(&bytes);
	return ok;
}

/* d NULL: the docket is damaged as well, and is made anew later. */
static bool
journal_mend_with(struct flow *f, struct docket *d, struct salvaged *said, struct err *err)
{
	struct salvage *s = NULL;
	unsigned most = 1;
	uint64_t end = 0;
	bool ok;

	ok = (d == NULL || docket_records_end(d, &end, err)) && log_salvage(f->world,
	    home_dir(f->home), end, person_look, &most, &s, said, err);
	if (ok && !said->sound)
		ok = (said->lost == 0 || people_are_newest(f, most, err)) &&
		    lost_say(f, s, said, err) && (d == NULL || docket_move(d, said, err)) &&
		    salvage_take(s, err);
	salvage_free(s);
	return ok;
}

static bool
journal_mend(struct flow *f, struct salvaged *said, struct err *err)
{
	struct err why = ERR_INIT;
	struct docket *d = NULL;
	bool ok;

	ledger_drop(f);
	if (!home_docket(f->home, &d, &why)) {
		if (!docket_rebuild_despite(&why) || why.kind == ERR_CONFLICT) {
			*err = why;
			return false;
		}
		d = NULL;
	}
	ok = journal_mend_with(f, d, said, err);
	if (d != NULL)
		home_docket_done(f->home);
	return ok;
}

/* Records that somebody emptied by hand, and no recovery: said from now on (leaves_gap). */
static bool
lost_explain(struct flow *f, struct err *err)
{
	struct leaf_gap gap;

	return leaves_gap(f, &gap, err) && (gap.time != INT64_MAX ||
	    record_home(f, EVENT_RECOVERY, LOST_REASON, err));
}

/* ---- the command ---- */

bool
flow_ledger_succeed(struct flow *f, const char *reason, struct salvaged *out,
    struct err *err)
{
	struct salvaged said = { .sound = true };
	struct signer signer = { 0 };
	char code[48];
	uint64_t first;
	struct log *l;
	unsigned n;
	bool ok;

	f->despite_damage = true;
	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_KEYS, err) ||
	    !reason_valid(reason, err) ||
	    (strcmp(reason, "damaged") == 0 && !journal_mend(f, &said, err)) ||
	    !ledger_log(f, &l, err) || !lost_explain(f, err) || !ledger_log(f, &l, err))
		return false;
	n = home_settings(f->home)->ledger;
	if (n == 0 || n >= HOME_LEDGERS_MAX)
		return err_set(err, ERR_LIMIT, "ledger.many",
		    "this home has had %u ledgers; a card has room for %d", n,
		    HOME_LEDGERS_MAX);
	(void)snprintf(code, sizeof code, "ledger.closed-%s", reason);
	if (!key_make(f, n + 1, err) || !record_home(f, EVENT_RECOVERY, code, err) ||
	    !ledger_log(f, &l, err) || !log_succeed(l, n, &first, err))
		return false;
	/* Opened anew: settings, first leaf; then a card that names it. */
	ledger_drop(f);
	ledger_keys_forget(f);
	if (!ledger_log(f, &l, err))
		return false;
	ok = signer_open(f, &signer, err) && card_make(f, &signer, err);
	signer_close(&signer);
	if (ok && out != NULL)
		*out = said;
	return ok;
}
