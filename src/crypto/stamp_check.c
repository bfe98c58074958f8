/*
 * The check of time-stamp files: formats/cms-strict.md section 2, "Order and
 * reasons", one function a row.
 */
#include "crypto/stamp_internal.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/ts.h>

#include "crypto/library.h"
#include "crypto/path_internal.h"

struct work {
	struct span file, of;
	const struct certs *roots;
	const struct revocations *revoked;
	struct inside_known known;
	struct stamp_answer *out;
	struct err *err;
	struct signed_file parts;
	struct der_item octets;		/* OCTET STRING that holds TSTInfo */
	struct attributes attributes;
	enum digest_kind digest;
	enum key_kind key;
	size_t modulus_n;
	struct tst_info info;
	const struct cert *anchor;	/* NULL: the path ends nowhere */
};

enum step { STEP_ON, STEP_FOUND, STEP_FAILED };

static const struct {
	const char *reason, *sentence;
} words[] = {
	[STAMP_HOLDS] = { "", "The time stamp holds" },
	[STAMP_FILE_SHAPE] = { "file_shape", "The time-stamp file is cut, longer "
	    "than it should be, or not a time stamp" },
	[STAMP_SHAPE] = { "shape",
	    "The time-stamp file is not built as it must be" },
	[STAMP_CERTIFICATES] = { "certificates",
	    "The time-stamp file carries certificates it must not" },
	[STAMP_ATTRIBUTES] = { "attributes",
	    "What the time-stamping authority signed is not built as it must be" },
	[STAMP_SIGNER_CERTIFICATE] = { "signer_certificate",
	    "The certificate is not the one the time-stamping authority signed for" },
	[STAMP_NOT_CANONICAL] = { "not_canonical", "The time-stamp file was altered" },
	[STAMP_TST_INFO] = { "tst_info",
	    "The time inside the time stamp is not written as it must be" },
	[STAMP_IMPRINT] = { "imprint", "The time stamp is for another signature" },
	[STAMP_SIGNATURE_FORM] = { "signature_form",
	    "The time stamp's signature value is malformed" },
	[STAMP_PATH] = { "path", "The time-stamping authority is not proven" },
	[STAMP_SIGNATURE] = { "signature",
	    "The time stamp was not signed by the authority it names" },
};

void
stamp_answer_init(struct stamp_answer *a)
{
	*a = (struct stamp_answer){ .state = STAMP_FILE_SHAPE,
		.reason = "file_shape" };
	a->path.state = PATH_UNKNOWN;
	a->path.reason = "path";
	certs_init(&a->inside);
}

void
stamp_answer_clear(struct stamp_answer *a)
{
	certs_clear(&a->inside);
	stamp_answer_init(a);
}

/* ---- findings ---- */

static enum step
found(struct work *w, enum stamp_state state)
{
	w->out->state = state;
	w->out->reason = words[state].reason;
	(void)snprintf(w->out->text, sizeof w->out->text, "%s",
	    words[state].sentence);
	return STEP_FOUND;
}

static enum step
found_at(struct work *w, enum stamp_state state, size_t offset)
{
	(void)found(w, state);
	w->out->offset = offset;
	(void)snprintf(w->out->text, sizeof w->out->text, "%s (byte %zu)",
	    words[state].sentence, offset);
	return STEP_FOUND;
}

/* ---- the file, its shape ---- */

static enum step
check_file_shape(struct work *w)
{
	size_t wrong;

	if (!signed_file_whole(w->file, &wrong))
		return found_at(w, STAMP_FILE_SHAPE, wrong);
	return STEP_ON;
}

/* EncapsulatedContentInfo with its octets inside. */
static bool
content_walk(struct work *w, size_t *wrong)
{
	struct der whole = der_of(w->file, wrong), explicit;
	struct der in = der_inside(&whole, &w->parts.content);
	struct der_item oid;

	return der_take(&in, DER_OID, &oid) &&
	    der_enter(&in, DER_CONTEXT_0, &explicit) && der_end(&in) &&
	    der_take(&explicit, DER_OCTET_STRING, &w->octets) && der_end(&explicit);
}

static enum step
check_shape(struct work *w)
{
	size_t wrong = 0;

	if (!signed_file_walk(w->file, &w->parts, &wrong) || !content_walk(w, &wrong))
		return found_at(w, STAMP_SHAPE, wrong);
	return STEP_ON;
}

static enum step
check_certificates(struct work *w)
{
	size_t wrong;

	switch (inside_read(&w->parts, &w->known, &w->out->inside, &wrong, w->err)) {
	case INSIDE_OK:
		return STEP_ON;
	case INSIDE_WRONG:
		return found_at(w, STAMP_CERTIFICATES, wrong);
	case INSIDE_FAILED:
		break;
	}
	return STEP_FAILED;
}

/* ---- signed attributes ---- */

