/* Evidence ends here: two persons, a record, the key, and word to who shared it. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/destroy_inside.h"
#include "flow/people.h"
#include "flow/take.h"
#include "policy/hold.h"

const char *const destroy_reasons[DESTROY_REASONS] = { "retention_ended", "court_order",
	"condition", "unlawful", "returned", "case_closed" };

struct destroying {
	struct flow *f;
	const struct destroy_wish *wish;
	struct destroyed *out;
	struct docket_act rows[PARCELS_MAX];	/* of each parcel */
	int64_t gone_at[PARCELS_MAX];
	size_t n;
	struct digest order;
	struct buf content;
	struct matter matter;
	struct act_people people;
};

/* ---- may it end? ---- */

static bool
reason_good(const char *reason, struct err *err)
{
	for (size_t i = 0; reason != NULL && i < DESTROY_REASONS; i++)
		if (strcmp(reason, destroy_reasons[i]) == 0)
			return true;
	return err_set(err, ERR_USE, "destroy.reason",
	    "say why, as in --reason retention_ended; or court_order, condition (of who gave it), unlawful, returned, case_closed");
}

static bool
rows_load(struct destroying *g, struct docket *d, struct err *err)
{
	const struct evidence *e = &g->out->evidence;

	for (size_t i = 0; i < e->parcels_n; i++) {
		bool found;

		if (!docket_act_package(d, &e->parcels[i].package_id, &g->rows[g->n],
		    &found, err))
			return false;
		/* A time stamp that came by itself is no evidence. */
		if (!found || strcmp(g->rows[g->n].kind, act_kind_name(ACT_DELIVERED)) != 0)
			continue;
		if (!docket_destroyed_at(d, &g->rows[g->n].package, &g->gone_at[g->n], err))
			return false;
		g->n++;
	}
	return g->n > 0 || err_set(err, ERR_ABSENT, "destroy.nothing",
	    "no package of evidence %04u is kept here: there is only the note of where it lay, and what lies there is not ours to destroy",
	    e->number);
}

/* A thread that goes on, data that are held, a parcel on its way: each needs it. */
static bool
row_free(struct docket *d, const struct docket_act *row, struct err *err)
{
	struct docket_request r;
	struct docket_hold h;
	enum request_state state;
	enum hold_state hold;
	bool held = false;

	if (row->outbox == OUTBOX_WAITS || row->outbox == OUTBOX_ONCE)
		return err_set(err, ERR_REFUSED, "destroy.outbox",
		    "a parcel of it waits in the outbox, and its receipt has not come: bring it over first");
	if (row->request == 0)
		return true;
	if (!docket_request_get(d, row->request, &r, err) ||
	    !docket_hold_get(d, row->request, &h, &held, err))
		return false;
	/* A state that this program does not know keeps it. */
	if (held && (!hold_state_parse(h.state, &hold) || hold_state_open(hold)))
		return err_set(err, ERR_REFUSED, "destroy.held",
		    "it belongs to request %u, whose data are held: release them first",
		    row->request);
	if (!request_state_parse(r.state, &state) || request_state_open(state))
		return err_set(err, ERR_REFUSED, "destroy.open",
		    "it belongs to request %u, which is not at its end (%s): close that first, with: comity request close %u",
		    row->request, r.state, row->request);
	return true;
}

static bool
ready_ask(struct destroying *g, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = reason_good(g->wish->reason, err) &&
	    evidence_load(g->f->home, g->wish->number, &g->out->evidence, err) &&
	    home_docket(g->f->home, &d, err);
	if (!ok)
		return false;
	ok = rows_load(g, d, err);
	/* What is destroyed already needs only its acts told to the end. */
	for (size_t i = 0; ok && i < g->n; i++)
		ok = g->gone_at[i] != 0 || row_free(d, &g->rows[i], err);
	home_docket_done(g->f->home);
	return ok;
}

/* ---- by two persons ---- */

