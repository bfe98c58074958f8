#include "crypto/revocation.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"
#include "crypto/library.h"
#include "form/pem.h"

#define REVOCATIONS_MAX 256	/* lists and answers; a path has four, from a few sources */
#define DIGEST_BYTES_MIN 28	/* 112 bits, security level 2: SHA-1 proves nothing */

/* RFC 5280 5.3.1 */
enum reason_code {
	REASON_UNSPECIFIED = 0,
	REASON_KEY_COMPROMISE = 1,
	REASON_CA_COMPROMISE = 2,
	REASON_AFFILIATION_CHANGED = 3,
	REASON_SUPERSEDED = 4,
	REASON_CESSATION = 5,
};

struct said {			/* one of the two */
	X509_CRL *crl;
	struct digest crl_digest;	/* of all its bytes */
	OCSP_BASICRESP *answer;
};

struct revocations {
	struct said list[REVOCATIONS_MAX];
	size_t n;
	size_t bytes;		/* of PEM, so far */
};

/* ---- collecting ---- */

bool
revocations_new(struct revocations **out, struct err *err)
{
	*out = mem_new(sizeof **out, err);
	return *out != NULL;
}

static void
said_clear(struct said *s)
{
	X509_CRL_free(s->crl);
	OCSP_BASICRESP_free(s->answer);
	*s = (struct said){ .crl = NULL };
}

static void
shorten(struct revocations *r, size_t n)
{
	while (r->n > n)
		said_clear(&r->list[--r->n]);
}

void
revocations_free(struct revocations *r)
{
	if (r == NULL)
		return;
	shorten(r, 0);
	mem_free(r);
}

size_t
revocations_count(const struct revocations *r)
{
	return r->n;
}

/* A successful answer's inner part (RFC 6960 4.2.1), if it fills der. */
static OCSP_BASICRESP *
answer_read(struct span der)
{
	const unsigned char *p = der.p;
	OCSP_RESPONSE *whole = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
	OCSP_BASICRESP *answer = NULL;

	if (whole != NULL && p == der.p + der.n &&
	    OCSP_response_status(whole) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		answer = OCSP_response_get1_basic(whole);
	OCSP_RESPONSE_free(whole);
	return answer;
}

static X509_CRL *
crl_read(struct span der)
{
	const unsigned char *p = der.p;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der.n);

	if (crl != NULL && p != der.p + der.n) {
		X509_CRL_free(crl);
		crl = NULL;
	}
	return crl;
}

static bool
block_add(struct revocations *r, const struct pem_block *block, struct span der,
    struct err *err)
{
	struct said s = { .crl = NULL };

	if (r->n == REVOCATIONS_MAX)
		return err_set(err, ERR_LIMIT, "revocation.count",
		    "more than %d revocation lists and answers", REVOCATIONS_MAX);
	if (!digest_of(der, &s.crl_digest, err))
		return false;
	if (span_is(block->label, "X509 CRL"))
		s.crl = crl_read(der);
	else if (span_is(block->label, "OCSP RESPONSE"))
		s.answer = answer_read(der);
	if (s.crl == NULL && s.answer == NULL && library_lacked(err))
		return false;
	ERR_clear_error();
	if (s.crl == NULL && s.answer == NULL)
		return err_set(err, ERR_INPUT, "revocation.form",
		    "the PEM block at byte %zu is neither a revocation list (X509 CRL) "
		    "nor a successful OCSP answer (OCSP RESPONSE)", block->at);
	r->list[r->n++] = s;
	return true;
}

bool
revocations_add_pem(struct revocations *r, struct span pem, struct err *err)
{
	struct cursor text = cursor_of(pem);
	size_t before = r->n;
	struct pem_block block;
	struct buf der;
	bool found = false, ok;

	if (pem.n > REVOCATION_MAX - r->bytes)
		return err_set(err, ERR_LIMIT, "revocation.size",
		    "more than %u bytes of revocation lists", REVOCATION_MAX);
	buf_init(&der, REVOCATION_MAX);
	do {
		ok = pem_read(&text, &block, &der, &found, err) &&
		    (!found || block_add(r, &block, buf_span(&der), err));
	} while (ok && found);
	buf_clear(&der);
	if (!ok) {
		shorten(r, before);
		return false;
	}
	r->bytes += pem.n;
	return true;
}

