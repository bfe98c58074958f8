/*
 * Receipts (formats/record): the record of what was received, opened to its sender;
 * and the check of one that comes to us against what we sent.
 */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/ledger.h"
#include "flow/take.h"

#define SALT_TEXT (2 * RECORD_SALT + 1)		/* hex and LF */
#define PROOF_NAME "receipt.tlog-proof"

/* ---- making one ---- */

static void
salt_text(const uint8_t salt[RECORD_SALT], char out[SALT_TEXT + 1])
{
	for (size_t i = 0; i < RECORD_SALT; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", salt[i]);
	out[SALT_TEXT - 1] = '\n';
	out[SALT_TEXT] = '\0';
}

static const char *
word_unchanged(enum unchanged u)
{
	return u == UNCHANGED_YES ? "YES" : u == UNCHANGED_NO ? "NO" : "NOT CHECKED";
}

static void
body_fill(struct taking *t, const struct record *r, struct act *a)
{
	struct receipt_body *b = &a->body.receipt;

	a->follows[0] = b->act = t->row.act;
	a->follows_n = 1;
	b->package = t->row.package;
	b->parcel_bytes = t->bytes;
	b->parcel_sha256 = t->sha256;
	b->received_at = r->at;
	(void)snprintf(b->carrier, sizeof b->carrier, "%s", r->carrier);
	(void)snprintf(b->unchanged, sizeof b->unchanged, "%s",
	    word_unchanged(t->report.unchanged));
	(void)snprintf(b->who, sizeof b->who, "%s", t->row.who);
	(void)snprintf(b->when, sizeof b->when, "%s", t->row.when);
}

/* May a receipt go to them at all?  Why not is told, and stops nothing else. */
static bool
receiver_ask(struct taking *t, bool *yes, struct err *err)
{
	const struct settings *s = home_settings(t->flow->home);
	const struct peer *p = &t->from;

	(void)err;
	*yes = t->known && s->has_certificate &&
	    p->card.body.card.recipients_n > 0 &&
	    p->card.exercise == s->training;
	if (!*yes)
		(void)snprintf(t->receipt.text, sizeof t->receipt.text,
		    "No receipt was made: the card of its sender is not confirmed here.");
	return true;
}

static void
row_fill(struct taking *t, const struct act *a, const struct outgoing *o,
    const struct package_written *w)
{
	struct docket_act *x = &t->receipt.row;

	memset(x, 0, sizeof *x);
	x->act = w->act_id;
	x->package = w->package_id;
	(void)snprintf(x->kind, sizeof x->kind, "%s", act_kind_name(ACT_RECEIPT));
	x->direction = ACT_OUT;
	(void)snprintf(x->peer, sizeof x->peer, "%s", t->from.id.s);
	x->at = x->made_at = a->made_at;
	x->bytes = w->bytes;
	x->stamp = o->kept;
	x->outbox = OUTBOX_ONCE;
	record_made(t->flow, &t->receipt.record, a, w);
	t->receipt.of = t->row.act;
	t->receipt.made = true;
}

/* What is sealed into one: the record, opened, and the proof of its place in our log. */
struct receipt_making {
	struct taking *t;
	struct record r;
	struct buf record, proof;	/* proof: where the act says that there is one */
	char salt[SALT_TEXT + 1];
	struct outgoing o;
	struct act a;
};

void
receipt_making_free(struct receipt_making *m)
{
	if (m == NULL)
		return;
	outgoing_clear(&m->o);
	act_clear(&m->a);
	buf_clear(&m->record);
	buf_clear(&m->proof);
	mem_free(m);
}

static struct receipt_making *
making_new(struct taking *t, struct err *err)
{
	struct receipt_making *m = mem_new(sizeof *m, err);

	if (m == NULL)
		return NULL;
	m->t = t;
	act_init(&m->a, ACT_RECEIPT);
	outgoing_init(&m->o, t->flow);
	buf_init(&m->record, RECORD_MAX);
	buf_init(&m->proof, PROOF_MAX);
	return m;
}

/*
 * The record as the journal has it now.  Where those bytes are the ones that this run wrote,
 * they say what was written.
 */
static bool
record_open(struct receipt_making *m, uint8_t salt[RECORD_SALT], struct err *err)
{
	const struct taking *t = m->t;
	struct digest d;

	if (!record_bytes(t->flow, t->record_at, &m->record, salt, err) ||
	    !digest_of(buf_span(&m->record), &d, err))
		return false;
	if (t->received == NULL || !digest_eq(&d, &t->received_sha256))
		return record_decode(&m->r, buf_span(&m->record), err);
	m->r = *t->received;
	return true;
}

static bool
making_fill(struct receipt_making *m, struct err *err)
{
	struct taking *t = m->t;
	struct receipt_body log = { .has_log = false };
	uint8_t salt[RECORD_SALT];

	if (!record_open(m, salt, err) ||
	    !receipt_prove(t, &log, &m->proof, err) ||
	    !signer_open(t->flow, &m->o.signer, err) ||
	    !act_begin(t->flow, &m->a, ACT_RECEIPT, &t->from, err))
		return false;
	salt_text(salt, m->salt);
	m->a.body.receipt = log;
	body_fill(t, &m->r, &m->a);
	return true;
}

bool
receipt_begin(struct taking *t, struct receipt_making **out, struct err *err)
{
	struct receipt_making *m;
	bool yes;

	t->receipt.made = false;
	*out = NULL;
	if (t->report.act.kind == ACT_RECEIPT)
		return true;		/* a receipt is not answered by a receipt */
	if (!receiver_ask(t, &yes, err) || !yes)
		return yes || t->receipt.text[0] != '\0';
	m = making_new(t, err);
	if (m == NULL || !making_fill(m, err)) {
		receipt_making_free(m);
		return err_wrap(err, "the receipt");
	}
	*out = m;
	return true;
}

bool
receipt_finish(struct receipt_making *m, struct file **unnamed, struct err *err)
{
	const struct payload_item items[] = {
		{ "record.json", buf_span(&m->record), m->r.at },
		{ "record.salt", span_text(m->salt), m->r.at },
		{ PROOF_NAME, buf_span(&m->proof), m->r.at },
	};
	struct package_written done;

	m->o.making = true;
	m->o.unnamed = unnamed;
	if (!parcel_of_items(&m->o, &m->a, items, m->a.body.receipt.has_log ? 3 : 2,
	    &m->t->from, &done, err))
		return err_wrap(err, "the receipt");
	row_fill(m->t, &m->a, &m->o, &done);
	return true;
}

bool
receipt_seal(struct taking *t, struct err *err)
{
	struct receipt_making *m;
	bool ok;

	ok = receipt_begin(t, &m, err) && (m == NULL || ((making_sweep(t->flow, err) ||
	    err_wrap(err, "the receipt")) && receipt_finish(m, NULL, err)));
	receipt_making_free(m);
	return ok;
}

bool
receipt_put(struct taking *t, struct err *err)
{
	struct receipt *x = &t->receipt;

	return !x->made || (record_event(t->flow, t->docket, &x->record,
	    t->row.request, NULL, err) && receipt_row_put(t, err));
}

bool
receipt_row_put(struct taking *t, struct err *err)
{
	struct receipt *x = &t->receipt;

	x->row.request = t->row.request;
	return docket_act_put(t->docket, &x->row, err) &&
	    docket_follows_put(t->docket, &x->row.act, &x->of, 1, err);
}

bool
receipt_again(struct docket *d, const struct docket_act *row, bool *again,
    struct err *err)
{
	struct docket_act receipt;

	*again = false;
	if (!row->has_receipt)
		return true;
	if (!docket_act_get(d, &row->receipt, &receipt, again, err))
		return false;
	if (!*again || receipt.outbox == OUTBOX_ONCE)
		return true;
	receipt.outbox = OUTBOX_ONCE;
	return docket_act_put(d, &receipt, err);
}

/* ---- one that comes in ---- */

/* 64 lower hex and LF: what the commitment will be made from. */
static bool
salt_fits(struct span s)
{
	struct digest d;

	return s.n == SALT_TEXT && s.p[SALT_TEXT - 1] == '\n' &&
	    digest_parse(span_part(s, 0, SALT_TEXT - 1), &d);
}

static bool
proof_read(struct taking *t, struct receipt_check *c, struct err *why)
{
	if (!t->report.act.body.receipt.has_log || package_extract(&t->in,
	    "data/" PROOF_NAME, &c->proof, why) || why->kind == ERR_ABSENT) {
		err_clear(why);
		return true;
	}
	return false;
}

static bool
payload_read(struct taking *t, struct receipt_check *c, bool *reads, struct err *err)
{
	struct err why = ERR_INIT;

	*reads = package_extract(&t->in, "data/record.json", &c->record, &why) &&
	    package_extract(&t->in, "data/record.salt", &c->salt, &why) &&
	    salt_fits(buf_span(&c->salt)) &&
	    record_decode(&c->theirs, buf_span(&c->record), &why) &&
	    proof_read(t, c, &why);
	if (why.kind != ERR_MEMORY && why.kind != ERR_IO && why.kind != ERR_STOPPED)
		return true;
	*err = why;
	return false;
}

/* What it says of our package is what we made: else it is a receipt for another. */
static const char *
record_differs(const struct taking *t, const struct receipt_check *c)
{
	const struct receipt_body *b = &t->report.act.body.receipt;
	const struct record *x = &c->theirs;

	if (x->event != EVENT_RECEIVED || !x->has_act || !x->has_package ||
	    !digest_eq(&x->act, &b->act) || !digest_eq(&x->package, &b->package))
		return "its record is of something else than the receipt says";
	if (x->at != b->received_at || strcmp(x->carrier, b->carrier) != 0 ||
	    strcmp(x->authority.s, t->report.act.from.s) != 0 ||
	    strcmp(x->peer.s, t->report.act.to.s) != 0)
		return "its record and the receipt itself do not agree";
	if (x->files_n != c->ours.files_n)
		return "it names other files than we sent";
	for (size_t i = 0; i < x->files_n; i++)
		if (strcmp(x->files[i].path, c->ours.files[i].path) != 0 ||
		    x->files[i].bytes != c->ours.files[i].bytes ||
		    !digest_eq(&x->files[i].sha256, &c->ours.files[i].sha256))
			return "it names a file with another length or digest than we sent";
	return NULL;
}

bool
receipt_marks(struct taking *t, struct docket_act *ours, struct err *err)
{
	ours->receipted_at = t->row.at;
	ours->has_receipt = true;
	ours->receipt = t->row.act;
	if (ours->outbox == OUTBOX_WAITS)
		ours->outbox = OUTBOX_DONE;
	if (t->has_request && t->request.has_act &&
	    digest_eq(&t->request.act, &ours->act) && t->request.receipted_at == 0) {
		t->request.receipted_at = t->row.at;
		t->has_step = true;
	}
	return docket_act_put(t->docket, ours, err);
}

/* Everything that follows from it, in one transaction. */
static bool
receipt_settle(struct taking *t, struct err *err)
{
	struct docket_act ours;
	bool found;

	if (!docket_act_package(t->docket, &t->report.act.body.receipt.package, &ours,
	    &found, err))
		return false;
	if (!found || ours.receipted_at != 0)
		return true;
	return receipt_remember(t, &ours, err) && receipt_marks(t, &ours, err);
}

static bool
record_fits(struct taking *t, struct docket_act *ours, struct receipt_check *c,
    bool *fits, struct err *err)
{
	const struct receipt_body *b = &t->report.act.body.receipt;
	struct docket_record made;
	uint64_t bytes;
	uint8_t salt[RECORD_SALT];
	const char *why = NULL;
	bool found, reads;

	*fits = false;
	if (!docket_record_find(t->docket, record_event_name(EVENT_MADE), &ours->act,
	    &ours->package, &made, &found, err) || !payload_read(t, c, &reads, err))
		return false;
	if (!found)
		why = "there is no record here of having made what it is for";
	else if (!reads)
		why = "the record in it cannot be read";
	else if (!record_load(t->flow, made.at, &c->ours, NULL, salt, err))
		return false;
	else
		why = record_differs(t, c);
	/* Our parcel's own digest, when no carrier took it yet. */
	if (why == NULL && !ours->has_sha256 && act_whole(t->flow, ours)) {
		if (!file_digest(t->flow, act_file(ours).s, NULL, &bytes, &ours->sha256,
		    err))
			return false;
		ours->has_sha256 = true;
	}
	if (why == NULL && (b->parcel_bytes != ours->bytes || (ours->has_sha256 &&
	    !digest_eq(&b->parcel_sha256, &ours->sha256))))
		why = "it is for a parcel of another length or digest than we sent";
	if (why != NULL)
		return take_not(t, "receipt.differs",
		    "It is a receipt that does not prove what it should: %s. Nothing was changed; ask the other side.",
		    why);
	*fits = true;
	return true;
}

static bool
receipt_fits(struct taking *t, struct docket_act *ours, bool *fits, struct err *err)
{
	receipt_check_free(t->receipt.check);
	t->receipt.check = NULL;
	return receipt_check_new(&t->receipt.check, err) &&
	    record_fits(t, ours, t->receipt.check, fits, err) &&
	    (!*fits || receipt_proof_ask(t, fits, err));
}

bool
take_receipt(struct taking *t, struct err *err)
{
	const struct act *a = &t->report.act;
	const struct receipt_body *b = &a->body.receipt;
	struct docket_act ours;
	bool found, fits, allowed = true;

	if (a->follows_n != 1 || !digest_eq(&a->follows[0], &b->act))
		return take_not(t, "receipt.follows",
		    "It is a receipt that does not follow the act it is for.");
	if (!docket_act_package(t->docket, &b->package, &ours, &found, err))
		return false;
	if (!found || ours.direction != ACT_OUT || !digest_eq(&ours.act, &b->act))
		return take_not(t, "receipt.unknown",
		    "It is a receipt for something that this home did not send, or has forgotten since an older backup.");
	if (strcmp(ours.peer, a->from.s) != 0)
		return take_not(t, "receipt.other-parties",
		    "It is a receipt from an authority to which we did not send that act.");
	if (!receipt_fits(t, &ours, &fits, err) || !fits)
		return t->out->as == TAKEN_NOT;
	if (ours.request != 0) {
		if (!docket_request_get(t->docket, ours.request, &t->request, err))
			return false;
		t->has_request = true;
		t->row.request = ours.request;
		/* Of the request itself; others change no state. */
		if (t->request.has_act && digest_eq(&t->request.act, &ours.act) &&
		    !take_step(t, &allowed, err))
			return false;
	}
	if (!allowed)
		return true;
	t->settle = receipt_settle;
	take_note(t, "Receipt: what we sent on %s is there.%s",
	    when_people(ours.made_at).s, t->receipt.claimed ?
	    " It shows no place in the ledger of who received it: the hand-over is claimed, not proven." : "");
	t->out->as = TAKEN;
	return true;
}
