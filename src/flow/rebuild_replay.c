/* Each entry of the journal done again in the docket, with the instant it had. */
#include <stdio.h>
#include <string.h>

#include "flow/again.h"
#include "flow/rebuild_replay.h"

/* ---- what was noted besides ---- */

static bool
sent_again(struct replaying *p, const struct entry *e, struct err *err)
{
	struct docket_act row;
	bool found;

	if (!docket_act_package(p->d, &e->package, &row, &found, err))
		return false;
	if (!found)
		return true;
	row.carried_at = e->when;
	if (row.bytes == 0)
		;			/* its parcel is not here to be carried */
	else if (row.outbox == OUTBOX_ONCE)
		row.outbox = OUTBOX_DONE;
	else if (row.outbox == OUTBOX_NONE)
		row.outbox = OUTBOX_WAITS;	/* put there, before that was written down */
	return docket_act_put(p->d, &row, err);
}

static bool
stamped_again(struct replaying *p, const struct entry *e, struct err *err)
{
	struct docket_act row;
	bool found;

	if (!docket_act_package(p->d, &e->package, &row, &found, err))
		return false;
	return !found || row.bytes == 0 || (replay_stamp_look(p, &row, err) &&
	    docket_act_put(p->d, &row, err));
}

/* What its record says by codes: what catching up does too. */
static bool
coded_again(struct replaying *p, const struct entry *e, struct err *err)
{
	uint8_t salt[RECORD_SALT];
	struct record r;

	return record_load(p->f, e->at, &r, NULL, salt, err) &&
	    record_again(p->d, p->r->old, &r, err);
}

static bool
entry_again(struct replaying *p, const struct entry *e, struct err *err)
{
	if (e->event == EVENT_EVIDENCE_ADDED)
		return e->evidence == 0 || replay_evidence_row(p, e->evidence, EVIDENCE_OWN,
		    e->when, e->files, e->bytes, err);
	if (e->note == NOTE_CODED)
		return coded_again(p, e, err);
	if (!e->has_act)
		return true;
	if (e->event == EVENT_MADE)
		return e->gone || !e->has_package || replay_made(p, e, err);
	if (e->event == EVENT_RECEIVED)
		return e->paper || !e->has_package || replay_received(p, e, err);
	if (e->event == EVENT_SENT)
		return sent_again(p, e, err);
	return e->note != NOTE_STAMPED || !e->has_package || stamped_again(p, e, err);
}

/* What was carried has its digest, for who looks for rot; receipts told most of them. */
static bool
sums_take(struct replaying *p, struct err *err)
{
	for (size_t i = 0; i < p->r->n; i++) {
		const struct entry *e = &p->r->list[i];
		struct docket_act row;
		uint64_t bytes;
		bool found;

		if (e->event != EVENT_SENT || !e->has_package)
			continue;
		if (!docket_act_package(p->d, &e->package, &row, &found, err))
			return false;
		if (!found || row.has_sha256 || row.bytes == 0)
			continue;
		if (!file_digest(p->f, act_file(&row).s, NULL, &bytes, &row.sha256, err))
			return false;
		row.has_sha256 = true;
		if (!docket_act_put(p->d, &row, err))
			return false;
	}
	return true;
}

/* ---- which thread a record is of ---- */

/*
 * By its act; else by the record before it in the thread, which it names.  Those of a
 * draft that had no act yet are found from behind.
 */
static bool
threads_find(struct replaying *p, struct err *err)
{
	struct rebuilding *r = p->r;

	for (size_t i = 0; i < r->n; i++) {
		struct entry *e = &r->list[i];
		struct docket_request thread;
		struct docket_act row;
		bool found = false;
		size_t k;

		if (e->has_act && !docket_request_by_act(p->d, &e->act, &thread, &found,
		    err))
			return false;
		if (found)
			e->request = thread.number;
		else if (e->has_act && (!docket_act_get(p->d, &e->act, &row, &found, err)))
			return false;
		else if (e->has_before && digest_map_find(&r->sha256, &e->before, &k))
			e->request = r->list[k].request;
		for (size_t at = i; r->list[at].request != 0 && r->list[at].has_before &&
		    digest_map_find(&r->sha256, &r->list[at].before, &k) &&
		    r->list[k].request == 0; at = k)
			r->list[k].request = r->list[at].request;
	}
	return true;
}

static bool
index_put(struct replaying *p, struct err *err)
{
	struct rebuilding *r = p->r;
	struct log *l;

	for (size_t i = 0; i < r->n; i++) {
		const struct entry *e = &r->list[i];
		struct docket_record x;

		memset(&x, 0, sizeof x);
		x.at = e->at;
		(void)snprintf(x.event, sizeof x.event, "%s", record_event_name(e->event));
		x.has_act = e->has_act;
		x.act = e->act;
		x.has_package = e->has_package;
		x.package = e->package;
		x.request = e->request;
		x.sha256 = e->sha256;
		if (!docket_record_put(p->d, &x, err))
			return false;
	}
	r->out->records = r->n;
	return ledger_log(p->f, &l, err) &&
	    docket_records_end_put(p->d, journal_end(log_journal(l)), err);
}

/* ---- all ---- */

#define REPLAY_GROUP 256	/* entries of one transaction: what SQLite holds meanwhile */

static bool
entries_again(struct replaying *p, struct err *err)
{
	struct rebuilding *r = p->r;

	for (size_t i = 0; i < r->n; i++) {
		if (i % REPLAY_GROUP == 0 && i > 0 && (!docket_commit(p->d, err) ||
		    !docket_begin(p->d, err)))
			return false;
		if (world_stop_wanted(p->f->world))
			return err_set(err, ERR_STOPPED, "stopped",
			    "stopped; the docket is as it was");
		if (!entry_again(p, &r->list[i], err))
			return false;
	}
	return true;
}

bool
rebuild_replay(struct rebuilding *r, struct err *err)
{
	struct replaying p = { .r = r, .f = r->f, .d = r->d };
	bool ok;

	certs_init(&p.stamp_roots);
	ok = node_trust_open(&p.trust, r->f, true, err) &&
	    home_stamp_roots(r->f->home, &p.stamp_roots, err) &&
	    replay_folders(&p, err) && replay_added(&p, err) && docket_begin(p.d, err) &&
	    entries_again(&p, err) && sums_take(&p, err) && threads_find(&p, err) &&
	    index_put(&p, err) && docket_commit(p.d, err);
	if (!ok)
		docket_rollback(p.d);
	node_trust_close(&p.trust);
	certs_clear(&p.stamp_roots);
	mem_free(p.folders);
	return ok;
}
