/* A parcel comes in: copied, checked, kept. */
#include <stdio.h>
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

void
node_trust_close(struct node_trust *t)
{
	act_clear(&t->card);
	certs_clear(&t->stamp_roots);
	certs_clear(&t->roots);
}

/* ---- copying into the inbox ---- */

#define BEGIN_BYTES 4096	/* enough to tell two parcels apart: header and nonce */

/*
 * A name for the copy that the same parcel gets again, so that a cut copy is gone
 * on with: digest of its size and first bytes (each parcel has a fresh key there).
 */
static bool
inbox_name(struct flow *f, struct dir *at, const char *path, char name[48],
    struct err *err)
{
	uint8_t begin[BEGIN_BYTES + 8];
	struct file_info info;
	struct file *file = NULL;
	struct digest d;
	size_t n = 0;
	bool ok;

	ok = file_open(f->world, at, path, FILE_READ, &file, err) &&
	    file_info(file, &info, err) &&
	    file_read_at(file, begin, BEGIN_BYTES, 0, &n, err);
	if (ok) {
		for (unsigned i = 0; i < 8; i++)
			begin[n + i] = (uint8_t)(info.size >> (56 - 8 * i));
		ok = digest_of(span_of(begin, n + 8), &d, err);
	}
	if (ok)
		(void)snprintf(name, 48, "%.32s", digest_hex(&d).s);
	file_close(file);
	return ok;
}

static bool
into_inbox(struct flow *f, const char *path, struct inbox_name *out, struct err *err)
{
	struct dir *home = home_dir(f->home);
	char part[96], name[48];
	struct digest sha256;
	uint64_t bytes;

	if (!inbox_name(f, NULL, path, name, err))
		return false;
	(void)snprintf(part, sizeof part, "inbox/%s.part", name);
	(void)snprintf(out->s, sizeof out->s, "inbox/%s.comity", name);
	if (home_has(f->home, out->s))
		return true;
	return copy_resume(f, NULL, path, home, part, "copying", &bytes, &sha256,
	    err) && path_rename(f->world, home, part, home, out->s, true, err);
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
	struct dir *home = home_dir(f->home), *parcels = NULL;
	bool ok;

	ok = path_rename(f->world, home, from, home, parcel_file(p).s, true, err) &&
	    dir_open(f->world, home, "parcels", &parcels, err) &&
	    dir_sync(parcels, err);
	dir_close(parcels);
	return ok;
}

static bool
keep_evidence(struct flow *f, const char *inbox, uint64_t bytes, struct received *out,
    struct err *err)
{
	const struct package_report *r = &out->report;
	struct evidence *e = &out->evidence;
	struct parcel p;

	parcel_fill(&p, r, bytes, world_now(f->world));
	if (out->as == RECEIVED_EVIDENCE) {
		memset(e, 0, sizeof *e);
		e->origin = EVIDENCE_RECEIVED;
		e->added_at = p.at;
		e->files = r->files;
		e->bytes = r->bytes;
		if (!evidence_new(f->home, e, NULL, err))
			return false;
	} else {
		p.other = true;
		if (e->parcels_n == PARCELS_MAX)
			return err_set(err, ERR_LIMIT, "receive.many",
			    "this act came in %d different packages, and that is the limit",
			    PARCELS_MAX);
	}
	out->parcel = e->parcels_n;
	e->parcels[e->parcels_n++] = p;
	return move_in(f, inbox, &p, err) && stamp_files_save(f, e->number,
	    &r->act_id, buf_span(&r->signature), span_of(NULL, 0),
	    span_of(NULL, 0), err) && evidence_save(f->home, e, err);
}

/* A token for a package that is here: checked against its signature, then kept. */
static bool
keep_time_stamp(struct flow *f, const struct package_reading *in,
    struct received *out, struct err *err)
{
	const struct digest *act = &out->report.act.body.time_stamp.act;
	struct stamp_answer answer;
	struct buf token, signature;
	struct certs roots;
	bool found = false, ok;