/* Ascending, so that there is one spelling; each kind once. */
static bool
attributes_ordered(const struct attributes *as)
{
	for (size_t i = 1; i < as->n; i++) {
		if (span_cmp(as->list[i - 1].whole, as->list[i].whole) >= 0)
			return false;
		for (size_t j = 0; j < i; j++)
			if (span_eq(as->list[i].oid, as->list[j].oid))
				return false;
	}
	return true;
}

/* The two that every signature has (RFC 5652 11.1, 11.2). */
static bool
attributes_bind(const struct work *w, const struct wide_digest *info)
{
	const struct attribute *type = attributes_find(&w->attributes,
	    oid_content_type());
	const struct attribute *digest = attributes_find(&w->attributes,
	    oid_message_digest());

	return type != NULL && span_eq(type->value.whole, oid_tst_info()) &&
	    digest != NULL && digest->value.tag == DER_OCTET_STRING &&
	    span_eq(digest->value.body, span_of(info->b, info->n));
}

static enum step
check_attributes(struct work *w)
{
	struct wide_digest info;
	size_t wrong;

	if (!attributes_walk(w->file, &w->parts.attributes, &w->attributes, &wrong))
		return found_at(w, STAMP_ATTRIBUTES, wrong);
	if (!digest_algorithm_kind(w->parts.digest.whole, &w->digest))
		return found_at(w, STAMP_NOT_CANONICAL, w->parts.digest.at);
	if (!digest_wide(w->digest, w->octets.body, &info, w->err))
		return STEP_FAILED;
	if (!attributes_ordered(&w->attributes) || !attributes_bind(w, &info))
		return found_at(w, STAMP_ATTRIBUTES, w->parts.attributes.at);
	return STEP_ON;
}

/* ---- the signer's certificate ---- */

/* One of the two attributes that name it (v1: SHA-1, read but never asked for). */
static enum step
signer_named(struct work *w, const struct attribute *names, bool v2)
{
	enum digest_kind kind;
	struct wide_digest hash;
	struct span first;
	size_t n, wrong;

	if (!signing_cert_walk(w->file, &names->value, v2, &first, &kind, &n, &wrong))
		return found_at(w, STAMP_ATTRIBUTES, wrong);
	if (!digest_wide(kind, cert_der(w->out->inside.list[0]), &hash, w->err))
		return STEP_FAILED;
	if (!span_eq(first, span_of(hash.b, hash.n)))
		return found(w, STAMP_SIGNER_CERTIFICATE);
	return STEP_ON;
}

static enum step
check_signer_certificate(struct work *w)
{
	const struct attribute *v2 = attributes_find(&w->attributes,
	    oid_signing_cert_v2());
	const struct attribute *v1 = attributes_find(&w->attributes,
	    oid_signing_cert_v1());
	enum step step = STEP_ON;

	if (v1 == NULL && v2 == NULL)
		return found_at(w, STAMP_ATTRIBUTES, w->parts.attributes.at);
	if (v2 != NULL)
		step = signer_named(w, v2, true);
	if (step == STEP_ON && v1 != NULL)
		step = signer_named(w, v1, false);
	if (step == STEP_ON && !inside_in_order(&w->out->inside))
		step = found(w, STAMP_SIGNER_CERTIFICATE);
	return step;
}

/* ---- rebuild and compare ---- */

static enum step
check_rebuild(struct work *w)
{
	struct stamp_parts parts = { .digest = w->digest, .path = &w->out->inside,
		.tst_info = w->octets.body, .attributes = w->parts.attributes.body,
		.signature = w->parts.signature.body };
	struct buf again;
	enum step step = STEP_ON;

	if (!cert_key_strict(w->out->inside.list[0], STAMP_RSA_BITS_MIN, &w->key,
	    &w->modulus_n)) {
		(void)found(w, STAMP_NOT_CANONICAL);
		(void)snprintf(w->out->text, sizeof w->out->text, "The time-stamping "
		    "key is of a kind or size not allowed");
		return STEP_FOUND;
	}
	parts.key = w->key;
	buf_init(&again, STAMP_BUILD_MAX);
	if (!stamp_file_build(&parts, &again, w->err))
		step = STEP_FAILED;
	else if (!span_eq(buf_span(&again), w->file))
		step = found_at(w, STAMP_NOT_CANONICAL,
		    first_difference(buf_span(&again), w->file));
	buf_clear(&again);
	return step;
}

/* ---- what the token says ---- */

static enum step
check_tst_info(struct work *w)
{
	size_t wrong;

	if (!tst_info_walk(w->file, &w->octets, &w->info, &wrong))
		return found_at(w, STAMP_TST_INFO, wrong);
	if (!der_oid_print(w->info.policy, w->out->policy, sizeof w->out->policy) ||
	    (w->info.tsa.n > 0 &&
	    !span_eq(w->info.tsa, cert_subject(w->out->inside.list[0]))))
		return found_at(w, STAMP_TST_INFO, w->octets.at);
	w->out->time = w->info.time;
	w->out->bound = w->info.bound;
	return STEP_ON;
}

