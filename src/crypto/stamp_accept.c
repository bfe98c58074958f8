/*
 * What comes back from a time-stamping authority: believed as it came by OpenSSL,
 * then normalised once into the only form we keep (formats/cms-strict.md section 2,
 * "Real authorities").  What the authority signed is never touched.
 */
#include "crypto/stamp_internal.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "crypto/library.h"
#include "crypto/path_internal.h"

#define AUTHORITY_WORDS_MAX 200	/* bytes of its free text that we repeat */

/* ---- the authority says no ---- */

static const char *
status_word(int64_t status)
{
	static const char *const names[] = { "granted", "granted with changes",
		"rejected", "waiting", "revocation is near", "revoked" };

	return status >= 0 && status <= 5 ? names[status] : "of an unknown status";
}

/* RFC 3161 2.4.2, PKIFailureInfo. */
static const struct {
	int bit;
	const char *name;
} fail_infos[] = {
	{ 0, "badAlg" }, { 2, "badRequest" }, { 5, "badDataFormat" },
	{ 14, "timeNotAvailable" }, { 15, "unacceptedPolicy" },
	{ 16, "unacceptedExtension" }, { 17, "addInfoNotAvailable" },
	{ 25, "systemFailure" },
};

static bool
fail_infos_add(struct buf *out, const ASN1_BIT_STRING *bits, struct err *err)
{
	for (size_t i = 0; i < sizeof fail_infos / sizeof *fail_infos; i++)
		if (bits != NULL && ASN1_BIT_STRING_get_bit(bits, fail_infos[i].bit) &&
		    !buf_printf(out, err, ", %s", fail_infos[i].name))
			return false;
	return true;
}

/* The authority's own words, made visible and cut. */
static bool
words_add(struct buf *out, const STACK_OF(ASN1_UTF8STRING) *words, struct err *err)
{
	for (int i = 0; i < sk_ASN1_UTF8STRING_num(words); i++) {
		const ASN1_UTF8STRING *s = sk_ASN1_UTF8STRING_value(words, i);
		struct span text = span_of(ASN1_STRING_get0_data(s),
		    (size_t)ASN1_STRING_length(s));

		if (out->n > AUTHORITY_WORDS_MAX)
			return true;
		if (!buf_add_text(out, i == 0 ? ": " : "; ", err) ||
		    !text_visible(out, span_part(text, 0, AUTHORITY_WORDS_MAX), err))
			return false;
	}
	return true;
}

static bool
rejected(TS_STATUS_INFO *info, int64_t status, struct err *err)
{
	struct buf said;
	const char *text;

	buf_init(&said, 16 * AUTHORITY_WORDS_MAX);
	if (!fail_infos_add(&said, TS_STATUS_INFO_get0_failure_info(info), err) ||
	    !words_add(&said, TS_STATUS_INFO_get0_text(info), err) ||
	    !buf_text(&said, &text, err)) {
		buf_clear(&said);
		return false;
	}
	(void)err_set(err, ERR_UNPROVEN, "stamp.rejected",
	    "the time-stamping authority gave no time stamp: %s%s",
	    status_word(status), text);
	buf_clear(&said);
	return false;
}

static bool
granted(TS_RESP *answer, struct err *err)
{
	TS_STATUS_INFO *info = TS_RESP_get_status_info(answer);
	int64_t status = -1;

	if (ASN1_INTEGER_get_int64(&status, TS_STATUS_INFO_get0_status(info)) != 1 ||
	    (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS))
		return rejected(info, status, err);
	if (TS_RESP_get_token(answer) != NULL && TS_RESP_get_tst_info(answer) != NULL)
		return true;
	return err_set(err, ERR_INPUT, "stamp.form",
	    "the answer says granted and carries no time stamp");
}

/* ---- as it came ---- */

static bool
form_wrong(struct err *err, const char *what)
{
	if (library_lacked(err))
		return false;
	return err_set(err, ERR_INPUT, "stamp.form", "this is not a time-stamp %s",
	    what);
}

