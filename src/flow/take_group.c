/* Parcels kept in groups: one sync for all of each step (take_group.h). */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/kept.h"
#include "flow/take_group.h"

void
take_member_free(struct take_member *m)
{
	if (m == NULL)
		return;
	file_close(m->file);
	taking_clear(&m->t);
	mem_free(m);
}

bool
take_member_new(struct take_member **out, struct flow *f, const char *name,
    size_t waiting, struct err *err)
{
	struct take_member *m = mem_new(sizeof *m, err);

	if (m == NULL)
		return false;
	taking_init_zeroed(&m->t, f);
	m->waiting = waiting;
	(void)snprintf(m->name.s, sizeof m->name.s, "%s", name);
	*out = m;
	return true;
}

void
take_group_clear(struct take_group *g)
{
	for (size_t i = 0; i < g->n; i++)
		take_member_free(g->list[i]);
	g->n = 0;
}

/* ---- who may join ---- */

bool
take_group_kind(enum act_kind kind)
{
	enum act_class c = act_kind_class(kind);

	return c == ACT_IS_REQUEST || c == ACT_IS_ANSWER || c == ACT_IS_RECEIPT;
}

/* Whose keeping changes their own rows only: no evidence, no trust. */
static bool
kind_fits(const struct taking *t)
{
	if (t->evidence || t->row.other || t->row.evidence != 0)
		return false;
	switch (act_kind_class(t->report.act.kind)) {
	case ACT_IS_REQUEST:
		return t->settle == NULL && t->opens && t->report.act.follows_n == 0;
	case ACT_IS_ANSWER:
		return t->settle == NULL && t->has_request;
	case ACT_IS_RECEIPT:
		return true;
	case ACT_IS_EVIDENCE:
	case ACT_IS_NOTICE:
	case ACT_IS_TIME_STAMP:
	case ACT_IS_CARD:
	default:
		return false;
	}
}

/* Under the name of its bytes, with nothing begun and nothing in its place. */
static bool
place_fits(const struct taking *t, const char *name)
{
	struct err ignored = ERR_INIT;	/* alone it is met again */
	bool marked, taken;

	return !t->placed && strcmp(name, inbox_name_of(&t->sha256).s) == 0 &&
	    take_there(t->flow, t->mark, &marked, &ignored) && !marked &&
	    take_there(t->flow, act_file(&t->row).s, &taken, &ignored) && !taken;
}

static bool
apart(const struct taking *a, const struct taking *b)
{
	const struct act *x = &a->report.act;

	for (size_t i = 0; i < x->follows_n; i++)
		if (digest_eq(&x->follows[i], &b->row.act))
			return false;
	return !digest_eq(&a->row.act, &b->row.act) &&
	    !digest_eq(&a->row.package, &b->row.package) &&
	    !digest_eq(&a->sha256, &b->sha256) && (a->opens || b->opens ||
	    !a->has_request || !b->has_request ||
	    a->request.number != b->request.number);
}

static bool
fits(const struct take_group *g, const struct taking *t, const char *name)
{
	if (t->out->as != TAKEN || !kind_fits(t) || !place_fits(t, name))
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (!apart(t, &g->list[i]->t) || !apart(&g->list[i]->t, t))
			return false;
	return true;
}

static bool
ruled(struct take_group *g, struct take_member *m)
{
	struct err why = ERR_INIT;
	bool same;

	return kept_docket_hold(g->flow, &why) && take_rule(&m->t, &same, &why) &&
	    !same && fits(g, &m->t, m->name.s);
}

bool
take_group_join_read(struct take_group *g, struct take_member *m, bool *joined,
    struct err *err)
{
	(void)err;
	/* What is wrong with it is found again, and told, when it goes alone. */
	*joined = ruled(g, m);
	/* Nothing before it is still to be kept: alone it would wait just so. */
	g->last_waits = !*joined && g->n == 0 && m->out.as == TAKEN_WAITS &&
	    !m->t.for_now;
	g->last = m->out;
	if (*joined)
		g->list[g->n++] = m;
	else
		take_member_free(m);
	if (g->n == 0)
		kept_docket_let(g->flow);
	return true;
}

