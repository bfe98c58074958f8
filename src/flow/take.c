/* A parcel of whatever kind comes in: checked, ruled on, kept, answered. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/hold.h"
#include "flow/journey.h"
#include "flow/kept.h"
#include "flow/people.h"
#include "flow/take_group.h"

#define INBOX_HEX (6 + 64)		/* "inbox/" and the digest */

/* ---- saying what came of it ---- */

bool
take_not(struct taking *t, const char *reason, const char *fmt, ...)
{
	va_list ap;

	t->out->as = TAKEN_NOT;
	t->out->reason = reason;
	va_start(ap, fmt);
	(void)vsnprintf(t->out->text, sizeof t->out->text, fmt, ap);
	va_end(ap);
	return true;
}

bool
take_waits(struct taking *t, const char *fmt, ...)
{
	va_list ap;

	t->out->as = TAKEN_WAITS;
	t->out->reason = "take.waits";
	va_start(ap, fmt);
	(void)vsnprintf(t->out->text, sizeof t->out->text, fmt, ap);
	va_end(ap);
	return true;
}

void
take_note(struct taking *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(t->out->text, sizeof t->out->text, fmt, ap);
	va_end(ap);
}

/* ---- where acts lie ---- */

struct parcel_path
act_file(const struct docket_act *row)
{
	struct parcel p = { .act_id = row->act, .package_id = row->package,
		.other = row->other };

	return parcel_file(&p);
}

bool
act_whole(struct flow *f, const struct docket_act *row)
{
	struct file_info info;

	return path_info(f->world, home_dir(f->home), act_file(row).s, &info, NULL) &&
	    info.type == FILE_REGULAR && info.size == row->bytes;
}

bool
act_kept(struct flow *f, const struct docket_act *row, struct act *out,
    struct err *err)
{
	return act_read_at(f, act_file(row), out, err);
}

/* ---- the parcel at hand ---- */

void
taking_init(struct taking *t, struct flow *f)
{
	memset(t, 0, sizeof *t);
	taking_init_zeroed(t, f);
}

void
taking_init_zeroed(struct taking *t, struct flow *f)
{
	t->flow = f;
	peer_init(&t->from);
	parcel_head_init(&t->head);
	package_report_init(&t->report);
}

void
taking_clear(struct taking *t)
{
	node_trust_close(&t->trust);
	buf_clear(&t->head);
	aead_key_wipe(&t->docket_key);
	receipt_check_free(t->receipt.check);
	t->receipt.check = NULL;
	package_report_clear(&t->report);
	if (t->from_kept)
		peer_init(&t->from);
	peer_clear(&t->from);
}

/* A name by the digest of the bytes says what they are; any other is gone through. */
static bool
digest_find(struct taking *t, const char *name, struct err *err)
{
	uint64_t bytes;

	if (strlen(name) > INBOX_HEX &&
	    digest_parse(span_of(name + 6, 64), &t->sha256))
		return true;
	return file_digest(t->flow, name, NULL, &bytes, &t->sha256, err);
}

bool
take_there(struct flow *f, const char *path, bool *there, struct err *err)
{
	return path_look(f->world, home_dir(f->home), path, there, err);
}

/*
 * The mark: which place in parcels/ the parcel was on its way to.  Without one the
 * parcel is where its name says.
 */
static bool
place_find(struct taking *t, const char *name, struct err *err)
{
	struct flow *f = t->flow;
	struct buf b;
	const char *to;
	bool waits, marked, ok;

	if (!digest_find(t, name, err))
		return false;
	(void)snprintf(t->mark, sizeof t->mark, "%s", inbox_mark_of(&t->sha256).s);
	(void)snprintf(t->path, sizeof t->path, "%s",
	    name_ends(name, ".taking") ? inbox_name_of(&t->sha256).s : name);
	if (!take_there(f, t->path, &waits, err) || !take_there(f, t->mark, &marked, err))
		return false;
	if (waits || !marked)
		return true;
	buf_init(&b, sizeof t->path - 1);
	ok = home_load(f->home, t->mark, &b, err) && buf_text(&b, &to, err);
	if (ok && strncmp(to, "parcels/", 8) == 0) {
		(void)snprintf(t->path, sizeof t->path, "%s", to);
		t->placed = true;
	}
	buf_clear(&b);
	return ok;
}

