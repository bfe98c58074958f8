#include "crypto/signed_file.h"

#include <string.h>

#define SPAN_OF_ARRAY(a) span_of(a, sizeof(a))

/* ---- constants ---- */

struct span
oid_signed_data(void)
{
	static const uint8_t b[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x07, 0x02 };

	return SPAN_OF_ARRAY(b);
}

struct span
oid_data(void)
{
	static const uint8_t b[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x07, 0x01 };

	return SPAN_OF_ARRAY(b);
}

struct span
oid_tst_info(void)
{
	static const uint8_t b[] = { 0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x09, 0x10, 0x01, 0x04 };

	return SPAN_OF_ARRAY(b);
}

struct span
oid_content_type(void)
{
	static const uint8_t b[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x09, 0x03 };

	return SPAN_OF_ARRAY(b);
}

struct span
oid_message_digest(void)
{
	static const uint8_t b[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x09, 0x04 };

	return SPAN_OF_ARRAY(b);
}

struct span
oid_signing_time(void)
{
	static const uint8_t b[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x09, 0x05 };

	return SPAN_OF_ARRAY(b);
}

struct span
oid_signing_cert_v1(void)
{
	static const uint8_t b[] = { 0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x09, 0x10, 0x02, 0x0C };

	return SPAN_OF_ARRAY(b);
}

struct span
oid_signing_cert_v2(void)
{
	static const uint8_t b[] = { 0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
		0x01, 0x09, 0x10, 0x02, 0x2F };

	return SPAN_OF_ARRAY(b);
}

/* SHA-2 algorithm names differ in one byte (2.16.840.1.101.3.4.2.x). */
static const uint8_t sha2_plain[][13] = {
	{ 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 1 },
	{ 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 2 },
	{ 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 3 },
};
static const uint8_t sha2_null[][15] = {
	{ 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 1, 5, 0 },
	{ 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 2, 5, 0 },
	{ 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 3, 5, 0 },
};
static const enum digest_kind sha2_kinds[] = { DIGEST_SHA256, DIGEST_SHA384,
	DIGEST_SHA512 };

struct span
digest_algorithm(enum digest_kind kind, bool with_null)
{
	for (size_t i = 0; i < 3; i++)
		if (sha2_kinds[i] == kind)
			return with_null ? SPAN_OF_ARRAY(sha2_null[i]) :
			    SPAN_OF_ARRAY(sha2_plain[i]);
	return span_of(NULL, 0);
}

bool
digest_algorithm_kind(struct span whole, enum digest_kind *out)
{
	size_t wrong;
	struct der d = der_of(whole, &wrong), in;
	struct der_item oid;

	if (!der_enter(&d, DER_SEQUENCE, &in) || !der_take(&in, DER_OID, &oid))
		return false;
	for (size_t i = 0; i < 3; i++)
		if (span_eq(oid.whole, span_from(SPAN_OF_ARRAY(sha2_plain[i]), 2))) {
			*out = sha2_kinds[i];
			return true;
		}
	return false;
}

struct span
signature_algorithm(enum key_kind key, enum digest_kind digest)
{
	static const uint8_t rsa[] = { 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
		0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00 };
	static const uint8_t ecdsa[][12] = {
		{ 0x30, 0x0A, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2 },
		{ 0x30, 0x0A, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3 },
		{ 0x30, 0x0A, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 4 },
	};

	if (key == KEY_RSA)
		return SPAN_OF_ARRAY(rsa);
	if (key != KEY_P256 && key != KEY_P384)
		return span_of(NULL, 0);
	for (size_t i = 0; i < 3; i++)
		if (sha2_kinds[i] == digest)
			return SPAN_OF_ARRAY(ecdsa[i]);
	return span_of(NULL, 0);
}

/* ---- the walk ---- */

bool
signed_file_whole(struct span file, size_t *wrong)
{
	struct der d = der_of(file, wrong);
	struct der_item item;

	*wrong = 0;
	if (file.n > CMS_FILE_MAX) {
		*wrong = CMS_FILE_MAX;
		return false;
	}
	return der_take(&d, DER_SEQUENCE, &item) && der_end(&d);
}

/* SET { AlgorithmIdentifier }: what is in it is compared after the rebuild. */
static bool
digest_set_walk(struct der *d)
{
	struct der set;
	struct der_item one;

	return der_enter(d, DER_SET, &set) && der_take(&set, DER_SEQUENCE, &one) &&
	    der_end(&set);
}

