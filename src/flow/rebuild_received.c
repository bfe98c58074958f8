/* An entry `received` done again: its act comes in as it did. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/rebuild_replay.h"

void
replay_words(struct docket_act *x, const struct receipt_seen *s)
{
	bool proven = strcmp(s->when, "PROVEN") == 0, known = strcmp(s->who, "KNOWN") == 0;

	x->bytes = s->bytes;
	x->sha256 = s->sha256;
	memcpy(x->who, s->who, sizeof x->who - 1);
	memcpy(x->when, s->when, sizeof x->when - 1);
	(void)snprintf(x->verdict, sizeof x->verdict, "%s",
	    known && proven && strcmp(s->unchanged, "YES") == 0 ? "Intact" :
	    "Incomplete check");
}

static void
words_take(struct taking *t, const struct receipt_seen *s)
{
	replay_words(&t->row, s);
	t->receipt.made = true;
	t->receipt.row.act = s->row.act;
}

static bool
receipt_settle_again(struct taking *t, struct err *err)
{
	const struct receipt_body *b = &t->report.act.body.receipt;
	struct docket_act ours;
	bool found;

	if (!docket_act_package(t->docket, &b->package, &ours, &found, err))
		return false;
	if (!found || ours.receipted_at != 0)
		return true;
	/* It was compared when it came in. */
	ours.has_sha256 = ours.has_sha256 || ours.carried_at != 0;
	ours.sha256 = b->parcel_sha256;
	return receipt_marks(t, &ours, err);
}

static bool
receipt_again_take(struct taking *t, struct err *err)
{
	const struct receipt_body *b = &t->report.act.body.receipt;
	struct docket_act ours;
	bool found, allowed;

	t->settle = receipt_settle_again;
	if (!docket_act_package(t->docket, &b->package, &ours, &found, err))
		return false;
	if (!found || ours.request == 0)
		return true;
	if (!docket_request_get(t->docket, ours.request, &t->request, err))
		return false;
	t->has_request = true;
	t->row.request = ours.request;
	return !t->request.has_act || !digest_eq(&t->request.act, &ours.act) ||
	    take_step(t, &allowed, err);
}

static bool
revoked_again(struct taking *t, struct err *err)
{
	const struct revoked_body *b = &t->report.act.body.revoked;
	bool allowed;

	/* Cards and certificates are marked beside the docket. */
	if (b->what != REVOKED_CONSENT)
		return true;
	if (!docket_request_by_act(t->docket, &b->id, &t->request, &t->has_request, err))
		return false;
	return !t->has_request || take_step(t, &allowed, err);
}

static bool
evidence_again(struct replaying *p, struct taking *t, struct err *err)
{
	unsigned number;

	if (t->known && t->report.act.follows_n > 0 && !take_answer(t, err))
		return false;
	if (!replay_received_number(p, &t->row, &number, err) ||
	    !replay_evidence_row(p, number, EVIDENCE_RECEIVED, t->row.at, t->report.files,
	    t->report.bytes, err))
		return false;
	t->row.evidence = number;
	return true;
}

static bool
class_again(struct replaying *p, struct taking *t, struct err *err)
{
	switch (act_kind_class(t->report.act.kind)) {
	case ACT_IS_REQUEST:
		if (!take_request(t, err))
			return false;
		if (t->opens) {
			t->request.number = rebuild_number(p->r, &t->row.act);
			p->r->out->requests++;
		}
		return true;
	case ACT_IS_ANSWER:
		return t->report.act.kind == ACT_REVOKED ? revoked_again(t, err) :
		    take_answer(t, err);
	case ACT_IS_EVIDENCE:
		return evidence_again(p, t, err);
	case ACT_IS_RECEIPT:
		return receipt_again_take(t, err);
	case ACT_IS_TIME_STAMP:
		return take_stamp(t, err);
	case ACT_IS_NOTICE:
	case ACT_IS_CARD:
		break;
	}
	return t->report.act.kind != ACT_REVOKED || revoked_again(t, err);
}

/* Another package of an act that is here belongs where the first does. */
static bool
rows_again(struct replaying *p, struct taking *t, const struct docket_act *first,
    bool other, struct err *err)
{
	if (other && (!t->known || strcmp(first->who, "KNOWN") == 0)) {
		t->row.request = first->request;
		t->row.evidence = first->evidence;
		return true;
	}
	return class_again(p, t, err);
}

static bool
marked(const struct rebuilding *r, const char *path)
{
	for (size_t i = 0; i < r->marked_n; i++)
		if (strcmp(r->marked[i].s, path) == 0)
			return true;
	return false;
}

static bool
sound(const struct taking *t, const struct entry *e)
{
	const struct package_report *x = &t->report;

	return x->unchanged == UNCHANGED_YES && x->has_ids && x->has_act &&
	    digest_eq(&x->act_id, &e->act) && digest_eq(&x->package_id, &e->package);
}

static void
taking_ready(struct replaying *p, struct taking *t, struct taken *out)
{
	t->docket = p->d;
	t->docket_key = p->r->key;
	t->out = out;
	t->carrier = "local";
	t->last = true;
	t->placed = true;
	t->in.world = p->f->world;
	t->in.progress = p->f->progress;
	t->in.at = home_dir(p->f->home);
	t->in.path = t->path;
	t->in.keys = &p->trust.keys;
	t->in.trust = p->trust.trust;
}

static bool
received_take(struct replaying *p, struct taking *t, const struct entry *e,
    struct err *err)
{
	const struct receipt_seen *s = NULL;
	struct docket_act first;
	struct err why = ERR_INIT;
	size_t at;
	bool other;

	if (!docket_act_get(p->d, &e->act, &first, &other, err))
		return false;
	other = other && first.direction == ACT_IN;
	t->row = (struct docket_act){ .act = e->act, .package = e->package,
		.other = other };
	(void)snprintf(t->path, sizeof t->path, "%s", act_file(&t->row).s);
	if (digest_map_find(&p->r->receipts, &e->package, &at))
		s = &p->r->seen[at];
	/* The command that was cut goes on with it as with one that is new. */
	if (s == NULL && marked(p->r, t->path)) {
		p->r->out->left++;
		return true;
	}
	if (!parcel_join(p->f, &t->in, &t->head, &why) ||
	    !node_check(&p->trust, &t->in, &t->report, &why) ||
	    (s == NULL && !file_digest(p->f, t->path, NULL, &t->bytes, &t->sha256, &why)))
		return replay_missing(p, e, &why, err);
	if (!sound(t, e))
		return replay_missing(p, e, &why, err);
	take_row(t);
	t->row.at = e->when;
	t->row.other = other;
	if (s != NULL)
		words_take(t, s);
	t->known = s != NULL;
	p->r->out->acts++;
	return rows_again(p, t, &first, other, err) && take_settle_in(t, err);
}

bool
replay_received(struct replaying *p, const struct entry *e, struct err *err)
{
	struct taking *t = mem_new(sizeof *t, err);
	struct taken out;
	bool ok;

	if (t == NULL)
		return false;
	memset(&out, 0, sizeof out);
	out.reason = "";
	taking_init(t, p->f);
	taking_ready(p, t, &out);
	ok = received_take(p, t, e, err);
	t->docket = NULL;		/* ours, not this one's */
	taking_clear(t);
	mem_free(t);
	return ok;
}