static bool
answer_read(TS_RESP **out, struct span der, struct err *err)
{
	const unsigned char *p = der.p;
	TS_RESP *r;

	if (der.n > STAMP_FILE_MAX)
		return err_set(err, ERR_LIMIT, "stamp.size",
		    "an answer of more than %d bytes is no time stamp",
		    STAMP_FILE_MAX);
	r = d2i_TS_RESP(NULL, &p, (long)der.n);
	if (r == NULL || p != der.p + der.n) {
		TS_RESP_free(r);
		return form_wrong(err, "answer");
	}
	*out = r;
	return true;
}

/* Ours and about these octets: else the caller mixed two up. */
static bool
query_read(TS_REQ **out, struct span der, struct span of, struct err *err)
{
	const unsigned char *p = der.p;
	TS_REQ *q = der.n > STAMP_FILE_MAX ? NULL : d2i_TS_REQ(NULL, &p, (long)der.n);
	const ASN1_OCTET_STRING *asked;
	struct wide_digest d;

	if (q == NULL || p != der.p + der.n) {
		TS_REQ_free(q);
		return form_wrong(err, "query");
	}
	if (!digest_wide(DIGEST_SHA256, of, &d, err)) {
		TS_REQ_free(q);
		return false;
	}
	asked = TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(q));
	if (!span_eq(span_of(ASN1_STRING_get0_data(asked),
	    (size_t)ASN1_STRING_length(asked)), span_of(d.b, d.n))) {
		TS_REQ_free(q);
		return err_set(err, ERR_USE, "stamp.query",
		    "the query asked about another signature");
	}
	*out = q;
	return true;
}

/* Takes store over. */
static TS_VERIFY_CTX *
context_make(TS_REQ *query, struct span of, X509_STORE *store)
{
	TS_VERIFY_CTX *ctx = query == NULL ? TS_VERIFY_CTX_new() :
	    TS_REQ_to_TS_VERIFY_CTX(query, NULL);
	BIO *data = NULL;

	if (ctx == NULL) {
		X509_STORE_free(store);
		return NULL;
	}
	(void)TS_VERIFY_CTX_set_store(ctx, store);
	(void)TS_VERIFY_CTX_add_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE);
	if (query == NULL) {
		data = BIO_new_mem_buf(of.p, (int)of.n);
		if (data == NULL) {
			TS_VERIFY_CTX_free(ctx);
			return NULL;
		}
		(void)TS_VERIFY_CTX_set_data(ctx, data);
		(void)TS_VERIFY_CTX_add_flags(ctx, TS_VFY_DATA);
	}
	return ctx;
}

static const struct {
	int code;			/* OpenSSL's */
	const char *reason, *sentence;
} refusals[] = {
	{ TS_R_NONCE_MISMATCH, "stamp.nonce", "it answers another query" },
	{ TS_R_NONCE_NOT_RETURNED, "stamp.nonce", "it leaves our number out" },
	{ TS_R_MESSAGE_IMPRINT_MISMATCH, "stamp.imprint",
	    "it is for another signature" },
	{ TS_R_POLICY_MISMATCH, "stamp.policy", "it is under another policy" },
	{ TS_R_CERTIFICATE_VERIFY_ERROR, "stamp.path",
	    "its authority leads to none of the time-stamping roots that were given, "
	    "or was not valid then" },
	{ TS_R_ESS_SIGNING_CERTIFICATE_ERROR, "stamp.signer",
	    "it does not name the certificate it was signed with" },
};

static bool
refused(struct err *err)
{
	unsigned long code = ERR_peek_last_error();
	int reason = ERR_GET_REASON(code);
	const char *words = ERR_reason_error_string(code);

	if (library_lacked(err))
		return false;
	for (size_t i = 0; ERR_GET_LIB(code) == ERR_LIB_TS &&
	    i < sizeof refusals / sizeof *refusals; i++)
		if (refusals[i].code == reason)
			return err_set(err, ERR_UNPROVEN, refusals[i].reason,
			    "the time stamp is not believed: %s",
			    refusals[i].sentence);
	return err_set(err, ERR_UNPROVEN, "stamp.signature",
	    "the time stamp is not believed (%s)",
	    words == NULL ? "no reason given" : words);
}