static bool
certs_walk(struct der *d, struct signed_file *out)
{
	struct der set;
	struct der_item item;

	if (!der_enter(d, DER_CONTEXT_0, &set))
		return false;
	out->certs_at = set.at;
	out->certs_n = 0;
	while (der_more(&set)) {
		if (!der_take(&set, DER_SEQUENCE, &item))
			return false;
		if (out->certs_n < CMS_CERTS_MAX)
			out->certs[out->certs_n] = item.whole;
		out->certs_n++;
	}
	return true;
}

/* SET { SignerInfo }, one. */
static bool
signer_walk(struct der *d, struct signed_file *out)
{
	struct der set, in;
	struct der_item item;

	return der_enter(d, DER_SET, &set) && der_enter(&set, DER_SEQUENCE, &in) &&
	    der_end(&set) && der_integer(&in, &item) &&
	    der_take(&in, DER_SEQUENCE, &item) &&	/* issuer and serial */
	    der_take(&in, DER_SEQUENCE, &out->digest) &&
	    der_take(&in, DER_CONTEXT_0, &out->attributes) &&
	    der_take(&in, DER_SEQUENCE, &item) &&	/* signature algorithm */
	    der_take(&in, DER_OCTET_STRING, &out->signature) && der_end(&in);
}

bool
signed_file_walk(struct span file, struct signed_file *out, size_t *wrong)
{
	struct der d = der_of(file, wrong), in, explicit, data;
	struct der_item item;

	*wrong = 0;
	return der_enter(&d, DER_SEQUENCE, &in) && der_end(&d) &&
	    der_take(&in, DER_OID, &item) &&
	    der_enter(&in, DER_CONTEXT_0, &explicit) && der_end(&in) &&
	    der_enter(&explicit, DER_SEQUENCE, &data) && der_end(&explicit) &&
	    der_integer(&data, &item) && digest_set_walk(&data) &&
	    der_take(&data, DER_SEQUENCE, &out->content) &&
	    certs_walk(&data, out) && signer_walk(&data, out) && der_end(&data);
}

/* A walk inside an element that was found before, with the file's offsets. */
static struct der
der_again(struct span file, const struct der_item *item, size_t *wrong)
{
	struct der whole = der_of(file, wrong);

	return der_inside(&whole, item);
}

static bool
attribute_walk(struct der *d, struct attribute *out)
{
	struct der in, set;
	struct der_item item, oid;
	struct der before = *d;

	if (!der_take(d, DER_SEQUENCE, &item))
		return false;
	in = der_inside(&before, &item);
	out->whole = item.whole;
	if (!der_take(&in, DER_OID, &oid) || !der_enter(&in, DER_SET, &set) ||
	    !der_end(&in) || !der_any(&set, &out->value))
		return false;
	out->oid = oid.whole;
	return der_end(&set);
}

bool
attributes_walk(struct span file, const struct der_item *set, struct attributes *out,
    size_t *wrong)
{
	struct der d = der_again(file, set, wrong);

	out->n = 0;
	while (der_more(&d)) {
		if (out->n == ATTRIBUTES_MAX) {
			*wrong = d.at;
			return false;
		}
		if (!attribute_walk(&d, &out->list[out->n]))
			return false;
		out->n++;
	}
	return true;
}

const struct attribute *
attributes_find(const struct attributes *as, struct span oid)
{
	for (size_t i = 0; i < as->n; i++)
		if (span_eq(as->list[i].oid, oid))
			return &as->list[i];
	return NULL;
}

/* ESSCertID or ESSCertIDv2 (RFC 5035): the hash, and what made it. */
static bool
cert_id_walk(struct der *ids, bool v2, struct span *hash, enum digest_kind *kind)
{
	struct der id;
	struct der_item item;

	if (!der_enter(ids, DER_SEQUENCE, &id))
		return false;
	*kind = v2 ? DIGEST_SHA256 : DIGEST_SHA1;
	if (v2 && der_peek(&id) == DER_SEQUENCE) {
		*id.wrong = id.at;
		if (!der_take(&id, DER_SEQUENCE, &item) ||
		    !digest_algorithm_kind(item.whole, kind))
			return false;
	}
	if (!der_take(&id, DER_OCTET_STRING, &item))
		return false;
	*hash = item.body;
	/* IssuerSerial may be left out. */
	return !der_more(&id) ||
	    (der_take(&id, DER_SEQUENCE, &item) && der_end(&id));
}

bool
signing_cert_walk(struct span file, const struct der_item *value, bool v2,
    struct span *first, enum digest_kind *kind, size_t *n, size_t *wrong)
{
	struct der d, ids;
	enum digest_kind later;
	struct span hash;

