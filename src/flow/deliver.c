/* Evidence is the answer: one step from a case to a delivered thread. */
#include <stdio.h>
#include <string.h>

#include "flow/execute.h"
#include "flow/journey.h"
#include "flow/people.h"

struct delivering {
	struct flow *f;
	const struct deliver_wish *wish;
	struct docket_request row;
	unsigned evidence;
	struct thread_step step;
	struct fields limits;
	bool done;			/* it was delivered in this thread already */
	struct docket_act act;
};

/* ---- which evidence ---- */

static bool
evidence_choose(struct delivering *g, struct docket *d, struct err *err)
{
	unsigned *list = NULL;
	size_t n = 0;

	if (g->wish->evidence != 0) {
		g->evidence = g->wish->evidence;
		return true;
	}
	if (g->row.case_number == 0)
		return err_set(err, ERR_USE, "deliver.evidence",
		    "request %u belongs to no case: say which evidence, as in --evidence 0007",
		    g->row.number);
	if (!docket_case_evidences(d, g->row.case_number, &list, &n, err))
		return false;
	if (n == 1)
		g->evidence = list[0];
	mem_free(list);
	return n == 1 || err_set(err, ERR_USE, "deliver.evidence",
	    "the case has %zu pieces of evidence: say which one, as in --evidence 0007",
	    n);
}

static bool
done_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct delivering *g = arg;

	(void)err;
	if (a->direction == ACT_OUT && a->evidence == g->evidence &&
	    strcmp(a->kind, act_kind_name(ACT_DELIVERED)) == 0) {
		g->done = true;
		g->act = *a;
	}
	return true;
}

/* ---- may it? ---- */

static bool
thread_ask(struct delivering *g, struct err *err)
{
	struct thread_facts facts = { .by = g->row.ours ? SIDE_ASKS : SIDE_IS_ASKED,
		.act = ACT_DELIVERED, .now = world_now(g->f->world),
		.request_expires_at = g->row.expires_at, .same_parties = true,
		.follows_request = true, .follows_known = true };

	if (!g->row.has_act || !act_kind_parse(g->row.kind, &facts.request) ||
	    !request_state_parse(g->row.state, &facts.state))
		return err_set(err, ERR_USE, "request.draft",
		    "request %u is a draft: there is nothing to answer yet",
		    g->row.number);
	if (g->row.peer[0] == '\0')
		return err_set(err, ERR_USE, "deliver.paper",
		    "the other side has no Comity: seal the evidence for it with: comity evidence seal %u --to-passphrase, or --to-cert FILE",
		    g->evidence);
	g->step = thread_decide(&facts);
	return verdict_ask(g->step.verdict, err);
}

static bool
delivering_load(struct delivering *g, unsigned number, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(g->f, false, &d, err) &&
	    docket_request_get(d, number, &g->row, err) &&
	    evidence_choose(g, d, err) &&
	    docket_request_acts(d, number, done_look, g, err);
	docket_close(d);
	return ok;
}

static bool
limits_said(const struct delivering *g, struct fields *out, struct err *err)
{
	const struct deliver_wish *w = g->wish;
	const char *lang = w->lang != NULL ? w->lang : home_settings(g->f->home)->lang;
	struct code_unknown unknown;

	for (size_t i = 0; i < w->limits_n; i++)
		if (w->limits[i].value != NULL && !fields_set(out, w->limits[i].name,
		    w->limits[i].value, lang, err))
			return false;
	if (codes_unknown(out, &unknown))
		return err_set(err, ERR_USE, "deliver.limit",
		    "\"%.60s\" is no code of a limit of use; its codes: %s", unknown.code,
		    unknown.field->codes);
	return true;
}