static bool
answer_verify(TS_RESP *answer, TS_REQ *query, struct span of,
    const struct certs *roots, int64_t time, struct err *err)
{
	const struct cert *list[CERTS_MAX];
	X509_STORE *store;
	TS_VERIFY_CTX *ctx;
	bool ok;

	for (size_t i = 0; i < roots->n; i++)
		list[i] = roots->list[i];
	store = path_store(list, roots->n, PATH_STAMPING, time);
	ctx = store == NULL ? NULL : context_make(query, of, store);
	if (ctx == NULL)
		return library_failed(err, "the check of a time stamp");
	ok = TS_RESP_verify_response(ctx, answer) == 1;
	TS_VERIFY_CTX_free(ctx);
	if (!ok)
		return refused(err);
	ERR_clear_error();
	return true;
}

/* ---- normalising ---- */

static bool
cert_of(struct cert **out, X509 *x, struct err *err)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	bool ok;

	if (n <= 0)
		return library_failed(err, "the writing of a certificate");
	ok = cert_decode(out, span_of(der, (size_t)n), err);
	OPENSSL_free(der);
	return ok;
}

/* The one that issued x, by name and by signature; roots are left out. */
static X509 *
issuer_in(const STACK_OF(X509) *all, X509 *x)
{
	for (int i = 0; i < sk_X509_num(all); i++) {
		X509 *c = sk_X509_value(all, i);
		EVP_PKEY *pkey = X509_get0_pubkey(c);

		if (X509_cmp(c, x) != 0 && pkey != NULL &&
		    X509_NAME_cmp(X509_get_subject_name(c),
		    X509_get_issuer_name(c)) != 0 &&
		    X509_check_issued(c, x) == X509_V_OK && X509_verify(x, pkey) == 1)
			return c;
	}
	return NULL;
}

/* The signer's certificate and those above it that the answer carries. */
static bool
path_cut(PKCS7 *token, struct certs *out, struct err *err)
{
	STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
	X509 *x = sk_X509_value(signers, 0);
	bool ok = x != NULL || library_failed(err, "the reading of a time stamp");

	while (ok && x != NULL && out->n < CMS_CERTS_MAX) {
		ok = cert_of(&out->list[out->n], x, err);
		out->n += ok;
		x = issuer_in(token->d.sign->cert, x);
	}
	sk_X509_free(signers);
	ERR_clear_error();
	return ok;
}

/* Signed attributes, each as it was, in the order they came. */
static bool
attributes_cut(PKCS7_SIGNER_INFO *si, struct buf *out, struct err *err)
{
	const STACK_OF(X509_ATTRIBUTE) *list = PKCS7_get_signed_attributes(si);

	for (int i = 0; i < sk_X509_ATTRIBUTE_num(list); i++) {
		unsigned char *der = NULL;
		int n = i2d_X509_ATTRIBUTE(sk_X509_ATTRIBUTE_value(list, i), &der);
		bool ok = n > 0 && buf_add(out, span_of(der, (size_t)n), err);

		OPENSSL_free(der);
		if (n <= 0)
			return library_failed(err, "the reading of a time stamp");
		if (!ok)
			return false;
	}
	return true;
}

/* An algorithm of OpenSSL's as a digest of ours. */
static bool
digest_of_algorithm(const X509_ALGOR *alg, enum digest_kind *out)
{
	unsigned char *der = NULL;
	int n = i2d_X509_ALGOR(alg, &der);
	bool ok = n > 0 && digest_algorithm_kind(span_of(der, (size_t)n), out);

	OPENSSL_free(der);
	return ok;
}

