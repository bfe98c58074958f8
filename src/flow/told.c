/* Acts about evidence that was destroyed or lost: made, kept, shown. */
#include <stdio.h>
#include <string.h>

#include "flow/destroy_inside.h"
#include "flow/people.h"
#include "flow/take.h"

/* ---- ours ---- */

bool
notice_peer(struct flow *f, const char *id, struct peer *out, bool *found,
    struct err *err)
{
	struct err why = ERR_INIT;

	*found = false;
	if (id[0] == '\0' || strcmp(id, home_settings(f->home)->authority.s) == 0)
		return true;
	if (!peer_load(f->home, id, out, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		*err = why;
		return false;
	}
	*found = out->confirmed && !out->revoked;
	return true;
}

#define FOLLOWERS_MAX 256		/* acts that follow one, looked at */

/* Calls each(arg, row) for the acts of both kinds that follow `of`. */
static bool
notices_each(struct flow *f, const struct digest *of,
    bool (*each)(void *arg, const struct docket_act *row, enum act_kind kind,
    struct err *err), void *arg, struct err *err)
{
	struct digest *list = mem_array(FOLLOWERS_MAX, sizeof *list, err);
	struct docket *d = NULL;
	size_t n = 0;
	bool ok;

	ok = list != NULL && home_docket(f->home, &d, err);
	if (!ok) {
		mem_free(list);
		return false;
	}
	ok = docket_followers(d, of, list, FOLLOWERS_MAX, &n, err);
	for (size_t i = 0; ok && i < n; i++) {
		struct docket_act row;
		enum act_kind kind;
		bool found;

		ok = docket_act_get(d, &list[i], &row, &found, err);
		if (ok && found && act_kind_parse(row.kind, &kind) &&
		    act_kind_class(kind) == ACT_IS_NOTICE)
			ok = each(arg, &row, kind, err);
	}
	home_docket_done(f->home);
	mem_free(list);
	return ok;
}

struct made_look {
	enum act_kind kind;
	const char *peer;
	struct digest *act;
	bool *found;
};

static bool
made_see(void *arg, const struct docket_act *row, enum act_kind kind, struct err *err)
{
	struct made_look *m = arg;

	(void)err;
	if (kind == m->kind && row->direction == ACT_OUT &&
	    strcmp(row->peer, m->peer) == 0) {
		*m->act = row->act;
		*m->found = true;
	}
	return true;
}

bool
notice_made(struct flow *f, enum act_kind kind, const struct digest *of,
    const char *peer, struct digest *act, bool *found, struct err *err)
{
	struct made_look m = { kind, peer, act, found };

	*found = false;
	return notices_each(f, of, made_see, &m, err);
}

static bool
notice_fill(struct flow *f, struct act *a, const struct notice_wish *w, struct err *err)
{
	struct notice_body *b = &a->body.notice;

	if (w->people != NULL)
		a->people = *w->people;
	(void)snprintf(b->number, sizeof b->number, "%s-%04u",
	    home_settings(f->home)->state, w->number);
	b->at = w->at;
	for (size_t i = 0; i < w->n && i < NOTICE_PIECES_MAX; i++) {
		b->pieces[b->pieces_n++] = w->pieces[i];
		if (a->follows_n < ACT_FOLLOWS_MAX)
			a->follows[a->follows_n++] = w->pieces[i].act;
	}
	return marked_set(&b->text, "text", "en", w->text, err);
}

bool
notice_send(struct flow *f, const struct notice_wish *w, const struct peer *to,
    struct digest *act, struct err *err)
{
	struct package_written done;
	struct docket_request thread;
	struct outgoing o;
	struct made m = { .o = &o, .written = &done, .outbox = OUTBOX_WAITS };
	struct act a;
	bool ok;

