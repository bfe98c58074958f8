#include "crypto/bech32.h"

#include <assert.h>
#include <string.h>

static const char lower_digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static const char upper_digits[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

#define CHECK_DIGITS 6

/* BIP-173: one more 5-bit value into the checksum. */
static uint32_t
check_add(uint32_t check, unsigned value)
{
	static const uint32_t generator[] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3,
	};
	uint32_t top = check >> 25;

	check = (check & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		if (top >> i & 1)
			check ^= generator[i];
	return check;
}

/* The prefix takes part in the checksum: its high bits, a zero, its low bits. */
static uint32_t
check_prefix(const char *prefix)
{
	uint32_t check = 1;

	for (const char *c = prefix; *c != '\0'; c++)
		check = check_add(check, (unsigned char)*c >> 5);
	check = check_add(check, 0);
	for (const char *c = prefix; *c != '\0'; c++)
		check = check_add(check, (unsigned char)*c & 31);
	return check;
}

static char
letter(char c, enum bech32_case letters)
{
	if (letters == BECH32_UPPER && c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c;
}

void
bech32_encode(struct bech32_text *out, const char *prefix, struct span data,
    enum bech32_case letters)
{
	const char *digits = letters == BECH32_UPPER ? upper_digits : lower_digits;
	uint32_t check = check_prefix(prefix), bits = 0;
	size_t at = strlen(prefix);
	unsigned have = 0;

	assert(at + 1 + (data.n * 8 + 4) / 5 + CHECK_DIGITS < BECH32_TEXT_MAX);
	for (size_t i = 0; i < at; i++)
		out->s[i] = letter(prefix[i], letters);
	out->s[at++] = '1';
	for (size_t i = 0; i < data.n; i++) {
		bits = bits << 8 | data.p[i];
		for (have += 8; have >= 5; have -= 5) {
			out->s[at++] = digits[bits >> (have - 5) & 31];
			check = check_add(check, bits >> (have - 5) & 31);
		}
	}
	if (have > 0) {
		out->s[at++] = digits[bits << (5 - have) & 31];
		check = check_add(check, bits << (5 - have) & 31);
	}
	for (unsigned i = 0; i < CHECK_DIGITS; i++)
		check = check_add(check, 0);
	check ^= 1;
	for (unsigned i = CHECK_DIGITS; i-- > 0;)
		out->s[at++] = digits[check >> (5 * i) & 31];
	out->s[at] = '\0';
	mem_wipe(&bits, sizeof bits);
}

/* The prefix and its separator, in this case; what follows is in *rest. */
static bool
prefix_take(struct span text, const char *prefix, enum bech32_case letters,
    struct span *rest)
{
	size_t n = strlen(prefix);

	if (text.n < n + 1 || text.p[n] != '1')
		return false;
	for (size_t i = 0; i < n; i++)
		if (text.p[i] != (uint8_t)letter(prefix[i], letters))
			return false;
	*rest = span_from(text, n + 1);
	return true;
}

bool
bech32_decode(struct span text, const char *prefix, enum bech32_case letters,
    uint8_t *out, size_t n)
{
	const char *digits = letters == BECH32_UPPER ? upper_digits : lower_digits;
	uint32_t check = check_prefix(prefix), bits = 0;
	size_t at = 0, data_digits;
	unsigned have = 0;
	bool ok = false;

	if (!prefix_take(text, prefix, letters, &text))
		return false;
	data_digits = (n * 8 + 4) / 5;
	if (text.n != data_digits + CHECK_DIGITS)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *d = memchr(digits, text.p[i], 32);
		unsigned value;

		if (d == NULL)
			goto out;
		value = (unsigned)(d - digits);
		check = check_add(check, value);
		if (i >= data_digits)
			continue;
		bits = bits << 5 | value;
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[at++] = (uint8_t)(bits >> have);
		}
	}
	/* Bits that fill the last digit are zero: one spelling a value. */
	ok = check == 1 && (bits & ((1u << have) - 1)) == 0;
out:
	mem_wipe(&bits, sizeof bits);
	if (!ok)
		mem_wipe(out, n);
	return ok;
}

#define BECH32M_CHECK 0x2bc830a3u	/* BIP-350 */

bool
bech32_values(struct span text, const char *prefix, enum bech32_case letters,
    uint8_t *out, size_t max, size_t *n, enum bech32_sum *sum)
{
	const char *digits = letters == BECH32_UPPER ? upper_digits : lower_digits;
	uint32_t check = check_prefix(prefix);

	if (!prefix_take(text, prefix, letters, &text) || text.n < CHECK_DIGITS ||
	    text.n - CHECK_DIGITS > max)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *d = memchr(digits, text.p[i], 32);

		if (d == NULL)
			return false;
		check = check_add(check, (unsigned)(d - digits));
		if (i < text.n - CHECK_DIGITS)
			out[i] = (uint8_t)(d - digits);
	}
	if (check != 1 && check != BECH32M_CHECK)
		return false;
	*n = text.n - CHECK_DIGITS;
	*sum = check == 1 ? BECH32_SUM : BECH32M_SUM;
	return true;
}