/* What was promised under conditions goes under these, and under what is said now besides. */
static bool
limits_take(struct delivering *g, struct err *err)
{
	struct fields said;
	struct promise p;
	bool ok;

	fields_init(&said);
	promise_init(&p);
	ok = limits_said(g, &said, err) && promise_find(g->f, &g->row, &p, err) &&
	    fields_copy(&g->limits, &p.conditions, err) &&
	    fields_append(&g->limits, &said, err);
	promise_clear(&p);
	fields_clear(&said);
	return ok;
}

/* ---- one step ---- */

void
delivered_row_move(struct docket_request *r, enum request_state next, int64_t now)
{
	(void)snprintf(r->state, sizeof r->state, "%s", request_state_name(next));
	if (r->answered_at == 0)
		r->answered_at = now;
	r->due_at = r->hold_until;
	r->due_ours = r->due_at != 0;
	(void)snprintf(r->due_rule, sizeof r->due_rule, "%s",
	    r->due_at != 0 ? "hold" : "");
}

static bool
deliver_seal(struct delivering *g, struct docket_request *row, struct sealed *sealed,
    struct err *err)
{
	const struct deliver_wish *w = g->wish;
	struct seal_wish wish = { .number = g->evidence, .to = row->peer,
		.reference = row->reference[0] != '\0' ? row->reference : NULL,
		.description = w->description, .purpose = w->purpose,
		.lang = w->lang, .follows = &row->act, .follows_n = 1,
		.limits = g->limits.n > 0 ? &g->limits : NULL,
		.instrument = row->instrument, .article = row->article };
	struct seal_thread thread = { .row = row, .outbox = OUTBOX_WAITS };

	if (!evidence_seal(g->f, &wish, &thread, sealed, err))
		return false;
	g->act = thread.kept;
	return true;
}

/* It went in an earlier call: what became of it is told, nothing is done twice. */
static bool
deliver_told(struct delivering *g, struct sealed *sealed, struct sent *out,
    struct err *err)
{
	struct evidence *e = &sealed->evidence;

	memset(sealed, 0, sizeof *sealed);
	if (!evidence_load(g->f->home, g->evidence, e, err))
		return false;
	for (size_t i = 0; i < e->parcels_n; i++)
		if (digest_eq(&e->parcels[i].package_id, &g->act.package))
			sealed->parcel = i;
	(void)snprintf(out->note, sizeof out->note,
	    "Evidence %04u was delivered in this thread already; nothing was sealed a second time.",
	    g->evidence);
	return true;
}

static bool
deliver_run(struct delivering *g, struct sealed *sealed, struct sent *out,
    struct err *err)
{
	struct docket_request row = g->row;

	if (g->done) {
		out->row = row;
		return deliver_told(g, sealed, out, err);
	}
	if (!thread_ask(g, err) || !limits_take(g, err) ||
	    !execute_handover_ask(g->f, &row, g->wish->authorisation, err))
		return false;
	delivered_row_move(&row, g->step.next, world_now(g->f->world));
	if (!deliver_seal(g, &row, sealed, err))
		return false;
	out->row = row;
	(void)snprintf(out->stamp_text, sizeof out->stamp_text, "%s",
	    sealed->stamp_text);
	return true;
}

bool
flow_request_deliver(struct flow *f, unsigned number, const struct deliver_wish *wish,
    struct sealed *sealed, struct sent *out, struct err *err)
{
	struct delivering g;
	bool ok;

	memset(&g, 0, sizeof g);
	memset(out, 0, sizeof *out);
	g.f = f;
	g.wish = wish;
	fields_init(&g.limits);
	ok = home_lock(f->home, err) && flow_may_begin(f, PEOPLE_DELIVER, err) &&
	    delivering_load(&g, number, err) &&
	    deliver_run(&g, sealed, out, err);
	if (ok) {
		const struct parcel *p = &sealed->evidence.parcels[sealed->parcel];

		out->act = g.act;
		(void)snprintf(sealed->path, sizeof sealed->path, "%s/%s",
		    home_path(f->home), parcel_file(p).s);
	}
	if (!ok)
		decided_refused(f, number, err);
	fields_clear(&g.limits);
	return ok;
}
