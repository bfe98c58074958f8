/*
 * The check of signature files: the table "Order of checks and reasons" of
 * formats/cms-strict.md section 1, one function a row.
 */
#include "crypto/cms_internal.h"

#include <stdio.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "crypto/library.h"

#define RSA_BITS_MIN 3072	/* cms-strict.md section 1, table of keys */

struct work {
	struct span file, content;
	const struct inside_known *known;
	struct cms_answer *out;
	struct err *err;
	struct signed_file parts;
	/* Cut out of the attributes. */
	struct span id_hash, message_digest;
	size_t ids_n;
	enum digest_kind digest;
	/* From the signer's certificate. */
	enum key_kind key;
	size_t modulus_n;
	struct wide_digest content_digest;
};

enum step { STEP_ON, STEP_FOUND, STEP_FAILED };

static const struct {
	const char *reason, *sentence;
} words[] = {
	[CMS_HOLDS] = { "", "The signature holds" },
	[CMS_FILE_SHAPE] = { "file_shape", "The signature file is cut, longer than "
	    "it should be, or not a signature" },
	[CMS_SHAPE] = { "shape", "The signature file is not built as it must be" },
	[CMS_CERTIFICATES] = { "certificates",
	    "The signature file carries certificates it must not" },
	[CMS_SIGNER_CERTIFICATE] = { "signer_certificate",
	    "The certificate is not the one the signer signed for" },
	[CMS_DIGEST] = { "digest", "The list of files was changed after signing" },
	[CMS_KEY] = { "key", "The key is of a kind or size not allowed" },
	[CMS_NOT_CANONICAL] = { "not_canonical", "The signature file was altered" },
	[CMS_SIGNATURE_FORM] = { "signature_form",
	    "The signature value is malformed" },
	[CMS_MIRRORED] = { "mirrored",
	    "The signature value is in its mirrored form" },
	[CMS_SIGNATURE] = { "signature",
	    "The signature does not belong to this list of files" },
};

void
cms_answer_init(struct cms_answer *a)
{
	*a = (struct cms_answer){ .state = CMS_FILE_SHAPE, .reason = "file_shape" };
	certs_init(&a->inside);
}

void
cms_answer_clear(struct cms_answer *a)
{
	certs_clear(&a->inside);
	cms_answer_init(a);
}

/* ---- findings ---- */

static enum step
found(struct work *w, enum cms_state state)
{
	w->out->state = state;
	w->out->reason = words[state].reason;
	(void)snprintf(w->out->text, sizeof w->out->text, "%s",
	    words[state].sentence);
	return STEP_FOUND;
}

static enum step
found_at(struct work *w, enum cms_state state, size_t offset)
{
	(void)found(w, state);
	w->out->offset = offset;
	(void)snprintf(w->out->text, sizeof w->out->text, "%s (byte %zu)",
	    words[state].sentence, offset);
	return STEP_FOUND;
}

/* ---- rows 1 and 2: the file, its shape ---- */

static enum step
check_file_shape(struct work *w)
{
	size_t wrong;

	if (!signed_file_whole(w->file, &wrong))
		return found_at(w, CMS_FILE_SHAPE, wrong);
	return STEP_ON;
}

/* The digest is the one that made the first certificate hash: 32 or 48 bytes. */
static bool
digest_by_length(size_t n, enum digest_kind *out)
{
	*out = n == 48 ? DIGEST_SHA384 : DIGEST_SHA256;
	return n == 32 || n == 48;
}

/* Cut signing time, digest and certificate ids out of the four attributes. */
static bool
attributes_cut(struct work *w, size_t *wrong)
{
	const struct attribute *time, *digest, *ids;
	struct attributes as;
	enum digest_kind said;

	if (!attributes_walk(w->file, &w->parts.attributes, &as, wrong))
		return false;
	*wrong = w->parts.attributes.at;
	time = attributes_find(&as, oid_signing_time());
	digest = attributes_find(&as, oid_message_digest());
	ids = attributes_find(&as, oid_signing_cert_v2());
	if (as.n != 4 || time == NULL || digest == NULL || ids == NULL)
		return false;
	*wrong = time->value.at;
	if (!der_time(&time->value, &w->out->signing_time))
		return false;
	*wrong = digest->value.at;
	if (digest->value.tag != DER_OCTET_STRING)
		return false;
	w->message_digest = digest->value.body;
	if (!signing_cert_walk(w->file, &ids->value, true, &w->id_hash, &said,
	    &w->ids_n, wrong))
		return false;
	*wrong = ids->value.at;
	return digest_by_length(w->id_hash.n, &w->digest);
}