/* In parcels/, durably; the mark first, so that it is never lost from sight. */
static bool
place(struct taking *t, struct err *err)
{
	struct parcel_path to = act_file(&t->row);
	struct dir *home = home_dir(t->flow->home);
	bool there, marked;
	char aside[160];

	if (t->placed && strcmp(t->path, to.s) == 0)
		return true;
	(void)snprintf(aside, sizeof aside, "%s.damaged", to.s);
	/* With a mark it is this same one, from before a cut: replaced by itself. */
	if (!take_there(t->flow, to.s, &there, err) ||
	    !take_there(t->flow, t->mark, &marked, err) || (there && !marked &&
	    !path_rename(t->flow->world, home, to.s, home, aside, true, err)))
		return false;
	if (!home_save(t->flow->home, t->mark, span_text(to.s), err) ||
	    !path_rename(t->flow->world, home, t->path, home, to.s, true, err) ||
	    !folder_sync(t->flow, "parcels", err) ||
	    !folder_sync(t->flow, "inbox", err))
		return false;
	(void)snprintf(t->path, sizeof t->path, "%s", to.s);
	t->placed = true;
	return true;
}

static bool
unmark(struct taking *t, struct err *err)
{
	return path_clear(t->flow->world, home_dir(t->flow->home), t->mark, err);
}

/* ---- the docket, for a short while ---- */

bool
take_docket(struct taking *t, struct err *err)
{
	if (!home_docket(t->flow->home, &t->docket, err))
		return false;
	docket_key(t->docket, &t->docket_key);
	return true;
}

void
take_docket_done(struct taking *t)
{
	if (t->docket != NULL)
		home_docket_done(t->flow->home);
	t->docket = NULL;
}

/* ---- rows ---- */

void
take_row(struct taking *t)
{
	static const char *const who[] = { "KNOWN", "UNKNOWN", "REVOKED",
		"NOT CHECKED" };
	static const char *const when[] = { "PROVEN", "CLAIMED", "NOT CHECKED" };
	const struct package_report *r = &t->report;
	struct docket_act *x = &t->row;

	memset(x, 0, sizeof *x);
	x->act = r->act_id;
	x->package = r->package_id;
	(void)snprintf(x->kind, sizeof x->kind, "%s", act_kind_name(r->act.kind));
	x->direction = ACT_IN;
	(void)snprintf(x->peer, sizeof x->peer, "%s", r->act.from.s);
	x->at = world_now(t->flow->world);
	x->made_at = r->act.made_at;
	x->bytes = t->bytes;
	x->has_sha256 = true;
	x->sha256 = t->sha256;
	x->stamp = r->has_stamp ? STAMP_KEPT : act_kind_needs_stamp(r->act.kind) ?
	    STAMP_PENDING : STAMP_NONE;
	x->stamped_at = r->has_stamp ? r->stamped_at : 0;
	(void)snprintf(x->verdict, sizeof x->verdict, "%s",
	    r->overall == OVERALL_INTACT ? "Intact" :
	    r->overall == OVERALL_CHANGED ? "Changed" : "Incomplete check");
	(void)snprintf(x->who, sizeof x->who, "%s", who[r->who]);
	(void)snprintf(x->when, sizeof x->when, "%s", when[r->when]);
}

/* ---- keeping ---- */

