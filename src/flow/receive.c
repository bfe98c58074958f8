/* A parcel comes in: copied, checked, kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/inside.h"

/* ---- this node's trust ---- */

static bool
find_card(void *arg, const struct authority_id *from, const struct digest *card_id,
    const struct act **card, const struct certs **roots)
{
	struct node_trust *t = arg;
	bool found = false, trusted = false;

	if (!card_find(t->flow->home, from, card_id, &t->card, &found, &trusted,
	    &t->err) || !found || !trusted)
		return false;
	certs_clear(&t->roots);
	certs_init(&t->roots);
	if (!certs_of_card(&t->card, &t->roots, &t->err))
		return false;
	*card = &t->card;
	*roots = &t->roots;
	return true;
}

bool
node_trust_open(struct node_trust *t, struct flow *f, bool identities,
    struct err *err)
{
	struct keyring *k = NULL;

	memset(t, 0, sizeof *t);
	t->flow = f;
	act_init(&t->card, ACT_CARD);
	certs_init(&t->stamp_roots);
	certs_init(&t->roots);
	if (f->home == NULL)
		return true;
	t->trust.find_card = find_card;
	t->trust.arg = t;
	t->trust.stamp_roots = &t->stamp_roots;
	return home_stamp_roots(f->home, &t->stamp_roots, err) &&
	    (!identities || (flow_keyring(f, &k, err) &&
	    keyring_identities(k, &t->keys.identities, &t->keys.n, err)));
}

bool
node_check(struct node_trust *t, const struct package_reading *in,
    struct package_report *report, struct err *err)
{
	if (!package_check(in, report, err))
		return false;
	if (t->err.kind == ERR_NONE)
		return true;
	*err = t->err;
	return false;
}

void
node_trust_close(struct node_trust *t)
{
	act_clear(&t->card);
	certs_clear(&t->stamp_roots);
	certs_clear(&t->roots);
}

/* ---- copying into the inbox ---- */

#define BEGIN_BYTES 4096	/* enough to tell two parcels apart: header and nonce */

struct inbox_name
inbox_name_of(const struct digest *sha256)
{
	struct inbox_name n;

	(void)snprintf(n.s, sizeof n.s, "inbox/%s.comity", digest_hex(sha256).s);
	return n;
}

/*
 * A name for the copy that the same parcel gets again, so that a cut copy is gone
 * on with: digest of its size and first bytes (each parcel has a fresh key there).
 */
static bool
part_name(struct flow *f, struct dir *at, const char *path, char name[64],
    struct err *err)
{
	uint8_t begin[BEGIN_BYTES + 8];
	struct file_info info;
	struct file *file = NULL;
	struct digest d;
	size_t n = 0;
	bool ok;

	ok = file_open_info(f->world, at, path, &file, &info, err) &&
	    file_read_at(file, begin, BEGIN_BYTES, 0, &n, err);
	if (ok) {
		for (unsigned i = 0; i < 8; i++)
			begin[n + i] = (uint8_t)(info.size >> (56 - 8 * i));
		ok = digest_of(span_of(begin, n + 8), &d, err);
	}
	if (ok)
		(void)snprintf(name, 64, "inbox/%.32s.part", digest_hex(&d).s);
	file_close(file);
	return ok;
}

bool
inbox_copy(struct flow *f, struct dir *from_at, const char *from,
    struct inbox_copy *out, struct err *err)
{
	if (!part_name(f, from_at, from, out->part, err) ||
	    !copy_resume(f, from_at, from, home_dir(f->home), out->part, "copying",
	    &out->bytes, &out->sha256, err))
		return false;
	out->name = inbox_name_of(&out->sha256);
	return true;
}

bool
inbox_keep(struct flow *f, const struct inbox_copy *c, bool *was_there,
    struct err *err)
{
	struct dir *home = home_dir(f->home);

	*was_there = home_has(f->home, c->name.s);
	if (*was_there)
		return path_remove(f->world, home, c->part, err);
	/* Who is told that it is here may wipe the stick. */
	return path_rename(f->world, home, c->part, home, c->name.s, false, err) &&
	    folder_sync(f, "inbox", err);
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(((const struct inbox_name *)a)->s,
	    ((const struct inbox_name *)b)->s);
}

