/* The builder of signature files: formats/cms-strict.md section 1, top to bottom. */
#include "crypto/cms_internal.h"

#define OWN_ATTRIBUTES 4

enum digest_kind
cms_digest_for(enum key_kind key)
{
	return key == KEY_P384 ? DIGEST_SHA384 : DIGEST_SHA256;
}

static struct span
digest_algorithm_of(const struct cms_parts *parts)
{
	return digest_algorithm(cms_digest_for(parts->key), false);
}

/* ---- signed attributes ---- */

static void
content_type_write(struct der_out *d)
{
	struct attribute_mark mark = attribute_open(d, oid_content_type());

	der_out_raw(d, oid_data());
	attribute_close(d, mark);
}

static void
signing_time_write(struct der_out *d, int64_t at)
{
	struct attribute_mark mark = attribute_open(d, oid_signing_time());

	der_out_time(d, at);
	attribute_close(d, mark);
}

static void
message_digest_write(struct der_out *d, const struct wide_digest *digest)
{
	struct attribute_mark mark = attribute_open(d, oid_message_digest());

	der_out_item(d, DER_OCTET_STRING, span_of(digest->b, digest->n));
	attribute_close(d, mark);
}

/*
 * ESSCertIDv2: [algorithm] hash { { [4] { issuer } } serial }.  SHA-256 is the
 * default and so, in DER, left out.
 */
static bool
cert_id_write(struct der_out *d, const struct cms_parts *parts, const struct cert *c,
    struct err *err)
{
	enum digest_kind kind = cms_digest_for(parts->key);
	size_t id, issuer_serial, names, directory;
	struct wide_digest hash;

	if (!digest_wide(kind, cert_der(c), &hash, err))
		return false;
	id = der_out_open(d, DER_SEQUENCE);
	if (kind != DIGEST_SHA256)
		der_out_raw(d, digest_algorithm_of(parts));
	der_out_item(d, DER_OCTET_STRING, span_of(hash.b, hash.n));
	issuer_serial = der_out_open(d, DER_SEQUENCE);
	names = der_out_open(d, DER_SEQUENCE);
	directory = der_out_open(d, DER_CONTEXT_0 + 4);
	der_out_raw(d, cert_issuer(c));
	der_out_close(d, directory);
	der_out_close(d, names);
	der_out_raw(d, cert_serial(c));
	der_out_close(d, issuer_serial);
	der_out_close(d, id);
	return true;
}

static bool
signing_cert_write(struct der_out *d, const struct cms_parts *parts, struct err *err)
{
	struct attribute_mark mark = attribute_open(d, oid_signing_cert_v2());
	size_t value = der_out_open(d, DER_SEQUENCE);
	size_t ids = der_out_open(d, DER_SEQUENCE);
	size_t n = parts->path_form ? parts->path->n : 1;

	for (size_t i = 0; i < n; i++)
		if (!cert_id_write(d, parts, parts->path->list[i], err))
			return false;
	der_out_close(d, ids);
	der_out_close(d, value);
	attribute_close(d, mark);
	return true;
}

bool
cms_attributes_build(const struct cms_parts *parts, uint8_t tag, struct buf *out,
    struct err *err)
{
	struct span list[OWN_ATTRIBUTES];
	size_t end[OWN_ATTRIBUTES], at = 0;
	struct buf each;
	struct der_out d;
	bool ok;

	buf_init(&each, CMS_BUILD_MAX);
	der_out_begin(&d, &each, err);
	content_type_write(&d);
	end[0] = each.n;
	signing_time_write(&d, parts->signing_time);
	end[1] = each.n;
	message_digest_write(&d, &parts->content);
	end[2] = each.n;
	ok = signing_cert_write(&d, parts, err) && der_out_end(&d);
	end[3] = each.n;
	for (size_t i = 0; ok && i < OWN_ATTRIBUTES; at = end[i++])
		list[i] = span_part(buf_span(&each), at, end[i] - at);
	if (ok) {
		der_out_begin(&d, out, err);
		der_out_set_of(&d, tag, list, OWN_ATTRIBUTES);
		ok = der_out_end(&d);
	}
	buf_clear(&each);
	return ok;
}

/* ---- the file ---- */

static void
certificates_write(struct der_out *d, const struct certs *path)
{
	struct span list[CERTS_MAX];

	for (size_t i = 0; i < path->n; i++)
		list[i] = cert_der(path->list[i]);
	der_out_set_of(d, DER_CONTEXT_0, list, path->n);
}

static void
signer_write(struct der_out *d, const struct cms_parts *parts, struct span attributes)
{
	size_t set = der_out_open(d, DER_SET);
	size_t signer = der_out_open(d, DER_SEQUENCE);

	der_out_small(d, 1);
	issuer_and_serial_write(d, parts->path->list[0]);
	der_out_raw(d, digest_algorithm_of(parts));
	der_out_raw(d, attributes);
	der_out_raw(d, signature_algorithm(parts->key, cms_digest_for(parts->key)));
	der_out_item(d, DER_OCTET_STRING, parts->signature);
	der_out_close(d, signer);
	der_out_close(d, set);
}

static void
signed_data_write(struct der_out *d, const struct cms_parts *parts,
    struct span attributes)
{
	size_t data = der_out_open(d, DER_SEQUENCE), opened;

	der_out_small(d, 1);
	opened = der_out_open(d, DER_SET);
	der_out_raw(d, digest_algorithm_of(parts));
	der_out_close(d, opened);
	opened = der_out_open(d, DER_SEQUENCE);
	der_out_raw(d, oid_data());
	der_out_close(d, opened);
	if (!parts->bare)
		certificates_write(d, parts->path);
	signer_write(d, parts, attributes);
	der_out_close(d, data);
}

bool
cms_file_build(const struct cms_parts *parts, struct buf *out, struct err *err)
{
	struct buf attributes;
	struct der_out d;
	size_t whole, explicit;
	bool ok;

	buf_init(&attributes, CMS_BUILD_MAX);
	ok = cms_attributes_build(parts, DER_CONTEXT_0, &attributes, err);
	if (ok) {
		der_out_begin(&d, out, err);
		whole = der_out_open(&d, DER_SEQUENCE);
		der_out_raw(&d, oid_signed_data());
		explicit = der_out_open(&d, DER_CONTEXT_0);
		signed_data_write(&d, parts, buf_span(&attributes));
		der_out_close(&d, explicit);
		der_out_close(&d, whole);
		ok = der_out_end(&d);
	}
	buf_clear(&attributes);
	return ok;
}