/* On which ground they refused, for figures, which open no act: "ground.r02". */
static void
ground_note(const struct act *a, struct record *out)
{
	const char *id = a->kind == ACT_REFUSED && a->body.answer.grounds_n > 0 ?
	    a->body.answer.grounds[0] : "";
	const struct law_ground *known = law_ground(id);

	if (known == NULL)
		return;
	(void)snprintf(out->reason, sizeof out->reason, RECORD_GROUND "%s", known->id);
	for (char *c = out->reason + strlen(RECORD_GROUND); *c != '\0'; c++)
		*c = ascii_lower(*c);	/* reasons are small letters */
}

void
take_received(struct taking *t, struct record *out)
{
	const struct package_report *r = &t->report;

	record_begin(t->flow, out, EVENT_RECEIVED);
	out->at = t->row.at;		/* what the docket says, made anew from this */
	out->has_act = out->has_package = out->has_payload = true;
	out->act = r->act_id;
	out->package = r->package_id;
	out->payload_files = r->act.payload_files;
	out->payload_bytes = r->act.payload_bytes;
	out->peer = r->act.from;
	(void)snprintf(out->carrier, sizeof out->carrier, "%s", t->carrier);
	ground_note(&r->act, out);
	record_outside(out, &r->outside);
}

static bool
received_record(struct taking *t, struct err *err)
{
	struct record x;
	bool ok;

	take_received(t, &x);
	if (!take_docket(t, err))
		return false;
	ok = record_event(t->flow, t->docket, &x, t->opens ? 0 : t->row.request,
	    &t->record_at, err);
	take_docket_done(t);
	return ok;
}

/* The record of receiving belongs to the thread that it opens. */
static bool
record_into_thread(struct taking *t, struct err *err)
{
	struct docket_record x;
	bool found;

	if (!t->opens)
		return true;
	if (!docket_record_find(t->docket, record_event_name(EVENT_RECEIVED),
	    &t->row.act, &t->row.package, &x, &found, err))
		return false;
	if (!found)
		return true;
	x.request = t->row.request;
	return docket_record_put(t->docket, &x, err);
}

/*
 * The bytes of act.json: written again from what was read, when they have the digest
 * that was checked (they do: there is one spelling); else opened once more.
 */
static bool
act_json(struct taking *t, struct buf *json, struct err *err)
{
	const struct package_files *files = &t->report.outside;
	struct err why = ERR_INIT;
	struct digest d;
	bool written;

	written = act_encode_again(&t->report.act, json, &why) &&
	    digest_of(buf_span(json), &d, &why);
	if (why.kind == ERR_MEMORY)
		return err_memory(err);
	for (size_t i = 0; written && i < files->n; i++)
		if (strcmp(files->list[i].path, "act.json") == 0 &&
		    digest_eq(&files->list[i].sha256, &d))
			return true;
	buf_reset(json);
	t->in.path = t->path;
	return package_extract(&t->in, "act.json", json, err);
}

static bool
request_open(struct taking *t, struct err *err)
{
	struct buf json;
	bool ok;

	buf_init(&json, ACT_BYTES_MAX);
	ok = act_json(t, &json, err) &&
	    docket_request_new(t->docket, &t->request, buf_span(&json), err);
	buf_clear(&json);
	if (ok)
		t->row.request = t->request.number;
	return ok;
}

bool
take_settle_in(struct taking *t, struct err *err)
{
	const struct act *a = &t->report.act;

	if (t->opens && !request_open(t, err))
		return false;
	if (t->settle != NULL && !t->settle(t, err))
		return false;
	if (t->receipt.made) {
		t->row.has_receipt = true;
		t->row.receipt = t->receipt.row.act;
	}
	return (!t->has_step || docket_request_put(t->docket, &t->request, err)) &&
	    (t->row.other || hold_follow(t->docket, t->row.request, a, t->row.at, true,
	    err)) &&
	    docket_act_put(t->docket, &t->row, err) &&
	    docket_follows_put(t->docket, &t->row.act, a->follows, a->follows_n, err) &&
	    record_into_thread(t, err);
}