	act_init(&a, w->kind);
	outgoing_init(&o, f);
	o.making = true;
	o.stamp = home_settings(f->home)->tsa_url[0] != '\0';
	m.act = &a;
	ok = making_sweep(f, err) && signer_open(f, &o.signer, err) &&
	    act_begin(f, &a, w->kind, to, err);
	if (ok && w->request != 0) {
		ok = request_load(f, w->request, &thread, err);
		m.row = &thread;
	}
	ok = ok && notice_fill(f, &a, w, err) &&
	    parcel_of_items(&o, &a, NULL, 0, to, &done, err) && made_keep(f, &m, err);
	if (ok)
		*act = done.act_id;
	outgoing_clear(&o);
	act_clear(&a);
	return ok;
}

/* ---- loss ---- */

bool
loss_tell(struct flow *f, const struct docket_act *row, size_t *told, struct err *err)
{
	struct notice_piece piece = { .act = row->act, .has_package = true,
		.package = row->package };
	struct notice_wish w = { .kind = ACT_LOSS_NOTICE, .number = row->evidence,
		.request = row->request, .pieces = &piece, .n = 1,
		.at = world_now(f->world),
		.text = "The copy of this evidence that was kept here is missing or is not as it was. What is known of it is in the ledger of this authority." };
	struct digest act;
	struct peer to;
	bool there, made = false, ok;

	peer_init(&to);
	ok = loss_record(f, &row->act, &row->package, err) &&
	    notice_peer(f, row->peer, &to, &there, err) && (!there ||
	    notice_made(f, ACT_LOSS_NOTICE, &row->act, row->peer, &act, &made, err));
	if (ok && there && !made) {
		ok = notice_send(f, &w, &to, &act, err);
		*told += ok;
	}
	peer_clear(&to);
	return ok;
}

/* ---- theirs ---- */

/* Is it about something they gave us, or we gave them? */
bool
take_notice(struct taking *t, struct err *err)
{
	const struct act *a = &t->report.act;
	const struct notice_body *b = &a->body.notice;
	unsigned evidence = 0;
	size_t known = 0;

	for (size_t i = 0; i < b->pieces_n; i++) {
		struct docket_act row;
		bool found;

		if (!docket_act_get(t->docket, &b->pieces[i].act, &row, &found, err))
			return false;
		if (!found || row.evidence == 0 || strcmp(row.peer, a->from.s) != 0)
			continue;
		if (known++ == 0)
			t->row.request = row.request;
		if (evidence == 0)
			evidence = row.evidence;
	}
	if (known == 0)
		return take_not(t, "notice.unknown",
		    "It tells that evidence was destroyed or lost there, and names none that went between this office and them.");
	t->out->as = TAKEN;
	take_note(t, a->kind == ACT_LOSS_NOTICE ?
	    "%s says that evidence %04u is lost or damaged there (%s). Read it with: comity custody show %04u" :
	    "%s says that evidence %04u was destroyed there (%s). Copies elsewhere are not reached by that. Read it with: comity custody show %04u",
	    a->from.s, evidence, when_people(b->at).s, evidence);
	return true;
}

/* ---- shown ---- */

struct told_look {
	struct flow *f;
	struct notice_told *out;
	size_t max, n;
};

static bool
told_see(void *arg, const struct docket_act *row, enum act_kind kind, struct err *err)
{
	struct told_look *t = arg;
	struct notice_told *x;
	struct err why = ERR_INIT;
	struct act a;

	for (size_t i = 0; i < t->n; i++)
		if (digest_eq(&t->out[i].act, &row->act))
			return true;
	if (t->n == t->max)
		return true;
	x = &t->out[t->n++];
	memset(x, 0, sizeof *x);
	x->act = row->act;
	x->ours = row->direction == ACT_OUT;
	x->lost = kind == ACT_LOSS_NOTICE;
	x->at = row->made_at;
	(void)snprintf(x->by.s, sizeof x->by.s, "%s", x->ours ?
	    home_settings(t->f->home)->authority.s : row->peer);
	act_init(&a, kind);
	if (act_kept(t->f, row, &a, &why) && a.kind == kind) {
		x->at = a.body.notice.at;
		(void)snprintf(x->text, sizeof x->text, "%s",
		    a.body.notice.text.text != NULL ? a.body.notice.text.text : "");
	} else if (why.kind == ERR_MEMORY) {
		*err = why;
	}
	act_clear(&a);
	return why.kind != ERR_MEMORY;
}

bool
flow_evidence_notices(struct flow *f, unsigned number, struct notice_told *out,
    size_t max, size_t *n, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	struct told_look t = { f, out, max, 0 };
	bool ok;

	ok = e != NULL && evidence_load(f->home, number, e, err);
	for (size_t i = 0; ok && i < e->parcels_n; i++)
		ok = notices_each(f, &e->parcels[i].act_id, told_see, &t, err);
	*n = t.n;
	mem_free(e);
	return ok;
}
