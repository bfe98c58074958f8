/* Does the docket say what the ledger says?  For who asks: nothing is decided by it. */
#include <stdio.h>
#include <string.h>

#include "flow/leaves.h"

struct index_looking {
	struct flow *f;
	struct docket *d;
	uint64_t rows, entries;		/* of the docket; of the journal */
	uint64_t lost;			/* of these, without a text */
	uint64_t other;			/* rows that say something else than the ledger */
	bool taken_back;
	struct err *err;
	bool ok;
};

/* Of the few records that decisions rest on, what the docket says is compared. */
static void
row_look(void *arg, const struct leaf *x)
{
	struct index_looking *l = arg;
	struct docket_record r;
	bool there;

	l->taken_back = l->taken_back || (x->what == LEAF_RECOVERY &&
	    (strcmp(x->reason, "ledger.taken-back") == 0 ||
	    strcmp(x->reason, LOST_REASON) == 0));
	if (!l->ok || !x->has_act || x->what == LEAF_REVOKED)
		return;
	l->ok = docket_record_at(l->d, x->at, &r, &there, l->err);
	l->other += l->ok && there && (!r.has_act || !digest_eq(&r.act, &x->digest));
}

static bool
stance_row_look(void *arg, const struct docket_stance *s, struct err *err)
{
	struct index_looking *l = arg;
	struct leaf_value set;

	if (!leaves_stance_said(l->f, s->what, s->state, s->about, &set, err))
		return false;
	l->other += strcmp(set.s, s->value) != 0;
	return true;
}

static bool
lost_one(void *arg, const struct journal_entry *e, struct err *err)
{
	struct index_looking *l = arg;

	(void)e;
	(void)err;
	l->lost++;
	return true;
}

static bool
index_look(struct index_looking *l, struct err *err)
{
	struct journal_place place = { .at = 0 };
	struct log *log;
	bool whole;

	l->ok = true;
	l->err = err;
	if (!ledger_log(l->f, &log, err) || !record_catch_up(l->f, l->d, err) ||
	    !docket_records_count(l->d, &l->rows, err))
		return false;
	l->entries = journal_count(log_journal(log));
	if (!journal_glance(l->f->world, home_dir(l->f->home), &place, &whole, journal_lost,
	    lost_one, l, err) || !docket_stances(l->d, false, stance_row_look, l, err))
		return false;
	for (int i = 0; i < LEAF_KINDS; i++)
		if (!leaves_each(l->f, (enum leaf_what)i, row_look, l, err) || !l->ok)
			return false;
	return true;
}

bool
docket_compare(struct flow *f, struct docket_check *out, struct err *err)
{
	struct index_looking l = { .f = f };
	struct err why = ERR_INIT;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = home_docket(f->home, &l.d, &why);
	if (ok) {
		ok = index_look(&l, &why);
		home_docket_done(f->home);
	}
	/* A docket or journal that cannot be read is told by who needs it. */
	if (!ok && !docket_rebuild_despite(&why)) {
		*err = why;
		return false;
	}
	/* But for this, which nobody else would see: what no checkpoint covers yet is gone. */
	if (!ok && strcmp(why.reason, "journal.shorter") == 0)
		(void)snprintf(out->text, sizeof out->text, "It knows of records behind the end of the journal: these are lost. Make a copy of this home (comity backup FILE), then: comity ledger succeed --reason damaged; or get the home back from the newest backup");
	if (!ok)
		return true;
	out->lost = l.lost;
	out->taken_back = l.taken_back;
	if (l.rows + l.lost != l.entries)
		(void)snprintf(out->text, sizeof out->text, "Its index of records has %llu rows, and the journal has %llu records: somebody changed it by hand. Make it anew with: comity rebuild",
		    (unsigned long long)l.rows, (unsigned long long)(l.entries - l.lost));
	else if (l.other > 0)
		(void)snprintf(out->text, sizeof out->text, "%llu of its rows say something else than the ledger: somebody changed it by hand. What is decided is decided by the ledger. Make it anew with: comity rebuild",
		    (unsigned long long)l.other);
	return true;
}