bool
flow_inbox(struct flow *f, struct inbox_name *out, size_t max, size_t *n,
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	*n = 0;
	ok = listing_open(f->world, home_dir(f->home), "inbox", &l, err);
	while (ok && more && *n < max) {
		size_t len;

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more)
			break;
		len = strlen(e.name);
		if (len > 7 && len < 80 && strcmp(e.name + len - 7, ".comity") == 0)
			(void)snprintf(out[(*n)++].s, sizeof out->s, "inbox/%s",
			    e.name);
	}
	listing_close(l);
	if (ok && *n > 1)
		qsort(out, *n, sizeof *out, name_order);
	return ok;
}

/* ---- keeping ---- */

static const char *
word_overall(enum overall o)
{
	return o == OVERALL_INTACT ? "Intact" : o == OVERALL_CHANGED ? "Changed" :
	    "Incomplete check";
}

static void
parcel_fill(struct parcel *p, const struct package_report *r, uint64_t bytes,
    int64_t now)
{
	static const char *const who[] = { "KNOWN", "UNKNOWN", "REVOKED",
		"NOT CHECKED" };
	static const char *const when[] = { "PROVEN", "CLAIMED", "NOT CHECKED" };

	memset(p, 0, sizeof *p);
	p->act_id = r->act_id;
	p->package_id = r->package_id;
	p->peer = r->act.from;
	p->at = now;
	p->bytes = bytes;
	p->stamp = r->has_stamp ? STAMP_KEPT : STAMP_PENDING;
	p->stamped_at = r->has_stamp ? r->stamped_at : 0;
	(void)snprintf(p->verdict, sizeof p->verdict, "%s", word_overall(r->overall));
	(void)snprintf(p->who, sizeof p->who, "%s", who[r->who]);
	(void)snprintf(p->when, sizeof p->when, "%s", when[r->when]);
}

static bool
move_in(struct flow *f, const char *from, const struct parcel *p, struct err *err)
{
	struct dir *home = home_dir(f->home);

	return path_rename(f->world, home, from, home, parcel_file(p).s, true, err) &&
	    folder_sync(f, "parcels", err);
}

static void PRINTF_LIKE(2, 3)
note(struct received *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(out->note, sizeof out->note, fmt, ap);
	va_end(ap);
}

static bool
not_taken(struct received *out, const char *why)
{
	out->as = RECEIVED_NOT_TAKEN;
	note(out, "%s", why);
	return true;
}

/*
 * The record before the move: cut between the two, the parcel is still in the inbox
 * and comes to its place when it is received again.
 */
static bool
keep_evidence(struct flow *f, const char *inbox, uint64_t bytes, struct received *out,
    struct err *err)
{
	const struct package_report *r = &out->report;
	struct evidence *e = &out->evidence;
	struct parcel p;

	parcel_fill(&p, r, bytes, world_now(f->world));
	p.other = out->as == RECEIVED_OTHER_PACKAGE;
	if (p.other && e->parcels_n == PARCELS_MAX)
		return err_set(err, ERR_LIMIT, "receive.many",
		    "this act came in %d different packages, and that is the limit",
		    PARCELS_MAX);
	if (!p.other) {
		memset(e, 0, sizeof *e);
		e->origin = EVIDENCE_RECEIVED;
		e->added_at = p.at;
		e->files = r->files;
		e->bytes = r->bytes;
		if (!evidence_new(f->home, e, NULL, err))
			return false;
	}
	out->parcel = e->parcels_n;
	e->parcels[e->parcels_n++] = p;
	return stamp_files_save(f, e->number, &p, buf_span(&r->signature),
	    span_of(NULL, 0), span_of(NULL, 0), err) &&
	    evidence_save(f->home, e, err) && move_in(f, inbox, &p, err);
}

/* The package is here: nothing changes, unless our copy of it was lost or cut. */
static bool
keep_again(struct flow *f, const char *inbox, uint64_t bytes, struct received *out,
    struct err *err)
{
	struct dir *home = home_dir(f->home);
	struct parcel *p = &out->evidence.parcels[out->parcel];
	char aside[160];

	if (parcel_whole(f, p))
		return path_remove(f->world, home, inbox, err);
	note(out, "The copy kept here was lost or cut; this one is in its place.");
	(void)snprintf(aside, sizeof aside, "%s.damaged", parcel_file(p).s);
	if (home_has(f->home, parcel_file(p).s) && !path_rename(f->world, home,
	    parcel_file(p).s, home, aside, true, err))
		return false;
	p->bytes = bytes;
	return evidence_save(f->home, &out->evidence, err) &&
	    move_in(f, inbox, p, err);
}