static bool
content_make(struct destroying *g, struct err *err)
{
	const struct destroy_wish *w = g->wish;
	bool ok;

	g->matter = (struct matter){ .act = PEOPLE_DESTROY, .kind = ACT_DESTROYED,
		.evidence = w->number };
	ok = digest_of(w->order, &g->order, err) && buf_printf(&g->content, err,
	    "destroy evidence %u\nreason %s\norder %s\n", w->number, w->reason,
	    w->order.n > 0 ? digest_hex(&g->order).s : "-");
	for (size_t i = 0; ok && i < g->n; i++)
		ok = buf_printf(&g->content, err, "package %s\nact %s\npeer %s\nbytes %llu\n",
		    digest_hex(&g->rows[i].package).s, digest_hex(&g->rows[i].act).s,
		    g->rows[i].peer[0] != '\0' ? g->rows[i].peer : "-",
		    (unsigned long long)g->rows[i].bytes);
	g->matter.content = buf_span(&g->content);
	return ok;
}

static bool
second_ask(struct destroying *g, struct err *err)
{
	if (!flow_person(g->f, err))
		return false;
	if (flow_people(g->f) == NULL)
		return err_set(err, ERR_REFUSED, "destroy.second",
		    "two persons destroy, and this home is one person's: name a second with comity person add");
	return content_make(g, err) && flow_second(g->f, &g->matter, &g->people, err);
}

/* ---- gone ---- */

static void
row_record(struct flow *f, struct record *r, enum record_event event,
    const struct docket_act *row, const char *reason)
{
	record_begin(f, r, event);
	r->has_act = r->has_package = true;
	r->act = row->act;
	r->package = row->package;
	(void)snprintf(r->peer.s, sizeof r->peer.s, "%s", row->peer);
	(void)snprintf(r->reason, sizeof r->reason, "%s", reason);
}

/* The order it rests on, by its digest: a decision of its own, before. */
static bool
order_record(struct destroying *g, struct docket *d, const struct docket_act *row,
    struct err *err)
{
	struct record r;

	if (g->wish->order.n == 0)
		return true;
	row_record(g->f, &r, EVENT_DECIDED, row, g->wish->reason);
	record_decided(&r, "destroy", "allowed");
	(void)snprintf(r.files[0].path, sizeof r.files[0].path, "order");
	r.files[0].bytes = g->wish->order.n;
	r.files[0].sha256 = g->order;
	r.files_n = 1;
	return record_event(g->f, d, &r, row->request, NULL, err);
}

static bool
row_destroy(struct flow *f, struct docket *d, const struct docket_act *row,
    const char *reason, int64_t now, struct err *err)
{
	struct record r;

	row_record(f, &r, EVENT_DESTROYED, row, reason);
	return record_event(f, d, &r, row->request, NULL, err) &&
	    docket_destroyed_put(d, &row->package, now, err);
}

/* Leaves first; then the mark of all of them at once; then nothing opens them any more. */
static bool
destroy_now(struct destroying *g, struct err *err)
{
	int64_t now = world_now(g->f->world);
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(g->f->home, &d, err))
		return false;
	ok = docket_begin(d, err);
	for (size_t i = 0; ok && i < g->n; i++) {
		if (g->gone_at[i] != 0)
			continue;
		ok = order_record(g, d, &g->rows[i], err) && row_destroy(g->f, d,
		    &g->rows[i], g->wish->reason, now, err);
		g->out->packages += ok;
		g->gone_at[i] = now;
	}
	ok = ok && docket_commit(d, err);
	if (!ok)
		docket_rollback(d);
	home_docket_done(g->f->home);
	return ok && parcels_part(g->f, err);
}

/* ---- told ---- */

static bool
told_one(struct destroying *g, const char *peer, struct err *err)
{
	struct notice_piece pieces[PARCELS_MAX];
	struct notice_wish w = { .kind = ACT_DESTROYED, .number = g->wish->number,
		.people = &g->people, .pieces = pieces, .at = world_now(g->f->world) };
	struct destroy_told *t = &g->out->told[g->out->told_n];
	char text[400];
	struct peer to;
	bool there, made = false, ok;

	for (size_t i = 0; i < g->n; i++) {
		if (strcmp(g->rows[i].peer, peer) != 0)
			continue;
		if (w.n == 0) {
			w.request = g->rows[i].request;
			w.at = g->gone_at[i];
		}
		pieces[w.n++] = (struct notice_piece){ g->rows[i].act, true,
			g->rows[i].package };
	}
	(void)snprintf(text, sizeof text,
	    "Destroyed by two persons of this authority; reason: %s. The key that opened it is gone, here and in every backup. Copies on sticks and in bundle folders, bags that were opened and packages in other hands are not reached by this.",
	    g->wish->reason);
	w.text = text;
	peer_init(&to);
	ok = notice_peer(g->f, peer, &to, &there, err) && (!there ||
	    notice_made(g->f, ACT_DESTROYED, &pieces[0].act, peer, &t->act, &made, err)) &&
	    (!there || made || notice_send(g->f, &w, &to, &t->act, err));
	if (ok && there) {
		t->peer = to.id;
		g->out->told_n++;
	} else if (ok && peer[0] != '\0') {
		g->out->untold++;
	}
	peer_clear(&to);
	return ok;
}