bool
revocations_add_file(struct revocations *r, struct span pem, struct err *err)
{
	size_t before = r->n;

	if (!revocations_add_pem(r, pem, err))
		return false;
	return r->n > before || err_set(err, ERR_INPUT, "revocation.none",
	    "there is no revocation list in it (PEM: BEGIN X509 CRL, or OCSP RESPONSE)");
}

static bool
said_copy(struct revocations *r, const struct said *s, struct err *err)
{
	struct said copy = { .crl_digest = s->crl_digest };

	if (r->n == REVOCATIONS_MAX)
		return err_set(err, ERR_LIMIT, "revocation.count",
		    "more than %d revocation lists and answers", REVOCATIONS_MAX);
	if (s->crl != NULL && X509_CRL_up_ref(s->crl) == 1)
		copy.crl = s->crl;
	if (s->answer != NULL)
		copy.answer = ASN1_item_dup(ASN1_ITEM_rptr(OCSP_BASICRESP),
		    s->answer);
	if (copy.crl == NULL && copy.answer == NULL)
		return err_memory(err);
	r->list[r->n++] = copy;
	return true;
}

bool
revocations_add_all(struct revocations *r, const struct revocations *more,
    struct err *err)
{
	size_t before = r->n;

	for (size_t i = 0; i < more->n; i++)
		if (!said_copy(r, &more->list[i], err)) {
			shorten(r, before);
			return false;
		}
	return true;
}

/* ---- entries ---- */

static int64_t
instant_or_min(const ASN1_TIME *t)
{
	int64_t at;

	return asn1_instant(t, &at) ? at : WHEN_MIN;
}

static void
spoken(struct revocation_facts *f, const ASN1_TIME *this_update)
{
	int64_t as_of = instant_or_min(this_update);

	if (!f->known || as_of > f->as_of)
		f->as_of = as_of;
	f->known = true;
}

/* Reason -1: none given. */
static void
entry_add(struct revocation_facts *f, int64_t at, int reason)
{
	bool harmless = reason == REASON_UNSPECIFIED ||
	    (reason >= REASON_AFFILIATION_CHANGED && reason <= REASON_CESSATION);

	if (!f->revoked || at < f->at)
		f->at = at;
	f->harmless = harmless && (!f->revoked || f->harmless);
	f->compromised = f->compromised || reason == REASON_KEY_COMPROMISE ||
	    reason == REASON_CA_COMPROMISE;
	f->revoked = true;
}

/* The earlier of both; an invalidity date that is there but unreadable: WHEN_MIN. */
static int64_t
earlier_with_invalidity(int64_t at, ASN1_GENERALIZEDTIME *invalid, int critical)
{
	int64_t since = invalid == NULL ? WHEN_MIN : instant_or_min(invalid);

	ASN1_GENERALIZEDTIME_free(invalid);
	if (critical == -1)		/* there is none */
		return at;
	return since < at ? since : at;
}

/* RSASSA-PSS keeps its digest in the parameters; none given is SHA-1 (RFC 4055 3.1). */
static int
pss_digest(int parameters_type, const void *parameters)
{
	RSA_PSS_PARAMS *pss = NULL;
	int md = NID_sha1;

	if (parameters_type == V_ASN1_SEQUENCE)
		pss = ASN1_item_unpack(parameters, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
	if (pss != NULL && pss->hashAlgorithm != NULL)
		md = OBJ_obj2nid(pss->hashAlgorithm->algorithm);
	RSA_PSS_PARAMS_free(pss);
	return md;
}

/* An algorithm like ecdsa-with-SHA256 whose digest is not a broken one. */
static bool
algorithm_strong(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *name;
	const void *parameters;
	int type, nid, md = NID_undef, key = NID_undef;
	const EVP_MD *digest;

	X509_ALGOR_get0(&name, &type, &parameters, alg);
	nid = OBJ_obj2nid(name);
	if (nid == NID_ED25519 || nid == NID_ED448)
		return true;
	if (nid == NID_rsassaPss)
		md = pss_digest(type, parameters);
	else if (OBJ_find_sigid_algs(nid, &md, &key) != 1)
		return false;
	digest = md == NID_undef ? NULL : EVP_get_digestbynid(md);
	return digest != NULL && EVP_MD_get_size(digest) >= DIGEST_BYTES_MIN;
}

/* ---- revocation lists ---- */

/* Its signature by that key: of the same list, and the same issuer, once. */
static bool
crl_signed(const struct said *s, struct memo *memo, const struct cert *issuer)
{
	struct digest of[2] = { s->crl_digest }, key;
	struct err ignored = ERR_INIT;
	bool named = memo != NULL && cert_digest(issuer, &of[1], &ignored) &&
	    memo_key("list signed", of, 2, &key, &ignored);

	if (named && memo_has(memo, &key, 0))
		return true;
	if (X509_CRL_verify(s->crl, X509_get0_pubkey(cert_x509(issuer))) != 1)
		return false;
	if (named)
		memo_keep(memo, &key, INT64_MIN, INT64_MAX);
	return true;
}

static bool
crl_believed(const struct said *s, struct memo *memo, const struct cert *c,
    const struct cert *issuer)
{
	X509_CRL *crl = s->crl;
	X509 *ca = cert_x509(issuer);
	const X509_ALGOR *alg;
	EVP_PKEY *pkey = X509_get0_pubkey(ca);

	X509_CRL_get0_signature(crl, NULL, &alg);
	return X509_NAME_cmp(X509_CRL_get_issuer(crl),
	    X509_get_issuer_name(cert_x509(c))) == 0 &&
	    (X509_get_key_usage(ca) & KU_CRL_SIGN) != 0 && pkey != NULL &&
	    algorithm_strong(alg) && crl_signed(s, memo, issuer);
}

static bool
names_meet(const GENERAL_NAMES *a, const GENERAL_NAMES *b)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(a); i++)
		for (int j = 0; j < sk_GENERAL_NAME_num(b); j++)
			if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i),
			    sk_GENERAL_NAME_value(b, j)) == 0)
				return true;
	return false;
}

