/* The desk: what needs a person today.  No passphrase: codes and instants only. */
#include <stdio.h>
#include <string.h>

#include "flow/deadlines.h"
#include "flow/exchange.h"
#include "flow/journey.h"
#include "flow/leaves.h"
#include "flow/notices.h"
#include "flow/people_inside.h"


static bool
due_take(void *arg, const struct docket_request *r, struct err *err)
{
	struct desk *desk = arg;

	(void)err;
	if (desk->due_n < sizeof desk->due / sizeof desk->due[0])
		desk->due[desk->due_n++] = *r;
	return true;
}

/* A yes ends the clock of the answer, and not what is feared: until something went over. */
static bool
emergency_take(void *arg, const struct docket_request *r, struct err *err)
{
	struct desk *desk = arg;
	enum request_state s;

	(void)err;
	if (r->ours || !request_state_parse(r->state, &s) || s == STATE_DELIVERED ||
	    s == STATE_NEEDS_INFO || s == STATE_CONSULTING)
		return true;
	if (desk->emergencies_n < DESK_EMERGENCIES_MAX)
		desk->emergencies[desk->emergencies_n] = *r;
	desk->emergencies_n++;
	return true;
}

/* Sealed files that wait; what was set aside, or is still being copied, does not. */
static bool
inbox_count(struct flow *f, size_t *n, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	*n = 0;
	ok = listing_open(f->world, home_dir(f->home), "inbox", &l, err);
	while (ok && more) {
		size_t len;

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more)
			break;
		len = strlen(e.name);
		*n += len > 7 && strcmp(e.name + len - 7, ".comity") == 0;
	}
	listing_close(l);
	return ok;
}

/* The log of a counterpart that showed two histories, and that its card still names first. */
struct splits {
	struct flow *f;
	const char *name;		/* of the log that is looked at */
	bool current;
	char *text;
};

static bool
is_current(void *arg, const struct peer *p, struct err *err)
{
	struct splits *s = arg;
	struct ledger_keys keys;

	if (!p->confirmed || p->revoked || s->current)
		return true;
	if (!ledger_keys_of_card(&p->card, &keys, err))
		return false;
	s->current = keys.logs_n > 0 && strcmp(keys.logs[0].name, s->name) == 0;
	return true;
}

static bool
split_look(void *arg, const struct witness_log *l, struct err *err)
{
	struct splits *s = arg;

	if (l->misbehaviour == 0 || s->text[0] != '\0')
		return true;
	s->name = l->key.name;
	s->current = false;
	if (!peers_each(s->f->home, is_current, s, err))
		return false;
	if (s->current)
		(void)snprintf(s->text, 300,
		    "The ledger %.90s showed two histories; the proof is kept. Rely on it no more, and call its authority at the number on its card. See: comity ledger show",
		    s->name);
	return true;
}

static void
bad_ignored(void *arg, const char *hash, const struct err *why)
{
	(void)arg;
	(void)hash;
	(void)why;			/* ledger show names it */
}

static bool
splits_look(struct flow *f, char text[300], struct err *err)
{
	struct splits s = { .f = f, .text = text };
	struct err why = ERR_INIT;
	struct witness *w = NULL;
	bool ok;

	if (text[0] != '\0' || !home_has(f->home, WITNESS_PATH))
		return true;
	ok = witness_open(f->world, home_dir(f->home), &w, &why) &&
	    witness_each_known(w, split_look, bad_ignored, &s, &why);
	witness_close(w);
	return ok || ledger_damage_skip(&why, err);
}

/* All of the journal, and no less than the docket knows of? */
static bool
records_whole(struct flow *f, struct leaf_gap *gap, struct err *err)
{
	struct docket *d = NULL;
	uint64_t end, known = 0;
	bool ok;

	/* The docket first: whoever writes now writes the journal before it. */
	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_records_end(d, &known, err);
	home_docket_done(f->home);
	return ok && leaves_gap(f, gap, err) && leaves_end(f, &end, err) && (known <= end || end == 0 || err_set(err, ERR_UNPROVEN, "journal.shorter",
	    "the docket knows of more records"));
}