static bool
settle(struct taking *t, struct err *err)
{
	struct err ignored = ERR_INIT;
	bool ok;

	if (!take_docket(t, err))
		return false;
	ok = docket_begin(t->docket, err) && take_settle_in(t, err) && receipt_put(t, err) &&
	    docket_commit(t->docket, err);
	if (!ok)
		docket_rollback(t->docket);
	take_docket_done(t);
	/* Its receipt is kept, or it is not: the sweep asks the docket, as after a cut. */
	if (ok)
		(void)!path_remove(t->flow->world, home_dir(t->flow->home), MAKING_PATH,
		    NULL);
	else
		(void)!making_sweep(t->flow, &ignored);
	return ok;
}

static bool
keep(struct taking *t, struct err *err)
{
	if (!place(t, err) || !received_record(t, err) || !receipt_seal(t, err) ||
	    !settle(t, err) || !unmark(t, err))
		return false;
	t->out->request = t->row.request;
	t->out->evidence = t->row.evidence != 0 ? t->row.evidence : t->piece.number;
	return true;
}

/* Those bytes brought once more are told again; the ledger has them, as far as it will. */
static bool
refused_record(struct taking *t, const char *aside, struct err *err)
{
	struct record r;
	bool before;

	if (!take_there(t->flow, aside, &before, err))
		return false;
	if (before)
		return true;
	if (t->no_leaf && !t->known) {
		size_t n = strlen(t->out->text);

		(void)snprintf(t->out->text + n, sizeof t->out->text - n,
		    " It is not in the ledger: as many as this reading may put there are.");
		return true;
	}
	record_begin(t->flow, &r, EVENT_REFUSED);
	r.has_act = r.has_package = t->report.has_ids;
	r.act = t->report.act_id;
	r.package = t->report.package_id;
	if (t->report.has_act)
		r.peer = t->report.act.from;
	(void)snprintf(r.carrier, sizeof r.carrier, "%s", t->carrier);
	record_decided(&r, t->out->reason, "refused");
	(void)snprintf(r.reason, sizeof r.reason, "%s", t->out->reason);
	t->leaf = record_alone(t->flow, &r, 0, err);
	return t->leaf;
}

/* What is not taken stays beside the inbox, as it came: the sender may ask. */
static bool
set_aside(struct taking *t, struct err *err)
{
	struct dir *home = home_dir(t->flow->home);
	char to[160];

	(void)snprintf(to, sizeof to, "%s.not-taken", inbox_name_of(&t->sha256).s);
	return refused_record(t, to, err) &&
	    path_rename(t->flow->world, home, t->path, home, to, true, err) &&
	    folder_sync(t->flow, "inbox", err) && unmark(t, err);
}

/* ---- what is known already ---- */

/* What two persons ended here does not come back by a stick. */
static bool
again_destroyed(struct taking *t, bool *gone, struct err *err)
{
	int64_t at;
	bool ok;

	*gone = false;
	if (!take_docket(t, err))
		return false;
	ok = docket_destroyed_at(t->docket, &t->row.package, &at, err);
	take_docket_done(t);
	if (!ok || at == 0)
		return ok;
	*gone = true;
	t->out->reason = "take.destroyed";
	take_note(t, "It was here as evidence %04u and was destroyed on %s. It was not taken in again, and this copy of it is removed from the inbox; others are not reached.",
	    t->row.evidence, when_people(at).s);
	t->out->evidence = t->row.evidence;
	return t->placed || path_remove(t->flow->world, home_dir(t->flow->home), t->path,
	    err);
}

static bool
again_apart(struct taking *t, struct err *err)
{
	bool ok;

	if (!take_docket(t, err))
		return false;
	ok = docket_apart_put(t->docket, &t->row.package, APART_NOT, err);
	take_docket_done(t);
	return ok && parcel_apart_forget(t->flow, act_file(&t->row).s, err);
}

