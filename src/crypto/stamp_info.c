#include "crypto/stamp_internal.h"

#define SERIAL_OCTETS_MAX 20	/* RFC 3161 2.4.2: up to 160 bits */
#define NONCE_OCTETS_MAX 32	/* ours have 8; nobody needs more than a digest */
#define ACCURACY_SECONDS_MAX INT32_MAX	/* so that genTime + accuracy stays a number */

/* ---- genTime ---- */

static bool
digits(const uint8_t *p, size_t n, uint32_t *out)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		value = value * 10 + (p[i] - '0');
	}
	*out = value;
	return true;
}

/* ".123": 1 to 9 digits, the last not zero (X.690 11.7), as millionths rounded up. */
static bool
fraction_read(struct span s, uint32_t *millionths)
{
	uint32_t value;

	if (s.n < 2 || s.n > 10 || s.p[0] != '.' || s.p[s.n - 1] == '0' ||
	    !digits(s.p + 1, s.n - 1, &value))
		return false;
	for (size_t n = s.n - 1; n < 6; n++)
		value *= 10;
	for (size_t n = s.n - 1; n > 6; n--)
		value = value / 10 + (value % 10 != 0);
	*millionths = value;
	return true;
}

bool
gen_time_read(struct span body, int64_t *seconds, uint32_t *millionths)
{
	uint32_t year, f[5];

	if (body.n < 15 || body.p[body.n - 1] != 'Z' || !digits(body.p, 4, &year))
		return false;
	for (size_t i = 0; i < 5; i++)
		if (!digits(body.p + 4 + 2 * i, 2, &f[i]))
			return false;
	*millionths = 0;
	if (body.n > 15 &&
	    !fraction_read(span_part(body, 14, body.n - 15), millionths))
		return false;
	return when_from_civil(&(struct civil){ (int)year, (int)f[0], (int)f[1],
	    (int)f[2], (int)f[3], (int)f[4] }, seconds);
}

/* ---- accuracy ---- */

/* [n] 1..999, when it comes next. */
static bool
thousandths_read(struct der *d, uint8_t tag, uint64_t *out)
{
	struct der_item item;

	if (der_peek(d) != tag)
		return true;
	*d->wrong = d->at;
	return der_take(d, tag, &item) && der_small(item.body, 999, out) && *out > 0;
}

/* Accuracy as millionths; all its parts may be left out. */
static bool
accuracy_read(struct der *d, uint64_t *millionths)
{
	uint64_t seconds = 0, milli = 0, micro = 0;
	struct der_item item;
	struct der in;

	if (!der_enter(d, DER_SEQUENCE, &in))
		return false;
	if (der_peek(&in) == DER_INTEGER) {
		*in.wrong = in.at;
		if (!der_integer(&in, &item) ||
		    !der_small(item.body, ACCURACY_SECONDS_MAX, &seconds))
			return false;
	}
	if (!thousandths_read(&in, DER_CONTEXT_0_PRIMITIVE, &milli) ||
	    !thousandths_read(&in, DER_CONTEXT_0_PRIMITIVE + 1, &micro) ||
	    !der_end(&in))
		return false;
	*millionths = seconds * 1000000 + milli * 1000 + micro;
	return true;
}

static bool
time_walk(struct der *d, struct tst_info *out)
{
	uint64_t accuracy = 1000000;	/* none given: count a second */
	uint32_t fraction;
	struct der_item item;

	*d->wrong = d->at;
	if (!der_take(d, DER_GENERALIZED_TIME, &item) ||
	    !gen_time_read(item.body, &out->time, &fraction))
		return false;
	if (der_peek(d) == DER_SEQUENCE && !accuracy_read(d, &accuracy))
		return false;
	out->bound = out->time + (int64_t)((fraction + accuracy + 999999) / 1000000);
	return true;
}

/* ---- the other fields ---- */

