/*
 * Time stamps of evidence that come later: the query that travels, the answer that comes
 * back, the time_stamp act that carries the token to the receiver.  The first parcel is
 * never rewritten (formats/package.md section 1).  What other acts have of it too comes
 * first; the rest of theirs is in stamp_act.c.
 */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/people.h"
#include "http/http.h"

/* ---- of evidence and of other acts ---- */

/* The same query until its answer is here: whoever asks twice may bring it to either. */
bool
stamp_query_kept(struct flow *f, unsigned number, const struct parcel *p,
    struct span signature, struct buf *out, struct err *err)
{
	bool made;

	return stamp_file_load(f, number, p, "tsq", out, &made, err) && (made ||
	    (stamp_query_make(f->world, signature, out, err) &&
	    stamp_file_save(f, number, p, "tsq", buf_span(out), err)));
}

bool
stamp_brought_open(struct flow *f, struct span answer, struct stamp_brought *b,
    struct err *err)
{
	b->answer = answer;
	certs_init(&b->roots);
	buf_init(&b->token, STAMP_FILE_MAX);
	return home_stamp_roots(f->home, &b->roots, err) && (b->roots.n > 0 ||
	    err_set(err, ERR_UNPROVEN, "stamp.no-roots",
	    "no roots of a time-stamping authority are set, so no stamp can be believed; set them with: comity stamp authority --tsa-roots FILE"));
}

void
stamp_brought_clear(struct stamp_brought *b)
{
	certs_clear(&b->roots);
	buf_clear(&b->token);
}

bool
stamp_brought_try(struct flow *f, struct stamp_brought *b, unsigned number,
    const struct parcel *p, struct span signature, bool *fits, struct err *why,
    struct err *err)
{
	struct buf query;
	bool asked, canonical = false, ok;

	buf_init(&query, 4096);
	buf_reset(&b->token);
	ok = stamp_file_load(f, number, p, "tsq", &query, &asked, err);
	*fits = ok && stamp_accept(b->answer, buf_span(&query), signature, &b->roots,
	    &b->token, &canonical, &b->got.at, b->got.text, why);
	buf_clear(&query);
	if (!canonical)
		buf_reset(&b->token);
	b->got.kept = canonical ? STAMP_KEPT : STAMP_CLAIMED;
	return ok && (*fits || why->kind != ERR_MEMORY || err_memory(err));
}

bool
stamp_added_record(struct flow *f, const struct digest *act,
    const struct digest *package, unsigned request, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	r.has_act = r.has_package = true;
	r.act = *act;
	r.package = *package;
	(void)snprintf(r.reason, sizeof r.reason, "stamp.added");
	return record_alone(f, &r, request, err);
}

/* ---- which parcel ---- */

/* A parcel of this evidence that still wants a token, and the signature it is of. */
static bool
wants(struct flow *f, const struct evidence *e, size_t i, struct buf *signature,
    bool *yes, struct err *err)
{
	*yes = false;
	buf_reset(signature);
	if (e->parcels[i].stamp == STAMP_KEPT || e->parcels[i].stamp == STAMP_NONE)
		return true;
	return stamp_file_load(f, e->number, &e->parcels[i], "sig", signature, yes,
	    err);
}

static bool
none_wanted(const struct evidence *e, struct err *err)
{
	return err_set(err, ERR_ABSENT, "stamp.none-wanted", e->parcels_n == 0 ?
	    "evidence %04u is not sealed yet; a time stamp is of a signature" :
	    "no parcel of evidence %04u waits for a time stamp", e->number);
}

/* The newest of them; one that has nothing before one whose time is only claimed. */
static bool
wanting(struct flow *f, unsigned number, struct evidence *e, size_t *parcel,
    struct buf *signature, struct err *err)
{
	if (!evidence_load(f->home, number, e, err))
		return false;
	for (unsigned claimed = 0; claimed < 2; claimed++)
		for (size_t i = e->parcels_n; i-- > 0;) {
			bool yes;

			if ((e->parcels[i].stamp == STAMP_CLAIMED) != claimed)
				continue;
			if (!wants(f, e, i, signature, &yes, err))
				return false;
			if (yes) {
				*parcel = i;
				return true;
			}
		}
	return none_wanted(e, err);
}

