/* Each entry of the journal done again in the docket, with the instant it had. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/rebuild.h"
#include "flow/take.h"

struct replaying {
	struct rebuilding *r;
	struct flow *f;
	struct docket *d;
	struct node_trust trust;
	struct certs stamp_roots;
	unsigned *folders;		/* of evidence, ascending */
	size_t folders_n, folders_room;
	size_t folder_next;		/* behind the last that was found: they come in order */
};

/* A package the records name is not here, or is not what it was. */
static bool
without(struct replaying *p, struct err *why, struct err *err)
{
	if (rebuild_stops(why)) {
		*err = *why;
		return false;
	}
	p->r->out->without_parcel++;
	return true;
}

/* ---- evidence: folders have the numbers ---- */

static int
by_number(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool
folder_add(struct replaying *p, const char *name, struct err *err)
{
	unsigned number = 0;

	for (const char *c = name; *c != '\0'; c++) {
		if (*c < '0' || *c > '9' || c - name >= 7)
			return true;
		number = number * 10 + (unsigned)(*c - '0');
	}
	if (p->folders_n == p->folders_room) {
		size_t want = p->folders_room == 0 ? 64 : 2 * p->folders_room;
		unsigned *more = mem_resize(p->folders, want * sizeof *more, err);

		if (more == NULL)
			return false;
		p->folders = more;
		p->folders_room = want;
	}
	p->folders[p->folders_n++] = number;
	return true;
}

static bool
folders_list(struct replaying *p, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	ok = listing_open(p->f->world, home_dir(p->f->home), "evidence", &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more)
			ok = folder_add(p, e.name, err);
	}
	listing_close(l);
	if (ok && p->folders_n > 1)
		qsort(p->folders, p->folders_n, sizeof *p->folders, by_number);
	return ok;
}

/* The newest record before *at that this folder can be of. */
static void
added_match(struct replaying *p, unsigned number, const struct evidence_private *prv,
    size_t *at)
{
	for (size_t i = *at; i-- > 0;) {
		struct entry *e = &p->r->list[i];

		if (e->event != EVENT_EVIDENCE_ADDED || e->pinned != prv->pinned ||
		    (e->pinned && !digest_eq(&e->fingerprint, &prv->fingerprint)))
			continue;
		e->evidence = number;
		*at = i;
		return;
	}
}

/*
 * From the newest back: a command that was cut between its record and the docket left a
 * record whose folder the next one took.
 */
static bool
added_numbers(struct replaying *p, struct err *err)
{
	struct keyring *k = NULL;
	size_t at = p->r->n;

	if (!flow_keyring(p->f, &k, err))
		return false;
	for (size_t i = p->folders_n; i-- > 0;) {
		struct evidence_private prv;
		struct err why = ERR_INIT;

		evidence_private_init(&prv);
		if (!evidence_private_load(p->f->home, k, p->folders[i], &prv, &why)) {
			if (rebuild_stops(&why)) {
				*err = why;
				return false;
			}
		} else if (prv.path[0] != '\0') {	/* none: it was passed on */
			added_match(p, p->folders[i], &prv, &at);
		}
		evidence_private_clear(&prv);
	}
	return true;
}