static bool
tell_all(struct destroying *g, struct err *err)
{
	for (size_t i = 0; i < g->n; i++) {
		size_t k = 0;

		while (k < i && strcmp(g->rows[k].peer, g->rows[i].peer) != 0)
			k++;
		if (k == i && !told_one(g, g->rows[i].peer, err))
			return false;
	}
	return true;
}

/* *done: all of it is gone, and whoever can be told was: nothing to decide any more. */
static bool
done_look(struct destroying *g, bool *done, struct err *err)
{
	struct destroyed *out = g->out;

	*done = true;
	for (size_t i = 0; *done && i < g->n; i++) {
		struct destroy_told *t = &out->told[out->told_n];
		bool there, made = false, ok;
		struct peer to;
		size_t k = 0;

		*done = g->gone_at[i] != 0;
		while (k < i && strcmp(g->rows[k].peer, g->rows[i].peer) != 0)
			k++;
		if (!*done || k < i)
			continue;
		peer_init(&to);
		ok = notice_peer(g->f, g->rows[i].peer, &to, &there, err) && (!there ||
		    notice_made(g->f, ACT_DESTROYED, &g->rows[i].act, g->rows[i].peer,
		    &t->act, &made, err));
		*done = !there || made;
		if (ok && made) {
			t->peer = to.id;
			out->told_n++;
		}
		peer_clear(&to);
		if (!ok)
			return false;
	}
	if (!*done)
		out->told_n = 0;
	return true;
}

static bool
destroy_run(struct destroying *g, struct err *err)
{
	bool done;

	if (!ready_ask(g, err) || !done_look(g, &done, err))
		return false;
	/* Cut in between, the same approval ends it: what is gone is not destroyed twice. */
	return done ? parcels_part(g->f, err) :
	    second_ask(g, err) && destroy_now(g, err) && tell_all(g, err) &&
	    flow_second_use(g->f, NULL, &g->matter, err);
}

bool
flow_evidence_destroy(struct flow *f, const struct destroy_wish *wish,
    struct destroyed *out, struct err *err)
{
	struct destroying *g = mem_new(sizeof *g, err);
	bool ok;

	memset(out, 0, sizeof *out);
	if (g == NULL)
		return false;
	g->f = f;
	g->wish = wish;
	g->out = out;
	buf_init_secret(&g->content, MATTER_MAX);
	ok = home_lock(f->home, err) && flow_may_begin(f, PEOPLE_DESTROY, err) &&
	    records_caught_up(f, err) && destroy_run(g, err);
	if (!ok)
		decided_refused(f, 0, err);
	if (g->people.n > 0)
		ok = flow_second_end(f, &g->matter, ok, err);
	buf_clear(&g->content);
	mem_free(g);
	return ok;
}

bool
flow_destroyed_at(struct flow *f, const struct parcel *p, int64_t *at, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_destroyed_at(d, &p->package_id, at, err);
	home_docket_done(f->home);
	return ok;
}

/* ---- once more, by what a peer kept ---- */

bool
destroy_again(struct flow *f, const struct act *a, size_t *n, struct err *err)
{
	const struct notice_body *b = &a->body.notice;
	struct docket *d = NULL;
	bool ok;

	*n = 0;
	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_begin(d, err);
	for (size_t i = 0; ok && i < b->pieces_n; i++) {
		struct docket_act row;
		int64_t at = 0;
		bool found;

		ok = docket_act_get(d, &b->pieces[i].act, &row, &found, err) && (!found ||
		    docket_destroyed_at(d, &row.package, &at, err));
		if (!ok || !found || at != 0 || row.evidence == 0)
			continue;
		ok = row_destroy(f, d, &row, "replayed", b->at, err);
		*n += ok;
	}
	ok = ok && docket_commit(d, err);
	if (!ok)
		docket_rollback(d);
	home_docket_done(f->home);
	return ok && parcels_part(f, err);
}