/* The list's distribution point is one that the certificate names (full names). */
static bool
point_is_named(const DIST_POINT_NAME *point, const struct cert *c)
{
	CRL_DIST_POINTS *own = X509_get_ext_d2i(cert_x509(c),
	    NID_crl_distribution_points, NULL, NULL);
	bool named = false;

	for (int i = 0; point->type == 0 && i < sk_DIST_POINT_num(own); i++) {
		const DIST_POINT_NAME *p = sk_DIST_POINT_value(own, i)->distpoint;

		named = named || (p != NULL && p->type == 0 &&
		    names_meet(p->name.fullname, point->name.fullname));
	}
	CRL_DIST_POINTS_free(own);
	return named;
}

/* A list with an issuing distribution point may cover a part only (RFC 5280 5.2.5). */
static bool
part_covers(const ISSUING_DIST_POINT *part, const struct cert *c)
{
	if (part->onlyattr > 0 || part->onlysomereasons != NULL)
		return false;
	if (part->onlyuser > 0 && cert_is_ca(c))
		return false;
	if (part->onlyCA > 0 && !cert_is_ca(c))
		return false;
	return part->distpoint == NULL || point_is_named(part->distpoint, c);
}

static bool
extension_known(int nid)
{
	return nid == NID_authority_key_identifier || nid == NID_crl_number ||
	    nid == NID_issuing_distribution_point;
}

/* Were the certificate revoked, this list would have it. */
static bool
crl_covers(const X509_CRL *crl, const struct cert *c)
{
	ISSUING_DIST_POINT *part;
	int critical;
	bool covers;

	if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0)
		return false;
	for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
		X509_EXTENSION *e = X509_CRL_get_ext(crl, i);

		if (X509_EXTENSION_get_critical(e) &&
		    !extension_known(OBJ_obj2nid(X509_EXTENSION_get_object(e))))
			return false;
	}
	part = X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &critical,
	    NULL);
	if (part == NULL)
		return critical == -1;	/* absent; else unreadable or twice */
	covers = part_covers(part, c);
	ISSUING_DIST_POINT_free(part);
	return covers;
}

static void
crl_entry_add(struct revocation_facts *f, const X509_REVOKED *entry)
{
	int critical = -1, reason = -1;
	int64_t at = instant_or_min(X509_REVOKED_get0_revocationDate(entry));
	ASN1_GENERALIZEDTIME *invalid = X509_REVOKED_get_ext_d2i(entry,
	    NID_invalidity_date, &critical, NULL);
	ASN1_ENUMERATED *given;

	at = earlier_with_invalidity(at, invalid, critical);
	given = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	if (given != NULL)
		reason = (int)ASN1_ENUMERATED_get(given);
	ASN1_ENUMERATED_free(given);
	entry_add(f, at, reason);
}