static bool
evidence_there(struct replaying *p, unsigned number, bool *there, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	struct err why = ERR_INIT;

	if (e == NULL)
		return false;
	*there = evidence_load(p->f->home, number, e, &why);
	mem_free(e);
	if (*there || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

static bool
evidence_row(struct replaying *p, unsigned number, enum evidence_origin origin,
    int64_t at, uint64_t files, uint64_t bytes, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	bool ok = e != NULL;

	if (ok) {
		memset(e, 0, sizeof *e);
		e->number = number;
		e->origin = origin;
		e->added_at = at;
		e->files = files;
		e->bytes = bytes;
		ok = evidence_save(p->f->home, e, err);
		p->r->out->evidence += ok;
	}
	mem_free(e);
	return ok;
}

/* The folder that has its signature; else a number behind all. */
static bool
received_number(struct replaying *p, const struct docket_act *row, unsigned *out,
    struct err *err)
{
	unsigned *list = NULL;
	char name[80];
	size_t n;

	(void)snprintf(name, sizeof name, "%s.sig", digest_hex(&row->act).s);
	for (size_t i = 0; i < p->folders_n; i++) {
		size_t at = (p->folder_next + i) % p->folders_n;
		bool mine, there = false;

		*out = p->folders[at];
		if (!take_there(p->f, evidence_path(*out, name).s, &mine, err) ||
		    (mine && !evidence_there(p, *out, &there, err)))
			return false;
		if (mine && !there) {
			p->folder_next = at + 1;
			return true;
		}
	}
	if (!evidence_numbers(p->f->home, &list, &n, err))
		return false;
	*out = n > 0 ? list[n - 1] : 0;
	mem_free(list);
	if (p->folders_n > 0 && p->folders[p->folders_n - 1] > *out)
		*out = p->folders[p->folders_n - 1];
	(*out)++;
	return true;
}

/* ---- stamps of ours, as they lie beside the package or in it ---- */

static bool
signature_read(struct replaying *p, const struct docket_act *row, const char *name,
    struct buf *out, struct err *err)
{
	struct parcel_path path = act_file(row);
	struct package_reading in = { .world = p->f->world, .at = home_dir(p->f->home),
		.path = path.s, .keys = &p->trust.keys };
	struct err why = ERR_INIT;

	if (package_extract(&in, name, out, &why) || !rebuild_stops(&why))
		return true;
	*err = why;
	return false;
}

static bool
stamp_judge(struct replaying *p, struct docket_act *row, struct span token,
    struct span signature, struct err *err)
{
	struct stamp_answer answer;
	bool ok;

	stamp_answer_init(&answer);
	ok = stamp_check(token, signature, &p->stamp_roots, NULL, &answer, err);
	if (ok && (answer.state == STAMP_HOLDS || answer.state == STAMP_PATH)) {
		row->stamp = answer.state == STAMP_HOLDS ? STAMP_KEPT : STAMP_CLAIMED;
		row->stamped_at = answer.time;
	}
	stamp_answer_clear(&answer);
	return ok;
}

/* Of one that waits: has it come meanwhile? */
static bool
stamp_look(struct replaying *p, struct docket_act *row, struct err *err)
{
	struct parcel at = { .act_id = row->act, .package_id = row->package,
		.other = row->other };
	struct buf token, answer, signature;
	bool found = false, answered = false, ok;

	if (row->stamp != STAMP_PENDING)
		return true;
	buf_init(&token, STAMP_FILE_MAX);
	buf_init(&answer, STAMP_FILE_MAX);
	buf_init(&signature, CMS_SIGNATURE_MAX);
	ok = stamp_file_load(p->f, row->evidence, &at, "tst", &token, &found, err) &&
	    stamp_file_load(p->f, row->evidence, &at, "tsr", &answer, &answered, err);
	if (ok && !found && !answered && row->evidence == 0)
		ok = signature_read(p, row, "signature.tst", &token, err);
	if (ok && token.n > 0)
		ok = signature_read(p, row, "signature.bin", &signature, err) &&
		    stamp_judge(p, row, buf_span(&token), buf_span(&signature), err);
	else if (ok && answered)
		row->stamp = STAMP_CLAIMED;	/* when: only the old docket knew */
	buf_clear(&token);
	buf_clear(&answer);
	buf_clear(&signature);
	return ok;
}

/* ---- received ---- */

static void
words_take(struct taking *t, const struct receipt_seen *s)
{
	struct docket_act *x = &t->row;
	bool proven = strcmp(s->when, "PROVEN") == 0, known = strcmp(s->who, "KNOWN") == 0;

	x->bytes = s->bytes;
	x->sha256 = s->sha256;
	memcpy(x->who, s->who, sizeof x->who - 1);
	memcpy(x->when, s->when, sizeof x->when - 1);
	(void)snprintf(x->verdict, sizeof x->verdict, "%s",
	    known && proven && strcmp(s->unchanged, "YES") == 0 ? "Intact" :
	    "Incomplete check");
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
	if (!received_number(p, &t->row, &number, err) ||
	    !evidence_row(p, number, EVIDENCE_RECEIVED, t->row.at, t->report.files,
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
	if (s == NULL && marked(p->r, t->path))
		return true;
	if (!node_check(&p->trust, &t->in, &t->report, &why) ||
	    (s == NULL && !file_digest(p->f, t->path, NULL, &t->bytes, &t->sha256, &why)))
		return without(p, &why, err);
	if (!sound(t, e))
		return without(p, &why, err);
	take_row(t);
	t->row.at = e->when;
	t->row.other = other;
	if (s != NULL)
		words_take(t, s);
	t->known = s != NULL;
	p->r->out->acts++;
	return rows_again(p, t, &first, other, err) && take_settle_in(t, err);
}

static bool
received_again(struct replaying *p, const struct entry *e, struct err *err)
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

/* ---- made ---- */

static bool
step_of(const struct docket_request *r, const struct act *a, struct thread_step *out)
{
	struct thread_facts facts = { .by = r->ours ? SIDE_ASKS : SIDE_IS_ASKED,
		.act = a->kind, .now = a->made_at, .request_expires_at = r->expires_at,
		.same_parties = true, .follows_request = true, .follows_known = true };

	if (!act_kind_parse(r->kind, &facts.request) ||
	    !request_state_parse(r->state, &facts.state))
		return false;
	*out = thread_decide(&facts);
	return out->verdict.allow;
}

static bool
request_again(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	struct docket_request r;
	struct thread_step step;

	memset(&r, 0, sizeof r);
	r.number = rebuild_number(p->r, &e->act);
	r.ours = true;
	(void)snprintf(r.kind, sizeof r.kind, "%s", act_kind_name(a->kind));
	(void)snprintf(r.state, sizeof r.state, "%s", request_state_name(STATE_DRAFT));
	(void)snprintf(r.peer, sizeof r.peer, "%s", a->has_to ? a->to.s : "");
	(void)snprintf(r.by, sizeof r.by, "%s", send_by_name(e->by));
	(void)snprintf(r.instrument, sizeof r.instrument, "%s", a->instrument);
	(void)snprintf(r.article, sizeof r.article, "%s", a->article);
	r.has_act = true;
	r.act = e->act;
	r.opened_at = a->made_at;
	r.expires_at = a->expires_at;
	if (step_of(&r, a, &step))
		(void)snprintf(r.state, sizeof r.state, "%s",
		    request_state_name(step.next));
	request_clocks_start(&r, e->by, a->made_at, a->body.request.answer_by);
	row->request = r.number;
	p->r->out->requests++;
	return docket_request_new(p->d, &r, span_of(NULL, 0), err);
}

/* The date that the request asked for; 0 when it cannot be read. */
static bool
answer_by_of(struct replaying *p, const struct docket_request *r, int64_t *out,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct act a;
	bool ok = true;

	*out = 0;
	act_init(&a, ACT_CARD);
	if (!act_open(p->f, &r->act, &a, &why)) {
		ok = !rebuild_stops(&why);
		if (!ok)
			*err = why;
	} else if (act_kind_class(a.kind) == ACT_IS_REQUEST) {
		*out = a.body.request.answer_by;
	}
	act_clear(&a);
	return ok;
}

static bool
answer_again(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	struct docket_request r;
	struct thread_step step;
	int64_t answer_by;
	bool found;

	if (a->follows_n == 0)
		return true;
	if (!docket_request_by_act(p->d, &a->follows[0], &r, &found, err))
		return false;
	if (!found)
		return true;
	row->request = r.number;
	if (!step_of(&r, a, &step))
		return true;
	if (!answer_by_of(p, &r, &answer_by, err))
		return false;
	answer_row_move(&r, a, answer_by, e->by, step.next);
	return docket_request_put(p->d, &r, err);
}

static bool
delivered_again(struct replaying *p, const struct act *a, struct docket_act *row,
    struct err *err)
{
	const struct delivered_body *b = &a->body.delivered;
	struct err why = ERR_INIT;
	struct docket_request r;
	struct thread_step step;
	bool found = false, there;

	if (request_number_parse(b->number, &row->evidence, &why)) {
		/* Passed on: it became evidence with this package. */
		if (!evidence_there(p, row->evidence, &there, err) || (!there &&
		    !evidence_row(p, row->evidence, EVIDENCE_OWN, a->made_at,
		    a->payload_files, a->payload_bytes, err)))
			return false;
		if (!there && b->origins_n > 0 && !docket_follows_put(p->d, &row->act,
		    &b->origins[b->origins_n - 1].act, 1, err))
			return false;
	}
	if (a->follows_n > 0 &&
	    !docket_request_by_act(p->d, &a->follows[0], &r, &found, err))
		return false;
	if (!found)
		return true;
	row->request = r.number;
	row->outbox = a->has_to ? OUTBOX_WAITS : OUTBOX_NONE;
	if (!step_of(&r, a, &step))
		return true;
	delivered_row_move(&r, step.next, a->made_at);
	return docket_request_put(p->d, &r, err);
}

/* A time stamp goes where the act is that it stamps. */
static bool
stamp_again(struct replaying *p, const struct act *a, struct docket_act *row,
    struct err *err)
{
	struct docket_act stamped;
	bool found;

	row->outbox = OUTBOX_WAITS;
	if (!docket_act_get(p->d, &a->body.time_stamp.act, &stamped, &found, err))
		return false;
	if (found) {
		row->evidence = stamped.evidence;
		row->request = stamped.evidence != 0 ? 0 : stamped.request;
	}
	return true;
}

/* A consent that was taken back ends its thread here too. */
static bool
taken_back(struct replaying *p, const struct act *a, struct docket_act *row,
    struct err *err)
{
	const struct revoked_body *b = &a->body.revoked;
	struct docket_request r;
	bool found;

	row->outbox = OUTBOX_WAITS;
	if (b->what != REVOKED_CONSENT)
		return true;
	if (!docket_request_by_act(p->d, &b->id, &r, &found, err))
		return false;
	if (!found)
		return true;
	row->request = r.number;
	(void)snprintf(r.state, sizeof r.state, "%s", request_state_name(STATE_REFUSED));
	if (r.closed_at == 0)
		r.closed_at = a->made_at;
	return docket_request_put(p->d, &r, err);
}

/* Recorded by us, came from them. */
static bool
paper_made(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	struct paper_came came = { .by = e->by, .peer = e->peer };
	struct docket_request r;
	struct err why = ERR_INIT;
	bool found = false;

	row->direction = ACT_IN;
	row->outbox = OUTBOX_NONE;
	if (a->follows_n > 0 &&
	    !docket_request_by_act(p->d, &a->follows[0], &r, &found, err))
		return false;
	if (found)
		came.thread = row->request = r.number;
	else if (act_kind_class(a->kind) != ACT_IS_REQUEST)
		return true;
	else
		came.number = rebuild_number(p->r, &e->act);
	p->r->out->requests += !found;
	if (paper_again(p->f, p->d, &came, a, row, &why) || why.kind == ERR_REFUSED)
		return true;
	*err = why;
	return false;
}

static bool
made_class(struct replaying *p, const struct entry *e, const struct act *a,
    struct docket_act *row, struct err *err)
{
	if (e->paper)
		return paper_made(p, e, a, row, err);
	if (a->kind == ACT_REVOKED)
		return taken_back(p, a, row, err);
	row->outbox = a->has_to && e->by == BY_COMITY ? OUTBOX_WAITS : OUTBOX_NONE;
	switch (act_kind_class(a->kind)) {
	case ACT_IS_REQUEST:
		return request_again(p, e, a, row, err);
	case ACT_IS_ANSWER:
		return answer_again(p, e, a, row, err);
	case ACT_IS_EVIDENCE:
		row->outbox = OUTBOX_NONE;
		return delivered_again(p, a, row, err);
	case ACT_IS_TIME_STAMP:
		return stamp_again(p, a, row, err);
	case ACT_IS_NOTICE:
	case ACT_IS_RECEIPT:
	case ACT_IS_CARD:
		break;
	}
	return true;
}

static bool
receipt_made(struct replaying *p, struct receipt_seen *s, struct err *err)
{
	struct docket_act of;
	bool found;

	if (!docket_act_get(p->d, &s->of, &of, &found, err))
		return false;
	if (found)
		s->row.request = of.request;
	p->r->out->acts++;
	return docket_act_put(p->d, &s->row, err) &&
	    docket_follows_put(p->d, &s->row.act, &s->of, 1, err);
}

static bool
made_put(struct replaying *p, const struct entry *e, const struct act *a,
    struct err *err)
{
	struct docket_act row = { .act = e->act, .package = e->package,
		.direction = ACT_OUT, .at = a->made_at, .made_at = a->made_at };
	struct file_info info;

	if (!path_info(p->f->world, home_dir(p->f->home), act_file(&row).s, &info, err))
		return false;
	row.bytes = info.size;
	(void)snprintf(row.kind, sizeof row.kind, "%s", act_kind_name(a->kind));
	(void)snprintf(row.peer, sizeof row.peer, "%s", a->has_to ? a->to.s : "");
	row.stamp = stamp_owed(STAMP_NONE, a->kind);
	p->r->out->acts++;
	return made_class(p, e, a, &row, err) && stamp_look(p, &row, err) &&
	    docket_act_put(p->d, &row, err) &&
	    docket_follows_put(p->d, &row.act, a->follows, a->follows_n, err);
}

static bool
made_again(struct replaying *p, const struct entry *e, struct err *err)
{
	struct err why = ERR_INIT;
	struct act a;
	size_t at;
	bool ok;

	if (digest_map_find(&p->r->receipt_acts, &e->act, &at))
		return receipt_made(p, &p->r->seen[at], err);
	act_init(&a, ACT_CARD);
	ok = act_open(p->f, &e->act, &a, &why) ? made_put(p, e, &a, err) :
	    without(p, &why, err);
	act_clear(&a);
	return ok;
}

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
	if (row.outbox == OUTBOX_ONCE)
		row.outbox = OUTBOX_DONE;
	else if (row.outbox == OUTBOX_NONE)
		row.outbox = OUTBOX_WAITS;	/* put there, before that was written down */
	return docket_act_put(p->d, &row, err);
}

static bool
noted_act(struct replaying *p, const struct entry *e, struct err *err)
{
	struct docket_act row;
	bool found;

	if (!docket_act_package(p->d, &e->package, &row, &found, err))
		return false;
	if (!found)
		return true;
	if (e->note == NOTE_OUTBOX)
		row.outbox = row.receipted_at != 0 ? OUTBOX_ONCE : OUTBOX_WAITS;
	if (e->note == NOTE_CONFIRMED && e->by == BY_COMITY)
		row.outbox = OUTBOX_WAITS;
	return (e->note != NOTE_STAMPED || stamp_look(p, &row, err)) &&
	    docket_act_put(p->d, &row, err);
}

static bool
noted_thread(struct replaying *p, const struct entry *e, struct err *err)
{
	struct docket_request r;
	bool found;

	if (!docket_request_by_act(p->d, &e->act, &r, &found, err))
		return false;
	if (!found)
		return true;
	if (e->note == NOTE_CLOSED) {
		(void)snprintf(r.state, sizeof r.state, "%s",
		    request_state_name(STATE_CLOSED));
		r.closed_at = e->when;
	} else {
		r.written_owed = false;
		(void)snprintf(r.by, sizeof r.by, "%s", send_by_name(e->by));
		r.due_ours = r.due_ours && strcmp(r.due_rule, "oral") != 0;
	}
	if (e->note == NOTE_CLOSED || strcmp(r.due_rule, "oral") == 0) {
		r.due_at = 0;
		r.due_rule[0] = '\0';
	}
	return docket_request_put(p->d, &r, err);
}

static bool
entry_again(struct replaying *p, const struct entry *e, struct err *err)
{
	if (e->event == EVENT_EVIDENCE_ADDED)
		return e->evidence == 0 || evidence_row(p, e->evidence, EVIDENCE_OWN,
		    e->when, e->files, e->bytes, err);
	if (!e->has_act)
		return true;
	if (e->event == EVENT_MADE)
		return e->gone || !e->has_package || made_again(p, e, err);
	if (e->event == EVENT_RECEIVED)
		return e->paper || !e->has_package || received_again(p, e, err);
	if (e->event == EVENT_SENT)
		return sent_again(p, e, err);
	if (e->note == NOTE_CLOSED || e->note == NOTE_CONFIRMED) {
		if (!noted_thread(p, e, err))
			return false;
	}
	return e->note == NOTE_NONE || e->note == NOTE_CLOSED || !e->has_package ||
	    noted_act(p, e, err);
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
		if (!found || row.has_sha256)
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
	    folders_list(&p, err) && added_numbers(&p, err) && docket_begin(p.d, err) &&
	    entries_again(&p, err) && sums_take(&p, err) && threads_find(&p, err) && index_put(&p, err) &&
	    docket_commit(p.d, err);
	if (!ok)
		docket_rollback(p.d);
	node_trust_close(&p.trust);
	certs_clear(&p.stamp_roots);
	mem_free(p.folders);
	return ok;
}