/*
 * Is what is kept here still what came, to the last byte?  Only then is a copy of it thrown
 * away.  One whose key is away opens no better by another copy than by its keys.
 */
static bool
kept_whole(struct taking *t, bool *whole, struct err *err)
{
	struct err why = ERR_INIT;
	struct digest sha256;
	uint64_t bytes;

	*whole = act_whole(t->flow, &t->row);
	if (!*whole || t->placed || !t->row.has_sha256)
		return true;
	if (file_digest(t->flow, act_file(&t->row).s, NULL, &bytes, &sha256, &why)) {
		*whole = digest_eq(&sha256, &t->row.sha256);
		return true;
	}
	*whole = why.kind == ERR_ABSENT;
	if (*whole || why.kind == ERR_IO || why.kind == ERR_INPUT ||
	    why.kind == ERR_UNPROVEN)
		return true;
	*err = why;
	return false;
}

/* Kept here whole: this copy is not needed.  Else it takes the place again. */
static bool
again_keep(struct taking *t, struct err *err)
{
	struct docket_act known = t->row;
	bool again = false, gone, whole, ok;

	if (!again_destroyed(t, &gone, err))
		return false;
	if (gone)
		return unmark(t, err);
	if (!kept_whole(t, &whole, err))
		return false;
	if (whole && !t->placed) {
		if (!path_remove(t->flow->world, home_dir(t->flow->home), t->path,
		    err))
			return false;
	} else if (!whole) {
		take_note(t, "The copy kept here was lost or damaged; this one is in its place.");
		t->out->reason = "take.replaced";
		if (!loss_record(t->flow, &known.act, &known.package, err))
			return false;
		t->row.bytes = t->bytes;
		t->row.sha256 = t->sha256;
		t->row.has_sha256 = true;
		/* What lay apart of the one that was lost fits this one no more. */
		if (!again_apart(t, err) || !place(t, err))
			return false;
	}
	if (!take_docket(t, err))
		return false;
	ok = ((t->row.bytes == known.bytes && (!known.has_sha256 ||
	    digest_eq(&t->row.sha256, &known.sha256))) ||
	    docket_act_put(t->docket, &t->row, err)) &&
	    receipt_again(t->docket, &t->row, &again, err);
	take_docket_done(t);
	t->out->request = known.request;
	t->out->evidence = known.evidence;
	return ok && unmark(t, err);
}

/* Its sender was confirmed meanwhile: now there is someone to seal a receipt to. */
static bool
again_receipt(struct taking *t, struct err *err)
{
	if (t->row.has_receipt || t->row.other || !t->known ||
	    t->report.act.kind == ACT_RECEIPT)
		return true;
	(void)snprintf(t->path, sizeof t->path, "%s", act_file(&t->row).s);
	t->placed = true;
	return received_record(t, err) && receipt_seal(t, err) &&
	    (!t->receipt.made || settle(t, err));
}

static bool
take_again(struct taking *t, struct err *err)
{
	t->out->as = TAKEN_AGAIN;
	take_note(t, "It is here already. Nothing changed; its receipt goes out again.");
	return again_keep(t, err) && (strcmp(t->out->reason, "take.destroyed") == 0 ||
	    again_receipt(t, err));
}

/* Packages of one act that are kept beside the first. */
struct counting {
	struct digest act;
	size_t n;
};

static bool
count_others(void *arg, const struct docket_act *a, struct err *err)
{
	struct counting *c = arg;

	(void)err;
	c->n += digest_eq(&a->act, &c->act);
	return true;
}

static bool
other_room(struct taking *t, const struct docket_act *first, bool *room,
    struct err *err)
{
	struct counting c = { first->act, 0 };
	struct evidence e;