static void
crl_find(const struct said *s, struct memo *memo, const struct cert *c,
    const struct cert *issuer, struct revocation_facts *f)
{
	X509_CRL *crl = s->crl;
	X509_REVOKED *entry;
	int found;

	if (!crl_believed(s, memo, c, issuer))
		return;
	found = X509_CRL_get0_by_serial(crl, &entry,
	    X509_get_serialNumber(cert_x509(c)));
	if (found == 1)
		crl_entry_add(f, entry);
	/* 2: removeFromCRL, which only a delta has. */
	if (found == 1 || crl_covers(crl, c))
		spoken(f, X509_CRL_get0_lastUpdate(crl));
}

/* ---- OCSP answers ---- */

/* Signed by the issuer, or by a responder it authorised, when it was made. */
static bool
answer_believed(OCSP_BASICRESP *answer, const struct cert *issuer)
{
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *helpers = sk_X509_new_null();
	int64_t made = instant_or_min(OCSP_resp_get0_produced_at(answer));
	X509_VERIFY_PARAM *param;
	bool ok = false;

	if (store != NULL && helpers != NULL && made != WHEN_MIN &&
	    algorithm_strong(OCSP_resp_get0_tbs_sigalg(answer)) &&
	    X509_STORE_add_cert(store, cert_x509(issuer)) == 1 &&
	    sk_X509_push(helpers, cert_x509(issuer)) > 0) {
		param = X509_STORE_get0_param(store);
		X509_VERIFY_PARAM_set_time(param, (time_t)made);
		X509_VERIFY_PARAM_set_auth_level(param, 2);
		ok = X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
		    OCSP_basic_verify(answer, helpers, store, 0) == 1;
	}
	sk_X509_free(helpers);
	X509_STORE_free(store);
	return ok;
}

/* The single response is about this certificate. */
static bool
single_is_about(OCSP_SINGLERESP *single, const struct cert *c,
    const struct cert *issuer)
{
	OCSP_CERTID *theirs, *ours;
	ASN1_OBJECT *name = NULL;
	const EVP_MD *md;
	bool same;

	/* OpenSSL's accessors give a const id and then want one that is not. */
	theirs = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(single));
	if (theirs == NULL || OCSP_id_get0_info(NULL, &name, NULL, NULL, theirs) != 1 ||
	    (md = EVP_get_digestbyobj(name)) == NULL) {
		OCSP_CERTID_free(theirs);
		return false;
	}
	ours = OCSP_cert_to_id(md, cert_x509(c), cert_x509(issuer));
	same = ours != NULL && OCSP_id_cmp(ours, theirs) == 0;
	OCSP_CERTID_free(ours);
	OCSP_CERTID_free(theirs);
	return same;
}

static void
single_add(OCSP_SINGLERESP *single, struct revocation_facts *f)
{
	ASN1_GENERALIZEDTIME *at = NULL, *this_update = NULL;
	ASN1_GENERALIZEDTIME *invalid;
	int reason = -1, critical = -1;
	int status = OCSP_single_get0_status(single, &reason, &at, &this_update, NULL);

	if (status == V_OCSP_CERTSTATUS_REVOKED) {
		invalid = OCSP_SINGLERESP_get1_ext_d2i(single, NID_invalidity_date,
		    &critical, NULL);
		entry_add(f, earlier_with_invalidity(instant_or_min(at), invalid,
		    critical), reason);
	}
	if (status == V_OCSP_CERTSTATUS_REVOKED || status == V_OCSP_CERTSTATUS_GOOD)
		spoken(f, this_update);
}

static void
answer_find(OCSP_BASICRESP *answer, const struct cert *c, const struct cert *issuer,
    struct revocation_facts *f)
{
	bool believed = false;

	for (int i = 0; i < OCSP_resp_count(answer); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(answer, i);

		if (!single_is_about(single, c, issuer))
			continue;
		believed = believed || answer_believed(answer, issuer);
		if (!believed)
			return;
		single_add(single, f);
	}
}

bool
revocations_find(const struct revocations *r, struct memo *memo,
    const struct cert *c, const struct cert *issuer, struct revocation_facts *out,
    struct err *err)
{
	*out = (struct revocation_facts){ .known = false };
	for (size_t i = 0; r != NULL && i < r->n; i++) {
		if (r->list[i].crl != NULL)
			crl_find(&r->list[i], memo, c, issuer, out);
		else
			answer_find(r->list[i].answer, c, issuer, out);
	}
	/* A list that was not believed for want of memory may be the one that counts. */
	return r == NULL || r->n == 0 || !library_lacked(err);
}