bool
take_group_join(struct take_group *g, const char *name, const char *carrier,
    size_t waiting, bool *joined, struct err *err)
{
	struct take_member *m;
	struct err why = ERR_INIT;
	bool here = false;

	*joined = g->last_waits = false;
	if (!take_member_new(&m, g->flow, name, waiting, err))
		return false;
	if (take_begin(&m->t, m->name.s, carrier, false, &m->out, &here, &why) && here &&
	    package_check(&m->t.in, &m->t.report, &why))
		return take_group_join_read(g, m, joined, err);
	take_member_free(m);		/* it will be told when it goes alone */
	return true;
}

/* ---- 1: in their places ---- */

static bool
places_note(struct take_group *g, struct err *err)
{
	struct taking_place list[TAKE_GROUP_MAX];

	for (size_t i = 0; i < g->n; i++)
		list[i] = (struct taking_place){ g->list[i]->t.sha256,
			act_file(&g->list[i]->t.row) };
	return taking_note(g->flow, list, g->n, err);
}

static bool
places(struct take_group *g, struct err *err)
{
	struct flow *f = g->flow;
	struct dir *home = home_dir(f->home);

	if (!places_note(g, err))
		return false;
	for (size_t i = 0; i < g->n; i++) {
		struct taking *t = &g->list[i]->t;
		struct parcel_path to = act_file(&t->row);

		if (!path_rename(f->world, home, t->path, home, to.s, true, err))
			return false;
		(void)snprintf(t->path, sizeof t->path, "%s", to.s);
		t->placed = true;
	}
	return dir_sync_all(home, err);
}

/* ---- 2: the records of receiving ---- */

static bool
received(struct take_group *g, struct err *err)
{
	struct record_item items[TAKE_GROUP_MAX];
	struct taking *first = &g->list[0]->t;
	bool ok;

	for (size_t i = 0; i < g->n; i++) {
		struct take_member *m = g->list[i];

		take_received(&m->t, &m->received);
		items[i] = (struct record_item){ .record = &m->received,
			.request = m->t.opens ? 0 : m->t.row.request };
	}
	if (!take_docket(first, err))
		return false;
	ok = record_group(g->flow, first->docket, items, g->n, err);
	take_docket_done(first);
	for (size_t i = 0; ok && i < g->n; i++) {
		struct take_member *m = g->list[i];

		m->t.record_at = items[i].at;
		m->t.received = items[i].fresh ? &m->received : NULL;
		m->t.received_sha256 = items[i].sha256;
	}
	return ok;
}

/* ---- 3: receipts ---- */

static bool
receipts_name(struct take_group *g, struct err *err)
{
	struct flow *f = g->flow;
	struct dir *home = home_dir(f->home);

	for (size_t i = 0; i < g->n; i++) {
		struct take_member *m = g->list[i];

		if (m->file != NULL && !file_name(m->file, home,
		    parcel_path(&m->t.receipt.row.act).s, err))
			return false;
		file_close(m->file);
		m->file = NULL;
	}
	return dir_sync_all(home, err);
}

/* One that is begun; with the gate held, which is let go of meanwhile. */
static bool
receipt_one(struct take_group *g, size_t i, struct err *err)
{
	struct take_sealing *s = &g->sealing;
	struct take_member *m = g->list[i];
	struct receipt_making *making;
	bool ok;

	if (!receipt_begin(&m->t, &making, err))
		return false;
	if (making == NULL)
		return true;
	s->busy++;
	gate_unlock(s->gate);
	ok = receipt_finish(making, &m->file, err);
	receipt_making_free(making);
	gate_lock(s->gate);
	s->busy--;
	return ok;
}

bool
take_group_help(struct take_group *g)
{
	struct take_sealing *s = &g->sealing;
	struct err err = ERR_INIT;
	size_t i = s->next;

	if (i == s->end)
		return false;
	s->next++;
	if (!receipt_one(g, i, &err)) {
		if (!s->failed || i < s->failed_at) {
			s->err = err;
			s->failed_at = i;
		}
		s->failed = true;
		s->next = s->end;	/* no more are begun */
	}
	gate_wake(s->gate);
	return true;
}

