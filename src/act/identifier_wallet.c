/* Addresses of crypto-assets, with the checksum of each network. */
#include "act/identifier.h"

#include <string.h>

#include "crypto/bech32.h"
#include "crypto/digest.h"

#define BASE58_BYTES 25		/* version, 20 bytes, 4 bytes of checksum */
#define BASE58_TEXT_MAX 35	/* characters 25 bytes can take */

static bool
bad(struct identifier_result *out, const char *reason, const char *text)
{
	return identifier_say(out, IDENTIFIER_BAD, reason, text);
}

/* ---- Base58Check ---- */

/* Exactly 25 bytes in their one spelling: a leading '1' is a leading zero byte. */
static bool
base58_decode(const char *s, uint8_t out[BASE58_BYTES])
{
	static const char digits[] =
	    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	size_t n = strlen(s), ones = strspn(s, "1"), zeros = 0;

	if (n == 0 || n > BASE58_TEXT_MAX)
		return false;
	memset(out, 0, BASE58_BYTES);
	for (size_t i = 0; i < n; i++) {
		const char *d = memchr(digits, s[i], 58);
		unsigned carry;

		if (d == NULL)
			return false;
		carry = (unsigned)(d - digits);
		for (size_t k = BASE58_BYTES; k-- > 0; carry >>= 8) {
			carry += out[k] * 58u;
			out[k] = (uint8_t)carry;
		}
		if (carry != 0)
			return false;
	}
	while (zeros < BASE58_BYTES && out[zeros] == 0)
		zeros++;
	return ones == zeros;
}

/* The first four bytes of SHA-256 of SHA-256. */
static bool
base58_check(const uint8_t b[BASE58_BYTES], bool *fits, struct err *err)
{
	struct digest once, twice;

	if (!digest_of(span_of(b, BASE58_BYTES - 4), &once, err) ||
	    !digest_of(digest_span(&once), &twice, err))
		return false;
	*fits = memcmp(twice.b, b + BASE58_BYTES - 4, 4) == 0;
	return true;
}

/* versions: the first bytes an address of this network can have. */
static bool
base58_address(const char *s, struct span versions, struct identifier_result *out,
    struct err *err)
{
	uint8_t b[BASE58_BYTES];
	bool fits = false;

	if (!base58_decode(s, b)) {
		(void)bad(out, "identifier.wallet",
		    "is no address of this network: a character or its length is wrong");
		return true;
	}
	if (!base58_check(b, &fits, err))
		return false;
	if (!fits)
		(void)bad(out, "identifier.checksum",
		    "is no address: its checksum does not fit; a character is mistyped");
	else if (memchr(versions.p, b[0], versions.n) == NULL)
		(void)bad(out, "identifier.network",
		    "is an address of another network than its service says");
	return true;
}

/* ---- bitcoin ---- */

#define WITNESS_MAX 40		/* bytes of a witness program (BIP 141) */
#define WITNESS_VALUES (1 + (WITNESS_MAX * 8 + 4) / 5)

/* Values of 5 bits are whole bytes, and the bits left over are zero (BIP 173). */
static bool
program_bytes(size_t values, unsigned last, size_t *bytes)
{
	size_t left = values * 5 % 8;

	*bytes = values * 5 / 8;
	return left < 5 && (last & ((1u << left) - 1)) == 0;
}

/* A witness version and its program: version 0 by Bech32, later by Bech32m. */
static bool
witness_valid(const uint8_t *v, size_t n, enum bech32_sum sum)
{
	size_t bytes;

	if (n < 2 || v[0] > 16 || !program_bytes(n - 1, v[n - 1], &bytes) ||
	    bytes < 2 || bytes > WITNESS_MAX)
		return false;
	return v[0] == 0 ? sum == BECH32_SUM && (bytes == 20 || bytes == 32) :
	    sum == BECH32M_SUM;
}

static void
segwit(const char *s, struct identifier_result *out)
{
	uint8_t v[WITNESS_VALUES];
	enum bech32_case letters = s[0] == 'B' ? BECH32_UPPER : BECH32_LOWER;
	enum bech32_sum sum;
	size_t n;

	if (!bech32_values(span_text(s), "bc", letters, v, sizeof v, &n, &sum))
		(void)bad(out, "identifier.checksum",
		    "is no bitcoin address: its checksum does not fit; a character is "
		    "mistyped");
	else if (!witness_valid(v, n, sum))
		(void)bad(out, "identifier.wallet",
		    "is no bitcoin address: its witness program has no right form");
}

static bool
bitcoin(const char *s, struct identifier_result *out, struct err *err)
{
	static const uint8_t versions[] = { 0x00, 0x05 };	/* P2PKH, P2SH */

	if (strncmp(s, "bc1", 3) != 0 && strncmp(s, "BC1", 3) != 0)
		return base58_address(s, span_of(versions, sizeof versions), out, err);
	segwit(s, out);
	return true;
}

/* ---- the others ---- */

static bool
tron(const char *s, struct identifier_result *out, struct err *err)
{
	static const uint8_t version[] = { 0x41 };

	return base58_address(s, span_of(version, sizeof version), out, err);
}

static bool
ethereum(const char *s, struct identifier_result *out, struct err *err)
{
	(void)err;
	if (strncmp(s, "0x", 2) != 0 || strlen(s) != 42 ||
	    strspn(s + 2, "0123456789abcdefABCDEF") != 40)
		(void)bad(out, "identifier.wallet",
		    "is no ethereum address: write 0x and 40 hexadecimal digits");
	return true;
}

bool
identifier_wallet(const char *s, const char *network, struct identifier_result *out,
    struct err *err)
{
	if (strcmp(network, "bitcoin") == 0)
		return bitcoin(s, out, err);
	if (strcmp(network, "ethereum") == 0)
		return ethereum(s, out, err);
	if (strcmp(network, "tron") == 0)
		return tron(s, out, err);
	(void)bad(out, "identifier.network",
	    "is of a network whose addresses are not known: write bitcoin, ethereum or "
	    "tron as its service, or take the type \"other\"");
	return true;
}