	stamp_answer_init(&answer);
	certs_init(&roots);
	buf_init(&token, STAMP_FILE_MAX);
	buf_init(&signature, CMS_SIGNATURE_MAX);
	ok = evidence_by_act(f->home, act, &out->evidence, &out->parcel, &found, err);
	if (ok && !found)
		ok = err_set(err, ERR_ABSENT, "receive.no-first",
		    "this time stamp belongs to a package that has not arrived yet; receive that one first, then this again");
	ok = ok && package_extract(in, "data/signature.tst", &token, err) &&
	    stamp_file_load(f, out->evidence.number, act, "sig", &signature, err) &&
	    home_stamp_roots(f->home, &roots, err) &&
	    stamp_check(buf_span(&token), buf_span(&signature), &roots, NULL, &answer,
	    err);
	if (ok && answer.state != STAMP_HOLDS && answer.state != STAMP_PATH)
		ok = err_set(err, ERR_UNPROVEN, "receive.stamp",
		    "the time stamp does not fit the package it names: %s",
		    answer.text);
	if (ok) {
		struct parcel *p = &out->evidence.parcels[out->parcel];

		p->stamp = answer.state == STAMP_HOLDS ? STAMP_KEPT : STAMP_CLAIMED;
		p->stamped_at = answer.time;
		(void)snprintf(out->note, sizeof out->note,
		    answer.state == STAMP_HOLDS ?
		    "Time stamp for evidence %04u: before %s." :
		    "Time stamp for evidence %04u (%s) is kept, but its authority is not among the roots of this home.",
		    out->evidence.number, when_people(answer.time).s);
		ok = stamp_files_save(f, out->evidence.number, act, span_of(NULL, 0),
		    buf_span(&token), span_of(NULL, 0), err) &&
		    evidence_save(f->home, &out->evidence, err);
	}
	stamp_answer_clear(&answer);
	certs_clear(&roots);
	buf_clear(&token);
	buf_clear(&signature);
	return ok;
}

/* Is this act here already, in this package or in another one? */
static bool
known_already(struct flow *f, struct received *out, struct err *err)
{
	struct evidence e;
	size_t parcel;
	bool found;

	if (!evidence_by_act(f->home, &out->report.act_id, &e, &parcel, &found, err))
		return false;
	out->as = RECEIVED_EVIDENCE;
	if (!found)
		return true;
	out->evidence = e;
	out->parcel = parcel;
	out->as = RECEIVED_OTHER_PACKAGE;
	for (size_t i = 0; i < e.parcels_n; i++)
		if (digest_eq(&e.parcels[i].package_id, &out->report.package_id)) {
			out->as = RECEIVED_AGAIN;
			out->parcel = i;
		}
	return true;
}

static bool
addressed_to_us(struct flow *f, struct received *out)
{
	const struct act *a = &out->report.act;

	if (a->has_to && strcmp(a->to.s, home_settings(f->home)->authority.s) == 0)
		return true;
	out->as = RECEIVED_NOT_TAKEN;
	(void)snprintf(out->note, sizeof out->note,
	    "The package opens, but it is addressed to %s, not to this authority.",
	    a->has_to ? a->to.s : "no one");
	return false;
}

static bool
take_in(struct flow *f, const struct package_reading *in, uint64_t bytes,
    struct received *out, struct err *err)
{
	const struct package_report *r = &out->report;

	if (r->unchanged != UNCHANGED_YES || !r->has_ids || !r->has_act ||
	    r->overall == OVERALL_CHANGED) {
		out->as = RECEIVED_NOT_TAKEN;
		return true;
	}
	if (!addressed_to_us(f, out) || !known_already(f, out, err))
		return out->as == RECEIVED_NOT_TAKEN;
	if (out->as == RECEIVED_AGAIN)
		return path_remove(f->world, home_dir(f->home), in->path, err);
	if (r->act.kind == ACT_TIME_STAMP) {
		out->as = RECEIVED_TIME_STAMP;
		return keep_time_stamp(f, in, out, err) &&
		    path_remove(f->world, home_dir(f->home), in->path, err);
	}
	if (r->act.kind != ACT_DELIVERED) {
		out->as = RECEIVED_NOT_TAKEN;
		(void)snprintf(out->note, sizeof out->note,
		    "This is an act of the kind \"%s\", not evidence.",
		    act_kind_name(r->act.kind));
		return true;
	}
	return keep_evidence(f, in->path, bytes, out, err);
}

/* What is not taken stays beside the inbox, as it came: the sender may ask. */
static bool
set_aside(struct flow *f, const char *inbox, struct err *err)
{
	char to[128];

	(void)snprintf(to, sizeof to, "%s.not-taken", inbox);
	return path_rename(f->world, home_dir(f->home), inbox, home_dir(f->home), to,
	    true, err);
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
	if (!home_lock(f->home, err))
		return false;
	if (strncmp(path, "inbox/", 6) == 0 && home_has(f->home, path))
		(void)snprintf(name.s, sizeof name.s, "%s", path);
	else if (!into_inbox(f, path, &name, err))
		return false;
	ok = node_trust_open(&trust, f, true, err);
	in.at = home_dir(f->home);
	in.path = name.s;
	in.keys = &trust.keys;
	in.trust = trust.trust;
	if (ok)
		in.trust.arg = &trust;
	ok = ok && path_info(f->world, in.at, name.s, &info, err) &&
	    package_check(&in, &out->report, err) &&
	    take_in(f, &in, info.size, out, err);
	if (ok && out->as == RECEIVED_NOT_TAKEN)
		ok = set_aside(f, name.s, err);
	node_trust_close(&trust);
	if (!ok)
		package_report_clear(&out->report);
	return ok;
}