static bool
any_made(const struct take_group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->list[i]->t.receipt.made)
			return true;
	return false;
}

/* Alone until one was made, as what that opens is kept for the others (kept.h). */
static bool
receipts_seal(struct take_group *g, struct err *err)
{
	struct take_sealing *s = &g->sealing;

	gate_lock(s->gate);
	s->next = s->end = 0;
	s->failed = false;
	while (s->end < g->n && !s->failed && !any_made(g)) {
		s->end++;
		(void)take_group_help(g);
	}
	if (!s->failed)
		s->end = g->n;
	gate_wake(s->gate);
	while (take_group_help(g))
		continue;
	while (s->busy > 0)
		gate_wait(s->gate);
	gate_unlock(s->gate);
	if (s->failed)
		*err = s->err;
	return !s->failed;
}

static bool
receipts(struct take_group *g, struct err *err)
{
	struct digest acts[TAKE_GROUP_MAX];
	struct err ignored = ERR_INIT;
	size_t n = 0;

	kept_docket_let(g->flow);	/* never open over sealing */
	if (!making_sweep(g->flow, err) || !receipts_seal(g, err))
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (g->list[i]->t.receipt.made)
			acts[n++] = g->list[i]->t.receipt.row.act;
	if (n == 0)
		return true;
	if (!making_note(g->flow, acts, n, err))
		return false;
	if (receipts_name(g, err))
		return true;
	(void)!making_sweep(g->flow, &ignored);
	return false;
}

/* ---- 4: the docket ---- */

static bool
receipts_put(struct take_group *g, struct docket *d, struct err *err)
{
	struct record_item items[TAKE_GROUP_MAX];
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		struct taking *t = &g->list[i]->t;

		if (t->receipt.made)
			items[n++] = (struct record_item){
				.record = &t->receipt.record,
				.request = t->row.request };
	}
	if (n > 0 && !record_group(g->flow, d, items, n, err))
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (g->list[i]->t.receipt.made &&
		    !receipt_row_put(&g->list[i]->t, err))
			return false;
	return true;
}

static bool
settle_all(struct take_group *g, struct docket *d, struct err *err)
{
	for (size_t i = 0; i < g->n; i++)
		g->list[i]->t.docket = d;	/* one use of it, for all */
	for (size_t i = 0; i < g->n; i++)
		if (!take_settle_in(&g->list[i]->t, err))
			return false;
	return receipts_put(g, d, err);
}

static bool
settled(struct take_group *g, struct err *err)
{
	struct flow *f = g->flow;
	struct taking *first = &g->list[0]->t;
	struct err ignored = ERR_INIT;
	struct docket *d;
	bool ok;

	if (!take_docket(first, err))
		return false;
	d = first->docket;
	ok = docket_begin(d, err) && settle_all(g, d, err) && docket_commit(d, err);
	if (!ok)
		docket_rollback(d);
	for (size_t i = 1; i < g->n; i++)
		g->list[i]->t.docket = NULL;
	take_docket_done(first);
	/* The receipts are kept, or not: the sweep asks the docket, as after a cut. */
	if (ok)
		(void)!path_remove(f->world, home_dir(f->home), MAKING_PATH, NULL);
	else
		(void)!making_sweep(f, &ignored);
	return ok;
}

/* ---- all of it ---- */

bool
take_group_flush(struct take_group *g, struct err *err)
{
	if (g->n == 0)
		return true;
	if (!places(g, err) || !received(g, err) || !receipts(g, err) ||
	    !settled(g, err))
		return false;
	for (size_t i = 0; i < g->n; i++) {
		struct take_member *m = g->list[i];

		m->out.request = m->t.row.request;
		m->out.evidence = m->t.row.evidence;
	}
	return path_remove(g->flow->world, home_dir(g->flow->home), TAKING_PATH, err);
}
