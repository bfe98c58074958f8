/*
 * The SignatureValue octets.  An ECDSA value (r, s) has a twin (r, n - s) that
 * verifies as well; ours are the small one, so that each signature has one
 * spelling (formats/cms-strict.md section 1, "why small s").
 */
#include "crypto/signed_file.h"

#include <openssl/bn.h>

#include "crypto/library.h"

/* Orders of the curves' groups, FIPS 186-5 / SP 800-186. */
static const uint8_t p256_order[32] = {
	0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00,
	0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
	0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84,
	0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
};
static const uint8_t p384_order[48] = {
	0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
	0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
	0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
	0xC7, 0x63, 0x4D, 0x81, 0xF4, 0x37, 0x2D, 0xDF,
	0x58, 0x1A, 0x0D, 0xB2, 0x48, 0xB0, 0xA7, 0x7A,
	0xEC, 0xEC, 0x19, 0x6A, 0xCC, 0xC5, 0x29, 0x73,
};

static struct span
order_of(enum key_kind key)
{
	return key == KEY_P384 ? span_of(p384_order, sizeof p384_order) :
	    span_of(p256_order, sizeof p256_order);
}

/* SEQUENCE { INTEGER r, INTEGER s }, both >= 0, as magnitudes. */
static bool
pair_read(struct span value, struct span *r, struct span *s)
{
	size_t wrong = 0;
	struct der d = der_of(value, &wrong), in;
	struct der_item first, second;

	return der_enter(&d, DER_SEQUENCE, &in) && der_end(&d) &&
	    der_integer(&in, &first) && der_integer(&in, &second) &&
	    der_end(&in) && der_magnitude(first.body, r) &&
	    der_magnitude(second.body, s);
}

/* Numbers without leading zeros: the longer one is greater. */
static bool
below(struct span a, struct span b)
{
	return a.n != b.n ? a.n < b.n : span_cmp(a, b) < 0;
}

static enum value_form
pair_form(enum key_kind key, struct span value)
{
	struct span order = order_of(key), r, s;
	BIGNUM *n, *twice;
	enum value_form form = VALUE_FAILED;

	if (!pair_read(value, &r, &s) || r.n == 0 || s.n == 0 || !below(r, order) ||
	    !below(s, order))
		return VALUE_FORM;
	n = BN_bin2bn(order.p, (int)order.n, NULL);
	twice = BN_bin2bn(s.p, (int)s.n, NULL);
	/* s > n/2 is 2s > n: n is odd, so the two are never equal. */
	if (n != NULL && twice != NULL && BN_lshift1(twice, twice) == 1)
		form = BN_cmp(twice, n) > 0 ? VALUE_MIRRORED : VALUE_OK;
	BN_free(n);
	BN_free(twice);
	return form;
}

enum value_form
signature_value_form(enum key_kind key, size_t modulus_n, struct span value)
{
	switch (key) {
	case KEY_P256:
	case KEY_P384:
		return pair_form(key, value);
	case KEY_RSA:
		return value.n == modulus_n ? VALUE_OK : VALUE_FORM;
	case KEY_ED25519:
	case KEY_OTHER:
		break;
	}
	return VALUE_FORM;
}

/* n - s, for 1 <= s < n. */
static bool
mirror(struct span order, struct span s, uint8_t out[48], struct err *err)
{
	BIGNUM *n = BN_bin2bn(order.p, (int)order.n, NULL);
	BIGNUM *other = BN_bin2bn(s.p, (int)s.n, NULL);
	bool ok;

	ok = n != NULL && other != NULL && BN_sub(other, n, other) == 1 &&
	    BN_bn2binpad(other, out, (int)order.n) == (int)order.n;
	BN_free(n);
	BN_free(other);
	return ok || library_failed(err, "the other spelling of a signature");
}

bool
signature_value_small(enum key_kind key, struct span value, struct buf *out,
    struct err *err)
{
	enum value_form form = signature_value_form(key, 0, value);
	uint8_t mirrored[48];
	struct der_out d;
	struct span r, s;
	size_t opened;

	if (form == VALUE_OK)
		return buf_add(out, value, err);
	if (form != VALUE_MIRRORED || !pair_read(value, &r, &s))
		return library_failed(err, "a signature of the expected form");
	if (!mirror(order_of(key), s, mirrored, err))
		return false;
	der_out_begin(&d, out, err);
	opened = der_out_open(&d, DER_SEQUENCE);
	der_out_magnitude(&d, r);
	der_out_magnitude(&d, span_of(mirrored, order_of(key).n));
	der_out_close(&d, opened);
	return der_out_end(&d);
}