	if (first->evidence != 0) {
		if (!evidence_load(t->flow->home, first->evidence, &e, err))
			return false;
		c.n = e.parcels_n;
	} else if (first->request != 0 && !docket_request_acts(t->docket,
	    first->request, count_others, &c, err)) {
		return false;
	}
	*room = c.n < PARCELS_MAX;
	return true;
}

static bool
other_settle(struct taking *t, struct err *err)
{
	struct evidence *e = &t->piece;
	struct parcel p = { .act_id = t->row.act, .package_id = t->row.package,
		.peer = t->report.act.from, .at = t->row.at, .bytes = t->row.bytes,
		.stamp = t->row.stamp, .stamped_at = t->row.stamped_at, .other = true };

	if (t->row.evidence == 0)
		return true;
	if (!evidence_load(t->flow->home, t->row.evidence, e, err))
		return false;
	memcpy(p.verdict, t->row.verdict, sizeof p.verdict);
	memcpy(p.who, t->row.who, sizeof p.who);
	memcpy(p.when, t->row.when, sizeof p.when);
	t->parcel = e->parcels_n;
	e->parcels[e->parcels_n++] = p;
	return stamp_files_save(t->flow, e->number, &p, buf_span(&t->report.signature),
	    span_of(NULL, 0), span_of(NULL, 0), err) &&
	    evidence_save(t->flow->home, e, err);
}

/* Same statement, other signatures or stamp: kept beside, told, never in its place. */
static bool
take_other(struct taking *t, const struct docket_act *first, struct err *err)
{
	bool room;

	take_row(t);
	t->row.other = true;
	t->row.request = first->request;
	t->row.evidence = first->evidence;
	if (!other_room(t, first, &room, err))
		return false;
	if (!room)
		return take_not(t, "take.others",
		    "This act came in %d different packages, and that is the limit.",
		    PARCELS_MAX);
	t->settle = other_settle;
	t->out->as = TAKEN_OTHER_PACKAGE;
	take_note(t, "This act is here already in another package (another signature or time stamp). It was kept beside it and changes nothing; ask the sender why there are two.");
	return true;
}

/* Is this act here already, in this package or in another one? */
static bool
known_ask(struct taking *t, bool *same, bool *other, struct docket_act *row,
    struct err *err)
{
	*other = false;
	if (!docket_act_package(t->docket, &t->report.package_id, row, same, err))
		return false;
	/* Our own words coming back are for policy to name. */
	*same = *same && row->direction == ACT_IN;
	if (*same)
		return true;
	if (!docket_act_get(t->docket, &t->report.act_id, row, other, err))
		return false;
	*other = *other && row->direction == ACT_IN;
	return true;
}

/* ---- the rules ---- */

static bool
peer_look(struct taking *t, struct err *err)
{
	struct err why = ERR_INIT;

	t->has_peer = kept_peer(t->flow, t->report.act.from.s, &t->from,
	    &t->from_kept, &why);
	if (t->has_peer || strcmp(why.reason, "peer.absent") == 0)
		return true;
	*err = why;
	return false;
}

/* Does the signer's certificate name the State that `from` names? */
static bool
state_agrees(struct memo *m, const struct package_report *r)
{
	struct cert *c = NULL;
	struct country country;
	bool ok;

	if (!memo_cert(m, &c, buf_span(&r->signer_cert), NULL))
		return false;
	country = cert_country(c);
	ok = strncmp(country.s, r->act.from.s, 2) == 0 && country.s[0] != '\0';
	cert_free(c);
	return ok;
}

/* Only such an act moves a thread or gets a receipt. */
static void
known_look(struct taking *t)
{
	t->state_agrees = state_agrees(kept_memo(t->flow), &t->report);
	t->known = t->report.who == WHO_KNOWN && t->has_peer && t->from.confirmed &&
	    !t->from.revoked && t->state_agrees;
}