static enum step
check_shape(struct work *w)
{
	size_t wrong = 0;

	if (!signed_file_walk(w->file, &w->parts, &wrong) ||
	    !attributes_cut(w, &wrong))
		return found_at(w, CMS_SHAPE, wrong);
	w->out->signature = w->parts.signature.body;
	return STEP_ON;
}

/* ---- rows 3 and 4: certificates ---- */

static enum step
check_certificates(struct work *w)
{
	size_t wrong;

	switch (inside_read(&w->parts, w->known, &w->out->inside, &wrong, w->err)) {
	case INSIDE_OK:
		return STEP_ON;
	case INSIDE_WRONG:
		return found_at(w, CMS_CERTIFICATES, wrong);
	case INSIDE_FAILED:
		break;
	}
	return STEP_FAILED;
}

static enum step
check_signer_certificate(struct work *w)
{
	struct certs *inside = &w->out->inside;
	struct wide_digest hash;

	for (size_t i = 0; i < inside->n; i++) {
		if (!digest_wide(w->digest, cert_der(inside->list[i]), &hash, w->err))
			return STEP_FAILED;
		if (!span_eq(span_of(hash.b, hash.n), w->id_hash))
			continue;
		if (!inside_order(inside, i))
			break;
		w->out->path_form = w->ids_n == inside->n;
		return STEP_ON;
	}
	return found(w, CMS_SIGNER_CERTIFICATE);
}

/* ---- row 5: before the rebuild, so that changed content is called by its name ---- */

static enum step
check_digest(struct work *w)
{
	struct wide_digest *d = &w->content_digest;

	if (!digest_wide(w->digest, w->content, d, w->err))
		return STEP_FAILED;
	if (!span_eq(span_of(d->b, d->n), w->message_digest))
		return found(w, CMS_DIGEST);
	return STEP_ON;
}

/* ---- row 6 ---- */

static enum step
check_key(struct work *w)
{
	if (!cert_key_strict(w->out->inside.list[0], RSA_BITS_MIN, &w->key,
	    &w->modulus_n) || cms_digest_for(w->key) != w->digest)
		return found(w, CMS_KEY);
	return STEP_ON;
}

/* ---- row 7: rebuild and compare ---- */

static struct cms_parts
parts_of(const struct work *w)
{
	return (struct cms_parts){ w->key, &w->out->inside, w->ids_n > 1,
		w->out->signing_time, w->content_digest, w->out->signature, false };
}

static enum step
check_rebuild(struct work *w)
{
	struct cms_parts parts = parts_of(w);
	struct buf again;
	enum step step = STEP_ON;

	buf_init(&again, CMS_BUILD_MAX);
	if (!cms_file_build(&parts, &again, w->err))
		step = STEP_FAILED;
	else if (!span_eq(buf_span(&again), w->file))
		step = found_at(w, CMS_NOT_CANONICAL,
		    first_difference(buf_span(&again), w->file));
	buf_clear(&again);
	return step;
}

/* ---- row 8 ---- */

static enum step
check_signature_form(struct work *w)
{
	switch (signature_value_form(w->key, w->modulus_n, w->out->signature)) {
	case VALUE_OK:
		return STEP_ON;
	case VALUE_FORM:
		return found_at(w, CMS_SIGNATURE_FORM, w->parts.signature.at);
	case VALUE_MIRRORED:
		return found_at(w, CMS_MIRRORED, w->parts.signature.at);
	case VALUE_FAILED:
		break;
	}
	(void)library_failed(w->err, "the comparison of large numbers");
	return STEP_FAILED;
}

/* ---- row 10: the same bytes, by OpenSSL ---- */

