/*
 * What a person should look at twice in an identifier of right form: scripts mixed in
 * one word, letters of another script that look Latin, a checksum we cannot check.
 * By itself, so that a program which only decodes acts does not need these tables.
 */
#include "act/identifier.h"

#include <string.h>
#include <unictype.h>

#include "crypto/digest.h"

/* ---- scripts ---- */

/* Scripts that are written together (Unicode UTS 39, 5.2: Highly Restrictive). */
enum {
	WITH_LATIN = 1, WITH_HAN = 2, WITH_KANA = 4, WITH_BOPOMOFO = 8, WITH_HANGUL = 16,
};

static unsigned
script_mixes(const char *name)
{
	static const struct { const char *name; unsigned bit; } mixes[] = {
		{ "Latin", WITH_LATIN }, { "Han", WITH_HAN }, { "Hiragana", WITH_KANA },
		{ "Katakana", WITH_KANA }, { "Bopomofo", WITH_BOPOMOFO },
		{ "Hangul", WITH_HANGUL },
	};

	for (size_t i = 0; i < sizeof mixes / sizeof mixes[0]; i++)
		if (strcmp(mixes[i].name, name) == 0)
			return mixes[i].bit;
	return 0;
}

static bool
mix_usual(unsigned bits)
{
	return (bits & ~(WITH_LATIN | WITH_HAN | WITH_KANA)) == 0 ||
	    (bits & ~(WITH_LATIN | WITH_HAN | WITH_BOPOMOFO)) == 0 ||
	    (bits & ~(WITH_LATIN | WITH_HAN | WITH_HANGUL)) == 0;
}

/*
 * Small letters of Cyrillic and Greek whose prototype in UTS 39's confusables.txt is
 * one Latin letter, and capitals that share its shape.
 */
static bool
looks_latin(uint32_t c)
{
	static const uint16_t letters[] = {
		/* Greek capitals; alpha, gamma, iota, nu, omicron, rho, sigma, upsilon */
		0x391, 0x392, 0x395, 0x396, 0x397, 0x399, 0x39A, 0x39C, 0x39D, 0x39F,
		0x3A1, 0x3A4, 0x3A5, 0x3A7, 0x3B1, 0x3B3, 0x3B9, 0x3BD, 0x3BF, 0x3C1,
		0x3C3, 0x3C5, 0x3F2, 0x3F3, 0x3F9,
		/* Cyrillic capitals */
		0x405, 0x406, 0x408, 0x410, 0x412, 0x415, 0x41A, 0x41C, 0x41D, 0x41E,
		0x420, 0x421, 0x422, 0x423, 0x425,
		/* a, e, o, p, c, y, x, dze, i, je, shha, straight u, palochka, qa, we */
		0x430, 0x433, 0x435, 0x43E, 0x440, 0x441, 0x443, 0x445, 0x455, 0x456,
		0x458, 0x461, 0x474, 0x475, 0x4AE, 0x4AF, 0x4BB, 0x4C0, 0x4CF, 0x501,
		0x50C, 0x51A, 0x51B, 0x51C, 0x51D,
	};

	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if (letters[i] == c)
			return true;
	return false;
}

/* What was seen of one word. */
struct word {
	unsigned mixes;
	const char *other;	/* a script that mixes with none */
	bool mixed;
	bool letters, all_look_latin;
};

static void
word_add(struct word *w, uint32_t code)
{
	const uc_script_t *script = uc_script(code);
	unsigned bit;

	/* Digits, marks and signs that belong to every script. */
	if (script == NULL || strcmp(script->name, "Common") == 0 ||
	    strcmp(script->name, "Inherited") == 0)
		return;
	if (!w->letters)
		w->all_look_latin = true;
	w->letters = true;
	w->all_look_latin = w->all_look_latin && looks_latin(code);
	bit = script_mixes(script->name);
	w->mixes |= bit;
	if (bit == 0 && w->other != NULL && strcmp(w->other, script->name) != 0)
		w->mixed = true;
	if (bit == 0)
		w->other = script->name;
}

