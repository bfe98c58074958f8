/* The log of this home at work: opened once a command, published, proofs out of it. */
#include <stdio.h>
#include <string.h>

#include "flow/exchange.h"

bool
ledger_log(struct flow *f, struct log **out, struct err *err)
{
	if (f->log == NULL && (!home_lock(f->home, err) || !ledger_begin(f, err)))
		return false;
	*out = f->log;
	return true;
}

void
ledger_drop(struct flow *f)
{
	log_close(f->log);
	f->log = NULL;
}

/* ---- may it sign? ---- */

/* What stops this home from signing, and nothing else it does. */
static bool
stopped(const char *reason)
{
	static const char *const reasons[] = { "ledger.recovering", "ledger.frozen",
		"ledger.shorter", "ledger.empty", "ledger.damaged", "ledger.split" };

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(reasons[i], reason) == 0)
			return true;
	return false;
}

static bool
publish(struct flow *f, const struct log_signer *s, bool *signed_,
    struct checkpoint *out, char text[300], struct err *err)
{
	struct err why = ERR_INIT;
	struct log_state state;
	struct log *l;

	if (!ledger_log(f, &l, err))
		return false;
	*signed_ = log_publish(l, s, out, &why);
	if (*signed_)
		return true;
	if (!stopped(why.reason)) {
		*err = why;
		return err_wrap(err, "the checkpoint of the ledger");
	}
	/* Publishing may have found it out. */
	log_state(l, &state);
	if (state.standing != LOG_GOOD)
		return recovery_text(f, &state, text, err);
	(void)snprintf(text, 300, "%.299s", why.text);
	return true;
}

bool
ledger_publish(struct flow *f, bool *signed_, struct checkpoint *out, char text[300],
    struct err *err)
{
	const struct log_signer *s;
	struct log_state state;
	struct log *l;

	text[0] = '\0';
	*signed_ = false;
	if (!ledger_log(f, &l, err))
		return false;
	log_state(l, &state);
	if (state.standing != LOG_GOOD)
		return recovery_text(f, &state, text, err);
	if (!home_settings(f->home)->has_certificate) {
		(void)snprintf(text, 300,
		    "This home has no card yet, so nobody could check its ledger.");
		return true;
	}
	return ledger_signer(f, &s, err) && publish(f, s, signed_, out, text, err);
}

/* ---- proofs ---- */

/* Where the entry is in the log in use; *of_it false: in one before it. */
static bool
index_of(struct flow *f, struct log *l, uint64_t at, uint64_t *index, bool *of_it,
    struct err *err)
{
	struct err why = ERR_INIT;

	*of_it = log_index(l, at, index, &why);
	if (*of_it || (why.kind == ERR_ABSENT &&
	    home_settings(f->home)->ledger_first > 0))
		return true;
	*err = why;
	return false;
}

bool
ledger_proof_of(struct flow *f, uint64_t at, struct buf *out, uint64_t *index,
    bool *found, struct err *err)
{
	struct checkpoint c;
	struct log *l;
	struct buf note;
	uint64_t i = 0;
	bool ok;

	*found = false;
	buf_init(&note, NOTE_MAX);
	ok = ledger_log(f, &l, err) && log_checkpoint(l, &note, &c, found, err);
	if (ok && *found) {
		ok = index_of(f, l, at, &i, found, err);
		*found = ok && *found && i < c.size;
		ok = ok && (!*found || log_proof(l, i, buf_span(&note), out, err));
	}
	if (ok && *found)
		*index = i;
	buf_clear(&note);
	return ok;
}
