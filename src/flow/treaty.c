/* Who is party to what: updates that an operator imports, cells that officers confirm. */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "flow/record.h"
#include "flow/people.h"
#include "flow/treaty.h"
#include "flow/inside.h"

#define LAW_PATH "law"
#define CONFIRMED "confirmed"
#define CONFIRMED_SCHEMA "comity.confirmed/1"
#define CONFIRMED_MAX (LAW_CONFIRMED_MAX * (LAW_SOURCE_MAX + 80))

struct law_path { char s[128]; };

static struct law_path
law_path(const char *name, const char *ending)
{
	struct law_path p;

	(void)snprintf(p.s, sizeof p.s, LAW_PATH "/%s.%s", name, ending);
	return p;
}

/* ---- what is kept ---- */

static bool
document_load(struct flow *f, struct law_status *s, const char *path, struct err *err)
{
	struct law_document *d = NULL;
	struct buf text;
	bool ok;

	buf_init(&text, TREATY_BYTES_MAX);
	/* Its day was looked at when it came in; a clock that was turned back spoils nothing. */
	ok = home_load(f->home, path, &text, err) &&
	    law_document_read(&d, buf_span(&text), WHEN_MAX, err) &&
	    law_status_add(s, d, err);
	buf_clear(&text);
	if (!ok)
		law_document_free(d);
	return ok || err_wrap(err, "%s of this home (import that update again, or take the file away)",
	    path);
}

static bool
documents_load(struct flow *f, struct law_status *s, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	if (!home_has(f->home, LAW_PATH))
		return true;
	ok = listing_open(f->world, home_dir(f->home), LAW_PATH, &l, err);
	while (ok && (ok = listing_next(l, &e, &more, err)) && more) {
		char path[300];

		(void)snprintf(path, sizeof path, LAW_PATH "/%s", e.name);
		if (name_ends(e.name, ".tsv") && strcmp(e.name, CONFIRMED ".tsv") != 0)
			ok = document_load(f, s, path, err);
	}
	listing_close(l);
	return ok;
}

/* "US<TAB>Budapest<TAB>2007-01-01<TAB>2026-11-22<TAB>SOURCE"; a day may be "yes". */
static bool
confirmation_parse(struct span line, struct law_confirmation *c)
{
	struct span cell[5];
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= line.n; i++)
		if (i == line.n || line.p[i] == '\t') {
			if (n == 5)
				return false;
			cell[n++] = span_part(line, from, i - from);
			from = i + 1;
		}
	if (n != 5 || cell[0].n != 2 || cell[1].n >= sizeof c->instrument ||
	    cell[4].n >= sizeof c->source)
		return false;
	memset(c, 0, sizeof *c);
	memcpy(c->state, cell[0].p, cell[0].n);
	memcpy(c->instrument, cell[1].p, cell[1].n);
	memcpy(c->source, cell[4].p, cell[4].n);
	c->since = LAW_DAY_SOME;
	return (span_is(cell[2], "yes") || law_day_parse(cell[2], &c->since)) &&
	    law_day_parse(cell[3], &c->on);
}

static bool
confirmed_load(struct flow *f, struct law_status *s, struct err *err)
{
	struct law_confirmation c;
	struct cursor in;
	struct span line;
	struct buf text;
	bool ok;

	if (!home_has(f->home, law_path(CONFIRMED, "tsv").s))
		return true;
	buf_init(&text, CONFIRMED_MAX);
	ok = home_load(f->home, law_path(CONFIRMED, "tsv").s, &text, err);
	in = cursor_of(buf_span(&text));
	if (ok && (!cursor_line(&in, &line) || !span_is(line, CONFIRMED_SCHEMA)))
		ok = err_set(err, ERR_INPUT, "treaty.confirmed", "law/confirmed.tsv is no list of what was confirmed");
	while (ok && !cursor_done(&in))
		ok = (cursor_line(&in, &line) && confirmation_parse(line, &c)) ?
		    law_status_confirm(s, &c, err) : err_set(err, ERR_INPUT,
		    "treaty.confirmed", "law/confirmed.tsv of this home cannot be read; take it away, and confirm again what is needed");
	buf_clear(&text);
	return ok;
}

