/*
 * Six words for a card: the first 66 bits of SHA-256("comity-words/1" LF, card act
 * id in hex).  Two people read them to each other on the phone.
 */
#include "act/words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "act/act.h"
#include "crypto/digest.h"

#define WORD_BITS 11
#define WORDS_READ 6

bool
six_words_of(const struct digest *card_act_id, struct six_words *out, struct err *err)
{
	char text[15 + 64 + 1];
	struct digest d;
	size_t at = 0;

	(void)snprintf(text, sizeof text, "comity-words/1\n%s",
	    digest_hex(card_act_id).s);
	if (!digest_of(span_text(text), &d, err))
		return false;
	for (unsigned i = 0; i < WORDS_READ; i++) {
		unsigned v = 0;

		for (unsigned bit = i * WORD_BITS; bit < (i + 1) * WORD_BITS; bit++)
			v = v << 1 | (d.b[bit / 8] >> (7 - bit % 8) & 1u);
		at += (size_t)snprintf(out->s + at, sizeof out->s - at, "%s%s",
		    i == 0 ? "" : " ", words_table[v]);
	}
	return true;
}

/* The next word of s in lower case; "" at the end. */
static const char *
next_word(const char *s, char word[16])
{
	size_t n = 0;

	while (*s != '\0' && !isalpha((unsigned char)*s))
		s++;
	for (; isalpha((unsigned char)*s); s++)
		if (n < 15)
			word[n++] = (char)tolower((unsigned char)*s);
	word[n] = '\0';
	return s;
}

bool
six_words_same(const struct six_words *a, const char *typed)
{
	const char *mine = a->s;
	char x[16], y[16];

	for (unsigned i = 0; i <= WORDS_READ; i++) {
		mine = next_word(mine, x);
		typed = next_word(typed, y);
		if (strcmp(x, y) != 0)
			return false;
	}
	return true;
}