/* Reported once, with the graver one first; false when there was something. */
static bool
word_end(struct word *w, struct identifier_result *out)
{
	struct word was = *w;

	*w = (struct word){ 0 };
	if (was.mixed || (was.other != NULL && was.mixes != 0) || !mix_usual(was.mixes))
		(void)identifier_say(out, IDENTIFIER_DOUBTFUL, "identifier.mixed-script",
		    "mixes letters of different scripts in one word: look whether one of "
		    "them stands for a Latin letter it resembles");
	else if (was.letters && was.all_look_latin)
		(void)identifier_say(out, IDENTIFIER_DOUBTFUL, "identifier.look-alike",
		    "is written with letters of another script that look like Latin "
		    "ones: look whether Latin letters were meant");
	return out->verdict == IDENTIFIER_GOOD;
}

/* Words end at ASCII that is neither letter nor digit: dots, at signs, blanks. */
static bool
ends_word(uint32_t c)
{
	return c < 0x80 && !ascii_alnum((uint8_t)c);
}

/* Signs above ASCII that look like a dot or slash have no place in a host or label. */
static bool
sign_above_ascii(uint32_t c)
{
	return c >= 0x80 && !uc_is_general_category_withtable(c,
	    UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N);
}

static void
words_check(const char *s, bool host, struct identifier_result *out)
{
	struct span left = span_text(s);
	struct word w = { 0 };
	uint32_t code;

	while (left.n > 0) {
		size_t n = utf8_next(left, &code);

		if (n == 0)
			return;
		left = span_from(left, n);
		if (host && sign_above_ascii(code)) {
			(void)identifier_say(out, IDENTIFIER_DOUBTFUL,
			    "identifier.look-alike",
			    "has a sign in its domain that may look like a dot or slash");
			return;
		}
		if (!ends_word(code))
			word_add(&w, code);
		else if (!word_end(&w, out))
			return;
	}
	(void)word_end(&w, out);
}

/* ---- ethereum ---- */

bool
identifier_capitals_fit(const char *hex, const struct digest *keccak)
{
	for (size_t i = 0; i < ETHER_HEX; i++) {
		unsigned nibble = keccak->b[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15u;

		if ((hex[i] >= 'a' && nibble >= 8) ||
		    (hex[i] >= 'A' && hex[i] <= 'F' && nibble < 8))
			return false;
	}
	return true;
}

/* In one case only, an address carries no checksum: that is usual, and right. */
static void
ethereum_check(const char *s, struct identifier_result *out)
{
	char small[ETHER_HEX];
	struct digest keccak;
	bool lower = false, upper = false;

	for (size_t i = 0; i < ETHER_HEX; i++) {
		char c = s[2 + i];

		lower = lower || c >= 'a';
		upper = upper || (c >= 'A' && c <= 'F');
		small[i] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	}
	if (!lower || !upper)
		return;
	if (!digest_keccak256(span_of(small, sizeof small), &keccak))
		(void)identifier_say(out, IDENTIFIER_DOUBTFUL,
		    "identifier.checksum-not-checked",
		    "carries a checksum in its capitals that cannot be checked on this "
		    "machine: compare it with its source letter by letter");
	else if (!identifier_capitals_fit(s + 2, &keccak))
		(void)identifier_say(out, IDENTIFIER_BAD, "identifier.checksum",
		    "is no ethereum address: its capitals do not fit; a character is "
		    "mistyped");
}

/* ---- together ---- */

void
identifier_check(const struct field_entry *e, struct identifier_result *out)
{
	struct identifier id = identifier_of(e);
	struct err err;

	if (!identifier_form(e, false, out, &err)) {
		(void)identifier_say(out, IDENTIFIER_DOUBTFUL,
		    "identifier.checksum-not-checked",
		    "could not be checked now: memory ran out");
		return;
	}
	if (out->verdict != IDENTIFIER_GOOD)
		return;
	if (strcmp(id.type, "wallet") == 0 && strcmp(id.service, "ethereum") == 0)
		ethereum_check(id.value, out);
	if (out->verdict == IDENTIFIER_GOOD)
		words_check(id.value, strcmp(id.type, "email") == 0 ||
		    strcmp(id.type, "url") == 0, out);
	if (out->verdict == IDENTIFIER_GOOD)
		words_check(id.service, false, out);
}