	*wrong = value->at;
	if (value->tag != DER_SEQUENCE)
		return false;
	d = der_again(file, value, wrong);
	/* What may follow (policies) is signed, and nothing we rely on. */
	if (!der_enter(&d, DER_SEQUENCE, &ids) ||
	    !cert_id_walk(&ids, v2, first, kind))
		return false;
	for (*n = 1; der_more(&ids); (*n)++)
		if (!cert_id_walk(&ids, v2, &hash, &later))
			return false;
	return true;
}

/* ---- certificates inside ---- */

static bool
inside_decode(const struct inside_known *known, struct span der, struct cert **out,
    struct err *err)
{
	for (size_t i = 0; known->path != NULL && i < known->path->n; i++)
		if (span_eq(cert_der(known->path->list[i]), der)) {
			*out = cert_hold(known->path->list[i]);
			return true;
		}
	return memo_cert(known->memo, out, der, err);
}

static enum inside_state
inside_read_one(const struct inside_known *known, struct span der, struct certs *out,
    bool alone, struct err *err)
{
	struct err why = ERR_INIT;
	struct cert *c = NULL;

	if (!inside_decode(known, der, &c, &why)) {
		if (why.kind == ERR_INPUT || why.kind == ERR_LIMIT)
			return INSIDE_WRONG;
		if (err != NULL)
			*err = why;
		return INSIDE_FAILED;
	}
	if (!cert_shape_strict(c) || (!alone && cert_self_issued(c)) ||
	    certs_find(out, c) != NULL) {
		cert_free(c);
		return INSIDE_WRONG;
	}
	out->list[out->n++] = c;
	return INSIDE_OK;
}

enum inside_state
inside_read(const struct signed_file *f, const struct inside_known *known,
    struct certs *out, size_t *wrong, struct err *err)
{
	enum inside_state state;

	*wrong = f->certs_at;
	if (f->certs_n == 0 || f->certs_n > CMS_CERTS_MAX)
		return INSIDE_WRONG;
	for (size_t i = 0; i < f->certs_n; i++) {
		state = inside_read_one(known, f->certs[i], out, f->certs_n == 1,
		    err);
		if (state != INSIDE_OK)
			return state;
		*wrong += f->certs[i].n;
	}
	return INSIDE_OK;
}

bool
inside_in_order(const struct certs *cs)
{
	for (size_t i = 1; i < cs->n; i++)
		if (!cert_issued_by(cs->list[i - 1], cs->list[i]))
			return false;
	return true;
}

static void
swap(struct certs *cs, size_t a, size_t b)
{
	struct cert *c = cs->list[a];

	cs->list[a] = cs->list[b];
	cs->list[b] = c;
}

bool
inside_order(struct certs *cs, size_t first)
{
	swap(cs, 0, first);
	for (size_t at = 1; at < cs->n; at++) {
		size_t next = at;

		while (next < cs->n &&
		    !cert_issued_by(cs->list[at - 1], cs->list[next]))
			next++;
		if (next == cs->n)
			return false;
		swap(cs, at, next);
	}
	return true;
}

/* ---- writing ---- */

void
issuer_and_serial_write(struct der_out *d, const struct cert *c)
{
	size_t opened = der_out_open(d, DER_SEQUENCE);

	der_out_raw(d, cert_issuer(c));
	der_out_raw(d, cert_serial(c));
	der_out_close(d, opened);
}

struct attribute_mark
attribute_open(struct der_out *d, struct span oid)
{
	struct attribute_mark mark;

	mark.sequence = der_out_open(d, DER_SEQUENCE);
	der_out_raw(d, oid);
	mark.set = der_out_open(d, DER_SET);
	return mark;
}

void
attribute_close(struct der_out *d, struct attribute_mark mark)
{
	der_out_close(d, mark.set);
	der_out_close(d, mark.sequence);
}

size_t
first_difference(struct span a, struct span b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	return i;
}

/* ---- OpenSSL ---- */

static int
path_is_judged_elsewhere(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

X509_STORE *
store_for_value_only(const struct cert *top)
{
	X509_STORE *store = X509_STORE_new();

	if (store == NULL)
		return NULL;
	if (X509_STORE_add_cert(store, cert_x509(top)) != 1 ||
	    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN |
	    X509_V_FLAG_NO_CHECK_TIME) != 1) {
		X509_STORE_free(store);
		return NULL;
	}
	X509_STORE_set_verify_cb(store, path_is_judged_elsewhere);
	return store;
}