static struct span
octets_of(const ASN1_STRING *s)
{
	return span_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

/*
 * The token as we keep it; *fits false: of a kind our form has no place for.
 * PKCS7 is open, and verified before, so one signer and the octets are there.
 */
static bool
token_build(PKCS7 *token, struct buf *out, bool *fits, struct err *err)
{
	PKCS7_SIGNER_INFO *si =
	    sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(token), 0);
	ASN1_TYPE *content = token->d.sign->contents->d.other;
	struct stamp_parts parts;
	struct buf attributes;
	struct certs path;
	size_t modulus_n;
	bool ok;

	certs_init(&path);
	buf_init(&attributes, STAMP_FILE_MAX);
	ok = path_cut(token, &path, err) && attributes_cut(si, &attributes, err);
	*fits = ok && content->type == V_ASN1_OCTET_STRING &&
	    digest_of_algorithm(si->digest_alg, &parts.digest) &&
	    cert_key_strict(path.list[0], STAMP_RSA_BITS_MIN, &parts.key, &modulus_n);
	if (*fits) {
		parts.path = &path;
		parts.tst_info = octets_of(content->value.octet_string);
		parts.attributes = buf_span(&attributes);
		parts.signature = octets_of(si->enc_digest);
		ok = stamp_file_build(&parts, out, err);
	}
	certs_clear(&path);
	buf_clear(&attributes);
	return ok;
}

/* Normalise and ask our own check; a token it refuses cannot be kept. */
static bool
normalise(PKCS7 *token, struct span of, const struct certs *roots,
    struct buf *token_out, bool *canonical, char text[300], struct err *err)
{
	struct err why = ERR_INIT;
	struct stamp_answer answer;
	struct buf file;
	bool fits = false, ok;

	stamp_answer_init(&answer);
	buf_init(&file, STAMP_BUILD_MAX);
	*canonical = false;
	(void)snprintf(text, 300, "The authority's key, digest or certificates are of "
	    "a kind that our form of a time stamp has no place for");
	ok = token_build(token, &file, &fits, &why);
	/* A certificate we cannot read is the token's fault, not a failure. */
	if (!ok && (why.kind == ERR_INPUT || why.kind == ERR_LIMIT))
		ok = true;
	else if (!ok)
		(void)err_set(err, why.kind, why.reason, "%s", why.text);
	if (ok && fits) {
		ok = stamp_check(buf_span(&file), of, roots, NULL, &answer, err);
		*canonical = ok && answer.state == STAMP_HOLDS;
		(void)snprintf(text, 300, "%s", *canonical ? "" : answer.text);
	}
	if (ok && *canonical)
		ok = buf_add(token_out, buf_span(&file), err);
	buf_clear(&file);
	stamp_answer_clear(&answer);
	return ok;
}

/* ---- the door ---- */

static bool
accept_read(TS_RESP *answer, TS_REQ *query, struct span of, const struct certs *roots,
    struct buf *token_out, bool *canonical, int64_t *time, char text[300],
    struct err *err)
{
	int64_t at;

	if (!granted(answer, err))
		return false;
	if (!asn1_instant(TS_TST_INFO_get_time(TS_RESP_get_tst_info(answer)), &at))
		return form_wrong(err, "answer with a readable time");
	if (!answer_verify(answer, query, of, roots, at, err) ||
	    !normalise(TS_RESP_get_token(answer), of, roots, token_out, canonical,
	    text, err))
		return false;
	*time = at;
	return true;
}

bool
stamp_accept(struct span answer, struct span query, struct span of,
    const struct certs *roots, struct buf *token_out, bool *canonical, int64_t *time,
    char text[300], struct err *err)
{
	TS_RESP *resp = NULL;
	TS_REQ *req = NULL;
	bool ok;

	if (of.n > STAMP_OF_MAX)
		return err_set(err, ERR_LIMIT, "stamp.of",
		    "more than %u bytes cannot be a signature value", STAMP_OF_MAX);
	ok = answer_read(&resp, answer, err) &&
	    (query.n == 0 || query_read(&req, query, of, err)) &&
	    accept_read(resp, req, of, roots, token_out, canonical, time, text, err);
	TS_REQ_free(req);
	TS_RESP_free(resp);
	return ok;
}
