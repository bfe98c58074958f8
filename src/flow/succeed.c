/*
 * A successor log (D14): the log is closed and another with a key of its own goes on; its
 * first leaf cites the last checkpoint of the one before.  Cut anywhere, ledger_begin ends
 * what was begun: the ledger's own files say how far it got, and the settings follow.
 */
#include <stdio.h>
#include <string.h>

#include "flow/exchange.h"
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

bool
flow_ledger_succeed(struct flow *f, const char *reason, struct err *err)
{
	struct signer signer = { 0 };
	char code[48];
	uint64_t first;
	struct log *l;
	unsigned n;
	bool ok;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_KEYS, err) ||
	    !reason_valid(reason, err) || !ledger_log(f, &l, err))
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
	return ok;
}
