/*
 * The builder of time-stamp files (formats/cms-strict.md section 2, top to bottom),
 * and the query that asks for one.
 */
#include "crypto/stamp_internal.h"

#include "crypto/digest.h"

#define NONCE_BYTES 8		/* 64 random bits */

static void
content_write(struct der_out *d, struct span tst_info)
{
	size_t content = der_out_open(d, DER_SEQUENCE), explicit;

	der_out_raw(d, oid_tst_info());
	explicit = der_out_open(d, DER_CONTEXT_0);
	der_out_item(d, DER_OCTET_STRING, tst_info);
	der_out_close(d, explicit);
	der_out_close(d, content);
}

static void
signer_write(struct der_out *d, const struct stamp_parts *parts)
{
	size_t set = der_out_open(d, DER_SET);
	size_t signer = der_out_open(d, DER_SEQUENCE);

	der_out_small(d, 1);
	issuer_and_serial_write(d, parts->path->list[0]);
	der_out_raw(d, digest_algorithm(parts->digest, true));
	der_out_item(d, DER_CONTEXT_0, parts->attributes);
	der_out_raw(d, signature_algorithm(parts->key, parts->digest));
	der_out_item(d, DER_OCTET_STRING, parts->signature);
	der_out_close(d, signer);
	der_out_close(d, set);
}

static void
signed_data_write(struct der_out *d, const struct stamp_parts *parts)
{
	size_t data = der_out_open(d, DER_SEQUENCE), opened;

	der_out_small(d, 3);
	opened = der_out_open(d, DER_SET);
	der_out_raw(d, digest_algorithm(parts->digest, true));
	der_out_close(d, opened);
	content_write(d, parts->tst_info);
	opened = der_out_open(d, DER_CONTEXT_0);
	for (size_t i = 0; i < parts->path->n; i++)
		der_out_raw(d, cert_der(parts->path->list[i]));
	der_out_close(d, opened);
	signer_write(d, parts);
	der_out_close(d, data);
}

bool
stamp_file_build(const struct stamp_parts *parts, struct buf *out, struct err *err)
{
	struct der_out d;
	size_t whole, explicit;

	der_out_begin(&d, out, err);
	whole = der_out_open(&d, DER_SEQUENCE);
	der_out_raw(&d, oid_signed_data());
	explicit = der_out_open(&d, DER_CONTEXT_0);
	signed_data_write(&d, parts);
	der_out_close(&d, explicit);
	der_out_close(&d, whole);
	return der_out_end(&d);
}

/* TimeStampReq, RFC 3161 2.4.1. */
bool
stamp_query_make(struct world *w, struct span of, struct buf *out, struct err *err)
{
	static const uint8_t yes = 0xFF;
	uint8_t nonce[NONCE_BYTES];
	struct wide_digest imprint;
	struct der_out d;
	size_t request, opened;

	if (!digest_wide(DIGEST_SHA256, of, &imprint, err) ||
	    !world_random(w, nonce, sizeof nonce, err))
		return false;
	der_out_begin(&d, out, err);
	request = der_out_open(&d, DER_SEQUENCE);
	der_out_small(&d, 1);
	opened = der_out_open(&d, DER_SEQUENCE);
	der_out_raw(&d, digest_algorithm(DIGEST_SHA256, true));
	der_out_item(&d, DER_OCTET_STRING, span_of(imprint.b, imprint.n));
	der_out_close(&d, opened);
	der_out_magnitude(&d, span_of(nonce, sizeof nonce));
	der_out_item(&d, DER_BOOLEAN, span_of(&yes, 1));	/* certReq */
	der_out_close(&d, request);
	return der_out_end(&d);
}