/* Records that cannot be read, or were lost, hold back what rests on them. */
static bool
records_look(struct flow *f, char text[300], struct err *err)
{
	struct err why = ERR_INIT;
	struct people_said said;
	struct leaf_gap gap;

	if (!records_whole(f, &gap, &why)) {
		(void)snprintf(text, 300,
		    "The journal of records is damaged: nothing that rests on it goes on. Make a copy of this home (comity backup FILE), see what is wrong with: comity ledger check; then: comity ledger succeed --reason damaged");
		return ledger_damage_skip(&why, err);
	}
	if (gap.at == 0)
		return true;
	if (!people_said_here(f, &said, err))
		return false;
	if (said.have < said.need)
		(void)snprintf(text, 300,
		    "Records of this home were lost. Nobody does anything here before enough of those who work here have read the list of persons and confirmed it (%zu of %zu so far), each with: comity person confirm",
		    said.have, said.need);
	return true;
}

/*
 * A ledger that may not sign needs a person.  Only a home that was told so once is looked
 * at: that takes the lock, and while another command has it nothing is said.
 */
static bool
ledger_look(struct flow *f, char text[300], struct err *err)
{
	struct err why = ERR_INIT;
	struct log_state s;
	struct log *l;
	bool may;

	if (home_has(f->home, FLOW_DAMAGED_PATH))
		(void)snprintf(text, 300,
		    "Files about ledgers did not hold when a bundle was made or read. Parcels go on all the same. See which with: comity ledger check");
	if (!records_look(f, text, err) || !recovery_stands(f, &may, err))
		return false;
	if (!may)
		return true;
	if (ledger_standing(f, &l, &s, &why))
		return s.standing == LOG_GOOD || recovery_text(f, &s, text, err);
	if (why.kind == ERR_CONFLICT || (text[0] != '\0' && ledger_damage(&why)))
		return true;
	*err = why;
	return false;
}

/* What is owed to persons, and to the file. */
static bool
owed_look(struct flow *f, struct desk *out, struct err *err)
{
	struct emergencies_owed e;
	struct notice_counts n;

	if (!flow_notice_counts(f, &n, err) || !flow_emergencies_owed(f, &e, err))
		return false;
	out->notices_due = n.due;
	out->notices_doubt = n.doubt;
	out->formal_ours = e.ours;
	out->formal_theirs = e.theirs;
	out->formal_overdue = e.overdue;
	return true;
}

bool
flow_desk(struct flow *f, struct desk *out, struct err *err)
{
	struct docket_filter filter = { .open_only = true, .due_only = true,
		.limit = sizeof out->due / sizeof out->due[0], .order = ORDER_DUE };
	struct docket_filter urgent = { .open_only = true,
		.kind = act_kind_name(ACT_EMERGENCY_DATA), .order = ORDER_NUMBER };
	struct docket *d = NULL;
	struct matter_counts seconds;
	bool ok;

	memset(out, 0, sizeof *out);
	f->despite_damage = true;
	out->now = world_now(f->world);
	ok = inbox_count(f, &out->inbox, err) && desk_open(f, false, &d, err) &&
	    docket_counts(d, out->now, &out->counts, err) &&
	    docket_requests(d, &filter, due_take, out, err) &&
	    docket_requests(d, &urgent, emergency_take, out, err);
	docket_close(d);
	ok = ok && ledger_look(f, out->ledger_text, err) &&
	    splits_look(f, out->ledger_text, err) &&
	    flow_matter_counts(f, &seconds, err) && owed_look(f, out, err);
	if (ok) {
		out->second_waits = seconds.waiting;
		out->second_owed = seconds.owed;
		out->second_overdue = seconds.overdue;
		out->second_due_at = seconds.due_at;
	}
	return ok;
}