/* ---- time stamps that come late ---- */

struct late_stamp {
	struct buf token;
	struct certs roots;
	struct stamp_answer answer;
};

/* Which package of this act is it over?  *fits false, and text: none. */
static bool
stamp_find(struct flow *f, const struct digest *act, struct late_stamp *s,
    struct received *out, bool *fits, struct err *err)
{
	const struct evidence *e = &out->evidence;

	*fits = false;
	for (size_t i = 0; i < e->parcels_n && !*fits; i++) {
		struct buf signature;
		bool found, ok;

		if (!digest_eq(&e->parcels[i].act_id, act))
			continue;
		stamp_answer_clear(&s->answer);
		stamp_answer_init(&s->answer);
		buf_init(&signature, CMS_SIGNATURE_MAX);
		ok = stamp_file_load(f, e->number, &e->parcels[i], "sig", &signature,
		    &found, err) && (!found || stamp_check(buf_span(&s->token),
		    buf_span(&signature), &s->roots, NULL, &s->answer, err));
		buf_clear(&signature);
		if (!ok)
			return false;
		*fits = found && (s->answer.state == STAMP_HOLDS ||
		    s->answer.state == STAMP_PATH);
		out->parcel = i;
	}
	return true;
}

static bool
stamp_keep(struct flow *f, const struct late_stamp *s, struct received *out,
    struct err *err)
{
	struct parcel *p = &out->evidence.parcels[out->parcel];
	struct when_text when = when_people(s->answer.time);
	bool holds = s->answer.state == STAMP_HOLDS;

	/* What is proven stays: a later stamp cannot make it better. */
	if (p->stamp == STAMP_KEPT) {
		note(out, "Evidence %04u has its time stamp already. Nothing changed.",
		    out->evidence.number);
		return true;
	}
	p->stamp = holds ? STAMP_KEPT : STAMP_CLAIMED;
	p->stamped_at = s->answer.time;
	note(out, holds ? "Time stamp for evidence %04u: before %s." :
	    "Time stamp for evidence %04u (%s) is kept, but its authority is not among the roots of this home.",
	    out->evidence.number, when.s);
	return stamp_file_save(f, out->evidence.number, p, "tst",
	    buf_span(&s->token), err) && evidence_save(f->home, &out->evidence, err);
}

/* *parcel of out->evidence has that act; may its stamp come from this sender? */
static struct verdict
stamp_rule(const struct received *out)
{
	const struct evidence *e = &out->evidence;
	struct stamp_facts facts = {
		.received = e->origin == EVIDENCE_RECEIVED,
		.same_sender = strcmp(e->parcels[out->parcel].peer.s,
		    out->report.act.from.s) == 0,
	};

	return stamp_decide(&facts);
}

static bool
take_stamp(struct flow *f, const struct package_reading *in, struct late_stamp *s,
    struct received *out, struct err *err)
{
	const struct digest *act = &out->report.act.body.time_stamp.act;
	struct verdict v;
	bool found, fits;

	if (!evidence_by_act(f->home, act, &out->evidence, &out->parcel, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_ABSENT, "receive.no-first",
		    "this time stamp belongs to a package that has not arrived yet; receive that one first, then this again");
	v = stamp_rule(out);
	if (!v.allow)
		return not_taken(out, v.text);
	if (!package_extract(in, "data/signature.tst", &s->token, err) ||
	    !home_stamp_roots(f->home, &s->roots, err) ||
	    !stamp_find(f, act, s, out, &fits, err))
		return false;
	if (!fits)
		return not_taken(out,
		    "the time stamp in it does not fit the package it names");
	out->as = RECEIVED_TIME_STAMP;
	return stamp_keep(f, s, out, err) &&
	    path_remove(f->world, home_dir(f->home), in->path, err);
}

static bool
keep_time_stamp(struct flow *f, const struct package_reading *in,
    struct received *out, struct err *err)
{
	struct late_stamp s;
	bool ok;