static struct verdict
incoming_ask(struct taking *t)
{
	const struct settings *s = home_settings(t->flow->home);
	const struct package_report *r = &t->report;
	const struct act *a = &r->act;
	struct incoming_facts facts = {
		.sealed = r->form == PACKAGE_PARCEL,
		.for_us = a->has_to && strcmp(a->to.s, s->authority.s) == 0,
		.from_us = strcmp(a->from.s, s->authority.s) == 0,
		.training = s->training,
		.exercise = a->exercise,
		.sender_known = r->who == WHO_KNOWN && t->has_peer &&
		    t->from.confirmed && !t->from.revoked,
		.sender_revoked = r->who == WHO_REVOKED ||
		    (t->has_peer && t->from.revoked),
		.state_agrees = t->state_agrees,
		.kind = a->kind,
		.made_at = a->made_at,
		.now = world_now(t->flow->world),
	};

	facts.expired = a->expires_at != 0 && facts.now > a->expires_at;
	return incoming_decide(&facts);
}

static bool
class_ask(struct taking *t, struct err *err)
{
	switch (act_kind_class(t->report.act.kind)) {
	case ACT_IS_REQUEST:
		return take_request(t, err);
	case ACT_IS_ANSWER:
		return take_answer(t, err);
	case ACT_IS_EVIDENCE:
		return take_evidence(t, err);
	case ACT_IS_RECEIPT:
		return take_receipt(t, err);
	case ACT_IS_TIME_STAMP:
		return take_stamp(t, err);
	case ACT_IS_NOTICE:
		return take_notice(t, err);
	case ACT_IS_CARD:
	default:
		break;
	}
	if (t->report.act.kind == ACT_REVOKED)
		return take_revoked(t, err);
	return take_not(t, "take.card",
	    "It is a card in a parcel; cards come as files and are taken with: comity peer pair");
}

/* Bytes that are no whole package with a signature that holds say nothing. */
static bool
sound(const struct package_report *r)
{
	return r->unchanged == UNCHANGED_YES && r->has_ids && r->has_act &&
	    r->overall != OVERALL_CHANGED;
}

/* Recorded before a cut, it came in then and not now. */
static bool
came_before(struct taking *t, struct err *err)
{
	uint8_t salt[RECORD_SALT];
	struct docket_record x;
	struct record r;
	bool found;

	if (!t->placed)
		return true;		/* no record comes before its place */
	if (!record_catch_up(t->flow, t->docket, err) || !docket_record_find(t->docket,
	    record_event_name(EVENT_RECEIVED), &t->row.act, &t->row.package, &x, &found,
	    err))
		return false;
	if (!found)
		return true;
	if (!record_load(t->flow, x.at, &r, NULL, salt, err))
		return false;
	t->row.at = r.at;
	return true;
}

static bool
rules_ask(struct taking *t, bool *same, struct err *err)
{
	struct docket_act row;
	struct verdict v;
	bool other, beside;

	*same = false;
	if (!sound(&t->report))
		return take_not(t, "take.not-sound",
		    "It is no package that holds: %.300s", t->report.unchanged_text);
	if (!peer_look(t, err) || !known_ask(t, same, &other, &row, err))
		return false;
	known_look(t);
	if (*same) {
		t->row = row;
		return true;
	}
	/* Nobody's package of an act does not keep out the one of who made it. */
	beside = other && t->known && strcmp(row.who, "KNOWN") != 0;
	if (other && !beside)
		return take_other(t, &row, err);
	v = incoming_ask(t);
	if (!v.allow)
		return take_not(t, v.reason, "%s", v.text);
	take_row(t);
	t->row.other = beside;
	if (!came_before(t, err) || !class_ask(t, err))
		return false;
	/* Evidence that nobody vouches for is kept, and that is said. */
	if (t->out->as == TAKEN && !t->known && v.text[0] != '\0')
		take_note(t, "%s", v.text);
	return true;
}