static bool
status_load(struct flow *f, struct law_status **out, struct err *err)
{
	struct law_status *s = NULL;

	if (!law_status_new(&s, err))
		return false;
	if (f->home != NULL && (!documents_load(f, s, err) || !confirmed_load(f, s, err))) {
		law_status_free(s);
		return false;
	}
	*out = s;
	return true;
}

bool
flow_law(struct flow *f, const struct law_status **out, struct err *err)
{
	if (f->law == NULL && !status_load(f, &f->law, err))
		return false;
	*out = f->law;
	return true;
}

/* ---- who signed ---- */

/* A certificate of this very bytes, among some. */
static bool
is_among(const struct certs *list, const struct cert *c)
{
	return certs_find(list, c) != NULL;
}

static bool
certs_of_peer(struct flow *f, const char *typed, struct certs *out,
    struct authority_id *id, struct err *err)
{
	const struct card_body *b;
	struct peer p;
	bool ok;

	peer_init(&p);
	ok = peer_find(f->home, typed, &p, err);
	if (ok && (!p.confirmed || p.revoked))
		ok = err_set(err, ERR_REFUSED, "treaty.signer",
		    "the card of %.60s %s: it can vouch for nothing here", p.id.s,
		    p.revoked ? "is revoked" : "was not confirmed with the six words");
	b = &p.card.body.card;
	for (size_t i = 0; ok && i < b->certificates_n; i++) {
		struct cert *c = NULL;

		ok = cert_decode(&c, buf_span(&b->certificates[i]), err) &&
		    certs_add(out, c, err);
		cert_free(c);
	}
	if (ok)
		*id = p.id;
	peer_clear(&p);
	return ok;
}

static bool
certs_of_self(struct flow *f, struct certs *out, struct err *err)
{
	struct certs chain;
	bool ok;

	certs_init(&chain);
	ok = home_chain(f->home, home_settings(f->home)->signing, &chain, err) &&
	    certs_add(out, chain.list[0], err);
	certs_clear(&chain);
	return ok;
}

static bool
certs_given(struct span bytes, struct certs *out, struct err *err)
{
	struct cert *c = NULL;
	bool ok;

	if (span_starts(bytes, "-----BEGIN"))
		return certs_read_pem(out, bytes, err);
	ok = cert_decode(&c, bytes, err) && certs_add(out, c, err);
	cert_free(c);
	return ok;
}

static bool
certs_trusted(struct flow *f, const struct treaty_wish *w, struct certs *out,
    struct authority_id *id, struct err *err)
{
	if (w->signer == NULL && w->certificate.n == 0)
		return err_set(err, ERR_USE, "treaty.signer",
		    "say whose signature you trust: --signer self, --signer PEER, or --signer CERTIFICATE.pem");
	if (w->signer == NULL)
		return certs_given(w->certificate, out, err);
	if (strcmp(w->signer, "self") == 0 ||
	    strcmp(w->signer, home_settings(f->home)->authority.s) == 0) {
		*id = home_settings(f->home)->authority;
		return certs_of_self(f, out, err);
	}
	return certs_of_peer(f, w->signer, out, id, err);
}

static bool
signer_is_good(struct flow *f, const struct cert *c, struct err *err)
{
	int64_t now = world_now(f->world), since;
	struct digest id;
	bool revoked;

	if (!cert_digest(c, &id, err) || !revoked_since(f, &id, &since, &revoked, err))
		return false;
	if (revoked)
		return err_set(err, ERR_UNPROVEN, "treaty.signer",
		    "the signer's certificate was revoked on %s", when_day(since).s);
	if (now < cert_not_before(c) || now > cert_not_after(c))
		return err_set(err, ERR_UNPROVEN, "treaty.signer",
		    "the signer's certificate holds from %s to %s, not today; ask for a document that is signed anew",
		    when_day(cert_not_before(c)).s, when_day(cert_not_after(c)).s);
	return true;
}

static bool
subject_text(const struct cert *c, char *out, size_t room, struct err *err)
{
	const char *s;
	struct buf b;
	bool ok;

	buf_init(&b, 4096);
	ok = cert_subject_text(c, &b, err) && buf_text(&b, &s, err);
	if (ok)
		(void)snprintf(out, room, "%.250s", s);
	buf_clear(&b);
	return ok;
}

