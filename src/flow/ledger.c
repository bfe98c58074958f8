/* The log of this home at work: opened once a command, published, proofs out of it. */
#include <stdio.h>
#include <string.h>

#include "flow/exchange.h"
#include "flow/kept.h"
#include "flow/leaves.h"

bool
ledger_log(struct flow *f, struct log **out, struct err *err)
{
	if (f->log == NULL) {
		if (!home_lock(f->home, err) || !ledger_begin(f, err))
			return false;
		if (!recovery_bind(f, f->log, err)) {
			ledger_drop(f);
			return false;
		}
	}
	*out = f->log;
	return true;
}

bool
ledger_standing(struct flow *f, struct log **log, struct log_state *out, struct err *err)
{
	if (!ledger_log(f, log, err))
		return false;
	log_state(*log, out);
	return true;
}

void
ledger_drop(struct flow *f)
{
	for (size_t i = 0; i < HOME_LEDGERS_MAX; i++) {
		log_close(f->before[i]);
		f->before[i] = NULL;
	}
	log_close(f->log);
	f->log = NULL;
	leaves_forget(f);
	kept_log_changed(f);
}

bool
ledger_damage(const struct err *why)
{
	return why->kind == ERR_UNPROVEN || why->kind == ERR_INPUT ||
	    why->kind == ERR_ABSENT || why->kind == ERR_LIMIT;
}

bool
ledger_damage_skip(const struct err *why, struct err *err)
{
	if (ledger_damage(why))
		return true;
	*err = *why;
	return false;
}

bool
ledger_damage_note(struct flow *f, const char *text, struct err *err)
{
	return home_has(f->home, FLOW_DAMAGED_PATH) ||
	    home_save(f->home, FLOW_DAMAGED_PATH, span_text(text), err);
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
	kept_log_changed(f);
	if (!ledger_standing(f, &l, &state, err))
		return false;
	if (state.standing != LOG_GOOD)
		return recovery_text(f, &state, text, err);
	if (!home_settings(f->home)->has_certificate) {
		(void)snprintf(text, 300,
		    "This home has no card yet, so nobody could check its ledger.");
		return true;
	}
	return ledger_signer(f, &s, err) && leaves_note(f, err) &&
	    publish(f, s, signed_, out, text, err);
}

/* ---- proofs ---- */

/* The number of the log in use. */
static unsigned
number_now(struct flow *f)
{
	unsigned n = home_settings(f->home)->ledger;

	return n > 0 ? n : 1;
}

bool
ledger_lost(struct flow *f, unsigned number, const struct err *why)
{
	return number < number_now(f) && (why->kind == ERR_UNPROVEN ||
	    why->kind == ERR_ABSENT || why->kind == ERR_INPUT);
}

static bool
log_numbered(struct flow *f, unsigned number, struct log **out, struct err *err)
{
	struct log *l;

	if (!ledger_log(f, &l, err))
		return false;
	if (number < number_now(f)) {
		if (f->before[number - 1] == NULL &&
		    !log_open_before(l, number, &f->before[number - 1], err))
			return false;
		l = f->before[number - 1];
	}
	*out = l;
	return true;
}

bool
ledger_place_of(struct flow *f, uint64_t at, struct ledger_place *out, bool *found,
    struct err *err)
{
	struct log *l;

	*found = false;
	if (!ledger_log(f, &l, err))	/* it may end a succession that was cut short */
		return false;
	for (unsigned n = number_now(f); n > 0 && !*found; n--) {
		struct ledger_place p = { .number = n };
		struct err why = ERR_INIT;

		*found = log_numbered(f, n, &p.log, &why) &&
		    log_index(p.log, at, &p.index, &why);
		if (*found) {
			*out = p;
		} else if (!ledger_lost(f, n, &why) &&
		    (n == 1 || why.kind != ERR_ABSENT)) {
			*err = why;
			return false;
		}
	}
	return true;
}

static bool
proof_in(struct flow *f, const struct ledger_place *p, struct buf *out, bool *found,
    struct err *err)
{
	struct checkpoint c;
	struct buf note;
	bool ok;

	buf_init(&note, NOTE_MAX);
	ok = kept_checkpoint(f, p->log, p->index, &note, &c, found, err);
	*found = ok && *found && p->index < c.size;
	ok = ok && (!*found || log_proof(p->log, p->index, buf_span(&note), out, err));
	buf_clear(&note);
	return ok;
}

bool
ledger_proof_of(struct flow *f, uint64_t at, struct buf *out, struct ledger_place *place,
    bool *found, struct err *err)
{
	struct err why = ERR_INIT;

	if (!ledger_place_of(f, at, place, found, err))
		return false;
	if (!*found || proof_in(f, place, out, found, &why))
		return true;
	*found = false;
	if (ledger_lost(f, place->number, &why))
		return true;
	*err = why;
	return false;
}
