/*
 * bech32: bytes as text with a checksum (BIP-173, checksum constant 1), as age
 * writes recipients and identities: no limit of 90 characters, one case only.
 * No memory is taken and nothing is left behind: identities pass through here.
 */
#ifndef COMITY_CRYPTO_BECH32_H
#define COMITY_CRYPTO_BECH32_H

#include "base/base.h"

#define BECH32_TEXT_MAX 128	/* with the NUL: 32 bytes under our prefixes take under 80 */

enum bech32_case { BECH32_LOWER, BECH32_UPPER };

struct bech32_text {
	char s[BECH32_TEXT_MAX];
};

/* prefix in lower case; it and the data must fit BECH32_TEXT_MAX (asserted). */
void bech32_encode(struct bech32_text *out, const char *prefix, struct span data,
    enum bech32_case letters);

/*
 * True when text is what bech32_encode writes for this prefix, this case and some
 * n bytes; they are then in out.
 */
MUST bool bech32_decode(struct span text, const char *prefix,
    enum bech32_case letters, uint8_t *out, size_t n);

/*
 * Addresses use two checksums: the constant 1 (BIP-173) or 0x2bc830a3 (Bech32m,
 * BIP-350).  True when text has one of them: its values of 5 bits, at most max, are
 * in out, and which checksum it was in *sum.  What the values mean is the caller's.
 */
enum bech32_sum { BECH32_SUM, BECH32M_SUM };
MUST bool bech32_values(struct span text, const char *prefix,
    enum bech32_case letters, uint8_t *out, size_t max, size_t *n,
    enum bech32_sum *sum);

#endif