static bool
imprint_walk(struct der *d, struct tst_info *out)
{
	static const size_t lengths[] = { [DIGEST_SHA256] = 32, [DIGEST_SHA384] = 48,
		[DIGEST_SHA512] = 64 };
	struct der_item algorithm, hash;
	struct der in;

	*d->wrong = d->at;
	if (!der_enter(d, DER_SEQUENCE, &in) ||
	    !der_take(&in, DER_SEQUENCE, &algorithm) ||
	    !der_take(&in, DER_OCTET_STRING, &hash) || !der_end(&in))
		return false;
	*d->wrong = algorithm.at;
	out->imprint = hash.body;
	return digest_algorithm_kind(algorithm.whole, &out->imprint_kind) &&
	    (span_eq(algorithm.whole, digest_algorithm(out->imprint_kind, true)) ||
	    span_eq(algorithm.whole, digest_algorithm(out->imprint_kind, false))) &&
	    hash.body.n == lengths[out->imprint_kind];
}

static bool
serial_walk(struct der *d, struct tst_info *out)
{
	struct der_item item;
	struct span magnitude;

	*d->wrong = d->at;
	if (!der_integer(d, &item))
		return false;
	out->serial = item.body;
	return item.body.n <= SERIAL_OCTETS_MAX &&
	    der_magnitude(item.body, &magnitude) && magnitude.n > 0;
}

/* BOOLEAN; an explicit FALSE is no DER, but it is signed as it is. */
static bool
boolean_walk(struct der *d, bool *out)
{
	struct der_item item;

	*d->wrong = d->at;
	if (!der_take(d, DER_BOOLEAN, &item) || item.body.n != 1 ||
	    (item.body.p[0] != 0 && item.body.p[0] != 0xFF))
		return false;
	*out = item.body.p[0] != 0;
	return true;
}

/* [0] { GeneralName }: a directoryName is [4] { Name }. */
static bool
tsa_walk(struct der *d, struct tst_info *out)
{
	struct der in, directory;
	struct der_item name;

	if (!der_enter(d, DER_CONTEXT_0, &in))
		return false;
	if (der_peek(&in) != DER_CONTEXT_0 + 4)
		return der_any(&in, &name) && der_end(&in);
	if (!der_enter(&in, DER_CONTEXT_0 + 4, &directory) || !der_end(&in) ||
	    !der_take(&directory, DER_SEQUENCE, &name))
		return false;
	out->tsa = name.whole;
	return der_end(&directory);
}

/* [1]: none may be critical, for we know none (an EU qualified statement is not). */
static bool
extensions_walk(struct der *d)
{
	struct der list, one;
	struct der_item item;

	if (!der_enter(d, DER_CONTEXT_0 + 1, &list))
		return false;
	while (der_more(&list)) {
		bool critical = false;

		if (!der_enter(&list, DER_SEQUENCE, &one) ||
		    !der_take(&one, DER_OID, &item) ||
		    (der_peek(&one) == DER_BOOLEAN && !boolean_walk(&one, &critical)) ||
		    critical || !der_take(&one, DER_OCTET_STRING, &item) ||
		    !der_end(&one))
			return false;
	}
	return true;
}

/* What may follow genTime and accuracy. */
static bool
options_walk(struct der *d, struct tst_info *out)
{
	struct der_item nonce;
	bool ordering;

	if (der_peek(d) == DER_BOOLEAN && !boolean_walk(d, &ordering))
		return false;
	if (der_peek(d) == DER_INTEGER) {
		*d->wrong = d->at;
		if (!der_integer(d, &nonce) || nonce.body.n > NONCE_OCTETS_MAX)
			return false;
	}
	if (der_peek(d) == DER_CONTEXT_0 && !tsa_walk(d, out))
		return false;
	if (der_peek(d) == DER_CONTEXT_0 + 1 && !extensions_walk(d))
		return false;
	return der_end(d);
}

bool
tst_info_walk(struct span file, const struct der_item *octets, struct tst_info *out,
    size_t *wrong)
{
	static const uint8_t version_1[] = { DER_INTEGER, 1, 1 };
	struct der whole = der_of(file, wrong), d = der_inside(&whole, octets), in;
	struct der_item policy;

	*out = (struct tst_info){ .time = 0 };
	*wrong = octets->at;
	if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) ||
	    !der_same(&in, span_of(version_1, sizeof version_1)) ||
	    !der_take(&in, DER_OID, &policy))
		return false;
	out->policy = policy.body;
	return imprint_walk(&in, out) && serial_walk(&in, out) &&
	    time_walk(&in, out) && options_walk(&in, out);
}