/* The signature holds, and is that of whom the operator named. */
static bool
signature_ask(struct flow *f, const struct treaty_wish *w, struct authority_id *id,
    char signer[300], struct err *err)
{
	struct cms_answer a;
	struct certs trusted;
	bool ok;

	cms_answer_init(&a);
	certs_init(&trusted);
	ok = certs_trusted(f, w, &trusted, id, err) &&
	    cms_check(w->signature, w->document, &a, err);
	if (ok && a.state != CMS_HOLDS)
		ok = err_set(err, ERR_UNPROVEN, "treaty.signature",
		    "the signature does not hold over this document (%s): one of the two was changed, or belongs to another; nothing was taken over",
		    a.reason);
	if (ok && !is_among(&trusted, a.inside.list[0]))
		ok = err_set(err, ERR_UNPROVEN, "treaty.signer",
		    "the document is signed, but not by whom you named: nothing was taken over");
	ok = ok && signer_is_good(f, a.inside.list[0], err) &&
	    subject_text(a.inside.list[0], signer, 300, err);
	certs_clear(&trusted);
	cms_answer_clear(&a);
	return ok;
}

/* ---- import ---- */

/* What happened, with the digest of the file that says it. */
static bool
law_record(struct flow *f, const char *reason, const char *path, struct span bytes,
    const struct authority_id *peer, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, "%s", reason);
	(void)snprintf(r.files[0].path, sizeof r.files[0].path, "%s", path);
	r.files[0].bytes = bytes.n;
	r.files_n = 1;
	if (peer != NULL)
		r.peer = *peer;
	return digest_of(bytes, &r.files[0].sha256, err) && record_alone(f, &r, 0, err);
}

/* *same: these bytes lie there already. */
static bool
is_there(struct flow *f, const char *path, struct span bytes, bool *same,
    struct err *err)
{
	struct buf b;
	bool ok = true;

	*same = false;
	if (!home_has(f->home, path))
		return true;
	buf_init(&b, TREATY_BYTES_MAX);
	ok = home_load(f->home, path, &b, err);
	*same = ok && span_eq(buf_span(&b), bytes);
	buf_clear(&b);
	return ok;
}

static bool
signature_path(struct span document, struct law_path *out, struct err *err)
{
	struct digest d;

	if (!digest_of(document, &d, err))
		return false;
	*out = law_path(digest_hex(&d).s, "p7s");
	return true;
}

/* The folder's own name is durable before anything in it is promised. */
static bool
folder_make(struct flow *f, struct err *err)
{
	return dir_make_all(f->world, home_dir(f->home), LAW_PATH, err) &&
	    dir_sync(home_dir(f->home), err);
}

/*
 * Signature first: a document under its name has its signature beside it.  One whose
 * document was replaced is taken away last; cut before, it lies there and harms nobody.
 */
static bool
document_keep(struct flow *f, const struct treaty_wish *w, const char *path,
    const struct authority_id *id, struct err *err)
{
	struct law_path ours, before = { "" };
	struct buf old;
	bool ok;

	buf_init(&old, TREATY_BYTES_MAX);
	ok = !home_has(f->home, path) || (home_load(f->home, path, &old, err) &&
	    signature_path(buf_span(&old), &before, err));
	ok = ok && signature_path(w->document, &ours, err) &&
	    folder_make(f, err) && home_save(f->home, ours.s, w->signature, err) &&
	    law_record(f, "treaty.imported", path, w->document,
	    id->s[0] != '\0' && strcmp(id->s, home_settings(f->home)->authority.s) != 0 ?
	    id : NULL, err) && home_save(f->home, path, w->document, err);
	if (ok && before.s[0] != '\0' && strcmp(before.s, ours.s) != 0)
		(void)!path_remove(f->world, home_dir(f->home), before.s, NULL);
	buf_clear(&old);
	return ok;
}

static bool
document_add(struct flow *f, const struct treaty_wish *w, struct law_status *s,
    struct treaty_imported *out, struct err *err)
{
	struct law_document *d = NULL;
	const struct law_version *v;
	struct law_path path;