static void
out_begin(struct taking *t)
{
	struct taken *out = t->out;

	out->overall = t->report.overall;
	out->has_act = t->report.has_act && t->report.has_ids;
	if (!out->has_act)
		return;
	out->kind = t->report.act.kind;
	out->act = t->report.act_id;
	memcpy(out->from, t->report.act.from.s, sizeof out->from);
}

static bool
trust_ready(struct taking *t, struct err *err)
{
	struct file_info info;
	struct keyring *k = NULL;

	if (!node_trust_open(&t->trust, t->flow, true, err) ||
	    !flow_keyring(t->flow, &k, err) ||
	    !keyring_docket_key(k, &t->docket_key, err) ||
	    !path_info(t->flow->world, home_dir(t->flow->home), t->path, &info, err))
		return false;
	t->bytes = info.size;
	t->in.world = t->flow->world;
	t->in.progress = t->flow->progress;
	t->in.at = home_dir(t->flow->home);
	t->in.path = t->path;
	t->in.keys = &t->trust.keys;
	t->in.trust = t->trust.trust;
	t->in.trust.memo = kept_memo(t->flow);
	/* Placed by a try that was cut, it may be without its header by now. */
	return parcel_join(t->flow, &t->in, &t->head, err);
}

static bool
taken_end(struct taking *t, bool same, struct err *err)
{
	if (same)
		return take_again(t, err);
	if (t->out->as == TAKEN_WAITS && (t->over == NULL ||
	    !take_not(t, t->over->reason, "%s", t->over->text)))
		return true;
	return t->out->as == TAKEN_NOT ? set_aside(t, err) : keep(t, err);
}

bool
take_begin(struct taking *t, const char *name, const char *carrier, bool last,
    struct taken *out, bool *here, struct err *err)
{
	memset(out, 0, sizeof *out);
	out->reason = "";
	t->out = out;
	t->carrier = carrier;
	t->last = last;
	*here = false;
	if (!place_find(t, name, err) || !take_there(t->flow, t->path, here, err))
		return false;
	/* Cut between the last rename and the last removal: nothing is left to do. */
	if (!*here) {
		out->as = TAKEN_AGAIN;
		return unmark(t, err);
	}
	return trust_ready(t, err);
}

bool
take_rule(struct taking *t, bool *same, struct err *err)
{
	bool ok;

	*same = false;
	if (!node_checked(&t->trust, &t->report, err) || !take_docket(t, err))
		return false;
	out_begin(t);
	ok = rules_ask(t, same, err);
	take_docket_done(t);
	return ok;
}

bool
take_look(struct taking *t, const char *name, const char *carrier, bool last,
    struct taken *out, bool *here, bool *same, struct err *err)
{
	*same = false;
	return take_begin(t, name, carrier, last, out, here, err) && (!*here ||
	    (package_check(&t->in, &t->report, err) && take_rule(t, same, err)));
}

bool
take_one(struct flow *f, const char *name, const char *carrier, bool last,
    struct taking *t, struct taken *out, struct err *err)
{
	bool here, same, ok;

	ok = take_look(t, name, carrier, last, out, &here, &same, err) &&
	    (!here || taken_end(t, same, err));
	/* Who is believed may have changed, also where it failed half way. */
	if (t->report.has_act && t->report.act.kind == ACT_REVOKED)
		kept_drop(f);
	return ok;
}

bool
flow_take(struct flow *f, const char *path, struct taken *out, struct err *err)
{
	struct inbox_name name;
	struct taking *t;
	bool copied, ok;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_RECEIVE, err) ||
	    !taking_restore(f, err) || !inbox_find(f, path, &name, &copied, err))
		return false;
	t = mem_new(sizeof *t, err);
	if (t == NULL)
		return false;
	taking_init(t, f);
	ok = take_one(f, name.s, copied ? "local" : "stick", true, t, out, err);
	if (ok)
		parcels_part_later(f);
	taking_clear(t);
	mem_free(t);
	return ok;
}