bool
flow_stamp_query(struct flow *f, unsigned number, struct buf *out, struct err *err)
{
	struct buf signature;
	struct evidence e;
	size_t parcel;
	bool ok;

	buf_init(&signature, CMS_SIGNATURE_MAX);
	ok = home_lock(f->home, err) &&
	    wanting(f, number, &e, &parcel, &signature, err) &&
	    stamp_query_kept(f, number, &e.parcels[parcel], buf_span(&signature), out,
	    err);
	buf_clear(&signature);
	return ok;
}

/* ---- the token ---- */

/*
 * The token as payload of a time_stamp act to the same receiver, into the outbox; the
 * evidence is saved with it.
 */
static bool
send_on(struct flow *f, struct evidence *e, const struct parcel *first,
    struct span token, struct err *err)
{
	struct payload_item item = { "signature.tst", token, world_now(f->world) };
	struct package_written done;
	struct outgoing o;
	struct peer to;
	struct act a;
	bool ok;

	act_init(&a, ACT_TIME_STAMP);
	peer_init(&to);
	outgoing_init(&o, f);
	o.making = true;
	ok = making_sweep(f, err) && peer_load(f->home, first->peer.s, &to, err) &&
	    signer_open(f, &o.signer, err) &&
	    act_begin(f, &a, ACT_TIME_STAMP, &to, err);
	if (ok) {
		a.follows[0] = first->act_id;
		a.follows_n = 1;
		a.body.time_stamp.act = first->act_id;
		ok = parcel_of_items(&o, &a, &item, 1, &to, &done, err);
	}
	if (ok) {
		struct parcel *n = &e->parcels[e->parcels_n++];
		struct made m = { .o = &o, .act = &a, .written = &done,
			.evidence = e, .outbox = OUTBOX_WAITS };

		memset(n, 0, sizeof *n);
		n->act_id = done.act_id;
		n->package_id = done.package_id;
		n->peer = to.id;
		n->at = a.made_at;
		n->bytes = done.bytes;
		n->in_outbox = true;
		ok = made_keep(f, &m, err);
	}
	outgoing_clear(&o);
	act_clear(&a);
	peer_clear(&to);
	return ok;
}

/* May the token go to the parcel's receiver?  Not when it was revoked meanwhile. */
static bool
may_travel(struct flow *f, const struct evidence *e, const struct parcel *first,
    bool *yes, struct err *err)
{
	struct peer to;
	bool ok = true;

	/* Received evidence: the token is ours to keep; nobody waits for it. */
	*yes = e->origin == EVIDENCE_OWN && e->parcels_n < PARCELS_MAX;
	peer_init(&to);
	if (*yes) {
		ok = peer_load(f->home, first->peer.s, &to, err);
		*yes = ok && !to.revoked;
	}
	peer_clear(&to);
	return ok;
}

static bool
keep(struct flow *f, struct evidence *e, size_t parcel, struct span token,
    struct span answer, const struct token_got *got, struct stamped *out,
    struct err *err)
{
	struct parcel first = e->parcels[parcel];

	out->kept = got->kept == STAMP_KEPT;
	out->at = got->at;
	out->travels = false;
	(void)snprintf(out->text, sizeof out->text, "%s", got->text);
	if (out->kept && !may_travel(f, e, &first, &out->travels, err))
		return false;
	if (!stamp_files_save(f, e->number, &first, span_of(NULL, 0), token, answer,
	    err) || !stamp_added_record(f, &first.act_id, &first.package_id, 0, err))
		return false;
	e->parcels[parcel].stamp = got->kept;
	e->parcels[parcel].stamped_at = got->at;
	return out->travels ? send_on(f, e, &first, token, err) :
	    evidence_save(f->home, e, err);
}

