/*
 * Time stamps that come later: the query that travels, the answer that comes back,
 * the time_stamp act that carries the token to the receiver.  The first parcel is
 * never rewritten (formats/package.md section 1).
 */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"

/* The newest parcel of this evidence that still wants a token. */
static bool
wanting(struct flow *f, unsigned number, struct evidence *e, size_t *parcel,
    struct buf *signature, struct err *err)
{
	if (!evidence_load(f->home, number, e, err))
		return false;
	for (size_t i = e->parcels_n; i-- > 0;)
		if (e->parcels[i].stamp != STAMP_KEPT && stamp_file_has(f, number,
		    &e->parcels[i].act_id, "sig")) {
			*parcel = i;
			return stamp_file_load(f, number, &e->parcels[i].act_id, "sig",
			    signature, err);
		}
	return err_set(err, ERR_ABSENT, "stamp.none-wanted",
	    e->parcels_n == 0 ?
	    "evidence %04u is not sealed yet; a time stamp is of a signature" :
	    "no parcel of evidence %04u waits for a time stamp", number);
}

bool
flow_stamp_query(struct flow *f, unsigned number, struct buf *out, struct err *err)
{
	struct buf signature;
	struct evidence e;
	size_t parcel;
	bool ok;

	buf_init(&signature, CMS_SIGNATURE_MAX);
	ok = wanting(f, number, &e, &parcel, &signature, err) &&
	    stamp_query_make(f->world, buf_span(&signature), out, err) &&
	    home_save(f->home, evidence_path(number, "query.tsq").s, buf_span(out),
	    err);
	buf_clear(&signature);
	return ok;
}

/* The token as payload of a time_stamp act to the same receiver, into the outbox. */
static bool
send_on(struct flow *f, struct evidence *e, const struct parcel *first,
    struct span token, struct err *err)
{
	struct payload_item item = { "signature.tst", token, world_now(f->world) };
	struct package_written done;
	struct payload *p = NULL;
	struct dir *tmp = NULL;
	struct outgoing o;
	struct peer to;
	struct act a;
	bool ok;

	act_init(&a, ACT_TIME_STAMP);
	peer_init(&to);
	outgoing_init(&o, f);
	ok = peer_load(f->home, first->peer.s, &to, err) &&
	    signer_open(f, &o.signer, err) && home_tmp(f->home, &tmp, err) &&
	    payload_of_items(f->world, tmp, &item, 1, &p, err) &&
	    act_begin(f, &a, ACT_TIME_STAMP, &to, err);
	if (ok) {
		a.follows[0] = first->act_id;
		a.follows_n = 1;
		a.body.time_stamp.act = first->act_id;
		a.payload_files = payload_files(p);
		a.payload_bytes = payload_bytes(p);
		ok = outgoing_parcel(&o, &a, p, span_of(NULL, 0), NULL, &to, &done,
		    err);
	}
	if (ok && e->parcels_n < PARCELS_MAX) {
		struct parcel *n = &e->parcels[e->parcels_n++];

		memset(n, 0, sizeof *n);
		n->act_id = done.act_id;
		n->package_id = done.package_id;
		n->peer = to.id;
		n->at = o.now;
		n->bytes = done.bytes;
		n->in_outbox = true;
	}
	payload_free(p);
	outgoing_clear(&o);
	act_clear(&a);
	peer_clear(&to);
	return ok;
}

static bool
keep(struct flow *f, struct evidence *e, size_t parcel, struct span token,
    struct span answer, bool canonical, int64_t at, struct stamped *out,
    struct err *err)
{
	struct parcel first = e->parcels[parcel];

	/* Received evidence: the token is ours to keep; nobody waits for it. */
	out->travels = canonical && e->origin == EVIDENCE_OWN && e->parcels_n <
	    PARCELS_MAX;
	out->kept = canonical;
	out->at = at;
	if (!stamp_files_save(f, e->number, &first.act_id, span_of(NULL, 0), token,
	    answer, err) || (out->travels && !send_on(f, e, &first, token, err)))
		return false;
	e->parcels[parcel].stamp = canonical ? STAMP_KEPT : STAMP_CLAIMED;
	e->parcels[parcel].stamped_at = at;
	return evidence_save(f->home, e, err);
}

bool
flow_stamp_add(struct flow *f, unsigned number, struct span answer,
    struct stamped *out, struct err *err)
{
	struct buf signature, query, token;
	struct evidence e;
	struct certs roots;
	size_t parcel;
	bool canonical = false, ok;

	memset(out, 0, sizeof *out);
	certs_init(&roots);
	buf_init(&signature, CMS_SIGNATURE_MAX);
	buf_init(&query, 4096);
	buf_init(&token, STAMP_FILE_MAX);
	ok = home_lock(f->home, err) &&
	    wanting(f, number, &e, &parcel, &signature, err) &&
	    home_stamp_roots(f->home, &roots, err);
	if (ok && roots.n == 0)
		ok = err_set(err, ERR_UNPROVEN, "stamp.no-roots",
		    "no roots of a time-stamping authority are set, so no stamp can be believed; set them with: comity stamp authority --tsa-roots FILE");
	if (ok && home_has(f->home, evidence_path(number, "query.tsq").s))
		ok = home_load(f->home, evidence_path(number, "query.tsq").s, &query,
		    err);
	ok = ok && stamp_accept(answer, buf_span(&query), buf_span(&signature), &roots,
	    &token, &canonical, &out->at, out->text, err) &&
	    keep(f, &e, parcel, canonical ? buf_span(&token) : span_of(NULL, 0),
	    answer, canonical, out->at, out, err);
	certs_clear(&roots);
	buf_clear(&signature);
	buf_clear(&query);
	buf_clear(&token);
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
	if (ok) {
		(void)snprintf(out->text, sizeof out->text, "%s", got.text);
		ok = keep(f, &e, parcel, buf_span(&token), buf_span(&answer),
		    got.kept == STAMP_KEPT, got.at, out, err);
	}
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

	if (!home_lock(f->home, err))
		return false;
	if (roots_pem.n > 0 && !home_stamp_roots_save(f->home, roots_pem, err))
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
	return settings_save(f->home, err);
}