	stamp_answer_init(&s.answer);
	certs_init(&s.roots);
	buf_init(&s.token, STAMP_FILE_MAX);
	ok = take_stamp(f, in, &s, out, err);
	stamp_answer_clear(&s.answer);
	certs_clear(&s.roots);
	buf_clear(&s.token);
	return ok;
}

/* ---- what came ---- */

/* Is this act here already, in this package or in another one? */
static bool
known_already(struct flow *f, struct received *out, struct err *err)
{
	const struct evidence *e = &out->evidence;
	bool found;

	if (!evidence_by_act(f->home, &out->report.act_id, &out->evidence,
	    &out->parcel, &found, err))
		return false;
	out->as = found ? RECEIVED_OTHER_PACKAGE : RECEIVED_EVIDENCE;
	for (size_t i = 0; found && i < e->parcels_n; i++)
		if (digest_eq(&e->parcels[i].act_id, &out->report.act_id) &&
		    digest_eq(&e->parcels[i].package_id, &out->report.package_id)) {
			out->as = RECEIVED_AGAIN;
			out->parcel = i;
		}
	return true;
}

static struct verdict
rule_ask(struct flow *f, const struct package_report *r)
{
	const struct settings *s = home_settings(f->home);
	const struct act *a = &r->act;
	struct receive_facts facts = {
		.sealed = r->form == PACKAGE_PARCEL,
		.for_us = a->has_to && strcmp(a->to.s, s->authority.s) == 0,
		.from_us = strcmp(a->from.s, s->authority.s) == 0,
		.training = s->training,
		.exercise = a->exercise,
		.evidence = a->kind == ACT_DELIVERED,
		.time_stamp = a->kind == ACT_TIME_STAMP,
		.has_collection = r->has_collection,
	};

	return receive_decide(&facts);
}

static bool
take_in(struct flow *f, const struct package_reading *in, uint64_t bytes,
    struct received *out, struct err *err)
{
	const struct package_report *r = &out->report;
	struct verdict v;

	if (r->unchanged != UNCHANGED_YES || !r->has_ids || !r->has_act ||
	    r->overall == OVERALL_CHANGED)
		return not_taken(out, "");
	v = rule_ask(f, r);
	if (!v.allow)
		return not_taken(out, v.text);
	if (r->act.kind == ACT_TIME_STAMP)
		return keep_time_stamp(f, in, out, err);
	if (!known_already(f, out, err))
		return false;
	if (out->as == RECEIVED_AGAIN)
		return keep_again(f, in->path, bytes, out, err);
	return keep_evidence(f, in->path, bytes, out, err);
}

/* What is not taken stays beside the inbox, as it came: the sender may ask. */
static bool
set_aside(struct flow *f, const char *inbox, struct err *err)
{
	char to[128];

	(void)snprintf(to, sizeof to, "%s.not-taken", inbox);
	return path_rename(f->world, home_dir(f->home), inbox, home_dir(f->home), to,
	    true, err) && folder_sync(f, "inbox", err);
}

/* Where it waits: what lies in the inbox under its name, or a copy made now. */
static bool
inbox_find(struct flow *f, const char *path, struct inbox_name *out, struct err *err)
{
	struct inbox_copy copy;
	bool was_there, sealed;

	if (strncmp(path, "inbox/", 6) == 0 && strlen(path) < sizeof out->s &&
	    home_has(f->home, path)) {
		(void)snprintf(out->s, sizeof out->s, "%s", path);
		return true;
	}
	if (!is_sealed(f, path, &sealed, err))
		return false;
	if (!sealed)
		return err_set(err, ERR_INPUT, "receive.not-sealed",
		    "%s is no sealed parcel; an open package is checked with: comity verify",
		    path);
	if (!inbox_copy(f, NULL, path, &copy, err) ||
	    !inbox_keep(f, &copy, &was_there, err))
		return false;
	*out = copy.name;
	return true;
}

bool
flow_evidence_receive(struct flow *f, const char *path, struct received *out,
    struct err *err)
{
	struct package_reading in = { .world = f->world, .progress = f->progress };
	struct node_trust trust;
	struct inbox_name name;
	struct file_info info;
	bool ok;

	memset(out, 0, sizeof *out);
	package_report_init(&out->report);
	if (!home_lock(f->home, err) || !inbox_find(f, path, &name, err))
		return false;
	ok = node_trust_open(&trust, f, true, err);
	in.at = home_dir(f->home);
	in.path = name.s;
	in.keys = &trust.keys;
	in.trust = trust.trust;
	ok = ok && path_info(f->world, in.at, name.s, &info, err) &&
	    node_check(&trust, &in, &out->report, err) &&
	    take_in(f, &in, info.size, out, err);
	if (ok && out->as == RECEIVED_NOT_TAKEN)
		ok = set_aside(f, name.s, err);
	node_trust_close(&trust);
	if (!ok)
		package_report_clear(&out->report);
	return ok;
}