/*
 * The parcel of this evidence, of those that wait, whose signature the answer is of; why
 * the newest of them is not it, when there is none.
 */
static bool
answer_place(struct flow *f, const struct evidence *e, struct stamp_brought *b,
    size_t *parcel, struct err *err)
{
	struct err newest = ERR_INIT;
	bool wanted, fits = false, ok = true;
	struct buf signature;

	buf_init(&signature, CMS_SIGNATURE_MAX);
	for (size_t i = e->parcels_n; ok && !fits && i-- > 0;) {
		struct err why = ERR_INIT;

		ok = wants(f, e, i, &signature, &wanted, err) && (!wanted ||
		    stamp_brought_try(f, b, e->number, &e->parcels[i],
		    buf_span(&signature), &fits, &why, err));
		if (newest.kind == ERR_NONE)
			newest = why;
		*parcel = i;
	}
	buf_clear(&signature);
	if (!ok || fits)
		return ok;
	if (newest.kind == ERR_NONE)
		return none_wanted(e, err);
	*err = newest;
	return false;
}

bool
flow_stamp_add(struct flow *f, unsigned number, struct span answer,
    struct stamped *out, struct err *err)
{
	struct stamp_brought b;
	struct evidence e;
	size_t parcel = 0;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = stamp_brought_open(f, answer, &b, err) && home_lock(f->home, err) &&
	    evidence_load(f->home, number, &e, err) &&
	    answer_place(f, &e, &b, &parcel, err) &&
	    keep(f, &e, parcel, buf_span(&b.token), answer, &b.got, out, err);
	stamp_brought_clear(&b);
	return ok;
}

bool
flow_stamp_fetch(struct flow *f, unsigned number, struct stamped *out,
    struct err *err)
{
	struct buf signature, token, answer;
	struct token_got got;
	struct evidence e;
	size_t parcel;
	bool ok;

	memset(out, 0, sizeof *out);
	buf_init(&signature, CMS_SIGNATURE_MAX);
	buf_init(&token, STAMP_FILE_MAX);
	buf_init(&answer, STAMP_FILE_MAX);
	ok = home_lock(f->home, err) &&
	    wanting(f, number, &e, &parcel, &signature, err) &&
	    token_ask(f, buf_span(&signature), &token, &answer, &got, err);
	if (ok && got.kept == STAMP_PENDING)
		ok = err_set(err, ERR_UNREACHED, "stamp.pending",
		    "no time stamp yet: %s", got.text);
	ok = ok && keep(f, &e, parcel, buf_span(&token), buf_span(&answer), &got, out,
	    err);
	buf_clear(&signature);
	buf_clear(&token);
	buf_clear(&answer);
	return ok;
}

bool
flow_stamp_authority(struct flow *f, const char *url, struct span roots_pem,
    struct err *err)
{
	struct settings *s = home_settings(f->home);

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_KEYS, err) ||
	    (url != NULL && url[0] != '\0' && !http_url_check(url, err)))
		return false;
	if (roots_pem.n > 0 && (!record_home(f, EVENT_ADMINISTRATION, "stamp.roots", err) ||
	    !home_stamp_roots_save(f->home, roots_pem, err)))
		return false;
	if (url == NULL)
		return true;
	if (url[0] != '\0' && !home_has(f->home, "tsa-roots.pem"))
		return err_set(err, ERR_USE, "stamp.no-roots",
		    "--tsa needs --tsa-roots: without the authority's roots no time stamp can be believed");
	if (strlen(url) >= sizeof s->tsa_url)
		return err_set(err, ERR_LIMIT, "http.url",
		    "the address is longer than %zu characters",
		    sizeof s->tsa_url - 1);
	memcpy(s->tsa_url, url, strlen(url) + 1);
	return record_home(f, EVENT_ADMINISTRATION, "stamp.authority", err) &&
	    settings_save(f->home, err);
}