	if (!law_document_read(&d, w->document, world_now(f->world), err))
		return false;
	v = law_document_version(d);
	(void)snprintf(out->series, sizeof out->series, "%s", v->series);
	out->version = law_version_people(v);
	out->rows = law_document_rows(d);
	path = law_path(v->series, "tsv");
	if (!is_there(f, path.s, w->document, &out->again, err) ||
	    (!out->again && !law_status_add(s, d, err))) {
		law_document_free(d);
		return false;
	}
	if (out->again)
		law_document_free(d);
	return true;
}

bool
flow_treaty_import(struct flow *f, const struct treaty_wish *wish,
    struct treaty_imported *out, struct err *err)
{
	struct treaty_imported got = { .again = false };
	struct authority_id id = { "" };
	struct law_status *s = NULL;
	bool ok;

	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_GRANT, err) &&
	    signature_ask(f, wish, &id, got.signer, err) && status_load(f, &s, err) &&
	    document_add(f, wish, s, &got, err) && (got.again ||
	    document_keep(f, wish, law_path(got.series, "tsv").s, &id, err));
	if (!ok) {
		law_status_free(s);
		return false;
	}
	law_status_free(f->law);
	f->law = s;
	got.force = law_hanoi_force(s, 99991231);
	*out = got;
	return true;
}

bool
flow_treaty_sign(struct flow *f, struct span document, struct buf *p7s, struct err *err)
{
	struct law_document *d = NULL;

	if (!law_document_read(&d, document, world_now(f->world), err))
		return false;
	law_document_free(d);
	return flow_sign_detached(f, document, p7s, err);
}

bool
flow_treaty_signed(struct flow *f, const char *series, struct treaty_signed *out,
    struct err *err)
{
	struct treaty_signed t = { .holds = false };
	struct cms_answer a;
	struct law_path p7s;
	struct buf text, sig;
	bool ok;

	buf_init(&text, TREATY_BYTES_MAX);
	buf_init(&sig, CMS_FILE_MAX);
	cms_answer_init(&a);
	ok = home_load(f->home, law_path(series, "tsv").s, &text, err) &&
	    signature_path(buf_span(&text), &p7s, err);
	if (ok && home_has(f->home, p7s.s)) {
		ok = home_load(f->home, p7s.s, &sig, err) &&
		    cms_check(buf_span(&sig), buf_span(&text), &a, err);
		t.holds = ok && a.state == CMS_HOLDS;
		ok = ok && (!t.holds || subject_text(a.inside.list[0], t.signer,
		    sizeof t.signer, err));
	}
	if (ok)
		*out = t;
	cms_answer_clear(&a);
	buf_clear(&sig);
	buf_clear(&text);
	return ok;
}

/* ---- confirming ---- */

static bool
confirmed_write(const struct law_status *s, struct buf *out, struct err *err)
{
	const struct law_confirmation *list;
	size_t n = law_confirmations(s, &list);

	if (!buf_add_text(out, CONFIRMED_SCHEMA "\n", err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!buf_printf(out, err, "%s\t%s\t%s\t%s\t%s\n", list[i].state,
		    list[i].instrument, law_day_text(list[i].since).s,
		    law_day_text(list[i].on).s, list[i].source))
			return false;
	return true;
}

static bool
confirmed_keep(struct flow *f, const struct law_status *s, struct err *err)
{
	struct law_path path = law_path(CONFIRMED, "tsv");
	struct buf text;
	bool ok;

	buf_init(&text, CONFIRMED_MAX);
	ok = confirmed_write(s, &text, err) &&
	    folder_make(f, err) &&
	    law_record(f, "treaty.confirmed", path.s, buf_span(&text), NULL, err) &&
	    home_save(f->home, path.s, buf_span(&text), err);
	buf_clear(&text);
	return ok;
}

bool
flow_treaty_confirm(struct flow *f, const char *state, const char *instrument,
    const char *source, struct law_confirmation *out, struct err *err)
{
	struct law_confirmation c;
	struct law_status *s = NULL;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_GRANT, err) ||
	    !status_load(f, &s, err))
		return false;
	if (!law_confirmation_of(s, state, instrument, world_now(f->world), source, &c,
	    err) || !law_status_confirm(s, &c, err) || !confirmed_keep(f, s, err)) {
		law_status_free(s);
		return false;
	}
	law_status_free(f->law);
	f->law = s;
	*out = c;
	return true;
}