static bool
openssl_accepts(const struct work *w, CMS_ContentInfo *cms, X509_STORE *store)
{
	BIO *data = BIO_new_mem_buf(w->content.n == 0 ? "" : (const void *)w->content.p,
	    (int)w->content.n);
	bool ok = data != NULL && CMS_verify(cms, NULL, store, data, NULL,
	    CMS_BINARY | CMS_CADES | CMS_NO_SIGNER_CERT_VERIFY) == 1;

	BIO_free(data);
	return ok;
}

/*
 * The file as OpenSSL's own object: its bytes without the certificates, then those
 * that were decoded from it in row 3.  To decode them a second time takes longer than
 * all the rest.  NULL: OpenSSL does not take it.
 */
static CMS_ContentInfo *
file_as_object(const struct work *w, struct span bare)
{
	const struct certs *inside = &w->out->inside;
	const unsigned char *p = bare.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)bare.n);
	bool ok = cms != NULL && p == bare.p + bare.n;

	for (size_t i = 0; ok && i < inside->n; i++)
		ok = CMS_add1_cert(cms, cert_x509(inside->list[i])) == 1;
	if (ok)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

static bool
value_holds(const struct work *w, struct span bare)
{
	CMS_ContentInfo *cms = file_as_object(w, bare);
	X509_STORE *store;
	bool holds;

	/* With CADES the library wants the chain that the ids name. */
	store = store_for_value_only(w->out->inside.list[w->out->inside.n - 1]);
	holds = cms != NULL && store != NULL && openssl_accepts(w, cms, store);
	CMS_ContentInfo_free(cms);
	X509_STORE_free(store);
	return holds;
}

static enum step
check_signature(struct work *w)
{
	struct cms_parts parts = parts_of(w);
	struct buf bare;
	bool built, holds;

	buf_init(&bare, CMS_BUILD_MAX);
	parts.bare = true;
	built = cms_file_build(&parts, &bare, w->err);
	holds = built && (value_holds(w, buf_span(&bare)) ||
	    value_holds(w, buf_span(&bare)));
	buf_clear(&bare);
	if (!built || (!holds && library_lacked(w->err)))
		return STEP_FAILED;
	ERR_clear_error();
	return holds ? STEP_ON : found(w, CMS_SIGNATURE);
}

/* ---- the table ---- */

bool
cms_check_known(struct span file, struct span content, const struct inside_known *known,
    struct cms_answer *out, struct err *err)
{
	static enum step (*const rows[])(struct work *w) = {
		check_file_shape, check_shape, check_certificates,
		check_signer_certificate, check_digest, check_key, check_rebuild,
		check_signature_form, check_signature,
	};
	struct work w = { .file = file, .content = content, .known = known, .out = out,
		.err = err };
	enum step step = STEP_ON;

	cms_answer_clear(out);
	if (content.n > CMS_CONTENT_MAX)
		return err_set(err, ERR_LIMIT, "cms.content",
		    "more than %u bytes cannot be a list of files to sign",
		    CMS_CONTENT_MAX);
	for (size_t i = 0; step == STEP_ON && i < sizeof rows / sizeof *rows; i++)
		step = rows[i](&w);
	if (step == STEP_FAILED)
		return false;
	if (step == STEP_ON)
		(void)found(&w, CMS_HOLDS);
	return true;
}

bool
cms_check_memo(struct memo *m, struct span file, struct span content,
    struct cms_answer *out, struct err *err)
{
	struct inside_known known = { .memo = m };

	return cms_check_known(file, content, &known, out, err);
}

bool
cms_check(struct span file, struct span content, struct cms_answer *out,
    struct err *err)
{
	return cms_check_memo(NULL, file, content, out, err);
}

bool
cms_signature_of(struct span file, struct span *out, struct err *err)
{
	struct signed_file parts;
	size_t wrong = 0;

	if (!signed_file_whole(file, &wrong) ||
	    !signed_file_walk(file, &parts, &wrong))
		return err_set(err, ERR_INPUT, "cms.shape",
		    "the signature file is not built as it must be (byte %zu)", wrong);
	*out = parts.signature.body;
	return true;
}