static enum step
check_imprint(struct work *w)
{
	struct wide_digest d;

	if (!digest_wide(w->info.imprint_kind, w->of, &d, w->err))
		return STEP_FAILED;
	if (!span_eq(w->info.imprint, span_of(d.b, d.n)))
		return found(w, STAMP_IMPRINT);
	return STEP_ON;
}

/* The value is the authority's: its larger spelling is not ours to refuse. */
static enum step
check_signature_form(struct work *w)
{
	switch (signature_value_form(w->key, w->modulus_n, w->parts.signature.body)) {
	case VALUE_OK:
	case VALUE_MIRRORED:
		return STEP_ON;
	case VALUE_FORM:
		return found_at(w, STAMP_SIGNATURE_FORM, w->parts.signature.at);
	case VALUE_FAILED:
		break;
	}
	(void)library_failed(w->err, "the comparison of large numbers");
	return STEP_FAILED;
}

/* ---- path and signature ---- */

static enum step
look_path(struct work *w)
{
	struct path_question q = { .inside = &w->out->inside, .anchors = w->roots,
		.revoked = w->revoked, .memo = w->known.memo, .purpose = PATH_STAMPING, .at = w->out->time,
		.has_bound = true, .bound = w->out->bound };

	if (!path_check_to(&q, &w->out->path, &w->anchor, w->err))
		return STEP_FAILED;
	return STEP_ON;
}

/* OpenSSL's own check of the same bytes; takes store over. */
static bool
openssl_accepts(const struct work *w, X509_STORE *store)
{
	const unsigned char *p = w->file.p;
	PKCS7 *token = d2i_PKCS7(NULL, &p, (long)w->file.n);
	BIO *data = BIO_new_mem_buf(w->of.n == 0 ? "" : (const void *)w->of.p,
	    (int)w->of.n);
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	bool ok = false;

	if (token == NULL || data == NULL || ctx == NULL) {
		X509_STORE_free(store);
		BIO_free(data);
	} else {
		/* Both are the context's from here on. */
		(void)TS_VERIFY_CTX_set_store(ctx, store);
		(void)TS_VERIFY_CTX_set_data(ctx, data);
		(void)TS_VERIFY_CTX_set_flags(ctx,
		    TS_VFY_VERSION | TS_VFY_DATA | TS_VFY_SIGNATURE);
		ok = p == w->file.p + w->file.n &&
		    TS_RESP_verify_token(ctx, token) == 1;
	}
	TS_VERIFY_CTX_free(ctx);
	PKCS7_free(token);
	return ok;
}

/*
 * The value is checked whether or not the path holds: an unknown authority and a
 * forged stamp are two different answers.
 */
static bool
value_holds(const struct work *w)
{
	const struct certs *in = &w->out->inside;
	X509_STORE *store = w->anchor != NULL ?
	    path_store(&w->anchor, 1, PATH_STAMPING, w->out->time) :
	    store_for_value_only(in->list[in->n - 1]);

	return store != NULL && openssl_accepts(w, store);
}

static enum step
check_signature(struct work *w)
{
	bool holds = value_holds(w) || value_holds(w);

	if (!holds && library_lacked(w->err))
		return STEP_FAILED;
	ERR_clear_error();
	return holds ? STEP_ON : found(w, STAMP_SIGNATURE);
}

static enum step
tell_path(struct work *w)
{
	if (w->out->path.state == PATH_HOLDS)
		return STEP_ON;
	(void)found(w, STAMP_PATH);
	(void)snprintf(w->out->text, sizeof w->out->text, "%s: %.220s",
	    words[STAMP_PATH].sentence, w->out->path.text);
	return STEP_FOUND;
}

bool
stamp_check_memo(struct memo *m, struct span file, struct span of,
    const struct certs *roots, const struct revocations *revoked,
    struct stamp_answer *out, struct err *err)
{
	static enum step (*const rows[])(struct work *w) = {
		check_file_shape, check_shape, check_certificates, check_attributes,
		check_signer_certificate, check_rebuild, check_tst_info, check_imprint,
		check_signature_form, look_path, check_signature, tell_path,
	};
	struct work w = { .file = file, .of = of, .roots = roots, .revoked = revoked,
		.known = { .memo = m }, .out = out, .err = err };
	enum step step = STEP_ON;

	stamp_answer_clear(out);
	if (of.n > STAMP_OF_MAX)
		return err_set(err, ERR_LIMIT, "stamp.of",
		    "more than %u bytes cannot be a signature value", STAMP_OF_MAX);
	for (size_t i = 0; step == STEP_ON && i < sizeof rows / sizeof *rows; i++)
		step = rows[i](&w);
	if (step == STEP_FAILED)
		return false;
	if (step == STEP_ON)
		(void)found(&w, STAMP_HOLDS);
	return true;
}

bool
stamp_check(struct span file, struct span of, const struct certs *roots,
    const struct revocations *revoked, struct stamp_answer *out, struct err *err)
{
	return stamp_check_memo(NULL, file, of, roots, revoked, out, err);
}
